"""A simulation: SimPy's clock, the agenda, physics, jobs and policy; snapshot, restore and fork.

At every event the physics first closes the interval that just ended, then jobs, faults and control set
the inputs of the next one, then the recorder takes the rows of a finished day. Jobs run ahead of the
physics to the next event of anybody else (``sync``), at most half an hour, and one step at a time
while a rack is near the temperature where it slows down. Only ``sync`` tells jobs about the hall.

Stopping, looking, taking a snapshot or forking is no event: none of them changes what comes after.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import simpy
from numpy.typing import NDArray
from twin_kernels.layout import State

from twin.alarms.watch import Alarms
from twin.engine.agenda import Agenda
from twin.engine.events import Events
from twin.engine.observe import RowValues
from twin.engine.physics import DAY_S, Physics
from twin.engine.seeds import seed_stream
from twin.engine.steering import Steering, when
from twin.errors import SimulationError
from twin.facility.build import Facility, fresh_state, setpoint_record
from twin.policies.contract import Policy
from twin.scenario.schema import Scenario
from twin.workload.background import Background
from twin.workload.calendar import HallCalendar
from twin.workload.streams import AnyStream, job_stream

if TYPE_CHECKING:
    from twin.weather.year import WeatherYear

__all__ = ["DayRecorder", "Simulation", "seed_stream"]

#: Job changes in time order: time (s), rack, change of utilisation.
_Changes = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]

#: Longest time that jobs run ahead of the physics, s; shorter where placement looks at rack temperatures.
_SYNC_S = 1800
_SYNC_COOLEST_S = 300
#: Racks this close to their throttling temperature make jobs and physics go step by step, K.
_NEAR_THROTTLE_K = 3.0
_NO_CHANGES: _Changes = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


class DayRecorder(Protocol):
    """Takes the rows of every finished day."""

    def add_day(
        self, first_s: int, rows: NDArray[np.void], jobs: NDArray[np.float32], rack_rows: NDArray[np.float32]
    ) -> None:
        """Record a day: step rows, jobs running and queued by step, hourly rack rows."""
        ...


@runtime_checkable
class ActionRecorder(Protocol):
    """Also takes what the policy did in every finished day, before the day's rows."""

    def add_actions(self, rows: NDArray[np.void]) -> None:
        """Record the actions of a day."""
        ...


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
    events : Events
        What goes wrong or changes in the run.
    alarms : Alarms
        What was outside its limits on finished days.
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
        self.events = Events(scenario, facility, (self.start_s, self.end_s), weather.hours)
        self.alarms = Alarms(scenario, facility.params, self.start_s, weather.hours)
        self.physics = Physics(
            self.events.params, state, setpoint_record(scenario), weather, self._background, run.step_s,
            (self.start_s, self.end_s),
        )
        self.physics.wind_frac = scenario.site.terrain_wind_frac
        self.physics.calendar = HallCalendar(scenario.hall, run.first_weekday)
        self._throttle_start_c = scenario.hall.server.throttle_start_c
        coolest = scenario.workload.jobs is not None and scenario.workload.jobs.placement == "coolest"
        self._sync_s = _SYNC_COOLEST_S if coolest else _SYNC_S
        self.steering = Steering(scenario, facility, policy, self.physics, self.events, (weather, self._background))
        self._counted = (0, 0)
        self._lost_total = 0.0
        self._ahead = _NO_CHANGES
        self._start_clock(self.start_s)
        self.steering.reset(self.now_s)
        self.physics.settle()
        self.physics.open_day()
        self._first_events()

    def _start_clock(self, now_s: int) -> None:
        self.env = simpy.Environment(initial_time=now_s)
        self.agenda = Agenda(self.env, self._handle)
        self._handlers: dict[str, Callable[[], None]] = {
            "sync": self._on_sync, "tick": self._on_tick, "event": self._on_event, "control": self._on_control,
            "day": self._on_day, "end": self._on_end,
        }
        jobs = self.scenario.workload.jobs
        self.jobs: AnyStream | None = None
        if jobs is not None:
            count = _job_slots(jobs.servers_per_rack, self._background.peak)
            slots = np.full(len(self.facility.racks), count, np.int64)
            self._slot_share = count / jobs.servers_per_rack  # a rack full of jobs still runs its background
            self.jobs = job_stream(
                jobs, slots, seed_stream(self.scenario.run.seed, "jobs"), self.start_s, self.end_s, self.env,
                self.scenario.run.first_weekday,
            )
        self.finished = False

    def _first_events(self) -> None:
        self.agenda.at(self.end_s, "end")
        if self.end_s > self.start_s:
            self.agenda.at(min((self.start_s // DAY_S + 1) * DAY_S, self.end_s), "day")
        self._next_event()
        if not self.steering.static:
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
            Engine time, s; events at that second are included. Physics is closed up to the last whole
            step before it: a step in progress ends where it would have ended anyway.

        Raises
        ------
        SimulationError
            If the physics leaves the numbers, or the policy breaks its contract.
        """
        target_s = self.end_s if until_s is None else min(int(until_s), self.end_s)
        while not self.finished and self.env.peek() <= target_s:
            self.env.step()
        if not self.finished and self.now_s < target_s:
            self.env.run(until=target_s)
        self._advance(self.physics.grid_s(self.now_s))

    def _handle(self, what: str) -> None:
        self._advance(self.now_s)  # splits a step if need be
        self._handlers[what]()
        for name in self.alarms.watched_setpoints:
            self.alarms.see_setpoint(self.now_s, name, float(self.physics.setpoints[name][0]))

    def _advance(self, until_s: int) -> None:
        """Physics up to a time; jobs since then are in its inputs."""
        if self.physics.now_s >= until_s:
            return
        changes = self._ahead
        if self.jobs is not None:
            times, racks, deltas = self.jobs.take_changes()
            if len(times):
                new = (times, racks, deltas * self._slot_share)
                changes = _joined(changes, new) if len(changes[0]) else new
        self.physics.close_until(until_s, changes if len(changes[0]) else None)
        if len(changes[0]):
            later = int(np.searchsorted(changes[0], until_s))
            self._ahead = (changes[0][later:], changes[1][later:], changes[2][later:])
        self._check_numbers()

    def _tell_jobs(self) -> None:
        """Jobs learn rack temperatures, and how long throttled racks have held them up."""
        if self.jobs is None:
            return
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
            raise SimulationError(
                f"the simulation left the physical range before {when(self.now_s)}: room air at {room_c:.1f} °C. "
                "Look at the cooling capacity of the scenario with 'twin check'."
            )

    # --- events ----------------------------------------------------------------------------------

    def _next_sync(self) -> None:
        step_s = self.physics.step_s
        margin_k = self._throttle_start_c - float(self.state.facility["inlet_max_c"][0])
        gap_s = step_s if margin_k < _NEAR_THROTTLE_K else max(self._sync_s, step_s)
        next_s = (self.now_s // gap_s + 1) * gap_s
        if next_s < self.end_s:
            self.agenda.at(next_s, "sync")

    def _on_sync(self) -> None:
        self._tell_jobs()
        self._next_sync()

    def _on_tick(self) -> None:
        """While servers are without power, jobs learn at every step how much longer they take."""
        self._tell_jobs()
        if self.events.it_off and self.now_s + self.physics.step_s < self.end_s:
            self.agenda.at((self.now_s // self.physics.step_s + 1) * self.physics.step_s, "tick")

    def _next_event(self) -> None:
        next_s = self.events.next_s()
        if next_s is not None:
            self.agenda.at(next_s, "event")

    def _on_event(self) -> None:
        was_off = self.events.it_off
        self.events.act(self.now_s, self.physics, lambda: self._seen() if self.physics.has_row else None)
        if self.jobs is not None and self.events.it_off != was_off:
            self._tell_jobs()
            if not was_off and not self.agenda.has("tick"):
                self.agenda.at(self.now_s, "tick")
        self._next_event()

    def _seen(self) -> RowValues:
        """The last step as sensors show it."""
        job_count = (0.0, 0.0) if self.jobs is None else (float(self.jobs.running), float(self.jobs.queued))
        return RowValues(self.physics.last_row(), job_count, self.events.bias, self.events.held)

    def _on_control(self) -> None:
        self.agenda.at(self.now_s + self.scenario.run.control_interval_s, "control")  # first: a fork decides later too
        seen = self._seen()
        self.steering.decide(self.now_s, self._seen() if self.events.keep_first(seen) else seen)

    def _on_day(self) -> None:
        self._flush()
        if self.now_s < self.end_s:
            self.agenda.at(min(self.now_s + DAY_S, self.end_s), "day")
            self.physics.open_day()
        if self.on_day is not None:
            self.on_day(self)

    def _on_end(self) -> None:
        self._tell_jobs()
        self.finished = True

    def _flush(self) -> None:
        rows, rack_rows = self.physics.filled()
        jobs = self._count_jobs(len(rows))
        self.alarms.add_day(self.physics.first_s, rows, jobs)
        actions = self.steering.take_rows()
        if self.recorder is not None:
            if isinstance(self.recorder, ActionRecorder):
                self.recorder.add_actions(actions)
            self.recorder.add_day(self.physics.first_s, rows, jobs, rack_rows)

    def _count_jobs(self, steps: int) -> NDArray[np.float32]:
        """Jobs running and queued at the end of each step of the day."""
        if self.jobs is None:
            return np.zeros((steps, 2), np.float32)
        times, counts = self.jobs.take_counts()
        table = np.concatenate((np.array([self._counted]), counts)).astype(np.float32)
        self._counted = (self.jobs.running, self.jobs.queued)
        ends_s = self.physics.first_s + self.physics.step_s * np.arange(1, steps + 1)
        return table[np.searchsorted(times, ends_s)]

    # --- snapshot, restore, fork -------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """Everything this simulation remembers, as plain data that shares nothing with it."""
        physics = self.physics
        return {
            "now_s": self.now_s,
            "state": tuple(a.tobytes() for a in self.state),  # numpy copies and pickles records field by field
            "setpoints": physics.setpoints.copy(),
            "physics": physics.day_so_far(),
            "counted": self._counted,
            "agenda": self.agenda.snapshot(),
            "events": self.events.snapshot(),
            "alarms": self.alarms.snapshot(),
            "jobs": None if self.jobs is None else self.jobs.snapshot(),
            "ahead": tuple(a.copy() for a in self._ahead),
            "lost_total": self._lost_total,
            "steering": self.steering.snapshot(self.now_s),
            "finished": self.finished,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a simulation of the same scenario.

        Parameters
        ----------
        saved : dict
            From :meth:`snapshot`; it stays as it is and can be restored again.
        """
        for own, array in zip(self.state, saved["state"], strict=True):
            own[...] = np.frombuffer(array, own.dtype).reshape(own.shape)
        self.physics.setpoints[...] = saved["setpoints"]
        self.events.restore(saved["events"], self.physics)
        self.alarms.restore(saved["alarms"])
        self._start_clock(saved["now_s"])
        self.physics.reopen_day(*saved["physics"])
        self._counted = saved["counted"]
        self.agenda.restore(saved["agenda"])
        if self.jobs is not None:
            self.jobs.restore(saved["jobs"])
            self.jobs.start()
        times, racks, deltas = saved["ahead"]
        self._ahead = (times.copy(), racks.copy(), deltas.copy())
        self._lost_total = saved["lost_total"]
        self.steering.restore(saved["steering"], self.now_s)
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


def _joined(first: _Changes, second: _Changes) -> _Changes:
    """Changes one after the other."""
    times, racks, deltas = (np.concatenate(pair) for pair in zip(first, second, strict=True))
    return times, racks, deltas
