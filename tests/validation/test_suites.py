"""``twin validate``: suites by name, exit codes, what is not installed, and what breaks."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest

from twin.errors import InputError
from twin.validation import dh1, suites, validate
from twin.validation.energyplus.engine import EnergyPlusYear
from twin.validation.rows import Reference, judge, not_run
from twin.validation.suites import Suite
from twin.validation.years import OurYear

HOURS = 8760


def flat(value):
    return np.full(HOURS, float(value))


def our_year(pue=1.28076, **hourly):
    series = {"it": 778.0, "crah_fan": 16.4, "coil": 838.0, "chiller": 115.0, "room": 33.0, "supply": 20.0, **hourly}
    return OurYear(
        metrics={"pue": pue, "wue_l_per_kwh": 1.9967},
        energy_kwh={"it": 6820322.8, "crah_fan": 143616.7, "chiller": 1011058.3, "heat_rejection_fan": 55585.4,
                    "pump": 271560.0, "ups_loss": 433053.4},
        hourly={name: flat(value) for name, value in series.items()}, cpu_s=2.0, wall_s=2.5)


def their_year(chiller=115.0):
    values = {"processor_kw": 700.0, "server_fan_kw": 78.0, "ups_loss_kw": 49.4, "crah_fan_kw": 16.4, "coil_kw": 838.0,
              "chiller_kw": chiller, "tower_fan_kw": 6.3, "chilled_pump_kw": 16.0, "condenser_pump_kw": 15.0,
              "room_c": 33.0, "supply_c": 20.0}
    return EnergyPlusYear({name: flat(value) for name, value in values.items()}, cpu_s=21.0, wall_s=22.0)


def use(monkeypatch, *rows):
    monkeypatch.setattr(suites, "SUITES", {"made-up": Suite("made up", lambda _: list(rows))})


def reference(**changes):
    fields = {"id": "x", "suite": "made-up", "source": "a book", "quantity": "PUE", "theirs": 1.0, "tolerance": 0.1,
              "basis": "chosen before"}
    return Reference(**{**fields, **changes})


GOOD = judge(reference(), 1.0)
BAD = judge(reference(), 2.0)
ABSENT = not_run(reference(), "the wheel is not installed")


@pytest.mark.parametrize(("rows", "strict", "code", "last"), [
    ([GOOD], False, 0, "1 pass, 0 short, 0 not run"),
    ([GOOD, BAD], False, 1, "1 pass, 1 short, 0 not run"),
    ([GOOD, ABSENT], False, 0, "1 pass, 0 short, 1 not run"),
    ([GOOD, ABSENT], True, 1, "1 pass, 0 short, 1 not run"),
])
def test_exit_code_and_last_line(monkeypatch, rows, strict, code, last):
    use(monkeypatch, *rows)
    lines = []
    assert validate([], strict=strict, echo=lines.append) == code
    assert lines[-1] == last


def test_json_file_holds_every_row(monkeypatch, tmp_path):
    use(monkeypatch, GOOD, BAD, ABSENT)
    path = tmp_path / "rows.json"
    validate([], files=[path], echo=lambda _: None)
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert [row["status"] for row in rows] == ["pass", "short", "not run"]
    assert rows[2]["ours"] is None


def test_a_page_is_written_beside_it(monkeypatch, tmp_path):
    use(monkeypatch, GOOD, BAD, ABSENT)
    path = tmp_path / "rows.html"
    validate([], files=[tmp_path / "rows.json", path], echo=lambda _: None)
    text = path.read_text(encoding="utf-8")
    assert "1 within tolerance, 1 short, 1 not run" in text
    assert "the wheel is not installed" in text


def test_unwritable_json_is_bad_input(monkeypatch, tmp_path):
    use(monkeypatch, GOOD)
    with pytest.raises(InputError, match="cannot be written"):
        validate([], files=[tmp_path / "absent" / "rows.json"], echo=lambda _: None)


def test_unknown_suite_gets_a_suggestion():
    with pytest.raises(InputError, match=r"did you mean 'energyplus'\?") as caught:
        validate(["energypuls", "nothing-like-it"], echo=lambda _: None)
    assert len(caught.value.problems) == 2


def test_a_suite_that_breaks_is_short_and_hides_no_other(monkeypatch):
    def broken(_options):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(suites, "SUITES", {"a": Suite("a", broken), "b": Suite("b", lambda _: [GOOD])})
    lines = []
    assert validate([], echo=lines.append) == 1
    assert lines[-1] == "1 pass, 1 short, 0 not run"
    assert any("ZeroDivisionError: boom" in line for line in lines)


def test_variation_needs_live():
    with pytest.raises(InputError, match="--live"):
        validate(["energyplus"], weather="phoenix-epw", echo=lambda _: None)


def test_a_wrong_override_is_bad_input_not_a_short_row():
    with pytest.raises(InputError, match="chilled_water_temp_c"):
        validate(["energyplus"], live=True, overrides=["plant.chilled_water_temp_c=95"], echo=lambda _: None)


def test_without_the_wheel_nothing_passes(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyenergyplus" else real(name))
    for live in (False, True):
        rows = dh1.rows(dh1.Options(live=live))
        assert {row.status for row in rows} == {"not run"}
        assert all("pyenergyplus" in row.reason for row in rows)


def run_with(monkeypatch, ours, theirs=None, **options):
    def years(tasks):
        return {task: theirs if task.program == "energyplus" else ours for task in tasks}

    monkeypatch.setattr(dh1, "run_tasks", years)
    monkeypatch.setattr(dh1, "builtin_path", lambda name: None)
    return {row.reference.id: row for row in dh1.rows(dh1.Options(**options))}


def test_published_numbers_are_judged_per_case(monkeypatch):
    rows = run_with(monkeypatch, our_year(pue=1.2810))
    assert rows["dh1-none.none.pue"].status == "pass"
    assert rows["dh1-air.air.pue"].status == "short"
    assert rows["dh1-none.none.chiller"].status == "pass"
    assert rows["dh1-air.air.chiller"].status == "short"
    assert rows["dh1-none.coat.pue_change"].status == "short"  # a roof that changes nothing must not pass
    assert rows["dh1-none.none.live.chiller.cv"].status == "not run"


def test_a_run_that_fails_is_short_with_its_reason(monkeypatch):
    rows = run_with(monkeypatch, RuntimeError("SimulationError: the solver gave up"))
    assert all(row.status in {"short", "not run"} for row in rows.values())
    assert "gave up" in rows["dh1-none.none.pue"].reason


def test_a_missing_number_is_short(monkeypatch):
    year = our_year()
    rows = run_with(monkeypatch, OurYear({"pue": 1.28076}, {**year.energy_kwh, "chiller": float("nan")}, year.hourly))
    assert rows["dh1-none.none.wue"].status == "short"
    assert rows["dh1-none.none.chiller"].status == "short"


def test_live_compares_hour_by_hour_and_prints_both_times(monkeypatch):
    lines = []
    theirs = their_year()
    rows = run_with(monkeypatch, our_year(theirs.pue), theirs, live=True, echo=lines.append)
    assert rows["dh1-none.none.live.pue"].status == "pass"
    assert rows["dh1-none.none.live.chiller.cv"].ours == pytest.approx(0.0)
    assert rows["dh1-none.none.again"].status == "short"  # the made-up year is not the published one
    assert any("21.0 CPU-s" in line and "2.0 CPU-s" in line for line in lines)


def test_live_sees_a_deviation(monkeypatch):
    theirs = their_year(chiller=118.0)
    rows = run_with(monkeypatch, our_year(theirs.pue, supply=20.2), theirs, live=True, echo=lambda _: None)
    assert rows["dh1-none.none.live.chiller.cv"].ours == pytest.approx(3.0 / 118.0)
    assert rows["dh1-none.none.live.chiller.cv"].status == "short"
    assert rows["dh1-none.none.live.supply.temperature"].ours == pytest.approx(0.2)
    assert rows["dh1-none.none.live.supply.temperature"].status == "short"


def test_live_elsewhere_takes_energyplus_own_answer(monkeypatch):
    theirs = their_year()
    rows = run_with(monkeypatch, our_year(theirs.pue), theirs, live=True, weather="phoenix-epw", echo=lambda _: None)
    assert rows["dh1-none.none.live.pue"].reference.theirs == pytest.approx(theirs.pue)
    assert "dh1-none.none.pue" not in rows  # the published number is for Sterling
    assert not any(name.endswith(".again") for name in rows)


def test_energyplus_that_stops_is_short(monkeypatch):
    rows = run_with(monkeypatch, our_year(), RuntimeError("stopped with code 1"), live=True, echo=lambda _: None)
    assert rows["dh1-none.none.live.pue"].status == "short"
    assert "stopped with code 1" in rows["dh1-none.none.live.pue"].reason
