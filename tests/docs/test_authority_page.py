"""The example of the page on control authority is what the twin says today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from twin.engine.authority_table import WORDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: Signed numbers may differ in their last digit from one machine's libm to another's; what is stepped and marked not.
NUMBER = re.compile(r" +[+-]?\d+\.\d+(?= )")


def test_the_example_is_of_today() -> None:
    spec = importlib.util.spec_from_file_location("authority_page", DOCS / "authority.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "physics" / "authority.md").read_text("utf-8")
    today = module.filled(page, module.example())
    assert NUMBER.sub("", page) == NUMBER.sub("", today), "write it anew with: python docs/authority.py"


def test_every_word_is_explained() -> None:
    page = (DOCS / "physics" / "authority.md").read_text("utf-8")
    assert all(f"\n| {word} | " in page for word in WORDS)
