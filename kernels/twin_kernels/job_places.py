"""Where jobs run: free servers of each rack, which rack is next, and what every running job holds.

A job takes as many free servers as it still needs from the first rack in order, then from the next one. Racks stand
on levels, the highest level first: by their free servers (the emptiest first), or on level 1 while they have any.
On a level they go by rank, and each level is a row of bits by rank, so that the first of hundreds of racks is found
by looking at a few words.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin_kernels.jit import kernel

__all__ = [
    "END", "FREE", "LOAD", "MARK", "MORE", "NEXT", "NUMBER", "OWED", "RACK", "RACK_COLUMNS", "RACK_LOAD", "SERVERS",
    "SHARE_COLUMNS", "TELL_S", "TOLD", "WORD_BITS", "charge", "give", "set_order", "take", "tell",
]

NEXT, NUMBER, END, MARK, LOAD, RACK, SERVERS, MORE = range(8)
#: Columns of the shares: next share in its list (ends of a second, or unused ones), then of the first share of a
#: job its number, end [s] and lost time up to where it is dealt with [ns]; load of a server, rack, servers (0:
#: unused), and the job's next share. -1: none.
SHARE_COLUMNS = 8
FREE, _WORD, _BIT, RACK_LOAD, TOLD, OWED = range(6)
#: Columns of the racks: free servers; where the rack's bit lies in a level; load of its jobs, the load that the
#: hall has been told of, and what the told load falls short by when the time comes to tell again [load s].
RACK_COLUMNS = 6
#: The hall is told of the load of racks at every multiple of this time [s]; see :func:`tell`.
TELL_S = 300
#: Racks in a word of a level: whole numbers from 0 on have so many bits.
WORD_BITS = 63
#: Which bit a power of two is, by its remainder: those of 2⁰ … 2⁶⁵ by 67 all differ.
_PRIME = 67
_WHICH = np.zeros(_PRIME, np.int64)
for _bit in range(WORD_BITS):
    _WHICH[(1 << _bit) % _PRIME] = _bit


@kernel(inline=True)
def _set_free(pool: Any, racks: Any, levels: Any, crowd: Any, rack: int, free: int) -> None:
    """Note the free servers of a rack, and move it to their level."""
    old, new = racks[rack, FREE], free
    racks[rack, FREE] = free
    if pool["by_free"] == 0:
        old, new = min(old, 1), min(new, 1)
        if old == new:
            return
    word, bit = racks[rack, _WORD], racks[rack, _BIT]
    levels[old, word] ^= bit
    levels[new, word] ^= bit
    crowd[old] -= 1
    crowd[new] += 1
    top = max(pool["top"], new)
    while top > 0 and crowd[top] == 0:
        top -= 1
    pool["top"] = top


@kernel
def set_order(jobs: Any) -> None:
    """Put all racks on their levels by the order of ranks.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Levels, crowd and the places of bits are written.
    """
    pool = jobs.memory[0]
    racks = jobs.racks
    jobs.levels[:] = 0
    jobs.crowd[:] = 0
    pool["top"] = 0
    for rank in range(racks.shape[0]):
        rack = jobs.order[rank]
        word = rank // WORD_BITS
        bit = 1 << (rank - word * WORD_BITS)
        racks[rack, _WORD] = word
        racks[rack, _BIT] = bit
        level = racks[rack, FREE] if pool["by_free"] else min(racks[rack, FREE], 1)
        jobs.levels[level, word] |= bit
        jobs.crowd[level] += 1
        pool["top"] = max(pool["top"], level)


@kernel(inline=True)
def _load(pool: Any, racks: Any, rack: int, load: int, now_s: int) -> None:
    """Note that the load of a rack changes."""
    pool["load"] += load
    racks[rack, RACK_LOAD] += load
    racks[rack, OWED] += load * (pool["tell_s"] - now_s)


@kernel
def tell(pool: Any, racks: Any, slots: Any, now_s: int, told: Any) -> None:
    """Tell the hall of the loads of all racks.

    A rack is told the load L of its jobs, and whole servers of u more or fewer if what it was told before fell
    short by half a server or more for ``TELL_S``:

        told = clip( L + u · round( (∫L dt - ∫told dt) / (u · TELL_S) ), 0, all its servers )

    Parameters
    ----------
    pool : record of twin_kernels.job_fluid.POOL
    racks : ndarray (racks, RACK_COLUMNS) of int64
    slots : ndarray (racks,) of int64
        Servers of each rack.
    now_s : int
        Engine time [s].
    told : ndarray (3, n) of int64
        Time, rack and change of its told load are added; one column more may be written over.
    """
    left_s = pool["tell_s"] - now_s  # of the interval that OWED looks ahead over
    ahead_s = left_s if left_s > 0 else TELL_S
    pool["tell_s"] = now_s + ahead_s
    pool["told_load"] = pool["load"]
    unit = pool["unit"]
    per_server = 1.0 / (TELL_S * unit)
    column = pool["told"]
    for rack in range(racks.shape[0]):
        load, before = racks[rack, RACK_LOAD], racks[rack, TOLD]
        owed = racks[rack, OWED] - (load - before) * left_s
        level = load + math.floor(owed * per_server + 0.5) * unit
        level = min(max(level, 0), slots[rack] * unit)
        racks[rack, TOLD] = level
        told[0, column] = now_s
        told[1, column] = rack
        told[2, column] = level - before
        column += level != before  # else the next one is written over it
        racks[rack, OWED] = owed + (load - level) * ahead_s
    pool["told"] = column


@kernel(inline=True)
def take(jobs: Any, wanted: int, load: int, now_s: int) -> int:
    """Take servers for a job, rack by rack.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Updated.
    wanted : int
        Servers, at least 1 and at most all that are free.
    load : int
        Load of each.
    now_s : int
        Engine time [s].

    Returns
    -------
    int
        The first share of the job; all but its load, racks and servers is still to be filled in.
    """
    pool = jobs.memory[0]
    racks, levels, shares = jobs.racks, jobs.levels, jobs.shares
    pool["free"] -= wanted
    first = last = -1
    while wanted > 0:
        top = pool["top"]
        word = 0
        while levels[top, word] == 0:
            word += 1
        bits = levels[top, word]
        rack = jobs.order[WORD_BITS * word + _WHICH[(bits & -bits) % _PRIME]]
        servers = min(racks[rack, FREE], wanted)
        _set_free(pool, racks, levels, jobs.crowd, rack, racks[rack, FREE] - servers)
        _load(pool, racks, rack, servers * load, now_s)
        share = pool["unused"]
        pool["unused"] = shares[share, NEXT]
        shares[share, LOAD] = load
        shares[share, RACK] = rack
        shares[share, SERVERS] = servers
        shares[share, MORE] = -1
        if first < 0:
            first = share
        else:
            shares[last, MORE] = share
        last = share
        wanted -= servers
    return first


@kernel(inline=True)
def give(jobs: Any, first: int, now_s: int) -> None:
    """Give back all that a job holds.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Updated.
    first : int
        The first share of the job.
    now_s : int
        Engine time [s].
    """
    pool = jobs.memory[0]
    racks, shares = jobs.racks, jobs.shares
    shares[first, NUMBER] = -1
    while first >= 0:
        share = first
        first = shares[share, MORE]
        rack, servers = shares[share, RACK], shares[share, SERVERS]
        pool["free"] += servers
        _set_free(pool, racks, jobs.levels, jobs.crowd, rack, racks[rack, FREE] + servers)
        _load(pool, racks, rack, -servers * shares[share, LOAD], now_s)
        shares[share, SERVERS] = 0
        shares[share, NEXT] = pool["unused"]
        pool["unused"] = share


@kernel
def charge(jobs: Any, more_ns: Any) -> float:
    """Charge time that throttled racks have lost to the jobs on them.

    A job on one rack finds out at its end; a job on several loses what the slowest of them has lost.

    Parameters
    ----------
    jobs : twin_kernels.job_fluid.JobPool
        Updated.
    more_ns : ndarray (racks,) of int64
        Full-speed time lost by each rack since it was last charged [ns].

    Returns
    -------
    float
        Work not done [server s].
    """
    shares = jobs.shares
    work = 0
    for first in range(shares.shape[0]):
        if shares[first, SERVERS] > 0 and shares[first, NUMBER] >= 0:
            slowest_ns = servers = 0
            share = first
            while share >= 0:
                slowest_ns = max(slowest_ns, more_ns[shares[share, RACK]])
                servers += shares[share, SERVERS]
                share = shares[share, MORE]
            work += servers * slowest_ns
            if shares[first, MORE] >= 0:
                shares[first, MARK] -= slowest_ns
    for rack in range(more_ns.shape[0]):
        jobs.lost_ns[rack] += more_ns[rack]
    return work * 1e-9
