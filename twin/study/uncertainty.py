"""Doubt about parameters: named keys with ranges, drawn together and given to every side alike."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.errors import Problem

__all__ = ["Uncertain", "draws_of", "read_uncertain"]

_SEED = 7919
_FORM = "write KEY=LOW:HIGH, e.g. plant.chiller.main.cop=5.5:6.5"


@dataclass(frozen=True)
class Uncertain:
    """A key of the scenario that is known to a range only.

    Attributes
    ----------
    key : str
    low, high : float
        In the unit of the key; all values between are taken for equally likely.
    """

    key: str
    low: float
    high: float


def read_uncertain(given: Mapping[str, tuple[float, float]] | Sequence[str]) -> tuple[list[Uncertain], list[Problem]]:
    """Read named ranges.

    Parameters
    ----------
    given : mapping or sequence of str
        ``{"key": (low, high)}`` or ``["key=low:high"]``.

    Returns
    -------
    list of Uncertain
    list of Problem
    """
    if isinstance(given, Mapping):
        texts = [(str(key), f"{bounds[0]!r}:{bounds[1]!r}" if len(bounds) == 2 else repr(bounds))
                 for key, bounds in given.items()]
    else:
        texts = [(text.partition("=")[0].strip(), text.partition("=")[2].strip()) for text in given]
    found: list[Uncertain] = []
    problems: list[Problem] = []
    for key, text in texts:
        where = f"--uncertain {key}={text}"
        match = re.fullmatch(r"([^:]+):([^:]+)", text)
        try:
            low, high = (float(part) for part in match.groups()) if match else (math.nan, math.nan)
        except ValueError:
            low = high = math.nan
        if not key or not math.isfinite(low) or not math.isfinite(high):
            problems.append(Problem(where, f"is not a range; {_FORM}"))
        elif low >= high:
            problems.append(Problem(where, "the low end must be below the high end"))
        elif key in {entry.key for entry in found}:
            problems.append(Problem(where, "the key has a range already; leave one out"))
        else:
            found.append(Uncertain(key, low, high))
    return found, problems


def draws_of(parameters: Sequence[Uncertain], count: int, seed: int = _SEED) -> list[dict[str, float]]:
    """Values of all parameters, drawn so that each range is covered evenly (Latin hypercube).

    Parameters
    ----------
    parameters : sequence of Uncertain
    count : int
        Draws, at least 1.
    seed : int

    Returns
    -------
    list of dict
        Key → value, one dict a draw; every ``count``-th part of every range is met exactly once.

    References
    ----------
    McKay, Beckman and Conover (1979), A comparison of three methods for selecting values of input variables,
    Technometrics 21, 239–245.
    """
    generator = np.random.default_rng(seed)
    columns = {
        p.key: p.low + (p.high - p.low) * (generator.permutation(count) + generator.random(count)) / count
        for p in parameters
    }
    return [{key: float(values[i]) for key, values in columns.items()} for i in range(count)]
