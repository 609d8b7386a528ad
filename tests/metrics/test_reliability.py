"""The x-factor against the white paper's table."""

from __future__ import annotations

import numpy as np
import pytest

from twin.metrics.reliability import X_FACTOR_C, X_FACTOR_LOWER, X_FACTOR_MEAN, X_FACTOR_UPPER, net_x_factor


@pytest.mark.parametrize(("inlet_c", "expected"), [(15.0, 0.72), (20.0, 1.0), (27.5, 1.34), (35.0, 1.55), (45.0, 1.76)])
def test_published_points(inlet_c, expected):
    assert net_x_factor([inlet_c]) == pytest.approx(expected)


def test_net_value_is_the_time_weighted_mean():
    # Half the year at 15, half at 25 °C.
    assert net_x_factor(np.repeat([15.0, 25.0], 4380)) == pytest.approx((0.72 + 1.24) / 2)


def test_held_at_the_ends():
    assert net_x_factor([-5.0]) == pytest.approx(0.72)
    assert net_x_factor([60.0]) == pytest.approx(1.76)


def test_bounds_enclose_and_rise():
    for low, mean, high in zip(X_FACTOR_LOWER, X_FACTOR_MEAN, X_FACTOR_UPPER, strict=True):
        assert low <= mean <= high
    for table in (X_FACTOR_LOWER, X_FACTOR_MEAN, X_FACTOR_UPPER):
        assert len(table) == len(X_FACTOR_C)
        assert np.all(np.diff(table) > 0.0)


def test_any_shape_and_nothing():
    assert net_x_factor(np.full((3, 4), 20.0, np.float32)) == pytest.approx(1.0)
    assert net_x_factor([]) is None
