"""The loop of the supply fans: the flow that all available units move together.

All available units run at the same speed (N+1 units share the load at reduced speed).
"""

from __future__ import annotations

from typing import Any

from twin_kernels.control import pi_step
from twin_kernels.hall import solve_room
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import temperature_from_enthalpy_c

__all__ = ["fan_limits", "supply_flow"]

#: The fan loop is solved to this, K (ideal) or kg/s (PI).
_FLOW_TOLERANCE = 1e-5
#: Secant steps of the fan loop before every second step halves the bracket.
_SECANT_STEPS = 10
#: A fan that is not switched off moves at least this share of its rated flow. Source: assumed.
_LEAST_SPEED_FRAC = 0.01


@kernel
def fan_limits(crahs: Any, p: Any, f: Any) -> tuple[float, float]:
    """Lowest and highest total supply flow of the available units, kg/s.

    Parameters
    ----------
    crahs, p : arrays of CRAH_STATE, CRAH_PARAMS
    f : record of FACILITY_PARAMS

    Returns
    -------
    tuple of float
        kg/s of dry air at standard site density.
    """
    low = high = 0.0
    for i in range(crahs.shape[0]):
        if p[i]["available"] == 1:
            rated = p[i]["air_rated_m3_s"] * f["air_density_std_kg_m3"]
            low += rated * max(p[i]["min_speed_frac"], _LEAST_SPEED_FRAC)
            high += rated
    return low, high


@kernel
def _flow_error(
    x: Any, f: Any, s: Any, supply_kg_s: float, target_c: float, high: float, ideal: bool, dt_s: float
) -> float:
    """Return temperature above target (ideal loop, K), or what a PI loop asks for above what it has (kg/s)."""
    _, returned, _, _ = solve_room(x, f, supply_kg_s, x["supply_j_kg"], s["room_j_kg"], dt_s)
    error_k = temperature_from_enthalpy_c(returned, x["return_w"]) - target_c
    if ideal:
        return error_k
    asked = f["fan_k"] * error_k * (1.0 + dt_s / f["fan_ti_s"]) + s["fan_integral"]
    return min(max(asked, -1.0), 2.0) * high - supply_kg_s


@kernel
def _loop_flow(
    x: Any, f: Any, s: Any, target_c: float, low: float, high: float, ideal: bool, dt_s: float
) -> float:
    """Supply flow at which the loop is satisfied at the end of the step (more air, colder return).

    The PI controller is solved implicitly with the air it moves: its output answers to the return
    temperature at the end of the step, so it cannot oscillate with the step.
    """
    least, most = low, high
    below = above = False  # whether low and high are known to enclose the answer
    flow = min(max(s["supply_kg_s"], low), high)  # the last flow is a good first guess
    before = error_before = 0.0
    for i in range(60):
        error = _flow_error(x, f, s, flow, target_c, most, ideal, dt_s)
        if abs(error) < _FLOW_TOLERANCE or (error < 0.0 and flow <= least) or (error > 0.0 and flow >= most):
            break
        if error > 0.0:
            low, below = flow, True
        else:
            high, above = flow, True
        if i == 0:  # air warms by heat over flow
            supply_c = temperature_from_enthalpy_c(x["supply_j_kg"], x["supply_w"])
            slope = -max(target_c - supply_c, 1.0) / max(flow, 1e-3)
            if not ideal:
                slope = slope * f["fan_k"] * (1.0 + dt_s / f["fan_ti_s"]) * most - 1.0
            spacing = error
        else:
            slope = (error - error_before) / (flow - before)
            spacing = error - error_before
        before, error_before = flow, error
        flow = flow - error / slope if slope < 0.0 else 0.5 * (low + high)
        if i > 0 and abs(error * spacing) < _FLOW_TOLERANCE and low < flow < high:
            break  # what is left is of second order
        if flow <= low:
            flow = 0.5 * (low + high) if below else low
        elif flow >= high:
            flow = 0.5 * (low + high) if above else high
        elif i >= _SECANT_STEPS and i % 2 == 0 and below and above:
            flow = 0.5 * (low + high)
    return flow


@kernel
def supply_flow(
    limits: tuple[float, float], f: Any, s: Any, x: Any, setpoints: Any, dt_s: float
) -> tuple[float, float]:
    """Total supply flow asked for by the fan loop.

    Parameters
    ----------
    limits : tuple of float
        Of :func:`fan_limits`.
    f, s : records of FACILITY_PARAMS, FACILITY_STATE
    x : record of SOLUTION
    setpoints : record of SETPOINTS
    dt_s : float
        Step, s. The return-temperature loop is a PI controller when the step is at most a quarter
        of its integral time, otherwise (or with ``fan_ideal``) perfect.

    Returns
    -------
    tuple of float
        Supply flow kg/s; new integral of the PI loop (speed fraction).
    """
    low, high = limits
    integral = s["fan_integral"]
    if high <= 0.0 or x["units_off"] == 1:
        return 0.0, integral
    mode = f["fan_control"]
    if mode == 0:
        return min(max(setpoints["fan_speed_frac"] * high, low), high), integral
    if mode == 2:
        return min(max((1.0 + setpoints["demand_margin_frac"]) * x["air_kg_s"], low), high), integral
    target_c = x["return_target_c"]
    if f["fan_ideal"] == 1 or dt_s > 0.25 * f["fan_ti_s"]:
        return _loop_flow(x, f, s, target_c, low, high, True, dt_s), integral
    flow = _loop_flow(x, f, s, target_c, low, high, False, dt_s)
    _, returned, _, _ = solve_room(x, f, flow, x["supply_j_kg"], s["room_j_kg"], dt_s)
    error_k = temperature_from_enthalpy_c(returned, x["return_w"]) - target_c
    _, integral = pi_step(error_k, f["fan_k"], f["fan_ti_s"], dt_s, integral, low / high, 1.0)
    return flow, integral
