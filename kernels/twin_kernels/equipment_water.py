"""Structured-array layouts of storage tanks, ice, pumps and branches (see :mod:`twin_kernels.layout`)."""

from __future__ import annotations

from twin_kernels.equipment import F8, I8, record

__all__ = [
    "BRANCH_PARAMS", "ICE_PARAMS", "ICE_STATE", "PANEL_PARAMS", "PANEL_STATE", "PUMP_PARAMS", "TANK_NODES",
    "TANK_PARAMS", "TANK_STATE",
]

#: Layers of a stratified tank, each one twentieth of its water. The layer at the inlet and the one at the
#: outlet share one of them between them, so that there are twenty-one places (:mod:`twin_kernels.tank`).
TANK_NODES = 20

# --- storage ------------------------------------------------------------------------------------

TANK_PARAMS = record(
    "water_kg",               # all of it
    "height_m",               # of the water
    "area_m2",                # of its cross-section
    "conductivity_w_mk",      # vertical: water, wall and what disturbs the layers
    "loss_w_k",               # of the whole shell, to ambient
    "mixed_frac",             # share of the tank that the inlet stirs; 0: an ideal diffuser
    "rated_kg_s",             # most that the diffusers pass, either way
    "charge_c",               # chilled water for charging
    "charge_first_hour", "charge_last_hour",          # from ... to, 0 ... 24, may pass midnight
    "discharge_first_hour", "discharge_last_hour",
    available=I8,
)

TANK_STATE = record(
    "top_frac",               # share of a layer that the topmost one holds; the lowest holds the rest
    "outlet_c",               # mean of the water that left in the last step
    "heat_w",                 # carried in by the water in the last step
    "loss_w",                 # gained through the shell in the last step
    layer_c=(F8, (TANK_NODES + 1,)),  # from the top down
)

ICE_PARAMS = record(
    "latent_j",               # heat of fusion of all ice
    "loss_w_k",               # of the shell, to ambient
    "brine_j_kgk",
    "rated_kg_s",
    "charge_c",               # brine for charging
    "charge_first_hour", "charge_last_hour",
    "discharge_first_hour", "discharge_last_hour",
    charge_rel=(F8, (6,)),    # rate = c0 + c1 x + c2 x2 + (c3 + c4 x + c5 x2) LMTD/10 K, in capacities an hour
    discharge_rel=(F8, (6,)),
    available=I8,
)

ICE_STATE = record(
    "ice_frac",               # ice over all that can be ice
    "leaving_c",
    "heat_w",                 # carried in by the brine in the last step: > 0 melts, < 0 freezes
    "loss_w",                 # gained through the shell in the last step
)

# --- sky-radiator panels --------------------------------------------------------------------------

PANEL_PARAMS = record(
    "area_m2",
    "solar_absorptance_frac", "emissivity_frac",      # long-wave outside the two bands
    "window_emissivity_frac", "far_emissivity_frac",  # 8 ... 13.3 and 17.2 ... 25 um
    "film_base_w_m2k", "film_wind_w_s_m3k",           # outside film = base + wind * speed
    "fin_frac",               # heat over that of a plate at water temperature all over
    "water_rated_kg_s", "pump_w",
    "dew_margin_k",           # leaving water stays this far above the dew point
    "least_cop",              # by-pass where heat over pump power is less
    # of their night tank (a record of TANK_PARAMS beside this one): how much colder than its warm end a plate must
    # come to rest for charging, and how much colder than the return its outlet must be for discharging
    "charge_margin_k", "draw_margin_k",
    tank_first=I8,            # 1: in hours of charging the tank is served before the return
    available=I8,
)

#: Weather of the step as the panels see it.
PANEL_STATE = record(
    "sky_window_w_m2", "sky_far_w_m2", "sky_other_w_m2", "solar_w_m2", "film_w_m2k", "air_c", "dew_c",
    "rest_c",                 # where a plate without water comes to rest
)

# --- pumps and pipes ----------------------------------------------------------------------------

PUMP_PARAMS = record(
    "rated_kg_s", "rated_pa", # of one pump at speed 1: its best point
    "density_kg_m3",
    "peak_frac",              # hydraulic efficiency at the best point
    "motor_frac",             # efficiency of the motor
    "drive_frac", "drive_low_frac",   # efficiency of the drive at speeds 1 and 0.2
    "wet_motor_frac",         # share of the losses of motor and drive that the water takes up
    "held_frac",              # differential pressure held at the far coil, over rated_pa
    "min_flow_frac",          # lowest flow of a running pump over rated: the surplus goes round a bypass
    "min_speed_frac",
    "stage_frac",             # another pump starts above this flow of each, over rated
    head_rel=(F8, (3,)),      # head at speed 1 over rated = h0 + h1 r + h2 r2
    count=I8,                 # pumps in service
)

BRANCH_PARAMS = record(
    "rated_kg_s",
    "coil_pa",                # coil and pipes of the branch at rated flow
    "valve_pa",               # open valve at rated flow
    "leak_frac",              # flow of the closed valve over that of the open one at equal pressure
    "rangeability_ratio",     # of the equal-percentage valve
    "main_kg_s", "main_pa",   # the piece of main, both ways, from the branch before: flow and drop
    linear=I8,                # 1: linear valve; 0: equal percentage
)
