"""The hour convention, the sun, and the year's end."""

import dataclasses
import importlib.util

import numpy as np
import psychrolib
import pytest
from twin_kernels.layout import WEATHER
from twin_kernels.psychrometrics import wet_bulb_c

from twin.weather.read import load_weather
from twin.weather.year import WeatherYear, humidity_ratio_at_dew_point

YEAR_S = 8760 * 3600
needs_energyplus = pytest.mark.skipif(
    importlib.util.find_spec("pyenergyplus") is None, reason="pyenergyplus-lbnl is not installed"
)


@pytest.fixture(scope="module")
def greensboro() -> WeatherYear:
    return load_weather("greensboro-tmy3")


def at(year: WeatherYear, time_s: int) -> np.void:
    """The weather at one instant: the middle of a step of two seconds."""
    return year.block(time_s - 1, 1, 2)[0]


# EnergyPlus 25.2, data hall DH1 (case none) in Sterling VA at 60 steps an hour, hourly means of the site variables it
# was driven by: hour, dry bulb °C, wet bulb °C, humidity ratio, pressure Pa, wind m/s, infrared W/m² (shared
# reference files, dh1_none_va_hourly). EnergyPlus takes the weather at the end of each minute, we in its middle.
DH1 = [
    (1, 0.540833, -0.851058, 0.00302762, 101061.0, 4.41333, 286.425),
    (2, 0.0, -2.10979, 0.00240012, 101700.0, 4.38667, 281.492),
    (24, 0.854167, 0.235284, 0.0036213, 100498.0, 3.84583, 290.017),
    (25, 1.1, 0.385652, 0.00362905, 100400.0, 3.34583, 291.0),
    (200, -2.8, -3.24811, 0.00273725, 100549.0, 2.35417, 271.0),
    (1000, 6.08167, 2.26454, 0.00289902, 101400.0, 4.64083, 287.95),
    (2000, 3.605, 3.24018, 0.00465794, 100551.0, 3.1, 305.017),
    (3000, 9.15417, 7.10172, 0.00545247, 100751.0, 3.37083, 288.017),
    (4000, 29.3758, 23.0003, 0.0153969, 99600.0, 4.41333, 450.225),
    (4500, 24.4592, 18.2186, 0.0105445, 101100.0, 2.34583, 424.542),
    (5000, 22.505, 20.7305, 0.0146942, 101000.0, 3.58333, 400.858),
    (6000, 17.2408, 14.636, 0.00938319, 100700.0, 1.805, 382.475),
    (7000, 21.395, 13.3022, 0.00635397, 99600.0, 2.35417, 353.017),
    (8000, 0.569167, -0.839776, 0.00303803, 100700.0, 2.60833, 260.283),
    (8759, -0.854167, -2.24702, 0.00264308, 100949.0, 2.1, 243.525),
    (8760, -1.405, -2.75937, 0.00252574, 100900.0, 2.1, 243.475),
]


@needs_energyplus
@pytest.mark.parametrize("row", DH1, ids=lambda row: f"hour {row[0]}")
def test_hours_of_energyplus_are_reproduced(row: tuple[float, ...]) -> None:
    hour, dry_c, wet_c, humidity, pressure_pa, wind_m_s, infrared = row
    block = load_weather("sterling-epw").block((int(hour) - 1) * 3600 + 30, 60, 60)
    # Tolerances: six printed digits.
    assert block["dry_bulb_c"].mean() == pytest.approx(dry_c, abs=1e-4)
    assert block["pressure_pa"].mean() == pytest.approx(pressure_pa, abs=1.0)
    assert block["wind_m_s"].mean() == pytest.approx(wind_m_s, abs=1e-4)
    assert block["infrared_w_m2"].mean() == pytest.approx(infrared, abs=1e-3)
    # Inside the hour EnergyPlus interpolates relative humidity, we the humidity ratio: no difference at the ends of
    # hours, up to w"/8 ~ 2 % between them when the dry bulb moves by several kelvin.
    assert block["humidity_ratio"].mean() == pytest.approx(humidity, rel=0.02)
    assert mean_wet_bulb_c(block) == pytest.approx(wet_c, abs=0.3)


def mean_wet_bulb_c(block: np.ndarray) -> float:
    wet = [wet_bulb_c(r["dry_bulb_c"], r["humidity_ratio"], r["pressure_pa"], 0.0) for r in block]
    return float(np.mean(wet))


@needs_energyplus
def test_wet_bulb_of_energyplus_on_average() -> None:
    year = load_weather("sterling-epw")
    off_k = [mean_wet_bulb_c(year.block((int(row[0]) - 1) * 3600 + 30, 60, 60)) - row[2] for row in DH1]
    # 0.02 K: half of what ± 0.5 points of relative humidity, its rounding in the file, are worth in summer.
    assert abs(np.mean(off_k)) < 0.02


def test_known_hour_of_a_tmy3(greensboro: WeatherYear) -> None:
    # 723170TYA.CSV, line 4697: 07/15/1981,15:00: dry bulb 31.1 °C, RH 45 %, 982 mbar, 3.6 m/s; line before: 30.0 °C.
    end_s = (195 * 24 + 15) * 3600
    record = at(greensboro, end_s)
    assert record["dry_bulb_c"] == pytest.approx(31.1)
    assert record["pressure_pa"] == pytest.approx(98200.0)
    assert record["wind_m_s"] == pytest.approx(3.6)
    psychrolib.SetUnitSystem(psychrolib.SI)
    assert record["humidity_ratio"] == pytest.approx(psychrolib.GetHumRatioFromRelHum(31.1, 0.45, 98200.0), rel=1e-3)
    assert at(greensboro, end_s - 3600)["dry_bulb_c"] == pytest.approx(30.0)
    assert at(greensboro, end_s - 900)["dry_bulb_c"] == pytest.approx(30.0 + 0.75 * 1.1)
    # Radiation of that hour (805 global, 809 direct, 109 diffuse) is its mean: it stands at half past two.
    middle = at(greensboro, end_s - 1800)
    assert middle["ghi_w_m2"] == pytest.approx(805.0, rel=0.01)
    assert middle["dni_w_m2"] == pytest.approx(809.0, rel=0.01)
    assert middle["dhi_w_m2"] == pytest.approx(109.0, rel=0.01)


def test_known_hour_of_a_tmy2() -> None:
    # 12839.tm2, line 4719: 16 July, hour 14: dry bulb 28.3 °C, RH 77 %, 1016 mbar, 8.2 m/s, diffuse 352 W/m².
    year = load_weather("miami-tmy2")
    record = at(year, (196 * 24 + 14) * 3600)
    assert record["dry_bulb_c"] == pytest.approx(28.3)
    assert record["pressure_pa"] == pytest.approx(101600.0)
    assert record["wind_m_s"] == pytest.approx(8.2)
    assert year.dhi_w_m2[196 * 24 + 13] == pytest.approx(352.0)
    assert year.latitude_deg == pytest.approx(25.8)
    assert year.longitude_deg == pytest.approx(-(80.0 + 16.0 / 60.0))


@needs_energyplus
def test_known_hour_of_an_epw() -> None:
    # Sterling, line 4703: 15 July, hour 15: dry bulb 27.8 °C, RH 77 %, 100100 Pa, 4.6 m/s, infrared 456 W/m².
    record = at(load_weather("sterling-epw"), (195 * 24 + 15) * 3600)
    assert record["dry_bulb_c"] == pytest.approx(27.8)
    assert record["pressure_pa"] == pytest.approx(100100.0)
    assert record["wind_m_s"] == pytest.approx(4.6)
    assert record["infrared_w_m2"] == pytest.approx(456.0)


def test_hour_one_starts_from_hour_24_and_later_from_the_last_hour(greensboro: WeatherYear) -> None:
    dry = greensboro.dry_bulb_c
    assert dry[23] != dry[-1]  # else this test would show nothing
    assert greensboro.block(0, 1, 1800)["dry_bulb_c"][0] == pytest.approx(0.75 * dry[23] + 0.25 * dry[0])
    again = greensboro.block(YEAR_S, 1, 1800)["dry_bulb_c"][0]
    assert again == pytest.approx(0.75 * dry[-1] + 0.25 * dry[0])


def test_the_year_repeats(greensboro: WeatherYear) -> None:
    for start_s in (3600, 86400 * 100 + 1234, YEAR_S - 86400):
        first = greensboro.block(start_s, 300, 60)
        for rounds in (1, 3):
            again = greensboro.block(start_s + rounds * YEAR_S, 300, 60)
            for name in WEATHER.names:
                assert again[name] == pytest.approx(first[name], rel=1e-9, abs=1e-9)


def test_nothing_jumps_at_the_end_of_the_year(greensboro: WeatherYear) -> None:
    block = greensboro.block(YEAR_S - 7200, 240, 60)
    steepest = np.abs(np.diff(greensboro.dry_bulb_c)).max() / 60.0
    assert np.abs(np.diff(block["dry_bulb_c"])).max() <= steepest * 1.001
    assert np.abs(np.diff(block["sun_east"])).max() < 0.005  # 15° an hour is 0.0044 a minute


def test_a_block_does_not_depend_on_where_it_begins(greensboro: WeatherYear) -> None:
    whole = greensboro.block(YEAR_S - 43200, 1440, 60)
    parts = [greensboro.block(YEAR_S - 43200 + k * 120 * 60, 120, 60) for k in range(12)]
    assert np.array_equal(whole, np.concatenate(parts))


def test_longer_steps_see_the_middle(greensboro: WeatherYear) -> None:
    minutes = greensboro.block(0, 2880, 60)["dry_bulb_c"].reshape(-1, 15).mean(axis=1)
    assert greensboro.block(0, 192, 900)["dry_bulb_c"] == pytest.approx(minutes, abs=1e-9)


@pytest.mark.parametrize("name", ["greensboro-tmy3", "sand-point-tmy3", "miami-tmy2"])
def test_the_sun_keeps_its_energy(name: str) -> None:
    year = load_weather(name)
    block = np.concatenate([year.block(day * 86400, 1440, 60) for day in range(365)])
    for column in ("ghi_w_m2", "dni_w_m2", "dhi_w_m2"):
        got = block[column].reshape(365, -1).mean(axis=1)
        file = getattr(year, column).reshape(365, 24).mean(axis=1)
        assert got.sum() == pytest.approx(file.sum(), rel=1e-3)
        # 2 % of the day; on days with next to no sun, 2 % of the mean day.
        assert np.all(np.abs(got - file) <= 0.02 * np.maximum(file, file.mean()) + 1e-9)
    assert np.all(block["ghi_w_m2"][block["sun_up"] <= 0.0] == 0.0)
    assert np.all(block["dni_w_m2"] >= 0.0)


def place(year: WeatherYear, latitude_deg: float, longitude_deg: float, utc_offset_h: float) -> WeatherYear:
    return dataclasses.replace(
        year, latitude_deg=latitude_deg, longitude_deg=longitude_deg, utc_offset_h=utc_offset_h
    )


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "utc_offset_h"),
    [(36.1, -79.95, -5.0), (-33.95, 151.18, 10.0), (69.65, 18.96, 1.0), (1.35, 103.99, 8.0), (-78.0, 166.7, 12.0)],
    ids=["Greensboro", "Sydney", "Tromsø", "Singapore", "McMurdo"],
)
def test_sun_agrees_with_pvlib(
    greensboro: WeatherYear, latitude_deg: float, longitude_deg: float, utc_offset_h: float
) -> None:
    import pandas as pd
    from pvlib.solarposition import get_solarposition

    year = place(greensboro, latitude_deg, longitude_deg, utc_offset_h)
    block = year.block(0, 8760, 3600)
    middles = pd.Timestamp("2018-01-01", tz="UTC") + pd.to_timedelta(
        (np.arange(8760) + 0.5 - utc_offset_h) * 3600.0, unit="s"
    )
    theirs = get_solarposition(pd.DatetimeIndex(middles), latitude_deg, longitude_deg)
    zenith, azimuth = np.radians(theirs["zenith"].to_numpy()), np.radians(theirs["azimuth"].to_numpy())
    expected = np.stack([np.sin(zenith) * np.sin(azimuth), np.sin(zenith) * np.cos(azimuth), np.cos(zenith)])
    ours = np.stack([block["sun_east"], block["sun_north"], block["sun_up"]])
    assert np.linalg.norm(ours, axis=0) == pytest.approx(np.ones(8760), abs=1e-4)
    # The chord between unit vectors is the angle; our formulae promise 0.02° with the interpolation.
    assert np.degrees(np.linalg.norm(ours - expected, axis=0)).max() < 0.03


def test_polar_day_and_night(greensboro: WeatherYear) -> None:
    north = place(greensboro, 78.2, 15.6, 1.0)
    assert np.all(north.block(171 * 86400, 1440, 60)["sun_up"] > 0.0)
    night = north.block(354 * 86400, 1440, 60)
    assert np.all(night["sun_up"] < 0.0)
    assert np.all(night["ghi_w_m2"] == 0.0)


def test_leap_year_has_a_29th_of_february(epw) -> None:
    def mark(header: list[str], rows: list[list[str]]) -> None:
        rows[59 * 24 + 11][6] = "33.3"  # 29 February, hour 12

    year = load_weather(epw(mark, hours=8784))
    assert year.hours == 8784
    assert at(year, (59 * 24 + 12) * 3600)["dry_bulb_c"] == pytest.approx(33.3)
    last = year.dry_bulb_c[-1]
    assert at(year, 8784 * 3600)["dry_bulb_c"] == pytest.approx(last)
    later = year.block(8784 * 3600 + 7200, 60, 60)
    assert later["dry_bulb_c"] == pytest.approx(year.block(7200, 60, 60)["dry_bulb_c"])


def test_no_steps_and_bad_arguments(greensboro: WeatherYear) -> None:
    assert greensboro.block(0, 0, 60).shape == (0,)
    for arguments in ((-1, 1, 60), (0, -1, 60), (0, 1, 0)):
        with pytest.raises(ValueError, match="no weather for"):
            greensboro.block(*arguments)
    with pytest.raises(ValueError, match="8760 or 8784"):
        dataclasses.replace(greensboro, dry_bulb_c=greensboro.dry_bulb_c[:-1])


def test_humidity_from_dew_point() -> None:
    psychrolib.SetUnitSystem(psychrolib.SI)
    dew, pressure = np.array([-20.0, 5.0, 24.0]), np.array([101325.0, 95000.0, 70000.0])
    expected = [psychrolib.GetHumRatioFromTDewPoint(t, p) for t, p in zip(dew, pressure, strict=True)]
    assert humidity_ratio_at_dew_point(dew, pressure) == pytest.approx(expected, rel=1e-3)
