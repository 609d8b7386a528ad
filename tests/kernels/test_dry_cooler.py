"""Dry cooler and evaporative pad: published points, limits, energy and water."""

from __future__ import annotations

import math

import numpy as np
import pytest
from twin_kernels.constants import CP_WATER, STANDARD_PRESSURE
from twin_kernels.direct_evaporative import pad_air, pad_effectiveness, pad_water_kg_s
from twin_kernels.dry_cooler import (
    dry_cooler_heat_w,
    dry_cooler_inlet,
    dry_cooler_leaving_c,
    dry_cooler_rated_ua_w_k,
    dry_cooler_resistance_k_w,
)
from twin_kernels.equipment import TOWER_PARAMS
from twin_kernels.psychrometrics import (
    dry_air_density_kg_m3,
    enthalpy_j_kg,
    humid_heat_j_kgk,
    humidity_ratio,
    wet_bulb_c,
)


def outdoor(dry_bulb_c: float, rh_frac: float) -> tuple[float, float, float, float]:
    """Outdoor air at sea level."""
    w = humidity_ratio(dry_bulb_c, rh_frac, STANDARD_PRESSURE)
    return dry_bulb_c, w, wet_bulb_c(dry_bulb_c, w, STANDARD_PRESSURE, 10.0), STANDARD_PRESSURE


def cooler(heat_w: float, dry_bulb_c: float, entering_c: float, leaving_c: float) -> np.void:
    """A dry cooler rated with equal heat-capacity flows of water and dry air."""
    p = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["available"] = 2, 1
    c_water = heat_w / (entering_c - leaving_c)
    p["water_rated_kg_s"] = c_water / CP_WATER
    p["air_rated_m3_s"] = c_water / (humid_heat_j_kgk(0.0) * dry_air_density_kg_m3(dry_bulb_c, 0.0, STANDARD_PRESSURE))
    p["ua_w_k"] = dry_cooler_rated_ua_w_k(heat_w, entering_c - dry_bulb_c, c_water, c_water)
    p["ua_air_frac"] = 1.0 / 3.0
    p["fan_rated_w"], p["fan_exponent"], p["air_min_frac"], p["free_convection_frac"] = 117.68e3, 3.0, 0.2, 0.05
    return p


def bac() -> np.void:
    """BAC TrilliumSeries TDFS1238N, as Modelica Buildings gives its rating; a pad is there but dry."""
    p = cooler(2.931e6, 35.0, 46.11, 40.55)
    p["pad_effectiveness"], p["cycles"] = 0.85, 3.0
    return p


def test_rating_of_the_bac_cooler() -> None:
    p = bac()
    leaving_c = dry_cooler_leaving_c(p, 46.11, 1.0, (35.0, 0.0, 15.0, STANDARD_PRESSURE), p["water_rated_kg_s"], 0)
    assert leaving_c == pytest.approx(40.55, abs=1e-6)
    # half of the drive at equal flows takes one transfer unit in counterflow, in crossflow N of
    # 1 - exp(N^0.22 (exp(-N^0.78) - 1)) = 5.56 / 11.11: 1.1524
    ntu = p["ua_w_k"] / (2.931e6 / 5.56)
    assert 1.0 - math.exp(ntu**0.22 * (math.exp(-(ntu**0.78)) - 1.0)) == pytest.approx(5.56 / 11.11, abs=1e-9)
    assert 1.0 < ntu < 1.2
    assert dry_cooler_rated_ua_w_k(1e6, 5.0, 1.9e5, 1.9e5) == 0.0  # warmer than the water: no such coil


@pytest.mark.parametrize(
    ("entering_c", "leaving_c", "dry_bulb_c"),
    [(22.574, 18.589, 14.400), (24.435, 22.397, 20.319), (30.017, 28.182, 26.373), (36.462, 34.758, 33.106),
     (31.770, 28.859, 25.920), (24.172, 21.234, 18.180)])
def test_day_of_modelica_buildings(entering_c: float, leaving_c: float, dry_bulb_c: float) -> None:
    # CoolingTowers.Examples.DryCooler, samples at full fan (525 W); rated 35 → 30 °C at 25 °C, 0.5 kg/s. Their films
    # follow temperature (about 0.5 %/K on the water side), ours do not, and their coil has a volume: 4 % of the range
    p = cooler(0.5 * CP_WATER * 5.0, 25.0, 35.0, 30.0)
    ours = dry_cooler_leaving_c(p, entering_c, 1.0, (dry_bulb_c, 0.008, 12.0, STANDARD_PRESSURE), 0.5, 0)
    assert ours == pytest.approx(leaving_c, abs=0.04 * (entering_c - leaving_c))


@pytest.mark.parametrize(("dry_bulb_c", "rh_frac"), [(-20.0, 0.8), (10.0, 0.6), (35.0, 0.3)])
def test_trends(dry_bulb_c: float, rh_frac: float) -> None:
    p, air = bac(), outdoor(dry_bulb_c, rh_frac)
    water_kg_s = p["water_rated_kg_s"]
    for excess_k in (0.0, 3.0, 20.0):
        entering_c = dry_bulb_c + excess_k
        flows = np.linspace(0.0, 1.0, 41)
        leaving = np.array([dry_cooler_leaving_c(p, entering_c, a, air, water_kg_s, 0) for a in flows])
        assert (np.diff(leaving) <= 1e-9).all()
        assert (leaving >= dry_bulb_c - 1e-9).all()
        assert (leaving <= entering_c).all()
    assert dry_cooler_leaving_c(p, dry_bulb_c - 2.0, 1.0, air, water_kg_s, 0) == dry_bulb_c - 2.0


def test_approach_vanishes_with_conductance() -> None:
    p, air = bac(), outdoor(20.0, 0.4)
    approach = []
    for factor in (1.0, 3.0, 10.0, 100.0):
        q = p.copy()
        q["ua_w_k"] = factor * p["ua_w_k"]
        approach.append(dry_cooler_leaving_c(q, 40.0, 1.0, air, 0.1 * p["water_rated_kg_s"], 0) - 20.0)
    assert (np.diff(approach) < 0.0).all()
    assert -1e-9 <= approach[-1] < 0.02


def test_energy_closes_on_the_air() -> None:
    """Water's heat over the air's heat capacity warms the air to below the entering water."""
    p, air = bac(), outdoor(25.0, 0.5)
    for air_frac in (0.2, 0.6, 1.0):
        heat_w = dry_cooler_heat_w(p, 45.0, air_frac, air, 120.0, 0)
        leaving_c = dry_cooler_leaving_c(p, 45.0, air_frac, air, 120.0, 0)
        assert heat_w == pytest.approx(120.0 * CP_WATER * (45.0 - leaving_c))
        air_kg_s = air_frac * p["air_rated_m3_s"] * dry_air_density_kg_m3(air[0], air[1], air[3])
        assert air[0] + heat_w / (air_kg_s * humid_heat_j_kgk(air[1])) < 45.0
        assert dry_cooler_resistance_k_w(p, air_frac, air[:2], air[3], 120.0) * heat_w == pytest.approx(20.0)
    assert dry_cooler_resistance_k_w(p, 0.0, air[:2], air[3], 120.0) == 1e9


def test_pad_effectiveness_of_energyplus() -> None:
    # the polynomial of the Engineering Reference, worked out by hand at 0.3 m and 2.5 m/s
    by_hand = (0.792714 + 0.2875707 - 0.629825 - 0.0928935 + 0.16416125 + 0.68615175 - 0.33354225 - 0.0890245
               + 0.076367475 + 0.046071844 - 0.024533550)
    assert pad_effectiveness(0.3, 2.5) == pytest.approx(by_hand, abs=1e-6)
    assert pad_effectiveness(0.3, 2.5) == pytest.approx(0.883, abs=5e-4)
    assert pad_effectiveness(0.3, 1.0) > pad_effectiveness(0.3, 2.5) > pad_effectiveness(0.1, 2.5)
    for depth_m in np.linspace(0.0, 1.0, 11):
        assert all(0.0 <= pad_effectiveness(depth_m, v) <= 1.0 for v in np.linspace(0.0, 6.0, 13))


@pytest.mark.parametrize(("dry_bulb_c", "rh_frac"), [(15.0, 0.5), (30.0, 0.3), (42.0, 0.1), (25.0, 1.0)])
def test_pad_air_keeps_its_wet_bulb_and_its_energy(dry_bulb_c: float, rh_frac: float) -> None:
    air = outdoor(dry_bulb_c, rh_frac)
    for effectiveness in (0.0, 0.5, 0.9, 1.0):
        out_c, out_w = pad_air(*air, effectiveness)
        assert out_c == pytest.approx(dry_bulb_c - effectiveness * (dry_bulb_c - air[2]))
        assert wet_bulb_c(out_c, out_w, STANDARD_PRESSURE, 10.0) == pytest.approx(air[2], abs=1e-6)
        # the air gains the enthalpy of the liquid at the wet bulb and nothing else: 0.5 J/kg of rounding in constants
        gained = enthalpy_j_kg(out_c, out_w) - enthalpy_j_kg(dry_bulb_c, air[1])
        assert gained == pytest.approx((out_w - air[1]) * CP_WATER * air[2], abs=0.5)


def test_pad_water_balance() -> None:
    evaporated, blowdown = pad_water_kg_s(10.0, 0.005, 0.009, 3.0)
    assert evaporated == pytest.approx(0.04)
    assert (evaporated + blowdown) / blowdown == pytest.approx(3.0)
    assert pad_water_kg_s(10.0, 0.009, 0.005, 3.0) == (0.0, 0.0)
    assert pad_water_kg_s(10.0, 0.005, 0.009, 1.0)[1] == 0.0


def test_pad_before_the_coil() -> None:
    p, air = bac(), outdoor(35.0, 0.2)
    in_c, in_w = dry_cooler_inlet(p, 1.0, air, 1)
    assert in_c == pytest.approx(35.0 - 0.85 * (35.0 - air[2]))
    assert in_w > air[1]
    assert dry_cooler_inlet(p, 1.0, air, 0) == air[:2]
    wet_c = dry_cooler_leaving_c(p, 46.0, 1.0, air, p["water_rated_kg_s"], 1)
    assert wet_c < dry_cooler_leaving_c(p, 46.0, 1.0, air, p["water_rated_kg_s"], 0) - 3.0
    # by depth and face: 2.5 m/s at full air
    p["pad_depth_m"], p["pad_face_m2"] = 0.3, p["air_rated_m3_s"] / 2.5
    assert dry_cooler_inlet(p, 1.0, air, 1)[0] == pytest.approx(35.0 - pad_effectiveness(0.3, 2.5) * (35.0 - air[2]))
    assert dry_cooler_inlet(p, 0.4, air, 1)[0] < dry_cooler_inlet(p, 1.0, air, 1)[0]


def test_compiled_equals_plain() -> None:
    p, air = bac(), outdoor(33.0, 0.3)
    plain = getattr(dry_cooler_leaving_c, "py_func", dry_cooler_leaving_c)
    for air_frac in (0.0, 0.1, 0.5, 1.0):
        for wetted in (0, 1):
            ours = dry_cooler_leaving_c(p, 44.0, air_frac, air, 100.0, wetted)
            assert ours == pytest.approx(plain(p, 44.0, air_frac, air, 100.0, wetted), rel=1e-12)
    plain_pad = getattr(pad_effectiveness, "py_func", pad_effectiveness)
    assert pad_effectiveness(0.2, 1.7) == pytest.approx(plain_pad(0.2, 1.7), rel=1e-12)
