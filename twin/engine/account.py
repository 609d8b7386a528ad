"""What a run says about itself: summary, manifest and warnings, as plain data."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from twin.engine.simulation import Simulation
from twin.scenario.outline import outline
from twin.scenario.toml import scenario_text

__all__ = ["manifest", "meters_of", "run_warnings"]

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


def run_warnings(simulation: Simulation) -> list[str]:
    """Warnings of a finished run: weather, sizing, shortfall, curves outside their box, lost work.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    list of str
    """
    meters = meters_of(simulation)
    hours = {name: meters[name] / 3600.0 for name in meters if name.endswith("_s")}
    found = [f"weather: {text}" for text in simulation.weather.warnings]
    found += outline(simulation.scenario).warnings
    if meters["shortfall_s"] > 0.0:
        mean_kw = meters["shortfall_j"] / meters["shortfall_s"] / 1e3
        found.append(
            f"the air handlers could not hold the supply temperature for {hours['shortfall_s']:.1f} h; "
            f"{mean_kw:.1f} kW were lacking on average: enlarge coils, plant or flow, or raise the setpoint"
        )
    if meters["over_allowable_s"] > 0.0:
        found.append(f"at least one rack inlet was above the allowable limit for {hours['over_allowable_s']:.1f} h")
    if meters["work_lost_s"] > 0.0:
        share = meters["work_lost_s"] / max(meters["work_asked_s"], 1e-9)
        found.append(f"racks were too hot and slowed down: {share:.2%} of the work asked for was lost or delayed")
    duration_h = (simulation.end_s - simulation.start_s) / 3600.0
    for name, what in (("outside_box_s", "chiller curves"), ("tower_outside_box_s", "the tower correlation")):
        if hours[name] > 0.01 * duration_h:
            found.append(f"{what} were outside their valid range for {hours[name]:.0f} of {duration_h:.0f} h")
    if simulation.jobs is not None and simulation.jobs.capped:
        found.append(f"{simulation.jobs.capped} jobs asked for more servers than the hall has and were cut to its size")
    return found


def manifest(simulation: Simulation, wall_s: float, cpu_s: float) -> dict[str, Any]:
    """Everything needed to know what was run, and to run it again.

    Parameters
    ----------
    simulation : Simulation
    wall_s, cpu_s : float
        Time taken, s.

    Returns
    -------
    dict
    """
    scenario, weather = simulation.scenario, simulation.weather
    text = scenario_text(scenario)
    inputs = {str(weather.path): weather.sha256}
    jobs_trace = scenario.workload.jobs.trace if scenario.workload.jobs else None
    for trace in (scenario.workload.trace, jobs_trace):
        if trace:
            inputs[trace] = hashlib.sha256(Path(trace).read_bytes()).hexdigest()
    limits = scenario.hall.limits
    return {
        "scenario_name": scenario.name,
        "scenario": text,
        "scenario_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "inputs": inputs,
        "versions": {"python": platform.python_version(), "platform": sys.platform, **_versions()},
        "seed": scenario.run.seed,
        "streams": "numpy SeedSequence(seed, spawn_key=(i,)): 0 weather, 1 jobs, 2 noise, 3 faults, 4 policy",
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "racks": [
            {"name": r.name, "row": r.row, "x_m": r.x_m, "y_m": r.y_m, "rated_kw": r.rated_kw}
            for r in simulation.facility.racks
        ],
        "crahs": simulation.facility.crahs,
        "chillers": simulation.facility.chillers,
        "towers": simulation.facility.towers,
        "hall": {"length_m": scenario.hall.length_m, "width_m": scenario.hall.width_m},
        "limits": {name: getattr(limits, name) for name in type(limits).model_fields},
        "weather": {
            "name": weather.name, "source": weather.source, "latitude_deg": weather.latitude_deg,
            "longitude_deg": weather.longitude_deg, "altitude_m": weather.altitude_m,
            "utc_offset_h": weather.utc_offset_h, "hours": weather.hours,
        },
        "jobs": _jobs(simulation),
    }


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
        "wait_mean_h": float(np.round(jobs.wait_mean_h, 9)), "lost_server_h": float(jobs.lost_server_h),
    }
