"""A year of outdoor air that never changes, from the scenario itself: for tests and for steady comparisons."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.psychrometrics import (
    dew_point_c,
    humidity_ratio,
    saturation_humidity_ratio,
    standard_pressure_pa,
    wet_bulb_c,
)

from twin.scenario.run import SteadyAir
from twin.weather.year import WeatherYear

__all__ = ["steady_year"]

_HOURS = 8760


def steady_year(air: SteadyAir) -> WeatherYear:
    """The weather of ``site.weather = "steady"``: no sun, and a sky as warm as the air.

    Parameters
    ----------
    air : SteadyAir

    Returns
    -------
    WeatherYear
        8760 equal hours at 0° north and east.
    """
    altitude_pa = float(standard_pressure_pa(air.altitude_m))
    pressure_pa = air.pressure_pa if air.pressure_pa is not None else altitude_pa
    w = _humidity(air, pressure_pa)
    values: dict[str, float] = {
        "dry_bulb_c": air.dry_bulb_c, "pressure_pa": pressure_pa, "wind_m_s": air.wind_m_s, "humidity_ratio": w,
        "dew_point_c": float(dew_point_c(max(w, 1e-6), pressure_pa)), "ghi_w_m2": 0.0, "dni_w_m2": 0.0, "dhi_w_m2": 0.0,
        "infrared_w_m2": STEFAN_BOLTZMANN * (air.dry_bulb_c + KELVIN) ** 4,
    }
    year: dict[str, Any] = {name: np.full(_HOURS, value) for name, value in values.items()}
    return WeatherYear(
        name=f"steady {air.dry_bulb_c:g} °C", source="steady", path=Path("steady"),
        sha256=hashlib.sha256(air.model_dump_json().encode()).hexdigest(), latitude_deg=0.0, longitude_deg=0.0,
        altitude_m=air.altitude_m, utc_offset_h=0.0, hours=_HOURS,
        **year,
    )


def _humidity(air: SteadyAir, pressure_pa: float) -> float:
    """Humidity ratio, from whichever measure is given."""
    if air.rh_frac is not None:
        return float(humidity_ratio(air.dry_bulb_c, air.rh_frac, pressure_pa))
    if air.dew_point_c is not None:
        return float(saturation_humidity_ratio(air.dew_point_c, pressure_pa))
    assert air.wet_bulb_c is not None
    low, high = 0.0, float(saturation_humidity_ratio(air.dry_bulb_c, pressure_pa))
    for _ in range(60):  # the wet bulb rises with humidity
        middle = 0.5 * (low + high)
        if wet_bulb_c(air.dry_bulb_c, middle, pressure_pa, air.wet_bulb_c) < air.wet_bulb_c:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
