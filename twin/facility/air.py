"""Air handlers and room air: ratings at the site's density, coil conductance from its rating point."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_DRY_AIR, CP_WATER
from twin_kernels.exchanger import ntu_from_effectiveness_counterflow
from twin_kernels.layout import CRAH_PARAMS
from twin_kernels.psychrometrics import dry_air_density_kg_m3, standard_pressure_pa

from twin.errors import Problem, ScenarioError
from twin.scenario.hall import Crah, Hall
from twin.scenario.targets import group_units

__all__ = ["air_density_kg_m3", "coil_conductance_w_k", "crah_names", "crah_params"]

#: Temperature of "standard" air in fan ratings, °C (AMCA 210, EnergyPlus).
_STANDARD_AIR_C = 20.0


def air_density_kg_m3(altitude_m: float) -> float:
    """Density of dry air at 20 °C and the standard pressure of an altitude, kg/m³.

    Parameters
    ----------
    altitude_m : float

    Returns
    -------
    float
    """
    return float(dry_air_density_kg_m3(_STANDARD_AIR_C, 0.0, standard_pressure_pa(altitude_m)))


def crah_names(hall: Hall) -> list[str]:
    """Names of all units: group ``north`` with three units gives north-1 … north-3; a single unit keeps its name.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    list of str
    """
    names = []
    for group, unit in hall.crah.items():
        names += group_units(group, unit.count * hall.modules)
    return names


def coil_conductance_w_k(unit: Crah, density_kg_m3: float, where: str) -> float:
    """UA of one unit's coil from its rating point (dry, counterflow).

    Parameters
    ----------
    unit : Crah
    density_kg_m3 : float
        Rated air density, kg/m³.
    where : str
        Path of the unit in the scenario, for the error.

    Returns
    -------
    float
        W/K.

    Raises
    ------
    ScenarioError
        If no counterflow coil can do what the rating says.
    """
    coil = unit.coil
    air = unit.air_m3_s * density_kg_m3 * CP_DRY_AIR
    water = coil.water_kg_s / unit.count * CP_WATER
    heat = air * (coil.air_in_c - coil.air_out_c)
    best = min(air, water) * (coil.air_in_c - coil.water_in_c)
    effectiveness = heat / best
    if effectiveness >= 0.98:
        need = heat * unit.count / (0.98 * (coil.air_in_c - coil.water_in_c) * CP_WATER)
        advice = f"give at least {need:.1f} kg/s" if water < air else "warm air_out_c or cool water_in_c"
        raise ScenarioError(
            "scenario",
            [
                Problem(
                    f"{where}.coil",
                    f"no coil can do this: effectiveness {effectiveness:.2f}, must be below 0.98; {advice}",
                )
            ],
        )
    ratio = min(air, water) / max(air, water)
    return float(ntu_from_effectiveness_counterflow(effectiveness, ratio) * min(air, water))


def crah_params(hall: Hall, supply_c: float, density_kg_m3: float) -> NDArray[np.void]:
    """Parameters of every air handler.

    Parameters
    ----------
    hall : Hall
    supply_c : float
        Common supply setpoint, °C; a group's own setpoint becomes an offset.
    density_kg_m3 : float
        Rated air density, kg/m³.

    Returns
    -------
    ndarray of CRAH_PARAMS

    Raises
    ------
    ScenarioError
        For impossible coils, all of them at once.
    """
    problems: list[Problem] = []
    units = []
    for group, unit in hall.crah.items():
        p = np.zeros(unit.count * hall.modules, CRAH_PARAMS)
        p["air_rated_m3_s"] = unit.air_m3_s
        p["fan_rated_w"] = unit.air_m3_s * unit.pressure_pa / unit.fan_efficiency_frac
        p["min_speed_frac"] = unit.min_speed_frac
        p["fan_curve"] = np.array(unit.fan_curve)
        p["water_rated_kg_s"] = unit.coil.water_kg_s / unit.count
        p["ua_air_frac"] = unit.coil.air_conductance_frac
        p["available"] = 1
        own_c = unit.supply_air_temp_c
        p["supply_offset_k"] = 0.0 if own_c is None else own_c - supply_c
        try:
            p["ua_w_k"] = coil_conductance_w_k(unit, density_kg_m3, f"hall.crah.{group}")
        except ScenarioError as error:
            problems += error.problems
        if not math.isclose(sum(unit.fan_curve), 1.0, abs_tol=0.05):
            what = f"coefficients add up to {sum(unit.fan_curve):.3f}; must be 1 ± 0.05 (power at rated flow)"
            problems.append(Problem(f"hall.crah.{group}.fan_curve", what))
        units.append(p)
    if problems:
        raise ScenarioError("scenario", problems)
    return np.concatenate(units) if units else np.zeros(0, CRAH_PARAMS)
