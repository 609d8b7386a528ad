"""Contradictions of halls with direct-expansion units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem
from twin.scenario.dx import Dx, DxCurves
from twin.scenario.hall import Hall
from twin.scenario.heat_split import air_wanted_m3_s, supplied_m3_s
from twin.scenario.library import dx_coil_part
from twin.scenario.plant import Plant

__all__ = ["dx_flow_warnings", "dx_outdoor_warnings", "dx_problems"]

#: Heat that warms a cubic metre of air by a kelvin, kJ/(m³ K): air of 20 °C at sea level.
_AIR_KJ_M3K = 1.2
#: As for finished runs: less than this share of hours is not worth a warning.
_RARE_FRAC = 0.01
#: A flow on the edge of the box but for rounding is inside.
_EDGE_FRAC = 1e-3


def dx_problems(hall: Hall) -> Iterator[Problem]:
    """What is wrong with direct-expansion units, in themselves and with the rest of the hall.

    Parameters
    ----------
    hall : Hall

    Yields
    ------
    Problem
    """
    for name, unit in hall.dx.items():
        if unit.part is not None:
            try:
                dx_coil_part(unit.part)
            except InputError as error:
                problem = error.problems[0]
                yield Problem(f"hall.dx.{name[:40]}.{problem.where}", problem.what)
    for field in ("control", "fan"):
        found = {getattr(unit, field): name[:40] for name, unit in hall.dx.items()}
        if len(found) > 1:
            said = " and ".join(f"'{value}' in {name}" for value, name in found.items())
            yield Problem(f"hall.dx.*.{field}", f"must be the same in all groups of a hall, not {said}")
    if hall.holds_return:
        cycles = any(unit.fan == "cycling" for unit in hall.dx.values())
        if hall.fan.mode == "return_temperature" or (cycles and hall.fan.mode != "fixed"):
            wanted = "'fixed'" if cycles else "'fixed' or 'demand'"
            yield Problem(
                f'hall.fan.mode = "{hall.fan.mode}"',
                f"must be {wanted}: compressors hold the return air (hall.dx control = 'return_air'), fans cannot as well",
            )
        own = [name[:40] for name, unit in hall.dx.items() if unit.supply_air_temp_c is not None]
        if own:
            yield Problem(f"hall.dx.{own[0]}.supply_air_temp_c", "does nothing with control = 'return_air'; leave it out")
    elif hall.thermostat is not None and hall.fan.mode != "return_temperature":
        yield Problem(
            "hall.thermostat",
            f"does nothing with hall.fan.mode = '{hall.fan.mode}': only 'return_temperature' (or hall.dx with control = "
            "'return_air') holds the return air",
        )


def dx_flow_warnings(heat_kw: float, hall: Hall, plant: Plant) -> Iterator[str]:
    """Units whose air at full load lies outside the flow that their curves are valid for.

    Parameters
    ----------
    heat_kw : float
        Heat of the hall at full load.
    hall : Hall
    plant : Plant

    Yields
    ------
    str
    """
    most_m3_s = supplied_m3_s(hall)
    if hall.fan.mode == "fixed":
        speed_frac = hall.fan.fixed_speed_frac
    elif hall.fan.mode == "demand":
        speed_frac = (1.0 + hall.fan.demand_margin_frac) * air_wanted_m3_s(hall) / most_m3_s
    else:
        rise_k = max(hall.return_air_temp_c - plant.supply_air_temp_c, 1.0)
        speed_frac = heat_kw / (_AIR_KJ_M3K * rise_k) / most_m3_s
    for name, unit in hall.dx.items():
        curves, rated_m3_s = _rating(unit)
        own_frac = min(max(speed_frac, unit.min_speed_frac), 1.0)
        flow_frac = own_frac * unit.air_m3_s / rated_m3_s
        if not curves.flow_min_frac - _EDGE_FRAC <= flow_frac <= curves.flow_max_frac + _EDGE_FRAC:
            yield (
                f"DX units of hall.dx.{name[:40]} blow {own_frac * unit.air_m3_s:.3g} m³/s each at full load, "
                f"{flow_frac:.2f} of the {rated_m3_s:.3g} m³/s that their curves are rated for; the curves are valid for "
                f"{curves.flow_min_frac:g} … {curves.flow_max_frac:g} of it: change air_m3_s, rated_kw, count or min_speed_frac"
            )


def dx_outdoor_warnings(hall: Hall, dry_bulb_c: NDArray[np.float64]) -> Iterator[str]:
    """Units whose curves do not hold in the weather of the site.

    Parameters
    ----------
    hall : Hall
    dry_bulb_c : ndarray
        Outdoor air, hour by hour.

    Yields
    ------
    str
    """
    for name, unit in hall.dx.items():
        curves, _ = _rating(unit)
        outside = (dry_bulb_c < curves.outdoor_min_c) | (dry_bulb_c > curves.outdoor_max_c)
        share = float(outside.mean())
        if share > _RARE_FRAC:
            yield (
                f"the curves of hall.dx.{name[:40]} are valid for {curves.outdoor_min_c:.3g} … {curves.outdoor_max_c:.3g} °C "
                f"outdoors; {100.0 * share:.0f} % of the hours of this weather are outside, and are read at the nearest end"
            )


def _rating(unit: Dx) -> tuple[DxCurves, float]:
    """Curves of a unit, and the air that they are rated for, m³/s: a larger unit of the same make has as much more."""
    if unit.part is None:
        assert unit.curves is not None
        return unit.curves, unit.air_m3_s
    part = dx_coil_part(unit.part)
    return part, part.air_m3_s * (unit.rated_kw or part.rated_kw) / part.rated_kw
