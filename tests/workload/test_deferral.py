"""Jobs that may wait: cases worked by hand, the rule written plainly, and stopping and going on."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy

from twin.errors import InputError
from twin.scenario.it import Jobs
from twin.workload.jobs import JobStream
from twin.workload.sources import job_source

HOUR_S, DAY_S = 3600, 86400
#: A job of a trace: arrival, servers, duration, latest start (None: it may not wait).
Row = tuple[int, int, int, int | None]


def traced(path: Path, rows: list[Row], servers: int, end_s: int = 3 * DAY_S, **keys: Any) -> JobStream:
    lines = [f"{a},{b},{c},{'' if d is None else d}\n" for a, b, c, d in rows]
    path.write_text("submit_s,servers,duration_s,latest_start_s\n" + "".join(lines), encoding="utf-8")
    env = simpy.Environment()
    jobs = Jobs.model_validate({"trace": str(path), "placement": "packed", "server_util_frac": 1.0, **keys})
    stream = JobStream(jobs, np.array([servers]), np.random.SeedSequence(1), 0, end_s, env)
    stream.start()
    env.run(until=end_s)
    return stream


def starts(stream: JobStream, servers: int) -> list[tuple[int, int]]:
    """(time, servers) of every start."""
    time_s, _, delta = stream.take_changes()
    return [(int(t), round(d * servers)) for t, d in zip(time_s, delta, strict=True) if d > 0.0]


def at(hours: float) -> int:
    return round(hours * HOUR_S)


def test_held_until_the_window_ends(tmp_path: Path) -> None:
    rows: list[Row] = [(at(9), 1, 60, at(40)), (at(11), 2, 60, at(40)), (at(12), 3, 60, None)]
    stream = traced(tmp_path / "j.csv", rows, 8, defer_hours=[10, 20])
    assert starts(stream, 8) == [(at(9), 1), (at(12), 3), (at(20), 2)]
    assert (stream.deferred, stream.late) == (1, 0)
    assert stream.wait_mean_h == pytest.approx(9 / 3)


def test_held_until_its_latest_start_if_that_is_earlier(tmp_path: Path) -> None:
    rows: list[Row] = [(at(11), 2, 60, at(13.5)), (at(11), 3, 60, at(90))]
    stream = traced(tmp_path / "j.csv", rows, 8, defer_hours=[10, 20])
    assert starts(stream, 8) == [(at(13.5), 2), (at(20), 3)]
    assert (stream.deferred, stream.late) == (2, 0)


def test_who_waits_when_the_window_opens_is_held_too(tmp_path: Path) -> None:
    rows: list[Row] = [(0, 4, at(12), None), (at(9), 4, 60, at(30)), (at(9.5), 3, 60, at(11))]
    stream = traced(tmp_path / "j.csv", rows, 4, defer_hours=[10, 20])
    # At 12:00 the hall is free; the second may still wait, the third's latest start has gone by.
    assert starts(stream, 4) == [(0, 4), (at(12), 3), (at(20), 4)]
    assert (stream.deferred, stream.late) == (2, 1)


def test_who_found_no_room_is_held_again_on_the_next_day_and_counted_once(tmp_path: Path) -> None:
    rows: list[Row] = [(at(8), 4, at(28), None), (at(11), 2, 60, at(60))]
    stream = traced(tmp_path / "j.csv", rows, 4, defer_hours=[10, 20])
    # Let go at 20:00 of the first day, no room until 12:00 of the second, which lies in the window.
    assert starts(stream, 4) == [(at(8), 4), (at(44), 2)]
    assert stream.deferred == 1


def test_due_when_the_window_opens_is_not_held(tmp_path: Path) -> None:
    rows: list[Row] = [(0, 4, at(11), None), (at(9), 4, 60, at(10))]
    stream = traced(tmp_path / "j.csv", rows, 4, defer_hours=[10, 20])
    assert starts(stream, 4) == [(0, 4), (at(11), 4)]
    assert (stream.deferred, stream.late) == (0, 1)


def test_a_window_over_midnight(tmp_path: Path) -> None:
    rows: list[Row] = [(at(5), 1, 60, at(60)), (at(21), 2, 60, at(60))]
    rows += [(at(22.5), 3, 60, at(60)), (at(25), 4, 60, at(60))]
    stream = traced(tmp_path / "j.csv", rows, 16, defer_hours=[22, 6])
    assert starts(stream, 16) == [(at(6), 1), (at(21), 2), (at(30), 3), (at(30), 4)]
    assert stream.deferred == 3


def test_without_a_window_nobody_is_held(tmp_path: Path) -> None:
    stream = traced(tmp_path / "j.csv", [(at(11), 2, 60, at(40))], 8)
    assert starts(stream, 8) == [(at(11), 2)]
    assert (stream.deferred, stream.late) == (0, 0)


def test_earliest_latest_start_first_and_late_is_counted(tmp_path: Path) -> None:
    rows: list[Row] = [(0, 4, 1000, None), (10, 4, 100, 5000), (20, 4, 100, 1050), (30, 4, 100, None)]
    rows.append((40, 4, 100, 1199))
    stream = traced(tmp_path / "j.csv", rows, 4)
    # Free at 1000: the plain job of second 30 has been due longest, then latest starts 1050, 1199, 5000.
    assert starts(stream, 4) == [(0, 4), (1000, 4), (1100, 4), (1200, 4), (1300, 4)]
    assert stream.late == 2  # 1100 > 1050 and 1200 > 1199, but 1300 < 5000
    assert stream.wait_mean_h * HOUR_S == pytest.approx((0 + 970 + 1080 + 1160 + 1290) / 5)


def test_a_patient_job_blocks_nobody_until_it_is_due(tmp_path: Path) -> None:
    rows: list[Row] = [(0, 3, 1000, None), (10, 4, 50, 600), (20, 1, 50, None), (700, 1, 400, None)]
    stream = traced(tmp_path / "j.csv", rows, 4)
    # At 20 s a small job passes the gang that may wait; at 700 s the gang is due and a small job waits behind it.
    assert starts(stream, 4) == [(0, 3), (20, 1), (1000, 4), (1050, 1)]
    assert stream.late == 1


def test_exactly_at_the_latest_start_is_not_late(tmp_path: Path) -> None:
    stream = traced(tmp_path / "j.csv", [(at(11), 1, 60, at(12))], 1, defer_hours=[10, 20])
    assert stream.late == 0


def test_a_window_over_a_trace_where_nobody_may_wait_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="latest_start_s"):
        traced(tmp_path / "j.csv", [(0, 1, 60, None), (9, 1, 60, 9)], 1, defer_hours=[10, 20])


def test_a_latest_start_before_the_arrival_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 3: latest_start_s = 8 .*must not be before submit_s"):
        traced(tmp_path / "j.csv", [(0, 1, 60, 5), (9, 1, 60, 8)], 1)


def test_slack_of_a_stream_is_its_latest_start() -> None:
    night = {"kind": "batch", "per_day": 300.0, "slack_h": 3.5}
    streams = {"night": night, "web": {"kind": "interactive", "per_day": 90.0}}
    source = job_source(Jobs.model_validate({"stream": streams}), 50, np.random.SeedSequence(1), "monday", (0, DAY_S))
    day = source.arrays(0)
    slack_s = day.latest_s - day.submit_s
    assert set(slack_s[day.stream == 0].tolist()) == {at(3.5)}
    assert set(slack_s[day.stream == 1].tolist()) == {0}


# --- the rule written plainly ------------------------------------------------------------------------


def plainly(
    rows: list[Row], servers: int, window_s: tuple[int, int], end_s: int
) -> tuple[list[tuple[int, int]], int, int]:
    """Second by second: who is held, who is first, who fits."""
    first_s, length_s = window_s[0], (window_s[1] - window_s[0]) % DAY_S
    ends: list[tuple[int, int]] = []
    waiting: list[tuple[int, int, int, int, bool]] = []
    started, held, late = [], set(), 0
    coming = sorted((row[0], number) for number, row in enumerate(rows))
    moments = {0}
    while moments:
        now_s = min(moments)
        moments.discard(now_s)
        if now_s >= end_s:
            break
        ends = [end for end in ends if end[0] > now_s]
        for phase in ("ended", "arrived"):
            if phase == "arrived":
                for when_s, number in coming:
                    if when_s == now_s:
                        _, wanted, lasts_s, latest_s = rows[number]
                        due_s = when_s if latest_s is None else latest_s
                        waiting.append((due_s, number, wanted, lasts_s, latest_s is not None))
            inside = (now_s - first_s) % DAY_S < length_s
            holds = {job for job in waiting if job[4] and inside and now_s < job[0]}
            held |= {job[1] for job in holds}
            queue = sorted(set(waiting) - holds)
            while queue and queue[0][2] <= servers - sum(end[1] for end in ends):
                job = queue.pop(0)
                waiting.remove(job)
                started.append((now_s, job[2]))
                ends.append((now_s + job[3], job[2]))
                late += job[4] and now_s > job[0]
        next_s = [end[0] for end in ends] + [when for when, _ in coming] + [job[0] for job in waiting]
        next_s += [now_s + (edge - now_s) % DAY_S or DAY_S for edge in (first_s, first_s + length_s)]
        moments |= {second for second in next_s if second > now_s}
    return started, len(held), late


@pytest.mark.parametrize("seed", range(6))
def test_the_stream_does_what_the_rule_says(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    submit_s = np.sort(rng.choice(2 * DAY_S, 90, replace=False))  # one a second: order within it is the engine's
    rows: list[Row] = []
    for second in submit_s.tolist():
        slack_s = int(rng.integers(1, 20 * HOUR_S)) if rng.random() < 0.6 else None
        wanted, lasts_s = int(rng.integers(1, 7)), int(rng.integers(1, 3 * HOUR_S))
        rows.append((second, wanted, lasts_s, None if slack_s is None else second + slack_s))
    first_h, last_h = rng.choice(24, 2, replace=False).tolist()
    stream = traced(tmp_path / "j.csv", rows, 8, defer_hours=[first_h, last_h])
    expected, held, late = plainly(rows, 8, (at(first_h), at(last_h)), 3 * DAY_S)
    assert starts(stream, 8) == expected
    assert (stream.deferred, stream.late) == (held, late)
    assert held > 5


# --- stopping and going on ----------------------------------------------------------------------------

MIXED = {
    "defer_hours": [9, 17],
    "stream": {
        "night": {"kind": "batch", "per_day": 150.0, "size_max_servers": 16, "slack_h": 9.0},
        "web": {"kind": "interactive", "per_day": 300.0},
        "gangs": {"kind": "training", "per_day": 6.0, "size_max_servers": 16, "duration_median_h": 0.5},
        "chat": {"kind": "inference", "per_day": 200.0, "arrival_cv": 4.0},
    },
}
RACKS = np.array([5, 5, 3, 0, 6, 5], dtype=np.int64)


def mixed(env: simpy.Environment, end_s: int = 3 * DAY_S) -> JobStream:
    return JobStream(Jobs.model_validate(MIXED), RACKS, np.random.SeedSequence(5), 0, end_s, env)


def heat(stream: JobStream, env: simpy.Environment) -> Any:
    """Racks lose a little time every quarter of an hour, half of them more."""
    while True:
        yield env.timeout(900 - int(env.now) % 900)
        stream.slow_down(int(env.now), env.now * np.array([0.0, 0.01, 0.02, 0.0, 0.03, 0.01]))


def counters(jobs: JobStream) -> tuple[float, ...]:
    counts = (jobs.arrived, jobs.started, jobs.finished, jobs.running, jobs.queued, jobs.capped)
    return (*counts, jobs.deferred, jobs.late, jobs.wait_mean_h, jobs.wait_p95_h, jobs.lost_server_h)


def test_stopping_and_going_on_changes_nothing() -> None:
    env = simpy.Environment()
    whole = mixed(env)
    whole.start()
    env.process(heat(whole, env))
    env.run(until=3 * DAY_S)
    expected = [part.tobytes() for part in whole.take_changes()]
    assert min(whole.deferred, whole.late, whole.queued + whole.running, whole.lost_server_h) > 0
    held = 0
    for cut_s in (at(9), at(9) + 1, at(12.3), at(17), at(17) + 1, DAY_S, DAY_S + at(10), 2 * DAY_S + at(16.99)):
        env = simpy.Environment()
        first = mixed(env)
        first.start()
        env.process(heat(first, env))
        env.run(until=cut_s)
        saved = pickle.loads(pickle.dumps(first.snapshot()))
        held += len(saved["patience"]["held"])
        env = simpy.Environment(cut_s)
        second = mixed(env)
        second.restore(saved)
        second.start()
        if cut_s % 900 == 0:  # run(until) stops before the clock's own event of that second
            second.slow_down(cut_s, cut_s * np.array([0.0, 0.01, 0.02, 0.0, 0.03, 0.01]))
        env.process(heat(second, env))
        env.run(until=3 * DAY_S)
        assert [part.tobytes() for part in second.take_changes()] == expected, f"cut at {cut_s} s"
        assert counters(second) == counters(whole), f"cut at {cut_s} s"
    assert held > 20


def test_changes_add_up_to_the_loads_of_all_streams() -> None:
    env = simpy.Environment()
    jobs = mixed(env)
    jobs.start()
    env.run(until=3 * DAY_S)
    _, rack, delta = jobs.take_changes()
    level = np.bincount(rack, weights=delta, minlength=RACKS.size)
    assert level == pytest.approx(jobs.utilisation_frac, abs=1e-9)
    assert np.all(jobs.utilisation_frac <= jobs.busy_servers / np.maximum(RACKS, 1))
    assert 0.0 < jobs.utilisation_frac.sum() < (jobs.busy_servers / np.maximum(RACKS, 1)).sum() * 0.95


def test_a_snapshot_shares_nothing() -> None:
    env = simpy.Environment()
    jobs = mixed(env)
    jobs.start()
    env.run(until=at(14))
    saved = jobs.snapshot()
    frozen = pickle.dumps(saved)
    env.run(until=2 * DAY_S)
    assert pickle.dumps(saved) == frozen
