"""CSV traces of utilisation and of jobs: read whole, checked whole, every problem with its row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem

__all__ = ["Trace"]

#: Rows shown for one kind of problem; the rest are counted.
SHOWN_ROWS = 8


class Trace:
    """The columns of a CSV file as numbers, and everything that is wrong with them.

    Problems are collected, not raised, so that the caller can add its own rules and raise once.

    Parameters
    ----------
    path : str or Path
        File with a header row. Blank rows are skipped, further columns ignored.
    names : sequence of str
        Columns that must be there.
    optional : sequence of str
        Columns that are read where they are there; their cells may be empty.

    Attributes
    ----------
    row : ndarray of int64
        Row in the file (the header is row 1) of every record.
    column : dict of str to ndarray of float64
        The named columns, and those optional ones that the file has; NaN where a cell is not a finite number.
    problems : list of Problem
        What was found so far.
    """

    def __init__(self, path: str | Path, names: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.path = Path(path)
        self.problems: list[Problem] = []
        self.row: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.column: dict[str, NDArray[np.float64]] = {name: np.zeros(0) for name in names}
        rows = self._rows()
        if not self.problems:
            self._columns(rows, names, optional)

    def flag(self, name: str, bad: NDArray[np.bool_], rule: str) -> None:
        """Note every row where ``bad`` is true as breaking ``rule``.

        Parameters
        ----------
        name : str
            Column whose value is shown.
        bad : ndarray of bool
            One entry a record.
        rule : str
            The rule that was broken and what to do.
        """
        where = np.flatnonzero(bad)
        values = self.column[name]
        self._list(name, where, [f"{values[i]:.10g}" for i in where[:SHOWN_ROWS]], rule)

    def must_lie_in(self, name: str, low: float, high: float, unit: str = "") -> None:
        """Note every value of a column outside ``low … high`` (both included)."""
        values = self.column[name]
        bounds = f"must lie in {low:g} … {high:g} {unit}".rstrip()
        self.flag(name, (values < low) | (values > high), bounds)

    def must_rise(self, name: str, *, strictly: bool) -> None:
        """Note every row whose value is below (``strictly``: or equal to) the one before it."""
        values = self.column[name]
        step = np.diff(values, prepend=-np.inf)
        self.flag(name, step < 0.0, "is earlier than the row before; sort the rows by time")
        if strictly:
            self.flag(name, step == 0.0, "repeats the time of the row before; keep one row a time")

    def raise_problems(self) -> None:
        """Raise one InputError with all problems, if there are any."""
        if self.problems:
            raise InputError(str(self.path), self.problems)

    def _rows(self) -> list[list[str]]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            self.problems.append(Problem("file", "does not exist; check the path (relative to the scenario file)"))
            return []
        except OSError as error:
            self.problems.append(Problem("file", f"cannot be read: {error.strerror or error}"))
            return []
        if not data.strip():
            self.problems.append(Problem("file", "is empty; a header row and data rows are needed"))
            return []
        try:
            text = data.decode("utf-8-sig")
            if "\0" in text:
                raise UnicodeError
            return list(csv.reader(io.StringIO(text, newline="")))
        except UnicodeError:
            self.problems.append(Problem("file", "is not text; a CSV file in UTF-8 is needed"))
        except csv.Error as error:
            self.problems.append(Problem("file", f"is not a CSV file: {error}"))
        return []

    def _columns(self, rows: list[list[str]], names: Sequence[str], optional: Sequence[str]) -> None:
        header = [cell.strip() for cell in rows[0]]
        found = ", ".join(cell[:30] for cell in header[:8])
        names = [*names, *(name for name in optional if name in header)]
        for name in names:
            if header.count(name) != 1:
                what = "no such column" if name not in header else "more than one such column"
                self.problems.append(Problem(f"column {name}", f"{what}; the header has: {found}"))
        if self.problems:
            return
        number = [i for i in range(1, len(rows)) if any(rows[i])]
        if not number:
            self.problems.append(Problem("file", "has a header and no data rows"))
            return
        self.row = np.array(number, dtype=np.int64) + 1
        self._whole_rows(rows, number, len(header))
        for name in names:
            place = header.index(name)
            cells = [rows[i][place] if place < len(rows[i]) else "" for i in number]
            self.column[name] = self._numbers(name, cells, name in optional)

    def _whole_rows(self, rows: list[list[str]], number: list[int], columns: int) -> None:
        """Rows with more cells than the header: a decimal comma, perhaps, and then all behind it is misread."""
        long = [i for i in number if any(cell.strip() for cell in rows[i][columns:])]
        rule = f"; the header has {columns} columns: write decimal points, and no text with commas"
        for i in long[:SHOWN_ROWS]:
            self.problems.append(Problem(f"row {i + 1}", f"has {len(rows[i])} cells{rule}"))
        if len(long) > SHOWN_ROWS:
            self.problems.append(Problem(f"{len(long) - SHOWN_ROWS} more rows", f"have too many cells{rule}"))

    def _numbers(self, name: str, cells: list[str], may_be_empty: bool) -> NDArray[np.float64]:
        try:
            values = np.array(cells, dtype=np.float64)
        except ValueError:
            values = np.array([_number(cell) for cell in cells])
        bad = np.flatnonzero(~np.isfinite(values))
        if may_be_empty:
            bad = np.array([i for i in bad if cells[i].strip()], dtype=np.int64)
        shown = [cells[i].strip()[:30] or "nothing" for i in bad[:SHOWN_ROWS]]
        self._list(name, bad, shown, "must be a finite number")
        values[bad] = np.nan
        return values

    def _list(self, name: str, where: NDArray[np.int64], shown: list[str], rule: str) -> None:
        for i, value in zip(where, shown, strict=False):
            self.problems.append(Problem(f"row {self.row[i]}: {name} = {value}", rule))
        rest = where.size - len(shown)
        if rest > 0:
            self.problems.append(Problem(f"{rest} more row{'s' if rest > 1 else ''}: {name}", rule))


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
