"""Supply air and supply fans by trim and respond: fans first, then temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.policies.contract import Observation
from twin.policies.facts import Facts
from twin.policies.iec_reset import IecReset

__all__ = [
    "TOWER_RESERVE_FRAC", "TOWER_SPENT_FRAC", "VALVE", "VALVE_RESTS_FRAC", "AirRule", "AirSettings", "inlet_requests",
    "periods",
]

#: Channel of the widest valve.
VALVE = "crah.valve_max_frac"
_P95, _MAX = "hall.rack_inlet_p95_c", "hall.rack_inlet_max_c"
_SUPPLY, _RETURN = "hall.supply_c", "hall.return_c"
#: One more request for every so much above the target, K; three at most from one sensor. Source: assumed: three levels
#: as ASHRAE Guideline 36 has them, the last one reached before a target 1 K under the limit is used up.
_REQUEST_K, _MOST_REQUESTS = 0.3, 3
#: Periods that one decision may make up for. Source: assumed: more would answer an old reading with a large step.
_MOST_PERIODS = 3.0
#: Steps of the fan level (0 … 1, least to most margin) in one period, down and for each request up. Source: assumed.
_FAN_TRIM, _FAN_RESPOND = 0.02, 0.05
#: Largest change in one period of the two setpoints that stand for the margin. Source: assumed.
_RETURN_STEP_K, _SPEED_STEP_FRAC = 0.5, 0.05
#: The return setpoint is moved when it is off by this, K. Source: assumed: 2 % of the flow at a rise of 12 K.
_RETURN_BAND_K = 0.25
#: Tower fans below the first have cold to give away while no compressor runs; from the second on they have nothing more
#: to give. Source: assumed: a third of their power, and the end less what a loop of fan speed leaves.
TOWER_RESERVE_FRAC, TOWER_SPENT_FRAC = 0.7, 0.95
#: Widest valve: below this it has water to spare. Source: assumed: wider than the 85 % of ASHRAE Guideline 36, whose
#: valves belong to single zones.
VALVE_RESTS_FRAC = 0.8
#: Supply air this much above its setpoint is not held: a lower setpoint would only wind up, K. Source: assumed.
_HELD_K = 1.0


@dataclass(frozen=True)
class AirSettings:
    """Numbers of the air rule.

    Attributes
    ----------
    inlet_target_c, supply_min_c, supply_max_c : float
        Target of rack inlets and bounds of the supply setpoint, °C.
    trim_k, respond_k, respond_max_k : float
        Steps of the supply in one period: up, down for each request, and down at most, K.
    period_s : float
        Period of trim and respond, s.
    ignored_requests : int
        Requests that nobody answers.
    margin_min_frac, margin_max_frac : float
        Supply over server air at the least and at the most fan level, less one.
    fan_min_frac : float
        Least fan speed asked for where the speed itself is the setpoint, 0 … 1.
    cold_while_free : bool
        Whether the supply goes back to the scenario's while no compressor runs.
    reset_approach_k, reset_rate_k : float
        As of :class:`IecReset`, for halls with indirect evaporative units, K.
    """

    inlet_target_c: float
    supply_min_c: float
    supply_max_c: float
    trim_k: float
    respond_k: float
    respond_max_k: float
    period_s: float
    ignored_requests: int
    margin_min_frac: float
    margin_max_frac: float
    fan_min_frac: float
    cold_while_free: bool
    reset_approach_k: float
    reset_rate_k: float


def periods(elapsed_s: float, period_s: float) -> float:
    """Periods of a rule that one decision stands for.

    Parameters
    ----------
    elapsed_s : float
        Since the last decision, s.
    period_s : float
        Of the rule, s.

    Returns
    -------
    float
        0 … 3.
    """
    return min(max(elapsed_s / period_s, 0.0), _MOST_PERIODS)


def inlet_requests(observation: Observation, target_c: float) -> int:
    """Requests for colder air, 0 … 6: up to three from the 95th percentile of inlets, three from the hottest.

    Parameters
    ----------
    observation : Observation
    target_c : float
        Rack inlets wanted below this, °C.

    Returns
    -------
    int

    Notes
    -----
    With two of them ignored a single hot rack moves the hall only when it is 0.6 K above the target, one rack in
    twenty as soon as it is above the target and the hottest 0.3 K more.
    """
    total = 0
    for name in (_P95, _MAX):
        excess_k = observation[name] - target_c
        if excess_k > 0.0:
            total += min(math.ceil(excess_k / _REQUEST_K), _MOST_REQUESTS)
    return total


class AirRule:
    """Parts 1, 2 and 8: the fan level answers first, then the supply setpoint; back in the same order.

    Parameters
    ----------
    settings : AirSettings
    facts : Facts
    """

    def __init__(self, settings: AirSettings, facts: Facts) -> None:
        self.settings, self.facts = settings, facts
        self.reset()

    def reset(self) -> None:
        """Begin at the scenario's setpoints."""
        s, start = self.settings, self.facts.start
        start_c = min(max(start.get("supply_air_c", s.supply_min_c), s.supply_min_c), s.supply_max_c)
        self.supply_c = start_c
        self.level_frac = -1.0  # taken from the first observation
        self.speed_frac = start.get("fan_speed_frac", 1.0)
        self.return_c = start.get("return_air_c", 35.0)
        self._iec = IecReset(
            reset_approach_k=s.reset_approach_k, reset_rate_k=s.reset_rate_k, inlet_target_c=s.inlet_target_c,
            supply_min_c=s.supply_min_c, supply_max_c=s.supply_max_c, trim_k=s.trim_k, respond_k=s.respond_k,
            start_c=start_c,
        )

    def decide(self, observation: Observation, elapsed_s: float) -> dict[str, float]:
        """Setpoints of supply air and fans.

        Parameters
        ----------
        observation : Observation
        elapsed_s : float
            Since the last decision, s.

        Returns
        -------
        dict
            Setpoint → value.
        """
        s = self.settings
        count = periods(elapsed_s, s.period_s)
        margin_frac = _margin_frac(observation)
        if self.level_frac < 0.0:
            span = max(s.margin_max_frac - s.margin_min_frac, 1e-9)
            self.level_frac = min(max((margin_frac - s.margin_min_frac) / span, 0.0), 1.0)
        requests = inlet_requests(observation, s.inlet_target_c)
        asking, content = max(requests - s.ignored_requests, 0), requests == 0
        fans_full, fans_least = self.level_frac >= 1.0, self.level_frac <= 0.0
        if asking:
            self.level_frac = min(self.level_frac + _FAN_RESPOND * asking * count, 1.0)
        elif content:
            self.level_frac = max(self.level_frac - _FAN_TRIM * count, 0.0)
        if self.facts.cooling == "iec":
            self._follow_weather(observation, fans_full)
        elif asking and fans_full:
            if observation[_SUPPLY] <= self.supply_c + _HELD_K:
                self.supply_c -= min(s.respond_k * asking, s.respond_max_k) * count
        else:
            change_k = self._trim_k(observation, s.trim_k * count)
            if change_k < 0.0 or (content and fans_least):
                self.supply_c += change_k
        self.supply_c = min(max(self.supply_c, s.supply_min_c), s.supply_max_c)
        return {"supply_air_c": self.supply_c, **self._fans(observation, margin_frac, count)}

    def _trim_k(self, observation: Observation, most_k: float) -> float:
        """Up while a compressor runs, or would have to soon; else towards the scenario's supply, or nowhere.

        Nowhere between a reserve of the towers and their end. At their end, with valves that open, warmer air is what
        keeps compressors off.
        """
        if not self.settings.cold_while_free or observation["plant.chiller_kw"] > 0.0:
            return most_k
        tower_frac = observation["plant.tower_speed_frac"]
        if tower_frac >= TOWER_SPENT_FRAC and observation.get(VALVE, 0.0) > VALVE_RESTS_FRAC:
            return most_k
        if tower_frac > TOWER_RESERVE_FRAC:
            return 0.0
        return min(max(self.facts.start.get("supply_air_c", self.supply_c) - self.supply_c, -most_k), most_k)

    def _follow_weather(self, observation: Observation, fans_full: bool) -> None:
        """Supply from the outdoor wet bulb; racks pull it down only when the fans have given all they have."""
        p95_c = observation[_P95]
        if not fans_full:
            p95_c = min(p95_c, self.settings.inlet_target_c)
        seen = {"weather.wet_bulb_c": observation["weather.wet_bulb_c"], _P95: p95_c}
        self.supply_c = self._iec.decide(Observation(observation.time_s, seen)).supply_air_c or self.supply_c

    def _fans(self, observation: Observation, margin_frac: float, count: float) -> dict[str, float]:
        """The setpoint of the hall's own fan loop that makes the margin of the fan level."""
        s = self.settings
        wanted_frac = s.margin_min_frac + self.level_frac * (s.margin_max_frac - s.margin_min_frac)
        if self.facts.fan_mode == "demand":
            return {"demand_margin_frac": wanted_frac}
        flow_frac = max((1.0 + wanted_frac) / (1.0 + margin_frac), 0.05)  # of the present flow
        if self.facts.fan_mode == "fixed":
            goal_frac = min(max(self.speed_frac * flow_frac, s.fan_min_frac), 1.0)
            most_frac = _SPEED_STEP_FRAC * count
            self.speed_frac += min(max(goal_frac - self.speed_frac, -most_frac), most_frac)
            return {"fan_speed_frac": self.speed_frac}
        rise_k = observation[_RETURN] - observation[_SUPPLY]
        if rise_k > 0.0:  # the same heat in another flow
            goal_c = min(max(observation[_SUPPLY] + rise_k / flow_frac, 15.0), 60.0)
            most_k = _RETURN_STEP_K * count
            if abs(goal_c - self.return_c) >= _RETURN_BAND_K:
                self.return_c += min(max(goal_c - self.return_c, -most_k), most_k)
        return {"return_air_c": min(max(self.return_c, 15.0), 60.0)}

    def snapshot(self) -> tuple[float, ...]:
        """Supply setpoint, fan level, fan setpoints, and what the wet-bulb reset remembers."""
        base_c, pull_k = self._iec.snapshot()
        return (self.supply_c, self.level_frac, self.speed_frac, self.return_c, base_c, pull_k)

    def restore(self, saved: tuple[float, ...]) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : tuple of float
        """
        self.supply_c, self.level_frac, self.speed_frac, self.return_c, base_c, pull_k = saved
        self._iec.restore((base_c, pull_k))


def _margin_frac(observation: Observation) -> float:
    """Supply over server air, less one; what a plenum's pressure shows. 0 where nothing flows."""
    wanted_kg_s = observation["hall.it_air_kg_s"]
    if wanted_kg_s <= 1e-6:
        return 0.0
    return min(max(observation["hall.supply_kg_s"] / wanted_kg_s - 1.0, -0.9), 1e3)
