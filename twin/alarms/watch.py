"""Alarms: watches every finished day and tells in plain words what was outside its limits, and when.

The list is short by construction: excursions of one condition within a month of each other are one entry, and of
more than fifty entries the nearest neighbours of one condition are told as one. Nothing is left out: an entry
says how many it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import Params

from twin.alarms.condition import Condition, Day
from twin.alarms.excursions import Excursions, join_nearest, shortest_pause_s
from twin.alarms.faults import FAULTS, Told, fault_groups
from twin.alarms.table import BEFORE_S, conditions
from twin.alarms.words import Span, duration_text, sentence
from twin.scenario.schema import Scenario

__all__ = ["MOST", "Alarms", "worst_alarm"]

#: Alarms that are worse than all others, the worst first.
_WORST = ("it_off", "servers_slowed", "chips_hot", "inlet_over_allowable", "no_air", "inlet_under_allowable")
#: Most entries of a list; nothing is left out, neighbours are joined.
MOST = 50
_Watched = tuple[Condition, Excursions]


class Alarms:
    """Watches a run.

    Parameters
    ----------
    scenario : Scenario
    params : Params
        Of the facility as it was built.
    start_s : int
        Start of the run, s.
    year_h : int
        Hours of the weather year, for dates.
    """

    def __init__(self, scenario: Scenario, params: Params, start_s: int, year_h: int) -> None:
        self.step_s = scenario.run.step_s
        self._year_h = year_h
        self._watched: list[_Watched] = [(c, Excursions(c.rule, self.step_s)) for c in conditions(scenario, params)]
        self._start_s = self._seen_s = start_s
        self._inlet_c: NDArray[np.float32] = np.zeros(0, np.float32)
        self._mode: NDArray[np.float32] = np.zeros(0, np.float32)
        liquid, warm = scenario.hall.liquid, scenario.plant.facility_water
        self._setpoints_c = {
            "chilled_water_c": [(start_s, scenario.plant.chilled_water_temp_c)],
            "facility_water_c": [(start_s, warm.supply_temp_c if warm else 0.0)],
            "technology_water_c": [(start_s, liquid.technology_water_temp_c if liquid else 0.0)],
        }

    @property
    def watched_setpoints(self) -> tuple[str, ...]:
        """Setpoints that are held against what was reached."""
        return tuple(self._setpoints_c)

    def see_setpoint(self, now_s: int, name: str, value_c: float) -> None:
        """Learn a setpoint that is in force from now on.

        Parameters
        ----------
        now_s : int
            Time, s; not before that of the last call.
        name : str
            One of :attr:`watched_setpoints`.
        value_c : float
            Setpoint, °C.
        """
        known = self._setpoints_c[name]
        if known[-1][1] != value_c:
            known.append((now_s, float(value_c)))

    def add_day(self, first_s: int, rows: NDArray[np.void], jobs: NDArray[np.float32]) -> None:
        """Look at the rows of a finished day, or of any part of it.

        Parameters
        ----------
        first_s : int
            Start of the first step, s; the steps follow those seen before.
        rows : ndarray of STEP_OUT
        jobs : ndarray, shape (steps, 2)
            Jobs running and waiting at the end of each step.
        """
        if not len(rows):
            return
        setpoints_c = {name: self._setpoint(name, first_s, len(rows)) for name in self._setpoints_c}
        day = Day(rows, jobs[:, 1], setpoints_c, self._inlet_c, self._mode, self.step_s)
        for condition, excursions in self._watched:
            excursions.add(first_s, condition.values(day))
        keep = BEFORE_S // self.step_s
        self._inlet_c = np.concatenate((self._inlet_c, rows["rack_inlet_max_c"][-keep:]))[-keep:]
        self._mode = np.concatenate((self._mode, rows["mode"][-keep:]))[-keep:]
        self._seen_s = first_s + len(rows) * self.step_s

    def _setpoint(self, name: str, first_s: int, steps: int) -> NDArray[np.float64] | float:
        """A setpoint at the start of each step, °C; forgets what is over."""
        last_s = first_s + steps * self.step_s
        known = self._setpoints_c[name]
        times_s = [time_s for time_s, _ in known]
        in_force = max(int(np.searchsorted(times_s, last_s, side="right")) - 1, 0)
        self._setpoints_c[name] = known[in_force:]
        if in_force == 0:
            return known[0][1]
        starts_s = first_s + self.step_s * np.arange(steps)
        at = np.maximum(np.searchsorted(times_s, starts_s, side="right") - 1, 0)
        return np.array([value for _, value in known])[at]

    def record(self, events: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
        """Alarms and warnings so far, up to the last finished day.

        Parameters
        ----------
        events : sequence of mapping
            What happened by the scenario's events, in order of time: kind, target, start_s, end_s (None: not
            over yet). Faults among them are alarms whatever follows from them, as in a building-management
            system; changes that are meant (load steps, setpoints) are none.

        Returns
        -------
        list of dict
            In order of time: name, level (alarm or warning), start_s, end_s, worst, limit, unit, text, and
            beside them count, over_s (time over the limit), worst_s and, for more than one, spans_s.
        """
        told = [Told(condition, *excursions.groups()) for condition, excursions in self._watched]
        told += fault_groups(events, self._seen_s)
        told = [one for one in told if one.groups]
        while sum(len(one.groups) for one in told) > MOST:
            repeated = [one.groups for one in told if len(one.groups) > 1]
            if not repeated:
                break
            join_nearest(min(repeated, key=shortest_pause_s))
        run_s = self._seen_s - self._start_s
        entries = [entry for one in told for entry in _entries(one, run_s, self._year_h)]
        return sorted(entries, key=lambda e: (e["start_s"], e["level"], e["name"]))

    def snapshot(self) -> dict[str, Any]:
        """Everything remembered, as plain data that shares nothing with this.

        Returns
        -------
        dict
        """
        return {
            "seen_s": self._seen_s, "inlet_c": self._inlet_c.copy(), "mode": self._mode.copy(),
            "setpoints_c": {name: list(known) for name, known in self._setpoints_c.items()},
            "watched": {condition.name: excursions.snapshot() for condition, excursions in self._watched},
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : mapping
            From :meth:`snapshot`; it stays as it is.
        """
        self._seen_s = saved["seen_s"]
        self._inlet_c, self._mode = saved["inlet_c"].copy(), saved["mode"].copy()
        self._setpoints_c = {name: list(known) for name, known in saved["setpoints_c"].items()}
        for condition, excursions in self._watched:
            excursions.restore(saved["watched"][condition.name])


def worst_alarm(entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The worst of the alarms: work lost first, then inlets, then what lasted longest; a trip by itself comes last.

    Parameters
    ----------
    entries : sequence of mapping
        From :meth:`Alarms.record`, at least one.

    Returns
    -------
    mapping
    """

    def badness(entry: Mapping[str, Any]) -> tuple[bool, int, bool, int]:
        name = entry["name"]
        rank = len(_WORST) - _WORST.index(name) if name in _WORST else 0
        return entry["level"] == "alarm", rank, name not in FAULTS, entry["over_s"]

    return max(entries, key=badness)


def _entries(told: Told, run_s: int, year_h: int) -> list[dict[str, Any]]:
    """Groups of one condition as they are listed."""
    condition, found = told.condition, []
    for number, group in enumerate(told.groups):
        worst = round(condition.shown(group.worst), condition.digits) + 0.0  # no minus before a zero
        shown = f"{worst:,.{condition.digits}f} {condition.unit}".replace("-", "−")
        if condition.name in FAULTS:  # the longest of them: seconds must not read as 0.0 h
            shown = duration_text(group.worst * 3600.0)
        lasting = told.lasting and number == len(told.groups) - 1
        span = Span(condition.what, group, condition.worst.format(shown), lasting)
        entry = {
            "name": condition.name, "level": condition.level, "start_s": group.start_s, "end_s": group.end_s,
            "worst": worst, "limit": condition.limit, "unit": condition.unit, "text": sentence(span, run_s, year_h),
            "count": group.count, "over_s": group.over_s, "worst_s": group.worst_s,
        }
        if group.count > 1:
            entry["spans_s"] = [list(pair) for pair in group.spans_s]
        found.append(entry)
    return found
