"""The report as one HTML page that needs nothing else: light, legible on a phone and on paper."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

from twin.report import tables
from twin.report.answer import Tile, answer, five_numbers
from twin.report.canvas import Picture, unbroken
from twin.report.data import ReportData
from twin.report.happenings import alarm_list, event_list
from twin.report.period_table import period_table
from twin.report.stylesheet import CSS

__all__ = ["page"]

_VIEWPORT = '<meta name="viewport" content="width=device-width,initial-scale=1">'
_PUE_MEANS = (
    "PUE after ISO/IEC 30134-2, category 2: everything behind the facility's transformer, its loss included, over IT "
    "energy at the output of the distribution units. Server fans, storage and network are IT.")
_TUE_MEANS = "TUE moves server fans out of IT: facility energy over IT energy less server fans."
_WATER_MEANS = (
    "Water is drawn at the site (make-up of towers or evaporative units, humidifier); carbon is that of the "
    "electricity used, at a constant grid factor.")

_HAPPENED = "Modes, events and alarms"

# Which figures stand in which section, in order.
_SECTIONS = (
    ("Where the energy goes", ("energy_breakdown",)),
    ("PUE", ("pue_over_time", "pue_duration", "pue_wet_bulb")),
    (_HAPPENED, ("timeline",)),
    ("Cooling modes and weather", ("cooling_modes", "psychrometric")),
    ("Water", ("water",)),
    ("How the heat leaves", ("heat_balance", "liquid_temperatures", "heat_paths")),
    ("Roof and sky", ("roof_and_sky",)),
    ("Rack inlets", ("inlet_compliance", "rack_plan")),
    ("In detail", ("hot_day", "cold_day", "detail")),
)


def _figure(picture: Picture, png: bytes) -> str:
    source = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    alt = escape(f"{picture.message}. {picture.alt}", quote=True)
    return (f'<figure id="{picture.name}"><img src="{source}" alt="{alt}">'
            f"<figcaption>{escape(picture.note)}</figcaption></figure>")


def _tiles(tiles: Sequence[Tile]) -> str:
    items = (f'<li><span class="l">{escape(tile.label)}</span><span class="v">{escape(tile.value)}</span>'
             f'<span class="a">{escape(tile.aside)}</span></li>' for tile in tiles)
    return f'<ul class="tiles">{"".join(items)}</ul>'


def _listing(entries: Sequence[str]) -> str:
    return f'<ul class="plain">{"".join(f"<li>{escape(str(entry))}</li>" for entry in entries)}</ul>'


def _warnings(entries: Sequence[str]) -> str:
    if not entries:
        return '<p class="note">No warnings.</p>'
    count = f"{len(entries)} warning{'s' if len(entries) > 1 else ''}"
    return f'<div class="warn"><strong>{count}</strong>{_listing(entries)}</div>'


def _closure(closure: dict[str, float]) -> str:
    """How well energy and water close, in words."""
    names = {"energy_rel": "energy", "water_rel": "water", "air_rel": "moist-air mass",
             "energy_run_rel": "energy of the whole run"}
    found = ", ".join(f"{names.get(key, key)} {value:.1e}" for key, value in closure.items())
    words = f"In less out less stored, relative to the larger of flow and rating, at worst: {found}"
    return f"<p>{escape(words)}. The rule is 10⁻⁹ at every step and over the run.</p>" if closure else ""


def _definitions(data: ReportData) -> list[str]:
    """How the numbers are bounded, said beside them."""
    said = [_PUE_MEANS, _TUE_MEANS, _WATER_MEANS]
    if not data.clock.is_year:
        said.append(f"The run covers {data.clock.length()}: PUE and MLC are interim values, not annual ones.")
    return said


def _reproduce(data: ReportData) -> str:
    """Command, versions, inputs and the scenario itself."""
    manifest: dict[str, Any] = data.manifest
    versions = {str(key): str(value) for key, value in dict(manifest.get("versions", {})).items()}
    inputs = [[str(path), str(digest)] for path, digest in dict(manifest.get("inputs", {})).items()]
    seed, name = str(manifest.get("seed", "")), str(manifest.get("scenario_name", data.name))
    weather = str(dict(manifest.get("weather", {})).get("name", ""))
    own = f"cooling-twin {versions.get('cooling-twin', versions.get('twin', ''))}".strip()
    facts = (own, f"scenario “{name}”", weather and f"weather {weather}", f"seed {seed}")
    cite = ", ".join(fact for fact in facts if fact)
    listed = ", ".join(f"{key} {value}" for key, value in versions.items())
    return "".join((
        f"<p>Cite as: {escape(cite)}.</p><p>Save the scenario below as <code>scenario.toml</code>; then ",
        f"<code>twin run scenario.toml --seed {escape(seed)}</code> gives the same numbers with the same versions.</p>",
        f'<p class="note">Versions: {escape(listed)}.</p>' if listed else "",
        tables.html_table("Inputs", ["File", "SHA-256"], inputs, words=2) if inputs else "",
        "<details><summary>Resolved scenario</summary>",
        f"<pre>{escape(str(manifest.get('scenario', '')))}</pre></details>"))


def _head(data: ReportData) -> str:
    """Name, the answer, five numbers."""
    clock, weather = data.clock, str(dict(data.manifest.get("weather", {})).get("name", ""))
    span = "one year" if clock.is_year else f"{clock.length()} from {clock.date(clock.start_s)}"
    kicker = " · ".join(part for part in (data.name, weather, span) if part)
    description = str(data.scenario.get("description", ""))
    note = f'<p class="note">{escape(description)}</p>' if description else ""
    return (f'<header><p class="kicker">{escape(kicker)}</p><h1>{escape(unbroken(answer(data)))}</h1>'
            f"{_tiles(five_numbers(data))}{note}</header>")


def _section(heading: str, *parts: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{''.join(parts)}</section>" if any(parts) else ""


def page(data: ReportData, pictures: dict[str, tuple[Picture, bytes]]) -> str:
    """The whole report.

    Parameters
    ----------
    data : ReportData
        The run.
    pictures : dict
        Figures with their PNG by name; sections without a figure are left out.

    Returns
    -------
    str
        HTML that refers to nothing outside itself.
    """
    summary = data.summary
    assumptions = summary.get("assumptions", [])
    body = [_section(heading, *(_figure(*pictures[name]) for name in names if name in pictures),
                     alarm_list(data) + event_list(data) if heading == _HAPPENED else "")
            for heading, names in _SECTIONS]
    body += [
        _section("Tables", period_table(data), tables.energy_table(data), tables.metrics_table(data)),
        _section("Warnings and assumptions", _warnings(summary.get("warnings", [])),
                 "<h3>How the numbers are defined</h3>", _listing(_definitions(data)),
                 f"<h3>Assumptions</h3>{_listing(assumptions)}" if assumptions else "",
                 "<h3>Closure</h3>", _closure(dict(summary.get("closure", {})))),
        _section("Cite and reproduce", _reproduce(data)),
    ]
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8">{_VIEWPORT}'
            f"<title>{escape(data.name)}: {escape(answer(data))}</title><style>{CSS}</style></head><body>"
            f"{_head(data)}<main>{''.join(body)}</main>"
            f"<footer>{data.clock.steps:,} recorded steps of {data.clock.step_s} s.</footer></body></html>\n")
