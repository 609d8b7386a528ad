"""Checkpoints of a running simulation on disk: one folder, always complete or absent."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

from twin_kernels.jit import SOURCE_HASH

from twin.errors import InputError, Problem
from twin.record.recorder import atomic_write

__all__ = ["FOLDER", "drop_checkpoint", "has_checkpoint", "load_checkpoint", "save_checkpoint"]

#: Folder inside the output folder; it goes when the run is complete.
FOLDER = "checkpoint"
_FILE = "state.pkl"
_FORMAT = 4
_KEYS = frozenset(("scenario", "inputs", "policy", "days", "clock", "simulation"))


def has_checkpoint(directory: Path) -> bool:
    """Whether an unfinished run lies in a folder.

    Parameters
    ----------
    directory : Path

    Returns
    -------
    bool
    """
    return (directory / FOLDER / _FILE).is_file()


def save_checkpoint(directory: Path, content: dict[str, Any]) -> None:
    """Write a checkpoint in one go.

    Parameters
    ----------
    directory : Path
        Output folder of the run.
    content : dict
        Plain data and arrays: scenario, inputs (path → SHA-256), policy (its name), days recorded, clock
        (wall and CPU seconds so far), simulation (its snapshot).
    """
    folder = directory / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    data = {"format": _FORMAT, "kernels": SOURCE_HASH, **content}
    atomic_write(folder / _FILE, pickle.dumps(data, protocol=pickle.HIGHEST_PROTOCOL))


def drop_checkpoint(directory: Path) -> None:
    """Remove the checkpoint of a run whose results are complete.

    The state goes first: without it, whatever a kill leaves behind is no checkpoint.

    Parameters
    ----------
    directory : Path
        Output folder of the run.
    """
    (directory / FOLDER / _FILE).unlink(missing_ok=True)
    shutil.rmtree(directory / FOLDER, ignore_errors=True)


def load_checkpoint(directory: Path) -> dict[str, Any]:
    """Read the checkpoint of an unfinished run. Only open folders that you wrote yourself: it is a pickle.

    Parameters
    ----------
    directory : Path
        Output folder of the run.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If there is none, it is damaged, or another version of the kernels wrote it.
    """
    path = directory / FOLDER / _FILE
    if not directory.is_dir():
        what = "no such folder; give the --out folder of an unfinished run"
        raise InputError(str(directory), [Problem("--resume", what)])
    if not path.is_file():
        what = "holds no checkpoint of an unfinished run; start it with 'twin run SCENARIO'"
        raise InputError(str(directory), [Problem("--resume", what)])
    try:
        content = pickle.loads(path.read_bytes())
        if not isinstance(content, dict):
            raise TypeError("not a checkpoint")
    except Exception as error:  # a damaged pickle can raise nearly anything
        what = f"is damaged ({type(error).__name__}); start the run again with --force"
        raise InputError(str(path), [Problem("checkpoint", what)]) from error
    other = "was written by another version of the twin, which may compute differently; start again with --force"
    if content.get("format") != _FORMAT or content.get("kernels") != SOURCE_HASH:
        raise InputError(str(path), [Problem("checkpoint", other)])
    if not content.keys() >= _KEYS:
        raise InputError(str(path), [Problem("checkpoint", "is incomplete; start the run again with --force")])
    try:
        content["scenario"] = pickle.loads(content["scenario"])
    except Exception as error:  # packed by itself; its classes may have changed since
        raise InputError(str(path), [Problem("checkpoint", other)]) from error
    return content
