"""What a coating changes beside the baseline: PUE, TUE, energy, peak, water, carbon, money; each with an interval.

Values are *side less baseline*: what is saved has a minus. Changes of a ratio are exact,
``ΔPUE = Σ (E_b − E_a − R (I_b − I_a)) / Σ I_b`` with ``R = Σ E_a / Σ I_a``,
so that what is alike on both sides cancels day by day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from twin.metrics.months import month_parts
from twin.study.bootstrap import paired_interval
from twin.study.cases import World
from twin.study.daily import DayTable, whole_days
from twin.study.one_run import Run

__all__ = ["MEASURES", "Change", "Prices", "as_data", "changes_of", "design_day", "distinct"]

Floats = NDArray[np.float64]
Trio = tuple[World, Run, Run]

#: What is compared, in the order of the table.
MEASURES = ("pue", "tue", "kwh", "peak_kw", "water_l", "carbon_kg", "money")
_DAY_S = 86400


@dataclass(frozen=True)
class Change:
    """A difference with its interval.

    Attributes
    ----------
    value : float
        Side less baseline; of energy, water, carbon and money a run.
    low, high : float or None
        Of the 95 % interval over blocks of days, of the peak over worlds; None where there is too little for one.
    band : tuple of float
        The same under each draw of uncertain parameters: the value, moved by what the draw does in its own worlds.
    """

    value: float
    low: float | None
    high: float | None
    band: tuple[float, ...] = field(default=())

    @property
    def data(self) -> dict[str, object]:
        """Plain data."""
        band = [min(self.band), max(self.band)] if self.band else None
        return {"value": self.value, "low": self.low, "high": self.high, "band": band}


@dataclass(frozen=True)
class Prices:
    """What energy and water cost.

    Attributes
    ----------
    energy_per_kwh, demand_per_kw_month, water_per_m3 : float
        Of the scenario's tariff.
    """

    energy_per_kwh: float
    demand_per_kw_month: float
    water_per_m3: float


def distinct(trios: Sequence[Trio]) -> list[Trio]:
    """Worlds that are worlds of their own: a seed that changes nothing on either side is no second piece of evidence.

    Parameters
    ----------
    trios : sequence of (World, Run, Run)

    Returns
    -------
    list of (World, Run, Run)
    """
    seen: set[tuple[bytes, bytes]] = set()
    found = []
    for trio in trios:
        mark = (trio[1].days.columns["total_kwh"].tobytes(), trio[2].days.columns["total_kwh"].tobytes())
        if mark not in seen:
            seen.add(mark)
            found.append(trio)
    return found


def changes_of(trios: Sequence[Trio], prices: Prices) -> dict[str, Change]:
    """All measures of a side.

    Parameters
    ----------
    trios : sequence of (World, Run, Run)
        World, the baseline's run, the side's; draws of uncertain parameters among them.
    prices : Prices

    Returns
    -------
    dict of str to Change
        By :data:`MEASURES`; empty without a finished day. "tue" is absent where servers have no fans.
    """
    usable = [trio for trio in trios if min(len(trio[1].days), len(trio[2].days)) > 0]
    nominal = distinct([trio for trio in usable if trio[0].draw == 0])
    if not nominal:
        return {}
    found = _measured(nominal, prices)
    drawn: dict[int, list[Trio]] = {}
    for trio in usable:
        if trio[0].draw:
            drawn.setdefault(trio[0].draw, []).append(trio)
    bands = [_measured(own, prices) for own in drawn.values()]
    where = {trio[0].seed for own in drawn.values() for trio in own}
    home = _measured([trio for trio in nominal if trio[0].seed in where] or nominal, prices) if drawn else found
    return {name: Change(c.value, c.low, c.high,
                         tuple(c.value + band[name].value - home[name].value for band in bands if name in band))
            for name, c in found.items()}


def _measured(trios: Sequence[Trio], prices: Prices) -> dict[str, Change]:
    tables = [(a.days, b.days) for _, a, b in trios]
    total = [_both(a, b, "total_kwh") for a, b in tables]
    it = [_both(a, b, "it_kwh") for a, b in tables]
    fans = [_both(a, b, "server_fan_kwh") for a, b in tables]
    found = {"pue": _of_ratio(total, it)}
    if any(float(a.sum()) > 0.0 for a, _ in fans):
        compute = [(i[0] - f[0], i[1] - f[1]) for i, f in zip(it, fans, strict=True)]
        found["tue"] = _of_ratio(total, compute)
    for name, column in (("kwh", "total_kwh"), ("water_l", "water_l"), ("carbon_kg", "carbon_kg")):
        found[name] = _of_sum([b - a for a, b in (_both(*pair, column) for pair in tables)])
    found["peak_kw"] = _over_worlds([_peak_kw(a, b) for a, b in tables])
    found["money"] = _money(tables, prices)
    return found


def _both(first: DayTable, second: DayTable, column: str) -> tuple[Floats, Floats]:
    count = min(len(first), len(second))
    hours = first.columns["hours"][:count]
    return whole_days(first.columns[column][:count], hours), whole_days(second.columns[column][:count], hours)


def _of_ratio(above: Sequence[tuple[Floats, Floats]], below: Sequence[tuple[Floats, Floats]]) -> Change:
    under = sum(float(a.sum()) for a, _ in below)
    ratio = sum(float(a.sum()) for a, _ in above) / under if under > 0.0 else 0.0
    more = [(b - a) - ratio * (d - c) for (a, b), (c, d) in zip(above, below, strict=True)]
    found = paired_interval(more, [d for _, d in below])
    return Change(found.value, found.low, found.high)


def _of_sum(differences: Sequence[Floats]) -> Change:
    found = paired_interval(differences)
    return Change(found.value, found.low, found.high)


def _over_worlds(values: Sequence[float]) -> Change:
    """Student's interval of a mean over worlds; none from a single one."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Change(mean, None, None)
    half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values)))
    return Change(mean, mean - half, mean + half)


def design_day(days: DayTable) -> int:
    """The design day of a run: the day with the hottest quarter hour outdoors.

    Parameters
    ----------
    days : DayTable

    Returns
    -------
    int
        Counted from 1 January; -1 without one.
    """
    outdoors = days.traces.get("weather.dry_bulb_c")
    if outdoors is None or not len(outdoors):
        return -1
    return int((days.quarter_s[int(np.argmax(outdoors))] - 1) // _DAY_S)


def _peak_kw(first: DayTable, second: DayTable) -> float:
    """Highest quarter hour of the design day, second less first."""
    day = design_day(first)
    peaks = []
    for table in (first, second):
        here = (table.quarter_s > day * _DAY_S) & (table.quarter_s <= (day + 1) * _DAY_S)
        power = table.traces["power.facility_kw"][here]
        if not len(power):
            return 0.0
        peaks.append(float(power.max()))
    return peaks[1] - peaks[0]


def _money(tables: Sequence[tuple[DayTable, DayTable]], prices: Prices) -> Change:
    """Energy and water day by day, the monthly peaks on top of both ends."""
    daily, demand = [], []
    for first, second in tables:
        energy, water = _both(first, second, "total_kwh"), _both(first, second, "water_l")
        per_l = prices.water_per_m3 / 1e3
        daily.append((energy[1] - energy[0]) * prices.energy_per_kwh + (water[1] - water[0]) * per_l)
        demand.append((_monthly_kw(second) - _monthly_kw(first)) * prices.demand_per_kw_month)
    by_day, by_month = _of_sum(daily), float(np.mean(demand))
    ends = [None if end is None else end + by_month for end in (by_day.low, by_day.high)]
    return Change(by_day.value + by_month, ends[0], ends[1])


def _monthly_kw(days: DayTable) -> float:
    """Sum over months of the highest quarter hour, months that are partly covered in proportion."""
    power, ends_s = days.traces["power.facility_kw"], days.quarter_s
    if not len(ends_s):
        return 0.0
    total = 0.0
    for part in month_parts(int(ends_s[0]) - 900, int(ends_s[-1])):
        here = (ends_s > part.start_s) & (ends_s <= part.end_s)
        if here.any():
            total += float(power[here].max()) * part.covered_frac
    return total


def as_data(changes: Mapping[str, Change]) -> dict[str, dict[str, object]]:
    """Changes as plain data.

    Parameters
    ----------
    changes : mapping of str to Change

    Returns
    -------
    dict
    """
    return {name: change.data for name, change in changes.items()}
