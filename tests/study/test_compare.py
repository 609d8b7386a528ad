"""Whole comparisons of a small hall: A/A, common random numbers, resumption, processes, bad policies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import own_policies
import pytest
from halls import SCENARIO
from study_rig import OWN, SMALL, days_of

import twin
from twin.errors import InputError
from twin.study.analysis import pairings
from twin.study.cases import Plan, Request, plan_of
from twin.study.compare import Comparison, compare, compared
from twin.study.one_run import Run, execute, stored
from twin.study.pictures import views
from twin.study.sources import PolicySource
from twin.weather.read import load_weather

SHORT = {**SMALL, "run.duration_days": 2}


def same_days(first: Run, second: Run) -> bool:
    a, b = first.days, second.days
    return (
        a.columns.keys() == b.columns.keys()
        and all(a.columns[k].tobytes() == b.columns[k].tobytes() for k in a.columns)
        and all(a.traces[k].tobytes() == b.traces[k].tobytes() for k in a.traces)
    )


def test_a_policy_against_itself_gives_exactly_zero() -> None:
    found = twin.compare(SCENARIO, policies=["trim_respond", "trim_respond"], overrides=SMALL, seeds=2, jobs=1)
    row = found.rows[1]
    assert [row[k] for k in ("saving_frac", "saving_low_frac", "saving_high_frac", "excess_k_h")] == [0.0] * 4
    assert (row["p_energy"], row["verdict"]) == (1.0, "identical")
    assert found.verdict == "trim_respond (2) does exactly what trim_respond does: every day is the same"
    assert all(same_days(*found.runs[i : i + 2]) for i in (0, 2))
    assert not same_days(found.runs[0], found.runs[2])  # two seeds are two worlds


def test_days_add_up_to_the_summary() -> None:
    """Day by day, from meters: the same energy, water and degree-hours as ``twin.run``, to rounding of sums."""
    found = compare(SCENARIO, vary={"plant.supply_air_temp_c": [22.0, 26.5]}, overrides=SMALL, jobs=1)
    for side, run in zip(found.plan.sides, found.runs, strict=True):
        result = twin.run(side.scenarios[0])
        energy = result.energy_kwh
        assert run.days.total("total_kwh") == pytest.approx(energy["total"], rel=1e-9)
        assert run.days.uses == pytest.approx({k: v for k, v in energy.items() if k != "total"}, rel=1e-9)
        assert run.days.total("water_l") == pytest.approx(result.summary["water_l"], rel=1e-9)
        over = np.maximum(result.column("hall.rack_inlet_max_c").astype(float) - 27.0, 0.0).sum() / 6.0
        assert run.days.total("recommended_k_h") == pytest.approx(over, rel=1e-6)
        assert run.days.total("carbon_kg") == pytest.approx(result.metrics.carbon_kg, rel=1e-9)
        assert np.array_equal(run.days.columns["day"], [0.0, 1.0, 2.0])
        assert run.days.total("hours") == 72.0
    assert found.runs[1].days.total("recommended_k_h") > found.runs[0].days.total("recommended_k_h")


def test_pairs_share_every_random_number() -> None:
    plan = plan_of(Request(["tblock-tianjin"], ["fixed", "rule_based"], seeds=2, years=2))
    assert [w.name for w in plan.worlds] == ["s1-y1", "s2-y1", "s3-y2", "s4-y2"]
    for world in plan.worlds:
        first, second = (plan.task(side, world).scenario for side in plan.sides)
        assert first.model_copy(update={"policy": second.policy}) == second
        assert first.site.weather == f"tianjin@{world.year}"
    weathers = [load_weather(f"tianjin@{year}") for year in (1, 2)]
    assert not np.array_equal(weathers[0].dry_bulb_c, weathers[1].dry_bulb_c)


def test_several_start_days_are_worlds_of_their_own() -> None:
    """Every start has seeds of its own, both sides share it, and the report leaves the days between them empty."""
    asked = Request([SCENARIO], ["fixed", "trim_respond"], seeds=2, days=2.0, start_day=[10, 200.5])
    plan = plan_of(asked)
    assert [w.name for w in plan.worlds] == ["s1-y1-t10", "s2-y1-t10", "s3-y1-t200.5", "s4-y1-t200.5"]
    for world in plan.worlds:
        runs = [plan.task(side, world).scenario.run for side in plan.sides]
        assert runs[0] == runs[1]
        assert (runs[0].start_day, runs[0].seed, runs[0].duration_days) == (world.start_day, world.seed, 2.0)
    one = plan_of(Request([SCENARIO], ["fixed", "trim_respond"], days=2.0, start_day=[10.0]))
    assert [w.name for w in one.worlds] == ["s1-y1"]
    assert one.sides[0].scenarios[0].run.start_day == 10.0
    with pytest.raises(InputError) as caught:
        plan_of(Request([SCENARIO], ["fixed", "trim_respond"], days=2.0, start_day=[10, 10, 400, 0.01]))
    for part in ("every day once only", "--start-day 400", "--start-day 0.01"):
        assert part in str(caught.value), part


def test_weeks_apart_are_pooled_and_drawn_with_a_gap() -> None:
    """The mean saving of two starts is that of their sums; no day between them is made up."""
    kept = {name: value for name, value in SHORT.items() if name != "run.duration_days"}
    found = compare(SCENARIO, policies=["fixed", "trim_respond"], overrides=kept, days=1.0, start_day=[10, 14], jobs=1)
    totals = [run.days.total("total_kwh") for run in found.runs]
    assert [int(run.days.columns["day"][0]) for run in found.runs] == [10, 10, 14, 14]
    saving = 1.0 - (totals[1] + totals[3]) / (totals[0] + totals[2])
    assert found.rows[1]["saving_frac"] == pytest.approx(saving, rel=1e-12)
    assert "1 seed in 1 weather year from each of the days 10, 14, 1 days each" in found.text
    view = views(found.plan.sides[0], found.pairings, found.limit)[0]
    assert view.start_day == 10
    assert view.saved_kwh == pytest.approx(
        [totals[0] - totals[1], np.nan, np.nan, np.nan, totals[2] - totals[3]], rel=1e-9, nan_ok=True)
    assert np.isnan(view.by_hour_kw[:, 1:4]).all()


def test_jobs_and_weather_are_the_same_on_both_sides() -> None:
    """What no policy can touch is equal to the last bit, whatever the policies do."""
    found = compare(SCENARIO, policies=["fixed", own_policies.Warm()], overrides=SHORT, jobs=1)
    first, second = found.runs
    assert not same_days(first, second)
    for channel in ("weather.dry_bulb_c", "weather.wet_bulb_c"):
        assert first.days.traces[channel].tobytes() == second.days.traces[channel].tobytes()


def test_parallel_equals_serial_and_a_killed_study_goes_on(tmp_path: Path) -> None:
    serial = compare(SCENARIO, policies=["fixed", "trim_respond"], overrides=SHORT, seeds=2, jobs=1)
    out = tmp_path / "study"
    words = ["compare", SCENARIO, "--policy", "fixed", "--policy", "trim_respond", "--seeds", "2", "--no-report",
             "--jobs", "1", "--out", str(out), *(w for k, v in SHORT.items() for w in ("--set", f"{k}={v}"))]
    with subprocess.Popen([sys.executable, "-m", "twin", *words], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not list(out.glob("runs/*/*/run.json")):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    before = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*/run.json")}
    assert before
    assert not (out / "compare.json").exists() or len(before) == 4
    asked: dict[str, Any] = {"policies": ["fixed", "trim_respond"], "overrides": SHORT, "seeds": 2, "out": out}
    again = compare(SCENARIO, jobs=2, resume=True, **asked)
    assert sum(run.reread for run in again.runs) == len(before)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert all(same_days(a, b) for a, b in zip(serial.runs, again.runs, strict=True))
    assert json.loads((out / "compare.json").read_text("utf-8"))["verdict"] == serial.verdict.split("\n")
    damaged = next(iter(before))
    damaged.write_text(damaged.read_text("utf-8")[:40], "utf-8")
    mended = compare(SCENARIO, jobs=1, resume=True, **asked)
    assert [run.reread for run in mended.runs].count(False) == 1
    assert mended.verdict == serial.verdict


@pytest.mark.parametrize(("name", "content"), [
    ("run.json", b"[]"), ("run.json", None), ("days.npz", b""), ("days.npz", b"PK\x03\x04 and no more"),
])
def test_a_damaged_run_counts_for_nothing(name: str, content: bytes | None, tmp_path: Path) -> None:
    """Whatever is left of a file after a crash, ``--resume`` runs it again."""
    task = plan_of(Request([SCENARIO], ["fixed"], overrides=SHORT, vary={"plant.supply_air_temp_c": [22, 23]})).tasks[0]
    execute(task, tmp_path)
    assert stored(tmp_path, task.fingerprint()) is not None
    file = tmp_path / name
    file.write_bytes(json.dumps({"fingerprint": task.fingerprint()}).encode() if content is None else content)
    assert stored(tmp_path, task.fingerprint()) is None


def test_a_policy_that_goes_elsewhere_takes_no_results_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--out`` is relative to where the user stands, not to where a policy has gone."""
    monkeypatch.chdir(tmp_path)
    compare(SCENARIO, policies=["fixed", f"{OWN}:Wanders"], overrides=SHORT, jobs=1, out="study")
    assert len(list(tmp_path.glob("study/runs/*/*/run.json"))) == 2
    assert (tmp_path / "study" / "compare.json").is_file()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_processes_end_with_a_study_that_is_killed(tmp_path: Path) -> None:
    words = ["compare", SCENARIO, "--policy", "fixed", "--policy", "trim_respond", "--seeds", "20", "--no-report",
             "--jobs", "2", "--out", str(tmp_path), "--set", "run.duration_days=2"]

    def started() -> set[int]:
        """Children of the study, by their parent's number in /proc."""
        found = set()
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(path.read_text().rpartition(")")[2].split()[1]) == process.pid:
                    found.add(int(path.parent.name))
        return found

    with subprocess.Popen([sys.executable, "-m", "twin", *words], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not list(tmp_path.glob("runs/*/*/run.json")):
            time.sleep(0.05)
        children = started()
        process.send_signal(signal.SIGTERM)
    assert children
    ends_s = time.monotonic() + 20.0
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < ends_s:
        time.sleep(0.05)
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_changed_task_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "mine.py"
    text = OWN.read_text("utf-8")
    policy.write_text(text, "utf-8")
    first = PolicySource("mine", file=str(policy), attribute="Steady").identity()
    policy.write_text(text.replace("supply_c = 21.0", "supply_c = 21.5"), "utf-8")
    assert PolicySource("mine", file=str(policy), attribute="Steady").identity() != first
    plan = plan_of(Request([SCENARIO], ["fixed", "trim_respond"], overrides=SHORT))
    prints = {task.fingerprint() for task in plan.tasks}
    longer = plan_of(Request([SCENARIO], ["fixed", "trim_respond"], overrides={**SHORT, "run.seed": 2}))
    assert len(prints) == 2
    assert not prints & {task.fingerprint() for task in longer.tasks}
    monkeypatch.setattr("twin.study.one_run.code_hash", lambda: "another twin")
    assert not prints & {task.fingerprint() for task in plan.tasks}  # results of other code are not mixed in


def test_a_bad_policy_loses_nobody_elses_results(tmp_path: Path) -> None:
    """It ends its own run with its sentence; its first day is kept, the others go on."""
    found = compare(SCENARIO, policies=["fixed", f"{OWN}:Raises", f"{OWN}:Steady"], overrides=SHORT, jobs=1,
                    out=tmp_path / "s")
    assert [run.facts["status"] for run in found.runs] == ["done", "failed", "done"]
    assert [len(run.days) for run in found.runs] == [2, 1, 2]
    bad = "policy Raises failed in decide() on day 2, 09:00: ValueError: no plan"
    assert found.runs[1].facts["message"] == bad
    assert [row.get("verdict") for row in found.rows][1] == "failed"
    assert found.rows[2]["verdict"] != "failed"
    assert bad in found.verdict
    assert any(bad in text and "1 finished days kept" in text for text in found.remarks)
    assert "–  " in found.text.split("\n")[2]  # what came of half a run is no saving
    assert found.data["failures"] == [{"run": "02-Raises/s1-y1", "message": bad}]
    page = found.to_html(tmp_path / "s").read_text("utf-8")
    assert "no plan" in page
    assert len(views(found.plan.sides[0], found.pairings, found.limit)) == 1  # no picture of half a run


def test_guarded_it_goes_on_with_the_scenarios_setpoints() -> None:
    found = compare(SCENARIO, policies=["fixed", own_policies.Raises()], overrides=SHORT, jobs=1, guard=True)
    run = found.runs[1]
    assert run.is_done
    assert len(run.days) == 2
    assert run.facts["fell_back"][0].endswith("ValueError: no plan")
    assert any("fell back" in text for text in found.remarks)
    # it fails from 09:00 of the second of two days on: 30 or 31 of 95 decisions are not its own
    assert run.facts["given_up"] == "day 2, 10:00"
    assert found.rows[1]["veto_frac"] == pytest.approx(30.0 / 95.0, abs=0.02)
    assert any("Raises was given up on day 2, 10:00 of 02-Raises/s1-y1 and not asked again" in t for t in found.remarks)
    assert found.verdict.endswith("Raises was given up on day 2, 10:00; the scenario's setpoints ran the rest")


def test_given_up_at_once_it_is_not_said_to_do_what_the_baseline_does() -> None:
    class Never(own_policies.Raises):
        def decide(self, observation: Any) -> Any:
            raise ValueError("never")

    found = compare(SCENARIO, policies=["fixed", Never()], overrides=SHORT, jobs=1, guard=True)
    assert found.rows[1]["veto_frac"] == 1.0
    assert found.verdict == ("Never cannot be told from fixed: every day is the same; Never was given up on day 1, "
                             "01:30; the scenario's setpoints ran the rest")


def test_a_warm_policy_is_too_warm_whatever_it_saves() -> None:
    found = compare(SCENARIO, policies=["fixed", own_policies.Warm()], overrides=SHORT, jobs=1)
    assert found.rows[1]["verdict"] == "too warm"
    assert "is too warm beside fixed" in found.verdict


def test_uncertain_parameters_act_on_both_sides_alike() -> None:
    asked = Request([SCENARIO], ["fixed", "trim_respond"], overrides=SHORT, draws=3,
                    uncertain=["plant.supply_air_temp_c=20:24", "hall.it_rated_kw=900:1100"])
    plan = plan_of(asked)
    assert [world.draw for world in plan.worlds] == [0, 1, 2, 3]
    for i, draw in enumerate(plan.draws, 1):
        for side in plan.sides:
            assert side.scenarios[i].plant.supply_air_temp_c == draw["plant.supply_air_temp_c"]
            assert side.scenarios[i].hall.it_rated_kw == draw["hall.it_rated_kw"]
    values = sorted(draw["plant.supply_air_temp_c"] for draw in plan.draws)
    assert [int((v - 20.0) / 4.0 * 3) for v in values] == [0, 1, 2]  # one in each third


# --- findings from made-up days: no run needed -------------------------------------------------------


def made_up(plan: Plan, saved_kwh: float, warm_k_h: float) -> list[Run]:
    """Runs in which the candidate saves and is warmer by so much a day, with noise."""
    noise = np.random.default_rng(1)
    runs = []
    for task in plan.tasks:
        own = not task.key.startswith("01-")
        count = int(task.scenario.run.duration_days)
        total = 1000.0 + noise.normal(0, 1.0, count) - (saved_kwh if own else 0.0)
        warm = np.abs(noise.normal(0, 0.01, count)) + (warm_k_h if own else 0.0)
        days = days_of({"total_kwh": total, "it_kwh": np.full(count, 700.0), "recommended_k_h": warm})
        runs.append(Run({"status": "done", "message": "", "fell_back": [], "counts": {}, "cpu_s": 0.0}, days))
    return runs


def two_sides(**changes: Any) -> Plan:
    return plan_of(Request([SCENARIO], ["fixed", "trim_respond"], days=60, **changes))


@pytest.mark.parametrize(
    ("saved_kwh", "warm_k_h", "margin_k_h", "word"),
    [
        (20.0, 0.0, None, "saves"), (-20.0, 0.0, None, "costs"), (0.0, 0.0, None, "no difference"),
        (1.5, 0.0, None, "below model error"),  # 0.15 % of the facility; 1 % of the 30 % that is not IT is 0.3 %
        (20.0, 1.0, None, "too warm"), (20.0, 1.0, 100.0, "saves"),  # 60 K h; the default margin of 60 days is 14.4
        (20.0, 0.5, 30.05, "undecided"),
    ],
)
def test_findings(saved_kwh: float, warm_k_h: float, margin_k_h: float | None, word: str) -> None:
    plan = two_sides(seeds=2)
    found = compared(plan, made_up(plan, saved_kwh, warm_k_h), margin_k_h=margin_k_h)
    assert found.rows[1]["verdict"] == word, found.verdict
    assert isinstance(found, Comparison)
    assert found.table.loc["trim_respond", "saving_frac"] == pytest.approx(saved_kwh / 1000.0, abs=0.001)


def test_several_candidates_are_corrected() -> None:
    plan = plan_of(Request([SCENARIO], ["fixed", "trim_respond", "rule_based"], days=60))
    pairs = pairings(plan, made_up(plan, 0.05, 0.0), "recommended", None)
    alone = [min(1.0, pair.saving.p_zero()) for pair in pairs]
    first = min(range(2), key=lambda i: alone[i])
    assert pairs[first].finding.p_energy == pytest.approx(min(1.0, 2.0 * alone[first]))


def test_other_halls_are_not_like_for_like() -> None:
    plan = two_sides(seeds=2)
    runs = made_up(plan, 20.0, 0.0)
    assert "like for like" not in compared(plan, runs).text
    for i in (1, 3):
        runs[i].days.columns["it_kwh"] *= 1.05
    found = compared(plan, runs)
    assert found.verdict.endswith("; its IT energy is +5 % beside the baseline's: not like for like")
    assert any("IT energy differs from the baseline's by +5.00 %" in text for text in found.remarks)


def test_classes_of_one_name_go_by_their_files(tmp_path: Path) -> None:
    for place in ("one/mine.py", "two/mine.py", "two/other.py"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(OWN.read_text("utf-8"), "utf-8")
    def labels(*places: str) -> list[str]:
        plan = plan_of(Request([SCENARIO], [f"{tmp_path / place}:Steady" for place in places], days=3))
        return [side.label for side in plan.sides]

    assert labels("one/mine.py", "two/other.py") == ["mine.py:Steady", "other.py:Steady"]
    assert labels("one/mine.py", "two/mine.py", "two/other.py") == [
        "one/mine.py:Steady", "two/mine.py:Steady", "other.py:Steady"]
    assert labels("one/mine.py", "one/mine.py") == ["Steady", "Steady (2)"]


def test_baseline_by_name() -> None:
    plan = two_sides(baseline="trim_respond")
    assert [side.label for side in plan.sides] == ["trim_respond", "fixed"]
    one = plan_of(Request([SCENARIO], ["trim_respond"], days=3))
    assert [side.label for side in one.sides] == ["fixed", "trim_respond"]  # beside the scenario's own


def test_vary_parts_at_commas_outside_brackets() -> None:
    plan = plan_of(Request([SCENARIO], vary=["plant.chilled_water_temp_c=14,16", "hall.fan.mode='demand'"], days=3))
    assert len(plan.sides) == 4
    assert plan.sides[1].label == "plant.chilled_water_temp_c=14, hall.fan.mode='demand'"
    assert plan.sides[3].scenarios[0].plant.chilled_water_temp_c == 16.0


def test_events_go_into_a_comparison_as_into_a_run() -> None:
    trip = {"kind": "trip", "target": "hall.crah", "at_h": 3.0, "duration_h": 1}
    load = {"kind": "load_step", "target": "hall.rows", "at_h": 5.5, "duration_h": 0.5, "delta_frac": 0.1}
    plan = two_sides(overrides={"events": [trip, load]})
    for side in plan.sides:
        assert [event.kind for event in side.scenarios[0].events] == ["trip", "load_step"]
