"""[plant.tower], [plant.dry_cooler] and [plant.thermosyphon]: what gives the heat to the outdoor air."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, key

__all__ = ["DryCooler", "Pad", "Thermosyphon", "Tower"]

_E = "DH1 reference hall"
_EP = "EnergyPlus default"
_BAC = "BAC TrilliumSeries TDFS1238N, rating as in Modelica Buildings"


class Tower(Part):
    """A group of equal cooling-tower cells."""

    law: Literal["york", "merkel"] = key(
        "york",
        text="YorkCalc correlation, or Merkel's theory with a conductance (also outside York's validity)",
        source="york: the reference hall's",
    )
    count: int = key(1, text="number of cells", source="1", ge=1, le=100)
    wet_bulb_c: float = key(25.6, unit="°C", text="design wet bulb; york: at most 26.7", source=_E, ge=-10.0, le=35.0)
    approach_k: float = key(3.9, unit="K", text="design approach", source=_E, ge=1.2, le=30.0)
    range_k: float = key(5.6, unit="K", text="design range", source=_E, ge=1.2, le=22.0)
    water_kg_s: Positive = key(text="design water flow of one cell", unit="kg/s", le=10000.0)
    air_m3_s: Positive = key(text="air flow of one cell at full speed", unit="m³/s", le=10000.0)
    fan_kw: NonNegative = key(text="fan power of one cell at full speed", unit="kW", le=10000.0)
    fan_exponent: float = key(3.0, text="fan power = rated x speed^exponent", source="affinity laws", ge=1.0, le=3.5)
    min_speed_frac: float = key(0.2, text="below this speed the fan cycles", source=_E, ge=0.02, le=1.0)
    free_convection_frac: Frac = key(
        0.125, text="share of full-speed cooling with the fan off", source=_EP, lt=0.9
    )
    drift_frac: float = key(0.00008, text="drift over water flow", source=_E, ge=0.0, le=0.01)
    cycles: float = key(3.0, text="cycles of concentration", source=_E, gt=1.0, le=100.0)
    basin_heater_w_k: float = key(
        0.0,
        unit="W/K",
        text="basin heater of one cell: power per K of outdoor air below basin_heater_c, while the cell stands",
        source=_EP,
        ge=0.0,
        le=1e5,
    )
    basin_heater_c: float = key(
        2.0, unit="°C", text="outdoor dry bulb below which it heats", source=_EP, ge=-10.0, le=10.0
    )

    @model_validator(mode="after")
    def _design(self) -> Tower:
        if self.law == "york" and self.wet_bulb_c > 26.7:
            raise ValueError(
                f"wet_bulb_c = {self.wet_bulb_c} is above 26.7, where York's correlation ends; use law = \"merkel\""
            )
        return self


class Pad(Part):
    """Wetted pad before the coil of a dry cooler."""

    effectiveness: float = key(
        0.85, text="of the pad, where its depth is not given", source="assumed: rigid cellulose pad", gt=0.0, le=1.0
    )
    depth_m: Annotated[float, Field(ge=0.05, le=0.6)] | None = key(
        None, unit="m", text="depth: the effectiveness then follows the air's velocity (CelDek fit); needs face_m2"
    )
    face_m2: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(None, unit="m²", text="face of the pad of one cooler")
    above_c: float = key(
        20.0, unit="°C", text="never wet at or below this outdoor dry bulb", source="assumed", ge=2.0, le=60.0
    )
    when: Literal["above", "needed"] = key(
        "needed",
        text="wet only where full dry air leaves the water too warm, or always above above_c (less fan, more water)",
        source="assumed: water is saved first",
    )
    cycles: float = key(3.0, text="cycles of concentration of its water", source="assumed", gt=1.0, le=100.0)

    @model_validator(mode="after")
    def _face(self) -> Pad:
        if (self.depth_m is None) != (self.face_m2 is None):
            raise ValueError("depth_m and face_m2 belong together: give both, or neither")
        return self


class DryCooler(Part):
    """A group of equal dry coolers, rated at one point."""

    count: int = key(1, text="number of coolers", source="1", ge=1, le=100)
    rated_kw: float = key(2931.0, unit="kW", text="heat of one cooler at its rating", source=_BAC, gt=0.0, le=1e5)
    dry_bulb_c: float = key(35.0, unit="°C", text="outdoor dry bulb of the rating", source=_BAC, ge=-30.0, le=55.0)
    entering_c: float = key(46.11, unit="°C", text="water entering at the rating", source=_BAC, ge=0.0, le=95.0)
    leaving_c: float = key(40.55, unit="°C", text="water leaving at the rating", source=_BAC, ge=0.0, le=95.0)
    air_m3_s: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(
        None,
        unit="m³/s",
        text="air at full speed; if left out, the air's heat-capacity flow equals the water's (Modelica Buildings)",
    )
    fan_kw: NonNegative = key(
        117.68, unit="kW", text="fan power of one cooler at full speed, pad in place if any", source=_BAC, le=1e4
    )
    fan_exponent: float = key(3.0, text="fan power = rated x speed^exponent", source="affinity laws", ge=1.0, le=3.5)
    min_speed_frac: float = key(0.2, text="below this speed the fans cycle", source="assumed", ge=0.02, le=1.0)
    free_convection_frac: Frac = key(
        0.05, text="share of full-speed cooling with the fans off", source="assumed", lt=0.9
    )
    air_film_frac: float = key(
        1.0 / 3.0,
        text="(hA)_air / ((hA)_air + (hA)_water) at the rating",
        source="Modelica Buildings, dry cooler: (hA)_air = half of (hA)_water",
        gt=0.0,
        lt=1.0,
    )
    pad: Pad | None = key(None, text="adiabatic pad; a plain dry cooler if left out")

    @model_validator(mode="after")
    def _rating(self) -> DryCooler:
        if not self.entering_c > self.leaving_c > self.dry_bulb_c:
            raise ValueError(
                f"entering_c = {self.entering_c}, leaving_c = {self.leaving_c}, dry_bulb_c = {self.dry_bulb_c}: "
                "water must leave colder than it enters and warmer than the air"
            )
        return self


class Thermosyphon(Part):
    """A thermosyphon cooler (or one with a refrigerant pump) between water and outdoor air, rated at one point."""

    rated_kw: Positive = key(unit="kW", text="heat at its rating", le=1e5)
    entering_c: float = key(unit="°C", text="water entering at the rating", ge=0.0, le=80.0)
    dry_bulb_c: float = key(unit="°C", text="outdoor dry bulb of the rating", ge=-40.0, le=50.0)
    water_kg_s: Positive = key(unit="kg/s", text="water at the rating", le=1e4)
    air_m3_s: Positive = key(unit="m³/s", text="air at full speed", le=1e5)
    fan_kw: NonNegative = key(unit="kW", text="fan power at full speed", le=1e4)
    fan_exponent: float = key(3.0, text="fan power = rated x speed^exponent", source="affinity laws", ge=1.0, le=3.5)
    min_speed_frac: float = key(0.2, text="below this speed the fan cycles", source="assumed", ge=0.02, le=1.0)
    free_convection_frac: Frac = key(
        0.05, text="share of full-speed cooling with the fan off", source="assumed", lt=0.9
    )
    evaporator_frac: float = key(
        0.4, text="share of the rated temperature difference spent in the evaporator", source="assumed", gt=0.0, lt=1.0
    )
    riser_frac: float = key(
        0.05, text="share spent as pressure drop of the refrigerant's pipes", source="assumed", ge=0.0, lt=0.9
    )
    evaporator_water_frac: Frac = key(
        0.5, text="share of the water film in the evaporator's resistance", source="assumed"
    )
    min_drive_k: NonNegative = key(
        4.0,
        unit="K",
        text="entering water less outdoor air below which nothing circulates",
        source="assumed: 3 … 5 K",
        le=30.0,
    )
    pump_frac: NonNegative = key(
        0.0, text="refrigerant pump: power over heat", source="0: gravity; with a pump 0.005 … 0.01", le=0.1
    )

    @model_validator(mode="after")
    def _rating(self) -> Thermosyphon:
        if self.entering_c - self.dry_bulb_c <= self.min_drive_k:
            raise ValueError(
                f"entering_c = {self.entering_c} must be more than min_drive_k = {self.min_drive_k} above "
                f"dry_bulb_c = {self.dry_bulb_c}: at its rating the cooler works"
            )
        if self.evaporator_frac + self.riser_frac >= 1.0:
            raise ValueError(
                f"evaporator_frac + riser_frac = {self.evaporator_frac + self.riser_frac} must be below 1: the rest is "
                "the condenser's"
            )
        return self
