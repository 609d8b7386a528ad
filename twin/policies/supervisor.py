"""A safety supervisor around any policy: hard limits, slow setpoints, and a way back to the scenario's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from twin.policies.ask import reset_policy
from twin.policies.check import check_setpoints
from twin.policies.contract import Action, Observation, Policy, Rollout, Setpoints
from twin.policies.facts import Facts

__all__ = ["WATCHED", "Intervention", "SafetyLimits", "Supervisor", "dew_point_c"]

_P95, _MAX, _MEAN = "hall.rack_inlet_p95_c", "hall.rack_inlet_max_c", "hall.rack_inlet_mean_c"
_ROOM_W = "hall.room_humidity_ratio"
#: Channels that the supervisor reads.
WATCHED = (_P95, _MAX, _MEAN, _ROOM_W)
#: What a sensor may say before it is taken for broken: °C, and kg/kg. Source: assumed: far outside any hall.
_PLAUSIBLE_C, _PLAUSIBLE_W = (-20.0, 90.0), (0.0, 0.06)
#: A sensor is stuck if it has not moved while its neighbour did by more than this, K. Source: assumed.
_NEIGHBOUR_K = 0.3
_QUARTER_S, _HOUR_S = 900, 3600
#: Interventions that are kept; older ones are counted only.
_KEPT = 500
#: Fastest change of a setpoint, per hour. Source: assumed: air at little more than half of the 20 K/h that
#: inlets may change by; water faster, since plants that are called must come.
RATES_PER_H: dict[str, float] = {
    "supply_air_c": 12.0, "return_air_c": 24.0, "fan_speed_frac": 2.0, "demand_margin_frac": 2.0,
    "chilled_water_c": 60.0, "facility_water_c": 12.0, "technology_water_c": 12.0, "pump_dp_frac": 4.0,
    "condenser_min_c": 24.0, "condenser_max_c": 24.0, "condenser_approach_k": 24.0,
}
#: Least that setpoints of flow may be: fans and pumps never stand still. Source: assumed, as the least of the
#: equipment (minimum speeds of fans and pumps are 20 … 30 %).
FLOORS: dict[str, float] = {"fan_speed_frac": 0.3, "demand_margin_frac": -0.1, "pump_dp_frac": 0.3}


class Intervention(NamedTuple):
    """One entry of the log.

    Attributes
    ----------
    time_s : int
        Engine time, s.
    what : str
        "fallback", "release", or "setpoint" with a name.
    why : str
        A sentence.
    """

    time_s: int
    what: str
    why: str


@dataclass(frozen=True)
class SafetyLimits:
    """What the supervisor does not let pass.

    Attributes
    ----------
    inlet_c : float
        Hottest rack inlet, °C.
    dew_point_min_c, dew_point_max_c : float
        Dew point of the hall air, °C.
    rise_quarter_k, rise_hour_k : float
        Change of the 95th percentile of inlets within a quarter of an hour and within an hour, K.
    stale_s : float
        A reading that has not moved for this long while its neighbours did is stuck, s.
    band_k : float
        Dead band: a limit of temperature counts as kept again this far inside, K.
    hold_s : float
        Shortest fall-back, and how long all must have been well before it ends, s.
    """

    inlet_c: float = 30.0
    dew_point_min_c: float = -12.0
    dew_point_max_c: float = 17.0
    rise_quarter_k: float = 5.0
    rise_hour_k: float = 20.0
    stale_s: float = 1800.0
    band_k: float = 1.0
    hold_s: float = 1800.0


def dew_point_c(humidity_ratio: float, pressure_pa: float) -> float:
    """Dew point of moist air, by Magnus' formula.

    ``e = p w / (0.622 + w)``, ``T = 243.04 x / (17.625 − x)`` with ``x = ln(e / 610.94)``.

    Parameters
    ----------
    humidity_ratio : float
        kg/kg, ≥ 0.
    pressure_pa : float
        Pa.

    Returns
    -------
    float
        °C; −100 for dry air. Within 0.4 K of −20 … 50 °C; below 0 °C over water, as ASHRAE's limits are meant.

    References
    ----------
    Alduchov, O. A. and Eskridge, R. E. (1996), Improved Magnus form approximation of saturation vapor pressure,
    J. Appl. Meteor. 35, 601–609.
    """
    vapour_pa = pressure_pa * humidity_ratio / (0.621945 + humidity_ratio)
    if vapour_pa <= 1e-3:
        return -100.0
    x = math.log(vapour_pa / 610.94)
    return 243.04 * x / (17.625 - x)


class Supervisor:
    """Stands between a policy and the plant.

    While all is well the policy's setpoints pass, no faster than ``RATES_PER_H`` and with flows no lower than
    ``FLOORS``. When a limit is broken, a sensor reads nonsense or is stuck, time stands still, or the policy asks for
    what no setpoint can be, the scenario's own setpoints are put in force at once and the policy is not asked. After
    ``hold_s`` without cause (temperatures ``band_k`` inside their limits) the policy begins anew, from its ``reset``.

    Parameters
    ----------
    policy : Policy
        The one that is watched.
    limits : SafetyLimits
    facts : Facts
        The scenario's setpoints and the site's pressure.

    Attributes
    ----------
    log : list of Intervention
        Every fall-back and release, and the first time in a row that a setpoint was held back; the last 500.
    counts : dict
        What → how often, all of them.
    actions : tuple of Action
        What became of each setpoint at the last decision.
    """

    def __init__(self, policy: Policy, limits: SafetyLimits, facts: Facts) -> None:
        self.policy, self.limits, self.facts = policy, limits, facts
        self._rollout: Rollout | None = None
        self._seed = 0
        self._forget()

    def _forget(self) -> None:
        self.log: list[Intervention] = []
        self.actions: tuple[Action, ...] = ()
        self.counts: dict[str, int] = {}
        self._force = dict(self.facts.start)
        self._held: set[str] = set()
        self._bad_s: int | None = None   # last time with a cause, while in fall-back
        self._tripped_s = 0
        self._seen_s: int | None = None
        self._past: list[tuple[int, float]] = []   # 95th percentile over the last hour
        self._moved: dict[str, tuple[int, float, float]] = {}  # sensor → last change, reading, its neighbour then
        self._frozen: set[str] = set()   # sensors that are stuck

    @property
    def looks_ahead_s(self) -> int:
        """As the policy in it."""
        return int(getattr(self.policy, "looks_ahead_s", 0))

    @property
    def foresight(self) -> bool:
        """As the policy in it."""
        return bool(getattr(self.policy, "foresight", False))

    @property
    def in_fallback(self) -> bool:
        """Whether the scenario's setpoints are in force."""
        return self._bad_s is not None

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin again, the policy too."""
        self._seed, self._rollout = seed, rollout
        self._forget()
        reset_policy(self.policy, seed, rollout)

    def begin_at(self, in_force: Mapping[str, float]) -> None:
        """What is in force before the first decision, where that is not the scenario's: rates count from there."""
        self._force.update(in_force)

    def decide(self, observation: Observation) -> Setpoints:
        """The policy's setpoints as far as they are safe, or the scenario's."""
        now_s = observation.time_s
        elapsed_s = self.facts.interval_s if self._seen_s is None else now_s - self._seen_s
        why = next(self._causes(observation), None)
        self._seen_s = now_s
        if self._bad_s is not None:
            if why is not None:
                self._bad_s = now_s
            if now_s - self._bad_s < self.limits.hold_s or now_s - self._tripped_s < self.limits.hold_s:
                return self._baseline()
            self._bad_s = None
            self._note(now_s, "release", "all limits kept")
            reset_policy(self.policy, self._seed, self._rollout)
        elif why is not None:
            return self._fall_back(now_s, why)
        asked = self.policy.decide(observation)
        problems = check_setpoints(asked)
        if problems:
            return self._fall_back(now_s, f"the policy asked for {problems[0]}")
        return self._passed(asked, now_s, elapsed_s)

    def snapshot(self) -> Any:
        """Everything it remembers, the policy and the log included, as plain data."""
        own = (
            self._force, self._held, self._bad_s, self._tripped_s, self._seen_s, self._past, self._moved, self._frozen,
            self._seed,
        )
        return (own, [tuple(entry) for entry in self.log], self.counts, self.policy.snapshot())

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        own, log, counts, inner = saved
        force, held, self._bad_s, self._tripped_s, self._seen_s, past, moved, frozen, self._seed = own
        self._frozen = set(frozen)
        self._force, self._held, self._past, self._moved = dict(force), set(held), list(past), dict(moved)
        self.log = [Intervention(*entry) for entry in log]
        self.counts = dict(counts)
        self.policy.restore(inner)

    # --- what passes ---------------------------------------------------------------------------------

    def _passed(self, asked: Setpoints, now_s: int, elapsed_s: int) -> Setpoints:
        """Setpoints no faster than their rates, flows no lower than their floors."""
        allowed = {}
        held = set()
        for name, value in asked.given().items():
            kept = max(float(value), FLOORS.get(name, -math.inf))
            if name in self._force and elapsed_s > 0:
                most = RATES_PER_H[name] * elapsed_s / _HOUR_S
                kept = min(max(kept, self._force[name] - most), self._force[name] + most)
            if abs(kept - value) > 1e-9:
                held.add(name)
                if name not in self._held:
                    self._note(now_s, f"setpoint {name}", f"{value:.4g} asked for, {kept:.4g} allowed")
            allowed[name] = kept
        self._held = held
        self.actions = tuple(
            Action(name, float(value), allowed[name], "rate-limited" if name in held else "as asked")
            for name, value in asked.given().items()
        )
        self._force.update(allowed)
        return Setpoints(**allowed)

    def _baseline(self) -> Setpoints:
        self._force = dict(self.facts.start)
        self._held = set()
        self.actions = tuple(Action(name, math.nan, value, "fall-back") for name, value in self.facts.start.items())
        return Setpoints(**self.facts.start)

    def _fall_back(self, now_s: int, why: str) -> Setpoints:
        self._note(now_s, "fallback", why)
        self._bad_s = self._tripped_s = now_s
        return self._baseline()

    def _note(self, now_s: int, what: str, why: str) -> None:
        self.log.append(Intervention(now_s, what, why))
        del self.log[:-_KEPT]
        self.counts[what] = self.counts.get(what, 0) + 1

    # --- what is wrong -------------------------------------------------------------------------------

    def _causes(self, seen: Observation) -> Iterator[str]:
        """What speaks against the policy now, the gravest first. Readings are remembered on the way."""
        broken = self._broken(seen)
        if broken:
            yield broken
            return
        stuck, rises = self._stuck(seen), self._rises(seen)
        band_k = self.limits.band_k if self.in_fallback else 0.0
        hottest_c, limit_c = seen[_MAX], self.limits.inlet_c - band_k
        if hottest_c > limit_c:
            yield f"a rack inlet at {hottest_c:.1f} °C is above {limit_c:.1f} °C"
        dew_c = dew_point_c(seen[_ROOM_W], self.facts.pressure_pa)
        low_c, high_c = self.limits.dew_point_min_c + band_k, self.limits.dew_point_max_c - band_k
        if not low_c <= dew_c <= high_c:
            yield f"dew point of the hall at {dew_c:.1f} °C is outside {low_c:.1f} … {high_c:.1f} °C"
        yield from rises
        yield from stuck

    def _broken(self, seen: Observation) -> str:
        """Which reading is missing, no number or absurd; or that time does not go on."""
        if self._seen_s is not None and seen.time_s <= self._seen_s:
            return "the observation is no newer than the last one"
        for name in WATCHED:
            value = seen.get(name, math.nan)
            low, high = _PLAUSIBLE_W if name == _ROOM_W else _PLAUSIBLE_C
            if not low <= value <= high:  # also NaN
                return f"{name} reads {value:g}"
        return ""

    def _rises(self, seen: Observation) -> list[str]:
        """Inlets that change faster than equipment should."""
        now_s, now_c = seen.time_s, seen[_P95]
        self._past = [(t, c) for t, c in self._past if t >= now_s - _HOUR_S] + [(now_s, now_c)]
        found = []
        for span_s, limit_k in ((_QUARTER_S, self.limits.rise_quarter_k), (_HOUR_S, self.limits.rise_hour_k)):
            change_k = max(abs(now_c - c) for t, c in self._past if t >= now_s - span_s)
            if change_k > limit_k:
                found.append(f"rack inlets changed by {change_k:.1f} K in {span_s // 60} min, over {limit_k:g} K")
        return found

    def _stuck(self, seen: Observation) -> list[str]:
        """Sensors that stand still to the last digit while their neighbour moves: not believed until they move."""
        found = []
        for name, beside in ((_P95, _MEAN), (_MAX, _MEAN), (_MEAN, _P95)):
            value, other = seen[name], seen[beside]
            since_s, was, other_was = self._moved.get(name, (seen.time_s, math.nan, other))
            if value != was:
                self._moved[name] = (seen.time_s, value, other)
                self._frozen.discard(name)
            elif seen.time_s - since_s >= self.limits.stale_s and abs(other - other_was) > _NEIGHBOUR_K:
                self._frozen.add(name)
            if name in self._frozen:
                found.append(f"{name} has stood at {value:g} for {seen.time_s - since_s} s while others moved")
        return found
