"""Events in plain words, for the summary and the report."""

from __future__ import annotations

from typing import Any

from twin.channels import by_name
from twin.engine.timeline import Occurrence
from twin.metrics.months import moment
from twin.scenario.events import Event, Filter, Fouling, GridOutage, LoadStep, SensorFault, SetpointChange, Trip
from twin.scenario.targets import named

__all__ = ["lasting", "record_entry"]

_KINDS: dict[type[Event], str] = {
    Trip: "trip", Fouling: "fouling", Filter: "filter", SensorFault: "sensor", LoadStep: "load_step",
    SetpointChange: "setpoint", GridOutage: "grid_outage",
}


def lasting(time_s: int) -> str:
    """A length of time in words, with as many digits as matter: ``45 s``, ``10 min``, ``4 h``, ``3.5 days``.

    Parameters
    ----------
    time_s : int
        Seconds.

    Returns
    -------
    str
    """
    for unit, size_s in (("days", 86400), ("h", 3600), ("min", 60)):
        if time_s >= 2 * size_s or (unit != "days" and time_s >= size_s):
            return f"{time_s / size_s:.3g} {unit}"
    return f"{time_s} s"


def record_entry(o: Occurrence, until_s: int, year_h: int = 8760) -> dict[str, Any]:
    """An occurrence as plain data with a sentence.

    Parameters
    ----------
    o : Occurrence
    until_s : int
        How far the run has come [s].
    year_h : int
        Hours of the weather year.

    Returns
    -------
    dict
        ``kind``, ``target``, ``start_s``, ``end_s`` (None if it had not ended by then), ``text``.
    """
    over = o.end_s <= until_s
    began, kind = moment(o.start_s, year_h), _KINDS[type(o.event)]
    text = _sentence(o, began, lasting(o.end_s - o.start_s) if over else "")
    return {
        "kind": kind, "target": o.target, "start_s": int(o.start_s), "end_s": int(o.end_s) if over else None,
        "text": text,
    }


def _sentence(o: Occurrence, began: str, lasted: str) -> str:
    """What happened, when it began, and how long it lasted (empty: it had not ended)."""
    event = o.event
    ended = f"for {lasted}" if lasted else "to the end of the run"
    if isinstance(event, Trip):
        return f"{named(o.target)[0]} tripped on {began} and {_returned(lasted)}"
    if isinstance(event, Fouling):
        called, part, loses = named(o.target)
        slowly = f" over {lasting(round(event.ramp_h * 3600))}" if event.ramp_h > 0.0 else ""
        cleaned = f"cleaned after {lasted}" if lasted else "not cleaned"
        remains = f"{100.0 * event.remaining_frac:.3g} % of {loses}"
        return f"{part} of {called} fouled from {began} to {remains}{slowly}, {cleaned}"
    if isinstance(event, Filter):
        slowly = f" over {lasting(round(event.ramp_h * 3600))}" if event.ramp_h > 0.0 else ""
        changed = f"changed after {lasted}" if lasted else "not changed"
        what = f"filters of {named(o.target)[0]} loaded from {began}"
        return f"{what} to {event.pressure_factor:.3g} times their pressure{slowly}, {changed}"
    if isinstance(event, SensorFault):
        if event.dropout:
            return f"the sensor of {event.target} dropped out on {began} {ended}"
        unit = by_name(event.target).unit.replace("°C", "K").replace("–", "").strip()
        bias = event.bias or 0.0
        amount = f"{abs(bias):g}{' ' + unit if unit else ''}"
        return f"the sensor of {event.target} read {amount} too {'high' if bias > 0.0 else 'low'} from {began} {ended}"
    if isinstance(event, LoadStep):
        where = "all racks" if o.target == "hall.rows" else f"racks {o.target.removeprefix('hall.rows.')}"
        verb = "rose" if event.delta_frac >= 0.0 else "fell"
        return f"utilisation of {where} {verb} by {abs(event.delta_frac):.3g} on {began} {ended}"
    if isinstance(event, SetpointChange):
        back = f" and back after {lasted}" if lasted else ""
        return f"{event.target} was set to {event.value:g} on {began}{back}"
    return f"the grid failed on {began} and {_returned(lasted)}"


def _returned(lasted: str) -> str:
    return f"returned after {lasted}" if lasted else "did not return"
