"""Requests that would be overridden in silence, or fail in every run: said before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from twin.errors import InputError, Problem
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.simulate import site_weather
from twin.study.uncertainty import Uncertain

__all__ = ["range_problems", "start_problems", "world_key_problem"]

#: Keys that belong to the worlds, which all sides share → what to give instead.
_OF_WORLDS = {
    "run.seed": "every side gets the same seeds; use --seeds N, and --set run.seed=N for the first of them",
    "run.start_day": "sides would cover different days; use --start-day D, repeated for several",
    "run.duration_days": "sides would cover different days; use --days D",
}
_WHOLE = "takes whole numbers, and a range is drawn between them; use --vary KEY=A,B"


def world_key_problem(
    option: str, key: str, values: Sequence[object], years: int, has_policies: bool
) -> Problem | None:
    """Why a key cannot differ between sides: worlds set it, or another option does.

    Parameters
    ----------
    option : str
        ``--vary`` or ``--uncertain``.
    key : str
    values : sequence of object
        Given for it.
    years : int
        Weather years that are asked for.
    has_policies : bool
        Whether policies are named, each a side of its own.

    Returns
    -------
    Problem or None
    """
    if key in _OF_WORLDS:
        return Problem(f"{option} {key}", _OF_WORLDS[key])
    if key == "policy.name" and has_policies:
        return Problem(f"{option} {key}", "--policy names the policy of every side; give these as --policy too")
    if key == "site.weather" and years > 1 and any(re.search(r"@\d+", str(value)) for value in values):
        return Problem(f"{option} {key}", "--years sets the year of every side; leave out @YEAR or --years")
    return None


def start_problems(scenarios: Iterable[Scenario], starts: Sequence[float]) -> list[Problem]:
    """Weather that cannot be read, and starts that lie past its end.

    Parameters
    ----------
    scenarios : iterable of Scenario
        Of the sides.
    starts : sequence of float
        Days after 1 January; empty: each scenario's own.

    Returns
    -------
    list of Problem
    """
    found: list[Problem] = []
    seen: list[Any] = []
    for scenario in scenarios:
        latest = max(starts, default=scenario.run.start_day)
        what = (scenario.site, latest)
        if what in seen:
            continue
        seen.append(what)
        try:
            site_weather(scenario.model_copy(update={"run": scenario.run.model_copy(update={"start_day": latest})}))
        except InputError as error:
            told = [
                Problem(f"--start-day {latest:g}" if starts and problem.where.startswith("run.start_day")
                        else f"{scenario.name}: {problem.where}", problem.what)
                for problem in error.problems
            ]
            found += [problem for problem in told if problem not in found]
    return found


def range_problems(
    parameters: Sequence[Uncertain], scenario: Scenario | str | Any, overrides: Sequence[str] = ()
) -> list[Problem]:
    """Ends of ranges that the scenario does not take: draws may miss them by chance.

    Parameters
    ----------
    parameters : sequence of Uncertain
    scenario : Scenario, str, Path or mapping
    overrides : sequence of str
        Keys that every side changes.

    Returns
    -------
    list of Problem
        Of the key itself; what speaks against it beside other keys is left to the draws.
    """
    found = []
    for parameter in parameters:
        ends: Mapping[str, float] = {"low": parameter.low, "high": parameter.high}
        for end, value in ends.items():
            try:
                load_scenario(scenario, [*overrides, f"{parameter.key}={value!r}"])
            except InputError as error:
                where = f"--uncertain {parameter.key}={parameter.low:g}:{parameter.high:g}"
                for problem in error.problems:
                    if problem.what.startswith("unknown key") and f"{parameter.key}.".startswith(f"{problem.where}."):
                        found.append(Problem(where, f"{problem.where}: {problem.what}"))
                    elif problem.where.partition(" ")[0] == parameter.key:
                        whole = "whole number" in problem.what
                        found.append(Problem(where, _WHOLE if whole else f"its {end} end, {value:g}: {problem.what}"))
    return list(dict.fromkeys(found))
