"""The saturation curve of water in air: pressure, humidity ratio, dew point and their inverses.

Over ice below the triple point, over water above, and over supercooled water where a name says so.
Symbols as in :mod:`twin_kernels.psychrometrics`, which hands all of this on.
"""

from __future__ import annotations

from math import exp, log

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, H_VAPOUR_0, KELVIN, MASS_RATIO_WATER_AIR
from twin_kernels.jit import kernel

__all__ = [
    "CUBIC_STEP_K", "FIT_MIN_C", "dew_point_c", "humidity_ratio_from_vapour_pressure",
    "saturated_air_at_enthalpy_c", "saturated_at_enthalpy",
    "saturation_bend", "saturation_humidity_ratio", "saturation_pressure_pa", "supercooled_bend",
    "vapour_pressure_pa",
]

#: Triple point of water, °C: below it saturation is over ice.
_TRIPLE_C = 0.01
#: What both fits give there to 4e-6 Pa, Pa (ASHRAE 2021 ch. 1, eqs. 5 and 6, evaluated).
_TRIPLE_PA = 611.657026
_TRIPLE_PER_K = 1.0 / (_TRIPLE_C + KELVIN)
#: Valid range of the saturation fits, °C (ASHRAE 2021 ch. 1, eqs. 5 and 6).
FIT_MIN_C = -100.0
_FIT_MAX_C = 200.0
#: A step of third order below this (K) leaves an error of less than 1e-3 step³ = 1e-9 K.
CUBIC_STEP_K = 1e-2
_MAX_ITERATIONS = 50
#: Vapour never takes more than this share of the total pressure (water below its boiling point).
_VAPOUR_MAX_FRAC = 0.99


@kernel
def _log_over_water(temp_c: float) -> tuple[float, float, float]:
    """As :func:`_log_saturation` over liquid water at any temperature."""
    t = temp_c + KELVIN
    per_t = 1.0 / t
    value = (
        -5.8002206e3 * per_t + 1.3914993
        + t * (-4.8640239e-2 + t * (4.1764768e-5 - t * 1.4452093e-8))
        + 6.5459673 * log(t)
    )
    slope = (
        per_t * (5.8002206e3 * per_t + 6.5459673) - 4.8640239e-2
        + t * (2.0 * 4.1764768e-5 - t * 3.0 * 1.4452093e-8)
    )
    bend = (
        2.0 * 4.1764768e-5 - t * 6.0 * 1.4452093e-8
        - per_t * per_t * (2.0 * 5.8002206e3 * per_t + 6.5459673)
    )
    return value, slope, bend


@kernel
def _log_saturation(temp_c: float) -> tuple[float, float, float]:
    """Natural log of the saturation pressure (Pa) and its derivatives by temperature, 1/K and 1/K²."""
    if temp_c <= _TRIPLE_C:
        t = temp_c + KELVIN
        per_t = 1.0 / t
        value = (
            -5.6745359e3 * per_t + 6.3925247
            + t * (-9.677843e-3 + t * (6.2215701e-7 + t * (2.0747825e-9 - t * 9.484024e-13)))
            + 4.1635019 * log(t)
        )
        slope = (
            per_t * (5.6745359e3 * per_t + 4.1635019) - 9.677843e-3
            + t * (2.0 * 6.2215701e-7 + t * (3.0 * 2.0747825e-9 - t * 4.0 * 9.484024e-13))
        )
        bend = (
            2.0 * 6.2215701e-7 + t * (6.0 * 2.0747825e-9 - t * 12.0 * 9.484024e-13)
            - per_t * per_t * (2.0 * 5.6745359e3 * per_t + 4.1635019)
        )
    else:
        value, slope, bend = _log_over_water(temp_c)
    return value, slope, bend


@kernel
def saturation_bend(temp_c: float, pressure_pa: float) -> tuple[float, float, float]:
    """Humidity ratio of saturated air and its first and second derivative by temperature.

    Parameters
    ----------
    temp_c : float
        Temperature, °C; −100 … the boiling point at ``pressure_pa``.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    tuple of float
        Humidity ratio kg/kg dry air, its slope 1/K and curvature 1/K².

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 5, 6 and 21 and their derivatives.
    """
    return _humidity_bend(_log_saturation(temp_c), pressure_pa)


@kernel
def supercooled_bend(temp_c: float, pressure_pa: float) -> tuple[float, float, float]:
    """As :func:`saturation_bend` over liquid water, also where that is supercooled.

    Parameters
    ----------
    temp_c : float
        Temperature, °C; −50 … the boiling point at ``pressure_pa``.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    tuple of float
        Humidity ratio kg/kg dry air, its slope 1/K and curvature 1/K².

    Notes
    -----
    Below 0 °C an extrapolation of the fit for water: within 0.1 % of Murphy and Koop at −20 °C and 1 % at −40 °C.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 6 and 21. D. M. Murphy and T. Koop, Review of the vapour pressures
    of ice and supercooled water, Q. J. R. Meteorol. Soc. 131, 2005, 1539–1565, eq. 10.
    """
    return _humidity_bend(_log_over_water(temp_c), pressure_pa)


@kernel
def _humidity_bend(log_saturation: tuple[float, float, float], pressure_pa: float) -> tuple[float, float, float]:
    """Humidity ratio, slope and curvature from the log of the saturation pressure and its derivatives."""
    log_pa, rate, rate_slope = log_saturation
    vapour_pa = min(exp(log_pa), _VAPOUR_MAX_FRAC * pressure_pa)
    per_dry_pa = 1.0 / (pressure_pa - vapour_pa)
    w = MASS_RATIO_WATER_AIR * vapour_pa * per_dry_pa
    slope = w * rate * pressure_pa * per_dry_pa
    bend = slope * (rate * (pressure_pa + vapour_pa) * per_dry_pa + rate_slope / rate)
    return w, slope, bend


@kernel
def saturation_pressure_pa(temp_c: float) -> float:
    """Saturation pressure of water vapour, over ice below the triple point and over water above.

    ``ln p = C1/T + C2 + C3 T + C4 T² + C5 T³ (+ C6 T⁴) + C7 ln T`` (Hyland and Wexler).

    Parameters
    ----------
    temp_c : float
        Temperature, °C; valid −100 … 200.

    Returns
    -------
    float
        Saturation pressure, Pa.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 5 and 6.
    """
    log_pa, _, _ = _log_saturation(temp_c)
    return exp(log_pa)


@kernel
def humidity_ratio_from_vapour_pressure(vapour_pa: float, pressure_pa: float) -> float:
    """Humidity ratio from the partial pressure of vapour: ``w = 0.621945 p_w / (p − p_w)``.

    Parameters
    ----------
    vapour_pa : float
        Partial pressure of water vapour, Pa; 0 … 0.99 ``pressure_pa`` (limited to that).
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        Humidity ratio, kg/kg dry air.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 20.
    """
    vapour = min(max(vapour_pa, 0.0), _VAPOUR_MAX_FRAC * pressure_pa)
    return MASS_RATIO_WATER_AIR * vapour / (pressure_pa - vapour)


@kernel
def vapour_pressure_pa(w: float, pressure_pa: float) -> float:
    """Partial pressure of vapour from the humidity ratio: ``p_w = p w / (0.621945 + w)``.

    Parameters
    ----------
    w : float
        Humidity ratio, kg/kg dry air; ≥ 0.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        Partial pressure of vapour, Pa.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 20 solved for the vapour pressure.
    """
    return pressure_pa * w / (MASS_RATIO_WATER_AIR + w)


@kernel
def saturation_humidity_ratio(temp_c: float, pressure_pa: float) -> float:
    """Humidity ratio of saturated air.

    Parameters
    ----------
    temp_c : float
        Temperature, °C; −100 … the boiling point at ``pressure_pa``.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        Humidity ratio, kg/kg dry air.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 21.
    """
    return humidity_ratio_from_vapour_pressure(saturation_pressure_pa(temp_c), pressure_pa)


@kernel
def dew_point_c(w: float, pressure_pa: float) -> float:
    """Dew point (frost point below 0.01 °C): temperature at which ``w`` is saturated.

    Newton on the logarithm of the saturation pressure, which is nearly linear in ``1/T``.

    Parameters
    ----------
    w : float
        Humidity ratio, kg/kg dry air; 0 gives the lower end of the fit.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        Dew point, °C; −100 … 200.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 5 and 6 inverted (exact, not the fit of eqs. 37, 38).
    """
    vapour = vapour_pressure_pa(w, pressure_pa)
    if vapour <= 0.0:
        return FIT_MIN_C
    over_ice = vapour <= _TRIPLE_PA
    target = log(vapour)
    # First guess: 1/T is nearly quadratic in ln p (least squares over -40 … 0 and 0 … 35 °C: within 0.004 K there)
    excess = target - log(_TRIPLE_PA)
    if over_ice:
        temp = 1.0 / (_TRIPLE_PER_K - excess * (1.62714e-4 + excess * 2.681e-8)) - KELVIN
    else:
        temp = 1.0 / (_TRIPLE_PER_K - excess * (1.84381e-4 + excess * 1.30849e-6)) - KELVIN
    low = FIT_MIN_C if over_ice else _TRIPLE_C + 1e-9
    high = _TRIPLE_C if over_ice else _FIT_MAX_C
    for _ in range(_MAX_ITERATIONS):
        temp = min(max(temp, low), high)
        log_pa, slope, bend = _log_saturation(temp)
        step = (target - log_pa) / slope
        step *= 1.0 - 0.5 * step * bend / slope
        temp += step
        if abs(step) < CUBIC_STEP_K:
            break
    return min(max(temp, low), high)


@kernel
def saturated_at_enthalpy(enthalpy: float, pressure_pa: float, guess_c: float) -> tuple[float, float, float]:
    """Saturated air of a given enthalpy: temperature, humidity ratio and its slope.

    Halley's method (convex and rising, and its second derivative is cheap): one step from the value
    of a minute ago.

    Parameters
    ----------
    enthalpy : float
        Enthalpy, J/kg dry air.
    pressure_pa : float
        Total pressure, Pa.
    guess_c : float
        A first guess, °C; any finite number.

    Returns
    -------
    tuple of float
        Temperature °C, −100 … 90, error below 1e-9 K of the equations' root; humidity ratio kg/kg;
        its derivative by temperature 1/K.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 21 and 30.
    """
    temp = min(max(guess_c, FIT_MIN_C), 90.0)
    w = slope = 0.0
    for _ in range(_MAX_ITERATIONS):
        w, slope, bend = saturation_bend(temp, pressure_pa)
        vapour_j_kg = H_VAPOUR_0 + CP_VAPOUR * temp
        gradient = CP_DRY_AIR + CP_VAPOUR * w + slope * vapour_j_kg
        step = (enthalpy - CP_DRY_AIR * temp - w * vapour_j_kg) / gradient
        step /= max(1.0 + 0.5 * step * (2.0 * CP_VAPOUR * slope + bend * vapour_j_kg) / gradient, 0.25)
        # Bounded steps: from a far too cold guess the first tangent is nearly flat.
        step = min(max(step, -30.0), 30.0)
        step = min(max(temp + step, FIT_MIN_C), 90.0) - temp
        temp += step
        w += step * (slope + 0.5 * step * bend)
        slope += step * bend
        if abs(step) < CUBIC_STEP_K:
            break
    return temp, w, slope


@kernel
def saturated_air_at_enthalpy_c(enthalpy: float, pressure_pa: float, guess_c: float) -> float:
    """Temperature at which saturated air has the given enthalpy (first of :func:`saturated_at_enthalpy`).

    Parameters
    ----------
    enthalpy : float
        Enthalpy, J/kg dry air.
    pressure_pa : float
        Total pressure, Pa.
    guess_c : float
        A first guess, °C; any finite number.

    Returns
    -------
    float
        Temperature, °C; −100 … 90, error below 1e-9 K of the equations' root.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 21 and 30.
    """
    return saturated_at_enthalpy(enthalpy, pressure_pa, guess_c)[0]
