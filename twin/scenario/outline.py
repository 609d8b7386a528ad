"""A scenario in a dozen lines, and what is unwise in it: sizes against needs at full load on a design day."""

from __future__ import annotations

from dataclasses import dataclass

from twin.scenario.dx import Dx
from twin.scenario.dx_checks import dx_flow_warnings
from twin.scenario.hall import Hall
from twin.scenario.heat_split import HeatSplit, air_wanted_m3_s, heat_split, supplied_m3_s
from twin.scenario.it import ONE_STREAM, Jobs
from twin.scenario.library import chiller_part, dx_coil_part, dx_part
from twin.scenario.plant import Chain, Plant
from twin.scenario.schema import Scenario
from twin.scenario.sizing import water_lines, water_warnings

__all__ = ["Outline", "outline"]

#: What becomes of chiller curves outside their box.
_OUTSIDE_BOX = {"extend": "extended by a lift law", "clamp": "clamped", "extrapolate": "extrapolated"}

#: Shorter runs with a store than this show much of what was in it at the start, days. Source: assumed.
_STORE_DAYS = 10.0
#: A rack with less rated power than one small server takes. Source: assumed.
_LEAST_RACK_KW = 0.05
#: Own runs: all air handlers stopped for 18 minutes give the same hottest inlet within 0.2 K up to here, 9 K more at
#: 450 s.
_SUDDEN_STEP_S = 120


@dataclass(frozen=True)
class Outline:
    """What a scenario amounts to.

    Attributes
    ----------
    lines : tuple of (str, str)
        What, and how much.
    warnings : tuple of str
        Sizes that are too small and settings that will surprise; the run goes ahead all the same.
    """

    lines: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def outline(scenario: Scenario) -> Outline:
    """Sum a scenario up and compare its sizes.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    Outline
    """
    hall, plant = scenario.hall, scenario.plant
    racks = hall.modules * sum(row.racks for row in hall.rows.values())
    rows = hall.modules * len(hall.rows)
    heat_kw = _hall_heat_kw(scenario)
    run = scenario.run
    steps = round(run.duration_days * 86400 / run.step_s)
    split = heat_split(heat_kw, hall, plant)
    cooling = _cooling_lines(split, hall, plant)
    modules = [("modules", f"{hall.modules}, {hall.it_kw / hall.modules:g} kW each")] if hall.modules > 1 else []
    lines = (
        *modules,
        ("racks", f"{racks} in {rows} rows, {hall.it_kw / racks:.3g} kW each on average"),
        ("rated IT power", f"{hall.it_kw:g} kW"),
        ("hall heat at full load", f"{split.total_kw:.0f} kW"),
        *cooling,
        ("supply air / return air", f"{plant.supply_air_temp_c:g} / {hall.return_air_temp_c:g} °C"),
        ("jobs", _jobs(scenario)),
        ("policy", scenario.policy.name),
        *_event_lines(scenario),
        ("time", f"{run.duration_days:g} days in {steps} steps of {run.step_s} s"),
    )
    if hall.dx:
        warnings = [*_dx_sizes(heat_kw, hall), *dx_flow_warnings(heat_kw, hall, plant), *_air(hall)]
    else:
        warnings = [*([] if hall.iec else water_warnings(split, hall, plant)), *_air(hall)]
    warnings += [*_electric(scenario), *_temperatures(scenario), *_plan(hall), *_queue(scenario), *_sudden(scenario)]
    warnings += [*_short(scenario), *_tiny(hall), *scenario.notes]
    return Outline(lines, tuple(warnings))


def _cooling_lines(split: HeatSplit, hall: Hall, plant: Plant) -> list[tuple[str, str]]:
    if hall.dx:
        return _dx_lines(hall, plant)
    return _evaporative_lines(hall) if hall.iec else water_lines(split, hall, plant)


def _sudden(scenario: Scenario) -> list[str]:
    """Events that heat a hall within minutes, and a step too long for servers that slow down meanwhile."""
    step_s = scenario.run.step_s
    units = ("hall.crah", "hall.iec", "hall.dx")
    sudden = [event for event in scenario.events
              if event.kind == "grid_outage" or (event.kind == "trip" and event.target in units)]
    if not sudden or step_s <= _SUDDEN_STEP_S:
        return []
    text = f"with steps of {step_s} s inlets after an outage or the trip of all air handlers come out too hot and "
    text += f"servers may seem to switch off: give run.step_s of at most {_SUDDEN_STEP_S}, 10 to look at minutes"
    return [text]


def _short(scenario: Scenario) -> list[str]:
    """Runs of a few days that live on what a store held at their start."""
    plant, days = scenario.plant, scenario.run.duration_days
    night = plant.sky_panels is not None and plant.sky_panels.tank is not None
    stores = (("the night tank", night), ("the tank", plant.tank is not None), ("the ice store", plant.ice is not None))
    names = " and ".join(name for name, here in stores if here)
    if not names or days >= _STORE_DAYS:
        return []
    return [(f"{days:g} days are few for {names}: what is in store at the start and the end counts; "
             f"give run.duration_days of {_STORE_DAYS:g} or more to judge energy")]


def _event_lines(scenario: Scenario) -> list[tuple[str, str]]:
    random = sum(event.random for event in scenario.events)
    parts = [f"{count} {how}" for count, how in ((len(scenario.events) - random, "timed"), (random, "random")) if count]
    return [("events", " and ".join(parts))] if parts else []


def _evaporative_lines(hall: Hall) -> list[tuple[str, str]]:
    units = hall.modules * sum(u.count for u in hall.iec.values())
    outdoor_m3_s = hall.modules * sum(u.count * u.secondary_air_m3_s for u in hall.iec.values())
    trims = [(u.count, u.dx, dx_part(u.dx.part)) for u in hall.iec.values() if u.dx is not None]
    trim_kw = hall.modules * sum(count * (dx.rated_kw or part.rated_kw) for count, dx, part in trims)
    units_of = hall.iec.values()
    plates = sorted(
        {(u.plates.dry_effectiveness_frac, u.plates.wet_effectiveness_frac if u.spray else 0.0) for u in units_of}
    )
    said = "; ".join(f"dry {dry:g}" + (f", wet {wet:g}" if wet else ", no spray") for dry, wet in plates)
    return [
        (
            "evaporative units",
            f"{units} units, {supplied_m3_s(hall):.4g} m³/s of hall air against {outdoor_m3_s:.4g} m³/s of outdoor air",
        ),
        ("plate effectiveness", said),
        ("DX trim", f"{trim_kw:.0f} kW in all" if trims else "none"),
    ]


def _dx_capacity_kw(unit: Dx) -> tuple[float, float]:
    """Gross and net sensible capacity of one unit at its rating, kW."""
    part = None if unit.part is None else dx_coil_part(unit.part)
    rated_kw = unit.rated_kw or (part.rated_kw if part else 0.0)
    shr_frac = unit.shr_frac or (part.shr_frac if part else 1.0)
    return rated_kw, rated_kw * shr_frac - unit.fan_rated_kw


def _dx_lines(hall: Hall, plant: Plant) -> list[tuple[str, str]]:
    units = hall.modules * sum(u.count for u in hall.dx.values())
    gross_kw = hall.modules * sum(u.count * _dx_capacity_kw(u)[0] for u in hall.dx.values())
    air = plant.air_economiser
    said = "none" if air is None else f"air side, locked out by {air.lockout.replace('_', ' ')}"
    if air is not None and air.pad is not None:
        said += f", wet pad {air.pad.effectiveness_frac:g}"
    return [
        ("DX units", f"{units} units, {supplied_m3_s(hall):.4g} m³/s, {gross_kw:.4g} kW gross at rating"),
        ("thermostat", "return air" if hall.holds_return else "supply air"),
        ("economiser", said),
    ]


def _dx_sizes(heat_kw: float, hall: Hall) -> list[str]:
    """Net sensible capacity against the hall's heat (the units' own fans are counted on both sides)."""
    fans_kw = hall.modules * sum(u.count * u.fan_rated_kw for u in hall.dx.values())
    net_kw = hall.modules * sum(u.count * _dx_capacity_kw(u)[1] for u in hall.dx.values())
    need_kw = heat_kw - fans_kw + hall.gains.sensible_kw
    if net_kw >= need_kw:
        return []
    text = f"DX units carry {net_kw:.4g} kW of sensible heat at rating, {need_kw - net_kw:.3g} kW less than the hall's "
    return [text + f"{need_kw:.4g} kW at full load: it will run hot"]


def _loss_kw(stage: Chain, load_kw: float, units: int = 1, rated_kw: float = 0.0) -> float:
    total_kw = units * (stage.rated_kw or rated_kw)
    a, b, c, d = stage.loss
    u = load_kw / total_kw
    return total_kw * (a + b * u + c * u * u + d * u**3)


def _hall_heat_kw(scenario: Scenario) -> float:
    """Heat released in the hall at rated IT power: IT, fans, light, and losses that stay in the hall."""
    hall, power = scenario.hall, scenario.power
    it_kw = hall.it_kw
    fan_kw = (u.count * u.air_m3_s * u.pressure_pa / u.fan_efficiency_frac / 1000 for u in hall.units)
    fans_kw = hall.modules * sum(fan_kw)
    pdu_kw = _loss_kw(power.pdu, it_kw, 1, it_kw)
    stage = power.conversion
    ups_kw = _loss_kw(stage, it_kw + pdu_kw, stage.units, it_kw)
    light_kw = hall.lighting_w_m2 * hall.total_length_m * hall.width_m / 1000
    return it_kw + fans_kw + light_kw + pdu_kw * power.pdu.to_hall_frac + ups_kw * stage.to_hall_frac


def _air(hall: Hall) -> list[str]:
    wanted_m3_s, given_m3_s = air_wanted_m3_s(hall), supplied_m3_s(hall) * (1 - hall.air.floor_leakage_frac)
    if hall.rear_door is not None:  # what recirculates has been cooled by the doors
        return []
    if given_m3_s < wanted_m3_s:
        return [
            (
                f"air handlers give the racks {given_m3_s:.1f} m³/s, servers at full load draw {wanted_m3_s:.1f} "
                "m³/s: hot air will recirculate"
            )
        ]
    return []


def _tiny(hall: Hall) -> list[str]:
    """Racks that hold less than one server, and fans that take no power: mostly a wrong unit or a forgotten key."""
    racks = hall.modules * sum(row.racks for row in hall.rows.values())
    found = []
    if racks > 1 and hall.it_kw / racks < _LEAST_RACK_KW:
        found.append(
            f"rated IT power of {hall.it_kw:g} kW is {1e3 * hall.it_kw / racks:.3g} W a rack, less than one server: "
            "is hall.it_rated_kw in kW?"
        )
    names = [f"hall.{kind}.{name}" for kind in ("crah", "iec", "dx") for name in getattr(hall, kind)]
    idle = [name for name, unit in zip(names, hall.units, strict=True) if unit.pressure_pa == 0.0]
    if idle:
        found.append(f"the fans of {', '.join(idle)} take no power: pressure_pa = 0; PUE will be too good")
    return found


def _electric(scenario: Scenario) -> list[str]:
    power, hall = scenario.power, scenario.hall
    stage, it_kw = power.conversion, hall.it_kw
    rating_kw = stage.units * (stage.rated_kw or it_kw)
    found = []
    if rating_kw < it_kw:
        who = "rectifiers" if power.hvdc else "UPS units"
        found.append(f"{who} are rated for {rating_kw:g} kW together, rated IT power is {it_kw:g} kW")
    if scenario.site.steady is not None and scenario.site.weather != "steady":
        found.append(f"site.steady is not used: site.weather = \"{scenario.site.weather}\" takes its place")
    if power.hvdc is not None and "ups" in power.model_fields_set:
        found.append("power.ups is not used: power.hvdc takes its place")
    if hall.it_rated_kw is not None and hall.module_it_kw is not None and it_kw != hall.modules * hall.module_it_kw:
        found.append(f"hall.it_rated_kw = {hall.it_rated_kw:g} is taken, not modules x module_it_kw")
    return found


def _temperatures(scenario: Scenario) -> list[str]:
    found = []
    plant, limits = scenario.plant, scenario.hall.limits
    supplies = {plant.supply_air_temp_c} | {
        unit.supply_air_temp_c for unit in scenario.hall.units if unit.supply_air_temp_c is not None
    }
    if max(supplies) > limits.recommended_max_c:
        found.append(
            f"supply air of {max(supplies):g} °C is above the recommended inlet limit of "
            f"{limits.recommended_max_c:g} °C"
        )
    for name, group in plant.chiller.items():
        part = chiller_part(group.part)
        if not part.leaving_min_c <= plant.chilled_water_temp_c <= part.leaving_max_c:
            found.append(
                f"chilled water at {plant.chilled_water_temp_c:g} °C lies outside the curves of {group.part} ({name}): "
                f"{part.leaving_min_c:g} … {part.leaving_max_c:g} °C; they are {_OUTSIDE_BOX[group.outside_box]}"
            )
    return found


def _plan(hall: Hall) -> list[str]:
    outside = []
    for name, row in hall.rows.items():
        reach_m = (row.racks - 1) * row.pitch_m
        east_m, north_m = (row.x_m + reach_m, row.y_m) if row.along == "x" else (row.x_m, row.y_m + reach_m)
        if min(row.x_m, row.y_m) < 0 or east_m > hall.length_m or north_m > hall.width_m:
            outside.append(name)
    if outside:
        return [
            (
                f"rows {', '.join(outside[:10])} reach outside the {hall.length_m:g} x {hall.width_m:g} m hall; "
                "positions matter for pictures only"
            )
        ]
    return []


def _jobs(scenario: Scenario) -> str:
    """Jobs in a few words."""
    jobs = scenario.workload.jobs
    if jobs is None:
        return "none"
    if jobs.trace:
        return "from a trace"
    if not jobs.stream:
        return f"{jobs.per_day:g} a day"
    streams = f"{len(jobs.stream)} stream{'s' if len(jobs.stream) > 1 else ''}"
    return f"{sum(stream.per_day for stream in jobs.stream.values()):g} a day in {streams}"


def _queue(scenario: Scenario) -> list[str]:
    """Generated jobs that ask for more than there is, and keys that do not act."""
    jobs, hall = scenario.workload.jobs, scenario.hall
    if jobs is None or jobs.trace:
        return []
    found = []
    if jobs.stream:
        usual = Jobs.model_fields
        idle = [name for name in ONE_STREAM if getattr(jobs, name) != usual[name].default]
        if idle:
            verb = "act" if len(idle) > 1 else "acts"
            found.append(f"of [workload.jobs], {', '.join(idle)} {verb} only where no stream is given")
    hours = (*scenario.workload.weekday, *scenario.workload.weekend) if scenario.workload.kind == "schedule" else (0.0,)
    a_rack = max(int(jobs.servers_per_rack * (1.0 - max(hours))), 1)
    servers = a_rack * hall.modules * sum(row.racks for row in hall.rows.values())
    laws = [stream.law for stream in jobs.stream.values()] or [jobs.law]
    asked = sum(law.busy_servers for law in laws)
    if asked > servers:
        found.append(
            f"jobs ask for {asked:.0f} servers in the long run, {servers} are theirs beside the background: "
            "the queue grows without end"
        )
    return found
