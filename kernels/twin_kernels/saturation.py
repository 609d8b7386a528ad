"""The saturation curve of water in air: pressure, humidity ratio, dew point and their inverses.

Over ice below the triple point, over water above. Symbols as in :mod:`twin_kernels.psychrometrics`,
which hands all of this on.
"""

from __future__ import annotations

from math import exp, log

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, H_VAPOUR_0, KELVIN, MASS_RATIO_WATER_AIR
from twin_kernels.jit import kernel

__all__ = [
    "FIT_MIN_C", "STEP_K", "dew_point_c", "humidity_ratio_from_vapour_pressure", "saturated_air_at_enthalpy_c",
    "saturation_humidity_ratio", "saturation_pressure_pa", "saturation_slope", "vapour_pressure_pa",
]

#: Triple point of water, °C: below it saturation is over ice.
_TRIPLE_C = 0.01
#: What both fits give there to 4e-6 Pa, Pa (ASHRAE 2021 ch. 1, eqs. 5 and 6, evaluated).
_TRIPLE_PA = 611.657026
#: Valid range of the saturation fits, °C (ASHRAE 2021 ch. 1, eqs. 5 and 6).
FIT_MIN_C = -100.0
_FIT_MAX_C = 200.0
#: A Newton step below this (K) leaves an error of about 0.03 step² = 3e-10 K: convergence is quadratic.
STEP_K = 1e-4
_MAX_ITERATIONS = 50
#: Vapour never takes more than this share of the total pressure (water below its boiling point).
_VAPOUR_MAX_FRAC = 0.99


@kernel
def _log_saturation(temp_c: float) -> tuple[float, float]:
    """Natural log of the saturation pressure (Pa) and its derivative by temperature, 1/K."""
    t = temp_c + KELVIN
    if temp_c <= _TRIPLE_C:
        value = (
            -5.6745359e3 / t + 6.3925247
            + t * (-9.677843e-3 + t * (6.2215701e-7 + t * (2.0747825e-9 - t * 9.484024e-13)))
            + 4.1635019 * log(t)
        )
        slope = (
            5.6745359e3 / (t * t) - 9.677843e-3
            + t * (2.0 * 6.2215701e-7 + t * (3.0 * 2.0747825e-9 - t * 4.0 * 9.484024e-13))
            + 4.1635019 / t
        )
    else:
        value = (
            -5.8002206e3 / t + 1.3914993
            + t * (-4.8640239e-2 + t * (4.1764768e-5 - t * 1.4452093e-8))
            + 6.5459673 * log(t)
        )
        slope = (
            5.8002206e3 / (t * t) - 4.8640239e-2
            + t * (2.0 * 4.1764768e-5 - t * 3.0 * 1.4452093e-8)
            + 6.5459673 / t
        )
    return value, slope


@kernel
def saturation_slope(temp_c: float, pressure_pa: float) -> tuple[float, float]:
    """Humidity ratio of saturated air and its derivative by temperature.

    Parameters
    ----------
    temp_c : float
        Temperature, °C; −100 … the boiling point at ``pressure_pa``.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    tuple of float
        Humidity ratio kg/kg dry air and its slope 1/K.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 5, 6 and 21 and their derivatives.
    """
    log_pa, slope = _log_saturation(temp_c)
    vapour_pa = min(exp(log_pa), _VAPOUR_MAX_FRAC * pressure_pa)
    dry_pa = pressure_pa - vapour_pa
    w = MASS_RATIO_WATER_AIR * vapour_pa / dry_pa
    return w, w * slope * pressure_pa / dry_pa


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
    log_pa, _ = _log_saturation(temp_c)
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
    # Magnus-like first guess from the slope of ln p in 1/T at the triple point.
    slope_k = 6138.0 if over_ice else 5220.0
    temp = 1.0 / (1.0 / (_TRIPLE_C + KELVIN) - (target - log(_TRIPLE_PA)) / slope_k) - KELVIN
    low = FIT_MIN_C if over_ice else _TRIPLE_C + 1e-9
    high = _TRIPLE_C if over_ice else _FIT_MAX_C
    for _ in range(_MAX_ITERATIONS):
        temp = min(max(temp, low), high)
        log_pa, slope = _log_saturation(temp)
        step = (target - log_pa) / slope
        temp += step
        if abs(step) < STEP_K:
            break
    return min(max(temp, low), high)


@kernel
def saturated_air_at_enthalpy_c(enthalpy: float, pressure_pa: float, guess_c: float) -> float:
    """Temperature at which saturated air has the given enthalpy (Newton, convex and rising).

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
    temp = min(max(guess_c, FIT_MIN_C), 90.0)
    for _ in range(_MAX_ITERATIONS):
        w_s, w_slope = saturation_slope(temp, pressure_pa)
        gradient = CP_DRY_AIR + CP_VAPOUR * w_s + w_slope * (H_VAPOUR_0 + CP_VAPOUR * temp)
        residual = CP_DRY_AIR * temp + w_s * (H_VAPOUR_0 + CP_VAPOUR * temp) - enthalpy
        # Bounded steps: from a far too cold guess the first tangent is nearly flat.
        step = min(max(-residual / gradient, -30.0), 30.0)
        moved = min(max(temp + step, FIT_MIN_C), 90.0)
        step = moved - temp
        temp = moved
        if abs(step) < STEP_K:
            break
    return temp
