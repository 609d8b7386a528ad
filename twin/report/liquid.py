"""Temperatures of liquid cooling: chips, coolant and facility water against what they may be."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from twin.metrics.months import DAY_S
from twin.report.canvas import Picture, label_ends, new_figure, time_axis, title
from twin.report.data import ReportData
from twin.report.palette import LIMIT, TEMPERATURE_COLOURS
from twin.report.wording import hours_text, number_text, share_text

__all__ = ["liquid_temperatures"]

_LINES = (
    ("liquid.chip_max_c", "hottest chip"), ("liquid.technology_return_c", "coolant back"),
    ("liquid.technology_supply_c", "coolant"), ("plant.facility_supply_c", "facility water"),
    ("weather.wet_bulb_c", "wet bulb"),
)
#: A longer run is drawn by the day.
_DAILY_S = 62 * DAY_S
#: Coolant this far above its setpoint is too warm, K, as the alarm has it.
_WARM_K = 2.0

Floats = NDArray[np.float64]


def _daily(data: ReportData, name: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Middle of each day, s; mean, lowest and highest of it."""
    each = max(DAY_S // data.clock.step_s, 1)
    begins = np.arange(0, data.clock.steps, each)
    values = data.column(name)
    counts = np.diff(np.append(begins, data.clock.steps))
    means = np.add.reduceat(values, begins, dtype=np.float64) / counts
    times = data.clock.start_s + (begins + counts / 2.0) * data.clock.step_s
    lows, highs = np.minimum.reduceat(values, begins), np.maximum.reduceat(values, begins)
    return times, means, lows.astype(np.float64), highs.astype(np.float64)


def _draw(axes: Axes, data: ReportData, name: str, colour: str) -> float:
    """One line, with the range of each day where it is a mean of days; returns its last value."""
    if data.clock.duration_s <= _DAILY_S:
        values = data.binned(name)
        axes.plot(data.bin_time_s, values, color=colour, linewidth=1.5)
        return float(values[-1])
    times, means, lows, highs = _daily(data, name)
    axes.fill_between(times, lows, highs, color=colour, alpha=0.22, linewidth=0.0)
    axes.plot(times, means, color=colour, linewidth=1.4)
    return float(means[-1])


def _limits(data: ReportData) -> tuple[float, float]:
    """Setpoint of the coolant and chip temperature above which processors slow down, °C."""
    liquid = dict(data.scenario["hall"]["liquid"])
    kind = str(liquid.get("kind", "cold_plate"))
    return float(liquid["technology_water_temp_c"]), float(dict(liquid[kind])["throttle_start_c"])


def _message(data: ReportData, setpoint_c: float, slow_c: float) -> str:
    """What became of the chips, the worst first."""
    chips, coolant = data.column("liquid.chip_max_c"), data.column("liquid.technology_supply_c")
    step_h = data.clock.step_s / 3600.0
    hot_h, warm_h = float(np.sum(chips > slow_c)) * step_h, float(np.sum(coolant > setpoint_c + _WARM_K)) * step_h
    hours = data.clock.duration_s / 3600.0
    top = f"the hottest chip reaches {number_text(float(chips.max()))} °C"
    if hot_h > 0.0:
        return f"Chips slow down above {slow_c:g} °C for {hours_text(hot_h)}: {top}"
    spare = f"{top}, {number_text(slow_c - float(chips.max()))} K below where it would slow down"
    if warm_h > 0.0:
        part = f"{share_text(warm_h / hours)} of {data.clock.of()}"
        return f"Coolant is more than {_WARM_K:g} K above its {setpoint_c:g} °C for {part}; {spare}"
    return f"Coolant holds its {setpoint_c:g} °C; {spare}"


def liquid_temperatures(data: ReportData) -> Picture | None:
    """Chips, coolant and facility water over the run, with their limits; None without liquid cooling."""
    if not data.has("liquid.chip_max_c") or data.clock.steps < 2 or "liquid" not in data.scenario.get("hall", {}):
        return None
    setpoint_c, slow_c = _limits(data)
    figure, axes = new_figure(3.7)
    ends = []
    for name, words in _LINES:
        if data.has(name):
            colour = TEMPERATURE_COLOURS[name]
            ends.append((_draw(axes, data, name, colour), words, colour))
    for limit_c in (setpoint_c, slow_c):
        axes.axhline(limit_c, color=LIMIT, linewidth=0.9, linestyle=(0, (5, 3)))
    low, high = axes.get_ylim()
    axes.set_ylim(low, max(high, slow_c + 4.0))
    ends += [(setpoint_c, "setpoint", LIMIT), (slow_c, "slow down", LIMIT)]
    axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.set_ylabel("temperature [°C]")
    time_axis(axes, data.clock, data.clock.start_s, data.clock.end_s)
    label_ends(axes, ends)
    message = _message(data, setpoint_c, slow_c)
    title(figure, message)
    daily = "Lines: daily means; bands: lowest to highest of each day. " if data.clock.duration_s > _DAILY_S else ""
    return Picture("liquid_temperatures", message,
                   "Lines over the run of the hottest chip, coolant to and from the servers, facility water and "
                   "outdoor wet bulb, beside the coolant's setpoint and the chip temperature at which processors "
                   "slow down.",
                   f"{daily}Dashed: setpoint of the coolant ({setpoint_c:g} °C) and chip temperature above which "
                   f"processors slow down ({slow_c:g} °C).", figure)
