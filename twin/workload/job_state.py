"""Everything that a stream of jobs remembers: who runs where, who waits, what has changed; as plain data."""

from __future__ import annotations

import math
from collections import deque
from heapq import heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.scenario.it import Jobs
from twin.workload.arrivals import JobSource
from twin.workload.background import DAY_S
from twin.workload.deferral import NEVER_S, Patience, Waiting
from twin.workload.placement import Share, placement
from twin.workload.waits import Waits

__all__ = ["GANG", "LOST_TOLERANCE_S", "JobState", "Running"]

#: Rounding of accumulated lost time that must not cost a job a whole second [s].
LOST_TOLERANCE_S = 1e-6

#: Stands for the rack of a job that spans several.
GANG = -1

#: Load of a server is a whole number of this part of its capacity where streams load servers differently [-].
LOAD_FRAC = 1e-9

#: A running job: end [s], number, rack or GANG, servers, and what had been lost when it started [s]: by its
#: rack, or for a gang, which counts its own lost time, nothing.
Running = tuple[int, int, int, int, float]


_NO_CHANGES = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


class JobState:
    """All jobs of a hall at one time, and what happened to them since it was last taken.

    Parameters
    ----------
    jobs : Jobs
        The section ``[workload.jobs]``.
    rack_servers : ndarray of int64
        Servers of each rack (≥ 0, at least one in all).
    source : JobSource
        Where jobs come from.
    run_s : tuple of int
        Start and end of the run in engine time [s].

    Attributes
    ----------
    arrived, finished : int
        Jobs so far.
    capped : int
        Jobs, of the days begun so far, that wanted more servers than the hall has and were cut to its capacity.
    late : int
        Jobs that might wait on purpose and started after their latest start.
    lost_server_h : float
        Work not done because racks were throttled [server h at full speed].
    notes : tuple of str
        What the user must be told about where jobs come from.
    """

    def __init__(
        self, jobs: Jobs, rack_servers: NDArray[np.int64], source: JobSource, run_s: tuple[int, int]
    ) -> None:
        self._end_s = run_s[1]
        self._rule = str(jobs.placement)
        self._slots = np.array(rack_servers, dtype=np.int64)
        self._source = source
        self.notes = source.notes
        # Where streams load servers differently, a change is told in whole parts of a server, so that sums are exact.
        same_load = bool(np.all(source.util_frac == source.util_frac[0]))
        loads = np.ones_like(source.util_frac) if same_load else np.round(source.util_frac / LOAD_FRAC)
        self._load_of_stream = loads.astype(np.int64)
        # A rack without servers never takes part, so its utilisation may divide by anything.
        self._util_frac_per_load = (float(source.util_frac[0]) if same_load else LOAD_FRAC) / np.maximum(self._slots, 1)
        self._plain = same_load and not source.may_wait
        self._alike = bool(np.all(self._slots == self._slots[0]))
        self._racks = placement(self._rule, self._slots.tolist(), int(self._slots.max()), np.zeros(self._slots.size))
        self._inlet_c = np.zeros(self._slots.size)
        self._free = int(self._slots.sum())
        self._running: list[Running] = []
        self._load: dict[int, int] = {}
        self._waiting: deque[Waiting] = deque()
        self._patience = Patience(jobs.defer_hours)
        self._waits = Waits()
        self._changes: list[int] = []
        self._counts: list[int] = []
        self._lost_s = np.zeros(self._slots.size)
        self._throttled = False
        self._gangs: dict[int, tuple[Share, ...]] = {}
        self._gang_lost_s: dict[int, float] = {}
        self._next_arrival_s = NEVER_S
        self._last_day = -(-self._end_s // DAY_S) - 1
        self.arrived = self.finished = self.late = 0
        self.lost_server_h = 0.0
        self._day, self._position = run_s[0] // DAY_S, 0
        self._open_day(0)
        self.capped = self._cut_today
        self._find_next_arrival()

    @property
    def running(self) -> int:
        """Jobs that run now."""
        return len(self._running)

    @property
    def queued(self) -> int:
        """Jobs that wait now, those that are held back among them."""
        return len(self._waiting) + len(self._patience.queue) + len(self._patience.held)

    @property
    def started(self) -> int:
        """Jobs that have started so far."""
        return self.arrived - self.queued

    @property
    def deferred(self) -> int:
        """Jobs that were held back on purpose at least once so far."""
        return self._patience.deferred

    @property
    def wait_mean_h(self) -> float:
        """Mean wait of the jobs that have started [h]; 0 before the first."""
        return self._waits.sum_s / self.started / 3600.0 if self.started else 0.0

    @property
    def wait_p95_h(self) -> float:
        """Wait that 95 % of the jobs that have started did not exceed [h], to 0.4 %; 0 before the first."""
        return self._waits.percentile_s(0.95, self.started) / 3600.0

    @property
    def busy_servers(self) -> NDArray[np.int64]:
        """Servers of each rack that run a job now."""
        return self._slots - np.array(self._racks.free, dtype=np.int64)

    @property
    def utilisation_frac(self) -> NDArray[np.float64]:
        """Utilisation of each rack by jobs now, exact: what the changes so far add up to."""
        load = np.zeros(self._slots.size, dtype=np.int64)
        for _, job, rack, count, _ in self._running:
            for part, share in self._gangs[job] if rack == GANG else ((rack, count),):
                load[part] += share * self._load.get(job, 1)
        return np.asarray(load * self._util_frac_per_load)

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
        if not self._changes:
            return _NO_CHANGES
        table = np.array(self._changes, dtype=np.int64)
        self._changes = []
        rack = table[1::3]
        per_load = self._util_frac_per_load[0] if self._alike else self._util_frac_per_load[rack]
        return table[::3], rack, table[2::3] * per_load

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
            "patience": self._patience.snapshot(), "waits": self._waits.snapshot(),
            "load": dict(self._load),
            "counters": (self.arrived, self.finished, self.capped, self.late, self.lost_server_h),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a stream that was built with the same scenario, hall, seed and run."""
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
        self._patience.restore(saved["patience"])
        self._waits.restore(saved["waits"])
        self._load = dict(saved["load"])
        self.arrived, self.finished, self.capped, self.late, self.lost_server_h = saved["counters"]
        self._day, self._position = saved["day"], saved["position"]
        self._open_day(self.arrived - self._position)
        self._find_next_arrival()

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
        while self._position >= len(self._today) and self._day < self._last_day:
            self._day, self._position = self._day + 1, 0
            self._open_day(self.arrived)
            self.capped += self._cut_today
        more = self._position < len(self._today)
        self._next_arrival_s = self._today[self._position][1] if more else NEVER_S

    def _open_day(self, first: int) -> None:
        """Jobs that arrive on this day, numbered from ``first``."""
        day = self._source.arrays(self._day)
        submit_s = day.submit_s.tolist()
        numbers = range(first, first + len(submit_s))
        self._today: list[Waiting] = list(
            zip(numbers, submit_s, day.servers.tolist(), day.duration_s.tolist(), strict=True)
        )
        self._latest_s: list[int] = [] if self._plain else day.latest_s.tolist()
        self._loads: list[int] = [] if self._plain else self._load_of_stream[day.stream].tolist()
        self._cut_today = day.capped
