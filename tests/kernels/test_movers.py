"""Fans and pumps against published curves."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.movers import euler_efficiency_frac, fan_power_w, pump_power_w

#: ANSI/ASHRAE/IES 90.1 appendix G, variable-speed drive.
VSD = np.array([0.0013, 0.147, 0.9506, -0.0998, 0.0])
#: The same with good static-pressure reset.
RESET = np.array([0.0408, 0.088, -0.073, 0.944, 0.0])

#: η/η_p of Modelica Buildings' Fluid.Movers.BaseClasses.Validation.EulerCurve (x = time − 4).
EULER = [
    (-4.0, 0.001), (-3.0, 0.010634141), (-2.0, 0.0578702278), (-1.0, 0.404465169), (0.0, 0.99883312),
    (1.0, 0.591833651), (2.0, 0.265762299), (3.0, 0.093855992), (4.0, 0.0255985651), (5.0, 0.0104739126), (6.0, 0.001),
]


def test_fan_at_half_flow() -> None:
    assert fan_power_w(1.0, VSD, 0.5) == pytest.approx(0.300, abs=0.001)
    assert fan_power_w(1.0, RESET, 0.5) == pytest.approx(0.185, abs=0.001)
    assert fan_power_w(4000.0, VSD, 1.0) == pytest.approx(4000.0, rel=2e-3)


def test_fan_that_is_off_takes_nothing_and_none_gives_power_back() -> None:
    assert fan_power_w(4000.0, RESET, 0.0) == 0.0
    assert fan_power_w(4000.0, np.array([-0.5, 0.1, 0.0, 0.0, 0.0]), 0.3) == 0.0


def test_fan_power_rises_with_flow() -> None:
    for curve in (VSD, RESET):
        assert np.all(np.diff([fan_power_w(1.0, curve, r) for r in np.linspace(0.05, 1.0, 50)]) > 0.0)


def test_pump_follows_its_exponent_and_minimum() -> None:
    assert pump_power_w(800.0, 0.5, 3.0, 0.2) == pytest.approx(100.0)
    assert pump_power_w(800.0, 0.5, 2.0, 0.2) == pytest.approx(200.0)
    assert pump_power_w(800.0, 0.05, 3.0, 0.2) == pytest.approx(800.0 * 0.008)
    assert pump_power_w(800.0, 0.0, 3.0, 0.2) == 0.0
    assert pump_power_w(800.0, 0.7, 3.0, 0.2) == pytest.approx(pump_power_w(800.0, 0.7, 3.0 + 1e-12, 0.2), rel=1e-9)


@pytest.mark.parametrize(("x", "theirs"), EULER)
def test_euler_curve(x: float, theirs: float) -> None:
    """The same cubics to ten digits; the record holds nine."""
    assert euler_efficiency_frac(x) == pytest.approx(theirs, abs=1e-6)


def test_euler_pieces_join() -> None:
    for joint in (-0.5, 0.5):
        assert euler_efficiency_frac(joint - 1e-9) == pytest.approx(euler_efficiency_frac(joint + 1e-9), abs=1e-4)
