"""The chilled-water plant: modes, economiser, chillers, condenser loop and towers, for a given need.

Quasi-steady inside a step: heat is passed on at once, water temperatures follow; loop volumes store
heat by backward Euler. Every flux is computed once and used on both sides.
"""

from __future__ import annotations

import math
from typing import Any

from twin_kernels.chiller import chiller_capacity_w, chiller_power_w
from twin_kernels.constants import CP_WATER
from twin_kernels.control import stage_chillers, wse_mode
from twin_kernels.jit import kernel
from twin_kernels.movers import pump_power_w
from twin_kernels.tower import tower_for_heat
from twin_kernels.york import WATER_RATIO_MAX

__all__ = ["decide_plant", "pump_water", "remove_heat"]

#: Basins are kept from freezing: no tower target below this, °C. Common practice for basin protection.
_FREEZE_LIMIT_C = 4.0
#: Condenser water is solved to this, K; it moves chiller power by less than 1e-6. Energy closes whatever it is.
_LEAVING_TOLERANCE_K = 1e-5
#: Rise of a tower's approach per rise of its range, with full air, for a first step (York's law: 0.5 at a wet
#: bulb of 25 °C … 1.6 at 0 °C).
_FULL_SLOPE = 1.1
#: Within this of its target the loop is expected to reach it, K.
_NEAR_K = 0.5


@kernel
def decide_plant(cp: Any, f: Any, s: Any, y: Any, setpoints: Any, wet_bulb_c: float) -> None:
    """Modes and stages of this step, from what the last step measured.

    Parameters
    ----------
    cp : array of CHILLER_PARAMS
    f, s : records of FACILITY_PARAMS, FACILITY_STATE
        Written: ``stages``, ``mode`` and when they changed.
    y : record of PLANT_SOLUTION
        Written: mode, stages, wet bulb.
    setpoints : record of SETPOINTS
    wet_bulb_c : float
        Outdoor wet bulb, °C.
    """
    available = 0
    capacity_w = 0.0
    for i in range(cp.shape[0]):
        if cp[i]["available"] == 1:
            available += 1
            each, _ = chiller_capacity_w(cp[i], setpoints["chilled_water_c"], s["cw_supply_c"])
            capacity_w += each
    if available > 0:
        capacity_w /= available
    error_k = s["chw_supply_c"] - setpoints["chilled_water_c"]
    load_w = s["load_w"]
    if f["stage_by_left"] == 1:
        load_w = max(load_w - s["wse_w"], 0.0)
    stages, changed = stage_chillers(
        s["stages"], available, load_w, capacity_w, error_k, s["time_s"], s["stage_changed_s"], f
    )
    if stages < 1 and available > 0:
        stages = 1  # the lead machine is always ready; whether it runs depends on the load
    s["stages"] = stages
    s["stage_changed_s"] = changed
    if f["wse"] == 1:
        mode, changed = wse_mode(
            s["mode"], s["load_w"] > 0.0, s["wse_leaving_c"], setpoints["chilled_water_c"],
            s["chw_return_c"], wet_bulb_c, s["time_s"], s["mode_changed_s"], f,
        )
        s["mode_changed_s"] = changed
        s["mode"] = mode
        y["mode"] = mode if mode > 0 else 3
    else:
        y["mode"] = 3
    y["stages"] = stages
    y["wet_bulb_c"] = wet_bulb_c
    y["cw_old_c"] = s["cw_supply_c"]


@kernel
def pump_water(f: Any, y: Any, demand_kg_s: float) -> None:
    """Flow and power of the chilled-water pumps for what the coils ask for.

    Parameters
    ----------
    f : record of FACILITY_PARAMS
    y : record of PLANT_SOLUTION
        Written: ``chw_kg_s``, ``chw_pump_w``, ``chw_pump_heat_w``.
    demand_kg_s : float
        Water through the coils, kg/s; 0, or a trip, stops the pumps.
    """
    if demand_kg_s <= 0.0 or f["chw_tripped"] == 1:
        y["chw_kg_s"] = y["chw_pump_w"] = y["chw_pump_heat_w"] = 0.0
        return
    rated = f["chw_rated_kg_s"]
    if f["chw_variable"] == 1:
        y["chw_kg_s"] = max(demand_kg_s, f["chw_min_frac"] * rated)
        flow_frac = y["chw_kg_s"] / rated
        y["chw_pump_w"] = pump_power_w(f["chw_pump_w"], flow_frac, f["chw_pump_exponent"], f["chw_min_frac"])
    else:
        y["chw_kg_s"] = max(rated, demand_kg_s)
        y["chw_pump_w"] = f["chw_pump_w"]
    y["chw_pump_heat_w"] = f["chw_heat_frac"] * y["chw_pump_w"]


@kernel
def _chillers(chillers: Any, p: Any, y: Any, load_w: float, entering_c: float) -> float:
    """Share a load over the running chillers in proportion to capacity; return the load they can take."""
    leaving_c = y["supply_c"]
    capacity = limit = 0.0
    running = 0
    for i in range(p.shape[0]):
        c = chillers[i]
        c["load_w"] = c["power_w"] = c["plr"] = c["capacity_w"] = c["cop"] = 0.0
        c["outside_box"] = 0
        if p[i]["available"] == 1 and running < y["stages"]:
            each, _ = chiller_capacity_w(p[i], leaving_c, entering_c)
            c["capacity_w"] = each
            capacity += each
            limit += each if p[i]["dispatch_cap"] == 1 else each * p[i]["plr_max"]
            running += 1
    taken = min(load_w, limit)
    power = plr = 0.0
    outside = used = 0
    if taken > 0.0 and capacity > 0.0:
        for i in range(p.shape[0]):
            c = chillers[i]
            if c["capacity_w"] > 0.0:
                c["load_w"] = taken * c["capacity_w"] / capacity
                c["power_w"], c["plr"], c["outside_box"] = chiller_power_w(p[i], c["load_w"], leaving_c, entering_c)
                c["cop"] = c["load_w"] / c["power_w"]
                power += c["power_w"]
                plr += c["plr"]
                used += 1
                outside = max(outside, c["outside_box"])
    y["running"] = used
    y["compressor_w"] = power
    y["plr"] = plr / used if used > 0 else 0.0
    y["chiller_outside"] = outside
    y["capacity_w"] = limit
    return taken


@kernel
def _condenser(
    chillers: Any, cp: Any, towers: Any, tp: Any, f: Any, y: Any, entering_c: float, dt_s: float
) -> float:
    """Chillers, economiser and towers at an assumed condenser supply; return the water leaving the towers."""
    need = y["need_w"]
    wse = 0.0
    if y["mode"] != 3:
        least = min(y["chw_kg_s"], min(y["cw_kg_s"], f["wse_water_kg_s"])) * CP_WATER
        wse = max(f["wse_effectiveness"] * least * (y["return_c"] - entering_c), 0.0)
        if y["flat_out"] == 0 or y["mode"] == 2:
            wse = min(wse, need)
    evaporator = 0.0
    if y["mode"] == 1:
        evaporator = _chillers(chillers, cp, y, 0.0, entering_c)
    else:
        evaporator = _chillers(chillers, cp, y, need - wse, entering_c)
    y["wse_w"] = wse
    y["evaporator_w"] = evaporator
    y["removed_w"] = wse + evaporator
    y["cw_supply_c"] = entering_c
    stored = f["cw_capacity_j_k"] / dt_s * (entering_c - y["cw_old_c"])
    heat = wse + evaporator + y["compressor_w"] + y["cw_pump_heat_w"] - stored
    y["tower_w"] = heat
    cells = y["cells"]
    leaving_sum = fans = air = 0.0
    outside = count = 0
    last = -1
    air_frac = fan_w = leaving = 0.0
    flag = 0
    for i in range(tp.shape[0]):
        t = towers[i]
        t["speed_frac"] = t["fan_w"] = t["heat_w"] = 0.0
        if tp[i]["available"] == 0 or count >= cells:
            continue
        if last < 0 or tp[i]["water_rated_kg_s"] != tp[last]["water_rated_kg_s"] or (
            tp[i]["water_ratio_rated"] != tp[last]["water_ratio_rated"]
        ) or tp[i]["fan_rated_w"] != tp[last]["fan_rated_w"]:
            # a cell takes no more water than its correlation covers; the rest passes it by and mixes in again
            water = y["cw_kg_s"] / cells
            through = min(water, WATER_RATIO_MAX * tp[i]["water_rated_kg_s"])
            mixed_k = 0.0
            if through < water:
                mixed_k = heat / (cells * CP_WATER) * (1.0 / through - 1.0 / water)
            air_frac, fan_w, leaving, flag = tower_for_heat(
                tp[i], heat / cells, y["target_c"] - mixed_k, y["wet_bulb_c"], through
            )
            leaving += mixed_k
            last = i
        t["speed_frac"] = air_frac
        t["fan_w"] = fan_w
        t["heat_w"] = heat / cells
        t["leaving_c"] = leaving
        t["outside_box"] = flag
        leaving_sum += leaving
        fans += fan_w
        air += air_frac
        outside = max(outside, flag)
        count += 1
    y["tower_fan_w"] = fans
    y["tower_outside"] = outside
    y["tower_air_frac"] = air / max(count, 1)
    return leaving_sum / max(count, 1)


@kernel
def _running_cells(tp: Any, cw_kg_s: float) -> float:
    """Tower cells in use: as many as bring the flow of each to its rating, at least one; 0 if none is available."""
    available = 0
    rated = 0.0
    for i in range(tp.shape[0]):
        if tp[i]["available"] == 1:
            available += 1
            rated += tp[i]["water_rated_kg_s"]
    if available == 0:
        return 0.0
    return min(float(available), max(1.0, math.ceil(cw_kg_s / (rated / available) - 1e-6)))


@kernel
def _warm_up(
    chillers: Any, cp: Any, towers: Any, tp: Any, f: Any, y: Any, guess: float, dt_s: float
) -> None:
    """Condenser loop that is colder than its target: towers off, all heat stays in it.

    The heat left over falls from ≥ 0 at the old temperature to < 0 at ``guess``: a bracketed secant.
    """
    low, high = y["cw_old_c"], guess
    at_high = y["tower_w"]
    _condenser(chillers, cp, towers, tp, f, y, low, dt_s)
    at_low = max(y["tower_w"], 0.0)
    side = 0
    for _ in range(60):
        if at_low <= 0.0 or high - low < 1e-9:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        _condenser(chillers, cp, towers, tp, f, y, middle, dt_s)
        heat = y["tower_w"]
        if abs(heat) * dt_s <= _LEAVING_TOLERANCE_K * f["cw_capacity_j_k"]:
            break
        if heat > 0.0:
            low, at_low = middle, heat
            if side == 1:
                at_high *= 0.5
            side = 1
        else:
            high, at_high = middle, heat
            if side == -1:
                at_low *= 0.5
            side = -1


@kernel
def _towers_off(towers: Any, f: Any, y: Any, dt_s: float) -> None:
    """The loop takes exactly the heat of the last pass: towers see none, and never heat."""
    y["cw_supply_c"] += y["tower_w"] * dt_s / f["cw_capacity_j_k"]
    y["tower_w"] = y["tower_fan_w"] = y["tower_air_frac"] = 0.0
    y["tower_outside"] = 0
    for i in range(towers.shape[0]):
        t = towers[i]
        t["speed_frac"] = t["fan_w"] = t["heat_w"] = 0.0
        t["outside_box"] = 0.0


@kernel
def _close_condenser(chillers: Any, cp: Any, towers: Any, tp: Any, f: Any, y: Any, dt_s: float) -> None:
    """Find the condenser supply at which the towers return what condensers and economiser were given.

    The answer is the target where the towers reach it, else the water floats above it: a secant from
    the target, or from the last temperature where that is clearly warmer.
    """
    target = y["target_c"]
    inertia = f["cw_capacity_j_k"] / (dt_s * y["cw_kg_s"] * CP_WATER)
    guess = target
    if y["cw_old_c"] > target + _NEAR_K and inertia > 0.0:
        guess = y["cw_old_c"]
    error = _condenser(chillers, cp, towers, tp, f, y, guess, dt_s) - guess
    low, high = target, 1e9  # the towers are too weak at low, strong enough at high
    previous_guess = guess
    previous_error = 0.0
    for iteration in range(60):
        if y["tower_w"] < 0.0 and inertia > 0.0 and error >= -_LEAVING_TOLERANCE_K:
            _warm_up(chillers, cp, towers, tp, f, y, guess, dt_s)
            _towers_off(towers, f, y, dt_s)
            break
        if abs(error) <= _LEAVING_TOLERANCE_K or (guess <= target and error <= 0.0):
            break
        if error > 0.0:
            low = guess
        else:
            high = guess
        # with full air the loop takes up heat instead of the towers, else they hold the target
        step = error / (1.0 + _FULL_SLOPE * inertia) if y["tower_air_frac"] >= 1.0 else error
        if iteration > 0 and error != previous_error:
            step = -error * (guess - previous_guess) / (error - previous_error)
            step = min(max(step, -20.0), 20.0)
        previous_guess = guess
        previous_error = error
        guess = max(guess + step, target)
        if iteration > 4 and not low < guess < high and high < 1e9:
            guess = 0.5 * (low + high)
        error = _condenser(chillers, cp, towers, tp, f, y, guess, dt_s) - guess
    if y["tower_w"] < 0.0 and inertia > 0.0:
        _towers_off(towers, f, y, dt_s)


@kernel
def _capacity(y: Any) -> float:
    """Heat removed; flat out, what the running machines and the economiser could remove at this point."""
    if y["flat_out"] == 1 and y["mode"] != 1:
        return y["wse_w"] + y["capacity_w"]
    return y["removed_w"]


@kernel
def remove_heat(
    chillers: Any, cp: Any, towers: Any, tp: Any, f: Any, y: Any, setpoints: Any, supply_c: float, need_w: float,
    dt_s: float,
) -> float:
    """Remove heat from the chilled water so that it leaves at ``supply_c``; return what could be removed, W.

    Free cooling asks the towers for the water that makes the economiser carry the load alone, partial
    mechanical cooling runs the towers at full speed, full mechanical cooling holds the condenser
    setpoint ``clip(wet bulb + approach, min, max)``.

    Parameters
    ----------
    chillers, cp, towers, tp : arrays of CHILLER_* and TOWER_* STATE and PARAMS
    f : record of FACILITY_PARAMS
    y : record of PLANT_SOLUTION
        Mode, stages, wet bulb and chilled-water flow are read; everything else is written.
    setpoints : record of SETPOINTS
    supply_c : float
        Chilled water leaving the plant, °C.
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
    y["supply_c"] = supply_c
    y["need_w"] = max(need_w, 0.0)
    pumps = 1.0 if f["cw_common"] == 1 else max(float(y["stages"]), 1.0)
    y["cw_kg_s"] = pumps * f["cw_rated_kg_s"]
    y["cells"] = _running_cells(tp, y["cw_kg_s"])
    off = need_w <= 0.0 or y["chw_kg_s"] <= 0.0 or y["cells"] == 0.0 or y["flat_out"] < 0 or f["cw_tripped"] == 1
    if off:
        y["need_w"] = 0.0
        y["cw_kg_s"] = 0.0
        pumps = 0.0
    y["cw_pump_w"] = pumps * f["cw_pump_w"]
    y["cw_pump_heat_w"] = f["cw_heat_frac"] * y["cw_pump_w"]
    y["return_c"] = supply_c
    if y["chw_kg_s"] > 0.0:
        y["return_c"] += y["need_w"] / (y["chw_kg_s"] * CP_WATER)
    if off:
        y["target_c"] = y["cw_old_c"]
        _condenser(chillers, cp, towers, tp, f, y, y["cw_old_c"], dt_s)
        return 0.0
    mechanical_c = max(
        min(y["wet_bulb_c"] + setpoints["condenser_approach_k"], setpoints["condenser_max_c"]),
        setpoints["condenser_min_c"],
    )
    if y["mode"] == 1 and y["flat_out"] == 1:
        y["target_c"] = _FREEZE_LIMIT_C
    elif y["mode"] == 1:
        least = min(y["chw_kg_s"], min(y["cw_kg_s"], f["wse_water_kg_s"])) * CP_WATER
        y["target_c"] = max(y["return_c"] - need_w / (f["wse_effectiveness"] * least), _FREEZE_LIMIT_C)
    elif y["mode"] == 2:
        y["target_c"] = max(y["wet_bulb_c"], _FREEZE_LIMIT_C)
    else:
        y["target_c"] = mechanical_c
    _close_condenser(chillers, cp, towers, tp, f, y, dt_s)
    return _capacity(y)
