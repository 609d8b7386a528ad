"""Chillers, towers, loops and the power chain as arrays. The one place where kW becomes W."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_WATER
from twin_kernels.layout import CHILLER_PARAMS, TOWER_PARAMS
from twin_kernels.tower import york_water_ratio_rated

from twin.scenario.library import ChillerPart, chiller_part
from twin.scenario.plant import Plant, Power

__all__ = ["chiller_params", "fill_machine", "fill_plant", "fill_power", "tower_params"]

#: Density that turns a loop's volume into mass, kg/m³ (water at 15 … 25 °C: 997 … 999).
_WATER_KG_M3 = 998.0


def chiller_params(plant: Plant) -> NDArray[np.void]:
    """Parameters of every chiller; curves from the part library.

    Parameters
    ----------
    plant : Plant

    Returns
    -------
    ndarray of CHILLER_PARAMS
    """
    groups = []
    for chiller in plant.chiller.values():
        p = np.zeros(chiller.count, CHILLER_PARAMS)
        fill_machine(p, chiller_part(chiller.part), chiller.rated_kw, chiller.cop)
        for field in ("plr_min", "plr_unload", "plr_max"):
            p[field] = getattr(chiller, field)
        p["dispatch_cap"] = int(chiller.dispatch_cap)
        p["extend"] = int(chiller.outside_box == "extend")
        groups.append(p)
    return np.concatenate(groups) if groups else np.zeros(0, CHILLER_PARAMS)


def fill_machine(p: NDArray[np.void], part: ChillerPart, rated_kw: float | None, cop: float | None) -> None:
    """Write curves and ratings of a part of the library into machines.

    Parameters
    ----------
    p : ndarray of CHILLER_PARAMS
        Written; they come out available.
    part : ChillerPart
    rated_kw, cop : float or None
        Ratings of the scenario; the part's own where None.
    """
    p["rated_w"] = (rated_kw or part.rated_kw) * 1e3
    p["cop"] = cop or part.cop
    for field in (
        "leaving_min_c", "leaving_max_c", "condenser_min_c", "condenser_max_c",
        "evaporator_lift_k", "condenser_lift_k", "carnot_max_frac",
    ):
        p[field] = getattr(part, field)
    p["capft"] = np.array(part.capft)
    p["eirft"] = np.array(part.eirft)
    p["eirfplr"] = np.array(part.eirfplr)
    p["available"] = 1


def tower_params(plant: Plant) -> NDArray[np.void]:
    """Parameters of every tower cell, York's flow ratio calibrated at its design point.

    Parameters
    ----------
    plant : Plant

    Returns
    -------
    ndarray of TOWER_PARAMS
    """
    groups = []
    for tower in plant.tower.values():
        p = np.zeros(tower.count, TOWER_PARAMS)
        p["water_rated_kg_s"] = tower.water_kg_s
        p["air_rated_m3_s"] = tower.air_m3_s
        p["fan_rated_w"] = tower.fan_kw * 1e3
        p["water_ratio_rated"] = york_water_ratio_rated(tower.wet_bulb_c, tower.approach_k, tower.range_k)
        p["air_min_frac"] = tower.min_speed_frac
        p["free_convection_frac"] = tower.free_convection_frac
        p["fan_exponent"] = tower.fan_exponent
        p["drift_frac"] = tower.drift_frac
        p["cycles"] = tower.cycles
        p["available"] = 1
        groups.append(p)
    return np.concatenate(groups) if groups else np.zeros(0, TOWER_PARAMS)


def fill_plant(f: NDArray[np.void], plant: Plant) -> None:
    """Write loops, pumps, staging and economisers into the facility record.

    Parameters
    ----------
    f : ndarray of one FACILITY_PARAMS
    plant : Plant
    """
    if plant.chilled_water_pump is None:
        return  # a hall that needs no water
    pump = plant.chilled_pump
    f["chw_pump_w"] = pump.rated_kw * 1e3
    f["chw_rated_kg_s"] = pump.rated_kg_s
    f["chw_min_frac"] = pump.min_flow_frac
    f["chw_heat_frac"] = pump.heat_to_fluid_frac
    f["chw_pump_exponent"] = pump.exponent
    f["chw_variable"] = int(pump.control == "variable")
    f["chw_capacity_j_k"] = plant.chilled_water_volume_m3 * _WATER_KG_M3 * CP_WATER
    condenser = plant.condenser_pump
    f["cw_pump_w"] = condenser.rated_kw * 1e3
    f["cw_rated_kg_s"] = condenser.rated_kg_s
    f["cw_heat_frac"] = condenser.heat_to_fluid_frac
    f["cw_capacity_j_k"] = plant.condenser_water_volume_m3 * _WATER_KG_M3 * CP_WATER
    f["cw_common"] = int(plant.condenser_pumps == "common")
    staging = plant.staging
    f["stage_up_frac"] = staging.up_load_frac
    f["stage_up_k"] = staging.up_supply_k
    f["stage_down_frac"] = staging.down_load_frac
    f["stage_wait_s"] = staging.wait_s
    f["min_on_s"] = staging.min_on_s
    f["min_off_s"] = staging.min_off_s
    water = plant.water_economiser
    if water is not None:
        f["wse"] = 1
        f["wse_effectiveness"] = water.effectiveness
        f["wse_water_kg_s"] = 1e9  # the exchanger takes whatever both loops carry
        f["wse_approach_k"] = water.approach_k
        f["wse_fc_to_pmc_k"] = water.fc_to_pmc_k
        f["wse_pmc_to_fmc_k"] = water.pmc_to_fmc_k
        f["wse_fmc_to_pmc_k"] = water.fmc_to_pmc_k
        f["wse_pmc_to_fc_k"] = water.pmc_to_fc_k
        f["wse_wait_s"] = water.wait_s


def fill_power(f: NDArray[np.void], power: Power, it_rated_kw: float, facility_kw: float) -> None:
    """Write the power chain into the facility record.

    Parameters
    ----------
    f : ndarray of one FACILITY_PARAMS
    power : Power
    it_rated_kw, facility_kw : float
        Ratings used where a stage gives none, kW.
    """
    stage = power.conversion
    f["ups_rated_w"] = (stage.rated_kw or it_rated_kw) * 1e3
    f["ups_units"] = stage.units
    f["ups_loss"] = np.array(stage.loss)
    f["ups_to_room_frac"] = stage.to_hall_frac
    f["mains_frac"] = power.hvdc.mains_frac if power.hvdc is not None else 0.0
    f["pdu_rated_w"] = (power.pdu.rated_kw or it_rated_kw) * 1e3
    f["pdu_loss"] = np.array(power.pdu.loss)
    f["pdu_to_room_frac"] = power.pdu.to_hall_frac
    f["transformer_rated_w"] = (power.transformer.rated_kw or facility_kw) * 1e3
    f["transformer_loss"] = np.array(power.transformer.loss)
