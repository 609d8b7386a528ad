"""Suites ``components`` and ``analytic``: every row there is passes, and a wrong law would not."""

from __future__ import annotations

import pytest

from twin.validation import SUITES, analytic, closures_liquid, closures_plant, components
from twin.validation.lazily import rows_of
from twin.validation.recorded import chillers, controls, correlations, exchangers
from twin.validation.recorded.tables import about, column, table


@pytest.mark.parametrize(("module", "least"), [(chillers, 7), (correlations, 3), (exchangers, 17), (controls, 7)])
def test_recorded_machines_pass(module, least):
    rows = module.rows()
    assert len(rows) >= least
    assert [row for row in rows if row.status == "short"] == []
    assert {row.reference.suite for row in rows} == {components.SUITE}
    assert len({row.reference.id for row in rows}) == len(rows)
    assert all(row.reference.source and row.reference.basis for row in rows)


def test_only_the_logic_without_a_recorded_decision_is_not_run():
    absent = {row.reference.id for row in controls.rows() if row.status == "not run"}
    assert absent == {"cooling_mode", "chiller_stage"}


def test_every_recorded_chiller_point_is_compared():
    machines = [row["machine"] for row in table("chillers")]
    assert {name: machines.count(name) for name in dict.fromkeys(machines)} == {
        "mcquay-wsc-471-eir": 49, "mcquay-wsc-471-reformulated": 49, "york-ycal-101": 49}
    recorded = {float(row["time_s"]) for row in table("chillers")}
    assert set(about("chillers")["mcquay-wsc-471-reformulated"]["start_up_s"]) <= recorded


def test_a_wrong_coefficient_is_seen(monkeypatch):
    data = about("chillers")
    wrong = {**data, "york-ycal-101": {**data["york-ycal-101"], "cop": 3.101}}
    monkeypatch.setattr(chillers, "about", lambda _: wrong)
    assert {row.status for row in chillers.rows() if "york-ycal" in row.reference.id} == {"short"}


def test_a_wrong_law_is_seen(monkeypatch):
    monkeypatch.setattr(correlations, "york_polynomial_k", lambda *_: 5.0)
    monkeypatch.setattr(correlations, "euler_efficiency_frac", lambda _: 0.5)
    assert {row.status for row in correlations.rows()} == {"short"}


def test_tables_are_read_whole():
    assert len(column("york", "time_s")) == len(column("euler", "time_s")) == 101
    assert column("euler", "time_s")[-1] == 10.0


def test_a_module_that_is_not_there_is_not_run():
    (row,) = rows_of("twin.validation.nothing_like_it", "components", "a machine to come")
    assert row.status == "not run"
    assert "nothing_like_it" in row.reason


def test_a_module_that_breaks_is_short_and_hides_no_other(monkeypatch):
    def broken():
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(chillers, "rows", broken)
    rows = components.rows()
    assert [row.reason for row in rows if row.status == "short"] == ["ZeroDivisionError: boom"]
    assert sum(row.status == "pass" for row in rows) > 20


def test_limits_and_closures_pass():
    rows = analytic.rows()
    assert len(rows) == len(analytic.CHECKS) >= 45
    assert [row for row in rows if row.status != "pass"] == []
    assert len({row.reference.id for row in rows}) == len(rows)


def test_a_check_that_breaks_is_short(monkeypatch):
    def broken():
        raise ValueError("no")

    check = analytic.Check("x", "a source", "a quantity", 0.0, 1.0, "chosen before", broken)
    monkeypatch.setattr(analytic, "CHECKS", (check,))
    (row,) = analytic.rows()
    assert (row.status, row.reason) == ("short", "ValueError: no")


def test_the_suites_in_their_order():
    assert list(SUITES) == ["oracles", "components", "ashrae140", "plants", "coatings", "energyplus", "analytic"]


@pytest.mark.parametrize(("module", "law", "wrong", "row"), [
    (closures_liquid, "cdu_exchange_w_k", lambda p, a, b: 0.9 * min(a, b) * 4186.0, "cdu.balanced"),
    (closures_liquid, "cdu_step", lambda c, p, heat_w, *_: (0.99 * heat_w, 1.0), "cdu.closure"),
    (closures_liquid, "heat_taken_w", lambda p, water_c, flow, demand_w: demand_w, "reuse.pinch"),
    (closures_liquid, "thermosyphon_heat_w", lambda p, *_: 1e5, "thermosyphon.uphill"),
    (closures_plant, "tank_step", lambda t, p, flow, inlet_c, *_: (inlet_c, 0.0, 0.0), "tank.plug_flow"),
    (closures_plant, "charging_flow", lambda *_: (5.0, 12.0, 0.0), "night_tank.rest"),
    (closures_plant, "charge_heat_w", lambda *_: 1e4, "night_tank.closure"),
    (closures_plant, "ice_step", lambda t, p, *_: 1e3, "ice.closure"),
    (closures_plant, "pump_power", lambda p, flow, head_pa, speed: (flow * head_pa / speed, 0.0), "pump.affinity"),
    (closures_plant, "pad_air", lambda db, w, wet, pa, e: (db, w), "pad.wet_bulb"),
    (closures_plant, "rejector_water", lambda *_: (0.2, 0.01, 0.01, 25.0), "merkel.water"),
    (analytic, "dx_full_load", lambda *_: (1e4, 1e-4, 0.005, 5.0, 15.0, 100.0, 0), "carnot.dx_coils"),
])
def test_a_wrong_law_is_short(monkeypatch, module, law, wrong, row):
    monkeypatch.setattr(module, law, wrong)
    found = next(each for each in analytic.rows() if each.reference.id == row)
    assert found.status == "short"
