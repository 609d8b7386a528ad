"""What a policy asked for, what was put in force, and why: rows of finished days, in memory or as parts on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ACTION", "ActionParts", "action_frame", "write_actions"]

#: One setpoint of one decision; setpoint and reason are places in the lists of names.
ACTION = np.dtype([
    ("time_s", np.int64), ("setpoint", np.int8), ("reason", np.int8),
    ("requested", np.float64), ("applied", np.float64),
])


class ActionParts:
    """Rows of finished days.

    Parameters
    ----------
    folder : Path or None
        Where daily parts go; None keeps them in memory.
    names : tuple of tuple of str
        Setpoints and reasons.
    """

    def __init__(self, folder: Path | None, names: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        self._folder = folder
        self.names = names
        self._days: dict[int, NDArray[np.void]] = {}

    def add_day(self, number: int, rows: NDArray[np.void]) -> None:
        """Take the rows of a day; a day without any leaves none.

        Parameters
        ----------
        number : int
            Of the day, from 0; a day that is given again replaces the first.
        rows : ndarray of ACTION
        """
        if self._folder is None:
            if len(rows):
                self._days[number] = rows.copy()
            return
        part = self._part(number)
        if len(rows):
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(rows.tobytes())
        else:
            part.unlink(missing_ok=True)

    def days(self, count: int) -> Iterator[NDArray[np.void]]:
        """Rows of the first days that have any.

        Parameters
        ----------
        count : int
            Days that are finished; what a killed run wrote beyond them does not count.

        Yields
        ------
        ndarray of ACTION
        """
        for number in range(count):
            if self._folder is None:
                if number in self._days:
                    yield self._days[number]
            elif (part := self._part(number)).is_file():
                data = part.read_bytes()
                yield np.frombuffer(data[: len(data) // ACTION.itemsize * ACTION.itemsize], ACTION)

    def _part(self, number: int) -> Path:
        assert self._folder is not None
        return self._folder / f"part-{number:05d}.actions"


def action_frame(parts: Iterator[NDArray[np.void]], names: tuple[tuple[str, ...], tuple[str, ...]]) -> pd.DataFrame:
    """Actions as a table.

    Parameters
    ----------
    parts : iterator of ndarray of ACTION
    names : tuple of tuple of str
        Setpoints and reasons.

    Returns
    -------
    DataFrame
        time_s, setpoint, requested, applied, reason.
    """
    import pandas as pd  # lazy: heavy

    rows = np.concatenate([np.zeros(0, ACTION), *parts])
    setpoints, reasons = (pd.Index(group) for group in names)
    return pd.DataFrame({
        "time_s": rows["time_s"], "setpoint": pd.Categorical.from_codes(rows["setpoint"], categories=setpoints),
        "requested": rows["requested"], "applied": rows["applied"],
        "reason": pd.Categorical.from_codes(rows["reason"], categories=reasons),
    })


def write_actions(
    path: Path, parts: Iterator[NDArray[np.void]], names: tuple[tuple[str, ...], tuple[str, ...]]
) -> bool:
    """Write actions.parquet, a day of rows at a time.

    Parameters
    ----------
    path : Path
    parts : iterator of ndarray of ACTION
    names : tuple of tuple of str
        Setpoints and reasons.

    Returns
    -------
    bool
        Whether there was anything to write.
    """
    import pyarrow as pa  # lazy: heavy
    import pyarrow.parquet as pq

    text = pa.dictionary(pa.int8(), pa.string())
    schema = pa.schema([
        ("time_s", pa.int64()), ("setpoint", text), ("requested", pa.float64()), ("applied", pa.float64()),
        ("reason", text),
    ])
    first = next(parts, None)
    if first is None:
        return False
    setpoints, reasons = (pa.array(group) for group in names)
    temporary = path.with_name(path.name + ".tmp")
    with pq.ParquetWriter(temporary, schema) as writer:
        rows: NDArray[np.void] | None = first
        while rows is not None:
            writer.write_table(pa.table([
                pa.array(rows["time_s"].copy()),
                pa.DictionaryArray.from_arrays(pa.array(rows["setpoint"].copy()), setpoints),
                pa.array(rows["requested"].copy()), pa.array(rows["applied"].copy()),
                pa.DictionaryArray.from_arrays(pa.array(rows["reason"].copy()), reasons),
            ], schema=schema))
            rows = next(parts, None)
    temporary.replace(path)
    return True
