"""Trim and respond: raise the supply air slowly until racks ask for colder air, then answer at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.policies.contract import Observation, Rollout, Setpoints

__all__ = ["TrimRespond"]

_INLETS = "hall.rack_inlet_p95_c"


@dataclass
class TrimRespond:
    """Supply-air reset in the manner of ASHRAE Guideline 36.

    Every interval the setpoint rises by ``trim_k`` while the 95th percentile of rack inlets is below
    the target, and falls by ``respond_k`` for each kelvin above it (at most ten times).

    Parameters
    ----------
    inlet_target_c : float
        Rack inlets (95th percentile) are kept below this, °C.
    supply_min_c, supply_max_c : float
        Bounds of the supply setpoint, °C.
    trim_k, respond_k : float
        Steps, K.
    start_c : float
        Setpoint to begin with, °C.
    """

    inlet_target_c: float
    supply_min_c: float
    supply_max_c: float
    trim_k: float
    respond_k: float
    start_c: float

    def __post_init__(self) -> None:
        """Start at the scenario's setpoint."""
        self._supply_c = self.start_c

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Start again at the scenario's setpoint."""
        self._supply_c = self.start_c

    def decide(self, observation: Observation) -> Setpoints:
        """Trim or respond."""
        excess_k = observation[_INLETS] - self.inlet_target_c
        change_k = self.trim_k if excess_k < 0.0 else -self.respond_k * min(max(excess_k, 0.1), 10.0)
        self._supply_c = min(max(self._supply_c + change_k, self.supply_min_c), self.supply_max_c)
        return Setpoints(supply_air_c=self._supply_c)

    def snapshot(self) -> Any:
        """The present setpoint."""
        return self._supply_c

    def restore(self, saved: Any) -> None:
        """Go on from a setpoint."""
        self._supply_c = float(saved)
