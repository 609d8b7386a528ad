"""The ledger leaves nothing out and holds nothing idle: removing any flux breaks the closure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rig import PROMISE, Rig, dx_scenario, iec_scenario, liquid_scenario, small_scenario, steady_weather
from twin_kernels.layout import LEDGER
from twin_kernels.metering import closure_w, vapour_closure_kg_s

#: Plain Python whether the JIT is on or off.
CLOSURE_W = getattr(closure_w, "py_func", closure_w)
VAPOUR_CLOSURE = getattr(vapour_closure_kg_s, "py_func", vapour_closure_kg_s)
ENERGY = tuple(name for name in LEDGER.names or () if name.endswith("_w"))
WATER = tuple(name for name in LEDGER.names or () if name.endswith("_kg_s"))

MASSIVE = {
    "hall": {"lighting_w_m2": 5.0, "humidity": {"kwh_per_kg": 0.75}},
    "envelope": {"roof": {"outer_capacity_kj_m2k": 30.0, "inner_capacity_kj_m2k": 10.0}},
    "plant": {"air_economiser": {"max_dew_point_c": 18.0, "min_outdoor_frac": 0.05}},
}
#: The same for indirect evaporative units, in damp air so that trims and dehumidifiers run.
EVAPORATIVE = {
    "hall": {"lighting_w_m2": 5.0, "air": {"ventilation_kg_s": 0.1},
             "humidity": {"max_dew_point_c": 13.0, "dehumidifier_kg_s": 0.0005}},
    "envelope": MASSIVE["envelope"],
}
#: The same for direct-expansion units, with other gains in the hall and a wet pad before the economiser.
DIRECT = {
    "envelope": MASSIVE["envelope"],
    "plant": {"air_economiser": {"lockout": "dry_bulb", "pad": {"pump_kw": 0.2}}},
}
#: Outdoor pipes and a duct, bare, so that much heat comes in through them.
OUTDOORS = {"plant": {
    "outdoor_pipe": {"p": {
        "carries": "chilled_supply", "length_m": 40.0, "outer_diameter_m": 0.1, "insulation_m": 0.0}},
    "outdoor_duct": {"d": {"carries": "supply_air", "length_m": 5.0, "width_m": 1.0, "height_m": 0.6}},
}}
GAINS = {"gain_sensible_w": 3000.0, "gain_latent_w": 2000.0, "infiltration_m3_s": 0.02}
#: Liquid cooling with a user of heat, basin heaters, and a store that is charged and discharged in the hour.
LIQUID = {
    "hall": {"liquid": {"reuse": {"demand_kw": 5.0, "delivery_c": 28.0, "return_c": 20.0}}},
    "plant": {
        "tower": {"w": {"basin_heater_w_k": 60.0}, "t": {"basin_heater_w_k": 60.0}},
        "tank": {"volume_m3": 4.0, "rated_kg_s": 1.0, "charge_c": 12.0, "start_c": 15.0, "insulation_m": 0.01,
                 "charge_first_hour": 0.0, "charge_last_hour": 0.5, "discharge_first_hour": 0.5,
                 "discharge_last_hour": 24.0},
    },
}
#: Weather in which between them every flux flows; the load changes, so that everything stores.
SCENES: dict[str, dict[str, Any]] = {
    "sunny and damp": {"dry_bulb_c": 30.0, "relative_humidity": 0.75, "ghi_w_m2": 800.0, "dni_w_m2": 700.0,
                       "dhi_w_m2": 150.0, "sun_up": 0.8, "sun_north": -0.6},
    "cold and dry": {"dry_bulb_c": -8.0, "relative_humidity": 0.4},
    "mild": {"dry_bulb_c": 15.0, "relative_humidity": 0.6},
}


def ledgers() -> list[tuple[np.void, float]]:
    """Ledger of many different steps, with the rated IT power."""
    found = []
    halls = [(small_scenario(MASSIVE), scene) for scene in SCENES.values()]
    halls += [(iec_scenario(EVAPORATIVE), scene) for scene in SCENES.values()]
    halls += [(dx_scenario(DIRECT), {**scene, **GAINS}) for scene in SCENES.values()]
    halls += [(small_scenario(OUTDOORS), scene) for scene in SCENES.values()]
    halls += [(liquid_scenario(LIQUID), scene) for scene in SCENES.values()]
    for scenario, scene in halls:
        weather = steady_weather(steps=60, **scene)
        rig = Rig(scenario, weather)
        for i in range(60):
            rig.setpoints["chilled_water_c"] = 16.0 + 0.4 * (i % 8 > 3)
            rig.setpoints["technology_water_c"] = 32.0 + 0.4 * (i % 8 > 3)
            rig.audited_step(weather[i], 0.2 + 0.013 * i, 60.0)
            if i > 5:
                found.append((rig.ledger.copy(), float(rig.p["it_rated_w"])))
    return found


@pytest.fixture(scope="module")
def booked() -> list[tuple[np.void, float]]:
    return ledgers()


def energy_error(ledger: np.void) -> float:
    inward, outward, stored = CLOSURE_W(ledger)
    return float(abs(inward - outward - stored))


def water_error(ledger: np.void) -> float:
    vapour, towers = VAPOUR_CLOSURE(ledger)
    return float(abs(vapour) + abs(towers))


@pytest.mark.parametrize("name", ENERGY)
def test_removing_an_energy_flux_breaks_the_closure(name: str, booked: list[tuple[np.void, float]]) -> None:
    exercised = 0
    for ledger, rated_w in booked:
        promise_w = PROMISE * max(rated_w, *(abs(float(ledger[field])) for field in ENERGY))
        assert energy_error(ledger) <= promise_w
        if abs(ledger[name]) < 1e-4 * rated_w:
            continue
        exercised += 1
        without = ledger.copy()
        without[name] = 0.0
        assert energy_error(without) > 1000.0 * promise_w
        assert energy_error(without) == pytest.approx(abs(float(ledger[name])), rel=1e-6)
    assert exercised > 10, f"{name} never flowed"


@pytest.mark.parametrize("name", WATER)
def test_removing_a_water_flux_breaks_the_closure(name: str, booked: list[tuple[np.void, float]]) -> None:
    exercised = 0
    for ledger, _ in booked:
        promise = PROMISE * max(1e-2, *(abs(float(ledger[field])) for field in WATER))
        assert water_error(ledger) <= promise
        if abs(ledger[name]) < 1e-7:
            continue
        exercised += 1
        without = ledger.copy()
        without[name] = 0.0
        assert water_error(without) > promise
        assert water_error(without) == pytest.approx(abs(float(ledger[name])), rel=1e-6)
    assert exercised > 10, f"{name} never flowed"


def test_the_ledger_is_made_of_energy_and_water() -> None:
    assert set(ENERGY) | set(WATER) == set(LEDGER.names or ())
    assert (len(ENERGY), len(WATER)) == (33, 10)


def test_vapour_carries_its_enthalpy(booked: list[tuple[np.void, float]]) -> None:
    """Heat and water are booked separately; both belong to the same air."""
    for ledger, _ in booked:
        if ledger["condensate_kg_s"] > 0.0:
            temp_c = ledger["condensate_out_w"] / ledger["condensate_kg_s"] / 4186.0
            assert 5.0 < temp_c < 45.0  # of a coil, or of the room where a dehumidifier stands
        if ledger["vapour_in_kg_s"] > 0.0:
            assert ledger["air_in_w"] > 2.4e6 * ledger["vapour_in_kg_s"] - 1006.0 * 40.0
