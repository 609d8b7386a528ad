"""One hot and one cold day in detail; a short run as a whole."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from twin.channels import MODES
from twin.metrics.months import DAY_S
from twin.report.canvas import Picture, label_ends, new_figure, time_axis, title
from twin.report.data import OVERHEAD_CHANNELS, Period, ReportData
from twin.report.palette import (
    LIMIT,
    MODE_COLOURS,
    MUTED,
    TEMPERATURE_COLOURS,
    TEMPERATURE_NAMES,
    USE_COLOURS,
    text_on,
)
from twin.report.wording import number_text

__all__ = ["days_in_detail", "hottest", "thinned", "thinned_times_s"]

# A day's curve at one-minute steps has 1440 points; more are not seen.
_MOST_POINTS = 1440


def _chosen(data: ReportData) -> list[tuple[str, str, Period]]:
    """(file name, words, part of the run): hottest and coldest day, or the run if it has not two days."""
    days = data.whole_days
    if len(days) < 2:
        last = min(data.clock.steps, 2 * DAY_S // data.clock.step_s)
        return [("detail", "The run", Period("run", 0, last))] if last >= 2 else []
    dry_bulb = data.column("weather.dry_bulb_c")
    means = [float(np.mean(dry_bulb[day.first:day.last])) for day in days]
    hot, cold = days[int(np.argmax(means))], days[int(np.argmin(means))]
    if hot == cold:
        return [("detail", f"Every day is like {hot.label}", hot)]
    return [("hot_day", f"Hottest day, {hot.label}", hot), ("cold_day", f"Coldest day, {cold.label}", cold)]


def hottest(data: ReportData) -> tuple[str, Period] | None:
    """The hottest day in words, ``Hottest day, 21 Jul``, or the whole of a run without two days; None: too short."""
    chosen = _chosen(data)
    return chosen[0][1:] if chosen else None


def thinned(data: ReportData, name: str, period: Period) -> NDArray[np.float64]:
    """A channel over a period, thinned to what can be seen."""
    every = max(1, (period.last - period.first) // _MOST_POINTS)
    return data.column(name)[period.first:period.last:every].astype(np.float64)


def thinned_times_s(data: ReportData, period: Period) -> NDArray[np.float64]:
    """Middle of the steps that :func:`thinned` keeps, s since 1 January."""
    every = max(1, (period.last - period.first) // _MOST_POINTS)
    step_s = data.clock.step_s
    steps: NDArray[np.float64] = np.arange(period.first, period.last, every, dtype=np.float64)
    return data.clock.start_s + (steps + 0.5) * step_s


def _temperatures(axes: Axes, data: ReportData, period: Period) -> None:
    """Outdoors, water, supply air, inlets, and the recommended limit."""
    times, ends = thinned_times_s(data, period), []
    for name, words in TEMPERATURE_NAMES.items():
        if not data.has(name):
            continue
        colour = TEMPERATURE_COLOURS[name]
        values = thinned(data, name, period)
        if not np.isfinite(values).all() or (name.startswith("plant.") and not values.any()):
            continue
        axes.plot(times, values, color=colour, linewidth=1.5)
        ends.append((float(values[-1]), words, colour))
    limit = data.limits["recommended_max_c"]
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, limit - 2.0), max(high, limit + 1.5))
    axes.axhline(limit, color=LIMIT, linewidth=0.9, linestyle=(0, (5, 3)))
    ends.append((limit, "inlet limit", LIMIT))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.set_ylabel("temperature [°C]")
    label_ends(axes, ends, gap_frac=0.1)


def _powers(axes: Axes, data: ReportData, period: Period) -> float:
    """Stacked power of everything but IT; returns the highest power of the compressors, kW."""
    times = thinned_times_s(data, period)
    below, ends = np.zeros(len(times)), []
    compressors_kw = 0.0
    for use, names in OVERHEAD_CHANNELS.items():
        power = np.sum([thinned(data, name, period) for name in names], axis=0)
        if not power.any():
            continue
        if use in ("chiller", "dx"):
            compressors_kw = float(power.max())
        axes.fill_between(times, below, below + power, color=USE_COLOURS[use], linewidth=0.0)
        ends.append((float(below[-1] + power[-1] / 2), data.use_name(use), USE_COLOURS[use]))
        below = below + power
    axes.set_ylim(0.0, max(float(below.max()), 1e-3) * 1.05)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.set_ylabel("power beside IT [kW]")
    label_ends(axes, ends, gap_frac=0.1, bands=True)
    return compressors_kw


def _mode_strip(axes: Axes, data: ReportData, period: Period) -> None:
    """Cooling mode as a coloured strip, named where a stretch is long enough."""
    mode = np.rint(data.column("plant.mode")[period.first:period.last]).astype(np.int64)
    bounds = [0, *(np.flatnonzero(np.diff(mode)) + 1), len(mode)]
    start_s, step_s = data.clock.start_s + period.first * data.clock.step_s, data.clock.step_s
    for first, last in pairwise(bounds):
        words = MODES[int(np.clip(mode[first], 0, len(MODES) - 1))]
        axes.axvspan(start_s + first * step_s, start_s + last * step_s, color=MODE_COLOURS[words], linewidth=0.0)
        if last - first > 0.017 * len(words) * len(mode):  # the words fit
            axes.text(start_s + (first + last) / 2 * step_s, 0.5, words, ha="center", va="center",
                      color=text_on(MODE_COLOURS[words]), fontsize=9, fontweight="bold")
    axes.set_yticks([])
    axes.set_ylabel(data.mode_label, rotation=0, ha="right", va="center", color=MUTED, fontsize=9.5)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(visible=False)


def _day(data: ReportData, name: str, words: str, period: Period) -> Picture:
    """One period in detail: temperatures, stacked powers, cooling mode."""
    figure, (upper, lower, strip) = new_figure(6.0, 3, 1, sharex=True, height_ratios=[1.0, 1.0, 0.09])
    _temperatures(upper, data, period)
    compressors_kw = _powers(lower, data, period)
    _mode_strip(strip, data, period)
    start_s, step_s = data.clock.start_s, data.clock.step_s
    time_axis(strip, data.clock, start_s + period.first * step_s, start_s + period.last * step_s)
    it = float(np.mean(data.column("it.power_kw")[period.first:period.last], dtype=np.float64))
    facility = float(np.mean(data.column("power.facility_kw")[period.first:period.last], dtype=np.float64))
    dry_bulb = data.column("weather.dry_bulb_c")[period.first:period.last]
    message = f"{words} ({number_text(float(dry_bulb.min()))} … {number_text(float(dry_bulb.max()))} °C): "
    facts = [f"PUE {facility / it:.3f}"] if it > 0.0 else []
    if data.has_compressors:
        facts.append(data.compressors + (f" up to {compressors_kw:.0f} kW" if compressors_kw >= 0.5 else " rest"))
    message += ", ".join(facts) or "IT off"
    title(figure, message)
    return Picture(name, message, "Temperatures outdoors, of water, supply air and rack inlets; power of everything "
                   "beside IT, stacked; and the cooling mode, over the hours.",
                   f"IT power averages {it:,.0f} kW and is not in the stack. Inlet limit: recommended, high. "
                   "Standard time of the site.", figure)


def days_in_detail(data: ReportData) -> list[Picture]:
    """Hottest and coldest day of the run, or the run itself if it is shorter than two days."""
    return [_day(data, *chosen) for chosen in _chosen(data)]
