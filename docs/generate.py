"""Writes docs/reference/ from the code: every scenario key, every channel, every metric.

Run ``python docs/generate.py`` (or ``make docs``) after a change of one of those tables; a test compares.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from twin.channels import CHANNELS, MODES
from twin.metrics.catalogue import METRICS
from twin.scenario.schema import Scenario

FOLDER = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/generate.py from the code; edit there. -->"


def bounds(field: FieldInfo) -> str:
    """Allowed values in words, from the type and its annotations."""
    choices = _choices(field.annotation)
    if choices:
        return " \\| ".join(f"`{c}`" for c in choices)
    items = list(_annotations(field))
    lows = [(v, sign) for name, sign in (("ge", "≥"), ("gt", ">")) for v in _given(items, name)]
    highs = [(v, sign) for name, sign in (("le", "≤"), ("lt", "<")) for v in _given(items, name)]
    # A key may narrow the bounds of its type: the tightest holds.
    tightest = [max(lows)] if lows else []
    tightest += [min(highs)] if highs else []
    return ", ".join(f"{sign} {_number(value)}" for value, sign in tightest)


def _given(items: list[object], name: str) -> list[float]:
    return [getattr(item, name) for item in items if getattr(item, name, None) is not None]


def _annotations(field: FieldInfo) -> Iterator[object]:
    """Everything that bounds a field: inside Annotated types, and of the field itself."""

    def inside(kind: object) -> Iterator[object]:
        for item in getattr(kind, "__metadata__", ()):
            yield from item.metadata if isinstance(item, FieldInfo) else (item,)
        for inner in typing.get_args(kind):
            yield from inside(inner)

    yield from inside(field.annotation)
    yield from field.metadata


def _choices(kind: object) -> tuple[object, ...]:
    if typing.get_origin(kind) is typing.Literal:
        return typing.get_args(kind)
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return next((c for c in map(_choices, typing.get_args(kind)) if c), ())
    return ()


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def section(kind: object) -> tuple[type[BaseModel] | None, bool]:
    """The model behind a type (through ``X | None`` and ``dict[str, X]``), and whether the user names it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind, False
    if typing.get_origin(kind) is dict:
        return section(typing.get_args(kind)[1])[0], True
    for inner in typing.get_args(kind):
        found, named = section(inner)
        if found is not None:
            return found, named
    return None, False


def listed(kind: object) -> list[type[BaseModel]]:
    """Models of a list of tables (``[[events]]``), one for each kind of entry."""
    if typing.get_origin(kind) is not list:
        return []

    def inside(part: object) -> Iterator[type[BaseModel]]:
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part
        for inner in typing.get_args(part):
            yield from inside(inner)

    return list(inside(kind))


def default_text(field: FieldInfo, given: BaseModel | None, name: str) -> str:
    """Default as it would be written in a scenario, ``required`` or ``left out``."""
    value = getattr(given, name) if given is not None else field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "**required**"
    if value is None:
        return "left out"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        if len(set(value)) == 1 and len(value) > 5:
            return f"`{len(value)} × {_number(value[0])}`"
        return f"`[{', '.join(map(_number, value))}]`"
    if isinstance(value, float):
        return f"`{float(f'{value:.6g}'):g}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def walk(model: type[BaseModel], path: str, text: str, given: BaseModel | None) -> Iterator[str]:
    """Markdown of one section and of all sections below it."""
    rows, below = [], []
    for name, field in model.model_fields.items():
        inner, named = section(field.annotation)
        for entry in listed(field.annotation):
            of_kind = typing.get_args(entry.model_fields["kind"].annotation)[0]
            below += list(walk(entry, f"[{name}]", f'with `kind = "{of_kind}"`', None))
        if listed(field.annotation):
            continue
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        unit, source = str(extra.get("unit", "")), str(extra.get("source", ""))
        if given is not None and getattr(given, name) != field.get_default(call_default_factory=True):
            source = "default of this section"
        words = (field.description or "").replace("|", "\\|")
        if inner is None:
            rows.append(
                f"| `{name}` | {unit} | {default_text(field, given, name)} | {bounds(field)} | {words} | {source} |"
            )
            continue
        default = None
        if not named:
            default = getattr(given, name) if given is not None else field.get_default(call_default_factory=True)
        inside = default if isinstance(default, BaseModel) else None
        where = ".".join(filter(None, [path, name, "NAME" if named else ""]))
        below += list(walk(inner, where, words + (" (required)" if field.is_required() else ""), inside))
    yield f"## `[{path}]` {text}\n" if path else "## Top level\n"
    yield f"{(model.__doc__ or '').strip()}\n"
    if rows:
        yield "| key | unit | default | allowed | meaning | source of the default |"
        yield "|---|---|---|---|---|---|"
        yield "\n".join(rows) + "\n"
    yield from below


def scenario_reference() -> str:
    """The page of scenario keys."""
    lead = (
        "# Scenario keys\n\n"
        f"{NOTE}\n\n"
        "A scenario is a TOML file. Keys carry their unit in the name; a fraction is 0 … 1, never percent. `NAME`\n"
        "stands for a name you choose (`hall.rows.A`, `plant.chiller.main`). A section left out takes the defaults of\n"
        "its keys, unless it is required. `twin schema` prints the same as JSON Schema for completion in an editor.\n\n"
        "With `extends` tables are joined key by key; lists and values are replaced. `\"none\"` in place of a table\n"
        "or a number takes out what the extended file has there: `--set hall.iec.cooling.dx=none`.\n"
    )
    return "\n".join([lead, *walk(Scenario, "", "", None)]).rstrip() + "\n"


def channel_reference() -> str:
    """The page of channels."""
    modes = ", ".join(f"{number} {name}" for number, name in enumerate(MODES))
    lines = [
        "# Channels\n",
        f"{NOTE}\n",
        "Columns of `series.parquet` and observations of policies: one value a physics step, the mean over the step",
        f"unless the meaning says otherwise, stamped with the end of the step. Cooling modes: {modes}.\n",
        "| channel | unit | meaning |",
        "|---|---|---|",
        *(f"| `{c.name}` | {c.unit} | {c.meaning} |" for c in CHANNELS),
    ]
    return "\n".join(lines) + "\n"


def metric_reference() -> str:
    """The page of metrics."""
    lines = [
        "# Metrics\n",
        f"{NOTE}\n",
        "Entries of `metrics` in `summary.json`. A metric that does not apply to a run is absent, never zero. Shares",
        "are fractions (0 … 1) in the file; reports show them in %.\n",
        "| key | unit in the file | name | meaning |",
        "|---|---|---|---|",
        *(f"| `{m.key}` | {m.unit if m.shown_factor == 1.0 else '–'} | {m.label} | {m.meaning} |" for m in METRICS),
    ]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Every generated page: where it lies, and what it says."""
    return {
        FOLDER / "scenario.md": scenario_reference(),
        FOLDER / "channels.md": channel_reference(),
        FOLDER / "metrics.md": metric_reference(),
    }


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(FOLDER.parents[1])}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
