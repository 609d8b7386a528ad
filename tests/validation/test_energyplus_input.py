"""The EnergyPlus input is derived from the scenario: its numbers, its references, and what it refuses."""

from __future__ import annotations

import json

import pytest

from twin.errors import ScenarioError
from twin.scenario.read import load_scenario
from twin.validation.energyplus.model import OUTPUTS, build_epjson, refusals


def build(name="dh1-none", **overrides):
    return build_epjson(load_scenario(name, {"site.weather": "greensboro-tmy3", **overrides}))


def only(objects, kind):
    assert len(objects[kind]) == 1
    return next(iter(objects[kind].values()))


@pytest.mark.parametrize("name", ["dh1-none", "dh1-air", "dh1-const", "dh1-b20"])
def test_shipped_halls_can_be_built(name):
    objects = build(name)
    json.dumps(objects, allow_nan=False)
    assert only(objects, "Version")["version_identifier"].startswith("25.2")


def test_numbers_come_from_the_scenario():
    objects = build()
    racks = only(objects, "ElectricEquipment:ITE:AirCooled")
    assert racks["watts_per_unit"] == 1e6
    assert racks["design_fan_power_input_fraction"] == 0.08
    assert only(objects, "Chiller:Electric:EIR")["reference_capacity"] == 1.25e6
    assert only(objects, "Fan:VariableVolume")["maximum_flow_rate"] == pytest.approx(75.0)
    tower = only(objects, "CoolingTower:VariableSpeed")
    assert (tower["design_fan_power"], tower["design_air_flow_rate"]) == (15e3, 40.0)
    assert only(objects, "SetpointManager:FollowOutdoorAirTemperature")["minimum_setpoint_temperature"] == 21.0


def test_ups_loss_becomes_the_published_efficiency():
    """0.94 (0.93 + 0.14 u − 0.07 u²), as the reference hall was described."""
    curve = build()["Curve:Quadratic"]["ups efficiency"]
    found = [curve["coefficient1_constant"], curve["coefficient2_x"], curve["coefficient3_x_2"]]
    assert found == pytest.approx([0.94 * 0.93, 0.94 * 0.14, -0.94 * 0.07], abs=1e-12)


def test_ups_load_is_counted_from_its_own_rating():
    """At half the rating's load, EnergyPlus (u = 1 of design IT power) must find the loss at u = 0.5."""
    curve = build(**{"power.ups.rated_kw": 2000.0})["Curve:Quadratic"]["ups efficiency"]
    found = curve["coefficient1_constant"] + curve["coefficient2_x"] + curve["coefficient3_x_2"]
    assert found == pytest.approx(0.94 * (0.93 + 0.14 * 0.5 - 0.07 * 0.25), abs=1e-12)


@pytest.mark.parametrize(("key", "value", "kind", "field", "expected"), [
    ("plant.supply_air_temp_c", 22.0, "Schedule:Constant", ("supply setpoint", "hourly_value"), 22.0),
    ("plant.chilled_water_temp_c", 14.0, "Schedule:Constant", ("chilled setpoint", "hourly_value"), 14.0),
    ("hall.return_air_temp_c", 35.0, "Schedule:Constant", ("hall setpoint", "hourly_value"), 35.0),
    ("plant.condenser_water_min_c", 18.0, "SetpointManager:FollowOutdoorAirTemperature",
     ("condenser setpoint", "minimum_setpoint_temperature"), 18.0),
    ("envelope.roof.r_m2k_w", 4.0, "Material:NoMass", ("roof layer", "thermal_resistance"), 4.0),
    ("envelope.roof.solar_absorptance_frac", 0.05, "Material:NoMass", ("roof layer", "solar_absorptance"), 0.05),
    ("envelope.wall.r_m2k_w", 3.0, "Material:NoMass", ("wall layer", "thermal_resistance"), 3.0),
    ("hall.it_rated_kw", 800.0, "ElectricEquipment:ITE:AirCooled", ("racks", "watts_per_unit"), 8e5),
    ("run.first_weekday", "friday", "RunPeriod", ("year", "day_of_week_for_start_day"), "Friday"),
])
def test_every_fixed_path_acts(key, value, kind, field, expected):
    name, entry = field
    assert build(**{key: value})[kind][name][entry] == expected
    assert build()[kind][name][entry] != expected


def test_other_outside_emissivity_keeps_the_inner_one():
    """A coated roof needs two layers, because a massless layer has one emissivity for both faces."""
    objects = build(**{"envelope.roof.emissivity_frac": 0.95})
    layers = [objects["Construction"]["roof"][key] for key in ("outside_layer", "layer_2")]
    found = [objects["Material:NoMass"][layer]["thermal_absorptance"] for layer in layers]
    assert found == [0.95, 0.9]
    assert sum(objects["Material:NoMass"][layer]["thermal_resistance"] for layer in layers) == pytest.approx(3.0)


def test_economiser_only_where_asked():
    assert only(build(), "Controller:OutdoorAir")["economizer_control_type"] == "NoEconomizer"
    dampers = only(build("dh1-air"), "Controller:OutdoorAir")
    assert dampers["economizer_control_type"] == "DifferentialDryBulb"
    assert dampers["economizer_maximum_limit_dewpoint_temperature"] == 11.0


def test_every_schedule_and_curve_that_is_named_exists():
    objects = build("dh1-air")
    named = {name.lower() for kind in objects for name in objects[kind]}
    for kind in objects:
        for fields in objects[kind].values():
            for key, value in fields.items():
                if key.endswith(("schedule_name", "curve_name", "_list_name")) and isinstance(value, str):
                    assert value.lower() in named, f"{kind}.{key} = {value}"


def test_every_node_of_a_loop_is_left_once_and_entered_once():
    branches = build()["Branch"]
    inlets = [part["component_inlet_node_name"] for branch in branches.values() for part in branch["components"]]
    outlets = [part["component_outlet_node_name"] for branch in branches.values() for part in branch["components"]]
    assert len(set(inlets)) == len(inlets)
    assert len(set(outlets)) == len(outlets)


def test_every_output_is_asked_for_once():
    asked = [(fields["key_value"], fields["variable_name"]) for fields in build()["Output:Variable"].values()]
    assert sorted(asked) == sorted((key, variable) for key, variable, _ in OUTPUTS.values())


def test_what_energyplus_cannot_express_is_refused_all_at_once():
    scenario = load_scenario("chilled-water-greensboro")
    problems = refusals(scenario)
    assert {problem.where for problem in problems} >= {"plant.chiller", "plant.water_economiser", "workload"}
    with pytest.raises(ScenarioError) as caught:
        build_epjson(scenario)
    assert caught.value.problems == problems


def test_reference_halls_are_not_refused():
    assert refusals(load_scenario("dh1-b20", {"site.weather": "greensboro-tmy3"})) == []


@pytest.mark.parametrize(("name", "where"), [
    ("direct-liquid", "hall.liquid"), ("direct-liquid", "plant.facility_water"), ("rear-door", "hall.rear_door"),
    ("air-cooled-chiller", "plant.dry_cooler"), ("thermosyphon-hybrid", "plant.thermosyphon"),
])
def test_what_it_cannot_express_is_refused_by_name(name, where):
    assert where in [problem.where for problem in refusals(load_scenario(name))]
    with pytest.raises(ScenarioError, match=f"{where} "):
        build(name)


@pytest.mark.parametrize(("changes", "where"), [
    ({"plant.tank": {"volume_m3": 300.0, "rated_kg_s": 20.0}}, "plant.tank, plant.ice"),
    ({"plant.tower.main.law": "merkel"}, "plant.tower.law"),
    ({"plant.tower.main.basin_heater_w_k": 50.0}, "plant.tower.basin_heater_w_k"),
])
def test_single_things_that_it_cannot_express(changes, where):
    assert where in [problem.where for problem in refusals(load_scenario("dh1-none", changes))]
