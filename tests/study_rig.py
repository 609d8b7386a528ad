"""A small hall in winter, in few steps; tables of days to be compared; the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

from twin.cli import app
from twin.study.daily import DAY_COLUMNS, DayTable

#: Ten-minute steps; three days of January.
SMALL: dict[str, object] = {"run.duration_days": 3, "run.step_s": 600, "run.control_interval_s": 1800}
#: Policies good and bad, as a user would name them.
OWN = Path(__file__).with_name("own_policies.py")


def days_of(columns: dict[str, Any]) -> DayTable:
    """A table of days with these columns, the others zero."""
    count = len(next(iter(columns.values())))
    full = {name: np.zeros(count) for name in DAY_COLUMNS} | {"day": np.arange(count, dtype=float)}
    full["hours"] = np.full(count, 24.0)
    full |= {name: np.asarray(values, dtype=float) for name, values in columns.items()}
    return DayTable(full, np.zeros(0, np.int64), {})


def verb(*words: str) -> tuple[int, str]:
    """Exit code and output of a command; never a traceback."""
    result = CliRunner().invoke(app, list(words))
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output
