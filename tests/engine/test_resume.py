"""Checkpoints that cannot be used, and those that can only be used in the way they were begun."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from halls import SCENARIO, SHORT, Plain, command, interrupted, of_results

import twin
from twin.engine.checkpoint import FOLDER
from twin.errors import InputError
from twin.record.result import Result
from twin.simulate import build_simulation, run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "run"
    run(SCENARIO, out=folder, overrides=SHORT, policy=Plain())
    return folder


def test_resume_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        run(resume=tmp_path / "gone")
    with pytest.raises(InputError, match="holds no checkpoint of an unfinished run"):
        run(resume=tmp_path)
    assert command("--resume", str(tmp_path / "gone"))[0] == 2


def test_resume_of_a_finished_run_opens_it(finished: Path) -> None:
    before = {path.name: path.read_bytes() for path in finished.iterdir()}
    assert of_results(run(resume=finished), Result.load(finished)) == []
    assert {path.name: path.read_bytes() for path in finished.iterdir()} == before


@pytest.mark.parametrize("harm", ["cut at the end", "cut in the middle", "rows missing", "empty"])
def test_a_finished_run_with_a_damaged_series_says_so(harm: str, finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    path = folder / "series.parquet"
    content = path.read_bytes()
    if harm == "rows missing":
        table = pq.read_table(path)
        pq.write_table(table.slice(0, len(table) - 1), path, compression="lz4")
    else:
        path.write_bytes({"cut at the end": content[:-500], "cut in the middle": content[:5000] + content[9000:],
                          "empty": b""}[harm])
    code, said = command("--resume", str(folder))
    assert code == 2
    assert "series.parquet   is damaged or missing, and the run was finished: run it again with --force" in said


@pytest.mark.parametrize("keep", [0, 1, 1000, -1])
def test_damaged_checkpoint(keep: int, tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "run")
    state = folder / FOLDER / "state.pkl"
    state.write_bytes(state.read_bytes()[:keep])
    code, said = command("--resume", str(folder))
    assert code == 2
    assert "is damaged" in said
    assert "start the run again with --force" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kernels": "0123456789abcdef"}, "written by another version of the twin"),
        ({"format": 1}, "written by another version of the twin"),
        ({"simulation": None}, "is incomplete"),
        ({"policy": "Clever"}, "started with policy Clever; resume it from Python"),
    ],
)
def test_checkpoint_that_does_not_fit(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "run")
    state = folder / FOLDER / "state.pkl"
    content = {**pickle.loads(state.read_bytes()), **change}
    state.write_bytes(pickle.dumps({k: v for k, v in content.items() if v is not None}))
    code, said = command("--resume", str(folder))
    assert (code, says in said) == (2, True), said


def test_checkpoint_that_is_no_checkpoint(tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "run")
    (folder / FOLDER / "state.pkl").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(InputError, match="is damaged"):
        run(resume=folder, policy=Plain())


@pytest.mark.parametrize("damage", ["missing", "short", "empty"])
def test_damaged_part(damage: str, tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "run")
    part = folder / FOLDER / "part-00000.bin"
    content = part.read_bytes()
    part.unlink()
    if damage != "missing":
        part.write_bytes(content[: len(content) // 2] if damage == "short" else b"")
    with pytest.raises(InputError, match=r"part-00000.bin *is (missing|damaged).*start it again with --force"):
        run(resume=folder, policy=Plain())


def test_inputs_that_changed(tmp_path: Path) -> None:
    """Weather and traces must be what they were; the paths stay those of the start, wherever one resumes."""
    jobs = tmp_path / "jobs.csv"
    jobs.write_text("submit_s,servers,duration_s\n100,5,3600\n50000,7,90000\n")
    keys = {**SHORT, "workload.jobs.trace": str(jobs)}
    folder = interrupted(tmp_path / "run", keys=keys)
    text = jobs.read_text()
    jobs.write_text(text.replace("7,90000", "8,90000"))
    with pytest.raises(InputError, match="weather file or a trace has changed since the run was started"):
        run(resume=folder, policy=Plain())
    jobs.write_text(text)
    result = run(resume=folder, policy=Plain())
    assert str(jobs) in result.manifest["inputs"]


def test_weather_that_changed(tmp_path: Path) -> None:
    sim = build_simulation(twin.load_scenario(SCENARIO, SHORT))
    weather = tmp_path / f"here{sim.weather.path.suffix}"
    shutil.copy(sim.weather.path, weather)
    folder = interrupted(tmp_path / "run", keys={**SHORT, "site.weather": str(weather)})
    weather.write_bytes(weather.read_bytes() + b"\n")
    with pytest.raises(InputError, match="has changed"):
        run(resume=folder, policy=Plain())
    weather.unlink()
    with pytest.raises(InputError, match="here"):
        run(resume=folder, policy=Plain())


def test_own_policy_is_asked_for_again(tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "run")
    with pytest.raises(InputError, match="started with policy Plain; resume it from Python with that policy"):
        run(resume=folder)
    whole = run(SCENARIO, overrides=SHORT, policy=Plain())
    assert of_results(run(resume=folder, policy=Plain()), whole) == []
