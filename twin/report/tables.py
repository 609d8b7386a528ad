"""Tables of a report: electricity by use, all metrics, and how any table is written."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from twin.metrics import METRICS
from twin.report.data import ReportData
from twin.report.wording import number_text, share_text

__all__ = ["energy_table", "html_table", "metrics_table"]


def html_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1, *,
               foot: bool = False) -> str:
    """A table that scrolls sideways on a phone.

    Parameters
    ----------
    caption : str
        What the table shows.
    head : sequence of str
        Column heads.
    rows : sequence of sequence of str
        Cells, not yet escaped.
    words : int
        Leading columns that hold words (left); the others hold numbers (right).
    foot : bool
        Whether the last row is a total.

    Returns
    -------
    str
        HTML.
    """
    def cells(row: Sequence[str], tag: str) -> str:
        parts = []
        for place, cell in enumerate(row):
            scope = ' scope="col"' if tag == "th" else ""
            kind = "" if place < words else ' class="n"'
            parts.append(f"<{tag}{scope}{kind}>{escape(cell)}</{tag}>")
        return "<tr>" + "".join(parts) + "</tr>"

    body = list(rows[:-1] if foot else rows)
    end = f"<tfoot>{cells(rows[-1], 'td')}</tfoot>" if foot and rows else ""
    told = escape(caption)
    return (f'<div class="scroll" tabindex="0" role="region" aria-label="{told}"><table><caption>{told}</caption>'
            f"<thead>{cells(head, 'th')}</thead><tbody>{''.join(cells(row, 'td') for row in body)}</tbody>{end}"
            "</table></div>")


def energy_table(data: ReportData) -> str:
    """Electricity by use."""
    energy = {use: kwh for use, kwh in data.energy_kwh.items() if kwh > 0.0 or use in ("it", "total")
              or not data.is_evaporative}
    it, total = energy["it"], energy["total"]
    rows = [[data.use_name(use) if use != "total" else "Facility", number_text(kwh, 0 if total >= 1e3 else 2),
             share_text(kwh / total) if total > 0.0 else "–", f"{kwh / it:.4f}" if it > 0.0 else "–"]
            for use, kwh in energy.items()]
    return html_table("Electricity by use", ["Use", "Energy [kWh]", "Share", "Per kWh of IT"], rows, foot=True)


def metrics_table(data: ReportData) -> str:
    """Every metric of the summary with its unit and meaning."""
    rows = []
    known = {metric.key: metric for metric in METRICS}
    for key, value in data.metrics.items():
        metric = known.get(key)
        if metric is None:
            rows.append([key, f"{value:.6g}", "", ""])
            continue
        unit = data.currency if key.startswith("cost") else metric.unit
        rows.append([metric.label, number_text(value * metric.shown_factor, metric.digits), unit, metric.meaning])
    body = [[label, value, unit, meaning] for label, value, unit, meaning in rows]
    return html_table("All metrics", ["Metric", "Value", "Unit", "Meaning"], body).replace(
        "<table>", '<table class="metrics">', 1)
