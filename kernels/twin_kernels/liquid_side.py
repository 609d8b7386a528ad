"""Liquid-cooled racks and rear doors inside the hall: what their servers give to coolant and doors, and what that asks
of the water systems.

A share of a rack's heat goes into the technology loop of its distribution unit, the rest into its air. Chips that the
coolant no longer keeps cool slow down. A rear door takes heat from a rack's exhaust before it reaches the hall.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.cdu import cdu_units
from twin_kernels.cold_plate import chip_temperature_c, chip_throttled
from twin_kernels.conduit import reaching_j_kg
from twin_kernels.immersion import immersed_throttled, immersion_chip_c, immersion_upper_c, tank_loss_w
from twin_kernels.jit import kernel
from twin_kernels.layout import (
    C_AIR_KG_S,
    C_CPU_W,
    C_INLET_W,
    C_JOB,
    C_LIQUID_ON,
    C_LIQUID_SPEED,
    C_LIQUID_W,
    C_RATED_W,
)
from twin_kernels.psychrometrics import dew_point_c, enthalpy_j_kg
from twin_kernels.rear_door import door_valve, door_water_c
from twin_kernels.server import shutdown_share
from twin_kernels.water_layout import CHILLED

__all__ = [
    "cdu_loads", "chip_temperatures", "collect_liquid_heat", "door_heat_w", "keep_exhaust", "liquid_speeds",
    "run_doors",
]

#: Facility water is never what limits a distribution unit from outside: its own rated flow does, kg/s.
_NO_LIMIT_KG_S = 1e9


@kernel
def liquid_speeds(state: Any, params: Any, x: Any, background_frac: float) -> None:
    """Speed of the processors of every rack as far as their chips' coolant sets it; begin the step of every unit.

    Chips slow down as they get hot; where the slowest is not enough, servers switch off one after another, as they do
    at a hot air inlet: all are on up to 5 K above the chips' ``throttle_end_c``, none from 15 K on.

    Parameters
    ----------
    state, params : State, Params
        The columns of speeds and of what is on are written; 1 where the coolant is no limit.
    x : record of SOLUTION
        ``dew_c`` and ``liquid_off`` are written.
    background_frac : float
        Utilisation common to all racks, 0 … 1.
    """
    s = state.facility[0]
    x["dew_c"] = dew_point_c(s["room_w"], x["pressure_pa"])
    x["liquid_off"] = 0
    c = state.columns
    idle_frac = params.kinds[_liquid_kind(params)]["idle_frac"]
    for j in range(state.cdus.shape[0]):
        unit = state.cdus[j]
        unit["old_c"] = unit["supply_c"]
        unit["servers_w"] = unit["loss_w"] = 0.0
        unit["speed_frac"], _ = _speed(params, unit, params.cdus[j], idle_frac, 1.0)
    for i in range(c.shape[1]):
        c[C_LIQUID_SPEED, i] = c[C_LIQUID_ON, i] = 1.0
        j = params.racks[i]["cdu"]
        if j >= 0 and state.cdus[j]["speed_frac"] < 1.0:
            util = min(max(c[C_JOB, i] + background_frac, 0.0), 1.0)
            c[C_LIQUID_SPEED, i], c[C_LIQUID_ON, i] = _speed(params, state.cdus[j], params.cdus[j], idle_frac, util)
            if c[C_LIQUID_ON, i] < 1.0:
                x["liquid_off"] = 1


@kernel
def _liquid_kind(params: Any) -> int:
    """Index of the kind of the liquid-cooled racks (those of one hall are alike); 0 where there are none."""
    for k in range(params.kinds.shape[0]):
        if params.racks[params.kinds[k]["first"]]["cdu"] >= 0:
            return k
    return 0


@kernel
def _speed(params: Any, unit: Any, p: Any, idle_frac: float, util: float) -> tuple[float, float]:
    """Speed at which chips of a utilisation stay within their limits, in the coolant as it is now; share that is on."""
    if params.baths.shape[0] > 0:
        q = params.baths[0]
        bulk_c = 0.5 * (unit["supply_c"] + unit["return_c"])
        full_w = q["chip_rated_w"] * (idle_frac + (1.0 - idle_frac) * util)
        if immersion_upper_c(q, full_w, bulk_c) <= min(q["throttle_start_c"], q["throttle_end_c"]):
            return 1.0, 1.0  # far from its limits, as nearly always: no need to know how far
        speed, chip_c, _ = immersed_throttled(q, bulk_c, q["chip_rated_w"] * idle_frac, full_w)
        return speed, shutdown_share(q, chip_c)
    q = params.plates[0]
    full_w = q["chip_rated_w"] * (idle_frac + (1.0 - idle_frac) * util)
    flow = q["flow_rated_kg_s"] * unit["technology_kg_s"] / p["technology_rated_kg_s"]
    speed, chip_c, _ = chip_throttled(q, unit["supply_c"], q["chip_rated_w"] * idle_frac, full_w, flow)
    return speed, shutdown_share(q, chip_c)


@kernel
def collect_liquid_heat(state: Any, params: Any, s: Any, x: Any) -> None:
    """Heat of the racks that goes into each unit's coolant, less what tanks lose to the room.

    Parameters
    ----------
    state, params : State, Params
    s, x : records of FACILITY_STATE, SOLUTION
        Room temperature is read; ``liquid_w`` and ``bath_loss_w`` (released in the room) are written.
    """
    c = state.columns
    total = lost = 0.0
    for i in range(c.shape[1]):
        j = params.racks[i]["cdu"]
        if j >= 0:
            state.cdus[j]["servers_w"] += c[C_LIQUID_W, i]
            total += c[C_LIQUID_W, i]
    if params.baths.shape[0] > 0:
        for j in range(state.cdus.shape[0]):
            unit = state.cdus[j]
            unit["loss_w"] = tank_loss_w(params.baths[0], 0.5 * (unit["old_c"] + unit["return_c"]), s["room_c"])
            unit["servers_w"] -= unit["loss_w"]
            lost += unit["loss_w"]
    x["liquid_w"] = total
    x["bath_loss_w"] = lost


@kernel
def cdu_loads(state: Any, params: Any, setpoints: Any, k: int, water_c: float, dt_s: float) -> tuple[float, float]:
    """Heat and flow that the distribution units of a water system ask of it, for a given water.

    Parameters
    ----------
    state, params : State, Params
    setpoints : record of SETPOINTS
    k : int
        Water system.
    water_c : float
        Water to them, °C.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Heat W and water kg/s.
    """
    h = params.water[k]
    first, stop = h["cdu_first"], h["cdu_stop"]
    if stop <= first:
        return 0.0, 0.0
    units = state.cdus[first:stop]
    limit = 0.0 if h["chw_tripped"] == 1 else _NO_LIMIT_KG_S
    heat, water, _ = cdu_units(
        units, params.cdus[first:stop], units["servers_w"], water_c, limit, setpoints["technology_water_c"],
        state.solution[0]["dew_c"], dt_s,
    )
    return heat, water


@kernel
def chip_temperatures(state: Any, params: Any, x: Any) -> None:
    """Hottest chip of every unit, and the sums over all units, at the end of the step.

    Parameters
    ----------
    state, params : State, Params
    x : record of SOLUTION
        Written: ``chip_c``, ``technology_c``, ``technology_return_c``, ``cdu_pump_w``, ``cdu_pump_heat_w``,
        ``cdu_valve_frac``, ``cdu_saturated``.
    """
    c = state.columns
    n = state.cdus.shape[0]
    for j in range(n):
        state.cdus[j]["chip_c"] = -1.0
    cpu_rated_frac = params.kinds[_liquid_kind(params)]["cpu_rated_w"]
    per_cpu = 1.0 / cpu_rated_frac if cpu_rated_frac > 0.0 else 0.0
    for i in range(c.shape[1]):  # the hottest chip of a unit is that of its busiest rack: first its share of power
        j = params.racks[i]["cdu"]
        if j >= 0:
            share = c[C_CPU_W, i] / c[C_RATED_W, i] * per_cpu
            state.cdus[j]["chip_c"] = max(state.cdus[j]["chip_c"], share)
    hottest = valve = -1e9
    supply = returned = flow = pump = pump_heat = 0.0
    saturated = 0
    for j in range(n):
        unit, p = state.cdus[j], params.cdus[j]
        share = max(unit["chip_c"], 0.0)
        if params.baths.shape[0] > 0:
            q = params.baths[0]
            unit["chip_c"] = immersion_chip_c(q, q["chip_rated_w"] * share, 0.5 * (unit["supply_c"] + unit["return_c"]))
        else:
            q = params.plates[0]
            plate_kg_s = q["flow_rated_kg_s"] * unit["technology_kg_s"] / p["technology_rated_kg_s"]
            unit["chip_c"] = chip_temperature_c(q, unit["supply_c"], q["chip_rated_w"] * share, plate_kg_s)
        hottest = max(hottest, unit["chip_c"])
        valve = max(valve, unit["valve_frac"])
        weight = max(unit["technology_kg_s"], 1e-9)
        supply += weight * unit["supply_c"]
        returned += weight * unit["return_c"]
        flow += weight
        pump += unit["pump_w"]
        pump_heat += p["pump_heat_frac"] * unit["pump_w"]
        if unit["saturated"] > 0.0:
            saturated = 1
    x["chip_c"] = hottest
    x["technology_c"] = supply / flow
    x["technology_return_c"] = returned / flow
    x["cdu_pump_w"] = pump
    x["cdu_pump_heat_w"] = pump_heat
    x["cdu_valve_frac"] = valve
    x["cdu_saturated"] = saturated


@kernel
def run_doors(state: Any, params: Any, water_c: float) -> None:
    """Rear doors for a given water: how much of the exhaust's excess over that water they take, and their flow.

    All doors are alike and stand before racks of the hall's mean load. Their valve answers to the exhaust of the last
    step (a loop that lags by one step), so that the hall stays linear; heat is what the air of this step gives.

    Parameters
    ----------
    state, params : State, Params
        In ``solution``: door share, water enthalpy and flow are written, and the sums of the exhaust with the door in
        place of those without it.
    water_c : float
        Water to the doors, °C.
    """
    s = state.facility[0]
    x = state.solution[0]
    p = params.doors[0]
    racks = state.racks.shape[0]
    offered_c = door_water_c(p, water_c, x["dew_c"])
    water = taken = flag = 0.0
    if params.water[CHILLED]["chw_tripped"] == 0:
        water, taken, flag = door_valve(
            p, x["raw_exhaust_kg_s"] / racks, s["outlet_mean_c"], offered_c, state.plant[CHILLED]["starved_frac"]
        )
    rest = 1.0 - taken
    at_water = enthalpy_j_kg(offered_c, x["exhaust_humidity"])
    x["door_frac"] = taken
    x["door_j_kg"] = at_water
    x["door_kg_s"] = water * racks
    x["door_saturated"] = 1 if flag > 0.0 else 0
    x["exhaust_room_kg_s"] = rest * x["raw_exhaust_room_kg_s"]
    x["exhaust_supply_kg_s"] = rest * x["raw_exhaust_supply_kg_s"]
    x["exhaust_w"] = rest * x["raw_exhaust_w"] + taken * x["raw_exhaust_kg_s"] * at_water
    x["duct_room_kg_s"] = rest * x["raw_duct_room_kg_s"]
    x["duct_supply_kg_s"] = rest * x["raw_duct_supply_kg_s"]
    x["duct_w"] = rest * x["raw_duct_w"] + taken * x["ducted_kg_s"] * at_water


@kernel
def door_heat_w(x: Any) -> float:
    """Heat that the doors took from the exhaust of the solved step.

    Parameters
    ----------
    x : record of SOLUTION

    Returns
    -------
    float
        W; negative where the exhaust was colder than the water.
    """
    supply_j_kg = reaching_j_kg(x, x["supply_kg_s"], x["supply_j_kg"])
    exhaust_w = (
        x["raw_exhaust_room_kg_s"] * x["room_j_kg"]
        + x["share"] * x["raw_exhaust_supply_kg_s"] * (supply_j_kg - x["room_j_kg"]) + x["raw_exhaust_w"]
    )
    return x["door_frac"] * (exhaust_w - x["raw_exhaust_kg_s"] * x["door_j_kg"])


@kernel
def keep_exhaust(c: Any, x: Any) -> None:
    """Put the sums of the exhaust aside, as racks alone make it: doors are laid over them at every try.

    Parameters
    ----------
    c : ndarray, shape (RACK_COLUMNS, racks)
        Air and the humidity that it had at the inlets in the last step: racks and dry doors do not change it.
    x : record of SOLUTION
    """
    vapour = 0.0
    for i in range(c.shape[1]):
        vapour += c[C_AIR_KG_S, i] * c[C_INLET_W, i]
    x["exhaust_humidity"] = vapour / x["air_kg_s"] if x["air_kg_s"] > 0.0 else 0.0
    x["raw_exhaust_kg_s"] = x["exhaust_kg_s"]
    x["raw_exhaust_room_kg_s"] = x["exhaust_room_kg_s"]
    x["raw_exhaust_supply_kg_s"] = x["exhaust_supply_kg_s"]
    x["raw_exhaust_w"] = x["exhaust_w"]
    x["raw_duct_room_kg_s"] = x["duct_room_kg_s"]
    x["raw_duct_supply_kg_s"] = x["duct_supply_kg_s"]
    x["raw_duct_w"] = x["duct_w"]
