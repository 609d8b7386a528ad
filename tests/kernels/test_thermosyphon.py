"""Thermosyphon cooler: the series of resistances, its limits, least fan effort."""

from __future__ import annotations

import math

import numpy as np
import pytest
from twin_kernels.constants import CP_DRY_AIR, CP_WATER, STANDARD_PRESSURE
from twin_kernels.equipment import THERMOSYPHON_PARAMS
from twin_kernels.psychrometrics import dry_air_density_kg_m3
from twin_kernels.thermosyphon import (
    thermosyphon_for_target,
    thermosyphon_heat_w,
    thermosyphon_pump_w,
    thermosyphon_resistance_k_w,
)

WATER_KG_S = 30.0
P = STANDARD_PRESSURE


def cooler() -> np.void:
    """A cooler of about half a megawatt."""
    p = np.zeros(1, THERMOSYPHON_PARAMS)[0]
    p["evaporator_w_k"], p["evaporator_water_frac"], p["condenser_w_k"], p["riser_k_w"] = 1.0e5, 0.5, 6.0e4, 2e-6
    p["drive_min_k"], p["water_rated_kg_s"], p["air_rated_m3_s"] = 3.0, WATER_KG_S, 60.0
    p["fan_rated_w"], p["fan_exponent"], p["air_min_frac"], p["free_convection_frac"] = 20e3, 3.0, 0.2, 0.05
    p["pump_frac"], p["available"] = 0.0075, 1
    return p


def test_three_resistances_in_series() -> None:
    p = cooler()
    c_air = 60.0 * dry_air_density_kg_m3(10.0, 0.0, P) * CP_DRY_AIR
    c_water = WATER_KG_S * CP_WATER
    by_hand = 1.0 / (c_water * (1.0 - math.exp(-1e5 / c_water))) + 2e-6 + 1.0 / (c_air * (1.0 - math.exp(-6e4 / c_air)))
    assert thermosyphon_resistance_k_w(p, 1.0, WATER_KG_S, 10.0, P) == pytest.approx(by_hand, rel=1e-12)
    heat_w = thermosyphon_heat_w(p, 25.0, 1.0, WATER_KG_S, 10.0, P)
    assert heat_w == pytest.approx(15.0 / by_hand)
    # walk from water to air: each piece of the drive is used once
    evaporator_c = 25.0 - heat_w / (c_water * (1.0 - math.exp(-1e5 / c_water)))
    condenser_c = evaporator_c - heat_w * 2e-6
    assert 10.0 + heat_w / c_air < condenser_c < evaporator_c < 25.0 - heat_w / c_water
    assert heat_w == pytest.approx((condenser_c - 10.0) * c_air * (1.0 - math.exp(-6e4 / c_air)))


def test_ideal_cooler_is_the_smaller_stream() -> None:
    # no resistance but the streams' own: the two capacities in series through one temperature
    p = cooler()
    p["evaporator_w_k"], p["condenser_w_k"], p["riser_k_w"] = 1e9, 1e9, 0.0
    c_air = 60.0 * dry_air_density_kg_m3(10.0, 0.0, P) * CP_DRY_AIR
    expected = 1.0 / (WATER_KG_S * CP_WATER) + 1.0 / c_air
    assert thermosyphon_resistance_k_w(p, 1.0, WATER_KG_S, 10.0, P) == pytest.approx(expected)
    assert thermosyphon_resistance_k_w(p, 0.0, WATER_KG_S, 10.0, P) == 1e9
    assert thermosyphon_resistance_k_w(p, 1.0, 0.0, 10.0, P) == 1e9


def test_nothing_circulates_below_the_least_drive() -> None:
    p = cooler()
    assert thermosyphon_heat_w(p, 12.9, 1.0, WATER_KG_S, 10.0, P) == 0.0
    assert thermosyphon_heat_w(p, 13.0, 1.0, WATER_KG_S, 10.0, P) > 0.0
    assert thermosyphon_heat_w(p, 8.0, 1.0, WATER_KG_S, 10.0, P) == 0.0
    assert thermosyphon_for_target(p, 12.0, WATER_KG_S, 5.0, 10.0, P) == (0.0, 0.0, 0.0, 12.0)
    assert thermosyphon_for_target(p, 25.0, 0.0, 5.0, 10.0, P) == (0.0, 0.0, 0.0, 25.0)
    assert thermosyphon_for_target(p, 18.0, WATER_KG_S, 18.0, 0.0, P) == (0.0, 0.0, 0.0, 18.0)


@pytest.mark.parametrize("dry_bulb_c", [-15.0, 5.0, 20.0])
def test_trends(dry_bulb_c: float) -> None:
    p = cooler()
    air = [thermosyphon_heat_w(p, 28.0, a, WATER_KG_S, dry_bulb_c, P) for a in np.linspace(0.0, 1.0, 41)]
    assert (np.diff(air) > 0.0).all()
    water = [thermosyphon_heat_w(p, 28.0, 1.0, m, dry_bulb_c, P) for m in np.linspace(2.0, 40.0, 20)]
    assert (np.diff(water) > 0.0).all()
    for m in (1.0, 10.0, 30.0):
        _, _, _, leaving_c = thermosyphon_for_target(p, 28.0, m, -50.0, dry_bulb_c, P)
        assert dry_bulb_c < leaving_c < 28.0


def test_least_fan_effort() -> None:
    p = cooler()
    p["free_convection_frac"] = 0.2
    entering_c, target_c = 24.0, 21.0
    found = [thermosyphon_for_target(p, entering_c, WATER_KG_S, target_c, t, P) for t in np.arange(-70.0, 23.0, 0.25)]
    heat, air, fan, leaving = (np.array(column) for column in zip(*found, strict=True))
    off, cycling, modulating, full = air == 0.0, (air > 0.0) & (air < 0.2), (air >= 0.2) & (air < 1.0), air == 1.0
    stalled = heat == 0.0
    assert min((off & ~stalled).sum(), cycling.sum(), modulating.sum(), full.sum(), stalled.sum()) > 3
    running = ~stalled
    assert (np.diff(air[running]) >= -1e-12).all()
    assert fan[modulating] == pytest.approx(20e3 * air[modulating] ** 3)
    assert fan[cycling] == pytest.approx(20e3 * 0.2**3 * air[cycling] / 0.2)
    reached = ~full & ~stalled
    assert leaving[reached] == pytest.approx(target_c)
    assert (leaving[full] >= target_c).all()
    assert heat == pytest.approx((entering_c - leaving) * WATER_KG_S * CP_WATER, abs=1e-3)
    for t, a in zip(np.arange(-70.0, 23.0, 0.25)[modulating], air[modulating], strict=True):
        carried = thermosyphon_heat_w(p, entering_c, a, WATER_KG_S, t, P)
        assert carried == pytest.approx(3.0 * WATER_KG_S * CP_WATER, rel=1e-9)


def test_pump() -> None:
    assert thermosyphon_pump_w(cooler(), 4e5) == pytest.approx(3000.0)
    assert thermosyphon_pump_w(cooler(), 0.0) == 0.0


def test_compiled_equals_plain() -> None:
    p = cooler()
    plain = getattr(thermosyphon_for_target, "py_func", thermosyphon_for_target)
    for t in (-60.0, -20.0, 5.0, 15.0, 30.0):
        ours = thermosyphon_for_target(p, 24.0, WATER_KG_S, 20.0, t, P)
        assert ours == pytest.approx(plain(p, 24.0, WATER_KG_S, 20.0, t, P), rel=1e-9)
