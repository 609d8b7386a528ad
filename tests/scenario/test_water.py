"""Storage and pumps of a scenario: what is refused, and how they become arrays."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError
from twin_kernels.ice import ice_heat
from twin_kernels.pumps import pump_for_flow
from twin_kernels.tank import tank_charge_frac, tank_step

from twin.facility.water import ice_params, ice_state, pump_params, tank_params, tank_state
from twin.scenario.water import Ice, PumpCurve, Tank


def test_windows_must_take_turns() -> None:
    Tank(volume_m3=500.0, rated_kg_s=40.0)
    Tank(volume_m3=500.0, rated_kg_s=40.0, charge_first_hour=18.0, charge_last_hour=12.0)
    for window in ((22.0, 13.0), (10.0, 14.0), (17.0, 20.0), (13.0, 14.0)):
        with pytest.raises(ValidationError, match="overlap"):
            Tank(volume_m3=500.0, rated_kg_s=40.0, charge_first_hour=window[0], charge_last_hour=window[1])


def test_held_pressure_fits_the_pump() -> None:
    with pytest.raises(ValidationError, match="held_kpa"):
        PumpCurve(rated_kpa=100.0, held_kpa=120.0)


def test_tank_shell_by_hand() -> None:
    """1 m radius, 5 m high, 0.1 m of 0.04 W/(m K): wall 2π·0.04·5/ln 1.1 = 13.185, ends 2·0.04·π/0.1 = 2.513 W/K."""
    tank = Tank(volume_m3=5.0 * math.pi, height_m=5.0, rated_kg_s=4.0, start_c=9.0)
    p, t = tank_params(tank)[0], tank_state(tank)[0]
    assert p["loss_w_k"] == pytest.approx(13.185 + 2.513, rel=1e-4)
    assert p["water_kg"] == pytest.approx(15708.0 * 0.999, rel=1e-4)
    assert p["charge_first_hour"] == 22.0
    assert tank_charge_frac(t, p, 6.0, 12.0) == pytest.approx(0.5, abs=1e-12)
    assert tank_step(t, p, 4.0, 14.0, 20.0, 60.0)[0] == pytest.approx(9.0, abs=1e-12)


def test_every_tank_key_acts() -> None:
    """A key moves a number of the arrays."""
    base = Tank(volume_m3=500.0, rated_kg_s=40.0)
    changes = {
        "volume_m3": 400.0, "height_m": 6.0, "rated_kg_s": 30.0, "charge_c": 5.0, "start_c": 10.0, "insulation_m": 0.2,
        "insulation_w_mk": 0.03, "conductivity_w_mk": 1.0, "mixed_frac": 0.2, "charge_first_hour": 21.0,
        "charge_last_hour": 5.0, "discharge_first_hour": 13.0, "discharge_last_hour": 17.0,
    }  # fmt: skip
    assert set(changes) == set(Tank.model_fields)
    plain = tank_params(base).tobytes() + tank_state(base).tobytes()
    for name, value in changes.items():
        other = base.model_copy(update={name: value})
        assert tank_params(other).tobytes() + tank_state(other).tobytes() != plain, name


def test_every_ice_key_acts() -> None:
    base = Ice(capacity_kwh=1000.0, rated_kg_s=20.0)
    changes = {
        "capacity_kwh": 900.0, "rated_kg_s": 10.0, "charge_c": -5.0, "start_frac": 0.5, "brine_j_kgk": 3700.0,
        "loss_w_k": 10.0, "discharge_curve": "measured", "charge_first_hour": 21.0, "charge_last_hour": 5.0,
        "discharge_first_hour": 13.0, "discharge_last_hour": 17.0,
    }  # fmt: skip
    assert set(changes) == set(Ice.model_fields)
    plain = ice_params(base).tobytes() + ice_state(base).tobytes()
    for name, value in changes.items():
        other = base.model_copy(update={name: value})
        assert ice_params(other).tobytes() + ice_state(other).tobytes() != plain, name


def test_ice_freezes_at_its_published_rate() -> None:
    """Bare tank, wide flow: 0.612 capacities an hour at 10 K; brine at -4 °C gives 0.4 of it, less its own warming."""
    ice = Ice(capacity_kwh=1000.0, rated_kg_s=1e5)
    heat_w, _ = ice_heat(ice_state(ice)[0], ice_params(ice)[0], 1e5, -4.0, 0.0, 60.0)
    assert -heat_w == pytest.approx(0.612 * 0.4 * 1000e3, rel=1e-3)


def test_every_pump_key_acts() -> None:
    base = PumpCurve(rated_kpa=200.0, held_kpa=80.0)
    changes = {
        "count": 2, "rated_kpa": 150.0, "held_kpa": 50.0, "peak_frac": 0.8, "motor_frac": 0.9,
        "drive_frac": 0.95, "drive_low_frac": 0.8, "wet_motor_frac": 1.0, "min_flow_frac": 0.3, "min_speed_frac": 0.3,
        "stage_frac": 0.8,
    }  # fmt: skip
    assert set(changes) == set(PumpCurve.model_fields)
    plain = pump_params(base, 40.0).tobytes()
    for name, value in changes.items():
        assert pump_params(base.model_copy(update={name: value}), 40.0).tobytes() != plain, name


def test_a_pump_at_its_rating() -> None:
    """0.04004 m³/s at 200 kPa over 0.75, 0.93 and 0.97 is 11.84 kW, and full speed; the Euler fit lies 0.12 % lower."""
    pump = PumpCurve(rated_kpa=200.0, held_kpa=80.0, stage_frac=1.0)
    power_w, heat_w, speed, head_pa = pump_for_flow(pump_params(pump, 40.0)[0], 40.0, 1.0)
    assert power_w == pytest.approx(40.0 / 999.0 * 200e3 / 0.75 / 0.93 / 0.97, rel=2e-3)
    assert heat_w == pytest.approx(power_w * 0.93 * 0.97, rel=1e-12)
    assert (speed, head_pa) == pytest.approx((1.0, 200e3), rel=1e-12)
