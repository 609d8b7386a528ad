"""Halls with direct-expansion units drawn at random, extremes included: what their conservation tests run on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from random_halls import DEW_POINT_MAX_C, STEPS_S, random_changes, random_weather
from rig import Rig, dx_scenario
from twin_kernels.psychrometrics import humidity_ratio

from twin.facility.envelope import longest_step_s
from twin.scenario.economiser import LOCKOUTS


def random_dx_changes(rng: Generator) -> dict[str, Any]:
    """Keys of a random hall with direct-expansion units: every control, any economiser, sane or badly undersized."""
    changes = random_changes(rng)
    hall = changes["hall"]
    kind = str(rng.choice(["supply", "return", "cycling"]))
    count = int(rng.integers(1, 5))
    kilowatts = hall["it_rated_kw"] * float(rng.choice([0.1, 0.6, 1.2, 3.0])) / count
    unit: dict[str, Any] = {
        "count": count, "part": str(rng.choice(["ashrae140-ce100", "ashrae140-ce300", "energyplus-curve-i"])),
        "rated_kw": kilowatts, "air_m3_s": kilowatts * float(rng.uniform(0.04, 0.09)),
        "min_speed_frac": float(rng.choice([0.0, 0.5, 1.0])),
        "condenser_fan_kw": float(rng.choice([0.0, 0.05])) * kilowatts,
        "compressor": "cycling" if kind == "cycling" else str(rng.choice(["cycling", "inverter"])),
        "control": "supply_air" if kind == "supply" else "return_air",
        "fan": "cycling" if kind == "cycling" else "continuous",
    }
    hall["crah"] = None
    hall["dx"] = {"n": unit}
    if kind != "supply":
        hall["fan"] = {"mode": "fixed", "fixed_speed_frac": float(rng.uniform(0.5, 1.0))}
    hall["gains"] = {"sensible_kw": float(rng.choice([0.0, 5.0])), "latent_kw": float(rng.choice([0.0, 2.0]))}
    hall["infiltration"] = {"air_changes_per_h": float(rng.choice([0.0, 0.5, 5.0]))}
    plant: dict[str, Any] = {"supply_air_temp_c": changes["plant"]["supply_air_temp_c"]}
    if rng.random() < 0.7:
        plant["air_economiser"] = {
            "lockout": str(rng.choice(LOCKOUTS)), "min_outdoor_frac": float(rng.choice([0.0, 0.15])),
            "integrated": bool(rng.integers(2)), "dead_band_k": float(rng.choice([0.0, 1.0])),
            "wait_s": float(rng.choice([0.0, 600.0])),
            "pad": {"pump_kw": 0.1} if rng.random() < 0.5 else None,
        }
    return {"hall": hall, "plant": plant, "power": changes["power"], "envelope": changes["envelope"]}


def random_dx_run(seed: int, steps: int = 40) -> tuple[Rig, dict[str, Any]]:
    """Build a random hall with direct-expansion units and run it, audited."""
    rng = np.random.default_rng(20_000 + seed)
    altitude_m = float(rng.choice([0.0, 1100.0, 3000.0]))
    changes = random_dx_changes(rng)
    weather = random_weather(rng, steps, (-40.0, 50.0), altitude_m)
    dampest = float(humidity_ratio(DEW_POINT_MAX_C, 1.0, float(weather["pressure_pa"][0])))
    weather["humidity_ratio"] = np.minimum(weather["humidity_ratio"], dampest)
    gains = changes["hall"]["gains"]
    weather["gain_sensible_w"] = 1e3 * gains["sensible_kw"] * rng.random(steps)
    weather["gain_latent_w"] = 1e3 * gains["latent_kw"]
    weather["infiltration_m3_s"] = changes["hall"]["infiltration"]["air_changes_per_h"] * 0.03
    weather["return_shift_k"] = np.where(rng.random(steps) < 0.2, 4.0, 0.0)
    rig = Rig(dx_scenario(changes), weather, altitude_m)
    longest_s = longest_step_s(rig.params.surfaces, float(rig.p["room_air_kg"]))
    dt_s = float(rng.choice([s for s in STEPS_S if s <= longest_s]))
    massive = changes["hall"]["server"]["heat_capacity_kj_k_per_kw"] >= 10.0 and dt_s <= 60.0
    rig.hottest_c = 200.0 if massive else 1500.0
    if massive and rng.random() < 0.5:
        weather["units_off_frac"][steps // 4 : steps // 2] = 1.0
    loads = rng.random(steps) if rng.random() < 0.5 else np.repeat(rng.random(4), -(-steps // 4))[:steps]
    broken = str(rng.choice(["", "available", "compressor_available"]))
    some = rng.random(len(rig.params.dxs)) < 0.7
    for i in range(steps):
        if broken and i == steps // 3:
            rig.params.dxs[broken][some] = 0
        if broken and i == 2 * steps // 3:
            rig.params.dxs[broken] = 1
        if i == steps // 2:
            rig.setpoints["supply_air_c"] += rng.uniform(-2.0, 3.0)
        rig.audited_step(weather[i], float(loads[i]), dt_s)
    return rig, {"dt_s": dt_s, "broken": broken, "changes": changes}
