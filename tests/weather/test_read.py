"""Finding weather by name or path, in whatever dress it comes, and the cache of years already read."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from twin_kernels.jit import cache_root

from twin.weather.library import BUILTIN, builtin_path
from twin.weather.read import load_weather
from twin.weather.store import stored_path
from twin.weather.year import HOURLY, WeatherYear


def same(one: WeatherYear, other: WeatherYear) -> bool:
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in HOURLY)
        and one.warnings == other.warnings
        and (one.name, one.latitude_deg, one.longitude_deg, one.altitude_m, one.utc_offset_h, one.hours, one.sha256)
        == (other.name, other.latitude_deg, other.longitude_deg, other.altitude_m, other.utc_offset_h, other.hours,
            other.sha256)
    )


def test_greensboro_is_always_there() -> None:
    year = load_weather("Greensboro-TMY3")
    assert (year.latitude_deg, year.longitude_deg, year.altitude_m, year.utc_offset_h) == (36.1, -79.95, 273.0, -5.0)
    assert year.name == "Greensboro Piedmont Triad Int, NC"
    assert year.hours == 8760
    assert year.path.name == "723170TYA.CSV"
    assert "computed by recalibrated Brunt" in year.warnings[0]


@pytest.mark.parametrize("name", list(BUILTIN))
def test_every_builtin_loads_to_a_plausible_year(name: str) -> None:
    if importlib.util.find_spec(BUILTIN[name].package) is None:
        pytest.skip(f"{BUILTIN[name].package} is not installed")
    year = load_weather(name)
    assert -5.0 < year.dry_bulb_c.mean() < 30.0
    assert np.all(year.infrared_w_m2 > 100.0)
    assert 120.0 < year.infrared_w_m2.mean() < 450.0
    # Fresno … Phoenix: 90 to 250 W/m² of mean global radiation cover Alaska to Arizona.
    assert 80.0 < year.ghi_w_m2.mean() < 260.0
    assert not any("sun is down" in text for text in year.warnings)


def test_formats_are_recognised_by_content(tmp_path: Path) -> None:
    for name in ("greensboro-tmy3", "miami-tmy2"):
        found = builtin_path(name)
        assert found is not None
        disguised = tmp_path / f"{name}.EPW"
        disguised.write_bytes(found.read_bytes())
        assert same(load_weather(str(disguised)), load_weather(name))


def test_a_name_with_control_characters_is_shown_plainly(epw) -> None:
    def spoil(header: list[str], _: object) -> None:
        header[0] = header[0].replace("Testville", "Test\x1bville\x07\x0bhere")

    year = load_weather(str(epw(spoil)))
    assert year.name == "Test ville here, XX"
    assert dataclasses.replace(year, name="two\nlines\tand a tab ").name == "two lines and a tab"


def test_path_relative_to_a_base(epw) -> None:
    path = epw()
    year = load_weather(path.name, path.parent)
    assert year.path == path.resolve()
    assert year.source == "made.epw"


def test_dress_of_the_text_does_not_matter(epw, tmp_path: Path) -> None:
    path = epw()
    plain = load_weather(path)
    text = path.read_text(encoding="utf-8")
    dressed = {
        "windows": text.replace("\n", "\r\n").encode(),
        "byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "end of file mark": text.encode() + b"\x1a\n\n",
        "latin": text.replace("made by the tests", "Québec, Zürich").encode("latin-1"),
        "trailing comma": "\n".join(
            line + "," if number >= 8 and line else line for number, line in enumerate(text.split("\n"))
        ).encode(),
        "fewer columns": "\n".join(
            line.rsplit(",", 3)[0] if number >= 8 and line else line for number, line in enumerate(text.split("\n"))
        ).encode(),
        "more comments": text.replace("COMMENTS 2,", "COMMENTS 2,\nCOMMENTS 3,").encode(),
    }
    for dress, content in dressed.items():
        other = tmp_path / f"{dress}.epw"
        other.write_bytes(content)
        year = load_weather(other)
        assert same(dataclasses.replace(year, sha256=plain.sha256), plain), dress


def test_tmy3_with_a_comma_in_its_name(tmp_path: Path) -> None:
    found = builtin_path("greensboro-tmy3")
    assert found is not None
    path = tmp_path / "comma.csv"
    path.write_bytes(found.read_bytes().replace(b'"GREENSBORO PIEDMONT', b'"GREENSBORO, PIEDMONT'))
    assert load_weather(path).latitude_deg == 36.1


def tmy2_with_leap_day() -> list[str]:
    found = builtin_path("miami-tmy2")
    assert found is not None
    lines = found.read_text(encoding="ascii").splitlines()
    end = 1 + 59 * 24
    extra = [line[:3] + "0229" + line[7:] for line in lines[end - 24 : end]]
    return [*lines[:end], *extra, *lines[end:]]


def test_leap_years_of_tmy2_and_tmy3(tmp_path: Path) -> None:
    tmy2 = tmp_path / "leap.tm2"
    tmy2.write_text("\n".join(tmy2_with_leap_day()), encoding="ascii")
    found = builtin_path("greensboro-tmy3")
    assert found is not None
    lines = found.read_text(encoding="ascii").splitlines()
    end = 2 + 59 * 24
    extra = ["02/29/1996" + line[10:] for line in lines[end - 24 : end]]
    tmy3 = tmp_path / "leap.csv"
    tmy3.write_text("\n".join([*lines[:end], *extra, *lines[end:]]), encoding="ascii")
    for path in (tmy2, tmy3):
        year = load_weather(path)
        assert year.hours == 8784
        assert np.array_equal(year.dry_bulb_c[59 * 24 : 60 * 24], year.dry_bulb_c[58 * 24 : 59 * 24])


def test_cache_hit_equals_fresh_read(epw) -> None:
    path = epw()
    fresh = load_weather(path)
    held = stored_path(fresh.sha256)
    assert held.is_file()
    assert held.is_relative_to(cache_root())
    assert same(load_weather(path), fresh)
    held.unlink()
    assert same(load_weather(path), fresh)


def test_cache_is_what_the_second_load_reads(epw) -> None:
    path = epw()
    fresh = load_weather(path)
    held = stored_path(fresh.sha256)
    with np.load(held) as parts:
        facts, table = parts["facts"], parts["table"].copy()
    table[0] += 1.0
    with held.open("wb") as file:
        np.savez(file, facts=facts, table=table)
    assert load_weather(path).dry_bulb_c == pytest.approx(fresh.dry_bulb_c + 1.0)
    held.unlink()


@pytest.mark.parametrize("junk", [b"", b"junk", b"PK\x03\x04 not quite a zip"], ids=["empty", "junk", "half a zip"])
def test_corrupt_cache_is_passed_over(epw, junk: bytes) -> None:
    path = epw()
    fresh = load_weather(path)
    held = stored_path(fresh.sha256)
    held.write_bytes(junk)
    assert same(load_weather(path), fresh)
    assert same(load_weather(path), fresh)  # and has been written anew
    whole = held.read_bytes()
    held.write_bytes(whole[: len(whole) // 2])
    assert same(load_weather(path), fresh)


@pytest.mark.parametrize("wrong", ["facts", "shape", "nan"])
def test_stale_cache_is_passed_over(epw, wrong: str) -> None:
    path = epw()
    fresh = load_weather(path)
    held = stored_path(fresh.sha256)
    with np.load(held) as parts:
        facts, table = parts["facts"], parts["table"].copy()
    if wrong == "facts":
        facts = np.array("[1, 2]")
    elif wrong == "shape":
        table = table[:, :100]
    else:
        table[2, 5] = np.nan
    with held.open("wb") as file:
        np.savez(file, facts=facts, table=table)
    assert same(load_weather(path), fresh)


def test_a_changed_file_is_read_afresh(epw) -> None:
    before = load_weather(epw())

    def warmer(header: list[str], rows: list[list[str]]) -> None:
        rows[0][6] = "20.0"

    after = load_weather(epw(warmer))
    assert after.sha256 != before.sha256
    assert after.dry_bulb_c[0] == 20.0


def test_no_cache_folder_is_no_obstacle(epw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    monkeypatch.setenv("TWIN_CACHE_DIR", str(blocked))
    assert load_weather(epw()).hours == 8760
