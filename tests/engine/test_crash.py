"""A run that dies at any single file operation can be resumed and ends as if nothing had happened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from halls import SCENARIO, of_folders, of_results

from twin.engine.checkpoint import has_checkpoint
from twin.engine.folder import occupied
from twin.errors import InputError
from twin.record.result import Result
from twin.simulate import run

KEYS = {"run.duration_days": 1.25, "run.start_day": 31.5, "run.step_s": 300}
OLD = {**KEYS, "run.duration_days": 2.5, "run.seed": 5}


class KilledError(BaseException):
    """The process is gone: nothing it would still do happens."""


@contextmanager
def dying_at(last: int) -> Iterator[list[str]]:
    """Let so many operations that change files happen, write half of the next one and stop for good."""
    done: list[str] = []

    def step(name: str) -> bool:
        if len(done) > last:
            raise KilledError
        done.append(name)
        return len(done) > last

    def wrapped(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any, **kwargs: Any) -> Any:
            if step(name):
                raise KilledError
            return original(*args, **kwargs)

        return operation

    def write_bytes(path: Path, data: Any) -> int:
        dies = step("write")
        with path.open("wb") as file:
            file.write(bytes(data)[: len(bytes(data)) // 2] if dies else data)
        if dies:
            raise KilledError
        return len(bytes(data))

    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "rename", "unlink", "mkdir", "rmdir"):
            patch.setattr(os, name, wrapped(name, getattr(os, name)))
        patch.setattr(Path, "write_bytes", write_bytes)
        yield done


def operations(out: Path, **options: Any) -> int:
    """How many file operations the whole run takes."""
    with dying_at(10**6) as done:
        run(SCENARIO, out=out, overrides=KEYS, **options)
    return len(done)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(SCENARIO, out=folder, overrides=KEYS)
    return folder


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old") / "run"
    run(SCENARIO, out=folder, overrides=OLD)
    (folder / "report.html").write_text("old")
    return folder


def test_killed_at_every_file_operation(whole: Path, tmp_path: Path) -> None:
    count = operations(tmp_path / "counted")
    assert count > 20
    assert not list(tmp_path.glob(".*"))
    for last in range(count):
        folder = tmp_path / f"run-{last}"
        with dying_at(last), pytest.raises(KilledError):
            run(SCENARIO, out=folder, overrides=KEYS)
        if not folder.exists():
            with pytest.raises(InputError, match="no such folder"):
                run(resume=folder)
            run(SCENARIO, out=folder, overrides=KEYS)
        else:
            run(resume=folder)
        assert of_folders(whole, folder) == [], last
        assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in whole.iterdir())
    assert not list(tmp_path.glob(".*"))


def test_old_results_stay_whole_until_new_ones_are(whole: Path, old: Path, tmp_path: Path) -> None:
    before, after = Result.load(old), Result.load(whole)
    shutil.copytree(old, tmp_path / "counted")
    count = operations(tmp_path / "counted", force=True)
    assert of_folders(whole, tmp_path / "counted") == []
    assert not (tmp_path / "counted" / "report.html").exists()  # it told of the old results
    in_between = 0
    for last in range(count):
        folder = tmp_path / f"run-{last}"
        shutil.copytree(old, folder)
        with dying_at(last), pytest.raises(KilledError):
            run(SCENARIO, out=folder, overrides=KEYS, force=True)
        left = Result.load(folder)
        is_old, is_new = of_results(left, before) == [], of_results(left, after) == []
        in_between += not (is_old or is_new)
        begun = has_checkpoint(folder)
        assert is_old or is_new or begun
        run(resume=folder)
        assert of_folders(whole if begun or is_new else old, folder) == [], last
    assert in_between <= 3  # putting the four files in place


def test_killed_again_and_again(whole: Path, tmp_path: Path) -> None:
    """Every session gets one file operation further than the one before."""
    folder = tmp_path / "run"
    with dying_at(8), pytest.raises(KilledError):
        run(SCENARIO, out=folder, overrides=KEYS)
    for last in range(40):
        with dying_at(last):
            try:
                run(resume=folder)
            except KilledError:
                continue
        break
    assert last > 10
    assert of_folders(whole, folder) == []


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    short = {"run.duration_days": 0.05}
    with occupied(tmp_path / "r"), pytest.raises(InputError, match="another run is going in this folder"):
        run("chilled-water-greensboro", overrides=short, out=tmp_path / "r")
    assert not (tmp_path / "r").exists()
    run("chilled-water-greensboro", overrides=short, out=tmp_path / "r")
    assert (tmp_path / "r" / "summary.json").is_file()


def test_a_finished_run_with_a_broken_series_is_not_called_well(tmp_path: Path) -> None:
    run(SCENARIO, overrides={"run.duration_days": 0.05}, out=tmp_path / "r")
    series = tmp_path / "r" / "series.parquet"
    series.write_bytes(series.read_bytes()[:50])
    with pytest.raises(InputError, match=r"series.parquet +is damaged or missing"):
        run(resume=tmp_path / "r")
