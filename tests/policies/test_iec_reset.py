"""Reset by wet bulb: follows the weather slowly, yields to warm racks, within its bounds."""

from __future__ import annotations

from typing import Any

import pytest
from halls import SCENARIO, SHORT, of_results
from hypothesis import given
from hypothesis import strategies as st

from twin.policies.check import check_policy
from twin.policies.contract import Observation
from twin.policies.iec_reset import IecReset
from twin.simulate import run

COOL_C = 20.0  # of racks that want nothing


def policy(**changed: float) -> IecReset:
    settings: dict[str, float] = {
        "reset_approach_k": 4.0, "reset_rate_k": 0.25, "inlet_target_c": 26.0, "supply_min_c": 18.0,
        "supply_max_c": 26.0, "trim_k": 0.1, "respond_k": 0.5, "start_c": 20.0,
    }
    return IecReset(**(settings | changed))


def answer(own: IecReset, wet_bulb_c: float, inlet_c: float = COOL_C) -> float:
    seen = {"weather.wet_bulb_c": wet_bulb_c, "hall.rack_inlet_p95_c": inlet_c}
    supply_c = own.decide(Observation(0, seen)).supply_air_c
    assert supply_c is not None
    return supply_c


@pytest.mark.parametrize(
    ("wet_bulb_c", "supply_c"), [(-20.0, 18.0), (13.9, 18.0), (17.0, 21.0), (21.5, 25.5), (22.1, 26.0), (28.0, 26.0)]
)
def test_settles_at_wet_bulb_and_approach_within_its_bounds(wet_bulb_c: float, supply_c: float) -> None:
    own = policy()
    assert [answer(own, wet_bulb_c) for _ in range(40)][-1] == pytest.approx(supply_c, abs=1e-12)


def test_moves_by_its_rate() -> None:
    own = policy()
    assert [answer(own, 30.0) for _ in range(3)] == pytest.approx([20.25, 20.5, 20.75])
    assert [answer(own, 0.0) for _ in range(2)] == pytest.approx([20.5, 20.25])
    assert answer(own, 16.3) == pytest.approx(20.3)  # a goal nearer than the rate is met, not passed


def test_racks_pull_it_down_at_once_and_let_go_slowly() -> None:
    own = policy(reset_approach_k=4.0, start_c=24.0)
    assert answer(own, 20.0, 26.0) == 24.0  # at the target nobody asks
    assert answer(own, 20.0, 27.0) == pytest.approx(23.5)
    assert answer(own, 20.0, 28.0) == pytest.approx(22.5)
    assert [answer(own, 20.0) for _ in range(3)] == pytest.approx([22.6, 22.7, 22.8])
    assert answer(own, 20.0, 60.0) == 18.0


def test_no_debt_beyond_the_lower_bound() -> None:
    own = policy(start_c=24.0)
    assert [answer(own, 20.0, 90.0) for _ in range(50)][-1] == 18.0
    assert answer(own, 20.0) == pytest.approx(18.1)
    cold = policy(start_c=18.0)
    assert [answer(cold, -10.0, 90.0) for _ in range(50)][-1] == 18.0
    assert answer(cold, 30.0) == pytest.approx(18.25)


def test_start_is_taken_into_the_bounds() -> None:
    assert answer(policy(start_c=5.0), -10.0) == 18.0
    assert answer(policy(start_c=35.0), 40.0) == 26.0


def test_snapshot_and_reset() -> None:
    own = policy()
    weather = [(25.0, 27.0), (24.0, 26.5), (12.0, 20.0)]
    first = [answer(own, *seen) for seen in weather]
    saved = own.snapshot()
    onward = [answer(own, *seen) for seen in weather]
    assert onward != first
    other = policy(start_c=25.0)
    other.restore(saved)
    assert [answer(other, *seen) for seen in weather] == onward
    own.reset(1)
    assert [answer(own, *seen) for seen in weather] == first


def test_keeps_the_contract() -> None:
    assert check_policy(policy()) == []


@given(
    seen=st.lists(st.tuples(st.floats(-60.0, 60.0), st.floats(-60.0, 100.0)), min_size=1, max_size=30).map(tuple),
    start_c=st.floats(5.0, 35.0),
)
def test_never_leaves_its_bounds_nor_rises_faster_than_rate_and_trim(
    seen: tuple[tuple[float, float], ...], start_c: float
) -> None:
    own = policy(start_c=start_c)
    before_c = min(max(start_c, 18.0), 26.0)
    for wet_bulb_c, inlet_c in seen:
        supply_c = answer(own, wet_bulb_c, inlet_c)
        assert 18.0 <= supply_c <= 26.0
        assert supply_c - before_c <= 0.25 + 0.1 + 1e-9
        before_c = supply_c


def test_runs_in_a_hall_with_chilled_water_and_resumes() -> None:
    """A whole run, and the setpoint it leaves in the series obeys the weather of the step before."""
    chosen: dict[str, Any] = SHORT | {"policy.name": "iec_reset", "policy.supply_min_c": 19.0}
    result = run(SCENARIO, overrides=chosen)
    setpoint_c = result.series["hall.supply_setpoint_c"]
    assert setpoint_c.between(19.0, 27.0).all()
    assert setpoint_c.nunique() > 1
    assert of_results(result, run(SCENARIO, overrides=chosen)) == []
