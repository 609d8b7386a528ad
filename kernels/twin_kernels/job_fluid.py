"""A hall's jobs, second by second: every job arrives, waits, runs on its racks and ends.

The same queue, placement and ends as in ``twin.workload.jobs``, in a loop over seconds that makes nothing as it
goes: its memory is the jobs that run, those that wait and those of a day.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin_kernels.jit import kernel
from twin_kernels.job_ends import BLOCK_S, MASK, hang, hang_later
from twin_kernels.job_patience import admit, heap_pop, release
from twin_kernels.job_places import MARK, MORE, NEXT, NUMBER, RACK, give, take, tell

__all__ = [
    "COUNT_S", "POOL", "QUEUE_COLUMNS", "STAGE", "STARTED", "WAIT_BINS", "JobPool", "advance_pool",
]

#: Running and queued jobs are counted at the end of every such interval [s].
COUNT_S = 60
#: The hall is told at once when the load has moved by this part of all servers at the highest load.
_JUMP_FRAC = 1.0 / 128.0
_NS = 1_000_000_000
#: Rounding of accumulated lost time that must not cost a job a whole second [ns].
_LOST_TOLERANCE_NS = 1000
#: Bins of waits: whole seconds below 256, then 128 bins of equal width for each doubling.
WAIT_BINS = 4096
_WAIT_BITS = 7

_ARRIVAL, _WANTED, _NEEDS, _LOAD, _LATEST, STAGE, _NUMBER = range(7)
#: Columns of the queue: arrival [s], servers, duration [s, ≥ 1], load of a server, latest start [s], how far it
#: is (0, 1 when it has been held back, 2 when it has started), and the number of the job.
QUEUE_COLUMNS = 7
STARTED = 2

_FIELDS = (
    "now_s",                         # the next second to be dealt with
    "horizon_s",                     # ends before this hang in the ring, others wait in the list
    "free",                          # servers of the hall
    "by_free", "top",                # whether the emptiest rack comes first; the highest level with a rack
    "unused",                        # first of the list of unused shares
    "throttled",                     # whether any rack has ever lost time
    "head",                          # no job before this place that may not be held back is waiting
    "tail",                          # place of the first job that has not arrived
    "arrived", "started", "running", "finished", "late", "deferred",
    "wait_s", "longest_s",           # waits of all started jobs together, and the longest
    "later",                         # entries of the list of later ends
    "window_s", "window_length_s",   # window of the day in which patient jobs are held back
    "patient_jobs", "held_jobs",     # sizes of the two heaps
    "release_s",                     # when the heaps have to be looked at next
    "tell_s",                        # when the hall is next told of the loads of racks
    "load", "told_load",             # of all running jobs together; and what it was when the hall was told last
    "unit",                          # the highest load of a server
    "told",                          # changes written down in this call
)
#: The pool's memory besides its arrays.
POOL = np.dtype([(name, np.int64) for name in _FIELDS])


class JobPool(NamedTuple):
    """The jobs of a hall.

    Attributes
    ----------
    memory : ndarray of one POOL
    racks : ndarray (racks, RACK_COLUMNS) of int64
        What is known of each rack.
    slots : ndarray (racks,) of int64
        Servers of each.
    order : ndarray (racks,) of int64
        Racks by rank.
    levels : ndarray (servers of the largest rack + 1, words) of int64
        Which racks stand on each level, WORD_BITS in a word.
    crowd : ndarray (servers of the largest rack + 1,) of int64
        How many they are.
    shares : ndarray (servers of the hall, SHARE_COLUMNS) of int64
        What running jobs hold.
    lost_ns : ndarray (racks,) of int64
        Full-speed time lost by each rack to throttling [ns].
    ring : ndarray (RING_S,) of int32
        First share of the last job that ends in each second, -1 for none; the others follow, by falling number.
    later : ndarray (servers of the hall,) of int64
        First shares of the jobs that end behind the ring's horizon.
    queue : ndarray (jobs, QUEUE_COLUMNS) of int64
        Jobs that wait and jobs to come, in order of arrival.
    patient, held : ndarray (jobs, 2) of int64
        Jobs that may be made to wait: heaps of :mod:`twin_kernels.job_patience`.
    waits : ndarray (WAIT_BINS,) of int64
        Started jobs that had to wait, by wait.
    """

    memory: NDArray[np.void]
    racks: NDArray[np.int64]
    slots: NDArray[np.int64]
    order: NDArray[np.int64]
    levels: NDArray[np.int64]
    crowd: NDArray[np.int64]
    shares: NDArray[np.int64]
    lost_ns: NDArray[np.int64]
    ring: NDArray[np.int32]
    later: NDArray[np.int64]
    queue: NDArray[np.int64]
    patient: NDArray[np.int64]
    held: NDArray[np.int64]
    waits: NDArray[np.int64]


@kernel(inline=True)
def _count_wait(pool: Any, waits: Any, wait_s: int) -> None:
    """Note the wait of a job that has not started at once."""
    pool["wait_s"] += wait_s
    pool["longest_s"] = max(pool["longest_s"], wait_s)
    octave = 0
    while wait_s >> (octave + 1 + _WAIT_BITS) > 0:
        octave += 1
    waits[min((octave << _WAIT_BITS) + (wait_s >> octave), WAIT_BINS - 1)] += 1


@kernel(inline=True)
def _run(jobs: Any, place: int, now_s: int) -> None:
    """Start the job at a place of the queue."""
    pool = jobs.memory[0]
    queue, shares = jobs.queue, jobs.shares
    pool["running"] += 1
    pool["started"] += 1
    first = take(jobs, queue[place, _WANTED], queue[place, _LOAD], now_s)
    shares[first, NUMBER] = queue[place, _NUMBER]
    shares[first, MARK] = jobs.lost_ns[shares[first, RACK]] if shares[first, MORE] < 0 else 0
    hang(jobs, first, now_s + queue[place, _NEEDS])
    if now_s > queue[place, _ARRIVAL]:
        _count_wait(pool, jobs.waits, now_s - queue[place, _ARRIVAL])
    queue[place, STAGE] = STARTED


@kernel(inline=True)
def _start(jobs: Any, now_s: int) -> None:
    """Start jobs by latest start, then by arrival, for as long as the next one fits."""
    pool = jobs.memory[0]
    queue, patient = jobs.queue, jobs.patient
    head = pool["head"]
    tail = pool["tail"]
    while True:
        while head < tail and queue[head, _LATEST] > queue[head, _ARRIVAL]:
            head += 1  # stands in a heap, or has started from there
        first = pool["patient_jobs"] > 0
        if first and head < tail:
            latest_s = queue[head, _LATEST]
            first = patient[0, 0] < latest_s or (patient[0, 0] == latest_s and patient[0, 1] < head)
        elif not first and head == tail:
            break
        place = patient[0, 1] if first else head
        if queue[place, _WANTED] > pool["free"]:
            break
        if first:
            if now_s > patient[0, 0]:
                pool["late"] += 1
            pool["patient_jobs"] = heap_pop(patient, pool["patient_jobs"])
        else:
            head += 1
        _run(jobs, place, now_s)
    pool["head"] = head


@kernel(inline=True)
def _due_s(pool: Any, queue: Any) -> int:
    """Next second in which a job arrives, or in which those held back must be looked at."""
    tail = pool["tail"]
    return min(queue[tail, _ARRIVAL], pool["release_s"]) if tail < queue.shape[0] else pool["release_s"]


@kernel(inline=True)
def _end(jobs: Any, now_s: int) -> None:
    """Jobs end, by number; after each the queue is served. One whose rack has lost time is put off."""
    pool = jobs.memory[0]
    shares = jobs.shares
    upcoming = -1
    share = jobs.ring[now_s & MASK]
    jobs.ring[now_s & MASK] = -1
    while share >= 0:
        after = shares[share, NEXT]
        shares[share, NEXT] = upcoming
        upcoming = share
        share = after
    while upcoming >= 0:
        first = upcoming
        upcoming = shares[first, NEXT]
        if pool["throttled"] > 0:
            lost_ns = jobs.lost_ns[shares[first, RACK]] if shares[first, MORE] < 0 else 0
            later_s = -(-(lost_ns - shares[first, MARK] - _LOST_TOLERANCE_NS) // _NS)
            if later_s > 0:
                shares[first, MARK] += later_s * _NS
                hang(jobs, first, now_s + later_s)
                continue
        give(jobs, first, now_s)
        pool["running"] -= 1
        pool["finished"] += 1
        if pool["arrived"] > pool["started"]:
            _start(jobs, now_s)


@kernel(inline=True)
def _second(jobs: Any, now_s: int) -> None:
    """A second in which something happens: jobs end, are released, arrive; and others start."""
    pool = jobs.memory[0]
    queue = jobs.queue
    if jobs.ring[now_s & MASK] >= 0:
        _end(jobs, now_s)
    if pool["release_s"] <= now_s:
        release(pool, queue, jobs.patient, jobs.held, now_s)
        _start(jobs, now_s)
    while pool["tail"] < queue.shape[0] and queue[pool["tail"], _ARRIVAL] <= now_s:
        tail = pool["tail"]
        pool["tail"] = tail + 1
        pool["arrived"] += 1
        alone = pool["arrived"] == pool["started"] + 1
        if queue[tail, _LATEST] > now_s:
            admit(pool, queue, jobs.patient, jobs.held, tail, now_s)
        elif alone and queue[tail, _WANTED] <= pool["free"]:  # what nearly all jobs do, made short
            pool["head"] = tail + 1
            _run(jobs, tail, now_s)
            continue
        _start(jobs, now_s)


@kernel
def advance_pool(jobs: Any, until_s: int, told: Any, counts: Any) -> tuple[int, int]:
    """Bring the jobs of a hall to a time: they arrive, wait, run and end.

    In each second jobs end first, then those that were held back are released, then others arrive, each by number.
    After each of these the queue is served by latest start (for a job that may not be made to wait: its arrival),
    then by arrival, for as long as its first job fits: a job that does not fit holds up all behind it. A job
    runs for its duration, and longer by what its rack, or the slowest of its racks, has lost. Whole seconds, exact.

    The hall is told of it by :func:`twin_kernels.job_places.tell` at every multiple of ``TELL_S``, and as soon as
    the load of all jobs has moved by 1/128 of the hall's since it was told last.

    Parameters
    ----------
    jobs : JobPool
        Updated. Its memory says how far it has come, which is short of ``until_s`` if ``told`` got full.
    until_s : int
        Up to this second, excluded.
    told : ndarray (3, n) of int64, n more than the number of racks
        Filled: time [s], rack, and change of its load, in time order.
    counts : ndarray (m, 3) of int64
        Filled: second, jobs running and jobs waiting after it; one row every ``COUNT_S``.

    Returns
    -------
    told, counts : int
        Columns of the one, rows of the other filled.
    """
    pool = jobs.memory[0]
    ring, queue = jobs.ring, jobs.queue
    pool["told"] = counted = 0
    most = told.shape[1] - jobs.racks.shape[0] - 1
    jump = int(_JUMP_FRAC * jobs.shares.shape[0] * pool["unit"])
    due_s = _due_s(pool, queue)
    hang_s = pool["horizon_s"] - BLOCK_S
    count_s = -(-(pool["now_s"]+1)//COUNT_S)*COUNT_S - 1
    now_s = pool["now_s"]
    while now_s < until_s and pool["told"] <= most:
        if now_s >= hang_s:
            hang_later(jobs)
            hang_s = pool["horizon_s"] - BLOCK_S
        happens = due_s <= now_s or ring[now_s & MASK] >= 0
        if happens:
            _second(jobs, now_s)
            due_s = _due_s(pool, queue)
        if now_s == pool["tell_s"] or (happens and abs(pool["load"] - pool["told_load"]) > jump):
            tell(pool, jobs.racks, jobs.slots, now_s, told)
        if now_s == count_s:
            count_s += COUNT_S
            counts[counted, 0] = now_s
            counts[counted, 1] = pool["running"]
            counts[counted, 2] = pool["arrived"] - pool["started"]
            counted += 1
        now_s += 1
    pool["now_s"] = now_s
    columns = pool["told"]
    pool["told"] = 0
    return columns, counted
