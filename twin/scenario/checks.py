"""What one key cannot know: contradictions between keys, files that are missing, and advice on what is unwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from twin.errors import InputError, Problem
from twin.scenario.coatings import coating_problems
from twin.scenario.connections import connection_problems, heat_paths
from twin.scenario.dx_checks import dx_problems
from twin.scenario.event_checks import event_problems
from twin.scenario.events import Event
from twin.scenario.hall import Crah, Envelope, Hall
from twin.scenario.iec_checks import iec_problems, served
from twin.scenario.it import Workload
from twin.scenario.library import chiller_part
from twin.scenario.outdoor import outdoor_coatings, outdoor_problems
from twin.scenario.panels import panel_problems
from twin.scenario.plant import Chain, Plant, Power
from twin.scenario.plant_checks import plant_problems
from twin.scenario.run import Run, Site
from twin.scenario.schema import PolicyChoice
from twin.scenario.targets import group_units

__all__ = ["MAX_RACKS", "Sections", "contradictions"]

#: More racks than any hall has; a bound on memory.
MAX_RACKS = 20_000

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
# Air and water for the possibility of a coil's rating point: dry air at 20 °C and sea level, liquid water.
_AIR_KG_M3, _AIR_J_KGK, _WATER_J_KGK = 1.204, 1006.0, 4186.0
_HIGHEST_EFFECTIVENESS = 0.98


@dataclass(frozen=True)
class Sections:
    """The sections of a scenario as far as each is sound by itself; None where it is not."""

    name: str | None
    run: Run | None
    site: Site | None
    hall: Hall | None
    envelope: Envelope | None
    workload: Workload | None
    plant: Plant | None
    power: Power | None
    policy: PolicyChoice | None
    events: list[Event | None] | None = None

    @classmethod
    def names(cls) -> list[str]:
        """Names of the sections, in the order of the file."""
        return [f.name for f in fields(cls)]


def contradictions(s: Sections) -> list[Problem]:
    """Everything that is wrong between sound sections.

    Parameters
    ----------
    s : Sections

    Returns
    -------
    list of Problem
    """
    problems: list[Problem] = []
    problems += _name(s)
    problems += _files(s)
    if s.hall:
        problems += _hall(s.hall)
    if s.plant:
        problems += _plant(s.plant)
    if s.plant and s.plant.sky_panels:
        problems += panel_problems(s.plant.sky_panels, s.hall, s.envelope)
    if s.hall and s.plant:
        problems += served(s.hall, s.plant)
        problems += connection_problems(s.hall, s.plant)
        problems += plant_problems(s.hall, s.plant)
        problems += _outdoor(s.hall, s.plant)
        problems += _air_and_water(s.hall, s.plant)
    if s.envelope:
        named = dict(s.envelope.coated)
        if s.plant and s.plant.sky_panels:
            named["plant.sky_panels.coating"] = s.plant.sky_panels.coating
        if s.plant:
            named |= outdoor_coatings(s.plant.outdoors)
        problems += coating_problems(named, s.envelope.coatings)
    if s.power:
        problems += _power(s.power)
    if s.plant and s.policy:
        problems += _policy(s.policy, s.plant)
    if s.hall and s.workload:
        problems += _jobs(s.hall, s.workload)
    problems += event_problems(s.events or [], s.hall, s.plant, s.run)
    return problems


def _name(s: Sections) -> Iterator[Problem]:
    name = s.name
    if name and (not name.isprintable() or any(c in name for c in '/\\:*?"<>|') or name.strip(" .") != name):
        yield Problem(
            f"name = {name[:40]!r}", 'names a folder of results: no / \\ : * ? " < > |, no dot or blank at its ends'
        )


def _files(s: Sections) -> Iterator[Problem]:
    named: list[tuple[str, str | None, str]] = []
    if s.site:
        path = s.site.weather
        # A bare word is the name of a built-in weather; the weather reader knows those.
        # '@seed' behind a file asks for its year perturbed; only then is it not part of the name.
        if len(Path(path).parts) != 1 or Path(path).suffix:
            path = re.sub(r"@\d{1,9}$", "", path)
            named.append(
                ("site.weather", path, "a built-in weather (see 'twin parts weather') or an EPW, TMY3 or TMY2 file")
            )
    if s.workload:
        named.append(("workload.trace", s.workload.trace, "a CSV with columns time_s, utilisation_frac"))
        if s.workload.jobs:
            named.append(
                ("workload.jobs.trace", s.workload.jobs.trace,
                 "a CSV with columns submit_s, servers, duration_s, or a .swf or .swf.gz file")
            )
    for key, text, wanted in named:
        if text is None:
            continue
        try:
            found, folder = Path(text).is_file(), Path(text).is_dir()
        except (OSError, ValueError):  # name too long, or a NUL in it
            found, folder = False, False
        if not found:
            yield Problem(f'{key} = "{text[:200]}"', f"{'is a folder' if folder else 'no such file'}; give {wanted}")


def _named(where: str, groups: dict[str, int]) -> Iterator[Problem]:
    """Names of groups, and of the units in them (``north`` with 2 units makes ``north-1`` and ``north-2``)."""
    seen: dict[str, str] = {}
    for name, count in groups.items():
        if not _NAME.fullmatch(name):
            shown = "".join(c if c.isprintable() else "?" for c in name[:40])
            yield Problem(f"{where}.{shown!r}", "names of equipment have 1 … 40 letters, digits, - or _")
            continue
        for unit in group_units(name, count):
            if unit in seen:
                yield Problem(f"{where}.{name}", f"unit '{unit}' is in group '{seen[unit]}' too; rename one of them")
                break
            seen[unit] = name


def _hall(hall: Hall) -> Iterator[Problem]:
    yield from _named("hall.rows", dict.fromkeys(hall.rows, 1))
    yield from _named("hall.crah", {name: crah.count * hall.modules for name, crah in hall.crah.items()})
    yield from _named("hall.iec", {name: unit.count * hall.modules for name, unit in hall.iec.items()})
    if hall.liquid is not None:
        yield from _named("hall.liquid.cdu", {name: u.count * hall.modules for name, u in hall.liquid.cdu.items()})
    racks = hall.modules * sum(row.racks for row in hall.rows.values())
    if racks > MAX_RACKS:
        yield Problem("hall.rows", f"{racks} racks in all; at most {MAX_RACKS}")
    for name, crah in hall.crah.items():
        if _NAME.fullmatch(name):
            yield from _coil(f"hall.crah.{name}", crah)
            yield from _fan_curve(f"hall.crah.{name}.fan_curve", crah.fan_curve)
    yield from _named("hall.dx", {name: unit.count * hall.modules for name, unit in hall.dx.items()})
    yield from dx_problems(hall)
    for name, air in hall.dx.items():
        if _NAME.fullmatch(name):
            yield from _fan_curve(f"hall.dx.{name}.fan_curve", air.fan_curve)
    for name, unit in hall.iec.items():
        if _NAME.fullmatch(name):
            yield from iec_problems(f"hall.iec.{name}", unit)
            yield from _fan_curve(f"hall.iec.{name}.fan_curve", unit.fan_curve)
            yield from _fan_curve(f"hall.iec.{name}.secondary_curve", unit.secondary_curve)


def _coil(where: str, crah: Crah) -> Iterator[Problem]:
    """A rating point that no counter-flow coil can have."""
    coil = crah.coil
    air_w_k = crah.count * crah.air_m3_s * _AIR_KG_M3 * _AIR_J_KGK
    water_w_k = coil.water_kg_s * _WATER_J_KGK
    heat_w = air_w_k * (coil.air_in_c - coil.air_out_c)
    effectiveness = heat_w / (min(air_w_k, water_w_k) * (coil.air_in_c - coil.water_in_c))
    if effectiveness > _HIGHEST_EFFECTIVENESS:
        water_out_c = coil.water_in_c + heat_w / water_w_k
        yield Problem(
            f"{where}.coil",
            f"rating is impossible: {heat_w / 1000:.0f} kW would warm {coil.water_kg_s:g} kg/s of water from "
            f"{coil.water_in_c:g} to "
            f"{water_out_c:.1f} °C against air entering at {coil.air_in_c:g} °C (effectiveness "
            f"{effectiveness:.2f}, at most "
            f"{_HIGHEST_EFFECTIVENESS}); raise water_kg_s (it is for all {crah.count} units) or air_out_c, or "
            "lower water_in_c",
        )


def _fan_curve(where: str, curve: list[float]) -> Iterator[Problem]:
    power = [sum(c * (flow / 20) ** i for i, c in enumerate(curve)) for flow in range(21)]
    if not 0.9 <= power[-1] <= 1.1:
        yield Problem(
            where,
            f"gives {power[-1]:.3g} of rated power at rated flow; must lie in 0.9 … 1.1: divide the coefficients by it",
        )
    elif min(power) < -1e-9:
        yield Problem(
            where,
            f"gives a power of {min(power):.3g} of rated; must not be negative between 0 and rated flow",
        )


def _plant(plant: Plant) -> Iterator[Problem]:
    yield from _named("plant.chiller", {name: group.count for name, group in plant.chiller.items()})
    yield from _named("plant.dry_cooler", {name: group.count for name, group in plant.dry_cooler.items()})
    yield from _named("plant.tower", {name: group.count for name, group in plant.tower.items()})
    yield from _named("plant.outdoor_pipe", dict.fromkeys(plant.outdoor_pipe, 1))
    yield from _named("plant.outdoor_duct", dict.fromkeys(plant.outdoor_duct, 1))
    yield from _named("plant.casing", dict.fromkeys(plant.casing, 1))
    for name, chiller in plant.chiller.items():
        try:
            chiller_part(chiller.part)
        except InputError as error:
            problem = error.problems[0]
            yield Problem(f"plant.chiller.{name[:40]}.{problem.where}", problem.what)
        if chiller.plr_unload > chiller.plr_max or chiller.plr_min > chiller.plr_max:
            yield Problem(
                f"plant.chiller.{name[:40]}",
                f"plr_min = {chiller.plr_min:g} and plr_unload = {chiller.plr_unload:g} must not be above "
                f"plr_max = {chiller.plr_max:g}",
            )
    staging = plant.staging
    if staging.down_load_frac >= staging.up_load_frac:
        yield Problem(
            f"plant.staging.down_load_frac = {staging.down_load_frac:g}",
            f"must be below up_load_frac = {staging.up_load_frac:g}, or machines start and stop without end",
        )


def _outdoor(hall: Hall, plant: Plant) -> Iterator[Problem]:
    """Outdoor pipes of waters that the connections do not use."""
    if not plant.outdoor_pipe:
        return
    paths = heat_paths(hall, plant)
    chilled = paths.chilled_used
    yield from outdoor_problems(plant.outdoor_pipe, {
        "chilled": chilled, "condenser": chilled and plant.condenser_water_pump is not None,
        "facility": paths.facility_used,
    })


def _air_and_water(hall: Hall, plant: Plant) -> Iterator[Problem]:
    supplies = {"plant": plant.supply_air_temp_c}
    for name, crah in hall.crah.items():
        if crah.supply_air_temp_c is not None and _NAME.fullmatch(name):
            supplies[f"hall.crah.{name}"] = crah.supply_air_temp_c
            if crah.supply_air_temp_c <= plant.chilled_water_temp_c:
                yield Problem(
                    f"hall.crah.{name}.supply_air_temp_c = {crah.supply_air_temp_c:g}",
                    f"must be above plant.chilled_water_temp_c = {plant.chilled_water_temp_c:g} °C: no coil "
                    "cools air below its water",
                )
    supplies |= {
        f"hall.iec.{name}": unit.supply_air_temp_c
        for name, unit in hall.iec.items() if unit.supply_air_temp_c is not None and _NAME.fullmatch(name)
    }
    supplies |= {
        f"hall.dx.{name}": unit.supply_air_temp_c
        for name, unit in hall.dx.items() if unit.supply_air_temp_c is not None and _NAME.fullmatch(name)
    }
    if hall.holds_return:
        return  # thermostats make the supply as cold as it takes
    for where, supply_c in supplies.items():
        if hall.return_air_temp_c <= supply_c:
            yield Problem(
                f"hall.return_air_temp_c = {hall.return_air_temp_c:g}",
                f"must be above {where}.supply_air_temp_c = {supply_c:g} °C: air leaves the hall warmer than it came",
            )
    dew_point_c = hall.humidity.min_dew_point_c
    if dew_point_c is not None and dew_point_c >= min(supplies.values()):
        yield Problem(
            f"hall.humidity.min_dew_point_c = {dew_point_c:g}",
            f"must be below the coldest supply air ({min(supplies.values()):g} °C), or the humidifier makes fog",
        )


def _power(power: Power) -> Iterator[Problem]:
    stages: list[tuple[str, Chain]] = [("ups", power.ups), ("pdu", power.pdu), ("transformer", power.transformer)]
    if power.hvdc is not None:
        stages.append(("hvdc", power.hvdc))
    for name, stage in stages:
        losses = [sum(c * (load / 20) ** i for i, c in enumerate(stage.loss)) for load in range(21)]
        if min(losses) < -1e-9:
            yield Problem(
                f"power.{name}.loss",
                f"gives a loss of {min(losses):.3g} of the rating; must not be negative between no and full load",
            )
        elif max(losses) > 1.0:
            yield Problem(
                f"power.{name}.loss",
                f"gives a loss of {max(losses):.3g} of the rating; must not be above 1 (fractions, not percent)",
            )


def _policy(policy: PolicyChoice, plant: Plant) -> Iterator[Problem]:
    if policy.name != "fixed" and plant.chiller and policy.supply_min_c <= plant.chilled_water_temp_c:
        yield Problem(
            f"policy.supply_min_c = {policy.supply_min_c:g}",
            f"must be above plant.chilled_water_temp_c = {plant.chilled_water_temp_c:g} °C: no coil cools air "
            "below its water",
        )


def _jobs(hall: Hall, workload: Workload) -> Iterator[Problem]:
    if workload.jobs is None:
        return
    jobs = workload.jobs
    servers = jobs.servers_per_rack * hall.modules * sum(row.racks for row in hall.rows.values())
    yield from _named("workload.jobs.stream", dict.fromkeys(jobs.stream, 1))
    laws = {f"stream.{name[:40]}.": stream.law for name, stream in jobs.stream.items()} or {"": jobs.law}
    for where, law in laws.items():
        name = "size_median_servers" if law.size_law == "lognormal" else "size_min_servers"
        size = float(getattr(law, name))
        if size > servers:
            yield Problem(
                f"workload.jobs.{where}{name} = {size:g}",
                f"must not be above the {servers} servers of the hall: the usual job could never start",
            )
