"""Indirect evaporative units as arrays: plates from their two ratings, fans, spray, DX trim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from twin_kernels.evaporative import (
    WETTING_MAX_FRAC,
    WETTING_MIN_FRAC,
    iec_conductance_w_k,
    iec_leaving,
    iec_wetting_frac,
)
from twin_kernels.layout import CHILLER_PARAMS, IEC_PARAMS
from twin_kernels.psychrometrics import humid_heat_j_kgk, saturation_humidity_ratio, standard_pressure_pa, wet_bulb_c

from twin.errors import Problem, ScenarioError
from twin.facility.plant import fill_machine
from twin.scenario.hall import Hall
from twin.scenario.iec import Iec
from twin.scenario.library import dx_part

__all__ = ["humidity_at", "iec_params"]

#: Humidity ratio of hall air at the units' rating; it moves the rating by less than 0.5 %. Source: assumed.
_RATED_HUMIDITY = 0.008


def iec_params(hall: Hall, supply_c: float, density_kg_m3: float) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Parameters of every indirect evaporative unit and of its DX trim.

    Parameters
    ----------
    hall : Hall
    supply_c : float
        Common supply setpoint, °C; a group's own setpoint becomes an offset.
    density_kg_m3 : float
        Rated air density, kg/m³.

    Returns
    -------
    tuple of ndarray
        IEC_PARAMS; CHILLER_PARAMS, one a unit, of no capacity where a unit has no trim.

    Raises
    ------
    ScenarioError
        For plates that no exchanger of that size can be, all of them at once.
    """
    problems: list[Problem] = []
    units, trims = [np.zeros(0, IEC_PARAMS)], [np.zeros(0, CHILLER_PARAMS)]
    for number, (group, unit) in enumerate(hall.iec.items()):
        p = np.zeros(unit.count * hall.modules, IEC_PARAMS)
        t = np.zeros(len(p), CHILLER_PARAMS)
        p["air_rated_m3_s"] = unit.air_m3_s
        p["fan_rated_w"] = unit.air_m3_s * unit.pressure_pa / unit.fan_efficiency_frac
        p["fan_curve"] = np.array(unit.fan_curve)
        p["min_speed_frac"] = unit.min_speed_frac
        p["supply_offset_k"] = 0.0 if unit.supply_air_temp_c is None else unit.supply_air_temp_c - supply_c
        p["secondary_rated_m3_s"] = unit.secondary_air_m3_s
        p["secondary_fan_w"] = unit.secondary_air_m3_s * unit.secondary_pressure_pa / unit.secondary_efficiency_frac
        p["secondary_curve"] = np.array(unit.secondary_curve)
        p["secondary_min_frac"] = unit.secondary_min_frac
        p["up_k"], p["down_k"], p["wait_s"] = unit.modes.up_k, unit.modes.down_k, unit.modes.wait_s
        p["available"] = 1
        p["group"] = number
        if unit.spray is not None:
            p["pump_w"] = unit.spray.pump_kw * 1e3
            p["spray_kg_s"] = unit.spray.water_kg_s
            p["drift_frac"] = unit.spray.drift_frac
            p["cycles"] = unit.spray.cycles
            p["freeze_c"] = unit.spray.freeze_c
            p["spray_available"] = 1
        if unit.dx is not None:
            fill_machine(t, dx_part(unit.dx.part), unit.dx.rated_kw, unit.dx.cop)
            p["trim_bypass_frac"] = unit.dx.bypass_frac
            t["plr_min"], t["plr_unload"], t["plr_max"] = unit.dx.plr_min, unit.dx.plr_unload, 1.0
            t["extend"] = 1
        problems += _rate_plates(p, unit, density_kg_m3, f"hall.iec.{group}.plates")
        units.append(p)
        trims.append(t)
    if problems:
        raise ScenarioError("scenario", problems)
    return np.concatenate(units), np.concatenate(trims)


def _rate_plates(p: NDArray[np.void], unit: Iec, density_kg_m3: float, where: str) -> list[Problem]:
    """Dry conductance and wetting from the two ratings, at sea level; written into ``p``."""
    plates = unit.plates
    pressure_pa = standard_pressure_pa(0.0)
    outdoor_w = humidity_at(plates.outdoor_c, plates.wet_bulb_c, pressure_pa)
    primary_w_k = unit.air_m3_s * density_kg_m3 * humid_heat_j_kgk(_RATED_HUMIDITY)
    secondary_w_k = unit.secondary_air_m3_s * density_kg_m3 * humid_heat_j_kgk(outdoor_w)
    # the data sheet refers to the hall air, the law to the smaller stream
    ua = iec_conductance_w_k(
        plates.dry_effectiveness_frac * primary_w_k / min(primary_w_k, secondary_w_k), primary_w_k, secondary_w_k
    )
    if not ua > 0.0:
        what = f"no plates can do this with {unit.secondary_air_m3_s:g} m³/s of outdoor air; lower it or raise the flow"
        return [Problem(f"{where}.dry_effectiveness_frac = {plates.dry_effectiveness_frac:g}", what)]
    p["ua_w_k"] = ua
    p["ua_primary_frac"] = plates.primary_conductance_frac
    p["wetting_frac"] = 1.0
    if unit.spray is None:
        return []
    outdoor = (plates.outdoor_c, outdoor_w, plates.wet_bulb_c, pressure_pa)
    wetting = iec_wetting_frac(
        p[0], plates.wet_effectiveness_frac, density_kg_m3, plates.return_c, _RATED_HUMIDITY, outdoor
    )
    if wetting <= 0.0:
        low, high = _sprayed_range(p, unit, density_kg_m3, outdoor)
        what = (
            f"must lie in {low:.2f} … {high:.2f} with dry_effectiveness_frac = {plates.dry_effectiveness_frac:g} and "
            f"{unit.secondary_air_m3_s:g} m³/s of outdoor air: what plates of this size reach when sprayed"
        )
        return [Problem(f"{where}.wet_effectiveness_frac = {plates.wet_effectiveness_frac:g}", what)]
    p["wetting_frac"] = wetting
    return []


def _sprayed_range(
    p: NDArray[np.void], unit: Iec, density_kg_m3: float, outdoor: tuple[float, float, float, float]
) -> tuple[float, float]:
    """Lowest and highest wet-bulb effectiveness that plates of a dry conductance can have; ``p`` is scratch."""
    reached = []
    for p["wetting_frac"] in (WETTING_MIN_FRAC, WETTING_MAX_FRAC):
        leaving_c, _, _ = iec_leaving(
            p[0], 1, unit.air_m3_s * density_kg_m3, density_kg_m3, unit.plates.return_c, _RATED_HUMIDITY, 1.0, outdoor,
            unit.plates.return_c,
        )
        reached.append((unit.plates.return_c - leaving_c) / (unit.plates.return_c - outdoor[2]))
    return reached[0], reached[1]


def humidity_at(dry_bulb_c: float, wet_c: float, pressure_pa: float) -> float:
    """Humidity ratio of air with these dry and wet bulbs, 0 where no humidity is low enough.

    Parameters
    ----------
    dry_bulb_c, wet_c : float
        °C, the second no higher than the first.
    pressure_pa : float
        Pa.

    Returns
    -------
    float
        kg/kg.
    """
    if wet_bulb_c(dry_bulb_c, 0.0, pressure_pa, wet_c) >= wet_c:
        return 0.0
    most = saturation_humidity_ratio(wet_c, pressure_pa)
    return float(brentq(lambda w: wet_bulb_c(dry_bulb_c, w, pressure_pa, wet_c) - wet_c, 0.0, most, xtol=1e-12))
