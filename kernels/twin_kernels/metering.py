"""Books of a step: the ledger of boundary fluxes and the meters of the run."""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel
from twin_kernels.layout import C_SPEED
from twin_kernels.rejector import DRY

__all__ = ["add_meters", "book_ledger", "closure_w", "plant_power_w", "total_w", "vapour_closure_kg_s"]


@kernel
def book_ledger(state: Any, params: Any, stored_racks_w: float, stored_room: Any, dt_s: float) -> None:
    """Write every flux over the boundary of the facility in this step.

    Parameters
    ----------
    state, params : State, Params
        After the step is solved; the water records still hold loop temperatures before the step.
    stored_racks_w : float
        Rate of storage in rack masses, W.
    stored_room : tuple of float
        Storage of the room air: enthalpy W, vapour kg/s.
    dt_s : float
        Step, s.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    g = state.ledger[0]
    vent = x["vent_kg_s"]
    fresh = x["supply_kg_s"] * x["outdoor_frac"]
    envelope = surfaces = 0.0
    for i in range(state.surfaces.shape[0]):
        envelope += state.surfaces[i]["outside_w"]
        surfaces += state.surfaces[i]["stored_w"]
    evaporated, drift, blowdown = _water_lost(state)
    if x["pad_kg_s"] > 0.0:
        evaporated += x["pad_kg_s"]
        blowdown += x["pad_kg_s"] / (f["pad_cycles"] - 1.0)
    pumps, pump_heat, fans = _book_water(state, params, g, dt_s)
    g["conduit_in_w"] += x["conduit_gain_w"]
    g["it_electric_w"] = x["it_w"]
    g["crah_fan_electric_w"] = x["fan_w"]
    g["humidifier_electric_w"] = s["humidifier_w"]
    g["iec_fan_electric_w"] = x["iec_fan_w"]
    g["spray_pump_electric_w"] = x["iec_pump_w"] + x["pad_w"]
    g["dx_electric_w"] = x["dx_w"]
    g["dehumidifier_electric_w"] = s["dehumidifier_w"]
    g["lighting_electric_w"] = f["lighting_w"]
    g["ups_loss_electric_w"] = s["ups_loss_w"]
    g["distribution_loss_electric_w"] = s["pdu_loss_w"] + s["transformer_loss_w"]
    g["envelope_in_w"] = envelope
    # the economiser's air counts behind its pad: the pad and its water are outdoors
    g["air_in_w"] = (vent + fresh) * x["outdoor_j_kg"] + fresh * (x["fresh_j_kg"] - x["outdoor_j_kg"])
    g["air_out_w"] = vent * x["room_j_kg"] + fresh * x["return_j_kg"]
    g["gain_in_w"] = x["gain_w"]
    g["water_in_w"] = s["humidifier_kg_s"] * CP_WATER * s["room_c"]
    g["condensate_out_w"] = x["condensate_w"] + s["dehumidifier_kg_s"] * CP_WATER * s["room_c"]
    g["exhaust_out_w"] = x["iec_w"] + x["dx_load_w"] + x["dx_w"]
    g["plant_ambient_out_w"] = (
        (1.0 - f["ups_to_room_frac"]) * s["ups_loss_w"]
        + (1.0 - f["pdu_to_room_frac"]) * s["pdu_loss_w"]
        + s["transformer_loss_w"]
        + fans + g["basin_electric_w"] + x["iec_fan_w"] + x["iec_pump_w"] + x["pad_w"]
        + pumps - pump_heat
    )
    g["stored_racks_w"] = stored_racks_w
    g["stored_room_w"] = stored_room[0]
    g["stored_surfaces_w"] = surfaces
    g["vapour_in_kg_s"] = (vent + fresh) * x["outdoor_w"] + fresh * (x["fresh_w"] - x["outdoor_w"])
    g["vapour_out_kg_s"] = vent * x["room_w"] + fresh * x["return_w"]
    g["humidifier_kg_s"] = s["humidifier_kg_s"]
    g["condensate_kg_s"] = x["condensate_kg_s"] + s["dehumidifier_kg_s"]
    g["stored_vapour_kg_s"] = stored_room[1]
    g["gain_kg_s"] = x["gain_kg_s"]
    g["evaporated_kg_s"] = evaporated
    g["drift_kg_s"] = drift
    g["blowdown_kg_s"] = blowdown
    g["makeup_kg_s"] = evaporated + drift + blowdown


@kernel
def _book_water(state: Any, params: Any, g: Any, dt_s: float) -> tuple[float, float, float]:
    """Fluxes of the water systems into the ledger; return electricity and heat of pumps, and tower fans, W."""
    compressors = pumps = pump_heat = fans = rejected = stored_chw = stored_cw = basin = reuse = pipes = 0.0
    for k in range(params.water.shape[0]):
        h = params.water[k]
        y = state.plant[k]
        v = state.water[k]
        compressors += y["compressor_w"]
        pumps += y["chw_pump_w"] + y["cw_pump_w"] + y["thermosyphon_pump_w"] + y["panel_pump_w"]
        pump_heat += y["chw_pump_heat_w"] + y["cw_pump_heat_w"]
        fans += y["tower_fan_w"] + y["thermosyphon_fan_w"]
        basin += y["basin_w"]
        reuse += y["reuse_w"]
        pipes += y["pipe_w"] + y["cw_pipe_w"]
        # the residual of a balance is passed on to the towers where the loop has no volume, and stays in it otherwise
        rejected += y["tower_w"] + y["air_w"] + y["thermosyphon_w"] + y["panel_w"] + y["sky_charge_w"]
        rejected += y["rest_w"] if h["chw_capacity_j_k"] <= 0.0 else 0.0
        stored_chw += h["chw_capacity_j_k"] / dt_s * (y["supply_c"] - v["chw_supply_c"])
        stored_cw += h["cw_capacity_j_k"] / dt_s * (y["cw_supply_c"] - y["cw_old_c"])
    g["chiller_electric_w"] = compressors
    g["tower_fan_electric_w"] = fans
    g["tower_out_w"] = rejected
    stored_cdu = 0.0
    for j in range(state.cdus.shape[0]):
        c = state.cdus[j]
        pumps += c["pump_w"]
        pump_heat += params.cdus[j]["pump_heat_frac"] * c["pump_w"]
        stored_cdu += params.cdus[j]["capacity_j_k"] / dt_s * (c["supply_c"] - c["old_c"])
    g["pump_electric_w"] = pumps
    g["basin_electric_w"] = basin
    g["reuse_out_w"] = reuse
    g["conduit_in_w"] = pipes
    g["stored_chw_w"] = stored_chw
    g["stored_cw_w"] = stored_cw
    g["stored_cdu_w"] = stored_cdu
    return pumps, pump_heat, fans


@kernel
def _water_lost(state: Any) -> tuple[float, float, float]:
    """Water that sprayed units and towers evaporate, lose as drift and blow down, kg/s."""
    evaporated = drift = blowdown = 0.0
    for i in range(state.iecs.shape[0]):
        evaporated += state.iecs[i]["evaporated_kg_s"]
        drift += state.iecs[i]["drift_kg_s"]
        blowdown += state.iecs[i]["blowdown_kg_s"]
    for i in range(state.towers.shape[0]):
        evaporated += state.towers[i]["evaporated_kg_s"]
        drift += state.towers[i]["drift_kg_s"]
        blowdown += state.towers[i]["blowdown_kg_s"]
    return evaporated, drift, blowdown


@kernel
def closure_w(g: Any) -> tuple[float, float, float]:
    """Energy that came in, went out and stayed in a step, from boundary meters alone.

    Parameters
    ----------
    g : record of LEDGER

    Returns
    -------
    tuple of float
        In, out and stored, W; in − out − stored is the closure error.
    """
    inward = (
        g["it_electric_w"] + g["crah_fan_electric_w"] + g["chiller_electric_w"] + g["pump_electric_w"]
        + g["tower_fan_electric_w"] + g["humidifier_electric_w"] + g["lighting_electric_w"]
        + g["iec_fan_electric_w"] + g["spray_pump_electric_w"] + g["dx_electric_w"] + g["dehumidifier_electric_w"]
        + g["ups_loss_electric_w"] + g["distribution_loss_electric_w"]
        + g["envelope_in_w"] + g["air_in_w"] + g["water_in_w"] + g["basin_electric_w"] + g["store_gain_in_w"]
        + g["gain_in_w"] + g["conduit_in_w"]
    )
    outward = (
        g["air_out_w"] + g["condensate_out_w"] + g["tower_out_w"] + g["exhaust_out_w"] + g["plant_ambient_out_w"]
        + g["reuse_out_w"]
    )
    stored = (
        g["stored_racks_w"] + g["stored_room_w"] + g["stored_surfaces_w"] + g["stored_chw_w"] + g["stored_cw_w"]
        + g["stored_cdu_w"] + g["stored_store_w"]
    )
    return inward, outward, stored


@kernel
def vapour_closure_kg_s(g: Any) -> tuple[float, float]:
    """Closure errors of moist air and of tower water in a step, kg/s.

    Parameters
    ----------
    g : record of LEDGER

    Returns
    -------
    tuple of float
        Vapour: in + humidifier − out − condensate − stored; towers: make-up − evaporated − drift − blowdown.
    """
    vapour = (
        g["vapour_in_kg_s"] + g["humidifier_kg_s"] - g["vapour_out_kg_s"] - g["condensate_kg_s"]
        - g["stored_vapour_kg_s"] + g["gain_kg_s"]
    )
    towers = g["makeup_kg_s"] - g["evaporated_kg_s"] - g["drift_kg_s"] - g["blowdown_kg_s"]
    return vapour, towers


@kernel
def add_meters(state: Any, params: Any, dt_s: float, rack_count: int) -> None:
    """Add a step to the meters of the run and update the largest closure errors.

    Parameters
    ----------
    state, params : State, Params
        After :func:`book_ledger`.
    dt_s : float
        Step, s.
    rack_count : int
        Racks, for rack-hours.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    y = state.plant[0]
    g = state.ledger[0]
    m = state.meters[0]
    inward, outward, stored = closure_w(g)
    scale = max(abs(inward), f["it_rated_w"])
    s["closure_rel"] = abs(inward - outward - stored) / scale
    s["closure_rel_max"] = max(s["closure_rel_max"], s["closure_rel"])
    vapour, towers = vapour_closure_kg_s(g)
    water_scale = max(g["vapour_in_kg_s"] + g["humidifier_kg_s"] + g["makeup_kg_s"], 1e-2)
    s["water_rel_max"] = max(s["water_rel_max"], (abs(vapour) + abs(towers)) / water_scale)
    m["in_j"] += inward * dt_s
    m["out_j"] += outward * dt_s
    m["stored_j"] += stored * dt_s
    m["it_j"] += x["it_w"] * dt_s
    m["server_fan_j"] += x["server_fan_w"] * dt_s
    m["cpu_j"] += x["cpu_w"] * dt_s
    m["crah_fan_j"] += x["fan_w"] * dt_s
    _add_water(m, state, params, x, dt_s)
    m["humidifier_j"] += s["humidifier_w"] * dt_s
    m["dehumidifier_j"] += s["dehumidifier_w"] * dt_s
    if f["iec"] == 1 or f["dx"] == 1 or x["pad_w"] > 0.0:
        m["iec_fan_j"] += x["iec_fan_w"] * dt_s
        m["iec_pump_j"] += (x["iec_pump_w"] + x["pad_w"]) * dt_s
        m["dx_j"] += x["dx_w"] * dt_s
        m["iec_heat_j"] += x["iec_w"] * dt_s
        m["dx_load_j"] += x["dx_load_w"] * dt_s
    m["ups_loss_j"] += s["ups_loss_w"] * dt_s
    m["distribution_loss_j"] += g["distribution_loss_electric_w"] * dt_s
    m["gain_j"] += x["gain_w"] * dt_s
    m["lighting_j"] += f["lighting_w"] * dt_s
    m["coil_j"] += x["coil_w"] * dt_s
    m["tower_heat_j"] += g["tower_out_w"] * dt_s
    m["envelope_j"] += s["envelope_w"] * dt_s
    m["duct_gain_j"] += x["conduit_gain_w"] * dt_s
    m["makeup_kg"] += g["makeup_kg_s"] * dt_s
    m["evaporated_kg"] += g["evaporated_kg_s"] * dt_s
    m["drift_kg"] += g["drift_kg_s"] * dt_s
    m["blowdown_kg"] += g["blowdown_kg_s"] * dt_s
    m["humidifier_kg"] += g["humidifier_kg_s"] * dt_s
    m["condensate_kg"] += g["condensate_kg_s"] * dt_s
    m["vapour_in_kg"] += g["vapour_in_kg_s"] * dt_s
    m["vapour_out_kg"] += g["vapour_out_kg_s"] * dt_s
    m["vapour_stored_kg"] += g["stored_vapour_kg_s"] * dt_s
    m["peak_w"] = max(m["peak_w"], total_w(s, x, state.plant, f))
    _add_times(m, s, x, y, f, dt_s, rack_count, state.columns[C_SPEED])
    _add_air_indices(m, s, x, dt_s)


@kernel
def _add_water(m: Any, state: Any, params: Any, x: Any, dt_s: float) -> None:
    """Meters of the water systems and of what they serve."""
    outside_s = 0.0
    for k in range(state.plant.shape[0]):
        w = state.plant[k]
        m["chiller_j"] += w["compressor_w"] * dt_s
        m["chw_pump_j"] += w["chw_pump_w"] * dt_s
        m["cw_pump_j"] += w["cw_pump_w"] * dt_s
        m["heat_rejection_fan_j"] += w["tower_fan_w"] * dt_s
        m["chiller_load_j"] += w["evaporator_w"] * dt_s
        m["wse_j"] += w["wse_w"] * dt_s
        m["cw_pump_j"] += (w["thermosyphon_pump_w"] + w["panel_pump_w"]) * dt_s
        m["heat_rejection_fan_j"] += w["thermosyphon_fan_w"] * dt_s
        m["thermosyphon_j"] += w["thermosyphon_w"] * dt_s
        m["reuse_j"] += w["reuse_w"] * dt_s
        m["panel_j"] += w["panel_w"] * dt_s
        m["sky_charge_j"] += w["sky_charge_w"] * dt_s
        m["sky_tank_j"] += w["sky_tank_w"] * dt_s
        m["pipe_gain_j"] += (w["pipe_w"] + w["cw_pipe_w"]) * dt_s
        m["basin_heater_j"] += w["basin_w"] * dt_s
        m["dry_heat_j"] += w["air_w"] * dt_s
        if w["tower_outside"] == 1 and w["cw_kg_s"] > 0.0:
            outside_s = dt_s
    for i in range(state.towers.shape[0]):
        if params.towers[i]["kind"] >= DRY:
            m["dry_heat_j"] += state.towers[i]["heat_w"] * dt_s
    m["tower_outside_box_s"] += outside_s
    m["cdu_pump_j"] += x["cdu_pump_w"] * dt_s
    m["liquid_j"] += x["liquid_w"] * dt_s
    m["door_j"] += x["door_w"] * dt_s
    m["facility_water_j"] += state.plant[1]["taken_w"] * dt_s


@kernel
def _add_times(m: Any, s: Any, x: Any, y: Any, f: Any, dt_s: float, rack_count: int, speeds: Any) -> None:
    """Times in modes, over limits and outside curves."""
    mode = s["mode"]
    if mode == 0:
        m["mode_s_0"] += dt_s
    elif mode == 1:
        m["mode_s_1"] += dt_s
    elif mode == 2:
        m["mode_s_2"] += dt_s
    elif mode == 3:
        m["mode_s_3"] += dt_s
    elif mode == 4:
        m["mode_s_4"] += dt_s
    elif mode == 5:
        m["mode_s_5"] += dt_s
    elif mode == 6:
        m["mode_s_6"] += dt_s
    else:
        m["mode_s_7"] += dt_s
    if x["dx_outside"] == 1:
        m["outside_box_s"] += dt_s
    if x["outdoor_frac"] > 0.0:
        m["economiser_s"] += dt_s
    if y["running"] > 0:
        m["chiller_s"] += dt_s
        if y["chiller_outside"] == 1:
            m["outside_box_s"] += dt_s
    if s["shortfall_w"] > 1e-3 * f["it_rated_w"]:
        m["shortfall_s"] += dt_s
        m["shortfall_j"] += s["shortfall_w"] * dt_s
    if s["inlet_max_c"] > f["recommended_max_c"]:
        m["over_recommended_s"] += dt_s
    if s["inlet_max_c"] > f["allowable_max_c"]:
        m["over_allowable_s"] += dt_s
    m["rack_s"] += rack_count * dt_s
    m["work_asked_s"] += x["asked_frac"] * dt_s
    m["work_lost_s"] += x["lost_frac"] * dt_s
    if x["lost_frac"] > 0.0:
        for i in range(speeds.shape[0]):
            if speeds[i] < 1.0:
                m["throttled_rack_s"] += dt_s


@kernel
def _add_air_indices(m: Any, s: Any, x: Any, dt_s: float) -> None:
    """Sums for the supply heat index and the return temperature index."""
    m["shi_rise_j"] += x["air_kg_s"] * (s["inlet_mean_c"] - s["supply_c"]) * dt_s
    m["shi_total_j"] += x["air_kg_s"] * (s["outlet_mean_c"] - s["supply_c"]) * dt_s
    m["rti_crah_k_kg"] += x["supply_kg_s"] * (s["return_c"] - s["supply_c"]) * dt_s
    m["rti_crah_kg"] += x["supply_kg_s"] * dt_s
    m["rti_it_k_kg"] += x["air_kg_s"] * (s["outlet_mean_c"] - s["inlet_mean_c"]) * dt_s
    m["rti_it_kg"] += x["air_kg_s"] * dt_s


@kernel
def plant_power_w(y: Any) -> float:
    """Electric power of one water system, its loads' own pumps left out.

    Parameters
    ----------
    y : record of PLANT_SOLUTION

    Returns
    -------
    float
        W.
    """
    return (
        y["compressor_w"] + y["chw_pump_w"] + y["cw_pump_w"] + y["tower_fan_w"] + y["thermosyphon_fan_w"]
        + y["thermosyphon_pump_w"] + y["panel_pump_w"] + y["basin_w"]
    )


@kernel
def total_w(s: Any, x: Any, plant: Any, f: Any) -> float:
    """Electric power of the whole facility.

    Parameters
    ----------
    s, x : records of FACILITY_STATE, SOLUTION
    plant : array of PLANT_SOLUTION
    f : record of FACILITY_PARAMS

    Returns
    -------
    float
        W.
    """
    water = 0.0
    for k in range(plant.shape[0]):
        water += plant_power_w(plant[k])
    return (
        x["it_w"] + x["fan_w"] + water + x["cdu_pump_w"]
        + x["iec_fan_w"] + x["iec_pump_w"] + x["dx_w"] + s["humidifier_w"] + s["dehumidifier_w"]
        + s["ups_loss_w"] + s["pdu_loss_w"] + s["transformer_loss_w"] + f["lighting_w"] + x["pad_w"]
    )
