"""[plant] and [power]: chillers, towers, pumps, economisers, and the power chain."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, key
from twin.scenario.economiser import AirEconomiser

__all__ = [
    "AirEconomiser",
    "Chain",
    "Chiller",
    "CondenserPump",
    "Hvdc",
    "Pdu",
    "Plant",
    "Power",
    "Pump",
    "Staging",
    "Tower",
    "Transformer",
    "Ups",
    "WaterEconomiser",
]

_E = "DH1 reference hall"
_M = "Modelica Buildings, integrated water-side-economiser example"


class Chiller(Part):
    """A group of equal electric water-cooled chillers; curves come from the part library."""

    part: str = key(text="name in 'twin parts chillers'", min_length=1)
    count: int = key(1, text="number of machines", source="1", ge=1, le=100)
    rated_kw: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(
        None, unit="kW", text="reference capacity of one machine; the part's own if left out"
    )
    cop: Annotated[float, Field(gt=0.5, le=20.0)] | None = key(
        None, text="COP at the part's reference point; the part's own if left out"
    )
    outside_box: Literal["extend", "clamp"] = key(
        "extend",
        text="outside the curves' valid box: extend by a Carnot-lift law, or clamp as other programs do",
        source="on the safe side of extrapolating a fit",
    )
    dispatch_cap: bool = key(
        False, text="never more than plr_max x rated capacity, as EnergyPlus dispatches", source="false"
    )
    plr_min: float = key(0.1, text="below this part load the machine cycles", source=_E, ge=0.0, le=0.9)
    plr_unload: float = key(0.2, text="below this part load it unloads no further", source=_E, ge=0.0, le=0.9)
    plr_max: float = key(1.0, text="highest part load", source=_E, ge=0.5, le=1.5)


class Tower(Part):
    """A group of equal cooling-tower cells (YorkCalc)."""

    count: int = key(1, text="number of cells", source="1", ge=1, le=100)
    wet_bulb_c: float = key(25.6, unit="°C", text="design wet bulb", source=_E, ge=-10.0, le=26.7)
    approach_k: float = key(3.9, unit="K", text="design approach", source=_E, ge=1.2, le=30.0)
    range_k: float = key(5.6, unit="K", text="design range", source=_E, ge=1.2, le=22.0)
    water_kg_s: Positive = key(text="design water flow of one cell", unit="kg/s", le=10000.0)
    air_m3_s: Positive = key(text="air flow of one cell at full speed", unit="m³/s", le=10000.0)
    fan_kw: NonNegative = key(text="fan power of one cell at full speed", unit="kW", le=10000.0)
    fan_exponent: float = key(3.0, text="fan power = rated x speed^exponent", source="affinity laws", ge=1.0, le=3.5)
    min_speed_frac: float = key(0.2, text="below this speed the fan cycles", source=_E, ge=0.02, le=1.0)
    free_convection_frac: Frac = key(
        0.125, text="share of full-speed cooling with the fan off", source="EnergyPlus default", lt=0.9
    )
    drift_frac: float = key(0.00008, text="drift over water flow", source=_E, ge=0.0, le=0.01)
    cycles: float = key(3.0, text="cycles of concentration", source=_E, gt=1.0, le=100.0)


class CondenserPump(Part):
    """A pump of constant flow while on."""

    rated_kw: NonNegative = key(text="electric power at rated flow", unit="kW", le=1e5)
    rated_kg_s: Positive = key(text="rated flow", unit="kg/s", le=1e5)
    heat_to_fluid_frac: Frac = key(0.9, text="share of the power that warms the water", source=_E)


class Pump(CondenserPump):
    """Pumps of the chilled-water loop, constant or following demand."""

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


class Staging(Part):
    """How many chillers run."""

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
    """Integrated water-side economiser: a plate exchanger between tower water and chilled-water return, before the chillers."""

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
    wait_s: NonNegative = key(1200.0, unit="s", text="shortest time in a mode", source=_M, le=86400.0)


class Plant(Part):
    """Chilled-water plant."""

    supply_air_temp_c: float = key(20.0, unit="°C", text="air supplied to the hall", source=_E, ge=5.0, le=35.0)
    chilled_water_temp_c: float = key(
        12.0, unit="°C", text="chilled water leaving the plant", source=_E, ge=1.0, le=30.0
    )
    condenser_water_min_c: float = key(
        21.0, unit="°C", text="lowest condenser-water setpoint", source=_E, ge=2.0, le=40.0
    )
    condenser_water_max_c: float = key(
        30.0, unit="°C", text="highest condenser-water setpoint", source=_E, ge=5.0, le=50.0
    )
    condenser_water_approach_k: float = key(
        4.0, unit="K", text="condenser-water setpoint above wet bulb", source=_E, ge=0.5, le=30.0
    )
    chiller: dict[str, Chiller] = key(default_factory=dict, text="chillers by group; required with hall.crah")
    tower: dict[str, Tower] = key(default_factory=dict, text="tower cells by group; required with hall.crah")
    chilled_water_pump: Pump | None = key(None, text="chilled-water pumps, all together; required with hall.crah")
    condenser_water_pump: CondenserPump | None = key(
        None, text="condenser-water pump of one chiller (constant flow); required with hall.crah"
    )
    condenser_pumps: Literal["per_chiller", "common"] = key(
        "per_chiller", text="one pump a running chiller, or one common constant flow", source="assumed"
    )
    chilled_water_volume_m3: NonNegative = key(
        0.0, unit="m³", text="water in the chilled loop; 0 is legal", source=_E, le=1e5
    )
    condenser_water_volume_m3: NonNegative = key(
        0.0, unit="m³", text="water in the condenser loop and basins; 0 is legal", source=_E, le=1e5
    )
    staging: Staging = key(default_factory=Staging, text="chiller staging")
    water_economiser: WaterEconomiser | None = key(None, text="none if left out")
    air_economiser: AirEconomiser | None = key(None, text="none if left out")

    @property
    def chilled_pump(self) -> Pump:
        """The chilled-water pumps of a plant that has water (a scenario without them is refused where coils need them)."""
        assert self.chilled_water_pump is not None
        return self.chilled_water_pump

    @property
    def condenser_pump(self) -> CondenserPump:
        """The condenser-water pump of a plant that has water."""
        assert self.condenser_water_pump is not None
        return self.condenser_water_pump

    @model_validator(mode="after")
    def _temperatures(self) -> Plant:
        if self.condenser_water_max_c < self.condenser_water_min_c:
            raise ValueError(
                f"condenser_water_max_c = {self.condenser_water_max_c} must not be below condenser_water_min_c = {self.condenser_water_min_c}"
            )
        if self.chiller and self.chilled_water_temp_c >= self.supply_air_temp_c:
            raise ValueError(
                f"chilled_water_temp_c = {self.chilled_water_temp_c} must be below supply_air_temp_c = {self.supply_air_temp_c}: no coil cools air below its water"
            )
        return self


class Chain(Part):
    """A stage of the power chain: loss / rating = a + b u + c u² + d u³."""

    rated_kw: Annotated[float, Field(gt=0.0, le=1e6)] | None = key(
        None, unit="kW", text="rating of the stage (of one unit of the UPS); follows hall.it_rated_kw if left out"
    )
    loss: Annotated[list[float], Field(min_length=4, max_length=4)] = key(
        [0.0, 0.0, 0.0, 0.0], text="a, b, c, d", source="no loss"
    )
    to_hall_frac: Frac = key(0.0, text="share of the loss released in the hall", source="electrical room outside")


class Ups(Chain):
    """Uninterruptible power supply; equal units share the load."""

    units: int = key(1, text="units sharing the load (N+1 counts all)", source="1", ge=1, le=100)
    loss: Annotated[list[float], Field(min_length=4, max_length=4)] = key(
        [0.0094, 0.0115, 0.0153, 0.0],
        text="a, b, c, d",
        source="modern double conversion, fitted: 95.0/96.3/96.6/96.5 % at 25/50/75/100 %",
    )


class Hvdc(Chain):
    """240 V direct current instead of a UPS: rectifiers with batteries on their output; equal units share the load."""

    units: int = key(1, text="rectifier groups sharing the load", source="1", ge=1, le=100)
    loss: Annotated[list[float], Field(min_length=4, max_length=4)] = key(
        [0.006, 0.009, 0.020, 0.0],
        text="a, b, c, d",
        source="assumed: 240 V rectifier systems, 96.3/97.0/96.9/96.6 % at 25/50/75/100 %",
    )
    mains_frac: float = key(
        0.0, text="share of the IT power taken straight from the mains (dual-fed servers)", source="none", ge=0.0, le=0.9
    )


class Pdu(Chain):
    """Distribution units and wiring."""

    loss: Annotated[list[float], Field(min_length=4, max_length=4)] = key(
        [0.015, 0.0, 0.015, 0.0], text="a, b, c, d", source="assumed: 97 % at full load, half of the loss constant"
    )


class Transformer(Chain):
    """Medium-voltage transformer."""

    loss: Annotated[list[float], Field(min_length=4, max_length=4)] = key(
        [0.002, 0.0, 0.008, 0.0], text="a, b, c, d", source="assumed: 99 % at full load"
    )


class Power(Part):
    """Power chain between grid and IT."""

    ups: Ups = key(default_factory=Ups, text="UPS")
    hvdc: Hvdc | None = key(None, text="240 V DC supply; takes the place of the UPS")
    pdu: Pdu = key(default_factory=Pdu, text="distribution units and wiring")
    transformer: Transformer = key(default_factory=Transformer, text="medium-voltage transformer of the whole facility")

    @property
    def conversion(self) -> Ups | Hvdc:
        """The stage with batteries: rectifiers where there are any, else the UPS."""
        return self.hvdc or self.ups
