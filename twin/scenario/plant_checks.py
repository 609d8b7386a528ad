"""Plants whose parts exist and are connected, and that still cannot work: approaches, stores, mixed machines."""

from __future__ import annotations

from collections.abc import Iterator

from twin.errors import InputError, Problem
from twin.scenario.connections import HeatPaths, heat_paths
from twin.scenario.hall import Hall
from twin.scenario.library import chiller_part
from twin.scenario.plant import Plant
from twin.scenario.targets import group_units

__all__ = ["plant_problems"]


def plant_problems(hall: Hall, plant: Plant) -> Iterator[Problem]:
    """What no plant can do, in a scenario whose connections are sound.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Yields
    ------
    Problem
    """
    paths = heat_paths(hall, plant)
    yield from _liquid(hall)
    yield from _approaches(hall, plant, paths)
    yield from _mixed(plant, paths)
    yield from _store(plant, paths)
    taken = {unit for name, tower in plant.tower.items() for unit in group_units(name, tower.count)}
    for name, cooler in plant.dry_cooler.items():
        if taken & set(group_units(name, cooler.count)):
            what = "a tower has this name too; rename one of them: a loop's machines are listed by name"
            yield Problem(f"plant.dry_cooler.{name}", what)


def _liquid(hall: Hall) -> Iterator[Problem]:
    """Liquid cooling that no rack has, and doors behind tanks."""
    if hall.liquid is None:
        return
    if not any(row.liquid for row in hall.rows.values()):
        what = "serves nothing: every row says liquid = false; let one be liquid-cooled, or leave hall.liquid out"
        yield Problem("hall.liquid", what)
    if hall.liquid.kind == "immersion" and hall.rear_door is not None:
        yield Problem("hall.rear_door", "serves nothing: tanks of oil have no exhaust air; leave it out")


def _approaches(hall: Hall, plant: Plant, paths: HeatPaths) -> Iterator[Problem]:
    """Water or air that would have to be colder than what cools it."""
    chilled_c, warm = plant.chilled_water_temp_c, plant.facility_water
    if hall.liquid is not None:
        wanted_c = hall.liquid.technology_water_temp_c
        for name, system in paths.cdus.items():
            where = "plant.facility_water.supply_temp_c" if system == 1 else "plant.chilled_water_temp_c"
            water_c = warm.supply_temp_c if system == 1 and warm is not None else chilled_c
            if wanted_c <= water_c:
                least_c = water_c + hall.liquid.cdu[name].approach_k
                yield Problem(
                    f"hall.liquid.technology_water_temp_c = {wanted_c:g}",
                    f"must be above {where} = {water_c:g} °C: hall.liquid.cdu.{name} cools no coolant below its water; "
                    f"at full load its approach takes {least_c:g} °C",
                )
    door = hall.rear_door
    if door is not None and door.leaving_air_temp_c <= chilled_c:
        yield Problem(
            f"hall.rear_door.leaving_air_temp_c = {door.leaving_air_temp_c:g}",
            f"must be above plant.chilled_water_temp_c = {chilled_c:g} °C: no door cools air below its water",
        )


def _mixed(plant: Plant, paths: HeatPaths) -> Iterator[Problem]:
    """Machines side by side that do not return the same water."""
    kinds = {}
    for name, chiller in plant.chiller.items():
        try:
            kinds[name] = chiller_part(chiller.part).cooling
        except InputError:  # refused elsewhere
            return
    if len(set(kinds.values())) > 1:
        air = ", ".join(name for name, cooling in kinds.items() if cooling == "air")
        water = ", ".join(name for name, cooling in kinds.items() if cooling != "air")
        what = f"air-cooled ({air}) and water-cooled ({water}) machines in one plant: give all one kind of condenser"
        yield Problem("plant.chiller", what)
    for loop, machines in (("plant.condenser_water", paths.condenser), ("plant.facility_water", paths.facility)):
        wet = [path for path in machines if path.startswith("plant.tower.")]
        dry = [path for path in machines if path.startswith("plant.dry_cooler.")]
        if wet and dry:
            what = (
                f"cooled by towers ({', '.join(wet)}) and dry coolers ({', '.join(dry)}) side by side: one loop cannot "
                "follow the wet bulb and the dry bulb; give each water one kind"
            )
            yield Problem(loop, what)


def _store(plant: Plant, paths: HeatPaths) -> Iterator[Problem]:
    """A store that nothing can charge."""
    if not paths.chilled_used:  # refused as a store that serves nothing
        return
    for name, store in (("tank", plant.tank), ("ice", plant.ice)):
        if store is not None and not plant.chiller:
            yield Problem(f"plant.{name}", "cannot be charged: chillers make the cold of a store; give plant.chiller")
    tank, ice, chilled_c = plant.tank, plant.ice, plant.chilled_water_temp_c
    if tank is not None and tank.charge_c > chilled_c:
        yield Problem(
            f"plant.tank.charge_c = {tank.charge_c:g}",
            f"must not be above plant.chilled_water_temp_c = {chilled_c:g} °C: the tank could not give water that cold",
        )
    if ice is None:
        return
    for name, chiller in plant.chiller.items():
        try:
            part = chiller_part(chiller.part)
        except InputError:
            continue
        if part.leaving_min_c > ice.charge_c and chiller.outside_box != "extend":
            yield Problem(
                f"plant.ice.charge_c = {ice.charge_c:g}",
                f"plant.chiller.{name} cannot make it: the curves of {chiller.part} end at {part.leaving_min_c:g} °C; "
                'take a machine for brine, or set outside_box = "extend"',
            )
