"""Linear model-predictive control on an ARX model that is identified from the twin's own data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from twin.errors import InputError, Problem
from twin.policies.arx import ArxModel, excitation, fit_arx, least_intervals
from twin.policies.contract import Observation, Rollout, Setpoints
from twin.policies.planning import PlanSettings, bounded_setpoints

__all__ = ["ArxMpc", "cheapest_plan"]

Array = NDArray[np.float64]

_INLET = "hall.rack_inlet_max_c"
_POWER = "power.facility_kw"
_DISTURBANCES = ("weather.dry_bulb_c", "weather.humidity_ratio", "it.utilisation_frac")
#: Price of moving a setpoint from end to end of its bounds in one interval, over rated IT power: it picks one of many
#: equally cheap plans. Source: assumed: far below any cost of energy.
_MOVE_FRAC = 1e-3
#: The limit is moved down by so many of the model's own errors. Source: two standard deviations, 98 % on one side.
_BACK_OFF = 2.0


class ArxMpc:
    """Identifies a model, then minimises expected power over the horizon with inlets softly below their limit.

    The data come from a run on a copy of the twin (its rollout), into the forecast, with setpoints that move at random
    within the policy's bounds: exploring harms nobody. Every ``identify_every_s`` the model is identified anew.
    At every decision the plan ``min Σ_k p(u_k, d_k) + ρ max(0, y_k - y_max)² + σ |u_k - u_{k-1}|²`` within bounds and
    reach is solved (truncated Newton, exact gradient; convex, as power is convex in ``u`` and ``y`` linear), and its
    first move is made. Expected disturbances stay as they are.

    Parameters
    ----------
    bounds : dict
        Setpoint → lowest, highest.
    start : dict
        Setpoints that the run begins with.
    settings : PlanSettings
    interval_s : int
        Between decisions, s.
    rates_per_h : mapping
        Fastest change of each setpoint, per hour: a linear model holds for small moves.

    Raises
    ------
    InputError
        If the identification run is too short.
    """

    def __init__(
        self, bounds: dict[str, tuple[float, float]], start: dict[str, float], settings: PlanSettings, interval_s: int,
        rates_per_h: Mapping[str, float],
    ) -> None:
        self.bounds, self.start, self.settings, self.interval_s = bounds, start, settings, interval_s
        self._most = np.array([rates_per_h[name] * interval_s / 3600.0 for name in bounds])
        self.names = tuple(bounds)
        least = least_intervals(len(bounds), len(_DISTURBANCES))
        if settings.identify_s < least * interval_s:
            few = f"{settings.identify_s // interval_s} decisions are too few to identify {len(bounds)} setpoints"
            what = f"{few}; give at least {least * interval_s / 3600.0:.3g} h, or a shorter run.control_interval_s"
            where = f"policy.planning.identify_h = {settings.identify_s / 3600.0:g}"
            raise InputError("policy arx_mpc", [Problem(where, what)])
        self._rollout: Rollout | None = None
        self._seed = 0
        self._forget()

    def _forget(self) -> None:
        self.model: ArxModel | None = None
        self._identified_s: int | None = None
        self._now = np.array([min(max(self.start[name], low), high) for name, (low, high) in self.bounds.items()])
        self._past: list[tuple[float, Array]] = []  # inlet at a decision, and the setpoints that were held before it
        self._next_s: int | None = None

    @property
    def looks_ahead_s(self) -> int:
        """How far a rollout must reach at the next decision: the identification run, or nothing to speak of."""
        due = self._identified_s is None or self._next_s is None
        if not due:
            assert self._next_s is not None
            assert self._identified_s is not None
            due = self._next_s - self._identified_s >= self.settings.identify_every_s
        return self.settings.identify_s if due else self.interval_s

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Forget the model."""
        self._seed, self._rollout = seed, rollout
        self._forget()

    def decide(self, observation: Observation) -> Setpoints:
        """First move of the cheapest plan."""
        now_s = observation.time_s
        self._past = [*self._past, (observation[_INLET], self._now)][-3:]
        since = self._identified_s
        if since is None or now_s - since >= self.settings.identify_every_s:
            self._identify(now_s)
        self._next_s = now_s + self.interval_s
        if self.model is not None:
            self._now = self._plan(self.model, observation)
        return bounded_setpoints(self.names, self._now)

    def snapshot(self) -> Any:
        """Model, past and plan, as plain data."""
        model = None if self.model is None else {name: getattr(self.model, name) for name in self.model.__annotations__}
        past = [(y, u.copy()) for y, u in self._past]
        return model, self._identified_s, self._now.copy(), past, self._next_s, self._seed

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        model, self._identified_s, now, past, self._next_s, self._seed = saved
        self.model = None if model is None else ArxModel(**model)
        self._now, self._past = now.copy(), [(y, u.copy()) for y, u in past]

    def _identify(self, now_s: int) -> None:
        """A model from a run with random setpoints on a copy of the twin."""
        if self._rollout is None or self._rollout.horizon_s < self.settings.identify_s:
            return
        count = self.settings.identify_s // self.interval_s
        rng = np.random.default_rng((self._seed, now_s))
        asked = [bounded_setpoints(self.names, row) for row in excitation(self.bounds, count, rng)]
        seen = self._rollout.try_sequence(asked, self.interval_s)
        u = np.array([[s.given()[name] for name in self.names] for s in asked])
        d = np.stack([seen[name] for name in _DISTURBANCES], axis=1)
        self.model = fit_arx(self.names, (seen[_INLET], u, d, seen[_POWER]))
        self._identified_s = now_s

    def _plan(self, model: ArxModel, observation: Observation) -> Array:
        count = max(self.settings.horizon_s // self.interval_s, 1)
        past = [self._past[0]] * (3 - len(self._past)) + self._past
        past_y = np.array([y for y, _ in past])[-model.lags:]
        past_u = np.array([u for _, u in past])[-model.lags:]
        d = np.repeat([[observation[name] for name in _DISTURBANCES]], count, axis=0)
        free = model.free(past_y, past_u, d)
        low, high = (np.array([pair[i] for pair in self.bounds.values()]) for i in (0, 1))
        return cheapest_plan(model, free, (self._now, low, high, self._most), self.settings)


def cheapest_plan(
    model: ArxModel, free_c: Array, setpoints: tuple[Array, Array, Array, Array], settings: PlanSettings
) -> Array:
    """First setpoints of the cheapest plan.

    Parameters
    ----------
    model : ArxModel
    free_c : ndarray
        Inlets of the next intervals if nothing moves, °C.
    setpoints : tuple of ndarray
        Now, lowest, highest, and the largest move in one interval.
    settings : PlanSettings

    Returns
    -------
    ndarray
        One value a setpoint, within the bounds.
    """
    now, low, high, most = setpoints
    count, n = len(free_c), len(now)
    answer = model.steps(count)
    span = np.maximum(high - low, 1e-9)
    smooth = _MOVE_FRAC * settings.penalty_kw
    limit_c = settings.inlet_max_c - _BACK_OFF * model.inlet_rmse_k

    def cost(flat: Array) -> tuple[float, Array]:
        u = now + flat.reshape(count, n) * span
        moves = np.diff(u, axis=0, prepend=now[None, :])
        excess = np.maximum(_answered(answer, moves, free_c) - limit_c, 0.0)
        power = (u @ model.q).sum() + np.einsum("ki,ij,kj->", u, model.r, u)
        total = power + settings.penalty_kw * (excess**2).sum() + smooth * ((moves / span) ** 2).sum()
        back = 2.0 * settings.penalty_kw * excess
        by_move = np.stack([answer[: count - k].T @ back[k:] for k in range(count)])
        by_move += 2.0 * smooth * moves / span**2
        slope = model.q + 2.0 * u @ model.r + by_move
        slope[:-1] -= by_move[1:]
        return float(total), (slope * span).ravel()

    reach = np.arange(1, count + 1)[:, None] * most
    least, largest = np.maximum(low - now, -reach) / span, np.minimum(high - now, reach) / span
    box = list(zip(np.minimum(least, largest).ravel(), largest.ravel(), strict=True))
    found = minimize(cost, np.zeros(count * n), jac=True, method="TNC", bounds=box, options={"maxfun": 500})
    first: Array = np.clip(now + found.x[:n] * span, np.maximum(low, now - most), np.minimum(high, now + most))
    return first if np.isfinite(first).all() else now


def _answered(answer: Array, moves: Array, free_c: Array) -> Array:
    """Inlets under moves: each answers as a step does, from its interval on."""
    inlets = free_c.copy()
    for k in range(len(moves)):
        inlets[k:] += answer[: len(moves) - k] @ moves[k]
    return inlets
