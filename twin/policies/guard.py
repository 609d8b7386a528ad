"""A guard around any policy: limits, rates, least times, a shield that looks ahead under a failure, and a way back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.policies.ask import SlowPolicyError, ask_within, reset_policy
from twin.policies.check import BOUNDS, check_setpoints
from twin.policies.contract import Action, Observation, Policy, Rollout, Setpoints
from twin.policies.dwell import Dwell
from twin.policies.facts import Facts
from twin.policies.supervisor import FLOORS, RATES_PER_H, Intervention

__all__ = ["SAFE_SIDE", "Guard", "GuardSettings"]

_INLETS = ("hall.rack_inlet_max_c", "hall.rack_inlet_p95_c", "hall.rack_inlet_mean_c")
_INLET_MAX = "hall.rack_inlet_max_c.max"
#: What an inlet sensor may say before it is taken for broken, °C. Source: assumed: far outside any hall.
_PLAUSIBLE_C = (-20.0, 90.0)
#: Readings closer than this are the same, K.
_SAME_K = 1e-9
_HOUR_S = 3600.0
_KEPT = 500
#: An inlet nearer than this to the shield's limit calls machines before their least time off, K. Source: assumed.
_WARM_K = 3.0
#: Which way a setpoint moves to cool more: such moves have no rate.
SAFE_SIDE: dict[str, int] = {
    "supply_air_c": -1, "return_air_c": -1, "fan_speed_frac": 1, "demand_margin_frac": 1, "chilled_water_c": -1,
    "facility_water_c": -1, "technology_water_c": -1, "pump_dp_frac": 1, "condenser_min_c": -1, "condenser_max_c": -1,
    "condenser_approach_k": -1,
}


@dataclass(frozen=True)
class GuardSettings:
    """Numbers of the guard.

    Attributes
    ----------
    limit_c : float
        No inlet above this under the shield, °C.
    no_worse_k : float
        Where the baseline passes that limit too, an action may be so much hotter, K.
    horizon_s : int
        How far the shield looks ahead, s.
    hold_s, stale_s, time_limit_s : float
        Shortest fall-back; when an observation is stale; longest decision (wall clock), s.
    min_on_s, min_off_s : float
        Least times of machines on and off that setpoints keep, s.
    rates_per_h : mapping
        Fastest change of each setpoint towards less cooling.
    """

    limit_c: float = 31.5
    no_worse_k: float = 2.0
    horizon_s: int = 1200
    hold_s: float = 1800.0
    stale_s: float = 1800.0
    time_limit_s: float = 60.0
    min_on_s: float = 1200.0
    min_off_s: float = 1200.0
    rates_per_h: Mapping[str, float] = field(default_factory=lambda: dict(RATES_PER_H))


class Guard:
    """Stands between a policy and the plant; what passes is safe against every single listed failure, as predicted.

    In turn: an observation that is stale or absurd, and a policy that raises, takes too long or returns what is no
    setpoint, bring the baseline into force. A setpoint is clipped to its bounds, moves towards less cooling
    no faster than its rate, and waits where it would turn round what machines have just done
    (:class:`twin.policies.dwell.Dwell`). The shield rolls a copy of the twin forward under the setpoints, held, with
    each listed failure from now on; where an inlet would pass ``limit_c`` that the baseline's setpoints would keep
    below it, the action is vetoed. A failure that the baseline does not survive either forbids only what is
    ``no_worse_k`` hotter. The baseline then stays for ``hold_s`` at least. It decides beside the policy all the time,
    so that it takes over where it would stand; its own moves towards more cooling are at once, the others no faster
    than their rates.

    Parameters
    ----------
    policy, baseline : Policy
        The one that is guarded, and the one it falls back to.
    settings : GuardSettings
    facts : Facts
        Setpoints that a run begins with.

    Attributes
    ----------
    log : list of Intervention
        Every veto, fall-back and release; the last 500.
    counts : dict
        What → how often.
    actions : tuple of Action
        What became of each setpoint at the last decision.
    """

    def __init__(self, policy: Policy, baseline: Policy, settings: GuardSettings, facts: Facts) -> None:
        self.policy, self.baseline, self.settings, self.facts = policy, baseline, settings, facts
        self._rollout: Rollout | None = None
        self._dwell = Dwell(settings.min_on_s, settings.min_off_s, settings.limit_c - _WARM_K)
        self._forget()

    def _forget(self) -> None:
        self._dwell.forget()
        self.log: list[Intervention] = []
        self.counts: dict[str, int] = {}
        self.actions: tuple[Action, ...] = ()
        self._force = dict(self.facts.start)
        self._base = dict(self.facts.start)
        self._bad_s: int | None = None   # start of the last hold
        self._seen_s: int | None = None
        self._moved: tuple[int, tuple[float, ...]] | None = None
        self._abandoned = False

    @property
    def in_fallback(self) -> bool:
        """Whether the baseline is in force."""
        return self._bad_s is not None

    @property
    def looks_ahead_s(self) -> int:
        """How far its rollouts, and those of the policy in it, must reach, s."""
        return max(self.settings.horizon_s, int(getattr(self.policy, "looks_ahead_s", 0)))

    @property
    def foresight(self) -> bool:
        """Whether the policy in it knows the future."""
        return bool(getattr(self.policy, "foresight", False))

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin again, policy and baseline too."""
        self._forget()
        self._rollout = rollout
        self.baseline.reset(seed)
        try:
            reset_policy(self.policy, seed, rollout)
        except Exception as error:  # the user's code: any failure is a finding
            self._abandoned = True
            why = f"failed in reset(): {type(error).__name__}: {error}; it is not asked"
            self._note(0, "fall-back", f"policy {type(self.policy).__name__} {why}")

    def decide(self, observation: Observation) -> Setpoints:
        """The policy's setpoints as far as they are safe, or the baseline's."""
        now_s = observation.time_s
        elapsed_s = self.facts.interval_s if self._seen_s is None else max(now_s - self._seen_s, 0)
        self._see_baseline(observation)
        self._dwell.see(observation)
        why = self._broken(observation)
        self._seen_s = now_s
        if self._abandoned:
            return self._back({}, elapsed_s, "fall-back")
        asked, fault = self._ask(observation)
        if self._abandoned or why or fault:
            return self._fall_back(now_s, why or fault, _readable(asked), elapsed_s, "fall-back")
        assert asked is not None
        wanted = {name: float(value) for name, value in asked.given().items()}
        if self._bad_s is not None and now_s - self._bad_s < self.settings.hold_s:
            return self._back(wanted, elapsed_s, "fall-back")
        allowed = self._allowed(wanted, now_s, elapsed_s)
        why = self._shield({**self._force, **{name: value for name, (value, _) in allowed.items()}})
        if why:
            return self._fall_back(now_s, why, wanted, elapsed_s, "vetoed")
        if self._bad_s is not None:
            self._bad_s = None
            self._note(now_s, "release", "the action is safe again")
        self.actions = tuple(Action(name, wanted[name], value, text) for name, (value, text) in allowed.items())
        return self._put({name: value for name, (value, _) in allowed.items()})

    def snapshot(self) -> Any:
        """Everything it remembers, policy, baseline and log included, as plain data."""
        own = (dict(self._force), self._bad_s, self._seen_s, self._moved, self._abandoned, dict(self._base),
               self._dwell.snapshot())
        inner = None if self._abandoned else self.policy.snapshot()  # a lost decision may still be writing into it
        return (own, [tuple(entry) for entry in self.log], dict(self.counts), self.baseline.snapshot(), inner)

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        own, log, counts, baseline, inner = saved
        force, self._bad_s, self._seen_s, self._moved, self._abandoned, base, dwell = own
        self._dwell.restore(dwell)
        self._force, self._base = dict(force), dict(base)
        self.log, self.counts = [Intervention(*entry) for entry in log], dict(counts)
        self.baseline.restore(baseline)
        if not self._abandoned:
            self.policy.restore(inner)

    # --- what is asked -------------------------------------------------------------------------------

    def _see_baseline(self, observation: Observation) -> None:
        """Where the baseline would stand now. One that cannot read the observation stays where it stood."""
        try:
            asked = self.baseline.decide(observation)
        except Exception:  # a broken observation: reported as such
            asked = Setpoints()
        sound = {} if check_setpoints(asked) else {name: float(value) for name, value in asked.given().items()}
        self._base = {**self.facts.start, **self._base, **sound}

    def _ask(self, observation: Observation) -> tuple[Setpoints | None, str]:
        """The policy's answer, and what is wrong with it."""
        name = type(self.policy).__name__
        try:
            asked = ask_within(self.settings.time_limit_s, lambda: self.policy.decide(observation))
        except SlowPolicyError as error:
            self._abandoned = True
            return None, f"policy {name} {error}; it is not asked again"
        except Exception as error:  # the user's code: any failure is a finding
            return None, f"policy {name} failed: {type(error).__name__}: {error}"
        if not isinstance(asked, Setpoints):
            return None, f"policy {name}: {check_setpoints(asked)[0]}"
        problems = [text for text in check_setpoints(asked) if "finite" in text]
        return asked, f"policy {name}: {problems[0]}" if problems else ""

    def _broken(self, seen: Observation) -> str:
        """What is wrong with the observation: time stands still, a reading is absurd, or no inlet has moved."""
        if self._seen_s is not None and seen.time_s <= self._seen_s:
            return "the observation is no newer than the last one"
        low, high = _PLAUSIBLE_C
        values = tuple(seen.get(name, math.nan) for name in _INLETS)
        for name, value in zip(_INLETS, values, strict=True):
            if not low <= value <= high:  # also NaN
                return f"{name} reads {value:g}"
        since = self._moved
        if since is None or any(abs(a - b) > _SAME_K for a, b in zip(values, since[1], strict=True)):
            self._moved = (seen.time_s, values)
        elif seen.time_s - since[0] >= self.settings.stale_s:
            return f"no inlet has moved for {seen.time_s - since[0]} s: the observation is stale"
        return ""

    # --- what passes ---------------------------------------------------------------------------------

    def _allowed(self, wanted: Mapping[str, float], now_s: int, elapsed_s: float) -> dict[str, tuple[float, str]]:
        """Each setpoint within its bounds and rate, machines within their least times, and why."""
        found = {}
        for name, value in wanted.items():
            low, high = BOUNDS[name]
            clipped = min(max(value, low, FLOORS.get(name, low)), high)
            kept = self._slowed(name, clipped, elapsed_s)
            reason = "as asked" if clipped == value else "clipped to bounds"
            reason = "rate-limited" if kept != clipped else reason
            waits = self._dwell.kept(name, kept, self._force.get(name, kept), now_s)
            found[name] = (waits, "minimum on/off" if waits != kept else reason)
        return found

    def _slowed(self, name: str, value: float, elapsed_s: float) -> float:
        """Towards less cooling no faster than the rate."""
        now = self._force.get(name)
        if now is None:
            return value
        most = self.settings.rates_per_h[name] * elapsed_s / _HOUR_S
        return min(value, now + most) if SAFE_SIDE[name] < 0 else max(value, now - most)

    def _shield(self, held: Mapping[str, float]) -> str:
        """Which failure would take an inlet over the limit under these setpoints, and not the baseline's."""
        rollout, limit_c = self._rollout, self.settings.limit_c
        if rollout is None or all(value == self._base.get(name) for name, value in held.items()):
            return ""
        action, baseline = Setpoints(**held), Setpoints(**{**held, **self._base})
        for fault in ("", *rollout.faults):
            hottest_c = rollout.try_setpoints(action, self.settings.horizon_s, fault)[_INLET_MAX]
            if hottest_c <= limit_c:
                continue
            other_c = rollout.try_setpoints(baseline, self.settings.horizon_s, fault)[_INLET_MAX]
            allowed_c = other_c + self.settings.no_worse_k if other_c > limit_c else limit_c
            if not hottest_c <= allowed_c:  # also NaN
                when = f"should {fault} fail," if fault else "even without a failure"
                soon = f"within {self.settings.horizon_s / 60:.0f} min, over {limit_c:.1f} °C"
                return f"{when} an inlet would reach {hottest_c:.1f} °C {soon}; under the baseline {other_c:.1f} °C"
        return ""

    # --- the way back --------------------------------------------------------------------------------

    def _fall_back(
        self, now_s: int, why: str, wanted: Mapping[str, float], elapsed_s: float, reason: str
    ) -> Setpoints:
        if self._bad_s is None or reason == "vetoed":
            self._note(now_s, "veto" if reason == "vetoed" else "fall-back", why)
        self._bad_s = now_s
        return self._back(wanted, elapsed_s, reason)

    def _back(self, wanted: Mapping[str, float], elapsed_s: float, reason: str) -> Setpoints:
        """The baseline's setpoints, no faster towards less cooling than their rates."""
        put = {name: self._slowed(name, value, elapsed_s) for name, value in self._base.items()}
        self.actions = tuple(Action(name, wanted.get(name, math.nan), value, reason) for name, value in put.items())
        return self._put(put)

    def _put(self, put: Mapping[str, float]) -> Setpoints:
        self._force.update(put)
        return Setpoints(**put)

    def _note(self, now_s: int, what: str, why: str) -> None:
        self.log.append(Intervention(now_s, what, why))
        del self.log[:-_KEPT]
        self.counts[what] = self.counts.get(what, 0) + 1


def _readable(asked: Setpoints | None) -> dict[str, float]:
    """What was asked for, as far as it is numbers."""
    found = {}
    for name, value in (asked.given() if asked is not None else {}).items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError):
            found[name] = math.nan
    return found
