"""Events and alarms of a run, grouped for the timeline and said in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from twin.report.data import ReportData
from twin.report.wording import hours_text, number_text

__all__ = ["Group", "alarm_groups", "alarm_list", "event_groups", "event_list", "joined"]

_HOUR_S = 3600.0
_LEVELS = ("alarm", "warning")
# So many sentences are shown at once, so many at all.
_FIRST_SENTENCES, _MOST_SENTENCES = 8, 200
# More rows than these make a timeline a wall.
_MOST_EVENT_ROWS = 8
_KINDS = {
    "trip": "trip", "fouling": "fouling", "filter": "filter loading", "sensor": "sensor fault",
    "load_step": "load step", "setpoint": "setpoint change", "grid_outage": "grid outage",
}
# Of what alarms watch, where the name alone does not read well.
_LIMITS = {
    "inlet_over_recommended": "Inlets above recommended", "inlet_over_allowable": "Inlets above allowable",
    "inlet_under_allowable": "Inlets below allowable", "inlet_change_quarter_hour": "Inlets change fast (15 min)",
    "inlet_change_hour": "Inlets change fast (1 h)", "inlet_too_humid": "Inlets too humid", "it_off": "IT off",
    "no_air": "No air moves", "supply_humid": "Supply air humid", "supply_too_humid": "Supply air too humid",
    "supply_dry": "Supply air dry", "supply_too_dry": "Supply air too dry", "supply_fog": "Supply air nearly saturated",
    "supply_not_held": "Supply air above setpoint", "chilled_water_warm": "Chilled water above setpoint",
    "ups_overloaded": "UPS overloaded", "mode_hunting": "Modes change too often", "jobs_waiting": "Jobs wait",
    "facility_water_warm": "Facility water above setpoint", "technology_water_warm": "Coolant above setpoint",
    "cdu_valve_open": "Distribution unit at its limit", "chips_hot": "Chips too hot",
}
_FAMILIES = {
    "crah": "air handler", "iec": "evaporative unit", "rows": "row", "cdu": "distribution unit",
    "dry_cooler": "dry cooler",
}
#: Paths that do not read well word by word.
_PLACES = {
    "plant.facility_water.pump": "facility-water pumps", "plant.facility_water.exchanger": "facility-water exchanger",
    "plant.facility_water.exchanger.pump": "facility-water tower pump", "hall.liquid.reuse": "heat take-off",
}
_PLANTWIDE = ("grid_outage",)
_NAMED_BY_KEY = ("sensor", "setpoint")


@dataclass(frozen=True)
class Group:
    """Events, or alarms, of one kind.

    Attributes
    ----------
    label : str
        A few words: what, how often, how long.
    level : str
        ``alarm``, ``warning`` or ``event``.
    spans_s : tuple of (float, float)
        From, to [s since 1 January], in the order of time.
    sentences : tuple of str
        What happened, in the order of time.
    count : int
        How often.
    total_s : float
        How long in all, s.
    is_fault : bool
        Whether it is an alarm for an event, not for a limit.
    """

    label: str
    level: str
    spans_s: tuple[tuple[float, float], ...]
    sentences: tuple[str, ...]
    count: int
    total_s: float
    is_fault: bool = False


def _spans_s(data: ReportData, entries: Iterable[dict[str, Any]]) -> tuple[tuple[float, float], ...]:
    """When entries of the summary were, cut to the run; what has no end lasts until the run's."""
    first, last = float(data.clock.start_s), float(data.clock.end_s)
    found = []
    for entry in entries:
        for start_s, end_s in entry.get("spans_s") or [(entry["start_s"], entry.get("end_s"))]:
            begin = min(max(float(start_s), first), last)
            found.append((begin, last if end_s is None else min(max(float(end_s), begin), last)))
    return tuple(sorted(found))


def _covered_s(spans_s: Sequence[tuple[float, float]]) -> float:
    """Time within the spans, s; where they overlap it counts once."""
    covered, reached = 0.0, float("-inf")
    for start_s, end_s in spans_s:
        covered += max(0.0, end_s - max(start_s, reached))
        reached = max(reached, end_s)
    return covered


def _said(text: str) -> str:
    """A sentence from the summary with a capital and a full stop, unless it begins with a key."""
    first = text.split(" ", 1)[0]
    begun = text if "." in first or "_" in first else text[:1].upper() + text[1:]
    return begun if begun.endswith((".", "!", "?")) else begun + "."


def _often(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _grouped(entries: Iterable[dict[str, Any]], keys: Sequence[str]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for entry in entries:
        found.setdefault(tuple(str(entry.get(key, "")) for key in keys), []).append(entry)
    return found


def _group(data: ReportData, label: str, level: str, entries: Sequence[dict[str, Any]]) -> Group:
    """Entries as one group; the label is completed by how often and, for alarms, how long and how bad."""
    entries = sorted(entries, key=lambda entry: float(entry["start_s"]))
    spans_s = _spans_s(data, entries)
    count = sum(int(entry.get("count", 1)) for entry in entries)
    known = [float(entry["over_s"]) for entry in entries if entry.get("over_s") is not None]
    total_s = sum(known) if len(known) == len(entries) else _covered_s(spans_s)
    is_fault = level != "event" and str(entries[0].get("name")) in _KINDS
    if level == "event":
        label += f", {_often(count)}" if count > 1 else ""
    else:
        label += f": {level}, {_often(count)}" + (f", {hours_text(total_s / _HOUR_S)}" if total_s > 0.0 else "")
        label += "" if is_fault else _worst_words(entries)
    return Group(label, level, spans_s, tuple(_said(str(entry["text"])) for entry in entries), count, total_s, is_fault)


def joined(groups: Sequence[Group], label: str) -> Group:
    """Several groups as one."""
    spans_s = tuple(sorted(span for group in groups for span in group.spans_s))
    sentences = tuple(text for group in groups for text in group.sentences)
    return Group(label, groups[0].level, spans_s, sentences, sum(group.count for group in groups), _covered_s(spans_s))


def alarm_groups(data: ReportData) -> list[Group]:
    """Alarms by what they watch, the worst first: alarms before warnings, then the longest."""
    groups = []
    for (name, level), entries in _grouped(data.summary.get("alarms", []), ("name", "level")).items():
        words = _LIMITS.get(name) or _KINDS.get(name, name.replace("_", " "))
        groups.append(_group(data, words[:1].upper() + words[1:], level, entries))
    order = {level: place for place, level in enumerate(_LEVELS)}
    return sorted(groups, key=lambda group: (order.get(group.level, len(order)), group.is_fault, -group.total_s))


def _worst_words(entries: Sequence[dict[str, Any]]) -> str:
    """``, at worst 34.2 °C (limit 32)``, the worst being the farthest from the limit."""
    known = [entry for entry in entries if entry.get("worst") and entry.get("limit")]  # 0 of either says nothing
    if not known:
        return ""
    worst = max(known, key=lambda entry: abs(float(entry["worst"]) - float(entry["limit"])))
    unit, value = str(worst.get("unit", "")), float(worst["worst"])
    if value == float(worst["limit"]):  # what cannot be exceeded
        return ""
    digits = 0 if abs(value) >= 100.0 or value == round(value) else 1
    return f", at worst {number_text(value, digits)} {unit} (limit {float(worst['limit']):g})"


def _event_words(kind: str, target: str, *, coarse: bool) -> str:
    """``Chiller main-1: trip`` for a trip of ``plant.chiller.main-1``; ``Chillers: trip`` if coarse."""
    what, parts = _KINDS.get(kind, kind.replace("_", " ")), target.split(".")
    if kind in _PLANTWIDE:
        return what[:1].upper() + what[1:]
    if kind in _NAMED_BY_KEY:
        return f"{what[:1].upper()}{what[1:]}: {target}"
    words = _PLACES.get(target, parts[-1].replace("_", " "))
    if parts[:2] == ["hall", "liquid"]:
        parts = ["hall", *parts[2:]]
    if target in _PLACES:
        pass
    elif len(parts) == 2 and (parts[1] in _FAMILIES or parts[1] in ("chiller", "tower")):  # a whole kind of equipment
        words = f"{_FAMILIES.get(parts[1], parts[1]).removesuffix('s')}s"
        words = words if coarse else f"all {words}"
    elif len(parts) > 2:
        family = _FAMILIES.get(parts[1], parts[1].replace("_", " "))
        words = f"{family}s" if coarse else " ".join([family, *parts[2:]])
    return f"{words[:1].upper()}{words[1:]}: {what}"


def event_groups(data: ReportData) -> list[Group]:
    """Events by target and kind; by kind of equipment where there would be too many rows. In the order of time."""
    finest = _grouped(data.summary.get("events", []), ("target", "kind"))
    coarse = len(finest) > _MOST_EVENT_ROWS
    named: dict[str, list[dict[str, Any]]] = {}
    for (target, kind), members in finest.items():
        named.setdefault(_event_words(kind, target, coarse=coarse), []).extend(members)
    found = [_group(data, label, "event", members) for label, members in named.items()]
    if len(found) > _MOST_EVENT_ROWS:
        found.sort(key=lambda group: -group.total_s)
        rest = found[_MOST_EVENT_ROWS - 1:]
        found = [*found[:_MOST_EVENT_ROWS - 1], joined(rest, f"Others: {sum(group.count for group in rest)} events")]
    return sorted(found, key=lambda group: (group.label.startswith("Others"), group.spans_s[0]))


def _listed(sentences: Sequence[str]) -> str:
    """Sentences as a list: some at once, more on demand, the others in the summary."""
    def items(part: Sequence[str]) -> str:
        return f'<ul class="plain">{"".join(f"<li>{escape(text)}</li>" for text in part)}</ul>'

    more, unsaid = sentences[_FIRST_SENTENCES:_MOST_SENTENCES], len(sentences) - _MOST_SENTENCES
    said = items(sentences[:_FIRST_SENTENCES])
    if more:
        rest = f'<p class="note">The other {unsaid} stand in <code>summary.json</code>.</p>' if unsaid > 0 else ""
        said += f"<details><summary>{len(sentences) - _FIRST_SENTENCES} more</summary>{items(more)}{rest}</details>"
    return said


def _watched(data: ReportData) -> str:
    """The limits that were watched, in words."""
    ranges = [f"{kind} {data.limits[f'{kind}_min_c']:g} … {data.limits[f'{kind}_max_c']:g} °C"
              for kind in ("recommended", "allowable")]
    return (f"Watched were rack inlets ({', '.join(ranges)}; how fast they change), humidity and temperature of the "
            "supply air, air that does not move, servers that slow down or are off, chilled and facility water, "
            "coolant, chips and valves of liquid cooling, UPS and transformer, modes that change too often, and queues "
            "of jobs: each where the facility has it.")


def alarm_list(data: ReportData) -> str:
    """HTML: what was outside its limits, the worst first; or that nothing was."""
    groups, watched = alarm_groups(data), escape(_watched(data))
    if not groups:
        return f'<h3>Alarms and limits</h3><p>No alarm.</p><p class="note">{watched}</p>'
    items = "".join(f'<li class="{escape(group.level)}"><strong>{escape(group.label)}</strong>'
                    f"{_listed(group.sentences)}</li>" for group in groups)
    return f'<h3>Alarms and limits</h3><ul class="alarms">{items}</ul><p class="note">{watched}</p>'


def event_list(data: ReportData) -> str:
    """HTML: what happened to the facility, in the order of time; nothing without events."""
    entries = sorted(data.summary.get("events", []), key=lambda entry: float(entry["start_s"]))
    return f"<h3>Events</h3>{_listed([_said(str(entry['text'])) for entry in entries])}" if entries else ""
