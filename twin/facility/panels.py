"""Sky-radiator panels as arrays; the roof, which they shade and which warms the plant's intake."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_DRY_AIR
from twin_kernels.equipment_water import PANEL_PARAMS, PANEL_STATE, TANK_PARAMS, TANK_STATE

from twin.facility.envelope import surface_params
from twin.facility.water import tank_params, tank_state
from twin.scenario.coatings import aged_optics, find_coating
from twin.scenario.hall import Envelope
from twin.scenario.panels import SkyPanels, roof_share_frac
from twin.scenario.schema import Scenario

__all__ = ["panel_params", "panel_state", "roof_and_walls", "sky_tank_params", "sky_tank_state"]


def panel_params(panels: SkyPanels | None, envelope: Envelope) -> NDArray[np.void]:
    """Parameters of the panels.

    Parameters
    ----------
    panels : SkyPanels or None
    envelope : Envelope
        Own coatings and weathering.

    Returns
    -------
    ndarray of PANEL_PARAMS
        One record, or none.
    """
    if panels is None:
        return np.zeros(0, PANEL_PARAMS)
    p = np.zeros(1, PANEL_PARAMS)
    optics = aged_optics(find_coating(panels.coating, envelope.coatings), panels.coating_age_years, envelope.weathering)
    p["area_m2"] = panels.area_m2
    p["solar_absorptance_frac"] = optics.absorptance_frac
    p["window_emissivity_frac"] = optics.window_frac
    p["far_emissivity_frac"] = optics.far_frac
    p["emissivity_frac"] = optics.other_frac
    p["film_base_w_m2k"] = panels.film_w_m2k
    p["film_wind_w_s_m3k"] = panels.film_wind_w_s_m3k
    p["fin_frac"] = panels.fin_frac
    p["water_rated_kg_s"] = panels.water_kg_s
    p["pump_w"] = panels.pump_kw * 1e3
    p["dew_margin_k"] = panels.dew_margin_k
    p["least_cop"] = panels.least_cop
    p["available"] = 1
    if panels.tank is not None:
        p["charge_margin_k"] = panels.tank.charge_margin_k
        p["draw_margin_k"] = panels.tank.draw_margin_k
        p["tank_first"] = int(panels.tank.first == "tank")
    return p


def panel_state(count: int) -> NDArray[np.void]:
    """Weather of the panels before the first step.

    Parameters
    ----------
    count : int
        1 with panels, else 0.

    Returns
    -------
    ndarray of PANEL_STATE
    """
    return np.zeros(count, PANEL_STATE)


def sky_tank_params(panels: SkyPanels | None) -> NDArray[np.void]:
    """Parameters of the panels' night tank.

    Parameters
    ----------
    panels : SkyPanels or None

    Returns
    -------
    ndarray of TANK_PARAMS
        One record, or none.
    """
    return np.zeros(0, TANK_PARAMS) if panels is None or panels.tank is None else tank_params(panels.tank)


def sky_tank_state(panels: SkyPanels | None) -> NDArray[np.void]:
    """The panels' night tank at the start: all at one temperature.

    Parameters
    ----------
    panels : SkyPanels or None

    Returns
    -------
    ndarray of TANK_STATE
        One record, or none.
    """
    return np.zeros(0, TANK_STATE) if panels is None or panels.tank is None else tank_state(panels.tank)


def roof_and_walls(scenario: Scenario, f: NDArray[np.void]) -> NDArray[np.void]:
    """Surfaces of the envelope, the roof shaded by its panels, and what the roof does to the plant's intake.

    Parameters
    ----------
    scenario : Scenario
    f : ndarray of FACILITY_PARAMS
        ``intake_m2k_w`` is written.

    Returns
    -------
    ndarray of SURFACE_PARAMS

    Notes
    -----
    The share of the roof under panels is out of sun and sky and keeps its convection. The intake warms by
    ``min(phi h A / (rho c_p V), 1) (T_roof - T_air)``.
    """
    hall, plant = scenario.hall, scenario.plant
    surfaces = surface_params(hall, scenario.envelope)
    free = 1.0 - roof_share_frac(plant.sky_panels, hall)
    if free < 1.0:
        for name in ("solar_absorptance_frac", "emissivity_frac", "window_emissivity_frac", "far_emissivity_frac"):
            surfaces[name][0] *= free
    intake = plant.intake
    if intake is not None:
        roof_m2 = intake.roof_m2 or float(surfaces["area_m2"][0])
        carried_w_k = float(f["air_density_std_kg_m3"][0]) * CP_DRY_AIR * intake.air_m3_s
        f["intake_m2k_w"] = intake.share_frac * roof_m2 / carried_w_k
    return surfaces
