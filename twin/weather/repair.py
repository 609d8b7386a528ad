"""What a weather file lacks is repaired or refused; either way it is said, with how much.

Refused: values that cannot be (with line, value and bound), gaps of more than ``GAP_MAX_H`` hours. Repaired, with a
warning: short gaps (linear), dew points above the dry bulb (clipped), a missing dew point (from relative humidity),
missing pressure (standard for the altitude), missing long-wave radiation (from vapour pressure and cloud).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.psychrometrics import (
    dew_point_c,
    humidity_ratio,
    standard_pressure_pa,
    vapour_pressure_pa,
)
from twin_kernels.radiation import infrared_w_m2

from twin.errors import Problem
from twin.weather.sources import SHOWN, RawYear
from twin.weather.sun import SECONDS_PER_DAY, reference_year, solar_coordinates, sun_vector
from twin.weather.year import humidity_ratio_at_dew_point

__all__ = ["GAP_MAX_H", "repair"]

Array = NDArray[np.float64]

#: Longest gap that is bridged by a straight line, h: about a quarter of a day, a quarter of the daily wave.
GAP_MAX_H = 6
#: Largest share of the year that may be bridged.
_MISSING_MAX_FRAC = 0.1
#: A file whose dew point exceeds the dry bulb by more than this (K) ...
_DEW_EXCESS_K = 1.0
#: ... in more than this share of the hours has its columns mixed up: refused.
_DEW_EXCESS_FRAC = 0.1
#: Long-wave radiation of the sky is doubted where it exceeds a black body at air temperature by more than this, W/m².
#: Source: assumed, of a pyrgeometer's 5 … 10 W/m² and some 15 W/m² of warmer air above an inversion of a few kelvin.
_WARM_SKY_W_M2 = 25.0
#: Share of hours above which a file is said to have such a sky.
_WARM_SKY_FRAC = 0.01
#: Share of a year's radiation at hours without sun above which the file's clock is doubted.
_NIGHT_FRAC = 0.01

#: Bounds in SI, unit and factor to the unit shown. Highest and lowest air temperatures measured: 56.7 and -89.2 °C
#: (WMO archive of extremes); colder than -70 °C is no site for a data centre. Pressure: 9000 m … below sea level.
_BOUNDS: dict[str, tuple[float, float, str, float]] = {
    "dry_bulb_c": (-70.0, 60.0, "°C", 1.0),
    "dew_point_c": (-90.0, 60.0, "°C", 1.0),
    "humidity_frac": (0.0, 1.1, "%", 100.0),
    "pressure_pa": (31000.0, 120000.0, "Pa", 1.0),
    "wind_m_s": (0.0, 60.0, "m/s", 1.0),
    "ghi_w_m2": (0.0, 1500.0, "W/m²", 1.0),
    "dni_w_m2": (0.0, 1500.0, "W/m²", 1.0),
    "dhi_w_m2": (0.0, 1500.0, "W/m²", 1.0),
    "infrared_w_m2": (0.0, 700.0, "W/m²", 1.0),
    "opaque_tenths": (0.0, 10.0, "tenths", 1.0),
    "total_tenths": (0.0, 10.0, "tenths", 1.0),
}
_PLACE = (
    ("latitude_deg", -90.0, 90.0, "°"), ("longitude_deg", -180.0, 180.0, "°"),
    ("altitude_m", -500.0, 9000.0, "m"), ("utc_offset_h", -12.0, 14.0, "h"),
)
#: Time zones follow the sun within this many hours (the widest, western China, lies three hours off).
_ZONE_MAX_H = 4.0


def repair(raw: RawYear) -> tuple[dict[str, Array], list[str], list[Problem]]:
    """Check a file's columns and fill what can be filled.

    Parameters
    ----------
    raw : RawYear
        As read.

    Returns
    -------
    values : dict of str to ndarray
        The hourly arrays of a ``WeatherYear``; incomplete when there are problems.
    warnings : list of str
        What was repaired, and by how much.
    problems : list of Problem
        What cannot be: all of it.
    """
    problems = _place_problems(raw)
    for name in raw.values:
        problems += _bound_problems(raw, name)
    if problems:
        return {}, [], problems
    values = {name: column.copy() for name, column in raw.values.items()}
    warnings: list[str] = _zone_warning(raw)
    _pressure(raw, values, warnings)
    for name in ("dry_bulb_c", "wind_m_s", "dni_w_m2", "dhi_w_m2"):
        _bridge(raw, values, name, warnings, problems)
    if not problems:
        _global_radiation(raw, values, warnings)
        _humidity(raw, values, warnings, problems)
    if problems:
        return {}, [], problems
    _infrared(values, warnings)
    warnings += _night_warning(raw, values)
    return values, warnings, problems


def _place_problems(raw: RawYear) -> list[Problem]:
    problems = []
    for name, low, high, unit in _PLACE:
        value = getattr(raw, name)
        if not low <= value <= high:
            problems.append(Problem(f"line 1: {name} = {value:g}", f"must lie in {low:g} … {high:g} {unit}"))
    return problems


def _zone_warning(raw: RawYear) -> list[str]:
    off_h = abs((raw.longitude_deg / 15.0 - raw.utc_offset_h + 12.0) % 24.0 - 12.0)
    if off_h <= _ZONE_MAX_H:
        return []
    return [(f"longitude {raw.longitude_deg:g}° and time zone {raw.utc_offset_h:+g} h are {off_h:.1f} h apart: "
            "the sun will stand in the wrong place (is the sign of one of them wrong?)")]


def _bound_problems(raw: RawYear, name: str) -> list[Problem]:
    low, high, unit, shown = _BOUNDS[name]
    column, label = raw.values[name], raw.columns[name].label
    wrong = np.flatnonzero(~np.isnan(column) & ~((column >= low) & (column <= high)))
    must = f"must lie in {low * shown:g} … {high * shown:g} {unit}"
    problems = [
        Problem(f"line {raw.first_line + row}: {label} = {column[row] * shown:g} {unit}", must)
        for row in wrong[:SHOWN]
    ]
    if wrong.size > SHOWN:
        extreme = column[wrong][np.argmax(np.abs(column[wrong]))] * shown
        where = f"{wrong.size - SHOWN} more of {label}"
        problems.append(Problem(where, f"{must} (farthest: {extreme:g} {unit})"))
    return problems


def _gaps(missing: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First row and length of every run of missing values; a run over the year's end counts as one."""
    hours = missing.size
    if missing.all():
        return [(0, hours)]
    start = int(np.argmin(missing))  # some value that is there: runs are counted from it, round the year
    edges = np.diff(np.concatenate([[0], np.roll(missing, -start).astype(np.int8), [0]]))
    firsts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int((first + start) % hours), int(end - first)) for first, end in zip(firsts, ends, strict=True)]


def _hours(count: int) -> str:
    return f"{count} hour" if count == 1 else f"{count} hours"


def _interpolated(column: Array) -> Array:
    """Straight lines over missing values, round the year."""
    there = np.flatnonzero(~np.isnan(column))
    return np.interp(np.arange(column.size), there, column[there], period=column.size)


def _bridge(
    raw: RawYear, values: dict[str, Array], name: str, warnings: list[str], problems: list[Problem]
) -> None:
    """Bridge the short gaps of a column by straight lines; refuse the long ones."""
    column, label = values[name], raw.columns[name].label
    missing = np.isnan(column)
    if not missing.any():
        return
    gaps = _gaps(missing)
    longest = max(length for _, length in gaps)
    total = int(missing.sum())
    if longest > GAP_MAX_H:
        bad = [gap for gap in gaps if gap[1] > GAP_MAX_H]
        problems.extend(
            Problem(f"line {raw.first_line + first}: {label}",
                    f"missing for {_hours(length)}; gaps of at most {GAP_MAX_H} h are interpolated")
            for first, length in bad[:SHOWN]
        )
        if len(bad) > SHOWN:
            problems.append(Problem(f"{len(bad) - SHOWN} more gaps of {label}", f"are longer than {GAP_MAX_H} h"))
    elif total > _MISSING_MAX_FRAC * column.size:
        what = f"missing in {_hours(total)} of {column.size}; at most {_MISSING_MAX_FRAC:.0%} may be interpolated"
        problems.append(Problem(label, what))
    else:
        values[name] = _interpolated(column)
        warnings.append(f"{label}: {_hours(total)} missing, interpolated ({len(gaps)} gap{'s' * (len(gaps) > 1)}, "
                        f"the longest {longest} h)")


def _pressure(raw: RawYear, values: dict[str, Array], warnings: list[str]) -> None:
    column = values["pressure_pa"]
    missing = np.isnan(column)
    if not missing.any():
        return
    longest = max(length for _, length in _gaps(missing))
    if longest <= GAP_MAX_H and missing.sum() <= _MISSING_MAX_FRAC * column.size:
        _bridge(raw, values, "pressure_pa", warnings, [])
        return
    standard_pa = standard_pressure_pa(raw.altitude_m)
    values["pressure_pa"] = np.where(missing, standard_pa, column)
    warnings.append(f"pressure: {_hours(int(missing.sum()))} missing, set to {standard_pa:.0f} Pa, "
                    f"standard at {raw.altitude_m:g} m")


def _each(law: Callable[..., float], *columns: Array) -> Array:
    """A kernel of scalars, row by row."""
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return np.fromiter((law(*row) for row in rows), dtype=np.float64, count=columns[0].size)


def _humidity(raw: RawYear, values: dict[str, Array], warnings: list[str], problems: list[Problem]) -> None:
    """Humidity ratio and dew point.

    The humidity ratio follows relative humidity where the file has it, as EnergyPlus does (in typical years the two
    columns come from different sources and disagree by up to 30 points in single hours), else the dew point.
    """
    dry, dew, pressure = values["dry_bulb_c"], values["dew_point_c"], values["pressure_pa"]
    relative = values.pop("humidity_frac")
    over = relative > 1.0
    if over.any():
        most = 100.0 * np.nanmax(relative)
        warnings.append(f"relative humidity: {_hours(int(over.sum()))} above 100 % (up to {most:g} %), set to 100 %")
        relative = np.minimum(relative, 1.0)
    excess = dew - dry
    above = excess > 0.0
    if (excess > _DEW_EXCESS_K).sum() > _DEW_EXCESS_FRAC * dry.size:
        what = f"is above the dry bulb in {_hours(int(above.sum()))}, by up to {np.nanmax(excess):.1f} K: mixed up?"
        problems.append(Problem("dew point", what))
        return
    if above.any():
        warnings.append(f"dew point: {_hours(int(above.sum()))} above the dry bulb (by up to {np.nanmax(excess):.1f} "
                        "K), set to the dry bulb")
        dew = np.where(above, dry, dew)
    from_relative = _each(humidity_ratio, dry, np.nan_to_num(relative), pressure)
    lost, wet = np.isnan(dew), ~np.isnan(relative)
    fill = lost & wet & (from_relative > 0.0)
    if fill.any():
        dew = np.where(fill, _each(dew_point_c, from_relative, pressure), dew)
        warnings.append(f"dew point: {_hours(int(fill.sum()))} missing, computed from relative humidity")
    values["dew_point_c"] = dew
    _bridge(raw, values, "dew_point_c", warnings, problems)
    if problems:
        return
    from_dew = humidity_ratio_at_dew_point(values["dew_point_c"], pressure)
    values["humidity_ratio"] = np.where(wet, from_relative, from_dew)
    if not wet.all():
        warnings.append(f"relative humidity: {_hours(int((~wet).sum()))} missing, dew point used")


def _global_radiation(raw: RawYear, values: dict[str, Array], warnings: list[str]) -> None:
    """Missing global radiation is the sum of its parts (direct on the horizontal, diffuse)."""
    missing = np.isnan(values["ghi_w_m2"])
    if missing.any():
        up = np.maximum(_sun_up(raw, values["ghi_w_m2"].size, -0.5), 0.0)
        values["ghi_w_m2"] = np.where(missing, values["dhi_w_m2"] + values["dni_w_m2"] * up, values["ghi_w_m2"])
        warnings.append(f"global radiation: {_hours(int(missing.sum()))} missing, computed from direct and diffuse")


def _infrared(values: dict[str, Array], warnings: list[str]) -> None:
    """Long-wave radiation of the sky where the file has none: recalibrated Brunt with cloud."""
    given = values.get("infrared_w_m2", np.full(values["dry_bulb_c"].size, np.nan))
    missing = np.isnan(given) | (given <= 0.0)
    opaque, total = values.pop("opaque_tenths"), values.pop("total_tenths")
    if missing.any():
        cloud = np.where(np.isnan(opaque), total, opaque)
        known = ~np.isnan(cloud)
        note = "recalibrated Brunt emissivity with opaque cloud cover"
        if not known.any():
            cloud = np.zeros_like(cloud)
            note = "recalibrated Brunt emissivity of a clear sky: the file has no cloud cover either"
        elif not known.all():
            cloud = _interpolated(cloud)
            note += f" ({_hours(int((~known & missing).sum()))} of cloud cover interpolated)"
        vapour = _each(vapour_pressure_pa, values["humidity_ratio"], values["pressure_pa"])
        computed = _each(infrared_w_m2, values["dry_bulb_c"], vapour, cloud)
        given = np.where(missing, computed, given)
        warnings.append(f"infrared: {_hours(int(missing.sum()))} missing, computed by {note}")
    values["infrared_w_m2"] = given
    excess = given - STEFAN_BOLTZMANN * (values["dry_bulb_c"] + KELVIN) ** 4
    warm = excess > _WARM_SKY_W_M2
    if warm.mean() > _WARM_SKY_FRAC:
        warnings.append(f"infrared: in {_hours(int(warm.sum()))} the sky radiates over {_WARM_SKY_W_M2:g} W/m² above a "
                        f"black body at air temperature (by up to {excess.max():.0f} W/m²): a sky so warm is hardly "
                        "possible; is the column or its unit wrong?")


def _sun_up(raw: RawYear, hours: int, shift_h: float) -> Array:
    """Upward component of the sun's direction, ``shift_h`` after the end of every hour."""
    local_s = (np.arange(1.0, hours + 1.0, dtype=np.float64) + shift_h) * 3600.0
    declination, equation = solar_coordinates(local_s - 3600.0 * raw.utc_offset_h, reference_year(hours))
    angle = 2.0 * np.pi * (local_s / SECONDS_PER_DAY - 0.5) + equation
    angle += np.radians(raw.longitude_deg - 15.0 * raw.utc_offset_h)
    return sun_vector(np.sin(declination), np.cos(declination), angle, raw.latitude_deg)[2]


def _night_warning(raw: RawYear, values: dict[str, Array]) -> list[str]:
    """Radiation in hours without any sun points to a wrong clock, time zone or longitude."""
    ghi = values["ghi_w_m2"]
    if ghi.sum() <= 0.0:
        return ["radiation: none in the whole year"]
    dark = np.max([_sun_up(raw, ghi.size, shift) for shift in (-1.0, -0.5, 0.0)], axis=0) <= 0.0
    share = ghi[dark].sum() / ghi.sum()
    if share <= _NIGHT_FRAC:
        return []
    return [(f"radiation: {share:.1%} of the year's sun falls in hours when the sun is down, and is left out: is the "
            "longitude, the time zone or the hour convention of the file wrong?")]
