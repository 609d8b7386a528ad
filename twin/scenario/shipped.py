"""Scenarios that ship with the twin: by name, from any folder."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path

from twin.errors import InputError, Problem

__all__ = ["copy_of", "did_you_mean", "extended_by", "shipped_names", "shipped_path"]

_PACKAGE = Path(__file__).resolve().parents[1]
# A wheel carries the scenarios inside the package; a checkout keeps them where people look first.
_FOLDERS = (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios")


def _folder() -> Path | None:
    return next((folder for folder in _FOLDERS if any(folder.glob("*.toml"))), None)


def shipped_names() -> list[str]:
    """Names of the shipped scenarios, sorted.

    Returns
    -------
    list of str
    """
    folder = _folder()
    return sorted(path.stem for path in folder.glob("*.toml")) if folder else []


def shipped_path(name: str) -> Path | None:
    """File of a shipped scenario.

    Parameters
    ----------
    name : str
        Name without ``.toml``.

    Returns
    -------
    Path or None
        None if no scenario of that name ships.
    """
    folder = _folder()
    if folder is None or name not in shipped_names():
        return None
    return folder / f"{name}.toml"


def did_you_mean(word: str, known: list[str], quote: str = "'") -> str:
    """The closest known word as a question, or nothing.

    Parameters
    ----------
    word : str
        What was written.
    known : list of str
        What could have been meant.
    quote : str
        Put around the suggestion.

    Returns
    -------
    str
        ``did you mean 'this'?`` or an empty string.
    """
    close = difflib.get_close_matches(word[:200], known, n=1, cutoff=0.6)
    return f"did you mean {quote}{close[0]}{quote}?" if close else ""


def copy_of(name: str, own_name: str) -> str:
    """Text of a shipped scenario as a starting point: under its own name, and extending by shipped name.

    Parameters
    ----------
    name : str
        Shipped scenario.
    own_name : str
        Name of the copy.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If no scenario of that name ships.
    """
    path = shipped_path(name)
    if path is None:
        names = shipped_names()
        hint = did_you_mean(name, names) or f"shipped scenarios: {', '.join(names)}"
        raise InputError("scenario", [Problem(name[:60], f"no shipped scenario of this name; {hint}")])
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'^extends = "([^"/]+)\.toml"', r'extends = "\1"', text, flags=re.MULTILINE)
    title = json.dumps(own_name[:100], ensure_ascii=False)
    return re.sub(r'^name = ".*"', lambda _: f"name = {title}", text, count=1, flags=re.MULTILINE)


def extended_by(text: str) -> str | None:
    """Name of the shipped scenario that a text of :func:`copy_of` extends.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        None if it stands alone.
    """
    found = re.search(r'^extends = "([^"]+)"', text, flags=re.MULTILINE)
    return found.group(1) if found else None
