"""Where the sun stands: declination and equation of time, and the vector from the ground to the sun.

The low-precision formulae of the Astronomical Almanac: within 0.02° of a full ephemeris for 1950–2050,
no refraction (the horizon is the geometric one). Vectorised, because a day of minutes must cost microseconds.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

__all__ = ["SECONDS_PER_DAY", "reference_year", "solar_coordinates", "sun_vector"]

Array = NDArray[np.float64]

SECONDS_PER_DAY = 86400.0
#: Hours of a leap year.
LEAP_HOURS = 8784


def reference_year(hours: int) -> int:
    """Calendar year whose sun a typical year gets.

    Parameters
    ----------
    hours : int
        8760 or 8784.

    Returns
    -------
    int
        2018, or the leap year 2020.

    Notes
    -----
    The months of a typical year come from different years; 2018 lies in the middle of its leap cycle, where the
    declination on a given date is closest to its mean over the cycle.
    """
    return 2020 if hours == LEAP_HOURS else 2018


def solar_coordinates(utc_s: Array, year: int) -> tuple[Array, Array]:
    """Declination of the sun and equation of time.

    ``L = 280.460 + 0.9856474 n``, ``g = 357.528 + 0.9856003 n``, ``λ = L + 1.915 sin g + 0.020 sin 2g``,
    ``ε = 23.439 - 4e-7 n``; ``sin δ = sin ε sin λ``, equation of time ``L - α`` (degrees, n days from J2000.0).

    Parameters
    ----------
    utc_s : ndarray of float
        Seconds of universal time since 1 January 00:00 of ``year``; any length, negative allowed.
    year : int
        Calendar year, 1950 … 2050.

    Returns
    -------
    declination_rad, equation_rad : ndarray of float
        Declination, and apparent minus mean solar time as an angle (15° an hour), both in rad.

    References
    ----------
    The Astronomical Almanac, section C ("Low precision formulas for the Sun"); Michalsky, J. J. (1988), Solar
    Energy 40, 227–235.
    """
    days_to_year = (date(year, 1, 1) - date(2000, 1, 1)).days - 0.5
    n = days_to_year + np.asarray(utc_s, dtype=np.float64) / SECONDS_PER_DAY
    mean_longitude = np.radians((280.460 + 0.9856474 * n) % 360.0)
    anomaly = np.radians((357.528 + 0.9856003 * n) % 360.0)
    longitude = mean_longitude + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    obliquity = np.radians(23.439 - 4e-7 * n)
    right_ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    equation = (mean_longitude - right_ascension + np.pi) % (2.0 * np.pi) - np.pi
    return declination, equation


def sun_vector(
    sin_declination: Array, cos_declination: Array, hour_angle_rad: Array, latitude_deg: float
) -> tuple[Array, Array, Array]:
    """Unit vector from the ground to the sun.

    Parameters
    ----------
    sin_declination, cos_declination : ndarray of float
        Of the declination of the sun.
    hour_angle_rad : ndarray of float
        Hour angle, rad; 0 at solar noon, positive in the afternoon.
    latitude_deg : float
        Latitude, -90 … 90, north positive.

    Returns
    -------
    east, north, up : ndarray of float
        Components of the unit vector; ``up`` ≤ 0 while the sun is below the horizon.
    """
    latitude = np.radians(latitude_deg)
    along = cos_declination * np.cos(hour_angle_rad)
    east = -cos_declination * np.sin(hour_angle_rad)
    north = np.cos(latitude) * sin_declination - np.sin(latitude) * along
    up = np.sin(latitude) * sin_declination + np.cos(latitude) * along
    return east, north, up
