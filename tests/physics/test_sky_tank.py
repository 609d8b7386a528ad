"""The night tank of sky panels in a small hall: audited steps, what it adds, and what it leaves as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rig import PROMISE, Rig, copy_state, small_scenario, steady_weather
from twin_kernels.tank import tank_stored_j

STEP_S = 900.0
EVENING_S = 20 * 3600
NIGHT = {"dry_bulb_c": 8.0, "relative_humidity": 0.3}
CLOUDY = {"dry_bulb_c": 24.0, "relative_humidity": 0.9, "infrared_w_m2": 445.0}
DAY = {"dry_bulb_c": 28.0, "relative_humidity": 0.3, "ghi_w_m2": 700.0, "dni_w_m2": 600.0, "dhi_w_m2": 100.0,
       "sun_up": 0.7, "sun_north": -0.7}


def a_rig(tank: dict[str, Any] | None, area_m2: float = 600.0, **plant: Any) -> Rig:
    panels: dict[str, Any] = {"area_m2": area_m2, "water_kg_s": 3.0, "pump_kw": 0.2, "on_roof": False}
    if tank is not None:
        panels["tank"] = {"volume_m3": 5.0, "rated_kg_s": 1.5, "height_m": 2.0, "start_c": 22.0, **tank}
    return Rig(small_scenario({"plant": {"sky_panels": panels, **plant}}), steady_weather(**NIGHT), start_s=EVENING_S)


def day_and_night(rig: Rig, night: dict[str, Any] = NIGHT, steps: int = 96) -> dict[str, float]:
    """Twelve hours of night, twelve of day, every step audited; heat in kWh and the most each could be."""
    found = dict.fromkeys(("panel_w", "sky_tank_w", "sky_charge_w", "panel_pump_w"), 0.0)
    dark, light = steady_weather(**night)[0], steady_weather(**DAY)[0]
    for i in range(steps):
        rig.audited_step(dark if i < 48 else light, 0.7, STEP_S)
        for name in found:
            found[name] += float(rig.water[name]) * STEP_S / 3.6e6
        assert 0.0 <= rig.water["panel_open_frac"] <= 1.0
        if i < 48:
            assert rig.water["sky_tank_w"] == 0.0
        else:
            assert rig.water["sky_charge_w"] == 0.0
    assert rig.worst_energy < PROMISE
    return found


@pytest.mark.parametrize("first", ["return", "tank"])
def test_books_close_and_cold_comes_back(first: str) -> None:
    rig = a_rig({"first": first, "insulation_m": 0.01})
    t, p = rig.state.sky_tanks[0], rig.params.sky_tanks[0]
    before_j = tank_stored_j(t, p)
    found = day_and_night(rig)
    assert found["sky_charge_w"] > 50.0
    assert found["sky_tank_w"] > 50.0
    # what is missing is the shell's, and it is small
    left_kwh = (tank_stored_j(t, p) - before_j) / 3.6e6
    assert abs(left_kwh + found["sky_charge_w"] - found["sky_tank_w"]) < 0.2 * found["sky_charge_w"]
    assert rig.params.sky_tanks["charge_c"][0] - 1e-6 <= t["layer_c"].min()


def test_more_water_gives_no_less_by_day() -> None:
    # the same flow and panels, a clear night, the tank as warm as the return at first, next to no loss
    volumes = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
    for first in ("return", "tank"):
        heat = [
            day_and_night(a_rig({"first": first, "insulation_m": 2.0, "volume_m3": v}))["sky_tank_w"] for v in volumes
        ]
        assert (np.diff(heat) > 0.0).all(), heat


def test_the_return_first_costs_the_panels_nothing() -> None:
    alone = day_and_night(a_rig(None), steps=48)
    shared = day_and_night(a_rig({"first": "return"}), steps=48)
    assert shared["panel_w"] == alone["panel_w"]
    assert shared["sky_charge_w"] > 0.05 * alone["panel_w"]
    tank_first = day_and_night(a_rig({"first": "tank"}), steps=48)
    assert tank_first["panel_w"] < shared["panel_w"]
    # panels smaller than the need have no time to spare
    assert day_and_night(a_rig({"first": "return"}, 150.0))["sky_charge_w"] == 0.0
    assert day_and_night(a_rig({"first": "tank"}, 150.0))["sky_charge_w"] > 0.0


def test_no_charging_under_warm_cloud() -> None:
    found = day_and_night(a_rig({"first": "tank"}), CLOUDY)
    assert found["sky_charge_w"] == 0.0
    assert found["panel_pump_w"] == 0.0


def test_a_tank_that_is_out_changes_nothing() -> None:
    """To the last bit, but for the heat through its own shell."""
    alone, beside = a_rig(None), a_rig({})
    beside.params.sky_tanks["available"] = 0
    day_and_night(alone)
    day_and_night(beside)
    for name in ("racks", "crahs", "chillers", "towers", "water", "surfaces", "panels", "facility"):
        one, other = getattr(alone.state, name), getattr(beside.state, name)
        for field in one.dtype.names:
            if not field.startswith("closure"):
                assert one[field].tobytes() == other[field].tobytes(), (name, field)
    for field in ("removed_w", "panel_w", "evaporator_w", "wse_w", "panel_pump_w"):
        assert alone.water[field] == beside.water[field]


def test_a_plant_at_its_limit_gets_the_panels() -> None:
    """One small chiller and no economiser: the tank waits although it goes first."""
    weak = {"chiller": {"c": {"count": 1, "rated_kw": 10.0}}, "water_economiser": None}
    rig = a_rig({"first": "tank"}, 150.0, **weak)
    for _ in range(12):
        rig.audited_step(steady_weather(**NIGHT)[0], 1.0, STEP_S)
    assert rig.water["flat_out"] == 1
    assert rig.water["panel_w"] > 0.0
    assert rig.water["sky_charge_w"] == 0.0


def test_stands_by_itself_when_the_pumps_stop() -> None:
    """No water in the loop: the panels still cool their tank, and nothing leaves it."""
    rig = a_rig({"first": "return"})
    rig.params.water["chw_tripped"] = 1
    rig.audited_step(steady_weather(**NIGHT)[0], 0.2, 60.0)
    assert rig.water["panel_w"] == rig.water["sky_tank_w"] == 0.0
    assert rig.water["sky_charge_w"] > 0.0


def test_half_and_half_is_whole() -> None:
    rig, other = a_rig({}), a_rig({})
    dark, light = steady_weather(**NIGHT)[0], steady_weather(**DAY)[0]
    for i in range(96):
        if i == 57:
            other.state = copy_state(rig.state)
        rig.step(dark if i < 48 else light, 0.7, STEP_S)
        if i >= 57:
            other.step(light, 0.7, STEP_S)
    for one, two in zip(rig.state, other.state, strict=True):
        assert one.tobytes() == two.tobytes()
