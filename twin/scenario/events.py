"""[[events]]: what goes wrong or changes in a run, at a given time or at random."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.base import NonNegative, Part, key

__all__ = [
    "EVENT_KINDS", "AnyEvent", "Event", "Filter", "Fouling", "GridOutage", "LoadStep", "SensorFault", "SetpointChange",
    "Trip",
]

_LONGEST_H = 100_000.0


class Event(Part):
    """What all events have in common: when they begin and end.

    Either ``at_h`` (and ``duration_h``), or at random ``per_year`` and ``repair_mean_h``. Times count from the start
    of the run, so that they mean the same in a short run as in a year.
    """

    at_h: float | None = key(
        None, unit="h", text="begins this long after the start of the run", ge=0.0, le=_LONGEST_H
    )
    duration_h: float | None = key(
        None, unit="h", text="lasts this long; to the end of the run if left out", gt=0.0, le=_LONGEST_H
    )
    per_year: float | None = key(
        None,
        unit="1/a",
        text="at random instead of at_h: how often it happens in a year in which nothing is under repair, to every unit",
        gt=0.0,
        le=1000.0,
    )
    repair_mean_h: float | None = key(
        None, unit="h", text="at random: mean time until it is over (exponential)", gt=0.0, le=_LONGEST_H
    )

    @model_validator(mode="after")
    def _time(self) -> Event:
        if self.at_h is None and self.per_year is None:
            raise ValueError("at_h or per_year is missing: give at_h in hours after the start, or per_year and repair_mean_h")
        if self.at_h is not None and (self.per_year is not None or self.repair_mean_h is not None):
            raise ValueError("at_h and per_year / repair_mean_h are both given: an event is timed or random; leave one out")
        if self.at_h is None and self.repair_mean_h is None:
            raise ValueError("repair_mean_h is missing: how long it lasts on average, in hours")
        if self.at_h is None and self.duration_h is not None:
            raise ValueError("duration_h belongs to at_h: a random event lasts repair_mean_h on average")
        return self

    @property
    def random(self) -> bool:
        """Whether it happens at random."""
        return self.at_h is None


class Trip(Event):
    """Equipment that stops, and returns when the event is over."""

    kind: Literal["trip"] = key(text="equipment stops")
    target: str = key(
        text="a unit or a group: hall.crah.north-1, hall.liquid.cdu.main, plant.chiller.main, plant.tank, "
        "plant.chilled_water_pump, plant.facility_water.pump, hall.iec.cooling-1.spray …"
    )


class Fouling(Event):
    """A heat exchanger, tower or chiller that loses conductance, capacity or efficiency until it is cleaned."""

    kind: Literal["fouling"] = key(text="heat exchange degrades")
    target: str = key(
        text="a unit or a group of air handlers (their coils), indirect evaporative units, distribution units, towers, dry "
        "coolers or chillers; hall.rear_door, plant.thermosyphon, plant.water_economiser, plant.facility_water.exchanger"
    )
    remaining_frac: float = key(
        text="what remains: conductance of a coil, plates or distribution unit, capacity of a tower, efficiency of a "
        "chiller, effectiveness of the economiser or of the facility-water exchanger",
        ge=0.01, le=1.0,
    )
    ramp_h: NonNegative = key(
        0.0, unit="h", text="time over which it builds up, in small steps", source="0: at once", le=_LONGEST_H
    )


class Filter(Event):
    """Filters that load with dust until they are changed: the fans need more power for the same air, and reach less."""

    kind: Literal["filter"] = key(text="air filters load")
    target: str = key(text="a unit or a group of air handlers or indirect evaporative units")
    pressure_factor: float = key(text="pressure, and fan power, at equal flow over that with clean filters", ge=1.0, le=10.0)
    ramp_h: NonNegative = key(
        0.0, unit="h", text="time over which it builds up, in small steps", source="0: at once", le=_LONGEST_H
    )


class SensorFault(Event):
    """A sensor that reads wrong (bias) or keeps its last value (dropout)."""

    kind: Literal["sensor"] = key(text="a sensor fails")
    target: str = key(
        text="a channel; hall.supply_c, hall.return_c, plant.chilled_supply_c, plant.condenser_supply_c, "
        "plant.facility_supply_c and liquid.technology_supply_c also mislead the local loops"
    )
    bias: float | None = key(
        None, text="reads this much too high, in K or the unit of the channel; negative: too low", ge=-1e6, le=1e6
    )
    dropout: bool = key(False, text="keeps the last good value", source="false")

    @model_validator(mode="after")
    def _one(self) -> SensorFault:
        if self.dropout == (self.bias is not None):
            raise ValueError("give either bias = … or dropout = true")
        return self


class LoadStep(Event):
    """A step of utilisation, on top of background and jobs."""

    kind: Literal["load_step"] = key(text="the load changes")
    target: str = key("hall.rows", text="all racks (hall.rows) or those of a row (hall.rows.a)", source="all racks")
    delta_frac: float = key(
        text="added to the utilisation of every rack; each rack stays within 0 … 1", ge=-1.0, le=1.0
    )


class SetpointChange(Event):
    """A setpoint that is set to a value, and back when the event is over; a policy may overwrite it."""

    kind: Literal["setpoint"] = key(text="a setpoint changes")
    target: str = key(text="a setpoint by its key (plant.supply_air_temp_c) or by the name that policies use (supply_air_c)")
    value: float = key(text="new value, in the unit of the setpoint", ge=-1000.0, le=1000.0)


class GridOutage(Event):
    """Loss of the grid: UPS and generator carry what they are there for, compressors restart after a delay."""

    kind: Literal["grid_outage"] = key(text="the grid fails")
    fans_on_ups: bool = key(
        True, text="supply fans of the hall run from the UPS", source="assumed: usual where racks are dense"
    )
    pumps_on_ups: bool = key(
        False,
        text="chilled-water and facility-water pumps run from the UPS (pumps to towers never do)",
        source="assumed",
    )
    cdus_on_ups: bool = key(
        True,
        text="coolant distribution units run from the UPS",
        source="assumed: without flow chips overheat within seconds",
    )
    generator: bool = key(True, text="a generator takes over everything", source="assumed: usual")
    generator_start_s: NonNegative = key(
        60.0, unit="s", text="time until it does", source="assumed: typical 10 … 60 s", le=86400.0
    )
    restart_delay_s: NonNegative = key(
        180.0,
        unit="s",
        text="compressors start this long after power is back; fans, pumps, towers and spray start with it",
        source="assumed: chillers with fast restart need 1 … 5 minutes",
        le=86400.0,
    )
    battery_s: NonNegative = key(
        600.0, unit="s", text="what the batteries carry runs this long without power", source="assumed: typical 5 … 15 minutes", le=864000.0
    )


AnyEvent = Annotated[
    Trip | Fouling | Filter | SensorFault | LoadStep | SetpointChange | GridOutage, Field(discriminator="kind")
]

#: Event class of every kind.
EVENT_KINDS: dict[str, type[Event]] = {
    "trip": Trip, "fouling": Fouling, "filter": Filter, "sensor": SensorFault, "load_step": LoadStep,
    "setpoint": SetpointChange, "grid_outage": GridOutage,
}
