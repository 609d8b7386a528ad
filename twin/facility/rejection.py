"""Towers, dry coolers and thermosyphon as arrays: every conductance found from its rating."""

from __future__ import annotations

from math import log1p

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_DRY_AIR, CP_WATER, STANDARD_PRESSURE
from twin_kernels.dry_cooler import dry_cooler_rated_ua_w_k
from twin_kernels.equipment import THERMOSYPHON_PARAMS, TOWER_PARAMS
from twin_kernels.merkel import merkel_rated_air_kg_s, merkel_rated_ua_w_k
from twin_kernels.psychrometrics import dry_air_density_kg_m3
from twin_kernels.rejector import ADIABATIC, DRY, MERKEL, YORK
from twin_kernels.tower import york_water_ratio_rated

from twin.errors import Problem, ScenarioError
from twin.scenario.plant import Plant
from twin.scenario.rejection import DryCooler, Thermosyphon, Tower

__all__ = ["thermosyphon_params", "tower_params"]

#: Dry bulb of a Merkel tower's rating (EnergyPlus: "Design Inlet Air Dry-Bulb Temperature", default), °C.
_RATED_DRY_BULB_C = 35.0


def tower_params(plant: Plant) -> NDArray[np.void]:
    """Parameters of every tower cell, then of every dry cooler, in the order of the scenario.

    Parameters
    ----------
    plant : Plant

    Returns
    -------
    ndarray of TOWER_PARAMS

    Raises
    ------
    ScenarioError
        If no machine can meet a rating.

    Notes
    -----
    Ratings hold at sea level; at the site the density of its air is used.
    """
    problems: list[Problem] = []
    groups = [_tower(name, tower, problems) for name, tower in plant.tower.items()]
    groups += [_dry_cooler(name, cooler, problems) for name, cooler in plant.dry_cooler.items()]
    if problems:
        raise ScenarioError("scenario", problems)
    return np.concatenate(groups) if groups else np.zeros(0, TOWER_PARAMS)


def _tower(name: str, tower: Tower, problems: list[Problem]) -> NDArray[np.void]:
    p = np.zeros(tower.count, TOWER_PARAMS)
    p["kind"] = MERKEL if tower.law == "merkel" else YORK
    p["water_rated_kg_s"] = tower.water_kg_s
    p["air_rated_m3_s"] = tower.air_m3_s
    p["fan_rated_w"] = tower.fan_kw * 1e3
    p["air_min_frac"] = tower.min_speed_frac
    p["free_convection_frac"] = tower.free_convection_frac
    p["fan_exponent"] = tower.fan_exponent
    p["drift_frac"] = tower.drift_frac
    p["cycles"] = tower.cycles
    p["basin_heater_w_k"] = tower.basin_heater_w_k
    p["basin_heater_c"] = tower.basin_heater_c
    p["available"] = 1
    if tower.law == "york":
        p["water_ratio_rated"] = york_water_ratio_rated(tower.wet_bulb_c, tower.approach_k, tower.range_k)
        return p
    p["wet_bulb_rated_c"] = tower.wet_bulb_c
    dry_bulb_c = max(_RATED_DRY_BULB_C, tower.wet_bulb_c)
    air_kg_s = merkel_rated_air_kg_s(dry_bulb_c, tower.wet_bulb_c, tower.air_m3_s, STANDARD_PRESSURE)
    p["ua_w_k"] = merkel_rated_ua_w_k(
        tower.wet_bulb_c, tower.approach_k, tower.range_k, tower.water_kg_s, air_kg_s, STANDARD_PRESSURE
    )
    if p["ua_w_k"][0] <= 0.0:
        what = (f"too little air for {tower.water_kg_s} kg/s over a range of {tower.range_k} K: the air would leave "
                "warmer than the water enters; give more air, less range or more approach")
        problems.append(Problem(f"plant.tower.{name}.air_m3_s = {tower.air_m3_s}", what))
    return p


def _dry_cooler(name: str, cooler: DryCooler, problems: list[Problem]) -> NDArray[np.void]:
    p = np.zeros(cooler.count, TOWER_PARAMS)
    heat_w = cooler.rated_kw * 1e3
    c_water = heat_w / (cooler.entering_c - cooler.leaving_c)
    # the air of a rating counts as dry: its vapour would change the heat-capacity flow by below 2 %
    c_air_j_m3k = dry_air_density_kg_m3(cooler.dry_bulb_c, 0.0, STANDARD_PRESSURE) * CP_DRY_AIR
    air_m3_s = cooler.air_m3_s or c_water / c_air_j_m3k
    p["kind"] = ADIABATIC if cooler.pad is not None else DRY
    p["water_rated_kg_s"] = c_water / CP_WATER
    p["air_rated_m3_s"] = air_m3_s
    drive_k = cooler.entering_c - cooler.dry_bulb_c
    p["ua_w_k"] = dry_cooler_rated_ua_w_k(heat_w, drive_k, c_water, air_m3_s * c_air_j_m3k)
    p["ua_air_frac"] = cooler.air_film_frac
    p["fan_rated_w"] = cooler.fan_kw * 1e3
    p["fan_exponent"] = cooler.fan_exponent
    p["air_min_frac"] = cooler.min_speed_frac
    p["free_convection_frac"] = cooler.free_convection_frac
    p["available"] = 1
    pad = cooler.pad
    if pad is not None:
        p["pad_effectiveness"] = pad.effectiveness
        p["pad_depth_m"] = pad.depth_m or 0.0
        p["pad_face_m2"] = pad.face_m2 or 0.0
        p["pad_above_c"] = pad.above_c
        p["pad_when_needed"] = int(pad.when == "needed")
        p["cycles"] = pad.cycles
    if p["ua_w_k"][0] <= 0.0:
        what = (f"too little air for {cooler.rated_kw} kW at {cooler.entering_c} → {cooler.leaving_c} °C and "
                f"{cooler.dry_bulb_c} °C outside: no coil meets this rating; give more air or a smaller rating")
        problems.append(Problem(f"plant.dry_cooler.{name}.air_m3_s = {air_m3_s:.1f}", what))
    return p


def thermosyphon_params(plant: Plant) -> NDArray[np.void]:
    """Parameters of the thermosyphon cooler.

    Parameters
    ----------
    plant : Plant

    Returns
    -------
    ndarray of THERMOSYPHON_PARAMS
        One record, or none where the plant has no such cooler.

    Raises
    ------
    ScenarioError
        If no exchangers can meet the rating with the water and air given.
    """
    cooler = plant.thermosyphon
    if cooler is None:
        return np.zeros(0, THERMOSYPHON_PARAMS)
    p = np.zeros(1, THERMOSYPHON_PARAMS)
    resistance_k_w = (cooler.entering_c - cooler.dry_bulb_c) / (cooler.rated_kw * 1e3)
    evaporator_k_w = cooler.evaporator_frac * resistance_k_w
    riser_k_w = cooler.riser_frac * resistance_k_w
    condenser_k_w = resistance_k_w - evaporator_k_w - riser_k_w
    c_water = cooler.water_kg_s * CP_WATER
    c_air = cooler.air_m3_s * dry_air_density_kg_m3(cooler.dry_bulb_c, 0.0, STANDARD_PRESSURE) * CP_DRY_AIR
    problems = [*_short("water_kg_s", cooler.water_kg_s, evaporator_k_w * c_water, "evaporator_frac"),
                *_short("air_m3_s", cooler.air_m3_s, condenser_k_w * c_air, "what the condenser has left")]
    if problems:
        raise ScenarioError("scenario", problems)
    p["evaporator_w_k"] = _isothermal_ua_w_k(evaporator_k_w, c_water)
    p["condenser_w_k"] = _isothermal_ua_w_k(condenser_k_w, c_air)
    p["riser_k_w"] = riser_k_w
    _copy(p, cooler)
    return p


def _copy(p: NDArray[np.void], cooler: Thermosyphon) -> None:
    p["evaporator_water_frac"] = cooler.evaporator_water_frac
    p["drive_min_k"] = cooler.min_drive_k
    p["water_rated_kg_s"] = cooler.water_kg_s
    p["air_rated_m3_s"] = cooler.air_m3_s
    p["fan_rated_w"] = cooler.fan_kw * 1e3
    p["fan_exponent"] = cooler.fan_exponent
    p["air_min_frac"] = cooler.min_speed_frac
    p["free_convection_frac"] = cooler.free_convection_frac
    p["pump_frac"] = cooler.pump_frac
    p["available"] = 1


def _isothermal_ua_w_k(resistance_k_w: float, c_w_k: float) -> float:
    """Conductance of an exchanger with one isothermal side, from ``1 / (ε C)``."""
    return -log1p(-1.0 / (resistance_k_w * c_w_k)) * c_w_k


def _short(key: str, value: float, streams_ratio: float, share: str) -> list[Problem]:
    """A problem where even an ideal exchanger takes more of the temperature difference than its share."""
    if streams_ratio > 1.0 + 1e-6:
        return []
    return [Problem(f"plant.thermosyphon.{key} = {value}",
                    f"too little for the rating: the stream alone takes more than {share}; give more of it")]
