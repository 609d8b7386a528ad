"""The two water systems as arrays, from the connections of the plant: which machines belong to which, pumps, loops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import CDU_PARAMS
from twin_kernels.equipment_water import PUMP_PARAMS
from twin_kernels.layout import TOWER_PARAMS, WATER_PARAMS
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

from twin.facility.conduits import mark_pipes
from twin.facility.liquid import cdu_params
from twin.facility.rejection import tower_params
from twin.facility.water import pump_params
from twin.scenario.connections import OUTDOORS, HeatPaths, heat_paths
from twin.scenario.hall import Hall
from twin.scenario.loops import Pump
from twin.scenario.plant import Plant
from twin.scenario.targets import group_units

__all__ = ["WaterSystems", "liquid_kw", "water_systems"]

#: Density that turns a loop's volume into mass, kg/m³ (water at 15 … 25 °C: 997 … 999).
_WATER_KG_M3 = 998.0


@dataclass(frozen=True)
class WaterSystems:
    """Parameters of both systems and of the machines that they share out, with the machines' names.

    Attributes
    ----------
    water, pumps : ndarray of two WATER_PARAMS, PUMP_PARAMS
    towers : ndarray of TOWER_PARAMS
        Those of the chilled-water plant first, then those of the facility water.
    tower_names : list of str
    cdus : ndarray of CDU_PARAMS
        Those on chilled water first.
    cdu_names : list of str
    """

    water: NDArray[np.void]
    pumps: NDArray[np.void]
    towers: NDArray[np.void]
    tower_names: list[str]
    cdus: NDArray[np.void]
    cdu_names: list[str]


def water_systems(hall: Hall, plant: Plant) -> WaterSystems:
    """Both water systems of a hall and its plant.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    WaterSystems

    Raises
    ------
    ScenarioError
        If a machine cannot do what its rating says.
    """
    paths = heat_paths(hall, plant)
    water = np.zeros(2, WATER_PARAMS)
    pumps = np.zeros(2, PUMP_PARAMS)
    towers, tower_names = _in_order(plant, [*paths.condenser, *paths.facility])
    cdus, cdu_names, on_chilled = _units(hall, paths)
    water["cdu_stop"][CHILLED] = on_chilled
    water["cdu_first"][FACILITY_WATER] = on_chilled
    water["cdu_stop"][FACILITY_WATER] = len(cdus)
    first = sum(_count(plant, path) for path in paths.condenser)
    water["tower_stop"][CHILLED] = first
    water["tower_first"][FACILITY_WATER] = first
    water["tower_stop"][FACILITY_WATER] = len(towers)
    water["chiller_first"] = water["chiller_stop"] = 0
    if paths.chilled_used:
        _chilled(water[CHILLED:CHILLED + 1], pumps[CHILLED:CHILLED + 1], plant, paths)
    if paths.facility_used:
        _facility(water[FACILITY_WATER:], pumps[FACILITY_WATER:], plant)
    for k in (CHILLED, FACILITY_WATER):
        water["thermosyphon"][k] = int(paths.thermosyphon == k)
        water["reuse"][k] = int(paths.reuse == k)
        water["panels"][k] = int(paths.panels == k)
    mark_pipes(water, plant)
    return WaterSystems(water, pumps, towers, tower_names, cdus, cdu_names)


def _count(plant: Plant, path: str) -> int:
    _, kind, name = path.split(".", 2)
    return plant.tower[name].count if kind == "tower" else plant.dry_cooler[name].count


def _in_order(plant: Plant, paths: list[str]) -> tuple[NDArray[np.void], list[str]]:
    """Cells and coolers in the order of the systems; the builder of machines gives them in that of the file."""
    built = tower_params(plant)
    starts, at = {}, 0
    for kind, groups in (("tower", plant.tower), ("dry_cooler", plant.dry_cooler)):
        for name, group in groups.items():
            starts[f"plant.{kind}.{name}"] = at
            at += group.count
    rows = [starts[path] + i for path in paths for i in range(_count(plant, path))]
    names = [name for path in paths for name in group_units(path.split(".", 2)[2], _count(plant, path))]
    return (built[rows] if rows else np.zeros(0, TOWER_PARAMS)), names


def _units(hall: Hall, paths: HeatPaths) -> tuple[NDArray[np.void], list[str], int]:
    """Distribution units, those on chilled water first, and how many those are."""
    if hall.liquid is None:
        return np.zeros(0, CDU_PARAMS), [], 0
    built = cdu_params(hall.liquid, liquid_kw(hall), hall.modules)
    names, systems = [], []
    for group, unit in hall.liquid.cdu.items():
        count = hall.modules * unit.count
        names += group_units(group, count)
        systems += [paths.cdus[group]] * count
    order = np.argsort(np.array(systems), kind="stable")
    return built[order], [names[i] for i in order], systems.count(CHILLED)


def liquid_kw(hall: Hall) -> float:
    """Rated IT power of the liquid-cooled rows, kW.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    float
    """
    weights = {name: row.racks * row.weight for name, row in hall.rows.items()}
    liquid = sum(weight for name, weight in weights.items() if hall.rows[name].liquid)
    return hall.it_kw * liquid / sum(weights.values())


def _fill_pump(h: NDArray[np.void], p: NDArray[np.void], pump: Pump, volume_m3: float) -> None:
    """Pumps of the cooling water, and what the loop holds."""
    h["active"] = 1
    h["chw_rated_kg_s"] = pump.rated_kg_s
    h["chw_min_frac"] = pump.min_flow_frac
    h["chw_capacity_j_k"] = volume_m3 * _WATER_KG_M3 * CP_WATER
    h["chw_variable"] = int(pump.control == "variable")
    h["chw_heat_frac"] = pump.heat_to_fluid_frac
    h["chw_pump_exponent"] = pump.exponent
    h["chw_pump_w"] = pump.power_kw * 1e3
    if pump.curve is not None:
        h["pump_curve"] = 1
        p[:] = pump_params(pump.curve, pump.rated_kg_s)


def _chilled(h: NDArray[np.void], p: NDArray[np.void], plant: Plant, paths: HeatPaths) -> None:
    """Chilled water: pumps, condenser water, staging, economiser, store."""
    _fill_pump(h, p, plant.chilled_pump, plant.chilled_water_volume_m3)
    h["chiller_stop"] = sum(group.count for group in plant.chiller.values())
    sources = paths.arrows["plant.chilled_water"]
    machines = [path for path in sources if path.startswith("plant.chiller.")]
    h["air_cooled"] = int(any(OUTDOORS in paths.arrows[path] for path in machines))
    h["store"] = 1 if plant.tank is not None else 2 if plant.ice is not None else 0
    condenser = plant.condenser_water_pump
    if condenser is not None:
        h["cw_pump_w"] = condenser.rated_kw * 1e3
        h["cw_rated_kg_s"] = condenser.rated_kg_s
        h["cw_heat_frac"] = condenser.heat_to_fluid_frac
        h["cw_capacity_j_k"] = plant.condenser_water_volume_m3 * _WATER_KG_M3 * CP_WATER
    h["cw_common"] = int(plant.condenser_pumps == "common")
    staging = plant.staging
    h["stage_up_frac"] = staging.up_load_frac
    h["stage_up_k"] = staging.up_supply_k
    h["stage_down_frac"] = staging.down_load_frac
    h["stage_wait_s"] = staging.wait_s
    h["stage_by_left"] = int(staging.load == "chillers")
    h["stage_lift_per_k"] = staging.lift_per_k
    h["stage_lift_k"] = staging.lift_k
    h["rotate_s"] = staging.rotate_days * 86400.0
    h["min_on_s"] = staging.min_on_s
    h["min_off_s"] = staging.min_off_s
    water = plant.water_economiser
    if water is not None:
        h["wse"] = 2 if water.arrangement == "parallel" else 1
        h["wse_effectiveness"] = water.effectiveness
        h["wse_water_kg_s"] = 1e9  # the exchanger takes whatever both loops carry
        h["wse_approach_k"] = water.approach_k
        h["wse_fc_to_pmc_k"] = water.fc_to_pmc_k
        h["wse_pmc_to_fmc_k"] = water.pmc_to_fmc_k
        h["wse_fmc_to_pmc_k"] = water.fmc_to_pmc_k
        h["wse_pmc_to_fc_k"] = water.pmc_to_fc_k
        h["wse_wait_s"] = water.wait_s


def _facility(h: NDArray[np.void], p: NDArray[np.void], plant: Plant) -> None:
    """Facility water: no compressors; towers or dry coolers directly, or behind an exchanger."""
    warm = plant.facility_water
    assert warm is not None
    _fill_pump(h, p, warm.pump, warm.volume_m3)
    h["wse"] = 1
    h["wse_water_kg_s"] = 1e9
    h["cw_common"] = 1
    if warm.exchanger is None:
        h["direct"] = 1
        h["wse_effectiveness"] = 1.0
    else:
        pump = warm.exchanger.pump
        h["wse_effectiveness"] = warm.exchanger.effectiveness
        h["cw_pump_w"] = pump.rated_kw * 1e3
        h["cw_rated_kg_s"] = pump.rated_kg_s
        h["cw_heat_frac"] = pump.heat_to_fluid_frac
        h["cw_capacity_j_k"] = warm.exchanger.volume_m3 * _WATER_KG_M3 * CP_WATER
