"""Fill the example of docs/physics/authority.md with what ``twin check chilled-water-greensboro`` says.

    python docs/authority.py
"""

from __future__ import annotations

from pathlib import Path

from twin.engine.authority import control_authority
from twin.engine.authority_table import authority_lines
from twin.facility.build import build_facility
from twin.scenario.read import load_scenario
from twin.simulate import site_weather

__all__ = ["example", "filled"]

SCENARIO = "chilled-water-greensboro"
PAGE = Path(__file__).parent / "physics" / "authority.md"
BEGIN, END = "<!-- example -->\n```text\n", "```\n<!-- end of example -->"


def example() -> str:
    """The table of the shipped hall."""
    scenario = load_scenario(SCENARIO)
    weather = site_weather(scenario)
    points = control_authority(scenario, build_facility(scenario, weather.altitude_m), weather)
    return "\n".join(authority_lines(points)).strip() + "\n"


def filled(page: str, text: str) -> str:
    """The page with another example."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + text + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8"), example()), "utf-8")
