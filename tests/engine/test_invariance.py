"""What must not matter does not: the supervisory interval, the physics step, streams that others draw from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from halls import HOT, SCENARIO, Days, of_results, same, simulation

from twin.engine.simulation import seed_stream
from twin.policies.contract import Observation, Setpoints
from twin.record.result import Result
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation, run

SEASONS: dict[str, dict[str, object]] = {
    "winter": {"run.start_day": 10.0},
    "spring": {"run.start_day": 100.0},
    "summer": {"run.start_day": 200.0},
    "hot": {**HOT, "run.start_day": 200.0},
    "coolest": {"workload.jobs.placement": "coolest", "run.start_day": 100.0},
}


class Constant:
    """Asks for the scenario's own setpoints at every turn (unlike 'fixed', which has none)."""

    def reset(self, seed: int, rollout: Any = None) -> None:
        pass

    def decide(self, observation: Observation) -> Setpoints:
        return Setpoints(supply_air_c=22.0, chilled_water_c=16.0)

    def snapshot(self) -> Any:
        return None

    def restore(self, saved: Any) -> None:
        pass


def three_days(season: str, policy: Any = None, **keys: object) -> Result:
    given = {name.replace("__", "."): value for name, value in keys.items()}
    return run(SCENARIO, overrides={"run.duration_days": 3.0, **SEASONS[season], **given}, policy=policy)


def moved(first: Result, second: Result, share: float) -> list[str]:
    """Figures that differ by more than a share; of an energy that hardly counts, by more than 0.001 % of the total."""
    total_kwh = first.energy_kwh["total"]
    found = []
    for name, one in {**first.energy_kwh, "pue": first.metrics.pue, "tue": first.metrics.tue}.items():
        other = second.energy_kwh[name] if name in second.energy_kwh else second.metrics[name]
        floor = 1e-5 * total_kwh if name in first.energy_kwh else 0.0
        if abs(one - other) > max(share * abs(one), floor):
            found.append(f"{name}: {one} and {other}")
    return found


@pytest.mark.parametrize("season", SEASONS)
def test_supervisory_interval_does_not_move_energies(season: str) -> None:
    """60 s and 900 s under constant setpoints are the same run, jobs included; the house asks for 0.1 %."""
    often, seldom = (three_days(season, Constant(), run__control_interval_s=s) for s in (60, 900))
    assert moved(often, seldom, 1e-12) == []
    asked = ("policy",)  # how often it was asked is all that differs
    assert of_results(often, seldom, asked) == []
    assert of_results(three_days(season), seldom, asked) == []  # and 'fixed', whose turns are skipped


@pytest.mark.parametrize("season", ["winter", "spring", "summer", "hot"])
def test_physics_step_hardly_moves_energies(season: str) -> None:
    # Not 'coolest': it picks between racks that are all but equal, so any difference deals the jobs out anew.
    minute, half = three_days(season), three_days(season, run__step_s=30)
    assert half.summary["steps"] == 2 * minute.summary["steps"]
    assert moved(minute, half, 0.002) == []


# --- random streams -----------------------------------------------------------------------------------


def test_another_seed_has_other_jobs_and_nothing_else() -> None:
    first, again, other = (three_days("summer", run__seed=seed) for seed in (1, 1, 2))
    assert of_results(first, again) == []
    assert first.manifest["jobs"]["arrived"] != other.manifest["jobs"]["arrived"]
    for name in (c for c in first.series if c.startswith("weather.")):
        assert first.series[name].equals(other.series[name])


def test_without_jobs_weather_and_background_stay() -> None:
    busy, calm = Days(), Days()
    sim = simulation(busy, run__duration_days=1.0)
    sim.run()
    table = sim.scenario.model_dump(exclude_none=True)
    del table["workload"]["jobs"]
    quiet = build_simulation(load_scenario(table), None, calm)
    assert quiet.jobs is None
    quiet.run()
    for field in ("dry_bulb_c", "wet_bulb_c", "humidity_ratio", "ghi_w_m2", "sky_c"):
        assert same(busy.days[0][1][field], calm.days[0][1][field]) == []
    assert (calm.days[0][2] == 0.0).all()
    assert (busy.days[0][1]["it_w"] > calm.days[0][1]["it_w"]).mean() > 0.9


def test_streams_are_told_apart_by_name() -> None:
    drawn = {name: seed_stream(1, name).generate_state(4).tolist() for name in ("weather", "jobs", "noise", "faults")}
    assert len({tuple(state) for state in drawn.values()}) == 4
    assert drawn["jobs"] == seed_stream(1, "jobs").generate_state(4).tolist()
    assert drawn["jobs"] != seed_stream(2, "jobs").generate_state(4).tolist()


def test_a_longer_run_begins_as_the_shorter() -> None:
    short, long = Days(), Days()
    simulation(short, run__duration_days=1.0, run__start_day=40.0).run()
    simulation(long, run__duration_days=3.0, run__start_day=40.0).run()
    assert same(short.days, long.days[:1]) == []
    assert np.isfinite(long.days[2][1].view(np.float32)).all()
