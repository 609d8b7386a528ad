"""Roof, walls and slab as surfaces. The roof is surface 0."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_DRY_AIR
from twin_kernels.layout import SURFACE_PARAMS

from twin.scenario.hall import Envelope, Hall, Surface

__all__ = ["longest_step_s", "surface_params"]

#: Longest step over the time constant of still room air against its surfaces; from 2 on they are unstable.
_SWING = 1.5
#: Azimuth of the walls' outward normals, degrees from north clockwise: north, east, south, west.
_WALLS = (0.0, 90.0, 180.0, 270.0)


def surface_params(hall: Hall, envelope: Envelope) -> NDArray[np.void]:
    """Parameters of roof, four walls and slab; the long side runs east-west.

    Parameters
    ----------
    hall : Hall
    envelope : Envelope

    Returns
    -------
    ndarray of SURFACE_PARAMS
        Roof, north, east, south, west, slab.
    """
    p = np.zeros(6, SURFACE_PARAMS)
    floor_m2 = hall.total_length_m * hall.width_m
    _outer(p[0:1], envelope.roof)
    _outer(p[1:5], envelope.wall)
    p["area_m2"][0] = floor_m2
    p["normal_up"][0] = 1.0
    for i, azimuth_deg in enumerate(_WALLS, start=1):
        p["area_m2"][i] = (hall.total_length_m if i % 2 else hall.width_m) * hall.height_m
        p["tilt_deg"][i] = 90.0
        p["normal_east"][i] = math.sin(math.radians(azimuth_deg))
        p["normal_north"][i] = math.cos(math.radians(azimuth_deg))
    floor = envelope.floor
    p["area_m2"][5] = floor_m2
    p["tilt_deg"][5] = 180.0
    p["normal_up"][5] = -1.0
    p["adiabatic"][5] = 1
    p["slab_thickness_m"][5] = floor.thickness_m
    p["slab_conductivity_w_mk"][5] = floor.conductivity_w_mk
    p["slab_density_kg_m3"][5] = floor.density_kg_m3
    p["slab_cp_j_kgk"][5] = floor.heat_j_kgk
    p["inner_emissivity_frac"] = envelope.inner_emissivity_frac
    p["h_in_w_m2k"] = envelope.inside_film_w_m2k
    p["h_out_base_w_m2k"] = envelope.outside_film_w_m2k
    p["h_out_wind_w_s_m3k"] = envelope.outside_film_wind_w_s_m3k
    return p


def _outer(p: NDArray[np.void], surface: Surface) -> None:
    p["r_m2k_w"] = surface.r_m2k_w
    p["solar_absorptance_frac"] = surface.solar_absorptance_frac
    p["emissivity_frac"] = surface.emissivity_frac
    p["outer_capacity_j_m2k"] = surface.outer_capacity_kj_m2k * 1e3
    p["inner_capacity_j_m2k"] = surface.inner_capacity_kj_m2k * 1e3


def longest_step_s(surfaces: NDArray[np.void], room_air_kg: float, tanks_w_k: float = 0.0) -> float:
    """Longest physics step at which room air and what stands in it cannot drive each other up.

    Inner surfaces and tanks of oil answer to the room of the last step; with no air moving, a step longer than twice
    the room's heat capacity over their conductance would let the room swing ever wider.

    Parameters
    ----------
    surfaces : ndarray of SURFACE_PARAMS
    room_air_kg : float
        Air in the room, kg.
    tanks_w_k : float
        Conductance of all tanks to the room, W/K.

    Returns
    -------
    float
        s.
    """
    conductance_w_k = float((surfaces["area_m2"] * surfaces["h_in_w_m2k"]).sum()) + tanks_w_k
    return float(_SWING * room_air_kg * CP_DRY_AIR / conductance_w_k)
