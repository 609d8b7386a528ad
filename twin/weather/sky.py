"""Long-wave radiation of a weather year by another correlation of the clear sky, clouds as they are."""

from __future__ import annotations

import dataclasses

import numpy as np
from twin_kernels import sky
from twin_kernels.bands import black_w_m2
from twin_kernels.saturation import vapour_pressure_pa

from twin.weather.year import WeatherYear

__all__ = ["SKY_MODELS", "with_sky"]

#: Correlations by the name that a scenario gives them.
SKY_MODELS = {
    "brunt": sky.BRUNT, "clark_allen": sky.CLARK_ALLEN, "berdahl_martin": sky.BERDAHL_MARTIN,
    "berdahl_martin_1984": sky.BERDAHL_MARTIN_1984, "idso": sky.IDSO, "berdahl_fromberg": sky.BERDAHL_FROMBERG,
    "li_coimbra": sky.LI_COIMBRA,
}


def with_sky(year: WeatherYear, model: str) -> WeatherYear:
    """The year with its long-wave radiation turned to another clear sky.

    ``IR' = min(IR e(model) / e(Brunt), sigma T⁴)``: what the year's value has above Brunt's clear sky counts as cloud.

    Parameters
    ----------
    year : WeatherYear
    model : str
        One of ``SKY_MODELS``, corrected for the altitude of the site; ``"weather"`` leaves the year as it is.

    Returns
    -------
    WeatherYear
    """
    if model == "weather":
        return year
    infrared = np.empty(year.hours)
    for k in range(year.hours):
        air_c, pressure_pa = float(year.dry_bulb_c[k]), float(year.pressure_pa[k])
        vapour_hpa = 0.01 * vapour_pressure_pa(float(year.humidity_ratio[k]), pressure_pa)
        inputs = (air_c, vapour_hpa, float(year.dew_point_c[k]), float((k + 1) % 24))
        other = sky.clear_sky_emissivity(SKY_MODELS[model], *inputs, year.altitude_m)
        own = sky.clear_sky_emissivity(sky.BRUNT, *inputs, 0.0)
        infrared[k] = min(year.infrared_w_m2[k] * other / own, black_w_m2(air_c))
    note = f"infrared: turned to the clear sky of {model}, clouds as in the file; the file's own values are not used"
    return dataclasses.replace(year, infrared_w_m2=infrared, warnings=(*year.warnings, note))
