"""Outdoor pipes, ducts and casings as arrays: areas, insulation, optics, and what they carry."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from twin_kernels import equipment_conduit as kinds
from twin_kernels.constants import CP_DRY_AIR
from twin_kernels.equipment_conduit import CONDUIT_PARAMS, CONDUIT_STATE
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

from twin.scenario.coatings import aged_optics, find_coating
from twin.scenario.hall import Envelope
from twin.scenario.outdoor import Casing, OutdoorDuct, OutdoorPipe, OutdoorSurface
from twin.scenario.plant import Plant

__all__ = ["conduit_params", "conduit_state", "mark_pipes"]

#: Long-wave exchange with the sky over the view of it: the share F √F of a plane's exchange, F = (1 + cos tilt) / 2
#: (Walton 1983), is 4/(3 π) in the mean round a free lying cylinder, whose view is 1/2. Of a square box it is 0.427.
_SHARE_OF_VIEW = 8.0 / (3.0 * math.pi)


def conduit_params(plant: Plant, envelope: Envelope, air_kg_m3: float) -> NDArray[np.void]:
    """Parameters of all outdoor pipes, ducts and casings.

    Parameters
    ----------
    plant : Plant
    envelope : Envelope
        Own coatings and weathering.
    air_kg_m3 : float
        Density of dry air at the site, kg/m³.

    Returns
    -------
    ndarray of CONDUIT_PARAMS
        One record each, none without any.
    """
    surfaces = plant.outdoors
    p = np.zeros(len(surfaces), CONDUIT_PARAMS)
    for i, surface in enumerate(surfaces.values()):
        _fill_surface(p[i:i + 1], surface, envelope)
        p["area_m2"][i] = surface.area_m2
        if isinstance(surface, Casing):
            p["shape"][i], p["stream"][i] = kinds.BODY, kinds.OUTDOOR_AIR
            p["resistance_k_w"][i] = (1.0 / surface.inside_film_w_m2k + surface.insulation_m2k_w) / surface.area_m2
            p["flow_w_k"][i] = air_kg_m3 * CP_DRY_AIR * surface.air_m3_s
        else:
            _fill_run(p[i:i + 1], surface)
    return p


def _fill_surface(p: NDArray[np.void], surface: OutdoorSurface, envelope: Envelope) -> None:
    """Optics, film, and what the surface sees."""
    p["solar_absorptance_frac"] = surface.solar_absorptance_frac
    p["emissivity_frac"] = p["window_emissivity_frac"] = p["far_emissivity_frac"] = surface.emissivity_frac
    if surface.coating is not None and surface.coating != "bare":
        coating = find_coating(surface.coating, envelope.coatings)
        optics = aged_optics(coating, surface.coating_age_years, envelope.weathering)
        p["solar_absorptance_frac"] = optics.absorptance_frac
        p["window_emissivity_frac"] = optics.window_frac
        p["far_emissivity_frac"] = optics.far_frac
        p["emissivity_frac"] = optics.other_frac
    p["film_base_w_m2k"] = surface.film_w_m2k
    p["film_wind_w_s_m3k"] = surface.film_wind_w_s_m3k
    p["sky_view_frac"] = surface.sky_view_frac
    p["sunlit_frac"] = surface.sunlit_frac
    facing = (_SHARE_OF_VIEW * surface.sky_view_frac) ** (2.0 / 3.0)  # F of the plane with that share F √F
    p["tilt_deg"] = math.degrees(math.acos(2.0 * facing - 1.0))


def _fill_run(p: NDArray[np.void], run: OutdoorPipe | OutdoorDuct) -> None:
    """Shape, direction, what it carries, and the resistance of its insulation.

    ``R = ln(D / (D - 2 d)) / (2 π k L)`` of a pipe, ``(d / k + 1 / h_i) / A`` of a duct.
    """
    p["stream"] = getattr(kinds, run.carries.upper())
    p["axis_east"] = math.sin(math.radians(run.azimuth_deg))
    p["axis_north"] = math.cos(math.radians(run.azimuth_deg))
    p["resistance_k_w"] = _insulation_k_w(run)
    if isinstance(run, OutdoorDuct):
        p["shape"], p["width_m"], p["height_m"] = kinds.BOX, run.width_m, run.height_m
        p["resistance_k_w"] += 1.0 / (run.inside_film_w_m2k * run.area_m2)
    else:
        p["shape"] = kinds.ROUND


def _insulation_k_w(run: OutdoorPipe | OutdoorDuct) -> float:
    if run.u_w_m2k is not None:
        return 1.0 / (run.u_w_m2k * run.area_m2)
    if isinstance(run, OutdoorPipe):
        ratio = run.outer_diameter_m / (run.outer_diameter_m - 2.0 * run.insulation_m)
        return math.log(ratio) / (2.0 * math.pi * run.insulation_w_mk * run.length_m * run.count)
    return run.insulation_m / (run.insulation_w_mk * run.area_m2)


def mark_pipes(water: NDArray[np.void], plant: Plant) -> None:
    """Say of each water system whether it has outdoor pipes.

    Parameters
    ----------
    water : ndarray of two WATER_PARAMS
        ``pipes`` and ``cw_pipes`` are written.
    plant : Plant
    """
    carried = [pipe.carries for pipe in plant.outdoor_pipe.values()]
    water["pipes"][CHILLED] = int(any(name.startswith("chilled") for name in carried))
    water["pipes"][FACILITY_WATER] = int(any(name.startswith("facility") for name in carried))
    water["cw_pipes"][CHILLED] = int(any(name.startswith("condenser") for name in carried))


def conduit_state(count: int) -> NDArray[np.void]:
    """Weather of the conduits before the first step.

    Parameters
    ----------
    count : int
        Of them.

    Returns
    -------
    ndarray of CONDUIT_STATE
    """
    return np.zeros(count, CONDUIT_STATE)
