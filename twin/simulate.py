"""The story in one page: read, build, run, measure, write."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin_kernels.layout import STEP_OUT_FIELDS

from twin.engine.account import manifest, meters_of, run_warnings
from twin.engine.checkpoint import FOLDER, has_checkpoint, load_checkpoint, save_checkpoint
from twin.engine.simulation import Simulation
from twin.errors import InputError, Problem
from twin.facility.build import build_facility
from twin.metrics.compute import RunFacts, compute_metrics
from twin.policies.contract import Policy
from twin.policies.library import make_policy
from twin.record.recorder import Recorder, atomic_write
from twin.record.result import Result
from twin.scenario.assumptions import assumptions
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.weather.read import load_weather

__all__ = ["build_simulation", "run"]

_FILES = ("summary.json", "series.parquet", "racks.parquet", "manifest.json", "report.html")
Overrides = Mapping[str, object] | Sequence[str]


@dataclass
class _Clock:
    """Wall and CPU time of a run, over all its sessions."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def __post_init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return (
            self.wall_s + time.perf_counter() - self._wall,
            self.cpu_s + time.process_time() - self._cpu,
        )


def build_simulation(scenario: Scenario, policy: Policy | None = None, recorder: Recorder | None = None) -> Simulation:
    """Weather, facility and policy of a scenario, ready to run.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy or None
        None takes the scenario's.
    recorder : Recorder or None
        None records nothing.

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        If the weather cannot be read or the facility cannot be built.
    """
    weather = load_weather(scenario.site.weather)
    facility = build_facility(scenario, weather.altitude_m)
    if policy is None:
        choice = scenario.policy
        settings = {k: v for k, v in choice.model_dump().items() if k != "name"}
        policy = make_policy(choice.name, settings, scenario.plant.supply_air_temp_c)
    return Simulation(scenario, facility, weather, policy, recorder)


def run(  # noqa: PLR0913 - the one public door; every parameter is optional
    scenario: Scenario | str | Path | Mapping[str, Any] | None = None,
    *,
    out: str | Path | None = None,
    overrides: Overrides = (),
    weather: str | None = None,
    seed: int | None = None,
    policy: Policy | None = None,
    resume: str | Path | None = None,
    force: bool = False,
    report: bool = False,
    progress: bool = False,
) -> Result:
    """Run a scenario, or go on with an interrupted run.

    Parameters
    ----------
    scenario : Scenario, str, Path, mapping or None
        A checked scenario, the name of a shipped one, a file, or a table; None with ``resume``.
    out : str, Path or None
        Folder for the results; None keeps them in memory.
    overrides : mapping or sequence of str
        ``{"plant.chilled_water_temp_c": 18}`` or ``["plant.chilled_water_temp_c=18"]``.
    weather : str or None
        Weather instead of the scenario's.
    seed : int or None
        Seed instead of the scenario's.
    policy : Policy or None
        Policy instead of the scenario's.
    resume : str, Path or None
        Folder of an interrupted run.
    force : bool
        Replace results that are already in ``out``.
    report : bool
        Also write ``report.html`` and ``figures/``.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Result

    Raises
    ------
    InputError
        For bad input (exit code 2 on the command line).
    SimulationError
        If the simulation fails (exit code 3).
    """
    if resume is not None:
        return _resume(Path(resume), policy, report, progress)
    if scenario is None:
        raise InputError("twin run", [Problem("scenario", "give a scenario, or a folder to resume")])
    listed = [f"{k}={_plain(v)}" for k, v in overrides.items()] if isinstance(overrides, Mapping) else list(overrides)
    listed += [] if weather is None else [f"site.weather={_plain(weather)}"]
    listed += [] if seed is None else [f"run.seed={seed}"]
    checked = scenario if isinstance(scenario, Scenario) and not listed else load_scenario(scenario, listed)
    clock = _Clock()
    folder = None if out is None else Path(out)
    if folder is not None:
        _claim(folder, force)
    recorder = Recorder(STEP_OUT_FIELDS, checked.run.step_s, None)
    simulation = build_simulation(checked, policy, recorder)
    if folder is not None:
        simulation.recorder = recorder = _open_folder(folder, checked)
        _save(simulation, recorder, folder, clock)
    return _finish(simulation, recorder, folder, clock, report, progress)


def _plain(value: object) -> str:
    return json.dumps(value) if isinstance(value, (str, bool, list)) else str(value)


def _claim(folder: Path, force: bool) -> None:
    """Refuse a folder that holds a run already, or is none."""
    if folder.exists() and not folder.is_dir():
        raise InputError("twin run", [Problem(f"--out {folder}", "is a file; give a folder")])
    if force:
        return
    if has_checkpoint(folder):
        what = f"holds an unfinished run; continue it with 'twin run --resume {folder}' or replace it with --force"
        raise InputError("twin run", [Problem(f"--out {folder}", what)])
    if any((folder / name).exists() for name in _FILES):
        what = "holds results already; choose another folder or replace them with --force"
        raise InputError("twin run", [Problem(f"--out {folder}", what)])


def _open_folder(folder: Path, scenario: Scenario) -> Recorder:
    """Start afresh in a folder; results that lie there stay until the new ones are complete."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    return Recorder(STEP_OUT_FIELDS, scenario.run.step_s, folder / FOLDER)


def _resume(folder: Path, policy: Policy | None, report: bool, progress: bool) -> Result:
    """Go on from the last checkpoint."""
    if folder.is_dir() and not has_checkpoint(folder) and (folder / "summary.json").is_file():
        result = Result.load(folder)
        if report:
            _report(result, folder)
        return result
    saved = load_checkpoint(folder)
    scenario: Scenario = saved["scenario"]
    recorder = Recorder(STEP_OUT_FIELDS, scenario.run.step_s, folder / FOLDER)
    clock = _Clock(*saved["clock"])
    simulation = build_simulation(scenario, policy, recorder)
    if simulation.weather.sha256 != saved["weather_sha256"]:
        what = "the weather file has changed since the run was started; start it again with --force"
        raise InputError(str(folder), [Problem("--resume", what)])
    simulation.restore(saved["simulation"])
    recorder.day_count = saved["days"]
    return _finish(simulation, recorder, folder, clock, report, progress)


def _save(simulation: Simulation, recorder: Recorder, folder: Path, clock: _Clock) -> None:
    save_checkpoint(folder, {
        "scenario": simulation.scenario, "weather_sha256": simulation.weather.sha256,
        "days": recorder.day_count, "clock": clock.read(), "simulation": simulation.snapshot(),
    })


def _finish(
    simulation: Simulation, recorder: Recorder, folder: Path | None, clock: _Clock, report: bool, progress: bool
) -> Result:
    """Run to the end with daily checkpoints, then measure and write."""
    tick = _progress(simulation) if progress else lambda _: None

    def on_day(current: Simulation) -> None:
        if folder is not None:
            _save(current, recorder, folder, clock)
        tick(current)

    simulation.on_day = on_day
    simulation.run()
    if folder is not None:
        from twin.record.series import write_racks, write_series  # lazy: pyarrow

        write_series(folder / "series.parquet", recorder.names, recorder.series_parts())
        write_racks(folder / "racks.parquet", [r.name for r in simulation.facility.racks], recorder.rack_parts())
    wall_s, cpu_s = clock.read()
    about = manifest(simulation, wall_s, cpu_s)
    result = Result({}, about, folder, None if folder is not None else recorder)
    result.summary = _summary(simulation, result, wall_s)
    if folder is not None:
        atomic_write(folder / "manifest.json", _json(about))
        atomic_write(folder / "summary.json", _json(result.summary))
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        if report:
            _report(result, folder)
    return result


def _progress(simulation: Simulation) -> Callable[[Simulation], None]:
    """A bar on standard error."""
    import typer  # lazy: only on a terminal

    days = max(round((simulation.end_s - simulation.start_s) / 86400), 1)
    bar = typer.progressbar(length=days, label=simulation.scenario.name, file=sys.stderr)
    bar.__enter__()
    done = round((simulation.now_s - simulation.start_s) / 86400)
    bar.update(done)

    def tick(current: Simulation) -> None:
        bar.update(1)
        if current.now_s >= current.end_s:
            bar.__exit__(None, None, None)

    return tick


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def _summary(simulation: Simulation, result: Result, wall_s: float) -> dict[str, Any]:
    """The content of summary.json."""
    scenario = simulation.scenario
    facts = RunFacts(
        duration_s=float(simulation.end_s - simulation.start_s), step_s=scenario.run.step_s,
        start_s=simulation.start_s, it_rated_kw=scenario.hall.it_rated_kw,
        has_economiser=scenario.plant.water_economiser is not None or scenario.plant.air_economiser is not None,
        year_h=simulation.weather.hours,
    )
    inlets = result.rack_inlets() if facts.duration_s >= 3600.0 else None
    metrics, energy_kwh, water_l = compute_metrics(
        meters_of(simulation), run=facts, limits=scenario.hall.limits, tariff=scenario.site.tariff,
        series=result.column, racks=inlets,
    )
    f = simulation.state.facility[0]
    meters = simulation.state.meters[0]
    whole_run = abs(float(meters["in_j"] - meters["out_j"] - meters["stored_j"])) / max(float(meters["in_j"]), 1.0)
    day, hour = divmod(simulation.start_s // 3600, 24)
    return {
        "scenario": scenario.name,
        "start": f"day {day + 1} of the weather year, {hour:02d}:00 standard time",
        "start_s": simulation.start_s,
        "duration_h": facts.duration_s / 3600.0,
        "steps": int(f["steps"]),
        "wall_s": round(wall_s, 3),
        "metrics": metrics,
        "energy_kwh": energy_kwh,
        "water_l": water_l,
        "closure": {
            "energy_rel": float(f["closure_rel_max"]), "water_rel": float(f["water_rel_max"]),
            "energy_run_rel": whole_run,
        },
        "warnings": run_warnings(simulation),
        "assumptions": assumptions(scenario),
    }


def _report(result: Result, folder: Path) -> None:
    from twin.report import write_report  # lazy: matplotlib

    write_report(result, folder / "report.html")
