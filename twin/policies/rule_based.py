"""The rule-based baseline: what good practice does without looking ahead. Claims of savings are measured against it."""

from __future__ import annotations

from typing import Any

from twin.policies.air_rules import AirRule, AirSettings
from twin.policies.contract import Observation, Rollout, Setpoints
from twin.policies.facts import Facts
from twin.policies.water_rules import ChilledRule, CondenserRule, LiquidRule, WaterSettings

__all__ = ["RuleBased"]


class RuleBased:
    """Resets of air, fans, chilled, condenser and facility water together; each acts where the hall has its equipment.

    Parameters
    ----------
    air : AirSettings
    water : WaterSettings
    facts : Facts
        Kind of hall and the scenario's setpoints, at which every rule begins.

    Notes
    -----
    ``docs/physics/policies.md`` lists the nine parts of the baseline and which of them are the plant's own control.
    """

    def __init__(self, air: AirSettings, water: WaterSettings, facts: Facts) -> None:
        self.facts = facts
        self.air = AirRule(air, facts)
        self.chilled = ChilledRule(water, facts)
        self.condenser = CondenserRule(water, facts)
        self.liquid = LiquidRule(water, facts)
        self._period_s = air.period_s
        self._decided_s: int | None = None

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin again at the scenario's setpoints."""
        for rule in (self.air, self.chilled, self.condenser, self.liquid):
            rule.reset()
        self._decided_s = None

    def decide(self, observation: Observation) -> Setpoints:
        """Every rule in turn, on the same observation."""
        now_s = observation.time_s
        elapsed_s = self._period_s if self._decided_s is None else float(now_s - self._decided_s)
        self._decided_s = now_s
        asked: dict[str, float] = {}
        if not self.facts.doors:  # doors cool the room: the valves and fans of its air handlers say nothing of the load
            asked |= self.air.decide(observation, elapsed_s)
            asked |= self.chilled.decide(observation, elapsed_s, asked["supply_air_c"])
        asked |= self.condenser.decide(observation, elapsed_s)
        asked |= self.liquid.decide(observation, elapsed_s)
        return Setpoints(**asked)

    def snapshot(self) -> Any:
        """What the rules remember, as plain data."""
        parts = (self.air.snapshot(), self.chilled.snapshot(), self.condenser.snapshot(), self.liquid.snapshot())
        return (self._decided_s, *parts)

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        self._decided_s, air, chilled, condenser, liquid = saved
        self.air.restore(air)
        self.chilled.restore(chilled)
        self.condenser.restore(condenser)
        self.liquid.restore(liquid)
