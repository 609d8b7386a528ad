"""Contradictions of halls with indirect evaporative units, and of cooling units with the plant that serves them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.errors import InputError, Problem
from twin.scenario.hall import Hall
from twin.scenario.iec import Iec
from twin.scenario.library import dx_part
from twin.scenario.plant import Plant

__all__ = ["iec_problems", "served"]


def served(hall: Hall, plant: Plant) -> Iterator[Problem]:
    """Plant on the air side that no unit uses; water is checked path by path (``connections``).

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Yields
    ------
    Problem
    """
    if hall.crah or not hall.iec:
        return
    if plant.air_economiser:
        what = "serves nothing: indirect evaporative units (hall.iec) draw no outdoor air into the hall; leave it out"
        yield Problem("plant.air_economiser", what)


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
