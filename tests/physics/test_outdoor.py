"""Outdoor pipes, ducts and casings in whole halls: books close, heat goes where it should, none changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from rig import Rig, dx_scenario, iec_scenario, liquid_scenario, small_scenario, steady_weather
from twin_kernels.constants import CP_WATER

import twin
from twin.scenario.schema import Scenario

NOON: dict[str, Any] = {
    "dry_bulb_c": 32.0, "relative_humidity": 0.5, "ghi_w_m2": 850.0, "dni_w_m2": 800.0, "dhi_w_m2": 130.0,
    "sun_up": 0.9, "sun_north": -0.436,
}
FROST: dict[str, Any] = {"dry_bulb_c": -15.0, "relative_humidity": 0.5}


def pipes(*waters: str, **keys: Any) -> dict[str, Any]:
    """30 m there and back of each water, bare metal unless ``keys`` say otherwise."""
    run = {"length_m": 30.0, "outer_diameter_m": 0.1} | ({} if "u_w_m2k" in keys else {"insulation_m": 0.0}) | keys
    return {"plant": {"outdoor_pipe": {
        f"{water}-{way}": {"carries": f"{water}_{way}", **run} for water in waters for way in ("supply", "return")}}}


def ducts(*ways: str, **keys: Any) -> dict[str, Any]:
    run = {"length_m": 10.0, "width_m": 1.2, "height_m": 0.8, "insulation_m": 0.0} | keys
    return {"plant": {"outdoor_duct": {way: {"carries": f"{way}_air", **run} for way in ways}}}


def run(scenario: Scenario, scene: Mapping[str, Any], steps: int = 90, load: float = 0.6) -> Rig:
    weather = steady_weather(steps=steps, **scene)
    rig = Rig(scenario, weather)
    rig.run(weather, load, 60.0)
    return rig


HALLS: dict[str, tuple[Callable[..., Scenario], dict[str, Any]]] = {
    "chilled": (small_scenario, pipes("chilled")),
    "condenser": (small_scenario, pipes("condenser")),
    "no volumes": (small_scenario, {"plant": {
        **pipes("chilled", "condenser")["plant"], "chilled_water_volume_m3": 0.0, "condenser_water_volume_m3": 0.0}}),
    "facility": (liquid_scenario, pipes("facility", "chilled")),
    "ducts of coils": (small_scenario, ducts("supply", "return")),
    "ducts of evaporative units": (iec_scenario, ducts("supply", "return")),
    "ducts of DX units": (dx_scenario, ducts("supply", "return")),
    "casings": (iec_scenario, {"plant": {"casing": {"a": {"area_m2": 30.0, "air_m3_s": 8.0}}}}),
    "doors": (small_scenario, {"hall": {"rear_door": {"water_kg_s": 0.5, "effectiveness_frac": 0.6}},
                               **ducts("supply", "return")}),
}


@pytest.mark.parametrize("name", HALLS)
@pytest.mark.parametrize("scene", [NOON, FROST], ids=["noon", "frost"])
def test_books_close(name: str, scene: dict[str, Any]) -> None:
    make, changes = HALLS[name]
    weather = steady_weather(steps=40, **scene)
    rig = Rig(make(changes), weather)
    for i, record in enumerate(weather):
        rig.audited_step(record, 0.2 + 0.02 * i, 60.0 if i % 3 else 300.0)
    gain_w = float(rig.ledger["conduit_in_w"])
    if name == "casings":
        assert gain_w == 0.0  # it warms the outdoor air before the books begin
    else:
        assert gain_w * (1.0 if scene is NOON else -1.0) > 50.0


def test_heat_of_the_pipes_is_what_the_water_says() -> None:
    rig = run(small_scenario(pipes("chilled", insulation_m=0.02)), NOON)
    y, v = rig.state.plant[0], rig.state.water[0]
    flow_w_k = y["chw_kg_s"] * CP_WATER
    assert y["pipe_w"] == pytest.approx(flow_w_k * (v["chw_return_c"] - v["chw_supply_c"]) - y["taken_w"], rel=1e-9)
    by_pipe = rig.state.conduits["conductance_w_k"] * (
        rig.state.conduits["rest_c"] - [v["chw_supply_c"], v["chw_return_c"]])
    # short pipes: the exponential's bend is half the rise over the distance from rest, below 3 %
    assert y["pipe_w"] == pytest.approx(by_pipe.sum(), rel=0.03)


def test_chillers_take_the_pipes_heat_and_the_meters_say_so() -> None:
    alone, piped = run(small_scenario(), NOON), run(small_scenario(pipes("chilled")), NOON)
    m, before = piped.state.meters[0], alone.state.meters[0]
    added_j = m["chiller_load_j"] + m["wse_j"] - before["chiller_load_j"] - before["wse_j"]
    # warmer water to the coils asks for more of it: pumps add their heat
    assert added_j == pytest.approx(float(m["pipe_gain_j"]), rel=0.05)
    assert m["chiller_j"] > before["chiller_j"]
    row_kw = float(piped.state.plant["pipe_w"][0]) * 1e-3
    assert row_kw > 1.0


def test_frost_cools_the_water_for_nothing() -> None:
    alone, piped = run(small_scenario(), FROST), run(small_scenario(pipes("chilled")), FROST)
    assert piped.state.meters["pipe_gain_j"][0] < 0.0
    assert piped.state.meters["wse_j"][0] < alone.state.meters["wse_j"][0]


def test_ducts_warm_the_racks_and_not_the_units() -> None:
    alone, out = run(iec_scenario(), NOON), run(iec_scenario(ducts("supply")), NOON)
    assert out.f["supply_c"] == pytest.approx(float(alone.f["supply_c"]), abs=0.1)  # the units hold their air
    x = out.air
    rise_k = float(out.ledger["conduit_in_w"]) / float(x["supply_kg_s"]) / 1020.0
    assert rise_k > 0.3
    # racks draw 6 % from the room at least, which is warmer too
    assert out.f["inlet_mean_c"] - alone.f["inlet_mean_c"] == pytest.approx(rise_k, abs=0.5)
    back = run(iec_scenario(ducts("return")), NOON)
    assert back.state.meters["duct_gain_j"][0] > 0.0
    assert back.f["inlet_mean_c"] == pytest.approx(float(alone.f["inlet_mean_c"]), abs=0.5)


def test_casings_warm_what_the_plant_breathes() -> None:
    sunny = run(iec_scenario({"plant": {"casing": {"a": {"area_m2": 30.0, "air_m3_s": 8.0}}}}), NOON)
    c = sunny.state.conduits[0]
    flow_w_k = float(sunny.params.conduits["flow_w_k"][0])
    rise_k = (1.0 - np.exp(-c["conductance_w_k"] / flow_w_k)) * c["above_k"]
    assert float(sunny.air["outdoor_c"]) == pytest.approx(32.0 + rise_k, abs=1e-9)
    assert 0.05 < rise_k < 1.0
    shiny = run(iec_scenario({"plant": {"casing": {
        "a": {"area_m2": 30.0, "air_m3_s": 8.0, "coating": "baso4-paint"}}}}), NOON)
    assert shiny.air["outdoor_c"] < sunny.air["outdoor_c"]


def test_a_coating_and_insulation_each_take_off_gain() -> None:
    def gain_j(**keys: Any) -> float:
        return float(run(small_scenario(pipes("chilled", **keys)), NOON, steps=20).state.meters["pipe_gain_j"][0])

    bare = gain_j()
    assert gain_j(coating="white-cool-roof") < bare
    assert gain_j(coating="baso4-paint") < gain_j(coating="baso4-paint", coating_age_years=3.0)
    assert gain_j(insulation_m=0.03) < 0.2 * bare
    assert gain_j(u_w_m2k=1e-6) == pytest.approx(0.0, abs=1.0)


def test_perfect_insulation_is_no_pipe() -> None:
    alone, piped = run(small_scenario(), NOON), run(small_scenario(pipes("chilled", u_w_m2k=1e-12)), NOON)
    for name in ("chiller_j", "chw_pump_j", "heat_rejection_fan_j", "it_j", "coil_j"):
        assert piped.state.meters[name][0] == pytest.approx(alone.state.meters[name][0], rel=1e-9)


def test_nothing_without_conduits() -> None:
    rig = run(small_scenario(), NOON, steps=5)
    assert len(rig.state.conduits) == 0
    assert (rig.params.water["pipes"] == 0).all()
    assert (rig.params.water["cw_pipes"] == 0).all()
    assert rig.ledger["conduit_in_w"] == 0.0


@pytest.mark.parametrize("length_m", [35.0, 400.0])
def test_a_return_duct_of_any_length_is_stable(length_m: float) -> None:
    """Its own rise of the last step is taken off before it is aimed anew, so nothing feeds on itself."""
    keys = {"carries": "return_air", "length_m": length_m, "width_m": 0.6, "height_m": 0.4, "insulation_m": 0.0}
    done = twin.run("edge-hall", overrides={
        "run.start_day": 200.0, "run.duration_days": 0.5, **{f"plant.outdoor_duct.s.{k}": v for k, v in keys.items()}})
    gain_kw, air_c = done.column("plant.duct_gain_kw"), done.column("hall.return_c")
    assert np.isfinite(gain_kw).all()
    assert np.abs(np.diff(gain_kw[60:])).max() < 2.0  # follows the day, does not swing
    assert 10.0 < air_c.min() < air_c.max() < 75.0
    assert done.summary["closure"]["energy_rel"] < 1e-9
