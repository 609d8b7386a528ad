"""Policies from texts: names, classes in files, saved weights; and every way in which that can go wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from policies_rig import SCENARIO, keys, result
from rules_rig import facts, seen

from twin.errors import InputError
from twin.policies.check import check_policy
from twin.policies.guard import Guard
from twin.policies.learned import Learned
from twin.policies.library import POLICY_NAMES
from twin.policies.loader import load_policy
from twin.scenario.policy_choice import PolicyChoice
from twin.simulate import run

SETTINGS = PolicyChoice().settings()

GOOD = '''
from dataclasses import dataclass
from twin import Setpoints

@dataclass
class Steady:
    supply_c: float = 23.5
    def reset(self, seed, rollout=None): pass
    def decide(self, observation): return Setpoints(supply_air_c=self.supply_c)
    def snapshot(self): return None
    def restore(self, saved): pass

class Needs:
    def __init__(self, number): self.number = number
    def reset(self, seed): pass
    def decide(self, observation): return Setpoints()
    def snapshot(self): return None
    def restore(self, saved): pass

class Half:
    def decide(self, observation): return Setpoints()
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(GOOD)
    return path


def weights(path: Path, **changed: object) -> Path:
    """A linear policy: 20 + 10 (1 + tanh(x))/2 with x = (inlet - 24)/4."""
    content: dict[str, object] = {
        "channels": ["hall.rack_inlet_max_c"], "setpoints": ["supply_air_c"], "mean": [24.0], "scale": [4.0],
        "low": [20.0], "high": [30.0], "w0": [[1.0]], "b0": [0.0],
    }
    np.savez(path, **{k: np.array(v) for k, v in {**content, **changed}.items() if v is not None})  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_every_name_is_a_policy(name: str) -> None:
    assert check_policy(load_policy(name, SETTINGS, facts())) == []


def test_a_class_in_a_file(file: Path) -> None:
    done = result(f"{file}:Steady")
    assert (done.actions["applied"] == 23.5).all()
    assert done.summary["policy"]["name"] == "Steady"


def test_the_scenarios_guard_stands_around_it(file: Path) -> None:
    policy = load_policy(f"{file}:Steady", PolicyChoice(guard=True).settings(), facts())
    assert isinstance(policy, Guard)
    done = run(SCENARIO, overrides={**keys(), "policy.guard": True}, policy=f"{file}:Steady")
    assert done.manifest["policy"]["class"] == "Guard"
    assert (done.actions["reason"] == "as asked").mean() > 0.9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing", "must be fixed, trim_respond"),
        ("{file}", "say which class of the file"),
        ("{file}:Other", "the file has no class 'Other'; it has: Steady, Needs, Half"),
        ("{file}:Half", r"a policy needs reset\(\), snapshot\(\), restore\(\)"),
        ("{file}:Needs", r"Needs\(\) cannot be made without arguments: TypeError"),
        ("{folder}/none.py:Steady", "there is no file"),
        ("{folder}/broken.py:Steady", "the file cannot be run: SyntaxError"),
        ("{folder}/raises.py:Steady", "the file cannot be run: ZeroDivisionError"),
        ("{folder}/none.npz", "cannot be read"),
    ],
)
def test_what_cannot_be_loaded_says_why(text: str, says: str, file: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("class Steady:\n  def")
    (tmp_path / "raises.py").write_text("1 / 0")
    with pytest.raises(InputError, match=says):
        load_policy(text.format(file=file, folder=tmp_path), SETTINGS, facts())


def test_saved_weights(tmp_path: Path) -> None:
    policy = load_policy(str(weights(tmp_path / "w.npz")), SETTINGS, facts())
    assert isinstance(policy, Learned)
    assert check_policy(policy) == []
    for inlet_c in (20.0, 24.0, 30.0):
        asked = policy.decide(seen(0, hall__rack_inlet_max_c=inlet_c))
        assert asked.supply_air_c == pytest.approx(25.0 + 5.0 * np.tanh((inlet_c - 24.0) / 4.0))


def test_a_network_of_two_layers(tmp_path: Path) -> None:
    w0, b0, w1, b1 = np.array([[1.0], [-2.0]]), np.array([0.5, 0.0]), np.array([[1.0, 1.0]]), np.array([0.1])
    for activation, f in (("tanh", np.tanh), ("relu", lambda x: np.maximum(x, 0.0))):
        path = weights(tmp_path / f"{activation}.npz", w0=w0, b0=b0, w1=w1, b1=b1, activation=activation)
        asked = load_policy(str(path), SETTINGS, facts()).decide(seen(0, hall__rack_inlet_max_c=26.0))
        h = w1 @ f(w0 @ np.array([0.5]) + b0) + b1
        assert asked.supply_air_c == pytest.approx(25.0 + 5.0 * np.tanh(h[0]))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mean": None}, "mean .*is missing"),
        ({"channels": ["hall.nothing"]}, "there is no such channel"),
        ({"setpoints": ["supplyair"]}, "must be one of supply_air_c"),
        ({"scale": [0.0]}, "above zero"),
        ({"high": [99.0]}, "must be ordered and lie in 5 … 35"),
        ({"w0": [[1.0, 2.0]]}, "do not take 1 inputs"),
        ({"w0": [[np.nan]]}, "must be finite"),
        ({"w0": [[1.0], [1.0]], "b0": [0.0, 0.0]}, "gives 2 numbers for 1 setpoints"),
        ({"activation": "sin"}, "must be one of tanh, relu"),
    ],
)
def test_wrong_weights_are_refused(changed: dict[str, object], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        load_policy(str(weights(tmp_path / "w.npz", **changed)), SETTINGS, facts())
