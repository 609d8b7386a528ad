"""[hall.liquid] and [hall.rear_door]: cold plates or immersion, distribution units, doors, heat reuse."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, TempC, key
from twin.scenario.it import Day

__all__ = ["Cdu", "ColdPlate", "HeatReuse", "Immersion", "Liquid", "RearDoor"]

_FRONTIER = "Frontier (ORNL): 32 °C supply, 30 … 38 °C waste heat"
_PUMP = "Frontier (ORNL, RAPS model): 8.473 kW for a unit of 384 nodes of 2.7 kW"
_THROTTLE = "assumed: common limits of processors"
_LEAST_APPROACH_K = 0.1


class _Chip(Part):
    """What cold plates and immersion have in common: the chip and how it protects itself."""

    chip_w: Positive = key(560.0, unit="W", text="heat of one chip at full load", source="Frontier: GPU 88 … 560 W", le=5000.0)
    throttle_start_c: TempC = key(85.0, unit="°C", text="chip temperature above which processors slow down", source=_THROTTLE)
    throttle_end_c: TempC = key(95.0, unit="°C", text="chip temperature at which they are slowest", source=_THROTTLE)
    throttle_min_frac: float = key(0.3, text="slowest speed", source="assumed", gt=0.0, le=1.0)

    @model_validator(mode="after")
    def _ordered(self) -> _Chip:
        if self.throttle_end_c <= self.throttle_start_c:
            raise ValueError("throttle_end_c must be above throttle_start_c")
        return self


class ColdPlate(_Chip):
    """Cold plates: what they take, and the chip's temperature over the coolant's."""

    capture_frac: Frac = key(
        0.75, text="share of processor heat that goes into the coolant", source="assumed: published shares 0.7 … 0.98"
    )
    r_inf_k_w: NonNegative = key(
        0.02, unit="K/W", text="chip to coolant at endless flow", source="assumed: R in all 0.02 … 0.05", le=1.0
    )
    r_film_k_w: NonNegative = key(
        0.015, unit="K/W", text="film of the coolant at rated flow, added", source="assumed: R in all 0.02 … 0.05", le=1.0
    )
    exponent: float = key(
        0.8, text="film resistance falls with flow to this power", source="turbulent flow in channels", ge=0.0, le=1.0
    )
    air_frac: float = key(
        0.4, text="air flow and fan power of these servers over those of air-cooled ones ([hall.server])",
        source="assumed: fans for memory, storage and power supplies only", gt=0.02, le=1.0,
    )
    coolant_heat_j_kgk: Positive = key(
        4186.0, unit="J/(kg K)", text="specific heat of the coolant", source="water; 25 % propylene glycol about 3930",
        ge=1000.0, le=4500.0,
    )


class Immersion(_Chip):
    """Servers in tanks of white mineral oil, single-phase."""

    area_m2: Positive = key(
        0.15, unit="m²", text="wetted surface of one chip's heat sink, fins at their efficiency", source="assumed", le=10.0
    )
    length_m: Positive = key(0.1, unit="m", text="height of that surface", source="assumed", ge=0.005, le=2.0)
    velocity_m_s: NonNegative = key(
        0.0, unit="m/s", text="stream of oil along the surface", source="0: natural convection", le=2.0
    )
    r_case_k_w: NonNegative = key(0.02, unit="K/W", text="chip to wetted surface", source="assumed", le=1.0)
    oil_l_per_kw: Positive = key(
        12.0, unit="L/kW", text="oil in the tanks", source="assumed: about 1000 L for 80 … 100 kW", ge=1.0, le=1000.0
    )
    loss_w_k: NonNegative = key(
        20.0, unit="W/K", text="tanks of one distribution unit to the room", source="assumed: 6 m² at 3 … 4 W/(m² K)", le=1e5
    )


class Cdu(Part):
    """A group of equal coolant distribution units, rated with hot coolant on one side and facility water on the other."""

    count: int = key(1, text="number of units", source="1", ge=1, le=1000)
    rated_kw: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(
        None, unit="kW", text="heat of one unit at rating; an equal share of the rated liquid heat if left out"
    )
    approach_k: float = key(
        4.0, unit="K", text="supply of the loop over entering facility water, at rating",
        source="assumed: data sheets 3 … 5 K at full load", ge=_LEAST_APPROACH_K, le=40.0,
    )
    facility_rise_k: Positive = key(
        10.0, unit="K", text="rise of facility water at rating; sets its flow", source="assumed: as the technology loop", ge=1.0, le=40.0
    )
    technology_conductance_frac: float = key(
        0.5, text="(hA)_technology over (hA)_technology + (hA)_facility", source="assumed: alike on both sides", gt=0.05, lt=0.95
    )
    pump: Literal["variable", "constant"] = key("variable", text="variable: flow follows heat", source="assumed")
    pump_frac: float = key(0.008, text="pump power over rated heat", source=_PUMP, ge=0.0, le=0.2)
    pump_heat_frac: Frac = key(1.0, text="share of pump power that warms the loop", source="assumed: canned pumps in the loop")
    pump_min_frac: float = key(0.3, text="least flow of a variable pump", source="assumed", gt=0.0, le=1.0)
    pump_exponent: float = key(
        2.5, text="pump power follows flow to this power", source="assumed: friction, partly held pressure", ge=1.0, le=3.0
    )
    loop_l_per_kw: Positive = key(
        1.0, unit="L/kW", text="coolant in the loop (with immersion the tanks' oil comes on top)", source="assumed", ge=0.05, le=1000.0
    )
    dew_guard_k: float = key(
        2.0, unit="K", text="supply stays this far above the room's dew point", source="assumed: common 2 … 3 K", ge=0.0, le=10.0
    )


class HeatReuse(Part):
    """A user outside who takes heat from the warm facility water."""

    demand_kw: Positive = key(text="heat the user wants at full demand", unit="kW", le=1e6)
    delivery_c: float = key(30.0, unit="°C", text="least temperature the user needs", source=_FRONTIER, ge=5.0, le=80.0)
    return_c: float = key(20.0, unit="°C", text="what comes back from the user", source="assumed", ge=0.0, le=75.0)
    approach_k: float = key(3.0, unit="K", text="of the take-off exchanger", source="assumed: plate exchangers 2 … 3 K", ge=0.2, le=20.0)
    months: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=1, max_length=12)] = key(
        list(range(1, 13)), text="months with demand, 1 … 12", source="all year"
    )
    hourly_frac: Day = key([1.0] * 24, text="demand by hour of the day, 0 … 1", source="even")

    @model_validator(mode="after")
    def _sound(self) -> HeatReuse:
        if self.return_c >= self.delivery_c:
            raise ValueError(f"return_c = {self.return_c:g} must be below delivery_c = {self.delivery_c:g}: the user takes heat")
        if len(set(self.months)) < len(self.months):
            raise ValueError("months names a month twice")
        return self


class Liquid(Part):
    """Liquid cooling of the servers, with facility water made by the plant."""

    kind: Literal["cold_plate", "immersion"] = key(
        "cold_plate", text="cold_plate: processors only, the rest into the air; immersion: all servers in tanks", source="cold_plate"
    )
    technology_water_temp_c: float = key(
        32.0, unit="°C", text="coolant supplied to the servers", source=_FRONTIER, ge=5.0, le=65.0
    )
    technology_rise_k: Positive = key(
        10.0, unit="K", text="rise of the coolant over the servers at rating; sets its flow",
        source="assumed: 1.43 L/min of water a kW, within the usual 1.0 … 1.5", ge=1.0, le=40.0,
    )
    cold_plate: ColdPlate | None = key(None, text="the plates, with kind = \"cold_plate\"")
    immersion: Immersion | None = key(None, text="the tanks, with kind = \"immersion\"")
    cdu: dict[str, Cdu] = key(text="coolant distribution units by group", min_length=1)
    reuse: HeatReuse | None = key(None, text="a user of the heat; none if left out")

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, given: Any) -> Any:
        """The table of the kind that is used, with its defaults: so that they are listed as what they are."""
        if not isinstance(given, dict):
            return given
        kind = given.get("kind", "cold_plate")
        if kind in ("cold_plate", "immersion") and given.get(kind) is None:
            return {**given, kind: {}}
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> Liquid:
        other = "immersion" if self.kind == "cold_plate" else "cold_plate"
        if getattr(self, other) is not None:
            raise ValueError(f"{other} is given but kind is \"{self.kind}\": it would not act; leave it out or change kind")
        return self

    @property
    def plates(self) -> ColdPlate:
        """The cold plates of a hall that has them."""
        assert self.cold_plate is not None
        return self.cold_plate

    @property
    def tanks(self) -> Immersion:
        """The tanks of a hall that has them."""
        assert self.immersion is not None
        return self.immersion


class RearDoor(Part):
    """A passive water-cooled door on every rack, rated at the rack's rated air flow."""

    effectiveness_frac: float = key(
        0.75, text="(exhaust - leaving air) / (exhaust - water) at rated flows", source="assumed: doors 0.6 … 0.85", ge=0.1, le=0.95
    )
    water_kg_s: Positive = key(
        0.7, unit="kg/s", text="water through one door with its valve open", source="assumed: 30 kW with a rise of 10 K", le=20.0
    )
    air_conductance_frac: float = key(
        1 / 3, text="(hA)_air over (hA)_air + (hA)_water", source="Modelica Buildings: (hA)_air / (hA)_water = 0.5", gt=0.0, lt=1.0
    )
    leaving_air_temp_c: float = key(
        24.0, unit="°C", text="air the valve lets into the hall", source="assumed: about what the racks draw in", ge=10.0, le=45.0
    )
    fan_penalty_frac: float = key(
        0.1, text="further server-fan power, the servers keeping their flow", source="assumed: 10 … 25 Pa of some 150 Pa", ge=0.0, le=1.0
    )
    dew_guard_k: float = key(
        2.0, unit="K", text="water stays this far above the room's dew point", source="assumed: common 2 … 3 K", ge=0.0, le=10.0
    )
