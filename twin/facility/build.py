"""Scenario → facility: the thing itself, as arrays. Everything after this is in SI units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from twin_kernels.equipment import THERMOSYPHON_STATE
from twin_kernels.equipment_liquid import (
    CDU_STATE,
    COLD_PLATE_PARAMS,
    DOOR_PARAMS,
    HEAT_REUSE_PARAMS,
    IMMERSION_PARAMS,
)
from twin_kernels.equipment_water import ICE_PARAMS, ICE_STATE, TANK_PARAMS, TANK_STATE
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
    WATER_STATE,
    WEATHER,
    Params,
    State,
)
from twin_kernels.psychrometrics import (
    enthalpy_j_kg,
    saturation_humidity_ratio,
    standard_pressure_pa,
)
from twin_kernels.water_layout import FACILITY_WATER

from twin.errors import Problem, ScenarioError
from twin.facility.air import air_density_kg_m3, crah_names, crah_params
from twin.facility.conduits import conduit_params, conduit_state
from twin.facility.dx import dx_names, dx_params, fill_air_economiser, fill_dx
from twin.facility.envelope import longest_step_s
from twin.facility.iec import iec_params
from twin.facility.liquid import cold_plate_params, door_params, heat_reuse_params, immersion_params, reuse_demand_w
from twin.facility.panels import panel_params, panel_state, roof_and_walls, sky_tank_params, sky_tank_state
from twin.facility.plant import chiller_params, fill_power
from twin.facility.racks import RackPlace, rack_params, rack_places
from twin.facility.rejection import thermosyphon_params
from twin.facility.water import ice_params, ice_state, tank_params, tank_state
from twin.facility.water_systems import WaterSystems, water_systems
from twin.policies.check import BOUNDS
from twin.scenario.plant import Plant
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
    crahs, iecs, dxs, chillers, towers, cdus : list of str
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
    cdus: list[str]
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
    systems = water_systems(hall, plant)
    f = np.zeros(1, FACILITY_PARAMS)
    f["pressure_std_pa"], f["altitude_m"] = standard_pressure_pa(altitude_m), altitude_m
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
    f["ground_reflectance_frac"] = scenario.site.ground_reflectance_frac
    for name, limit_c in hall.limits:
        f[name] = limit_c
    fill_dx(f, hall)
    fill_air_economiser(f, plant)
    heat_w, facility_kw = _design_power(
        scenario, f, [crahs["fan_rated_w"], iecs["fan_rated_w"], dxs["fan_rated_w"]],
        [chillers, trims[trims["cop"] > 0.0], dxs], systems,
        float(iecs["secondary_fan_w"].sum() + iecs["pump_w"].sum() + dxs["condenser_fan_w"].sum()),
    )
    fill_power(f, scenario.power, hall.it_kw, facility_kw * 1.1)
    surfaces = roof_and_walls(scenario, f)
    liquid = _liquid_params(scenario, density)
    tanks_w_k = len(systems.cdus) * float(liquid[1]["loss_w_k"].sum())
    _check_step(scenario, longest_step_s(surfaces, float(f["room_air_kg"][0]), tanks_w_k), tanks_w_k)
    return Facility(
        Params(
            *rack_params(hall, places, len(systems.cdus)), crahs, iecs, trims, dxs, chillers, systems.towers, surfaces,
            systems.water, systems.pumps, systems.cdus, *liquid, thermosyphon_params(plant), *_stores(plant),
            panel_params(plant.sky_panels, scenario.envelope), sky_tank_params(plant.sky_panels),
            conduit_params(plant, scenario.envelope, density), f,
        ),
        places, crah_names(hall),
        [name for group, u in hall.iec.items() for name in group_units(group, u.count * hall.modules)],
        dx_names(hall),
        [name for group, c in plant.chiller.items() for name in group_units(group, c.count)],
        systems.tower_names, systems.cdu_names,
        altitude_m, heat_w, float(chillers["rated_w"].sum() + dxs["rated_w"].sum()),
    )


def _check_step(scenario: Scenario, longest_s: float, tanks_w_k: float) -> None:
    """Refuse a step at which the room would swing ever wider."""
    step_s = scenario.run.step_s
    if step_s > longest_s:
        most_s = max((s for s in range(1, 901) if 3600 % s == 0 and s <= longest_s), default=1)
        around = "these surfaces and tanks" if tanks_w_k > 0.0 else "these surfaces"
        what = f"too long for so little room air between {around}; give at most {most_s} s"
        raise ScenarioError(scenario.name, [Problem(f"run.step_s = {step_s}", what)])


def _design_power(
    scenario: Scenario, f: NDArray[np.void], fans_w: list[NDArray[np.float64]], compressors: list[NDArray[np.void]],
    systems: WaterSystems, outside_w: float,
) -> tuple[float, float]:
    """Heat of the hall (W) and power of the facility (kW) at full load, for ratings that the scenario leaves out."""
    hall = scenario.hall
    losses = hall.it_kw * (0.1 if scenario.power.conversion.to_hall_frac > 0 else 0.0)
    heat_w = (hall.it_kw + losses) * 1e3 + float(sum(w.sum() for w in fans_w)) + float(f["lighting_w"][0])
    outside_w += float(sum((machines["rated_w"] / machines["cop"]).sum() for machines in compressors))
    outside_w += float(systems.towers["fan_rated_w"].sum() + systems.cdus["pump_rated_w"].sum())
    return heat_w, (heat_w + outside_w) / 1e3


def _fresh_water(facility: Facility, plant: Plant) -> NDArray[np.void]:
    """Water systems at the start: at their setpoints."""
    water = np.zeros(len(facility.params.water), WATER_STATE)
    water["chw_supply_c"] = water["chw_return_c"] = water["wse_leaving_c"] = plant.chilled_water_temp_c
    water["cw_supply_c"] = water["cw_return_c"] = plant.condenser_water_min_c
    if plant.facility_water is not None:
        warm = water[FACILITY_WATER:]
        for field in ("chw_supply_c", "chw_return_c", "wse_leaving_c", "cw_supply_c", "cw_return_c"):
            warm[field] = plant.facility_water.supply_temp_c
    water["before_c"] = water["chw_return_c"]
    water["stages"] = 1
    water["mode_changed_s"] = water["stage_changed_s"] = _LONG_AGO_S
    return water


def _liquid_params(scenario: Scenario, density_kg_m3: float) -> tuple[NDArray[np.void], ...]:
    """Cold plates, immersed servers, rear doors and the user of heat: one record each, or none."""
    hall = scenario.hall
    liquid = hall.liquid
    plates, baths = np.zeros(0, COLD_PLATE_PARAMS), np.zeros(0, IMMERSION_PARAMS)
    doors, reuse = np.zeros(0, DOOR_PARAMS), np.zeros(0, HEAT_REUSE_PARAMS)
    if liquid is not None and liquid.kind == "cold_plate":
        plates = cold_plate_params(liquid)
    elif liquid is not None:
        baths = immersion_params(liquid)
    if liquid is not None and liquid.reuse is not None:
        reuse = heat_reuse_params(liquid.reuse)
        reuse["demand_w"] = reuse_demand_w(liquid.reuse).ravel()
    if hall.rear_door is not None:
        racks = hall.modules * sum(row.racks for row in hall.rows.values())
        mean_kg_s = hall.it_kw / racks * hall.server.air_m3_s_per_kw * density_kg_m3
        doors = door_params(hall.rear_door, np.array([mean_kg_s]))
    return plates, baths, doors, reuse


def _stores(plant: Plant) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Tank and ice store: one record each, or none."""
    return (
        np.zeros(0, TANK_PARAMS) if plant.tank is None else tank_params(plant.tank),
        np.zeros(0, ICE_PARAMS) if plant.ice is None else ice_params(plant.ice),
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
    r["demand_margin_frac"] = scenario.hall.fan.demand_margin_frac
    r["chilled_water_c"] = plant.chilled_water_temp_c
    warm, liquid = plant.facility_water, scenario.hall.liquid
    r["facility_water_c"] = warm.supply_temp_c if warm is not None else BOUNDS["facility_water_c"][1]
    r["technology_water_c"] = liquid.technology_water_temp_c if liquid is not None else BOUNDS["technology_water_c"][1]
    r["pump_dp_frac"] = 1.0
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
    surfaces["outer_c"] = surfaces["top_c"] = weather["dry_bulb_c"][0]
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
    f["wet_bulb_c"] = weather["dry_bulb_c"][0]
    f["econ_changed_s"] = _LONG_AGO_S
    water = _fresh_water(facility, plant)
    hour = np.zeros((len(RACK_HOURLY), count))
    hour[1] = -1e9
    return State(
        racks, np.zeros(len(p.crahs), CRAH_STATE), iecs, trims, np.zeros(len(p.dxs), DX_STATE), chillers,
        np.zeros(len(p.towers), TOWER_STATE),
        surfaces, water, _fresh_cdus(facility, scenario), np.zeros(len(p.thermosyphons), THERMOSYPHON_STATE),
        np.zeros(0, TANK_STATE) if plant.tank is None else tank_state(plant.tank),
        np.zeros(0, ICE_STATE) if plant.ice is None else ice_state(plant.ice),
        panel_state(len(p.panels)), sky_tank_state(plant.sky_panels), conduit_state(len(p.conduits)), f,
        np.zeros(1, SOLUTION), np.zeros(len(p.water), PLANT_SOLUTION), np.zeros(1, LEDGER), np.zeros(1, METERS),
        np.arange(count, dtype=np.int64), hour, np.zeros((RACK_COLUMNS, count)),
    )


def _fresh_cdus(facility: Facility, scenario: Scenario) -> NDArray[np.void]:
    """Distribution units at the start: coolant at its setpoint."""
    cdus = np.zeros(len(facility.params.cdus), CDU_STATE)
    if scenario.hall.liquid is not None:
        supply_c = scenario.hall.liquid.technology_water_temp_c
        cdus["supply_c"] = cdus["old_c"] = supply_c
        cdus["return_c"] = supply_c + scenario.hall.liquid.technology_rise_k
        cdus["technology_kg_s"] = facility.params.cdus["technology_rated_kg_s"]
        cdus["speed_frac"] = 1.0
    return cdus
