"""All figures of a report, drawn one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl

from twin.report import (
    canvas,
    days,
    energy,
    heat,
    heat_paths,
    inlets,
    liquid,
    modes,
    plan,
    psychrometric,
    pue,
    roof,
    timeline,
    water,
)
from twin.report.canvas import Picture
from twin.report.data import ReportData

if TYPE_CHECKING:
    from twin.record.result import Result

__all__ = ["draw"]

_FIGURES = (
    energy.energy_breakdown, pue.pue_over_time, pue.pue_duration, pue.pue_wet_bulb, timeline.timeline,
    modes.cooling_modes, psychrometric.psychrometric_chart, water.water_by_period, heat_paths.heat_path_diagram,
    heat.heat_balance, liquid.liquid_temperatures, roof.roof_and_sky, inlets.inlet_compliance, plan.rack_plan,
)


def draw(result: Result) -> tuple[ReportData, dict[str, tuple[Picture, bytes]]]:
    """Every figure that suits the run, with its PNG.

    Parameters
    ----------
    result : Result
        A finished run.

    Returns
    -------
    ReportData
        What was read of the result.
    dict
        Picture and PNG by name; a figure that would be empty or say nothing is absent.
    """
    data = ReportData(result)
    found: dict[str, tuple[Picture, bytes]] = {}
    with mpl.rc_context(canvas.STYLE):
        drawn = [picture for figure in _FIGURES if (picture := figure(data)) is not None]
        for picture in [*drawn, *days.days_in_detail(data)]:
            found[picture.name] = (picture, canvas.png_bytes(picture.figure))
    return data, found
