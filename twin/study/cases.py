"""What is compared with what: sides (scenario, setpoints, policy), and worlds (seed, weather year, parameters).

Every side meets every world. A world is the same for all sides to the last random number: the seed of jobs and faults,
the weather year, and the draw of uncertain parameters. So what differs within a pair is the side alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.errors import InputError, Problem
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.study.one_run import Task
from twin.study.refusals import range_problems, start_problems, world_key_problem
from twin.study.sources import PolicySource, policy_source, told_apart
from twin.study.uncertainty import Uncertain, draws_of, read_uncertain
from twin.study.watch import DECISION_LIMIT_S

__all__ = ["Plan", "Request", "Side", "World", "plan_of"]

#: Draws of uncertain parameters, if nothing is said. Source: assumed: an eighth of each range a draw.
DRAWS = 8


@dataclass(frozen=True)
class Request:
    """What the user asks for, not yet checked; see :func:`twin.study.compare.compare` for the meanings."""

    scenarios: Sequence[Any]
    policies: Sequence[Any] = ()
    vary: Mapping[str, Sequence[object]] | Sequence[str] = ()
    overrides: Mapping[str, object] | Sequence[str] = ()
    seeds: int = 1
    years: int = 1
    days: float | None = None
    start_day: float | Sequence[float] | None = None
    baseline: str | None = None
    uncertain: Mapping[str, tuple[float, float]] | Sequence[str] = ()
    draws: int = DRAWS
    guard: bool = False
    decision_limit_s: float = DECISION_LIMIT_S

    @property
    def start_days(self) -> tuple[float, ...]:
        """As given; empty: the scenario's."""
        given = self.start_day
        if given is None:
            return ()
        return (float(given),) if isinstance(given, (int, float)) else tuple(float(day) for day in given)


@dataclass(frozen=True)
class World:
    """One seed in one weather year with one draw of parameters.

    Attributes
    ----------
    name : str
        ``s1-y1``, ``s1-y1-d3``, or with several start days ``s1-y1-t195``.
    seed : int
    year : int or None
        Number behind '@' of the weather; None: the scenario's own weather.
    draw : int
        0 is the scenario as it stands; others are draws of uncertain parameters.
    start_day : float or None
        Days after 1 January; None: the sides' own.
    """

    name: str
    seed: int
    year: int | None
    draw: int
    start_day: float | None = None


@dataclass(frozen=True)
class Side:
    """One of the things that are compared.

    Attributes
    ----------
    label : str
    slug : str
        Folder of its runs.
    source : PolicySource
    scenarios : tuple of Scenario
        By draw; 0 is the scenario as it stands.
    """

    label: str
    slug: str
    source: PolicySource
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class Plan:
    """All that will be run.

    Attributes
    ----------
    sides : tuple of Side
        The baseline first.
    worlds : tuple of World
    uncertain : tuple of Uncertain
    draws : tuple of dict
        Values by draw, from draw 1 on.
    guard : bool
    decision_limit_s : float
    """

    sides: tuple[Side, ...]
    worlds: tuple[World, ...]
    uncertain: tuple[Uncertain, ...] = ()
    draws: tuple[dict[str, float], ...] = ()
    guard: bool = False
    decision_limit_s: float = DECISION_LIMIT_S

    def task(self, side: Side, world: World) -> Task:
        """The run of a side in a world."""
        scenario = _placed(side.scenarios[world.draw], world)
        return Task(f"{side.slug}/{world.name}", scenario, side.source, self.guard, self.decision_limit_s)

    @property
    def tasks(self) -> list[Task]:
        """World by world, so that pairs finish together."""
        return [self.task(side, world) for world in self.worlds for side in self.sides]


@dataclass
class _Reader:
    """Collects problems while the request is read."""

    request: Request
    problems: list[Problem] = field(default_factory=list)

    def check_numbers(self) -> None:
        asked = self.request
        for name, value in (("seeds", asked.seeds), ("years", asked.years), ("draws", asked.draws)):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
                self.problems.append(Problem(f"--{name} {value}", "must be a whole number in 1 … 1000"))
        if not 0.0 < asked.decision_limit_s <= 3600.0:
            what = "must lie in 0 … 3600 s, 0 not included"
            self.problems.append(Problem(f"--decision-limit {asked.decision_limit_s:g}", what))
        if not asked.scenarios:
            self.problems.append(Problem("SCENARIO", "give at least one"))
        for day in asked.start_days:
            if len(asked.start_days) > 1 and not (0.0 <= day < 366.0 and math.isclose(day * 24, round(day * 24))):
                self.problems.append(Problem(f"--start-day {day:g}", "must lie in 0 … 366 d and fall on a full hour"))
        if len(set(asked.start_days)) < len(asked.start_days):
            self.problems.append(Problem("--start-day", "every day once only"))

    def check_ranges(self, uncertain: Sequence[Uncertain]) -> None:
        """Both ends of every range, in every scenario as it is given."""
        refused = {entry: world_key_problem("--uncertain", entry.key, (), self.request.years, False)
                   for entry in uncertain}
        self.problems += [problem for problem in refused.values() if problem is not None]
        free = [entry for entry, problem in refused.items() if problem is None]
        for given in self.request.scenarios:
            try:
                found = range_problems(free, given, _texts(self.request.overrides))
            except InputError:  # of the scenario itself, said where it is read
                continue
            self.problems += [problem for problem in found if problem not in self.problems]

    def policies(self) -> list[PolicySource | None]:
        """Sources; None is the scenario's own policy."""
        found: list[PolicySource | None] = []
        for given in self.request.policies:
            source = policy_source(given)
            if isinstance(source, Problem):
                self.problems.append(source)
            else:
                found.append(source)
        found = [*told_apart(source for source in found if source is not None)]
        if len(self.request.policies) == 1:
            found.insert(0, None)
        return found or [None]

    def variants(self) -> list[tuple[str, dict[str, object]]]:
        """Label and overrides of every combination of varied keys."""
        combined: list[tuple[str, dict[str, object]]] = [("", {})]
        vary = self.request.vary
        entries = vary.items() if isinstance(vary, Mapping) else [self._split(text) for text in vary]
        for key, values in entries:
            refused = world_key_problem("--vary", key, values, self.request.years, bool(self.request.policies))
            if refused is not None:
                self.problems.append(refused)
            if not values or refused is not None:
                continue
            choices: list[tuple[str, dict[str, object]]] = [
                (f"{key}={_shown(value)}", {key: value}) for value in values
            ]
            if len(choices) == 1:
                choices.insert(0, (f"{key} as it is", {}))
            combined = [
                (f"{label}, {more}" if label else more, {**keys, **extra})
                for label, keys in combined for more, extra in choices
            ]
        return combined

    def _split(self, text: str) -> tuple[str, list[object]]:
        """Key and values of ``key=a,b``; commas inside brackets and quotes do not part."""
        key, _, rest = text.partition("=")
        values = [part.strip() for part in re.findall(r"(?:\[[^\]]*\]|\"[^\"]*\"|'[^']*'|[^,])+", rest)]
        if not key.strip() or not values or not all(values):
            form = "write KEY=A,B, e.g. plant.chilled_water_temp_c=16,18"
            self.problems.append(Problem(f"--vary {text[:60]!r}", f"is not a list of values; {form}"))
            return key.strip(), []
        return key.strip(), list(values)

    def load(self, source: Any, keys: Mapping[str, object], also: Mapping[str, object]) -> Scenario | None:
        """A scenario with everything laid over it; its problems are kept."""
        asked = self.request
        texts = _texts(asked.overrides)
        lengths = {"run.duration_days": asked.days, "run.start_day": next(iter(asked.start_days), None)}
        more = {**keys, **{path: v for path, v in lengths.items() if v is not None}, **also}
        try:
            if isinstance(source, Scenario) and not texts and not more:
                return source
            return load_scenario(source, [*texts, *_texts(more)])
        except InputError as error:
            name = source if isinstance(source, (str, Path)) else "scenario"
            new = [Problem(f"{name}: {problem.where}", problem.what) for problem in error.problems]
            self.problems += [problem for problem in new if problem not in self.problems]
            return None


def _texts(keys: Mapping[str, object] | Sequence[str]) -> list[str]:
    """Overrides as texts; a text given as a value stands as it was typed."""
    if isinstance(keys, Mapping):
        return [f"{path}={value if isinstance(value, str) else _toml(value)}" for path, value in keys.items()]
    return [keys] if isinstance(keys, str) else [str(text) for text in keys]


def _toml(value: object) -> str:
    """A value as TOML; tables inline, as a list of events needs them."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{json.dumps(str(k))} = {_toml(v)}' for k, v in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else _toml(value)


def plan_of(request: Request) -> Plan:
    """Check a request and lay out its runs.

    Parameters
    ----------
    request : Request

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        With every problem that could be found.
    """
    reader = _Reader(request)
    reader.check_numbers()
    uncertain, wrong = read_uncertain(request.uncertain)
    reader.problems += wrong
    reader.check_ranges(uncertain)
    draws = draws_of(uncertain, request.draws) if uncertain and not wrong and not reader.problems else []
    sides = _sides(reader, draws)
    if not reader.problems and len(sides) < 2:
        what = "nothing to compare it with: give a second SCENARIO, --policy, or --vary KEY=A,B"
        reader.problems.append(Problem("one side only", what))
    if not reader.problems:
        _check_alike(reader, sides)
        reader.problems += start_problems((side.scenarios[0] for side in sides), request.start_days)
    if not reader.problems:
        sides = _baseline_first(reader, sides)
    if reader.problems:
        raise InputError("twin compare", reader.problems)
    worlds = _worlds(request, sides[0].scenarios[0], len(draws))
    return Plan(tuple(sides), tuple(worlds), tuple(uncertain), tuple(draws), request.guard, request.decision_limit_s)


def _sides(reader: _Reader, draws: Sequence[Mapping[str, float]]) -> list[Side]:
    """Every scenario with every variant under every policy."""
    sources, variants = reader.policies(), reader.variants()
    found: list[Side] = []
    many = len(reader.request.scenarios) > 1
    for given in reader.request.scenarios:
        for label, keys in variants:
            for source in sources:
                choice: dict[str, object] = {"policy.name": source.name} if source is not None and source.name else {}
                loaded = [reader.load(given, {**keys, **choice}, draw) for draw in [{}, *draws]]
                scenarios = tuple(scenario for scenario in loaded if scenario is not None)
                if len(scenarios) < len(loaded):
                    continue
                own = source or PolicySource(scenarios[0].policy.name, name=scenarios[0].policy.name)
                parts = [scenarios[0].name if many else "", label, own.label if len(sources) > 1 else ""]
                name = ", ".join(part for part in parts if part) or scenarios[0].name
                same = sum(side.label == name or side.label.startswith(f"{name} (") for side in found)
                name = f"{name} ({same + 1})" if same else name
                slug = re.sub(r"[^A-Za-z0-9._=-]+", "-", name)[:60].strip("-.")
                found.append(Side(name, f"{len(found) + 1:02d}-{slug}", own, scenarios))
    return found


def _check_alike(reader: _Reader, sides: Sequence[Side]) -> None:
    """Sides must cover the same days, enough of them, and have other weather years where these are asked for."""
    asked = reader.request
    days = sides[0].scenarios[0].run.duration_days
    worlds = asked.seeds * asked.years * max(1, len(asked.start_days))
    if days * worlds < 2.0:
        what = "an interval needs two days or more; give --days, --seeds or --years"
        reader.problems.append(Problem(f"run.duration_days = {days:g}", what))
    spans = {(s.scenarios[0].run.start_day, s.scenarios[0].run.duration_days) for s in sides}
    if len(spans) > 1:
        what = "the scenarios cover different days; give --days and --start-day"
        reader.problems.append(Problem("run.start_day, run.duration_days", what))
    if reader.request.years > 1:
        for name in {s.scenarios[0].name for s in sides if s.scenarios[0].site.weather == "steady"}:
            what = "steady weather has no other years; leave it out"
            reader.problems.append(Problem(f"--years with {name}", what))


def _baseline_first(reader: _Reader, sides: list[Side]) -> list[Side]:
    wanted = reader.request.baseline
    if wanted is None:
        return sides
    chosen = [side for side in sides if side.label == wanted]
    if not chosen:
        known = ", ".join(f"'{side.label}'" for side in sides)
        reader.problems.append(Problem(f"--baseline {wanted}", f"is none of the sides: {known}"))
        return sides
    return [chosen[0], *(side for side in sides if side is not chosen[0])]


def _worlds(request: Request, scenario: Scenario, draws: int) -> list[World]:
    """Every seed in every year from every start: each its own, since a seed that is used twice is no new evidence."""
    first = scenario.run.seed
    _, own_year = _year_of(scenario.site.weather)
    several = len(request.start_days) > 1
    starts = request.start_days if several else (None,)
    found = []
    for draw in range(draws + 1):
        seed = first
        for start in starts:
            for j in range(request.years):
                year = None if request.years == 1 else (own_year or 1) + j
                for _ in range(request.seeds):
                    name = f"s{seed}-y{j + 1}" + (f"-t{start:g}" if several else "") + (f"-d{draw}" if draw else "")
                    found.append(World(name, seed, year, draw, start))
                    seed += 1
    return found


def _year_of(weather: str) -> tuple[str, int | None]:
    """Name and number of ``name@number``."""
    found = re.fullmatch(r"(.*)@(\d{1,9})", weather.strip())
    return (found[1], int(found[2])) if found else (weather, None)


def _placed(scenario: Scenario, world: World) -> Scenario:
    """A scenario with the seed, the weather year and the start of a world."""
    changes: dict[str, object] = {"seed": world.seed}
    if world.start_day is not None:
        changes["start_day"] = world.start_day
    run = scenario.run.model_copy(update=changes)
    site = scenario.site
    if world.year is not None:
        site = site.model_copy(update={"weather": f"{_year_of(site.weather)[0]}@{world.year}"})
    return scenario.model_copy(update={"run": run, "site": site})
