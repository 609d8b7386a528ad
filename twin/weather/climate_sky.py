"""The sky of a generated year: clear sky, clearness of days and hours, direct and diffuse, cloud.

Everything stands on the real position of the sun, taken six times an hour; radiation of an hour is the mean over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.weather.climate_calendar import month_of_hour, monthly_mean
from twin.weather.climate_noise import autocorrelated, normals
from twin.weather.sun import SECONDS_PER_DAY, reference_year, solar_coordinates, sun_vector

__all__ = ["Place", "Sky", "clear_sky", "clearness", "cloud_tenths", "split"]

Array = NDArray[np.float64]

#: Points of the sun's path in an hour.
_POINTS = 6
#: Least and most of a clear day's sun that a day gets, and spread of days: variance = 0.35 m (1 - m) of the range;
#: correlation of neighbouring days; spread and correlation of the hours in a day.
_DAY_LOW, _DAY_HIGH, _DAY_VARIANCE, _DAY_LAG = 0.08, 1.06, 0.35, 0.3
_HOUR_SPREAD, _HOUR_LAG, _HOUR_LOW, _HOUR_HIGH = 0.9, 0.6, 0.03, 1.12
#: Where normals ask for more sun than this share of a clear month, the clear sky is raised to it.
_MONTH_HIGH = 0.97
#: Kasten and Czeplak: global over clear-sky radiation = 1 - 0.75 n^3.4, n cloud cover 0 … 1.
_CLOUD_DEPTH, _CLOUD_POWER = 0.75, 3.4


@dataclass(frozen=True)
class Place:
    """Where a year is.

    Attributes
    ----------
    latitude_deg, longitude_deg : float
        North and east positive.
    altitude_m : float
    utc_offset_h : float
        Standard time minus universal time.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    utc_offset_h: float


@dataclass(frozen=True)
class Sky:
    """The sun above a place with no cloud, hour by hour.

    Attributes
    ----------
    clear_w_m2 : ndarray of float
        Global radiation of a clear sky, mean over the hour.
    height : ndarray of float
        Sine of the sun's elevation, mean over the hour with the night as zero.
    extra_w_m2 : ndarray of float
        Direct radiation outside the atmosphere.
    """

    clear_w_m2: Array
    height: Array
    extra_w_m2: Array


def clear_sky(place: Place, hours: int) -> Sky:
    """Clear sky of Ineichen and Perez with the monthly turbidity of pvlib's world map.

    Parameters
    ----------
    place : Place
    hours : int
        8760 or 8784.

    Returns
    -------
    Sky

    References
    ----------
    Ineichen, P., Perez, R. (2002), Solar Energy 73, 151–157, as in pvlib; turbidity: Remund et al. (2003), ISES Solar
    World Congress.
    """
    import pandas as pd  # lazy with pvlib
    from pvlib import atmosphere, clearsky, irradiance  # pvlib takes most of a second to import

    year = reference_year(hours)
    local_s: Array = (np.arange(hours * _POINTS, dtype=np.float64) + 0.5) * (3600.0 / _POINTS)
    declination, equation = solar_coordinates(local_s - 3600.0 * place.utc_offset_h, year)
    angle = 2.0 * np.pi * (local_s / SECONDS_PER_DAY - 0.5) + equation
    angle += np.radians(place.longitude_deg - 15.0 * place.utc_offset_h)
    height = sun_vector(np.sin(declination), np.cos(declination), angle, place.latitude_deg)[2]
    days = pd.date_range(f"{year}-01-01", periods=hours // 24, freq="D", tz="UTC")
    turbidity = clearsky.lookup_linke_turbidity(days, place.latitude_deg, place.longitude_deg).to_numpy()
    extra = np.asarray(irradiance.get_extra_radiation(np.arange(1, hours // 24 + 1)))
    zenith = np.degrees(np.arccos(np.clip(height, -1.0, 1.0)))
    mass = atmosphere.get_relative_airmass(np.minimum(zenith, 90.0))
    mass = atmosphere.get_absolute_airmass(mass, atmosphere.alt2pres(place.altitude_m))
    per_day = 24 * _POINTS
    with np.errstate(divide="ignore"):  # by the sine of a sun at the horizon; it is limited afterwards
        found = clearsky.ineichen(
            zenith, mass, np.repeat(turbidity, per_day), place.altitude_m, np.repeat(extra, per_day)
        )
    clear = np.asarray(found["ghi"]).reshape(hours, _POINTS).mean(axis=1)
    above = np.maximum(height, 0.0).reshape(hours, _POINTS).mean(axis=1)
    return Sky(clear, above, np.repeat(extra, 24))


def clearness(sky: Sky, normal_w_m2: Array, seed: int) -> tuple[Array, Array]:
    """Share of the clear sky's radiation, by day and by hour, so that every month has its normal sun.

    Parameters
    ----------
    sky : Sky
    normal_w_m2 : ndarray of float, (12,)
        Mean global radiation of each month, day and night.
    seed : int

    Returns
    -------
    of_days : ndarray of float, (days,)
        Normal score of each day's clearness: cloudy days are negative, clear ones positive.
    of_hours : ndarray of float, (hours,)
        Global radiation over ``sky.clear_w_m2``, also at night (it stands for cloud there).

    Notes
    -----
    Days are beta-distributed with correlation 0.3 from day to day, hours move around their day. A month's hours are
    then scaled and clipped until its mean is exact. Where the normals ask for more than 97 % of a clear month (the map
    of turbidity is coarse, a low winter sun is uncertain) the clear sky is raised.
    """
    from scipy.special import betaincinv, ndtr  # slow to import

    hours = sky.clear_w_m2.size
    months = month_of_hour(hours)
    clear = monthly_mean(sky.clear_w_m2)
    wanted = np.divide(normal_w_m2, clear, out=np.zeros(12), where=clear > 0.0)
    raised = np.maximum(wanted / _MONTH_HIGH, 1.0)
    share = np.clip((wanted / raised - _DAY_LOW) / (_DAY_HIGH - _DAY_LOW), 0.02, 0.98)
    strength = 1.0 / _DAY_VARIANCE - 1.0
    score = autocorrelated(normals(seed, "cloud", hours // 24), _DAY_LAG)
    of_day = share[months[::24]]
    drawn = betaincinv(of_day * strength, (1.0 - of_day) * strength, ndtr(score))
    k = np.repeat(_DAY_LOW + (_DAY_HIGH - _DAY_LOW) * drawn, 24)
    spread = _HOUR_SPREAD * k * np.maximum(_DAY_HIGH - k, 0.0)
    k = np.clip(k + spread * autocorrelated(normals(seed, "cloud in the day", hours), _HOUR_LAG), _HOUR_LOW, _HOUR_HIGH)
    for month in range(12):
        here = months == month
        k[here] = raised[month] * _scaled(k[here], sky.clear_w_m2[here], wanted[month] / raised[month])
    return score, k


def _scaled(k: Array, clear_w_m2: Array, wanted_frac: float) -> Array:
    """Hours of one month, multiplied and clipped so that their mean, weighted by the clear sky, is exact."""
    total = clear_w_m2.sum()
    if total <= 0.0:
        return k
    factor = 1.0
    for _ in range(60):
        tried = np.minimum(factor * k, _HOUR_HIGH)
        free = factor * k < _HOUR_HIGH
        missing = wanted_frac * total - (tried * clear_w_m2).sum()
        movable = (k * clear_w_m2)[free].sum()
        if abs(missing) <= 1e-12 * total or movable <= 0.0:
            break
        factor += missing / movable
    return np.asarray(np.minimum(factor * k, _HOUR_HIGH))


def split(sky: Sky, ghi_w_m2: Array) -> tuple[Array, Array]:
    """Direct and diffuse radiation of an hour from its global radiation.

    Parameters
    ----------
    sky : Sky
    ghi_w_m2 : ndarray of float
        Global radiation on the horizontal, mean over the hour.

    Returns
    -------
    dni_w_m2, dhi_w_m2 : ndarray of float
        Direct on a surface that faces the sun, diffuse on the horizontal; ``ghi = dhi + dni height`` exactly.

    References
    ----------
    Erbs, D. G., Klein, S. A., Duffie, J. A. (1982), Solar Energy 28, 293–302, in the continuous form of Driesse et al.
    (2024), Solar Energy 267, 112093, as in pvlib.
    """
    from pvlib import irradiance  # pvlib takes most of a second to import

    zenith = np.degrees(np.arccos(np.clip(sky.height, 0.0, 1.0)))
    found = irradiance.erbs_driesse(ghi_w_m2, zenith, dni_extra=sky.extra_w_m2)
    return np.asarray(found["dni"]), np.asarray(found["dhi"])


def cloud_tenths(of_hours: Array) -> Array:
    """Cloud cover that would let through the given share of a clear sky: ``k = 1 - 0.75 n^3.4``, solved for ``n``.

    Parameters
    ----------
    of_hours : ndarray of float
        Global over clear-sky radiation.

    Returns
    -------
    ndarray of float
        Tenths, 0 … 10.

    References
    ----------
    Kasten, F., Czeplak, G. (1980), Solar Energy 24, 177–189.
    """
    hidden = np.clip((1.0 - of_hours) / _CLOUD_DEPTH, 0.0, 1.0)
    return np.asarray(10.0 * hidden ** (1.0 / _CLOUD_POWER))
