"""Policies of a study that cannot be read: each said in words of the user's file."""

from __future__ import annotations

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
