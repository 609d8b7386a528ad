"""A comparison of two policies over ten seeded years on two processes: what it costs beside the years alone.

Run ``python benchmarks/compare.py`` from the checkout; ``--years 2`` makes it short. The comparison runs in a fresh
process after one day that compiles. CPU seconds are of all processes: start-up, imports, pairing, bootstrap and report
included. The years alone are what each run says of itself. Nothing asserts on time; the answer is checked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from stopwatch import SCENARIO, Row, fresh, report

STUDY = """
import json, resource, sys, time
import twin

def main():
    name, seeds, folder = {arguments}
    twin.run(name, overrides={{"run.duration_days": 1, "policy.name": "rule_based"}})
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    wall = time.perf_counter()
    found = twin.compare(name, policies=["fixed", "rule_based"], seeds=seeds, jobs=2, out=folder)
    found.to_html(folder)
    wall = time.perf_counter() - wall
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(a.ru_utime + a.ru_stime - b.ru_utime - b.ru_stime for a, b in zip(after, before))
    again = time.perf_counter()
    second = twin.compare(name, policies=["fixed", "rule_based"], seeds=seeds, jobs=2, out=folder, resume=True)
    again = time.perf_counter() - again
    assert second.verdict == found.verdict
    assert all(len(run.days) == 365 and run.is_done for run in found.runs)
    print(found.verdict)
    print("answer", json.dumps([wall, cpu, found.data["cpu_s"], again]), flush=True)

if __name__ == "__main__":
    main()
"""


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--years", type=int, default=10)
    years = parser.parse_args().years
    with tempfile.TemporaryDirectory() as folder:
        script = STUDY.format(arguments=repr((SCENARIO, years, f"{folder}/study")))
        path = Path(folder, "study.py")
        path.write_text(script, encoding="utf-8")  # spawned processes import the script they came from
        code = f"import subprocess, sys; subprocess.run([sys.executable, {str(path)!r}], check=True)"
        _, output = fresh(code)
    wall, cpu, alone, again = json.loads(output.split("answer ")[1])
    print(output.split("answer ")[0].strip())
    report(
        "compare",
        [
            Row(f"2 policies x {years} seeded years: CPU of their runs", "CPU-s", 0.0, alone),
            Row("the whole comparison, all processes", "CPU-s", 0.0, cpu),
            Row("the same over the runs' CPU time", "", 1.3, cpu / alone),
            Row("wall clock on 2 processes over the runs' CPU time", "", 1.3, wall / alone),
            Row("wall clock", "s", 0.0, wall),
            Row("read again with --resume", "s", 0.0, again),
        ],
    )


if __name__ == "__main__":
    main()
