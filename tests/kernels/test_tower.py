"""Tower kernels: York's correlation, EnergyPlus hours, fan control, water."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.constants import CP_WATER
from twin_kernels.layout import TOWER_PARAMS
from twin_kernels.psychrometrics import enthalpy_j_kg
from twin_kernels.tower import (
    tower_evaporation,
    tower_fan_w,
    tower_for_heat,
    tower_leaving_c,
    york_approach_k,
    york_water_ratio_rated,
)
from twin_kernels.york import york_polynomial_k

WATER_KG_S = 0.055 * 998.0
PRESSURE_PA = 101325.0


def tower() -> np.void:
    """The tower of hall DH1."""
    p = np.zeros(1, TOWER_PARAMS)[0]
    p["water_rated_kg_s"], p["air_rated_m3_s"], p["fan_rated_w"] = WATER_KG_S, 40.0, 15e3
    p["air_min_frac"], p["free_convection_frac"], p["fan_exponent"] = 0.2, 0.125, 3.0
    p["drift_frac"], p["cycles"], p["available"] = 8e-5, 3.0, 1
    p["water_ratio_rated"] = york_water_ratio_rated(25.6, 3.9, 5.6)
    return p


@pytest.mark.parametrize(
    ("water_ratio", "air_ratio", "approach_k"),
    [(0.25, 1.0, 0.21022135), (0.5, 1.0, 1.42218983), (0.75, 1.0, 2.63362098), (1.0, 1.0, 3.84451509),
     (1.25, 1.0, 5.05487156), (1.0, 0.25, 18.3333359), (1.0, 0.5, 8.68271828), (1.0, 0.75, 5.45820475),
     (1.0, 1.25, 2.87584281)])
def test_approach_of_modelica_buildings(water_ratio: float, air_ratio: float, approach_k: float) -> None:
    # CoolingTowers.Correlations.Examples.YorkCalc: range 5.56 K, wet bulb 25.55 °C; single-precision record
    assert york_polynomial_k(5.56, 25.55, water_ratio / air_ratio) == pytest.approx(approach_k, rel=1e-6)
    if water_ratio >= 0.75:
        ours, outside = york_approach_k(5.56, 25.55, water_ratio, air_ratio)
        assert (ours, outside) == (pytest.approx(approach_k, rel=1e-6), 0)


def test_design_calibration() -> None:
    # EnergyPlus (DH1) prints 1.0090, Modelica Buildings' Merkel example 1.00939 for 25.55 / 3.89 / 5.56
    assert york_water_ratio_rated(25.6, 3.9, 5.6) == pytest.approx(1.0090, abs=5e-5)
    assert york_water_ratio_rated(25.55, 3.89, 5.56) == pytest.approx(1.00939, abs=5e-6)
    ratio = york_water_ratio_rated(25.6, 3.9, 5.6)
    assert york_approach_k(5.6, 25.6, ratio, 1.0) == (pytest.approx(3.9, abs=1e-9), 0)


@pytest.mark.parametrize(
    ("range_k", "wet_bulb_c", "water_ratio", "air_ratio", "outside"),
    [(5.0, 20.0, 1.0, 0.5, 0), (0.5, 20.0, 1.0, 0.5, 1), (23.0, 20.0, 1.0, 1.0, 1), (5.0, 27.5, 1.0, 1.0, 1),
     (5.0, -35.0, 1.0, 1.0, 1), (5.0, 20.0, 0.7, 1.0, 1), (5.0, 20.0, 1.3, 1.0, 1), (5.0, 20.0, 1.0, 0.1, 1),
     (1.2, 26.0, 0.8, 1.0, 1)])
def test_validity_is_clamped_and_flagged(
    range_k: float, wet_bulb_c: float, water_ratio: float, air_ratio: float, outside: int
) -> None:
    approach_k, flag = york_approach_k(range_k, wet_bulb_c, water_ratio, air_ratio)
    assert 1.1 <= approach_k <= 40.0
    assert flag == outside


@pytest.mark.parametrize(
    ("heat_kw", "wet_bulb_c", "air_frac", "fan_kw", "leaving_c"),
    [(881.608, -0.851058, 0.365633, 0.733902, 21.0), (848.744, 12.1488, 0.613532, 3.46508, 21.0),
     (884.927, 7.19744, 0.475593, 1.6136, 21.0), (889.028, 21.6911, 0.906334, 11.1728, 25.6911),
     (893.655, 18.3711, 1.0, 15.0, 22.5227), (1048.73, 18.8643, 1.0, 15.0, 23.4828),
     (1035.4, 0.166917, 0.421892, 1.12663, 21.0), (911.955, -2.75937, 0.359296, 0.695828, 21.0)])
def test_hours_of_energyplus(
    heat_kw: float, wet_bulb_c: float, air_frac: float, fan_kw: float, leaving_c: float
) -> None:
    # EnergyPlus 25.2, hall DH1, Sterling VA: hourly means, so 1 % on air (3 % on its cube) and 0.1 K at saturation
    target_c = min(max(wet_bulb_c + 4.0, 21.0), 30.0)
    ours, fan_w, ours_c, outside = tower_for_heat(tower(), heat_kw * 1e3, target_c, wet_bulb_c, WATER_KG_S)
    assert outside == 0
    assert ours == pytest.approx(air_frac, rel=0.01)
    assert fan_w == pytest.approx(fan_kw * 1e3, rel=0.03)
    assert ours_c == pytest.approx(leaving_c, abs=0.1)


def test_given_entering_agrees_with_given_heat() -> None:
    p = tower()
    for wet_bulb_c, target_c in [(10.0, 21.0), (18.0, 21.0), (-5.0, 21.0), (22.0, 26.0)]:
        air_frac, _, leaving_c, _ = tower_for_heat(p, 9e5, target_c, wet_bulb_c, WATER_KG_S)
        entering_c = leaving_c + 9e5 / (WATER_KG_S * CP_WATER)
        assert tower_leaving_c(p, entering_c, wet_bulb_c, 1.0, air_frac)[0] == pytest.approx(leaving_c, abs=1e-5)


def test_fan_cycles_below_least_air_and_stands_in_free_convection() -> None:
    p = tower()
    wet_bulb_c, target_c = -15.0, 25.0
    states = [tower_for_heat(p, heat_kw * 1e3, target_c, wet_bulb_c, WATER_KG_S) for heat_kw in range(10, 1000, 5)]
    air, fan = np.array([s[0] for s in states]), np.array([s[1] for s in states])
    off, cycling, modulating = air == 0.0, (air > 0.0) & (air < 0.2), air >= 0.2
    assert off.sum() > 5
    assert cycling.sum() > 5
    assert modulating.sum() > 5
    assert (np.diff(air) >= 0.0).all()
    assert (np.diff(air) < 0.02).all()  # no jump where one regime hands over to the next
    assert (fan[off] == 0.0).all()
    assert fan[cycling] == pytest.approx(tower_fan_w(p, 0.2) * air[cycling] / 0.2)
    assert all(s[2] == target_c for s in states)


def test_fan_stands_exactly_while_free_convection_carries_the_heat() -> None:
    p = tower()
    wet_bulb_c, target_c = 5.0, 21.0
    for heat_kw in (50.0, 150.0, 250.0, 300.0, 400.0):
        range_k = heat_kw * 1e3 / (WATER_KG_S * CP_WATER)
        full_c, _ = tower_leaving_c(p, target_c + range_k, wet_bulb_c, 1.0, 1.0)
        free_k = 0.125 * (target_c + range_k - full_c)
        assert (tower_for_heat(p, heat_kw * 1e3, target_c, wet_bulb_c, WATER_KG_S)[0] == 0.0) == (free_k >= range_k)


def test_water_floats_up_when_full_air_is_not_enough() -> None:
    p = tower()
    leaving = []
    for wet_bulb_c in (20.0, 22.0, 24.0, 26.0):
        air_frac, fan_w, leaving_c, _ = tower_for_heat(p, 1.1e6, 21.0, wet_bulb_c, WATER_KG_S)
        range_k = 1.1e6 / (WATER_KG_S * CP_WATER)
        expected_k, _ = york_approach_k(range_k, wet_bulb_c, p["water_ratio_rated"], 1.0)
        assert (air_frac, fan_w) == (1.0, 15e3)
        assert leaving_c == pytest.approx(wet_bulb_c + expected_k)
        leaving.append(leaving_c)
    assert (np.diff(leaving) > 0.0).all()


def test_least_air_is_least() -> None:
    p = tower()
    for wet_bulb_c in (0.0, 8.0, 15.0):
        air_frac, _, leaving_c, _ = tower_for_heat(p, 9e5, 21.0, wet_bulb_c, WATER_KG_S)
        entering_c = leaving_c + 9e5 / (WATER_KG_S * CP_WATER)
        assert 0.2 < air_frac < 1.0
        assert tower_leaving_c(p, entering_c, wet_bulb_c, 1.0, air_frac - 0.01)[0] > leaving_c + 0.01


@pytest.mark.parametrize("wet_bulb_c", [-20.0, 0.0, 12.0, 24.0])
def test_trends_of_leaving_water(wet_bulb_c: float) -> None:
    p = tower()
    air = np.linspace(0.0, 1.0, 41)
    for entering_c in (wet_bulb_c + 2.0, wet_bulb_c + 8.0, wet_bulb_c + 20.0, wet_bulb_c + 40.0):
        leaving = np.array([tower_leaving_c(p, entering_c, wet_bulb_c, 1.0, a)[0] for a in air])
        assert (np.diff(leaving) <= 1e-6).all()
        assert (leaving >= wet_bulb_c + 1.1 - 1e-6).all()
        assert (leaving <= entering_c).all()
    entering = wet_bulb_c + np.linspace(0.0, 45.0, 91)
    for air_frac in (0.0, 0.1, 0.2, 0.5, 1.0):
        leaving = np.array([tower_leaving_c(p, t, wet_bulb_c, 1.0, air_frac)[0] for t in entering])
        # The heat rejected rises with entering water, so leaving water rises by no more than entering does.
        assert (np.diff(entering - leaving) >= -1e-6).all()


def test_nothing_to_reject() -> None:
    assert tower_for_heat(tower(), 0.0, 21.0, 10.0, WATER_KG_S) == (0.0, 0.0, 21.0, 0)
    assert tower_for_heat(tower(), 0.0, 21.0, 25.0, WATER_KG_S) == (0.0, 0.0, 25.0, 0)
    assert tower_for_heat(tower(), 1e5, 21.0, 10.0, 0.0) == (0.0, 0.0, 21.0, 0)


def test_fan_exponent_acts() -> None:
    p = tower()
    assert tower_fan_w(p, 0.5) == pytest.approx(15e3 / 8.0)
    p["fan_exponent"] = 2.5
    assert tower_fan_w(p, 0.5) == pytest.approx(15e3 * 0.5**2.5)


@pytest.mark.parametrize(("dry_bulb_c", "w"), [(-10.0, 0.001), (15.0, 0.006), (30.0, 0.014), (42.0, 0.006)])
@pytest.mark.parametrize("air_frac", [0.0, 0.1, 0.5, 1.0])
def test_water_balance_and_energy_bound(dry_bulb_c: float, w: float, air_frac: float) -> None:
    p = tower()
    heat_w = 9e5
    evaporated, drift, blowdown = tower_evaporation(p, heat_w, air_frac, dry_bulb_c, w, PRESSURE_PA, WATER_KG_S)
    assert drift == pytest.approx(8e-5 * WATER_KG_S)
    # cycles of concentration: make-up over what leaves as liquid
    assert (evaporated + drift + blowdown) / (drift + blowdown) == pytest.approx(3.0)
    # at most what heat and the air's own cooling to 0 °C could evaporate, at least a tenth of the heat
    air = max(air_frac, 0.05) * 40.0 * 1.4
    most = (heat_w + air * max(enthalpy_j_kg(dry_bulb_c, w) - enthalpy_j_kg(0.0, w), 0.0)) / 2.501e6
    assert 0.1 * heat_w / 2.5e6 < evaporated < most


def test_evaporation_trends() -> None:
    p = tower()
    def evaporated(heat_w: float, dry_bulb_c: float, w: float) -> float:
        return tower_evaporation(p, heat_w, 0.6, dry_bulb_c, w, PRESSURE_PA, WATER_KG_S)[0]
    assert evaporated(9e5, 20.0, 0.005) > evaporated(5e5, 20.0, 0.005)
    assert evaporated(9e5, 30.0, 0.005) > evaporated(9e5, 10.0, 0.005) > evaporated(9e5, -10.0, 0.001)
    assert tower_evaporation(p, 9e5, 0.6, 20.0, 0.005, PRESSURE_PA, 0.0) == (0.0, 0.0, 0.0)
    assert tower_evaporation(p, 0.0, 0.6, 20.0, 0.005, PRESSURE_PA, WATER_KG_S)[0] == 0.0
    p["cycles"] = 6.0
    assert tower_evaporation(p, 9e5, 0.6, 20.0, 0.005, PRESSURE_PA, WATER_KG_S)[2] < 0.2 * evaporated(9e5, 20.0, 0.005)


@pytest.mark.parametrize(
    ("heat_kw", "air_frac", "dry_bulb_c", "w", "pressure_pa", "makeup_m3"),
    [(881.608, 0.365633, 0.540833, 0.00302762, 101061.0, 1.09634),
     (858.727, 0.348741, 0.0, 0.00240012, 101700.0, 1.07366)])
def test_make_up_of_energyplus(
    heat_kw: float, air_frac: float, dry_bulb_c: float, w: float, pressure_pa: float, makeup_m3: float
) -> None:
    # EnergyPlus counts the leaving flow as the entering moist-air flow, so its water is lower by 1 + w_out (2–3 %).
    water = tower_evaporation(tower(), heat_kw * 1e3, air_frac, dry_bulb_c, w, pressure_pa, WATER_KG_S)
    assert sum(water) * 3600.0 / 998.0 == pytest.approx(1.025 * makeup_m3, rel=0.01)


def test_kernels_equal_their_py_func() -> None:
    p = tower()
    for wet_bulb_c in (-12.0, 10.0, 24.0):
        for function, arguments in [
            (tower_for_heat, (p, 8e5, 21.0, wet_bulb_c, WATER_KG_S)),
            (tower_leaving_c, (p, 28.0, wet_bulb_c, 1.0, 0.1)),
            (york_approach_k, (4.0, wet_bulb_c, 1.0, 0.5)),
            (tower_evaporation, (p, 8e5, 0.4, wet_bulb_c + 3.0, 0.001, PRESSURE_PA, WATER_KG_S)),
        ]:
            assert function(*arguments) == pytest.approx(function.py_func(*arguments), rel=1e-12)
