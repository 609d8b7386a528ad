"""Days in memory and on disk, and files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin.channels import CHANNELS
from twin.errors import InputError
from twin.record.recorder import Day, Recorder, atomic_write

FIELDS = list(dict.fromkeys(c.field for c in CHANNELS if c.field is not None))
ROW = np.dtype([(name, np.float32) for name in FIELDS])


def fill(recorder: Recorder, days: int = 3) -> None:
    rng = np.random.default_rng(1)
    for day in range(days):
        rows = np.zeros(24, ROW)
        for name in FIELDS:
            rows[name] = rng.random(24, np.float32)
        jobs, racks = rng.random((24, 2), np.float32), rng.random((2, 4, 5), np.float32)
        recorder.add_day(86400 * day + 1800, rows, jobs, racks)


def content(recorder: Recorder) -> list[Day]:
    return list(recorder.days())


def equal(first: list[Day], second: list[Day]) -> bool:
    return len(first) == len(second) and all(
        a[0] == b[0] and np.array_equal(a[1], b[1]) and np.array_equal(a[2], b[2])
        for a, b in zip(first, second, strict=True)
    )


def test_memory_and_disk_are_equal(tmp_path: Path) -> None:
    memory, disk = Recorder(FIELDS, 300), Recorder(FIELDS, 300, tmp_path / "parts")
    assert not (tmp_path / "parts").exists()  # nothing is made before there is something to keep
    fill(memory)
    fill(disk)
    assert equal(content(memory), content(disk))
    assert np.array_equal(memory.column("hall.room_c"), disk.column("hall.room_c"))
    assert sorted(p.name for p in (tmp_path / "parts").iterdir()) == [f"part-0000{i}.bin" for i in range(3)]


def test_scales_and_places() -> None:
    recorder = Recorder(FIELDS, 300)
    rows = np.zeros(1, ROW)
    for place, name in enumerate(FIELDS):
        rows[name] = 1000.0 + place
    recorder.add_day(0, rows, np.array([[7.0, 8.0]], np.float32), np.zeros((0, 4, 5), np.float32))
    for channel in CHANNELS:
        (value,) = recorder.column(channel.name)
        if channel.field is not None:
            assert value == pytest.approx((1000.0 + FIELDS.index(channel.field)) * channel.scale, rel=1e-6)
    assert recorder.column("jobs.running") == [7.0]
    assert recorder.column("jobs.queued") == [8.0]


def test_times_are_ends_of_steps_and_of_full_hours() -> None:
    recorder = Recorder(FIELDS, 300)
    fill(recorder, 1)
    ((times, _),) = recorder.series_parts()
    assert times[[0, -1]].tolist() == [2100, 1800 + 24 * 300]
    ((hours, _),) = recorder.rack_parts()
    assert hours.tolist() == [7200, 10800]  # a start inside an hour: the first full one ends an hour later


def test_going_on_writes_later_parts_again(tmp_path: Path) -> None:
    first = Recorder(FIELDS, 300, tmp_path)
    fill(first)
    again = Recorder(FIELDS, 300, tmp_path)
    again.go_on(2)
    assert equal(content(again), content(first)[:2])
    fill(again, 1)
    assert again.day_count == 3
    assert equal(content(again)[2:], content(first)[:1])


def test_going_on_without_a_part(tmp_path: Path) -> None:
    fill(Recorder(FIELDS, 300, tmp_path))
    (tmp_path / "part-00001.bin").unlink()
    with pytest.raises(InputError, match=r"part-00001.bin *is missing"):
        Recorder(FIELDS, 300, tmp_path).go_on(3)
    Recorder(FIELDS, 300, tmp_path).go_on(1)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    atomic_write(path, b"old")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        atomic_write(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]  # and gives back the room it took
