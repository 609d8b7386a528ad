"""Whole years, ours and EnergyPlus's, run side by side in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.scenario.read import load_scenario
from twin.validation.energyplus.engine import EnergyPlusYear, run_energyplus, weather_path
from twin.validation.energyplus.model import build_epjson

__all__ = ["OurYear", "Task", "Year", "run_task", "run_tasks"]

#: Our hourly series and its channel.
_SERIES = {
    "it": "it.power_kw", "crah_fan": "crah.fan_kw", "coil": "crah.coil_kw", "chiller": "plant.chiller_kw",
    "room": "hall.room_c", "supply": "hall.supply_c",
}


@dataclass(frozen=True)
class Task:
    """One year to be run.

    Attributes
    ----------
    program : {"twin", "energyplus"}
        Whose year.
    scenario : str
        Shipped name or path.
    overrides : tuple of (str, object)
        Keys that differ from the scenario's own.
    """

    program: str
    scenario: str
    overrides: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class OurYear:
    """What our run found, as plain data.

    Attributes
    ----------
    metrics, energy_kwh : mapping of str to float
        As in ``summary.json``.
    hourly : dict of str to ndarray
        Hourly means of ``it``, ``crah_fan``, ``coil``, ``chiller`` [kW], ``room``, ``supply`` [°C]; hour h ends at h.
    cpu_s, wall_s : float
        Of reading, building, simulating and measuring (library imports apart), seconds.
    """

    metrics: Mapping[str, float]
    energy_kwh: Mapping[str, float]
    hourly: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    cpu_s: float = 0.0
    wall_s: float = 0.0


Year = OurYear | EnergyPlusYear


def run_task(task: Task) -> Year:
    """Run one year in this process (EnergyPlus: in a child of it).

    Parameters
    ----------
    task : Task

    Returns
    -------
    OurYear or EnergyPlusYear
    """
    scenario = load_scenario(task.scenario, dict(task.overrides))
    if task.program == "energyplus":
        return run_energyplus(build_epjson(scenario), weather_path(scenario.site.weather))
    from twin.simulate import run  # lazy: compiles or loads every kernel, which the parent process never needs

    cpu, wall = time.process_time(), time.perf_counter()
    result = run(scenario)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    per_hour = 3600 // scenario.run.step_s
    hourly = {name: _hourly(result.column(channel), per_hour) for name, channel in _SERIES.items()}
    numbers = {key: float(value) for key, value in dict(result.summary["metrics"]).items()
               if isinstance(value, (int, float))}
    return OurYear(numbers, dict(result.energy_kwh), hourly, cpu, wall)


def _hourly(values: NDArray[np.float32], per_hour: int) -> NDArray[np.float64]:
    hours = len(values) // per_hour
    means: NDArray[np.float64] = values[: hours * per_hour].astype(np.float64).reshape(hours, per_hour).mean(axis=1)
    return means


def run_tasks(tasks: list[Task]) -> dict[Task, Year | Exception]:
    """Run several years at once, as many as there are processors.

    Parameters
    ----------
    tasks : list of Task

    Returns
    -------
    dict of Task to (year or exception)
        A year that could not be run gives its exception.
    """
    workers = min(len(tasks), os.cpu_count() or 1)
    if workers <= 1:
        return {task: _attempt(task) for task in tasks}
    # spawn: a forked child could inherit a lock of the parent's compiler or threads
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures: dict[Task, Future[Year | Exception]] = {task: pool.submit(_attempt, task) for task in tasks}
        results: dict[Task, Year | Exception] = {}
        for task, future in futures.items():
            try:
                results[task] = future.result()
            except BrokenProcessPool:  # a script without a main guard cannot be spawned from: run here instead
                results[task] = _attempt(task)
        return results


def _attempt(task: Task) -> Year | Exception:
    try:
        return run_task(task)
    except Exception as error:  # every failure becomes a row with its reason
        return type(error)(str(error)) if _plain(error) else RuntimeError(f"{type(error).__name__}: {error}")


def _plain(error: Exception) -> bool:
    """Whether the exception survives the way back from a child process."""
    return type(error) in {ValueError, RuntimeError, OSError, KeyError, ImportError, ModuleNotFoundError}
