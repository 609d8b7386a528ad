"""Sky radiation: published answers, limits, the way back from radiation to temperature."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.radiation import (
    cloud_factor,
    infrared_w_m2,
    sky_emissivity_brunt,
    sky_emissivity_clark_allen,
    sky_temperature_c,
)


def test_clark_allen_known_answer() -> None:
    # 20 °C air, 10 °C dew point, clear: 0.8149 and 341.2 W/m² (EnergyPlus prints 0.815 / 340.6)
    emissivity = sky_emissivity_clark_allen(10.0)
    assert emissivity == pytest.approx(0.8149, rel=1e-3)
    assert emissivity * STEFAN_BOLTZMANN * (20.0 + KELVIN) ** 4 == pytest.approx(341.2, rel=1e-3)


def test_brunt_coefficients_and_limits() -> None:
    assert sky_emissivity_brunt(0.0) == 0.618
    assert sky_emissivity_brunt(16.0) == pytest.approx(0.618 + 0.056 * 4.0)
    assert sky_emissivity_brunt(-1.0) == 0.618
    assert sky_emissivity_brunt(100.0) == 1.0


def test_both_clear_skies_agree_within_their_published_scatter() -> None:
    # RMSE of Clark–Allen against measurement is about 42 W/m², i.e. 0.1 in emissivity at 20 °C
    for dew_point_c, vapour_hpa in [(-5.0, 4.21), (5.0, 8.72), (10.0, 12.28), (20.0, 23.39)]:
        assert abs(sky_emissivity_brunt(vapour_hpa) - sky_emissivity_clark_allen(dew_point_c)) < 0.1


def test_cloud_factor_rises_to_its_overcast_value() -> None:
    # 1 + 0.224 - 0.35 + 0.28; the cubic has no fall between 0 and 10 tenths
    factors = [cloud_factor(n) for n in np.linspace(0.0, 10.0, 101)]
    assert factors[0] == 1.0
    assert factors[-1] == pytest.approx(1.154)
    assert (np.diff(factors) > 0.0).all()
    assert cloud_factor(15.0) == cloud_factor(10.0)


def test_infrared_is_never_more_than_black() -> None:
    black = STEFAN_BOLTZMANN * (25.0 + KELVIN) ** 4
    assert infrared_w_m2(25.0, 3000.0, 10.0) == pytest.approx(black)
    assert infrared_w_m2(25.0, 1600.0, 0.0) == pytest.approx(0.842 * black)
    assert infrared_w_m2(25.0, 1600.0, 5.0) > infrared_w_m2(25.0, 1600.0, 0.0)


def test_sky_temperature_is_the_inverse() -> None:
    for temp_c in (-60.0, -6.55, 0.0, 25.0):
        assert sky_temperature_c(STEFAN_BOLTZMANN * (temp_c + KELVIN) ** 4) == pytest.approx(temp_c, abs=1e-10)
    # EnergyPlus 25.2, hall DH1, hour 1: 286.425 W/m² is a sky of -6.55048 °C; its older Stefan–Boltzmann constant
    # (5.6697e-8) makes 0.008 K
    assert sky_temperature_c(286.425) == pytest.approx(-6.55048, abs=0.01)


def test_kernels_equal_their_py_func() -> None:
    assert infrared_w_m2(12.0, 900.0, 3.0) == infrared_w_m2.py_func(12.0, 900.0, 3.0)
    assert sky_temperature_c(300.0) == sky_temperature_c.py_func(300.0)
