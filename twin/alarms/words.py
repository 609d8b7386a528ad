"""Alarms in words: one plain sentence with how long, when and how bad."""

from __future__ import annotations

from dataclasses import dataclass

from twin.alarms.excursions import Group
from twin.metrics.months import DAY_S, moment

__all__ = ["Span", "duration_text", "sentence"]

_MINUTE_S, _HOUR_S = 60, 3600
#: A single excursion longer than this is told with its end as well.
_LONG_S = 2 * DAY_S


@dataclass(frozen=True)
class Span:
    """What a sentence is about.

    Attributes
    ----------
    what : str
        Subject and verb.
    group : Group
        When, how long, how often.
    worst : str
        The worst value in words, or empty.
    lasting : bool
        Whether it was still so at the end.
    """

    what: str
    group: Group
    worst: str
    lasting: bool


def duration_text(time_s: float) -> str:
    """A time in words: ``40 s``, ``12 min``, ``1 h 35 min``, ``212 h``.

    Parameters
    ----------
    time_s : float
        0 or more, s.

    Returns
    -------
    str
    """
    if time_s < _MINUTE_S:
        return f"{time_s:.0f} s"
    minutes = round(time_s / _MINUTE_S)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{round(minutes / 60):,} h" if hours >= 24 or rest == 0 else f"{hours} h {rest} min"


def sentence(span: Span, run_s: int, year_h: int) -> str:
    """One plain sentence.

    Parameters
    ----------
    span : Span
    run_s : int
        Length of the run so far, s.
    year_h : int
        Hours of the weather year.

    Returns
    -------
    str
    """
    group = span.group
    begin, end = moment(group.start_s, year_h), moment(group.end_s, year_h)
    length = duration_text(group.over_s)
    if group.count > 1:
        often = "twice" if group.count == 2 else f"{group.count} times"
        text = f"{span.what} {often} between {begin} and {end}, for {length} in all{_share(group.over_s, run_s)}"
    elif group.end_s - group.start_s > _LONG_S:
        text = f"{span.what} for {length} from {begin} to {end}{_share(group.over_s, run_s)}"
    else:
        text = f"{span.what} for {length} from {begin}"
    if span.worst:
        text += f", {span.worst}"
        if group.count > 1 or group.end_s - group.start_s > _HOUR_S:
            text += f" on {moment(group.worst_s, year_h)}"
    if span.lasting:
        text += "; it was still so at the end of the run"
    return text + "."


def _share(over_s: int, run_s: int) -> str:
    """Share of the run, where it is worth a word."""
    frac = over_s / max(run_s, 1)
    if frac < 0.01:
        return ""
    return f" ({100.0 * frac:.0f} % of the run)" if frac < 0.995 else " (all of the run)"
