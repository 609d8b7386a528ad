"""Errors a user can meet. Each says what, where, the value, the bound, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["InputError", "Problem", "ScenarioError", "SimulationError", "TwinError"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    Attributes
    ----------
    where : str
        Dotted path and value (``plant.chilled_water_temp_c = 95.0``) or file and row.
    what : str
        The rule that was broken, with its bound, and what to do.
    """

    where: str
    what: str


class TwinError(Exception):
    """Base of all errors the twin raises on purpose."""

    exit_code = 3


class InputError(TwinError):
    """Bad input of any kind (scenario, weather, trace, command): exit code 2, all problems at once.

    Parameters
    ----------
    source : str
        File or option the problems are in.
    problems : list of Problem
    """

    exit_code = 2

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        width = min(60, max((len(p.where) for p in self.problems), default=0))
        lines = [f"{self.source}: {count} problem{'s' if count != 1 else ''}"]
        lines += [f"  {p.where:<{width}}   {p.what}".rstrip() for p in self.problems]
        return "\n".join(lines)


class ScenarioError(InputError):
    """A scenario that cannot be read, checked or built."""


class SimulationError(TwinError):
    """The simulation failed (not the input): exit code 3."""
