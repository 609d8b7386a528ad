"""Coated surfaces: ASTM E1980, a spectral integral, limits and trends, the bound, dew."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twin_kernels import bands, coating
from twin_kernels.constants import KELVIN
from twin_kernels.saturation import saturation_pressure_pa

Four = tuple[float, float, float, float]
fraction = st.floats(0.0, 1.0)


def sky_at(temp_c: float, rh_frac: float, cloud_tenths: float = 0.0) -> tuple[float, float, float]:
    return bands.band_sky_w_m2(temp_c, rh_frac * saturation_pressure_pa(temp_c), 0.0, cloud_tenths)


def power(optics: Four, temp_c: float = 30.0, rh_frac: float = 0.25, solar_w_m2: float = 900.0,
          cloud_tenths: float = 0.0) -> float:
    return coating.net_power_w_m2(
        optics, sky_at(temp_c, rh_frac, cloud_tenths), temp_c, temp_c, solar_w_m2, 10.0, 0.0)


@pytest.mark.parametrize(("wind_m_s", "black_c", "white_c"), [(1.0, 103.7, 49.3), (4.0, 82.5, 44.6), (8.0, 61.1, 40.8)])
def test_astm_e1980_surfaces(wind_m_s: float, black_c: float, white_c: float) -> None:
    # 1000 W/m², air 310 K, sky 300 K; black 0.95 / 0.9, white 0.20 / 0.9: solved values, 0.1 K
    sky = coating.grey_sky_w_m2(300.0 - KELVIN)
    film = coating.convection_w_m2k(coating.ASTM_E1980, wind_m_s, 0.0)
    for absorptance, expected_c in ((0.95, black_c), (0.20, white_c)):
        optics = (absorptance, 0.9, 0.9, 0.9)
        found = coating.equilibrium_c(optics, sky, 310.0 - KELVIN, 0.0, 1000.0, film, 0.0)
        assert found == pytest.approx(expected_c, abs=0.1)


@pytest.mark.parametrize(("temp_k", "spectral"), [
    (288.0, (93.0, 86.3, 88.1)), (300.0, (112.9, 104.4, 106.8))])
def test_band_model_beside_a_spectral_integral(temp_k: float, spectral: tuple[float, float, float]) -> None:
    # US Standard Atmosphere 1976 (7.85 hPa), transmittance spectrum integrated over angle and wavelength, no sun
    sky = bands.band_sky_w_m2(temp_k - KELVIN, 785.0, 0.0, 0.0)
    surfaces = ((0.0, 1.0, 1.0, 1.0), (0.0, 1.0, 0.0, 0.0), (0.05, 0.95, 0.90, 0.90))
    for optics, expected in zip(surfaces, spectral, strict=True):
        temp_c = temp_k - KELVIN
        assert coating.net_power_w_m2(optics, sky, temp_c, temp_c, 0.0, 0.0, 0.0) == pytest.approx(expected, abs=5.0)


def test_grey_surface_needs_no_bands() -> None:
    optics = (0.3, 0.9, 0.9, 0.9)
    sky = sky_at(25.0, 0.5)
    assert coating.emitted_w_m2(optics, 40.0) == pytest.approx(0.9 * bands.black_w_m2(40.0), rel=1e-14)
    assert coating.absorbed_w_m2(optics, sky, 25.0, 1.0) == pytest.approx(0.9 * sum(sky), rel=1e-14)


@pytest.mark.parametrize("optics", [(0.04, 0.95, 0.9, 0.9), (0.03, 0.95, 0.2, 0.1), (0.2, 0.9, 0.9, 0.9)])
def test_trends_of_power(optics: Four) -> None:
    down = {
        "rh_frac": np.linspace(0.05, 1.0, 12), "cloud_tenths": np.linspace(0.0, 10.0, 6),
        "solar_w_m2": np.linspace(0.0, 1100.0, 6),
    }
    for name, values in down.items():
        assert all(np.diff([power(optics, **{name: v}) for v in values]) < 0.0), name
    by_absorptance = [power((a, *optics[1:])) for a in np.linspace(0.0, 1.0, 11)]
    assert np.diff(by_absorptance) == pytest.approx(-90.0)  # 0.1 of 900 W/m²: rises with reflectance


def test_surface_becomes_air_in_a_gale() -> None:
    sky, optics = sky_at(20.0, 0.4), (0.7, 0.9, 0.9, 0.9)
    apart = [abs(coating.equilibrium_c(optics, sky, 20.0, 0.0, 800.0, h, 0.0) - 20.0) for h in (5.0, 50.0, 500.0, 5e6)]
    assert all(np.diff(apart) < 0.0)
    assert apart[-1] < 1e-3


def test_mirror_takes_the_sun_alone() -> None:
    assert coating.net_power_w_m2((0.3, 0.0, 0.0, 0.0), sky_at(20.0, 0.4), 35.0, 20.0, 500.0, 0.0, 0.0) == -150.0
    assert coating.equilibrium_c((0.0, 0.0, 0.0, 0.0), sky_at(20.0, 0.4), 20.0, 0.0, 500.0, 0.0, 0.0) == 20.0


@settings(max_examples=200, deadline=None)
@given(st.tuples(fraction, fraction, fraction, fraction), st.floats(-30.0, 45.0), fraction, st.floats(0.0, 10.0),
       st.floats(0.0, 1100.0), st.floats(0.0, 90.0))
def test_no_coating_beats_the_bound(
    optics: Four, temp_c: float, rh_frac: float, cloud: float, solar_w_m2: float, tilt_deg: float
) -> None:
    sky = sky_at(temp_c, rh_frac, cloud)
    bound = coating.cooling_bound_w_m2(sky, temp_c)
    assert bound >= 0.0
    assert coating.net_power_w_m2(optics, sky, temp_c, temp_c, solar_w_m2, 7.0, tilt_deg) <= bound + 1e-9


@settings(max_examples=200, deadline=None)
@given(st.tuples(fraction, st.floats(0.05, 1.0), fraction, fraction), st.floats(-30.0, 45.0), fraction,
       st.floats(0.0, 1100.0), st.floats(0.0, 50.0))
def test_equilibrium_balances(optics: Four, temp_c: float, rh_frac: float, solar_w_m2: float, film: float) -> None:
    sky = sky_at(temp_c, rh_frac)
    found = coating.equilibrium_c(optics, sky, temp_c, 0.0, solar_w_m2, film, 0.0)
    assert coating.net_power_w_m2(optics, sky, found, temp_c, solar_w_m2, film, 0.0) == pytest.approx(0.0, abs=1e-6)


def test_tilt_shows_less_of_the_sky() -> None:
    optics = (0.0, 0.95, 0.9, 0.9)
    sky = sky_at(20.0, 0.4)
    found = [coating.net_power_w_m2(optics, sky, 20.0, 20.0, 0.0, 0.0, t) for t in (0.0, 30.0, 60.0, 90.0)]
    assert all(np.diff(found) < 0.0)
    assert found[3] == pytest.approx(found[0] * 0.5 * math.sqrt(0.5), rel=1e-9)  # F_sky = 1/2, share F sqrt(F)


def test_black_roof_at_night_loses_forty_to_eighty() -> None:
    # black radiators under clear skies, by season and humidity: 40 … 80 W/m² in temperate air
    assert 40.0 < power((1.0, 1.0, 1.0, 1.0), 20.0, 0.8, 0.0) < 80.0
    assert 40.0 < power((1.0, 1.0, 1.0, 1.0), 5.0, 0.7, 0.0) < 85.0


def test_wind_choices() -> None:
    assert coating.convection_w_m2k(coating.MCADAMS, 4.0, 0.0) == pytest.approx(20.9)
    astm = [coating.convection_w_m2k(coating.ASTM_E1980, v, 0.0) for v in (1.0, 2.0, 6.0, 7.0)]
    assert astm == [5.0, 12.0, 12.0, 30.0]
    assert coating.convection_w_m2k(coating.ISO_6946, 4.0, 0.0) == 20.0
    assert coating.convection_w_m2k(coating.SHIELDED, 9.0, 6.9) == 6.9


def test_dew_only_below_the_dew_point() -> None:
    w = 0.0120  # dew point 16.8 °C
    assert coating.dew_gain_w_m2(18.0, 25.0, w, 101325.0, 10.0) == 0.0
    gains = [coating.dew_gain_w_m2(t, 25.0, w, 101325.0, 10.0) for t in (16.0, 14.0, 12.0)]
    assert gains[0] > 0.0
    assert all(np.diff(gains) > 0.0)
    # 4.8 K below it, the latent gain is of the order of the sensible one (10 W/m²K x 13 K)
    assert 50.0 < gains[2] < 130.0


def test_kernels_equal_their_py_func() -> None:
    sky, optics = sky_at(25.0, 0.5), (0.05, 0.95, 0.8, 0.7)
    law = coating.equilibrium_c
    assert law(optics, sky, 25.0, 5.0, 700.0, 9.0, 20.0) == pytest.approx(
        getattr(law, "py_func", law)(optics, sky, 25.0, 5.0, 700.0, 9.0, 20.0), abs=1e-9)
