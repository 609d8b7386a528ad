"""What an event can act on, by the paths that a scenario writes: units, groups, setpoints, sensors, rows of racks."""

from __future__ import annotations

from twin.scenario.hall import Hall
from twin.scenario.plant import Plant

__all__ = [
    "LOOP_SENSORS", "SETPOINT_KEYS", "called", "equipment_targets", "filter_targets", "fouling_targets",
    "group_units", "named", "row_targets", "trip_targets",
]

#: Target path → the units it stands for.
Targets = dict[str, tuple[str, ...]]

#: Scenario key → setpoint that policies and events move.
SETPOINT_KEYS = {
    "plant.supply_air_temp_c": "supply_air_c",
    "hall.return_air_temp_c": "return_air_c",
    "hall.fan.fixed_speed_frac": "fan_speed_frac",
    "hall.fan.demand_margin_frac": "demand_margin_frac",
    "plant.chilled_water_temp_c": "chilled_water_c",
    "plant.facility_water.supply_temp_c": "facility_water_c",
    "hall.liquid.technology_water_temp_c": "technology_water_c",
    "plant.condenser_water_min_c": "condenser_min_c",
    "plant.condenser_water_max_c": "condenser_max_c",
    "plant.condenser_water_approach_k": "condenser_approach_k",
}

#: Channel of a sensor that a local loop holds → the setpoints of that loop.
LOOP_SENSORS = {
    "hall.supply_c": ("supply_air_c",),
    "hall.return_c": ("return_air_c",),
    "plant.chilled_supply_c": ("chilled_water_c",),
    "plant.condenser_supply_c": ("condenser_min_c", "condenser_max_c", "condenser_approach_k"),
    "plant.facility_supply_c": ("facility_water_c",),
    "liquid.technology_supply_c": ("technology_water_c",),
}

#: What a unit is called, and what of it fouls, by the start of its path.
_CALLED = {
    "hall.crah": ("air handler", "coil", "conductance"),
    "hall.iec": ("indirect evaporative unit", "plates", "conductance"),
    "hall.dx": ("DX unit", "condenser", "efficiency"),
    "hall.liquid.cdu": ("coolant distribution unit", "exchanger", "conductance"),
    "plant.chiller": ("chiller", "heat exchangers", "efficiency"),
    "plant.tower": ("cooling tower", "fill", "capacity"),
    "plant.dry_cooler": ("dry cooler", "coil", "conductance"),
}
#: The same of what there is only one of; nothing fouls where the last two are empty.
_SINGLE = {
    "plant.chilled_water_pump": ("the chilled-water pumps", "", ""),
    "plant.condenser_water_pump": ("the condenser-water pumps", "", ""),
    "plant.facility_water.pump": ("the facility-water pumps", "", ""),
    "plant.facility_water.exchanger.pump": ("the pump between facility-water exchanger and towers", "", ""),
    "plant.facility_water.exchanger": ("the facility-water exchanger", "plates", "effectiveness"),
    "plant.water_economiser": ("the water-side economiser", "plates", "effectiveness"),
    "plant.thermosyphon": ("the thermosyphon cooler", "condenser", "conductance"),
    "plant.tank": ("the chilled-water tank", "", ""),
    "plant.ice": ("the ice tank", "", ""),
    "plant.sky_panels": ("the sky panels", "", ""),
    "plant.sky_panels.tank": ("the night tank of the sky panels", "", ""),
    "hall.rear_door": ("the rear doors", "coils", "conductance"),
    "hall.liquid.reuse": ("the heat take-off", "", ""),
    "hall.humidity": ("the humidifier", "", ""),
    "plant.air_economiser": ("the outdoor air of the economiser", "", ""),
}
#: Plates have nothing that could trip; their pumps have.
_NEVER_TRIPS = ("plant.facility_water.exchanger", "plant.water_economiser")


def group_units(group: str, count: int) -> list[str]:
    """Names of a group's units: ``north-1`` and on; a single unit keeps the group's name.

    Parameters
    ----------
    group : str
    count : int

    Returns
    -------
    list of str
    """
    return [group] if count == 1 else [f"{group}-{i + 1}" for i in range(count)]


def _of_groups(room: str, counts: dict[str, int]) -> Targets:
    """Targets of one kind of equipment: all of it, every group, every unit."""
    found: Targets = {}
    everything: list[str] = []
    for group, count in counts.items():
        units = [f"{room}.{name}" for name in group_units(group, count)]
        everything += units
        found |= {f"{room}.{group}": tuple(units)} | {unit: (unit,) for unit in units}
    return {room: tuple(everything), **found} if everything else {}


def equipment_targets(hall: Hall, plant: Plant) -> dict[str, Targets]:
    """Targets of every kind of unit.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    dict
        ``hall.crah``, ``hall.iec``, ``hall.dx``, ``hall.liquid.cdu``, ``plant.chiller``, ``plant.tower`` and
        ``plant.dry_cooler``: target → units.
    """
    cdus = hall.liquid.cdu if hall.liquid is not None else {}
    counts: dict[str, dict[str, int]] = {
        "hall.crah": {name: crah.count * hall.modules for name, crah in hall.crah.items()},
        "hall.iec": {name: unit.count * hall.modules for name, unit in hall.iec.items()},
        "hall.dx": {name: unit.count * hall.modules for name, unit in hall.dx.items()},
        "hall.liquid.cdu": {name: cdu.count for name, cdu in cdus.items()},
        "plant.chiller": {name: chiller.count for name, chiller in plant.chiller.items()},
        "plant.tower": {name: tower.count for name, tower in plant.tower.items()},
        "plant.dry_cooler": {name: cooler.count for name, cooler in plant.dry_cooler.items()},
    }
    return {room: _of_groups(room, groups) for room, groups in counts.items()}


def _singles(hall: Hall, plant: Plant) -> list[str]:
    """What there is only one of, by path."""
    warm, humidity = plant.facility_water, hall.humidity
    exchanger = warm.exchanger if warm is not None else None
    there = {
        "plant.chilled_water_pump": plant.chilled_water_pump, "plant.condenser_water_pump": plant.condenser_water_pump,
        "plant.facility_water.pump": warm, "plant.facility_water.exchanger.pump": exchanger,
        "plant.facility_water.exchanger": exchanger, "plant.water_economiser": plant.water_economiser,
        "plant.air_economiser": plant.air_economiser,
        "plant.thermosyphon": plant.thermosyphon, "plant.tank": plant.tank, "plant.ice": plant.ice,
        "plant.sky_panels": plant.sky_panels,
        "plant.sky_panels.tank": plant.sky_panels.tank if plant.sky_panels is not None else None,
        "hall.rear_door": hall.rear_door, "hall.liquid.reuse": hall.liquid.reuse if hall.liquid is not None else None,
        "hall.humidity": humidity.min_dew_point_c if humidity.max_dew_point_c is None else humidity.max_dew_point_c,
    }
    return [path for path, part in there.items() if part is not None]


def trip_targets(hall: Hall, plant: Plant) -> Targets:
    """Everything that can trip.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    dict
        Target → units.
    """
    kinds = equipment_targets(hall, plant)
    found = {target: units for targets in kinds.values() for target, units in targets.items()}
    for part in ("spray", "dx"):
        for target, units in kinds["hall.iec"].items():
            found[f"{target}.{part}"] = tuple(f"{unit}.{part}" for unit in units)
    for target, units in kinds["hall.dx"].items():
        found[f"{target}.compressor"] = tuple(f"{unit}.compressor" for unit in units)
    return found | {path: (path,) for path in _singles(hall, plant) if path not in _NEVER_TRIPS}


def fouling_targets(hall: Hall, plant: Plant) -> Targets:
    """Everything that can foul.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    dict
        Target → units.
    """
    kinds = equipment_targets(hall, plant)
    found = {target: units for targets in kinds.values() for target, units in targets.items()}
    return found | {path: (path,) for path in _singles(hall, plant) if _SINGLE[path][1]}


def filter_targets(hall: Hall, plant: Plant) -> Targets:
    """Everything that has air filters.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    dict
        Target → units.
    """
    kinds = equipment_targets(hall, plant)
    return kinds["hall.crah"] | kinds["hall.iec"] | kinds["hall.dx"]


def row_targets(hall: Hall) -> Targets:
    """Rows of racks, and all of them.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    dict
        Target → names of rows as racks carry them.
    """
    modules = [""] if hall.modules == 1 else [f"m{m + 1}-" for m in range(hall.modules)]
    found = {f"hall.rows.{row}": tuple(f"{module}{row}" for module in modules) for row in hall.rows}
    everything = tuple(name for rows in found.values() for name in rows)
    return {"hall.rows": everything} | found | {f"hall.rows.{name}": (name,) for name in everything}


def called(target: str) -> str:
    """What a unit or group is called in a sentence: ``chiller main-1``, ``all air handlers``.

    Parameters
    ----------
    target : str
        Path of equipment that can trip, foul or clog.

    Returns
    -------
    str
    """
    return named(target)[0]


def named(target: str) -> tuple[str, str, str]:
    """What a target is called, what of it fouls and what that costs.

    Parameters
    ----------
    target : str
        As for :func:`called`.

    Returns
    -------
    tuple of str
    """
    if target in _SINGLE:
        return _SINGLE[target]
    room = next(start for start in _CALLED if target == start or target.startswith(f"{start}."))
    called, part, loses = _CALLED[room]
    parts = {"spray": "the spray of ", "dx": "the DX trim of "} if room == "hall.iec" else {}
    if room == "hall.dx":
        parts = {"compressor": "the compressor of "}
    rest = target.removeprefix(room).strip(".").split(".") if target != room else []
    of = parts.get(rest[-1] if rest else "", "")
    names = [word for word in rest if word not in parts]
    return f"{of}{called} {names[0]}" if names else f"{of}all {called}s", part, loses
