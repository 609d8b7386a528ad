"""``twin coating`` on the command line: bad input in one go, help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from study_rig import verb

import twin


def test_bad_input_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = ["--coating", "baso4-pant", "--ages", "-1", "--surface", "floor", "--claim", "x"]
    code, text = verb("coating", "edge-hall", *wrong)
    assert code == 2
    for part in ("did you mean 'baso4-paint'", "--ages -1", "--surface floor", "--claim x"):
        assert part in text, part
    code, text = verb("coating", "edge-hall", "--ages", "new")
    assert code == 2
    assert "is not a list of years outdoors" in text
    code, text = verb("coating", "edge-hal")
    assert code == 2
    assert "did you mean 'edge-hall'" in text
    assert list(tmp_path.iterdir()) == []


def test_table_json_and_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["coating", "edge-hall", "--coating", "baso4-paint", "--ages", "0", "--days", "2", "--start-day", "195",
             "--seeds", "1", "--draws", "0", "--jobs", "1", "--set", "run.step_s=300", "--set",
             "run.control_interval_s=1800", "--out", "c", "--cost-per-m2", "20"]
    code, text = verb(*words, "--json", "c.json")
    assert code == 0, text
    for part in ("ΔPUE", "ΔTUE", "ΔkWh", "Δpeak kW", "Δwater m³", "Δcarbon kg", "No payback is given", "Report: "):
        assert part in text, part
    data = json.loads((tmp_path / "c.json").read_text("utf-8"))
    assert data == json.loads((tmp_path / "c" / "coating.json").read_text("utf-8"))
    assert data["sites"][0]["rows"][0]["coating"] == "baso4-paint"
    code, text = verb(*words, "--resume", "--quiet", "--no-report")
    assert code == 0
    assert text.startswith("baso4-paint (new): saves ")


def test_help() -> None:
    code, text = verb("coating", "--help")
    assert code == 0
    for option in ("--coating", "--ages", "--claim", "--cost-per-m2"):
        assert option in text
    assert "coating" in twin.__all__
