"""Servers: power, air, throttling."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.layout import RACK_KIND
from twin_kernels.server import server_air, server_power, throttle_speed


@pytest.fixture
def rack() -> np.ndarray:
    racks = np.zeros(1, RACK_KIND)
    values = {
        "cpu_rated_w": 10_000.0, "idle_frac": 0.35, "exponent": 1.0, "leak_per_k": 0.004, "leak_ref_c": 20.0,
        "fan_rated_w": 900.0, "air_rated_m3_s": 1.2, "flow_base_frac": 0.3, "flow_per_util": 0.3,
        "flow_per_k": 0.0, "ramp_start_c": 25.0, "ramp_end_c": 35.0, "ramp_gain_frac": 0.5,
        "flow_min_frac": 0.3, "flow_max_frac": 1.0,
        "throttle_start_c": 40.0, "throttle_end_c": 50.0, "throttle_min_frac": 0.4,
    }  # fmt: skip
    for name, value in values.items():
        racks[name] = value
    return racks


def test_power_at_the_ends(rack: np.ndarray) -> None:
    assert server_power(rack[0], 0.0, 20.0, 1.0) == pytest.approx(3500.0)
    assert server_power(rack[0], 1.0, 20.0, 1.0) == pytest.approx(10_000.0)
    assert server_power(rack[0], 0.5, 20.0, 1.0) == pytest.approx(6750.0)


def test_leakage_multiplies_the_whole(rack: np.ndarray) -> None:
    assert server_power(rack[0], 0.5, 30.0, 1.0) == pytest.approx(6750.0 * 1.04)
    rack["leak_per_k"] = 0.5
    assert server_power(rack[0], 0.5, -40.0, 1.0) == 0.0


def test_throttling_acts_as_less_utilisation(rack: np.ndarray) -> None:
    assert server_power(rack[0], 0.8, 20.0, 0.5) == pytest.approx(server_power(rack[0], 0.4, 20.0, 1.0))


def test_exponent(rack: np.ndarray) -> None:
    rack["exponent"] = 1.4
    assert server_power(rack[0], 0.5, 20.0, 1.0) == pytest.approx(10_000.0 * (0.35 + 0.65 * 0.5**1.4))
    assert server_power(rack[0], 0.0, 20.0, 1.0) == pytest.approx(3500.0)
    rack["exponent"] = 1.0 + 1e-12
    assert server_power(rack[0], 0.7, 20.0, 1.0) == pytest.approx(10_000.0 * (0.35 + 0.65 * 0.7), rel=1e-9)


def test_energyplus_reference_air_flow(rack: np.ndarray) -> None:
    """EnergyPlus ITE unit test: flow = −1.4 + 0.9 u + 0.1 T; at 15 °C and full load exactly one."""
    for name, value in {
        "flow_base_frac": -1.4, "flow_per_util": 0.9, "flow_per_k": 0.1, "ramp_gain_frac": 0.0, "flow_min_frac": 0.0
    }.items():  # fmt: skip
        rack[name] = value
    flow, air, fan = server_air(rack[0], 1.0, 15.0)
    assert (flow, air, fan) == pytest.approx((1.0, 1.2, 900.0))
    assert server_air(rack[0], 0.5, 15.0)[0] == pytest.approx(0.55)


def test_fans_ramp_between_start_and_end_and_stay_within_bounds(rack: np.ndarray) -> None:
    assert server_air(rack[0], 0.5, 20.0)[0] == pytest.approx(0.45)
    assert server_air(rack[0], 0.5, 30.0)[0] == pytest.approx(0.70)
    assert server_air(rack[0], 0.5, 60.0)[0] == pytest.approx(0.95)
    assert server_air(rack[0], 1.0, 60.0)[0] == 1.0
    rack["flow_base_frac"] = -2.0
    assert server_air(rack[0], 0.5, 20.0)[0] == 0.3


def test_fan_power_is_the_cube_of_flow(rack: np.ndarray) -> None:
    flow, air, fan = server_air(rack[0], 0.5, 30.0)
    assert air == pytest.approx(1.2 * flow)
    assert fan == pytest.approx(900.0 * flow**3)


def test_a_ramp_without_width_is_a_step(rack: np.ndarray) -> None:
    rack["ramp_end_c"] = rack["ramp_start_c"]
    assert server_air(rack[0], 0.0, 25.0)[0] == pytest.approx(0.3)
    assert server_air(rack[0], 0.0, 25.1)[0] == pytest.approx(0.8)


def test_throttle(rack: np.ndarray) -> None:
    assert throttle_speed(rack[0], 39.0) == 1.0
    assert throttle_speed(rack[0], 45.0) == pytest.approx(0.7)
    assert throttle_speed(rack[0], 70.0) == 0.4
    rack["throttle_end_c"] = 40.0
    assert throttle_speed(rack[0], 40.1) == 0.4


def test_compiled_equals_plain_python(rack: np.ndarray) -> None:
    for exponent in (1.0, 1.3):
        rack["exponent"] = exponent
        for law, arguments in [
            (server_power, (0.6, 31.0, 0.9)), (server_air, (0.6, 31.0)), (throttle_speed, (43.0,))
        ]:  # fmt: skip
            plain = getattr(law, "py_func", law)
            assert law(rack[0], *arguments) == pytest.approx(plain(rack[0], *arguments), rel=1e-13)
