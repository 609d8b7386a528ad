"""Economic model-predictive control by rollouts: plans are tried on a copy of the twin and drawn closer to the best."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.policies.contract import Observation, Rollout, Setpoints
from twin.policies.planning import PlanSettings, bounded_setpoints

__all__ = ["CemMpc"]

Array = NDArray[np.float64]

_INLET, _POWER, _WATER = "hall.rack_inlet_max_c.max", "power.facility_kw", "plant.makeup_kg_s"
_CHIP = "liquid.chip_max_c.max"
#: First spread of a plan's setpoints over the width of their bounds, and the least of later rounds. Source: assumed.
_SPREAD_FRAC, _LEAST_FRAC = 0.25, 0.02


class CemMpc:
    """Cross-entropy method over piecewise constant setpoints.

    In each of ``rounds`` rounds, ``candidates`` plans are drawn from normal distributions within the bounds, tried, and
    the distributions fitted to the ``elite`` best. The plan in force and the scenario's setpoints are among the
    first. The best plan that was tried is followed for ``replan_s``. Cost: mean facility power, plus water at the price
    of power, plus ``ρ · max(0, hottest inlet - limit)²``, and the same of the hottest liquid-cooled chip.

    Parameters
    ----------
    bounds : dict
        Setpoint → lowest, highest.
    start : dict
        Setpoints that the run begins with.
    settings : PlanSettings
    kw_per_kg_s : float
        Water over power by price.
    foresight : bool
        Whether its rollouts are given the true weather and load: only for the labelled ``oracle``.

    References
    ----------
    Rubinstein, R. Y. and Kroese, D. P. (2004), The Cross-Entropy Method, Springer.
    """

    def __init__(
        self, bounds: dict[str, tuple[float, float]], start: dict[str, float], settings: PlanSettings,
        kw_per_kg_s: float = 0.0, *, foresight: bool = False,
    ) -> None:
        self.bounds, self.start, self.settings = bounds, start, settings
        self.names = tuple(bounds)
        self.foresight = foresight
        self._water_kw = kw_per_kg_s
        self._low, self._high = (np.array([pair[i] for pair in bounds.values()]) for i in (0, 1))
        self._rollout: Rollout | None = None
        self._seed = 0
        self._forget()

    def _forget(self) -> None:
        first = np.array([min(max(self.start[n], low), high) for n, (low, high) in self.bounds.items()])
        self._plan = np.repeat(first[None, :], self.settings.blocks, axis=0)
        self._planned_s: int | None = None

    @property
    def looks_ahead_s(self) -> int:
        """How far its rollouts reach, s."""
        return self.settings.horizon_s

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin at the scenario's setpoints."""
        self._seed, self._rollout = seed, rollout
        self._forget()

    def decide(self, observation: Observation) -> Setpoints:
        """The part of the plan that is on now; a new plan when it is time."""
        now_s = observation.time_s
        if self._planned_s is None or now_s - self._planned_s >= self.settings.replan_s:
            if self._rollout is not None:
                self._plan = self._search(self._rollout, np.random.default_rng((self._seed, now_s)))
            self._planned_s = now_s
        block = int((now_s - self._planned_s) // (self.settings.horizon_s // self.settings.blocks))
        return bounded_setpoints(self.names, self._plan[min(block, self.settings.blocks - 1)])

    def snapshot(self) -> Any:
        """The plan, and when it was made."""
        return self._plan.copy(), self._planned_s, self._seed

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        plan, self._planned_s, self._seed = saved
        self._plan = plan.copy()

    def _search(self, rollout: Rollout, rng: np.random.Generator) -> Array:
        s = self.settings
        width = self._high - self._low
        mean, sigma = self._plan.copy(), np.broadcast_to(_SPREAD_FRAC * width, self._plan.shape)
        home = np.array([min(max(self.start[n], low), high) for n, (low, high) in self.bounds.items()])
        known = [self._plan, np.broadcast_to(home, self._plan.shape)]
        best, best_kw = self._plan, np.inf
        for _ in range(s.rounds):
            drawn = mean + sigma * rng.standard_normal((s.candidates, *mean.shape))
            plans = np.clip(np.concatenate((np.array(known), drawn))[: s.candidates], self._low, self._high)
            costs = np.array([self._cost(rollout, plan) for plan in plans])
            order = np.argsort(costs, kind="stable")[: s.elite]
            if costs[order[0]] < best_kw:
                best, best_kw = plans[order[0]], costs[order[0]]
            mean = plans[order].mean(axis=0)
            sigma = np.maximum(plans[order].std(axis=0), _LEAST_FRAC * width)
            known = [best]
        return np.array(best)

    def _cost(self, rollout: Rollout, plan: Array) -> float:
        """Power in kW and what counts as kW; infinite for a plan whose outcome is no number."""
        seen = rollout.try_sequence(
            [bounded_setpoints(self.names, row) for row in plan], self.settings.horizon_s // self.settings.blocks
        )
        excess = np.maximum(seen[_INLET] - self.settings.inlet_max_c, 0.0)
        cost_kw = float(seen[_POWER].mean() + self._water_kw * seen[_WATER].mean())
        cost_kw += self.settings.penalty_kw * float((excess**2).mean())
        if _CHIP in seen:
            chips = np.maximum(seen[_CHIP] - self.settings.chip_max_c, 0.0)
            cost_kw += self.settings.penalty_kw * float((chips**2).mean())
        return cost_kw if np.isfinite(cost_kw) else float("inf")
