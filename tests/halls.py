"""Short runs of the Greensboro hall, and exact comparison of what came out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from twin.engine.checkpoint import has_checkpoint
from twin.engine.simulation import Simulation
from twin.policies.contract import Observation, Setpoints
from twin.record.result import Result
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation, run

SCENARIO = "chilled-water-greensboro"
DAY_S = 86400

#: Too little air: racks throttle, jobs are held up and go step by step with the physics.
HOT: dict[str, object] = {
    "hall.fan.mode": "fixed", "hall.fan.fixed_speed_frac": 0.3, "hall.server.throttle_start_c": 26.0,
    "workload.jobs.per_day": 600.0,
}
#: A day and a quarter in few steps.
SHORT: dict[str, object] = {"run.duration_days": 1.25, "run.step_s": 300}
TRIM: dict[str, object] = {"policy.name": "trim_respond", "policy.inlet_target_c": 26.0}


class Days:
    """Keeps the rows of every finished day as they came."""

    def __init__(self) -> None:
        self.days: list[tuple[Any, ...]] = []

    def add_day(
        self, first_s: int, rows: NDArray[np.void], jobs: NDArray[np.float32], rack_rows: NDArray[np.float32]
    ) -> None:
        self.days.append((first_s, rows.copy(), jobs.copy(), rack_rows.copy()))


def simulation(recorder: Days | None = None, policy: Any = None, **changes: object) -> Simulation:
    """A simulation of the hall; keys of ``changes`` are written with ``__`` for the dot."""
    keys = {name.replace("__", "."): value for name, value in changes.items()}
    return build_simulation(load_scenario(SCENARIO, keys), policy, recorder)  # type: ignore[arg-type]


def same(first: Any, second: Any, where: str = "") -> list[str]:
    """Paths at which two trees of plain data and arrays differ in any bit."""
    if isinstance(first, np.ndarray):
        equal = first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes()
        return [] if equal else [where]
    if isinstance(first, (dict, list, tuple)) and not isinstance(second, type(first)):
        return [f"{where}: {type(first).__name__} and {type(second).__name__}"]
    if isinstance(first, dict):
        if first.keys() != second.keys():
            return [f"{where}: keys"]
        return [d for key in first for d in same(first[key], second[key], f"{where}.{key}")]
    if isinstance(first, (list, tuple)):
        if len(first) != len(second):
            return [f"{where}: {len(first)} and {len(second)} entries"]
        return [d for i, (a, b) in enumerate(zip(first, second, strict=True)) for d in same(a, b, f"{where}[{i}]")]
    return [] if first == second else [f"{where}: {first!r} and {second!r}"]


def of_results(first: Result, second: Result, but: tuple[str, ...] = ()) -> list[str]:
    """Where two results differ: values of series and racks, and the summary but for the time it took and ``but``."""
    found = []
    for table in ("series", "racks"):
        one, other = getattr(first, table), getattr(second, table)
        if not one.equals(other) or list(one.columns) != list(other.columns):
            found.append(table)
    left, right = ({k: v for k, v in r.summary.items() if k not in {"wall_s", *but}} for r in (first, second))
    return found + same(left, right, "summary") + same(first.manifest["jobs"], second.manifest["jobs"], "jobs")


def of_folders(first: Path, second: Path) -> list[str]:
    """The same for two folders."""
    return of_results(Result.load(first), Result.load(second))


def command(*words: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "twin", "run", *words], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.strip()


class Plain:
    """A policy to be spoilt."""

    def __init__(self, decide: Callable[[Observation], Any] = lambda _: Setpoints()) -> None:
        self._decide = decide

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.seed = seed

    def decide(self, observation: Observation) -> Any:
        return self._decide(observation)

    def snapshot(self) -> Any:
        return None

    def restore(self, saved: Any) -> None:
        pass


class StopError(BaseException):
    """Ends a run from inside, as Ctrl-C would."""


def interrupted(folder: Path, policy: Any = None, keys: dict[str, object] = SHORT, at_s: int = 90000) -> Path:
    """A run that stopped after its first day."""

    def stop(observation: Observation) -> Setpoints:
        if observation.time_s >= at_s:
            raise StopError
        return Setpoints()

    with pytest.raises(StopError):
        run(SCENARIO, out=folder, overrides=keys, policy=policy or Plain(stop))
    assert has_checkpoint(folder)
    return folder
