"""Sizes of a water-cooled facility against what it must carry at full load: for ``twin check``, not for the simulation.

Each part of the hall's heat (:mod:`twin.scenario.heat_split`) is followed along its connections.
"""

from __future__ import annotations

from twin.scenario.connections import OUTDOORS, HeatPaths, heat_paths
from twin.scenario.hall import Hall
from twin.scenario.heat_split import AIR_J_M3K, HeatSplit, supplied_m3_s
from twin.scenario.library import chiller_part
from twin.scenario.path_text import paths_text
from twin.scenario.plant import Plant

__all__ = ["water_lines", "water_warnings"]

# Good enough for a sizing check; the simulation uses the site's own density and temperatures.
_WATER_KJ_KGK = 4.186
# Towers that are a little too small only warm their water by a fraction of a kelvin more: not worth a warning.
_TOWER_SLACK = 0.9
#: Most that a panel carries, kW/m². Assumed: water of 24 °C under air of -15 °C and 4 m/s of wind.
_PANEL_MOST_KW_M2 = 1.0


def _coil_kw(hall: Hall) -> float:
    each = (c.count * c.air_m3_s * AIR_J_M3K * (c.coil.air_in_c - c.coil.air_out_c) for c in hall.crah.values())
    return hall.modules * sum(each) / 1000


def _rejectors(paths: tuple[str, ...], plant: Plant) -> tuple[str, float, float]:
    """Towers and dry coolers of one water: in words, their rated heat kW and water kg/s."""
    words, heat_kw, water_kg_s = [], 0.0, 0.0
    towers = [plant.tower[path.split(".", 2)[2]] for path in paths if path.startswith("plant.tower.")]
    coolers = [plant.dry_cooler[path.split(".", 2)[2]] for path in paths if path.startswith("plant.dry_cooler.")]
    if towers:
        kw = sum(t.count * t.water_kg_s * _WATER_KJ_KGK * t.range_k for t in towers)
        wet_bulb_c = min(t.wet_bulb_c for t in towers)
        words.append(f"{sum(t.count for t in towers)} cells, {kw:.0f} kW at {wet_bulb_c:g} °C wet bulb")
        heat_kw += kw
        water_kg_s += sum(t.count * t.water_kg_s for t in towers)
    if coolers:
        kw = sum(d.count * d.rated_kw for d in coolers)
        dry_bulb_c = min(d.dry_bulb_c for d in coolers)
        kind = "dry coolers" if all(d.pad is None for d in coolers) else "adiabatic dry coolers"
        words.append(f"{sum(d.count for d in coolers)} {kind}, {kw:.0f} kW at {dry_bulb_c:g} °C outside")
        heat_kw += kw
        water_kg_s += sum(d.count * d.rated_kw / (_WATER_KJ_KGK * (d.entering_c - d.leaving_c)) for d in coolers)
    return " and ".join(words), heat_kw, water_kg_s


def _leaving_c(plant: Plant, machines: tuple[str, ...]) -> float:
    """Warmest water that towers or dry coolers leave at their rating, °C."""
    found = [-273.0]
    for path in machines:
        _, kind, name = path.split(".", 2)
        if kind == "tower":
            found.append(plant.tower[name].wet_bulb_c + plant.tower[name].approach_k)
        else:
            found.append(plant.dry_cooler[name].leaving_c)
    return max(found)


def _chillers_kw(plant: Plant, paths: HeatPaths) -> tuple[float, float]:
    """Capacity of all machines at the chilled-water setpoint on a design day, and the power they take for it.

    Water-cooled ones have design condenser water, air-cooled ones the outdoor air of their rating.
    """
    condenser_c = _leaving_c(plant, paths.condenser)
    capacity_kw = power_kw = 0.0
    for group in plant.chiller.values():
        part = chiller_part(group.part)
        x = min(max(plant.chilled_water_temp_c, part.leaving_min_c), part.leaving_max_c)
        rise_k = part.rating_condenser_c - part.entering_c  # of the water that a reformulated set reads
        entering_c = part.entering_c if part.cooling == "air" else condenser_c
        y = min(max(entering_c + rise_k, part.condenser_min_c), part.condenser_max_c)
        frac = part.capacity_frac(x, y)
        if group.dispatch_cap:
            frac = min(frac, group.plr_max)
        each_kw = (group.rated_kw or part.rated_kw) * frac
        capacity_kw += group.count * each_kw
        power_kw += group.count * each_kw * max(part.eir_frac(x, y), 0.0) / (group.cop or part.cop)
    return capacity_kw, power_kw


def water_lines(split: HeatSplit, hall: Hall, plant: Plant) -> list[tuple[str, str]]:
    """What the cooling of a hall amounts to, for a hall with air handlers on chilled water.

    Parameters
    ----------
    split : HeatSplit
    hall : Hall
    plant : Plant

    Returns
    -------
    list of (str, str)
        What, and how much.
    """
    paths = heat_paths(hall, plant)
    lines = []
    if split.liquid_kw + split.door_kw > 0.0:
        parts = [(split.liquid_kw, "into coolant"), (split.door_kw, "into rear doors"),
                 (split.air_kw, "into air handlers")]
        lines.append(("of that", ", ".join(f"{kw:.0f} kW {where}" for kw, where in parts if kw > 0.0)))
    units = hall.modules * sum(c.count for c in hall.crah.values())
    said = f"{units} units, {supplied_m3_s(hall):.4g} m³/s, coils rated {_coil_kw(hall):.0f} kW"
    lines.append(("air handlers", said))
    lines += _hall_lines(hall, plant, paths)
    machines = sum(c.count for c in plant.chiller.values())
    if machines:
        air_cooled = any(OUTDOORS in paths.arrows.get(f"plant.chiller.{name}", ()) for name in plant.chiller)
        capacity_kw = _chillers_kw(plant, paths)[0]
        said = f"{machines} machines, {capacity_kw:.0f} kW at {plant.chilled_water_temp_c:g} °C leaving"
        lines.append(("chillers", said + (", air-cooled" if air_cooled else "")))
    if paths.condenser:
        what = "towers" if all(path.startswith("plant.tower.") for path in paths.condenser) else "heat rejection"
        lines.append((what, _rejectors(paths.condenser, plant)[0]))
    saving = [("water side", plant.water_economiser), ("air side", plant.air_economiser)]
    lines.append(("economiser", " and ".join(text for text, there in saving if there) or "none"))
    lines += _plant_lines(hall, plant, paths)
    lines.append(("connections", paths_text(paths)))
    return lines


def _hall_lines(hall: Hall, plant: Plant, paths: HeatPaths) -> list[tuple[str, str]]:
    """Rear doors, liquid cooling and facility water."""
    lines = []
    if hall.rear_door is not None:
        racks = hall.modules * sum(row.racks for row in hall.rows.values())
        said = f"{racks} doors on {plant.chilled_water_temp_c:g} °C water"
        lines.append(("rear doors", f"{said}, air leaves at {hall.rear_door.leaving_air_temp_c:g} °C"))
    liquid = hall.liquid
    if liquid is not None:
        racks = sum(row.racks for row in hall.rows.values() if row.liquid)
        kind = "in tanks" if liquid.kind == "immersion" else "with cold plates"
        units = sum(unit.count for unit in liquid.cdu.values())
        rated = sum(unit.count * unit.rated_kw for unit in liquid.cdu.values() if unit.rated_kw is not None)
        said = f"{racks} racks {kind}, coolant {liquid.technology_water_temp_c:g} °C, {units} distribution units"
        lines.append(("liquid cooling", said + (f" of {rated:.0f} kW" if rated else "")))
    warm = plant.facility_water
    if warm is not None and paths.facility_used:
        by = _rejectors(paths.facility, plant)[0] or "no towers"
        behind = " behind an exchanger" if warm.exchanger is not None else ""
        lines.append(("facility water", f"{warm.supply_temp_c:g} °C by {by}{behind}"))
    return lines


def _plant_lines(hall: Hall, plant: Plant, paths: HeatPaths) -> list[tuple[str, str]]:
    """Thermosyphon, user of heat and store."""
    lines = []
    if plant.thermosyphon is not None:
        cooler = plant.thermosyphon
        said = f"{cooler.rated_kw:.0f} kW at {cooler.dry_bulb_c:g} °C outside and {cooler.entering_c:g} °C water"
        lines.append(("thermosyphon", said))
    if paths.reuse >= 0 and hall.liquid is not None and hall.liquid.reuse is not None:
        user = hall.liquid.reuse
        lines.append(("heat reuse", f"up to {user.demand_kw:.0f} kW at {user.delivery_c:g} °C"))
    if plant.tank is not None:
        lines.append(("store", f"{plant.tank.volume_m3:g} m³ of water, charged at {plant.tank.charge_c:g} °C"))
    if plant.sky_panels is not None and plant.sky_panels.tank is not None:
        night = plant.sky_panels.tank
        lines.append(("night tank", f"{night.volume_m3:g} m³ of water, {night.charge_c:g} °C at the coldest"))
    if plant.ice is not None:
        lines.append(("store", f"{plant.ice.capacity_kwh:g} kWh of ice"))
    return lines


def water_warnings(split: HeatSplit, hall: Hall, plant: Plant) -> list[str]:
    """What is too small for the heat that it gets.

    Parameters
    ----------
    split : HeatSplit
    hall : Hall
    plant : Plant

    Returns
    -------
    list of str
    """
    paths = heat_paths(hall, plant)
    warm_kw = split.liquid_kw * _warm_share(hall, paths)
    cold_kw = split.total_kw - warm_kw
    return [*_machines(split, cold_kw, hall, plant, paths), *_liquid(split, warm_kw, hall, plant, paths),
            *_pumps(hall, plant, paths), *_brine(plant), *_night_tank(plant, (cold_kw, warm_kw)[paths.panels])]


def _night_tank(plant: Plant, need_kw: float) -> list[str]:
    """Panels that serve the return first and never have time to spare for their tank."""
    panels = plant.sky_panels
    if panels is None or panels.tank is None or panels.tank.first == "tank":
        return []
    most_kw = panels.area_m2 * _PANEL_MOST_KW_M2
    if most_kw >= need_kw:
        return []
    text = f"sky panels of {panels.area_m2:.0f} m² carry {most_kw:.0f} kW at the very most of {need_kw:.0f} kW: "
    text += "they serve the return first and have no time to spare for their night tank; make them larger, or give "
    return [text + 'plant.sky_panels.tank.first = "tank"']


def _brine(plant: Plant) -> list[str]:
    """Ice whose brine is colder than any water in a chiller's curves."""
    if plant.ice is None:
        return []
    groups = ((name, group.part, chiller_part(group.part).leaving_min_c) for name, group in plant.chiller.items())
    return [
        f"brine at {plant.ice.charge_c:g} °C lies outside the curves of {part} ({name}), which end at {end_c:g} °C: "
        "they are extended by a lift law"
        for name, part, end_c in groups if end_c > plant.ice.charge_c
    ]


def _warm_share(hall: Hall, paths: HeatPaths) -> float:
    """Share of the distribution units that facility water cools."""
    if hall.liquid is None:
        return 0.0
    counts = {name: unit.count for name, unit in hall.liquid.cdu.items()}
    return sum(count for name, count in counts.items() if paths.cdus[name] == 1) / sum(counts.values())


def _machines(split: HeatSplit, cold_kw: float, hall: Hall, plant: Plant, paths: HeatPaths) -> list[str]:
    """Chillers, coils and their heat rejection."""
    found = []
    load = f"the hall's {cold_kw:.0f} kW" if split.liquid_kw == 0.0 else f"the {cold_kw:.0f} kW of chilled water"
    chiller_kw, compressor_kw = _chillers_kw(plant, paths)
    if plant.chiller and chiller_kw < cold_kw:
        found.append(
            f"chillers carry {chiller_kw:.0f} kW on a design day, {cold_kw - chiller_kw:.0f} kW less than {load} at "
            "full load: it will run hot"
        )
    coil_kw, air_kw = _coil_kw(hall), split.air_kw
    if coil_kw < air_kw:
        whose = "the hall's" if split.liquid_kw + split.door_kw == 0.0 else "the air's"
        found.append(
            f"coils are rated for {coil_kw:.0f} kW, {air_kw - coil_kw:.0f} kW less than {whose} {air_kw:.0f} kW at "
            "full load"
        )
    water_cooled = any(
        "plant.condenser_water" in paths.arrows.get(f"plant.chiller.{name}", ()) for name in plant.chiller
    )
    tower_kw = _rejectors(paths.condenser, plant)[1]
    rejected_kw = cold_kw * (1 + compressor_kw / max(chiller_kw, 1e-9))
    if water_cooled and tower_kw < _TOWER_SLACK * rejected_kw:
        found.append(
            f"towers reject {tower_kw:.0f} kW at design wet bulb, {rejected_kw - tower_kw:.0f} kW less than "
            f"{rejected_kw:.0f} kW at full load: condenser water will be warmer"
        )
    return found


def _liquid(split: HeatSplit, warm_kw: float, hall: Hall, plant: Plant, paths: HeatPaths) -> list[str]:
    """Distribution units, the heat rejection of facility water, and temperatures that do not fit."""
    liquid, warm = hall.liquid, plant.facility_water
    if liquid is None:
        return []
    found = []
    known = [unit.count * unit.rated_kw for unit in liquid.cdu.values() if unit.rated_kw is not None]
    rated_kw = sum(known) if len(known) == len(liquid.cdu) else split.liquid_kw
    if rated_kw < split.liquid_kw:
        found.append(
            f"distribution units are rated for {rated_kw:.0f} kW, {split.liquid_kw - rated_kw:.0f} kW less than the "
            f"{split.liquid_kw:.0f} kW of the coolant at full load: it will be warmer"
        )
    found += _coolant(min(split.liquid_kw / rated_kw, 1.0), hall, plant, paths)
    if warm is None or not paths.facility_used:
        return found
    words, tower_kw, _ = _rejectors(paths.facility, plant)
    if tower_kw < _TOWER_SLACK * warm_kw:
        found.append(
            f"facility water gives off {tower_kw:.0f} kW ({words or 'nothing'}), {warm_kw - tower_kw:.0f} kW less "
            f"than the {warm_kw:.0f} kW it takes at full load: it will be warmer on a design day"
        )
    rise_k = max(unit.facility_rise_k for unit in liquid.cdu.values())
    needed_kg_s = warm_kw / (_WATER_KJ_KGK * rise_k)
    if needed_kg_s > warm.pump.rated_kg_s * 1.02:
        found.append(
            f"distribution units need {needed_kg_s:.0f} kg/s of facility water at full load, its pumps are rated for "
            f"{warm.pump.rated_kg_s:g} kg/s"
        )
    leaving_c = _leaving_c(plant, paths.facility)
    if leaving_c > warm.supply_temp_c + 1e-9:
        found.append(
            f"facility water of {warm.supply_temp_c:g} °C is colder than its heat rejection leaves it at its rating "
            f"({leaving_c:g} °C): on warm days it floats above its setpoint"
        )
    return found


def _coolant(load_frac: float, hall: Hall, plant: Plant, paths: HeatPaths) -> list[str]:
    """Setpoints of the coolant that units miss at full load, and a user of heat that it never serves."""
    liquid, warm = hall.liquid, plant.facility_water
    assert liquid is not None
    wanted_c, found = liquid.technology_water_temp_c, []
    for name, system in paths.cdus.items():
        water_c = warm.supply_temp_c if system == 1 and warm is not None else plant.chilled_water_temp_c
        approach_k = liquid.cdu[name].approach_k * load_frac
        if wanted_c < water_c + 0.95 * approach_k:
            found.append(
                f"coolant at {wanted_c:g} °C is less than {approach_k:.1f} K, what hall.liquid.cdu.{name} needs at "
                f"full load, above its water at {water_c:g} °C: its valves will stand open"
            )
    user, hottest_c = liquid.reuse, wanted_c + liquid.technology_rise_k
    if user is not None and user.delivery_c + user.approach_k >= hottest_c:
        found.append(
            f"the user of heat needs water of {user.delivery_c + user.approach_k:g} °C, coolant comes back with "
            f"{hottest_c:g} °C at its setpoint: no heat will be used"
        )
    return found


def _pumps(hall: Hall, plant: Plant, paths: HeatPaths) -> list[str]:
    """Pumps against coils, doors and towers."""
    found = []
    coils_kg_s = hall.modules * sum(c.coil.water_kg_s for c in hall.crah.values())
    if plant.chilled_water_pump is not None and coils_kg_s > plant.chilled_pump.rated_kg_s * 1.02:
        found.append(
            f"coils are rated for {coils_kg_s:g} kg/s of chilled water, the pumps for "
            f"{plant.chilled_pump.rated_kg_s:g} kg/s"
        )
    if plant.condenser_water_pump is None or not paths.condenser:
        return found
    machines = max(sum(c.count for c in plant.chiller.values()), 1)
    condenser_kg_s = plant.condenser_pump.rated_kg_s * (machines if plant.condenser_pumps == "per_chiller" else 1)
    towers_kg_s = _rejectors(paths.condenser, plant)[2]
    york = all(path.startswith("plant.tower.") and plant.tower[path.split(".", 2)[2]].law == "york"
               for path in paths.condenser)
    if york and not 0.75 <= condenser_kg_s / towers_kg_s <= 1.25:
        found.append(
            f"condenser pumps move {condenser_kg_s:g} kg/s with all machines on, towers are rated for "
            f"{towers_kg_s:g} kg/s: outside 0.75 … 1.25, where the tower law is valid"
        )
    return found
