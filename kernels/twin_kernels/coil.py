"""The ideal valve in front of a counterflow chilled-water coil; the coil itself is in :mod:`twin_kernels.wet_coil`."""

from __future__ import annotations

from math import expm1
from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.exchanger import AIR_EXPONENT, WATER_EXPONENT
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import enthalpy_j_kg, temperature_from_enthalpy_c
from twin_kernels.wet_coil import CoilInlet, coil_dry, coil_heat, coil_inlet, coil_wet

__all__ = ["coil_dry", "coil_for_leaving_air", "coil_wet", "unit_valve"]

Memory = tuple[float, float, float, float]

#: The valve holds the leaving air to this, K; less demand than this is none.
_LEAVING_TOLERANCE_K = 1e-6
#: A linear step is the last one where miss times spacing is below this, K^2 (its error is about a tenth of it, in K).
_SECOND_ORDER_K2 = 1e-6
#: Secant steps that the valve may take before every second step halves the bracket.
_SECANT_STEPS = 10
_MAX_STEPS = 80


@kernel
def coil_for_leaving_air(
    target_c: float,
    air_j_kg: float,
    air_w: float,
    air_kg_s: float,
    water_c: float,
    p: Any,
    air_ratio: float,
    pressure_pa: float,
) -> tuple[float, float, float, float, float]:
    """Ideal valve: the least water that brings the leaving air to a temperature.

    Conductance follows both flows (:func:`twin_kernels.exchanger.overall_conductance`). The drop
    of air temperature rises with the water ratio x and 1/drop is nearly linear in 1/x: a bracketed
    secant in those two, begun with the slope of a dry coil, needs one to three evaluations from a
    good guess and a handful from none.

    Parameters
    ----------
    target_c : float
        Wanted leaving dry bulb, °C.
    air_j_kg : float
        Entering enthalpy, J/kg dry air.
    air_w : float
        Entering humidity ratio, kg/kg.
    air_kg_s : float
        Dry air, kg/s; ≥ 0.
    water_c : float
        Entering water, °C.
    p : record of CRAH_PARAMS
        ``ua_w_k`` W/K, ``ua_air_frac``, ``water_rated_kg_s``.
    air_ratio : float
        Air flow over rated air flow, ≥ 0.
    pressure_pa : float
        Air pressure, Pa.

    Returns
    -------
    tuple of float
        Water kg/s, total heat W, leaving enthalpy J/kg, leaving humidity ratio, saturated (1 when
        the valve is fully open and the target is not reached, or when the water is no colder
        than the air and the valve stays shut; else 0).

    Notes
    -----
    Leaving air within 1e-6 K of the target (exactly on it while the coil is dry). Never heats.

    References
    ----------
    Sources of :func:`coil_wet` and :func:`twin_kernels.exchanger.overall_conductance`.
    """
    water, heat, out_j, out_w, saturated, _ = _valve(
        target_c, air_j_kg, air_w, air_kg_s, water_c, p, air_ratio, pressure_pa, (0.0, 0.0, 0.0, 1.0)
    )
    return water, heat, out_j, out_w, saturated


@kernel
def unit_valve(
    c: Any,
    target_c: float,
    air_j_kg: float,
    air_w: float,
    air_kg_s: float,
    water_c: float,
    p: Any,
    air_ratio: float,
    pressure_pa: float,
) -> tuple[float, float, float, float, float]:
    """:func:`coil_for_leaving_air` of a unit that remembers where its valve stood.

    Parameters
    ----------
    c : record of CRAH_STATE
        ``water_kg_s``, ``dry_frac`` and ``surface_c`` of the step before are the first guess; the latter two
        are written. Of its rated water the pumps bring no more than ``1 - starved_frac``.
    target_c, air_j_kg, air_w, air_kg_s, water_c, p, air_ratio, pressure_pa
        As there.

    Returns
    -------
    tuple of float
        As there.
    """
    memory = (c["water_kg_s"], c["dry_frac"], c["surface_c"], 1.0 / (1.0 - c["starved_frac"]))
    water, heat, out_j, out_w, saturated, memory = _valve(
        target_c, air_j_kg, air_w, air_kg_s, water_c, p, air_ratio, pressure_pa, memory
    )
    c["dry_frac"] = memory[1]
    c["surface_c"] = memory[2]
    return water, heat, out_j, out_w, saturated


@kernel
def _valve(
    target_c: float, air_j_kg: float, air_w: float, air_kg_s: float, water_c: float, p: Any, air_ratio: float,
    pressure_pa: float, memory: Memory,
) -> tuple[float, float, float, float, float, Memory]:
    """As :func:`unit_valve`, with the memory (water kg/s, dry share, mean wet surface °C, rated over most water)."""
    air_c = temperature_from_enthalpy_c(air_j_kg, air_w)
    if air_c - target_c <= _LEAVING_TOLERANCE_K or air_kg_s <= 0.0 or air_ratio <= 0.0:
        return 0.0, 0.0, air_j_kg, air_w, 0.0, memory
    rated_kg_s = p["water_rated_kg_s"]
    if air_c - water_c <= _LEAVING_TOLERANCE_K or rated_kg_s <= 0.0 or p["ua_w_k"] <= 0.0:
        return 0.0, 0.0, air_j_kg, air_w, 1.0, memory
    n = coil_inlet(air_j_kg, air_w, air_kg_s, water_c, pressure_pa)
    air_resistance = (1.0 - p["ua_air_frac"]) / (p["ua_w_k"] * air_ratio**AIR_EXPONENT)
    water_resistance = p["ua_air_frac"] / p["ua_w_k"]
    return _search(n, target_c, rated_kg_s, air_resistance, water_resistance, memory)


@kernel
def _search(
    n: CoilInlet, target_c: float, rated_kg_s: float, air_resistance: float, water_resistance: float, memory: Memory
) -> tuple[float, float, float, float, float, Memory]:
    """The valve's answer, with the resistances of both films at rated water, K/W."""
    guess_kg_s, dry, surface_c, least = memory
    drop_k = n.air_c - target_c
    air_capacity = n.air_kg_s * n.humid_heat
    # z = 1/x; y = 1/drop. Water cannot leave warmer than the air came: drop <= x limit_k.
    limit_k = rated_kg_s * CP_WATER * (n.air_c - n.water_c) / air_capacity
    near, far = 0.0, limit_k / drop_k * (1.0 + 1e-12)
    z = max(min(rated_kg_s / guess_kg_s, far), least) if guess_kg_s > 0.0 else least
    z_old = miss_old = w_old = dry_old = 0.0
    heat = out_j = out_w = 0.0
    for i in range(_MAX_STEPS):
        resistance = water_resistance * z**WATER_EXPONENT
        ua = 1.0 / (air_resistance + resistance)
        heat, out_w, dry, surface_c = coil_heat(n, rated_kg_s * CP_WATER / z, ua, resistance * ua, dry, surface_c)
        out_j = n.air_j_kg - heat / n.air_kg_s
        reached_k = max(n.air_c - temperature_from_enthalpy_c(out_j, out_w), 1e-12)
        miss = reached_k - drop_k
        if z <= least and miss <= 0.0:
            short = 1.0 if miss < -_LEAVING_TOLERANCE_K else 0.0
            return rated_kg_s / least, heat, out_j, out_w, short, (rated_kg_s / least, dry, surface_c, least)
        if abs(miss) <= _LEAVING_TOLERANCE_K or far - near <= 1e-13 * far:
            break
        if miss > 0.0:
            near = z
        else:
            far = z
        # 1/drop against z: first the slope of a dry coil, then that of the last two points
        if i == 0:
            slope = _dry_slope(z, resistance, ua, air_capacity, rated_kg_s * CP_WATER) / (n.air_c - n.water_c)
            past_k = miss
        else:
            slope = (miss_old - miss) / (reached_k * (miss_old + drop_k) * (z - z_old))
            past_k = miss - miss_old
        z_next = z + miss / (drop_k * reached_k * slope) if slope > 0.0 else far
        if abs(miss * past_k) < _SECOND_ORDER_K2 and near < z_next < far and z_next >= least:
            # So close that the line through the last two points (or the dry slope) is exact enough.
            if dry == 1.0 and (i == 0 or dry_old == 1.0):
                z = z_next
                break
            if i > 0 and dry < 1.0 and dry_old < 1.0:
                z = z_next
                out_w += miss / past_k * (w_old - out_w)
                out_j = enthalpy_j_kg(target_c, out_w)
                break
        z_old, miss_old, w_old, dry_old = z, miss, out_w, dry
        z = max(z_next, least)
        if (not near < z_next < far and near > 0.0) or (i >= _SECANT_STEPS and i % 2 == 0):
            z = 0.5 * (near + far)
    if dry == 1.0:
        # Dry: the air takes the target itself; the water flow carries the tolerance instead.
        out_w = n.air_w
        out_j = n.air_j_kg - n.humid_heat * drop_k
    return rated_kg_s / z, n.air_kg_s * (n.air_j_kg - out_j), out_j, out_w, 0.0, (rated_kg_s / z, dry, surface_c, least)


@kernel
def _dry_slope(z: float, resistance: float, ua: float, air_capacity: float, rated_capacity: float) -> float:
    """Slope of (span / drop) of a dry counterflow coil against z = rated over present water flow.

    With ρ = C_a / C_w and E = e^{−UA (1 − ρ) / C_a} that is d/dz of (1 − ρ E) / (1 − E).
    """
    ratio_1 = air_capacity / rated_capacity
    gap = 1.0 - ratio_1 * z
    ntu = ua / air_capacity
    ntu_slope = -ntu * ua * resistance * WATER_EXPONENT / z
    if abs(ntu * gap) > 50.0:
        return ratio_1
    if abs(gap) < 1e-4:
        return 0.5 * ratio_1 - ntu_slope / (ntu * ntu)
    taken = -expm1(-ntu * gap)
    return -(1.0 - taken) * (ratio_1 * taken + gap * (ntu_slope * gap - ntu * ratio_1)) / (taken * taken)
