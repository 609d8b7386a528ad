"""Read a scenario: a shipped name, a file or tables from Python → a checked, frozen Scenario."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twin.errors import Problem, ScenarioError
from twin.scenario.explain import examine
from twin.scenario.files import Tree, absolute_paths, find, merge, plain, read_tables, resolve_extends
from twin.scenario.hall import Surface
from twin.scenario.schema import Scenario

__all__ = ["load_scenario", "schema_json"]

_CONNECTION = (
    "names of connections hold dots and cannot be set one by one: write a scenario file with extends = \"…\" and "
    "\"plant.chilled_water\" = [\"plant.chiller.main\"] below [plant.connections]"
)
_FORM = "write KEY=VALUE, e.g. plant.chilled_water_temp_c=16"


def load_scenario(
    source: str | Path | Mapping[str, Any] | Scenario, overrides: Mapping[str, object] | Sequence[str] = ()
) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    source : str, Path, mapping or Scenario
        Name of a shipped scenario (``dh1-none``), path of a TOML file, or its tables.
    overrides : mapping or sequence of str
        Single keys to change: ``{"run.seed": 2}`` or ``["run.seed=2"]`` (values in TOML syntax; a bare word is text).

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem that could be found.
    """
    if isinstance(source, (str, Path)):
        label = str(source)
        path = find(label)
        tables = read_tables(path, label)
        name = path.stem
    elif isinstance(source, (Mapping, Scenario)):
        label, path, name = "scenario", None, "scenario"
        tables = _tables(source)
    else:
        raise ScenarioError("scenario", [Problem(type(source).__name__, "give a name, a path or a table of tables")])
    try:
        tree = resolve_extends(plain(tables), label, path)
        tree, problems = _override(tree, overrides)
    except RecursionError:
        raise ScenarioError(label, [Problem("(nesting)", "tables are nested too deeply, or hold themselves")]) from None
    if not tree.get("name"):
        tree = {**tree, "name": name[:100]}
    scenario, found = examine(tree)
    if scenario is None or problems:
        raise ScenarioError(label, problems + found)
    notes = [*_idle_optics(plain(tables), tree), *_idle_optics(_override({}, overrides)[0], tree)]
    before = source.notes if isinstance(source, Scenario) else ()
    return scenario.noted(tuple(dict.fromkeys((*before, *notes)))) if notes or before else scenario


def _idle_optics(given: Tree, tree: Tree) -> list[str]:
    """Optics of a surface that are given where a coating brings its own; those of a file below belong to it bare."""
    found = []
    for name in ("roof", "wall"):
        own, whole = (_table(_table(layer, "envelope"), name) for layer in (given, tree))
        coating = whole.get("coating")
        if coating in (None, "bare") or own.keys() >= Surface.model_fields.keys():  # all keys: a scenario written out
            continue
        found += [
            f"envelope.{name}.{key} = {own[key]:g} is not used: the coating {coating} takes its place"
            for key in ("solar_absorptance_frac", "emissivity_frac") if key in own
        ]
    return found


def _table(tree: Tree, name: str) -> Tree:
    found = tree.get(name, {})
    return found if isinstance(found, dict) else {}


def schema_json() -> dict[str, Any]:
    """JSON Schema of a scenario file, for completion and checks in an editor.

    Returns
    -------
    dict
    """
    schema = Scenario.model_json_schema()
    schema["title"] = "cooling-twin scenario"
    text = "another scenario this one is laid over: a file beside it, or the name of a shipped one"
    schema["properties"]["extends"] = {"type": "string", "description": text}
    schema.pop("required", None)  # a file that extends another may leave out any section
    return schema


def _tables(source: Mapping[str, Any] | Scenario) -> Tree:
    try:
        tables: Tree = plain(source)
    except RecursionError:
        raise ScenarioError(
            "scenario", [Problem("(nesting)", "tables are nested too deeply, or hold themselves")]
        ) from None
    return tables


def _override(tree: Tree, overrides: Mapping[str, object] | Sequence[str]) -> tuple[Tree, list[Problem]]:
    """Lay single keys over the tree."""
    problems: list[Problem] = []
    if isinstance(overrides, str):
        overrides = [overrides]
    pairs: list[tuple[str, Any]] = []
    if isinstance(overrides, Mapping):
        pairs = [(str(path), plain(value)) for path, value in overrides.items()]
    else:
        for text in overrides:
            pair = _parse(str(text))
            if isinstance(pair, Problem):
                problems.append(pair)
            else:
                pairs.append(pair)
    for path, value in pairs:
        names = path.split(".")
        if path.startswith("plant.connections."):
            problems.append(Problem(f"--set {path[:60]}", _CONNECTION))
        elif not all(re.fullmatch(r"[\w-]+", name) for name in names):
            problems.append(Problem(f"--set {path[:60]}", f"is not a key; {_FORM}"))
        elif names[0] == "extends":
            problems.append(Problem("--set extends", "cannot be set from outside; write it in a file"))
        else:
            clash = _clash(tree, names)
            if clash:
                problems.append(Problem(f"--set {path}", f"{clash} is a value and has no keys of its own"))
                continue
            patch: Any = value
            for name in reversed(names):
                patch = {name: patch}
            tree = merge(tree, absolute_paths(patch, Path()))
    return tree, problems


def _clash(tree: Tree, names: list[str]) -> str:
    """Path of a plain value that the key would have to go through."""
    node: Any = tree
    for depth, name in enumerate(names[:-1]):
        node = node.get(name, {})
        if not isinstance(node, dict):
            return ".".join(names[: depth + 1])
    return ""


def _parse(text: str) -> tuple[str, Any] | Problem:
    """Key and value of ``a.b=value``."""
    path, equals, value = text.partition("=")
    path, value = path.strip(), value.strip()
    if not equals or not path or not value:
        return Problem(f"--set {text[:60]!r}", f"is not an assignment; {_FORM}")
    try:
        parsed = tomllib.loads(f"value = {value}")
        if list(parsed) == ["value"]:
            return path, parsed["value"]
    except (ValueError, RecursionError):  # not TOML: text without quotes, unless it began like something else
        pass
    if path.startswith("plant.connections."):
        return path, value
    if value[0] in "[{\"'" or "\n" in value:
        return Problem(f"--set {path} = {value[:60]!r}", "is not a TOML value: check quotes and brackets")
    return path, value
