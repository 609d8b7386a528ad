"""Sizes of liquid cooling and heat rejection against needs at full load: lines of the outline, and warnings."""

from __future__ import annotations

from twin.scenario.connections import HeatPaths, heat_paths
from twin.scenario.hall import Hall
from twin.scenario.library import chiller_part
from twin.scenario.plant import Plant

__all__ = ["air_heat_kw", "captured_kw", "design_condenser_c", "liquid_lines", "liquid_warnings", "rejected_kw"]

_WATER_KJ_KGK = 4.186
_AIR_KJ_M3K = 1.2 * 1.006
#: A machine that is smaller than its need by less than this is not worth a warning: temperatures move by a fraction of
#: a kelvin.
_SLACK = 0.9


def captured_kw(hall: Hall) -> float:
    """Heat that goes into coolant at full load.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    float
        kW.
    """
    liquid = hall.liquid
    if liquid is None:
        return 0.0
    weights = {name: row.racks * row.weight for name, row in hall.rows.items()}
    cooled_kw = hall.it_kw * sum(w for name, w in weights.items() if hall.rows[name].liquid) / sum(weights.values())
    if liquid.kind == "immersion":
        return cooled_kw
    server = hall.server
    return cooled_kw * (1.0 - server.storage_network_frac - server.fan_share_frac) * liquid.plates.capture_frac


def _doors_kw(hall: Hall, plant: Plant) -> float:
    """Heat that rear doors take at rated flow with servers drawing in what the doors let out."""
    door = hall.rear_door
    if door is None:
        return 0.0
    air_kw_k = hall.it_kw * hall.server.air_m3_s_per_kw * _AIR_KJ_M3K
    exhaust_c = plant.supply_air_temp_c + hall.it_kw / air_kw_k
    most_k = door.effectiveness_frac * (exhaust_c - plant.chilled_water_temp_c)
    return max(min(most_k, exhaust_c - door.leaving_air_temp_c), 0.0) * air_kw_k


def air_heat_kw(heat_kw: float, hall: Hall, plant: Plant) -> tuple[float, float]:
    """Share of the hall's heat that coils and that chilled water have to take.

    Parameters
    ----------
    heat_kw : float
        All heat of the hall at full load, kW.
    hall : Hall
    plant : Plant

    Returns
    -------
    tuple of float
        Coils, and chilled water as a whole with doors and distribution units on it, kW.
    """
    liquid_kw = captured_kw(hall)
    paths = heat_paths(hall, plant)
    on_chilled = [name for name, system in paths.cdus.items() if system == 0]
    share = len(on_chilled) / len(paths.cdus) if paths.cdus else 0.0
    return max(heat_kw - liquid_kw - _doors_kw(hall, plant), 0.0), heat_kw - liquid_kw * (1.0 - share)


def rejected_kw(plant: Plant, machines: tuple[str, ...]) -> float:
    """Rated heat of towers and dry coolers.

    Parameters
    ----------
    plant : Plant
    machines : tuple of str
        Their paths.

    Returns
    -------
    float
        kW: towers at design wet bulb, dry coolers at their rating.
    """
    total = 0.0
    for path in machines:
        _, kind, name = path.split(".", 2)
        if kind == "tower":
            tower = plant.tower[name]
            total += tower.count * tower.water_kg_s * _WATER_KJ_KGK * tower.range_k
        else:
            total += plant.dry_cooler[name].count * plant.dry_cooler[name].rated_kw
    return total


def _leaving_c(plant: Plant, machines: tuple[str, ...]) -> float:
    """Water that machines leave at their ratings, the warmest."""
    leaving = [0.0]
    for path in machines:
        _, kind, name = path.split(".", 2)
        tower = plant.tower.get(name) if kind == "tower" else None
        leaving.append(tower.wet_bulb_c + tower.approach_k if tower else plant.dry_cooler[name].leaving_c)
    return max(leaving)


def design_condenser_c(hall: Hall, plant: Plant, part_name: str) -> float:
    """Water (or air) that enters a chiller's condenser on a design day.

    Parameters
    ----------
    hall : Hall
    plant : Plant
    part_name : str
        Chiller part.

    Returns
    -------
    float
        °C: what towers leave at their design, or the outdoor air of an air-cooled part's rating.
    """
    part = chiller_part(part_name)
    machines = heat_paths(hall, plant).condenser
    if part.cooling == "air" or not machines:
        return part.entering_c
    return _leaving_c(plant, machines)


def liquid_lines(hall: Hall, plant: Plant) -> list[tuple[str, str]]:
    """Liquid cooling and facility water, for the outline.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    list of (str, str)
    """
    lines = []
    if hall.rear_door is not None:
        lines.append(("rear doors", f"{_doors_kw(hall, plant):.0f} kW at {plant.chilled_water_temp_c:g} °C water"))
    if hall.liquid is not None:
        units = hall.modules * sum(unit.count for unit in hall.liquid.cdu.values())
        what = f"{units} units, {_units_kw(hall):.0f} kW; coolant takes {captured_kw(hall):.0f} kW at full load"
        lines.append(("coolant distribution", what))
    if plant.facility_water is not None:
        machines = heat_paths(hall, plant).facility
        what = f"{plant.facility_water.supply_temp_c:g} °C, heat rejection rated {rejected_kw(plant, machines):.0f} kW"
        lines.append(("facility water", what))
    return lines


def _units_kw(hall: Hall) -> float:
    """Rated heat of all distribution units; those without a rating share the liquid heat alike."""
    assert hall.liquid is not None
    count = hall.modules * sum(unit.count for unit in hall.liquid.cdu.values())
    each = (unit.count * (unit.rated_kw or captured_kw(hall) / count) for unit in hall.liquid.cdu.values())
    return hall.modules * sum(each)


def liquid_warnings(hall: Hall, plant: Plant) -> list[str]:
    """What is too small or too warm in liquid cooling, facility water and stores; the run goes ahead all the same.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    list of str
    """
    found = []
    paths = heat_paths(hall, plant)
    liquid, warm = hall.liquid, plant.facility_water
    if liquid is not None:
        if _units_kw(hall) < _SLACK * captured_kw(hall):
            found.append(
                f"coolant distribution units are rated for {_units_kw(hall):.0f} kW together, coolant takes "
                f"{captured_kw(hall):.0f} kW at full load: it will be warmer than its setpoint"
            )
        found += _coolant(hall, plant, paths)
    if warm is not None and liquid is not None:
        found += _facility(hall, plant, paths)
    if plant.ice is not None:
        found += [
            f"brine at {plant.ice.charge_c:g} °C lies outside the curves of {group.part} ({name}), which end at "
            f"{chiller_part(group.part).leaving_min_c:g} °C: they are extended by a lift law"
            for name, group in plant.chiller.items() if chiller_part(group.part).leaving_min_c > plant.ice.charge_c
        ]
    return found


def _coolant(hall: Hall, plant: Plant, paths: HeatPaths) -> list[str]:
    """Setpoints of the coolant that a unit's approach misses at full load, and a user that it never serves."""
    liquid, warm = hall.liquid, plant.facility_water
    assert liquid is not None
    found = []
    wanted_c = liquid.technology_water_temp_c
    for name, system in paths.cdus.items():
        water_c = warm.supply_temp_c if system == 1 and warm is not None else plant.chilled_water_temp_c
        approach_k = liquid.cdu[name].approach_k
        if wanted_c < water_c + approach_k - 1e-9:
            found.append(
                f"hall.liquid.cdu.{name} has an approach of {approach_k:g} K at full load: on water of {water_c:g} °C "
                f"it gives {water_c + approach_k:g} °C, not {wanted_c:g} °C"
            )
    hottest_c = wanted_c + liquid.technology_rise_k
    needed_c = hottest_c if liquid.reuse is None else liquid.reuse.delivery_c + liquid.reuse.approach_k
    if liquid.reuse is not None and needed_c >= hottest_c:
        found.append(
            f"the user of heat needs water of {needed_c:g} °C, coolant comes back with {hottest_c:g} °C at its "
            "setpoint: no heat will be used"
        )
    return found


def _facility(hall: Hall, plant: Plant, paths: HeatPaths) -> list[str]:
    """Pumps, towers and dry coolers of the facility water."""
    liquid, warm = hall.liquid, plant.facility_water
    assert liquid is not None
    assert warm is not None
    found = []
    share = sum(paths.cdus.values()) / len(paths.cdus)
    heat_kw = share * captured_kw(hall)
    rise_k = max(unit.facility_rise_k for name, unit in liquid.cdu.items() if paths.cdus[name] == 1)
    needed_kg_s = heat_kw / (rise_k * _WATER_KJ_KGK)
    if warm.pump.rated_kg_s < _SLACK * needed_kg_s:
        found.append(
            f"facility-water pumps are rated for {warm.pump.rated_kg_s:g} kg/s, {heat_kw:.0f} kW with a rise of "
            f"{rise_k:g} K need {needed_kg_s:.1f} kg/s: coolant will be warmer at full load"
        )
    rating_kw = rejected_kw(plant, paths.facility)
    if rating_kw < _SLACK * heat_kw:
        found.append(
            f"heat rejection of the facility water is rated for {rating_kw:.0f} kW, {heat_kw:.0f} kW come at full "
            "load: the water will be warmer on a design day"
        )
    leaving_c = _leaving_c(plant, paths.facility)
    if leaving_c > warm.supply_temp_c + 1e-9:
        found.append(
            f"facility water of {warm.supply_temp_c:g} °C is colder than its heat rejection leaves it at its rating "
            f"({leaving_c:g} °C): on warm days it floats above its setpoint"
        )
    return found
