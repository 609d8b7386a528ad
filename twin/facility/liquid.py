"""Liquid cooling as arrays: plates or tanks, distribution units from their design approach, doors, heat reuse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import (
    CDU_PARAMS,
    COLD_PLATE_PARAMS,
    DOOR_PARAMS,
    HEAT_REUSE_PARAMS,
    IMMERSION_PARAMS,
)
from twin_kernels.evaporative import iec_conductance_w_k
from twin_kernels.exchanger import ntu_from_effectiveness_counterflow
from twin_kernels.immersion import oil_density_kg_m3, oil_heat_j_kgk
from twin_kernels.rear_door import DOOR_AIR_J_KGK

from twin.errors import Problem, ScenarioError
from twin.scenario.liquid import Cdu, HeatReuse, Liquid, RearDoor

__all__ = [
    "cdu_params", "cold_plate_params", "door_params", "heat_reuse_params", "immersion_params", "reuse_demand_w",
    "technology_heat_j_kgk",
]

#: No exchanger is believed above this effectiveness (as for coils).
_HIGHEST_EFFECTIVENESS = 0.98
#: Oil properties are taken at this temperature for what carries and stores heat, °C; 10 K move them by 2 %.
_OIL_C = 40.0
#: Density that turns litres of coolant into kg (water at 30 °C: 996).
_WATER_KG_M3 = 996.0


def technology_heat_j_kgk(liquid: Liquid) -> float:
    """Specific heat of the fluid in the technology loop.

    Parameters
    ----------
    liquid : Liquid

    Returns
    -------
    float
        J/(kg K), one value at all temperatures, so that energy closes.
    """
    if liquid.kind == "immersion":
        return float(oil_heat_j_kgk(_OIL_C))
    return liquid.plates.coolant_heat_j_kgk


def _loop_capacity_j_k(liquid: Liquid, unit: Cdu, rated_kw: float) -> float:
    """Heat capacity of one unit's loop, the oil of its tanks included."""
    heat = technology_heat_j_kgk(liquid)
    if liquid.kind == "immersion":
        litres = (liquid.tanks.oil_l_per_kw + unit.loop_l_per_kw) * rated_kw
        return litres * 1e-3 * float(oil_density_kg_m3(_OIL_C)) * heat
    return unit.loop_l_per_kw * rated_kw * 1e-3 * _WATER_KG_M3 * heat


def _conductance_w_k(unit: Cdu, rated_w: float, rise_k: float, where: str) -> tuple[float, list[Problem]]:
    """UA of a counterflow exchanger from its rating point: both rises and the approach fix its effectiveness."""
    technology_w_k, facility_w_k = rated_w / rise_k, rated_w / unit.facility_rise_k
    least_w_k, most_w_k = min(technology_w_k, facility_w_k), max(technology_w_k, facility_w_k)
    span_k = rise_k + unit.approach_k  # hot return over entering facility water
    effectiveness = rated_w / (least_w_k * span_k)
    if effectiveness < _HIGHEST_EFFECTIVENESS:
        return float(ntu_from_effectiveness_counterflow(effectiveness, least_w_k / most_w_k)) * least_w_k, []
    least_approach_k = max(rise_k, unit.facility_rise_k) / _HIGHEST_EFFECTIVENESS - rise_k
    most_rise_k = _HIGHEST_EFFECTIVENESS * span_k
    if rise_k >= most_rise_k:
        bound = f"must be above {least_approach_k:.2f} K with technology_rise_k = {rise_k:g}: raise it"
    else:
        bound = (
            f"no exchanger can do this with facility_rise_k = {unit.facility_rise_k:g}: water would leave about as "
            f"warm as the coolant comes; give an approach above {least_approach_k:.2f} K or a rise "
            f"below {most_rise_k:.2f} K"
        )
    return 0.0, [Problem(f"{where}.approach_k = {unit.approach_k:g}", bound)]


def cdu_params(liquid: Liquid, it_kw: float, modules: int = 1) -> NDArray[np.void]:
    """Parameters of every coolant distribution unit.

    Parameters
    ----------
    liquid : Liquid
    it_kw : float
        Rated IT power of the hall, kW: a group without ``rated_kw`` is sized by it (by its captured share with cold
        plates), all units alike.
    modules : int
        Modules of the hall: each has the units of the scenario.

    Returns
    -------
    ndarray of CDU_PARAMS

    Raises
    ------
    ScenarioError
        For design approaches that no exchanger reaches, all of them at once.
    """
    problems: list[Problem] = []
    groups = []
    heat_kw = it_kw if liquid.kind == "immersion" else it_kw * liquid.plates.capture_frac
    share_kw = heat_kw / (modules * sum(unit.count for unit in liquid.cdu.values()))
    for number, (group, unit) in enumerate(liquid.cdu.items()):
        rated_kw = unit.rated_kw or share_kw
        rated_w = rated_kw * 1e3
        ua, wrong = _conductance_w_k(unit, rated_w, liquid.technology_rise_k, f"hall.liquid.cdu.{group}")
        problems += wrong
        p = np.zeros(modules * unit.count, CDU_PARAMS)
        p["rated_w"] = rated_w
        p["ua_w_k"] = ua
        p["ua_secondary_frac"] = unit.technology_conductance_frac
        p["technology_heat_j_kgk"] = technology_heat_j_kgk(liquid)
        p["technology_rated_kg_s"] = rated_w / (liquid.technology_rise_k * p["technology_heat_j_kgk"])
        p["facility_rated_kg_s"] = rated_w / (unit.facility_rise_k * CP_WATER)
        p["pump_rated_w"] = unit.pump_frac * rated_w
        p["pump_heat_frac"] = unit.pump_heat_frac
        p["pump_min_frac"] = unit.pump_min_frac
        p["pump_exponent"] = unit.pump_exponent
        p["pump_variable"] = int(unit.pump == "variable")
        p["capacity_j_k"] = _loop_capacity_j_k(liquid, unit, rated_kw)
        p["dew_guard_k"] = unit.dew_guard_k
        p["available"] = 1
        p["group"] = number
        groups.append(p)
    if problems:
        raise ScenarioError("scenario", problems)
    return np.concatenate(groups)


def cold_plate_params(liquid: Liquid) -> NDArray[np.void]:
    """The one record of all cold plates.

    Parameters
    ----------
    liquid : Liquid
        With ``kind = "cold_plate"``.

    Returns
    -------
    ndarray of one COLD_PLATE_PARAMS
    """
    plates = liquid.plates
    p = np.zeros(1, COLD_PLATE_PARAMS)
    p["capture_frac"] = plates.capture_frac
    p["chip_rated_w"] = plates.chip_w
    p["flow_rated_kg_s"] = plates.chip_w / (plates.coolant_heat_j_kgk * liquid.technology_rise_k)
    p["heat_j_kgk"] = plates.coolant_heat_j_kgk
    p["r_inf_k_w"] = plates.r_inf_k_w
    p["r_film_k_w"] = plates.r_film_k_w
    p["exponent"] = plates.exponent
    for field in ("throttle_start_c", "throttle_end_c", "throttle_min_frac"):
        p[field] = getattr(plates, field)
    return p


def immersion_params(liquid: Liquid) -> NDArray[np.void]:
    """The one record of all immersed chips and of the tanks of one unit.

    Parameters
    ----------
    liquid : Liquid
        With ``kind = "immersion"``.

    Returns
    -------
    ndarray of one IMMERSION_PARAMS
    """
    tanks = liquid.tanks
    p = np.zeros(1, IMMERSION_PARAMS)
    p["chip_rated_w"] = tanks.chip_w
    for field in (
        "area_m2", "length_m", "velocity_m_s", "r_case_k_w", "loss_w_k", "throttle_start_c", "throttle_end_c",
        "throttle_min_frac",
    ):
        p[field] = getattr(tanks, field)
    return p


def door_params(door: RearDoor, air_rated_kg_s: NDArray[np.float64]) -> NDArray[np.void]:
    """Parameters of the door of every rack.

    Parameters
    ----------
    door : RearDoor
    air_rated_kg_s : ndarray
        Rated air flow of each rack, kg/s.

    Returns
    -------
    ndarray of DOOR_PARAMS

    Raises
    ------
    ScenarioError
        If no door can do what the rating says.
    """
    p = np.zeros(len(air_rated_kg_s), DOOR_PARAMS)
    p["ua_air_frac"] = door.air_conductance_frac
    p["air_rated_kg_s"] = air_rated_kg_s
    p["water_rated_kg_s"] = door.water_kg_s
    p["fan_penalty_frac"] = door.fan_penalty_frac
    p["guard_k"] = door.dew_guard_k
    p["target_c"] = door.leaving_air_temp_c
    water_w_k = door.water_kg_s * CP_WATER
    for air_kg_s in np.unique(air_rated_kg_s):
        air_w_k = float(air_kg_s) * DOOR_AIR_J_KGK
        ratio = door.effectiveness_frac * air_w_k / min(air_w_k, water_w_k)
        ua = iec_conductance_w_k(ratio, air_w_k, water_w_k) if ratio < _HIGHEST_EFFECTIVENESS else -1.0
        if ua <= 0.0:
            need = door.effectiveness_frac * air_w_k / (_HIGHEST_EFFECTIVENESS * CP_WATER)
            what = (
                f"no door can do this with {door.water_kg_s:g} kg/s of water for {air_kg_s:.2f} kg/s of air; lower it, "
                f"or give clearly more than {need:.2f} kg/s of water"
            )
            raise ScenarioError(
                "scenario", [Problem(f"hall.rear_door.effectiveness_frac = {door.effectiveness_frac:g}", what)]
            )
        p["ua_w_k"][air_rated_kg_s == air_kg_s] = ua
    return p


def heat_reuse_params(reuse: HeatReuse) -> NDArray[np.void]:
    """The record of the take-off.

    Parameters
    ----------
    reuse : HeatReuse

    Returns
    -------
    ndarray of one HEAT_REUSE_PARAMS
    """
    p = np.zeros(1, HEAT_REUSE_PARAMS)
    p["delivery_c"], p["return_c"], p["approach_k"] = reuse.delivery_c, reuse.return_c, reuse.approach_k
    return p


def reuse_demand_w(reuse: HeatReuse) -> NDArray[np.float64]:
    """What the user wants, by month and hour of the day.

    Parameters
    ----------
    reuse : HeatReuse

    Returns
    -------
    ndarray of (12, 24)
        W.
    """
    demand = np.zeros((12, 24))
    demand[[month - 1 for month in reuse.months]] = np.array(reuse.hourly_frac) * reuse.demand_kw * 1e3
    return demand
