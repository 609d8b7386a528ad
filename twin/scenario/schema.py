"""The scenario: what is asked, as a frozen and checked tree. Units are in the key names."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from twin.scenario.base import Part, Positive, key
from twin.scenario.events import AnyEvent
from twin.scenario.hall import Envelope, Hall
from twin.scenario.it import Workload
from twin.scenario.plant import Plant, Power
from twin.scenario.run import Run, Site

__all__ = ["PolicyChoice", "Scenario"]


class PolicyChoice(Part):
    """Supervisory policy and its settings."""

    name: Literal["fixed", "trim_respond", "iec_reset"] = key(
        "fixed",
        text="fixed: the scenario's setpoints; trim_respond: supply-air reset from rack inlets; iec_reset: supply-air reset "
        "from outdoor wet bulb, and from rack inlets",
        source="fixed",
    )
    inlet_target_c: float = key(
        26.0,
        unit="°C",
        text="trim_respond, iec_reset: rack inlets (95th percentile) are kept below this",
        source="assumed: 1 K under the recommended limit",
        ge=10.0,
        le=40.0,
    )
    supply_min_c: float = key(
        18.0,
        unit="°C",
        text="trim_respond, iec_reset: lowest supply setpoint",
        source="ASHRAE TC 9.9 2021, recommended range",
        ge=5.0,
        le=35.0,
    )
    supply_max_c: float = key(
        27.0,
        unit="°C",
        text="trim_respond, iec_reset: highest supply setpoint",
        source="ASHRAE TC 9.9 2021, recommended range",
        ge=5.0,
        le=35.0,
    )
    trim_k: Positive = key(
        0.1,
        unit="K",
        text="trim_respond, iec_reset: raised by this when nobody asks for colder air",
        source="ASHRAE Guideline 36 style",
        le=5.0,
    )
    respond_k: Positive = key(
        0.3,
        unit="K",
        text="trim_respond, iec_reset: lowered by this for each K of excess",
        source="ASHRAE Guideline 36 style",
        le=5.0,
    )
    reset_approach_k: float = key(
        5.0,
        unit="K",
        text="iec_reset: supply air above outdoor wet bulb, within the two bounds",
        source="own runs: least facility energy of the T-Block hall; plates reach 3 … 4 K (docs/physics/policies.md)",
        ge=0.0,
        le=30.0,
    )
    reset_rate_k: Positive = key(
        0.25,
        unit="K",
        text="iec_reset: largest change at one decision while following the wet bulb",
        source="assumed: 3 K/h at the default control interval; ASHRAE TC 9.9 allows 5 K/h with tape, 20 K/h without",
        le=5.0,
    )

    @model_validator(mode="after")
    def _ordered(self) -> PolicyChoice:
        if self.supply_max_c < self.supply_min_c:
            raise ValueError("supply_max_c must not be below supply_min_c")
        return self


class Scenario(Part):
    """A complete scenario. Hall, plant, weather and workload must be named or inherited."""

    name: str = key("", text="name of the scenario; the file's if left out", max_length=100)
    description: str = key("", text="one or two sentences", max_length=2000)
    run: Run = key(default_factory=Run, text="clock, seed, length")
    site: Site = key(text="weather, place, prices")
    hall: Hall = key(text="room, racks, air handlers")
    envelope: Envelope = key(default_factory=Envelope, text="building")
    workload: Workload = key(text="how busy the servers are")
    plant: Plant = key(text="cooling plant")
    power: Power = key(default_factory=Power, text="power chain")
    policy: PolicyChoice = key(default_factory=PolicyChoice, text="supervisory policy")
    events: list[AnyEvent] = key(default_factory=list, text="what goes wrong or changes during the run", max_length=1000)
