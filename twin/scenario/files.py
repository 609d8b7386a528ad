"""From a scenario file to plain tables: TOML with its faults explained, and ``extends`` resolved."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.errors import Problem, ScenarioError
from twin.scenario.shipped import did_you_mean, shipped_names, shipped_path

__all__ = ["PATH_KEYS", "Tree", "absolute_paths", "find", "merge", "plain", "read_tables", "resolve_extends"]

Tree = dict[str, Any]

#: Keys whose value may be a file, relative to the scenario that names it.
PATH_KEYS = (("site", "weather"), ("workload", "trace"), ("workload", "jobs", "trace"))

_MAX_BYTES = 4_000_000
_MAX_DEPTH = 16
_MAX_CHAIN = 16


def find(source: str, base: Path | None = None) -> Path:
    """File of a scenario given by shipped name or by path.

    Parameters
    ----------
    source : str
        ``dh1-none``, or a path; a relative one is taken from ``base``.
    base : Path or None
        Folder; the current one if None.

    Returns
    -------
    Path

    Raises
    ------
    ScenarioError
        If there is no such scenario.
    """
    if not source.strip():
        raise ScenarioError(
            "scenario", [Problem("(empty name)", "give the name of a shipped scenario or the path of a TOML file")]
        )
    shipped = shipped_path(source)
    if shipped is not None:
        return shipped
    path = (base or Path()) / Path(source).expanduser()
    if _is(path, "is_dir"):
        raise ScenarioError(source, [Problem("(folder)", "is a folder; give the TOML file inside it")])
    if _is(path, "is_file"):
        return path
    names = shipped_names()
    hint = did_you_mean(Path(source).stem, names) or f"shipped scenarios: {', '.join(names)}"
    what = (
        "is not a regular file; copy it to one"
        if _is(path, "exists")
        else f"no such file, nor a shipped scenario; {hint}"
    )
    raise ScenarioError(_short(source), [Problem(_short(source), what)])


def _is(path: Path, question: str) -> bool:
    try:
        return bool(getattr(path, question)())
    except (OSError, ValueError):  # name too long, no permission on the way, or a NUL in it
        return False


def _short(text: str) -> str:
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= 120 else clean[:117] + "..."


def read_tables(path: Path, source: str) -> Tree:
    """Tables of one TOML file.

    Parameters
    ----------
    path : Path
        File.
    source : str
        How messages call it.

    Returns
    -------
    dict

    Raises
    ------
    ScenarioError
        If it cannot be read as TOML: with the line, and what to do.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ScenarioError(
                source,
                [
                    Problem(
                        "(size)",
                        f"is larger than {_MAX_BYTES // 1_000_000} MB; a scenario is a few kB: is it the right file?",
                    )
                ],
            )
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError(
            source, [Problem("(reading)", f"{error.strerror or error}; check the file and its permissions")]
        ) from None
    try:
        return tomllib.loads(_decode(raw, source) + "\n")  # with it, a fault in the last line has a line number
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(source, [_syntax(str(error))]) from None
    except RecursionError:
        raise ScenarioError(
            source, [Problem("(nesting)", f"is nested too deeply; at most {_MAX_DEPTH} levels")]
        ) from None
    except ValueError as error:  # an integer of thousands of digits
        raise ScenarioError(source, [Problem("(value)", f"{error}; write a smaller number")]) from None


def _decode(raw: bytes, source: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:200]:
        what = "looks like UTF-16 or a binary file; save it as UTF-8 text"
        raise ScenarioError(source, [Problem("(encoding)", what)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8 text"
        raise ScenarioError(source, [Problem(f"line {line}", what)]) from None


_HINTS = (
    ("Cannot overwrite", "a key or table stands there twice; keep one"),
    ("Cannot declare", "a table stands there twice; keep one"),
    ("Cannot mutate", "a table is added to after it was closed; put its keys together"),
    ("Invalid value", "a value is missing or not TOML: text needs quotes, numbers a decimal point, lists brackets"),
    ("Expected '='", "a line reads key = value"),
    ("Unterminated", "a quote is missing at the end"),
    ("Illegal character", "a quote is missing, or a control character stands there"),
    ("Unclosed array", "a closing ] is missing"),
    ("Unclosed inline table", "a closing } is missing"),
    ("Expected ']'", "a table header reads [table.name]"),
    ("Invalid statement", "a line reads key = value or [table]"),
    ("Expected newline", "one key = value a line; text needs quotes"),
)


def _syntax(text: str) -> Problem:
    match = re.search(r"\(at (.*)\)$", text)
    where = match.group(1).replace("line ", "line ", 1) if match else "(syntax)"
    message = text[: match.start()].strip() if match else text
    hint = next((hint for start, hint in _HINTS if message.startswith(start)), "see https://toml.io for the syntax")
    return Problem(where, f"not valid TOML: {message}; {hint}")


def plain(value: Any, depth: int = 0) -> Any:
    """Plain tables, lists and scalars out of whatever Python holds (paths, tuples, NumPy scalars, sections).

    Parameters
    ----------
    value : object
        Anything; None and unset keys are left out.
    depth : int
        Levels above it.

    Returns
    -------
    object

    Raises
    ------
    RecursionError
        If it is nested deeper than any scenario can be.
    """
    if depth > _MAX_DEPTH:
        raise RecursionError
    if hasattr(value, "model_dump"):
        value = value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        return {str(k): plain(v, depth + 1) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [plain(v, depth + 1) for v in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # NumPy scalars and arrays, without importing numpy for it
        return plain(value.tolist(), depth + 1)
    return value


def merge(base: Tree, top: Tree) -> Tree:
    """``base`` with ``top`` laid over it: tables are merged, everything else replaced.

    Where ``base`` holds a table or a number and ``top`` says ``"none"``, it is taken out (TOML has no null).

    Parameters
    ----------
    base, top : dict

    Returns
    -------
    dict
        A new tree; the inputs are not changed.
    """
    merged = dict(base)
    for name, value in top.items():
        below = merged.get(name)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[name] = merge(below, value)
        elif value == "none" and isinstance(below, (dict, float, int)):
            del merged[name]
        else:
            merged[name] = value
    return merged


def absolute_paths(tables: Tree, folder: Path) -> Tree:
    """``tables`` with the files it names made absolute from ``folder``; built-in names stay.

    Parameters
    ----------
    tables : dict
    folder : Path
        Folder of the scenario that names them.

    Returns
    -------
    dict
    """
    result = tables
    own = tables.get("envelope", {}).get("coatings", {}) if isinstance(tables.get("envelope", {}), dict) else {}
    spectra = [("envelope", "coatings", name, "spectrum") for name in own] if isinstance(own, dict) else []
    for keys in (*PATH_KEYS, *spectra):
        value: Any = tables
        for name in keys:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, str) or not value.strip() or "\x00" in value:
            continue
        path = Path(value).expanduser()
        named = (
            keys == ("site", "weather")
            and len(path.parts) == 1
            and not path.suffix
            and not _is(folder / path, "is_file")
        )
        if not named:
            patch: Any = str((folder / path).absolute())
            for name in reversed(keys):
                patch = {name: patch}
            result = merge(result, patch)
    return result


def resolve_extends(tables: Tree, source: str, path: Path | None, chain: tuple[str, ...] = ()) -> Tree:
    """``tables`` laid over everything it extends.

    Parameters
    ----------
    tables : dict
        Of one file (or given from Python), with or without the key ``extends``.
    source : str
        How messages call it.
    path : Path or None
        Its file; None for tables given from Python (then relative paths start in the current folder).
    chain : tuple of str
        Files that led here.

    Returns
    -------
    dict
        Without ``extends``; files it names are absolute.

    Raises
    ------
    ScenarioError
        Cycles, chains that are too long, bases that do not exist.
    """
    folder = path.parent if path else Path()
    own = absolute_paths({k: v for k, v in tables.items() if k != "extends"}, folder)
    if "extends" not in tables:
        return own
    name = tables["extends"]
    if not isinstance(name, str):
        raise ScenarioError(
            source,
            [
                Problem(
                    f"extends = {_short(str(name))}",
                    'must be text: extends = "base.toml" or the name of a shipped scenario',
                )
            ],
        )
    chain = (*chain, str(path.resolve()) if path else source)
    try:
        base_path = find(name, folder)
    except ScenarioError as error:
        raise ScenarioError(source, [Problem(f'extends = "{_short(name)}"', error.problems[0].what)]) from None
    if str(base_path.resolve()) in chain:
        circle = " → ".join(Path(step).name for step in (*chain, str(base_path)))
        raise ScenarioError(
            source,
            [Problem(f'extends = "{_short(name)}"', f"goes round in a circle: {circle}; let one of them stand alone")],
        )
    if len(chain) > _MAX_CHAIN:
        raise ScenarioError(
            source,
            [Problem(f'extends = "{_short(name)}"', f"more than {_MAX_CHAIN} files extend each other; merge some")],
        )
    base = resolve_extends(read_tables(base_path, str(name)), str(name), base_path, chain)
    base.pop("name", None)  # a variant has its own name
    return merge(base, own)
