"""The rule-based baseline beside the other policies: a week of winter, spring and summer, and the year, in three halls.

    python docs/rule_based.py             prints the tables and fills docs/physics/policies.md
    python docs/rule_based.py --quick     two days of each season and no year; prints only

Facility energy is set against `fixed`, over the same weather and the same jobs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tblock import as_table, fill

import twin

PAGE = Path(__file__).resolve().parent / "physics" / "policies.md"
HALLS = ("chilled-water-greensboro", "dh1-air", "tblock-qingyuan")
#: First day of each season's week, days after 1 January 00:00.
SEASONS = {"winter": 14.0, "spring": 104.0, "summer": 195.0}
WEEK, YEAR, QUICK_DAYS = 7.0, 365.0, 2.0
#: What is compared, by what the page calls it.
POLICIES: dict[str, dict[str, object]] = {
    "`fixed`": {"policy.name": "fixed"},
    "`trim_respond`": {"policy.name": "trim_respond"},
    "`iec_reset`": {"policy.name": "iec_reset"},
    "`rule_based`": {"policy.name": "rule_based"},
    "`rule_based`, warm while free": {"policy.name": "rule_based", "policy.cold_while_free": False},
}
Key = tuple[str, str, float, float]
Found = tuple[float, float, float, float]


def compared(hall: str) -> list[str]:
    """Policies that make sense in a hall: each has its own of the two resets by weather and by compressor."""
    other = "`rule_based`, warm while free" if hall.startswith("tblock") else "`iec_reset`"
    return [name for name in POLICIES if name != other]


def measure(key: Key) -> Found:
    """Facility energy in kWh, PUE, hottest inlet in °C, and hours with some rack above what is recommended."""
    hall, name, start_day, days = key
    length: dict[str, object] = {"run.start_day": start_day, "run.duration_days": days}
    result = twin.run(hall, overrides=POLICIES[name] | length)
    energy_kwh = float(result.series["power.facility_kw"].mean()) * 24.0 * days
    of = result.metrics
    return energy_kwh, of["pue"], of["inlet_max_c"], of["inlet_over_recommended_h"]


def table(spans: dict[str, tuple[float, float]], found: dict[Key, Found]) -> str:
    """A row a hall and policy; for each span energy, PUE, hottest inlet and hours above."""
    head = ["hall", "policy"]
    for span in spans:
        head += [f"{span}: energy", "PUE", "hottest inlet", "above 27 °C"]
    rows = []
    for hall in HALLS:
        for name in compared(hall):
            row = [hall, name]
            for start_day, days in spans.values():
                energy_kwh, pue, inlet_c, over_h = found[hall, name, start_day, days]
                base_kwh = found[hall, "`fixed`", start_day, days][0]
                more = "0" if name == "`fixed`" else f"{energy_kwh / base_kwh - 1.0:+.2%}"
                row += [more, f"{pue:.3f}", f"{inlet_c:.1f} °C", f"{over_h:.1f} h"]
            rows.append(row)
    return as_table(head, rows)


def main(words: Sequence[str] | None = None) -> None:
    """Run, print, and fill the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two days of each season and no year; prints only")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    given = parser.parse_args(words)
    weeks = {name: (day, QUICK_DAYS if given.quick else WEEK) for name, day in SEASONS.items()}
    spans = {"baseline-weeks": weeks}
    if not given.quick:
        spans["baseline-year"] = {"year": (0.0, YEAR)}
    keys = [
        (hall, name, start_day, days)
        for part in spans.values() for start_day, days in part.values() for hall in HALLS for name in compared(hall)
    ]
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        found = dict(zip(keys, pool.map(measure, keys), strict=True))
    parts = {name: table(part, found) for name, part in spans.items()}
    print("\n\n".join(parts.values()))
    if given.quick:
        print("Two days only: nothing was written.", file=sys.stderr)
        return
    for name, body in parts.items():
        fill(PAGE, name, body)


if __name__ == "__main__":
    main()
