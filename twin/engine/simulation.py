"""A simulation: SimPy's clock, the agenda, physics, jobs and policy; snapshot, restore and fork.

At every event the physics first closes the interval that just ended, then jobs and control set the
inputs of the next one, then the recorder takes the rows of a finished day. Jobs run ahead of the
physics to the next event of anybody else (``sync``), at most 15 minutes, and one step at a time
while a rack is near the temperature where it slows down.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import simpy
from numpy.typing import NDArray
from twin_kernels.layout import State

from twin.channels import CHANNELS
from twin.engine.agenda import Agenda
from twin.engine.physics import DAY_S, Physics
from twin.errors import SimulationError
from twin.facility.build import Facility, fresh_state, setpoint_record
from twin.policies.check import check_setpoints
from twin.policies.contract import Observation, Policy
from twin.scenario.schema import Scenario
from twin.workload.background import Background
from twin.workload.jobs import JobStream

if TYPE_CHECKING:
    from twin.weather.year import WeatherYear

__all__ = ["DayRecorder", "Simulation", "seed_stream"]

#: Longest time that jobs run ahead of the physics, s.
_SYNC_S = 900
#: Racks this close to their throttling temperature make jobs and physics go step by step, K.
_NEAR_THROTTLE_K = 3.0
_SCALED = {c.name: (c.field, c.scale) for c in CHANNELS if c.field is not None}
#: Named random streams by their place in the seed tree; a new one is added at the end.
_STREAMS = ("weather", "jobs", "noise", "faults", "policy")


def seed_stream(seed: int, name: str) -> np.random.SeedSequence:
    """Root of a named random stream: switching one stream off never shifts another.

    Parameters
    ----------
    seed : int
        ``run.seed``.
    name : str
        weather, jobs, noise, faults or policy.

    Returns
    -------
    numpy.random.SeedSequence
    """
    return np.random.SeedSequence(seed, spawn_key=(_STREAMS.index(name),))


class DayRecorder(Protocol):
    """Takes the rows of every finished day."""

    def add_day(
        self, first_s: int, rows: NDArray[np.void], jobs: NDArray[np.float32], rack_rows: NDArray[np.float32]
    ) -> None:
        """Record a day: step rows, jobs running and queued by step, hourly rack rows."""
        ...


class _RowValues(dict[str, float]):
    """Channel values of one row, computed when asked for."""

    def __init__(self, row: np.void, jobs: tuple[float, float]) -> None:
        super().__init__()
        self._row = row
        self["jobs.running"], self["jobs.queued"] = jobs

    def __missing__(self, name: str) -> float:
        field, scale = _SCALED[name]
        return float(self._row[field]) * scale

    def __iter__(self) -> Any:
        return iter(c.name for c in CHANNELS)

    def __len__(self) -> int:
        return len(CHANNELS)


class Simulation:
    """One run of a scenario.

    Parameters
    ----------
    scenario : Scenario
    facility : Facility
    weather : WeatherYear
    policy : Policy
    recorder : DayRecorder or None
        None records nothing (forks).
    on_day : callable or None
        Called with this simulation after every finished day (checkpoints, progress).

    Attributes
    ----------
    now_s, start_s, end_s : int
        Engine time, seconds since 1 January 00:00 of the weather year.
    state : State
    """

    def __init__(
        self, scenario: Scenario, facility: Facility, weather: WeatherYear, policy: Policy,
        recorder: DayRecorder | None = None, on_day: Callable[[Simulation], None] | None = None,
    ) -> None:
        run = scenario.run
        self.scenario, self.facility, self.weather, self.policy = scenario, facility, weather, policy
        self.recorder, self.on_day = recorder, on_day
        self.start_s = round(run.start_day * DAY_S)
        self.end_s = self.start_s + round(run.duration_days * DAY_S)
        self._background = Background(scenario.workload, run.first_weekday, (self.start_s, self.end_s))
        state = fresh_state(facility, scenario, weather.block(self.start_s, 1, run.step_s), self.start_s)
        self.physics = Physics(
            facility.params, state, setpoint_record(scenario), weather, self._background, run.step_s,
            (self.start_s, self.end_s),
        )
        self._throttle_start_c = scenario.hall.server.throttle_start_c
        self._static = bool(getattr(policy, "static", False))
        self._job_rows = np.zeros((0, 2), np.float32)
        self._lost_total = 0.0
        self._start_clock(self.start_s)
        policy.reset(int(seed_stream(run.seed, "policy").generate_state(1)[0]))
        self.physics.open_day()
        self._open_job_rows()
        self._first_events()

    def _start_clock(self, now_s: int) -> None:
        self.env = simpy.Environment(initial_time=now_s)
        self.agenda = Agenda(self.env, self._handle)
        self._handlers: dict[str, Callable[[], None]] = {
            "sync": self._on_sync, "control": self._on_control, "day": self._on_day, "end": self._on_end,
        }
        jobs = self.scenario.workload.jobs
        self.jobs: JobStream | None = None
        if jobs is not None:
            count = _job_slots(jobs.servers_per_rack, self._background.peak)
            slots = np.full(len(self.facility.racks), count, np.int64)
            self._slot_share = count / jobs.servers_per_rack  # a rack full of jobs still runs its background
            self.jobs = JobStream(
                jobs, slots, seed_stream(self.scenario.run.seed, "jobs"), self.start_s, self.end_s, self.env,
                self.scenario.run.first_weekday,
            )
        self.finished = False

    def _first_events(self) -> None:
        self.agenda.at(self.end_s, "end")
        if self.end_s > self.start_s:
            self.agenda.at(min((self.start_s // DAY_S + 1) * DAY_S, self.end_s), "day")
        if not self._static:
            self.agenda.at(self.start_s + self.scenario.run.control_interval_s, "control")
        if self.jobs is not None:
            self.jobs.start()
            self._next_sync()

    # --- time ------------------------------------------------------------------------------------

    @property
    def now_s(self) -> int:
        """Engine time, s."""
        return int(self.env.now)

    @property
    def state(self) -> State:
        """Physical state."""
        return self.physics.state

    def run(self, until_s: int | None = None) -> None:
        """Run to a time, or to the end.

        Parameters
        ----------
        until_s : int or None
            Engine time, s; events at that second are included and physics is closed up to it.

        Raises
        ------
        SimulationError
            If the physics leaves the numbers, or the policy breaks its contract.
        """
        target_s = self.end_s if until_s is None else min(until_s, self.end_s)
        while not self.finished and self.env.peek() <= target_s:
            self.env.step()
        if not self.finished and self.now_s < target_s:
            self.env.run(until=target_s)
            self._close()

    def _handle(self, what: str) -> None:
        self._close()
        self._handlers[what]()

    def _close(self) -> None:
        """Close the physics up to now; jobs since then are in its inputs."""
        first, now_s = self.physics.now_s, self.now_s
        if first >= now_s:
            return
        changes = None
        if self.jobs is not None:
            times, racks, deltas = self.jobs.take_changes()
            changes = (times, racks, deltas * self._slot_share)
        self.physics.close_until(now_s, changes)
        if self.jobs is not None:
            self._tell_jobs()
            start = (first - self.physics._first_s) // self.physics.step_s
            stop = -(-(now_s - self.physics._first_s) // self.physics.step_s)
            self._job_rows[start:stop] = (self.jobs.running, self.jobs.queued)
        self._check_numbers()

    def _tell_jobs(self) -> None:
        """Jobs learn rack temperatures, and how long throttled racks have held them up."""
        assert self.jobs is not None
        racks = self.state.racks
        if self.scenario.workload.jobs is not None and self.scenario.workload.jobs.placement == "coolest":
            self.jobs.see(racks["inlet_c"])
        lost = float(racks["lost_s"].sum())
        if lost > self._lost_total:
            self._lost_total = lost
            self.jobs.slow_down(self.now_s, racks["lost_s"])

    def _check_numbers(self) -> None:
        room_c = float(self.state.facility["room_c"][0])
        if not -80.0 < room_c < 500.0:
            day, second = divmod(self.now_s, DAY_S)
            raise SimulationError(
                f"the simulation left the physical range on day {day}, {second // 3600:02d}:{second % 3600 // 60:02d}: "
                f"room air at {room_c:.1f} °C. Look at the cooling capacity of the scenario with 'twin check'."
            )

    # --- events ----------------------------------------------------------------------------------

    def _next_sync(self) -> None:
        step_s = self.physics.step_s
        margin_k = self._throttle_start_c - float(self.state.facility["inlet_max_c"][0])
        gap_s = step_s if margin_k < _NEAR_THROTTLE_K else max(_SYNC_S, step_s)
        next_s = (self.now_s // gap_s + 1) * gap_s
        if next_s < self.end_s:
            self.agenda.at(next_s, "sync")

    def _on_sync(self) -> None:
        self._next_sync()

    def _on_control(self) -> None:
        job_count = (0.0, 0.0) if self.jobs is None else (float(self.jobs.running), float(self.jobs.queued))
        observation = Observation(self.now_s, _RowValues(self.physics.last_row().copy(), job_count))
        asked = self.policy.decide(observation)
        problems = check_setpoints(asked)
        if problems:
            raise SimulationError(f"policy {type(self.policy).__name__} at {self.now_s} s: " + "; ".join(problems))
        for name, value in asked.given().items():
            self.physics.setpoints[name] = value
        self.agenda.at(self.now_s + self.scenario.run.control_interval_s, "control")

    def _on_day(self) -> None:
        self._flush()
        if self.now_s < self.end_s:
            self.agenda.at(min(self.now_s + DAY_S, self.end_s), "day")
            self.physics.open_day()
            self._open_job_rows()
        if self.on_day is not None:
            self.on_day(self)

    def _on_end(self) -> None:
        self.finished = True

    def _open_job_rows(self) -> None:
        self._job_rows = np.zeros((len(self.physics.rows), 2), np.float32)

    def _flush(self) -> None:
        if self.recorder is not None:
            rows, rack_rows = self.physics.filled()
            self.recorder.add_day(self.physics._first_s, rows, self._job_rows[: len(rows)], rack_rows)

    # --- snapshot, restore, fork -------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """Everything this simulation remembers, as plain data that shares nothing with it."""
        self._close()
        physics = self.physics
        return {
            "now_s": self.now_s,
            "state": tuple(a.copy() for a in self.state),
            "setpoints": physics.setpoints.copy(),
            "day": (physics._first_s, physics.rows.copy(), physics.rack_rows.copy(), self._job_rows.copy()),
            "agenda": self.agenda.snapshot(),
            "jobs": None if self.jobs is None else self.jobs.snapshot(),
            "lost_total": self._lost_total,
            "policy": copy.deepcopy(self.policy.snapshot()),
            "finished": self.finished,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a simulation of the same scenario.

        Parameters
        ----------
        saved : dict
            From :meth:`snapshot`.
        """
        physics = self.physics
        for own, array in zip(self.state, saved["state"], strict=True):
            own[...] = array
        physics.setpoints[...] = saved["setpoints"]
        self._start_clock(saved["now_s"])
        first_s, rows, rack_rows, job_rows = saved["day"]
        physics.now_s = first_s
        if first_s < self.end_s:
            hours = self.state.facility["hours"][0]
            physics.open_day()
            self.state.facility["hours"] = hours
        physics.rows, physics.rack_rows = rows.copy(), rack_rows.copy()
        physics.now_s = saved["now_s"]
        self._job_rows = job_rows.copy()
        self.agenda.restore(saved["agenda"])
        if self.jobs is not None:
            self.jobs.restore(saved["jobs"])
            self.jobs.start()
        self._lost_total = saved["lost_total"]
        self.policy.restore(copy.deepcopy(saved["policy"]))
        self.finished = saved["finished"]

    def fork(self) -> Simulation:
        """An independent copy that goes on from here, records nothing and never touches its parent.

        Returns
        -------
        Simulation
        """
        child = Simulation(self.scenario, self.facility, self.weather, copy.deepcopy(self.policy))
        child.restore(self.snapshot())
        return child


def _job_slots(servers_per_rack: int, background_peak: float) -> int:
    """Servers of a rack that jobs may use: those that background work never needs, at least one."""
    return max(1, int(servers_per_rack * (1.0 - background_peak)))
