"""Whatever is done to a scenario, reading it gives a Scenario or a ScenarioError, never anything else."""

from __future__ import annotations

import copy
import datetime
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.errors import ScenarioError
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.scenario.shipped import shipped_names, shipped_path
from twin.scenario.toml import scenario_text

TREES = {name: load_scenario(name).model_dump(exclude_none=True) for name in shipped_names()}
TEXTS = {name: path.read_bytes() for name in shipped_names() if (path := shipped_path(name))}

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 1, 2**63, 10**400, -(10**30)]),
    st.floats(),
    st.sampled_from([float("nan"), float("inf"), -0.0, 1e308, 1e-308, 293.15, 50.0]),
    st.text(max_size=8),
    st.sampled_from(["none", "", "..", "/", "a\x00b", "\ud800", "fixed", "nan", "x" * 3000]),
    st.sampled_from([datetime.date(2024, 1, 1), datetime.time(1), b"bytes", 1j, object(), (1, 2), {1, 2}]),
    st.lists(st.floats(), max_size=3),
    st.lists(st.floats(0, 1), min_size=24, max_size=24),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from([{}, [], [[]], {"a": {"b": {"c": 1}}}, [{"racks": 1}]]),
).map(copy.deepcopy)  # a later mutation may change what was drawn: never the strategy's own object

KEYS = ["run.seed", "plant", "hall.crah.main.coil.water_in_c", "a.b.c"]


def tables(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """All tables of a tree, itself first."""
    found = [tree]
    for value in tree.values():
        if isinstance(value, dict):
            found += tables(value)
    return found


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    tree = copy.deepcopy(TREES[draw(st.sampled_from(sorted(TREES)))])
    for _ in range(draw(st.integers(1, 4))):
        table = draw(st.sampled_from(tables(tree)))
        action = draw(st.sampled_from(["delete", "replace", "rename", "insert", "move"]))
        if action == "insert" or not table:
            table[draw(st.text(max_size=6))] = draw(ODD)
            continue
        name = draw(st.sampled_from(sorted(table)))
        if action == "delete":
            del table[name]
        elif action == "replace":
            table[name] = draw(ODD)
        elif action == "rename":
            table[draw(st.sampled_from([name[:-1], name + "x", name.upper(), f"{name}-1", ""]))] = table.pop(name)
        else:
            draw(st.sampled_from(tables(tree)))[name] = copy.deepcopy(table[name])
    return tree


def outcome(source: Any, overrides: list[str] | None = None) -> Scenario | ScenarioError:
    """A scenario, or the error that says why not; anything else fails the test."""
    try:
        return load_scenario(source, overrides or [])
    except ScenarioError as error:
        return error


def judge(result: Scenario | ScenarioError) -> None:
    if isinstance(result, ScenarioError):
        assert result.problems
        assert all(problem.where and problem.what for problem in result.problems)
        assert "Traceback" not in str(result)
    else:
        assert outline(result).lines
        assert load_scenario(tomllib.loads(scenario_text(result))) == result


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
def test_mutated_tables(tree: dict[str, Any]) -> None:
    judge(outcome(tree))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_bytes(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        action = data.draw(st.sampled_from(["cut", "insert", "replace", "truncate"]))
        if action == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif action == "insert":
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=6))
        elif action == "replace" and raw:
            raw[at] = data.draw(st.sampled_from(list(b'"[]{}=.#\n0x-' + bytes([0, 255]))))
        else:
            del raw[at:]
    path = tmp_path / "mutant.toml"
    path.write_bytes(bytes(raw))
    judge(outcome(path))


@settings(max_examples=300, deadline=None)
@given(key=st.text(max_size=20) | st.sampled_from(KEYS), value=st.text(max_size=20))
def test_any_override(key: str, value: str) -> None:
    judge(outcome("dh1-none", [f"{key}={value}"]))
