"""Outdoor pipes, ducts and casings: keys become arrays, and what cannot be is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from twin_kernels import equipment_conduit as kinds

from twin.errors import ScenarioError
from twin.facility.build import build_facility
from twin.scenario.features import facility_channels
from twin.scenario.read import load_scenario
from twin.study.coating_plan import CoatingRequest, site_plan

PIPE = {"carries": "chilled_supply", "length_m": 100.0, "outer_diameter_m": 0.279}
DUCT = {"carries": "supply_air", "length_m": 20.0, "width_m": 2.0, "height_m": 1.0}
CASING = {"area_m2": 40.0, "air_m3_s": 20.0}


def of(kind: str, base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {f"plant.{kind}.a.{name}": value for name, value in (base | changes).items()}


def built(changes: dict[str, Any]) -> Any:
    return build_facility(load_scenario("dh1-none", changes), 0.0).params


def test_a_pipe_becomes_arrays() -> None:
    params = built(of("outdoor_pipe", PIPE, azimuth_deg=0.0, count=2))
    p = params.conduits[0]
    assert p["stream"] == kinds.CHILLED_SUPPLY
    assert p["shape"] == kinds.ROUND
    assert p["area_m2"] == pytest.approx(2.0 * math.pi * 0.279 * 100.0)
    assert p["resistance_k_w"] == pytest.approx(0.5 * math.log(0.279 / 0.219) / (2.0 * math.pi * 0.036 * 100.0))
    assert (p["axis_east"], p["axis_north"]) == (0.0, 1.0)
    assert p["solar_absorptance_frac"] == 0.65
    assert params.water["pipes"].tolist() == [1, 0]
    assert params.water["cw_pipes"].tolist() == [0, 0]
    assert len(built({}).conduits) == 0


def test_u_value_coating_and_age() -> None:
    p = built(of("outdoor_pipe", PIPE, u_w_m2k=0.5, coating="white-cool-roof", coating_age_years=3.0)).conduits[0]
    assert p["resistance_k_w"] == pytest.approx(1.0 / (0.5 * p["area_m2"]))
    new = built(of("outdoor_pipe", PIPE, coating="white-cool-roof")).conduits[0]
    assert new["solar_absorptance_frac"] < p["solar_absorptance_frac"] < 0.65
    assert new["window_emissivity_frac"] > 0.8
    bare = built(of("outdoor_pipe", PIPE, coating="bare", solar_absorptance_frac=0.2, emissivity_frac=0.3)).conduits[0]
    assert (bare["solar_absorptance_frac"], bare["far_emissivity_frac"]) == (0.2, 0.3)


def test_ducts_and_casings() -> None:
    params = built({**of("outdoor_duct", DUCT, insulation_m=0.05, inside_film_w_m2k=20.0), **of("casing", CASING)})
    duct, casing = params.conduits
    assert duct["area_m2"] == pytest.approx(120.0)
    assert duct["resistance_k_w"] == pytest.approx((0.05 / 0.036 + 1.0 / 20.0) / 120.0)
    assert (duct["shape"], casing["shape"]) == (kinds.BOX, kinds.BODY)
    assert casing["stream"] == kinds.OUTDOOR_AIR
    assert casing["resistance_k_w"] == pytest.approx(1.0 / (10.0 * 40.0))
    density = float(params.facility["air_density_std_kg_m3"][0])
    assert casing["flow_w_k"] == pytest.approx(density * 1006.0 * 20.0)


def test_the_view_of_the_sky_is_a_tilt() -> None:
    wide, narrow = (built(of("outdoor_pipe", PIPE, sky_view_frac=view)).conduits[0]["tilt_deg"] for view in (0.6, 0.3))
    assert wide < 82.6 < narrow  # 82.6 deg: the plane that sees as much as a free lying cylinder
    assert built(of("outdoor_pipe", PIPE, sky_view_frac=0.0)).conduits[0]["tilt_deg"] == 180.0


@pytest.mark.parametrize(("changes", "what"), [
    (of("outdoor_pipe", PIPE, insulation_m=0.2), "leaves no pipe inside"),
    (of("outdoor_pipe", PIPE, u_w_m2k=0.5, insulation_m=0.03), "both given; leave one out"),
    (of("outdoor_pipe", PIPE, carries="facility_supply"), "there is no facility water"),
    (of("outdoor_pipe", PIPE, carries="steam"), "chilled_supply"),
    (of("outdoor_pipe", PIPE, coating="nanox"), "no such coating"),
    (of("outdoor_pipe", PIPE, coating_age_years=2.0), "no coating to act on"),
    (of("outdoor_pipe", PIPE, length_m=-1.0), "length_m"),
    (of("outdoor_duct", DUCT, coating="nanox"), "no such coating"),
    (of("outdoor_duct", DUCT, sky_view_frac=1.5), "sky_view_frac"),
    (of("casing", CASING, air_m3_s=0.0), "air_m3_s"),
])
def test_what_cannot_be_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(ScenarioError, match=what):
        load_scenario("dh1-none", changes)


def test_pipes_need_their_water() -> None:
    with pytest.raises(ScenarioError, match="there is no chilled water"):
        load_scenario("tblock-qingyuan", of("outdoor_pipe", PIPE))
    with pytest.raises(ScenarioError, match="there is no condenser water"):
        load_scenario("edge-hall", of("outdoor_pipe", PIPE, carries="condenser_return"))
    load_scenario("tblock-qingyuan", of("outdoor_duct", DUCT))


def test_channels_follow() -> None:
    def names(changes: dict[str, Any]) -> set[str]:
        scenario = load_scenario("dh1-none", changes)
        return {channel.name for channel in facility_channels(scenario.hall, scenario.plant)}

    assert {"plant.pipe_gain_kw", "plant.duct_gain_kw"} & names({}) == set()
    assert "plant.pipe_gain_kw" in names(of("outdoor_pipe", PIPE))
    assert "plant.duct_gain_kw" in names(of("outdoor_duct", DUCT))


def test_a_study_coats_them_all() -> None:
    both = load_scenario("dh1-none", {**of("outdoor_pipe", PIPE), **of("outdoor_duct", DUCT)})
    site = site_plan(both, CoatingRequest(coatings=["baso4-paint"], surface="outdoors", ages_years=[0.0], days=2))
    assert site.area_m2 == pytest.approx(math.pi * 27.9 + 120.0)
    coated = site.plan.sides[1].scenarios[0].plant
    assert {surface.coating for surface in coated.outdoors.values()} == {"baso4-paint"}
    assert site.plan.sides[1].scenarios[0].envelope.roof.coating is None
    drawn = {parameter.key for parameter in site.plan.uncertain}
    assert {"plant.outdoor_pipe.a.film_w_m2k", "plant.outdoor_duct.a.insulation_w_mk"} <= drawn
    with pytest.raises(Exception, match="there is nothing to coat"):
        site_plan("dh1-none", CoatingRequest(surface="outdoors", days=2))
