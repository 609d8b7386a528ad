"""Thermosyphon (or pumped-refrigerant) cooler: water boils a refrigerant that condenses in outdoor air.

Evaporator and condenser are exchangers with one isothermal side, ``ε = 1 − e^{−UA/C}``; between them the pipes cost
a saturation-temperature difference that grows with the heat. All in series:

    Q = (T_w,in − T_air) / [1 / (ε_e C_w) + R_riser + 1 / (ε_c C_a)]
"""

from __future__ import annotations

from math import expm1
from typing import Any

from twin_kernels.constants import CP_DRY_AIR, CP_WATER
from twin_kernels.curves import clip
from twin_kernels.exchanger import AIR_EXPONENT, WATER_EXPONENT
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import dry_air_density_kg_m3
from twin_kernels.tower import tower_fan_w

__all__ = ["thermosyphon_for_target", "thermosyphon_heat_w", "thermosyphon_pump_w", "thermosyphon_resistance_k_w"]

#: The search for the air ends when the resistance is met this well, relative.
TOLERANCE_REL = 1e-10
_MAX_ITERATIONS = 60


@kernel
def thermosyphon_resistance_k_w(
    p: Any, air_frac: float, water_kg_s: float, dry_bulb_c: float, pressure_pa: float
) -> float:
    """Entering water less outdoor air for each watt carried: evaporator, riser and condenser in series.

    Parameters
    ----------
    p : THERMOSYPHON_PARAMS record
        One cooler.
    air_frac : float
        Air over rated air [-].
    water_kg_s : float
        Water through the evaporator [kg/s].
    dry_bulb_c, pressure_pa : float
        Outdoor dry bulb [°C] and pressure [Pa].

    Returns
    -------
    float
        Resistance [K/W]; 1e9 without air or water.

    Notes
    -----
    Water film to the power 0.85 of its flow, the condenser's air side to 0.8; the boiling and the condensing film
    do not change. The outdoor air counts as dry (its humidity changes the heat capacity by below 2 %). Ignores
    flooding of the condenser and the dependence of the pipes' loss on temperature.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, eq. 11.35a (one isothermal side). Modelica Buildings
    Library, dry-cooler UA correction (exponents).
    """
    air_kg_s = air_frac * p["air_rated_m3_s"] * dry_air_density_kg_m3(dry_bulb_c, 0.0, pressure_pa)
    c_air, c_water = air_kg_s * CP_DRY_AIR, water_kg_s * CP_WATER
    if c_air <= 0.0 or c_water <= 0.0:
        return 1e9
    film = p["evaporator_water_frac"]
    evaporator_w_k = p["evaporator_w_k"] / (
        film * (water_kg_s / p["water_rated_kg_s"]) ** -WATER_EXPONENT + 1.0 - film
    )
    condenser_w_k = p["condenser_w_k"] * air_frac**AIR_EXPONENT
    to_refrigerant = -expm1(-evaporator_w_k / c_water) * c_water
    to_air = -expm1(-condenser_w_k / c_air) * c_air
    return 1.0 / max(to_refrigerant, 1e-9) + p["riser_k_w"] + 1.0 / max(to_air, 1e-9)


@kernel
def thermosyphon_heat_w(
    p: Any, entering_c: float, air_frac: float, water_kg_s: float, dry_bulb_c: float, pressure_pa: float
) -> float:
    """Heat carried at an air flow: nothing below ``drive_min_k``, else drive over resistance.

    Parameters
    ----------
    p : THERMOSYPHON_PARAMS record
        One cooler.
    entering_c : float
        Water entering [°C].
    air_frac : float
        Air over rated air [-], 0 … 1; below ``air_min_frac`` the fan runs a share of the time.
    water_kg_s : float
        Water through the evaporator [kg/s].
    dry_bulb_c, pressure_pa : float
        Outdoor dry bulb [°C] and pressure [Pa].

    Returns
    -------
    float
        Heat [W], ≥ 0: the loop carries one way only.

    Notes
    -----
    With the fan off the loop carries ``free_convection_frac`` of what full air carries at the same inlet.
    """
    drive_k = entering_c - dry_bulb_c
    if drive_k <= 0.0 or drive_k < p["drive_min_k"] or water_kg_s <= 0.0:
        return 0.0
    least = p["air_min_frac"]
    heat_w = drive_k / thermosyphon_resistance_k_w(p, max(air_frac, least), water_kg_s, dry_bulb_c, pressure_pa)
    if air_frac < least:
        full_w = drive_k / thermosyphon_resistance_k_w(p, 1.0, water_kg_s, dry_bulb_c, pressure_pa)
        free_w = min(p["free_convection_frac"] * full_w, heat_w)
        heat_w = free_w + max(air_frac, 0.0) / least * (heat_w - free_w)
    return heat_w


@kernel
def thermosyphon_for_target(
    p: Any, entering_c: float, water_kg_s: float, target_c: float, dry_bulb_c: float, pressure_pa: float
) -> tuple[float, float, float, float]:
    """Least fan effort that brings water of a given temperature to its target, or as near as full air can.

    Parameters
    ----------
    p : THERMOSYPHON_PARAMS record
        One cooler.
    entering_c : float
        Water entering [°C].
    water_kg_s : float
        Water through the evaporator [kg/s].
    target_c : float
        Target of the leaving water [°C].
    dry_bulb_c, pressure_pa : float
        Outdoor dry bulb [°C] and pressure [Pa].

    Returns
    -------
    heat_w : float
        Heat taken from the water [W].
    air_frac : float
        Air over rated air [-]; while the fan cycles, its mean.
    fan_w : float
        Electric power of the fan [W].
    leaving_c : float
        Water leaving [°C], never below the target nor the outdoor air, nor above ``entering_c``.

    Notes
    -----
    Free convection with a water bypass, then cycling, then modulation, as in
    :func:`twin_kernels.tower.tower_for_heat`. Where nothing circulates the fan stands.

    References
    ----------
    T. Carter et al., Thermosyphon Cooler Hybrid System for Water Savings in an Energy-Efficient HPC Data Center,
    NREL/TP-2C00-66690, 2017 (the arrangement: dry cooler before the tower, on where it helps).
    """
    wanted_w = (entering_c - target_c) * water_kg_s * CP_WATER
    full_w = thermosyphon_heat_w(p, entering_c, 1.0, water_kg_s, dry_bulb_c, pressure_pa)
    if wanted_w <= 0.0 or full_w <= 0.0:
        return 0.0, 0.0, 0.0, entering_c
    if full_w <= wanted_w:
        return full_w, 1.0, p["fan_rated_w"], entering_c - full_w / (water_kg_s * CP_WATER)
    free_w = thermosyphon_heat_w(p, entering_c, 0.0, water_kg_s, dry_bulb_c, pressure_pa)
    if free_w >= wanted_w:
        return wanted_w, 0.0, 0.0, target_c
    slow = p["air_min_frac"]
    slow_w = thermosyphon_heat_w(p, entering_c, slow, water_kg_s, dry_bulb_c, pressure_pa)
    if slow_w >= wanted_w:
        share = clip((wanted_w - free_w) / (slow_w - free_w), 0.0, 1.0)
        return wanted_w, slow * share, tower_fan_w(p, slow) * share, target_c
    air_frac = _air_for(p, (wanted_w, slow_w, full_w), entering_c, water_kg_s, (dry_bulb_c, pressure_pa))
    return wanted_w, air_frac, tower_fan_w(p, air_frac), target_c


@kernel
def _air_for(
    p: Any, ends: tuple[float, float, float], entering_c: float, water_kg_s: float, outdoor: tuple[float, float]
) -> float:
    """Air that carries ``ends[0]``, between least and full air, which carry ``ends[1]`` and ``ends[2]``, W."""
    wanted_w, slow_w, full_w = ends
    low, high = p["air_min_frac"], 1.0
    f_low, f_high = slow_w - wanted_w, full_w - wanted_w
    side = 0
    x = high
    for _ in range(_MAX_ITERATIONS):
        if f_high - f_low <= 0.0:
            break
        x = (low * f_high - high * f_low) / (f_high - f_low)
        f = thermosyphon_heat_w(p, entering_c, x, water_kg_s, outdoor[0], outdoor[1]) - wanted_w
        if abs(f) < TOLERANCE_REL * wanted_w:
            break
        if f > 0.0:
            high, f_high = x, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = x, f
            if side == -1:
                f_high *= 0.5
            side = -1
    return clip(x, p["air_min_frac"], 1.0)


@kernel
def thermosyphon_pump_w(p: Any, heat_w: float) -> float:
    """Refrigerant pump: a share of the heat; 0 for a loop that gravity drives.

    Parameters
    ----------
    p : THERMOSYPHON_PARAMS record
        ``pump_frac`` is read.
    heat_w : float
        Heat taken from the water [W].

    Returns
    -------
    float
        Electric power [W]; it leaves to outdoors with the heat, on top of it.
    """
    return p["pump_frac"] * max(heat_w, 0.0)
