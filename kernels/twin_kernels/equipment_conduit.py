"""Structured-array layouts of outdoor pipes, ducts and casings: conduits (see :mod:`twin_kernels.layout`)."""

from __future__ import annotations

from twin_kernels.equipment import I8, record

__all__ = [
    "BODY", "BOX", "CHILLED_RETURN", "CHILLED_SUPPLY", "CONDENSER_RETURN", "CONDENSER_SUPPLY", "CONDUIT_PARAMS",
    "CONDUIT_STATE", "FACILITY_RETURN", "FACILITY_SUPPLY", "OUTDOOR_AIR", "RETURN_AIR", "ROUND", "SUPPLY_AIR",
]

#: What a conduit carries. Supply of condenser water is what towers and dry coolers send back.
(
    CHILLED_SUPPLY, CHILLED_RETURN, CONDENSER_SUPPLY, CONDENSER_RETURN, FACILITY_SUPPLY, FACILITY_RETURN,
    SUPPLY_AIR, RETURN_AIR, OUTDOOR_AIR,
) = range(9)  # fmt: skip

#: Its shape: a lying cylinder, a lying box, or a convex body of no known direction.
ROUND, BOX, BODY = 0, 1, 2

CONDUIT_PARAMS = record(
    "area_m2",                # outer surface, of all of them
    "resistance_k_w",         # from what it carries to the outer surface, of all of them; 0: bare metal
    "solar_absorptance_frac", "emissivity_frac",      # long-wave outside the two bands
    "window_emissivity_frac", "far_emissivity_frac",  # 8 ... 13.3 and 17.2 ... 25 um
    "film_base_w_m2k", "film_wind_w_s_m3k",           # outside film = base + wind * speed
    "sky_view_frac",          # of the sky, mean round the surface: diffuse sun
    "tilt_deg",               # of the plane that has the same share of long-wave exchange with the sky
    "sunlit_frac",            # of the direct sun that nothing keeps off
    "axis_east", "axis_north",  # unit vector along it
    "width_m", "height_m",    # of a box
    "flow_w_k",               # heat capacity flow of outdoor air through a casing
    stream=I8, shape=I8,
)

#: Weather of the step as it meets the surface.
CONDUIT_STATE = record(
    "solar_w_m2", "film_w_m2k",
    "rest_c",                 # where the surface comes to rest with nothing behind it
    "above_k",                # of it above the outdoor air
    "conductance_w_k",        # from there to what is carried
)
