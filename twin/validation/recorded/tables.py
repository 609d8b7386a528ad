"""Reading of the recorded tables that lie in this folder."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["about", "column", "table"]

_HERE = Path(__file__).parent


@cache
def about(name: str) -> dict[str, Any]:
    """Sources, boundary conditions and tolerances of one module's comparisons.

    Parameters
    ----------
    name : str
        File without its ending ``.toml``.

    Returns
    -------
    dict
    """
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def table(name: str) -> list[dict[str, str]]:
    """A recorded table, row by row, as text.

    Parameters
    ----------
    name : str
        File without its ending ``.csv``.

    Returns
    -------
    list of dict of str to str
    """
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def column(name: str, field: str) -> list[float]:
    """One column of a recorded table.

    Parameters
    ----------
    name : str
        File without its ending ``.csv``.
    field : str
        Head of the column.

    Returns
    -------
    list of float
    """
    return [float(row[field]) for row in table(name)]
