"""Jobs that may be made to wait: held back during a window of hours, then served by latest start.

Two heaps hold the places of such jobs in the queue: ``patient`` those that may start, ``held`` those that are
held back. A row is (latest start, place); earlier latest starts come first, then earlier arrivals.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.jit import kernel

__all__ = ["NEVER_S", "admit", "heap_pop", "heap_push", "release"]

#: Later than any time [s].
NEVER_S = 1 << 62
_DAY_S = 86400
#: Columns of the queue that are needed here; :mod:`twin_kernels.job_fluid` lists all.
_LATEST, _STAGE = 4, 5
_HELD_BEFORE = 1


@kernel
def _before(heap: Any, a: int, b: int) -> bool:
    """Whether row a of a heap comes before row b."""
    return heap[a, 0] < heap[b, 0] or (heap[a, 0] == heap[b, 0] and heap[a, 1] < heap[b, 1])


@kernel
def _swap(heap: Any, a: int, b: int) -> None:
    for k in range(2):
        kept = heap[a, k]
        heap[a, k] = heap[b, k]
        heap[b, k] = kept


@kernel
def heap_push(heap: Any, count: int, latest_s: int, place: int) -> int:
    """Add a job to a heap.

    Parameters
    ----------
    heap : ndarray (more than count, 2) of int64
    count : int
        Jobs in it.
    latest_s : int
        Latest start [s].
    place : int
        Of the job in the queue.

    Returns
    -------
    int
        Jobs in it now.
    """
    heap[count, 0] = latest_s
    heap[count, 1] = place
    at = count
    while at > 0:
        parent = (at - 1) // 2
        if not _before(heap, at, parent):
            break
        _swap(heap, at, parent)
        at = parent
    return count + 1


@kernel
def heap_pop(heap: Any, count: int) -> int:
    """Take the first job out of a heap.

    Parameters
    ----------
    heap : ndarray (at least count, 2) of int64
    count : int
        Jobs in it, at least one.

    Returns
    -------
    int
        Jobs in it now. The job taken out lies behind the last of them.
    """
    last = count - 1
    _swap(heap, 0, last)
    at = 0
    while True:
        first = at
        for child in (2 * at + 1, 2 * at + 2):
            if child < last and _before(heap, child, first):
                first = child
        if first == at:
            return last
        _swap(heap, at, first)
        at = first


@kernel
def _hold(pool: Any, queue: Any, held: Any, place: int) -> None:
    """Hold a job back; the first time counts."""
    pool["held_jobs"] = heap_push(held, pool["held_jobs"], queue[place, _LATEST], place)
    if queue[place, _STAGE] == 0:
        queue[place, _STAGE] = _HELD_BEFORE
        pool["deferred"] += 1


@kernel
def admit(pool: Any, queue: Any, patient: Any, held: Any, place: int, now_s: int) -> None:
    """Take in a job whose latest start is still to come.

    Parameters
    ----------
    pool : record of twin_kernels.job_fluid.POOL
        The window, the sizes of the heaps, and when :func:`release` is due.
    queue : ndarray (jobs, QUEUE_COLUMNS) of int64
    patient, held : ndarray (jobs, 2) of int64
    place : int
        Of the job in the queue.
    now_s : int
        Engine time, its arrival [s].
    """
    into_s = (now_s - pool["window_s"]) % _DAY_S
    length_s = pool["window_length_s"]
    if into_s < length_s:
        _hold(pool, queue, held, place)
        pool["release_s"] = min(pool["release_s"], queue[place, _LATEST], now_s + length_s - into_s)
    else:
        pool["patient_jobs"] = heap_push(patient, pool["patient_jobs"], queue[place, _LATEST], place)
        if length_s > 0:
            pool["release_s"] = min(pool["release_s"], now_s + _DAY_S - into_s)


@kernel
def release(pool: Any, queue: Any, patient: Any, held: Any, now_s: int) -> None:
    """Hold back and let go as the time demands: the window begins or ends, or a latest start has come.

    Parameters
    ----------
    pool : record of twin_kernels.job_fluid.POOL
    queue : ndarray (jobs, QUEUE_COLUMNS) of int64
    patient, held : ndarray (jobs, 2) of int64
    now_s : int
        Engine time [s].
    """
    into_s = (now_s - pool["window_s"]) % _DAY_S
    length_s = pool["window_length_s"]
    if into_s >= length_s:
        for i in range(pool["held_jobs"]):
            pool["patient_jobs"] = heap_push(patient, pool["patient_jobs"], held[i, 0], held[i, 1])
        pool["held_jobs"] = 0
        pool["release_s"] = now_s + _DAY_S - into_s if pool["patient_jobs"] > 0 else NEVER_S
        return
    waiting = pool["patient_jobs"]
    pool["patient_jobs"] = 0
    for i in range(waiting):  # at most as many are pushed as have been read
        latest_s = patient[i, 0]
        place = patient[i, 1]
        if latest_s > now_s:
            _hold(pool, queue, held, place)
        else:
            pool["patient_jobs"] = heap_push(patient, pool["patient_jobs"], latest_s, place)
    while pool["held_jobs"] > 0 and held[0, 0] <= now_s:
        pool["patient_jobs"] = heap_push(patient, pool["patient_jobs"], held[0, 0], held[0, 1])
        pool["held_jobs"] = heap_pop(held, pool["held_jobs"])
    pool["release_s"] = min(held[0, 0], now_s + length_s - into_s) if pool["held_jobs"] > 0 else NEVER_S
