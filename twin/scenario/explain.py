"""From what pydantic objects to, to what a person can act on: path, value, bound, unit, remedy."""

from __future__ import annotations

import difflib
import math
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as bound
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from twin.errors import Problem
from twin.scenario.checks import Sections, contradictions
from twin.scenario.events import EVENT_KINDS, AnyEvent, Event
from twin.scenario.schema import Scenario
from twin.scenario.toml import shown

__all__ = ["examine", "key_paths"]

Loc = tuple[str | int, ...]

_EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)


@dataclass(frozen=True)
class Interval:
    """What a number may be: bounds, whether they belong to it, unit."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    unit: str = ""

    def words(self) -> str:
        """The rule as words: ``must lie in 5 … 35 °C``."""
        unit = f" {self.unit}" if self.unit else ""
        low, high = f"{self.low:.10g}", f"{self.high:.10g}"
        if math.isinf(self.low) and math.isinf(self.high):
            return f"must be a finite number{' in' + unit if unit else ''}"
        if math.isinf(self.high):
            return f"must be {'above' if self.open_low else 'at least'} {low}{unit}"
        if math.isinf(self.low):
            return f"must be {'below' if self.open_high else 'at most'} {high}{unit}"
        text = f"must lie in {low} … {high}{unit}"
        excluded = [end for end, is_open in ((low, self.open_low), (high, self.open_high)) if is_open]
        return f"{text} ({' and '.join(excluded)} excluded)" if excluded else text


def examine(tree: dict[str, Any]) -> tuple[Scenario | None, list[Problem]]:
    """Check resolved tables.

    Parameters
    ----------
    tree : dict
        Tables with ``extends`` and overrides already worked in.

    Returns
    -------
    scenario : Scenario or None
        None if anything is wrong.
    problems : list of Problem
        Everything that is wrong: keys one by one, then what contradicts what.
    """
    problems: list[Problem] = []
    scenario, errors = _validate(tree)
    bad: set[Loc] = set()
    for error in errors:
        problems.append(_problem(error, tree))
        bad.add(tuple(error["loc"]))
    if scenario is not None:
        sections = Sections(**{name: getattr(scenario, name) for name in Sections.names()})
        problems += contradictions(sections)
    else:
        problems += _second_look(tree, bad)
    return (None if problems else scenario), list(dict.fromkeys(problems))


def _validate(tree: dict[str, Any]) -> tuple[Scenario | None, list[Any]]:
    try:
        return Scenario.model_validate(tree), []
    except ValidationError as error:
        return None, list(error.errors(include_url=False))


def _second_look(tree: dict[str, Any], bad: set[Loc]) -> list[Problem]:
    """Contradictions that the first faults hid: checked with the faulty keys taken out, unless they touch those."""
    sound = _without(tree, bad)
    faulty = {next((step for step in reversed(loc) if isinstance(step, str)), "") for loc in bad}
    _, errors = _validate(sound)
    hidden = [_problem(e, sound) for e in errors if tuple(e["loc"]) not in bad and e["type"] == "value_error"]
    found = {name: _section(name, sound, bad) for name in Sections.names()}
    hidden += contradictions(Sections(**{**found, "events": _sound_events(tree)}))
    return [
        p for p in hidden  # events are checked one by one: those that are left are sound
        if p.where.startswith("events.") or not any(word in p.where or word in p.what for word in faulty)
    ]


def _sound_events(tree: dict[str, Any]) -> list[Event | None]:
    """Every event that is sound by itself, None in place of the others."""
    listed = tree.get("events")
    found: list[Event | None] = []
    for item in listed if isinstance(listed, list) else []:
        try:
            found.append(_EVENT.validate_python(item))
        except ValidationError:
            found.append(None)
    return found


def _section(name: str, sound: dict[str, Any], bad: set[Loc]) -> Any:
    """A section if it is sound by itself, or its defaults if it is left out and may be; else None."""
    model = next(_models(Scenario.model_fields[name].annotation), None)
    if model is None:  # not a table: the name of the scenario
        return sound.get(name)
    if (name,) in bad and name not in sound:
        return None
    try:
        return model.model_validate(sound.get(name, {}))
    except ValidationError:
        return None


def _without(tree: dict[str, Any], bad: set[Loc]) -> dict[str, Any]:
    """A copy of the tree without the faulty entries (a fault inside a list takes the list)."""

    def copy(node: Any, at: Loc) -> Any:
        if not isinstance(node, dict):
            return node
        return {k: copy(v, (*at, k)) for k, v in node.items() if (*at, k) not in cut}

    cut = {_without_index(loc) for loc in bad}
    result: dict[str, Any] = copy(tree, ())
    return result


def _without_index(loc: Loc) -> Loc:
    names = [i for i, step in enumerate(loc) if isinstance(step, int)]
    return loc[: names[0]] if names else loc


# --- what stands where in the schema -------------------------------------------------------------


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Models inside an annotation (Optional, dict, Annotated)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _walk(loc: Loc) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """Model that holds the last step of a path, and its field if there is one."""
    model: type[BaseModel] | None = Scenario
    field: FieldInfo | None = None
    inside_dict = inside_events = False
    for step in loc:
        if isinstance(step, int):
            continue
        if inside_events:  # the kind of an event: not in the file's path, but in pydantic's
            inside_events = False
            model = EVENT_KINDS.get(step, model)
            continue
        if inside_dict:  # the name of a piece of equipment
            inside_dict = False
            continue
        if model is None:
            break
        owner = model
        field = owner.model_fields.get(step)
        if field is None:
            return owner, None
        inside_dict = _is_dict(field)
        inside_events = owner is Scenario and step == "events"
        model = next(_models(field.annotation), None)
    return model, field


def _is_dict(field: FieldInfo | None) -> bool:
    return field is not None and get_origin(field.annotation) is dict


def _owner(loc: Loc) -> type[BaseModel] | None:
    model, _ = _walk(loc[:-1])
    return model


def _strip(annotation: Any) -> tuple[Any, list[Any]]:
    """Annotation without Optional and Annotated, and the metadata found on the way."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        core, more = _strip(inner)
        flat = [m for item in metadata for m in (item.metadata if isinstance(item, FieldInfo) else [item])]
        return core, more + flat
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        return _strip(rest[0])
    return annotation, []


def _interval(field: FieldInfo, inside_list: bool) -> Interval:
    core, metadata = _strip(field.annotation)
    metadata = metadata + list(field.metadata)
    if inside_list and get_args(core):
        core, metadata = _strip(get_args(core)[0])
    low, high, open_low, open_high = -math.inf, math.inf, False, False
    for item in metadata:
        if isinstance(item, (bound.Ge, bound.Gt)):
            value = float(getattr(item, "ge", getattr(item, "gt", -math.inf)))
            if value > low or (value == low and isinstance(item, bound.Gt)):
                low, open_low = value, isinstance(item, bound.Gt)
        elif isinstance(item, (bound.Le, bound.Lt)):
            value = float(getattr(item, "le", getattr(item, "lt", math.inf)))
            if value < high or (value == high and isinstance(item, bound.Lt)):
                high, open_high = value, isinstance(item, bound.Lt)
    return Interval(low, high, open_low, open_high, _unit(field))


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def key_paths(model: type[BaseModel] = Scenario, before: str = "") -> list[str]:
    """Every key of a scenario as a dotted path; NAME stands for the name of a piece of equipment.

    Parameters
    ----------
    model : type of BaseModel
        Section to start from.
    before : str
        Path of that section, with a dot at its end.

    Returns
    -------
    list of str
    """
    paths = []
    for name, field in model.model_fields.items():
        paths.append(before + name)
        inner = next(_models(field.annotation), None)
        if inner is not None:
            paths += key_paths(inner, f"{before}{name}.{'NAME.' if _is_dict(field) else ''}")
    return paths


# --- one fault, one line --------------------------------------------------------------------------


def _problem(error: Any, tree: dict[str, Any]) -> Problem:
    loc: Loc = tuple(error["loc"])
    kind: str = error["type"]
    path = shown(_path(loc) or "(scenario)", 100)[1:-1]
    if loc[:1] == ("events",) and len(loc) <= 2 and kind not in ("value_error", "too_long"):
        return Problem(path if len(loc) == 2 else f"{path} = {shown(error['input'])}", _event_rule(error))
    if kind == "extra_forbidden":
        return Problem(path, _unknown(loc))
    if kind == "missing":
        return _missing(loc, path, tree)
    if kind == "value_error":
        return Problem(path, str(error["ctx"]["error"]))
    return Problem(f"{path} = {shown(error['input'])}", _rule(error, kind, loc))


def _path(loc: Loc) -> str:
    """Where it stands in the file; entries of a list count from 1."""
    steps = loc[:2] + loc[3:] if loc[:1] == ("events",) else loc
    return ".".join(step if isinstance(step, str) else f"{step + 1}" for step in steps)


def _event_rule(error: Any) -> str:
    """What is wrong with the list of events, or with what kind one of them is."""
    given = error["input"].get("kind") if isinstance(error["input"], dict) else None
    if len(error["loc"]) == 1 or not isinstance(error["input"], dict):
        return "must be a list of tables: [[events]] with kind, target and at_h below"
    known = f"one of {', '.join(repr(kind) for kind in EVENT_KINDS)}"
    if not given:
        return f"kind is missing: {known}"
    return f"kind = {shown(given)} must be {known}{_did(given, list(EVENT_KINDS))}"


def _unknown(loc: Loc) -> str:
    owner = _owner(loc)
    siblings = list(owner.model_fields) if owner else []
    before = _path(loc[:-1])
    word = str(loc[-1])[:200]
    close = difflib.get_close_matches(word, siblings, n=1, cutoff=0.6)
    if close:
        return f"unknown key; did you mean '{before + '.' if before else ''}{close[0]}'?"
    elsewhere = [path for path in key_paths() if path.rsplit(".", 1)[-1] == word]
    if elsewhere:
        return f"unknown key here; did you mean '{elsewhere[0]}'?"
    return f"unknown key; known here: {', '.join(siblings[:12])}{', …' if len(siblings) > 12 else ''}"


def _missing(loc: Loc, path: str, tree: dict[str, Any]) -> Problem:
    model, field = _walk(loc)
    if loc == ("site",):
        return Problem(
            "site.weather",
            'missing: add [site] with weather = "greensboro-tmy3" or the path of an EPW file, or extends = "…"',
        )
    text = (field.description or "") if field else ""
    if model is not None and field is not None and (len(loc) == 1 or _is_dict(field)):
        example = f"[{path}.NAME]" if _is_dict(field) else f"[{path}]"
        return Problem(path, f'missing: {text}; add {example}, or extends = "chilled-water-greensboro"')
    unit = _unit(field) if field else ""
    group = _group(loc, tree)
    if group:
        return Problem(path, f"missing: {text}; settings of a unit stand in its group: '{group}'")
    return Problem(path, f"missing: {text}; give {path.rsplit('.', 1)[-1]} = …{' in ' + unit if unit else ''}")


def _group(loc: Loc, tree: dict[str, Any]) -> str:
    """Group that a table like ``north-1`` was probably meant for."""
    node: Any = tree
    for step in loc[:-2]:
        node = node[step]
    unit = re.fullmatch(r"(.+)-\d+", str(loc[-2])) if len(loc) > 2 else None
    return unit.group(1) if unit and unit.group(1) in node else ""


def _rule(error: Any, kind: str, loc: Loc) -> str:
    model, field = _walk(loc)
    value = error["input"]
    if field is None or kind in ("model_type", "dict_type", "model_attributes_type"):
        path = ".".join(str(step) for step in loc)
        what = (
            "must be a table of named tables"
            if _is_dict(field) and not isinstance(loc[-1], int) and model is not None
            else "must be a table"
        )
        without = '; write "none" to do without what the extended file has' if value is False else ""
        return f"{what}: [{path}{'.NAME' if 'named' in what else ''}] with its keys below{without}"
    core, metadata = _strip(field.annotation)
    inside_list = isinstance(loc[-1], int)
    if kind in ("list_type", "too_short", "too_long"):
        return _list_rule(metadata + list(field.metadata), value)
    if get_origin(core) is Literal:
        known = [str(word) for word in get_args(core)]
        return f"must be one of {', '.join(repr(word) for word in known)}{_did(value, known)}"
    if core is str:
        return _text_rule(metadata + list(field.metadata), value)
    if core is bool:
        return "must be true or false, without quotes"
    return _number_rule(_interval(field, inside_list), value, loc, core is int)


def _list_rule(metadata: list[Any], value: Any) -> str:
    sizes = [int(m.min_length) for m in metadata if isinstance(m, bound.MinLen)]
    wanted = f"a list of {sizes[0]} numbers" if sizes else "a list"
    if isinstance(value, dict):
        return "must hold at least one entry; add a table [….NAME]"
    return f"must be {wanted}, [a, b, …]{f'; {len(value)} given' if isinstance(value, list) else ''}"


def _text_rule(metadata: list[Any], value: Any) -> str:
    longest = [int(m.max_length) for m in metadata if isinstance(m, bound.MaxLen)]
    if not isinstance(value, str):
        return "must be text in quotes"
    if not value:
        return "must not be empty"
    return f"must have at most {longest[0]} characters; {len(value)} given" if longest else "must be text in quotes"


def _did(value: Any, known: list[str]) -> str:
    close = difflib.get_close_matches(str(value)[:60], known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _number_rule(rule: Interval, value: Any, loc: Loc, whole: bool) -> str:
    words = rule.words()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return (
            f"must be a {'whole ' if whole else ''}number{' without quotes' if isinstance(value, str) else ''}; {words}"
        )
    if isinstance(value, float) and not math.isfinite(value):
        return f"is not a finite number; {words}"
    if isinstance(value, int) and abs(value) > 10**300:  # no float can hold it
        return f"has {len(str(abs(value)))} digits; {words}"
    if whole and float(value) != int(value):
        return f"must be a whole number; {words}" if "lie" in words else f"{words} and whole"
    if whole and isinstance(value, float):
        return f"must be a whole number: write {int(value)}"
    name = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    if name.endswith("_frac") and 1.0 < value <= 100.0 and rule.high <= 1.0:
        return f"{words}; it is a fraction: {value:g} % is written {value / 100:g}"
    if name.endswith("_c") and rule.low <= value - 273.15 <= rule.high:
        return f"{words}; {value:g} K are {value - 273.15:.4g} °C"
    return words
