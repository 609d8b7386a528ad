"""Ice tank: published curve, exact limits, what can be frozen and melted, closure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from twin_kernels.equipment_water import ICE_PARAMS, ICE_STATE
from twin_kernels.ice import ice_heat, ice_rate_rel, ice_step

#: EnergyPlus example file 5ZoneDetailedIceStorage, charging and discharging.
ENERGYPLUS = np.array([0.0, 0.09, -0.15, 0.612, -0.324, -0.216])
#: Fit to the tank of NIST's laboratory, shares in 10 s (Li et al., Modelica Conference 2021).
MEASURED_10_S = np.array([5.54e-5, -1.45679e-4, 9.28e-5, 1.126122e-3, -1.1012e-3, 3.00544e-4])
LATENT_J = 1000.0 * 3.6e6


def a_tank(ice: float, **changes: Any) -> tuple[Any, Any]:
    """A tank of 1000 kWh at a state of charge."""
    p = np.zeros(1, ICE_PARAMS)
    p["latent_j"] = LATENT_J
    p["brine_j_kgk"] = 3800.0
    p["charge_rel"] = ENERGYPLUS
    p["discharge_rel"] = ENERGYPLUS
    p["available"] = 1
    for name, value in changes.items():
        p[name] = value
    t = np.zeros(1, ICE_STATE)
    t["ice_frac"] = ice
    return t[0], p[0]


def log_mean_k(inlet_c: float, leaving_c: float) -> float:
    return (inlet_c - leaving_c) / math.log(inlet_c / leaving_c)


def test_curve_by_hand() -> None:
    """At 10 K: 0.612 an hour from full ice; half melted 0.09/2 - 0.15/4 + 0.612 - 0.162 - 0.054 = 0.4035."""
    assert ice_rate_rel(ENERGYPLUS, 0.0, 10.0) == pytest.approx(0.612, abs=1e-12)
    assert ice_rate_rel(ENERGYPLUS, 0.5, 10.0) == pytest.approx(0.4035, abs=1e-12)
    assert ice_rate_rel(ENERGYPLUS, 1.0, 1.0) == 0.0  # the fit turns negative: -0.06 + 0.0072
    assert ice_rate_rel(ENERGYPLUS, 0.0, 0.0) == 0.0


@pytest.mark.parametrize("inlet_c", [12.0, 3.0, -3.0, -7.0])
@pytest.mark.parametrize("ice", [0.05, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("flow_kg_s", [3.0, 20.0, 150.0])
def test_heat_lies_on_curve_and_brine(inlet_c: float, ice: float, flow_kg_s: float) -> None:
    """The root that a library finds of ``m c (T_in - T) = Q q(LMTD(T))``, 1e-8 of the rate."""
    t, p = a_tank(ice)
    heat_w, leaving_c = ice_heat(t, p, flow_kg_s, inlet_c, -99.0, 1.0)
    x = 1.0 - ice if inlet_c > 0.0 else ice

    def miss_w(leaving: float) -> float:
        rate = ice_rate_rel(ENERGYPLUS, x, abs(log_mean_k(inlet_c, leaving)))
        return abs(flow_kg_s * 3800.0 * (inlet_c - leaving)) - rate * LATENT_J / 3600.0

    if miss_w(inlet_c * (1.0 - 1e-9)) >= 0.0:
        assert heat_w == pytest.approx(0.0, abs=1e-3)
    else:
        root_c = brentq(miss_w, inlet_c * 1e-12, inlet_c * (1.0 - 1e-9), xtol=1e-13, rtol=1e-14)
        assert leaving_c == pytest.approx(root_c, rel=1e-7)
    assert heat_w == pytest.approx(flow_kg_s * 3800.0 * (inlet_c - leaving_c), rel=1e-9, abs=1e-6)
    assert heat_w * inlet_c >= 0.0


def test_full_ice_is_an_exact_exchanger() -> None:
    """With c0 + c1 x + c2 x² = 0: ``T = T_in exp(-UA/mc)``, ``UA = 0.612 Q/(h 10 K)``."""
    t, p = a_tank(1.0)
    _, leaving_c = ice_heat(t, p, 10.0, 10.0, -99.0, 60.0)
    assert leaving_c == pytest.approx(10.0 * math.exp(-0.612 * LATENT_J / 36000.0 / 38000.0), rel=1e-9)


def test_less_flow_comes_nearer_to_the_ice_and_less_ice_gives_less() -> None:
    t, p = a_tank(0.8)
    leaving = [ice_heat(t, p, flow, 10.0, -99.0, 60.0)[1] for flow in (1.0, 3.0, 10.0, 30.0, 100.0)]
    assert np.all(np.diff(leaving) > 0.0)
    assert min(leaving) > 0.0
    heats = [ice_heat(a_tank(ice)[0], p, 20.0, 10.0, -99.0, 60.0)[0] for ice in np.linspace(0.1, 1.0, 10)]
    assert np.all(np.diff(heats) > 0.0)
    frozen = [-ice_heat(a_tank(ice)[0], p, 20.0, -5.0, -99.0, 60.0)[0] for ice in np.linspace(0.1, 0.9, 9)]
    assert np.all(np.diff(frozen) < 0.0)


def test_bypass_holds_the_target() -> None:
    t, p = a_tank(1.0)
    heat_w, leaving_c = ice_heat(t, p, 20.0, 12.0, 6.0, 60.0)
    assert leaving_c == pytest.approx(6.0, abs=1e-12)
    assert heat_w == pytest.approx(20.0 * 3800.0 * 6.0, rel=1e-12)
    assert ice_heat(t, p, 20.0, 5.0, 6.0, 60.0) == (0.0, 5.0)


def test_freezing_needs_brine_below_zero_and_melting_ice() -> None:
    t, p = a_tank(0.0)
    assert ice_heat(t, p, 20.0, 8.0, 0.0, 60.0) == (0.0, 8.0)
    assert ice_heat(t, p, 20.0, 0.0, 0.0, 60.0) == (0.0, 0.0)
    assert ice_heat(t, p, 20.0, -4.0, 0.0, 60.0)[0] < 0.0
    t["ice_frac"] = 1.0
    assert ice_heat(t, p, 20.0, -4.0, 0.0, 60.0)[0] == 0.0
    p["available"] = 0
    assert ice_heat(t, p, 20.0, 8.0, 0.0, 60.0) == (0.0, 8.0)


@pytest.mark.parametrize("curve", [ENERGYPLUS, MEASURED_10_S * 360.0])
def test_a_night_and_a_day_close(curve: np.ndarray) -> None:
    """Ice made less ice melted is the heat, 1e-12 of the capacity; it never leaves 0 … 1, whatever the step."""
    for dt_s in (60.0, 3600.0, 36000.0):
        t, p = a_tank(0.2, loss_w_k=40.0, discharge_rel=curve)
        sum_j = 0.0
        for k in range(40):
            inlet_c = -6.0 if k < 20 else 11.0
            heat_w, leaving_c = ice_heat(t, p, 25.0, inlet_c, 4.0, dt_s)
            loss_w = ice_step(t, p, heat_w, leaving_c, 20.0, dt_s)
            sum_j += (heat_w + loss_w) * dt_s
            assert 0.0 <= t["ice_frac"] <= 1.0
            assert (t["heat_w"], t["leaving_c"]) == (heat_w, leaving_c)
        assert (0.2 - t["ice_frac"]) * LATENT_J == pytest.approx(sum_j, abs=1e-12 * LATENT_J)


def test_the_laboratory_tank_melts_in_about_its_rated_time() -> None:
    """274 kWh, made to be discharged in 8 h with brine entering at 10 °C (NIST's laboratory).

    The rated flow is not published: 36.1 kW, the size of its chiller, over 5 K makes 1.9 kg/s. Nine tenths of the ice
    should be gone in 4 … 10 h, half to five quarters of the rated time: curve and units are right, no more is said.
    """
    t, p = a_tank(1.0, latent_j=274.0 * 3.6e6, discharge_rel=MEASURED_10_S * 360.0)
    hours = 0.0
    while t["ice_frac"] > 0.1 and hours < 24.0:
        heat_w, leaving_c = ice_heat(t, p, 1.9, 10.0, -99.0, 60.0)
        ice_step(t, p, heat_w, leaving_c, 0.0, 60.0)
        hours += 1.0 / 60.0
    assert 4.0 < hours < 10.0


def test_shell_melts_only_what_is_there() -> None:
    t, p = a_tank(1e-6, loss_w_k=100.0)
    assert ice_step(t, p, 0.0, 0.0, 20.0, 3600.0) == pytest.approx(1e-6 * LATENT_J / 3600.0, rel=1e-9)
    assert t["ice_frac"] == 0.0
    assert ice_step(t, p, 0.0, 0.0, 20.0, 3600.0) == 0.0


def test_compiled_equals_plain() -> None:
    t, p = a_tank(0.5)
    plain = getattr(ice_heat, "py_func", ice_heat)
    for inlet_c in (9.0, -5.0):
        ours = ice_heat(t, p, 12.0, inlet_c, 3.0, 60.0)
        assert ours == pytest.approx(plain(t, p, 12.0, inlet_c, 3.0, 60.0), rel=1e-12)
