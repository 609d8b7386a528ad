"""Part 3 of the rule-based baseline: chilled water by the valves, and by the towers while they carry the hall alone."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from rules_rig import after, baseline

from twin.policies.rule_based import RuleBased
from twin.simulate import run

WIDE = {"crah__valve_max_frac": 0.97}
#: A step of two minutes is two fifths of the plant's period.
STEP_SHARE = 0.4
#: The economiser carries the hall alone, with towers half and full.
FREE = {"plant__chiller_kw": 0.0, "plant__economiser_kw": 500.0, "plant__tower_speed_frac": 0.5}
SPENT = FREE | {"plant__tower_speed_frac": 1.0}


def steady() -> RuleBased:
    """A baseline whose air stays at 22 °C, so that its water has 16 … 21 °C to move in."""
    return baseline({"supply_max_c": 22.0})


# --- by the valves -----------------------------------------------------------------------------------


def test_half_of_the_reset_moves_the_water_the_other_the_pumps() -> None:
    own = baseline({"chilled_max_c": 19.0})
    answers = [after(own, 1) for _ in range(200)]
    water = [asked["chilled_water_c"] for asked in answers]
    pressure = [asked["pump_dp_frac"] for asked in answers]
    warm = next(k for k, value in enumerate(water) if value == pytest.approx(19.0))
    assert water[0] < 16.2
    assert water[:warm] == sorted(water[:warm])
    assert set(pressure[:warm]) == {1.0}
    assert pressure[-1] == pytest.approx(0.3)
    back = [after(own, 1, **WIDE) for _ in range(200)]
    full = next(k for k, asked in enumerate(back) if asked["pump_dp_frac"] == pytest.approx(1.0))
    assert {asked["chilled_water_c"] for asked in back[: full - 1]} == {19.0}
    assert back[-1]["chilled_water_c"] == pytest.approx(16.0)


def test_a_valve_asks_until_it_is_clearly_shut_and_warm_air_asks_louder() -> None:
    own = baseline()
    after(own, 50)
    before = own.chilled.reset_frac
    after(own, 1, crah__valve_max_frac=0.85)  # neither asks nor rests
    assert own.chilled.reset_frac == before
    after(own, 1, **WIDE)
    after(own, 1, crah__valve_max_frac=0.85)
    assert own.chilled.reset_frac == pytest.approx(before + 2 * 0.03 * STEP_SHARE)
    after(own, 1, crah__valve_max_frac=0.8)
    assert own.chilled.reset_frac == pytest.approx(before + (2 * 0.03 - 0.02) * STEP_SHARE)
    loud = baseline()
    loud.chilled.reset_frac = 0.5
    after(loud, 1, **WIDE, hall__supply_c=22.6)
    assert loud.chilled.reset_frac == pytest.approx(0.5 + 0.06 * STEP_SHARE)
    assert after(loud, 1, **WIDE, hall__supply_c=23.1)["chilled_water_c"] == 16.0
    shut = baseline()
    shut.chilled.reset_frac = 0.5
    after(shut, 1, hall__supply_c=30.0)
    assert shut.chilled.reset_frac < 0.5


def test_water_that_is_not_needed_waits_at_the_design() -> None:
    own = baseline()
    assert after(own, 100)["chilled_water_c"] > 16.0
    for idle in ({"plant__chilled_kg_s": 0.0}, {"hall__outdoor_air_frac": 0.4}):
        asked = after(own, 1, **idle)
        assert (asked["chilled_water_c"], asked["pump_dp_frac"]) == (16.0, 1.0)
        assert after(own, 9)["chilled_water_c"] > 16.0


def test_water_stays_colder_than_air_and_its_lower_bound_is_the_design() -> None:
    own = baseline({"supply_max_c": 20.0, "margin_min_frac": 0.1})
    assert after(own, 500)["chilled_water_c"] == pytest.approx(19.0)
    assert after(baseline({"chilled_min_c": 12.0}), 1, **WIDE)["chilled_water_c"] == 12.0


# --- by the towers -----------------------------------------------------------------------------------


def test_free_water_goes_back_to_the_design_while_towers_have_a_reserve() -> None:
    own = steady()
    warm_c = after(own, 40)["chilled_water_c"]
    assert warm_c == pytest.approx(16.0 + 2 * 40 * 0.02 * STEP_SHARE * (21.0 - 16.0))
    assert after(own, 20, **FREE | {"plant__tower_speed_frac": 0.8})["chilled_water_c"] == warm_c
    answers = [after(own, 1, **FREE)["chilled_water_c"] for _ in range(200)]
    assert answers[-1] == 16.0
    moves = [a - b for a, b in zip([warm_c, *answers], answers, strict=False) if a != b]
    assert min(moves[:-1]) >= 0.5  # the last one ends at the design
    other = steady()
    after(other, 40)
    assert after(other, 6, **FREE | WIDE | {"plant__tower_speed_frac": 0.8})["chilled_water_c"] <= warm_c - 0.5


def test_towers_at_their_end_are_asked_for_what_comes_not_for_less() -> None:
    """Wind-up: with valves half open for a day, or 85 % open, the setpoint never leaves the water behind."""
    own = steady()
    for came_c in (16.4, 17.0, 17.6, 18.2, 18.8):
        asked_c = after(own, 30, **SPENT, plant__chilled_supply_c=came_c, crah__valve_max_frac=0.85)["chilled_water_c"]
        assert came_c - 0.5 < asked_c <= came_c
    assert after(own, 30, **SPENT, plant__chilled_supply_c=18.0)["chilled_water_c"] == asked_c  # as cold, and a reserve
    assert after(own, 1, **SPENT, plant__chilled_supply_c=30.0)["chilled_water_c"] == 21.0


@pytest.mark.parametrize("sign", [{"crah__valve_max_frac": 0.92}, {"hall__supply_c": 22.6}])
def test_a_valve_that_asks_or_warm_air_calls_the_chillers(sign: dict[str, float]) -> None:
    """Two kelvins at once, below the dead band of any economiser, and no further however long it lasts."""
    own = steady()
    after(own, 30, **SPENT, plant__chilled_supply_c=18.6, crah__valve_max_frac=0.85)
    called = [after(own, 1, **SPENT, plant__chilled_supply_c=18.6, **sign)["chilled_water_c"] for _ in range(50)]
    assert called == pytest.approx([16.6] * 50)
    settled = after(own, 1, **SPENT, plant__chilled_supply_c=18.6, crah__valve_max_frac=0.85)["chilled_water_c"]
    assert settled == pytest.approx(18.6)


def test_air_that_is_lost_gets_the_design_though_towers_are_at_their_end() -> None:
    own = steady()
    asked = after(own, 1, **SPENT, **WIDE, plant__chilled_supply_c=20.0, hall__supply_c=23.1)
    assert asked["chilled_water_c"] == 16.0


def test_chillers_behind_the_economiser_are_let_go_later_than_they_are_called() -> None:
    """Below 70 % of the valve instead of 80 %; in steps too small to take the load off them."""
    behind = {"plant__economiser_kw": 500.0, "plant__tower_speed_frac": 1.0}
    own = steady()
    assert after(own, 50, **behind, crah__valve_max_frac=0.75)["chilled_water_c"] == 16.0
    assert after(own, 1, crah__valve_max_frac=0.75)["chilled_water_c"] > 16.0
    before_c = after(own, 1, **behind, crah__valve_max_frac=0.65)["chilled_water_c"]
    for _ in range(10):
        asked_c = after(own, 1, **behind, crah__valve_max_frac=0.65)["chilled_water_c"]
        assert 0.0 < asked_c - before_c < 0.25
        before_c = asked_c


# --- and a whole plant -------------------------------------------------------------------------------


def test_snapshot_holds_all_it_remembers() -> None:
    """Both go on alike after a call, with the water within its dead band of what is wanted."""
    own, other = steady(), steady()
    after(own, 30, **SPENT, plant__chilled_supply_c=18.6, crah__valve_max_frac=0.85)
    after(own, 3, **FREE)
    other.restore(copy.deepcopy(own.snapshot()))
    for _ in range(40):
        assert after(other, 1, **FREE) == after(own, 1, **FREE)


def test_chillers_start_no_oftener_than_under_fixed_setpoints_in_spring() -> None:
    """Thirty days of spring in a hall with an economiser: starts, tower travel and moves of setpoints are bounded.

    Starts: those of a machine that stood for 20 min; the valve's own reset made more than twice as many as `fixed`.
    A fifth more would be chance. Travel: a hall that follows the load by the valve made 35 times that of `fixed`;
    a change of mode and four of the supply's way a day may cost eight strokes.
    """
    found = {}
    for policy in ("fixed", "rule_based"):
        span = {"policy.name": policy, "run.start_day": 80.0, "run.duration_days": 30.0}
        found[policy] = run("chilled-water-greensboro", overrides=span)
    starts = {}
    for policy, result in found.items():
        on = np.rint(result.series["plant.chillers_on"].to_numpy())
        before = np.lib.stride_tricks.sliding_window_view(on[:-1], 20).max(axis=1)
        starts[policy] = float(np.maximum(on[20:] - before, 0.0).sum())
    assert starts["fixed"] > 0.0
    assert starts["rule_based"] <= 1.2 * starts["fixed"]
    result = found["rule_based"]
    assert float(result.series["plant.tower_speed_frac"].diff().abs().sum()) < 8.0 * 30.0
    change = result.actions.groupby("setpoint", observed=True)["applied"].diff()
    assert int((change.abs() > 0.0).sum()) < 40 * 30
    energy_kw = {policy: float(r.series["power.facility_kw"].mean()) for policy, r in found.items()}
    assert energy_kw["rule_based"] < 0.995 * energy_kw["fixed"]
    assert float(result.series["hall.rack_inlet_max_c"].max()) < 27.0
