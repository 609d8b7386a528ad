"""Background utilisation: a weekly schedule or a trace, as exact means over each step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem
from twin.scenario.it import Workload
from twin.scenario.run import WEEKDAYS
from twin.workload.trace import Trace

__all__ = ["Background", "is_weekend"]

DAY_S = 86400
HOUR_S = 3600


def is_weekend(day: NDArray[np.int64] | int, first_weekday: str) -> NDArray[np.bool_]:
    """Whether a day is a Saturday or a Sunday.

    Parameters
    ----------
    day : int or ndarray of int64
        Days since 1 January.
    first_weekday : str
        Weekday of 1 January, in lower case.

    Returns
    -------
    ndarray of bool
    """
    return np.asarray((np.asarray(day) + WEEKDAYS.index(first_weekday)) % 7 >= 5)


class Background:
    """Utilisation that every rack has besides its jobs.

    A schedule holds the value of hour h of the day (hour 1 is 00:00–01:00) through that hour, by
    weekday and weekend. A trace holds the value of a row until the time of the next row; the last
    row is held for as long as the row before it. Times are engine times: seconds since 1 January
    00:00.

    Parameters
    ----------
    workload : Workload
        The section of the scenario.
    first_weekday : str
        Weekday of 1 January, in lower case.
    run_s : tuple of int, optional
        Start and end of the run [s]; a trace that does not cover them is refused at once.

    Raises
    ------
    InputError
        With every problem of the trace.
    """

    def __init__(self, workload: Workload, first_weekday: str, run_s: tuple[int, int] | None = None) -> None:
        self._first_weekday = first_weekday
        self._hours: NDArray[np.float64] | None = None
        self._path = ""
        if workload.kind == "schedule":
            self._hours = np.array([workload.weekday, workload.weekend], dtype=np.float64)
            self._peak_frac = float(self._hours.max())
        else:
            self._read(str(workload.trace), run_s)

    @property
    def peak(self) -> float:
        """Highest utilisation of the schedule or trace, 0 … 1."""
        return self._peak_frac

    def block(self, start_s: int, steps: int, step_s: int) -> NDArray[np.float64]:
        """Mean utilisation over each of ``steps`` steps from ``start_s``.

        The mean of a step does not depend on which block it is asked in, to the last bit.

        Parameters
        ----------
        start_s : int
            Start of the first step, seconds since 1 January 00:00.
        steps : int
            Number of steps.
        step_s : int
            Length of a step [s].

        Returns
        -------
        ndarray of float64
            0 … 1, one entry a step.
        """
        edge_s: NDArray[np.float64] = (start_s + step_s * np.arange(steps + 1)).astype(np.float64)
        if self._hours is not None:
            hour = np.arange(start_s // HOUR_S, -(-(start_s + steps * step_s) // HOUR_S), dtype=np.int64)
            weekend = is_weekend(hour // 24, self._first_weekday).astype(np.int64)
            return _step_means((hour * HOUR_S).astype(np.float64), self._hours[weekend, hour % 24], edge_s)
        problems = self._uncovered(float(edge_s[0]), float(edge_s[-1]))
        if problems:
            raise InputError(self._path, problems)
        first = int(np.searchsorted(self._time_s, edge_s[0], side="right")) - 1
        last = int(np.searchsorted(self._time_s, edge_s[-1], side="left"))
        return _step_means(self._time_s[first:last], self._value_frac[first:last], edge_s)

    def _read(self, path: str, run_s: tuple[int, int] | None) -> None:
        trace = Trace(path, ("time_s", "utilisation_frac"))
        self._path = path
        self._time_s = trace.column["time_s"]
        self._value_frac = trace.column["utilisation_frac"]
        trace.must_rise("time_s", strictly=True)
        trace.must_lie_in("utilisation_frac", 0.0, 1.0)
        if self._time_s.size == 1:
            what = "has one data row; at least two are needed (the last is held as long as the one before it)"
            trace.problems.append(Problem("file", what))
        if run_s is not None and not trace.problems:
            trace.problems += self._uncovered(*run_s)
        trace.raise_problems()
        self._peak_frac = float(self._value_frac.max())

    def _uncovered(self, start_s: float, end_s: float) -> list[Problem]:
        time_s = self._time_s
        held_until_s = 2.0 * time_s[-1] - time_s[-2]
        problems = []
        if start_s < time_s[0]:
            what = f"must not be after {start_s:.10g} s, where the run starts (seconds since 1 January 00:00)"
            problems.append(Problem(f"first time_s = {time_s[0]:.10g}", what))
        if end_s > held_until_s:
            what = f"is held until {held_until_s:.10g} s (as long as the row before); must reach {end_s:.10g} s, "
            what += "where the run ends: add rows or shorten the run"
            problems.append(Problem(f"last time_s = {time_s[-1]:.10g}", what))
        return problems


def _step_means(
    time_s: NDArray[np.float64], value: NDArray[np.float64], edge_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means of a held signal between edges; ``time_s[0]`` is at or before the first edge.

    Each step sums its own pieces, weighted by their share of the step: no running total, whose
    rounding would depend on where the block began.
    """
    cut_s = np.unique(np.concatenate((edge_s, time_s[(time_s > edge_s[0]) & (time_s < edge_s[-1])])))
    held = value[np.searchsorted(time_s, cut_s[:-1], side="right") - 1]
    first = np.searchsorted(cut_s, edge_s[:-1])
    share = np.diff(cut_s) / (edge_s[1] - edge_s[0])
    return np.asarray(np.add.reduceat(held * share, first))
