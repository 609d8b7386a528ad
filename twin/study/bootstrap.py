"""Paired bootstrap of daily differences in blocks of days, within each world (seed and weather year).

Days are not independent: a warm week favours one side for a week. So blocks of successive days are drawn, as long as
the differences remember. Blocks come from the same world, in a circle, and every world keeps its number of days: what
differs between worlds is shown beside the interval, not mixed into it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["Interval", "block_days", "paired_interval", "replicates"]

Floats = NDArray[np.float64]

#: Draws of the bootstrap: quantiles of 2.5 % rest on 50 of them. Source: Efron and Tibshirani (1993): 1000 or more.
DRAWS = 2000
_SEED = 20240229
#: Shortest block where there are days for four, so many days. Source: assumed; daily means of dry bulb have a
#: correlation of about 0.68 from day to day (docs/physics/climates.md), below 0.15 after five days.
_LEAST_DAYS = 5
_LEVEL_FRAC = 0.95


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval.

    Attributes
    ----------
    value : float
        What was observed.
    low, high : float
        Of the 95 % interval.
    days_per_block : int
        Length of a block.
    blocks : float
        How many of them the data hold: the evidence there is.
    freedom : float
        Degrees of freedom: blocks less one a world, whose own mean is taken out.
    """

    value: float
    low: float
    high: float
    days_per_block: int
    blocks: float
    freedom: float

    def p_not_below(self, bound: float) -> float:
        """One-sided p value of "the true value is at or above a bound": the level of the interval that just ends there.

        Parameters
        ----------
        bound : float
            In the unit of the value.

        Returns
        -------
        float
            0 … 1, below 0.025 where the 95 % interval ends below the bound; without any spread 0 or 1.
        """
        if self.high == self.low:
            return 0.0 if self.value < bound or self.value == bound == 0.0 else 1.0
        return self._beyond(bound - self.value, self.high - self.value)

    def p_zero(self) -> float:
        """Two-sided p value of "there is no difference".

        Returns
        -------
        float
            0 … 1, below 0.05 where zero lies outside the 95 % interval; without any spread 1 for exactly zero, else 0.
        """
        if self.high == self.low:
            return 1.0 if self.value == 0.0 else 0.0
        reach = self.value - self.low if self.value > 0.0 else self.high - self.value
        return min(1.0, 2.0 * self._beyond(abs(self.value), reach))

    def _beyond(self, distance: float, reach: float) -> float:
        """Share of Student's distribution beyond a distance, where ``reach`` is the half of the interval."""
        free = self.freedom
        if reach <= 0.0:
            return 0.0 if distance > 0.0 else 1.0
        return float(stats.t.sf(distance / reach * stats.t.ppf(0.5 + _LEVEL_FRAC / 2.0, free), free))


def block_days(worlds: Sequence[Floats]) -> int:
    """Length of a block: the rule of Politis and White for circular blocks, with lagged products of all worlds.

    ``b = 2 (2 g² / d)^(1/3) n^(1/3)``, ``g = Σ λ(k/m) |k| r(k)``, ``d = 4/3 (Σ λ(k/m) r(k))²``, with the flat-top
    window λ and m twice the lag after which five autocorrelations in a row are insignificant. Twice their length:
    theirs has the least error of the variance, most of it a variance that is too small; intervals must not be short.

    Parameters
    ----------
    worlds : sequence of ndarray
        Daily differences of each world, in the order of time.

    Returns
    -------
    int
        Days: at least five where a world holds four such blocks, since weather remembers about as long; at most a
        third of the shortest world, and 3 √n.

    References
    ----------
    Politis, D. N. and White, H. (2004), Automatic block-length selection for the dependent bootstrap, Econometric
    Reviews 23, 53–70; correction: Patton, Politis and White (2009), Econometric Reviews 28, 372–375.
    """
    count = min(len(days) for days in worlds)
    least = max(1, min(_LEAST_DAYS, count // 4))
    most = max(least, min(int(3.0 * math.sqrt(count)), count // 3))
    centred = [days - days.mean() for days in worlds]
    variance = sum(float(c @ c) for c in centred)
    if count < 6 or variance <= 0.0:
        return least
    reach = min(count - 2, 2 * math.ceil(math.sqrt(count)) + 10)
    r = np.array([sum(float(c[k:] @ c[: len(c) - k]) for c in centred) / variance for k in range(reach + 1)])
    total = sum(len(c) for c in centred)
    small = np.abs(r[1:]) < 2.0 * math.sqrt(math.log10(total) / total)
    last = next((k for k in range(len(small) - 4) if small[k : k + 5].all()), len(small) // 2)
    m = min(2 * max(last, 1), reach)
    lags = np.arange(1, m + 1)
    window = np.clip(2.0 * (1.0 - lags / m), 0.0, 1.0)
    spectrum = 1.0 + 2.0 * float(np.sum(window * r[1 : m + 1]))
    slope = 2.0 * float(np.sum(window * lags * r[1 : m + 1]))
    if spectrum <= 0.0:
        return least
    length = 2.0 * (1.5 * slope**2 / spectrum**2 * count) ** (1.0 / 3.0)
    return int(np.clip(math.ceil(length), least, most))


def replicates(worlds: Sequence[Floats], length: int, draws: int = DRAWS, seed: int = _SEED) -> Floats:
    """Sums over days of each column, drawn anew in circular blocks within each world, averaged over worlds.

    Parameters
    ----------
    worlds : sequence of ndarray, shape (days, columns)
        Columns are drawn together: pairs stay pairs.
    length : int
        Days of a block.
    draws : int
    seed : int

    Returns
    -------
    ndarray, shape (draws, columns)
    """
    generator = np.random.default_rng(seed)
    total = np.zeros((draws, worlds[0].shape[1]))
    for days in worlds:
        count = len(days)
        blocks, rest = divmod(count, length)
        around = np.concatenate((np.zeros((1, days.shape[1])), np.cumsum(np.concatenate((days, days)), axis=0)))
        starts = generator.integers(0, count, (draws, blocks))
        total += (around[starts + length] - around[starts]).sum(axis=1)
        if rest:
            start = generator.integers(0, count, draws)
            total += around[start + rest] - around[start]
    return total / len(worlds)


def paired_interval(worlds: Sequence[Floats], over: Sequence[Floats] | None = None) -> Interval:
    """95 % interval of a mean over worlds of summed daily differences, or of their ratio to another sum.

    Percentiles of block-bootstrap draws, moved off the estimate by √(n/f) t/z for n blocks in w worlds, f = n − w
    (t, z: 97.5 % points of Student's distribution with f degrees of freedom and of the normal one): plain percentiles
    are too narrow for few blocks. Worlds of a single day are taken as days of one world.

    Parameters
    ----------
    worlds : sequence of ndarray
        Differences of each world, one a day.
    over : sequence of ndarray or None
        Daily values whose sum is the denominator, paired with the differences.

    Returns
    -------
    Interval
        Where no world varies at all, the value with no width.

    References
    ----------
    Hesterberg, T. C. (2015), What teachers should know about the bootstrap, The American Statistician 69, 371–386 (why
    percentile intervals are widened by these two factors). Politis and Romano (1992), A circular block-resampling
    procedure for stationary data, in: Exploring the Limits of Bootstrap, 263–270.
    """
    count = len(worlds)
    if min(len(days) for days in worlds) < 2:
        worlds = [np.concatenate(worlds)]
        over = None if over is None else [np.concatenate(over)]
    length = block_days(worlds)
    blocks = sum(len(days) for days in worlds) / length
    free = max(blocks - len(worlds), 1.0)
    share = len(worlds) / count
    below = [np.full(len(days), 1.0 / (len(days) * share)) for days in worlds] if over is None else list(over)
    pairs = [np.stack((days, base), axis=1) for days, base in zip(worlds, below, strict=True)]
    sums = np.sum([pair.sum(axis=0) for pair in pairs], axis=0) / len(pairs)
    value = _ratio(sums[0], sums[1])
    # Whatever is constant from day to day (a relative saving of always 2 %) leaves only rounding between draws.
    if all(float(np.ptp(days)) == 0.0 for days in worlds) and (over is None or value == 0.0):
        return Interval(value, value, value, length, blocks, free)
    drawn = replicates(pairs, length)
    found = np.divide(drawn[:, 0], drawn[:, 1], out=np.zeros(len(drawn)), where=drawn[:, 1] != 0.0)
    wider = math.sqrt(blocks / free) * float(stats.t.ppf(0.975, free) / stats.norm.ppf(0.975))
    low, high = (value + wider * (float(end) - value) for end in np.quantile(found, [0.025, 0.975]))
    return Interval(value, min(low, value), max(high, value), length, blocks, free)


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below != 0.0 else 0.0
