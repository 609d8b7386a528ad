"""Indirect evaporative units of a hall: modes, plates, spray and DX trim on the air that returns from the racks.

Each unit blows hall air through a plate exchanger with outdoor air on the other side, dry or sprayed, and through
a DX coil that trims what the plates cannot do. The coils come before the fan (draw-through), so their target is
the supply setpoint less the fan's own heat. Plates and condensers give all their heat to the outdoors.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.chiller import chiller_capacity_w, chiller_power_w
from twin_kernels.constants import CP_WATER
from twin_kernels.control_iec import IEC_DRY, IEC_DRY_DX, IEC_WET, IEC_WET_DX, iec_mode
from twin_kernels.evaporative import iec_exhaust, iec_for_target, iec_reach, iec_water
from twin_kernels.jit import kernel
from twin_kernels.movers import fan_power_w
from twin_kernels.psychrometrics import (
    enthalpy_j_kg,
    humid_heat_j_kgk,
    saturation_humidity_ratio,
    temperature_from_enthalpy_c,
)

__all__ = ["decide_units", "iec_units", "prevailing_mode", "spray_water", "stop_iec_units"]

#: Load of a trim compressor is matched to its capacity to this share of it.
_CAPACITY_TOLERANCE = 1e-9
#: Below this speed of the outdoor-air fan the plates have something to spare.
_SPARE_FRAC = 0.98
#: Spray water takes the wet bulb: below 0 °C it freezes, and it may begin again this much above, K. Source: assumed.
_ICE_BAND_K = 0.5
#: Colder plates than this above the target are no shortfall, K.
_HELD_K = 1e-3


@kernel
def decide_units(state: Any, params: Any, setpoints: Any) -> None:
    """Mode of every unit for this step, from the return air of the last step and the outdoor air of this one.

    Parameters
    ----------
    state, params : State, Params
        ``iecs.mode`` and ``iecs.changed_s`` are written.
    setpoints : record of SETPOINTS
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    last = -1
    dry_c = wet_c = 0.0
    for i in range(params.iecs.shape[0]):
        q = params.iecs[i]
        c = state.iecs[i]
        if q["available"] == 0:
            if c["mode"] != 0:
                c["mode"] = 0
                c["changed_s"] = s["time_s"]
            continue
        fan_k = c["fan_w"] / (c["air_kg_s"] * humid_heat_j_kgk(s["return_w"])) if c["air_kg_s"] > 0.0 else 0.0
        target_c = setpoints["supply_air_c"] + q["supply_offset_k"] - fan_k
        icy_c = 0.0 if c["mode"] in (IEC_WET, IEC_WET_DX) else _ICE_BAND_K
        can_spray = q["spray_available"] == 1 and s["wet_bulb_c"] >= icy_c
        can_trim = params.trims[i]["available"] == 1 and params.trims[i]["rated_w"] > 0.0
        if _stays(c, q, target_c, (x["outdoor_c"], s["wet_bulb_c"]), can_spray, can_trim, s["time_s"]):
            continue
        if last < 0 or not _alike(q, params.iecs[last]):
            speed = s["fan_speed_frac"] if s["fan_speed_frac"] > 0.0 else 1.0  # a hall whose fans stood is hot
            primary = max(speed, q["min_speed_frac"]) * q["air_rated_m3_s"] * f["air_density_std_kg_m3"]
            dry_c, wet_c = iec_reach(
                q, primary, f["air_density_std_kg_m3"], s["return_c"], s["return_w"],
                (x["outdoor_c"], x["outdoor_w"], s["wet_bulb_c"], x["outdoor_pa"]), c["film_c"],
            )
        last = i
        c["mode"], c["changed_s"] = iec_mode(
            c["mode"], dry_c, wet_c, target_c, x["outdoor_c"], can_spray, can_trim, s["time_s"], c["changed_s"], q
        )


@kernel
def _stays(
    c: Any, q: Any, target_c: float, outdoor: tuple[float, float], can_spray: bool, can_trim: bool, time_s: float
) -> bool:
    """Whether a unit keeps its mode whatever its plates reach: saves working that out in most steps.

    In its shortest time, or where neither neighbour can be called for: the next mode is not as long as the fan is
    below full speed, the one before it not while the air it would cool with is no colder than it would have to be.
    ``outdoor``: dry and wet bulb, °C.
    """
    mode = c["mode"]
    sprays = mode in (IEC_WET, IEC_WET_DX)
    lost = (sprays and (not can_spray or outdoor[0] < q["freeze_c"])) or (
        mode in (IEC_WET_DX, IEC_DRY_DX) and not can_trim
    )
    if mode == 0 or lost:
        return False
    if time_s - c["changed_s"] < q["wait_s"]:
        return True
    low_c = target_c - q["down_k"]
    # a fan that stands because no heat can pass (outdoors too warm, plates lost) has nothing to spare
    spare = c["secondary_frac"] < _SPARE_FRAC and c["saturated"] == 0.0 and q["up_k"] >= 0.0
    if mode == IEC_DRY:
        return spare
    if mode == IEC_WET:
        return spare and outdoor[0] >= low_c
    return mode == IEC_WET_DX and min(outdoor[0], outdoor[1]) >= low_c


@kernel
def _alike(a: Any, b: Any) -> bool:
    """Whether two units are equal: of one group, and fouling, clogging and sensors have left them so."""
    return (
        a["group"] == b["group"] and a["ua_w_k"] == b["ua_w_k"] and a["air_rated_m3_s"] == b["air_rated_m3_s"]
        and a["ua_primary_frac"] == b["ua_primary_frac"] and a["fan_rated_w"] == b["fan_rated_w"]
        and a["secondary_rated_m3_s"] == b["secondary_rated_m3_s"] and a["secondary_fan_w"] == b["secondary_fan_w"]
        and a["wetting_frac"] == b["wetting_frac"] and a["supply_offset_k"] == b["supply_offset_k"]
    )


@kernel
def _trim(
    t: Any, p: Any, bypass_frac: float, air: tuple[float, float, float], target_c: float, outdoor_c: float,
    pressure_pa: float,
) -> tuple[float, float]:
    """Cool air to a target by the DX coil, as far as its compressor reaches; return what leaves (°C, kg/kg).

    The coil is described by its bypass factor: ``1 - bypass_frac`` of the air leaves at the apparatus dew point, the
    rest as it came. ``air``: flow kg/s, temperature °C, humidity kg/kg; mist in it passes.
    """
    flow, entering_c, entering_w = air
    capacity, outside = chiller_capacity_w(p, target_c, outdoor_c)
    reached_c = target_c
    leaving_w = entering_w
    load = 0.0
    low_c, high_c = target_c, entering_c
    vapour_w = min(entering_w, saturation_humidity_ratio(entering_c, pressure_pa))
    for i in range(60):
        dew_c = entering_c - (entering_c - reached_c) / (1.0 - bypass_frac)
        leaving_w = entering_w
        saturated_w = saturation_humidity_ratio(dew_c, pressure_pa)
        if saturated_w < vapour_w:
            leaving_w = entering_w - (1.0 - bypass_frac) * (vapour_w - saturated_w)
        load = flow * (
            enthalpy_j_kg(entering_c, entering_w) - enthalpy_j_kg(reached_c, leaving_w)
            - (entering_w - leaving_w) * CP_WATER * reached_c
        )
        if load <= capacity * (1.0 + _CAPACITY_TOLERANCE):
            if reached_c == target_c or load >= capacity * (1.0 - 1e-6):
                break
            high_c = reached_c
        else:
            low_c = reached_c
        guess_c = entering_c - (entering_c - reached_c) * capacity / load
        reached_c = guess_c if low_c < guess_c < high_c and i % 4 != 3 else 0.5 * (low_c + high_c)
    power, plr, flag = chiller_power_w(p, load, reached_c, outdoor_c)
    t["load_w"] = load
    t["power_w"] = power
    t["plr"] = plr
    t["capacity_w"] = capacity
    t["cop"] = load / power if power > 0.0 else 0.0
    t["outside_box"] = max(flag, outside)
    t["on"] = 1
    return reached_c, leaving_w


@kernel
def _rest(t: Any) -> None:
    """A trim compressor that does not run."""
    t["load_w"] = t["power_w"] = t["plr"] = t["cop"] = 0.0
    t["outside_box"] = 0
    t["on"] = 0


@kernel
def _one_unit(
    c: Any, q: Any, t: Any, p: Any, f: Any, s: Any, x: Any, setpoint_c: float, speed: float, return_c: float
) -> None:
    """One unit on the hall's return air: plates, spray, trim and fans; what it makes is written to its state."""
    flow = speed * q["air_rated_m3_s"] * f["air_density_std_kg_m3"]
    fan = fan_power_w(q["fan_rated_w"], q["fan_curve"], speed)
    seen_w = x["return_w"]
    target_c = setpoint_c + q["supply_offset_k"] - fan / (flow * humid_heat_j_kgk(seen_w))
    mode = c["mode"]
    wet = 1 if mode in (IEC_WET, IEC_WET_DX) else 0
    share, leaving_c, _, film_c, film_w = iec_for_target(
        q, wet, flow, f["air_density_std_kg_m3"], return_c, seen_w,
        (x["outdoor_c"], x["outdoor_w"], s["wet_bulb_c"], x["outdoor_pa"]), target_c, c["secondary_frac"],
        c["film_c"],
    )
    leaving_w = seen_w
    if mode in (IEC_WET_DX, IEC_DRY_DX) and leaving_c > target_c and p["available"] == 1:
        leaving_c, leaving_w = _trim(
            t, p, q["trim_bypass_frac"], (flow, leaving_c, seen_w), target_c, x["outdoor_c"], x["pressure_pa"]
        )
    else:
        _rest(t)
    c["speed_frac"] = speed
    c["air_kg_s"] = flow
    c["fan_w"] = fan
    c["secondary_frac"] = share
    c["secondary_kg_s"] = share * q["secondary_rated_m3_s"] * f["air_density_std_kg_m3"]
    c["secondary_fan_w"] = fan_power_w(q["secondary_fan_w"], q["secondary_curve"], share) if share > 0.0 else 0.0
    c["pump_w"] = q["pump_w"] if wet == 1 and share > 0.0 else 0.0
    c["film_c"] = film_c
    c["film_humidity"] = film_w
    c["saturated"] = 1.0 if leaving_c > target_c + _HELD_K else 0.0
    c["supply_c"] = leaving_c  # before the fan; completed by the caller with this step's humidity
    c["supply_w"] = leaving_w


@kernel
def iec_units(state: Any, params: Any, setpoint_c: float, high_kg_s: float) -> tuple[float, float]:
    """Run every unit on the return air of ``solution``.

    Parameters
    ----------
    state, params : State, Params
        Units, trims and the units' sums in ``solution`` are written.
    setpoint_c : float
        Supply-air setpoint, °C.
    high_kg_s : float
        Supply flow of all available units at full speed, kg/s.

    Returns
    -------
    tuple of float
        Enthalpy (J/kg) and humidity ratio of the supply they make.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    speed = x["supply_kg_s"] / high_kg_s
    return_c = temperature_from_enthalpy_c(x["return_j_kg"], x["return_w"])
    sum_h = sum_w = fans = secondary = pumps = load = power = share = total = 0.0
    saturated = wet = outside = 0
    last = -1
    for i in range(state.iecs.shape[0]):
        c = state.iecs[i]
        q = params.iecs[i]
        if q["available"] == 0:
            _stop(c, state.trims[i])
            continue
        if last >= 0 and c["mode"] == state.iecs[last]["mode"] and _alike(q, params.iecs[last]) and (
            params.trims[i]["available"] == params.trims[last]["available"]
            and params.trims[i]["rated_w"] == params.trims[last]["rated_w"]
            and params.trims[i]["cop"] == params.trims[last]["cop"]
        ):  # equal units on equal air have the same answer
            changed_s, started_s = c["changed_s"], state.trims[i]["changed_s"]
            state.iecs[i] = state.iecs[last]
            state.trims[i] = state.trims[last]
            c["changed_s"] = changed_s
            state.trims[i]["changed_s"] = started_s
        else:
            _one_unit(c, q, state.trims[i], params.trims[i], f, s, x, setpoint_c, speed, return_c)
            if c["supply_w"] < x["return_w"]:
                wet = 1
                c["supply_j_kg"] = enthalpy_j_kg(c["supply_c"], c["supply_w"]) + c["fan_w"] / c["air_kg_s"]
            else:  # dry: humidity passes through
                c["supply_w"] = x["return_w"]
                c["supply_j_kg"] = enthalpy_j_kg(c["supply_c"], x["return_w"]) + c["fan_w"] / c["air_kg_s"]
            c["supply_c"] = temperature_from_enthalpy_c(c["supply_j_kg"], c["supply_w"])
        last = i
        t = state.trims[i]
        flow = c["air_kg_s"]
        total += flow
        sum_h += flow * c["supply_j_kg"]
        sum_w += flow * c["supply_w"]
        fans += c["fan_w"]
        secondary += c["secondary_fan_w"]
        pumps += c["pump_w"]
        share += flow * c["secondary_frac"]
        load += t["load_w"]
        power += t["power_w"]
        outside = max(outside, t["outside_box"])
        if c["saturated"] > 0.0:
            saturated = 1
    x["fan_w"] = fans
    x["iec_fan_w"] = secondary
    x["iec_pump_w"] = pumps
    x["iec_frac"] = share / total
    x["dx_load_w"] = load
    x["dx_w"] = power
    x["dx_outside"] = outside
    x["saturated"] = saturated
    x["wet"] = wet
    x["water_kg_s"] = 0.0
    return sum_h / total, sum_w / total


@kernel
def _stop(c: Any, t: Any) -> None:
    """A unit that does not run."""
    c["speed_frac"] = c["air_kg_s"] = c["fan_w"] = 0.0
    c["secondary_frac"] = c["secondary_kg_s"] = c["secondary_fan_w"] = c["pump_w"] = c["exchanger_w"] = 0.0
    _rest(t)


@kernel
def stop_iec_units(iecs: Any, trims: Any, x: Any) -> None:
    """No unit is available: none moves air or heat.

    Parameters
    ----------
    iecs, trims : arrays of IEC_STATE, CHILLER_STATE
    x : record of SOLUTION
    """
    for i in range(iecs.shape[0]):
        _stop(iecs[i], trims[i])
    x["iec_fan_w"] = x["iec_pump_w"] = x["iec_frac"] = x["dx_load_w"] = x["dx_w"] = 0.0
    x["dx_outside"] = 0


@kernel
def spray_water(iecs: Any, p: Any, x: Any, density_kg_m3: float, wet_bulb_c: float) -> None:
    """Exhaust of every unit's plates, heat that it carries, and the water it took: evaporated, drift, blowdown.

    Parameters
    ----------
    iecs, p : arrays of IEC_STATE, IEC_PARAMS
    x : record of SOLUTION
    density_kg_m3 : float
        Dry air in a cubic metre of the rated flows, kg/m³.
    wet_bulb_c : float
        Outdoor wet bulb, °C: where the spray water runs and what make-up is taken at.
    """
    outdoor = (x["outdoor_c"], x["outdoor_w"], wet_bulb_c, x["outdoor_pa"])
    last = -1
    for i in range(iecs.shape[0]):
        c = iecs[i]
        if last >= 0 and c["mode"] == iecs[last]["mode"] and c["secondary_kg_s"] == iecs[last]["secondary_kg_s"] and (
            c["film_c"] == iecs[last]["film_c"] and _alike(p[i], p[last])
        ):  # equal units on equal air have the same exhaust
            c["exhaust_c"] = iecs[last]["exhaust_c"]
            c["exhaust_humidity"] = iecs[last]["exhaust_humidity"]
            c["exchanger_w"] = iecs[last]["exchanger_w"]
            c["evaporated_kg_s"] = iecs[last]["evaporated_kg_s"]
            c["drift_kg_s"] = iecs[last]["drift_kg_s"]
            c["blowdown_kg_s"] = iecs[last]["blowdown_kg_s"]
            continue
        last = i
        sprayed = c["mode"] in (IEC_WET, IEC_WET_DX)
        c["exhaust_c"] = c["film_c"]
        c["exhaust_humidity"] = c["film_humidity"]
        c["evaporated_kg_s"] = c["drift_kg_s"] = c["blowdown_kg_s"] = 0.0
        if sprayed:
            c["exhaust_c"], c["exhaust_humidity"] = iec_exhaust(
                p[i], c["secondary_kg_s"], density_kg_m3, outdoor, c["film_c"], c["film_humidity"]
            )
            c["evaporated_kg_s"], c["drift_kg_s"], c["blowdown_kg_s"] = iec_water(
                p[i], c["secondary_kg_s"], x["outdoor_w"], c["exhaust_humidity"]
            )
        c["exchanger_w"] = c["secondary_kg_s"] * (
            enthalpy_j_kg(c["exhaust_c"], c["exhaust_humidity"]) - x["outdoor_j_kg"]
            - (c["exhaust_humidity"] - x["outdoor_w"]) * CP_WATER * wet_bulb_c  # came as water
        )


@kernel
def prevailing_mode(iecs: Any) -> int:
    """Mode of the hall: that of the units which move most air together (of equals the higher); 0 if none does.

    Parameters
    ----------
    iecs : array of IEC_STATE

    Returns
    -------
    int
    """
    prevailing = 0
    most = 0.0
    for mode in range(IEC_DRY, IEC_DRY_DX + 1):
        air = 0.0
        for i in range(iecs.shape[0]):
            if iecs[i]["mode"] == mode:
                air += iecs[i]["air_kg_s"]
        if air > 0.0 and air >= most:
            prevailing, most = mode, air
    return prevailing
