"""Airflow indices against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.layout import METERS

from twin.metrics.airflow import rci, rti, shi


def meters(**values: float) -> dict[str, float]:
    return {**dict.fromkeys(METERS.names, 0.0), **values}


def test_rci_is_one_inside_and_zero_at_the_allowable_limit():
    assert rci(0.0, 100.0, 5.0) == 1.0
    assert rci(5.0 * 100.0, 100.0, 5.0) == 0.0


def test_rci_of_herrlins_kind_of_example():
    # 10 intakes, recommended to 25, allowable to 32 °C; two at 27 and one at 30 °C: excess 9 K of 70 K.
    intakes = np.array([20.0] * 7 + [27.0, 27.0, 30.0])
    excess = np.maximum(intakes - 25.0, 0.0).sum()
    assert rci(excess, 10.0, 7.0) == pytest.approx(1.0 - 9.0 / 70.0)


def test_rci_without_margin_or_time_does_not_apply():
    assert rci(1.0, 100.0, 0.0) is None
    assert rci(0.0, 0.0, 5.0) is None


def test_rti_shows_bypass_and_recirculation():
    # Same heat: air handlers move twice the servers' air, so their rise is half.
    bypass = meters(rti_crah_kg=20.0, rti_crah_k_kg=20.0 * 6.0, rti_it_kg=10.0, rti_it_k_kg=10.0 * 12.0)
    assert rti(bypass) == pytest.approx(0.5)
    recirculation = meters(rti_crah_kg=5.0, rti_crah_k_kg=5.0 * 18.0, rti_it_kg=10.0, rti_it_k_kg=10.0 * 9.0)
    assert rti(recirculation) == pytest.approx(2.0)


@pytest.mark.parametrize("still", [{}, {"rti_crah_kg": 1.0}, {"rti_crah_kg": 1.0, "rti_it_kg": 1.0}])
def test_rti_without_air_or_heat_does_not_apply(still):
    assert rti(meters(**still)) is None


def test_shi_and_its_limits():
    # Sharma et al.: inlets 3 K above a 15 °C supply, outlets 15 K above it: SHI = 0.2.
    assert shi(meters(shi_rise_j=3.0, shi_total_j=15.0)) == pytest.approx(0.2)
    assert shi(meters(shi_rise_j=0.0, shi_total_j=15.0)) == 0.0
    assert shi(meters()) is None
