"""ARX models of a hall: what its temperature and power do next, linear in what they did and in what is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArxModel", "excitation", "fit_arx", "least_intervals"]

Array = NDArray[np.float64]

#: Lags that are tried, in intervals, and folds of the cross-validation.
_LAGS = (1, 2, 3)
_FOLDS = 5
#: Ridge, over the number of rows of normed data. Source: assumed: small beside any effect that matters.
_RIDGE = 1e-6


@dataclass(frozen=True)
class ArxModel:
    """``y(k) = Σ_i a_i y(k-1-i) + Σ_j b_j u(k-j) + c d(k) + e``; power ``p(k) = q u(k) + u(k)ᵀ R u(k) + …``.

    ``y`` is the hottest inlet of an interval, ``u`` the setpoints held in it, ``d`` what nobody sets (outdoor dry bulb
    and humidity, utilisation), ``p`` the mean facility power of the interval; its fit also has ``d(k)``, a constant
    and ``u(k) - u(k-1)`` for what a move itself costs or saves, which a plan does not count. ``R`` is positive
    semidefinite (negative eigenvalues of the fit are set to zero and the rest is fitted again), so that the cost
    is convex.

    Attributes
    ----------
    names : tuple of str
        Setpoints, in the order of ``u``.
    a, b, c, e : ndarray, ndarray, ndarray, float
        Shapes (lags,), (lags, setpoints), (disturbances,).
    q, r : ndarray
        Shapes (setpoints,), (setpoints, setpoints); kW.
    inlet_rmse_k, power_rmse_kw : float
        Errors on data that the fit had not seen: one step ahead, K; kW.
    """

    names: tuple[str, ...]
    a: Array
    b: Array
    c: Array
    e: float
    q: Array
    r: Array
    inlet_rmse_k: float
    power_rmse_kw: float

    @property
    def lags(self) -> int:
        """Intervals that it looks back."""
        return len(self.a)

    def free(self, past_y: Array, past_u: Array, disturbance: Array) -> Array:
        """Inlets of the next intervals if setpoints stay as they are.

        Parameters
        ----------
        past_y : ndarray, shape (lags,)
            Newest last.
        past_u : ndarray, shape (lags, setpoints)
            Newest last; the newest is what stays.
        disturbance : ndarray, shape (intervals, disturbances)
            Expected.

        Returns
        -------
        ndarray, shape (intervals,)
        """
        return self._roll(list(past_y), list(past_u), disturbance, past_u[-1])

    def steps(self, intervals: int) -> Array:
        """Answer of the inlet to a setpoint moved by one from the first interval on.

        Parameters
        ----------
        intervals : int

        Returns
        -------
        ndarray, shape (intervals, setpoints)
        """
        found = np.zeros((intervals, len(self.names)))
        for k in range(intervals):
            for i in range(min(self.lags, k)):
                found[k] += self.a[i] * found[k - 1 - i]
            found[k] += self.b[: min(self.lags, k + 1)].sum(axis=0)
        return found

    def _roll(self, y: list[Any], u: list[Any], disturbance: Array, held: Array) -> Array:
        for d in disturbance:
            u.append(held)
            past_y, past_u = np.array(y[: -self.lags - 1 : -1]), np.array(u[: -self.lags - 1 : -1])
            y.append(float(self.a @ past_y + (self.b * past_u).sum() + self.c @ d + self.e))
        return np.array(y[-len(disturbance):])


def least_intervals(setpoints: int, disturbances: int) -> int:
    """Fewest intervals that a model is identified from: ten a regressor of the shortest model.

    Parameters
    ----------
    setpoints, disturbances : int
        How many.

    Returns
    -------
    int
    """
    return 10 * (1 + setpoints + disturbances)


def excitation(bounds: dict[str, tuple[float, float]], intervals: int, rng: np.random.Generator) -> Array:
    """Setpoints that move at random within their bounds, each held for 3 … 12 intervals, independently.

    Parameters
    ----------
    bounds : dict
        Setpoint → lowest and highest.
    intervals : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (intervals, setpoints)
    """
    found = np.empty((intervals, len(bounds)))
    for j, (low, high) in enumerate(bounds.values()):
        k = 0
        while k < intervals:
            hold = int(rng.integers(3, 13))
            found[k : k + hold, j] = rng.uniform(low, high)
            k += hold
    return found


def fit_arx(names: tuple[str, ...], data: tuple[Array, Array, Array, Array]) -> ArxModel:
    """Model of the lags that predict best what the fit has not seen.

    Ridge regression on normed columns; lags 1 … 3 are compared by the one-step error in five-fold cross-validation over
    blocks of time.

    Parameters
    ----------
    names : tuple of str
        Setpoints.
    data : tuple of ndarray
        Inlet (K intervals), setpoints (K, n), disturbances (K, m), facility power in kW (K).

    Returns
    -------
    ArxModel

    Raises
    ------
    ValueError
        If there are too few data.

    References
    ----------
    Lazic, N. et al. (2018), Data center cooling using model-predictive control, NeurIPS 31: linear autoregressive model
    of air and water from hours of random, safe control; lags by cross-validation are ours.
    """
    y, u, d, power = data
    if len(y) < least_intervals(u.shape[1], d.shape[1]):
        raise ValueError(f"{len(y)} intervals are too few to identify a model of {u.shape[1]} setpoints")
    best: tuple[float, int] | None = None
    for lags in _LAGS:
        rows, target = _regressors(lags, y, u, d)
        error_k = _cross_error(rows[_LAGS[-1] - lags:], target[_LAGS[-1] - lags:])
        if best is None or error_k < 0.98 * best[0]:  # a longer model must earn its keep
            best = error_k, lags
    assert best is not None
    lags = best[1]
    theta = _ridge(*_regressors(lags, y, u, d))
    n, m = u.shape[1], d.shape[1]
    q, r, power_error_kw = _convex(u, np.hstack((np.diff(u, axis=0, prepend=u[:1]), d, np.ones((len(y), 1)))), power)
    return ArxModel(
        names, theta[:lags], theta[lags : lags + lags * n].reshape(lags, n), theta[-1 - m : -1], float(theta[-1]),
        q, r, best[0], power_error_kw,
    )


def _regressors(lags: int, y: Array, u: Array, d: Array) -> tuple[Array, Array]:
    """Rows and targets: inlet of interval k from earlier inlets, setpoints held in it and before, its disturbances."""
    k = np.arange(lags, len(y))
    rows = [y[k - 1 - i][:, None] for i in range(lags)] + [u[k - i] for i in range(lags)] + [d[k], np.ones((len(k), 1))]
    return np.hstack(rows), y[k]


def _ridge(rows: Array, target: Array) -> Array:
    """Coefficients of a ridge regression; the last column is the constant and is not held back."""
    mean, sigma = rows[:, :-1].mean(axis=0), rows[:, :-1].std(axis=0)
    live = sigma > 1e-9 * np.maximum(np.abs(mean), 1.0)
    z = (rows[:, :-1] - mean) / np.where(live, sigma, 1.0) * live
    gram = z.T @ z + _RIDGE * len(rows) * np.eye(z.shape[1])
    beta = np.linalg.solve(gram, z.T @ (target - target.mean())) * live / np.where(live, sigma, 1.0)
    return np.append(beta, target.mean() - beta @ mean)


def _convex(u: Array, other: Array, power: Array) -> tuple[Array, Array, float]:
    """Linear and quadratic part of power over normed setpoints, the latter convex; and the error of the whole fit."""
    n = u.shape[1]
    mean, sigma = u.mean(axis=0), np.maximum(u.std(axis=0), 1e-9)
    z = (u - mean) / sigma
    i, j = np.triu_indices(n)
    whole = _ridge(np.hstack((z, z[:, i] * z[:, j], other)), power)
    curved = np.zeros((n, n))
    curved[i, j] = whole[n : n + len(i)]
    values, vectors = np.linalg.eigh(0.5 * (curved + curved.T))
    curved = (vectors * np.maximum(values, 0.0)) @ vectors.T
    rest = power - np.einsum("ki,ij,kj->k", z, curved, z)
    linear = np.hstack((z, other))
    slope = _ridge(linear, rest)[:n]
    r = curved / np.outer(sigma, sigma)
    return slope / sigma - 2.0 * r @ mean, r, _cross_error(linear, rest)


def _cross_error(rows: Array, target: Array) -> float:
    """Root mean square error on blocks of time that were left out."""
    squares = 0.0
    for block in np.array_split(np.arange(len(target)), _FOLDS):
        rest = np.ones(len(target), bool)
        rest[block] = False
        squares += float(((rows[block] @ _ridge(rows[rest], target[rest]) - target[block]) ** 2).sum())
    return float(np.sqrt(squares / len(target)))
