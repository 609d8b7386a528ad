"""No policy but the oracle sees the future, and nothing that a policy tries touches the run."""

from __future__ import annotations

import dataclasses
import gc
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from policies_rig import SCENARIO, Reckless, simulation

from twin.engine.simulation import Simulation
from twin.policies.contract import Forecast, Observation, Setpoints
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation, site_weather
from twin.weather.nodes import LEVELS
from twin.weather.year import WeatherYear

DAY_S = 86400
#: Policies of the library, each with small budgets; the guard around a policy that it must hold back.
POLICIES: dict[str, dict[str, object]] = {
    "trim_respond": {}, "rule_based": {}, "arx_mpc": {"policy.planning.identify_h": 21.0},
    "cem_mpc": {"policy.planning.candidates": 4, "policy.planning.elite": 2, "policy.planning.rounds": 2},
    "guard": {"policy.guard": True, "policy.name": "trim_respond", "policy.supply_max_c": 35.0, "policy.trim_k": 5.0},
}
ORACLE: dict[str, object] = {**POLICIES["cem_mpc"], "policy.name": "oracle"}


def trace(path: Path, later_frac: float) -> Path:
    """Utilisation by the hour of eight days from day 191 on; from day 193 on it is what is given."""
    lines = ["time_s,utilisation_frac"]
    for hour in range(-1, 24 * 8):
        value = later_frac if hour >= 48 else 0.4 + 0.2 * (hour % 24) / 24.0
        value = 0.9 if hour == -1 else value  # the highest of all is known: it says how many servers jobs may have
        lines.append(f"{191 * DAY_S + 3600 * hour},{value:.4f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def run_up_to(tmp_path: Path, keys: dict[str, object], *, other_future: bool) -> Simulation:
    """Up to 22:00 of the second day; the future begins at its midnight."""
    file = trace(tmp_path / f"{other_future}.csv", 0.9 if other_future else 0.5)
    table: dict[str, object] = {
        "run.start_day": 191.0, "run.duration_days": 4.0, "workload.kind": "trace", "workload.trace": str(file),
        "run.control_interval_s": 900, "run.step_s": 300, "forecast.horizon_h": 12.0, **keys,
    }
    if other_future:
        table["events"] = [
            {"kind": "trip", "target": "plant.chilled_water_pump", "at_h": 48.0, "duration_h": 2.0},
            {"kind": "load_step", "at_h": 50.0, "delta_frac": 0.3},
        ]
    scenario = load_scenario(SCENARIO, table)
    found = build_simulation(scenario)
    if other_future:
        other = Simulation(scenario, found.facility, warmer_later(site_weather(scenario), 193 * 24 + 1), found.policy)
        found = other
    found.run(found.start_s + DAY_S + 22 * 3600)
    return found


def warmer_later(weather: WeatherYear, hour: int) -> WeatherYear:
    """The same year, 15 K warmer and dry from an hour on."""
    changed = {name: getattr(weather, name).copy() for name in (*LEVELS, "dew_point_c") if hasattr(weather, name)}
    changed["dry_bulb_c"][hour:] += 15.0
    changed["humidity_ratio"][hour:] *= 0.3
    return dataclasses.replace(weather, **changed)


def actions(found: Simulation) -> list[tuple[Any, ...]]:
    """Every setpoint that was asked for and applied today; what was not asked for is None."""
    return [tuple(None if math.isnan(x) else x for x in row) for row in found.steering.take_rows().tolist()]


@pytest.mark.parametrize("name", POLICIES)
def test_the_unseen_future_changes_no_action(name: str, tmp_path: Path) -> None:
    keys = {"policy.name": name, **POLICIES[name]}
    one, other = (run_up_to(tmp_path, keys, other_future=future) for future in (False, True))
    assert one.now_s == other.now_s
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one.state, other.state, strict=True))
    first = actions(one)
    assert len(first) > 20
    assert first == actions(other)


def test_only_the_oracle_looks_ahead(tmp_path: Path) -> None:
    """The same test fails for the oracle, so it can fail; and the run says what it was."""
    keys = {**ORACLE, "policy.planning.horizon_h": 4.0}
    one, other = (run_up_to(tmp_path, keys, other_future=future) for future in (False, True))
    assert actions(one) != actions(other)
    assert one.steering.account()["oracle"] is True
    assert "bound" in one.steering.account()["note"]


class Tries(Reckless):
    """Plans with everything a rollout offers, and then does nothing."""

    looks_ahead_s = 3600

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.rollout = rollout

    def decide(self, observation: Observation) -> Setpoints:
        hot = Setpoints(supply_air_c=32.0, chilled_water_c=25.0)
        self.seen = self.rollout.try_setpoints(hot, 3600)
        for fault in self.rollout.faults:
            self.rollout.try_sequence([hot, Setpoints(supply_air_c=18.0)], 1800, fault)
        return Setpoints()


class Rests(Tries):
    """The same without trying."""

    def decide(self, observation: Observation) -> Setpoints:
        return Setpoints()


def test_rollouts_leave_the_parent_bit_identical() -> None:
    """State, parameters, jobs and agenda are those of a run without rollouts, to the last bit."""
    one, other = simulation(Tries()), simulation(Rests())
    for found in (one, other):
        found.run(found.start_s + 7200)
    for left, right in ((one.state, other.state), (one.physics.params, other.physics.params)):
        assert all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))  # type: ignore[attr-defined]
    assert one.agenda.snapshot() == other.agenda.snapshot()
    assert one.policy.seen["hall.rack_inlet_max_c.max"] > 28.0  # type: ignore[attr-defined]


def test_a_rollout_tells_what_then_happens_if_weather_and_load_stay() -> None:
    """In steady air and under a steady load its mean inlet is that of the run, to a hundredth of a kelvin."""
    steady: dict[str, object] = {
        "site__weather": "steady", "site__steady": {"dry_bulb_c": 25.0, "rh_frac": 0.5},
        "workload__weekday": [0.5] * 24, "workload__weekend": [0.5] * 24,
    }
    found = simulation(Tries(), **steady)
    found.run(found.start_s + 3600)
    rollout = found.steering.rollout
    assert rollout is not None
    seen = rollout.try_setpoints(Setpoints(), 1800)
    rows = found.physics.filled()[0]
    before = len(rows)
    found.run(found.start_s + 3600 + 1800)
    after = found.physics.filled()[0][before : before + 30]["rack_inlet_mean_c"]
    assert seen["hall.rack_inlet_mean_c"] == pytest.approx(float(after.mean()), abs=0.01)


def test_nothing_leads_from_an_observation_to_the_twin() -> None:
    """Whatever can be reached from it, by any attribute, is numbers, texts, tuples and mappings of these."""
    kept: list[Observation] = []

    class Keeps(Reckless):
        def decide(self, observation: Observation) -> Setpoints:
            kept.append(observation)
            return Setpoints()

    found = simulation(Keeps(), forecast={"horizon_h": 6.0})
    found.run(found.start_s + 600)
    todo: list[Any] = [kept[0]]
    reached: list[Any] = []
    while todo:
        thing = todo.pop()
        if isinstance(thing, type) or any(thing is other for other in reached):
            continue
        reached.append(thing)
        todo += gc.get_referents(thing)
    kinds = {type(thing).__name__ for thing in reached}
    assert kinds <= {"Observation", "Forecast", "mappingproxy", "dict", "tuple", "str", "float", "int", "bool"}


def test_nobody_writes_into_an_observation() -> None:
    seen = Observation(0, {"hall.supply_c": 20.0}, Forecast((0,), {"price_per_kwh": (0.1,)}))
    for spoil in (
        lambda: setattr(seen, "time_s", 1), lambda: setattr(seen, "anything", 1),
        lambda: seen.__setitem__("hall.supply_c", 1.0),  # type: ignore[attr-defined]
        lambda: seen._values.__setitem__("hall.supply_c", 1.0),
        lambda: seen.forecast.values.__setitem__("price_per_kwh", (0.0,)),  # type: ignore[union-attr]
    ):
        with pytest.raises((AttributeError, TypeError)):
            spoil()
    assert seen["hall.supply_c"] == 20.0


def test_the_forecast_is_the_day_before_moved_by_today() -> None:
    """Worked by hand from the weather file, and without any error far ahead if days repeat."""
    kept: list[Observation] = []

    class Keeps(Reckless):
        def decide(self, observation: Observation) -> Setpoints:
            kept.append(observation)
            return Setpoints()

    found = simulation(Keeps(), forecast={"horizon_h": 6.0, "decay_h": 5.0})
    found.run(found.start_s + 300)
    forecast, weather = kept[0].forecast, found.weather
    assert forecast is not None
    now_s = kept[0].time_s
    past = weather.block(now_s - DAY_S, 360, 60)["dry_bulb_c"]
    shift = weather.block(now_s - 60, 1, 60)["dry_bulb_c"] - weather.block(now_s - DAY_S - 60, 1, 60)["dry_bulb_c"]
    fade = np.exp(-(60.0 * (np.arange(360) + 0.5)) / 18000.0)
    assert forecast.values["weather.dry_bulb_c"] == pytest.approx((past + shift * fade).reshape(6, 60).mean(axis=1))
    assert forecast.values["price_per_kwh"] == (found.scenario.site.tariff.energy_per_kwh,) * 6
    assert forecast.time_s == tuple(now_s + 3600 * k for k in range(6))


def test_the_error_of_a_forecast_grows_with_lead_time() -> None:
    """Over 400 moments its deviation is σ sqrt(1 - φ^2k): within four standard errors (1/√800 each)."""
    found = simulation(Rests(), forecast={"weather_error_k": 2.0, "decay_h": 1.0})
    plain = simulation(Rests(), forecast={"decay_h": 1.0})
    times = [found.start_s + 60 * k for k in range(400)]
    noisy, calm = (
        np.array([sim.steering._forecaster.expected(t, 121)[0]["dry_bulb_c"] for t in times]) for sim in (found, plain)
    )
    errors = noisy - calm
    for k in (1, 30, 120):
        expected = 2.0 * np.sqrt(1.0 - np.exp(-2.0 * (k + 1) / 60.0))
        assert errors[:, k].std() == pytest.approx(expected, rel=4.0 / np.sqrt(800.0))
