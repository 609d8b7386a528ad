"""A small synthetic EPW whose every cell is known, and a cache of the tests' own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from twin.weather.sun import solar_coordinates, sun_vector

HEADER = [
    "LOCATION,Testville,XX,XXX,synthetic,000000,40.0,-75.0,-5.0,100.0",
    "DESIGN CONDITIONS,0",
    "TYPICAL/EXTREME PERIODS,0",
    "GROUND TEMPERATURES,0",
    "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
    "COMMENTS 1,made by the tests",
    "COMMENTS 2,",
    "DATA PERIODS,1,1,Data,Sunday,1/1,12/31",
]
#: Cell of each quantity in an EPW row, counted from 0.
CELL = {
    "month": 1, "day": 2, "hour": 3, "dry": 6, "dew": 7, "rh": 8, "pressure": 9, "infrared": 12,
    "ghi": 13, "dni": 14, "dhi": 15, "wind": 21, "total": 22, "opaque": 23,
}


@pytest.fixture(scope="session", autouse=True)
def weather_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own cache out of the tests."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("TWIN_CACHE_DIR")
    os.environ["TWIN_CACHE_DIR"] = str(folder)
    yield folder
    if before is None:
        del os.environ["TWIN_CACHE_DIR"]
    else:
        os.environ["TWIN_CACHE_DIR"] = before


def _rows(hours: int) -> list[list[str]]:
    """Rows of a year: dry bulb a daily and a yearly wave, dew point 5 K below, sun of a clear day."""
    middle_s = (np.arange(hours) + 0.5) * 3600.0
    declination, equation = solar_coordinates(middle_s + 5 * 3600.0, 2020 if hours == 8784 else 2018)
    angle = 2.0 * np.pi * (middle_s / 86400.0 - 0.5) + equation
    up = np.maximum(sun_vector(np.sin(declination), np.cos(declination), angle, 40.0)[2], 0.0)
    start = np.datetime64("2020-01-01T00" if hours == 8784 else "2019-01-01T00")
    rows = []
    for number in range(hours):
        begin = (start + np.timedelta64(number, "h")).item()
        dry = 12.0 - 10.0 * np.cos(2 * np.pi * number / hours) - 4.0 * np.cos(2 * np.pi * (begin.hour - 3) / 24)
        dni, dhi = (700.0, 100.0) if up[number] > 0.0 else (0.0, 0.0)
        row = ["0"] * 35
        row[:6] = [str(begin.year), str(begin.month), str(begin.day), str(begin.hour + 1), "0", "?9?9"]
        row[CELL["dry"]], row[CELL["dew"]], row[CELL["rh"]] = f"{dry:.1f}", f"{dry - 5.0:.1f}", "70"
        row[CELL["pressure"]], row[CELL["infrared"]], row[CELL["wind"]] = "100100", "320", "3.0"
        row[CELL["ghi"]] = f"{dni * up[number] + dhi:.0f}"
        row[CELL["dni"]], row[CELL["dhi"]] = f"{dni:.0f}", f"{dhi:.0f}"
        row[CELL["total"]], row[CELL["opaque"]] = "5", "4"
        rows.append(row)
    return rows


@pytest.fixture(scope="session")
def _plain() -> dict[int, list[list[str]]]:
    return {hours: _rows(hours) for hours in (8760, 8784)}


@pytest.fixture
def epw(tmp_path: Path, _plain: dict[int, list[list[str]]]) -> Callable[..., Path]:
    """Write the synthetic EPW, after ``change(header, rows)`` has spoilt it."""

    def write(change: Callable[[list[str], list[list[str]]], object] | None = None, hours: int = 8760) -> Path:
        header, rows = list(HEADER), [list(row) for row in _plain[hours]]
        if change is not None:
            change(header, rows)
        path = tmp_path / "made.epw"
        path.write_text("\n".join([*header, *(",".join(row) for row in rows), ""]), encoding="utf-8")
        return path

    return write
