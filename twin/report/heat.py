"""Where the heat goes: what takes it from the hall, what gives it away, and how these are connected."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import CONTEXT, INK, MUTED, SINK_COLOURS, TAKER_COLOURS, legible, text_on
from twin.report.wording import energy_text, share_text
from twin.scenario.connections import OUTDOORS
from twin.scenario.path_text import short_name

__all__ = ["component_places", "heat_balance", "heat_path_diagram"]

_SINKS = {"tower": "towers", "dry": "dry coolers", "thermosyphon": "thermosyphon", "reuse": "used again"}
#: A part of a bar narrower than this has its words in the list only.
_LEAST_WIDTH_FRAC = 0.11
#: Size of a box of the diagram, in columns and rows of it.
_BOX = (0.76, 0.64)
_WRAP = 12
_STORES = ("plant.tank", "plant.ice")


def _taken_kwh(data: ReportData) -> dict[str, float]:
    """Heat of the run by what takes it from the hall, kWh."""
    hours = data.clock.duration_s / 3600.0
    names = {"coolant": "liquid.heat_kw", "rear doors": "crah.door_kw", "air handlers": "crah.coil_kw"}
    found = {words: float(np.mean(data.column(name), dtype=np.float64)) * hours for words, name in names.items()}
    return {words: kwh for words, kwh in found.items() if kwh > 0.0}


def _bar(axes: Axes, place: float, parts: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Shares of one bar, each with its words where they fit."""
    left, total = 0.0, sum(parts.values())
    for words, value in parts.items():
        width = value / total
        axes.barh(place, width, left=left, color=colours[words], edgecolor="white", linewidth=0.8, height=0.62)
        if width >= _LEAST_WIDTH_FRAC:
            axes.text(left + width / 2, place, f"{words}\n{share_text(width)}", ha="center", va="center",
                      color=text_on(colours[words]), fontsize=9.5, linespacing=1.15)
        else:
            edge = left + width > 1.0 - _LEAST_WIDTH_FRAC
            axes.text(1.0 if edge else left + width / 2, place + 0.36, f"{words} {share_text(width)}", va="top",
                      ha="right" if edge else "center", color=legible(colours[words]), fontsize=9)
        left += width


def heat_balance(data: ReportData) -> Picture | None:
    """Two bars: what takes the heat from the hall, and what takes it from the plant; None where either has one part."""
    taken = _taken_kwh(data)
    sinks = {words: data.metrics[f"heat_{name}_frac"] for name, words in _SINKS.items()
             if data.metrics.get(f"heat_{name}_frac", 0.0) > 0.0}
    if len(taken) < 2 and len(sinks) < 2:
        return None
    bars = [("from the hall", taken, TAKER_COLOURS)]
    if len(sinks) > 1:
        bars.append(("from the plant", sinks, SINK_COLOURS))
    figure, axes = new_figure(0.95 + 0.8 * len(bars))
    for row, bar in enumerate(bars):
        _bar(axes, float(row), bar[1], bar[2])
    axes.set_yticks(range(len(bars)), [words for words, _, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.4)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    total = sum(taken.values())
    said = [f"{share_text(kwh / total)} into {words}" for words, kwh in taken.items()]
    message = f"Of {energy_text(total)} of heat, {said[0]}" if len(said) > 1 else f"{energy_text(total)} of heat"
    if "free_heat_frac" in data.metrics:
        message += f"; {share_text(min(data.metrics['free_heat_frac'], 1.0))} leaves without compressors"
    title(figure, message)
    given = [f"{share_text(share)} {words}" for words, share in sinks.items()]
    alt = "Bars of heat by what takes it: " + ", ".join([*said, *given]) + "."
    return Picture("heat_balance", message, alt,
                   "Above: heat of the hall by what takes it. Below, where there are several: heat that leaves the "
                   "plant, that of compressors and pumps included; dry coolers count with air-cooled condensers.",
                   figure)


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
    arrows = {str(path): [str(to) for to in targets] for path, targets in data.manifest.get("connections", {}).items()}
    if not arrows:
        return None
    places = component_places(arrows)
    last, rows = max(x for x, _ in places.values()) + 1.0, max(y for _, y in places.values()) + 1.0
    figure, axes = new_figure(0.7 + 0.56 * rows)
    for path, targets in arrows.items():
        here = places[path]
        for target in targets:
            back = path in arrows.get(target, ())
            if target == OUTDOORS:
                _arrow(axes, here, (last + 0.2, here[1]))
            elif not back or places[target][0] > here[0]:
                _arrow(axes, here, places[target], both=back)
    for path, (x, y) in places.items():
        _box(axes, x, y, path)
    axes.add_patch(FancyBboxPatch((last - 0.17, -0.3), 0.24, rows - 0.4, boxstyle="round,pad=0.02,rounding_size=0.08",
                                  facecolor="white", edgecolor=CONTEXT, linewidth=0.9))
    axes.text(last - 0.05, (rows - 1.0) / 2, OUTDOORS, rotation=90, ha="center", va="center", color=INK, fontsize=8.5)
    axes.set_xlim(-0.45, last + 0.12)
    axes.set_ylim(rows - 0.55, -0.45)
    axes.axis("off")
    message = f"From the hall to outdoors: {len(arrows)} components take part"
    title(figure, message)
    said = "; ".join(f"{short_name(path)} to {', '.join(map(short_name, targets))}" for path, targets in arrows.items())
    return Picture("heat_paths", message, f"Diagram of the way of the heat: {said}.",
                   "Heat goes from left to right. Of what stands in one column after a water, a user of heat, a "
                   "thermosyphon cooler and a store take their part first, then economiser and chillers.", figure)


def _box(axes: Axes, x: float, y: float, path: str) -> None:
    """A component with its name; waters are tinted."""
    width, height = _BOX
    axes.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height,
                                  boxstyle="round,pad=0.02,rounding_size=0.08", edgecolor=MUTED, linewidth=0.9,
                                  facecolor="#e4eff6" if path.endswith("_water") else "#f4f5f6"))
    text = "\n".join(textwrap.fill(line, _WRAP) for line in short_name(path).split("."))
    axes.text(x, y, text, ha="center", va="center", color=INK, fontsize=8, linespacing=1.05)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], *, both: bool = False) -> None:
    """An arrow from the right edge of a box to the left edge of another."""
    half = _BOX[0] / 2 + 0.03
    axes.annotate("", (end[0] - half, end[1]), (start[0] + half, start[1]),
                  arrowprops={"arrowstyle": "<|-|>" if both else "-|>", "color": MUTED, "linewidth": 1.1,
                              "shrinkA": 0.0, "shrinkB": 0.0, "mutation_scale": 9})
