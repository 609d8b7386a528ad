"""Events of a run: when the next is due, what it does to plant, setpoints, sensors and load, and the record of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import SETPOINTS, Params

from twin.engine.effects import PARAMETER_ACTIONS, apply_effects, own_params
from twin.engine.event_record import record_entry
from twin.engine.physics import Physics
from twin.engine.timeline import Effect, timeline
from twin.facility.build import Facility
from twin.scenario.schema import Scenario
from twin.scenario.targets import LOOP_SENSORS

__all__ = ["Events"]


class Events:
    """All events of a simulation.

    What happens follows from the scenario and its seed; what is in force follows from the second up to which
    events have acted. Beside that second only two things are remembered: what setpoints were before an event
    set them, and what a sensor read when it dropped out.

    Parameters
    ----------
    scenario : Scenario
    facility : Facility
        Its parameters stay as they are.
    span_s : tuple of int
        Start and end of the run [s].
    year_h : int
        Hours of the weather year, for dates.

    Attributes
    ----------
    params : Params
        Parameters with the effects of events in them; the facility's own where there are no events.
    bias : dict
        Channel → what its sensor reads too high now.
    held : dict
        Channel → the value its sensor is stuck at now.
    it_off : bool
        Whether servers are without power now.
    """

    def __init__(self, scenario: Scenario, facility: Facility, span_s: tuple[int, int], year_h: int = 8760) -> None:
        self._facility = facility
        self._start_s, self._end_s = span_s
        self._year_h = year_h
        self._occurrences, self._effects = timeline(scenario, *span_s)
        self._begins = np.array([e.start_s for e in self._effects], np.int64)
        self._ends = np.array([e.end_s for e in self._effects], np.int64)
        times = np.unique(np.concatenate((self._begins, self._ends)))
        self._times = times[times < self._end_s]
        self._changes_params = any(e.action in PARAMETER_ACTIONS for e in self._effects)
        self.params: Params = own_params(facility.params) if self._changes_params else facility.params
        self._acted_s = self._start_s - 1
        self._before: dict[int, float] = {}
        self.bias: dict[str, float] = {}
        self.held: dict[str, float] = {}
        self._stuck: list[str] = []
        self.it_off = False

    def next_s(self) -> int | None:
        """When the next event begins or ends [s]; None if nothing more happens."""
        later = int(np.searchsorted(self._times, self._acted_s, side="right"))
        return int(self._times[later]) if later < len(self._times) else None

    def act(self, now_s: int, physics: Physics, look: Callable[[], Mapping[str, float] | None]) -> None:
        """Let everything happen that is due.

        Parameters
        ----------
        now_s : int
            Engine time [s]; the physics has been closed up to it.
        physics : Physics
            Setpoints, sensors and load of it are changed, and the parameters it runs on.
        look : callable
            Gives what sensors read now, or None before the first step.
        """
        ended = np.flatnonzero((self._ends > self._acted_s) & (self._ends <= now_s))
        begun = np.flatnonzero((self._begins > self._acted_s) & (self._begins <= now_s))
        for i in ended:
            self._end(int(i), physics)
        for i in begun:
            self._begin(int(i), physics, look)
        self._acted_s = now_s
        self._in_force(physics)

    def _begin(self, i: int, physics: Physics, look: Callable[[], Mapping[str, float] | None]) -> None:
        effect = self._effects[i]
        if effect.action == "setpoint":
            self._before[i] = float(physics.setpoints[effect.target][0])
            physics.setpoints[effect.target] = effect.value
        elif effect.action == "load":
            self._load(effect, effect.value, physics)
        elif effect.action == "dropout" and effect.target not in self.held:
            seen = look()
            if seen is not None:
                self.held[effect.target] = seen[effect.target]

    def _end(self, i: int, physics: Physics) -> None:
        effect = self._effects[i]
        if effect.action == "setpoint":
            before = self._before.pop(i)
            if float(physics.setpoints[effect.target][0]) == effect.value:  # else somebody has moved it since
                physics.setpoints[effect.target] = before
        elif effect.action == "load":
            self._load(effect, -effect.value, physics)

    def _load(self, effect: Effect, delta_frac: float, physics: Physics) -> None:
        """Move the utilisation of a row's racks, as jobs do."""
        for i, rack in enumerate(self._facility.racks):
            if rack.row == effect.target:
                physics.state.racks["job_util_frac"][i] += delta_frac

    def active(self) -> list[Effect]:
        """Effects in force now."""
        now_s = self._acted_s
        return [self._effects[i] for i in np.flatnonzero((self._begins <= now_s) & (self._ends > now_s))]

    def _in_force(self, physics: Physics) -> None:
        """Parameters and sensors under the effects of this second."""
        active = self.active()
        if self._changes_params:
            apply_effects(self.params, self._facility.params, self._facility, active)
        self.it_off = any(e.action == "it_off" for e in active)
        self.bias = {}
        for effect in active:
            if effect.action == "bias":
                self.bias[effect.target] = self.bias.get(effect.target, 0.0) + effect.value
        self._stuck = [e.target for e in active if e.action == "dropout"]
        self.held = {name: value for name, value in self.held.items() if name in self._stuck}
        physics.sensor_bias = self._loop_bias()

    def _loop_bias(self) -> NDArray[np.void] | None:
        """What local loops read too high, as a record of the setpoints they hold; None if they read right."""
        found = np.zeros(1, SETPOINTS)
        for channel, bias in self.bias.items():
            for name in LOOP_SENSORS.get(channel, ()):
                found[name] = bias
        return found if any(found[name][0] != 0.0 for name in found.dtype.names) else None

    def keep_first(self, seen: Mapping[str, float]) -> bool:
        """A sensor that was out before it read anything stays at what it would have read first.

        Parameters
        ----------
        seen : mapping
            An observation that is about to be shown.

        Returns
        -------
        bool
            Whether there was such a sensor.
        """
        new = {name: seen[name] for name in self._stuck if name not in self.held}
        self.held |= new
        return bool(new)

    def record(self, until_s: int) -> list[dict[str, Any]]:
        """What has happened, in the order of time.

        Parameters
        ----------
        until_s : int
            Up to this second, as a rule the end of the run [s].

        Returns
        -------
        list of dict
            ``kind``, ``target``, ``start_s``, ``end_s`` (None where it had not ended) and ``text``, a sentence.
        """
        return [record_entry(o, until_s, self._year_h) for o in self._occurrences if o.start_s < until_s]

    def snapshot(self) -> dict[str, Any]:
        """What has to be remembered, as plain data."""
        return {"acted_s": self._acted_s, "before": dict(self._before), "held": dict(self.held)}

    def restore(self, saved: dict[str, Any], physics: Physics) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : dict
            From :meth:`snapshot`.
        physics : Physics
            Its parameters and sensors become what they were.
        """
        self._acted_s = saved["acted_s"]
        self._before, self.held = dict(saved["before"]), dict(saved["held"])
        self._in_force(physics)
