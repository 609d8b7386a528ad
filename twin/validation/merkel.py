"""Merkel tower and dry cooler beside recorded runs of EnergyPlus and Modelica Buildings (suite ``components``)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_DRY_AIR, CP_WATER, STANDARD_PRESSURE
from twin_kernels.dry_cooler import dry_cooler_leaving_c, dry_cooler_rated_ua_w_k
from twin_kernels.layout import TOWER_PARAMS
from twin_kernels.merkel import merkel_leaving_c, merkel_rated_air_kg_s, merkel_rated_ua_w_k
from twin_kernels.psychrometrics import (
    dry_air_density_kg_m3,
    enthalpy_j_kg,
    saturation_humidity_ratio,
    standard_pressure_pa,
)
from twin_kernels.rejector import DRY, MERKEL, rejector_for_heat

from twin.validation.rows import Reference, Row, judge, not_run

__all__ = ["RECORD_VARIABLE", "SUITE", "rows"]

SUITE = "components"
#: Environment variable: path of the whole record of EnergyPlus (2881 minutes), where somebody has it.
RECORD_VARIABLE = "TWIN_ENERGYPLUS_MERKEL"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("merkel.toml").read_text(encoding="utf-8"))


def rows() -> list[Row]:
    """Every row of the Merkel tower and of the dry cooler.

    Returns
    -------
    list of Row
    """
    typed = np.loadtxt(Path(__file__).with_name("merkel_energyplus.csv"), delimiter=",", skiprows=3)
    return [*_minutes("merkel.typed", typed), *_record(), *_nominal(), _dry_cooler()]


def _record() -> list[Row]:
    """The whole record, if the environment says where it is."""
    name = os.environ.get(RECORD_VARIABLE, "")
    if name and Path(name).is_file():
        whole = np.loadtxt(name, delimiter=",", skiprows=2)
        # fan power, their last column but one, is left out: it follows their fan curve
        return _minutes("merkel.record", whole[whole[:, 5] > 0.0][:, [0, 1, 2, 3, 4, 5, 6, 8]])
    data = _data()["energyplus"]
    reference = Reference("merkel.record", SUITE, data["source"], "leaving water, all minutes: rms difference [K]", 0.0,
                          data["tolerance_rmse_k"], data["basis"])
    return [not_run(reference, f"{RECORD_VARIABLE} names no file: the whole record is not part of this project")]


def _energyplus_tower() -> np.void:
    data = _data()["energyplus"]
    p: np.void = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["available"] = MERKEL, 1
    p["water_rated_kg_s"], p["air_rated_m3_s"], p["fan_rated_w"] = data["water_kg_s"], data["air_m3_s"], data["fan_w"]
    p["air_min_frac"], p["free_convection_frac"], p["fan_exponent"] = (
        data["air_min_frac"], data["free_convection_frac"], 3.0)
    p["wet_bulb_rated_c"] = data["wet_bulb_c"]
    # they size at sea level: the UA of 2011.3 W/K that the record's model quotes at 18.85 °C wet bulb is
    # UA₀ of 1899.6 W/K times 1.0547 and 1.0039; sizing at sea level gives 1899.2, at the site's pressure 1872.6
    sea_level_pa = STANDARD_PRESSURE
    air_kg_s = merkel_rated_air_kg_s(data["rated_dry_bulb_c"], data["wet_bulb_c"], data["air_m3_s"], sea_level_pa)
    p["ua_w_k"] = merkel_rated_ua_w_k(
        data["wet_bulb_c"], data["approach_k"], data["range_k"], data["water_kg_s"], air_kg_s, sea_level_pa)
    return p


def _minutes(name: str, minutes: NDArray[np.float64]) -> list[Row]:
    """Leaving water from entering water and air, and air from heat and leaving water."""
    data = _data()["energyplus"]
    pressure_pa = standard_pressure_pa(data["altitude_m"])
    tower = _energyplus_tower()
    off_k, ours_w, off_air = [], [], []
    for _, dry_bulb_c, wet_bulb_c, entering_c, leaving_c, water_kg_s, heat_w, air_frac in minutes:
        outdoor = _outdoor(dry_bulb_c, wet_bulb_c, pressure_pa)
        ours_c, _ = merkel_leaving_c(tower, entering_c, air_frac, outdoor, water_kg_s)
        off_k.append(ours_c - leaving_c)
        ours_w.append(water_kg_s * CP_WATER * (entering_c - ours_c))
        if air_frac > data["air_min_frac"]:  # at their least speed the air does not follow from the heat
            off_air.append(rejector_for_heat(tower, heat_w, leaving_c, outdoor, water_kg_s)[0] - air_frac)
    theirs_w = minutes[:, 6]
    heat_off_w = np.array(ours_w) - theirs_w
    found = [
        ("rmse", "leaving water", "rms difference [K]", _rms(off_k), "tolerance_rmse_k", "basis"),
        ("max", "leaving water", "largest difference [K]", float(np.abs(off_k).max()), "tolerance_max_k", "basis_max"),
        ("cv", "heat", "rms difference over mean [-]", _rms(heat_off_w) / float(theirs_w.mean()), "tolerance_cv",
         "basis_heat"),
        ("nmbe", "heat", "bias over mean [-]", float(heat_off_w.sum() / theirs_w.sum()), "tolerance_nmbe",
         "basis_heat"),
        ("air", "air for the heat", "rms difference [-]", _rms(off_air), "tolerance_air_frac", "basis_air"),
    ]
    return [judge(Reference(f"{name}.{short}", SUITE, data["source"], f"{what}, {len(minutes)} minutes: {measure}", 0.0,
                            data[tolerance], data[basis]), value)
            for short, what, measure, value, tolerance, basis in found]


def _nominal() -> list[Row]:
    data = _data()["nominal"]
    wet_c, water_kg_s = data["wet_bulb_c"], data["water_kg_s"]
    rise_j_kg = _saturated_j_kg(wet_c + data["air_rise_k"]) - _saturated_j_kg(wet_c)
    air_kg_s = water_kg_s * CP_WATER * data["air_rise_k"] / rise_j_kg
    p: np.void = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["available"], p["air_min_frac"] = MERKEL, 1, 0.3
    p["water_rated_kg_s"], p["wet_bulb_rated_c"] = water_kg_s, wet_c
    p["ua_w_k"] = merkel_rated_ua_w_k(
        wet_c, data["approach_k"], data["range_k"], water_kg_s, air_kg_s, STANDARD_PRESSURE)

    def leaving_c(entering_c: float, now_c: float) -> float:
        # their air flow is a mass flow, whatever the density
        p["air_rated_m3_s"] = air_kg_s / merkel_rated_air_kg_s(now_c, now_c, 1.0, STANDARD_PRESSURE)
        return float(merkel_leaving_c(p, entering_c, 1.0, _outdoor(now_c, now_c, STANDARD_PRESSURE), water_kg_s)[0])

    settled = Reference("merkel.nominal", SUITE, data["source"], "leaving water at the rating [°C]", data["leaving_c"],
                        data["tolerance_k"], data["basis"])
    day = Reference("merkel.day", SUITE, data["source"], "heat over a day: largest difference [-]", 0.0,
                    data["tolerance_day_frac"], data["basis_day"])
    worst = max(abs(leaving_c(entering_c, wet_c) - left_c) / (entering_c - left_c)
                for entering_c, left_c, wet_c in data["day"])
    return [judge(settled, leaving_c(data["entering_c"], data["wet_bulb_c"])), judge(day, worst)]


def _dry_cooler() -> Row:
    data = _data()["dry_cooler"]
    c_water = data["water_kg_s"] * CP_WATER
    drive_k = data["entering_c"] - data["dry_bulb_c"]
    p: np.void = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["available"], p["air_min_frac"] = DRY, 1, 0.2
    p["water_rated_kg_s"], p["ua_air_frac"] = data["water_kg_s"], data["ua_air_frac"]
    p["ua_w_k"] = dry_cooler_rated_ua_w_k(c_water * (data["entering_c"] - data["leaving_c"]), drive_k, c_water, c_water)
    off_frac = []
    for entering_c, leaving_c, dry_bulb_c in data["day"]:
        # their air flow is a mass flow with the heat-capacity flow of the water
        p["air_rated_m3_s"] = c_water / (CP_DRY_AIR * dry_air_density_kg_m3(dry_bulb_c, 0.0, STANDARD_PRESSURE))
        outdoor = (dry_bulb_c, 0.0, dry_bulb_c, STANDARD_PRESSURE)
        ours_c = dry_cooler_leaving_c(p, entering_c, 1.0, outdoor, data["water_kg_s"], 0)
        off_frac.append(abs(ours_c - leaving_c) / (entering_c - leaving_c))
    reference = Reference("dry_cooler.day", SUITE, data["source"], "heat over a day: largest difference [-]", 0.0,
                          data["tolerance_frac"], data["basis"])
    return judge(reference, max(off_frac))


def _outdoor(dry_bulb_c: float, wet_bulb_c: float, pressure_pa: float) -> tuple[float, float, float, float]:
    """Outdoor air from its two temperatures: humidity ratio from the density law of the rating."""
    # dry air per m³ is p / (R T (1 + w / 0.622)): the humidity ratio that gives it
    dry = dry_air_density_kg_m3(dry_bulb_c, 0.0, pressure_pa)
    moist = merkel_rated_air_kg_s(dry_bulb_c, wet_bulb_c, 1.0, pressure_pa)
    return dry_bulb_c, 0.621945 * (dry / moist - 1.0), wet_bulb_c, pressure_pa


def _saturated_j_kg(temp_c: float) -> float:
    return float(enthalpy_j_kg(temp_c, saturation_humidity_ratio(temp_c, STANDARD_PRESSURE)))


def _rms(values: Sequence[float] | NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
