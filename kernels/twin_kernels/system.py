"""One step of the whole facility, a block of steps, and many twins at once. One law, three drivers."""

from __future__ import annotations

from typing import Any

from numba import prange

from twin_kernels.bands import closed_sky_w_m2
from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, CP_WATER, H_VAPOUR_0, HOUR
from twin_kernels.coupling import solve_cooling
from twin_kernels.economiser import decide_economiser, pad_water
from twin_kernels.electrical import chain_loss_w
from twin_kernels.envelope import surface_step
from twin_kernels.humidifiers import control_humidity
from twin_kernels.iec_units import decide_units, prevailing_mode, spray_water
from twin_kernels.jit import kernel
from twin_kernels.layout import C_JOB, Params, State
from twin_kernels.liquid_side import chip_temperatures, collect_liquid_heat, keep_exhaust, liquid_speeds
from twin_kernels.metering import add_meters, book_ledger, plant_power_w
from twin_kernels.outdoor_streams import aim_conduits, duct_gain_w, intake_rise_k
from twin_kernels.panel import panel_weather
from twin_kernels.psychrometrics import (
    dew_point_c,
    dry_air_density_kg_m3,
    enthalpy_j_kg,
    saturation_humidity_ratio,
    temperature_from_enthalpy_c,
    wet_bulb_c,
)
from twin_kernels.rack_statistics import add_rack_hour, inlet_statistics
from twin_kernels.racks import columns_to_racks, rack_loads, rack_temperatures, racks_to_columns
from twin_kernels.radiation import sky_temperature_c
from twin_kernels.saturation import vapour_pressure_pa
from twin_kernels.sky_tank import move_sky_tank
from twin_kernels.step_row import write_row
from twin_kernels.water_layout import CHILLED
from twin_kernels.water_side import decide_water, heat_rejection_water, move_store, remember_water

__all__ = ["advance", "advance_block", "advance_many"]


@kernel
def _outdoor(state: Any, params: Any, weather: Any) -> None:
    """Outdoor air of the step: enthalpy, wet bulb, dew point, sky temperature, sun on every surface."""
    s = state.facility[0]
    x = state.solution[0]
    f = params.facility[0]
    temp_c = weather["dry_bulb_c"]
    w = min(weather["humidity_ratio"], saturation_humidity_ratio(temp_c, weather["pressure_pa"]))
    if f["intake_m2k_w"] > 0.0:  # air that has passed over the roof, by its surface of the last step
        roof = params.surfaces[0]
        film = roof["h_out_base_w_m2k"] + roof["h_out_wind_w_s_m3k"] * weather["wind_m_s"]
        temp_c += min(f["intake_m2k_w"] * film, 1.0) * (state.surfaces[0]["top_c"] - temp_c)
        w = min(w, saturation_humidity_ratio(temp_c, weather["pressure_pa"]))
    if params.conduits.shape[0] > 0:
        temp_c += intake_rise_k(state, params)
        w = min(w, saturation_humidity_ratio(temp_c, weather["pressure_pa"]))
    x["outdoor_c"] = temp_c
    x["outdoor_w"] = w
    x["outdoor_j_kg"] = enthalpy_j_kg(temp_c, w)
    x["outdoor_pa"] = weather["pressure_pa"]
    x["pressure_pa"] = f["pressure_std_pa"]
    x["outdoor_dew_c"] = dew_point_c(w, weather["pressure_pa"]) if f["economiser"] != 0 else 0.0
    x["vent_kg_s"] = f["ventilation_kg_s"]
    if weather["infiltration_m3_s"] > 0.0:
        x["vent_kg_s"] += weather["infiltration_m3_s"] * dry_air_density_kg_m3(temp_c, w, weather["pressure_pa"])
    x["gain_w"] = weather["gain_sensible_w"] + weather["gain_latent_w"]
    x["gain_kg_s"] = weather["gain_latent_w"] / (H_VAPOUR_0 + CP_VAPOUR * s["room_c"])
    x["units_off"] = 1 if weather["units_off_frac"] >= 0.5 else 0
    s["wet_bulb_c"] = wet_bulb_c(temp_c, w, weather["pressure_pa"], s["wet_bulb_c"])
    s["sky_c"] = sky_temperature_c(weather["infrared_w_m2"])
    if params.panels.shape[0] > 0:
        panel_weather(params.panels[0], state.panels[0], weather, f["altitude_m"])
    closed = False
    window = far = 0.0
    for i in range(state.surfaces.shape[0]):
        p = params.surfaces[i]
        if p["coated"] == 1:
            if not closed:
                closed = True
                vapour_pa = vapour_pressure_pa(w, weather["pressure_pa"])
                window, far, _ = closed_sky_w_m2(
                    weather["infrared_w_m2"], weather["dry_bulb_c"], vapour_pa, f["altitude_m"]
                )
            state.surfaces[i]["sky_window_w_m2"] = window
            state.surfaces[i]["sky_far_w_m2"] = far
        incident = 0.0
        if weather["ghi_w_m2"] > 0.0 or weather["dhi_w_m2"] > 0.0:
            cosine = (
                p["normal_east"] * weather["sun_east"] + p["normal_north"] * weather["sun_north"]
                + p["normal_up"] * weather["sun_up"]
            )
            incident = (
                weather["dni_w_m2"] * max(cosine, 0.0)
                + weather["dhi_w_m2"] * 0.5 * (1.0 + p["normal_up"])
                + weather["ghi_w_m2"] * f["ground_reflectance_frac"] * 0.5 * (1.0 - p["normal_up"])
            )
        state.surfaces[i]["solar_w_m2"] = incident


@kernel
def _power_chain(f: Any, s: Any, it_w: float) -> None:
    """Losses between UPS input and IT."""
    s["pdu_loss_w"] = chain_loss_w(it_w, f["pdu_rated_w"], f["pdu_loss"], 1)
    through_w = (1.0 - f["mains_frac"]) * (it_w + s["pdu_loss_w"])
    s["ups_loss_w"] = chain_loss_w(through_w, f["ups_rated_w"], f["ups_loss"], f["ups_units"])


@kernel
def _hall_mode(state: Any, params: Any) -> None:
    """Cooling mode of the hall, as it is recorded."""
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    y = state.plant[CHILLED]
    if f["iec"] == 1:
        s["mode"] = prevailing_mode(state.iecs)
    elif params.water[CHILLED]["wse"] > 0:
        s["mode"] = state.water[CHILLED]["mode"]
    else:  # without a water-side economiser, outdoor air is what cools for free
        outdoors = f["economiser"] != 0 and x["outdoor_frac"] > f["econ_min_frac"]
        need_w = x["dx_w"] if f["dx"] == 1 else y["need_w"]
        if need_w <= 0.0:
            s["mode"] = 1 if outdoors else 0
        else:
            s["mode"] = 2 if outdoors else 3


@kernel
def _finish(state: Any, params: Any, integral: float, dt_s: float) -> None:
    """Turn the solution into the state at the end of the step, and book it."""
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    sum_in, sum_out, stored_racks = rack_temperatures(state.columns, params.kinds, x, dt_s)
    n = state.racks.shape[0]
    s["inlet_mean_c"] = sum_in / n
    s["outlet_mean_c"] = sum_out / x["air_kg_s"]
    inertia = f["room_air_kg"] / dt_s
    stored_room = (inertia * (x["room_j_kg"] - s["room_j_kg"]), inertia * (x["room_w"] - s["room_w"]))
    plant_w = 0.0
    state.ledger[0]["store_gain_in_w"] = state.ledger[0]["stored_store_w"] = 0.0
    for k in range(params.water.shape[0]):
        h = params.water[k]
        w = state.plant[k]
        if h["store"] > 0:
            move_store(state, params, k, dt_s)
        if h["panels"] == 1 and params.sky_tanks.shape[0] > 0:
            move_sky_tank(state, params, k, dt_s)
        if h["chw_capacity_j_k"] > 0.0:
            gained = w["taken_w"] + w["chw_pump_heat_w"] + w["pipe_w"] - w["removed_w"]
            w["supply_c"] = state.water[k]["chw_supply_c"] + gained * dt_s / h["chw_capacity_j_k"]
        plant_w += plant_power_w(w)
    s["transformer_loss_w"] = chain_loss_w(
        x["it_w"] + s["pdu_loss_w"] + s["ups_loss_w"] + x["fan_w"] + plant_w + x["cdu_pump_w"] + x["iec_fan_w"]
        + x["iec_pump_w"] + x["dx_w"] + s["humidifier_w"] + s["dehumidifier_w"] + f["lighting_w"] + x["pad_w"],
        f["transformer_rated_w"], f["transformer_loss"], 1,
    )
    if params.conduits.shape[0] > 0:
        x["conduit_gain_w"], s["return_duct_k"] = duct_gain_w(x)
    book_ledger(state, params, stored_racks, stored_room, dt_s)
    s["room_j_kg"] = x["room_j_kg"]
    s["room_w"] = x["room_w"]
    s["room_c"] = temperature_from_enthalpy_c(x["room_j_kg"], x["room_w"])
    s["supply_kg_s"] = x["supply_kg_s"]
    s["supply_j_kg"] = x["supply_j_kg"]
    s["supply_w"] = x["supply_w"]
    s["supply_c"] = temperature_from_enthalpy_c(x["supply_j_kg"], x["supply_w"])
    s["return_j_kg"] = x["return_j_kg"]
    s["return_w"] = x["return_w"]
    s["return_c"] = temperature_from_enthalpy_c(x["return_j_kg"], x["return_w"])
    s["it_air_kg_s"] = x["air_kg_s"]
    drawn = x["share"] * x["want_kg_s"]
    s["recirculation_frac"] = 1.0 - drawn / x["air_kg_s"]
    s["bypass_frac"] = 1.0 - drawn / x["supply_kg_s"] if x["supply_kg_s"] > 0.0 else 0.0
    s["outdoor_air_frac"] = x["outdoor_frac"]
    s["fan_integral"] = integral
    s["coil_wet"] = x["wet"]
    for k in range(params.water.shape[0]):
        if params.water[k]["active"] == 1:
            remember_water(params.water[k], state.water[k], state.plant[k])
    _hall_mode(state, params)
    s["shortfall_w"] = 0.0
    if x["saturated"] == 1:
        s["shortfall_w"] = x["supply_kg_s"] * CP_DRY_AIR * max(s["supply_c"] - s["supply_setpoint_c"], 0.0)
        if f["dx_return"] == 1:
            s["shortfall_w"] = x["supply_kg_s"] * CP_DRY_AIR * max(s["return_c"] - x["return_target_c"], 0.0)


@kernel
def advance(state: Any, params: Any, weather: Any, setpoints: Any, background_frac: float, dt_s: float) -> None:
    """Advance the facility by one step (:func:`_step` says in which order).

    Parameters
    ----------
    state : State
        Updated in place.
    params : Params
    weather : record of WEATHER
        Middle of the step.
    setpoints : record of SETPOINTS
    background_frac : float
        Utilisation common to all racks, 0 … 1.
    dt_s : float
        Step, s.
    """
    racks_to_columns(state.columns, state.racks, params.racks)
    _step(state, params, weather, setpoints, background_frac, dt_s)
    columns_to_racks(state.racks, state.columns)


@kernel
def _step(state: Any, params: Any, weather: Any, setpoints: Any, background_frac: float, dt_s: float) -> None:
    """Advance the facility by one step, racks as columns.

    Order: outdoor air and sun → envelope → racks → local control and plant modes (from what the last
    step measured) → hall and plant solved together → state, ledger and meters.

    Parameters
    ----------
    state : State
        Updated in place.
    params : Params
    weather : record of WEATHER
        Middle of the step.
    setpoints : record of SETPOINTS
    background_frac : float
        Utilisation common to all racks, 0 … 1.
    dt_s : float
        Step, s.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    _outdoor(state, params, weather)
    decide_economiser(f, s, x, setpoints["supply_air_c"])
    x["return_target_c"] = setpoints["return_air_c"] + weather["return_shift_k"]
    s["envelope_w"] = surface_step(
        params.surfaces, state.surfaces, s["room_c"], weather["dry_bulb_c"], weather["wind_m_s"],
        weather["infrared_w_m2"], dt_s,
    )
    liquid = state.cdus.shape[0] > 0
    if liquid or params.doors.shape[0] > 0:
        liquid_speeds(state, params, x, background_frac)
    rack_loads(state.columns, params.kinds, f, s, x, background_frac, dt_s)
    x["bath_loss_w"] = 0.0
    if liquid:
        collect_liquid_heat(state, params, s, x)
    if params.doors.shape[0] > 0:
        keep_exhaust(state.columns, x)
    _power_chain(f, s, x["it_w"])
    control_humidity(f, s, x, dt_s)
    x["source_w"] = (
        s["envelope_w"] + f["lighting_w"] + s["humidifier_w"] + s["dehumidifier_w"]
        + (s["humidifier_kg_s"] - s["dehumidifier_kg_s"]) * CP_WATER * s["room_c"]
        + f["ups_to_room_frac"] * s["ups_loss_w"] + f["pdu_to_room_frac"] * s["pdu_loss_w"] + x["gain_w"]
        + x["bath_loss_w"]
    )
    if f["iec"] == 1:
        decide_units(state, params, setpoints)
    decide_water(state, params, setpoints)
    if params.conduits.shape[0] > 0:
        aim_conduits(state, params, weather)
    integral = solve_cooling(state, params, setpoints, dt_s)
    if liquid:
        chip_temperatures(state, params, x)
    s["supply_setpoint_c"] = setpoints["supply_air_c"]
    if f["iec"] == 1:
        spray_water(state.iecs, params.iecs, x, f["air_density_std_kg_m3"], s["wet_bulb_c"])
        s["fan_speed_frac"] = _mean_speed(state.iecs)
    elif f["dx"] == 1:
        s["fan_speed_frac"] = _mean_speed(state.dxs)
    else:
        s["fan_speed_frac"] = _mean_speed(state.crahs)
    heat_rejection_water(state, params)
    pad_water(f, x)
    _finish(state, params, integral, dt_s)
    inlet_statistics(state.columns, state.order, s, f, state.meters[0], dt_s)
    add_meters(state, params, dt_s, state.racks.shape[0])
    add_rack_hour(state.rack_hour, state.columns, dt_s)
    s["time_s"] += dt_s
    s["steps"] += 1


@kernel
def _mean_speed(crahs: Any) -> float:
    """Mean fan speed of the units that run."""
    total = 0.0
    count = 0
    for i in range(crahs.shape[0]):
        if crahs[i]["speed_frac"] > 0.0:
            total += crahs[i]["speed_frac"]
            count += 1
    return total / count if count > 0 else 0.0


@kernel
def advance_block(
    state: Any, params: Any, weather: Any, setpoints: Any, background_frac: Any, changes: Any, dt_s: float,
    row_s: float, rows: Any, rack_rows: Any,
) -> None:
    """Advance by ``len(weather)`` steps of ``dt_s`` and record every one of them.

    Parameters
    ----------
    state, params : State, Params
    weather : array of WEATHER, one a step
    setpoints : array of one record of SETPOINTS
    background_frac : ndarray, one a step
    changes : ndarray (m, 4) of float64
        Job changes in time order: step, rack, change of utilisation, share of that step after it.
    dt_s : float
        Step, s.
    row_s : float
        Recording interval, s; a step shorter than it adds to its row with weight ``dt_s / row_s``.
    rows : array of STEP_OUT, one a step
    rack_rows : ndarray (hours, racks, 5) of float32
        Filled whenever an hour ends; ``facility.hours`` counts them.
    """
    s = state.facility[0]
    columns = state.columns
    n = state.racks.shape[0]
    change = 0
    weight = dt_s / row_s
    racks_to_columns(columns, state.racks, params.racks)
    for k in range(weather.shape[0]):
        first = change
        while change < changes.shape[0] and changes[change, 0] <= k:
            columns[C_JOB, int(changes[change, 1])] += changes[change, 2] * changes[change, 3]
            change += 1
        _step(state, params, weather[k], setpoints[0], background_frac[k], dt_s)
        for c in range(first, change):
            columns[C_JOB, int(changes[c, 1])] += changes[c, 2] * (1.0 - changes[c, 3])
        write_row(rows[k], state, params, weather[k], setpoints[0], weight)
        if s["time_s"] % HOUR == 0.0:
            hour = int(s["hours"])
            for i in range(n):
                rack_rows[hour, i, 0] = state.rack_hour[0, i] / HOUR
                rack_rows[hour, i, 1] = state.rack_hour[1, i]
                rack_rows[hour, i, 2] = state.rack_hour[2, i] / HOUR
                rack_rows[hour, i, 3] = state.rack_hour[3, i] / HOUR * 1e-3
                rack_rows[hour, i, 4] = state.rack_hour[4, i] / HOUR
            state.rack_hour[:, :] = 0.0
            state.rack_hour[1, :] = -1e9
            s["hours"] = hour + 1
    columns_to_racks(state.racks, columns)


@kernel(parallel=True)
def advance_many(
    states: Any, params: Any, weather: Any, setpoints: Any, background_frac: Any, dt_s: float
) -> None:
    """Advance many twins by one step each, in lockstep.

    Parameters
    ----------
    states, params : State, Params
        Every array has a leading axis over twins ("lanes"): they share a layout and differ in
        parameters, weather and state.
    weather, setpoints : arrays of WEATHER, SETPOINTS, shapes (lanes,) and (lanes, 1)
    background_frac : ndarray, shape (lanes,)
    dt_s : float
        Step, s.
    """
    for lane in prange(states.racks.shape[0]):
        state = State(
            states.racks[lane], states.crahs[lane], states.iecs[lane], states.trims[lane], states.dxs[lane],
            states.chillers[lane], states.towers[lane], states.surfaces[lane], states.water[lane], states.cdus[lane],
            states.thermosyphons[lane], states.tanks[lane], states.ices[lane], states.panels[lane],
            states.sky_tanks[lane], states.conduits[lane], states.facility[lane],
            states.solution[lane], states.plant[lane],
            states.ledger[lane], states.meters[lane], states.order[lane], states.rack_hour[lane],
            states.columns[lane],
        )
        own = Params(
            params.racks[lane], params.kinds[lane], params.crahs[lane], params.iecs[lane], params.trims[lane],
            params.dxs[lane], params.chillers[lane], params.towers[lane], params.surfaces[lane], params.water[lane],
            params.pumps[lane], params.cdus[lane], params.plates[lane], params.baths[lane], params.doors[lane],
            params.reuse[lane], params.thermosyphons[lane], params.tanks[lane], params.ices[lane],
            params.panels[lane], params.sky_tanks[lane], params.conduits[lane], params.facility[lane],
        )
        advance(state, own, weather[lane], setpoints[lane, 0], background_frac[lane], dt_s)
