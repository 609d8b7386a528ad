"""The report of a coating study as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from twin.report.canvas import Picture, unbroken
from twin.report.coating_figures import draw_climates, draw_site
from twin.report.coating_view import SiteView
from twin.report.compare_page import figure_html, section_html, write_page
from twin.report.tables import html_table

__all__ = ["write_coatings"]


def write_coatings(path: str | Path, verdict: str, sites: Sequence[SiteView]) -> Path:
    """Write the page of a coating study, self-contained, and its figures beside it."""
    pictures = draw_climates(sites)
    body = [section_html("Climates and coatings", *(figure_html(*pair) for pair in pictures))]
    for number, site in enumerate(sites, 1):
        own = draw_site(site, number)
        pictures += own
        body.append(_site(site, own))
    return write_page(path, "Coatings", verdict.split("\n"), "".join(body), pictures)


def _site(site: SiteView, pictures: Sequence[tuple[Picture, bytes]]) -> str:
    rows = [[row[0], row[1], row[2].replace(" ", "\u00a0"), *row[3:]] for row in site.rows]  # findings do not wrap
    table = html_table("Side less baseline, a run; brackets: 95 % interval", site.head, rows, words=3)
    notes = '<ul class="plain">' + "".join(f"<li>{escape(unbroken(line))}</li>" for line in site.notes) + "</ul>"
    claims = "".join(f"<p><strong>{escape(unbroken(line))}</strong></p>" for line in site.claims)
    return section_html(site.name, claims, table, *(figure_html(*pair) for pair in pictures), notes)
