"""Where the energy goes."""

from __future__ import annotations

from matplotlib.axes import Axes

from twin.metrics.energy import COOLING_USES
from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import INK, MUTED, USE_COLOURS
from twin.report.wording import energy_text, share_text

__all__ = ["energy_breakdown"]

_LOSSES = ("ups_loss", "distribution_loss")


def _whole_bar(axes: Axes, energy_kwh: dict[str, float], uses: list[str]) -> None:
    """All energy as one bar: IT and the rest."""
    left, total = 0.0, energy_kwh["total"]
    for use in ["it", *uses]:
        width = energy_kwh[use] / total
        axes.barh(0.0, width, left=left, color=USE_COLOURS[use], edgecolor="white", linewidth=0.6, height=0.8)
        left += width
    it_frac = energy_kwh["it"] / total
    axes.text(it_frac / 2, 0.0, f"IT {energy_text(energy_kwh['it'])} ({share_text(it_frac)})", ha="center", va="center",
              color=INK)
    axes.text(1.0, 0.48, f"the rest {share_text(1 - it_frac)}", ha="right", va="bottom", color=MUTED)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(-0.45, 0.95)
    axes.axis("off")


def energy_breakdown(data: ReportData) -> Picture | None:
    """Bars of all uses beside IT, largest first; None for a run without IT energy."""
    energy_kwh = data.energy_kwh
    it_kwh, total = energy_kwh["it"], energy_kwh["total"]
    uses = sorted((use for use, kwh in energy_kwh.items() if use not in ("it", "total") and kwh > 0.0),
                  key=lambda use: -energy_kwh[use])
    if it_kwh <= 0.0 or not uses:
        return None
    cooling = sum(energy_kwh.get(use, 0.0) for use in COOLING_USES) / it_kwh
    losses = sum(energy_kwh.get(use, 0.0) for use in _LOSSES) / it_kwh
    message = f"For each kWh of IT, cooling takes {cooling:.3f} kWh"
    message += f" and power losses take {losses:.3f} kWh" if losses > 0.0 else ""
    figure, (top, axes) = new_figure(1.75 + 0.38 * len(uses), 2, 1, height_ratios=[1.0, 0.42 * len(uses) + 0.3])
    _whole_bar(top, energy_kwh, uses)
    longest = energy_kwh[uses[0]]
    for place, use in enumerate(uses):
        axes.barh(place, energy_kwh[use], color=USE_COLOURS[use], height=0.72)
        words = f"{energy_text(energy_kwh[use])}  {share_text(energy_kwh[use] / total)}"
        axes.text(energy_kwh[use] + 0.012 * longest, place, words, va="center", color=INK)
    axes.set_yticks(range(len(uses)), [data.use_name(use) for use in uses])
    axes.set_ylim(len(uses) - 0.5, -0.5)
    axes.set_xlim(0.0, longest * 1.38)
    axes.tick_params(axis="both", length=0)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    title(figure, message)
    listing = ", ".join(f"{data.use_name(use)} {energy_text(energy_kwh[use])}" for use in ["it", *uses])
    return Picture("energy_breakdown", message, f"Bar chart of energy by use: {listing}.",
                   f"Shares are of the facility's {energy_text(total)}. IT is metered at the distribution units' "
                   "output and includes server fans.", figure)
