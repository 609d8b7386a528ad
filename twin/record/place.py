"""Whether results can be written where they are wanted: tried before hours are spent."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from twin.errors import InputError, Problem

__all__ = ["check_file", "check_folder", "why_not_folder"]


def why_not_folder(folder: Path) -> str:
    """Why nothing can be written into a folder; tried where it is, or where it would have to be made.

    Parameters
    ----------
    folder : Path
        There already, or to be made.

    Returns
    -------
    str
        Empty: it can be written.
    """
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return os.strerror(errno.ENOTDIR)
    try:
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)


def check_folder(folder: Path, verb: str) -> None:
    """Refuse a folder into which nothing can be written.

    Parameters
    ----------
    folder : Path
    verb : str
        Command, for the message.

    Raises
    ------
    InputError
        With the reason.
    """
    why = why_not_folder(folder)
    if why:
        raise InputError(verb, [Problem(f"--out {folder}", f"cannot be written: {why}; choose another folder")])


def check_file(path: Path, verb: str) -> None:
    """Refuse a file that cannot be written.

    Parameters
    ----------
    path : Path
    verb : str
        Command, for the message.

    Raises
    ------
    InputError
        If it is a folder, or its folder is not there or not writable.
    """
    if not path.absolute().parent.is_dir():
        raise InputError(verb, [Problem(str(path), "no such folder; make it first")])
    if path.is_dir():
        raise InputError(verb, [Problem(str(path), "is a folder; name a file")])
    new = not path.exists()
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(verb, [Problem(str(path), f"cannot be written: {why}; choose another file")]) from None
    if new:
        path.unlink()
