"""Write a scenario as TOML: fully resolved, every key with its value (the standard library only reads TOML)."""

from __future__ import annotations

import json
import re
from typing import Any

from twin.scenario.schema import Scenario

__all__ = ["scenario_text", "shown"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def scenario_text(scenario: Scenario) -> str:
    """The complete scenario as TOML; reading it back gives an equal scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        Keys that are left out (no economiser, the part's own rating) do not appear.
    """
    lines: list[str] = []
    _table(scenario.model_dump(exclude_none=True), "", lines)
    return "\n".join(lines).strip() + "\n"


def shown(value: Any, width: int = 40) -> str:
    """A value as it would stand in a file, cut to ``width`` characters.

    Parameters
    ----------
    value : object
    width : int

    Returns
    -------
    str
    """
    text = "{…}" if isinstance(value, dict) and value else _value(value, width)
    return text if len(text) <= width else f"{text[: width - 2]}…{text[-1]}"


def _table(tree: dict[str, Any], path: str, lines: list[str]) -> None:
    values = {k: v for k, v in tree.items() if not isinstance(v, dict) and not _is_tables(v)}
    if path and (values or not tree):
        lines += ["", f"[{path}]"]
    lines += [f"{_key(k)} = {_value(v)}" for k, v in values.items()]
    for name, inner in tree.items():
        if isinstance(inner, dict):
            _table(inner, f"{path}.{_key(name)}" if path else _key(name), lines)
        elif _is_tables(inner):
            for item in inner:
                lines += ["", f"[[{path}.{_key(name)}]]" if path else f"[[{_key(name)}]]"]
                lines += [f"{_key(k)} = {_value(v)}" for k, v in item.items()]


def _is_tables(value: Any) -> bool:
    """A list of tables, as events are; a table in it holds plain values only."""
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(isinstance(item, dict) for item in value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any, width: int = 0) -> str:
    """A scalar or a list; ``width`` > 0 lets long ones stop early."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value[:width] if width else value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else "(a very large number)"
    if isinstance(value, (list, tuple)):
        items = [_value(v, width) for v in (value[:width] if width else value)]
        return f"[{', '.join(items)}]"
    return "{}" if value == {} else str(value)


def _text(text: str) -> str:
    # A TOML basic string is a JSON string, except that DEL must be escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f").encode("utf-8", "replace").decode("utf-8")
