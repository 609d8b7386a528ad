"""Direct-expansion coil of a computer-room air conditioner, by performance curves and a bypass factor.

Capacity and electricity follow from the wet bulb of the air that enters the coil and the outdoor air at the condenser;
what share of the capacity dries the air follows from the state of the coil's surface (the apparatus dew point).
"""

from __future__ import annotations

from math import exp, log
from typing import Any

from twin_kernels.constants import KELVIN
from twin_kernels.curves import biquadratic, clip, polynomial
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import (
    enthalpy_j_kg,
    humid_heat_j_kgk,
    saturated_at_enthalpy,
    saturation_humidity_ratio,
    temperature_from_enthalpy_c,
    wet_bulb_c,
)

__all__ = ["PLF_MIN", "dx_bypass_kg_s", "dx_full_load", "dx_leaving", "dx_run_frac"]

#: The part-load fraction is never taken below this. Source: EnergyPlus 25.2, ``Coil:Cooling:DX:SingleSpeed``.
PLF_MIN = 0.7
#: Smallest refrigerant lift that the Carnot bound sees, K. Source: assumed, as for chillers.
_MIN_LIFT_K = 5.0
#: Floor of the available capacity as a share of rated: keeps a poor curve set from turning negative. Source: assumed.
_MIN_CAPACITY_FRAC = 0.05
#: Tolerance of "outside the box": a point on the edge but for rounding is inside.
_EDGE = 1e-6
#: The laws of moist air are asked within these, °C; a hall without cooling or thermal mass may be anywhere.
_COLDEST_C, _HOTTEST_C = -90.0, 85.0
#: Humidity ratio at which a coil just becomes dry is found to this, kg/kg.
_DRY_TOLERANCE = 1e-10


@kernel
def dx_bypass_kg_s(
    rated_w: float, shr_frac: float, flow_kg_s: float, air_c: float, air_w: float, pressure_pa: float
) -> float:
    """Size A0 of a coil from its rating: ``BF = exp(-A0 / m)``.

    The line from the entering to the leaving state meets saturation at the apparatus dew point;
    ``BF = (h_out - h_adp) / (h_in - h_adp)``.

    Parameters
    ----------
    rated_w : float
        Gross total capacity at rating, W; > 0.
    shr_frac : float
        Sensible share of it, 0.3 … 1.
    flow_kg_s : float
        Air at rating, kg/s of dry air; > 0.
    air_c, air_w : float
        Air entering at rating: dry bulb °C, humidity ratio kg/kg.
    pressure_pa : float
        Air pressure, Pa.

    Returns
    -------
    float
        A0, kg/s; -1 where no surface gives that share of sensible heat.

    Notes
    -----
    At ``shr_frac = 1`` any surface at or above the dew point would do; the coldest dry one is taken.

    References
    ----------
    EnergyPlus 25.2 Engineering Reference, "Apparatus dew point / bypass factor"; ASHRAE Handbook - HVAC Systems and
    Equipment 2020, ch. 23.
    """
    entering_j_kg = enthalpy_j_kg(air_c, air_w)
    drop_j_kg = rated_w / flow_kg_s
    out_j_kg = entering_j_kg - drop_j_kg
    latent_j_kg = (1.0 - shr_frac) * drop_j_kg
    out_w = air_w - latent_j_kg / (enthalpy_j_kg(air_c, 1.0) - enthalpy_j_kg(air_c, 0.0))
    out_c = temperature_from_enthalpy_c(out_j_kg, out_w)
    if out_w < 0.0 or out_w >= saturation_humidity_ratio(out_c, pressure_pa) or out_c >= air_c:
        return -1.0
    slope = (air_w - out_w) / (air_c - out_c)
    high_c, low_c = out_c, out_c
    for _ in range(400):  # the first meeting with saturation on the way down
        low_c -= 0.1
        if air_w - slope * (air_c - low_c) >= saturation_humidity_ratio(low_c, pressure_pa):
            break
        high_c = low_c
    if air_w - slope * (air_c - low_c) < saturation_humidity_ratio(low_c, pressure_pa):
        return -1.0
    for _ in range(60):
        middle_c = 0.5 * (low_c + high_c)
        if air_w - slope * (air_c - middle_c) >= saturation_humidity_ratio(middle_c, pressure_pa):
            low_c = middle_c
        else:
            high_c = middle_c
    surface_j_kg = enthalpy_j_kg(low_c, air_w - slope * (air_c - low_c))
    bypass_frac = (out_j_kg - surface_j_kg) / (entering_j_kg - surface_j_kg)
    return -flow_kg_s * log(bypass_frac)


@kernel
def _capacity_w(p: Any, wet_bulb: float, outdoor_c: float, flow_frac: float) -> float:
    """Total capacity by the curves, read at the nearest point of their box."""
    x = clip(wet_bulb, p["wet_bulb_min_c"], p["wet_bulb_max_c"])
    y = clip(outdoor_c, p["outdoor_min_c"], p["outdoor_max_c"])
    z = clip(flow_frac, p["flow_min_frac"], p["flow_max_frac"])
    factor = biquadratic(p["capft"], x, y) * polynomial(p["capff"], z)
    return p["rated_w"] * max(factor, _MIN_CAPACITY_FRAC)


@kernel
def _surface(
    air: tuple[float, float, float], drop_j_kg: float, bypass_frac: float, pressure_pa: float, guess_c: float
) -> tuple[float, float]:
    """Temperature and humidity of the saturated surface that takes ``drop_j_kg`` out of the air."""
    surface_j_kg = enthalpy_j_kg(air[1], air[2]) - drop_j_kg / (1.0 - bypass_frac)
    surface_c, surface_w, _ = saturated_at_enthalpy(surface_j_kg, pressure_pa, guess_c)
    return surface_c, surface_w


@kernel
def _just_dry(
    p: Any, air: tuple[float, float, float], outdoor_c: float, bypass_frac: float, flow_frac: float,
    pressure_pa: float, guess: tuple[float, float],
) -> tuple[float, float, float]:
    """Wet bulb of air of this temperature at which the coil just becomes dry, surface and capacity there."""
    flow, air_c, low = air
    high = saturation_humidity_ratio(air_c, pressure_pa)
    wet, surface_c = guess
    capacity = surface_w = 0.0
    at_low, at_high = 1.0, -1.0
    known_low = known_high = False
    side = 0
    for _ in range(80):
        w = 0.5 * (low + high)
        if known_low and known_high and high > low:
            w = low + (high - low) * at_low / (at_low - at_high)
        wet = wet_bulb_c(air_c, w, pressure_pa, wet)
        capacity = _capacity_w(p, wet, outdoor_c, flow_frac)
        surface_c, surface_w = _surface((flow, air_c, w), capacity / flow, bypass_frac, pressure_pa, surface_c)
        error = surface_w - w
        if abs(error) < _DRY_TOLERANCE or high - low < _DRY_TOLERANCE:
            break
        if error > 0.0:
            low, at_low, known_low = w, error, True
            if side == 1:
                at_high *= 0.5
            side = 1
        else:
            high, at_high, known_high = w, error, True
            if side == -1:
                at_low *= 0.5
            side = -1
    return wet, surface_c, capacity


@kernel
def dx_full_load(
    p: Any, air: tuple[float, float, float], outdoor_c: float, pressure_pa: float, guess: tuple[float, float]
) -> tuple[float, float, float, float, float, float, int]:
    """A running coil: capacity, what it does to the air, and the electricity it takes.

    ``Q = Q0 CapFT(T_wb, T_out) CapFF(r)``, ``P = Q / COP EIRFT(T_wb, T_out) EIRFF(r)``,
    ``h_adp = h_in - Q / (m (1 - BF))``, ``w_in - w_out = (1 - BF) (w_in - w_adp)``, ``BF = exp(-A0 / m)``.

    Parameters
    ----------
    p : record of DX_PARAMS
        Rating, curves and their box, ``bypass_kg_s`` A0.
    air : tuple of float
        Entering air: kg/s of dry air (> 0), dry bulb °C, humidity ratio kg/kg (mist passes).
    outdoor_c : float
        Air at the condenser, °C.
    pressure_pa : float
        Air pressure in the hall, Pa.
    guess : tuple of float
        First guesses of wet bulb and surface, °C.

    Returns
    -------
    capacity_w : float
        Enthalpy taken out of the air, condensate included [W].
    drop : float
        Fall of the humidity ratio [kg/kg], 0 for a dry coil.
    surface_w, surface_c : float
        Humidity ratio and temperature of the surface (apparatus dew point) [kg/kg, °C].
    wet_bulb : float
        Entering wet bulb at which the curves were read [°C].
    power_w : float
        Electricity of the compressor (and of what the COP includes) [W].
    outside_box : int
        1 if wet bulb, outdoor air or flow lies outside the curves' box.

    Notes
    -----
    Curves know the wet bulb only, which says nothing of a coil that does not condense: where the surface would be
    above the dew point of the air, they are read at the wet bulb of air of the same temperature at which the coil
    just becomes dry, and all of the capacity is sensible. A surface below ``surface_min_c`` would freeze: the
    machine unloads there, at the same electricity per heat. Curves are read at the nearest point of their box, and
    ``Q / P`` is at most ``carnot_max_frac`` of Carnot between surface and outdoor air less and plus the two lifts.

    References
    ----------
    EnergyPlus 25.2 Engineering Reference, ``Coil:Cooling:DX:SingleSpeed``; ANSI/ASHRAE Standard 140-2017, section 5.3.
    """
    flow = air[0]
    air_c = clip(air[1], _COLDEST_C, _HOTTEST_C)
    air_w = min(air[2], saturation_humidity_ratio(air_c, pressure_pa))
    bypass_frac = exp(-p["bypass_kg_s"] / flow)
    flow_frac = flow / p["air_rated_kg_s"]
    dried = 1.0 - bypass_frac
    wet = wet_bulb_c(air_c, air_w, pressure_pa, guess[0])
    capacity = _capacity_w(p, wet, outdoor_c, flow_frac)
    clean = (flow, air_c, air_w)
    surface_c, surface_w = _surface(clean, capacity / flow, bypass_frac, pressure_pa, guess[1])
    drop = 0.0
    floor_c = p["surface_min_c"]
    if surface_w >= air_w:
        wet, surface_c, capacity = _just_dry(
            p, clean, outdoor_c, bypass_frac, flow_frac, pressure_pa, (wet, surface_c)
        )
    surface_c = max(surface_c, floor_c)
    surface_w = saturation_humidity_ratio(surface_c, pressure_pa)
    if surface_w < air_w:
        drop = dried * (air_w - surface_w)
        most_w = flow * dried * (enthalpy_j_kg(air_c, air_w) - enthalpy_j_kg(surface_c, surface_w))
    else:
        most_w = flow * dried * humid_heat_j_kgk(air_w) * (air_c - surface_c)
    if surface_c <= floor_c:
        capacity = min(capacity, max(most_w, 0.0))
        drop = drop if capacity > 0.0 else 0.0
    x = clip(wet, p["wet_bulb_min_c"], p["wet_bulb_max_c"])
    y = clip(outdoor_c, p["outdoor_min_c"], p["outdoor_max_c"])
    z = clip(flow_frac, p["flow_min_frac"], p["flow_max_frac"])
    outside = 0
    if abs(x - wet) > _EDGE or abs(y - outdoor_c) > _EDGE or abs(z - flow_frac) > _EDGE:
        outside = 1
    power = capacity / p["cop"] * biquadratic(p["eirft"], x, y) * polynomial(p["eirff"], z)
    evaporating_k = surface_c - p["evaporator_lift_k"] + KELVIN
    lift_k = max(outdoor_c + p["condenser_lift_k"] + KELVIN - evaporating_k, _MIN_LIFT_K)
    power = max(power, capacity * lift_k / (p["carnot_max_frac"] * evaporating_k))
    return capacity, drop, surface_w, surface_c, wet, power, outside


@kernel
def dx_leaving(
    p: Any, air: tuple[float, float, float], load_w: float, pressure_pa: float, guess_c: float
) -> tuple[float, float, float]:
    """Air behind a coil whose compressor turns so slowly that it takes just ``load_w``.

    The surface warms until ``m (1 - BF) (h_in - h_adp)`` is the load; where it is above the air's dew point, all of the
    load is sensible.

    Parameters
    ----------
    p : record of DX_PARAMS
        ``bypass_kg_s`` is read.
    air : tuple of float
        Entering air: kg/s of dry air, °C, kg/kg.
    load_w : float
        Enthalpy taken out, W; ≥ 0.
    pressure_pa : float
        Air pressure, Pa.
    guess_c : float
        First guess of the surface, °C.

    Returns
    -------
    tuple of float
        Leaving air: enthalpy J/kg, humidity ratio kg/kg; humidity ratio of the surface.

    References
    ----------
    ASHRAE Handbook - HVAC Systems and Equipment 2020, ch. 23 (bypass factor).
    """
    flow, air_c, seen_w = air
    clear_c = clip(air_c, _COLDEST_C, _HOTTEST_C)
    air_w = min(seen_w, saturation_humidity_ratio(clear_c, pressure_pa))
    bypass_frac = exp(-p["bypass_kg_s"] / flow)
    _, surface_w = _surface((flow, clear_c, air_w), load_w / flow, bypass_frac, pressure_pa, guess_c)
    out_w = seen_w
    if surface_w < air_w:
        out_w = seen_w - (1.0 - bypass_frac) * (air_w - surface_w)
    return enthalpy_j_kg(air_c, seen_w) - load_w / flow, out_w, surface_w


@kernel
def dx_run_frac(p: Any, plr: float) -> float:
    """Electricity at part load over that at full load: ``r = PLR / PLF(PLR)``, never above 1.

    For a machine that cycles this is the share of the time it runs.

    Parameters
    ----------
    p : record of DX_PARAMS
        ``plf``: cubic in the part-load ratio.
    plr : float
        Part-load ratio: heat over capacity, 0 … 1.

    Returns
    -------
    float
        0 … 1.

    References
    ----------
    EnergyPlus 25.2 Engineering Reference, "Part load fraction correlation".
    """
    if plr <= 0.0:
        return 0.0
    return min(plr / max(polynomial(p["plf"], plr), PLF_MIN), 1.0)
