"""The fluid engine beside the jobs engine: the same jobs on the same racks, told of every five minutes."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy
from twin_kernels.job_ends import RING_S
from twin_kernels.job_places import END, MORE, NUMBER, RACK, SERVERS, TELL_S

from twin.scenario.it import Jobs
from twin.workload.fluid import FluidStream
from twin.workload.job_state import GANG
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


def inlet_c(now_s: int, racks: int) -> np.ndarray[Any, Any]:
    """Inlets that change in steps, some of them equal, now and then one that is no number."""
    drawn = np.random.default_rng(now_s).integers(18, 18 + racks // 2 + 1, racks).astype(float)
    drawn[now_s // 1800 % racks] = (np.nan, np.inf, 20.0)[now_s // 1800 % 3]
    return drawn


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
        if now_s <= until_s:
            stream.see(inlet_c(now_s, stream.busy_servers.size))
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def counters(stream: Stream) -> tuple[Any, ...]:
    counts = (stream.arrived, stream.started, stream.finished, stream.running, stream.queued, stream.capped)
    return (*counts, stream.deferred, stream.late, stream.wait_mean_h, stream.wait_p95_h)


def places(stream: Stream) -> list[tuple[Any, ...]]:
    """Every running job: end, number, and its servers on each rack in the order in which it took them."""
    saved, found = stream.snapshot(), []
    if isinstance(stream, JobStream):
        for end_s, job, rack, servers, _ in saved["running"]:
            found.append((end_s, job, tuple(saved["gangs"][job]) if rack == GANG else ((rack, servers),)))
        return sorted(found)
    for row in saved["running"].tolist():
        share = (row[RACK], row[SERVERS])
        if found and found[-1][1] == row[NUMBER]:
            found[-1] = (*found[-1][:2], (*found[-1][2], share))
        else:
            found.append((row[END], row[NUMBER], (share,)))
        assert row[MORE] == 0
    return found


def equal(left: Any, right: Any) -> bool:
    """Snapshots are the same to the last bit."""
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def owed_server_s(stream: FluidStream) -> np.ndarray[Any, Any]:
    """What the racks have been told less than their jobs have worked so far, by rack."""
    saved = stream.snapshot()
    load, told, ahead = saved["loads"].T
    now_s, tell_s = saved["memory"]["now_s"], saved["memory"]["tell_s"]
    return (ahead - (load - told) * (tell_s - now_s)) / saved["memory"]["unit"]


def hourly(taken: Taken, end_s: int) -> np.ndarray[Any, Any]:
    """Mean of the sum of all racks' utilisation in each hour."""
    time_s, _, delta = taken[:3]
    edge_s = np.arange(0, end_s + 1, HOUR_S)
    upto = np.searchsorted(time_s, edge_s)
    level = np.concatenate(([0.0], np.cumsum(delta)))[upto]
    moment = np.concatenate(([0.0], np.cumsum(delta * time_s)))[upto]
    return np.diff(level * edge_s - moment) / HOUR_S


RULES = ["spread", "packed", "coolest"]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("case", CASES)
def test_same_queue_and_same_work_as_the_jobs_engine(case: str, rule: str) -> None:
    end_s = 4 * DAY_S
    waits_h, loads = [], []
    for seed in (1, 2):
        env, exact = build(JobStream, {**CASES[case], "placement": rule}, end_s, seed)
        jobs = drive(env, exact, end_s)
        env, fluid = build(FluidStream, {**CASES[case], "placement": rule}, end_s, seed)
        pool = drive(env, fluid, end_s)
        assert counters(fluid) == counters(exact)
        assert places(fluid) == places(exact)
        ours, theirs = hourly(pool, end_s), hourly(jobs, end_s)
        off = np.abs(ours - theirs)
        assert np.all(off <= np.maximum(0.01 * theirs, 0.002 * 0.9 * HALL.size))
        assert ours.sum() == pytest.approx(theirs.sum(), rel=1e-3)
        # The jobs engine counts at every event, this one at the end of every minute.
        last = np.searchsorted(jobs[3], pool[3], side="right") - 1
        assert np.array_equal(jobs[4][last[last >= 0]], pool[4][last >= 0])
        waits_h.append(fluid.wait_p95_h)
        loads.append(theirs[24:].mean() / HALL.size / 0.9)
    low, high = LOADS[case]
    assert low < np.mean(loads) < high
    assert (max(waits_h) > 0.0) == (case not in {"low", "medium"})


@pytest.mark.parametrize("rate", [0.0, 0.15])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("keys", [CASES["bursts"], CASES["gangs"], STREAMS], ids=["bursts", "gangs", "streams"])
def test_every_job_is_on_the_same_racks_at_all_times(keys: dict[str, Any], rule: str, rate: float) -> None:
    end_s = 2 * DAY_S
    pair = [build(engine, {**keys, "placement": rule}, end_s, hall=HALL) for engine in (JobStream, FluidStream)]
    gangs = 0
    for now_s in range(HOUR_S, end_s + 1, HOUR_S):
        for env, stream in pair:
            drive(env, stream, now_s, rate=rate)
        (_, exact), (_, fluid) = pair
        where = places(exact)
        assert places(fluid) == where
        assert np.array_equal(fluid.busy_servers, exact.busy_servers)
        gangs += sum(len(shares) > 1 for *_, shares in where)
    assert counters(fluid) == counters(exact)
    assert fluid.lost_server_h == pytest.approx(exact.lost_server_h, rel=1e-9)
    assert (fluid.lost_server_h > 100.0) == (rate > 0.0)
    assert gangs > 20


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
    keys = {
        "trace": path, "server_util_frac": 1.0, "defer_hours": [22.0, 7.0] if seed % 3 else [],
        "placement": RULES[seed % 3],
    }
    made = []
    for engine in (JobStream, FluidStream):
        env, stream = build(engine, keys, end_s, hall=UNEVEN, start_s=start_s)
        made.append((drive(env, stream, end_s, rate=0.1 * (seed % 2)), counters(stream), places(stream)))
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
        taken.append(stream.take_changes())
        time_s, _, delta = (np.concatenate(column) for column in zip(*taken, strict=True))
        told = round(float(np.sum(delta * (now_s - time_s))) * 20 / 0.9)
        assert told + round(owed_server_s(stream).sum()) == busy[:now_s].sum()
    assert stream.wait_mean_h == 0.0
    assert busy.max() < HALL.sum()
    # Owed is what happens between two tellings, 1/128 of the hall, and half a server of each rack.
    told = np.zeros(now_s, dtype=np.int64)
    np.add.at(told, time_s, np.rint(delta * 20 / 0.9).astype(np.int64))
    owed = np.cumsum(busy[:now_s] - np.cumsum(told))
    assert np.abs(owed).max() <= TELL_S * (HALL.sum() / 128 + 0.5 * HALL.size)
    assert abs(owed[-1]) < 1e-3 * busy.sum()


def test_once_nothing_changes_racks_are_told_what_is_so_and_owed_no_more_than_half_a_server(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    rng = np.random.default_rng(3)
    rows = [f"{t},{n},{d}" for t, n, d in zip(
        np.sort(rng.integers(0, 7000, 80)), rng.integers(1, 9, 80), rng.choice([150, 700, 90_000], 80), strict=True)]
    path.write_text("submit_s,servers,duration_s\n" + "\n".join(rows) + "\n", encoding="utf-8")
    pair = [build(engine, {"trace": str(path)}, DAY_S) for engine in (JobStream, FluidStream)]
    for env, stream in pair:
        drive(env, stream, 7000 + 700 + 2 * TELL_S)
    (_, exact), (_, fluid) = pair
    assert isinstance(fluid, FluidStream)
    assert exact.busy_servers.sum() > 50
    assert np.array_equal(fluid.utilisation_frac, exact.utilisation_frac)
    owed, busy = owed_server_s(fluid), exact.busy_servers
    assert np.abs(owed).max() > 0.0
    # More than half a server only where a rack would have to be told less than nothing or more than all.
    assert np.all((owed >= -0.5 * TELL_S) | (busy == 0))
    assert np.all((owed <= 0.5 * TELL_S) | (busy == HALL))


def test_a_job_on_much_of_the_hall_is_told_of_at_once(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("submit_s,servers,duration_s\n1000,7,500\n2000,6,500\n", encoding="utf-8")
    env, stream = build(FluidStream, {"trace": str(path)}, DAY_S)  # 1/128 of the hall is 6.25 servers
    time_s = drive(env, stream, 4000)[0]
    assert {1000, 1500} <= set(time_s.tolist())
    assert {2000, 2500}.isdisjoint(time_s.tolist())
    assert stream.utilisation_frac.sum() == 0.0


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
        running, waiting = saved["running"], saved["waiting"][0]
        inside = int(running[:, SERVERS] @ (running[:, END] - end_s))
        worked = asked - inside - int(waiting[:, 1] @ waiting[:, 2])
        assert running[:, END].max() > end_s + 2 * RING_S
        level = np.zeros(hall.size, dtype=np.int64)
        for r, servers in zip(rack, np.rint(delta * np.maximum(hall, 1)[rack] / 0.9).astype(np.int64), strict=True):
            level[r] += servers
            assert 0 <= level[r] <= hall[r]
        assert np.allclose(stream.utilisation_frac, level * 0.9 / np.maximum(hall, 1), rtol=1e-12, atol=0.0)
        assert np.all(np.diff(time_s) >= 0)
        served = float(np.sum(delta * np.maximum(hall, 1)[rack] * (end_s - time_s))) / 0.9
        assert served == pytest.approx(worked - owed_server_s(stream).sum(), rel=1e-9)
        assert np.array_equal(hall - stream.busy_servers, hall - np.bincount(
            running[:, RACK], running[:, SERVERS], hall.size).astype(np.int64))


def test_spread_is_even_and_packed_fills_in_order() -> None:
    one = {"per_day": 4000.0, "size_median_servers": 1.0, "size_sigma": 0.0, "duration_sigma": 0.0}
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
    assert np.all(order[: full - 2] >= 18)
    assert np.all(order[full + 2 :] == 0)


def test_more_racks_than_a_word_has_bits() -> None:
    hall = np.arange(200) % 7
    keys = {"per_day": 3000.0, "size_median_servers": 3.0, "defer_hours": [], "duration_median_h": 0.5}
    for rule in RULES:
        made = []
        for engine in (JobStream, FluidStream):
            env, stream = build(engine, {**keys, "placement": rule}, DAY_S, hall=hall)
            drive(env, stream, DAY_S - 7000)
            made.append(places(stream))
        assert made[0] == made[1]
        assert max(rack for *_, shares in made[0] for rack, _ in shares) > 126


@pytest.mark.parametrize("keys", [CASES["bursts"], {**STREAMS, "placement": "coolest"}], ids=["bursts", "streams"])
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
        assert equal(second.snapshot(), first.snapshot())
        after = drive(env, second, end_s, rate=rate)
        joined = [np.concatenate(pair) for pair in zip(before, after, strict=True)]
        assert [a.tobytes() for a in joined] == [a.tobytes() for a in expected], f"cut at {cut_s} s"
        assert (*counters(second), second.lost_server_h) == (*counters(whole), whole.lost_server_h)
        assert pickle.dumps(saved) == frozen
        assert equal(second.snapshot(), whole.snapshot())


def test_looking_and_stopping_change_nothing() -> None:
    logs = []
    for step_s in (97, 300, 3600, 2 * DAY_S):
        env, stream = build(FluidStream, STREAMS, 2 * DAY_S)
        taken = drive(env, stream, 2 * DAY_S, step_s)
        logs.append(([a.tobytes() for a in taken], counters(stream), stream.snapshot()))
    assert all(log[:2] == logs[0][:2] and equal(log[2], logs[0][2]) for log in logs)


def test_lost_time_moves_the_end_of_a_job(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("submit_s,servers,duration_s\n0,4,1000\n90000,4,100\n", encoding="utf-8")
    for lost, ends_s in ((0.0, 1000), (0.4, 1001), (250.3, 1251), (16_000.0, 17_000)):
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
