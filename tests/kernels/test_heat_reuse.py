"""Heat take-off: too cold, limited by demand, limited by the water."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import HEAT_REUSE_PARAMS
from twin_kernels.heat_reuse import heat_taken_w


def user() -> np.void:
    p = np.zeros(1, HEAT_REUSE_PARAMS)[0]
    p["delivery_c"], p["return_c"], p["approach_k"] = 30.0, 20.0, 3.0
    return p


def test_by_hand() -> None:
    assert heat_taken_w(user(), 38.0, 10.0, 1e5) == 1e5  # Frontier's 38 °C: plenty
    assert heat_taken_w(user(), 38.0, 10.0, 1e9) == pytest.approx(10.0 * CP_WATER * (38.0 - 23.0))
    assert heat_taken_w(user(), 33.0, 10.0, 1e5) == 1e5  # just warm enough
    assert heat_taken_w(user(), 32.99, 10.0, 1e5) == 0.0
    assert heat_taken_w(user(), 38.0, 0.0, 1e5) == 0.0
    assert heat_taken_w(user(), 38.0, 10.0, 0.0) == 0.0


@given(st.floats(10.0, 70.0), st.floats(0.0, 50.0), st.floats(0.0, 5e6))
def test_never_more_than_there_is_and_never_against_the_gradient(water_c: float, flow: float, demand: float) -> None:
    p = user()
    taken = heat_taken_w(p, water_c, flow, demand)
    assert 0.0 <= taken <= demand
    assert heat_taken_w(p, water_c + 1.0, flow, demand) >= taken
    if taken > 0.0:
        assert water_c >= 33.0
        assert water_c - taken / (flow * CP_WATER) >= 23.0 - 1e-9


def test_compiled_equals_plain_python() -> None:
    plain = getattr(heat_taken_w, "py_func", heat_taken_w)
    for args in [(38.0, 10.0, 1e5), (38.0, 10.0, 1e9), (30.0, 10.0, 1e5)]:
        assert heat_taken_w(user(), *args) == plain(user(), *args)
