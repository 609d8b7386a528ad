"""Psychrometric chart of the run: outdoor air by cooling mode, supply air, and what servers may breathe."""

from __future__ import annotations

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from twin.channels import MODES
from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.modes import LEAST_SHARE, STACK_ORDER
from twin.report.moist_air import humidity_at_wet_bulb, saturated_humidity, site_pressure_pa
from twin.report.palette import DENSITY_MAP, INK, LIMIT, MODE_COLOURS, MUTED
from twin.report.wording import hours_text, number_text

__all__ = ["psychrometric_chart"]

Floats = NDArray[np.float64]

# Weather is a cloud of points only after some hours and with some range.
_LEAST_HOURS, _LEAST_RANGE_K = 24, 1.0
_G = 1000.0
# ASHRAE TC 9.9 (2021), Thermal guidelines, 5th ed.: recommended dew points, °C, and relative humidity; per class of
# equipment the highest allowable inlet, °C, dew point, °C, and relative humidity; the lowest of all classes.
_RECOMMENDED = (-9.0, 15.0, 0.70)
_CLASSES = (("A1", 32.0, 17.0, 0.80), ("A2", 35.0, 21.0, 0.80), ("A3", 40.0, 24.0, 0.85), ("A4", 45.0, 24.0, 0.90))
_DRIEST_DEW_POINT_C, _DRIEST_RH = -12.0, 0.08
# Temperatures that part modes are quantiles, so that stray hours do not count; beyond them there may be few others.
_EDGE, _MIXED = 0.05, 0.25
_HALO = (patheffects.withStroke(linewidth=3.0, foreground="white"),)


def _equipment_class(data: ReportData) -> tuple[str, float, float]:
    """Class, highest dew point and relative humidity of the equipment that bears the run's allowable inlet."""
    hottest = data.limits["allowable_max_c"]
    name, _, dew_point_c, rh_frac = next((each for each in _CLASSES if hottest <= each[1] + 0.01), _CLASSES[-1])
    return name, dew_point_c, rh_frac


def _envelope(data: ReportData, kind: str, pressure_pa: float) -> tuple[Floats, Floats]:
    """Outline of the recommended or allowable inlet states: dry bulb °C, humidity ratio g/kg."""
    temps = np.linspace(data.limits[f"{kind}_min_c"], data.limits[f"{kind}_max_c"], 60)
    low_c, high_c, rh_frac, driest = *_RECOMMENDED, 0.0
    if kind == "allowable":
        low_c, driest = _DRIEST_DEW_POINT_C, _DRIEST_RH
        _, high_c, rh_frac = _equipment_class(data)
    lower = np.maximum(saturated_humidity(low_c, pressure_pa), saturated_humidity(temps, pressure_pa, driest))
    upper = np.minimum(saturated_humidity(high_c, pressure_pa), saturated_humidity(temps, pressure_pa, rh_frac))
    around = np.concatenate([temps, temps[::-1], temps[:1]])
    return around, _G * np.concatenate([lower, upper[::-1], lower[:1]])


def _lines(axes: Axes, pressure_pa: float) -> None:
    """Curves of constant relative humidity and faint lines of constant wet bulb, named where they end."""
    (left, right), top = axes.get_xlim(), axes.get_ylim()[1]
    temps = np.linspace(left, right, 400)
    for percent in (20, 40, 60, 80, 100):
        humidity = _G * saturated_humidity(temps, pressure_pa, percent / 100.0)
        axes.plot(temps, humidity, color=INK if percent == 100 else MUTED, linewidth=1.3 if percent == 100 else 0.6)
        words = f"{percent} % RH" if percent == 20 else f"{percent} %"
        if humidity[-1] > top:
            place, shift = (float(np.interp(top, humidity, temps)), top), (8 if percent == 100 else 0, 2)
            ha = "right" if percent == 100 else "center"
        else:
            place, shift, ha = (right, float(humidity[-1])), (-3, 2), "right"
        axes.annotate(words, place, xytext=shift, textcoords="offset points", ha=ha, va="bottom", color=MUTED,
                      fontsize=9, path_effects=_HALO)
    named = False
    for wet_bulb in range(-30, 45, 5):
        begin = float(_G * saturated_humidity(wet_bulb, pressure_pa))
        along = np.linspace(wet_bulb, right, 100)
        if wet_bulb < left or wet_bulb > right or begin > top:
            continue
        humidity = _G * humidity_at_wet_bulb(along, wet_bulb, pressure_pa)
        axes.plot(along[humidity >= 0.0], humidity[humidity >= 0.0], color=MUTED, linewidth=0.5, alpha=0.55,
                  linestyle=(0, (4, 3)))
        if 0.22 * top < begin < 0.93 * top:  # below, the names would lie on each other; above, on those of the curves
            axes.annotate(f"{wet_bulb} °C" if named else f"wet bulb {wet_bulb} °C", (wet_bulb, begin), xytext=(-4, 2),
                          textcoords="offset points", ha="right", va="bottom", color=MUTED, fontsize=9)
            named = True


def _shown_modes(data: ReportData) -> list[int]:
    """Modes that held for some time, from the least effort to the most."""
    return [number for number in STACK_ORDER if data.mode_fracs[number] >= LEAST_SHARE]


def _outdoors(axes: Axes, data: ReportData, dry_bulb: Floats, humidity: Floats, modes: list[int]) -> None:
    """One point an hour in the colour of its mode; without modes how many hours lie where."""
    if len(modes) < 2:
        drawn = axes.hexbin(dry_bulb, humidity, gridsize=(44, 26), mincnt=1, cmap=DENSITY_MAP, linewidths=0.2,
                            vmin=-0.15 * len(dry_bulb) / 200)
        bar = axes.figure.colorbar(drawn, ax=axes, location="bottom", shrink=0.5, aspect=30, pad=0.02)
        bar.set_label("hours in a cell")
        bar.ax.set_xlim(0.0, drawn.get_clim()[1])
        bar.outline.set_visible(False)
        return
    mode = _hourly_mode(data)
    colours = np.array([MODE_COLOURS[words] for words in MODES])
    order = np.random.default_rng(0).permutation(len(mode))  # so that no mode lies on top because of its number
    size = float(np.clip(30000.0 / len(mode), 4.0, 14.0))
    axes.scatter(dry_bulb[order], humidity[order], s=size, c=colours[mode[order]], alpha=0.5, linewidths=0.0,
                 rasterized=True)
    run_h = data.clock.duration_s / 3600.0
    handles = [axes.scatter([], [], s=36.0, color=MODE_COLOURS[MODES[number]],
                            label=f"{MODES[number]}: {hours_text(float(data.mode_fracs[number]) * run_h)}")
               for number in modes]
    axes.legend(handles=handles, loc="upper left", handletextpad=0.1, borderaxespad=0.2, fontsize=10)


def _hourly_mode(data: ReportData) -> NDArray[np.int64]:
    """Mode that held longest in each hour."""
    mode = np.rint(data.column("plant.mode")).astype(np.int64)
    begins = np.arange(0, len(mode), max(1, 3600 // data.clock.step_s))
    counts = np.stack([np.add.reduceat(mode == number, begins, dtype=np.int64) for number in range(len(MODES))])
    found: NDArray[np.int64] = counts.argmax(axis=0)
    return found


def _edge(states: dict[str, Floats], held: NDArray[np.bool_], *, upper: bool) -> tuple[str, float, float]:
    """Which temperature bounds a mode, where, and the share of other hours on its side of that.

    Of dry bulb and wet bulb the one that keeps more of the other hours out; a stray twentieth of the mode's own hours
    does not count.
    """
    found = []
    for name, values in states.items():
        edge = float(np.quantile(values[held], 1.0 - _EDGE if upper else _EDGE))
        beyond = values[~held] <= edge if upper else values[~held] >= edge
        found.append((float(np.mean(beyond)), name, edge))
    mixed, name, edge = min(found)
    return name, edge, mixed


def _message(dry_bulb: Floats, wet_bulb: Floats, mode: NDArray[np.int64], modes: list[int]) -> str:
    """Outdoor temperatures that part the modes; the range of the weather if nothing parts them."""
    seen = [(float(np.median(wet_bulb[mode == number])), number) for number in modes
            if number and np.mean(mode == number) > 2.0 * LEAST_SHARE]
    if len(seen) > 1:
        first, last = min(seen)[1], max(seen)[1]
        states = {"wet bulb": wet_bulb, "dry bulb": dry_bulb}
        low, up_to, _ = _edge(states, mode == first, upper=True)
        high, start, mixed = _edge(states, mode == last, upper=False)
        ends, starts = number_text(up_to), number_text(start)
        if mixed < _MIXED and low == high and start <= up_to:
            return f"Around {starts} °C {low} {MODES[first]} gives way to {MODES[last]}"
        if mixed < _MIXED:
            begun, of = MODES[first][0].upper() + MODES[first][1:], "" if low == high else f" {low}"
            return f"{begun} up to about {ends} °C{of}, {MODES[last]} from about {starts} °C {high}"
    return (f"Outdoor air between {number_text(float(dry_bulb.min()))} and {number_text(float(dry_bulb.max()))} °C, "
            f"never above {number_text(float(wet_bulb.max()), 1)} °C wet bulb")


def _supply(axes: Axes, data: ReportData) -> bool:
    """Hourly states of the supply air, named; False if they were not recorded."""
    if not (data.has("hall.supply_humidity_ratio") and data.column("hall.supply_humidity_ratio").any()):
        return False
    temps, humidity = data.hourly("hall.supply_c"), _G * data.hourly("hall.supply_humidity_ratio")
    axes.scatter(temps, humidity, s=5.0, color=INK, alpha=0.25, linewidths=0.0)
    middle = float(np.median(temps)), float(np.median(humidity))
    axes.scatter(*middle, s=44.0, marker="D", color=INK, edgecolors="white", linewidths=1.2, zorder=4)
    driest = float(temps[humidity.argmin()]), float(humidity.min())
    axes.annotate("supply air", driest, xytext=(0, -5), textcoords="offset points",
                  ha="center", va="top", color=INK, fontsize=9.5, fontweight="bold", path_effects=_HALO, zorder=5)
    return True


def _supply_is_high(data: ReportData, outline: Floats) -> bool:
    """Whether the words under the supply air's points leave the lower edge of an outline free for its name."""
    lowest = _G * float(data.hourly("hall.supply_humidity_ratio").min())
    return lowest <= 0.0 or lowest > float(outline.min()) + 0.4 * float(np.ptp(outline))


def psychrometric_chart(data: ReportData) -> Picture | None:
    """Outdoor air of every hour on the psychrometric chart; None for less than a day, steady weather or no humidity."""
    humidity = _G * data.hourly("weather.humidity_ratio")
    if len(humidity) < _LEAST_HOURS or data.clock.duration_s < _LEAST_HOURS * 3600 or not humidity.any():
        return None
    dry_bulb, wet_bulb = data.hourly("weather.dry_bulb_c"), data.hourly("weather.wet_bulb_c")
    if np.ptp(dry_bulb) < _LEAST_RANGE_K:
        return None
    pressure_pa = site_pressure_pa(float(dict(data.manifest.get("weather", {})).get("altitude_m", 0.0)))
    modes = _shown_modes(data)
    figure, axes = new_figure(4.7)
    axes.grid(visible=False)
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.spines["left"].set_visible(False)
    axes.spines["right"].set_visible(True)
    outlines = {kind: _envelope(data, kind, pressure_pa) for kind in ("recommended", "allowable")}
    allowed = outlines["allowable"]
    axes.set_xlim(min(dry_bulb.min(), allowed[0].min()) - 1.5, max(dry_bulb.max(), allowed[0].max()) + 1.5)
    axes.set_ylim(0.0, 1.06 * max(float(humidity.max()), float(allowed[1].max())))
    _lines(axes, pressure_pa)
    _outdoors(axes, data, dry_bulb, humidity, modes)
    for kind, (temps, outline) in outlines.items():
        axes.plot(temps, outline, color=LIMIT, linewidth=1.6 if kind == "recommended" else 1.2,
                  linestyle="-" if kind == "recommended" else (0, (4, 2)))
        inside = kind == "recommended"
        low = inside and _supply_is_high(data, outline)
        narrow = inside and float(np.ptp(temps)) < 0.19 * (axes.get_xlim()[1] - axes.get_xlim()[0])
        words = "recom-\nmended" if narrow else kind
        axes.annotate(words, (float(temps.max()), float(outline.min() if low else outline.max())),
                      xytext=(-3, -3 if inside and not low else 3), textcoords="offset points", ha="right",
                      va="top" if inside and not low else "bottom", color=LIMIT, fontsize=9.5,
                      path_effects=_HALO, zorder=5)
    supplied = _supply(axes, data)
    axes.set_xlabel("dry bulb [°C]")
    axes.set_ylabel("humidity ratio [g/kg]")
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    message = _message(dry_bulb, wet_bulb, _hourly_mode(data), modes)
    title(figure, message)
    name = _equipment_class(data)[0]
    note = ("One point an hour, in the colour of the mode that held longest. " if len(modes) > 1 else
            "Darker: more hours. ")
    note += ("Diamond: supply air, median; dots: its hours. " if supplied else "")
    return Picture("psychrometric", message,
                   "Psychrometric chart: outdoor dry bulb against humidity ratio for every hour, with curves of "
                   "relative humidity and wet bulb, the supply air, and the recommended and allowable server inlets.",
                   f"{note}Outlines: server inlets after ASHRAE TC 9.9, recommended and allowable (humidity of class "
                   f"{name}); outdoor air need not lie in them. Air pressure {pressure_pa / 1000:.1f} kPa.", figure)
