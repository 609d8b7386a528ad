"""Open counterflow cooling tower by Merkel's theory: effectiveness times enthalpy drive, conductance off design.

Moist air is replaced by an equivalent fluid whose temperature is the wet bulb and whose heat capacity ``c_e`` is
the slope of saturated enthalpy between the wet bulbs that enter and leave. The tower then is a counterflow
exchanger with ``UA_e = UA c_e / c_pa``.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, CP_WATER, H_VAPOUR_0
from twin_kernels.curves import clip
from twin_kernels.exchanger import effectiveness_counterflow, ntu_from_effectiveness_counterflow
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import (
    dry_air_density_kg_m3,
    enthalpy_j_kg,
    saturated_at_enthalpy,
    saturation_humidity_ratio,
)

__all__ = [
    "merkel_conductance_w_k", "merkel_heat_w", "merkel_leaving_c", "merkel_outside", "merkel_rated_air_kg_s",
    "merkel_rated_ua_w_k", "merkel_resistance_k_w",
]

# Corrections of the conductance and their ranges (EnergyPlus, CoolingTower:VariableSpeed:Merkel, after Scheier).
AIR_FRAC_MIN = 0.2
WATER_FRAC_MIN = 0.3
WET_BULB_GAP_MIN_K, WET_BULB_GAP_MAX_K = -10.0, 25.0
#: Least rise of the air's enthalpy over which ``c_e`` is taken, J/kg: below it the slope no longer changes.
RISE_MIN_J_KG = 100.0
#: The search for the heat ends when the entering water is met this well, K.
TOLERANCE_K = 1e-7
_MAX_ITERATIONS = 60


@kernel
def merkel_conductance_w_k(
    ua_rated_w_k: float, air_frac: float, water_frac: float, wet_bulb_gap_k: float
) -> float:
    """Conductance away from the rating.

    ``UA = UA₀ (1.3 a − 0.3 a²)(0.1082 + 1.667 w − 0.7713 w²)(1 + 0.0081 ΔT)``.

    Parameters
    ----------
    ua_rated_w_k : float
        UA₀ at the rating point [W/K].
    air_frac, water_frac : float
        Flow over rated flow [-]; read inside 0.2 … 1 and 0.3 … 1.
    wet_bulb_gap_k : float
        Rated less actual wet bulb [K]; read inside −10 … 25.

    Returns
    -------
    float
        Conductance [W/K].

    Notes
    -----
    The water factor is 1.0039 at rated water: as in EnergyPlus the rating does not take it out again.

    References
    ----------
    EnergyPlus Engineering Reference, "Variable Speed Cooling Towers Merkel Model" (default curves, after Scheier).
    """
    a = clip(air_frac, AIR_FRAC_MIN, 1.0)
    w = clip(water_frac, WATER_FRAC_MIN, 1.0)
    gap_k = clip(wet_bulb_gap_k, WET_BULB_GAP_MIN_K, WET_BULB_GAP_MAX_K)
    return ua_rated_w_k * a * (1.3 - 0.3 * a) * (0.1082 + w * (1.667 - 0.7713 * w)) * (1.0 + 0.0081 * gap_k)


@kernel
def merkel_outside(water_frac: float, wet_bulb_gap_k: float) -> int:
    """1 where a correction of the conductance is read at the edge of its range.

    Parameters
    ----------
    water_frac : float
        Water over rated water [-], 0.3 … 1 inside.
    wet_bulb_gap_k : float
        Rated less actual wet bulb [K], −10 … 25 inside.

    Returns
    -------
    int
        1 outside, 0 inside.
    """
    if water_frac < WATER_FRAC_MIN - 1e-9 or water_frac > 1.0 + 1e-9:
        return 1
    if wet_bulb_gap_k < WET_BULB_GAP_MIN_K or wet_bulb_gap_k > WET_BULB_GAP_MAX_K:
        return 1
    return 0


@kernel
def _equivalent(heat_w: float, air_kg_s: float, wet_bulb_c: float, pressure_pa: float) -> float:
    """Heat capacity of the equivalent fluid, J/(kg K), for a heat given to the air."""
    in_j_kg = enthalpy_j_kg(wet_bulb_c, saturation_humidity_ratio(wet_bulb_c, pressure_pa))
    rise_j_kg = max(heat_w / air_kg_s, RISE_MIN_J_KG)
    # the slope of saturated enthalpy is 2 … 6 kJ/(kg K): a good first guess
    out_c, _, _ = saturated_at_enthalpy(in_j_kg + rise_j_kg, pressure_pa, wet_bulb_c + rise_j_kg / 4e3)
    return rise_j_kg / (out_c - wet_bulb_c)


@kernel
def merkel_resistance_k_w(
    p: Any, heat_w: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float
) -> float:
    """Entering water less wet bulb for each watt that the tower carries: ``1 / (ε C_min)``.

    With the heat known the leaving air is known, so ``c_e``, UA_e and ε follow without a search.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower; ``ua_w_k``, ``wet_bulb_rated_c``, ``water_rated_kg_s`` and ``air_rated_m3_s`` are read.
    heat_w : float
        Heat given to the air [W], ≥ 0.
    air_frac : float
        Air over rated air [-], > 0.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this tower [kg/s], > 0.

    Returns
    -------
    float
        Resistance [K/W].

    Notes
    -----
    Ignores the water that evaporates (about 1 % of the flow) in the water's energy balance, as Merkel did.

    References
    ----------
    F. Merkel, Verdunstungskühlung, VDI-Forschungsarbeiten 275, 1925. EnergyPlus Engineering Reference,
    "Cooling Towers … Variable Speed Cooling Towers Merkel Model".
    """
    dry_bulb_c, w, wet_bulb_c, pressure_pa = outdoor
    air_kg_s = air_frac * p["air_rated_m3_s"] * dry_air_density_kg_m3(dry_bulb_c, w, pressure_pa)
    ua_w_k = merkel_conductance_w_k(
        p["ua_w_k"], air_frac, water_kg_s / p["water_rated_kg_s"], p["wet_bulb_rated_c"] - wet_bulb_c
    )
    c_e = _equivalent(heat_w, air_kg_s, wet_bulb_c, pressure_pa)
    c_air, c_water = air_kg_s * c_e, water_kg_s * CP_WATER
    least = min(c_air, c_water)
    effectiveness = effectiveness_counterflow(ua_w_k * c_e / CP_DRY_AIR / least, least / max(c_air, c_water))
    return 1.0 / max(effectiveness * least, 1e-9)


@kernel
def merkel_leaving_c(
    p: Any, entering_c: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float
) -> tuple[float, int]:
    """Leaving water of a tower whose entering water is known.

    Solves ``wet bulb + heat · resistance(heat) = entering`` for the heat to 1e-7 K. Below ``air_min_frac`` the fan
    is taken to run a share ``air_frac / air_min_frac`` of the time and the tower to draw freely for the rest.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower.
    entering_c : float
        Water entering [°C].
    air_frac : float
        Air over rated air [-], 0 … 1.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this tower [kg/s], > 0.

    Returns
    -------
    leaving_c : float
        Water leaving [°C], between the wet bulb and ``entering_c``; water colder than the wet bulb stays as it is.
    outside : int
        1 if a correction of the conductance is read at its edge.

    Notes
    -----
    Free convection carries ``free_convection_frac`` of what full air carries at the same inlet.
    """
    excess_k = entering_c - outdoor[2]
    outside = merkel_outside(water_kg_s / p["water_rated_kg_s"], p["wet_bulb_rated_c"] - outdoor[2])
    if excess_k <= 0.0:
        return entering_c, outside
    least = p["air_min_frac"]
    heat_w = merkel_heat_w(p, excess_k, max(air_frac, least), outdoor, water_kg_s)
    if air_frac < least:
        free_w = p["free_convection_frac"] * merkel_heat_w(p, excess_k, 1.0, outdoor, water_kg_s)
        free_w = min(free_w, heat_w)
        heat_w = free_w + max(air_frac, 0.0) / least * (heat_w - free_w)
    return entering_c - heat_w / (water_kg_s * CP_WATER), outside


@kernel
def merkel_heat_w(
    p: Any, excess_k: float, air_frac: float, outdoor: tuple[float, float, float, float], water_kg_s: float
) -> float:
    """Heat that a tower with its fan on takes from water of a given excess over the wet bulb.

    Regula falsi with Illinois weights on ``heat · resistance(heat) = excess``, which rises with the heat; at most
    the water comes down to the wet bulb.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower.
    excess_k : float
        Water entering less wet bulb [K].
    air_frac : float
        Air over rated air [-], > 0.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    water_kg_s : float
        Water through this tower [kg/s], > 0.

    Returns
    -------
    float
        Heat [W], ≥ 0.
    """
    if excess_k <= 0.0:
        return 0.0
    low, high = 0.0, water_kg_s * CP_WATER * excess_k
    f_low = -excess_k
    f_high = high * merkel_resistance_k_w(p, high, air_frac, outdoor, water_kg_s) - excess_k
    side = 0
    x = high
    for _ in range(_MAX_ITERATIONS):
        if f_high - f_low <= 0.0:
            break
        x = (low * f_high - high * f_low) / (f_high - f_low)
        f = x * merkel_resistance_k_w(p, x, air_frac, outdoor, water_kg_s) - excess_k
        if abs(f) < TOLERANCE_K:
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
    return x


@kernel
def merkel_rated_air_kg_s(dry_bulb_c: float, wet_bulb_c: float, air_m3_s: float, pressure_pa: float) -> float:
    """Dry air through a tower at its rating, whose air is given by its two temperatures.

    ``w = ((L − a t) w_s(t) − c_a (T − t)) / (L + c_v T − c t)`` with ``t`` the wet bulb.

    Parameters
    ----------
    dry_bulb_c, wet_bulb_c : float
        Air entering at the rating [°C]; wet bulb ≥ 0.
    air_m3_s : float
        Rated air [m³/s].
    pressure_pa : float
        Pressure at the rating [Pa].

    Returns
    -------
    float
        Dry air [kg/s].

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 26 and 33.
    """
    saturated = saturation_humidity_ratio(wet_bulb_c, pressure_pa)
    latent_j_kg = (H_VAPOUR_0 - (CP_WATER - CP_VAPOUR) * wet_bulb_c) * saturated
    w = max(latent_j_kg - CP_DRY_AIR * (dry_bulb_c - wet_bulb_c), 0.0)
    w /= H_VAPOUR_0 + CP_VAPOUR * dry_bulb_c - CP_WATER * wet_bulb_c
    return air_m3_s * dry_air_density_kg_m3(dry_bulb_c, w, pressure_pa)


@kernel
def merkel_rated_ua_w_k(
    wet_bulb_c: float, approach_k: float, range_k: float, water_kg_s: float, air_kg_s: float, pressure_pa: float
) -> float:
    """Conductance UA₀ with which the tower meets its design point with full air.

    Parameters
    ----------
    wet_bulb_c, approach_k, range_k : float
        Design wet bulb [°C], approach and range [K].
    water_kg_s, air_kg_s : float
        Design water and dry air [kg/s].
    pressure_pa : float
        Pressure at the rating [Pa].

    Returns
    -------
    float
        Conductance [W/K]; 0 where no tower meets the design (the air would have to leave warmer than the water).

    References
    ----------
    EnergyPlus Engineering Reference, "Variable Speed Cooling Towers Merkel Model" (sizing of the design UA).
    """
    heat_w = water_kg_s * CP_WATER * range_k
    c_e = _equivalent(heat_w, air_kg_s, wet_bulb_c, pressure_pa)
    c_air, c_water = air_kg_s * c_e, water_kg_s * CP_WATER
    least = min(c_air, c_water)
    effectiveness = heat_w / (least * (range_k + approach_k))
    if effectiveness >= 1.0:
        return 0.0
    ntu = ntu_from_effectiveness_counterflow(effectiveness, least / max(c_air, c_water))
    return ntu * least * CP_DRY_AIR / c_e
