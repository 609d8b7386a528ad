"""Envelope: closure whatever the capacities, analytic limits, the radiant star, EnergyPlus hours."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.envelope import sky_exchange_frac, surface_step
from twin_kernels.layout import SLAB_NODES, SURFACE_PARAMS, SURFACE_STATE


def hall(outer_j_m2k: float = 0.0, inner_j_m2k: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Hall DH1: roof, four walls, slab."""
    p, s = np.zeros(6, SURFACE_PARAMS), np.zeros(6, SURFACE_STATE)
    p["area_m2"], p["tilt_deg"] = [600, 150, 150, 100, 100, 600], [0, 90, 90, 90, 90, 180]
    p["r_m2k_w"], p["solar_absorptance_frac"] = [3, 2.5, 2.5, 2.5, 2.5, 1], [0.7, 0.6, 0.6, 0.6, 0.6, 0]
    p["emissivity_frac"], p["inner_emissivity_frac"] = 0.9, 0.9
    p["h_out_base_w_m2k"], p["h_in_w_m2k"] = 12.0, 3.0
    p["outer_capacity_j_m2k"], p["inner_capacity_j_m2k"] = outer_j_m2k, inner_j_m2k
    p[5]["adiabatic"], p[5]["slab_thickness_m"], p[5]["slab_conductivity_w_mk"] = 1, 0.2, 1.73
    p[5]["slab_density_kg_m3"], p[5]["slab_cp_j_kgk"] = 2243.0, 837.0
    s["outer_c"], s["inner_c"], s["slab_c"] = 10.0, 31.0, 32.0
    return p, s


def one_surface() -> tuple[np.ndarray, np.ndarray]:
    p, s = hall()
    return p[:1].copy(), s[:1].copy()


def settle(p: np.ndarray, s: np.ndarray, room_c: float, air_c: float, infrared: float, steps: int = 20) -> float:
    gain_w = 0.0
    for _ in range(steps):
        gain_w = surface_step(p, s, room_c, air_c, 3.0, infrared, 1e7)
    return gain_w


@pytest.mark.parametrize(("outer", "inner"), [(0.0, 0.0), (2e4, 0.0), (0.0, 5e4), (1e-6, 1e-6), (3e4, 8e4)])
def test_closure_does_not_depend_on_the_solver(outer: float, inner: float) -> None:
    p, s = hall(outer, inner)
    random = np.random.default_rng(3)
    for _ in range(300):  # violent weather: the linearisation is left far from its root
        s["solar_w_m2"] = random.uniform(0.0, 1000.0, 6)
        before = s.copy()
        dt_s = random.choice([1.0, 60.0, 3600.0])
        gain_w = surface_step(
            p, s, random.uniform(15.0, 45.0), random.uniform(-40.0, 45.0), random.uniform(0.0, 20.0),
            random.uniform(120.0, 450.0), dt_s)
        flux_w = np.abs(s["outside_w"]).sum() + np.abs(s["gain_w"]).sum() + np.abs(s["stored_w"]).sum()
        assert abs(s["outside_w"].sum() - gain_w - s["stored_w"].sum()) <= 1e-12 * flux_w
        assert gain_w == pytest.approx(s["gain_w"].sum(), rel=1e-12)
        # what is stored is what the temperatures say
        stored = p["area_m2"] * (outer * (s["outer_c"] - before["outer_c"]) * (p["adiabatic"] == 0)
                                 + inner * (s["inner_c"] - before["inner_c"])) / dt_s
        stored[5] += (600.0 * 2243.0 * 837.0 * 0.2 / SLAB_NODES
                      * (s["slab_c"][5] - before["slab_c"][5]).sum() / dt_s)
        assert s["stored_w"] == pytest.approx(stored, rel=1e-9, abs=1e-9 * flux_w)


def test_fluxes_are_those_of_the_temperatures() -> None:
    p, s = hall(1e4, 1e4)
    s["solar_w_m2"] = [500, 100, 200, 50, 300, 0]
    for _ in range(50):
        surface_step(p, s, 33.0, 5.0, 4.0, 280.0, 60.0)
    convective_w = p["area_m2"] * 3.0 * (s["inner_c"] - 33.0)
    assert s["gain_w"] == pytest.approx(convective_w, abs=1e-8 * np.abs(convective_w).max())
    out = p["adiabatic"] == 0
    outer_k = s["outer_c"] + KELVIN
    sky = np.array([sky_exchange_frac(t) for t in p["tilt_deg"]])
    around = sky * 280.0 + (1.0 - sky) * STEFAN_BOLTZMANN * (5.0 + KELVIN) ** 4
    long_wave = 0.9 * (around - STEFAN_BOLTZMANN * outer_k**4)
    outside_w = p["area_m2"] * (p["solar_absorptance_frac"] * s["solar_w_m2"] + long_wave + 12.0 * (5.0 - s["outer_c"]))
    # the last linearisation moved less than 0.02 K: a curvature of 6 sigma T² dT² = 1e-5 W/m²
    assert s["outside_w"][out] == pytest.approx(outside_w[out], abs=2e-4 * 600.0)


def test_no_difference_no_heat() -> None:
    p, s = hall(1e4, 1e4)
    s["outer_c"] = s["inner_c"] = 20.0
    s["slab_c"] = 20.0
    gain_w = surface_step(p, s, 20.0, 20.0, 3.0, STEFAN_BOLTZMANN * (20.0 + KELVIN) ** 4, 60.0)
    assert gain_w == pytest.approx(0.0, abs=1e-8)
    assert s["outer_c"] == pytest.approx(20.0, abs=1e-12)


def test_steady_wall_without_radiation() -> None:
    p, s = one_surface()
    p["emissivity_frac"], p["h_out_wind_w_s_m3k"] = 0.0, 2.0
    gain_w = settle(p, s, 30.0, 0.0, 300.0, steps=1)
    # films 12 + 2 * 3 outside and 3 inside, R 3
    assert gain_w == pytest.approx(-600.0 * 30.0 / (1.0 / 18.0 + 3.0 + 1.0 / 3.0), rel=1e-12)
    assert s["outside_w"][0] == pytest.approx(gain_w, rel=1e-12)
    s["solar_w_m2"] = 500.0  # sol-air temperature 0 + 0.7 * 500 / 18
    gain_w = settle(p, s, 30.0, 0.0, 300.0, steps=1)
    assert gain_w == pytest.approx(600.0 * (0.7 * 500.0 / 18.0 - 30.0) / (1.0 / 18.0 + 3.0 + 1.0 / 3.0), rel=1e-12)


def test_roof_under_a_clear_night_sky() -> None:
    p, s = one_surface()
    p["r_m2k_w"], p["emissivity_frac"] = 1e9, 1.0
    settle(p, s, 20.0, 15.0, 280.0)
    # adiabatic: convection balances long-wave
    outer_c = s["outer_c"][0]
    assert 12.0 * (15.0 - outer_c) == pytest.approx(STEFAN_BOLTZMANN * (outer_c + KELVIN) ** 4 - 280.0, abs=1e-4)
    assert outer_c < 15.0


def test_sky_share_of_roof_wall_and_floor() -> None:
    # EnergyPlus: F_sky beta = 1, 0.5 * sqrt(0.5), 0
    assert sky_exchange_frac(0.0) == 1.0
    assert sky_exchange_frac(90.0) == pytest.approx(0.5**1.5)
    assert sky_exchange_frac(180.0) == pytest.approx(0.0, abs=1e-12)


def test_two_parallel_plates_exchange_as_plates() -> None:
    # equal plates of emissivity 0.9: h = 4 sigma T³ / (2 / 0.9 - 1)
    p, s = hall()
    p, s = p[[0, 5]].copy(), s[[0, 5]].copy()
    p["adiabatic"], p["slab_thickness_m"], p["h_in_w_m2k"] = 0, 0.0, 0.0
    p["r_m2k_w"], p["emissivity_frac"], p["tilt_deg"] = 1.0, 0.0, 0.0
    p["h_out_base_w_m2k"] = [1e9, 0.0]  # the first at air temperature outside, the second insulated
    p[1]["inner_capacity_j_m2k"] = 1e12  # and at 40 °C inside
    s["inner_c"], s["outer_c"] = [10.0, 40.0], [10.0, 40.0]
    surface_step(p, s, 25.0, 10.0, 0.0, 300.0, 1.0)
    surface_step(p, s, 25.0, 10.0, 0.0, 300.0, 1.0)
    mean_k = 0.5 * (s["inner_c"][0] + 40.0) + KELVIN
    plates = 4.0 * STEFAN_BOLTZMANN * mean_k**3 / (2.0 / 0.9 - 1.0)
    through_w = 600.0 * (40.0 - 10.0) / (1.0 / plates + 1.0)
    assert -s["outside_w"][0] == pytest.approx(through_w, rel=0.01)  # reference temperature of the step before


def test_radiation_moves_heat_between_surfaces_only() -> None:
    cold, warm = [], []
    for emissivity in (0.0, 0.9):
        p, s = hall()
        p["inner_emissivity_frac"] = emissivity
        settle(p, s, 33.0, -10.0, 200.0)
        cold.append(s["inner_c"][0])
        warm.append(s["inner_c"][5])
    assert cold[1] > cold[0]  # the slab warms the roof
    assert warm[1] < warm[0]
    assert warm[0] == pytest.approx(33.0, abs=1e-6)


def test_slab_follows_a_semi_infinite_solid_and_gives_all_heat_back() -> None:
    p, s = hall()
    p, s = p[5:].copy(), s[5:].copy()
    p["slab_thickness_m"], p["h_in_w_m2k"] = 0.4, 1000.0
    s["slab_c"], s["inner_c"] = 20.0, 20.0
    taken_j = 0.0
    for _ in range(300):
        taken_j -= surface_step(p, s, 30.0, 0.0, 0.0, 300.0, 60.0) * 60.0
    # step of the surface by 10 K: q = 2 k dT sqrt(t / (pi a)), a = k / (rho cp); nodes of 0.1 m give 10 % after 5 h
    diffusivity = 1.73 / (2243.0 * 837.0)
    assert taken_j == pytest.approx(600.0 * 2.0 * 1.73 * 10.0 * np.sqrt(18000.0 / (np.pi * diffusivity)), rel=0.1)
    for _ in range(2000):
        taken_j -= surface_step(p, s, 20.0, 0.0, 0.0, 300.0, 3600.0) * 3600.0
    assert abs(taken_j) < 1e-3 * 600.0 * 2243.0 * 837.0 * 0.4
    assert s["outer_c"][0] == s["slab_c"][0, SLAB_NODES - 1]


def test_slab_step_response_converges_in_time() -> None:
    taken = []
    for dt_s in (600.0, 300.0, 150.0):
        p, s = hall()
        p, s = p[5:].copy(), s[5:].copy()
        s["slab_c"], s["inner_c"] = 20.0, 20.0
        taken.append(sum(-surface_step(p, s, 30.0, 0.0, 0.0, 300.0, dt_s) * dt_s for _ in range(int(36000 / dt_s))))
    assert (taken[0] - taken[1]) / (taken[1] - taken[2]) == pytest.approx(2.0, rel=0.1)  # first order


def test_trends_of_coating_and_insulation() -> None:
    def gain(**change: float) -> float:
        p, s = hall()
        for name, value in change.items():
            p[name][0] = value
        s["solar_w_m2"] = 600.0
        return settle(p, s, 33.0, 25.0, 350.0)
    assert gain(solar_absorptance_frac=0.05) < gain()
    assert gain(emissivity_frac=0.95) < gain(emissivity_frac=0.3)
    assert abs(gain(r_m2k_w=30.0)) < abs(gain())


def test_no_surfaces_no_heat() -> None:
    p, s = hall()
    assert surface_step(p[:0], s[:0], 33.0, 5.0, 3.0, 300.0, 60.0) == 0.0


@pytest.mark.parametrize(
    ("air_c", "infrared", "outer_c", "inner_c", "conduction_w"), [(-0.6, 278.0, -1.89808, 30.3243, -6444.48)])
def test_night_hour_of_energyplus(
    air_c: float, infrared: float, outer_c: float, inner_c: float, conduction_w: float
) -> None:
    # EnergyPlus 25.2, hall DH1, Sterling VA, hour 4 of the year; it warms up on that night's day, ours on its hour:
    # 0.1 K and 1 % for the slab's and the walls' other past
    p, s = hall()
    settle(p, s, 33.0, air_c, infrared)
    assert s["outer_c"][0] == pytest.approx(outer_c, abs=0.1)
    assert s["inner_c"][0] == pytest.approx(inner_c, abs=0.1)
    assert s["conduction_w"][0] == pytest.approx(conduction_w, rel=0.01)


def test_kernels_equal_their_py_func() -> None:
    p, s = hall(1e4, 1e4)
    other = s.copy()
    gain_w = surface_step(p, s, 33.0, 5.0, 3.0, 280.0, 60.0)
    assert surface_step.py_func(p, other, 33.0, 5.0, 3.0, 280.0, 60.0) == pytest.approx(gain_w, rel=1e-12)
    for name in ("outer_c", "inner_c", "gain_w", "outside_w", "stored_w"):
        assert other[name] == pytest.approx(s[name], rel=1e-10)
