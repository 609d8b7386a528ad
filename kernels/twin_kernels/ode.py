"""Implicit steps for thermal nodes: unconditionally stable, exact in energy by construction.

Backward Euler evaluates the fluxes at the end of the step; whoever meters a flux takes it from the
new temperature, so that storage and fluxes balance to rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin_kernels.jit import kernel

__all__ = ["relax_exact", "relax_implicit", "solve_tridiagonal", "step_slab"]


@kernel
def relax_implicit(
    old_c: float, env_c: float, heat_w: float, conductance_w_k: float, capacity_j_k: float, dt_s: float
) -> float:
    """One backward-Euler step of ``C dT/dt = G (T_env − T) + Q``: ``T = (C T₀/Δt + G T_env + Q) / (C/Δt + G)``.

    Parameters
    ----------
    old_c, env_c : float
        Temperature before the step and of the surroundings at its end, °C.
    heat_w : float
        Heat Q put into the node, W.
    conductance_w_k : float
        G, W/K; ≥ 0.
    capacity_j_k : float
        C, J/K; 0 gives the steady state.
    dt_s : float
        Step, s; > 0.

    Returns
    -------
    float
        Temperature at the end of the step, °C; unchanged when both C and G are zero.

    Notes
    -----
    First order in the step, never overshoots.

    References
    ----------
    Hairer and Wanner, Solving Ordinary Differential Equations II, ch. IV.3.
    """
    inertia = capacity_j_k / dt_s
    weight = inertia + conductance_w_k
    if weight <= 0.0:
        return old_c
    return (inertia * old_c + conductance_w_k * env_c + heat_w) / weight


@kernel
def relax_exact(
    old_c: float, env_c: float, heat_w: float, conductance_w_k: float, capacity_j_k: float, dt_s: float
) -> tuple[float, float]:
    """Exact solution of ``C dT/dt = G (T_env − T) + Q`` over a step with constant inputs.

    Parameters
    ----------
    old_c, env_c : float
        Temperature before the step and of the surroundings during it, °C.
    heat_w : float
        Heat Q put into the node, W.
    conductance_w_k : float
        G, W/K; ≥ 0.
    capacity_j_k : float
        C, J/K; 0 gives the steady state.
    dt_s : float
        Step, s; > 0.

    Returns
    -------
    tuple of float
        Temperature at the end of the step and its mean over the step, °C: the mean flux is
        ``G (T_env − T_mean)`` and balances the storage exactly.

    References
    ----------
    Elementary solution of the linear first-order equation.
    """
    if capacity_j_k <= 0.0:
        steady = env_c + heat_w / conductance_w_k if conductance_w_k > 0.0 else old_c
        return steady, steady
    x = conductance_w_k * dt_s / capacity_j_k
    if x < 1e-8:  # the limit without conductance, where target and rate lose their digits
        rise = (heat_w + conductance_w_k * (env_c - old_c)) * dt_s / capacity_j_k
        return old_c + rise, old_c + 0.5 * rise
    target = env_c + heat_w / conductance_w_k
    gone = -np.expm1(-x)
    new = old_c + (target - old_c) * gone
    return new, target - (target - old_c) * gone / x


@kernel
def solve_tridiagonal(
    lower: NDArray[np.float64], diag: NDArray[np.float64], upper: NDArray[np.float64], rhs: NDArray[np.float64]
) -> None:
    """Solve a tridiagonal system in place (Thomas algorithm): the answer replaces ``rhs``.

    Parameters
    ----------
    lower, diag, upper, rhs : array of n
        Row i reads ``lower[i] x[i−1] + diag[i] x[i] + upper[i] x[i+1] = rhs[i]``; ``lower[0]`` and
        ``upper[n−1]`` are not read. ``diag`` is overwritten too.

    Notes
    -----
    No pivoting: the matrix must be diagonally dominant, as implicit conduction always is.

    References
    ----------
    Press et al., Numerical Recipes, 3rd ed., ch. 2.4.
    """
    n = len(diag)
    for i in range(1, n):
        factor = lower[i] / diag[i - 1]
        diag[i] -= factor * upper[i - 1]
        rhs[i] -= factor * rhs[i - 1]
    rhs[n - 1] /= diag[n - 1]
    for i in range(n - 2, -1, -1):
        rhs[i] = (rhs[i] - upper[i] * rhs[i + 1]) / diag[i]


@kernel(allocates=True)
def step_slab(
    temps_c: NDArray[np.float64],
    thickness_m: float,
    conductivity_w_mk: float,
    heat_capacity_j_m3k: float,
    film_w_m2k: float,
    air_c: float,
    dt_s: float,
) -> float:
    """One backward-Euler step of conduction in a slab, adiabatic outside, air at the other face.

    ``ρc ∂T/∂t = λ ∂²T/∂x²`` in equal cells; the half cell under the face and the film are in series.

    Parameters
    ----------
    temps_c : array of n
        Cell temperatures from the adiabatic side to the face, °C; stepped in place.
    thickness_m : float
        Slab thickness, m; > 0.
    conductivity_w_mk : float
        λ, W/(m K); > 0.
    heat_capacity_j_m3k : float
        ρc, J/(m³ K); 0 is legal.
    film_w_m2k : float
        Film coefficient at the face, W/(m² K); > 0.
    air_c : float
        Air temperature at the end of the step, °C.
    dt_s : float
        Step, s; > 0.

    Returns
    -------
    float
        Heat from the slab to the air, W/m², with the new temperatures: equals the loss of stored
        heat per second to rounding.

    References
    ----------
    Patankar, Numerical Heat Transfer and Fluid Flow, ch. 4 (control volumes, fully implicit).
    """
    n = len(temps_c)
    cell_m = thickness_m / n
    inertia = heat_capacity_j_m3k * cell_m / dt_s
    inner = conductivity_w_mk / cell_m
    face = 1.0 / (1.0 / film_w_m2k + 0.5 / inner)
    lower = np.empty(n)
    diag = np.empty(n)
    upper = np.empty(n)
    for i in range(n):
        lower[i] = -inner
        upper[i] = -inner
        diag[i] = inertia + (inner if i > 0 else 0.0) + (inner if i < n - 1 else face)
        temps_c[i] *= inertia
    temps_c[n - 1] += face * air_c
    solve_tridiagonal(lower, diag, upper, temps_c)
    return face * (temps_c[n - 1] - air_c)
