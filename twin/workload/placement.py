"""Which racks a job gets: an order over racks, filled greedily; a job may span racks (a gang)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coolest", "Packed", "Placement", "Share", "Spread", "placement"]

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

    def take_whole(self, servers: int) -> int:
        """Take ``servers`` (≥ 1) on the first rack in order; -1, and nothing taken, if they do not all fit there."""
        ...

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take ``servers`` (≥ 1, at most all that are free) rack by rack and say where."""
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

    def take_whole(self, servers: int) -> int:
        """Take servers on the first rack that has any; -1 if they do not all fit there."""
        lowest = self._open & -self._open
        rack = lowest.bit_length() - 1
        left = self.free[rack] - servers
        if left < 0 or rack < 0:
            return -1
        self.free[rack] = left
        if not left:
            self._open ^= lowest
        return rack

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take servers from the first racks that have any."""
        free, still_open = self.free, self._open
        shares = []
        while servers:
            lowest = still_open & -still_open
            rack = lowest.bit_length() - 1
            taken = free[rack]
            if taken > servers:
                taken = servers
            else:
                still_open ^= lowest
            shares.append((rack, taken))
            free[rack] -= taken
            servers -= taken
        self._open = still_open
        return tuple(shares)

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

    def take_whole(self, servers: int) -> int:
        """Take servers on the rack with most free ones; -1 if they do not all fit there."""
        most = self._counts.bit_length() - 1
        if servers > most:
            return -1
        racks = self._racks[most]
        rack = (racks & -racks).bit_length() - 1
        self._move(rack, most, most - servers)
        return rack

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take servers from the racks with most free ones."""
        shares = []
        while servers:
            taken = min(servers, self._counts.bit_length() - 1)
            shares.append((self.take_whole(taken), taken))
            servers -= taken
        return tuple(shares)

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

    def take_whole(self, servers: int) -> int:
        """Take servers on the rack with the coolest inlet; -1 if they do not all fit there."""
        rack = self._stale_first() if self._stale else int(self._sought_c.argmin())
        left = self.free[rack] - servers
        if left < 0:
            return -1
        self.free[rack] = left
        if not left:
            self._bar_k[rack] = self._sought_c[rack] = FULL_K
        return rack

    def take(self, servers: int) -> tuple[Share, ...]:
        """Take servers from the racks with the coolest inlets."""
        free = self.free
        shares = []
        while servers:
            rack = self._stale_first() if self._stale else int(self._sought_c.argmin())
            taken = free[rack]
            if taken > servers:
                taken = servers
            else:
                self._bar_k[rack] = self._sought_c[rack] = FULL_K
            shares.append((rack, taken))
            free[rack] -= taken
            servers -= taken
        return tuple(shares)

    def _stale_first(self) -> int:
        """The coolest rack after a change of temperatures."""
        self._sought_c = self._inlet_c + self._bar_k
        self._stale = False
        if not math.isfinite(self._sought_c @ self._sought_c):
            # A temperature that is not finite would hide full racks among the open ones: it comes last of the open.
            self._inlet_c = np.where(np.isfinite(self._inlet_c), self._inlet_c, 0.1 * FULL_K)
            self._sought_c = self._inlet_c + self._bar_k
        return int(self._sought_c.argmin())

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
