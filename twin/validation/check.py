"""Something that is known without a computer, and our value of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["CLOSED_FORM", "HOUSE_CLOSURE", "Check", "largest"]

#: Where the tolerance of a closed form comes from.
CLOSED_FORM = "closed form: rounding only"
#: Where that of a balance comes from.
HOUSE_CLOSURE = "house rule of closure"


@dataclass(frozen=True)
class Check:
    """Something that is known without a computer.

    Attributes
    ----------
    id : str
        Short name, unique in the suite.
    source : str
        What says so.
    quantity : str
        What it is, with its unit in brackets.
    theirs, tolerance : float
        What it must be, and within what.
    basis : str
        Where the tolerance comes from.
    ours : callable
        Gives our value.
    """

    id: str
    source: str
    quantity: str
    theirs: float
    tolerance: float
    basis: str
    ours: Callable[[], float]


def largest(apart: Iterable[float]) -> float:
    """The largest of some distances from 0.

    Parameters
    ----------
    apart : iterable of float

    Returns
    -------
    float
    """
    return float(max(abs(each) for each in apart))
