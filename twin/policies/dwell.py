"""Least times on and off: setpoints that would stop what has just come on, or call what has just gone, wait."""

from __future__ import annotations

from collections.abc import Mapping

from twin.channels import MODES
from twin.policies.contract import Observation

__all__ = ["CALLS", "Dwell", "machines_on"]

_CHILLERS, _MODE, _HOTTEST = "plant.chillers_on", "plant.mode", "hall.rack_inlet_max_c"
#: Modes in which compressors run, where no channel counts machines.
_COMPRESSORS = frozenset(i for i, mode in enumerate(MODES) if "mechanical" in mode or "DX" in mode)
#: Setpoints that call compressors and send them away; a lower one calls.
CALLS = frozenset(("supply_air_c", "chilled_water_c", "facility_water_c"))


def machines_on(observation: Mapping[str, float]) -> int:
    """How many machines with compressors run, as a controller sees it.

    Parameters
    ----------
    observation : mapping
        ``plant.chillers_on``, or where that is missing or a hall has none, ``plant.mode``.

    Returns
    -------
    int
        Chillers; of other plants 1 while compressors run, else 0.
    """
    chillers = round(observation.get(_CHILLERS, 0.0))
    return chillers or int(round(observation.get(_MODE, 0.0)) in _COMPRESSORS)


class Dwell:
    """Remembers when machines last came on and went, and holds what would turn that round too soon.

    For ``on_s`` after a start no setpoint of :data:`CALLS` goes up, for ``off_s`` after a stop none goes down: except
    while the hottest inlet is above ``warm_c``, when cooling is called without delay.

    Parameters
    ----------
    on_s, off_s : float
        Least time on and off, s; 0: not held.
    warm_c : float
        Inlet above which nothing is held that cools more, °C.

    References
    ----------
    Anti-recycle timers of chillers; ASHRAE Guideline 36-2021, chiller staging (stage delays).
    """

    def __init__(self, on_s: float, off_s: float, warm_c: float) -> None:
        self.on_s, self.off_s, self.warm_c = on_s, off_s, warm_c
        self.forget()

    def forget(self) -> None:
        """Nothing has started or stopped yet."""
        self._count: int | None = None
        self._on_until_s = self._off_until_s = 0.0
        self._warm = False

    def see(self, observation: Observation) -> None:
        """Take note of what runs now.

        Parameters
        ----------
        observation : Observation
        """
        count = machines_on(observation)
        if self._count is not None and count > self._count:
            self._on_until_s = observation.time_s + self.on_s
        elif self._count is not None and count < self._count:
            self._off_until_s = observation.time_s + self.off_s
        self._count = count
        self._warm = not observation.get(_HOTTEST, 0.0) <= self.warm_c  # also NaN

    def kept(self, name: str, value: float, held: float, now_s: float) -> float:
        """A setpoint as far as it may move now.

        Parameters
        ----------
        name : str
        value, held : float
            What is asked for, and what is in force.
        now_s : float
            Engine time, s.

        Returns
        -------
        float
            ``value`` or ``held``.
        """
        if name not in CALLS or value == held:
            return value
        if value > held:
            return held if now_s < self._on_until_s else value
        return held if now_s < self._off_until_s and not self._warm else value

    def snapshot(self) -> tuple[int | None, float, float, bool]:
        """What it remembers."""
        return (self._count, self._on_until_s, self._off_until_s, self._warm)

    def restore(self, saved: tuple[int | None, float, float, bool]) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : tuple
        """
        self._count, self._on_until_s, self._off_until_s, self._warm = saved
