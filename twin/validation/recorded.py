"""Suite ``modelica``: our kernels of single machines beside recorded runs of Modelica Buildings."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from twin_kernels.chiller import chiller_capacity_w, chiller_power_w
from twin_kernels.layout import CHILLER_PARAMS
from twin_kernels.york import york_polynomial_k

from twin.validation.rows import Reference, Row, judge

__all__ = ["SUITE", "rows"]

SUITE = "modelica"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("recorded.toml").read_text(encoding="utf-8"))


def rows() -> list[Row]:
    """Every row of the suite.

    Returns
    -------
    list of Row
    """
    return [*_tower(), *_chiller()]


def _tower() -> list[Row]:
    york = _data()["york"]
    found = []
    for number, point in enumerate(york["point"], start=1):
        reference = Reference(f"york.{number}", SUITE, york["source"], point["quantity"], point["approach_k"],
                              york["tolerance_k"], york["basis"])
        ours = york_polynomial_k(york["range_k"], york["wet_bulb_c"], point["water_ratio"] / point["air_ratio"])
        found.append(judge(reference, float(ours)))
    return found


def _chiller() -> list[Row]:
    data = _data()["chiller"]
    machine = np.zeros(1, CHILLER_PARAMS)
    machine["rated_w"] = data["rated_kw"] * 1e3
    for field in ("cop", "capft", "eirft", "eirfplr"):
        machine[field] = data[field]
    # the recorded run knows no box: the curves are read wherever it went
    machine["leaving_min_c"], machine["leaving_max_c"] = -50.0, 80.0
    machine["condenser_min_c"], machine["condenser_max_c"] = -50.0, 80.0
    machine["plr_min"], machine["plr_unload"], machine["plr_max"] = 0.01, 0.01, 1.2
    machine["evaporator_lift_k"], machine["condenser_lift_k"], machine["carnot_max_frac"] = 2.0, 7.0, 1.0
    machine["available"] = 1
    found = []
    for number, point in enumerate(data["point"], start=1):
        reference = Reference(f"chiller.{number}", SUITE, data["source"], point["quantity"], point["cop"],
                              data["tolerance_frac"] * point["cop"], data["basis"])
        capacity_w, _ = chiller_capacity_w(machine[0], point["leaving_c"], point["entering_c"])
        load_w = point["plr"] * capacity_w
        power_w, _, _ = chiller_power_w(machine[0], load_w, point["leaving_c"], point["entering_c"])
        found.append(judge(reference, load_w / power_w))
    return found
