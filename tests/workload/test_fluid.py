"""The fluid engine beside the jobs engine: the same queue to the second, the same work to a fraction of a per cent."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy

from twin.errors import InputError
from twin.scenario.it import Jobs
from twin.workload.fluid import FluidStream
from twin.workload.jobs import JobStream
from twin.workload.sources import job_source

DAY_S, HOUR_S = 86400, 3600
HALL = np.full(40, 20, dtype=np.int64)
UNEVEN = np.array([5, 5, 3, 0, 6, 5], dtype=np.int64)
COMMON = {"size_median_servers": 4.0, "size_sigma": 0.8, "duration_median_h": 1.0, "duration_sigma": 1.2}
#: Loads and mixes: hall mostly empty, half full, full at the peak, bursts, heavy tails, gangs of a fifth of the hall.
CASES: dict[str, dict[str, Any]] = {
    "low": {"per_day": 300.0},
    "medium": {"per_day": 850.0},
    "high": {"per_day": 1400.0, "daily_amplitude_frac": 0.2},
    "bursts": {"per_day": 900.0, "burst_factor": 6.0, "burst_share_frac": 0.1},
    "heavy tails": {"per_day": 350.0, "size_sigma": 1.2, "duration_sigma": 1.8},
    "gangs": {"per_day": 32.0, "size_median_servers": 160.0, "size_sigma": 0.5},
}
#: Share of the hall's servers that is busy in the mean.
LOADS = {
    "low": (0.1, 0.3), "medium": (0.4, 0.6), "high": (0.75, 0.95), "bursts": (0.45, 0.75), "heavy tails": (0.5, 0.8),
    "gangs": (0.5, 0.8),
}
STREAMS = {
    "placement": "spread", "defer_hours": [9.0, 21.0], "stream": {
        "web": {"kind": "interactive", "per_day": 9000.0},
        "batch": {"kind": "batch", "per_day": 700.0, "slack_h": 5.0},
        "train": {"kind": "training", "per_day": 45.0},
    },
}

Stream = JobStream | FluidStream
Taken = list[np.ndarray[Any, Any]]


def build(
    engine: type[Stream], keys: dict[str, Any], end_s: int, seed: int = 5, hall: np.ndarray[Any, Any] = HALL,
    start_s: int = 0,
) -> tuple[simpy.Environment, Stream]:
    env = simpy.Environment(start_s)
    stream = engine(Jobs.model_validate(COMMON | keys if "stream" not in keys else keys), hall,
                    np.random.SeedSequence(seed), start_s, end_s, env)
    stream.start()
    return env, stream


def lost_s(now_s: int, racks: int, rate: float) -> np.ndarray[Any, Any]:
    """Racks lose time in the second half of each day, the later ones more."""
    hot_s = now_s // DAY_S * (DAY_S // 2) + max(now_s % DAY_S - DAY_S // 2, 0)
    return hot_s * rate * (1.0 + np.arange(racks) / racks)


def drive(env: simpy.Environment, stream: Stream, until_s: int, step_s: int = 1800, rate: float = 0.0) -> Taken:
    """Go on to a time as the engine does; all changes and counts."""
    parts = []
    for now_s in range(int(env.now) // step_s * step_s + step_s, until_s + step_s, step_s):
        env.run(until=min(now_s, until_s))
        parts.append((*stream.take_changes(), *stream.take_counts()))
        if rate and now_s <= until_s:
            stream.slow_down(now_s, lost_s(now_s, stream.busy_servers.size, rate))
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def counters(stream: Stream) -> tuple[Any, ...]:
    counts = (stream.arrived, stream.started, stream.finished, stream.running, stream.queued, stream.capped)
    return (*counts, stream.deferred, stream.late, stream.wait_mean_h, stream.wait_p95_h)


def hourly(taken: Taken, end_s: int) -> np.ndarray[Any, Any]:
    """Mean of the sum of all racks' utilisation in each hour."""
    time_s, _, delta = taken[:3]
    edge_s = np.arange(0, end_s + 1, HOUR_S)
    upto = np.searchsorted(time_s, edge_s)
    level = np.concatenate(([0.0], np.cumsum(delta)))[upto]
    moment = np.concatenate(([0.0], np.cumsum(delta * time_s)))[upto]
    return np.diff(level * edge_s - moment) / HOUR_S


@pytest.mark.parametrize("rule", ["spread", "packed"])
@pytest.mark.parametrize("case", CASES)
def test_same_queue_and_same_work_as_the_jobs_engine(case: str, rule: str) -> None:
    end_s = 6 * DAY_S
    waits_h, loads = [], []
    for seed in (1, 2):
        env, exact = build(JobStream, {**CASES[case], "placement": rule}, end_s, seed)
        jobs = drive(env, exact, end_s)
        env, fluid = build(FluidStream, {**CASES[case], "placement": rule}, end_s, seed)
        pool = drive(env, fluid, end_s)
        assert counters(fluid) == counters(exact)
        ours, theirs = hourly(pool, end_s), hourly(jobs, end_s)
        off = np.abs(ours - theirs)
        assert np.all(off <= np.maximum(0.01 * theirs, 3e-4 * HALL.size))
        # 1/256 of the hall, and half a server of rounding, for five minutes at either end of the hour.
        assert np.all(off <= (HALL.size / 256 + 0.5 / 20) * 2 * 300 / HOUR_S)
        # The jobs engine counts at every event, this one at the end of every minute.
        last = np.searchsorted(jobs[3], pool[3], side="right") - 1
        assert np.array_equal(jobs[4][last[last >= 0]], pool[4][last >= 0])
        waits_h.append(fluid.wait_p95_h)
        loads.append(theirs[24:].mean() / HALL.size / 0.9)
    low, high = LOADS[case]
    assert low < np.mean(loads) < high
    assert (max(waits_h) > 0.0) == (case not in {"low", "medium"})


@pytest.mark.parametrize("slack_h", [0.2, 5.0, 30.0])
def test_jobs_that_may_wait_are_held_back_and_served_as_in_the_jobs_engine(slack_h: float) -> None:
    end_s = 5 * DAY_S
    keys: dict[str, Any] = pickle.loads(pickle.dumps(STREAMS))
    keys["stream"]["batch"]["slack_h"] = slack_h
    env, exact = build(JobStream, keys, end_s)
    jobs = drive(env, exact, end_s)
    env, fluid = build(FluidStream, keys, end_s)
    pool = drive(env, fluid, end_s)
    assert counters(fluid) == counters(exact)
    assert fluid.deferred > 500
    assert (fluid.late > 0) == (slack_h < 24.0)
    ours, theirs = hourly(pool, end_s), hourly(jobs, end_s)
    assert np.all(np.abs(ours - theirs) <= 0.01 * theirs)
    assert np.array_equal(jobs[4][np.searchsorted(jobs[3], pool[3], side="right") - 1], pool[4])


def trace(path: Path, seed: int, jobs: int, end_s: int, longest_s: float) -> str:
    """A random trace with short and very long jobs, several a second now and then, some of which may wait."""
    rng = np.random.default_rng(seed)
    submit = np.sort(rng.integers(0, end_s, jobs))
    submit[rng.random(jobs) < 0.2] //= 600
    submit = np.sort(submit // rng.choice([1, 60]) * 1)
    slack = np.where(rng.random(jobs) < 0.4, rng.integers(0, 20_000, jobs), 0)
    rows = zip(submit, rng.integers(1, 25, jobs), longest_s ** rng.random(jobs), submit + slack, strict=True)
    table = "".join(f"{a},{b},{c:.0f},{d}\n" for a, b, c, d in rows)
    path.write_text(f"submit_s,servers,duration_s,latest_start_s\n{table}", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("seed", range(8))
def test_random_traces_agree_to_the_second(tmp_path: Path, seed: int) -> None:
    # Durations up to ten times the ring of ends, uneven racks, starts and ends of the run off every grid.
    start_s, end_s = 4321, 4 * DAY_S - 977
    path = trace(tmp_path / "jobs.csv", seed, 250, end_s, 3.3e5 if seed % 2 else 3e4)
    keys = {"trace": path, "server_util_frac": 1.0, "defer_hours": [22.0, 7.0] if seed % 3 else []}
    made = []
    for engine in (JobStream, FluidStream):
        env, stream = build(engine, keys, end_s, hall=UNEVEN, start_s=start_s)
        made.append((drive(env, stream, end_s), counters(stream), stream.busy_servers.sum()))
    (jobs, *exact), (pool, *fluid) = made
    assert fluid == exact
    last = np.searchsorted(jobs[3], pool[3], side="right") - 1
    assert np.array_equal(jobs[4][last[last >= 0]], pool[4][last >= 0])
    assert np.all(pool[4][last < 0] == 0)


def test_without_waiting_every_second_is_what_the_jobs_add_up_to() -> None:
    end_s = 3 * DAY_S
    keys = CASES["low"]
    jobs = Jobs.model_validate(COMMON | keys)
    source = job_source(jobs, int(HALL.sum()), np.random.SeedSequence(5), "monday", (0, end_s))
    busy = np.zeros(end_s + 1, dtype=np.int64)
    for day in map(source.arrays, range(3)):
        np.add.at(busy, day.submit_s, day.servers)
        np.add.at(busy, np.minimum(day.submit_s + day.duration_s, end_s), -day.servers)
    busy = np.cumsum(busy)[:-1]
    env, stream = build(FluidStream, keys, end_s)
    taken = []
    for now_s in range(700, end_s, 700):
        env.run(until=now_s)
        assert stream.busy_servers.sum() == busy[now_s - 1]
        assert stream.snapshot()["memory"]["busy_s"] == busy[:now_s].sum()
        taken.append(stream.take_changes())
    assert stream.wait_mean_h == 0.0
    assert busy.max() < HALL.sum()
    time_s, _, delta = (np.concatenate(column) for column in zip(*taken, strict=True))
    told = np.zeros(now_s, dtype=np.int64)
    np.add.at(told, time_s, np.rint(delta * 20 / 0.9).astype(np.int64))
    owed = np.cumsum(busy[:now_s] - np.cumsum(told))
    # Never owed more than what 1/256 of the hall, and half a server, make in five minutes; nothing in the long run.
    assert np.abs(owed).max() <= 300 * (HALL.sum() / 256 + 0.5)
    assert abs(owed.mean()) < 300


@pytest.mark.parametrize("rule", ["spread", "packed"])
def test_work_is_conserved_and_racks_are_never_overfull(rule: str) -> None:
    end_s = 4 * DAY_S
    for hall, keys in ((HALL, {**CASES["bursts"], "placement": rule}), (UNEVEN, {"per_day": 60.0, "placement": rule})):
        env, stream = build(FluidStream, keys, end_s, hall=hall)
        time_s, rack, delta, *_ = drive(env, stream, end_s)
        saved = stream.snapshot()
        jobs = Jobs.model_validate(COMMON | keys)
        source = job_source(jobs, int(hall.sum()), np.random.SeedSequence(5), "monday", (0, end_s))
        asked = sum(int(day.servers @ day.duration_s) for day in map(source.arrays, range(4)))
        memory, ends = saved["memory"][0], np.concatenate((saved["ends"], saved["later"]))
        inside = int((ends[:, 1] >> 32) @ (ends[:, 0] - end_s))
        waiting = saved["waiting"][0]
        assert memory["busy_s"] == asked - inside - int(waiting[:, 1] @ waiting[:, 2])
        assert len(saved["later"]) > 1
        level = np.zeros(hall.size, dtype=np.int64)
        for r, servers in zip(rack, np.rint(delta * np.maximum(hall, 1)[rack] / 0.9).astype(np.int64), strict=True):
            level[r] += servers
            assert 0 <= level[r] <= hall[r]
        assert np.allclose(stream.utilisation_frac, level * 0.9 / np.maximum(hall, 1), rtol=1e-12, atol=0.0)
        assert np.all(np.diff(time_s) >= 0)
        served = float(np.sum(delta * np.maximum(hall, 1)[rack] * (end_s - time_s))) / 0.9
        assert served == pytest.approx(int(memory["busy_s"]) - memory["owed"] / (0.9 * 1e9), rel=1e-9)


def test_spread_is_even_and_packed_fills_in_order() -> None:
    one = {"per_day": 4000.0, "size_median_servers": 1.0, "size_sigma": 0.0}
    env, spread = build(FluidStream, one, DAY_S)
    env.run(until=DAY_S // 2)
    busy = spread.busy_servers
    assert busy.max() - busy.min() <= 1
    assert busy.min() > 0
    env, packed = build(FluidStream, {**one, "placement": "packed"}, DAY_S)
    env.run(until=DAY_S // 2)
    order = packed.busy_servers
    assert order.sum() == busy.sum()
    full = int(order.sum()) // 20
    assert np.all(order[:full] == 20)
    assert np.all(order[full + 1 :] == 0)


def test_jobs_of_many_servers_leave_racks_full_beside_empty_ones() -> None:
    env, gangs = build(FluidStream, {**CASES["gangs"], "per_day": 20.0}, DAY_S)
    env.run(until=DAY_S // 2)
    busy = gangs.busy_servers
    assert 2 < np.count_nonzero(busy) < busy.size - 2
    assert np.count_nonzero((busy > 0) & (busy < 20)) <= 1
    # Wherever one looks in the hall, about as many are full.
    full = np.cumsum(busy == 20) - np.arange(1, busy.size + 1) * np.mean(busy == 20)
    assert np.abs(full).max() < 4.0


def test_coolest_placement_is_refused() -> None:
    with pytest.raises(InputError, match=r"placement = 'coolest'.*take 'spread' or 'packed'"):
        build(FluidStream, {"placement": "coolest"}, DAY_S)


@pytest.mark.parametrize("keys", [CASES["bursts"], STREAMS], ids=["bursts", "streams"])
def test_half_plus_restore_equals_whole(keys: dict[str, Any]) -> None:
    end_s, rate = 3 * DAY_S, 0.2
    env, whole = build(FluidStream, keys, end_s)
    expected = drive(env, whole, end_s, rate=rate)
    assert whole.lost_server_h > 100.0
    assert whole.wait_p95_h > 0.0
    for cut_s in (1, 300, 1799, 30_000, DAY_S - 1, DAY_S, DAY_S + 1, 2 * DAY_S - 40_000, 2 * DAY_S + 61_234):
        env, first = build(FluidStream, keys, end_s)
        before = drive(env, first, cut_s, rate=rate)
        saved = pickle.loads(pickle.dumps(first.snapshot()))
        frozen = pickle.dumps(saved)
        env, second = build(FluidStream, keys, end_s)
        env.run(until=cut_s)
        second.take_changes()
        second.restore(saved)
        after = drive(env, second, end_s, rate=rate)
        joined = [np.concatenate(pair) for pair in zip(before, after, strict=True)]
        assert [a.tobytes() for a in joined] == [a.tobytes() for a in expected], f"cut at {cut_s} s"
        assert (*counters(second), second.lost_server_h) == (*counters(whole), whole.lost_server_h)
        assert pickle.dumps(saved) == frozen


def test_looking_and_stopping_change_nothing() -> None:
    logs = []
    for step_s in (97, 300, 3600, 2 * DAY_S):
        env, stream = build(FluidStream, STREAMS, 2 * DAY_S)
        taken = drive(env, stream, 2 * DAY_S, step_s)
        logs.append(([a.tobytes() for a in taken], counters(stream)))
    assert all(log == logs[0] for log in logs)


def test_lost_time_puts_off_ends_in_the_mean() -> None:
    end_s = 4 * DAY_S
    made = []
    for engine in (JobStream, FluidStream):
        env, stream = build(engine, CASES["medium"], end_s)
        taken = drive(env, stream, end_s, rate=0.15)
        made.append((hourly(taken, end_s), stream))
    (exact, jobs), (ours, fluid) = made
    assert fluid.lost_server_h == pytest.approx(jobs.lost_server_h, rel=0.06)
    assert fluid.lost_server_h > 0.05 * ours.sum() * 20 / 0.9
    assert ours.sum() == pytest.approx(exact.sum(), rel=0.01)
    # Racks differ by a factor of two, and gangs wait for their slowest rack only in the jobs engine.
    assert np.sqrt(np.mean((ours - exact) ** 2)) < 0.03 * exact.mean()


def test_lost_time_alike_on_all_racks_moves_the_end_of_a_job(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("submit_s,servers,duration_s\n0,4,1000\n90000,4,100\n", encoding="utf-8")
    for lost, ends_s in ((0.0, 1000), (0.4, 1000), (250.3, 1250), (16_000.0, 17_000)):
        env, stream = build(FluidStream, {"trace": str(path)}, 2 * DAY_S, hall=np.array([8]))
        env.run(until=600)
        stream.slow_down(600, np.array([lost]))
        env.run(until=ends_s)
        assert (stream.running, stream.finished) == (1, 0)
        env.run(until=ends_s + 1)
        assert (stream.running, stream.finished) == (0, 1)
        assert stream.lost_server_h == pytest.approx(4 * lost / HOUR_S)
    with pytest.raises(ValueError, match="must not fall"):
        stream.slow_down(700, np.array([0.0]))
    with pytest.raises(ValueError, match="at once"):
        stream.slow_down(700, np.array([1e6]))
