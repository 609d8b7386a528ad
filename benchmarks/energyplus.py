"""Our Greensboro year and EnergyPlus's DH1 at 60 steps an hour, in turn, in CPU seconds.

Ours is simulate + write series, no report, after a one-day run that has loaded the compiled kernels; EnergyPlus is
its whole process. Each runs in a process of its own, children counted. The answers are checked, the times are not.

    python benchmarks/energyplus.py [--pairs N] [--scenario NAME]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from twin.scenario.read import load_scenario
from twin.validation.energyplus.engine import EnergyPlusYear, run_energyplus, weather_path, wheel_folder
from twin.validation.energyplus.model import build_epjson

_OURS = """
import json, os, resource, sys, time
from twin.simulate import run

def cpu_s():
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system

name, folder = sys.argv[1:3]
run(name, overrides={"run.duration_days": 1.0})
before, start = cpu_s(), time.perf_counter()
result = run(name, out=folder, report=False)
used = {"cpu_s": cpu_s() - before, "wall_s": time.perf_counter() - start,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
print(json.dumps({**used, "pue": result.summary["metrics"]["pue"], "steps": result.summary["steps"],
                  "closure": result.summary["closure"]["energy_rel"]}))
"""


def our_year(scenario: str) -> dict[str, float]:
    """One warm year of ours, in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        done = subprocess.run([sys.executable, "-c", _OURS, scenario, str(Path(folder) / "run")],
                              capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"our year failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def their_year() -> EnergyPlusYear:
    """EnergyPlus's DH1, case none, at 60 steps an hour."""
    scenario = load_scenario("dh1-none")
    return run_energyplus(build_epjson(scenario, 60), weather_path(scenario.site.weather))


def check(ours: dict[str, float], theirs: EnergyPlusYear) -> None:
    """Fast and wrong would be worth nothing."""
    assert 1.05 < ours["pue"] < 1.6, f"our PUE is {ours['pue']}"
    assert ours["steps"] == 525_600, f"our year has {ours['steps']} steps"
    assert 0.0 <= ours["closure"] <= 1e-9, f"our ledger is open by {ours['closure']}"
    assert abs(theirs.pue - 1.28076) < 2e-5, f"EnergyPlus's PUE is {theirs.pue}"
    assert all(math.isfinite(value) for value in (ours["cpu_s"], theirs.cpu_s))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3, help="how often both run (default 3)")
    parser.add_argument("--scenario", default="chilled-water-greensboro", help="ours")
    choice = parser.parse_args()
    if choice.pairs < 1:
        parser.error("--pairs must be at least 1")
    if wheel_folder() is None:
        raise SystemExit("pyenergyplus-lbnl is not installed: pip install 'cooling-twin[test]'")
    pairs = []
    print(f"{os.cpu_count()} processors; CPU seconds, children included")
    print(f"{'pair':>4}  {'ours':>7}  {'EnergyPlus':>10}  {'ratio':>6}  {'our peak':>9}  {'our PUE':>8}")
    for number in range(1, choice.pairs + 1):
        ours, theirs = our_year(choice.scenario), their_year()
        check(ours, theirs)
        pairs.append((ours["cpu_s"], theirs.cpu_s))
        print(f"{number:>4}  {ours['cpu_s']:7.2f}  {theirs.cpu_s:10.2f}  {theirs.cpu_s / ours['cpu_s']:6.1f}"
              f"  {ours['peak_mb']:6.0f} MB  {ours['pue']:8.4f}", flush=True)
    ours_s, theirs_s = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    print(f"median: ours {ours_s:.2f} CPU-s, EnergyPlus {theirs_s:.2f} CPU-s, EnergyPlus / ours {ratio:.1f}")


if __name__ == "__main__":
    main()
