"""What the report shows of the coatings of a site, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DesignDay", "SideView", "SiteView"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SideView:
    """A side against the baseline.

    Attributes
    ----------
    label, kind, coating : str
    age_years : float
    kwh : tuple of float
        Change of energy a run: value, low, high (equal where there is no interval).
    band_kwh : tuple of float
        The same under each draw of parameters.
    pue : float
        Change of PUE.
    claimed : bool
        Whether it is above the model's error.
    """

    label: str
    kind: str
    coating: str
    age_years: float
    kwh: tuple[float, float, float]
    band_kwh: tuple[float, ...]
    pue: float
    claimed: bool


@dataclass(frozen=True)
class DesignDay:
    """Temperatures of the hottest day.

    Attributes
    ----------
    day : int
        Counted from 1 January.
    hour_h : ndarray
    lines : dict
        Name → °C by quarter hour: air, baseline and the best coating.
    """

    day: int
    hour_h: Floats
    lines: Mapping[str, Floats]


@dataclass(frozen=True)
class SiteView:
    """A site.

    Attributes
    ----------
    name, baseline : str
    sides : sequence of SideView
        Best first.
    error_kwh : float
        Change of energy a run that is below the model's error.
    power : dict
        Surface → net power at air temperature by hour and month, shape (24, 12), W/m².
    bound : ndarray, shape (24, 12)
        The same of what any coating could lose without sun.
    design_day : DesignDay or None
    head, rows, notes, claims : sequences
        Table and words.
    """

    name: str
    baseline: str
    sides: Sequence[SideView]
    error_kwh: float
    power: Mapping[str, Floats]
    bound: Floats
    design_day: DesignDay | None
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]
    claims: Sequence[str]
