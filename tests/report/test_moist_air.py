"""The chart's moist air against the kernels', and against a published state."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.psychrometrics import (
    relative_humidity_frac,
    saturation_humidity_ratio,
    standard_pressure_pa,
    wet_bulb_c,
)

from twin.report.moist_air import humidity_at_wet_bulb, saturated_humidity, site_pressure_pa


@pytest.mark.parametrize("altitude_m", [0.0, 273.0, 1_071.0, 2_240.0])
def test_pressure_is_the_kernels(altitude_m):
    assert site_pressure_pa(altitude_m) == pytest.approx(standard_pressure_pa(altitude_m), rel=1e-12)


def test_saturation_is_the_kernels_over_ice_and_water():
    temps = np.linspace(-40.0, 50.0, 181)
    expected = [saturation_humidity_ratio(temp, 97_000.0) for temp in temps]
    np.testing.assert_allclose(saturated_humidity(temps, 97_000.0), expected, rtol=1e-9)


def test_relative_humidity_of_a_curve_is_the_kernels():
    for temp, humidity in zip((5.0, 25.0, 35.0), saturated_humidity([5.0, 25.0, 35.0], 101_325.0, 0.4), strict=True):
        assert relative_humidity_frac(temp, humidity, 101_325.0) == pytest.approx(0.4, rel=1e-9)


@pytest.mark.parametrize("wet_bulb", [-12.0, -1.0, 0.5, 8.0, 24.0])
def test_a_wet_bulb_line_has_that_wet_bulb(wet_bulb):
    temps = wet_bulb + np.array([0.0, 1.0, 2.0])
    for temp, humidity in zip(temps, humidity_at_wet_bulb(temps, wet_bulb, 97_000.0), strict=True):
        assert humidity > 0.0
        assert wet_bulb_c(temp, humidity, 97_000.0, wet_bulb) == pytest.approx(wet_bulb, abs=1e-6)


def test_saturated_air_at_20_c_holds_14_7_g_per_kg():
    # ASHRAE Handbook - Fundamentals 2021, ch. 1, table 2: 14.7 g/kg at 20 °C and 101.325 kPa.
    assert 1000.0 * float(saturated_humidity(20.0, 101_325.0)) == pytest.approx(14.7, abs=0.05)
