"""What single events do to liquid cooling, dry heat rejection and stores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from twin_kernels.rejector import rejector_leaving_c

from twin.engine.effects import apply_effects, own_params
from twin.engine.timeline import Effect, timeline
from twin.facility.build import build_facility
from twin.scenario.read import load_scenario

GREENSBORO = "chilled-water-greensboro"


@pytest.mark.parametrize(("name", "target", "array", "field", "where"), [
    ("direct-liquid", "hall.liquid.cdu.main-2", "cdus", "ua_w_k", 1),
    ("thermosyphon-hybrid", "plant.thermosyphon", "thermosyphons", "condenser_w_k", 0),
    ("direct-liquid", "plant.facility_water.exchanger", "water", "wse_effectiveness", 1),
    ("direct-liquid", "plant.water_economiser", "water", "wse_effectiveness", 0),
    ("direct-liquid", "plant.tower.warm-1", "towers", "air_rated_m3_s", 2),
    ("rear-door", "hall.rear_door", "doors", "ua_w_k", 0),
    ("immersion", "plant.dry_cooler.warm-3", "towers", "ua_w_k", 2),
])  # fmt: skip
def test_fouling_of_liquid_cooling_and_dry_heat_rejection(
    name: str, target: str, array: str, field: str, where: int
) -> None:
    facility = build_facility(load_scenario(name), 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "foul", target, 0.7)])
    before, after = getattr(facility.params, array)[field], getattr(own, array)[field]
    assert np.flatnonzero(before != after).tolist() == [where]
    assert after[where] == pytest.approx(0.7 * before[where])


def test_a_fouled_merkel_tower_is_a_smaller_one() -> None:
    """Water, air and conductance all shrink: at the same heat over size it leaves the same water."""
    facility = build_facility(load_scenario(GREENSBORO, {"plant.tower.main.law": "merkel"}), 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "foul", "plant.tower.main-1", 0.7)])
    clean, fouled = facility.params.towers[0], own.towers[0]
    outdoor = (30.0, 0.018, 25.0, 98000.0)
    for air_frac in (0.4, 1.0):
        full, _ = rejector_leaving_c(clean, 36.0, air_frac, outdoor, clean["water_rated_kg_s"], 0)
        small, _ = rejector_leaving_c(fouled, 36.0, air_frac, outdoor, fouled["water_rated_kg_s"], 0)
        assert small == pytest.approx(full, rel=1e-12)


@pytest.mark.parametrize(("name", "target", "array", "field", "where"), [
    ("direct-liquid", "hall.liquid.cdu.main-4", "cdus", "available", [3]),
    ("direct-liquid", "plant.facility_water.pump", "water", "chw_tripped", [1]),
    ("direct-liquid", "plant.facility_water.exchanger.pump", "water", "cw_tripped", [1]),
    ("direct-liquid", "plant.chilled_water_pump", "water", "chw_tripped", [0]),
    ("thermosyphon-hybrid", "plant.thermosyphon", "thermosyphons", "available", [0]),
    ("rear-door", "hall.rear_door", "doors", "water_rated_kg_s", [0]),
    ("immersion", "plant.dry_cooler.warm-1", "towers", "available", [0]),
])  # fmt: skip
def test_trips_of_liquid_cooling_and_dry_heat_rejection(
    name: str, target: str, array: str, field: str, where: list[int]
) -> None:
    facility = build_facility(load_scenario(name), 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "trip", target)])
    before, after = getattr(facility.params, array)[field], getattr(own, array)[field]
    assert np.flatnonzero(before != after).tolist() == where
    apply_effects(own, facility.params, facility, [])
    assert getattr(own, array).tobytes() == getattr(facility.params, array).tobytes()


def test_a_tower_and_a_dry_cooler_of_one_name_are_told_apart() -> None:
    changes = {
        "plant.tower.warm": "none", "plant.dry_cooler.chilled": {"rated_kw": 2000.0},
        "plant.connections": {"plant.facility_water.exchanger": ["plant.dry_cooler.chilled"],
                              "plant.condenser_water": ["plant.tower.chilled"]},
    }
    facility = build_facility(load_scenario("direct-liquid", changes), 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "trip", "plant.dry_cooler.chilled")])
    kinds = facility.params.towers["kind"]
    assert (own.towers["available"] == 0).tolist() == (kinds == kinds.max()).tolist()
    assert set(own.towers["available"].tolist()) == {0, 1}


def test_a_store_and_a_user_of_heat_can_stop() -> None:
    tank = load_scenario(GREENSBORO, {"plant.tank": {"volume_m3": 300.0, "rated_kg_s": 20.0}})
    facility = build_facility(tank, 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "trip", "plant.tank")])
    assert own.tanks["available"].tolist() == [0]
    facility = build_facility(load_scenario("thermosyphon-hybrid"), 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "trip", "hall.liquid.reuse")])
    assert facility.params.reuse["demand_w"].max() > 0.0
    assert not own.reuse["demand_w"].any()


def test_sky_panels_and_their_night_tank_can_stop() -> None:
    facility = build_facility(load_scenario("sky-panels-night"), 900.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "trip", "plant.sky_panels")])
    assert own.panels["available"].tolist() == [0]
    assert own.sky_tanks["available"].tolist() == [1]
    apply_effects(own, facility.params, facility, [Effect(0, 9, "trip", "plant.sky_panels.tank")])
    assert own.panels["available"].tolist() == [1]
    assert own.sky_tanks["available"].tolist() == [0]


def test_an_outage_leaves_coolant_running_on_the_ups_and_no_basin_heater_on() -> None:
    def effects(**keys: Any) -> dict[tuple[str, str], tuple[int, int]]:
        outage = {"kind": "grid_outage", "at_h": 1.0, "duration_h": 1.0, "battery_s": 300.0, "generator": False, **keys}
        scenario = load_scenario("direct-liquid", {"events": [outage], "run.duration_days": 1.0})
        return {(e.action, e.target): (e.start_s, e.end_s) for e in timeline(scenario, 0, 86400)[1]}

    unit = ("trip", "hall.liquid.cdu.main-1")
    assert effects()[unit] == (3900, 7200)
    assert effects(cdus_on_ups=False)[unit] == (3600, 7200)
    assert effects()[("trip", "plant.facility_water.pump")] == (3600, 7200)
    assert effects(pumps_on_ups=True)[("trip", "plant.facility_water.pump")] == (3900, 7200)
    assert effects(pumps_on_ups=True)[("trip", "plant.facility_water.exchanger.pump")] == (3600, 7200)
    heated = build_facility(load_scenario(GREENSBORO, {"plant.tower.main.basin_heater_w_k": 100.0}), 270.0)
    own = own_params(heated.params)
    apply_effects(own, heated.params, heated, [Effect(0, 9, "lights", "hall")])
    assert not own.towers["basin_heater_w_k"].any()
