"""Closures and limits of liquid cooling: distribution units, cold plates, doors, tanks of oil, thermosyphons, reuse."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from twin_kernels.cdu import cdu_exchange_w_k, cdu_step
from twin_kernels.cold_plate import chip_temperature_c
from twin_kernels.constants import CP_DRY_AIR, CP_WATER, STANDARD_PRESSURE
from twin_kernels.equipment import THERMOSYPHON_PARAMS
from twin_kernels.equipment_liquid import (
    CDU_PARAMS,
    CDU_STATE,
    COLD_PLATE_PARAMS,
    DOOR_PARAMS,
    HEAT_REUSE_PARAMS,
    IMMERSION_PARAMS,
)
from twin_kernels.heat_reuse import heat_taken_w
from twin_kernels.immersion import immersion_superheat_k, tank_loss_w
from twin_kernels.psychrometrics import dry_air_density_kg_m3
from twin_kernels.rear_door import DOOR_AIR_J_KGK, door_effectiveness, door_valve
from twin_kernels.thermosyphon import thermosyphon_heat_w

from twin.metrics.energy import ere, erf
from twin.validation.check import CLOSED_FORM, HOUSE_CLOSURE, Check, largest

__all__ = ["CHECKS"]

_NTU = (0.1, 0.5, 1.0, 2.0, 5.0)
_ENDLESS_W_K = 1e12


# --- coolant distribution unit ------------------------------------------------------------------

def _cdu(ua_w_k: float, rated_w: float = 1e6) -> Any:
    """A unit with 10 K on both sides at rating: equal heat-capacity flows."""
    p = np.zeros(1, CDU_PARAMS)[0]
    p["rated_w"], p["ua_w_k"], p["ua_secondary_frac"] = rated_w, ua_w_k, 0.5
    p["technology_heat_j_kgk"] = CP_WATER
    p["technology_rated_kg_s"] = p["facility_rated_kg_s"] = rated_w / (10.0 * CP_WATER)
    p["pump_rated_w"], p["pump_heat_frac"], p["pump_min_frac"], p["pump_exponent"] = 8e-3 * rated_w, 1.0, 0.3, 2.5
    p["capacity_j_k"], p["dew_guard_k"], p["available"] = 1e-3 * rated_w * CP_WATER, 2.0, 1
    return p


def _balanced_cdu() -> float:
    flow_w_k = float(_cdu(1.0)["technology_rated_kg_s"]) * CP_WATER
    units = ((ntu, _cdu(ntu * flow_w_k)) for ntu in _NTU)
    return largest(cdu_exchange_w_k(p, p["technology_rated_kg_s"], p["facility_rated_kg_s"]) / flow_w_k
                   - ntu / (1.0 + ntu) for ntu, p in units)


def _endless_cdu() -> float:
    p = _cdu(_ENDLESS_W_K)
    flow = float(p["technology_rated_kg_s"])
    pairs = ((1.0, 0.3), (0.3, 1.0), (0.7, 0.9))
    return largest(cdu_exchange_w_k(p, a * flow, b * flow) / (min(a, b) * flow * CP_WATER) - 1.0 for a, b in pairs)


def _cdu_closure() -> float:
    """Heat of servers and pump less what is exchanged and stored, over rated heat, in steps of all kinds."""
    worst = 0.0
    p = _cdu(250e3)
    for facility_c, limit_frac, variable, dt_s in product((15.0, 25.0, 35.0), (0.0, 0.4, 1.0), (0, 1), (10.0, 300.0)):
        p["pump_variable"] = variable
        c = np.zeros(1, CDU_STATE)[0]
        c["supply_c"] = 28.0
        for heat_w in (1e6, 2e5, 0.0, 8e5):
            before_c = float(c["supply_c"])
            taken_w, _ = cdu_step(c, p, heat_w, facility_c, limit_frac * p["facility_rated_kg_s"], 30.0, 5.0, dt_s)
            stored_w = p["capacity_j_k"] * (c["supply_c"] - before_c) / dt_s
            worst = max(worst, abs(heat_w + c["pump_w"] - taken_w - stored_w) / 1e6)
    return worst


def _rise_k() -> float:
    """Rise of a loop that moves 1.43 litres of water a minute for each kilowatt, a litre being a kilogram."""
    p = _cdu(250.0, rated_w=1e3)
    p["technology_rated_kg_s"] = 1.43 / 60.0
    p["pump_heat_frac"] = 0.0
    c = np.zeros(1, CDU_STATE)[0]
    c["supply_c"] = 30.0
    cdu_step(c, p, 1e3, 20.0, p["facility_rated_kg_s"], 30.0, 5.0, 60.0)
    return float(c["return_c"] - c["supply_c"])


def _dew_guard() -> float:
    """How far a unit with much cold water falls below the room's dew point and its guard, K."""
    p, worst = _cdu(1e6), 0.0
    for setpoint_c, dew_c in ((10.0, 16.0), (17.0, 16.0), (25.0, 16.0)):
        c = np.zeros(1, CDU_STATE)[0]
        c["supply_c"] = 30.0
        for _ in range(40):
            cdu_step(c, p, 8e5, 8.0, p["facility_rated_kg_s"], setpoint_c, dew_c, 60.0)
            worst = max(worst, dew_c + 2.0 - float(c["supply_c"]))
    return worst


# --- cold plates, doors, tanks of oil -----------------------------------------------------------

def _endless_coolant_k_w() -> float:
    """Chip over coolant for each watt at endless flow."""
    p = np.zeros(1, COLD_PLATE_PARAMS)[0]
    p["flow_rated_kg_s"], p["heat_j_kgk"], p["r_inf_k_w"], p["r_film_k_w"] = 0.02, 4186.0, 0.02, 0.015
    p["exponent"] = 0.8
    return (float(chip_temperature_c(p, 30.0, 500.0, 1e12)) - 30.0) / 500.0


def _door(ua_w_k: float) -> Any:
    p = np.zeros(1, DOOR_PARAMS)[0]
    p["ua_w_k"], p["ua_air_frac"], p["air_rated_kg_s"], p["water_rated_kg_s"] = ua_w_k, 1.0 / 3.0, 1.5, 0.7
    p["target_c"] = 24.0
    return p


def _endless_door() -> float:
    p = _door(_ENDLESS_W_K)
    pairs = ((1.5, 0.7), (1.5, 0.2), (0.5, 0.7))
    return largest(door_effectiveness(p, air, water) * air * DOOR_AIR_J_KGK
                   / min(air * DOOR_AIR_J_KGK, water * CP_WATER) - 1.0 for air, water in pairs)


def _door_target_k() -> float:
    p = _door(4e3)
    missed = []
    for air, exhaust_c, water_c in product((0.5, 1.0, 1.5), (28.0, 35.0), (12.0, 18.0)):
        water, effectiveness, short = door_valve(p, air, exhaust_c, water_c)
        if short == 0.0:
            missed.append(exhaust_c - door_effectiveness(p, air, water) * (exhaust_c - water_c) - 24.0)
            missed.append((effectiveness - door_effectiveness(p, air, water)) * (exhaust_c - water_c))
    return largest(missed)


def _endless_sink_k() -> float:
    p = np.zeros(1, IMMERSION_PARAMS)[0]
    p["area_m2"], p["length_m"] = 1e6, 0.1
    return float(immersion_superheat_k(p, 500.0, 45.0))


def _even_tank_w() -> float:
    p = np.zeros(1, IMMERSION_PARAMS)[0]
    p["loss_w_k"] = 20.0
    return largest(tank_loss_w(p, at_c, at_c) for at_c in (10.0, 25.0, 45.0))


# --- thermosyphon and heat reuse ----------------------------------------------------------------

def _endless_thermosyphon() -> float:
    """Endless exchangers and pipes without loss: the two streams in series, each with its whole capacity."""
    p = np.zeros(1, THERMOSYPHON_PARAMS)[0]
    p["evaporator_w_k"] = p["condenser_w_k"] = _ENDLESS_W_K
    p["evaporator_water_frac"], p["water_rated_kg_s"], p["air_rated_m3_s"] = 0.5, 30.0, 60.0
    p["drive_min_k"], p["air_min_frac"], p["free_convection_frac"], p["available"] = 3.0, 0.2, 0.05, 1
    apart = []
    for outdoor_c, air_frac, water in product((-10.0, 10.0, 20.0), (0.3, 1.0), (10.0, 30.0)):
        c_air = air_frac * 60.0 * dry_air_density_kg_m3(outdoor_c, 0.0, STANDARD_PRESSURE) * CP_DRY_AIR
        by_hand = (30.0 - outdoor_c) / (1.0 / (water * CP_WATER) + 1.0 / c_air)
        heat_w = thermosyphon_heat_w(p, 30.0, air_frac, water, outdoor_c, STANDARD_PRESSURE)
        apart.append(heat_w / by_hand - 1.0)
    return largest(apart)


def _uphill_w() -> float:
    """Heat that a thermosyphon carries towards warmer air, W: none."""
    p = np.zeros(1, THERMOSYPHON_PARAMS)[0]
    p["evaporator_w_k"], p["condenser_w_k"], p["evaporator_water_frac"] = 1e5, 6e4, 0.5
    p["water_rated_kg_s"], p["air_rated_m3_s"], p["drive_min_k"], p["air_min_frac"] = 30.0, 60.0, 3.0, 0.2
    return largest(thermosyphon_heat_w(p, 24.0, air, 30.0, outdoor_c, STANDARD_PRESSURE)
                   for air, outdoor_c in product((0.0, 0.1, 1.0), (22.0, 24.0, 40.0)))


def _reuse(water_c: float, demand_w: float) -> float:
    p = np.zeros(1, HEAT_REUSE_PARAMS)[0]
    p["delivery_c"], p["return_c"], p["approach_k"] = 30.0, 20.0, 3.0
    return 1e-3 * float(heat_taken_w(p, water_c, 10.0, demand_w))


_GOLDEN = {"total": 1.034, "it": 1.0}
_COUNTERFLOW = "limits of a counterflow exchanger (Incropera et al., table 11.3)"
_LOOP = "first law on a loop of coolant"
_PLATES = "limits of cold plates, doors and sinks in oil"
_DRY = "limits of a thermosyphon: two streams in series, downhill only"
_REUSE = "pinch rule by hand: 10 kg/s of 4.186 kJ/(kg K), user 20 → 30 °C, approach 3 K"
_NREL = "NREL data centre in Golden: PUE 1.034, ERE 0.929 [secondary source]"

#: What is known without a computer.
CHECKS: tuple[Check, ...] = (
    Check("cdu.balanced", _COUNTERFLOW, "distribution unit with equal streams, from N / (1 + N)", 0.0, 1e-12,
          CLOSED_FORM, _balanced_cdu),
    Check("cdu.endless", _COUNTERFLOW, "endless distribution unit over the smaller stream's capacity, from 1", 0.0,
          1e-6, "1e12 W/K leaves less", _endless_cdu),
    Check("cdu.closure", _LOOP, "heat and pump less exchanged and stored, over rated heat, 144 steps", 0.0, 1e-9,
          HOUSE_CLOSURE, _cdu_closure),
    Check("cdu.rise", _LOOP, "rise at 1.43 L/min a kilowatt, a litre of water counted as a kilogram [K]", 10.0, 0.035,
          "three digits of 1.43", _rise_k),
    Check("cdu.dew_guard", "ASHRAE TC 9.9, Water-Cooled Servers (2019)",
          "supply below the room's dew point and 2 K, largest [K]", 0.0, 1e-9, "held exactly by an ideal valve",
          _dew_guard),
    Check("plate.endless", _PLATES, "chip over coolant at endless flow, asked for 0.02 [K/W]", 0.02, 1e-9,
          "film (1e12 / 0.02)^-0.8 leaves 1e-13", _endless_coolant_k_w),
    Check("door.endless", _PLATES, "endless door over the smaller stream's capacity, from 1", 0.0, 1e-6,
          "1e12 W/K leaves less", _endless_door),
    Check("door.target", _PLATES, "air behind a door whose valve holds 24 °C [K]", 0.0, 1e-8,
          "found to 1e-10 of the drop, ten times that", _door_target_k),
    Check("immersion.endless", _PLATES, "sink of 1e6 m² over the oil [K]", 0.0, 1e-3,
          "500 W over 1e6 m² at 10 W/(m² K): 5e-5 K", _endless_sink_k),
    Check("immersion.even", _PLATES, "heat between a tank and a room as warm [W]", 0.0, 1e-12, CLOSED_FORM,
          _even_tank_w),
    Check("thermosyphon.endless", _DRY, "endless cooler, from the two capacities in series", 0.0, 1e-6,
          "1e12 W/K leaves less", _endless_thermosyphon),
    Check("thermosyphon.uphill", _DRY, "heat carried with less than the least drive [W]", 0.0, 0.0, "none is none",
          _uphill_w),
    Check("reuse.pinch", _REUSE, "taken at 40 °C, endless demand [kW]", 711.62, 1e-9, CLOSED_FORM,
          lambda: _reuse(40.0, 1e9)),
    Check("reuse.demand", _REUSE, "taken at 40 °C, 250 kW wanted [kW]", 250.0, 1e-9, CLOSED_FORM,
          lambda: _reuse(40.0, 250e3)),
    Check("reuse.too_cold", _REUSE, "taken at 32.9 °C, 0.1 K below delivery and approach [kW]", 0.0, 0.0,
          "none is none", lambda: _reuse(32.9, 250e3)),
    Check("reuse.erf", _NREL, "energy reuse factor: (1.034 - 0.929) / 1.034 [-]", 0.1015, 1e-4,
          "four digits as published", lambda: erf(_GOLDEN, 0.105) or 0.0),
    Check("reuse.ere", _NREL, "energy reuse effectiveness with a reuse of 0.105 of the IT energy [-]", 0.929, 5e-4,
          "three digits as published", lambda: ere(_GOLDEN, 0.105) or 0.0),
)
