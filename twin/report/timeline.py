"""Cooling modes, events and alarms along the time of the run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from twin.channels import MODES
from twin.metrics.months import DAY_S
from twin.report.canvas import Picture, new_figure, time_axis, title
from twin.report.data import ReportData
from twin.report.happenings import Group, alarm_groups, event_groups, joined
from twin.report.modes import LEAST_SHARE, STACK_ORDER
from twin.report.palette import ALARM_COLOURS, EVENT, INK, MODE_COLOURS, MUTED
from twin.report.wording import hours_text, share_text

__all__ = ["timeline"]

# A run up to so long shows every change of mode; a longer one shares of spans of so many seconds.
_EXACT_S = 8 * DAY_S
_SPANS_S = ((4 * 366 * DAY_S, DAY_S), (10**12, 7 * DAY_S))
#: Least width of a span, share of the time axis: a millimetre on paper, seen also on a phone.
LEAST_WIDTH_FRAC = 0.006
#: A mode of so much of the run is its usual one.
_MOSTLY_FRAC = 0.6
# Heights of lanes, inches: modes, and one row of words above spans.
_MODES_IN, _ROW_IN, _MOST_ROWS = 1.0, 0.34, 10


def _whole_spans(data: ReportData, size_s: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First step, and step after the last, of every day or week of the run."""
    clock = data.clock
    edges = np.arange(clock.start_s // size_s * size_s, clock.end_s + size_s, size_s)
    steps = np.unique(np.clip((edges - clock.start_s) // clock.step_s, 0, clock.steps))
    return steps[:-1], steps[1:]


def _mode_shares(axes: Axes, data: ReportData) -> str:
    """Stacked share of each day (or week) in each mode; returns the span's name."""
    clock = data.clock
    size_s = next(size for limit, size in _SPANS_S if clock.duration_s <= limit)
    firsts, lasts = _whole_spans(data, size_s)
    mode = np.rint(data.column("plant.mode")).astype(np.int64)
    left = clock.start_s + firsts * clock.step_s
    width = (lasts - firsts) * clock.step_s
    below = np.zeros(len(firsts))
    for number in STACK_ORDER:
        share = np.add.reduceat(mode == number, firsts, dtype=np.float64) / (lasts - firsts) * 100.0
        if share.any():
            bars = [Rectangle((float(x), float(y)), float(w), float(h))
                    for x, y, w, h in zip(left, below, width, share, strict=True) if h > 0.0]
            axes.add_collection(PatchCollection(bars, facecolor=MODE_COLOURS[MODES[number]], edgecolor="none",
                                                antialiased=False))
        below = below + share
    axes.set_ylim(0.0, 100.0)
    span = "day" if size_s == DAY_S else "week"
    axes.set_yticks([0, 50, 100])
    axes.set_ylabel(f"share of\nthe {span} [%]")
    return span


def _mode_strip(axes: Axes, data: ReportData) -> None:
    """Every stretch of a mode."""
    clock, mode = data.clock, np.rint(data.column("plant.mode")).astype(np.int64)
    bounds = [0, *(np.flatnonzero(np.diff(mode)) + 1), len(mode)]
    for number in range(len(MODES)):
        bars = [Rectangle((clock.start_s + float(first) * clock.step_s, 0.0), float(last - first) * clock.step_s, 1.0)
                for first, last in pairwise(bounds) if mode[first] == number]
        if bars:
            axes.add_collection(PatchCollection(bars, facecolor=MODE_COLOURS[MODES[number]], edgecolor="none",
                                                antialiased=False))
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([])
    axes.set_ylabel(data.mode_label, rotation=0, ha="right", va="center")


def _lanes(axes: Axes, data: ReportData, groups: list[Group], heading: str) -> None:
    """One row a group: its words above, its spans below, none so short that it is not seen."""
    clock = data.clock
    least_s = LEAST_WIDTH_FRAC * clock.duration_s
    for row, group in enumerate(groups):
        colour = ALARM_COLOURS.get(group.level, EVENT)
        bars = []
        for start_s, end_s in group.spans_s:
            spare_s = max(0.0, least_s - (end_s - start_s)) / 2
            begin = min(max(start_s - spare_s, clock.start_s), clock.end_s - least_s)
            bars.append(Rectangle((begin, row + 0.56), max(least_s, end_s - start_s), 0.34))
        axes.add_collection(PatchCollection(bars, facecolor=colour, edgecolor="none"))
        axes.axhline(row + 0.9, color=MUTED, linewidth=0.5)
        axes.annotate(group.label, (0.0, row + 0.52), xycoords=("axes fraction", "data"), xytext=(1, 0),
                      textcoords="offset points", va="bottom", ha="left", color=INK, fontsize=9)
    axes.set_ylim(len(groups), 0.0)
    axes.set_yticks([])
    axes.set_ylabel(heading, rotation=0, ha="right", va="center", labelpad=9)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(visible=False, axis="y")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else f"no {word}"


def _message(data: ReportData, modes: list[int], events: list[Group], alarms: list[Group]) -> str:
    """The longest mode, how many events, how often limits were exceeded."""
    said = []
    if len(modes) > 1:
        first, second = sorted(modes, key=lambda number: -data.mode_fracs[number])[:2]
        if data.mode_fracs[first] >= _MOSTLY_FRAC:
            said.append(f"mostly {MODES[first]}")
        else:
            shares = [f"{MODES[number]} {share_text(float(data.mode_fracs[number]))}" for number in (first, second)]
            said.append(" and ".join(shares))
    said.append(_count(sum(group.count for group in events), "event"))
    limits = []
    for level in ("alarm", "warning"):
        exceeded = [group for group in alarms if group.level == level]
        if exceeded:
            limits.append(_count(sum(group.count for group in exceeded), level))
    said.append(" and ".join(limits) if limits else "no limit exceeded")
    return f"{data.clock.over()}: {'; '.join(said)}"


def _shortened(groups: list[Group]) -> list[Group]:
    """So many rows as fit, the rest in one."""
    if len(groups) <= _MOST_ROWS:
        return groups
    rest = groups[_MOST_ROWS - 1:]
    return [*groups[:_MOST_ROWS - 1], joined(rest, f"{len(rest)} others")]


def _is_ragged(group: Group) -> bool:
    """Whether the spans are much longer than the time beyond the limit in them."""
    return sum(end_s - start_s for start_s, end_s in group.spans_s) > 1.5 * group.total_s > 0.0


def timeline(data: ReportData) -> Picture | None:
    """Lanes of modes, events and alarms; None with a single mode, no event and no alarm."""
    modes = [number for number in STACK_ORDER if data.mode_fracs[number] > 0.0]
    events = event_groups(data)
    alarms = [group for group in alarm_groups(data) if not (group.is_fault and events)]  # they stand under events
    shown = [number for number in modes if data.mode_fracs[number] >= LEAST_SHARE]
    if (len(shown) < 2 and not events and not alarms) or data.clock.steps < 2:
        return None
    exact = data.clock.duration_s <= _EXACT_S
    rows = _shortened(alarms)
    heights = [0.3 if exact or len(modes) < 2 else _MODES_IN]
    heights += [_ROW_IN * len(groups) for groups in (events, rows) if groups]
    figure, panels = new_figure(1.45 + sum(heights), len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
    upper, *lower = panels[:, 0]
    if exact or len(modes) < 2:
        _mode_strip(upper, data)
        unit = ""
    else:
        unit = _mode_shares(upper, data)
    upper.grid(visible=False)
    for groups, heading in ((events, "events"), (rows, "limits")):
        if groups:
            _lanes(lower.pop(0), data, groups, heading)
    for axes in panels[:-1, 0]:
        axes.tick_params(axis="x", which="both", length=0)
    time_axis(panels[-1, 0], data.clock, data.clock.start_s, data.clock.end_s)
    handles = [Patch(color=MODE_COLOURS[MODES[number]], label=MODES[number]) for number in modes]
    upper.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=5, handlelength=1.0,
                 columnspacing=1.2, fontsize=9.5, borderaxespad=0.2)
    message = _message(data, modes, events, alarms)
    title(figure, message)
    note = f"Modes: share of each {unit}. " if unit else ""
    least_h = LEAST_WIDTH_FRAC * data.clock.duration_s / 3600.0
    spans_s = [span for group in (*events, *alarms) for span in group.spans_s]
    if any(end_s - start_s < least_h * 3600.0 for start_s, end_s in spans_s):
        note += f"Spans shorter than {hours_text(least_h)} are drawn that long, so that they are seen. "
    if any(_is_ragged(group) for group in alarms):
        note += "A limit's span lasts until the value is well inside again; its words count the time beyond only. "
    if events or alarms:
        note += "Sentences for each event and alarm stand below."
    return Picture("timeline", message, "Along the time of the run: cooling modes as coloured bands, and rows of spans "
                   "for events and for alarms.", note or "Every change of the cooling mode.", figure)
