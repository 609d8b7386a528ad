"""Heat rejection of any kind: York tower, Merkel tower, dry cooler, adiabatic dry cooler, by one call.

``kind`` of a TOWER_PARAMS record chooses the law. All but York share one search: with the heat known each law gives
its resistance, hence the entering water that it needs, and this falls as the air rises.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.curves import clip
from twin_kernels.direct_evaporative import pad_water_kg_s
from twin_kernels.dry_cooler import (
    PAD_FREEZE_C,
    dry_cooler_heat_w,
    dry_cooler_inlet,
    dry_cooler_leaving_c,
    dry_cooler_resistance_k_w,
)
from twin_kernels.jit import kernel
from twin_kernels.merkel import merkel_heat_w, merkel_leaving_c, merkel_outside, merkel_resistance_k_w
from twin_kernels.psychrometrics import dry_air_density_kg_m3, humid_heat_j_kgk
from twin_kernels.tower import DRAUGHT_MIN_FRAC, tower_fan_w, tower_for_heat, tower_leaving_c, tower_water

__all__ = [
    "ADIABATIC", "DRY", "MERKEL", "YORK", "basin_heat_w", "pad_allowed", "rejector_for_heat", "rejector_leaving_c",
    "rejector_reference_c", "rejector_water",
]

# Kinds of TOWER_PARAMS.
YORK, MERKEL, DRY, ADIABATIC = 0, 1, 2, 3
#: The search for the air ends when the leaving water is met this well, K.
TOLERANCE_K = 1e-7
_MAX_ITERATIONS = 60


@kernel
def rejector_reference_c(p: Any, outdoor: tuple[float, float, float, float]) -> float:
    """Temperature that the water cannot fall below: wet bulb of a tower, dry bulb of a dry cooler.

    Parameters
    ----------
    p : TOWER_PARAMS record
        ``kind`` is read.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.

    Returns
    -------
    float
        Limit of the leaving water [°C]; the wet pad of an adiabatic cooler is not counted.
    """
    return outdoor[0] if p["kind"] >= DRY else outdoor[2]


@kernel
def pad_allowed(p: Any, outdoor: tuple[float, float, float, float]) -> int:
    """1 if the pad of a cooler may be wet: above its dry bulb and above freezing.

    Parameters
    ----------
    p : TOWER_PARAMS record
        ``kind`` and ``pad_above_c`` are read.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.

    Returns
    -------
    int
        1 allowed, 0 not (always for a machine without a pad).
    """
    if p["kind"] == ADIABATIC and outdoor[0] > p["pad_above_c"] and outdoor[2] > PAD_FREEZE_C:
        return 1
    return 0


@kernel
def _entering_needed_c(
    p: Any, heat_w: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float, wetted: int
) -> float:
    """Entering water with which a heat is rejected at an air flow, °C."""
    if p["kind"] == MERKEL:
        return outdoor[2] + heat_w * merkel_resistance_k_w(p, heat_w, air_frac, outdoor, water_kg_s)
    inlet = dry_cooler_inlet(p, air_frac, outdoor, wetted)
    return inlet[0] + heat_w * dry_cooler_resistance_k_w(p, air_frac, inlet, outdoor[3], water_kg_s)


@kernel
def _carried_w(
    p: Any, entering_c: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float,
    wetted: int,
) -> float:
    """Heat carried from water of a given temperature at an air flow, W."""
    if p["kind"] == MERKEL:
        return merkel_heat_w(p, entering_c - outdoor[2], air_frac, outdoor, water_kg_s)
    return dry_cooler_heat_w(p, entering_c, air_frac, outdoor, water_kg_s, wetted)


@kernel
def _air_for(
    p: Any, heat_w: float, ends: tuple[float, float, float], outdoor: tuple[float, float, float, float],
    water_kg_s: float, wetted: int,
) -> float:
    """Air that needs exactly ``ends[0]`` as entering water; ``ends[1:]`` is too little and too much of it, in K.

    Regula falsi with Illinois weights on 1 / air, in which the water's excess is nearly straight.
    """
    entering_c, f_low, f_high = ends
    low, high = 1.0 / p["air_min_frac"], 1.0
    side = 0
    x = high
    for _ in range(_MAX_ITERATIONS):
        if f_low - f_high <= 0.0:
            break
        x = (high * f_low - low * f_high) / (f_low - f_high)
        f = _entering_needed_c(p, heat_w, 1.0 / x, outdoor, water_kg_s, wetted) - entering_c
        if abs(f) < TOLERANCE_K:
            break
        if f > 0.0:
            low, f_low = x, f
            if side == 1:
                f_high *= 0.5
            side = 1
        else:
            high, f_high = x, f
            if side == -1:
                f_low *= 0.5
            side = -1
    return clip(1.0 / x, p["air_min_frac"], 1.0)


@kernel
def _least_air(
    p: Any, heat_w: float, target_c: float, outdoor: tuple[float, float, float, float], water_kg_s: float, wetted: int
) -> tuple[float, float, float]:
    """Air, fan power and leaving water with the least fan effort, pad wet or dry as told."""
    range_k = heat_w / (water_kg_s * CP_WATER)
    entering_c = target_c + range_k
    full_k = _entering_needed_c(p, heat_w, 1.0, outdoor, water_kg_s, wetted) - entering_c
    if full_k >= 0.0:
        return 1.0, p["fan_rated_w"], target_c + full_k
    slow = p["air_min_frac"]
    slow_k = _entering_needed_c(p, heat_w, slow, outdoor, water_kg_s, wetted) - entering_c
    if slow_k > 0.0:
        air_frac = _air_for(p, heat_w, (entering_c, slow_k, full_k), outdoor, water_kg_s, wetted)
        return air_frac, tower_fan_w(p, air_frac), target_c
    slow_w = _carried_w(p, entering_c, slow, outdoor, water_kg_s, wetted)
    free_w = p["free_convection_frac"] * _carried_w(p, entering_c, 1.0, outdoor, water_kg_s, wetted)
    free_w = min(free_w, slow_w)
    if free_w >= heat_w:
        return 0.0, 0.0, target_c
    share = 1.0
    if slow_w > free_w:
        share = clip((heat_w - free_w) / (slow_w - free_w), 0.0, 1.0)
    return slow * share, tower_fan_w(p, slow) * share, target_c


@kernel
def rejector_for_heat(
    p: Any, heat_w: float, target_leaving_c: float, outdoor: tuple[float, float, float, float], water_kg_s: float
) -> tuple[float, float, float, int, int]:
    """Least fan effort that rejects a given heat and brings the leaving water to its target.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower cell or dry cooler.
    heat_w : float
        Heat to reject [W].
    target_leaving_c : float
        Target of the leaving water [°C].
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this machine [kg/s].

    Returns
    -------
    air_frac : float
        Air over rated air [-]; while the fan cycles, its mean.
    fan_w : float
        Electric power of the fans [W].
    leaving_c : float
        Water leaving [°C]: the target, or above it where full air is not enough.
    outside : int
        1 if the working point lies outside a correlation's validity.
    wetted : int
        1 if the pad of an adiabatic cooler is wet.

    Notes
    -----
    As :func:`twin_kernels.tower.tower_for_heat`: all the heat is rejected and the water floats up if it must; free
    convection with a bypass, then cycling, then modulation. A pad is wet whenever ``pad_allowed`` (then the fans
    find their least effort with it), or with ``pad_when_needed`` only where full dry air leaves the water too warm:
    that depends on no memory, so it cannot hunt. The pad's resistance to the air is part of ``fan_rated_w``.
    """
    if p["kind"] == YORK:
        air_frac, fan_w, leaving_c, outside = tower_for_heat(p, heat_w, target_leaving_c, outdoor[2], water_kg_s)
        return air_frac, fan_w, leaving_c, outside, 0
    if heat_w <= 0.0 or water_kg_s <= 0.0:
        return 0.0, 0.0, max(target_leaving_c, rejector_reference_c(p, outdoor)), 0, 0
    outside = 0
    if p["kind"] == MERKEL:
        outside = merkel_outside(water_kg_s / p["water_rated_kg_s"], p["wet_bulb_rated_c"] - outdoor[2])
    allowed = pad_allowed(p, outdoor)
    wetted = allowed
    if p["pad_when_needed"] == 1:
        wetted = 0
    air_frac, fan_w, leaving_c = _least_air(p, heat_w, target_leaving_c, outdoor, water_kg_s, wetted)
    if allowed == 1 and wetted == 0 and leaving_c > target_leaving_c:
        wetted = 1
        air_frac, fan_w, leaving_c = _least_air(p, heat_w, target_leaving_c, outdoor, water_kg_s, 1)
    return air_frac, fan_w, leaving_c, outside, wetted


@kernel
def rejector_leaving_c(
    p: Any, entering_c: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float,
    wetted: int,
) -> tuple[float, int]:
    """Leaving water of a machine whose entering water and air are known.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower cell or dry cooler.
    entering_c : float
        Water entering [°C].
    air_frac : float
        Air over rated air [-], 0 … 1.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this machine [kg/s], > 0.
    wetted : int
        1 if the pad is wet; read for an adiabatic cooler only.

    Returns
    -------
    leaving_c : float
        Water leaving [°C].
    outside : int
        1 if the working point lies outside a correlation's validity.
    """
    if p["kind"] == YORK:
        return tower_leaving_c(p, entering_c, outdoor[2], water_kg_s / p["water_rated_kg_s"], air_frac)
    if p["kind"] == MERKEL:
        return merkel_leaving_c(p, entering_c, air_frac, outdoor, water_kg_s)
    pad = wetted if p["kind"] == ADIABATIC else 0
    return dry_cooler_leaving_c(p, entering_c, air_frac, outdoor, water_kg_s, pad), 0


@kernel
def rejector_water(
    p: Any, heat_w: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float,
    guess_c: float, wetted: int,
) -> tuple[float, float, float, float]:
    """Water that a machine evaporates, loses as drift and bleeds, and the air that leaves it.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower cell or dry cooler.
    heat_w : float
        Heat rejected [W].
    air_frac : float
        Air over rated air [-].
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through the machine [kg/s].
    guess_c : float
        Temperature of the leaving air a minute ago [°C]; any finite number.
    wetted : int
        1 if the pad is wet, as ``rejector_for_heat`` said; read for an adiabatic cooler only.

    Returns
    -------
    evaporated_kg_s, drift_kg_s, blowdown_kg_s, air_out_c : float
        Water [kg/s], each ≥ 0, and leaving air [°C].

    Notes
    -----
    A dry cooler uses no water. The pad wets all the air that is drawn through it, at least the draught of a
    standing fan; nothing is carried away as drift.
    """
    if p["kind"] < DRY:
        return tower_water(p, heat_w, air_frac, (outdoor[0], outdoor[1], outdoor[3]), water_kg_s, guess_c)
    if water_kg_s <= 0.0 or heat_w <= 0.0:
        return 0.0, 0.0, 0.0, guess_c
    moved = max(air_frac, DRAUGHT_MIN_FRAC)
    pad = wetted if p["kind"] == ADIABATIC else 0
    in_c, in_w = dry_cooler_inlet(p, moved, outdoor, pad)
    air_kg_s = moved * p["air_rated_m3_s"] * dry_air_density_kg_m3(in_c, in_w, outdoor[3])
    evaporated, blowdown = pad_water_kg_s(air_kg_s, outdoor[1], in_w, p["cycles"])
    return evaporated, 0.0, blowdown, in_c + heat_w / (air_kg_s * humid_heat_j_kgk(in_w))


@kernel
def basin_heat_w(p: Any, dry_bulb_c: float, running: int) -> float:
    """Electric basin heater of a cell that stands in the frost: ``k (T_set − T_db)``.

    Parameters
    ----------
    p : TOWER_PARAMS record
        ``basin_heater_w_k`` [W/K] and ``basin_heater_c`` [°C] are read.
    dry_bulb_c : float
        Outdoor dry bulb [°C].
    running : int
        1 if water runs over the cell: then its heater is off.

    Returns
    -------
    float
        Electric power [W], ≥ 0; all of it is lost to outdoors.

    References
    ----------
    EnergyPlus Engineering Reference, "Cooling Tower Basin Heater" (capacity in W/K below a set point, while the
    tower stands).
    """
    if running != 0:
        return 0.0
    return p["basin_heater_w_k"] * max(p["basin_heater_c"] - dry_bulb_c, 0.0)
