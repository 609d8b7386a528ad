"""The rules of the queue, one event at a time: ends, releases, arrivals, and who starts then.

Order within a second: ends of jobs, then the release of jobs that were held back, then arrivals, each by number of
the job. The queue is served by latest start, which for a job that may not wait on purpose is its arrival: such jobs
are served first come, first served. A job that does not fit waits, and so does every job behind it.
"""

from __future__ import annotations

from heapq import heappop, heappush

from twin.workload.deferral import NEVER_S, Waiting
from twin.workload.job_state import GANG, JobState

__all__ = ["JobRules"]


class JobRules(JobState):
    """A state of jobs that can go on in time."""

    def _advance(self, until_s: float) -> None:
        """All events before ``until_s``, in order."""
        running, waiting, patience, counts = self._running, self._waiting, self._patience, self._counts
        patient, held = patience.queue, patience.held
        while True:
            now_s = running[0][0] if running else NEVER_S
            if patience.next_s < now_s and patience.next_s <= self._next_arrival_s:
                now_s = patience.next_s
                if now_s >= until_s:
                    break
                patience.release(now_s)
            elif self._next_arrival_s < now_s:
                now_s = self._next_arrival_s
                if now_s >= until_s:
                    break
                self._arrive(now_s)
            elif now_s >= until_s:
                break
            elif not self._end(now_s):
                continue
            while (waiting or patient) and self._start_next(now_s):
                pass
            counts += (now_s, len(running), len(waiting) + len(patient) + len(held))
        self._waits.tidy()

    def _end(self, now_s: int) -> bool:
        """The first of the running jobs ends; False if it is put off."""
        ended = heappop(self._running)
        if self._throttled and self._put_off(ended):
            return False
        _, job, rack, servers, _ = ended
        load = self._load.pop(job)
        self._free += servers
        self.finished += 1
        self._gang_lost_s.pop(job, None)
        for part, share in self._gangs.pop(job) if rack == GANG else ((rack, servers),):
            self._racks.give(part, share)
            self._changes += (now_s, part, -share * load)
        return True

    def _arrive(self, now_s: int) -> None:
        """The next job of the day arrives."""
        job, latest_s = self._today[self._position], self._latest_s[self._position]
        self._load[job[0]] = self._loads[self._position]
        if latest_s > now_s:
            self._patience.arrive((latest_s, *job), now_s)
        else:
            self._waiting.append(job)
        self.arrived += 1
        self._position += 1
        if self._position < len(self._today):
            self._next_arrival_s = self._today[self._position][1]
        else:
            self._find_next_arrival()

    def _start_next(self, now_s: int) -> bool:
        """The head of the queue, which is not empty, starts; False if it does not fit."""
        patient, waiting = self._patience.queue, self._waiting
        if patient and not (waiting and (waiting[0][1], waiting[0][0]) < patient[0][:2]):
            if patient[0][3] > self._free:
                return False
            latest_s, number, submitted_s, servers, duration_s = self._patience.take()
            self.late += now_s > latest_s
            self._start((number, submitted_s, servers, duration_s), now_s)
            return True
        if waiting[0][2] > self._free:
            return False
        self._start(waiting.popleft(), now_s)
        return True

    def _start(self, job: Waiting, now_s: int) -> None:
        """A job takes its servers, all at once."""
        number, submitted_s, servers, duration_s = job
        self._free -= servers
        if now_s > submitted_s:
            self._waits.noted_s.append(now_s - submitted_s)
        rack, mark_s = self._racks.take_whole(servers), 0.0
        if rack >= 0:
            mark_s = float(self._lost_s[rack]) if self._throttled else 0.0
        else:
            rack = GANG
            self._gangs[number] = self._racks.take(servers)
        load = self._load[number]
        for part, share in self._gangs[number] if rack == GANG else ((rack, servers),):
            self._changes += (now_s, part, share * load)
        heappush(self._running, (now_s + duration_s, number, rack, servers, mark_s))
