"""Job streams and traces in whole runs: counted, reported, stopped and gone on with."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from halls import SCENARIO, Days, same

from twin.engine.account import manifest, run_warnings
from twin.engine.simulation import Simulation
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation, run

HOUR_S = 3600
STREAMS: dict[str, Any] = {
    "defer_hours": [9, 17],
    "stream": {
        "night": {"kind": "batch", "per_day": 400.0, "slack_h": 6.0, "size_max_servers": 64},
        "shop": {"kind": "interactive", "per_day": 900.0},
        "model": {"kind": "training", "per_day": 12.0, "size_max_servers": 1024},
    },
}


def simulation(engine: str, recorder: Days | None = None) -> Simulation:
    tables = {"extends": SCENARIO, "workload": {"jobs": {**STREAMS, "engine": engine}}}
    return build_simulation(load_scenario(tables, {"run.duration_days": 1.0, "run.step_s": 300}), None, recorder)


@pytest.mark.parametrize("engine", ["jobs", "fluid"])
def test_a_run_with_streams_can_be_stopped_and_gone_on_with(engine: str) -> None:
    whole, rows = simulation(engine, Days()), Days()
    whole.run()
    first = simulation(engine, rows)
    for stop_s in (9 * HOUR_S, 11 * HOUR_S + 7, 17 * HOUR_S, 20 * HOUR_S + 150):
        first.run(stop_s)
        second = simulation(engine, rows)
        second.restore(pickle.loads(pickle.dumps(first.snapshot())))
        first = second
    first.run()
    assert same(whole.snapshot(), first.snapshot()) == []
    assert whole.recorder is not None
    assert same(whole.recorder.days, rows.days) == []  # type: ignore[attr-defined]
    told = manifest(whole, 0.0, 0.0)["jobs"]
    assert told["deferred"] > 50
    assert told["wait_p95_h"] > told["wait_mean_h"] > 0.0
    assert told == manifest(first, 0.0, 0.0)["jobs"]


def test_a_trace_in_standard_workload_format_runs_and_says_what_it_left_out(tmp_path: Path) -> None:
    lines = [f"{i} {300 * i} 0 {3000 + i} 32 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1" for i in range(1, 100)]
    lines.append("100 5 -1 0 -1 -1 -1 16 600 -1 5 1 1 -1 -1 -1 -1 -1")
    lines.append("101 5 -1 -1 8 -1 -1 16 600 -1 0 1 1 -1 -1 -1 -1 -1")
    (tmp_path / "week.swf").write_text("; MaxNodes: 10\n; MaxProcs: 160\n" + "\n".join(lines) + "\n", encoding="utf-8")
    keys = {"workload.jobs.trace": str(tmp_path / "week.swf"), "run.duration_days": 0.5, "run.step_s": 300}
    result = run(load_scenario(SCENARIO, keys), out=tmp_path / "out")
    assert result.manifest["jobs"]["arrived"] == 99
    assert result.manifest["jobs"]["late"] == 0
    assert str(tmp_path / "week.swf") in result.manifest["inputs"]
    said = "2 of 101 jobs of the trace week.swf were left out: 1 cancelled before they ran, 1 without a run time"
    assert said in result.summary["warnings"]
    assert result.summary["metrics"]["job_wait_mean_h"] == result.manifest["jobs"]["wait_mean_h"]


def test_without_traces_nothing_is_said_of_them() -> None:
    assert not [text for text in run_warnings(simulation("jobs")) if "left out" in text]
