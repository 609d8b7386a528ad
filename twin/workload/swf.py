"""Job traces in the Standard Workload Format: 18 numbers a line, -1 for what is unknown."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem
from twin.scenario.it import Jobs
from twin.workload.arrivals import Arrivals, JobArrays, inside_run
from twin.workload.background import DAY_S
from twin.workload.laws import LONGEST_S

__all__ = ["SwfJobs"]

_FIELDS = 18
#: Places of submit time, run time, processors allocated and asked for, and status.
_USED = (1, 3, 4, 7, 10)
_CANCELLED = 5.0
#: Problems shown one by one; the rest are counted.
_SHOWN = 12
_CHUNK = 65536
_HEADER = re.compile(r"\s*(MaxNodes|MaxProcs)\s*:\s*(\d{1,9})\b")


class SwfJobs:
    """Jobs of a trace in the Standard Workload Format (``.swf``, ``.swf.gz``).

    Second 0 of the trace is midnight at the start of day ``trace_start_day``. A job takes the processors
    that it was given (field 5; those that it asked for, field 8, where that is unknown), as whole
    servers of ``cores_per_server``, for its run time (field 4). How long it waited on the machine of the
    trace is not used: it waits anew. Jobs without a run time or a number of processors, and such as were
    cancelled before they ran, are left out and counted. Lines need not be in order of time.

    Parameters
    ----------
    jobs : Jobs
        ``trace``, ``cores_per_server``, ``trace_start_day`` and ``server_util_frac`` are read.
    capacity : int
        Servers in the hall; a larger job is cut to it and counted.
    run_s : tuple of int
        Start and end of the run [s].

    Attributes
    ----------
    cores_per_server : int
        As given, or else MaxProcs over MaxNodes of the header, or else 1.
    notes : tuple of str
        How many jobs were left out, and why.

    Raises
    ------
    InputError
        With every problem of the file.

    References
    ----------
    Chapin et al. (1999), Benchmarks and standards for the evaluation of parallel job schedulers, JSSPP.
    Feitelson, Tsafrir and Krakov (2014), Experience with using the Parallel Workloads Archive, JPDC 74.
    """

    def __init__(self, jobs: Jobs, capacity: int, run_s: tuple[int, int]) -> None:
        self._path = str(jobs.trace)
        self._capacity, self._run_s = capacity, run_s
        self._header: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._wrong = 0
        submit_s, run_time_s, given, asked, status = self._read().T
        self.cores_per_server = jobs.cores_per_server or self._cores()
        processors = np.where(given > 0.0, given, asked)
        good = (submit_s >= 0.0) & (run_time_s > 0.0) & (processors > 0.0)
        self.notes = self._left_out(submit_s, run_time_s, processors, status)
        if not good.any():
            self._refuse("file", "has no job with a submit time, a run time and a number of processors")
        time_s = np.floor(submit_s[good]) + round(jobs.trace_start_day * DAY_S)
        order = np.argsort(time_s, kind="stable")
        self._submit_s = time_s[order].astype(np.int64)
        self._servers = np.ceil(processors[good] / self.cores_per_server)[order]
        self._duration_s = np.round(np.minimum(run_time_s[good], LONGEST_S))[order]
        self.util_frac = np.array([jobs.server_util_frac])
        self.may_wait = False
        if not np.any((self._submit_s >= run_s[0]) & (self._submit_s < run_s[1])):
            what = f"no job lies within the run, {run_s[0]} … {run_s[1]} s since 1 January 00:00; "
            what += "move the trace with trace_start_day or change the run"
            self._refuse(f"submit times from {self._submit_s[0]} to {self._submit_s[-1]} s", what)

    def day(self, day: int) -> Arrivals:
        """Jobs that arrive on day ``day`` (0 = 1 January) within the run."""
        return self.arrays(day).lists()

    def arrays(self, day: int) -> JobArrays:
        """The same jobs as arrays, with latest starts and streams."""
        low, high = np.searchsorted(self._submit_s, (day * DAY_S, (day + 1) * DAY_S))
        part = slice(int(low), int(high))
        submit_s = self._submit_s[part]
        columns = (submit_s, self._servers[part], self._duration_s[part], submit_s)
        return inside_run(columns, self._capacity, self._run_s)

    def _cores(self) -> int:
        """Processors in a server by the header."""
        nodes = self._header.get("MaxNodes", 0)
        return max(round(self._header.get("MaxProcs", 0) / nodes), 1) if nodes else 1

    def _left_out(
        self, submit_s: NDArray[np.float64], run_time_s: NDArray[np.float64], processors: NDArray[np.float64],
        status: NDArray[np.float64],
    ) -> tuple[str, ...]:
        no_run = run_time_s <= 0.0
        cancelled = no_run & (status == _CANCELLED)
        causes = (
            ("cancelled before they ran", cancelled),
            ("without a run time", no_run & ~cancelled),
            ("without a number of processors", ~no_run & (processors <= 0.0)),
            ("without a submit time", ~no_run & (processors > 0.0) & (submit_s < 0.0)),
        )
        counted = [(cause, int(np.count_nonzero(which))) for cause, which in causes]
        total = sum(count for _, count in counted)
        if not total:
            return ()
        why = ", ".join(f"{count} {cause}" for cause, count in counted if count)
        return (f"{total} of {submit_s.size} jobs of the trace {Path(self._path).name} were left out: {why}",)

    def _read(self) -> NDArray[np.float64]:
        """The fields in use, a row a job."""
        tables: list[NDArray[np.float64]] = []
        numbers: list[int] = []
        rows: list[list[str]] = []
        try:
            for number, line in self._lines():
                fields = line.split()
                if not fields:
                    continue
                if fields[0].startswith(";"):
                    self._note_header(line)
                    continue
                if len(fields) != _FIELDS:
                    has = f"has {len(fields)} field{'s' if len(fields) > 1 else ''}"
                    self._flag(number, f"{has}; a job has {_FIELDS}, separated by blanks")
                    continue
                numbers.append(number)
                rows.append(fields)
                if len(rows) == _CHUNK:
                    tables.append(self._table(numbers, rows))
                    numbers, rows = [], []
        except FileNotFoundError:
            self._refuse("file", "does not exist; check the path (relative to the scenario file)")
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            self._refuse("file", f"is not a whole gzip file: {error}; unpack it and name the .swf file")
        except OSError as error:
            self._refuse("file", f"cannot be read: {error.strerror or error}")
        tables.append(self._table(numbers, rows))
        if self._wrong > _SHOWN:
            rest = self._wrong - _SHOWN
            who, verb = ("1 more line", "is") if rest == 1 else (f"{rest} more lines", "are")
            self._problems.append(Problem(who, f"{verb} wrong as above"))
        if self._problems:
            raise InputError(self._path, self._problems)
        table = np.concatenate(tables)
        if not len(table):
            self._refuse("file", "holds no jobs; lines of 18 numbers are needed")
        return table

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines of the file."""
        with Path(self._path).open("rb") as file:
            packed = self._path.lower().endswith(".gz")
            with gzip.GzipFile(fileobj=file) if packed else file as stream:
                for number, line in enumerate(stream, 1):
                    yield number, line.decode("utf-8", "replace")

    def _note_header(self, line: str) -> None:
        found = _HEADER.match(line.lstrip().lstrip(";"))
        if found:
            self._header[found.group(1)] = int(found.group(2))

    def _table(self, numbers: list[int], rows: list[list[str]]) -> NDArray[np.float64]:
        """Numbers of some lines; those that are none are flagged."""
        cells = [[row[place] for place in _USED] for row in rows]
        try:
            table = np.array(cells, dtype=np.float64).reshape(-1, len(_USED))
        except ValueError:
            table = np.array([[_number(cell) for cell in row] for row in cells])
        for row in np.flatnonzero(~np.isfinite(table).all(axis=1)):
            bad = int(np.flatnonzero(~np.isfinite(table[row]))[0])
            what = f"field {_USED[bad] + 1} is {cells[row][bad][:30]!r}; must be a number, -1 if unknown"
            self._flag(numbers[row], what)
        for column, most, unit in ((0, LONGEST_S, " s"), (1, LONGEST_S, " s"), (2, 1e9, ""), (3, 1e9, "")):
            for row in np.flatnonzero(table[:, column] > most):
                what = f"field {_USED[column] + 1} is {cells[row][column][:30]}; must be at most {most:g}{unit}"
                self._flag(numbers[row], what)
        return table

    def _flag(self, number: int, what: str) -> None:
        self._wrong += 1
        if self._wrong <= _SHOWN:
            self._problems.append(Problem(f"line {number}", what))

    def _refuse(self, where: str, what: str) -> None:
        raise InputError(self._path, [*self._problems, Problem(where, what)])


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
