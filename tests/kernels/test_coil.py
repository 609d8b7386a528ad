"""The chilled-water coil: limits, an independent cell-by-cell solution, a published record, the valve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twin_kernels import psychrometrics as air
from twin_kernels.coil import coil_dry, coil_for_leaving_air, coil_wet
from twin_kernels.constants import CP_WATER
from twin_kernels.exchanger import overall_conductance
from twin_kernels.jit import kernel
from twin_kernels.layout import CRAH_PARAMS

P0 = 101325.0


@pytest.fixture
def crah() -> np.void:
    unit = np.zeros(1, CRAH_PARAMS)
    unit["ua_w_k"], unit["ua_air_frac"], unit["water_rated_kg_s"] = 9000.0, 1.0 / 3.0, 5.0
    return unit[0]


# --- an oracle: local film balances in many cells, marched from a guessed leaving water ---------------


@kernel
def _surface(air_c, w, water_c, air_film, water_film):
    low, high = water_c, air_c
    heat = vapour = 0.0
    for _ in range(60):
        surface_c = 0.5 * (low + high)
        excess = max(w - air.saturation_humidity_ratio(surface_c, P0), 0.0)
        vapour = air_film / air.humid_heat_j_kgk(w) * excess
        heat = air_film * (air_c - surface_c) + vapour * (2.501e6 + 1860.0 * surface_c)
        if heat > water_film * (surface_c - water_c):
            low = surface_c
        else:
            high = surface_c
    return heat, vapour


@kernel
def cell_by_cell(air_c, w, air_kg_s, water_c, water_kg_s, ua, air_frac, cells):
    """Heat and leaving humidity ratio of the same coil, without any effectiveness method."""
    air_film, water_film = ua / (1.0 - air_frac) / cells, ua / air_frac / cells
    low, high = water_c, air_c
    total = out_w = 0.0
    for _ in range(45):
        leaving_c = 0.5 * (low + high)
        t, x, tw, total = air_c, w, leaving_c, 0.0
        for _ in range(cells):
            heat, vapour = _surface(t, x, tw, air_film, water_film)
            h = air.enthalpy_j_kg(t, x) - 0.5 * heat / air_kg_s
            mid_x = x - 0.5 * vapour / air_kg_s
            heat, vapour = _surface(
                air.temperature_from_enthalpy_c(h, mid_x), mid_x, tw - 0.5 * heat / (water_kg_s * CP_WATER),
                air_film, water_film,
            )  # fmt: skip
            h = air.enthalpy_j_kg(t, x) - heat / air_kg_s
            x -= vapour / air_kg_s
            t = air.temperature_from_enthalpy_c(h, x)
            tw -= heat / (water_kg_s * CP_WATER)
            total += heat
        out_w = x
        if tw > water_c:
            high = leaving_c
        else:
            low = leaving_c
    return total, out_w


def test_wet_coil_against_cell_by_cell() -> None:
    """Total heat within 1 %, condensation within 2 % of the heat, over dry, partly wet and wet coils."""
    rng = np.random.default_rng(3)
    wet = 0
    for _ in range(25):
        air_c, water_c, air_kg_s = rng.uniform(22, 40), rng.uniform(6, 18), rng.uniform(2, 15)
        w = rng.uniform(0.004, min(0.018, 0.95 * air.saturation_humidity_ratio(air_c, P0)))
        water_kg_s, ua = air_kg_s * rng.uniform(0.1, 1.0), air_kg_s * rng.uniform(500, 4000)
        frac = rng.uniform(0.2, 0.5)
        heat, out_w = cell_by_cell(air_c, w, air_kg_s, water_c, water_kg_s, ua, frac, 60)
        ours, _, our_w = coil_wet(air.enthalpy_j_kg(air_c, w), w, air_kg_s, water_c, water_kg_s, ua, P0, frac)
        assert ours == pytest.approx(heat, rel=0.01)
        assert our_w == pytest.approx(out_w, abs=0.02 * heat / (2.5e6 * air_kg_s))
        wet += out_w < w - 1e-5
    assert 5 <= wet <= 22  # both kinds were seen


def test_record_of_the_modelica_buildings_library() -> None:
    """Fluid.HeatExchangers.Validation.WetCoilEffectivenessNTU, a textbook coil whose air gets more humid.

    Water 42 °F 3.78 kg/s, air 80 °F 2.646 kg/s, UA 4748 W/K, film ratio 2/3 (f = 0.4). Columns: humidity
    ratio, total heat kW, leaving air °C. Dry: 0.1 %. Wet: the record lies 0 … 3 % above the cell-by-cell
    solution, so 4 % and 0.6 K. Between (0.0074 … 0.009) it blends dry and wet smoothly and is not compared.
    """
    air_c, water_c = (80.0 - 32.0) / 1.8, (42.0 - 32.0) / 1.8
    record = [
        (0.0035383, 45.2515, 9.7175, 0.001), (0.01059415, 57.9235, 11.3509, 0.04),
        (0.014545426, 74.7411, 12.5889, 0.04), (0.01765, 87.5885, 13.5612, 0.04),
    ]  # fmt: skip
    for w, theirs_kw, theirs_c, tolerance in record:
        dry_kg_s = 2.646 / (1.0 + w)
        heat, out_j, out_w = coil_wet(air.enthalpy_j_kg(air_c, w), w, dry_kg_s, water_c, 3.78, 4748.0, P0, 0.4)
        assert heat / 1e3 == pytest.approx(theirs_kw, rel=tolerance)
        out_c = air.temperature_from_enthalpy_c(out_j, out_w)
        assert out_c == pytest.approx(theirs_c, abs=0.6 if tolerance > 0.01 else 0.02)


STATES = {
    "air_c": st.floats(18.0, 45.0), "rh_frac": st.floats(0.05, 0.98), "air_kg_s": st.floats(0.5, 20.0),
    "water_c": st.floats(4.0, 26.0), "water_kg_s": st.floats(0.05, 20.0), "ua_w_k": st.floats(100.0, 60_000.0),
    "frac": st.floats(0.0, 0.9),
}  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(**STATES)
def test_wet_coil_keeps_its_bounds(air_c, rh_frac, air_kg_s, water_c, water_kg_s, ua_w_k, frac) -> None:
    w = air.humidity_ratio(air_c, rh_frac, P0)
    enter = air.enthalpy_j_kg(air_c, w)
    air_c = air.temperature_from_enthalpy_c(enter, w)  # the coil sees enthalpy: same to the last bit
    heat, out_j, out_w = coil_wet(enter, w, air_kg_s, water_c, water_kg_s, ua_w_k, P0, frac)
    dry, dry_c, _ = coil_dry(air_c, air_kg_s * air.humid_heat_j_kgk(w), water_c, water_kg_s * CP_WATER, ua_w_k)
    out_c = air.temperature_from_enthalpy_c(out_j, out_w)
    assert heat == pytest.approx(air_kg_s * (enter - out_j), rel=1e-9, abs=1e-6)
    assert 0.0 <= out_w <= w
    assert heat >= dry - 1e-6 * abs(dry)
    assert out_c >= dry_c - 0.02  # condensing, a coil cools less (0.02 K: parabola for saturation)
    assert min(water_c, air_c) - 1e-9 <= out_c <= max(water_c, air_c) + 1e-9
    assert air.relative_humidity_frac(out_c, out_w, P0) <= 1.0 + 1e-6
    assert heat <= water_kg_s * CP_WATER * max(air_c - water_c, 0.0) + 1e-6  # water no warmer than the air
    if water_c + frac * (dry_c - water_c) >= air.dew_point_c(w, P0):
        assert heat == pytest.approx(dry, rel=1e-12)
        assert out_w == w


def test_heat_and_leaving_air_are_continuous_where_condensation_begins() -> None:
    """Through onset and through the step to all wet: no jump as humidity rises."""
    rise = np.linspace(0.004, 0.016, 4001)
    rows = np.array([coil_wet(air.enthalpy_j_kg(30.0, w), w, 6.0, 8.0, 6.0, 9000.0, P0, 1 / 3) for w in rise])
    for column, scale in ((rows[:, 0], 1e5), (rows[:, 2], 0.01)):
        steps = np.abs(np.diff(column))
        assert steps.max() < 2e-3 * scale
    latent = rise - rows[:, 2]
    assert latent[0] == 0.0
    assert latent[-1] > 0.003
    assert np.all(np.diff(latent) > -1e-6)


def test_dry_coil_limits() -> None:
    assert coil_dry(30.0, 5000.0, 10.0, 0.0, 8000.0) == (0.0, 30.0, 10.0)
    assert coil_dry(30.0, 5000.0, 10.0, 9000.0, 0.0) == (0.0, 30.0, 10.0)
    heat, out_c, _ = coil_dry(30.0, 5000.0, 10.0, 20_000.0, 1e7)
    assert (heat, out_c) == pytest.approx((100e3, 10.0))
    heat, out_c, out_water_c = coil_dry(20.0, 5000.0, 40.0, 8000.0, 6000.0)
    assert heat < 0.0
    assert 5000.0 * (20.0 - out_c) == pytest.approx(heat)
    assert 8000.0 * (out_water_c - 40.0) == pytest.approx(heat)


@settings(max_examples=150, deadline=None)
@given(
    air_c=st.floats(20.0, 45.0), rh_frac=st.floats(0.05, 0.95), water_c=st.floats(4.0, 22.0),
    target_c=st.floats(8.0, 35.0), air_ratio=st.floats(0.2, 1.0),
)  # fmt: skip
def test_valve_meets_its_target_or_is_open(air_c, rh_frac, water_c, target_c, air_ratio) -> None:
    units = np.zeros(1, CRAH_PARAMS)
    units["ua_w_k"], units["ua_air_frac"], units["water_rated_kg_s"] = 9000.0, 1.0 / 3.0, 5.0
    w = air.humidity_ratio(air_c, rh_frac, P0)
    enter = air.enthalpy_j_kg(air_c, w)
    flow, heat, out_j, out_w, saturated = coil_for_leaving_air(
        target_c, enter, w, 7.0 * air_ratio, water_c, units[0], air_ratio, P0
    )
    out_c = air.temperature_from_enthalpy_c(out_j, out_w)
    assert heat == pytest.approx(7.0 * air_ratio * (enter - out_j), rel=1e-9, abs=1e-6)
    assert 0.0 <= flow <= 5.0
    if air_c - max(target_c, water_c) < 1e-6:
        assert (flow, heat) == (0.0, 0.0)
        return
    if saturated:
        assert flow == 5.0
        assert out_c > target_c
    else:
        assert out_c == pytest.approx(target_c, abs=2e-6)
    if flow > 0.0:  # the same as asking the coil itself at that flow
        ua = overall_conductance(9000.0, flow / 5.0, air_ratio, 1.0 / 3.0)
        frac = ua * (1.0 / 3.0) / (9000.0 * (flow / 5.0) ** 0.85)
        direct, _, _ = coil_wet(enter, w, 7.0 * air_ratio, water_c, flow, ua, P0, frac)
        assert heat == pytest.approx(direct, rel=1e-5, abs=1.0)


def test_valve_opens_as_the_target_falls(crah: np.void) -> None:
    for w in (0.005, 0.012):
        enter = air.enthalpy_j_kg(33.0, w)
        flows = [coil_for_leaving_air(t, enter, w, 6.0, 8.0, crah, 0.9, P0)[0] for t in np.linspace(32.9, 14.0, 80)]
        assert np.all(np.diff(flows) >= 0.0)
        assert flows[0] > 0.0


def test_valve_without_air_or_water(crah: np.void) -> None:
    enter = air.enthalpy_j_kg(33.0, 0.008)
    assert coil_for_leaving_air(20.0, enter, 0.008, 0.0, 8.0, crah, 0.0, P0) == (0.0, 0.0, enter, 0.008, 0.0)
    assert coil_for_leaving_air(20.0, enter, 0.008, 6.0, 35.0, crah, 1.0, P0) == (0.0, 0.0, enter, 0.008, 1.0)
    crah["water_rated_kg_s"] = 0.0
    assert coil_for_leaving_air(20.0, enter, 0.008, 6.0, 8.0, crah, 1.0, P0)[4] == 1.0


def test_compiled_equals_plain_python(crah: np.void) -> None:
    for w in (0.005, 0.0095, 0.014):
        enter = air.enthalpy_j_kg(31.0, w)
        for law, arguments in [
            (coil_dry, (31.0, 6000.0, 9.0, 9000.0, 8000.0)),
            (coil_wet, (enter, w, 6.0, 9.0, 3.0, 8000.0, P0, 0.3)),
            (coil_for_leaving_air, (19.0, enter, w, 6.0, 9.0, crah, 0.9, P0)),
        ]:
            plain = getattr(law, "py_func", law)
            assert law(*arguments) == pytest.approx(plain(*arguments), rel=1e-11)
