"""The run by month, day or hour: energies, water, inlets, hours by cooling mode, peak."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.channels import MODES
from twin.metrics.cost import peak_demand_kw
from twin.metrics.energy import COOLING_USES
from twin.report.data import OVERHEAD_CHANNELS, ReportData
from twin.report.modes import LEAST_SHARE, STACK_ORDER, period_mode_shares
from twin.report.tables import html_table
from twin.report.water import period_water_l
from twin.report.wording import number_text

__all__ = ["period_table"]

Floats = NDArray[np.float64]


class _Column(NamedTuple):
    """Head, a cell for each period, and the cell of the whole run."""

    head: str
    cells: list[str]
    whole: str


def _energy_unit(data: ReportData) -> tuple[float, str, int]:
    """Divisor, unit and decimals for energies of the periods."""
    total = data.energy_kwh["total"]
    if total >= 1e5:
        return 1e3, "MWh", 1
    return 1.0, "kWh", 0 if total >= 1e3 else 2


def _summed(head: str, values: Floats, digits: int) -> _Column:
    return _Column(head, [number_text(value, digits) for value in values], number_text(float(values.sum()), digits))


def _averaged(head: str, values: Floats, hours: Floats) -> _Column:
    return _Column(head, [number_text(value, 1) for value in values],
                   number_text(float(np.average(values, weights=hours)), 1))


def _ratio(head: str, over: Floats, under: Floats, digits: int) -> _Column:
    """Quotients of energies or water, never means of ratios; a dash where there is nothing to divide by."""
    cells = [f"{a / b:.{digits}f}" if b > 0.0 else "–" for a, b in zip(over, under, strict=True)]
    return _Column(head, cells, f"{over.sum() / under.sum():.{digits}f}" if under.sum() > 0.0 else "–")


def _energy_columns(data: ReportData) -> list[_Column]:
    """IT, facility, PUE and cooling."""
    size, unit, digits = _energy_unit(data)
    hours = data.period_hours
    it_kwh, total_kwh = (data.period_means(name) * hours for name in ("it.power_kw", "power.facility_kw"))
    names = [name for use in COOLING_USES for name in OVERHEAD_CHANNELS.get(use, ())]
    cooling_kwh = np.sum([data.period_means(name) for name in names], axis=0) * hours
    return [_summed(f"IT [{unit}]", it_kwh / size, digits), _summed(f"Facility [{unit}]", total_kwh / size, digits),
            _ratio("PUE", total_kwh, it_kwh, 3), _summed(f"Cooling [{unit}]", cooling_kwh / size, digits)]


def _water_columns(data: ReportData) -> list[_Column]:
    """Water and WUE; nothing where none is drawn."""
    parts = period_water_l(data)
    if not parts:
        return []
    litres: Floats = np.sum(list(parts.values()), axis=0)
    in_m3 = litres.sum() >= 1e4
    water = _summed("Water [m³]", litres / 1e3, 0 if litres.sum() >= 1e6 else 1) if in_m3 else _summed(
        "Water [L]", litres, 0)
    return [water, _ratio("WUE [L/kWh]", litres, data.period_means("it.power_kw") * data.period_hours, 2)]


def _mode_columns(data: ReportData) -> list[_Column]:
    """Hours in each mode; nothing for a plant with one."""
    seen = [number for number in STACK_ORDER if data.mode_fracs[number] >= LEAST_SHARE]
    if len(seen) < 2:
        return []
    in_mode = period_mode_shares(data) * data.period_hours[:, np.newaxis]
    digits = 0 if data.period_kind == "month" else 1 if data.period_kind == "day" else 2
    return [_summed(f"{MODES[number].capitalize() if number < 4 else MODES[number]} [h]", in_mode[:, number], digits)
            for number in seen]


def _columns(data: ReportData) -> list[_Column]:
    """All columns; each channel is read once."""
    hours, step_s = data.period_hours, data.clock.step_s
    parts = [slice(period.first, period.last) for period in data.periods]
    facility, hottest = data.column("power.facility_kw"), data.column("hall.rack_inlet_max_c")
    peaks = [number_text(peak_demand_kw(facility[part], step_s) or 0.0) for part in (*parts, slice(None))]
    return [
        *_energy_columns(data),
        _Column("Peak [kW]", peaks[:-1], peaks[-1]),
        *_water_columns(data),
        _averaged("Mean inlet [°C]", data.period_means("hall.rack_inlet_mean_c"), hours),
        _Column("Hottest inlet [°C]", [f"{hottest[part].max():.1f}" for part in parts], f"{hottest.max():.1f}"),
        _averaged("Wet bulb [°C]", data.period_means("weather.wet_bulb_c"), hours),
        *_mode_columns(data),
    ]


def period_table(data: ReportData) -> str:
    """The run by month, day or hour as an HTML table; its last row is the whole run."""
    columns = _columns(data)
    rows = [[period.label, *(column.cells[place] for column in columns)] for place, period in enumerate(data.periods)]
    if len(rows) > 1:
        rows.append(["Whole run", *(column.whole for column in columns)])
    kind = data.period_kind
    return html_table(f"By {kind}", [kind.capitalize(), *(column.head for column in columns)], rows,
                      foot=len(data.periods) > 1)
