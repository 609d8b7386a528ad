"""DX coil: the rating and the published bypass factor, dry coils, limits, trends, conservation."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
from twin_kernels.dx_coil import PLF_MIN, dx_bypass_kg_s, dx_full_load, dx_leaving, dx_run_frac
from twin_kernels.economiser import pad_air
from twin_kernels.layout import DX_PARAMS
from twin_kernels.psychrometrics import (
    enthalpy_j_kg,
    relative_humidity_frac,
    saturation_humidity_ratio,
    temperature_from_enthalpy_c,
    wet_bulb_c,
)

PRESSURE_PA = 101325.0
FLOW_KG_S = 0.425 * 1.2041
GUESS = (15.0, 10.0)


def humidity_at(temp_c: float, wet_c: float) -> float:
    """Humidity ratio from dry and wet bulb, by halving."""
    low, high = 0.0, float(saturation_humidity_ratio(temp_c, PRESSURE_PA))
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if wet_bulb_c(temp_c, middle, PRESSURE_PA, wet_c) < wet_c else (low, middle)
    return low


def ce100(**changes: Any) -> np.void:
    """The unit of ASHRAE 140, cases CE100 and on."""
    p = np.zeros(1, DX_PARAMS)[0]
    p["rated_w"], p["cop"], p["air_rated_kg_s"] = 8181.0, 4.161, FLOW_KG_S
    p["capft"] = [0.43863482, 0.0425918, 0.00015024, 0.00100248, -3.314e-5, -0.00046664]
    p["eirft"] = [0.7712758, -0.02218018, 0.00074086, 0.01306849, 0.00039124, -0.00082052]
    p["capff"], p["eirff"], p["plf"] = [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.771, 0.229, 0.0, 0.0]
    p["wet_bulb_min_c"], p["wet_bulb_max_c"] = 13.0, 23.7
    p["outdoor_min_c"], p["outdoor_max_c"] = 27.4, 48.1
    p["flow_min_frac"], p["flow_max_frac"] = 0.2, 1.5
    p["evaporator_lift_k"], p["condenser_lift_k"], p["carnot_max_frac"] = 2.0, 8.0, 0.7
    p["bypass_kg_s"] = dx_bypass_kg_s(8181.0, 0.7774, FLOW_KG_S, 26.7, humidity_at(26.7, 19.4), PRESSURE_PA)
    for name, value in changes.items():
        p[name] = value
    return p


def full(p: np.void, temp_c: float, w: float, outdoor_c: float, flow_kg_s: float = FLOW_KG_S) -> tuple[float, ...]:
    """Full load at a state."""
    found: tuple[float, ...] = dx_full_load(p, (flow_kg_s, temp_c, w), outdoor_c, PRESSURE_PA, GUESS)
    return found


def leaving(temp_c: float, w: float, capacity_w: float, drop: float) -> tuple[float, float]:
    """State behind the coil."""
    out_w = w - drop
    return float(temperature_from_enthalpy_c(enthalpy_j_kg(temp_c, w) - capacity_w / FLOW_KG_S, out_w)), out_w


def test_bypass_factor_of_the_published_unit() -> None:
    # back-solved from the standard's table: 0.0904; half a per cent of its sensible share is 0.003 of it
    assert exp(-ce100()["bypass_kg_s"] / FLOW_KG_S) == pytest.approx(0.0904, abs=0.003)


def test_the_rating_is_met() -> None:
    p, w = ce100(), humidity_at(26.7, 19.4)
    capacity, drop, _, _, wet, power, outside = full(p, 26.7, w, 35.0)
    assert wet == pytest.approx(19.4, abs=1e-6)
    assert capacity == pytest.approx(8181.0, rel=2e-3)  # the curve is 0.999 there
    assert capacity / power == pytest.approx(4.161, rel=2e-3)
    out_c, _ = leaving(26.7, w, capacity, drop)
    latent = FLOW_KG_S * (enthalpy_j_kg(26.7, w) - enthalpy_j_kg(26.7, w - drop))
    assert 1.0 - latent / capacity == pytest.approx(0.7774, abs=1e-3)
    assert 12.0 < out_c < 16.0
    assert outside == 0


def test_no_coil_for_an_impossible_share() -> None:
    w = humidity_at(26.7, 19.4)
    assert dx_bypass_kg_s(8181.0, 0.3, FLOW_KG_S, 26.7, w, PRESSURE_PA) == -1.0
    assert dx_bypass_kg_s(30000.0, 0.77, FLOW_KG_S, 26.7, w, PRESSURE_PA) == -1.0


def test_dry_coil_is_read_where_it_just_becomes_dry() -> None:
    p = ce100()
    dry = full(p, 22.2, 0.004, 46.1)
    assert dry[1] == 0.0
    assert full(p, 22.2, 0.002, 46.1)[0] == pytest.approx(dry[0], rel=1e-8)  # humidity says nothing to a dry coil
    assert wet_bulb_c(22.2, dry[2], PRESSURE_PA, 15.0) == pytest.approx(dry[4], abs=1e-6)  # surface = entering humidity
    # the published solutions of CE100 run at 14.6 °C wet bulb (their unit just dry), within their table's steps
    assert dry[4] == pytest.approx(14.6, abs=0.2)


def test_capacity_and_drying_are_continuous_where_the_coil_becomes_dry() -> None:
    p = ce100()
    edge_w = full(p, 22.2, 0.004, 46.1)[2]
    below, above = full(p, 22.2, edge_w - 1e-6, 46.1), full(p, 22.2, edge_w + 1e-6, 46.1)
    assert below[1] == 0.0 < above[1] < 1e-6
    assert above[0] == pytest.approx(below[0], rel=1e-4)
    assert above[5] == pytest.approx(below[5], rel=1e-4)


@pytest.mark.parametrize("w", [0.003, 0.0085, 0.012, 0.016])
def test_trends(w: float) -> None:
    p = ce100()
    outdoors = [full(p, 26.7, w, outdoor_c) for outdoor_c in (28.0, 35.0, 40.0, 46.0)]
    capacities = [one[0] for one in outdoors]
    efficiencies = [one[0] / one[5] for one in outdoors]
    assert capacities == sorted(capacities, reverse=True)
    assert efficiencies == sorted(efficiencies, reverse=True)
    slow, fast = full(p, 26.7, w, 35.0, 0.6 * FLOW_KG_S), full(p, 26.7, w, 35.0)
    assert slow[3] < fast[3]  # less air: a colder surface, more drying
    assert slow[1] >= fast[1]


def test_air_leaves_between_its_state_and_the_surface() -> None:
    p = ce100()
    for temp_c in (18.0, 24.0, 35.0):
        for humid in (0.05, 0.3, 0.6, 0.95, 1.2):
            w = humid * float(saturation_humidity_ratio(temp_c, PRESSURE_PA))
            capacity, drop, surface_w, surface_c, _, power, _ = full(p, temp_c, w, 35.0)
            out_c, out_w = leaving(temp_c, w, capacity, drop)
            assert surface_c - 1e-6 <= out_c < temp_c
            assert out_w >= min(surface_w, w) - 1e-12
            assert power > 0.0
            if humid <= 1.0:
                assert relative_humidity_frac(out_c, out_w, PRESSURE_PA) <= 1.03  # a straight line near saturation


def test_it_unloads_before_it_freezes() -> None:
    p = ce100(surface_min_c=2.0, carnot_max_frac=9.0)
    free = full(ce100(surface_min_c=-50.0, carnot_max_frac=9.0), 16.0, 0.003, 28.0, 0.4 * FLOW_KG_S)
    held = full(p, 16.0, 0.003, 28.0, 0.4 * FLOW_KG_S)
    assert free[3] < 2.0 == held[3]
    assert held[0] < free[0]
    assert held[5] / held[0] == pytest.approx(free[5] / free[0], rel=1e-9)
    assert full(p, 1.0, 0.001, 28.0)[0] == 0.0  # air colder than the coldest surface: nothing to take


def test_outside_its_box_it_holds_the_edge_and_says_so() -> None:
    p = ce100()
    edge, far = full(p, 26.7, 0.011, 48.1), full(p, 26.7, 0.011, 60.0)
    assert (edge[6], far[6]) == (0, 1)
    assert far[0] == edge[0]
    assert full(p, 26.7, 0.011, -10.0)[6] == 1


def test_never_better_than_its_share_of_carnot() -> None:
    p = ce100(cop=20.0, carnot_max_frac=0.6)
    for outdoor_c in (-20.0, 10.0, 35.0, 48.0):
        capacity, _, _, surface_c, _, power, _ = full(p, 26.7, 0.011, outdoor_c)
        lift_k = max(outdoor_c + 8.0 - surface_c + 2.0, 5.0)
        assert capacity / power <= 0.6 * (surface_c - 2.0 + 273.15) / lift_k * (1.0 + 1e-12)


def test_an_inverter_at_full_load_is_the_full_load_and_dries_less_below() -> None:
    p, w = ce100(), 0.0125
    capacity, drop, *_ = full(p, 26.7, w, 35.0)
    out_h, out_w, _ = dx_leaving(p, (FLOW_KG_S, 26.7, w), capacity, PRESSURE_PA, 12.0)
    assert w - out_w == pytest.approx(drop, rel=1e-9)
    assert out_h == pytest.approx(enthalpy_j_kg(26.7, w) - capacity / FLOW_KG_S, rel=1e-12)
    shares = []
    for load in (0.2, 0.4, 0.7, 1.0):
        _, out_w, _ = dx_leaving(p, (FLOW_KG_S, 26.7, w), load * capacity, PRESSURE_PA, 12.0)
        shares.append((w - out_w) / load)
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert dx_leaving(p, (FLOW_KG_S, 26.7, w), 0.0, PRESSURE_PA, 12.0)[1] == w


def test_run_time_over_part_load() -> None:
    p = ce100()
    assert dx_run_frac(p, 0.0) == 0.0
    assert dx_run_frac(p, 1.0) == 1.0
    assert dx_run_frac(p, 0.5) == pytest.approx(0.5 / 0.8855)
    p["plf"] = [0.2, 0.8, 0.0, 0.0]
    assert dx_run_frac(p, 0.1) == pytest.approx(0.1 / PLF_MIN)


def test_pad_conserves_energy_and_reaches_the_wet_bulb() -> None:
    w = 0.006
    wet_c = float(wet_bulb_c(35.0, w, PRESSURE_PA, 18.0))
    for effectiveness in (0.0, 0.5, 0.85, 1.0):
        out_c, out_w = pad_air(35.0, w, wet_c, effectiveness)
        assert out_c == pytest.approx(35.0 - effectiveness * (35.0 - wet_c))
        gained = enthalpy_j_kg(out_c, out_w) - enthalpy_j_kg(35.0, w)
        assert gained == pytest.approx((out_w - w) * 4186.0 * wet_c, abs=1e-6)
    assert out_w == pytest.approx(saturation_humidity_ratio(wet_c, PRESSURE_PA), rel=1e-9)


def test_kernels_equal_their_py_func() -> None:
    p = ce100()
    for w in (0.003, 0.0085, 0.014):
        arguments = (p, (FLOW_KG_S, 24.0, w), 38.0, PRESSURE_PA, GUESS)
        assert dx_full_load(*arguments) == pytest.approx(dx_full_load.py_func(*arguments), rel=1e-12)
        again = (p, (FLOW_KG_S, 24.0, w), 4000.0, PRESSURE_PA, 10.0)
        assert dx_leaving(*again) == pytest.approx(dx_leaving.py_func(*again), rel=1e-12)
    assert dx_run_frac(p, 0.3) == dx_run_frac.py_func(p, 0.3)
