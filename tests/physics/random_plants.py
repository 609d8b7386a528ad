"""Plants drawn at random from every component there is, connected in every way that is allowed, over random halls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from random_halls import STEPS_S, random_changes, random_weather
from rig import Rig, small_scenario

from twin.errors import ScenarioError
from twin.facility.envelope import longest_step_s

#: What may stop half way and come back: array of parameters, field, value while it is out.
BREAKABLE: dict[str, tuple[str, str, float]] = {
    "air handlers": ("crahs", "available", 0), "chillers": ("chillers", "available", 0),
    "heat rejection": ("towers", "available", 0), "units": ("cdus", "available", 0),
    "thermosyphon": ("thermosyphons", "available", 0), "pumps": ("water", "chw_tripped", 1),
    "condenser pumps": ("water", "cw_tripped", 1),
}


@dataclass
class Drawn:
    """A random plant that ran: what it was made of, and what its loads and machines did at most."""

    dt_s: float
    broken: str
    changes: dict[str, Any]
    seen: dict[str, float]


def random_plant_changes(rng: Generator) -> dict[str, Any]:
    """Keys of a random hall with a random plant, laid over the small hall."""
    changes = random_changes(rng)
    hall, plant = changes["hall"], changes["plant"]
    size = float(hall["it_rated_kw"]) / 80.0
    enough = float(rng.choice([0.25, 0.8, 1.5]))
    if rng.random() < 0.5:
        hall["rows"] = {"a": hall["rows"]["a"], "b": {"racks": int(rng.integers(1, 6)), "liquid": False}}
    kind = str(rng.choice(["cold_plate", "immersion", "rear_door", "none"], p=[0.35, 0.25, 0.25, 0.15]))
    warm = kind in ("cold_plate", "immersion") and rng.random() < 0.7
    if kind == "rear_door":
        hall["rear_door"] = _door(rng, hall)
    elif kind != "none":
        hall["liquid"] = _liquid(rng, kind, size, enough)
    if warm:
        plant["facility_water"] = _facility_water(rng, size, enough)
    _chilled(rng, plant, size, enough)
    _rejection(rng, plant, warm, size, enough)
    if rng.random() < 0.35:
        plant["thermosyphon"] = _thermosyphon(rng, size)
    if kind in ("cold_plate", "immersion") and rng.random() < 0.4:
        hall["liquid"]["reuse"] = {
            "demand_kw": 80.0 * size * float(rng.choice([0.1, 2.0])), "delivery_c": float(rng.uniform(22.0, 45.0)),
            "return_c": float(rng.uniform(10.0, 21.0)), "months": [1, 7, 12],
            "hourly_frac": [float(share) for share in rng.choice([0.0, 1.0], 24)]}
    return changes


def _liquid(rng: Generator, kind: str, size: float, enough: float) -> dict[str, Any]:
    units = int(rng.integers(1, 4))
    rise_k = float(rng.uniform(4.0, 14.0))
    unit = {
        "count": units, "rated_kw": 80.0 * size * enough / units,
        "facility_rise_k": rise_k * float(rng.uniform(0.8, 1.2)),
        "approach_k": float(rng.uniform(3.5, 12.0)), "pump": str(rng.choice(["variable", "constant"])),
        "pump_heat_frac": float(rng.choice([0.0, 1.0])), "loop_l_per_kw": float(rng.choice([0.1, 1.0, 50.0])),
        "dew_guard_k": float(rng.choice([0.0, 3.0]))}
    liquid: dict[str, Any] = {
        "kind": kind, "technology_water_temp_c": float(rng.uniform(18.0, 50.0)), "technology_rise_k": rise_k,
        "cdu": {"a": unit}}
    if rng.random() < 0.4:
        liquid["cdu"]["b"] = {**unit, "count": 1, "approach_k": float(rng.uniform(3.5, 12.0))}
    if kind == "cold_plate":
        liquid["cold_plate"] = {"capture_frac": float(rng.choice([0.0, 0.5, 0.97, 1.0])),
                                "r_film_k_w": float(rng.uniform(0.005, 0.08))}
    else:
        liquid["immersion"] = {
            "velocity_m_s": float(rng.choice([0.0, 0.05])), "chip_w": float(rng.uniform(100.0, 600.0)),
            "loss_w_k": float(rng.choice([0.0, 20.0, 300.0]))}
    return liquid


def _door(rng: Generator, hall: dict[str, Any]) -> dict[str, Any]:
    racks = sum(int(row["racks"]) for row in hall["rows"].values() if row)
    air_kg_s = float(hall["it_rated_kw"]) / racks * float(hall["server"]["air_m3_s_per_kw"]) * 1.2
    return {"effectiveness_frac": float(rng.uniform(0.3, 0.7)),
            "water_kg_s": min(air_kg_s / 4.0 * float(rng.uniform(0.9, 2.0)), 20.0),
            "leaving_air_temp_c": float(rng.uniform(16.0, 32.0)), "dew_guard_k": float(rng.choice([0.0, 2.0]))}


def _pump(rng: Generator, kg_s: float, kilowatts: float) -> dict[str, Any]:
    if rng.random() < 0.35:
        return {"rated_kg_s": kg_s, "rated_kw": None, "control": "variable", "curve": {
            "count": int(rng.integers(1, 4)), "rated_kpa": float(rng.uniform(100.0, 400.0)),
            "held_kpa": float(rng.uniform(0.0, 100.0)), "wet_motor_frac": float(rng.choice([0.0, 1.0])),
            "min_flow_frac": float(rng.choice([0.0, 0.3]))}}
    return {"rated_kg_s": kg_s, "rated_kw": kilowatts, "control": str(rng.choice(["variable", "constant"])),
            "min_flow_frac": float(rng.choice([0.0, 0.3])), "exponent": float(rng.choice([1.5, 3.0])),
            "heat_to_fluid_frac": float(rng.choice([0.0, 0.9]))}


def _facility_water(rng: Generator, size: float, enough: float) -> dict[str, Any]:
    warm: dict[str, Any] = {
        "supply_temp_c": float(rng.uniform(14.0, 45.0)), "volume_m3": float(rng.choice([0.02, 1.0, 20.0])) * size,
        "pump": _pump(rng, 2.0 * size * enough, 1.0 * size)}
    if rng.random() < 0.5:
        warm["exchanger"] = {
            "effectiveness": float(rng.uniform(0.5, 0.95)), "volume_m3": float(rng.choice([0.0, 2.0])) * size,
            "pump": {"rated_kw": 0.8 * size, "rated_kg_s": 2.5 * size * enough}}
    return warm


def _chilled(rng: Generator, plant: dict[str, Any], size: float, enough: float) -> None:
    """Pumps, economiser, air-cooled chillers, a store."""
    plant["chilled_water_pump"] = _pump(rng, 3.5 * size * float(rng.choice([0.5, 1.5])), 1.0 * size)
    way = str(rng.choice(["none", "integrated", "parallel"]))
    plant["water_economiser"] = None if way == "none" else {
        "arrangement": way, "wait_s": float(rng.choice([0.0, 1200.0]))}
    if rng.random() < 0.35:
        plant["chiller"]["c"] = {**plant["chiller"]["c"], "part": "constant-second-law-air"}
        if way == "none":
            plant["condenser_water_pump"] = None
    plant["condenser_water_max_c"] = min(float(plant["condenser_water_max_c"]), 40.0)
    store = str(rng.choice(["none", "tank", "ice"], p=[0.4, 0.35, 0.25]))
    first, hours = float(rng.uniform(0.0, 24.0)), float(rng.uniform(2.0, 10.0))
    windows = {"charge_first_hour": first, "charge_last_hour": (first + hours) % 24.0,
               "discharge_first_hour": (first + hours) % 24.0, "discharge_last_hour": (first + 2.0 * hours) % 24.0}
    if store == "tank":
        plant["tank"] = {"volume_m3": float(rng.choice([0.5, 5.0, 100.0])) * size, "rated_kg_s": 2.0 * size * enough,
                         "charge_c": float(max(plant["chilled_water_temp_c"] - rng.uniform(0.0, 6.0), 4.0)),
                         "start_c": float(rng.uniform(4.0, 25.0)), **windows}
    elif store == "ice":
        plant["ice"] = {"capacity_kwh": float(rng.choice([5.0, 500.0])) * size, "rated_kg_s": 3.0 * size * enough,
                        "charge_c": float(rng.uniform(-8.0, -1.0)), "start_frac": float(rng.choice([0.0, 0.5, 1.0])),
                        "loss_w_k": float(rng.choice([0.0, 20.0])), **windows}


def _machine(rng: Generator, size: float, enough: float) -> tuple[str, dict[str, Any]]:
    """A tower by either law, a dry cooler or one with a pad."""
    law = str(rng.choice(["york", "merkel", "dry", "pad"]))
    count = int(rng.integers(1, 4))
    if law in ("york", "merkel"):
        return "tower", {
            "law": law, "count": count, "water_kg_s": 4.0 * size * enough / count,
            "air_m3_s": 3.2 * size * enough / count,
            "fan_kw": 1.2 * size * enough / count, "free_convection_frac": float(rng.choice([0.0, 0.125])),
            "basin_heater_w_k": float(rng.choice([0.0, 50.0]))}
    dry_bulb_c = float(rng.uniform(10.0, 35.0))
    cooler: dict[str, Any] = {
        "count": count, "rated_kw": 90.0 * size * enough / count, "dry_bulb_c": dry_bulb_c,
        "entering_c": dry_bulb_c + 14.0, "leaving_c": dry_bulb_c + 7.0, "fan_kw": 2.0 * size * enough / count}
    if law == "pad":
        cooler["pad"] = {"above_c": float(rng.uniform(5.0, 25.0)), "when": str(rng.choice(["above", "needed"]))}
    return "dry_cooler", cooler


def _rejection(rng: Generator, plant: dict[str, Any], warm: bool, size: float, enough: float) -> None:
    """Towers or dry coolers of each water that needs some, and the arrows where there is a choice."""
    plant["tower"] = {"t": None}
    plant["dry_cooler"] = {}
    condenser = plant.get("condenser_water_pump", True) is not None
    sides = [*(["cold"] if condenser else []), *(["warm"] if warm else [])]
    groups: dict[str, list[str]] = {}
    for side in sides:
        kind, machine = _machine(rng, size, enough)
        plant[kind][side] = machine
        groups[side] = [f"plant.{kind}.{side}"]
        if rng.random() < 0.3:  # a smaller one beside it
            other = {**machine, "count": 1}
            for key in ("water_kg_s", "air_m3_s", "fan_kw", "rated_kw"):
                if key in other:
                    other[key] *= 0.4
            plant[kind][f"{side}2"] = other
            groups[side].append(f"plant.{kind}.{side}2")
    if len(sides) == 2:
        source = "plant.facility_water.exchanger" if "exchanger" in plant["facility_water"] else "plant.facility_water"
        plant["connections"] = {"plant.condenser_water": groups["cold"]}
        if source.endswith("exchanger"):
            plant["connections"][source] = groups["warm"]


def _thermosyphon(rng: Generator, size: float) -> dict[str, Any]:
    return {"rated_kw": 40.0 * size, "entering_c": 32.0, "dry_bulb_c": 12.0, "water_kg_s": 2.0 * size,
            "air_m3_s": 6.0 * size, "fan_kw": 1.5 * size, "pump_frac": float(rng.choice([0.0, 0.01])),
            "min_drive_k": float(rng.choice([0.0, 4.0]))}


def possible_plant(rng: Generator) -> dict[str, Any]:
    """The first draw that can be built: a few ratings and temperatures contradict each other."""
    for _ in range(40):
        changes = random_plant_changes(rng)
        try:
            small_scenario(changes)
            Rig(small_scenario(changes), random_weather(rng, 1))
        except ScenarioError:
            continue
        return changes
    raise AssertionError("no plant can be built")


def random_plant_run(seed: int, steps: int = 50) -> tuple[Rig, Drawn]:
    """Build a random plant and run it, audited: load from idle to full, -30 … 48 °C outside, machines lost and back."""
    rng = np.random.default_rng(20_000 + seed)
    changes = possible_plant(rng)
    weather = random_weather(rng, steps, (-30.0, 48.0))
    hour_s = int(rng.integers(0, 24)) * 3600
    rig = Rig(small_scenario(changes), weather, start_s=hour_s)
    tanks_w_k = len(rig.params.cdus) * float(rig.params.baths["loss_w_k"].sum())
    longest_s = longest_step_s(rig.params.surfaces, float(rig.p["room_air_kg"]), tanks_w_k)
    dt_s = float(rng.choice([s for s in STEPS_S if s <= longest_s]))
    rig.hottest_c = 1500.0  # servers and chips trip on what they felt a step ago: a small loop is hot by then
    loads = rng.random(steps) if rng.random() < 0.5 else np.repeat(rng.random(4), -(-steps // 4))[:steps]
    broken = str(rng.choice([*BREAKABLE])) if rng.random() < 0.7 else ""
    seen: dict[str, float] = {}
    for i in range(steps):
        if broken:
            kind, field, out = BREAKABLE[broken]
            array = getattr(rig.params, kind)
            if i == steps // 3:
                some = rng.random(len(array)) < 0.8
                usual = array[field].copy()
                array[field][some] = out
            if i == 2 * steps // 3:
                array[field] = usual
        if i == steps // 2:
            rig.setpoints["supply_air_c"] += rng.uniform(-1.0, 3.0)
            rig.setpoints["chilled_water_c"] += rng.uniform(-3.0, 1.0)
            rig.setpoints["facility_water_c"] += rng.uniform(-6.0, 6.0)
            rig.setpoints["technology_water_c"] += rng.uniform(-6.0, 6.0)
            rig.setpoints["pump_dp_frac"] = rng.uniform(0.3, 1.0)
        rig.audited_step(weather[i], float(loads[i]), dt_s)
        _notice(rig, seen)
    return rig, Drawn(dt_s, broken, changes, seen)


def _notice(rig: Rig, seen: dict[str, float]) -> None:
    """Largest value so far of what a plant may do, over rated IT power."""
    y, x, rated_w = rig.state.plant, rig.air, float(rig.p["it_rated_w"])
    heats = ("reuse_w", "thermosyphon_w", "wse_w", "evaporator_w", "air_w")
    new = {name: float(y[name].max()) / rated_w for name in heats}
    new |= {"stored": float(y["store_w"].max()) / rated_w, "charged": -float(y["store_w"].min()) / rated_w}
    new |= {"door": float(x["door_w"]) / rated_w, "liquid": float(x["liquid_w"]) / rated_w}
    new |= {"starved": float(y["starved_frac"].max()), "wetted": float(rig.state.towers["wetted"].sum())}
    new |= {"off": float(x["liquid_off"]), "slow": 1.0 - float(min([1.0, *rig.state.cdus["speed_frac"]]))}
    new |= {"facility": float(y["taken_w"][1]) / rated_w, "basin": float(y["basin_w"].max()) / rated_w}
    for name, value in new.items():
        seen[name] = max(seen.get(name, 0.0), value)
