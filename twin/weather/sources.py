"""From the text of an EPW, TMY3 or TMY2 file to columns in SI units: the file's own words, nothing repaired yet.

pvlib reads the columns. It stops at the first thing it cannot read and does not say in which row, and it labels hours
differently for each format (an EPW's first hour 00:00, a TMY3's 01:00), so the text is looked over first, row by
row, and hours are counted by their place in the file: row *h* is hour *h* in all three.
"""

from __future__ import annotations

import csv
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem

__all__ = ["Column", "RawYear", "read_text"]

Array = NDArray[np.float64]

#: Problems shown of one kind; the rest are counted.
SHOWN = 5
#: Codes for "missing" in EPW and TMY2 are the numbers of nines that are too large for the column.
_NINES = (99.0, 99.9, 999.0, 999.9, 9999.0, 99999.0, 999999.0, 9999999.0)
#: TMY3 writes -9900 for "missing"; no quantity comes near it.
_TMY3_MISSING = -9000.0
_ROWS = (8760, 8784)
#: What may stand alone on the last line: white space, and the end-of-file mark of DOS.
_BLANK = " \t\x1a"
#: Cells of a full EPW row.
_EPW_CELLS = 35


@dataclass(frozen=True)
class Column:
    """Where a quantity stands in a format.

    Attributes
    ----------
    label : str
        Name for messages.
    pvlib : str
        Column of pvlib's table.
    scale : float
        SI value = file value × scale.
    missing_from : float
        Smallest all-nines number that means "missing" (infinite: none does).
    """

    label: str
    pvlib: str
    scale: float
    missing_from: float


_EPW = {
    "dry_bulb_c": Column("dry bulb", "temp_air", 1.0, 99.9),
    "dew_point_c": Column("dew point", "temp_dew", 1.0, 99.9),
    "humidity_frac": Column("relative humidity", "relative_humidity", 0.01, 999.0),
    "pressure_pa": Column("pressure", "atmospheric_pressure", 1.0, 999999.0),
    "infrared_w_m2": Column("infrared", "ghi_infrared", 1.0, 9999.0),
    "ghi_w_m2": Column("global radiation", "ghi", 1.0, 9999.0),
    "dni_w_m2": Column("direct radiation", "dni", 1.0, 9999.0),
    "dhi_w_m2": Column("diffuse radiation", "dhi", 1.0, 9999.0),
    "wind_m_s": Column("wind speed", "wind_speed", 1.0, 99.0),
    "opaque_tenths": Column("opaque sky cover", "opaque_sky_cover", 1.0, 99.0),
    "total_tenths": Column("total sky cover", "total_sky_cover", 1.0, 99.0),
}
_TMY3 = {
    "dry_bulb_c": Column("dry bulb", "Dry-bulb (C)", 1.0, np.inf),
    "dew_point_c": Column("dew point", "Dew-point (C)", 1.0, np.inf),
    "humidity_frac": Column("relative humidity", "RHum (%)", 0.01, np.inf),
    "pressure_pa": Column("pressure", "Pressure (mbar)", 100.0, np.inf),
    "ghi_w_m2": Column("global radiation", "GHI (W/m^2)", 1.0, np.inf),
    "dni_w_m2": Column("direct radiation", "DNI (W/m^2)", 1.0, np.inf),
    "dhi_w_m2": Column("diffuse radiation", "DHI (W/m^2)", 1.0, np.inf),
    "wind_m_s": Column("wind speed", "Wspd (m/s)", 1.0, np.inf),
    "opaque_tenths": Column("opaque sky cover", "OpqCld (tenths)", 1.0, 99.0),
    "total_tenths": Column("total sky cover", "TotCld (tenths)", 1.0, 99.0),
}
_TMY2 = {
    "dry_bulb_c": Column("dry bulb", "DryBulb", 0.1, 9999.0),
    "dew_point_c": Column("dew point", "DewPoint", 0.1, 9999.0),
    "humidity_frac": Column("relative humidity", "RHum", 0.01, 999.0),
    "pressure_pa": Column("pressure", "Pressure", 100.0, 9999.0),
    "ghi_w_m2": Column("global radiation", "GHI", 1.0, 9999.0),
    "dni_w_m2": Column("direct radiation", "DNI", 1.0, 9999.0),
    "dhi_w_m2": Column("diffuse radiation", "DHI", 1.0, 9999.0),
    "wind_m_s": Column("wind speed", "Wspd", 0.1, 999.0),
    "opaque_tenths": Column("opaque sky cover", "OpqCld", 1.0, 99.0),
    "total_tenths": Column("total sky cover", "TotCld", 1.0, 99.0),
}

#: Where the first line tells the place.
_PLACE_CELLS = {
    "EPW": {6: "latitude", 7: "longitude", 8: "time zone", 9: "altitude"},
    "TMY3": {0: "station number", 3: "time zone", 4: "latitude", 5: "longitude", 6: "altitude"},
}
#: A TMY2 record: one blank, date and hour, extraterrestrial radiation, then value + source + uncertainty.
_TMY2_NUMBER = r"[ \d-]{{{}}}.."
_TMY2_ROW = re.compile(
    r".\d{8}[ \d]{8}"
    + _TMY2_NUMBER.format(4) * 7
    + "".join(_TMY2_NUMBER.format(width) for width in (2, 2, 4, 4, 3, 4, 3, 3, 4, 5))
    + r"[ \d]{10}"
    + "".join(_TMY2_NUMBER.format(width) for width in (3, 3, 3, 2))
)
_TMY2_HEADER = re.compile(r"\s*\d{5}\s+\S+\s+\S+\s+-?\d+\s+[NS]\s+\d+\s+\d+\s+[EW]\s+\d+\s+\d+\s+-?\d+\s*")


@dataclass(frozen=True)
class RawYear:
    """Columns of a file, missing values as NaN.

    Attributes
    ----------
    kind : str
        ``"EPW"``, ``"TMY3"`` or ``"TMY2"``.
    name : str
        Station.
    latitude_deg, longitude_deg, altitude_m, utc_offset_h : float
        As the header says.
    first_line : int
        Number of the file's line that holds hour 1.
    values : dict of str to ndarray
        By name, SI units; ``humidity_frac`` is the relative humidity, clouds are in tenths.
    columns : dict of str to Column
        Where each came from.
    """

    kind: str
    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    utc_offset_h: float
    first_line: int
    values: dict[str, Array]
    columns: dict[str, Column]


@dataclass(frozen=True)
class _Format:
    kind: str
    header_lines: int
    columns: dict[str, Column]
    row_problem: Callable[[str], str | None]
    date: Callable[[str], tuple[int, int, int]]
    rewrite: Callable[[list[str], list[str]], list[str]]


def read_text(text: str, source: str) -> RawYear:
    """Read the text of a weather file; the format is recognised by its content.

    Parameters
    ----------
    text : str
        The whole file.
    source : str
        For messages.

    Returns
    -------
    RawYear

    Raises
    ------
    InputError
        Not one of the formats, wrong number of rows, rows or cells that cannot be read: all of them.
    """
    # Not splitlines(): it also breaks at characters that older headers carry inside names of places.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip(_BLANK):
        lines.pop()
    form = _recognise(lines)
    if form is None:
        first = lines[0][:60] if lines else ""
        what = f"is not an EPW, TMY3 or TMY2 file; an EPW begins with 'LOCATION,', this with {first!r}"
        raise InputError(source, [Problem("line 1", what)])
    rows = lines[form.header_lines :]
    problems = _header_problems(form, lines[0]) + _row_problems(form, rows)
    if problems:
        raise InputError(source, problems)
    table, meta = _through_pvlib(form, form.rewrite(lines[: form.header_lines], rows), source)
    return _columns(form, table, meta, source)


def _recognise(lines: list[str]) -> _Format | None:
    first = lines[0] if lines else ""
    if first[:9].upper() == "LOCATION,":
        header = next((i for i, line in enumerate(lines[:40]) if line.upper().startswith("DATA PERIODS")), 7) + 1
        return _Format("EPW", header, _EPW, _comma_row(lines[header:], 28), _epw_date, _epw_rewrite)
    if len(lines) > 1 and lines[1].startswith("Date (MM/DD/YYYY),"):
        return _Format("TMY3", 2, _TMY3, _comma_row(lines[1:2], 2), _tmy3_date, _tmy3_rewrite)
    if _TMY2_HEADER.fullmatch(first):
        return _Format("TMY2", 1, _TMY2, _tmy2_row, _tmy2_date, _tmy2_rewrite)
    return None


def _comma_row(model: list[str], least: int) -> Callable[[str], str | None]:
    """A check that every row has as many cells as most have."""
    usual = Counter(line.count(",") + 1 for line in model).most_common(1)
    wanted = max(usual[0][0] if usual else 0, least)

    def problem(line: str) -> str | None:
        cells = line.count(",") + 1
        return None if cells == wanted else f"has {cells} cells, must have {wanted}; the file is cut off or garbled"

    return problem


def _tmy2_row(line: str) -> str | None:
    return None if _TMY2_ROW.match(line) else "is not a TMY2 record of 142 characters; the file is cut off or garbled"


def _epw_date(line: str) -> tuple[int, int, int]:
    _, month, day, hour, _ = line.split(",", 4)
    return int(month), int(day), int(hour)


def _tmy3_date(line: str) -> tuple[int, int, int]:
    day_text, hour_text, _ = line.split(",", 2)
    month, day, _ = day_text.split("/")
    return int(month), int(day), int(hour_text.split(":")[0])


def _tmy2_date(line: str) -> tuple[int, int, int]:
    return int(line[3:5]), int(line[5:7]), int(line[7:9])


def _epw_rewrite(header: list[str], rows: list[str]) -> list[str]:
    """EPW as pvlib wants it: eight lines of header, and as many cells in a row as it has names for."""
    surplus = rows[0].count(",") + 1 - _EPW_CELLS
    if surplus > 0:
        rows = [",".join(row.split(",")[:_EPW_CELLS]) for row in rows]
    elif surplus < 0:  # older files lack the last columns, which are of no use here
        rows = [row + "," * -surplus for row in rows]
    return [header[0], *["-"] * 6, "DATA PERIODS", *rows]


def _tmy3_rewrite(header: list[str], rows: list[str]) -> list[str]:
    """TMY3 as pvlib wants it: no comma in the station's name (it splits at every one)."""
    cells = next(csv.reader(header[:1]), [])
    return [",".join(cell.replace(",", " ").strip() for cell in cells), *header[1:], *rows]


def _tmy2_rewrite(header: list[str], rows: list[str]) -> list[str]:
    """TMY2 as pvlib wants it: the first row's year decides for all, so with 29 February it must be a leap year."""
    if len(rows) == max(_ROWS):
        rows = [f"{rows[0][0]}96{rows[0][3:]}", *rows[1:]]
    return [*header, *rows]


def _header_problems(form: _Format, line: str) -> list[Problem]:
    """The place must be numbers (TMY2: sure from its recognition)."""
    cells = next(csv.reader([line]), [])
    problems = []
    for number, label in _PLACE_CELLS.get(form.kind, {}).items():
        value = cells[number].strip() if number < len(cells) else ""
        try:
            float(value)
        except ValueError:
            problems.append(Problem(f"line 1: {label} = {value!r}", "must be a number"))
    return problems


def _row_problems(form: _Format, rows: list[str]) -> list[Problem]:
    """Wrong number of rows, rows that cannot be a record, hours out of order."""
    problems = []
    if len(rows) not in _ROWS:
        parts = len(rows) / min(_ROWS)
        often = f" ({parts:g} records an hour are not supported)" if parts in (2, 4, 6, 12, 60) else ""
        what = f"must be 8760 hours (or 8784 in a leap year){often}; the file is cut off or has too many rows"
        problems.append(Problem(f"{len(rows)} rows of data", what))
    broken = [(number, rule) for number, line in enumerate(rows) if (rule := form.row_problem(line)) is not None]
    problems += [Problem(f"line {number + form.header_lines + 1}", rule) for number, rule in broken[:SHOWN]]
    if len(broken) > SHOWN:
        problems.append(Problem(f"{len(broken) - SHOWN} more lines", "cannot be read either"))
    return problems or _order_problems(form, rows)


def _order_problems(form: _Format, rows: list[str]) -> list[Problem]:
    """Hours must follow each other from 1 January, hour 1, on."""
    start = np.datetime64("2020-01-01T00" if len(rows) == max(_ROWS) else "2019-01-01T00")
    begins = start + np.arange(len(rows)).astype("timedelta64[h]")
    months = (begins.astype("datetime64[M]").astype(int) % 12 + 1).tolist()
    days = ((begins.astype("datetime64[D]") - begins.astype("datetime64[M]")).astype(int) + 1).tolist()
    for number, (line, month, day) in enumerate(zip(rows, months, days, strict=True)):
        hour = number % 24 + 1
        where = f"line {number + form.header_lines + 1}"
        wanted = f"{day}.{month}., hour {hour}"
        try:
            found = form.date(line)
        except ValueError:
            return [Problem(where, f"has no date and hour that can be read; must be {wanted} (day.month.)")]
        # SolarAnywhere's TMY3 writes midnight as 00:00 of the next day.
        midnight = hour == 24 and found[2] == 0
        if found != (month, day, hour) and not midnight:
            what = f"is {found[1]}.{found[0]}., hour {found[2]}; must be {wanted} (day.month.): hours are not in order"
            return [Problem(where, f"{what}, from 1 January, hour 1, on")]
    return []


def _through_pvlib(form: _Format, lines: list[str], source: str) -> tuple[Any, dict[str, Any]]:
    """The table pvlib makes of the text; for some formats it takes paths only, hence the temporary file."""
    from pvlib import iotools  # lazy: costs 0.6 s, and a year already read comes from the cache

    readers = {
        "EPW": lambda path: iotools.read_epw(path, coerce_year=2020),
        "TMY3": lambda path: iotools.read_tmy3(path, map_variables=False),
        "TMY2": iotools.read_tmy2,
    }
    text = "\n".join([*lines, ""]).encode("ascii", errors="replace")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns about columns that mix numbers and words: reported below
        path = Path(folder) / "weather.txt"
        path.write_bytes(text)
        try:
            table, meta = readers[form.kind](str(path))
        except Exception as error:  # pvlib raises whatever the parsing met
            what = f"cannot be read as {form.kind}: {str(error).replace(str(path), 'file').splitlines()[0][:160]}"
            raise InputError(source, [Problem("file", what)]) from error
    return table, meta


def _columns(form: _Format, table: Any, meta: dict[str, Any], source: str) -> RawYear:
    """The columns we need as SI numbers; cells that are words are problems, missing ones NaN."""
    import pandas as pd  # lazy: a year already read comes from the cache

    problems: list[Problem] = []
    values: dict[str, Array] = {}
    first_line = form.header_lines + 1
    for name, column in form.columns.items():
        if column.pvlib not in table.columns:
            problems.append(Problem(f"column {column.pvlib!r}", f"({column.label}) is not in the file"))
            continue
        cells = table[column.pvlib]
        numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
        words = np.flatnonzero(np.isnan(numbers) & cells.notna().to_numpy() & (cells.astype(str).str.strip() != ""))
        for row in words[:SHOWN]:
            shown = str(cells.iloc[row])[:20]
            problems.append(Problem(f"line {first_line + row}: {column.label} = {shown!r}", "must be a number"))
        if words.size > SHOWN:
            problems.append(Problem(f"{words.size - SHOWN} more cells of {column.label}", "must be numbers"))
        nines = np.isin(np.round(numbers, 3), [n for n in _NINES if n >= column.missing_from])
        missing = nines | (numbers <= _TMY3_MISSING)
        values[name] = np.where(missing, np.nan, numbers * column.scale)
    if problems:
        raise InputError(source, problems)
    name = _station(meta)
    latitude, longitude, altitude, zone = (float(meta[key]) for key in ("latitude", "longitude", "altitude", "TZ"))
    return RawYear(form.kind, name, latitude, longitude, altitude, zone, first_line, values, form.columns)


def _station(meta: dict[str, Any]) -> str:
    """Name and state of the station, tidied."""
    name = str(meta.get("city") or meta.get("Name") or meta.get("City") or "").strip(' "').replace("_", " ")
    state = str(meta.get("state-prov") or meta.get("State") or "").strip(' "-')
    name = name.title() if name.isupper() else name
    return ", ".join(" ".join(part.split()) for part in (name, state) if part)
