"""Reformulated chiller: another program's numbers, its implicit condenser temperature, limits and trends."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.chiller import (
    MIN_CAPACITY_FRAC,
    REFORMULATED,
    carnot_cop,
    chiller_capacity_w,
    chiller_power_w,
    condenser_leaving_c,
    curve_capacity_w,
    curve_power_w,
)
from twin_kernels.layout import CHILLER_PARAMS

# Modelica Buildings, Fluid.Chillers.Examples.ElectricReformulatedEIR (McQuay WSC 471 kW): leaving chilled and leaving
# condenser water [K], part-load ratio, COP.
POINTS = [
    (283.153748, 296.313995, 0.384673595, 5.63563061), (283.149994, 296.646698, 0.426574022, 5.91976261),
    (283.458984, 301.450928, 0.719484925, 6.5787015),
]


def mcquay() -> np.void:
    p = np.zeros(1, CHILLER_PARAMS)[0]
    p["rated_w"], p["cop"], p["model"] = 471.2e3, 5.89, REFORMULATED
    p["leaving_min_c"], p["leaving_max_c"], p["condenser_min_c"], p["condenser_max_c"] = 7.2, 12.8, 18.8, 35.1
    p["plr_min"], p["plr_unload"], p["plr_max"] = 0.1, 0.1, 1.08
    p["evaporator_lift_k"], p["condenser_lift_k"], p["carnot_max_frac"], p["extend"] = 2.0, 1.5, 0.7, 1
    p["condenser_w_k"] = 19.24 * 4186.0
    p["capft"] = [-0.4862465, -0.07293218, -0.008514849, 0.1463106, -0.004474066, 0.009813408]
    p["eirft"] = [0.3522647, -0.0331179, -0.0001374491, 0.03469525, -0.0003624458, 0.0006749423]
    p["eirfplr_bicubic"] = [
        0.8215998, -0.02209969, -1.725652e-05, -0.03831448, 0.1896948, 0.02308518, 0.0, 0.01349969, 0.0, 0.0]
    return p


@pytest.mark.parametrize(("leaving_k", "condenser_k", "plr", "cop"), POINTS)
def test_cop_of_modelica_buildings(leaving_k: float, condenser_k: float, plr: float, cop: float) -> None:
    p = mcquay()
    p["extend"] = 0
    leaving_c, condenser_c = leaving_k - 273.15, condenser_k - 273.15
    load_w = plr * curve_capacity_w(p, leaving_c, condenser_c)[0]
    # the record holds nine digits
    assert load_w / curve_power_w(p, load_w, leaving_c, condenser_c)[0] == pytest.approx(cop, rel=1e-6)


@pytest.mark.parametrize("leaving_c", [5.0, 8.0, 12.0, 18.0])
@pytest.mark.parametrize("entering_c", [0.0, 12.0, 20.0, 29.0, 40.0])
@pytest.mark.parametrize("frac", [0.01, 0.09, 0.3, 0.7, 1.0])
def test_condenser_water_carries_load_and_power(leaving_c: float, entering_c: float, frac: float) -> None:
    p = mcquay()
    load_w = frac * chiller_capacity_w(p, leaving_c, entering_c)[0]
    power_w, plr, _ = chiller_power_w(p, load_w, leaving_c, entering_c)
    leaves_c = condenser_leaving_c(p, load_w, leaving_c, entering_c)
    # solved to 1e-8 K; ten times that
    assert leaves_c == pytest.approx(entering_c + (load_w + power_w) / p["condenser_w_k"], abs=1e-7)
    assert power_w > 0.0
    assert plr == pytest.approx(load_w / curve_capacity_w(p, leaving_c, leaves_c)[0], rel=1e-12)


def test_full_load_is_a_ratio_of_one() -> None:
    p = mcquay()
    for leaving_c, entering_c in [(8.0, 20.0), (10.0, 25.0), (12.0, 29.0)]:
        capacity_w, _ = chiller_capacity_w(p, leaving_c, entering_c)
        assert chiller_power_w(p, capacity_w, leaving_c, entering_c)[1] == pytest.approx(1.0, rel=1e-9)
        # hotter water at the condenser never adds capacity; beyond the box it keeps the edge's
        assert capacity_w >= chiller_capacity_w(p, leaving_c, entering_c + 5.0)[0]
    assert chiller_capacity_w(p, 8.0, 22.0)[0] > chiller_capacity_w(p, 8.0, 27.0)[0]


def test_more_condenser_water_leaves_colder() -> None:
    p = mcquay()
    leaves = []
    for flow in (10.0, 20.0, 40.0, 1e6):
        p["condenser_w_k"] = flow * 4186.0
        leaves.append(condenser_leaving_c(p, 3e5, 10.0, 25.0))
    assert (np.diff(leaves) < 0.0).all()
    # water without end leaves as it enters
    assert leaves[-1] == pytest.approx(25.0, abs=1e-3)
    power_w, _, _ = chiller_power_w(p, 3e5, 10.0, 25.0)
    assert power_w == pytest.approx(curve_power_w(p, 3e5, 10.0, 25.0)[0], rel=1e-4)


def test_no_load_and_no_water() -> None:
    p = mcquay()
    assert chiller_power_w(p, 0.0, 10.0, 25.0) == (0.0, 0.0, 0)
    assert condenser_leaving_c(p, 0.0, 10.0, 25.0) == 25.0
    p["condenser_w_k"] = 10.0  # next to none: the solve stops at its largest rise
    assert condenser_leaving_c(p, 3e5, 10.0, 25.0) == 65.0
    assert np.isfinite(chiller_power_w(p, 3e5, 10.0, 25.0)[0])
    p["condenser_w_k"] = 0.0
    assert condenser_leaving_c(p, 3e5, 10.0, 25.0) == 25.0


def test_capacity_stays_positive_where_the_curve_is_not() -> None:
    p = mcquay()
    p["leaving_max_c"], p["condenser_min_c"] = 25.0, 10.0
    assert chiller_capacity_w(p, 20.0, 15.0)[0] >= MIN_CAPACITY_FRAC * p["rated_w"]
    assert curve_capacity_w(p, 20.0, 20.3)[0] == pytest.approx(MIN_CAPACITY_FRAC * p["rated_w"])  # CapFT -0.24
    p["dispatch_cap"], p["plr_max"] = 1, 0.5
    assert chiller_capacity_w(p, 10.0, 25.0)[0] == 0.5 * p["rated_w"]


def test_outside_the_box_follows_the_water_that_leaves() -> None:
    p = mcquay()
    assert chiller_power_w(p, 3e5, 10.0, 25.0)[2] == 0
    assert chiller_power_w(p, 4e5, 10.0, 31.0)[2] == 1  # leaves above 35.1 °C although it enters below
    assert chiller_power_w(p, 3e5, 10.0, 16.0)[2] == 0  # leaves above 18.8 °C although it enters below


def test_carnot_bound() -> None:
    p = mcquay()
    for leaving_c in np.arange(2.0, 31.0, 4.0):
        for entering_c in np.arange(0.0, 51.0, 5.0):
            for frac in (0.05, 0.5, 1.0):
                load_w = frac * chiller_capacity_w(p, leaving_c, entering_c)[0]
                power_w, _, _ = chiller_power_w(p, load_w, leaving_c, entering_c)
                condenser_c = condenser_leaving_c(p, load_w, leaving_c, entering_c)
                assert load_w / power_w <= 0.7 * carnot_cop(p, leaving_c, condenser_c) * (1.0 + 1e-9)


def test_an_eir_machine_takes_no_notice_of_its_condenser_flow() -> None:
    p = mcquay()
    p["model"], p["eirfplr"] = 0, [0.28, 0.23, 0.49, 0.0]
    before = chiller_power_w(p, 3e5, 10.0, 25.0), chiller_capacity_w(p, 10.0, 25.0)
    p["condenser_w_k"], p["eirfplr_bicubic"] = 0.0, 9.0
    assert (chiller_power_w(p, 3e5, 10.0, 25.0), chiller_capacity_w(p, 10.0, 25.0)) == before


def test_kernels_equal_their_py_func() -> None:
    p = mcquay()
    for leaving_c, entering_c in [(10.0, 25.0), (18.0, 33.0), (5.0, 8.0)]:
        for function, arguments in [
            (chiller_capacity_w, (p, leaving_c, entering_c)), (chiller_power_w, (p, 3e5, leaving_c, entering_c)),
            (condenser_leaving_c, (p, 3e5, leaving_c, entering_c))]:
            assert function(*arguments) == pytest.approx(function.py_func(*arguments), rel=1e-12)
