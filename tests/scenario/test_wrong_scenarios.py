"""Every wrong scenario gives one message that names the key, the value, the bound and the remedy."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from twin.errors import ScenarioError
from twin.scenario.read import load_scenario

_spec = importlib.util.spec_from_file_location("wrong_inputs", Path(__file__).with_name("wrong_inputs.py"))
assert _spec
assert _spec.loader
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
BASE, WRONG = _module.BASE, _module.WRONG


def message(source: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source)  # type: ignore[arg-type]
    text = str(caught.value)
    assert "Traceback" not in text
    assert "pydantic" not in text
    for problem in caught.value.problems:
        assert problem.where
        assert problem.what
        assert len(problem.where) < 400
    return text


def write(folder: Path, text: str | bytes, name: str = "hall.toml") -> Path:
    path = folder / name
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= 60


@pytest.mark.parametrize("name", list(WRONG))
def test_wrong_scenario(name: str, tmp_path: Path) -> None:
    text, expected = WRONG[name]
    said = message(write(tmp_path, BASE + text))
    missing = [part for part in expected if part not in said]
    assert not missing, said


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ["site.weather", "hall", "plant", "workload", "missing"]),
        (b"# only a comment\n", ["4 problems"]),
        (b"\xff\xfer\x00u\x00n\x00", ["UTF-16"]),
        (b"\x00\x01\x02\x03", ["binary"]),
        (b'name = "caf\xe9"\n', ["line 1", "0xe9", "UTF-8"]),
        (b"\x89PNG\r\n\x1a\n", ["UTF-8"]),
        (b"{}", ["line 1", "not valid TOML"]),
        (b"x" * 5_000_000, ["larger than 4 MB"]),
    ],
)
def test_garbled_files(raw: bytes, expected: list[str], tmp_path: Path) -> None:
    said = message(write(tmp_path, raw))
    assert all(part in said for part in expected), said


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + b'extends = "dh1-none"\r\n[run]\r\nseed = 7\r\n')
    assert load_scenario(path).run.seed == 7


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = BASE + '[run]\nstep_s = 7\n[site]\nweather = "no.epw"\n[plant]\nchilled_water_temp_c = 95.0\nchiler = 1\n'
    text += "[hall.crah.north.coil]\nwater_kg_s = 2.0\n"
    said = message(write(tmp_path, text))
    parts = ["step_s = 7", "site.weather", "chilled_water_temp_c = 95.0", "plant.chiler", "coil", "5 problems"]
    assert all(part in said for part in parts), said


def test_a_fault_does_not_raise_false_alarms_elsewhere(tmp_path: Path) -> None:
    # 95 °C is refused; the default that stands in for it while the rest is checked must not be complained about
    said = message(write(tmp_path, BASE + "[plant]\nchilled_water_temp_c = 95.0\nsupply_air_temp_c = 10.0\n"))
    assert "1 problem\n" in said, said


def test_files_that_are_not_files(tmp_path: Path) -> None:
    assert "is a folder" in message(tmp_path)
    assert "no such file" in message(tmp_path / "nothing.toml")
    assert "did you mean 'dh1-none'" in message("dh1-nane")
    assert "no such file" in message("x" * 5000)
    assert "give the name" in message("  ")
    assert "no such file" in message("a\x00b")
    assert "regular file" in message("/dev/null")


def test_extends_that_cannot_work(tmp_path: Path) -> None:
    write(tmp_path, 'extends = "b.toml"', "a.toml")
    write(tmp_path, 'extends = "c.toml"', "b.toml")
    write(tmp_path, 'extends = "a.toml"', "c.toml")
    assert "circle: a.toml → b.toml → c.toml → a.toml" in message(tmp_path / "a.toml")
    assert "circle" in message(write(tmp_path, 'extends = "self.toml"', "self.toml"))
    assert "no such file" in message(write(tmp_path, 'extends = "gone.toml"', "d.toml"))
    assert "must be text" in message(write(tmp_path, "extends = 3", "e.toml"))
    assert "is a folder" in message(write(tmp_path, 'extends = "."', "f.toml"))
    for i in range(30):
        write(tmp_path, f'extends = "chain{i + 1}.toml"', f"chain{i}.toml")
    assert "extend each other" in message(tmp_path / "chain0.toml")
    write(tmp_path, "[run]\nseed = = 3", "broken.toml")
    said = message(write(tmp_path, 'extends = "broken.toml"', "g.toml"))
    assert "broken.toml" in said
    assert "line 2" in said


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("foo", "KEY=VALUE"),
        ("=3", "KEY=VALUE"),
        ("run.seed=", "KEY=VALUE"),
        ("run..seed=3", "not a key"),
        ("run.seed.x=3", "run.seed is a value"),
        ("run.seed=[1", "not a TOML value"),
        ("run.seed='1", "not a TOML value"),
        ("run.seed=1\n[hall]", "not a TOML value"),
        ("run.sed=1", "did you mean 'run.seed'"),
        ("extends=dh1-air", "cannot be set"),
        ("plant.chilled_water_temp_c=warm", "must be a number"),
        ("plant.chilled_water_temp_c=nan", "finite"),
        ("site.weather=gone.epw", "no such file"),
    ],
)
def test_wrong_overrides(override: str, expected: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("dh1-none", [override])
    assert expected in str(caught.value)


def test_wrong_things_from_python() -> None:
    assert "4 problems" in message({})
    loop: dict[str, object] = {}
    loop["loop"] = loop
    assert "hold themselves" in message(loop)
    assert "name, a path" in message(3)
    assert "unknown key" in message({"extends": "dh1-none", 5: 3})
    assert "finite" in message({"extends": "dh1-none", "run": {"duration_days": float("nan")}})
    assert "did you mean" in message({"extends": "dh1-none", "plant": {"chiler": {}}})
    assert "number" in message({"extends": "dh1-none", "hall": {"it_rated_kw": object()}})
