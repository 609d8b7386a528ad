"""The side of a water system that rejects heat: chillers' condensers, economiser, and the towers that cool both.

Quasi-steady inside a step: heat is passed on at once, water temperatures follow; the loop's volume stores heat by
backward Euler. Every flux is computed once and used on both sides.
"""

from __future__ import annotations

import math
from typing import Any

from twin_kernels.chiller import chiller_capacity_w, chiller_power_w
from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel
from twin_kernels.rejector import YORK, rejector_for_heat
from twin_kernels.york import WATER_RATIO_MAX

__all__ = ["close_condenser", "condenser", "running_cells"]

#: Condenser water is solved to this, K; it moves chiller power by less than 1e-6. Energy closes whatever it is.
_LEAVING_TOLERANCE_K = 1e-5
#: Rise of a tower's approach per rise of its range, with full air, for a first step (York's law: 0.5 at a wet
#: bulb of 25 °C … 1.6 at 0 °C).
_FULL_SLOPE = 1.1
#: Within this of its target the loop is expected to reach it, K.
_NEAR_K = 0.5


@kernel
def _chillers(chillers: Any, p: Any, y: Any, load_w: float, entering_c: float) -> float:
    """Share a load over the running chillers in proportion to capacity; return the load they can take."""
    leaving_c = min(y["supply_c"], y["charge_c"]) if y["charge_w"] > 0.0 else y["supply_c"]
    capacity = limit = 0.0
    running = 0
    for k in range(p.shape[0]):
        i = (k + y["lead"]) % p.shape[0]
        c = chillers[i]
        c["load_w"] = c["power_w"] = c["plr"] = c["capacity_w"] = c["cop"] = 0.0
        c["outside_box"] = 0
        if p[i]["available"] == 1 and running < y["stages"] and y["barred"] == 0:
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
def _alike(a: Any, b: Any) -> bool:
    """Whether two cells are equal in what heat and leaving water follow from, but for being available."""
    return (
        a["kind"] == b["kind"] and a["water_rated_kg_s"] == b["water_rated_kg_s"]
        and a["water_ratio_rated"] == b["water_ratio_rated"] and a["fan_rated_w"] == b["fan_rated_w"]
        and a["ua_w_k"] == b["ua_w_k"] and a["air_rated_m3_s"] == b["air_rated_m3_s"]
        and a["fan_exponent"] == b["fan_exponent"] and a["air_min_frac"] == b["air_min_frac"]
        and a["free_convection_frac"] == b["free_convection_frac"] and a["wet_bulb_rated_c"] == b["wet_bulb_rated_c"]
        and a["ua_air_frac"] == b["ua_air_frac"] and a["pad_effectiveness"] == b["pad_effectiveness"]
        and a["pad_depth_m"] == b["pad_depth_m"] and a["pad_face_m2"] == b["pad_face_m2"]
        and a["pad_above_c"] == b["pad_above_c"] and a["pad_when_needed"] == b["pad_when_needed"]
    )


@kernel
def _reject(towers: Any, tp: Any, y: Any, heat: float) -> float:
    """Run every cell in use on its share of the heat; return the mean of the water that leaves them."""
    cells = y["cells"]
    outdoor = (y["outdoor_c"], y["outdoor_w"], y["wet_bulb_c"], y["outdoor_pa"])
    leaving_sum = fans = air = 0.0
    outside = count = 0
    last = -1
    mean_kg_s = mean_rated_kg_s(tp, cells)
    air_frac = fan_w = leaving = share = water = 0.0
    weight = 1.0
    flag = wetted = 0
    for i in range(tp.shape[0]):
        t = towers[i]
        t["speed_frac"] = t["fan_w"] = t["heat_w"] = t["water_kg_s"] = 0.0
        if tp[i]["available"] == 0 or count >= cells:
            continue
        if last < 0 or not _alike(tp[i], tp[last]):
            # a cell takes no more water than its correlation covers; the rest passes it by and mixes in again
            weight = 1.0 if tp[i]["water_rated_kg_s"] == mean_kg_s else tp[i]["water_rated_kg_s"] / mean_kg_s
            share = heat / cells * weight
            water = y["cw_kg_s"] / cells * weight
            through = min(water, WATER_RATIO_MAX * tp[i]["water_rated_kg_s"]) if tp[i]["kind"] == YORK else water
            mixed_k = 0.0
            if through < water:
                mixed_k = heat / (cells * CP_WATER) * weight * (1.0 / through - 1.0 / water)
            air_frac, fan_w, leaving, flag, wetted = rejector_for_heat(
                tp[i], share, y["target_c"] - mixed_k, outdoor, through
            )
            leaving += mixed_k
            last = i
        t["speed_frac"] = air_frac
        t["fan_w"] = fan_w
        t["heat_w"] = share
        t["water_kg_s"] = water
        t["leaving_c"] = leaving
        t["outside_box"] = flag
        t["wetted"] = wetted
        leaving_sum += leaving * weight
        fans += fan_w
        air += air_frac
        outside = max(outside, flag)
        count += 1
    y["tower_fan_w"] = fans
    y["tower_outside"] = outside
    y["tower_air_frac"] = air / max(count, 1)
    return leaving_sum / max(count, 1)


@kernel
def condenser(
    chillers: Any, cp: Any, towers: Any, tp: Any, h: Any, y: Any, entering_c: float, dt_s: float
) -> float:
    """Chillers, economiser and towers at an assumed condenser supply.

    Parameters
    ----------
    chillers, cp, towers, tp : arrays of CHILLER_* and TOWER_* STATE and PARAMS
    h, y : records of WATER_PARAMS, PLANT_SOLUTION
    entering_c : float
        Water from the towers, as assumed, °C.
    dt_s : float
        Step, s.

    Returns
    -------
    float
        Water that then leaves the towers, °C.
    """
    need = max(y["left_w"], 0.0)  # below 0: what stands before could take more than all of it
    wse = 0.0
    if y["mode"] != 3:
        least = min(y["chw_kg_s"], min(y["cw_kg_s"], h["wse_water_kg_s"])) * CP_WATER
        wse = max(h["wse_effectiveness"] * least * (y["before_c"] - entering_c), 0.0)
        if y["flat_out"] == 0 or y["mode"] == 2:
            wse = min(wse, need)
    evaporator = 0.0
    condensing_c = y["outdoor_c"] if h["air_cooled"] == 1 else entering_c
    if y["mode"] == 1:
        evaporator = _chillers(chillers, cp, y, 0.0, condensing_c)
    else:
        evaporator = _chillers(chillers, cp, y, max(need - wse, 0.0) + y["charge_w"], condensing_c)
    if y["charge_w"] > 0.0:  # the store is charged with what the hall leaves
        y["store_w"] = -min(max(evaporator - max(need - wse, 0.0), 0.0), y["charge_w"])
    y["wse_w"] = wse
    y["evaporator_w"] = evaporator
    y["removed_w"] = y["reuse_w"] + y["panel_w"] + y["thermosyphon_w"] + y["store_w"] + wse + evaporator
    y["removed_w"] += y["sky_tank_w"]
    y["cw_supply_c"] = entering_c
    stored = h["cw_capacity_j_k"] / dt_s * (entering_c - y["cw_old_c"])
    heat = wse + y["cw_pump_heat_w"] - stored
    y["air_w"] = 0.0
    if h["air_cooled"] == 1:
        y["air_w"] = evaporator + y["compressor_w"]
    else:
        heat += evaporator + y["compressor_w"]
    if h["cw_pipes"] == 1:
        y["cw_pipe_w"] = y["cw_pipe_asked_w"] if y["cw_kg_s"] > 0.0 else 0.0
        if h["cw_capacity_j_k"] <= 0.0:  # no volume that could cool down: no more than the water was given
            y["cw_pipe_w"] = max(y["cw_pipe_w"], -max(heat, 0.0))
        heat += y["cw_pipe_w"]
    y["tower_w"] = heat
    return _reject(towers, tp, y, heat)


@kernel
def running_cells(tp: Any, cw_kg_s: float) -> float:
    """Cells or coolers in use: as many as bring each to its rated flow, at least one; 0 if none is available.

    Parameters
    ----------
    tp : array of TOWER_PARAMS
    cw_kg_s : float
        Water to share, kg/s.

    Returns
    -------
    float
    """
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
def mean_rated_kg_s(tp: Any, cells: float) -> float:
    """Mean rated water of the cells in use: larger ones get more of water and heat than smaller ones.

    Parameters
    ----------
    tp : array of TOWER_PARAMS
    cells : float
        From :func:`running_cells`.

    Returns
    -------
    float
        kg/s; exactly that of each where all are alike.
    """
    first = total = 0.0
    count = 0
    alike = True
    for i in range(tp.shape[0]):
        if tp[i]["available"] == 0 or count >= cells:
            continue
        if count == 0:
            first = tp[i]["water_rated_kg_s"]
        alike = alike and tp[i]["water_rated_kg_s"] == first
        total += tp[i]["water_rated_kg_s"]
        count += 1
    return first if alike else total / count


@kernel
def _warm_up(
    chillers: Any, cp: Any, towers: Any, tp: Any, h: Any, y: Any, guess: float, dt_s: float
) -> None:
    """Condenser loop that is colder than its target: towers off, all heat stays in it.

    The heat left over falls from ≥ 0 at the old temperature to < 0 at ``guess``: a bracketed secant.
    """
    low, high = y["cw_old_c"], guess
    at_high = y["tower_w"]
    condenser(chillers, cp, towers, tp, h, y, low, dt_s)
    at_low = max(y["tower_w"], 0.0)
    side = 0
    for _ in range(60):
        if at_low <= 0.0 or high - low < 1e-9:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        condenser(chillers, cp, towers, tp, h, y, middle, dt_s)
        heat = y["tower_w"]
        if abs(heat) * dt_s <= _LEAVING_TOLERANCE_K * h["cw_capacity_j_k"]:
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
def _towers_off(towers: Any, h: Any, y: Any, dt_s: float) -> None:
    """The loop takes exactly the heat of the last pass: towers see none, and never heat."""
    y["cw_supply_c"] += y["tower_w"] * dt_s / h["cw_capacity_j_k"]
    y["tower_w"] = y["tower_fan_w"] = y["tower_air_frac"] = 0.0
    y["tower_outside"] = 0
    for i in range(towers.shape[0]):
        t = towers[i]
        t["speed_frac"] = t["fan_w"] = t["heat_w"] = 0.0
        t["outside_box"] = 0.0


@kernel
def close_condenser(chillers: Any, cp: Any, towers: Any, tp: Any, h: Any, y: Any, dt_s: float) -> None:
    """Find the condenser supply at which the towers return what condensers and economiser were given.

    The answer is the target where the towers reach it, else the water floats above it: a secant from
    the target, or from the last temperature where that is clearly warmer.

    Parameters
    ----------
    chillers, cp, towers, tp : arrays of CHILLER_* and TOWER_* STATE and PARAMS
    h, y : records of WATER_PARAMS, PLANT_SOLUTION
    dt_s : float
        Step, s.
    """
    target = y["target_c"]
    inertia = h["cw_capacity_j_k"] / (dt_s * y["cw_kg_s"] * CP_WATER)
    guess = target
    if y["cw_old_c"] > target + _NEAR_K and inertia > 0.0:
        guess = y["cw_old_c"]
    error = condenser(chillers, cp, towers, tp, h, y, guess, dt_s) - guess
    low, high = target, 1e9  # the towers are too weak at low, strong enough at high
    previous_guess = guess
    previous_error = 0.0
    for iteration in range(60):
        if y["tower_w"] < 0.0 and inertia > 0.0 and error >= -_LEAVING_TOLERANCE_K:
            _warm_up(chillers, cp, towers, tp, h, y, guess, dt_s)
            _towers_off(towers, h, y, dt_s)
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
        error = condenser(chillers, cp, towers, tp, h, y, guess, dt_s) - guess
    if y["tower_w"] < 0.0 and inertia > 0.0:
        _towers_off(towers, h, y, dt_s)
