"""[policy.planning], [policy.guarding], [policy.rates]: planning policies, the guard, rates of setpoints."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from twin.scenario.base import NonNegative, Part, Positive, key

__all__ = ["Guarding", "Planning", "Rates"]

_AIR_RATE = "assumed: little more than half of the 20 K/h that inlets may change by (ASHRAE TC 9.9)"
_WATER_RATE = "assumed: faster than air, since plants that are called must come"
_FLOW_RATE = "assumed: from one end to the other in half an hour"


class Planning(Part):
    """Policies that look ahead: arx_mpc, cem_mpc, oracle."""

    horizon_h: Positive = key(
        1.0,
        unit="h",
        text="how far ahead a plan reaches",
        source="assumed: several time constants of the hall's air and water",
        le=24.0,
    )
    replan_s: Positive = key(
        900.0,
        unit="s",
        text="a new plan so often (at decisions)",
        source="assumed: a third of the water's time constants",
        le=86400.0,
    )
    inlet_max_c: float = key(
        27.0,
        unit="°C",
        text="hottest rack inlet is kept below this, softly",
        source="ASHRAE TC 9.9 2021, recommended range",
        ge=10.0,
        le=45.0,
    )
    penalty_kw_per_k: Positive = key(
        0.2,
        unit="1/K",
        text="price of an excess over rated IT power, at the first kelvin; it grows with the square",
        source="assumed: no saving of energy pays for it",
        le=100.0,
    )
    identify_h: Positive = key(
        24.0,
        unit="h",
        text="arx_mpc: length of the run on a copy of the twin that its model is identified from",
        source="assumed: one day and night",
        le=240.0,
    )
    identify_every_h: Positive = key(
        24.0, unit="h", text="arx_mpc: identified anew so often", source="assumed: daily", le=8784.0
    )
    candidates: int = key(
        16, text="cem_mpc: plans tried in a round", source="assumed: four times the setpoints", ge=4, le=1000
    )
    elite: int = key(
        4, text="cem_mpc: best plans that the next round is drawn around", source="assumed: a quarter", ge=2, le=500
    )
    rounds: int = key(3, text="cem_mpc: rounds of a plan", source="assumed", ge=1, le=50)
    blocks: int = key(2, text="cem_mpc: pieces of constant setpoints in a plan", source="assumed", ge=1, le=12)

    @model_validator(mode="after")
    def _elite(self) -> Planning:
        if self.elite > self.candidates:
            raise ValueError("elite must not be above candidates")
        return self


class Guarding(Part):
    """The guard around a policy."""

    baseline: Literal["fixed", "rule_based"] = key(
        "fixed",
        text="what it falls back to: the scenario's setpoints or the rule-based baseline",
        source="assumed: simplest",
    )
    horizon_s: Positive = key(
        1200.0,
        unit="s",
        text="shield: so far ahead under the action and a failure",
        source="assumed: 10 … 30 min, time for staff to act",
        ge=60.0,
        le=7200.0,
    )
    margin_k: NonNegative = key(
        0.5,
        unit="K",
        text="shield: so far below hall.limits.allowable_max_c inlets must stay",
        source="assumed: error of sensors and of the state",
        le=10.0,
    )
    no_worse_k: NonNegative = key(
        2.0,
        unit="K",
        text="shield: a failure that takes inlets over the limit under the baseline too may take them so much further",
        source="assumed: a minute or two less of ride-through",
        le=20.0,
    )
    load_step_frac: float = key(
        0.2,
        text="shield: step of utilisation among the listed failures; 0 leaves it out",
        source="assumed",
        ge=0.0,
        le=1.0,
    )
    sensor_k: NonNegative = key(
        3.0,
        unit="K",
        text="shield: error of a supply-air sensor among the listed failures; 0 leaves it out",
        source="assumed",
        le=20.0,
    )
    min_on_s: NonNegative = key(
        1200.0,
        unit="s",
        text="after machines have come on, setpoints that would send them away wait so long; 0: they do not wait",
        source="as plant.staging",
        le=7200.0,
    )
    min_off_s: NonNegative = key(
        1200.0,
        unit="s",
        text="after machines have gone, setpoints that would call them wait so long, unless inlets are warm; 0: none",
        source="as plant.staging",
        le=7200.0,
    )
    hold_s: NonNegative = key(1800.0, unit="s", text="shortest time on the baseline", source="assumed", le=86400.0)
    stale_s: Positive = key(
        1800.0,
        unit="s",
        text="an observation in which no inlet has moved for so long is stale",
        source="assumed",
        le=86400.0,
    )


class Rates(Part):
    """Fastest change of setpoints, by any policy: upwards and downwards alike."""

    supply_air_k_per_h: Positive = key(12.0, unit="K/h", text="supply air", source=_AIR_RATE, le=1000.0)
    return_air_k_per_h: Positive = key(24.0, unit="K/h", text="return air that fans hold", source=_AIR_RATE, le=1000.0)
    fan_speed_per_h: Positive = key(2.0, unit="1/h", text="fixed fan speed", source=_FLOW_RATE, le=1000.0)
    demand_margin_per_h: Positive = key(2.0, unit="1/h", text="supply over server air", source=_FLOW_RATE, le=1000.0)
    chilled_water_k_per_h: Positive = key(60.0, unit="K/h", text="chilled water", source=_WATER_RATE, le=1000.0)
    facility_water_k_per_h: Positive = key(12.0, unit="K/h", text="facility water", source=_AIR_RATE, le=1000.0)
    technology_water_k_per_h: Positive = key(
        12.0, unit="K/h", text="coolant of liquid-cooled servers", source=_AIR_RATE, le=1000.0
    )
    pump_dp_per_h: Positive = key(4.0, unit="1/h", text="pressure of chilled-water pumps", source=_FLOW_RATE, le=1000.0)
    condenser_k_per_h: Positive = key(
        24.0, unit="K/h", text="condenser water: bounds and approach", source=_WATER_RATE, le=1000.0
    )

    def by_setpoint(self) -> dict[str, float]:
        """Rate of every setpoint, per hour."""
        return {
            "supply_air_c": self.supply_air_k_per_h,
            "return_air_c": self.return_air_k_per_h,
            "fan_speed_frac": self.fan_speed_per_h,
            "demand_margin_frac": self.demand_margin_per_h,
            "chilled_water_c": self.chilled_water_k_per_h,
            "facility_water_c": self.facility_water_k_per_h,
            "technology_water_c": self.technology_water_k_per_h,
            "pump_dp_frac": self.pump_dp_per_h,
            "condenser_min_c": self.condenser_k_per_h,
            "condenser_max_c": self.condenser_k_per_h,
            "condenser_approach_k": self.condenser_k_per_h,
        }
