"""Rollouts start from what sensors show: a wrong sensor misleads them, what it hides stays hidden; the oracle knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from policies_rig import INLET, Reckless, guarded, hottest_c, keys, result, simulation

from twin.engine.estimate import move_to_readings, reading_errors
from twin.engine.observe import RowValues
from twin.engine.rollout import TwinRollout
from twin.engine.simulation import Simulation
from twin.policies.contract import Observation, Setpoints
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation

BEGUN_S = 1800
CHILLED = "plant.chilled_supply_c"
#: Error of every kind of sensor. A small budget, so that plans are quick.
POOR: dict[str, object] = {
    "temperature_noise_k": 0.3, "temperature_bias_k": 0.5, "power_noise_frac": 0.02, "humidity_noise_frac": 0.03,
    "lag_s": 300.0, "dropouts_per_day": 20.0,
}
SMALL: dict[str, object] = {
    "policy__planning__candidates": 6, "policy__planning__elite": 3, "policy__planning__rounds": 2,
}


class Looks(Reckless):
    """Is handed rollouts, and does nothing."""

    looks_ahead_s = 7200

    def __init__(self, *, foresight: bool = False) -> None:
        self.foresight = foresight

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.rollout: TwinRollout = rollout

    def decide(self, observation: Observation) -> Setpoints:
        return Setpoints()


def begun(*, foresight: bool = False, **changed: object) -> tuple[Simulation, TwinRollout]:
    """The short hall after half an hour, and the rollout of its last decision."""
    policy = Looks(foresight=foresight)
    found = simulation(policy, **changed)
    found.run(found.start_s + BEGUN_S)
    return found, policy.rollout


def biased(**channels: float) -> dict[str, object]:
    return {"sensors": {"bias": {name.replace("__", "."): value for name, value in channels.items()}}}


def predicted(rollout: TwinRollout, horizon_s: int = 600) -> dict[str, float]:
    return dict(rollout.try_setpoints(Setpoints(), horizon_s))


@pytest.mark.parametrize("bias_k", [-1.5, 2.0])
def test_an_inlet_sensor_that_errs_is_believed(bias_k: float) -> None:
    """No state explains a wrong hottest inlet alone: it stays on the reading, under any setpoints and failure."""
    (_, right), (_, wrong) = begun(), begun(**biased(hall__rack_inlet_max_c=bias_k))
    for asked, fault in ((Setpoints(), ""), (Setpoints(supply_air_c=26.0), "plant.chilled_water_pump")):
        one, other = (r.try_setpoints(asked, 600, fault) for r in (right, wrong))
        for name in (INLET, f"{INLET}.max"):
            assert other[name] - one[name] == pytest.approx(bias_k, abs=1e-5)
        assert other["power.facility_kw"] == one["power.facility_kw"]


@pytest.mark.parametrize("channel", [CHILLED, "hall.rack_outlet_mean_c", "plant.condenser_supply_c", "hall.room_c"])
def test_a_slow_state_starts_where_its_sensor_says(channel: str) -> None:
    """2 K off in the first minute as far as it has memory, less after an hour: the rest is the model's."""
    (_, right), (_, wrong) = begun(), begun(**biased(**{channel: 2.0}))
    errors = [predicted(wrong, t)[channel] - predicted(right, t)[channel] for t in (60, 3600)]
    assert 0.3 < errors[0] <= 2.0 + 1e-5
    assert abs(errors[1]) < 0.5 * errors[0]


def test_a_sensor_of_power_says_how_busy_jobs_are() -> None:
    step: Any = {"events": [{"kind": "load_step", "delta_frac": 0.3, "at_h": 0.1}]}
    (found, right), (_, wrong) = begun(**step), begun(**step, **biased(it__power_kw=100.0))
    shown = 1.0 + 100.0 / RowValues(found.physics.last_row(), (0.0, 0.0)).true()["it.power_kw"]
    one, other = (rollout._state.racks["job_util_frac"] for rollout in (right, wrong))  # type: ignore[union-attr]
    assert one.min() >= 0.3
    assert other == pytest.approx(one * shown)
    assert predicted(wrong)["it.power_kw"] > predicted(right)["it.power_kw"] + 5.0


def test_the_same_readings_make_the_same_forecast_whatever_is_true() -> None:
    """Two halls, one with warmer water and racks, whose sensors show the same: a rollout tells them apart no longer.

    Of the difference that the true states make, a tenth at most is left: walls, coils and loops remember a little.
    """
    (one, first), (other, second) = begun(), begun()
    other.state.water["chw_supply_c"][0] += 0.8
    other.state.racks["mass_c"] += 1.5
    for found in (one, other):
        found.run(found.start_s + BEGUN_S + 60)
    shown, true = (RowValues(found.physics.last_row(), (0.0, 0.0)).true() for found in (one, other))
    ahead = one.steering._forecaster.expected(one.now_s, 120)
    first.see(one.state, one.physics.setpoints, [], ahead, (shown, shown))
    known = predicted(first)
    errors = []
    for readings in ((true, true), (shown, true)):
        second.see(other.state, other.physics.setpoints, [], ahead, readings)
        seen = predicted(second)
        names = (CHILLED, "power.facility_kw", "hall.rack_outlet_mean_c")
        errors.append({name: abs(seen[name] - known[name]) for name in names})
    assert errors[0][CHILLED] > 0.1
    assert errors[0]["power.facility_kw"] > 5.0
    for name, error in errors[1].items():
        assert error < 0.1 * errors[0][name]


def test_a_plan_follows_the_readings() -> None:
    """With a hottest inlet that reads 3 K too high ``cem_mpc`` cools more; the true hall is the same at that time."""
    asked = []
    for bias_k in (0.0, 3.0):
        found = simulation(None, policy__name="cem_mpc", **SMALL, **biased(hall__rack_inlet_max_c=bias_k))
        found.run(found.start_s + 300)
        asked.append(found.policy.snapshot()[0])
    assert (asked[0] != asked[1]).any()


def test_perfect_sensors_change_nothing_to_the_last_bit() -> None:
    (found, plain), (_, ideal) = begun(), begun(sensors={})
    assert predicted(plain) == predicted(ideal)
    assert plain._offsets is None
    assert plain._state is not None
    true = begun(foresight=True)[1]._state
    assert true is not None
    assert all(a.tobytes() == b.tobytes() for a, b in zip(plain._state, true, strict=True))
    assert found.steering.rollout is plain


def test_the_oracle_keeps_the_true_state() -> None:
    one, other = (begun(foresight=True, **sensors)[1] for sensors in ({}, {"sensors": POOR}))
    assert predicted(one) == predicted(other)
    assert predicted(begun(sensors=POOR)[1]) != predicted(begun()[1])


def test_a_sensor_that_dropped_out_keeps_its_last_value() -> None:
    """Its inlet is held since minute 3, when the supply steps up: the rollout starts from what it read then."""
    warmer: dict[str, object] = {"kind": "setpoint", "target": "supply_air_c", "value": 25.0, "at_h": 0.1}
    stuck: dict[str, object] = {"kind": "sensor", "target": INLET, "dropout": True, "at_h": 0.05}
    (found, right), (other, wrong) = begun(events=[warmer]), begun(events=[warmer, stuck])
    now_c, held_c = float(found.physics.last_row()["rack_inlet_max_c"]), other.events.held[INLET]
    assert now_c > held_c + 1.0
    # the rollout is that of the last decision, at which the true inlet was that of the same row
    assert predicted(wrong, 60)[INLET] - predicted(right, 60)[INLET] == pytest.approx(held_c - now_c, abs=1e-4)


def test_rollouts_from_readings_leave_the_run_as_it_is() -> None:
    one, other = begun(sensors=POOR)[0], begun()[0]
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one.state, other.state, strict=True))


def test_interrupted_and_resumed_with_poor_sensors_it_goes_on_the_same() -> None:
    whole, half = (simulation(None, policy__name="cem_mpc", sensors=POOR, **SMALL) for _ in range(2))
    whole.run(whole.start_s + 5400)
    half.run(half.start_s + 2500)
    child = half.fork()
    child.run(half.start_s + 5400)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(whole.state, child.state, strict=True))


@pytest.mark.parametrize("fault", ["", "hall.supply_c", "load_step"])
@pytest.mark.parametrize("bias_k", [-0.4, 1.0])
def test_the_guard_holds_with_inlet_sensors_that_err_by_less_than_its_margin(bias_k: float, fault: str) -> None:
    """The bound of the guard's own tests: 32 °C where the baseline keeps it. Its margin is 0.5 K."""
    when: dict[str, object] = {"at_h": 3.02, "duration_h": 1.0}
    event: dict[str, Any] = {
        "hall.supply_c": {"kind": "sensor", "target": fault, "bias": -3.0, **when},
        "load_step": {"kind": "load_step", "delta_frac": 0.2, **when},
    }
    events: Any = [event[fault]] if fault else []
    sensors = biased(**{f"hall.rack_inlet_{which}_c": bias_k for which in ("max", "p95", "mean")})
    baseline_c = hottest_c(result(events=events))
    found_c = hottest_c(result(guarded(Reckless()), events=events, **sensors))
    assert found_c <= (32.0 if baseline_c <= 32.0 else baseline_c + 2.0)


# --- the estimate itself -------------------------------------------------------------------------------


def test_errors_are_what_is_shown_and_not_so() -> None:
    true = {"a_kw": 10.0, "b_c": 20.0, "c_c": 5.0, "d_kw": 0.0}
    found = reading_errors({"a_kw": 12.0, "b_c": 20.0, "c_c": float("nan"), "d_kw": 1.0}, true)
    assert found == {"a_kw": (2.0, 1.2), "d_kw": (1.0, 1.0)}
    assert reading_errors({"a_kw": 90.0}, true)["a_kw"] == (80.0, 2.0)


HALLS = ("chilled-water-storage", "tblock-qingyuan", "direct-liquid", "air-economiser-dx", "immersion", "rear-door")


@pytest.mark.parametrize("name", HALLS)
def test_absurd_readings_stay_physical(name: str) -> None:
    """Every sensor wild by turns: states within bounds, forecasts finite; nothing that is not there is moved."""
    found = build_simulation(load_scenario(name, {"run.duration_days": 0.1, "run.start_day": 190.0}), Looks())
    found.run(found.start_s + 1800)
    rollout, true = found.policy.rollout, RowValues(found.physics.last_row(), (0.0, 0.0)).true()  # type: ignore[attr-defined]
    steps = 3600 // found.scenario.run.step_s
    for wild in (40.0, -40.0, 1e5, -1e5):
        shown = {channel: value + wild for channel, value in true.items()}
        rollout.see(found.state, found.physics.setpoints, [], found.steering._forecaster.expected(found.now_s, steps),
                    (shown, true))
        for array in rollout._state[:-3]:
            for field in array.dtype.names or ():
                assert np.isfinite(array[field]).all()
        assert -80.0 <= rollout._state.facility["room_c"][0] <= 150.0
        assert all(np.isfinite(v) for v in rollout.try_setpoints(Setpoints(), 3600).values())


def test_a_charge_is_a_tenth_of_its_span() -> None:
    """Half a charge less is a tank 5 K warmer on the mean, within 0 … 100 °C; a charge read right is left alone."""
    found = build_simulation(load_scenario("chilled-water-storage", keys()), None)
    layers = found.state.tanks["layer_c"].copy()
    move_to_readings(found.state, found.physics.params, {"plant.store_frac": (-0.5, 0.5)})
    assert found.state.tanks["layer_c"] == pytest.approx(layers + 5.0)
    move_to_readings(found.state, found.physics.params, {})
    assert found.state.tanks["layer_c"] == pytest.approx(layers + 5.0)
