"""Years already read, kept under the user's cache directory so that a second run starts at once.

The key is the file's SHA-256, the sources of this room and pvlib's version: an edit in any of them reads afresh.
What cannot be read, or is not what it should be, is passed over; what cannot be written is not needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from twin_kernels.jit import cache_root

from twin.weather.year import HOURLY

__all__ = ["Stored", "fetch", "keep", "stored_path"]

Array = NDArray[np.float64]
Stored = tuple[dict[str, object], dict[str, Array]]


def stored_path(sha256: str) -> Path:
    """Where a year read from a file is kept.

    Parameters
    ----------
    sha256 : str
        Of the file.

    Returns
    -------
    Path
        Under ``TWIN_CACHE_DIR`` or the user's cache directory.
    """
    digest = hashlib.sha256(sha256.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    try:
        digest.update(version("pvlib").encode())
    except PackageNotFoundError:
        digest.update(b"no pvlib")
    return Path(cache_root()) / "weather" / f"{digest.hexdigest()[:32]}.npz"


def fetch(path: Path) -> Stored | None:
    """What :func:`keep` put there.

    Parameters
    ----------
    path : Path
        From :func:`stored_path`.

    Returns
    -------
    tuple or None
        Plain facts and hourly arrays; None when there is nothing whole.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            facts = json.loads(str(held["facts"]))
            table = np.asarray(held["table"], dtype=np.float64)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if not isinstance(facts, dict) or table.shape != (len(HOURLY), facts.get("hours")) or not np.isfinite(table).all():
        return None
    return facts, dict(zip(HOURLY, table, strict=True))


def keep(path: Path, facts: dict[str, object], columns: dict[str, Array]) -> None:
    """Store a year for next time, whole or not at all.

    Parameters
    ----------
    path : Path
        From :func:`stored_path`.
    facts : dict
        Plain data; ``hours`` among them.
    columns : dict of str to ndarray
        The hourly arrays.
    """
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, facts=np.array(json.dumps(facts)), table=np.stack([columns[name] for name in HOURLY]))
        partial.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
