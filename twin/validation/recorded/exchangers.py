"""Recorded heat exchangers, dry and wet (``exchangers.toml``, ``ntu.csv``, ``wet_coil.csv``)."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, expm1, sin
from typing import Any

from scipy.optimize import brentq
from twin_kernels import exchanger
from twin_kernels import psychrometrics as moist
from twin_kernels.constants import H_VAPOUR_0, KELVIN
from twin_kernels.wet_coil import coil_wet

from twin.validation.recorded.tables import about, column, table
from twin.validation.rows import Reference, Row, judge

__all__ = ["rows"]

_SUITE = "components"
Law = Callable[[float, float], float]
_LAWS: dict[str, Law] = {
    "parallel": exchanger.effectiveness_parallel,
    "counterflow": exchanger.effectiveness_counterflow,
    "crossflow_unmixed": exchanger.effectiveness_crossflow_unmixed,
    "crossflow_cmin_mixed": exchanger.effectiveness_crossflow_cmin_mixed,
    "crossflow_cmax_mixed": exchanger.effectiveness_crossflow_cmax_mixed,
    "phase_change": lambda ntu, _: -expm1(-ntu),
}


def rows() -> list[Row]:
    """Effectiveness, five dry coils, a wet coil and an economiser.

    Returns
    -------
    list of Row
    """
    return [*_ntu(), *_dry_coils(), *_wet_coil(), *_economiser()]


def _ntu() -> list[Row]:
    data = about("exchangers")["ntu"]
    found = []
    for kind, law in _LAWS.items():
        apart = []
        for time_s, ntu in zip(column("ntu", "time_s"), column("ntu", kind), strict=True):
            ratio = abs(cos(time_s))
            theirs = data["offset"] + data["share"] * abs(sin(time_s)) / (1.0 + ratio)
            if kind == "counterflow" and ratio > data["exact_below_ratio"]:
                if ratio < data["limited_above_ratio"]:
                    continue
                ratio = data["limit_ratio"]
            apart.append(abs(law(ntu, ratio) / theirs - 1.0))
        quantity = f"effectiveness, {_words(kind)}, largest relative difference of {len(apart)} points"
        found.append(judge(Reference(f"ntu.{kind}", _SUITE, data["source"], quantity, 0.0, data["tolerance_frac"],
                                     data["basis"]), max(apart)))
    return found


def _dry_coils() -> list[Row]:
    data = about("exchangers")["dry_coil"]
    share = data["air_water_share"]
    air_j_kgk = (1.0 - share) * data["dry_air_j_kgk"] + share * data["vapour_j_kgk"]
    nominal_w_k = data["nominal_water_kg_s"] * data["water_j_kgk"]
    water_w_k, air_w_k = data["water_kg_s"] * data["water_j_kgk"], data["air_kg_s"] * air_j_kgk
    least_w_k, most_w_k = min(water_w_k, air_w_k), max(water_w_k, air_w_k)
    found = []
    for kind, theirs in data["heat_w"].items():
        ratio = data["counterflow_ratio"] if kind == "counterflow" else 1.0
        ua_w_k = _ntu_of(_LAWS[kind], data["nominal_effectiveness"], ratio) * nominal_w_k
        ua_w_k = exchanger.overall_conductance(
            ua_w_k, data["water_kg_s"] / data["nominal_water_kg_s"], air_w_k / nominal_w_k, data["air_frac"])
        effectiveness = _LAWS[kind](ua_w_k / least_w_k, least_w_k / most_w_k)
        ours = effectiveness * least_w_k * (data["water_c"] - data["air_c"])
        found.append(judge(Reference(f"dry_coil.{kind}", _SUITE, data["source"], f"heat, {_words(kind)} [W]", theirs,
                                     data["tolerance_frac"] * theirs, data["basis"]), ours))
    return found


def _ntu_of(law: Law, effectiveness: float, ratio: float) -> float:
    return float(brentq(lambda ntu: law(ntu, ratio) - effectiveness, 1e-6, 50.0, xtol=1e-14))


def _wet_coil() -> list[Row]:
    data = about("exchangers")["wet_coil"]
    dry, wet, leaving, sensible = [], [], [], []
    for point in table("wet_coil"):
        theirs_w, dry_share = float(point["heat_w"]), float(point["dry_frac"])
        heat_w, leaving_c, sensible_frac = _coil(data, float(point["time_s"]))
        if dry_share > data["dry_above"] and float(point["sensible_frac"]) >= 1.0:
            dry.append(abs(heat_w / theirs_w - 1.0))
        elif dry_share < data["wet_below"]:
            wet.append(abs(heat_w / theirs_w - 1.0))
            leaving.append(abs(leaving_c + KELVIN - float(point["leaving_k"])))
            sensible.append(abs(sensible_frac - float(point["sensible_frac"])))
    found = []
    for what, apart, tolerance, basis, quantity in (
        ("dry", dry, "dry_frac", "dry_basis", "heat, dry coil, largest relative difference"),
        ("wet", wet, "wet_frac", "wet_basis", "heat, coil wet all over, largest relative difference"),
        ("leaving", leaving, "leaving_k", "leaving_basis", "leaving air, wet all over, largest difference [K]"),
        ("sensible", sensible, "sensible_frac", "sensible_basis", "sensible share, wet all over, largest difference"),
    ):
        reference = Reference(f"wet_coil.{what}", _SUITE, data["source"], f"{quantity} ({len(apart)} points)", 0.0,
                              data[tolerance], data[basis])
        found.append(judge(reference, max(apart)))
    return found


def _coil(data: dict[str, Any], time_s: float) -> tuple[float, float, float]:
    first, last = data["vapour_share_first"], data["vapour_share_last"]
    share = first + (last - first) * time_s / 1000.0
    w = share / (1.0 - share)
    dry_air_kg_s = data["moist_air_kg_s"] * (1.0 - share)
    heat_w, out_j_kg, out_w = coil_wet(
        moist.enthalpy_j_kg(data["air_in_c"], w), w, dry_air_kg_s, data["water_in_c"], data["water_kg_s"],
        data["ua_w_k"], data["pressure_pa"], data["air_frac"])
    latent_w = dry_air_kg_s * (w - out_w) * H_VAPOUR_0
    return heat_w, moist.temperature_from_enthalpy_c(out_j_kg, out_w), 1.0 - latent_w / heat_w


def _economiser() -> list[Row]:
    data = about("exchangers")["economiser"]
    # equal streams, so that either side's change is the effectiveness times the whole difference
    ntu = exchanger.ntu_from_effectiveness_counterflow(data["effectiveness"], 1.0)
    effectiveness = exchanger.effectiveness_counterflow(ntu, 1.0)
    found = []
    for number, point in enumerate(data["point"], start=1):
        ours = data["return_c"] - effectiveness * (data["return_c"] - point["condenser_c"])
        found.append(judge(Reference(f"economiser.{number}", _SUITE, data["source"], point["quantity"],
                                     point["supply_c"], data["tolerance_k"], data["basis"]), ours))
    return found


def _words(kind: str) -> str:
    return {"crossflow_cmin_mixed": "crossflow, smaller stream mixed",
            "crossflow_cmax_mixed": "crossflow, larger stream mixed",
            "crossflow_unmixed": "crossflow unmixed", "phase_change": "one stream of one temperature"}.get(kind, kind)
