"""Three recorded chillers, point by point (``chillers.toml``, ``chillers.csv``)."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from twin_kernels.chiller import REFORMULATED, curve_capacity_w, curve_power_w
from twin_kernels.constants import KELVIN
from twin_kernels.layout import CHILLER_PARAMS

from twin.validation.recorded.tables import about, table
from twin.validation.rows import Reference, Row, judge

__all__ = ["rows"]

_SUITE = "components"
_MACHINES = ("mcquay-wsc-471-eir", "mcquay-wsc-471-reformulated", "york-ycal-101")


def rows() -> list[Row]:
    """COP of every machine at every recorded point.

    Returns
    -------
    list of Row
    """
    return [row for name in _MACHINES for row in _machine(name)]


def _machine(name: str) -> list[Row]:
    data = about("chillers")
    machine = data[name]
    chiller = _params(machine)
    apart = machine.get("start_up_s", [])
    guard = float(machine.get("start_up_guard", 0.0))
    usual, started = [], []
    for point in table("chillers"):
        if point["machine"] != name:
            continue
        if float(point["time_s"]) in apart:
            started.append(_difference(chiller, point, guard))
        else:
            usual.append(_difference(chiller, point, 0.0))
    many = f"{len(usual)} points, left out by name: {len(started)}" if started else f"{len(usual)} points"

    def reference(what: str, quantity: str, tolerance: float, basis: str) -> Reference:
        return Reference(f"chiller.{name}.{what}", _SUITE, machine["source"], quantity, 0.0, tolerance, basis)

    found = [judge(reference(what, f"COP, {what} relative difference ({many})", data[f"{what}_frac"],
                             data[f"{what}_basis"]), of(usual)) for what, of in _STATISTICS.items()]
    if started:
        found.append(judge(reference("start_up", "COP, the points left out, with the guard of their denominator",
                                     machine["start_up_frac"], machine["start_up_basis"]), max(started)))
    return found


_STATISTICS: dict[str, Callable[[list[float]], float]] = {"median": median, "largest": max}


def _difference(chiller: Any, point: dict[str, str], guard: float) -> float:
    leaving_c = float(point["leaving_k"]) - KELVIN
    condenser_c = float(point["condenser_k"]) - KELVIN
    plr, theirs = float(point["plr"]), float(point["cop"])
    capacity_w, _ = curve_capacity_w(chiller, leaving_c, condenser_c)
    power_w, _, _ = curve_power_w(chiller, plr * capacity_w, leaving_c, condenser_c)
    ours = 1.0 / (power_w / (min(plr, 1.0) * capacity_w) + guard)
    return float(abs(ours / theirs - 1.0))


def _params(machine: dict[str, Any]) -> Any:
    p = np.zeros(1, CHILLER_PARAMS)
    p["rated_w"], p["cop"] = machine["rated_kw"] * 1e3, machine["cop"]
    p["capft"], p["eirft"] = machine["capft"], machine["eirft"]
    if len(machine["eirfplr"]) == p["eirfplr_bicubic"].shape[1]:
        p["model"], p["eirfplr_bicubic"] = REFORMULATED, machine["eirfplr"]
    else:
        p["eirfplr"] = machine["eirfplr"]
    # the recorded runs know no box and no Carnot: the curves are read wherever they went
    for low, high in (("leaving_min_c", "leaving_max_c"), ("condenser_min_c", "condenser_max_c")):
        p[low], p[high] = -50.0, 80.0
    p["plr_min"], p["plr_unload"], p["plr_max"] = machine["plr_min"], machine["plr_min"], machine["plr_max"]
    p["available"] = 1
    return p[0]
