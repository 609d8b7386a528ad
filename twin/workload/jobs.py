"""Jobs in SimPy: arrivals, a queue, placement and ends, as callbacks on plain data.

One SimPy event is pending at a time, at the next second at which a job arrives or ends. Its
callback deals with all job events before the next event of anybody else, so a million jobs are a
few trips through SimPy for each step of the engine, and SimPy still owns the clock.

Order within a second: the engine's own events first, then ends of jobs, then arrivals, each by
number of the job. The queue is first come, first served: a job that does not fit waits, and so
does every job behind it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from twin.scenario.it import Jobs
from twin.workload.background import DAY_S
from twin.workload.placement import Share, placement
from twin.workload.sources import job_source

__all__ = ["JOBS_PRIORITY", "JobStream"]

#: SimPy priority of job events: the engine's events of the same second have lower numbers.
JOBS_PRIORITY = simpy.events.EventPriority(8)

#: Rounding of accumulated lost time that must not cost a job a whole second [s].
LOST_TOLERANCE_S = 1e-6

_NEVER_S = 2**62

#: Stands for the rack of a job that spans several.
GANG = -1

#: A running job: end [s], number, rack or GANG, servers, and what had been lost when it started [s]: by its
#: rack, or for a gang, which counts its own lost time, nothing.
Running = tuple[int, int, int, int, float]
#: A waiting job: number, arrival [s], servers, duration [s].
Waiting = tuple[int, int, int, int]


class _Wake(simpy.Event):
    """An event that is already decided when it is scheduled, at a priority of our choosing."""

    def __init__(self, env: simpy.Environment, callback: Callable[[simpy.Event], None]) -> None:
        self.env = env
        self.callbacks = [callback]
        self._ok = True
        self._value = None


class JobStream:
    """All jobs of a hall: who arrives, waits, runs where, and ends when.

    Parameters
    ----------
    jobs : Jobs
        The section ``[workload.jobs]``.
    rack_servers : ndarray of int64
        Servers of each rack (≥ 0, at least one in all).
    seed : numpy.random.SeedSequence
        The stream of jobs; not changed.
    start_s, end_s : int
        Run in engine time, seconds since 1 January 00:00; job events from ``end_s`` on do not happen.
    env : simpy.Environment
        The clock, in whole seconds of engine time.
    first_weekday : str
        Weekday of 1 January, in lower case.

    Attributes
    ----------
    arrived, finished : int
        Jobs so far.
    capped : int
        Jobs, of the days begun so far, that wanted more servers than the hall has and were cut to its capacity.
    lost_server_h : float
        Work not done because racks were throttled [server h at full speed].

    Raises
    ------
    InputError
        If the trace of jobs is wrong, with every problem.
    """

    def __init__(
        self, jobs: Jobs, rack_servers: NDArray[np.int64], seed: np.random.SeedSequence, start_s: int, end_s: int,
        env: simpy.Environment, first_weekday: str = "monday",
    ) -> None:
        self._env = env
        self._end_s = int(end_s)
        self._rule = str(jobs.placement)
        self._slots = np.array(rack_servers, dtype=np.int64)
        # A rack without servers never takes part, so its utilisation may divide by anything.
        self._util_frac_per_server = jobs.server_util_frac / np.maximum(self._slots, 1)
        self._alike = bool(np.all(self._slots == self._slots[0]))
        self._source = job_source(jobs, int(self._slots.sum()), seed, first_weekday, (int(start_s), int(end_s)))
        self._racks = placement(self._rule, self._slots.tolist(), int(self._slots.max()), np.zeros(self._slots.size))
        self._inlet_c = np.zeros(self._slots.size)
        self._free = int(self._slots.sum())
        self._running: list[Running] = []
        self._waiting: deque[Waiting] = deque()
        self._changes: list[int] = []
        self._counts: list[int] = []
        self._lost_s = np.zeros(self._slots.size)
        self._throttled = False
        self._gangs: dict[int, tuple[Share, ...]] = {}
        self._gang_lost_s: dict[int, float] = {}
        self._wake: _Wake | None = None
        self._wait_s = 0
        self._next_arrival_s = _NEVER_S
        self._last_day = -(-self._end_s // DAY_S) - 1
        self.arrived = self.finished = self.capped = 0
        self.lost_server_h = 0.0
        self._day, self._position = int(start_s) // DAY_S, 0
        self._today = self._source.day(self._day)
        self.capped = self._today.capped
        self._find_next_arrival()

    @property
    def running(self) -> int:
        """Jobs that run now."""
        return len(self._running)

    @property
    def queued(self) -> int:
        """Jobs that wait now."""
        return len(self._waiting)

    @property
    def started(self) -> int:
        """Jobs that have started so far."""
        return self.arrived - len(self._waiting)

    @property
    def wait_mean_h(self) -> float:
        """Mean wait of the jobs that have started [h]; 0 before the first."""
        return self._wait_s / self.started / 3600.0 if self.started else 0.0

    @property
    def busy_servers(self) -> NDArray[np.int64]:
        """Servers of each rack that run a job now."""
        return self._slots - np.array(self._racks.free, dtype=np.int64)

    @property
    def utilisation_frac(self) -> NDArray[np.float64]:
        """Utilisation of each rack by jobs now, exact: what the changes so far add up to."""
        return np.asarray(self.busy_servers * self._util_frac_per_server)

    def start(self) -> None:
        """Schedule the next job event with SimPy; a wake-up scheduled before is void."""
        next_s = self._next_arrival_s
        if self._running and self._running[0][0] < next_s:
            next_s = self._running[0][0]
        self._wake = None
        if next_s < self._end_s:
            self._wake = _Wake(self._env, self._on_wake)
            self._env.schedule(self._wake, JOBS_PRIORITY, max(next_s - self._env.now, 0))

    def take_changes(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Changes of utilisation since they were last taken, in time order.

        Returns
        -------
        time_s : ndarray of int64
            Engine time of each change [s].
        rack : ndarray of int64
            Where.
        delta_frac : ndarray of float64
            Change of that rack's utilisation.
        """
        table = np.array(self._changes, dtype=np.int64)
        self._changes = []
        rack = table[1::3]
        per_server = self._util_frac_per_server[0] if self._alike else self._util_frac_per_server[rack]
        return table[::3], rack, table[2::3] * per_server

    def take_counts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many jobs ran and waited since that was last taken, in time order.

        Returns
        -------
        time_s : ndarray of int64
            Engine time of each job event [s]; of several in one second the last counts.
        count : ndarray of int64, shape (events, 2)
            Jobs running and queued after it.
        """
        table = np.array(self._counts, dtype=np.int64).reshape(-1, 3)
        self._counts = []
        return table[:, 0], table[:, 1:]

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Newest inlet temperature of each rack [°C], for placement 'coolest'."""
        if self._rule == "coolest":
            self._inlet_c = np.array(inlet_c, dtype=np.float64)
            self._racks.see(self._inlet_c)

    def slow_down(self, now_s: int, lost_s: NDArray[np.float64]) -> None:
        """Charge time lost to throttling to the jobs that run now.

        A job ends later by the full-speed seconds its rack has lost since the job started, rounded
        up to a whole second once; a gang loses at each call what the slowest of its racks lost.

        Parameters
        ----------
        now_s : int
            Engine time [s].
        lost_s : ndarray of float64
            Full-speed seconds lost so far by each rack, since the start of the run; never falls.
        """
        increase_s = lost_s - self._lost_s
        if not increase_s.any():
            return
        if not (increase_s >= 0.0).all():
            raise ValueError(f"lost_s at {now_s} s: lost time is cumulative and must not fall")
        self._throttled = True
        self._lost_s = np.array(lost_s, dtype=np.float64)
        lost_server_s = float(self.busy_servers @ increase_s)
        increase = increase_s.tolist()
        for job, shares in self._gangs.items():
            slowest_s = max(increase[rack] for rack, _ in shares)
            self._gang_lost_s[job] = self._gang_lost_s.get(job, 0.0) + slowest_s
            lost_server_s += sum(servers * (slowest_s - increase[rack]) for rack, servers in shares)
        self.lost_server_h += lost_server_s / 3600.0

    def snapshot(self) -> dict[str, Any]:
        """Everything that is needed to go on, as plain data (picklable, shares nothing with the stream)."""
        return {
            "day": self._day, "position": self._position,
            "free": list(self._racks.free), "inlet_c": self._inlet_c.copy(),
            "running": list(self._running), "waiting": list(self._waiting), "changes": list(self._changes),
            "counts": list(self._counts),
            "lost_s": self._lost_s.copy(), "throttled": self._throttled,
            "gangs": dict(self._gangs), "gang_lost_s": dict(self._gang_lost_s),
            "counters": (self.arrived, self.finished, self.capped, self._wait_s, self.lost_server_h),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a stream that was built with the same scenario, hall, seed and run.

        Call ``start()`` afterwards if the stream has not been started yet.
        """
        self._racks = placement(self._rule, saved["free"], int(self._slots.max()), saved["inlet_c"].copy())
        self._inlet_c = saved["inlet_c"].copy()
        self._free = sum(saved["free"])
        self._running = list(saved["running"])
        self._waiting = deque(saved["waiting"])
        self._changes = list(saved["changes"])
        self._counts = list(saved["counts"])
        self._lost_s = saved["lost_s"].copy()
        self._throttled = saved["throttled"]
        self._gangs = dict(saved["gangs"])
        self._gang_lost_s = dict(saved["gang_lost_s"])
        self.arrived, self.finished, self.capped, self._wait_s, self.lost_server_h = saved["counters"]
        self._day, self._position = saved["day"], saved["position"]
        self._today = self._source.day(self._day)
        self._find_next_arrival()
        if self._wake is not None:
            self.start()

    def _on_wake(self, wake: simpy.Event) -> None:
        if wake is not self._wake:
            return
        now_s, until_s = self._env.now, self._env.peek()
        until_s = min(until_s, self._end_s)
        # At least this second, even if others are due in it too: they have their own turn in it.
        self._advance(until_s if until_s > now_s else now_s + 1)
        self.start()

    def _advance(self, until_s: float) -> None:
        """All ends and arrivals before ``until_s``, in order.

        The one hot loop of the room, so its state is held in local names and written back at the end.
        """
        running, waiting, changes, gangs, racks = self._running, self._waiting, self._changes, self._gangs, self._racks
        counts = self._counts
        give, take_whole, free, throttled = racks.give, racks.take_whole, self._free, self._throttled
        arrived, finished, wait_s = self.arrived, self.finished, self._wait_s
        submit_s, servers, duration_s = self._today.submit_s, self._today.servers, self._today.duration_s
        arrival_s, position = self._next_arrival_s, self._position
        while True:
            now_s = running[0][0] if running else _NEVER_S
            if arrival_s < now_s:
                if arrival_s >= until_s:
                    break
                now_s = arrival_s
                waiting.append((arrived, now_s, servers[position], duration_s[position]))
                arrived += 1
                position += 1
                if position < len(submit_s):
                    arrival_s = submit_s[position]
                else:
                    self._position = position
                    self._find_next_arrival()
                    submit_s, servers, duration_s = self._today.submit_s, self._today.servers, self._today.duration_s
                    arrival_s, position = self._next_arrival_s, self._position
            else:
                if now_s >= until_s:
                    break
                ended = heappop(running)
                if throttled and self._put_off(ended):
                    continue
                _, job, rack, count, _ = ended
                free += count
                finished += 1
                if rack >= 0:
                    give(rack, count)
                    changes += (now_s, rack, -count)
                else:
                    self._gang_lost_s.pop(job, None)
                    for rack, share in gangs.pop(job):
                        give(rack, share)
                        changes += (now_s, rack, -share)
            while waiting and waiting[0][2] <= free:
                job, submitted_s, wanted, needs_s = waiting.popleft()
                free -= wanted
                wait_s += now_s - submitted_s
                rack = take_whole(wanted)
                if rack >= 0:
                    changes += (now_s, rack, wanted)
                    mark_s = float(self._lost_s[rack]) if throttled else 0.0
                    heappush(running, (now_s + needs_s, job, rack, wanted, mark_s))
                else:
                    gangs[job] = shares = racks.take(wanted)
                    for part, share in shares:
                        changes += (now_s, part, share)
                    heappush(running, (now_s + needs_s, job, GANG, wanted, 0.0))
            counts += (now_s, len(running), len(waiting))
        self._free, self._position, self._next_arrival_s = free, position, arrival_s
        self.arrived, self.finished, self._wait_s = arrived, finished, wait_s

    def _put_off(self, ended: Running) -> bool:
        """Move a due end later by the time lost and not yet charged; False if there is none.

        Ends only ever move later, so it is enough to look when one is due: no call of ``slow_down``
        has to go through all running jobs. The mark moves along, so fractions are rounded up once.
        """
        end_s, job, rack, servers, mark_s = ended
        lost_s = float(self._lost_s[rack]) if rack >= 0 else self._gang_lost_s.get(job, 0.0)
        later_s = math.ceil(lost_s - mark_s - LOST_TOLERANCE_S)
        if later_s <= 0:
            return False
        heappush(self._running, (end_s + later_s, job, rack, servers, mark_s + later_s))
        return True

    def _find_next_arrival(self) -> None:
        """Go on to the next day that has arrivals, once this one has no more."""
        while self._position >= len(self._today.submit_s) and self._day < self._last_day:
            self._day, self._position = self._day + 1, 0
            self._today = self._source.day(self._day)
            self.capped += self._today.capped
        more = self._position < len(self._today.submit_s)
        self._next_arrival_s = self._today.submit_s[self._position] if more else _NEVER_S
