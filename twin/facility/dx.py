"""Direct-expansion units as arrays: rating, curves, and the coil's size from its sensible share; economiser and pad."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from twin_kernels.dx_coil import dx_bypass_kg_s
from twin_kernels.layout import DX_PARAMS
from twin_kernels.psychrometrics import standard_pressure_pa

from twin.errors import Problem, ScenarioError
from twin.facility.air import air_density_kg_m3
from twin.facility.iec import humidity_at
from twin.scenario.dx import Dx
from twin.scenario.economiser import LOCKOUTS
from twin.scenario.hall import Hall
from twin.scenario.library import dx_coil_part
from twin.scenario.plant import Plant
from twin.scenario.targets import group_units

__all__ = ["dx_names", "dx_params", "fill_air_economiser", "fill_dx"]

_BOX = (
    "wet_bulb_min_c", "wet_bulb_max_c", "outdoor_min_c", "outdoor_max_c", "flow_min_frac", "flow_max_frac",
)
#: An outdoor dew point or dry bulb no air reaches, °C.
_FAR_C = 1e9


def dx_names(hall: Hall) -> list[str]:
    """Names of all direct-expansion units, in the order of the arrays.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    list of str
    """
    return [name for group, u in hall.dx.items() for name in group_units(group, u.count * hall.modules)]


def dx_params(hall: Hall, supply_c: float, density_kg_m3: float) -> NDArray[np.void]:
    """Parameters of every direct-expansion unit.

    Parameters
    ----------
    hall : Hall
    supply_c : float
        Common supply setpoint, °C; a group's own setpoint becomes an offset.
    density_kg_m3 : float
        Rated air density at the site, kg/m³.

    Returns
    -------
    ndarray of DX_PARAMS

    Raises
    ------
    ScenarioError
        For ratings that no coil can have, all of them at once.
    """
    problems: list[Problem] = []
    units = [np.zeros(0, DX_PARAMS)]
    for number, (group, unit) in enumerate(hall.dx.items()):
        p = np.zeros(unit.count * hall.modules, DX_PARAMS)
        p["air_rated_m3_s"] = unit.air_m3_s
        p["fan_rated_w"] = unit.fan_rated_kw * 1e3
        p["fan_curve"] = np.array(unit.fan_curve)
        p["min_speed_frac"] = unit.min_speed_frac
        p["supply_offset_k"] = 0.0 if unit.supply_air_temp_c is None else unit.supply_air_temp_c - supply_c
        p["condenser_fan_w"] = unit.condenser_fan_kw * 1e3
        for field in ("surface_min_c", "evaporator_lift_k", "condenser_lift_k", "carnot_max_frac"):
            p[field] = getattr(unit, field)
        p["inverter"] = int(unit.compressor == "inverter")
        p["available"] = p["compressor_available"] = 1
        p["group"] = number
        problems += _rate(p, unit, density_kg_m3, f"hall.dx.{group}")
        units.append(p)
    if problems:
        raise ScenarioError("scenario", problems)
    return np.concatenate(units)


def _rate(p: NDArray[np.void], unit: Dx, density_kg_m3: float, where: str) -> list[Problem]:
    """Rating and curves; the coil's size from capacity, sensible share and flow at sea level. Written into ``p``."""
    air_m3_s = unit.air_m3_s
    if unit.part is not None:
        part = dx_coil_part(unit.part)
        curves = part
        rated_kw, cop, shr_frac = unit.rated_kw or part.rated_kw, unit.cop or part.cop, unit.shr_frac or part.shr_frac
        air_m3_s = part.air_m3_s * rated_kw / part.rated_kw  # a larger unit of the same make, with as much more air
    else:
        assert unit.curves is not None
        assert unit.rated_kw is not None
        assert unit.cop is not None
        assert unit.shr_frac is not None
        curves = unit.curves  # type: ignore[assignment]
        rated_kw, cop, shr_frac = unit.rated_kw, unit.cop, unit.shr_frac
    p["rated_w"] = rated_kw * 1e3
    p["cop"] = cop
    p["air_rated_kg_s"] = air_m3_s * density_kg_m3
    for field in ("capft", "eirft"):
        p[field] = np.array(getattr(curves, field))
    for field in ("capff", "eirff", "plf"):
        values = getattr(curves, field)
        p[field] = np.array([*values, *(0.0,) * (4 - len(values))])
    for field in _BOX:
        p[field] = getattr(curves, field)
    pressure_pa = standard_pressure_pa(0.0)
    size = dx_bypass_kg_s(
        rated_kw * 1e3, shr_frac, air_m3_s * air_density_kg_m3(0.0), unit.rated_air_c,
        humidity_at(unit.rated_air_c, unit.rated_wet_bulb_c, pressure_pa), pressure_pa,
    )
    p["bypass_kg_s"] = size
    if not size > 0.0:
        what = (
            f"no coil can do this: {rated_kw:g} kW out of {air_m3_s:.3g} m³/s of air of {unit.rated_air_c:g} °C and "
            f"{unit.rated_wet_bulb_c:g} °C wet bulb; change shr_frac, rated_kw or the air"
        )
        return [Problem(f"{where}.shr_frac = {shr_frac:g}", what)]
    return []


def fill_dx(f: NDArray[np.void], hall: Hall) -> None:
    """Write into the facility record whether direct-expansion units cool the hall, and what they hold.

    Parameters
    ----------
    f : ndarray of one FACILITY_PARAMS
    hall : Hall
    """
    f["dx"] = int(bool(hall.dx))
    f["dx_return"] = int(hall.holds_return)
    f["dx_cycling"] = int(any(unit.fan == "cycling" for unit in hall.dx.values()))


def fill_air_economiser(f: NDArray[np.void], plant: Plant) -> None:
    """Write the air-side economiser, its lockout and its pad into the facility record.

    Parameters
    ----------
    f : ndarray of one FACILITY_PARAMS
    plant : Plant
    """
    air = plant.air_economiser
    if air is None:
        return
    f["economiser"] = 1 + LOCKOUTS.index(air.lockout)
    f["econ_integrated"] = int(air.integrated)
    f["econ_min_frac"] = air.min_outdoor_frac
    f["econ_dew_point_max_c"] = air.dew_point_max_c
    f["econ_dew_point_min_c"] = -_FAR_C if air.min_dew_point_c is None else air.min_dew_point_c
    f["econ_dry_bulb_max_c"] = air.max_dry_bulb_c
    f["econ_enthalpy_max_j_kg"] = air.max_enthalpy_kj_kg * 1e3
    f["econ_dead_band_k"] = air.dead_band_k
    f["econ_wait_s"] = air.wait_s
    if air.pad is not None:
        f["pad_frac"] = air.pad.effectiveness_frac
        f["pad_w"] = air.pad.pump_kw * 1e3
        f["pad_cycles"] = air.pad.cycles
        f["pad_freeze_c"] = air.pad.freeze_wet_bulb_c
