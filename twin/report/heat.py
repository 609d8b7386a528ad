"""Where the heat goes: what takes it from the hall, and what gives it away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from twin.report.canvas import Picture, new_figure, title
from twin.report.data import ReportData
from twin.report.palette import SINK_COLOURS, TAKER_COLOURS, legible, text_on
from twin.report.wording import energy_text, share_text

__all__ = ["heat_balance"]

_SINKS = {"tower": "towers", "dry": "dry coolers", "thermosyphon": "thermosyphon", "panel": "sky panels",
          "reuse": "used again"}
#: A part of a bar narrower than this has its words in the list only.
_LEAST_WIDTH_FRAC = 0.11


def _taken_kwh(data: ReportData) -> dict[str, float]:
    """Heat of the run by what takes it from the hall, kWh."""
    hours = data.clock.duration_s / 3600.0
    names = {"coolant": "liquid.heat_kw", "rear doors": "crah.door_kw", "air handlers": "crah.coil_kw"}
    found = {words: float(np.mean(data.column(name), dtype=np.float64)) * hours for words, name in names.items()}
    return {words: kwh for words, kwh in found.items() if kwh > 0.0}


def _bar(axes: Axes, place: float, parts: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Shares of one bar, each with its words where they fit."""
    left, total = 0.0, sum(parts.values())
    for words, value in parts.items():
        width = value / total
        axes.barh(place, width, left=left, color=colours[words], edgecolor="white", linewidth=0.8, height=0.62)
        if width >= _LEAST_WIDTH_FRAC:
            axes.text(left + width / 2, place, f"{words}\n{share_text(width)}", ha="center", va="center",
                      color=text_on(colours[words]), fontsize=9.5, linespacing=1.15)
        else:
            edge = left + width > 1.0 - _LEAST_WIDTH_FRAC
            axes.text(1.0 if edge else left + width / 2, place + 0.36, f"{words} {share_text(width)}", va="top",
                      ha="right" if edge else "center", color=legible(colours[words]), fontsize=9)
        left += width


def _most(sinks: Mapping[str, float]) -> str:
    """``towers (96 %) and sky panels (3.7 %)``."""
    said = [f"{words} ({share_text(share)})" for words, share in sorted(sinks.items(), key=lambda item: -item[1])]
    return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]


def heat_balance(data: ReportData) -> Picture | None:
    """Two bars: what takes the heat from the hall, and what takes it from the plant; None where either has one part."""
    taken = _taken_kwh(data)
    sinks = {words: data.metrics[f"heat_{name}_frac"] for name, words in _SINKS.items()
             if data.metrics.get(f"heat_{name}_frac", 0.0) > 0.0}
    if not taken or (len(taken) < 2 and len(sinks) < 2):
        return None
    bars = [("from the hall", taken, TAKER_COLOURS)]
    if len(sinks) > 1:
        bars.append(("from the plant", sinks, SINK_COLOURS))
    figure, axes = new_figure(0.95 + 0.8 * len(bars))
    for row, bar in enumerate(bars):
        _bar(axes, float(row), bar[1], bar[2])
    axes.set_yticks(range(len(bars)), [words for words, _, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.4)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    total = sum(taken.values())
    said = [f"{share_text(kwh / total)} into {words}" for words, kwh in taken.items()]
    given = [f"{share_text(share)} {words}" for words, share in sinks.items()]
    words, kwh = next(iter(taken.items()))
    if len(said) == 1:
        message = f"The hall's {energy_text(total)} of heat leaves by {_most(sinks)}"
    else:
        message = f"Of the hall's {energy_text(total)} of heat {share_text(kwh / total)} goes into {words}"
    if "free_heat_frac" in data.metrics:
        free = min(data.metrics["free_heat_frac"], 1.0)
        message += f"; {'all' if free == 1.0 else share_text(free)} of it needs no compressors"
    title(figure, message)
    alt = "Bars of heat by what takes it: " + ", ".join([*said, *given]) + "."
    return Picture("heat_balance", message, alt,
                   "Above: heat of the hall by what takes it. Below, where there are several: heat that leaves the "
                   "plant, that of compressors and pumps included; dry coolers count with air-cooled condensers.",
                   figure)
