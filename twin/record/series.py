"""Parquet files of a run: written from daily parts, a month of rows at a time, so memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

__all__ = ["RACK_COLUMNS", "damaged", "write_racks", "write_series"]

#: Value columns of racks.parquet, beside time_s (end of the hour) and rack.
RACK_COLUMNS = ("inlet_mean_c", "inlet_max_c", "outlet_mean_c", "power_kw", "utilisation_frac")

#: After a Parquet file's footer: its length, and four letters.
_TAIL_BYTES = 8
#: Days joined in one row group.
_GROUP_DAYS = 30


def _groups(parts: Iterator[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for part in parts:
        group.append(part)
        if len(group) == _GROUP_DAYS:
            yield group
            group = []
    if group:
        yield group


def _write(path: Path, schema: pa.Schema, tables: Iterator[pa.Table], **options: Any) -> None:
    """Write tables as row groups to a temporary file and put it in place in one go."""
    temporary = path.with_name(path.name + ".tmp")
    with pq.ParquetWriter(temporary, schema, **options) as writer:
        for table in tables:
            writer.write_table(table)
    temporary.replace(path)


def write_series(
    path: Path, names: Sequence[str], parts: Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]
) -> None:
    """Write series.parquet: ``time_s`` (end of the step) and one float32 column a channel.

    Parameters
    ----------
    path : Path
    names : sequence of str
        Channel names, in the order of a part.
    parts : iterator of (times, values)
        Times of shape (steps,), values of shape (channels, steps), in time order.
    """
    schema = pa.schema([("time_s", pa.int64()), *((name, pa.float32()) for name in names)])

    def tables() -> Iterator[pa.Table]:
        for group in _groups(parts):
            times = np.concatenate([time for time, _ in group])
            values = np.concatenate([value for _, value in group], axis=1)
            yield pa.Table.from_arrays([pa.array(times), *(pa.array(column) for column in values)], schema=schema)

    _write(path, schema, tables(), use_dictionary=False, compression="lz4", write_statistics=False)


def write_racks(
    path: Path, racks: Sequence[str], parts: Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]
) -> None:
    """Write racks.parquet: every rack hourly, long form.

    Parameters
    ----------
    path : Path
    racks : sequence of str
        Rack names.
    parts : iterator of (times, values)
        Ends of hours of shape (hours,), values of shape (hours, racks, len(RACK_COLUMNS)).
    """
    names = pa.array(list(racks))
    rack_type = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("time_s", pa.int64()), ("rack", rack_type), *((name, pa.float32()) for name in RACK_COLUMNS)])

    def tables() -> Iterator[pa.Table]:
        for group in _groups(parts):
            times = np.concatenate([time for time, _ in group])
            values = np.concatenate([value for _, value in group]).reshape(-1, len(RACK_COLUMNS))
            which = pa.DictionaryArray.from_arrays(np.tile(np.arange(len(racks), dtype=np.int32), len(times)), names)
            columns = [pa.array(np.ascontiguousarray(values[:, i])) for i in range(len(RACK_COLUMNS))]
            yield pa.Table.from_arrays([pa.array(np.repeat(times, len(racks))), which, *columns], schema=schema)

    _write(path, schema, tables(), use_dictionary=["rack"], compression="lz4", write_statistics=False)


def damaged(folder: Path, steps: int = 0) -> list[str]:
    """Series of a finished run that are not whole: unreadable, cut, or with rows missing.

    Parameters
    ----------
    folder : Path
    steps : int
        Rows that the series must have; 0: not known.

    Returns
    -------
    list of str
        Names of files.
    """
    found = []
    for name in ("series.parquet", "racks.parquet"):
        try:
            rows = _whole_rows(folder / name)
        except (OSError, pa.ArrowException):
            found.append(name)
            continue
        if rows < 0 or (name == "series.parquet" and steps and rows != steps):
            found.append(name)
    return found


def _whole_rows(path: Path) -> int:
    """Rows of a file; −1 if its columns and footer do not fill it, so that something was cut out of it."""
    about = pq.read_metadata(path)
    last = 0
    for i in range(about.num_row_groups):
        group = about.row_group(i)
        for j in range(group.num_columns):
            chunk = group.column(j)
            first = chunk.data_page_offset
            if chunk.dictionary_page_offset is not None:
                first = min(first, chunk.dictionary_page_offset)
            last = max(last, first + chunk.total_compressed_size)
    return int(about.num_rows) if last + about.serialized_size + _TAIL_BYTES <= path.stat().st_size else -1
