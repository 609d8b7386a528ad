"""The safety supervisor: what it lets pass, when it takes over, when it gives back, and that it remembers."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
from halls import SCENARIO, SHORT
from rules_rig import START, facts, seen

from twin.policies.check import BOUNDS, check_policy
from twin.policies.contract import Observation, Setpoints
from twin.policies.fixed import Fixed
from twin.policies.supervisor import FLOORS, RATES_PER_H, SafetyLimits, Supervisor, dew_point_c
from twin.scenario.policy_choice import PolicyChoice
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation

STEP_S = 300


class Asks:
    """Asks for the same all the time, and counts how often it began."""

    def __init__(self, **setpoints: float) -> None:
        self.asked, self.resets = Setpoints(**setpoints), 0

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.resets += 1

    def decide(self, observation: Observation) -> Setpoints:
        return self.asked

    def snapshot(self) -> Any:
        return self.resets

    def restore(self, saved: Any) -> None:
        self.resets = saved


def supervised(policy: Any = None, **limits: float) -> Supervisor:
    own = Supervisor(policy or Asks(supply_air_c=23.0), SafetyLimits(**limits), facts())
    own.reset(1)
    return own


def steps(own: Supervisor, first: int, count: int, **changed: float) -> list[dict[str, float]]:
    return [own.decide(seen(STEP_S * k, **changed)).given() for k in range(first, first + count)]


def whys(own: Supervisor) -> list[str]:
    return [entry.why for entry in own.log if entry.what == "fallback"]


# --- what passes -----------------------------------------------------------------------------------


def test_a_good_policy_passes_unchanged() -> None:
    own = supervised()
    assert steps(own, 1, 3) == [{"supply_air_c": 23.0}] * 3
    assert own.log == []


def test_every_setpoint_has_a_rate_and_floors_lie_in_the_bounds() -> None:
    assert set(RATES_PER_H) == set(BOUNDS) == set(START)
    assert all(BOUNDS[name][0] <= floor <= BOUNDS[name][1] for name, floor in FLOORS.items())


def test_setpoints_move_no_faster_than_their_rate() -> None:
    """12 K/h is 1 K in five minutes, 60 K/h are 5 K; it is said once, not at every step."""
    own = supervised(Asks(supply_air_c=22.0, chilled_water_c=16.0))
    steps(own, 1, 1)
    own.policy = Asks(supply_air_c=27.0, chilled_water_c=4.0)
    rest = steps(own, 2, 7)
    supply = [asked["supply_air_c"] for asked in rest]
    assert supply == pytest.approx([23.0, 24.0, 25.0, 26.0, 27.0, 27.0, 27.0])
    assert [asked["chilled_water_c"] for asked in rest] == pytest.approx([11.0, 6.0, 4.0, 4.0, 4.0, 4.0, 4.0])
    assert own.counts == {"setpoint supply_air_c": 1, "setpoint chilled_water_c": 1}


def test_the_first_decision_is_limited_too() -> None:
    """It comes one interval of the scenario after the start: from 22 °C, at 12 K/h, 0.5 K in 150 s."""
    own = Supervisor(Asks(supply_air_c=26.0), SafetyLimits(), facts(interval_s=150))
    own.reset(1)
    assert own.decide(seen(9000)).given() == {"supply_air_c": pytest.approx(22.5)}
    assert own.counts == {"setpoint supply_air_c": 1}


def test_fans_and_pumps_never_stand_still() -> None:
    own = supervised(Asks(fan_speed_frac=0.0, demand_margin_frac=-0.5, pump_dp_frac=0.2))
    assert steps(own, 1, 40)[-1] == FLOORS


# --- when it takes over ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"hall__rack_inlet_max_c": 30.2}, "a rack inlet at 30.2 °C is above 30.0 °C"),
        ({"hall__room_humidity_ratio": 0.0135}, "dew point of the hall at 18."),
        ({"hall__room_humidity_ratio": 0.001}, "dew point of the hall at -1"),
        ({"hall__rack_inlet_p95_c": math.nan}, "hall.rack_inlet_p95_c reads nan"),
        ({"hall__rack_inlet_max_c": -273.0}, "hall.rack_inlet_max_c reads -273"),
        ({"hall__room_humidity_ratio": -0.1}, "hall.room_humidity_ratio reads -0.1"),
    ],
)
def test_limits_and_broken_sensors(changed: dict[str, float], why: str) -> None:
    own = supervised()
    assert steps(own, 1, 1) == [{"supply_air_c": 23.0}]
    assert steps(own, 2, 1, **changed) == [START]
    assert own.in_fallback
    assert len(whys(own)) == 1
    assert whys(own)[0].startswith(why)


def test_a_channel_that_is_missing_is_broken() -> None:
    own = supervised()
    now = dict(seen(STEP_S))
    del now["hall.rack_inlet_mean_c"]
    assert own.decide(Observation(STEP_S, now)).given() == START


def test_time_that_stands_still_is_stale() -> None:
    own = supervised()
    steps(own, 1, 1)
    assert own.decide(seen(STEP_S)).given() == START
    assert whys(own) == ["the observation is no newer than the last one"]


@pytest.mark.parametrize(
    ("per_step_k", "limits", "trips_at"),
    [
        (1.6, {}, None),                       # 4.8 K in a quarter of an hour, 19.2 K in an hour: allowed
        (1.7, {}, 4),                          # 5.1 K in a quarter of an hour
        (1.7, {"rise_quarter_k": 9.0}, 12 + 1),  # 20.4 K in an hour
        (0.5, {"rise_hour_k": 5.0}, 11 + 1),    # tape: 5.5 K within an hour
        (-1.7, {}, 4),
    ],
)
def test_inlets_that_change_too_fast(per_step_k: float, limits: dict[str, float], trips_at: int | None) -> None:
    own = supervised(inlet_c=80.0, **limits)
    found = None
    for k in range(1, 14):
        own.decide(seen(
            STEP_S * k, hall__rack_inlet_p95_c=23.0 + per_step_k * (k - 1), hall__rack_inlet_max_c=24.0 + k,
            hall__rack_inlet_mean_c=22.5 + k,
        ))
        if own.in_fallback and found is None:
            found = k
    assert found == trips_at


def test_a_stuck_sensor_is_noticed_by_its_neighbour() -> None:
    """Half an hour at the same digit, while the mean went up by more than 0.3 K; a steady hall is no stuck sensor."""
    own, still = supervised(), supervised()
    for k in range(1, 10):
        own.decide(seen(STEP_S * k, hall__rack_inlet_mean_c=22.0 + 0.1 * k, hall__rack_inlet_max_c=24.0 + 0.1 * k))
        still.decide(seen(STEP_S * k))
        assert own.in_fallback == (k >= 7)
    assert whys(own)[0].startswith("hall.rack_inlet_p95_c has stood at 23 for 1800 s")
    assert not still.in_fallback


def test_setpoints_that_no_setpoint_can_be() -> None:
    own = supervised(Asks(supply_air_c=math.nan))
    assert steps(own, 1, 1) == [START]
    assert whys(own) == ["the policy asked for supply_air_c = nan must be a finite number"]


# --- when it gives back ----------------------------------------------------------------------------


def test_it_gives_back_after_a_while_inside_a_band_and_the_policy_begins_anew() -> None:
    inner = Asks(supply_air_c=26.0)
    own = supervised(inner)
    assert inner.resets == 1
    steps(own, 1, 1)
    assert steps(own, 2, 1, hall__rack_inlet_max_c=31.0) == [START]
    assert steps(own, 3, 10, hall__rack_inlet_max_c=29.5) == [START] * 10  # within the limit, not within the band
    assert inner.resets == 1
    calm = steps(own, 13, 8, hall__rack_inlet_max_c=28.9)
    assert calm[:5] == [START] * 5
    assert calm[5] == {"supply_air_c": 23.0}  # from 22 °C on at its rate
    assert calm[6] == {"supply_air_c": 24.0}
    assert inner.resets == 2
    assert [entry.what for entry in own.log[1:3]] == ["fallback", "release"]
    assert own.counts["fallback"] == own.counts["release"] == 1


def test_it_does_not_flutter_around_a_limit() -> None:
    own = supervised()
    for k in range(1, 200):
        own.decide(seen(STEP_S * k, hall__rack_inlet_max_c=30.0 + 0.2 * (-1) ** k))
    assert own.counts == {"fallback": 1}


# --- memory ----------------------------------------------------------------------------------------


def test_snapshot_holds_everything_and_reset_forgets_it() -> None:
    own = supervised(Asks(supply_air_c=26.0))
    steps(own, 1, 4)
    steps(own, 5, 1, hall__rack_inlet_max_c=31.0)
    saved = copy.deepcopy(own.snapshot())
    onward = steps(own, 6, 12)
    log = list(own.log)
    other = supervised(Asks(supply_air_c=26.0))
    other.restore(saved)
    assert steps(other, 6, 12) == onward
    assert other.log == log
    assert other.counts == own.counts
    own.reset(1)
    assert own.log == []
    assert not own.in_fallback


def test_the_log_is_bounded_but_counts_all() -> None:
    own = supervised(hold_s=1.0, band_k=0.0)
    for k in range(1, 1300):
        own.decide(seen(STEP_S * k, hall__rack_inlet_max_c=31.0 if k % 2 else 25.0))
    assert len(own.log) == 500
    assert own.counts["fallback"] == 650


def test_keeps_the_contract() -> None:
    assert check_policy(Supervisor(Fixed(), SafetyLimits(), facts())) == []


# --- dew point, and a whole run --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("humidity_ratio", "dew_c"), [(0.007661, 10.0), (0.010696, 15.0), (0.014758, 20.0), (0.003789, 0.0)]
)
def test_dew_point_of_published_saturation(humidity_ratio: float, dew_c: float) -> None:
    """Saturated air at 101 325 Pa, ASHRAE Handbook Fundamentals, table of moist air.

    The table's air is not ideal: 0.5 % more vapour, 0.08 K; the fit itself is good to 0.05 K there.
    """
    assert dew_point_c(humidity_ratio, 101325.0) == pytest.approx(dew_c, abs=0.15)
    assert dew_point_c(humidity_ratio, 80000.0) < dew_c
    assert dew_point_c(0.0, 101325.0) == -100.0


def test_a_sensor_that_drops_out_in_a_run_is_noticed() -> None:
    """The supply begins to rise with the first chiller; the reading of the racks stays, until the sensor is back."""
    dropout = {"kind": "sensor", "target": "hall.rack_inlet_p95_c", "dropout": True, "at_h": 1.0, "duration_h": 8.0}
    changes: dict[str, Any] = {
        "run.start_day": 195.0, "run.duration_days": 0.5, "policy.name": "rule_based", "events": [dropout],
    }
    sim = build_simulation(load_scenario(SCENARIO, changes))
    assert isinstance(sim.policy, Supervisor)
    sim.run()
    assert [entry.what for entry in sim.policy.log if entry.what in {"fallback", "release"}] == ["fallback", "release"]
    assert whys(sim.policy)[0].startswith("hall.rack_inlet_p95_c has stood at")
    calm = build_simulation(load_scenario(SCENARIO, changes | {"events": []}))
    calm.run()
    assert isinstance(calm.policy, Supervisor)
    assert whys(calm.policy) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin_min_frac": 0.3, "margin_max_frac": 0.2},
        {"chilled_min_c": 23.0, "chilled_max_c": 22.0, "supply_min_c": 24.0},
        {"chilled_min_c": 19.0}, {"dew_point_min_c": 10.0, "dew_point_max_c": 12.0},
    ],
)
def test_bounds_that_cross_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PolicyChoice(**wrong)


def test_a_harmful_policy_is_held_within_the_limit_in_a_run() -> None:
    """Supply of 33 °C brings racks above 33 °C; the supervisor ends it at its limit, and again after each release.

    Between two decisions the air may warm by two steps of 1 K: the one that passes the limit, and the one before, which
    the coils have not followed yet. Recirculation adds up to a quarter, as servers' fans speed up. A first decision
    without a rate would reach 33 °C.
    """
    scenario = load_scenario(SCENARIO, SHORT)
    harmful = Asks(supply_air_c=33.0, chilled_water_c=25.0)
    alone = build_simulation(scenario, harmful)
    alone.run()
    own = Supervisor(Asks(supply_air_c=33.0, chilled_water_c=25.0), SafetyLimits(inlet_c=28.0), facts())
    watched = build_simulation(scenario, own)
    hottest_c = 0.0
    for interval in range(1, 361):
        watched.run(watched.start_s + interval * 300)
        hottest_c = max(hottest_c, float(watched.state.facility["inlet_max_c"][0]))
    assert float(alone.state.facility["inlet_max_c"][0]) > 33.0
    assert own.counts["fallback"] >= 2
    assert hottest_c < 28.0 + 2.5
