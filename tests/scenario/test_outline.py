"""What ``twin check`` says of every shipped scenario: heat followed along its connections, sizes, no false alarm."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest

from twin.channels import FEATURES, channels_of
from twin.scenario.connections import heat_paths
from twin.scenario.dx_checks import dx_outdoor_warnings
from twin.scenario.features import features_of
from twin.scenario.heat_split import HeatSplit, air_wanted_m3_s, heat_split
from twin.scenario.outline import outline
from twin.scenario.path_text import paths_text
from twin.scenario.read import load_scenario
from twin.scenario.shipped import shipped_names
from twin.scenario.toml import scenario_text


def told(name: str, **changes: Any) -> tuple[dict[str, str], str]:
    """Lines and warnings of a scenario."""
    found = outline(load_scenario(name, {key.replace("__", "."): value for key, value in changes.items()}))
    return dict(found.lines), "\n".join(found.warnings)


def split_of(name: str, heat_kw: float, **changes: Any) -> HeatSplit:
    scenario = load_scenario(name, {key.replace("__", "."): value for key, value in changes.items()})
    return heat_split(heat_kw, scenario.hall, scenario.plant)


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_has_an_outline(name: str) -> None:
    lines, warnings = told(name)
    assert lines["rated IT power"].endswith("kW")
    for wrong in ("it will run hot", "coils are rated", "towers reject", "distribution units", "facility water gives"):
        assert wrong not in warnings
    scenario = load_scenario(name)
    if scenario.hall.cooling == "water":
        assert lines["connections"].endswith("→ outdoors")


def test_racks_with_less_than_a_server_and_fans_without_power_are_doubted() -> None:
    _, warnings = told("dh1-none", hall__it_rated_kw=0.001)
    assert "rated IT power of 0.001 kW is 0.01 W a rack, less than one server: is hall.it_rated_kw in kW?" in warnings
    _, warnings = told("dh1-none", hall__crah__main__pressure_pa=0.0)
    assert "the fans of hall.crah.main take no power: pressure_pa = 0" in warnings
    for name in shipped_names():
        assert not any(words in told(name)[1] for words in ("less than one server", "take no power", "is not used"))


def test_optics_that_a_coating_replaces_are_said_where_both_are_given() -> None:
    absorptance = {"envelope.roof.solar_absorptance_frac": 0.3}
    warnings = "\n".join(outline(load_scenario("tblock-qingyuan-coated", absorptance)).warnings)
    assert "envelope.roof.solar_absorptance_frac = 0.3 is not used: the coating baso4-paint takes its place" in warnings
    own = {"extends": "dh1-none", "envelope": {"wall": {"coating": "baso4-paint", "emissivity_frac": 0.8}}}
    assert "envelope.wall.emissivity_frac = 0.8 is not used" in "\n".join(outline(load_scenario(own)).warnings)
    bare = {**absorptance, "envelope.roof.coating": "bare"}
    for changes in (bare, {}):
        assert "is not used" not in "\n".join(outline(load_scenario("tblock-qingyuan-coated", changes)).warnings)


def test_a_note_outlives_a_change_and_a_scenario_written_out_has_none() -> None:
    noted = load_scenario("tblock-qingyuan-coated", {"envelope.roof.solar_absorptance_frac": 0.3})
    assert load_scenario(noted, {"run.seed": 4}).notes == noted.notes != ()
    assert load_scenario(tomllib.loads(scenario_text(noted))).notes == ()


def test_heat_splits_into_coolant_and_air() -> None:
    """Two rows of 280 of 308 weights; processors are 0.86 of the rating, 0.8 of their heat goes into coolant."""
    split = split_of("direct-liquid", 2030.0)
    rated_kw = 2000.0 * 280.0 / 308.0
    assert split.liquid_kw == pytest.approx(rated_kw * (1.0 - 0.08 - 0.06) * 0.8)
    saved_kw = rated_kw * 0.06 * (1.0 - 0.4)  # fans that liquid-cooled servers do without
    assert split.air_kw == pytest.approx(2030.0 - split.liquid_kw - saved_kw)
    assert split.door_kw == 0.0
    assert split.total_kw == pytest.approx(2030.0 - saved_kw)


def test_immersed_servers_leave_the_air_only_what_is_not_theirs() -> None:
    split = split_of("immersion", 2030.0)
    rated_kw = 2000.0 * 280.0 / 308.0
    assert split.liquid_kw == pytest.approx(rated_kw * 0.94)
    assert split.air_kw == pytest.approx(2030.0 - rated_kw)


def test_doors_take_the_exhaust_down_to_their_target_and_never_more_than_there_is() -> None:
    split = split_of("rear-door", 1000.0)
    assert 0.0 < split.door_kw < 1000.0
    assert split.door_kw + split.air_kw == pytest.approx(1000.0)
    warm = split_of("rear-door", 1000.0, hall__rear_door__leaving_air_temp_c=45.0)
    assert warm.door_kw < split.door_kw
    weak = split_of("rear-door", 1000.0, hall__rear_door__effectiveness_frac=0.1)
    assert weak.door_kw < split.door_kw


def test_liquid_cooled_servers_want_less_air() -> None:
    cooled, more = (load_scenario("direct-liquid", {"hall.liquid.cold_plate.air_frac": frac}) for frac in (0.4, 0.8))
    assert air_wanted_m3_s(more.hall) > air_wanted_m3_s(cooled.hall)
    tanks = load_scenario("immersion")
    assert air_wanted_m3_s(tanks.hall) < air_wanted_m3_s(cooled.hall)


@pytest.mark.parametrize(("name", "changes", "says"), [
    ("direct-liquid", {"hall.liquid.cdu.main.rated_kw": 200.0}, "distribution units are rated for 800 kW"),
    ("direct-liquid", {"plant.tower.warm.count": 1}, "facility water gives off 770 kW"),
    ("direct-liquid", {"plant.facility_water.pump.rated_kg_s": 20.0}, "its pumps are rated for 20 kg/s"),
    ("direct-liquid", {"hall.liquid.technology_water_temp_c": 29.0}, "its valves will stand open"),
    ("direct-liquid", {"plant.chiller.main.count": 1}, "less than the 715 kW of chilled water"),
    ("direct-liquid", {"plant.tower.chilled.count": 1}, "towers reject 656 kW"),
    ("immersion", {"plant.dry_cooler.warm.count": 2}, "2 dry coolers, 1100 kW at 30 °C outside"),
    ("air-cooled-chiller", {"plant.chiller.main.count": 1}, "chillers carry"),
    ("rear-door", {"hall.rear_door.leaving_air_temp_c": 35.0}, "less than the air's"),
])  # fmt: skip
def test_what_is_too_small_is_said(name: str, changes: dict[str, Any], says: str) -> None:
    found = outline(load_scenario(name, changes)).warnings
    assert any(says in text for text in found), found


def test_connections_in_short() -> None:
    scenario = load_scenario("thermosyphon-hybrid")
    text = paths_text(heat_paths(scenario.hall, scenario.plant))
    assert "cdu.main → facility water → reuse + thermosyphon + exchanger → tower.warm → outdoors" in text
    lines, _ = told("air-cooled-chiller")
    assert lines["chillers"].endswith("air-cooled")
    assert lines["heat rejection"] == "3 dry coolers, 1110 kW at 5 °C outside"


def test_a_facility_has_the_channels_of_its_features() -> None:
    liquid, doors, dx = (load_scenario(name) for name in ("thermosyphon-hybrid", "rear-door", "air-economiser-dx"))
    of = features_of(liquid.hall, liquid.plant)
    assert of == {"water", "liquid", "facility", "thermosyphon", "reuse"}
    names = {channel.name for channel in channels_of(of)}
    assert {"liquid.chip_max_c", "plant.facility_kg_s", "plant.thermosyphon_kw", "plant.reuse_kw"} <= names
    assert not {"plant.store_kw", "crah.door_kw", "iec.dx_kw", "dx.power_kw"} & names
    assert features_of(doors.hall, doors.plant) == {"water", "door"}
    assert features_of(dx.hall, dx.plant) == {"dx"}
    everything = {channel.name for channel in channels_of(FEATURES)}
    assert names < everything
    plain = {channel.name for channel in channels_of(())}
    assert not any(name.startswith(("liquid.", "plant.facility", "plant.chill")) for name in plain)


def test_dx_units_outside_their_flow_are_said() -> None:
    """A hut with half of its air through each of two units, of a part rated for 0.066 m³/s a kW."""
    assert "curves are rated for" not in told("edge-hall")[1]
    wrong = {"hall__dx__unit__part": "energyplus-curve-i", "hall__dx__unit__air_m3_s": 0.7}
    _, warnings = told("edge-hall", **wrong)
    assert "DX units of hall.dx.unit blow 0.35 m³/s each at full load, 0.38 of the 0.924 m³/s" in warnings
    assert "valid for 0.6 … 1.8 of it" in warnings
    assert "curves are rated for" not in told("edge-hall", **wrong, hall__dx__unit__min_speed_frac=0.8)[1]
    fixed = {**wrong, "hall__fan__mode": "fixed", "hall__fan__fixed_speed_frac": 0.75}
    assert "0.57 of the 0.924 m³/s" in told("edge-hall", **fixed)[1]
    for name in shipped_names():
        assert "curves are rated for" not in told(name)[1]


def test_weather_outside_the_curves_is_said() -> None:
    hall = load_scenario("edge-hall").hall
    (line,) = dx_outdoor_warnings(hall, np.array([5.0, *[20.0] * 9]))
    assert "valid for 10 … 50 °C outdoors; 10 % of the hours" in line
    assert not list(dx_outdoor_warnings(hall, np.full(10, 20.0)))


def test_a_few_days_with_a_store_are_doubted() -> None:
    few = "2 days are few for the night tank"
    assert few in told("sky-panels-night", run__duration_days=2.0)[1]
    assert "are few for" not in told("sky-panels-night", run__duration_days=10.0)[1]
    assert "are few for" not in told("sky-panels", run__duration_days=2.0)[1]
