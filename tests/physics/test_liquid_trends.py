"""Which way liquid cooling, heat rejection and stores answer; every run is audited step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from rig import DOORS, LIQUID, Rig, laid_over, small_scenario, steady_weather

#: Steps of a minute after which a small hall under steady weather and load is at rest.
REST = 400
#: Steady runs are at rest to this, relative.
AT_REST = 1e-6
DRY_COOLER = {"plant": {"tower": {"w": None}, "dry_cooler": {"w": {
    "count": 2, "rated_kw": 20.0, "dry_bulb_c": 20.0, "entering_c": 38.0, "leaving_c": 28.0, "fan_kw": 0.6}}}}
THERMOSYPHON = {"plant": {"thermosyphon": {
    "rated_kw": 20.0, "entering_c": 34.0, "dry_bulb_c": 10.0, "water_kg_s": 0.9, "air_m3_s": 3.0, "fan_kw": 0.5}}}
REUSE = {"hall": {"liquid": {"reuse": {"demand_kw": 6.0, "delivery_c": 28.0, "return_c": 20.0}}}}
AIR_COOLED = {"plant": {
    "chiller": {"c": {"part": "constant-second-law-air", "rated_kw": 60.0, "cop": 3.4}}, "tower": {"t": None},
    "condenser_water_pump": None, "water_economiser": None}}
TANK = {"plant": {"water_economiser": None, "tank": {
    "volume_m3": 30.0, "rated_kg_s": 2.0, "charge_c": 11.0, "start_c": 16.0, "charge_first_hour": 0.0,
    "charge_last_hour": 8.0, "discharge_first_hour": 12.0, "discharge_last_hour": 18.0}}}


def at_rest(
    *changes: Mapping[str, Any], dry_bulb_c: float = 22.0, damp: float = 0.5, load: float = 0.8, steps: int = REST,
    **setpoints: float,
) -> Rig:
    """The small hall with some changes, after an audited run under steady weather and load."""
    merged: dict[str, Any] = {}
    for change in changes:
        merged = laid_over(merged, change)
    weather = steady_weather(dry_bulb_c, damp, steps=steps)
    rig = Rig(small_scenario(merged), weather)
    for name, value in setpoints.items():
        rig.setpoints[name] = value
    rig.run(weather, load, 60.0)
    return rig


def warm_fans_w(rig: Rig) -> float:
    return float(rig.state.plant["tower_fan_w"][1])


@pytest.mark.parametrize("rejection", [{}, DRY_COOLER], ids=["towers", "dry coolers"])
@pytest.mark.parametrize("dry_bulb_c", [5.0, 18.0, 24.0])
def test_warmer_facility_water_never_needs_more_fan(rejection: dict[str, Any], dry_bulb_c: float) -> None:
    """Equal load and weather, coolant at 42 °C: the water is held (or as cold as full air makes it) with less air."""
    rigs = [
        at_rest(LIQUID, rejection, dry_bulb_c=dry_bulb_c, facility_water_c=water_c, technology_water_c=42.0)
        for water_c in (22.0, 26.0, 30.0, 34.0)
    ]
    fans = np.array([warm_fans_w(rig) for rig in rigs])
    assert (np.diff(fans) <= 1e-6 * fans.max()).all(), fans
    assert fans[0] > fans[-1]
    heats = [float(rig.state.plant["taken_w"][1]) for rig in rigs]
    assert np.ptp(heats) < 0.01 * heats[0]  # the same heat, but for pumps


def test_a_smaller_approach_needs_more_facility_water() -> None:
    flows = [
        float(at_rest(LIQUID, technology_water_c=28.0 + gap_k).state.plant["demand_kg_s"][1])
        for gap_k in (4.5, 6.0, 9.0, 12.0)
    ]
    assert (np.diff(flows) < 0.0).all(), flows


@pytest.mark.parametrize("dry_bulb_c", [15.0, 30.0])
def test_more_capture_leaves_less_for_air_handlers_and_chillers(dry_bulb_c: float) -> None:
    powers, heats = [], []
    for capture in (0.0, 0.4, 0.8, 1.0):
        changes = {"hall": {"liquid": {"cold_plate": {"capture_frac": capture}, "cdu": {"m": {"rated_kw": 20.0}}}},
                   "plant": {"water_economiser": None}}
        rig = at_rest(LIQUID, changes, dry_bulb_c=dry_bulb_c)
        powers.append(float(rig.air["fan_w"] + rig.water["compressor_w"]))
        heats.append(float(rig.air["liquid_w"]))
    assert (np.diff(powers) < 0.0).all(), powers
    assert heats[0] == 0.0
    assert (np.diff(heats) > 0.0).all()


@pytest.mark.parametrize("dry_bulb_c", [-10.0, 5.0, 15.0, 25.0, 35.0])
def test_a_thermosyphon_never_raises_the_water_use(dry_bulb_c: float) -> None:
    bare, with_it = at_rest(LIQUID, dry_bulb_c=dry_bulb_c), at_rest(LIQUID, THERMOSYPHON, dry_bulb_c=dry_bulb_c)
    assert with_it.ledger["makeup_kg_s"] <= bare.ledger["makeup_kg_s"] * (1.0 + AT_REST)
    taken_w = float(with_it.state.plant["thermosyphon_w"][1])
    assert taken_w == 0.0 if dry_bulb_c >= 35.0 else taken_w > 0.0
    if dry_bulb_c <= 5.0:
        assert with_it.ledger["makeup_kg_s"] < 0.9 * bare.ledger["makeup_kg_s"]


def test_what_a_user_takes_the_towers_need_not_reject() -> None:
    bare, with_it = at_rest(LIQUID), at_rest(LIQUID, REUSE)
    taken_w = float(with_it.state.plant["reuse_w"][1])
    assert taken_w == pytest.approx(6000.0)
    saved_w = float(bare.state.plant["tower_w"][1] - with_it.state.plant["tower_w"][1])
    assert saved_w == pytest.approx(taken_w, rel=1e-4)
    assert with_it.ledger["reuse_out_w"] == taken_w


def test_air_cooled_chillers_pay_for_hot_air() -> None:
    rigs = [at_rest(AIR_COOLED, dry_bulb_c=dry_bulb_c, damp=0.2) for dry_bulb_c in (20.0, 28.0, 36.0, 44.0)]
    powers = np.array([float(rig.water["compressor_w"]) for rig in rigs])
    assert (np.diff(powers) > 0.0).all(), powers
    for rig in rigs:
        assert rig.ledger["makeup_kg_s"] == 0.0
        assert rig.water["air_w"] == pytest.approx(float(rig.water["evaporator_w"] + rig.water["compressor_w"]))


def week(changes: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Seven days in steps of five minutes: compressor power, W, and mean temperature of the tank, °C, by step."""
    steps = 7 * 288
    weather = steady_weather(28.0, 0.5, steps=steps)
    rig = Rig(small_scenario(changes), weather)
    powers, layers = np.zeros(steps), np.zeros(steps)
    for i in range(steps):
        rig.audited_step(weather[i], 0.6, 300.0)
        powers[i] = rig.water["compressor_w"]
        layers[i] = rig.state.tanks["layer_c"].mean() if len(rig.state.tanks) else 0.0
    return powers.reshape(7, 288), layers.reshape(7, 288)


def test_a_tank_moves_chiller_energy_to_the_night_and_is_periodic() -> None:
    bare, _ = week({"plant": {"water_economiser": None}})
    powers, layers = week(TANK)
    night, day = slice(0, 96), slice(144, 216)  # 0 … 8 h and 12 … 18 h
    assert powers[-1, night].mean() > 1.05 * bare[-1, night].mean()
    assert powers[-1, day].mean() < 0.8 * bare[-1, day].mean()
    assert np.ptp(layers[1:, 95]) < 0.05  # K: full every morning ...
    assert np.ptp(layers[1:, -1]) < 0.5  # ... and every night as empty as the night before (machines start in steps)
    assert layers[-1, -1] > layers[-1, 95] + 8.0
    assert layers.min() >= 11.0 - 1e-6  # never colder than what charges it
    assert powers[-1].mean() < 1.3 * bare[-1].mean()  # costs lift and losses, but not a third


def test_a_tank_that_gives_lowers_the_chillers_load() -> None:
    steady = {"plant": {"tank": {"start_c": 11.0, "discharge_first_hour": 0.0, "discharge_last_hour": 8.0,
                                 "charge_first_hour": 12.0, "charge_last_hour": 18.0}}}
    bare = at_rest({"plant": {"water_economiser": None}}, steps=60)
    with_it = at_rest(TANK, steady, steps=60)
    given_w = float(with_it.water["store_w"])
    assert given_w > 1e4
    assert bare.water["evaporator_w"] - with_it.water["evaporator_w"] == pytest.approx(given_w, rel=0.02)


def test_full_ice_is_not_frozen_and_no_ice_not_melted() -> None:
    hours = {"charge_first_hour": 0.0, "charge_last_hour": 12.0, "discharge_first_hour": 12.0,
             "discharge_last_hour": 24.0}
    for start, hour in ((1.0, 0), (0.0, 13)):
        ice = {"plant": {"water_economiser": None, "ice": {
            "capacity_kwh": 100.0, "rated_kg_s": 2.0, "start_frac": start, **hours}}}
        weather = steady_weather(25.0, 0.5, steps=30)
        rig = Rig(small_scenario(ice), weather, start_s=hour * 3600)
        rig.run(weather, 0.7, 60.0)
        assert rig.water["store_w"] == pytest.approx(0.0, abs=1e-6)
        assert rig.state.ices["ice_frac"][0] == start


def test_a_door_takes_more_with_colder_water() -> None:
    open_valve = {"hall": {"rear_door": {"leaving_air_temp_c": 19.5}}, "plant": {"supply_air_temp_c": 22.0}}
    heats = [float(at_rest(DOORS, open_valve, chilled_water_c=water_c).air["door_w"]) for water_c in (19.0, 17.0, 15.0)]
    assert (np.diff(heats) > 0.0).all(), heats


@pytest.mark.parametrize("kind", ["cold_plate", "immersion"])
def test_without_facility_water_chips_heat_up_slow_down_and_recover(kind: str) -> None:
    changes = {"hall": {"liquid": {"kind": kind, "cdu": {"m": {"approach_k": 6.0}}}}}
    weather = steady_weather(20.0, 0.5, steps=900)
    rig = Rig(small_scenario(laid_over(LIQUID, changes)), weather)
    rig.run(weather[:200], 0.9, 10.0)
    before_c, before_w = float(rig.air["chip_c"]), float(rig.air["it_w"])
    assert rig.state.cdus["speed_frac"].min() == 1.0
    rig.params.water["chw_tripped"][1] = 1
    hottest_c, slowest = before_c, 1.0
    for i in range(200, 600):
        rig.audited_step(weather[i], 0.9, 10.0)
        hottest_c = max(hottest_c, float(rig.air["chip_c"]))
        slowest = min(slowest, float(rig.state.cdus["speed_frac"].min()))
    end_c = float((rig.params.plates if kind == "cold_plate" else rig.params.baths)["throttle_end_c"][0])
    assert slowest < 0.9
    assert before_c + 10.0 < hottest_c < end_c + 20.0  # servers are off 15 K above the end of throttling
    assert rig.air["it_w"] < before_w
    rig.params.water["chw_tripped"][1] = 0
    rig.run(weather[600:], 0.9, 10.0)
    rig.run(weather, 0.9, 10.0)
    assert rig.state.cdus["speed_frac"].min() == 1.0
    assert rig.air["chip_c"] == pytest.approx(before_c, abs=0.5)
    assert rig.air["it_w"] == pytest.approx(before_w, rel=1e-3)


def test_pumps_that_are_too_small_let_the_coolant_float() -> None:
    """Half the water: pumps give all they have, units get their share, coolant is warmer, nothing else gives way."""
    changes = {"plant": {"facility_water": {"pump": {"rated_kg_s": 0.35}}}}
    enough, small = at_rest(LIQUID, load=1.0), at_rest(LIQUID, changes, load=1.0)
    assert small.state.plant["chw_kg_s"][1] == pytest.approx(0.35, rel=1e-5)
    assert small.state.plant["starved_frac"][1] > 0.0
    assert small.air["technology_c"] > enough.air["technology_c"] + 1.0
    assert enough.state.plant["starved_frac"][1] == 0.0
    assert small.state.plant["taken_w"][1] == pytest.approx(float(enough.state.plant["taken_w"][1]), rel=0.01)
