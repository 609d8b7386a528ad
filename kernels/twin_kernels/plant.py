"""The chilled-water plant: modes, economiser, chillers, condenser loop and towers, for a given need.

Quasi-steady inside a step: heat is passed on at once, water temperatures follow; loop volumes store
heat by backward Euler. Every flux is computed once and used on both sides.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.chiller import chiller_capacity_w
from twin_kernels.condenser import close_condenser, condenser, running_cells
from twin_kernels.constants import CP_WATER
from twin_kernels.control import lead_machine, parallel_mode, stage_chillers, wse_mode
from twin_kernels.jit import kernel
from twin_kernels.movers import pump_power_w
from twin_kernels.precooling import precool, stop_precooling
from twin_kernels.pumps import pump_for_flow, pump_most_kg_s

__all__ = ["decide_plant", "most_water_kg_s", "pump_water", "remove_heat"]

#: Basins are kept from freezing: no tower target below this, °C. Common practice for basin protection.
_FREEZE_LIMIT_C = 4.0


@kernel
def decide_plant(cp: Any, h: Any, v: Any, y: Any, setpoint_c: float, time_s: float) -> None:
    """Modes and stages of this step, from what the last step measured.

    Parameters
    ----------
    cp : array of CHILLER_PARAMS
    h, v : records of WATER_PARAMS, WATER_STATE
        Written: ``stages``, ``mode`` and when they changed.
    y : record of PLANT_SOLUTION
        The outdoor air is read; mode, stages and the lead machine are written.
    setpoint_c : float
        Setpoint of the cooling water, °C.
    time_s : float
        Now, s.
    """
    available = 0
    capacity_w = 0.0
    entering_c = y["outdoor_c"] if h["air_cooled"] == 1 else v["cw_supply_c"]
    for i in range(cp.shape[0]):
        if cp[i]["available"] == 1:
            available += 1
            each, _ = chiller_capacity_w(cp[i], setpoint_c, entering_c)
            capacity_w += each
    if available > 0:
        capacity_w /= available
    error_k = v["chw_supply_c"] - setpoint_c
    lift_k = entering_c - setpoint_c
    stages, changed = stage_chillers(
        v["stages"], available, v["chiller_load_w"], capacity_w, error_k, time_s, v["stage_changed_s"], h, lift_k
    )
    if stages < 1 and available > 0:
        stages = 1  # the lead machine is always ready; whether it runs depends on the load
    v["stages"] = stages
    v["stage_changed_s"] = changed
    y["lead"] = lead_machine(time_s, h["rotate_s"], cp.shape[0])
    y["mode"] = 3
    if cp.shape[0] == 0:  # no compressor: the economiser, or the towers themselves, is all there is
        y["mode"] = 1
        v["mode"] = 1 if v["load_w"] > 0.0 else 0
    elif h["wse"] == 2:
        mode, changed = parallel_mode(
            v["mode"], v["load_w"] > 0.0, v["chw_supply_c"], setpoint_c, y["reference_c"], time_s,
            v["mode_changed_s"], h,
        )
        if mode != v["mode"]:
            v["mode_changed_s"] = changed
        v["mode"] = mode
        y["mode"] = mode if mode > 0 else 3
    elif h["wse"] == 1:
        mode, changed = wse_mode(
            v["mode"], v["load_w"] > 0.0, v["wse_leaving_c"], setpoint_c,
            v["before_c"], y["reference_c"], time_s, v["mode_changed_s"], h,
        )
        v["mode_changed_s"] = changed
        v["mode"] = mode
        y["mode"] = mode if mode > 0 else 3
    y["stages"] = stages
    y["cw_old_c"] = v["cw_supply_c"]


@kernel
def most_water_kg_s(h: Any, p: Any, dp_frac: float) -> float:
    """Most water that the pumps bring to the loads: their rated flow, or what their curve allows.

    Parameters
    ----------
    h, p : records of WATER_PARAMS, PUMP_PARAMS
    dp_frac : float
        Differential pressure held, over the design setpoint, 0 … 1.

    Returns
    -------
    float
        kg/s; 0 after a trip.

    References
    ----------
    Those of :func:`twin_kernels.pumps.pump_most_kg_s`.
    """
    if h["chw_tripped"] == 1:
        return 0.0
    return pump_most_kg_s(p, dp_frac) if h["pump_curve"] == 1 else h["chw_rated_kg_s"]


@kernel
def pump_water(h: Any, p: Any, y: Any, dp_frac: float) -> None:
    """Flow and power of the pumps of the cooling water for what the loads ask for.

    Parameters
    ----------
    h : record of WATER_PARAMS
    p : record of PUMP_PARAMS
        Read where the pumps are given by their curve.
    y : record of PLANT_SOLUTION
        ``demand_kg_s``, the water through the loads, is read: 0, or a trip, stops the pumps. Written: ``chw_kg_s``,
        ``chw_pump_w``, ``chw_pump_heat_w``.
    dp_frac : float
        Differential pressure held, over the design setpoint: pumps given by their curve follow it.
    """
    demand_kg_s = y["demand_kg_s"]
    if demand_kg_s <= 0.0 or h["chw_tripped"] == 1:
        y["chw_kg_s"] = y["chw_pump_w"] = y["chw_pump_heat_w"] = 0.0
        return
    rated = h["chw_rated_kg_s"]
    if h["pump_curve"] == 1:
        y["chw_kg_s"] = max(demand_kg_s, h["chw_min_frac"] * rated)
        y["chw_pump_w"], y["chw_pump_heat_w"], _, _ = pump_for_flow(p, demand_kg_s, dp_frac)
        return
    if h["chw_variable"] == 1:
        y["chw_kg_s"] = max(demand_kg_s, h["chw_min_frac"] * rated)
        flow_frac = y["chw_kg_s"] / rated
        y["chw_pump_w"] = pump_power_w(h["chw_pump_w"], flow_frac, h["chw_pump_exponent"], h["chw_min_frac"])
    else:
        y["chw_kg_s"] = max(rated, demand_kg_s)
        y["chw_pump_w"] = h["chw_pump_w"]
    y["chw_pump_heat_w"] = h["chw_heat_frac"] * y["chw_pump_w"]


@kernel
def _capacity(y: Any) -> float:
    """Heat removed; flat out, what the running machines and all before them could remove at this point."""
    if y["flat_out"] == 1 and y["mode"] != 1:
        return y["removed_w"] - y["evaporator_w"] + y["capacity_w"]
    return y["removed_w"]


@kernel
def _target_c(h: Any, y: Any, setpoints: Any) -> float:
    """Water that the towers are asked for, by mode."""
    if y["mode"] == 1:
        if y["flat_out"] == 1:
            return _FREEZE_LIMIT_C
        least = min(y["chw_kg_s"], min(y["cw_kg_s"], h["wse_water_kg_s"])) * CP_WATER
        return max(y["before_c"] - y["left_w"] / (h["wse_effectiveness"] * least), _FREEZE_LIMIT_C)
    if y["mode"] == 2:
        return max(y["reference_c"], _FREEZE_LIMIT_C)
    return max(
        min(y["reference_c"] + setpoints["condenser_approach_k"], setpoints["condenser_max_c"]),
        setpoints["condenser_min_c"],
    )


@kernel
def remove_heat(
    state: Any, params: Any, setpoints: Any, k: int, supply_c: float, need_w: float, dt_s: float
) -> float:
    """Remove heat from a system's water so that it leaves at ``supply_c``; return what could be removed, W.

    A user of heat, sky panels, a thermosyphon and a store take what they can first. Free cooling asks the towers for
    the water that makes the economiser carry the rest alone, partial mechanical cooling runs the towers at full speed,
    full mechanical cooling holds the condenser setpoint ``clip(wet bulb + approach, min, max)``.

    Parameters
    ----------
    state, params : State, Params
        Mode, stages, outdoor air, flow and heat of the system's PLANT_SOLUTION are read; everything else in it, and its
        machines, are written.
    setpoints : record of SETPOINTS
    k : int
        Water system.
    supply_c : float
        Water leaving the plant, °C.
    need_w : float
        Heat to remove, W; ≤ 0, no water or tripped pumps stop the plant.
    dt_s : float
        Step, s.

    Returns
    -------
    float
        Heat removed, W; less than ``need_w`` when the plant is too small. With ``flat_out = 1`` the
        capacity at this point, which may also be more; with ``flat_out = -1`` none.

    References
    ----------
    Modelica Buildings, data-centre examples with integrated water-side economiser (tower control by mode).
    """
    h = params.water[k]
    y = state.plant[k]
    chillers, cp = state.chillers[h["chiller_first"]:h["chiller_stop"]], params.chillers[
        h["chiller_first"]:h["chiller_stop"]]
    towers, tp = state.towers[h["tower_first"]:h["tower_stop"]], params.towers[h["tower_first"]:h["tower_stop"]]
    y["supply_c"] = supply_c
    y["need_w"] = max(need_w, 0.0)
    pumps = 1.0 if h["cw_common"] == 1 else max(float(y["stages"]), 1.0)
    y["cw_kg_s"] = y["chw_kg_s"] if h["direct"] == 1 else pumps * h["cw_rated_kg_s"]
    y["cells"] = running_cells(tp, y["cw_kg_s"])
    rejects = y["cells"] > 0.0 and h["cw_tripped"] == 0
    no_towers = not rejects or (h["air_cooled"] == 1 and (h["wse"] == 0 or y["mode"] == 3))
    able = rejects or h["air_cooled"] == 1 or h["thermosyphon"] + h["store"] + h["reuse"] + h["panels"] > 0
    y["barred"] = 0 if rejects or h["air_cooled"] == 1 else 1
    off = need_w <= 0.0 or y["chw_kg_s"] <= 0.0 or y["flat_out"] < 0 or not able
    if off:
        y["need_w"] = 0.0
    y["return_c"] = supply_c
    if y["chw_kg_s"] > 0.0:  # what the loop itself gives up on its way to a colder setpoint does not come back warmer
        load_w = max(y["taken_w"] + y["chw_pump_heat_w"] + y["pipe_w"], 0.0)
        y["return_c"] += min(y["need_w"], load_w) / (y["chw_kg_s"] * CP_WATER)
    if h["thermosyphon"] + h["store"] + h["reuse"] + h["panels"] > 0:
        precool(state, params, h, y, dt_s)
    else:
        stop_precooling(y)
    for _ in range(2):
        if off or no_towers or (y["left_w"] <= 0.0 and y["flat_out"] == 0 and y["charge_w"] <= 0.0):
            y["cw_kg_s"] = y["cw_pump_w"] = y["cw_pump_heat_w"] = 0.0
            y["target_c"] = y["cw_old_c"]
            condenser(chillers, cp, towers, tp, h, y, y["cw_old_c"], dt_s)
        else:
            y["cw_pump_w"] = 0.0 if h["direct"] == 1 else pumps * h["cw_pump_w"]
            y["cw_pump_heat_w"] = h["cw_heat_frac"] * y["cw_pump_w"]
            y["target_c"] = _target_c(h, y, setpoints)
            close_condenser(chillers, cp, towers, tp, h, y, dt_s)
        if y["charge_w"] <= 0.0 or y["evaporator_w"] + y["wse_w"] >= y["left_w"]:
            break
        y["charge_w"] = y["store_w"] = 0.0  # water as cold as a store wants leaves too little for the hall: it waits
    return 0.0 if off else _capacity(y)
