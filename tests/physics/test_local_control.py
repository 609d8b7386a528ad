"""Local control inside the step: staging, modes, dwell times, setpoints that move, units that fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rig import Rig, greensboro_scenario, small_scenario, steady_weather

import twin
from twin.weather.year import WeatherYear

DAY_S = 86400


@pytest.fixture(scope="module")
def week(greensboro: WeatherYear) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Stages and modes of every minute of an April week with a restless load, with the plant's memory after each."""
    weather = greensboro.block(93 * DAY_S, 7 * 1440, 60)
    rig = Rig(greensboro_scenario(), weather, greensboro.altitude_m, 93 * DAY_S)
    loads = np.repeat(np.random.default_rng(3).random(7 * 1440 // 15), 15)
    seen = np.empty((len(weather), 3))
    for i in range(len(weather)):
        rig.step(weather[i], float(loads[i]), 60.0)
        seen[i] = rig.loop["stages"], rig.f["mode"], rig.loop["load_w"] > 0.0
    return seen[:, 0], seen[:, 1]


def gaps(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds between changes."""
    return np.diff(np.flatnonzero(np.diff(values))) * 60.0


def test_stages_and_modes_keep_their_waiting_times(week: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    stages, modes = week
    settled = modes[2:]
    assert len(gaps(stages)) > 5
    assert len(gaps(settled)) >= 5
    assert gaps(stages).min() >= 1200.0  # min_on_s and min_off_s of the scenario, both above wait_s
    assert gaps(settled).min() >= 1200.0  # wait_s of the economiser
    assert set(np.abs(np.diff(stages))) <= {0.0, 1.0}


def test_no_compressor_beyond_the_stages_asked_for() -> None:
    weather = steady_weather(30.0, steps=400)
    rig = Rig(small_scenario({"plant": {"water_economiser": None}}), weather)
    loads = np.repeat(np.random.default_rng(5).random(20), 20)
    for record, load in zip(weather, loads, strict=True):
        rig.step(record, float(load), 60.0)
        assert rig.water["running"] <= rig.loop["stages"] <= 2


def test_load_that_a_loop_has_stored_starts_no_machine() -> None:
    """Pulling a warm loop down in one step must not look like load to the staging."""
    weather = steady_weather(30.0, steps=120)
    rig = Rig(small_scenario({"plant": {"chilled_water_volume_m3": 3.0, "water_economiser": None}}), weather)
    rig.rows(weather, 0.3, 60.0)
    assert rig.loop["stages"] == 1
    rig.setpoints["chilled_water_c"] -= 1.0
    rig.rows(weather[:40], 0.3, 60.0)
    assert rig.loop["stages"] == 1


@pytest.mark.parametrize("volume_m3", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("change_k", [-2.0, 2.0])
def test_a_new_water_setpoint_is_reached(volume_m3: float, change_k: float) -> None:
    """However large the loop: one that is too cold warms up with the plant off, one too warm is pulled down."""
    weather = steady_weather(30.0, steps=60)
    rig = Rig(small_scenario({"plant": {"chilled_water_volume_m3": volume_m3}}), weather)
    rig.run(weather, 0.6, 60.0)
    rig.setpoints["chilled_water_c"] += change_k
    rig.run(weather[:30], 0.6, 60.0)
    assert rig.loop["chw_supply_c"] == pytest.approx(16.0 + change_k, abs=1e-6)


def test_free_cooling_holds_the_water_within_its_band() -> None:
    weather = steady_weather(5.0, steps=300)
    rig = Rig(small_scenario(), weather)
    rig.run(weather[:60], 0.6, 60.0)
    for record in weather:
        rig.step(record, 0.6, 60.0)
        assert rig.f["mode"] == 1
        assert rig.water["compressor_w"] == 0.0
        assert 16.0 - 1e-6 <= rig.loop["chw_supply_c"] <= 16.0 + 1.1
    assert rig.water["wse_w"] == pytest.approx(float(rig.air["coil_w"] + rig.water["chw_pump_heat_w"]), rel=1e-5)


def test_every_mode_has_its_weather() -> None:
    modes = {}
    for dry_bulb_c in (-10.0, 5.0, 14.0, 30.0):
        weather = steady_weather(dry_bulb_c, 0.7, steps=180)
        rig = Rig(small_scenario(), weather)
        rig.rows(weather, 0.8, 60.0)
        modes[dry_bulb_c] = int(rig.f["mode"])
    assert modes == {-10.0: 1, 5.0: 1, 14.0: 2, 30.0: 3}


def test_chillers_may_be_staged_by_what_the_economiser_leaves() -> None:
    """72 kW from the hall are more than one machine of 60 kW carries, the half that the economiser leaves is not."""
    stages = {}
    for load in ("hall", "chillers"):
        plant = {"staging": {"load": load}, "condenser_pumps": "common", "condenser_water_pump": {"rated_kg_s": 6.0}}
        weather = steady_weather(14.0, 0.7, steps=180)
        rig = Rig(small_scenario({"plant": plant}), weather)
        rig.rows(weather, 0.8, 60.0)
        assert rig.f["mode"] == 2
        assert rig.loop["load_w"] > 65e3
        assert 0.0 < rig.loop["load_w"] - rig.loop["wse_w"] < 48e3
        stages[load] = int(rig.loop["stages"])
    assert stages == {"hall": 2, "chillers": 1}


def test_units_share_the_load_at_one_reduced_speed() -> None:
    speeds, powers = {}, {}
    for count in (3, 4):
        coil = {"water_kg_s": 1.5 * count}
        weather = steady_weather(20.0, steps=240)
        rig = Rig(small_scenario({"hall": {"crah": {"n": {"count": count, "coil": coil}}}}), weather)
        rig.run(weather, 0.7, 60.0)
        speed = rig.state.crahs["speed_frac"]
        assert (speed == speed[0]).all()
        assert (rig.state.crahs["water_kg_s"] == rig.state.crahs["water_kg_s"][0]).all()
        speeds[count], powers[count] = float(speed[0]), float(rig.air["fan_w"])
    assert speeds[4] == pytest.approx(0.75 * speeds[3], rel=0.02)
    assert powers[4] < 0.62 * powers[3]  # cube law: 4 x 0.75^3 / 3 = 0.56


def test_one_unit_less_runs_the_others_faster() -> None:
    weather = steady_weather(20.0, steps=240)
    rig = Rig(small_scenario(), weather)
    rig.run(weather, 0.6, 60.0)
    before, supply = float(rig.state.crahs["speed_frac"][0]), float(rig.f["supply_kg_s"])
    rig.params.crahs["available"][1] = 0
    rig.run(weather, 0.6, 60.0)
    crahs = rig.state.crahs
    assert crahs["speed_frac"][1] == crahs["fan_w"][1] == crahs["water_kg_s"][1] == 0.0
    assert crahs["speed_frac"][0] == pytest.approx(1.5 * before, rel=0.03)
    assert rig.f["supply_kg_s"] == pytest.approx(supply, rel=0.02)


BREAK: dict[str, Any] = {"crahs": 0.0, "chillers": 0.0, "towers": 0.0}


@pytest.mark.parametrize("kind", BREAK)
@pytest.mark.parametrize("volume_m3", [0.0, 1.0])
def test_equipment_that_comes_back_cools_again(kind: str, volume_m3: float) -> None:
    """After twenty minutes without it the hall is hot, the water perhaps hotter than the air: it must recover."""
    changes = {"plant": {"chilled_water_volume_m3": volume_m3, "condenser_water_volume_m3": volume_m3,
                         "water_economiser": None}}
    weather = steady_weather(30.0, steps=300)
    rig = Rig(small_scenario(changes), weather)
    rig.run(weather, 0.7, 60.0)
    usual_c = float(rig.f["inlet_max_c"])
    getattr(rig.params, kind)["available"] = 0
    rig.run(weather[:20], 0.7, 60.0)
    assert rig.f["inlet_max_c"] > usual_c + 5.0
    getattr(rig.params, kind)["available"] = 1
    rig.run(weather, 0.7, 60.0)
    assert rig.f["inlet_max_c"] == pytest.approx(usual_c, abs=0.1)


def test_servers_trip_before_a_hall_without_cooling_heats_up_for_ever() -> None:
    weather = steady_weather(30.0, steps=1440)
    rig = Rig(small_scenario(), weather)
    rig.params.crahs["available"] = 0
    rig.run(weather, 1.0, 60.0)
    assert 50.0 < rig.f["inlet_max_c"] < 66.0
    assert rig.air["it_w"] < 0.2 * rig.p["it_rated_w"]
    assert (rig.state.racks["lost_s"] > 0.5 * 86400.0).all()
    assert rig.state.meters["throttled_rack_s"][0] > 0.5 * 86400.0 * len(rig.state.racks)


def test_coils_only_take_water_from_the_air() -> None:
    """Around the dew point, with humid air coming in by fits and starts."""
    weather = steady_weather(26.0, 0.8, steps=600)
    weather["humidity_ratio"] *= 1.0 - 0.5 * (np.arange(600) // 7 % 2)
    rig = Rig(small_scenario({"hall": {"air": {"ventilation_kg_s": 0.3}}}), weather)
    wet = []
    for record in weather:
        rig.audited_step(record, 0.6, 60.0)
        wet.append(rig.air["condensate_kg_s"] > 0.0)
    assert 0.05 < np.mean(wet) < 0.95


def test_a_loop_that_is_cooled_down_gives_no_machine_warmer_water_than_comes_back() -> None:
    """A mode that switches to a colder setpoint: no burst of free cooling, whatever the length of the step."""
    most = []
    for step_s in (60, 20):
        keys = {"run.start_day": 202.25, "run.duration_days": 0.25, "run.step_s": step_s, "run.control_interval_s": 300}
        done = twin.run("sky-panels", overrides=keys)
        modes = done.column("plant.mode")
        assert modes.max() > modes.min()  # it switches
        panels_kw = done.column("plant.sky_panels_kw")
        assert np.diff(panels_kw).max() < 10.0
        most.append(float(done.column("plant.economiser_kw").max()))
    assert most[0] == pytest.approx(most[1], rel=0.02)
