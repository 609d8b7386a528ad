"""Supply reset of halls with indirect evaporative units: as cold as the plates make it easily."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.policies.contract import Observation, Rollout, Setpoints

__all__ = ["IecReset"]

_INLETS = "hall.rack_inlet_p95_c"
_WET_BULB = "weather.wet_bulb_c"


@dataclass
class IecReset:
    """Supply-air setpoint that follows the outdoor wet bulb, and yields to warm racks.

    Two numbers make the setpoint. The *base* goes towards outdoor wet bulb + ``reset_approach_k``, within
    ``supply_min_c`` … ``supply_max_c``, by at most ``reset_rate_k`` a decision. The *pull* lowers it: it grows by
    ``respond_k`` for each kelvin by which the 95th percentile of rack inlets exceeds ``inlet_target_c`` (at most ten
    times), and shrinks by ``trim_k`` otherwise. The setpoint is base − pull, never below ``supply_min_c``.

    Which mode each unit runs in to make that air (dry, wet, wet with its compressor) is the plant's own control. The
    policy asks for air only, so it also runs in halls with chilled water.

    Parameters
    ----------
    reset_approach_k : float
        Supply above outdoor wet bulb, K.
    reset_rate_k : float
        Largest change of the base at one decision, K.
    inlet_target_c : float
        Rack inlets (95th percentile) are kept below this, °C.
    supply_min_c, supply_max_c : float
        Bounds of the supply setpoint, °C.
    trim_k, respond_k : float
        Steps of the pull, K.
    start_c : float
        Setpoint to begin with, °C; taken into the bounds.

    Notes
    -----
    ``docs/physics/policies.md`` derives ``reset_approach_k`` from the exchanger.
    """

    reset_approach_k: float
    reset_rate_k: float
    inlet_target_c: float
    supply_min_c: float
    supply_max_c: float
    trim_k: float
    respond_k: float
    start_c: float

    def __post_init__(self) -> None:
        """Start at the scenario's setpoint."""
        self._base_c, self._pull_k = self._within(self.start_c), 0.0

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Start again at the scenario's setpoint."""
        self._base_c, self._pull_k = self._within(self.start_c), 0.0

    def decide(self, observation: Observation) -> Setpoints:
        """Follow the wet bulb, then the racks."""
        away_k = self._within(observation[_WET_BULB] + self.reset_approach_k) - self._base_c
        self._base_c = self._within(self._base_c + min(max(away_k, -self.reset_rate_k), self.reset_rate_k))
        excess_k = observation[_INLETS] - self.inlet_target_c
        change_k = -self.trim_k if excess_k <= 0.0 else self.respond_k * min(excess_k, 10.0)
        # A pull beyond the lower bound would be a debt to trim away later.
        self._pull_k = min(max(self._pull_k + change_k, 0.0), self._base_c - self.supply_min_c)
        return Setpoints(supply_air_c=self._within(self._base_c - self._pull_k))

    def snapshot(self) -> Any:
        """Base and pull."""
        return (self._base_c, self._pull_k)

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        base_c, pull_k = saved
        self._base_c, self._pull_k = float(base_c), float(pull_k)

    def _within(self, supply_c: float) -> float:
        return min(max(supply_c, self.supply_min_c), self.supply_max_c)
