"""[policy]: which policy steers the setpoints, its numbers, and the supervisor or guard around it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from twin.scenario.base import Part, Positive, key
from twin.scenario.planning import Guarding, Planning, Rates

__all__ = ["PolicyChoice"]

_GRID = "own grid search over the Greensboro plant (docs/condenser_reset.py)"


class PolicyChoice(Part):
    """Supervisory policy and its settings."""

    name: Literal["fixed", "trim_respond", "iec_reset", "rule_based", "arx_mpc", "cem_mpc", "oracle"] = key(
        "fixed",
        text="fixed: the scenario's setpoints; trim_respond: supply-air reset from rack inlets; iec_reset: supply-air "
        "reset from outdoor wet bulb, and from rack inlets; rule_based: resets of air, fans and water together; "
        "arx_mpc: plans with a linear model identified from the twin; cem_mpc: plans by trying setpoints on a copy "
        "of the twin; oracle: cem_mpc that knows the weather and load to come, for comparison only",
        source="fixed",
    )
    inlet_target_c: float = key(
        26.0,
        unit="°C",
        text="trim_respond, iec_reset, rule_based: rack inlets (95th percentile) are kept below this",
        source="assumed: 1 K under the recommended limit",
        ge=10.0,
        le=40.0,
    )
    supply_min_c: float = key(
        18.0,
        unit="°C",
        text="trim_respond, iec_reset, rule_based: lowest supply setpoint",
        source="ASHRAE TC 9.9 2021, recommended range",
        ge=5.0,
        le=35.0,
    )
    supply_max_c: float = key(
        27.0,
        unit="°C",
        text="trim_respond, iec_reset, rule_based: highest supply setpoint",
        source="ASHRAE TC 9.9 2021, recommended range",
        ge=5.0,
        le=35.0,
    )
    trim_k: Positive = key(
        0.1,
        unit="K",
        text="trim_respond, iec_reset, rule_based: raised by this when nobody asks for colder air",
        source="ASHRAE Guideline 36 style",
        le=5.0,
    )
    respond_k: Positive = key(
        0.3,
        unit="K",
        text="trim_respond, iec_reset, rule_based: lowered by this for each K of excess",
        source="ASHRAE Guideline 36 style",
        le=5.0,
    )
    reset_approach_k: float = key(
        5.0,
        unit="K",
        text="iec_reset, rule_based (evaporative units): supply air above outdoor wet bulb, within the two bounds",
        source="own runs: least facility energy of the T-Block hall; plates reach 3 … 4 K (docs/physics/policies.md)",
        ge=0.0,
        le=30.0,
    )
    reset_rate_k: Positive = key(
        0.25,
        unit="K",
        text="iec_reset, rule_based (evaporative units): largest change at one decision while following the wet bulb",
        source="assumed: 3 K/h at the default control interval; ASHRAE TC 9.9 allows 5 K/h with tape, 20 K/h without",
        le=5.0,
    )

    period_s: Positive = key(
        120.0,
        unit="s",
        text="rule_based: trim and respond once in this time; a longer control interval counts for up to three",
        source="ASHRAE Guideline 36 style: 2 min",
        le=86400.0,
    )
    ignored_requests: int = key(
        2,
        text="rule_based: requests for colder air that nobody answers (up to three come from the 95th percentile of "
        "inlets, three from the hottest)",
        source="ASHRAE Guideline 36 style",
        ge=0,
        le=6,
    )
    respond_max_k: Positive = key(
        0.6,
        unit="K",
        text="rule_based: lowered by no more than this in one period",
        source="ASHRAE Guideline 36 style",
        le=5.0,
    )
    margin_min_frac: float = key(
        0.0,
        text="rule_based: least supply over server air, less one",
        source="assumed: no aisle under pressure",
        ge=-0.1,
        le=2.0,
    )
    margin_max_frac: float = key(
        0.2,
        text="rule_based: most supply over server air, less one, before colder air is asked for",
        source="assumed: fan power grows by 70 %",
        ge=-0.1,
        le=2.0,
    )
    fan_min_frac: float = key(
        0.3,
        text="rule_based: least fan speed where hall.fan.mode is fixed",
        source="assumed: usual minimum 20 … 30 %",
        ge=0.05,
        le=1.0,
    )
    cold_while_free: bool = key(
        True,
        text="rule_based: supply air goes back to plant.supply_air_temp_c while no compressor runs and towers have a "
        "reserve",
        source="own runs: warmer supply saves compressor work only, and costs server fans (docs/physics/policies.md)",
    )
    chilled_min_c: float | None = key(
        None,
        unit="°C",
        text="rule_based: coldest chilled water; plant.chilled_water_temp_c if left out",
        ge=1.0,
        le=30.0,
    )
    chilled_max_c: float = key(
        22.0,
        unit="°C",
        text="rule_based: warmest chilled water, at least 1 K below the supply air",
        source="Modelica Buildings, chiller plant with trim and respond",
        ge=1.0,
        le=30.0,
    )
    pump_dp_min_frac: float = key(
        0.3,
        text="rule_based: least pressure of the chilled-water pumps over the design setpoint",
        source="Modelica Buildings, chiller plant with trim and respond",
        ge=0.3,
        le=1.0,
    )
    condenser_base_k: float = key(
        5.6,
        unit="K",
        text="rule_based: condenser water above wet bulb at no load and 0 °C",
        source=_GRID,
        ge=0.0,
        le=30.0,
    )
    condenser_plr_k: float = key(
        2.5,
        unit="K",
        text="rule_based: more of it at full part load of the running chillers",
        source=_GRID,
        ge=-30.0,
        le=30.0,
    )
    condenser_wet_bulb_frac: float = key(
        -0.14, text="rule_based: more of it for each K of wet bulb, K/K", source=_GRID, ge=-1.0, le=1.0
    )
    chip_target_c: float = key(
        70.0,
        unit="°C",
        text="rule_based: hottest liquid-cooled chip kept below this",
        source="assumed",
        ge=20.0,
        le=120.0,
    )
    facility_max_c: float = key(
        40.0,
        unit="°C",
        text="rule_based: warmest facility water of liquid-cooled halls",
        source="ASHRAE TC 9.9, class W40",
        ge=2.0,
        le=60.0,
    )
    supervisor: bool | None = key(
        None, text="a safety supervisor around the policy; with rule_based if left out"
    )
    guard: bool = key(
        False,
        text="a guard around the policy: rates, faulty policies, and a shield that tries each action under a failure",
        source="false",
    )
    guarding: Guarding | None = key(None, text="numbers of the guard; its defaults if left out")
    planning: Planning | None = key(None, text="arx_mpc, cem_mpc, oracle: their numbers; defaults if left out")
    rates: Rates | None = key(
        None, text="fastest change of setpoints, for any policy; with guard its defaults if left out, else none"
    )
    time_limit_s: Positive = key(
        60.0,
        unit="s",
        text="a decision that takes longer is a defect of the policy (wall clock)",
        source="a fifth of the control interval",
        le=86400.0,
    )
    inlet_limit_c: float = key(
        30.0,
        unit="°C",
        text="supervisor: hottest rack inlet before the scenario's setpoints are put in force",
        source="assumed: 2 K under the allowable limit of class A1",
        ge=10.0,
        le=60.0,
    )
    dew_point_min_c: float = key(
        -12.0,
        unit="°C",
        text="supervisor: lowest dew point of the hall",
        source="ASHRAE TC 9.9 2021, class A1",
        ge=-40.0,
        le=20.0,
    )
    dew_point_max_c: float = key(
        17.0,
        unit="°C",
        text="supervisor: highest dew point of the hall",
        source="ASHRAE TC 9.9 2021, class A1",
        ge=-10.0,
        le=40.0,
    )
    tape: bool = key(
        False,
        text="supervisor: tape drives: inlets may change by 5 K in an hour, not 20 K (5 K in 15 min always)",
        source="false; the limits: ASHRAE TC 9.9 2021",
    )
    stale_s: Positive = key(
        1800.0,
        unit="s",
        text="supervisor: a sensor that stands still for this long while others move is stuck",
        source="assumed",
        le=86400.0,
    )
    hold_s: Positive = key(
        1800.0,
        unit="s",
        text="supervisor: shortest time on the scenario's setpoints",
        source="assumed",
        le=86400.0,
    )

    @property
    def plans(self) -> bool:
        """Whether the policy looks ahead."""
        return self.name in {"arx_mpc", "cem_mpc", "oracle"}

    def settings(self) -> dict[str, Any]:
        """Everything but the name as plain data; parts left out have their defaults, rates stand by setpoint."""
        found = self.model_dump(exclude={"name"})
        found["planning"] = (self.planning or Planning()).model_dump()
        found["guarding"] = (self.guarding or Guarding()).model_dump()
        found["rates"] = (self.rates or Rates()).by_setpoint()
        return found

    @model_validator(mode="after")
    def _acts(self) -> PolicyChoice:
        if self.planning is not None and not self.plans:
            raise ValueError("planning does nothing with this policy; leave it out, or name one that plans")
        if self.guarding is not None and not self.guard:
            raise ValueError("guarding does nothing without guard = true")
        return self

    @model_validator(mode="after")
    def _ordered(self) -> PolicyChoice:
        if self.supply_max_c < self.supply_min_c:
            raise ValueError("supply_max_c must not be below supply_min_c")
        if self.margin_max_frac < self.margin_min_frac:
            raise ValueError("margin_max_frac must not be below margin_min_frac")
        if self.chilled_min_c is not None and self.chilled_max_c < self.chilled_min_c:
            raise ValueError("chilled_max_c must not be below chilled_min_c")
        if self.chilled_min_c is not None and self.chilled_min_c >= self.supply_min_c:
            raise ValueError("chilled_min_c must be below supply_min_c: no coil cools air below its water")
        if self.dew_point_max_c - self.dew_point_min_c < 3.0:
            raise ValueError("dew_point_max_c must be at least 3 K above dew_point_min_c")
        return self
