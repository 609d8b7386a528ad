"""Faults among a run's events, as a building-management system reports them: a trip is an alarm whatever follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.alarms.condition import Condition, Level
from twin.alarms.excursions import Group, Rule, settle
from twin.scenario.targets import called

__all__ = ["FAULTS", "Told", "fault_groups"]

#: Kinds of events that are faults: level, words for one target, words for many.
FAULTS: dict[str, tuple[Level, str, str]] = {
    "trip": ("alarm", "{} tripped and stood still", "{} units tripped and stood still"),
    "grid_outage": ("alarm", "The grid was lost", "The grid was lost"),
    "fouling": ("warning", "Fouling of {} slowed heat exchange", "Fouling of {} units slowed heat exchange"),
    "filter": ("warning", "Loaded filters of {} held back air", "Loaded filters of {} units held back air"),
    "sensor": ("warning", "The sensor of {} was wrong", "{} sensors were wrong"),
}
#: More targets than this of one kind are told together.
_MOST_TARGETS = 6
#: Each counts, also where two overlap.
_AS_IT_CAME = Rule(0.0, gap_s=-(10**12))


@dataclass
class Told:
    """What is to be told of one condition.

    Attributes
    ----------
    condition : Condition
    groups : list of Group
        In order of time.
    lasting : bool
        Whether the last of them is not over.
    """

    condition: Condition
    groups: list[Group]
    lasting: bool


def fault_groups(events: Sequence[Mapping[str, Any]], now_s: int) -> list[Told]:
    """Faults by kind and target.

    Parameters
    ----------
    events : sequence of mapping
        kind, target, start_s, end_s (None: not over yet), in order of time.
    now_s : int
        End of the run so far, s.

    Returns
    -------
    list of Told
        The worst value is the longest of them, h.
    """
    of_kinds: dict[str, dict[str, list[Group]]] = {}
    open_targets = set()
    for event in events:
        kind, target, start_s = event["kind"], str(event["target"]), int(event["start_s"])
        if kind not in FAULTS or start_s >= now_s:
            continue
        end_s = min(int(now_s if event["end_s"] is None else event["end_s"]), now_s)
        if event["end_s"] is None or event["end_s"] > now_s:
            open_targets.add((kind, target))
        length_s = end_s - start_s
        one = Group(1, start_s, end_s, length_s, length_s / 3600.0, end_s, [(start_s, end_s)])
        of_kinds.setdefault(kind, {}).setdefault(target, []).append(one)
    found = []
    for kind, targets in of_kinds.items():
        if len(targets) <= _MOST_TARGETS:
            found += [_told(kind, FAULTS[kind][1].format(_name(kind, target)), groups, (kind, target) in open_targets)
                      for target, groups in targets.items()]
        else:
            together = [group for groups in targets.values() for group in groups]
            lasting = any((kind, target) in open_targets for target in targets)
            found.append(_told(kind, FAULTS[kind][2].format(len(targets)), together, lasting))
    return found


def _name(kind: str, target: str) -> str:
    return target if kind in {"sensor", "grid_outage"} else called(target)


def _told(kind: str, what: str, parts: list[Group], lasting: bool) -> Told:
    groups: list[Group] = []
    for part in sorted(parts, key=lambda g: (g.start_s, g.end_s)):
        settle(groups, part, _AS_IT_CAME)
    words = "the longest {}" if len(parts) > 1 else ""
    what = what[:1].upper() + what[1:]
    condition = Condition(kind, FAULTS[kind][0], what, "h", 0.0, _AS_IT_CAME, lambda _: None, float, words)
    return Told(condition, groups, lasting)
