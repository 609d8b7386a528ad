"""Immersion: oil against its data, free convection by hand, limits, trends, throttling, the tank in its loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twin_kernels import immersion as oil
from twin_kernels.cdu import cdu_step
from twin_kernels.cold_plate import liquid_throttle_speed
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import CDU_PARAMS, CDU_STATE, IMMERSION_PARAMS


def chip(area_m2: float = 0.15, velocity_m_s: float = 0.0) -> np.void:
    p = np.zeros(1, IMMERSION_PARAMS)[0]
    p["chip_rated_w"], p["area_m2"], p["length_m"], p["velocity_m_s"] = 560.0, area_m2, 0.1, velocity_m_s
    p["r_case_k_w"], p["loss_w_k"] = 0.02, 20.0
    p["throttle_start_c"], p["throttle_end_c"], p["throttle_min_frac"] = 85.0, 95.0, 0.3
    return p


def test_oil() -> None:
    """Grade VG 10 is 10 mm²/s at 40 °C (ISO 3448); the rest within what books give for light petroleum oils."""
    assert oil.oil_viscosity_m2_s(40.0) == pytest.approx(10e-6, rel=1e-12)
    assert oil.oil_viscosity_m2_s(100.0) == pytest.approx(2.6e-6, rel=1e-12)
    assert 15e-6 < oil.oil_viscosity_m2_s(25.0) < 22e-6
    assert oil.oil_density_kg_m3(15.0) == 830.0
    assert 1900.0 < oil.oil_heat_j_kgk(40.0) < 2200.0
    assert 0.12 < oil.oil_conductivity_w_mk(40.0) < 0.15


def test_oil_gets_thinner_and_lighter() -> None:
    temps = np.linspace(0.0, 120.0, 25)
    for law in (oil.oil_viscosity_m2_s, oil.oil_density_kg_m3, oil.oil_conductivity_w_mk):
        assert np.all(np.diff([law(t) for t in temps]) < 0.0)
    assert np.all(np.diff([oil.oil_heat_j_kgk(t) for t in temps]) > 0.0)


def test_superheat_satisfies_the_textbook_law() -> None:
    """Put back into Nu = 0.59 Ra^1/4 with properties at the film: the heat must come out (search: 1e-9 K of 30 K)."""
    p, heat_w, bulk_c = chip(), 560.0, 40.0
    over = oil.immersion_superheat_k(p, heat_w, bulk_c)
    film = bulk_c + 0.5 * over
    k = oil.oil_conductivity_w_mk(film)
    a = k / (oil.oil_density_kg_m3(film) * oil.oil_heat_j_kgk(film))
    ra = 9.80665 * 8e-4 * over * 0.1**3 / (oil.oil_viscosity_m2_s(film) * a)
    assert 1e7 < ra < 1e9  # laminar
    assert 0.59 * ra**0.25 * k / 0.1 * 0.15 * over == pytest.approx(heat_w, rel=1e-8)


def test_forced_by_the_textbook_law_and_free_where_it_is_stronger() -> None:
    p, bulk_c = chip(velocity_m_s=0.5), 40.0
    over = oil.immersion_superheat_k(p, 560.0, bulk_c)
    film = bulk_c + 0.5 * over
    k, nu = oil.oil_conductivity_w_mk(film), oil.oil_viscosity_m2_s(film)
    pr = nu * oil.oil_density_kg_m3(film) * oil.oil_heat_j_kgk(film) / k
    assert 0.664 * (0.5 * 0.1 / nu) ** 0.5 * pr ** (1 / 3) * k / 0.1 * 0.15 * over == pytest.approx(560.0, rel=1e-8)
    assert over < oil.immersion_superheat_k(chip(), 560.0, bulk_c)
    slow = oil.immersion_superheat_k(chip(velocity_m_s=1e-4), 560.0, bulk_c)
    assert slow == oil.immersion_superheat_k(chip(), 560.0, bulk_c)


def test_limits() -> None:
    assert oil.immersion_superheat_k(chip(), 0.0, 40.0) == 0.0
    assert oil.immersion_superheat_k(chip(area_m2=1e9), 560.0, 40.0) < 1e-6  # UA without end: no superheat
    assert oil.immersion_chip_c(chip(area_m2=1e9), 560.0, 40.0) == pytest.approx(40.0 + 560.0 * 0.02, abs=1e-6)
    assert oil.tank_loss_w(chip(), 25.0, 25.0) == 0.0
    assert oil.tank_loss_w(chip(), 45.0, 25.0) == 400.0


@given(st.floats(10.0, 1500.0), st.floats(15.0, 80.0), st.floats(0.02, 1.0))
@settings(max_examples=60)
def test_trends(heat_w: float, bulk_c: float, area_m2: float) -> None:
    p, more = chip(area_m2), chip(1.1 * area_m2)
    over = oil.immersion_superheat_k(p, heat_w, bulk_c)
    assert oil.immersion_superheat_k(more, heat_w, bulk_c) < over
    assert oil.immersion_superheat_k(p, 1.1 * heat_w, bulk_c) > over
    assert oil.immersion_superheat_k(p, heat_w, bulk_c + 5.0) < over  # warmer oil is thinner
    assert oil.immersion_chip_c(p, heat_w, bulk_c + 5.0) > oil.immersion_chip_c(p, heat_w, bulk_c)


@pytest.mark.parametrize("velocity_m_s", [0.0, 0.01, 0.1])
@pytest.mark.parametrize("bulk_c", [0.0, 20.0, 45.0, 70.0, 90.0])
@pytest.mark.parametrize("heat_w", [1e-3, 10.0, 280.0, 560.0, 1500.0])
def test_the_quick_bound_is_never_passed(heat_w: float, bulk_c: float, velocity_m_s: float) -> None:
    p = chip(velocity_m_s=velocity_m_s)
    chip_c, bound_c = oil.immersion_chip_c(p, heat_w, bulk_c), oil.immersion_upper_c(p, heat_w, bulk_c)
    assert chip_c <= bound_c
    assert bound_c - bulk_c <= 1.7 * (chip_c - bulk_c)  # and not far off, or it would say nothing
    assert oil.immersion_upper_c(p, 0.0, bulk_c) == bulk_c


@pytest.mark.parametrize("bulk_c", [30.0, 45.0, 55.0, 60.0, 65.0, 80.0, 110.0])
def test_throttling_agrees_with_the_temperature_it_makes(bulk_c: float) -> None:
    p = chip()
    speed, chip_c, power_w = oil.immersed_throttled(p, bulk_c, 90.0, 560.0)
    assert power_w == pytest.approx(90.0 + 470.0 * speed)
    assert chip_c == pytest.approx(oil.immersion_chip_c(p, power_w, bulk_c), abs=1e-9)
    assert speed == pytest.approx(liquid_throttle_speed(p, chip_c), abs=1e-8)  # 1e-10 of speed, some 40 K a unit of it


def test_a_tank_is_a_slow_loop() -> None:
    """100 kW in 1200 L of oil: steady books with the loss to the room, and a slow rise once its pump is off."""
    p, c = np.zeros(1, CDU_PARAMS)[0], np.zeros(1, CDU_STATE)[0]
    heat_j_kgk = float(oil.oil_heat_j_kgk(40.0))
    p["rated_w"], p["ua_w_k"], p["ua_secondary_frac"] = 1e5, 25e3, 0.5
    p["technology_heat_j_kgk"], p["technology_rated_kg_s"] = heat_j_kgk, 1e5 / (10.0 * heat_j_kgk)
    p["facility_rated_kg_s"], p["available"] = 1e5 / (10.0 * CP_WATER), 1
    p["capacity_j_k"] = 1.2 * oil.oil_density_kg_m3(40.0) * heat_j_kgk
    c["supply_c"] = c["return_c"] = 25.0
    tank = chip()
    for _ in range(2000):
        loss_w = oil.tank_loss_w(tank, c["supply_c"], 25.0)
        exchanged_w, _ = cdu_step(c, p, 1e5 - loss_w, 20.0, 1e9, 40.0, 10.0, 60.0)
    assert c["supply_c"] == 40.0
    assert exchanged_w == pytest.approx(1e5 - 20.0 * 15.0, rel=1e-12)
    p["available"] = 0
    cdu_step(c, p, 1e5, 20.0, 1e9, 40.0, 10.0, 60.0)
    assert 2.5 < c["supply_c"] - 40.0 < 3.5  # 100 kW over 2 MJ/K: 3 K a minute


def test_compiled_equals_plain_python() -> None:
    for name, args in [
        ("immersion_chip_c", (560.0, 40.0)), ("immersion_superheat_k", (1200.0, 30.0)),
        ("immersed_throttled", (60.0, 90.0, 560.0)),
    ]:
        law = getattr(oil, name)
        plain = getattr(law, "py_func", law)
        assert law(chip(), *args) == pytest.approx(plain(chip(), *args), rel=1e-12)
