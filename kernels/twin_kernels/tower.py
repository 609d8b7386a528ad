"""Open cooling tower on York's correlation: leaving water, least fan effort for a target, water use."""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.curves import clip
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import dry_air_density_kg_m3, enthalpy_j_kg, saturated_at_enthalpy
from twin_kernels.york import (
    APPROACH_MIN_K,
    folded_approach_k,
    gas_liquid_for_approach,
    liquid_gas_ratio,
    outside_validity,
    york_approach_k,
    york_fold,
    york_range_k,
    york_water_ratio_rated,
)

__all__ = [
    "tower_evaporation", "tower_fan_w", "tower_for_heat", "tower_leaving_c", "tower_water", "york_approach_k",
    "york_water_ratio_rated",
]

#: Least air flow used for evaporation, as a share of rated: draught through a tower whose fan stands. Source: assumed.
DRAUGHT_MIN_FRAC = 0.05
#: Most enthalpy a kilogram of air takes up, J/kg: saturated air at about 50 °C, no hotter than condenser water gets.
RISE_MAX_J_KG = 2.0e5


@kernel
def tower_fan_w(p: Any, air_frac: float) -> float:
    """Fan power: ``rated * air_frac ** fan_exponent``.

    Parameters
    ----------
    p : TOWER_PARAMS record
        ``fan_rated_w`` [W] and ``fan_exponent`` [-] are read.
    air_frac : float
        Air flow over rated air flow [-], 0 … 1.

    Returns
    -------
    float
        Electric power of the fan [W].
    """
    if p["fan_exponent"] == 3.0:
        return p["fan_rated_w"] * air_frac * air_frac * air_frac
    return p["fan_rated_w"] * air_frac ** p["fan_exponent"]


@kernel
def tower_leaving_c(
    p: Any, entering_c: float, wet_bulb_c: float, water_frac: float, air_frac: float
) -> tuple[float, int]:
    """Leaving water of a tower whose entering water is known.

    Solves ``entering = wet bulb + approach(range) + range`` for the range. Below ``air_min_frac`` the fan is
    taken to run a share ``air_frac / air_min_frac`` of the time and the tower to draw freely for the rest.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower.
    entering_c : float
        Water entering [°C].
    wet_bulb_c : float
        Wet bulb of the outdoor air [°C].
    water_frac : float
        Water flow over rated water flow [-].
    air_frac : float
        Air flow over rated air flow [-], 0 … 1.

    Returns
    -------
    leaving_c : float
        Water leaving [°C]; equals ``entering_c`` where the correlation gives no cooling.
    outside : int
        1 if the working point lies outside the correlation's validity.

    Notes
    -----
    Free convection carries ``free_convection_frac`` of what full air carries at the same inlet.
    """
    q = york_fold(wet_bulb_c)
    water_ratio = p["water_ratio_rated"] * water_frac
    excess_k = entering_c - wet_bulb_c
    running = max(air_frac, p["air_min_frac"])
    range_k = york_range_k(q, excess_k, liquid_gas_ratio(water_ratio, running), 0.0)
    if air_frac < p["air_min_frac"]:
        full_k = york_range_k(q, excess_k, liquid_gas_ratio(water_ratio, 1.0), 0.0)
        free_k = min(p["free_convection_frac"] * full_k, range_k)
        share = max(air_frac, 0.0) / p["air_min_frac"]
        range_k = free_k + share * (range_k - free_k)
    leaving_c = entering_c - range_k
    return leaving_c, outside_validity(range_k, wet_bulb_c, leaving_c - wet_bulb_c, water_ratio)


@kernel
def tower_for_heat(
    p: Any, heat_w: float, target_leaving_c: float, wet_bulb_c: float, water_kg_s: float
) -> tuple[float, float, float, int]:
    """Least fan effort that rejects a given heat and brings the leaving water to its target.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower.
    heat_w : float
        Heat to reject [W]; the range is ``heat / (water * cp)``.
    target_leaving_c : float
        Target of the leaving water [°C].
    wet_bulb_c : float
        Wet bulb of the outdoor air [°C].
    water_kg_s : float
        Water through this tower [kg/s].

    Returns
    -------
    air_frac : float
        Air flow over rated air flow [-]; while the fan cycles, its mean.
    fan_w : float
        Electric power of the fan [W].
    leaving_c : float
        Water leaving [°C]: the target, or above it where full air is not enough.
    outside : int
        1 if the working point lies outside the correlation's validity.

    Notes
    -----
    Quasi-steady: all the heat is rejected, and if full air does not reach the target the water floats up until it
    is. With the fan off the tower carries ``free_convection_frac`` of its full-air duty at the same inlet; if that
    is enough, a bypass holds the target. Between that and ``air_min_frac`` the fan cycles, above it modulates.
    Without heat or water nothing runs and the water keeps the target, or the wet bulb where that is warmer.

    References
    ----------
    EnergyPlus 25.2, ``CoolingTower:VariableSpeed`` (order of the decisions, free convection, cycling).
    """
    if heat_w <= 0.0 or water_kg_s <= 0.0:
        return 0.0, 0.0, max(target_leaving_c, wet_bulb_c), 0
    range_k = heat_w / (water_kg_s * CP_WATER)
    water_ratio = p["water_ratio_rated"] * water_kg_s / p["water_rated_kg_s"]
    q = york_fold(wet_bulb_c)
    full = liquid_gas_ratio(water_ratio, 1.0)
    full_k = folded_approach_k(q, range_k, full)
    target_k = target_leaving_c - wet_bulb_c
    if full_k >= target_k:
        outside = outside_validity(range_k, wet_bulb_c, full_k, water_ratio)
        return 1.0, p["fan_rated_w"], wet_bulb_c + full_k, outside
    outside = outside_validity(range_k, wet_bulb_c, target_k, water_ratio)
    excess_k = target_k + range_k
    free_k = 0.0
    # Free convection is at most its share of (excess - least approach): most working points need no solution.
    if p["free_convection_frac"] * (excess_k - APPROACH_MIN_K) >= range_k:
        free_k = p["free_convection_frac"] * york_range_k(q, excess_k, full, range_k)
        if free_k >= range_k:
            return 0.0, 0.0, target_leaving_c, outside
    slow = liquid_gas_ratio(water_ratio, p["air_min_frac"])
    if folded_approach_k(q, range_k, slow) > target_k:
        air_frac = gas_liquid_for_approach(q, range_k, target_k, full, slow)
        air_frac = clip(air_frac * full, p["air_min_frac"], 1.0)
        return air_frac, tower_fan_w(p, air_frac), target_leaving_c, outside
    if free_k == 0.0:
        free_k = p["free_convection_frac"] * york_range_k(q, excess_k, full, range_k)
    slow_k = york_range_k(q, excess_k, slow, range_k)
    share = 1.0
    if slow_k > free_k:
        share = clip((range_k - free_k) / (slow_k - free_k), 0.0, 1.0)
    air_frac = p["air_min_frac"]
    return air_frac * share, tower_fan_w(p, air_frac) * share, target_leaving_c, outside


@kernel
def tower_evaporation(
    p: Any, heat_w: float, air_frac: float, dry_bulb_c: float, w: float, pressure_pa: float, water_kg_s: float
) -> tuple[float, float, float]:
    """Water that a tower evaporates, loses as drift and bleeds, by the saturated-exit method.

    The air takes up the heat and leaves saturated; ``evaporated = air * (w_out - w_in)``.

    Parameters
    ----------
    p : TOWER_PARAMS record
        One tower.
    heat_w : float
        Heat rejected [W].
    air_frac : float
        Air flow over rated air flow [-].
    dry_bulb_c, w, pressure_pa : float
        Outdoor air: dry bulb [°C], humidity ratio [kg/kg], pressure [Pa].
    water_kg_s : float
        Water through the tower [kg/s].

    Returns
    -------
    evaporated_kg_s, drift_kg_s, blowdown_kg_s : float
        Water [kg/s], each ≥ 0; make-up is their sum.

    Notes
    -----
    With the fan slow or off the air flow is at least ``DRAUGHT_MIN_FRAC`` of rated, and large enough that the air takes
    up no more than ``RISE_MAX_J_KG``. By the air's energy balance the evaporation is at most (heat + heat given up
    by the air as it cools) / enthalpy of vapour: with cold air a part of the heat leaves as warm air instead.
    Drift is a share of the water flow; blowdown keeps ``cycles`` of concentration, drift counted as part of it.

    References
    ----------
    EnergyPlus 25.2 Engineering Reference, "Cooling Tower Makeup Water Usage" (saturated exit, drift, blowdown).
    """
    evaporated, drift, blowdown, _ = tower_water(
        p, heat_w, air_frac, (dry_bulb_c, w, pressure_pa), water_kg_s, dry_bulb_c
    )
    return evaporated, drift, blowdown


@kernel
def tower_water(
    p: Any, heat_w: float, air_frac: float, outdoor: tuple[float, float, float], water_kg_s: float, guess_c: float
) -> tuple[float, float, float, float]:
    """:func:`tower_evaporation` from a guess of the leaving air, which comes last among the results.

    Parameters
    ----------
    p, heat_w, air_frac, water_kg_s
        As there.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, pressure Pa.
    guess_c : float
        Temperature of the leaving air a minute ago [°C]; any finite number.

    Returns
    -------
    evaporated_kg_s, drift_kg_s, blowdown_kg_s, air_out_c : float
        Water [kg/s] and leaving air [°C].
    """
    dry_bulb_c, w, pressure_pa = outdoor
    out_c = guess_c
    if water_kg_s <= 0.0:
        return 0.0, 0.0, 0.0, out_c
    drift = p["drift_frac"] * water_kg_s
    evaporated = 0.0
    if heat_w > 0.0:
        air_m3_s = max(air_frac, DRAUGHT_MIN_FRAC) * p["air_rated_m3_s"]
        air = max(air_m3_s * dry_air_density_kg_m3(dry_bulb_c, w, pressure_pa), heat_w / RISE_MAX_J_KG)
        out_j_kg = enthalpy_j_kg(dry_bulb_c, w) + heat_w / air
        out_c, out_w, _ = saturated_at_enthalpy(out_j_kg, pressure_pa, guess_c)
        evaporated = max(air * (out_w - w), 0.0)
    blowdown = 0.0
    if p["cycles"] > 1.0:
        blowdown = max(evaporated / (p["cycles"] - 1.0) - drift, 0.0)
    return evaporated, drift, blowdown, out_c
