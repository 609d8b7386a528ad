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


def drive(jobs: Jobs | None, step_s: int, taken: list[Changes] | None = None) -> tuple[JobStream | None, float]:
    """Run a year with an engine that wakes every ``step_s`` and takes the changes; CPU seconds of the run.

    Changes are kept only where asked for: a million small arrays would be timed with the jobs.
    """
    slots = np.full(RACKS, SERVERS_PER_RACK, dtype=np.int64)
    inlet_c = 22.0 + np.random.default_rng(1).random((64, RACKS))
    env = simpy.Environment()
    begun = time.process_time()
    stream = None
    if jobs is not None:
        stream = JobStream(jobs, slots, np.random.SeedSequence(7), 0, YEAR_S, env)
        stream.start()

    def clock() -> Any:
        for step in range(YEAR_S // step_s):
            yield env.timeout(step_s)
            if stream is not None:
                changes = stream.take_changes()
                stream.see(inlet_c[step % 64])
                if taken is not None:
                    taken.append(changes)

    env.process(clock())
    env.run(until=YEAR_S + 1)
    return stream, time.process_time() - begun


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
        _, bare_s = drive(None, options.step_s)
        _, with_jobs_s = drive(jobs, options.step_s)
        taken: list[Changes] = []
        stream, _ = drive(jobs, options.step_s, taken)
        assert stream is not None
        load = check(jobs, stream, taken)
        print(f"{rule:8s} {stream.arrived} jobs  {with_jobs_s - bare_s:5.2f} CPU-s on top of {bare_s:.2f} "
              f"for the bare clock   hall {load:.0%} busy, mean wait {stream.wait_mean_h * 60:.1f} min, "
              f"{stream.queued} waiting at the end")


if __name__ == "__main__":
    main()
