"""What a policy sees and says. A policy steers setpoints; local loops are part of the plant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["REASONS", "Action", "Forecast", "Observation", "Policy", "Rollout", "Setpoints"]


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


@dataclass(frozen=True)
class Forecast:
    """What is expected of the hours ahead, made from what has been.

    Attributes
    ----------
    time_s : tuple of int
        Start of each interval, s since 1 January 00:00; the first is now.
    values : mapping
        Name → expected mean of each interval: ``weather.dry_bulb_c``, ``weather.humidity_ratio``,
        ``it.background_frac`` (utilisation of background work), ``price_per_kwh``, ``carbon_kg_per_kwh``.
    truth : bool
        Whether it is what will be (``oracle`` only).
    """

    time_s: tuple[int, ...]
    values: Mapping[str, tuple[float, ...]]
    truth: bool = False

    def __post_init__(self) -> None:
        """Nobody writes into it."""
        object.__setattr__(self, "values", MappingProxyType({k: tuple(v) for k, v in self.values.items()}))


class Observation(Mapping[str, float]):
    """What a controller can see: the channels of the last step, read only.

    It holds numbers of its own and nothing else, so that nobody reaches the twin through it.

    Parameters
    ----------
    time_s : int
        Now, seconds since 1 January 00:00.
    values : mapping
        Channel name → value (see ``twin.channels``); copied.
    forecast : Forecast or None
        Of the hours ahead, where the scenario offers one.
    """

    __slots__ = ("_forecast", "_time_s", "_values")

    def __init__(self, time_s: int, values: Mapping[str, float], forecast: Forecast | None = None) -> None:
        object.__setattr__(self, "_time_s", time_s)
        object.__setattr__(self, "_values", MappingProxyType(dict(values)))
        object.__setattr__(self, "_forecast", forecast)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"an observation is read only; {name} cannot be set")

    @property
    def time_s(self) -> int:
        """Now, s."""
        time_s: int = object.__getattribute__(self, "_time_s")
        return time_s

    @property
    def forecast(self) -> Forecast | None:
        """What is expected of the hours ahead; None if the scenario offers nothing."""
        forecast: Forecast | None = object.__getattribute__(self, "_forecast")
        return forecast

    def __getitem__(self, name: str) -> float:
        value: float = self._values[name]  # type: ignore[attr-defined]
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)  # type: ignore[attr-defined]

    def __len__(self) -> int:
        return len(self._values)  # type: ignore[attr-defined]


class Action(NamedTuple):
    """What became of one setpoint that a policy asked for.

    Attributes
    ----------
    setpoint : str
    requested : float
        NaN if the policy gave none that can be read.
    applied : float
    reason : str
        One of ``REASONS``.
    """

    setpoint: str
    requested: float
    applied: float
    reason: str


#: Why a setpoint is in force as it is.
REASONS = ("as asked", "clipped to bounds", "rate-limited", "vetoed", "fall-back", "minimum on/off")


class Rollout(Protocol):
    """A way to try actions on a copy of the twin: from the state as sensors show it now, into the forecast.

    It never sees the true future, nor through its sensors (the rollout of ``oracle`` does both). Failures are known by
    name.
    """

    @property
    def faults(self) -> tuple[str, ...]:
        """Single failures that can be tried."""
        ...

    @property
    def horizon_s(self) -> int:
        """How far ahead it reaches now, s."""
        ...

    def try_setpoints(self, setpoints: Setpoints, horizon_s: int, fault: str = "") -> Mapping[str, float]:
        """Means of all channels over a horizon under constant setpoints.

        Parameters
        ----------
        setpoints : Setpoints
        horizon_s : int
            How far ahead, s.
        fault : str
            A failure from now on; empty: none.

        Returns
        -------
        mapping
            Channel name → mean, and ``<channel>.max``.
        """
        ...

    def try_sequence(
        self, sequence: Sequence[Setpoints], interval_s: int, fault: str = ""
    ) -> Mapping[str, NDArray[np.float64]]:
        """The same for setpoints that change from interval to interval.

        Parameters
        ----------
        sequence : sequence of Setpoints
            One an interval.
        interval_s : int
            Length of an interval, s.
        fault : str
            A failure from now on; empty: none.

        Returns
        -------
        mapping
            Channel name → mean of each interval, and ``<channel>.max``.
        """
        ...


@runtime_checkable
class Policy(Protocol):
    """A supervisory policy.

    ``decide`` is called every ``run.control_interval_s``, first one interval after the start; its setpoints
    hold over [t, t + dt) and the observation at t + dt shows their effect.

    A policy may say more of itself by attributes, all optional: ``static`` (True: never moves a setpoint, so its
    turns are skipped), ``looks_ahead_s`` (above zero: it plans, and ``reset`` hands it a :class:`Rollout` that
    reaches so far), ``foresight`` (True: its rollout and forecast are the truth; results are labelled "oracle"),
    ``actions`` (what became of each setpoint at the last decision, for the log).
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
