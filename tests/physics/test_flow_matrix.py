"""The matrix of air flows conserves mass, and the folded solution equals a dense one made independently."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rig import Rig, rack_capacity_j_k, small_scenario, steady_weather
from twin_kernels.hall import flow_matrix
from twin_kernels.psychrometrics import enthalpy_j_kg, temperature_from_enthalpy_c

CP_AIR, CP_VAPOUR, H_VAPOUR = 1006.0, 1860.0, 2.501e6
CASES = list(product((0.3, 0.8, 1.5), (0.0, 0.6, 1.0), (0.0, 0.05, 0.4)))


def hall(supply: float, containment: float, own: float, **more: Any) -> tuple[Rig, NDArray[np.void]]:
    """Fans fixed so that supply is about ``supply`` times what the servers draw; some steps behind it."""
    changes = {"hall": {
        "air": {"containment_frac": containment, "self_recirculation_frac": own, **more.get("air", {})},
        "fan": {"mode": "demand", "demand_margin_frac": min(supply - 1.0, 2.0) if supply > 0.5 else -0.5},
        "crah": {"n": {"air_m3_s": 5.0, "min_speed_frac": 0.05}}, "server": more.get("server", {}),
    }}
    weather = steady_weather(28.0, 0.6, steps=30)
    rig = Rig(small_scenario(changes), weather)
    rig.run(weather, np.linspace(0.3, 0.9, 30), 60.0)
    return rig, weather


@pytest.mark.parametrize(("supply", "containment", "own"), CASES)
def test_rows_and_columns_sum_to_flows(supply: float, containment: float, own: float) -> None:
    rig, _ = hall(supply, containment, own)
    flows = flow_matrix(rig.state.racks, rig.params.racks, rig.p, rig.air)
    air, total = rig.state.racks["air_kg_s"], float(rig.air["supply_kg_s"])
    n = len(air)
    exact = {"rtol": 1e-12, "atol": 1e-12 * total}
    assert (flows >= -1e-12 * total).all()
    np.testing.assert_allclose(flows[:n].sum(axis=1), air, **exact)  # what racks draw
    np.testing.assert_allclose(flows[:, :n].sum(axis=0), air, **exact)  # all of it goes somewhere
    np.testing.assert_allclose(flows[n].sum(), total, **exact)  # what the units take back ...
    np.testing.assert_allclose(flows[:, n].sum(), total, **exact)  # ... and supply
    np.testing.assert_allclose(flows[n + 1].sum(), flows[:, n + 1].sum(), **exact)  # the room keeps its air
    assert flows[n + 1, n + 1] == rig.p["ventilation_kg_s"]


@pytest.mark.parametrize("mass", [0.0, 10.0])
@pytest.mark.parametrize(("supply", "containment", "own"), CASES)
def test_dense_solution_agrees(supply: float, containment: float, own: float, mass: float) -> None:
    """Heat balances of every rack and the room written out with the matrix, solved by NumPy."""
    rig, weather = hall(supply, containment, own, server={"heat_capacity_kj_k_per_kw": mass})
    old = {name: rig.state.racks[name].copy() for name in ("mass_c", "inlet_w")}
    room_old_j_kg, room_old_w = float(rig.f["room_j_kg"]), float(rig.f["room_w"])
    dt_s = 60.0
    rig.step(weather[0], 0.7, dt_s)
    flows = flow_matrix(rig.state.racks, rig.params.racks, rig.p, rig.air)
    h_out, room_j_kg = dense_heat(rig, flows, old, room_old_j_kg, dt_s)
    racks, x = rig.state.racks, rig.air
    n = len(racks)
    assert room_j_kg == pytest.approx(float(x["room_j_kg"]), rel=1e-9)
    kernel_in = np.array([enthalpy_j_kg(r["inlet_c"], r["inlet_w"]) for r in racks])
    sources = np.append(h_out, [x["supply_j_kg"], room_j_kg])
    h_in = flows[:n] @ sources / racks["air_kg_s"]
    np.testing.assert_allclose(kernel_in, h_in, rtol=1e-9)
    np.testing.assert_allclose(kernel_in + racks["heat_to_air_w"] / racks["air_kg_s"], h_out, rtol=1e-9)
    assert x["return_j_kg"] == pytest.approx(float(flows[n] @ sources / x["supply_kg_s"]), rel=1e-9)
    w_in, room_w, return_w = dense_vapour(rig, flows, room_old_w, dt_s)
    assert room_w == pytest.approx(float(x["room_w"]), rel=1e-9)
    assert return_w == pytest.approx(float(x["return_w"]), rel=1e-9)
    np.testing.assert_allclose(racks["inlet_w"], w_in, rtol=1e-9)


def dense_heat(
    rig: Rig, flows: NDArray[np.float64], old: dict[str, NDArray[np.float64]], room_old_j_kg: float, dt_s: float
) -> tuple[NDArray[np.float64], float]:
    """Outlet enthalpy of every rack and enthalpy of the room, with supply enthalpy given.

    Unknowns: rack outlets, room. Backward Euler of ``C dT/dt = P - q``, ``q = ε m c (T - T_in)``; the room's air.
    """
    racks, x, n = rig.state.racks, rig.air, len(rig.state.racks)
    effectiveness = float(rig.params.kinds["effectiveness"][0])
    capacity = rack_capacity_j_k(rig.params)
    a, b = np.zeros((n + 1, n + 1)), np.zeros(n + 1)
    for i in range(n):
        m, w = racks["air_kg_s"][i], old["inlet_w"][i]
        cp = CP_AIR + CP_VAPOUR * w
        inlet = flows[i] / m  # of rack outlets, supply, room
        # q = eps m (c T - (h_in - w r)) and C (T - T0) / dt = P - q, T eliminated
        per_dt = capacity[i] / dt_s
        if per_dt > 0.0:
            share = effectiveness * m * cp / (per_dt + effectiveness * m * cp)
            gain = share * per_dt / cp  # q falls by this per unit of inlet enthalpy
            fixed = share * (racks["power_w"][i] + per_dt * old["mass_c"][i]) + gain * w * H_VAPOUR
        else:
            gain, fixed = 0.0, racks["power_w"][i]
        # m (h_out - h_in) = fixed - gain h_in
        a[i, i] += m
        a[i, :n] -= (m - gain) * inlet[:n]
        a[i, n] -= (m - gain) * inlet[n + 1]
        b[i] = fixed + (m - gain) * inlet[n] * x["supply_j_kg"]
    vent = rig.p["ventilation_kg_s"]
    inertia = rig.p["room_air_kg"] / dt_s
    into = flows[n + 1]
    a[n, :n] = -into[:n]
    a[n, n] = inertia + vent + flows[:n + 1, n + 1].sum()
    b[n] = inertia * room_old_j_kg + into[n] * x["supply_j_kg"] + vent * x["outdoor_j_kg"] + x["source_w"]
    solved = np.linalg.solve(a, b)
    return solved[:n], float(solved[n])


def dense_vapour(
    rig: Rig, flows: NDArray[np.float64], room_old_w: float, dt_s: float
) -> tuple[NDArray[np.float64], float, float]:
    """Humidity at the racks, in the room and in the return, with the supply's given: racks add none."""
    x, n = rig.air, len(rig.state.racks)
    m = rig.state.racks["air_kg_s"]
    inertia, vent = rig.p["room_air_kg"] / dt_s, rig.p["ventilation_kg_s"]
    a, b = np.zeros((n + 1, n + 1)), np.zeros(n + 1)
    a[:n, :n] = np.diag(m) - flows[:n, :n]
    a[:n, n] = -flows[:n, n + 1]
    b[:n] = flows[:n, n] * x["supply_w"]
    a[n, :n] = -flows[n + 1, :n]
    a[n, n] = inertia + vent + flows[:n + 1, n + 1].sum()
    b[n] = inertia * room_old_w + flows[n + 1, n] * x["supply_w"] + vent * x["outdoor_w"] + x["vapour_source_kg_s"]
    solved = np.linalg.solve(a, b)
    sources = np.append(solved[:n], [x["supply_w"], solved[n]])
    return solved[:n], float(solved[n]), float(flows[n] @ sources / x["supply_kg_s"])


def test_recirculation_rises_by_itself_when_supply_is_short() -> None:
    seen = []
    for speed in (1.0, 0.7, 0.4, 0.3, 0.2, 0.1):
        changes = {"hall": {"fan": {"mode": "fixed", "fixed_speed_frac": speed}, "crah": {"n": {"min_speed_frac": 0.0}},
                            "server": {"ramp_gain_frac": 0.0}}}
        weather = steady_weather(20.0, steps=120)
        rig = Rig(small_scenario(changes), weather)
        rig.run(weather, 0.5, 60.0)
        seen.append((float(rig.f["recirculation_frac"]), float(rig.f["inlet_mean_c"] - rig.f["supply_c"])))
    recirculation, rise_k = (list(column) for column in zip(*seen, strict=True))
    assert recirculation[0] == pytest.approx(recirculation[1], abs=1e-4)  # abundance: what they draw anyway
    short = [share for share in recirculation if share > recirculation[0] + 1e-3]
    assert len(short) >= 3
    assert all(b > a for a, b in pairwise(short))
    assert recirculation[-1] > 0.6
    assert rise_k[-1] > 5.0 * rise_k[0]


def test_without_recirculation_and_with_abundance_inlets_are_the_supply() -> None:
    changes = {"hall": {"fan": {"mode": "fixed", "fixed_speed_frac": 1.0}, "air": {
        "recirculation_frac": 0.0, "row_end_extra_frac": 0.0, "self_recirculation_frac": 0.0, "containment_frac": 1.0}}}
    weather = steady_weather(20.0, steps=60)
    rig = Rig(small_scenario(changes), weather)
    rig.run(weather, 0.6, 60.0)
    np.testing.assert_allclose(rig.state.racks["inlet_c"], rig.f["supply_c"], atol=1e-9)
    assert rig.f["bypass_frac"] > 0.05


def test_containment_keeps_the_room_cool() -> None:
    room_c = []
    for containment in (0.0, 0.5, 1.0):
        rig, _ = hall(1.5, containment, 0.0)
        room_c.append(float(rig.f["room_c"]))
    assert room_c[0] > room_c[1] > room_c[2]


def test_temperature_and_enthalpy_are_the_same_air() -> None:
    rig, _ = hall(0.8, 0.6, 0.05)
    for name in ("room", "supply", "return"):
        expected = temperature_from_enthalpy_c(rig.f[f"{name}_j_kg"], rig.f[f"{name}_w"])
        assert rig.f[f"{name}_c"] == pytest.approx(expected, abs=1e-12)
