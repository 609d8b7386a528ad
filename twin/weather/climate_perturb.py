"""A real year of weather, moved a little by seed: the same climate, another year.

What moves, moves together: dry bulb and dew point by correlated days, sun and cloud and long-wave radiation by the same
clearness. Monthly means stay those of the file.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from twin_kernels.psychrometrics import (
    dew_point_c,
    humidity_ratio_from_vapour_pressure,
    saturation_pressure_pa,
    vapour_pressure_pa,
)
from twin_kernels.radiation import infrared_w_m2

from twin.weather.climate_air import closed_humidity, each
from twin.weather.climate_calendar import curve, daily, month_of_hour, monthly_mean, monthly_spread
from twin.weather.climate_noise import autocorrelated, hourly, normals, standardised
from twin.weather.climate_sky import Place, Sky, clear_sky, cloud_tenths, split
from twin.weather.year import WeatherYear

__all__ = ["perturbed"]

Array = NDArray[np.float64]

#: Correlation of neighbouring days: air, clearness.
_AIR_LAG, _SKY_LAG = 0.68, 0.3
#: A day's clearness and mean wind change by these shares (one standard deviation) at full strength.
_SKY_SPREAD, _WIND_SPREAD = 0.3, 0.4
#: An hour gets at most this share of a clear sky, unless the file already has more.
_CLEAR_MOST = 1.08
#: Below this global radiation (W/m²) an hour is left alone: the sun is about to set and its share is uncertain.
_DARK_W_M2 = 5.0
_DRIEST_FRAC = 1e-3


def perturbed(year: WeatherYear, seed: int, strength_frac: float = 0.5) -> WeatherYear:
    """Another year of the same climate, near a real one.

    Parameters
    ----------
    year : WeatherYear
    seed : int
        0 … 999 999 999.
    strength_frac : float
        Share of the spread of daily means that is new, 0 … 1; 0 leaves the days as they are, at 1 nothing of the
        file's days is left but their hours' shape.

    Returns
    -------
    WeatherYear
        Monthly means of dry bulb, relative humidity, global radiation and wind, pressure and the spread of daily means
        are those of the file; wet bulb ≤ dry bulb; direct and diffuse follow the global radiation.
    """
    if not 0.0 <= strength_frac <= 1.0:
        raise ValueError(f"strength_frac = {strength_frac} must lie in 0 … 1")
    days, months = year.hours // 24, month_of_hour(year.hours)[::24]
    score = [standardised(autocorrelated(normals(seed, name, days), lag), months)
             for name, lag in (("dry bulb", _AIR_LAG), ("cloud", _SKY_LAG), ("wind", _AIR_LAG))]
    dry = _moved(year.dry_bulb_c, score[0], strength_frac)
    dry += curve(monthly_mean(year.dry_bulb_c) - monthly_mean(dry), year.hours)
    ratio = _humidity(year, dry, score[0], seed, strength_frac)
    place = Place(year.latitude_deg, year.longitude_deg, year.altitude_m, year.utc_offset_h)
    sky = clear_sky(place, year.hours)
    sun = _sun(year, sky, np.exp(strength_frac * _SKY_SPREAD * score[1]))
    gust = np.exp(hourly(strength_frac * _WIND_SPREAD * score[2]))
    wind = year.wind_m_s * gust
    wind *= (monthly_mean(year.wind_m_s) / np.maximum(monthly_mean(wind), 1e-9))[month_of_hour(year.hours)]
    return dataclasses.replace(
        year, source=f"{year.source}@{seed}", dry_bulb_c=dry, humidity_ratio=ratio, wind_m_s=wind,
        dew_point_c=np.minimum(each(dew_point_c, ratio, year.pressure_pa), dry),
        infrared_w_m2=_infrared(year, dry, ratio, sky, sun[0]), ghi_w_m2=sun[0], dni_w_m2=sun[1], dhi_w_m2=sun[2],
        warnings=(*year.warnings, f"days moved by seed {seed}, strength {strength_frac:g}: not the file's own year"),
    )


def _moved(values: Array, score: Array, strength_frac: float) -> Array:
    """Daily means turned towards another series of the same spread; the hours go along."""
    months = month_of_hour(values.size)
    mean = daily(values).mean(axis=1)
    away = mean - daily(curve(monthly_mean(values), values.size)).mean(axis=1)
    spread = monthly_spread(away)[months[::24]]
    return values + hourly((np.sqrt(1.0 - strength_frac**2) - 1.0) * away + strength_frac * spread * score)


def _humidity(year: WeatherYear, dry_bulb_c: Array, warmth: Array, seed: int, strength_frac: float) -> Array:
    """Humidity ratio: the dew point moves with the dry bulb as much as it does in the file."""
    months = month_of_hour(year.hours)[::24]
    before = each(vapour_pressure_pa, year.humidity_ratio, year.pressure_pa)
    dew = each(dew_point_c, np.maximum(year.humidity_ratio, 1e-6), year.pressure_pa)
    own = autocorrelated(normals(seed, "dew point", months.size), _AIR_LAG)
    own = standardised(own, months, warmth)
    warm_days, dew_days = daily(year.dry_bulb_c).mean(axis=1), daily(dew).mean(axis=1)
    warm_days, dew_days = standardised(warm_days, months), standardised(dew_days, months)
    tie = np.array([(warm_days * dew_days)[months == month].mean() for month in range(12)])[months]
    score = tie * warmth + np.sqrt(np.maximum(1.0 - tie**2, 0.0)) * own
    change = np.clip(_moved(dew, score, strength_frac) - dew, -40.0, 40.0)
    vapour = before * each(saturation_pressure_pa, dew + change) / each(saturation_pressure_pa, dew)
    humid_before = np.minimum(before / each(saturation_pressure_pa, year.dry_bulb_c), 1.0)
    saturated = each(saturation_pressure_pa, dry_bulb_c)
    humid = closed_humidity(np.maximum(vapour / saturated, _DRIEST_FRAC), monthly_mean(humid_before))
    return each(humidity_ratio_from_vapour_pressure, humid * saturated, year.pressure_pa)


def _sun(year: WeatherYear, sky: Sky, of_days: Array) -> tuple[Array, Array, Array]:
    """Global, direct and diffuse radiation when every day's clearness is multiplied."""
    months = month_of_hour(year.hours)
    ghi = year.ghi_w_m2
    lit = ghi > _DARK_W_M2
    most = np.where(lit, np.maximum(ghi, _CLEAR_MOST * sky.clear_w_m2), ghi)
    wanted = np.bincount(months, weights=ghi)
    free = np.where(lit, ghi * np.repeat(of_days, 24), ghi)
    moved = np.minimum(free, most)
    for _ in range(200):
        missing = wanted - np.bincount(months, weights=moved)
        if np.abs(missing).max() <= 1e-9 * max(wanted.max(), 1.0):
            break
        open_hours = lit & (free < most)
        room = np.bincount(months, weights=np.where(open_hours, free, 0.0))
        factor = 1.0 + np.divide(missing, room, out=np.zeros(12), where=room > 0.0)
        free = np.where(lit, free * factor[months], free)
        moved = np.minimum(free, most)
    # The file's own split is kept and shifted by what the correlation says for the change of the global radiation.
    diffuse = year.dhi_w_m2 / np.maximum(ghi, 1.0)
    shift = split(sky, moved)[1] / np.maximum(moved, 1.0) - split(sky, ghi)[1] / np.maximum(ghi, 1.0)
    dhi = np.where(lit, np.clip(diffuse + shift, 0.0, 1.0) * moved, year.dhi_w_m2)
    beam, beam_before = moved - dhi, ghi - year.dhi_w_m2
    known = lit & (beam_before > 1.0)
    dni = np.where(known, year.dni_w_m2 * beam / np.maximum(beam_before, 1.0), year.dni_w_m2)
    return moved, np.clip(dni, 0.0, np.maximum(year.dni_w_m2, 0.9 * sky.extra_w_m2)), dhi


def _infrared(year: WeatherYear, dry_bulb_c: Array, ratio: Array, sky: Sky, ghi_w_m2: Array) -> Array:
    """The file's long-wave radiation times what the sky model says for the change of air and cloud."""

    def modelled(dry: Array, humid: Array, ghi: Array) -> Array:
        clear = daily(sky.clear_w_m2 + 1e-3).sum(axis=1)
        cloud = np.repeat(cloud_tenths(daily(ghi + 1e-3).sum(axis=1) / clear), 24)
        return each(infrared_w_m2, dry, each(vapour_pressure_pa, humid, year.pressure_pa), cloud)

    before = modelled(year.dry_bulb_c, year.humidity_ratio, year.ghi_w_m2)
    return year.infrared_w_m2 * modelled(dry_bulb_c, ratio, ghi_w_m2) / before
