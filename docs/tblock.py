"""PUE and water of the T-Block hall: five places with ten seeded years each, every built-in climate, and what moves it.

    python docs/tblock.py             (or make tblock) prints the tables and fills docs/tblock.md and README.md
    python docs/tblock.py --quick     two days and two seeds instead: prints only

A seed is another generated year of weather and another stream of jobs. Each table stands between ``<!-- name -->`` and
``<!-- /name -->``; the prose around it is written by hand.
"""

from __future__ import annotations

import argparse
import datetime
import json
import multiprocessing
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, stdev

import numpy as np

import twin
from twin.channels import MODES
from twin.errors import TwinError
from twin.weather.climate import climates

ROOT = Path(__file__).resolve().parents[1]
PAGE, README = ROOT / "docs" / "tblock.md", ROOT / "README.md"
RECORD = ROOT / "runs" / "tblock.json"

PLACES = ("qingyuan", "huailai", "guiyang", "tianjin", "singapore")
#: The hall that stands in every climate of the second table.
SAME_HALL = "tblock-qingyuan"
SEEDS = 10
QUICK: dict[str, object] = {"run.start_day": 120, "run.duration_days": 2}
IDLE, FULL = (0.1,) * 24, (0.95,) * 24
SQUARE = (0.0, 0.0, 1.0, 0.0, 0.0)
_UNIT = "hall.iec.cooling."
#: What makes the hall of ``SAME_HALL`` dearer, by what a reader would call it: keys, one change at a time.
DEARER: dict[str, dict[str, object]] = {
    "two double-conversion UPS, transformers in the PDUs": {
        "power.hvdc": "none", "power.ups.units": 2, "power.pdu.loss": (0.015, 0.0, 0.015, 0.0),
    },
    "smaller plates: 0.55 dry, 0.65 wet": {
        f"{_UNIT}plates.dry_effectiveness_frac": 0.55, f"{_UNIT}plates.wet_effectiveness_frac": 0.65,
    },
    "half more pressure on both fans": {f"{_UNIT}pressure_pa": 480.0, f"{_UNIT}secondary_pressure_pa": 360.0},
    "fan power by the square of flow, not the cube": {f"{_UNIT}fan_curve": SQUARE, f"{_UNIT}secondary_curve": SQUARE},
    "supply air 24 °C at most": {"policy.supply_max_c": 24.0},
    "DX of COP 3.5 instead of 4.5": {f"{_UNIT}dx.cop": 3.5},
}
OTHERWISE: dict[str, dict[str, object]] = {
    "as it ships": {},
    **DEARER,
    "all of these together": {key: value for changes in DEARER.values() for key, value in changes.items()},
    "larger plates: 0.70 dry, 0.80 wet": {
        f"{_UNIT}plates.dry_effectiveness_frac": 0.70, f"{_UNIT}plates.wet_effectiveness_frac": 0.80,
    },
    "no spray water": {f"{_UNIT}spray": "none"},
    "servers 10 % busy": {"workload.weekday": IDLE, "workload.weekend": IDLE, "workload.jobs": "none"},
    "servers 95 % busy": {"workload.weekday": FULL, "workload.weekend": FULL, "workload.jobs": "none"},
}
#: Uses of energy, as a reader thinks of them.
USES = {
    "hall fans": ("crah_fan",),
    "outdoor fans, spray": ("evaporative", "heat_rejection_fan", "pump"),
    "compressors": ("dx", "chiller"),
    "humidity": ("humidifier", "dehumidifier"),
    "power chain": ("ups_loss", "distribution_loss"),
    "lighting": ("lighting",),
}


@dataclass(frozen=True)
class Case:
    """One run to do: a scenario, its climate, the seed of weather and jobs, and what else is changed."""

    scenario: str
    climate: str
    seed: int
    changes: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Year:
    """What came out of one run.

    Attributes
    ----------
    pue, facility_kwh, wue_l_per_kwh : float
    it_load_frac : float
        IT energy over rated.
    mode_h : tuple of float
        Hours in each of ``twin.channels.MODES``.
    mechanical_frac : float
        Share of the hall's heat that compressors took up.
    over_recommended_h : float
        Hours with any rack above the recommended inlet temperature.
    inlet_max_c : float
        Hottest rack inlet, °C.
    uses : dict
        Energy by ``USES`` over IT energy; they add up to PUE − 1.
    """

    scenario: str
    climate: str
    seed: int
    pue: float
    facility_kwh: float
    wue_l_per_kwh: float
    it_load_frac: float
    mode_h: tuple[float, ...]
    mechanical_frac: float
    over_recommended_h: float
    inlet_max_c: float
    uses: dict[str, float]


def measure(case: Case) -> Year:
    """Run a case and keep its numbers."""
    changes = dict(case.changes)
    result = twin.run(case.scenario, weather=f"{case.climate}@{case.seed}", seed=case.seed, overrides=changes)
    found, energy = result.metrics, result.energy_kwh
    mode = np.rint(result.column("plant.mode")).astype(np.int64)
    step_h = result.summary["duration_h"] / len(mode)
    taken, by_compressors = _sum(result, "crah.coil_kw"), _sum(result, "iec.dx_load_kw", "plant.chiller_load_kw")
    return Year(
        scenario=case.scenario, climate=case.climate, seed=case.seed,
        pue=found.pue, facility_kwh=energy["total"], wue_l_per_kwh=found.wue_l_per_kwh, it_load_frac=found.it_load_frac,
        mode_h=tuple(float(count) * step_h for count in np.bincount(mode, minlength=len(MODES))),
        mechanical_frac=by_compressors / taken if taken > 0.0 else 0.0,
        over_recommended_h=found.inlet_over_recommended_h, inlet_max_c=found.inlet_max_c,
        uses={name: sum(energy.get(use, 0.0) for use in uses) / energy["it"] for name, uses in USES.items()},
    )


def _sum(result: twin.Result, *channels: str) -> float:
    """Sum over the run of those channels that this kind of plant has."""
    total = 0.0
    for name in channels:
        try:
            total += float(result.column(name).sum(dtype=np.float64))
        except KeyError:
            continue
    return total


def measured(cases: Sequence[Case], workers: int) -> Iterator[Year]:
    """The runs of all cases, in their order; with one worker in this process."""
    if workers == 1:
        yield from map(measure, cases)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(measure, cases)


def to_do(given: argparse.Namespace) -> dict[str, list[Case]]:
    """The cases of each table."""
    scenario, changes = given.scenario, tuple(QUICK.items()) if given.quick else ()
    home = SAME_HALL.removeprefix("tblock-")
    seeds = range(1, given.seeds + 1)
    return {
        "places": [Case(scenario or f"tblock-{p}", p, seed, changes) for p in given.places for seed in seeds],
        "climates": [Case(scenario or SAME_HALL, climate, 1, changes) for climate in given.climates],
        "otherwise": [] if scenario else [
            Case(SAME_HALL, home, 1, (*changed.items(), *changes)) for changed in OTHERWISE.values()
        ],
    }


def _modes_of(years: Sequence[Year]) -> list[int]:
    """Numbers of the modes that occur."""
    return [number for number in range(len(MODES)) if any(year.mode_h[number] > 0.0 for year in years)]


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown of a table: names to the left, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _operation(years: Sequence[Year], modes: Sequence[int]) -> list[str]:
    """Cells that both tables share, as means."""
    hours = [f"{fmean(y.mode_h[number] for y in years):,.0f}" for number in modes]
    return [
        *hours, f"{fmean(y.mechanical_frac for y in years):.1%}", f"{fmean(y.over_recommended_h for y in years):,.0f}",
        f"{max(y.inlet_max_c for y in years):.1f}",
    ]


def _operation_head(modes: Sequence[int]) -> list[str]:
    hours = [f"h {MODES[number]}" for number in modes]
    return [*hours, "heat by compressors", "h over recommended", "hottest inlet, °C"]


def by_place(years: Sequence[Year]) -> str:
    """Table of the five places: PUE with its spread over the seeds, water, modes."""
    modes = _modes_of(years)
    head = ["place", "PUE", "least … most", "std. dev.", "WUE, l/kWh", *_operation_head(modes)]
    rows = []
    for place, own in _grouped(years):
        pues = [year.pue for year in own]
        spread = f"{stdev(pues):.4f}" if len(pues) > 1 else "–"
        rows.append([
            place, f"**{fmean(pues):.3f}**", f"{min(pues):.4f} … {max(pues):.4f}", spread,
            f"{fmean(year.wue_l_per_kwh for year in own):.2f}", *_operation(own, modes),
        ])
    return as_table(head, rows)


def by_use(years: Sequence[Year]) -> str:
    """Table of PUE − 1 by use of energy, means over the seeds."""
    rows = []
    for place, own in _grouped(years):
        load_frac, over = fmean(year.it_load_frac for year in own), fmean(year.pue for year in own) - 1.0
        shares = [f"{fmean(year.uses[name] for year in own):.4f}" for name in USES]
        rows.append([place, f"{load_frac:.0%}", *shares, f"{over:.4f}"])
    return as_table(["place", "IT load", *USES, "PUE − 1"], rows)


def by_climate(years: Sequence[Year]) -> str:
    """Table of one year in every climate, best PUE first."""
    modes = _modes_of(years)
    rows = [
        [year.climate, f"{year.pue:.3f}", f"{year.wue_l_per_kwh:.2f}", *_operation([year], modes)]
        for year in sorted(years, key=lambda year: year.pue)
    ]
    return as_table(["climate", "PUE", "WUE, l/kWh", *_operation_head(modes)], rows)


def otherwise(years: Sequence[Year]) -> str:
    """Table of what moves PUE: one thing changed at a time."""
    rows = []
    for name, year in zip(OTHERWISE, years, strict=True):
        change = "–" if year is years[0] else f"{year.pue - years[0].pue:+.3f}"
        rows.append([
            name, f"{year.pue:.3f}", change, f"{year.it_load_frac:.0%}", f"{year.wue_l_per_kwh:.2f}",
            *_operation([year], []),
        ])
    return as_table(["otherwise", "PUE", "change", "IT load", "WUE, l/kWh", *_operation_head([])], rows)


def short(years: Sequence[Year]) -> str:
    """Table for the README."""
    rows = []
    for place, own in _grouped(years):
        pues = [year.pue for year in own]
        rows.append([
            place, f"{fmean(pues):.3f}", f"{min(pues):.4f} … {max(pues):.4f}",
            f"{fmean(year.wue_l_per_kwh for year in own):.2f}", f"{fmean(year.mechanical_frac for year in own):.1%}",
        ])
    return as_table(["place", "PUE", "over the seeds", "WUE, l/kWh", "heat by compressors"], rows)


def _grouped(years: Sequence[Year]) -> Iterator[tuple[str, list[Year]]]:
    for climate in dict.fromkeys(year.climate for year in years):
        yield climate, [year for year in years if year.climate == climate]


def stamp(seeds: int) -> str:
    """When and with what the tables were made."""
    today = datetime.datetime.now(datetime.UTC).date()
    return f"`make tblock` on {today} with cooling-twin {version('cooling-twin')}: seeds 1 … {seeds}, whole years."


def fill(path: Path, name: str, body: str) -> None:
    """Replace a section of a page."""
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{path.name} has no section {name}; put <!-- {name} --> and <!-- /{name} --> into it")
    path.write_text(pattern.sub(lambda _: f"<!-- {name} -->\n{body.strip()}\n<!-- /{name} -->", text), encoding="utf-8")


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    known = tuple(climates())
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two days and two seeds; prints only")
    parser.add_argument("--seeds", type=int, default=None, help=f"years for each place (default {SEEDS})")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--scenario", help="this scenario everywhere, instead of tblock-PLACE; prints only")
    parser.add_argument("--places", nargs="+", default=PLACES, choices=known, metavar="NAME",
                        help="rows of the first table; prints only")
    parser.add_argument("--climates", nargs="*", default=known, choices=known, metavar="NAME",
                        help="rows of the second table; prints only")
    given = parser.parse_args(words)
    given.seeds = given.seeds or (2 if given.quick else SEEDS)
    if given.seeds < 1 or given.workers < 1:
        parser.error("--seeds and --workers must be 1 or more")
    whole = (tuple(given.places), tuple(given.climates)) == (PLACES, known)
    given.write = whole and not given.quick and given.scenario is None
    return given


def main(words: Sequence[str] | None = None) -> None:
    """Run, print, and fill the pages."""
    given = arguments(words)
    tables = to_do(given)
    cases = list(dict.fromkeys(case for own in tables.values() for case in own))
    years: dict[Case, Year] = {}
    try:
        for case, year in zip(cases, measured(cases, given.workers), strict=True):
            years[case] = year
            done = f"{len(years)}/{len(cases)} {case.scenario}, {case.climate}@{case.seed}: PUE {year.pue:.4f}"
            print(done, file=sys.stderr, flush=True)
    except TwinError as error:
        raise SystemExit(str(error)) from None
    found = {name: [years[case] for case in own] for name, own in tables.items()}
    parts = {"places": by_place(found["places"]), "uses": by_use(found["places"])}
    parts |= {"climates": by_climate(found["climates"])} if found["climates"] else {}
    parts |= {"otherwise": otherwise(found["otherwise"])} if found["otherwise"] else {}
    print("\n\n".join(parts.values()))
    if given.write:
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(json.dumps([asdict(year) for year in years.values()], indent=1), encoding="utf-8")
        for name, body in parts.items():
            fill(PAGE, name, f"{stamp(given.seeds)}\n\n{body}" if name == "places" else body)
        fill(README, "tblock", short(found["places"]))


if __name__ == "__main__":
    main()
