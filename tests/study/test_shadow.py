"""History drives, the candidate proposes, the guard speaks; and what is wrong with a file is said all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import own_policies
import pandas as pd
import pytest
from halls import SCENARIO
from study_rig import SMALL, verb

import twin
from twin.errors import InputError
from twin.policies.contract import Observation, Setpoints
from twin.report.shadow_page import ShadowView, _proposals
from twin.study.shadow import shadow
from twin.study.telemetry import read_telemetry

RUN = {**SMALL, "run.duration_days": 1}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of the twin's own series, as if a hall had recorded it."""
    path = tmp_path_factory.mktemp("history") / "series.csv"
    twin.run(SCENARIO, overrides=RUN).series.reset_index().to_csv(path, index=False)
    return path


def test_what_is_wrong_with_a_table_is_said_in_plain_words(tmp_path: Path) -> None:
    for text, says in ((b"time_s,a\n1,2\n3,4,5,6\n", "line 3 has 4 values, the lines above have 2"),
                       (b"", "is empty; the first line names the columns"), (b"time_s,a\n1,\xff\n", "not UTF-8")):
        (tmp_path / "h.csv").write_bytes(text)
        with pytest.raises(InputError, match=says):
            read_telemetry(tmp_path / "h.csv")
    (tmp_path / "h.parquet").write_bytes(b"none")
    with pytest.raises(InputError, match="is no Parquet file, or a damaged one"):
        read_telemetry(tmp_path / "h.parquet")


def test_the_incumbent_proposes_nothing_new(history: Path) -> None:
    found = shadow(SCENARIO, history, "fixed", overrides=RUN)
    assert len(found.proposals) == 48  # every half hour
    assert found.data["vetoed"] == found.data["failed"] == 0
    assert found.verdict.startswith("fixed would have asked for something else in 0.0 % of 48 decisions")


def test_a_candidate_is_told_apart_and_does_not_act(history: Path) -> None:
    found = shadow(SCENARIO, history, own_policies.Steady(), overrides=RUN)
    change = found.data["changes"]["supply_air_c"]
    assert change["mean"] == pytest.approx(-1.0)  # 21 °C beside the scenario's 22 °C
    assert change["differs_frac"] == 1.0
    table = found.table
    assert set(table["setpoint"]) == {"supply_air_c"}
    assert (table["incumbent"] - 22.0).abs().max() < 1e-5
    seen: list[float] = []

    class Looks(own_policies.Steady):
        def decide(self, observation: Observation) -> Setpoints:
            seen.append(observation["hall.supply_setpoint_c"])
            return Setpoints(supply_air_c=30.0)

    shadow(SCENARIO, history, Looks(), overrides=RUN)
    assert max(abs(value - 22.0) for value in seen) < 1e-5  # history, whatever it proposes


def test_the_guard_says_what_it_would_veto(history: Path, tmp_path: Path) -> None:
    """A candidate that jumps is slowed; hot inlets in the history are a fall-back with their reason."""
    jumps = shadow(SCENARIO, history, own_policies.Warm(), overrides=RUN)
    assert any("setpoint supply_air_c: 32 asked for" in p.veto for p in jumps.proposals)
    frame = pd.read_csv(history)
    warm = tmp_path / "warm.csv"
    frame.assign(**{"hall.supply_setpoint_c": 32.0}).to_csv(warm, index=False)
    holds = shadow(SCENARIO, warm, own_policies.Warm(), overrides=RUN)
    assert not any(p.veto for p in holds.proposals)  # it asks for what was in force, not for 10 K more than the design
    frame.loc[frame["time_s"] >= 43200, "hall.rack_inlet_max_c"] = 34.0
    hot = tmp_path / "hot.parquet"
    frame.to_parquet(hot)
    found = shadow(SCENARIO, hot, "trim_respond", overrides=RUN)
    late = [p for p in found.proposals if p.time_s >= 43200]
    assert all("a rack inlet at 34.0 °C is above 30.0 °C" in p.veto for p in late)
    assert all(p.allowed["supply_air_c"] == 22.0 for p in late)
    assert not any("34.0" in p.veto for p in found.proposals if p.time_s < 43200)


def test_a_candidate_that_fails_loses_nothing(history: Path) -> None:
    class Later(own_policies.Raises):
        def decide(self, observation: Observation) -> Setpoints:
            return super().decide(observation) if observation.time_s < 36000 else self.late(observation)  # type: ignore[no-any-return]

    found = shadow(SCENARIO, history, Later(), overrides=RUN)
    assert len(found.proposals) == 48
    assert found.data["first_failure"].endswith("ValueError: no plan")
    assert "the policy failed" in found.verdict


def test_gaps_and_missing_values(history: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(history)
    frame = frame[(frame["time_s"] < 20000) | (frame["time_s"] > 30000)]
    frame.loc[frame["time_s"] > 60000, "hall.rack_inlet_mean_c"] = np.nan
    path = tmp_path / "gap.csv"
    frame.to_csv(path, index=False)
    found = shadow(SCENARIO, path, "fixed", overrides=RUN)
    assert any("had no new row" in text for text in found.warnings)
    assert all("hall.rack_inlet_mean_c reads nan" in p.veto for p in found.proposals if p.time_s > 61000)


def test_times_as_text(history: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(history)
    frame["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame.pop("time_s"), unit="s")
    path = tmp_path / "stamps.csv"
    frame.to_csv(path, index=False)
    assert np.array_equal(read_telemetry(path).time_s, read_telemetry(history).time_s)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time_s,hall.rack_inlet_max_c\n600,22\n300,23\n", ["row 2 (300 s) is not after row 1 (600 s)"]),
        ("time_s,hall.rack_inlet_max_c\n0,22\n600,warm\n", ["row 2: 'warm' is no number"]),
        ("time_s,hall.rack_inlet_max_c\n0,295\n600,296\n", ["100 % lie outside -80 … 150 °C (up to 296)"]),
        ("hall.rack_inlet_max_c\n22\n23\n", ["give time_s"]),
        ("time_s,inlet\n0,22\n600,22\n", ["no column is a channel"]),
        ("time_s,hall.rack_inlet_max_c\n0,22\n", ["holds 1 rows"]),
        ("time,hall.rack_inlet_max_c,it.power_kw\nnoon,a\n1,2\n", ["'noon' is no time", "'a' is no number"]),
    ],
)
def test_wrong_files(text: str, says: list[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        shadow(SCENARIO, path, "fixd", overrides={**RUN, "hall.crahh": 1})
    for part in (*says, "did you mean 'fixed'", "hall.crahh"):
        assert part in str(caught.value), part


def test_columns_that_are_not_read_are_named(history: Path, tmp_path: Path) -> None:
    frame: Any = pd.read_csv(history).rename(columns={"hall.room_c": "hall.rom_c"})
    path = tmp_path / "odd.csv"
    frame.to_csv(path, index=False)
    assert any("hall.rom_c" in text and "did you mean hall.room_c" in text for text in read_telemetry(path).warnings)


def test_the_verb(history: Path, tmp_path: Path) -> None:
    sets = [word for key, value in RUN.items() for word in ("--set", f"{key}={value}")]
    out = tmp_path / "proposals.csv"
    words = ["--telemetry", str(history), "--policy", "trim_respond", "--csv", str(out)]
    code, text = verb("shadow", SCENARIO, *words, *sets)
    assert code == 0, text
    assert text.strip().split("\n")[-1].startswith("trim_respond would have asked for something else in ")
    assert len(pd.read_csv(out)) >= 47
    code, text = verb("shadow", SCENARIO, "--telemetry", "nothing.csv", "--policy", "fixd")
    assert code == 2
    assert "nothing.csv" in text
    assert "did you mean 'fixed'" in text


def test_the_report_draws_what_was_proposed_and_vetoed(history: Path, tmp_path: Path) -> None:
    found = shadow(SCENARIO, history, own_policies.Warm(), overrides=RUN)
    assert found.data["vetoed"] > 0
    page = found.to_html(tmp_path / "shadow.html").read_text(encoding="utf-8")
    assert found.verdict in page.replace("\u00a0", " ")
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == {"shadow_proposals", "shadow_vetoes"}
    quiet = shadow(SCENARIO, history, "fixed", overrides=RUN).to_html(tmp_path / "quiet").read_text(encoding="utf-8")
    assert "<figure" not in quiet
    assert "It asked for nothing." in quiet


def _timed(folder: Path, column: str, times: list[Any]) -> Path:
    path = folder / "timed.csv"
    pd.DataFrame({column: times, "hall.supply_c": 22.0}).to_csv(path, index=False)
    return path


def test_daylight_saving_is_taken_to_standard_time(tmp_path: Path) -> None:
    """An hour of March that local clocks skip, and one of November that they repeat: seconds go on evenly."""
    for first in ("2023-03-12 00:00", "2023-11-05 00:00"):
        stamps = pd.date_range(first, periods=10, freq="1h", tz="America/New_York")
        times = read_telemetry(_timed(tmp_path, "time", [stamp.isoformat() for stamp in stamps])).time_s
        assert set(np.diff(times)) == {3600}
        shift_s = 0 if "-03-" in first else -3600  # what began in daylight time is an hour earlier in standard time
        assert times[0] == (pd.Timestamp(first) - pd.Timestamp("2023-01-01")).total_seconds() + shift_s
    with pytest.raises(InputError, match="every row with a UTC offset, or none"):
        read_telemetry(_timed(tmp_path, "time", ["2023-03-12T00:00:00Z", "2023-03-12T01:00:00"]))


@pytest.mark.parametrize("last", [1.7e9, 1e13, 1e25, float("inf")])
def test_times_that_are_not_of_a_year_are_refused(last: float, tmp_path: Path) -> None:
    """Such a gap would be walked through decision by decision."""
    with pytest.raises(InputError, match="more than ten years"):
        read_telemetry(_timed(tmp_path, "time_s", [0, 300, last]))


def test_rows_between_two_decisions_are_too_few(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no decision falls between"):
        shadow(SCENARIO, _timed(tmp_path, "time_s", [10, 20]), "rule_based", overrides=RUN)


@pytest.mark.parametrize("name", ["cem_mpc", "oracle"])
def test_who_plans_on_a_copy_of_the_twin_is_refused(name: str, history: Path) -> None:
    """Without rollouts these keep the scenario's setpoints, which is not what they would have asked for."""
    with pytest.raises(InputError, match="plans on a copy of the twin"):
        shadow(SCENARIO, history, name, overrides=RUN)


def test_a_guard_that_lets_go_lets_through_what_is_proposed(history: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(history)
    frame.loc[60:80, "hall.rack_inlet_max_c"] = np.nan
    frame.to_csv(tmp_path / "gap.csv", index=False)
    found = shadow(SCENARIO, tmp_path / "gap.csv", own_policies.Steady(), overrides=RUN)
    assert any("reads nan" in reason for reason in found.data["vetoes"])
    assert not any("setpoint : " in p.veto for p in found.proposals)
    assert all(p.allowed for p in found.proposals)


def test_leap_years_go_by_month_and_day(tmp_path: Path) -> None:
    """1 March is day 59 in every year; 29 February is left out and said to be; the next year begins at 365 d."""
    stamps = pd.date_range("2024-02-28 12:00", "2024-03-01 12:00", freq="12h")
    found = read_telemetry(_timed(tmp_path, "time", [stamp.isoformat() for stamp in stamps]))
    assert list(found.time_s / 86400) == [58.5, 59.0, 59.5]
    assert [len(values) for values in found.channels.values()] == [3]
    assert any("2 rows of 29 February are left out" in text for text in found.warnings)
    stamps = pd.date_range("2024-12-31 12:00", "2025-01-01 12:00", freq="12h", tz="Europe/Berlin")
    found = read_telemetry(_timed(tmp_path, "time", [stamp.isoformat() for stamp in stamps]))
    assert list(found.time_s / 86400) == [364.5, 365.0, 365.5]
    assert not found.warnings
    with pytest.raises(InputError, match="1 rows outside 29 February"):
        read_telemetry(_timed(tmp_path, "time", ["2024-02-29T00:00", "2024-03-01T00:00"]))


@pytest.mark.parametrize(("hours", "label"), [(6, "16 Jan"), (30, "16 Jan – 17 Jan"), (96, "")])
def test_a_figure_of_hours_says_which_day(hours: int, label: str) -> None:
    time_s = 15 * 86400 + 3600 * np.arange(hours)
    traces = {"supply_air_c": (np.full(hours, 22.0), np.full(hours, 21.0), np.full(hours, 21.0))}
    picture = _proposals(ShadowView("mine", time_s, 3600, traces, np.zeros(hours, bool), True))
    assert picture is not None
    assert picture.figure.axes[-1].get_xlabel() == label
