"""The rule-based baseline: each of its parts acts where its equipment is, and only there."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from halls import SCENARIO, SHORT, of_results
from hypothesis import given
from hypothesis import strategies as st
from rules_rig import START, after, baseline, facts, seen, settings

import twin
from twin.engine.simulation import Simulation
from twin.policies.air_rules import inlet_requests, periods
from twin.policies.check import check_policy, check_setpoints
from twin.policies.library import make_policy
from twin.policies.supervisor import Supervisor
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation, run

HOT = {"hall__rack_inlet_p95_c": 27.2, "hall__rack_inlet_max_c": 28.0}  # six requests at a target of 26 °C
WIDE = {"crah__valve_max_frac": 0.97}


# --- parts 1 and 2: fans and supply air ------------------------------------------------------------


@pytest.mark.parametrize(
    ("p95_c", "max_c", "requests"),
    [
        (20.0, 26.0, 0), (25.0, 26.1, 1), (25.9, 26.7, 3), (26.1, 26.2, 2), (26.1, 26.4, 3), (26.4, 26.7, 5),
        (40.0, 40.0, 6),
    ],
)
def test_requests(p95_c: float, max_c: float, requests: int) -> None:
    """A lone hot rack is heard 0.6 K above the target, one rack in twenty as soon as the hottest is 0.3 K above it."""
    now = seen(0, hall__rack_inlet_p95_c=p95_c, hall__rack_inlet_max_c=max_c)
    assert inlet_requests(now, 26.0) == requests


def test_periods_count_elapsed_time_but_not_for_ever() -> None:
    assert [periods(elapsed_s, 120.0) for elapsed_s in (60.0, 120.0, 300.0, 9000.0)] == [0.5, 1.0, 2.5, 3.0]


def test_two_requests_are_ignored() -> None:
    """Two change nothing, either way; a third is answered."""
    two = {"hall__rack_inlet_p95_c": 26.1, "hall__rack_inlet_max_c": 26.2}
    own = baseline({"margin_min_frac": 0.1, "margin_max_frac": 0.3})  # fans at their least: only the air can trim
    asked = after(own, 9, **two)
    assert (asked["demand_margin_frac"], asked["supply_air_c"]) == (pytest.approx(0.1), 22.0)
    three = two | {"hall__rack_inlet_max_c": 26.4}
    assert after(own, 1, **three)["demand_margin_frac"] == pytest.approx(0.1 + 0.05 * 0.2)
    assert after(baseline({"ignored_requests": 0}), 1, **two)["demand_margin_frac"] > 0.1


def test_fans_answer_first_then_temperature() -> None:
    own = baseline()
    margins, supplies = zip(*(
        (asked["demand_margin_frac"], asked["supply_air_c"]) for asked in (after(own, 1, **HOT) for _ in range(12))
    ), strict=True)
    full = margins.index(pytest.approx(0.2))
    assert 0 < full < 11
    assert list(margins[:full]) == sorted(margins[:full])
    assert set(supplies[: full + 1]) == {22.0}
    assert supplies[full + 1] == pytest.approx(22.0 - 0.6)  # 4 · 0.3 K, capped at 0.6 K
    assert supplies[-1] < supplies[full + 1]


def test_content_racks_let_the_fans_down_first_then_warm_the_air() -> None:
    own = baseline()
    answers = [after(own, 1) for _ in range(60)]
    least = next(k for k, asked in enumerate(answers) if asked["demand_margin_frac"] == 0.0)
    assert all(asked["supply_air_c"] == 22.0 for asked in answers[: least + 1])
    assert answers[least + 1]["supply_air_c"] == pytest.approx(22.1)


def test_cold_air_is_kept_while_it_is_free() -> None:
    """Up only while a compressor works; back to the scenario's where towers have a reserve; else as it is."""
    own = baseline({"margin_min_frac": 0.1})
    warm_c = after(own, 20)["supply_air_c"]
    assert warm_c == pytest.approx(24.0 - 0.1)
    idle = {"plant__chiller_kw": 0.0}
    assert after(own, 5, **idle, plant__tower_speed_frac=0.9)["supply_air_c"] == pytest.approx(warm_c)
    assert after(own, 5, **idle, plant__tower_speed_frac=0.5)["supply_air_c"] == pytest.approx(warm_c - 0.5)
    after(own, 5)
    busy = {"hall__rack_inlet_p95_c": 26.1, "hall__rack_inlet_max_c": 26.2}  # two requests stop the way up only
    assert after(own, 5, **idle, **busy)["supply_air_c"] == pytest.approx(warm_c - 0.5)
    assert after(own, 50, **idle)["supply_air_c"] == 22.0
    again = baseline({"margin_min_frac": 0.1})
    spent = idle | {"plant__tower_speed_frac": 1.0}
    assert after(again, 20, **spent)["supply_air_c"] == 22.0  # valves have water to spare
    assert after(again, 20, **spent, crah__valve_max_frac=0.85)["supply_air_c"] == pytest.approx(24.0)
    guideline = baseline({"margin_min_frac": 0.1, "cold_while_free": False})
    assert after(guideline, 20, **idle)["supply_air_c"] == pytest.approx(warm_c)


def test_supply_keeps_its_bounds_and_does_not_wind_up() -> None:
    own = baseline({"supply_min_c": 20.0})
    assert after(own, 400)["supply_air_c"] == 27.0
    assert after(own, 400, **HOT, hall__supply_c=20.0)["supply_air_c"] == 20.0
    lost = baseline()
    assert after(lost, 100, **HOT, hall__supply_c=26.0)["supply_air_c"] == 22.0  # the plant cannot: colder is no answer


def test_speed_is_the_fan_setpoint_where_it_is_fixed() -> None:
    own = baseline(fan_mode="fixed")
    slower = after(own, 60)
    assert slower["fan_speed_frac"] < 0.8
    assert "demand_margin_frac" not in slower
    assert after(own, 400)["fan_speed_frac"] == 0.3
    assert after(own, 60, **HOT)["fan_speed_frac"] > 0.3


def test_return_air_is_the_fan_setpoint_where_fans_hold_it() -> None:
    """Supply 10 % above the servers' air and a rise of 11 K: without the surplus the same heat rises 12.1 K."""
    own = baseline(fan_mode="return_temperature")
    asked = after(own, 100)
    assert asked["return_air_c"] == pytest.approx(22.0 + 11.0 * 1.1, abs=0.25)
    assert "fan_speed_frac" not in asked
    assert after(own, 30, **HOT)["return_air_c"] == pytest.approx(22.0 + 11.0 * 1.1 / 1.2, abs=0.25)


def test_return_air_stands_still_until_it_is_off_by_a_quarter_of_a_kelvin() -> None:
    """At the least fan level the goal is supply plus rise times supply over server air, here 22 °C + 1.1 rise."""
    own = baseline({"margin_min_frac": 0.0, "margin_max_frac": 0.001}, fan_mode="return_temperature")
    for goal_c, asked_c in ((34.2, 34.0), (33.8, 34.0), (34.3, 34.3), (34.1, 34.3)):
        rise_k = (goal_c - 22.0) / 1.1
        asked = after(own, 60, hall__return_c=22.0 + rise_k)
        assert asked["return_air_c"] == pytest.approx(asked_c, abs=0.02)


# --- part 4: condenser water -----------------------------------------------------------------------


def test_condenser_approach_follows_load_and_wet_bulb_slowly() -> None:
    own = baseline()
    assert after(own, 1)["condenser_approach_k"] == pytest.approx(4.5)
    assert after(own, 20)["condenser_approach_k"] == pytest.approx(5.6 + 2.5 * 0.6 - 0.14 * 15.0)
    assert after(own, 20, plant__chiller_plr=0.75)["condenser_approach_k"] == pytest.approx(5.0)  # 0.4 K off: stays
    assert after(own, 20, plant__chiller_plr=1.0)["condenser_approach_k"] == pytest.approx(5.6 + 2.5 - 0.14 * 15.0)
    assert after(own, 20, weather__wet_bulb_c=26.0)["condenser_approach_k"] == pytest.approx(
        5.6 + 1.5 - 0.14 * 26.0, abs=0.5)
    assert after(own, 60, weather__wet_bulb_c=60.0)["condenser_approach_k"] == 2.0


def test_no_condenser_setpoint_while_chillers_rest_or_reject_to_air() -> None:
    assert "condenser_approach_k" not in after(baseline(), 1, plant__chiller_plr=0.0)
    assert "condenser_approach_k" not in after(baseline(), 1, plant__condenser_kg_s=0.0)


# --- part 8: indirect evaporative units ------------------------------------------------------------


def test_supply_of_evaporative_units_follows_the_wet_bulb_and_fans_come_before_colder_air() -> None:
    own = baseline({"reset_rate_k": 0.5}, cooling="iec")
    asked = after(own, 40)
    assert asked["supply_air_c"] == pytest.approx(20.0)  # wet bulb 15 °C + 5 K
    assert set(asked) == {"supply_air_c", "demand_margin_frac"}
    first = after(own, 1, **HOT)
    assert first["supply_air_c"] == pytest.approx(20.0)
    assert first["demand_margin_frac"] > 0.0
    assert after(own, 40, **HOT)["supply_air_c"] == 18.0


# --- liquid cooling --------------------------------------------------------------------------------


def test_facility_water_rises_until_chips_or_valves_ask() -> None:
    calm = {"liquid__chip_max_c": 60.0, "liquid__cdu_valve_max_frac": 0.5}
    own = baseline()
    assert after(own, 10, **calm)["facility_water_c"] == pytest.approx(33.0)
    assert after(own, 1, **calm | {"liquid__cdu_valve_max_frac": 0.97})["facility_water_c"] == pytest.approx(32.7)
    after(own, 20, **calm)
    before = own.liquid.facility_c
    assert after(own, 1, **calm | {"liquid__chip_max_c": 72.0})["facility_water_c"] == pytest.approx(before - 0.6)
    assert after(own, 900, **calm)["facility_water_c"] == 40.0
    assert after(own, 900, **calm | {"liquid__chip_max_c": 90.0})["facility_water_c"] == 32.0


def test_facility_water_rests_between_what_asks_and_what_lets_it_rise() -> None:
    own = baseline()
    calm = {"liquid__chip_max_c": 60.0, "liquid__cdu_valve_max_frac": 0.5}
    before = after(own, 20, **calm)["facility_water_c"]
    for still in ({"liquid__chip_max_c": 69.5}, {"liquid__cdu_valve_max_frac": 0.65}):  # target 70 °C
        assert after(own, 10, **calm | still)["facility_water_c"] == before
    near = after(own, 1, **calm | {"liquid__chip_max_c": 70.05})["facility_water_c"]
    assert before - 0.05 < near < before  # a little too warm asks for a little
    asked = after(own, 1, **calm | {"liquid__cdu_valve_max_frac": 0.75})["facility_water_c"]
    assert after(own, 1, **calm | {"liquid__cdu_valve_max_frac": 0.65})["facility_water_c"] < asked < near


@pytest.mark.parametrize("hall", ["direct-liquid", "thermosyphon-hybrid"])
def test_facility_water_does_not_saw(hall: str) -> None:
    """Two days: it turns round some times a day, not at every decision."""
    done = twin.run(hall, overrides={"policy.name": "rule_based", "run.start_day": 100.0, "run.duration_days": 2.0})
    asked = done.actions
    asked = asked[asked["setpoint"] == "facility_water_c"]["applied"].to_numpy()
    moves = np.diff(asked)
    moves = moves[np.abs(moves) > 1e-9]
    assert (np.diff(np.sign(moves)) != 0).sum() <= 24


def test_nothing_for_liquid_halls_without_their_channels() -> None:
    assert "facility_water_c" not in after(baseline(), 5)
    assert "facility_water_c" not in after(baseline(), 5, liquid__chip_max_c=0.0)


# --- part 9, and the contract ----------------------------------------------------------------------


def test_a_supervisor_stands_around_it_unless_told_otherwise() -> None:
    supervised = make_policy("rule_based", settings(), 22.0, facts())
    assert isinstance(supervised, Supervisor)
    assert not isinstance(make_policy("trim_respond", settings(), 22.0, facts()), Supervisor)
    watched = make_policy("trim_respond", settings(supervisor=True, inlet_limit_c=28.0, tape=True), 22.0, facts())
    assert isinstance(watched, Supervisor)
    assert (watched.limits.inlet_c, watched.limits.rise_hour_k) == (28.0, 5.0)
    assert supervised.limits.rise_hour_k == 20.0


def test_keeps_the_contract() -> None:
    for known in (facts(), facts(cooling="iec"), facts(fan_mode="fixed"), facts(fan_mode="return_temperature")):
        for supervisor in (False, True):
            assert check_policy(make_policy("rule_based", settings(supervisor=supervisor), 22.0, known)) == []


def test_snapshot_and_reset() -> None:
    own, other = baseline(), baseline()
    first = [own.decide(seen(k * 300, **HOT)) for k in range(1, 9)]
    saved = copy.deepcopy(own.snapshot())
    onward = [own.decide(seen(k * 300, **WIDE)) for k in range(9, 20)]
    other.restore(saved)
    assert [other.decide(seen(k * 300, **WIDE)) for k in range(9, 20)] == onward
    own.reset(2)
    assert [own.decide(seen(k * 300, **HOT)) for k in range(1, 9)] == first


@given(
    st.lists(
        st.fixed_dictionaries({
            "hall__rack_inlet_p95_c": st.floats(-20.0, 80.0), "hall__rack_inlet_max_c": st.floats(-20.0, 80.0),
            "hall__supply_c": st.floats(-20.0, 60.0), "hall__return_c": st.floats(-20.0, 90.0),
            "hall__supply_kg_s": st.floats(0.0, 200.0), "hall__it_air_kg_s": st.floats(0.0, 200.0),
            "crah__valve_max_frac": st.floats(0.0, 1.0), "plant__chiller_plr": st.floats(0.0, 1.5),
            "weather__wet_bulb_c": st.floats(-60.0, 60.0), "liquid__chip_max_c": st.floats(0.0, 150.0),
        }),
        min_size=1, max_size=12,
    ),
    st.sampled_from(["demand", "fixed", "return_temperature"]), st.sampled_from(["water", "iec"]),
)
def test_never_asks_for_what_no_setpoint_can_be(run_of: list[dict[str, float]], fan_mode: str, cooling: str) -> None:
    own = baseline(fan_mode=fan_mode, cooling=cooling)
    for k, values in enumerate(run_of):
        asked = own.decide(seen(300 * (k + 1), **values))
        assert check_setpoints(asked) == []
        assert 18.0 <= (asked.supply_air_c or 0.0) <= 27.0
        assert asked.chilled_water_c is None or asked.chilled_water_c <= 22.0


# --- whole runs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hall", "start_day", "moved"),
    [
        (SCENARIO, 195.0, {"supply_air_c", "return_air_c", "chilled_water_c", "condenser_approach_k"}),
        ("tblock-qingyuan", 195.0, {"supply_air_c", "demand_margin_frac"}),
        ("dh1-air", 110.0, {"supply_air_c", "return_air_c", "chilled_water_c", "condenser_approach_k"}),
    ],
)
def test_racks_stay_within_the_recommended_and_every_setpoint_moves(
    hall: str, start_day: float, moved: set[str]
) -> None:
    """No inlet above what is recommended, no fall-back, no more energy than without, and setpoints have moved.

    Energy: up to 0.1 % more would be no finding, half of the smallest difference between policies in the yearly tables.
    """
    changes: dict[str, Any] = {"run.duration_days": 2.0, "run.start_day": start_day}
    still = build_simulation(load_scenario(hall, changes | {"policy.name": "fixed"}))
    still.run()
    scenario = load_scenario(hall, changes | {"policy.name": "rule_based"})
    sim = build_simulation(scenario)
    start = sim.physics.setpoints.copy()
    hottest_c, left = 0.0, set()
    for hour in range(1, 49):
        sim.run(sim.start_s + hour * 3600)
        hottest_c = max(hottest_c, float(sim.state.facility["inlet_max_c"][0]))
        left |= {name for name in START if sim.physics.setpoints[name][0] != start[name][0]}
    assert hottest_c < scenario.hall.limits.recommended_max_c
    assert isinstance(sim.policy, Supervisor)
    assert "fallback" not in sim.policy.counts
    assert moved <= left
    assert facility_j(sim) < 1.001 * facility_j(still)


def facility_j(sim: Simulation) -> float:
    """Energy of the whole facility over the run, J."""
    names = (
        "it_j", "crah_fan_j", "chiller_j", "chw_pump_j", "cw_pump_j", "heat_rejection_fan_j", "iec_fan_j", "iec_pump_j",
        "dx_j", "humidifier_j", "dehumidifier_j", "ups_loss_j", "distribution_loss_j", "lighting_j",
    )
    return sum(float(sim.state.meters[name][0]) for name in names)


def test_resumes_to_the_last_bit() -> None:
    chosen: dict[str, Any] = SHORT | {"policy.name": "rule_based"}
    sim = build_simulation(load_scenario(SCENARIO, chosen))
    sim.run(sim.start_s + 40000)
    heir = sim.fork()
    sim.run()
    heir.run()
    assert [a.tobytes() for a in sim.state] == [a.tobytes() for a in heir.state]
    assert sim.policy.snapshot() == heir.policy.snapshot()
    assert of_results(run(SCENARIO, overrides=chosen), run(SCENARIO, overrides=chosen)) == []
