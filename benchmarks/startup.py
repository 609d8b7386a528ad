"""Time until something happens: help, the first step with compiled kernels, the first step of all.

Run ``python benchmarks/startup.py`` from the checkout. Nothing asserts on time.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

from stopwatch import SCENARIO, Row, children_cpu_s, fresh, report

#: One physics step of the full plant from Python, without files or report.
FIRST_STEP = f"""
import twin
scenario = twin.load_scenario({SCENARIO!r}, {{"run.duration_days": 60 / 86400}})
result = twin.run(scenario)
assert result.summary["steps"] == 1, result.summary
assert 1.0 < result.metrics.pue < 3.0, result.metrics
print("stepped", flush=True)
"""


def help_s() -> float:
    """Seconds of ``twin --help``, median of five after one that warms the disk."""
    command = [sys.executable, "-m", "twin", "--help"]
    taken = []
    for _ in range(6):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        taken.append(time.perf_counter() - start)
        assert "run" in done.stdout
    return statistics.median(taken[1:])


def main() -> None:
    """Time and print."""
    with tempfile.TemporaryDirectory() as cache:
        empty = {"TWIN_CACHE_DIR": cache}
        before_s = children_cpu_s()
        cold_s, _ = fresh(FIRST_STEP, until="stepped", extra_env=empty)
        cold_cpu_s = children_cpu_s() - before_s
        before_s = children_cpu_s()
        warm_s = statistics.median(fresh(FIRST_STEP, until="stepped", extra_env=empty)[0] for _ in range(3))
        warm_cpu_s = (children_cpu_s() - before_s) / 3
    report(
        "startup",
        [
            Row("twin --help", "s", 0.3, help_s()),
            Row("process start to end of first step, kernels in the cache", "s", 1.5, warm_s),
            Row("the same, CPU", "CPU-s", 0.0, warm_cpu_s),
            Row("process start to end of first step, empty cache", "s", 30.0, cold_s),
            Row("the same, CPU", "CPU-s", 0.0, cold_cpu_s),
        ],
    )


if __name__ == "__main__":
    main()
