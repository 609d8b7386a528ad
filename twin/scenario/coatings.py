"""Coatings: optics in bands, from the library or the user, and what age, dirt, rain and washing make of them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import model_validator

from twin.errors import InputError, Problem
from twin.scenario.base import Frac, NonNegative, Part, key
from twin.scenario.shipped import did_you_mean
from twin.scenario.spectra import SpectrumError, read_spectrum

__all__ = [
    "AgedOptics", "Coating", "CoatingPart", "Optics", "Weathering", "aged_optics", "coating_part", "coating_parts",
    "coating_problems", "find_coating",
]

C = TypeVar("C")

_PARTS = Path(__file__).resolve().parents[1] / "parts"
_LADDER = "assumed: three classes between the three-year losses of US sites (Sleiman et al. 2011) and Guangzhou's"

#: Reflectance of a surface of nothing but dirt; losses are measured from it.
SOIL_REFLECTANCE_FRAC = 0.2
#: Emissivity of dust, which a selective film takes on as it is covered.
DUST_EMISSIVITY_FRAC = 0.9
#: Loss of window emissivity a year, and where it ends.
WINDOW_LOSS_PER_YEAR = 0.01
WINDOW_FLOOR_FRAC = 0.88
#: A washing that falls on the day of the age is done, whatever rounding makes of twelfths of a year; share of an interval.
_SAME_DAY_FRAC = 1e-9
#: Share of (R0 - 0.2) that is lost in the end, by class of site.
FINAL_LOSS_FRAC = {"clean": 0.0, "dry": 0.10, "temperate": 0.20, "humid": 0.35}


@dataclass(frozen=True)
class Optics:
    """A surface's outside optics at one age.

    Attributes
    ----------
    absorptance_frac : float
        For sunlight.
    window_frac, far_frac, other_frac : float
        Emissivity in 8 … 13.3 µm, in 17.2 … 25 µm and in the rest.
    """

    absorptance_frac: float
    window_frac: float
    far_frac: float
    other_frac: float

    @property
    def reflectance_frac(self) -> float:
        """Solar reflectance."""
        return 1.0 - self.absorptance_frac


class AgedOptics(Part):
    """What was measured after some years outdoors."""

    solar_reflectance_frac: Frac = key(text="solar reflectance at that age")
    window_emissivity_frac: Frac | None = key(None, text="window emissivity at that age; as new if left out")


class Coating(Part):
    """A coating: two or three bands, or a spectrum."""

    solar_reflectance_frac: Frac | None = key(None, text="share of sunlight reflected, new; out of the spectrum if left out")
    window_emissivity_frac: Frac | None = key(None, text="hemispherical emissivity in 8 … 13.3 µm, new")
    far_emissivity_frac: Frac | None = key(None, text="the same in 17.2 … 25 µm; as other_emissivity_frac if left out")
    other_emissivity_frac: Frac | None = key(None, text="the same in all other wavelengths")
    spectrum: str | None = key(
        None, text="CSV with columns wavelength_um and emissivity_frac or reflectance_frac (opaque), instead of the bands"
    )
    one_year: AgedOptics | None = key(None, text="measured after a year outdoors")
    three_years: AgedOptics | None = key(None, text="measured after three years outdoors")
    source: str = key("", text="where the numbers come from")

    @model_validator(mode="before")
    @classmethod
    def _bands(cls, data: Any) -> Any:
        """An emissivity must say of which band it is."""
        if isinstance(data, dict):
            for name in ("emissivity_frac", "emissivity", "thermal_emittance_frac"):
                if name in data:
                    raise ValueError(
                        f"{name} names no band: give window_emissivity_frac (8 … 13.3 µm) and other_emissivity_frac; "
                        "the same number in both for a grey coating")
        return data

    @model_validator(mode="after")
    def _complete(self) -> Self:
        bands = (self.solar_reflectance_frac, self.window_emissivity_frac, self.other_emissivity_frac)
        if self.spectrum is not None:
            if any(value is not None for value in (*bands, self.far_emissivity_frac)):
                raise ValueError("spectrum and bands are both given; leave one out")
            return self
        if None in bands:
            raise ValueError(
                "needs solar_reflectance_frac, window_emissivity_frac and other_emissivity_frac, or a spectrum")
        return self

    def new_optics(self) -> Optics:
        """Optics of the clean, new coating.

        Returns
        -------
        Optics

        Raises
        ------
        SpectrumError
            If its spectrum cannot be used.
        """
        if self.spectrum is not None:
            reflectance, window, far, other = read_spectrum(Path(self.spectrum)).bands()
            return Optics(1.0 - reflectance, window, far, other)
        window, other = self.window_emissivity_frac or 0.0, self.other_emissivity_frac or 0.0
        far = other if self.far_emissivity_frac is None else self.far_emissivity_frac
        return Optics(1.0 - (self.solar_reflectance_frac or 0.0), window, far, other)


class CoatingPart(Coating):
    """A coating of the library."""

    name: str = key(text="name in a scenario")
    kind: Literal["cooler", "cool roof", "ordinary"] = key(text="radiative cooler, cool-roof product or ordinary surface")

    def listed(self, width: int) -> list[str]:
        """Two lines for a list of parts, names padded to a width."""
        o = self.new_optics()
        aged = [aged_optics(self, years, Weathering()).reflectance_frac for years in (1.0, 3.0)]
        first = (f"{self.name:<{width}} {self.kind:<9}  reflectance {o.reflectance_frac:.3f}, {aged[0]:.2f} after a year, "
                 f"{aged[1]:.2f} after three; emissivity {o.window_frac:.2f} in the window, {o.other_frac:.2f} outside")
        return [first, f"    {self.source}"]


class Weathering(Part):
    """What the site does to coatings, and who washes them."""

    site: Literal["published", "clean", "dry", "temperate", "humid"] = key(
        "published",
        text="published: the coating's own aged values, where it has them, else temperate; the others: a law of soiling",
        source="aged values of a product's own exposure come first",
    )
    time_constant_years: float = key(
        0.75, text="years over which dirt settles (law)", source="assumed: white roofs level off within two years",
        gt=0.05, le=10.0,
    )
    uv_loss_per_year: float = key(
        0.0, text="reflectance lost to the sun for good each year (law)", source="0: below 0.005 a year for TiO2 and BaSO4 paints", ge=0.0, le=0.1
    )
    rain_days_per_year: NonNegative = key(
        0.0, text="rains that clean, in a year, beyond those that the class of site has in it (law)", source="0", le=365.0
    )
    rain_restores_frac: Frac = key(0.3, text="share of the dirt that such a rain takes off", source="assumed: 0.2 … 0.5")
    wash_every_months: NonNegative = key(0.0, text="months between washings; never if 0", source="0: roofs are rarely washed", le=120.0)
    wash_restores_frac: Frac = key(0.9, text="share of the dirt that washing takes off", source="assumed: 0.8 … 0.95")


def aged_optics(coating: Coating, years: float, weathering: Weathering) -> Optics:
    """Optics of a coating after some years at a site.

    ``R = R_new - d (R_new - 0.2) - k_UV t`` with dirt ``dd/dt = (s - d) / tau - n eta d`` and ``d → (1 - eta) d`` at
    each washing; ``s`` is the final loss of the class of site.

    Parameters
    ----------
    coating : Coating
    years : float
        Age, years, ≥ 0.
    weathering : Weathering

    Returns
    -------
    Optics
        Window emissivity falls by 0.01 a year to 0.88 at least (or stays below it); the emissivity of the other bands
        moves towards dust's 0.9 in proportion to the dirt.

    Notes
    -----
    With ``site = "published"`` a product's own values after one and three years are joined by straight lines and held
    after; washing is then not counted. A single reflectance after one year is held after it.
    """
    new = coating.new_optics()
    if years <= 0.0:
        return new
    published = _published(coating, years) if weathering.site == "published" else None
    if published is not None:
        reflectance, window = published
        dirt = max(new.reflectance_frac - reflectance, 0.0) / max(new.reflectance_frac - SOIL_REFLECTANCE_FRAC, 1e-9)
    else:
        dirt = dirt_frac(years, weathering)
        reflectance = new.reflectance_frac - dirt * max(new.reflectance_frac - SOIL_REFLECTANCE_FRAC, 0.0)
        reflectance -= weathering.uv_loss_per_year * years
        window = None
    if window is None:
        lost = WINDOW_LOSS_PER_YEAR * years if weathering.site != "clean" else 0.0
        window = max(new.window_frac - lost, min(new.window_frac, WINDOW_FLOOR_FRAC))
    covered = min(max(dirt, 0.0), 1.0)
    far = new.far_frac + covered * max(DUST_EMISSIVITY_FRAC - new.far_frac, 0.0)
    other = new.other_frac + covered * max(DUST_EMISSIVITY_FRAC - new.other_frac, 0.0)
    return Optics(min(max(1.0 - reflectance, 0.0), 1.0), window, far, other)


def dirt_frac(years: float, weathering: Weathering) -> float:
    """Dirt after some years: 0 clean, 1 a surface of dirt.

    Parameters
    ----------
    years : float
        Age, years.
    weathering : Weathering
        ``published`` counts as temperate.

    Returns
    -------
    float
        Exact between washings.
    """
    final = FINAL_LOSS_FRAC.get(weathering.site, FINAL_LOSS_FRAC["temperate"])
    settling = 1.0 / weathering.time_constant_years
    rate = settling + weathering.rain_days_per_year * weathering.rain_restores_frac
    level = final * settling / rate
    interval = weathering.wash_every_months / 12.0
    dirt, left = 0.0, years
    if interval > 0.0:
        washings = math.floor(years / interval + _SAME_DAY_FRAC)
        kept, decay = 1.0 - weathering.wash_restores_frac, math.exp(-rate * interval)
        if kept * decay < 1.0:  # d → kept (level + (d - level) decay), so many times
            dirt = kept * level * (1.0 - decay) * (1.0 - (kept * decay) ** washings) / (1.0 - kept * decay)
        left = max(years - washings * interval, 0.0)
    return level + (dirt - level) * math.exp(-rate * left)


def _published(coating: Coating, years: float) -> tuple[float, float | None] | None:
    """Reflectance and window emissivity between a product's own values; None without any."""
    new = coating.new_optics()
    points = [(0.0, new.reflectance_frac, new.window_frac)]
    for age, aged in ((1.0, coating.one_year), (3.0, coating.three_years)):
        if aged is not None:
            window = aged.window_emissivity_frac
            points.append((age, aged.solar_reflectance_frac, points[-1][2] if window is None else window))
    if len(points) == 1:
        return None
    for (t0, r0, w0), (t1, r1, w1) in pairwise(points):
        if years <= t1:
            share = (years - t0) / (t1 - t0)
            return r0 + share * (r1 - r0), w0 + share * (w1 - w0)
    return points[-1][1], points[-1][2]


@cache
def _library() -> dict[str, CoatingPart]:
    tables = tomllib.loads((_PARTS / "coatings.toml").read_text(encoding="utf-8"))
    return {name: CoatingPart.model_validate({"name": name, **values}) for name, values in tables.items()}


def coating_parts() -> list[CoatingPart]:
    """All coatings of the library.

    Returns
    -------
    list of CoatingPart
    """
    return list(_library().values())


def coating_part(name: str) -> CoatingPart:
    """A coating of the library.

    Parameters
    ----------
    name : str
        As listed by ``twin parts coatings``.

    Returns
    -------
    CoatingPart

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _known(name, dict(_library()))


def find_coating(name: str, own: dict[str, Coating]) -> Coating:
    """A coating by name: the scenario's own first, then the library's.

    Parameters
    ----------
    name : str
    own : dict of str to Coating
        ``envelope.coatings``.

    Returns
    -------
    Coating

    Raises
    ------
    InputError
        If there is none of that name.
    """
    known: dict[str, Coating] = {**_library(), **own}
    return _known(name, known)


def _known(name: str, known: dict[str, C]) -> C:
    if name not in known:
        hint = did_you_mean(name, list(known)) or f"known: bare (none), {', '.join(known)}"
        raise InputError(
            "parts", [Problem(f'coating = "{name[:60]}"', f"no such coating; {hint} (see 'twin parts coatings')")])
    return known[name]


def coating_problems(named: dict[str, str], own: dict[str, Coating]) -> Iterator[Problem]:
    """What is wrong with the coatings of a scenario: unknown names, spectra that cannot be used.

    Parameters
    ----------
    named : dict of str to str
        Key path to the coating it names.
    own : dict of str to Coating
        ``envelope.coatings``.

    Yields
    ------
    Problem
    """
    for where, name in named.items():
        try:
            find_coating(name, own)
        except InputError as error:
            yield Problem(f'{where} = "{name[:60]}"', error.problems[0].what)
    for name, coating in own.items():
        try:
            coating.new_optics()
        except SpectrumError as error:
            yield Problem(f"envelope.coatings.{name}.spectrum", str(error))
