"""Stratified tank: plug flow, conduction, loss, overturning, closure, and a published case."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_water import TANK_NODES, TANK_PARAMS, TANK_STATE
from twin_kernels.tank import (
    storage_call,
    tank_charge_frac,
    tank_outlet_c,
    tank_preview_c,
    tank_step,
    tank_stored_j,
)

WATER_KG = 1.0e5
#: Enthalpy in of the published case less enthalpy out since its start, J, at 3600 s + the time: Modelica Buildings,
#: Fluid.Storage.Validation.StratifiedLoadingUnloading, tanks of seven segments, upwind of first and of third order.
THEIR_HEAT_J = {720: (4133269.5, 4161081.0), 1440: (7105034.0, 7289688.0), 3600: (8328619.5, 8332994.0)}
#: The same while the tank is emptied again, s after 7200.
THEIR_LEFT_J = {720: (4195610.5, 4171363.0), 1440: (1225081.7, 1041781.7), 3600: (2440.2, -1931.2)}


def a_tank(temps_c: Any = 14.0, **changes: float) -> tuple[Any, Any]:
    """A tank of 100 t without conduction, loss or stirring, unless told."""
    p = np.zeros(1, TANK_PARAMS)
    p["water_kg"] = WATER_KG
    p["height_m"] = 8.0
    p["area_m2"] = 12.5
    p["rated_kg_s"] = 10.0
    p["available"] = 1
    for name, value in changes.items():
        p[name] = value
    t = np.zeros(1, TANK_STATE)
    t["layer_c"] = temps_c
    return t[0], p[0]


def run(t: Any, p: Any, flow_kg_s: float, inlet_c: float, seconds: float, dt_s: float = 60.0) -> tuple[float, float]:
    """Heat carried in, J, and gained through the shell, J, over some time at ambient 25 °C."""
    heat_j = loss_j = 0.0
    for _ in range(round(seconds / dt_s)):
        _, heat_w, loss_w = tank_step(t, p, flow_kg_s, inlet_c, 25.0, dt_s)
        heat_j += heat_w * dt_s
        loss_j += loss_w * dt_s
    return heat_j, loss_j


# --- plug flow --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dt_s", [60.0, 600.0, 3600.0])
def test_a_front_leaves_as_sharp_as_it_entered(dt_s: float) -> None:
    """Charged with 6 °C for half its volume: the outlet stays warm until the front is there, one layer wide at most."""
    t, p = a_tank(14.0)
    outlets = [tank_step(t, p, -10.0, 6.0, 25.0, dt_s)[0] for _ in range(round(2.0 * WATER_KG / 10.0 / dt_s))]
    passed = (np.arange(len(outlets)) + 1) * dt_s * 10.0 / WATER_KG
    outlets = np.array(outlets)
    assert np.all(np.abs(outlets[passed < 1.0 - 1.0 / TANK_NODES] - 14.0) < 1e-12)
    assert np.all(np.abs(outlets[passed - dt_s * 10.0 / WATER_KG > 1.0 + 1.0 / TANK_NODES] - 6.0) < 1e-12)


@pytest.mark.parametrize("mixed", [0.0, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("dt_s", [40.0, 400.0, 2000.0])
def test_figure_of_merit(mixed: float, dt_s: float) -> None:
    """Discharge of one volume after a charge of one volume, over the ideal; full-scale tanks reach 0.85 … 0.95.

    A mixed volume v ahead of plug flow keeps v/e back when one volume has passed. The charge so leaves the top v with
    1 - (1 - 1/e)/e = 0.767 of its cold, and the discharge keeps back v/e of that: 1 - 1.767 v/e in all. Whole
    layers make v up to one twentieth more. Nothing stirred: conduction in 6 h takes less than 0.1 %.
    """
    t, p = a_tank(14.0, mixed_frac=mixed, conductivity_w_mk=0.6)
    run(t, p, -10.0, 6.0, WATER_KG / 10.0, dt_s)
    heat_j, _ = run(t, p, 10.0, 14.0, WATER_KG / 10.0, dt_s)
    merit = heat_j / (WATER_KG * CP_WATER * 8.0)
    if mixed == 0.0:
        assert 0.999 <= merit <= 1.0 + 1e-12
    else:
        assert 1.0 - 1.767 * (mixed + 1.0 / TANK_NODES) / math.e <= merit <= 1.0 - 1.767 * mixed / math.e
    assert merit >= 0.9 or mixed == 0.2


def test_water_that_turns_back_leaves_as_it_came() -> None:
    t, p = a_tank(np.linspace(14.0, 6.0, TANK_NODES + 1))
    inside = t["layer_c"][3:TANK_NODES].copy()
    tank_step(t, p, 7.3, 20.0, 25.0, 420.0)
    tank_step(t, p, -7.3, 5.0, 25.0, 420.0)
    assert t["outlet_c"] == pytest.approx(20.0, abs=1e-12)
    assert t["top_frac"] == 1.0  # the same place as 0, seen from the other side
    assert np.array_equal(t["layer_c"][2 : TANK_NODES - 1], inside)


# --- the published case ------------------------------------------------------------------------------------


def published() -> tuple[Any, Any]:
    """0.1 m³ at 20 °C, 3 m high, adiabatic outside: mass from water of 995.6 kg/m³ as in the source."""
    changes = {"water_kg": 99.56, "height_m": 3.0, "area_m2": 0.1 / 3.0, "conductivity_w_mk": 0.6}
    return a_tank(20.0, **changes)


def test_half_a_volume_and_a_full_load_as_published() -> None:
    """40 °C at 250 kg/h from above for an hour, then 20 °C from below.

    Before the front arrives and after it has gone the scheme does not matter: 1.5 % (theirs are spread over a third of
    the tank). As it arrives (one volume) more numerical diffusion means less heat: ours must lie between
    their third order and plug flow. Loads end within 0.1 % of theirs.
    """
    t, p = published()
    flow_kg_s = 1000.0 / 3600.0 / 4.0
    whole_j = 99.56 * CP_WATER * 20.0
    heat_j = 0.0
    mine = {}
    for k in range(300):
        heat_j += tank_step(t, p, flow_kg_s, 40.0, 20.0, 12.0)[1] * 12.0
        mine[(k + 1) * 12] = heat_j
    assert mine[720] == pytest.approx(THEIR_HEAT_J[720][1], rel=0.015)
    assert THEIR_HEAT_J[1440][0] < THEIR_HEAT_J[1440][1] < mine[1440] < whole_j
    assert mine[3600] == pytest.approx(THEIR_HEAT_J[3600][1], rel=1e-3)
    for k in range(300):
        heat_j += tank_step(t, p, -flow_kg_s, 20.0, 20.0, 12.0)[1] * 12.0
        mine[(k + 1) * 12] = heat_j
    assert mine[720] == pytest.approx(THEIR_LEFT_J[720][1], rel=0.015)
    assert 0.0 < mine[1440] < THEIR_LEFT_J[1440][1] < THEIR_LEFT_J[1440][0]
    assert abs(mine[3600]) < 1e-3 * whole_j


# --- conduction, loss, overturning --------------------------------------------------------------------------


def test_conduction_decays_as_the_first_mode() -> None:
    """``cos(π z/H)`` decays with ``exp(-α (π/H)² t)``; twenty layers cost (π/20)²/12 = 0.2 % of the rate: 1 %."""
    t, p = a_tank(conductivity_w_mk=50.0)
    z = (np.arange(TANK_NODES) + 0.5) / TANK_NODES
    t["layer_c"][:TANK_NODES] = 10.0 + 2.0 * np.cos(math.pi * z)
    t["layer_c"][TANK_NODES] = 8.0
    t["top_frac"] = 1.0  # the lowest place is empty: twenty equal layers
    alpha_m2_s = 50.0 / (WATER_KG / (8.0 * 12.5) * CP_WATER)
    seconds = 1.0 / (alpha_m2_s * (math.pi / 8.0) ** 2)
    run(t, p, 0.0, 0.0, seconds, seconds / 400)
    amplitude_k = 2.0 * np.mean((t["layer_c"][:TANK_NODES] - 10.0) * np.cos(math.pi * z))
    assert math.log(2.0 / amplitude_k) == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize("dt_s", [60.0, 86400.0, 1e9])
def test_loss_follows_the_exponential_at_any_step(dt_s: float) -> None:
    t, p = a_tank(6.0, loss_w_k=30.0)
    before = tank_stored_j(t, p)
    _, _, loss_w = tank_step(t, p, 0.0, 0.0, 25.0, dt_s)
    expected_c = 25.0 - 19.0 * math.exp(-30.0 * dt_s / (WATER_KG * CP_WATER))
    assert t["layer_c"] == pytest.approx(np.full(TANK_NODES + 1, expected_c), abs=1e-9)
    assert tank_stored_j(t, p) - before == pytest.approx(loss_w * dt_s, abs=1e-12 * before)


def test_warm_water_below_turns_over() -> None:
    """Half and half the wrong way round ends as one mixture; the right way round nothing happens."""
    wrong = np.where(np.arange(TANK_NODES + 1) < 10, 6.0, 14.0)
    t, p = a_tank(wrong)
    before = tank_stored_j(t, p)
    tank_step(t, p, 0.0, 0.0, 25.0, 60.0)
    held = np.ones(TANK_NODES + 1)
    held[0] = 0.0
    mean_c = float(held @ wrong / TANK_NODES)
    assert t["layer_c"] == pytest.approx(np.full(TANK_NODES + 1, mean_c), abs=1e-12)
    assert tank_stored_j(t, p) == pytest.approx(before, rel=1e-13)
    t, p = a_tank(wrong[::-1])
    tank_step(t, p, 0.0, 0.0, 25.0, 60.0)
    assert np.array_equal(t["layer_c"], wrong[::-1])


def test_layers_stay_ordered_when_cold_water_enters_at_the_top() -> None:
    t, p = a_tank(np.linspace(14.0, 6.0, TANK_NODES + 1))
    for inlet_c in (16.0, 9.0, 12.0, 4.0, 20.0):
        tank_step(t, p, 6.0, inlet_c, 25.0, 900.0)
        held = slice(0 if t["top_frac"] > 0.0 else 1, None)
        assert np.all(np.diff(t["layer_c"][held]) <= 1e-9)


# --- closure and interface ----------------------------------------------------------------------------------


def test_energy_closes_and_the_preview_is_kept() -> None:
    """Random flows, inlets and steps from seconds to several volumes: 1e-12 of the stored heat a step."""
    rng = np.random.default_rng(7)
    t, p = a_tank(12.0, conductivity_w_mk=2.0, loss_w_k=80.0, mixed_frac=0.07)
    for _ in range(400):
        flow = float(rng.choice([-1.0, 1.0, 0.0]) * rng.uniform(0.0, 12.0))
        dt_s = float(rng.choice([1.0, 60.0, 900.0, 5000.0, 30000.0]))
        inlet_c = float(rng.uniform(5.0, 18.0))
        before = tank_stored_j(t, p)
        seen = tank_preview_c(t, p, flow, inlet_c, dt_s)
        outlet_c, heat_w, loss_w = tank_step(t, p, flow, inlet_c, 25.0, dt_s)
        assert outlet_c == seen
        assert heat_w == pytest.approx(abs(flow) * CP_WATER * (inlet_c - outlet_c), rel=1e-12)
        most_j = max(before, abs(heat_w) * dt_s)
        assert abs(tank_stored_j(t, p) - before - (heat_w + loss_w) * dt_s) <= 1e-12 * most_j
        assert 0.0 <= t["top_frac"] <= 1.0
        assert 4.9 < t["layer_c"].min() <= t["layer_c"].max() <= 25.0


def test_the_outlet_does_not_need_the_inlet() -> None:
    t, p = a_tank(np.linspace(14.0, 6.0, TANK_NODES + 1))
    assert tank_preview_c(t, p, 5.0, 99.0, 600.0) == tank_preview_c(t, p, 5.0, -99.0, 600.0)
    assert tank_outlet_c(t, p, 1) == 6.0
    assert tank_outlet_c(t, p, 0) == t["layer_c"][1]  # the topmost place is empty
    assert tank_preview_c(t, p, 1e-9, 0.0, 60.0) == pytest.approx(6.0)
    assert tank_preview_c(t, p, -1e-9, 0.0, 60.0) == pytest.approx(tank_outlet_c(t, p, 0))


def test_charge_counts_cold() -> None:
    for temp_c, charge in ((6.0, 1.0), (14.0, 0.0), (8.0, 0.75)):
        t, p = a_tank(temp_c)
        assert tank_charge_frac(t, p, 6.0, 14.0) == pytest.approx(charge, abs=1e-12)
    assert tank_charge_frac(t, p, 14.0, 14.0) == 0.0


def test_no_tank_is_legal() -> None:
    t, p = a_tank(12.0, water_kg=0.0)
    assert tank_step(t, p, 3.0, 10.0, 25.0, 60.0)[1:] == (0.0, 0.0)


def test_the_clock_calls() -> None:
    night = {"charge_first_hour": 22.0, "charge_last_hour": 6.0}
    _, p = a_tank(12.0, **night, discharge_first_hour=12.0, discharge_last_hour=18.0)
    said = [storage_call(p, hour) for hour in (21.99, 22.0, 3.0, 6.0, 12.0, 17.99, 18.0)]
    assert said == [0, -1, -1, 0, 1, 1, 0]
    p["available"] = 0
    assert storage_call(p, 23.0) == 0


def test_compiled_equals_plain() -> None:
    plain = getattr(tank_step, "py_func", tank_step)
    ours, p = a_tank(np.linspace(14.0, 6.0, TANK_NODES + 1), conductivity_w_mk=2.0, loss_w_k=80.0, mixed_frac=0.07)
    theirs = ours.copy()
    for flow, inlet_c in ((5.0, 15.0), (-8.0, 5.0), (0.0, 9.0)):
        assert tank_step(ours, p, flow, inlet_c, 25.0, 700.0) == pytest.approx(
            plain(theirs, p, flow, inlet_c, 25.0, 700.0), rel=1e-13, abs=1e-9
        )
