"""How fast the hottest inlet may move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.metrics.compliance import rate_exceeded_h, sliding_range_k


@given(st.lists(st.floats(-50.0, 80.0), min_size=1, max_size=60), st.integers(1, 30))
def test_sliding_range_equals_the_plain_definition(values, width):
    series = np.asarray(values)
    plain = [np.ptp(series[i:i + width]) for i in range(len(series) - width + 1)]
    np.testing.assert_array_equal(sliding_range_k(series, width), plain)


def ramp(kelvin: float, over_s: int, step_s: int = 60, hours: int = 6) -> np.ndarray:
    """20 °C, then a straight rise, then level."""
    time_s = np.arange(0, hours * 3600, step_s)
    return 20.0 + kelvin * np.clip((time_s - 7200) / over_s, 0.0, 1.0)


@pytest.mark.parametrize(("kelvin", "over_s", "exceeded"), [
    (4.9, 900, False),     # just under 5 K in 15 minutes
    (5.2, 900, True),
    (19.0, 3600, False),   # 4.75 K in 15 minutes, 19 K in the hour
    (12.0, 3600, False),
    (30.0, 7200, False),   # 3.75 K in 15 minutes, 15 K in the hour
])
def test_limits(kelvin, over_s, exceeded):
    assert (rate_exceeded_h(ramp(kelvin, over_s), 60) > 0.0) is exceeded


def test_a_fall_counts_as_a_rise():
    assert rate_exceeded_h(ramp(-6.0, 600), 60) == rate_exceeded_h(ramp(6.0, 600), 60) > 0.0


def test_a_jump_counts_until_it_leaves_the_window():
    inlet = np.where(np.arange(600) < 300, 20.0, 26.0)
    assert rate_exceeded_h(inlet, 60) == pytest.approx(0.25)


@pytest.mark.parametrize("step_s", [10, 60, 300, 900])
def test_steps_of_any_length(step_s):
    inlet = np.where(np.arange(0, 7200, step_s) < 3600, 20.0, 28.0)
    assert rate_exceeded_h(inlet, step_s) == pytest.approx(0.25)


def test_constant_or_tiny_series():
    assert rate_exceeded_h(np.full(1000, 24.0), 60) == 0.0
    assert rate_exceeded_h(np.full(1, 24.0), 60) == 0.0
    assert rate_exceeded_h(np.zeros(0), 60) == 0.0
    assert rate_exceeded_h(np.array([20.0, 29.0]), 60) == pytest.approx(1 / 60)
