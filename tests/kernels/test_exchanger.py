"""Effectiveness and NTU against the ``ht`` library and closed limits."""

from __future__ import annotations

import ht
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels import exchanger as hx

LAWS = {
    "counterflow": hx.effectiveness_counterflow,
    "parallel": hx.effectiveness_parallel,
    "crossflow approximate": hx.effectiveness_crossflow_unmixed,
    "crossflow, mixed Cmax": hx.effectiveness_crossflow_cmax_mixed,
    "crossflow, mixed Cmin": hx.effectiveness_crossflow_cmin_mixed,
}


@pytest.mark.parametrize("subtype", LAWS)
@pytest.mark.parametrize("ratio", [0.01, 0.2, 0.5, 0.8, 0.999, 1.0])
@pytest.mark.parametrize("ntu", [0.01, 0.3, 1.0, 2.0, 5.0, 12.0])
def test_agrees_with_ht(subtype: str, ratio: float, ntu: float) -> None:
    theirs = ht.effectiveness_from_NTU(NTU=ntu, Cr=ratio, subtype=subtype)
    assert LAWS[subtype](ntu, ratio) == pytest.approx(theirs, abs=1e-9)


def test_a_value_from_the_reference_page() -> None:
    assert hx.effectiveness_counterflow(2.0, 0.5) == pytest.approx(0.774600, abs=1e-6)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_limits(law) -> None:
    assert law(0.0, 0.4) == 0.0
    assert law(1.7, 0.0) == pytest.approx(1.0 - np.exp(-1.7), abs=1e-12)  # an isothermal stream: all alike
    assert law(1.7, 1e-14) == pytest.approx(law(1.7, 1e-9), abs=1e-8)
    assert 0.0 < law(500.0, 0.7) <= 1.0


def test_counterflow_is_smooth_through_equal_capacities() -> None:
    exact = 3.0 / 4.0
    for gap in (1e-3, 1e-8, 1e-12, 1e-15, 0.0):
        # d eps / d ratio at ratio 1 is −N²/(2 (1+N)²), 0.28 for N = 3
        assert hx.effectiveness_counterflow(3.0, 1.0 - gap) == pytest.approx(exact, abs=0.3 * gap + 1e-14)


@given(ntu=st.floats(0.001, 8.0), ratio=st.floats(0.0, 1.0))
def test_counterflow_is_best_and_its_inverse_returns(ntu: float, ratio: float) -> None:
    best = hx.effectiveness_counterflow(ntu, ratio)
    for law in LAWS.values():
        # the closed formula for unmixed crossflow is an approximation, good to about 1 %
        assert law(ntu, ratio) <= best + 0.012
    assert hx.effectiveness_parallel(ntu, ratio) <= best + 1e-12
    assert hx.ntu_from_effectiveness_counterflow(best, ratio) == pytest.approx(ntu, rel=1e-8)


def test_inverse_is_finite_at_full_effectiveness() -> None:
    assert np.isfinite(hx.ntu_from_effectiveness_counterflow(1.0, 1.0))
    assert np.isfinite(hx.ntu_from_effectiveness_counterflow(1.0, 0.3))


def test_conductance_at_rated_flows_and_without_flow() -> None:
    assert hx.overall_conductance(5000.0, 1.0, 1.0, 1.0 / 3.0) == pytest.approx(5000.0, rel=1e-14)
    assert hx.overall_conductance(5000.0, 0.0, 1.0, 1.0 / 3.0) == 0.0
    assert hx.overall_conductance(5000.0, 1.0, 0.0, 1.0 / 3.0) == 0.0


def test_conductance_is_two_films_in_series() -> None:
    """(hA)_a : (hA)_w = 0.5, so with UA = 1000 the films are 1500 (air) and 3000 (water) W/K."""
    water, air = 3000.0 * 0.4**0.85, 1500.0 * 0.7**0.8
    series = 1.0 / (1.0 / water + 1.0 / air)
    assert hx.overall_conductance(1000.0, 0.4, 0.7, 1.0 / 3.0) == pytest.approx(series, rel=1e-12)


def test_compiled_equals_plain_python() -> None:
    for law in LAWS.values():
        plain = getattr(law, "py_func", law)
        for ntu, ratio in [(0.0, 0.0), (0.5, 0.0), (2.0, 0.6), (2.0, 1.0)]:
            assert law(ntu, ratio) == pytest.approx(plain(ntu, ratio), rel=1e-13)
