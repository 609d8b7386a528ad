"""Writes docs/archetypes.md from the years that benchmarks/archetypes.py ran.

    make archetypes     (= python benchmarks/archetypes.py, then this script)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
YEARS = ROOT / "runs" / "bench" / "archetype_years.json"
TIMES = ROOT / "runs" / "bench" / "archetypes.json"
PAGE = ROOT / "docs" / "archetypes.md"

_HEAD = """# Archetypes, a year of each

<!-- Written by docs/archetypes.py (make archetypes). -->

Every kind of plant that ships, a year of minutes in its own climate and with its own load: halls differ, so the numbers
say what each scenario gives, not which kind of plant is best. For that, run one hall in one climate: `--weather`,
`--set`.
"""
_COLUMNS = (
    "archetype", "scenario", "weather", "IT rated, kW", "PUE", "TUE", "WUE, l/kWh", "ERE", "mechanical cooling, h",
    "hottest inlet, °C", "CPU-s", "× chilled water",
)
_FOOT = """
PUE category 2 (IT energy at the output of the distribution), server fans in IT; TUE takes them out. WUE counts
all water taken in on site. ERE only where a user takes heat. CPU seconds of simulating and writing the series, by
`python benchmarks/archetypes.py` on {machine}; a year is wanted within twice the chilled-water year.
The single-zone DX hall is the steady case CE100 of ASHRAE 140 (a 5.4 kW load at 46 °C outside), not a data centre: its
load is a gain of the room and its IT next to nothing, so that it has no PUE.
"""


def row(label: str, one: dict[str, Any]) -> str:
    """One line of the table."""
    def shown(name: str, digits: int) -> str:
        silent = one["it_kw"] < 1.0 and name in ("pue", "tue", "wue_l_per_kwh")  # no IT to speak of
        return f"{one[name]:.{digits}f}" if name in one and not silent else "–"

    rated = f"{one['it_kw']:,.0f}" if one["it_kw"] >= 10 else f"{one['it_kw']:.1g}"
    cells = [
        label, f"`{one['scenario']}`", str(one["weather"]), rated,
        shown("pue", 3), shown("tue", 3), shown("wue_l_per_kwh", 2), shown("ere", 3), shown("mechanical_cooling_h", 0),
        shown("inlet_max_c", 1), shown("cpu_s", 1), shown("ratio", 2),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the page."""
    years = json.loads(YEARS.read_text(encoding="utf-8"))
    machine = json.loads(TIMES.read_text(encoding="utf-8"))["machine"]
    head = [f"| {' | '.join(_COLUMNS)} |", "|---|---|---" + "|---:" * (len(_COLUMNS) - 3) + "|"]
    lines = [_HEAD, *head, *(row(label, one) for label, one in years.items()), _FOOT.format(machine=machine)]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
