"""Files that cannot be used: one clear message with everything that is wrong, never another kind of error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from twin.errors import InputError
from twin.weather.library import BUILTIN, BuiltinWeather, builtin_path
from twin.weather.read import load_weather

Change = Callable[[list[str], list[list[str]]], object]


def cell(row: int, column: int, value: str, count: int = 1) -> Change:
    """Spoil ``count`` cells of a column from data row ``row`` on (the file's line is nine more)."""

    def change(header: list[str], rows: list[list[str]]) -> None:
        for number in range(row, row + count):
            rows[number][column] = value

    return change


def header_cell(column: int, value: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        cells = header[0].split(",")
        cells[column] = value
        header[0] = ",".join(cells)

    return change


def drop(first: int, last: int) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        del rows[first:last]

    return change


def mix_up(header: list[str], rows: list[list[str]]) -> None:
    """Dry bulb and dew point in each other's place."""
    for row in rows:
        row[6], row[7] = row[7], row[6]


def swap(header: list[str], rows: list[list[str]]) -> None:
    rows[100], rows[200] = rows[200], rows[100]


def start_in_july(header: list[str], rows: list[list[str]]) -> None:
    rows[:] = rows[4344:] + rows[:4344]


def half_hours(header: list[str], rows: list[list[str]]) -> None:
    rows[:] = [list(row) for row in rows for _ in range(2)]


def thin_out(header: list[str], rows: list[list[str]]) -> None:
    """Every eighth dry bulb: each gap is short, together they are too many."""
    for row in rows[::8]:
        row[6] = "99.9"


WRONG_CELLS: dict[str, tuple[Change, list[str]]] = {
    "hot": (cell(100, 6, "75.0"), ["line 109: dry bulb = 75 °C", "must lie in -70 … 60 °C"]),
    "cold": (cell(100, 6, "-85.0"), ["line 109: dry bulb = -85 °C", "-70 … 60"]),
    "infinite": (cell(0, 6, "inf"), ["line 9: dry bulb = inf °C"]),
    "dew point": (cell(5, 7, "-120"), ["line 14: dew point = -120 °C", "-90 … 60 °C"]),
    "humidity": (cell(5, 8, "180"), ["line 14: relative humidity = 180 %", "0 … 110 %"]),
    "pressure": (cell(7, 9, "1013"), ["line 16: pressure = 1013 Pa", "31000 … 120000 Pa"]),
    "negative sun": (cell(12, 13, "-5"), ["line 21: global radiation = -5 W/m²", "0 … 1500 W/m²"]),
    "too much sun": (cell(12, 14, "1800"), ["line 21: direct radiation = 1800 W/m²"]),
    "negative diffuse": (cell(12, 15, "-1"), ["line 21: diffuse radiation = -1 W/m²"]),
    "infrared": (cell(12, 12, "-40"), ["line 21: infrared = -40 W/m²", "0 … 700 W/m²"]),
    "negative wind": (cell(12, 21, "-3"), ["line 21: wind speed = -3 m/s", "0 … 60 m/s"]),
    "storm": (cell(12, 21, "85"), ["line 21: wind speed = 85 m/s"]),
    "cloud": (cell(12, 23, "14"), ["line 21: opaque sky cover = 14 tenths", "0 … 10 tenths"]),
    "word": (cell(12, 6, "warm"), ["line 21: dry bulb = 'warm'", "must be a number"]),
    "many words": (cell(12, 21, "-", 9), ["line 21: wind speed = '-'", "4 more cells of wind speed"]),
    "many too hot": (cell(12, 6, "61", 9), ["line 21: dry bulb = 61 °C", "4 more of dry bulb", "farthest: 61 °C"]),
    "long gap": (cell(500, 6, "99.9", 7), ["line 509: dry bulb", "missing for 7 hours", "at most 6 h"]),
    "blank gap": (cell(500, 21, "", 30), ["line 509: wind speed", "missing for 30 hours"]),
    "no sun column": (cell(0, 14, "9999", 8760), ["direct radiation", "missing for 8760 hours"]),
    "thinned out": (thin_out, ["dry bulb", "missing in 1095 hours of 8760", "at most 10%"]),
    "mixed up": (mix_up, ["dew point", "above the dry bulb in 8760 hours, by up to 5.0 K", "mixed up"]),
    "latitude": (header_cell(6, "140"), ["line 1: latitude_deg = 140", "-90 … 90"]),
    "altitude": (header_cell(9, "99999"), ["line 1: altitude_m = 99999", "-500 … 9000 m"]),
    "no longitude": (header_cell(7, "west"), ["line 1: longitude = 'west'", "must be a number"]),
    "no time zone": (header_cell(8, ""), ["line 1: time zone = ''", "must be a number"]),
    "time zone": (header_cell(8, "nan"), ["cannot be read as EPW"]),
    "first row": (lambda header, rows: rows[0].append("1"), ["line 9", "has 36 cells, must have 35"]),
    "cut off": (drop(5000, 8760), ["5000 rows of data", "must be 8760 hours (or 8784"]),
    "a row too few": (drop(4000, 4001), ["8759 rows of data"]),
    "no rows": (drop(0, 8760), ["0 rows of data"]),
    "half hours": (half_hours, ["17520 rows of data", "2 records an hour"]),
    "swapped rows": (swap, ["line 109", "hours are not in order"]),
    "starts in July": (start_in_july, ["line 9: ", "must be 1.1., hour 1"][1:]),
    "bad date": (cell(40, 1, "x"), ["line 49", "no date and hour"]),
    "short row": (lambda header, rows: rows[77].__delitem__(slice(10, 35)), ["line 86", "has 10 cells, must have 35"]),
}


@pytest.mark.parametrize("case", WRONG_CELLS)
def test_wrong_epw_is_refused(epw, case: str) -> None:
    change, fragments = WRONG_CELLS[case]
    with pytest.raises(InputError) as caught:
        load_weather(str(epw(change)))
    for fragment in fragments:
        assert fragment in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_problems_at_once(epw) -> None:
    def change(header: list[str], rows: list[list[str]]) -> None:
        header_cell(6, "100")(header, rows)
        for spoil in (cell(10, 6, "88"), cell(20, 9, "5"), cell(30, 21, "-1"), cell(40, 13, "2000")):
            spoil(header, rows)

    with pytest.raises(InputError) as caught:
        load_weather(str(epw(change)))
    assert len(caught.value.problems) == 5
    told = ("latitude_deg = 100", "line 19: dry bulb", "line 29: pressure", "line 39: wind", "line 49: global")
    for fragment in told:
        assert fragment in str(caught.value)


def test_long_gaps_are_all_told(epw) -> None:
    def change(header: list[str], rows: list[list[str]]) -> None:
        cell(100, 6, "99.9", 8)(header, rows)
        cell(300, 21, "999", 20)(header, rows)

    with pytest.raises(InputError) as caught:
        load_weather(str(epw(change)))
    assert len(caught.value.problems) == 2


def test_a_row_cut_in_the_middle(epw) -> None:
    path = epw()
    path.write_bytes(path.read_bytes()[:-150])
    with pytest.raises(InputError, match=r"8759 rows of data|has \d+ cells, must have 35"):
        load_weather(str(path))


WRONG_BYTES = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n\t\n", "is empty"),
    "binary": (b"LOCATION,\x00\x01\x02" * 50, "is not text"),
    "zip": (b"PK\x03\x04rest", "is packed (zip)"),
    "gzip": (b"\x1f\x8b\x08rest", "is packed (gzip)"),
    "prose": (b"It was a dark and stormy night.\n" * 9000, "is not an EPW, TMY3 or TMY2 file"),
    "table": (b"time,temp\n0,1\n1,2\n", "is not an EPW, TMY3 or TMY2 file"),
    "garbage": (bytes(range(1, 256)) * 100, "is not an EPW"),
    "only a header": (b"LOCATION,A,B,C,D,0,1,2,3,4\n", "0 rows of data"),
    "header alone": (b"LOCATION,", "line 1: altitude = ''"),
}


@pytest.mark.parametrize("case", WRONG_BYTES)
def test_wrong_content_is_refused(tmp_path: Path, case: str) -> None:
    content, fragment = WRONG_BYTES[case]
    path = tmp_path / "bad.epw"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_weather(str(path))
    assert fragment in str(caught.value)


def tmy_lines(name: str) -> list[str]:
    path = builtin_path(name)
    assert path is not None
    return path.read_text(encoding="ascii").splitlines()


def refused(path: Path, lines: list[str]) -> str:
    path.write_text("\n".join(lines), encoding="ascii")
    with pytest.raises(InputError) as caught:
        load_weather(str(path))
    return str(caught.value)


def test_wrong_tmy3_is_refused(tmp_path: Path) -> None:
    lines = tmy_lines("greensboro-tmy3")
    path = tmp_path / "bad.csv"
    cells = lines[9].split(",")
    cells[lines[1].split(",").index("Dry-bulb (C)")] = "99.0"
    assert "line 10: dry bulb = 99 °C" in refused(path, [*lines[:9], ",".join(cells), *lines[10:]])
    assert "has 30 cells, must have" in refused(path, [*lines[:9], ",".join(cells[:30]), *lines[10:]])
    assert "8759 rows of data" in refused(path, lines[:-1])
    assert "hours are not in order" in refused(path, [*lines[:9], lines[10], lines[9], *lines[11:]])
    renamed = lines[1].replace("Pressure (mbar)", "Barometer")
    assert "(pressure) is not in the file" in refused(path, [lines[0], renamed, *lines[2:]])
    assert "no date and hour" in refused(path, [*lines[:2], lines[2].replace("01/01", "??"), *lines[3:]])


def test_wrong_tmy2_is_refused(tmp_path: Path) -> None:
    lines = tmy_lines("miami-tmy2")
    path = tmp_path / "bad.tm2"
    assert "line 6 " in refused(path, [*lines[:5], lines[5][:80], *lines[6:]])
    assert "is not a TMY2 record" in refused(path, [*lines[:5], lines[5].replace("0", "x"), *lines[6:]])
    hot = lines[5][:67] + "0750" + lines[5][71:]
    assert "line 6: dry bulb = 75 °C" in refused(path, [*lines[:5], hot, *lines[6:]])
    assert "8000 rows of data" in refused(path, lines[:8001])


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        load_weather(str(tmp_path))


@pytest.mark.parametrize("name", ["nowhere.epw", "some/where", "missing.csv"])
def test_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_weather(name, tmp_path)


@pytest.mark.parametrize(
    ("asked", "meant"), [("greensborro", "greensboro-tmy3"), ("Fresno", "fresno-epw"), ("guangzou", "guangzhou")]
)
def test_unknown_name_gets_a_suggestion(asked: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{meant}'") as caught:
        load_weather(asked)
    assert "sand-point-tmy3" in str(caught.value)


@pytest.mark.parametrize("name", ["", "   ", "~nobody-by-this-name/x.epw", "a\x00b", "x" * 5000, "/dev/null"])
def test_odd_names_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        load_weather(name)


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = BuiltinWeather("far-epw", "Far away, EPW", "nobody", "pyenergyplus", "data/weather/not-there.epw")
    monkeypatch.setitem(BUILTIN, "far-epw", absent)
    with pytest.raises(InputError, match="pip install pyenergyplus-lbnl"):
        load_weather("far-epw")
