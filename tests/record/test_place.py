"""Places for results are tried before anything is run, and nothing is left there."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.errors import InputError
from twin.record.place import check_file, check_folder, why_not_folder


def test_a_folder_that_can_be_made_or_is_there_is_fine(tmp_path: Path) -> None:
    assert why_not_folder(tmp_path / "deep" / "down") == ""
    assert why_not_folder(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("place", "says"), [("file/sub", "Not a directory"), ("file", "Not a directory")])
def test_a_file_on_the_way_is_said(place: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match=f"cannot be written: {says}; choose another folder") as caught:
        check_folder(tmp_path / place, "twin run")
    assert caught.value.exit_code == 2
    assert (tmp_path / "file").read_text() == "mine"


def test_a_place_where_nobody_writes() -> None:
    assert why_not_folder(Path("/proc/nowhere")) != ""


def test_files(tmp_path: Path) -> None:
    check_file(tmp_path / "new.json", "twin compare")
    assert not (tmp_path / "new.json").exists()
    old = tmp_path / "old.json"
    old.write_text("mine")
    check_file(old, "twin compare")
    assert old.read_text() == "mine"
    for path, says in ((tmp_path, "is a folder"), (tmp_path / "no" / "x", "no such folder"),
                       (Path("/proc/nowhere"), "cannot be written")):
        with pytest.raises(InputError, match=says):
            check_file(path, "twin compare")
