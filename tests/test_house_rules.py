"""Every rule of the house sees its breach on a made-up tree, and nothing in one that keeps it.

So a rule that has gone blind is noticed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import house_rules as rules
import pytest

Check = Callable[[list[rules.Module]], list[str]]

LONG_BODY = "\n".join(f"    a{i} = {i}" for i in range(61))

#: A rule, a file that breaks it, and one close by that does not.
BREAKS: dict[str, tuple[Check, str, str]] = {
    "upward": (
        lambda m: rules.upward_imports(m, {"low": 1, "high": 2, rules.ROOT_ROOM: 9}, {}, {}),
        "low.py: def f():\n    from pack.high import b",
        "high.py: from pack.low import a",
    ),
    "same floor": (
        lambda m: rules.upward_imports(m, {"low": 1, "high": 1, rules.ROOT_ROOM: 9}, {}, {}),
        "low.py: from pack import high",
        "low.py: import json",
    ),
    "no floor": (
        lambda m: rules.upward_imports(m, {"low": 1, rules.ROOT_ROOM: 9, "high": 2}, {}, {}),
        "new.py: a = 1",
        "low.py: a = 1",
    ),
    "circle": (
        rules.circles,
        "low.py: from .high import b\n+high.py: def f():\n    import pack.low",
        "low.py: from .high import b",
    ),
    "library": (
        lambda m: rules.foreign_imports(m, {"simpy": ("high",)}, {}),
        "low.py: import simpy.core",
        "high.py: from simpy import core",
    ),
    "banned": (
        lambda m: rules.banned_imports(m, "low", ("numba",), {}),
        "low.py: from numba import njit",
        "high.py: import numba",
    ),
    "root": (rules.root_imports, "low.py: from pack import Thing", "low.py: from pack.high import b"),
    "root module": (rules.root_imports, "low.py: import pack", "low.py: from pack import high"),
    "lazy": (
        rules.silent_lazy_imports,
        "low.py: def f():\n    import json\n    return json",
        "low.py: def f():\n    # heavy\n    import json\n    return json",
    ),
    "long file": (rules.long_files, "low.py: " + "a = 1\n" * 401, "low.py: " + "a = 1\n" * 400),
    "long function": (
        rules.long_functions,
        f"low.py: def f():\n{LONG_BODY}",
        f'low.py: def f():\n    """{LONG_BODY}"""\n    # why\n\n    return 1',
    ),
    "parameters": (
        rules.crowded_functions,
        "low.py: def f(a, b, c, d, e, f, g, h): ...",
        "low.py: def f(self, a, b, c, d, e, f, g): ...",
    ),
    "records": (
        rules.crowded_functions,
        "low.py: @kernel\ndef f(a, b, c, d, e, f, g, h, x: float): ...",
        "low.py: @kernel\ndef f(a, b, c, x: float, y: float, z: float, u: float, v: float): ...",
    ),
    "docstring": (
        lambda m: rules.undocumented(m, {"low": "any"}),
        "low.py: def f() -> None: ...",
        'low.py: """M."""\ndef f(a) -> int:\n    """One line."""',
    ),
    "sections": (
        lambda m: rules.undocumented(m, {}),
        'low.py: """M."""\ndef f(a) -> None:\n    """One line."""',
        'low.py: """M."""\ndef f(a) -> None:\n    """One line.\n\n    Parameters\n    ----------\n    a : int\n    """',
    ),
    "returns": (
        lambda m: rules.undocumented(m, {}),
        'low.py: """M."""\ndef f() -> int:\n    """One line."""',
        'low.py: """M."""\ndef f() -> None:\n    """One line."""',
    ),
    "state": (rules.loose_state, "low.py: cache = {}", "low.py: TABLE = {}\n__all__ = []"),
    "global": (rules.loose_state, "low.py: def f():\n    global a\n    a = 1", "low.py: a = 1"),
    "stub": (rules.stubs, 'low.py: def f():\n    """Later."""', "low.py: class A(Protocol):\n    def f(self): ..."),
    "note": (rules.stubs, "low.py: a = 1  # TO" + "DO", "low.py: a = 1  # to do"),
    "raise": (
        rules.stubs,
        "low.py: def f():\n    raise NotImplemented" + "Error",
        "low.py: def f():\n    raise ValueError",
    ),
    "vague": (rules.vague_names, "utils.py: a = 1", "utility_tariff.py: a = 1"),
    "paths": (
        lambda m: rules.machine_paths([x.path for x in m]),
        "low.py: a = '/" + "home/me/x.epw'",
        "low.py: a = 'https://a.org/home/x'",
    ),
    "units": (
        lambda m: rules.unit_less(rules.float_parameters(m), ("_c", "_k", "_w"), {}),
        "low.py: def f(temperature: float): ...",
        "low.py: def f(temperature_c: float, n: int): ...",
    ),
}


def tree(folder: Path, text: str) -> list[rules.Module]:
    """A package ``pack`` of two modules, low and high, with some files of ``text`` put over them."""
    package = folder / "pack"
    package.mkdir(parents=True)
    for name in ("__init__", "low", "high"):
        (package / f"{name}.py").write_text('"""M."""\n')
    for part in text.split("\n+"):
        name, _, body = part.partition(": ")
        (package / name).write_text(textwrap.dedent(body))
    return rules.modules(package)


@pytest.mark.parametrize("rule", BREAKS)
def test_each_rule_sees_its_breach_and_nothing_else(rule: str, tmp_path: Path) -> None:
    check, bad, good = BREAKS[rule]
    assert check(tree(tmp_path / "bad", bad)) != []
    assert check(tree(tmp_path / "good", good)) == []
