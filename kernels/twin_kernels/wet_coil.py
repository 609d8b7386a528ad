"""Counterflow chilled-water coil at given flows, dry and wet.

Air states are enthalpy (J/kg dry air) and humidity ratio; heat is positive when the air is cooled.
The wet coil is the enthalpy-effectiveness method of Braun, Klein and Mitchell with the coil split
where its surface crosses the dew point.
"""

from __future__ import annotations

from math import expm1
from typing import NamedTuple

from twin_kernels.constants import CP_WATER
from twin_kernels.exchanger import effectiveness_counterflow
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import (
    dew_point_c,
    enthalpy_j_kg,
    humid_heat_j_kgk,
    saturated_at_enthalpy,
    saturation_humidity_ratio,
    temperature_from_enthalpy_c,
)

__all__ = ["CoilInlet", "coil_dry", "coil_heat", "coil_inlet", "coil_wet"]

#: Most passes of the fixed point of a coil wet all along (factor ~0.1 each).
_SLOPE_PASSES = 30
#: The parabola for the saturation line spans at least this, K.
_PARABOLA_SPAN_K = 0.5
#: Water at the end of the dry share is known within this, K; or the share is known to that.
_SPLIT_TOLERANCE_K = 1e-8
_SPLIT_TOLERANCE_FRAC = 1e-12
#: Secant steps that the dry share may take before every second step halves the bracket.
_SECANT_STEPS = 10
_SPLIT_STEPS = 60


@kernel
def coil_dry(
    air_c: float, air_capacity_w_k: float, water_c: float, water_capacity_w_k: float, ua_w_k: float
) -> tuple[float, float, float]:
    """Sensible heat of a counterflow coil by effectiveness and NTU: ``Q = ε C_min (T_a − T_w)``.

    Parameters
    ----------
    air_c, water_c : float
        Entering temperatures, °C.
    air_capacity_w_k, water_capacity_w_k : float
        Heat-capacity flows, W/K; ≥ 0.
    ua_w_k : float
        Overall conductance at these flows, W/K; ≥ 0.

    Returns
    -------
    tuple of float
        Heat from air to water W (negative when the water is warmer), leaving air °C, leaving water °C.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    smaller = min(air_capacity_w_k, water_capacity_w_k)
    larger = max(air_capacity_w_k, water_capacity_w_k)
    if smaller <= 0.0 or ua_w_k <= 0.0:
        return 0.0, air_c, water_c
    heat = effectiveness_counterflow(ua_w_k / smaller, smaller / larger) * smaller * (air_c - water_c)
    return heat, air_c - heat / air_capacity_w_k, water_c + heat / water_capacity_w_k


@kernel
def coil_wet(
    air_j_kg: float,
    air_w: float,
    air_kg_s: float,
    water_c: float,
    water_kg_s: float,
    ua_w_k: float,
    pressure_pa: float,
    ua_air_frac: float,
) -> tuple[float, float, float]:
    """Total heat and leaving air of a counterflow coil: dry, partly wet or wet.

    Dry while the surface at the air outlet, ``T_w + f (T_a,out − T_w)``, is at or above the dew
    point: then exactly :func:`coil_dry`. Otherwise the air first passes a dry share φ of the coil,
    found so that the surface is at the dew point where the wet share begins (φ = 0: all wet).
    There ``Q = ε* C* (h_x − h_s(T_w))`` with ``C*`` the smaller of ``m_a`` and ``m_w c_w / c_s``
    and ``1/UA* = c_p r_a + c_s r_w``. Leaving air lies between the air entering the wet share and
    saturation at its mean surface (bypass ``e^{−(hA)_a / (m_a c_p)}``).

    Parameters
    ----------
    air_j_kg : float
        Entering enthalpy, J/kg dry air.
    air_w : float
        Entering humidity ratio, kg/kg.
    air_kg_s : float
        Dry air, kg/s; ≥ 0.
    water_c : float
        Entering water, °C; 0 … 60.
    water_kg_s : float
        Water, kg/s; ≥ 0.
    ua_w_k : float
        Overall dry conductance at these flows, W/K.
    pressure_pa : float
        Air pressure, Pa.
    ua_air_frac : float
        f = (hA)_air / ((hA)_air + (hA)_water) at these flows, 0 … 1: the share of the
        thermal resistance that is on the water side.

    Returns
    -------
    tuple of float
        Total heat W (= ``air_kg_s`` × enthalpy drop), leaving enthalpy J/kg, leaving humidity ratio.

    Notes
    -----
    Lewis number one; no frost; the condensate's enthalpy is left to the caller. The saturation line
    is a parabola through entering water, dew point and their middle. Total heat is within 0.7 % and
    leaving dry bulb within 0.2 K of a solution by 200 cells (150 random coils, half of them wet).

    References
    ----------
    Braun, Klein and Mitchell, Effectiveness models for cooling towers and cooling coils,
    ASHRAE Transactions 95 (2), 1989. Mitchell and Braun, Principles of HVAC in Buildings, 2012, ch. 13.
    """
    if air_kg_s <= 0.0:
        return 0.0, air_j_kg, air_w
    inlet = coil_inlet(air_j_kg, air_w, air_kg_s, water_c, pressure_pa)
    heat, out_w, _, _ = coil_heat(inlet, water_kg_s * CP_WATER, ua_w_k, ua_air_frac, 0.0, water_c)
    return heat, air_j_kg - heat / air_kg_s, out_w


class CoilInlet(NamedTuple):
    """What enters a coil, and the saturation line there.

    Saturation enthalpy is ``h₀ + s₁ (T − T_w) + s₂ (T − T_w)²`` up to the dew point. The dew point is
    reported as the water's temperature when it is lower: nothing can condense.
    """

    air_c: float
    air_j_kg: float
    air_w: float
    air_kg_s: float
    humid_heat: float
    water_c: float
    pressure_pa: float
    dew_c: float
    sat_j_kg: float
    rise: float
    bend: float


@kernel
def coil_inlet(air_j_kg: float, air_w: float, air_kg_s: float, water_c: float, pressure_pa: float) -> CoilInlet:
    """Derived states of the inlet, which do not change with water flow.

    Parameters
    ----------
    air_j_kg, air_w, air_kg_s, water_c, pressure_pa : float
        As in :func:`coil_wet`.

    Returns
    -------
    CoilInlet
    """
    air_c = temperature_from_enthalpy_c(air_j_kg, air_w)
    humid_heat = humid_heat_j_kgk(air_w)
    water_w = saturation_humidity_ratio(water_c, pressure_pa)
    if water_w >= air_w:
        return CoilInlet(air_c, air_j_kg, air_w, air_kg_s, humid_heat, water_c, pressure_pa, water_c, 0.0, 0.0, 0.0)
    dew_c = dew_point_c(air_w, pressure_pa)
    far_k, far_w = dew_c - water_c, air_w
    if far_k < _PARABOLA_SPAN_K:
        far_k = _PARABOLA_SPAN_K
        far_w = saturation_humidity_ratio(water_c + far_k, pressure_pa)
    middle_c = water_c + 0.5 * far_k
    base = enthalpy_j_kg(water_c, water_w)
    middle = enthalpy_j_kg(middle_c, saturation_humidity_ratio(middle_c, pressure_pa)) - base
    far = enthalpy_j_kg(water_c + far_k, far_w) - base
    rise, bend = (4.0 * middle - far) / far_k, (2.0 * far - 4.0 * middle) / (far_k * far_k)
    return CoilInlet(air_c, air_j_kg, air_w, air_kg_s, humid_heat, water_c, pressure_pa, dew_c, base, rise, bend)


@kernel
def coil_heat(
    n: CoilInlet, water_capacity_w_k: float, ua_w_k: float, air_frac: float, dry_guess_frac: float,
    surface_guess_c: float,
) -> tuple[float, float, float, float]:
    """Heat and leaving humidity of a coil, with guesses for what is solved inside.

    Parameters
    ----------
    n : CoilInlet
    water_capacity_w_k : float
        Heat-capacity flow of the water, W/K; ≥ 0.
    ua_w_k, air_frac : float
        As ``ua_w_k`` and ``ua_air_frac`` in :func:`coil_wet`.
    dry_guess_frac, surface_guess_c : float
        Dry share and mean surface of a similar working point; a share outside 0 … 1 for none.

    Returns
    -------
    tuple of float
        Total heat W, leaving humidity ratio, dry share of the coil (1 where nothing condenses), mean
        temperature of the wet surface °C.
    """
    air_capacity = n.air_kg_s * n.humid_heat
    heat, out_c, _ = coil_dry(n.air_c, air_capacity, n.water_c, water_capacity_w_k, ua_w_k)
    if heat <= 0.0 or n.dew_c <= n.water_c or n.water_c + air_frac * (out_c - n.water_c) >= n.dew_c:
        return heat, n.air_w, 1.0, surface_guess_c
    past = (out_c - n.water_c) / (n.air_c - n.water_c)
    dry, rise_k, wet_c, surface_k = _dry_share(n, past, water_capacity_w_k, ua_w_k, air_frac, dry_guess_frac)
    if not 0.0 < dry_guess_frac < 1.0:
        surface_guess_c = n.water_c + surface_k
    wet_heat = rise_k * water_capacity_w_k
    out_w, surface_c = _leaving_w(n, wet_c, wet_heat, (1.0 - dry) * ua_w_k, air_frac, surface_guess_c)
    # the tolerance of the dry share must not let the water leave warmer than the air came
    heat = min(wet_heat + air_capacity * (n.air_c - wet_c), water_capacity_w_k * (n.air_c - n.water_c))
    return heat, out_w, dry, surface_c


@kernel
def _dry_share(
    n: CoilInlet, past_all: float, water_capacity: float, ua: float, air_frac: float, guess: float
) -> tuple[float, float, float, float]:
    """Dry share of a condensing coil, rise of the water in the wet share, air there, rise of its mean surface.

    ``past_all`` is the share of the excess over the water that air keeps past a coil dry all along.
    """
    low, high = 0.0, 1.0
    low_known = False
    dry_old = 1.0
    over_old = _boundary_c(n, past_all, air_frac) - n.water_c
    dry = guess if 0.0 < guess < 1.0 else 0.0
    rise_k = wet_c = surface_k = 0.0
    for i in range(_SPLIT_STEPS):
        over, rise_k, wet_c, surface_k = _split(n, dry, water_capacity, ua, air_frac)
        if over >= 0.0 and dry == 0.0:
            rise_k, surface_k = _all_wet(n, water_capacity, ua, air_frac)
            return 0.0, rise_k, n.air_c, surface_k
        if abs(over) < _SPLIT_TOLERANCE_K or high - low < _SPLIT_TOLERANCE_FRAC:
            break
        if over > 0.0:
            high = dry
        else:
            low = dry
            low_known = True
        dry_next = dry - over * (dry - dry_old) / (over - over_old) if over != over_old else high
        dry_old, over_old = dry, over
        dry = dry_next
        if not low < dry < high or (i >= _SECANT_STEPS and i % 2 == 0):
            dry = 0.5 * (low + high) if low_known else 0.0
    return dry, rise_k, wet_c, surface_k


@kernel
def _boundary_c(n: CoilInlet, past: float, air_frac: float) -> float:
    """Water where the surface is at the dew point, if the air has kept a share of its excess over that water."""
    surface = min(air_frac * past, 1.0 - 1e-9)
    return (n.dew_c - surface * n.air_c) / (1.0 - surface)


@kernel
def _split(
    n: CoilInlet, dry: float, water_capacity: float, ua: float, air_frac: float
) -> tuple[float, float, float, float]:
    """Coil with a dry share given, its surface at the dew point where the wet share begins.

    First comes what is zero at the answer: the rise of the water that this asks for less the rise that the wet
    share gives it, K; it rises with the dry share.
    """
    past = 1.0
    if dry > 0.0:
        air_capacity = n.air_kg_s * n.humid_heat
        smaller = min(air_capacity, water_capacity)
        ratio = smaller / max(air_capacity, water_capacity)
        past = 1.0 - effectiveness_counterflow(dry * ua / smaller, ratio) * smaller / air_capacity
    boundary_c = max(_boundary_c(n, past, air_frac), n.water_c)
    far_k = boundary_c - n.water_c
    wet_ua = (1.0 - dry) * ua
    surface_k = min(0.5 * far_k + far_k * water_capacity * air_frac / wet_ua, n.dew_c - n.water_c)
    wet_c = boundary_c + past * (n.air_c - boundary_c)
    enter_j_kg = n.air_j_kg - n.humid_heat * (n.air_c - wet_c)
    rise_k = _water_rise_k(n, enter_j_kg, far_k, surface_k, water_capacity, wet_ua, air_frac)
    return far_k - rise_k, rise_k, wet_c, surface_k


@kernel
def _all_wet(n: CoilInlet, water_capacity: float, ua: float, air_frac: float) -> tuple[float, float]:
    """Rise of the water and of the mean surface of a coil that is wet all along, by a fixed point."""
    dew_k = n.dew_c - n.water_c
    far_k = surface_k = 0.5 * dew_k
    rise_k = 0.0
    for _ in range(_SLOPE_PASSES):
        before = far_k
        rise_k = _water_rise_k(n, n.air_j_kg, far_k, surface_k, water_capacity, ua, air_frac)
        far_k = min(rise_k, dew_k)
        surface_k = min(0.5 * far_k + rise_k * water_capacity * air_frac / ua, dew_k)
        if abs(far_k - before) < _SPLIT_TOLERANCE_K:
            break
    return rise_k, surface_k


@kernel
def _water_rise_k(
    n: CoilInlet, enter_j_kg: float, far_k: float, surface_k: float, water_capacity: float, wet_ua: float,
    air_frac: float,
) -> float:
    """How far a wet coil warms the water, with slopes of the saturation line from the rises of water and surface."""
    slope = n.rise + n.bend * far_k
    film_slope = n.rise + n.bend * (0.5 * far_k + surface_k)
    conductance = wet_ua / (n.humid_heat * (1.0 - air_frac) + film_slope * air_frac)
    equivalent = water_capacity / slope
    least = min(n.air_kg_s, equivalent)
    eff = effectiveness_counterflow(conductance / least, least / max(n.air_kg_s, equivalent))
    # The chord of the saturation line lies above it by bend L^2 / 6 on average; but with a pinch only
    # the state at the pinch counts. The weight was chosen against a cell-by-cell solution.
    driving_base = n.sat_j_kg - (1.0 - eff * eff * eff * eff) * n.bend * far_k * far_k / 6.0
    return eff * least * (enter_j_kg - driving_base) / water_capacity


@kernel
def _leaving_w(
    n: CoilInlet, air_c: float, heat: float, ua: float, air_frac: float, guess_c: float
) -> tuple[float, float]:
    """Humidity ratio after a wet surface took ``heat``: on the line to saturation at its mean; that mean, °C."""
    air_j_kg = enthalpy_j_kg(air_c, n.air_w)
    met = 1.0
    if air_frac < 1.0:
        met = -expm1(-ua / ((1.0 - air_frac) * n.air_kg_s * n.humid_heat))
    if met <= 0.0:
        return n.air_w, guess_c
    surface_c, surface_w, slope = saturated_at_enthalpy(air_j_kg - heat / (n.air_kg_s * met), n.pressure_pa, guess_c)
    out_w = min(n.air_w + (surface_w - n.air_w) * met, n.air_w)
    out_j_kg = air_j_kg - heat / n.air_kg_s
    out_c = temperature_from_enthalpy_c(out_j_kg, out_w)
    # The saturation curve lies above its tangent: air below the tangent cannot be fog.
    if out_w > surface_w + slope * (out_c - surface_c) and out_w > saturation_humidity_ratio(out_c, n.pressure_pa):
        # The mixing line of nearly saturated air crosses the saturation curve: fog falls out at once.
        _, fog_w, _ = saturated_at_enthalpy(out_j_kg, n.pressure_pa, surface_c)
        out_w = min(out_w, fog_w)
    return out_w, surface_c
