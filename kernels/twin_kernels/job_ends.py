"""When jobs end: a ring of seconds in which those of each second hang, and the jobs that run as a table.

Whole seconds make a heap of running jobs unnecessary: nothing is ever sorted but the jobs of one second.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.jit import kernel
from twin_kernels.job_places import (
    END,
    FREE,
    LOAD,
    MARK,
    MORE,
    NEXT,
    NUMBER,
    RACK,
    SERVERS,
    SHARE_COLUMNS,
    set_order,
)

__all__ = ["BLOCK_S", "MASK", "RING_S", "hang", "hang_later", "list_running", "set_running"]

#: Seconds in the ring of ends. Later ends wait in a list and are hung up when their time comes near.
RING_S = 1 << 14
#: The ring reaches one to two blocks ahead [s].
BLOCK_S = RING_S // 2
#: Place in the ring of a second of engine time.
MASK = RING_S - 1


@kernel(inline=True)
def hang(jobs: Any, first: int, end_s: int) -> None:
    """Note when a job ends. In a second, jobs hang by falling number: the next to start has mostly the highest.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Its ring or its list of later ends is written.
    first : int
        First share of the job.
    end_s : int
        Engine time, after the second that is dealt with [s].
    """
    pool = jobs.memory[0]
    shares, ring = jobs.shares, jobs.ring
    shares[first, END] = end_s
    if end_s >= pool["horizon_s"]:
        jobs.later[pool["later"]] = first
        pool["later"] += 1
        return
    number = shares[first, NUMBER]
    before = -1
    after = ring[end_s & MASK]
    while after >= 0 and shares[after, NUMBER] > number:
        before = after
        after = shares[after, NEXT]
    shares[first, NEXT] = after
    if before < 0:
        ring[end_s & MASK] = first
    else:
        shares[before, NEXT] = first


@kernel
def hang_later(jobs: Any) -> None:
    """Move the horizon by a block, and the ends that are now before it from the list into the ring.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Its ring, list of later ends and horizon are written.
    """
    pool = jobs.memory[0]
    pool["horizon_s"] += BLOCK_S
    many = pool["later"]
    pool["later"] = 0
    for i in range(many):
        hang(jobs, jobs.later[i], jobs.shares[jobs.later[i], END])


@kernel
def list_running(jobs: Any, table: Any) -> int:
    """Running jobs, in no particular order.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
    table : ndarray (servers of the hall, SHARE_COLUMNS) of int64
        Filled: the columns of the shares, but for the links: the share's place in its job instead of the next in
        its list, number and end of its job for every share, and nothing in the last.

    Returns
    -------
    int
        Rows filled.
    """
    shares = jobs.shares
    rows = 0
    for first in range(shares.shape[0]):
        if shares[first, SERVERS] > 0 and shares[first, NUMBER] >= 0:
            share = first
            place = 0
            while share >= 0:
                for k in range(SHARE_COLUMNS):
                    table[rows, k] = shares[share, k]
                for k in (NUMBER, END, MARK):
                    table[rows, k] = shares[first, k]
                table[rows, NEXT] = place
                table[rows, MORE] = 0
                rows += 1
                place += 1
                share = shares[share, MORE]
    return rows


@kernel
def set_running(jobs: Any, table: Any) -> None:
    """Have exactly these jobs run.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Its racks, levels, shares, ring and list of later ends are written, and nothing else.
    table : ndarray (n, SHARE_COLUMNS) of int64
        As :func:`list_running` has it, shares of a job one after the other by place, jobs by end and number.
    """
    pool = jobs.memory[0]
    shares = jobs.shares
    jobs.ring[:] = -1
    pool["later"] = 0
    first = 0
    for row in range(shares.shape[0]):
        shares[row, NUMBER] = shares[row, MORE] = -1
        shares[row, SERVERS] = 0
        shares[row, NEXT] = row + 1
    pool["unused"] = table.shape[0]
    for row in range(table.shape[0]):
        for k in (LOAD, RACK, SERVERS):
            shares[row, k] = table[row, k]
        jobs.racks[table[row, RACK], FREE] -= table[row, SERVERS]
        if table[row, NEXT] > 0:
            shares[row - 1, MORE] = row
        else:
            first = row
            shares[row, NUMBER] = table[row, NUMBER]
            shares[row, MARK] = table[row, MARK]
            hang(jobs, first, table[row, END])
    set_order(jobs)
