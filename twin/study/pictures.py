"""What the report shows of every candidate, gathered from its runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.report.compare_view import CandidateView, WorstDay
from twin.study.analysis import Pairing, limit_column
from twin.study.cases import Side
from twin.study.one_run import Run
from twin.study.verdict import MODEL_ERROR_FRAC

__all__ = ["views"]

Floats = NDArray[np.float64]

_DAY_S = 86400
#: A day is the worst by warmth from this on, K h. Source: assumed: 0.1 K for an hour is what sensors can tell.
_TELLING_K_H = 0.1
#: The map of a run has at most so many columns.
_MOST_PERIODS = 60


def views(base: Side, pairs: Sequence[Pairing], limit: str) -> list[CandidateView]:
    """Views of all candidates that have finished days beside the baseline's.

    Parameters
    ----------
    base : Side
    pairs : sequence of Pairing
    limit : str
        "recommended" or "allowable".

    Returns
    -------
    list of CandidateView
    """
    limits = base.scenarios[0].hall.limits
    limit_c = limits.recommended_max_c if limit == "recommended" else limits.allowable_max_c
    found = []
    for pair in pairs:
        both = [(w.name, a, b) for w, a, b in pair.runs if min(len(a.days), len(b.days)) > 0]
        if both and not pair.finding.failed:  # half a run has no verdict to draw
            found.append(_view(pair, base.label, both, limit_c, limit_column(limit)))
    return found


def _view(pair: Pairing, baseline: str, both: list[tuple[str, Run, Run]], limit_c: float, column: str) -> CandidateView:
    first = int(min(run.days.columns["day"][0] for _, run, _ in both))
    count = int(max(run.days.columns["day"][-1] for _, run, _ in both)) - first + 1
    saved, spread = _by_day(both, first, count)
    periods, length = _by_hour(both, first, count)
    names = dict.fromkeys(name for _, a, b in both for name in (*a.days.uses, *b.days.uses))
    uses = {name: float(np.mean([a.days.uses.get(name, 0.0) - b.days.uses.get(name, 0.0) for _, a, b in both]))
            for name in names}
    return CandidateView(
        pair.side.label, baseline, (pair.saving.value, pair.saving.low, pair.saving.high),
        (pair.excess.value, pair.excess.low, pair.excess.high), pair.finding.margin_k_h,
        MODEL_ERROR_FRAC * pair.finding.overhead_frac, tuple(pair.by_world_frac.values()),
        () if pair.band is None else pair.band.savings_frac, uses, first, saved, spread, periods, length, limit_c,
        _worst(both, column),
    )


def _by_day(both: list[tuple[str, Run, Run]], first: int, count: int) -> tuple[Floats, Floats]:
    """Saved each day, mean and ends over the worlds that have the day, kWh; NaN on days that no world has."""
    found = np.full((len(both), count), np.nan)
    for row, (_, a, b) in zip(found, both, strict=True):
        days = min(len(a.days), len(b.days))
        place = a.days.columns["day"][:days].astype(int) - first
        row[place] = a.days.columns["total_kwh"][:days] - b.days.columns["total_kwh"][:days]
    has = np.isfinite(found).any(axis=0)
    mean, spread = np.full(count, np.nan), np.full((2, count), np.nan)
    mean[has] = np.nanmean(found[:, has], axis=0)
    spread[:, has] = np.nanmin(found[:, has], axis=0), np.nanmax(found[:, has], axis=0)
    return mean, spread


def _by_hour(both: list[tuple[str, Run, Run]], first: int, count: int) -> tuple[Floats, int]:
    """Mean power saved by hour of the day and period from the first day on, kW, and the days of a period."""
    length = max(1, -(-count // _MOST_PERIODS))
    periods = -(-count // length)
    total, weight = np.zeros((24, periods)), np.zeros((24, periods))
    for _, a, b in both:
        steps = min(len(a.days.quarter_s), len(b.days.quarter_s))
        middle_s = a.days.quarter_s[:steps] - 450
        period = (middle_s // _DAY_S - first) // length
        hour = middle_s % _DAY_S // 3600
        here = period < periods
        power = a.days.traces["power.facility_kw"][:steps] - b.days.traces["power.facility_kw"][:steps]
        np.add.at(total, (hour[here], period[here]), power[here].astype(np.float64))
        np.add.at(weight, (hour[here], period[here]), 1.0)
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0.0), length


def _worst(both: list[tuple[str, Run, Run]], column: str) -> WorstDay | None:
    """The day with most degree-hours more than the baseline; where none has any to tell, the day that saves least."""
    warm, lean = [], []
    for number, (_, a, b) in enumerate(both):
        count = min(len(a.days), len(b.days))
        more = b.days.columns[column][:count] - a.days.columns[column][:count]
        saved = a.days.columns["total_kwh"][:count] - b.days.columns["total_kwh"][:count]
        warm.append((float(more.max()), number, int(more.argmax())))
        lean.append((float(saved.min()), number, int(saved.argmin())))
    hottest, leanest = max(warm), min(lean)
    is_warm = hottest[0] > _TELLING_K_H
    value, number, place = hottest if is_warm else leanest
    if not is_warm and value == 0.0:
        return None
    name, a, b = both[number]
    day = int(a.days.columns["day"][place])
    here = (a.days.quarter_s > day * _DAY_S) & (a.days.quarter_s <= (day + 1) * _DAY_S)
    steps = np.flatnonzero(here)
    steps = steps[steps < len(b.days.quarter_s)]
    if not len(steps):
        return None
    traces = {c: (a.days.traces[c][steps].astype(np.float64), b.days.traces[c][steps].astype(np.float64))
              for c in a.days.traces if c in b.days.traces}
    why = f"{value:+.3g} K·h over the limit" if is_warm else f"{abs(value):,.0f} kWh {'saved' if value > 0 else 'more'}"
    return WorstDay(f"day {day + 1} of {name}", why, (a.days.quarter_s[steps] - day * _DAY_S) / 3600.0 - 0.125, traces)
