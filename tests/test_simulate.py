"""The one public door: folders, full disks, bad arguments, and what a result says of itself."""

from __future__ import annotations

import io
import json
import math
import resource
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from halls import SCENARIO, SHORT, TRIM, Plain, command, interrupted, of_folders, of_results
from typer.testing import CliRunner

import twin
from twin.cli import app
from twin.engine.account import run_warnings
from twin.engine.checkpoint import FOLDER, has_checkpoint
from twin.errors import InputError, SimulationError
from twin.policies.contract import Observation, Setpoints
from twin.record.result import Result
from twin.simulate import build_simulation, run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "run"
    run(SCENARIO, out=folder, overrides=SHORT, policy=Plain())
    return folder


# --- folders ------------------------------------------------------------------------------------------


def test_results_are_not_overwritten_without_force(finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "run")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="holds results already; choose another folder or replace them with --force"):
        run(SCENARIO, out=folder, overrides=SHORT)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    result = run(SCENARIO, out=folder, overrides={**SHORT, "run.seed": 9}, force=True)
    assert of_results(result, Result.load(finished)) != []
    assert of_results(result, Result.load(folder)) == []


def test_a_failed_run_leaves_old_results_alone(finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "run")

    def fail(observation: Observation) -> Setpoints:
        raise RuntimeError("no idea")

    with pytest.raises(SimulationError, match="no idea"):
        run(SCENARIO, out=folder, overrides=SHORT, force=True, policy=Plain(fail))
    assert of_folders(folder, finished) == []


def test_a_folder_with_other_files_is_fine(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    run(SCENARIO, out=tmp_path, overrides={**SHORT, "run.duration_days": 0.125})
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "manifest.json", "notes.txt", "racks.parquet", "series.parquet", "summary.json",
    ]


def test_an_unfinished_run_is_not_overwritten_without_force(tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "run")
    with pytest.raises(InputError, match="holds an unfinished run; continue it with 'twin run --resume"):
        run(SCENARIO, out=folder, overrides=SHORT)
    run(SCENARIO, out=folder, overrides=SHORT, force=True)
    assert not has_checkpoint(folder)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--out", "{file}"], 2, "is a file; give a folder"),
        (["--out", "{file}/sub"], 2, "--out {file}/sub   cannot be written: Not a directory; choose another folder"),
        (["--out", "/proc/nowhere"], 2, "--out /proc/nowhere   cannot be written: "),
    ],
)
def test_folders_that_cannot_be(words: list[str], code: int, says: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    sets = [f"--set={key}={value}" for key, value in SHORT.items()]
    got, said = command(SCENARIO, *sets, *(word.format(file=file) for word in words))
    assert (got, says.format(file=file) in said) == (code, True), said
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("limit_kb", "days"), [(60, 1.25), (300, 1.25), (800, 5.25)])
def test_a_full_disk_loses_nothing(limit_kb: int, days: float, finished: Path, tmp_path: Path) -> None:
    """Files may not grow beyond a limit: at the first checkpoint, at a daily part, at the final files."""
    folder = tmp_path / "run"
    old = shutil.copytree(finished, tmp_path / "old")
    run(SCENARIO, overrides=SHORT)  # whatever has to be compiled is
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_kb * 1024, hard))
    try:
        for out in (folder, old):
            with pytest.raises(SimulationError, match=r"cannot write to .*: File too large") as caught:
                run(SCENARIO, out=out, overrides={"run.duration_days": days}, force=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert of_folders(old, finished) == []
    assert folder.exists() == (limit_kb > 60)
    assert (folder / FOLDER / "part-00004.bin").exists() == (days > 5.0)
    if folder.exists():
        assert f"go on with 'twin run --resume {old}'" in str(caught.value)
        run(resume=folder)
        run(resume=old)
        assert of_folders(folder, old) == []
    else:
        assert "Nothing was run" in str(caught.value)
    assert not list(tmp_path.rglob("*.tmp"))
    assert not list(tmp_path.glob(".*"))


# --- arguments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "exactly one"),
        ({"scenario": SCENARIO, "resume": "x"}, "exactly one"),
        ({"scenario": 5}, "give a name, a path"),
        ({"scenario": SCENARIO, "out": 5}, "must be the path of a folder"),
        ({"scenario": SCENARIO, "out": ""}, "must be the path of a folder"),
        ({"resume": 5}, "must be the path of a folder"),
        ({"resume": "x", "out": "y"}, "leave out away"),
        ({"resume": "x", "seed": 2}, "goes on as it was"),
        ({"resume": "x", "overrides": ["run.seed=2"]}, "goes on as it was"),
        ({"scenario": SCENARIO, "report": True}, "needs a folder"),
        ({"scenario": SCENARIO, "policy": Plain}, "is a class; give an object: Plain()"),
        ({"scenario": SCENARIO, "policy": 5}, "must be an object with reset, decide, snapshot and restore"),
        ({"scenario": SCENARIO, "policy": "nothing"}, "must be fixed, trim_respond, iec_reset"),
        ({"scenario": SCENARIO, "overrides": 5}, "must be a mapping"),
        ({"scenario": SCENARIO, "overrides": "run.sed=2"}, "did you mean 'run.seed'"),
        ({"scenario": SCENARIO, "overrides": [5]}, "not an assignment"),
        ({"scenario": SCENARIO, "overrides": {"run.seed": None}}, "run.seed"),
        ({"scenario": SCENARIO, "overrides": {5: 6}}, "5"),
        ({"scenario": SCENARIO, "overrides": {"run.seed": math.nan}}, "run.seed"),
        ({"scenario": SCENARIO, "seed": "one"}, "run.seed"),
        ({"scenario": SCENARIO, "seed": -1, "overrides": ["run.step_s=60"]}, "run.seed = -1"),
        ({"scenario": SCENARIO, "seed": 1.5}, "run.seed = 1.5"),
        ({"scenario": SCENARIO, "seed": object()}, "run.seed"),
        ({"scenario": SCENARIO, "weather": Path("gone.epw")}, "gone.epw"),
        ({"scenario": SCENARIO, "weather": 7}, "'7'"),
    ],
)
def test_bad_arguments(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        run(**options)
    assert says in str(caught.value)


def test_arguments_in_every_form(tmp_path: Path) -> None:
    """The same changes as a mapping, as texts, with NumPy numbers, on a scenario that is read already."""
    forms: list[dict[str, Any]] = [
        {"overrides": {**SHORT, "plant.chilled_water_temp_c": np.float64(15.0)}, "seed": np.int64(4)},
        {"overrides": [*(f"{k}={v}" for k, v in SHORT.items()), "plant.chilled_water_temp_c=15.0", "run.seed=4"]},
        {"overrides": (*(f"{k}={v}" for k, v in SHORT.items()), "plant.chilled_water_temp_c=15.0"), "seed": 4},
    ]
    results = [run(SCENARIO, weather="greensboro-tmy3", **form) for form in forms]
    scenario = twin.load_scenario(SCENARIO, {**SHORT, "plant.chilled_water_temp_c": 15.0, "run.seed": 4})
    results += [run(scenario), run(scenario, out=str(tmp_path / "run"))]
    assert results[0].manifest["seed"] == 4
    for result in results[1:]:
        left, right = ({k: v for k, v in r.summary.items() if k != "scenario"} for r in (result, results[0]))
        assert left["metrics"] == right["metrics"]
        assert result.series.equals(results[0].series)


# --- what a result says of itself ---------------------------------------------------------------------


def test_summary_has_what_the_house_promises(finished: Path) -> None:
    summary = json.loads((finished / "summary.json").read_text())
    assert {
        "scenario", "start", "duration_h", "steps", "physics_steps", "wall_s", "metrics", "energy_kwh", "water_l",
        "closure", "warnings", "assumptions",
    } <= summary.keys()
    assert {
        "pue", "pue_category", "ppue_cooling", "tue", "wue_l_per_kwh", "cue_kg_per_kwh", "rci_hi_frac", "rci_lo_frac",
        "rti_frac", "shi_frac", "mlc", "x_factor", "inlet_over_recommended_h", "inlet_over_allowable_h",
        "inlet_rate_exceeded_h", "peak_facility_kw", "cost", "carbon_kg", "curve_outside_box_h",
    } <= summary["metrics"].keys()
    energy = summary["energy_kwh"]
    assert {
        "it", "crah_fan", "chiller", "pump", "heat_rejection_fan", "ups_loss", "distribution_loss", "lighting", "total",
    } <= energy.keys()
    assert energy["total"] == sum(value for use, value in energy.items() if use != "total")
    assert summary["metrics"]["pue"] == energy["total"] / energy["it"]
    assert summary["steps"] == 360
    assert summary["duration_h"] == 30.0
    assert summary["start"] == "day 1 of the weather year, 00:00 standard time"
    numbers = [*summary["metrics"].values(), *energy.values(), *summary["closure"].values(), summary["water_l"]]
    assert all(isinstance(n, (int, float)) and math.isfinite(n) for n in numbers)
    assert summary["closure"]["energy_rel"] < 1e-9
    assert summary["closure"]["water_rel"] < 1e-9


def test_start_of_a_run_in_words() -> None:
    result = run(SCENARIO, overrides={"run.duration_days": 0.125, "run.start_day": 364.5})
    assert result.summary["start"] == "day 365 of the weather year, 12:00 standard time"


def test_warnings_read_well() -> None:
    sim = build_simulation(twin.load_scenario(SCENARIO, {"run.duration_days": 1.0}))
    record = sim.state.meters[0]
    assert len(run_warnings(sim)) == len(sim.weather.warnings)
    assert sim.jobs is not None

    def said(**values: float) -> str:
        for name, value in values.items():
            record[name] = value
        return run_warnings(sim)[-1]

    assert said(shortfall_s=600.0, shortfall_j=600.0 * 2500.0).startswith(
        "the air handlers could not hold the supply temperature for 10 minutes; 2.5 kW were lacking on average"
    )
    assert said(over_allowable_s=60.0).endswith("above the allowable limit for 1 minute")
    assert said(over_allowable_s=3600.0).endswith("above the allowable limit for 1 hour")
    assert said(over_allowable_s=5400.0).endswith("above the allowable limit for 1.5 hours")
    assert said(over_allowable_s=8760 * 3600.0).endswith("above the allowable limit for 8760 hours")
    assert said(work_asked_s=1e6, work_lost_s=1.0).startswith("racks were too hot and slowed down: less than 0.01 % of")
    assert "slowed down: 12.3 % of the work" in said(work_lost_s=123400.0)
    assert said(outside_box_s=864.0).startswith("racks")  # at most 1 % of the time is not worth a word
    assert said(outside_box_s=1200.0) == "chiller curves were outside their valid range for 20 minutes of 24 hours"
    assert said(tower_outside_box_s=7200.0) == (
        "the tower correlation was outside its valid range for 2 hours of 24 hours"
    )
    sim.jobs.capped = 1
    assert said().startswith("1 job asked for more servers than jobs may use and was cut")
    sim.jobs.capped = 2
    assert said().startswith("2 jobs asked for more servers than jobs may use and were cut")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    """Final tables are written a month at a time: sixty more days cost no more than their few final columns."""
    code = (
        "import sys; from twin.simulate import run; "
        f"run({SCENARIO!r}, out=sys.argv[1], overrides={{'run.duration_days': float(sys.argv[2])}}); "
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    peak_kb = [
        int(subprocess.run([sys.executable, "-c", code, str(tmp_path / days), days], capture_output=True, text=True,
                           check=True).stdout)
        for days in ("65", "125")
    ]
    assert peak_kb[1] < peak_kb[0] + 15_000  # the rows of sixty days alone would be 21 MB
    assert peak_kb[1] < 600_000


def test_trim_and_respond_runs_from_the_scenario(tmp_path: Path) -> None:
    result = run(SCENARIO, out=tmp_path / "run", overrides={**SHORT, **TRIM})
    asked = result.series["hall.supply_setpoint_c"]
    assert asked.nunique() > 10
    assert of_results(run(SCENARIO, overrides={**SHORT, **TRIM}), result) == []


# --- what is seen meanwhile ---------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("fails", [False, True])
def test_progress_bar_ends_its_line(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def decide(observation: Observation) -> Setpoints:
        if fails and observation.time_s > 87000:
            raise KeyboardInterrupt
        return Setpoints()

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with pytest.raises(KeyboardInterrupt) if fails else nullcontext():
        run(SCENARIO, overrides=SHORT, policy=Plain(decide), progress=True)
    said = screen.getvalue()
    assert SCENARIO in said
    assert ("100%" in said) == (not fails)
    assert "80%" in said
    assert said.endswith(("\n", "\n\x1b[?25h"))


def test_interrupted_while_the_report_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers are there already, and that is what is said."""
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("twin.simulate._report", stop)
    words = ["run", SCENARIO, "--out", str(tmp_path / "run"), *(f"--set={k}={v}" for k, v in SHORT.items())]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 130
    assert answer.output.strip().endswith(f"Write their report with: twin report {tmp_path / 'run'}")
    assert Result.load(tmp_path / "run").metrics.pue > 1.0


def test_report_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("twin.simulate._report", full)
    with pytest.raises(SimulationError, match="results are complete, but the report could not be written: No space"):
        run(SCENARIO, out=tmp_path / "run", overrides=SHORT, report=True)
    assert Result.load(tmp_path / "run").metrics.pue > 1.0
