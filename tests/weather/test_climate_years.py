"""Generated years: exact means, design values, consistency, and free cooling beside measured years."""

import importlib.util
import time

import numpy as np
import pytest
from twin_kernels.psychrometrics import relative_humidity_frac, standard_pressure_pa, wet_bulb_c

from twin.weather.climate import Climate, climates
from twin.weather.climate_calendar import daily, month_of_hour, monthly_mean, monthly_spread
from twin.weather.climate_generate import generate
from twin.weather.climate_normals import climate_of
from twin.weather.climate_sky import Place, clear_sky
from twin.weather.read import load_weather
from twin.weather.year import HOURLY, WeatherYear

NAMES = list(climates())
#: Guangzhou, seed 1, from this code on x86-64 with NumPy 2: changes only when the method or the normals do.
KNOWN = {
    "dry_bulb_c": [14.5569, 29.3277, 14.9677], "humidity_ratio": [0.0060224, 0.0176338, 0.0057061],
    "ghi_w_m2": [535.015, 57.585, 675.861], "wind_m_s": [2.45735, 2.934, 2.2851],
}
needs_energyplus = pytest.mark.skipif(
    importlib.util.find_spec("pyenergyplus") is None, reason="pyenergyplus-lbnl is not installed"
)


def wet_bulbs(year: WeatherYear) -> np.ndarray:
    rows = zip(year.dry_bulb_c.tolist(), year.humidity_ratio.tolist(), year.pressure_pa.tolist(), strict=True)
    return np.array([wet_bulb_c(t, w, p, t - 4.0) for t, w, p in rows])


def humidities(year: WeatherYear) -> np.ndarray:
    rows = zip(year.dry_bulb_c.tolist(), year.humidity_ratio.tolist(), year.pressure_pa.tolist(), strict=True)
    return np.array([relative_humidity_frac(t, w, p) for t, w, p in rows])


@pytest.fixture(scope="module")
def years() -> dict[str, WeatherYear]:
    return {name: generate(climate, 1) for name, climate in climates().items()}


@pytest.mark.parametrize("name", NAMES)
def test_monthly_means_are_exact(name: str, years: dict[str, WeatherYear]) -> None:
    year, climate = years[name], climates()[name]
    assert monthly_mean(year.dry_bulb_c) == pytest.approx(climate.dry_bulb_c, abs=1e-6)
    assert 0.024 * monthly_mean(year.ghi_w_m2) == pytest.approx(climate.ghi_kwh_m2_day, rel=1e-6)
    assert monthly_mean(humidities(year)) == pytest.approx(climate.relative_humidity_frac, abs=1e-6)
    assert monthly_mean(year.wind_m_s) == pytest.approx(climate.wind_m_s, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_design_values_are_met(name: str, years: dict[str, WeatherYear]) -> None:
    year, climate = years[name], climates()[name]
    # The issue allows 1 K; mapping and re-centring are repeated until 0.02 K is left.
    cold, hot = np.quantile(year.dry_bulb_c, (0.004, 0.996))
    assert cold == pytest.approx(climate.design_cold_c, abs=0.1)
    assert hot == pytest.approx(climate.design_hot_c, abs=0.1)
    if climate.design_wet_bulb_c is not None:
        assert np.quantile(wet_bulbs(year), 0.996) == pytest.approx(climate.design_wet_bulb_c, abs=0.1)
    assert year.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_air_and_sky_are_consistent(name: str, years: dict[str, WeatherYear]) -> None:
    year, climate = years[name], climates()[name]
    assert all(np.isfinite(getattr(year, column)).all() for column in HOURLY)
    assert np.all(wet_bulbs(year) < year.dry_bulb_c)
    assert np.all(year.dew_point_c < year.dry_bulb_c)
    assert humidities(year).max() < 0.9951
    assert np.all(year.pressure_pa == standard_pressure_pa(climate.altitude_m))
    sky = clear_sky(Place(climate.latitude_deg, climate.longitude_deg, climate.altitude_m, climate.utc_offset_h), 8760)
    assert np.all(year.ghi_w_m2[sky.height == 0.0] == 0.0)
    assert np.all(year.ghi_w_m2 <= sky.extra_w_m2 * sky.height)
    assert year.dhi_w_m2 + year.dni_w_m2 * sky.height == pytest.approx(year.ghi_w_m2, abs=1e-9)
    assert np.all(year.dni_w_m2 < sky.extra_w_m2)
    black = 5.670374419e-8 * (year.dry_bulb_c + 273.15) ** 4
    assert np.all(year.infrared_w_m2 <= black * (1.0 + 1e-9))
    assert np.all(year.infrared_w_m2 > 0.6 * black)


def test_the_sun_stands_where_it_stands(years: dict[str, WeatherYear]) -> None:
    """Radiation is centred on solar noon (Chongqing: 12:54 by the clock of Beijing), and the year's block agrees."""
    year = years["chongqing"]
    noon_h = 12.0 + year.utc_offset_h - year.longitude_deg / 15.0
    of_hour = daily(year.ghi_w_m2).mean(axis=0)
    centre = (of_hour * (np.arange(24) + 0.5)).sum() / of_hour.sum()
    assert centre == pytest.approx(noon_h, abs=0.15)
    block = year.block(0, 8760 * 6, 600)
    assert block["ghi_w_m2"].mean() == pytest.approx(year.ghi_w_m2.mean(), rel=2e-3)


def test_what_hangs_together_moves_together(years: dict[str, WeatherYear]) -> None:
    """Signs that measured years show (19 stations): warm days are damp, cloudy days are damp and swing less."""
    year = years["frankfurt"]
    months = month_of_hour()[::24]

    def anomaly(of_days: np.ndarray) -> np.ndarray:
        return of_days - np.array([of_days[months == month].mean() for month in range(12)])[months]

    dry, dew = daily(year.dry_bulb_c).mean(axis=1), daily(year.dew_point_c).mean(axis=1)
    swing, sun = np.ptp(daily(year.dry_bulb_c), axis=1), daily(year.ghi_w_m2).mean(axis=1)
    summer = (months >= 5) & (months <= 7)
    assert np.corrcoef(anomaly(dry), anomaly(dew))[0, 1] > 0.6
    assert np.corrcoef(anomaly(sun)[summer], anomaly(swing)[summer])[0, 1] > 0.5
    assert np.corrcoef(anomaly(sun)[summer], anomaly(dry)[summer])[0, 1] > 0.1
    dry_air = dry - dew
    assert np.corrcoef(anomaly(sun)[summer], anomaly(dry_air)[summer])[0, 1] > 0.3


@pytest.mark.parametrize("name", ["guangzhou", "huailai", "frankfurt"])
def test_spread_and_daily_range_are_those_of_the_normals(name: str, years: dict[str, WeatherYear]) -> None:
    year, climate = years[name], climates()[name]
    months = month_of_hour()[::24]
    swing = np.ptp(daily(year.dry_bulb_c), axis=1)
    # Set before the tails are mapped to the design values, which moves the months that have the tails.
    assert monthly_spread(daily(year.dry_bulb_c).mean(axis=1)) == pytest.approx(climate.dry_bulb_spread_k, rel=0.25)
    found = [swing[months == month].mean() for month in range(12)]
    assert found == pytest.approx(climate.daily_range_k, abs=1.2)
    assert np.mean(found) == pytest.approx(np.mean(climate.daily_range_k), abs=0.4)


@needs_energyplus
@pytest.mark.parametrize("name", ["phoenix-epw", "chicago-epw", "san-francisco-epw"])
def test_free_cooling_beside_measured_years(name: str) -> None:
    """From a file's own monthly statistics; the wet bulb is not among them. Tolerances: the issue's."""
    measured = load_weather(name)
    climate = climate_of(measured)
    wet = wet_bulbs(measured)
    hours, design_c = int((wet < 18.0).sum()), float(np.quantile(wet, 0.996))
    found = [wet_bulbs(generate(climate, seed)) for seed in range(1, 6)]
    for made in found:
        assert (made < 18.0).sum() == pytest.approx(hours, rel=0.03)
        assert np.quantile(made, 0.996) == pytest.approx(design_c, abs=1.5)
    assert np.mean([(made < 18.0).sum() for made in found]) == pytest.approx(hours, rel=0.015)


@needs_energyplus
def test_statistics_of_a_year_come_back() -> None:
    climate = climate_of(load_weather("newark-epw"))
    again = climate_of(generate(climate, 4))
    assert again.dry_bulb_c == pytest.approx(climate.dry_bulb_c, abs=1e-6)
    assert again.relative_humidity_frac == pytest.approx(climate.relative_humidity_frac, abs=1e-6)
    assert again.ghi_kwh_m2_day == pytest.approx(climate.ghi_kwh_m2_day, rel=1e-6)
    assert np.mean(again.dry_bulb_spread_k) == pytest.approx(np.mean(climate.dry_bulb_spread_k), rel=0.03)
    assert climate.dew_point_spread_k is not None
    assert again.dew_point_spread_k is not None
    assert np.mean(again.dew_point_spread_k) == pytest.approx(np.mean(climate.dew_point_spread_k), rel=0.12)


def test_same_seed_same_year_other_seed_other_year() -> None:
    climate = climates()["guiyang"]
    first, again, other = generate(climate, 5), generate(climate, 5), generate(climate, 6)
    assert all(np.array_equal(getattr(first, column), getattr(again, column)) for column in HOURLY)
    assert first.sha256 == again.sha256 != other.sha256
    for column in ("dry_bulb_c", "ghi_w_m2", "humidity_ratio", "wind_m_s", "infrared_w_m2"):
        one, two = getattr(first, column), getattr(other, column)
        assert np.corrcoef(one - daily(one).mean(), two - daily(two).mean())[0, 1] < 0.99
        assert not np.array_equal(one, two)


def test_known_hours_of_one_year() -> None:
    """The same name and seed are the same year everywhere: hours of one year, written down once (tolerance: print)."""
    year = generate(climates()["guangzhou"], 1)
    assert year.dry_bulb_c[[0, 4000, 8759]] == pytest.approx(KNOWN["dry_bulb_c"], abs=1e-3)
    assert year.humidity_ratio[[0, 4000, 8759]] == pytest.approx(KNOWN["humidity_ratio"], abs=1e-6)
    assert year.ghi_w_m2[[12, 4000, 8748]] == pytest.approx(KNOWN["ghi_w_m2"], abs=1e-2)
    assert year.wind_m_s[[0, 4000, 8759]] == pytest.approx(KNOWN["wind_m_s"], abs=1e-4)


def test_a_year_takes_less_than_a_second() -> None:
    generate(climates()["tianjin"], 1)  # imports, kernels
    start = time.process_time()
    generate(climates()["tianjin"], 2)
    assert time.process_time() - start < 1.0  # measured: 0.07 s; 0.16 s with a design wet bulb


def test_normals_that_contradict_each_other_are_said() -> None:
    tianjin = climates()["tianjin"].model_dump()
    odd = Climate.model_validate({**tianjin, "design_hot_c": 50.0, "ghi_kwh_m2_day": [9.0] * 12})
    warnings = generate(odd, 1).warnings
    assert any("times the sun of a clear sky" in text for text in warnings)
    assert monthly_mean(generate(odd, 1).ghi_w_m2) == pytest.approx([375.0] * 12, rel=1e-6)
    flat = Climate.model_validate({**tianjin, "design_hot_c": 27.3})
    year = generate(flat, 1)
    assert monthly_mean(year.dry_bulb_c) == pytest.approx(flat.dry_bulb_c, abs=1e-6)
    assert any("0.4 % dry bulb is" in text for text in year.warnings)
