"""Policies of a study that cannot be read: each said in words of the user's file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from twin.errors import Problem
from twin.study.sources import policy_source


@pytest.mark.parametrize(("name", "says"), [
    ("Nope", "has nothing called Nope; name a class in it"),
    ("Fails", "Fails() cannot be made: AttributeError: 'Fails' object has no attribute 'gone'"),
    ("Bare", "Bare lacks reset()"),
])
def test_a_class_that_is_missing_or_fails(name: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("class Bare:\n    pass\n\n\nclass Fails:\n    def __init__(self):\n        self.gone.x\n")
    found = policy_source(f"{file}:{name}")
    assert isinstance(found, Problem)
    assert says in found.what
    assert "twin_policy" not in found.what


def test_a_file_that_ends_the_program_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("import sys\nsys.exit(0)\n")
    found = policy_source(f"{file}:Mine")
    assert isinstance(found, Problem)
    assert "cannot be read: SystemExit: 0" in found.what


_POLICY = """
from helper import SUPPLY_C

class Mine:
    supply_c = SUPPLY_C
    def reset(self, seed): pass
    def decide(self, observation): pass
    def snapshot(self): pass
    def restore(self, saved): pass
"""


def test_a_helper_that_is_edited_is_another_policy(tmp_path: Path) -> None:
    """Imported at the top, inside a function or by another helper; a file beside it that nobody imports is no part."""
    for name, text in (("mine", _POLICY), ("helper", "import deep.part\nSUPPLY_C = 21.0\n"), ("other", "x = 1\n"),
                       ("deep/__init__", ""), ("deep/part", "def f():\n    from late import X\n"), ("late", "X = 1\n")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").write_text(text)
    source = policy_source(f"{tmp_path / 'mine.py'}:Mine")
    assert not isinstance(source, Problem)
    for name in ("mine", "helper", "deep/part", "late"):
        before = source.identity()
        with (tmp_path / f"{name}.py").open("a") as file:
            file.write("# edited\n")
        assert source.identity() != before, name
    before = source.identity()
    (tmp_path / "other.py").write_text("x = 2\n")
    assert source.identity() == before


def test_helpers_of_the_same_name_are_each_files_own(tmp_path: Path) -> None:
    """Two versions of a policy in two folders, each with its helper; and one that is edited between two runs."""
    sources = []
    for version, supply_c in (("one", 21.0), ("two", 24.0)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "mine.py").write_text(_POLICY)
        (tmp_path / version / "helper.py").write_text(f"SUPPLY_C = {supply_c}\n")
        sources.append(policy_source(f"{tmp_path / version / 'mine.py'}:Mine"))
    assert [source.make().supply_c for source in sources] == [21.0, 24.0]  # type: ignore[union-attr]
    (tmp_path / "one" / "mine.py").write_text(_POLICY.replace("= SUPPLY_C", "= 19.25"))
    assert sources[0].make().supply_c == 19.25  # type: ignore[union-attr]
    assert "helper" not in sys.modules
