"""``twin.coating``: what a coating on roof or walls is worth on this site, beside what a setpoint is worth."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InputError, Problem
from twin.study.coating_plan import CoatingRequest, SitePlan, site_plan
from twin.study.coating_site import Gain, judged_site
from twin.study.coating_sky import Claim, claim_lines, read_claims, site_sky
from twin.study.coating_table import findings, site_notes, table_text
from twin.study.compare import place_problems
from twin.study.one_run import Run, put
from twin.study.pool import default_jobs, run_all

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coatings", "SiteCoatings", "coating"]

_YEAR_DAYS = 365.0


@dataclass(frozen=True)
class SiteCoatings:
    """What came out for one scenario.

    Attributes
    ----------
    site : SitePlan
    runs : list of Run
        Of ``site.plan.tasks``, in that order.
    gains : list of Gain
        The best first, the setpoint among them.
    notes : list of str
        What has to be known.
    claims : list of str
        What the bound of the site says of claims.
    """

    site: SitePlan
    runs: list[Run]
    gains: list[Gain]
    notes: list[str]
    claims: list[str]

    @property
    def name(self) -> str:
        """The scenario's."""
        return self.site.scenario.name

    @property
    def _is_a_year(self) -> bool:
        return self.site.scenario.run.duration_days >= _YEAR_DAYS

    @property
    def text(self) -> str:
        """Table, notes, claims and findings."""
        lines = [self.name, *table_text(self.gains, self._is_a_year), "", *self.notes, "", *self.claims]
        return "\n".join([*lines, *([""] if self.claims else []), *findings(self.gains)])

    @property
    def data(self) -> dict[str, Any]:
        """Plain data."""
        plan = self.site.plan
        return {
            "scenario": self.name, "baseline": plan.sides[0].label, "surfaces": list(self.site.surfaces),
            "area_m2": self.site.area_m2, "worlds": [world.name for world in plan.worlds],
            "uncertain": {p.key: [p.low, p.high] for p in plan.uncertain}, "draws": list(plan.draws),
            "rows": [gain.row for gain in self.gains], "notes": self.notes, "claims": self.claims,
            "failures": [{"run": task.key, "message": run.facts["message"]}
                         for task, run in zip(plan.tasks, self.runs, strict=True) if not run.is_done],
            "cpu_s": sum(run.facts["cpu_s"] for run in self.runs),
        }


@dataclass(frozen=True)
class Coatings:
    """What came out.

    Attributes
    ----------
    sites : list of SiteCoatings
        One a scenario.
    """

    sites: list[SiteCoatings]

    @property
    def verdict(self) -> str:
        """One line a side, the best of each site first; coatings that are below the model's error share one."""
        many = len(self.sites) > 1
        return "\n".join(f"{site.name}: {text}" if many else text
                         for site in self.sites for text in findings(site.gains))

    @property
    def text(self) -> str:
        """Everything, for a terminal."""
        return "\n\n".join(site.text for site in self.sites)

    @property
    def is_whole(self) -> bool:
        """Whether every run ended well."""
        return all(run.is_done for site in self.sites for run in site.runs)

    @property
    def data(self) -> dict[str, Any]:
        """All of it as plain data, as in coating.json."""
        return {"sites": [site.data for site in self.sites]}

    @property
    def table(self) -> pd.DataFrame:
        """One row a site and side."""
        import pandas as pd  # lazy: heavy

        rows = []
        for site in self.sites:
            for gain in site.gains:
                row: dict[str, Any] = {"scenario": site.name, "side": gain.label}
                row |= {"rank": gain.rank, "verdict": gain.word}
                for name, change in gain.changes.items():
                    row |= {f"d_{name}": change.value, f"d_{name}_low": change.low, f"d_{name}_high": change.high}
                rows.append(row)
        return pd.DataFrame(rows).set_index(["scenario", "side"])

    def to_html(self, path: str | Path) -> Path:
        """Write the report, self-contained, and its figures beside it.

        Parameters
        ----------
        path : str or Path
            The file, or a folder for ``report.html``.

        Returns
        -------
        Path
            The file.
        """
        from twin.report.coating_page import write_coatings  # lazy: matplotlib
        from twin.study.coating_views import site_views

        return write_coatings(path, self.verdict, [
            site_views(site.site, site.runs, site.gains, site.notes, site.claims) for site in self.sites])


def coating(  # noqa: PLR0913 - the one public door; every parameter but the scenarios is a keyword with a default
    *scenarios: Any,
    coatings: Sequence[str] = (),
    ages_years: Sequence[float] = (0.0, 1.0, 3.0),
    surface: str | None = None,
    baseline: str | None = None,
    vary: Sequence[str] | Mapping[str, Sequence[object]] | None = None,
    overrides: Mapping[str, object] | Sequence[str] = (),
    seeds: int = 10,
    years: int | None = None,
    days: float | None = None,
    start_day: float | None = None,
    uncertain: Mapping[str, tuple[float, float]] | Sequence[str] | None = None,
    draws: int = 4,
    cost_per_m2: float | None = None,
    claims: Sequence[object] = (),
    jobs: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Coatings:
    """What coatings on roof and walls are worth, beside a setpoint, on the same seeds and weather.

    Parameters
    ----------
    *scenarios : Scenario, str, Path or mapping
        Sites; each is judged by itself.
    coatings : sequence of str
        Of ``twin parts coatings`` or of the scenario's own; a few of each kind if left out. "bare" is none.
    ages_years : sequence of float
        Years outdoors; 0 is new.
    surface : str or None
        "roof", "wall", "both", or "outdoors": pipes, ducts and casings of the plant. None: the roof; walls
        too if the scenario names a surface of theirs, or a shell covers them.
    baseline : str or None
        "bare", "as-is" or a coating. None: as it is where the surface is an ordinary one of the library, else bare.
    vary : mapping, sequence of str or None
        Setpoints to stand beside: ``{"plant.supply_air_temp_c": [24]}``. None: supply air 1 K warmer; empty: none.
    overrides : mapping or sequence of str
        Keys to change on every side.
    seeds : int
        Seeds of jobs and faults, each with a weather year of its own.
    years : int or None
        Weather years; every seed is then run in every one of them.
    days, start_day : float or None
        Length and start of every run, d, instead of the scenario's.
    uncertain : mapping, sequence of str or None
        ``{"key": (low, high)}``; None: reflectance, insulation and outside film.
    draws : int
        Draws of the uncertain parameters, run in the first world; 0 for none.
    cost_per_m2 : float or None
        Of a coating, in the tariff's currency: payback is given if the run is a year.
    claims : sequence
        Cooling powers that somebody claims, W/m²: ``150`` or ``"paint=150"``.
    jobs : int or None
        Processes; None takes every core.
    out : str, Path or None
        Folder for the runs and ``coating.json``; None keeps all in memory.
    resume, force : bool
        Read runs that are finished in ``out`` and run the rest; or replace them.
    progress : callable or None
        Called with (finished, all) runs of a site.

    Returns
    -------
    Coatings

    Raises
    ------
    InputError
        With every problem of the request.
    """
    request = CoatingRequest(
        coatings, ages_years, surface, baseline, vary, overrides, seeds, years, days, start_day, uncertain, draws,
    )
    folder = None if out is None else Path(out)
    read, problems = read_claims(claims)
    problems += place_problems(jobs, folder, resume, force) + _money_problems(cost_per_m2)
    sites = _plans(scenarios, request, problems)
    found = []
    for site in sites:
        place = None if folder is None else folder / "runs" / site.scenario.name
        if force and place is not None:
            for record in place.glob("*/*/run.json"):
                record.unlink()
        runs = run_all(site.plan.tasks, place, jobs or default_jobs(), progress)
        found.append(_concluded(site, runs, cost_per_m2, read))
    outcome = Coatings(found)
    if folder is not None:
        text = json.dumps(outcome.data, indent=2, ensure_ascii=False, allow_nan=False)
        folder.mkdir(parents=True, exist_ok=True)
        put(folder / "coating.json", text + "\n")
    return outcome


def _concluded(site: SitePlan, runs: list[Run], cost_per_m2: float | None, claims: Sequence[Claim]) -> SiteCoatings:
    gains = judged_site(site, runs, cost_per_m2)
    lines = claim_lines(site_sky(site.scenario), claims) if claims else []
    return SiteCoatings(site, runs, gains, site_notes(site, runs, gains, cost_per_m2), lines)


def _plans(scenarios: Sequence[Any], request: CoatingRequest, problems: list[Problem]) -> list[SitePlan]:
    """Plans of all sites; problems of all of them at once."""
    found = []
    if not scenarios:
        problems.append(Problem("SCENARIO", "give at least one"))
    for given in scenarios:
        try:
            found.append(site_plan(given, request))
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    names = [site.scenario.name for site in found]
    for name in {name for name in names if names.count(name) > 1}:
        problems.append(Problem(f"SCENARIO {name}", "is there twice; leave one out"))
    if problems:
        raise InputError("twin coating", problems)
    return found


def _money_problems(cost_per_m2: float | None) -> list[Problem]:
    if cost_per_m2 is None or (math.isfinite(cost_per_m2) and 0.0 <= cost_per_m2 <= 1e6):
        return []
    return [Problem(f"--cost-per-m2 {cost_per_m2:g}", "must lie in 0 … 1000000, in the currency of site.tariff")]
