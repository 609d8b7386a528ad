"""What a scenario rests on that nobody has measured: defaults whose source is "assumed"."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.fields import FieldInfo

from twin.scenario.base import Part
from twin.scenario.job_streams import Stream
from twin.scenario.planning import Guarding, Planning, Rates
from twin.scenario.schema import Scenario
from twin.scenario.seen import Forecast

__all__ = ["assumptions"]


def assumptions(scenario: Scenario) -> list[str]:
    """Every key that was left at a default whose source is an assumption.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of str
        ``path = value unit: meaning (source)``.
    """
    choice = scenario.policy
    unwritten: list[tuple[Part, str]] = []
    if choice.plans and choice.planning is None:
        unwritten.append((Planning(), "policy.planning"))
    if choice.guard:
        unwritten += [(Guarding(), "policy.guarding")] if choice.guarding is None else []
        unwritten += [(Rates(), "policy.rates")] if choice.rates is None else []
    if (choice.plans or choice.guard) and scenario.forecast is None:
        unwritten.append((Forecast(), "forecast"))
    return [*_walk(scenario, ""), *(line for part, path in unwritten for line in _walk(part, path))]


def _walk(part: Part, path: str) -> Iterator[str]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        here = f"{path}.{name}" if path else name
        if isinstance(value, Part):
            yield from _walk(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], Part):
            for i, item in enumerate(value):
                yield from _walk(item, f"{here}.{i + 1}")
        elif isinstance(value, dict):
            for item, inner in value.items():
                if isinstance(inner, Part):
                    yield from _walk(inner, f"{here}.{item}")
        elif value is None and isinstance(part, Stream):
            usual = part.usual.get(name)
            if usual is not None:
                yield from _assumed(field, here, usual.value, usual.source)
        elif name not in part.model_fields_set and value is not None:
            yield from _assumed(field, here, value)


def _assumed(field: FieldInfo, path: str, value: object, source: str = "") -> Iterator[str]:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    source, unit = source or str(extra.get("source", "")), str(extra.get("unit", ""))
    if source.startswith("assumed"):
        yield f"{path} = {value}{' ' + unit if unit else ''}: {field.description} ({source})"
