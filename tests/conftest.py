"""Which tests also run with the JIT off, and a compile cache that tests do not share with users."""

from __future__ import annotations

import os

import pytest

JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}

#: Test files whose cases are small enough for plain Python, as ``room/file`` prefixes.
JIT_OFF_FILES = ("kernels/",)
#: Left out of them: tests about the compiler or its cache, and tests too slow without it.
NEEDS_JIT = ("test_jit", "compile", "py_func", "speed", "year", "million")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests for the JIT-off leg by where they stand and what they are called."""
    for item in items:
        path, _, name = item.nodeid.partition("::")
        if any(f"tests/{prefix}" in path for prefix in JIT_OFF_FILES) and not any(
            word in name or word in path for word in NEEDS_JIT
        ):
            item.add_marker(pytest.mark.jit_off)
