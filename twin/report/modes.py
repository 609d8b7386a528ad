"""How the plant cooled: cooling modes by month, day or hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channels import MODES
from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import MODE_COLOURS
from twin.report.wording import share_text

__all__ = ["cooling_modes", "period_mode_shares"]

_LEAST_PERIODS = 3
_MOST_LABELS = 14
# A mode held for less than this share of the run is not seen in a bar.
_LEAST_SHARE = 5e-4


def period_mode_shares(data: ReportData) -> NDArray[np.float64]:
    """Share of each period's time in each mode, shape (periods, modes)."""
    mode = np.rint(data.column("plant.mode")).astype(np.int64)
    counts = [np.bincount(mode[part.first:part.last], minlength=len(MODES))[: len(MODES)] for part in data.periods]
    found: NDArray[np.float64] = np.asarray(counts, dtype=np.float64)
    found /= found.sum(axis=1, keepdims=True)
    return found


def cooling_modes(data: ReportData) -> Picture | None:
    """Stacked shares of cooling modes; None with a single mode, without free cooling or with too few periods."""
    periods = data.periods
    if not data.has_free_cooling or len(periods) < _LEAST_PERIODS:
        return None
    shares = period_mode_shares(data)
    if np.count_nonzero(shares.mean(axis=0) >= _LEAST_SHARE) < 2:
        return None
    lengths = np.array([period.last - period.first for period in periods], dtype=np.float64)
    free, partial = (float(np.average(shares[:, number], weights=lengths)) for number in (1, 2))
    message = f"Free cooling covers {share_text(free)} of {data.clock.of()}"
    message += f", with chillers helping for another {share_text(partial)}" if partial > 0.0 else ""
    figure, axes = new_figure(3.3)
    below = np.zeros(len(periods))
    for number in (1, 2, 3, 0):
        if np.average(shares[:, number], weights=lengths) >= _LEAST_SHARE:
            axes.bar(range(len(periods)), shares[:, number] * 100.0, bottom=below, color=MODE_COLOURS[MODES[number]],
                     width=0.86, label=MODES[number])
            below = below + shares[:, number] * 100.0
    every = -(-len(periods) // _MOST_LABELS)
    axes.set_xticks(range(0, len(periods), every), [period.label for period in periods[::every]])
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.6, len(periods) - 0.4)
    axes.set_ylim(0.0, 100.0)
    axes.set_ylabel("share of time [%]")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4, handlelength=1.0, columnspacing=1.2,
                fontsize=9.5)
    title(figure, message)
    return Picture("cooling_modes", message, "Stacked bars of the share of time in each cooling mode by "
                   f"{'month' if len(periods) <= 12 else 'period'}.",
                   "Free cooling: the economiser carries all heat. Partial: economiser and chillers together.", figure)
