"""The calendar of a run: months of the weather year, for demand charges and monthly tables.

Time is integer seconds since 1 January 00:00 of the weather year and runs on over the year's end
(the weather wraps round); a month is numbered from the January of the first year.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DAY_S", "MONTH_NAMES", "MonthPart", "moment", "month_parts"]

#: Seconds in a day.
DAY_S = 86_400
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_YEAR_H = 8784


class MonthPart(NamedTuple):
    """The part of one month that a run covers.

    Attributes
    ----------
    month : int
        Months since the January of the first weather year: 0 January, 12 the next January.
    start_s, end_s : int
        First and last second covered, s since 1 January 00:00 of the first year.
    covered_frac : float
        Share of the month that is covered, 0 … 1.
    """

    month: int
    start_s: int
    end_s: int
    covered_frac: float


def _month_days(month: int, year_h: int) -> int:
    """Days of month 0 … 11 in a year of ``year_h`` hours (8760 or 8784)."""
    return _MONTH_DAYS[month] + (1 if month == 1 and year_h == _LEAP_YEAR_H else 0)


def month_parts(start_s: int, end_s: int, year_h: int = 8760) -> list[MonthPart]:
    """Months that the interval from ``start_s`` to ``end_s`` touches.

    Parameters
    ----------
    start_s, end_s : int
        The interval, s since 1 January 00:00 of the first weather year; 0 <= start_s <= end_s.
    year_h : int
        Hours of the weather year, 8760 or 8784.

    Returns
    -------
    list of MonthPart
        In order of time; the parts add up to the interval.
    """
    parts: list[MonthPart] = []
    index, begin_s = 0, 0
    while begin_s < end_s:
        length_s = _month_days(index % 12, year_h) * DAY_S
        first, last = max(start_s, begin_s), min(end_s, begin_s + length_s)
        if first < last:
            parts.append(MonthPart(index, first, last, (last - first) / length_s))
        begin_s += length_s
        index += 1
    return parts


def moment(time_s: int, year_h: int = 8760) -> str:
    """A time in words: ``3 Jul 14:10``, in later rounds of the weather year ``3 Jul 14:10 of year 2``.

    Parameters
    ----------
    time_s : int
        s since 1 January 00:00 of the first weather year, 0 or more.
    year_h : int
        Hours of the weather year, 8760 or 8784.

    Returns
    -------
    str
    """
    year, rest_s = divmod(int(time_s), year_h * 3600)
    day, second = divmod(rest_s, DAY_S)
    month = 0
    while day >= _month_days(month, year_h):
        day -= _month_days(month, year_h)
        month += 1
    later = f" of year {year + 1}" if year else ""
    return f"{day + 1} {MONTH_NAMES[month]} {second // 3600:02d}:{second % 3600 // 60:02d}{later}"
