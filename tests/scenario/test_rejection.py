"""Keys of towers, dry coolers and thermosyphon act, and a rating that no machine meets is refused."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from twin_kernels.rejector import ADIABATIC, DRY, MERKEL, YORK
from twin_kernels.thermosyphon import thermosyphon_heat_w
from twin_kernels.york import york_water_ratio_rated

from twin.errors import ScenarioError
from twin.facility.rejection import thermosyphon_params, tower_params
from twin.scenario.plant import Plant
from twin.scenario.rejection import DryCooler, Pad, Thermosyphon, Tower

TOWER = {"water_kg_s": 54.89, "air_m3_s": 40.0, "fan_kw": 15.0}
COOLER = {
    "rated_kw": 500.0, "entering_c": 24.0, "dry_bulb_c": 5.0, "water_kg_s": 30.0, "air_m3_s": 100.0, "fan_kw": 20.0}


def plant(**parts: object) -> Plant:
    """A plant of these parts only."""
    return Plant(**parts)


def test_towers_come_before_dry_coolers_in_the_order_of_the_file() -> None:
    p = tower_params(plant(
        tower={"a": Tower(count=2, **TOWER), "b": Tower(law="merkel", **TOWER)},
        dry_cooler={"c": DryCooler(), "d": DryCooler(count=2, pad=Pad())}))
    assert p["kind"].tolist() == [YORK, YORK, MERKEL, DRY, ADIABATIC, ADIABATIC]
    assert (p["available"] == 1).all()
    assert p["water_ratio_rated"][0] == york_water_ratio_rated(25.6, 3.9, 5.6)
    assert (p["ua_w_k"][2:] > 0.0).all()
    assert len(tower_params(plant())) == 0


def test_dry_cooler_is_the_bac_machine_unless_told_otherwise() -> None:
    p = tower_params(plant(dry_cooler={"a": DryCooler()}))
    assert p["fan_rated_w"][0] == 117680.0
    assert p["water_rated_kg_s"][0] == pytest.approx(2.931e6 / 5.56 / 4186.0)
    more = tower_params(plant(dry_cooler={"a": DryCooler(air_m3_s=2.0 * float(p["air_rated_m3_s"][0]))}))
    assert more["ua_w_k"][0] < p["ua_w_k"][0]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"law": "merkel"}, "kind"), ({"basin_heater_w_k": 500.0}, "basin_heater_w_k"),
     ({"basin_heater_c": 4.0}, "basin_heater_c")])
def test_keys_of_towers_act(change: dict[str, object], field: str) -> None:
    plain = tower_params(plant(tower={"a": Tower(**TOWER)}))
    changed = tower_params(plant(tower={"a": Tower(**TOWER, **change)}))
    assert plain[field][0] != changed[field][0]


@pytest.mark.parametrize(
    ("key", "value"),
    [("rated_kw", 2000.0), ("dry_bulb_c", 30.0), ("entering_c", 48.0), ("leaving_c", 41.0), ("air_m3_s", 900.0),
     ("fan_kw", 90.0), ("fan_exponent", 2.8), ("min_speed_frac", 0.3), ("free_convection_frac", 0.1),
     ("air_film_frac", 0.5), ("pad", Pad())])
def test_keys_of_dry_coolers_act(key: str, value: object) -> None:
    plain = tower_params(plant(dry_cooler={"a": DryCooler()}))
    assert plain[0] != tower_params(plant(dry_cooler={"a": DryCooler(**{key: value})}))[0]


@pytest.mark.parametrize(
    "change",
    [{"effectiveness": 0.7}, {"depth_m": 0.2, "face_m2": 100.0}, {"above_c": 25.0}, {"when": "above"}, {"cycles": 5.0}])
def test_keys_of_pads_act(change: dict[str, object]) -> None:
    plain = tower_params(plant(dry_cooler={"a": DryCooler(pad=Pad())}))
    assert plain[0] != tower_params(plant(dry_cooler={"a": DryCooler(pad=Pad(**change))}))[0]


def test_thermosyphon_meets_its_rating() -> None:
    assert len(thermosyphon_params(plant())) == 0
    p = thermosyphon_params(plant(thermosyphon=Thermosyphon(**COOLER)))
    assert thermosyphon_heat_w(p[0], 24.0, 1.0, 30.0, 5.0, 101325.0) == pytest.approx(5e5, rel=1e-9)


@pytest.mark.parametrize(
    ("key", "value"),
    [("rated_kw", 450.0), ("entering_c", 25.0), ("dry_bulb_c", 4.0), ("water_kg_s", 35.0), ("air_m3_s", 110.0),
     ("fan_kw", 15.0), ("fan_exponent", 2.8), ("min_speed_frac", 0.3), ("free_convection_frac", 0.1),
     ("evaporator_frac", 0.42), ("riser_frac", 0.1), ("evaporator_water_frac", 0.6), ("min_drive_k", 3.0),
     ("pump_frac", 0.01)])
def test_keys_of_the_thermosyphon_act(key: str, value: float) -> None:
    plain = thermosyphon_params(plant(thermosyphon=Thermosyphon(**COOLER)))
    assert plain[0] != thermosyphon_params(plant(thermosyphon=Thermosyphon(**{**COOLER, key: value})))[0]


def test_ratings_that_nothing_meets_are_refused_together() -> None:
    starved = {**TOWER, "air_m3_s": 5.0}
    with pytest.raises(ScenarioError) as caught:
        tower_params(plant(tower={"a": Tower(law="merkel", **starved)}, dry_cooler={"b": DryCooler(air_m3_s=20.0)}))
    assert [p.where for p in caught.value.problems] == [
        "plant.tower.a.air_m3_s = 5.0", "plant.dry_cooler.b.air_m3_s = 20.0"]
    with pytest.raises(ScenarioError) as caught:
        thermosyphon_params(plant(thermosyphon=Thermosyphon(**{**COOLER, "water_kg_s": 5.0, "air_m3_s": 10.0})))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("make", [
    lambda: Tower(**TOWER, wet_bulb_c=28.0), lambda: Pad(depth_m=0.3), lambda: DryCooler(leaving_c=30.0),
    lambda: DryCooler(entering_c=40.0), lambda: Thermosyphon(**{**COOLER, "entering_c": 8.0}),
    lambda: Thermosyphon(**COOLER, evaporator_frac=0.8, riser_frac=0.3)])
def test_contradictions_are_refused(make: object) -> None:
    with pytest.raises(ValidationError):
        make()  # type: ignore[operator]
    assert Tower(**TOWER, wet_bulb_c=28.0, law="merkel").wet_bulb_c == 28.0


def test_pads_own_water_is_bled_by_its_own_cycles() -> None:
    p = tower_params(plant(dry_cooler={"a": DryCooler(pad=Pad(cycles=4.0))}))
    assert np.array_equal(p["cycles"], [4.0])
