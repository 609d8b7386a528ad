"""What a year's jobs cost: ten million in the fluid engine and a million in the jobs engine, in CPU seconds.

Run ``python benchmarks/jobs.py`` from the checkout. Once as whole years of the Greensboro hall, each in a fresh process
that first runs one day, beside the same year without jobs; and once as streams alone on a bare clock, for each
placement rule. Nothing asserts on time. Every run must account for every job, and the streams alone for every server
second: served is what arrived less what is still inside.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import simpy
from stopwatch import SCENARIO, Row, fresh, report
from twin_kernels.job_places import END, SERVERS

from twin.scenario.it import Jobs
from twin.workload.fluid import FluidStream
from twin.workload.jobs import JobStream
from twin.workload.sources import job_source
from twin.workload.streams import AnyStream, job_stream

Changes = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]

ROUNDS = 2
STEP_S = 1800
YEAR_S = 365 * 86400
RACKS = 200
SERVERS_PER_RACK = 20
SEED = 7
MANY, FEW = 10_000_000, 1_000_000
#: Jobs keep about 60 % of their servers busy on average; a million of them are ten times as long.
MEDIAN_H = {MANY: 0.45, FEW: 4.5}

YEAR = """
import json, math, time
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation

name, changes, with_jobs = {arguments}

def ready(days):
    scenario = load_scenario(name, overrides={{**changes, "run.duration_days": days}})
    if not with_jobs:
        scenario = scenario.model_copy(update={{"workload": scenario.workload.model_copy(update={{"jobs": None}})}})
    return build_simulation(scenario)

ready(1.0).run()
simulation = ready(365.0)
begun = time.process_time()
simulation.run()
cpu_s = time.process_time() - begun
meters = simulation.state.meters[0]
assert math.isfinite(meters["it_j"]) and meters["it_j"] > 0.0
arrived = 0
if simulation.jobs is not None:
    arrived = simulation.jobs.arrived
    assert arrived == simulation.jobs.finished + simulation.jobs.running + simulation.jobs.queued
print("answer", json.dumps([cpu_s, arrived, float(meters["it_j"]) / 3.6e9]), flush=True)
"""


def keys(jobs: int, engine: str, rule: str) -> dict[str, object]:
    """Mostly small jobs, with bursts."""
    return {
        "engine": engine, "placement": rule, "per_day": jobs / 365.0, "size_median_servers": 2.0, "size_sigma": 0.6,
        "duration_median_h": MEDIAN_H[jobs], "duration_sigma": 1.2, "burst_factor": 2.0, "burst_share_frac": 0.1,
        "servers_per_rack": SERVERS_PER_RACK,
    }


def year(jobs: int, engine: str) -> tuple[float, int, float]:
    """CPU seconds, jobs and MWh of IT of a year of the hall in a fresh process, with 30 % load besides the jobs."""
    changes: dict[str, object] = {"workload.weekday": [0.3] * 24, "workload.weekend": [0.3] * 24}
    if jobs:
        changes |= {f"workload.jobs.{name}": value for name, value in keys(jobs, engine, "spread").items()}
    _, output = fresh(YEAR.format(arguments=repr([SCENARIO, changes, bool(jobs)])))
    line = next(text for text in output.splitlines() if text.startswith("answer"))
    return tuple(json.loads(line.removeprefix("answer ")))


def drive(jobs: Jobs | None, taken: list[Changes] | None = None) -> tuple[AnyStream | None, float]:
    """Run a year with an engine that takes the changes at every step; CPU seconds of the run.

    Changes are kept only where asked for: a million small arrays would be timed with the jobs.
    """
    inlet_c = 22.0 + np.random.default_rng(1).random((64, RACKS))
    env = simpy.Environment()
    begun = time.process_time()
    stream = None
    if jobs is not None:
        slots = np.full(RACKS, SERVERS_PER_RACK, dtype=np.int64)
        stream = job_stream(jobs, slots, np.random.SeedSequence(SEED), 0, YEAR_S, env)
        stream.start()

    def clock() -> Any:
        for step in range(YEAR_S // STEP_S):
            yield env.timeout(STEP_S)
            if stream is not None:
                changes = stream.take_changes()
                stream.see(inlet_c[step % 64])
                if taken is not None:
                    taken.append(changes)

    env.process(clock())
    env.run(until=YEAR_S + 1)
    return stream, time.process_time() - begun


def inside_server_s(stream: AnyStream) -> int:
    """Server seconds that jobs in the hall and in the queue still want at the end of the year."""
    state = stream.snapshot()
    if isinstance(stream, FluidStream):
        running, queue = state["running"], state["waiting"][0]
        return int(running[:, SERVERS] @ (running[:, END] - YEAR_S)) + int(queue[:, 1] @ queue[:, 2])
    assert isinstance(stream, JobStream)
    running = sum(servers * (end_s - YEAR_S) for end_s, _, _, servers, *_ in state["running"])
    return running + sum(servers * duration_s for _, _, servers, duration_s, *_ in state["waiting"])


def check(jobs: Jobs, stream: AnyStream, taken: list[Changes]) -> float:
    """Every job is accounted for and every busy second is a job's; mean share of busy servers."""
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
    told = int(np.sum(servers * (YEAR_S - time_s)))
    source = job_source(jobs, RACKS * SERVERS_PER_RACK, np.random.SeedSequence(SEED), "monday", (0, YEAR_S))
    asked = sum(int(day.servers @ day.duration_s) for day in map(source.arrays, range(365)))
    served = asked - inside_server_s(stream)
    if isinstance(stream, FluidStream):
        state = stream.snapshot()
        load, so_far, owed = state["loads"].T
        # Racks are told every five minutes: what is on its way to each is written down, and all of it is small.
        on_its_way = int(np.sum(owed - (load - so_far) * (state["memory"]["tell_s"] - YEAR_S)))
        assert told + on_its_way == served, (told, on_its_way, served)
        assert abs(on_its_way) <= 300 * RACKS * SERVERS_PER_RACK / 10
    else:
        assert told == served, (told, served)
    return served / (YEAR_S * RACKS * SERVERS_PER_RACK)


def years() -> list[Row]:
    """Whole years, in turn, so that a busy moment of the machine hits all."""
    kinds = {"no jobs": (0, ""), "fluid": (MANY, "fluid"), "jobs": (FEW, "jobs")}
    cpu_s: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (jobs, engine) in kinds.items():
            used_s, arrived, it_mwh = year(jobs, engine)
            assert abs(arrived - jobs) < 0.03 * jobs + 1, (name, arrived)
            print(f"{name:8s} {arrived:>9d} jobs  {it_mwh:6.0f} MWh of IT  {used_s:6.2f} CPU-s", flush=True)
            cpu_s[name].append(used_s)
    least = {name: min(values) for name, values in cpu_s.items()}
    return [
        Row("Greensboro year without jobs", "CPU-s", 0.0, least["no jobs"]),
        Row("10⁷ jobs in the fluid engine, more", "CPU-s", 3.0, least["fluid"] - least["no jobs"]),
        Row("10⁶ jobs in the jobs engine, more", "CPU-s", 0.0, least["jobs"] - least["no jobs"]),
    ]


def alone() -> list[Row]:
    """Streams on a bare clock."""
    rows = []
    bare_s = drive(None)[1]
    pairs = [(MANY, "fluid", rule) for rule in ("spread", "packed", "coolest")]
    pairs += [(FEW, "jobs", rule) for rule in ("spread", "packed", "coolest")]
    for number, engine, rule in pairs:
        jobs = Jobs.model_validate(keys(number, engine, rule))
        used_s = drive(jobs)[1] - bare_s
        taken: list[Changes] = []
        stream, _ = drive(jobs, taken)
        assert stream is not None
        load = check(jobs, stream, taken)
        print(f"{engine:5s} {rule:7s} {stream.arrived:>9d} jobs  hall {load:.0%} busy, P95 wait "
              f"{stream.wait_p95_h * 60:.1f} min, {sum(len(part[0]) for part in taken)} changes", flush=True)
        rows.append(Row(f"{engine}, {rule}, {number:.0e} jobs, stream alone", "CPU-s", 0.0, used_s))
    return rows


def main() -> None:
    """Time and print."""
    report("jobs", years() + alone())


if __name__ == "__main__":
    main()
