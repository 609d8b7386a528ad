"""The year in Golden: "not run" without its weather; the scenario is the case as stated."""

from __future__ import annotations

import pytest
from twin_kernels.constants import STANDARD_PRESSURE
from twin_kernels.thermosyphon import thermosyphon_heat_w

from twin.errors import InputError, Problem
from twin.facility.rejection import thermosyphon_params
from twin.scenario.read import load_scenario
from twin.validation import golden_split


def test_not_run_without_the_weather(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise InputError("weather", [Problem("golden-epw", "the package pyenergyplus is not installed")])

    monkeypatch.setattr(golden_split, "site_weather", missing)
    rows = golden_split.rows()
    assert {row.status for row in rows} == {"not run"}
    assert len({row.reference.id for row in rows}) == 6


def test_the_case_and_its_rule() -> None:
    """888 kW constant, 24 °C; the thermosyphon carries all of it at 10 °C, and the user a tenth of the year's heat."""
    scenario = load_scenario(golden_split._SCENARIO)
    assert scenario.hall.it_kw == 888.0
    assert set(scenario.workload.weekday) == set(scenario.workload.weekend) == {1.0}
    p = thermosyphon_params(scenario.plant)[0]
    assert thermosyphon_heat_w(p, 34.0, 1.0, 21.2, 10.0, STANDARD_PRESSURE) == pytest.approx(888e3, rel=1e-9)
    reuse = scenario.hall.liquid.reuse
    days = sum((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1] for month in reuse.months)
    assert reuse.demand_kw * days / 365.0 / 888.0 == pytest.approx(1.0 - 0.929 / 1.034, rel=0.04)


def test_split_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of given years: what is short says why; the saving does not depend on the machine's size."""
    years = iter([
        {"heat_kw": 888.0, "dry_frac": 0.7333, "reuse_frac": 0.105, "wue_l_per_kwh": 0.2438, "closure": 1e-15},
        {"heat_kw": 888.0, "dry_frac": 0.0, "reuse_frac": 0.105, "wue_l_per_kwh": 1.0911, "closure": 1e-15}])
    monkeypatch.setattr(golden_split, "_year", lambda changes: next(years))
    rows = {row.reference.id: row for row in golden_split.rows()}
    assert {name for name, row in rows.items() if row.status == "not run"} == {"golden.dry", "golden.wue_dry"}
    assert "not published" in rows["golden.dry"].reason
    saved = rows["golden.saved"]
    assert saved.reference.theirs == pytest.approx((1.0 - 0.70 / 1.27) / (0.425 / 0.8985), rel=1e-12)
    assert saved.ours == pytest.approx((1.0 - 0.2438 / 1.0911) / (0.7333 / 0.895), rel=1e-12)
