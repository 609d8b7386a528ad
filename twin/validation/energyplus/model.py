"""A scenario as a complete EnergyPlus input (epJSON), or the reasons why it cannot be one."""

from __future__ import annotations

from twin.errors import Problem, ScenarioError
from twin.scenario.library import chiller_part
from twin.scenario.schema import Scenario
from twin.validation.energyplus.hall_objects import (
    AIR_NODES,
    Objects,
    air_side_objects,
    building_objects,
    server_objects,
)
from twin.validation.energyplus.plant_objects import plant_objects

__all__ = ["OUTPUTS", "build_epjson", "refusals"]

#: Our name of an hourly result → (EnergyPlus key, EnergyPlus variable, factor to our unit).
OUTPUTS: dict[str, tuple[str, str, float]] = {
    "processor_kw": ("racks", "ITE CPU Electricity Rate", 1e-3),
    "server_fan_kw": ("racks", "ITE Fan Electricity Rate", 1e-3),
    "ups_loss_kw": ("racks", "ITE UPS Electricity Rate", 1e-3),
    "inlet_c": ("racks", "ITE Air Inlet Dry-Bulb Temperature", 1.0),
    "room_c": (AIR_NODES["zone"], "System Node Temperature", 1.0),
    "supply_c": (AIR_NODES["supply"], "System Node Temperature", 1.0),
    "supply_kg_s": (AIR_NODES["supply"], "System Node Mass Flow Rate", 1.0),
    "crah_fan_kw": ("supply fan", "Fan Electricity Rate", 1e-3),
    "coil_kw": ("coil", "Cooling Coil Total Cooling Rate", 1e-3),
    "chiller_kw": ("chiller", "Chiller Electricity Rate", 1e-3),
    "chiller_load_kw": ("chiller", "Chiller Evaporator Cooling Rate", 1e-3),
    "tower_fan_kw": ("tower", "Cooling Tower Fan Electricity Rate", 1e-3),
    "chilled_pump_kw": ("chilled pump", "Pump Electricity Rate", 1e-3),
    "condenser_pump_kw": ("condenser pump", "Pump Electricity Rate", 1e-3),
    "condenser_supply_c": ("condenser supply", "System Node Temperature", 1.0),
    "chilled_supply_c": ("chilled supply", "System Node Temperature", 1.0),
    "wet_bulb_c": ("Environment", "Site Outdoor Air Wetbulb Temperature", 1.0),
    "makeup_m3": ("tower", "Cooling Tower Make Up Water Volume", 1.0),
}


def build_epjson(scenario: Scenario, steps_per_hour: int = 60) -> Objects:
    """EnergyPlus 25.2 input of the same hall and plant.

    Parameters
    ----------
    scenario : Scenario
        A hall with one chiller, one tower cell group and one air-handler group, ideal loops, no storage.
    steps_per_hour : int
        1 … 60.

    Returns
    -------
    Objects
        Ready for ``json.dump``.

    Raises
    ------
    ScenarioError
        When EnergyPlus has no object for something the scenario asks; all reasons at once.

    References
    ----------
    EnergyPlus 25.2 Input Output Reference, epJSON schema.
    """
    problems = refusals(scenario)
    if problems:
        raise ScenarioError(scenario.name or "scenario", problems)
    group = next(iter(scenario.plant.chiller.values()))
    objects: Objects = {
        "Version": {"version": {"version_identifier": "25.2"}},
        "Timestep": {"step": {"number_of_timesteps_per_hour": steps_per_hour}},
        "SimulationControl": {"control": {
            "do_zone_sizing_calculation": "No", "do_system_sizing_calculation": "No",
            "do_plant_sizing_calculation": "No", "run_simulation_for_sizing_periods": "No",
            "run_simulation_for_weather_file_run_periods": "Yes"}},
        "RunPeriod": {"year": {
            "begin_month": 1, "begin_day_of_month": 1, "end_month": 12, "end_day_of_month": 31,
            "day_of_week_for_start_day": scenario.run.first_weekday.capitalize(),
            "use_weather_file_holidays_and_special_days": "No", "use_weather_file_daylight_saving_period": "No",
            "apply_weekend_holiday_rule": "No"}},
        "OutputControl:Files": {"files": {"output_csv": "Yes", "output_mtr": "No", "output_eso": "No",
                                          "output_tabular": "No", "output_sqlite": "No"}},
        "Output:Variable": {name: {"key_value": key, "variable_name": variable, "reporting_frequency": "Hourly"}
                            for name, (key, variable, _) in OUTPUTS.items()},
    }
    for part in (building_objects(scenario), server_objects(scenario), air_side_objects(scenario),
                 plant_objects(scenario, chiller_part(group.part))):
        for kind, named in part.items():
            objects.setdefault(kind, {}).update(named)
    return objects


def refusals(scenario: Scenario) -> list[Problem]:
    """Everything in a scenario that the EnergyPlus input cannot express.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        Empty when the scenario can be built.
    """
    hall, plant, power = scenario.hall, scenario.plant, scenario.power
    server, air = hall.server, hall.air
    checks = [
        (len(hall.crah) == 1, "hall.crah", "one group of air handlers"),
        (len(plant.chiller) == 1 and all(c.count == 1 for c in plant.chiller.values()), "plant.chiller", "one chiller"),
        (len(plant.tower) == 1, "plant.tower", "one group of tower cells"),
        (plant.water_economiser is None, "plant.water_economiser", "none"),
        (hall.liquid is None, "hall.liquid", "none"),
        (hall.rear_door is None, "hall.rear_door", "none"),
        (not plant.dry_cooler, "plant.dry_cooler", "none"),
        (plant.thermosyphon is None, "plant.thermosyphon", "none"),
        (plant.facility_water is None, "plant.facility_water", "none"),
        (plant.tank is None and plant.ice is None, "plant.tank, plant.ice", "no store"),
        (all(t.law == "york" for t in plant.tower.values()), "plant.tower.law", "'york'"),
        (all(t.basin_heater_w_k == 0.0 for t in plant.tower.values()), "plant.tower.basin_heater_w_k", "0"),
        (plant.chilled_water_pump is None or plant.chilled_water_pump.curve is None, "plant.chilled_water_pump.curve",
         "none"),
        (hall.fan.mode == "return_temperature", "hall.fan.mode", "'return_temperature'"),
        (scenario.policy.name == "fixed", "policy.name", "'fixed'"),
        (scenario.workload.kind == "schedule" and scenario.workload.jobs is None, "workload", "a schedule, no jobs"),
        (server.exponent in (1.0, 2.0), "hall.server.exponent", "1 or 2"),
        (server.storage_network_frac == 0.0, "hall.server.storage_network_frac", "0"),
        (server.ramp_gain_frac == 0.0, "hall.server.ramp_gain_frac", "0"),
        (server.heat_capacity_kj_k_per_kw == 0.0, "hall.server.heat_capacity_kj_k_per_kw", "0"),
        (air.row_end_extra_frac == air.self_recirculation_frac == air.containment_frac == 0.0, "hall.air",
         "recirculation_frac only"),
        (air.floor_leakage_frac == air.ventilation_kg_s == 0.0, "hall.air", "no leakage and no ventilation"),
        (hall.humidity.min_dew_point_c is None, "hall.humidity.min_dew_point_c", "no humidifier"),
        (hall.lighting_w_m2 == 0.0, "hall.lighting_w_m2", "0"),
        (power.ups.loss[0] == 0.0, "power.ups.loss", "no loss at no load"),
        (not any(power.pdu.loss) and not any(power.transformer.loss), "power", "no losses but the UPS's"),
        (plant.chilled_water_volume_m3 == plant.condenser_water_volume_m3 == 0.0, "plant", "loops without volume"),
        (scenario.envelope.outside_film_wind_w_s_m3k == 0.0, "envelope.outside_film_wind_w_s_m3k", "0"),
        (scenario.run.start_day == 0.0, "run.start_day", "0"),
    ]
    return [Problem(where, f"the EnergyPlus comparison needs {rule}") for good, where, rule in checks if not good]
