"""Losses of the power chain."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.electrical import chain_loss_w

#: Fits of typical efficiency curves: modern double conversion, eco mode, legacy.
UPS = {
    "modern": ([0.0094, 0.0115, 0.0153, 0.0], [0.950, 0.963, 0.966, 0.965]),
    "eco": ([0.0045, 0.0045, 0.0011, 0.0], [0.978, 0.986, 0.989, 0.990]),
    "legacy": ([0.0436, 0.0455, 0.0035, 0.0], [0.82, 0.88, 0.905, 0.915]),
}


@pytest.mark.parametrize("kind", UPS)
def test_efficiency_at_quarter_loads(kind: str) -> None:
    """The published efficiencies carry two or three digits: 0.2 points, 0.5 for the legacy set."""
    coefs, published = UPS[kind]
    for load, eta in zip((0.25, 0.5, 0.75, 1.0), published, strict=True):
        load_w = load * 500e3
        ours = load_w / (load_w + chain_loss_w(load_w, 500e3, np.array(coefs), 1))
        assert ours == pytest.approx(eta, abs=0.005 if kind == "legacy" else 0.002)


def test_units_share_the_load() -> None:
    coefs = np.array([0.01, 0.01, 0.02, 0.005])
    assert chain_loss_w(600e3, 400e3, coefs, 3) == pytest.approx(3 * chain_loss_w(200e3, 400e3, coefs, 1))


def test_no_load_loss_and_nothing_installed() -> None:
    coefs = np.array([0.01, 0.01, 0.02, 0.0])
    assert chain_loss_w(0.0, 100e3, coefs, 2) == pytest.approx(2000.0)
    assert chain_loss_w(50e3, 0.0, coefs, 2) == 0.0
    assert chain_loss_w(50e3, 100e3, coefs, 0) == 0.0


def test_cubic_term_acts_and_compiled_equals_plain() -> None:
    coefs = np.array([0.0, 0.0, 0.0, 0.04])
    assert chain_loss_w(50e3, 100e3, coefs, 1) == pytest.approx(500.0)
    plain = getattr(chain_loss_w, "py_func", chain_loss_w)
    assert chain_loss_w(70e3, 100e3, coefs, 2) == pytest.approx(plain(70e3, 100e3, coefs, 2), rel=1e-13)
