"""PUE over time, as duration curve, and against wet bulb."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from numpy.typing import NDArray

from twin.channels import MODES
from twin.metrics.months import DAY_S
from twin.report.canvas import Picture, new_figure, time_axis, title
from twin.report.data import ReportData
from twin.report.palette import CONTEXT, INK, LIMIT, MAIN, MODE_COLOURS, MUTED
from twin.report.wording import number_text, share_text

__all__ = ["pue_duration", "pue_over_time", "pue_wet_bulb"]

# PUE that moves less than this over a run is called constant.
_STEADY = 5e-4
_LEAST_POINTS = 24
# Weather says something about PUE only over some days and some kelvins.
_LEAST_DAYS, _LEAST_WET_BULB_K = 3, 4.0


def _bin_words(data: ReportData) -> str:
    return {3600: "hour", 300: "5 minutes", 60: "minute"}.get(data.bin_s, f"{data.bin_s} s")


def _daily(data: ReportData) -> tuple[NDArray[np.float64], list[tuple[float, float, float]]]:
    """Middle of each whole day, and its (PUE, lowest bin, highest bin)."""
    it, facility, pue = data.binned("it.power_kw"), data.binned("power.facility_kw"), data.binned_pue
    rows, times = [], []
    for day in data.whole_days:
        first, last = np.searchsorted(data.bin_starts, [day.first, day.last])
        if it[first:last].sum() > 0.0:
            rows.append((float(facility[first:last].sum() / it[first:last].sum()), float(np.nanmin(pue[first:last])),
                         float(np.nanmax(pue[first:last]))))
            times.append(data.clock.start_s + (day.first + day.last) / 2 * data.clock.step_s)
    return np.asarray(times), rows


def _pue_scale(axes: Axes, values: NDArray[np.float64]) -> None:
    """Limits that show the values, and never magnify less than 0.01 of PUE."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    spare = max(0.06 * (high - low), 0.5 * (0.01 - (high - low)))
    axes.set_ylim(low - spare, high + spare)
    axes.yaxis.set_major_formatter("{x:.3f}")  # equal widths, so that the layout holds
    axes.set_ylabel("PUE")


def pue_over_time(data: ReportData) -> Picture | None:
    """Daily mean and range of PUE in a long run, PUE itself in a short one."""
    pue = data.binned_pue
    if len(pue) < 2 or not np.isfinite(pue).any() or "pue" not in data.metrics:
        return None
    clock, mean = data.clock, data.metrics["pue"]
    figure, axes = new_figure(3.3)
    if len(data.whole_days) >= 14:
        times, rows = _daily(data)
        values = np.asarray(rows)
        axes.fill_between(times, values[:, 1], values[:, 2], color=CONTEXT, alpha=0.7, linewidth=0.0,
                          label=f"range within the day (by {_bin_words(data)})")
        axes.plot(times, values[:, 0], color=MAIN, label="day")
        best, worst = int(values[:, 0].argmin()), int(values[:, 0].argmax())
        message = (f"PUE is {mean:.3f}: from {values[best, 0]:.3f} on {clock.date(times[best])} "
                   f"to {values[worst, 0]:.3f} on {clock.date(times[worst])}")
        alt = "Line of daily PUE with a band from the lowest to the highest value within each day."
        shown, low, high = values, values[:, 0].min(), values[:, 0].max()
    else:
        axes.plot(data.bin_time_s, pue, color=MAIN, linewidth=1.2, label=f"PUE by {_bin_words(data)}")
        low, high = float(np.nanmin(pue)), float(np.nanmax(pue))
        message, alt, shown = f"PUE is {mean:.3f}, between {low:.3f} and {high:.3f}", "Line of PUE over time.", pue
    if high - low < _STEADY:
        message = f"PUE stays at {mean:.3f}"
    else:
        axes.axhline(mean, color=LIMIT, linewidth=1.0, linestyle=(0, (5, 3)), label="whole run (by energy)")
    _pue_scale(axes, shown)
    time_axis(axes, clock, clock.start_s, clock.end_s)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3, handlelength=1.4, columnspacing=1.2,
                fontsize=9.5)
    title(figure, message)
    return Picture("pue_over_time", message, alt,
                   "PUE of a span is its facility energy over its IT energy, never a mean of ratios.", figure)


def pue_duration(data: ReportData) -> Picture | None:
    """PUE of all bins, highest first; None for less than a day or a steady run."""
    pue = data.binned_pue[np.isfinite(data.binned_pue)]
    if data.clock.duration_s < DAY_S or len(pue) < _LEAST_POINTS or np.ptp(pue) < _STEADY:
        return None
    falling = np.sort(pue)[::-1]
    share = (np.arange(len(falling)) + 0.5) / len(falling)
    median, worst = float(np.median(pue)), float(np.quantile(pue, 0.99))
    message = f"Half of the time PUE is below {median:.3f}; the worst 1 % is above {worst:.3f}"
    figure, axes = new_figure(3.1)
    axes.plot(share * 100.0, falling, color=MAIN, linewidth=2.0)
    # The label stays off the line of the whole run, and off the axis where the curve is flat at the bottom.
    below = median < data.metrics["pue"] and median > pue.min() + 0.08 * np.ptp(pue)
    marks = ((50.0, median, "median", (-7, -7) if below else (7, 5)), (1.0, worst, "1 %", (7, 5)))
    for at, value, words, offset in marks:
        axes.plot([at], [value], "o", color=INK, markersize=5, zorder=3)
        axes.annotate(f"{words}: {value:.3f}", (at, value), xytext=offset, textcoords="offset points", color=INK,
                      ha="left" if offset[0] > 0 else "right", va="bottom" if offset[1] > 0 else "top")
    axes.axhline(data.metrics["pue"], color=LIMIT, linewidth=1.0, linestyle=(0, (5, 3)))
    axes.annotate(f"whole run {data.metrics['pue']:.3f}", (100.0, data.metrics["pue"]), xytext=(0, 4),
                  textcoords="offset points", ha="right", color=LIMIT, fontsize=9.5)
    _pue_scale(axes, pue)
    axes.set_xlim(-1.0, 100.0)
    axes.set_xlabel(f"share of the time with a higher PUE [%], by {_bin_words(data)}")
    title(figure, message)
    return Picture("pue_duration", message, "Falling curve of PUE against the share of time it is exceeded.",
                   "The flatter the curve, the less the plant depends on weather and load.", figure)


def _wet_bulb_message(data: ReportData, wet_bulb: NDArray[np.float64], pue: NDArray[np.float64]) -> str:
    """What wet bulb does to PUE in this run."""
    free = data.free_shares >= 0.5
    if free.any() and not free.all():
        level = np.floor(wet_bulb).astype(int)
        edges = [k for k in range(level.min(), level.max() + 1) if np.any(level == k)]
        resting = [k for k in edges if np.mean(free[level == k]) >= 0.5]
        if resting and resting[-1] < edges[-1]:
            it, facility = data.binned("it.power_kw"), data.binned("power.facility_kw")
            inside, outside = facility[free].sum() / it[free].sum(), facility[~free].sum() / it[~free].sum()
            edge = number_text(resting[-1] + 1)
            return (f"Below about {edge} °C wet bulb the {data.compressors} mostly rest: PUE {inside:.3f} without "
                    f"them, {outside:.3f} otherwise")
    order, tenth = np.argsort(wet_bulb), max(1, len(pue) // 10)
    ends = [(float(np.mean(wet_bulb[part])), float(np.mean(pue[part]))) for part in (order[:tenth], order[-tenth:])]
    (cold, cold_pue), (warm, warm_pue) = ends
    if abs(warm_pue - cold_pue) < _STEADY:
        return f"PUE does not follow wet bulb: {cold_pue:.3f} at {number_text(cold)} °C and at {number_text(warm)} °C"
    return (f"PUE {'rises' if warm_pue > cold_pue else 'falls'} from {cold_pue:.3f} at {number_text(cold)} °C wet bulb "
            f"to {warm_pue:.3f} at {number_text(warm)} °C")


def pue_wet_bulb(data: ReportData) -> Picture | None:
    """PUE of all bins against wet bulb, coloured by cooling mode; None for few days or hardly any change."""
    wet_bulb, pue = data.binned("weather.wet_bulb_c"), data.binned_pue
    if len(data.whole_days) < _LEAST_DAYS or not np.isfinite(pue).all() or np.ptp(wet_bulb) < _LEAST_WET_BULB_K:
        return None
    mode = data.mode_shares.argmax(axis=0)
    message = _wet_bulb_message(data, wet_bulb, pue)
    figure, axes = new_figure(3.8)
    size = float(np.clip(12000.0 / len(pue), 3.0, 14.0))
    for number, words in enumerate(MODES):
        chosen = mode == number
        if chosen.any():
            axes.scatter(wet_bulb[chosen], pue[chosen], s=size, color=MODE_COLOURS[words], alpha=0.4, linewidths=0.0,
                         label=f"{words} ({share_text(float(np.mean(chosen)))})")
    axes.axhline(data.metrics["pue"], color=MUTED, linewidth=0.9, linestyle=(0, (5, 3)))
    _pue_scale(axes, pue)
    axes.set_xlabel("outdoor wet bulb [°C]")
    legend = axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, handletextpad=0.1, columnspacing=1.0,
                         fontsize=9.5)
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_alpha(1.0)
            handle.set_sizes([36.0])
    title(figure, message)
    return Picture("pue_wet_bulb", message, "Scatter of PUE against outdoor wet bulb, coloured by cooling mode.",
                   f"Each point is a mean by {_bin_words(data)}, in the mode that held longest; in brackets the "
                   "share of points.", figure)
