"""Jobs in SimPy: arrivals, a queue, placement and ends, as callbacks on plain data.

One SimPy event is pending at a time, at the next second at which a job arrives or ends. Its
callback deals with all job events before the next event of anybody else, so a million jobs are a
few trips through SimPy for each step of the engine, and SimPy still owns the clock.

Within a second the engine's own events come first, then those of jobs in the order of ``job_rules``.
Where all jobs load servers alike and none may wait on purpose, which is what a year with a million
jobs is made of, the same rules are followed by one tight loop.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from twin.scenario.it import Jobs
from twin.workload.deferral import NEVER_S
from twin.workload.job_rules import JobRules
from twin.workload.job_state import GANG
from twin.workload.sources import job_source

__all__ = ["JOBS_PRIORITY", "JobStream"]

#: SimPy priority of job events: the engine's events of the same second have lower numbers.
JOBS_PRIORITY = simpy.events.EventPriority(8)


class _Wake(simpy.Event):
    """An event that is already decided when it is scheduled, at a priority of our choosing."""

    def __init__(self, env: simpy.Environment, callback: Callable[[simpy.Event], None]) -> None:
        self.env = env
        self.callbacks = [callback]
        self._ok = True
        self._value = None


class JobStream(JobRules):
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

    Raises
    ------
    InputError
        If the trace of jobs is wrong, with every problem.
    """

    def __init__(
        self, jobs: Jobs, rack_servers: NDArray[np.int64], seed: np.random.SeedSequence, start_s: int, end_s: int,
        env: simpy.Environment, first_weekday: str = "monday",
    ) -> None:
        run_s = (int(start_s), int(end_s))
        source = job_source(jobs, int(np.sum(rack_servers)), seed, first_weekday, run_s)
        super().__init__(jobs, rack_servers, source, run_s)
        self._env = env
        self._wake: _Wake | None = None

    def start(self) -> None:
        """Schedule the next job event with SimPy; a wake-up scheduled before is void."""
        next_s = min(self._next_arrival_s, self._patience.next_s)
        if self._running and self._running[0][0] < next_s:
            next_s = self._running[0][0]
        self._wake = None
        if next_s < self._end_s:
            self._wake = _Wake(self._env, self._on_wake)
            self._env.schedule(self._wake, JOBS_PRIORITY, max(next_s - self._env.now, 0))

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of a stream that was built with the same scenario, hall, seed and run.

        Call ``start()`` afterwards if the stream has not been started yet.
        """
        super().restore(saved)
        if self._wake is not None:
            self.start()

    def _on_wake(self, wake: simpy.Event) -> None:
        if wake is not self._wake:
            return
        now_s, until_s = self._env.now, self._env.peek()
        until_s = min(until_s, self._end_s)
        # At least this second, even if others are due in it too: they have their own turn in it.
        advance = self._advance_plainly if self._plain else self._advance
        advance(until_s if until_s > now_s else now_s + 1)
        self.start()

    def _advance_plainly(self, until_s: float) -> None:
        """All ends and arrivals before ``until_s``, in order, where no job may wait and all load servers alike.

        The one hot loop of the room, so its state is held in local names and written back at the end.
        """
        running, waiting, changes, gangs, racks = self._running, self._waiting, self._changes, self._gangs, self._racks
        counts, noted_s, first = self._counts, self._waits.noted_s, self.arrived - self._position
        give, take_whole, free, throttled = racks.give, racks.take_whole, self._free, self._throttled
        today, position, arrival_s, many = self._today, self._position, self._next_arrival_s, len(self._today)
        while True:
            now_s = running[0][0] if running else NEVER_S
            if arrival_s < now_s:
                if arrival_s >= until_s:
                    break
                now_s = arrival_s
                waiting.append(today[position])
                position += 1
                if position < many:
                    arrival_s = today[position][1]
                else:
                    self.arrived, self._position = first + position, position
                    self._find_next_arrival()
                    today, position, arrival_s = self._today, self._position, self._next_arrival_s
                    first, many = self.arrived - position, len(today)
            else:
                if now_s >= until_s:
                    break
                ended = heappop(running)
                if throttled and self._put_off(ended):
                    continue
                _, job, rack, count, _ = ended
                free += count
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
                if now_s > submitted_s:
                    noted_s.append(now_s - submitted_s)
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
        self.arrived = first + position
        self.finished = self.arrived - len(waiting) - len(running)
        self._waits.tidy()
