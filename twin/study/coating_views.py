"""What the report shows of a site's coatings, gathered from its runs and its sky."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.report.coating_view import DesignDay, SideView, SiteView
from twin.scenario.coatings import Optics, aged_optics, find_coating
from twin.scenario.schema import Scenario
from twin.study.coating_gain import design_day
from twin.study.coating_plan import SitePlan, coated_surface
from twin.study.coating_site import PUE_ERROR, Gain
from twin.study.coating_sky import site_sky
from twin.study.coating_table import cells
from twin.study.one_run import Run

__all__ = ["site_views"]

_DAY_S = 86400
_ROOF = "envelope.roof_outer_c"


def site_views(
    site: SitePlan, runs: Sequence[Run], gains: Sequence[Gain], notes: Sequence[str], claims: Sequence[str]
) -> SiteView:
    """The view of a site.

    Parameters
    ----------
    site : SitePlan
    runs : sequence of Run
        Of ``site.plan.tasks``.
    gains : sequence of Gain
        Best first.
    notes, claims : sequence of str

    Returns
    -------
    SiteView
    """
    plan = site.plan
    base = plan.sides[0]
    nominal = [i for i, world in enumerate(plan.worlds) if world.draw == 0]
    it = float(np.mean([runs[i * len(plan.sides)].days.total("it_kwh") for i in nominal]))
    coats = [gain for gain in gains if gain.treatment.kind == "coating" and gain.changes]
    surface = site.surfaces[0]
    sky = site_sky(site.scenario)
    power = {base.label: sky.by_month(sky.power_w_m2(_optics(base.scenarios[0], surface)))}
    if coats:
        coated = coats[0].pairing.side.scenarios[0]
        power[coats[0].label] = sky.by_month(sky.power_w_m2(_optics(coated, surface)))
    head, rows = cells(gains, site.scenario.run.duration_days >= 365.0)
    return SiteView(
        site.scenario.name, base.label, [_side(gain) for gain in gains if gain.changes], PUE_ERROR * it, power,
        sky.by_month(sky.bound_w_m2), _hottest(site, runs, coats[:1]), head, rows, notes, claims,
    )


def _side(gain: Gain) -> SideView:
    change = gain.changes["kwh"]
    low = change.value if change.low is None else change.low
    high = change.value if change.high is None else change.high
    claimed = gain.word not in {"below model error", "no difference", "sign open", "identical"}
    return SideView(gain.label, gain.treatment.kind, gain.treatment.name, gain.treatment.age_years,
                    (change.value, low, high), change.band, gain.changes["pue"].value, claimed)


def _optics(scenario: Scenario, name: str) -> Optics:
    """Outside optics of a surface."""
    surface, envelope = coated_surface(scenario, name), scenario.envelope
    if surface.coating is None or surface.coating == "bare":
        e = surface.emissivity_frac
        return Optics(surface.solar_absorptance_frac, e, e, e)
    return aged_optics(find_coating(surface.coating, envelope.coatings), surface.coating_age_years, envelope.weathering)


def _hottest(site: SitePlan, runs: Sequence[Run], best: Sequence[Gain]) -> DesignDay | None:
    """Air, bare roof and coated roof on the hottest day of the first world."""
    plan = site.plan
    first = runs[0].days
    day = design_day(first) if len(first) else -1
    if day < 0 or _ROOF not in first.traces or "roof" not in site.surfaces:
        return None
    here = (first.quarter_s > day * _DAY_S) & (first.quarter_s <= (day + 1) * _DAY_S)
    lines = {"outdoor air": first.traces["weather.dry_bulb_c"][here].astype(np.float64),
             plan.sides[0].label: first.traces[_ROOF][here].astype(np.float64)}
    for gain in best:
        place = next(i for i, side in enumerate(plan.sides) if side is gain.pairing.side)
        own = runs[place].days
        if len(own.quarter_s) == len(first.quarter_s):
            lines[gain.label] = own.traces[_ROOF][here].astype(np.float64)
    return DesignDay(day, (first.quarter_s[here] - day * _DAY_S) / 3600.0 - 0.125, lines)
