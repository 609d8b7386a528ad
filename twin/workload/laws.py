"""Laws that generated jobs are drawn from: times between arrivals, sizes and durations."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.scenario.job_streams import StreamLaw

__all__ = ["LONGEST_S", "durations_s", "named", "renewal", "sizes"]

#: Longest duration of a job [s], about 3000 years: keeps times of extreme log-normal draws exact integers.
LONGEST_S = 1e11


def named(seed: np.random.SeedSequence, *name: int) -> np.random.Generator:
    """Random numbers of the child of a seed that has a name; no child shifts another.

    Parameters
    ----------
    seed : numpy.random.SeedSequence
        Parent; not changed.
    *name : int
        Non-negative numbers, whatever they stand for: a law and a day.

    Returns
    -------
    numpy.random.Generator
    """
    child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *name), pool_size=seed.pool_size)
    return np.random.Generator(np.random.PCG64(child))


def renewal(rng: np.random.Generator, expected: float, cv: float) -> NDArray[np.float64]:
    """Arrivals of a stationary Gamma renewal process of rate 1.

    Times between arrivals are Gamma distributed with mean 1 and shape 1/cv². The first has the law of
    the time that is left when one looks at a random moment, so the mean count is exactly ``expected``.

    Parameters
    ----------
    rng : numpy.random.Generator
    expected : float
        Length of time, and mean number of arrivals (≥ 0).
    cv : float
        Standard deviation over mean of the times between arrivals (> 0); 1 is a Poisson process.

    Returns
    -------
    ndarray of float64
        Times in 0 … ``expected``, not falling.

    References
    ----------
    Cox (1962), Renewal Theory, chapter 2 (forward recurrence time).
    """
    if expected <= 0.0:
        return np.zeros(0)
    shape, scale = 1.0 / cv**2, cv**2
    # Seen from a random moment an interval is length-biased, which raises the shape by one; what is left of
    # it is uniform.
    reached = rng.random() * rng.gamma(shape + 1.0, scale)
    chunk = math.ceil(expected + 4.0 * cv * math.sqrt(expected)) + 16
    pieces = [np.array([reached])]
    while reached < expected:
        pieces.append(reached + np.cumsum(rng.gamma(shape, scale, chunk)))
        reached = float(pieces[-1][-1])
    times = np.concatenate(pieces)
    return np.asarray(times[: np.searchsorted(times, expected)])


def sizes(law: StreamLaw, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Servers that jobs want, whole numbers; log-normal ones may be 0, which means one.

    Log-uniform sizes n between a and b have the probability ln((n + 1)/n)/ln((b + 1)/a); powers of two
    between them are all equally likely.

    Parameters
    ----------
    law : StreamLaw
        ``size_law`` and its numbers.
    rng : numpy.random.Generator
        Random numbers of sizes alone.
    count : int
        How many.

    Returns
    -------
    ndarray of float64
    """
    low, high = law.size_min_servers, law.size_max_servers
    if law.size_law == "log_uniform":
        drawn = low * ((high + 1) / low) ** rng.random(count)
        return np.asarray(np.minimum(np.floor(drawn), float(high)))
    if law.size_law == "powers_of_two":
        exponents = rng.integers((low - 1).bit_length(), high.bit_length(), count)
        return np.asarray(2.0**exponents)
    return _lognormal(rng, law.size_median_servers, law.size_sigma, count)


def durations_s(law: StreamLaw, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Durations of jobs at full speed in whole seconds; 0 means one second.

    The hyper-exponential law is a mixture of two exponentials with balanced means, p/λ₁ = (1 - p)/λ₂,
    that has the mean and the variance of the log-normal with the law's median and shape.

    Parameters
    ----------
    law : StreamLaw
        ``duration_law`` and its numbers.
    rng : numpy.random.Generator
        Random numbers of durations alone.
    count : int
        How many.

    Returns
    -------
    ndarray of float64
    """
    median_s = law.duration_median_h * 3600.0
    if law.duration_law == "lognormal":
        return _lognormal(rng, median_s, law.duration_sigma, count)
    mean_s = median_s * math.exp(0.5 * law.duration_sigma**2)
    cv_squared = math.expm1(law.duration_sigma**2)
    short = 0.5 * (1.0 + math.sqrt(max(cv_squared - 1.0, 0.0) / (cv_squared + 1.0)))
    which = rng.random(count) < short
    phase_s = np.where(which, 0.5 * mean_s / short, 0.5 * mean_s / (1.0 - short))
    return np.asarray(np.round(np.minimum(phase_s * rng.standard_exponential(count), LONGEST_S)))


def _lognormal(rng: np.random.Generator, median: float, sigma: float, count: int) -> NDArray[np.float64]:
    drawn: NDArray[np.float64] = median * np.exp(sigma * rng.standard_normal(count))
    return np.asarray(np.round(np.minimum(drawn, LONGEST_S)), dtype=np.float64)
