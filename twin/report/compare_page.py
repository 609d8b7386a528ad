"""The report of a comparison as one HTML page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from twin.report.canvas import Picture, unbroken
from twin.report.compare_figures import draw_comparison
from twin.report.compare_view import CandidateView
from twin.report.stylesheet import CSS
from twin.report.tables import html_table
from twin.report.wording import number_text

__all__ = ["figure_html", "section_html", "write_comparison", "write_page"]

_VIEWPORT = '<meta name="viewport" content="width=device-width,initial-scale=1">'
#: Lines of the second table: key of a row, what it is called, factor, digits.
_OPERATION = (
    ("water_l", "Water [m³]", 1e-3, 1), ("carbon_kg", "Carbon [t]", 1e-3, 2),
    ("chiller_starts", "Chiller starts", 1.0, 1),
    ("mode_changes", "Changes of mode", 1.0, 1), ("fan_travel", "Fan travel, full strokes", 1.0, 1),
    ("tower_travel", "Tower-fan travel, full strokes", 1.0, 1),
    ("supply_setpoint_travel_k", "Supply-setpoint travel [K]", 1.0, 1),
    ("over_allowable_k_h", "Over allowable [K h]", 1.0, 1),
    ("worst_rack_k_h", "Worst rack over recommended [K h]", 1.0, 1),
    ("veto_frac", "Decisions vetoed [%]", 100.0, 2), ("fell_back", "Falls back", 1.0, 0),
    ("failed", "Runs failed", 1.0, 0),
)


def write_comparison(
    path: str | Path, verdict: str, rows: Sequence[dict[str, Any]], remarks: Sequence[str],
    views: Sequence[CandidateView],
) -> Path:
    """Write the page of a comparison, self-contained, and its figures beside it."""
    pictures = draw_comparison(views) if views else []
    body = [
        *(f'<p class="note">{escape(line)}</p>' for line in remarks[:3]),
        section_html("Verdict", _findings(rows), *(figure_html(picture, png) for picture, png in pictures[:2])),
        section_html("Where and when it saves", *_figures(pictures, ("where_", "when_", "days_"))),
        section_html("Worst day replayed", *_figures(pictures, ("worst_day_",))),
        section_html("How it is operated", _operation(rows)),
        section_html("What has to be known", '<ul class="plain">' + "".join(
            f"<li>{escape(line)}</li>" for line in remarks) + "</ul>"),
    ]
    return write_page(path, "Comparison", verdict.split("\n"), "".join(body), pictures)


def write_page(
    path: str | Path, kicker: str, headline: Sequence[str], body: str, pictures: Sequence[tuple[Picture, bytes]]
) -> Path:
    """Write the page of a study, and its figures as PNG beside it."""
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        target = target / "report.html"
    more = "".join(f"<p>{escape(unbroken(line))}.</p>" for line in headline[1:])
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{_VIEWPORT}<title>{escape(headline[0])}</title>'
        f'<style>{CSS}</style></head><body><header><p class="kicker">{kicker}</p>'
        f"<h1>{escape(unbroken(headline[0]))}</h1>{more}</header><main>{body}</main></body></html>\n")
    folder = target.parent / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for picture, png in pictures:
        (folder / f"{picture.name}.png").write_bytes(png)
    partial = target.with_name(target.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(target)
    return target


def _figures(pictures: Sequence[tuple[Picture, bytes]], beginnings: tuple[str, ...]) -> list[str]:
    return [figure_html(picture, png) for picture, png in pictures if picture.name.startswith(beginnings)]


def figure_html(picture: Picture, png: bytes) -> str:
    """A figure with its caption, its PNG inside."""
    source = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    alt = escape(f"{picture.message}. {picture.alt}", quote=True)
    return (f'<figure id="{picture.name}"><img src="{source}" alt="{alt}">'
            f"<figcaption>{escape(picture.note)}</figcaption></figure>")


def section_html(heading: str, *parts: str) -> str:
    """A section, or nothing without content."""
    return f"<section><h2>{escape(heading)}</h2>{''.join(parts)}</section>" if any(parts) else ""


def _findings(rows: Sequence[dict[str, Any]]) -> str:
    """Warmth first, energy second."""
    head = ["Side", "Verdict", "Over the limit [K h]", "More than baseline", "p", "Facility [kWh]", "PUE", "Saving [%]",
            "95 % interval", "p"]
    body = []
    for row in rows:
        named, judged = "verdict" in row, "verdict" in row and not row["failed"]
        body.append([
            row["side"], row["verdict"] if named else "baseline", number_text(row["over_limit_k_h"], 1),
            f"{number_text(row['excess_k_h'], 1)} (≤ {number_text(row['excess_high_k_h'], 1)})" if judged else "–",
            _p_text(row["p_thermal"]) if judged else "–", number_text(row["total_kwh"], 0),
            f"{row['pue']:.4f}" if "pue" in row else "–",
            number_text(100.0 * row["saving_frac"], 2) if judged else "–",
            f"{number_text(100.0 * row['saving_low_frac'], 2)} … {number_text(100.0 * row['saving_high_frac'], 2)}"
            if judged else "–",
            _p_text(row["p_energy"]) if judged else "–",
        ])
    return html_table("Warmth first, energy second; means of a run", head, body, words=2)


def _p_text(p: float) -> str:
    return f"{p:.3f}" if p >= 0.0005 else "< 0.001"


def _operation(rows: Sequence[dict[str, Any]]) -> str:
    body = []
    for key, name, factor, digits in _OPERATION:
        if any(key in row for row in rows):
            body.append([name, *(number_text(row[key] * factor, digits) if key in row else "–" for row in rows)])
    return html_table("Water, carbon, starts and travel of actuators, vetoes; means of a run",
                      ["", *(row["side"] for row in rows)], body)
