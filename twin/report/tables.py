"""Tables of a report: by month (or day, or hour), all metrics, closure, racks of note."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from twin.metrics import METRICS
from twin.metrics.cost import peak_demand_kw
from twin.report.data import Period, ReportData
from twin.report.modes import period_mode_shares
from twin.report.palette import USE_NAMES
from twin.report.wording import number_text, share_text

__all__ = ["energy_table", "html_table", "metrics_table", "period_table"]


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


def _energy_digits(data: ReportData) -> tuple[float, str, int]:
    """Divisor, unit and decimals for energies of the periods."""
    total = data.energy_kwh["total"]
    if total >= 1e5:
        return 1e3, "MWh", 1
    return 1.0, "kWh", 0 if total >= 1e3 else 2


def _period_row(data: ReportData, label: str, period: Period, free_frac: float | None) -> list[str]:
    """One row of the period table."""
    part = slice(period.first, period.last)
    hours = (period.last - period.first) * data.clock.step_s / 3600.0
    facility = data.column("power.facility_kw")[part]
    mean = {name: float(np.mean(data.column(name)[part], dtype=np.float64))
            for name in ("it.power_kw", "power.facility_kw", "weather.wet_bulb_c", "plant.makeup_kg_s")}
    size, _, digits = _energy_digits(data)
    it_kwh, total_kwh = mean["it.power_kw"] * hours, mean["power.facility_kw"] * hours
    return [
        label, number_text(it_kwh / size, digits), number_text(total_kwh / size, digits),
        f"{total_kwh / it_kwh:.3f}" if it_kwh > 0.0 else "–",
        *([number_text(free_frac * 100.0, 1)] if free_frac is not None else []),
        number_text(mean["weather.wet_bulb_c"], 1),
        f"{data.column('hall.rack_inlet_max_c')[part].max():.1f}",
        number_text(mean["plant.makeup_kg_s"] * hours * 3.6, 0 if float(data.summary["water_l"]) >= 1e6 else 1),
        number_text(peak_demand_kw(facility, data.clock.step_s) or 0.0),
    ]


def period_table(data: ReportData) -> str:
    """Energies, PUE, free cooling, wet bulb, hottest inlet, water and peak by month, day or hour."""
    unit = _energy_digits(data)[1]
    free = period_mode_shares(data)[:, 1] if data.has_free_cooling else None
    kind = "month" if data.clock.duration_s > 62 * 86_400 else "day" if data.clock.duration_s > 2 * 86_400 else "hour"
    head = [kind.capitalize(), f"IT [{unit}]", f"Facility [{unit}]", "PUE",
            *(["Free cooling [%]"] if free is not None else []), "Wet bulb, mean [°C]", "Hottest inlet [°C]",
            "Water [m³]", "Peak 15 min [kW]"]
    rows = [_period_row(data, period.label, period, None if free is None else float(free[place]))
            for place, period in enumerate(data.periods)]
    if len(rows) > 1:
        whole = Period("run", 0, data.clock.steps)
        share = None if free is None else float(np.average(free, weights=[p.last - p.first for p in data.periods]))
        rows.append(_period_row(data, "Whole run", whole, share))
    return html_table(f"By {kind}", head, rows, foot=len(data.periods) > 1)


def energy_table(data: ReportData) -> str:
    """Electricity by use."""
    energy = data.energy_kwh
    it, total = energy["it"], energy["total"]
    rows = [[USE_NAMES.get(use, use) if use != "total" else "Facility", number_text(kwh, 0 if total >= 1e3 else 2),
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
