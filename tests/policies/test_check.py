"""The checker that ships to users of policies."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest

from twin.channels import CHANNELS
from twin.policies.check import BOUNDS, check_policy, check_setpoints
from twin.policies.contract import Observation, Policy, Setpoints
from twin.policies.fixed import Fixed
from twin.policies.iec_reset import IecReset
from twin.policies.library import make_policy
from twin.policies.trim_respond import TrimRespond
from twin.scenario.hall import Hall
from twin.scenario.plant import Plant

TRIM = TrimRespond(inlet_target_c=26.0, supply_min_c=15.0, supply_max_c=27.0, trim_k=0.1, respond_k=0.3, start_c=20.0)


class Base:
    """Keeps the contract; what is wrong is added."""

    def __init__(self) -> None:
        self.level = 20.0

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.level = 20.0

    def decide(self, observation: Observation) -> Any:
        self.level += 0.1
        return Setpoints(supply_air_c=self.level)

    def snapshot(self) -> Any:
        return self.level

    def restore(self, saved: Any) -> None:
        self.level = saved


class Raises(Base):
    def decide(self, observation: Observation) -> Any:
        return Setpoints(supply_air_c=observation["hall.nowhere_c"])


class Forgets(Base):
    def restore(self, saved: Any) -> None:
        pass


class Shares(Base):
    """Its snapshot is its memory itself, so it changes after it was taken."""

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.memory = [20.0]

    def decide(self, observation: Observation) -> Any:
        self.memory[0] += 1.0
        return Setpoints(supply_air_c=self.memory[0])

    def snapshot(self) -> Any:
        return self.memory

    def restore(self, saved: Any) -> None:
        self.memory = saved


class Hot(Base):
    def decide(self, observation: Observation) -> Any:
        return Setpoints(supply_air_c=observation["hall.rack_inlet_max_c"] - 2.0)


class NoDecision(Base):
    decide = None  # type: ignore[assignment]


class OldReset(Base):
    def reset(self) -> None:  # type: ignore[override]
        pass


@pytest.mark.parametrize("policy", [Fixed(), TRIM, Base(), Shares()])
def test_good_policies(policy: Policy) -> None:
    assert isinstance(policy, Policy)
    assert check_policy(policy) == []


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (Raises(), "with all channels at 0: KeyError: 'hall.nowhere_c'"),
        (Forgets(), "restore() then decide() gave another answer than before"),
        (Hot(), "with all channels at 45: supply_air_c = 43 must lie in 5 … 35"),
        (NoDecision(), "a policy needs a method decide()"),
        (object(), "a policy needs a method reset()"),
        (OldReset(), "TypeError: "),
        (Base, "Base is a class; give an object: Base()"),
    ],
)
def test_bad_policies(policy: Any, says: str) -> None:
    problems = check_policy(policy)
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (None, "decide() must return Setpoints, not NoneType"),
        ((20.0,), "not tuple"),
        (Setpoints(supply_air_c=math.inf), "supply_air_c = inf must be a finite number"),
        (Setpoints(supply_air_c=True), "supply_air_c = True must be a finite number"),
        (Setpoints(chilled_water_c=np.float32(math.nan)), "must be a finite number"),  # type: ignore[arg-type]
        (Setpoints(supply_air_c=np.array([20.0])), "must be a finite number"),  # type: ignore[arg-type]
        (Setpoints(supply_air_c=20j), "must be a finite number"),  # type: ignore[arg-type]
        (Setpoints(condenser_approach_k=0.0), "condenser_approach_k = 0 must lie in 0.5 … 30"),
    ],
)
def test_bad_setpoints(asked: Any, says: str) -> None:
    (problem,) = check_setpoints(asked)
    assert says in problem


def test_a_policy_that_leaves_the_program_is_a_finding() -> None:
    class Leaves(Base):
        def decide(self, observation: Observation) -> Setpoints:
            sys.exit(0)

    assert [text.partition(": ")[2] for text in check_policy(Leaves())] == ["SystemExit: 0"] * 3


def test_every_problem_is_named() -> None:
    asked = Setpoints(supply_air_c=99.0, fan_speed_frac=-0.1, chilled_water_c=math.nan)
    assert [problem.split(" = ")[0] for problem in check_setpoints(asked)] == list(asked.given())


def test_numbers_of_any_kind() -> None:
    assert check_setpoints(Setpoints(20, np.float32(34), np.float64(0.5), np.int64(12))) == []  # type: ignore[arg-type]
    assert check_setpoints(Setpoints()) == []


def test_bounds_cover_every_setpoint() -> None:
    assert BOUNDS.keys() == Setpoints.__dataclass_fields__.keys()
    for name, (low, high) in BOUNDS.items():
        assert check_setpoints(Setpoints(**{name: low})) == check_setpoints(Setpoints(**{name: high})) == []
        assert len(check_setpoints(Setpoints(**{name: high + 0.01}))) == 1


@pytest.mark.parametrize(
    ("setpoint", "part", "key"),
    [
        ("supply_air_c", Plant, "supply_air_temp_c"), ("return_air_c", Hall, "return_air_temp_c"),
        ("chilled_water_c", Plant, "chilled_water_temp_c"), ("condenser_min_c", Plant, "condenser_water_min_c"),
        ("condenser_max_c", Plant, "condenser_water_max_c"),
        ("condenser_approach_k", Plant, "condenser_water_approach_k"),
    ],
)
def test_bounds_are_those_of_the_scenario(setpoint: str, part: Any, key: str) -> None:
    limits = {}
    for rule in part.model_fields[key].metadata:
        limits.update({name: getattr(rule, name) for name in ("ge", "gt", "le", "lt") if hasattr(rule, name)})
    assert (limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))) == BOUNDS[setpoint]


def test_observation_is_a_mapping_of_channels() -> None:
    observation = Observation(60, {c.name: 1.0 for c in CHANNELS})
    assert observation.time_s == 60
    assert len(observation) == len(CHANNELS) == len(dict(observation))
    with pytest.raises(TypeError):
        observation["it.power_kw"] = 2.0  # type: ignore[index]


def test_policies_by_name() -> None:
    settings = {"inlet_target_c": 26.0, "supply_min_c": 15.0, "supply_max_c": 27.0, "trim_k": 0.1, "respond_k": 0.3}
    assert make_policy("trim_respond", settings, 20.0) == TRIM
    assert isinstance(make_policy("fixed", settings, 20.0), Fixed)
    own = {"reset_approach_k": 4.0, "reset_rate_k": 0.25}
    assert make_policy("iec_reset", settings | own, 20.0) == IecReset(**settings, **own, start_c=20.0)
