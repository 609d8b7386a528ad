"""Sky panels, their place on the roof, and the plant's intake over it: keys act, and what cannot be is refused."""

from __future__ import annotations

import pytest

from twin.errors import ScenarioError
from twin.facility.build import build_facility
from twin.scenario.features import facility_channels
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario

PANELS = {"plant.sky_panels.area_m2": 200.0, "plant.sky_panels.water_kg_s": 20.0, "plant.sky_panels.pump_kw": 1.0}
TANK = {**PANELS, "plant.sky_panels.tank.volume_m3": 100.0, "plant.sky_panels.tank.rated_kg_s": 5.0}


def test_panels_become_arrays_and_precool_the_chilled_water() -> None:
    facility = build_facility(load_scenario("dh1-none", PANELS), 0.0)
    p = facility.params
    assert p.panels["area_m2"].tolist() == [200.0]
    assert p.panels["solar_absorptance_frac"][0] == pytest.approx(0.04)
    assert p.panels["pump_w"][0] == 1000.0
    assert p.water["panels"].tolist() == [1, 0]
    without = build_facility(load_scenario("dh1-none"), 0.0).params
    assert len(without.panels) == 0
    assert without.water["panels"].tolist() == [0, 0]


def test_panels_shade_their_share_of_the_roof() -> None:
    bare = build_facility(load_scenario("dh1-none"), 0.0).params.surfaces
    under = build_facility(load_scenario("dh1-none", PANELS), 0.0).params.surfaces  # 200 of 600 m²
    assert under["solar_absorptance_frac"][0] == pytest.approx(2.0 / 3.0 * bare["solar_absorptance_frac"][0])
    assert under["emissivity_frac"][0] == pytest.approx(2.0 / 3.0 * bare["emissivity_frac"][0])
    elsewhere = load_scenario("dh1-none", {**PANELS, "plant.sky_panels.on_roof": False})
    beside = build_facility(elsewhere, 0.0).params.surfaces
    assert (beside == bare).all()


def test_the_roof_is_only_so_large() -> None:
    with pytest.raises(ScenarioError, match=r"finds no room: the roof has 600 m², at most 420"):
        load_scenario("dh1-none", {**PANELS, "plant.sky_panels.area_m2": 500.0})
    load_scenario("dh1-none", {**PANELS, "plant.sky_panels.area_m2": 500.0, "plant.sky_panels.on_roof": False})


def test_panels_need_water_and_a_coating_that_exists() -> None:
    with pytest.raises(ScenarioError, match="serves nothing"):
        load_scenario("tblock-qingyuan", {**PANELS, "plant.sky_panels.on_roof": False})
    with pytest.raises(ScenarioError, match="no such coating"):
        load_scenario("dh1-none", {**PANELS, "plant.sky_panels.coating": "nanox"})


def test_intake_over_the_roof() -> None:
    keys = {"plant.intake.share_frac": 0.3, "plant.intake.air_m3_s": 100.0}
    f = build_facility(load_scenario("tblock-qingyuan", keys), 0.0).params.facility
    density = float(f["air_density_std_kg_m3"][0])
    assert f["intake_m2k_w"][0] == pytest.approx(0.3 * 525.0 / (density * 1006.0 * 100.0))
    f = build_facility(load_scenario("tblock-qingyuan", {**keys, "plant.intake.roof_m2": 100.0}), 0.0).params.facility
    assert f["intake_m2k_w"][0] == pytest.approx(0.3 * 100.0 / (density * 1006.0 * 100.0))
    assert build_facility(load_scenario("tblock-qingyuan"), 0.0).params.facility["intake_m2k_w"][0] == 0.0


def test_night_tank_becomes_arrays_and_channels() -> None:
    scenario = load_scenario("dh1-none", {**TANK, "plant.sky_panels.tank.first": "tank"})
    p = build_facility(scenario, 0.0).params
    assert p.sky_tanks["water_kg"].tolist() == [pytest.approx(99_900.0)]
    assert p.sky_tanks["charge_c"].tolist() == [5.0]
    assert p.sky_tanks["discharge_last_hour"].tolist() == [20.0]
    assert p.panels["tank_first"].tolist() == [1]
    assert p.panels["charge_margin_k"].tolist() == [3.0]
    assert p.panels["draw_margin_k"].tolist() == [1.0]
    names = {c.name for c in facility_channels(scenario.hall, scenario.plant)}
    assert {"plant.sky_charge_kw", "plant.sky_tank_kw", "plant.sky_tank_c"} <= names
    without = load_scenario("dh1-none", PANELS)
    assert len(build_facility(without, 0.0).params.sky_tanks) == 0
    assert not {c.name for c in facility_channels(without.hall, without.plant)} & {"plant.sky_tank_kw"}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("charge_last_hour", 20.0, "is never charged"),
        ("discharge_last_hour", 8.0, "is never discharged"),
        ("discharge_last_hour", 22.0, "overlap"),
        ("volume_m3", 0.0, "volume_m3 = 0"),
        ("charge_c", 2.0, "charge_c = 2"),
        ("charge_margin_k", 0.0, "charge_margin_k = 0"),
        ("draw_margin_k", 0.0, "draw_margin_k = 0"),
        ("first", "chillers", "'return', 'tank'"),
        ("volume", 10.0, "volume_m3"),
    ],
)
def test_night_tanks_that_cannot_be(key: str, value: object, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        load_scenario("dh1-none", {**TANK, f"plant.sky_panels.tank.{key}": value})


def test_a_tank_needs_panels_and_an_event_needs_a_tank() -> None:
    with pytest.raises(ScenarioError, match=r"plant\.sky_panels\.area_m2"):
        load_scenario("dh1-none", {"plant.sky_panels.tank.volume_m3": 100.0, "plant.sky_panels.tank.rated_kg_s": 5.0})
    for keys, target, said in (
        ({}, "plant.sky_panels", "no sky panels"), (PANELS, "plant.sky_panels.tank", "no night tank"),
    ):
        trip = {"kind": "trip", "at_h": 1.0, "duration_h": 1.0, "target": target}
        with pytest.raises(ScenarioError, match=said):
            load_scenario("dh1-none", {**keys, "events": [trip]})


def test_small_panels_with_a_tank_are_advised_against() -> None:
    def advice(**keys: object) -> str:
        scenario = load_scenario("sky-panels-night", {f"plant.sky_panels.{name}": keys[name] for name in keys})
        return " ".join(outline(scenario).warnings)

    assert "no time to spare" not in advice()
    assert "no time to spare" in advice(area_m2=350.0)
