"""Single-phase immersion: heat from a chip's sink into a tank of oil, and from the tank to the room.

The tank is the technology loop of a distribution unit (:mod:`twin_kernels.cdu`) with its own heat capacity and fluid.
The fluid is a light white mineral oil of viscosity grade ISO VG 10, as sold for immersion.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

from twin_kernels.cold_plate import liquid_throttle_speed
from twin_kernels.constants import KELVIN
from twin_kernels.jit import kernel

__all__ = [
    "immersed_throttled", "immersion_chip_c", "immersion_superheat_k", "immersion_upper_c", "oil_conductivity_w_mk",
    "oil_density_kg_m3", "oil_heat_j_kgk", "oil_viscosity_m2_s", "tank_loss_w",
]

#: Density at 15 °C, kg/m³. Source: assumed (immersion oils 800 … 850).
OIL_DENSITY_15_KG_M3 = 830.0
#: Thermal expansion, 1/K. Source: assumed (petroleum oils of this density 7e-4 … 9e-4).
OIL_EXPANSION_PER_K = 8e-4
#: Kinematic viscosity at 40 °C, mm²/s: the middle of grade VG 10. Source: ISO 3448.
_VISCOSITY_40 = 10.0
#: And at 100 °C. Source: assumed (white oils of this grade 2.4 … 2.8).
_VISCOSITY_100 = 2.6
#: Walther's line through both: log10 log10(v + 0.7) = A − B log10 T. Source of its form: ASTM D341.
_LOGLOG_40 = log(log(_VISCOSITY_40 + 0.7) / log(10.0))
_LOGLOG_100 = log(log(_VISCOSITY_100 + 0.7) / log(10.0))
_WALTHER_B = (_LOGLOG_40 - _LOGLOG_100) / log((100.0 + KELVIN) / (40.0 + KELVIN))
_GRAVITY_M_S2 = 9.80665
#: Free convection at a vertical surface, laminar and turbulent: Nu = C Ra^n (Incropera et al., eq. 9.24).
_LAMINAR, _LAMINAR_ROOT = 0.59, 1.0 / 1.25
_TURBULENT, _TURBULENT_N, _TURBULENT_ROOT = 0.10, 1.0 / 3.0, 0.75
#: Laminar stream along a plate: Nu = 0.664 Re^1/2 Pr^1/3 (Incropera et al., eq. 7.30).
_FORCED = 0.664
#: A secant from here ends within 1e-5 K.
_SUPERHEAT_TOLERANCE_K = 1e-3
#: Of the superheat with properties of the bulk: about what warmer oil leaves of it.
_FIRST_FRAC = 0.85
_SPEED_TOLERANCE_FRAC = 1e-10


@kernel
def oil_density_kg_m3(temp_c: float) -> float:
    """Density: ``ρ = ρ₁₅ (1 − β (T − 15))``.

    Parameters
    ----------
    temp_c : float
        °C; 0 … 120.

    Returns
    -------
    float
        kg/m³.

    References
    ----------
    Values assumed, see :data:`OIL_DENSITY_15_KG_M3` and :data:`OIL_EXPANSION_PER_K`.
    """
    return OIL_DENSITY_15_KG_M3 * (1.0 - OIL_EXPANSION_PER_K * (temp_c - 15.0))


@kernel
def oil_heat_j_kgk(temp_c: float) -> float:
    """Specific heat of a petroleum oil from its specific gravity s: ``c = (1685 + 3.39 T) / √s``.

    Parameters
    ----------
    temp_c : float
        °C; 0 … 200.

    Returns
    -------
    float
        J/(kg K), within about 5 %. A tank carries heat with one value of it, so that energy closes.

    References
    ----------
    Cragoe, Thermal properties of petroleum products, US Bureau of Standards, Misc. Publ. 97, 1929.
    """
    return (1685.0 + 3.39 * temp_c) / (OIL_DENSITY_15_KG_M3 / 999.0) ** 0.5


@kernel
def oil_conductivity_w_mk(temp_c: float) -> float:
    """Thermal conductivity of a petroleum oil from its specific gravity s: ``k = 0.117 (1 − 0.00054 T) / s``.

    Parameters
    ----------
    temp_c : float
        °C; 0 … 200.

    Returns
    -------
    float
        W/(m K), within about 10 %.

    References
    ----------
    Cragoe, Thermal properties of petroleum products, US Bureau of Standards, Misc. Publ. 97, 1929.
    """
    return 0.117 * (1.0 - 0.00054 * temp_c) / (OIL_DENSITY_15_KG_M3 / 999.0)


@kernel
def oil_viscosity_m2_s(temp_c: float) -> float:
    """Kinematic viscosity by Walther's line: ``log log (ν + 0.7) = A − B log T``, ν in mm²/s.

    Parameters
    ----------
    temp_c : float
        °C; 0 … 120 (limited to -20 … 200).

    Returns
    -------
    float
        m²/s; 10e-6 at 40 °C, 2.6e-6 at 100 °C.

    References
    ----------
    ASTM D341, Viscosity-temperature charts for liquid petroleum products; grade by ISO 3448.
    """
    kelvin = min(max(temp_c, -20.0), 200.0) + KELVIN
    loglog = _LOGLOG_40 - _WALTHER_B * log(kelvin / (40.0 + KELVIN))
    return (10.0 ** exp(loglog) - 0.7) * 1e-6


@kernel
def _superheat_k(flux_w_m2: float, length_m: float, velocity_m_s: float, film_c: float) -> float:
    """ΔT of the strongest of the three with properties at one temperature.

    Free: ``q = (k / L) C (g β ΔT L³ / (ν a))^n ΔT``, solved for ΔT. A laminar stream along the surface:
    ``ΔT = q L / (k Nu)``. Properties are those of 200 °C above it.
    """
    film_c = min(film_c, 200.0)
    k = oil_conductivity_w_mk(film_c)
    viscosity_m2_s = oil_viscosity_m2_s(film_c)
    diffusivity_m2_s = k / (oil_density_kg_m3(film_c) * oil_heat_j_kgk(film_c))
    rayleigh_per_k = _GRAVITY_M_S2 * OIL_EXPANSION_PER_K * length_m**3 / (viscosity_m2_s * diffusivity_m2_s)
    across_k = flux_w_m2 * length_m / k
    laminar_k = (across_k / (_LAMINAR * sqrt(sqrt(rayleigh_per_k)))) ** _LAMINAR_ROOT
    turbulent_k = (across_k / (_TURBULENT * rayleigh_per_k**_TURBULENT_N)) ** _TURBULENT_ROOT
    found_k = min(laminar_k, turbulent_k)
    if velocity_m_s <= 0.0:
        return found_k
    prandtl = viscosity_m2_s / diffusivity_m2_s
    nusselt = _FORCED * (velocity_m_s * length_m / viscosity_m2_s) ** 0.5 * prandtl ** (1.0 / 3.0)
    return min(found_k, across_k / nusselt)


@kernel
def immersion_superheat_k(p: Any, heat_w: float, bulk_c: float) -> float:
    """How much warmer the wetted surface of a chip's sink is than the oil around it.

    ``q = Q / A = Nu k ΔT / L`` with ``Nu = C Ra^n``, ``Ra = g β ΔT L³ / (ν a)``, solved for ΔT; laminar (0.59, 1/4) or
    turbulent (0.10, 1/3), whichever is stronger, and ``Nu = 0.664 Re^1/2 Pr^1/3`` where a stream is stronger still.
    Properties at the mean of surface and bulk.

    Parameters
    ----------
    p : record of IMMERSION_PARAMS
        ``area_m2`` m² (of equal effect: fins at their efficiency), ``length_m`` m, ``velocity_m_s`` m/s (0: none).
    heat_w : float
        Heat of one chip, W; none if ≤ 0.
    bulk_c : float
        Oil around it, °C; 0 … 90.

    Returns
    -------
    float
        K; falls to 0 as the area grows without end.

    Notes
    -----
    Valid for Ra 1e4 … 1e13 and Re below 5e5. Surfaces that stand free: narrow gaps between fins, flow through them and
    combined free and forced convection are not modelled.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, eqs. 9.24 and 7.30. Oil as this module says.
    """
    if heat_w <= 0.0:
        return 0.0
    flux_w_m2 = heat_w / p["area_m2"]
    length_m = p["length_m"]
    velocity_m_s = p["velocity_m_s"]
    before_k = 0.0
    found_k = _superheat_k(flux_w_m2, length_m, velocity_m_s, bulk_c)
    miss_before_k, superheat_k = found_k, _FIRST_FRAC * found_k
    for _ in range(30):  # secants of what is found less what was assumed
        miss_k = _superheat_k(flux_w_m2, length_m, velocity_m_s, bulk_c + 0.5 * superheat_k) - superheat_k
        if miss_k == miss_before_k:
            break
        ahead_k = superheat_k - miss_k * (superheat_k - before_k) / (miss_k - miss_before_k)
        before_k, miss_before_k = superheat_k, miss_k
        superheat_k = max(ahead_k, 0.0)
        if abs(miss_k) <= _SUPERHEAT_TOLERANCE_K:
            break
    return superheat_k


@kernel
def immersion_chip_c(p: Any, heat_w: float, bulk_c: float) -> float:
    """Temperature of a chip: ``T_bulk + ΔT(Q) + Q R_case``.

    Parameters
    ----------
    p : record of IMMERSION_PARAMS
        Also ``r_case_k_w`` K/W, from the chip to the wetted surface.
    heat_w : float
        Heat of one chip, W.
    bulk_c : float
        Oil around it, °C: the mean of supply and return of its loop.

    Returns
    -------
    float
        °C.

    References
    ----------
    Sources of :func:`immersion_superheat_k`.
    """
    return bulk_c + immersion_superheat_k(p, heat_w, bulk_c) + max(heat_w, 0.0) * p["r_case_k_w"]


@kernel
def immersion_upper_c(p: Any, heat_w: float, bulk_c: float) -> float:
    """A temperature that an immersed chip does not pass, found without solving for it.

    ``T_bulk + ΔT₀(Q) + Q R_case`` with ``ΔT₀`` from properties of the bulk: warmer oil is thinner, so that the film's
    own properties make every kind of convection stronger and the superheat smaller.

    Parameters
    ----------
    p : record of IMMERSION_PARAMS
        As for :func:`immersion_chip_c`.
    heat_w : float
        Heat of one chip, W; none if ≤ 0.
    bulk_c : float
        Oil around it, °C; 0 … 90.

    Returns
    -------
    float
        °C, at least :func:`immersion_chip_c`.

    References
    ----------
    Sources of :func:`immersion_superheat_k`.
    """
    if heat_w <= 0.0:
        return bulk_c
    superheat_k = _superheat_k(heat_w / p["area_m2"], p["length_m"], p["velocity_m_s"], bulk_c)
    return bulk_c + superheat_k + heat_w * p["r_case_k_w"]


@kernel
def immersed_throttled(p: Any, bulk_c: float, idle_w: float, full_w: float) -> tuple[float, float, float]:
    """Speed at which the heat of an immersed chip and its temperature agree, for power linear in speed.

    The root of ``s − speed(T(P_idle + (P_full − P_idle) s))``, which rises with s: bisection.

    Parameters
    ----------
    p : record of IMMERSION_PARAMS
        Also ``throttle_start_c``, ``throttle_end_c``, ``throttle_min_frac``.
    bulk_c : float
        Oil around it, °C.
    idle_w, full_w : float
        Heat of the chip with nothing to do and with what is asked for, W; full ≥ idle ≥ 0.

    Returns
    -------
    tuple of float
        Speed fraction within 1e-10, chip temperature °C, heat W.

    References
    ----------
    Intersection of :func:`immersion_chip_c` and :func:`twin_kernels.cold_plate.liquid_throttle_speed`.
    """
    span_w = max(full_w - idle_w, 0.0)
    power_w = idle_w + span_w
    chip_c = immersion_chip_c(p, power_w, bulk_c)
    if liquid_throttle_speed(p, chip_c) >= 1.0:
        return 1.0, chip_c, power_w
    low, high = p["throttle_min_frac"], 1.0
    speed = low
    while high - low > _SPEED_TOLERANCE_FRAC:
        speed = 0.5 * (low + high)
        if liquid_throttle_speed(p, immersion_chip_c(p, idle_w + span_w * speed, bulk_c)) > speed:
            low = speed
        else:
            high = speed
    power_w = idle_w + span_w * speed
    return speed, immersion_chip_c(p, power_w, bulk_c), power_w


@kernel
def tank_loss_w(p: Any, tank_c: float, room_c: float) -> float:
    """Heat from the tank's walls and lid to the room: ``Q = UA (T_tank − T_room)``; negative into a colder tank.

    Parameters
    ----------
    p : record of IMMERSION_PARAMS
        ``loss_w_k`` W/K, ≥ 0.
    tank_c, room_c : float
        Oil and air, °C.

    Returns
    -------
    float
        W; 0 where both are alike.

    Notes
    -----
    Taken from the heat of the servers before :func:`twin_kernels.cdu.cdu_step`, with the tank of the step before:
    stable while a step is shorter than ``C / UA``, which is many hours.

    References
    ----------
    Newton's law of cooling with a constant conductance.
    """
    return p["loss_w_k"] * (tank_c - room_c)
