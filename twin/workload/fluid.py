"""Jobs as one pool of servers: the engine for years with many millions of jobs.

The interface is that of :class:`twin.workload.jobs.JobStream`, and so are arrivals, queue and ends, second by
second. Racks are where it differs: jobs have none. The work of all of them together is dealt out over the racks in
the shares that jobs usually hold, or fills them in order, and is told to them every five minutes.

Nothing is pending in SimPy: whoever asks gets the pool as it is at the clock's time, and since a second never
depends on how many were dealt with at a time, asking changes nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from twin_kernels.job_fluid import (
    COUNT_S,
    MARK,
    POOL,
    QUEUE_COLUMNS,
    RING_S,
    STARTED,
    WAIT_BINS,
    JobPool,
    advance_pool,
    rack_changes,
)
from twin_kernels.job_patience import NEVER_S

from twin.errors import InputError, Problem
from twin.scenario.it import Jobs
from twin.workload.arrivals import JobArrays
from twin.workload.background import DAY_S
from twin.workload.sources import job_source
from twin.workload.waits import Waits

__all__ = ["FluidStream"]

#: Loads are whole numbers of this part of a server.
_LOAD_FRAC = 1e-9
#: Rounding of accumulated lost time that must not cost a whole second [s].
_LOST_TOLERANCE_S = 1e-6
#: Lost time that may be charged at once [s]: what the ring of ends can go back by.
_MOST_LOST_S = RING_S // 2

_Table = NDArray[np.int64]


class FluidStream:
    """All jobs of a hall as one pool: who arrives, waits, runs and ends when; racks share the work.

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
        The clock, in whole seconds of engine time; only read.
    first_weekday : str
        Weekday of 1 January, in lower case.

    Attributes
    ----------
    capped : int
        Jobs, of the days begun so far, that wanted more servers than the hall has and were cut to its capacity.
    lost_server_h : float
        Work not done because racks were throttled [server h at full speed].
    notes : tuple of str
        What the user must be told about where jobs come from.

    Raises
    ------
    InputError
        If the trace of jobs is wrong, with every problem, or the placement needs to know where each job is.
    """

    def __init__(
        self, jobs: Jobs, rack_servers: NDArray[np.int64], seed: np.random.SeedSequence, start_s: int, end_s: int,
        env: simpy.Environment, first_weekday: str = "monday",
    ) -> None:
        if jobs.placement == "coolest":
            what = "needs the place of every job, which engine = 'fluid' does not keep; take 'spread' or 'packed', "
            raise InputError("jobs", [Problem("workload.jobs.placement = 'coolest'", what + "or engine = 'jobs'")])
        self._env = env
        self._end_s = int(end_s)
        self._slots = np.array(rack_servers, dtype=np.int64)
        capacity = int(self._slots.sum())
        self._source = job_source(jobs, capacity, seed, first_weekday, (int(start_s), self._end_s))
        self._day = int(start_s) // DAY_S
        share = _usual_share(self._source.arrays(self._day), int(self._slots.max()))
        self._order = _fill_order(self._slots, share if jobs.placement == "spread" else None)
        self.notes = self._source.notes
        self._loads = np.round(self._source.util_frac / _LOAD_FRAC).astype(np.int64)
        unit = int(self._loads.max())
        # A rack without servers never takes part, so its utilisation may divide by anything.
        self._util_frac_per_server = float(self._source.util_frac.max()) / np.maximum(self._slots, 1)
        memory: NDArray[np.void] = np.zeros(1, POOL)
        first_h, last_h = jobs.defer_hours or (0.0, 0.0)
        window_s, window_end_s = round(first_h * 3600.0), round(last_h * 3600.0)
        for name, value in (
            ("now_s", int(start_s)), ("horizon_s", int(start_s) + RING_S // 2), ("capacity", capacity),
            ("free", capacity), ("unit", unit), ("release_s", NEVER_S), ("window_s", window_s % DAY_S),
            ("window_length_s", (window_end_s - window_s) % DAY_S),
        ):
            memory[name] = value
        none = np.zeros((0, QUEUE_COLUMNS), np.int64)
        self._jobs = JobPool(
            memory, np.zeros((RING_S, 2), np.int64), np.zeros((capacity, 3), np.int64), none, none[:, :2], none[:, :2],
            np.zeros(WAIT_BINS, np.int64),
        )
        self._levels: list[_Table] = []
        self._counts: list[_Table] = []
        self._taken = 0
        self._lost_s = np.zeros(self._slots.size)
        self._slowed_s = self.lost_server_h = 0.0
        self._last_day = -(-self._end_s // DAY_S) - 1
        self.capped = self._open_day(self._waiting(), 0)

    @property
    def arrived(self) -> int:
        """Jobs that have arrived so far."""
        return int(self._now["arrived"])

    @property
    def started(self) -> int:
        """Jobs that have started so far."""
        return int(self._now["started"])

    @property
    def finished(self) -> int:
        """Jobs that have ended so far."""
        return int(self._now["finished"])

    @property
    def running(self) -> int:
        """Jobs that run now."""
        return int(self._now["running"])

    @property
    def deferred(self) -> int:
        """Jobs that were held back on purpose at least once so far."""
        return int(self._now["deferred"])

    @property
    def late(self) -> int:
        """Jobs that might wait on purpose and started after their latest start."""
        return int(self._now["late"])

    @property
    def queued(self) -> int:
        """Jobs that wait now, those that are held back among them."""
        return self.arrived - self.started

    @property
    def wait_mean_h(self) -> float:
        """Mean wait of the jobs that have started [h]; 0 before the first."""
        return int(self._now["wait_s"]) / self.started / 3600.0 if self.started else 0.0

    @property
    def wait_p95_h(self) -> float:
        """Wait that 95 % of the jobs that have started did not exceed [h], to 0.4 %; 0 before the first."""
        pool, waits = self._now, Waits()
        waits.restore({
            "noted_s": [], "sum_s": int(pool["wait_s"]), "longest_s": int(pool["longest_s"]),
            "counts": self._jobs.waits,
        })
        return waits.percentile_s(0.95, self.started) / 3600.0

    @property
    def busy_servers(self) -> NDArray[np.int64]:
        """Servers of each rack that run a job now, as the placement would have them."""
        pool = self._now
        return np.bincount(self._order[: pool["capacity"] - pool["free"]], minlength=self._slots.size)

    @property
    def utilisation_frac(self) -> NDArray[np.float64]:
        """Utilisation of each rack by jobs now: what the changes so far add up to."""
        told = np.bincount(self._order[: self._now["told"]], minlength=self._slots.size)
        return np.asarray(told * self._util_frac_per_server)

    def start(self) -> None:
        """Nothing has to be scheduled: the pool follows the clock whenever it is asked."""

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
        self._advance()
        levels = _joined(self._levels, 2)
        self._levels = []
        racks = self._slots.size
        places, deltas = np.empty((len(levels) * racks, 2), np.int64), np.empty(len(levels) * racks)
        touched = np.zeros(racks, np.int64)
        rows = rack_changes(
            self._order, self._util_frac_per_server, levels, self._taken, touched, places, deltas
        )
        if len(levels):
            self._taken = int(levels[-1, 1])
        return places[:rows, 0], places[:rows, 1], deltas[:rows]

    def take_counts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many jobs ran and waited since that was last taken, in time order.

        Returns
        -------
        time_s : ndarray of int64
            The last second of every minute.
        count : ndarray of int64, shape (minutes, 2)
            Jobs running and queued after it.
        """
        self._advance()
        table = _joined(self._counts, 3)
        self._counts = []
        return table[:, 0], table[:, 1:]

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Newest inlet temperature of each rack [°C]; neither placement looks at it."""

    def slow_down(self, now_s: int, lost_s: NDArray[np.float64]) -> None:
        """Charge time lost to throttling to the jobs that run now.

        Jobs have no racks, so all of them share: each ends later by the mean of what the racks lost, weighted by
        the servers busy on them, in whole seconds (the rest is carried). What is lost is exact; whose it is is not,
        nor is a job on several racks held up by the slowest of them.

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
        if increase_s.max() > _MOST_LOST_S:
            raise ValueError(f"lost_s at {now_s} s: {increase_s.max():g} s at once; {_MOST_LOST_S} s is the most")
        self._lost_s = np.array(lost_s, dtype=np.float64)
        busy = self.busy_servers
        lost_server_s = float(busy @ increase_s)
        self.lost_server_h += lost_server_s / 3600.0
        self._slowed_s += lost_server_s / max(int(busy.sum()), 1)
        self._jobs.memory["slowed_s"] = math.floor(self._slowed_s + _LOST_TOLERANCE_S)

    def snapshot(self) -> dict[str, Any]:
        """Everything that is needed to go on, as plain data (picklable, shares nothing with the stream)."""
        pool, jobs = self._now, self._jobs
        full_speed_s, place = pool["now_s"] - pool["slowed_s"], np.flatnonzero(jobs.ring[:, 0])
        ends_s = full_speed_s + (place - full_speed_s) % RING_S
        return {
            "day": self._day, "position": self._position + int(pool["tail"]) - self._carried,
            "memory": jobs.memory.copy(), "waiting": self._waiting(),
            "ends": np.column_stack((ends_s, jobs.ring[place])),
            "later": jobs.later[: pool["later"]].copy(), "waits": jobs.waits.copy(),
            "levels": _joined(self._levels, 2), "counts": _joined(self._counts, 3), "taken": self._taken,
            "lost_s": self._lost_s.copy(), "counters": (self.capped, self._slowed_s, self.lost_server_h),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a stream that was built with the same scenario, hall, seed and run."""
        jobs = self._jobs
        jobs.memory[:] = saved["memory"]
        jobs.ring[:] = 0
        jobs.ring[saved["ends"][:, 0] % RING_S] = saved["ends"][:, 1:]
        jobs.later[: len(saved["later"])] = saved["later"]
        jobs.waits[:] = saved["waits"]
        self._levels, self._counts = [saved["levels"].copy()], [saved["counts"].copy()]
        self._taken, self._lost_s = saved["taken"], saved["lost_s"].copy()
        self.capped, self._slowed_s, self.lost_server_h = saved["counters"]
        self._day = saved["day"]
        self._open_day(saved["waiting"], saved["position"])

    @property
    def _now(self) -> np.void:
        """The pool's memory as it is at the clock's time."""
        self._advance()
        now: np.void = self._jobs.memory[0]
        return now

    def _advance(self) -> None:
        """Deal with every second before the clock's."""
        pool, until_s = self._jobs.memory[0], min(int(self._env.now), self._end_s)
        while pool["now_s"] < until_s:
            day_end_s = (self._day + 1) * DAY_S
            stop_s = min(until_s, day_end_s)
            span_s = stop_s - int(pool["now_s"])
            levels = np.empty((span_s, 2), np.int64)
            counts = np.empty((span_s // COUNT_S + 1, 3), np.int64)
            told, counted = advance_pool(self._jobs, stop_s, levels, counts)
            self._levels.append(levels[:told].copy())
            self._counts.append(counts[:counted])
            if stop_s == day_end_s and self._day < self._last_day:
                self._day += 1
                self.capped += self._open_day(self._waiting(), 0)

    def _waiting(self) -> tuple[_Table, _Table, _Table]:
        """Jobs that have arrived and not started, and the two heaps with their places among those."""
        pool, jobs = self._jobs.memory[0], self._jobs
        waits = jobs.queue[: pool["tail"], MARK] != STARTED
        place = np.cumsum(waits) - 1
        heaps = []
        for heap, count in ((jobs.patient, pool["patient_jobs"]), (jobs.held, pool["held_jobs"])):
            moved = heap[:count].copy()
            moved[:, 1] = place[moved[:, 1]]
            heaps.append(moved)
        return jobs.queue[: pool["tail"]][waits], heaps[0], heaps[1]

    def _open_day(self, waiting: tuple[_Table, _Table, _Table], position: int) -> int:
        """Put the jobs of the day, from a position on, behind those that wait; how many of the day were cut."""
        day = self._source.arrays(self._day)
        queue, *heaps = waiting
        self._carried, self._position = len(queue), position
        jobs = self._carried + day.submit_s.size - position
        rows: _Table = np.zeros((jobs, QUEUE_COLUMNS), np.int64)
        rows[: self._carried] = queue
        for column, values in enumerate(
            (day.submit_s, day.servers, day.duration_s, day.servers * self._loads[day.stream], day.latest_s)
        ):
            rows[self._carried :, column] = values[position:]
        grown = [np.zeros((jobs, 2), np.int64) for _ in heaps]
        for heap, old in zip(grown, heaps, strict=True):
            heap[: len(old)] = old
        self._jobs.memory["head"], self._jobs.memory["tail"] = 0, self._carried
        self._jobs = self._jobs._replace(queue=rows, patient=grown[0], held=grown[1])
        return day.capped


def _usual_share(day: JobArrays, slots: int) -> int:
    """Servers that the jobs of a day hold on one rack: the mean over busy servers and time.

    A job on ``spread`` takes the emptiest rack, and whole racks if it needs more: large jobs leave racks full
    beside empty ones. Long jobs count as a day.
    """
    whole, rest = np.divmod(day.servers, slots)
    held_s = np.minimum(day.duration_s, DAY_S).astype(np.float64)
    servers = float(day.servers @ held_s)
    return max(round(float((whole * slots**2 + rest**2) @ held_s) / servers), 1) if servers else 1


def _fill_order(slots: NDArray[np.int64], share: int | None) -> NDArray[np.int64]:
    """Rack of the first, second, … busy server: rack by rack (None), or share by share over all racks.

    Racks take their shares in an order in which those that follow each other stand far apart (multiples of the
    golden section), so that however full the hall is, every row of racks is about as full.
    """
    racks = slots.size
    rack = np.repeat(np.arange(racks), slots)
    if share is None:
        return rack
    stride = round(racks * (math.sqrt(5.0) - 1.0) / 2.0)
    while math.gcd(stride, racks) != 1:
        stride += 1
    turn = np.empty(racks, np.int64)
    turn[np.arange(racks) * stride % racks] = np.arange(racks)
    nth = np.arange(rack.size) - np.repeat(np.cumsum(slots) - slots, slots)
    return rack[np.lexsort((nth, turn[rack], nth // share))]


def _joined(tables: list[_Table], width: int) -> _Table:
    """Tables one below the other; a copy."""
    return np.concatenate((np.zeros((0, width), np.int64), *tables))
