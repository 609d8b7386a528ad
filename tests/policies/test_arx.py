"""ARX models and the controller on them: known systems found again, convex plans, limits kept, savings in a hall."""

from __future__ import annotations

import numpy as np
import pytest
from policies_rig import INLET, hottest_c, result, simulation
from scipy.optimize import minimize

from twin.errors import InputError
from twin.policies.arx import ArxModel, excitation, fit_arx, least_intervals
from twin.policies.arx_mpc import ArxMpc, cheapest_plan
from twin.policies.check import check_policy
from twin.policies.planning import PlanSettings
from twin.policies.supervisor import RATES_PER_H

BOUNDS = {"supply_air_c": (18.0, 27.0), "demand_margin_frac": (0.0, 0.2)}
#: No limit of rate where the test is not about it.
MOST = np.array([100.0, 100.0])
SETTINGS = PlanSettings(3600, 900.0, 27.0, 70.0, 200.0, 86400, 86400.0, 8, 4, 2, 2)


def plant(noise_k: float, lags: int = 2, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Data of a known linear system: inlet of two lags, power with known curvature."""
    rng = np.random.default_rng(seed)
    u = excitation(BOUNDS, 600, rng)
    d = np.stack([20.0 + 5.0 * np.sin(np.arange(600) / 40.0), 0.3 + 0.2 * rng.random(600)], axis=1)
    y = np.full(600, 24.0)
    a = (0.5, 0.2) if lags == 2 else (0.7, 0.0)
    for k in range(2, 600):
        y[k] = a[0] * y[k - 1] + a[1] * y[k - 2] + 0.3 * u[k, 0] - 4.0 * u[k, 1] + 0.05 * d[k, 0] + 0.5
    power = 500.0 - 3.0 * u[:, 0] + 0.2 * (u[:, 0] - 20.0) ** 2 + 400.0 * u[:, 1] ** 2 + 2.0 * d[:, 0]
    return y + noise_k * rng.standard_normal(600), u, d, power


def test_a_known_system_is_found_again() -> None:
    """Without noise: coefficients to one percent of the largest (the ridge holds them back by a part in 10⁶)."""
    model = fit_arx(tuple(BOUNDS), plant(0.0))
    assert model.lags == 2
    assert model.a == pytest.approx([0.5, 0.2], abs=0.01)
    assert model.b[0] == pytest.approx([0.3, -4.0], rel=0.03)
    assert model.inlet_rmse_k < 0.02
    assert model.r[0, 0] == pytest.approx(0.2, rel=0.05)
    assert model.r[1, 1] == pytest.approx(400.0, rel=0.05)
    steady = model.steps(60)[-1]
    assert steady == pytest.approx([0.3 / 0.3, -4.0 / 0.3], rel=0.02)


def test_lags_are_chosen_by_what_the_fit_has_not_seen() -> None:
    assert fit_arx(tuple(BOUNDS), plant(0.0, lags=1)).lags == 1
    assert fit_arx(tuple(BOUNDS), plant(0.0, lags=2)).lags == 2


def test_power_is_convex_whatever_the_data() -> None:
    y, u, d, power = plant(0.0)
    model = fit_arx(tuple(BOUNDS), (y, u, d, power - 3.0 * (u[:, 0] - 22.0) ** 2))
    assert np.linalg.eigvalsh(model.r).min() >= -1e-9


def test_too_few_data_are_refused() -> None:
    y, u, d, power = (column[:20] for column in plant(0.0))
    with pytest.raises(ValueError, match="20 intervals are too few to identify a model of 2 setpoints"):
        fit_arx(tuple(BOUNDS), (y, u, d, power))
    short = PlanSettings(3600, 900.0, 27.0, 70.0, 200.0, 3600, 86400.0, 8, 4, 2, 2)
    with pytest.raises(InputError, match=r"identify_h = 1 .*give at least 5 h"):
        ArxMpc(BOUNDS, {"supply_air_c": 22.0, "demand_margin_frac": 0.1}, short, 300, RATES_PER_H)
    assert least_intervals(2, 3) == 60


def test_excitation_stays_within_its_bounds_and_moves_everything() -> None:
    moved = excitation(BOUNDS, 288, np.random.default_rng(0))
    for j, (low, high) in enumerate(BOUNDS.values()):
        assert low <= moved[:, j].min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < moved[:, j].max() <= high
        assert 20 < (np.diff(moved[:, j]) != 0.0).sum() < 96
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.5


def model_of(q: tuple[float, float], curved: float) -> ArxModel:
    """Inlet 0.6 y + 0.4 · supply - 2 · margin: one for one, and five kelvin a unit of margin, at rest."""
    return ArxModel(
        tuple(BOUNDS), np.array([0.6]), np.array([[0.4, -2.0]]), np.zeros(3), 0.0, np.array(q), np.diag([0.0, curved]),
        0.0, 0.0,
    )


def plan(model: ArxModel, now: list[float], inlet_c: float, count: int = 12) -> np.ndarray:
    low, high = (np.array([pair[i] for pair in BOUNDS.values()]) for i in (0, 1))
    held = np.array(now)
    free = model.free(np.array([inlet_c]), held[None, :], np.zeros((count, 3)))
    return cheapest_plan(model, free, (held, low, high, MOST), SETTINGS)


def test_cheap_power_pulls_to_the_bound_and_the_inlet_holds_it_back() -> None:
    """Warmer supply saves 5 kW/K: up to the bound where the limit is far, and no further than the limit allows."""
    assert plan(model_of((-5.0, 0.0), 50.0), [22.0, 0.0], 22.0)[0] == pytest.approx(27.0, abs=0.01)
    tight = PlanSettings(3600, 900.0, 24.0, 70.0, 200.0, 86400, 86400.0, 8, 4, 2, 2)
    model = model_of((-5.0, 50.0), 50.0)
    low, high = (np.array([pair[i] for pair in BOUNDS.values()]) for i in (0, 1))
    held = np.array([22.0, 0.0])
    y = [22.0]
    for _ in range(40):
        free = model.free(np.array([y[-1]]), held[None, :], np.zeros((12, 3)))
        held = cheapest_plan(model, free, (held, low, high, MOST), tight)
        y.append(float(0.6 * y[-1] + 0.4 * held[0] - 2.0 * held[1]))
    assert max(y) < 24.05
    assert y[-1] == pytest.approx(24.0, abs=0.05)


def test_too_hot_an_inlet_is_answered_at_once() -> None:
    first = plan(model_of((-5.0, 1.0), 50.0), [27.0, 0.0], 32.0)
    assert first[0] < 22.0


def test_no_setpoint_moves_faster_than_its_rate() -> None:
    model, held = model_of((-5.0, 0.0), 50.0), np.array([22.0, 0.0])
    low, high = (np.array([pair[i] for pair in BOUNDS.values()]) for i in (0, 1))
    free = model.free(np.array([22.0]), held[None, :], np.zeros((12, 3)))
    assert cheapest_plan(model, free, (held, low, high, np.array([1.0, 0.1])), SETTINGS)[0] == pytest.approx(23.0)


def test_the_plan_is_the_cheapest_that_a_general_solver_finds() -> None:
    """One interval, written out: the same cost by another method (Nelder–Mead)."""
    model = model_of((-4.0, -3.0), 40.0)
    now, low, high = np.array([22.0, 0.1]), np.array([18.0, 0.0]), np.array([27.0, 0.2])
    free = np.array([27.5])

    def cost(u: np.ndarray) -> float:
        u = np.clip(u, low, high)
        y = free[0] + 0.4 * (u[0] - now[0]) - 2.0 * (u[1] - now[1])
        moves = (u - now) / (high - low)
        return float(model.q @ u + 40.0 * u[1] ** 2 + 200.0 * max(y - 27.0, 0.0) ** 2 + 0.2 * (moves @ moves))

    found = cheapest_plan(model, free, (now, low, high, MOST), SETTINGS)
    other = minimize(cost, now, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 5000})
    assert cost(found) == pytest.approx(other.fun, abs=1e-4)


def test_in_a_hall_it_saves_and_keeps_the_inlets() -> None:
    """Less facility energy than the scenario's setpoints, and inlets within half a kelvin of the limit."""
    fixed, planned = result(), result(policy__name="arx_mpc")
    assert planned.energy_kwh["total"] < fixed.energy_kwh["total"]
    assert hottest_c(planned) < 27.5
    assert planned.column(INLET).mean() > fixed.column(INLET).mean()


def test_the_identified_model_predicts_the_twin() -> None:
    """One interval ahead, on data it has not seen, better than "as it was" by a factor of two."""
    found = simulation(None, policy__name="arx_mpc")
    found.run(found.start_s + 600)
    policy = found.policy
    assert isinstance(policy, ArxMpc)
    assert policy.model is not None
    rollout = found.steering.rollout
    assert rollout is not None
    assert 0.0 < policy.model.inlet_rmse_k < 0.5
    saved = policy.snapshot()
    other = ArxMpc(policy.bounds, policy.start, policy.settings, policy.interval_s, RATES_PER_H)
    other.restore(saved)
    assert other.model is not None
    assert (other.model.a == policy.model.a).all()


def test_it_keeps_the_contract() -> None:
    start = {"supply_air_c": 22.0, "demand_margin_frac": 0.1}
    assert check_policy(ArxMpc(BOUNDS, start, SETTINGS, 300, RATES_PER_H)) == []
