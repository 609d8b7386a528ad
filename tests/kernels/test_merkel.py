"""Merkel tower: EnergyPlus minutes, Modelica Buildings' rating run, limits, energy."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.constants import CP_WATER, STANDARD_PRESSURE
from twin_kernels.equipment import TOWER_PARAMS
from twin_kernels.merkel import (
    merkel_conductance_w_k,
    merkel_heat_w,
    merkel_leaving_c,
    merkel_outside,
    merkel_rated_air_kg_s,
    merkel_rated_ua_w_k,
    merkel_resistance_k_w,
)
from twin_kernels.psychrometrics import enthalpy_j_kg, humidity_ratio, saturated_at_enthalpy, wet_bulb_c

WATER_KG_S = 54.89


def tower(ua_factor: float = 1.0) -> np.void:
    """A cell of 1.3 MW at 25.6 °C wet bulb."""
    p = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["available"] = 1, 1
    p["water_rated_kg_s"], p["air_rated_m3_s"], p["fan_rated_w"] = WATER_KG_S, 30.0, 15e3
    p["air_min_frac"], p["free_convection_frac"], p["fan_exponent"] = 0.2, 0.1, 3.0
    p["wet_bulb_rated_c"] = 25.6
    air_kg_s = merkel_rated_air_kg_s(35.0, 25.6, 30.0, STANDARD_PRESSURE)
    p["ua_w_k"] = ua_factor * merkel_rated_ua_w_k(25.6, 3.9, 5.6, WATER_KG_S, air_kg_s, STANDARD_PRESSURE)
    return p


def outdoor(dry_bulb_c: float, rh_frac: float) -> tuple[float, float, float, float]:
    """Outdoor air at sea level."""
    w = humidity_ratio(dry_bulb_c, rh_frac, STANDARD_PRESSURE)
    return dry_bulb_c, w, wet_bulb_c(dry_bulb_c, w, STANDARD_PRESSURE, 10.0), STANDARD_PRESSURE


def test_conductance_factors() -> None:
    # the three default curves of EnergyPlus, each by itself (air 0.5: 0.575; water 0.5: 0.748875; 10 K: 1.081)
    one = 0.1082 + 1.667 - 0.7713
    assert merkel_conductance_w_k(1.0, 1.0, 1.0, 0.0) == pytest.approx(one)
    assert merkel_conductance_w_k(1.0, 0.5, 1.0, 0.0) == pytest.approx(0.575 * one)
    assert merkel_conductance_w_k(1.0, 1.0, 0.5, 0.0) == pytest.approx(0.748875)
    assert merkel_conductance_w_k(1.0, 1.0, 1.0, 10.0) == pytest.approx(1.081 * one)
    assert merkel_conductance_w_k(1.0, 0.1, 0.1, 40.0) == merkel_conductance_w_k(1.0, 0.2, 0.3, 25.0)
    assert [merkel_outside(w, g) for w, g in [(1.0, 0.0), (0.2, 0.0), (1.1, 0.0), (1.0, 26.0), (1.0, -11.0)]] == [
        0, 1, 1, 1, 1]


def test_rating_run_of_modelica_buildings() -> None:
    # CoolingTowers.Validation.MerkelNominal, settled: 35 °C in, 25.55 °C wet bulb, rated flows: 29.4284 °C out, where
    # the rating is 29.44: the water factor of 1.0039 is in both programs. Equal heat-capacity flows at 5 K air rise.
    # 0.005 K: their saturated enthalpy is a fit, ours ASHRAE's.
    p = tower()
    saturated = humidity_ratio(25.55, 1.0, STANDARD_PRESSURE)
    warm = humidity_ratio(30.55, 1.0, STANDARD_PRESSURE)
    c_e = (enthalpy_j_kg(30.55, warm) - enthalpy_j_kg(25.55, saturated)) / 5.0
    air_kg_s = 0.5 * CP_WATER / c_e
    p["water_rated_kg_s"], p["wet_bulb_rated_c"] = 0.5, 25.55
    p["ua_w_k"] = merkel_rated_ua_w_k(25.55, 3.89, 5.56, 0.5, air_kg_s, STANDARD_PRESSURE)
    p["air_rated_m3_s"] = air_kg_s / merkel_rated_air_kg_s(25.55, 25.55, 1.0, STANDARD_PRESSURE)
    leaving_c, outside = merkel_leaving_c(p, 35.0, 1.0, (25.55, saturated, 25.55, STANDARD_PRESSURE), 0.5)
    assert outside == 0
    assert leaving_c == pytest.approx(29.4284, abs=0.005)


def test_design_point_is_met() -> None:
    # all factors 1 but the water's 1.0039: 0.4 % of UA is at most 0.02 K of a 3.9 K approach
    p = tower()
    _, w, _, _ = air = (35.0, 0.0171, 25.6, STANDARD_PRESSURE)
    assert w > 0.0
    leaving_c, _ = merkel_leaving_c(p, 25.6 + 3.9 + 5.6, 1.0, air, WATER_KG_S)
    assert 29.48 < leaving_c <= 29.5
    # a design that the air cannot carry: leaving air would be warmer than the water
    assert merkel_rated_ua_w_k(25.6, 0.1, 5.6, WATER_KG_S, 10.0, STANDARD_PRESSURE) == 0.0


def test_equivalent_fluid_closes_on_the_air() -> None:
    """The heat taken from the water is what warms the air along saturation, and effectiveness follows from it."""
    p = tower()
    air = outdoor(24.0, 0.5)
    heat_w = merkel_heat_w(p, 35.0 - air[2], 0.7, air, WATER_KG_S)
    assert heat_w * merkel_resistance_k_w(p, heat_w, 0.7, air, WATER_KG_S) == pytest.approx(35.0 - air[2], abs=2e-7)
    air_kg_s = 0.7 * merkel_rated_air_kg_s(24.0, air[2], 30.0, STANDARD_PRESSURE)
    rise = enthalpy_j_kg(air[2], humidity_ratio(air[2], 1.0, STANDARD_PRESSURE)) + heat_w / air_kg_s
    out_c, _, _ = saturated_at_enthalpy(rise, STANDARD_PRESSURE, 25.0)
    assert air[2] < out_c < 35.0


@pytest.mark.parametrize(("dry_bulb_c", "rh_frac"), [(-20.0, 0.8), (0.0, 0.9), (15.0, 0.5), (30.0, 0.6), (40.0, 0.1)])
def test_trends(dry_bulb_c: float, rh_frac: float) -> None:
    p = tower()
    air = outdoor(dry_bulb_c, rh_frac)
    for excess_k in (0.5, 5.0, 15.0, 35.0):
        entering_c = air[2] + excess_k
        leaving = np.array([merkel_leaving_c(p, entering_c, a, air, WATER_KG_S)[0] for a in np.linspace(0, 1, 21)])
        assert (np.diff(leaving) <= 1e-6).all()
        assert (leaving > air[2]).all()
        assert (leaving <= entering_c).all()
    heat = np.array([merkel_heat_w(p, e, 0.6, air, WATER_KG_S) for e in np.linspace(0.0, 40.0, 30)])
    assert heat[0] == 0.0
    assert (np.diff(heat) > 0.0).all()


def test_approach_vanishes_with_conductance() -> None:
    air = outdoor(20.0, 0.5)
    entering_c = air[2] + 8.0
    approach = [merkel_leaving_c(tower(f), entering_c, 1.0, air, 0.3 * WATER_KG_S)[0] - air[2] for f in (1, 3, 10, 100)]
    assert (np.diff(approach) < 0.0).all()
    assert 0.0 <= approach[-1] < 1e-6  # little water on much air: the water comes down to the wet bulb


def test_water_at_or_below_the_wet_bulb_stays() -> None:
    air = outdoor(20.0, 0.9)
    assert merkel_leaving_c(tower(), air[2], 1.0, air, WATER_KG_S)[0] == air[2]
    assert merkel_leaving_c(tower(), air[2] - 3.0, 1.0, air, WATER_KG_S)[0] == air[2] - 3.0


def test_free_convection() -> None:
    p = tower()
    air = outdoor(10.0, 0.7)
    full_c, _ = merkel_leaving_c(p, 30.0, 1.0, air, WATER_KG_S)
    free_c, _ = merkel_leaving_c(p, 30.0, 0.0, air, WATER_KG_S)
    assert 30.0 - free_c == pytest.approx(0.1 * (30.0 - full_c), rel=1e-6)


def test_compiled_equals_plain() -> None:
    p = tower()
    plain = getattr(merkel_leaving_c, "py_func", merkel_leaving_c)
    for air_frac in (0.0, 0.1, 0.5, 1.0):
        air = outdoor(22.0, 0.4)
        ours = merkel_leaving_c(p, 33.0, air_frac, air, WATER_KG_S)
        assert ours == pytest.approx(plain(p, 33.0, air_frac, air, WATER_KG_S), rel=1e-12)
