"""Bad policies get a clear sentence, fall back where they are guarded, and see nothing but numbers."""

from __future__ import annotations

import copy
import gc
from types import MappingProxyType
from typing import Any

import own_policies
import pytest
from own_policies import BAD, BAD_FROM_S, Steady

from twin.channels import CHANNELS
from twin.errors import SimulationError
from twin.policies.contract import Observation, Setpoints
from twin.study.watch import Watched, frozen

VALUES = {c.name: 20.0 for c in CHANNELS}
START = {"supply_air_c": 22.0}
LATE_S = BAD_FROM_S + 600


@pytest.mark.parametrize("kind", list(BAD), ids=lambda kind: kind.__name__)
def test_bad_policy_gets_a_sentence(kind: type[Steady]) -> None:
    watched = Watched(kind(), limit_s=0.5)
    watched.reset(1)
    assert watched.decide(Observation(600, VALUES)) == Setpoints(supply_air_c=21.0)
    with pytest.raises(SimulationError) as caught:
        watched.decide(Observation(LATE_S, VALUES))
    text = str(caught.value)
    assert text.startswith(f"policy {kind.__name__} failed in decide() on day 2, 09:10: ")
    assert BAD[kind] in text
    assert "\n" not in text


@pytest.mark.parametrize("kind", list(BAD), ids=lambda kind: kind.__name__)
def test_guarded_it_falls_back(kind: type[Steady]) -> None:
    watched = Watched(kind(), limit_s=0.5, fall_back=START)
    watched.reset(1)
    answers = [watched.decide(Observation(LATE_S + 600 * i, VALUES)) for i in range(5)]
    assert answers == [Setpoints(supply_air_c=22.0)] * 5
    assert watched.given_up
    assert 1 <= len(watched.failures) <= 3
    assert all(BAD[kind] in text for text in watched.failures)


def test_reset_that_fails() -> None:
    class NoReset(Steady):
        def reset(self, seed: int, rollout: Any = None) -> None:
            raise RuntimeError("no model file")

    with pytest.raises(SimulationError, match=r"failed in reset\(\) on day 1, 00:00: RuntimeError: no model file"):
        Watched(NoReset()).reset(1)


def test_observation_is_plain_read_only_and_refers_to_nothing() -> None:
    class Engine(dict[str, float]):
        """Stands for what the engine holds."""

    engine = Engine(VALUES)
    seen = frozen(600, Observation(600, engine))
    assert dict(seen) == VALUES
    assert {type(value) for value in seen.values()} == {float}
    assert isinstance(seen._values, MappingProxyType)
    for attempt in (lambda: seen.__setitem__("it.power_kw", 1.0), lambda: seen._values.update({})):  # type: ignore[attr-defined]
        with pytest.raises((AttributeError, TypeError)):
            attempt()
    reached, frontier = set(), [seen]
    while frontier:
        thing = frontier.pop()
        reached.add(id(thing))
        if not isinstance(thing, type):  # classes lead to all of Python
            frontier += [x for x in gc.get_referents(thing) if id(x) not in reached]
    assert id(engine) not in reached
    engine["it.power_kw"] = 99.0
    assert seen["it.power_kw"] == 20.0


def test_nothing_of_the_engine_lies_on_the_stack() -> None:
    watched = Watched(own_policies.LooksAround())
    watched.reset(1)
    watched.decide(Observation(LATE_S, VALUES))
    assert own_policies.LooksAround.found[0].endswith("own_policies")
    assert {name.split(".")[0] for name in own_policies.LooksAround.found} <= {"own_policies", "twin", "threading"}
    assert not any("engine" in name or "simulate" in name for name in own_policies.LooksAround.found)


def test_forecasts_stay_tuples_of_floats() -> None:
    seen = frozen(0, {"weather.dry_bulb_c": 1, "forecast": [1, 2]})  # type: ignore[dict-item]
    assert seen["weather.dry_bulb_c"] == 1.0
    assert seen["forecast"] == (1.0, 2.0)  # type: ignore[comparison-overlap]


def test_snapshot_and_copy() -> None:
    watched = Watched(own_policies.Raises(), fall_back=START)
    watched.reset(7)
    watched.decide(Observation(LATE_S, VALUES))
    other = Watched(own_policies.Raises(), fall_back=START)
    other.restore(copy.deepcopy(watched.snapshot()))
    assert other.failures == watched.failures
    assert other.policy.seed == 7  # type: ignore[attr-defined]
    twin = copy.deepcopy(watched)
    assert twin.failures == watched.failures
    assert twin.policy is not watched.policy
    assert twin.decide(Observation(600, VALUES)) == Setpoints(supply_air_c=21.0)
    twin.close()
    watched.close()


def test_garbage_may_still_be_collected() -> None:
    """Only policies are refused; the process itself may look."""
    watched = Watched(Steady())
    watched.reset(1)
    watched.decide(Observation(600, VALUES))
    assert gc.get_objects()
