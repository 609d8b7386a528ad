"""Alarms of short real runs: what is there when plant is too small or gone, and nothing when all is well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from halls import SCENARIO, SHORT, Plain, interrupted, simulation
from typer.testing import CliRunner

from twin.cli import app
from twin.engine.account import run_alarms, run_warnings
from twin.engine.simulation import Simulation
from twin.errors import InputError
from twin.policies.contract import Setpoints
from twin.record.result import Result
from twin.simulate import run

TBLOCK = "tblock-qingyuan"
#: Two July days with both chillers less than half of what is needed.
SMALL: dict[str, object] = {
    "plant.chiller.main.rated_kw": 350.0, "run.start_day": 189.0, "run.duration_days": 2.0, "run.step_s": 300,
}


def named(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["name"] for entry in entries}


def made(**changes: object) -> Simulation:
    keys = {name.replace(".", "__"): value for name, value in {**SMALL, **changes}.items()}
    return simulation(**keys)


@pytest.mark.parametrize(("scenario", "start_day"), [(SCENARIO, 20.0), (TBLOCK, 20.0), (TBLOCK, 195.0)])
def test_a_sound_day_raises_nothing(scenario: str, start_day: float) -> None:
    result = run(scenario, overrides={"run.start_day": start_day, "run.duration_days": 1.0})
    assert "alarms" not in result.summary
    assert "events" not in result.summary


def test_chillers_that_are_too_small() -> None:
    result = run(SCENARIO, overrides=SMALL)
    alarms = result.summary["alarms"]
    assert {"chilled_water_warm", "supply_not_held", "inlet_over_recommended"} <= named(alarms)
    assert [entry["start_s"] for entry in alarms] == sorted(entry["start_s"] for entry in alarms)
    for entry in alarms:
        assert 189 * 86400 <= entry["start_s"] < entry["end_s"] <= 191 * 86400
        assert entry["level"] in {"alarm", "warning"}
        assert " Jul " in entry["text"]
        assert "nan" not in entry["text"]
    (inlet,) = [entry for entry in alarms if entry["name"] == "inlet_over_recommended"]
    assert inlet["worst"] == pytest.approx(float(result.series["hall.rack_inlet_max_c"].max()), abs=0.051)
    over_s = 300 * int((result.series["hall.rack_inlet_max_c"] > 27.0).sum())
    assert 0 < inlet["over_s"] <= over_s


def test_what_an_alarm_says_is_no_warning_as_well() -> None:
    sim = made(**{"hall.fan.mode": "fixed", "hall.fan.fixed_speed_frac": 0.3, "hall.server.throttle_start_c": 26.0})
    sim.run()
    assert {"inlet_over_allowable", "servers_slowed"} <= named(run_alarms(sim))
    assert not any("allowable" in text or "slowed" in text for text in run_warnings(sim))


def test_looking_and_stopping_leave_no_trace() -> None:
    whole, cut = made(), made()
    whole.run()
    for until_s in range(189 * 86400 + 12345, 191 * 86400, 23456):
        cut.run(until_s)
        run_alarms(cut)
    cut.run()
    assert whole.alarms.record() == cut.alarms.record() != []


def test_a_fork_keeps_its_own() -> None:
    parent, whole = made(), made()
    parent.run(190 * 86400 + 30000)
    before = parent.alarms.record()
    child = parent.fork()
    assert child.alarms.record() == before
    child.run()
    assert parent.alarms.record() == before
    parent.run()
    whole.run()
    assert child.alarms.record() == parent.alarms.record() == whole.alarms.record() != before


def test_a_resumed_run_has_the_same_list(tmp_path: Path) -> None:
    keys = {**SHORT, **SMALL}
    folder = interrupted(tmp_path / "run", keys=keys, at_s=190 * 86400 + 4000)
    resumed = run(resume=folder, policy=Plain())
    whole = run(SCENARIO, overrides=keys, policy=Plain())
    assert resumed.summary["alarms"] == whole.summary["alarms"] == Result.load(folder).summary["alarms"]


def test_chilled_water_is_held_against_the_setpoint_that_a_policy_asked_for() -> None:
    def warmer(observation: Any) -> Setpoints:
        return Setpoints(chilled_water_c=20.0, supply_air_c=24.0)

    keys = {"run.duration_days": 1.0, "run.start_day": 190.0}
    summary = run(SCENARIO, overrides=keys, policy=Plain(warmer)).summary
    assert "chilled_water_warm" not in named(summary.get("alarms", []))


@pytest.mark.parametrize(("scenario", "target"), [(SCENARIO, "hall.crah"), (TBLOCK, "hall.iec")])
def test_all_air_handlers_lost(scenario: str, target: str) -> None:
    trip = {"kind": "trip", "target": target, "at_h": 6.0, "duration_h": 0.5}
    summary = run(scenario, overrides={"run.duration_days": 1.0, "events": [trip]}).summary
    found = {entry["name"]: entry for entry in summary["alarms"]}
    assert {"no_air", "trip"} <= set(found)
    assert (found["no_air"]["start_s"], found["no_air"]["end_s"]) == (21600, 23400)
    assert found["no_air"]["text"] == "No air handler moved air for 30 min from 1 Jan 06:00."
    assert found["trip"]["over_s"] >= 1800
    assert {event["kind"] for event in summary["events"]} == {"trip"}


def test_a_humidifier_that_never_ran_is_zero_and_one_that_is_not_there_is_absent() -> None:
    keys: dict[str, object] = {"run.duration_days": 0.25, "run.start_day": 190.0}
    for dew_point_c, there in ((None, False), (-20.0, True)):
        extra = {} if dew_point_c is None else {"hall.humidity.min_dew_point_c": dew_point_c}
        energy_kwh = run("dh1-none", overrides={**keys, **extra}).summary["energy_kwh"]
        assert energy_kwh.get("humidifier", "absent") == (0.0 if there else "absent")


def test_uses_and_hours_of_an_evaporative_hall() -> None:
    summary = run(TBLOCK, overrides={"run.duration_days": 1.0}).summary
    assert {"it", "crah_fan", "evaporative", "ups_loss"} <= summary["energy_kwh"].keys()
    assert not {"chiller", "pump", "heat_rejection_fan"} & summary["energy_kwh"].keys()
    metrics = summary["metrics"]
    assert metrics["dry_h"] + metrics["wet_h"] + metrics["hybrid_h"] == pytest.approx(24.0)
    assert not {"free_cooling_h", "mechanical_cooling_h", "chiller_cop", "tower_outside_box_h"} & metrics.keys()
    assert metrics["plant_cop"] > 1.0


def test_a_day_that_the_weather_does_not_have() -> None:
    keys = {"run.start_day": 365.0, "run.duration_days": 1.0}
    with pytest.raises(InputError, match=r"run\.start_day = 365 .* has 365 days; give less than 365"):
        run(SCENARIO, overrides=keys)
    done = CliRunner().invoke(app, ["check", SCENARIO, "--set", "run.start_day=365", "--set", "run.duration_days=1"])
    assert done.exit_code == 2
    over = run(SCENARIO, overrides={"run.start_day": 364.75, "run.duration_days": 0.5, "run.step_s": 300})
    assert over.summary["steps"] == 144  # into the next round of the year on purpose


def test_the_terminal_says_how_many_and_the_worst(tmp_path: Path) -> None:
    sets = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    done = CliRunner().invoke(app, ["run", SCENARIO, "--out", str(tmp_path / "run"), "--no-report", *sets])
    assert done.exit_code == 0, done.output
    (line,) = [line for line in done.output.splitlines() if line.startswith("In operation ")]
    assert " alarm" in line
    assert ", the worst: " in line
    assert line.endswith(".")
