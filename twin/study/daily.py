"""Days of a run: energy, water, degree-hours and starts of each, taken while it runs, so that no series is kept.

A day's energies are differences of the run's meters, so they add up to the summary of ``twin run`` exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import METERS, STEP_OUT_FIELDS

from twin.channels import CHANNELS
from twin.engine.simulation import Simulation
from twin.metrics.energy import energy_by_use
from twin.metrics.water import site_water_l
from twin.scenario.features import facility_channels

__all__ = ["DAY_COLUMNS", "TRACES", "DayTable", "Days", "degree_hours_k_h", "whole_days"]

#: What is known of a day; energies by use follow as ``kwh.<use>``.
DAY_COLUMNS = (
    "day", "hours", "total_kwh", "it_kwh", "server_fan_kwh", "water_l", "carbon_kg", "recommended_k_h", "allowable_k_h",
    "rack_recommended_k_h", "worst_rack_recommended_k_h", "chiller_starts", "mode_changes", "fan_travel_frac",
    "tower_travel_frac", "supply_setpoint_travel_k", "throttled_rack_h", "outside_box_h",
)
#: Channels whose quarter hours are kept, for the replay of a day.
TRACES = (
    "hall.rack_inlet_max_c", "hall.supply_setpoint_c", "hall.supply_c", "plant.chilled_supply_c",
    "weather.dry_bulb_c", "weather.wet_bulb_c", "it.power_kw", "power.facility_kw", "plant.mode",
    "envelope.roof_outer_c",
)
_QUARTER_S = 900
_FIELD = {c.name: (str(c.field), c.scale) for c in CHANNELS if c.field is not None}
_TRAVEL = {
    "fan_travel_frac": "crah.speed_frac", "tower_travel_frac": "plant.tower_speed_frac",
    "supply_setpoint_travel_k": "hall.supply_setpoint_c",
}


def degree_hours_k_h(temperature_c: NDArray[np.floating], limit_c: float, step_s: float) -> float:
    """Degree-hours over a limit, DH = Σ max(0, T − T_limit) Δt.

    Parameters
    ----------
    temperature_c : ndarray
        Means of equal steps, °C.
    limit_c : float
        °C.
    step_s : float
        Length of a step, s.

    Returns
    -------
    float
        K h, 0 or more.
    """
    return float(np.maximum(temperature_c.astype(np.float64) - limit_c, 0.0).sum()) * step_s / 3600.0


def whole_days(values: NDArray[np.float64], hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of whole days: the parts of a day at both ends of a run make one day, or go to their neighbour.

    A run of 72 h from noon touches four calendar days and is three whole days; one of 33 h is one. Sums are kept.

    Parameters
    ----------
    values, hours : ndarray
        One a calendar day: what is summed, and how long it was recorded.

    Returns
    -------
    ndarray
        As many as there are whole days in the run, and at least one of any that were recorded.
    """
    part = hours < 24.0 - 1e-6
    if not part.any():
        return values
    whole, rest = values[~part].copy(), values[part].sum()
    if not len(whole) or hours[part].sum() >= 24.0 - 1e-6:
        return np.append(rest, whole)
    whole[-1] += rest
    return whole


@dataclass(frozen=True)
class DayTable:
    """What is kept of a run.

    Attributes
    ----------
    columns : dict
        Name → one float64 a day.
    quarter_s : ndarray of int
        End of each quarter hour, s since 1 January.
    traces : dict
        Channel → one float32 a quarter hour.
    """

    columns: dict[str, NDArray[np.float64]]
    quarter_s: NDArray[np.int64]
    traces: dict[str, NDArray[np.float32]]

    def __len__(self) -> int:
        return len(self.columns["day"])

    def total(self, name: str) -> float:
        """Sum of a column over the run."""
        return float(self.columns[name].sum())

    @property
    def uses(self) -> dict[str, float]:
        """Energy by use over the run, kWh."""
        return {name[4:]: float(v.sum()) for name, v in self.columns.items() if name.startswith("kwh.")}

    def save(self, path: Path) -> None:
        """Write to a file that is either whole or not there."""
        temporary = path.with_name(path.name + ".tmp")
        arrays: dict[str, Any] = {f"day.{name}": values for name, values in self.columns.items()}
        arrays |= {f"trace.{name}": values for name, values in self.traces.items()}
        with temporary.open("wb") as file:
            np.savez(file, quarter_s=self.quarter_s, **arrays)
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> DayTable:
        """Read what :meth:`save` wrote."""
        with np.load(path) as stored:
            columns = {name[4:]: stored[name] for name in stored.files if name.startswith("day.")}
            traces = {name[6:]: stored[name] for name in stored.files if name.startswith("trace.")}
            return cls(columns, stored["quarter_s"], traces)


class Days:
    """Takes the rows of finished days and the meters at their ends: recorder and ``on_day`` in one.

    Parameters
    ----------
    scenario : Scenario
    present_uses : tuple of str
        Uses of energy that the facility has.
    """

    def __init__(self, scenario: Any, present_uses: tuple[str, ...]) -> None:
        limits = scenario.hall.limits
        self._limits_c = (limits.recommended_max_c, limits.allowable_max_c)
        self._step_s = scenario.run.step_s
        self._carbon = scenario.site.tariff.carbon_kg_per_kwh
        self.present_uses = present_uses
        self._meters = np.zeros(1, METERS)[0]
        self._rows: list[dict[str, float]] = []
        self._quarters: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
        self._last: dict[str, float] = {}
        self._open: dict[str, float] = {}
        there = {c.name for c in facility_channels(scenario.hall, scenario.plant)}
        self._traced = tuple(name for name in TRACES if name in there)

    def add_day(
        self, first_s: int, rows: NDArray[np.void], jobs: NDArray[np.float32], rack_rows: NDArray[np.float32]
    ) -> None:
        """What the series of a day say; its meters follow with :meth:`close_day`.

        Parameters
        ----------
        first_s : int
            Start of the day, s.
        rows : ndarray of STEP_OUT
        jobs : ndarray, shape (steps, 2)
            Not used.
        rack_rows : ndarray, shape (hours, racks, columns)
            Hourly mean inlets first.
        """
        del jobs
        step_s = float(self._step_s)
        if not len(rows):
            return
        plain = rows.view(np.float32).reshape(len(rows), -1)
        place = {name: i for i, name in enumerate(STEP_OUT_FIELDS)}
        hottest_c = plain[:, place["rack_inlet_max_c"]]
        found = {
            "day": float(first_s // 86400), "hours": len(rows) * step_s / 3600.0,
            "recommended_k_h": degree_hours_k_h(hottest_c, self._limits_c[0], step_s),
            "allowable_k_h": degree_hours_k_h(hottest_c, self._limits_c[1], step_s),
            "worst_rack_recommended_k_h": self._worst_rack(rack_rows),
        }
        running = np.rint(plain[:, place["chillers_on"]])
        mode = np.rint(plain[:, place["mode"]])
        found["chiller_starts"] = float(np.maximum(self._changes("chillers_on", running), 0.0).sum())
        found["mode_changes"] = float(np.count_nonzero(self._changes("mode", mode)))
        for name, channel in _TRAVEL.items():
            field, scale = _FIELD[channel]
            found[name] = float(np.abs(self._changes(name, plain[:, place[field]].astype(np.float64))).sum()) * scale
        self._open = found
        self._keep_quarters(first_s, plain, place)

    def _worst_rack(self, rack_rows: NDArray[np.float32]) -> float:
        """Degree-hours of the rack that has most of them, from hourly means."""
        if not len(rack_rows):
            return 0.0
        over = np.maximum(rack_rows[:, :, 0].astype(np.float64) - self._limits_c[0], 0.0)
        return float(over.sum(axis=0).max(initial=0.0))

    def _changes(self, name: str, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Changes from step to step, the first from the day before."""
        before = self._last.get(name, float(values[0]))
        self._last[name] = float(values[-1])
        return np.diff(values.astype(np.float64), prepend=before)

    def _keep_quarters(self, first_s: int, plain: NDArray[np.float32], place: dict[str, int]) -> None:
        ends_s = first_s + self._step_s * np.arange(1, len(plain) + 1, dtype=np.int64)
        quarter = (ends_s - 1) // _QUARTER_S
        begins = np.flatnonzero(np.diff(quarter, prepend=quarter[0] - 1))
        counts = np.diff(np.append(begins, len(plain)))
        kept = np.empty((len(self._traced), len(begins)), np.float32)
        for i, name in enumerate(self._traced):
            field, scale = _FIELD[name]
            values = plain[:, place[field]]
            if name == "hall.rack_inlet_max_c":
                kept[i] = np.maximum.reduceat(values, begins)
            elif name == "plant.mode":
                kept[i] = values[begins]
            else:
                kept[i] = np.add.reduceat(values, begins, dtype=np.float64) / counts * scale
        self._quarters.append(((quarter[begins] + 1) * _QUARTER_S, kept))

    def close_day(self, simulation: Simulation) -> None:
        """Take the meters at the end of a day.

        Parameters
        ----------
        simulation : Simulation
            To be set as its ``on_day``.
        """
        if not self._open:
            return
        now = simulation.state.meters[0].copy()
        used = {name: float(now[name]) - float(self._meters[name]) for name in METERS.names or ()}
        self._meters = now
        energy = energy_by_use(used, self.present_uses)
        total = energy.pop("total")
        self._rows.append({
            **self._open, "total_kwh": total, "it_kwh": energy["it"], "server_fan_kwh": used["server_fan_j"] / 3.6e6,
            "water_l": site_water_l(used), "carbon_kg": total * self._carbon,
            "rack_recommended_k_h": used["rci_hi_k_s"] / 3600.0,
            "throttled_rack_h": used["throttled_rack_s"] / 3600.0, "outside_box_h": used["outside_box_s"] / 3600.0,
            **{f"kwh.{use}": kwh for use, kwh in energy.items()},
        })
        self._open = {}

    def table(self) -> DayTable:
        """All finished days.

        Returns
        -------
        DayTable
        """
        names = [*DAY_COLUMNS, *dict.fromkeys(n for row in self._rows for n in row if n.startswith("kwh."))]
        columns = {name: np.array([row.get(name, 0.0) for row in self._rows]) for name in names}
        times = [times for times, _ in self._quarters] or [np.zeros(0, np.int64)]
        values = [values for _, values in self._quarters] or [np.zeros((len(self._traced), 0), np.float32)]
        joined = np.concatenate(values, axis=1)
        traces = {name: joined[i] for i, name in enumerate(self._traced)}
        return DayTable(columns, np.concatenate(times), traces)
