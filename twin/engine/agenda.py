"""The agenda: every pending event as plain data, and SimPy as the clock that calls them.

SimPy's own queue cannot be copied or pickled, so it holds nothing that is not in here: each entry is
(time, order, number, what), scheduled in SimPy by its absolute time with its order as priority. A
snapshot is the list of entries; restoring schedules them again in the same order on a new clock.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

__all__ = ["ORDER", "Agenda", "Entry"]

#: Order of events in the same second. Job events come after all of these (their priority is 8).
ORDER = {"sync": 1, "tick": 1, "event": 2, "control": 3, "day": 4, "end": 5}

#: Time (s), order, number, what.
Entry = tuple[int, int, int, str]


class Agenda:
    """Pending events on a SimPy clock.

    Parameters
    ----------
    env : simpy.Environment
        Clock in whole seconds.
    handle : callable
        Called with ``what`` when an event is due.
    """

    def __init__(self, env: simpy.Environment, handle: Callable[[str], None]) -> None:
        self._env = env
        self._handle = handle
        self._pending: dict[int, Entry] = {}
        self._number = 0

    def at(self, time_s: int, what: str) -> None:
        """Put an event on the agenda.

        Parameters
        ----------
        time_s : int
            Absolute time, s; not before now.
        what : str
            A key of ``ORDER``.

        Raises
        ------
        ValueError
            If the time is past.
        """
        if time_s < self._env.now:
            raise ValueError(f"event '{what}' at {time_s} s is before now ({self._env.now} s)")
        self._put((time_s, ORDER[what], self._number, what))
        self._number += 1

    def has(self, what: str) -> bool:
        """Whether such an event is pending.

        Parameters
        ----------
        what : str
            A key of ``ORDER``.

        Returns
        -------
        bool
        """
        return any(entry[3] == what for entry in self._pending.values())

    def _put(self, entry: Entry) -> None:
        event = simpy.Event(self._env)
        event._ok = True
        event._value = None
        event.callbacks = [lambda _: self._fire(entry)]
        self._pending[entry[2]] = entry
        self._env.schedule(event, priority=entry[1], delay=entry[0] - self._env.now)  # type: ignore[arg-type]

    def _fire(self, entry: Entry) -> None:
        if self._pending.pop(entry[2], None) is not None:
            self._handle(entry[3])

    def snapshot(self) -> tuple[int, list[Entry]]:
        """Entries still pending, and the number of the next."""
        return self._number, sorted(self._pending.values())

    def restore(self, saved: tuple[int, list[Entry]]) -> None:
        """Put all entries of a snapshot on this (empty) agenda.

        Parameters
        ----------
        saved : tuple
            From :meth:`snapshot`.
        """
        self._number, entries = saved
        for entry in sorted(entries, key=lambda e: e[2]):
            self._put(entry)
