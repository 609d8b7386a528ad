"""A hall's jobs as one pool of servers: every job counted, second by second, no rack asked.

A job needs a number of free servers of the hall, no matter where they stand, so who starts when is a
question to the pool alone. Whole seconds make a heap of running jobs unnecessary: what ends in a second
is one number in a ring of seconds, added when a job starts and read when its second comes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin_kernels.jit import kernel
from twin_kernels.job_patience import admit, heap_pop, release

__all__ = [
    "COUNT_S", "MARK", "POOL", "QUEUE_COLUMNS", "RING_S", "STARTED", "WAIT_BINS", "JobPool", "advance_pool",
    "rack_changes",
]

#: The load of the pool is told to the racks at every multiple of this time [s]; see :func:`advance_pool`.
BIN_S = 300
#: … and at once when it has moved by this part of the pool: a job on many servers.
_JUMP_FRAC = 1.0 / 256.0
#: Running and queued jobs are counted at the end of every such interval [s].
COUNT_S = 60
#: Seconds in the ring of ends. Later ends wait in a list and are hung up when their time comes near.
RING_S = 1 << 15
#: The ring holds the ends of the next one to two blocks. Throttling may move now back by two blocks before
#: an old second and a new one would share a place.
_BLOCK_S = RING_S // 4
_MASK = RING_S - 1
#: Servers and jobs that end in a second share one number.
_SERVERS = 32
_JOBS = (1 << _SERVERS) - 1
#: Bins of waits: whole seconds below 256, then 128 bins of equal width for each doubling.
WAIT_BINS = 4096
_WAIT_BITS = 7

_ARRIVAL, _WANTED, _NEEDS, _LOAD, _LATEST, MARK = range(6)
#: Columns of the queue: arrival [s], servers, duration [s, ≥ 1], load of the job, latest start [s], and a mark: 0,
#: 1 when it has been held back, 2 when it has started.
QUEUE_COLUMNS = 6
STARTED = 2

_FIELDS = (
    "now_s",                         # the next second to be dealt with
    "slowed_s",                      # whole seconds that running jobs have been put off so far
    "horizon_s",                     # ends before this are in the ring, others in the list; full-speed seconds
    "capacity", "free",              # servers of the pool
    "load",                          # of the running jobs together
    "unit",                          # load of one server that the racks are told to be busy
    "head",                          # no job before this place that may not be held back is waiting
    "tail",                          # place of the first job that has not arrived
    "arrived", "started", "running", "finished", "late", "deferred",
    "wait_s", "longest_s",           # waits of all started jobs together, and the longest
    "later",                         # entries of the list of later ends
    "window_s", "window_length_s",   # window of the day in which patient jobs are held back
    "patient_jobs", "held_jobs",     # sizes of the two heaps
    "release_s",                     # when the heaps have to be looked at next
    "busy_s",                        # server seconds served so far
    "owed",                          # load times seconds that the racks have not been told of yet
    "told_load", "told",             # load when the racks were told last, and servers told to be busy
)
#: The pool's memory besides its arrays. Loads are in any unit as long as it is the same one.
POOL = np.dtype([(name, np.int64) for name in _FIELDS])


class JobPool(NamedTuple):
    """The jobs of a hall.

    Attributes
    ----------
    memory : ndarray of one POOL
    ring : ndarray (RING_S, 2) of int64
        What ends by second at full speed: servers · 2³² + jobs, and their load.
    later : ndarray (at least capacity, 3) of int64
        End at full speed, and what ends, behind the ring's horizon.
    queue : ndarray (jobs, QUEUE_COLUMNS) of int64
        Jobs that wait and jobs to come, in order of arrival.
    patient, held : ndarray (jobs, 2) of int64
        Jobs that may be made to wait: heaps of :mod:`twin_kernels.job_patience`.
    waits : ndarray (WAIT_BINS,) of int64
        Started jobs that had to wait, by wait.
    """

    memory: NDArray[np.void]
    ring: NDArray[np.int64]
    later: NDArray[np.int64]
    queue: NDArray[np.int64]
    patient: NDArray[np.int64]
    held: NDArray[np.int64]
    waits: NDArray[np.int64]


@kernel
def _hang_later(pool: Any, ring: Any, later: Any) -> None:
    """Move the horizon by a block, and the ends that are now before it from the list into the ring."""
    pool["horizon_s"] += _BLOCK_S
    kept = 0
    for i in range(pool["later"]):
        if later[i, 0] < pool["horizon_s"]:
            ring[later[i, 0] & _MASK, 0] += later[i, 1]
            ring[later[i, 0] & _MASK, 1] += later[i, 2]
        else:
            for k in range(3):
                later[kept, k] = later[i, k]
            kept += 1
    pool["later"] = kept


@kernel
def _count_wait(pool: Any, waits: Any, wait_s: int) -> None:
    """Note the wait of a job that has not started at once."""
    pool["wait_s"] += wait_s
    pool["longest_s"] = max(pool["longest_s"], wait_s)
    octave = 0
    while wait_s >> (octave + 1 + _WAIT_BITS) > 0:
        octave += 1
    waits[min((octave << _WAIT_BITS) + (wait_s >> octave), WAIT_BINS - 1)] += 1


@kernel
def _run(pool: Any, ring: Any, later: Any, queue: Any, waits: Any, place: int, now_s: int) -> None:
    """Start the job at a place of the queue."""
    servers = queue[place, _WANTED]
    pool["free"] -= servers
    pool["load"] += queue[place, _LOAD]
    pool["running"] += 1
    pool["started"] += 1
    end_s = now_s - pool["slowed_s"] + queue[place, _NEEDS]
    if end_s < pool["horizon_s"]:
        ring[end_s & _MASK, 0] += (servers << _SERVERS) + 1
        ring[end_s & _MASK, 1] += queue[place, _LOAD]
    else:
        last = pool["later"]
        later[last, 0] = end_s
        later[last, 1] = (servers << _SERVERS) + 1
        later[last, 2] = queue[place, _LOAD]
        pool["later"] = last + 1
    if now_s > queue[place, _ARRIVAL]:
        _count_wait(pool, waits, now_s - queue[place, _ARRIVAL])
    queue[place, MARK] = STARTED


@kernel
def _start(jobs: Any, now_s: int) -> None:
    """Start jobs by latest start, then by arrival, for as long as the next one fits."""
    pool = jobs.memory[0]
    ring, later, queue, patient = jobs.ring, jobs.later, jobs.queue, jobs.patient
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
        _run(pool, ring, later, queue, jobs.waits, place, now_s)
    pool["head"] = head


@kernel
def _due_s(pool: Any, queue: Any) -> int:
    """Next second in which a job arrives, or in which those held back must be looked at."""
    tail = pool["tail"]
    return min(queue[tail, _ARRIVAL], pool["release_s"]) if tail < queue.shape[0] else pool["release_s"]


@kernel
def _second(jobs: Any, now_s: int) -> None:
    """A second in which something happens: jobs end, are released, arrive; and others start."""
    pool = jobs.memory[0]
    queue = jobs.queue
    place = (now_s - pool["slowed_s"]) & _MASK
    ended = jobs.ring[place, 0]
    if ended > 0:
        pool["free"] += ended >> _SERVERS
        pool["running"] -= ended & _JOBS
        pool["finished"] += ended & _JOBS
        pool["load"] -= jobs.ring[place, 1]
        jobs.ring[place, 0] = jobs.ring[place, 1] = 0
    if ended > 0 and pool["arrived"] > pool["started"]:
        _start(jobs, now_s)
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
            _run(pool, jobs.ring, jobs.later, queue, jobs.waits, tail, now_s)
            continue
        _start(jobs, now_s)


@kernel
def _level(pool: Any) -> int:
    """Servers the racks are told to be busy from now on: those of now, and what is owed."""
    pool["told_load"] = pool["load"]
    bin_load = BIN_S * pool["unit"]
    return min(max((BIN_S * pool["load"] + pool["owed"] + bin_load // 2) // bin_load, 0), pool["capacity"])


@kernel
def advance_pool(jobs: Any, until_s: int, levels: Any, counts: Any) -> tuple[int, int]:
    """Bring a pool of servers to a time: jobs arrive, wait, run and end.

    In each second jobs end first, then those that were held back are released, then others arrive. After
    each of these the queue is served by latest start (for a job that may not be made to wait: its arrival),
    then by arrival, for as long as its first job fits: a job that does not fit holds up all behind it. A job
    runs for its duration, and longer by what ``slowed_s`` grows meanwhile. All of it is exact in whole seconds.

    Racks are told of it at every multiple of ``BIN_S``, and when the load has moved by 1/256 of the pool since
    they were told last. From such a time t_k on they are told the level

        n_k = clip( round( (L(t_k) + (∫L dt - ∫n u dt) / BIN_S) / u ), 0, capacity )

    with L the load of the running jobs, u that of one server (``unit``) and both integrals up to t_k. What one
    level got wrong the next ones make good: the work the racks do never differs from that of the jobs by more
    than what happened since they were told last, 1/256 of the pool for ``BIN_S``.

    Parameters
    ----------
    jobs : JobPool
        Updated.
    until_s : int
        Up to this second, excluded.
    levels : ndarray (n, 2) of int64
        Filled: time [s] and servers told to be busy from then on; at most one row a second.
    counts : ndarray (n, 3) of int64
        Filled: second, jobs running and jobs waiting after it; one row every ``COUNT_S``.

    Returns
    -------
    levels, counts : int
        Rows filled of each.
    """
    pool = jobs.memory[0]
    ring = jobs.ring
    told = counted = 0
    slowed_s, due_s = pool["slowed_s"], _due_s(pool, jobs.queue)
    load, busy, owed = pool["load"], pool["capacity"] - pool["free"], pool["owed"]
    told_load = pool["told"] * pool["unit"]
    jump = int(_JUMP_FRAC * pool["capacity"] * pool["unit"])
    busy_s = 0
    hang_s = pool["horizon_s"] - _BLOCK_S + slowed_s
    bin_s = -(-pool["now_s"]//BIN_S)*BIN_S
    count_s = -(-(pool["now_s"]+1)//COUNT_S)*COUNT_S - 1
    low = pool["told_load"] - jump
    high = pool["told_load"] + jump
    for now_s in range(pool["now_s"], until_s):
        if now_s >= hang_s:
            _hang_later(pool, ring, jobs.later)
            hang_s = pool["horizon_s"] - _BLOCK_S + slowed_s
        if due_s <= now_s or ring[(now_s - slowed_s) & _MASK, 0] > 0:
            _second(jobs, now_s)
            due_s, load, busy = _due_s(pool, jobs.queue), pool["load"], pool["capacity"] - pool["free"]
        if now_s == bin_s or load < low or load > high:
            if now_s == bin_s:
                bin_s += BIN_S
            low = load - jump
            high = load + jump
            pool["owed"] = owed
            level = _level(pool)
            if level != pool["told"]:
                pool["told"] = level
                told_load = level * pool["unit"]
                levels[told, 0] = now_s
                levels[told, 1] = level
                told += 1
        owed += load - told_load
        busy_s += busy
        if now_s == count_s:
            count_s += COUNT_S
            counts[counted, 0] = now_s
            counts[counted, 1] = pool["running"]
            counts[counted, 2] = pool["arrived"] - pool["started"]
            counted += 1
    pool["owed"] = owed
    pool["busy_s"] += busy_s
    pool["now_s"] = max(pool["now_s"], until_s)
    return told, counted


@kernel
def rack_changes(order: Any, util_frac: Any, levels: Any, before: int, touched: Any, places: Any, deltas: Any) -> int:
    """Levels of the pool as changes of racks.

    Parameters
    ----------
    order : ndarray (capacity,) of int64
        Rack of the first, second, … busy server of the pool.
    util_frac : ndarray (racks,)
        Utilisation of each rack that one busy server makes.
    levels : ndarray (n, 2) of int64
        Time [s] and busy servers from then on, in time order.
    before : int
        Busy servers before the first of them.
    touched : ndarray (racks,) of int64
        Scratch; zeros on entry and on return.
    places : ndarray (m, 2) of int64
        Filled: time [s] and rack of each change. A level needs at most one row a rack.
    deltas : ndarray (m,)
        Filled: change of that rack's utilisation.

    Returns
    -------
    int
        Rows filled.
    """
    rows = 0
    for k in range(levels.shape[0]):
        level = levels[k, 1]
        low, high, sign = (before, level, 1) if level > before else (level, before, -1)
        first = rows
        for n in range(low, high):
            rack = order[n]
            if touched[rack] == 0:
                places[rows, 0] = levels[k, 0]
                places[rows, 1] = rack
                rows += 1
            touched[rack] += 1
        for row in range(first, rows):
            rack = places[row, 1]
            deltas[row] = sign * touched[rack] * util_frac[rack]
            touched[rack] = 0
        before = level
    return rows
