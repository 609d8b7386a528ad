"""What single events do: laws of filters and fouling, sensors, setpoints, overlaps, words, names."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from halls import Days, Plain
from twin_kernels.exchanger import overall_conductance
from twin_kernels.movers import fan_power_w
from twin_kernels.rejector import DRY

from twin.engine.effects import apply_effects, own_params
from twin.engine.simulation import Simulation
from twin.engine.timeline import NEVER_S, Effect, timeline
from twin.facility.build import build_facility
from twin.policies.contract import Observation, Setpoints
from twin.scenario.read import load_scenario
from twin.scenario.shipped import shipped_names
from twin.scenario.targets import equipment_targets
from twin.simulate import build_simulation

GREENSBORO = "chilled-water-greensboro"


def started(events: list[dict[str, Any]], policy: Any = None, **keys: Any) -> tuple[Simulation, Days]:
    """A run of three hours that has not begun, and what will record it."""
    changes = {"run.duration_days": 0.125, "run.start_day": 200.0, **keys, "events": events}
    recorder = Days()
    sim = build_simulation(load_scenario(GREENSBORO, changes), policy, recorder)
    return sim, recorder


def ran(events: list[dict[str, Any]], policy: Any = None) -> tuple[Simulation, Any]:
    sim, recorder = started(events, policy)
    sim.run()
    return sim, np.concatenate([day[1] for day in recorder.days])


# --- laws -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1.0, 1.7, 4.0])
def test_a_loaded_filter_takes_k_times_the_power_and_leaves_the_coil_alone(factor: float) -> None:
    facility = build_facility(load_scenario(GREENSBORO), 270.0)
    own = own_params(facility.params)
    apply_effects(own, facility.params, facility, [Effect(0, 9, "clog", "hall.crah.north-2", factor)])
    clean, loaded, other = facility.params.crahs[1], own.crahs[1], own.crahs[2]
    assert other.tobytes() == facility.params.crahs[2].tobytes()
    assert loaded["air_rated_m3_s"] == pytest.approx(clean["air_rated_m3_s"] / factor**0.5)
    for flow_m3_s in (1.0, 2.5, 7.0 / factor**0.5):
        speeds = flow_m3_s / clean["air_rated_m3_s"], flow_m3_s / loaded["air_rated_m3_s"]
        power = [fan_power_w(p["fan_rated_w"], p["fan_curve"], s) for p, s in zip((clean, loaded), speeds, strict=True)]
        assert power[1] == pytest.approx(factor * power[0], rel=1e-12)
        ua = [overall_conductance(p["ua_w_k"], 0.6, s, p["ua_air_frac"])
              for p, s in zip((clean, loaded), speeds, strict=True)]
        assert ua[1] == pytest.approx(ua[0], rel=1e-12)


def test_fouling_takes_what_it_says() -> None:
    facility = build_facility(load_scenario(GREENSBORO), 270.0)
    own = own_params(facility.params)
    targets = ("hall.crah.south-6", "plant.chiller.main-2", "plant.tower.main-1")
    apply_effects(own, facility.params, facility, [Effect(0, 9, "foul", target, 0.7) for target in targets])
    for array, field, i in (("crahs", "ua_w_k", 11), ("chillers", "cop", 1), ("towers", "air_rated_m3_s", 0)):
        before, after = getattr(facility.params, array)[field], getattr(own, array)[field]
        changed = np.flatnonzero(before != after).tolist()
        assert changed == [i]
        assert after[i] == pytest.approx(0.7 * before[i])


def test_fouling_builds_up_in_small_steps_with_the_mean_of_the_ramp() -> None:
    scenario = load_scenario(GREENSBORO, {"events": [
        {"kind": "fouling", "target": "plant.tower.main-1", "remaining_frac": 0.6, "ramp_h": 1000.0, "at_h": 10.0,
         "duration_h": 1200.0},
        {"kind": "fouling", "target": "plant.tower.main-2", "remaining_frac": 0.6, "ramp_h": 1000.0, "at_h": 10.0,
         "duration_h": 500.0},
    ]})
    _, effects = timeline(scenario, 0, 365 * 86400)
    for target, hours in (("plant.tower.main-1", 1200.0), ("plant.tower.main-2", 500.0)):
        parts = sorted((e for e in effects if e.target == target), key=lambda e: e.start_s)
        assert (parts[0].start_s, parts[-1].end_s) == (36000, 36000 + hours * 3600)
        assert all(a.end_s == b.start_s for a, b in itertools.pairwise(parts))
        assert max(e.end_s - e.start_s for e in parts if e.value > 0.6) <= 86400
        full_s = 36000 + 1000 * 3600
        for e in parts:
            if e.end_s <= full_s and e is not parts[-1]:
                middle = (0.5 * (e.start_s + e.end_s) - 36000) / 3.6e6
                assert e.value == pytest.approx(1.0 - 0.4 * middle, abs=1e-6)


# --- overlaps ---------------------------------------------------------------------------------------


def test_overlapping_events_compose_and_end_one_by_one() -> None:
    """A group, a unit of it and an outage: each unit returns when the last that holds it ends."""
    sim, _ = started([
        {"kind": "trip", "target": "hall.crah.north", "at_h": 0.5, "duration_h": 1.0},
        {"kind": "trip", "target": "hall.crah.north-1", "at_h": 1.0, "duration_h": 1.0},
        {"kind": "grid_outage", "at_h": 1.25, "duration_h": 0.05, "fans_on_ups": False, "generator": False},
        {"kind": "fouling", "target": "hall.crah", "at_h": 0.25, "duration_h": 2.0, "remaining_frac": 0.5},
        {"kind": "fouling", "target": "hall.crah.south-1", "at_h": 1.0, "duration_h": 0.5, "remaining_frac": 0.5},
    ])
    base = sim.facility.params.crahs
    states = {0.2: "111111 111111", 0.5: "000000 111111", 1.2: "000000 111111", 1.26: "000000 000000",
              1.4: "000000 111111", 1.6: "011111 111111", 2.5: "111111 111111"}
    for hour, expected in states.items():
        sim.run(sim.start_s + round(3600 * hour))
        assert "".join(map(str, sim.physics.params.crahs["available"])) == expected.replace(" ", ""), hour
        first = base["ua_w_k"][6]
        fouled = first * (0.5 if 0.25 <= hour < 2.25 else 1.0) * (0.5 if 1.0 <= hour < 1.5 else 1.0)
        assert sim.physics.params.crahs["ua_w_k"][6] == pytest.approx(fouled)
    sim.run()
    assert all(a.tobytes() == b.tobytes() for a, b in zip(sim.physics.params, sim.facility.params, strict=True))


def test_without_events_parameters_are_the_facilitys_own() -> None:
    sim, _ = started([{"kind": "load_step", "delta_frac": 0.1, "at_h": 1.0}])
    assert sim.physics.params is sim.facility.params
    assert sim.events.next_s() == sim.start_s + 3600
    quiet, _ = started([])
    assert quiet.events.next_s() is None
    assert quiet.events.record(quiet.end_s) == []


# --- sensors and setpoints --------------------------------------------------------------------------


class Notes(Plain):
    """Remembers what it was shown."""

    def __init__(self, lines: dict[int, Setpoints] | None = None) -> None:
        super().__init__(self._note)
        self.lines = lines or {}
        self.seen: list[tuple[int, dict[str, float]]] = []

    def _note(self, observation: Observation) -> Setpoints:
        self.seen.append((observation.time_s, dict(observation)))
        return self.lines.get(observation.time_s - 200 * 86400, Setpoints())


def test_a_biased_sensor_misleads_its_loop_and_every_reader() -> None:
    """The loop holds what it believes to be the setpoint; the sensor shows the setpoint; the truth is beside it."""
    policy = Notes()
    _, rows = ran([{"kind": "sensor", "target": "hall.supply_c", "bias": 1.5, "at_h": 1.0, "duration_h": 1.0}], policy)
    assert rows["supply_c"][59] == pytest.approx(22.0, abs=1e-3)
    assert rows["supply_c"][100:119] == pytest.approx(20.5, abs=1e-3)
    assert rows["supply_c"][170] == pytest.approx(22.0, abs=1e-3)
    assert rows["supply_setpoint_c"] == pytest.approx(22.0, abs=1e-5)
    shown = {time_s - 200 * 86400: seen["hall.supply_c"] for time_s, seen in policy.seen}
    assert shown[6000] == pytest.approx(22.0, abs=1e-3)
    assert shown[3600] == pytest.approx(float(rows["supply_c"][59]) + 1.5)


def test_condenser_water_follows_its_sensor_too() -> None:
    _, rows = ran([{"kind": "sensor", "target": "plant.condenser_supply_c", "bias": -2.0, "at_h": 1.0}])
    _, plain = ran([])
    gap_k = rows["cw_supply_c"].astype(float) - plain["cw_supply_c"]
    assert (gap_k[:60] == 0.0).all()
    assert gap_k[150:] == pytest.approx(2.0, abs=0.2)


def test_a_dropped_sensor_shows_its_last_good_value_and_misleads_nobody_else() -> None:
    policy, fine = Notes(), Notes()
    out = {"kind": "sensor", "target": "hall.supply_c", "dropout": True, "at_h": 1.0 + 90.0 / 3600.0, "duration_h": 1.0}
    move = {"kind": "setpoint", "target": "supply_air_c", "value": 24.0, "at_h": 1.2}
    _, rows = ran([out, move], policy)
    _, same_rows = ran([move], fine)
    # an event between steps splits one, which loops answer to in the sixth digit: no more than that
    assert rows["supply_c"][70:] == pytest.approx(same_rows["supply_c"][70:], abs=1e-3)
    held = float(rows["supply_c"][60])  # the last complete step before 3690 s
    for (time_s, seen), (_, truth) in zip(policy.seen, fine.seen, strict=True):
        at_s = time_s - 200 * 86400
        if 3690 <= at_s < 7290:
            assert seen["hall.supply_c"] == held
        else:
            assert seen["hall.supply_c"] == pytest.approx(truth["hall.supply_c"], abs=1e-3)
        assert seen["hall.return_c"] == pytest.approx(truth["hall.return_c"], abs=1e-2)


def test_a_sensor_that_is_out_from_the_start_stays_at_what_it_showed_first() -> None:
    policy = Notes()
    ran([
        {"kind": "sensor", "target": "it.power_kw", "dropout": True, "at_h": 0.0, "duration_h": 1.0},
        {"kind": "load_step", "delta_frac": 0.3, "at_h": 0.5},
    ], policy)
    shown = [seen["it.power_kw"] for time_s, seen in policy.seen if time_s - 200 * 86400 < 3600]
    assert len(shown) == 11
    assert set(shown) == {shown[0]}
    assert shown[0] > 100.0
    assert policy.seen[12][1]["it.power_kw"] > shown[0] + 50.0


def test_a_setpoint_is_set_and_comes_back() -> None:
    event = {"kind": "setpoint", "target": "plant.supply_air_temp_c", "value": 20.0, "at_h": 1.0, "duration_h": 1.0}
    _, rows = ran([event])
    asked = rows["supply_setpoint_c"].tolist()
    assert asked == [22.0] * 60 + [20.0] * 60 + [22.0] * 60


def test_a_policy_may_overwrite_a_setpoint_and_keeps_the_last_word() -> None:
    event = {"kind": "setpoint", "target": "supply_air_c", "value": 20.0, "at_h": 1.0, "duration_h": 1.0}
    _, rows = ran([event], Notes({5400: Setpoints(supply_air_c=23.0)}))
    asked = rows["supply_setpoint_c"].tolist()
    assert asked == [22.0] * 60 + [20.0] * 30 + [23.0] * 90


def test_a_load_step_is_clipped_by_the_racks() -> None:
    for delta, limit in ((1.0, 1.0), (-1.0, 0.0)):
        sim, _ = started([{"kind": "load_step", "target": "hall.rows.a", "delta_frac": delta, "at_h": 1.0}])
        sim.run(sim.start_s + 5400)
        util = sim.state.racks["util_frac"]
        assert (util[:20] == limit).all()
        assert ((util[20:] > 0.1) & (util[20:] < 0.99)).all()


# --- names and words --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_names())
def test_targets_are_the_units_of_the_facility(name: str) -> None:
    scenario = load_scenario(name)
    facility = build_facility(scenario, 0.0)
    kinds = equipment_targets(scenario.hall, scenario.plant)
    rejectors = list(zip(facility.towers, facility.params.towers["kind"] >= DRY, strict=True))
    built = {
        "hall.crah": facility.crahs, "hall.iec": facility.iecs, "hall.dx": facility.dxs,
        "hall.liquid.cdu": facility.cdus, "plant.chiller": facility.chillers,
        "plant.tower": [name for name, dry in rejectors if not dry],
        "plant.dry_cooler": [name for name, dry in rejectors if dry],
    }
    assert set(built) == set(kinds)
    for room, names in built.items():
        assert kinds[room].get(room, ()) == tuple(f"{room}.{unit}" for unit in names)
    rows = {rack.row for rack in facility.racks}
    _, effects = timeline(
        load_scenario(name, {"events": [{"kind": "load_step", "delta_frac": 0.1, "at_h": 0.0}]}), 0, 86400
    )
    assert {e.target for e in effects} == rows


WORDS = [
    ({"kind": "trip", "target": "plant.chiller.main-1", "duration_h": 4.0},
     "chiller main-1 tripped on 15 Jan 00:30 and returned after 4 h"),
    ({"kind": "trip", "target": "hall.crah"}, "all air handlers tripped on 15 Jan 00:30 and did not return"),
    ({"kind": "trip", "target": "plant.chilled_water_pump", "duration_h": 0.1},
     "the chilled-water pumps tripped on 15 Jan 00:30 and returned after 6 min"),
    ({"kind": "fouling", "target": "hall.crah.north", "remaining_frac": 0.8, "ramp_h": 20.0},
     "coil of air handler north fouled from 15 Jan 00:30 to 80 % of conductance over 20 h, not cleaned"),
    ({"kind": "filter", "target": "hall.crah.north-1", "pressure_factor": 2.0, "duration_h": 60.0},
     "filters of air handler north-1 loaded from 15 Jan 00:30 to 2 times their pressure, changed after 2.5 days"),
    ({"kind": "sensor", "target": "hall.supply_c", "bias": -1.5, "duration_h": 2.0},
     "the sensor of hall.supply_c read 1.5 K too low from 15 Jan 00:30 for 2 h"),
    ({"kind": "sensor", "target": "it.power_kw", "dropout": True},
     "the sensor of it.power_kw dropped out on 15 Jan 00:30 to the end of the run"),
    ({"kind": "load_step", "target": "hall.rows.a", "delta_frac": -0.25, "duration_h": 2.0},
     "utilisation of racks a fell by 0.25 on 15 Jan 00:30 for 2 h"),
    ({"kind": "setpoint", "target": "plant.chilled_water_temp_c", "value": 18.0, "duration_h": 3.0},
     "plant.chilled_water_temp_c was set to 18 on 15 Jan 00:30 and back after 3 h"),
    ({"kind": "grid_outage", "duration_h": 0.01}, "the grid failed on 15 Jan 00:30 and returned after 36 s"),
]


@pytest.mark.parametrize(("event", "text"), WORDS, ids=[f"{e['kind']} {e.get('target', '')}" for e, _ in WORDS])
def test_events_in_words(event: dict[str, Any], text: str) -> None:
    sim, _ = started([{"at_h": 0.5, **event}], **{"run.start_day": 14.0, "run.duration_days": 5.0})
    (entry,) = sim.events.record(sim.end_s)
    assert entry["text"] == text
    assert entry["kind"] == event["kind"]
    assert entry["start_s"] == 14 * 86400 + 1800
    assert (entry["end_s"] is None) == ("duration_h" not in event)
    assert sim.events.record(sim.start_s + 1800) == []
    if "duration_h" in event:  # not over yet
        assert sim.events.record(sim.start_s + 1801)[0]["end_s"] is None
    assert not re.search(r"\b(None|nan|inf)\b", entry["text"])


def test_what_does_not_end_has_no_end() -> None:
    occurrences, effects = timeline(
        load_scenario(GREENSBORO, {"events": [{"kind": "grid_outage", "at_h": 1.0, "generator": False}]}), 0, 86400
    )
    assert occurrences[0].end_s == NEVER_S
    assert {e.end_s for e in effects} == {NEVER_S}


@pytest.mark.parametrize(("target", "bias", "held", "at_c"), [
    ("plant.chilled_supply_c", 1e6, "chw_supply_c", 1.0),
    ("plant.condenser_supply_c", -1e6, "cw_supply_c", 50.0),
    ("hall.supply_c", -1e6, "supply_c", 35.0),
])
def test_no_sensor_makes_a_loop_hold_what_cannot_be_set(target: str, bias: float, held: str, at_c: float) -> None:
    """However wrong a sensor: chillers have a low-temperature cut-out, and every controller has limits."""
    _, rows = ran([{"kind": "sensor", "target": target, "bias": bias, "at_h": 0.0}])
    last = rows[held][-30:].astype(float)
    assert np.isfinite(last).all()
    assert (last >= at_c - 0.1).all() if bias > 0.0 else (last <= at_c + 0.1).all()


@pytest.mark.parametrize("modules", [1, 3])
def test_every_module_has_its_own_outdoor_air_and_humidity_control(modules: int) -> None:
    facility = build_facility(load_scenario("tblock-qingyuan", {"hall.modules": modules}), 30.0).params.facility[0]
    assert facility["ventilation_kg_s"] == pytest.approx(0.03 * modules)
    assert facility["humidifier_kg_s"] == pytest.approx(0.002 * modules)
    assert facility["dehumidifier_kg_s"] == pytest.approx(0.001 * modules)
