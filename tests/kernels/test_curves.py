"""Performance curves against NumPy and hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.curves import bicubic, biquadratic, clip, polynomial


def test_polynomial_is_numpys() -> None:
    coefs = np.array([0.3, -1.2, 0.7, 2.1, -0.4])
    for x in (-1.5, 0.0, 0.4, 2.0):
        assert polynomial(coefs, x) == pytest.approx(np.polynomial.polynomial.polyval(x, coefs), rel=1e-13)


def test_biquadratic_term_by_term() -> None:
    x, y = 1.7, -2.3
    for i, term in enumerate([1.0, x, x * x, y, y * y, x * y]):
        assert biquadratic(np.eye(6)[i], x, y) == pytest.approx(term, rel=1e-14)


def test_bicubic_term_by_term() -> None:
    x, y = 1.7, -2.3
    terms = [1.0, x, x * x, y, y * y, x * y, x**3, y**3, x * x * y, x * y * y]
    for i, term in enumerate(terms):
        assert bicubic(np.eye(10)[i], x, y) == pytest.approx(term, rel=1e-14)


def test_a_catalogue_chiller_at_its_rating_point() -> None:
    """York YT 1055 kW (Modelica Buildings Library): both curves are one at 6.67/29.44 °C, to 2 %."""
    capft = np.array([0.1785912, -0.05900023, -0.0005946963, 0.09297889, -0.002841024, 0.004974221])
    eirft = np.array([0.524511, -0.02850126, 0.000803472, 0.01893133, 0.0001151629, -9.340642e-5])
    assert biquadratic(capft, 6.67, 29.44) == pytest.approx(1.0, abs=0.02)
    assert biquadratic(eirft, 6.67, 29.44) == pytest.approx(1.0, abs=0.02)


def test_clip() -> None:
    assert [clip(x, 0.2, 0.9) for x in (-1.0, 0.5, 3.0)] == [0.2, 0.5, 0.9]
