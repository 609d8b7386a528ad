"""Months, demand, cost, carbon, water."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels.layout import METERS

from twin.metrics.cost import carbon_kg, cost_of, cue, demand_charge, peak_demand_kw, quarter_hour_kw
from twin.metrics.months import DAY_S, month_parts
from twin.metrics.water import site_water_l, wue
from twin.scenario.run import Tariff

YEAR_S = 8760 * 3600


def test_a_year_has_twelve_whole_months():
    parts = month_parts(0, YEAR_S)
    assert [part.covered_frac for part in parts] == [1.0] * 12
    assert parts[1].end_s - parts[1].start_s == 28 * DAY_S
    leap = month_parts(0, 8784 * 3600, 8784)
    assert len(leap) == 12
    assert leap[1].end_s - leap[1].start_s == 29 * DAY_S


@given(st.integers(0, 500), st.integers(0, 800), st.sampled_from([8760, 8784]))
def test_parts_add_up(start_d, length_d, year_h):
    start, end = start_d * DAY_S, (start_d + length_d) * DAY_S
    parts = month_parts(start, end, year_h)
    assert sum(part.end_s - part.start_s for part in parts) == length_d * DAY_S
    assert all(a.end_s == b.start_s and b.month == a.month + 1 for a, b in itertools.pairwise(parts))


def test_demand_is_the_quarter_hour_mean_not_the_spike():
    power = np.full(120, 100.0)
    power[5] = 1000.0   # one minute of 1 MW: 900/15 = 60 kW more in its quarter
    assert peak_demand_kw(power, 60) == pytest.approx(160.0)


def test_incomplete_quarter_hours():
    assert list(quarter_hour_kw(np.full(5, 7.0), 60)) == [7.0]            # all there is
    power = np.concatenate([np.full(15, 1.0), np.full(3, 99.0)])
    assert list(quarter_hour_kw(power, 60)) == [1.0]                      # not a window of its own
    assert len(quarter_hour_kw(np.zeros(0), 60)) == 0
    assert peak_demand_kw(np.zeros(0), 60) is None
    assert list(quarter_hour_kw(np.array([1.0, 2.0]), 900)) == [1.0, 2.0]


def test_each_month_pays_its_own_peak():
    hours = np.full(8760 * 4, 100.0)
    hours[40 * 96] = 300.0      # 10 February
    assert demand_charge(hours, 900, 0, 10.0) == pytest.approx(11 * 1000.0 + 3000.0)


def test_a_part_month_pays_its_share():
    week = np.full(7 * 96, 100.0)
    assert demand_charge(week, 900, 0, 10.0) == pytest.approx(1000.0 * 7 / 31)
    across = demand_charge(week, 900, 28 * DAY_S, 10.0)   # three days of January, four of February
    assert across == pytest.approx(1000.0 * (3 / 31 + 4 / 28))


def test_cost_and_carbon_add_up():
    tariff = Tariff(energy_per_kwh=0.1, demand_per_kw_month=12.0, water_per_m3=4.0, carbon_kg_per_kwh=0.4)
    paid = cost_of(1000.0, 500.0, 2500.0, tariff)
    assert tuple(paid) == pytest.approx((100.0, 500.0, 10.0))
    assert carbon_kg(1000.0, tariff) == pytest.approx(400.0)
    assert cue(400.0, 800.0) == pytest.approx(0.5)
    assert cue(400.0, 0.0) is None


def test_water_is_make_up_and_humidifier():
    meters = {**dict.fromkeys(METERS.names, 0.0), "makeup_kg": 1800.0, "humidifier_kg": 200.0,
              "evaporated_kg": 1200.0, "blowdown_kg": 600.0}
    assert site_water_l(meters) == pytest.approx(2000.0)   # evaporation and blow-down are in the make-up
    assert wue(2000.0, 1000.0) == pytest.approx(2.0)
    assert wue(2000.0, 0.0) is None
