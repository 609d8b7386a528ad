"""The output folder of a run: claimed, opened with its first checkpoint, completed in one go.

From the first moment a run's folder exists it can be resumed, and older results in it stay whole until
the new ones are. A kill between any two operations leaves one or the other, never a mixture that a
resumed run would not mend.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twin.engine.checkpoint import FOLDER, drop_checkpoint, has_checkpoint, save_checkpoint
from twin.errors import InputError, Problem, SimulationError

__all__ = ["claim", "complete", "occupied", "open_folder", "reason", "staging"]

#: Files of a finished run in the order in which they are put in place: the summary says that all is there.
RESULTS = ("series.parquet", "racks.parquet", "manifest.json", "summary.json")
_REPORT = "report.html"
#: What a run writes only if its policy acts.
_ACTIONS = "actions.parquet"


@contextmanager
def occupied(folder: Path | None) -> Iterator[None]:
    """Keep other runs on this machine out of a folder while one is going; a run that is killed keeps nobody out.

    Parameters
    ----------
    folder : Path or None
        None: nothing to keep.

    Yields
    ------
    None

    Raises
    ------
    InputError
        If another run is going in it.
    """
    try:
        import fcntl  # lazy: not on every system; there the folder is not guarded
    except ImportError:
        fcntl = None  # type: ignore[assignment]
    if folder is None or fcntl is None:
        yield
        return
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"cooling-twin-{os.getuid()}-{name}.lock"
    with path.open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            what = "another run is going in this folder; wait for it, or give another one"
            raise InputError("twin run", [Problem(f"--out {folder}", what)]) from None
        yield  # the empty file stays: taking it away would let a third run lock a new one of the same name


def claim(folder: Path, force: bool) -> None:
    """Refuse a folder that holds a run already, or is none; nothing is written.

    Parameters
    ----------
    folder : Path
        Where results are to go.
    force : bool
        Whether results that lie there may be replaced.

    Raises
    ------
    InputError
        If it is a file, or holds results or an unfinished run.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("twin run", [Problem(f"--out {folder}", "is a file; give a folder")])
    if force:
        return
    if has_checkpoint(folder):
        what = f"holds an unfinished run; continue it with 'twin run --resume {folder}' or replace it with --force"
        raise InputError("twin run", [Problem(f"--out {folder}", what)])
    if any((folder / name).exists() for name in (*RESULTS, _REPORT)):
        what = "holds results already; choose another folder or replace them with --force"
        raise InputError("twin run", [Problem(f"--out {folder}", what)])


def open_folder(folder: Path, content: dict[str, Any]) -> None:
    """Start afresh in a folder with a checkpoint; results that lie there stay until the new ones are complete.

    Parameters
    ----------
    folder : Path
    content : dict
        The first checkpoint.

    Raises
    ------
    SimulationError
        If it cannot be written.
    """
    begun = folder.with_name(f".{folder.name}.begun") if folder.name else folder
    try:
        if folder.exists():
            save_checkpoint(folder, content)  # replaces an older one; its daily parts now belong to nobody
            for part in (folder / FOLDER).glob("part-*"):
                part.unlink()
            return
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        save_checkpoint(begun, content)
        begun.rename(folder)
    except OSError as error:
        if begun != folder:
            shutil.rmtree(begun, ignore_errors=True)
        why = reason(error)
        raise SimulationError(f"cannot write to {folder}: {why}. Nothing was run; choose another --out") from error


def reason(error: OSError) -> str:
    """Why a file could not be written, in the system's own words.

    Parameters
    ----------
    error : OSError

    Returns
    -------
    str
    """
    return os.strerror(error.errno) if error.errno else str(error)


def staging(folder: Path) -> Path:
    """Where final files are written before they are put in place; fresh and empty.

    Parameters
    ----------
    folder : Path
        Output folder of the run.

    Returns
    -------
    Path
    """
    stage = folder / FOLDER / "results"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    return stage


def complete(folder: Path) -> None:
    """Put the staged files in place and drop the checkpoint. A report of older results goes too.

    Parameters
    ----------
    folder : Path
        Output folder of the run.
    """
    stage = folder / FOLDER / "results"
    if (stage / _ACTIONS).is_file():
        (stage / _ACTIONS).replace(folder / _ACTIONS)
    else:
        (folder / _ACTIONS).unlink(missing_ok=True)
    for name in RESULTS:
        (stage / name).replace(folder / name)
    (folder / _REPORT).unlink(missing_ok=True)
    drop_checkpoint(folder)
