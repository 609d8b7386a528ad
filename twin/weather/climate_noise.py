"""Random series of a generated year: named streams of one seed, and series that close on themselves.

The year repeats after its last hour, so every series is periodic: autocorrelated noise is made as a sum of waves that
fit into the year. Random numbers are taken raw from the bit generator, whose stream NumPy keeps for good, and turned
into normal ones here: the same seed gives the same year, to rounding, on every machine and with every NumPy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["STREAMS", "autocorrelated", "hourly", "normals", "standardised"]

Array = NDArray[np.float64]

#: What is random. The place in the list is the second part of the spawn key, so the order is part of every year.
STREAMS = ("cloud", "cloud in the day", "dry bulb", "dew point", "wind")
#: First part of the spawn key: weather is stream 0 of every seed, as in the engine.
_WEATHER = 0


def normals(seed: int, stream: str, count: int) -> Array:
    """Independent standard normal numbers of one stream.

    Parameters
    ----------
    seed : int
        ≥ 0.
    stream : str
        One of ``STREAMS``: switching one off does not shift the others.
    count : int
        How many.

    Returns
    -------
    ndarray of float, (count,)
    """
    from scipy.special import ndtri  # scipy is slow to import, and most weather is read from a file

    key = (_WEATHER, STREAMS.index(stream))
    raw = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)).random_raw(count)
    return np.asarray(ndtri(((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53))


def autocorrelated(white: Array, lag_one_frac: float) -> Array:
    """Periodic first-order autoregressive series: ``z[i] = lag_one_frac z[i-1] + e[i]``, unit variance.

    Parameters
    ----------
    white : ndarray of float
        Independent standard normal numbers.
    lag_one_frac : float
        Correlation of neighbours, 0 … 0.99.

    Returns
    -------
    ndarray of float
        As long as ``white``; the last value is followed by the first.
    """
    turn = 2.0 * np.pi * np.arange(white.size) / white.size
    gain_all = 1.0 / np.abs(1.0 - lag_one_frac * np.exp(-1j * turn))
    half = white.size // 2 + 1
    gain = 1.0 / (1.0 - lag_one_frac * np.exp(-1j * turn[:half]))
    return np.asarray(np.fft.irfft(np.fft.rfft(white) * gain, white.size) / np.sqrt(np.mean(gain_all**2)))


def hourly(of_days: Array) -> Array:
    """Smooth periodic hourly series with the given daily means.

    Parameters
    ----------
    of_days : ndarray of float, (days,)
        Mean of each day.

    Returns
    -------
    ndarray of float, (24 days,)
        No wave in it is shorter than two days; the mean of every 24 hours is exact.
    """
    days = of_days.size
    spectrum = np.fft.rfft(of_days)
    k = np.arange(spectrum.size)
    # Share of a wave that is left in the mean over 24 of its hourly values.
    left = np.exp(2j * np.pi * np.outer(k, np.arange(24)) / (24 * days)).mean(axis=1)
    full = np.zeros(12 * days + 1, dtype=np.complex128)
    full[: k.size] = spectrum / left
    return np.asarray(np.fft.irfft(full, 24 * days) * 24.0)


def standardised(of_days: Array, months: NDArray[np.int64], *against: Array) -> Array:
    """A daily series with mean zero and spread one in every month, uncorrelated with others and with the date there.

    Parameters
    ----------
    of_days : ndarray of float, (days,)
    months : ndarray of int, (days,)
        Month of each day.
    *against : ndarray of float, (days,)
        Series that the month's values shall not be correlated with.

    Returns
    -------
    ndarray of float, (days,)
        What is left of ``of_days`` after a least-squares fit to a constant, the date (the season's own trend is not
        weather) and ``against``, month by month, over its spread. So a month has the spreads and correlations of its
        normals exactly and not only on average.
    """
    left = np.empty_like(of_days)
    for month in np.unique(months):
        here = months == month
        date = np.linspace(-1.0, 1.0, int(here.sum()))
        known = np.stack([np.ones_like(date), date, *(other[here] for other in against)], axis=1)
        fit = np.linalg.lstsq(known, of_days[here], rcond=None)[0]
        rest = of_days[here] - known @ fit
        spread = float(rest.std())
        flat = spread <= 1e-9 * (1.0 + float(np.abs(of_days[here]).max()))  # what never changes has nothing to scale
        left[here] = 0.0 if flat else rest / spread
    return left
