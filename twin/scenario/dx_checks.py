"""Contradictions of halls with direct-expansion units."""

from __future__ import annotations

from collections.abc import Iterator

from twin.errors import InputError, Problem
from twin.scenario.hall import Hall
from twin.scenario.library import dx_coil_part

__all__ = ["dx_problems"]


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
