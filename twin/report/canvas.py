"""One look for all figures: size, type, title, saving. Drawn without pyplot, so without global state."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from twin.metrics.months import DAY_S, MONTH_NAMES
from twin.report.clock import Clock
from twin.report.palette import INK, LINE, MUTED, legible

__all__ = ["STYLE", "Picture", "label_ends", "new_figure", "png_bytes", "tick_labels", "time_axis", "title",
           "unbroken"]

#: A phone shows the width of a figure on some 6 cm: few inches and large type keep it legible.
WIDTH_IN = 6.4
_DPI = 200
_TITLE_WIDTH = 60
# A space between a number and its unit, where a line must not end.
_UNIT = re.compile(r"(?<=\d) (?=(?:°C|%|K|h|min|L|m³|t|[kMG]?Wh?|alarms?|warnings?|events?)(?![A-Za-z]))")

STYLE: Any = {  # Matplotlib types its keys as one long Literal
    "font.family": "DejaVu Sans", "font.size": 10.5, "axes.titlesize": 10.5, "axes.labelsize": 10.5,
    "xtick.labelsize": 10, "ytick.labelsize": 10, "legend.fontsize": 10,
    "axes.edgecolor": MUTED, "axes.labelcolor": INK, "text.color": INK, "xtick.color": MUTED, "ytick.color": MUTED,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": LINE, "grid.linewidth": 0.8, "axes.axisbelow": True, "axes.linewidth": 0.8,
    "legend.frameon": False, "lines.linewidth": 1.6, "figure.facecolor": "white", "axes.facecolor": "white",
    "axes.unicode_minus": True, "agg.path.chunksize": 20000, "figure.constrained_layout.w_pad": 0.08,
}


@dataclass(frozen=True)
class Picture:
    """A figure with its words.

    Attributes
    ----------
    name : str
        File name without ending.
    message : str
        What it says, from the data; its title.
    alt : str
        What is drawn, for those who do not see it.
    note : str
        How to read it: definitions and units.
    figure : Figure
        The drawing.
    """

    name: str
    message: str
    alt: str
    note: str
    figure: Figure


def new_figure(height_in: float, rows: int = 1, columns: int = 1, **grid: Any) -> tuple[Figure, Any]:
    """A figure of the report's width.

    Parameters
    ----------
    height_in : float
        Height, inches.
    rows, columns : int
        Panels.
    **grid
        For ``Figure.subplots``.

    Returns
    -------
    Figure, Axes or array of Axes
    """
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **grid)


def unbroken(text: str) -> str:
    """A text whose lines do not end between a number and its unit."""
    return _UNIT.sub("\u00a0", text)


def title(figure: Figure, message: str) -> None:
    """The message as title: bold, left, in as few lines as it needs, all about equally long."""
    message = unbroken(message)
    lines = len(textwrap.wrap(message, _TITLE_WIDTH))
    width = next(width for width in range(1, _TITLE_WIDTH + 1) if len(textwrap.wrap(message, width)) <= lines)
    figure.suptitle(textwrap.fill(message, width), x=0.012, ha="left", fontsize=12, fontweight="bold")


def png_bytes(figure: Figure) -> bytes:
    """The figure as PNG, without a date in it: equal data give equal bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def tick_labels(labels: Sequence[str]) -> list[str]:
    """Labels of months with their year only where it is another than before: ``Nov``, ``Dec``, ``Jan y2``, ``Feb``."""
    found, before = [], "y1"
    for label in labels:
        month, _, year = label.partition(" y")
        found.append(month if f"y{year}" == before else label)
        before = f"y{year}"
    return found


def time_axis(axes: Axes, clock: Clock, start_s: float, end_s: float) -> None:
    """Ticks of a time axis in s since 1 January: months, days or hours, whatever suits its length."""
    axes.set_xlim(start_s, end_s)
    span = end_s - start_s
    if span > 62 * DAY_S:
        months = clock.months()
        every = max(1, round(len(months) / 12))
        if every > 1:
            labels = [f"{MONTH_NAMES[part.month % 12]} y{part.month // 12 + 1}" for part in months[::every]]
            axes.set_xticks([part.start_s for part in months[::every]], tick_labels(labels))
            return
        named = [((part.start_s + part.end_s) / 2, MONTH_NAMES[part.month % 12]) for part in months
                 if part.covered_frac > 0.4]
        axes.set_xticks([part.start_s for part in months], [""] * len(months))
        axes.set_xticks([time for time, _ in named], [name for _, name in named], minor=True)
        axes.tick_params(axis="x", which="minor", length=0)
        return
    if span > 2 * DAY_S:
        every_s = max(1, round(span / DAY_S / 7)) * DAY_S
        times = np.arange(np.ceil(start_s / DAY_S) * DAY_S, end_s + 1, every_s)
        axes.set_xticks(times, [clock.date(time) for time in times])
        return
    every_s = next(size for size in (60, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600) if span / size <= 9)
    times = np.arange(np.ceil(start_s / every_s) * every_s, end_s + 1, every_s)
    axes.set_xticks(times, [f"{int(time) % DAY_S // 3600:02d}:{int(time) % 3600 // 60:02d}" for time in times])


def label_ends(axes: Axes, ends: Sequence[tuple[float, str, str]], gap_frac: float = 0.075, *,
               bands: bool = False) -> None:
    """Name lines or bands at the right edge, each in its colour, moved apart where they would overlap.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    ends : sequence of (y, text, colour)
        Height of each line's end in data units, its name, its colour.
    gap_frac : float
        Least distance of two names, share of the height of the axes.
    bands : bool
        Whether areas are named: a square of the true colour stands before the words, which may be darker.
    """
    low, high = axes.get_ylim()
    order = sorted(ends)
    wanted = np.array([(y - low) / (high - low) for y, _, _ in order])
    placed = np.clip(wanted, 0.0, 1.0)
    for _ in range(60):  # push neighbours apart until none is too close
        short = gap_frac - np.diff(placed)
        if np.all(short <= 1e-6):
            break
        for i in np.flatnonzero(short > 1e-6):
            placed[i] -= short[i] / 2
            placed[i + 1] += short[i] / 2
    placed += max(0.0, -float(placed.min())) - max(0.0, float(placed.max()) - 1.0) if len(placed) else 0.0
    for y, (_, text, colour) in zip(placed, order, strict=True):
        start = 5
        if bands:
            axes.annotate("■", (1.0, float(y)), xycoords="axes fraction", xytext=(start, 0), va="center_baseline",
                          textcoords="offset points", color=colour, fontsize=11, annotation_clip=False)
            start += 12
        axes.annotate(text, (1.0, float(y)), xycoords="axes fraction", xytext=(start, 0), textcoords="offset points",
                      va="center_baseline", ha="left", color=legible(colour), fontsize=10, annotation_clip=False)
