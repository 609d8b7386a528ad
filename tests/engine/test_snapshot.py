"""Stopping, snapshots, restoring and forking change nothing: every future is the same to the last bit."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from halls import DAY_S, HOT, TRIM, Days, same, simulation

from twin.engine.simulation import Simulation

#: Scenario changes × length. Every case has jobs, but for the last.
CASES: dict[str, tuple[dict[str, object], float]] = {
    "calm": ({}, 1.25),
    "coolest": ({"workload.jobs.placement": "coolest"}, 1.0),
    "packed": ({"workload.jobs.placement": "packed", "workload.jobs.per_day": 3000.0}, 1.0),
    "hot": (HOT, 0.75),
    "hot coolest": ({**HOT, "workload.jobs.placement": "coolest"}, 0.5),
    "trim 60": ({**TRIM, "run.control_interval_s": 60}, 0.75),
    "trim 300": ({**TRIM, "run.control_interval_s": 300}, 1.0),
    "trim 900 hot": ({**HOT, **TRIM, "run.control_interval_s": 900}, 0.5),
    "trim over midnight": ({**TRIM, "run.control_interval_s": 7200, "run.start_day": 1.5}, 1.0),
    "late start": ({"run.start_day": 1.5, "run.step_s": 300}, 1.3125),
    "year end": ({"run.start_day": 364.5}, 2.0),
    "fine step": ({"run.step_s": 10, "run.start_day": 200.0}, 0.25),
}
#: Seconds after the start, beyond the random ones: on and beside steps, syncs, hours and midnights.
AWKWARD_S = (0, 1, 59, 60, 61, 450, 899, 900, 901, 3600, 43199, 43200, 43201, 86399, 86400, 86401)


def whole(case: str) -> tuple[Simulation, Days]:
    changes, days = CASES[case]
    recorder = Days()
    sim = simulation(recorder, **{**changes, "run.duration_days": days})  # type: ignore[arg-type]
    sim.run()
    return sim, recorder


def stops(sim: Simulation, seed: int) -> list[int]:
    length = sim.end_s - sim.start_s
    drawn = np.random.default_rng(seed).integers(1, length, 4)
    return sorted({sim.start_s + int(t) for t in (*AWKWARD_S, *drawn, length - 1, length) if t <= length})


@pytest.mark.parametrize("case", CASES)
def test_half_and_half_is_whole(case: str) -> None:
    """At every stop: a fresh simulation takes over from a pickled snapshot."""
    expected, rows = whole(case)
    changes, days = CASES[case]
    keys: dict[str, Any] = {**changes, "run.duration_days": days}
    recorder = Days()
    sim = simulation(recorder, **keys)
    heir = simulation(recorder, **keys)
    for stop_s in stops(sim, 1):
        sim.run(stop_s)
        assert sim.now_s == stop_s
        heir.restore(pickle.loads(pickle.dumps(sim.snapshot())))
        sim, heir = heir, sim
    sim.run()
    assert same(sim.snapshot(), expected.snapshot()) == []
    assert same(recorder.days, rows.days) == []


@pytest.mark.parametrize("case", ["calm", "hot coolest", "trim 300", "year end"])
def test_looking_changes_nothing(case: str) -> None:
    """Running in small odd pieces, with a snapshot after each, is running through."""
    expected, rows = whole(case)
    changes, days = CASES[case]
    recorder = Days()
    sim = simulation(recorder, **{**changes, "run.duration_days": days})  # type: ignore[arg-type]
    for stop_s in range(sim.start_s, sim.end_s, 1237):
        sim.run(stop_s)
        before = sim.snapshot()
        assert same(sim.snapshot(), before) == []
    sim.run()
    assert same(sim.snapshot(), expected.snapshot()) == []
    assert same(recorder.days, rows.days) == []


def test_a_case_is_really_hot() -> None:
    sim, _ = whole("hot")
    assert sim.jobs is not None
    assert sim.jobs.lost_server_h > 10.0
    assert sim.jobs.queued > 0


def test_year_end_wraps_to_january() -> None:
    sim, rows = whole("year end")
    january = simulation(Days(), run__duration_days=0.5)
    january.run()
    first_of_january = np.concatenate([day[1]["ghi_w_m2"] for day in rows.days])[720:1440]
    assert sim.weather.hours == 8760
    recorder = january.recorder
    assert isinstance(recorder, Days)
    assert first_of_january.tobytes() == recorder.days[0][1]["ghi_w_m2"].tobytes()


def test_an_event_between_steps_splits_one_and_survives_a_snapshot() -> None:
    """With events at odd seconds on the agenda, halves still make a whole."""
    odd_s = (7201 + 17, 7201 + 18, 30011, DAY_S - 1)

    def begin() -> tuple[Simulation, Days]:
        recorder = Days()
        sim = simulation(recorder, **{**HOT, **TRIM, "run.duration_days": 1.25})  # type: ignore[arg-type]
        for time_s in odd_s:
            sim.agenda.at(time_s, "control")
        return sim, recorder

    expected, rows = begin()
    expected.run()
    sim, recorder = begin()
    for stop_s in (7210, 7218, 7219, 7230, 30010, 30011, 30012, DAY_S - 1, DAY_S + 5):
        sim.run(stop_s)
        heir, _ = begin()
        heir.recorder = recorder
        heir.restore(sim.snapshot())
        sim = heir
    sim.run()
    assert same(sim.snapshot(), expected.snapshot()) == []
    assert same(recorder.days, rows.days) == []


# --- forks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["calm", "hot coolest", "trim 300"])
def test_fork_has_its_parents_future_and_leaves_it_alone(case: str) -> None:
    expected, rows = whole(case)
    changes, days = CASES[case]
    recorder = Days()
    parent = simulation(recorder, **{**changes, "run.duration_days": days})  # type: ignore[arg-type]
    parent.run(parent.start_s + 20011)
    child = parent.fork()
    before = parent.snapshot()
    child.run(parent.start_s + 30001)
    grandchild = child.fork()
    grandchild.physics.setpoints["supply_air_c"] = 15.0  # another life
    grandchild.run()
    child.run()
    assert same(parent.snapshot(), before) == []
    parent.run()
    assert same(child.snapshot(), expected.snapshot()) == []
    assert same(parent.snapshot(), expected.snapshot()) == []
    assert same(recorder.days, rows.days) == []
    assert same(grandchild.snapshot(), expected.snapshot()) != []


class Curious:
    """Forks the twin whenever it decides, as a planner would."""

    def __init__(self) -> None:
        self.sim: Any = None
        self.calls = 0
        self.tried: list[float] = []

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.calls = 0

    def decide(self, observation: Any) -> Any:
        from twin.policies.contract import Setpoints

        self.calls += 1
        if self.sim is not None and self.calls % 10 == 0:
            sim, self.sim = self.sim, None  # the copy must not fork in its turn
            child = sim.fork()
            self.sim = sim
            child.run(child.now_s + 3600)
            self.tried.append(child.policy.calls - self.calls)
        return Setpoints(supply_air_c=20.0 + self.calls % 5)

    def snapshot(self) -> Any:
        return self.calls

    def restore(self, saved: Any) -> None:
        self.calls = saved


def test_policy_may_fork_while_it_decides() -> None:
    """The copy goes on deciding, and the original does not notice."""
    ends = []
    for forking in (False, True):
        policy = Curious()
        sim = simulation(None, policy, run__duration_days=0.25)
        policy.sim = sim if forking else None
        sim.run()
        policy.sim = None
        ends.append(sim.snapshot())
    assert same(*ends) == []
    assert policy.tried
    assert set(policy.tried[:-1]) == {12}  # an hour at 300 s: it decides 12 times more
