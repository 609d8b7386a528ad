"""Where the water goes, by month, day or hour."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from twin.report.canvas import Picture, new_figure, tick_labels, title
from twin.report.data import ReportData
from twin.report.palette import INK, MAIN, WATER_COLOURS
from twin.report.wording import number_text, share_text, water_text

__all__ = ["period_water_l", "water_by_period"]

Floats = NDArray[np.float64]

_LEAST_PERIODS = 3
_MOST_LABELS = 14
# More numbers than these would not stand beside each other.
_MOST_NUMBERS = 13
# Months and days that differ by less are not said to draw most and least.
_UNEVEN = 1.12


def _humidifier_l(data: ReportData, hours: Floats, makeup_l: Floats) -> Floats:
    """Water of the humidifier in each period: what the run drew beside make-up, by the humidifier's electricity."""
    kwh = data.period_means("plant.humidifier_kw") * hours
    rest = max(0.0, float(data.summary["water_l"]) - float(makeup_l.sum()))
    if kwh.sum() <= 0.0:
        return np.zeros(len(hours))
    shared: Floats = rest * kwh / kwh.sum()
    return shared


def period_water_l(data: ReportData) -> dict[str, Floats]:
    """Water drawn in each period, L, by where it goes (see ``WATER_COLOURS``); what is nowhere used is absent."""
    hours = data.period_hours
    makeup = data.period_means("plant.makeup_kg_s") * hours * 3600.0
    evaporated = np.minimum(data.period_means("plant.evaporated_kg_s") * hours * 3600.0, makeup)
    parts = (evaporated, makeup - evaporated, _humidifier_l(data, hours, makeup))
    return {words: litres for words, litres in zip(WATER_COLOURS, parts, strict=True) if litres.sum() > 0.0}


def _bars(axes: Axes, parts: dict[str, Floats], total: Floats) -> None:
    """Stacked bars with the total on top."""
    size, unit = (1000.0, "m³") if total.max() >= 3000.0 else (1.0, "L")
    below = np.zeros(len(total))
    for words, litres in parts.items():
        axes.bar(range(len(total)), litres / size, bottom=below / size, color=WATER_COLOURS[words], width=0.82,
                 label=words)
        below = below + litres
    digits = 0 if total.max() / size >= 100.0 else 1
    if len(total) <= _MOST_NUMBERS:
        for place, litres in enumerate(total):
            axes.annotate(number_text(litres / size, digits), (place, litres / size), xytext=(0, 2), ha="center",
                          textcoords="offset points", va="bottom", color=INK, fontsize=9)
    axes.set_ylim(0.0, 1.12 * float(total.max()) / size)
    axes.set_ylabel(f"water [{unit}]")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.grid(visible=False, axis="x")


def _wue(axes: Axes, data: ReportData, total: Floats) -> None:
    """WUE of each period as dots with their numbers, beside that of the run."""
    it_kwh = data.period_means("it.power_kw") * data.period_hours
    wue = np.divide(total, it_kwh, out=np.full(len(total), np.nan), where=it_kwh > 0.0)
    axes.plot(range(len(wue)), wue, color=MAIN, marker="o", markersize=4, linewidth=1.0)
    if len(wue) <= _MOST_NUMBERS:
        for place, value in enumerate(wue):
            if np.isfinite(value):
                axes.annotate(f"{value:.2f}", (place, value), xytext=(0, 4), textcoords="offset points", ha="center",
                              va="bottom", color=INK, fontsize=9)
    axes.set_ylim(0.0, 1.35 * max(float(np.nanmax(wue)), 1e-3))
    axes.set_ylabel("WUE [L/kWh]")
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.grid(visible=False, axis="x")


def _message(data: ReportData, parts: dict[str, Floats], total: Floats) -> str:
    """How much, how much of it evaporates, and when most is drawn."""
    used = float(data.summary["water_l"])
    evaporated = float(parts["evaporation"].sum()) / float(total.sum()) if "evaporation" in parts else 0.0
    message = f"{water_text(used)} of water"
    message += f", {share_text(evaporated)} of it evaporated" if evaporated > 0.0 else ""
    most, least = (data.periods[int(place)].label for place in (total.argmax(), total.argmin()))
    if total.max() < _UNEVEN * total.min() or data.period_kind == "hour":
        return message
    return message + (f"; most in {most}, least in {least}" if data.period_kind == "month" else f"; most on {most}")


def water_by_period(data: ReportData) -> Picture | None:
    """Water by month, day or hour and where it goes, with WUE below; None for few periods or no water."""
    periods, parts = data.periods, period_water_l(data)
    if len(periods) < _LEAST_PERIODS or not parts or float(data.summary["water_l"]) <= 0.0:
        return None
    total: Floats = np.sum(list(parts.values()), axis=0)
    with_wue = "wue_l_per_kwh" in data.metrics
    panels: Any
    figure, panels = new_figure(4.4 if with_wue else 3.2, 2 if with_wue else 1, 1, sharex=True, squeeze=False,
                                height_ratios=[1.0, 0.42] if with_wue else [1.0])
    upper, last = panels[0, 0], panels[-1, 0]
    _bars(upper, parts, total)
    if with_wue:
        _wue(last, data, total)
    every = -(-len(periods) // _MOST_LABELS)
    last.set_xticks(range(0, len(periods), every), tick_labels([period.label for period in periods[::every]]))
    last.set_xlim(-0.6, len(periods) - 0.4)
    for axes in panels[:, 0]:
        axes.tick_params(axis="x", length=0)
    upper.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, handlelength=1.0, columnspacing=1.2,
                 fontsize=9.5, borderaxespad=0.1)
    figure.align_ylabels()
    message = _message(data, parts, total)
    title(figure, message)
    said = ", ".join(f"{words} {water_text(float(litres.sum()))}" for words, litres in parts.items())
    note = "Water drawn at the site. Blow-down and drift: make-up less evaporation."
    note += " WUE: water over IT energy of the same span." if with_wue else ""
    if data.period_kind == "month" and any(part.covered_frac < 0.999 for part in data.clock.months()):
        note += " The first or last month is not covered whole."
    return Picture("water", message, f"Stacked bars of water by {data.period_kind}: {said}.", note, figure)
