"""Figures of a comparison: how much, where and when it saves, how warm it is, and its worst day replayed."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np

from twin.report import canvas
from twin.report.canvas import Picture, label_ends, new_figure, title
from twin.report.compare_view import CandidateView
from twin.report.palette import CONTEXT, INK, LIMIT, MAIN, MUTED, USE_COLOURS, USE_NAMES
from twin.report.wording import energy_text, number_text

__all__ = ["draw_comparison"]

_CANDIDATE = MAIN
_MONTH_DAYS = 62


def draw_comparison(views: Sequence[CandidateView]) -> list[tuple[Picture, bytes]]:
    """All figures that say something, with their PNG."""
    with mpl.rc_context(canvas.STYLE):
        pictures: list[Picture | None] = [_savings(views), _warmth(views)]
        for number, view in enumerate(views, 1):
            pictures += [_where(view, number), _when(view, number), _through_time(view, number), _replay(view, number)]
        return [(picture, canvas.png_bytes(picture.figure)) for picture in pictures if picture is not None]


def _named_rows(views: Sequence[CandidateView]) -> list[str]:
    return [view.name if len(view.name) <= 26 else view.name[:25] + "…" for view in views]


def _savings(views: Sequence[CandidateView]) -> Picture:
    """Interval of the saving of every candidate, its worlds, the draws of parameters, the model's error."""
    figure, axes = new_figure(1.3 + 0.62 * len(views))
    error = 100.0 * max(view.error_frac for view in views)
    axes.axvspan(-error, error, color=CONTEXT, alpha=0.5, lw=0)
    axes.axvline(0.0, color=LIMIT, lw=1)
    for row, view in enumerate(views):
        value, low, high = (100.0 * v for v in view.saving_frac)
        if view.band_frac:
            axes.plot([100.0 * min(view.band_frac), 100.0 * max(view.band_frac)], [row + 0.24] * 2, color=MUTED, lw=3,
                      solid_capstyle="butt")
        axes.plot([low, high], [row, row], color=_CANDIDATE, lw=2.4, solid_capstyle="butt")
        axes.plot([value], [row], "o", color=_CANDIDATE, ms=7)
        worlds = [100.0 * v for v in view.by_world_frac]
        if len(worlds) > 1:
            axes.plot(worlds, [row - 0.22] * len(worlds), "|", color=INK, ms=7, mew=1)
    axes.set_yticks(range(len(views)), _named_rows(views))
    axes.set_ylim(len(views) - 0.5, -0.5)
    axes.set_xlabel(f"facility energy saved against {views[0].baseline}, %")
    best = max(views, key=lambda view: view.saving_frac[0])
    message = f"{best.name} saves most: {number_text(100.0 * best.saving_frac[0], 2)} % of facility energy"
    if best.saving_frac[0] <= 0.0:
        message = f"No candidate saves energy against {best.baseline}"
    if len(views) == 1 and best.saving_frac[0] != 0.0:
        verb = "saves" if best.saving_frac[0] > 0.0 else "costs"
        message = f"{best.name} {verb} {number_text(abs(100.0 * best.saving_frac[0]), 2)} % of facility energy"
    title(figure, message)
    note = ("Dot and bar: saving and its 95 % interval. Ticks: single seeds and weather years. Grey band: smaller than "
            "the model's own error.")
    if any(view.band_frac for view in views):
        note += " Grey bar: range over the draws of uncertain parameters."
    return Picture("compare_savings", message, "Savings with intervals, one row a candidate.", note, figure)


def _warmth(views: Sequence[CandidateView]) -> Picture:
    """Interval of the degree-hours over the limit, and the margin."""
    figure, axes = new_figure(1.3 + 0.62 * len(views))
    margin = views[0].margin_k_h
    axes.axvline(0.0, color=LIMIT, lw=1)
    axes.axvline(margin, color="#D55E00", lw=1.4, ls="--")
    for row, view in enumerate(views):
        value, low, high = view.excess_k_h
        axes.plot([low, high], [row, row], color=_CANDIDATE, lw=2.4, solid_capstyle="butt")
        axes.plot([value], [row], "o", color=_CANDIDATE, ms=7)
    axes.set_yticks(range(len(views)), _named_rows(views))
    axes.set_ylim(len(views) - 0.5, -0.5)
    axes.set_xlabel(f"degree-hours over {views[0].limit_c:g} °C more than {views[0].baseline}, K h a run")
    axes.annotate(" margin", (margin, 1.0), xycoords=("data", "axes fraction"), va="top", color="#a84a00", fontsize=10)
    within = [view for view in views if view.excess_k_h[2] <= margin]
    many = "one candidate keeps" if len(views) == 1 else f"{len(within)} of {len(views)} candidates keep"
    message = f"{many.capitalize()} the hottest inlet within the margin"
    if len(views) == 1 and not within:
        message = "The candidate does not show that it keeps the hottest inlet within the margin"
    title(figure, message)
    note = "Degree-hours of the hottest inlet. The whole interval must lie left of the margin before energy counts."
    return Picture("compare_warmth", message, "Degree-hours with intervals, one row a candidate.", note, figure)


def _where(view: CandidateView, number: int) -> Picture | None:
    """Saving by use of energy."""
    uses = {use: kwh for use, kwh in view.uses_kwh.items() if abs(kwh) > 1e-9}
    if not uses:
        return None
    order = sorted(uses, key=lambda use: uses[use])
    figure, axes = new_figure(1.3 + 0.34 * len(order))
    scale, unit = (1e-3, "MWh") if max(map(abs, uses.values())) >= 1e4 else (1.0, "kWh")
    axes.barh([USE_NAMES.get(use, use) for use in order], [uses[use] * scale for use in order],
              color=[USE_COLOURS.get(use, MUTED) for use in order], height=0.7)
    axes.axvline(0.0, color=LIMIT, lw=1)
    axes.set_xlabel(f"saved (right) or used more (left), {unit} a run")
    axes.locator_params(axis="x", nbins=7)
    axes.grid(visible=False, axis="y")
    most = max(order, key=lambda use: abs(uses[use]))
    verb = "less" if uses[most] > 0 else "more"
    message = f"Where: most in {_in_words(most)}, {energy_text(abs(uses[most]))} {verb} a run"
    title(figure, message)
    note = f"{view.name} against {view.baseline}, mean over seeds and weather years."
    return Picture(f"where_{number}", message, "Bars of saved energy by use.", note, figure)


def _in_words(use: str) -> str:
    """A use of energy within a sentence: ``IT``, ``chillers``, ``UPS losses``."""
    name = USE_NAMES.get(use, use)
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _when(view: CandidateView, number: int) -> Picture | None:
    """Saving by hour of the day and season."""
    if not np.any(np.nan_to_num(view.by_hour_kw)):
        return None
    figure, axes = new_figure(3.1)
    reach = float(np.nanmax(np.abs(view.by_hour_kw)))
    periods = view.by_hour_kw.shape[1]
    edges = view.start_day + view.period_days * np.arange(periods + 1)
    mesh = axes.pcolormesh(edges, np.arange(25), view.by_hour_kw, cmap="RdBu", vmin=-reach, vmax=reach)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02)
    bar.set_label("saved, kW")
    bar.outline.set_visible(False)
    axes.set_yticks([0, 6, 12, 18, 24])
    axes.set_ylabel("hour of the day")
    axes.grid(visible=False)
    _day_axis(axes, edges[0], view.start_day + len(view.saved_kwh))
    ran = np.isfinite(view.by_hour_kw).any(axis=0)
    by_period, by_hour = np.nanmean(view.by_hour_kw[:, ran], axis=0), np.nanmean(view.by_hour_kw, axis=1)
    day = float(edges[:-1][ran][int(np.argmax(by_period))])
    message = f"When: most is saved around {int(np.nanargmax(by_hour)):02d}:00 and in the days from {_date(day)}"
    if np.nanmax(view.by_hour_kw) <= 0.0:
        message = "When: nothing is saved at any hour of any season"
    title(figure, message)
    note = f"Mean facility power of {view.baseline} less that of {view.name}; blue saves, red uses more."
    return Picture(f"when_{number}", message, "Map of saved power by hour of day and time of the run.", note, figure)


def _through_time(view: CandidateView, number: int) -> Picture | None:
    """Saving day by day."""
    ran = np.isfinite(view.saved_kwh)
    if not np.any(view.saved_kwh[ran]):
        return None
    figure, axes = new_figure(2.5)
    days = view.start_day + np.arange(len(view.saved_kwh)) + 0.5
    if len(days) > 1:
        axes.fill_between(days, view.spread_kwh[0], view.spread_kwh[1], color=CONTEXT, alpha=0.6, lw=0)
    axes.plot(days, view.saved_kwh, color=_CANDIDATE, lw=1.2, marker="o" if len(days) < 40 else None, ms=3)
    axes.axhline(0.0, color=LIMIT, lw=1)
    axes.set_ylabel("saved, kWh a day")
    _day_axis(axes, view.start_day, view.start_day + len(days))
    share = float(np.mean(view.saved_kwh[ran] > 0.0))
    message = f"{view.name} saves on {100.0 * share:.0f} % of the days"
    title(figure, message)
    note = "Line: mean over seeds and weather years; grey: least and most of them."
    return Picture(f"days_{number}", message, "Saved energy of every day.", note, figure)


def _replay(view: CandidateView, number: int) -> Picture | None:
    """The worst day on both sides."""
    worst = view.worst
    if worst is None:
        return None
    panels = [("hottest inlet, °C", "hall.rack_inlet_max_c"), ("supply setpoint, °C", "hall.supply_setpoint_c"),
              ("facility, kW", "power.facility_kw")]
    figure, rows = new_figure(5.2, len(panels), sharex=True)
    for axes, (label, channel) in zip(rows, panels, strict=True):
        base, own = worst.traces[channel]
        axes.plot(worst.hour_h, base, color=MUTED, lw=1.6)
        axes.plot(worst.hour_h, own, color=_CANDIDATE, lw=1.6)
        if channel == "hall.rack_inlet_max_c":
            axes.axhline(view.limit_c, color=LIMIT, lw=1, ls="--")
        axes.set_ylabel(label)
        low, high = axes.get_ylim()
        axes.set_ylim(low - 0.05 * (high - low) - 0.05, high + 0.05 * (high - low) + 0.05)
        ends = [(float(base[-1]), view.baseline[:18], MUTED), (float(own[-1]), view.name[:18], _CANDIDATE)]
        label_ends(axes, ends, 0.16)
    rows[-1].set_xlabel("hour of the day")
    rows[-1].set_xlim(0, 24)
    rows[-1].set_xticks([0, 6, 12, 18, 24])
    message = f"Worst day of {view.name}: {worst.label}, {worst.why}"
    title(figure, message)
    note = "Same seed, same weather on both sides. Dashed: the inlet limit. Quarter-hour means; inlets their maximum."
    return Picture(f"worst_day_{number}", message, "Inlet, setpoint and power of both sides over a day.", note, figure)


_STARTS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _date(day: float) -> str:
    """``3 Mar`` of a day counted from 1 January."""
    of_year = int(day) % 365
    month = sum(of_year >= start for start in _STARTS) - 1
    return f"{of_year - _STARTS[month] + 1} {_MONTHS[month]}"


def _day_axis(axes: mpl.axes.Axes, first: float, last: float) -> None:
    """Dates along an axis of days."""
    axes.set_xlim(first, last)
    if last - first > _MONTH_DAYS:
        ticks = [365 * year + start for year in range(int(last // 365) + 1) for start in _STARTS]
        shown = [(tick, _MONTHS[i % 12]) for i, tick in enumerate(ticks) if first <= tick < last]
        every = max(1, len(shown) // 12)
        axes.set_xticks([tick for tick, _ in shown[::every]], [name for _, name in shown[::every]])
        return
    every_days = max(1, round((last - first) / 7))
    days = np.arange(np.ceil(first), last + 0.5, every_days)
    axes.set_xticks(days, [_date(float(day)) for day in days])
