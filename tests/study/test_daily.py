"""Days by hand: degree-hours, starts, travel, quarter hours; and what a tally counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from halls import SCENARIO, Plain
from twin_kernels.layout import STEP_OUT

from twin.channels import CHANNELS
from twin.policies.contract import Observation, Setpoints
from twin.scenario.read import load_scenario
from twin.study.daily import Days, DayTable, degree_hours_k_h, whole_days
from twin.study.table import _day_note
from twin.study.tally import Asked, Tally, vetoed

SEEN = Observation(0, {c.name: 20.0 for c in CHANNELS})


@pytest.mark.parametrize(("hours", "whole"), [
    ([24.0, 24.0], [10.0, 20.0]), ([12.0, 24.0, 24.0, 12.0], [50.0, 20.0, 30.0]), ([12.0, 21.0], [30.0]),
    ([12.0, 24.0, 4.0], [60.0]), ([24.0, 24.0, 12.0], [10.0, 50.0]), ([5.0], [10.0]), ([4.0, 6.0], [30.0])])
def test_days_of_a_run_from_noon_are_whole_days(hours: list[float], whole: list[float]) -> None:
    values = 10.0 * np.arange(1, len(hours) + 1)
    found = whole_days(values, np.array(hours))
    assert found.tolist() == whole
    assert found.sum() == values.sum()
    assert len(found) == max(1, int(sum(hours) // 24))


def test_a_run_within_days_says_how_they_count() -> None:
    assert _day_note(3.0, [100.0]) == []
    for days, start, says in ((3.0, 100.5, "3 whole days"), (1.375, 0.5, "1 whole day of"), (2.5, 0.0, "2 whole days")):
        assert says in _day_note(days, [start])[0]


def test_degree_hours_by_hand() -> None:
    """26, 28, 30 °C for a quarter of an hour each over 27 °C: (1 + 3) K × 0.25 h."""
    assert degree_hours_k_h(np.array([26.0, 28.0, 30.0]), 27.0, 900.0) == pytest.approx(1.0)
    assert degree_hours_k_h(np.array([27.0]), 27.0, 900.0) == 0.0


class _Meters:
    """Stands for a simulation at the end of a day."""

    def __init__(self, **values: float) -> None:
        from twin_kernels.layout import METERS

        meters = np.zeros(1, METERS)
        for name, value in values.items():
            meters[name] = value
        self.state = type("State", (), {"meters": meters})()


def test_starts_travel_and_quarters_run_over_midnight() -> None:
    scenario = load_scenario(SCENARIO, {"run.step_s": 300})
    days = Days(scenario, ("it", "chiller"))
    for day, running in enumerate(([0, 1, 2, 1], [2, 2, 0, 1])):
        rows = np.zeros(4, STEP_OUT)
        rows["chillers_on"], rows["crah_speed_frac"] = running, [0.2, 0.5, 0.5, 0.4]
        rows["rack_inlet_max_c"] = [26.0, 29.0, 25.0, 28.0]
        racks = np.array([[[29.0, 30, 0, 0, 0], [20.0, 21, 0, 0, 0]], [[26.0, 27, 0, 0, 0], [28.0, 29, 0, 0, 0]]])
        days.add_day(86400 * day, rows, np.zeros((4, 2), np.float32), racks.astype(np.float32))
        meters = {"it_j": 3.6e6 * (1 + day), "chiller_j": 3.6e6 * 2, "makeup_kg": 5.0, "humidifier_kg": 1.0 + day}
        days.close_day(_Meters(**meters))  # type: ignore[arg-type]
    table = days.table()
    assert list(table.columns["chiller_starts"]) == [2.0, 2.0]  # 0→1→2; 1→2 over midnight, 0→1
    assert table.columns["fan_travel_frac"] == pytest.approx([0.4, 0.6])  # the second day begins 0.2 away
    assert table.columns["recommended_k_h"] == pytest.approx([3.0 * 300 / 3600] * 2)
    assert table.columns["worst_rack_recommended_k_h"] == pytest.approx([2.0, 2.0])
    assert list(table.columns["it_kwh"]) == [1.0, 1.0]
    assert list(table.columns["total_kwh"]) == [3.0, 1.0]
    assert list(table.columns["water_l"]) == [6.0, 1.0]
    assert list(table.quarter_s) == [900, 1800, 87300, 88200]
    assert list(table.traces["hall.rack_inlet_max_c"]) == [29.0, 28.0, 29.0, 28.0]


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    table = Days(load_scenario(SCENARIO), ()).table()
    assert len(table) == 0
    table.save(tmp_path / "days.npz")
    again = DayTable.load(tmp_path / "days.npz")
    assert again.columns.keys() == table.columns.keys()
    assert again.traces.keys() == table.traces.keys()
    assert [path.name for path in tmp_path.iterdir()] == ["days.npz"]


def test_a_tally_counts_moves_travel_and_vetoes() -> None:
    wanted = iter([20.0, 22.0, 22.0, 19.0])
    inner = Asked(Plain(lambda _: Setpoints(supply_air_c=next(wanted))))

    class Guard(Plain):
        """Lets nothing above 21 °C pass."""

        def decide(self, observation: Observation) -> Setpoints:
            return Setpoints(supply_air_c=min(21.0, inner.decide(observation).supply_air_c or 0.0))

    tally = Tally(Guard(), inner)
    tally.reset(1)
    for _ in range(4):
        tally.decide(SEEN)
    assert (tally.decisions, tally.vetoes) == (4, 2)
    assert tally.travel == {"supply_air_c": 3.0}  # 20 → 21 → 21 → 19
    assert tally.moves == {"supply_air_c": 2}
    other = Tally(Guard(), inner)
    other.restore(tally.snapshot())
    assert other.counts() == tally.counts()


def test_what_counts_as_a_veto() -> None:
    a, b = Setpoints(supply_air_c=20.0), Setpoints(supply_air_c=20.5)
    assert not vetoed(a, Setpoints(supply_air_c=20.0))
    assert vetoed(a, b)
    assert vetoed(None, a)  # it was not even asked
    assert vetoed(a, Setpoints())
