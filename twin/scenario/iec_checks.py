"""Contradictions of halls with indirect evaporative units, and of cooling units with the plant that serves them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.errors import InputError, Problem
from twin.scenario.hall import Hall
from twin.scenario.iec import Iec
from twin.scenario.library import dx_part
from twin.scenario.plant import Plant

__all__ = ["iec_problems", "served"]

_WATER_PLANT = ("chiller", "tower", "chilled_water_pump", "condenser_water_pump")
_ECONOMISERS = ("water_economiser", "air_economiser")


def served(hall: Hall, plant: Plant) -> Iterator[Problem]:
    """Units without the plant they need, and plant that no unit uses.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Yields
    ------
    Problem
    """
    if hall.crah:
        for name in _WATER_PLANT:
            if not getattr(plant, name):
                what = "is missing: the coils of hall.crah need chilled water, made by chillers, towers and their pumps"
                yield Problem(f"plant.{name}", what)
        return
    units = "direct-expansion units (hall.dx)" if hall.dx else "indirect evaporative units (hall.iec)"
    unused = (*_WATER_PLANT, "water_economiser") if hall.dx else (*_WATER_PLANT, *_ECONOMISERS)
    for name in unused:
        if getattr(plant, name):
            what = f"serves nothing: {units} have no water coils; leave it out"
            yield Problem(f"plant.{name}", what)


def iec_problems(where: str, unit: Iec) -> Iterator[Problem]:
    """What is wrong with one group of indirect evaporative units.

    Parameters
    ----------
    where : str
        Path of the group.
    unit : Iec

    Yields
    ------
    Problem
    """
    plates = unit.plates
    if unit.dx is not None:
        try:
            dx_part(unit.dx.part)
        except InputError as error:
            problem = error.problems[0]
            yield Problem(f"{where}.dx.{problem.where}", problem.what)
        if unit.dx.plr_min > unit.dx.plr_unload:
            yield Problem(
                f"{where}.dx.plr_min = {unit.dx.plr_min:g}", f"must not be above plr_unload = {unit.dx.plr_unload:g}"
            )
    if 5.0 * unit.secondary_air_m3_s < unit.air_m3_s or unit.secondary_air_m3_s > 5.0 * unit.air_m3_s:
        yield Problem(
            f"{where}.secondary_air_m3_s = {unit.secondary_air_m3_s:g}",
            f"must lie between a fifth and five times the hall air, {unit.air_m3_s:g} m³/s",
        )
    smaller = min(unit.secondary_air_m3_s / unit.air_m3_s, 1.0)
    if plates.dry_effectiveness_frac > 0.95 * smaller:
        yield Problem(
            f"{where}.plates.dry_effectiveness_frac = {plates.dry_effectiveness_frac:g}",
            f"cannot be reached with {unit.secondary_air_m3_s:g} m³/s of outdoor air for {unit.air_m3_s:g} m³/s of "
            f"hall air (at most {0.95 * smaller:.2f}); raise secondary_air_m3_s",
        )
    if unit.spray is not None and plates.wet_effectiveness_frac < plates.dry_effectiveness_frac * 0.5:
        yield Problem(
            f"{where}.plates.wet_effectiveness_frac = {plates.wet_effectiveness_frac:g}",
            f"is less than half of dry_effectiveness_frac = {plates.dry_effectiveness_frac:g}: spray never does that",
        )
