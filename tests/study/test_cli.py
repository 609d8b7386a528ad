"""``twin compare`` on the command line: exit codes, all bad input at once, what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from halls import SCENARIO
from study_rig import OWN, SMALL, verb

import twin

SETS = [word for key, value in {**SMALL, "run.duration_days": 2}.items() for word in ("--set", f"{key}={value}")]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_report_json_and_verdict(here: Path) -> None:
    words = ["compare", SCENARIO, "--policy", "fixed", "--policy", "trim_respond", "--jobs", "1", "--out", "c", *SETS]
    code, text = verb(*words, "--json", "c.json")
    assert code == 0, text
    assert "Report: " in text
    data = json.loads((here / "c.json").read_text("utf-8"))
    assert data == json.loads((here / "c" / "compare.json").read_text("utf-8"))
    assert data["verdict"][0] in text
    page = (here / "c" / "report.html").read_text("utf-8")
    assert "http" not in page.split("</style>")[1]
    for name in ("compare_savings", "compare_warmth", "where_1", "when_1", "days_1", "worst_day_1"):
        assert f'id="{name}"' in page
        assert (here / "c" / "figures" / f"{name}.png").stat().st_size > 5000
    code, text = verb(*words)
    assert code == 2
    assert "--out c" in text
    assert "--resume" in text
    code, text = verb(*words, "--resume", "--quiet", "--no-report")
    assert (code, text.strip()) == (0, "\n".join(data["verdict"]))


def test_a_failed_run_is_exit_code_3_with_everything_written(here: Path) -> None:
    code, text = verb("compare", SCENARIO, "--policy", "fixed", "--policy", f"{OWN}:Raises", "--jobs", "1", *SETS)
    assert code == 3, text
    assert "Raises: no verdict, since policy Raises failed in decide() on day 2, 09:00: ValueError: no plan" in text
    assert (here / "runs" / "compare" / "report.html").is_file()
    assert len(list((here / "runs" / "compare" / "runs").glob("*/*/days.npz"))) == 2


def test_all_bad_input_at_once(here: Path) -> None:
    (here / "file").touch()
    broken = here / "broken.py"
    broken.write_text("import nothing_like_this\n", "utf-8")
    code, text = verb(
        "compare", "chilled-water-greensbro", "--policy", "fixd", "--policy", f"{OWN}:Nobody",
        "--policy", "broken.py:X", "--vary", "plant.chilled_water_temp_c=", "--uncertain", "x=1", "--seeds", "0",
        "--out", "file", "--limit", "hot",
    )
    assert code == 2
    for part in ("chilled-water-greensbro", "did you mean 'fixed'", "nothing called Nobody", "ModuleNotFoundError",
                 "--vary", "--uncertain x=1", "--seeds 0", "is a file", "--limit hot"):
        assert part in text, part
    assert not (here / "runs").exists()


def test_json_is_refused_before_anything_runs(here: Path) -> None:
    code, text = verb("compare", SCENARIO, "--policy", "fixed", "--policy", "fixed", "--json", "no/such/c.json")
    assert code == 2
    assert "no such folder" in text
    assert list(here.iterdir()) == []


def test_shadow_writes_its_report(here: Path) -> None:
    rows = twin.run(SCENARIO, overrides={**SMALL, "run.duration_days": 1}).series
    rows.reset_index().to_csv("history.csv", index=False)
    code, text = verb("shadow", SCENARIO, "--telemetry", "history.csv", "--policy", f"{OWN}:Steady", "--html", "s.html")
    assert code == 0, text
    assert "Report: s.html" in text
    assert (here / "s.html").is_file()


def test_help() -> None:
    for name in ("compare", "shadow"):
        code, text = verb(name, "--help")
        assert code == 0
        assert "--policy" in text
