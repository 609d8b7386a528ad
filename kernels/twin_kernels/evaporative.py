"""Indirect evaporative air unit: hall air cooled through plates by outdoor air, dry or sprayed; water; rating.

The working point of the plates is in :mod:`twin_kernels.iec_plates`, the mode machine in
:mod:`twin_kernels.control_iec`.
"""

from __future__ import annotations

from math import exp, expm1, log
from typing import Any

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR
from twin_kernels.exchanger import AIR_EXPONENT, effectiveness_crossflow_unmixed
from twin_kernels.iec_plates import (
    GAP_MIN_K,
    Outdoor,
    at_speed,
    bypassed_frac,
    dry_plates,
    exhaust_for,
    film_chord_j_kgk,
    speed_for,
    sprayed,
)
from twin_kernels.jit import kernel

__all__ = [
    "iec_conductance_w_k", "iec_exhaust", "iec_for_target", "iec_leaving", "iec_reach", "iec_water", "iec_wetting_frac",
]

Leaving = tuple[float, float, float]

#: Largest NTU that :func:`iec_conductance_w_k` gives: plates of 20 and more are not built.
_NTU_MAX = 100.0
#: Range of the wetting share that :func:`iec_wetting_frac` believes.
WETTING_MIN_FRAC = 0.02
WETTING_MAX_FRAC = 3.0


@kernel
def iec_leaving(
    q: Any, wet: int, primary_kg_s: float, density_kg_m3: float, return_c: float, return_w: float,
    secondary_frac: float, outdoor: Outdoor, guess_c: float,
) -> Leaving:
    """Air that leaves both sides of the plates with all hall air passing them.

    ``Q = ε(N, Z) C_min (T_return - T_start)``, ``1/UA = 1/(hA)_p + 1/(hA)_s``. Dry: from the outdoor dry bulb with
    ``C_s = m_s c_p``. Sprayed: from the wet bulb with ``C_s = m_s c_e``, ``c_e`` the secant of saturated air's enthalpy
    from there to the exhaust, and ``(hA)_s`` grown by ``f_wet c_f / c_p``, ``c_f`` the secant from the air's mean wet
    bulb to the film's mean temperature. Films follow flow to the power 0.8.

    Parameters
    ----------
    q : record of IEC_PARAMS
        ``air_rated_m3_s``, ``secondary_rated_m3_s``, ``ua_w_k``, ``ua_primary_frac``, ``wetting_frac`` are read.
    wet : int
        1 while sprayed, else 0.
    primary_kg_s : float
        Hall air, dry air kg/s; ≥ 0.
    density_kg_m3 : float
        Dry air in a cubic metre of the rated flows, kg/m³.
    return_c, return_w : float
        Hall air entering: °C, kg/kg.
    secondary_frac : float
        Secondary flow over rated, 0 … 1.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.
    guess_c : float
        Exhaust of the last step, °C: where the search of the sprayed case begins; any finite number.

    Returns
    -------
    tuple of float
        Leaving hall air °C, exhaust °C, exhaust humidity kg/kg. Exhaust temperature within 1e-7 K of the equations'
        root, leaving air from the heat that the exhaust carries: energy closes to rounding.

    Notes
    -----
    Valid for wet bulbs of -40 … 40 °C. Sensible on the hall's side: plates colder than its dew point would condense,
    which is ignored. Where the secondary air starts no colder than the return, or a flow is zero, no heat passes and
    the exhaust is outdoor air. Enthalpy of saturated air is taken less that of its water at the wet bulb (sigma heat),
    which adiabatic saturation keeps: the heat is exactly the air's enthalpy rise less that of make-up water at the
    wet bulb (over ice, to 2 %), where plain enthalpy would miss it by 2 to 4 %. The sprayed exhaust is given as
    saturated (Merkel), the wet bulb of what leaves; :func:`iec_exhaust` gives its humidity. Held against plates solved
    cell by cell, both calibrated at one rating, sprayed heat is within 4 % (with ``c_e`` for ``c_f`` it was 15 %).

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3 (crossflow, both unmixed). Braun, Klein and
    Mitchell (1989), ASHRAE Transactions 95(2) (saturation specific heat). EnergyPlus 25.2 Engineering Reference,
    cooling towers (equivalent fluid).
    """
    n = dry_plates(q, primary_kg_s, density_kg_m3, return_c, return_w, outdoor)
    if wet == 1 and n.primary_w_k > 0.0:
        n = sprayed(n, outdoor[2], q["wetting_frac"])
    if n.primary_w_k <= 0.0 or secondary_frac <= 0.0 or n.return_c - n.start_c <= GAP_MIN_K:
        return return_c, outdoor[0], outdoor[1]
    heat, exhaust_c, exhaust_w = at_speed(n, secondary_frac, guess_c)
    return return_c - heat / n.primary_w_k, exhaust_c, exhaust_w


@kernel
def iec_for_target(
    q: Any, wet: int, primary_kg_s: float, density_kg_m3: float, return_c: float, return_w: float, outdoor: Outdoor,
    target_c: float, first_frac: float, guess_c: float,
) -> tuple[float, float, float, float, float]:
    """Secondary speed, and bypass below the lowest speed, that bring the hall air to a temperature.

    Parameters
    ----------
    q, wet, primary_kg_s, density_kg_m3, return_c, return_w, outdoor, guess_c
        As :func:`iec_leaving`; ``secondary_min_frac`` is read too.
    target_c : float
        Wanted temperature of the hall air after plates and bypass have mixed, °C.
    first_frac : float
        Speed of the last step: 1 says to try full speed first; any number.

    Returns
    -------
    tuple of float
        Secondary flow over rated (0 where no heat is wanted or none can pass, else ``secondary_min_frac`` … 1), leaving
        hall air °C (the target, or warmer where full speed is not enough), share of the hall air that goes round
        the plates, exhaust °C, exhaust humidity kg/kg.

    Notes
    -----
    Heat is exactly ``primary (h(return) - h(leaving))`` and is what the exhaust carries; speed within 1e-6. Air that
    goes round leaves less flow on the plates (more NTU, thicker film), which is solved for; bypass within 1e-5.

    References
    ----------
    Those of :func:`iec_leaving`.
    """
    n = dry_plates(q, primary_kg_s, density_kg_m3, return_c, return_w, outdoor)
    if wet == 1 and n.primary_w_k > 0.0:
        n = sprayed(n, outdoor[2], q["wetting_frac"])
    heat_w = n.primary_w_k * (return_c - target_c)
    if heat_w <= 0.0 or n.return_c - n.start_c <= GAP_MIN_K:
        return 0.0, return_c, 0.0, outdoor[0], outdoor[1]
    least = min(max(q["secondary_min_frac"], 1e-3), 1.0)
    share = 2.0
    exhaust_c = guess_c
    exhaust_w = outdoor[1]
    most_w = 0.0
    if first_frac >= 1.0:
        most_w, exhaust_c, exhaust_w = at_speed(n, 1.0, guess_c)
    if most_w > heat_w or first_frac < 1.0:
        share, exhaust_c, exhaust_w = speed_for(n, heat_w, least, exhaust_c)
    if share > 1.0:
        if most_w == 0.0:
            most_w, exhaust_c, exhaust_w = at_speed(n, 1.0, exhaust_c)
        return 1.0, return_c - most_w / n.primary_w_k, 0.0, exhaust_c, exhaust_w
    if share >= least:
        return share, target_c, 0.0, exhaust_c, exhaust_w
    exhaust_c, exhaust_w = exhaust_for(n, heat_w / (least * n.full_kg_s), exhaust_c)
    return least, target_c, bypassed_frac(n, heat_w, least, exhaust_c), exhaust_c, exhaust_w


@kernel
def iec_reach(
    q: Any, primary_kg_s: float, density_kg_m3: float, return_c: float, return_w: float, outdoor: Outdoor,
    guess_c: float,
) -> tuple[float, float]:
    """Coldest hall air that full secondary speed gives, dry and sprayed.

    Parameters
    ----------
    q, primary_kg_s, density_kg_m3, return_c, return_w, outdoor, guess_c
        As :func:`iec_leaving`.

    Returns
    -------
    tuple of float
        Leaving hall air dry and sprayed, °C; ``return_c`` where no heat passes.
    """
    n = dry_plates(q, primary_kg_s, density_kg_m3, return_c, return_w, outdoor)
    dry_c = wet_c = return_c
    if n.primary_w_k > 0.0:
        if return_c - n.start_c > GAP_MIN_K:
            dry_c = return_c - at_speed(n, 1.0, guess_c)[0] / n.primary_w_k
        if return_c - outdoor[2] > GAP_MIN_K:
            wet_c = return_c - at_speed(sprayed(n, outdoor[2], q["wetting_frac"]), 1.0, guess_c)[0] / n.primary_w_k
    return dry_c, wet_c


@kernel
def iec_exhaust(
    q: Any, secondary_kg_s: float, density_kg_m3: float, outdoor: Outdoor, exhaust_c: float, exhaust_w: float
) -> tuple[float, float]:
    """What a sprayed unit really blows out: the heat of the saturated exhaust, but no wetter than its films make it.

    Air passes a film of one effective temperature on the saturation line: it approaches that by ``1 - e^-N`` in heat
    and in humidity alike, ``N = f_wet (hA)_s / (m_s c_p)``, Lewis number 1.

    Parameters
    ----------
    q : record of IEC_PARAMS
        ``secondary_rated_m3_s``, ``ua_w_k``, ``ua_primary_frac``, ``wetting_frac`` are read.
    secondary_kg_s : float
        Outdoor air over the plates, dry air kg/s; ≥ 0.
    density_kg_m3, outdoor
        As :func:`iec_leaving`.
    exhaust_c, exhaust_w : float
        Saturated exhaust of the sprayed unit as :func:`iec_for_target` gives it: °C, kg/kg.

    Returns
    -------
    tuple of float
        Exhaust °C and its humidity ratio kg/kg, never below the outdoor air's; outdoor air without flow.

    Notes
    -----
    Held against plates solved cell by cell with that heat, the water is within 5 % (mostly 1 to 3 %, too little). The
    saturated exhaust would overstate it by up to 75 % in dry heat on usual, poorly wetted plates.

    References
    ----------
    Braun, Klein and Mitchell (1989), ASHRAE Transactions 95(2) (effective surface temperature of a wet coil).
    """
    outdoor_c, outdoor_w, wet_bulb_c, _ = outdoor
    n = dry_plates(q, q["air_rated_m3_s"] * density_kg_m3, density_kg_m3, exhaust_c, outdoor_w, outdoor)
    if secondary_kg_s <= 0.0 or n.primary_w_k <= 0.0 or q["ua_primary_frac"] <= 0.0:
        return outdoor_c, outdoor_w
    share = secondary_kg_s / n.full_kg_s
    films = q["wetting_frac"] * share**AIR_EXPONENT / (n.secondary_k_w * secondary_kg_s * n.humid_heat)
    near = -expm1(-films)
    if near <= 0.0:
        return outdoor_c, outdoor_w
    n = sprayed(n, wet_bulb_c, q["wetting_frac"])
    sigma = CP_DRY_AIR * exhaust_c + exhaust_w * (n.vapour_j_kg + CP_VAPOUR * exhaust_c)
    rise = max(sigma - n.start_j_kg, 0.0)
    _, film_w = exhaust_for(n, rise / near, exhaust_c)
    w = max(outdoor_w + near * (film_w - outdoor_w), outdoor_w)
    return (sigma - w * n.vapour_j_kg) / (CP_DRY_AIR + CP_VAPOUR * w), w


@kernel
def iec_water(q: Any, secondary_kg_s: float, outdoor_w: float, exhaust_w: float) -> tuple[float, float, float]:
    """Water of a sprayed unit: ``evaporated = m_s (w_out - w_in)``, drift as a share of the spray, blowdown.

    Parameters
    ----------
    q : record of IEC_PARAMS
        ``spray_kg_s`` kg/s, ``drift_frac``, ``cycles`` are read.
    secondary_kg_s : float
        Outdoor air over the plates, dry air kg/s; 0 says that nothing is sprayed.
    outdoor_w, exhaust_w : float
        Humidity ratio of the outdoor air and of the exhaust (:func:`iec_exhaust`), kg/kg.

    Returns
    -------
    tuple of float
        Evaporated, drift and blowdown, kg/s, each ≥ 0; make-up is their sum.

    Notes
    -----
    ``blowdown = max(evaporated / (cycles - 1) - drift, 0)``: drift carries salts away too. For running pumps only.

    References
    ----------
    EnergyPlus 25.2 Engineering Reference, "Cooling Tower Makeup Water Usage".
    """
    if secondary_kg_s <= 0.0:
        return 0.0, 0.0, 0.0
    evaporated = max(secondary_kg_s * (exhaust_w - outdoor_w), 0.0)
    drift = q["drift_frac"] * q["spray_kg_s"]
    blowdown = 0.0
    if q["cycles"] > 1.0:
        blowdown = max(evaporated / (q["cycles"] - 1.0) - drift, 0.0)
    return evaporated, drift, blowdown


@kernel
def iec_conductance_w_k(effectiveness: float, primary_w_k: float, secondary_w_k: float) -> float:
    """Conductance of crossflow plates from their dry effectiveness ``Q / (C_min (T_return - T_outdoor))``.

    Parameters
    ----------
    effectiveness : float
        Dry effectiveness of the smaller capacity flow, above 0 and below 1.
    primary_w_k, secondary_w_k : float
        Heat-capacity flows of hall and outdoor air, W/K; > 0.

    Returns
    -------
    float
        UA, W/K; -1 where no conductance up to 100 transfer units gives that effectiveness.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3 (crossflow, both unmixed), by bisection.
    """
    least, most = min(primary_w_k, secondary_w_k), max(primary_w_k, secondary_w_k)
    if least <= 0.0 or not 0.0 < effectiveness < 1.0:
        return -1.0
    ratio = least / most
    if effectiveness_crossflow_unmixed(_NTU_MAX, ratio) < effectiveness:
        return -1.0
    low, high = log(1e-9), log(_NTU_MAX)
    for _ in range(100):
        middle = 0.5 * (low + high)
        if effectiveness_crossflow_unmixed(exp(middle), ratio) < effectiveness:
            low = middle
        else:
            high = middle
    return exp(0.5 * (low + high)) * least


@kernel
def iec_wetting_frac(
    q: Any, effectiveness: float, density_kg_m3: float, return_c: float, return_w: float, outdoor: Outdoor
) -> float:
    """Wetting share that gives a data sheet's wet-bulb effectiveness at rated flows.

    ``effectiveness = (T_return - T_leaving) / (T_return - T_wet bulb)``. Heat and flows give the exhaust, that the
    capacity flow, both the conductance, and that less the hall side's film the wet film: no search but
    :func:`iec_conductance_w_k`.

    Parameters
    ----------
    q : record of IEC_PARAMS
        Rated flows, ``ua_w_k`` and ``ua_primary_frac`` are read; ``wetting_frac`` is not.
    effectiveness : float
        Wet-bulb effectiveness of the data sheet, above 0 and below 1.
    density_kg_m3, return_c, return_w, outdoor
        Rating conditions, as :func:`iec_leaving`.

    Returns
    -------
    float
        Wetting share, 0.02 … 3; -1 where none in that range gives that effectiveness.

    References
    ----------
    Those of :func:`iec_leaving`.
    """
    n = dry_plates(q, q["air_rated_m3_s"] * density_kg_m3, density_kg_m3, return_c, return_w, outdoor)
    span_k = return_c - outdoor[2]
    if n.primary_w_k <= 0.0 or span_k <= GAP_MIN_K or not 0.0 < effectiveness < 1.0:
        return -1.0
    n = sprayed(n, outdoor[2], 1.0)
    heat_w = effectiveness * span_k * n.primary_w_k
    exhaust_c, _ = exhaust_for(n, heat_w / n.full_kg_s, outdoor[2] + 0.5 * span_k)
    if exhaust_c >= return_c:
        return -1.0
    secondary_w_k = heat_w / (exhaust_c - outdoor[2])
    least_w_k = min(n.primary_w_k, secondary_w_k)
    ua = iec_conductance_w_k(heat_w / (least_w_k * span_k), n.primary_w_k, secondary_w_k)
    if ua <= 0.0 or 1.0 / ua <= n.primary_k_w:
        return -1.0
    fully_wet_k_w = n.secondary_k_w / film_chord_j_kgk(n, heat_w, exhaust_c, 1.0)
    wetting_frac = fully_wet_k_w / (1.0 / ua - n.primary_k_w)
    return wetting_frac if WETTING_MIN_FRAC <= wetting_frac <= WETTING_MAX_FRAC else -1.0
