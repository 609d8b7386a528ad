"""Implicit nodes and slab conduction: exact solutions, order of accuracy, energy."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.ode import relax_exact, relax_implicit, solve_tridiagonal, step_slab


def test_implicit_step_is_first_order() -> None:
    def error(steps: int) -> float:
        temp = 10.0
        for _ in range(steps):
            temp = relax_implicit(temp, 30.0, 200.0, 50.0, 20_000.0, 800.0 / steps)
        return abs(temp - (34.0 - 24.0 * np.exp(-2.0)))

    assert error(64) / error(128) == pytest.approx(2.0, abs=0.1)


def test_implicit_step_balances_and_never_overshoots() -> None:
    new = relax_implicit(10.0, 30.0, 200.0, 50.0, 20_000.0, 60.0)
    assert 20_000.0 * (new - 10.0) / 60.0 == pytest.approx(50.0 * (30.0 - new) + 200.0, rel=1e-12)
    assert 30.0 - 1e-8 <= relax_implicit(10.0, 30.0, 0.0, 50.0, 1.0, 1e9) <= 30.0


def test_massless_node_is_steady_and_a_loose_one_stays() -> None:
    assert relax_implicit(10.0, 30.0, 200.0, 50.0, 0.0, 60.0) == pytest.approx(34.0)
    assert relax_implicit(10.0, 30.0, 200.0, 0.0, 0.0, 60.0) == 10.0
    assert relax_exact(10.0, 30.0, 200.0, 50.0, 0.0, 60.0) == pytest.approx((34.0, 34.0))


@pytest.mark.parametrize("conductance", [0.0, 1e-9, 1e-3, 50.0, 5e4])
def test_exact_step_closes_energy_with_its_mean(conductance: float) -> None:
    new, mean = relax_exact(10.0, 30.0, 200.0, conductance, 20_000.0, 60.0)
    stored = 20_000.0 * (new - 10.0) / 60.0
    assert stored == pytest.approx(conductance * (30.0 - mean) + 200.0, rel=1e-7)


def test_exact_step_composes() -> None:
    """Two half steps are one whole step."""
    whole, _ = relax_exact(10.0, 30.0, 200.0, 50.0, 20_000.0, 600.0)
    half, _ = relax_exact(10.0, 30.0, 200.0, 50.0, 20_000.0, 300.0)
    assert relax_exact(half, 30.0, 200.0, 50.0, 20_000.0, 300.0)[0] == pytest.approx(whole, rel=1e-13)
    assert whole == pytest.approx(34.0 - 24.0 * np.exp(-1.5), rel=1e-13)


def test_tridiagonal_solver_is_numpys() -> None:
    rng = np.random.default_rng(7)
    for n in (1, 2, 9):
        lower, upper, rhs = rng.normal(size=(3, n))
        diag = 3.0 + rng.random(n)
        matrix = np.diag(diag) + np.diag(lower[1:], -1) + np.diag(upper[:-1], 1)
        expected = np.linalg.solve(matrix, rhs)
        solve_tridiagonal(lower, diag, upper, rhs)
        np.testing.assert_allclose(rhs, expected, rtol=1e-12)


def test_slab_gives_off_what_it_loses() -> None:
    temps = np.array([35.0, 33.0, 31.0, 28.0])
    before = temps.sum()
    flux = step_slab(temps, 0.2, 1.4, 2.0e6, 8.0, 22.0, 60.0)
    assert flux == pytest.approx(2.0e6 * 0.05 * (before - temps.sum()) / 60.0, rel=1e-10)
    assert flux > 0.0


def test_slab_against_the_series_solution() -> None:
    """A slab cooled from one face (Incropera, ch. 5.5): Bi = 1, Fo = 1, first eigenvalue 0.8603.

    Centre (adiabatic face): θ = 1.1191 exp(−0.8603² Fo); 1 % for 80 cells and 2000 implicit steps.
    """
    temps = np.full(80, 1.0)
    steps = 2000
    for _ in range(steps):
        step_slab(temps, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0 / steps)
    assert temps[0] == pytest.approx(1.1191 * np.exp(-(0.8603**2)), rel=0.01)


def test_slab_settles_at_the_air() -> None:
    temps = np.array([35.0, 33.0, 31.0, 28.0])
    assert step_slab(temps, 0.2, 1.4, 0.0, 8.0, 22.0, 60.0) == pytest.approx(0.0, abs=1e-10)
    np.testing.assert_allclose(temps, 22.0, rtol=1e-12)


def test_compiled_equals_plain_python() -> None:
    for law in (relax_implicit, relax_exact):
        plain = getattr(law, "py_func", law)
        assert law(10.0, 30.0, 200.0, 50.0, 20_000.0, 60.0) == pytest.approx(
            plain(10.0, 30.0, 200.0, 50.0, 20_000.0, 60.0), rel=1e-13
        )
