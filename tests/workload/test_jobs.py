"""The job stream: books that balance, order, throttling, and stopping and going on bit for bit."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy

from twin.errors import InputError
from twin.scenario.it import Jobs
from twin.workload.arrivals import GeneratedJobs
from twin.workload.jobs import JobStream

DAY_S = 86400
RACKS = np.array([5, 5, 3, 0, 6, 5], dtype=np.int64)
CAPACITY = int(RACKS.sum())
#: Enough for queues at the peak, gangs, bursts and several days.
BUSY = {"per_day": 220.0, "size_median_servers": 3.0, "size_sigma": 0.9, "duration_median_h": 0.6,
        "burst_factor": 4.0, "burst_share_frac": 0.2}


def stream(
    env: simpy.Environment, end_s: int = 3 * DAY_S, seed: int = 11, racks: np.ndarray = RACKS, **keys: Any
) -> JobStream:
    return JobStream(Jobs.model_validate(keys), racks, np.random.SeedSequence(seed), 0, end_s, env)


class Engine:
    """A clock that does what the real one does at each step, with temperatures and throttling made up from the time."""

    def __init__(self, jobs: JobStream, env: simpy.Environment, step_s: int = 300, throttle: bool = True) -> None:
        self.jobs, self.env, self.step_s, self.throttle = jobs, env, step_s, throttle
        self.log: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        env.process(self._clock())

    def _clock(self) -> Any:
        while True:
            yield self.env.timeout(self.step_s - int(self.env.now) % self.step_s)
            now_s = int(self.env.now)
            self.log.append(self.jobs.take_changes())
            self.tell(now_s)

    def tell(self, now_s: int) -> None:
        rack = np.arange(RACKS.size)
        self.jobs.see(22.0 + np.sin(now_s / 7919.0 + rack))
        if self.throttle:
            # Hot in the second half of each day: racks lose between 0.1 and 0.35 s a second.
            hot_s = now_s // DAY_S * (DAY_S // 2) + max(now_s % DAY_S - DAY_S // 2, 0)
            self.jobs.slow_down(now_s, hot_s * (0.1 + 0.05 * rack))

    def changes(self) -> list[np.ndarray]:
        return [np.concatenate(part) for part in zip(*self.log, self.jobs.take_changes(), strict=True)]


def joined(*engines: Engine) -> list[bytes]:
    parts = [engine.changes() for engine in engines]
    return [np.concatenate(column).tobytes() for column in zip(*parts, strict=True)]


def counters(jobs: JobStream) -> tuple[Any, ...]:
    counts = (jobs.arrived, jobs.started, jobs.finished, jobs.running, jobs.queued, jobs.capped)
    return (*counts, jobs.wait_mean_h, jobs.lost_server_h)


def traced(
    path: Path, rows: list[tuple[int, int, int]], racks: list[int], end_s: int = DAY_S, **keys: Any
) -> tuple[simpy.Environment, JobStream]:
    path.write_text("submit_s,servers,duration_s\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows), encoding="utf-8")
    env = simpy.Environment()
    jobs = stream(env, end_s, racks=np.array(racks), trace=str(path), server_util_frac=1.0, **keys)
    jobs.start()
    return env, jobs


def told(jobs: JobStream, racks: list[int]) -> list[tuple[int, int, int]]:
    """Changes as (time, rack, servers)."""
    return [(int(t), int(r), round(d * racks[r])) for t, r, d in zip(*jobs.take_changes(), strict=True)]


@pytest.mark.parametrize("rule", ["packed", "spread", "coolest"])
def test_every_job_and_every_busy_second_is_accounted_for(rule: str) -> None:
    env = simpy.Environment()
    jobs = stream(env, placement=rule, **BUSY)
    jobs.start()
    engine = Engine(jobs, env, throttle=False)
    end_s = 3 * DAY_S
    source = GeneratedJobs(Jobs.model_validate(BUSY), CAPACITY, np.random.SeedSequence(11), "monday", (0, end_s))
    seen_queue = seen_gang = 0
    for until_s in (*range(7001, end_s, 7001), end_s):
        env.run(until=until_s)
        seen_queue, seen_gang = max(seen_queue, jobs.queued), max(seen_gang, len(jobs.snapshot()["gangs"]))
        assert jobs.arrived == jobs.started + jobs.queued
        assert jobs.started == jobs.finished + jobs.running
        time_s, rack, delta = engine.changes()
        servers = np.rint(delta * np.maximum(RACKS, 1)[rack] / 0.9).astype(np.int64)
        level = np.zeros(RACKS.size, dtype=np.int64)
        for r, n in zip(rack, servers, strict=True):
            level[r] += n
            assert 0 <= level[r] <= RACKS[r]
        engine.log = [(time_s, rack, delta)]
        assert level.tolist() == jobs.busy_servers.tolist()
        assert np.all((jobs.utilisation_frac >= 0.0) & (jobs.utilisation_frac <= 1.0))
        assert np.all(np.diff(time_s) >= 0)
        state = jobs.snapshot()
        asked = [(s, n, d) for day in range(3) for s, n, d in zip(*source.day(day)[:3], strict=True) if s < until_s]
        assert jobs.arrived == len(asked)
        work = sum(n * d for _, n, d in asked)
        work -= sum(n * (e - until_s) for e, _, _, n, _ in state["running"])
        work -= sum(n * d for _, _, n, d in state["waiting"])
        assert int(np.sum(servers * (until_s - time_s))) == work
    assert seen_queue > 3
    assert seen_gang > 1


@pytest.mark.parametrize("rule", ["packed", "spread", "coolest"])
def test_half_plus_restore_equals_whole(rule: str) -> None:
    env = simpy.Environment()
    whole = stream(env, placement=rule, **BUSY)
    whole.start()
    engine = Engine(whole, env)
    env.run(until=3 * DAY_S)
    expected = joined(engine)
    assert whole.lost_server_h > 1.0
    rng = np.random.default_rng(4)
    # Odd seconds, seconds on the engine's grid, the very first and the very last.
    cuts = [1, 300, DAY_S, DAY_S + 1, 3 * DAY_S - 1, *rng.integers(2, 3 * DAY_S, 20).tolist()]
    queued = throttled_gangs = 0
    for cut_s in cuts:
        env = simpy.Environment()
        first = stream(env, placement=rule, **BUSY)
        first.start()
        before = Engine(first, env)
        env.run(until=cut_s)
        saved = pickle.loads(pickle.dumps(first.snapshot()))
        first.take_changes()  # pending ones travel with the snapshot
        queued += len(saved["waiting"])
        throttled_gangs += len(saved["gang_lost_s"])
        env = simpy.Environment(cut_s)
        second = stream(env, placement=rule, **BUSY)
        second.restore(saved)
        second.start()
        after = Engine(second, env)
        if cut_s % 300 == 0:  # run(until) stops before the engine's own event of that second
            after.tell(cut_s)
        env.run(until=3 * DAY_S)
        assert joined(before, after) == expected, f"cut at {cut_s} s"
        assert counters(second) == counters(whole), f"cut at {cut_s} s"
    assert queued > 3
    assert throttled_gangs > 3


def test_snapshot_shares_nothing_and_forks_agree() -> None:
    env = simpy.Environment()
    jobs = stream(env, placement="coolest", **BUSY)
    jobs.start()
    Engine(jobs, env)
    env.run(until=DAY_S + 77)
    saved = jobs.snapshot()
    frozen = pickle.dumps(saved)
    env.run(until=2 * DAY_S)
    assert pickle.dumps(saved) == frozen
    ends = []
    for _ in range(2):
        fork_env = simpy.Environment(DAY_S + 77)
        fork = stream(fork_env, placement="coolest", **BUSY)
        fork.start()  # started first, restored then: the wake-up must follow
        fork.restore(saved)
        engine = Engine(fork, fork_env)
        fork_env.run(until=3 * DAY_S)
        ends.append((joined(engine), counters(fork)))
    assert ends[0] == ends[1]
    assert pickle.dumps(saved) == frozen


def test_result_does_not_depend_on_how_often_the_engine_wakes() -> None:
    logs = []
    for step_s in (17, 300, 3600, DAY_S):
        env = simpy.Environment()
        jobs = stream(env, placement="packed", **BUSY)
        jobs.start()
        engine = Engine(jobs, env, step_s, throttle=False)
        env.run(until=3 * DAY_S)
        logs.append((joined(engine), counters(jobs)))
    assert all(log == logs[0] for log in logs)


def digest() -> str:
    env = simpy.Environment()
    jobs = stream(env, placement="coolest", **BUSY)
    jobs.start()
    engine = Engine(jobs, env)
    env.run(until=3 * DAY_S)
    return hashlib.sha256(b"".join(joined(engine)) + repr(counters(jobs)).encode()).hexdigest()


def test_same_seed_same_jobs_across_processes() -> None:
    code = f"import runpy; print(runpy.run_path({str(Path(__file__))!r})['digest']())"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == digest()


def test_another_seed_is_another_run() -> None:
    logs = []
    for seed in (1, 2):
        env = simpy.Environment()
        jobs = stream(env, seed=seed, **BUSY)
        jobs.start()
        env.run(until=DAY_S)
        logs.append(jobs.take_changes()[0].tobytes())
    assert logs[0] != logs[1]


def test_nobody_overtakes_the_head_of_the_queue(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 3, 100), (10, 4, 50), (20, 1, 10)], [4], placement="packed")
    env.run(until=60)
    assert (jobs.running, jobs.queued) == (1, 2)
    env.run(until=1000)
    # The small job would fit at 20 s but waits behind the large one, which starts at 100 s.
    assert told(jobs, [4]) == [(0, 0, 3), (100, 0, -3), (100, 0, 4), (150, 0, -4), (150, 0, 1), (160, 0, -1)]
    assert jobs.wait_mean_h == pytest.approx((90 + 130) / 3 / 3600)


def test_ends_come_before_arrivals_of_the_same_second(tmp_path: Path) -> None:
    rows = [(0, 2, 60), (0, 2, 60), (60, 4, 5)]
    env, jobs = traced(tmp_path / "j.csv", rows, [4], placement="packed")
    env.run(until=100)
    assert told(jobs, [4]) == [(0, 0, 2), (0, 0, 2), (60, 0, -2), (60, 0, -2), (60, 0, 4), (65, 0, -4)]
    assert jobs.wait_mean_h == 0.0


def test_the_engine_goes_first_in_its_second(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 1, 300), (300, 1, 7)], [4])
    seen = []

    def clock() -> Any:
        while True:
            yield env.timeout(300)
            seen.append(told(jobs, [4]))

    env.process(clock())
    env.run(until=601)
    assert seen == [[(0, 0, 1)], [(300, 0, -1), (300, 0, 1), (307, 0, -1)]]


def test_a_gang_spans_racks_and_ends_as_one(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(3, 7, 40)], [4, 4], placement="packed")
    env.run(until=100)
    assert told(jobs, [4, 4]) == [(3, 0, 4), (3, 1, 3), (43, 0, -4), (43, 1, -3)]


def test_a_job_larger_than_the_hall_is_cut_and_counted(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 9, 10), (0, 8, 10)], [4, 4])
    env.run(until=100)
    assert (jobs.capped, jobs.finished) == (1, 2)
    assert jobs.utilisation_frac.tolist() == [0.0, 0.0]


def test_nothing_happens_from_the_end_of_the_run_on(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 1, 50), (10, 1, 100), (60, 1, 5)], [4], end_s=60)
    env.run(until=500)
    assert (jobs.arrived, jobs.finished, jobs.running) == (2, 1, 1)


def test_the_coolest_rack_is_the_one_last_seen(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(10, 1, 5), (20, 1, 5), (30, 1, 5)], [2, 2, 2], placement="coolest")
    inlet_c = np.array([24.0, 23.0, 22.0])
    jobs.see(inlet_c)
    inlet_c[:] = 0.0  # the engine's array changes; what was seen does not
    env.run(until=15)
    jobs.see(np.array([24.0, 23.0, 25.0]))
    env.run(until=25)
    jobs.see(np.array([20.0, 23.0, 25.0]))
    env.run(until=40)
    assert [rack for _, rack, servers in told(jobs, [2, 2, 2]) if servers > 0] == [2, 1, 0]


def test_throttling_moves_an_end_by_exactly_the_time_lost(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 1, 1000), (0, 1, 1000), (0, 1, 1000)], [1, 1, 1], placement="packed")
    lost_s = np.zeros(3)
    for now_s in range(10, 910, 10):
        env.run(until=now_s)
        # Sums of 0.7 are not round in floating point; they must not cost a second more.
        lost_s = lost_s + np.array([0.7, 2.5, 0.0])
        jobs.slow_down(now_s, lost_s)
    env.run(until=2000)
    ends = [change for change in told(jobs, [1, 1, 1]) if change[2] < 0]
    assert lost_s[0] != 63.0
    assert ends == [(1000, 2, -1), (1063, 0, -1), (1225, 1, -1)]
    assert jobs.lost_server_h == pytest.approx((63 + 225) / 3600)


def test_lost_time_while_extended_counts_too(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 1, 100)], [1])
    for now_s, lost in ((50, 20.25), (110, 30.5), (125, 30.75)):
        env.run(until=now_s)
        jobs.slow_down(now_s, np.array([lost]))
    env.run(until=1000)
    assert told(jobs, [1]) == [(0, 0, 1), (131, 0, -1)]  # 100 + 30.75, rounded up once


def test_time_lost_before_a_start_is_not_charged(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(100, 1, 50), (100, 2, 50)], [1, 1, 1], placement="packed")
    env.run(until=60)
    jobs.slow_down(60, np.array([33.3, 5.0, 8.0]))
    env.run(until=120)
    jobs.slow_down(120, np.array([34.3, 5.0, 8.0]))
    env.run(until=1000)
    ends = [change for change in told(jobs, [1, 1, 1]) if change[2] < 0]
    assert ends == [(150, 1, -1), (150, 2, -1), (151, 0, -1)]


def test_a_gang_goes_at_the_pace_of_its_slowest_rack(tmp_path: Path) -> None:
    env, jobs = traced(tmp_path / "j.csv", [(0, 3, 1000)], [2, 1], placement="packed")
    lost_s = np.zeros(2)
    for turn in range(10):
        env.run(until=10 + 10 * turn)
        lost_s = lost_s + ([5.0, 1.0] if turn % 2 else [1.0, 4.0])
        jobs.slow_down(10 + 10 * turn, lost_s)
    env.run(until=3000)
    assert told(jobs, [2, 1])[2:] == [(1045, 0, -2), (1045, 1, -1)]  # 5 × 5 + 5 × 4, not 30 or 25
    assert jobs.lost_server_h == pytest.approx(3 * 45 / 3600)


def test_lost_time_cannot_fall(tmp_path: Path) -> None:
    _, jobs = traced(tmp_path / "j.csv", [(0, 1, 10)], [1])
    jobs.slow_down(1, np.array([2.0]))
    with pytest.raises(ValueError, match="must not fall"):
        jobs.slow_down(2, np.array([1.0]))


def test_a_bad_trace_is_refused_when_the_stream_is_built(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2: servers = 0"):
        traced(tmp_path / "j.csv", [(0, 0, 10)], [4])
