"""Rollouts: the physics of the twin on a copy of its state, for policies that plan and for the guard.

A rollout holds copies only: state, parameters, and what is expected of weather and load. No reference leads from it
to the running twin or to its future, so nothing a policy does with it can change or foresee the run. It starts where
the sensors say that the hall is (:mod:`twin.engine.estimate`); there is no chance in it, so it draws no random numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import RACK_HOURLY, STEP_OUT, STEP_OUT_FIELDS, Params, State
from twin_kernels.system import advance_block

from twin.channels import CHANNELS
from twin.engine.effects import apply_effects, own_params
from twin.engine.estimate import move_to_readings, reading_errors
from twin.engine.forecasts import Ahead
from twin.engine.timeline import NEVER_S, Effect
from twin.facility.build import Facility
from twin.policies.check import BOUNDS
from twin.policies.contract import Setpoints
from twin.scenario.schema import Scenario
from twin.scenario.targets import equipment_targets, trip_targets

__all__ = ["Fault", "TwinRollout", "listed_faults"]

#: Effects that an operator sees at once: what stands still. Fouling and wrong sensors go unseen.
_SEEN_ACTIONS = frozenset(("trip", "secondary", "lights", "it_off"))
_NO_CHANGES = np.zeros((0, 4))
_HOUR_S = 3600
#: A step so short that nothing with memory moves: room air takes tens of seconds to follow, the rest minutes.
_INSTANT_S = 1.0
_KEPT = [c for c in CHANNELS if c.field is not None]
_NAMES = tuple(c.name for c in _KEPT)
_COLUMNS = np.array([STEP_OUT_FIELDS.index(str(c.field)) for c in _KEPT])
_SCALES = np.array([c.scale for c in _KEPT])
#: Readings that a rollout gives as their sensors would show them: temperatures and humidities.
_SENSED = np.array([c.unit in ("°C", "kg/kg") for c in _KEPT])
_LOW, _HIGH = (np.where(_SENSED, ends, np.inf * sign) for ends, sign in (
    ([c.low for c in _KEPT], -1.0), ([c.high for c in _KEPT], 1.0)))


@dataclass(frozen=True)
class Fault:
    """A single failure that a rollout can try.

    Attributes
    ----------
    effects : tuple of Effect
        What stops.
    load_frac : float
        Step of utilisation of all racks.
    supply_k : float
        What the sensor of the supply air reads too low, K: the supply is that much warmer.
    """

    effects: tuple[Effect, ...] = ()
    load_frac: float = 0.0
    supply_k: float = 0.0


def listed_faults(scenario: Scenario, load_step_frac: float, sensor_k: float) -> dict[str, Fault]:
    """Single failures of a hall: one unit of every group, every chiller, pumps, a load step, a sensor.

    Parameters
    ----------
    scenario : Scenario
    load_step_frac : float
        Step of utilisation; 0: not listed.
    sensor_k : float
        Error of the supply-air sensor, K; 0: not listed.

    Returns
    -------
    dict
        Name, as an event's target, → failure.
    """
    hall, plant = scenario.hall, scenario.plant
    targets, kinds = trip_targets(hall, plant), equipment_targets(hall, plant)
    groups: dict[str, Mapping[str, Any]] = {
        "hall.crah": hall.crah, "hall.iec": hall.iec, "hall.dx": hall.dx, "plant.tower": plant.tower,
        "hall.liquid.cdu": hall.liquid.cdu if hall.liquid is not None else {},
    }
    units: list[str] = []
    for room, named in groups.items():
        units += [kinds[room][f"{room}.{group}"][0] for group in list(named)]  # units of a group are equal
    units += kinds["plant.chiller"].get("plant.chiller", ())
    units += [name for name in ("plant.chilled_water_pump", "plant.condenser_water_pump") if name in targets]
    found = {unit: Fault((Effect(0, NEVER_S, "trip", unit),)) for unit in units}
    if load_step_frac > 0.0:
        found["load_step"] = Fault(load_frac=load_step_frac)
    if sensor_k > 0.0:
        found["hall.supply_c"] = Fault(supply_k=sensor_k)
    return found


class TwinRollout:
    """Tries setpoints on a copy of the twin (:class:`twin.policies.contract.Rollout`).

    Parameters
    ----------
    scenario : Scenario
    facility : Facility
    faults : mapping
        Name → failure that can be tried.
    """

    def __init__(self, scenario: Scenario, facility: Facility, faults: Mapping[str, Fault]) -> None:
        self._facility, self._step_s = facility, scenario.run.step_s
        self._faults = dict(faults)
        self._params: dict[str, Params] = {}
        self._seen: tuple[Effect, ...] | None = None
        self._state: State | None = None
        self._setpoints: NDArray[np.void] = np.zeros(0)  # type: ignore[assignment]
        self._weather: NDArray[np.void] = np.zeros(0)  # type: ignore[assignment]
        self._load = np.zeros(0)
        self._offsets: NDArray[np.float64] | None = None

    @property
    def faults(self) -> tuple[str, ...]:
        """Single failures that can be tried."""
        return tuple(self._faults)

    @property
    def horizon_s(self) -> int:
        """How far ahead it reaches, s."""
        return len(self._load) * self._step_s

    def see(
        self, state: State, setpoints: NDArray[np.void], active: Iterable[Effect], ahead: Ahead,
        readings: tuple[Mapping[str, float], Mapping[str, float]] | None = None,
    ) -> None:
        """Start from here; called by the engine before a decision.

        Parameters
        ----------
        state, setpoints : State, ndarray of one SETPOINTS
            As they are now; copied.
        active : iterable of Effect
            Events in force; those that nobody can see are passed over.
        ahead : Ahead
            Weather and load from now on.
        readings : tuple of mapping or None
            Channels as sensors show them, and as they are; None: the true state is known (``oracle``).
        """
        self._state = _copied(state)
        self._setpoints = setpoints.copy()
        self._weather, self._load = ahead
        seen = tuple(e for e in active if e.action in _SEEN_ACTIONS)
        if seen != self._seen:
            self._seen = seen
            self._params.clear()
        self._offsets = None
        errors = {} if readings is None else reading_errors(*readings)
        if errors:
            self._start_at(errors)

    def _start_at(self, errors: Mapping[str, tuple[float, float]]) -> None:
        """Start from what sensors show; what no state explains of it stays on the readings as it is now."""
        assert self._state is not None
        before = self._instant()
        move_to_readings(self._state, self._facility.params, errors)
        explained = self._instant() - before
        shown = np.array([errors.get(name, (0.0, 1.0))[0] for name in _NAMES])
        self._offsets = np.where(_SENSED, shown - np.where(np.isfinite(explained), explained, 0.0), 0.0)

    def _instant(self) -> NDArray[np.float64]:
        """Channels as the state makes them at once, before it has moved."""
        assert self._state is not None
        state, rows = _copied(self._state), np.zeros(1, STEP_OUT)
        state.facility["hours"] = 0
        advance_block(
            state, self._under("", Fault()), self._weather[:1], self._setpoints.copy(), self._load[:1], _NO_CHANGES,
            _INSTANT_S, _INSTANT_S, rows, np.zeros((2, len(state.racks), len(RACK_HOURLY)), np.float32),
        )
        found: NDArray[np.float64] = rows.view(np.float32)[_COLUMNS] * _SCALES
        return found

    def try_setpoints(self, setpoints: Setpoints, horizon_s: int, fault: str = "") -> Mapping[str, float]:
        """Means and maxima of all channels under constant setpoints.

        Parameters
        ----------
        setpoints : Setpoints
        horizon_s : int
            How far ahead, s.
        fault : str
            A failure from now on; empty: none.

        Returns
        -------
        mapping
        """
        found = self.try_sequence((setpoints,), horizon_s, fault)
        return {name: float(values[0]) for name, values in found.items()}

    def try_sequence(
        self, sequence: Sequence[Setpoints], interval_s: int, fault: str = ""
    ) -> Mapping[str, NDArray[np.float64]]:
        """Means and maxima of all channels in each interval under setpoints that change.

        Parameters
        ----------
        sequence : sequence of Setpoints
            One an interval; what one leaves out stays as it was.
        interval_s : int
            Length of an interval, s: whole steps, at least one.
        fault : str
            A failure from now on; empty: none.

        Returns
        -------
        mapping
            Channel → array, and ``<channel>.max``.
        """
        if self._state is None:
            raise ValueError("a rollout starts at a decision: there is no state before the first one")
        if fault and fault not in self._faults:
            raise ValueError(f"no failure '{fault}' is listed; there are: {', '.join(self._faults)}")
        each = max(int(interval_s) // self._step_s, 1)
        steps = each * len(sequence)
        if not 0 < steps <= len(self._load):
            raise ValueError(f"a rollout reaches {self.horizon_s} s ahead, not {steps * self._step_s}; ask for less")
        what = self._faults.get(fault, Fault())
        state, params = _copied(self._state), self._under(fault, what)
        state.racks["job_util_frac"] += what.load_frac
        state.facility["hours"] = 0
        rows = np.zeros(steps, STEP_OUT)
        racks = np.zeros((steps * self._step_s // _HOUR_S + 2, len(params.racks), len(RACK_HOURLY)), np.float32)
        held = self._setpoints.copy()
        for i, asked in enumerate(sequence):
            for name, value in asked.given().items():
                held[name] = value
            misled = held.copy()
            misled["supply_air_c"] = np.clip(held["supply_air_c"] + what.supply_k, *BOUNDS["supply_air_c"])
            part = slice(i * each, (i + 1) * each)
            advance_block(
                state, params, self._weather[part], misled, self._load[part], _NO_CHANGES, float(self._step_s),
                float(self._step_s), rows[part], racks,
            )
        plain = rows.view(np.float32).reshape(len(sequence), each, -1)[:, :, _COLUMNS].astype(np.float64) * _SCALES
        means, highest = plain.mean(axis=1), plain.max(axis=1)
        if self._offsets is not None:
            means, highest = (np.clip(values + self._offsets, _LOW, _HIGH) for values in (means, highest))
        found = dict(zip(_NAMES, means.T, strict=True))
        return found | {f"{name}.max": values for name, values in zip(_NAMES, highest.T, strict=True)}

    def _under(self, fault: str, what: Fault) -> Params:
        """Parameters with what stands still now, and the failure."""
        found = self._params.get(fault)
        if found is None:
            base = self._facility.params
            found = own_params(base)
            apply_effects(found, base, self._facility, (*(self._seen or ()), *what.effects))
            self._params[fault] = found
        return found

    def __deepcopy__(self, memo: dict[int, Any]) -> TwinRollout:
        """A fork's policy is handed a rollout of its own by ``reset``; until then the parent's does."""
        return self


def _copied(state: State) -> State:
    """A state that shares nothing with another."""
    return State(*(np.frombuffer(bytearray(a.tobytes()), a.dtype).reshape(a.shape) for a in state))
