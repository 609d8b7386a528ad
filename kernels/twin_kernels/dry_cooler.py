"""Dry cooler: water to outdoor air in crossflow, with or without an adiabatic pad before the coil."""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.direct_evaporative import pad_air, pad_effectiveness
from twin_kernels.exchanger import effectiveness_crossflow_unmixed, overall_conductance
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import dry_air_density_kg_m3, humid_heat_j_kgk

__all__ = [
    "dry_cooler_heat_w", "dry_cooler_inlet", "dry_cooler_leaving_c", "dry_cooler_rated_ua_w_k",
    "dry_cooler_resistance_k_w",
]

#: A pad is never wet at or below this wet bulb: its water would freeze. Source: freezing point, with 1 K in hand.
PAD_FREEZE_C = 1.0
#: Most transfer units that a rating may ask for: far beyond any coil (effectiveness 0.95 at equal flows).
NTU_MAX = 60.0


@kernel
def dry_cooler_inlet(
    p: Any, air_frac: float, outdoor: tuple[float, float, float, float], wetted: int
) -> tuple[float, float]:
    """Air before the coil: outdoor air, or outdoor air through the wet pad.

    Parameters
    ----------
    p : TOWER_PARAMS record
        ``pad_effectiveness`` is read, or ``pad_depth_m``, ``pad_face_m2`` and ``air_rated_m3_s`` for its velocity.
    air_frac : float
        Air over rated air [-].
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    wetted : int
        1 if the pad is wet.

    Returns
    -------
    dry_bulb_c : float
        Air before the coil [°C].
    w : float
        Its humidity ratio [kg/kg].
    """
    dry_bulb_c, w, wet_bulb_c, pressure_pa = outdoor
    if wetted == 0:
        return dry_bulb_c, w
    effectiveness = p["pad_effectiveness"]
    if p["pad_depth_m"] > 0.0 and p["pad_face_m2"] > 0.0:
        effectiveness = pad_effectiveness(p["pad_depth_m"], air_frac * p["air_rated_m3_s"] / p["pad_face_m2"])
    return pad_air(dry_bulb_c, w, wet_bulb_c, pressure_pa, effectiveness)


@kernel
def dry_cooler_resistance_k_w(
    p: Any, air_frac: float, inlet: tuple[float, float], pressure_pa: float, water_kg_s: float
) -> float:
    """Entering water less entering air for each watt: ``1 / (ε C_min)`` in crossflow, both streams unmixed.

    Parameters
    ----------
    p : TOWER_PARAMS record
        ``ua_w_k``, ``ua_air_frac``, ``water_rated_kg_s`` and ``air_rated_m3_s`` are read.
    air_frac : float
        Air over rated air [-].
    inlet : tuple of float
        Air before the coil: dry bulb °C, humidity ratio kg/kg.
    pressure_pa : float
        Outdoor pressure [Pa].
    water_kg_s : float
        Water through this cooler [kg/s].

    Returns
    -------
    float
        Resistance [K/W]; 1e9 without air or water.

    Notes
    -----
    Films follow the flows (water to 0.85, air to 0.8). Ignores their dependence on temperature (about 0.5 %/K on
    the water side), fouling and wind.

    References
    ----------
    Modelica Buildings Library, Fluid.HeatExchangers.CoolingTowers.DryCooler. Incropera et al., table 11.3.
    """
    air_kg_s = air_frac * p["air_rated_m3_s"] * dry_air_density_kg_m3(inlet[0], inlet[1], pressure_pa)
    c_air, c_water = air_kg_s * humid_heat_j_kgk(inlet[1]), water_kg_s * CP_WATER
    least = min(c_air, c_water)
    if least <= 0.0:
        return 1e9
    ua_w_k = overall_conductance(p["ua_w_k"], water_kg_s / p["water_rated_kg_s"], air_frac, p["ua_air_frac"])
    effectiveness = effectiveness_crossflow_unmixed(ua_w_k / least, least / max(c_air, c_water))
    return 1.0 / max(effectiveness * least, 1e-9)


@kernel
def dry_cooler_heat_w(
    p: Any, entering_c: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float,
    wetted: int,
) -> float:
    """Heat a dry cooler takes from water of a given temperature while its fans run.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One cooler.
    entering_c : float
        Water entering [°C].
    air_frac : float
        Air over rated air [-], > 0.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this cooler [kg/s].
    wetted : int
        1 if the pad is wet.

    Returns
    -------
    float
        Heat [W], ≥ 0: water colder than the air is not warmed (a bypass keeps it out).
    """
    inlet = dry_cooler_inlet(p, air_frac, outdoor, wetted)
    drive_k = max(entering_c - inlet[0], 0.0)
    return drive_k / dry_cooler_resistance_k_w(p, air_frac, inlet, outdoor[3], water_kg_s)


@kernel
def dry_cooler_leaving_c(
    p: Any, entering_c: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float,
    wetted: int,
) -> float:
    """Leaving water of a dry cooler whose entering water is known.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One cooler.
    entering_c : float
        Water entering [°C].
    air_frac : float
        Air over rated air [-], 0 … 1; below ``air_min_frac`` the fans run a share of the time.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this cooler [kg/s], > 0.
    wetted : int
        1 if the pad is wet.

    Returns
    -------
    float
        Water leaving [°C], between the air before the coil and ``entering_c``.

    Notes
    -----
    With the fans off the coil carries ``free_convection_frac`` of what full air carries at the same inlet.
    """
    least = p["air_min_frac"]
    heat_w = dry_cooler_heat_w(p, entering_c, max(air_frac, least), outdoor, water_kg_s, wetted)
    if air_frac < least:
        full_w = dry_cooler_heat_w(p, entering_c, 1.0, outdoor, water_kg_s, wetted)
        free_w = min(p["free_convection_frac"] * full_w, heat_w)
        heat_w = free_w + max(air_frac, 0.0) / least * (heat_w - free_w)
    return entering_c - heat_w / (water_kg_s * CP_WATER)


@kernel
def dry_cooler_rated_ua_w_k(heat_w: float, drive_k: float, c_water_w_k: float, c_air_w_k: float) -> float:
    """Conductance with which a dry cooler meets its rating: the crossflow law solved for the transfer units.

    Parameters
    ----------
    heat_w : float
        Heat at the rating [W].
    drive_k : float
        Entering water less entering air at the rating [K], > 0.
    c_water_w_k, c_air_w_k : float
        Heat-capacity flows at the rating [W/K], > 0.

    Returns
    -------
    float
        Conductance [W/K]; 0 where no coil below ``NTU_MAX`` transfer units meets the rating.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3, by bisection.
    """
    least, most = min(c_water_w_k, c_air_w_k), max(c_water_w_k, c_air_w_k)
    wanted = heat_w / (least * drive_k)
    low, high = 0.0, NTU_MAX
    if effectiveness_crossflow_unmixed(high, least / most) < wanted:
        return 0.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if effectiveness_crossflow_unmixed(middle, least / most) < wanted:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high) * least
