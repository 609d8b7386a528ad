"""A year of weather from a climate and a seed.

Sun, dry bulb, humidity and wind are made in that order, each from what it hangs on; see ``docs/physics/climates.md``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from twin_kernels.psychrometrics import (
    dew_point_c,
    humidity_ratio_from_vapour_pressure,
    saturation_pressure_pa,
    standard_pressure_pa,
)
from twin_kernels.psychrometrics import wet_bulb_c as wet_bulb_of
from twin_kernels.radiation import infrared_w_m2

from twin.weather.climate import DEFAULT_SEED, Climate
from twin.weather.climate_air import (
    Days,
    closed_humidity,
    dry_bulb,
    each,
    relative_humidity,
    stretch_top,
    wet_bulb,
    wind,
)
from twin.weather.climate_calendar import HOURS, daily, month_of_hour, monthly_mean
from twin.weather.climate_noise import standardised
from twin.weather.climate_sky import Place, Sky, clear_sky, clearness, cloud_tenths, split
from twin.weather.year import WeatherYear

__all__ = ["fingerprint", "generate", "generated_columns"]

Array = NDArray[np.float64]

#: A design value that is missed by more than this (K) is said.
_MISSED_K = 0.2
#: A month with this much more sun than a clear sky gives is said, unless it has next to none (W/m²).
_TOO_SUNNY_FRAC, _SOME_SUN_W_M2 = 1.05, 10.0
_WET_BULB_PASSES = 6
_W_M2_PER_KWH_DAY = 1000.0 / 24.0


def generate(climate: Climate, seed: int = DEFAULT_SEED) -> WeatherYear:
    """A year of a climate.

    Parameters
    ----------
    climate : Climate
        Of the library, from :func:`twin.weather.climate_normals.climate_of`, or written by hand.
    seed : int
        0 … 999 999 999; every seed is another year with the same monthly means and design values.

    Returns
    -------
    WeatherYear
        8760 h; the same for the same climate and seed on every machine, to rounding. Its path is the climate's name
        with the seed, its SHA-256 that of climate and seed.
    """
    columns, warnings = generated_columns(climate, seed)
    return WeatherYear(
        name=climate.place, source=f"{climate.name}@{seed}", path=Path(f"{climate.name}@{seed}"),
        sha256=fingerprint(climate, seed), latitude_deg=climate.latitude_deg, longitude_deg=climate.longitude_deg,
        altitude_m=climate.altitude_m, utc_offset_h=climate.utc_offset_h, hours=HOURS, warnings=tuple(warnings),
        **columns,
    )


def fingerprint(climate: Climate, seed: int) -> str:
    """SHA-256 of everything a generated year is made from.

    Parameters
    ----------
    climate : Climate
    seed : int

    Returns
    -------
    str
    """
    return hashlib.sha256(f"{climate.model_dump_json()}@{seed}".encode()).hexdigest()


def generated_columns(climate: Climate, seed: int) -> tuple[dict[str, Array], list[str]]:
    """The hourly arrays of a generated year.

    Parameters
    ----------
    climate : Climate
    seed : int

    Returns
    -------
    columns : dict of str to ndarray
        The hourly arrays of a :class:`WeatherYear`.
    warnings : list of str
        What the normals ask for and the year could not give.
    """
    place = Place(climate.latitude_deg, climate.longitude_deg, climate.altitude_m, climate.utc_offset_h)
    sky = clear_sky(place, HOURS)
    score, share = clearness(sky, np.array(climate.ghi_kwh_m2_day) * _W_M2_PER_KWH_DAY, seed)
    ghi = share * sky.clear_w_m2
    dni, dhi = split(sky, ghi)
    days = Days(standardised(score, month_of_hour()[::24]), _of_days(share, sky.clear_w_m2))
    dry, warmth = dry_bulb(climate, days, seed)
    pressure_pa = float(standard_pressure_pa(climate.altitude_m))
    saturated_pa = each(saturation_pressure_pa, dry)
    humid = relative_humidity(climate, days, dry, warmth, seed)
    if climate.design_wet_bulb_c is not None:
        humid = _to_design_wet_bulb(climate, dry, humid, saturated_pa, pressure_pa)
    vapour_pa = humid * saturated_pa
    ratio = np.fromiter(
        (humidity_ratio_from_vapour_pressure(e, pressure_pa) for e in vapour_pa.tolist()), np.float64, HOURS
    )
    pressure = np.full(HOURS, pressure_pa)
    columns = {
        "dry_bulb_c": dry,
        "dew_point_c": np.minimum(each(dew_point_c, ratio, pressure), dry),
        "pressure_pa": pressure,
        "wind_m_s": wind(climate, seed),
        "ghi_w_m2": ghi, "dni_w_m2": dni, "dhi_w_m2": dhi,
        "infrared_w_m2": each(infrared_w_m2, dry, vapour_pa, cloud_tenths(share)),
        "humidity_ratio": ratio,
    }
    return columns, _missed(climate, columns, pressure_pa) + _too_sunny(climate, ghi, sky)


def _of_days(share: Array, clear_w_m2: Array) -> Array:
    """Clearness of each day: its hours weighted by the sun they could have, all alike where there is none."""
    weight = daily(clear_w_m2 + 1e-3)
    return np.asarray((daily(share) * weight).sum(axis=1) / weight.sum(axis=1))


def _to_design_wet_bulb(
    climate: Climate, dry_bulb_c: Array, humid_frac: Array, saturated_pa: Array, pressure_pa: float
) -> Array:
    """Move vapour in the 2 % of the hours with the highest wet bulb until 0.4 % lie above the design value."""
    design_c = climate.design_wet_bulb_c
    assert design_c is not None
    for _ in range(_WET_BULB_PASSES):
        now = wet_bulb(dry_bulb_c, humid_frac * saturated_pa, pressure_pa)
        wanted = np.minimum(stretch_top(now, design_c), dry_bulb_c - 0.1)
        moved = humid_frac.copy()
        for hour in np.flatnonzero(np.abs(wanted - now) > 1e-3):
            moved[hour] = _humidity_at_wet_bulb(dry_bulb_c[hour], wanted[hour], saturated_pa[hour], pressure_pa)
        humid_frac = closed_humidity(moved, np.array(climate.relative_humidity_frac))
    return humid_frac


def _humidity_at_wet_bulb(dry_c: float, wet_c: float, saturated_pa: float, pressure_pa: float) -> float:
    """Relative humidity at which the wet bulb is the one given, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        ratio = humidity_ratio_from_vapour_pressure(middle * saturated_pa, pressure_pa)
        if wet_bulb_of(dry_c, ratio, pressure_pa, wet_c) < wet_c:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _missed(climate: Climate, columns: dict[str, Array], pressure_pa: float) -> list[str]:
    """Normals and design values that contradict each other, said in numbers."""
    dry = columns["dry_bulb_c"]
    low, high = np.quantile(dry, (0.004, 0.996))
    values = [("99.6 % dry bulb", climate.design_cold_c, low), ("0.4 % dry bulb", climate.design_hot_c, high)]
    if climate.design_wet_bulb_c is not None:
        ratio = columns["humidity_ratio"].tolist()
        wet = [wet_bulb_of(t, w, pressure_pa, t - 4.0) for t, w in zip(dry.tolist(), ratio, strict=True)]
        values.append(("0.4 % wet bulb", climate.design_wet_bulb_c, np.quantile(wet, 0.996)))
    return [
        f"{climate.name}: {what} is {now:.1f} °C and not {wanted:g} °C: the monthly normals leave no room for it"
        for what, wanted, now in values
        if abs(now - wanted) > _MISSED_K
    ]


def _too_sunny(climate: Climate, ghi_w_m2: Array, sky: Sky) -> list[str]:
    """Months whose normal sun exceeds that of a clear sky."""
    normal, clear = monthly_mean(ghi_w_m2), monthly_mean(sky.clear_w_m2)
    months = np.flatnonzero((normal > _TOO_SUNNY_FRAC * clear) & (normal > _SOME_SUN_W_M2))
    if months.size == 0:
        return []
    which = ", ".join(str(month + 1) for month in months)
    most = (normal[months] / np.maximum(clear[months], 1e-9)).max()
    text = f"month {which} has up to {most:.2f} times the sun of a clear sky: is the radiation too high?"
    return [f"{climate.name}: {text}"]
