"""The calendar of a weather year in words."""

from __future__ import annotations

import pytest

from twin.metrics.months import DAY_S, MONTH_NAMES, moment, month_parts

HOUR_S = 3600


@pytest.mark.parametrize(
    ("time_s", "year_h", "says"),
    [
        (0, 8760, "1 Jan 00:00"),
        (183 * DAY_S + 14 * HOUR_S + 659, 8760, "3 Jul 14:10"),
        (59 * DAY_S, 8760, "1 Mar 00:00"),
        (59 * DAY_S, 8784, "29 Feb 00:00"),
        (365 * DAY_S - 1, 8760, "31 Dec 23:59"),
        (365 * DAY_S, 8760, "1 Jan 00:00 of year 2"),
        (365 * DAY_S, 8784, "31 Dec 00:00"),
        (2 * 366 * DAY_S + 31 * DAY_S, 8784, "1 Feb 00:00 of year 3"),
    ],
)
def test_moment(time_s: int, year_h: int, says: str) -> None:
    assert moment(time_s, year_h) == says


@pytest.mark.parametrize("year_h", [8760, 8784])
def test_every_month_begins_on_its_first(year_h: int) -> None:
    for part in month_parts(0, year_h * HOUR_S, year_h):
        assert moment(part.start_s, year_h) == f"1 {MONTH_NAMES[part.month]} 00:00"
