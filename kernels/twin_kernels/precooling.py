"""What cools the return of a water system before its economiser and chillers: a user of heat, sky panels and their
night tank, a thermosyphon, a store.

They stand in series in this order. Each takes what it can of the heat that is left, no more than there is; a store
in its hours of charging is a load of the chillers instead.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.heat_reuse import heat_taken_w
from twin_kernels.ice import ice_heat, ice_step
from twin_kernels.jit import kernel
from twin_kernels.panel import panel_for_need
from twin_kernels.tank import storage_call, tank_outlet_c, tank_preview_c, tank_step
from twin_kernels.thermosyphon import thermosyphon_for_target, thermosyphon_pump_w

__all__ = ["commit_store", "hour_and_month", "precool", "stop_precooling"]

TANK = 1
ICE = 2
#: Flow and outlet of a tank that carries a given heat are found by this many repetitions; energy closes anyway.
_PASSES = 3
#: A store at rest with its charge: less than this above the charging temperature is charged, K.
_CHARGED_K = 0.2
#: Less than this share of the need is not left for economiser and chillers: no pump starts for a rounding error.
_NOTHING_FRAC = 1e-9
#: Flat out, the thermosyphon is asked for water this much colder than its reach, K.
_COLDEST_K = 200.0


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@kernel
def hour_and_month(time_s: float) -> tuple[float, float]:
    """Hour of the day and month of the year (0 is January; years have 365 days).

    Parameters
    ----------
    time_s : float
        Seconds since 1 January 00:00.

    Returns
    -------
    tuple of float
    """
    day = int(time_s // 86400.0)
    left = day % 365
    month = 0
    for days in _DAYS:
        if left < days:
            break
        left -= days
        month += 1
    return (time_s - 86400.0 * day) / 3600.0, float(month)


@kernel
def stop_precooling(y: Any) -> None:
    """Nothing runs before economiser and chillers.

    Parameters
    ----------
    y : record of PLANT_SOLUTION
    """
    y["reuse_w"] = y["thermosyphon_w"] = y["thermosyphon_fan_w"] = y["thermosyphon_pump_w"] = y["store_w"] = 0.0
    y["store_kg_s"] = y["charge_w"] = y["panel_w"] = y["panel_pump_w"] = 0.0
    y["panel_open_frac"] = y["sky_tank_w"] = y["sky_tank_kg_s"] = y["sky_tank_in_c"] = 0.0
    y["before_c"] = y["return_c"]
    y["left_w"] = y["need_w"]


@kernel
def precool(state: Any, params: Any, h: Any, y: Any, dt_s: float) -> None:
    """Take heat from the return: ``reuse_w``, ``panel_w``, ``sky_tank_w``, ``thermosyphon_w``, ``store_w``; the rest.

    Parameters
    ----------
    state, params : State, Params
        Thermosyphon, stores and the user of heat.
    h, y : records of WATER_PARAMS, PLANT_SOLUTION
        Supply, return, need and flow are read; the fields above, ``before_c`` and ``left_w`` are written.
    dt_s : float
        Step, s.

    Notes
    -----
    Water of a store is drawn from its layers by the step; the heat it takes is the flow times the difference to what
    was drawn, and the store is given just that.
    """
    stop_precooling(y)
    if h["thermosyphon"] == 1:
        t = state.thermosyphons[0]
        t["speed_frac"] = t["fan_w"] = t["pump_w"] = t["heat_w"] = 0.0
        t["leaving_c"] = y["before_c"]
    flow = y["chw_kg_s"]
    if flow <= 0.0 or y["need_w"] <= 0.0:
        return
    flow_w_k = flow * CP_WATER
    if h["reuse"] == 1:
        demand = params.reuse[0]["demand_w"][int(24.0 * y["month"] + min(y["hour"], 23.5))]
        y["reuse_w"] = min(heat_taken_w(params.reuse[0], y["before_c"], flow, demand), y["left_w"])
        y["before_c"] -= y["reuse_w"] / flow_w_k
        y["left_w"] -= y["reuse_w"]
    if h["panels"] == 1:
        _panels(state, params, y, flow_w_k, dt_s)
    if h["thermosyphon"] == 1 and params.thermosyphons[0]["available"] == 1:
        p = params.thermosyphons[0]
        target_c = y["supply_c"] - (_COLDEST_K if y["flat_out"] == 1 else 0.0)
        heat, air_frac, fan_w, _ = thermosyphon_for_target(
            p, y["before_c"], flow, target_c, y["outdoor_c"], y["outdoor_pa"]
        )
        y["thermosyphon_w"] = min(heat, y["left_w"]) if y["flat_out"] != 1 else heat
        y["thermosyphon_fan_w"] = fan_w
        y["thermosyphon_pump_w"] = thermosyphon_pump_w(p, y["thermosyphon_w"])
        t = state.thermosyphons[0]
        t["speed_frac"] = air_frac
        t["fan_w"] = fan_w
        t["pump_w"] = y["thermosyphon_pump_w"]
        t["heat_w"] = y["thermosyphon_w"]
        t["leaving_c"] = y["before_c"] - y["thermosyphon_w"] / flow_w_k
        y["before_c"] -= y["thermosyphon_w"] / flow_w_k
        y["left_w"] -= y["thermosyphon_w"]
    if h["store"] == TANK:
        _tank(state.tanks[0], params.tanks[0], y, dt_s)
    elif h["store"] == ICE:
        _ice(state.ices[0], params.ices[0], y, dt_s)
    if y["flat_out"] == 0 and y["left_w"] < _NOTHING_FRAC * y["need_w"]:
        y["left_w"] = 0.0


@kernel
def _panels(state: Any, params: Any, y: Any, flow_w_k: float, dt_s: float) -> None:
    """The return through the panels unless their tank goes first, then what the tank gives."""
    p, s = params.panels[0], state.panels[0]
    if y["sky_call"] >= 0 or p["tank_first"] == 0 or y["flat_out"] == 1:
        need = 1e12 if y["flat_out"] == 1 else y["left_w"]
        y["panel_w"], y["panel_pump_w"], y["panel_open_frac"] = panel_for_need(
            p, s, y["before_c"], y["chw_kg_s"], need
        )
        y["before_c"] -= y["panel_w"] / flow_w_k
        y["left_w"] -= y["panel_w"]
    if y["sky_call"] <= 0 or y["left_w"] <= 0.0:
        return
    t, tank = state.sky_tanks[0], params.sky_tanks[0]
    if y["before_c"] - tank_outlet_c(t, tank, 1) < max(p["draw_margin_k"], _CHARGED_K):
        return
    flow, heat = _draw(t, tank, y, dt_s)
    if heat > 0.0 and tank_preview_c(t, tank, flow, y["before_c"], dt_s) < y["before_c"]:
        y["sky_tank_kg_s"] = flow
        y["sky_tank_in_c"] = y["before_c"]
        y["sky_tank_w"] = heat
        y["before_c"] -= heat / flow_w_k
        y["left_w"] -= heat


@kernel
def _draw(t: Any, p: Any, y: Any, dt_s: float) -> tuple[float, float]:
    """Water through a tank that is discharged, and the heat that it takes."""
    flow = min(p["rated_kg_s"], y["chw_kg_s"])
    out_c = tank_preview_c(t, p, flow, y["before_c"], dt_s)
    if y["flat_out"] != 1:
        for _ in range(_PASSES):
            flow = min(y["left_w"] / (CP_WATER * max(y["before_c"] - out_c, _CHARGED_K)), p["rated_kg_s"])
            flow = min(flow, y["chw_kg_s"])
            out_c = tank_preview_c(t, p, flow, y["before_c"], dt_s)
    heat = flow * CP_WATER * (y["before_c"] - out_c)
    if y["flat_out"] != 1:  # a valve that is not wide open leaves nothing; what it really gave is booked at the end
        wide_open = flow >= min(p["rated_kg_s"], y["chw_kg_s"])
        heat = min(heat, y["left_w"]) if wide_open else y["left_w"]
    return flow, heat


@kernel
def _tank(t: Any, p: Any, y: Any, dt_s: float) -> None:
    """Discharge the tank into the return, or say what charging it asks of the chillers."""
    call = storage_call(p, y["hour"])
    if call > 0 and y["before_c"] - tank_outlet_c(t, p, 1) > _CHARGED_K and y["left_w"] > 0.0:
        y["store_kg_s"], y["store_w"] = _draw(t, p, y, dt_s)
        y["store_in_c"] = y["before_c"]
        y["left_w"] -= y["store_w"]
        y["before_c"] -= y["store_w"] / (y["chw_kg_s"] * CP_WATER)
    elif call < 0 and y["flat_out"] != 1 and y["mode"] != 1:
        warm_c = tank_outlet_c(t, p, 0)
        if warm_c - p["charge_c"] > _CHARGED_K:
            out_c = tank_preview_c(t, p, -p["rated_kg_s"], p["charge_c"], dt_s)
            y["charge_c"] = p["charge_c"]
            y["charge_w"] = max(p["rated_kg_s"] * CP_WATER * (out_c - p["charge_c"]), 0.0)


@kernel
def _ice(t: Any, p: Any, y: Any, dt_s: float) -> None:
    """Melt ice into the return, or say what freezing asks of the chillers."""
    call = storage_call(p, y["hour"])
    if call > 0 and t["ice_frac"] > 0.0 and y["left_w"] > 0.0:
        target_c = y["supply_c"] - (_COLDEST_K if y["flat_out"] == 1 else 0.0)
        brine_kg_s = min(p["rated_kg_s"], y["chw_kg_s"] * CP_WATER / p["brine_j_kgk"])  # no more than there is
        heat, _ = ice_heat(t, p, brine_kg_s, y["before_c"], target_c, dt_s)
        y["store_w"] = min(heat, y["left_w"]) if y["flat_out"] != 1 else heat
        y["left_w"] -= y["store_w"]
        y["before_c"] -= y["store_w"] / (y["chw_kg_s"] * CP_WATER)
    elif call < 0 and t["ice_frac"] < 1.0 and y["flat_out"] != 1 and y["mode"] != 1:
        heat, _ = ice_heat(t, p, p["rated_kg_s"], p["charge_c"], p["charge_c"], dt_s)
        y["charge_c"] = p["charge_c"]
        y["charge_w"] = max(-heat, 0.0)


@kernel
def commit_store(state: Any, params: Any, h: Any, y: Any, ambient_c: float, dt_s: float) -> tuple[float, float]:
    """Move the store to the end of the step, with the heat that the plant exchanged with it.

    Parameters
    ----------
    state, params : State, Params
    h, y : records of WATER_PARAMS, PLANT_SOLUTION
        ``store_w`` and, of a tank that is discharged, flow and inlet.
    ambient_c : float
        Air around it, °C.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Heat that came in through the shell, and rate of storage, W.
    """
    if h["store"] == TANK:
        t, p = state.tanks[0], params.tanks[0]
        flow, inlet_c = y["store_kg_s"], y["store_in_c"]
        if y["store_w"] < 0.0:  # charged: water that carries this heat at the charging temperature
            inlet_c = y["charge_c"]
            flow = p["rated_kg_s"]
            for _ in range(_PASSES):
                out_c = tank_preview_c(t, p, -flow, inlet_c, dt_s)
                flow = min(-y["store_w"] / (CP_WATER * max(out_c - inlet_c, 1e-6)), p["rated_kg_s"])
            flow = -flow
        _, heat, loss = tank_step(t, p, flow, inlet_c, ambient_c, dt_s)
        y["store_w"] = heat
        return loss, heat + loss
    if h["store"] == ICE:
        t, p = state.ices[0], params.ices[0]
        loss = ice_step(t, p, y["store_w"], 0.0, ambient_c, dt_s)
        return loss, y["store_w"] + loss
    return 0.0, 0.0
