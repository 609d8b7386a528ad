"""Moist air: saturation, humidity, wet bulb, dew point, enthalpy and density.

Every law is per kilogram of *dry* air. Equations of the ASHRAE Handbook – Fundamentals 2021,
chapter 1 (SI); symbols: ``temp_c`` dry bulb °C, ``w`` humidity ratio kg water per kg dry air,
``pressure_pa`` total pressure Pa, ``rh_frac`` relative humidity 0 … 1.
"""

from __future__ import annotations

from twin_kernels.constants import (
    CP_DRY_AIR,
    CP_VAPOUR,
    CP_WATER,
    H_VAPOUR_0,
    KELVIN,
    MASS_RATIO_WATER_AIR,
    R_DRY_AIR,
    STANDARD_PRESSURE,
)
from twin_kernels.jit import kernel
from twin_kernels.saturation import (
    CUBIC_STEP_K,
    FIT_MIN_C,
    dew_point_c,
    humidity_ratio_from_vapour_pressure,
    saturated_air_at_enthalpy_c,
    saturated_at_enthalpy,
    saturation_bend,
    saturation_humidity_ratio,
    saturation_pressure_pa,
    supercooled_bend,
    vapour_pressure_pa,
)

__all__ = [
    "dew_point_c", "dry_air_density_kg_m3", "enthalpy_j_kg", "humid_heat_j_kgk", "humidity_ratio",
    "humidity_ratio_from_vapour_pressure", "liquid_wet_bulb_c", "relative_humidity_frac", "saturated_air_at_enthalpy_c",
    "saturated_at_enthalpy", "saturation_humidity_ratio", "saturation_pressure_pa", "standard_pressure_pa",
    "temperature_from_enthalpy_c", "vapour_pressure_pa", "wet_bulb_c",
]

#: Wet-bulb balance over ice: latent heat at 0 °C J/kg, its slope and the heat of ice J/(kg K) (eq. 35).
_ICE_LATENT = 2.830e6
_ICE_SLOPE = 240.0
_ICE_HEAT = 2100.0
#: Wet-bulb balance over water: slope of the latent heat, J/(kg K) (eq. 33): heat of water less that of vapour.
_WATER_SLOPE = CP_WATER - CP_VAPOUR
_MAX_ITERATIONS = 50


@kernel
def humidity_ratio(temp_c: float, rh_frac: float, pressure_pa: float) -> float:
    """Humidity ratio from dry bulb and relative humidity.

    Parameters
    ----------
    temp_c : float
        Dry bulb, °C; −100 … 200.
    rh_frac : float
        Relative humidity, 0 … 1.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        Humidity ratio, kg/kg dry air.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 20 and 22.
    """
    return humidity_ratio_from_vapour_pressure(rh_frac * saturation_pressure_pa(temp_c), pressure_pa)


@kernel
def relative_humidity_frac(temp_c: float, w: float, pressure_pa: float) -> float:
    """Relative humidity: partial pressure of vapour over saturation pressure at the dry bulb.

    Parameters
    ----------
    temp_c : float
        Dry bulb, °C; −100 … 200.
    w : float
        Humidity ratio, kg/kg dry air.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        Relative humidity, fraction; above 1 when the state is supersaturated.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 22.
    """
    return vapour_pressure_pa(w, pressure_pa) / saturation_pressure_pa(temp_c)


@kernel
def wet_bulb_c(temp_c: float, w: float, pressure_pa: float, guess_c: float) -> float:
    """Thermodynamic wet bulb: adiabatic saturation over water, or over ice below 0 °C.

    Root of ``(L − a t) w_s(t) − c_a (T − t) − w (L + c_v T − c t) = 0`` with the constants of
    water (L 2501 kJ/kg) or ice (L 2830 kJ/kg). The balance is convex and rises with ``t``, so
    Halley's method cannot cycle; from the last minute's value it needs one or two steps.

    Parameters
    ----------
    temp_c : float
        Dry bulb, °C; −80 … 90 (below the boiling point).
    w : float
        Humidity ratio, kg/kg dry air; ≥ 0.
    pressure_pa : float
        Total pressure, Pa.
    guess_c : float
        A first guess, °C, for instance the previous value; any finite number.

    Returns
    -------
    float
        Wet bulb, °C, never above the dry bulb; error below 1e-9 K of the equations' root.

    Notes
    -----
    Around 0 °C both branches can have a root (a bare and a frozen wick). Water is preferred
    where it has one at or above 0 °C. Supersaturated air returns its dry bulb.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eqs. 33 (water) and 35 (ice).
    """
    if temp_c >= 0.0 and (guess_c > 0.0 or _wet_bulb_balance(0.0, temp_c, w, pressure_pa, True)[0] <= 0.0):
        wet = _wet_bulb_root(max(guess_c, 0.0), 0.0, temp_c, temp_c, w, pressure_pa, True)
        if wet > 0.0 or _wet_bulb_balance(0.0, temp_c, w, pressure_pa, True)[0] <= 0.0:
            return wet
    return _wet_bulb_root(guess_c, FIT_MIN_C, min(temp_c, 0.0), temp_c, w, pressure_pa, False)


@kernel
def liquid_wet_bulb_c(temp_c: float, w: float, pressure_pa: float, thermodynamic_c: float) -> float:
    """Wet bulb over liquid water, also below 0 °C: what water that keeps flowing can be cooled to.

    Root of ``(L − a t) w_s(t) − c_a (T − t) − w (L + c_v T − c t) = 0`` with the constants of water and
    saturation over supercooled water; at and above 0 °C it is :func:`wet_bulb_c`.

    Parameters
    ----------
    temp_c : float
        Dry bulb, °C; −50 … 90.
    w : float
        Humidity ratio, kg/kg dry air; 0 … that of air saturated over ice.
    pressure_pa : float
        Total pressure, Pa.
    thermodynamic_c : float
        What :func:`wet_bulb_c` gives for this air, °C: returned if it is 0 °C or more, else the first guess.

    Returns
    -------
    float
        Wet bulb, °C, never above the dry bulb: up to 0.8 K above that of ice in dry air near 0 °C, up to 0.3 K below it
        in damp cold air (air saturated over ice still takes up water).

    Notes
    -----
    Meteorology and humid air proper take the wet bulb of ice there; a tower's water is liquid. Continuous at 0 °C,
    where the wet bulb of :func:`wet_bulb_c` jumps.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 33; saturation of :func:`twin_kernels.saturation.supercooled_bend`.
    """
    if thermodynamic_c >= 0.0:
        return thermodynamic_c
    high = min(temp_c, 0.0)
    wet = min(max(thermodynamic_c, FIT_MIN_C), high)
    for _ in range(_MAX_ITERATIONS):
        saturated = supercooled_bend(wet, pressure_pa)
        balance, gradient, bend = _adiabatic_balance(wet, temp_c, w, saturated, True)
        step = -balance / gradient
        step /= max(1.0 + 0.5 * step * bend / gradient, 0.25)
        step = min(max(wet + step, FIT_MIN_C), high) - wet
        wet += step
        if abs(step) < CUBIC_STEP_K:
            break
    return wet


@kernel
def _wet_bulb_root(
    guess_c: float, low: float, high: float, temp_c: float, w: float, pressure_pa: float, water: bool
) -> float:
    """Root of the balance over water or ice between two bounds, by Halley's method."""
    wet = min(max(guess_c, low), high)
    for _ in range(_MAX_ITERATIONS):
        balance, gradient, bend = _wet_bulb_balance(wet, temp_c, w, pressure_pa, water)
        step = -balance / gradient
        step /= max(1.0 + 0.5 * step * bend / gradient, 0.25)
        step = min(max(wet + step, low), high) - wet
        wet += step
        if abs(step) < CUBIC_STEP_K:
            break
    return wet


@kernel
def _wet_bulb_balance(
    wet_c: float, temp_c: float, w: float, pressure_pa: float, water: bool
) -> tuple[float, float, float]:
    """Residual of the wet-bulb balance over water or ice (J/kg) and its two derivatives by the wet bulb."""
    return _adiabatic_balance(wet_c, temp_c, w, saturation_bend(wet_c, pressure_pa), water)


@kernel
def _adiabatic_balance(
    wet_c: float, temp_c: float, w: float, saturated: tuple[float, float, float], water: bool
) -> tuple[float, float, float]:
    """The same with the saturated humidity ratio and its two derivatives at the wet bulb given."""
    latent, slope, heat = _ICE_LATENT, _ICE_SLOPE, _ICE_HEAT
    if water:
        latent, slope, heat = H_VAPOUR_0, _WATER_SLOPE, CP_WATER
    w_s, w_slope, w_bend = saturated
    residual = (
        (latent - slope * wet_c) * w_s
        - CP_DRY_AIR * (temp_c - wet_c)
        - w * (latent + CP_VAPOUR * temp_c - heat * wet_c)
    )
    gradient = (latent - slope * wet_c) * w_slope - slope * w_s + CP_DRY_AIR + w * heat
    return residual, gradient, (latent - slope * wet_c) * w_bend - 2.0 * slope * w_slope


@kernel
def enthalpy_j_kg(temp_c: float, w: float) -> float:
    """Enthalpy of moist air: ``h = 1006 t + w (2 501 000 + 1860 t)``.

    Parameters
    ----------
    temp_c : float
        Dry bulb, °C.
    w : float
        Humidity ratio, kg/kg dry air.

    Returns
    -------
    float
        Enthalpy, J per kg dry air; zero for dry air and for liquid water at 0 °C.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 30.
    """
    return CP_DRY_AIR * temp_c + w * (H_VAPOUR_0 + CP_VAPOUR * temp_c)


@kernel
def temperature_from_enthalpy_c(enthalpy: float, w: float) -> float:
    """Dry bulb from enthalpy and humidity ratio: the inverse of :func:`enthalpy_j_kg`.

    Parameters
    ----------
    enthalpy : float
        Enthalpy, J/kg dry air.
    w : float
        Humidity ratio, kg/kg dry air.

    Returns
    -------
    float
        Dry bulb, °C.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 30 solved for temperature.
    """
    return (enthalpy - w * H_VAPOUR_0) / (CP_DRY_AIR + w * CP_VAPOUR)


@kernel
def humid_heat_j_kgk(w: float) -> float:
    """Heat capacity of moist air per kilogram of dry air: ``1006 + 1860 w``.

    Parameters
    ----------
    w : float
        Humidity ratio, kg/kg dry air.

    Returns
    -------
    float
        Humid heat, J/(kg dry air K).

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, derivative of eq. 30.
    """
    return CP_DRY_AIR + w * CP_VAPOUR


@kernel
def dry_air_density_kg_m3(temp_c: float, w: float, pressure_pa: float) -> float:
    """Mass of dry air in a cubic metre of moist air: ``p / (R_a T (1 + w / 0.621945))``.

    Parameters
    ----------
    temp_c : float
        Dry bulb, °C.
    w : float
        Humidity ratio, kg/kg dry air.
    pressure_pa : float
        Total pressure, Pa.

    Returns
    -------
    float
        kg dry air per m³ of moist air: the inverse of the specific volume.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 26.
    """
    return pressure_pa / (R_DRY_AIR * (temp_c + KELVIN) * (1.0 + w / MASS_RATIO_WATER_AIR))


@kernel
def standard_pressure_pa(altitude_m: float) -> float:
    """Pressure of the standard atmosphere: ``101325 (1 − 2.25577e-5 z)^5.2559``.

    Parameters
    ----------
    altitude_m : float
        Altitude above sea level, m; −5000 … 11000.

    Returns
    -------
    float
        Pressure, Pa.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 3.
    """
    return STANDARD_PRESSURE * (1.0 - 2.25577e-5 * altitude_m) ** 5.2559
