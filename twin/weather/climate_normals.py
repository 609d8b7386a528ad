"""The climate of a year of weather: its own monthly statistics, from which more years like it are generated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from twin_kernels.psychrometrics import dew_point_c, relative_humidity_frac

from twin.weather.climate import Climate, ClimateSource
from twin.weather.climate_air import daily_shape, each
from twin.weather.climate_calendar import daily, month_of_hour, monthly_mean, monthly_spread
from twin.weather.year import WeatherYear

__all__ = ["climate_of"]

Array = NDArray[np.float64]


def climate_of(year: WeatherYear) -> Climate:
    """Monthly normals and dry-bulb design values of a year.

    Parameters
    ----------
    year : WeatherYear

    Returns
    -------
    Climate
        With the spread of the dew point, its correlation with the dry bulb and its daily wave; without a design wet
        bulb, so that the wet bulbs of the years generated from it are a result and not an input.
    """
    dry = year.dry_bulb_c
    humid = np.minimum(each(relative_humidity_frac, dry, year.humidity_ratio, year.pressure_pa), 1.0)
    dew_hours = daily(each(dew_point_c, np.maximum(year.humidity_ratio, 1e-7), year.pressure_pa))
    dew = dew_hours.mean(axis=1)
    shape = daily_shape(year.longitude_deg, year.utc_offset_h)
    wave = (dew_hours - dew[:, None]) @ shape / (shape @ shape)
    warm = daily(dry).mean(axis=1)
    months = month_of_hour(dry.size)[::24]
    range_k = np.ptp(daily(dry), axis=1)
    cold, hot = np.quantile(dry, (0.004, 0.996))
    origin = f"statistics of {year.source}"
    return Climate(
        name=f"like {year.source}", place=f"like {year.name}", latitude_deg=year.latitude_deg,
        longitude_deg=year.longitude_deg, altitude_m=year.altitude_m, utc_offset_h=year.utc_offset_h,
        dry_bulb_c=_numbers(monthly_mean(dry)), daily_range_k=_by_month(range_k, months),
        dry_bulb_spread_k=_numbers(monthly_spread(warm)), relative_humidity_frac=_numbers(monthly_mean(humid)),
        ghi_kwh_m2_day=_numbers(monthly_mean(year.ghi_w_m2) * 0.024), wind_m_s=_numbers(monthly_mean(year.wind_m_s)),
        design_cold_c=float(cold), design_hot_c=float(hot),
        dew_point_spread_k=_numbers(monthly_spread(dew)), dew_point_tie=_ties(warm, dew, months),
        dew_point_wave_k=_by_month(wave, months),
        source=ClimateSource(
            dry_bulb=origin, daily_range=origin, humidity=origin, radiation=origin, spread=origin, wind=origin,
            design_cold=origin, design_hot=origin,
        ),
    )


def _numbers(values: Array) -> list[float]:
    return [float(value) for value in values]


def _by_month(of_days: Array, months: NDArray[np.int64]) -> list[float]:
    return [float(of_days[months == month].mean()) for month in range(12)]


def _ties(warm: Array, dew: Array, months: NDArray[np.int64]) -> list[float]:
    """Correlation of daily dry bulb and dew point inside each month; zero where one of them stands still."""
    found = []
    for month in range(12):
        a, b = warm[months == month], dew[months == month]
        still = a.std() * b.std() < 1e-12
        found.append(0.0 if still else float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0)))
    return found
