"""Waiting times of any number of jobs in bounded memory: their sum, and how many lie in each of 4,000 bins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["WAIT_ERROR_FRAC", "Waits"]

#: Bins an octave, as a power of two.
_BITS = 7
_PER_OCTAVE = 1 << _BITS
#: Waits up to 2³⁸ s, about 8700 years.
_BINS = _PER_OCTAVE * 32
_LONGEST_S = 2**38 - 1
#: A percentile is the middle of its bin: wrong by at most half a bin.
WAIT_ERROR_FRAC = 0.5 / _PER_OCTAVE
#: Waits noted before they are sorted into bins.
_CHUNK = 8192


class Waits:
    """Waits of started jobs: mean, and percentiles to 0.4 %; exact below 256 s.

    Each octave of seconds has 128 bins of equal width. Counts are whole numbers, so neither the order in which
    waits are noted matters, nor when they are sorted into their bins.

    Attributes
    ----------
    noted_s : list of int
        Waits above 0 that are not in their bins yet [s]; the engine appends to it and calls
        :meth:`tidy` now and then. Jobs that did not wait are not noted.
    """

    def __init__(self) -> None:
        self.noted_s: list[int] = []
        self._sum_s = 0
        self._longest_s = 0
        self._counts = np.zeros(_BINS, dtype=np.int64)

    @property
    def sum_s(self) -> int:
        """All waits together [s], exact."""
        return self._sum_s + sum(self.noted_s)

    def tidy(self, at_least: int = _CHUNK) -> None:
        """Sort the noted waits into their bins, if there are at least so many."""
        if len(self.noted_s) >= max(at_least, 1):
            self._sum_s, self._longest_s, self._counts = self._together()
            self.noted_s.clear()

    def percentile_s(self, frac: float, started: int) -> float:
        """Least wait that at least a fraction of all started jobs did not exceed.

        Parameters
        ----------
        frac : float
            0 … 1: 0.95 for the 95th percentile.
        started : int
            Jobs that have started, with those that did not wait.

        Returns
        -------
        float
            Seconds; relative error at most ``WAIT_ERROR_FRAC``. 0 before the first job.
        """
        _, longest_s, counts = self._together()
        at_once = started - int(counts.sum())
        upto = at_once + np.cumsum(counts)
        wanted = math.ceil(frac * started - 1e-9)
        if at_once >= wanted:
            return 0.0
        place = int(np.searchsorted(upto, wanted))
        low_s, width_s = _edges(place)
        return min(low_s + 0.5 * (width_s - 1), float(longest_s))

    def snapshot(self) -> dict[str, Any]:
        """Everything noted so far, as plain data that shares nothing with this."""
        sum_s, longest_s, counts = self._together()
        return {"sum_s": sum_s, "longest_s": longest_s, "counts": counts.copy()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot."""
        self.noted_s.clear()
        self._sum_s, self._longest_s = saved["sum_s"], saved["longest_s"]
        self._counts = saved["counts"].copy()

    def _together(self) -> tuple[int, int, NDArray[np.int64]]:
        """Sum, longest and counts with the noted waits in their bins."""
        if not self.noted_s:
            return self._sum_s, self._longest_s, self._counts
        wait_s = np.array(self.noted_s, dtype=np.int64)
        new = np.bincount(_bin_of(np.minimum(wait_s, _LONGEST_S)), minlength=_BINS)
        return self._sum_s + int(wait_s.sum()), max(self._longest_s, int(wait_s.max())), self._counts + new


def _bin_of(wait_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bin of each wait: the seven binary digits after the first one, and how many more follow."""
    octave = np.maximum(np.frexp(wait_s.astype(np.float64))[1].astype(np.int64) - 1 - _BITS, 0)
    return np.asarray(octave * _PER_OCTAVE + (wait_s >> octave))


def _edges(place: int) -> tuple[int, int]:
    """Lowest whole second of a bin, and how many whole seconds it holds."""
    octave = max(place // _PER_OCTAVE - 1, 0)
    return (place - octave * _PER_OCTAVE) << octave, 1 << octave
