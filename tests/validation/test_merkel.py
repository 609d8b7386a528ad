"""The recorded runs of towers and dry coolers hold, and a wrong tower is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from twin_kernels import merkel as law

from twin.validation import merkel


def test_every_row_passes_but_the_record_that_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(merkel.RECORD_VARIABLE, raising=False)
    found = {row.reference.id: row for row in merkel.rows()}
    assert len(found) == 9
    assert [name for name, row in found.items() if row.status != "pass"] == ["merkel.record"]
    assert found["merkel.record"].status == "not run"


def test_a_record_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # the whole record has two head lines and the fan power before the fan speed
    typed = Path(merkel.__file__).with_name("merkel_energyplus.csv").read_text(encoding="utf-8").splitlines()[3:13]
    fields = [line.split(",") for line in typed]
    lines = ["# head", "names", *[",".join([*line[:7], "0.0", line[7]]) for line in fields]]
    (tmp_path / "record.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv(merkel.RECORD_VARIABLE, str(tmp_path / "record.csv"))
    found = [row for row in merkel.rows() if row.reference.id.startswith("merkel.record")]
    assert [row.status for row in found] == ["pass"] * 5
    assert "10 minutes" in found[0].reference.quantity


def test_a_wrong_tower_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    rated = law.merkel_rated_ua_w_k
    monkeypatch.setattr(merkel, "merkel_rated_ua_w_k", lambda *given: 0.9 * rated(*given))
    short = [row.reference.id for row in merkel.rows() if row.status == "short"]
    assert {"merkel.typed.rmse", "merkel.typed.nmbe", "merkel.nominal"} <= set(short)
