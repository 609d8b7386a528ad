"""Structured-array layouts of liquid cooling: cold plates, distribution units, doors, tanks, heat reuse.

One dtype per kind of equipment, one record per unit (see :mod:`twin_kernels.layout`). The technology loop is the
coolant that passes the servers; facility water is the water that passes the other side of its exchanger.
"""

from __future__ import annotations

from twin_kernels.equipment import F8, I8, record

__all__ = ["CDU_PARAMS", "CDU_STATE", "COLD_PLATE_PARAMS", "DOOR_PARAMS", "HEAT_REUSE_PARAMS", "IMMERSION_PARAMS"]

#: Cold plates of one kind; one record for all of them.
COLD_PLATE_PARAMS = record(
    "capture_frac",           # share of processor heat that goes into the coolant; the rest into the air
    "chip_rated_w",           # heat of one chip into its plate at full load
    "flow_rated_kg_s",        # coolant through one plate
    "heat_j_kgk",             # of the coolant
    "r_inf_k_w",              # chip to coolant at endless flow: die, paste, base of the plate
    "r_film_k_w",             # film of the coolant at rated flow, added to it ...
    "exponent",               # ... and falling with flow to this power
    "throttle_start_c",       # above this chip temperature processors slow down ...
    "throttle_end_c",         # ... to throttle_min_frac here
    "throttle_min_frac",
)

#: A coolant distribution unit.
CDU_PARAMS = record(
    "rated_w",                # heat of the servers at rated flows
    "ua_w_k",                 # of the exchanger at rated flows
    "ua_secondary_frac",      # (hA)_technology / ((hA)_technology + (hA)_facility) at rated flows
    "technology_rated_kg_s",
    "technology_heat_j_kgk",  # specific heat of the technology fluid
    "facility_rated_kg_s",    # facility water with the valve fully open
    "pump_rated_w",
    "pump_heat_frac",         # share of pump power that warms the technology loop
    "pump_min_frac",          # least flow of a variable pump
    "pump_exponent",          # power = rated * flow_frac ** exponent
    "capacity_j_k",           # of the technology loop (of the tank, with immersion); > 0
    "servers_rated_w",        # rated heat of the servers it cools
    "dew_guard_k",            # supply stays this far above the room's dew point
    pump_variable=I8,
    available=I8,             # 0 after a trip: pumps stand
    group=I8,                 # units of one group are equal but for what events change
)

CDU_STATE = record(
    "supply_c",               # of the technology loop: the one temperature that is remembered
    "old_c",                  # the same at the start of the step
    "servers_w",              # heat of the servers of this unit in this step, less what tanks lose to the room
    "loss_w",                 # of its tanks to the room
    "speed_frac",             # slowest processors it lets run, 1 unless a chip is too hot
    "return_c",
    "technology_kg_s", "facility_kg_s",
    "facility_out_c",
    "heat_w",                 # of the servers into the loop
    "exchanged_w",            # to facility water, >= 0
    "pump_w",
    "valve_frac",
    "chip_c",
    "saturated",              # 1: the valve is fully open (or the pump stands) and the supply is above its setpoint
    "setpoint_c",             # after the dew-point guard
    "starved_frac",           # share of its rated facility water that pumps at their limit do not bring
)

#: Rear-door exchanger of one rack.
DOOR_PARAMS = record(
    "ua_w_k",                 # at rated flows
    "ua_air_frac",            # (hA)_air / ((hA)_air + (hA)_water) at rated flows
    "air_rated_kg_s",
    "water_rated_kg_s",
    "fan_penalty_frac",       # further server-fan power at any flow
    "guard_k",                # water stays this far above the room's dew point
    "target_c",               # leaving air that the valve holds
)

#: Servers in single-phase immersion: one heated surface (a chip's heat sink) and its tank.
IMMERSION_PARAMS = record(
    "chip_rated_w",
    "area_m2",                # wetted, of one chip's heat sink
    "length_m",               # height of the surface (free), or along the stream (forced)
    "velocity_m_s",           # of the fluid past the surface; 0: natural convection alone
    "r_case_k_w",             # chip to wetted surface
    "loss_w_k",               # of the tank to the room
    "throttle_start_c", "throttle_end_c", "throttle_min_frac",   # of the chip
)

#: Heat take-off for a user outside.
HEAT_REUSE_PARAMS = record(
    "delivery_c",             # what the user must get
    "return_c",               # what comes back from the user
    "approach_k",             # of the exchanger, at its closer end
    demand_w=(F8, (288,)),    # what the user wants, by month and hour of the day: 24 m + h
)
