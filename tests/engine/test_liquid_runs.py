"""Liquid cooling and stores through the engine: halves make a whole, forks have their parent's future."""

from __future__ import annotations

import pickle

import pytest
from halls import Days, same

from twin.engine.simulation import Simulation
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation

_TANK = {"volume_m3": 300.0, "rated_kg_s": 20.0, "charge_c": 10.0, "start_c": 13.0, "charge_first_hour": 0.0,
         "charge_last_hour": 5.0, "discharge_first_hour": 9.0, "discharge_last_hour": 18.0}
_ICE = {"capacity_kwh": 2000.0, "rated_kg_s": 20.0, "start_frac": 0.4, "charge_first_hour": 0.0,
        "charge_last_hour": 5.0, "discharge_first_hour": 9.0, "discharge_last_hour": 18.0}
#: Scenario, changes.
CASES: dict[str, tuple[str, dict[str, object]]] = {
    "direct liquid": ("direct-liquid", {}),
    "immersion": ("immersion", {"run.step_s": 300}),
    "thermosyphon": ("thermosyphon-hybrid", {"run.start_day": 20.0}),
    "rear door": ("rear-door", {"run.step_s": 300}),
    "tank": ("chilled-water-greensboro", {"plant.tank": _TANK, "run.start_day": 190.0}),
    "night tank": ("sky-panels-night", {"run.step_s": 300, "run.start_day": 110.0}),
    "ice": ("chilled-water-greensboro", {"plant.ice": _ICE, "run.start_day": 190.0}),
}
DAYS = 1.0


def simulation(case: str, recorder: Days | None = None) -> Simulation:
    base, changes = CASES[case]
    return build_simulation(load_scenario(base, {**changes, "run.duration_days": DAYS}), None, recorder)


def whole(case: str) -> tuple[Simulation, Days]:
    recorder = Days()
    sim = simulation(case, recorder)
    sim.run()
    return sim, recorder


@pytest.mark.parametrize("case", CASES)
def test_half_and_half_is_whole(case: str) -> None:
    """At every stop a fresh simulation takes over from a pickled snapshot; a fork goes the same way."""
    expected, rows = whole(case)
    recorder = Days()
    sim, heir = simulation(case, recorder), simulation(case, recorder)
    child = None
    for stop in (0, 61, 3600, 17_999, 32_401, 50_000, 86_399):
        sim.run(sim.start_s + stop)
        if stop == 32_401:
            child = sim.fork()
        heir.restore(pickle.loads(pickle.dumps(sim.snapshot())))
        sim, heir = heir, sim
    sim.run()
    assert child is not None
    child.run()
    assert same(sim.snapshot(), expected.snapshot()) == []
    assert same(child.snapshot(), expected.snapshot()) == []
    assert same(recorder.days, rows.days) == []
    assert float(expected.physics.state.facility["closure_rel_max"][0]) < 1e-9


@pytest.mark.parametrize("case", ["tank", "ice", "night tank"])
def test_a_store_begins_as_the_scenario_says(case: str) -> None:
    """A run settles for hours under its first weather: that does not touch what is stored."""
    sim = simulation(case)
    sim.run(sim.start_s)
    if case == "tank":
        assert (sim.physics.state.tanks["layer_c"] == 13.0).all()
    elif case == "night tank":
        assert (sim.physics.state.sky_tanks["layer_c"] == 15.0).all()
    else:
        assert sim.physics.state.ices["ice_frac"][0] == 0.4


def test_the_stores_were_used() -> None:
    for case in ("tank", "ice"):
        _, rows = whole(case)
        store_w = rows.days[0][1]["store_w"]
        assert store_w.max() > 1e4
        assert store_w.min() < -1e4
    _, rows = whole("night tank")
    assert rows.days[0][1]["sky_tank_w"].max() > 1e4
    assert rows.days[0][1]["sky_charge_w"].max() > 1e4
