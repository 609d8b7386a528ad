"""Pipes and valves of a water loop: flows of parallel branches along a main, and the pressure they need.

Every pressure drop goes with the square of flow, so that pieces in series add their resistances and branches in
parallel their conductances: a loop of branches along a main, and its meeting with a quadratic head curve, are
solved without iteration. The pumps themselves are in :mod:`twin_kernels.pumps`.
"""

from __future__ import annotations

from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin_kernels.jit import kernel
from twin_kernels.pumps import met_flow_frac

__all__ = [
    "branch_drop_pa", "installed_flow_frac", "least_head_pa", "network_flows", "opening_for_flow", "valve_flow_frac",
]

#: Below this opening an equal-percentage valve closes linearly to its leakage. Source: assumed; the exponential law
#: itself never closes, and makers let it end within 5 % of the stroke.
_CLOSING_FRAC = 0.05


# --- valves -------------------------------------------------------------------------------------


@kernel
def valve_flow_frac(p: Any, opening_frac: float) -> float:
    """Inherent characteristic: flow over that of the open valve at equal pressure, ``φ``.

    Linear: ``l + (1 - l) y``. Equal percentage: ``R^{y - 1}``, below an opening of 0.05 straight down to the leakage l.

    Parameters
    ----------
    p : record of BRANCH_PARAMS
        ``linear``, ``leak_frac``, ``rangeability_ratio`` are read.
    opening_frac : float
        Opening y, 0 … 1 (limited to it).

    Returns
    -------
    float
        φ, ``leak_frac`` … 1.

    References
    ----------
    ASHRAE Handbook – HVAC Systems and Equipment 2020, ch. 46 (inherent characteristics). IEC 60534-2-4.
    """
    y = min(max(opening_frac, 0.0), 1.0)
    leak = p["leak_frac"]
    if p["linear"] == 1:
        return leak + (1.0 - leak) * y
    if y >= _CLOSING_FRAC:
        return max(p["rangeability_ratio"] ** (y - 1.0), leak)
    edge = max(p["rangeability_ratio"] ** (_CLOSING_FRAC - 1.0), leak)
    return leak + (edge - leak) * y / _CLOSING_FRAC


@kernel
def _opening_frac(p: Any, flow_frac: float) -> float:
    """Opening that gives an inherent flow: the inverse of :func:`valve_flow_frac`."""
    leak = p["leak_frac"]
    if flow_frac <= leak:
        return 0.0
    if flow_frac >= 1.0:
        return 1.0
    if p["linear"] == 1:
        return (flow_frac - leak) / (1.0 - leak)
    edge = max(p["rangeability_ratio"] ** (_CLOSING_FRAC - 1.0), leak)
    if flow_frac >= edge:
        return 1.0 + log(flow_frac) / log(p["rangeability_ratio"])
    return _CLOSING_FRAC * (flow_frac - leak) / (edge - leak)


@kernel
def installed_flow_frac(p: Any, opening_frac: float, authority_frac: float) -> float:
    """Installed characteristic: flow over full flow at a constant pressure over valve and coil together.

    ``1 / sqrt(A/φ² + 1 - A)``: at authority 1 the inherent characteristic, at a low one the valve opens quickly.

    Parameters
    ----------
    p : record of BRANCH_PARAMS
        The valve.
    opening_frac : float
        Opening, 0 … 1.
    authority_frac : float
        A: drop of the open valve over that of valve, coil and pipes at full flow; above 0 … 1.

    Returns
    -------
    float
        Flow over that of the open valve, 0 … 1.

    References
    ----------
    ASHRAE Handbook – HVAC Systems and Equipment 2020, ch. 46 (valve authority).
    """
    phi = valve_flow_frac(p, opening_frac)
    if phi <= 0.0:
        return 0.0
    return 1.0 / sqrt(authority_frac / (phi * phi) + 1.0 - authority_frac)


@kernel
def branch_drop_pa(p: Any, opening_frac: float, flow_kg_s: float) -> float:
    """Pressure drop of a branch: ``(Δp_coil + Δp_valve/φ²) (m/m_rated)²``.

    Parameters
    ----------
    p : record of BRANCH_PARAMS
    opening_frac : float
        Opening of its valve, 0 … 1.
    flow_kg_s : float
        Flow, kg/s; ≥ 0.

    Returns
    -------
    float
        Drop, Pa; infinite through a valve that is closed and does not leak.

    References
    ----------
    Idelchik, Handbook of Hydraulic Resistance (quadratic regime).
    """
    if flow_kg_s <= 0.0:
        return 0.0
    phi = valve_flow_frac(p, opening_frac)
    ratio = flow_kg_s / p["rated_kg_s"]
    return (p["coil_pa"] + p["valve_pa"] / (phi * phi)) * ratio * ratio


@kernel
def opening_for_flow(p: Any, flow_kg_s: float, drop_pa: float) -> float:
    """Opening with which a branch takes a flow from a pressure difference.

    Parameters
    ----------
    p : record of BRANCH_PARAMS
    flow_kg_s : float
        Wanted flow, kg/s; ≥ 0.
    drop_pa : float
        Pressure difference over the branch, Pa.

    Returns
    -------
    float
        Opening, 0 … 1; 1 where the difference is too small for the flow.

    References
    ----------
    The inverse of :func:`branch_drop_pa`.
    """
    if flow_kg_s <= 0.0:
        return 0.0
    ratio = flow_kg_s / p["rated_kg_s"]
    left_pa = drop_pa - p["coil_pa"] * ratio * ratio
    if left_pa <= 0.0:
        return 1.0
    return _opening_frac(p, ratio * sqrt(p["valve_pa"] / left_pa))


# --- the loop -----------------------------------------------------------------------------------


@kernel
def _conductance(p: Any, opening_frac: float) -> float:
    """Flow of a branch at 1 Pa, kg/s."""
    phi = valve_flow_frac(p, opening_frac)
    if phi <= 0.0:
        return 0.0
    resistance = p["coil_pa"] + p["valve_pa"] / (phi * phi)
    return p["rated_kg_s"] / sqrt(resistance) if resistance > 0.0 else 0.0


@kernel
def network_flows(
    b: Any, p: Any, opening_frac: NDArray[np.float64], speed_frac: float, common_pa: float,
    flow_kg_s: NDArray[np.float64],
) -> tuple[float, float]:
    """Flows of the branches at given openings and pump speed.

    From the far end inwards ``K = K_branch + 1/sqrt(r_main + 1/K_beyond²)``; then
    ``head(s, m) = Δp_common (m/m_rated)² + (m/K)²``, quadratic in m; then outwards branch by branch.

    Parameters
    ----------
    b : array of BRANCH_PARAMS
        Branches from the pump outwards; any number.
    p : record of PUMP_PARAMS
        ``count`` pumps, all running.
    opening_frac : array
        Opening of each valve, 0 … 1.
    speed_frac : float
        Speed of the pumps, 0 … 1.
    common_pa : float
        Drop of the common pipe and the chillers at the rated flow of all pumps, Pa; ≥ 0.
    flow_kg_s : array
        Written: flow of each branch, kg/s. Its places also carry the conductances on the way.

    Returns
    -------
    tuple of float
        Total flow kg/s, pump head Pa.

    Notes
    -----
    Quadratic drops everywhere: laminar flow in starved branches is not modelled.

    References
    ----------
    Incompressible pipe networks: series and parallel resistances (Idelchik).
    """
    n = b.shape[0]
    beyond = 0.0
    for k in range(n):
        i = n - 1 - k
        here = beyond + _conductance(b[i], opening_frac[i])  # of this branch and all beyond it, at its take-off
        flow_kg_s[i] = here
        main = b[i]["main_pa"] / (b[i]["main_kg_s"] * b[i]["main_kg_s"]) if b[i]["main_kg_s"] > 0.0 else 0.0
        beyond = here / sqrt(1.0 + main * here * here)
    if beyond <= 0.0 or speed_frac <= 0.0 or p["count"] < 1:
        flow_kg_s[:] = 0.0
        return 0.0, p["rated_pa"] * p["head_rel"][0] * speed_frac * speed_frac if p["count"] > 0 else 0.0
    all_kg_s = p["count"] * p["rated_kg_s"]
    system = common_pa / p["rated_pa"] + all_kg_s * all_kg_s / (beyond * beyond * p["rated_pa"])
    total = all_kg_s * speed_frac * met_flow_frac(p["head_rel"], 0.0, system)
    ratio = total / all_kg_s
    left = total
    for i in range(n):  # at its take-off a branch shares the flow with what lies beyond as their conductances
        here = flow_kg_s[i]
        flow_kg_s[i] = left * min(_conductance(b[i], opening_frac[i]) / here, 1.0) if here > 0.0 else 0.0
        left -= flow_kg_s[i]
    return total, p["rated_pa"] * system * ratio * ratio


@kernel
def least_head_pa(b: Any, flow_kg_s: NDArray[np.float64], opening_frac: NDArray[np.float64]) -> tuple[float, int]:
    """Least pressure difference at the pump that gives every branch its flow, and the openings that then share it.

    ``max_i (Σ_{j ≤ i} Δp_main,j + Δp_i(open))``: the valve of that branch, the critical one, is fully open.

    Parameters
    ----------
    b : array of BRANCH_PARAMS
        Branches from the pump outwards.
    flow_kg_s : array
        Wanted flow of each, kg/s; ≥ 0.
    opening_frac : array
        Written: opening of each valve at that pressure difference.

    Returns
    -------
    tuple of float and int
        Pressure difference between the ends of the main, Pa (without the common pipe), and the index of the critical
        branch (-1 where nothing is wanted).

    References
    ----------
    ASHRAE Guideline 36-2021 (reset of differential pressure by the most open valve).
    """
    left = 0.0
    for i in range(b.shape[0]):
        left += flow_kg_s[i]
    whole = left
    spent_pa = most_pa = 0.0
    critical = -1
    for i in range(b.shape[0]):
        if b[i]["main_kg_s"] > 0.0:
            ratio = left / b[i]["main_kg_s"]
            spent_pa += b[i]["main_pa"] * ratio * ratio
        if flow_kg_s[i] > 0.0:
            needed_pa = spent_pa + branch_drop_pa(b[i], 1.0, flow_kg_s[i])
            if needed_pa > most_pa or critical < 0:
                most_pa = needed_pa
                critical = i
        left -= flow_kg_s[i]
    left = whole
    there_pa = most_pa
    for i in range(b.shape[0]):
        if b[i]["main_kg_s"] > 0.0:
            ratio = left / b[i]["main_kg_s"]
            there_pa -= b[i]["main_pa"] * ratio * ratio
        opening_frac[i] = 1.0 if i == critical else opening_for_flow(b[i], flow_kg_s[i], there_pa)
        left -= flow_kg_s[i]
    return most_pa, critical
