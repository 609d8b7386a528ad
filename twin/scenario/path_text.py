"""Connections of a plant in words, for people."""

from __future__ import annotations

from twin.scenario.connections import OUTDOORS, HeatPaths

__all__ = ["paths_text", "short_name"]


def paths_text(paths: HeatPaths) -> str:
    """Heat paths in short: ``cdu.main → facility water → exchanger → tower.warm → outdoors``.

    Parameters
    ----------
    paths : HeatPaths

    Returns
    -------
    str
        One chain for each water, parted by semicolons.
    """
    loads = [path for path in paths.arrows if path.startswith(("hall.crah.", "hall.rear_door", "hall.liquid.cdu."))]
    chains: dict[tuple[str, ...], list[str]] = {}
    for load in loads:
        chains.setdefault(paths.arrows[load], []).append(load)
    return "; ".join(_chain(tuple(group), paths) for group in chains.values())


def _chain(first: tuple[str, ...], paths: HeatPaths) -> str:
    """One line from loads to outdoors; what stands side by side or one after the other is joined by ``+``."""
    said, here, seen = [], first, set(first)
    while here:
        said.append(" + ".join(short_name(path) for path in here))
        onward = dict.fromkeys(to for path in here for to in paths.arrows.get(path, ()))
        here = tuple(to for to in onward if to != OUTDOORS and to not in seen)
        seen |= set(here)
    return " → ".join([*said, OUTDOORS])


def short_name(path: str) -> str:
    """A component's path without its room: ``tower.warm``, ``facility water``.

    Parameters
    ----------
    path : str

    Returns
    -------
    str
    """
    last = path.removeprefix("hall.").removeprefix("plant.").removeprefix("facility_water.").removeprefix("liquid.")
    head, dot, name = last.partition(".")
    return head.replace("_", " ") + dot + name
