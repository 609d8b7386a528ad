"""Waiting times of one rack as a queue with c servers, beside the two closed forms of queueing theory."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import simpy

from twin.scenario.it import Jobs
from twin.workload.jobs import JobStream

HOUR_S = 3600.0
#: Long enough that the simulated mean itself is known to about 1.5 % (one standard deviation).
JOBS = 300_000


def waits_s(jobs: Jobs, servers: int, end_s: int) -> tuple[float, float]:
    """Mean and 95th percentile."""
    env = simpy.Environment()
    stream = JobStream(jobs, np.array([servers]), np.random.SeedSequence(3), 0, end_s, env)
    stream.start()
    env.run(until=end_s)
    assert stream.arrived > 0.98 * JOBS
    return stream.wait_mean_h * HOUR_S, stream.wait_p95_h * HOUR_S


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (8, 0.75)])
def test_mmc_wait_is_erlang_c(tmp_path: Path, servers: int, load: float) -> None:
    mean_s = 2000.0
    rate_per_s = load * servers / mean_s
    rng = np.random.default_rng(8)
    submit_s = np.cumsum(rng.exponential(1.0 / rate_per_s, JOBS))
    duration_s = rng.exponential(mean_s, JOBS)
    path = tmp_path / "mmc.csv"
    table = np.column_stack((submit_s, np.ones(JOBS), np.maximum(duration_s, 1.0)))
    np.savetxt(path, table, fmt="%.0f", delimiter=",", header="submit_s,servers,duration_s", comments="")
    measured_s, p95_s = waits_s(Jobs(trace=str(path)), servers, int(submit_s[-1]) + 1)
    # Erlang (1917): probability of waiting, and mean wait.
    offered = load * servers
    terms = [offered**k / math.factorial(k) for k in range(servers)]
    last = offered**servers / math.factorial(servers) / (1.0 - load)
    must_wait = last / (sum(terms) + last)
    left_s = mean_s / (servers * (1.0 - load))
    assert measured_s == pytest.approx(must_wait * left_s, rel=0.05)
    # Who must wait does so for an exponential time: P(wait > t) = must_wait · exp(-t / left).
    assert p95_s == pytest.approx(left_s * math.log(must_wait / 0.05), rel=0.05)


def test_mg1_wait_is_pollaczek_khinchine() -> None:
    median_h, sigma, load = 0.2, 0.7, 0.6
    mean_s = median_h * HOUR_S * math.exp(sigma**2 / 2.0)
    per_day = load / mean_s * 86400.0
    jobs = Jobs(per_day=per_day, daily_amplitude_frac=0.0, weekend_frac=1.0, size_median_servers=1.0, size_sigma=0.0,
                duration_median_h=median_h, duration_sigma=sigma)
    measured_s, _ = waits_s(jobs, 1, int(JOBS / per_day * 86400))
    # Pollaczek (1930), Khinchine (1932): the wait grows with the square of the coefficient of variation.
    variation_squared = math.exp(sigma**2) - 1.0
    expected_s = load / (1.0 - load) * mean_s * (1.0 + variation_squared) / 2.0
    assert measured_s == pytest.approx(expected_s, rel=0.05)
