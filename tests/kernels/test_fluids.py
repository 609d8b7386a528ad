"""Liquid water against IAPWS-95."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from twin_kernels.constants import CP_WATER
from twin_kernels.fluids import water_density_kg_m3, water_heat_j_kgk


@pytest.mark.parametrize("temp_c", [0.05, 4.0, 7.0, 15.0, 25.0, 32.0, 45.0, 60.0, 80.0, 99.0])
def test_water_against_iapws(temp_c: float) -> None:
    state = ("T", temp_c + 273.15, "P", 101325.0, "Water")
    assert water_density_kg_m3(temp_c) == pytest.approx(PropsSI("D", *state), rel=2e-5)
    assert water_heat_j_kgk(temp_c) == pytest.approx(PropsSI("C", *state), rel=1.5e-4)


def test_water_is_densest_near_four_degrees() -> None:
    temps = np.linspace(0.0, 10.0, 1001)
    assert temps[np.argmax([water_density_kg_m3(t) for t in temps])] == pytest.approx(3.98, abs=0.05)


def test_the_constant_heat_of_the_loops_is_good_enough() -> None:
    """5 … 60 °C is what hydronic loops see: the constant is within half a per cent there."""
    for temp_c in (5.0, 15.0, 30.0, 60.0):
        assert water_heat_j_kgk(temp_c) == pytest.approx(CP_WATER, rel=5e-3)
