"""The laws of generated jobs, within bounds that follow from the number drawn, and job traces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.errors import InputError
from twin.scenario.it import Jobs
from twin.workload.arrivals import GeneratedJobs, TracedJobs

DAY_S = 86400


def source(days: int = 364, seed: int = 5, capacity: int = 10**9, start_s: int = 0, **keys: Any) -> GeneratedJobs:
    jobs = Jobs.model_validate(keys)
    return GeneratedJobs(jobs, capacity, np.random.SeedSequence(seed), "monday", (start_s, days * DAY_S))


def times(days: int, **keys: Any) -> np.ndarray:
    generator = source(days, **keys)
    return np.concatenate([generator.day(day).submit_s for day in range(days)]).astype(np.int64)


def test_long_run_mean_is_per_day_whatever_the_shape() -> None:
    keys = {"per_day": 500.0, "daily_amplitude_frac": 0.8, "weekend_frac": 0.3}
    count = times(364, **keys).size
    assert count == pytest.approx(364 * 500.0, abs=4 * np.sqrt(364 * 500.0))  # four standard deviations of Poisson


def test_daily_shape_peaks_at_the_peak_hour() -> None:
    submit_s = times(364, per_day=1000.0, daily_amplitude_frac=0.6, peak_hour=20.5, weekend_frac=1.0)
    counts = np.bincount(submit_s % DAY_S // 3600, minlength=24)
    edge = np.arange(25) - 20.5
    wave = np.diff(np.sin(2 * np.pi * edge / 24)) * 24 / (2 * np.pi)
    expected = 364 * 1000.0 / 24 * (1.0 + 0.6 * wave)
    assert np.sum((counts - expected) ** 2 / expected) < 51.2  # chi-square, 24 degrees of freedom, 0.1 %
    assert counts.argmax() in (19, 20, 21)


def test_full_amplitude_never_fails_and_is_quiet_at_night() -> None:
    submit_s = times(140, per_day=2000.0, daily_amplitude_frac=1.0, peak_hour=12.0, weekend_frac=1.0)
    night = np.count_nonzero((submit_s % DAY_S < 900) | (submit_s % DAY_S >= DAY_S - 900))
    share = 0.5 / 24 - np.sin(2 * np.pi * 0.25 / 24) / np.pi  # the half hour round midnight of 1 - cos
    assert night == pytest.approx(140 * 2000.0 * share, abs=4 * np.sqrt(140 * 2000.0 * share))


@pytest.mark.parametrize("weekend_frac", [0.0, 0.5, 2.0])
def test_weekends(weekend_frac: float) -> None:
    by_day = np.bincount(times(364, per_day=300.0, weekend_frac=weekend_frac) // DAY_S, minlength=364).reshape(52, 7)
    weekday, weekend = by_day[:, :5].mean(), by_day[:, 5:].mean()
    error = 4 * np.sqrt(weekday / 104 + weekday / 260)
    assert weekend == pytest.approx(weekend_frac * weekday, abs=error if weekend_frac else 0.0)


def test_without_bursts_counts_are_poisson() -> None:
    counts = np.bincount(times(2002, per_day=100.0, weekend_frac=1.0) // DAY_S, minlength=2002)
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=4 * np.sqrt(2 / 2002))


def test_bursts_have_the_mean_and_the_variance_of_their_theory() -> None:
    keys = {"per_day": 200.0, "weekend_frac": 1.0, "daily_amplitude_frac": 0.0,
            "burst_factor": 5.0, "burst_share_frac": 0.2, "burst_mean_h": 3.0}
    days = 3640
    counts = np.bincount(times(days, **keys) // DAY_S, minlength=days)
    # Fischer and Meier-Hellstern (1993): variance of the counts of a two-state MMPP over t.
    rate = 200.0 / 1.8
    forget_per_day = 24.0 / 3.0 + 24.0 / 12.0
    swing = 2 * 0.2 * 0.8 * (4.0 * rate) ** 2 / forget_per_day**2
    variance = 200.0 + swing * (forget_per_day - 1.0 + np.exp(-forget_per_day))
    assert counts.mean() == pytest.approx(200.0, abs=4 * np.sqrt(variance / days))
    assert counts.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / days) * 1.5)  # half more for skewed counts


def test_sizes_and_durations_are_log_normal() -> None:
    sizes = {"size_median_servers": 40.0, "size_sigma": 0.7}
    generator = source(182, per_day=1000.0, duration_median_h=2.0, duration_sigma=1.1, **sizes)
    days = [generator.day(day) for day in range(182)]
    for values, median, sigma in (
        (np.concatenate([day.servers for day in days]), 40.0, 0.7),
        (np.concatenate([day.duration_s for day in days]), 7200.0, 1.1),
    ):
        assert values.dtype.kind == "i"
        log = np.log(values)
        assert log.mean() == pytest.approx(np.log(median), abs=4 * sigma / np.sqrt(log.size) + 1e-3)
        assert log.std() == pytest.approx(sigma, rel=4 / np.sqrt(2 * log.size) + 1e-3)


def test_extremes_stay_whole_and_within_the_hall() -> None:
    day = source(1, capacity=30, per_day=2000.0, size_median_servers=20.0, size_sigma=4.0, duration_median_h=1000.0,
                 duration_sigma=4.0).day(0)
    assert min(day.servers) == 1
    assert max(day.servers) == 30
    assert 0 < day.capped < len(day.servers)
    assert day.capped <= day.servers.count(30)
    short = source(1, per_day=2000.0, duration_median_h=1e-7, size_median_servers=0.01).day(0)
    assert set(short.duration_s) == {1}
    assert set(short.servers) == {1}
    assert short.capped == 0


def test_no_jobs_at_rate_zero() -> None:
    assert source(3, per_day=0.0).day(1).submit_s == []


def test_days_are_independent_of_the_order_of_asking_and_of_the_run() -> None:
    keys = {"per_day": 300.0, "burst_factor": 4.0, "burst_share_frac": 0.3}
    whole = source(60, **keys)
    forward = [whole.day(day) for day in range(60)]
    assert [source(60, **keys).day(day) for day in (41, 3)] == [forward[41], forward[3]]
    assert source(3000, start_s=30 * DAY_S, **keys).day(35) == forward[35]
    assert source(60, seed=6, **keys).day(3) != forward[3]
    for day, arrivals in enumerate(forward):
        assert arrivals.submit_s == sorted(arrivals.submit_s)
        assert all(day * DAY_S <= second < (day + 1) * DAY_S for second in arrivals.submit_s)


def test_arrivals_outside_the_run_are_left_out() -> None:
    whole, part = source(2, per_day=500.0).day(0), source(1, start_s=43210, per_day=500.0).day(0)
    assert part.submit_s == [second for second in whole.submit_s if second >= 43210]


def test_streams_do_not_shift_each_other() -> None:
    one, other = source(2, size_sigma=0.8).day(0), source(2, size_sigma=0.1, duration_sigma=0.3).day(0)
    assert one.submit_s == other.submit_s
    assert one.servers != other.servers
    calm, bursty = source(2).day(0), source(2, burst_factor=1.0, burst_share_frac=0.5).day(0)
    assert calm == bursty


HEAD = "submit_s,servers,duration_s\n"


def traced(path: Path, text: str, capacity: int = 100) -> TracedJobs:
    path.write_text(text, encoding="utf-8")
    return TracedJobs(str(path), capacity, (0, 2 * DAY_S))


def test_job_trace_day_by_day(tmp_path: Path) -> None:
    jobs = traced(tmp_path / "j.csv", HEAD + "5.9,3,10.4\n5.9,500,0.2\n86400,1,7\n172800,1,7\n")
    assert jobs.day(0) == ([5, 5], [3, 100], [10, 1], 1)
    assert jobs.day(1) == ([86400], [1], [7], 0)
    assert jobs.day(2).submit_s == []


@pytest.mark.parametrize(
    ("rows", "messages"),
    [
        ("5,1,10\n4,1,10\n", ["row 3: submit_s = 4", "sort the rows"]),
        ("-5,1,10\n", ["row 2: submit_s = -5"]),
        ("5,0,10\n6,1.5,10\n7,-3,1\n", ["row 2: servers = 0", "row 3: servers = 1.5", "whole", "row 4: servers = -3"]),
        ("5,1,0\n6,1,-2\n7,1,1e30\n", ["row 2: duration_s = 0", "row 3: duration_s = -2", "row 4: duration_s = 1e+30"]),
        ("5,one,\n", ["row 2: servers = one", "row 2: duration_s = nothing"]),
        ("900000,1,10\n", ["no job lies within the run"]),
    ],
)
def test_bad_job_traces(tmp_path: Path, rows: str, messages: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        traced(tmp_path / "j.csv", HEAD + rows)
    for message in messages:
        assert message in str(caught.value)
