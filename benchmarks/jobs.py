"""CPU time of a million jobs in a year, for each placement rule, and whether the books balance.

Run: ``python benchmarks/jobs.py [--jobs 1000000] [--step-s 300]``. Timed, never asserted on time;
conservation is asserted.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
import simpy

from twin.scenario.it import Jobs
from twin.workload.arrivals import GeneratedJobs
from twin.workload.jobs import JobStream

Changes = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]

YEAR_S = 365 * 86400
RACKS = 200
SERVERS_PER_RACK = 20


def scenario(rule: str, jobs_a_year: float) -> Jobs:
    """Mostly small jobs that keep about 60 % of the hall busy on average."""
    return Jobs.model_validate({
        "per_day": jobs_a_year / 365.0, "size_median_servers": 2.0, "size_sigma": 0.6,
        "duration_median_h": 3.0, "duration_sigma": 1.2, "burst_factor": 2.0, "burst_share_frac": 0.1,
        "placement": rule,
    })


def drive(jobs: Jobs, step_s: int) -> tuple[JobStream, float, float, list[Changes]]:
    """Run a year with an engine that wakes every ``step_s``; CPU seconds in all and of an engine without jobs."""
    slots = np.full(RACKS, SERVERS_PER_RACK, dtype=np.int64)
    inlet_c = 22.0 + np.random.default_rng(1).random((64, RACKS))
    spent = []
    taken: list[Changes] = []
    for with_jobs in (False, True):
        env = simpy.Environment()
        begun = time.process_time()
        stream = JobStream(jobs, slots, np.random.SeedSequence(7), 0, YEAR_S, env) if with_jobs else None
        if stream is not None:
            stream.start()

        def clock(env: simpy.Environment = env, stream: JobStream | None = stream) -> Any:
            for step in range(YEAR_S // step_s):
                yield env.timeout(step_s)
                if stream is not None:
                    taken.append(stream.take_changes())
                    stream.see(inlet_c[step % 64])

        env.process(clock())
        env.run(until=YEAR_S + 1)
        spent.append(time.process_time() - begun)
    assert stream is not None
    return stream, spent[1], spent[0], taken


def check(jobs: Jobs, stream: JobStream, taken: list[Changes]) -> float:
    """Every job is accounted for and every busy second is a job's; mean utilisation of the hall."""
    assert stream.arrived == stream.started + stream.queued
    assert stream.started == stream.finished + stream.running
    time_s, rack, delta = (np.concatenate(part) for part in zip(*taken, strict=True))
    assert np.all(np.diff(time_s) >= 0)
    by_rack = np.argsort(rack, kind="stable")
    servers = np.rint(delta * SERVERS_PER_RACK / jobs.server_util_frac).astype(np.int64)
    levels = np.cumsum(servers[by_rack])
    before = np.concatenate(([0], levels))[np.searchsorted(rack[by_rack], rack[by_rack])]
    busy = levels - before
    assert busy.min() >= 0
    assert busy.max() <= SERVERS_PER_RACK
    measured = int(np.sum(servers * (YEAR_S - time_s)))
    source = GeneratedJobs(jobs, RACKS * SERVERS_PER_RACK, np.random.SeedSequence(7), "monday", (0, YEAR_S))
    asked = sum(int(np.dot(day.servers, day.duration_s)) for day in map(source.day, range(365)))
    state = stream.snapshot()
    asked -= sum(n * (end_s - YEAR_S) for end_s, _, _, n, _ in state["running"])
    asked -= sum(n * duration_s for _, _, n, duration_s in state["waiting"])
    assert measured == asked, (measured, asked)
    return measured / (YEAR_S * RACKS * SERVERS_PER_RACK)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=float, default=1e6)
    parser.add_argument("--step-s", type=int, default=300)
    options = parser.parse_args()
    for rule in ("packed", "spread", "coolest"):
        jobs = scenario(rule, options.jobs)
        stream, with_jobs_s, without_s, taken = drive(jobs, options.step_s)
        load = check(jobs, stream, taken)
        print(f"{rule:8s} {stream.arrived} jobs  {with_jobs_s - without_s:5.2f} CPU-s on top of {without_s:.2f} "
              f"for the bare clock   hall {load:.0%} busy, mean wait {stream.wait_mean_h * 60:.1f} min, "
              f"{stream.queued} waiting at the end")


if __name__ == "__main__":
    main()
