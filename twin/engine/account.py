"""What a run says about itself: summary, manifest, warnings and alarms, as plain data.

Warnings judge the scenario: inputs that were repaired, what is too small and by how much, models used outside their
range. Alarms and events tell what happened, and when. What an alarm says is no warning as well.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from twin.alarms.faults import FAULTS
from twin.engine.simulation import Simulation
from twin.metrics.compute import RunFacts
from twin.metrics.energy import DX_USES, IEC_USES, WATER_USES
from twin.scenario.connections import heat_paths
from twin.scenario.features import features_of
from twin.scenario.outline import outline
from twin.scenario.toml import scenario_text

__all__ = ["input_hashes", "manifest", "meters_of", "run_alarms", "run_events", "run_facts", "run_warnings"]

_PACKAGES = ("cooling-twin", "numpy", "numba", "simpy", "pvlib", "pandas", "pyarrow", "pydantic")


def meters_of(simulation: Simulation) -> dict[str, float]:
    """Meters of the run so far, by name.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    dict
        Energies J, water kg, times s.
    """
    record = simulation.state.meters[0]
    return {name: float(record[name]) for name in record.dtype.names}


def run_facts(simulation: Simulation) -> RunFacts:
    """What the metrics of a run must know beside its meters and series.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    RunFacts
    """
    scenario = simulation.scenario
    hall, plant = scenario.hall, scenario.plant
    features = features_of(hall, plant)
    has_iec = "iec" in features
    uses = list({"iec": IEC_USES, "dx": DX_USES, "water": WATER_USES}[hall.cooling])
    if "chiller" in uses and not plant.chiller:
        uses.remove("chiller")
    pad = plant.air_economiser is not None and plant.air_economiser.pad is not None
    there = {
        "basin_heater": any(tower.basin_heater_w_k > 0.0 for tower in plant.tower.values()),
        "dx": any(unit.dx is not None for unit in hall.iec.values()),
        "evaporative": pad and not has_iec,
        "humidifier": hall.humidity.min_dew_point_c is not None,
        "dehumidifier": hall.humidity.max_dew_point_c is not None,
    }
    return RunFacts(
        duration_s=float(simulation.end_s - simulation.start_s), step_s=scenario.run.step_s,
        start_s=simulation.start_s, it_rated_kw=hall.it_kw,
        has_economiser=plant.water_economiser is not None or plant.air_economiser is not None,
        year_h=simulation.weather.hours, has_iec=has_iec, has_reuse="reuse" in features,
        present_uses=(*uses, *(use for use, is_there in there.items() if is_there)),
        jobs=_jobs(simulation),
    )


def run_events(simulation: Simulation) -> list[dict[str, Any]]:
    """What the scenario's events did so far, in the order of time.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    list of dict
        kind, target, start_s, end_s (None: not over), text.
    """
    return simulation.events.record(simulation.now_s)


def run_alarms(simulation: Simulation) -> list[dict[str, Any]]:
    """What was outside its limits, and faults among the events, in the order of time.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    list of dict
        See :meth:`twin.alarms.watch.Alarms.record`.
    """
    return simulation.alarms.record(run_events(simulation))


def run_warnings(simulation: Simulation) -> list[str]:
    """Warnings of a finished run: weather, sizing, shortfall, curves outside their box, lost work.

    Inlets above the allowable limit and servers that slowed down are left to the alarms where these tell of them.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    list of str
    """
    meters = meters_of(simulation)
    told = {entry["name"] for entry in run_alarms(simulation)}
    found = [f"weather: {text}" for text in simulation.weather.warnings]
    if simulation.steering.foresight:
        found.append("oracle: the policy knew the weather and background load to come: a bound, not an offer")
    found += outline(simulation.scenario).warnings
    if meters["shortfall_s"] > 0.0:
        held = "return" if simulation.scenario.hall.holds_return else "supply"
        mean_kw = meters["shortfall_j"] / meters["shortfall_s"] / 1e3
        much = f"{mean_kw:,.0f}" if mean_kw >= 100.0 else f"{mean_kw:.3g}"
        found.append(
            f"the air handlers could not hold the {held} temperature for {_hours(meters['shortfall_s'])}; "
            f"{much} kW were lacking on average"
            + ("" if told & FAULTS.keys() else ": enlarge coils, plant or flow, or raise the setpoint")
        )
    if meters["over_allowable_s"] > 0.0 and "inlet_over_allowable" not in told:
        found.append(f"at least one rack inlet was above the allowable limit for {_hours(meters['over_allowable_s'])}")
    if meters["work_lost_s"] > 0.0 and not told & {"servers_slowed", "it_off", "grid_outage"}:
        share = meters["work_lost_s"] / max(meters["work_asked_s"], 1e-9)
        much = f"{100.0 * share:.3g} %" if share >= 1e-4 else "less than 0.01 %"
        found.append(f"racks were too hot and slowed down: {much} of the work asked for was lost or delayed")
    duration_s = simulation.end_s - simulation.start_s
    names = {"iec": "the curves of the DX trim", "dx": "the curves of the DX units", "water": "chiller curves"}
    compressors = names[simulation.scenario.hall.cooling]
    for name, what in (("outside_box_s", compressors), ("tower_outside_box_s", "the tower correlation")):
        if meters[name] > 0.01 * duration_s:
            verb, whose = ("were", "their") if "curves" in what else ("was", "its")
            times = f"{_hours(meters[name])} of {_hours(duration_s)}"
            found.append(f"{what} {verb} outside {whose} valid range for {times}")
    if simulation.jobs is not None and simulation.jobs.capped:
        count = simulation.jobs.capped
        who, verb, whose = ("1 job", "was", "its") if count == 1 else (f"{count} jobs", "were", "their")
        found.append(f"{who} asked for more servers than jobs may use and {verb} cut to that number")
    if simulation.jobs is not None:
        found += simulation.jobs.notes
    return found


def _hours(time_s: float) -> str:
    """A time in words: minutes below an hour, then hours with as many digits as matter."""
    if time_s < 3600.0:
        minutes = max(round(time_s / 60.0), 1)
        return f"{minutes} minute{'s' if minutes != 1 else ''}"
    hours = time_s / 3600.0
    text = f"{hours:.1f}" if hours < 100.0 and round(hours, 1) % 1.0 else f"{hours:.0f}"
    return f"{text} hour{'s' if text != '1' else ''}"


def input_hashes(simulation: Simulation) -> dict[str, str]:
    """Files a run reads besides its scenario: weather and traces.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    dict
        Path → SHA-256.
    """
    workload, weather = simulation.scenario.workload, simulation.weather
    found = {str(weather.path): weather.sha256}
    for trace in (workload.trace, workload.jobs.trace if workload.jobs else None):
        if trace:
            found[trace] = hashlib.sha256(Path(trace).read_bytes()).hexdigest()
    return found


def manifest(
    simulation: Simulation, wall_s: float, cpu_s: float, inputs: dict[str, str] | None = None
) -> dict[str, Any]:
    """Everything needed to know what was run, and to run it again.

    Parameters
    ----------
    simulation : Simulation
    wall_s, cpu_s : float
        Time taken, s.
    inputs : dict or None
        Path → SHA-256 of the files as they were when they were read; None looks at them now.

    Returns
    -------
    dict
    """
    scenario, weather = simulation.scenario, simulation.weather
    text = scenario_text(scenario)
    limits = scenario.hall.limits
    return {
        "scenario_name": scenario.name,
        "scenario": text,
        "scenario_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "inputs": input_hashes(simulation) if inputs is None else inputs,
        "versions": {"python": platform.python_version(), "platform": sys.platform, **_versions()},
        "seed": scenario.run.seed,
        "streams": "numpy SeedSequence(seed, spawn_key=(i,)): 0 weather, 1 jobs, 2 noise, 3 faults, 4 policy, "
        "5 forecast",
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "racks": [
            {"name": r.name, "row": r.row, "x_m": r.x_m, "y_m": r.y_m, "rated_kw": r.rated_kw}
            for r in simulation.facility.racks
        ],
        "crahs": simulation.facility.crahs,
        "iecs": simulation.facility.iecs,
        "dxs": simulation.facility.dxs,
        "chillers": simulation.facility.chillers,
        "towers": simulation.facility.towers,
        "cdus": simulation.facility.cdus,
        "connections": {path: list(to) for path, to in heat_paths(scenario.hall, scenario.plant).arrows.items()},
        "hall": {"length_m": scenario.hall.length_m, "width_m": scenario.hall.width_m},
        "limits": {name: getattr(limits, name) for name in type(limits).model_fields},
        "weather": {
            "name": weather.name, "source": weather.source, "latitude_deg": weather.latitude_deg,
            "longitude_deg": weather.longitude_deg, "altitude_m": weather.altitude_m,
            "utc_offset_h": weather.utc_offset_h, "hours": weather.hours,
        },
        "jobs": _jobs(simulation),
        "policy": _policy(simulation),
    }


def _policy(simulation: Simulation) -> dict[str, Any]:
    steering = simulation.steering
    about = {"class": type(simulation.policy).__name__, "oracle": steering.foresight}
    return about | ({} if steering.static else {"decisions": steering.counts.get("decisions", 0)})


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _jobs(simulation: Simulation) -> dict[str, float]:
    jobs = simulation.jobs
    if jobs is None:
        return {}
    return {
        "arrived": jobs.arrived, "finished": jobs.finished, "running": jobs.running, "queued": jobs.queued,
        "wait_mean_h": float(np.round(jobs.wait_mean_h, 9)), "wait_p95_h": float(np.round(jobs.wait_p95_h, 9)),
        "deferred": jobs.deferred, "late": jobs.late, "lost_server_h": float(jobs.lost_server_h),
    }
