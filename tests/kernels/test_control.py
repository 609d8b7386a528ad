"""Local control: the loop, the switches, staging with its times, every arrow of the economiser's modes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from twin_kernels.control import (
    FREE_COOLING,
    FULL_MECHANICAL,
    OFF,
    PARTIAL_MECHANICAL,
    dwell_elapsed,
    hysteresis,
    pi_step,
    stage_chillers,
    wse_mode,
)
from twin_kernels.layout import WATER_PARAMS

LONG_AGO_S = -1e9


def facility() -> np.void:
    p = np.zeros(1, WATER_PARAMS)[0]
    p["stage_up_frac"], p["stage_up_k"], p["stage_down_frac"] = 0.9, 1.5, 0.7
    p["stage_wait_s"], p["min_on_s"], p["min_off_s"] = 600.0, 1800.0, 900.0
    p["wse_approach_k"], p["wse_wait_s"] = 3.0, 1200.0
    p["wse_fc_to_pmc_k"], p["wse_pmc_to_fmc_k"], p["wse_fmc_to_pmc_k"], p["wse_pmc_to_fc_k"] = 1.1, 0.5, 1.1, 0.5
    return p


def loop(seconds: float, dt_s: float, demand: float, integral: float = 0.0) -> tuple[float, float, float]:
    """First-order plant, 100 s, gain 10 per unit of output, under a PI loop: value, output, integral."""
    value, output = 0.0, 0.0
    for _ in range(int(seconds / dt_s)):
        output, integral = pi_step(demand - value, 0.3, 60.0, dt_s, integral, 0.0, 1.0)
        value += (10.0 * output - value) * dt_s / 100.0
    return value, output, integral


def test_pi_removes_the_error() -> None:
    value, output, _ = loop(2000.0, 1.0, 6.0)
    assert value == pytest.approx(6.0, abs=1e-3)
    assert output == pytest.approx(0.6, abs=1e-3)


def test_pi_open_loop_answer_to_a_step() -> None:
    # u = k e (1 + t / ti)
    integral = 0.0
    for _ in range(30):
        output, integral = pi_step(2.0, 0.1, 60.0, 1.0, integral, -10.0, 10.0)
    assert output == pytest.approx(0.1 * 2.0 * (1.0 + 30.0 / 60.0))


def test_pi_does_not_wind_up() -> None:
    integral = 0.0
    for _ in range(5000):  # a demand that full output cannot meet
        output, integral = pi_step(5.0, 0.3, 60.0, 1.0, integral, 0.0, 1.0)
    assert output == 1.0
    assert abs(integral) < 3.0  # without back-calculation it would be 5 * 0.3 * 5000 / 60 = 125
    steps = 0
    while output >= 1.0:
        output, integral = pi_step(-1.0, 0.3, 60.0, 1.0, integral, 0.0, 1.0)
        steps += 1
    assert steps < 10


def test_pi_without_integral_is_a_gain() -> None:
    assert pi_step(2.0, 0.25, 0.0, 10.0, 0.1, 0.0, 1.0) == (pytest.approx(0.6), 0.1)


def test_hysteresis_and_dwell() -> None:
    states = []
    on = 0
    for value in (0.0, 1.5, 2.5, 1.5, 0.5, 1.5, 2.5):
        on = hysteresis(on, value, 2.0, 1.0)
        states.append(on)
    assert states == [0, 0, 1, 1, 0, 0, 1]
    assert not dwell_elapsed(99.0, 0.0, 100.0)
    assert dwell_elapsed(100.0, 0.0, 100.0)


@pytest.mark.parametrize(
    ("stages", "available", "load_w", "error_k", "since_s", "after"),
    [
        (0, 3, 0.0, 0.0, math.inf, 0),        # nothing to do
        (0, 3, 1.0, 0.0, math.inf, 1),        # the first load starts the first machine
        (0, 3, 1.0, 0.0, 899.0, 0),           # unless it has just stopped
        (1, 3, 91.0, 0.0, 900.0, 2),          # above 0.9 of what runs
        (1, 3, 89.0, 0.0, math.inf, 1),
        (1, 3, 91.0, 0.0, 899.0, 1),          # too soon
        (1, 3, 50.0, 1.6, 900.0, 2),          # warm supply
        (1, 3, 50.0, 1.4, math.inf, 1),
        (1, 3, 0.0, 5.0, 1799.0, 1),          # warm water without load is no reason
        (3, 3, 999.0, 9.0, math.inf, 3),      # no more machines
        (2, 3, 69.0, 0.0, 1800.0, 1),         # fits in one at below 0.7
        (2, 3, 71.0, 0.0, math.inf, 2),
        (2, 3, 69.0, 0.0, 1799.0, 2),         # on for too short
        (2, 3, 69.0, 1.6, math.inf, 3),       # warm supply wins over a small load
        (1, 3, 1e-9, 0.0, math.inf, 1),       # the last one runs while there is load
        (1, 3, 0.0, 0.0, 1800.0, 0),
        (3, 2, 150.0, 0.0, 0.0, 2),           # a trip acts at once
    ])
def test_staging_table(
    stages: int, available: int, load_w: float, error_k: float, since_s: float, after: int
) -> None:
    time_s = 1e6
    changed_s = time_s - since_s if math.isfinite(since_s) else LONG_AGO_S
    ours, stamp_s = stage_chillers(stages, available, load_w, 100.0, error_k, time_s, changed_s, facility())
    assert ours == after
    assert stamp_s == (time_s if after != stages else changed_s)


def test_staging_keeps_its_times_under_any_load() -> None:
    p = facility()
    load_w = 150.0 + 150.0 * np.random.default_rng(7).uniform(-1.0, 1.0, 5000)
    stages, changed_s, changes = 1, LONG_AGO_S, []
    for step in range(5000):
        before = stages
        stages, changed_s = stage_chillers(stages, 3, load_w[step], 100.0, 0.0, 60.0 * step, changed_s, p)
        if stages != before:
            changes.append((60.0 * step, stages - before))
    assert len(changes) > 20
    assert all(abs(move) == 1 for _, move in changes)
    for (t0, _), (t1, move) in itertools.pairwise(changes):
        assert t1 - t0 >= (900.0 if move > 0 else 1800.0)


def test_steady_load_does_not_hunt() -> None:
    p = facility()
    for load_w in np.arange(5.0, 300.0, 5.0):
        stages, changed_s, count = 0, LONG_AGO_S, 0
        for step in range(2000):
            before = stages
            stages, changed_s = stage_chillers(stages, 4, load_w, 100.0, 0.0, 60.0 * step, changed_s, p)
            count += stages != before
        assert count == stages  # only starts, no stop
        assert stages * 100.0 * 0.9 >= load_w


# Setpoint 8 °C, so the economiser's thresholds are 9.1 (free -> partial) and 8.5 °C (partial -> free); with return at
# 15 °C partial -> full above 14.5 °C outlet; full -> partial while wet bulb < 15 - 3 - 1.1 = 10.9 °C.
@pytest.mark.parametrize(
    ("mode", "outlet_c", "return_c", "wet_bulb_c", "after"),
    [
        (FREE_COOLING, 9.1, 15.0, 5.0, FREE_COOLING),
        (FREE_COOLING, 9.11, 15.0, 5.0, PARTIAL_MECHANICAL),
        (FREE_COOLING, 14.9, 15.0, 30.0, PARTIAL_MECHANICAL),   # never straight to full
        (PARTIAL_MECHANICAL, 8.51, 15.0, 5.0, PARTIAL_MECHANICAL),
        (PARTIAL_MECHANICAL, 8.5, 15.0, 5.0, FREE_COOLING),
        (PARTIAL_MECHANICAL, 14.5, 15.0, 5.0, PARTIAL_MECHANICAL),
        (PARTIAL_MECHANICAL, 14.51, 15.0, 5.0, FULL_MECHANICAL),
        (PARTIAL_MECHANICAL, 8.2, 8.5, 5.0, FULL_MECHANICAL),   # both: full is asked first
        (FULL_MECHANICAL, 99.0, 15.0, 10.91, FULL_MECHANICAL),
        (FULL_MECHANICAL, 99.0, 15.0, 10.89, PARTIAL_MECHANICAL),
        (FULL_MECHANICAL, 5.0, 15.0, -10.0, PARTIAL_MECHANICAL),  # never straight to free
    ])
def test_economiser_table(mode: int, outlet_c: float, return_c: float, wet_bulb_c: float, after: int) -> None:
    p = facility()
    just = wse_mode(mode, True, outlet_c, 8.0, return_c, wet_bulb_c, 1200.0, 0.0, p)
    assert just == (after, 1200.0)  # the mode changes, or its wait begins anew
    early = wse_mode(mode, True, outlet_c, 8.0, return_c, wet_bulb_c, 1199.0, 0.0, p)
    assert early == (mode, 0.0 if after != mode else 1199.0)


def test_the_wait_belongs_to_the_condition() -> None:
    """A threshold that is crossed for less than the wait changes nothing; the wait then begins anew."""
    p = facility()
    mode, since_s = FREE_COOLING, 0.0
    for time_s in range(0, 6000, 60):
        outlet_c = 9.5 if time_s < 3000 and time_s % 1200 else 9.0  # warm for 19 minutes, then cold for one
        mode, since_s = wse_mode(mode, True, outlet_c, 8.0, 15.0, 5.0, float(time_s), since_s, p)
        assert mode == FREE_COOLING
    for time_s in range(6000, 9000, 60):
        mode, since_s = wse_mode(mode, True, 9.5, 8.0, 15.0, 5.0, float(time_s), since_s, p)
        if mode != FREE_COOLING:
            break
    assert (mode, time_s, since_s) == (PARTIAL_MECHANICAL, 7140, 7140.0)  # 1200 s after 5940 s, when it was cold last


@pytest.mark.parametrize(
    ("wet_bulb_c", "return_c", "after"),
    [(5.0, 15.0, FREE_COOLING), (5.01, 15.0, PARTIAL_MECHANICAL), (10.89, 15.0, PARTIAL_MECHANICAL),
     (10.91, 15.0, FULL_MECHANICAL), (25.0, 15.0, FULL_MECHANICAL)])
def test_economiser_starts_in_the_mode_of_the_weather(wet_bulb_c: float, return_c: float, after: int) -> None:
    p = facility()
    assert wse_mode(OFF, True, 20.0, 8.0, return_c, wet_bulb_c, 10.0, 9.0, p) == (after, 10.0)
    assert wse_mode(OFF, False, 20.0, 8.0, return_c, wet_bulb_c, 10.0, 9.0, p) == (OFF, 9.0)


@pytest.mark.parametrize("mode", [FREE_COOLING, PARTIAL_MECHANICAL, FULL_MECHANICAL])
def test_no_load_stops_the_economiser_at_once(mode: int) -> None:
    assert wse_mode(mode, False, 8.0, 8.0, 15.0, 5.0, 10.0, 9.0, facility()) == (OFF, 10.0)


def test_every_threshold_of_the_economiser_acts() -> None:
    cases = {
        "wse_fc_to_pmc_k": (FREE_COOLING, 9.5, 15.0, 5.0), "wse_pmc_to_fmc_k": (PARTIAL_MECHANICAL, 14.8, 15.0, 5.0),
        "wse_pmc_to_fc_k": (PARTIAL_MECHANICAL, 9.5, 15.0, 5.0), "wse_fmc_to_pmc_k": (FULL_MECHANICAL, 9.0, 15.0, 10.0),
        "wse_approach_k": (FULL_MECHANICAL, 9.0, 15.0, 10.0),
    }
    for name, (mode, outlet_c, return_c, wet_bulb_c) in cases.items():
        answers = []
        for value in (0.1, 6.0):
            p = facility()
            p[name] = value
            answers.append(wse_mode(mode, True, outlet_c, 8.0, return_c, wet_bulb_c, 5000.0, 0.0, p)[0])
        assert answers[0] != answers[1], name


def test_kernels_equal_their_py_func() -> None:
    p = facility()
    arguments = (2.0, 0.25, 60.0, 10.0, 0.1, 0.0, 1.0)
    assert pi_step(*arguments) == pi_step.py_func(*arguments)
    for load_w in (0.0, 69.0, 199.0):
        staging = (2, 3, load_w, 100.0, 0.0, 5000.0, 0.0, p)
        assert stage_chillers(*staging) == stage_chillers.py_func(*staging)
    for mode in (0, 1, 2, 3):
        modes = (mode, True, 9.5, 8.0, 15.0, 10.0, 5000.0, 0.0, p)
        assert wse_mode(*modes) == wse_mode.py_func(*modes)
