"""Random events: the same by seed, the same when resumed or forked, and nobody else's random numbers are touched."""

from __future__ import annotations

import itertools
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from halls import DAY_S, Days, Plain, StopError, of_results, same, simulation

from twin.engine.account import meters_of
from twin.engine.simulation import Simulation
from twin.engine.timeline import NEVER_S, Occurrence, timeline
from twin.policies.contract import Observation, Setpoints
from twin.scenario.read import load_scenario
from twin.simulate import run

#: Everything fails, often: some twenty events a day.
WILD: list[dict[str, Any]] = [
    {"kind": "trip", "target": "hall.crah", "per_year": 60.0, "repair_mean_h": 6.0},
    {"kind": "trip", "target": "plant.chiller", "per_year": 40.0, "repair_mean_h": 8.0},
    {"kind": "trip", "target": "plant.tower.main-2", "per_year": 50.0, "repair_mean_h": 3.0},
    {"kind": "trip", "target": "plant.chilled_water_pump", "per_year": 40.0, "repair_mean_h": 0.05},
    {"kind": "grid_outage", "per_year": 60.0, "repair_mean_h": 1.0},
    {"kind": "fouling", "target": "hall.crah.north", "remaining_frac": 0.5, "ramp_h": 5.0, "per_year": 100.0,
     "repair_mean_h": 20.0},
    {"kind": "filter", "target": "hall.crah.south", "pressure_factor": 2.0, "per_year": 50.0, "repair_mean_h": 30.0},
    {"kind": "sensor", "target": "hall.supply_c", "bias": 1.0, "per_year": 90.0, "repair_mean_h": 9.0},
    {"kind": "sensor", "target": "hall.rack_inlet_p95_c", "dropout": True, "per_year": 90.0, "repair_mean_h": 9.0},
    {"kind": "load_step", "delta_frac": 0.2, "per_year": 200.0, "repair_mean_h": 2.0},
    {"kind": "setpoint", "target": "supply_air_c", "value": 20.0, "at_h": 30.1, "duration_h": 7.7},
]
TRIM = {"policy.name": "trim_respond", "policy.inlet_target_c": 25.0}
BASE: dict[str, Any] = {"run.start_day": 180.0, "events": WILD}


def wild(days: float, recorder: Days | None = None, **changes: Any) -> Simulation:
    keys = {**BASE, **TRIM, **{k.replace("__", "."): v for k, v in changes.items()}, "run.duration_days": days}
    return simulation(recorder, **keys)


def test_sixty_days_of_failures_close_and_are_the_same_by_seed() -> None:
    ends = []
    keys = {"run__step_s": 300, "run__control_interval_s": 900}
    for _ in range(2):
        recorder = Days()
        sim = wild(60.0, recorder, run__seed=3, **keys)
        sim.run()
        assert len(sim.events.record(sim.end_s)) > 300
        assert float(sim.state.facility["closure_rel_max"][0]) <= 1e-9
        assert float(sim.state.facility["water_rel_max"][0]) <= 1e-9
        rows = np.concatenate([day[1] for day in recorder.days])
        assert all(np.isfinite(rows[name]).all() for name in rows.dtype.names)
        ends.append((sim.snapshot(), recorder.days, sim.events.record(sim.end_s)))
    assert same(ends[0], ends[1]) == []
    other = wild(60.0, run__seed=4, **keys)
    assert other.events.record(other.end_s) != ends[0][2]
    assert meters_of(sim)["work_lost_s"] > 0.0


@pytest.mark.parametrize(
    ("engine", "placement"), [("jobs", "spread"), ("jobs", "coolest"), ("fluid", "spread"), ("fluid", "coolest")]
)
def test_half_and_half_is_whole(engine: str, placement: str) -> None:
    """At odd stops a fresh simulation takes over from a pickled snapshot, in the middle of events."""
    changes: dict[str, Any] = {
        "workload__jobs__engine": engine, "workload__jobs__placement": placement, "workload__jobs__per_day": 300.0,
    }
    recorder, expected_rows = Days(), Days()
    expected = wild(4.0, expected_rows, **changes)
    expected.run()
    sim, heir = wild(4.0, recorder, **changes), wild(4.0, recorder, **changes)
    stops = [int(t) for t in np.random.default_rng(5).integers(1, 4 * DAY_S, 12)]
    begins = [int(entry["start_s"]) - sim.start_s for entry in expected.events.record(expected.end_s)]
    for stop_s in sorted({0, 1, 60, DAY_S, *stops, *begins[::6], *(t + 1 for t in begins[::7])}):
        sim.run(sim.start_s + stop_s)
        heir.restore(pickle.loads(pickle.dumps(sim.snapshot())))
        sim, heir = heir, sim
    sim.run()
    assert same(sim.snapshot(), expected.snapshot()) == []
    assert same(recorder.days, expected_rows.days) == []


def test_fork_has_its_parents_future_and_leaves_it_alone() -> None:
    rows = Days()
    parent = wild(2.0, rows)
    parent.run(parent.start_s + 100_003)
    base = parent.facility.params
    untouched = tuple(array.copy() for array in base)
    child = parent.fork()
    before = parent.snapshot()
    child.run(parent.start_s + 120_011)
    grandchild = child.fork()
    grandchild.physics.setpoints["return_air_c"] = 38.0
    grandchild.run()
    child.run()
    assert same(parent.snapshot(), before) == []
    parent.run()
    assert same(child.snapshot(), parent.snapshot()) == []
    assert same(grandchild.snapshot()["state"], parent.snapshot()["state"]) != []
    assert all(a.tobytes() == b.tobytes() for a, b in zip(base, untouched, strict=True))


def test_a_run_that_was_killed_resumes_identically(tmp_path: Path) -> None:
    """As a user sees it: twelve days, interrupted on the eighth, finished from the checkpoint."""

    def stop(observation: Observation) -> Setpoints:
        if observation.time_s >= 187 * DAY_S + 40_000:
            raise StopError
        return Setpoints()

    keys = {**BASE, "run.duration_days": 12.0, "run.step_s": 300}
    whole = run("chilled-water-greensboro", overrides=keys, policy=Plain())
    with pytest.raises(StopError):
        run("chilled-water-greensboro", out=tmp_path / "run", overrides=keys, policy=Plain(stop))
    assert of_results(run(resume=tmp_path / "run", policy=Plain()), whole) == []


# --- streams ----------------------------------------------------------------------------------------


def happened(events: list[dict[str, Any]], seed: int = 1, days: float = 365.0) -> list[Occurrence]:
    scenario = load_scenario("chilled-water-greensboro", {"events": events, "run.seed": seed})
    return timeline(scenario, 0, round(days * DAY_S))[0]


def times(found: list[Occurrence], target: str) -> list[tuple[int, int]]:
    return [(o.start_s, o.end_s) for o in found if o.target == target]


def test_adding_an_event_shifts_no_other() -> None:
    alone = happened(WILD[1:2])
    assert len(alone) > 50
    for more in (WILD, list(reversed(WILD))):
        together = happened(more)
        for unit in ("plant.chiller.main-1", "plant.chiller.main-2"):
            assert times(together, unit) == times(alone, unit)
    assert times(alone, "plant.chiller.main-1") != times(alone, "plant.chiller.main-2")


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    short, long = (happened(WILD, days=days) for days in (20.0, 40.0))
    assert short == [o for o in long if o.start_s < 20 * DAY_S]


def test_rates_and_repairs_are_what_was_asked_for() -> None:
    """Twelve units over 60 years: failures per year of uptime and mean repair within 4 standard errors."""
    trip = {"kind": "trip", "target": "hall.crah", "per_year": 20.0, "repair_mean_h": 50.0}
    found = happened([trip], days=60 * 365.0)
    down_h = np.array([(o.end_s - o.start_s) / 3600.0 for o in found])
    up_years = 12 * 60.0 - down_h.sum() / 8760.0
    assert len(found) / up_years == pytest.approx(20.0, rel=4.0 / np.sqrt(len(found)))
    assert down_h.mean() == pytest.approx(50.0, rel=4.0 / np.sqrt(len(found)))
    assert down_h.std() == pytest.approx(down_h.mean(), rel=0.1)  # exponential
    for unit in {o.target for o in found}:  # a unit in repair cannot fail
        spans = times(found, unit)
        assert all(after[0] > before[1] for before, after in itertools.pairwise(spans))
    assert max(o.end_s for o in found) < NEVER_S


def test_events_leave_the_jobs_alone() -> None:
    """Arrivals, sizes and durations are those of the run without events; where nothing slows down, so is all else."""
    mild = [event for event in WILD if event["kind"] in ("sensor", "filter", "setpoint")]
    counts = []
    for events in ([], mild, WILD):
        recorder = Days()
        sim = simulation(recorder, **{"run.duration_days": 6.0, "run.start_day": 180.0, "events": events})
        sim.run()
        assert sim.jobs is not None
        counts.append((sim.jobs.arrived, np.concatenate([day[2] for day in recorder.days]).tobytes()))
    assert counts[0] == counts[1]
    assert counts[0][0] == counts[2][0]
