"""Structured-array layouts: everything a twin is made of and everything it remembers.

One dtype per kind of equipment, one record per unit; a dtype never depends on how many units there
are, so Numba compiles once. ``*_PARAMS`` hold what does not change during a run (or only by an
event), ``*_STATE`` what does. Units are in the names: ``_c`` °C, ``_w`` W, ``_j_k`` J/K, ``_frac`` 0…1.
A snapshot of a twin is a copy of its ``State`` (plus agenda and random streams, see ``twin.engine``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CHILLER_PARAMS", "CHILLER_STATE", "CRAH_PARAMS", "CRAH_STATE", "FACILITY_PARAMS",
    "FACILITY_STATE", "LEDGER", "METERS", "PLANT_SOLUTION", "Params", "RACK_HOURLY", "RACK_KIND",
    "RACK_PARAMS", "RACK_STATE", "SETPOINTS", "SLAB_NODES", "SOLUTION", "STEP_OUT", "SURFACE_PARAMS",
    "SURFACE_STATE", "State", "TOWER_PARAMS", "TOWER_STATE", "WEATHER",
]

F8 = np.float64
I8 = np.int64

#: Nodes through the thickness of a massive floor slab.
SLAB_NODES = 4


def _record(*names: str, **extra: object) -> np.dtype:
    """A dtype of float64 fields, plus ``extra`` fields given as numpy type specifications."""
    fields: list[tuple[object, ...]] = [(name, F8) for name in names]
    for name, spec in extra.items():
        fields.append((name, *spec) if isinstance(spec, tuple) else (name, spec))
    return np.dtype(fields)  # type: ignore[arg-type]


# --- racks -------------------------------------------------------------------------------------

#: What is in a rack, per watt of the rack's rated power; racks of a kind share one record.
RACK_KIND = _record(
    "cpu_rated_w",            # power of processors and boards at full load and reference inlet
    "constant_w",             # storage and network equipment in the rack: does not follow load
    "fan_rated_w",            # server fans at flow fraction 1
    "air_rated_m3_s",         # air flow at flow fraction 1
    "heat_capacity_j_k",      # 0 is legal: then the air takes up the power at once
    "idle_frac",              # share of cpu_rated_w at no load
    "exponent",               # power = idle + (1 - idle) * u ** exponent
    "leak_per_k",             # leakage: relative rise of processor power per K of inlet temperature
    "leak_ref_c",
    "flow_base_frac",         # flow fraction = clip(base + per_util u + per_k T + ramp(T), min, max)
    "flow_per_util",
    "flow_per_k",
    "ramp_start_c",           # server-fan thermostat: from 0 at start ...
    "ramp_end_c",             # ... to ramp_gain_frac at end
    "ramp_gain_frac",
    "flow_min_frac",
    "flow_max_frac",
    "effectiveness",          # of the exchange between the rack's mass and its air stream, 0 ... 1
    "throttle_start_c",       # above this inlet temperature processors slow down ...
    "throttle_end_c",         # ... to throttle_min_frac here
    "throttle_min_frac",
    first=I8,                 # racks of this kind: first ...
    stop=I8,                  # ... to before this one
)

RACK_PARAMS = _record(
    "rated_w",
    "recirculation_frac",     # share of its air a rack draws from the room even in abundance
    "self_recirculation_frac",  # share of its air it draws from its own outlet
    "ducted_frac",            # share of the exhaust that is contained (goes to the return directly)
)

RACK_STATE = _record(
    "job_util_frac",          # utilisation by jobs now (set by job changes)
    "util_frac",              # mean utilisation asked for in this step, jobs and background
    "lost_s",                 # sum of (1 - speed) dt since the start of the run: for job end times
    "cpu_w", "fan_w", "power_w",
    "air_kg_s",
    "inlet_c", "outlet_c", "mass_c",
    "inlet_w",                # humidity ratio at the inlet
    "heat_to_air_w",
)

# --- cooling units ------------------------------------------------------------------------------

CRAH_PARAMS = _record(
    "air_rated_m3_s",
    "fan_rated_w",            # electric power at rated flow
    "min_speed_frac",
    "ua_w_k",                 # of the dry coil at rated flows
    "ua_air_frac",            # (hA)_air / ((hA)_air + (hA)_water) at rated flows
    "water_rated_kg_s",
    "supply_offset_k",        # added to the common supply setpoint for this unit
    fan_curve=(F8, (5,)),     # power fraction = sum c_i * flow_frac ** i
    available=I8,             # 0 after a trip
)

CRAH_STATE = _record(
    "speed_frac", "air_kg_s", "water_kg_s", "valve_frac",
    "mixed_c", "mixed_j_kg", "mixed_w", # air before the coil (return, or return mixed with outdoor air)
    "supply_c", "supply_j_kg", "supply_w",
    "coil_w", "latent_w", "condensate_kg_s", "condensate_w", # condensate_w: enthalpy leaving with it
    "fan_w", "saturated",
    "dry_frac",               # share of the coil where nothing condenses (1: all of it)
    "surface_c",              # mean of the wet surface: where the next step's search begins
)

# --- chillers and towers ------------------------------------------------------------------------

CHILLER_PARAMS = _record(
    "rated_w",                # reference capacity
    "cop",                    # at the reference point
    "leaving_min_c", "leaving_max_c",     # valid box of the curves
    "condenser_min_c", "condenser_max_c",
    "plr_min", "plr_unload", "plr_max",
    "evaporator_lift_k",      # refrigerant below leaving water, for the Carnot extension
    "condenser_lift_k",       # refrigerant above entering condenser water
    "carnot_max_frac",        # efficiency relative to Carnot is never above this
    capft=(F8, (6,)),         # 1, x, x2, y, y2, xy; x leaving chilled, y entering condenser water
    eirft=(F8, (6,)),
    eirfplr=(F8, (4,)),       # cubic in part-load ratio
    dispatch_cap=I8,          # 1: never more than plr_max * rated_w, whatever capft says
    extend=I8,                # 1: Carnot-lift law outside the box; 0: clamp
    available=I8,
)

CHILLER_STATE = _record(
    "load_w", "power_w", "capacity_w", "plr", "cop",
    "changed_s",              # time of the last start or stop
    on=I8,
    outside_box=I8,
)

TOWER_PARAMS = _record(
    "water_rated_kg_s",
    "air_rated_m3_s",
    "fan_rated_w",
    "water_ratio_rated",      # York's flow ratio at rated water flow, calibrated at design
    "air_min_frac",
    "free_convection_frac",   # capacity with the fan off
    "fan_exponent",
    "drift_frac",             # of the water flow
    "cycles",                 # of concentration, for blowdown
    available=I8,
)

TOWER_STATE = _record(
    "speed_frac", "fan_w", "heat_w", "leaving_c",
    "evaporated_kg_s", "drift_kg_s", "blowdown_kg_s", "outside_box",
    "air_out_c",              # saturated air that leaves: where the next step's search begins
)

# --- envelope -----------------------------------------------------------------------------------

SURFACE_PARAMS = _record(
    "area_m2",
    "r_m2k_w",                # outer to inner surface, without films
    "outer_capacity_j_m2k",   # 0 is legal
    "inner_capacity_j_m2k",
    "solar_absorptance_frac",
    "emissivity_frac",        # outside, long-wave
    "inner_emissivity_frac",
    "tilt_deg",               # of the outward normal from straight up: 0 roof, 90 wall
    "normal_east", "normal_north", "normal_up",
    "h_out_base_w_m2k", "h_out_wind_w_s_m3k",  # outside film = base + wind * speed
    "h_in_w_m2k",
    "slab_thickness_m", "slab_conductivity_w_mk", "slab_density_kg_m3", "slab_cp_j_kgk",
    adiabatic=I8,             # 1: a massive slab, adiabatic outside
)

SURFACE_STATE = _record(
    "outer_c", "inner_c",
    "solar_w_m2",             # incident on the outside, set each step from the inputs
    "gain_w",                 # convective heat from inner surface to the room air
    "conduction_w",           # heat conducted inward (exterior surfaces)
    "outside_w",              # net heat taken up at the outer surface: sun + long-wave + convection
    "stored_w",               # rate of storage
    slab_c=(F8, (SLAB_NODES,)),
)

# --- facility: what exists once -----------------------------------------------------------------

FACILITY_PARAMS = _record(
    "pressure_std_pa",        # standard pressure at the site's altitude
    "air_density_std_kg_m3",  # dry air, 20 degC, standard site pressure: fan and coil ratings
    "room_air_kg",
    "leakage_frac",           # share of supply air that bypasses the racks through the floor
    "lighting_w",
    "it_rated_w",
    "ventilation_kg_s",       # outdoor air for pressurisation
    "humidify_below_w", "humidifier_kg_s", "humidifier_j_kg",
    # supply air and fan loops
    "fan_k", "fan_ti_s",
    "demand_margin_frac",     # fan control "demand": supply = (1 + margin) * server flow
    # air-side economiser
    "econ_dew_point_max_c", "econ_min_frac",
    # chilled-water loop
    "chw_capacity_j_k", "chw_pump_w", "chw_rated_kg_s", "chw_min_frac", "chw_heat_frac",
    "chw_pump_exponent",
    # condenser-water loop
    "cw_capacity_j_k", "cw_pump_w", "cw_rated_kg_s", "cw_heat_frac",   # per running pump
    # staging
    "stage_up_frac", "stage_up_k", "stage_down_frac", "stage_wait_s", "min_on_s", "min_off_s",
    # water-side economiser
    "wse_effectiveness", "wse_water_kg_s", "wse_approach_k",
    "wse_fc_to_pmc_k", "wse_pmc_to_fmc_k", "wse_fmc_to_pmc_k", "wse_pmc_to_fc_k", "wse_wait_s",
    # power chain; loss = rated * (a + b u + c u2 + d u3)
    "ups_rated_w", "ups_to_room_frac",
    "pdu_rated_w", "pdu_to_room_frac",
    "transformer_rated_w",
    "ground_reflectance_frac",
    # limits
    "recommended_min_c", "recommended_max_c", "allowable_min_c", "allowable_max_c",
    ups_loss=(F8, (4,)),
    pdu_loss=(F8, (4,)),
    transformer_loss=(F8, (4,)),
    ups_units=I8,
    fan_control=I8,           # 0 fixed speed, 1 return temperature, 2 server-flow demand
    fan_ideal=I8,             # 1: loops solved as perfect whatever the step
    economiser=I8,            # air side: 0 none, 1 differential dry bulb
    wse=I8,                   # water side: 0 none, 1 integrated
    chw_variable=I8,          # 0: constant flow while on
    cw_common=I8,             # 1: one common condenser pump; 0: one for each running chiller
)

FACILITY_STATE = _record(
    "time_s",
    "room_j_kg", "room_w", "room_c",
    "supply_kg_s", "supply_c", "supply_j_kg", "supply_w",
    "return_c", "return_j_kg", "return_w",
    "it_air_kg_s", "recirculation_frac", "bypass_frac", "outdoor_air_frac",
    "fan_integral", "fan_speed_frac",
    "chw_supply_c", "chw_return_c", "chw_flow_kg_s",
    "cw_supply_c", "cw_return_c", "cw_flow_kg_s",
    "chw_pump_w", "cw_pump_w",
    "wse_w", "wse_leaving_c", "load_w", "shortfall_w",
    "mode_changed_s", "stage_changed_s",
    "wet_bulb_c",
    "humidifier_w", "humidifier_kg_s",
    "ups_loss_w", "pdu_loss_w", "transformer_loss_w",
    "envelope_w", "sky_c", "supply_setpoint_c",
    "inlet_min_c", "inlet_mean_c", "inlet_p95_c", "inlet_max_c", "outlet_mean_c",
    "closure_rel", "closure_rel_max", "water_rel_max",
    mode=I8,                  # 0 off, 1 free cooling, 2 partial mechanical, 3 full mechanical
    stages=I8,                # chillers asked for
    steps=I8,
    coil_wet=I8,              # some coil condensed in the last step
    hours=I8,                 # hours of rack means written to the block's buffer so far
)

#: The air side of one step while it is being solved (scratch: written before it is read in every step).
SOLUTION = _record(
    # sums over racks; linear in share s, room enthalpy h_r and supply enthalpy h_s
    "air_kg_s", "want_kg_s", "exhaust_kg_s", "ducted_kg_s", "ducted_want_kg_s",
    "exhaust_room_kg_s", "exhaust_supply_kg_s", "exhaust_w",
    "duct_room_kg_s", "duct_supply_kg_s", "duct_w",
    "it_w", "cpu_w", "server_fan_w", "asked_frac", "lost_frac",
    "source_w",               # heat released in the room outside racks
    "vapour_source_kg_s",
    "outdoor_j_kg", "outdoor_w", "outdoor_c", "outdoor_dew_c", "pressure_pa",
    # unknowns
    "supply_kg_s", "supply_j_kg", "supply_w", "outdoor_frac", "share", "ducted_share",
    "room_j_kg", "room_w", "return_j_kg", "return_w",
    "coil_w", "condensate_kg_s", "condensate_w", "water_kg_s", "fan_w",
    saturated=I8,
    wet=I8,
)

#: The water side of one step while it is being solved (scratch, like SOLUTION).
PLANT_SOLUTION = _record(
    "wet_bulb_c", "target_c", "supply_c", "return_c", "need_w", "removed_w",
    "chw_kg_s", "cw_kg_s", "cells", "chw_pump_w", "cw_pump_w", "chw_pump_heat_w", "cw_pump_heat_w",
    "wse_w", "evaporator_w", "capacity_w", "compressor_w", "plr",
    "cw_supply_c", "cw_old_c", "tower_w", "tower_fan_w", "tower_air_frac",
    flat_out=I8,              # 1: run at full capacity, whatever the need; -1: stand by
    mode=I8,
    stages=I8,
    running=I8,
    chiller_outside=I8,
    tower_outside=I8,
)

LEDGER = _record(
    # every heat and power flux over the boundary of the facility in this step, W
    "it_electric_w", "crah_fan_electric_w", "chiller_electric_w", "pump_electric_w",
    "tower_fan_electric_w", "humidifier_electric_w", "lighting_electric_w",
    "ups_loss_electric_w", "distribution_loss_electric_w",
    "envelope_in_w",          # taken up at outer surfaces: sun, long-wave and convection
    "air_in_w", "air_out_w",  # enthalpy of outdoor and relief air
    "water_in_w",             # enthalpy of humidifier water
    "condensate_out_w",
    "tower_out_w",            # heat rejected by towers
    "plant_ambient_out_w",    # motor, fan and loss heat that never enters hall or water
    "stored_racks_w", "stored_room_w", "stored_surfaces_w", "stored_chw_w", "stored_cw_w",
    # water, kg/s
    "vapour_in_kg_s", "vapour_out_kg_s", "humidifier_kg_s", "condensate_kg_s", "stored_vapour_kg_s",
    "makeup_kg_s", "evaporated_kg_s", "drift_kg_s", "blowdown_kg_s",
)

METERS = _record(
    # energies over the run, J
    "it_j", "server_fan_j", "cpu_j", "crah_fan_j", "chiller_j", "chw_pump_j", "cw_pump_j",
    "heat_rejection_fan_j", "humidifier_j", "ups_loss_j", "distribution_loss_j", "lighting_j",
    "coil_j", "chiller_load_j", "wse_j", "tower_heat_j", "envelope_j", "stored_j",
    "in_j", "out_j",          # for the closure of the whole run
    # water, kg
    "makeup_kg", "evaporated_kg", "drift_kg", "blowdown_kg", "humidifier_kg", "condensate_kg",
    "vapour_in_kg", "vapour_out_kg", "vapour_stored_kg",
    # times, s
    "over_recommended_s", "over_allowable_s", "outside_box_s", "tower_outside_box_s",
    "shortfall_s", "throttled_rack_s", "mode_s_0", "mode_s_1", "mode_s_2", "mode_s_3",
    "economiser_s", "chiller_s",
    # sums for airflow indices: K s over racks, and flow-weighted
    "rci_hi_k_s", "rci_lo_k_s", "rack_s",
    "shi_rise_j", "shi_total_j", "rti_crah_k_kg", "rti_crah_kg", "rti_it_k_kg", "rti_it_kg",
    "work_asked_s", "work_lost_s", "shortfall_j", "over_rack_s",
    "peak_w",
)

SETPOINTS = _record(
    "supply_air_c", "return_air_c", "fan_speed_frac",
    "chilled_water_c",
    "condenser_min_c", "condenser_max_c", "condenser_approach_k",
)

# --- inputs and outputs of a step ----------------------------------------------------------------

WEATHER = _record(
    "dry_bulb_c", "humidity_ratio", "pressure_pa", "wind_m_s",
    "infrared_w_m2",          # horizontal downwelling long-wave
    "dni_w_m2", "dhi_w_m2", "ghi_w_m2",
    "sun_east", "sun_north", "sun_up",   # unit vector to the sun; sun_up <= 0 at night
)

#: What a step reports, as means over the step (mode: at its end). Written as float32.
STEP_OUT_FIELDS = (
    "dry_bulb_c", "wet_bulb_c", "humidity_ratio", "ghi_w_m2", "sky_c",
    "it_w", "server_fan_w", "cpu_w", "utilisation_frac", "throttled_frac",
    "rack_inlet_min_c", "rack_inlet_mean_c", "rack_inlet_p95_c", "rack_inlet_max_c",
    "rack_outlet_mean_c",
    "room_c", "room_w", "supply_c", "supply_w", "return_c",
    "supply_kg_s", "it_air_kg_s", "recirculation_frac", "bypass_frac", "outdoor_air_frac",
    "crah_speed_frac", "crah_fan_w", "coil_w", "latent_w",
    "chw_supply_c", "chw_return_c", "chw_flow_kg_s",
    "cw_supply_c", "cw_return_c", "cw_flow_kg_s",
    "chiller_w", "chiller_load_w", "chillers_on", "chiller_plr", "wse_w",
    "tower_fan_w", "tower_heat_w", "tower_speed_frac", "evaporated_kg_s", "makeup_kg_s",
    "chw_pump_w", "cw_pump_w", "humidifier_w", "shortfall_w",
    "ups_loss_w", "distribution_loss_w", "lighting_w", "total_w",
    "roof_outer_c", "envelope_w", "mode",
    "supply_setpoint_c", "closure_rel",
)
STEP_OUT = np.dtype([(name, np.float32) for name in STEP_OUT_FIELDS])

#: Rows of ``State.columns``: racks as columns for the loops of a step, in vector registers. The first
#: ones are copies of RACK_STATE and RACK_PARAMS while a block of steps runs, the rest is scratch.
(
    C_JOB, C_LOST, C_INLET_C, C_INLET_W, C_OUTLET_C, C_MASS_C, C_UTIL, C_CPU_W, C_FAN_W, C_POWER_W, C_AIR_KG_S,
    C_HEAT_W, C_RATED_W, C_RECIRCULATION, C_OWN, C_DUCTED,
    C_PER_W, C_PER_REST, C_SPEED, C_WORK, C_FLOW_WORK, C_KAPPA, C_GAMMA_J_KG, C_OWN_FACTOR,
) = range(24)  # fmt: skip
RACK_COLUMNS = 24

#: Rows of the hourly rack sums, and columns of the hourly rack table: sums over the hour, divided by its
#: seconds when written.
RACK_HOURLY = ("inlet_mean_c", "inlet_max_c", "outlet_mean_c", "power_kw", "utilisation_frac")


class Params(NamedTuple):
    """Everything that does not change while a twin runs."""

    racks: NDArray[np.void]
    kinds: NDArray[np.void]     # of racks
    crahs: NDArray[np.void]
    chillers: NDArray[np.void]
    towers: NDArray[np.void]
    surfaces: NDArray[np.void]
    facility: NDArray[np.void]  # one record


class State(NamedTuple):
    """Everything a twin remembers; a copy of it is a snapshot of the physics."""

    racks: NDArray[np.void]
    crahs: NDArray[np.void]
    chillers: NDArray[np.void]
    towers: NDArray[np.void]
    surfaces: NDArray[np.void]
    facility: NDArray[np.void]  # one record
    solution: NDArray[np.void]  # one record, scratch
    plant: NDArray[np.void]     # one record, scratch
    ledger: NDArray[np.void]    # one record
    meters: NDArray[np.void]    # one record
    order: NDArray[np.int64]    # racks by inlet temperature of the last step (for percentiles)
    rack_hour: NDArray[np.float64]  # (len(RACK_HOURLY), racks) sums of the hour so far
    columns: NDArray[np.float64]    # (RACK_COLUMNS, racks), scratch between blocks
