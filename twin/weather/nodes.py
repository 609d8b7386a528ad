"""The table a weather year is read from: everything at half-hour nodes, so that a step is one interpolation.

Ends of hours (where levels stand) and middles of hours (where means of radiation stand) are both nodes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.weather.sun import SECONDS_PER_DAY, reference_year, solar_coordinates, sun_vector

__all__ = ["LEVELS", "NODE_S", "SOLAR", "build_nodes"]

Array = NDArray[np.float64]

#: Values that are linear between ends of hours: the table's first columns.
LEVELS = ("dry_bulb_c", "humidity_ratio", "pressure_pa", "wind_m_s", "infrared_w_m2")
#: Values that are means over an hour: its next columns. The last three place the sun.
SOLAR = ("dni_w_m2", "dhi_w_m2", "ghi_w_m2")
#: Seconds between nodes.
NODE_S = 1800
#: Seconds between the points at which a day's radiation is summed up for its scale factor.
_SUM_S = 120
#: A day whose radiation would have to be scaled by more than this is left alone: there the file's sun and the real
#: one disagree (wrong time zone or hour convention, which the reader warns about), or there is next to no sun.
_SCALE_MAX = 2.0


def build_nodes(levels: Array, solar: Array, place: tuple[float, float, float]) -> Array:
    """Lay out a year at half-hour nodes.

    Parameters
    ----------
    levels : ndarray of float, (hours, 5)
        Columns of ``LEVELS``; row ``h - 1`` is the value at the end of hour ``h``.
    solar : ndarray of float, (hours, 3)
        Columns of ``SOLAR``, W/m²; row ``h - 1`` is the mean over hour ``h``.
    place : tuple of float
        Latitude (deg), longitude (deg, east positive), standard time minus universal time (h).

    Returns
    -------
    ndarray of float, (2 hours + 4, 11)
        ``LEVELS``, ``SOLAR``, sine and cosine of the sun's declination, and the hour angle at local midnight (rad).

    Notes
    -----
    The first node of a year stands for hour 24 of the first day. One hour past the end is kept as well, because in
    later rounds hour 1 starts from the last hour of the year.
    """
    hours = levels.shape[0]
    table = np.empty((2 * hours + 4, len(LEVELS) + len(SOLAR) + 3))
    ends = np.concatenate([levels[23:24], levels, levels[:1]])
    table[0::2, : len(LEVELS)] = ends
    table[1:-1:2, : len(LEVELS)] = 0.5 * (ends[:-1] + ends[1:])
    table[-1, : len(LEVELS)] = ends[-1]
    latitude_deg, longitude_deg, utc_offset_h = place
    time_s = np.arange(table.shape[0]) * float(NODE_S)
    declination, equation = solar_coordinates(time_s - 3600.0 * utc_offset_h, reference_year(hours))
    midnight = np.radians(longitude_deg - 15.0 * utc_offset_h) - np.pi
    table[:, -3], table[:, -2], table[:, -1] = np.sin(declination), np.cos(declination), equation + midnight
    columns = slice(len(LEVELS), len(LEVELS) + len(SOLAR))
    table[:, columns] = _solar_nodes(solar)
    table[:, columns] = _solar_nodes(solar * _daily_scale(table, solar, latitude_deg))
    return table


def _solar_nodes(solar: Array) -> Array:
    """Means over hours at the middles of hours (odd nodes), linear between; the year closes on itself."""
    middles = np.concatenate([solar[-1:], solar, solar[:2]])
    nodes = np.empty((2 * solar.shape[0] + 4, solar.shape[1]))
    nodes[1::2] = middles[1:]
    nodes[0::2] = 0.5 * (middles[:-1] + middles[1:])
    return nodes


def _daily_scale(table: Array, solar: Array, latitude_deg: float) -> Array:
    """Factor on each hour's radiation so that every day keeps the energy of the file, per kind of radiation.

    Without it, what linear interpolation puts before sunrise and after sunset would be lost.
    """
    time_s = np.arange(_SUM_S / 2, solar.shape[0] * 3600.0, _SUM_S)
    index = (time_s / NODE_S).astype(np.int64)
    share = (time_s / NODE_S - index)[:, None]
    sin_declination, cos_declination, midnight = table[index, -3:].T
    hour_angle = (2.0 * np.pi / SECONDS_PER_DAY) * (time_s % SECONDS_PER_DAY) + midnight
    up = sun_vector(sin_declination, cos_declination, hour_angle, latitude_deg)[2]
    nodes = table[:, len(LEVELS) : len(LEVELS) + len(SOLAR)]
    lit = (nodes[index] * (1.0 - share) + nodes[index + 1] * share) * (up > 0.0)[:, None]
    days = solar.shape[0] // 24
    mean = lit.reshape(days, -1, len(SOLAR)).mean(axis=1)
    wanted = solar.reshape(days, 24, len(SOLAR)).mean(axis=1)
    factor = np.divide(wanted, mean, out=np.ones_like(mean), where=mean > 0.0)
    factor[(factor > _SCALE_MAX) | (factor < 1.0 / _SCALE_MAX)] = 1.0
    return np.repeat(factor, 24, axis=0)
