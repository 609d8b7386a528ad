"""Facilities and weather drawn at random, extremes included: what the conservation tests run on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from rig import Rig, iec_scenario, small_scenario, steady_weather
from twin_kernels.psychrometrics import humidity_ratio

from twin.errors import ScenarioError
from twin.facility.envelope import longest_step_s

#: Physics steps that the tests run at, s.
STEPS_S = (10.0, 30.0, 60.0, 300.0, 900.0)
#: No place on earth has a higher dew point.
DEW_POINT_MAX_C = 34.0
#: What may break half way, and come back.
BREAKABLE = ("crahs", "chillers", "towers")
#: The same of a hall with indirect evaporative units: units, their DX trims, spray pumps, outdoor-air fans.
BREAKABLE_IEC = {"units": ("iecs", "available", 0), "trims": ("trims", "available", 0),
                 "spray": ("iecs", "spray_available", 0), "plates": ("iecs", "ua_w_k", 0.0)}


def random_changes(rng: Generator) -> dict[str, Any]:
    """Keys of a random facility, laid over the small hall: from one rack to fifty, sane or badly undersized."""
    racks = int(rng.integers(1, 51))
    it_kw = racks * float(rng.uniform(2.0, 30.0))
    size = it_kw / 80.0
    supply_c = float(rng.uniform(14.0, 30.0))
    return_c = supply_c + float(rng.uniform(4.0, 18.0))
    water_c = supply_c - float(rng.uniform(1.0, 9.0))
    condenser_min_c = float(rng.uniform(8.0, 24.0))
    hall = {
        "it_rated_kw": it_kw, "return_air_temp_c": max(return_c, 15.5),
        "length_m": 3.0 + racks * float(rng.uniform(0.2, 0.8)), "width_m": float(rng.uniform(4.0, 20.0)),
        "height_m": float(rng.uniform(2.5, 6.0)), "lighting_w_m2": float(rng.choice([0.0, 10.0])),
        "rows": {"a": {"racks": racks}, "b": None}, "air": _air(rng), "server": _server(rng),
        "crah": {"n": _crah(rng, size, supply_c, water_c)},
        "fan": {"mode": str(rng.choice(["return_temperature", "demand", "fixed"])), "ideal": bool(rng.integers(2)),
                "fixed_speed_frac": float(rng.uniform(0.1, 1.0)), "demand_margin_frac": float(rng.uniform(-0.4, 0.5))},
        "humidity": {"min_dew_point_c": float(rng.uniform(-10.0, 13.0)) if rng.random() < 0.6 else None,
                     "kwh_per_kg": float(rng.choice([0.05, 0.75]))},
    }
    return {"hall": hall, "plant": _plant(rng, size, supply_c, water_c, condenser_min_c),
            "power": {"ups": {"to_hall_frac": float(rng.choice([0.0, 0.5, 1.0]))}}, "envelope": _envelope(rng)}


def _air(rng: Generator) -> dict[str, float]:
    shares = rng.dirichlet([1.0, 1.0, 1.0, float(rng.uniform(0.1, 20.0))]) * 0.97
    return {
        "recirculation_frac": float(shares[0] * 0.9), "row_end_extra_frac": float(shares[1] * 0.9),
        "self_recirculation_frac": float(rng.choice([0.0, shares[2] * 0.9])),
        "containment_frac": float(rng.choice([0.0, 1.0, rng.random()])),
        "floor_leakage_frac": float(rng.choice([0.0, 0.89, 0.5 * rng.random()])),
        "ventilation_kg_s": float(rng.choice([0.0, 0.3, 20.0])),
    }


def _server(rng: Generator) -> dict[str, float]:
    return {
        "fan_share_frac": float(rng.uniform(0.0, 0.3)), "storage_network_frac": float(rng.uniform(0.0, 0.3)),
        "leak_per_k": float(rng.choice([0.0, 0.01])), "ramp_gain_frac": float(rng.choice([0.0, 0.5, 1.5])),
        "exponent": float(rng.choice([1.0, 1.4])), "idle_frac": float(rng.choice([0.0, 0.4])),
        "heat_capacity_kj_k_per_kw": float(rng.choice([0.0, 0.1, 10.0, 500.0])),
        "effectiveness": float(rng.choice([0.05, 0.7, 1.0])), "air_m3_s_per_kw": float(rng.uniform(0.02, 0.15)),
        "flow_min_frac": float(rng.choice([0.01, 0.2])),
    }


def _crah(rng: Generator, size: float, supply_c: float, water_c: float) -> dict[str, Any]:
    count = int(rng.integers(1, 5))
    enough = float(rng.choice([0.1, 0.6, 1.0, 3.0]))
    air_m3_s = 7.5 * size * enough / count
    return {
        "count": count, "air_m3_s": air_m3_s, "min_speed_frac": float(rng.choice([0.0, 0.3, 1.0])),
        "coil": {"air_in_c": supply_c + 12.0, "air_out_c": supply_c, "water_in_c": water_c,
                 "water_kg_s": air_m3_s * count * float(rng.uniform(0.6, 2.0)) * 12.0 / (supply_c + 12.0 - water_c)},
    }


def _plant(rng: Generator, size: float, supply_c: float, water_c: float, condenser_min_c: float) -> dict[str, Any]:
    volume = float(rng.choice([0.0, 0.05, 1.0, 50.0])) * size
    chillers, cells = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    enough = rng.choice([0.2, 0.8, 1.5], size=2)
    parts = ["constant-second-law", "energyplus-centrifugal"]
    plant: dict[str, Any] = {
        "supply_air_temp_c": supply_c, "chilled_water_temp_c": max(water_c, 1.0),
        "condenser_water_min_c": condenser_min_c,
        "condenser_water_max_c": condenser_min_c + float(rng.uniform(0.0, 12.0)),
        "condenser_pumps": str(rng.choice(["per_chiller", "common"])),
        "chilled_water_volume_m3": volume, "condenser_water_volume_m3": float(rng.choice([0.0, volume])),
        "chiller": {"c": {
            "part": str(rng.choice(parts)), "count": chillers, "rated_kw": 100.0 * size * float(enough[0]) / chillers,
            "outside_box": str(rng.choice(["extend", "clamp"])), "dispatch_cap": bool(rng.integers(2))}},
        "tower": {"t": {
            "count": cells, "water_kg_s": 6.0 * size * float(enough[1]) / cells,
            "air_m3_s": 4.4 * size * float(enough[1]) / cells, "fan_kw": 1.6 * size * float(enough[1]) / cells,
            "free_convection_frac": float(rng.choice([0.0, 0.125, 0.5]))}},
        "chilled_water_pump": {
            "rated_kw": 1.0 * size, "rated_kg_s": 3.5 * size, "min_flow_frac": float(rng.choice([0.0, 0.3])),
            "control": str(rng.choice(["constant", "variable"]))},
        "condenser_water_pump": {"rated_kw": 0.8 * size, "rated_kg_s": 3.0 * size},
        "staging": {"wait_s": float(rng.choice([0.0, 900.0])), "min_on_s": 0.0, "min_off_s": 600.0},
        "water_economiser": {"wait_s": float(rng.choice([0.0, 1200.0]))} if rng.random() < 0.5 else None,
    }
    if rng.random() < 0.35:
        plant["air_economiser"] = {"max_dew_point_c": float(rng.uniform(0.0, 20.0)),
                                   "min_outdoor_frac": float(rng.choice([0.0, 0.1]))}
    return plant


def _envelope(rng: Generator) -> dict[str, Any]:
    capacity = float(rng.choice([0.0, 30.0, 1000.0]))
    skin = {"outer_capacity_kj_m2k": capacity, "inner_capacity_kj_m2k": capacity / 2,
            "r_m2k_w": float(rng.uniform(0.1, 5.0))}
    return {"roof": skin, "wall": skin, "outside_film_wind_w_s_m3k": float(rng.choice([0.0, 3.8]))}


def random_iec_changes(rng: Generator) -> dict[str, Any]:
    """The same with indirect evaporative units: one group or two, with and without spray and trim, any size."""
    changes = random_changes(rng)
    hall, plant = changes["hall"], changes["plant"]
    air_m3_s = float(hall["crah"]["n"]["air_m3_s"])
    count = int(hall["crah"]["n"]["count"])
    supply_c = float(plant["supply_air_temp_c"])
    groups: dict[str, Any] = {"n": _iec(rng, count, air_m3_s)}
    if rng.random() < 0.4:
        groups["m"] = {**_iec(rng, 1, air_m3_s), "supply_air_temp_c": supply_c + float(rng.uniform(-2.0, 2.0))}
    if rng.random() < 0.5:
        highest_c = float(rng.uniform(14.5, 22.0))
        hall["humidity"]["max_dew_point_c"] = highest_c
        hall["humidity"]["dehumidifier_kg_s"] = float(rng.choice([1e-4, 1e-2]))
    return {
        "hall": {**hall, "crah": None, "iec": groups},
        "plant": {"supply_air_temp_c": supply_c, "chilled_water_temp_c": 4.0},
        "power": changes["power"], "envelope": changes["envelope"],
    }


def _iec(rng: Generator, count: int, air_m3_s: float) -> dict[str, Any]:
    ratio = float(rng.choice([0.8, 1.0, 1.2, 2.0]))
    dry = float(rng.uniform(0.3, 0.78)) * min(ratio, 1.0)
    wet = min(dry + float(rng.uniform(0.0, 0.25)), 0.9)
    kilowatts = air_m3_s * 14.0  # the air's heat over a usual rise
    wait_s = float(rng.choice([0.0, 600.0]))
    return {
        "count": count, "air_m3_s": air_m3_s, "secondary_air_m3_s": air_m3_s * ratio,
        "min_speed_frac": float(rng.choice([0.0, 0.3, 1.0])), "secondary_min_frac": float(rng.choice([0.02, 0.1, 0.5])),
        "plates": {"dry_effectiveness_frac": dry, "wet_effectiveness_frac": wet,
                   "primary_conductance_frac": float(rng.uniform(0.3, 0.7))},
        "spray": None if rng.random() < 0.25 else {
            "pump_kw": float(rng.choice([0.0, 0.02])) * kilowatts, "water_kg_s": 0.3 * air_m3_s,
            "cycles": float(rng.uniform(1.5, 10.0)), "freeze_c": float(rng.choice([0.0, 3.0]))},
        "dx": None if rng.random() < 0.25 else {"rated_kw": kilowatts * float(rng.choice([0.05, 0.4, 1.5])),
                                                "bypass_frac": float(rng.choice([0.0, 0.1, 0.5]))},
        "modes": {"wait_s": wait_s, "up_k": float(rng.choice([0.0, 0.5])), "down_k": float(rng.choice([0.2, 1.0]))},
    }


def random_weather(
    rng: Generator, steps: int, range_c: tuple[float, float] = (-35.0, 45.0), altitude_m: float = 0.0
) -> NDArray[np.void]:
    """Outdoor air that drifts, jumps once, and has sun for part of the time."""
    start_c, end_c = rng.uniform(*range_c, size=2)
    out = steady_weather(steps=steps)
    change = np.linspace(0.0, 1.0, steps)
    change[steps // 2:] += float(rng.choice([0.0, 0.4]))
    dry_bulb_c = start_c + (end_c - start_c) * np.minimum(change, 1.0)
    damp = float(rng.choice([0.1, 0.6, 1.0]))
    for i, temp_c in enumerate(dry_bulb_c):
        out[i] = steady_weather(float(temp_c), damp, altitude_m=altitude_m)[0]
    sun = rng.random(steps) < 0.5
    out["ghi_w_m2"], out["dni_w_m2"], out["dhi_w_m2"] = 700.0 * sun, 500.0 * sun, 200.0 * sun
    out["sun_up"], out["sun_north"] = np.where(sun, 0.7, -0.5), -0.7
    out["wind_m_s"] = rng.uniform(0.0, 15.0, steps)
    return out


def random_run(seed: int, steps: int = 40, breakdowns: bool = True) -> tuple[Rig, dict[str, Any]]:
    """Build a random facility and run it, audited: load from idle to full, equipment lost and back."""
    rng = np.random.default_rng(seed)
    changes = random_changes(rng)
    weather = random_weather(rng, steps)
    rig = Rig(small_scenario(changes), weather)
    longest_s = longest_step_s(rig.params.surfaces, float(rig.p["room_air_kg"]))
    dt_s = float(rng.choice([s for s in STEPS_S if s <= longest_s]))
    # servers trip on what they felt a step ago: without thermal mass that may be too late, whatever the heat
    massive = changes["hall"]["server"]["heat_capacity_kj_k_per_kw"] >= 10.0 and dt_s <= 60.0
    rig.hottest_c = 200.0 if massive else 1500.0
    loads = rng.random(steps) if rng.random() < 0.5 else np.repeat(rng.random(4), -(-steps // 4))[:steps]
    broken = str(rng.choice(BREAKABLE)) if breakdowns and rng.random() < 0.6 else ""
    for i in range(steps):
        if broken and i == steps // 3:
            getattr(rig.params, broken)["available"] = 0
        if broken and i == 2 * steps // 3:
            getattr(rig.params, broken)["available"] = 1
        if i == steps // 2:
            rig.setpoints["supply_air_c"] += rng.uniform(-1.0, 3.0)
            rig.setpoints["chilled_water_c"] += rng.uniform(-3.0, 1.0)
        rig.audited_step(weather[i], float(loads[i]), dt_s)
    return rig, {"dt_s": dt_s, "broken": broken, "changes": changes}


def random_iec_run(seed: int, steps: int = 40) -> tuple[Rig, dict[str, Any]]:
    """The same for a hall with indirect evaporative units, anywhere from sea level to 3000 m."""
    rng = np.random.default_rng(10_000 + seed)
    altitude_m = float(rng.choice([0.0, 1100.0, 3000.0]))
    weather = random_weather(rng, steps, (-40.0, 50.0), altitude_m)
    weather["pressure_pa"] *= rng.uniform(0.98, 1.02)
    dampest = float(humidity_ratio(DEW_POINT_MAX_C, 1.0, float(weather["pressure_pa"][0])))
    weather["humidity_ratio"] = np.minimum(weather["humidity_ratio"], dampest)
    rig, changes = _first_possible(rng, weather, altitude_m)
    longest_s = longest_step_s(rig.params.surfaces, float(rig.p["room_air_kg"]))
    dt_s = float(rng.choice([s for s in STEPS_S if s <= longest_s]))
    massive = changes["hall"]["server"]["heat_capacity_kj_k_per_kw"] >= 10.0 and dt_s <= 60.0
    rig.hottest_c = 200.0 if massive else 1500.0
    loads = rng.random(steps) if rng.random() < 0.5 else np.repeat(rng.random(4), -(-steps // 4))[:steps]
    broken = str(rng.choice([*BREAKABLE_IEC])) if rng.random() < 0.6 else ""
    some = rng.random(len(rig.params.iecs)) < 0.7
    modes: set[int] = set()
    for i in range(steps):
        if broken:
            kind, field, off = BREAKABLE_IEC[broken]
            array = getattr(rig.params, kind)
            if i == steps // 3:
                usual = array[field].copy()
                array[field][some] = off
            if i == 2 * steps // 3:
                array[field] = usual
        if i == steps // 2:
            rig.setpoints["supply_air_c"] += rng.uniform(-2.0, 3.0)
        rig.audited_step(weather[i], float(loads[i]), dt_s)
        modes |= {int(mode) for mode in rig.state.iecs["mode"]}
    return rig, {"dt_s": dt_s, "broken": broken, "changes": changes, "modes": modes}


def _first_possible(rng: Generator, weather: NDArray[np.void], altitude_m: float) -> tuple[Rig, dict[str, Any]]:
    """A random hall whose plates can be built: now and then their two ratings are drawn too far apart."""
    for _ in range(20):
        changes = random_iec_changes(rng)
        try:
            return Rig(iec_scenario(changes), weather, altitude_m), changes
        except ScenarioError as error:
            if not all("plates" in problem.where for problem in error.problems):
                raise
    raise AssertionError("no plates can be built")
