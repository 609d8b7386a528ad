"""Energies by use and their ratios."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels.layout import METERS

from twin.metrics.energy import (
    IEC_USES,
    WATER_USES,
    chiller_cop,
    dx_cop,
    energy_by_use,
    ere,
    erf,
    mlc,
    plant_cop,
    ppue_cooling,
    pue,
    tue,
)

KWH = 3.6e6


def meters(**kwh: float) -> dict[str, float]:
    """Zero meters with some energies set, kWh."""
    found = dict.fromkeys(METERS.names, 0.0)
    found.update({f"{name}_j": value * KWH for name, value in kwh.items()})
    return found


def test_pue_of_a_worked_example():
    # The Green Grid, WP 49: 10 GWh of facility over 5 GWh of IT is 2.0.
    assert pue({"it": 5.0, "total": 10.0}) == 2.0


def test_total_is_the_exact_sum_and_pumps_are_added():
    energy = energy_by_use(meters(it=1000.1, crah_fan=30.3, chiller=100.7, chw_pump=11.1, cw_pump=9.9,
                                  heat_rejection_fan=5.5, ups_loss=33.3, lighting=1.7))
    assert energy["pump"] == pytest.approx(21.0)
    assert energy["total"] == sum(value for use, value in energy.items() if use != "total")
    assert pue(energy) == energy["total"] / energy["it"]


def test_what_the_facility_lacks_is_absent_but_a_resting_chiller_is_zero():
    energy = energy_by_use(meters(it=1.0))
    assert "lighting" not in energy
    assert "humidifier" not in energy
    assert "ups_loss" not in energy
    assert "dx" not in energy
    assert energy["chiller"] == 0.0


def test_what_the_facility_has_is_listed_though_it_never_ran():
    energy = energy_by_use(meters(it=1.0), (*WATER_USES, "humidifier"))
    assert energy["humidifier"] == 0.0
    assert list(energy) == [*WATER_USES, "humidifier", "total"]
    assert set(energy_by_use(meters(it=1.0), IEC_USES)) == {*IEC_USES, "total"}


def test_evaporative_units_and_their_trim():
    used = meters(it=100.0, crah_fan=3.0, iec_fan=2.0, iec_pump=0.5, dx=4.0, dehumidifier=0.25)
    energy = energy_by_use(used, IEC_USES)
    assert energy == {
        "it": 100.0, "crah_fan": 3.0, "evaporative": 2.5, "dx": 4.0, "dehumidifier": 0.25, "total": 109.75,
    }
    assert mlc(energy) == pytest.approx(0.095)
    assert ppue_cooling(energy) == pytest.approx(1.0975)
    assert dx_cop(meters(dx=4.0, dx_load=20.0)) == 5.0
    assert dx_cop(meters()) is None
    assert plant_cop(meters(coil=65.0, dx=4.0, iec_fan=2.0, iec_pump=0.5)) == pytest.approx(10.0)


def test_a_record_and_a_mapping_give_the_same():
    record = np.zeros(1, METERS)[0]
    record["it_j"], record["chiller_j"] = 5 * KWH, KWH
    assert energy_by_use(record) == energy_by_use(meters(it=5.0, chiller=1.0))


def test_server_fans_move_out_of_it_in_tue():
    energy = {"it": 100.0, "chiller": 20.0, "total": 120.0}
    found = tue(energy, server_fan_kwh=10.0)
    assert found is not None
    assert found[0] == pytest.approx(120.0 / 90.0)
    assert found[1] == pytest.approx(100.0 / 90.0)


def test_warmer_air_can_lower_pue_and_raise_tue():
    cold = {"it": 100.0, "chiller": 20.0, "total": 120.0}  # of it 4 server fans
    warm = {"it": 104.0, "chiller": 19.0, "total": 123.0}  # of it 8 server fans, same compute
    assert pue(warm) < pue(cold)
    assert tue(warm, 8.0)[0] > tue(cold, 4.0)[0]


def test_cooling_ratios():
    energy = {"it": 200.0, "crah_fan": 10.0, "chiller": 20.0, "pump": 6.0, "heat_rejection_fan": 4.0,
              "humidifier": 2.0, "ups_loss": 8.0, "total": 250.0}
    assert mlc(energy) == pytest.approx(0.20)          # humidifier is not mechanical load
    assert ppue_cooling(energy) == pytest.approx(1.21)


def test_no_it_no_ratio():
    energy = energy_by_use(meters(crah_fan=1.0))
    assert pue(energy) is None
    assert mlc(energy) is None
    assert ppue_cooling(energy) is None
    assert tue(energy, 0.0) is None


def test_mean_cop():
    run = meters(chiller_load=500.0, chiller=100.0, chw_pump=10.0, cw_pump=10.0, heat_rejection_fan=5.0, coil=600.0)
    assert chiller_cop(run) == pytest.approx(5.0)
    assert plant_cop(run) == pytest.approx(600.0 / 125.0)
    assert chiller_cop(meters(it=1.0)) is None
    assert plant_cop(meters(it=1.0)) is None


@given(st.floats(1.0, 1e9), st.floats(0.0, 1e8), st.floats(0.0, 1e8), st.floats(0.0, 0.5))
def test_order_of_the_ratios(it, chiller, ups, fan_frac):
    energy = energy_by_use(meters(it=it, chiller=chiller, ups_loss=ups))
    assert 1.0 <= ppue_cooling(energy) <= pue(energy) * (1 + 1e-12)
    assert tue(energy, fan_frac * energy["it"])[0] >= pue(energy) * (1 - 1e-12)


def test_reuse_by_a_published_pair():
    """NREL's building: PUE 1.034 and ERE 0.929 belong to ERF 0.1015 (four digits: 1e-4)."""
    energy = {"it": 1000.0, "total": 1034.0}
    reused = (1.034 - 0.929) * 1000.0
    assert erf(energy, reused) == pytest.approx(0.1015, abs=1e-4)
    assert ere(energy, reused) == pytest.approx(0.929)
    assert ere(energy, reused) == pytest.approx(pue(energy) * (1.0 - erf(energy, reused)), rel=1e-14)
    assert ere(energy, 0.0) == pue(energy)
    assert ere({"it": 0.0, "total": 5.0}, 1.0) is None
    assert erf({"it": 0.0, "total": 0.0}, 0.0) is None
