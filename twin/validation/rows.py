"""A row of a comparison: someone else's number, ours, and whether ours is close enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "Reference", "Row", "as_json", "judge", "not_run", "numbers_text", "short", "table", "tally",
]

Status = Literal["pass", "short", "not run"]


@dataclass(frozen=True)
class Reference:
    """What somebody else found, and how close ours must come.

    Attributes
    ----------
    id : str
        Short name, unique in its suite.
    suite : str
        Suite it belongs to.
    source : str
        Who found it, and how.
    quantity : str
        What it is, with its unit in brackets.
    theirs : float
        Their value.
    tolerance : float
        Largest allowed |ours − theirs|, in the quantity's unit.
    basis : str
        Where the tolerance comes from; chosen before our value was seen.
    """

    id: str
    suite: str
    source: str
    quantity: str
    theirs: float
    tolerance: float
    basis: str


@dataclass(frozen=True)
class Row:
    """A reference and what became of it.

    Attributes
    ----------
    reference : Reference
        Theirs.
    ours : float or None
        Our value; None when there is none.
    status : {"pass", "short", "not run"}
        ``short``: outside the tolerance, or our check failed.
    reason : str
        Why it is short or was not run; empty for a pass.
    """

    reference: Reference
    ours: float | None
    status: Status
    reason: str


def judge(reference: Reference, ours: float) -> Row:
    """Compare.

    Parameters
    ----------
    reference : Reference
        Theirs.
    ours : float
        Ours, same unit; a value that is not finite is short.

    Returns
    -------
    Row
    """
    if not math.isfinite(ours):
        return Row(reference, None, "short", f"our value is {ours}")
    difference = ours - reference.theirs
    if abs(difference) <= reference.tolerance:
        return Row(reference, ours, "pass", "")
    decimals = _decimals(reference.tolerance)
    reason = f"{_number(difference, decimals, signed=True)} is outside ±{_number(reference.tolerance, decimals)}"
    return Row(reference, ours, "short", reason)


def short(reference: Reference, reason: str) -> Row:
    """A check that failed to give a value.

    Parameters
    ----------
    reference : Reference
        Theirs.
    reason : str
        What went wrong; put on one line.

    Returns
    -------
    Row
    """
    return Row(reference, None, "short", " ".join(reason.split()))


def not_run(reference: Reference, reason: str) -> Row:
    """A check that cannot be made here; never a pass.

    Parameters
    ----------
    reference : Reference
        Theirs.
    reason : str
        What is missing.

    Returns
    -------
    Row
    """
    return Row(reference, None, "not run", " ".join(reason.split()))


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as plain data.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    list of dict
        Keys ``id``, ``suite``, ``source``, ``quantity``, ``theirs``, ``ours``, ``tolerance``, ``tolerance_source``,
        ``status``, ``reason``.
    """
    return [{
        "id": row.reference.id, "suite": row.reference.suite, "source": row.reference.source,
        "quantity": row.reference.quantity, "theirs": row.reference.theirs, "ours": row.ours,
        "tolerance": row.reference.tolerance, "tolerance_source": row.reference.basis,
        "status": row.status, "reason": row.reason} for row in rows]


def table(rows: Sequence[Row]) -> list[str]:
    """Rows as aligned text: one suite after the other, inside it by source, each source said once.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    list of str
        Lines, without the tally.
    """
    groups = list(dict.fromkeys((row.reference.suite, row.reference.source) for row in rows))
    rows = sorted(rows, key=lambda row: groups.index((row.reference.suite, row.reference.source)))
    head = ("", "quantity", "theirs", "ours", "difference", "tolerance", "where the tolerance comes from")
    body = [_cells(row) for row in rows]
    widths = [max(len(line[k]) for line in [head, *body]) for k in range(len(head) - 1)]
    lines: list[str] = []
    previous = ("", "")
    for row, cells in zip(rows, body, strict=True):
        group = (row.reference.suite, row.reference.source)
        if group != previous:
            lines += ["", f"{group[0]}: {group[1]}", _align(head, widths)] if lines else [
                f"{group[0]}: {group[1]}", _align(head, widths)]
            previous = group
        lines.append(_align(cells, widths))
        if row.reason:
            lines.append(f"{'':{widths[0]}}  └ {row.reason}")
    return lines


def tally(rows: Sequence[Row]) -> str:
    """The last line: ``N pass, M short, K not run``.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    str
    """
    counts = [sum(row.status == status for row in rows) for status in ("pass", "short", "not run")]
    return f"{counts[0]} pass, {counts[1]} short, {counts[2]} not run"


def numbers_text(row: dict[str, Any]) -> tuple[str, str, str, str]:
    """Theirs, ours, difference and tolerance of a row, each to about a fiftieth of the tolerance.

    Parameters
    ----------
    row : dict
        One of :func:`as_json`.

    Returns
    -------
    tuple of str
        A dash for what there is not.
    """
    if row["status"] == "not run":
        return "–", "–", "–", "–"
    decimals = _decimals(row["tolerance"])
    ours, difference = "–", "–"
    if row["ours"] is not None:
        ours = _number(row["ours"], decimals)
        difference = _number(row["ours"] - row["theirs"], decimals, signed=True)
    return _number(row["theirs"], decimals), ours, difference, f"±{_number(row['tolerance'], decimals)}"


def _cells(row: Row) -> tuple[str, ...]:
    ref = row.reference
    decimals = _decimals(ref.tolerance)
    difference = "–" if row.ours is None else _number(row.ours - ref.theirs, decimals, signed=True)
    ours = "–" if row.ours is None else _number(row.ours, decimals)
    theirs = _number(ref.theirs, decimals)
    return (row.status, ref.quantity, theirs, ours, difference, f"±{_number(ref.tolerance, decimals)}", ref.basis)


def _decimals(tolerance: float) -> int:
    """Places after the point that show about a fiftieth of the tolerance; -1 asks for powers of ten."""
    if tolerance <= 0.0:
        return 3
    places = 1 - math.floor(math.log10(tolerance / 2.0))
    return -1 if places > 7 else max(places, 0)


def _align(cells: tuple[str, ...], widths: list[int]) -> str:
    left = [f"{cells[k]:<{widths[k]}}" for k in (0, 1)]
    right = [f"{cells[k]:>{widths[k]}}" for k in range(2, len(widths))]
    return "  ".join([*left, *right, cells[-1]]).rstrip()


def _number(value: float, decimals: int, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    if decimals < 0:
        return f"{value:{sign}.1e}" if value else "0"
    return f"{value:{sign},.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
