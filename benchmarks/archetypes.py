"""A year of minutes of every archetype: CPU time beside the chilled-water year, and what came out.

Run ``python benchmarks/archetypes.py`` from the checkout; ``make archetypes`` also writes the table into
``docs/archetypes.md``. Every year runs in a fresh process, after one day that compiles; before and after them runs the
chilled-water year, so that a busy machine slows both. Nothing asserts on time; every answer is checked.
"""

from __future__ import annotations

import json
import tempfile

from stopwatch import RESULTS, SCENARIO, Row, fresh, report

#: Archetype → scenario that ships.
ARCHETYPES = {
    "chilled_water": SCENARIO,
    "chilled_water with a store": "chilled-water-storage",
    "tblock_iec": "tblock-qingyuan",
    "air_economiser_dx": "air-economiser-dx",
    "air_cooled_chiller": "air-cooled-chiller",
    "direct_liquid": "direct-liquid",
    "direct_liquid, 26 MW": "frontier-like",
    "rear_door": "rear-door",
    "immersion": "immersion",
    "thermosyphon_hybrid": "thermosyphon-hybrid",
    "single-zone DX": "ashrae140-ce100",
}
#: A year may take this many times the chilled-water year.
WANTED_RATIO = 2.0
YEAR = """
import json, math, time
from pathlib import Path
import twin

name, folder = {arguments}
twin.run(twin.load_scenario(name, {{"run.duration_days": 1}}), out=Path(folder) / "day", report=False)
scenario = twin.load_scenario(name, {{"run.start_day": 0.0, "run.duration_days": 365.0}})
cpu = time.process_time()
summary = twin.run(scenario, out=Path(folder) / "year", report=False).summary
cpu = time.process_time() - cpu
numbers = [v for part in ("metrics", "energy_kwh", "closure") for v in summary[part].values()]
assert all(math.isfinite(v) for v in numbers), summary
assert summary["steps"] == 365 * 86400 // scenario.run.step_s, summary["steps"]
assert summary["metrics"]["pue"] > 1.0, summary["metrics"]
assert summary["closure"]["energy_rel"] <= 1e-9, summary["closure"]
assert abs(sum(v for k, v in summary["energy_kwh"].items() if k != "total") / summary["energy_kwh"]["total"] - 1) < 1e-6
kept = {{"cpu_s": cpu, "weather": scenario.site.weather, "it_kw": scenario.hall.it_kw, "water_l": summary["water_l"]}}
print("answer", json.dumps({{**kept, **summary["metrics"], "energy_kwh": summary["energy_kwh"]}}), flush=True)
"""


def year(name: str) -> dict[str, float]:
    """CPU seconds and metrics of a year in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        _, output = fresh(YEAR.format(arguments=repr([name, folder])))
    line = next(text for text in output.splitlines() if text.startswith("answer"))
    return json.loads(line.removeprefix("answer "))


def main() -> None:
    """Time and print."""
    found = {label: year(name) for label, name in ARCHETYPES.items()}
    again = year(SCENARIO)["cpu_s"]
    first = found["chilled_water"]["cpu_s"]
    base = min(first, again)
    rows = [
        Row(f"{label}: year over the chilled-water year", "times", WANTED_RATIO, one["cpu_s"] / base)
        for label, one in found.items() if ARCHETYPES[label] != SCENARIO
    ]
    report("archetypes", [
        Row("chilled-water year, simulate and write series", "CPU-s", 0.0, base),
        Row("the same, the other run over this one", "times", 0.0, max(first, again) / base), *rows,
    ])
    for label, one in found.items():
        one["scenario"] = ARCHETYPES[label]
        one["ratio"] = one["cpu_s"] / base
    (RESULTS / "archetype_years.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
