"""Background utilisation: hours, weekends, exact means, and traces that are refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from twin.errors import InputError
from twin.scenario.it import Workload
from twin.workload.background import Background, is_weekend

DAY_S = 86400
WEEKDAY = [round(0.2 + 0.02 * hour, 2) for hour in range(24)]
WEEKEND = [round(0.9 - 0.02 * hour, 2) for hour in range(24)]


def schedule(first_weekday: str = "monday") -> Background:
    return Background(Workload(weekday=WEEKDAY, weekend=WEEKEND), first_weekday)


def trace(path: Path, text: str | bytes, run_s: tuple[int, int] | None = None) -> Background:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Background(Workload(kind="trace", trace=str(path)), "monday", run_s)


def test_hour_one_is_midnight_to_one() -> None:
    assert schedule().block(0, 24, 3600).tolist() == WEEKDAY
    assert schedule().block(0, 61, 60).tolist() == [WEEKDAY[0]] * 60 + [WEEKDAY[1]]


@pytest.mark.parametrize(("first", "weekend_days"), [("monday", {5, 6}), ("saturday", {0, 1}), ("sunday", {0, 6})])
def test_weekends_follow_the_first_weekday(first: str, weekend_days: set[int]) -> None:
    for week in (0, 1, 60):  # the 60th week lies in the second year
        for day in range(7):
            values = schedule(first).block((7 * week + day) * DAY_S, 24, 3600).tolist()
            assert values == (WEEKEND if day in weekend_days else WEEKDAY)
    assert {day for day in range(7) if is_weekend(day, first)} == weekend_days


def test_step_across_an_hour_is_the_mean() -> None:
    assert schedule().block(3600 - 900, 1, 3600)[0] == pytest.approx(0.25 * WEEKDAY[0] + 0.75 * WEEKDAY[1], abs=1e-15)


def test_trace_means_equal_rational_arithmetic(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    time_s = [0, *np.sort(rng.choice(np.arange(1, 20000), 700, replace=False)).tolist(), 40000]
    value = np.round(rng.random(len(time_s)), 3).tolist()
    lines = [f"{t},{v}" for t, v in zip(time_s, value, strict=True)]
    background = trace(tmp_path / "t.csv", "time_s,utilisation_frac\n" + "\n".join(lines))
    means = background.block(0, 400, 60)
    exact = []
    for k in range(400):
        edges = sorted({60 * k, 60 * k + 60, *(t for t in time_s if 60 * k < t < 60 * k + 60)})
        held = [value[int(np.searchsorted(time_s, t, side="right")) - 1] for t in edges[:-1]]
        pieces = zip(held, edges[:-1], edges[1:], strict=True)
        exact.append(float(sum((Fraction(v) * (b - a) for v, a, b in pieces), Fraction(0)) / 60))
    np.testing.assert_allclose(means, exact, rtol=0, atol=1e-15 * 60)
    assert background.peak == max(value)
    # To the last bit, whatever the block: a resumed run must not differ.
    parts = [background.block(60 * k, n, 60) for k, n in ((0, 7), (7, 1), (8, 192), (200, 200))]
    assert np.concatenate(parts).tobytes() == means.tobytes()


def test_constant_trace_is_exact(tmp_path: Path) -> None:
    background = trace(tmp_path / "t.csv", "time_s,utilisation_frac\n0,0.3\n100000,0.3\n", (0, 200000))
    assert set(background.block(17, 300, 60).tolist()) == {0.3}


def test_columns_in_any_order_with_mark_blank_rows_and_spaces(tmp_path: Path) -> None:
    text = "\ufeffnote, utilisation_frac ,time_s\r\na,0.25,0\r\n\r\nb, 0.75 ,1800\r\n"
    assert trace(tmp_path / "t.csv", text, (0, 3600)).block(0, 2, 1800).tolist() == [0.25, 0.75]


def test_last_row_is_held_as_long_as_the_one_before(tmp_path: Path) -> None:
    text = "time_s,utilisation_frac\n0,0.1\n3600,0.5\n"
    assert trace(tmp_path / "t.csv", text, (0, 7200)).block(3600, 1, 3600)[0] == 0.5
    with pytest.raises(InputError, match="must reach 7201 s"):
        trace(tmp_path / "t.csv", text, (0, 7201))
    with pytest.raises(InputError, match="must reach 10800 s"):
        trace(tmp_path / "t.csv", text).block(3600, 2, 3600)


HEAD = "time_s,utilisation_frac\n"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["is empty"]),
        ("  \n\n", ["is empty"]),
        (HEAD, ["no data rows"]),
        (HEAD + "0,0.5\n", ["one data row"]),
        ("time,utilisation_frac\n0,0.5\n", ["column time_s", "the header has: time, utilisation_frac"]),
        ("seconds;load\n0;0.5\n", ["column time_s", "column utilisation_frac"]),
        ("time_s,time_s,utilisation_frac\n0,0,0.5\n", ["more than one such column"]),
        (HEAD + "0,0.5\n60,much\n", ["row 3: utilisation_frac = much", "must be a finite number"]),
        (HEAD + "0,nan\n60,0.5\n", ["row 2: utilisation_frac = nan"]),
        (HEAD + "0,0.5\n60,inf\n", ["row 3: utilisation_frac = inf"]),
        (HEAD + "0,0.5\n60\n", ["row 3: utilisation_frac = nothing"]),
        (HEAD + "0,0,5\n60,0,6\n", ["row 2", "has 3 cells; the header has 2 columns: write decimal points"]),
        (HEAD + "0,0,5\n" * 30, ["22 more rows", "have too many cells"]),
        (HEAD + "0,0.5\n\n60,55\n", ["row 4: utilisation_frac = 55", "must lie in 0 … 1"]),
        (HEAD + "0,-0.1\n60,0.5\n", ["row 2: utilisation_frac = -0.1"]),
        (HEAD + "60,0.5\n0,0.5\n", ["row 3: time_s = 0", "sort the rows"]),
        (HEAD + "0,0.5\n0,0.6\n", ["row 3: time_s = 0", "repeats the time"]),
        (HEAD + "600,0.5\n1200,0.6\n", ["first time_s = 600", "must not be after 0 s"]),
        (HEAD + "0,0.5\n600,0.6\n", ["last time_s = 600", "held until 1200 s", "must reach 86400 s"]),
        (b"\x00\x01\x02" * 100, ["is not text"]),
        (b"\x89PNG\r\n\xff\xfe", ["is not text"]),
        ("x" * 200_000, ["is not a CSV file"]),
    ],
)
def test_bad_traces_are_refused_with_the_row(tmp_path: Path, text: str | bytes, messages: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        trace(tmp_path / "t.csv", text, (0, DAY_S))
    assert str(tmp_path / "t.csv") in str(caught.value)
    for message in messages:
        assert message in str(caught.value)


def test_all_problems_at_once_and_counted(tmp_path: Path) -> None:
    rows = "".join(f"{60 * i},{1.5 if i % 2 else 'x'}\n" for i in range(100)) + "30,0.5\n"
    with pytest.raises(InputError) as caught:
        trace(tmp_path / "t.csv", HEAD + rows)
    text = str(caught.value)
    for row in ("row 2: utilisation_frac = x", "row 3: utilisation_frac = 1.5", "42 more rows", "row 102: time_s = 30"):
        assert row in text
    assert len(caught.value.problems) < 25


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.csv", "does not exist"), (tmp_path, "cannot be read")):
        with pytest.raises(InputError, match=message):
            Background(Workload(kind="trace", trace=str(path)), "monday")
