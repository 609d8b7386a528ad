"""Recorder: turns the rows of finished days into channel columns, in memory or as daily parts on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.channels import CHANNELS, Channel
from twin.errors import InputError, Problem
from twin.record.actions import ActionParts

__all__ = ["Day", "Recorder", "atomic_write"]

_HOUR_S = 3600
#: First time (s), step values (channels, steps), rack values (hours, racks, columns).
Day = tuple[int, NDArray[np.float32], NDArray[np.float32]]


def atomic_write(path: Path, data: bytes | memoryview) -> None:
    """Write a file so that it is either the old one or the whole new one.

    Parameters
    ----------
    path : Path
    data : bytes or memoryview
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:  # a full disk: give back what was taken
        temporary.unlink(missing_ok=True)
        raise


class Recorder:
    """Collects finished days.

    Parameters
    ----------
    fields : sequence of str
        Names of the step rows' float32 fields, in order.
    step_s : int
        Recording interval, s.
    folder : Path or None
        Where daily parts go, made with the first; None keeps them in memory.
    channels : sequence of Channel
        What is recorded.
    action_names : tuple of tuple of str
        Setpoints and reasons, in the order of their places in actions.
    """

    def __init__(
        self, fields: Sequence[str], step_s: int, folder: Path | None = None, channels: Sequence[Channel] = CHANNELS,
        action_names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
    ) -> None:
        self.step_s = step_s
        self._folder = folder
        self.actions = ActionParts(folder, action_names)
        self._days: list[Day] = []
        self.day_count = 0
        self.names = tuple(c.name for c in channels)
        place = {name: i for i, name in enumerate(fields)}
        self._from_rows = [(i, place[c.field], c.scale) for i, c in enumerate(channels) if c.field is not None]
        self._target = np.array([i for i, _, _ in self._from_rows])
        self._source = np.array([j for _, j, _ in self._from_rows])
        self._scale = np.array([[scale] for _, _, scale in self._from_rows], np.float32)
        self._job_columns = [self.names.index("jobs.running"), self.names.index("jobs.queued")]

    def add_day(
        self, first_s: int, rows: NDArray[np.void], jobs: NDArray[np.float32], rack_rows: NDArray[np.float32]
    ) -> None:
        """Take a finished day.

        Parameters
        ----------
        first_s : int
            Engine time at its start, s.
        rows : ndarray of records of float32 fields
            One a step.
        jobs : ndarray, shape (steps, 2)
            Jobs running and queued.
        rack_rows : ndarray, shape (hours, racks, columns)
        """
        plain = rows.view(np.float32).reshape(len(rows), -1)
        values = np.empty((len(self.names), len(rows)), np.float32)
        values[self._target] = plain.T[self._source] * self._scale
        values[self._job_columns] = jobs.T
        if self._folder is None:
            self._days.append((first_s, values, rack_rows.copy()))
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
            head = np.array([first_s, *rack_rows.shape, *values.shape], np.int64)
            # written straight away: a part only counts once a checkpoint names it, and that comes after
            with self._part(self.day_count).open("wb") as file:
                for array in (head, rack_rows, values):
                    file.write(np.ascontiguousarray(array).data)
        self.day_count += 1

    def add_actions(self, rows: NDArray[np.void]) -> None:
        """Take what the policy did in a finished day; comes before its rows.

        Parameters
        ----------
        rows : ndarray of ACTION
        """
        self.actions.add_day(self.day_count, rows)

    def action_parts(self) -> Iterator[NDArray[np.void]]:
        """What the policy did, day by day."""
        return self.actions.days(self.day_count)

    def go_on(self, day_count: int) -> None:
        """Go on after days that are on disk already.

        Parameters
        ----------
        day_count : int
            How many; later parts are written again.

        Raises
        ------
        InputError
            If one of them is missing or damaged.
        """
        self.day_count = day_count
        reader = self.days()
        for number in range(day_count):
            try:
                next(reader)
            except (OSError, ValueError, EOFError) as error:
                reason = "is missing" if isinstance(error, FileNotFoundError) else f"is damaged ({error})"
                what = f"{reason}, so the run cannot go on; start it again with --force"
                raise InputError(str(self._folder), [Problem(self._part(number).name, what)]) from error

    def _part(self, number: int) -> Path:
        assert self._folder is not None
        return self._folder / f"part-{number:05d}.bin"

    def days(self) -> Iterator[Day]:
        """All finished days in order, one at a time."""
        for number in range(self.day_count):
            if self._folder is None:
                yield self._days[number]
            else:
                yield _read_part(self._part(number))

    def _rack_days(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """First time and rack values of every day, without reading its steps."""
        for number in range(self.day_count):
            if self._folder is None:
                yield self._days[number][0], self._days[number][2]
            else:
                first_s, _, racks = _read_part(self._part(number), with_steps=False)
                yield first_s, racks

    def series_parts(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Times at the end of each step, and values of shape (channels, steps), day by day."""
        for first_s, values, _ in self.days():
            yield first_s + self.step_s * np.arange(1, values.shape[1] + 1, dtype=np.int64), values

    def rack_parts(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Times at the end of each full hour, and rack values, day by day."""
        for first_s, racks in self._rack_days():
            start_s = -(-first_s // _HOUR_S) * _HOUR_S
            yield start_s + _HOUR_S * np.arange(1, len(racks) + 1, dtype=np.int64), racks

    def column(self, name: str) -> NDArray[np.float32]:
        """One channel over the whole run.

        Parameters
        ----------
        name : str
            Channel name.

        Returns
        -------
        ndarray of float32
        """
        place = self.names.index(name)
        parts = [values[place] for _, values, _ in self.days()]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _read_part(path: Path, *, with_steps: bool = True) -> Day:
    """A daily part: six integers (first time; hours, racks, columns; channels, steps), then racks and channels."""
    size = 6 * 8
    with path.open("rb") as file:
        head = np.frombuffer(file.read(size), np.int64)
        if len(head) != 6 or (head[1:] < 0).any():
            raise ValueError("not a part of a run")
        racks = np.frombuffer(file.read(4 * int(head[1:4].prod())), np.float32).reshape(head[1:4])
        if not with_steps:
            return int(head[0]), np.zeros((int(head[4]), 0), np.float32), racks
        return int(head[0]), np.frombuffer(file.read(), np.float32).reshape(head[4:]), racks
