"""The commands behind the baseline's page: the grid search gives the defaults, and the tables have their rows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from twin.scenario.policy_choice import PolicyChoice
from twin.scenario.read import load_scenario

DOCS = Path(__file__).resolve().parents[2] / "docs"


def module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A command of docs/ as a module (docs is no package)."""
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location(f"{name}_page", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, f"{name}_page", found)
    spec.loader.exec_module(found)
    return found


def test_the_defaults_are_the_fit_of_the_greensboro_plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the digits that the scenario states; and with these numbers less is lost than with a constant."""
    search = module("condenser_reset", monkeypatch)
    plant = search.Plant("chilled-water-greensboro")
    cases = list(search.grid(plant))
    own = PolicyChoice()
    stated = (own.condenser_base_k, own.condenser_plr_k, own.condenser_wet_bulb_frac)
    _, found = search.fit(cases)
    assert stated == pytest.approx(found, abs=0.05)

    def ruled(case: object) -> float:
        return stated[0] + stated[1] * case.best.plr + stated[2] * case.wet_bulb_c  # type: ignore[attr-defined]

    lost, worst = search.lost_frac(plant, cases, ruled)
    constant, constant_worst = search.lost_frac(plant, cases, lambda _: search.COMMON_K)
    assert 0.0 <= lost < 0.001
    assert lost < constant
    assert worst < constant_worst


def test_every_row_is_a_sound_scenario_and_energy_is_set_against_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = module("rule_based", monkeypatch)
    found = {}
    for hall in page.HALLS:
        for k, name in enumerate(page.compared(hall)):
            changes = page.POLICIES[name] | {"run.duration_days": 1.0}
            assert load_scenario(hall, changes).policy.name in name
            found[hall, name, 0.0, 1.0] = (1000.0 + k, 1.1, 26.0, 0.0)
    rows = page.table({"day": (0.0, 1.0)}, found).splitlines()
    assert len(rows) == 2 + 3 * 4
    assert rows[2] == "| chilled-water-greensboro | `fixed` | 0 | 1.100 | 26.0 °C | 0.0 h |"
    assert rows[3] == "| chilled-water-greensboro | `trim_respond` | +0.10% | 1.100 | 26.0 °C | 0.0 h |"


def test_the_page_has_the_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    text = module("rule_based", monkeypatch).PAGE.read_text("utf-8")
    for name in ("baseline-weeks", "baseline-year"):
        assert f"<!-- {name} -->" in text
        assert f"<!-- /{name} -->" in text
