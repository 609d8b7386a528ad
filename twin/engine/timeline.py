"""All events of a run, known at its start: they follow from scenario and seed alone.

An occurrence is what a person would note down (a chiller tripped at two, was back at six). It has one
or more effects: what changes in the plant, from one second to before another. Everything is plain data
without memory, so a simulation that goes on from a snapshot needs no random state of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.engine.seeds import fault_stream
from twin.scenario.event_checks import setpoint_name
from twin.scenario.events import (
    Event,
    Filter,
    Fouling,
    GridOutage,
    LoadStep,
    SensorFault,
    SetpointChange,
    Trip,
)
from twin.scenario.schema import Scenario
from twin.scenario.targets import equipment_targets, filter_targets, fouling_targets, row_targets, trip_targets

__all__ = ["NEVER_S", "Effect", "Occurrence", "timeline"]

#: End of what does not end.
NEVER_S = 2**62
_HOUR_S = 3600.0
_YEAR_S = 8760.0 * _HOUR_S
#: A slow change goes in at least this many steps, none longer than a day, none shorter than a minute.
_RAMP_STEPS = 20
_RAMP_LONGEST_S = 86400.0
_RAMP_SHORTEST_S = 60.0


@dataclass(frozen=True)
class Occurrence:
    """An event that happens.

    Attributes
    ----------
    event : Event
        What.
    target : str
        To what: as the scenario says, or the unit that failed at random.
    units : tuple of str
        The units, channels, rows or setpoints it means.
    start_s, end_s : int
        From, to before [s]; ``NEVER_S`` if it does not end.
    """

    event: Event
    target: str
    units: tuple[str, ...]
    start_s: int
    end_s: int


@dataclass(frozen=True)
class Effect:
    """One change in the plant, in force from ``start_s`` to before ``end_s`` [s].

    Attributes
    ----------
    start_s, end_s : int
    action : str
        trip, secondary, lights, it_off, foul, clog, bias, dropout, load or setpoint.
    target : str
        Unit, channel, row or setpoint.
    value : float
        What remains (foul), pressure factor (clog), how much too high (bias), change of utilisation (load), value
        (setpoint); else unused.
    """

    start_s: int
    end_s: int
    action: str
    target: str
    value: float = 0.0


def timeline(scenario: Scenario, start_s: int, end_s: int) -> tuple[list[Occurrence], list[Effect]]:
    """What happens in a run, in the order of time.

    Parameters
    ----------
    scenario : Scenario
    start_s, end_s : int
        The run [s]; what would begin at its end or later does not happen.

    Returns
    -------
    tuple of list
        Occurrences and effects.
    """
    occurrences: list[Occurrence] = []
    for event in scenario.events:
        target, units = _units(event, scenario)
        if event.random:
            each = units if isinstance(event, (Trip, Fouling, Filter)) else (target,)
            for unit in each:
                of = (unit,) if isinstance(event, (Trip, Fouling, Filter)) else units
                for begin_s, over_s in _random_times(event, target, unit, scenario.run.seed, start_s, end_s):
                    occurrences.append(Occurrence(event, unit, of, begin_s, over_s))
        else:
            begin_s = start_s + round((event.at_h or 0.0) * _HOUR_S)
            over_s = NEVER_S
            if event.duration_h is not None:
                over_s = begin_s + max(round(event.duration_h * _HOUR_S), 1)
            occurrences.append(Occurrence(event, target, units, begin_s, over_s))
    occurrences.sort(key=lambda o: o.start_s)  # stable: in the order of the file within a second
    occurrences = [o for o in occurrences if o.start_s < end_s]
    effects = [effect for o in occurrences for effect in _effects(o, scenario)]
    effects.sort(key=lambda e: e.start_s)
    return occurrences, [e for e in effects if e.start_s < min(e.end_s, end_s)]


def _units(event: Event, scenario: Scenario) -> tuple[str, tuple[str, ...]]:
    """Target of an event as it is listed, and what it means."""
    hall, plant = scenario.hall, scenario.plant
    if isinstance(event, Trip):
        return event.target, trip_targets(hall, plant)[event.target]
    if isinstance(event, Fouling):
        return event.target, fouling_targets(hall, plant)[event.target]
    if isinstance(event, Filter):
        return event.target, filter_targets(hall, plant)[event.target]
    if isinstance(event, LoadStep):
        return event.target, row_targets(hall)[event.target]
    if isinstance(event, SetpointChange):
        return event.target, (setpoint_name(event.target),)
    if isinstance(event, SensorFault):
        return event.target, (event.target,)
    return "power.grid", ()


def _random_times(
    event: Event, target: str, unit: str, seed: int, start_s: int, end_s: int
) -> list[tuple[int, int]]:
    """Failures of one unit: exponential time to failure, exponential time to repair, in whole seconds."""
    flavour = "dropout" if isinstance(event, SensorFault) and event.dropout else type(event).__name__
    if isinstance(event, LoadStep):  # steps of several heights may come to the same racks
        flavour += f" {event.delta_frac:g}"
    rng = np.random.default_rng(fault_stream(seed, f"{flavour} {target}", unit))
    up_s, down_s = _YEAR_S / (event.per_year or math.inf), (event.repair_mean_h or 0.0) * _HOUR_S
    found: list[tuple[int, int]] = []
    time_s = start_s
    while True:
        time_s += max(round(rng.exponential(up_s)), 1)
        if time_s >= end_s:
            return found
        over_s = time_s + max(round(rng.exponential(down_s)), 1)
        found.append((time_s, over_s))
        time_s = over_s


def _effects(o: Occurrence, scenario: Scenario) -> list[Effect]:
    event = o.event
    if isinstance(event, Trip):
        return [Effect(o.start_s, o.end_s, "trip", unit) for unit in o.units]
    if isinstance(event, Fouling):
        return [e for unit in o.units for e in _ramp(o, "foul", unit, event.remaining_frac, event.ramp_h)]
    if isinstance(event, Filter):
        return [e for unit in o.units for e in _ramp(o, "clog", unit, event.pressure_factor, event.ramp_h)]
    if isinstance(event, SensorFault):
        return [Effect(o.start_s, o.end_s, "dropout" if event.dropout else "bias", event.target, event.bias or 0.0)]
    if isinstance(event, LoadStep):
        return [Effect(o.start_s, o.end_s, "load", row, event.delta_frac) for row in o.units]
    if isinstance(event, SetpointChange):
        return [Effect(o.start_s, o.end_s, "setpoint", o.units[0], event.value)]
    assert isinstance(event, GridOutage)
    return _outage(o, event, scenario)


def _ramp(o: Occurrence, action: str, unit: str, last: float, ramp_h: float) -> list[Effect]:
    """A change from 1 to ``last``, in steps that each have the mean of the ramp in them."""
    ramp_s = ramp_h * _HOUR_S
    steps = max(_RAMP_STEPS, math.ceil(ramp_s / _RAMP_LONGEST_S))
    steps = min(steps, int(ramp_s / _RAMP_SHORTEST_S))
    found: list[Effect] = []
    for i in range(steps):
        begin_s, over_s = (o.start_s + round(ramp_s * j / steps) for j in (i, i + 1))
        found.append(Effect(begin_s, min(over_s, o.end_s), action, unit, 1.0 + (last - 1.0) * (i + 0.5) / steps))
    full_s = o.start_s + (round(ramp_s) if steps > 0 else 0)
    return [*found, Effect(full_s, o.end_s, action, unit, last)]


def _outage(o: Occurrence, event: GridOutage, scenario: Scenario) -> list[Effect]:
    """What stops when: until power is back, until the batteries are empty, until compressors may start again."""
    hall, plant = scenario.hall, scenario.plant
    kinds = equipment_targets(hall, plant)
    begin_s = o.start_s
    back_s = min(o.end_s, begin_s + round(event.generator_start_s)) if event.generator else o.end_s
    empty_s = min(begin_s + round(event.battery_s), back_s)
    running_s = back_s if back_s == NEVER_S else back_s + round(event.restart_delay_s)
    spans = {"power": (begin_s, back_s), "ups": (empty_s, back_s), "compressor": (begin_s, running_s)}
    fans = "ups" if event.fans_on_ups else "power"
    pumps = "ups" if event.pumps_on_ups else "power"
    there = trip_targets(hall, plant)

    def those(*paths: str) -> tuple[str, ...]:
        return tuple(path for path in paths if path in there)

    plans: list[tuple[str, str, tuple[str, ...]]] = [
        (fans, "trip", kinds["hall.crah"].get("hall.crah", ()) + kinds["hall.iec"].get("hall.iec", ())
         + kinds["hall.dx"].get("hall.dx", ())),
        ("power", "secondary", kinds["hall.iec"].get("hall.iec", ())),
        ("power", "trip", tuple(f"{unit}.spray" for unit in kinds["hall.iec"].get("hall.iec", ()))),
        ("compressor", "trip", tuple(f"{unit}.dx" for unit in kinds["hall.iec"].get("hall.iec", ()))),
        ("compressor", "trip", tuple(f"{unit}.compressor" for unit in kinds["hall.dx"].get("hall.dx", ()))),
        ("compressor", "trip", kinds["plant.chiller"].get("plant.chiller", ())),
        ("power", "trip", kinds["plant.tower"].get("plant.tower", ())),
        ("power", "trip", kinds["plant.dry_cooler"].get("plant.dry_cooler", ())),
        ("ups" if event.cdus_on_ups else "power", "trip", kinds["hall.liquid.cdu"].get("hall.liquid.cdu", ())),
        (pumps, "trip", those("plant.chilled_water_pump", "plant.facility_water.pump")),
        ("power", "trip", those(
            "plant.condenser_water_pump", "plant.facility_water.exchanger.pump", "plant.thermosyphon", "hall.humidity",
        )),
        ("power", "lights", ("hall",)),
        ("ups", "it_off", ("hall",)),
    ]
    return [Effect(*spans[span], action, unit) for span, action, units in plans for unit in units]
