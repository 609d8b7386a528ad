"""A plate exchanger between hall and outdoor air, dry or sprayed on the outdoor side: the working point.

Heat passes from the hall air to a secondary stream that starts at ``start_c`` (outdoor dry bulb, or wet bulb when
sprayed) and takes up ``rise`` J/kg as it warms; sprayed, that of saturated air. Laws and sources are told in
:mod:`twin_kernels.evaporative`.
"""

from __future__ import annotations

from math import exp, expm1, log
from typing import Any, NamedTuple

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, CP_WATER, H_VAPOUR_0
from twin_kernels.exchanger import AIR_EXPONENT
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import humid_heat_j_kgk
from twin_kernels.saturation import saturation_bend

__all__ = [
    "GAP_MIN_K", "Outdoor", "Plates", "at_speed", "bypassed_frac", "dry_plates", "exhaust_for",
    "film_chord_j_kgk", "speed_for", "sprayed",
]

Outdoor = tuple[float, float, float, float]

#: A Newton step below this (K) leaves a second-order error of less than 1e-7 K.
_EXHAUST_STEP_K = 1e-3
#: The same for a relative step of the exhaust's warming, and for the share of air that passes the plates.
_WARMING_STEP_REL = 1e-4
_BYPASS_STEP_REL = 1e-3
#: Chords of the saturation line are taken over at least this, K; less between the two airs passes no heat.
GAP_MIN_K = 1e-3
_MAX_ITERATIONS = 60
#: Below this capacity ratio the other stream is isothermal to machine precision.
_ISOTHERMAL_RATIO = 1e-13


class Plates(NamedTuple):
    """An exchanger at one working point: both entering streams, films and the secondary side at full speed."""

    wet: int
    return_c: float
    primary_w_k: float
    primary_k_w: float
    full_kg_s: float
    secondary_k_w: float
    start_c: float
    start_j_kg: float
    vapour_j_kg: float
    humid_heat: float
    outdoor_w: float
    pressure_pa: float


@kernel
def dry_plates(
    q: Any, primary_kg_s: float, density_kg_m3: float, return_c: float, return_w: float, outdoor: Outdoor
) -> Plates:
    """Plates without spray: capacity flow and film of the hall side, film of the other at full speed.

    Parameters
    ----------
    q : record of IEC_PARAMS
        ``air_rated_m3_s``, ``secondary_rated_m3_s``, ``ua_w_k``, ``ua_primary_frac`` are read.
    primary_kg_s : float
        Hall air, dry air kg/s; ≥ 0.
    density_kg_m3 : float
        Dry air in a cubic metre of the rated flows, kg/m³.
    return_c, return_w : float
        Hall air entering: °C, kg/kg.
    outdoor : tuple of float
        Dry bulb °C, humidity ratio kg/kg, wet bulb °C, pressure Pa.

    Returns
    -------
    Plates
        ``primary_w_k`` is 0 where no heat can pass for want of air or plates.
    """
    outdoor_c, outdoor_w, _, pressure_pa = outdoor
    humid_heat = humid_heat_j_kgk(outdoor_w)
    full_kg_s = q["secondary_rated_m3_s"] * density_kg_m3
    rated_kg_s = q["air_rated_m3_s"] * density_kg_m3
    if primary_kg_s <= 0.0 or rated_kg_s <= 0.0 or full_kg_s <= 0.0 or q["ua_w_k"] <= 0.0:
        return Plates(0, return_c, 0.0, 0.0, 0.0, 0.0, outdoor_c, 0.0, 0.0, humid_heat, outdoor_w, pressure_pa)
    primary_k_w = (1.0 - q["ua_primary_frac"]) / q["ua_w_k"]
    if primary_kg_s != rated_kg_s:
        primary_k_w *= (primary_kg_s / rated_kg_s) ** -AIR_EXPONENT
    return Plates(
        0, return_c, primary_kg_s * humid_heat_j_kgk(return_w), primary_k_w, full_kg_s,
        q["ua_primary_frac"] / q["ua_w_k"], outdoor_c, 0.0, 0.0, humid_heat, outdoor_w, pressure_pa,
    )


@kernel
def sprayed(n: Plates, wet_bulb_c: float, wetting_frac: float) -> Plates:
    """The same plates sprayed: the secondary air starts saturated at the outdoor wet bulb.

    Parameters
    ----------
    n : Plates
        Dry.
    wet_bulb_c : float
        Outdoor wet bulb, °C.
    wetting_frac : float
        Wet film over that of plates wetted all over with the dry film's coefficient, > 0.

    Returns
    -------
    Plates
        Its ``secondary_k_w`` is to be divided by a chord of the saturation line, J/(kg K).
    """
    w, _, _ = saturation_bend(wet_bulb_c, n.pressure_pa)
    vapour = H_VAPOUR_0 - CP_WATER * wet_bulb_c
    start = CP_DRY_AIR * wet_bulb_c + w * (vapour + CP_VAPOUR * wet_bulb_c)
    return Plates(
        1, n.return_c, n.primary_w_k, n.primary_k_w, n.full_kg_s,
        n.secondary_k_w * n.humid_heat / max(wetting_frac, 1e-9), wet_bulb_c, start, vapour, n.humid_heat,
        n.outdoor_w, n.pressure_pa,
    )


@kernel
def _rise(n: Plates, temp_c: float) -> tuple[float, float, float, float, float]:
    """What a kilogram of secondary air at ``temp_c`` has taken up, J/kg; its slope; humidity, slope, curvature."""
    if n.wet == 0:
        return n.humid_heat * (temp_c - n.start_c), n.humid_heat, n.outdoor_w, 0.0, 0.0
    w, w_per_k, w_bend = saturation_bend(temp_c, n.pressure_pa)
    vapour = n.vapour_j_kg + CP_VAPOUR * temp_c
    rise = CP_DRY_AIR * temp_c + w * vapour - n.start_j_kg
    return rise, CP_DRY_AIR + CP_VAPOUR * w + w_per_k * vapour, w, w_per_k, w_bend


@kernel
def _moved(
    n: Plates, temp_c: float, step_k: float, w: float, w_per_k: float, w_bend: float
) -> tuple[float, float, float]:
    """Temperature, humidity and rise a small step away from where :func:`_rise` was taken."""
    temp_c += step_k
    if n.wet == 0:
        return temp_c, w, n.humid_heat * (temp_c - n.start_c)
    w += step_k * (w_per_k + 0.5 * step_k * w_bend)
    return temp_c, w, CP_DRY_AIR * temp_c + w * (n.vapour_j_kg + CP_VAPOUR * temp_c) - n.start_j_kg


@kernel
def _passed(
    span_k: float, primary_w_k: float, primary_k_w: float, secondary_w_k: float, secondary_k_w: float
) -> tuple[float, float, float]:
    """Heat through the plates, W, and its relative growth with the secondary capacity flow and with UA.

    Crossflow, both unmixed, as :func:`twin_kernels.exchanger.effectiveness_crossflow_unmixed`. The growth with the
    primary capacity flow is what these two leave of 1.
    """
    low, high = min(primary_w_k, secondary_w_k), max(primary_w_k, secondary_w_k)
    ntu = 1.0 / ((primary_k_w + secondary_k_w) * low)
    ratio = low / high
    root = ntu**0.22
    left = exp(-ratio * ntu / root)
    power = -ntu if ratio < _ISOTHERMAL_RATIO else root / ratio * expm1(-ratio * ntu / root)
    effectiveness = -expm1(power)
    bend = (1.0 - effectiveness) / max(effectiveness, 1e-300)
    by_ntu = bend * (0.78 * ntu * left - 0.22 * power)
    by_ratio = bend * (power + ntu * left)
    by_capacity = 1.0 - by_ntu + by_ratio if secondary_w_k < primary_w_k else -by_ratio
    return effectiveness * low * span_k, by_capacity, by_ntu


@kernel
def _film(
    n: Plates, gap: float, rise: float, slope: float, w_bends: tuple[float, float], heat: tuple[float, float]
) -> tuple[float, float]:
    """Chord of the saturation line that the wet film works along, J/(kg K), and its slope by exhaust temperature.

    From the air's mean wet bulb to the film's mean temperature, by the parabola through start and exhaust. ``heat``: W
    and its slope by exhaust temperature; ``w_bends``: slope and curvature of the humidity at the exhaust.
    """
    if n.wet == 0:
        return 1.0, 0.0
    chord = rise / gap
    curve = (slope - chord) / gap
    resistance = 0.5 / n.primary_w_k + n.primary_k_w
    lever = n.return_c - n.start_c - 0.5 * gap - heat[0] * resistance
    if lever <= 0.0:
        return chord, curve
    bend = 2.0 * CP_VAPOUR * w_bends[0] + w_bends[1] * (n.vapour_j_kg + CP_VAPOUR * (n.start_c + gap))
    curve_slope = (bend - 2.0 * curve) / gap
    return chord + curve * lever, curve * (0.5 - heat[1] * resistance) + curve_slope * lever


@kernel
def _slowed(share_frac: float) -> float:
    """Growth of a film's resistance at a share of its rated flow."""
    return 1.0 if share_frac == 1.0 else share_frac**-AIR_EXPONENT


@kernel
def at_speed(n: Plates, share_frac: float, guess_c: float) -> tuple[float, float, float]:
    """Heat and exhaust at a secondary speed.

    Sprayed, Newton on the exhaust temperature: the heat that the air takes up on its way there against the heat that
    the plates pass; both slopes are known, one to three evaluations of the saturation line.

    Parameters
    ----------
    n : Plates
    share_frac : float
        Secondary flow over rated, > 0.
    guess_c : float
        Exhaust, °C; any finite number.

    Returns
    -------
    tuple of float
        Heat W, exhaust °C (within 1e-7 K of the root), its humidity kg/kg. The heat is that of the exhaust.
    """
    span_k = n.return_c - n.start_c
    flow = share_frac * n.full_kg_s
    film_k_w = n.secondary_k_w * _slowed(share_frac)
    if n.wet == 0:
        heat, _, _ = _passed(span_k, n.primary_w_k, n.primary_k_w, flow * n.humid_heat, film_k_w)
        return heat, n.start_c + heat / (flow * n.humid_heat), n.outdoor_w
    low, high = n.start_c, n.return_c
    temp = guess_c if low < guess_c < high else low + 0.5 * span_k
    w = rise = 0.0
    for _ in range(_MAX_ITERATIONS):
        temp = max(temp, n.start_c + GAP_MIN_K)
        rise, slope, w, w_per_k, w_bend = _rise(n, temp)
        gap = temp - n.start_c
        chord, chord_slope = _film(n, gap, rise, slope, (w_per_k, w_bend), (flow * rise, flow * slope))
        film = film_k_w / chord
        heat, by_capacity, by_ntu = _passed(span_k, n.primary_w_k, n.primary_k_w, flow * rise / gap, film)
        miss = rise - heat / flow
        if miss > 0.0:
            high = temp
        else:
            low = temp
        growth = by_capacity * (slope / rise - 1.0 / gap)
        growth += by_ntu * film / (film + n.primary_k_w) * chord_slope / chord
        step = -miss / max(slope - heat / flow * growth, 0.1 * slope)
        if abs(step) < _EXHAUST_STEP_K:
            temp, w, rise = _moved(n, temp, step, w, w_per_k, w_bend)
            break
        temp += step
        if not low < temp < high:
            temp = 0.5 * (low + high)
    return flow * max(rise, 0.0), temp, w


@kernel
def speed_for(n: Plates, heat_w: float, least_frac: float, guess_c: float) -> tuple[float, float, float]:
    """Share of full speed at which a heat passes.

    The exhaust temperature is the unknown: with the heat it gives the secondary flow, so that one evaluation of the
    saturation line and of the plates is one step. Newton on ln(heat) against ln(warming), both nearly straight.

    Parameters
    ----------
    n : Plates
    heat_w : float
        Heat, W; > 0.
    least_frac : float
        Lowest share, above 0 … 1.
    guess_c : float
        Exhaust, °C; any finite number.

    Returns
    -------
    tuple of float
        Share within 1e-6 (2 where full speed is not enough, -1 where the lowest is too much), exhaust °C (then a
        guess only), its humidity kg/kg.
    """
    span_k = n.return_c - n.start_c
    low, high = 1e-6 * span_k, span_k
    gap = guess_c - n.start_c
    if n.wet == 0:  # the limits of speed are limits of the exhaust
        gap = min(max(gap, heat_w / (n.full_kg_s * n.humid_heat)), heat_w / (least_frac * n.full_kg_s * n.humid_heat))
    if not low < gap < high:
        gap = 0.5 * span_k
    share = 1.0
    for _ in range(_MAX_ITERATIONS):
        temp = n.start_c + gap
        rise, slope, w, w_per_k, w_bend = _rise(n, temp)
        share = heat_w / (n.full_kg_s * rise)
        chord, chord_slope = _film(n, gap, rise, slope, (w_per_k, w_bend), (heat_w, 0.0))
        film = n.secondary_k_w * share**-AIR_EXPONENT / chord
        heat, by_capacity, by_ntu = _passed(span_k, n.primary_w_k, n.primary_k_w, heat_w / gap, film)
        if heat < heat_w:
            if share >= 1.0:
                return 2.0, temp, w
            high = gap
        else:
            if share <= least_frac:
                return -1.0, temp, w
            low = gap
        growth = by_ntu * film / (film + n.primary_k_w)
        fall = by_capacity + growth * gap * (AIR_EXPONENT * slope / rise - chord_slope / chord)
        step = log(heat / heat_w) / max(fall, 1e-3)
        if abs(step) < _WARMING_STEP_REL or high - low < 1e-12 * span_k:
            temp, w, rise = _moved(n, temp, step * gap, w, w_per_k, w_bend)
            return heat_w / (n.full_kg_s * rise), temp, w
        gap *= exp(min(max(step, -3.0), 3.0))
        if not low < gap < high:
            gap = (low * high) ** 0.5
    return share, n.start_c + gap, n.outdoor_w


@kernel
def exhaust_for(n: Plates, rise_j_kg: float, guess_c: float) -> tuple[float, float]:
    """Exhaust that has taken up a given heat.

    Parameters
    ----------
    n : Plates
    rise_j_kg : float
        Heat over secondary flow, J/kg dry air; ≥ 0.
    guess_c : float
        Exhaust, °C; any finite number.

    Returns
    -------
    tuple of float
        °C and humidity kg/kg; the rise is kept to 1e-9 of it.
    """
    if n.wet == 0:
        return n.start_c + rise_j_kg / n.humid_heat, n.outdoor_w
    temp = max(guess_c, n.start_c)
    w = 0.0
    for _ in range(_MAX_ITERATIONS):
        rise, slope, w, w_per_k, w_bend = _rise(n, temp)
        step = min(max((rise_j_kg - rise) / slope, -20.0), 20.0)
        if abs(step) < _EXHAUST_STEP_K:
            temp, w, _ = _moved(n, temp, step, w, w_per_k, w_bend)
            break
        temp = max(temp + step, n.start_c)
    return temp, w


@kernel
def film_chord_j_kgk(n: Plates, heat_w: float, exhaust_c: float, through_frac: float) -> float:
    """Chord of the saturation line that the wet film works along; 1 when dry.

    Parameters
    ----------
    n : Plates
    heat_w : float
        Heat, W; > 0.
    exhaust_c : float
        Exhaust with that heat, °C; above the start.
    through_frac : float
        Share of the hall air that passes the plates, above 0 … 1.

    Returns
    -------
    float
        J/(kg K), from the mean wet bulb of the air to the mean temperature of the film.
    """
    if n.wet == 0:
        return 1.0
    rise, slope, _, _, _ = _rise(n, exhaust_c)
    gap = exhaust_c - n.start_c
    resistance = 0.5 / (n.primary_w_k * through_frac) + n.primary_k_w * through_frac**-AIR_EXPONENT
    lever = n.return_c - n.start_c - 0.5 * gap - heat_w * resistance
    return rise / gap + (slope - rise / gap) / gap * max(lever, 0.0)


@kernel
def bypassed_frac(n: Plates, heat_w: float, least_frac: float, exhaust_c: float) -> float:
    """Share of the primary air that goes round the plates so that only ``heat_w`` passes at the lowest speed.

    Parameters
    ----------
    n : Plates
    heat_w : float
        Heat, W; less than what passes with all hall air on the plates.
    least_frac : float
        Lowest share of secondary speed, > 0.
    exhaust_c : float
        Exhaust with that heat and speed, °C.

    Returns
    -------
    float
        0 … 1, within 1e-5.
    """
    span_k = n.return_c - n.start_c
    secondary_w_k = heat_w / (exhaust_c - n.start_c)
    film_k_w = n.secondary_k_w * _slowed(least_frac)
    through = heat_w / (n.primary_w_k * span_k)
    # ln heat is concave in ln(through) and too low here: Newton's steps come from below and hardly pass the root.
    for _ in range(_MAX_ITERATIONS):
        resistance = n.primary_k_w * through**-AIR_EXPONENT
        film = film_k_w / film_chord_j_kgk(n, heat_w, exhaust_c, through)
        heat, by_capacity, by_ntu = _passed(span_k, n.primary_w_k * through, resistance, secondary_w_k, film)
        growth = 1.0 - by_capacity - by_ntu + AIR_EXPONENT * by_ntu * resistance / (resistance + film)
        step = log(heat_w / heat) / growth
        through *= 1.0 + step
        if abs(step) < _BYPASS_STEP_REL:
            break
    return min(max(1.0 - through, 0.0), 1.0)
