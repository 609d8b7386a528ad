"""Jobs that may wait: held back during some hours of the day, and served by their latest start."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from twin.workload.background import DAY_S

__all__ = ["NEVER_S", "Patience", "Patient", "Waiting"]

NEVER_S = 2**62

#: A waiting job: number, arrival [s], servers, duration [s].
Waiting = tuple[int, int, int, int]
#: A job that may wait on purpose: latest start [s], and the same.
Patient = tuple[int, int, int, int, int]


class Patience:
    """Jobs that may be made to wait on purpose, until they start.

    At a time t within the window of hours such a job is held back while t is before its latest start.
    Outside the window, and from its latest start on, it stands in the queue, where earlier latest starts
    come first.

    Parameters
    ----------
    defer_hours : sequence of float
        First and last hour of the day of the window (the last is outside it; it may be on the next day), or nothing.

    Attributes
    ----------
    queue : list of Patient
        Heap of those that may start.
    held : list of Patient
        Heap of those that are held back.
    next_s : int
        Engine time at which :meth:`release` is due; ``NEVER_S`` if it need not be called.
    deferred : int
        Jobs that were held back at least once so far.
    """

    def __init__(self, defer_hours: Sequence[float]) -> None:
        first_h, last_h = defer_hours or (0.0, 0.0)
        self._first_s = round(first_h * 3600.0) % DAY_S
        self._length_s = (round(last_h * 3600.0) - round(first_h * 3600.0)) % DAY_S
        self.queue: list[Patient] = []
        self.held: list[Patient] = []
        self.next_s = NEVER_S
        self.deferred = 0
        self._counted: set[int] = set()

    def arrive(self, job: Patient, now_s: int) -> None:
        """Take in a job whose latest start is still to come."""
        into_s = (now_s - self._first_s) % DAY_S
        if into_s < self._length_s:
            self._hold(job)
            self.next_s = min(self.next_s, job[0], now_s + self._length_s - into_s)
        else:
            heappush(self.queue, job)
            if self._length_s:
                self.next_s = min(self.next_s, now_s + DAY_S - into_s)

    def release(self, now_s: int) -> None:
        """Hold back and let go as the time demands: the window begins or ends, or a latest start has come."""
        into_s = (now_s - self._first_s) % DAY_S
        if into_s < self._length_s:
            patient = [job for job in self.queue if job[0] > now_s]
            if patient:
                self.queue[:] = [job for job in self.queue if job[0] <= now_s]
                heapify(self.queue)
                for job in patient:
                    self._hold(job)
            while self.held and self.held[0][0] <= now_s:
                heappush(self.queue, heappop(self.held))
            ends_s = now_s + self._length_s - into_s
            self.next_s = min(self.held[0][0], ends_s) if self.held else NEVER_S
            return
        for job in self.held:
            heappush(self.queue, job)
        self.held.clear()
        self.next_s = now_s + DAY_S - into_s if self.queue else NEVER_S

    def take(self) -> Patient:
        """Take the first of the queue out, to start it."""
        job = heappop(self.queue)
        self._counted.discard(job[1])
        return job

    def snapshot(self) -> dict[str, Any]:
        """Everything that is needed to go on, as plain data that shares nothing with this."""
        return {
            "queue": list(self.queue), "held": list(self.held), "next_s": self.next_s, "deferred": self.deferred,
            "counted": sorted(self._counted),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot of the same window."""
        self.queue[:], self.held[:] = saved["queue"], saved["held"]
        self.next_s, self.deferred, self._counted = saved["next_s"], saved["deferred"], set(saved["counted"])

    def _hold(self, job: Patient) -> None:
        heappush(self.held, job)
        if job[1] not in self._counted:
            self._counted.add(job[1])
            self.deferred += 1
