"""Roof, sun and sky on the hottest day: how hot the roof gets, what comes through the envelope, what panels take."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from twin.report.canvas import Picture, label_ends, new_figure, time_axis, title
from twin.report.data import Period, ReportData
from twin.report.days import hottest, thinned, thinned_times_s
from twin.report.palette import ENVELOPE, LIMIT, SINK_COLOURS, SUN, TEMPERATURE_COLOURS
from twin.report.wording import energy_text, number_text

__all__ = ["roof_and_sky"]

_ROOF, _AIR, _SKY, _WATER = "envelope.roof_outer_c", "weather.dry_bulb_c", "weather.sky_c", "plant.chilled_return_c"
_CHARGE, _DRAW, _TANK = "plant.sky_charge_kw", "plant.sky_tank_kw", "plant.sky_tank_c"
_GAIN, _PANELS, _SUN = "envelope.gain_kw", "plant.sky_panels_kw", "weather.ghi_w_m2"
#: Heat through an ordinary envelope that is worth a picture, share of IT power and kW. Source: assumed.
_MATTERS_FRAC, _LEAST_KW = 0.02, 0.1
_QUARTER_S = 900

Floats = NDArray[np.float64]


def _is_made_up(surface: dict[str, Any]) -> bool:
    return surface.get("coating") not in (None, "bare")


def _treated(data: ReportData) -> list[str]:
    """What stands between hall and sky beside ordinary surfaces: coating, shell, panels."""
    envelope = dict(data.scenario.get("envelope", {}))
    found = []
    if any(_is_made_up(dict(envelope.get(name, {}))) for name in ("roof", "wall")):
        found.append("coating")
    if envelope.get("shell"):
        found.append("shell")
    if data.has(_PANELS):
        found.append("panels")
    return found


def _envelope_matters(data: ReportData, period: Period) -> bool:
    """Whether an ordinary envelope lets enough heat through."""
    gain_kw = np.abs(data.column(_GAIN)[period.first:period.last]).mean(dtype=np.float64)
    it_kw = data.column("it.power_kw")[period.first:period.last].mean(dtype=np.float64)
    return bool(gain_kw > max(_MATTERS_FRAC * it_kw, _LEAST_KW))


def _roof_words(data: ReportData) -> str:
    """The outer surface of the roof with its coating; under a shell it is not what the sun meets."""
    envelope = dict(data.scenario.get("envelope", {}))
    if envelope.get("shell"):
        return "roof in its shell"
    roof = dict(envelope.get("roof", {}))
    return f"roof with {roof['coating']}" if _is_made_up(roof) else "roof"


def _temperatures(axes: Axes, data: ReportData, period: Period, lines: list[tuple[str, str]]) -> None:
    times, ends = thinned_times_s(data, period), []
    for name, words in lines:
        values, colour = thinned(data, name, period), TEMPERATURE_COLOURS[name]
        axes.plot(times, values, color=colour, linewidth=1.8 if name == _ROOF else 1.4,
                  linestyle="--" if name == _SKY else "-")
        ends.append((float(values[-1]), words, colour))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.set_ylabel("temperature [°C]")
    label_ends(axes, ends, gap_frac=0.11)


def _sun(axes: Axes, data: ReportData, period: Period) -> None:
    values = thinned(data, _SUN, period)
    axes.fill_between(thinned_times_s(data, period), 0.0, values, color=SUN, linewidth=0.0)
    axes.set_ylim(0.0, max(float(values.max()) * 1.08, 100.0))
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.set_ylabel("sun, level\n[W/m²]")


def _heat(axes: Axes, data: ReportData, period: Period, lines: list[tuple[str, str, str]]) -> None:
    times, ends = thinned_times_s(data, period), []
    drawn = [thinned(data, name, period) for name, _, _ in lines]
    for values, (_, words, colour) in zip(drawn, lines, strict=True):
        axes.fill_between(times, 0.0, values, color=colour, alpha=0.25, linewidth=0.0)
        axes.plot(times, values, color=colour, linewidth=1.6)
        ends.append((float(values[-1]), words, colour))
    low, high = axes.get_ylim()
    axes.set_ylim(low if min(values.min() for values in drawn) < 0.0 else 0.0, max(high, 0.0))
    axes.axhline(0.0, color=LIMIT, linewidth=0.9)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.set_ylabel("heat [kW]")
    label_ends(axes, ends, gap_frac=0.16)


def _power_text(kw: float) -> str:
    return number_text(kw, 0 if abs(kw) >= 9.95 else 1)


def _quarters(data: ReportData, name: str, period: Period) -> Floats:
    """Quarter-hour means of a channel: a valve that jumps makes no peak worth a title."""
    values = data.column(name)[period.first:period.last]
    begins = np.arange(0, len(values), max(_QUARTER_S // data.clock.step_s, 1))
    means: Floats = np.add.reduceat(values, begins, dtype=np.float64) / np.diff(np.append(begins, len(values)))
    return means


def _message(data: ReportData, words: str, period: Period, *, roof: bool, panels: bool) -> str:
    """How hot roof and air get, what comes in, what panels take."""
    air_c, said = float(_quarters(data, _AIR, period).max()), []
    if roof:
        top_c = float(_quarters(data, _ROOF, period).max())
        said.append(f"the {_roof_words(data)} reaches {number_text(top_c)} °C in air of {number_text(air_c)} °C")
        gain = _quarters(data, _GAIN, period)
        peak_kw = float(gain[np.argmax(np.abs(gain))])
        if abs(peak_kw) < 0.05:
            said.append("next to no heat comes through roof and walls")
        elif gain.min() >= -0.05 or gain.max() <= 0.05:
            verb = "let in" if peak_kw > 0.0 else "let out"
            said.append(f"roof and walls {verb} up to {_power_text(abs(peak_kw))} kW")
        else:
            said.append(f"roof and walls let in up to {_power_text(float(gain.max()))} kW and out up to "
                        f"{_power_text(float(-gain.min()))} kW")
    if panels:
        taken = _quarters(data, _PANELS, period)
        kwh = float(data.column(_PANELS)[period.first:period.last].sum(dtype=np.float64)) * data.clock.step_s / 3600.0
        said.append(f"sky panels take {energy_text(kwh)} from the water, up to {_power_text(float(taken.max()))} kW"
                    if taken.any() else "sky panels take nothing")
    return f"{words}: {'; '.join(said)}"


def roof_and_sky(data: ReportData) -> Picture | None:
    """Temperatures, sun and heat of roof and panels; None where an ordinary envelope is tight."""
    found = hottest(data)
    if found is None or not data.has(_ROOF):
        return None
    words, period = found
    treated = _treated(data)
    roof = bool({"coating", "shell"} & set(treated)) or _envelope_matters(data, period)
    panels = "panels" in treated
    if not roof and not panels:
        return None
    lines = [(_ROOF, "roof in its shell" if "shell" in treated else "roof")] if roof else []
    lines += [(_WATER, "water to panels")] if panels and data.has(_WATER) else []
    lines += [(_TANK, "night tank")] if data.has(_TANK) else []
    lines += [(_AIR, "outdoor air"), (_SKY, "sky")] if data.has(_SKY) else [(_AIR, "outdoor air")]
    heat = [(_GAIN, "into the hall", ENVELOPE)] if roof else []
    heat += [(_PANELS, "off the water", SINK_COLOURS["sky panels"])] if panels else []
    if data.has(_TANK):
        heat += [(_CHARGE, "off the tank", SINK_COLOURS["thermosyphon"]),
                 (_DRAW, "water into tank", SINK_COLOURS["night tank"])]
    figure, (upper, middle, lower) = new_figure(6.0, 3, 1, sharex=True, height_ratios=[1.0, 0.42, 0.8])
    _temperatures(upper, data, period, lines)
    _sun(middle, data, period)
    _heat(lower, data, period, heat)
    start_s, step_s = data.clock.start_s, data.clock.step_s
    time_axis(lower, data.clock, start_s + period.first * step_s, start_s + period.last * step_s)
    message = _message(data, words, period, roof=roof, panels=panels)
    title(figure, message)
    note = _note(treated, roof=roof, panels=panels, tank=data.has(_TANK))
    return Picture("roof_and_sky", message, "Temperatures of roof, outdoor air and sky, the sun, and heat through the "
                   "envelope and off the panels, over the hours.", note, figure)


def _note(treated: list[str], *, roof: bool, panels: bool, tank: bool) -> str:
    """How to read it."""
    said = []
    if roof:
        said.append("Heat into the hall: through roof, walls and floor into its air; below zero it leaves.")
    if "shell" in treated:
        said.append("Roof: the surface under the shell; the shell's own temperature is not recorded.")
    if panels:
        said.append("Off the water: heat that sky panels take from the water that comes back from the coils.")
    if tank:
        said.append("Off the tank: what they take from their night tank. Water into tank: heat of that water that the "
                    "tank takes.")
    said.append("Sky: temperature of a black sky that radiates as much. Sun: on level ground. Title: "
                "quarter-hour means. Standard time of the site.")
    return " ".join(said)
