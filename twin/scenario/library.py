"""The part library: equipment as data, each with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from twin.errors import InputError, Problem
from twin.scenario.base import Part, key
from twin.scenario.dx import DxCurves
from twin.scenario.presets import FanPart, LossPart, fan_parts, loss_parts
from twin.scenario.shipped import did_you_mean

__all__ = [
    "KINDS", "ChillerPart", "DxCoilPart", "chiller_part", "dx_coil_part", "dx_part", "list_parts", "part_lines",
]

#: Kinds of parts that ship with the twin.
KINDS = ("chillers", "dx", "ups", "fans")

_PARTS = Path(__file__).resolve().parents[1] / "parts"
_LIFT = "condenser water leaves about 5.5 K warmer, refrigerant 1.5 K above it; evaporator 2 K below leaving water"

Six = Annotated[list[float], Field(min_length=6, max_length=6)]


class ChillerPart(Part):
    """Curves of an electric chiller or DX compressor, with its rating point and valid box.

    For a DX compressor "leaving" is the air behind its coil, "condenser" the outdoor air; power includes that fan's.
    """

    name: str = key(text="name in a scenario")
    rated_kw: float = key(unit="kW", text="reference capacity", gt=0.0)
    cop: float = key(text="COP at the reference point", gt=0.5, le=20.0)
    leaving_c: float = key(unit="°C", text="chilled water leaving at the reference point")
    entering_c: float = key(unit="°C", text="condenser water, or outdoor air, entering at the reference point")
    leaving_min_c: float = key(unit="°C", text="valid box of the curves")
    leaving_max_c: float = key(unit="°C", text="valid box of the curves")
    condenser_min_c: float = key(unit="°C", text="valid box of the curves")
    condenser_max_c: float = key(unit="°C", text="valid box of the curves")
    capft: Six = key(
        text="capacity over reference: 1, x, x², y, y², xy; x leaving chilled, y entering condenser water in °C"
    )
    eirft: Six = key(text="electricity per heat over reference, the same terms")
    eirfplr: Annotated[list[float], Field(min_length=4, max_length=10)] = key(
        text="power over full-load power: cubic in part load p; reformulated: 1, y, y², p, p², yp, y³, p³, y²p, yp²"
    )
    model: Literal["eir", "reformulated"] = key(
        "eir",
        text="whether y of the curves enters the condenser (eir) or leaves it (reformulated)",
        source="most catalogue sets are EIR",
    )
    cooling: Literal["water", "air"] = key(
        "water", text="what cools the condenser; an air-cooled machine's power includes its fans", source="water"
    )
    condenser_leaving_c: float | None = key(
        None, unit="°C", text="condenser water leaving at the reference point; a reformulated set needs it"
    )
    condenser_kg_s: float = key(
        0.0, unit="kg/s", text="condenser water at the reference point; a reformulated set needs it", source="0", ge=0.0
    )
    evaporator_lift_k: float = key(
        2.0, unit="K", text="refrigerant below leaving chilled water", source=_LIFT, ge=0.0, le=20.0
    )
    condenser_lift_k: float = key(
        7.0, unit="K", text="refrigerant above entering condenser water", source=_LIFT, ge=0.0, le=20.0
    )
    carnot_max_frac: float = key(
        0.70,
        text="full-load efficiency over Carnot's is never above this outside the box",
        source="assumed: best large centrifugal machines reach 0.65 … 0.70",
        gt=0.1,
        le=1.0,
    )
    normalised: bool = key(True, text="CapFT and EIRFT are 1 at the rating point (within 0.5 %)", source="true")
    source: str = key(text="where the numbers come from", min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _cubic(cls, data: Any) -> Any:
        """A quadratic part-load curve is a cubic with nothing in its last place."""
        if isinstance(data, dict) and len(data.get("eirfplr", ())) == 3:
            return {**data, "eirfplr": [*data["eirfplr"], 0.0]}
        return data

    @model_validator(mode="after")
    def _of_its_model(self) -> Self:
        """What a reformulated set needs, and an EIR set does not have."""
        reformulated = self.model == "reformulated"
        if len(self.eirfplr) != (10 if reformulated else 4):
            raise ValueError(f"eirfplr has {len(self.eirfplr)} terms; eir takes 4 (or 3), reformulated 10")
        if reformulated and (self.condenser_leaving_c is None or self.condenser_kg_s <= 0.0 or self.cooling == "air"):
            raise ValueError("a reformulated set is water-cooled and needs condenser_leaving_c and condenser_kg_s")
        return self

    @property
    def rating_condenser_c(self) -> float:
        """What the curves read on the condenser's side at the reference point, °C."""
        return self.entering_c if self.condenser_leaving_c is None else self.condenser_leaving_c

    @property
    def kind(self) -> str:
        """Model and cooling in words."""
        return f"{self.cooling}-cooled, {'reformulated EIR' if self.model == 'reformulated' else 'EIR'}"

    def capacity_frac(self, leaving_c: float, condenser_c: float) -> float:
        """Capacity over reference capacity, as fitted (no clamp)."""
        return _biquadratic(self.capft, leaving_c, condenser_c)

    def eir_frac(self, leaving_c: float, condenser_c: float) -> float:
        """Electricity per heat over that at the reference point, as fitted (no clamp), full load."""
        return _biquadratic(self.eirft, leaving_c, condenser_c)

    def part_load_frac(self, condenser_c: float, plr: float) -> float:
        """Power over full-load power at equal temperatures, as fitted (no clamp)."""
        c = self.eirfplr
        if self.model == "eir":
            return c[0] + plr * (c[1] + plr * (c[2] + plr * c[3]))
        y = condenser_c
        cubic = c[6] * y**3 + c[7] * plr**3 + c[8] * y * y * plr + c[9] * y * plr * plr
        return _biquadratic(c[:6], y, plr) + cubic

    def monotonicity_violations(self, points: int = 21) -> tuple[int, int]:
        """How often the fitted curves contradict the second law inside their own box, at equal load.

        Parameters
        ----------
        points : int
            Points of the grid in each direction.

        Returns
        -------
        leaving, condenser : int
            Neighbours on the grid between which warmer leaving water, or cooler condenser water, raises power.
        """
        step = [i / (points - 1) for i in range(points)]
        xs = [self.leaving_min_c + (self.leaving_max_c - self.leaving_min_c) * s for s in step]
        ys = [self.condenser_min_c + (self.condenser_max_c - self.condenser_min_c) * s for s in step]
        eir = [[self.eir_frac(x, y) for y in ys] for x in xs]
        leaving = sum(b > a + 1e-12 for one, other in pairwise(eir) for a, b in zip(one, other, strict=True))
        condenser = sum(b < a - 1e-12 for row in eir for a, b in pairwise(row))
        return leaving, condenser


    def listed(self, width: int) -> list[str]:
        """Two lines for a list of parts, names padded to a width."""
        leaving = f"{self.leaving_min_c:g}…{self.leaving_max_c:g}"
        condenser = f"{self.condenser_min_c:g}…{self.condenser_max_c:g}"
        side = "outdoor air" if self.cooling == "air" else "condenser"
        against = sum(self.monotonicity_violations())
        note = f"; {against} points of its box contradict the second law" if against else ""
        first = f"{self.name:<{width}} {self.rated_kw:>7.0f} kW  COP {self.cop:<5.2f} leaving {leaving:<12} "
        return [f"{first}{side} {condenser} °C{note}", f"    {self.kind}; {self.source}"]


class DxCoilPart(DxCurves):
    """A DX coil with compressor and condenser: curves, their rating and their box."""

    name: str = key(text="name in a scenario")
    rated_kw: float = key(unit="kW", text="gross total capacity at the reference point", gt=0.0)
    cop: float = key(text="COP there, without the hall-air fan", gt=0.5, le=20.0)
    shr_frac: float = key(text="sensible share of the capacity there", ge=0.3, le=1.0)
    air_m3_s: float = key(unit="m³/s", text="air there, at 20 °C and sea level", gt=0.0)
    source: str = key(text="where the numbers come from", min_length=1)

    def listed(self, width: int) -> list[str]:
        """Two lines for a list of parts, names padded to a width."""
        entering = f"{self.wet_bulb_min_c:.3g}…{self.wet_bulb_max_c:.3g}"
        first = f"{self.name:<{width}} {self.rated_kw:>7.1f} kW  COP {self.cop:<5.2f} wet bulb {entering:<11} "
        outdoor = f"outdoor air {self.outdoor_min_c:g}…{self.outdoor_max_c:.3g} °C (hall.dx)"
        return [first + outdoor, f"    {self.source}"]


#: Equipment of any kind.
AnyPart = ChillerPart | DxCoilPart | LossPart | FanPart


def _biquadratic(c: list[float], x: float, y: float) -> float:
    return c[0] + c[1] * x + c[2] * x * x + c[3] * y + c[4] * y * y + c[5] * x * y


@cache
def _machines(kind: str) -> dict[str, ChillerPart]:
    tables = tomllib.loads((_PARTS / f"{kind}.toml").read_text(encoding="utf-8"))
    return {name: ChillerPart.model_validate({"name": name, **values}) for name, values in tables.items()}


@cache
def _coils() -> dict[str, DxCoilPart]:
    tables = tomllib.loads((_PARTS / "dx_coils.toml").read_text(encoding="utf-8"))
    return {name: DxCoilPart.model_validate({"name": name, **values}) for name, values in tables.items()}


def chiller_part(name: str) -> ChillerPart:
    """A chiller of the library.

    Parameters
    ----------
    name : str
        As listed by ``twin parts chillers``.

    Returns
    -------
    ChillerPart

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _part("chillers", name, "chiller")


def dx_part(name: str) -> ChillerPart:
    """A DX compressor of the library.

    Parameters
    ----------
    name : str
        As listed by ``twin parts dx``.

    Returns
    -------
    ChillerPart

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _part("dx", name, "DX compressor")


def dx_coil_part(name: str) -> DxCoilPart:
    """A DX coil with compressor and condenser of the library.

    Parameters
    ----------
    name : str
        As listed by ``twin parts dx``, among those for ``hall.dx``.

    Returns
    -------
    DxCoilPart

    Raises
    ------
    InputError
        If there is none of that name.
    """
    parts = _coils()
    _known("dx", name, "DX coil", list(parts))
    return parts[name]


def _part(kind: str, name: str, what: str) -> ChillerPart:
    parts = _machines(kind)
    _known(kind, name, what, list(parts))
    return parts[name]


def _known(kind: str, name: str, what: str, known: list[str]) -> None:
    """Refuse a name that is not among those there are."""
    if name not in known:
        hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise InputError(
            "parts", [Problem(f'part = "{name[:60]}"', f"no such {what}; {hint} (see 'twin parts {kind}')")]
        )


def list_parts(kind: str, also: tuple[str, ...] = ()) -> Sequence[AnyPart]:
    """All parts of a kind.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    also : tuple of str
        Kinds that others list, for the message.

    Returns
    -------
    list of ChillerPart, DxCoilPart, LossPart or FanPart
        Of ``dx``: compressors first, then coils.

    Raises
    ------
    InputError
        For an unknown kind.
    """
    if kind not in KINDS:
        known = [*KINDS, *also]
        hint = did_you_mean(kind, known) or f"known: {', '.join(known)}"
        raise InputError("parts", [Problem(kind[:60], f"no such kind of parts; {hint}")])
    if kind == "ups":
        return list(loss_parts().values())
    if kind == "fans":
        return list(fan_parts().values())
    return [*_machines(kind).values(), *(_coils().values() if kind == "dx" else ())]


def part_lines(kind: str, also: tuple[str, ...] = ()) -> list[str]:
    """Two lines of text a part: name and what it does, then where that comes from.

    Parameters
    ----------
    kind, also
        As in :func:`list_parts`.

    Returns
    -------
    list of str
    """
    parts = list_parts(kind, also)
    width = max(len(part.name) for part in parts)
    return [line for part in parts for line in part.listed(width)]
