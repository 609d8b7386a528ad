"""Rack inlets against their limits."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import INK, LIMIT, MUTED, TEMPERATURE_COLOURS
from twin.report.wording import hours_text, share_text

__all__ = ["inlet_compliance"]

_ROWS = (("hall.rack_inlet_min_c", "coldest rack"), ("hall.rack_inlet_mean_c", "mean of racks"),
         ("hall.rack_inlet_p95_c", "95th percentile"), ("hall.rack_inlet_max_c", "hottest rack"))
_BAND = "#e8f3ee"
_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def _message(data: ReportData, within: float) -> str:
    """What the inlets did, the worst first."""
    limits, of = data.limits, data.clock.of()
    low, high = limits["recommended_min_c"], limits["recommended_max_c"]
    hours = data.clock.duration_s / 3600.0
    over_allowable = data.metrics.get("inlet_over_allowable_h", 0.0)
    over = data.metrics.get("inlet_over_recommended_h", 0.0)
    if over_allowable > 0.0:
        return (f"The hottest inlet is above the allowable {limits['allowable_max_c']:g} °C for "
                f"{hours_text(over_allowable)} ({share_text(over_allowable / hours)} of {of})")
    if over > 0.0:
        return (f"The hottest inlet is above the recommended {high:g} °C for {hours_text(over)} "
                f"({share_text(over / hours)} of {of})")
    if within < 1.0:
        return f"No rack is too warm; the coldest is below {low:g} °C for {share_text(1.0 - within)} of {of}"
    return f"Every rack inlet stays in the recommended range, {low:g} … {high:g} °C"


def _strip(axes: Axes, place: int, quantiles: NDArray[np.float64], colour: str) -> None:
    """Range, central 90 %, central 50 % and median of one row."""
    low, q05, q25, median, q75, q95, high = quantiles
    axes.plot([low, high], [place, place], color=colour, linewidth=1.5, solid_capstyle="butt")
    axes.plot([q05, q95], [place, place], color=colour, linewidth=7.0, alpha=0.55, solid_capstyle="butt")
    axes.plot([q25, q75], [place, place], color=colour, linewidth=13.0, solid_capstyle="butt")
    axes.plot([median], [place], marker="o", color=colour, markerfacecolor="white", markersize=6, markeredgewidth=1.8)


def _limit_lines(axes: Axes, limits: dict[str, float]) -> None:
    """Recommended band and allowable lines, named at the top."""
    low, high = limits["recommended_min_c"], limits["recommended_max_c"]
    axes.axvspan(low, high, color=_BAND, zorder=0)
    for key in ("recommended_min_c", "recommended_max_c"):
        axes.axvline(limits[key], color=LIMIT, linewidth=1.0)
    for key in ("allowable_min_c", "allowable_max_c"):
        axes.axvline(limits[key], color=LIMIT, linewidth=1.0, linestyle=(0, (4, 3)))
    top = axes.get_ylim()[1]
    axes.text((low + high) / 2, top, "recommended", ha="center", va="bottom", color=LIMIT, fontsize=9.5)
    axes.text(limits["allowable_max_c"], top, "allowable", ha="center", va="bottom", color=LIMIT, fontsize=9.5)


def _share_panel(axes: Axes, shares: list[tuple[float, float]]) -> None:
    """Share of the time in the recommended and in the allowable range, beside each row."""
    axes.set_xlim(0.0, 2.0)
    axes.axis("off")
    for column, words in enumerate(("recom-\nmended", "allow-\nable")):
        axes.text(column + 0.5, axes.get_ylim()[1], words, ha="center", va="bottom", fontsize=9.5, color=MUTED,
                  linespacing=1.0)
        for place, pair in enumerate(shares):
            axes.text(column + 0.5, place, share_text(pair[column]), ha="center", va="center", color=INK)


def inlet_compliance(data: ReportData) -> Picture | None:
    """Spread over time of coldest, mean, 95th-percentile and hottest inlet, with the limits."""
    rows = [(name, words) for name, words in _ROWS if data.has(name)]
    if not rows:
        return None
    limits = data.limits
    figure, (axes, panel) = new_figure(1.55 + 0.48 * len(rows), 1, 2, width_ratios=[1.0, 0.42], sharey=True)
    axes.set_ylim(len(rows) - 0.5, -0.6)
    lows, highs, shares = [limits["allowable_min_c"]], [limits["allowable_max_c"]], []
    for place, (name, _) in enumerate(rows):
        values = data.column(name)
        quantiles = np.quantile(values, _QUANTILES).astype(np.float64)
        _strip(axes, place, quantiles, TEMPERATURE_COLOURS[name])
        lows.append(float(quantiles[0]))
        highs.append(float(quantiles[-1]))
        shares.append((_share_inside(values, limits, "recommended"), _share_inside(values, limits, "allowable")))
    _limit_lines(axes, limits)
    _share_panel(panel, shares)
    spare = 0.04 * (max(highs) - min(lows))
    axes.set_xlim(min(lows) - spare, max(highs) + spare)
    axes.set_yticks(range(len(rows)), [words for _, words in rows])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("rack inlet [°C]")
    message = _message(data, shares[0][0])
    title(figure, message)
    return Picture("inlet_compliance", message,
                   "Strips of the spread of coldest, mean, 95th-percentile and hottest rack inlet over time, beside "
                   "the recommended and allowable ranges, with the share of time in each.",
                   "Thin line: lowest to highest; light bar: 90 % of the time; dark bar: half of the time; dot: "
                   "median. At right: share of the time inside each range.", figure)


def _share_inside(values: NDArray[np.float32], limits: dict[str, float], kind: str) -> float:
    """Share of the steps inside the limits of a kind."""
    return float(np.mean((values >= limits[f"{kind}_min_c"]) & (values <= limits[f"{kind}_max_c"])))
