"""Policies in a run: what is wrong with them is said in one sentence, and the days before are kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from halls import SCENARIO, SHORT, Plain, of_results

import twin
from twin.errors import SimulationError
from twin.policies.contract import Observation, Setpoints
from twin.simulate import build_simulation, run


@pytest.mark.parametrize(
    ("decide", "says"),
    [
        (lambda seen: 1 / 0, "failed in decide() on day 2, 01:00: ZeroDivisionError: "),
        (lambda seen: Setpoints(seen["hall.nothing"]), "KeyError: 'hall.nothing'"),
        (lambda seen: None, "broke its contract on day 2, 01:00: decide() must return Setpoints, not NoneType"),
        (lambda seen: {"supply_air_c": 20.0}, "must return Setpoints, not dict"),
        (lambda seen: Setpoints(supply_air_c=math.nan), "supply_air_c = nan must be a finite number"),
        (lambda seen: Setpoints(supply_air_c="20"), "supply_air_c = '20' must be a finite number"),
        (lambda seen: Setpoints(supply_air_c=120.0), "supply_air_c = 120 must lie in 5 … 35"),
        (lambda seen: Setpoints(supply_air_c=-1.0, fan_speed_frac=2.0), "fan_speed_frac = 2 must lie in 0 … 1"),
        (lambda seen: Setpoints(supplyair=1.0), "TypeError: "),
    ],
)
def test_policy_that_breaks_its_contract(decide: Callable[[Observation], Any], says: str, tmp_path: Path) -> None:
    """One sentence, and the days before are kept."""
    policy = Plain(lambda seen: decide(seen) if seen.time_s >= 90000 else Setpoints())
    with pytest.raises(SimulationError) as caught:
        run(SCENARIO, out=tmp_path / "run", overrides=SHORT, policy=policy)
    assert str(caught.value).startswith("policy Plain ")
    assert says in str(caught.value)
    mended = run(resume=tmp_path / "run", policy=Plain())
    assert of_results(mended, run(SCENARIO, overrides=SHORT, policy=Plain())) == []


def test_policy_that_fails_elsewhere() -> None:
    class NoReset(Plain):
        def reset(self, seed: int, rollout: Any = None) -> None:
            raise ValueError("no seed")

    class NoSnapshot(Plain):
        def snapshot(self) -> Any:
            return (x for x in ())  # cannot be copied

    with pytest.raises(SimulationError, match=r"policy NoReset failed in reset\(\) on day 1, 00:00: ValueError"):
        run(SCENARIO, overrides=SHORT, policy=NoReset())
    with pytest.raises(SimulationError, match=r"policy NoSnapshot failed in snapshot\(\)"):
        build_simulation(twin.load_scenario(SCENARIO, SHORT), NoSnapshot()).fork()


def test_numbers_of_numpy_are_numbers() -> None:
    """Policies that infer in float32 need not convert."""
    first = run(SCENARIO, overrides=SHORT, policy=Plain(lambda _: Setpoints(supply_air_c=np.float32(21.5))))  # type: ignore[arg-type]
    other = run(SCENARIO, overrides=SHORT, policy=Plain(lambda _: Setpoints(supply_air_c=21.5)))
    assert of_results(first, other) == []
