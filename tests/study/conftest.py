"""A small hall in winter, in few steps, and tables of days to be compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # own_policies, by name, also for processes that are spawned

#: Ten-minute steps; three days of January.
SMALL: dict[str, object] = {"run.duration_days": 3, "run.step_s": 600, "run.control_interval_s": 1800}


@pytest.fixture
def small() -> dict[str, object]:
    return dict(SMALL)


def days_of(columns: dict[str, Any]) -> Any:
    """A table of days with these columns, the others zero."""
    from twin.study.daily import DAY_COLUMNS, DayTable

    count = len(next(iter(columns.values())))
    full = {name: np.zeros(count) for name in DAY_COLUMNS} | {"day": np.arange(count, dtype=float)}
    full |= {name: np.asarray(values, dtype=float) for name, values in columns.items()}
    return DayTable(full, np.zeros(0, np.int64), {})
