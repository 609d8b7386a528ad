"""[plant] and [power]: chillers, towers, pumps, economisers, and the power chain."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from twin.scenario.base import Frac, NonNegative, Part, key
from twin.scenario.economiser import AirEconomiser
from twin.scenario.loops import CondenserPump, FacilityWater, Pump, Staging, WaterEconomiser
from twin.scenario.outdoor import Casing, OutdoorDuct, OutdoorPipe
from twin.scenario.panels import Intake, SkyPanels
from twin.scenario.presets import with_loss_of_part
from twin.scenario.rejection import DryCooler, Thermosyphon, Tower
from twin.scenario.water import Ice, Tank

__all__ = [
    "AirEconomiser", "Chain", "Chiller", "CondenserPump", "FacilityWater", "Hvdc", "Pdu", "Plant", "Power", "Pump",
    "Staging", "Tower", "Transformer", "Ups", "WaterEconomiser",
]

_E = "DH1 reference hall"


class Chiller(Part):
    """A group of equal electric chillers; curves and what cools the condenser (water or air) come from the part library."""

    part: str = key(text="name in 'twin parts chillers'", min_length=1)
    count: int = key(1, text="number of machines", source="1", ge=1, le=100)
    rated_kw: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(
        None, unit="kW", text="reference capacity of one machine; the part's own if left out"
    )
    cop: Annotated[float, Field(gt=0.5, le=20.0)] | None = key(
        None, text="COP at the part's reference point; the part's own if left out"
    )
    outside_box: Literal["extend", "clamp", "extrapolate"] = key(
        "extend",
        text="outside the curves' valid box: extend by a Carnot-lift law, clamp as EnergyPlus does, or extrapolate the "
        "polynomials as Modelica Buildings does",
        source="on the safe side of extrapolating a fit",
    )
    dispatch_cap: bool = key(
        False, text="never more than plr_max x rated capacity, as EnergyPlus dispatches", source="false"
    )
    plr_min: float = key(0.1, text="below this part load the machine cycles", source=_E, ge=0.0, le=0.9)
    plr_unload: float = key(0.2, text="below this part load it unloads no further", source=_E, ge=0.0, le=0.9)
    plr_max: float = key(1.0, text="highest part load", source=_E, ge=0.5, le=1.5)


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
    chiller: dict[str, Chiller] = key(default_factory=dict, text="chillers by group")
    tower: dict[str, Tower] = key(default_factory=dict, text="tower cells by group")
    dry_cooler: dict[str, DryCooler] = key(default_factory=dict, text="dry coolers by group, with or without a pad")
    intake: Intake | None = key(None, text="outdoor air comes over the roof (all that plant and hall take in); it is not warmed if left out")
    outdoor_pipe: dict[str, OutdoorPipe] = key(default_factory=dict, text="pipes that run outdoors, by name; none if left out")
    outdoor_duct: dict[str, OutdoorDuct] = key(default_factory=dict, text="air ducts that run outdoors, by name; none if left out")
    casing: dict[str, Casing] = key(default_factory=dict, text="casings that outdoor air is drawn through, by name (it is that of all that plant and hall take in); none if left out")
    sky_panels: SkyPanels | None = key(None, text="sky-radiator panels before everything but a user of heat; none if left out")
    thermosyphon: Thermosyphon | None = key(None, text="thermosyphon cooler before the towers; none if left out")
    chilled_water_pump: Pump | None = key(None, text="chilled-water pumps, all together; required with coils")
    condenser_water_pump: CondenserPump | None = key(
        None, text="condenser-water pump of one chiller (constant flow); required with water-cooled chillers"
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
    facility_water: FacilityWater | None = key(None, text="warm water for hall.liquid; without it chilled water serves")
    tank: Tank | None = key(None, text="stratified chilled-water store; none if left out")
    ice: Ice | None = key(None, text="ice store; none if left out")
    water_economiser: WaterEconomiser | None = key(None, text="none if left out")
    air_economiser: AirEconomiser | None = key(None, text="none if left out")
    connections: dict[str, list[str]] = key(
        default_factory=dict,
        text="where heat goes, path by path: \"plant.condenser_water\" = [\"plant.tower.main\"]; what is left out follows from "
        "what there is",
    )

    @property
    def outdoors(self) -> dict[str, OutdoorPipe | OutdoorDuct | Casing]:
        """Outdoor pipes, ducts and casings by their path in the scenario."""
        found: dict[str, OutdoorPipe | OutdoorDuct | Casing] = {}
        found |= {f"plant.outdoor_pipe.{name}": pipe for name, pipe in self.outdoor_pipe.items()}
        found |= {f"plant.outdoor_duct.{name}": duct for name, duct in self.outdoor_duct.items()}
        return found | {f"plant.casing.{name}": casing for name, casing in self.casing.items()}

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
    def _one_store(self) -> Plant:
        if self.tank is not None and self.ice is not None:
            raise ValueError("tank and ice are both given; a plant has one store")
        return self

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
    part: str | None = key(None, text="name in 'twin parts ups' whose loss this is, instead of loss", min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _of_a_part(cls, data: Any) -> Any:
        return with_loss_of_part(cls.__name__.lower(), data)


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
