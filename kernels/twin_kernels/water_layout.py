"""Layouts of a water system: loops, pumps, staging and economiser of chilled water, or of warm facility water.

A twin has two systems, the first for coils (and rear doors), the second for liquid cooling; one that serves nothing
is not active. Both follow the same laws (:mod:`twin_kernels.plant`) on the same records. ``chw`` is the water that
cools, ``cw`` the water that carries heat to towers and dry coolers.
"""

from __future__ import annotations

from twin_kernels.equipment import I8, record

__all__ = ["CHILLED", "FACILITY_WATER", "PLANT_SOLUTION", "WATER_PARAMS", "WATER_STATE"]

#: Index of the systems in the arrays.
CHILLED = 0
FACILITY_WATER = 1

WATER_PARAMS = record(
    # the water that cools
    "chw_capacity_j_k", "chw_pump_w", "chw_rated_kg_s", "chw_min_frac", "chw_heat_frac",
    "chw_pump_exponent",
    # the water that rejects heat
    "cw_capacity_j_k", "cw_pump_w", "cw_rated_kg_s", "cw_heat_frac",   # per running pump
    # staging
    "stage_up_frac", "stage_up_k", "stage_down_frac", "stage_wait_s", "min_on_s", "min_off_s",
    "stage_lift_per_k",       # rise of the part load at which the next machine starts, per K of lift above stage_lift_k
    "stage_lift_k",
    "rotate_s",               # the lead machine changes this often; 0 never
    # water-side economiser, or the exchanger between facility water and towers
    "wse_effectiveness", "wse_water_kg_s", "wse_approach_k",
    "wse_fc_to_pmc_k", "wse_pmc_to_fmc_k", "wse_fmc_to_pmc_k", "wse_pmc_to_fc_k", "wse_wait_s",
    active=I8,                # 1: something is cooled by this water
    wse=I8,                   # 0 none, 1 integrated (before the chillers), 2 not integrated (instead of them)
    stage_by_left=I8,         # chillers are staged by: 0 the heat from the hall, 1 what the economiser leaves of it
    direct=I8,                # 1: the water itself runs over the towers or dry coolers, no exchanger between
    air_cooled=I8,            # 1: chillers reject to outdoor air
    chw_variable=I8,          # 0: constant flow while on
    chw_tripped=I8,           # 1: no pump of the cooling water runs
    cw_tripped=I8,            # 1: no pump of the rejecting water runs
    cw_common=I8,             # 1: one common condenser pump; 0: one for each running chiller
    thermosyphon=I8,          # 1: the thermosyphon cooler precools the return
    reuse=I8,                 # 1: the user of heat takes from the return
    panels=I8,                # 1: sky-radiator panels precool the return
    pipes=I8,                 # 1: some of the cooling water runs in outdoor pipes
    cw_pipes=I8,              # 1: some of the rejecting water does
    store=I8,                 # 0 none, 1 stratified tank, 2 ice
    pump_curve=I8,            # 1: pumps by head curve and efficiency (``Params.pumps``) instead of power and exponent
    cdu_first=I8, cdu_stop=I8,            # distribution units that this water cools
    chiller_first=I8, chiller_stop=I8,    # machines of this system in the arrays
    tower_first=I8, tower_stop=I8,
)

WATER_STATE = record(
    "chw_supply_c", "chw_return_c", "chw_flow_kg_s",
    "cw_supply_c", "cw_return_c", "cw_flow_kg_s",
    "wse_w", "wse_leaving_c", "load_w",
    "before_c",               # return water after a thermosyphon, store or user of heat: what the economiser sees
    "chiller_load_w",         # what staging looks at: the heat that is left for the chillers
    "mode_changed_s", "stage_changed_s",
    mode=I8,                  # 0 off, 1 free, 2 partial, 3 full mechanical
    stages=I8,                # chillers asked for
)

#: The water side of one step while it is being solved (scratch: written before it is read in every step).
PLANT_SOLUTION = record(
    "wet_bulb_c", "outdoor_c", "outdoor_w", "outdoor_pa",
    "reference_c",            # what the rejecting water cannot fall below: wet bulb, or dry bulb of dry coolers
    "hour", "month",          # of the day (0 ... 24) and of the year (0 ... 11): stores and users of heat go by them
    "target_c", "supply_c", "return_c", "need_w", "removed_w",
    "demand_kg_s", "taken_w",  # water that the loads ask for, and the heat that they give to it
    "most_kg_s", "starved_frac",  # most that the pumps bring; share of rated water that open valves do not get then
    "chw_kg_s", "cw_kg_s", "cells", "chw_pump_w", "cw_pump_w", "chw_pump_heat_w", "cw_pump_heat_w",
    # before economiser and chillers: heat taken by a user, the thermosyphon and a store (< 0: it is being charged)
    "reuse_w", "thermosyphon_w", "thermosyphon_fan_w", "thermosyphon_pump_w", "store_w",
    "panel_w", "panel_pump_w", # heat taken by sky-radiator panels, and their pump
    "panel_open_frac",        # share of the step in which the return runs through them
    "sky_tank_w", "sky_tank_kg_s", "sky_tank_in_c",   # cooling out of their night tank, its water and what enters
    "sky_charge_w",           # heat that the panels take from the tank
    "store_kg_s", "store_in_c", "charge_w", "charge_c",
    "before_c", "left_w",     # return water and heat that are left for economiser and chillers
    "basin_w",                # basin heaters
    "wse_w", "evaporator_w", "capacity_w", "compressor_w", "plr",
    "cw_supply_c", "cw_old_c", "tower_w", "tower_fan_w", "tower_air_frac",
    "air_w",                  # heat that air-cooled condensers reject
    "rest_w",                 # residual of the balance of the cooling water
    # outdoor pipes: heat that the cooling and the rejecting water take up (asked: by the last step), and what it
    # follows from: conductance, resting temperature, flow of the last step
    "pipe_w", "cw_pipe_w", "cw_pipe_asked_w",
    "pipe_supply_w_k", "pipe_supply_c", "pipe_return_w_k", "pipe_return_c", "pipe_kg_s",
    sky_call=I8,              # of the night tank: -1 charge, 1 discharge, 0 rest
    barred=I8,                # 1: no chiller may run, its condenser has no water
    flat_out=I8,              # 1: run at full capacity, whatever the need; -1: stand by
    mode=I8,
    stages=I8,
    lead=I8,                  # machine that starts first
    running=I8,
    chiller_outside=I8,
    tower_outside=I8,
)
