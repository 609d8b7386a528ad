"""Weather by name or path: find the file, read it once, keep what was read."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

from twin.errors import InputError, Problem
from twin.weather.climate import CLIMATES, DEFAULT_SEED, Climate, split_seed
from twin.weather.library import builtin_climate, builtin_path, did_you_mean
from twin.weather.repair import repair
from twin.weather.sources import read_text
from twin.weather.store import Stored, fetch, keep, stored_path
from twin.weather.year import HOURLY, WeatherYear

__all__ = ["load_weather"]

#: Ends of names that say "this is a path", even when there is no such file.
_SUFFIXES = {".epw", ".csv", ".tm2", ".tmy", ".tmy2", ".tmy3", ".txt", ".dat", ".gz", ".zip", ".wea", ".mos", ".stat"}
#: Beginnings of packed files.
_PACKED = {b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"7z\xbc\xaf": "7-zip"}
_TOO_LARGE_MB = 100


def load_weather(source: str | Path, base: Path | None = None) -> WeatherYear:
    """Load a year of weather.

    Parameters
    ----------
    source : str or Path
        Built-in file or climate (any case), or path of an EPW, TMY3 or TMY2 file of 8760 or 8784 hours. ``@seed``
        behind a climate asks for another year of it, behind a file for the file's year perturbed.
    base : Path, optional
        Folder that relative paths start from; the current one by default.

    Returns
    -------
    WeatherYear
        ``warnings`` says what was repaired.

    Raises
    ------
    InputError
        No such weather, or a file that cannot be used: every problem with line, column, value and bound.
    """
    text = str(source)
    climate = builtin_climate(text)
    if climate is not None:
        return _generated(climate[0], DEFAULT_SEED if climate[1] is None else climate[1], text)
    name, seed = split_seed(text)
    if seed is not None and not _is_file(text, base):
        from twin.weather.climate_perturb import perturbed  # its arithmetic imports scipy

        return dataclasses.replace(perturbed(load_weather(name, base), seed), source=text)
    path = builtin_path(text) or _existing_path(text, base)
    content = _content(path, text)
    sha256 = hashlib.sha256(content).hexdigest()
    stored = stored_path(sha256)
    found = fetch(stored)
    if found is None:
        found = _read(content, text)
        keep(stored, *found)
    return _year(found, text, path, sha256)


def _year(found: Stored, source: str, path: Path, sha256: str) -> WeatherYear:
    """From plain facts and arrays."""
    fields: dict[str, Any] = {**found[0], **found[1]}
    fields["warnings"] = tuple(fields["warnings"])
    return WeatherYear(source=source, path=path, sha256=sha256, **fields)


def _generated(climate: Climate, seed: int, source: str) -> WeatherYear:
    """A year of a built-in climate, kept like the years of files; the file it comes from is the library."""
    from twin.weather.climate_generate import fingerprint, generated_columns  # their arithmetic imports scipy

    stored = stored_path(fingerprint(climate, seed))
    found = fetch(stored)
    if found is None:
        columns, warnings = generated_columns(climate, seed)
        facts: dict[str, object] = {
            "name": climate.place, "latitude_deg": climate.latitude_deg, "longitude_deg": climate.longitude_deg,
            "altitude_m": climate.altitude_m, "utc_offset_h": climate.utc_offset_h,
            "hours": columns["dry_bulb_c"].size, "warnings": warnings,
        }
        found = facts, columns
        keep(stored, *found)
    return _year(found, source, CLIMATES, hashlib.sha256(CLIMATES.read_bytes()).hexdigest())


def _is_file(text: str, base: Path | None) -> bool:
    """Whether there is a file of just that name."""
    try:
        return (Path(text) if base is None else base / text).is_file()
    except (OSError, ValueError):
        return False


def _existing_path(text: str, base: Path | None) -> Path:
    """The file a path means, or a message that helps."""
    where = f"weather = {text!r}"
    if not text.strip():
        raise InputError("weather", [Problem(where, f"is empty; {did_you_mean('')}")])
    path = Path(text)
    try:
        path = path.expanduser()
        if base is not None and not path.is_absolute():
            path = base / path
        if path.is_dir():
            raise InputError(text, [Problem(where, "is a folder, must be an EPW, TMY3 or TMY2 file")])
        if path.is_file():
            return path.resolve()
        if path.exists():
            raise InputError(text, [Problem(where, "is not a file, must be an EPW, TMY3 or TMY2 file")])
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(text, [Problem(where, f"cannot be looked up: {error}")]) from error
    if "/" in text or "\\" in text or path.suffix.lower() in _SUFFIXES:
        raise InputError(text, [Problem(where, f"no such file: {path}")])
    raise InputError(text, [Problem(where, f"no such built-in weather and no such file; {did_you_mean(text)}")])


def _content(path: Path, source: str) -> bytes:
    """Bytes of the file, when they can be text."""
    try:
        size_mb = path.stat().st_size / 1e6
        if size_mb > _TOO_LARGE_MB:
            raise InputError(source, [Problem("file", f"has {size_mb:.0f} MB; a year of hours has about 2 MB")])
        content = path.read_bytes()
    except OSError as error:
        raise InputError(source, [Problem("file", f"cannot be read: {error.strerror or error}")]) from error
    if not content.strip():
        raise InputError(source, [Problem("file", "is empty")])
    for magic, kind in _PACKED.items():
        if content.startswith(magic):
            raise InputError(source, [Problem("file", f"is packed ({kind}); unpack it and give the file inside")])
    if b"\x00" in content:
        what = f"is not text (byte {content.index(0)} is zero); must be an EPW, TMY3 or TMY2 file"
        raise InputError(source, [Problem("file", what)])
    return content


def _read(content: bytes, source: str) -> tuple[dict[str, object], dict[str, Any]]:
    """Read, check and repair."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # older files write names of places in it; every byte is a character
    raw = read_text(text, source)
    values, warnings, problems = repair(raw)
    if problems:
        raise InputError(source, problems)
    facts: dict[str, object] = {
        "name": raw.name,
        "latitude_deg": raw.latitude_deg,
        "longitude_deg": raw.longitude_deg,
        "altitude_m": raw.altitude_m,
        "utc_offset_h": raw.utc_offset_h,
        "hours": int(values["dry_bulb_c"].size),
        "warnings": warnings,
    }
    return facts, {name: values[name] for name in HOURLY}

