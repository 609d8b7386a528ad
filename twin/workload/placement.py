"""Which racks a job gets: an order over racks, filled greedily; a job may span racks (a gang)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coolest", "Packed", "Placement", "Spread", "placement"]

#: Added to the inlet temperature of a full rack, so that it is never the coolest [K].
FULL_K = 1e9

#: Servers of one job on one rack: (rack, servers).
Share = tuple[int, int]


class Placement(Protocol):
    """Free servers by rack, and the rule by which a job takes them.

    Racks are taken in the rule's order, each giving as many of its free servers as the job still
    needs. So a job starts if and only if the hall has enough free servers, and the rule alone
    decides where. What a rule does depends on ``free`` and ``inlet_c`` only, never on how it got
    there: a placement rebuilt from them goes on identically.

    Attributes
    ----------
    free : list of int
        Free servers of each rack.
    """

    free: list[int]

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take ``servers`` (≥ 1, at most all that are free) and say where."""
        ...

    def give(self, rack: int, servers: int) -> None:
        """Give back ``servers`` of a rack."""
        ...

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Newest inlet temperature of each rack [°C]."""
        ...


def placement(rule: str, free: Sequence[int], slots: int, inlet_c: NDArray[np.float64]) -> Placement:
    """The placement of a scenario's rule name.

    Parameters
    ----------
    rule : {'packed', 'spread', 'coolest'}
        As in ``workload.jobs.placement``.
    free : sequence of int
        Free servers of each rack.
    slots : int
        Servers of the largest rack.
    inlet_c : ndarray of float64
        Inlet temperature of each rack [°C].

    Returns
    -------
    Placement
    """
    if rule == "packed":
        return Packed(free)
    if rule == "spread":
        return Spread(free, slots)
    if rule == "coolest":
        return Coolest(free, inlet_c)
    raise ValueError(f"placement {rule!r}: known are packed, spread, coolest")


class Packed:
    """Fill racks in order: the first rack with a free server first.

    Racks with a free server are the set bits of one integer, so the first of hundreds is found by
    a few machine words' work.
    """

    def __init__(self, free: Sequence[int]) -> None:
        self.free = list(free)
        self._open = sum(1 << rack for rack, slots in enumerate(self.free) if slots)

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take servers from the first racks that have any."""
        free = self.free
        shares: tuple[Share, ...] = ()
        while True:
            lowest = self._open & -self._open
            rack = lowest.bit_length() - 1
            left = free[rack] - servers
            if left > 0:
                free[rack] = left
                return (*shares, (rack, servers)) if shares else ((rack, servers),)
            self._open ^= lowest
            shares = (*shares, (rack, free[rack]))
            free[rack] = 0
            if left == 0:
                return shares
            servers = -left

    def give(self, rack: int, servers: int) -> None:
        """Give back servers of a rack."""
        if not self.free[rack]:
            self._open |= 1 << rack
        self.free[rack] += servers

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Packed placement does not look at temperature."""


class Spread:
    """Emptiest rack first: the most free servers, the first such rack.

    Racks by number of free servers are the set bits of one integer a number, and the numbers that
    occur are the set bits of another.
    """

    def __init__(self, free: Sequence[int], slots: int) -> None:
        self.free = list(free)
        self._racks = [0] * (slots + 1)
        for rack, count in enumerate(self.free):
            self._racks[count] |= 1 << rack
        self._counts = sum(1 << count for count, racks in enumerate(self._racks) if racks)

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take servers from the racks with most free ones."""
        shares: tuple[Share, ...] = ()
        while True:
            most = self._counts.bit_length() - 1
            racks = self._racks[most]
            rack = (racks & -racks).bit_length() - 1
            if servers <= most:
                self._move(rack, most, most - servers)
                return (*shares, (rack, servers)) if shares else ((rack, servers),)
            self._move(rack, most, 0)
            shares = (*shares, (rack, most))
            servers -= most

    def give(self, rack: int, servers: int) -> None:
        """Give back servers of a rack."""
        slots = self.free[rack]
        self._move(rack, slots, slots + servers)

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Spread placement does not look at temperature."""

    def _move(self, rack: int, old: int, new: int) -> None:
        racks = self._racks
        bit = 1 << rack
        racks[old] ^= bit
        if not racks[old]:
            self._counts ^= 1 << old
        if not racks[new]:
            self._counts |= 1 << new
        racks[new] |= bit
        self.free[rack] = new


class Coolest:
    """Coolest inlet first, among racks with a free server; equal temperatures by order of racks.

    Temperatures change at every step and a step sees few jobs, so the coolest rack is searched for
    each job (about a microsecond) and no order is kept.
    """

    def __init__(self, free: Sequence[int], inlet_c: NDArray[np.float64]) -> None:
        self.free = list(free)
        self._bar_k = np.array([0.0 if slots else FULL_K for slots in self.free])
        self._inlet_c = inlet_c
        self._sought_c = inlet_c
        self._stale = True

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take servers from the racks with the coolest inlets."""
        if self._stale:
            self._sought_c = self._inlet_c + self._bar_k
            self._stale = False
        free = self.free
        shares: tuple[Share, ...] = ()
        while True:
            rack = int(self._sought_c.argmin())
            if not free[rack]:
                # Only where a temperature is not finite: such racks come last, but before the full ones.
                self._inlet_c = np.where(np.isfinite(self._inlet_c), self._inlet_c, 0.1 * FULL_K)
                self._sought_c = self._inlet_c + self._bar_k
                continue
            left = free[rack] - servers
            if left > 0:
                free[rack] = left
                return (*shares, (rack, servers)) if shares else ((rack, servers),)
            shares = (*shares, (rack, free[rack]))
            free[rack] = 0
            self._bar_k[rack] = FULL_K
            self._sought_c[rack] = FULL_K
            if left == 0:
                return shares
            servers = -left

    def give(self, rack: int, servers: int) -> None:
        """Give back servers of a rack."""
        if not self.free[rack]:
            self._bar_k[rack] = 0.0
            if not self._stale:
                self._sought_c[rack] = self._inlet_c[rack]
        self.free[rack] += servers

    def see(self, inlet_c: NDArray[np.float64]) -> None:
        """Newest inlet temperature of each rack [°C]."""
        self._inlet_c = inlet_c
        self._stale = True
