"""Pumps, valves and branches against laws, limits and a network solved by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from twin_kernels.equipment_water import BRANCH_PARAMS, PUMP_PARAMS
from twin_kernels.network import (
    branch_drop_pa,
    installed_flow_frac,
    least_head_pa,
    network_flows,
    opening_for_flow,
    valve_flow_frac,
)
from twin_kernels.pumps import (
    mixed_return_c,
    pump_for_flow,
    pump_head_pa,
    pump_most_kg_s,
    pump_power,
    pump_speed_frac,
    pumps_needed,
)

#: Through Modelica Buildings' points (0.2, 1.5), (0.6, 1.3), (1, 1).
HEAD = np.array([1.5625, -0.25, -0.3125])


def a_pump(**changes: Any) -> Any:
    """One pump of 40 kg/s and 200 kPa without losses in motor and drive, unless told."""
    p = np.zeros(1, PUMP_PARAMS)
    p["rated_kg_s"] = 40.0
    p["rated_pa"] = 200e3
    p["density_kg_m3"] = 1000.0
    p["peak_frac"] = 0.8
    p["motor_frac"] = p["drive_frac"] = p["drive_low_frac"] = 1.0
    p["held_frac"] = 0.4
    p["stage_frac"] = 1.0
    p["head_rel"] = HEAD
    p["count"] = 1
    for name, value in changes.items():
        p[name] = value
    return p[0]


def branches(count: int = 3, **changes: Any) -> Any:
    """Equal branches: 10 kg/s, coil 40 kPa, valve 40 kPa, no drop in the main."""
    b = np.zeros(count, BRANCH_PARAMS)
    b["rated_kg_s"] = 10.0
    b["coil_pa"] = 40e3
    b["valve_pa"] = 40e3
    b["rangeability_ratio"] = 50.0
    for name, value in changes.items():
        b[name] = value
    return b


# --- pumps --------------------------------------------------------------------------------------------------


def test_head_curve_takes_the_published_points() -> None:
    p = a_pump()
    for flow, head in ((0.2, 1.5), (0.6, 1.3), (1.0, 1.0)):
        assert pump_head_pa(p, 40.0 * flow, 1.0) == pytest.approx(200e3 * head, rel=1e-12)


@pytest.mark.parametrize("speed", [0.3, 0.6, 1.0, 1.2])
@pytest.mark.parametrize("flow", [0.0, 0.2, 0.7, 1.1])
def test_affinity(flow: float, speed: float) -> None:
    """Flow with speed, head with its square, power with its cube; and speed is found again."""
    p = a_pump()
    whole_pa = pump_head_pa(p, 40.0 * flow, 1.0)
    head_pa = pump_head_pa(p, 40.0 * flow * speed, speed)
    assert head_pa == pytest.approx(whole_pa * speed**2, rel=1e-12)
    assert pump_speed_frac(p, 40.0 * flow * speed, head_pa) == pytest.approx(speed, rel=1e-12)
    power_w, _ = pump_power(p, 40.0 * flow * speed, head_pa, speed)
    assert power_w == pytest.approx(pump_power(p, 40.0 * flow, whole_pa, 1.0)[0] * speed**3, rel=1e-12)


def test_best_point_and_heat() -> None:
    """0.04 m³/s at 200 kPa is 8 kW hydraulic, 10 kW at 0.8; the Euler fit lies 0.12 % under 1 at its own best point."""
    power_w, heat_w = pump_power(a_pump(), 40.0, 200e3, 1.0)
    assert power_w == pytest.approx(10e3, rel=1.5e-3)
    assert heat_w == power_w
    lossy = {"motor_frac": 0.9, "drive_frac": 0.95, "drive_low_frac": 0.85}
    electric_w, dry_w = pump_power(a_pump(**lossy), 40.0, 200e3, 1.0)
    assert electric_w == pytest.approx(power_w / 0.9 / 0.95, rel=1e-12)
    assert dry_w == heat_w
    assert pump_power(a_pump(**lossy, wet_motor_frac=1.0), 40.0, 200e3, 1.0)[1] == pytest.approx(electric_w, rel=1e-12)
    assert pump_power(a_pump(**lossy), 40.0, 200e3, 0.2)[0] == pytest.approx(power_w / 0.9 / 0.85, rel=1e-12)
    away = [pump_power(a_pump(), 40.0 * r, 200e3, 1.0)[0] / (40.0 * r) for r in (0.3, 0.6, 0.95, 1.5, 3.0)]
    assert min(away) == away[2]
    assert pump_power(a_pump(), 0.0, 200e3, 1.0) == (0.0, 0.0)


def test_held_pressure_and_its_reset() -> None:
    """Head: 0.4 held + 0.6 r²; wide open valves: r²; power never less with more held, and the cube law without."""
    p = a_pump()
    for r in (0.3, 0.5, 0.8, 1.0):
        assert pump_for_flow(p, 40.0 * r, 1.0)[3] == pytest.approx(200e3 * (0.4 + 0.6 * r * r), rel=1e-12)
        assert pump_for_flow(p, 40.0 * r, 0.0)[3] == pytest.approx(200e3 * r * r, rel=1e-12)
        powers = [pump_for_flow(p, 40.0 * r, d)[0] for d in (0.0, 0.25, 0.5, 1.0)]
        assert np.all(np.diff(powers) >= -1e-9)
        assert powers[0] == pytest.approx(pump_for_flow(p, 40.0, 0.0)[0] * r**3, rel=1e-12)
    assert pump_for_flow(p, 40.0, 1.0)[2] == pytest.approx(1.0, rel=1e-12)
    assert pump_for_flow(p, 0.0, 1.0) == (0.0, 0.0, 0.0, 0.0)


def test_least_flow_and_least_speed() -> None:
    p = a_pump(min_flow_frac=0.25, held_frac=1.0)
    assert pump_for_flow(p, 1.0, 1.0)[0] == pytest.approx(pump_for_flow(p, 10.0, 1.0)[0], rel=1e-12)
    slow = a_pump(min_speed_frac=0.5)
    power_w, _, speed, head_pa = pump_for_flow(slow, 8.0, 0.0)
    assert speed == 0.5
    assert head_pa == pytest.approx(pump_head_pa(slow, 8.0, 0.5), rel=1e-12)
    assert power_w > pump_for_flow(a_pump(), 8.0, 0.0)[0]


def test_parallel_pumps() -> None:
    """Three that share a flow are three times one with a third of it; staging takes the fewest that carry it."""
    three = a_pump(count=3)
    assert [pumps_needed(three, f) for f in (0.0, 1.0, 40.0, 40.1, 80.0, 120.0, 300.0)] == [0, 1, 1, 2, 2, 3, 3]
    power_w, heat_w, speed, head_pa = pump_for_flow(three, 120.0, 1.0)
    one = pump_for_flow(a_pump(), 40.0, 1.0)
    assert (power_w, heat_w, speed, head_pa) == pytest.approx((3 * one[0], 3 * one[1], one[2], one[3]), rel=1e-12)
    assert pump_most_kg_s(three, 1.0) == pytest.approx(120.0, rel=1e-12)


@pytest.mark.parametrize("reset", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("count", [1, 2])
def test_most_flow_is_at_full_speed(reset: float, count: int) -> None:
    """Even a pump too large for its loop: the flow at which the needed speed is 1."""
    p = a_pump(count=count, held_frac=0.7, head_rel=HEAD * 1.1)
    assert pump_for_flow(p, pump_most_kg_s(p, reset), reset)[2] == pytest.approx(1.0, rel=1e-9)
    p["count"] = 0
    assert pump_most_kg_s(p, reset) == 0.0


# --- valves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("linear", [0, 1])
def test_authority(linear: int) -> None:
    """At authority 1 the inherent curve; the lower it is the more an opening gives; both ends stay."""
    valve = branches(1, linear=linear, leak_frac=0.001)[0]
    for opening in np.linspace(0.0, 1.0, 21):
        flows = [installed_flow_frac(valve, opening, a) for a in (1.0, 0.5, 0.2, 0.05)]
        assert flows[0] == pytest.approx(valve_flow_frac(valve, opening), rel=1e-12)
        if 0.0 < opening < 1.0:
            assert np.all(np.diff(flows) > 0.0)
    assert installed_flow_frac(valve, 1.0, 0.2) == pytest.approx(1.0, rel=1e-12)
    assert valve_flow_frac(valve, 0.0) == 0.001
    openings = np.linspace(0.0, 1.0, 101)
    assert np.all(np.diff([valve_flow_frac(valve, y) for y in openings]) > 0.0)


def test_equal_percentage() -> None:
    """R = 50: half open 1/√50; equal steps multiply by equal factors; at authority 0.5, by hand, √(1/(25 + 0.5))."""
    valve = branches(1)[0]
    assert valve_flow_frac(valve, 0.5) == pytest.approx(50.0**-0.5, rel=1e-12)
    assert valve_flow_frac(valve, 0.7) / valve_flow_frac(valve, 0.6) == pytest.approx(50.0**0.1, rel=1e-12)
    assert installed_flow_frac(valve, 0.5, 0.5) == pytest.approx((0.5 * 50.0 + 0.5) ** -0.5, rel=1e-12)
    assert valve_flow_frac(valve, 0.0) == 0.0
    assert installed_flow_frac(valve, 0.0, 0.5) == 0.0


@pytest.mark.parametrize("linear", [0, 1])
def test_opening_is_found_again(linear: int) -> None:
    valve = branches(1, linear=linear, leak_frac=0.002)[0]
    for opening in (0.02, 0.05, 0.3, 0.8, 1.0):
        flow_kg_s = 7.0
        drop_pa = branch_drop_pa(valve, opening, flow_kg_s)
        assert opening_for_flow(valve, flow_kg_s, drop_pa) == pytest.approx(opening, abs=1e-9)
    assert opening_for_flow(valve, 10.0, 30e3) == 1.0
    assert opening_for_flow(valve, 0.0, 30e3) == 0.0


# --- the loop -----------------------------------------------------------------------------------------------


def test_three_branches_by_hand() -> None:
    """Half the pressure over branches, half over the common pipe, no main.

    Resistances in Pa s²/kg² are 400, 900, 3600 with open valves: conductances 1/20, 1/30, 1/60 are 3 + 2 + 1 sixtieths,
    together 1/10, so r = 100; the common pipe has 100 too. A pump of 180 kPa at any flow: m = √(180e3/200) = 30 kg/s,
    15 + 10 + 5 kg/s, with 90 kPa over the branches.
    """
    b = branches(3)
    b["rated_kg_s"] = [10.0, 10.0, 10.0]
    b["coil_pa"] = [20e3, 45e3, 180e3]
    b["valve_pa"] = [20e3, 45e3, 180e3]
    p = a_pump(rated_pa=180e3, rated_kg_s=30.0, head_rel=np.array([1.0, 0.0, 0.0]))
    flows = np.zeros(3)
    total, head_pa = network_flows(b, p, np.ones(3), 1.0, 90e3, flows)
    assert flows == pytest.approx([15.0, 10.0, 5.0], rel=1e-12)
    assert (total, head_pa) == pytest.approx((30.0, 180e3), rel=1e-12)
    assert network_flows(b, p, np.ones(3), 0.5, 90e3, flows)[0] == pytest.approx(15.0, rel=1e-12)


def test_three_branches_along_a_main_by_hand() -> None:
    """From the far end: r = 400 - piece 0; beside it 400: r = 100; piece 300: 400; beside it 400: 100; piece 100: 200.

    At 20 kg/s in all: 80 kPa; 10 kg/s into the first branch (40 kPa there), 5 and 5 into the other two (10 kPa).
    """
    b = branches(3, coil_pa=20e3, valve_pa=20e3)
    b["main_kg_s"] = 10.0
    b["main_pa"] = [10e3, 30e3, 0.0]
    p = a_pump(rated_pa=80e3, rated_kg_s=20.0, head_rel=np.array([1.0, 0.0, 0.0]))
    flows = np.zeros(3)
    total, head_pa = network_flows(b, p, np.ones(3), 1.0, 0.0, flows)
    assert flows == pytest.approx([10.0, 5.0, 5.0], rel=1e-12)
    assert (total, head_pa) == pytest.approx((20.0, 80e3), rel=1e-12)


def loop() -> tuple[Any, Any]:
    """Six unequal branches on a real main, leaking equal-percentage valves."""
    b = branches(6, leak_frac=0.001)
    b["rated_kg_s"] = [10.0, 4.0, 8.0, 6.0, 9.0, 3.0]
    b["coil_pa"] = [40e3, 30e3, 50e3, 25e3, 45e3, 60e3]
    b["main_kg_s"] = [40.0, 30.0, 26.0, 18.0, 12.0, 3.0]
    b["main_pa"] = [20e3, 8e3, 5e3, 6e3, 4e3, 2e3]
    return b, a_pump(count=2, rated_kg_s=20.0, rated_pa=220e3)


def test_flows_balance_mass_and_pressure() -> None:
    """Sum of branches is the total; every branch sees head less common pipe less its pieces of main, 1e-10."""
    b, p = loop()
    openings = np.array([0.9, 0.4, 0.0, 1.0, 0.6, 0.8])
    flows = np.zeros(6)
    for speed in (0.4, 1.0):
        total, head_pa = network_flows(b, p, openings, speed, 60e3, flows)
        assert flows.sum() == pytest.approx(total, rel=1e-12)
        assert head_pa == pytest.approx(pump_head_pa(p, total / 2.0, speed), rel=1e-10)
        there_pa = head_pa - 60e3 * (total / 40.0) ** 2
        left = total
        for i in range(6):
            there_pa -= b[i]["main_pa"] * (left / b[i]["main_kg_s"]) ** 2
            assert branch_drop_pa(b[i], openings[i], flows[i]) == pytest.approx(there_pa, rel=1e-10)
            left -= flows[i]


def test_closing_one_valve_sends_more_to_the_others() -> None:
    b, p = loop()
    before, after = np.zeros(6), np.zeros(6)
    total, _ = network_flows(b, p, np.full(6, 0.7), 0.8, 60e3, before)
    less, _ = network_flows(b, p, np.array([0.7, 0.7, 0.2, 0.7, 0.7, 0.7]), 0.8, 60e3, after)
    others = [0, 1, 3, 4, 5]
    assert less < total
    assert np.all(after[others] > before[others])


def test_least_head_gives_each_its_flow_with_one_valve_open() -> None:
    """Found openings put back into the network at that head return the flows, 1e-9."""
    b, p = loop()
    wanted = np.array([6.0, 4.0, 3.0, 5.0, 7.0, 1.5])
    openings, flows = np.zeros(6), np.zeros(6)
    least_pa, critical = least_head_pa(b, wanted, openings)
    assert openings[critical] == 1.0
    assert np.all(openings <= 1.0)
    assert openings.min() < 0.9
    head_pa = least_pa + 60e3 * (wanted.sum() / 40.0) ** 2
    speed = pump_speed_frac(p, wanted.sum() / 2.0, head_pa)
    network_flows(b, p, openings, speed, 60e3, flows)
    assert flows == pytest.approx(wanted, rel=1e-9)
    assert least_head_pa(b, np.zeros(6), openings) == (0.0, -1)
    assert np.all(openings == 0.0)


def test_closed_loop_and_stopped_pump() -> None:
    b = branches(2)
    p = a_pump()
    flows = np.ones(2)
    assert network_flows(b, p, np.zeros(2), 1.0, 1e4, flows) == pytest.approx((0.0, 200e3 * 1.5625))
    assert np.all(flows == 0.0)
    assert network_flows(b, p, np.ones(2), 0.0, 1e4, flows) == (0.0, 0.0)


# --- mixing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plant_kg_s", [0.0, 12.0, 30.0, 47.0])
def test_decoupler(plant_kg_s: float) -> None:
    """Heat taken by the coils is heat brought to the plant; surplus chills the return, shortage warms the supply."""
    coils_c, back_c, bypass_kg_s = mixed_return_c(plant_kg_s, 7.0, 30.0, 15.0)
    assert bypass_kg_s == plant_kg_s - 30.0
    heat = 30.0 * (15.0 - coils_c)
    assert heat == pytest.approx(plant_kg_s * (back_c - 7.0), abs=1e-11)
    assert coils_c == pytest.approx(7.0 if plant_kg_s >= 30.0 else 7.0 + 8.0 * (30.0 - plant_kg_s) / 30.0)
    assert back_c == pytest.approx(15.0 if plant_kg_s <= 30.0 else 7.0 + 8.0 * 30.0 / plant_kg_s)


def test_compiled_equals_plain() -> None:
    b, p = loop()
    openings = np.array([0.9, 0.4, 0.0, 1.0, 0.6, 0.8])
    ours, theirs = np.zeros(6), np.zeros(6)
    for function, arguments in (
        (pump_for_flow, (p, 27.0, 0.6)), (pump_most_kg_s, (p, 0.6)), (mixed_return_c, (20.0, 7.0, 30.0, 15.0)),
    ):
        plain = getattr(function, "py_func", function)
        assert function(*arguments) == pytest.approx(plain(*arguments), rel=1e-12)
    plain = getattr(network_flows, "py_func", network_flows)
    assert network_flows(b, p, openings, 0.9, 6e4, ours) == pytest.approx(plain(b, p, openings, 0.9, 6e4, theirs))
    assert ours == pytest.approx(theirs, rel=1e-12)
    plain = getattr(least_head_pa, "py_func", least_head_pa)
    assert least_head_pa(b, ours, openings) == pytest.approx(plain(b, ours, openings.copy()), rel=1e-12)
