"""The command that compares policies: its rows, its percentages, its page."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from twin.channels import MODES
from twin.scenario.read import load_scenario

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def policies(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """docs/policies.py as a module (docs is no package)."""
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location("policies_page", DOCS / "policies.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "policies_page", module)
    spec.loader.exec_module(module)
    return module


def year(module: ModuleType, place: str, facility_kwh: float) -> Any:
    return module.Year(
        scenario=f"tblock-{place}", climate=place, seed=1, pue=1.1, facility_kwh=facility_kwh, wue_l_per_kwh=0.5,
        it_load_frac=0.6, mode_h=(0.0,) * len(MODES), mechanical_frac=0.03, over_recommended_h=0.0, inlet_max_c=27.0,
        uses={},
    )


def test_the_default_stands_in_both_tables(policies: ModuleType) -> None:
    for default_k in (5.0, 7.5):
        approaches, others = policies.variants_of(default_k)
        assert {"policy.reset_approach_k": default_k} in approaches.values()
        assert {"policy.reset_approach_k": default_k} in others.values()
    assert len(policies.variants_of(7.5)[0]) == len(policies.variants_of(5.0)[0]) + 1


def test_every_variant_is_a_sound_scenario(policies: ModuleType) -> None:
    for rows in policies.variants_of(5.0):
        for changes in rows.values():
            case = policies.case_of("huailai", changes, True)
            assert load_scenario(case.scenario, dict(case.changes)).run.duration_days == 2.0


def test_energy_is_set_against_the_default(policies: ModuleType) -> None:
    rows: dict[str, dict[str, object]] = {"5 K": {"a": 5.0}, "8 K": {"a": 8.0}}
    energy_kwh = {"qingyuan": (1000.0, 1012.3), "huailai": (800.0, 796.0)}
    years = {
        policies.case_of(place, changes, False): year(policies, place, kwh)
        for place, pair in energy_kwh.items()
        for changes, kwh in zip(rows.values(), pair, strict=True)
    }
    head, _, default, other = policies.table("approach", rows, rows["5 K"], years, False).splitlines()
    assert head.startswith("| approach | qingyuan: energy | PUE |")
    assert default == "| **5 K** | 0 | 1.100 | 3.0% | 0.50 | 0 | 1.100 | 3.0% | 0.50 |"
    assert other == "| 8 K | +1.23% | 1.100 | 3.0% | 0.50 | -0.50% | 1.100 | 3.0% | 0.50 |"


def test_the_page_has_the_sections(policies: ModuleType) -> None:
    page = policies.PAGE.read_text("utf-8")
    assert all(f"<!-- {name} -->" in page and f"<!-- /{name} -->" in page for name in ("approach", "others"))
