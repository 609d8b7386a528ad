"""Storage tanks, ice and pumps as arrays. Here kWh becomes J and kPa Pa."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from twin_kernels.equipment_water import (
    ICE_PARAMS,
    ICE_STATE,
    PUMP_PARAMS,
    TANK_PARAMS,
    TANK_STATE,
)

from twin.scenario.water import Ice, PumpCurve, Tank

__all__ = ["head_rel", "ice_params", "ice_state", "pump_params", "tank_params", "tank_state"]

#: Density of water in tanks and pumps, kg/m³ (5 … 20 °C: 1000 … 998).
_WATER_KG_M3 = 999.0
_J_PER_KWH = 3.6e6
#: Flow over rated and head over rated of a generic centrifugal pump. Source: performance points of Modelica Buildings'
#: chiller plant examples {0.2, 0.6, 1, 1.2} ↔ {1.5, 1.3, 1, 0.6}; a quadratic takes the first three, beyond rated flow
#: it lies above the fourth (0.81 for 0.6).
_PUMP_POINTS = ((0.2, 1.5), (0.6, 1.3), (1.0, 1.0))
#: Rate of an ice tank in capacities an hour. Source: EnergyPlus example file 5ZoneDetailedIceStorage, both ways.
_ENERGYPLUS_ICE = (0.0, 0.09, -0.15, 0.612, -0.324, -0.216)
#: Melting, fitted in shares of 10 s to a tank of 274 kWh at NIST. Source: Li et al., An ice storage tank Modelica
#: model: implementation and validation, Modelica Conference 2021.
_MEASURED_ICE_10_S = (5.54e-5, -1.45679e-4, 9.28e-5, 1.126122e-3, -1.1012e-3, 3.00544e-4)


def tank_params(tank: Tank) -> NDArray[np.void]:
    """Parameters of a stratified tank: an upright cylinder, insulated all round.

    ``UA = 2 π k H / ln((r + d)/r) + 2 k A / d``.

    Parameters
    ----------
    tank : Tank

    Returns
    -------
    ndarray of one TANK_PARAMS
    """
    p = np.zeros(1, TANK_PARAMS)
    area_m2 = tank.volume_m3 / tank.height_m
    radius_m = math.sqrt(area_m2 / math.pi)
    k_w_mk = tank.insulation_w_mk
    wall_w_k = 2.0 * math.pi * k_w_mk * tank.height_m / math.log1p(tank.insulation_m / radius_m)
    p["water_kg"] = tank.volume_m3 * _WATER_KG_M3
    p["height_m"] = tank.height_m
    p["area_m2"] = area_m2
    p["loss_w_k"] = wall_w_k + 2.0 * k_w_mk * area_m2 / tank.insulation_m
    for field in ("conductivity_w_mk", "mixed_frac", "rated_kg_s", "charge_c"):
        p[field] = getattr(tank, field)
    _fill_hours(p, tank)
    return p


def tank_state(tank: Tank) -> NDArray[np.void]:
    """The tank at the start: all at one temperature.

    Parameters
    ----------
    tank : Tank

    Returns
    -------
    ndarray of one TANK_STATE
    """
    t = np.zeros(1, TANK_STATE)
    t["layer_c"] = tank.start_c
    t["outlet_c"] = tank.start_c
    return t


def ice_params(ice: Ice) -> NDArray[np.void]:
    """Parameters of an ice tank.

    Parameters
    ----------
    ice : Ice

    Returns
    -------
    ndarray of one ICE_PARAMS
    """
    p = np.zeros(1, ICE_PARAMS)
    p["latent_j"] = ice.capacity_kwh * _J_PER_KWH
    for field in ("loss_w_k", "brine_j_kgk", "rated_kg_s", "charge_c"):
        p[field] = getattr(ice, field)
    p["charge_rel"] = np.array(_ENERGYPLUS_ICE)
    measured = np.array(_MEASURED_ICE_10_S) * 360.0
    p["discharge_rel"] = measured if ice.discharge_curve == "measured" else np.array(_ENERGYPLUS_ICE)
    _fill_hours(p, ice)
    return p


def ice_state(ice: Ice) -> NDArray[np.void]:
    """The ice at the start.

    Parameters
    ----------
    ice : Ice

    Returns
    -------
    ndarray of one ICE_STATE
    """
    t = np.zeros(1, ICE_STATE)
    t["ice_frac"] = ice.start_frac
    return t


def _fill_hours(p: NDArray[np.void], store: Tank | Ice) -> None:
    for field in ("charge_first_hour", "charge_last_hour", "discharge_first_hour", "discharge_last_hour"):
        p[field] = getattr(store, field)
    p["available"] = 1


def head_rel() -> NDArray[np.float64]:
    """Quadratic head curve of a generic pump, both axes over rated.

    Returns
    -------
    ndarray of 3
        Coefficients from the constant upwards; 1 at rated flow.
    """
    flow, head = np.array(_PUMP_POINTS).T
    return np.polynomial.polynomial.polyfit(flow, head, 2)


def pump_params(pump: PumpCurve, rated_kg_s: float) -> NDArray[np.void]:
    """Parameters of pumps in parallel.

    Parameters
    ----------
    pump : PumpCurve
    rated_kg_s : float
        Rated flow of all pumps together, kg/s.

    Returns
    -------
    ndarray of one PUMP_PARAMS
    """
    p = np.zeros(1, PUMP_PARAMS)
    p["rated_pa"] = pump.rated_kpa * 1e3
    p["held_frac"] = pump.held_kpa / pump.rated_kpa
    p["density_kg_m3"] = _WATER_KG_M3
    for field in (
        "peak_frac", "motor_frac", "drive_frac", "drive_low_frac", "wet_motor_frac",
        "min_flow_frac", "min_speed_frac", "stage_frac", "count",
    ):
        p[field] = getattr(pump, field)
    p["rated_kg_s"] = rated_kg_s / pump.count
    p["head_rel"] = head_rel()
    return p
