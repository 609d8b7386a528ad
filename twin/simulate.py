"""The story in one page: read, build, run, measure, write."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin_kernels.layout import STEP_OUT_FIELDS

from twin.engine.account import (
    input_hashes,
    manifest,
    meters_of,
    run_alarms,
    run_events,
    run_facts,
    run_warnings,
)
from twin.engine.checkpoint import FOLDER, drop_checkpoint, has_checkpoint, load_checkpoint, save_checkpoint
from twin.engine.folder import claim, complete, occupied, open_folder, reason, staging
from twin.engine.simulation import DayRecorder, Simulation
from twin.engine.steering import ACTION_NAMES
from twin.engine.stopwatch import Stopwatch
from twin.errors import InputError, Problem, ScenarioError, SimulationError
from twin.facility.build import build_facility
from twin.facility.hall_facts import hall_facts
from twin.metrics.compute import compute_metrics
from twin.policies.contract import Policy
from twin.policies.facts import Facts
from twin.policies.loader import load_policy
from twin.record.place import check_folder
from twin.record.recorder import Recorder, atomic_write
from twin.record.result import Result
from twin.scenario.assumptions import assumptions
from twin.scenario.features import facility_channels
from twin.scenario.overrides import Overrides, with_extras
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.weather.read import load_weather
from twin.weather.sky import with_sky
from twin.weather.steady import steady_year
from twin.weather.year import WeatherYear

__all__ = ["build_simulation", "run", "site_weather"]


@dataclass
class _Session:
    """A simulation with what has to be kept beside it until it is done."""

    simulation: Simulation
    recorder: Recorder
    clock: Stopwatch
    folder: Path | None = None
    inputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Pack the scenario once, not every day."""
        self.scenario = pickle.dumps(self.simulation.scenario)

    def content(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        simulation = self.simulation
        return {
            "scenario": self.scenario, "inputs": self.inputs, "policy": type(simulation.policy).__qualname__,
            "days": self.recorder.day_count, "clock": self.clock.read(), "simulation": simulation.snapshot(),
        }

    def save(self) -> None:
        """Leave a checkpoint in the folder."""
        if self.folder is not None:
            save_checkpoint(self.folder, self.content())


def _recorder(scenario: Scenario, folder: Path | None) -> Recorder:
    """A recorder of the channels that this facility has."""
    channels = facility_channels(scenario.hall, scenario.plant)
    return Recorder(STEP_OUT_FIELDS, scenario.run.step_s, folder, channels, ACTION_NAMES)


def site_weather(scenario: Scenario) -> WeatherYear:
    """Weather of a scenario's site, in which the run begins on a day that there is.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    WeatherYear

    Raises
    ------
    InputError
        If it cannot be read, or has no such day. A run may go on past its end: then the year begins again.
    """
    site = scenario.site
    if site.weather == "steady" and site.steady is not None:
        weather = steady_year(site.steady)
    else:
        weather = with_sky(load_weather(site.weather), site.sky_model)
    days = weather.hours // 24
    if scenario.run.start_day >= days:
        what = f"the weather year of {weather.name} has {days} days; give less than {days}, 0 is 1 January 00:00"
        raise ScenarioError(scenario.name, [Problem(f"run.start_day = {scenario.run.start_day:g}", what)])
    return weather


def build_simulation(
    scenario: Scenario,
    policy: Policy | Callable[[Facts], Policy] | str | None = None,
    recorder: DayRecorder | None = None,
) -> Simulation:
    """Weather, facility and policy of a scenario, ready to run.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy, callable, str or None
        None takes the scenario's; a text is one for ``twin.policies.loader``; a callable makes one from the hall's
        facts. An object stands as it is.
    recorder : DayRecorder or None
        None records nothing.

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        If the weather cannot be read or the facility cannot be built.
    """
    weather = site_weather(scenario)
    facility = build_facility(scenario, weather.altitude_m)
    if policy is None or isinstance(policy, str):
        choice = scenario.policy
        policy = load_policy(policy or choice.name, choice.settings(), hall_facts(scenario, facility))
    elif not isinstance(policy, Policy):
        policy = policy(hall_facts(scenario, facility))
    return Simulation(scenario, facility, weather, policy, recorder)


def run(  # noqa: PLR0913 - the one public door; every parameter is optional
    scenario: Scenario | str | Path | Mapping[str, Any] | None = None,
    *,
    out: str | Path | None = None,
    overrides: Overrides = (),
    weather: str | None = None,
    seed: int | None = None,
    policy: Policy | str | None = None,
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
    policy : Policy, str or None
        Policy instead of the scenario's: an object, or a text as for :func:`build_simulation`.
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
    _check_arguments(scenario, out, policy, resume, report)
    if resume is not None:
        if overrides or weather is not None or seed is not None:
            what = "a resumed run goes on as it was; leave them out, or start anew"
            raise InputError("twin run", [Problem("resume with overrides, weather or seed", what)])
        with occupied(Path(resume)):
            return _resume(Path(resume), policy, report, progress)
    assert scenario is not None
    changes = with_extras(overrides, weather, seed)
    checked = scenario if isinstance(scenario, Scenario) and not changes else load_scenario(scenario, changes)
    clock = Stopwatch()
    folder = None if out is None else Path(out)
    with occupied(folder):
        if folder is not None:
            claim(folder, force)
            check_folder(folder, "twin run")
        recorder = _recorder(checked, None if folder is None else folder / FOLDER)
        simulation = build_simulation(checked, policy, recorder)
        session = _Session(simulation, recorder, clock, folder, input_hashes(simulation))
        if folder is not None:
            open_folder(folder, session.content())
        return _finish(session, report, progress)


def _check_arguments(scenario: object, out: object, policy: object, resume: object, report: bool) -> None:
    """Refuse what only a call from Python can get wrong, all at once."""
    problems = []
    if (scenario is None) == (resume is None):
        problems.append(Problem("scenario, resume", "give exactly one of the two"))
    for name, value in (("out", out), ("resume", resume)):
        if value is not None and not (isinstance(value, (str, Path)) and str(value)):
            problems.append(Problem(f"{name} = {value!r}", "must be the path of a folder"))
    if resume is not None and out is not None:
        problems.append(Problem("resume with out", "a resumed run goes on in its own folder; leave out away"))
    if not (policy is None or isinstance(policy, str)) and (isinstance(policy, type) or not isinstance(policy, Policy)):
        what = "must be an object with reset, decide, snapshot and restore; twin.check_policy looks closer"
        if isinstance(policy, type):
            what = f"is a class; give an object: {policy.__name__}()"
        problems.append(Problem(f"policy = {policy!r}"[:80], what))
    if report and out is None and resume is None:
        problems.append(Problem("report = True", "needs a folder; give out, or use write_report on the result"))
    if problems:
        raise InputError("twin run", problems)


def _resume(folder: Path, policy: Policy | str | None, report: bool, progress: bool) -> Result:
    """Go on from the last checkpoint."""
    if folder.is_dir() and not has_checkpoint(folder) and (folder / "summary.json").is_file():
        result = Result.load(folder)
        from twin.record.series import damaged  # lazy: pyarrow

        if broken := damaged(folder, int(result.summary.get("steps", 0))):
            what = "is damaged or missing, and the run was finished: run it again with --force"
            raise InputError(str(folder), [Problem(name, what) for name in broken])
        drop_checkpoint(folder)  # what a kill in the last moment may have left of it
        if report:
            _report(result, folder)
        return result
    saved = load_checkpoint(folder)
    scenario: Scenario = saved["scenario"]
    recorder = _recorder(scenario, folder / FOLDER)
    clock = Stopwatch(*saved["clock"])
    simulation = build_simulation(scenario, policy, recorder)
    problems = []
    if type(simulation.policy).__qualname__ != saved["policy"]:
        what = f"the run was started with policy {saved['policy']}; resume it from Python with that policy"
        problems.append(Problem("--resume", what))
    if input_hashes(simulation) != saved["inputs"]:
        what = "the weather file or a trace has changed since the run was started; start it again with --force"
        problems.append(Problem("--resume", what))
    if problems:
        raise InputError(str(folder), problems)
    recorder.go_on(saved["days"])
    simulation.restore(saved["simulation"])
    return _finish(_Session(simulation, recorder, clock, folder, saved["inputs"]), report, progress)


def _finish(session: _Session, report: bool, progress: bool) -> Result:
    """Run to the end with daily checkpoints, then measure and write."""
    simulation, folder = session.simulation, session.folder
    try:
        with _progress(simulation, progress) as tick:

            def on_day(current: Simulation) -> None:
                session.save()
                tick(current)

            simulation.on_day = on_day
            simulation.run()
        result = _write(session)
    except OSError as error:
        if folder is None:
            raise
        raise SimulationError(
            f"cannot write to {folder}: {reason(error)}. Nothing that was written is lost; when this is "
            f"mended, go on with 'twin run --resume {folder}'"
        ) from error
    if report and folder is not None:
        try:
            _report(result, folder)
        except OSError as error:
            raise SimulationError(
                f"the results are complete, but the report could not be written: {reason(error)}. "
                f"Write it with 'twin report {folder}'"
            ) from error
    return result


def _write(session: _Session) -> Result:
    """Measure a simulation that is at its end; in a folder, old results give way when all new ones are there."""
    simulation, recorder, folder = session.simulation, session.recorder, session.folder
    if folder is None:
        result = Result({}, manifest(simulation, *session.clock.read(), session.inputs), None, recorder)
        result.summary = _summary(simulation, result, session.clock.read()[0])
        return result
    from twin.record.actions import write_actions  # lazy: pyarrow
    from twin.record.series import write_racks, write_series
    stage = staging(folder)
    write_series(stage / "series.parquet", recorder.names, recorder.series_parts())
    write_racks(stage / "racks.parquet", [r.name for r in simulation.facility.racks], recorder.rack_parts())
    write_actions(stage / "actions.parquet", recorder.action_parts(), recorder.actions.names)
    wall_s, cpu_s = session.clock.read()
    about = manifest(simulation, wall_s, cpu_s, session.inputs)
    staged = Result({}, about, stage)
    summary = _summary(simulation, staged, wall_s)
    atomic_write(stage / "manifest.json", _json(about))
    atomic_write(stage / "summary.json", _json(summary))
    complete(folder)
    return Result(summary, about, folder)


@contextmanager
def _progress(simulation: Simulation, wanted: bool) -> Iterator[Callable[[Simulation], None]]:
    """A bar on standard error, and what moves it; the line it stands on ends however the run does."""
    if not wanted:
        yield lambda _: None
        return
    import typer  # lazy: only on a terminal

    length_s = simulation.end_s - simulation.start_s
    with typer.progressbar(length=length_s, label=simulation.scenario.name, file=sys.stderr) as bar:
        bar.update(simulation.now_s - simulation.start_s)
        yield lambda current: bar.update(current.now_s - current.start_s - bar.pos)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def _summary(simulation: Simulation, result: Result, wall_s: float) -> dict[str, Any]:
    """The content of summary.json."""
    scenario, facts = simulation.scenario, run_facts(simulation)
    inlets = result.rack_inlets() if facts.duration_s >= 3600.0 else None
    metrics, energy_kwh, water_l = compute_metrics(
        meters_of(simulation), run=facts, limits=scenario.hall.limits, tariff=scenario.site.tariff,
        series=result.column, racks=inlets,
    )
    f = simulation.state.facility[0]
    meters = simulation.state.meters[0]
    whole_run = abs(float(meters["in_j"] - meters["out_j"] - meters["stored_j"])) / max(float(meters["in_j"]), 1.0)
    day, hour = divmod(simulation.start_s // 3600, 24)
    steered = simulation.steering.account()
    happened = {"events": run_events(simulation), "alarms": run_alarms(simulation), "policy": steered}
    return {
        "scenario": scenario.name,
        "start": f"day {day + 1} of the weather year, {hour:02d}:00 standard time",
        "start_s": simulation.start_s,
        "duration_h": facts.duration_s / 3600.0,
        "steps": round(facts.duration_s / scenario.run.step_s),
        "physics_steps": int(f["steps"]),
        "wall_s": round(wall_s, 3),
        "metrics": metrics,
        "energy_kwh": energy_kwh,
        "water_l": water_l,
        "closure": {
            "energy_rel": float(f["closure_rel_max"]), "water_rel": float(f["water_rel_max"]),
            "energy_run_rel": whole_run,
        },
        **{key: entries for key, entries in happened.items() if entries},
        "warnings": run_warnings(simulation),
        "assumptions": assumptions(scenario),
    }


def _report(result: Result, folder: Path) -> None:
    from twin.report import write_report  # lazy: matplotlib

    write_report(result, folder / "report.html")
