"""[plant.outdoor_pipe.NAME], [plant.outdoor_duct.NAME], [plant.casing.NAME]: what stands outside and carries water or air."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.errors import Problem
from twin.scenario.base import Frac, NonNegative, Part, Positive, key

__all__ = ["Casing", "Conduit", "OutdoorDuct", "OutdoorPipe", "OutdoorSurface", "outdoor_coatings", "outdoor_problems"]

_UValue = Annotated[float, Field(gt=0.0, le=1000.0)]
_FOAM = "elastomeric foam or mineral wool at 10 … 40 °C"


class OutdoorSurface(Part):
    """Outside of a pipe, duct or casing: sun, sky and air act on it as on a roof."""

    coating: str | None = key(
        None, text="coating outside: one of 'twin parts coatings' or of envelope.coatings; takes the place of "
        "solar_absorptance_frac and emissivity_frac; 'bare' for none", min_length=1, max_length=60,
    )
    coating_age_years: NonNegative = key(0.0, text="as envelope.roof.coating_age_years", source="0: new", le=30.0)
    solar_absorptance_frac: Frac = key(0.65, text="outside, for sunlight", source="grey paint on steel: reflectance 0.35")
    emissivity_frac: Frac = key(0.9, text="outside, long-wave", source="paint")
    sky_view_frac: Frac = key(
        0.5, text="share of the sky in all that the surface sees: 0.5 free, 0.3 beside a wall or in a rack of pipes",
        source="a lying cylinder or box in the open; 0.3 … 0.6 usual",
    )
    sunlit_frac: Frac = key(1.0, text="share of the direct sun that nothing keeps off", source="1: nothing shades it")
    film_w_m2k: Positive = key(5.7, unit="W/(m² K)", text="convection outside at calm", source="McAdams 1954", le=200.0)
    film_wind_w_s_m3k: NonNegative = key(3.8, unit="W s/(m³ K)", text="the same per m/s of wind", source="McAdams 1954", le=50.0)

    @model_validator(mode="after")
    def _age_of_something(self) -> OutdoorSurface:
        if self.coating is None and self.coating_age_years > 0.0:
            raise ValueError(f"coating_age_years = {self.coating_age_years} has no coating to act on; give coating or leave it out")
        return self


class Conduit(OutdoorSurface):
    """A pipe or duct: a length of something insulated."""

    length_m: Positive = key(unit="m", text="length outdoors, of one", le=1e5)
    count: int = key(1, text="equal ones side by side, through which it flows in parallel", source="1", ge=1, le=1000)
    azimuth_deg: float = key(90.0, unit="deg", text="direction in which it runs, from north clockwise", source="assumed: along the hall's long side", ge=0.0, le=360.0)
    insulation_m: NonNegative = key(0.03, unit="m", text="thickness of the insulation; 0: bare metal", source="assumed: usual against dew", le=1.0)
    insulation_w_mk: Positive = key(0.036, unit="W/(m K)", text="conductivity of the insulation", source=_FOAM, le=10.0)
    u_w_m2k: _UValue | None = key(
        None, unit="W/(m² K)", text="from what it carries to the outer surface, without the outside film, instead of thickness and "
        "conductivity",
    )

    @model_validator(mode="after")
    def _one_resistance(self) -> Conduit:
        if self.u_w_m2k is not None and {"insulation_m", "insulation_w_mk"} & self.model_fields_set:
            raise ValueError("u_w_m2k and insulation_m or insulation_w_mk are both given; leave one out")
        return self


class OutdoorPipe(Conduit):
    """Pipe between the plant and what it cools, or to towers and dry coolers: sun, sky and air warm or cool its water."""

    carries: Literal[
        "chilled_supply", "chilled_return", "condenser_supply", "condenser_return", "facility_supply", "facility_return"
    ] = key(text="which water; condenser_supply is what comes back from towers or dry coolers")
    outer_diameter_m: Positive = key(unit="m", text="diameter over the insulation", le=10.0)

    @property
    def area_m2(self) -> float:
        """Outer surface, m²."""
        return self.count * math.pi * self.outer_diameter_m * self.length_m

    @model_validator(mode="after")
    def _room_for_water(self) -> OutdoorPipe:
        if self.u_w_m2k is None and 2.0 * self.insulation_m >= self.outer_diameter_m:
            raise ValueError(
                f"outer_diameter_m = {self.outer_diameter_m} leaves no pipe inside insulation_m = {self.insulation_m} on both sides; "
                "it is the diameter over the insulation"
            )
        return self


class OutdoorDuct(Conduit):
    """Rectangular duct between cooling units and hall that runs outdoors: of all units of the hall together."""

    carries: Literal["supply_air", "return_air"] = key(text="air to the hall, behind the units and their sensors, or back to them")
    width_m: Positive = key(unit="m", text="width over the insulation", le=100.0)
    height_m: Positive = key(unit="m", text="height over the insulation", le=100.0)
    inside_film_w_m2k: Positive = key(15.0, unit="W/(m² K)", text="convection inside", source="assumed: 3 … 8 m/s in large ducts gives 10 … 25", le=500.0)

    @property
    def area_m2(self) -> float:
        """Outer surface, m²."""
        return self.count * 2.0 * (self.width_m + self.height_m) * self.length_m


class Casing(OutdoorSurface):
    """Sheet round the outdoor air before it meets a coil, pad or plate: it arrives warmer, or colder."""

    area_m2: Positive = key(unit="m²", text="outer surface of the casing before coil, pad or plates; what lies behind them does not count", le=1e6)
    air_m3_s: Positive = key(unit="m³/s", text="outdoor air that it is drawn through", le=1e6)
    inside_film_w_m2k: Positive = key(10.0, unit="W/(m² K)", text="convection inside", source="assumed: 2 … 4 m/s along a wall", le=500.0)
    insulation_m2k_w: NonNegative = key(0.0, unit="m²K/W", text="resistance of the casing", source="0: a metal sheet", le=100.0)


def outdoor_coatings(surfaces: Mapping[str, OutdoorSurface]) -> dict[str, str]:
    """Coatings of outdoor pipes, ducts and casings by the key that names them.

    Parameters
    ----------
    surfaces : mapping of str to OutdoorSurface
        By their path in the scenario.

    Returns
    -------
    dict of str to str
    """
    return {
        f"{path}.coating": surface.coating for path, surface in surfaces.items()
        if surface.coating is not None and surface.coating != "bare"
    }


def outdoor_problems(pipes: Mapping[str, OutdoorPipe], used: Mapping[str, bool]) -> Iterator[Problem]:
    """Pipes of a water that is not there.

    Parameters
    ----------
    pipes : mapping of str to OutdoorPipe
    used : mapping of str to bool
        Whether "chilled", "condenser" and "facility" water run anywhere.

    Yields
    ------
    Problem
    """
    lacking = {
        "chilled": "there is no chilled water; it needs plant.chilled_water_pump and something that it cools",
        "condenser": "there is no condenser water; it needs plant.condenser_water_pump and chilled water",
        "facility": "there is no facility water; it needs plant.facility_water and hall.liquid",
    }
    for name, pipe in pipes.items():
        water = pipe.carries.partition("_")[0]
        if not used[water]:
            yield Problem(f'plant.outdoor_pipe.{name[:40]}.carries = "{pipe.carries}"', lacking[water])
