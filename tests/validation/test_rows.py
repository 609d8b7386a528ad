"""Rows: judging, the table, the tally and the JSON form."""

from __future__ import annotations

import math

import pytest

from twin.validation.rows import Reference, as_json, judge, not_run, short, table, tally


def reference(**changes):
    fields = {"id": "a.b", "suite": "s", "source": "a book", "quantity": "PUE", "theirs": 1.28, "tolerance": 0.0005,
              "basis": "chosen before"}
    return Reference(**{**fields, **changes})


@pytest.mark.parametrize(("ours", "status"), [
    (1.28, "pass"), (1.28049, "pass"), (1.27951, "pass"), (1.28051, "short"), (1.27949, "short"),
    (math.nan, "short"), (math.inf, "short")])
def test_judge_by_tolerance(ours, status):
    assert judge(reference(), ours).status == status


def test_a_value_that_is_not_finite_never_reaches_json():
    row = as_json([judge(reference(), math.nan)])[0]
    assert row["ours"] is None
    assert "nan" in row["reason"]


def test_short_says_by_how_much():
    assert "+0.01000 is outside ±0.00050" in judge(reference(), 1.29).reason


def test_json_has_the_promised_keys():
    row = as_json([judge(reference(), 1.2801)])[0]
    assert {"id", "suite", "source", "quantity", "theirs", "ours", "tolerance", "status", "reason"} <= row.keys()
    assert row["ours"] == 1.2801


def test_reasons_are_one_line():
    assert "\n" not in short(reference(), "first\n  second").reason
    assert not_run(reference(), "a\nb").reason == "a b"


def test_tally_counts_each_status():
    rows = [judge(reference(), 1.28), judge(reference(), 2.0), not_run(reference(), "absent"), short(reference(), "x")]
    assert tally(rows) == "1 pass, 2 short, 1 not run"


def test_columns_line_up_and_every_row_is_there():
    rows = [judge(reference(quantity="chiller [kWh]", theirs=1011058.3, tolerance=10110.0), 1012000.0),
            judge(reference(quantity="PUE"), 1.2801), not_run(reference(id="x", source="other"), "no wheel")]
    lines = table(rows)
    first, second = (next(line for line in lines if quantity in line) for quantity in ("chiller [kWh]", "1.28010"))
    assert first.index("chosen before") == second.index("chosen before")
    assert first.index("chiller") == second.index("PUE")
    assert "1\N{NARROW NO-BREAK SPACE}011\N{NARROW NO-BREAK SPACE}058" in first
    assert any("no wheel" in line for line in lines)
    assert sum("a book" in line for line in lines) == 1


def test_numbers_are_shown_to_a_fiftieth_of_the_tolerance():
    rows = [judge(reference(theirs=0.0, tolerance=1e-9), 2e-12), judge(reference(theirs=33.0, tolerance=0.1), 33.046)]
    fine, coarse = table(rows)[2:]
    assert "2.0e-12" in fine
    assert "33.046" in coarse
    assert "+0.046" in coarse


def test_a_source_that_comes_back_is_not_said_twice():
    other = reference(source="another book")
    lines = table([judge(reference(), 1.28), judge(other, 1.28), judge(reference(id="again"), 1.28)])
    assert sum("a book" in line for line in lines) == 1


def test_no_rows_give_no_table():
    assert table([]) == []
    assert tally([]) == "0 pass, 0 short, 0 not run"
