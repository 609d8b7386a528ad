"""Waits in bins: percentiles within the stated error, whatever the order and however often they are tidied."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.workload.waits import WAIT_ERROR_FRAC, Waits


def noted(wait_s: list[int]) -> Waits:
    waits = Waits()
    waits.noted_s += [wait for wait in wait_s if wait > 0]
    return waits


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 2**37), min_size=1, max_size=300).map(tuple), st.sampled_from([0.05, 0.5, 0.95, 1.0]))
def test_percentiles_are_those_of_the_sorted_list(wait_s: tuple[int, ...], frac: float) -> None:
    exact_s = sorted(wait_s)[int(np.ceil(frac * len(wait_s) - 1e-9)) - 1]
    found_s = noted(list(wait_s)).percentile_s(frac, len(wait_s))
    if exact_s < 256:
        assert found_s == exact_s
    else:
        assert found_s == pytest.approx(exact_s, rel=WAIT_ERROR_FRAC)


def test_sum_is_exact_before_and_after_tidying() -> None:
    waits = noted([5, 10**9, 0, 77])
    assert waits.sum_s == 10**9 + 82
    waits.tidy(1)
    assert waits.noted_s == []
    assert waits.sum_s == 10**9 + 82


def test_few_are_kept_and_many_are_binned() -> None:
    waits = noted(list(range(1, 9000)))
    waits.tidy()
    assert waits.noted_s == []
    waits.noted_s.append(3)
    waits.tidy()
    assert waits.noted_s == [3]


def test_nobody_waited_or_nobody_came() -> None:
    assert Waits().percentile_s(0.95, 0) == 0.0
    assert Waits().percentile_s(0.95, 40) == 0.0
    assert noted([100]).percentile_s(0.95, 19) == 100.0
    assert noted([100]).percentile_s(0.95, 20) == 0.0


def test_the_longest_wait_bounds_every_percentile() -> None:
    assert noted([1_000_000]).percentile_s(0.95, 1) <= 1_000_000


def test_looking_changes_nothing() -> None:
    waits = noted([300, 4000])
    before = waits.snapshot()
    assert waits.percentile_s(0.5, 2) == 300.5
    assert waits.noted_s == [300, 4000]
    waits.tidy(1)
    after = waits.snapshot()
    assert before.pop("counts").tolist() == after.pop("counts").tolist()
    assert before == after


def test_going_on_from_a_snapshot_shares_nothing() -> None:
    first = noted([300, 4000])
    first.tidy(1)
    first.noted_s.append(9)
    saved = first.snapshot()
    second = Waits()
    second.restore(saved)
    second.noted_s.append(10**6)
    second.tidy(1)
    assert first.sum_s == 4309
    assert second.sum_s == 1_004_309
    third = Waits()
    third.restore(saved)
    assert third.percentile_s(1.0, 3) == first.percentile_s(1.0, 3)
