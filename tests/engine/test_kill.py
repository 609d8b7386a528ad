"""Real processes, killed and interrupted at random moments, resumed, compared bit for bit."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from halls import HOT, SCENARIO, of_folders

from twin.engine.checkpoint import has_checkpoint
from twin.record.result import Result

#: Jobs and physics go step by step: about a second of simulating beside the start-up.
KEYS = {**HOT, "workload.jobs.placement": "coolest", "run.duration_days": 8.5, "run.start_day": 150.5}
KILLS = 20
CHAINS = 2


def start(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "twin", "run", *words, "--no-report", "--quiet"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def begin(folder: Path) -> subprocess.Popen[str]:
    sets = [word for key, value in KEYS.items() for word in ("--set", f"{key}={value}")]
    return start(SCENARIO, "--out", str(folder), *sets)


def wait_for(folder: Path, process: subprocess.Popen[str]) -> None:
    while not folder.exists() and process.poll() is None:
        time.sleep(0.002)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float, float]:
    """A run in peace, the time until its folder appears and the time from there to the end, s."""
    folder = tmp_path_factory.mktemp("whole") / "warm"
    process = begin(folder)  # compiles what is not yet compiled
    assert process.wait() == 0, process.stderr.read() if process.stderr else ""
    folder = folder.with_name("run")
    began = time.perf_counter()
    process = begin(folder)
    wait_for(folder, process)
    opened = time.perf_counter()
    assert process.wait() == 0
    return folder, opened - began, time.perf_counter() - opened


def chain(chain: int, home: Path, times_s: tuple[float, float]) -> list[tuple[str, Path]]:
    """Kill and resume until this chain's share of kills is done; where each kill fell, and every folder."""
    rng = np.random.default_rng(100 + chain)
    start_s, run_s = times_s
    kills: list[tuple[str, Path]] = []
    number = 0
    folder = home / f"{chain}-0"
    while len(kills) < KILLS // CHAINS:
        process = start("--resume", str(folder)) if folder.exists() else begin(folder)
        if len(kills) % 2:  # from the moment there is something to lose
            wait_for(folder, process)
            delay_s = float(rng.uniform(0.0, 1.1 * run_s))
        else:
            delay_s = float(rng.uniform(0.0, 1.1 * (start_s + run_s)))
        try:
            process.wait(delay_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills.append(("before" if not folder.exists() else "running" if has_checkpoint(folder) else "done", folder))
        else:
            assert process.returncode == 0, process.stderr.read() if process.stderr else ""
            number += 1
            folder = home / f"{chain}-{number}"
    return kills


def test_killed_at_twenty_random_moments(whole: tuple[Path, float, float], tmp_path: Path) -> None:
    expected, *times_s = whole
    with ThreadPoolExecutor(CHAINS) as pool:
        chains = pool.map(lambda number: chain(number, tmp_path, (times_s[0], times_s[1])), range(CHAINS))
        kills = [kill for each in chains for kill in each]
    assert len(kills) == KILLS
    assert sum(where == "running" for where, _ in kills) >= 5
    folders = sorted({folder for _, folder in kills})
    for folder in folders:
        process = start("--resume", str(folder)) if folder.exists() else begin(folder)
        assert process.wait() == 0, process.stderr.read() if process.stderr else ""
        assert of_folders(expected, folder) == [], folder.name


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is not ignored: a shell that puts its commands into the background hands that on to all of them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_says_how_to_go_on(whole: tuple[Path, float, float], tmp_path: Path) -> None:
    expected, _, run_s = whole
    for number, share in enumerate((0.4, 0.2, 0.1, 0.05, 0.0)):  # a fast machine may be done before the signal
        folder = tmp_path / f"run-{number}"
        process = begin(folder)
        wait_for(folder, process)
        time.sleep(share * run_s)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        if process.returncode == 130:
            break
        assert process.returncode in {0, -signal.SIGINT}, said  # done, or just leaving
    assert process.returncode == 130
    assert said.strip() == f"Interrupted. Continue with: twin run --resume {folder}"
    assert start("--resume", str(folder)).wait() == 0
    assert of_folders(expected, folder) == []


def test_another_process_and_another_seed(whole: tuple[Path, float, float], tmp_path: Path) -> None:
    """The same seed in two processes is the same run; another seed has other jobs, but the same weather."""
    expected = whole[0]
    assert of_folders(expected.with_name("warm"), expected) == []
    folder = tmp_path / "other"
    sets = [word for key, value in KEYS.items() for word in ("--set", f"{key}={value}")]
    assert start(SCENARIO, "--out", str(folder), *sets, "--seed", "2").wait() == 0
    first, other = Result.load(expected), Result.load(folder)
    assert first.manifest["jobs"] != other.manifest["jobs"]
    assert not first.series["jobs.running"].equals(other.series["jobs.running"])
    for name in (n for n in first.series if n.startswith("weather.")):
        assert first.series[name].equals(other.series[name])
