"""What acts when: setpoints, observations, events between steps, and the exact energy of jobs.

The order, at every event: physics closes the interval that ends there; then jobs and control set the
inputs of the next; then the recorder takes the rows of a finished day. So a setpoint decided at t acts
in [t, t + dt), and the observation at t holds the row of the step that ends at t.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from halls import DAY_S, HOT, TRIM, Days, simulation

from twin.engine.account import meters_of
from twin.policies.contract import Observation, Setpoints

STEP_S = 60


class Script:
    """Says given setpoints at given times and remembers every observation."""

    def __init__(self, lines: dict[int, Setpoints]) -> None:
        self.lines = lines
        self.seen: list[tuple[int, dict[str, float]]] = []

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.seen = []

    def decide(self, observation: Observation) -> Setpoints:
        self.seen.append((observation.time_s, dict(observation)))
        return self.lines.get(observation.time_s, Setpoints())

    def snapshot(self) -> Any:
        return None

    def restore(self, saved: Any) -> None:
        pass


def column(recorder: Days, name: str) -> np.ndarray:
    return np.concatenate([day[1][name] for day in recorder.days])


@pytest.mark.parametrize("interval_s", [60, 300, 900])
def test_a_setpoint_acts_from_the_step_that_begins_when_it_is_decided(interval_s: int) -> None:
    change_s = 7200
    policy = Script({change_s: Setpoints(supply_air_c=18.0)})
    recorder = Days()
    simulation(recorder, policy, run__duration_days=0.25, run__control_interval_s=interval_s).run()
    still = Days()
    simulation(still, Script({}), run__duration_days=0.25, run__control_interval_s=interval_s).run()
    row = change_s // STEP_S  # the row of [t, t + dt)
    asked = column(recorder, "supply_setpoint_c")
    assert (asked[:row] == np.float32(22.0)).all()
    assert (asked[row:] == np.float32(18.0)).all()
    for name in ("supply_c", "coil_w", "total_w", "rack_inlet_mean_c"):
        moved = column(recorder, name) != column(still, name)
        assert not moved[:row].any()
        assert moved[row], name
    times = [time_s for time_s, _ in policy.seen]
    assert times == list(range(interval_s, DAY_S // 4 + 1, interval_s))  # a last look at the end


def test_an_observation_is_the_row_of_the_step_that_just_ended() -> None:
    policy = Script({})
    recorder = Days()
    sim = simulation(recorder, policy, run__duration_days=1.25, run__start_day=3.5)
    sim.run()
    power = column(recorder, "it_w")
    jobs = np.concatenate([day[2] for day in recorder.days])
    assert len(policy.seen) > 300
    for time_s, seen in policy.seen:
        row = (time_s - sim.start_s) // STEP_S - 1
        assert seen["it.power_kw"] == pytest.approx(float(power[row]) * 1e-3, rel=1e-12)
        assert seen["jobs.running"] == jobs[row, 0]


def test_an_event_between_steps_splits_one_step_with_exact_energy() -> None:
    """Series means times steps are the meters, though steps are split at odd seconds by setpoints that change."""
    for name, keys in {"calm": {}, "hot": {**HOT, **TRIM}}.items():
        recorder = Days()
        sim = simulation(recorder, **{**keys, "run.duration_days": 1.0})  # type: ignore[arg-type]
        rng = np.random.default_rng(4)
        for time_s in rng.integers(1, DAY_S, 40):
            sim.agenda.at(int(time_s), "control")
        sim.run()
        assert int(sim.state.facility["steps"][0]) > DAY_S // STEP_S + 35  # physics steps; the rows stay on the grid
        assert len(column(recorder, "it_w")) == DAY_S // STEP_S
        meters = meters_of(sim)
        for field, meter in (
            ("it_w", "it_j"), ("chiller_w", "chiller_j"), ("crah_fan_w", "crah_fan_j"),
            ("coil_w", "coil_j"), ("tower_fan_w", "heat_rejection_fan_j"), ("makeup_kg_s", "makeup_kg"),
        ):
            energy = float(column(recorder, field).astype(np.float64).sum()) * STEP_S
            assert energy == pytest.approx(meters[meter], rel=3e-7), (name, field)
        racks = np.concatenate([day[3] for day in recorder.days]).astype(np.float64)
        assert racks[:, :, 3].sum() * 3.6e6 == pytest.approx(meters["it_j"], rel=3e-7)


def test_a_split_step_shows_both_setpoints_by_their_time() -> None:
    recorder = Days()
    sim = simulation(recorder, Script({7215: Setpoints(supply_air_c=18.0)}), run__duration_days=0.25)
    sim.agenda.at(7215, "control")
    sim.run()
    asked = column(recorder, "supply_setpoint_c")[119:123]
    assert asked.tolist() == pytest.approx([22.0, 22.0 * 0.25 + 18.0 * 0.75, 18.0, 18.0], abs=1e-5)


# --- energy of jobs -----------------------------------------------------------------------------------

#: Power follows utilisation alone: no leakage, constant fans, nothing else in the racks.
LINEAR: dict[str, object] = {
    "hall.server.leak_per_k": 0.0, "hall.server.storage_network_frac": 0.0, "hall.server.fan_share_frac": 0.0,
    "hall.server.ramp_gain_frac": 0.0, "hall.server.idle_frac": 0.3, "hall.server.throttle_start_c": 59.0,
    "hall.server.throttle_end_c": 60.0, "workload.jobs.servers_per_rack": 20,
}


@pytest.mark.parametrize("step_s", [60, 900])
@pytest.mark.parametrize("splits", [0, 60])
def test_energy_of_jobs_is_exact(step_s: int, splits: int, tmp_path: Path) -> None:
    """IT energy is idle + background + Σ job · time, whatever seconds the jobs start and end at."""
    rng = np.random.default_rng(8)
    count, end_s = 500, DAY_S
    submit_s = np.sort(rng.integers(0, end_s - 3600, count))
    servers = rng.integers(1, 50, count)  # some span racks
    duration_s = rng.integers(1, 9000, count)  # some last seconds, none has to wait
    trace = tmp_path / "jobs.csv"
    rows = "\n".join(f"{t},{s},{d}" for t, s, d in zip(submit_s, servers, duration_s, strict=True))
    trace.write_text("submit_s,servers,duration_s\n" + rows + "\n")
    background = 0.25
    sim = simulation(None, **{  # type: ignore[arg-type]
        **LINEAR, "run.duration_days": 1.0, "run.step_s": step_s, "run.control_interval_s": 900,
        "workload.jobs.trace": str(trace), "workload.weekday": [background] * 24, "workload.weekend": [background] * 24,
        **{f"hall.rows.{row}.weight": 1.0 for row in "abcdefghij"},
    })
    for time_s in rng.integers(1, end_s, splits):
        sim.agenda.at(int(time_s), "control")
    sim.run()
    jobs = sim.jobs
    assert jobs is not None
    assert (jobs.arrived, jobs.queued, jobs.wait_mean_h) == (count, 0, 0.0)
    spent_s = np.minimum(submit_s + duration_s, end_s) - submit_s
    per_server = 0.9 / 20.0
    asked = background + float((servers * spent_s).sum()) * per_server / 200.0 / end_s
    idle = 0.3
    expected_j = sim.scenario.hall.it_rated_kw * 1e3 * (idle + (1.0 - idle) * asked) * end_s
    assert meters_of(sim)["it_j"] == pytest.approx(expected_j, rel=1e-9)


def test_a_rack_full_of_jobs_still_runs_its_background() -> None:
    """However many jobs there are, no rack is asked for more than it has."""
    sim = simulation(None, run__duration_days=0.5, workload__jobs__per_day=20000.0)
    sim.run()
    assert sim.jobs is not None
    assert sim.jobs.queued > 0
    assert float(sim.state.racks["util_frac"].max()) < 1.0


def test_jobs_are_counted_at_the_end_of_every_step(tmp_path: Path) -> None:
    """A job shows from the row in which it starts, however seldom anybody else acts."""
    trace = tmp_path / "jobs.csv"
    trace.write_text("submit_s,servers,duration_s\n100,5,200\n110,5000,60\n115,4,60\n3600,4,86400\n")
    recorder = Days()
    simulation(recorder, **{"run.duration_days": 1.25, "workload.jobs.trace": str(trace)}).run()  # type: ignore[arg-type]
    counts = np.concatenate([day[2] for day in recorder.days])
    running, queued = counts[:, 0], counts[:, 1]
    # the second asks for all servers: it waits for the first, and the third, come five seconds later, for both
    assert running[:8].tolist() == [0, 1, 1, 1, 1, 1, 1, 0]
    assert queued[:8].tolist() == [0, 2, 2, 2, 2, 1, 0, 0]
    assert running[59:61].tolist() == [0, 1]  # [3540, 3600) has not seen the job of 3600
    assert (running[60:1500] == 1).all()
    assert (running[1500:] == 0).all()  # it ended at 90000 s
