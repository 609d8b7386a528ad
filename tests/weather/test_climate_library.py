"""The library of climates and how it is asked for: names, seeds, sources, and files perturbed by seed."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from twin_kernels.psychrometrics import wet_bulb_c

from twin.errors import InputError
from twin.scenario.read import load_scenario
from twin.weather.climate import CLIMATES, Climate, climate_name, climates, split_seed
from twin.weather.climate_air import daily_shape, stretch_top
from twin.weather.climate_calendar import curve, daily, monthly_mean, monthly_spread
from twin.weather.climate_noise import STREAMS, autocorrelated, hourly, normals, standardised
from twin.weather.climate_perturb import perturbed
from twin.weather.library import list_weather
from twin.weather.read import load_weather
from twin.weather.year import HOURLY

WANTED = {
    "guangzhou", "qingyuan", "huailai", "zhangjiakou", "tianjin", "chongqing", "guiyang", "singapore", "phoenix",
    "frankfurt", "stockholm", "lulea", "the-dalles", "prineville",
}

#: First normal numbers of seed 1, stream "cloud".
FIRST = [1.1827664378367837, 1.2509311396008762, -0.830600620017916]


def test_the_library_holds_the_climates_with_sources() -> None:
    assert set(climates()) == WANTED
    for climate in climates().values():
        sources = climate.source.model_dump()
        given = [text for name, text in sources.items() if name != "design_wet_bulb"]
        assert all(text.startswith(("assumed", "TMY3")) for text in given)
        assert (sources["design_wet_bulb"] == "none") == (climate.design_wet_bulb_c is None)
    listed = {row.name: row for row in list_weather()}
    assert set(listed) > WANTED
    assert "assumed" in listed["lulea"].source


def test_the_notes_under_the_table_are_applied() -> None:
    assert climates()["phoenix"].relative_humidity_frac[0] == pytest.approx(0.42)
    assert set(climates()["singapore"].dry_bulb_spread_k) == {0.7}
    assert climates()["prineville"].longitude_deg < 0.0


@pytest.mark.parametrize(("text", "name"), [("The Dalles", "the-dalles"), ("Luleå", "lulea"), (" GUIYANG ", "guiyang")])
def test_names_in_any_dress(text: str, name: str) -> None:
    assert climate_name(text) == name
    assert load_weather(text).name == climates()[name].place


def test_seed_behind_the_name() -> None:
    assert split_seed("qingyuan@3") == ("qingyuan", 3)
    assert split_seed("odd@name.epw") == ("odd@name.epw", None)
    plain, first, third = (load_weather(text) for text in ("qingyuan", "Qingyuan@1", "qingyuan@3"))
    assert all(np.array_equal(getattr(plain, name), getattr(first, name)) for name in HOURLY)
    assert not np.array_equal(plain.dry_bulb_c, third.dry_bulb_c)
    assert (third.source, third.path, third.hours) == ("qingyuan@3", CLIMATES, 8760)
    again = load_weather("qingyuan@3")  # from the cache
    assert all(np.array_equal(getattr(again, name), getattr(third, name)) for name in HOURLY)
    assert (again.sha256, again.warnings) == (third.sha256, third.warnings)


@pytest.mark.parametrize("text", ["guangzhou@", "guangzhou@x", "guangzhou@-1", "guangzhou@1.5", "guangzhou@9999999999"])
def test_seeds_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match=r"did you mean 'guangzhou'.*a seed behind '@' is a whole number"):
        load_weather(text)


def test_a_scenario_takes_a_climate() -> None:
    scenario = load_scenario("dh1-none", {"site.weather": "guangzhou@7"})
    assert scenario.site.weather == "guangzhou@7"


def test_a_scenario_takes_a_perturbed_file(epw) -> None:
    path = epw()
    assert load_scenario("dh1-none", {"site.weather": f"{path}@2"}).site.weather == f"{path}@2"
    assert load_weather(f"{path}@2").source == f"{path}@2"
    with pytest.raises(InputError, match="no such file"):
        load_scenario("dh1-none", {"site.weather": f"{path}x@2"})
    with pytest.raises(InputError, match="no such file"):
        load_weather(f"{path}x@2")


def test_a_file_whose_name_ends_like_a_seed_is_that_file(epw) -> None:
    path = epw()
    other = path.with_name("made.epw@2")
    other.write_bytes(path.read_bytes())
    assert load_weather(str(other)).warnings == load_weather(str(path)).warnings


@pytest.mark.parametrize(("name", "hours"), [("greensboro-tmy3", 8760), ("leap", 8784)])
def test_a_perturbed_file_stays_consistent(name: str, hours: int, epw) -> None:
    year = load_weather(str(epw(hours=8784)) if name == "leap" else name)
    moved = load_weather(f"{year.source}@4")
    assert moved.hours == hours == year.hours
    for column in ("dry_bulb_c", "ghi_w_m2", "wind_m_s"):
        assert monthly_mean(getattr(moved, column)) == pytest.approx(monthly_mean(getattr(year, column)), rel=1e-6)
        assert not np.allclose(getattr(moved, column), getattr(year, column))
    rows = zip(moved.dry_bulb_c.tolist(), moved.humidity_ratio.tolist(), moved.pressure_pa.tolist(), strict=True)
    wet = np.array([wet_bulb_c(t, w, p, t - 4.0) for t, w, p in rows])
    assert np.all(wet < moved.dry_bulb_c)
    assert np.all(moved.dew_point_c <= moved.dry_bulb_c)
    assert np.array_equal(moved.pressure_pa, year.pressure_pa)
    assert np.all(moved.dhi_w_m2 <= moved.ghi_w_m2 + 1e-9)
    assert np.all(moved.ghi_w_m2[year.ghi_w_m2 == 0.0] == 0.0)
    # Direct and diffuse still make up the global radiation as well as they do in the file.
    beam = (year.ghi_w_m2 - year.dhi_w_m2) > 5.0
    height = (year.ghi_w_m2 - year.dhi_w_m2)[beam] / year.dni_w_m2[beam]
    gap = (moved.ghi_w_m2 - moved.dhi_w_m2)[beam] - moved.dni_w_m2[beam] * height
    assert np.quantile(np.abs(gap), 0.99) < 1e-6
    spread = monthly_spread(daily(moved.dry_bulb_c).mean(axis=1))
    assert spread == pytest.approx(monthly_spread(daily(year.dry_bulb_c).mean(axis=1)), rel=0.5, abs=0.3)
    assert any("moved by seed 4" in text for text in moved.warnings)


def test_strength_of_a_perturbation() -> None:
    year = load_weather("greensboro-tmy3")
    none, half, other = perturbed(year, 4, 0.0), perturbed(year, 4), perturbed(year, 5)
    assert none.dry_bulb_c == pytest.approx(year.dry_bulb_c, abs=1e-9)
    assert none.ghi_w_m2 == pytest.approx(year.ghi_w_m2, abs=1e-6)
    assert none.infrared_w_m2 == pytest.approx(year.infrared_w_m2, abs=1.0)
    assert 1.0 < np.std(half.dry_bulb_c - year.dry_bulb_c) < 4.0
    assert not np.array_equal(half.dry_bulb_c, other.dry_bulb_c)
    assert half.dry_bulb_c.std() == pytest.approx(year.dry_bulb_c.std(), rel=0.03)
    with pytest.raises(ValueError, match="strength_frac"):
        perturbed(year, 4, 1.5)


def test_curve_keeps_monthly_means_and_stays_smooth() -> None:
    monthly = np.array(climates()["huailai"].dry_bulb_c)
    for hours in (8760, 8784):
        smooth = curve(monthly, hours)
        assert monthly_mean(smooth) == pytest.approx(monthly, abs=1e-10)
        assert np.abs(np.diff(smooth, append=smooth[0])).max() < 0.03  # 10 K a month is 0.014 K an hour


def test_noise_has_the_statistics_it_says() -> None:
    white = normals(3, "wind", 200_000)
    assert (white.mean(), white.std()) == pytest.approx((0.0, 1.0), abs=0.01)
    series = autocorrelated(white, 0.8)
    assert series.std() == pytest.approx(1.0, abs=0.01)
    assert np.corrcoef(series, np.roll(series, 1))[0, 1] == pytest.approx(0.8, abs=0.01)
    others = [normals(3, name, 1000) for name in STREAMS]
    assert np.abs(np.corrcoef(others) - np.eye(len(STREAMS))).max() < 0.12
    days = normals(3, "dry bulb", 365)
    assert daily(hourly(days)).mean(axis=1) == pytest.approx(days, abs=1e-12)
    months = np.repeat(np.arange(12), 31)[:365]
    left = standardised(days, months, white[:365])
    for month in range(12):
        here = months == month
        assert (left[here].mean(), left[here].std()) == pytest.approx((0.0, 1.0), abs=1e-9)
        assert (left[here] * white[:365][here]).mean() == pytest.approx(0.0, abs=1e-9)
        assert (left[here] * np.arange(here.sum())).mean() == pytest.approx(0.0, abs=1e-9)


def test_raw_random_numbers_are_the_same_everywhere() -> None:
    """The bit generator's stream is fixed by NumPy (NEP 19); the first numbers of seed 1."""
    assert normals(1, "cloud", 3) == pytest.approx(FIRST, abs=1e-12)


def test_stretching_the_top_reaches_the_design_value_and_nothing_else() -> None:
    values = normals(2, "cloud", 8760)
    mapped = stretch_top(values, 4.0)
    assert np.quantile(mapped, 0.996) == pytest.approx(4.0, abs=0.02)
    start = np.quantile(values, 0.98)
    assert np.array_equal(mapped[values <= start], values[values <= start])
    assert np.array_equal(np.argsort(mapped), np.argsort(values))


def test_daily_wave_follows_the_sun() -> None:
    greenwich, west = daily_shape(0.0, 0.0), daily_shape(-15.0, 0.0)
    assert np.argmax(west) == np.argmax(greenwich) + 1
    assert greenwich.mean() == pytest.approx(0.0, abs=1e-12)
    assert np.ptp(greenwich) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"dry_bulb_c": [1.0] * 11}, {"relative_humidity_frac": [71.0] * 12}, {"design_hot_c": 20.0},
        {"latitude_deg": 95.0}, {"ghi_kwh_m2_day": [-1.0] * 12}, {"unknown": 1.0}, {"design_cold_c": float("nan")},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_normals_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Climate.model_validate({**climates()["tianjin"].model_dump(), **wrong})


def test_a_generated_year_needs_no_file(tmp_path: Path) -> None:
    year = load_weather("frankfurt@2", tmp_path)
    assert dataclasses.is_dataclass(year)
    assert year.latitude_deg == pytest.approx(50.05)


def test_what_never_changes_in_a_file_stays_as_it_is(epw) -> None:
    """A made-up file with one temperature, or no wind: nothing to scale by, and no division by it."""
    year = load_weather("greensboro-tmy3")
    still = dataclasses.replace(
        year, dry_bulb_c=np.full(year.hours, 50.0), humidity_ratio=np.full(year.hours, 0.008),
        wind_m_s=np.zeros(year.hours),
    )
    moved = perturbed(still, 5)
    for name in HOURLY:
        assert np.isfinite(getattr(moved, name)).all(), name
    assert moved.dry_bulb_c == pytest.approx(50.0, abs=1e-6)
    assert moved.wind_m_s == pytest.approx(0.0)
