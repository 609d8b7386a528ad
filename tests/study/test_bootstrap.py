"""Intervals cover what they say, and agree with their p values."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from twin.study.bootstrap import block_days, paired_interval, replicates

TRUE = 1.0


def series(generator: np.random.Generator, days: int, memory: float) -> NDArray[np.float64]:
    """Daily differences with a mean of one and the memory of weather (first-order autoregression)."""
    noise = generator.standard_normal(days + 100)
    found = np.zeros(days + 100)
    for i in range(1, days + 100):
        found[i] = memory * found[i - 1] + noise[i]
    return TRUE + found[100:]


@pytest.mark.parametrize(("worlds", "days", "memory"), [(1, 365, 0.0), (1, 365, 0.5), (4, 90, 0.3), (10, 365, 0.68)])
def test_coverage(worlds: int, days: int, memory: float) -> None:
    """A 95 % interval holds the truth in 92 to 98 of 100 cases: 400 cases have a standard error of 1.1 %.

    0.68 is the correlation of daily means of dry bulb (docs/physics/climates.md), 0 that of independent days.
    """
    generator = np.random.default_rng(11)
    cases = 400
    held = 0
    for _ in range(cases):
        found = paired_interval([series(generator, days, memory) for _ in range(worlds)])
        held += found.low <= TRUE * days <= found.high
    assert 0.92 <= held / cases <= 0.98


def test_coverage_of_a_ratio() -> None:
    """The saving is a ratio of sums: 2 % of a load that moves with the same weather."""
    generator = np.random.default_rng(12)
    held = 0
    for _ in range(400):
        weather = series(generator, 120, 0.5) - TRUE
        base = 100.0 + 5.0 * weather
        saved = 0.02 * base + 0.3 * (series(generator, 120, 0.5) - TRUE)
        found = paired_interval([saved], [base])
        held += found.low <= 0.02 <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_without_difference_there_is_no_width() -> None:
    found = paired_interval([np.zeros(365), np.zeros(365)], [np.full(365, 5.0)] * 2)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.p_zero() == 1.0
    assert found.p_not_below(0.0) == 0.0  # exactly as warm is not warmer
    assert found.p_not_below(-1.0) == 1.0


def test_p_values_agree_with_the_interval() -> None:
    generator = np.random.default_rng(3)
    for shift in (-0.4, -0.2, -0.05, 0.05, 0.2, 0.4):
        days = series(generator, 60, 0.3) - TRUE + shift
        found = paired_interval([days])
        assert (found.p_zero() < 0.05) == (not found.low <= 0.0 <= found.high)
        for bound in (found.high + 1e-6, found.high - 1e-6):
            assert (found.p_not_below(bound) < 0.025) == (found.high < bound)


def test_independent_days_give_the_t_interval() -> None:
    """Blocks of one day and many of them: Student's interval of a mean, to the noise of 2000 draws."""
    days = np.random.default_rng(4).normal(2.0, 1.0, 12)
    found = paired_interval([days])
    blocks = 12 / found.days_per_block
    drawn = replicates([np.stack((days, np.ones(12)), axis=1)], found.days_per_block)[:, 0]
    half = stats.t.ppf(0.975, blocks - 1) * drawn.std() * np.sqrt(blocks / (blocks - 1))
    assert (found.high - found.low) / 2.0 == pytest.approx(half, rel=0.10)  # 2.5 % quantiles of 2000 draws: 4 % each


def test_blocks_grow_with_memory() -> None:
    generator = np.random.default_rng(5)
    short, long = (np.mean([block_days([series(generator, 365, m)]) for _ in range(20)]) for m in (0.2, 0.8))
    assert 5 <= short < long <= 58  # 3 √365 = 57.3
    assert block_days([np.arange(3.0)]) == 1
    assert block_days([np.zeros(100)]) == 5


def test_worlds_keep_their_days() -> None:
    """Blocks are drawn within a world: two constant worlds vary in no draw."""
    worlds = [np.stack((np.full(40, level), np.ones(40)), axis=1) for level in (1.0, 9.0)]
    drawn = replicates(worlds, 7)
    assert np.allclose(drawn, [200.0, 40.0])


def test_same_data_same_interval() -> None:
    days = np.random.default_rng(6).normal(size=50)
    assert paired_interval([days]) == paired_interval([days.copy()])
