"""What a condition is that is watched, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.alarms.excursions import Rule

__all__ = ["HOUR_S", "MINUTE_S", "Array", "Condition", "Day", "Level"]

Array = NDArray[np.floating]
Level = Literal["alarm", "warning"]

MINUTE_S, HOUR_S = 60, 3600


@dataclass(frozen=True)
class Day:
    """Rows of successive steps, with what conditions need beside them.

    Attributes
    ----------
    rows : ndarray of STEP_OUT
    queued : ndarray
        Jobs waiting at the end of each step.
    setpoints_c : mapping of str to (ndarray or float)
        Setpoints of waters and coolant by name, at the start of each step, °C.
    inlet_before_c, mode_before : ndarray
        Hottest rack inlet (°C) and cooling mode of the hour before the rows.
    step_s : int
    """

    rows: NDArray[np.void]
    queued: Array
    setpoints_c: Mapping[str, Array | float]
    inlet_before_c: Array
    mode_before: Array
    step_s: int


@dataclass(frozen=True)
class Condition:
    """One condition that is watched.

    Attributes
    ----------
    name : str
        As in ``summary["alarms"]``.
    level : str
        ``alarm``: equipment is outside what it allows, or work is lost; ``warning``: outside what is recommended.
    what : str
        Subject and verb of the sentence.
    unit : str
        Of worst value and limit as shown.
    limit : float
        As shown.
    rule : Rule
        In the unit of ``values``.
    values : callable
        Day → value of each step, high is bad; None where all are far below the limit.
    shown : callable
        Value → worst value as shown.
    worst : str
        The worst value in words, ``{}`` for it with its unit; empty where it says nothing.
    digits : int
        Decimals of the worst value.
    """

    name: str
    level: Level
    what: str
    unit: str
    limit: float
    rule: Rule
    values: Callable[[Day], Array | None]
    shown: Callable[[float], float] = float
    worst: str = "at worst {}"
    digits: int = 1
