"""The one decorator every kernel wears, and the cache that never goes stale.

Numba's on-disk cache looks at the file of the decorated function only: an edit in a *callee* in
another file is not noticed and the old answer comes back, and the ``parallel=`` option is not part
of the key. The cache therefore lives in a folder named by a hash of **all** kernel sources, the
Numba version and the options: an unchanged tree starts fast, an edited one recompiles.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

__all__ = ["SOURCE_HASH", "cache_root", "kernel", "source_hash"]

F = TypeVar("F", bound=Callable[..., Any])


def source_hash() -> str:
    """Hash of every kernel source file and the Numba version.

    Returns
    -------
    str
        16 hexadecimal digits; changes when any kernel file changes.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """Folder under the user's cache directory that holds compiled kernels.

    ``TWIN_CACHE_DIR`` overrides it; otherwise ``XDG_CACHE_HOME`` or ``~/.cache``.

    Returns
    -------
    pathlib.Path
    """
    override = os.environ.get("TWIN_CACHE_DIR")
    if override:
        return Path(override)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "cooling-twin"


#: Hash of the kernels as they were when this process began.
SOURCE_HASH = source_hash()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def kernel(
    function: F | None = None, *, parallel: bool = False, sums: bool = False, allocates: bool = False,
    inline: bool = False,
) -> Any:
    """Compile a law or a step with Numba (no fast-math but reordered sums on request, cached, GIL released).

    Parameters
    ----------
    function : callable
        A function of floats, arrays and structured arrays.
    parallel : bool
        Use ``prange`` over twins; kept in a cache of its own.
    sums : bool
        Sums may be reordered (nothing else is relaxed), so that a loop over racks runs in vector
        registers: results then agree with plain Python to 1e-12, not to the last bit.
    allocates : bool
        The function makes arrays of its own. The others only look at arrays that the caller keeps alive:
        they are compiled without counting references, which would take a third of a step (every call
        that hands on ``State`` would touch some forty counters). One that allocates all the same does
        not compile.
    inline : bool
        Always becomes part of its caller: for a law of few instructions that is handed many arrays, whose call
        would take longer than the law.

    Returns
    -------
    callable
        The dispatcher; its ``py_func`` is the plain Python function. With
        ``NUMBA_DISABLE_JIT=1`` the function itself.
    """
    if function is None:
        return lambda inner: kernel(inner, parallel=parallel, sums=sums, allocates=allocates, inline=inline)
    folder = cache_root() / "kernels" / f"{SOURCE_HASH}-{'parallel' if parallel else 'serial'}{'-sums' if sums else ''}"
    cache = _writable(folder)
    if cache:
        numba.config.CACHE_DIR = str(folder)
    return numba.njit(
        cache=cache,
        nogil=True,
        fastmath={"reassoc"} if sums else False,
        error_model="numpy",
        parallel=parallel,
        _nrt=allocates or parallel,
        forceinline=inline,
    )(function)
