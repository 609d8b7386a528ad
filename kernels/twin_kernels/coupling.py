"""Hall and plant together: the chilled-water temperature at which what the coils give is what the plant takes.

Normally the plant holds its setpoint and one pass is enough. When it cannot, the water floats up to
where coil heat, pump heat, loop storage and plant capacity balance; when the loop is so much colder than
its setpoint that coils and pumps do not warm it up in the step, the plant is off meanwhile.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.air_handler import solve_air
from twin_kernels.dx_air import solve_dx_air
from twin_kernels.jit import kernel
from twin_kernels.plant import pump_water, remove_heat

__all__ = ["balance_at", "solve_cooling"]

#: Balance of the chilled-water loop is solved to this share of rated IT power; energy closes whatever it is.
_BALANCE_FRAC = 1e-6
#: Search for a warmer loop goes no further than this above the setpoint, K.
_WIDEST_K = 400.0
#: Bracket of the water temperature that counts as met: where the balance is smooth, and where it jumps, K.
_CLOSE_K = 1e-9
_JUMP_K = 1e-6


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
    integral = solve_air(state, params, setpoints, water_c, dt_s)
    pump_water(f, y, x["water_kg_s"])
    need = x["coil_w"] + y["chw_pump_heat_w"] - f["chw_capacity_j_k"] / dt_s * (water_c - s["chw_supply_c"])
    removed = remove_heat(
        state.chillers, params.chillers, state.towers, params.towers, f, y, setpoints, water_c, need, dt_s
    )
    return need - removed, integral


@kernel
def _between(
    state: Any, params: Any, setpoints: Any, low_c: float, at_low: float, high_c: float, at_high: float,
    tolerance: float, dt_s: float,
) -> tuple[float, float, float, int]:
    """Water temperature between one with heat left (``low_c``) and one with none: a bracketed secant.

    ``at_high = 0`` says that the water there is too warm for the coils: their valves are shut and the
    balance jumps on the way. Returns both ends of the bracket, the fan loop's integral, and whether the
    balance was met (at the lower end).
    """
    x = state.solution[0]
    side = 0
    integral = state.facility[0]["fan_integral"]
    for _ in range(100):
        water_c = 0.5 * (low_c + high_c)
        if at_high < 0.0:
            water_c = high_c - at_high * (high_c - low_c) / (at_high - at_low)
        now, integral = balance_at(state, params, setpoints, water_c, dt_s)
        if at_high >= 0.0 and x["water_kg_s"] <= 0.0:
            high_c = water_c
        elif abs(now) <= tolerance:
            return water_c, water_c, integral, 1
        elif now > 0.0:
            low_c, at_low = water_c, now
            if side == 1:
                at_high *= 0.5
            side = 1
        else:
            high_c, at_high = water_c, now
            if side == -1:
                at_low *= 0.5
            side = -1
        if high_c - low_c < (_JUMP_K if at_high >= 0.0 else _CLOSE_K):
            break
    return low_c, high_c, integral, 1 if at_high < 0.0 else 0


@kernel
def _float_up(
    state: Any, params: Any, setpoints: Any, rest: float, tolerance: float, dt_s: float
) -> tuple[float, float]:
    """Water temperature above the setpoint at which the plant, flat out, takes what the coils give.

    Where it cannot even take the pumps' heat, the water ends as warm as the air and the valves shut.
    """
    s = state.facility[0]
    x = state.solution[0]
    old_c = s["chw_supply_c"]
    had_water = x["water_kg_s"] > 0.0
    low_c = setpoints["chilled_water_c"]
    at_low = rest
    high_c = old_c if old_c > low_c else low_c + 0.1
    at_high = 0.0
    integral = s["fan_integral"]
    span = 0.5
    while span < _WIDEST_K:
        now, integral = balance_at(state, params, setpoints, high_c, dt_s)
        if had_water and x["water_kg_s"] <= 0.0:
            break
        if abs(now) <= tolerance:
            return high_c, integral
        if now < 0.0:
            at_high = now
            break
        low_c, at_low = high_c, now
        high_c += span
        span *= 3.0
    if span >= _WIDEST_K:
        return high_c, integral
    low_c, high_c, integral, met = _between(
        state, params, setpoints, low_c, at_low, high_c, at_high, tolerance, dt_s
    )
    if met == 1:
        return low_c, integral
    water_c = low_c  # the pumps warm the loop to the air's temperature ...
    if old_c >= high_c:
        water_c = old_c  # ... or it stands, warmer than that
    elif params.facility[0]["chw_capacity_j_k"] <= 0.0:
        water_c = high_c
    _, integral = balance_at(state, params, setpoints, water_c, dt_s)
    return water_c, integral


@kernel
def _stand_by(
    state: Any, params: Any, setpoints: Any, rest: float, tolerance: float, dt_s: float
) -> tuple[float, float]:
    """Water temperature below the setpoint to which the coils warm a loop that is too cold, plant off."""
    old_c = state.facility[0]["chw_supply_c"]
    at_old, integral = balance_at(state, params, setpoints, old_c, dt_s)
    if at_old <= tolerance:
        return old_c, integral
    water_c, _, integral, _ = _between(
        state, params, setpoints, old_c, at_old, setpoints["chilled_water_c"], rest, tolerance, dt_s
    )
    return water_c, integral


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
        Chilled-water supply at the end of the step (°C), residual of the loop balance with the heat that
        was really removed (W), new integral of the fan loop.
    """
    f = params.facility[0]
    y = state.plant[0]
    if f["dx"] == 1:
        return state.facility[0]["chw_supply_c"], 0.0, solve_dx_air(state, params, setpoints, dt_s)
    if f["iec"] == 1:  # no water: the units reject their heat themselves
        standing_c = state.facility[0]["chw_supply_c"]
        return standing_c, 0.0, solve_air(state, params, setpoints, standing_c, dt_s)
    tolerance = _BALANCE_FRAC * f["it_rated_w"]
    setpoint_c = setpoints["chilled_water_c"]
    y["flat_out"] = 0
    rest, integral = balance_at(state, params, setpoints, setpoint_c, dt_s)
    water_c = setpoint_c
    if rest > tolerance:
        y["flat_out"] = 1
        water_c, integral = _float_up(state, params, setpoints, rest, tolerance, dt_s)
    elif rest < -tolerance and f["chw_capacity_j_k"] > 0.0:
        y["flat_out"] = -1
        water_c, integral = _stand_by(state, params, setpoints, rest, tolerance, dt_s)
    stored = f["chw_capacity_j_k"] / dt_s * (water_c - state.facility[0]["chw_supply_c"])
    return water_c, state.solution[0]["coil_w"] + y["chw_pump_heat_w"] - stored - y["removed_w"], integral
