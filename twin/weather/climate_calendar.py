"""Months of a generated year: smooth curves through monthly means, and back.

A generated year has 365 days; hour *h* belongs to the month in which it begins.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["DAYS", "HOURS", "MONTH_DAYS", "curve", "daily", "month_of_hour", "monthly_mean", "monthly_spread"]

Array = NDArray[np.float64]

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAYS = 365
HOURS = 8760
#: Half a year of harmonics and the mean make twelve functions, one a month.
_HARMONICS = 6


@cache
def month_of_hour(hours: int = HOURS) -> NDArray[np.int64]:
    """Month (0 … 11) of each hour.

    Parameters
    ----------
    hours : int
        8760, or 8784 with 29 February.

    Returns
    -------
    ndarray of int
    """
    days = list(MONTH_DAYS)
    days[1] += (hours - HOURS) // 24
    months = np.repeat(np.arange(12, dtype=np.int64), np.array(days) * 24)
    months.setflags(write=False)
    return months


def monthly_mean(hourly: Array) -> Array:
    """Mean of each month.

    Parameters
    ----------
    hourly : ndarray of float, (8760,) or (8784,)

    Returns
    -------
    ndarray of float, (12,)
    """
    months = month_of_hour(hourly.size)
    return np.bincount(months, weights=hourly) / np.bincount(months)


def daily(hourly: Array) -> Array:
    """One row of 24 hours a day.

    Parameters
    ----------
    hourly : ndarray of float

    Returns
    -------
    ndarray of float, (days, 24)
    """
    return hourly.reshape(-1, 24)


def monthly_spread(of_days: Array) -> Array:
    """Standard deviation of daily values inside each month (about that month's own mean).

    Parameters
    ----------
    of_days : ndarray of float, (365,) or (366,)

    Returns
    -------
    ndarray of float, (12,)
    """
    months = month_of_hour(of_days.size * 24)[::24]
    return np.array([of_days[months == month].std() for month in range(12)])


@cache
def _basis(hours: int) -> Array:
    """Hourly curve of one for a month and zero for all others, as columns."""
    angle = 2.0 * np.pi * (np.arange(hours) + 0.5) / hours
    # The sixth sine would be the second function with the pitch of the months; its cosine, peaking in mid-January, is
    # the one that the months' means can tell.
    shift = np.pi / 12.0
    waves = [np.ones(hours)]
    for k in range(1, _HARMONICS + 1):
        waves.append(np.cos(k * (angle - shift)))
        if k < _HARMONICS:
            waves.append(np.sin(k * (angle - shift)))
    table = np.stack(waves, axis=1)
    means = np.stack([monthly_mean(column) for column in table.T], axis=1)
    basis: Array = table @ np.linalg.inv(means)
    basis.setflags(write=False)
    return basis


def curve(monthly: ArrayLike, hours: int = HOURS) -> Array:
    """Smooth yearly curve whose mean over every month is the one given.

    Parameters
    ----------
    monthly : array_like of float, (12,)
        January … December.
    hours : int
        8760 or 8784.

    Returns
    -------
    ndarray of float, (hours,)

    Notes
    -----
    Between two very unequal months it may overshoot: what must stay positive is clipped where it is used.

    References
    ----------
    Epstein, E. S. (1991), On obtaining daily climatological values from monthly means, J. Climate 4, 365–368.
    """
    return np.asarray(_basis(hours) @ np.asarray(monthly, dtype=np.float64))
