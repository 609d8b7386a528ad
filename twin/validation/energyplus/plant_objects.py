"""The cooling plant of a scenario as EnergyPlus objects: chilled-water loop, condenser loop, chiller, tower."""

from __future__ import annotations

from typing import Any

from twin.scenario.library import ChillerPart
from twin.scenario.plant import CondenserPump, Pump
from twin.scenario.schema import Scenario
from twin.validation.energyplus.hall_objects import Objects, constant

__all__ = ["plant_objects"]

#: Density at which EnergyPlus 25.2 turns a pump's volume flow into mass flow, kg/m³ (water at 5.05 °C, measured in its
#: output): dividing by it gives both programs the same mass flow.
_WATER_KG_M3 = 999.898
#: Hydraulic efficiency that gives a pump the head that goes with its power; the head acts on nothing else.
_PUMP_EFFICIENCY_FRAC = 0.78
#: The chiller asks for slightly more condenser water than the pump gives, so that the pump's flow counts: EnergyPlus
#: converts the pump's volume at 5 °C but the chiller's at its condenser temperature, where water is 0.4 % lighter.
_CONDENSER_MARGIN = 1.01


def plant_objects(scenario: Scenario, chiller: ChillerPart) -> Objects:
    """Chilled-water loop (coil, chiller) and condenser loop (chiller, tower), both of constant flow while on.

    Parameters
    ----------
    scenario : Scenario
        Plant is read.
    chiller : ChillerPart
        Curves of the only chiller group.

    Returns
    -------
    Objects
    """
    plant = scenario.plant
    chilled, condenser = plant.chilled_pump, plant.condenser_pump
    objects: Objects = {
        "Pump:ConstantSpeed": {
            "chilled pump": _pump(chilled, "chilled"),
            "condenser pump": _pump(condenser, "condenser")},
        "SetpointManager:Scheduled": {"chilled setpoint": {
            "control_variable": "Temperature", "schedule_name": "chilled setpoint",
            "setpoint_node_or_nodelist_name": "chilled supply"}},
        "SetpointManager:FollowOutdoorAirTemperature": {"condenser setpoint": {
            "control_variable": "Temperature", "reference_temperature_type": "OutdoorAirWetBulb",
            "offset_temperature_difference": plant.condenser_water_approach_k,
            "maximum_setpoint_temperature": plant.condenser_water_max_c,
            "minimum_setpoint_temperature": plant.condenser_water_min_c,
            "setpoint_node_or_nodelist_name": "condenser supply"}},
        "Schedule:Constant": {"chilled setpoint": constant(plant.chilled_water_temp_c)},
    }
    for part in (_chiller(scenario, chiller), _tower(scenario),
                 _loop("chilled", "PlantLoop", chilled, ("chiller", "Chiller:Electric:EIR", "chiller inlet"),
                       ("coil", "Coil:Cooling:Water", "coil water inlet", "coil water outlet")),
                 _loop("condenser", "CondenserLoop", condenser, ("tower", "CoolingTower:VariableSpeed", "tower inlet"),
                       ("chiller", "Chiller:Electric:EIR", "chiller condenser inlet", "chiller condenser outlet"))):
        for kind, named in part.items():
            objects.setdefault(kind, {}).update(named)
    return objects


def _pump(pump: CondenserPump | Pump, name: str) -> dict[str, Any]:
    flow_m3_s = pump.rated_kg_s / _WATER_KG_M3
    power_w = (pump.power_kw if isinstance(pump, Pump) else pump.rated_kw) * 1e3
    return {
        "inlet_node_name": f"{name} pump inlet", "outlet_node_name": f"{name} pump outlet",
        "design_flow_rate": flow_m3_s,
        "design_pump_head": power_w * pump.heat_to_fluid_frac * _PUMP_EFFICIENCY_FRAC / flow_m3_s,
        "design_power_consumption": power_w, "motor_efficiency": pump.heat_to_fluid_frac,
        "fraction_of_motor_inefficiencies_to_fluid_stream": 0.0, "pump_control_type": "Intermittent"}


def _chiller(scenario: Scenario, part: ChillerPart) -> Objects:
    group = next(iter(scenario.plant.chiller.values()))
    if part.model != "eir" or part.cooling != "water":
        raise ValueError(f"{part.name} is {part.kind}; only water-cooled EIR chillers are written for EnergyPlus")

    def surface(c: list[float]) -> dict[str, float]:
        return {"coefficient1_constant": c[0], "coefficient2_x": c[1], "coefficient3_x_2": c[2], "coefficient4_y": c[3],
                "coefficient5_y_2": c[4], "coefficient6_x_y": c[5], "minimum_value_of_x": part.leaving_min_c,
                "maximum_value_of_x": part.leaving_max_c, "minimum_value_of_y": part.condenser_min_c,
                "maximum_value_of_y": part.condenser_max_c}

    return {
        "Chiller:Electric:EIR": {"chiller": {
            "reference_capacity": (group.rated_kw or part.rated_kw) * 1e3, "reference_cop": group.cop or part.cop,
            "reference_leaving_chilled_water_temperature": part.leaving_c,
            "reference_entering_condenser_fluid_temperature": part.entering_c,
            "reference_chilled_water_flow_rate": scenario.plant.chilled_pump.rated_kg_s / _WATER_KG_M3,
            "reference_condenser_fluid_flow_rate":
                scenario.plant.condenser_pump.rated_kg_s / _WATER_KG_M3 * _CONDENSER_MARGIN,
            "cooling_capacity_function_of_temperature_curve_name": "chiller capacity",
            "electric_input_to_cooling_output_ratio_function_of_temperature_curve_name": "chiller temperature",
            "electric_input_to_cooling_output_ratio_function_of_part_load_ratio_curve_name": "chiller part load",
            "minimum_part_load_ratio": group.plr_min, "maximum_part_load_ratio": group.plr_max,
            "optimum_part_load_ratio": group.plr_max, "minimum_unloading_ratio": max(group.plr_unload, group.plr_min),
            "chilled_water_inlet_node_name": "chiller inlet", "chilled_water_outlet_node_name": "chiller outlet",
            "condenser_inlet_node_name": "chiller condenser inlet",
            "condenser_outlet_node_name": "chiller condenser outlet", "condenser_type": "WaterCooled",
            "fraction_of_compressor_electric_consumption_rejected_by_condenser": 1.0,
            "leaving_chilled_water_lower_temperature_limit": 1.0, "chiller_flow_mode": "NotModulated"}},
        "Curve:Biquadratic": {"chiller capacity": surface(part.capft), "chiller temperature": surface(part.eirft)},
        "Curve:Cubic": {"chiller part load": {
            "coefficient1_constant": part.eirfplr[0], "coefficient2_x": part.eirfplr[1],
            "coefficient3_x_2": part.eirfplr[2], "coefficient4_x_3": part.eirfplr[3],
            "minimum_value_of_x": 0.0, "maximum_value_of_x": 1.2}},
    }


def _tower(scenario: Scenario) -> Objects:
    cell = next(iter(scenario.plant.tower.values()))
    exponent = {"coefficient1_constant": 0.0, "coefficient2_constant": 1.0, "coefficient3_constant": cell.fan_exponent,
                "minimum_value_of_x": 0.0, "maximum_value_of_x": 1.0}
    return {
        "CoolingTower:VariableSpeed": {"tower": {
            "water_inlet_node_name": "tower inlet", "water_outlet_node_name": "tower outlet",
            "model_type": "YorkCalc", "design_inlet_air_wet_bulb_temperature": cell.wet_bulb_c,
            "design_approach_temperature": cell.approach_k, "design_range_temperature": cell.range_k,
            "design_water_flow_rate": cell.water_kg_s * cell.count / _WATER_KG_M3,
            "design_air_flow_rate": cell.air_m3_s * cell.count, "design_fan_power": cell.fan_kw * cell.count * 1e3,
            "fan_power_ratio_function_of_air_flow_rate_ratio_curve_name": "tower fan",
            "minimum_air_flow_rate_ratio": cell.min_speed_frac,
            "fraction_of_tower_capacity_in_free_convection_regime": cell.free_convection_frac,
            "evaporation_loss_mode": "SaturatedExit", "drift_loss_percent": cell.drift_frac * 100.0,
            "blowdown_calculation_mode": "ConcentrationRatio", "blowdown_concentration_ratio": cell.cycles}},
        "Curve:Exponent": {"tower fan": exponent},
    }


def _loop(
    name: str, kind: str, pump: CondenserPump | Pump, supply: tuple[str, str, str], demand: tuple[str, str, str, str]
) -> Objects:
    """One water loop: pump → machine → supply pipe; on the other side the consumer between two pipes."""
    machine, machine_kind, machine_in = supply
    user, user_kind, user_in, user_out = demand
    machine_out = f"{machine} outlet"
    flow_m3_s = pump.rated_kg_s / _WATER_KG_M3
    plant = kind == "PlantLoop"
    side = "plant_side" if plant else "condenser_side"
    branches = {
        f"{name} pump branch": ("Pump:ConstantSpeed", f"{name} pump", f"{name} pump inlet", f"{name} pump outlet"),
        f"{name} machine branch": (machine_kind, machine, machine_in, machine_out),
        f"{name} supply branch": ("Pipe:Adiabatic", f"{name} supply pipe", f"{name} pipe inlet", f"{name} supply"),
        f"{name} demand inlet branch": ("Pipe:Adiabatic", f"{name} demand inlet pipe", f"{name} demand inlet",
                                   f"{name} to user"),
        f"{name} user branch": (user_kind, user, user_in, user_out),
        f"{name} demand outlet branch": ("Pipe:Adiabatic", f"{name} demand outlet pipe", f"{name} from user",
                                         f"{name} demand outlet"),
    }
    if plant:  # what the coil's valve does not take returns by itself: the pump's flow is constant
        branches[f"{name} bypass branch"] = ("Pipe:Adiabatic", f"{name} bypass pipe", f"{name} bypass inlet",
                                             f"{name} bypass outlet")
    return {"Branch": {label: {"components": [{
        "component_object_type": b[0], "component_name": b[1], "component_inlet_node_name": b[2],
        "component_outlet_node_name": b[3]}]} for label, b in branches.items()},
        "Pipe:Adiabatic": {b[1]: {"inlet_node_name": b[2], "outlet_node_name": b[3]}
                           for b in branches.values() if b[0] == "Pipe:Adiabatic"},
        **_connections(name, list(branches)), **_scheme(name, machine_kind, machine, plant=plant),
        kind: {f"{name} loop": {
            "fluid_type": "Water",
            f"{'plant' if plant else 'condenser'}_equipment_operation_scheme_name": f"{name} schemes",
            f"{'' if plant else 'condenser_'}loop_temperature_setpoint_node_name": f"{name} supply",
            "maximum_loop_temperature": 60.0, "minimum_loop_temperature": 3.0, "maximum_loop_flow_rate": flow_m3_s,
            "minimum_loop_flow_rate": 0.0,
            f"{side}_inlet_node_name": f"{name} pump inlet", f"{side}_outlet_node_name": f"{name} supply",
            f"{side}_branch_list_name": f"{name} supply branches",
            f"{side}_connector_list_name": f"{name} supply connectors",
            "demand_side_inlet_node_name": f"{name} demand inlet",
            "demand_side_outlet_node_name": f"{name} demand outlet",
            f"{'' if plant else 'condenser_'}demand_side_branch_list_name": f"{name} demand branches",
            f"{'' if plant else 'condenser_'}demand_side_connector_list_name": f"{name} demand connectors",
            "load_distribution_scheme": "SequentialLoad"}}}


def _connections(name: str, labels: list[str]) -> Objects:
    sides = {"supply": labels[:3], "demand": labels[3:6]}
    bypass = labels[6:]
    objects: Objects = {"BranchList": {}, "ConnectorList": {}, "Connector:Splitter": {}, "Connector:Mixer": {}}
    for side, (first, middle, last) in sides.items():
        label = f"{name} {side}"
        parallel = [middle, *(bypass if side == "demand" else [])]
        objects["BranchList"][f"{label} branches"] = {
            "branches": [{"branch_name": branch} for branch in (first, *parallel, last)]}
        objects["ConnectorList"][f"{label} connectors"] = {
            "connector_1_object_type": "Connector:Splitter", "connector_1_name": f"{label} splitter",
            "connector_2_object_type": "Connector:Mixer", "connector_2_name": f"{label} mixer"}
        objects["Connector:Splitter"][f"{label} splitter"] = {
            "inlet_branch_name": first, "branches": [{"outlet_branch_name": branch} for branch in parallel]}
        objects["Connector:Mixer"][f"{label} mixer"] = {
            "outlet_branch_name": last, "branches": [{"inlet_branch_name": branch} for branch in parallel]}
    return objects


def _scheme(name: str, machine_kind: str, machine: str, *, plant: bool) -> Objects:
    return {
        "CondenserEquipmentList" if not plant else "PlantEquipmentList": {f"{name} machines": {"equipment": [
            {"equipment_object_type": machine_kind, "equipment_name": machine}]}},
        "PlantEquipmentOperation:CoolingLoad": {f"{name} operation": {
            "load_range_1_lower_limit": 0.0, "load_range_1_upper_limit": 1e9,
            "range_1_equipment_list_name": f"{name} machines"}},
        "PlantEquipmentOperationSchemes" if plant else "CondenserEquipmentOperationSchemes": {f"{name} schemes": {
            "control_scheme_1_object_type": "PlantEquipmentOperation:CoolingLoad",
            "control_scheme_1_name": f"{name} operation", "control_scheme_1_schedule_name": "always"}},
    }
