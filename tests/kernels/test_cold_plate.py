"""Cold plates: hand calculation, limits, trends, and throttling that agrees with the temperature it makes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels import cold_plate as plates
from twin_kernels.equipment_liquid import COLD_PLATE_PARAMS


def plate() -> np.void:
    """560 W, 10 K of rise in water, 0.035 K/W at rated flow."""
    p = np.zeros(1, COLD_PLATE_PARAMS)[0]
    p["capture_frac"], p["chip_rated_w"], p["heat_j_kgk"] = 0.75, 560.0, 4186.0
    p["flow_rated_kg_s"] = 560.0 / (4186.0 * 10.0)
    p["r_inf_k_w"], p["r_film_k_w"], p["exponent"] = 0.02, 0.015, 0.8
    p["throttle_start_c"], p["throttle_end_c"], p["throttle_min_frac"] = 85.0, 95.0, 0.3
    return p


def test_chip_by_hand() -> None:
    # 32 °C in, half of 10 K of rise, 560 W over 0.035 K/W: 32 + 5 + 19.6
    p = plate()
    assert plates.chip_temperature_c(p, 32.0, 560.0, p["flow_rated_kg_s"]) == pytest.approx(56.6, abs=1e-12)
    # half the flow: 32 + 10 + 560 (0.02 + 0.015 * 2^0.8) = 42 + 560 * 0.04611652
    assert plates.chip_temperature_c(p, 32.0, 560.0, 0.5 * p["flow_rated_kg_s"]) == pytest.approx(67.82525, abs=1e-5)
    assert plates.captured_w(p, 1000.0) == 750.0


def test_a_flow_of_1_43_litres_a_minute_and_kilowatt_is_ten_kelvin() -> None:
    """As quoted for direct liquid cooling; water at 30 °C has 995.65 kg/m³. The quote has three digits: 1 %."""
    kg_s = 1.43 / 60.0 * 0.99565
    assert 1000.0 / (kg_s * 4186.0) == pytest.approx(10.0, rel=0.01)


def test_limits() -> None:
    p = plate()
    assert plates.plate_resistance_k_w(p, 1e9) == pytest.approx(p["r_inf_k_w"], rel=1e-6)
    assert plates.chip_temperature_c(p, 32.0, 0.0, 0.01) == 32.0
    stopped = plates.chip_temperature_c(p, 32.0, 560.0, 0.0)
    assert np.isfinite(stopped)
    assert stopped > 200.0  # a chip without flow is far beyond its end
    assert stopped == plates.chip_temperature_c(p, 32.0, 560.0, plates.FLOW_FLOOR_FRAC * p["flow_rated_kg_s"])


@given(st.floats(15.0, 60.0), st.floats(50.0, 1500.0), st.floats(0.2, 2.0))
def test_trends(supply_c: float, power_w: float, share: float) -> None:
    p = plate()
    flow = share * p["flow_rated_kg_s"]
    here = plates.chip_temperature_c(p, supply_c, power_w, flow)
    assert plates.chip_temperature_c(p, supply_c, power_w, 1.1 * flow) < here
    assert plates.chip_temperature_c(p, supply_c, 1.1 * power_w, flow) > here
    assert plates.chip_temperature_c(p, supply_c + 1.0, power_w, flow) == pytest.approx(here + 1.0, abs=1e-9)


@pytest.mark.parametrize(("chip_c", "speed"), [(20.0, 1.0), (85.0, 1.0), (90.0, 0.65), (95.0, 0.3), (200.0, 0.3)])
def test_throttle_is_linear(chip_c: float, speed: float) -> None:
    assert plates.liquid_throttle_speed(plate(), chip_c) == pytest.approx(speed, abs=1e-12)


@given(st.floats(20.0, 120.0), st.floats(0.0, 300.0), st.floats(0.0, 1500.0), st.floats(0.05, 2.0))
def test_speed_and_temperature_agree(supply_c: float, idle_w: float, more_w: float, share: float) -> None:
    p = plate()
    flow = share * p["flow_rated_kg_s"]
    speed, chip_c, power_w = plates.chip_throttled(p, supply_c, idle_w, idle_w + more_w, flow)
    assert power_w == pytest.approx(idle_w + more_w * speed, rel=1e-12)
    assert chip_c == pytest.approx(plates.chip_temperature_c(p, supply_c, power_w, flow), rel=1e-12)
    # temperatures up to some 1000 °C carry rounding of 1e-13 of them, times 0.07 a kelvin
    assert speed == pytest.approx(plates.liquid_throttle_speed(p, chip_c), abs=1e-10)


def test_compiled_equals_plain_python() -> None:
    p = plate()
    for args in [(32.0, 80.0, 560.0, 0.013), (70.0, 80.0, 900.0, 0.01), (32.0, 80.0, 560.0, 0.0)]:
        plain = getattr(plates.chip_throttled, "py_func", plates.chip_throttled)(p, *args)
        assert plates.chip_throttled(p, *args) == pytest.approx(plain, rel=1e-13)
