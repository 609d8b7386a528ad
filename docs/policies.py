"""What a policy of the T-Block hall is worth: fills the tables of docs/physics/policies.md.

    python docs/policies.py           (part of make tblock) prints the tables and fills the page
    python docs/policies.py --quick   two days instead of a year; prints only

Facility energy is set against that of the default, over the same weather and the same jobs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tblock import QUICK, Case, Year, as_table, fill, measure

from twin.errors import TwinError
from twin.scenario.read import load_scenario

PAGE = Path(__file__).resolve().parent / "physics" / "policies.md"
PLACES = ("qingyuan", "huailai")
APPROACHES_K = (0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)
OTHERS: dict[str, dict[str, object]] = {
    "`fixed`, 22 °C": {"policy.name": "fixed", "plant.supply_air_temp_c": 22.0},
    "`fixed`, 24 °C": {"policy.name": "fixed", "plant.supply_air_temp_c": 24.0},
    "`fixed`, 26 °C": {"policy.name": "fixed", "plant.supply_air_temp_c": 26.0},
    "`trim_respond`": {"policy.name": "trim_respond"},
}
Variants = Mapping[str, Mapping[str, object]]


def variants_of(default_k: float) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, object]]]:
    """The rows of both tables: what is changed, by name; the default stands in both."""
    approaches: dict[str, dict[str, object]] = {f"{k:g} K": {"policy.reset_approach_k": k} for k in APPROACHES_K}
    approaches.setdefault(f"{default_k:g} K", {"policy.reset_approach_k": default_k})
    return approaches, {"`iec_reset`": {"policy.reset_approach_k": default_k}, **OTHERS}


def case_of(place: str, changes: Mapping[str, object], quick: bool) -> Case:
    """The run behind a cell."""
    return Case(f"tblock-{place}", place, 1, tuple({**changes, **(QUICK if quick else {})}.items()))


def table(first: str, rows: Variants, default: Mapping[str, object], years: Mapping[Case, Year], quick: bool) -> str:
    """Energy, PUE, compressors and water of every variant in every place."""
    head, cells = [first], []
    for place in PLACES:
        head += [f"{place}: energy", "PUE", "heat by compressors", "l/kWh"]
    for name, changes in rows.items():
        row = [f"**{name}**" if changes == default else name]
        for place in PLACES:
            own, base = years[case_of(place, changes, quick)], years[case_of(place, default, quick)]
            more = own.facility_kwh / base.facility_kwh - 1.0
            row += ["0" if own is base else f"{more:+.2%}", f"{own.pue:.3f}", f"{own.mechanical_frac:.1%}",
                    f"{own.wue_l_per_kwh:.2f}"]
        cells.append(row)
    return as_table(head, cells)


def main(words: Sequence[str] | None = None) -> None:
    """Run, print, and fill the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two days instead of a year; prints only")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    given = parser.parse_args(words)
    try:
        default_k = load_scenario(f"tblock-{PLACES[0]}").policy.reset_approach_k
        default: dict[str, object] = {"policy.reset_approach_k": default_k}
        approaches, policies = variants_of(default_k)
        rows = {**approaches, **policies}.values()
        cases = list(dict.fromkeys(case_of(place, changes, given.quick) for place in PLACES for changes in rows))
        with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
            years = dict(zip(cases, pool.map(measure, cases), strict=True))
    except TwinError as error:
        raise SystemExit(str(error)) from None
    parts = {
        "approach": table("approach", approaches, default, years, given.quick),
        "others": table("policy", policies, default, years, given.quick),
    }
    print("\n\n".join(parts.values()))
    if given.quick:
        print("Two days only: nothing was written.", file=sys.stderr)
        return
    for name, body in parts.items():
        fill(PAGE, name, body)


if __name__ == "__main__":
    main()
