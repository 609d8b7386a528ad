"""Excursions of a value over a limit: dead band, least time, gap, grouping, and cuts that leave no trace."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.alarms.excursions import REPEAT_S, Excursions, Group, Rule, join_nearest

STEP_S = 60


def groups_of(values: list[float], rule: Rule, cuts: tuple[int, ...] = ()) -> list[Group]:
    """Groups after the values came in parts."""
    excursions = Excursions(rule, STEP_S)
    edges = [0, *cuts, len(values)]
    for low, high in pairwise(edges):
        excursions.add(low * STEP_S, np.array(values[low:high], np.float32))
    return excursions.groups()[0]


def test_onset_end_and_worst() -> None:
    (group,) = groups_of([20, 28, 30, 29, 20], Rule(27.0))
    assert group == Group(1, 60, 240, 180, 30.0, 180, [(60, 240)])


def test_exactly_at_the_limit_is_not_over_it() -> None:
    assert groups_of([27.0, 27.0], Rule(27.0)) == []


def test_inside_the_dead_band_it_goes_on_but_that_time_does_not_count() -> None:
    (group,) = groups_of([28, 26.8, 28, 26.4, 28], Rule(27.0, dead_band=0.5, gap_s=0))[:1]
    assert group.count == 2  # 26.4 is out of the band of 26.5 … 27
    assert group.over_s == 180
    assert group.spans_s == [(0, 180), (240, 300)]


def test_value_that_only_enters_the_dead_band_is_none() -> None:
    assert groups_of([26.9] * 50, Rule(27.0, dead_band=0.5)) == []


def test_least_time() -> None:
    assert groups_of([28, 28, 20], Rule(27.0, least_s=180)) == []
    assert len(groups_of([28, 28, 28, 20], Rule(27.0, least_s=180))) == 1


def test_too_short_excursions_are_not_merged_into_a_long_one() -> None:
    assert groups_of([28, 20, 28, 20, 28, 20], Rule(27.0, least_s=120, gap_s=600)) == []


def test_gap() -> None:
    (group,) = groups_of([28, 20, 20, 28], Rule(27.0, gap_s=180))
    assert (group.count, group.over_s, group.spans_s) == (1, 120, [(0, 240)])
    (group,) = groups_of([28, 20, 20, 20, 28], Rule(27.0, gap_s=180))
    assert group.count == 2


def test_a_month_apart_they_are_told_apart() -> None:
    excursions = Excursions(Rule(27.0), STEP_S)
    hot = np.array([28.0, 20.0])
    excursions.add(0, hot)
    excursions.add(60 + REPEAT_S, hot)
    excursions.add(121 + 2 * REPEAT_S, hot)
    groups, _ = excursions.groups()
    assert [group.count for group in groups] == [2, 1]


def test_nothing_to_see_ends_what_is_open() -> None:
    excursions = Excursions(Rule(27.0), STEP_S)
    excursions.add(0, np.array([28.0]))
    assert excursions.groups()[1]
    excursions.add(60, None)
    assert not excursions.groups()[1]
    excursions.add(120, np.zeros(0))
    assert [group.count for group in excursions.groups()[0]] == [1]


def test_looking_changes_nothing() -> None:
    excursions = Excursions(Rule(27.0), STEP_S)
    excursions.add(0, np.array([20.0, 28.0]))
    first = excursions.groups()
    assert first == excursions.groups()
    excursions.add(120, np.array([29.0, 20.0]))
    (group,) = excursions.groups()[0]
    assert (group.start_s, group.end_s, group.count, group.worst) == (60, 180, 1, 29.0)


def test_memory_is_bounded_and_counts_stay_honest() -> None:
    excursions = Excursions(Rule(27.0), STEP_S)
    for number in range(100):
        excursions.add(number * 2 * REPEAT_S, np.array([28.0 + number, 20.0]))
    groups, _ = excursions.groups()
    assert len(groups) <= 12
    assert sum(group.count for group in groups) == 100
    assert max(group.worst for group in groups) == 127.0
    often = groups_of([28.0, 20.0] * 500, Rule(27.0))
    assert often[0].count == 500
    assert len(often[0].spans_s) <= 60
    assert often[0].over_s == 500 * STEP_S
    assert often[0].spans_s[0][0] == 0
    assert often[0].spans_s[-1][1] == 999 * STEP_S


def test_the_nearest_neighbours_are_joined() -> None:
    groups = [Group(1, s, s + 10, 10, float(s), s + 10, [(s, s + 10)]) for s in (0, 500, 600, 5000)]
    join_nearest(groups)
    assert [(g.count, g.start_s, g.end_s, g.worst) for g in groups] == [
        (1, 0, 10, 0.0), (2, 500, 610, 600.0), (1, 5000, 5010, 5000.0),
    ]


def plain_spans(values: list[float], above: float, band: float, least_s: int) -> list[tuple[int, int]]:
    """Excursions by the definition, one value after the other."""
    found, start = [], None
    last = 0
    for i, value in enumerate([*values, above - band - 1.0]):
        if value > above:
            start, last = (i if start is None else start), i + 1
        elif value <= above - band and start is not None:
            if (last - start) * STEP_S >= least_s:
                found.append((start * STEP_S, last * STEP_S))
            start = None
    return found


VALUES = st.lists(st.sampled_from([20.0, 26.625, 26.875, 27.0, 27.125, 30.0]), max_size=80)


@given(VALUES, st.sampled_from([0.0, 0.5]), st.sampled_from([0, 120, 300]))
def test_as_by_the_plain_definition(values: list[float], band: float, least_s: int) -> None:
    groups = groups_of(values, Rule(27.0, band, least_s))
    found = [span for group in groups for span in group.spans_s]
    assert found == plain_spans(values, 27.0, band, least_s)
    assert sum(group.count for group in groups) == len(found)


@given(VALUES, st.lists(st.integers(0, 80), max_size=4), st.sampled_from([0, 120]), st.sampled_from([0, 240]))
def test_cuts_leave_no_trace(values: list[float], cuts: list[int], least_s: int, gap_s: int) -> None:
    rule = Rule(27.0, 0.5, least_s, gap_s)
    inside = tuple(sorted(min(cut, len(values)) for cut in cuts))
    assert groups_of(values, rule, inside) == groups_of(values, rule)


@given(VALUES, st.integers(0, 80))
def test_a_snapshot_goes_on_as_it_was(values: list[float], cut: int) -> None:
    rule = Rule(27.0, 0.5, 60, 120)
    cut = min(cut, len(values))
    first = Excursions(rule, STEP_S)
    first.add(0, np.array(values[:cut]))
    saved = first.snapshot()
    other = Excursions(rule, STEP_S)
    other.restore(saved)
    first.add(cut * STEP_S, np.array([50.0] * 9))  # must not reach the copy
    other.add(cut * STEP_S, np.array(values[cut:]))
    assert other.groups()[0] == groups_of(values, rule)
    again = Excursions(rule, STEP_S)
    again.restore(saved)
    assert again.snapshot() == saved


@pytest.mark.parametrize("band", [0.0, 0.5])
def test_a_negative_limit_watches_from_below(band: float) -> None:
    excursions = Excursions(Rule(-15.0, band), STEP_S)
    excursions.add(0, -np.array([16.0, 14.0, 13.0, 18.0]))
    (group,) = excursions.groups()[0]
    assert (group.worst, group.start_s, group.end_s) == (-13.0, 60, 180)
