"""Plans by the cross-entropy method: a known optimum, budgets, seeds, snapshots, and what the oracle says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from policies_rig import hottest_c, result, simulation
from rules_rig import START, facts, seen, settings

from twin.policies.cem_mpc import CemMpc
from twin.policies.check import check_policy
from twin.policies.contract import Setpoints
from twin.policies.planning import PlanSettings, action_bounds, bounded_setpoints, plan_settings
from twin.scenario.policy_choice import PolicyChoice

BOUNDS = {"supply_air_c": (18.0, 27.0), "demand_margin_frac": (0.0, 0.2)}
SMALL: dict[str, object] = {
    "policy__planning__candidates": 6, "policy__planning__elite": 3, "policy__planning__rounds": 2,
}


class Bowl:
    """A rollout whose power is a bowl around 24 °C and 5 %; hot above 26 °C of supply."""

    faults = ()
    horizon_s = 3600

    def __init__(self) -> None:
        self.tried = 0

    def try_sequence(
        self, sequence: Sequence[Setpoints], interval_s: int, fault: str = ""
    ) -> Mapping[str, NDArray[np.float64]]:
        self.tried += 1
        u = np.array([[s.supply_air_c, s.demand_margin_frac] for s in sequence], float)
        power = 100.0 + (u[:, 0] - 24.0) ** 2 + 400.0 * (u[:, 1] - 0.05) ** 2
        hot = 27.0 + 2.0 * np.maximum(u[:, 0] - 26.0, 0.0)
        return {"hall.rack_inlet_max_c.max": hot, "power.facility_kw": power, "plant.makeup_kg_s": np.zeros(len(u)),
                "liquid.chip_max_c.max": np.zeros(len(u))}

    def try_setpoints(self, setpoints: Setpoints, horizon_s: int, fault: str = "") -> Mapping[str, float]:
        return {name: float(v[0]) for name, v in self.try_sequence([setpoints], horizon_s, fault).items()}


def planner(rounds: int = 12, seed: int = 1) -> CemMpc:
    found = CemMpc(BOUNDS, START, PlanSettings(3600, 900.0, 27.0, 70.0, 200.0, 86400, 86400.0, 24, 6, rounds, 2))
    found.reset(seed, Bowl())
    return found


def test_it_finds_the_bottom_of_a_bowl() -> None:
    """Within the least spread of the search: 2 % of each width, three times."""
    asked = planner().decide(seen(300))
    assert asked.supply_air_c == pytest.approx(24.0, abs=3 * 0.02 * 9.0)
    assert asked.demand_margin_frac == pytest.approx(0.05, abs=3 * 0.02 * 0.2)


def test_more_rounds_are_no_worse_and_the_present_plan_is_never_lost() -> None:
    def cost(policy: CemMpc) -> float:
        asked = policy.decide(seen(300)).given()
        return (asked["supply_air_c"] - 24.0) ** 2 + 400.0 * (asked["demand_margin_frac"] - 0.05) ** 2

    start = (22.0 - 24.0) ** 2
    assert cost(planner(12)) <= cost(planner(1)) + 0.2 <= start + 0.2


def test_its_budget_is_what_the_scenario_says_and_it_plans_so_often() -> None:
    policy = planner(3)
    rollout = policy._rollout
    assert isinstance(rollout, Bowl)
    for k in range(6):
        policy.decide(seen(300 * k))
    assert rollout.tried == 2 * 3 * 24  # plans at 0 and 900 s


def test_seeds_tell_plans_apart_and_nothing_else_does() -> None:
    assert planner(2, 1).decide(seen(300)) == planner(2, 1).decide(seen(300))
    assert planner(2, 1).decide(seen(300)) != planner(2, 2).decide(seen(300))


def test_a_snapshot_goes_on_the_same() -> None:
    one, other = planner(2), planner(2)
    one.decide(seen(300))
    other.restore(one.snapshot())
    for time_s in (600, 900, 1200, 1500):
        assert one.decide(seen(time_s)) == other.decide(seen(time_s))


def test_without_a_rollout_it_keeps_the_contract() -> None:
    assert check_policy(CemMpc(BOUNDS, START, planner().settings)) == []


def test_in_a_hall_it_saves_and_keeps_the_inlets() -> None:
    fixed, planned = result(), result(policy__name="cem_mpc", **SMALL)
    assert planned.energy_kwh["total"] < fixed.energy_kwh["total"]
    assert hottest_c(planned) < 27.5
    assert planned.summary["policy"]["oracle"] is False


def test_the_oracle_says_so_everywhere() -> None:
    done = result(policy__name="oracle", **SMALL)
    assert done.summary["policy"]["oracle"] is True
    assert done.manifest["policy"]["oracle"] is True
    assert any(text.startswith("oracle: ") for text in done.summary["warnings"])


def test_interrupted_and_resumed_it_goes_on_the_same() -> None:
    whole, half = (simulation(None, policy__name="cem_mpc", **SMALL) for _ in range(2))
    whole.run(whole.start_s + 7200)
    half.run(half.start_s + 3500)
    child = half.fork()
    child.run(half.start_s + 7200)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(whole.state, child.state, strict=True))


@pytest.mark.parametrize("mode", ["demand", "fixed", "return_temperature"])
def test_each_hall_moves_what_it_has(mode: str) -> None:
    fan = {"demand": "demand_margin_frac", "fixed": "fan_speed_frac", "return_temperature": "return_air_c"}[mode]
    water = action_bounds(settings(), facts(fan_mode=mode))
    assert set(water) == {"supply_air_c", fan, "chilled_water_c", "condenser_approach_k"}
    assert set(action_bounds(settings(), facts(fan_mode=mode, cooling="iec"))) == {"supply_air_c", fan}
    asked: Any = bounded_setpoints(("supply_air_c", "chilled_water_c"), np.array([18.0, 22.0]))
    assert asked.chilled_water_c == 17.0


def test_numbers_of_a_plan_follow_the_scenario() -> None:
    keys = {"horizon_h": 0.6, "blocks": 2, "penalty_kw_per_k": 0.1}
    chosen = PolicyChoice.model_validate({"name": "cem_mpc", "planning": keys})
    found = plan_settings(chosen.settings(), facts(interval_s=300, it_rated_kw=2000.0))
    assert found.horizon_s == 2100
    assert found.penalty_kw == pytest.approx(200.0)
