"""Inlet conditions over time: how fast the hottest rack inlet moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE_LIMITS", "rate_exceeded_h", "sliding_range_k"]

#: (window s, largest change K): ASHRAE TC 9.9 (2021) allows 20 K in an hour and, within it, 5 K in
#: any 15 minutes (equipment without tape).
RATE_LIMITS: tuple[tuple[int, float], ...] = ((900, 5.0), (3600, 20.0))


def _sliding(values: NDArray[np.floating], width: int, pick: np.ufunc) -> NDArray[np.floating]:
    """``pick`` (maximum or minimum) over each run of ``width`` values, by doubling the run."""
    reach = values
    covered = 1
    while covered * 2 <= width:
        reach = pick(reach[covered:], reach[:-covered])
        covered *= 2
    rest = width - covered
    return pick(reach[rest:], reach[:-rest]) if rest else reach


def sliding_range_k(inlet_c: NDArray[np.floating], width: int) -> NDArray[np.floating]:
    """Largest less smallest temperature within each run of ``width`` successive values.

    Parameters
    ----------
    inlet_c : ndarray
        Temperatures at equal spacing, °C.
    width : int
        Values in the window, at least 1.

    Returns
    -------
    ndarray
        Range, K, for each full window, ``len(inlet_c) - width + 1`` values; empty for a short series.
    """
    if len(inlet_c) < width:
        return inlet_c[:0]
    return _sliding(inlet_c, width, np.maximum) - _sliding(inlet_c, width, np.minimum)


def rate_exceeded_h(hottest_inlet_c: NDArray[np.floating], step_s: int) -> float:
    """Hours that end a span in which the hottest inlet moved too fast.

    Counts each step at whose end the range over the last 15 minutes is above 5 K or over the last
    hour above 20 K. In a run shorter than a window the window is the run.

    Parameters
    ----------
    hottest_inlet_c : ndarray
        Hottest rack inlet of every step, °C.
    step_s : int
        Length of a step, s.

    Returns
    -------
    float
        Time, h.

    References
    ----------
    ASHRAE TC 9.9 (2021), Thermal guidelines for data processing environments, 5th edition.
    """
    count = len(hottest_inlet_c)
    broken = np.zeros(count, dtype=bool)
    for window_s, limit_k in RATE_LIMITS:
        width = min(count, round(window_s / step_s) + 1)
        if width < 2:
            continue
        broken[width - 1:] |= sliding_range_k(hottest_inlet_c, width) > limit_k
    return float(np.count_nonzero(broken)) * step_s / 3600.0
