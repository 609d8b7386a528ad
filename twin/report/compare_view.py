"""What the report of a comparison shows of one candidate, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["CandidateView", "WorstDay"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WorstDay:
    """One day of both sides, quarter hour by quarter hour.

    Attributes
    ----------
    label : str
        Which day of which world.
    why : str
        What makes it the worst.
    hour_h : ndarray
        Hours since its midnight.
    traces : dict
        Channel → (baseline, candidate).
    """

    label: str
    why: str
    hour_h: Floats
    traces: dict[str, tuple[Floats, Floats]]


@dataclass(frozen=True)
class CandidateView:
    """A candidate against the baseline.

    Attributes
    ----------
    name, baseline : str
    saving_frac, excess_k_h : tuple of float
        Value, low and high end of the 95 % interval.
    margin_k_h, error_frac : float
        Margin of warmth; error of the model, share of facility energy.
    by_world_frac, band_frac : tuple of float
        Saving world by world; by draw of uncertain parameters.
    uses_kwh : dict
        Energy use → saved, kWh a run.
    start_day : int
        First day, counted from 1 January.
    saved_kwh : ndarray, shape (days,)
        Saved each day, mean over worlds; NaN on days between several starts that no run has.
    spread_kwh : ndarray, shape (2, days)
        Least and most of the worlds; NaN likewise.
    by_hour_kw : ndarray, shape (24, periods)
        Mean power saved by hour of the day and period of the run; NaN where there is none.
    period_days : int
        Length of a period.
    limit_c : float
        Inlet limit that counts.
    worst : WorstDay or None
    """

    name: str
    baseline: str
    saving_frac: tuple[float, float, float]
    excess_k_h: tuple[float, float, float]
    margin_k_h: float
    error_frac: float
    by_world_frac: tuple[float, ...]
    band_frac: tuple[float, ...]
    uses_kwh: dict[str, float]
    start_day: int
    saved_kwh: Floats
    spread_kwh: Floats
    by_hour_kw: Floats
    period_days: int
    limit_c: float
    worst: WorstDay | None = field(default=None)
