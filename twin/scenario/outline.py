"""A scenario in a dozen lines, and what is unwise in it: sizes against needs at full load on a design day."""

from __future__ import annotations

from dataclasses import dataclass

from twin.scenario.hall import Hall
from twin.scenario.library import chiller_part
from twin.scenario.plant import Chain, Plant
from twin.scenario.schema import Scenario

__all__ = ["Outline", "outline"]

# Good enough for a sizing check; the simulation uses the site's own density and temperatures.
_AIR_J_M3K = 1.2 * 1006.0
_WATER_KJ_KGK = 4.186
# Towers that are a little too small only warm their water by a fraction of a kelvin more: not worth a warning.
_TOWER_SLACK = 0.9


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
    racks = sum(row.racks for row in hall.rows.values())
    heat_kw = _hall_heat_kw(scenario)
    air_m3_s = sum(c.count * c.air_m3_s for c in hall.crah.values())
    coil_kw = sum(
        c.count * c.air_m3_s * _AIR_J_M3K * (c.coil.air_in_c - c.coil.air_out_c) / 1000 for c in hall.crah.values()
    )
    chiller_kw, compressor_kw = _chillers_kw(plant)
    tower_kw = sum(t.count * t.water_kg_s * _WATER_KJ_KGK * t.range_k for t in plant.tower.values())
    run = scenario.run
    steps = round(run.duration_days * 86400 / run.step_s)
    saving = [
        text for text, there in (("water side", plant.water_economiser), ("air side", plant.air_economiser)) if there
    ]
    lines = (
        ("racks", f"{racks} in {len(hall.rows)} rows, {hall.it_rated_kw / racks:.3g} kW each on average"),
        ("rated IT power", f"{hall.it_rated_kw:g} kW"),
        ("hall heat at full load", f"{heat_kw:.0f} kW"),
        (
            "air handlers",
            f"{sum(c.count for c in hall.crah.values())} units, {air_m3_s:.4g} m³/s, coils rated {coil_kw:.0f} kW",
        ),
        (
            "chillers",
            (
                f"{sum(c.count for c in plant.chiller.values())} machines, {chiller_kw:.0f} kW at "
                f"{plant.chilled_water_temp_c:g} °C leaving"
            ),
        ),
        (
            "towers",
            (
                f"{sum(t.count for t in plant.tower.values())} cells, {tower_kw:.0f} kW at "
                f"{_design_wet_bulb_c(plant):g} °C wet bulb"
            ),
        ),
        ("economiser", " and ".join(saving) if saving else "none"),
        ("supply air / return air", f"{plant.supply_air_temp_c:g} / {hall.return_air_temp_c:g} °C"),
        (
            "jobs",
            f"{scenario.workload.jobs.per_day:g} a day"
            if scenario.workload.jobs and not scenario.workload.jobs.trace
            else "from a trace"
            if scenario.workload.jobs
            else "none",
        ),
        ("policy", scenario.policy.name),
        ("time", f"{run.duration_days:g} days in {steps} steps of {run.step_s} s"),
    )
    warnings = [*_sizes(heat_kw, (chiller_kw, coil_kw), (compressor_kw, tower_kw)), *_air(hall, air_m3_s)]
    warnings += [*_water(plant, hall), *_electric(scenario), *_temperatures(scenario), *_plan(hall)]
    return Outline(lines, tuple(warnings))


def _loss_kw(stage: Chain, load_kw: float, units: int = 1, rated_kw: float = 0.0) -> float:
    total_kw = units * (stage.rated_kw or rated_kw)
    a, b, c, d = stage.loss
    u = load_kw / total_kw
    return total_kw * (a + b * u + c * u * u + d * u**3)


def _hall_heat_kw(scenario: Scenario) -> float:
    """Heat released in the hall at rated IT power: IT, fans, light, and losses that stay in the hall."""
    hall, power = scenario.hall, scenario.power
    it_kw = hall.it_rated_kw
    fans_kw = sum(c.count * c.air_m3_s * c.pressure_pa / c.fan_efficiency_frac / 1000 for c in hall.crah.values())
    pdu_kw = _loss_kw(power.pdu, it_kw, 1, it_kw)
    ups_kw = _loss_kw(power.ups, it_kw + pdu_kw, power.ups.units, it_kw)
    light_kw = hall.lighting_w_m2 * hall.length_m * hall.width_m / 1000
    return it_kw + fans_kw + light_kw + pdu_kw * power.pdu.to_hall_frac + ups_kw * power.ups.to_hall_frac


def _design_wet_bulb_c(plant: Plant) -> float:
    return min(t.wet_bulb_c for t in plant.tower.values())


def _chillers_kw(plant: Plant) -> tuple[float, float]:
    """Capacity of all machines at the chilled-water setpoint and design condenser water, and the power "
    "they take for it.
    """
    condenser_c = max(t.wet_bulb_c + t.approach_k for t in plant.tower.values())
    capacity_kw = power_kw = 0.0
    for group in plant.chiller.values():
        part = chiller_part(group.part)
        x = min(max(plant.chilled_water_temp_c, part.leaving_min_c), part.leaving_max_c)
        y = min(max(condenser_c, part.condenser_min_c), part.condenser_max_c)
        frac = part.capacity_frac(x, y)
        if group.dispatch_cap:
            frac = min(frac, group.plr_max)
        each_kw = (group.rated_kw or part.rated_kw) * frac
        capacity_kw += group.count * each_kw
        power_kw += group.count * each_kw * max(part.eir_frac(x, y), 0.0) / (group.cop or part.cop)
    return capacity_kw, power_kw


def _sizes(heat_kw: float, hall_side: tuple[float, float], outside: tuple[float, float]) -> list[str]:
    chiller_kw, coil_kw = hall_side
    compressor_kw, tower_kw = outside
    found = []
    if chiller_kw < heat_kw:
        found.append(
            f"chillers carry {chiller_kw:.0f} kW on a design day, {heat_kw - chiller_kw:.0f} kW less than the "
            f"hall's {heat_kw:.0f} kW at full load: it will run hot"
        )
    if coil_kw < heat_kw:
        found.append(
            f"coils are rated for {coil_kw:.0f} kW, {heat_kw - coil_kw:.0f} kW less than the hall's "
            f"{heat_kw:.0f} kW at full load"
        )
    rejected_kw = heat_kw * (1 + compressor_kw / max(chiller_kw, 1e-9))
    if tower_kw < _TOWER_SLACK * rejected_kw:
        found.append(
            f"towers reject {tower_kw:.0f} kW at design wet bulb, {rejected_kw - tower_kw:.0f} kW less than "
            f"{rejected_kw:.0f} kW at full load: condenser water will be warmer"
        )
    return found


def _air(hall: Hall, air_m3_s: float) -> list[str]:
    server = hall.server
    flow = min(
        max(server.flow_base_frac + server.flow_per_util + server.flow_per_k * 22.0, server.flow_min_frac),
        server.flow_max_frac,
    )
    wanted_m3_s = hall.it_rated_kw * server.air_m3_s_per_kw * flow * (1 - hall.air.recirculation_frac)
    supplied_m3_s = air_m3_s * (1 - hall.air.floor_leakage_frac)
    if supplied_m3_s < wanted_m3_s:
        return [
            (
                f"air handlers give the racks {supplied_m3_s:.1f} m³/s, servers at full load draw {wanted_m3_s:.1f} "
                "m³/s: hot air will recirculate"
            )
        ]
    return []


def _water(plant: Plant, hall: Hall) -> list[str]:
    found = []
    coils_kg_s = sum(c.coil.water_kg_s for c in hall.crah.values())
    if coils_kg_s > plant.chilled_water_pump.rated_kg_s * 1.02:
        found.append(
            f"coils are rated for {coils_kg_s:g} kg/s of chilled water, the pumps for "
            f"{plant.chilled_water_pump.rated_kg_s:g} kg/s"
        )
    machines = sum(c.count for c in plant.chiller.values())
    condenser_kg_s = plant.condenser_water_pump.rated_kg_s * (machines if plant.condenser_pumps == "per_chiller" else 1)
    towers_kg_s = sum(t.count * t.water_kg_s for t in plant.tower.values())
    if not 0.75 <= condenser_kg_s / towers_kg_s <= 1.25:
        found.append(
            f"condenser pumps move {condenser_kg_s:g} kg/s with all machines on, towers are rated for "
            f"{towers_kg_s:g} kg/s: "
            "outside 0.75 … 1.25, where the tower law is valid"
        )
    return found


def _electric(scenario: Scenario) -> list[str]:
    ups, it_kw = scenario.power.ups, scenario.hall.it_rated_kw
    rating_kw = ups.units * (ups.rated_kw or it_kw)
    if rating_kw < it_kw:
        return [f"UPS units are rated for {rating_kw:g} kW together, rated IT power is {it_kw:g} kW"]
    return []


def _temperatures(scenario: Scenario) -> list[str]:
    found = []
    plant, limits = scenario.plant, scenario.hall.limits
    supplies = {plant.supply_air_temp_c} | {
        c.supply_air_temp_c for c in scenario.hall.crah.values() if c.supply_air_temp_c is not None
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
                f"{part.leaving_min_c:g} … {part.leaving_max_c:g} °C; they are "
                f"{'extended by a lift law' if group.outside_box == 'extend' else 'clamped'}"
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
