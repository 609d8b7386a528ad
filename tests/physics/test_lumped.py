"""Halls simple enough for pencil and paper: lost cooling, a rack's thermal mass, the fan loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rig import Rig, laid_over, rack_capacity_j_k, small_scenario, steady_weather, stored_j
from twin_kernels.psychrometrics import humid_heat_j_kgk

#: No heat and no vapour pass the walls; servers draw constant power and constant air.
SEALED: dict[str, Any] = {
    "hall": {
        "server": {"leak_per_k": 0.0, "ramp_gain_frac": 0.0, "flow_per_k": 0.0, "flow_per_util": 0.0,
                   "flow_base_frac": 0.8, "throttle_start_c": 70.0, "throttle_end_c": 80.0},
        "air": {"recirculation_frac": 0.0, "row_end_extra_frac": 0.0, "self_recirculation_frac": 0.0,
                "containment_frac": 0.0, "floor_leakage_frac": 0.0, "ventilation_kg_s": 0.0},
        "humidity": {"min_dew_point_c": None},
    },
    "envelope": {"inside_film_w_m2k": 1e-6, "inner_emissivity_frac": 0.0},
    "power": {"ups": {"to_hall_frac": 0.0}},
}


@pytest.mark.parametrize("dt_s", [5.0, 30.0])
def test_lost_cooling_follows_the_analytic_solution(dt_s: float) -> None:
    """Two nodes, racks and room air, heated by constant power: rise and gap have closed forms."""
    minutes = 10
    weather = steady_weather(20.0, steps=round(minutes * 60 / dt_s))
    rig = Rig(small_scenario(SEALED), weather)
    rig.rows(steady_weather(20.0, steps=240), 0.5, 60.0)
    rig.params.crahs["available"] = 0
    racks = rig.state.racks
    capacity, room = float(rack_capacity_j_k(rig.params).sum()), rig.p["room_air_kg"]
    rack_c, room_c = float((rack_capacity_j_k(rig.params) * racks["mass_c"]).sum() / capacity), float(rig.f["room_c"])
    before = sum(stored_j(rig.state, rig.params).values())
    rig.run(weather, 0.5, dt_s)
    power_w = float(rig.air["it_w"])
    cp = humid_heat_j_kgk(rig.f["room_w"])
    gap_w_k = float(rig.params.kinds["effectiveness"][0]) * float(racks["air_kg_s"].sum()) * cp
    air = room * cp
    rate = gap_w_k * (1.0 / capacity + 1.0 / air)
    time_s = minutes * 60.0
    gap_end = power_w / capacity / rate
    gap_k = gap_end + (rack_c - room_c - gap_end) * math.exp(-rate * time_s)
    mean_c = (capacity * rack_c + air * room_c + power_w * time_s) / (capacity + air)
    rise_k = mean_c - capacity / 1.0 * 0.0 - room_c - gap_k * capacity / (capacity + air)
    assert float(rig.f["room_c"]) - room_c == pytest.approx(rise_k, rel=0.02)
    assert rise_k > 10.0
    gained = sum(stored_j(rig.state, rig.params).values()) - before
    assert gained == pytest.approx(power_w * time_s, rel=1e-6)  # all of it stays: films pass next to nothing


def rack_step_error_k(dt_s: float) -> float:
    """Error of a rack's temperature 480 s after its power stepped, against the exponential."""
    changes = laid_over(SEALED, {"hall": {"fan": {"mode": "fixed", "fixed_speed_frac": 1.0},
                                          "air": {"containment_frac": 1.0}}})
    rig = Rig(small_scenario(changes), steady_weather(10.0))
    rig.rows(steady_weather(10.0, steps=200), 0.1, 60.0)
    start_c = float(rig.state.racks["mass_c"][0])
    rig.rows(steady_weather(10.0, steps=round(480 / dt_s)), 0.9, dt_s)
    r = rig.state.racks[0]
    conductance = 0.7 * r["air_kg_s"] * humid_heat_j_kgk(r["inlet_w"])
    final_c = r["inlet_c"] + r["power_w"] / conductance
    tau_s = float(rack_capacity_j_k(rig.params)[0]) / conductance
    exact_c = final_c + (start_c - final_c) * math.exp(-480.0 / tau_s)
    return float(r["mass_c"] - exact_c)


def test_rack_mass_converges_with_first_order() -> None:
    errors = np.array([rack_step_error_k(dt_s) for dt_s in (60.0, 30.0, 15.0, 7.5)])
    assert (errors < 0.0).all()  # backward Euler lags
    order = np.log2(errors[:-1] / errors[1:])
    np.testing.assert_allclose(order, 1.0, atol=0.15)
    assert abs(errors[0]) < 1.5


def fan_response(dt_s: float, ideal: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return temperature and fan speed for two hours after the load stepped up."""
    rig = Rig(small_scenario({"hall": {"fan": {"ideal": ideal}}}), steady_weather(10.0))
    rig.rows(steady_weather(10.0, steps=round(10800 / dt_s)), 0.3, dt_s)
    rows = rig.rows(steady_weather(10.0, steps=round(7200 / dt_s)), 0.75, dt_s)
    return rows["return_c"].astype(float), rows["crah_speed_frac"].astype(float)


@pytest.mark.parametrize("dt_s", [10.0, 30.0, 60.0])
def test_fan_loop_settles_without_hunting(dt_s: float) -> None:
    return_c, speed = fan_response(dt_s, ideal=False)
    late = round(3600 / dt_s)
    assert abs(return_c[late:] - 34.0).max() < 0.1
    assert abs(return_c - 34.0).max() < 3.0
    moves = np.diff(speed)
    turns = np.flatnonzero((moves[1:] * moves[:-1] < 0.0) & (abs(moves[1:]) > 1e-4))
    assert len(turns) <= 3, "the loop hunts"
    assert speed[-1] > speed[0] + 0.05


def test_fan_loop_is_nearly_the_same_at_every_step() -> None:
    ends = [fan_response(dt_s, ideal=False)[1][-1] for dt_s in (10.0, 30.0, 60.0)]
    assert max(ends) - min(ends) < 2e-3


@pytest.mark.parametrize("dt_s", [1.0, 60.0, 300.0])
def test_ideal_loop_holds_the_return_temperature(dt_s: float) -> None:
    return_c, speed = fan_response(dt_s, ideal=True)
    inside = (speed > 0.21) & (speed < 0.999)
    assert inside.mean() > 0.9
    assert abs(return_c[inside] - 34.0).max() < 1e-3


@pytest.mark.parametrize("dt_s", [61.0, 300.0])
def test_a_step_longer_than_the_loop_allows_is_ideal(dt_s: float) -> None:
    return_c, _ = fan_response(dt_s, ideal=False)
    assert abs(return_c[-10:] - 34.0).max() < 1e-3
