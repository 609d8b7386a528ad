"""Weather and steps at their limits, the end of the year, and a hall that draws its own exhaust."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rig import Rig, greensboro_scenario, small_scenario, steady_weather

from twin.weather.year import WeatherYear

DAY_S = 86400
EXTREMES: dict[str, dict[str, float]] = {
    "polar night": {"dry_bulb_c": -40.0, "relative_humidity": 0.7, "infrared_w_m2": 110.0},
    "desert": {"dry_bulb_c": 50.0, "relative_humidity": 0.05, "ghi_w_m2": 1100.0, "dni_w_m2": 1000.0,
               "dhi_w_m2": 100.0, "sun_up": 1.0},
    "fog": {"dry_bulb_c": 12.0, "relative_humidity": 1.0, "wind_m_s": 0.0},
    "tropics": {"dry_bulb_c": 35.0, "relative_humidity": 1.0, "wind_m_s": 0.0},
    "bone dry": {"dry_bulb_c": 25.0, "relative_humidity": 0.0},
    "storm": {"dry_bulb_c": 5.0, "relative_humidity": 0.9, "wind_m_s": 40.0},
    "freezing": {"dry_bulb_c": 0.0, "relative_humidity": 1.0},
}


@pytest.mark.parametrize("dt_s", [1.0, 60.0, 300.0])
@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_weather(name: str, dt_s: float) -> None:
    weather = steady_weather(steps=60, **EXTREMES[name])
    rig = Rig(small_scenario({"envelope": {"outside_film_wind_w_s_m3k": 3.8}}), weather)
    rig.run(weather, 0.7, dt_s)
    assert rig.f["wet_bulb_c"] <= rig.air["outdoor_c"] + 1e-6
    if dt_s == 300.0:
        assert rig.f["supply_c"] == pytest.approx(22.0, abs=2.5)


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_weather_through_the_dampers(name: str) -> None:
    """Air-side economiser: outdoor air is the hall's supply, whatever it is."""
    weather = steady_weather(steps=60, **EXTREMES[name])
    plant = {"air_economiser": {"max_dew_point_c": 11.0}, "water_economiser": None}
    rig = Rig(small_scenario({"plant": plant}), weather)
    rig.run(weather, 0.7, 60.0)
    cool_enough = EXTREMES[name]["dry_bulb_c"] < rig.f["return_c"]
    damp = name in {"fog", "tropics"}
    assert (rig.f["outdoor_air_frac"] > 0.01) == (cool_enough and not damp)
    if name in {"polar night", "storm", "freezing"}:
        assert rig.air["coil_w"] == pytest.approx(0.0, abs=1e-6)
        assert rig.f["supply_c"] == pytest.approx(22.0, abs=1e-3)


def test_fans_without_pressure_need_no_power() -> None:
    weather = steady_weather(20.0, steps=30)
    rig = Rig(small_scenario({"hall": {"crah": {"n": {"pressure_pa": 0.0}}}}), weather)
    rig.run(weather, 0.7, 60.0)
    assert rig.air["fan_w"] == 0.0
    assert rig.f["supply_c"] == pytest.approx(22.0, abs=1e-3)


def test_high_altitude_needs_more_volume() -> None:
    """At 2000 m the same fans move a fifth less air by mass: faster for the same heat."""
    speeds = []
    for altitude_m in (0.0, 2000.0):
        weather = steady_weather(20.0, steps=120, altitude_m=altitude_m)
        rig = Rig(small_scenario({"hall": {"fan": {"ideal": True}}}), weather, altitude_m)
        rig.run(weather, 0.6, 60.0)
        speeds.append(float(rig.f["fan_speed_frac"]))
        assert rig.f["return_c"] == pytest.approx(34.0, abs=1e-3)
    assert speeds[1] / speeds[0] == pytest.approx(1.0 / 0.784, rel=0.03)  # ratio of standard pressures


def test_idle_and_full_racks() -> None:
    weather = steady_weather(20.0, steps=60)
    for load in (0.0, 1.0):
        rig = Rig(small_scenario(), weather)
        rig.run(weather, load, 60.0)
        assert rig.air["asked_frac"] == load * len(rig.state.racks)


def test_one_rack_one_unit_of_each() -> None:
    one: dict[str, Any] = {
        "hall": {"it_rated_kw": 5.0, "rows": {"a": {"racks": 1}, "b": None}, "length_m": 3.0, "width_m": 2.0,
                 "crah": {"n": {"count": 1, "air_m3_s": 0.5, "coil": {"water_kg_s": 0.4}}}},
        "plant": {"chiller": {"c": {"count": 1, "rated_kw": 8.0}}, "chilled_water_pump": {"rated_kg_s": 0.3},
                  "tower": {"t": {"count": 1, "water_kg_s": 0.4, "air_m3_s": 0.3, "fan_kw": 0.1}},
                  "condenser_water_pump": {"rated_kg_s": 0.4}},
    }
    weather = steady_weather(25.0, steps=120)
    rig = Rig(small_scenario(one), weather)
    rig.run(weather, 0.7, 30.0)
    assert rig.f["inlet_min_c"] == rig.f["inlet_max_c"] == rig.f["inlet_p95_c"] == rig.f["inlet_mean_c"]
    assert rig.f["supply_c"] == pytest.approx(22.0, abs=1e-2)


def test_the_year_goes_round(greensboro: WeatherYear) -> None:
    """New Year's Eve runs into the first of January of the same year: no jump in anything."""
    start_s = 364 * DAY_S + 20 * 3600
    weather = greensboro.block(start_s, 480, 60)
    rig = Rig(greensboro_scenario(), weather, greensboro.altitude_m, start_s)
    rig.run(weather[:60], 0.6, 60.0)
    outdoor, room = [], []
    for record in weather[60:]:
        rig.audited_step(record, 0.6, 60.0)
        outdoor.append(float(rig.air["outdoor_c"]))
        room.append(float(rig.f["room_c"]))
    assert rig.f["time_s"] == start_s + 480 * 60
    assert abs(np.diff(outdoor)).max() < 0.3
    assert abs(np.diff(room)).max() < 0.2


def test_a_narrow_fan_ramp_swings_by_less_than_it_could() -> None:
    """Server fans answer to the inlet of the last step: with a very steep ramp and no thermal mass they may
    alternate, but stay within their limits and the books close."""
    server = {"ramp_start_c": 22.5, "ramp_end_c": 23.0, "ramp_gain_frac": 1.0, "heat_capacity_kj_k_per_kw": 0.0}
    weather = steady_weather(20.0, steps=120)
    rig = Rig(small_scenario({"hall": {"server": server, "air": {"recirculation_frac": 0.2}}}), weather)
    rig.run(weather, 0.6, 60.0)
    assert (rig.state.racks["air_kg_s"] > 0.0).all()
    assert rig.f["inlet_max_c"] < 40.0


def test_steepness_of_the_shipped_ramp_does_not_swing() -> None:
    """The ramp that Greensboro ships, driven into its middle by warm supply air, settles."""
    scenario = greensboro_scenario(["plant.supply_air_temp_c=28", "hall.return_air_temp_c=40"])
    weather = steady_weather(30.0, steps=240)
    rig = Rig(scenario, weather)
    rows = rig.rows(weather, 0.7, 60.0)
    late = rows["it_air_kg_s"][180:].astype(float)
    assert 0.1 < (rig.f["inlet_mean_c"] - 25.0) / 10.0 < 0.9
    assert np.ptp(late) < 1e-3 * late.mean()
