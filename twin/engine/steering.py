"""The policy's turn: what it is shown, what it is asked, what becomes of its answer, and the record of that."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.engine.events import Events
from twin.engine.forecasts import Forecaster
from twin.engine.observe import RowValues
from twin.engine.physics import DAY_S, Blocks, Physics
from twin.engine.rollout import TwinRollout, listed_faults
from twin.engine.seeds import seed_stream
from twin.engine.sensors import SensorModel
from twin.errors import SimulationError, TwinError
from twin.facility.build import Facility
from twin.policies.ask import reset_policy
from twin.policies.check import BOUNDS, check_setpoints
from twin.policies.contract import REASONS, Action, Forecast, Observation, Policy
from twin.record.actions import ACTION
from twin.scenario.planning import Guarding
from twin.scenario.schema import Scenario
from twin.scenario.seen import Forecast as ForecastKeys

if TYPE_CHECKING:
    from twin.policies.supervisor import Intervention

__all__ = ["ACTION_NAMES", "Steering", "when"]

_SETPOINTS = tuple(BOUNDS)
#: Setpoints and reasons, in the order of their places in the record of actions.
ACTION_NAMES = (_SETPOINTS, REASONS)
_HOUR_S = 3600.0


class Steering:
    """Everything between the plant and its policy.

    Parameters
    ----------
    scenario : Scenario
    facility : Facility
    policy : Policy
    physics : Physics
        Its setpoints are moved, its state is copied for rollouts.
    events : Events
        What misleads sensors, and what stands still.
    sources : tuple of Blocks
        Weather and background work.

    Attributes
    ----------
    static : bool
        Whether the policy never moves anything.
    counts : dict
        Decisions, and setpoints by what became of them.
    """

    def __init__(
        self, scenario: Scenario, facility: Facility, policy: Policy, physics: Physics, events: Events,
        sources: tuple[Blocks, Blocks],
    ) -> None:
        self.scenario, self.policy, self.physics, self.events = scenario, policy, physics, events
        run, choice = scenario.run, scenario.policy
        self.static = bool(getattr(policy, "static", False))
        self.foresight = bool(getattr(policy, "foresight", False))
        self._sensors = None if scenario.sensors is None else SensorModel(scenario.sensors, run.seed)
        self._plans = getattr(policy, "looks_ahead_s", 0) > 0
        self._offers = scenario.forecast is not None or self._plans
        self._forecaster = Forecaster(
            scenario.forecast or ForecastKeys(), sources, (run.seed, physics.start_s, run.step_s), physics.wind_frac,
            physics.calendar,
        )
        self.rollout: TwinRollout | None = None
        if self._plans:
            keys = choice.guarding or Guarding()
            self.rollout = TwinRollout(scenario, facility, listed_faults(scenario, keys.load_step_frac, keys.sensor_k))
        self._rates = None if choice.rates is None else choice.rates.by_setpoint()
        self.counts: dict[str, int] = {}
        self._rows: list[tuple[int, int, int, float, float]] = []

    def reset(self, now_s: int) -> None:
        """Begin a run."""
        seed = int(seed_stream(self.scenario.run.seed, "policy").generate_state(1)[0])
        self.ask("reset", now_s, lambda: reset_policy(self.policy, seed, self.rollout))

    def decide(self, now_s: int, seen: RowValues) -> None:
        """The policy's turn.

        Parameters
        ----------
        now_s : int
            Engine time, s.
        seen : RowValues
            The last step as sensors with the faults of events show it.
        """
        observation = self._observe(now_s, seen)
        begun = time.perf_counter()
        asked = self.ask("decide", now_s, lambda: self.policy.decide(observation))
        took_s, limit_s = time.perf_counter() - begun, self.scenario.policy.time_limit_s
        name = type(self.policy).__name__
        if took_s > limit_s:
            raise SimulationError(
                f"policy {name} took {took_s:.3g} s to decide on {when(now_s)}, longer than policy.time_limit_s = "
                f"{limit_s:g}; make it faster, raise the limit, or put a guard around it (policy.guard = true)"
            )
        problems = check_setpoints(asked)
        if problems:
            raise SimulationError(f"policy {name} broke its contract on {when(now_s)}: {'; '.join(problems)}")
        wanted = asked.given()
        applied = {key: self._slowed(key, float(value)) for key, value in wanted.items()}
        for key, value in applied.items():
            self.physics.setpoints[key] = value
        self._record(now_s, wanted, applied)

    def ask(self, method: str, now_s: int, ask: Callable[[], Any]) -> Any:
        """Call the user's policy; whatever it raises becomes one sentence."""
        try:
            return ask()
        except TwinError:
            raise
        except Exception as error:
            name, why = type(self.policy).__name__, f"{type(error).__name__}: {error}"
            raise SimulationError(f"policy {name} failed in {method}() on {when(now_s)}: {why}") from error

    def take_rows(self) -> NDArray[np.void]:
        """Actions since the last call, for the recorder."""
        rows = np.array(self._rows, ACTION)
        self._rows = []
        return rows

    def account(self) -> dict[str, Any]:
        """What is said of the policy in the summary; empty for one that never moves anything."""
        if self.static:
            return {}
        choice, log = self.scenario.policy, getattr(self.policy, "log", None)
        counts = {what: count for what, count in self.counts.items() if what != "decisions"}  # no result of the physics
        found: dict[str, Any] = {"class": type(self.policy).__name__, "oracle": self.foresight, **counts}
        if isinstance(log, list):
            entries: list[Intervention] = log
            found["interventions"] = dict(getattr(self.policy, "counts", {}))
            found["log"] = [{"time_s": int(e[0]), "what": str(e[1]), "why": str(e[2])} for e in entries]
        if self.foresight:
            found["note"] = "oracle: plans with the true weather and background load to come; a bound, not a policy"
        return {"name": choice.name if _is_named(self.policy, choice.name) else type(self.policy).__name__, **found}

    def snapshot(self, now_s: int) -> dict[str, Any]:
        """What is remembered, as plain data."""
        return {
            "policy": self.ask("snapshot", now_s, lambda: copy.deepcopy(self.policy.snapshot())),
            "sensors": None if self._sensors is None else self._sensors.snapshot(),
            "counts": dict(self.counts), "rows": list(self._rows),
        }

    def restore(self, saved: dict[str, Any], now_s: int) -> None:
        """Go on from a snapshot."""
        self.ask("restore", now_s, lambda: self.policy.restore(copy.deepcopy(saved["policy"])))
        if self._sensors is not None:
            self._sensors.restore(saved["sensors"])
        self.counts, self._rows = dict(saved["counts"]), list(saved["rows"])

    # --- what it sees --------------------------------------------------------------------------------

    def _observe(self, now_s: int, seen: RowValues) -> Observation:
        values = seen.plain()
        if self._sensors is not None:
            values = self._sensors.read(now_s, values, self.events.held)
        forecast: Forecast | None = None
        if self._offers:
            until_s = self.physics.end_s if self.foresight else None
            forecast = self._forecaster.shown(now_s, self.scenario.site.tariff, truth_until_s=until_s)
        if self.rollout is not None:
            step_s = self.physics.step_s
            steps = -(-int(getattr(self.policy, "looks_ahead_s", 0)) // step_s)
            look = self._forecaster.expected
            ahead = self._forecaster.truth(now_s, steps, self.physics.end_s) if self.foresight else look(now_s, steps)
            readings = None if self.foresight else (values, seen.true())
            self.rollout.see(self.physics.state, self.physics.setpoints, self.events.active(), ahead, readings)
        return Observation(now_s, values, forecast)

    # --- what becomes of it --------------------------------------------------------------------------

    def _slowed(self, name: str, value: float) -> float:
        """No faster than the scenario's rate."""
        if self._rates is None:
            return value
        now = float(self.physics.setpoints[name][0])
        most = self._rates[name] * self.scenario.run.control_interval_s / _HOUR_S
        return min(max(value, now - most), now + most)

    def _record(self, now_s: int, wanted: Mapping[str, float], applied: Mapping[str, float]) -> None:
        """The log: a guard or supervisor says itself what it made of each setpoint."""
        inner: tuple[Action, ...] = tuple(getattr(self.policy, "actions", ()))
        by_name = {a.setpoint: a for a in inner}
        self._count("decisions")
        for name, value in applied.items():
            asked, reason = float(wanted[name]), REASONS[0]
            if name in by_name:
                asked, reason = by_name[name].requested, by_name[name].reason
            if value != float(wanted[name]):
                reason = "rate-limited"
            self._count(reason.replace(" ", "_").replace("-", "_"))
            self._rows.append((now_s, _SETPOINTS.index(name), REASONS.index(reason), asked, value))

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _is_named(policy: Policy, name: str) -> bool:
    """Whether a policy is what the scenario names, and no object of the caller."""
    inner = policy
    while hasattr(inner, "policy"):
        inner = inner.policy
    if name == "oracle":
        return bool(getattr(inner, "foresight", False))
    return type(inner).__name__.lower() == name.replace("_", "")


def when(time_s: int) -> str:
    """Day and time as in the summary: the first day of the year is day 1.

    Parameters
    ----------
    time_s : int
        Engine time, s.

    Returns
    -------
    str
    """
    day, second = divmod(time_s, DAY_S)
    return f"day {day + 1}, {second // 3600:02d}:{second % 3600 // 60:02d}"
