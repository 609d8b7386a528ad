"""Air handlers: supply fans and their loop, air-side economiser, coils, and the supply they make.

All available units run at the same speed (N+1 units share the load at reduced speed). The coil comes
before the fan (draw-through), so the coil's target is the supply setpoint less the fan's own heat.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.coil import unit_valve
from twin_kernels.constants import H_VAPOUR_0
from twin_kernels.economiser import outdoor_share
from twin_kernels.fan_loop import fan_limits, supply_flow
from twin_kernels.hall import solve_moisture, solve_room
from twin_kernels.iec_units import iec_units, stop_iec_units
from twin_kernels.jit import kernel
from twin_kernels.movers import fan_power_w
from twin_kernels.psychrometrics import enthalpy_j_kg, humid_heat_j_kgk, temperature_from_enthalpy_c

__all__ = ["solve_air"]

#: Supply enthalpy is solved to this, J/kg (about 1e-4 K); energy closes whatever it is.
_ENTHALPY_TOLERANCE = 0.1
#: Humidity of the supply that is still taken as the units make it, without asking them again: their return air
#: is then 2e-5 K off at most.
_HUMIDITY_TOLERANCE = 1e-6
_MAX_ITERATIONS = 30
_SETTLE_ITERATIONS = 3
#: Beyond any enthalpy of air, J/kg.
_FAR_J_KG = 1e9


@kernel
def _units(
    crahs: Any, p: Any, f: Any, s: Any, x: Any, supply_setpoint_c: float, water_c: float, high_kg_s: float
) -> tuple[float, float, float]:
    """Run every unit on the mixed air of ``x``; return supply enthalpy, humidity and wanted outdoor share.

    Whether a coil condenses, and how dry it leaves the air, follows from the humidity of the last step
    (it drifts by less than 1e-6 a minute); the condensate itself is what the balance of this step says.
    """
    speed = x["supply_kg_s"] / high_kg_s
    return_c = temperature_from_enthalpy_c(x["return_j_kg"], x["return_w"])
    share = x["outdoor_frac"]
    mixed_j_kg = share * x["fresh_j_kg"] + (1.0 - share) * x["return_j_kg"]
    mixed_w = share * x["fresh_w"] + (1.0 - share) * x["return_w"]
    mixed_c = temperature_from_enthalpy_c(mixed_j_kg, mixed_w)
    seen_w = share * x["fresh_w"] + (1.0 - share) * s["return_w"]
    seen_j_kg = enthalpy_j_kg(mixed_c, seen_w)
    sum_h = sum_w = fans = water_total = outdoor = 0.0
    saturated = wet = 0
    last = -1
    water = out_h = out_w = flag = fan = target_c = wanted = 0.0
    for i in range(crahs.shape[0]):
        c = crahs[i]
        q = p[i]
        if q["available"] == 0:
            c["air_kg_s"] = c["water_kg_s"] = c["valve_frac"] = c["fan_w"] = c["speed_frac"] = 0.0
            continue
        m = speed * q["air_rated_m3_s"] * f["air_density_std_kg_m3"]
        # equal units on equal air have the same answer: solve the first of each kind only
        if last < 0 or not (
            q["air_rated_m3_s"] == p[last]["air_rated_m3_s"] and q["ua_w_k"] == p[last]["ua_w_k"]
            and q["supply_offset_k"] == p[last]["supply_offset_k"] and q["fan_rated_w"] == p[last]["fan_rated_w"]
            and q["water_rated_kg_s"] == p[last]["water_rated_kg_s"]
        ):
            fan = fan_power_w(q["fan_rated_w"], q["fan_curve"], speed)
            target_c = supply_setpoint_c + q["supply_offset_k"] - fan / (m * humid_heat_j_kgk(mixed_w))
            wanted = outdoor_share(f, x, return_c, target_c)
            if f["econ_min_frac"] < wanted < 1.0:  # dampers hold the target: the valve stays shut
                water = flag = 0.0
                out_h = mixed_j_kg
                out_w = mixed_w
            elif x["no_water"] == 1:  # no water: what the dampers do not hold stays as it is
                water = 0.0
                out_h = mixed_j_kg
                out_w = mixed_w
                flag = 1.0 if mixed_c > target_c else 0.0
            else:
                water, _, out_h, out_w, flag = unit_valve(
                    c, target_c, seen_j_kg, seen_w, m, water_c, q, speed, x["pressure_pa"]
                )
                if out_w >= seen_w:  # dry: humidity passes through, the temperature is what the coil made
                    out_h = enthalpy_j_kg(temperature_from_enthalpy_c(out_h, out_w), mixed_w)
                    out_w = mixed_w
                else:
                    wet = 1
            last = i
        c["speed_frac"] = speed
        c["air_kg_s"] = m
        c["water_kg_s"] = water
        c["valve_frac"] = water / q["water_rated_kg_s"]
        c["saturated"] = flag
        c["fan_w"] = fan
        c["mixed_j_kg"] = mixed_j_kg
        c["mixed_w"] = mixed_w
        c["mixed_c"] = mixed_c
        c["supply_j_kg"] = out_h + fan / m
        c["supply_w"] = out_w
        sum_h += m * (out_h + fan / m)
        sum_w += m * out_w
        fans += fan
        water_total += water
        outdoor += m * wanted
        if flag > 0.0:
            saturated = 1
    x["fan_w"] = fans
    x["water_kg_s"] = water_total
    x["saturated"] = saturated
    x["wet"] = wet
    total = x["supply_kg_s"]
    return sum_h / total, sum_w / total, outdoor / total


@kernel
def solve_air(state: Any, params: Any, setpoints: Any, water_c: float, dt_s: float) -> float:
    """Supply, room and return air together, for a given chilled-water temperature.

    The supply is first taken at its setpoint, then as the units really make it, by a secant
    iteration in supply enthalpy. What the coils take up is defined by the air that enters and leaves
    them in the final pass, so energy and vapour close whatever the tolerance.

    Parameters
    ----------
    state, params : State, Params
        In ``solution`` sums, sources and outdoor air are read; all unknowns are written.
    setpoints : record of SETPOINTS
    water_c : float
        Chilled water to the coils, °C.
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
    supply_c = setpoints["supply_air_c"]
    _first_supply(f, s, x, supply_c, dt_s)
    integral = s["fan_integral"]
    # the fields of both kinds of unit have the same names, but not the same type: no common array
    limits = fan_limits(state.iecs, params.iecs, f)
    if f["iec"] == 0:
        limits = fan_limits(state.crahs, params.crahs, f)
    low_h, high_h, previous_h, previous_error = -_FAR_J_KG, _FAR_J_KG, 0.0, 0.0
    for iteration in range(_MAX_ITERATIONS):
        x["supply_kg_s"], integral = supply_flow(limits, f, s, x, setpoints, dt_s)
        room_w, return_w, supply_w = solve_moisture(x, f, x["supply_kg_s"], s["room_w"], dt_s)
        room_h, return_h, share, ducted = solve_room(
            x, f, x["supply_kg_s"], x["supply_j_kg"], s["room_j_kg"], dt_s
        )
        x["room_w"] = room_w
        x["return_w"] = return_w
        x["supply_w"] = supply_w
        x["room_j_kg"] = room_h
        x["return_j_kg"] = return_h
        x["share"] = share
        x["ducted_share"] = ducted
        if x["supply_kg_s"] <= 0.0:
            _no_supply(state, f, x)
            break
        was_wet = x["wet"]
        if f["iec"] == 1:
            made_h, made_w = iec_units(state, params, supply_c, limits[1])
            outdoor = 0.0
        else:
            made_h, made_w, outdoor = _units(state.crahs, params.crahs, f, s, x, supply_c, water_c, limits[1])
        if iteration >= _SETTLE_ITERATIONS and was_wet == 1:
            x["wet"] = 1  # on the brink of the dew point: stay with the wet balance, it covers both
        error = made_h - x["supply_j_kg"]
        settled = abs(outdoor - x["outdoor_frac"]) < 1e-7 and was_wet == x["wet"]
        dried_w = made_w - supply_w if x["wet"] == 1 else 0.0
        if settled and abs(error - dried_w * H_VAPOUR_0) < _ENTHALPY_TOLERANCE and abs(dried_w) < _HUMIDITY_TOLERANCE:
            if x["wet"] == 1:
                _take_supply(x, f, s, made_h, made_w, dt_s)
            break
        now_h, next_h = x["supply_j_kg"], made_h
        if iteration > 0 and settled and abs(dried_w) < 1e-8 and abs(error - previous_error) > 1e-9:
            next_h = now_h - error * (now_h - previous_h) / (error - previous_error)
        dry = f["iec"] == 1 and x["wet"] == 0 and was_wet == 0
        low_h, high_h, next_h = _enclosed(low_h, high_h, now_h, next_h, error, iteration if dry else -1)
        previous_h, previous_error = now_h, error
        if iteration < _MAX_ITERATIONS - 1:
            x["supply_j_kg"] = next_h
            x["supply_w"] = made_w
            x["outdoor_frac"] = outdoor
        else:
            x["wet"] = was_wet  # what the moisture balance was solved with
    _keep_dry(x, f, s, dt_s)
    if f["iec"] == 0 and x["water_kg_s"] <= 0.0 and x["supply_kg_s"] > 0.0:
        _shut_valves(x, f, s, dt_s)
    _coil_balance(x)
    x["iec_w"] = x["coil_w"] - x["dx_load_w"] if f["iec"] == 1 else 0.0
    return integral


@kernel
def _enclosed(
    low_j_kg: float, high_j_kg: float, now_j_kg: float, next_j_kg: float, error_j_kg: float, iteration: int
) -> tuple[float, float, float]:
    """Bounds of the supply enthalpy after a pass, and the next one, kept between them where passes do not settle.

    What units make falls short of the supply they were asked about where that is too high, and the other way round;
    a compressor that starts or reaches its capacity bends the line, so that steps alone may go round in a circle.
    ``iteration`` below 0: not of this kind, nothing is bounded.
    """
    if iteration < 0:
        return low_j_kg, high_j_kg, next_j_kg
    if error_j_kg > 0.0:
        low_j_kg = now_j_kg
        high_j_kg = high_j_kg if high_j_kg > low_j_kg else _FAR_J_KG
    else:
        high_j_kg = now_j_kg
        low_j_kg = low_j_kg if low_j_kg < high_j_kg else -_FAR_J_KG
    settles = low_j_kg < next_j_kg < high_j_kg and iteration % 3 > 0
    if iteration > _SETTLE_ITERATIONS and high_j_kg - low_j_kg < _FAR_J_KG and not settles:
        next_j_kg = 0.5 * (low_j_kg + high_j_kg)
    return low_j_kg, high_j_kg, next_j_kg


@kernel
def _take_supply(x: Any, f: Any, s: Any, supply_j_kg: float, supply_w: float, dt_s: float) -> None:
    """Room and return with the supply that wet coils make: at its temperature, a trace more or less humid."""
    x["supply_j_kg"] = supply_j_kg
    x["supply_w"] = supply_w
    x["room_w"], x["return_w"], _ = solve_moisture(x, f, x["supply_kg_s"], s["room_w"], dt_s)
    x["room_j_kg"], x["return_j_kg"], _, _ = solve_room(x, f, x["supply_kg_s"], supply_j_kg, s["room_j_kg"], dt_s)


@kernel
def _first_supply(f: Any, s: Any, x: Any, supply_c: float, dt_s: float) -> None:
    """Supply to begin with: where the last step ended, moved with the setpoint (units may be at their limits)."""
    x["supply_w"] = s["supply_w"]
    x["outdoor_frac"] = s["outdoor_air_frac"]
    x["wet"] = s["coil_wet"]
    _, x["return_w"], x["supply_w"] = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
    x["supply_j_kg"] = enthalpy_j_kg(s["supply_c"] + supply_c - s["supply_setpoint_c"], x["supply_w"])


@kernel
def _no_supply(state: Any, f: Any, x: Any) -> None:
    """No unit moves air: the supply is the room's, and nothing holds it any more."""
    if f["iec"] == 1:
        stop_iec_units(state.iecs, state.trims, x)
    else:
        _stop_units(state.crahs)
    x["fan_w"] = x["water_kg_s"] = 0.0
    x["saturated"] = 1
    x["supply_j_kg"] = x["room_j_kg"]
    x["supply_w"] = x["room_w"]


@kernel
def _stop_units(crahs: Any) -> None:
    """No unit is available: none moves air or water."""
    for i in range(crahs.shape[0]):
        c = crahs[i]
        c["speed_frac"] = c["air_kg_s"] = c["fan_w"] = 0.0
        c["water_kg_s"] = c["valve_frac"] = 0.0


@kernel
def _shut_valves(x: Any, f: Any, s: Any, dt_s: float) -> None:
    """Supply air when no water flows: exactly the mixed air and the fans' heat, so that the coils take nothing.

    Flow and outdoor share stay; return air is linear in supply air, so one secant is the solution.
    """
    flow, share = x["supply_kg_s"], x["outdoor_frac"]
    fixed = share * x["fresh_j_kg"] + x["fan_w"] / flow
    low = x["supply_j_kg"]
    high = low + 1000.0
    _, at_low, _, _ = solve_room(x, f, flow, low, s["room_j_kg"], dt_s)
    _, at_high, _, _ = solve_room(x, f, flow, high, s["room_j_kg"], dt_s)
    slope = (1.0 - share) * (at_high - at_low) / (high - low)
    if slope < 1.0 - 1e-9:  # air that goes round and loses no heat has no steady state
        x["supply_j_kg"] = low + (fixed + (1.0 - share) * at_low - low) / (1.0 - slope)
        x["room_j_kg"], x["return_j_kg"], _, _ = solve_room(x, f, flow, x["supply_j_kg"], s["room_j_kg"], dt_s)


@kernel
def _keep_dry(x: Any, f: Any, s: Any, dt_s: float) -> None:
    """A coil never gives water to the air: where the air it met was drier than it leaves, nothing condensed.

    Units judge by the humidity of the last step, which on the brink of the dew point may be higher.
    """
    share = x["outdoor_frac"]
    mixed_w = share * x["fresh_w"] + (1.0 - share) * x["return_w"]
    idle = f["iec"] == 0 and x["water_kg_s"] <= 0.0
    if x["wet"] == 1 and x["supply_kg_s"] > 0.0 and (x["supply_w"] > mixed_w or idle):
        x["wet"] = 0
        x["room_w"], x["return_w"], x["supply_w"] = solve_moisture(x, f, x["supply_kg_s"], s["room_w"], dt_s)


@kernel
def _coil_balance(x: Any) -> None:
    """Heat and condensate that the coils took from the air that passed them."""
    share = x["outdoor_frac"]
    mixed_h = share * x["fresh_j_kg"] + (1.0 - share) * x["return_j_kg"]
    mixed_w = share * x["fresh_w"] + (1.0 - share) * x["return_w"]
    flow = x["supply_kg_s"]
    condensate = flow * (mixed_w - x["supply_w"]) if x["wet"] == 1 else 0.0
    supply_c = temperature_from_enthalpy_c(x["supply_j_kg"], x["supply_w"])
    x["condensate_kg_s"] = condensate
    x["condensate_w"] = condensate * 4186.0 * supply_c
    x["coil_w"] = flow * (mixed_h - x["supply_j_kg"]) + x["fan_w"] - x["condensate_w"]
