"""Figures of a coating study: the ranking of a site, the sky's cooling by hour and month, the hottest day, climates."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator

from twin.metrics.months import MONTH_NAMES
from twin.report import canvas
from twin.report.canvas import Picture, label_ends, new_figure, title
from twin.report.coating_view import SiteView
from twin.report.palette import CONTEXT, INK, LIMIT, MAIN, MUTED
from twin.report.wording import energy_text, number_text

__all__ = ["draw_climates", "draw_site"]

_SETPOINT, _AIR = "#E69F00", "#D55E00"
_LONGEST = 30
#: Characters that have room under a map.
_ROOM = 44


def draw_site(site: SiteView, number: int) -> list[tuple[Picture, bytes]]:
    """All figures of a site that say something, with their PNG."""
    with mpl.rc_context(canvas.STYLE):
        pictures = [_ranking(site, number), _power(site, number), _hottest(site, number)]
        return [(picture, canvas.png_bytes(picture.figure)) for picture in pictures if picture is not None]


def draw_climates(sites: Sequence[SiteView]) -> list[tuple[Picture, bytes]]:
    """Climates × coatings: change of PUE of every coating at every site; nothing for a single one."""
    if len(sites) < 2:
        return []
    with mpl.rc_context(canvas.STYLE):
        picture = _climates(sites)
        return [] if picture is None else [(picture, canvas.png_bytes(picture.figure))]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST - 1] + "…"


def _ranking(site: SiteView, number: int) -> Picture | None:
    """Energy saved by every side, with intervals, draws and the model's error."""
    if not site.sides:
        return None
    figure, axes = new_figure(1.4 + 0.36 * len(site.sides))
    axes.axvspan(-site.error_kwh, site.error_kwh, color=CONTEXT, alpha=0.5, lw=0)
    axes.axvline(0.0, color=LIMIT, lw=1)
    for row, side in enumerate(site.sides):
        colour = _SETPOINT if side.kind == "setpoint" else MAIN
        value, low, high = (-v for v in side.kwh)
        if side.band_kwh:
            axes.plot([-v for v in (max(side.band_kwh), min(side.band_kwh))], [row + 0.26] * 2, color=MUTED, lw=2.6,
                      solid_capstyle="butt")
        axes.plot([low, high], [row, row], color=colour, lw=2.2, solid_capstyle="butt")
        axes.plot([value], [row], "o", color=colour, ms=6.5, mfc=colour if side.claimed else "white")
    axes.set_yticks(range(len(site.sides)), [_short(side.label) for side in site.sides])
    axes.set_ylim(len(site.sides) - 0.4, -0.6)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(f"saved against {_short(site.baseline)}, a run [kWh]")
    best = site.sides[0]
    message = f"{site.name}: {best.label} saves most, {energy_text(-best.kwh[0])} a run"
    if not any(side.claimed for side in site.sides):
        message = f"{site.name}: of no side can an effect be claimed"
    elif not best.claimed or best.kwh[0] >= 0.0:
        message = f"{site.name}: what saves most saves too little to be claimed"
    title(figure, message)
    note = ("Dot and bar: energy saved and its 95 % interval; hollow: no effect can be claimed. Orange: the "
            "setpoint beside. Grey band: "
            "the model's own error of PUE, times IT energy; what is claimed goes by PUE itself.")
    if any(side.band_kwh for side in site.sides):
        note += " Grey bar below: range over the draws of uncertain parameters."
    return Picture(f"coating_ranking_{number}", message, "Energy saved with intervals, one row a side.", note, figure)


def _power(site: SiteView, number: int) -> Picture:
    """Net power at air temperature by hour and month, coating and baseline under one scale."""
    names = list(site.power)
    figure, panels = new_figure(0.75 + 2.1 * len(names), len(names), sharex=True, squeeze=False)
    top = float(max(np.max(values) for values in site.power.values()))
    deep = float(min(np.min(values) for values in site.power.values()))
    reach = max(top, 1.0)
    colours = mpl.colors.TwoSlopeNorm(0.0, min(deep, -1.0), reach)
    for axes, name in zip(panels[:, 0], reversed(names), strict=True):
        mesh = axes.pcolormesh(np.arange(13), np.arange(25), site.power[name], cmap="RdBu", norm=colours)
        axes.set_yticks([0, 6, 12, 18, 24])
        axes.set_ylabel("hour of the day [h]")
        axes.grid(visible=False)
        axes.set_title(_short(name), loc="left", fontsize=10.5)
    panels[-1, 0].set_xticks(np.arange(12) + 0.5, MONTH_NAMES)
    bar = figure.colorbar(mesh, ax=panels[:, 0].tolist(), pad=0.02)
    bar.set_label("net power at air temperature [W/m²]")
    below, above = MaxNLocator(5).tick_values(deep, 0.0), MaxNLocator(3).tick_values(0.0, reach)
    bar.set_ticks(sorted({float(tick) for tick in (*below, *above) if deep <= tick <= reach}))
    bar.outline.set_visible(False)
    bound = float(site.bound.mean())
    message = f"{site.name}: {_mean_words(names[-1], site)} in the mean"
    if len(names) > 1:
        message += f", {_mean_words(names[0], site)}"
    title(figure, message)
    note = (f"Flat, at air temperature, so without convection; mean of each hour in each month of the site's "
            "weather. Blue cools, red heats, each on its own scale. "
            f"No coating could lose more than {number_text(bound)} W/m² in the mean here, and only without sun.")
    return Picture(f"coating_power_{number}", message, "Maps of net cooling power by hour and month.", note, figure)


def _mean_words(name: str, site: SiteView) -> str:
    """``bare gains 66 W/m²``: net power at air temperature, by its sign."""
    mean_w_m2 = float(site.power[name].mean())
    return f"{name} {'loses' if mean_w_m2 >= 0.0 else 'gains'} {number_text(abs(mean_w_m2))} W/m²"


def _hottest(site: SiteView, number: int) -> Picture | None:
    """Roof and air on the hottest day."""
    day = site.design_day
    if day is None:
        return None
    figure, axes = new_figure(3.0)
    ends = []
    colours = dict(zip(day.lines, (_AIR, MUTED, MAIN), strict=False))
    for name, values in day.lines.items():
        axes.plot(day.hour_h, values, color=colours[name], lw=1.8, ls="--" if colours[name] == _AIR else "-")
        ends.append((float(values[-1]), _short(name), colours[name]))
    axes.set_xlim(0, 24)
    axes.set_xticks([0, 6, 12, 18, 24])
    axes.set_xlabel("hour of the day [h]")
    axes.set_ylabel("temperature [°C]")
    label_ends(axes, ends, 0.09)
    peaks = {name: float(values.max()) for name, values in day.lines.items()}
    coated = [name for name in day.lines if name not in {"outdoor air", site.baseline}]
    message = f"{site.name}: on the hottest day the roof reaches {peaks[site.baseline]:.0f} °C ({site.baseline})"
    if coated:
        message += f", with {coated[0]} {peaks[coated[0]]:.0f} °C, in air of {peaks['outdoor air']:.0f} °C"
    title(figure, message)
    note = f"Outer surface of the roof, day {day.day % 365 + 1} of the year, first seed; quarter-hour means."
    return Picture(f"coating_day_{number}", message, "Temperatures of roof and air over a day.", note, figure)


def _climates(sites: Sequence[SiteView]) -> Picture | None:
    """Change of PUE, sites by coatings; what is below the model's error is grey."""
    coats = [side for site in sites for side in site.sides if side.kind == "coating"]
    labels = list(dict.fromkeys(side.label for side in coats))
    labels.sort(key=lambda label: float(np.mean([side.pue for side in coats if side.label == label])))
    if not labels:
        return None
    values = np.full((len(labels), len(sites)), np.nan)
    claimed = np.zeros(values.shape, bool)
    for j, site in enumerate(sites):
        for side in site.sides:
            if side.kind == "coating":
                i = labels.index(side.label)
                values[i, j], claimed[i, j] = 1e3 * side.pue, side.claimed
    figure, axes = new_figure(1.6 + 0.36 * len(labels))
    reach = float(np.nanmax(np.abs(values)))
    shown = np.ma.masked_where(~claimed, values)
    axes.set_facecolor("#eef0f2")
    mesh = axes.imshow(shown, cmap="RdBu_r", vmin=-max(reach, 1e-9), vmax=max(reach, 1e-9), aspect="auto")
    for i, j in np.ndindex(*values.shape):
        if np.isfinite(values[i, j]):
            dark = claimed[i, j] and abs(values[i, j]) > 0.45 * reach
            axes.text(j, i, number_text(float(values[i, j]), 2), ha="center", va="center", fontsize=9.5,
                      color="white" if dark else INK)
    axes.set_xticks(range(len(sites)), [fill(site.name, max(8, _ROOM // len(sites))) for site in sites])
    axes.set_yticks(range(len(labels)), [_short(label) for label in labels])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02)
    bar.set_label("change of PUE, thousandths")
    bar.outline.set_visible(False)
    row, column = divmod(int(np.nanargmin(values)), len(sites))
    most = number_text(float(values[row, column]) / 1e3, 4)
    message = f"{labels[row]} does most at {sites[column].name}: {most} of PUE"
    if not claimed.any():
        message = "At no site can an effect of a coating be claimed"
    title(figure, message)
    note = "Change of PUE against each site's own baseline, in thousandths. Grey: no effect can be claimed."
    return Picture("coating_climates", message, "Map of the change of PUE, coatings by sites.", note, figure)
