"""Sensors between hall and policy: off they change nothing; on, each key does what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from policies_rig import INLET, Reckless, result, simulation

from twin.channels import CHANNELS
from twin.engine.sensors import SensorModel
from twin.errors import ScenarioError
from twin.policies.contract import Observation, Setpoints
from twin.scenario.seen import Sensors

TRUE = {c.name: 20.0 for c in CHANNELS}


class Keeps(Reckless):
    """Keeps what it is shown, and never acts."""

    def __init__(self) -> None:
        self.seen: list[Observation] = []

    def decide(self, observation: Observation) -> Setpoints:
        self.seen.append(observation)
        return Setpoints()


def shown(channel: str, **changed: object) -> np.ndarray:
    policy = Keeps()
    result(policy, **changed)
    return np.array([seen[channel] for seen in policy.seen])


def test_ideal_sensors_show_the_channels_bit_for_bit() -> None:
    bare, ideal = Keeps(), Keeps()
    done = result(bare)
    result(ideal, sensors={})
    assert [dict(a) for a in bare.seen] == [dict(b) for b in ideal.seen]
    assert bare.seen[3][INLET] == pytest.approx(float(done.column(INLET)[19]), abs=1e-5)
    assert set(bare.seen[0]) == {c.name for c in CHANNELS}


def test_noise_has_the_deviation_that_was_asked_for_by_kind() -> None:
    """Over 2000 readings, four standard errors of a deviation."""
    model = SensorModel(Sensors(temperature_noise_k=0.3, flow_noise_frac=0.02, power_noise_frac=0.01), 1)
    rows = [model.read(60 * k, TRUE, {}) for k in range(2000)]
    for channel, sigma in (("hall.supply_c", 0.3), ("hall.supply_kg_s", 0.4), ("power.facility_kw", 0.2)):
        values = np.array([row[channel] for row in rows])
        assert values.std() == pytest.approx(sigma, rel=4.0 / np.sqrt(2 * 2000))
        assert values.mean() == pytest.approx(20.0, abs=4.0 * sigma / np.sqrt(2000))
    assert {row["hall.supply_humidity_ratio"] for row in rows} == {20.0}
    a, b = (np.array([row[name] for row in rows]) for name in ("hall.supply_c", "hall.return_c"))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.1


def test_lag_is_of_first_order_and_of_temperatures_only() -> None:
    """A step is answered by 1 - e^(-t/τ)."""
    model = SensorModel(Sensors(lag_s=600.0), 1)
    model.read(0, TRUE, {})
    stepped = dict.fromkeys(TRUE, 30.0)
    for k in (1, 2, 3):
        row = model.read(300 * k, stepped, {})
        assert row["hall.supply_c"] == pytest.approx(30.0 - 10.0 * np.exp(-k / 2.0))
        assert row["power.facility_kw"] == 30.0


def test_bias_of_a_channel_and_of_every_sensor() -> None:
    model = SensorModel(Sensors(bias={"hall.supply_c": -1.5, "power.facility_kw": 5.0}), 1)
    row = model.read(0, TRUE, {})
    assert (row["hall.supply_c"], row["power.facility_kw"], row["hall.return_c"]) == (18.5, 25.0, 20.0)
    drawn = SensorModel(Sensors(temperature_bias_k=0.5), 3)
    first, later = drawn.read(0, TRUE, {}), drawn.read(600, TRUE, {})
    assert first == later
    off = [first[c.name] - 20.0 for c in CHANNELS if c.unit == "°C"]
    assert 0.3 < np.std(off) < 0.7


def test_dropouts_come_as_often_and_last_as_long_as_was_asked_for() -> None:
    """A hundred sensors for ten days: six a day, an hour each, so a share 6/24 / (1 + 6/24) is out; to 10 %."""
    model = SensorModel(Sensors(dropouts_per_day=6.0, dropout_mean_s=3600.0), 1)
    stuck = total = 0
    last: dict[str, float] = {}
    for k in range(1440):
        row = model.read(600 * k, {name: float(k) for name in TRUE}, {})
        stuck += sum(row[name] == last.get(name) for name in row)
        total += len(row)
        last = row
    assert stuck / total == pytest.approx(0.25 / 1.25, rel=0.1)


def test_a_snapshot_goes_on_the_same() -> None:
    keys = Sensors(temperature_noise_k=0.2, lag_s=900.0, dropouts_per_day=50.0)
    one, other = SensorModel(keys, 1), SensorModel(keys, 1)
    for k in range(20):
        one.read(300 * k, TRUE, {})
    other.restore(one.snapshot())
    for k in range(20, 40):
        values = dict.fromkeys(TRUE, 20.0 + k)
        assert one.read(300 * k, values, {}) == other.read(300 * k, values, {})


def test_policies_are_misled_and_the_hall_is_not() -> None:
    """A policy that does nothing: the same hall, other readings; what an event holds stays held."""
    plain, noisy = Keeps(), Keeps()
    one = result(plain)
    sensors: Any = {"temperature_noise_k": 0.5}
    two = result(noisy, sensors=sensors)
    assert (one.column(INLET) == two.column(INLET)).all()
    assert plain.seen[5][INLET] != noisy.seen[5][INLET]
    held = shown(INLET, sensors=sensors, events=[{"kind": "sensor", "target": INLET, "dropout": True, "at_h": 1.0}])
    assert len(set(held[12:])) == 1


def test_noise_does_not_shift_other_streams() -> None:
    one, two = simulation(Keeps()), simulation(Keeps(), sensors={"temperature_noise_k": 0.5})
    for found in (one, two):
        found.run()
    assert one.jobs is not None
    assert two.jobs is not None
    assert one.jobs.snapshot().keys() == two.jobs.snapshot().keys()
    assert (one.jobs.arrived, one.jobs.finished) == (two.jobs.arrived, two.jobs.finished)


@pytest.mark.parametrize(
    ("sensors", "says"),
    [
        ({"bias": {"hall.nothing": 1.0}}, "no channel 'hall.nothing'"),
        ({"temperature_noise_k": -1.0}, "temperature_noise_k"),
        ({"noise": 1.0}, "noise"),
    ],
)
def test_wrong_keys_are_refused(sensors: Any, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        simulation(None, sensors=sensors)
