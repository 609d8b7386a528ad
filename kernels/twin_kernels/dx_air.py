"""Hall air with direct-expansion units: supply, room and return of one step, and the part load that holds it.

The room is linear in the enthalpy and the humidity of the supply, so for given coils every trial is solved exactly;
what is iterated is the state of the air that the coils meet, on which their capacity depends.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.dx_units import ask_units, book_units, hold_supply, stop_dx_units, together
from twin_kernels.economiser import economiser_open
from twin_kernels.fan_loop import fan_limits, supply_flow
from twin_kernels.hall import air_shares, solve_room
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import enthalpy_j_kg, temperature_from_enthalpy_c

__all__ = ["solve_dx_air"]

#: Air before the coils is solved to this: J/kg and kg/kg. Energy and vapour close whatever it is.
_ENTHALPY_TOLERANCE = 1e-3
_HUMIDITY_TOLERANCE = 1e-9
_SHARE_TOLERANCE = 1e-9
_MAX_PASSES = 80
_LONG_PASSES = 30
#: From this pass on each new air is averaged with the one before: coils on the brink of the dew point.
_DAMPED_PASSES = 12
#: From this pass on each new flow of the fan loop is averaged with the one before: more air asks for less of it.
_DAMPED_FLOW = 3
#: Thermostats are solved to this, K.
_THERMOSTAT_K = 1e-9
#: Return air this much above the thermostat is a shortfall, K.
_HELD_K = 1e-3
#: Step of the supply enthalpy from which the slope of the return is taken, J/kg.
_PROBE_J_KG = 1000.0


@kernel
def _moisture(x: Any, f: Any, s: Any, keep: float, fixed: float, dt_s: float) -> None:
    """Humidity of room, return and supply where the supply is ``keep`` times that of the mixed air plus ``fixed``."""
    flow, outdoor = x["supply_kg_s"], x["outdoor_frac"]
    share, ducted = air_shares(x, f, flow)
    inertia = f["room_air_kg"] / dt_s
    vent = x["vent_kg_s"]
    taken = share * (x["want_kg_s"] - ducted * x["ducted_want_kg_s"])
    from_supply = flow - share * x["want_kg_s"] + taken
    drive = inertia * s["room_w"] + x["vapour_source_kg_s"] + vent * x["outdoor_w"]
    through = ducted * share * x["ducted_want_kg_s"] / flow if flow > 0.0 else 0.0
    inner = 1.0 - keep * (1.0 - outdoor) * through
    base = (keep * outdoor * x["fresh_w"] + fixed) / inner
    slope = keep * (1.0 - outdoor) * (1.0 - through) / inner
    x["room_w"] = (drive + from_supply * base) / (inertia + vent + from_supply - from_supply * slope)
    x["supply_w"] = base + slope * x["room_w"]
    x["return_w"] = through * x["supply_w"] + (1.0 - through) * x["room_w"]


@kernel
def _enthalpy(x: Any, f: Any, s: Any, keep: float, fixed_j_kg: float, dt_s: float) -> None:
    """Enthalpy of room, return and supply where the supply is ``keep`` times that of the mixed air plus ``fixed``."""
    flow, outdoor = x["supply_kg_s"], x["outdoor_frac"]
    low = s["room_j_kg"]
    _, at_low, _, _ = solve_room(x, f, flow, low, s["room_j_kg"], dt_s)
    _, at_high, _, _ = solve_room(x, f, flow, low + _PROBE_J_KG, s["room_j_kg"], dt_s)
    through = keep * (1.0 - outdoor)
    slope = through * (at_high - at_low) / _PROBE_J_KG
    base = keep * outdoor * x["fresh_j_kg"] + fixed_j_kg + through * at_low
    x["supply_j_kg"] = low + (base - low) / (1.0 - slope)
    x["room_j_kg"], x["return_j_kg"], x["share"], x["ducted_share"] = solve_room(
        x, f, flow, x["supply_j_kg"], s["room_j_kg"], dt_s
    )


@kernel
def _still(x: Any, f: Any, s: Any, dt_s: float) -> None:
    """Room and return without supply air; the supply is the room's."""
    x["supply_kg_s"] = 0.0
    x["outdoor_frac"] = 0.0
    x["supply_j_kg"], x["supply_w"] = s["room_j_kg"], s["room_w"]
    _moisture(x, f, s, 1.0, 0.0, dt_s)
    x["room_j_kg"], x["return_j_kg"], x["share"], x["ducted_share"] = solve_room(
        x, f, 0.0, x["supply_j_kg"], s["room_j_kg"], dt_s
    )
    x["supply_j_kg"], x["supply_w"] = x["room_j_kg"], x["room_w"]
    x["return_w"] = x["room_w"]


@kernel
def _mixed(x: Any) -> tuple[float, float]:
    """Enthalpy and humidity of the air before the coils."""
    share = x["outdoor_frac"]
    mixed_j_kg = share * x["fresh_j_kg"] + (1.0 - share) * x["return_j_kg"]
    return mixed_j_kg, share * x["fresh_w"] + (1.0 - share) * x["return_w"]


@kernel
def _at_level(
    state: Any, params: Any, level: float, stage: tuple[int, float], air: tuple[float, float], dt_s: float
) -> float:
    """Solve the air with the thermostat's output at ``level``; return air above its setpoint, K.

    Up to 1 only outdoor air comes in (more of it, or for more of the time where fans cycle), from 1 to 2 compressors
    run. ``stage``: 1 where the economiser is open, and the lowest share of outdoor air.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    free, least = stage
    cycling = f["dx_cycling"] == 1
    plr = max(level - 1.0, 0.0)
    x["outdoor_frac"] = least
    fan_frac = 1.0
    if free == 1:
        x["outdoor_frac"] = 1.0 if cycling else least + (1.0 - least) * min(level, 1.0)
        fan_frac = min(level, 1.0) if cycling else 1.0
    elif cycling:
        fan_frac = -1.0
    flow, heat, fans, dried, surface = together(state.dxs, params.dxs, plr, fan_frac, air, x["pressure_pa"])
    if flow <= 0.0:
        _still(x, f, s, dt_s)
    else:
        x["supply_kg_s"] = flow
        _moisture(x, f, s, 1.0 - dried / flow, surface / flow, dt_s)
        _enthalpy(x, f, s, 1.0, (fans - heat) / flow, dt_s)
    return temperature_from_enthalpy_c(x["return_j_kg"], x["return_w"]) - x["return_target_c"]


@kernel
def _thermostat(
    state: Any, params: Any, stage: tuple[int, float], air: tuple[float, float], dt_s: float
) -> tuple[float, int]:
    """Level at which the return air is at its setpoint, and 1 if not even the highest brings it there."""
    low, error_high = (0.0 if stage[0] == 1 else 1.0), -1.0
    error_low = _at_level(state, params, low, stage, air, dt_s)
    if error_low <= _THERMOSTAT_K:
        return low, 0
    high = 2.0
    if stage[0] == 1:  # outdoor air first; the line bends where compressors begin
        error_high = _at_level(state, params, 1.0, stage, air, dt_s)
        if error_high <= 0.0:
            high = 1.0
        else:
            low, error_low = 1.0, error_high
    if high == 2.0:
        error_high = _at_level(state, params, high, stage, air, dt_s)
        if error_high > 0.0:
            return high, 1 if error_high > _HELD_K else 0
    side = 0
    level = low
    for _ in range(100):
        level = low + (high - low) * error_low / (error_low - error_high)
        error = _at_level(state, params, level, stage, air, dt_s)
        if abs(error) < _THERMOSTAT_K or high - low < 1e-14:
            break
        if error > 0.0:
            low, error_low = level, error
            if side == 1:
                error_high *= 0.5
            side = 1
        else:
            high, error_high = level, error
            if side == -1:
                error_low *= 0.5
            side = -1
    return level, 0


@kernel
def _hold_return(state: Any, params: Any, air: tuple[float, float], dt_s: float) -> tuple[float, int, int]:
    """Thermostat with the economiser as it is: level, whether it falls short, whether outdoor air came first."""
    f = params.facility[0]
    x = state.solution[0]
    return_c = temperature_from_enthalpy_c(x["return_j_kg"], x["return_w"])
    may, least = economiser_open(f, x, return_c, x["return_j_kg"])
    stage = (1 if may else 0, least)
    level, short = _thermostat(state, params, stage, air, dt_s)
    if may and f["econ_integrated"] == 0 and level > 1.0:
        stage = (0, least)  # outdoor air alone does not do it: compressors alone
        level, short = _thermostat(state, params, stage, air, dt_s)
    for i in range(state.dxs.shape[0]):
        state.dxs[i]["plr"] = max(level - 1.0, 0.0) if params.dxs[i]["available"] == 1 else 0.0
        state.dxs[i]["saturated"] = float(short)
    return level, short, stage[0]


@kernel
def _next_air(x: Any, old: tuple[float, float], passes: int) -> tuple[float, float, float]:
    """Air before the coils for the next pass (J/kg, kg/kg), and 1 if it is that of this one."""
    mixed_j_kg, mixed_w = _mixed(x)
    same = 0.0
    if abs(mixed_j_kg - old[0]) < _ENTHALPY_TOLERANCE and abs(mixed_w - old[1]) < _HUMIDITY_TOLERANCE:
        same = 1.0
    mixed_j_kg = _moved(old[0], mixed_j_kg, passes, _DAMPED_PASSES)
    return mixed_j_kg, _moved(old[1], mixed_w, passes, _DAMPED_PASSES), same


@kernel
def _moved(old: float, new: float, passes: int, first: int) -> float:
    """The new value in the first passes; then between it and the old one, the closer to that the longer it takes."""
    if passes < first:
        return new
    return old + (0.5 if passes < _LONG_PASSES else 0.2) * (new - old)


@kernel
def solve_dx_air(state: Any, params: Any, setpoints: Any, dt_s: float) -> float:
    """Supply, room and return air together, for direct-expansion units.

    Parameters
    ----------
    state, params : State, Params
        In ``solution`` sums, sources and outdoor air are read; all unknowns are written.
    setpoints : record of SETPOINTS
    dt_s : float
        Step, s.

    Returns
    -------
    float
        New integral of the fan loop.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    integral = s["fan_integral"]
    limits = fan_limits(state.dxs, params.dxs, f)
    x["water_kg_s"] = 0.0
    x["supply_kg_s"] = s["supply_kg_s"]
    x["return_j_kg"], x["return_w"] = s["return_j_kg"], s["return_w"]
    x["supply_j_kg"], x["supply_w"] = s["supply_j_kg"], s["supply_w"]
    x["outdoor_frac"] = s["outdoor_air_frac"]
    x["saturated"] = 1
    if limits[1] <= 0.0 or x["units_off"] == 1:
        _still(x, f, s, dt_s)
        stop_dx_units(state.dxs, x)
        s["dx_level_frac"] = 0.0
        x["saturated"] = 0 if x["units_off"] == 1 else 1
    elif f["dx_return"] == 1:
        _return_air(state, params, setpoints, limits, dt_s)
    else:
        integral = _supply_air(state, params, setpoints, limits, dt_s)
    _books(x)
    return integral


@kernel
def _return_air(state: Any, params: Any, setpoints: Any, limits: tuple[float, float], dt_s: float) -> None:
    """Thermostat on the return air: passes until coils and air agree."""
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    high = limits[1]
    mixed_j_kg, mixed_w = _mixed(x)
    fan_frac = 1.0
    air = (s["return_c"], mixed_w)
    for passes in range(_MAX_PASSES):
        air = (temperature_from_enthalpy_c(mixed_j_kg, mixed_w), mixed_w)
        flow, _ = supply_flow(limits, f, s, x, setpoints, dt_s)
        ask_units(state.dxs, params.dxs, x, air, flow / high, f["air_density_std_kg_m3"])
        level, _, free = _hold_return(state, params, air, dt_s)
        s["dx_level_frac"] = level
        fan_frac = 1.0
        if f["dx_cycling"] == 1:
            fan_frac = min(level, 1.0) if free == 1 else -1.0
        if x["supply_kg_s"] <= 0.0:
            break
        mixed_j_kg, mixed_w, same = _next_air(x, (mixed_j_kg, mixed_w), passes)
        if same > 0.0:
            break
    _never_moisten(x, f, s, dt_s)
    book_units(state.dxs, params.dxs, x, air, fan_frac)


@kernel
def _supply_air(state: Any, params: Any, setpoints: Any, limits: tuple[float, float], dt_s: float) -> float:
    """Every unit holds its supply temperature: passes until coils, dampers, fans and air agree."""
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    integral = s["fan_integral"]
    mixed_j_kg, mixed_w = _mixed(x)
    idle = True
    air = (s["return_c"], mixed_w)
    for passes in range(_MAX_PASSES):
        air = (temperature_from_enthalpy_c(mixed_j_kg, mixed_w), mixed_w)
        before_kg_s = x["supply_kg_s"]
        x["supply_kg_s"], integral = supply_flow(limits, f, s, x, setpoints, dt_s)
        x["supply_kg_s"] = _moved(before_kg_s, x["supply_kg_s"], passes, _DAMPED_FLOW)
        ask_units(state.dxs, params.dxs, x, air, x["supply_kg_s"] / limits[1], f["air_density_std_kg_m3"])
        keep, fixed_j_kg, held, held_c, dried, surface, outdoor = hold_supply(
            state.dxs, params.dxs, f, x, setpoints["supply_air_c"], air
        )
        settled = abs(outdoor - x["outdoor_frac"]) < _SHARE_TOLERANCE
        settled = settled and abs(x["supply_kg_s"] - before_kg_s) < 1e-6 * limits[1]
        x["outdoor_frac"] = _moved(x["outdoor_frac"], outdoor, passes, _DAMPED_PASSES)
        _moisture(x, f, s, 1.0 - dried, surface, dt_s)
        _enthalpy(x, f, s, keep, fixed_j_kg + held * enthalpy_j_kg(held_c, x["supply_w"]), dt_s)
        mixed_j_kg, mixed_w, same = _next_air(x, (mixed_j_kg, mixed_w), passes)
        if same > 0.0 and settled:
            break
    fans = 0.0
    for i in range(state.dxs.shape[0]):
        fans += state.dxs[i]["fan_w"]
        idle = idle and state.dxs[i]["plr"] <= 0.0
    if idle:  # exactly the mixed air and the fans' heat: coils that stand take nothing
        _moisture(x, f, s, 1.0, 0.0, dt_s)
        _enthalpy(x, f, s, 1.0, fans / x["supply_kg_s"], dt_s)
    s["dx_level_frac"] = 0.0
    _never_moisten(x, f, s, dt_s)
    book_units(state.dxs, params.dxs, x, air, 1.0)
    return integral


@kernel
def _never_moisten(x: Any, f: Any, s: Any, dt_s: float) -> None:
    """A coil never gives water to the air: where the air it met was drier than it leaves, nothing condensed."""
    if x["supply_kg_s"] > 0.0 and x["supply_w"] > _mixed(x)[1]:
        _moisture(x, f, s, 1.0, 0.0, dt_s)


@kernel
def _books(x: Any) -> None:
    """Heat and condensate that the coils took from the air that passed them."""
    mixed_j_kg, mixed_w = _mixed(x)
    flow = x["supply_kg_s"]
    drop = mixed_w - x["supply_w"]
    x["wet"] = 1 if flow > 0.0 and drop > 1e-12 else 0
    condensate = flow * max(drop, 0.0)  # below zero by rounding only
    supply_c = temperature_from_enthalpy_c(x["supply_j_kg"], x["supply_w"])
    x["condensate_kg_s"] = condensate
    x["condensate_w"] = condensate * CP_WATER * supply_c
    x["coil_w"] = flow * (mixed_j_kg - x["supply_j_kg"]) + x["fan_w"] - x["condensate_w"] if flow > 0.0 else 0.0
    x["dx_load_w"] = x["coil_w"]
    x["iec_w"] = x["iec_fan_w"] = x["iec_pump_w"] = x["iec_frac"] = 0.0
