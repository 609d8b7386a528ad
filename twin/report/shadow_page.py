"""The report of a shadow run as one HTML page: what was in force, what was proposed, what the guard let through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from twin.metrics.months import DAY_S
from twin.report import canvas
from twin.report.canvas import Picture, label_ends, new_figure, time_axis, title
from twin.report.clock import Clock
from twin.report.compare_page import figure_html, section_html, write_page
from twin.report.palette import ALARM_COLOURS, MAIN, MUTED
from twin.report.tables import html_table
from twin.report.wording import number_text, share_text

__all__ = ["ShadowView", "write_shadow"]

Floats = NDArray[np.float64]

_PROPOSED, _ALLOWED = "#D55E00", MAIN
#: Setpoints drawn under each other at most; the table has all.
_MOST_PANELS = 5
_MOST_REASONS = 8
_NOT_TOLD = ("Nothing that the policy proposed has acted: what it would have saved only a comparison in the twin can "
             "tell (twin compare).")
#: Ends of a setpoint's name and what they mean on an axis.
_UNITS = {"_c": "°C", "_k": "K", "_frac": ""}


@dataclass(frozen=True)
class ShadowView:
    """A shadow run as plain arrays.

    Attributes
    ----------
    policy : str
    time_s : ndarray, shape (decisions,)
        Seconds since 1 January 00:00.
    interval_s : int
        Between decisions, s.
    traces : mapping
        Setpoint → (in force, proposed, let through by the guard), each of shape (decisions,); NaN where unknown.
    vetoed : ndarray of bool, shape (decisions,)
    judged : bool
        Whether the guard could judge.
    """

    policy: str
    time_s: NDArray[np.int64]
    interval_s: int
    traces: Mapping[str, tuple[Floats, Floats, Floats]]
    vetoed: NDArray[np.bool_]
    judged: bool


def write_shadow(path: str | Path, view: ShadowView, found: Mapping[str, Any]) -> Path:
    """Write the page, self-contained, and its figures beside it.

    Parameters
    ----------
    path : str or Path
        File, or the folder of ``report.html``.
    view : ShadowView
    found : mapping
        Summary, as :attr:`twin.study.shadow.Shadow.data`.

    Returns
    -------
    Path
    """
    with mpl.rc_context(canvas.STYLE):
        drawn = [_proposals(view), _reasons(view, found["vetoes"])]
        pictures = [(picture, canvas.png_bytes(picture.figure)) for picture in drawn if picture is not None]
    remarks = [*found["warnings"], _NOT_TOLD]
    if found["first_failure"]:
        remarks.insert(0, f"The policy failed in {found['failed']} decisions; first: {found['first_failure']}")
    body = [
        section_html("What it would have asked for", _changes(found),
                     *(figure_html(*pair) for pair in pictures if pair[0].name == "shadow_proposals")),
        section_html("What the guard would have stopped", _vetoes(view, found),
                     *(figure_html(*pair) for pair in pictures if pair[0].name == "shadow_vetoes")),
        section_html("What has to be known", '<ul class="plain">' + "".join(
            f"<li>{escape(line)}</li>" for line in remarks) + "</ul>"),
    ]
    return write_page(path, "Shadow run", [str(found["verdict"])], "".join(body), pictures)


def _words(setpoint: str) -> tuple[str, str]:
    """Name and unit of a setpoint: ``supply air``, ``°C``."""
    end = next((end for end in _UNITS if setpoint.endswith(end)), "")
    name = setpoint.removesuffix(end).replace("_", " ").replace(" dp", " pressure")
    return name, _UNITS.get(end, "")


def _proposals(view: ShadowView) -> Picture | None:
    """Every setpoint through time: in force, proposed, let through; vetoed spans shaded."""
    moved = {name: float(np.nanmean(np.abs(own - base))) for name, (base, own, _) in view.traces.items()
             if np.isfinite(own - base).any()}
    if not moved:
        return None
    shown = sorted(moved, key=lambda name: (-moved[name] > -1e-9, list(view.traces).index(name)))[:_MOST_PANELS]
    figure, grid = new_figure(1.1 + 1.55 * len(shown), len(shown), sharex=True, squeeze=False)
    start_s, end_s = int(view.time_s[0]), int(view.time_s[-1]) + view.interval_s
    clock = Clock(start_s, view.interval_s, max(1, (end_s - start_s) // view.interval_s))
    edges = np.append(view.time_s, end_s)
    for axes, setpoint in zip(grid[:, 0], shown, strict=True):
        base, own, passed = view.traces[setpoint]
        ends = [(base, "in force", MUTED, 1.8, "-"), (own, "proposed", _PROPOSED, 1.3, "-")]
        if view.judged and np.nanmax(np.abs(passed - own), initial=0.0) > 1e-9:
            ends.append((passed, "let through", _ALLOWED, 1.3, "--"))
        for values, _, colour, width, style in ends:
            axes.step(edges, np.append(values, values[-1]), where="post", color=colour, lw=width, ls=style)
        for first, last in _spans(view.vetoed):
            axes.axvspan(edges[first], edges[last], color=ALARM_COLOURS["alarm"], alpha=0.10, lw=0)
        name, unit = _words(setpoint)
        axes.set_ylabel(f"{name},\n{unit}" if unit else name.replace(" ", "\n", 1))
        low, high = axes.get_ylim()
        axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        label_ends(axes, [(_last(values), text, colour) for values, text, colour, _, _ in ends], 0.2)
    time_axis(grid[-1, 0], clock, start_s, end_s)
    if end_s - start_s <= 2 * DAY_S:  # ticks are hours then
        grid[-1, 0].set_xlabel(_dates(clock, start_s, end_s))
    most = max(moved, key=lambda name: moved[name])
    message = f"{view.policy} asks for what was in force"
    if moved[most] > 0.0:
        name, unit = _words(most)
        amount = number_text(moved[most], 1 if unit in ("°C", "K") else 2)
        message = f"{view.policy} moves {name} most: by {amount}{' K' if unit in ('°C', 'K') else ''} in the mean"
    title(figure, message)
    note = "Grey: in force; orange: proposed; blue dashed: let through by the guard, where that differs."
    if any(np.isnan(own).any() for _, own, _ in view.traces.values()):
        note += " Gaps: nothing was asked for."
    if view.vetoed.any():
        note += " Red: times of a veto."
    if len(moved) > len(shown):
        note += f" {len(moved) - len(shown)} more setpoints are in the table."
    alt = "Setpoints in force, proposed and let through, over time."
    return Picture("shadow_proposals", message, alt, note, figure)


def _dates(clock: Clock, start_s: int, end_s: int) -> str:
    """``15 Jan``, or ``15 Jan – 16 Jan`` where midnight lies between."""
    first, last = clock.date(start_s), clock.date(end_s - 1)
    return first if first == last else f"{first} – {last}"


def _last(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else 0.0


def _spans(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one past the last of every run of True."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _reasons(view: ShadowView, vetoes: Mapping[str, int]) -> Picture | None:
    """Vetoes by hour of the day."""
    if not vetoes or not view.judged:
        return None
    hour = view.time_s % 86400 // 3600
    asked = np.bincount(hour, minlength=24)
    stopped = np.bincount(hour[view.vetoed], minlength=24)
    share = 100.0 * np.divide(stopped, asked, out=np.zeros(24), where=asked > 0)
    figure, axes = new_figure(2.4)
    axes.bar(np.arange(24) + 0.5, share, width=0.86, color=ALARM_COLOURS["alarm"])
    axes.set_xlim(0, 24)
    axes.set_xticks([0, 6, 12, 18, 24])
    axes.set_xlabel("hour of the day")
    axes.set_ylabel("decisions vetoed, %")
    axes.set_ylim(0.0, max(1.0, 1.1 * float(share.max())))
    axes.grid(visible=False, axis="x")
    message = f"The guard stops {share_text(float(view.vetoed.mean()))} of the decisions"
    title(figure, message)
    return Picture("shadow_vetoes", message, "Share of vetoed decisions by hour of the day.",
                   "Share of the decisions of each hour of the day that the guard would have changed.", figure)


def _changes(found: Mapping[str, Any]) -> str:
    rows = []
    for setpoint, change in found["changes"].items():
        name, unit = _words(setpoint)
        rows.append([name, "K" if unit in ("°C", "K") else "–", number_text(100.0 * change["differs_frac"], 1),
                     *(number_text(change[key], 2) for key in ("mean", "least", "most"))])
    head = ["Setpoint", "Unit", "Differs [% of decisions]", "Mean change", "Least", "Most"]
    return html_table("Proposed less in force", head, rows, words=2) if rows else "<p>It asked for nothing.</p>"


def _vetoes(view: ShadowView, found: Mapping[str, Any]) -> str:
    if not view.judged:
        return "<p>Not judged: the telemetry lacks what the guard reads.</p>"
    if not found["vetoes"]:
        return "<p>Nothing.</p>"
    reasons = list(found["vetoes"].items())
    rows = [[reason, str(count)] for reason, count in reasons[:_MOST_REASONS]]
    if len(reasons) > _MOST_REASONS:
        rows.append([f"{len(reasons) - _MOST_REASONS} other reasons",
                     str(sum(count for _, count in reasons[_MOST_REASONS:]))])
    return html_table("Vetoes by reason", ["Reason", "Decisions"], rows)
