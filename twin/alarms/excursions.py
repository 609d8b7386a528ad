"""Excursions: when a value was over a limit, how long and how far, kept in bounded memory.

As in a building-management system a condition has a dead band (it ends only well below the limit), a least
length before it counts, and a gap within which two are one. Excursions that come again within a month join
one group, and a group knows how many there were: a hot summer is one group, a trip in January another. State
is carried from day to day, so the result does not depend on where a run is cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["REPEAT_S", "Excursions", "Group", "Rule", "join_nearest", "settle", "shortest_pause_s"]

#: Excursions that begin within this time after the last one are told together, s.
REPEAT_S = 30 * 86400
#: Most groups kept of one condition, and most spans kept of one group; beyond them neighbours are joined.
_MOST_GROUPS = 12
_MOST_SPANS = 60


@dataclass(frozen=True)
class Rule:
    """When a value counts as an excursion.

    Attributes
    ----------
    above : float
        The limit; a value counts above it, in the value's own unit.
    dead_band : float
        An excursion ends at ``above - dead_band`` or below; 0 or more.
    least_s : int
        A shorter excursion does not count, s.
    gap_s : int
        Two excursions closer than this are one, s.
    """

    above: float
    dead_band: float = 0.0
    least_s: int = 0
    gap_s: int = 0


@dataclass
class Group:
    """Excursions of one condition that are told together.

    Attributes
    ----------
    count : int
        How many.
    start_s, end_s : int
        Start of the first and end of the last, s.
    over_s : int
        Time over the limit, s; the dead band and gaps do not count.
    worst : float
        Highest value.
    worst_s : int
        End of the step in which it was first reached, s.
    spans_s : list of (int, int)
        Start and end of each, at most 60: of more the nearest neighbours are drawn as one.
    """

    count: int
    start_s: int
    end_s: int
    over_s: int
    worst: float
    worst_s: int
    spans_s: list[tuple[int, int]] = field(default_factory=list)

    def add(self, later: Group, count: int) -> None:
        """Take in a later group as so many excursions.

        Parameters
        ----------
        later : Group
        count : int
            0 where it only goes on with the last excursion of this group.
        """
        self.count += count
        self.over_s += later.over_s - max(min(self.end_s, later.end_s) - later.start_s, 0)  # faults may overlap
        self.end_s = max(self.end_s, later.end_s)
        if later.worst > self.worst:
            self.worst, self.worst_s = later.worst, later.worst_s
        if count == 0:
            self.spans_s[-1] = (self.spans_s[-1][0], later.spans_s[0][1])
            self.spans_s += later.spans_s[1:]
        else:
            self.spans_s += later.spans_s
        while len(self.spans_s) > _MOST_SPANS:
            gaps = [b[0] - a[1] for a, b in pairwise(self.spans_s)]
            at = gaps.index(min(gaps))
            one, other = self.spans_s[at : at + 2]
            self.spans_s[at : at + 2] = [(one[0], max(one[1], other[1]))]

    def copy(self) -> Group:
        """A group of its own with the same content."""
        return Group(**{**vars(self), "spans_s": list(self.spans_s)})


def shortest_pause_s(groups: list[Group]) -> int:
    """Shortest time between neighbours, s.

    Parameters
    ----------
    groups : list of Group
        Two or more in order of time.

    Returns
    -------
    int
    """
    return min(b.start_s - a.end_s for a, b in pairwise(groups))


def join_nearest(groups: list[Group]) -> None:
    """Join the two neighbours with the shortest time between them.

    Parameters
    ----------
    groups : list of Group
        Two or more in order of time; changed in place.
    """
    gaps = [b.start_s - a.end_s for a, b in pairwise(groups)]
    at = gaps.index(shortest_pause_s(groups))
    groups[at].add(groups[at + 1], groups[at + 1].count)
    del groups[at + 1]


def settle(groups: list[Group], ended: Group, rule: Rule) -> None:
    """Put an excursion that is over where it belongs: with the last ones, or in a group of its own.

    Parameters
    ----------
    groups : list of Group
        In order of time; changed in place.
    ended : Group
        Begins after all of them.
    rule : Rule
        Its least time and gap count.
    """
    if ended.end_s - ended.start_s < rule.least_s:
        return
    since_s = ended.start_s - groups[-1].end_s if groups else REPEAT_S + 1
    if since_s <= REPEAT_S:
        groups[-1].add(ended, 0 if since_s < rule.gap_s else 1)
    else:
        groups.append(ended.copy())
    if len(groups) > _MOST_GROUPS:
        join_nearest(groups)


class Excursions:
    """Finds the excursions of one value, block of steps after block of steps.

    Parameters
    ----------
    rule : Rule
    step_s : int
        Length of a step, s.
    """

    def __init__(self, rule: Rule, step_s: int) -> None:
        self.rule, self.step_s = rule, step_s
        self._groups: list[Group] = []
        self._open: Group | None = None

    def add(self, first_s: int, values: NDArray[np.floating] | None) -> None:
        """Take the values of successive steps.

        Parameters
        ----------
        first_s : int
            Start of the first of them, s; they follow those of the last call.
        values : ndarray or None
            Means over the steps; None says that all are well below the limit.
        """
        above = self.rule.above
        if values is None or not len(values) or (self._open is None and not values.max() > above):
            if values is None or len(values):
                self._close()
            return
        over = values > above
        calm = values <= above - self.rule.dead_band
        marks = np.flatnonzero(over | calm)
        now_over = over[marks]
        was_over = np.concatenate(([self._open is not None], now_over[:-1]))
        begins = marks[now_over & ~was_over].tolist()
        ends = marks[~now_over & was_over].tolist()
        if self._open is not None:
            begins.insert(0, 0)
        for number, begin in enumerate(begins):
            end = ends[number] if number < len(ends) else len(values)
            self._extend(first_s + begin * self.step_s, over[begin:end], values[begin:end])
            if number < len(ends):
                self._close()

    def _extend(self, start_s: int, over: NDArray[np.bool_], values: NDArray[np.floating]) -> None:
        """Go on with the open excursion, or open one; ``over`` may be all False only where it goes on."""
        hits = np.flatnonzero(over)
        if not len(hits):
            return
        at = int(values.argmax())
        end_s = start_s + (int(hits[-1]) + 1) * self.step_s
        part = Group(1, start_s, end_s, len(hits) * self.step_s, float(values[at]), start_s + (at + 1) * self.step_s,
                     [(start_s, end_s)])
        if self._open is None:
            self._open = part
        else:
            self._open.add(part, 0)

    def _close(self) -> None:
        """End the open excursion and put it where it belongs."""
        if self._open is not None:
            settle(self._groups, self._open, self.rule)
            self._open = None

    def groups(self) -> tuple[list[Group], bool]:
        """What was found so far, and whether the last excursion still goes on.

        Returns
        -------
        groups : list of Group
            In order of time; the caller's own.
        lasting : bool
        """
        found = [group.copy() for group in self._groups]
        if self._open is None:
            return found, False
        settle(found, self._open, self.rule)
        return found, bool(found) and found[-1].end_s == self._open.end_s

    def snapshot(self) -> dict[str, Any]:
        """Everything remembered, as plain data.

        Returns
        -------
        dict
        """
        return {
            "groups": [vars(group.copy()) for group in self._groups],
            "open": None if self._open is None else vars(self._open.copy()),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : dict
            From :meth:`snapshot`; it stays as it is.
        """
        self._groups = [Group(**group).copy() for group in saved["groups"]]
        self._open = None if saved["open"] is None else Group(**saved["open"]).copy()
