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

from twin_kernels.equipment import (
    CHILLER_PARAMS,
    CHILLER_STATE,
    CRAH_PARAMS,
    CRAH_STATE,
    DX_PARAMS,
    DX_STATE,
    F8,
    I8,
    IEC_PARAMS,
    IEC_STATE,
    RACK_KIND,
    RACK_PARAMS,
    RACK_STATE,
    SLAB_NODES,
    SURFACE_PARAMS,
    SURFACE_STATE,
    TOWER_PARAMS,
    TOWER_STATE,
    record,
)
from twin_kernels.water_layout import PLANT_SOLUTION, WATER_PARAMS, WATER_STATE

__all__ = [
    "CHILLER_PARAMS", "CHILLER_STATE", "CRAH_PARAMS", "CRAH_STATE", "DX_PARAMS", "DX_STATE", "FACILITY_PARAMS",
    "FACILITY_STATE", "IEC_PARAMS", "IEC_STATE", "LEDGER", "METERS", "PLANT_SOLUTION", "Params", "RACK_HOURLY",
    "RACK_KIND", "RACK_PARAMS", "RACK_STATE", "SETPOINTS", "SLAB_NODES", "SOLUTION", "STEP_OUT", "SURFACE_PARAMS",
    "SURFACE_STATE", "State", "TOWER_PARAMS", "TOWER_STATE", "WATER_PARAMS", "WATER_STATE", "WEATHER",
]

# --- facility: what exists once -----------------------------------------------------------------

FACILITY_PARAMS = record(
    "pressure_std_pa",        # standard pressure at the site's altitude
    "altitude_m",
    "intake_m2k_w",           # plant intake over the roof: its warming over that of the roof, for each W/m2K of film
    "air_density_std_kg_m3",  # dry air, 20 degC, standard site pressure: fan and coil ratings
    "room_air_kg",
    "leakage_frac",           # share of supply air that bypasses the racks through the floor
    "lighting_w",
    "it_rated_w",
    "ventilation_kg_s",       # outdoor air for pressurisation
    "humidify_below_w", "humidifier_kg_s", "humidifier_j_kg",
    "dehumidify_above_w", "dehumidifier_kg_s", "dehumidifier_j_kg",
    # supply air and fan loops
    "fan_k", "fan_ti_s",
    # air-side economiser
    "econ_dew_point_max_c", "econ_min_frac",
    "econ_dry_bulb_max_c", "econ_enthalpy_max_j_kg", "econ_dew_point_min_c",
    "econ_dead_band_k", "econ_wait_s",
    "pad_frac", "pad_w", "pad_cycles", "pad_freeze_c",   # evaporative pad on the outdoor air; pad_frac 0: none
    # power chain; loss = rated * (a + b u + c u2 + d u3)
    "ups_rated_w", "ups_to_room_frac",
    "mains_frac",             # of the IT power that comes straight from the mains, past UPS or rectifier
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
    iec=I8,                   # 1: air is cooled by indirect evaporative units, without water plant
    dx=I8,                    # 1: air is cooled by direct-expansion units, without water plant
    dx_return=I8,             # 1: their thermostats hold the return air; 0: the supply air
    dx_cycling=I8,            # 1: their fans run with the compressor only
    economiser=I8,            # air side: 0 none, else what locks it out (twin_kernels.economiser)
    econ_integrated=I8,       # 0: economiser or compressor, never both
    econ_shut=I8,             # 1: outdoor air shut off (smoke): not even the lowest share
)

FACILITY_STATE = record(
    "time_s",
    "room_j_kg", "room_w", "room_c",
    "supply_kg_s", "supply_c", "supply_j_kg", "supply_w",
    "return_c", "return_j_kg", "return_w",
    "return_duct_k",          # of it, what outdoor return ducts added
    "it_air_kg_s", "recirculation_frac", "bypass_frac", "outdoor_air_frac",
    "fan_integral", "fan_speed_frac",
    "shortfall_w",
    "wet_bulb_c",
    "humidifier_w", "humidifier_kg_s", "dehumidifier_w", "dehumidifier_kg_s",
    "ups_loss_w", "pdu_loss_w", "transformer_loss_w",
    "envelope_w", "sky_c", "supply_setpoint_c",
    "inlet_min_c", "inlet_mean_c", "inlet_p95_c", "inlet_max_c", "outlet_mean_c",
    "closure_rel", "closure_rel_max", "water_rel_max",
    "econ_changed_s", "dx_level_frac",    # thermostat: 0 ... 1 outdoor air, 1 ... 2 compressors
    econ_open=I8,             # the air-side economiser as its lockout last left it
    mode=I8,                  # 0 off, 1 free, 2 partial, 3 full mechanical; 4 dry, 5 wet, 6 wet + DX, 7 dry + DX
    steps=I8,
    coil_wet=I8,              # some coil condensed in the last step
    hours=I8,                 # hours of rack means written to the block's buffer so far
)

#: The air side of one step while it is being solved (scratch: written before it is read in every step).
SOLUTION = record(
    # sums over racks; linear in share s, room enthalpy h_r and supply enthalpy h_s
    "air_kg_s", "want_kg_s", "exhaust_kg_s", "ducted_kg_s", "ducted_want_kg_s",
    "exhaust_room_kg_s", "exhaust_supply_kg_s", "exhaust_w",
    "duct_room_kg_s", "duct_supply_kg_s", "duct_w",
    "it_w", "cpu_w", "server_fan_w", "asked_frac", "lost_frac",
    "source_w",               # heat released in the room outside racks
    "vapour_source_kg_s",
    "outdoor_j_kg", "outdoor_w", "outdoor_c", "outdoor_dew_c", "outdoor_pa", "pressure_pa",
    "fresh_j_kg", "fresh_w", "fresh_c", "fresh_dew_c",   # outdoor air behind the economiser's pad
    "pad_w", "pad_kg_s",      # pump of the pad; water it evaporates
    "vent_kg_s",              # ventilation and infiltration
    "gain_w", "gain_kg_s",    # other internal gains: heat (that of their vapour included) and vapour
    "return_target_c",        # thermostat of this hour
    # unknowns
    "supply_kg_s", "supply_j_kg", "supply_w", "outdoor_frac", "share", "ducted_share",
    "room_j_kg", "room_w", "return_j_kg", "return_w",
    "coil_w", "condensate_kg_s", "condensate_w", "water_kg_s", "fan_w",
    # liquid cooling
    "dew_c", "liquid_w", "bath_loss_w", "chip_c", "technology_c", "technology_return_c",
    "cdu_pump_w", "cdu_pump_heat_w", "cdu_valve_frac",
    # rear doors, and the exhaust as racks alone make it
    "door_frac", "door_j_kg", "door_kg_s", "door_w", "exhaust_humidity",
    "raw_exhaust_kg_s", "raw_exhaust_room_kg_s", "raw_exhaust_supply_kg_s", "raw_exhaust_w",
    "raw_duct_room_kg_s", "raw_duct_supply_kg_s", "raw_duct_w",
    # indirect evaporative units
    "iec_w", "iec_fan_w", "iec_pump_w", "iec_frac", "dx_load_w", "dx_w",
    # outdoor ducts of the units: conductance, resting temperature less that of the air, heat capacity of the air
    "supply_conduit_w_k", "supply_conduit_k", "return_conduit_w_k", "return_conduit_k", "conduit_j_kgk",
    "conduit_gain_w",         # heat that the air took up in them
    cdu_saturated=I8, door_saturated=I8,
    liquid_off=I8,            # 1: chips in some coolant are so hot that servers have switched off
    dx_outside=I8,
    no_water=I8,              # 1: the pumps of the chilled water stand
    pad_on=I8,
    econ_state=I8,            # 0 as the air of this pass says, 1 open, -1 locked out, -2 shut
    units_off=I8,             # 1: the calendar stops fans and units
    saturated=I8,
    wet=I8,
)

LEDGER = record(
    # every heat and power flux over the boundary of the facility in this step, W
    "it_electric_w", "crah_fan_electric_w", "chiller_electric_w", "pump_electric_w",
    "tower_fan_electric_w", "humidifier_electric_w", "lighting_electric_w",
    "iec_fan_electric_w", "spray_pump_electric_w", "dx_electric_w", "dehumidifier_electric_w",
    "ups_loss_electric_w", "distribution_loss_electric_w",
    "envelope_in_w",          # taken up at outer surfaces: sun, long-wave and convection
    "air_in_w", "air_out_w",  # enthalpy of outdoor and relief air
    "gain_in_w",              # other internal gains, their vapour included
    "water_in_w",             # enthalpy of humidifier water
    "condensate_out_w",
    "tower_out_w",            # heat rejected by towers
    "reuse_out_w",            # heat handed to a user outside
    "store_gain_in_w",        # through the shells of stores, that of sky panels among them
    "conduit_in_w",           # taken up by water and air in outdoor pipes and ducts
    "basin_electric_w",
    "exhaust_out_w",          # heat rejected by indirect evaporative units and their DX condensers
    "plant_ambient_out_w",    # motor, fan and loss heat that never enters hall or water
    "stored_racks_w", "stored_room_w", "stored_surfaces_w", "stored_chw_w", "stored_cw_w",
    "stored_cdu_w", "stored_store_w",
    # water, kg/s
    "vapour_in_kg_s", "vapour_out_kg_s", "humidifier_kg_s", "condensate_kg_s", "stored_vapour_kg_s",
    "gain_kg_s",
    "makeup_kg_s", "evaporated_kg_s", "drift_kg_s", "blowdown_kg_s",
)

METERS = record(
    # energies over the run, J
    "it_j", "server_fan_j", "cpu_j", "crah_fan_j", "chiller_j", "chw_pump_j", "cw_pump_j", "cdu_pump_j",
    "basin_heater_j",
    "heat_rejection_fan_j", "iec_fan_j", "iec_pump_j", "dx_j", "humidifier_j", "dehumidifier_j",
    "ups_loss_j", "distribution_loss_j", "lighting_j",
    "liquid_j", "door_j", "reuse_j", "thermosyphon_j", "panel_j", "facility_water_j",
    "sky_charge_j", "sky_tank_j",   # heat that panels take from their night tank; cooling out of it
    "coil_j", "chiller_load_j", "wse_j", "tower_heat_j", "dry_heat_j", "iec_heat_j", "dx_load_j",
    "envelope_j", "stored_j", "pipe_gain_j", "duct_gain_j",
    "in_j", "out_j",          # for the closure of the whole run
    # water, kg
    "makeup_kg", "evaporated_kg", "drift_kg", "blowdown_kg", "humidifier_kg", "condensate_kg",
    "vapour_in_kg", "vapour_out_kg", "vapour_stored_kg",
    # times, s
    "over_recommended_s", "over_allowable_s", "outside_box_s", "tower_outside_box_s",
    "shortfall_s", "throttled_rack_s", "mode_s_0", "mode_s_1", "mode_s_2", "mode_s_3",
    "mode_s_4", "mode_s_5", "mode_s_6", "mode_s_7",
    "economiser_s", "chiller_s",
    # sums for airflow indices: K s over racks, and flow-weighted
    "rci_hi_k_s", "rci_lo_k_s", "rack_s",
    "shi_rise_j", "shi_total_j", "rti_crah_k_kg", "rti_crah_kg", "rti_it_k_kg", "rti_it_kg",
    "work_asked_s", "work_lost_s", "shortfall_j", "over_rack_s", "gain_j",
    "peak_w",
)

SETPOINTS = record(
    "supply_air_c", "return_air_c", "fan_speed_frac",
    "demand_margin_frac",     # fan control "demand": supply = (1 + margin) * server flow
    "chilled_water_c", "facility_water_c", "technology_water_c", "pump_dp_frac",
    "condenser_min_c", "condenser_max_c", "condenser_approach_k",
)

# --- inputs and outputs of a step ----------------------------------------------------------------

WEATHER = record(
    "dry_bulb_c", "humidity_ratio", "pressure_pa", "wind_m_s",
    "infrared_w_m2",          # horizontal downwelling long-wave
    "dni_w_m2", "dhi_w_m2", "ghi_w_m2",
    "sun_east", "sun_north", "sun_up",   # unit vector to the sun; sun_up <= 0 at night
    # what the hall's calendar adds in this step (zero: nothing)
    "gain_sensible_w", "gain_latent_w", "infiltration_m3_s",
    "return_shift_k",         # of the return-air setpoint
    "units_off_frac",         # 1: fans and cooling units stand
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
    "iec_w", "iec_fan_w", "iec_pump_w", "iec_frac", "dx_load_w", "dx_w", "dehumidifier_w",
    "liquid_w", "technology_supply_c", "technology_return_c", "chip_max_c", "cdu_valve_max_frac", "cdu_pump_w",
    "facility_supply_c", "facility_return_c", "facility_flow_kg_s", "facility_pump_w",
    "thermosyphon_w", "reuse_w", "panel_w", "store_w", "store_frac", "door_w",
    "sky_charge_w", "sky_tank_w", "sky_tank_c", "pipe_gain_w", "duct_gain_w",
    "ups_loss_w", "distribution_loss_w", "lighting_w", "total_w",
    "roof_outer_c", "envelope_w", "mode",
    "supply_setpoint_c", "closure_rel",
    "crah_valve_max_frac",
)
STEP_OUT = np.dtype([(name, np.float32) for name in STEP_OUT_FIELDS])

#: Rows of ``State.columns``: racks as columns for the loops of a step, in vector registers. The first
#: ones are copies of RACK_STATE and RACK_PARAMS while a block of steps runs, the rest is scratch.
(
    C_JOB, C_LOST, C_INLET_C, C_INLET_W, C_OUTLET_C, C_MASS_C, C_UTIL, C_CPU_W, C_FAN_W, C_POWER_W, C_AIR_KG_S,
    C_HEAT_W, C_RATED_W, C_RECIRCULATION, C_OWN, C_DUCTED,
    C_PER_W, C_PER_REST, C_SPEED, C_WORK, C_FLOW_WORK, C_KAPPA, C_GAMMA_J_KG, C_OWN_FACTOR,
    C_LIQUID_SPEED, C_LIQUID_W, C_LIQUID_ON,
) = range(27)  # fmt: skip
RACK_COLUMNS = 27

#: Rows of the hourly rack sums, and columns of the hourly rack table: sums over the hour, divided by its
#: seconds when written.
RACK_HOURLY = ("inlet_mean_c", "inlet_max_c", "outlet_mean_c", "power_kw", "utilisation_frac")


class Params(NamedTuple):
    """Everything that does not change while a twin runs."""

    racks: NDArray[np.void]
    kinds: NDArray[np.void]     # of racks
    crahs: NDArray[np.void]
    iecs: NDArray[np.void]
    trims: NDArray[np.void]     # DX compressor of each of them, as a chiller with air on both sides
    dxs: NDArray[np.void]       # direct-expansion units
    chillers: NDArray[np.void]
    towers: NDArray[np.void]
    surfaces: NDArray[np.void]
    water: NDArray[np.void]     # two records: chilled water, facility water of liquid cooling
    pumps: NDArray[np.void]     # two records: pumps of either by their curve
    cdus: NDArray[np.void]      # coolant distribution units
    plates: NDArray[np.void]    # one record, or none: cold plates
    baths: NDArray[np.void]     # one record, or none: immersed servers
    doors: NDArray[np.void]     # one record, or none: rear doors, all alike
    reuse: NDArray[np.void]     # one record, or none: a user of heat
    thermosyphons: NDArray[np.void]  # one record, or none
    tanks: NDArray[np.void]     # one record, or none: stratified store
    ices: NDArray[np.void]      # one record, or none
    panels: NDArray[np.void]    # one record, or none: sky radiators
    sky_tanks: NDArray[np.void]  # one record, or none: their night tank
    conduits: NDArray[np.void]  # outdoor pipes, ducts and casings
    facility: NDArray[np.void]  # one record


class State(NamedTuple):
    """Everything a twin remembers; a copy of it is a snapshot of the physics."""

    racks: NDArray[np.void]
    crahs: NDArray[np.void]
    iecs: NDArray[np.void]
    trims: NDArray[np.void]
    dxs: NDArray[np.void]
    chillers: NDArray[np.void]
    towers: NDArray[np.void]
    surfaces: NDArray[np.void]
    water: NDArray[np.void]     # two records
    cdus: NDArray[np.void]
    thermosyphons: NDArray[np.void]
    tanks: NDArray[np.void]
    ices: NDArray[np.void]
    panels: NDArray[np.void]
    sky_tanks: NDArray[np.void]
    conduits: NDArray[np.void]
    facility: NDArray[np.void]  # one record
    solution: NDArray[np.void]  # one record, scratch
    plant: NDArray[np.void]     # two records, scratch
    ledger: NDArray[np.void]    # one record
    meters: NDArray[np.void]    # one record
    order: NDArray[np.int64]    # racks by inlet temperature of the last step (for percentiles)
    rack_hour: NDArray[np.float64]  # (len(RACK_HOURLY), racks) sums of the hour so far
    columns: NDArray[np.float64]    # (RACK_COLUMNS, racks), scratch between blocks
