"""The hall of a scenario as EnergyPlus objects: building, servers, and the air side down to the coil."""

from __future__ import annotations

from typing import Any

from twin.scenario.schema import Scenario

__all__ = ["AIR_NODES", "Objects", "air_side_objects", "building_objects", "constant", "server_objects"]

#: EnergyPlus input: object type → object name → fields.
Objects = dict[str, dict[str, dict[str, Any]]]

ZONE = "hall"
#: Nodes of the air loop, in the order the air meets them.
AIR_NODES = {
    "zone": "hall air", "zone_return": "hall return", "return": "air loop return", "outdoor": "outdoor air",
    "relief": "relief air", "mixed": "mixed air", "coil_out": "coil air outlet", "supply": "supply air",
    "demand_in": "hall supply duct", "terminal_in": "terminal inlet", "zone_in": "hall inlet",
}
_BIG = 1e6


def constant(value: float) -> dict[str, Any]:
    """Fields of a constant schedule.

    Parameters
    ----------
    value : float
        Any unit.

    Returns
    -------
    dict
    """
    return {"schedule_type_limits_name": "any", "hourly_value": value}


def building_objects(scenario: Scenario) -> Objects:
    """Building, zone, six surfaces and fixed surface convection.

    Parameters
    ----------
    scenario : Scenario
        Hall and envelope are read.

    Returns
    -------
    Objects

    Notes
    -----
    Walls and roof without mass, slab adiabatic below, long side east–west. Convection is fixed; long-wave
    exchange outside is EnergyPlus's own.
    """
    envelope, hall = scenario.envelope, scenario.hall
    inner = envelope.inner_emissivity_frac
    layers: dict[str, list[str]] = {}
    nomass: dict[str, dict[str, Any]] = {}
    for kind, surface in (("wall", envelope.wall), ("roof", envelope.roof)):
        # a massless layer has one emissivity for both faces: where they differ it takes two
        emissivities = {f"{kind} layer": surface.emissivity_frac}
        if surface.emissivity_frac != inner:
            emissivities[f"{kind} lining"] = inner
        layers[kind] = list(emissivities)
        for layer, emissivity in emissivities.items():
            nomass[layer] = {
                "roughness": "MediumRough", "thermal_resistance": surface.r_m2k_w / len(emissivities),
                "thermal_absorptance": emissivity, "solar_absorptance": surface.solar_absorptance_frac,
                "visible_absorptance": surface.solar_absorptance_frac}
    floor = envelope.floor
    films = {
        "outside": ("AllExteriorSurfaces", "Outside", envelope.outside_film_w_m2k),
        "inside": ("AllExteriorSurfaces", "Inside", envelope.inside_film_w_m2k),
        "slab": ("AllInteriorSurfaces", "Inside", envelope.inside_film_w_m2k),
    }
    return {
        "Building": {"twin": {"terrain": "Country", "solar_distribution": "FullExterior",
                              "loads_convergence_tolerance_value": 0.001,
                              "temperature_convergence_tolerance_value": 0.01,
                              "maximum_number_of_warmup_days": 60, "minimum_number_of_warmup_days": 6}},
        "GlobalGeometryRules": {"rules": {"starting_vertex_position": "UpperLeftCorner",
                                          "vertex_entry_direction": "Counterclockwise",
                                          "coordinate_system": "World"}},
        "Zone": {ZONE: {"ceiling_height": hall.height_m, "volume": hall.length_m * hall.width_m * hall.height_m}},
        "Material:NoMass": nomass,
        "Material": {"slab layer": {
            "roughness": "MediumRough", "thickness": floor.thickness_m, "conductivity": floor.conductivity_w_mk,
            "density": floor.density_kg_m3, "specific_heat": floor.heat_j_kgk, "thermal_absorptance": inner}},
        "Construction": {
            "wall": _layers(layers["wall"]), "roof": _layers(layers["roof"]), "slab": _layers(["slab layer"])},
        "BuildingSurface:Detailed": _surfaces(hall.length_m, hall.width_m, hall.height_m),
        "SurfaceProperty:ConvectionCoefficients:MultipleSurface": {
            name: {"surface_type": kind, "convection_coefficient_1_location": side,
                   "convection_coefficient_1_type": "Value", "convection_coefficient_1": value}
            for name, (kind, side, value) in films.items()},
        "Site:GroundReflectance": {"ground": {
            f"{month}_ground_reflectance": scenario.site.ground_reflectance_frac for month in _MONTHS}},
    }


_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")


def _layers(names: list[str]) -> dict[str, Any]:
    keys = ["outside_layer", "layer_2"]
    return dict(zip(keys, names, strict=False))


def _surfaces(length_m: float, width_m: float, height_m: float) -> dict[str, dict[str, Any]]:
    east, north, top = length_m, width_m, height_m

    def wall(x0: float, y0: float, x1: float, y1: float) -> dict[str, Any]:
        corners = [(x0, y0, top), (x0, y0, 0.0), (x1, y1, 0.0), (x1, y1, top)]
        return _surface("Wall", "wall", corners, outdoors=True)

    return {
        "south wall": wall(0.0, 0.0, east, 0.0),
        "east wall": wall(east, 0.0, east, north),
        "north wall": wall(east, north, 0.0, north),
        "west wall": wall(0.0, north, 0.0, 0.0),
        "roof": _surface("Roof", "roof", [(0.0, north, top), (0.0, 0.0, top), (east, 0.0, top), (east, north, top)],
                         outdoors=True),
        "slab": _surface("Floor", "slab", [(0.0, 0.0, 0.0), (0.0, north, 0.0), (east, north, 0.0), (east, 0.0, 0.0)],
                         outdoors=False),
    }


def _surface(kind: str, construction: str, corners: list[tuple[float, float, float]], *,
             outdoors: bool) -> dict[str, Any]:
    return {
        "surface_type": kind, "construction_name": construction, "zone_name": ZONE,
        "outside_boundary_condition": "Outdoors" if outdoors else "Adiabatic",
        "sun_exposure": "SunExposed" if outdoors else "NoSun",
        "wind_exposure": "WindExposed" if outdoors else "NoWind",
        "number_of_vertices": len(corners),
        "vertices": [{"vertex_x_coordinate": x, "vertex_y_coordinate": y, "vertex_z_coordinate": z}
                     for x, y, z in corners],
    }


def server_objects(scenario: Scenario) -> Objects:
    """All racks as one ``ElectricEquipment:ITE:AirCooled`` with its curves and schedule.

    Parameters
    ----------
    scenario : Scenario
        Servers, workload, air distribution and UPS are read.

    Returns
    -------
    Objects

    Notes
    -----
    The UPS's loss / rating = a + b u + c u² + d u³ becomes the efficiency 1 − b − c u − d u² (a must be zero), where
    EnergyPlus counts u from the design IT power and we from the UPS's rating.
    Processor power and air flow are bilinear in utilisation u and inlet temperature T.
    """
    server, ups = scenario.hall.server, scenario.power.ups
    at_reference = 1.0 - server.leak_per_k * server.leak_ref_c
    idle, rise = server.idle_frac, 1.0 - server.idle_frac
    linear = server.exponent == 1.0
    by_load = [idle, rise, 0.0] if linear else [idle, 0.0, rise]
    cpu = [by_load[0] * at_reference, by_load[1] * at_reference, by_load[2] * at_reference,
           by_load[0] * server.leak_per_k, 0.0, by_load[1] * server.leak_per_k]
    flow = [server.flow_base_frac, server.flow_per_util, 0.0, server.flow_per_k, 0.0, 0.0]
    air = scenario.hall.air
    share = scenario.hall.it_kw / (ups.rated_kw or scenario.hall.it_kw)
    return {
        "ElectricEquipment:ITE:AirCooled": {"racks": {
            "zone_or_space_name": ZONE, "air_flow_calculation_method": "FlowFromSystem",
            "design_power_input_calculation_method": "Watts/Unit",
            "watts_per_unit": scenario.hall.it_kw * 1e3, "number_of_units": 1,
            "design_power_input_schedule_name": "always", "cpu_loading_schedule_name": "utilisation",
            "cpu_power_input_function_of_loading_and_air_temperature_curve_name": "processor power",
            "design_fan_power_input_fraction": server.fan_share_frac,
            "design_fan_air_flow_rate_per_power_input": server.air_m3_s_per_kw * 1e-3,
            "air_flow_function_of_loading_and_air_temperature_curve_name": "server flow",
            "fan_power_input_function_of_flow_curve_name": "server fan power",
            "design_entering_air_temperature": server.leak_ref_c, "environmental_class": "None",
            "air_inlet_connection_type": "AdjustedSupply", "supply_air_node_name": AIR_NODES["zone_in"],
            "design_recirculation_fraction": air.recirculation_frac,
            "recirculation_function_of_loading_and_supply_temperature_curve_name": "recirculation",
            "design_electric_power_supply_efficiency": 1.0,
            "electric_power_supply_efficiency_function_of_part_load_ratio_curve_name": "ups efficiency",
            "fraction_of_electric_power_supply_losses_to_zone": ups.to_hall_frac,
        }},
        "Curve:Biquadratic": {
            "processor power": _plane(cpu), "server flow": _plane(flow),
            "recirculation": _plane([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])},
        "Curve:Cubic": {"server fan power": {
            "coefficient1_constant": 0.0, "coefficient2_x": 0.0, "coefficient3_x_2": 0.0, "coefficient4_x_3": 1.0,
            "minimum_value_of_x": 0.0, "maximum_value_of_x": 10.0}},
        "Curve:Quadratic": {"ups efficiency": {
            "coefficient1_constant": 1.0 - ups.loss[1], "coefficient2_x": -ups.loss[2] * share,
            "coefficient3_x_2": -ups.loss[3] * share**2, "minimum_value_of_x": 0.0, "maximum_value_of_x": 10.0}},
        "Schedule:Compact": {"utilisation": {"schedule_type_limits_name": "any", "data": _week(scenario)}},
        "Schedule:Constant": {"always": constant(1.0)},
        "ScheduleTypeLimits": {"any": {}},
    }


def _plane(c: list[float]) -> dict[str, float]:
    return {"coefficient1_constant": c[0], "coefficient2_x": c[1], "coefficient3_x_2": c[2], "coefficient4_y": c[3],
            "coefficient5_y_2": c[4], "coefficient6_x_y": c[5], "minimum_value_of_x": -_BIG,
            "maximum_value_of_x": _BIG, "minimum_value_of_y": -_BIG, "maximum_value_of_y": _BIG}


def _week(scenario: Scenario) -> list[dict[str, Any]]:
    work = scenario.workload
    fields: list[Any] = ["Through: 12/31"]
    for days, values in (("For: Weekdays", work.weekday), ("For: AllOtherDays", work.weekend)):
        fields.append(days)
        for hour, value in enumerate(values, start=1):
            fields += [f"Until: {hour:02d}:00", value]
    return [{"field": value} for value in fields]


def air_side_objects(scenario: Scenario) -> Objects:
    """Air loop: outdoor-air mixer, coil, draw-through fan, one variable-flow terminal, and their controls.

    Parameters
    ----------
    scenario : Scenario
        Air handlers, setpoints and the air-side economiser are read.

    Returns
    -------
    Objects

    Notes
    -----
    The fan holds the hall (= return) temperature by modulating flow; the coil holds the temperature after
    the fan; all fan heat warms the air.
    """
    unit = next(iter(scenario.hall.crah.values()))
    air_m3_s = unit.air_m3_s * unit.count
    node = AIR_NODES
    economiser = scenario.plant.air_economiser
    outdoor = {
        "relief_air_outlet_node_name": node["relief"], "return_air_node_name": node["return"],
        "mixed_air_node_name": node["mixed"], "actuator_node_name": node["outdoor"],
        "minimum_outdoor_air_flow_rate": 0.0, "maximum_outdoor_air_flow_rate": air_m3_s,
        "economizer_control_type": "NoEconomizer", "minimum_limit_type": "ProportionalMinimum"}
    if economiser is not None:
        outdoor |= {"economizer_control_type": "DifferentialDryBulb",
                    "economizer_maximum_limit_dewpoint_temperature": economiser.max_dew_point_c}
    coil = unit.coil
    fan = dict(zip((f"fan_power_coefficient_{k}" for k in range(1, 6)), unit.fan_curve, strict=True))
    return {
        "Fan:VariableVolume": {"supply fan": {
            "fan_total_efficiency": unit.fan_efficiency_frac, "pressure_rise": unit.pressure_pa,
            "maximum_flow_rate": air_m3_s, "fan_power_minimum_flow_rate_input_method": "Fraction",
            "fan_power_minimum_flow_fraction": 0.0, "motor_efficiency": 0.9, "motor_in_airstream_fraction": 1.0,
            **fan, "air_inlet_node_name": node["coil_out"], "air_outlet_node_name": node["supply"]}},
        "Coil:Cooling:Water": {"coil": {
            "design_water_flow_rate": coil.water_kg_s / 1e3, "design_air_flow_rate": air_m3_s,
            "design_inlet_water_temperature": coil.water_in_c, "design_inlet_air_temperature": coil.air_in_c,
            "design_outlet_air_temperature": coil.air_out_c, "design_inlet_air_humidity_ratio": 0.008,
            "design_outlet_air_humidity_ratio": 0.008, "water_inlet_node_name": "coil water inlet",
            "water_outlet_node_name": "coil water outlet", "air_inlet_node_name": node["mixed"],
            "air_outlet_node_name": node["coil_out"], "type_of_analysis": "SimpleAnalysis",
            "heat_exchanger_configuration": "CounterFlow"}},
        "Controller:WaterCoil": {"coil valve": {
            "control_variable": "Temperature", "action": "Reverse", "actuator_variable": "Flow",
            "sensor_node_name": node["coil_out"], "actuator_node_name": "coil water inlet",
            "controller_convergence_tolerance": 0.01, "maximum_actuated_flow": coil.water_kg_s / 1e3,
            "minimum_actuated_flow": 0.0}},
        "Controller:OutdoorAir": {"dampers": outdoor},
        "SetpointManager:Scheduled": {"supply setpoint": {
            "control_variable": "Temperature", "schedule_name": "supply setpoint",
            "setpoint_node_or_nodelist_name": node["supply"]}},
        "SetpointManager:MixedAir": {name: {
            "control_variable": "Temperature", "reference_setpoint_node_name": node["supply"],
            "fan_inlet_node_name": node["coil_out"], "fan_outlet_node_name": node["supply"],
            "setpoint_node_or_nodelist_name": target}
            for name, target in (("coil setpoint", node["coil_out"]), ("mixed-air setpoint", node["mixed"]))},
        "Schedule:Constant": {
            "supply setpoint": constant(scenario.plant.supply_air_temp_c),
            "hall setpoint": constant(scenario.hall.return_air_temp_c), "cooling only": constant(2.0)},
        **_air_loop(air_m3_s, unit.min_speed_frac),
    }


def _air_loop(air_m3_s: float, min_frac: float) -> Objects:
    node = AIR_NODES
    return {
        "OutdoorAir:NodeList": {"outdoor nodes": {"nodes": [{"node_or_nodelist_name": node["outdoor"]}]}},
        "OutdoorAir:Mixer": {"mixing box": {
            "mixed_air_node_name": node["mixed"], "outdoor_air_stream_node_name": node["outdoor"],
            "relief_air_stream_node_name": node["relief"], "return_air_stream_node_name": node["return"]}},
        "AirLoopHVAC:ControllerList": {
            "damper controls": {"controller_1_object_type": "Controller:OutdoorAir", "controller_1_name": "dampers"},
            "coil controls": {"controller_1_object_type": "Controller:WaterCoil", "controller_1_name": "coil valve"}},
        "AirLoopHVAC:OutdoorAirSystem:EquipmentList": {"mixing equipment": {
            "component_1_object_type": "OutdoorAir:Mixer", "component_1_name": "mixing box"}},
        "AirLoopHVAC:OutdoorAirSystem": {"outdoor air system": {
            "controller_list_name": "damper controls", "outdoor_air_equipment_list_name": "mixing equipment"}},
        "Branch": {"air branch": {"components": [
            _part("AirLoopHVAC:OutdoorAirSystem", "outdoor air system", node["return"], node["mixed"]),
            _part("Coil:Cooling:Water", "coil", node["mixed"], node["coil_out"]),
            _part("Fan:VariableVolume", "supply fan", node["coil_out"], node["supply"])]}},
        "BranchList": {"air branches": {"branches": [{"branch_name": "air branch"}]}},
        "AirLoopHVAC": {"air loop": {
            "controller_list_name": "coil controls", "design_supply_air_flow_rate": air_m3_s,
            "branch_list_name": "air branches", "supply_side_inlet_node_name": node["return"],
            "demand_side_outlet_node_name": "air demand outlet", "demand_side_inlet_node_names": node["demand_in"],
            "supply_side_outlet_node_names": node["supply"]}},
        "AirLoopHVAC:SupplyPath": {"supply path": {
            "supply_air_path_inlet_node_name": node["demand_in"],
            "components": [{"component_object_type": "AirLoopHVAC:ZoneSplitter", "component_name": "splitter"}]}},
        "AirLoopHVAC:ZoneSplitter": {"splitter": {
            "inlet_node_name": node["demand_in"], "nodes": [{"outlet_node_name": node["terminal_in"]}]}},
        "AirLoopHVAC:ReturnPath": {"return path": {
            "return_air_path_outlet_node_name": "air demand outlet",
            "components": [{"component_object_type": "AirLoopHVAC:ZoneMixer", "component_name": "mixer"}]}},
        "AirLoopHVAC:ZoneMixer": {"mixer": {
            "outlet_node_name": "air demand outlet", "nodes": [{"inlet_node_name": node["zone_return"]}]}},
        "AirTerminal:SingleDuct:VAV:NoReheat": {"terminal": {
            "air_outlet_node_name": node["zone_in"], "air_inlet_node_name": node["terminal_in"],
            "maximum_air_flow_rate": air_m3_s, "zone_minimum_air_flow_input_method": "Constant",
            "constant_minimum_air_flow_fraction": min_frac}},
        "ZoneHVAC:AirDistributionUnit": {"distribution": {
            "air_distribution_unit_outlet_node_name": node["zone_in"],
            "air_terminal_object_type": "AirTerminal:SingleDuct:VAV:NoReheat", "air_terminal_name": "terminal"}},
        "ZoneHVAC:EquipmentList": {"hall equipment": {"equipment": [{
            "zone_equipment_object_type": "ZoneHVAC:AirDistributionUnit", "zone_equipment_name": "distribution",
            "zone_equipment_cooling_sequence": 1, "zone_equipment_heating_or_no_load_sequence": 1}]}},
        "ZoneHVAC:EquipmentConnections": {"hall connections": {
            "zone_name": ZONE, "zone_conditioning_equipment_list_name": "hall equipment",
            "zone_air_inlet_node_or_nodelist_name": node["zone_in"], "zone_air_node_name": node["zone"],
            "zone_return_air_node_or_nodelist_name": node["zone_return"]}},
        "ThermostatSetpoint:SingleCooling": {"hall thermostat setpoint": {
            "setpoint_temperature_schedule_name": "hall setpoint"}},
        "ZoneControl:Thermostat": {"hall thermostat": {
            "zone_or_zonelist_name": ZONE, "control_type_schedule_name": "cooling only",
            "control_1_object_type": "ThermostatSetpoint:SingleCooling", "control_1_name": "hall thermostat setpoint"}},
    }


def _part(kind: str, name: str, inlet: str, outlet: str) -> dict[str, str]:
    return {"component_object_type": kind, "component_name": name, "component_inlet_node_name": inlet,
            "component_outlet_node_name": outlet}
