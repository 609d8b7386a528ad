"""Loops of the plant: pumps, chiller staging, water-side economiser, and the facility water of liquid cooling."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, key
from twin.scenario.water import PumpCurve

__all__ = ["CondenserPump", "Exchanger", "FacilityWater", "Pump", "Staging", "WaterEconomiser"]

_E = "DH1 reference hall"
_M = "Modelica Buildings, integrated water-side-economiser example"


class CondenserPump(Part):
    """A pump of constant flow while on."""

    rated_kw: NonNegative = key(text="electric power at rated flow", unit="kW", le=1e5)
    rated_kg_s: Positive = key(text="rated flow", unit="kg/s", le=1e5)
    heat_to_fluid_frac: Frac = key(0.9, text="share of the power that warms the water", source=_E)


class Pump(Part):
    """Pumps of a cooling-water loop, constant or following demand."""

    rated_kw: Annotated[float, Field(ge=0.0, le=1e5)] | None = key(
        None, text="electric power at rated flow; left out where a curve gives it", unit="kW"
    )
    rated_kg_s: Positive = key(text="rated flow of all pumps together", unit="kg/s", le=1e5)
    heat_to_fluid_frac: Frac = key(
        0.9, text="share of the power that warms the water (with a curve: what the water takes up by itself)", source=_E
    )
    curve: PumpCurve | None = key(
        None, text="pumps by head curve, efficiency and held pressure, instead of rated_kw and exponent; control = \"variable\""
    )

    control: Literal["constant", "variable"] = key(
        "constant", text="constant flow while on, or following demand", source=_E
    )
    min_flow_frac: Frac = key(0.3, text="lowest flow of a variable pump", source="assumed")
    exponent: float = key(
        2.5,
        text="power = rated x (flow fraction)^exponent of a variable pump",
        source="assumed: between cube (no static head) and square",
        ge=1.0,
        le=3.0,
    )

    @model_validator(mode="after")
    def _one_law(self) -> Pump:
        if (self.rated_kw is None) == (self.curve is None):
            raise ValueError("give either rated_kw or a table curve: both or neither leaves the power open")
        if self.curve is not None and self.control != "variable":
            raise ValueError('a pump given by its curve follows demand: set control = "variable"')
        return self

    @property
    def power_kw(self) -> float:
        """Electric power at rated flow, kW; with a curve, of its best point."""
        if self.curve is None:
            return self.rated_kw or 0.0
        c = self.curve
        return self.rated_kg_s / 999.0 * c.rated_kpa / (c.peak_frac * c.motor_frac * c.drive_frac)


class Staging(Part):
    """How many chillers run."""

    load: Literal["hall", "chillers"] = key(
        "hall",
        text="load that is watched: all heat from the hall, so that machines stand ready when the economiser gives way, or "
        "only what the economiser leaves to the chillers (with condenser pumps that run whatever the chillers do)",
        source="hall: on the safe side",
    )
    up_load_frac: float = key(
        0.9, text="start another machine above this load over running capacity", source="assumed", gt=0.1, le=1.5
    )
    up_supply_k: Positive = key(1.5, unit="K", text="or when chilled water is this much too warm", source=_M, le=20.0)
    down_load_frac: float = key(
        0.75,
        text="stop one when the load would fit in the others below this fraction",
        source="assumed",
        gt=0.05,
        le=1.0,
    )
    lift_per_k: float = key(
        0.0,
        unit="1/K",
        text="both part loads rise by this per K of lift above lift_k: variable-speed machines run best at little load and lift",
        source="off; Guideline 36 style 0.01 … 0.02",
        ge=0.0,
        le=0.1,
    )
    lift_k: float = key(15.0, unit="K", text="lift (condenser water or air entering, less chilled water) at which they hold", source="assumed", ge=-20.0, le=60.0)
    rotate_days: NonNegative = key(0.0, unit="d", text="the lead machine changes after so many days; 0 never", source="off", le=365.0)
    wait_s: NonNegative = key(
        900.0,
        unit="s",
        text="condition must have been possible this long since the last change",
        source="assumed",
        le=86400.0,
    )
    min_on_s: NonNegative = key(
        1200.0, unit="s", text="minimum run time of a machine", source="assumed: common limits are 15 … 30 min", le=86400.0
    )
    min_off_s: NonNegative = key(
        1200.0, unit="s", text="minimum rest of a machine", source="assumed: common limits are 15 … 30 min", le=86400.0
    )


class WaterEconomiser(Part):
    """Water-side economiser: a plate exchanger between tower water and chilled-water return."""

    arrangement: Literal["integrated", "parallel"] = key(
        "integrated",
        text="integrated: before the chillers, carries what it can; parallel: it carries the load alone, or the chillers do",
        source="integrated",
    )
    effectiveness: float = key(0.8, text="of the heat exchanger", source=_M, gt=0.0, le=0.99)
    approach_k: float = key(
        6.0, unit="K", text="tower approach assumed when deciding whether it pays", source=_M, ge=0.0, le=30.0
    )
    fc_to_pmc_k: float = key(
        1.1, unit="K", text="free → partial: leaving water above setpoint by", source=_M, ge=0.0, le=10.0
    )
    pmc_to_fmc_k: float = key(
        0.5, unit="K", text="partial → full: return less than leaving water plus", source=_M, ge=0.0, le=10.0
    )
    fmc_to_pmc_k: float = key(
        1.1, unit="K", text="full → partial: return above wet bulb + approach by", source=_M, ge=0.0, le=10.0
    )
    pmc_to_fc_k: float = key(
        0.5, unit="K", text="partial → free: leaving water not above setpoint by more than", source=_M, ge=0.0, le=10.0
    )
    wait_s: NonNegative = key(
        1200.0, unit="s", text="how long a condition must hold before the mode changes", source=_M, le=86400.0
    )


class Exchanger(Part):
    """Plate exchanger between facility water and the open water of its towers, with that water's pump."""

    effectiveness: float = key(0.85, text="of the heat exchanger", source="assumed: plate exchangers 0.8 … 0.9", gt=0.0, le=0.99)
    pump: CondenserPump = key(text="pump between exchanger and towers (constant flow while on)")
    volume_m3: NonNegative = key(0.0, unit="m³", text="water on that side, with basins; 0 is legal", source="0", le=1e5)


class FacilityWater(Part):
    """Warm water for coolant distribution units, cooled without compressors: by towers or dry coolers, directly or
    through an exchanger, with a thermosyphon or a user of heat before them.
    """

    supply_temp_c: float = key(
        28.0, unit="°C", text="water to the distribution units", source="assumed: 4 K below a technology supply of 32 °C", ge=2.0, le=60.0
    )
    pump: Pump = key(text="pumps of the loop")
    volume_m3: Positive = key(5.0, unit="m³", text="water in the loop", source="assumed", le=1e5)
    exchanger: Exchanger | None = key(None, text="between this loop and its towers; without it the water itself runs over them")
