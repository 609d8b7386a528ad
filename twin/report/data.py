"""What a report needs of a result: a few columns, taken to bins as they are read.

A year at one-minute steps is 525,600 rows; no figure needs more than some thousand points, so each
column is read, reduced and dropped.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.channels import MODES
from twin.metrics.months import DAY_S, MONTH_NAMES
from twin.report.clock import Clock
from twin.report.palette import USE_NAMES

if TYPE_CHECKING:
    from twin.record.result import Result

__all__ = ["ASSISTED_MODES", "FREE_MODES", "OVERHEAD_CHANNELS", "Period", "ReportData"]

Floats = NDArray[np.float64]

#: Energy use -> channels that add up to its power, in the order in which they are stacked.
OVERHEAD_CHANNELS: dict[str, tuple[str, ...]] = {
    "chiller": ("plant.chiller_kw",),
    "crah_fan": ("crah.fan_kw",),
    "pump": ("plant.chilled_pump_kw", "plant.condenser_pump_kw", "plant.facility_pump_kw", "liquid.cdu_pump_kw"),
    "heat_rejection_fan": ("plant.tower_fan_kw",),
    "evaporative": ("iec.secondary_fan_kw", "iec.spray_pump_kw", "dx.pad_pump_kw"),
    "dx": ("iec.dx_kw", "dx.power_kw"),
    "humidifier": ("plant.humidifier_kw",),
    "dehumidifier": ("plant.dehumidifier_kw",),
    "ups_loss": ("power.ups_loss_kw",),
    "distribution_loss": ("power.distribution_loss_kw",),
    "lighting": ("power.lighting_kw",),
}

#: Modes (numbers of ``twin.channels.MODES``) without compressors, and with compressors beside free cooling.
FREE_MODES, ASSISTED_MODES = (1, 4, 5), (2, 6, 7)

# Runs up to so long get finer bins than an hour.
_FINE_BINS = ((2 * DAY_S, 60), (8 * DAY_S, 300))
_HOUR_S = 3600
# Columns kept after reading: enough for one figure, little beside a year of all channels.
_KEPT_COLUMNS = 8


@dataclass(frozen=True)
class Period:
    """A month, day or hour of the run: label and the steps from ``first`` to before ``last``."""

    label: str
    first: int
    last: int


class ReportData:
    """Columns of a result, reduced for figures and tables.

    Parameters
    ----------
    result : Result
        A finished run.
    """

    def __init__(self, result: Result) -> None:
        self.result = result
        self.summary: dict[str, Any] = dict(result.summary)
        self.metrics: dict[str, float] = dict(self.summary["metrics"])
        self.energy_kwh: dict[str, float] = dict(self.summary["energy_kwh"])
        self.manifest: dict[str, Any] = dict(result.manifest)
        self._bins: dict[str, Floats] = {}
        self._read = lru_cache(maxsize=_KEPT_COLUMNS)(self._read_column)

    # --- what the run was -----------------------------------------------------------------------

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The resolved scenario as a plain tree."""
        return tomllib.loads(str(self.manifest.get("scenario", "")))

    @cached_property
    def clock(self) -> Clock:
        """Start, step and length."""
        duration_s = float(self.summary["duration_h"]) * _HOUR_S
        run = self.scenario.get("run", {})
        step_s = int(run.get("step_s", round(duration_s / int(self.summary["steps"]))))
        start_s = int(self.summary.get("start_s", round(float(run.get("start_day", 0.0)) * DAY_S)))
        year_h = int(self.manifest.get("weather", {}).get("hours", 8760))
        return Clock(start_s, step_s, round(duration_s / step_s), year_h)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.summary.get("scenario", "run"))

    @property
    def currency(self) -> str:
        """Currency of the tariff."""
        return str(self.scenario.get("site", {}).get("tariff", {}).get("currency", ""))

    @cached_property
    def limits(self) -> dict[str, float]:
        """Inlet limits, °C."""
        return {key: float(value) for key, value in self.manifest["limits"].items()}

    # --- columns --------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether the run recorded this channel."""
        return self._read(name) is not None

    def column(self, name: str) -> NDArray[np.float32]:
        """A channel at every step; zeros if it was not recorded."""
        values = self._read(name)
        return np.zeros(self.clock.steps, np.float32) if values is None else values

    def _read_column(self, name: str) -> NDArray[np.float32] | None:
        try:
            return self.result.column(name)
        except KeyError:
            return None

    @cached_property
    def bin_s(self) -> int:
        """Length of the bins of ``binned``, s."""
        fine = (size for limit, size in _FINE_BINS if self.clock.duration_s <= limit)
        return max(next(fine, _HOUR_S), self.clock.step_s)

    @cached_property
    def bin_starts(self) -> NDArray[np.int64]:
        """First step of each bin."""
        return np.arange(0, self.clock.steps, max(1, self.bin_s // self.clock.step_s))

    @cached_property
    def bin_time_s(self) -> Floats:
        """Middle of each bin, s since 1 January."""
        ends = np.append(self.bin_starts[1:], self.clock.steps)
        middles: Floats = (self.bin_starts + ends) / 2.0
        return self.clock.start_s + middles * self.clock.step_s

    def binned(self, name: str) -> Floats:
        """Means of a channel over the bins."""
        if name not in self._bins:
            self._bins[name] = self._bin_mean(self.column(name))
        return self._bins[name]

    def _bin_mean(self, values: NDArray[Any]) -> Floats:
        counts = np.diff(np.append(self.bin_starts, self.clock.steps))
        sums: Floats = np.add.reduceat(values, self.bin_starts, dtype=np.float64)
        return sums / counts

    @cached_property
    def binned_pue(self) -> Floats:
        """PUE of each bin: facility over IT energy; NaN where IT is off."""
        it = self.binned("it.power_kw")
        facility = self.binned("power.facility_kw")
        pue: Floats = np.divide(facility, it, out=np.full(len(it), np.nan), where=it > 0.0)
        return pue

    @cached_property
    def mode_shares(self) -> Floats:
        """Share of each bin spent in each mode, shape (modes, bins)."""
        mode = np.rint(self.column("plant.mode")).astype(np.int8)
        return np.stack([self._bin_mean(mode == number) for number in range(len(MODES))])

    @cached_property
    def mode_fracs(self) -> Floats:
        """Share of the run spent in each mode."""
        counts = np.diff(np.append(self.bin_starts, self.clock.steps))
        found: Floats = np.average(self.mode_shares, axis=1, weights=counts)
        return found

    @property
    def has_free_cooling(self) -> bool:
        """Whether the plant ever cooled with less than full mechanical cooling."""
        return bool(self.mode_fracs[[*FREE_MODES, *ASSISTED_MODES]].any())

    @property
    def free_shares(self) -> Floats:
        """Share of each bin spent in modes without compressors."""
        found: Floats = self.mode_shares[list(FREE_MODES)].sum(axis=0)
        return found

    @property
    def is_evaporative(self) -> bool:
        """Whether indirect evaporative units cool the hall."""
        if self.manifest.get("dxs"):
            return False
        return bool(self.manifest.get("iecs")) or any(use in self.energy_kwh for use in ("evaporative", "dx"))

    @property
    def mode_label(self) -> str:
        """What the cooling mode is that of: where coolant takes the most, of the chilled water beside it only."""
        return "chilled\nwater" if self.has("liquid.heat_kw") else "mode"

    @property
    def compressors(self) -> str:
        """What the compressors of this plant are called."""
        return "DX units" if self.is_evaporative or self.manifest.get("dxs") else "chillers"

    @property
    def has_compressors(self) -> bool:
        """Whether the plant has any: evaporative units may do without."""
        groups = dict(self.scenario.get("hall", {})).get("iec", {})
        return not groups or any("dx" in group for group in groups.values())

    def use_name(self, use: str) -> str:
        """What a use of energy is called in this facility."""
        if use == "ups_loss" and dict(self.scenario.get("power", {})).get("hvdc"):
            return "Rectifier losses"
        if use == "evaporative" and self.manifest.get("dxs"):
            return "Wet pad"
        if use == "dx" and self.manifest.get("dxs"):
            return "DX units"
        return USE_NAMES.get(use, use)

    def hourly(self, name: str) -> Floats:
        """Means of a channel over the hours of the run (its steps, where they are longer)."""
        each = max(1, _HOUR_S // self.clock.step_s)
        begins = np.arange(0, self.clock.steps, each)
        sums: Floats = np.add.reduceat(self.column(name), begins, dtype=np.float64)
        return sums / np.diff(np.append(begins, self.clock.steps))

    # --- parts of the run -----------------------------------------------------------------------

    @cached_property
    def periods(self) -> list[Period]:
        """Months of a long run, days of a short one, hours of a very short one."""
        clock = self.clock
        if self.period_kind == "month":
            many_years = clock.months()[-1].month > 11
            return [
                Period(MONTH_NAMES[part.month % 12] + (f" y{part.month // 12 + 1}" if many_years else ""),
                       (part.start_s - clock.start_s) // clock.step_s, (part.end_s - clock.start_s) // clock.step_s)
                for part in clock.months()]
        length_s = DAY_S if self.period_kind == "day" else _HOUR_S
        begins = range(clock.start_s // length_s * length_s, clock.end_s, length_s)
        return [self._period(begin, begin + length_s) for begin in begins]

    @property
    def period_kind(self) -> str:
        """``month``, ``day`` or ``hour``: what ``periods`` are."""
        seconds = self.clock.duration_s
        return "month" if seconds > 62 * DAY_S else "day" if seconds > 2 * DAY_S else "hour"

    @cached_property
    def period_hours(self) -> Floats:
        """Length of each period, h."""
        steps: Floats = np.array([period.last - period.first for period in self.periods], dtype=np.float64)
        return steps * self.clock.step_s / _HOUR_S

    def _period(self, begin_s: int, end_s: int) -> Period:
        clock = self.clock
        first, last = max(begin_s, clock.start_s), min(end_s, clock.end_s)
        label = clock.date(first) if end_s - begin_s == DAY_S else f"{first % DAY_S // 3600:02d}:00"
        return Period(label, (first - clock.start_s) // clock.step_s, (last - clock.start_s) // clock.step_s)

    def period_means(self, name: str) -> Floats:
        """Mean of a channel over each period."""
        values = self.column(name)
        return np.array([np.mean(values[period.first:period.last], dtype=np.float64) for period in self.periods])

    @cached_property
    def whole_days(self) -> list[Period]:
        """Days from midnight to midnight that the run covers."""
        clock = self.clock
        first = -(-clock.start_s // DAY_S)
        return [self._period(day * DAY_S, (day + 1) * DAY_S) for day in range(first, clock.end_s // DAY_S)]

    @cached_property
    def rack_inlets(self) -> dict[str, tuple[float, float]]:
        """Rack -> (mean inlet, highest inlet) over the run, °C."""
        table = self.result.racks[["rack", "inlet_mean_c", "inlet_max_c"]]
        found = table.groupby("rack", observed=True, sort=False).agg({"inlet_mean_c": "mean", "inlet_max_c": "max"})
        return {str(rack): (float(mean), float(highest))
                for rack, mean, highest in zip(found.index, found["inlet_mean_c"], found["inlet_max_c"], strict=True)}
