"""Structured-array layouts of equipment: one dtype per kind, one record per unit (see :mod:`twin_kernels.layout`)."""

from __future__ import annotations

import numpy as np

__all__ = [
    "CHILLER_PARAMS", "CHILLER_STATE", "CRAH_PARAMS", "CRAH_STATE", "DX_PARAMS", "DX_STATE", "F8", "I8", "IEC_PARAMS",
    "IEC_STATE", "RACK_KIND", "RACK_PARAMS", "RACK_STATE", "SLAB_NODES", "SURFACE_PARAMS", "SURFACE_STATE",
    "THERMOSYPHON_PARAMS", "THERMOSYPHON_STATE", "TOWER_PARAMS", "TOWER_STATE", "record",
]

F8 = np.float64
I8 = np.int64

#: Nodes through the thickness of a massive floor slab.
SLAB_NODES = 4


def record(*names: str, **extra: object) -> np.dtype:
    """A dtype of float64 fields, and of others.

    Parameters
    ----------
    *names : str
        Fields of float64.
    **extra : object
        Further fields, given as numpy type specifications.

    Returns
    -------
    numpy.dtype
    """
    fields: list[tuple[object, ...]] = [(name, F8) for name in names]
    for name, spec in extra.items():
        fields.append((name, *spec) if isinstance(spec, tuple) else (name, spec))
    return np.dtype(fields)  # type: ignore[arg-type]


# --- racks -------------------------------------------------------------------------------------

#: What is in a rack, per watt of the rack's rated power; racks of a kind share one record.
RACK_KIND = record(
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
    "liquid_frac",            # share of processor heat that goes into a coolant ...
    "liquid_rest_frac",       # ... and of the constant part
    first=I8,                 # racks of this kind: first ...
    stop=I8,                  # ... to before this one
)

RACK_PARAMS = record(
    "rated_w",
    "recirculation_frac",     # share of its air a rack draws from the room even in abundance
    "self_recirculation_frac",  # share of its air it draws from its own outlet
    "ducted_frac",            # share of the exhaust that is contained (goes to the return directly)
    cdu=I8,                   # distribution unit that its coolant comes from; -1: none
)

RACK_STATE = record(
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

CRAH_PARAMS = record(
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

CRAH_STATE = record(
    "speed_frac", "air_kg_s", "water_kg_s", "valve_frac",
    "mixed_c", "mixed_j_kg", "mixed_w", # air before the coil (return, or return mixed with outdoor air)
    "supply_c", "supply_j_kg", "supply_w",
    "coil_w", "latent_w", "condensate_kg_s", "condensate_w", # condensate_w: enthalpy leaving with it
    "fan_w", "saturated",
    "dry_frac",               # share of the coil where nothing condenses (1: all of it)
    "surface_c",              # mean of the wet surface: where the next step's search begins
    "starved_frac",           # share of its rated water that pumps at their limit do not bring
)

# --- indirect evaporative units ------------------------------------------------------------------

IEC_PARAMS = record(
    "air_rated_m3_s",         # hall air through the primary side
    "fan_rated_w",            # primary fan, electric power at rated flow
    "min_speed_frac",
    "supply_offset_k",        # added to the common supply setpoint for this unit
    "secondary_rated_m3_s",   # outdoor air over the plates
    "secondary_fan_w", "secondary_min_frac",
    "ua_w_k",                 # of the dry plates at rated flows
    "ua_primary_frac",        # (hA)_primary / ((hA)_primary + (hA)_secondary) at rated flows
    "wetting_frac",           # film of the wet secondary side over that of a plate wetted all over
    "pump_w", "spray_kg_s",   # spray pump and what it circulates
    "drift_frac",             # of the spray water
    "cycles",                 # of concentration, for blowdown
    "freeze_c",               # no spray below this outdoor temperature
    "up_k", "down_k", "wait_s",   # mode machine: thresholds and shortest time in a mode
    "trim_bypass_frac",       # air that passes the DX coil untouched
    fan_curve=(F8, (5,)),     # power fraction = sum c_i * flow_frac ** i
    secondary_curve=(F8, (5,)),
    available=I8,             # 0 after a trip
    spray_available=I8,
    group=I8,                 # units of one group are equal but for what events change
)

IEC_STATE = record(
    "speed_frac", "air_kg_s", "fan_w",
    "secondary_frac", "secondary_kg_s", "secondary_fan_w", "pump_w",
    "exchanger_w",            # heat through the plates
    "supply_c", "supply_j_kg", "supply_w",
    "film_c", "film_humidity",            # outdoor air after the plates if it left saturated: where the search begins
    "exhaust_c", "exhaust_humidity",      # as it does leave
    "evaporated_kg_s", "drift_kg_s", "blowdown_kg_s",
    "changed_s",              # of the mode
    "saturated",
    mode=I8,                  # 0 off, 4 dry, 5 wet, 6 wet + DX, 7 dry + DX
)

# --- computer-room air conditioners (direct expansion) -------------------------------------------

DX_PARAMS = record(
    "air_rated_m3_s", "air_rated_kg_s",   # the same flow, at standard site density
    "fan_rated_w",            # electric power at rated flow
    "min_speed_frac",
    "supply_offset_k",        # added to the common supply setpoint for this unit
    "rated_w",                # gross total capacity at the curves' reference point and rated flow
    "cop",                    # there, compressor and what else the curves include
    "condenser_fan_w",        # runs with the compressor; 0 where the COP includes it
    "bypass_kg_s",            # A0: bypass factor = exp(-A0 / flow)
    "wet_bulb_min_c", "wet_bulb_max_c",   # valid box of the curves: entering air ...
    "outdoor_min_c", "outdoor_max_c",     # ... air at the condenser ...
    "flow_min_frac", "flow_max_frac",     # ... and flow
    "surface_min_c",          # the machine unloads before its coil is colder than this
    "evaporator_lift_k",      # refrigerant below the coil's surface, for the Carnot bound
    "condenser_lift_k",       # refrigerant above the air at the condenser
    "carnot_max_frac",        # efficiency relative to Carnot is never above this
    capft=(F8, (6,)),         # 1, x, x2, y, y2, xy; x entering wet bulb, y outdoor dry bulb
    eirft=(F8, (6,)),
    capff=(F8, (4,)),         # cubic in flow over rated flow
    eirff=(F8, (4,)),
    plf=(F8, (4,)),           # cubic in part-load ratio
    fan_curve=(F8, (5,)),     # power fraction = sum c_i * flow_frac ** i
    inverter=I8,              # 1: the compressor turns slower at part load; 0: it cycles
    available=I8,             # 0 after a trip of the unit
    compressor_available=I8,  # 0 after a trip of the compressor: the fan goes on
    group=I8,                 # units of one group are equal but for what events change
)

DX_STATE = record(
    "speed_frac", "air_kg_s", "fan_w",    # means over the step: a fan that cycles counts by its share of the time
    "plr", "run_frac",        # heat over capacity; share of the time (or of the full-load power)
    "capacity_w",             # if it ran all the time
    "drop",                   # fall of the humidity ratio if it ran all the time
    "full_w",                 # electricity if it ran all the time
    "load_w", "power_w", "condenser_fan_w",
    "wet_bulb_c", "surface_c", "surface_w",
    "supply_c", "supply_j_kg", "supply_w",
    "saturated",
    outside_box=I8,
)

# --- chillers and towers ------------------------------------------------------------------------

CHILLER_PARAMS = record(
    "rated_w",                # reference capacity
    "cop",                    # at the reference point
    "leaving_min_c", "leaving_max_c",     # valid box of the curves
    "condenser_min_c", "condenser_max_c",
    "plr_min", "plr_unload", "plr_max",
    "evaporator_lift_k",      # refrigerant below leaving water, for the Carnot extension
    "condenser_lift_k",       # refrigerant above what the curves read on the condenser's side
    "carnot_max_frac",        # efficiency relative to Carnot is never above this
    "condenser_w_k",          # heat-capacity flow of the condenser water (reformulated only)
    capft=(F8, (6,)),         # 1, x, x2, y, y2, xy; x leaving chilled, y entering (model 1: leaving) condenser water
    eirft=(F8, (6,)),
    eirfplr=(F8, (4,)),       # cubic in part-load ratio (model 0)
    eirfplr_bicubic=(F8, (10,)),  # in leaving condenser water and part-load ratio (model 1)
    model=I8,                 # 0 EIR, 1 reformulated EIR
    air_cooled=I8,            # 1: outdoor air enters the condenser
    dispatch_cap=I8,          # 1: never more than plr_max * rated_w, whatever capft says
    extend=I8,                # outside the box: 0 clamp, 1 Carnot-lift law, 2 read the polynomials there too
    available=I8,
)

CHILLER_STATE = record(
    "load_w", "power_w", "capacity_w", "plr", "cop",
    "changed_s",              # time of the last start or stop
    on=I8,
    outside_box=I8,
)

#: Whatever gives heat to the outdoor air: a tower cell or a dry cooler. Fields that a kind does not read are 0.
TOWER_PARAMS = record(
    "water_rated_kg_s",
    "air_rated_m3_s",
    "fan_rated_w",
    "water_ratio_rated",      # York's flow ratio at rated water flow, calibrated at design
    "air_min_frac",
    "free_convection_frac",   # capacity with the fan off
    "fan_exponent",
    "drift_frac",             # of the water flow
    "cycles",                 # of concentration, for blowdown
    "ua_w_k",                 # Merkel tower, dry cooler: conductance at the rating
    "wet_bulb_rated_c",       # Merkel tower: wet bulb of the rating
    "ua_air_frac",            # dry cooler: (hA)_air / ((hA)_air + (hA)_water) at rated flows
    "pad_effectiveness",      # adiabatic dry cooler: of the pad, where its depth is 0
    "pad_depth_m",            # adiabatic dry cooler: depth of the pad ...
    "pad_face_m2",            # ... and its face, for the effectiveness by face velocity
    "pad_above_c",            # adiabatic dry cooler: the pad is never wet at or below this dry bulb
    "basin_heater_w_k",       # basin heater: electric power for each K ...
    "basin_heater_c",         # ... by which the outdoor dry bulb is below this, while the cell stands
    available=I8,
    kind=I8,                  # 0 York, 1 Merkel, 2 dry cooler, 3 adiabatic dry cooler
    pad_when_needed=I8,       # 1: wet only where dry air does not reach the target; 0: whenever above pad_above_c
)

TOWER_STATE = record(
    "speed_frac", "fan_w", "heat_w", "leaving_c",
    "evaporated_kg_s", "drift_kg_s", "blowdown_kg_s", "outside_box",
    "air_out_c",              # air that leaves: where the next step's search begins
    "basin_w",                # basin heater
    "water_kg_s",             # through this cell
    wetted=I8,                # the pad of an adiabatic cooler is wet
)

#: A thermosyphon (or pumped-refrigerant) cooler between a water stream and outdoor air.
THERMOSYPHON_PARAMS = record(
    "evaporator_w_k",         # conductance of the evaporator at rated water
    "evaporator_water_frac",  # share of the water film in the evaporator's resistance at rated water
    "condenser_w_k",          # conductance of the condenser at rated air
    "riser_k_w",              # saturation temperature lost to the pipes' pressure drop, for each W
    "drive_min_k",            # entering water less outdoor air below which nothing circulates
    "water_rated_kg_s", "air_rated_m3_s",
    "fan_rated_w", "fan_exponent", "air_min_frac",
    "free_convection_frac",   # capacity with the fan off
    "pump_frac",              # refrigerant pump: electric power over heat; 0 without one
    available=I8,
)

THERMOSYPHON_STATE = record("speed_frac", "fan_w", "pump_w", "heat_w", "leaving_c")

# --- envelope -----------------------------------------------------------------------------------

SURFACE_PARAMS = record(
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

SURFACE_STATE = record(
    "outer_c", "inner_c",
    "solar_w_m2",             # incident on the outside, set each step from the inputs
    "gain_w",                 # convective heat from inner surface to the room air
    "conduction_w",           # heat conducted inward (exterior surfaces)
    "outside_w",              # net heat taken up at the outer surface: sun + long-wave + convection
    "stored_w",               # rate of storage
    slab_c=(F8, (SLAB_NODES,)),
)
