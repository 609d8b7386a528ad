"""Which tests also run with the JIT off."""

from __future__ import annotations

import importlib
import os
import sys

import pytest
from hypothesis import settings

# The gate tries the same examples every time, so that a red run is always the change's fault;
# HYPOTHESIS_PROFILE=explore draws new ones.
settings.register_profile("gate", derandomize=True)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}

if JIT_OFF:
    # psychrolib (an oracle of the tests) compiles itself with Numba where it finds it and breaks when the JIT is off:
    # it is imported once as if Numba were not there.
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "numba"}
    sys.modules["numba"] = None  # type: ignore[assignment]
    importlib.import_module("psychrolib")
    del sys.modules["numba"]
    sys.modules.update(hidden)

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
