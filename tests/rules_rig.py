"""Settings and observations for tests of the rule-based baseline: every default of the scenario, and a calm hall."""

from __future__ import annotations

from typing import Any

from twin.channels import CHANNELS
from twin.policies.contract import Observation
from twin.policies.facts import Facts
from twin.policies.library import make_policy
from twin.policies.rule_based import RuleBased
from twin.scenario.policy_choice import PolicyChoice

STEP_S = 120
START: dict[str, float] = {
    "supply_air_c": 22.0, "return_air_c": 34.0, "fan_speed_frac": 0.8, "demand_margin_frac": 0.05,
    "chilled_water_c": 16.0, "facility_water_c": 32.0, "technology_water_c": 36.0, "pump_dp_frac": 1.0,
    "condenser_min_c": 16.0, "condenser_max_c": 30.0, "condenser_approach_k": 4.0,
}
#: Racks content, valves half open, a chiller at 60 %, supply 10 % above what servers draw.
CALM: dict[str, float] = {
    "hall.rack_inlet_p95_c": 23.0, "hall.rack_inlet_max_c": 24.0, "hall.rack_inlet_mean_c": 22.5, "hall.supply_c": 22.0,
    "hall.return_c": 33.0, "hall.supply_kg_s": 55.0, "hall.it_air_kg_s": 50.0, "hall.room_humidity_ratio": 0.008,
    "crah.valve_max_frac": 0.5, "plant.chilled_kg_s": 20.0,
    "plant.condenser_kg_s": 37.0, "plant.chiller_kw": 60.0, "plant.chiller_plr": 0.6, "weather.wet_bulb_c": 15.0,
}


def settings(**changed: Any) -> dict[str, Any]:
    """Keys of [policy] with their defaults, and changes."""
    return PolicyChoice(**changed).model_dump(exclude={"name"})


def facts(**changed: Any) -> Facts:
    """A hall of chilled water whose fans follow the servers."""
    known: dict[str, Any] = {"start": START, "fan_mode": "demand", "cooling": "water"}
    return Facts(**(known | changed))


def baseline(keys: dict[str, Any] | None = None, **known: Any) -> RuleBased:
    """The policy without its supervisor."""
    chosen = {"supervisor": False, **(keys or {})}
    policy = make_policy("rule_based", settings(**chosen), START["supply_air_c"], facts(**known))
    assert isinstance(policy, RuleBased)
    policy.reset(1)
    return policy


def seen(time_s: int, **changed: float) -> Observation:
    """An observation: all channels at their lowest, the calm hall over it, and changes (dots as two underscores)."""
    values = {c.name: max(c.low, 0.0) for c in CHANNELS} | CALM
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    return Observation(time_s, values)


def after(policy: Any, steps: int, **changed: float) -> dict[str, float]:
    """What a policy asks for after some steps of the same observation."""
    asked: dict[str, float] = {}
    first = getattr(policy, "_decided_s", None) or 0
    for k in range(1, steps + 1):
        asked = policy.decide(seen(first + k * STEP_S, **changed)).given()
    return asked
