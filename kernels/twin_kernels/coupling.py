"""Hall and plant together: the water temperature at which what the loads give is what the plant takes.

Two water systems are solved alike, one after the other: facility water, whose loads are coolant distribution units,
and chilled water, whose loads are coils with the air of the hall behind them. Normally a plant holds its setpoint and
one pass is enough. When it cannot, the water floats up to where heat of the loads, pump heat, loop storage and plant
capacity balance; when the loop is so much colder than its setpoint that loads and pumps do not warm it up in the
step, the plant is off meanwhile.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.air_handler import solve_air
from twin_kernels.conduit import arriving_c, pipe_gain_w
from twin_kernels.dx_air import solve_dx_air
from twin_kernels.jit import kernel
from twin_kernels.liquid_side import cdu_loads, door_heat_w, run_doors
from twin_kernels.plant import most_water_kg_s, pump_water, remove_heat
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

__all__ = ["balance_at", "solve_cooling"]

#: Balance of a water loop is solved to this share of rated IT power; energy closes whatever it is.
_BALANCE_FRAC = 1e-6
#: Search for a warmer loop goes no further than this above the setpoint, K.
_WIDEST_K = 400.0
#: Bracket of the water temperature that counts as met: where the balance is smooth, and where it jumps, K.
_CLOSE_K = 1e-9
_JUMP_K = 1e-6
#: Loads that ask for more than the pumps bring get that to within this share of it.
_FLOW_FRAC = 1e-6


@kernel
def balance_at(
    state: Any, params: Any, setpoints: Any, k: int, water_c: float, dt_s: float
) -> tuple[float, float]:
    """Heat left in a water loop if it ended the step at ``water_c``.

    Parameters
    ----------
    state, params : State, Params
        Scratch records ``solution`` and ``plant`` are written, nothing that a step remembers.
    setpoints : record of SETPOINTS
    k : int
        Water system: chilled or facility water.
    water_c : float
        Water to the loads at the end of the step, °C.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Heat of the loads + pump heat + gain of outdoor pipes − loop storage − heat removed, W (falls with
        ``water_c``; with ``plant.flat_out`` less capacity instead of heat removed); new integral of the fan loop.
    """
    h = params.water[k]
    v = state.water[k]
    y = state.plant[k]
    integral = _ask(state, params, setpoints, k, water_c, 0.0, dt_s)
    if y["demand_kg_s"] > y["most_kg_s"] * (1.0 + _FLOW_FRAC):
        integral = _share_out(state, params, setpoints, k, water_c, dt_s)
    pump_water(h, params.pumps[k], y, setpoints["pump_dp_frac"])
    if h["pipes"] == 1:
        y["pipe_w"] = pipe_gain_w(y, water_c, 1 if h["chw_capacity_j_k"] <= 0.0 else 0)
    stored = h["chw_capacity_j_k"] / dt_s * (water_c - v["chw_supply_c"])
    need = y["taken_w"] + y["chw_pump_heat_w"] + y["pipe_w"] - stored
    removed = remove_heat(state, params, setpoints, k, water_c, need, dt_s)
    return need - removed, integral


@kernel
def _share_out(state: Any, params: Any, setpoints: Any, k: int, water_c: float, dt_s: float) -> float:
    """Loads ask for more water than the pumps bring: every valve opens, and gets at most the same share of its rating.

    The share that is missing is a root of what the loads ask for less what there is: a bracketed secant whose first
    step is right where all valves are open. Where the demand jumps (valves that shut because their water is no colder
    than the air) the side with less is taken.
    """
    y = state.plant[k]
    integral = state.facility[0]["fan_integral"]
    most = y["most_kg_s"]
    low, at_low = 0.0, y["demand_kg_s"] - most
    high, at_high = 1.0, -most
    side = 0
    for iteration in range(90):
        missing = (low * at_high - high * at_low) / (at_high - at_low)
        if iteration > 8 and iteration % 2 == 0:
            missing = 0.5 * (low + high)
        integral = _ask(state, params, setpoints, k, water_c, missing, dt_s)
        excess = y["demand_kg_s"] - most
        if abs(excess) <= _FLOW_FRAC * most or high - low < 1e-12:
            break
        if excess > 0.0:
            low, at_low = missing, excess
            if side == 1:
                at_high *= 0.5
            side = 1
        else:
            high, at_high = missing, excess
            if side == -1:
                at_low *= 0.5
            side = -1
    if y["demand_kg_s"] > most * (1.0 + _FLOW_FRAC):
        integral = _ask(state, params, setpoints, k, water_c, high, dt_s)
    return integral


@kernel
def _starve(state: Any, params: Any, k: int, missing_frac: float) -> None:
    """Tell the valves of a water system which share of their rated water does not come."""
    y = state.plant[k]
    if y["starved_frac"] == 0.0 and missing_frac == 0.0:
        return
    y["starved_frac"] = missing_frac
    if k == CHILLED:
        for i in range(state.crahs.shape[0]):
            state.crahs[i]["starved_frac"] = missing_frac
    for j in range(params.water[k]["cdu_first"], params.water[k]["cdu_stop"]):
        state.cdus[j]["starved_frac"] = missing_frac


@kernel
def _ask(
    state: Any, params: Any, setpoints: Any, k: int, water_c: float, missing_frac: float, dt_s: float
) -> float:
    """Heat and water of all loads of a system, ``taken_w`` and ``demand_kg_s``; return the fan loop's integral."""
    h = params.water[k]
    y = state.plant[k]
    _starve(state, params, k, missing_frac)
    integral = state.facility[0]["fan_integral"]
    y["taken_w"] = y["demand_kg_s"] = 0.0
    if h["pipes"] == 1:
        water_c = arriving_c(y, water_c)
    if k == CHILLED:
        x = state.solution[0]
        if params.doors.shape[0] > 0:
            run_doors(state, params, water_c)
        integral = solve_air(state, params, setpoints, water_c, dt_s)
        if params.facility[0]["iec"] == 0:  # evaporative units reject their heat themselves
            y["taken_w"] = x["coil_w"]
            y["demand_kg_s"] = x["water_kg_s"]
        if params.doors.shape[0] > 0:
            x["door_w"] = door_heat_w(x)
            y["taken_w"] += x["door_w"]
            y["demand_kg_s"] += x["door_kg_s"]
    if h["cdu_stop"] > h["cdu_first"]:
        heat, water = cdu_loads(state, params, setpoints, k, water_c, dt_s)
        y["taken_w"] += heat
        y["demand_kg_s"] += water
    return integral


@kernel
def _between(
    state: Any, params: Any, setpoints: Any, k: int, low_c: float, at_low: float, high_c: float, at_high: float,
    tolerance: float, dt_s: float,
) -> tuple[float, float, float, int]:
    """Water temperature between one with heat left (``low_c``) and one with none: a bracketed secant.

    ``at_high = 0`` says that the water there is too warm for the coils: their valves are shut and the
    balance jumps on the way. Returns both ends of the bracket, the fan loop's integral, and whether the
    balance was met (at the lower end).
    """
    y = state.plant[k]
    side = 0
    integral = state.facility[0]["fan_integral"]
    for _ in range(100):
        water_c = 0.5 * (low_c + high_c)
        if at_high < 0.0:
            water_c = high_c - at_high * (high_c - low_c) / (at_high - at_low)
        now, integral = balance_at(state, params, setpoints, k, water_c, dt_s)
        if at_high >= 0.0 and y["demand_kg_s"] <= 0.0:
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
    state: Any, params: Any, setpoints: Any, k: int, rest: float, tolerance: float, dt_s: float
) -> tuple[float, float]:
    """Water temperature above the setpoint at which the plant, flat out, takes what the coils give.

    Where it cannot even take the pumps' heat, the water ends as warm as the air and the valves shut.
    """
    y = state.plant[k]
    old_c = state.water[k]["chw_supply_c"]
    had_water = y["demand_kg_s"] > 0.0
    low_c = _setpoint_c(setpoints, k)
    at_low = rest
    high_c = old_c if old_c > low_c else low_c + 0.1
    at_high = 0.0
    integral = state.facility[0]["fan_integral"]
    span = 0.5
    while span < _WIDEST_K:
        now, integral = balance_at(state, params, setpoints, k, high_c, dt_s)
        if had_water and y["demand_kg_s"] <= 0.0:
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
        state, params, setpoints, k, low_c, at_low, high_c, at_high, tolerance, dt_s
    )
    if met == 1:
        return low_c, integral
    water_c = low_c  # the pumps warm the loop to the air's temperature ...
    if old_c >= high_c:
        water_c = old_c  # ... or it stands, warmer than that
    elif params.water[k]["chw_capacity_j_k"] <= 0.0:
        water_c = high_c
    _, integral = balance_at(state, params, setpoints, k, water_c, dt_s)
    return water_c, integral


@kernel
def _stand_by(
    state: Any, params: Any, setpoints: Any, k: int, rest: float, tolerance: float, dt_s: float
) -> tuple[float, float]:
    """Water temperature below the setpoint to which the coils warm a loop that is too cold, plant off."""
    old_c = state.water[k]["chw_supply_c"]
    at_old, integral = balance_at(state, params, setpoints, k, old_c, dt_s)
    if at_old <= tolerance:
        return old_c, integral
    water_c, _, integral, _ = _between(
        state, params, setpoints, k, old_c, at_old, _setpoint_c(setpoints, k), rest, tolerance, dt_s
    )
    return water_c, integral


@kernel
def _setpoint_c(setpoints: Any, k: int) -> float:
    """Setpoint of a system's water."""
    return setpoints["chilled_water_c"] if k == CHILLED else setpoints["facility_water_c"]


@kernel
def _solve_water(state: Any, params: Any, setpoints: Any, k: int, dt_s: float) -> tuple[float, float]:
    """Solve one water system; return its supply at the end of the step and the integral of the fan loop."""
    h = params.water[k]
    y = state.plant[k]
    tolerance = _BALANCE_FRAC * params.facility[0]["it_rated_w"]
    water_c = _setpoint_c(setpoints, k)
    y["flat_out"] = 0
    y["most_kg_s"] = most_water_kg_s(h, params.pumps[k], setpoints["pump_dp_frac"])
    rest, integral = balance_at(state, params, setpoints, k, water_c, dt_s)
    if rest > tolerance:
        y["flat_out"] = 1
        water_c, integral = _float_up(state, params, setpoints, k, rest, tolerance, dt_s)
    elif rest < -tolerance and h["chw_capacity_j_k"] > 0.0:
        y["flat_out"] = -1
        water_c, integral = _stand_by(state, params, setpoints, k, rest, tolerance, dt_s)
    stored = h["chw_capacity_j_k"] / dt_s * (water_c - state.water[k]["chw_supply_c"])
    y["rest_w"] = y["taken_w"] + y["chw_pump_heat_w"] + y["pipe_w"] - stored - y["removed_w"]
    y["supply_c"] = water_c
    return water_c, integral


@kernel
def solve_cooling(state: Any, params: Any, setpoints: Any, dt_s: float) -> float:
    """Solve air side and water side of one step.

    Parameters
    ----------
    state, params : State, Params
        ``plant.supply_c`` (water at the end of the step) and ``plant.rest_w`` (residual of each loop's balance with
        the heat that was really removed) are among what is written.
    setpoints : record of SETPOINTS
    dt_s : float
        Step, s.

    Returns
    -------
    float
        New integral of the fan loop.
    """
    if params.water[FACILITY_WATER]["active"] == 1:
        _solve_water(state, params, setpoints, FACILITY_WATER, dt_s)
    if params.facility[0]["dx"] == 1:
        return solve_dx_air(state, params, setpoints, dt_s)
    if params.water[CHILLED]["active"] == 1:
        _, integral = _solve_water(state, params, setpoints, CHILLED, dt_s)
        return integral
    # no chilled water: the units reject their heat themselves
    return solve_air(state, params, setpoints, state.water[CHILLED]["chw_supply_c"], dt_s)
