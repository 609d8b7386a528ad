"""What a policy sees and says. A policy steers setpoints; local loops are part of the plant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

__all__ = ["Observation", "Policy", "Rollout", "Setpoints"]


@dataclass(frozen=True)
class Setpoints:
    """Setpoints a policy asks for; ``None`` leaves a setpoint as it is.

    Attributes
    ----------
    supply_air_c : float or None
        Supply air, °C.
    return_air_c : float or None
        Return air that the supply fans hold, °C.
    fan_speed_frac : float or None
        Fan speed where the fan loop is "fixed", 0 … 1.
    demand_margin_frac : float or None
        Supply over server flow where the fan loop is "demand".
    chilled_water_c : float or None
        Chilled water leaving the plant, °C.
    facility_water_c : float or None
        Facility water to the coolant distribution units, °C.
    technology_water_c : float or None
        Coolant supplied to liquid-cooled servers, °C.
    pump_dp_frac : float or None
        Differential pressure that the chilled-water pumps hold, over the design setpoint.
    condenser_min_c, condenser_max_c : float or None
        Bounds of the condenser-water setpoint, °C.
    condenser_approach_k : float or None
        Condenser-water setpoint above wet bulb, K.
    """

    supply_air_c: float | None = None
    return_air_c: float | None = None
    fan_speed_frac: float | None = None
    chilled_water_c: float | None = None
    condenser_min_c: float | None = None
    condenser_max_c: float | None = None
    condenser_approach_k: float | None = None
    demand_margin_frac: float | None = None
    facility_water_c: float | None = None
    technology_water_c: float | None = None
    pump_dp_frac: float | None = None

    def given(self) -> dict[str, float]:
        """The setpoints that are asked for, by name."""
        return {name: value for name in _SETPOINT_NAMES if (value := getattr(self, name)) is not None}


_SETPOINT_NAMES = tuple(f.name for f in fields(Setpoints))


class Observation(Mapping[str, float]):
    """What a controller can see: the channels of the last step, read only.

    Parameters
    ----------
    time_s : int
        Now, seconds since 1 January 00:00.
    values : mapping
        Channel name → value (see ``twin.channels``).
    """

    __slots__ = ("_values", "time_s")

    def __init__(self, time_s: int, values: Mapping[str, float]) -> None:
        self.time_s = time_s
        self._values = values

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Rollout(Protocol):
    """A way to try actions on a copy of the twin. It starts from the observed state and never sees the true future."""

    def try_setpoints(self, setpoints: Setpoints, horizon_s: int) -> Mapping[str, float]:
        """Means of all channels over a horizon under constant setpoints.

        Parameters
        ----------
        setpoints : Setpoints
        horizon_s : int
            How far ahead, s.

        Returns
        -------
        mapping
            Channel name → mean, and ``<channel>.max``.
        """
        ...


@runtime_checkable
class Policy(Protocol):
    """A supervisory policy.

    ``decide`` is called every ``run.control_interval_s``, first one interval after the start; its setpoints
    hold over [t, t + dt) and the observation at t + dt shows their effect.
    """

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Forget everything; called once before a run.

        Parameters
        ----------
        seed : int
            For the policy's own randomness.
        rollout : Rollout or None
            For policies that plan.
        """
        ...

    def decide(self, observation: Observation) -> Setpoints:
        """Setpoints for the next interval.

        Parameters
        ----------
        observation : Observation

        Returns
        -------
        Setpoints
        """
        ...

    def snapshot(self) -> Any:
        """What the policy remembers, as plain data; a policy without memory returns None."""
        ...

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : object
            From :meth:`snapshot`.
        """
        ...
