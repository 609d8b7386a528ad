"""A policy from a text: a name of the library, a class in a file, or a file of weights."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from twin.errors import InputError, Problem
from twin.policies.contract import Policy
from twin.policies.facts import Facts
from twin.policies.learned import read_weights
from twin.policies.library import POLICY_NAMES, dress, make_policy

__all__ = ["files_of", "import_file", "load_policy"]

_NEEDED = ("reset", "decide", "snapshot", "restore")


def load_policy(text: str, settings: Mapping[str, Any], facts: Facts) -> Policy:
    """A policy from what a person writes: ``rule_based``, ``my_policy.py:MyPolicy`` or ``weights.npz``.

    A class is made without arguments. A file is a program: it is run. Supervisor and guard stand around the policy if
    the settings say so.

    Parameters
    ----------
    text : str
    settings : mapping
        The keys of the scenario's ``[policy]``, as ``PolicyChoice.settings`` gives them.
    facts : Facts
        Kind of hall and its setpoints.

    Returns
    -------
    Policy

    Raises
    ------
    InputError
        If there is no such policy, or it cannot be made.
    """
    if text in POLICY_NAMES:
        return make_policy(text, settings, facts.start.get("supply_air_c", 22.0), facts)
    path, colon, name = text.rpartition(":")
    if colon and path.endswith(".py"):
        return dress(_of_class(Path(path), name), settings, facts)
    if text.endswith(".npz"):
        return dress(read_weights(Path(text)), settings, facts)
    if text.endswith(".py"):
        raise _refused(text, f"say which class of the file: {text}:MyPolicy")
    known = ", ".join(POLICY_NAMES)
    raise _refused(text, f"must be {known}, a class in a file (my_policy.py:MyPolicy) or weights (.npz)")


def import_file(path: Path) -> ModuleType:
    """Run a Python file anew, with what it imports beside it.

    Modules that lie beside the file are imported for it alone: another policy's helper of the same name is another
    module, and an edited one is read again.

    Parameters
    ----------
    path : Path

    Returns
    -------
    ModuleType
        In ``sys.modules`` under a name of its own, which dataclasses look up.
    """
    path = path.resolve()
    name = f"twin_policy_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    sys.modules[name] = module
    sys.path.append(str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(path.parent))
        fresh = set(sys.modules) - before
        beside = {each for each in fresh if "." not in each and _lies_in(path.parent, sys.modules[each])}
        for each in fresh:
            if each.partition(".")[0] in beside:
                del sys.modules[each]
    return module


def files_of(path: Path) -> list[Path]:
    """A policy's file and the Python files beside it that it imports, and those that these import.

    Found by reading ``import`` and ``from … import`` anywhere in the text, nothing is run; of a package in the folder
    all files count, the twin itself does not. What is imported by a name that is made up while it runs is not found,
    nor are data files.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Path
        The file first, the others in the order of their names.
    """
    first = path.resolve()
    found, left = {first}, [first]
    while left:
        for name in _imported(left.pop()):
            module, package = first.parent / f"{name}.py", first.parent / name
            beside = {module} if module.is_file() else set(package.rglob("*.py")) if package.is_dir() else set()
            left += beside - found
            found |= beside
    return [first, *sorted(found - {first})]


def _imported(path: Path) -> set[str]:
    """Top names of all that a file imports; none if it cannot be read as Python."""
    try:
        nodes = list(ast.walk(ast.parse(path.read_bytes())))
    except (SyntaxError, ValueError):
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"twin", "twin_kernels"}


def _lies_in(folder: Path, module: ModuleType) -> bool:
    """Whether a module is a Python file of this folder, or a package in it."""
    file = getattr(module, "__file__", None)
    place = Path(file) if file else Path(next(iter(getattr(module, "__path__", ())), ""))
    place = place.parent if place.name == "__init__.py" else place
    return place.parent == folder and place.suffix in {"", ".py"}


def _of_class(path: Path, name: str) -> Policy:
    where = f"{path}:{name}"
    if not path.is_file():
        raise _refused(where, f"there is no file {path}")
    try:
        module = import_file(path)
    except (Exception, SystemExit) as error:  # the user's code: any failure is a finding
        raise _refused(where, f"the file cannot be run: {type(error).__name__}: {error}") from error
    made = getattr(module, name, None)
    if not isinstance(made, type):
        classes = [k for k, v in vars(module).items() if isinstance(v, type) and v.__module__ == module.__name__]
        raise _refused(where, f"the file has no class '{name}'; it has: {', '.join(classes) or 'none'}")
    missing = [method for method in _NEEDED if not callable(getattr(made, method, None))]
    if missing:
        raise _refused(where, f"a policy needs {', '.join(f'{m}()' for m in missing)}; twin.check_policy looks closer")
    try:
        policy: Policy = made()
    except (Exception, SystemExit) as error:  # as above
        raise _refused(where, f"{name}() cannot be made without arguments: {type(error).__name__}: {error}") from error
    return policy


def _refused(text: str, what: str) -> InputError:
    return InputError("policy", [Problem(text[:120], what)])
