"""What a coating costs the machine: the coated T-Block year beside the uncoated one, and a whole coating study.

Run ``python benchmarks/coatings.py`` from the checkout; ``--days 10 --seeds 1`` makes it short (start-up then weighs
most). Years are run in turn in one fresh process after a day of each that compiles. CPU seconds are of all threads.
The study (four coatings, three ages, seeds with a weather year each) runs in another fresh process on all cores; its
CPU time, and its wall clock times cores, stand beside its number of runs times the uncoated year just measured.
Nothing asserts on time; the answers are checked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from stopwatch import Row, fresh, report

from twin.study.pool import default_jobs

COATED = "tblock-qingyuan-coated"
COATINGS = ("baso4-paint", "glass-polymer-silver", "porous-pvdf-hfp", "white-cool-roof")
AGES_YEARS = (0.0, 1.0, 3.0)
PAIRS = """
import json, math, time
import twin

name, days, rounds = {arguments}
bare = {{"envelope.roof.coating": "bare", "envelope.wall.coating": "bare"}}
sides = [{{**bare}}, {{}}]
for keys in sides:
    twin.run(name, overrides={{**keys, "run.duration_days": 1}})
spent, pue, roof = [[], []], [], []
for turn in range(rounds):
    for i in (0, 1) if turn % 2 == 0 else (1, 0):
        lengths = {{"run.duration_days": days, "run.start_day": 150.0 if days < 200 else 0.0}}
        scenario = twin.load_scenario(name, {{**sides[i], **lengths}})
        start = time.process_time()
        result = twin.run(scenario)
        spent[i].append(time.process_time() - start)
        summary = result.summary
        numbers = [v for part in ("metrics", "energy_kwh", "closure") for v in summary[part].values()]
        assert all(math.isfinite(v) for v in numbers), summary
        assert summary["closure"]["energy_rel"] <= 1e-9, summary["closure"]
        if turn == 0:
            pue.append(summary["metrics"]["pue"])
            roof.append(float(result.column("envelope.roof_outer_c").max()))
assert 1.03 < pue[0] < 2.0
assert abs(pue[1] - pue[0]) < 1e-3, pue
assert roof[1] < roof[0] - 5.0, roof
print("answer", json.dumps([spent, pue, roof]), flush=True)
"""
STUDY = """
import json, math, resource, time
import twin

def main():
    name, coatings, ages, days, seeds, jobs, folder = {arguments}
    twin.run(name, overrides={{"run.duration_days": 1}})
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    wall = time.perf_counter()
    start = 150.0 if days < 200 else 0.0
    found = twin.coating(name, coatings=coatings, ages_years=ages, seeds=seeds, days=days, start_day=start, draws=0,
                         vary=(), jobs=jobs, out=folder)
    wall = time.perf_counter() - wall
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(a.ru_utime + a.ru_stime - b.ru_utime - b.ru_stime for a, b in zip(after, before))
    assert found.is_whole
    runs = sum(len(site.runs) for site in found.sites)
    assert runs == (len(coatings) * len(ages) + 1) * seeds
    for gain in found.sites[0].gains:
        assert all(math.isfinite(change.value) for change in gain.changes.values())
        assert abs(gain.changes["pue"].value) < 1e-3
    print(found.verdict)
    print("answer", json.dumps([wall, cpu, runs]), flush=True)

if __name__ == "__main__":
    main()
"""


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=float, default=365.0)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    _, output = fresh(PAIRS.format(arguments=repr((COATED, asked.days, asked.rounds))))
    (bare, coated), _, _ = json.loads(output.split("answer ")[1])
    year, year_coated = min(bare), min(coated)
    jobs = default_jobs()
    with tempfile.TemporaryDirectory() as folder:
        arguments = (COATED, COATINGS, AGES_YEARS, asked.days, asked.seeds, jobs, f"{folder}/study")
        path = Path(folder, "study.py")
        path.write_text(STUDY.format(arguments=repr(arguments)), encoding="utf-8")  # spawned processes import it
        code = f"import subprocess, sys; subprocess.run([sys.executable, {str(path)!r}], check=True)"
        _, output = fresh(code)
    wall, cpu, runs = json.loads(output.split("answer ")[1])
    print(output.split("answer ")[0].strip())
    much = f"{asked.days:g} days"
    report(
        "coatings",
        [
            Row(f"T-Block without coating, {much}", "CPU-s", 0.0, year),
            Row(f"the same, coated, {much}", "CPU-s", 0.0, year_coated),
            Row("coated over uncoated", "", 1.2, year_coated / year),
            Row(f"study of {runs} runs: CPU of all processes", "CPU-s", 0.0, cpu),
            Row("the same over runs x the uncoated one", "", 1.2, cpu / (runs * year)),
            Row(f"wall clock x {jobs} cores over the same", "", 1.2, wall * jobs / (runs * year)),
            Row("wall clock", "s", 0.0, wall),
        ],
    )


if __name__ == "__main__":
    main()
