"""Plants that cannot be built are refused in plain words, with the place; plants that are too small warn and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from twin.cli import app
from twin.errors import ScenarioError
from twin.facility.water_systems import water_systems
from twin.scenario.connections import heat_paths
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario
from twin.scenario.shipped import shipped_names

_ICE = {"capacity_kwh": 500.0, "rated_kg_s": 10.0}
_TANK = {"volume_m3": 100.0, "rated_kg_s": 10.0}
_AIR = {"part": "constant-second-law-air", "rated_kw": 500.0}

#: name: (scenario, what is laid over it, [(place, words)] of every problem, in order)
REFUSED: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]]]] = {
    "one unit on two waters": (
        "direct-liquid",
        {"plant.connections": {"hall.liquid.cdu.main": ["plant.facility_water", "plant.chilled_water"]}},
        [("plant.connections.'hall.liquid.cdu.main'", "give facility water or chilled water, not both")]),
    "one tower twice": (
        "direct-liquid",
        {"plant.connections": {"plant.condenser_water": ["plant.tower.chilled", "plant.tower.chilled"]}},
        [("plant.connections.'plant.condenser_water'", "the same component twice")]),
    "units that need no connection": (
        "air-economiser-dx", {"plant.connections": {"hall.dx.crac": ["outdoors"]}},
        [("plant.connections.'hall.dx.crac'", "gives its heat to the outdoors by itself")]),
    # a loop without a pump
    "coils without pump": (
        "chilled-water-greensboro", {"plant.chilled_water_pump": "none"},
        [("plant.chilled_water_pump", "the coils of hall.crah need chilled water, and no loop runs without")]),
    "chillers without condenser pump": (
        "chilled-water-greensboro", {"plant.condenser_water_pump": "none"},
        [("plant.condenser_water_pump", "no loop runs without a pump")]),
    "doors without pump": (
        "rear-door", {"plant.chilled_water_pump": "none", "hall.crah": "none", "hall.iec": {"n": {
            "count": 3, "air_m3_s": 2.5, "secondary_air_m3_s": 2.9}}},
        [("plant.chilled_water_pump", "rear doors need chilled water, and no loop runs without a pump")]),
    "an exchanger without pump": (
        "direct-liquid", {"plant.facility_water.exchanger.pump": "none"},
        [("plant.facility_water.exchanger.pump", "missing")]),
    "facility water without pump": (
        "direct-liquid", {"plant.facility_water.pump": "none"}, [("plant.facility_water.pump", "missing")]),
    # heat with nowhere to go
    "no towers": (
        "chilled-water-greensboro", {"plant.tower": "none"},
        [("plant.tower", "has nowhere to go")]),
    "no chillers": (
        "chilled-water-greensboro", {"plant.chiller": "none", "plant.water_economiser": "none"},
        [("plant.chiller", "nowhere to go")]),
    "facility water that nothing cools": (
        "immersion", {"plant.dry_cooler": "none", "plant.connections": {"plant.facility_water": []}},
        [("plant.facility_water", "heat has nowhere to go: the facility-water loop is connected to nothing")]),
    "both waters on unnamed towers": (
        "direct-liquid", {"plant.connections": {"plant.condenser_water": [], "plant.facility_water.exchanger": []}},
        [("plant.facility_water.exchanger", "say which towers or dry coolers cool it")]),
    # crossed connections
    "coils into towers": (
        "direct-liquid", {"plant.connections": {"hall.crah.wall": ["plant.tower.warm"]}},
        [("plant.connections.'hall.crah.wall' = 'plant.tower.warm'", "crossed connection: air handlers")]),
    "chiller into facility water": (
        "direct-liquid", {"plant.connections": {"plant.chiller.main": ["plant.facility_water"]}},
        [("plant.connections.'plant.chiller.main' = 'plant.facility_water'", "cannot give heat to")]),
    "air-cooled chiller into condenser water": (
        "air-cooled-chiller", {"plant.connections": {"plant.chiller.main": ["plant.condenser_water"]}},
        [("plant.connections.'plant.chiller.main' = 'plant.condenser_water'", "it goes to outdoors")]),
    "one tower for two waters": (
        "direct-liquid",
        {"plant.connections": {"plant.condenser_water": ["plant.tower.chilled", "plant.tower.warm"]}},
        [("plant.tower.warm", "it cools plant.condenser_water and plant.facility_water.exchanger at once")]),
    "chillers before the economiser": (
        "direct-liquid",
        {"plant.connections": {"plant.chilled_water": ["plant.chiller.main", "plant.water_economiser"]}},
        [("plant.connections.'plant.chilled_water'", "wrong order")]),
    "a name that is not there": (
        "direct-liquid", {"plant.connections": {"plant.condenser_water": ["plant.tower.chiled"]}},
        [("plant.connections.'plant.condenser_water' = 'plant.tower.chiled'", "did you mean 'plant.tower.chilled'")]),
    "a tower that serves nothing": (
        "direct-liquid", {"plant.tower.spare": {"water_kg_s": 5.0, "air_m3_s": 5.0, "fan_kw": 1.0}},
        [("plant.tower.spare", "serves nothing")]),
    "facility water that serves nothing": (
        "direct-liquid",
        {"plant.connections": {"hall.liquid.cdu.main": ["plant.chilled_water"]}},
        [("plant.tower.warm", "serves nothing"), ("plant.facility_water", "serves nothing"),
         ("plant.facility_water.exchanger", "serves nothing")]),
    "a store without chilled water": (
        "tblock-qingyuan", {"plant.tank": _TANK}, [("plant.tank", "serves nothing")]),
    # an impossible approach
    "coolant colder than its water": (
        "direct-liquid", {"hall.liquid.technology_water_temp_c": 28.0},
        [("hall.liquid.technology_water_temp_c = 28", "above plant.facility_water.supply_temp_c = 28 °C")]),
    "coolant colder than chilled water": (
        "immersion", {"hall.liquid.technology_water_temp_c": 16.0, "plant.facility_water": "none",
                      "plant.dry_cooler": "none", "plant.connections": {
                          "hall.liquid.cdu.main": [], "plant.facility_water": []}},
        [("hall.liquid.technology_water_temp_c = 16", "above plant.chilled_water_temp_c = 17 °C")]),
    "door air colder than its water": (
        "rear-door", {"hall.rear_door.leaving_air_temp_c": 18.0},
        [("hall.rear_door.leaving_air_temp_c = 18", "no door cools air below its water")]),
    "thermosyphon without drive": (
        "thermosyphon-hybrid", {"plant.thermosyphon.entering_c": 12.0},
        [("plant.thermosyphon", "entering_c = 12.0 must be more than min_drive_k")]),
    "dry cooler below the air": (
        "immersion", {"plant.dry_cooler.warm.leaving_c": 29.0},
        [("plant.dry_cooler.warm", "water must leave colder than it enters and warmer than the air")]),
    "tank warmer than its water": (
        "chilled-water-greensboro", {"plant.tank": {**_TANK, "charge_c": 20.0}},
        [("plant.tank.charge_c = 20", "must not be above plant.chilled_water_temp_c = 16 °C")]),
    "ice from a machine whose curves end before": (
        "chilled-water-greensboro", {"plant.ice": _ICE, "plant.chiller.main.outside_box": "clamp"},
        [("plant.ice.charge_c = -4", "main cannot make it: the curves of constant-second-law end at 6 °C")]),
    # machines that do not go together
    "air- and water-cooled chillers": (
        "chilled-water-greensboro", {"plant.chiller.air": _AIR},
        [("plant.chiller", "air-cooled (air) and water-cooled (main) machines in one plant")]),
    "towers and dry coolers on one water": (
        "chilled-water-greensboro", {"plant.dry_cooler.dry": {"rated_kw": 500.0}},
        [("plant.condenser_water", "one loop cannot follow the wet bulb and the dry bulb")]),
    "two machines of one name": (
        "direct-liquid",
        {"plant.tower": {"warm": "none"}, "plant.dry_cooler": {"chilled": {"rated_kw": 700.0, "count": 2}},
         "plant.connections": {"plant.facility_water.exchanger": ["plant.dry_cooler.chilled"]}},
        [("plant.dry_cooler.chilled", "a tower has this name too")]),
    "no liquid-cooled row": (
        "direct-liquid", {"hall.rows.a.liquid": False, "hall.rows.b.liquid": False},
        [("hall.liquid", "every row says liquid = false")]),
    "doors behind tanks": (
        "immersion", {"hall.rear_door": {"water_kg_s": 1.0}}, [("hall.rear_door", "tanks of oil have no exhaust air")]),
    "a unit with a blank in its name": (
        "direct-liquid", {"hall.liquid.cdu": {"b c": {}}},
        [("hall.liquid.cdu.'b c'", "names of equipment")]),
    "a store without chillers": (
        "chilled-water-greensboro", {"plant.chiller": "none", "plant.tank": {**_TANK, "charge_c": 10.0}},
        [("plant.tank", "cannot be charged")]),
}  # fmt: skip

#: Too small or unwise, and run all the same: what the warning says.
WARNED: dict[str, tuple[str, dict[str, Any], str]] = {
    "small units": (
        "direct-liquid", {"hall.liquid.cdu.main.rated_kw": 200.0},
        "distribution units are rated for 800 kW, "),
    "small facility pumps": (
        "direct-liquid", {"plant.facility_water.pump.rated_kg_s": 20.0},
        "of facility water at full load, its pumps are rated for 20 kg/s"),
    "small dry coolers": (
        "immersion", {"plant.dry_cooler.warm.count": 2}, "facility water gives off 1100 kW"),
    "water colder than towers make": (
        "direct-liquid", {"plant.facility_water.supply_temp_c": 22.0}, "(28 °C): on warm days it floats above"),
    "an approach that is missed at full load": (
        "direct-liquid", {"hall.liquid.technology_water_temp_c": 30.0},
        "above its water at 28 °C: its valves will stand open"),
    "a user who gets nothing": (
        "thermosyphon-hybrid", {"hall.liquid.reuse.delivery_c": 50.0}, "no heat will be used"),
    "brine outside the curves": (
        "chilled-water-greensboro", {"plant.ice": _ICE}, "brine at -4 °C lies outside the curves of constant-second"),
    "small air-cooled chillers": (
        "air-cooled-chiller", {"plant.chiller.main.count": 1}, "it will run hot"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place(name: str) -> None:
    base, over, expected = REFUSED[name]
    with pytest.raises(ScenarioError) as caught:
        load_scenario({"extends": base, **_nested(over)})
    found = [(problem.where, problem.what) for problem in caught.value.problems]
    assert len(found) == len(expected), found
    for (where, what), (place, words) in zip(found, expected, strict=True):
        assert where == place
        assert words in what


def _nested(over: dict[str, Any]) -> dict[str, Any]:
    """Dotted keys as tables; dots inside ``connections`` belong to names."""
    out: dict[str, Any] = {}
    for path, value in over.items():
        place = out
        *tables, last = path.split(".")
        for table in tables:
            place = place.setdefault(table, {})
        place[last] = value
    return out


def test_everything_is_said_at_once() -> None:
    over = {"hall.liquid.technology_water_temp_c": 20.0, "plant.chiller.air": _AIR,
            "plant.tank": {**_TANK, "charge_c": 20.0},
            "plant.staging": {"up_load_frac": 0.5, "down_load_frac": 0.6}, "hall.fan.fixed_speed_frac": 3.0}
    with pytest.raises(ScenarioError) as caught:
        load_scenario({"extends": "direct-liquid", **_nested(over)})
    text = str(caught.value)
    for part in ("fixed_speed_frac", "down_load_frac"):
        assert part in text, text
    over.pop("hall.fan.fixed_speed_frac")
    with pytest.raises(ScenarioError) as caught:
        load_scenario({"extends": "direct-liquid", **_nested(over)})
    places = [problem.where for problem in caught.value.problems]
    assert {place.split(" = ")[0] for place in places} == {
        "plant.staging.down_load_frac", "hall.liquid.technology_water_temp_c", "plant.chiller", "plant.tank.charge_c",
        "plant.chiller.air", "plant.tank"}  # the last two: left out of the arrows that are written


@pytest.mark.parametrize(
    ("base", "text", "words"),
    [
        ("chilled-water-greensboro", '[plant]\nchilled_water_pump = "none"', "plant.chilled_water_pump"),
        ("direct-liquid", '[plant.connections]\n"hall.crah.wall" = ["plant.tower.warm"]', "crossed connection"),
        ("rear-door", "[hall.rear_door]\nleaving_air_temp_c = 15.0", "no door cools air below its water"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "check"])
def test_the_command_line_refuses_them(base: str, text: str, words: str, verb: str, tmp_path: Path) -> None:
    path = tmp_path / "plant.toml"
    path.write_text(f'extends = "{base}"\n{text}\n', encoding="utf-8")
    result = CliRunner().invoke(app, [verb, str(path)])
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", WARNED)
def test_too_small_warns(name: str) -> None:
    base, over, words = WARNED[name]
    warnings = outline(load_scenario({"extends": base, **_nested(over)})).warnings
    assert any(words in warning for warning in warnings), warnings


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_plants_have_an_outline_and_no_small_machines(name: str) -> None:
    warnings = outline(load_scenario(name)).warnings
    assert not [text for text in warnings if "rated for" in text or "it will run hot" in text], warnings


def test_what_is_written_is_what_is_implied() -> None:
    """The usual arrangement needs no arrows: those of the shipped plant change nothing but which towers are whose."""
    written = load_scenario("direct-liquid")
    least = load_scenario({"extends": "direct-liquid", "plant": {"connections": {
        name: [] for name in written.plant.connections if name != "plant.condenser_water"}}})
    assert heat_paths(written.hall, written.plant) == heat_paths(least.hall, least.plant)


def test_a_module_has_its_own_units() -> None:
    one = load_scenario("direct-liquid")
    two = load_scenario({"extends": "direct-liquid", "hall": {
        "modules": 2, "it_rated_kw": 4000.0, "liquid": {"cdu": {"main": {"rated_kw": "none"}}}}})
    first, both = water_systems(one.hall, one.plant), water_systems(two.hall, two.plant)
    assert (len(first.cdus), len(both.cdus)) == (4, 8)
    assert both.cdu_names == [f"main-{i}" for i in range(1, 9)]
    assert both.cdus["rated_w"].sum() == pytest.approx(2.0 * 2000e3 * 28 * 10 / (28 * 10 + 14 * 2) * 0.80)
