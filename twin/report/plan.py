"""The hall from above: inlets of every rack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from twin.report.canvas import WIDTH_IN, Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import FIELD_MAP, INK

__all__ = ["rack_plan"]

# A 42 U rack's usual footprint, where the plan does not say.
_RACK_WIDTH_M, _RACK_DEPTH_M = 0.6, 1.1
_LEAST_SPREAD_K = 0.2
# Racks whose inlets differ by less are said to be equally warm.
_TIE_K = 0.05
# More frames than these would hide the colours.
_MOST_FRAMES = 3
# A hall so many times longer than deep is drawn deeper than it is.
_MOST_SLENDER = 8.0
# With more racks than these white edges would hide the colours.
_MOST_EDGES = 800


@dataclass(frozen=True)
class _Layout:
    """Lower left corners and size of the racks in the plan; ``in_metres`` is False for a schematic plan."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    width: float
    height: float
    in_metres: bool

    @property
    def slender(self) -> bool:
        """Whether a plan to scale would be a line: many modules side by side."""
        wide, deep = float(np.ptp(self.x)) + self.width, float(np.ptp(self.y)) + self.height
        return self.in_metres and wide > _MOST_SLENDER * deep


def _spacing(places: NDArray[np.float64], otherwise: float) -> float:
    """Least distance of two different places along an axis."""
    distinct = np.unique(places.round(3))
    return float(np.diff(distinct).min()) if len(distinct) > 1 else otherwise


def _layout(racks: list[dict[str, Any]]) -> _Layout:
    """Where the racks stand; rows below each other where the scenario gives no distinct places."""
    x = np.array([float(rack["x_m"]) for rack in racks])
    y = np.array([float(rack["y_m"]) for rack in racks])
    row = np.array([str(rack["row"]) for rack in racks])
    if len(set(zip(x.round(3), y.round(3), strict=True))) == len(racks):
        along_x = bool(np.ptp(x[row == row[0]]) >= np.ptp(y[row == row[0]]))
        pitch = _spacing(x if along_x else y, _RACK_WIDTH_M)
        depth = min(_RACK_DEPTH_M, 0.7 * _spacing(y if along_x else x, 2.0 * _RACK_DEPTH_M))
        width, height = (pitch, depth) if along_x else (depth, pitch)
        return _Layout(x - width / 2, y - height / 2, width, height, in_metres=True)
    rows = list(dict.fromkeys(row))
    seen: Counter[str] = Counter()
    places = []
    for name in row:
        places.append((float(seen[name]), 2.0 * rows.index(name)))
        seen[name] += 1
    return _Layout(np.array([p[0] for p in places]), np.array([p[1] for p in places]), 1.0, 1.2, in_metres=False)


def _draw(axes: Axes, layout: _Layout, values: NDArray[np.float64]) -> PatchCollection:
    """One map of the racks."""
    patches = [Rectangle((x, y), layout.width, layout.height) for x, y in zip(layout.x, layout.y, strict=True)]
    low, high = float(values.min()), float(values.max())
    spare = max(0.0, _LEAST_SPREAD_K - (high - low)) / 2
    drawn = PatchCollection(patches, cmap=FIELD_MAP, linewidths=0.5 if len(values) <= _MOST_EDGES else 0.0,
                            edgecolors="white")
    drawn.set_array(values)
    drawn.set_clim(low - spare, high + spare)
    axes.add_collection(drawn)
    warmest = np.flatnonzero(values >= high - min(_TIE_K, 0.1 * (high - low)))
    if len(warmest) <= _MOST_FRAMES:
        for place in warmest:
            axes.add_patch(Rectangle((layout.x[place], layout.y[place]), layout.width, layout.height, fill=False,
                                     edgecolor=INK, linewidth=1.8))
    margin = 0.6 * max(layout.width, layout.height)
    axes.set_xlim(layout.x.min() - margin, layout.x.max() + layout.width + margin)
    axes.set_ylim(layout.y.min() - margin, layout.y.max() + layout.height + margin)
    axes.set_aspect("equal" if layout.in_metres and not layout.slender else "auto")
    axes.grid(visible=False)
    if layout.in_metres:
        axes.set_xlabel("x [m]")
        axes.set_ylabel("y [m]")
    else:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[["left", "bottom"]].set_visible(False)
    return drawn


def _at_row_ends(racks: list[dict[str, Any]], chosen: NDArray[np.bool_]) -> bool:
    """Whether the chosen racks are the ends of their rows: each row's others lie between them."""
    rows: dict[str, list[bool]] = {}
    for rack, taken in zip(racks, chosen, strict=True):
        rows.setdefault(str(rack["row"]), []).append(bool(taken))
    for taken in rows.values():
        inner = [place for place, one in enumerate(taken) if not one]
        if any(taken) and (not inner or any(taken[inner[0]:inner[-1] + 1])):
            return False
    return True


def _racks_words(racks: list[dict[str, Any]], chosen: NDArray[np.bool_]) -> str:
    """The racks by name or number, and where they stand if they share a place."""
    names = [str(rack["name"]) for rack, taken in zip(racks, chosen, strict=True) if taken]
    if len(names) == 1:
        return f"rack {names[0]}"
    if len(names) == 2:
        return f"racks {names[0]} and {names[1]}"
    rows = {str(rack["row"]) for rack, taken in zip(racks, chosen, strict=True) if taken}
    place = f" in row {next(iter(rows))}" if len(rows) == 1 else " at row ends" if _at_row_ends(racks, chosen) else ""
    return f"{len(names)} racks{place}"


def _message(racks: list[dict[str, Any]], means: NDArray[np.float64], peaks: NDArray[np.float64]) -> str:
    """Which racks are warmest, by how much, and the highest inlet; racks that tie are said together."""
    spread = float(np.ptp(means))
    if spread < 0.05:
        return (f"All {len(racks)} racks breathe the same air: {means.mean():.1f} °C on average, "
                f"{peaks.max():.1f} °C at most")
    tie = min(_TIE_K, 0.1 * spread)
    hot, cool = (np.abs(means - end) <= tie for end in (means.max(), means.min()))
    warmest, coolest = _racks_words(racks, hot), _racks_words(racks, cool)
    if cool.sum() > 2:
        coolest = "the others" if np.all(hot | cool) else f"the coolest {cool.sum()}"
    return (f"{warmest[0].upper()}{warmest[1:]} {'are' if hot.sum() > 1 else 'is'} warmest at {means.max():.1f} °C on "
            f"average, {spread:.1f} K above {coolest}; the highest inlet anywhere is {peaks.max():.1f} °C")


def rack_plan(data: ReportData) -> Picture | None:
    """Mean and highest inlet of every rack over the run, in plan; None for a single rack."""
    inlets = data.rack_inlets
    racks = [rack for rack in data.manifest.get("racks", []) if str(rack["name"]) in inlets]
    if len(racks) < 2:
        return None
    means, peaks = (np.array([inlets[str(rack["name"])][part] for rack in racks]) for part in (0, 1))
    layout = _layout(racks)
    wide = float(np.ptp(layout.x)) + layout.width
    deep = float(np.ptp(layout.y)) + layout.height
    stacked = wide > 1.4 * deep or not layout.in_metres
    if stacked:
        least = 1.4 if layout.slender else 0.7
        each = float(np.clip(WIDTH_IN * 0.75 * deep / wide if layout.in_metres else 2.0, least, 4.0))
        figure, panels = new_figure(1.1 + 2 * (each + 0.55), 2, 1)
    else:
        figure, panels = new_figure(float(np.clip(1.6 + WIDTH_IN * 0.36 * deep / wide, 2.6, 7.0)), 1, 2, sharey=True)
    for axes, values, words in zip(panels, (means, peaks), ("mean", "highest"), strict=True):
        bar = figure.colorbar(_draw(axes, layout, values), ax=axes, location="right" if stacked else "bottom",
                              shrink=0.9, aspect=16, pad=0.03)
        bar.outline.set_visible(False)
        bar.set_label(f"{words} inlet [°C]")
    if not stacked:
        panels[1].set_ylabel("")
    message = _message(racks, means, peaks)
    title(figure, message)
    note = "Each rack from above; framed: the warmest, unless many are equally warm."
    note += "" if layout.in_metres else " Schematic: the scenario gives the racks no places of their own."
    note += " Not to scale: the hall is drawn deeper than it is." if layout.slender else ""
    return Picture("rack_plan", message,
                   "Plan of the hall with racks coloured by mean and by highest inlet temperature.", note, figure)
