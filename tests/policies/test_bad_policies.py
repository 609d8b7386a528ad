"""Bad policies: a clear sentence, a fall-back where there is a guard, and no results lost."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from halls import SCENARIO, SHORT, Plain, of_results
from policies_rig import Reckless, guarded, hottest_c, keys, result

from twin.errors import SimulationError
from twin.policies.contract import Observation, Setpoints
from twin.policies.trim_respond import TrimRespond
from twin.record.result import Result
from twin.scenario.read import load_scenario
from twin.simulate import run


def mutates(seen: Observation) -> Setpoints:
    """Writes into what it is shown."""
    seen["hall.rack_inlet_max_c"] = 0.0  # type: ignore[index]
    return Setpoints()


def peeks(seen: Observation) -> Setpoints:
    """Looks for the twin behind what it is shown."""
    return Setpoints(supply_air_c=float(seen._row["supply_c"]))  # type: ignore[attr-defined]


def slow(_: Observation) -> Setpoints:
    """Thinks for longer than it may."""
    time.sleep(0.4)
    return Setpoints(supply_air_c=35.0)


BAD: dict[str, tuple[Callable[[Observation], Any], str]] = {
    "raises": (lambda _: 1 / 0, "ZeroDivisionError: "),
    "returns NaN": (lambda _: Setpoints(supply_air_c=math.nan), "supply_air_c = nan must be a finite number"),
    "wrong type": (lambda _: [22.0, 16.0], "decide() must return Setpoints, not list"),
    "wrong shape": (lambda _: Setpoints(supply_air_c=[22.0, 23.0]), "[22.0, 23.0] must be a finite number"),  # type: ignore[arg-type]
    "unknown setpoint": (lambda _: Setpoints(supplyair=20.0), "unexpected keyword argument 'supplyair'"),  # type: ignore[call-arg]
    "too slow": (slow, " s "),
    "mutates the observation": (mutates, "does not support item assignment"),
    "peeks": (peeks, "no attribute '_row'"),
}


class GoesBad(Reckless):
    """Behaves for 90 minutes, then is bad for ever."""

    def __init__(self, decide: Callable[[Observation], Any]) -> None:
        self._decide = decide
        self._first_s: int | None = None

    def decide(self, observation: Observation) -> Any:
        if self._first_s is None:
            self._first_s = observation.time_s
        if observation.time_s - self._first_s < 5400:
            return Setpoints(supply_air_c=23.0)
        return self._decide(observation)


@pytest.mark.parametrize("what", BAD)
def test_with_a_guard_the_baseline_takes_over(what: str) -> None:
    """The run goes to its end at the baseline's setpoints, and the log says why."""
    decide, says = BAD[what]
    guard = guarded(GoesBad(decide), policy__time_limit_s=0.1)
    done = result(guard)
    assert done.summary["steps"] == 360
    assert hottest_c(done) < 27.0
    falls = [entry.why for entry in guard.log if entry.what == "fall-back"]
    assert says in falls[0]
    assert falls[0].startswith("policy GoesBad")
    last = done.actions.groupby("setpoint", observed=True).last()
    assert last.loc["supply_air_c", "reason"] == "fall-back"
    assert last.loc["supply_air_c", "applied"] == 22.0
    assert done.summary["policy"]["log"][0]["why"] == falls[0]


@pytest.mark.parametrize("what", BAD)
def test_without_a_guard_one_sentence_and_the_days_before_are_kept(what: str, tmp_path: Path) -> None:
    decide, says = BAD[what]
    policy = Plain(lambda seen: decide(seen) if seen.time_s >= 90000 else Setpoints())
    limited = {**SHORT, "policy.time_limit_s": 0.1}
    with pytest.raises(SimulationError) as caught:
        run(SCENARIO, out=tmp_path / "run", overrides=limited, policy=policy)
    text = str(caught.value)
    assert says in text
    assert "policy Plain" in text
    assert "\n" not in text
    mended = run(resume=tmp_path / "run", policy=Plain())
    assert of_results(mended, run(SCENARIO, overrides=limited, policy=Plain())) == []


def test_a_policy_that_hangs_is_left_behind() -> None:
    """It would never answer; the run takes the limit of one decision, not one of each."""
    begun = time.perf_counter()
    guard = guarded(GoesBad(lambda _: time.sleep(600.0)), policy__time_limit_s=0.2)
    result(guard)
    assert time.perf_counter() - begun < 60.0
    assert "it is not asked again" in guard.log[0].why
    assert guard.snapshot()[-1] is None


def test_a_policy_that_fails_in_reset_is_not_asked() -> None:
    class NoReset(Reckless):
        def reset(self, seed: int, rollout: Any = None) -> None:
            raise ValueError("no seed")

    guard = guarded(NoReset())
    assert hottest_c(result(guard)) < 27.0
    assert guard.log[0].why == "policy NoReset failed in reset(): ValueError: no seed; it is not asked"


def test_rates_of_the_scenario_hold_for_any_policy_and_are_logged(tmp_path: Path) -> None:
    """Without a guard too; the file of the folder and the result in memory say the same."""
    changed: dict[str, object] = {"policy.rates.supply_air_k_per_h": 6.0}
    table = load_scenario(SCENARIO, {**keys(), **changed})
    done = run(table, policy=Plain(lambda _: Setpoints(supply_air_c=26.0)))
    actions = done.actions
    assert list(actions.columns) == ["time_s", "setpoint", "requested", "applied", "reason"]
    assert actions["applied"].iloc[:3].tolist() == pytest.approx([22.5, 23.0, 23.5])
    assert (actions["requested"] == 26.0).all()
    assert (actions["reason"].iloc[:7] == "rate-limited").all()
    assert actions["reason"].iloc[-1] == "as asked"
    assert done.summary["policy"]["rate_limited"] == 7
    folder = tmp_path / "run"
    run(table, out=folder, policy=Plain(lambda _: Setpoints(supply_air_c=26.0)))
    stored = Result.load(folder).actions
    assert stored.astype({"setpoint": str, "reason": str}).equals(actions.astype({"setpoint": str, "reason": str}))
    run(table, out=folder, policy=Plain(), force=True)
    assert not (folder / "actions.parquet").exists()
    assert len(Result.load(folder).actions) == 0


def test_a_resumed_run_has_the_actions_of_the_whole(tmp_path: Path) -> None:
    changed: dict[str, object] = {**SHORT, "policy.name": "trim_respond"}

    class Stop(BaseException):
        pass

    class Stops(TrimRespond):
        def decide(self, observation: Observation) -> Setpoints:
            if observation.time_s >= 90000:
                raise Stop
            return super().decide(observation)

    numbers = (26.0, 18.0, 27.0, 0.1, 0.3, 22.0)
    Stops.__qualname__ = "TrimRespond"  # the checkpoint knows a policy by its name
    with pytest.raises(Stop):
        run(SCENARIO, out=tmp_path / "run", overrides=changed, policy=Stops(*numbers))
    whole = run(SCENARIO, overrides=changed, policy=TrimRespond(*numbers))
    again = run(resume=tmp_path / "run", policy=TrimRespond(*numbers))
    assert len(again.actions) == len(whole.actions) > 300
    assert (again.actions["applied"].to_numpy() == whole.actions["applied"].to_numpy()).all()
