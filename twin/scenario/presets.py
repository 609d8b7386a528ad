"""Losses of the power chain and part-load curves of fans as parts of the library, named in a scenario by one word."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from twin.scenario.base import Part, key
from twin.scenario.shipped import did_you_mean

__all__ = ["FanCurve", "FanPart", "LossPart", "fan_parts", "loss_parts", "with_loss_of_part"]

_PARTS = Path(__file__).resolve().parents[1] / "parts"
_SHOWN_LOADS = (0.25, 0.5, 0.75, 1.0)


class LossPart(Part):
    """A stage of the power chain."""

    name: str = key(text="name in a scenario")
    stages: list[Literal["ups", "hvdc", "pdu", "transformer"]] = key(text="tables of [power] for it", min_length=1)
    loss: Annotated[list[float], Field(min_length=4, max_length=4)] = key(text="a, b, c, d of a + b u + c u² + d u³")
    source: str = key(text="where the numbers come from", min_length=1)

    def efficiency_frac(self, load_frac: float) -> float:
        """Output over input at a load over rating; above 0."""
        lost = sum(c * load_frac**i for i, c in enumerate(self.loss))
        return load_frac / (load_frac + lost)

    def listed(self, width: int) -> list[str]:
        """Two lines for a list of parts, names padded to a width."""
        shown = "/".join(f"{100 * self.efficiency_frac(load):.1f}" for load in _SHOWN_LOADS)
        return [f"{self.name:<{width}} {shown} % at 25/50/75/100 % load  ({', '.join(self.stages)})",
                f"    {self.source}"]


class FanPart(Part):
    """How a fan's power falls with its flow."""

    name: str = key(text="name in a scenario")
    curve: Annotated[list[float], Field(min_length=5, max_length=5)] = key(text="power = sum c_i (flow fraction)^i")
    source: str = key(text="where the numbers come from", min_length=1)

    def power_frac(self, flow_frac: float) -> float:
        """Power over rated at a flow over rated."""
        return sum(c * flow_frac**i for i, c in enumerate(self.curve))

    def listed(self, width: int) -> list[str]:
        """Two lines for a list of parts, names padded to a width."""
        shown = "/".join(f"{100 * self.power_frac(flow):.1f}" for flow in _SHOWN_LOADS)
        return [f"{self.name:<{width}} {shown} % of power at 25/50/75/100 % flow", f"    {self.source}"]


def _tables(kind: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_PARTS / f"{kind}.toml").read_text(encoding="utf-8"))


@cache
def loss_parts() -> dict[str, LossPart]:
    """Stages of the power chain, by name.

    Returns
    -------
    dict of str to LossPart
    """
    return {name: LossPart.model_validate({"name": name, **values}) for name, values in _tables("ups").items()}


@cache
def fan_parts() -> dict[str, FanPart]:
    """Part-load curves of fans, by name.

    Returns
    -------
    dict of str to FanPart
    """
    return {name: FanPart.model_validate({"name": name, **values}) for name, values in _tables("fans").items()}


def with_loss_of_part(stage: str, data: Any) -> Any:
    """Keys of a stage of the power chain, with the loss of the part they name put in.

    Parameters
    ----------
    stage : str
        Table of ``[power]``.
    data : object
        Keys as read; left alone unless they are a table with ``part``.

    Returns
    -------
    object
        The same keys and ``loss``.

    Raises
    ------
    ValueError
        For a part that there is not, that is for another stage, or that comes with another loss beside it.
    """
    if not isinstance(data, dict) or not isinstance(data.get("part"), str):
        return data
    parts, name = loss_parts(), data["part"]
    if name not in parts or stage not in parts[name].stages:
        known = [each for each, part in parts.items() if stage in part.stages]
        hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
        what = f"a part for {', '.join(parts[name].stages)}" if name in parts else "no such part"
        raise ValueError(f'part = "{name[:60]}" is {what}; {hint} (see \'twin parts ups\')')
    loss = parts[name].loss
    if data.get("loss", loss) != loss:
        raise ValueError(f'part = "{name}" and loss are both given and differ; leave one out: the loss is the part\'s')
    return {**data, "loss": list(loss)}


def _named_curve(value: Any) -> Any:
    """A part's curve for its name; anything else as it is."""
    if not isinstance(value, str):
        return value
    parts = fan_parts()
    if value not in parts:
        hint = did_you_mean(value, list(parts)) or f"known: {', '.join(parts)}"
        raise ValueError(f"'{value[:60]}' is no fan curve; {hint} (see 'twin parts fans')")
    return list(parts[value].curve)


#: Part-load curve of a fan in a scenario: five coefficients, or a name in 'twin parts fans'.
FanCurve = Annotated[list[float], BeforeValidator(_named_curve), Field(min_length=5, max_length=5)]
