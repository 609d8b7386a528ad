"""What a step does to both water systems around their solution: outdoor air and modes before it, memory after it."""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel
from twin_kernels.plant import decide_plant
from twin_kernels.precooling import commit_store, hour_and_month
from twin_kernels.psychrometrics import liquid_wet_bulb_c
from twin_kernels.rejector import basin_heat_w, rejector_reference_c, rejector_water
from twin_kernels.sky_tank import sky_tank_call
from twin_kernels.water_layout import CHILLED

__all__ = ["decide_water", "heat_rejection_water", "move_store", "remember_water"]


@kernel
def decide_water(state: Any, params: Any, setpoints: Any) -> None:
    """Modes and stages of the water systems that serve something, under the outdoor air of this step.

    Parameters
    ----------
    state, params : State, Params
    setpoints : record of SETPOINTS
    """
    s = state.facility[0]
    x = state.solution[0]
    x["no_water"] = params.water[CHILLED]["chw_tripped"]
    # towers and pads hold liquid water, whatever the frost: their limit is not the wet bulb of ice
    wet_c = liquid_wet_bulb_c(x["outdoor_c"], x["outdoor_w"], x["outdoor_pa"], s["wet_bulb_c"])
    for k in range(params.water.shape[0]):
        h = params.water[k]
        y = state.plant[k]
        y["outdoor_c"] = x["outdoor_c"]
        y["outdoor_w"] = x["outdoor_w"]
        y["outdoor_pa"] = x["outdoor_pa"]
        y["wet_bulb_c"] = wet_c
        y["reference_c"] = wet_c
        if h["tower_stop"] > h["tower_first"]:
            outdoor = (x["outdoor_c"], x["outdoor_w"], wet_c, x["outdoor_pa"])
            y["reference_c"] = rejector_reference_c(params.towers[h["tower_first"]], outdoor)
        if h["store"] + h["reuse"] + h["panels"] > 0:
            y["hour"], y["month"] = hour_and_month(s["time_s"])
        y["sky_call"] = 0
        if h["panels"] == 1 and params.sky_tanks.shape[0] > 0:
            y["sky_call"] = sky_tank_call(
                params.panels[0], state.panels[0], state.sky_tanks[0], params.sky_tanks[0], y["hour"]
            )
        if h["active"] == 1:
            setpoint_c = setpoints["chilled_water_c"] if k == CHILLED else setpoints["facility_water_c"]
            decide_plant(
                params.chillers[h["chiller_first"]:h["chiller_stop"]], h, state.water[k], y, setpoint_c, s["time_s"]
            )


@kernel
def heat_rejection_water(state: Any, params: Any) -> None:
    """Water that towers and wet pads evaporate, lose as drift and blow down, and the heaters of basins that stand.

    Parameters
    ----------
    state, params : State, Params
    """
    x = state.solution[0]
    for k in range(params.water.shape[0]):
        y = state.plant[k]
        outdoor = (x["outdoor_c"], x["outdoor_w"], y["wet_bulb_c"], x["outdoor_pa"])
        last = -1
        y["basin_w"] = 0.0
        evaporated = drift = blowdown = air_out_c = 0.0
        for i in range(params.water[k]["tower_first"], params.water[k]["tower_stop"]):
            t = state.towers[i]
            p = params.towers[i]
            if t["heat_w"] <= 0.0 or y["cw_kg_s"] <= 0.0:
                t["evaporated_kg_s"] = t["drift_kg_s"] = t["blowdown_kg_s"] = 0.0
                t["basin_w"] = basin_heat_w(p, x["outdoor_c"], 0)
                y["basin_w"] += t["basin_w"]
                continue
            t["basin_w"] = 0.0
            if last < 0 or not _same_water(t, state.towers[last], p, params.towers[last]):
                evaporated, drift, blowdown, air_out_c = rejector_water(
                    p, t["heat_w"], t["speed_frac"], outdoor, t["water_kg_s"], t["air_out_c"], t["wetted"]
                )
                last = i
            t["evaporated_kg_s"] = evaporated
            t["drift_kg_s"] = drift
            t["blowdown_kg_s"] = blowdown
            t["air_out_c"] = air_out_c


@kernel
def _same_water(a: Any, b: Any, p: Any, q: Any) -> bool:
    """Whether two cells lose the same water."""
    return (
        a["heat_w"] == b["heat_w"] and a["speed_frac"] == b["speed_frac"] and a["wetted"] == b["wetted"]
        and p["kind"] == q["kind"] and p["air_rated_m3_s"] == q["air_rated_m3_s"] and p["cycles"] == q["cycles"]
        and p["drift_frac"] == q["drift_frac"] and p["pad_effectiveness"] == q["pad_effectiveness"]
        and p["pad_depth_m"] == q["pad_depth_m"] and p["pad_face_m2"] == q["pad_face_m2"]
    )


@kernel
def remember_water(h: Any, v: Any, y: Any) -> None:
    """Water temperatures and flows of the solution, as the next step and the meters see them.

    Parameters
    ----------
    h, v, y : records of WATER_PARAMS, WATER_STATE, PLANT_SOLUTION
    """
    v["chw_supply_c"] = y["supply_c"]
    v["chw_flow_kg_s"] = y["chw_kg_s"]
    v["chw_return_c"] = y["supply_c"]
    v["wse_leaving_c"] = y["before_c"]
    v["before_c"] = y["supply_c"]
    before_w = y["reuse_w"] + y["panel_w"] + y["thermosyphon_w"] + y["store_w"] + y["sky_tank_w"]
    if y["chw_kg_s"] > 0.0:
        v["chw_return_c"] = y["supply_c"] + (y["taken_w"] + y["pipe_w"]) / (y["chw_kg_s"] * CP_WATER)
        v["before_c"] = v["chw_return_c"] - max(before_w, 0.0) / (y["chw_kg_s"] * CP_WATER)
        v["wse_leaving_c"] = y["before_c"] - y["wse_w"] / (y["chw_kg_s"] * CP_WATER)
    v["cw_supply_c"] = y["cw_supply_c"]
    v["cw_flow_kg_s"] = y["cw_kg_s"]
    v["cw_return_c"] = y["cw_supply_c"]
    if y["cw_kg_s"] > 0.0:
        v["cw_return_c"] += max(y["tower_w"], 0.0) / (y["cw_kg_s"] * CP_WATER)
    v["wse_w"] = y["wse_w"]
    # what staging looks at: the heat that comes from the hall and the pipes, without what a warm loop has stored
    v["load_w"] = max(y["taken_w"] + y["chw_pump_heat_w"] + y["pipe_w"], 0.0) if y["demand_kg_s"] > 0.0 else 0.0
    left_w = v["load_w"] - before_w
    v["chiller_load_w"] = max(left_w - y["wse_w"] if h["stage_by_left"] == 1 else left_w, 0.0)


@kernel
def move_store(state: Any, params: Any, k: int, dt_s: float) -> None:
    """Move the store of a water system; what it really exchanged is what the loop gets.

    Parameters
    ----------
    state, params : State, Params
    k : int
        Water system.
    dt_s : float
        Step, s.
    """
    y = state.plant[k]
    asked = y["store_w"]
    g = state.ledger[0]
    g["store_gain_in_w"], g["stored_store_w"] = commit_store(
        state, params, params.water[k], y, state.solution[0]["outdoor_c"], dt_s
    )
    y["removed_w"] += y["store_w"] - asked
    y["rest_w"] -= y["store_w"] - asked
