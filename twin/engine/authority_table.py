"""The control-authority table as aligned text, as warnings and as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from twin.channels import MODES
from twin.engine.authority import Point, Response

__all__ = ["WORDS", "authority_data", "authority_lines", "authority_warnings"]

#: Mark → what it means.
WORDS = {
    "acts": "its target follows the step, by half of it or more",
    "ignored": "nothing moves: target within 0.001 K (of speed: 0.001), facility within 0.01 %, and no reason is known",
    "saturated": "its target follows by under half of the step, or was off it before: equipment is at a limit",
    "undersized": "before the step its target stays above the setpoint, at design or with supply air too warm",
    "not in use": "nothing moves, for the reason that is given",
    "covered": "without this unit the others still hold the supply air, and servers keep their speed",
    "not covered": "without this unit the supply air is not held, or servers slow down: no redundancy at this point",
}
_HEADINGS = ("actuator", "step", "inlet K", "supply K", "target", "facility kW", "%", "cooling kW", "mark")
#: Columns of text; the others are numbers.
_TEXTS = (0, 1, 8)


def authority_lines(points: Sequence[Point]) -> list[str]:
    """The table, point by point, and what its words mean.

    Parameters
    ----------
    points : sequence of Point

    Returns
    -------
    list of str
    """
    tables = [[_HEADINGS, *_cells(point)] for point in points]
    widths = [max(len(row[i]) for table in tables for row in table) for i in range(len(_HEADINGS))]
    lines = []
    for point, table in zip(points, tables, strict=True):
        lines += ["", *_heading(point)]
        for row in table:
            cells = [text.ljust(width) if i in _TEXTS else text.rjust(width)
                     for i, (text, width) in enumerate(zip(row, widths, strict=True))]
            lines.append("  ".join(cells).rstrip())
    used = {response.mark for point in points for response in point.responses}
    width = max(len(word) for word in used) if used else 0
    return [*lines, "", *(f"{word:<{width}}   {text}" for word, text in WORDS.items() if word in used)]


def _heading(point: Point) -> list[str]:
    seen = point.base
    first = (
        f"control authority at {point.name}: {point.when}, dry bulb {seen['dry_bulb_c']:.1f} °C, wet bulb "
        f"{seen['wet_bulb_c']:.1f} °C, servers at {100 * point.utilisation_frac:.0f} %"
    )
    second = (
        f"at rest: hottest inlet {seen['rack_inlet_max_c']:.2f} °C, supply {seen['supply_c']:.2f} °C, facility "
        f"{seen['total_w'] / 1e3:.1f} kW, cooling {point.cooling_kw:.1f} kW, {MODES[round(seen['mode'])]}"
    )
    moving = ["not quite at rest: means over two hours still change"] if not point.at_rest else []
    return [first, second, *moving]


def _cells(point: Point) -> Iterator[tuple[str, ...]]:
    """Rows of a point; a setpoint that is not in use either way takes one."""
    for actuator in dict.fromkeys(response.actuator for response in point.responses):
        steps = [response for response in point.responses if response.actuator == actuator]
        if len(steps) == 2 and all(response.mark == "not in use" for response in steps):
            size = abs((steps[0].after or 0.0) - (steps[0].before or 0.0))
            yield (actuator, f"{steps[0].before:.4g} ± {size:.3g}", *_numbers(steps[0]))
            continue
        for i, response in enumerate(steps):
            unit = response.before is None
            step = "one off" if unit else f"{response.before:.4g} → {response.after:.4g}"
            yield (actuator if i == 0 else "", step, *_numbers(response))


def _numbers(response: Response) -> tuple[str, ...]:
    """Changes and mark."""
    moved = "–" if response.moved is None else _signed(response.moved, 2)
    mark = f"{response.mark} ({response.why})" if response.why else response.mark
    return (
        _signed(response.inlet_k, 2), _signed(response.supply_k, 2), moved, _signed(response.facility_kw, 1),
        _signed(100 * response.facility_frac, 2), _signed(response.cooling_kw, 1), mark,
    )


def _signed(value: float, digits: int) -> str:
    """With its sign, and none on a zero."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:+.{digits}f}"
    return text if float(text) != 0.0 else text[1:]


def authority_warnings(points: Sequence[Point]) -> list[str]:
    """What is undersized or ignored, one sentence each.

    Parameters
    ----------
    points : sequence of Point

    Returns
    -------
    list of str
    """
    found = []
    for point in points:
        for response in point.responses:
            if response.mark == "undersized":
                found.append(f"undersized at {point.name}: {response.actuator} is not held, {response.why}")
            elif response.mark == "ignored":
                found.append(f"ignored at {point.name}: nothing answers to {response.actuator}")
    return list(dict.fromkeys(found))


def authority_data(points: Sequence[Point]) -> dict[str, Any]:
    """The table as plain data for JSON.

    Parameters
    ----------
    points : sequence of Point

    Returns
    -------
    dict
        ``words`` and ``points``; a number that is not finite is None.
    """
    data: dict[str, Any] = _plain({"words": WORDS, "points": [asdict(point) for point in points]})
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
