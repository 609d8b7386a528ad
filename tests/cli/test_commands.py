"""The command line: every verb, every exit code, one clear message, nothing half written."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from twin.cli import app
from twin.errors import InputError, Problem, SimulationError
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.scenario.shipped import shipped_names

sys.path.insert(0, str(Path(__file__).parents[1] / "scenario"))
from wrong_inputs import BASE, WRONG  # shared with the tests of the scenario room

SUMMARY = {
    "duration_h": 24.0,
    "steps": 1440,
    "wall_s": 0.5,
    "warnings": [f"w{i}" for i in range(7)],
    "metrics": {"pue": 1.2345, "peak_facility_kw": 900.0},
    "energy_kwh": {"it": 10000.0, "total": 12345.0},
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWIN_DEBUG", raising=False)
    return tmp_path


def twin(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def fake_simulation(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]) -> None:
    module = ModuleType("twin.simulate")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "twin.simulate", module)


# --- wrong input: exit 2, a message, nothing written -----------------------------------------------


@pytest.mark.parametrize("name", list(WRONG))
@pytest.mark.parametrize("verb", ["run", "check"])
def test_wrong_scenarios(name: str, verb: str, here: Path) -> None:
    text, expected = WRONG[name]
    (here / "hall.toml").write_text(BASE + text, encoding="utf-8")
    code, said = twin(verb, "hall.toml")
    assert code == 2
    assert said.startswith("hall.toml: ")
    assert all(part in said for part in expected), said
    assert [path.name for path in here.iterdir()] == ["hall.toml"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["fly"], "fly"),
        (["run"], "exactly one"),
        (["run", "dh1-none", "--resume", "x"], "exactly one"),
        (["run", "--resume", "x", "--seed", "3"], "--seed"),
        (["run", "--resume", "x", "--set", "run.seed=1", "--weather", "w"], "--set, --weather"),
        (["run", "nowhere.toml"], "no such file"),
        (["run", "dh1-nane"], "did you mean 'dh1-none'"),
        (["run", "."], "is a folder"),
        (["run", "dh1-none", "--seed", "x"], "--seed"),
        (["run", "dh1-none", "--seed", "-3"], "run.seed = -3"),
        (["run", "dh1-none", "--set", "foo"], "KEY=VALUE"),
        (["run", "dh1-none", "--set", "run.sed=1"], "did you mean 'run.seed'"),
        (["run", "dh1-none", "--weather", "gone.epw"], "no such file"),
        (["run", "dh1-none", "--wether", "x"], "--wether"),
        (["run", "dh1-none", "two"], "two"),
        (["run", "dh1-none", "--set", "plant.connections.chilled_water=[plant.chiller.main]"], "write a scenario file"),
        (["run", "dh1-none", "--set", 'plant.connections."plant.chilled_water"=["plant.chiller.main"]'],
         "[plant.connections]"),
        (["run", "dh1-none", "--set", "hall.it_rated_kw=1e300"], "= 1e+300   must lie in 0 … 1000000 kW"),
        (["compare", "dh1-none", "--policy", "fixed", "--days", "nan"],
         "run.duration_days = nan   is not a finite number"),
        (["compare", "dh1-none", "--out", "/proc/nowhere"], "cannot be written"),
        (["coating", "dh1-none", "--out", "/dev/null/x"], "cannot be written: Not a directory"),
        (["compare", "dh1-none", "--json", "/proc/nowhere"], "cannot be written"),
        (["check", "edge-hall", "--set", "run.step_s=900", "--set", "run.control_interval_s=900"],
         "edge-hall: 1 problem\n  run.step_s = 900   too long"),
        (["check", "dh1-none", "--json", "/proc/nowhere"], "cannot be written"),
        (["validate", "--json", "."], "is a folder; name a file"),
        (["check"], "SCENARIO"),
        (["check", "dh1-none", "--weather", "atlantis-epw"], "atlantis-epw"),
        (["check", "dh1-none", "--weather", ""], "must not be empty"),
        (["check", "dh1-none", "--json", "no/such/folder/x.json"], "no such folder"),
        (["check", "dh1-none", "--json", "x.json", "--quick"], "leave one out"),
        (["new"], "NAME"),
        (["new", "dh1-nane"], "did you mean 'dh1-none'"),
        (["new", "dh1-none", "no/such/folder/x.toml"], "no such folder"),
        (["parts", "chiler"], "did you mean 'chillers'"),
        (["parts", "rockets"], "known: chillers, dx, ups, fans, coatings, weather"),
        (["report"], "DIR"),
        (["report", "nowhere"], "no such folder"),
        (["validate", "--json", "no/such/folder/x.json"], "no such folder"),
    ],
)
def test_wrong_commands(words: list[str], expected: str, here: Path) -> None:
    code, said = twin(*words)
    assert code == 2
    assert expected in said
    assert not list(here.iterdir())


def test_new_does_not_overwrite(here: Path) -> None:
    (here / "dh1-none.toml").write_text("mine")
    code, said = twin("new", "dh1-none")
    assert code == 2
    assert "not overwritten" in said
    assert (here / "dh1-none.toml").read_text() == "mine"


# --- verbs that work --------------------------------------------------------------------------------


def test_new_then_check(here: Path) -> None:
    (here / "halls").mkdir()
    assert twin("new", "dh1-air", "halls")[0] == 0
    code, said = twin("new", "chilled-water-greensboro", "mine.toml")
    assert code == 0
    assert "twin run mine.toml" in said
    assert "# A 1 MW raised-floor" in (here / "mine.toml").read_text(encoding="utf-8")
    code, said = twin("check", "mine.toml", "--set", "run.duration_days=2")
    assert code == 0, said
    assert "mine" in said
    assert "200 in 10 rows" in said
    assert "2880 steps of 60 s" in said
    assert "Greensboro" in said or "GREENSBORO" in said
    assert said.rstrip().endswith("ok")
    assert "less than" not in said  # nothing is too small in the shipped hall


@pytest.mark.parametrize("name", shipped_names())
def test_new_is_the_same_hall_in_any_folder(name: str, here: Path) -> None:
    """Also a variant that extends another shipped one, under whose name the copy may stand."""
    for file in ("copy.toml", f"{name}.toml"):
        code, said = twin("new", name, file)
        assert code == 0, said
        own, shipped = load_scenario(file), load_scenario(name)
        assert own.name == Path(file).stem
        assert own.model_dump(exclude={"name"}) == shipped.model_dump(exclude={"name"})
        extends = "extends = " in (here / file).read_text(encoding="utf-8")
        assert ("which holds all the rest" in said) == extends


def test_check_warns_of_a_small_plant_and_goes_on(here: Path) -> None:
    code, said = twin("check", "chilled-water-greensboro", "--set", "plant.chiller.main.rated_kw=200")
    assert code == 0
    assert "warning: chillers carry" in said
    assert "warning: undersized at design: supply_air_c is not held" in said
    assert said.rstrip().endswith("ok")


def test_check_steps_every_actuator(here: Path) -> None:
    code, said = twin("check", "chilled-water-greensboro", "--json", "table.json")
    assert code == 0
    assert said.index("control authority at design") < said.index("control authority at part load")
    assert "\nsupply_air_c " in said
    assert "\nnot in use " in said  # the words are explained
    data = json.loads((here / "table.json").read_text(encoding="utf-8"))
    assert data["scenario"] == "chilled-water-greensboro"
    assert [point["name"] for point in data["points"]] == ["design", "part load"]
    assert {"supply_air_c", "plant.chiller.main"} <= {row["actuator"] for row in data["points"][0]["responses"]}


def test_check_quick_leaves_the_table_out(here: Path) -> None:
    code, said = twin("check", "chilled-water-greensboro", "--quick")
    assert code == 0
    assert "control authority" not in said
    assert said.rstrip().endswith("ok")
    assert not list(here.iterdir())


def test_schema_is_json() -> None:
    code, said = twin("schema")
    assert code == 0
    assert "chilled_water_temp_c" in json.dumps(json.loads(said))


def test_parts_are_listed_with_sources() -> None:
    said = twin("parts")[1]
    assert "chillers   21 parts" in said
    assert "dx         15 parts" in said
    assert "ups        8 parts" in said
    assert "fans       3 parts" in said
    assert "19 measured years, 14 climates" in said
    assert "outdoor air 15…46 °C" in twin("parts", "dx")[1]
    code, said = twin("parts", "chillers")
    assert code == 0
    assert "constant-second-law" in said
    assert "Modelica Buildings" in said
    assert "contradict the second law" in said
    assert "greensboro-tmy3" in twin("parts", "weather")[1]


def test_version() -> None:
    code, said = twin("--version")
    assert code == 0
    assert said.startswith("cooling-twin ")


# --- run: what it hands on, and how each end is told -------------------------------------------------


def test_run_hands_its_options_on_and_says_what_came_out(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run(scenario: Scenario, **options: Any) -> SimpleNamespace:
        seen.update(options, scenario=scenario)
        return SimpleNamespace(summary=SUMMARY)

    fake_simulation(monkeypatch, run)
    code, said = twin(
        "run", "dh1-none", "--seed", "5", "--weather", "phoenix-epw", "--set", "run.step_s=30", "--no-report"
    )
    assert code == 0
    scenario = seen["scenario"]
    assert (scenario.run.seed, scenario.site.weather, scenario.run.step_s) == (5, "phoenix-epw", 30)
    assert seen["out"] == Path("runs/dh1-none")
    assert (seen["force"], seen["report"], seen["resume"], seen["progress"]) == (False, False, None, False)
    assert "PUE 1.2345 over 24 h: IT 10.0 MWh of 12.3 MWh, peak 900 kW" in said
    assert "w4" in said
    assert "w5" not in said
    assert "2 more" in said
    assert "Results: runs/dh1-none" in said
    assert twin("run", "dh1-none", "--quiet", "--out", "o", "--force") == (0, "")
    assert (seen["out"], seen["force"], seen["report"]) == (Path("o"), True, True)
    assert twin("run", "--resume", "o")[0] == 0
    assert (seen["resume"], seen["scenario"]) == (Path("o"), None)
    for empty in (("dh1-none", "--out", ""), ("--resume", "")):
        code, said = twin("run", *empty)
        assert code == 2
        assert "is empty; name a folder" in said


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (SimulationError("hour 3: water boils"), 3, "water boils"),
        (InputError("w.epw", [Problem("row 3", "is empty")]), 2, "row 3   is empty"),
        (
            OSError(errno.ENOSPC, "No space left on device", "runs/x/series.parquet"),
            3,
            "'runs/x/series.parquet': No space left",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "runs"), 3, "'runs': Permission denied"),
        (ZeroDivisionError("float division"), 3, "please report it"),
        (MemoryError(), 3, "Out of memory"),
        (KeyboardInterrupt(), 130, "Start again with: twin run dh1-none --force"),
    ],
)
def test_failures_have_one_message_and_a_code(
    error: BaseException, code: int, expected: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(scenario: Scenario, **options: Any) -> None:
        raise error

    fake_simulation(monkeypatch, run)
    got, said = twin("run", "dh1-none")
    assert got == code
    assert expected in said


def test_debugging_shows_the_traceback(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(scenario: Scenario, **options: Any) -> None:
        raise ZeroDivisionError

    fake_simulation(monkeypatch, run)
    monkeypatch.setenv("TWIN_DEBUG", "1")
    assert isinstance(CliRunner().invoke(app, ["run", "dh1-none"]).exception, ZeroDivisionError)


# --- as a process -----------------------------------------------------------------------------------


def process(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more.pop("environment", {})}
    return subprocess.run(
        [sys.executable, "-m", "twin", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
        **more,
    )


def test_help_is_quick_and_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("numpy", "numba", "pandas", "pydantic", "matplotlib", "simpy", "pyarrow", "scipy", "pvlib")
    code = f"import sys, twin.cli; print([m for m in {heavy!r} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert said.stdout.strip() == "[]"
    walls = []
    for _ in range(3):
        start = time.perf_counter()
        assert process("--help", cwd=tmp_path).returncode == 0
        walls.append(time.perf_counter() - start)
    assert min(walls) < 2.0  # the promise is 0.3 s and is measured in benchmarks; this only catches an eager import


def test_messages_go_to_stderr_and_a_plain_terminal_survives(tmp_path: Path) -> None:
    ended = process(
        "run",
        "dh1-none",
        "--set",
        "plant.supply_air_temp_c=95",
        cwd=tmp_path,
        environment={"PYTHONIOENCODING": "ascii"},
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "must lie in 5" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    ended = subprocess.run(
        f"{sys.executable} -m twin schema | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ended.stdout.strip() == "{"
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr
