"""Scenario → facility: the thing itself, as arrays. Everything after this is in SI units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import (
    CHILLER_STATE,
    CRAH_STATE,
    DX_STATE,
    FACILITY_PARAMS,
    FACILITY_STATE,
    IEC_STATE,
    LEDGER,
    METERS,
    PLANT_SOLUTION,
    RACK_COLUMNS,
    RACK_HOURLY,
    RACK_STATE,
    SETPOINTS,
    SOLUTION,
    SURFACE_STATE,
    TOWER_STATE,
    WEATHER,
    Params,
    State,
)
from twin_kernels.psychrometrics import (
    enthalpy_j_kg,
    saturation_humidity_ratio,
    standard_pressure_pa,
)

from twin.errors import Problem, ScenarioError
from twin.facility.air import air_density_kg_m3, crah_names, crah_params
from twin.facility.dx import dx_names, dx_params, fill_air_economiser, fill_dx
from twin.facility.envelope import longest_step_s, surface_params
from twin.facility.iec import iec_params
from twin.facility.plant import chiller_params, fill_plant, fill_power, tower_params
from twin.facility.racks import RackPlace, rack_params, rack_places
from twin.scenario.schema import Scenario
from twin.scenario.targets import group_units

__all__ = ["Facility", "build_facility", "fresh_state", "setpoint_record"]

_FAN_CONTROL = {"fixed": 0, "return_temperature": 1, "demand": 2}
_LONG_AGO_S = -1e12


@dataclass(frozen=True)
class Facility:
    """A built facility: parameters and names; its state is made by :func:`fresh_state`.

    Attributes
    ----------
    params : Params
        Structured arrays, SI units.
    racks : list of RackPlace
    crahs, iecs, dxs, chillers, towers : list of str
        Names of units, in the order of the arrays.
    altitude_m : float
    heat_w, capacity_w : float
        Design heat and installed chiller capacity, W, for the summary of ``twin check``.
    """

    params: Params
    racks: list[RackPlace]
    crahs: list[str]
    iecs: list[str]
    dxs: list[str]
    chillers: list[str]
    towers: list[str]
    altitude_m: float
    heat_w: float
    capacity_w: float


def build_facility(scenario: Scenario, altitude_m: float) -> Facility:
    """Build the facility of a scenario at an altitude.

    Parameters
    ----------
    scenario : Scenario
    altitude_m : float
        From the weather file, m.

    Returns
    -------
    Facility

    Raises
    ------
    ScenarioError
        If it cannot be built.
    """
    hall, plant = scenario.hall, scenario.plant
    density = air_density_kg_m3(altitude_m)
    places = rack_places(hall)
    chillers = chiller_params(plant)
    crahs = crah_params(hall, plant.supply_air_temp_c, density)
    iecs, trims = iec_params(hall, plant.supply_air_temp_c, density)
    dxs = dx_params(hall, plant.supply_air_temp_c, density)
    towers = tower_params(plant)
    f = np.zeros(1, FACILITY_PARAMS)
    f["pressure_std_pa"] = standard_pressure_pa(altitude_m)
    f["air_density_std_kg_m3"] = density
    f["room_air_kg"] = hall.total_length_m * hall.width_m * hall.height_m * density
    f["leakage_frac"] = hall.air.floor_leakage_frac
    f["lighting_w"] = hall.lighting_w_m2 * hall.total_length_m * hall.width_m
    f["it_rated_w"] = hall.it_kw * 1e3
    f["ventilation_kg_s"] = hall.modules * hall.air.ventilation_kg_s
    if hall.humidity.min_dew_point_c is not None:
        f["humidify_below_w"] = saturation_humidity_ratio(hall.humidity.min_dew_point_c, f["pressure_std_pa"][0])
        f["humidifier_kg_s"] = hall.modules * hall.humidity.rated_kg_s
        f["humidifier_j_kg"] = hall.humidity.kwh_per_kg * 3.6e6
    if hall.humidity.max_dew_point_c is not None:
        f["dehumidify_above_w"] = saturation_humidity_ratio(hall.humidity.max_dew_point_c, f["pressure_std_pa"][0])
        f["dehumidifier_kg_s"] = hall.modules * hall.humidity.dehumidifier_kg_s
        f["dehumidifier_j_kg"] = hall.humidity.dehumidifier_kwh_per_kg * 3.6e6
    f["iec"] = int(bool(hall.iec))
    f["fan_k"] = hall.fan.gain
    f["fan_ti_s"] = hall.fan.integral_time_s
    f["fan_ideal"] = int(hall.fan.ideal)
    f["fan_control"] = _FAN_CONTROL[hall.fan.mode]
    f["demand_margin_frac"] = hall.fan.demand_margin_frac
    f["ground_reflectance_frac"] = scenario.site.ground_reflectance_frac
    for field in ("recommended_min_c", "recommended_max_c", "allowable_min_c", "allowable_max_c"):
        f[field] = getattr(hall.limits, field)
    fill_plant(f, plant)
    fill_dx(f, hall)
    fill_air_economiser(f, plant)
    losses = hall.it_kw * (0.1 if scenario.power.conversion.to_hall_frac > 0 else 0.0)
    fans_w = float(crahs["fan_rated_w"].sum() + iecs["fan_rated_w"].sum() + dxs["fan_rated_w"].sum())
    heat_w = (hall.it_kw + losses) * 1e3 + fans_w + float(f["lighting_w"][0])
    machines = (chillers, trims[trims["cop"] > 0.0], dxs)
    outside_w = float(np.concatenate([a["rated_w"] / a["cop"] for a in machines]).sum() + dxs["condenser_fan_w"].sum())
    outside_w += float(towers["fan_rated_w"].sum() + iecs["secondary_fan_w"].sum() + iecs["pump_w"].sum())
    facility_kw = (heat_w + outside_w) / 1e3
    fill_power(f, scenario.power, hall.it_kw, facility_kw * 1.1)
    surfaces = surface_params(hall, scenario.envelope)
    longest_s = longest_step_s(surfaces, float(f["room_air_kg"][0]))
    if scenario.run.step_s > longest_s:
        most_s = max((s for s in range(1, 901) if 3600 % s == 0 and s <= longest_s), default=1)
        what = f"too long for so little room air between these surfaces; give at most {most_s} s"
        raise ScenarioError("scenario", [Problem(f"run.step_s = {scenario.run.step_s}", what)])
    return Facility(
        Params(*rack_params(hall, places), crahs, iecs, trims, dxs, chillers, towers, surfaces, f),
        places, crah_names(hall),
        [name for group, u in hall.iec.items() for name in group_units(group, u.count * hall.modules)],
        dx_names(hall),
        [name for group, c in plant.chiller.items() for name in group_units(group, c.count)],
        [name for group, t in plant.tower.items() for name in group_units(group, t.count)],
        altitude_m, heat_w, float(chillers["rated_w"].sum() + dxs["rated_w"].sum()),
    )


def setpoint_record(scenario: Scenario) -> NDArray[np.void]:
    """Setpoints of the scenario as the record the kernels read.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    ndarray of one SETPOINTS
    """
    plant = scenario.plant
    r = np.zeros(1, SETPOINTS)
    r["supply_air_c"] = plant.supply_air_temp_c
    r["return_air_c"] = scenario.hall.return_air_temp_c
    r["fan_speed_frac"] = scenario.hall.fan.fixed_speed_frac
    r["chilled_water_c"] = plant.chilled_water_temp_c
    r["condenser_min_c"] = plant.condenser_water_min_c
    r["condenser_max_c"] = plant.condenser_water_max_c
    r["condenser_approach_k"] = plant.condenser_water_approach_k
    return r


def fresh_state(facility: Facility, scenario: Scenario, weather: NDArray[np.void], start_s: int) -> State:
    """State at the start of a run: the hall at its setpoints, water at its setpoints, surfaces at rest.

    Parameters
    ----------
    facility : Facility
    scenario : Scenario
    weather : ndarray of WEATHER
        At least one record: outdoor air at the start.
    start_s : int
        Engine time at the start, s.

    Returns
    -------
    State
    """
    assert weather.dtype == WEATHER
    p = facility.params
    plant = scenario.plant
    count = len(p.racks)
    supply_c, return_c = plant.supply_air_temp_c, scenario.hall.return_air_temp_c
    pressure = float(p.facility["pressure_std_pa"][0])
    # as dry as chilled water, coils, dehumidifiers or the outdoor air keep it
    humidity = float(weather["humidity_ratio"][0])
    if len(p.crahs):
        humidity = min(humidity, float(saturation_humidity_ratio(plant.chilled_water_temp_c, pressure)))
    if len(p.dxs):
        humidity = min(humidity, float(saturation_humidity_ratio(min(supply_c, return_c - 5.0), pressure)))
    if p.facility["dehumidify_above_w"][0] > 0.0:
        humidity = min(humidity, float(p.facility["dehumidify_above_w"][0]))
    humidity = max(humidity, float(p.facility["humidify_below_w"][0]))
    racks = np.zeros(count, RACK_STATE)
    racks["inlet_c"] = supply_c
    racks["inlet_w"] = humidity
    racks["outlet_c"] = return_c
    racks["mass_c"] = return_c
    chillers = np.zeros(len(p.chillers), CHILLER_STATE)
    chillers["changed_s"] = _LONG_AGO_S
    trims = np.zeros(len(p.trims), CHILLER_STATE)
    iecs = np.zeros(len(p.iecs), IEC_STATE)
    trims["changed_s"] = iecs["changed_s"] = _LONG_AGO_S
    iecs["film_c"] = iecs["exhaust_c"] = weather["dry_bulb_c"][0]
    surfaces = np.zeros(len(p.surfaces), SURFACE_STATE)
    surfaces["outer_c"] = weather["dry_bulb_c"][0]
    surfaces["inner_c"] = return_c
    surfaces["slab_c"] = return_c
    f = np.zeros(1, FACILITY_STATE)
    f["time_s"] = start_s
    f["room_c"] = f["return_c"] = return_c
    f["room_w"] = f["return_w"] = f["supply_w"] = humidity
    f["room_j_kg"] = f["return_j_kg"] = enthalpy_j_kg(return_c, humidity)
    f["supply_c"] = f["supply_setpoint_c"] = supply_c
    f["supply_j_kg"] = enthalpy_j_kg(supply_c, humidity)
    f["fan_integral"] = 0.5
    f["chw_supply_c"] = f["chw_return_c"] = f["wse_leaving_c"] = plant.chilled_water_temp_c
    f["cw_supply_c"] = f["cw_return_c"] = plant.condenser_water_min_c
    f["wet_bulb_c"] = weather["dry_bulb_c"][0]
    f["stages"] = 1
    f["mode_changed_s"] = f["stage_changed_s"] = f["econ_changed_s"] = _LONG_AGO_S
    hour = np.zeros((len(RACK_HOURLY), count))
    hour[1] = -1e9
    return State(
        racks, np.zeros(len(p.crahs), CRAH_STATE), iecs, trims, np.zeros(len(p.dxs), DX_STATE), chillers,
        np.zeros(len(p.towers), TOWER_STATE), surfaces, f,
        np.zeros(1, SOLUTION), np.zeros(1, PLANT_SOLUTION), np.zeros(1, LEDGER), np.zeros(1, METERS),
        np.arange(count, dtype=np.int64), hour, np.zeros((RACK_COLUMNS, count)),
    )
