"""Moist air on arrays, for the psychrometric chart: the kernels' equations without Numba.

A report is drawn where the engine need not be installed warm; ``tests/report`` holds these against
``twin_kernels.psychrometrics``.

References
----------
ASHRAE Handbook – Fundamentals 2021, ch. 1: eqs. 3 (pressure), 5 and 6 (saturation over ice and
water), 20 (humidity ratio), 33 and 35 (wet bulb over water and ice).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["humidity_at_wet_bulb", "saturated_humidity", "site_pressure_pa"]

Floats = NDArray[np.float64]

_KELVIN = 273.15
_TRIPLE_C = 0.01
_MASS_RATIO = 0.621945
_ICE = (-5.6745359e3, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13, 4.1635019)
_WATER = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 0.0, 6.5459673)


def site_pressure_pa(altitude_m: float) -> float:
    """Pressure of the standard atmosphere at an altitude, Pa."""
    return float(101325.0 * (1.0 - 2.25577e-5 * altitude_m) ** 5.2559)


def saturated_humidity(temp_c: ArrayLike, pressure_pa: float, rh_frac: float = 1.0) -> Floats:
    """Humidity ratio, kg/kg, of air at a temperature (−100 … 60 °C) and a relative humidity."""
    celsius = np.asarray(temp_c, dtype=np.float64)
    t = celsius + _KELVIN
    ice, water = (c[0] / t + c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))) + c[6] * np.log(t)
                  for c in (_ICE, _WATER))
    vapour = rh_frac * np.exp(np.where(celsius <= _TRIPLE_C, ice, water))
    found: Floats = _MASS_RATIO * vapour / (pressure_pa - vapour)
    return found


def humidity_at_wet_bulb(temp_c: ArrayLike, wet_bulb_c: float, pressure_pa: float) -> Floats:
    """Humidity ratio, kg/kg, of air at dry bulbs not below a wet bulb; negative where there is no such air."""
    t, saturated = np.asarray(temp_c, dtype=np.float64), float(saturated_humidity(wet_bulb_c, pressure_pa))
    if wet_bulb_c >= 0.0:
        latent, slope, heat = 2.501e6, 4186.0 - 1860.0, 4186.0
    else:
        latent, slope, heat = 2.830e6, 240.0, 2100.0
    found: Floats = ((latent - slope * wet_bulb_c) * saturated - 1006.0 * (t - wet_bulb_c)) / (
        latent + 1860.0 * t - heat * wet_bulb_c)
    return found
