"""How the plant cooled: cooling modes by month, day or hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channels import MODES
from twin.report.canvas import Picture, new_figure, tick_labels, title
from twin.report.data import ASSISTED_MODES, FREE_MODES, ReportData
from twin.report.palette import MODE_COLOURS
from twin.report.wording import share_text

__all__ = ["LEAST_SHARE", "STACK_ORDER", "cooling_modes", "period_mode_shares"]

#: Modes as they are stacked: from the least effort to the most, and what is off on top.
STACK_ORDER = (1, 4, 5, 2, 6, 7, 3, 0)
#: A mode held for less than this share of the run is not seen in a bar.
LEAST_SHARE = 5e-4

_LEAST_PERIODS = 3
_MOST_LABELS = 14
_MEANINGS = {
    1: "Free cooling: the economiser carries all heat.",
    2: "Partial: economiser and compressors together.",
    4: "Dry: outdoor air through the heat exchanger.",
    5: "Wet: the exchanger's outdoor side is sprayed.",
    6: "Wet + DX: spray and compressors together.",
    7: "Dry + DX: no spray, compressors help.",
}


def period_mode_shares(data: ReportData) -> NDArray[np.float64]:
    """Share of each period's time in each mode, shape (periods, modes)."""
    mode = np.rint(data.column("plant.mode")).astype(np.int64)
    counts = [np.bincount(mode[part.first:part.last], minlength=len(MODES))[: len(MODES)] for part in data.periods]
    found: NDArray[np.float64] = np.asarray(counts, dtype=np.float64)
    found /= found.sum(axis=1, keepdims=True)
    return found


def _message(data: ReportData) -> str:
    """Time without compressors, and with their help."""
    fracs, of = data.mode_fracs, data.clock.of()
    if not data.is_evaporative:
        free, partial = (float(fracs[list(modes)].sum()) for modes in (FREE_MODES, ASSISTED_MODES))
        water = "Chilled water: free cooling" if data.has("liquid.heat_kw") else "Free cooling"
        return (f"{water} covers {share_text(free)} of {of}"
                + (f", with {data.compressors} helping for another {share_text(partial)}" if partial > 0.0 else ""))
    parts = [f"{MODES[number]} {share_text(float(fracs[number]))}" for number in STACK_ORDER
             if number and fracs[number] >= LEAST_SHARE]
    return f"How the units cool, share of {of}: {', '.join(parts)}"


def cooling_modes(data: ReportData) -> Picture | None:
    """Stacked shares of cooling modes; None with a single mode, without free cooling or with too few periods."""
    periods, seen = data.periods, [number for number in STACK_ORDER if data.mode_fracs[number] >= LEAST_SHARE]
    if not data.has_free_cooling or len(periods) < _LEAST_PERIODS or len(seen) < 2:
        return None
    shares, message = period_mode_shares(data), _message(data)
    figure, axes = new_figure(3.3)
    below = np.zeros(len(periods))
    for number in seen:
        axes.bar(range(len(periods)), shares[:, number] * 100.0, bottom=below, color=MODE_COLOURS[MODES[number]],
                 width=0.86, label=MODES[number])
        below = below + shares[:, number] * 100.0
    every = -(-len(periods) // _MOST_LABELS)
    axes.set_xticks(range(0, len(periods), every), tick_labels([period.label for period in periods[::every]]))
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.6, len(periods) - 0.4)
    axes.set_ylim(0.0, 100.0)
    axes.set_ylabel("share of time [%]")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=min(5, len(seen)), handlelength=1.0,
                columnspacing=1.2, fontsize=9.5)
    title(figure, message)
    return Picture("cooling_modes", message, "Stacked bars of the share of time in each cooling mode by "
                   f"{'month' if len(periods) <= 12 else 'period'}.",
                   " ".join(_MEANINGS[number] for number in sorted(seen) if number in _MEANINGS), figure)
