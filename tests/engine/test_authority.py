"""What actuators can do: each mark on a plant that deserves it, signs of the answers, and the same table every time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from twin.engine import actuators as table
from twin.engine import authority
from twin.engine.actuators import Actuator, actuators, spare_units
from twin.engine.authority import Point, Response, control_authority
from twin.engine.authority_table import WORDS, authority_data, authority_lines, authority_warnings
from twin.engine.physics import Physics
from twin.facility.build import build_facility
from twin.policies.check import BOUNDS
from twin.scenario.read import load_scenario
from twin.simulate import site_weather

GREENSBORO, TBLOCK = "chilled-water-greensboro", "tblock-guiyang"
#: In a balance of two settled states nothing is left but float32 rows: 1e-7 of 1.3 MW, ten terms.
ROUNDING_KW = 2e-3


def points(name: str, changes: Mapping[str, object] | None = None) -> tuple[Point, ...]:
    """The table of a shipped scenario with changes."""
    scenario = load_scenario(name, dict(changes or {}))
    weather = site_weather(scenario)
    return control_authority(scenario, build_facility(scenario, weather.altitude_m), weather)


def of(point: Point, actuator: str) -> tuple[Response, ...]:
    """The rows of an actuator: the step up, the step down; or the unit that is off."""
    return tuple(response for response in point.responses if response.actuator == actuator)


def marks(point: Point, actuator: str) -> list[str]:
    """Their marks."""
    return [response.mark for response in of(point, actuator)]


@pytest.fixture(scope="module")
def greensboro() -> tuple[Point, ...]:
    return points(GREENSBORO)


@pytest.fixture(scope="module")
def tblock() -> tuple[Point, ...]:
    return points(TBLOCK)


# --- operating points -----------------------------------------------------------------------------


def test_a_night_tank_is_left_out() -> None:
    """It would empty while everything else comes to rest, and every answer would be that."""
    design, _ = points("sky-panels-night")
    assert design.base["sky_tank_w"] == design.base["sky_charge_w"] == 0.0
    assert of(design, "fan_speed_frac")[-1].facility_kw == pytest.approx(0.0, abs=0.5)


def test_design_is_the_hour_that_35_hours_exceed(greensboro: tuple[Point, ...]) -> None:
    """0.4 % of 8760 hours; half of them are above the median."""
    design, part = greensboro
    weather = site_weather(load_scenario(GREENSBORO))
    columns = (weather.dry_bulb_c, weather.humidity_ratio, weather.pressure_pa)
    wet = np.array([authority._wet_bulb_c(*values) for values in zip(*(c.tolist() for c in columns), strict=True)])
    # rows are float32, and the wet bulb of a step is solved to 1e-3 K or better
    assert np.sum(wet > design.base["wet_bulb_c"] + 1e-2) <= 35 <= np.sum(wet > design.base["wet_bulb_c"] - 1e-2)
    assert np.sum(wet > part.base["wet_bulb_c"] + 1e-2) <= 4380 <= np.sum(wet > part.base["wet_bulb_c"] - 1e-2)
    assert (design.utilisation_frac, part.utilisation_frac) == (1.0, 0.5)
    assert design.base["utilisation_frac"] == pytest.approx(1.0)
    assert part.base["utilisation_frac"] == pytest.approx(0.5)


def test_a_dry_plant_is_designed_by_the_dry_bulb() -> None:
    """Units without spray reject heat to dry air."""
    scenario = load_scenario(TBLOCK)
    weather = site_weather(scenario)
    facility = build_facility(scenario, weather.altitude_m)
    wet = authority._hours_by_heat(facility, weather)
    facility.params.iecs["spray_available"] = 0
    dry = authority._hours_by_heat(facility, weather)
    assert weather.dry_bulb_c[dry[-1]] == weather.dry_bulb_c.max()
    assert wet.tolist() != dry.tolist()


def test_both_plants_come_to_rest(greensboro: tuple[Point, ...], tblock: tuple[Point, ...]) -> None:
    assert all(point.at_rest for point in (*greensboro, *tblock))


# --- answers --------------------------------------------------------------------------------------


def test_supply_air_moves_inlets(greensboro: tuple[Point, ...], tblock: tuple[Point, ...]) -> None:
    """An inlet is a mix of supply and warmer air: it follows by no more than the supply, and by most of it here."""
    for point in (*greensboro, *tblock):
        up, down = of(point, "supply_air_c")
        assert up.mark == "acts"
        assert up.supply_k == pytest.approx(1.0, abs=0.01)
        assert 0.5 < up.inlet_k <= up.supply_k + 0.01
        assert down.inlet_k < 0.0


def test_less_air_at_a_warmer_return_saves_fan_power(greensboro: tuple[Point, ...]) -> None:
    for point in greensboro:
        up, down = of(point, "return_air_c")
        assert up.mark == down.mark == "acts"
        assert up.facility_kw < 0.0 < down.facility_kw
        assert up.moved == pytest.approx(1.0, abs=0.01)


def test_power_is_it_cooling_and_chain(greensboro: tuple[Point, ...]) -> None:
    """Supply air warms: leakage and server fans (IT), cooling and the losses make up the change of the whole."""
    for point in greensboro:
        seen = point.base
        chain_kw = sum(seen[name] for name in ("ups_loss_w", "distribution_loss_w", "lighting_w")) / 1e3
        assert point.cooling_kw + seen["it_w"] / 1e3 + chain_kw == pytest.approx(seen["total_w"] / 1e3, abs=ROUNDING_KW)
        parts = ("crah_fan_w", "chiller_w", "chw_pump_w", "cw_pump_w", "tower_fan_w", "humidifier_w", "dehumidifier_w")
        assert point.cooling_kw == pytest.approx(sum(seen[name] for name in parts) / 1e3, abs=ROUNDING_KW)


def test_a_plant_on_the_edge_is_saturated_one_way(greensboro: tuple[Point, ...]) -> None:
    """At design the coils make 22 °C of 16 °C water and no more: colder air is asked for in vain, warmer is not."""
    design, part = greensboro
    assert marks(design, "supply_air_c") == ["acts", "saturated"]
    down = of(design, "supply_air_c")[1]
    assert down.share is not None
    assert 0.0 < down.share < 0.5
    assert marks(part, "supply_air_c") == ["acts", "acts"]


def test_the_step_of_the_scenario_does_not_matter(greensboro: tuple[Point, ...]) -> None:
    """At rest no step is left to see: answers agree to what counts as an effect.

    One may end in either of two states of rest: with chilled water of 17 °C at part load the economiser is between its
    thresholds, where it stays in free cooling or in partial mode as it comes. Both save power.
    """
    for fine, coarse in zip(greensboro, points(GREENSBORO, {"run.step_s": 300}), strict=True):
        least_kw = 1e-4 * fine.base["total_w"] / 1e3
        for one, other in zip(fine.responses, coarse.responses, strict=True):
            assert (one.actuator, one.mark) == (other.actuator, other.mark)
            if (fine.name, one.actuator, one.after) == ("part load", "chilled_water_c", 17.0):
                assert max(one.facility_kw, other.facility_kw) < -10.0
                continue
            assert one.facility_kw == pytest.approx(other.facility_kw, abs=least_kw)
            assert one.inlet_k == pytest.approx(other.inlet_k, abs=1e-3)


# --- marks ----------------------------------------------------------------------------------------


def test_what_is_not_in_use_says_why(greensboro: tuple[Point, ...], tblock: tuple[Point, ...]) -> None:
    for point in (*greensboro, *tblock):
        idle = [response for response in point.responses if response.mark == "not in use"]
        assert idle
        assert all(response.why for response in idle)
    assert set(marks(greensboro[0], "fan_speed_frac")) == {"not in use"}
    for name in ("chilled_water_c", "condenser_min_c", "condenser_max_c", "condenser_approach_k"):
        assert all(set(marks(point, name)) == {"not in use"} for point in tblock)


def test_a_fixed_fan_answers_to_its_speed_and_not_to_the_return() -> None:
    design, part = points(GREENSBORO, {"hall.fan.mode": "fixed", "hall.fan.fixed_speed_frac": 0.7})
    for point in (design, part):
        assert marks(point, "fan_speed_frac") == ["acts", "acts"]
        assert set(marks(point, "return_air_c")) == {"not in use"}
        up = of(point, "fan_speed_frac")[0]
        assert up.moved == pytest.approx(0.1, abs=1e-3)
        assert up.inlet_k < 0.0


@pytest.mark.parametrize("name", ["chilled_water_c", "supply_air_c", "return_air_c"])
def test_a_setpoint_that_the_plant_ignores_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plant that holds what the scenario says, whatever it is asked for later."""
    kept = load_scenario(GREENSBORO)
    said = {"chilled_water_c": kept.plant.chilled_water_temp_c, "supply_air_c": kept.plant.supply_air_temp_c,
            "return_air_c": kept.hall.return_air_temp_c}[name]

    class Deaf(Physics):
        def __init__(self, params: Any, state: Any, setpoints: Any, *rest: Any) -> None:
            setpoints[name] = said
            super().__init__(params, state, setpoints, *rest)

    monkeypatch.setattr(authority, "Physics", Deaf)
    found = points(GREENSBORO)
    for point in found:
        assert marks(point, name) == ["ignored", "ignored"]
    warned = [text for text in authority_warnings(found) if text.startswith("ignored")]
    assert [text for text in warned if name in text]
    assert len(warned) == len(found)


def test_an_ignored_setpoint_that_was_never_held_is_not_called_undersized(monkeypatch: pytest.MonkeyPatch) -> None:
    """Water held 2 K above what the scenario says: the step beyond what was reached tells deaf from too small."""

    class Deaf(Physics):
        def __init__(self, params: Any, state: Any, setpoints: Any, *rest: Any) -> None:
            setpoints["chilled_water_c"] = 18.0
            super().__init__(params, state, setpoints, *rest)

    monkeypatch.setattr(authority, "Physics", Deaf)
    design = points(GREENSBORO)[0]
    assert design.base["chw_supply_c"] == pytest.approx(18.0, abs=0.1)
    assert marks(design, "chilled_water_c") == ["ignored", "ignored"]


def test_chillers_that_are_too_small_are_undersized() -> None:
    design, part = points(GREENSBORO, {"plant.chiller.main.rated_kw": 200.0})
    for name in ("supply_air_c", "chilled_water_c"):
        assert marks(design, name) == ["undersized", "undersized"]
        up, down = of(design, name)
        assert up.share == pytest.approx(1.0, abs=0.1)  # stepped from what it reached, it answers
        assert down.share == pytest.approx(0.0, abs=0.1)
    assert "undersized" not in {response.mark for response in part.responses}
    assert any("supply_air_c is not held" in text for text in authority_warnings((design, part)))


def test_out_of_bounds_is_undersized_too() -> None:
    """Fifty times the load: supply air far above 35 °C cannot be asked for, so no step can show that it listens."""
    design = points(GREENSBORO, {"hall.it_rated_kw": 50000.0})[0]
    assert design.base["supply_c"] > BOUNDS["supply_air_c"][1]
    assert marks(design, "supply_air_c") == ["undersized"]


def test_fans_at_their_lowest_speed_are_saturated() -> None:
    lowest = {f"hall.crah.{group}.min_speed_frac": 0.8 for group in ("north", "south")}
    part = points(GREENSBORO, lowest)[1]
    assert part.base["crah_speed_frac"] == pytest.approx(0.8, abs=1e-3)
    up, down = of(part, "return_air_c")
    assert up.mark == "saturated"
    assert "below its setpoint" in up.why
    assert down.mark == "acts"
    assert down.after is not None
    assert down.after < part.base["return_c"]


def test_one_unit_off(greensboro: tuple[Point, ...]) -> None:
    """A chiller less at design makes the hall hot; a tower cell less only costs power; at part load all is covered."""
    design, part = greensboro
    chiller, tower = of(design, "plant.chiller.main")[0], of(design, "plant.tower.main")[0]
    assert chiller.mark == "not covered"
    assert chiller.inlet_k > 5.0
    assert tower.mark == "covered"
    assert tower.facility_kw > 0.0
    units = [response for response in part.responses if response.before is None]
    assert len(units) == 4
    assert {response.mark for response in units} <= {"covered", "not in use"}


def test_groups_that_are_switched_off() -> None:
    alone = {"plant.chiller.main.count": 1}
    found = dict(spare_units(load_scenario(GREENSBORO, alone)))  # type: ignore[arg-type]
    assert found == {
        "hall.crah.north": "hall.crah.north-1", "hall.crah.south": "hall.crah.south-1",
        "plant.chiller.main": "plant.chiller.main", "plant.tower.main": "plant.tower.main-1",
    }


# --- the table ------------------------------------------------------------------------------------


def test_every_setpoint_is_stepped_and_an_unknown_one_inside_its_bounds(
    monkeypatch: pytest.MonkeyPatch, greensboro: tuple[Point, ...]
) -> None:
    assert {actuator.name for actuator in actuators()} == set(BOUNDS)
    assert set(BOUNDS) <= {response.actuator for response in greensboro[0].responses}
    monkeypatch.setattr(table, "_STEPS", {})
    low, high = BOUNDS["supply_air_c"]
    assert actuators()[0] == Actuator("supply_air_c", 0.05 * (high - low), "", low, high)
    design = points(GREENSBORO)[0]  # any effect counts where no target is known
    assert marks(design, "supply_air_c") == ["acts", "acts"]


def test_it_is_the_same_every_time_and_leaves_the_facility_alone(greensboro: tuple[Point, ...]) -> None:
    scenario = load_scenario(GREENSBORO)
    weather = site_weather(scenario)
    facility = build_facility(scenario, weather.altitude_m)
    before = [array.tobytes() for array in facility.params]
    again = control_authority(scenario, facility, weather)
    assert again == greensboro
    assert authority_lines(again) == authority_lines(greensboro)
    assert [array.tobytes() for array in facility.params] == before


def test_the_table_is_aligned_and_explains_its_words(greensboro: tuple[Point, ...]) -> None:
    lines = authority_lines(greensboro)
    heads = [line for line in lines if line.startswith("actuator")]
    assert len(heads) == 2
    assert heads[0] == heads[1]
    column = heads[0].index("mark")
    rows = [line for line in lines if "→" in line or "±" in line or "one off" in line]
    assert all(any(line[column:].startswith(word) for word in WORDS) for line in rows)
    used = {response.mark for point in greensboro for response in point.responses}
    assert all(any(line.startswith(f"{word} ") for line in lines) for word in used)


def test_the_data_is_json_whatever_happens(greensboro: tuple[Point, ...]) -> None:
    wild = Response("x", 1.0, 2.0, float("nan"), float("inf"), "", None, None, 0.0, 0.0, 0.0, "acts")
    base = greensboro[0]
    point = Point(base.name, base.when, 1.0, base.base, base.cooling_kw, False, (wild,))
    data = json.loads(json.dumps(authority_data([point]), allow_nan=False))
    assert data["points"][0]["responses"][0]["inlet_k"] is None
    assert data["words"] == WORDS
    assert any("not quite at rest" in line for line in authority_lines([point]))
