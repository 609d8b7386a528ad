"""What the README says of the comparisons is what was compared."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def results() -> ModuleType:
    """docs/results.py as a module (docs is no package)."""
    spec = importlib.util.spec_from_file_location("results", DOCS / "results.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(source: str, quantity: str, theirs: float, ours: float | None, status: str = "pass") -> dict[str, Any]:
    return {
        "suite": "oracles" if source == "A" else "plants", "source": source, "quantity": quantity,
        "theirs": theirs, "ours": ours, "tolerance": 0.01, "status": status,
        "tolerance_source": "why",
    }


ROWS = [
    row("A", "case: PUE", 1.2, 1.203), row("A", "case: fans", 5.0, 5.02, "short"), row("B", "depth", 1.0, 1.0),
    row("C", "height", 1.0, None, "not run"),
]


def test_the_readme_counts_every_suite_and_names_what_is_short(results: ModuleType) -> None:
    text = results.validation(ROWS)
    assert "| `oracles` | laws beside independent libraries, and our own ledger | 1 | 2 | 1 |" in text
    assert "beside recorded runs of other programs and published years | 1 | 1 | 1 |" in text
    assert "| A | case: fans | 5 | 5.02 | 0.01 |" in text
    assert "| case | 1.2000 | 1.2030 | 0.01 |" in text
    assert "| C |" not in text
    assert "2 pass, 1 short, 1 not run here." in text.splitlines()


def test_a_number_that_failed_is_the_furthest(results: ModuleType) -> None:
    rows = [row("A", "x", 1.0, 2.0, "short"), row("A", "y", 1.0, float("nan"), "short")]
    rows.append(row("B", "z", 1.0, None, "short"))
    rows.append({**row("C", "none", 0.0, 0.0), "tolerance": 0.0})
    text = results.validation_page(rows)
    assert "| A | 2 | 0 | inf (y) |" in text
    assert "| B | 1 | 0 | inf (z) |" in text
    assert "| C | 1 | 1 | 0.00 (none) |" in text


def test_the_page_has_every_number(results: ModuleType) -> None:
    page = results.validation_page(ROWS)
    assert "| case: fans | 5 | 5.02 | 0.01 | why | short |" in page
    assert page.count("## ") == 2
