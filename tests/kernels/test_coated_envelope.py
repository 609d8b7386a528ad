"""Coated surfaces and shells of the envelope: as the grey ones where they must be, closure, limits, trends."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels import bands, coating
from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.envelope import surface_step
from twin_kernels.layout import SURFACE_PARAMS, SURFACE_STATE

Arrays = tuple[np.ndarray, np.ndarray]


def hall() -> Arrays:
    """Roof, one wall, slab."""
    p, s = np.zeros(3, SURFACE_PARAMS), np.zeros(3, SURFACE_STATE)
    p["area_m2"], p["tilt_deg"], p["r_m2k_w"] = [200, 80, 200], [0, 90, 180], [2.0, 2.0, 1.0]
    p["solar_absorptance_frac"], p["inner_emissivity_frac"] = [0.6, 0.6, 0.0], 0.9
    for name in ("emissivity_frac", "window_emissivity_frac", "far_emissivity_frac"):
        p[name] = 0.9
    p["h_out_base_w_m2k"], p["h_in_w_m2k"], p["outer_capacity_j_m2k"] = 12.0, 3.0, 4000.0
    p[2]["adiabatic"], p[2]["slab_thickness_m"], p[2]["slab_conductivity_w_mk"] = 1, 0.2, 1.73
    p[2]["slab_density_kg_m3"], p[2]["slab_cp_j_kgk"] = 2243.0, 837.0
    for name in ("outer_c", "inner_c", "top_c", "slab_c"):
        s[name] = 25.0
    return p, s


def under(s: np.ndarray, infrared_w_m2: float, air_c: float, solar_w_m2: float = 0.0) -> None:
    """Sun and sky of the step."""
    window, far, _ = bands.closed_sky_w_m2(infrared_w_m2, air_c, 1500.0, 0.0)
    s["sky_window_w_m2"], s["sky_far_w_m2"], s["solar_w_m2"] = window, far, solar_w_m2


def settled(arrays: Arrays, air_c: float, infrared_w_m2: float, solar_w_m2: float, wind_m_s: float = 2.0) -> np.ndarray:
    p, s = arrays
    under(s, infrared_w_m2, air_c, solar_w_m2)
    for _ in range(40):
        surface_step(p, s, 30.0, air_c, wind_m_s, infrared_w_m2, 1e6)
    return s


def test_grey_coating_is_the_uncoated_surface() -> None:
    plain, coated = hall(), hall()
    coated[0]["coated"][:2] = 1
    random = np.random.default_rng(5)
    for _ in range(200):
        air_c, infrared = random.uniform(-20.0, 40.0), random.uniform(150.0, 450.0)
        solar, dt_s = random.uniform(0.0, 1000.0), random.choice([60.0, 900.0])
        for p, s in (plain, coated):
            under(s, infrared, air_c, solar)
            surface_step(p, s, 30.0, air_c, 2.0, infrared, dt_s)
        # both linearise: each is within 0.02 K of its own root, so well within 1e-3 K of each other
        assert coated[1]["outer_c"] == pytest.approx(plain[1]["outer_c"], abs=1e-3)


@pytest.mark.parametrize("shell", [0, 1])
def test_closure_with_coating_and_shell(shell: int) -> None:
    p, s = hall()
    p["coated"][:2], p["shell"][0] = 1, shell
    p["window_emissivity_frac"][:2], p["emissivity_frac"][:2] = 0.95, 0.3
    p["shell_vent_w_m2k"], p["shell_gap_w_m2k"], p["shell_emissivity_frac"] = 4.0, 1.0, 0.82
    random = np.random.default_rng(7)
    for _ in range(300):
        air_c, infrared = random.uniform(-40.0, 45.0), random.uniform(120.0, 450.0)
        under(s, infrared, air_c, random.uniform(0.0, 1000.0))
        dt_s = random.choice([1.0, 60.0, 3600.0])
        gain_w = surface_step(p, s, random.uniform(15.0, 45.0), air_c, 3.0, infrared, dt_s)
        flux_w = np.abs(s["outside_w"]).sum() + np.abs(s["gain_w"]).sum() + np.abs(s["stored_w"]).sum()
        assert abs(s["outside_w"].sum() - gain_w - s["stored_w"].sum()) <= 1e-12 * flux_w


def test_steady_coated_roof_balances_as_the_law_says() -> None:
    p, s = (a[:1].copy() for a in hall())
    p["coated"], p["window_emissivity_frac"], p["emissivity_frac"], p["far_emissivity_frac"] = 1, 0.96, 0.2, 0.3
    s = settled((p, s), 25.0, 340.0, 700.0)
    optics = (0.6, 0.96, 0.3, 0.2)
    sky = bands.closed_sky_w_m2(340.0, 25.0, 1500.0, 0.0)
    found = coating.net_power_w_m2(optics, sky, s["outer_c"][0], 25.0, 700.0, 12.0, 0.0)
    assert -found == pytest.approx(s["conduction_w"][0] / 200.0, abs=0.01)


def test_selective_film_is_colder_at_night_below_air() -> None:
    grey, film = hall(), hall()
    for p, other in ((grey[0], 0.95), (film[0], 0.1)):
        p["coated"][0], p["window_emissivity_frac"][0] = 1, 0.95
        p["emissivity_frac"][0] = p["far_emissivity_frac"][0] = other
        p["h_out_base_w_m2k"], p["r_m2k_w"] = 1.0, 50.0  # shielded from wind, well insulated
    dry_ir = sum(bands.band_sky_w_m2(15.0, 500.0, 0.0, 0.0))
    temps = []
    for p, s in (grey, film):
        window, far, _ = bands.closed_sky_w_m2(dry_ir, 15.0, 500.0, 0.0)
        s["sky_window_w_m2"], s["sky_far_w_m2"] = window, far
        for _ in range(40):
            surface_step(p, s, 20.0, 15.0, 0.0, dry_ir, 1e6)
        temps.append(float(s["outer_c"][0]))
    assert temps[1] < temps[0] - 1.0 < 15.0


def with_shell(vent_w_m2k: float, gap_w_m2k: float = 1.0, emissivity: float = 0.82) -> Arrays:
    p, s = hall()
    p["coated"][:1], p["shell"][:1] = 1, 1
    p["shell_vent_w_m2k"], p["shell_gap_w_m2k"], p["shell_emissivity_frac"] = vent_w_m2k, gap_w_m2k, emissivity
    return p, s


def test_shell_shades_the_roof() -> None:
    bare = settled(hall(), 30.0, 400.0, 900.0)
    shaded = settled(with_shell(4.0), 30.0, 400.0, 900.0)
    assert shaded["top_c"][0] > shaded["outer_c"][0] > 30.0
    assert shaded["conduction_w"][0] < 0.6 * bare["conduction_w"][0]
    assert bare["top_c"][0] == bare["outer_c"][0]
    by_vent = [settled(with_shell(h), 30.0, 400.0, 900.0)["conduction_w"][0] for h in (0.0, 2.0, 6.0, 20.0, 50.0)]
    assert (np.diff(by_vent) < 0.0).all()


def test_shell_with_a_perfect_gap_is_no_shell() -> None:
    bare = hall()
    bare[0]["coated"][:1] = 1
    tight = with_shell(0.0, 1e7, 0.0)
    assert settled(tight, 30.0, 400.0, 900.0)["outer_c"][0] == pytest.approx(
        settled(bare, 30.0, 400.0, 900.0)["outer_c"][0], abs=0.01)


def test_shell_that_passes_nothing_leaves_the_roof_to_the_room() -> None:
    s = settled(with_shell(0.0, 0.0, 0.0), 30.0, 400.0, 900.0)
    assert s["conduction_w"][0] == pytest.approx(0.0, abs=1e-3 * 200.0)
    # and the shell is what it would be alone
    sky = bands.closed_sky_w_m2(400.0, 30.0, 1500.0, 0.0)
    alone_c = coating.equilibrium_c((0.6, 0.9, 0.9, 0.9), sky, 30.0, 0.0, 900.0, 12.0, 0.0)
    assert s["top_c"][0] == pytest.approx(alone_c, abs=0.02)


def test_no_difference_no_heat() -> None:
    p, s = with_shell(4.0)
    for name in ("outer_c", "inner_c", "top_c", "slab_c"):
        s[name] = 20.0
    black = STEFAN_BOLTZMANN * (20.0 + KELVIN) ** 4
    under(s, black, 20.0)
    # closing the window leaves the rest to the other bands: grey surfaces do not notice
    assert surface_step(p, s, 20.0, 20.0, 3.0, black, 60.0) == pytest.approx(0.0, abs=1e-6)
