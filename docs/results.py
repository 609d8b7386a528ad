"""Fills the README's sections of results from what was really run.

    make results     (= make run, make run SCENARIO=tblock-qingyuan, make validate, make bench, this script)

Each section stands between ``<!-- name -->`` and ``<!-- /name -->``. A section whose run is missing is left as it is.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twin.validation import SUITES
from twin.validation.page import page

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
VALIDATION = ROOT / "docs" / "validation.md"
PAGE = ROOT / "docs" / "validation.html"
RUN = ROOT / "runs" / "chilled-water-greensboro"
PICTURE_RUN, PICTURE = ROOT / "runs" / "tblock-qingyuan", "psychrometric"
IMAGE = "tblock_qingyuan.png"


def fill(text: str, name: str, body: str) -> str:
    """Text with a section replaced."""
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.DOTALL)
    assert pattern.search(text), f"README.md has no section {name}"
    return pattern.sub(lambda _: f"<!-- {name} -->\n{body.strip()}\n<!-- /{name} -->", text)


def picture(summary: dict[str, Any]) -> str:
    """The README's picture: the weather of the T-Block year and how its units cooled, hour by hour."""
    metrics = summary["metrics"]
    shutil.copyfile(PICTURE_RUN / "figures" / f"{PICTURE}.png", ROOT / "docs" / "images" / IMAGE)
    return (
        "![Psychrometric chart of a year in Qingyuan: each hour in the colour of its cooling mode, supply air, limits "
        f"of server inlets](docs/images/{IMAGE})\n\n"
        f"*A year of the modular T-Block hall in Qingyuan (`twin run tblock-qingyuan`): PUE {metrics['pue']:.3f}, "
        f"{metrics['wue_l_per_kwh']:.2f} l of water per kWh of IT. One of the figures of its report.*"
    )


def answer(summary: dict[str, Any]) -> str:
    """What came out of the Greensboro year."""
    m, e = summary["metrics"], summary["energy_kwh"]
    hours = summary["duration_h"]
    rows = [
        ("PUE (category 2), TUE", f"{m['pue']:.3f}, {m['tue']:.3f}"),
        ("IT energy, facility energy", f"{e['it'] / 1e3:,.0f} MWh, {e['total'] / 1e3:,.0f} MWh"),
        ("chillers, cooling-unit fans", f"{e['chiller'] / 1e3:,.0f} MWh, {e['crah_fan'] / 1e3:,.0f} MWh"),
        ("pumps, tower fans", f"{e['pump'] / 1e3:,.0f} MWh, {e['heat_rejection_fan'] / 1e3:,.0f} MWh"),
        ("losses of UPS and distribution", f"{(e['ups_loss'] + e['distribution_loss']) / 1e3:,.0f} MWh"),
        ("water", f"{summary['water_l'] / 1e3:,.0f} m³, {m['wue_l_per_kwh']:.2f} l/kWh of IT"),
        (
            "free cooling: all of the load, part of it",
            f"{m['free_cooling_h'] / hours:.0%}, {m['partial_free_cooling_h'] / hours:.0%} of the year",
        ),
        (
            "hottest rack inlet",
            f"{m['inlet_max_c']:.1f} °C; {m['inlet_over_recommended_h']:.1f} h with any rack above recommended",
        ),
        ("peak demand", f"{m['peak_facility_kw']:,.0f} kW"),
        ("energy closes to", f"{summary['closure']['energy_rel']:.0e} of the heat flow, at every step"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"What comes out in Greensboro:\n\n| the year | |\n|---|---|\n{table}\n"


def validation(rows: list[dict[str, Any]]) -> str:
    """The comparisons in short: each suite, whatever falls short, and every PUE."""
    run = [row for row in rows if row["status"] != "not run"]
    lines = ["## Beside other programs\n"]
    lines += ["`twin validate` compares with published and computed numbers of others ([each](docs/validation.md)):\n"]
    lines += ["| suite | what | sources | quantities | within tolerance |", "|---|---|---:|---:|---:|"]
    for suite in dict.fromkeys(row["suite"] for row in run):
        own = [row for row in run if row["suite"] == suite]
        what = SUITES[suite].title if suite in SUITES else suite
        within = sum(row["status"] == "pass" for row in own)
        lines.append(f"| `{suite}` | {what} | {len({row['source'] for row in own})} | {len(own)} | {within} |")
    short = [row for row in run if row["status"] == "short"]
    if short:
        lines += ["\nShort:\n", "| beside | quantity | theirs | ours | tolerance |", "|---|---|---:|---:|---:|"]
    for row in short:
        numbers = " | ".join(_short(row[name]) for name in ("theirs", "ours", "tolerance"))
        lines.append(f"| {row['source']} | {row['quantity']} | {numbers} |")
    lines += ["\nPUE of the year, the reference hall DH1:\n"]
    lines += ["| case | theirs | ours | tolerance |", "|---|---|---|---|"]
    for row in run:
        case, _, what = row["quantity"].partition(": ")
        if what == "PUE":
            cells = f"{row['theirs']:.4f} | {row['ours']:.4f} | {_short(row['tolerance'])}"
            lines.append(f"| {case} | {cells} |")
    live = "`twin validate --live` runs EnergyPlus too (`pip install pyenergyplus-lbnl`) and compares hour by hour."
    return "\n".join([*lines, "", _counted(rows), live])


def validation_page(rows: list[dict[str, Any]]) -> str:
    """Every comparison, by source, with where each tolerance comes from."""
    lines = ["# Beside other programs\n", "<!-- Written by docs/results.py (make results). -->\n"]
    lines += [f"Every comparison of `twin validate`. {_counted(rows)}\n"]
    lines += ["| beside | quantities | within tolerance | furthest apart, in tolerances |", "|---|---|---|---|"]
    for source, own in _by_source([row for row in rows if row["status"] != "not run"]):
        within, furthest = sum(row["status"] == "pass" for row in own), max(own, key=_apart)
        lines.append(f"| {source} | {len(own)} | {within} | {_apart(furthest):.2f} ({furthest['quantity']}) |")
    lines.append("")
    for source, own in _by_source([row for row in rows if row["status"] != "not run"]):
        lines += [f"## {source}\n"]
        lines += ["| quantity | theirs | ours | tolerance | why this tolerance | |", "|---|---|---|---|---|---|"]
        for row in own:
            numbers = " | ".join(_short(row[name]) for name in ("theirs", "ours", "tolerance"))
            lines.append(f"| {row['quantity']} | {numbers} | {row['tolerance_source']} | {row['status']} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _by_source(rows: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for source in dict.fromkeys(row["source"] for row in rows):
        yield source, [row for row in rows if row["source"] == source]


def _apart(row: dict[str, Any]) -> float:
    """How far apart two numbers are, in tolerances; without a number of ours, infinitely; equal ones not at all."""
    ours = row["ours"]
    if ours is not None and ours == row["theirs"]:
        return 0.0
    if ours is None or math.isnan(ours) or row["tolerance"] <= 0.0:
        return math.inf
    return float(abs(ours - row["theirs"]) / row["tolerance"])


def _counted(rows: list[dict[str, Any]]) -> str:
    count = Counter(row["status"] for row in rows)
    return f"{count['pass']} pass, {count['short']} short, {count['not run']} not run here."


def _short(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def speed(tables: list[dict[str, Any]]) -> str:
    """Table of times."""
    lines = ["## Speed\n", f"`make bench` on {tables[0]['machine']}, Python {tables[0]['python']}:\n"]
    lines += ["| | measured | wanted |", "|---|---|---|"]
    for row in (row for table in tables for row in table["rows"]):
        if row["unit"] and not row["what"].endswith(("stream alone", "wall clock")):  # those stay in runs/bench
            digits = 0 if row["measured"] >= 100 else 2
            wanted = f"≤ {row['wanted']:g} {row['unit']}" if row["wanted"] else ""
            lines.append(f"| {row['what']} | {row['measured']:.{digits}f} {row['unit']} | {wanted} |")
    return "\n".join(lines)


def main() -> None:
    """Fill what has been run."""
    text = README.read_text(encoding="utf-8")
    benches = [ROOT / "runs" / "bench" / f"{name}.json" for name in ("startup", "year", "jobs")]
    compared = ROOT / "runs" / "validate.json"
    if (RUN / "summary.json").exists():
        text = fill(text, "answer", answer(json.loads((RUN / "summary.json").read_text("utf-8"))))
    if (PICTURE_RUN / "summary.json").exists():
        text = fill(text, "picture", picture(json.loads((PICTURE_RUN / "summary.json").read_text("utf-8"))))
    if compared.exists():
        rows = json.loads(compared.read_text("utf-8"))
        text = fill(text, "validation", validation(rows))
        VALIDATION.write_text(validation_page(rows), encoding="utf-8")
        PAGE.write_text(page(rows, {name: suite.title for name, suite in SUITES.items()}), encoding="utf-8")
    if all(path.exists() for path in benches):
        text = fill(text, "speed", speed([json.loads(path.read_text("utf-8")) for path in benches]))
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
