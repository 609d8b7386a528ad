"""Coolant distribution units: exchanger limits, the valve, floating, the dew-point guard, closed books."""

from __future__ import annotations

import ht
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels.cdu import PLATE_EXPONENT, cdu_exchange_w_k, cdu_pump, cdu_step, cdu_units
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import CDU_PARAMS, CDU_STATE

MW = 1e6
DRY_C = -20.0  # a dew point that never matters


def unit(ua_w_k: float = 250_000.0, variable: int = 0) -> np.void:
    """1 MW, 10 K of rise on both sides (Z = 1); 250 kW/K gives 4 K of approach: N = 2.5."""
    p = np.zeros(1, CDU_PARAMS)[0]
    p["rated_w"], p["ua_w_k"], p["ua_secondary_frac"] = MW, ua_w_k, 0.5
    p["technology_heat_j_kgk"] = CP_WATER
    p["technology_rated_kg_s"] = p["facility_rated_kg_s"] = MW / (10.0 * CP_WATER)
    p["pump_rated_w"], p["pump_heat_frac"], p["pump_min_frac"], p["pump_exponent"] = 8000.0, 0.0, 0.3, 2.5
    p["pump_variable"] = variable
    p["capacity_j_k"], p["dew_guard_k"], p["available"] = 1000.0 * CP_WATER, 2.0, 1
    return p


def at(supply_c: float) -> np.void:
    c = np.zeros(1, CDU_STATE)[0]
    c["supply_c"] = supply_c
    return c


def test_equal_streams_have_n_over_one_plus_n() -> None:
    p = unit()
    capacity_w_k = p["technology_rated_kg_s"] * CP_WATER
    k = cdu_exchange_w_k(p, p["technology_rated_kg_s"], p["facility_rated_kg_s"])
    assert k / capacity_w_k == pytest.approx(2.5 / 3.5, rel=1e-12)


def test_exchanger_limits() -> None:
    p = unit()
    flow = float(p["technology_rated_kg_s"])
    assert cdu_exchange_w_k(p, 0.0, flow) == cdu_exchange_w_k(p, flow, 0.0) == 0.0
    p["ua_w_k"] = 1e12
    assert cdu_exchange_w_k(p, flow, 0.6 * flow) == pytest.approx(0.6 * flow * CP_WATER, rel=1e-9)  # C_min
    p["ua_w_k"] = 1.0
    assert cdu_exchange_w_k(p, flow, flow) == pytest.approx(1.0, rel=1e-4)  # UA itself


def test_the_films_exponent_is_one_of_chevron_plates() -> None:
    """Muley and Manglik (1999) at 30° and at 60°, as the ht library has it: 0.70 and 0.78."""
    law = ht.conv_plate.Nu_plate_Muley_Manglik
    flat, steep = (
        np.log2(law(4000.0, 5.0, angle, 1.22) / law(2000.0, 5.0, angle, 1.22)) for angle in (30.0, 60.0)
    )
    assert flat < PLATE_EXPONENT < steep
    assert pytest.approx(0.5 * (flat + steep), abs=0.01) == PLATE_EXPONENT


def test_two_films_in_series() -> None:
    """UA = 250 kW/K of films in 3 : 7 is 250/0.7 on the technology side, 250/0.3 on the other: 357 and 833 kW/K."""
    p = unit()
    p["ua_secondary_frac"] = 0.3
    flow, isothermal = float(p["technology_rated_kg_s"]), 1e15  # K = C (1 − e^{−UA/C}) then shows UA
    p["technology_heat_j_kgk"] = isothermal
    for technology, facility in [(1.0, 0.2), (0.4, 1.0), (0.5, 0.7)]:
        ua = 1.0 / (0.7 / (250e3 * technology**0.74) + 0.3 / (250e3 * facility**0.74))
        capacity_w_k = facility * flow * CP_WATER
        expected = capacity_w_k * -np.expm1(-ua / capacity_w_k)
        assert cdu_exchange_w_k(p, technology * flow, facility * flow) == pytest.approx(expected, rel=1e-9)


def test_design_point_is_held_with_the_valve_just_open() -> None:
    """32 °C out, 42 °C back, facility water 28 → 38 °C: Frontier's 30 … 38 °C of waste heat lies in it."""
    p, c = unit(), at(32.0)
    heat, water = cdu_step(c, p, MW, 28.0, 1e9, 32.0, DRY_C, 60.0)
    assert heat == pytest.approx(MW, rel=1e-12)
    assert c["supply_c"] == 32.0
    assert c["return_c"] == pytest.approx(42.0, abs=1e-9)
    assert water == pytest.approx(p["facility_rated_kg_s"], rel=1e-6)
    assert c["facility_out_c"] == pytest.approx(38.0, abs=1e-5)
    assert c["saturated"] == 0.0


def test_colder_facility_water_needs_less_of_it() -> None:
    flows = []
    for facility_c in (28.0, 24.0, 18.0, 10.0, 5.0):
        c = at(32.0)
        heat, water = cdu_step(c, unit(), MW, facility_c, 1e9, 32.0, DRY_C, 60.0)
        assert heat == pytest.approx(MW, rel=1e-12)
        assert c["facility_out_c"] < c["return_c"]
        flows.append(water)
    assert flows == sorted(flows, reverse=True)


@given(st.floats(0.05, 1.0), st.floats(5.0, 27.0), st.floats(0.0, 40.0))
def test_the_valve_finds_the_flow_whatever_its_guess(load: float, facility_c: float, guess: float) -> None:
    p, c = unit(), at(32.0)
    c["facility_kg_s"] = guess
    heat, water = cdu_step(c, p, load * MW, facility_c, 1e9, 32.0, DRY_C, 60.0)
    passed = cdu_exchange_w_k(p, c["technology_kg_s"], water) * (c["return_c"] - facility_c)
    assert passed == pytest.approx(heat, rel=2e-10)  # the valve's tolerance, twice
    less = cdu_exchange_w_k(p, c["technology_kg_s"], 0.999 * water) * (c["return_c"] - facility_c)
    assert less < heat  # the least water


def test_floats_above_with_too_little_water_and_settles() -> None:
    p, c = unit(), at(32.0)
    limit = 0.5 * p["facility_rated_kg_s"]
    for _ in range(500):
        heat, water = cdu_step(c, p, MW, 28.0, limit, 32.0, DRY_C, 60.0)
        assert water == limit
        assert c["saturated"] == 1.0
    k = cdu_exchange_w_k(p, p["technology_rated_kg_s"], limit)
    assert heat == pytest.approx(MW, rel=1e-9)
    assert c["supply_c"] == pytest.approx(28.0 + MW / k - 10.0, abs=1e-6)  # steady: Q = K (T_return − T_facility)


def test_one_step_of_floating_is_backward_euler() -> None:
    p, c = unit(), at(32.0)
    limit, dt = 0.5 * float(p["facility_rated_kg_s"]), 300.0
    heat, _ = cdu_step(c, p, MW, 28.0, limit, 32.0, DRY_C, dt)
    k = cdu_exchange_w_k(p, p["technology_rated_kg_s"], limit)
    assert heat == pytest.approx(k * (c["return_c"] - 28.0), rel=1e-9)
    assert heat == pytest.approx(MW - p["capacity_j_k"] * (c["supply_c"] - 32.0) / dt, rel=1e-12)


def test_too_cold_shuts_the_valve_and_warms_up_by_itself() -> None:
    p, c = unit(), at(20.0)
    heat, water = cdu_step(c, p, 0.1 * MW, 10.0, 1e9, 32.0, DRY_C, 60.0)
    assert (heat, water) == (0.0, 0.0)
    assert c["supply_c"] == pytest.approx(20.0 + 0.1 * MW * 60.0 / p["capacity_j_k"], rel=1e-12)
    assert c["saturated"] == 0.0
    heat, _ = cdu_step(c, p, 0.0, 10.0, 1e9, 32.0, DRY_C, 60.0)
    assert heat == 0.0  # nothing to remove, nothing moves


def test_warm_facility_water_never_heats() -> None:
    p, c = unit(), at(32.0)
    heat, water = cdu_step(c, p, 0.2 * MW, 50.0, 1e9, 32.0, DRY_C, 60.0)
    assert (heat, water, c["saturated"]) == (0.0, 0.0, 1.0)
    for _ in range(2000):
        heat, _ = cdu_step(c, p, 0.2 * MW, 50.0, 1e9, 32.0, DRY_C, 60.0)
        assert heat >= 0.0
    assert heat == pytest.approx(0.2 * MW, rel=1e-9)  # in the end it is warm enough to get rid of it
    assert c["return_c"] > 50.0


def test_a_trip_keeps_the_heat_in_the_loop() -> None:
    p, c = unit(), at(32.0)
    p["available"] = 0
    heat, water = cdu_step(c, p, MW, 20.0, 1e9, 32.0, DRY_C, 60.0)
    assert (heat, water, c["pump_w"], c["technology_kg_s"], c["saturated"]) == (0.0, 0.0, 0.0, 0.0, 1.0)
    assert c["supply_c"] == pytest.approx(32.0 + MW * 60.0 / p["capacity_j_k"], rel=1e-12)


def test_dew_point_guard() -> None:
    c = at(26.0)
    for _ in range(400):
        cdu_step(c, unit(), 0.5 * MW, 10.0, 1e9, 18.0, 24.0, 60.0)
    assert c["setpoint_c"] == c["supply_c"] == 26.0  # 24 °C and 2 K
    cdu_step(c, unit(), 0.5 * MW, 10.0, 1e9, 30.0, 24.0, 60.0)
    assert c["setpoint_c"] == 30.0  # the guard does not act where the setpoint is above it


def test_pump() -> None:
    p = unit(variable=1)
    assert cdu_pump(p, MW) == (p["technology_rated_kg_s"], 8000.0)
    flow, power = cdu_pump(p, 0.5 * MW)
    assert flow == pytest.approx(0.5 * p["technology_rated_kg_s"])
    assert power == pytest.approx(8000.0 * 0.5**2.5)
    assert cdu_pump(p, 0.0) == (pytest.approx(0.3 * p["technology_rated_kg_s"]), pytest.approx(8000.0 * 0.3**2.5))
    assert cdu_pump(unit(variable=0), 0.0) == (p["technology_rated_kg_s"], 8000.0)


@pytest.mark.parametrize("variable", [0, 1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_books_close_over_random_sequences(variable: int, seed: int) -> None:
    """In = out + stored, to 1e-12 of the largest flux of a step or of C T / dt: some thousand roundings of it."""
    rng = np.random.default_rng(seed)
    p, c = unit(variable=variable), at(30.0)
    p["pump_heat_frac"] = 0.8
    taken = given_w = 0.0
    start_c = float(c["supply_c"])
    kinds = set()
    for _ in range(1500):
        dt = float(rng.choice([1.0, 15.0, 60.0, 900.0]))
        p["available"] = int(rng.random() > 0.02)
        heat_w = rng.uniform(-0.02, 1.4) * MW * (c["supply_c"] < 80.0)
        facility_c, limit = rng.uniform(5.0, 40.0), rng.choice([0.0, 8.0, 15.0, 1e9])
        old = float(c["supply_c"])
        heat, water = cdu_step(c, p, heat_w, facility_c, limit, rng.uniform(18, 40), rng.uniform(5, 22), dt)
        stored = p["capacity_j_k"] * (c["supply_c"] - old) / dt
        source = heat_w + 0.8 * c["pump_w"]
        scale = max(abs(source), heat, p["capacity_j_k"] * abs(old) / dt)
        assert heat == pytest.approx(source - stored, abs=1e-12 * scale)
        assert heat >= 0.0
        assert water * CP_WATER * (c["facility_out_c"] - facility_c) == pytest.approx(heat, rel=1e-11)
        if water > 0.0:
            assert c["facility_out_c"] <= c["return_c"] + 1e-9
        assert 0.0 <= c["valve_frac"] <= 1.0
        taken += heat * dt
        given_w += source * dt
        kinds.add((c["saturated"] == 1.0, water > 0.0))
    assert taken == pytest.approx(given_w - p["capacity_j_k"] * (c["supply_c"] - start_c), rel=1e-9)
    assert kinds == {(False, False), (False, True), (True, False), (True, True)}  # held, shut, floating, no water


def test_equal_units_take_their_neighbours_answer() -> None:
    ps, cs = np.zeros(25, CDU_PARAMS), np.zeros(25, CDU_STATE)
    ps[:] = unit()
    cs["supply_c"] = 32.0
    heats = np.full(25, 0.7 * MW)
    heats[9] = 0.5 * MW
    ps["available"][17] = 0
    one = cs.copy()
    for _ in range(3):
        cs["old_c"] = cs["supply_c"]
        exchanged, water, pump = cdu_units(cs, ps, heats, 24.0, 1e9, 32.0, DRY_C, 60.0)
        alone = [cdu_step(one[i], ps[i], heats[i], 24.0, 1e9, 32.0, DRY_C, 60.0) for i in range(25)]
        assert exchanged == pytest.approx(sum(a[0] for a in alone), rel=1e-13)
        assert water == pytest.approx(sum(a[1] for a in alone), rel=1e-13)
        assert pump == pytest.approx(24 * 8000.0)
        np.testing.assert_array_equal(cs, one)


def test_compiled_equals_plain_python() -> None:
    plain = getattr(cdu_step, "py_func", cdu_step)
    for heat_w, facility_c, limit in [(0.6 * MW, 20.0, 1e9), (MW, 30.0, 12.0), (0.0, 20.0, 1e9), (MW, 60.0, 1e9)]:
        ours, theirs = at(33.0), at(33.0)
        assert cdu_step(ours, unit(), heat_w, facility_c, limit, 32.0, 15.0, 60.0) == pytest.approx(
            plain(theirs, unit(), heat_w, facility_c, limit, 32.0, 15.0, 60.0), rel=1e-12
        )
        for name in CDU_STATE.names:
            assert ours[name] == pytest.approx(theirs[name], rel=1e-12)
