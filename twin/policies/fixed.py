"""The scenario's own setpoints, all the time."""

from __future__ import annotations

from typing import Any

from twin.policies.contract import Observation, Rollout, Setpoints

__all__ = ["Fixed"]


class Fixed:
    """Never changes a setpoint. ``static`` lets the engine skip its turns: they cannot change anything."""

    static = True

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Nothing to forget."""

    def decide(self, observation: Observation) -> Setpoints:
        """No change."""
        return Setpoints()

    def snapshot(self) -> Any:
        """No memory."""
        return None

    def restore(self, saved: Any) -> None:
        """No memory."""
