"""Hall and plant together: the chilled-water temperature at which what the coils give is what the plant takes.

Normally the plant holds its setpoint and one pass is enough. When it cannot, the water floats up to
where coil heat, pump heat, loop storage and plant capacity balance; when the loop is colder than its
setpoint and nothing needs cooling, it drifts up with the plant off.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.air_handler import solve_air
from twin_kernels.jit import kernel
from twin_kernels.plant import pump_water, remove_heat

__all__ = ["balance_at", "solve_cooling"]

#: Balance of the chilled-water loop is solved to this share of rated IT power; energy closes whatever it is.
_BALANCE_FRAC = 1e-6
_WIDEST_K = 400.0


@kernel
def balance_at(state: Any, params: Any, setpoints: Any, water_c: float, dt_s: float) -> tuple[float, float]:
    """Heat left in the chilled-water loop if it ended the step at ``water_c``.

    Parameters
    ----------
    state, params : State, Params
        Scratch records ``solution`` and ``plant`` are written, nothing that a step remembers.
    setpoints : record of SETPOINTS
    water_c : float
        Chilled water to the coils at the end of the step, °C.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Coil heat + pump heat − loop storage − heat removed, W (falls with ``water_c``; with
        ``plant.flat_out`` less capacity instead of heat removed); new integral of the fan loop.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    y = state.plant[0]
    integral = solve_air(state.crahs, params.crahs, f, s, x, setpoints, water_c, dt_s)
    pump_water(f, y, x["water_kg_s"])
    need = x["coil_w"] + y["chw_pump_heat_w"] - f["chw_capacity_j_k"] / dt_s * (water_c - s["chw_supply_c"])
    removed = remove_heat(
        state.chillers, params.chillers, state.towers, params.towers, f, y, setpoints, water_c, need, dt_s
    )
    return need - removed, integral


@kernel
def _drift(
    state: Any, params: Any, setpoints: Any, rest: float, tolerance: float, dt_s: float
) -> tuple[float, float, float]:
    """Water temperature where the loop balances, away from its setpoint.

    Flat out (plant too weak at the setpoint) or off (nothing to cool): the balance falls with
    temperature in both, so a bracketed secant from the last temperature finds it.
    """
    s = state.facility[0]
    setpoint_c = setpoints["chilled_water_c"]
    low_c = high_c = setpoint_c
    at_low = at_high = rest
    bracketed = False
    water_c = s["chw_supply_c"]
    if (rest > 0.0 and water_c <= setpoint_c) or (rest < 0.0 and water_c >= setpoint_c):
        water_c = setpoint_c + (0.1 if rest > 0.0 else -0.1)
    span = 0.5
    side = 0
    integral = s["fan_integral"]
    now = rest
    for _ in range(80):
        now, integral = balance_at(state, params, setpoints, water_c, dt_s)
        if abs(now) <= tolerance or (bracketed and high_c - low_c < 1e-9) or span > _WIDEST_K:
            break
        if now > 0.0:
            low_c = water_c
            at_low = now
            if side == 1:
                at_high *= 0.5
            side = 1
        else:
            high_c = water_c
            at_high = now
            if side == -1:
                at_low *= 0.5
            side = -1
        bracketed = at_low > 0.0 and at_high <= 0.0
        if bracketed:
            water_c = high_c - at_high * (high_c - low_c) / (at_high - at_low)
        elif now > 0.0:
            water_c += span
            span *= 3.0
        else:
            water_c -= span
            span *= 3.0
    return water_c, now, integral


@kernel
def solve_cooling(state: Any, params: Any, setpoints: Any, dt_s: float) -> tuple[float, float, float]:
    """Solve air side and water side of one step.

    Parameters
    ----------
    state, params : State, Params
    setpoints : record of SETPOINTS
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Chilled-water supply at the end of the step (°C), residual of the loop balance (W, at most the
        tolerance), new integral of the fan loop.
    """
    f = params.facility[0]
    y = state.plant[0]
    tolerance = _BALANCE_FRAC * f["it_rated_w"]
    setpoint_c = setpoints["chilled_water_c"]
    y["flat_out"] = 0
    rest, integral = balance_at(state, params, setpoints, setpoint_c, dt_s)
    if abs(rest) <= tolerance or (rest < 0.0 and f["chw_capacity_j_k"] <= 0.0):
        return setpoint_c, rest, integral
    if rest > 0.0:
        y["flat_out"] = 1
    return _drift(state, params, setpoints, rest, tolerance, dt_s)
