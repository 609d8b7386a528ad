"""What every part of a scenario has in common: frozen, strict, no unknown keys, no NaN."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Frac", "NonNegative", "Part", "Positive", "TempC", "key"]


class Part(BaseModel):
    """A frozen, strict section of a scenario: unknown keys, wrong types, NaN and infinity are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


Frac = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
TempC = Annotated[float, Field(ge=-60.0, le=100.0)]


def key(default: Any = ..., *, unit: str = "", source: str = "", text: str = "", **bounds: Any) -> Any:
    """A scenario key: default, unit, meaning and where the default comes from.

    Parameters
    ----------
    default : object
        Value when the key is left out; ``...`` makes it required.
    unit, source, text : str
        Shown by ``twin schema`` and in the reference; ``source = "assumed"`` is printed by the report.
    **bounds
        pydantic bounds (``ge``, ``gt``, ``le``, ``lt``, ``min_length`` …).

    Returns
    -------
    pydantic.fields.FieldInfo
    """
    extra: dict[str, Any] = {"unit": unit, "source": source}
    factory = bounds.pop("default_factory", None)
    if factory is not None:
        return Field(default_factory=factory, description=text, json_schema_extra=extra, **bounds)
    return Field(default, description=text, json_schema_extra=extra, **bounds)
