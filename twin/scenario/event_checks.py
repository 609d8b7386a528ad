"""Events against the rest of the scenario: units that exist, times inside the run, no event twice at once."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Sequence

from twin.channels import CHANNELS, FEATURES, channels_of
from twin.errors import Problem
from twin.policies.check import BOUNDS
from twin.scenario.events import Event, Filter, Fouling, LoadStep, SensorFault, SetpointChange, Trip
from twin.scenario.features import features_of
from twin.scenario.hall import Hall
from twin.scenario.plant import Plant
from twin.scenario.run import Run
from twin.scenario.targets import SETPOINT_KEYS, filter_targets, fouling_targets, row_targets, trip_targets

__all__ = ["event_problems", "setpoint_name"]

#: What a target begins with → what a plant without it is told.
_ABSENT = {
    "hall.crah": "this hall has no chilled-water air handlers",
    "hall.iec": "this hall has no indirect evaporative units",
    "hall.dx": "this hall has no direct-expansion units",
    "plant.air_economiser": "this plant has no air-side economiser",
    "plant.chiller": "this plant has no chillers",
    "hall.liquid": "this hall has no liquid cooling",
    "hall.rear_door": "this hall has no rear doors",
    "plant.tower": "this plant has no cooling towers",
    "plant.dry_cooler": "this plant has no dry coolers",
    "plant.thermosyphon": "this plant has no thermosyphon cooler",
    "plant.facility_water": "this plant has no facility water",
    "plant.water_economiser": "this plant has no water-side economiser",
    "plant.tank": "this plant has no tank",
    "plant.ice": "this plant has no ice store",
    "plant.sky_panels": "this plant has no sky panels",
    "plant.sky_panels.tank": "these sky panels have no night tank",
    "plant.chilled_water_pump": "this plant has no chilled water",
    "plant.condenser_water_pump": "this plant has no condenser water",
    "hall.humidity": "this hall has no humidifier: give hall.humidity.min_dew_point_c",
}


def setpoint_name(target: str) -> str:
    """Setpoint that a target means, given by key or by name.

    Parameters
    ----------
    target : str

    Returns
    -------
    str
        As in ``twin.policies.contract.Setpoints``; the target itself if there is no such key.
    """
    return SETPOINT_KEYS.get(target, target)


def event_problems(
    events: Sequence[Event | None], hall: Hall | None, plant: Plant | None, run: Run | None
) -> Iterator[Problem]:
    """Everything that is wrong between events and the rest.

    Parameters
    ----------
    events : sequence of Event or None
        None where an event is not sound by itself.
    hall, plant, run : Hall, Plant, Run or None
        None where a section is not sound.

    Yields
    ------
    Problem
    """
    for i, event in enumerate(events):
        if event is None:
            continue
        where = f"events.{i + 1}"
        last_s = math.inf if run is None else round(run.duration_days * 86_400.0)
        if run is not None and event.at_h is not None and round(event.at_h * 3600.0) >= last_s:
            yield Problem(
                f"{where}.at_h = {event.at_h:g}",
                f"must lie inside the run, 0 … {run.duration_days * 24.0:g} h after its start (the end excluded)",
            )
        if isinstance(event, SensorFault):
            yield from _sensor(where, event, hall, plant)
        elif isinstance(event, SetpointChange):
            yield from _setpoint(where, event, hall, plant)
        elif hall is not None and plant is not None:
            yield from _target(where, event, hall, plant)
    yield from _twice(events)


def _target(where: str, event: Event, hall: Hall, plant: Plant) -> Iterator[Problem]:
    everything = trip_targets(hall, plant)
    if isinstance(event, Trip):
        known = everything
    elif isinstance(event, Fouling):
        known = fouling_targets(hall, plant)
    elif isinstance(event, Filter):
        known = filter_targets(hall, plant)
    elif isinstance(event, LoadStep):
        known = row_targets(hall)
    else:
        return
    there = [*everything, *known]
    for start, text in _ABSENT.items():
        if event.target.startswith(start) and not any(name.startswith(start) for name in there):
            yield Problem(f'{where}.target = "{_shown(event.target)}"', text)
            return
    yield from _listed(where, event.target, known, f"unit that can have a {event.kind.replace('_', ' ')}")


def _shown(target: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in target[:80])


def _listed(where: str, target: str, known: Iterable[str], what: str) -> Iterator[Problem]:
    """A target that is not among those there are."""
    names = list(known)
    if target in names:
        return
    shown = _shown(target)
    close = difflib.get_close_matches(shown, names, n=1, cutoff=0.6)
    if close:
        hint = f"no such {what}; did you mean '{close[0]}'?"
    else:
        hint = f"no such {what}; known: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}"
    yield Problem(f'{where}.target = "{shown}"', hint)


def _sensor(where: str, event: SensorFault, hall: Hall | None, plant: Plant | None) -> Iterator[Problem]:
    names = {c.name: c for c in CHANNELS}
    there = list(names)
    if hall is not None and plant is not None:
        there = [c.name for c in channels_of(features_of(hall, plant))]
    if event.target in names and event.target not in there:
        needs = " or ".join(FEATURES[feature] for feature in names[event.target].only)
        yield Problem(f'{where}.target = "{event.target}"', f"there is no such sensor without {needs}")
    else:
        yield from _listed(where, event.target, there, "channel")


def _setpoint(where: str, event: SetpointChange, hall: Hall | None, plant: Plant | None) -> Iterator[Problem]:
    name = setpoint_name(event.target)
    if name not in BOUNDS:
        yield from _listed(where, event.target, [*SETPOINT_KEYS, *BOUNDS], "setpoint")
        return
    idle = "" if hall is None or plant is None else _idle(name, hall, plant)
    if idle:
        yield Problem(f'{where}.target = "{event.target}"', f"does nothing: {idle}")
    low, high = BOUNDS[name]
    if not low <= event.value <= high:
        yield Problem(f"{where}.value = {event.value:g}", f"{event.target} must lie in {low:g} … {high:g}")


def _idle(name: str, hall: Hall, plant: Plant) -> str:
    """Why nothing in a facility holds a setpoint; empty where something does."""
    features = features_of(hall, plant)
    needs = {"facility_water_c": "facility", "technology_water_c": "liquid"}
    if "water" not in features and name.startswith(("chilled_", "condenser_")):
        has = [FEATURES[feature] for feature in ("iec", "dx", "facility") if feature in features]
        return f"a hall with {' and '.join(has) or 'no chilled water'} has no water to cool"
    if name in needs and needs[name] not in features:
        return f"this facility has no {FEATURES[needs[name]]}"
    if hall.holds_return and name in ("return_air_c", "supply_air_c"):
        return "thermostats of hall.dx hold hall.return_air_temp_c" if name == "supply_air_c" else ""
    loops = {"fan_speed_frac": "fixed", "return_air_c": "return_temperature"}
    if name in loops and hall.fan.mode != loops[name]:
        return f"hall.fan.mode = '{hall.fan.mode}' does not hold it, only '{loops[name]}' does"
    return ""


def _twice(events: Sequence[Event | None]) -> Iterator[Problem]:
    """The same happening to the same thing at the same time."""
    for i, event in enumerate(events):
        for j, other in enumerate(events[:i]):
            if event is None or other is None or _what(event) != _what(other) or not _meet(event, other):
                continue
            when = "at random too: add the rates up" if event.random else "at the same time: join them, or move one"
            yield Problem(f"events.{i + 1}", f"is the same as events.{j + 1} and happens {when}")
            break


def _what(event: Event) -> tuple[object, ...]:
    """What an event does to what; steps of load add up, so only equal ones are the same."""
    target = setpoint_name(str(getattr(event, "target", "")))
    extra = event.delta_frac if isinstance(event, LoadStep) else isinstance(event, SensorFault) and event.dropout
    return type(event).__name__, target, extra


def _meet(event: Event, other: Event) -> bool:
    """Whether two events are both random, or overlap in time."""
    if event.random or other.random:
        return event.random and other.random
    begins = [e.at_h or 0.0 for e in (event, other)]
    ends = [begin + (e.duration_h or math.inf) for begin, e in zip(begins, (event, other), strict=True)]
    return begins[0] < ends[1] and begins[1] < ends[0]
