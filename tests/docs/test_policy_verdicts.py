"""The command behind the verdicts: what it asks, its commands, its tables, its page."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from study_rig import days_of

from twin.study.cases import Request, plan_of
from twin.study.compare import compared
from twin.study.daily import DayTable
from twin.study.one_run import Run

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """docs/policy_verdicts.py as a module (docs is no package)."""
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location("policy_verdicts_page", DOCS / "policy_verdicts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "policy_verdicts_page", module)
    spec.loader.exec_module(module)
    return module


def run(uses_kwh: dict[str, float], moves: int) -> Run:
    """Two days from day 58 on (28 February, 1 March), each of this energy, at constant power."""
    total = sum(uses_kwh.values())
    columns = {f"kwh.{name}": [kwh] * 2 for name, kwh in uses_kwh.items()}
    table = days_of({"day": [58.0, 59.0], "total_kwh": [total] * 2, "it_kwh": [uses_kwh["it"]] * 2, **columns})
    quarter_s = 58 * 86400 + 900 * np.arange(1, 193)
    power = {"power.facility_kw": np.full(192, total / 24.0, np.float32)}
    facts: dict[str, Any] = {"status": "done", "message": "", "fell_back": [], "cpu_s": 1.0,
                             "counts": {"decisions": 10, "moves": {"supply_air_c": moves}}}
    return Run(facts, DayTable(table.columns, quarter_s, power))


@pytest.fixture
def answers(verdicts: ModuleType) -> Any:
    """A policy that saves 1 % of the servers and 9 % of the chillers, everywhere alike."""
    question = verdicts.Question("rules", "fixed", "rule_based", 1, 2.0)
    plan = plan_of(Request([verdicts.HALLS[1]], ["fixed", "rule_based"], days=2.0))
    runs = [run({"it": 800.0, "chiller": 200.0}, 0), run({"it": 792.0, "chiller": 182.0}, 6)]
    return {(verdicts.HALLS[1], "rules"): (question, compared(plan, runs))}


def test_questions_are_those_of_the_issue_and_their_commands_are_sound(verdicts: ModuleType) -> None:
    weeks = np.diff(verdicts.WEEKS)
    assert len(verdicts.WEEKS) == 8
    assert weeks.min() >= 45.0
    assert weeks.max() <= 46.0
    for question in verdicts.QUESTIONS:
        words = shlex.split(question.command(verdicts.HALLS[0]))
        starts = [float(words[i + 1]) for i, word in enumerate(words) if word == "--start-day"]
        plan = plan_of(Request([words[2]], [question.baseline, question.candidate], seeds=question.seeds,
                               days=question.days, start_day=question.starts or None))
        assert tuple(starts) == question.starts
        assert len(plan.worlds) == question.seeds * max(1, len(starts))
        assert question.seeds == {"oracle": 1}.get(question.candidate, 3 if starts else 10)
        assert [side.label for side in plan.sides] == [words[4], words[6]]


def test_tables(verdicts: ModuleType, answers: Any) -> None:
    row = verdicts.verdicts(answers).splitlines()[2]
    assert "| chilled-water-greensboro | `rule_based` against `fixed` | 1 run of 2 d | +2.60 | +2.60 … +2.60 |" in row
    assert verdicts.wear(answers).splitlines()[2].endswith("| 0 → 3 |")
    assert verdicts.uses(answers).splitlines()[2].split(" | ")[2:6] == ["+0.80", "0", "0", "+1.80"]
    cells = verdicts.times(answers).splitlines()[2].strip(" |").split(" | ")[2:]
    assert cells == ["+2.60", "+2.60", "–", "–", *["+2.60"] * 4]  # 28 February is winter, 1 March spring
    assert verdicts.commands(answers).splitlines()[1].endswith("--policy rule_based --days 2 --seeds 1")


def test_what_is_finished_is_shown_with_its_seeds(
    verdicts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two seeds were run, three are asked for: two are shown; with one run gone only the first seed counts."""
    words = ["--as-run", "--out", str(tmp_path)]
    assert verdicts.asked(verdicts.arguments(words)) == []
    hall = verdicts.HALLS[0]
    question = verdicts.Question("rules", "fixed", "trim_respond", 3, 2.0)
    monkeypatch.setattr(verdicts, "QUESTIONS", (question,))
    replace(question, seeds=2).ask(hall, tmp_path, 1)
    found = verdicts.asked(verdicts.arguments([*words, "--only", "rules"]))
    assert [(one.name, place, one.seeds) for one, place in found] == [("rules", hall, 2)]
    (tmp_path / hall / "rules" / "runs" / "02-trim_respond" / "s2-y1" / "run.json").unlink()
    assert [one.seeds for one, _ in verdicts.asked(verdicts.arguments([*words, "--only", "rules"]))] == [1]


def test_a_short_look_is_short(verdicts: ModuleType) -> None:
    quick = verdicts.asked(verdicts.arguments(["--quick"]))
    assert len(quick) == len(verdicts.QUESTIONS) * len(verdicts.HALLS)
    assert all(question.seeds == 1 and question.days <= 2.0 for question, _ in quick)


def test_the_page_has_the_sections(verdicts: ModuleType) -> None:
    text = verdicts.PAGE.read_text("utf-8")
    for name in verdicts.PARTS:
        assert f"<!-- {name} -->" in text
        assert f"<!-- /{name} -->" in text
