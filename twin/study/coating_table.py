"""The coatings of a site as lines of text: table, verdicts, and what has to be known."""

from __future__ import annotations

from collections.abc import Sequence

from twin.study.coating_gain import Change, design_day
from twin.study.coating_plan import SHIFT, SitePlan
from twin.study.coating_site import BELOW_ERROR, PUE_ERROR, Gain, seeds_that_count
from twin.study.one_run import Run
from twin.study.table import aligned

__all__ = ["HEAD", "cells", "findings", "site_notes", "table_text"]

#: Measure → head of its column, digits, factor.
HEAD: dict[str, tuple[str, int, float]] = {
    "kwh": ("ΔkWh", 1, 1.0), "pue": ("ΔPUE", 5, 1.0), "peak_kw": ("Δpeak kW", 3, 1.0),
    "water_l": ("Δwater m³", 2, 1e-3), "carbon_kg": ("Δcarbon kg", 1, 1.0), "tue": ("ΔTUE", 5, 1.0),
}
#: Measures that are shown with their interval; those of the others follow energy.
_WITH_INTERVAL = ("kwh", "pue", "peak_kw")

#: Surfaces in words.
_WHERE = {"roof": "roof", "wall": "walls", "outdoors": "outdoor pipes, ducts and casings"}


def _number(value: float, digits: int) -> str:
    text = f"{value:+,.{digits}f}"
    return "0" if float(text.replace(",", "")) == 0.0 else text.replace("-", "−")


def _cell(change: Change | None, name: str) -> str:
    _, digits, factor = HEAD[name]
    if change is None:
        return "–"
    value = _number(change.value * factor, digits)
    if name not in _WITH_INTERVAL or change.low is None or change.high is None or change.low == change.high:
        return value
    low, high = _number(change.low * factor, digits), _number(change.high * factor, digits)
    return value if low == value == high else f"{value} [{low}, {high}]"


def _payback(gain: Gain) -> str:
    if gain.cost is None:
        return "–"
    if gain.payback_years is None:
        return "never" if gain.payback_span == (None, None) and gain.word != "failed" else "–"
    soon, late = gain.payback_span
    return f"{gain.payback_years:.1f} [{_years(soon)}, {_years(late)}]"


def _years(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"


def cells(gains: Sequence[Gain], is_a_year: bool) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table.

    Parameters
    ----------
    gains : sequence of Gain
        In their order.
    is_a_year : bool
        Whether the run is long enough for years of payback.

    Returns
    -------
    head : list of str
    rows : list of list of str
    """
    priced = is_a_year and any(gain.cost is not None for gain in gains)
    shown = [name for name in HEAD if any(name in gain.changes for gain in gains)]
    head = ["rank", "side", "finding", *(HEAD[name][0] for name in shown), *(["payback years"] if priced else [])]
    rows = []
    for gain in gains:
        row = [str(gain.rank), gain.label, gain.word]
        row += [_cell(gain.changes.get(name), name) for name in shown]
        rows.append([*row, *([_payback(gain)] if priced else [])])
    return head, rows


def table_text(gains: Sequence[Gain], is_a_year: bool) -> list[str]:
    """The table, aligned.

    Parameters
    ----------
    gains : sequence of Gain
    is_a_year : bool

    Returns
    -------
    list of str
    """
    head, rows = cells(gains, is_a_year)
    body = [[row[1], row[0], *row[2:]] for row in [head, *rows]]
    widths = [max(len(line[i]) for line in body) for i in range(len(head))]
    return [aligned(line, widths) for line in body]


def findings(gains: Sequence[Gain]) -> list[str]:
    """What came out, a sentence a side; coatings whose effect is too small for the model share one.

    Parameters
    ----------
    gains : sequence of Gain
        Best first.

    Returns
    -------
    list of str
    """
    coats = [gain for gain in gains if gain.treatment.kind == "coating"]
    small = [gain for gain in coats if gain.word == "below model error" and "pue" in gain.changes]
    if len(small) < 2:
        return [gain.sentence for gain in gains]
    values = [gain.changes["pue"].value for gain in small]
    who = f"All {len(small)} coatings" if len(small) == len(coats) else f"{len(small)} of {len(coats)} coatings"
    together = (f"{who}: ΔPUE {_number(min(values), 5)} to {_number(max(values), 5)}, {BELOW_ERROR} "
                f"(±{small[0].error:.4f})")
    return [together if gain is small[0] else gain.sentence for gain in gains if gain is small[0] or gain not in small]


def _band_notes(gains: Sequence[Gain]) -> list[str]:
    """How far ΔPUE goes over the draws: one sentence where none matters, else one a side."""
    bands = {gain.label: gain.changes["pue"].band for gain in gains
             if "pue" in gain.changes and gain.changes["pue"].band}
    ends = [end for band in bands.values() for end in (min(band), max(band))]
    if len(bands) > 1 and max(map(abs, ends)) < PUE_ERROR:
        return [f"Over the draws ΔPUE of every side stays within {_number(min(ends), 5)} … {_number(max(ends), 5)}."]
    return [f"{label}: ΔPUE {_number(min(band), 5)} to {_number(max(band), 5)} over the draws." if len(band) > 1
            else f"{label}: ΔPUE {_number(band[0], 5)} in the one draw, which is no range."
            for label, band in bands.items()]


def site_notes(site: SitePlan, runs: Sequence[Run], gains: Sequence[Gain], cost_per_m2: float | None) -> list[str]:
    """What has to be known to read the table.

    Parameters
    ----------
    site : SitePlan
    runs : sequence of Run
    gains : sequence of Gain
    cost_per_m2 : float or None

    Returns
    -------
    list of str
    """
    run, plan = site.scenario.run, site.plan
    worlds, counted = seeds_that_count(site, runs)
    where = " and ".join(_WHERE[name] for name in site.surfaces)
    found = [(
        f"Baseline: {plan.sides[0].label}; {where}, {site.area_m2:,.0f} m². {worlds} "
        f"world{'s' if worlds != 1 else ''} of seed and weather year, {run.duration_days:g} days each from day "
        f"{run.start_day:g} (0 is 1 January), the same on every side. Δ is side less baseline, a run; brackets: 95 % "
        "interval from blocks of days (of the peak: from worlds)."
    )]
    if counted < worlds:
        found.append(f"{worlds - counted} of {worlds} worlds repeat another to the last bit (no random jobs, or "
                     "one weather); "
                     "they count once.")
    day = design_day(runs[0].days) if len(runs[0].days) else -1
    if day >= 0:
        found.append(f"Peak: highest quarter hour of the hottest day, day {day % 365 + 1} of the year in the first "
                     "world.")
    found.append(f"A change of PUE below {PUE_ERROR:g} is below the model's own error: the tolerance within "
                 "which the roof of "
                 "EnergyPlus's DH1 hall agrees ('twin validate coatings'); of a setpoint 1 % of what is not IT. Ranks "
                 "go by energy; sides nearer than that share one.")
    if plan.uncertain:
        keys = ", ".join(f"{p.key} {p.low:.3g} … {p.high:.3g}" for p in plan.uncertain)
        shift = f" {SHIFT} is added to the reflectance of each coating, not to the baseline's." if any(
            p.key == SHIFT for p in plan.uncertain) else ""
        times = "once" if len(plan.draws) == 1 else f"{len(plan.draws)} times"
        found.append(f"Parameters drawn {times} in the first world: {keys}.{shift} Not drawn: "
                     "soiling, sky, wind.")
        found += _band_notes(gains)
    else:
        found.append("No parameters were drawn: intervals hold chance alone, not doubt about optics, insulation "
                     "or film.")
    if run.duration_days < 365.0:
        found.append(f"{run.duration_days:g} days are no year: Δ is of these days only; other seasons differ."
                     + ("" if cost_per_m2 is None else " No payback is given; run 365 days."))
    elif cost_per_m2 is not None:
        tariff = site.scenario.site.tariff
        found.append(f"Payback: {cost_per_m2:g} {tariff.currency}/m² over {site.area_m2:,.0f} m², energy "
                     f"{tariff.energy_per_kwh:g} a kWh, "
                     f"demand {tariff.demand_per_kw_month:g} a kW and month, water {tariff.water_per_m3:g} a "
                     "m³; no interest, no upkeep; "
                     "each age as if it stayed so.")
    return [*found, *site.notes]
