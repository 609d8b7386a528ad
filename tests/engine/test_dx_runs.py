"""A hall with direct-expansion units in the engine: events that touch it, its calendar, and resuming."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from halls import Days, same

from twin.engine.account import meters_of, run_alarms, run_events
from twin.engine.simulation import Simulation
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation

EVENTS: list[dict[str, Any]] = [
    {"kind": "trip", "target": "hall.dx.crac-1", "at_h": 2.0, "duration_h": 2.5},
    {"kind": "trip", "target": "hall.dx.crac-2.compressor", "at_h": 2.01, "duration_h": 3.0},
    {"kind": "trip", "target": "plant.air_economiser", "at_h": 8.0, "duration_h": 4.0},
    {"kind": "fouling", "target": "hall.dx.crac", "at_h": 1.0, "remaining_frac": 0.7},
    {"kind": "filter", "target": "hall.dx.crac-3", "at_h": 1.0, "pressure_factor": 1.5},
    {"kind": "grid_outage", "at_h": 14.0, "duration_h": 0.1},
]
CALENDAR = {
    "hall.gains.sensible_kw": 6.0, "hall.gains.latent_kw": 2.0,
    "hall.gains.weekday": [0.0] * 8 + [1.0] * 10 + [0.0] * 6,
    "hall.infiltration.air_changes_per_h": 0.3,
}


def hall(recorder: Days | None = None, **keys: object) -> Simulation:
    changes = {"run.start_day": 200.0, "run.duration_days": 0.75, **keys}
    return build_simulation(load_scenario("air-economiser-dx", changes), recorder=recorder)  # type: ignore[arg-type]


def test_events_act_and_are_told() -> None:
    calm, sim = hall(), hall(events=EVENTS)
    calm.run()
    sim.run()
    told = " ".join(entry["text"] for entry in run_events(sim))
    for words in ("DX unit crac-1 tripped", "the compressor of DX unit crac-2 tripped", "condenser of DX unit crac",
                  "the outdoor air of the economiser", "filters of DX unit crac-3", "the grid failed"):
        assert words in told
    assert meters_of(sim)["dx_j"] > meters_of(calm)["dx_j"]
    assert sim.state.facility["closure_rel_max"][0] <= 1e-9
    assert any("DX unit crac-1" in entry["text"] for entry in run_alarms(sim))


def test_the_calendar_acts_in_a_run() -> None:
    plain, full = hall(), hall(**CALENDAR)
    for sim in (plain, full):
        sim.run()
    assert meters_of(plain)["gain_j"] == 0.0
    assert meters_of(full)["gain_j"] == pytest.approx(8e3 * 10 * 3600.0, rel=1e-9)
    assert full.state.facility["closure_rel_max"][0] <= 1e-9
    off = hall(**{"hall.fan.weekday_on": [1] * 17 + [0] * 7})
    off.run()
    assert off.state.facility["supply_kg_s"][0] == 0.0


THERMOSTAT = {"hall.dx.crac.control": "return_air", "hall.thermostat.weekday_c": [33.0] * 12 + [36.0] * 12}


@pytest.mark.parametrize("keys", [{}, THERMOSTAT])
def test_half_and_half_is_whole(keys: dict[str, object]) -> None:
    changes = {**CALENDAR, **keys, "events": EVENTS}
    expected = Days()
    whole = hall(expected, **changes)
    whole.run()
    recorder = Days()
    sim, heir = hall(recorder, **changes), hall(recorder, **changes)
    for stop_s in (1, 61, 7237, 30000, 50401):
        sim.run(sim.start_s + stop_s)
        heir.restore(pickle.loads(pickle.dumps(sim.snapshot())))
        sim, heir = heir, sim
    sim.run()
    assert same(sim.state, whole.state) == []
    assert same(recorder.days, expected.days) == []
