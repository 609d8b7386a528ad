"""Whole years: CPU time and memory of simulating them and writing their series, and what a million jobs add.

Run ``python benchmarks/year.py`` from the checkout. Every year runs in a fresh process, which first runs one day so
that start-up and compilation are not counted. CPU seconds are of all threads. Nothing asserts on time; the answer is
checked.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from stopwatch import SCENARIO, Row, fresh, report

from twin.scenario.read import load_scenario
from twin.validation.energyplus.engine import run_energyplus, weather_path, wheel_folder
from twin.validation.energyplus.model import build_epjson

TBLOCK = "tblock-qingyuan"
ROUNDS = 2
JOBS = 1_000_000
YEAR = """
import json, math, resource, sys, time
from pathlib import Path
import twin

name, changes, folder = {arguments}
twin.run(twin.load_scenario(name, {{**changes, "run.duration_days": 1}}), out=Path(folder) / "day", report=False)
scenario = twin.load_scenario(name, changes)
wall, cpu = time.perf_counter(), time.process_time()
result = twin.run(scenario, out=Path(folder) / "year", report=False)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
summary = result.summary
numbers = [v for part in ("metrics", "energy_kwh", "closure") for v in summary[part].values()]
assert all(math.isfinite(v) for v in numbers), summary
assert summary["steps"] == 525_600, summary["steps"]
assert 1.03 < summary["metrics"]["pue"] < 2.0, summary["metrics"]
assert summary["closure"]["energy_rel"] <= 1e-9, summary["closure"]
assert abs(sum(v for k, v in summary["energy_kwh"].items() if k != "total") / summary["energy_kwh"]["total"] - 1) < 1e-6
print("answer", json.dumps([cpu, wall, memory, summary["metrics"]["pue"]]), flush=True)
"""
#: A million small jobs (mean about four servers for an hour) instead of the scenario's seventy thousand larger ones.
MILLION = {
    "workload.jobs.per_day": JOBS / 365.0,
    "workload.jobs.size_median_servers": 3.0,
    "workload.jobs.duration_median_h": 0.5,
}


def year(name: str, changes: dict[str, object], folder: str) -> tuple[float, float, float, float]:
    """CPU seconds, wall seconds, peak MB and PUE of a year in a fresh process."""
    code = YEAR.format(arguments=repr([name, changes, folder]))
    _, output = fresh(code)
    line = next(text for text in output.splitlines() if text.startswith("answer"))
    return tuple(json.loads(line.removeprefix("answer ")))


def energyplus_cpu_s() -> float:
    """CPU seconds of EnergyPlus on the reference hall DH1 at 60 steps an hour."""
    scenario = load_scenario("dh1-none")
    done = run_energyplus(build_epjson(scenario, 60), weather_path(scenario.site.weather))
    assert abs(done.pue - 1.2808) < 0.001, done.pue
    return done.cpu_s


def main() -> None:
    """Time and print."""
    plain, million, modular, theirs = [], [], [], []
    parquet = 0.0
    for _ in range(ROUNDS):  # alternating, so that a busy moment of the machine hits all
        for name, changes, results in ((TBLOCK, {}, modular), (SCENARIO, MILLION, million), (SCENARIO, {}, plain)):
            with tempfile.TemporaryDirectory() as folder:
                results.append(year(name, changes, folder))
                parquet = sum(p.stat().st_size for p in Path(folder, "year").glob("*.parquet")) / 1e6
        if wheel_folder() is not None:
            theirs.append(energyplus_cpu_s())
    best, busy, block = min(plain), min(million), min(modular)
    beside = [Row("EnergyPlus: reference hall DH1, 60 steps/h", "CPU-s", 0.0, cpu_s) for cpu_s in sorted(theirs)[:1]]
    report(
        "year",
        [
            *beside,
            Row("Greensboro year, simulate and write series", "CPU-s", 3.0, best[0]),
            Row("the same, wall clock", "s", 0.0, best[1]),
            Row("T-Block year in Qingyuan, simulate and write series", "CPU-s", 3.0, block[0]),
            Row("peak memory with libraries", "MB", 600.0, max(r[2] for r in plain)),
            Row("with 10⁶ jobs: more CPU", "CPU-s", 5.0, busy[0] - best[0]),
            Row("with 10⁶ jobs: peak memory", "MB", 600.0, max(r[2] for r in million)),
            Row("series and racks on disk", "MB", 0.0, parquet),
            Row("PUE of the Greensboro year", "", 0.0, best[3]),
            Row("PUE of the T-Block year", "", 0.0, block[3]),
        ],
    )


if __name__ == "__main__":
    main()
