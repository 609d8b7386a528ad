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
}

#: What a unit is called, and what of it fouls, by the start of its path.
_CALLED = {
    "hall.crah": ("air handler", "coil", "conductance"),
    "hall.iec": ("indirect evaporative unit", "plates", "conductance"),
    "hall.dx": ("DX unit", "condenser", "efficiency"),
    "plant.chiller": ("chiller", "heat exchangers", "efficiency"),
    "plant.tower": ("cooling tower", "fill", "capacity"),
}
_SINGLE = {
    "plant.chilled_water_pump": "the chilled-water pumps", "plant.condenser_water_pump": "the condenser-water pumps",
    "hall.humidity": "the humidifier", "plant.air_economiser": "the outdoor air of the economiser",
}


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
        ``hall.crah``, ``hall.iec``, ``hall.dx``, ``plant.chiller`` and ``plant.tower``: target → units.
    """
    return {
        "hall.crah": _of_groups("hall.crah", {n: c.count * hall.modules for n, c in hall.crah.items()}),
        "hall.iec": _of_groups("hall.iec", {n: c.count * hall.modules for n, c in hall.iec.items()}),
        "hall.dx": _of_groups("hall.dx", {n: c.count * hall.modules for n, c in hall.dx.items()}),
        "plant.chiller": _of_groups("plant.chiller", {n: c.count for n, c in plant.chiller.items()}),
        "plant.tower": _of_groups("plant.tower", {n: t.count for n, t in plant.tower.items()}),
    }


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
    found = fouling_targets(hall, plant)  # every unit, and parts and machines beside them
    for part in ("spray", "dx"):
        for target, units in equipment_targets(hall, plant)["hall.iec"].items():
            found[f"{target}.{part}"] = tuple(f"{unit}.{part}" for unit in units)
    for target, units in equipment_targets(hall, plant)["hall.dx"].items():
        found[f"{target}.compressor"] = tuple(f"{unit}.compressor" for unit in units)
    single = {
        "plant.air_economiser": plant.air_economiser is not None,
        "plant.chilled_water_pump": plant.chilled_water_pump is not None,
        "plant.condenser_water_pump": plant.condenser_water_pump is not None,
        "hall.humidity": hall.humidity.min_dew_point_c is not None or hall.humidity.max_dew_point_c is not None,
    }
    return found | {name: (name,) for name, there in single.items() if there}


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
    return {target: units for targets in equipment_targets(hall, plant).values() for target, units in targets.items()}


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
        return _SINGLE[target], "", ""
    room = ".".join(target.split(".")[:2])
    called, part, loses = _CALLED[room]
    rest = target.split(".")[2:]
    parts = {"spray": "the spray of ", "dx": "the DX trim of "} if room == "hall.iec" else {}
    if room == "hall.dx":
        parts = {"compressor": "the compressor of "}
    of = parts.get(rest[-1] if rest else "", "")
    names = [word for word in rest if word not in parts]
    return f"{of}{called} {names[0]}" if names else f"{of}all {called}s", part, loses
