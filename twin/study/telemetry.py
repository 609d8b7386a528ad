"""Recorded history of a hall as a table: a time, channels by their names, and setpoints that were in force."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields
from datetime import timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.channels import CHANNELS
from twin.errors import InputError, Problem
from twin.policies.check import BOUNDS
from twin.policies.contract import Setpoints

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Telemetry", "read_telemetry"]

_SETPOINTS = tuple(f"setpoint.{f.name}" for f in fields(Setpoints))
_BOUNDS = {c.name: (c.low, c.high, c.unit) for c in CHANNELS}
#: More values than this outside a channel's physical bounds: it is in another unit. Source: assumed.
_WRONG_UNIT_FRAC = 0.5
#: Later rows count from another instant than 1 January of the year they begin in, s. Source: assumed: ten years.
_LATEST_S = 10.0 * 366.0 * 86400.0
_LEAP = "the twin's years have 365 days"
_NO_TIME = "is no time (ISO 8601; every row with a UTC offset, or none)"


@dataclass(frozen=True)
class Telemetry:
    """History, checked.

    Attributes
    ----------
    time_s : ndarray of int
        Seconds since 1 January 00:00, rising.
    channels : dict
        Channel → value a row; NaN where nothing was recorded.
    setpoints : dict
        Setpoint → value in force, as far as it is known.
    warnings : tuple of str
    """

    time_s: NDArray[np.int64]
    channels: dict[str, NDArray[np.float64]]
    setpoints: dict[str, NDArray[np.float64]]
    warnings: tuple[str, ...]


def read_telemetry(path: str | Path) -> Telemetry:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : str or Path
        Columns: ``time_s`` (seconds since 1 January 00:00) or ``time`` (ISO 8601); channels by name
        (``hall.rack_inlet_max_c``); ``setpoint.supply_air_c`` and so on for what was in force. Years have 365 days:
        ``time`` goes by month and day, and rows of 29 February are left out with a warning.

    Returns
    -------
    Telemetry

    Raises
    ------
    InputError
        With every problem: rows, values, bounds.
    """
    frame = _frame(Path(path))
    problems: list[Problem] = []
    times = _times(frame, problems)
    known = [name for name in frame.columns if name in _BOUNDS or name in _SETPOINTS]
    columns = {name: _numbers(frame, name, problems) for name in known}
    channels = {name: values for name, values in columns.items() if name in _BOUNDS}
    if not channels:
        what = f"no column is a channel; give some of {', '.join(list(_BOUNDS)[:4])} … (twin's channel reference)"
        problems.append(Problem("columns", what))
    warnings = _other_columns(frame, known)
    for name, values in columns.items():
        if np.isinf(values).any():
            problems.append(Problem(name, f"row {int(np.isinf(values).argmax()) + 1} is infinite; leave it empty"))
    if times[0] < 0:
        problems.append(Problem("time", f"begins at {times[0]} s; seconds are since 1 January 00:00 and not negative"))
    for name, values in columns.items():
        if name not in _SETPOINTS:
            continue
        low, high = BOUNDS[name.partition(".")[2]]
        outside = float(np.mean((values < low) | (values > high)))
        if outside > 0.0:
            worst = float(values[(values < low) | (values > high)][0])
            what = f"{100 * outside:.2g} % lie outside {low:g} … {high:g}, what a setpoint may be (first {worst:g}): "
            problems.append(Problem(name, what + "another unit?"))
    for name, values in channels.items():
        low, high, unit = _BOUNDS[name]
        outside = float(np.mean((values < low) | (values > high)))
        if outside > _WRONG_UNIT_FRAC:
            worst = float(np.nanmax(np.abs(values)))
            what = f"{100 * outside:.0f} % lie outside {low:g} … {high:g} {unit} (up to {worst:g}): another unit?"
            problems.append(Problem(name, what))
        elif outside > 0.0:
            warnings.append(f"{name}: {100 * outside:.2g} % of the values lie outside {low:g} … {high:g} {unit}")
    if problems:
        raise InputError(str(path), problems)
    if "time_s" not in frame:
        times, kept = _without_leap_days(_stamps(frame["time"]))
        if kept.sum() < 2:
            raise InputError(str(path), [Problem("time", f"holds {kept.sum()} rows outside 29 February; {_LEAP}")])
        if not kept.all():
            warnings.append(f"{int((~kept).sum())} rows of 29 February are left out: {_LEAP}")
            times, columns = times[kept], {name: values[kept] for name, values in columns.items()}
            channels = {name: columns[name] for name in channels}
    setpoints = {name.partition(".")[2]: v for name, v in columns.items() if name in _SETPOINTS}
    if "supply_air_c" not in setpoints and "hall.supply_setpoint_c" in channels:
        setpoints["supply_air_c"] = channels["hall.supply_setpoint_c"]
    return Telemetry(times, channels, setpoints, tuple(warnings))


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd  # lazy: heavy

    label = str(path)
    if not path.is_file():
        raise InputError(label, [Problem("--telemetry", "no such file; give a CSV or Parquet file")])
    if path.suffix.lower() not in {".csv", ".parquet"}:
        raise InputError(label, [Problem("--telemetry", "must end in .csv or .parquet")])
    try:
        frame = pd.read_csv(path) if path.suffix.lower() == ".csv" else pd.read_parquet(path)
    except Exception as error:  # whatever is wrong with a file
        raise InputError(label, [Problem("--telemetry", _unreadable(path, error))]) from error
    if frame.index.name in {"time_s", "time"}:
        frame = frame.reset_index()
    if len(frame) < 2:
        raise InputError(label, [Problem("--telemetry", f"holds {len(frame)} rows; two or more are needed")])
    return frame


def _unreadable(path: Path, error: Exception) -> str:
    """What is wrong with a file that cannot be read as a table, and what to do."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    uneven = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if uneven:
        wanted, line, found = uneven.groups()
        return f"line {line} has {found} values, the lines above have {wanted}: commas too many, or a decimal comma?"
    if "No columns to parse" in said:
        return "is empty; the first line names the columns: time_s or time, and channels"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text; save it as UTF-8 CSV"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    kind = "CSV" if path.suffix.lower() == ".csv" else "Parquet"
    return f"is no {kind} file, or a damaged one ({said})"


def _times(frame: pd.DataFrame, problems: list[Problem]) -> NDArray[np.int64]:
    """Engine time of every row, s."""
    import pandas as pd  # lazy: heavy

    found: NDArray[np.float64]
    if "time_s" in frame:
        found = _numbers(frame, "time_s", problems)
        if np.isnan(found).any():
            problems.append(Problem("time_s", f"row {int(np.isnan(found).argmax()) + 1} is empty"))
            found = np.nan_to_num(found)
    elif "time" in frame:
        stamps = _stamps(frame["time"])
        if stamps.isna().any():
            row = int(stamps.isna().to_numpy().argmax())
            problems.append(Problem("time", f"row {row + 1}: '{frame['time'].iloc[row]}' {_NO_TIME}"))
            return np.arange(len(frame), dtype=np.int64)
        begin = pd.Timestamp(year=int(stamps.iloc[0].year), month=1, day=1, tz=stamps.dt.tz)
        found = np.asarray((stamps - begin).dt.total_seconds(), np.float64)
    else:
        problems.append(Problem("columns", "give time_s (seconds since 1 January 00:00) or time (ISO 8601)"))
        return np.arange(len(frame), dtype=np.int64)
    late = ~(np.abs(found) < _LATEST_S)
    if late.any():
        row = int(late.argmax())
        what = (f"row {row + 1} is at {found[row]:g} s, more than ten years: seconds are since 1 January 00:00 of the "
                "year in which the rows begin, not since 1970 nor in thousandths; or give time (ISO 8601)")
        problems.append(Problem("time", what))
        return np.arange(len(frame), dtype=np.int64)
    times = np.rint(found).astype(np.int64)
    falls = np.flatnonzero(np.diff(times) <= 0)
    if len(falls):
        row = int(falls[0])
        what = f"must rise; row {row + 2} ({times[row + 1]} s) is not after row {row + 1} ({times[row]} s)"
        problems.append(Problem("time", what))
    return times


def _without_leap_days(stamps: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds on a calendar of 365-day years by month and day, and which rows are not of 29 February."""
    leap_day = np.asarray((stamps.dt.month == 2) & (stamps.dt.day == 29), bool)
    year = np.asarray(stamps.dt.year, np.int64)
    day = np.asarray(stamps.dt.day_of_year, np.int64) - 1
    day -= np.asarray(stamps.dt.is_leap_year, bool) & (np.asarray(stamps.dt.month) > 2)
    second = np.asarray((stamps - stamps.dt.normalize()).dt.total_seconds(), np.float64)
    times = ((year - year[0]) * 365 + day) * 86400 + np.rint(second).astype(np.int64)
    return times, ~leap_day


def _stamps(column: Any) -> Any:
    """Times, empty where none can be read; UTC offsets that change (daylight saving) become the least of them."""
    import pandas as pd  # lazy: heavy

    try:
        return pd.to_datetime(column, format="ISO8601", errors="coerce")
    except ValueError:  # offsets differ, or some rows have none
        stamps = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
    offsets = [None if pd.isna(at) else pd.Timestamp(text).utcoffset() for text, at in zip(column, stamps, strict=True)]
    known = [offset for offset in offsets if offset is not None]
    stamps = stamps.where([offset is not None for offset in offsets])
    return stamps.dt.tz_convert(timezone(min(known)))


def _numbers(frame: pd.DataFrame, name: str, problems: list[Problem]) -> NDArray[np.float64]:
    import pandas as pd  # lazy: heavy

    values: Any = pd.to_numeric(frame[name], errors="coerce")
    wrong = values.isna() & frame[name].notna()
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        what = f"row {row + 1}: {frame[name].iloc[row]!r} is no number ({int(wrong.sum())} such rows)"
        problems.append(Problem(name, what))
    numbers: NDArray[np.float64] = values.to_numpy(dtype=np.float64)
    return numbers


def _other_columns(frame: pd.DataFrame, known: list[str]) -> list[str]:
    """Columns that are not read, with what they may have been meant to be."""
    found = []
    for name in map(str, frame.columns):
        if name in known or name in {"time_s", "time"}:
            continue
        close = difflib.get_close_matches(name, [*_BOUNDS, *_SETPOINTS], n=1, cutoff=0.6)
        hint = f"; did you mean {close[0]}?" if close else ""
        found.append(f"column {name} is neither a channel nor a setpoint and is not read{hint}")
    return found
