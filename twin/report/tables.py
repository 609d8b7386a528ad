"""Tables of a report: by month (or day, or hour), all metrics, closure, racks of note."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from twin.metrics import METRICS
from twin.metrics.cost import peak_demand_kw
from twin.metrics.months import DAY_S
from twin.report.data import ReportData
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


def _period_columns(data: ReportData) -> list[tuple[str, list[str], str]]:
    """Head, cell of each period and cell of the whole run, column by column (each channel is read once)."""
    step_s = data.clock.step_s
    size, unit, digits = _energy_digits(data)
    hours = np.array([period.last - period.first for period in data.periods]) * step_s / 3600.0
    facility, hottest = data.column("power.facility_kw"), data.column("hall.rack_inlet_max_c")
    parts = [slice(period.first, period.last) for period in data.periods]
    it_kwh, total_kwh = (data.period_means(name) * hours for name in ("it.power_kw", "power.facility_kw"))
    pue = [f"{total / it:.3f}" if it > 0.0 else "–" for total, it in zip(total_kwh, it_kwh, strict=True)]
    whole = f"{total_kwh.sum() / it_kwh.sum():.3f}" if it_kwh.sum() > 0.0 else "–"
    columns = [_summed(f"IT [{unit}]", it_kwh / size, digits), _summed(f"Facility [{unit}]", total_kwh / size, digits),
               ("PUE", pue, whole)]
    if data.has_free_cooling:
        columns.append(_averaged("Free cooling [%]", period_mode_shares(data)[:, 1] * 100.0, hours))
    water_m3 = data.period_means("plant.makeup_kg_s") * hours * 3.6
    peaks = [number_text(peak_demand_kw(facility[part], step_s) or 0.0) for part in (*parts, slice(None))]
    return [
        *columns,
        _averaged("Wet bulb, mean [°C]", data.period_means("weather.wet_bulb_c"), hours),
        ("Hottest inlet [°C]", [f"{hottest[part].max():.1f}" for part in parts], f"{hottest.max():.1f}"),
        _summed("Tower water [m³]", water_m3, 0 if water_m3.sum() >= 1e3 else 1),
        ("Peak 15 min [kW]", peaks[:-1], peaks[-1]),
    ]


def _summed(head: str, values: NDArray[np.float64], digits: int) -> tuple[str, list[str], str]:
    return head, [number_text(value, digits) for value in values], number_text(float(values.sum()), digits)


def _averaged(head: str, values: NDArray[np.float64], hours: NDArray[np.float64]) -> tuple[str, list[str], str]:
    return head, [number_text(value, 1) for value in values], number_text(float(np.average(values, weights=hours)), 1)


def period_table(data: ReportData) -> str:
    """Energies, PUE, free cooling, wet bulb, hottest inlet, water and peak by month, day or hour."""
    seconds = data.clock.duration_s
    kind = "month" if seconds > 62 * DAY_S else "day" if seconds > 2 * DAY_S else "hour"
    columns = _period_columns(data)
    rows = [[period.label, *(cells[place] for _, cells, _ in columns)] for place, period in enumerate(data.periods)]
    if len(rows) > 1:
        rows.append(["Whole run", *(whole for _, _, whole in columns)])
    return html_table(f"By {kind}", [kind.capitalize(), *(head for head, _, _ in columns)], rows,
                      foot=len(data.periods) > 1)


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
