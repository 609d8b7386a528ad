"""Jobs in one compiled loop: the engine for years with many millions of jobs.

The interface is that of :class:`twin.workload.jobs.JobStream`, and so is all that happens: arrivals, queue,
placement, throttling and ends, second by second. Only counts of jobs are kept by the minute, not at every event.

Nothing is pending in SimPy: whoever asks gets the jobs as they are at the clock's time, and since a second never
depends on how many were dealt with at a time, asking changes nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from twin_kernels.job_ends import BLOCK_S, RING_S, list_running, set_running
from twin_kernels.job_fluid import COUNT_S, POOL, QUEUE_COLUMNS, STAGE, STARTED, WAIT_BINS, JobPool, advance_pool
from twin_kernels.job_patience import NEVER_S
from twin_kernels.job_places import (
    END,
    FREE,
    NEXT,
    NUMBER,
    OWED,
    RACK_COLUMNS,
    RACK_LOAD,
    SHARE_COLUMNS,
    TELL_S,
    TOLD,
    WORD_BITS,
    charge,
    set_order,
)

from twin.scenario.it import Jobs
from twin.workload.background import DAY_S
from twin.workload.job_state import LOAD_FRAC
from twin.workload.sources import job_source
from twin.workload.waits import Waits

__all__ = ["FluidStream"]

_NS = 1e9
#: Changes of every rack that there is room for before the loop must be called again.
_ROOM = 32
#: Parts of the memory that say where something lies in arrays, which depends on what lay there before.
_PLACES = ("head", "tail", "unused", "later")

_Table = NDArray[np.int64]


class FluidStream:
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
        If the trace of jobs is wrong, with every problem.
    """

    def __init__(
        self, jobs: Jobs, rack_servers: NDArray[np.int64], seed: np.random.SeedSequence, start_s: int, end_s: int,
        env: simpy.Environment, first_weekday: str = "monday",
    ) -> None:
        self._env = env
        self._end_s = int(end_s)
        self._slots = np.array(rack_servers, dtype=np.int64)
        capacity, racks = int(self._slots.sum()), self._slots.size
        self._source = job_source(jobs, capacity, seed, first_weekday, (int(start_s), self._end_s))
        self.notes = self._source.notes
        util_frac = self._source.util_frac
        same_load = bool(np.all(util_frac == util_frac[0]))
        loads = np.ones_like(util_frac) if same_load else np.round(util_frac / LOAD_FRAC)
        self._loads = loads.astype(np.int64)
        # A rack without servers never takes part, so its utilisation may divide by anything.
        self._util_frac_per_load = (float(util_frac[0]) if same_load else LOAD_FRAC) / np.maximum(self._slots, 1)
        self._coolest = jobs.placement == "coolest"
        memory: NDArray[np.void] = np.zeros(1, POOL)
        first_h, last_h = jobs.defer_hours or (0.0, 0.0)
        window_s, window_end_s = round(first_h * 3600.0), round(last_h * 3600.0)
        for name, value in (
            ("now_s", int(start_s)), ("horizon_s", int(start_s) + BLOCK_S), ("free", capacity),
            ("unit", self._loads.max()), ("tell_s", -(-int(start_s) // TELL_S) * TELL_S),
            ("by_free", jobs.placement == "spread"), ("release_s", NEVER_S),
            ("window_s", window_s % DAY_S), ("window_length_s", (window_end_s - window_s) % DAY_S),
        ):
            memory[name] = value
        levels = int(self._slots.max()) + 1
        none = np.zeros((0, QUEUE_COLUMNS), np.int64)
        self._jobs = JobPool(
            memory, np.zeros((racks, RACK_COLUMNS), np.int64), self._slots, np.arange(racks),
            np.zeros((levels, -(-racks // WORD_BITS)), np.int64), np.zeros(levels, np.int64),
            np.zeros((capacity, SHARE_COLUMNS), np.int64), np.zeros(racks, np.int64), np.zeros(RING_S, np.int32),
            np.zeros(capacity, np.int64), none, none[:, :2], none[:, :2], np.zeros(WAIT_BINS, np.int64),
        )
        self._jobs.racks[:, FREE] = self._slots
        set_running(self._jobs, np.zeros((0, SHARE_COLUMNS), np.int64))
        self._written: _Table = np.empty((3, _ROOM * racks + 1), np.int64)
        self._told: list[_Table] = []
        self._counts: list[_Table] = []
        self.lost_server_h = 0.0
        self._day = int(start_s) // DAY_S
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
        """Servers of each rack that run a job now."""
        self._advance()
        return np.asarray(self._slots - self._jobs.racks[:, FREE])

    @property
    def utilisation_frac(self) -> NDArray[np.float64]:
        """Utilisation of each rack by jobs now, as the hall has been told: what the changes so far add up to."""
        self._advance()
        return np.asarray(self._jobs.racks[:, TOLD] * self._util_frac_per_load)

    def start(self) -> None:
        """Nothing has to be scheduled: the jobs follow the clock whenever somebody asks."""

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
        time_s, rack, load = _joined(self._told, (3, 0), 1)
        self._told = []
        return time_s, rack, load * self._util_frac_per_load[rack]

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
        table = _joined(self._counts, (0, 3), 0)
        self._counts = []
        return table[:, 0], table[:, 1:]

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Newest inlet temperature of each rack [°C], for placement 'coolest'."""
        if not self._coolest:
            return
        self._advance()
        # Equal temperatures, and those that are not finite, which come last, go by order of racks.
        self._jobs.order[:] = np.argsort(np.where(np.isfinite(inlet_c), inlet_c, np.inf), kind="stable")
        set_order(self._jobs)

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
        self._advance()
        increase_ns = np.rint(lost_s * _NS).astype(np.int64) - self._jobs.lost_ns
        if not increase_ns.any():
            return
        if not (increase_ns >= 0).all():
            raise ValueError(f"lost_s at {now_s} s: lost time is cumulative and must not fall")
        self._jobs.memory["throttled"] = 1
        self.lost_server_h += charge(self._jobs, increase_ns) / 3600.0

    def snapshot(self) -> dict[str, Any]:
        """Everything that is needed to go on, as plain data (picklable, shares nothing with the stream).

        Streams that are at the same place of the same run have equal snapshots, however they got there.
        """
        pool, jobs = self._now, self._jobs
        running = np.zeros_like(jobs.shares)
        running = running[: list_running(jobs, running)]
        memory = jobs.memory.copy()
        for name in _PLACES:
            memory[name] = 0
        return {
            "day": self._day, "position": self._position + int(pool["tail"]) - self._carried,
            "memory": memory, "waiting": self._waiting(), "order": jobs.order.copy(),
            "loads": jobs.racks[:, [RACK_LOAD, TOLD, OWED]],
            "running": running[np.lexsort((running[:, NEXT], running[:, NUMBER], running[:, END]))],
            "waits": jobs.waits.copy(), "told": _joined(self._told, (3, 0), 1).copy(),
            "counts": _joined(self._counts, (0, 3), 0).copy(), "lost_ns": jobs.lost_ns.copy(),
            "counters": (self.capped, self.lost_server_h),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a stream that was built with the same scenario, hall, seed and run."""
        jobs = self._jobs
        jobs.memory[:] = saved["memory"]
        jobs.racks[:, FREE], jobs.order[:] = self._slots, saved["order"]
        jobs.racks[:, [RACK_LOAD, TOLD, OWED]] = saved["loads"]
        set_running(jobs, saved["running"])
        jobs.waits[:], jobs.lost_ns[:] = saved["waits"], saved["lost_ns"]
        self._told, self._counts = [saved["told"].copy()], [saved["counts"].copy()]
        self.capped, self.lost_server_h = saved["counters"]
        self._day = saved["day"]
        self._open_day(saved["waiting"], saved["position"])

    @property
    def _now(self) -> np.void:
        """The memory of the jobs as they are at the clock's time."""
        self._advance()
        now: np.void = self._jobs.memory[0]
        return now

    def _advance(self) -> None:
        """Deal with every second before the clock's."""
        pool, until_s = self._jobs.memory[0], min(int(self._env.now), self._end_s)
        while pool["now_s"] < until_s:
            day_end_s = (self._day + 1) * DAY_S
            stop_s = min(until_s, day_end_s)
            counts = np.empty(((stop_s - int(pool["now_s"])) // COUNT_S + 1, 3), np.int64)
            told, counted = advance_pool(self._jobs, stop_s, self._written, counts)
            self._told.append(self._written[:, :told].copy())
            self._counts.append(counts[:counted])
            if pool["now_s"] == day_end_s and self._day < self._last_day:
                self._day += 1
                self.capped += self._open_day(self._waiting(), 0)

    def _waiting(self) -> tuple[_Table, _Table, _Table]:
        """Jobs that have arrived and not started, and the two heaps, sorted, with their places among those."""
        pool, jobs = self._jobs.memory[0], self._jobs
        if pool["arrived"] == pool["started"]:
            return jobs.queue[:0], jobs.patient[:0], jobs.held[:0]
        waits = jobs.queue[: pool["tail"], STAGE] != STARTED
        place = np.cumsum(waits) - 1
        heaps = []
        for heap, count in ((jobs.patient, pool["patient_jobs"]), (jobs.held, pool["held_jobs"])):
            moved = heap[:count].copy()
            moved[:, 1] = place[moved[:, 1]]
            heaps.append(moved[np.lexsort((moved[:, 1], moved[:, 0]))])
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
            (day.submit_s, day.servers, day.duration_s, self._loads[day.stream], day.latest_s)
        ):
            rows[self._carried :, column] = values[position:]
        rows[self._carried :, -1] = np.arange(jobs - self._carried) + self._jobs.memory["arrived"]
        grown = [np.zeros((jobs, 2), np.int64) for _ in heaps]
        for heap, old in zip(grown, heaps, strict=True):
            heap[: len(old)] = old
        self._jobs.memory["head"], self._jobs.memory["tail"] = 0, self._carried
        self._jobs = self._jobs._replace(queue=rows, patient=grown[0], held=grown[1])
        return day.capped


def _joined(tables: list[_Table], empty: tuple[int, int], axis: int) -> _Table:
    """Tables one after the other."""
    return tables[0] if len(tables) == 1 else np.concatenate((np.zeros(empty, np.int64), *tables), axis=axis)
