"""What ``twin coating`` runs: a baseline, a side for every coating and age, and a setpoint beside them.

Every world is a seed of jobs and faults with a weather year of its own: ten seeds that share one year of weather would
be no ten pieces of evidence. Draws of uncertain parameters are run in the first world only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from twin.errors import InputError, Problem
from twin.scenario.coatings import Coating, CoatingPart, coating_parts, find_coating
from twin.scenario.hall import Surface
from twin.scenario.outdoor import OutdoorSurface
from twin.scenario.panels import roof_share_frac
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.study.cases import Plan, Side, World
from twin.study.coating_doubt import OUTDOORS, SHIFT, default_uncertain, doubt_problems
from twin.study.refusals import start_problems, world_key_problem
from twin.study.sources import PolicySource
from twin.study.uncertainty import draws_of, read_uncertain

__all__ = [
    "DEFAULT_COATINGS", "OUTDOORS", "SHIFT", "CoatingRequest", "SitePlan", "Treatment", "coated_surface", "site_plan",
]

#: A radiative paint, a radiative film, a white cool-roof paint, and what it is worth to do nothing but a metal sheet.
DEFAULT_COATINGS = ("baso4-paint", "glass-polymer-silver", "white-cool-roof", "galvanised-steel")
#: Step of the supply air that stands beside the coatings if nothing is said, K. Source: assumed.
_SETPOINT_STEP_K = 1.0
#: Oldest surface, years: the bound of the key.
_OLDEST_YEARS = 30.0


@dataclass(frozen=True)
class CoatingRequest:
    """What the user asks for, not yet checked; see :func:`twin.study.coating.coating` for the meanings."""

    coatings: Sequence[str] = ()
    ages_years: Sequence[float] = (0.0, 1.0, 3.0)
    surface: str | None = None
    baseline: str | None = None
    vary: Sequence[str] | Mapping[str, Sequence[object]] | None = None
    overrides: Mapping[str, object] | Sequence[str] = ()
    seeds: int = 10
    years: int | None = None
    days: float | None = None
    start_day: float | None = None
    uncertain: Mapping[str, tuple[float, float]] | Sequence[str] | None = None
    draws: int = 4


@dataclass(frozen=True)
class Treatment:
    """What a side does to the hall.

    Attributes
    ----------
    kind : str
        "baseline", "coating" or "setpoint".
    name : str
        Coating; of the others a label.
    age_years : float
        Years outdoors; 0 of the others.
    keys : dict
        What is changed in the scenario.
    """

    kind: Literal["baseline", "coating", "setpoint"]
    name: str
    age_years: float = 0.0
    keys: Mapping[str, object] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """``baso4-paint (new)``; ``baso4-paint (3 years)``."""
        if self.kind != "coating" or self.name == "bare":
            return self.name
        years = f"{self.age_years:g} year{'' if self.age_years == 1.0 else 's'}"
        return f"{self.name} ({years if self.age_years else 'new'})"


@dataclass(frozen=True)
class SitePlan:
    """All that is run for one scenario.

    Attributes
    ----------
    scenario : Scenario
        As it stands, with the overrides.
    plan : Plan
    treatments : tuple of Treatment
        Of the plan's sides.
    surfaces : tuple of str
        Which surfaces are coated: "roof", "wall", or "outdoors" (pipes, ducts and casings).
    area_m2 : float
        Theirs, without the roof under panels.
    notes : tuple of str
        What was decided for the user.
    """

    scenario: Scenario
    plan: Plan
    treatments: tuple[Treatment, ...]
    surfaces: tuple[str, ...]
    area_m2: float
    notes: tuple[str, ...]


def site_plan(source: Any, request: CoatingRequest) -> SitePlan:
    """Check a request for one scenario and lay out its runs.

    Parameters
    ----------
    source : Scenario, str, Path or mapping
    request : CoatingRequest

    Returns
    -------
    SitePlan

    Raises
    ------
    InputError
        With every problem that could be found.
    """
    problems = _number_problems(request)
    uncertain, wrong = read_uncertain(request.uncertain or ())
    problems += wrong
    lengths = {"run.duration_days": request.days, "run.start_day": request.start_day}
    texts = [*_texts(request.overrides), *_texts({k: v for k, v in lengths.items() if v is not None})]
    try:
        scenario = load_scenario(source, texts) if texts or not isinstance(source, Scenario) else source
    except InputError as error:
        raise InputError("twin coating", [*problems, *error.problems]) from None
    problems += doubt_problems(scenario, uncertain)
    problems += start_problems([scenario], [] if request.start_day is None else [request.start_day])
    notes: list[str] = []
    surfaces = _surfaces(scenario, request.surface)
    if surfaces == (OUTDOORS,) and not scenario.plant.outdoors:
        what = "there is nothing to coat: give plant.outdoor_pipe, plant.outdoor_duct or plant.casing"
        raise InputError("twin coating", [*problems, Problem(f"--surface {OUTDOORS}", what)])
    baseline = _baseline(scenario, surfaces, request.baseline, problems)
    coats = _coats(scenario, surfaces, request, problems)
    treatments = [baseline, *coats, *_setpoint(scenario, request, problems, notes)]
    if request.uncertain is None and request.draws:
        uncertain = default_uncertain(scenario, surfaces)
    drawn = draws_of(uncertain, request.draws) if uncertain and request.draws and not problems else []
    worlds = [] if problems else _worlds(scenario, request, len(drawn), problems)
    if problems:
        raise InputError("twin coating", problems)
    sides = tuple(_side(scenario, treatment, i, drawn) for i, treatment in enumerate(treatments))
    plan = Plan(sides, tuple(worlds), tuple(uncertain) if drawn else (), tuple(drawn))
    return SitePlan(scenario, plan, tuple(treatments), surfaces, _painted_m2(scenario, surfaces),
                    tuple(notes))


def _painted_m2(scenario: Scenario, surfaces: Sequence[str]) -> float:
    """What is painted: of the roof what no panels stand on."""
    hall = scenario.hall
    areas = {"roof": hall.total_length_m * hall.width_m * (1.0 - roof_share_frac(scenario.plant.sky_panels, hall)),
             "wall": 2.0 * (hall.total_length_m + hall.width_m) * hall.height_m,
             OUTDOORS: sum(surface.area_m2 for surface in scenario.plant.outdoors.values())}
    return sum(areas[name] for name in surfaces)


def _number_problems(request: CoatingRequest) -> list[Problem]:
    found = []
    for name, value, least in (("seeds", request.seeds, 1), ("years", request.years, 1), ("draws", request.draws, 0)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 1000):
            found.append(Problem(f"--{name} {value}", f"must be a whole number in {least} … 1000"))
    if not request.ages_years:
        found.append(Problem("--ages", "is empty; give years outdoors, e.g. 0,1,3"))
    what = f"must lie in 0 … {_OLDEST_YEARS:g} years outdoors; 0 is new"
    found += [Problem(f"--ages {age:g}", what) for age in request.ages_years
              if not (math.isfinite(age) and 0.0 <= age <= _OLDEST_YEARS)]
    if request.surface not in {None, "roof", "wall", "both", OUTDOORS}:
        found.append(Problem(f"--surface {request.surface}", "must be roof, wall, both or outdoors"))
    return found


def _surfaces(scenario: Scenario, wanted: str | None) -> tuple[str, ...]:
    """The roof; walls too if asked for, if the scenario names a surface of theirs, or if a shell covers them."""
    if wanted is None:
        envelope = scenario.envelope
        shelled = envelope.shell is not None and envelope.shell.covers == "all"
        wanted = "both" if envelope.wall.coating is not None or shelled else "roof"
    return ("roof", "wall") if wanted == "both" else (wanted,)


def _keys(scenario: Scenario, surfaces: Sequence[str], name: str, age_years: float) -> dict[str, object]:
    found: dict[str, object] = {}
    for surface in surfaces:
        for path in scenario.plant.outdoors if surface == OUTDOORS else (f"envelope.{surface}",):
            found |= {f"{path}.coating": name, f"{path}.coating_age_years": age_years}
    return found


def _baseline(
    scenario: Scenario, surfaces: Sequence[str], wanted: str | None, problems: list[Problem]
) -> Treatment:
    """As the hall stands where its surface is an ordinary one, else without coating; or what is asked for."""
    own = coated_surface(scenario, surfaces[0])
    if wanted is None:
        ordinary = {part.name for part in coating_parts() if part.kind == "ordinary"}
        if own.coating in ordinary and own.coating not in scenario.envelope.coatings:
            return Treatment("baseline", Treatment("coating", own.coating, own.coating_age_years).label)
        wanted = "bare"
    if wanted == "as-is":
        return Treatment("baseline", "as it is")
    if wanted != "bare":
        problems += _unknown(scenario, wanted, "--baseline")
    return Treatment("baseline", wanted, 0.0, _keys(scenario, surfaces, wanted, 0.0))


def _unknown(scenario: Scenario, name: str, option: str) -> list[Problem]:
    try:
        find_coating(name, scenario.envelope.coatings)
    except InputError as error:
        return [Problem(f"{option} {name[:60]}", error.problems[0].what)]
    return []


def _coats(
    scenario: Scenario, surfaces: Sequence[str], request: CoatingRequest, problems: list[Problem]
) -> list[Treatment]:
    """Every coating at every age; a bare surface has no age."""
    found = []
    for name in dict.fromkeys(request.coatings or DEFAULT_COATINGS):
        if name == "bare":
            found.append(Treatment("coating", name, 0.0, _keys(scenario, surfaces, name, 0.0)))
            continue
        problems += _unknown(scenario, name, "--coating")
        found += [Treatment("coating", name, float(age), _keys(scenario, surfaces, name, float(age)))
                  for age in dict.fromkeys(request.ages_years)]
    return found


def _setpoint(
    scenario: Scenario, request: CoatingRequest, problems: list[Problem], notes: list[str]
) -> list[Treatment]:
    """What an operator could do instead; one side a value."""
    if request.vary is None:
        if scenario.hall.holds_return:
            notes.append("No setpoint stands beside the coatings: the units hold return air. Give one with "
                         "--vary KEY=A,B.")
            return []
        wanted: Any = {"plant.supply_air_temp_c": [scenario.plant.supply_air_temp_c + _SETPOINT_STEP_K]}
    else:
        wanted = request.vary
    found = []
    entries = wanted.items() if isinstance(wanted, Mapping) else [_split(t, problems) for t in wanted]
    for key, values in entries:
        refused = world_key_problem("--vary", key, values, request.years or 1, False)
        if refused is not None:
            problems.append(refused)
            continue
        found += [Treatment("setpoint", f"{key}={value}", 0.0, {key: value}) for value in values]
    for treatment in found:
        try:
            load_scenario(scenario, _texts(treatment.keys))
        except InputError as error:
            problems += error.problems
    return found


def _split(text: str, problems: list[Problem]) -> tuple[str, list[object]]:
    key, _, rest = text.partition("=")
    values: list[object] = [part.strip() for part in re.findall(r"(?:\[[^\]]*\]|\"[^\"]*\"|'[^']*'|[^,])+", rest)]
    if not key.strip() or not values or not all(values):
        what = "is not a list of values; write KEY=A,B, e.g. plant.supply_air_temp_c=24,26"
        problems.append(Problem(f"--vary {text[:60]!r}", what))
        return key.strip(), []
    return key.strip(), values


def coated_surface(scenario: Scenario, name: str) -> Surface | OutdoorSurface:
    """Roof, walls, or the first of the outdoor pipes, ducts and casings.

    Parameters
    ----------
    scenario : Scenario
    name : str
        "roof", "wall" or "outdoors".

    Returns
    -------
    Surface or OutdoorSurface
    """
    if name == OUTDOORS:
        return next(iter(scenario.plant.outdoors.values()))
    return scenario.envelope.roof if name == "roof" else scenario.envelope.wall


def _worlds(scenario: Scenario, request: CoatingRequest, draws: int, problems: list[Problem]) -> list[World]:
    """Seeds with a weather year each; draws in the first of them."""
    run, weather = scenario.run, scenario.site.weather
    steady = weather == "steady"
    match = re.fullmatch(r".*@(\d{1,9})", weather.strip())
    first_year = int(match[1]) if match else 1
    years = request.years or (1 if steady else request.seeds)
    if years > 1 and steady:
        problems.append(Problem(f"--years {years}", "steady weather has no other years; leave it out"))
    if run.duration_days * max(request.seeds, years) < 2.0:
        what = "an interval needs two days or more; give --days or --seeds"
        problems.append(Problem(f"run.duration_days = {run.duration_days:g}", what))
    pairs = [(i, i) for i in range(request.seeds)] if request.years is None and not steady else [
        (j * request.seeds + i, j) for j in range(years) for i in range(request.seeds)]
    found = []
    for draw in range(draws + 1):
        for i, j in pairs if draw == 0 else pairs[:1]:
            name = f"s{run.seed + i}-y{j + 1}" + (f"-d{draw}" if draw else "")
            found.append(World(name, run.seed + i, None if years == 1 else first_year + j, draw))
    return found


def _side(scenario: Scenario, treatment: Treatment, number: int, draws: Sequence[Mapping[str, float]]) -> Side:
    versions = []
    for draw in [{}, *draws]:
        keys = {**treatment.keys, **{key: value for key, value in draw.items() if key != SHIFT}}
        version = load_scenario(scenario, _texts(keys)) if keys else scenario
        versions.append(_shifted(version, treatment, draw.get(SHIFT, 0.0)))
    slug = re.sub(r"[^A-Za-z0-9._=-]+", "-", treatment.label)[:60].strip("-.")
    source = PolicySource(scenario.policy.name, name=scenario.policy.name)
    return Side(treatment.label, f"{number + 1:02d}-{slug}", source, tuple(versions))


def _shifted(scenario: Scenario, treatment: Treatment, shift_frac: float) -> Scenario:
    """The side's coating as one of the scenario's own, with another reflectance at every age."""
    if treatment.kind != "coating" or treatment.name == "bare" or shift_frac == 0.0:
        return scenario
    own = scenario.envelope.coatings
    coating = find_coating(treatment.name, own)
    hidden = {"name", "kind"} if isinstance(coating, CoatingPart) else set()
    tables = coating.model_dump(exclude_none=True, exclude=hidden)
    new = coating.new_optics()
    if coating.spectrum is not None:
        del tables["spectrum"]
        tables |= {"window_emissivity_frac": new.window_frac, "far_emissivity_frac": new.far_frac,
                   "other_emissivity_frac": new.other_frac}
    tables["solar_reflectance_frac"] = _within(new.reflectance_frac + shift_frac)
    for age in ("one_year", "three_years"):
        if age in tables:
            aged = tables[age]
            tables[age] = {**aged, "solar_reflectance_frac": _within(aged["solar_reflectance_frac"] + shift_frac)}
    envelope = scenario.envelope
    changed = envelope.model_copy(update={"coatings": {**own, treatment.name: Coating.model_validate(tables)}})
    return scenario.model_copy(update={"envelope": changed})


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _texts(keys: Mapping[str, object] | Sequence[str]) -> list[str]:
    """Overrides as texts; names of coatings stand bare."""
    if isinstance(keys, Mapping):
        return [f"{path}={value}" for path, value in keys.items()]
    return [keys] if isinstance(keys, str) else [str(text) for text in keys]
