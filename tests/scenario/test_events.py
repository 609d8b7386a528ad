"""Events in a scenario: read, written, inherited, set from outside, and all that is wrong with them at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from twin.errors import ScenarioError
from twin.scenario.assumptions import assumptions
from twin.scenario.events import EVENT_KINDS
from twin.scenario.explain import key_paths
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.scenario.targets import trip_targets
from twin.scenario.toml import scenario_text

GREENSBORO = "chilled-water-greensboro"
ONE_EACH: list[dict[str, Any]] = [
    {"kind": "trip", "target": "plant.chiller.main-1", "at_h": 1.0, "duration_h": 2.0},
    {"kind": "fouling", "target": "plant.tower", "remaining_frac": 0.8, "ramp_h": 100.0, "at_h": 3.0},
    {"kind": "filter", "target": "hall.crah.north", "pressure_factor": 1.5, "per_year": 4.0, "repair_mean_h": 500.0},
    {"kind": "sensor", "target": "hall.supply_c", "bias": -1.0, "at_h": 0.0},
    {"kind": "sensor", "target": "hall.supply_c", "dropout": True, "at_h": 0.0},
    {"kind": "load_step", "delta_frac": 0.2, "at_h": 3.0},
    {"kind": "load_step", "target": "hall.rows.a", "delta_frac": 0.2, "at_h": 3.0},
    {"kind": "setpoint", "target": "plant.supply_air_temp_c", "value": 20.0, "at_h": 5.0},
    {"kind": "grid_outage", "per_year": 2.0, "repair_mean_h": 1.0, "generator": False},
]


def test_there_is_one_of_each() -> None:
    assert {event["kind"] for event in ONE_EACH} == set(EVENT_KINDS)
    for kind, model in EVENT_KINDS.items():
        assert model.model_fields["kind"].annotation.__args__ == (kind,)  # type: ignore[union-attr]


def test_toml_round_trip() -> None:
    scenario = load_scenario(GREENSBORO, {"events": ONE_EACH})
    assert [event.kind for event in scenario.events] == [event["kind"] for event in ONE_EACH]
    text = scenario_text(scenario)
    assert text.count("[[events]]") == len(ONE_EACH)
    assert load_scenario(tomllib.loads(text)) == scenario
    assert load_scenario(scenario) == scenario


def test_a_child_replaces_its_parents_events(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(
        f'extends = "{GREENSBORO}"\n[[events]]\nkind = "grid_outage"\nat_h = 1.0\n[[events]]\nkind = "load_step"\n'
        "delta_frac = 0.1\nat_h = 2.0\n"
    )
    (tmp_path / "child.toml").write_text('extends = "base.toml"\n[run]\nseed = 5\n')
    (tmp_path / "other.toml").write_text(
        'extends = "base.toml"\n[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = 1.0\n'
    )
    (tmp_path / "none.toml").write_text('events = []\nextends = "base.toml"\n')
    for name, kinds in {"child": ["grid_outage", "load_step"], "other": ["trip"], "none": []}.items():
        assert [event.kind for event in load_scenario(tmp_path / f"{name}.toml").events] == kinds


def test_set_takes_a_list_of_tables() -> None:
    scenario = load_scenario(GREENSBORO, ['events=[{kind="trip", target="hall.crah.north-1", at_h=1.0}]'])
    assert scenario.events[0].at_h == 1.0
    assert load_scenario(scenario, ["events=[]"]).events == []
    with pytest.raises(ScenarioError, match=r"events is a value and has no keys of its own"):
        load_scenario(scenario, ["events.1.at_h=2.0"])


def test_everything_wrong_is_said_at_once() -> None:
    """Faults of single keys do not hide what is wrong between events and the rest."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(GREENSBORO, {"events": [
            {"kind": "trip", "target": "hall.crah", "at_h": -1.0},
            {"kind": "trip", "target": "hall.crah.nroth", "at_h": 1.0},
            {"kind": "setpoint", "target": "supply_air_c", "value": 99.0, "at_h": 1e4},
            {"kind": "nothing", "at_h": 1.0},
            {"kind": "grid_outage", "at_h": 1.0, "colour": "red"},
        ], "plant.staging.wait_s": "long"})
    places = [problem.where.split(" ")[0] for problem in caught.value.problems]
    assert sorted(places) == [
        "events.1.at_h", "events.2.target", "events.3.at_h", "events.3.value", "events.4", "events.5.colour",
        "plant.staging.wait_s",
    ]


def test_events_that_touch_but_do_not_overlap_are_fine() -> None:
    first = {"kind": "trip", "target": "hall.crah", "at_h": 1.0, "duration_h": 2.0}
    scenario = load_scenario(GREENSBORO, {"events": [
        first, {**first, "at_h": 3.0}, {**first, "target": "hall.crah.north"},
        {"kind": "trip", "target": "hall.crah", "per_year": 1.0, "repair_mean_h": 1.0},
        {"kind": "load_step", "delta_frac": 0.1, "at_h": 1.0}, {"kind": "load_step", "delta_frac": 0.2, "at_h": 1.0},
    ]})
    assert len(scenario.events) == 6


@pytest.mark.parametrize(("name", "event", "says"), [
    ("tblock-qingyuan", {"kind": "setpoint", "target": "chilled_water_c", "value": 15.0}, "no water to cool"),
    ("tblock-qingyuan", {"kind": "sensor", "target": "plant.chilled_supply_c", "bias": 1.0}, "no such sensor"),
    ("tblock-qingyuan", {"kind": "trip", "target": "plant.chiller.main"}, "this plant has no chillers"),
    ("tblock-qingyuan", {"kind": "trip", "target": "hall.crah"}, "no chilled-water air handlers"),
    (GREENSBORO, {"kind": "sensor", "target": "iec.dx_kw", "bias": 1.0}, "no such sensor without indirect"),
    (GREENSBORO, {"kind": "setpoint", "target": "fan_speed_frac", "value": 0.5}, "does not hold it, only 'fixed' does"),
    ("dh1-none", {"kind": "trip", "target": "hall.humidity"}, "no humidifier"),
])  # fmt: skip
def test_what_a_plant_does_not_have_is_refused(name: str, event: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        load_scenario(name, {"events": [{**event, "at_h": 1.0}]})


def test_assumed_defaults_of_events_are_told() -> None:
    told = assumptions(load_scenario(GREENSBORO, {"events": [{"kind": "grid_outage", "at_h": 1.0, "battery_s": 60.0}]}))
    mine = [text for text in told if text.startswith("events.1.")]
    assert any("generator_start_s = 60.0 s" in text for text in mine)
    assert not any("battery_s" in text for text in mine)


def test_twin_check_counts_events() -> None:
    assert dict(outline(load_scenario(GREENSBORO, {"events": ONE_EACH})).lines)["events"] == "7 timed and 2 random"
    assert dict(outline(load_scenario(GREENSBORO, {"events": ONE_EACH[:1]})).lines)["events"] == "1 timed"
    assert "events" not in dict(outline(load_scenario(GREENSBORO)).lines)


def test_targets_of_trips() -> None:
    scenario = load_scenario(GREENSBORO)
    targets = trip_targets(scenario.hall, scenario.plant)
    assert len(targets["hall.crah"]) == 12
    assert targets["hall.crah.north"] == tuple(f"hall.crah.north-{i}" for i in range(1, 7))
    assert targets["plant.chilled_water_pump"] == ("plant.chilled_water_pump",)
    dry = load_scenario("dh1-none")
    assert "hall.humidity" not in trip_targets(dry.hall, dry.plant)
    module = load_scenario("tblock-qingyuan")
    targets = trip_targets(module.hall, module.plant)
    group = next(iter(module.hall.iec))
    assert targets[f"hall.iec.{group}.dx"] == tuple(f"{unit}.dx" for unit in targets[f"hall.iec.{group}"])
    assert len(targets["hall.iec"]) == module.hall.modules * sum(unit.count for unit in module.hall.iec.values())
    assert not any(name.startswith("plant.") for name in targets)


def test_keys_of_events_are_known_to_hints() -> None:
    assert "events.at_h" in key_paths()
    assert "events" in Scenario.model_fields


ODD: list[Any] = [
    None, True, 0, -1, 1e308, float("nan"), float("inf"), "", "x" * 500, "hall.crah\x00", [], [1.0], {}, {"a": 1},
]


def outcome(events: list[Any]) -> Scenario | ScenarioError:
    try:
        return load_scenario("dh1-none", {"events": events})
    except ScenarioError as error:
        return error


@pytest.mark.parametrize("event", ONE_EACH, ids=[event["kind"] for event in ONE_EACH])
def test_whatever_stands_in_an_event_is_read_or_refused(event: dict[str, Any]) -> None:
    """Every key with every odd value, and without it; also one key too many."""
    for name in (*event, "surplus"):
        for odd in ODD:
            changed = {**event, name: odd} if odd is not None else {k: v for k, v in event.items() if k != name}
            found = outcome([changed, {**ONE_EACH[0], "target": "plant.chiller"}])
            if isinstance(found, Scenario):
                assert load_scenario(tomllib.loads(scenario_text(found))) == found
            else:
                assert all(problem.where and problem.what for problem in found.problems)
                assert "\x00" not in str(found)


def test_one_table_instead_of_a_list_is_told_how_to_write_it(tmp_path: Path) -> None:
    path = tmp_path / "hall.toml"
    path.write_text(f'extends = "{GREENSBORO}"\n[events]\nkind = "grid_outage"\nat_h = 1.0\n')
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)
    assert "must be a list of tables: [[events]]" in str(refused.value)


def test_an_event_that_rounds_to_the_end_of_the_run_is_refused() -> None:
    """Events act at whole seconds: what would fall on the end would silently never happen."""
    def outage(at_h: float) -> dict[str, Any]:
        return {"run.duration_days": 1.0, "events": [{"kind": "grid_outage", "at_h": at_h}]}

    assert load_scenario(GREENSBORO, outage(23.9997)).events
    with pytest.raises(ScenarioError, match="inside the run"):
        load_scenario(GREENSBORO, outage(23.9999))


def test_false_for_a_table_is_told_how_to_do_without() -> None:
    with pytest.raises(ScenarioError, match='write "none" to do without'):
        load_scenario("tblock-qingyuan", {"hall.iec.cooling.dx": False})
    assert load_scenario("tblock-qingyuan", {"hall.iec.cooling.dx": "none"}).hall.iec["cooling"].dx is None


def test_a_fifth_of_the_hall_air_is_enough_outdoor_air() -> None:
    """12 / 5 m³/s are a fifth, whatever binary fractions make of it; the plates must be rated for it."""
    keys = {"hall.iec.cooling.secondary_air_m3_s": 2.4, "hall.iec.cooling.plates.dry_effectiveness_frac": 0.2}
    with pytest.raises(ScenarioError) as refused:
        load_scenario("tblock-qingyuan", keys)
    assert "must lie between a fifth" not in str(refused.value)


@pytest.mark.parametrize(("event", "step_s", "warned"), [
    ({"kind": "grid_outage", "at_h": 1.0}, 300, True), ({"kind": "grid_outage", "at_h": 1.0}, 120, False),
    ({"kind": "trip", "target": "hall.crah", "at_h": 1.0}, 300, True),
    ({"kind": "trip", "target": "hall.crah.north-1", "at_h": 1.0}, 300, False),
])
def test_steps_too_long_for_what_happens_in_minutes_are_told(event: dict[str, Any], step_s: int, warned: bool) -> None:
    keys = {"events": [event], "run.step_s": step_s, "run.control_interval_s": 600}
    assert any("servers may seem to switch off" in text
               for text in outline(load_scenario(GREENSBORO, keys)).warnings) == warned
