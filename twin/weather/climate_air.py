"""The air of a generated year: dry bulb, humidity and wind, moving together.

Cloud moves the temperature (clear days are warm in summer and cold in winter) and its daily range; dry bulb and cloud
move the dew point. Nothing is drawn on its own that hangs on something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from twin_kernels.psychrometrics import (
    humidity_ratio_from_vapour_pressure,
    saturation_pressure_pa,
    wet_bulb_c,
)

from twin.weather.climate import Climate
from twin.weather.climate_calendar import HOURS, curve, daily, month_of_hour, monthly_mean, monthly_spread
from twin.weather.climate_noise import autocorrelated, hourly, normals, standardised

__all__ = [
    "TAIL_FRAC", "Days", "closed_humidity", "daily_shape", "dry_bulb", "each", "relative_humidity", "stretch_top",
    "wet_bulb", "wind",
]

Array = NDArray[np.float64]

#: Share of the hours at each end of the year that is mapped to the design value, and where the design values stand.
TAIL_FRAC, _DESIGN_FRAC = 0.02, 0.004
#: A tail is stretched or pressed by at most this much in one pass.
_STRETCH_LOW, _STRETCH_HIGH = 0.2, 5.0
_PASSES = 15
_DESIGN_WITHIN_K = 0.02
#: Correlation of neighbouring days, of dry bulb and dew point (mean of 19 stations: 0.69 and 0.65).
_DAY_LAG = 0.68
#: Least share of the spread of daily means that is weather and not the month's own trend.
_WEATHER_SHARE = 0.3
#: Correlation of a day's dry bulb with its clearness: mean of the year, and what the season adds (19 stations: winter
#: -0.2, summer +0.4).
_CLEAR_YEAR, _CLEAR_SEASON = 0.1, 0.3
#: Where the warmest and coldest month lie less than twice this far apart, seasons fade.
_SEASON_K = 4.0
#: Correlation of a day's dew point with its clearness (19 stations: winter -0.4, summer -0.3).
_DEW_CLEAR = -0.35
#: Daily range over its normal: this share follows the day's clearness (19 stations: slope 0.65).
_RANGE_CLEAR = 0.65
#: A day's vapour pressure to the power of one over this is normal: mean of the year, and what the season adds. On 19
#: stations the skewness of dew point, root of the pressure and pressure is -0.33, -0.15, +0.12 in the year, and -0.42,
#: -0.31, -0.15 in summer, when vapour is limited by the warmest sea or ground it can come from.
_POWER_YEAR, _POWER_SEASON = 1.5, -0.5
#: No day is much warmer or damper than the days of the warmest or dampest month, because there is no such air to come
#: from (in Miami's winter days spread by 5 K, the Gulf stands 8 K above their mean). The limit: that month's mean and
#: so many of its spreads, at least so many kelvin; soft by about 1 K.
_AIR_MASS, _AIR_MASS_K, _AIR_MASS_SOFT_K, _AIR_MASS_POWER = 1.5, 2.0, 1.0, 12.0
#: The normal variable is never below this share of its mean.
_DRIEST = 0.2
#: Magnus: saturation pressure over water goes with exp(A t / (C + t)), t in °C.
_MAGNUS_A, _MAGNUS_C = 17.62, 243.12
#: Highest relative humidity.
_SATURATED_FRAC = 0.995
#: Highest monthly mean of it.
_HUMID_MONTH = 0.99
#: Daily wave of the wind's mean relative to the dry bulb's, and correlation of neighbouring hours.
_WIND_WAVE, _WIND_LAG = 0.5, 0.8
#: Weibull shape 2: mean = scale * gamma(1.5).
_WEIBULL_MEAN = 0.886226925452758

#: How far below its highest value the dry bulb stands at each hour of standard time (1 … 24), over the daily range:
#: ASHRAE Handbook - Fundamentals 2009, ch. 14, table 6.
_BELOW_HIGHEST = (
    0.88, 0.92, 0.95, 0.98, 1.00, 0.98, 0.91, 0.74, 0.55, 0.38, 0.23, 0.13,
    0.05, 0.00, 0.00, 0.06, 0.14, 0.24, 0.39, 0.50, 0.59, 0.68, 0.75, 0.82,
)


@dataclass(frozen=True)
class Days:
    """What cloud does to a day.

    Attributes
    ----------
    score : ndarray of float, (365,)
        Normal score of its clearness, mean zero and spread one in every month.
    clearness : ndarray of float, (365,)
        Its sun over that of a clear day.
    """

    score: Array
    clearness: Array


def each(law: Callable[..., float], *columns: Array) -> Array:
    """A law of scalars, hour by hour.

    Parameters
    ----------
    law : callable
    *columns : ndarray of float
        Its arguments.

    Returns
    -------
    ndarray of float
    """
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return np.fromiter((law(*row) for row in rows), dtype=np.float64, count=columns[0].size)


def wet_bulb(dry_bulb_c: Array, vapour_pa: Array, pressure_pa: float) -> Array:
    """Wet bulb of each hour.

    Parameters
    ----------
    dry_bulb_c, vapour_pa : ndarray of float
    pressure_pa : float

    Returns
    -------
    ndarray of float
        °C.
    """
    rows = zip(dry_bulb_c.tolist(), vapour_pa.tolist(), strict=True)
    found = (
        wet_bulb_c(t, humidity_ratio_from_vapour_pressure(e, pressure_pa), pressure_pa, t - 4.0) for t, e in rows
    )
    return np.fromiter(found, dtype=np.float64, count=dry_bulb_c.size)


def daily_shape(longitude_deg: float, utc_offset_h: float) -> Array:
    """Daily wave of the dry bulb, mean zero and range one, at the ends of the hours of standard time.

    Parameters
    ----------
    longitude_deg, utc_offset_h : float
        The wave follows the sun's clock: where standard time runs ahead of the sun it comes later.

    Returns
    -------
    ndarray of float, (24,)
    """
    solar_hour = np.arange(1.0, 25.0) + longitude_deg / 15.0 - utc_offset_h
    below = np.interp(solar_hour, np.arange(1.0, 25.0), np.array(_BELOW_HIGHEST), period=24.0)
    shape: Array = (below.mean() - below) / (below.max() - below.min())
    return shape


def dry_bulb(climate: Climate, days: Days, seed: int) -> tuple[Array, Array]:
    """Dry bulb of every hour, its months' means exact and its ends at the design values.

    Parameters
    ----------
    climate : Climate
    days : Days
    seed : int

    Returns
    -------
    dry_bulb_c : ndarray of float, (8760,)
    score : ndarray of float, (365,)
        Normal score of each day's temperature, which the dew point follows.
    """
    mean = curve(climate.dry_bulb_c)
    normal = np.array(climate.dry_bulb_c)
    tie = _clear_tie(climate)
    own = autocorrelated(normals(seed, "dry bulb", days.score.size), _DAY_LAG)
    own = standardised(own, month_of_hour()[::24], days.score)
    score = tie * days.score + np.sqrt(1.0 - tie**2) * own
    spread_k = np.array(climate.dry_bulb_spread_k)
    of_weather = _of_weather(spread_k, monthly_spread(daily(mean).mean(axis=1)))
    anomaly = hourly(score * of_weather[month_of_hour()[::24]])
    warmest_c = _limit(normal, spread_k)
    limited = warmest_c - _AIR_MASS_SOFT_K * np.logaddexp(0.0, (warmest_c - mean - anomaly) / _AIR_MASS_SOFT_K)
    table = _with_range(climate, limited, days)
    for _ in range(_PASSES):
        table = table + curve(normal - monthly_mean(table))
        low, high = np.quantile(table, (_DESIGN_FRAC, 1.0 - _DESIGN_FRAC))
        if max(abs(low - climate.design_cold_c), abs(high - climate.design_hot_c)) < _DESIGN_WITHIN_K:
            break
        table = -stretch_top(-stretch_top(table, climate.design_hot_c), -climate.design_cold_c)
    return table + curve(normal - monthly_mean(table)), score


def _clear_tie(climate: Climate) -> Array:
    """Correlation of a day's dry bulb with its clearness."""
    return np.asarray(_CLEAR_YEAR + _CLEAR_SEASON * daily(_season(np.array(climate.dry_bulb_c))).mean(axis=1))


def _season(normal_c: Array) -> Array:
    """Minus one in the coldest, one in the warmest month, less where they are much alike."""
    middle, half = 0.5 * (normal_c.max() + normal_c.min()), 0.5 * (normal_c.max() - normal_c.min())
    return np.asarray(np.clip((curve(normal_c) - middle) / max(half, _SEASON_K), -1.0, 1.0))


def _of_weather(spread_k: Array, trend_k: Array) -> Array:
    """Spread of the weather in a month: what its days have beyond the season's own trend."""
    return np.asarray(np.sqrt(np.maximum(spread_k**2 - trend_k**2, (_WEATHER_SHARE * spread_k) ** 2)))


def _limit(normal_c: Array, spread_k: Array) -> float:
    """Warmest or dampest air that reaches the place."""
    month = int(np.argmax(normal_c))
    return float(normal_c[month] + max(_AIR_MASS * spread_k[month], _AIR_MASS_K))


def _with_range(climate: Climate, smooth: Array, days: Days) -> Array:
    """Add the daily wave, so strong that the months have their normal daily range."""
    months = month_of_hour()[::24]
    usual = np.array([days.clearness[months == month].mean() for month in range(12)])[months]
    factor = 1.0 + _RANGE_CLEAR * (days.clearness / np.maximum(usual, 1e-3) - 1.0)
    noon = np.arange(days.clearness.size) * 24.0 + 12.0
    wave = np.interp(np.arange(1.0, HOURS + 1.0), noon, np.clip(factor, 0.1, 2.0), period=HOURS)
    wave *= np.tile(daily_shape(climate.longitude_deg, climate.utc_offset_h), days.clearness.size)
    wanted = np.array(climate.daily_range_k)
    strength = wanted.copy()
    table = smooth
    for _ in range(12):
        table = smooth + wave * np.maximum(curve(strength), 0.0)
        rows = daily(table)
        found = np.array([np.ptp(rows[months == month], axis=1).mean() for month in range(12)])
        strength = np.maximum(strength + wanted - found, 0.0)
    return table


def stretch_top(values: Array, design_c: float) -> Array:
    """Stretch (or press) the highest 2 % of the hours so that 0.4 % lie above the design value.

    Parameters
    ----------
    values : ndarray of float
    design_c : float

    Returns
    -------
    ndarray of float
        In the same order; unchanged below the 98 % quantile.
    """
    start, now = np.quantile(values, (1.0 - TAIL_FRAC, 1.0 - _DESIGN_FRAC))
    factor = np.clip((design_c - start) / max(now - start, 1e-6), _STRETCH_LOW, _STRETCH_HIGH)
    return np.where(values > start, start + factor * (values - start), values)


def relative_humidity(climate: Climate, days: Days, dry_bulb_c: Array, score: Array, seed: int) -> Array:
    """Relative humidity of every hour, its months' means exact.

    Parameters
    ----------
    climate : Climate
    days : Days
    dry_bulb_c : ndarray of float, (8760,)
    score : ndarray of float, (365,)
        From :func:`dry_bulb`.
    seed : int

    Returns
    -------
    ndarray of float, (8760,)
        0 … 0.995.

    Notes
    -----
    The vapour pressure is a smooth yearly curve with a daily anomaly, correlated with the day's
    temperature and cloud, and a small daily wave (dry ground mixes dry air down in the afternoon). The vapour of a
    month is then scaled until the mean relative humidity is that of the normals.
    """
    spread_k, tie, wave_k = (np.array(months) for months in climate.dew_point_statistics())
    months = month_of_hour()[::24]
    own = autocorrelated(normals(seed, "dew point", days.score.size), _DAY_LAG)
    own = standardised(own, months, score, days.score)
    # The three correlations must be possible together: where dry bulb and dew point hang closely together, the dew
    # point follows cloud only through the dry bulb.
    of_day = np.clip(tie, -0.98, 0.98)[months]
    both = _clear_tie(climate)
    clear = np.maximum(_DEW_CLEAR, of_day * both - 0.9 * np.sqrt((1.0 - of_day**2) * (1.0 - both**2)))
    on_score = (of_day - both * clear) / (1.0 - both**2)
    on_clear = (clear - both * of_day) / (1.0 - both**2)
    rest = np.sqrt(np.maximum(1.0 - on_score * of_day - on_clear * clear, 0.0))
    moves = on_score * score + on_clear * days.score + rest * own
    normal = np.array(climate.relative_humidity_frac)
    base = _dew_point_normals(np.array(climate.dry_bulb_c), normal)
    of_weather = _of_weather(spread_k, monthly_spread(daily(curve(base)).mean(axis=1)))
    mean_c = curve(base)
    # Relative change of the vapour pressure with the dew point (Magnus) makes a spread in kelvin one of the vapour.
    per_k = _MAGNUS_A * _MAGNUS_C / (_MAGNUS_C + mean_c) ** 2
    off_k = hourly(moves * of_weather[months])
    off_k += curve(wave_k) * np.tile(daily_shape(climate.longitude_deg, climate.utc_offset_h), days.score.size)
    power = _POWER_YEAR + _POWER_SEASON * _season(np.array(climate.dry_bulb_c))
    vapour_pa = each(saturation_pressure_pa, mean_c) * np.maximum(1.0 + per_k * off_k / power, _DRIEST) ** power
    dampest_pa = saturation_pressure_pa(_limit(base, spread_k))
    limited = dampest_pa * ((vapour_pa / dampest_pa) ** -_AIR_MASS_POWER + 1.0) ** (-1.0 / _AIR_MASS_POWER)
    free = limited / each(saturation_pressure_pa, dry_bulb_c)
    return closed_humidity(free, normal)


def closed_humidity(free: Array, wanted: Array) -> Array:
    """Scale relative humidities by a smooth yearly curve, up to saturation, until every month has its mean.

    Parameters
    ----------
    free : ndarray of float, (hours,)
        Before scaling; above 1 where there is more vapour than the air holds.
    wanted : ndarray of float, (12,)
        Monthly means, at most 0.99.

    Returns
    -------
    ndarray of float, (hours,)
        0 … 0.995.
    """
    factor = np.ones(12)
    humid = np.minimum(free, _SATURATED_FRAC)
    for _ in range(200):
        missing = np.minimum(wanted, _HUMID_MONTH) - monthly_mean(humid)
        if np.abs(missing).max() < 1e-9:
            break
        open_share = monthly_mean(np.where(humid < _SATURATED_FRAC, free, 0.0))
        factor = factor + missing / np.maximum(open_share, 0.05)
        humid = np.clip(free * np.maximum(curve(factor, free.size), 0.05), 0.0, _SATURATED_FRAC)
    return humid


def _dew_point_normals(dry_bulb_c: Array, humidity_frac: Array) -> Array:
    """Dew point of the normals (Magnus): only a start, because the vapour is scaled to the normals afterwards."""
    log = np.log(np.maximum(humidity_frac, 0.01)) + _MAGNUS_A * dry_bulb_c / (_MAGNUS_C + dry_bulb_c)
    return np.asarray(_MAGNUS_C * log / (_MAGNUS_A - log))


def wind(climate: Climate, seed: int) -> Array:
    """Wind speed of every hour, its months' means exact.

    Parameters
    ----------
    climate : Climate
    seed : int

    Returns
    -------
    ndarray of float, (8760,)
        m/s.

    Notes
    -----
    Weibull with shape 2, correlation 0.8 from hour to hour, stronger in the afternoon (19 stations: 0.75 of the mean
    before dawn, 1.3 after noon); nothing else moves it.
    """
    from scipy.special import ndtr  # slow to import

    calm = 1.0 - ndtr(autocorrelated(normals(seed, "wind", HOURS), _WIND_LAG))
    wave = 1.0 + _WIND_WAVE * daily_shape(climate.longitude_deg, climate.utc_offset_h)
    speed = np.sqrt(-np.log(np.maximum(calm, 1e-12))) / _WEIBULL_MEAN * np.tile(wave, HOURS // 24)
    months = month_of_hour()
    return np.asarray(speed * (np.array(climate.wind_m_s) / monthly_mean(speed))[months])
