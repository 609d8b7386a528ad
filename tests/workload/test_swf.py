"""Traces in the Standard Workload Format: what each field does, what is left out, what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from twin.errors import InputError
from twin.scenario.it import Jobs
from twin.workload.sources import job_source
from twin.workload.swf import SwfJobs

DAY_S = 86400


def line(submit: object = 0, run: object = 60, given: object = 4, asked: object = -1, status: object = 1) -> str:
    return f"1 {submit} 17 {run} {given} -1 -1 {asked} 999999 -1 {status} 3 1 -1 1 -1 -1 -1\n"


def read(path: Path, text: str, days: int = 10, capacity: int = 1000, **keys: object) -> SwfJobs:
    path.write_text(text, encoding="utf-8")
    return SwfJobs(Jobs.model_validate({"trace": str(path), **keys}), capacity, (0, days * DAY_S))


def test_fields_become_jobs(tmp_path: Path) -> None:
    text = "; Version: 2.2\n\n" + line(5, 60, 8) + line(5, 90, 9) + line(DAY_S, 30, -1, 17) + line(7, 10.4, 4)
    jobs = read(tmp_path / "a.swf", text, cores_per_server=4)
    assert jobs.day(0) == ([5, 5, 7], [2, 3, 1], [60, 90, 10], 0)
    assert jobs.day(1) == ([DAY_S], [5], [30], 0)
    assert jobs.notes == ()
    day = jobs.arrays(0)
    assert day.latest_s.tolist() == day.submit_s.tolist()


def test_the_trace_begins_on_its_day(tmp_path: Path) -> None:
    jobs = read(tmp_path / "a.swf", line(10), trace_start_day=2.5)
    assert jobs.day(2).submit_s == [int(2.5 * DAY_S) + 10]


def test_processors_of_a_server_by_the_header(tmp_path: Path) -> None:
    head = "; MaxJobs: 7\n;  MaxNodes: 50\n;MaxProcs: 800 (16 a node)\n"
    assert read(tmp_path / "a.swf", head + line(0, 60, 17)).day(0).servers == [2]
    assert read(tmp_path / "b.swf", "; MaxProcs: 800\n" + line(0, 60, 17)).day(0).servers == [17]
    assert read(tmp_path / "c.swf", head + line(0, 60, 17), cores_per_server=4).day(0).servers == [5]


def test_what_is_unknown_is_left_out_and_counted(tmp_path: Path) -> None:
    text = line() + line(1, 0, status=5) + line(2, -1, status=5) + line(3, -1) + line(4, 0) + line(5, 9, -1, -1)
    jobs = read(tmp_path / "night.swf", text + line(6, 9, 0, 0) + line(-1, 9) + line(8, 60, status=5))
    assert jobs.day(0).submit_s == [0, 8]  # cancelled while it ran: it did run
    said = (
        "7 of 9 jobs of the trace night.swf were left out: 2 cancelled before they ran, 2 without a run time, "
        "2 without a number of processors, 1 without a submit time"
    )
    assert jobs.notes == (said,)


def test_lines_need_not_be_in_order_and_large_jobs_are_cut(tmp_path: Path) -> None:
    jobs = read(tmp_path / "a.swf", line(50, 1, 4) + line(20, 2, 9000) + line(20, 3, 5))
    assert jobs.day(0) == ([20, 20, 50], [1000, 5, 4], [2, 3, 1], 1)


def test_jobs_outside_the_run_do_not_arrive(tmp_path: Path) -> None:
    jobs = read(tmp_path / "a.swf", line(50) + line(2 * DAY_S), days=1)
    assert [len(jobs.day(day).submit_s) for day in range(4)] == [1, 0, 0, 0]


def test_packed_and_plain_are_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    text = "".join(line(int(t), int(r), int(n)) for t, r, n in rng.integers(1, 9000, (500, 3)))
    plain = read(tmp_path / "a.swf", text)
    path = tmp_path / "b.SWF.gz"
    path.write_bytes(gzip.compress(text.encode()))
    jobs = Jobs.model_validate({"trace": str(path)})
    packed = job_source(jobs, 1000, np.random.SeedSequence(1), "monday", (0, DAY_S))
    assert packed.day(0) == plain.day(0)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["holds no jobs"]),
        ("; only a header\n", ["holds no jobs"]),
        (line() + "1 2 3\n" + line("x"), ["line 2", "has 3 fields", "line 3", "field 2 is 'x'"]),
        (line(0, "nan"), ["line 1", "field 4 is 'nan'", "must be a number"]),
        ("hello\n", ["line 1", "has 1 field;", "18"]),
        (line() + line(1e15), ["line 2", "field 2", "at most"]),
        (line(0, 1e15), ["field 4 is 1000000000000000", "at most"]),
        (line(0, -1) + line(0, 5, -1), ["has no job with"]),
        (line(90 * DAY_S), ["no job lies within the run", "trace_start_day"]),
        ("a b c\n" * 40, ["line 12", "28 more lines"]),
        ("\x00\x01 \x7f\n" + line(), ["line 1"]),
    ],
)
def test_wrong_traces_are_refused_with_their_lines(tmp_path: Path, text: str, messages: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.swf", text)
    for message in messages:
        assert message in str(caught.value)


def test_broken_archives_and_missing_files_are_refused(tmp_path: Path) -> None:
    whole = gzip.compress(line().encode() * 500)
    for content in (b"not packed at all", whole[:40], whole[:-6] + b"abcdef"):
        path = tmp_path / "a.swf.gz"
        path.write_bytes(content)
        with pytest.raises(InputError, match="not a whole gzip file"):
            SwfJobs(Jobs(trace=str(path)), 10, (0, DAY_S))
    with pytest.raises(InputError, match="does not exist"):
        SwfJobs(Jobs(trace=str(tmp_path / "none.swf")), 10, (0, DAY_S))
