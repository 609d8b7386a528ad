"""The row of a step that is recorded: means over the step, as the channels show them."""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel
from twin_kernels.metering import total_w
from twin_kernels.tank import tank_charge_frac, tank_stored_j

__all__ = ["write_row"]


@kernel
def write_row(row: Any, state: Any, params: Any, weather: Any, setpoints: Any, weight: float) -> None:
    """Add this step to its row of the recorded series (a split step adds twice, with weights).

    Parameters
    ----------
    row : record of STEP_OUT
    state, params : State, Params
    weather : record of WEATHER
    setpoints : record of SETPOINTS
    weight : float
        Length of this step over the recording interval, 0 … 1.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    y = state.plant[0]
    g = state.ledger[0]
    row["dry_bulb_c"] += weight * weather["dry_bulb_c"]
    row["wet_bulb_c"] += weight * s["wet_bulb_c"]
    row["humidity_ratio"] += weight * weather["humidity_ratio"]
    row["ghi_w_m2"] += weight * weather["ghi_w_m2"]
    row["sky_c"] += weight * s["sky_c"]
    row["it_w"] += weight * x["it_w"]
    row["server_fan_w"] += weight * x["server_fan_w"]
    row["cpu_w"] += weight * x["cpu_w"]
    racks = max(state.racks.shape[0], 1)
    row["utilisation_frac"] += weight * x["asked_frac"] / racks
    row["throttled_frac"] += weight * (x["lost_frac"] / x["asked_frac"] if x["asked_frac"] > 0.0 else 0.0)
    row["rack_inlet_min_c"] += weight * s["inlet_min_c"]
    row["rack_inlet_mean_c"] += weight * s["inlet_mean_c"]
    row["rack_inlet_p95_c"] += weight * s["inlet_p95_c"]
    row["rack_inlet_max_c"] += weight * s["inlet_max_c"]
    row["rack_outlet_mean_c"] += weight * s["outlet_mean_c"]
    row["room_c"] += weight * s["room_c"]
    row["room_w"] += weight * s["room_w"]
    row["supply_c"] += weight * s["supply_c"]
    row["supply_w"] += weight * s["supply_w"]
    row["return_c"] += weight * s["return_c"]
    row["supply_kg_s"] += weight * x["supply_kg_s"]
    row["it_air_kg_s"] += weight * x["air_kg_s"]
    row["recirculation_frac"] += weight * s["recirculation_frac"]
    row["bypass_frac"] += weight * s["bypass_frac"]
    row["outdoor_air_frac"] += weight * x["outdoor_frac"]
    row["crah_speed_frac"] += weight * s["fan_speed_frac"]
    row["crah_fan_w"] += weight * x["fan_w"]
    row["coil_w"] += weight * x["coil_w"]
    row["latent_w"] += weight * x["condensate_kg_s"] * 2.501e6
    if f["iec"] == 1 or f["dx"] == 1:
        _write_units(row, x, weight)
    if f["iec"] == 0 or params.water[0]["active"] == 1:
        _write_plant(row, state.water[0], y, weight)
        row["crah_valve_max_frac"] += weight * _widest_valve_frac(state.crahs)
    if state.cdus.shape[0] > 0:
        _write_liquid(row, state.water[1], state.plant[1], x, weight)
    _write_before(row, state, params, x, weight)
    row["evaporated_kg_s"] += weight * g["evaporated_kg_s"]
    row["makeup_kg_s"] += weight * g["makeup_kg_s"]
    row["tower_heat_w"] += weight * g["tower_out_w"]
    row["humidifier_w"] += weight * s["humidifier_w"]
    row["dehumidifier_w"] += weight * s["dehumidifier_w"]
    row["shortfall_w"] += weight * s["shortfall_w"]
    row["ups_loss_w"] += weight * s["ups_loss_w"]
    row["distribution_loss_w"] += weight * g["distribution_loss_electric_w"]
    row["lighting_w"] += weight * f["lighting_w"]
    row["total_w"] += weight * total_w(s, x, state.plant, f)
    row["envelope_w"] += weight * s["envelope_w"]
    if state.surfaces.shape[0] > 0:
        row["roof_outer_c"] += weight * state.surfaces[0]["outer_c"]
    row["supply_setpoint_c"] += weight * setpoints["supply_air_c"]
    row["closure_rel"] += weight * s["closure_rel"]
    row["mode"] = s["mode"]


@kernel
def _widest_valve_frac(crahs: Any) -> float:
    """Water over rated water of the coil that asks for most."""
    widest = 0.0
    for i in range(crahs.shape[0]):
        widest = max(widest, crahs[i]["valve_frac"])
    return widest


@kernel
def _write_units(row: Any, x: Any, weight: float) -> None:
    """Part of the row for indirect evaporative units."""
    row["iec_w"] += weight * x["iec_w"]
    row["iec_fan_w"] += weight * x["iec_fan_w"]
    row["iec_pump_w"] += weight * (x["iec_pump_w"] + x["pad_w"])
    row["iec_frac"] += weight * x["iec_frac"]
    row["dx_load_w"] += weight * x["dx_load_w"]
    row["dx_w"] += weight * x["dx_w"]


@kernel
def _write_plant(row: Any, v: Any, y: Any, weight: float) -> None:
    """Part of the row for a chilled-water plant."""
    row["chw_supply_c"] += weight * v["chw_supply_c"]
    row["chw_return_c"] += weight * v["chw_return_c"]
    row["chw_flow_kg_s"] += weight * y["chw_kg_s"]
    row["cw_supply_c"] += weight * v["cw_supply_c"]
    row["cw_return_c"] += weight * v["cw_return_c"]
    row["cw_flow_kg_s"] += weight * y["cw_kg_s"]
    row["chiller_w"] += weight * y["compressor_w"]
    row["chiller_load_w"] += weight * y["evaporator_w"]
    row["chillers_on"] += weight * y["running"]
    row["chiller_plr"] += weight * y["plr"]
    row["wse_w"] += weight * y["wse_w"]
    row["tower_fan_w"] += weight * y["tower_fan_w"]
    row["tower_speed_frac"] += weight * y["tower_air_frac"]
    row["chw_pump_w"] += weight * y["chw_pump_w"]
    row["cw_pump_w"] += weight * y["cw_pump_w"]


@kernel
def _write_liquid(row: Any, v: Any, y: Any, x: Any, weight: float) -> None:
    """Part of the row for liquid cooling and its facility water."""
    row["liquid_w"] += weight * x["liquid_w"]
    row["technology_supply_c"] += weight * x["technology_c"]
    row["technology_return_c"] += weight * x["technology_return_c"]
    row["chip_max_c"] += weight * x["chip_c"]
    row["cdu_valve_max_frac"] += weight * x["cdu_valve_frac"]
    row["cdu_pump_w"] += weight * x["cdu_pump_w"]
    row["facility_supply_c"] += weight * v["chw_supply_c"]
    row["facility_return_c"] += weight * v["chw_return_c"]
    row["facility_flow_kg_s"] += weight * y["chw_kg_s"]
    row["facility_pump_w"] += weight * (y["chw_pump_w"] + y["cw_pump_w"])


@kernel
def _write_before(row: Any, state: Any, params: Any, x: Any, weight: float) -> None:
    """Part of the row for what stands before economisers and chillers, outdoor pipes, and rear doors."""
    fans = 0.0
    row["duct_gain_w"] += weight * x["conduit_gain_w"]
    for k in range(params.water.shape[0]):
        y = state.plant[k]
        row["thermosyphon_w"] += weight * y["thermosyphon_w"]
        row["reuse_w"] += weight * y["reuse_w"]
        row["panel_w"] += weight * y["panel_w"]
        row["sky_charge_w"] += weight * y["sky_charge_w"]
        row["sky_tank_w"] += weight * y["sky_tank_w"]
        row["pipe_gain_w"] += weight * (y["pipe_w"] + y["cw_pipe_w"])
        row["store_w"] += weight * y["store_w"]
        fans += y["thermosyphon_fan_w"]
    row["tower_fan_w"] += weight * (fans + (state.plant[1]["tower_fan_w"]))
    if params.doors.shape[0] > 0:
        row["door_w"] += weight * x["door_w"]
    if params.sky_tanks.shape[0] > 0:
        p = params.sky_tanks[0]
        row["sky_tank_c"] += weight * tank_stored_j(state.sky_tanks[0], p) / (p["water_kg"] * CP_WATER)
    if params.tanks.shape[0] > 0:
        p = params.tanks[0]
        row["store_frac"] += weight * min(
            max(tank_charge_frac(state.tanks[0], p, p["charge_c"], p["charge_c"] + 10.0), 0.0), 1.0)
    elif params.ices.shape[0] > 0:
        row["store_frac"] += weight * state.ices[0]["ice_frac"]
