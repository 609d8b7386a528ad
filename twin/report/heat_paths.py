"""The way of the heat from the hall to outdoors: components as boxes with the heat through each, on average."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import CONTEXT, INK, MUTED
from twin.report.wording import number_text
from twin.scenario.connections import OUTDOORS

__all__ = ["component_places", "heat_path_diagram"]

#: Size of a box of the diagram, in columns and rows of it.
_BOX = (0.8, 0.72)
_WRAP = 13
_STORES = ("plant.tank", "plant.ice")

#: Kind of component → what it is called.
_WORDS = {
    "hall.crah": "air handlers", "hall.rear_door": "rear doors", "hall.liquid.cdu": "coolant units",
    "hall.liquid.reuse": "user of heat", "plant.chilled_water": "chilled water", "plant.chiller": "chillers",
    "plant.condenser_water": "condenser water", "plant.facility_water": "facility water",
    "plant.facility_water.exchanger": "heat exchanger", "plant.water_economiser": "water-side economiser",
    "plant.sky_panels": "sky panels", "plant.thermosyphon": "thermosyphon cooler", "plant.tank": "water tank",
    "plant.ice": "ice store", "plant.tower": "towers", "plant.dry_cooler": "dry coolers",
}
#: Kinds of which there may be several groups, each with a name.
_NAMED = ("hall.crah", "hall.liquid.cdu", "plant.chiller", "plant.tower", "plant.dry_cooler")
#: Kind of component → channel of the heat that it takes up.
_TAKEN = {
    "hall.crah": "crah.coil_kw", "hall.rear_door": "crah.door_kw", "hall.liquid.cdu": "liquid.heat_kw",
    "hall.liquid.reuse": "plant.reuse_kw", "plant.water_economiser": "plant.economiser_kw",
    "plant.chiller": "plant.chiller_load_kw", "plant.sky_panels": "plant.sky_panels_kw",
    "plant.thermosyphon": "plant.thermosyphon_kw", "plant.tank": "plant.store_kw", "plant.ice": "plant.store_kw",
}
#: Second channels of a kind, where a facility has them: what the night tank of sky panels takes from the water.
_TAKEN_TOO = {"plant.sky_panels": "plant.sky_tank_kw"}

Arrows = dict[str, list[str]]


def _kind(path: str) -> str:
    return next((kind for kind in _NAMED if path.startswith(f"{kind}.")), path)


def _merged(arrows: Arrows) -> tuple[Arrows, dict[str, list[str]]]:
    """Groups of one kind that stand in the same place as one box, and the groups of each box."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, targets in arrows.items():
        sources = sorted(source for source, onward in arrows.items() if path in onward)
        alike.setdefault((_kind(path), *targets, "from", *sources), []).append(path)
    boxes = {paths[0]: paths for paths in alike.values()}
    kept = {path: [to for to in targets if to in boxes or to == OUTDOORS]
            for path, targets in arrows.items() if path in boxes}
    return kept, boxes


def _named(boxes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every box in words; groups by name only where there are several boxes of a kind."""
    kinds = [_kind(path) for path in boxes]
    found = {}
    for path, paths in boxes.items():
        kind = _kind(path)
        words = _WORDS.get(kind, kind.rsplit(".", 1)[-1].replace("_", " "))
        groups = ", ".join(each.rsplit(".", 1)[-1].replace("_", " ") for each in paths)
        found[path] = f"{words}: {groups}" if kind in _NAMED and kinds.count(kind) > 1 else words
    return found


def _heat_kw(data: ReportData, arrows: Arrows) -> dict[str, float]:
    """Mean heat that goes into each box, kW, as far as channels tell it; waters pass on what they get."""
    def mean_kw(channel: str) -> float:
        values = data.column(channel)
        return float(np.mean(np.maximum(values, 0.0) if channel == "plant.store_kw" else values, dtype=np.float64))

    kinds = [_kind(path) for path in arrows]
    known = {path: mean_kw(_TAKEN[_kind(path)]) for path in arrows
             if _kind(path) in _TAKEN and kinds.count(_kind(path)) == 1 and data.has(_TAKEN[_kind(path)])}
    known |= {path: known[path] + mean_kw(_TAKEN_TOO[path]) for path in known if data.has(_TAKEN_TOO.get(path, ""))}
    told = set(known)
    for path, _ in sorted(_depths(arrows).items(), key=lambda item: item[1]):
        if path in known:
            continue
        sources = [source for source, targets in arrows.items() if path in targets and source not in _STORES]
        parts = [_passed_kw(source, arrows, known, told, mean_kw("plant.chiller_kw")) for source in sources]
        if parts and all(part is not None for part in parts):
            known[path] = sum(part for part in parts if part is not None)
    return known


def _passed_kw(source: str, arrows: Arrows, known: Mapping[str, float], told: set[str], work_kw: float) -> float | None:
    """What a box passes on to the one behind it whose own heat no channel tells, kW; None where that is not known."""
    if source not in known or len([to for to in arrows[source] if to not in told]) != 1:
        return None
    out_kw = known[source] + (work_kw if _kind(source) == "plant.chiller" else 0.0)
    return max(out_kw - sum(known[to] for to in arrows[source] if to in told), 0.0)


def _depths(arrows: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Column of every component: how many steps from the hall it stands at the most."""
    depth = dict.fromkeys(arrows, 0)
    for _ in range(len(depth)):  # longest ways; a store that gives back to its own water is no step further
        for path, targets in arrows.items():
            for target in targets:
                if target in depth and path not in arrows.get(target, ()):
                    depth[target] = max(depth[target], depth[path] + 1)
    for path in arrows:  # a store stands beside what its water flows to next
        if path in _STORES:
            depth[path] = depth["plant.chilled_water"] + 1
    return depth


def _lanes(arrows: Mapping[str, Sequence[str]], depth: Mapping[str, int]) -> dict[str, float]:
    """Height of every component, in rows from the top: branches get rows of their own, so that no arrow meets a box."""
    lanes: dict[str, float] = {}
    free = 0

    def place(path: str) -> None:
        nonlocal free
        new = [to for to in arrows[path] if to in arrows and to not in lanes and depth[to] > depth[path]]
        mine = []
        for target in new:
            if target not in lanes:
                place(target)
                mine.append(lanes[target])
        if mine:
            lanes[path] = sum(mine) / len(mine)
        else:
            lanes[path] = float(free)
            free += 1

    waters: dict[str, list[str]] = {}
    for path in (path for path, column in depth.items() if column == 0):
        waters.setdefault(arrows[path][0], []).append(path)
    for water, loads in waters.items():
        first = float(free)
        place(water)
        short = len(loads) - (free - first)  # more loads than branches: the branches stand in their middle
        if short > 0:
            free += int(short)
            for path in [path for path in lanes if lanes[path] >= first]:
                lanes[path] += short / 2
        top = lanes[water] - (len(loads) - 1) / 2
        for i, path in enumerate(loads):
            lanes[path] = top + i
    return lanes


def component_places(arrows: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float]]:
    """Column and row of every component of a plant.

    Parameters
    ----------
    arrows : mapping
        Every component → what takes its heat.

    Returns
    -------
    dict
        Columns from the hall at the left, rows from the top.
    """
    depth = _depths(arrows)
    lanes = _lanes(arrows, depth)
    return {path: (float(depth[path]), lanes[path]) for path in arrows}


def heat_path_diagram(data: ReportData) -> Picture | None:
    """Components as boxes, heat as arrows from the hall at the left to outdoors at the right; None without water."""
    given = {str(path): [str(to) for to in targets] for path, targets in data.manifest.get("connections", {}).items()}
    if not given:
        return None
    arrows, boxes = _merged(given)
    names, heat_kw = _named(boxes), _heat_kw(data, arrows)
    names |= {path: f"{words} with tank" for path, words in names.items() if data.has(_TAKEN_TOO.get(path, ""))}
    places = component_places(arrows)
    last, rows = max(x for x, _ in places.values()) + 1.0, max(y for _, y in places.values()) + 1.0
    figure, axes = new_figure(0.9 + 0.68 * rows)
    for path, targets in arrows.items():
        here = places[path]
        for target in targets:
            back = path in arrows.get(target, ())
            if target == OUTDOORS:
                _arrow(axes, here, (last + 0.24, here[1]))
            elif not back or places[target][0] > here[0]:
                _arrow(axes, here, places[target], both=back)
    for path, (x, y) in places.items():
        _box(axes, x, y, names[path], heat_kw.get(path), water=path.endswith("_water"))
    axes.add_patch(FancyBboxPatch((last - 0.13, -0.3), 0.24, rows - 0.4, boxstyle="round,pad=0.02,rounding_size=0.08",
                                  facecolor="white", edgecolor=CONTEXT, linewidth=0.9))
    axes.text(last - 0.01, (rows - 1.0) / 2, OUTDOORS, rotation=90, ha="center", va="center", color=INK, fontsize=8.5)
    axes.set_xlim(-0.45, last + 0.16)
    axes.set_ylim(rows - 0.55, -0.45)
    axes.axis("off")
    message = _message(arrows, names, heat_kw)
    title(figure, message)
    full = {path: names[path] + (f" ({_kw_text(heat_kw[path])})" if path in heat_kw else "") for path in arrows}
    said = "; ".join(f"{full[path]} to {', '.join(names.get(to, to) for to in targets)}"
                     for path, targets in arrows.items())
    return Picture("heat_paths", message, f"Diagram of the way of the heat: {said}.",
                   "Heat goes from left to right. In each box: its heat, mean of the run; of a store, what "
                   "it takes from the water. Chillers add their power to what they pass on, that of pumps is left out. "
                   "Of what stands in one column after a water, a user of heat, sky panels, a thermosyphon cooler and "
                   "a store take their part first, then economiser and chillers.", figure)


def _kw_text(kw: float) -> str:
    return f"{number_text(kw, 0 if abs(kw) >= 9.95 or abs(kw) < 0.05 else 1)} kW"


def _message(arrows: Arrows, names: Mapping[str, str], heat_kw: Mapping[str, float]) -> str:
    """How much heat there is on average, and by what it leaves."""
    last = [path for path, targets in arrows.items() if OUTDOORS in targets]
    first = [path for path in arrows if path.startswith("hall.") and path not in last]
    if not all(path in heat_kw for path in first):
        return f"From the hall to outdoors: {len(arrows)} kinds of equipment take part"
    last.sort(key=lambda path: -heat_kw.get(path, 0.0))
    ways = [names[path].replace(": ", " (") + ")" * (": " in names[path]) for path in last]
    said = " and ".join([", ".join(ways[:-1]), ways[-1]]) if len(ways) > 1 else ways[0]
    return f"On average {_kw_text(sum(heat_kw[path] for path in first))} of heat go from the hall outdoors, by {said}"


def _box(axes: Axes, x: float, y: float, name: str, heat_kw: float | None, *, water: bool) -> None:
    """A component with its name and the heat through it; waters are tinted."""
    width, height = _BOX
    axes.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height,
                                  boxstyle="round,pad=0.02,rounding_size=0.08", edgecolor=MUTED, linewidth=0.9,
                                  facecolor="#e4eff6" if water else "#f4f5f6"))
    kind, colon, groups = name.partition(": ")
    lines = [*textwrap.wrap(kind, _WRAP), *([textwrap.shorten(groups, _WRAP + 2, placeholder="…")] if colon else [])]
    lift = 0.15 if heat_kw is not None else 0.0
    axes.text(x, y - lift, "\n".join(lines), ha="center", va="center", color=INK, fontsize=7.6, linespacing=1.05)
    if heat_kw is not None:
        axes.text(x, y + 0.24, _kw_text(heat_kw), ha="center", va="center", color=INK, fontsize=8, fontweight="bold")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], *, both: bool = False) -> None:
    """An arrow from the right edge of a box to the left edge of another."""
    half = _BOX[0] / 2 + 0.03
    axes.annotate("", (end[0] - half, end[1]), (start[0] + half, start[1]),
                  arrowprops={"arrowstyle": "<|-|>" if both else "-|>", "color": MUTED, "linewidth": 1.1,
                              "shrinkA": 0.0, "shrinkB": 0.0, "mutation_scale": 9})
