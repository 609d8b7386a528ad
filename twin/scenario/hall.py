"""[hall] and [envelope]: room, racks, air, cooling units, and the building around them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, TempC, key
from twin.scenario.dx import Dx
from twin.scenario.gains import Gains, Infiltration, Thermostat
from twin.scenario.iec import Iec
from twin.scenario.it import RackRow, Server
from twin.scenario.liquid import Liquid, RearDoor
from twin.scenario.presets import FanCurve

__all__ = ["Air", "Coil", "Crah", "Envelope", "FanControl", "Floor", "Hall", "Humidity", "Limits", "Roof", "Surface"]

_E = "DH1 reference hall"


class Air(Part):
    """How air moves between supply, racks, room and return; the flow matrix is built from these."""

    recirculation_frac: Frac = key(
        0.05, text="share of a rack's air drawn from the room even when supply is abundant", source="assumed", lt=0.95
    )
    row_end_extra_frac: Frac = key(
        0.0, text="added at the two racks at each row end (air comes round the end)", source="off", lt=0.9
    )
    self_recirculation_frac: Frac = key(
        0.0, text="share of a rack's air drawn from its own outlet (missing blanking panels)", source="off", lt=0.9
    )
    containment_frac: Frac = key(
        0.0, text="share of exhaust led to the return without mixing into the room", source="open aisles"
    )
    floor_leakage_frac: Frac = key(
        0.0, text="share of supply air that reaches the room without passing a rack", source="off", lt=0.9
    )
    ventilation_kg_s: NonNegative = key(
        0.0, unit="kg/s", text="outdoor air for pressurisation", source="none", le=1000.0
    )

    @model_validator(mode="after")
    def _shares(self) -> Air:
        if self.recirculation_frac + self.row_end_extra_frac + self.self_recirculation_frac > 0.98:
            raise ValueError("recirculation_frac + row_end_extra_frac + self_recirculation_frac must stay below 0.98")
        return self


class Coil(Part):
    """Chilled-water coil, rated at one point; its UA follows from it."""

    air_in_c: TempC = key(33.0, unit="°C", text="entering air at rating", source=_E)
    air_out_c: TempC = key(19.0, unit="°C", text="leaving air at rating", source=_E)
    water_in_c: TempC = key(12.0, unit="°C", text="entering water at rating", source=_E)
    water_kg_s: Positive = key(
        45.0, unit="kg/s", text="water flow at rating, all units of the group together", source=_E, le=10000.0
    )
    air_conductance_frac: float = key(
        1 / 3,
        text="(hA)_air over (hA)_air + (hA)_water",
        source="Modelica Buildings: (hA)_air / (hA)_water = 0.5",
        gt=0.0,
        lt=1.0,
    )

    @model_validator(mode="after")
    def _possible(self) -> Coil:
        if self.air_out_c >= self.air_in_c:
            raise ValueError(f"air_out_c = {self.air_out_c} must be below air_in_c = {self.air_in_c}")
        if self.water_in_c >= self.air_out_c:
            raise ValueError(
                f"water_in_c = {self.water_in_c} must be below air_out_c = {self.air_out_c}: no coil cools air below its water"
            )
        return self


class Crah(Part):
    """A group of equal computer-room air handlers; count = 4 in group 'north' makes north-1 … north-4."""

    count: int = key(1, text="number of units", source="1", ge=1, le=1000)
    air_m3_s: Positive = key(text="rated air flow of one unit at standard site density", unit="m³/s", le=1000.0)
    pressure_pa: float = key(400.0, unit="Pa", text="total pressure rise at rated flow", source=_E, ge=0.0, le=5000.0)
    fan_efficiency_frac: float = key(0.65, text="total efficiency, wire to air", source=_E, gt=0.05, le=1.0)
    fan_curve: FanCurve = key(
        [0.0, 0.0, 0.0, 1.0, 0.0], text="power fraction = sum c_i (flow fraction)^i: five numbers, or a name in 'twin parts fans'", source="affinity laws (cube)"
    )
    min_speed_frac: float = key(0.2, text="lowest fan speed", source=_E, ge=0.0, le=1.0)
    supply_air_temp_c: float | None = key(
        None, unit="°C", text="supply setpoint of this group; plant.supply_air_temp_c if left out", ge=5.0, le=35.0
    )
    coil: Coil = key(
        default_factory=Coil, text="chilled-water coil (rating of one unit's share: water flow is for the group)"
    )


_OnOff = Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(min_length=24, max_length=24)]


class FanControl(Part):
    """Supply-fan loop."""

    mode: Literal["return_temperature", "demand", "fixed"] = key(
        "return_temperature",
        text="return_temperature: holds hall.return_air_temp_c; demand: supply = (1 + margin) x server flow (pressure control); fixed: fixed_speed_frac",
        source="assumed",
    )
    ideal: bool = key(False, text="perfect loop whatever the step", source="false")
    gain: Positive = key(
        0.1,
        unit="1/K",
        text="proportional gain of the return-temperature loop",
        source="Modelica Buildings data-centre examples",
        le=10.0,
    )
    integral_time_s: Positive = key(
        240.0,
        unit="s",
        text="integral time; the loop is perfect when the step is longer than a quarter of it",
        source="Modelica Buildings data-centre examples",
        le=86400.0,
    )
    demand_margin_frac: float = key(
        0.05, text="supply over server flow in mode 'demand'", source="assumed", ge=-0.5, le=2.0
    )
    fixed_speed_frac: float = key(1.0, text="speed in mode 'fixed'", source="assumed", gt=0.0, le=1.0)
    weekday_on: _OnOff | None = key(None, text="1 or 0 for each hour of a weekday: fans and cooling units run or stand; always on if left out")
    weekend_on: _OnOff | None = key(None, text="the same at weekends; as weekday_on if left out")


class Humidity(Part):
    """Humidification of the hall."""

    min_dew_point_c: float | None = key(
        None, unit="°C", text="dew point held from below; no humidifier if left out", ge=-30.0, le=20.0
    )
    rated_kg_s: Positive = key(0.02, unit="kg/s", text="capacity", source="assumed", le=10.0)
    kwh_per_kg: NonNegative = key(
        0.05,
        unit="kWh/kg",
        text="electricity per kg of water: ultrasonic 0.05, steam 0.75",
        source="assumed: ultrasonic atomiser; latent heat for steam",
        le=2.0,
    )
    max_dew_point_c: float | None = key(
        None, unit="°C", text="dew point held from above by dehumidifiers in the hall; none if left out", ge=-10.0, le=30.0
    )
    dehumidifier_kg_s: Positive = key(0.01, unit="kg/s", text="capacity of the dehumidifiers", source="assumed", le=10.0)
    dehumidifier_kwh_per_kg: NonNegative = key(
        0.45,
        unit="kWh/kg",
        text="electricity per kg of water; it and the heat of condensation stay in the hall",
        source="assumed: self-contained dehumidifiers take out 2 … 2.5 L/kWh",
        le=5.0,
    )

    @model_validator(mode="after")
    def _ordered(self) -> Humidity:
        low, high = self.min_dew_point_c, self.max_dew_point_c
        if low is not None and high is not None and high < low + 1.0:
            raise ValueError(f"max_dew_point_c = {high} must be at least 1 K above min_dew_point_c = {low}, or both machines run at once")
        return self


class Limits(Part):
    """Inlet temperature limits."""

    recommended_min_c: TempC = key(18.0, unit="°C", text="recommended, low", source="ASHRAE TC 9.9 2021")
    recommended_max_c: TempC = key(27.0, unit="°C", text="recommended, high", source="ASHRAE TC 9.9 2021")
    allowable_min_c: TempC = key(15.0, unit="°C", text="allowable, low", source="ASHRAE TC 9.9 2021, class A1")
    allowable_max_c: TempC = key(32.0, unit="°C", text="allowable, high", source="ASHRAE TC 9.9 2021, class A1")

    @model_validator(mode="after")
    def _nested(self) -> Limits:
        if not self.allowable_min_c <= self.recommended_min_c < self.recommended_max_c <= self.allowable_max_c:
            raise ValueError(
                "limits must be ordered: allowable_min <= recommended_min < recommended_max <= allowable_max"
            )
        return self


class Hall(Part):
    """The room with its racks and cooling units."""

    it_rated_kw: Annotated[float, Field(gt=0.0, le=1e6)] | None = key(
        None,
        unit="kW",
        text="rated IT power of all racks, server fans, storage and network included; modules x module_it_kw if left out",
    )
    modules: int = key(
        1,
        text="equal modules side by side (eastward); rows, units (coolant distribution units too), length_m, outdoor air and humidity control are those of one module",
        source="1: one hall",
        ge=1,
        le=1000,
    )
    module_it_kw: Annotated[float, Field(gt=0.0, le=1e6)] | None = key(
        None, unit="kW", text="rated IT power of one module, where it_rated_kw is left out"
    )
    return_air_temp_c: float = key(
        33.0, unit="°C", text="return (hot) air setpoint of the supply fans", source=_E, ge=15.0, le=60.0
    )
    length_m: Positive = key(30.0, unit="m", text="east-west side (of one module)", source=_E, le=1000.0)
    width_m: Positive = key(20.0, unit="m", text="short side", source=_E, le=1000.0)
    height_m: Positive = key(5.0, unit="m", text="clear height", source=_E, le=50.0)
    lighting_w_m2: NonNegative = key(0.0, unit="W/m²", text="lighting, always on", source="none", le=50.0)
    server: Server = key(default_factory=Server, text="the servers")
    rows: dict[str, RackRow] = key(text="rack rows by name", min_length=1)
    air: Air = key(default_factory=Air, text="air distribution")
    crah: dict[str, Crah] = key(default_factory=dict, text="chilled-water air handlers by group")
    iec: dict[str, Iec] = key(default_factory=dict, text="indirect evaporative units by group, instead of crah")
    liquid: Liquid | None = key(None, text="liquid cooling of the servers, besides the air handlers; none if left out")
    rear_door: RearDoor | None = key(None, text="a rear-door exchanger on every rack; none if left out")
    dx: dict[str, Dx] = key(default_factory=dict, text="direct-expansion units by group, instead of crah")
    gains: Gains = key(default_factory=Gains, text="other internal gains")
    infiltration: Infiltration = key(default_factory=Infiltration, text="outdoor air that leaks in")
    thermostat: Thermostat | None = key(None, text="return-air setpoint by the hour; return_air_temp_c always if left out")
    fan: FanControl = key(default_factory=FanControl, text="supply-fan loop")
    humidity: Humidity = key(default_factory=Humidity, text="humidification")
    limits: Limits = key(default_factory=Limits, text="inlet temperature limits")

    @model_validator(mode="after")
    def _complete(self) -> Hall:
        if self.it_rated_kw is None and self.module_it_kw is None:
            raise ValueError("it_rated_kw is missing: give the rated IT power of the hall (or module_it_kw, of one module)")
        if not self.crah and not self.iec and not self.dx:
            raise ValueError("crah is missing: give air handlers, [hall.crah.NAME], [hall.iec.NAME] or [hall.dx.NAME]")
        if self.dx and (self.crah or self.iec):
            raise ValueError("dx and crah or iec are both given: direct-expansion units do not share a hall with others yet; leave one out")
        if self.crah and self.iec:
            raise ValueError("crah and iec are both given: chilled-water and indirect evaporative units do not share a hall yet; leave one out")
        return self

    @property
    def it_kw(self) -> float:
        """Rated IT power of the hall, kW."""
        return self.it_rated_kw if self.it_rated_kw is not None else self.modules * (self.module_it_kw or 0.0)

    @property
    def units(self) -> list[Crah | Iec | Dx]:
        """All groups of air handlers, whatever their kind."""
        return [*self.crah.values(), *self.iec.values(), *self.dx.values()]

    @property
    def cooling(self) -> Literal["water", "iec", "dx"]:
        """What cools the hall: chilled water, indirect evaporative units, or direct-expansion units."""
        return "iec" if self.iec else "dx" if self.dx else "water"

    @property
    def holds_return(self) -> bool:
        """Whether thermostats of direct-expansion units hold the return air, not the supply air."""
        return any(unit.control == "return_air" for unit in self.dx.values())

    @property
    def total_length_m(self) -> float:
        """East-west side of all modules, m."""
        return self.modules * self.length_m


class Surface(Part):
    """Roof or wall."""

    r_m2k_w: Positive = key(2.5, unit="m²K/W", text="resistance without films", source=_E, le=100.0)
    solar_absorptance_frac: Frac = key(0.6, text="outside, for sunlight", source=_E)
    emissivity_frac: Frac = key(0.9, text="outside, long-wave", source=_E)
    outer_capacity_kj_m2k: NonNegative = key(
        0.0, unit="kJ/(m² K)", text="heat capacity of the outer skin; 0 is legal", source=_E, le=1000.0
    )
    inner_capacity_kj_m2k: NonNegative = key(
        0.0, unit="kJ/(m² K)", text="heat capacity of the inner skin; 0 is legal", source=_E, le=1000.0
    )


class Roof(Surface):
    """Flat roof."""

    r_m2k_w: Positive = key(3.0, unit="m²K/W", text="resistance without films", source=_E, le=100.0)
    solar_absorptance_frac: Frac = key(0.7, text="outside, for sunlight", source=_E)


class Floor(Part):
    """Massive slab, adiabatic below."""

    thickness_m: Positive = key(0.2, unit="m", text="thickness", source=_E, le=2.0)
    conductivity_w_mk: Positive = key(1.73, unit="W/(m K)", text="concrete", source=_E, le=100.0)
    density_kg_m3: Positive = key(2243.0, unit="kg/m³", text="concrete", source=_E, le=20000.0)
    heat_j_kgk: Positive = key(837.0, unit="J/(kg K)", text="concrete", source=_E, le=10000.0)


class Envelope(Part):
    """The building around the hall: flat roof, four walls, slab."""

    roof: Roof = key(default_factory=Roof, text="roof")
    wall: Surface = key(default_factory=Surface, text="all four walls")
    floor: Floor = key(default_factory=Floor, text="slab")
    inner_emissivity_frac: Frac = key(0.9, text="all inner surfaces", source=_E)
    outside_film_w_m2k: Positive = key(12.0, unit="W/(m² K)", text="outside convection at calm", source=_E, le=200.0)
    outside_film_wind_w_s_m3k: NonNegative = key(
        0.0, unit="W s/(m³ K)", text="outside convection per m/s of wind (McAdams: base 5.7, 3.8)", source=_E, le=50.0
    )
    inside_film_w_m2k: Positive = key(3.0, unit="W/(m² K)", text="inside convection", source=_E, le=50.0)
