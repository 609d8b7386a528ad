"""Sensors between the hall and the policy: noise, bias, lag and dropouts. Meters and local loops have their own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin.channels import CHANNELS
from twin.engine.seeds import moment_stream, seed_stream
from twin.scenario.seen import Sensors

__all__ = ["SensorModel"]

_NAMES = tuple(c.name for c in CHANNELS)
_UNITS = np.array([c.unit for c in CHANNELS])
_DAY_S = 86400.0


class SensorModel:
    """What sensors read of what is.

    ``y_k = y_{k-1} + (1 - exp(-Δt / lag)) (x_k - y_{k-1})`` for temperatures, then ``y + bias + noise``; a sensor that
    drops out shows its last reading. Noise follows from seed and time alone; lag and dropouts are remembered.

    Parameters
    ----------
    sensors : Sensors
        The section of the scenario.
    seed : int
        ``run.seed``; stream "noise".
    """

    def __init__(self, sensors: Sensors, seed: int) -> None:
        self._s, self._seed = sensors, seed
        temperature = _UNITS == "°C"
        self._temperature = temperature
        self._sigma_k = np.where(temperature, sensors.temperature_noise_k, 0.0)
        self._sigma_frac = np.select(
            [_UNITS == "kg/s", _UNITS == "kW", _UNITS == "kg/kg"],
            [sensors.flow_noise_frac, sensors.power_noise_frac, sensors.humidity_noise_frac], 0.0,
        )
        rng = np.random.default_rng(seed_stream(seed, "noise"))
        self._bias = np.where(temperature, sensors.temperature_bias_k * rng.standard_normal(len(_NAMES)), 0.0)
        self._bias += np.array([sensors.bias.get(name, 0.0) for name in _NAMES])
        self._time_s: int | None = None
        self._slow = np.zeros(len(_NAMES))
        self._shown = np.zeros(len(_NAMES))
        self._out_until_s = np.zeros(len(_NAMES))

    def read(self, time_s: int, values: dict[str, float], held: dict[str, float]) -> dict[str, float]:
        """What sensors show now.

        Parameters
        ----------
        time_s : int
            Engine time, s.
        values : dict
            True channels, those of faulty sensors as events make them.
        held : dict
            Sensors that an event holds: they show just that.

        Returns
        -------
        dict
            Channel → reading.
        """
        x = np.array([values[name] for name in _NAMES])
        rng = moment_stream(self._seed, "noise", time_s)
        noise, dice = rng.standard_normal(len(x)), rng.random(len(x))
        down_s = rng.exponential(self._s.dropout_mean_s, len(x))
        if self._time_s is None:
            self._slow, elapsed_s = x.copy(), 0.0
        else:
            elapsed_s = float(time_s - self._time_s)
            share = 1.0 - math.exp(-elapsed_s / self._s.lag_s) if self._s.lag_s > 0.0 else 1.0
            self._slow = np.where(self._temperature & (share < 1.0), self._slow + share * (x - self._slow), x)
        shown = self._slow + self._bias + noise * (self._sigma_k + self._sigma_frac * np.abs(self._slow))
        if self._s.dropouts_per_day > 0.0 and self._time_s is not None:
            fails = dice < 1.0 - math.exp(-self._s.dropouts_per_day * elapsed_s / _DAY_S)
            fails &= self._out_until_s <= time_s
            self._out_until_s = np.where(fails, time_s + down_s, self._out_until_s)
            shown = np.where(self._out_until_s > time_s, self._shown, shown)
        self._time_s, self._shown = time_s, shown
        return dict(zip(_NAMES, shown.tolist(), strict=True)) | held

    def snapshot(self) -> Any:
        """What is remembered, as plain data."""
        return self._time_s, self._slow.copy(), self._shown.copy(), self._out_until_s.copy()

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : object
            From :meth:`snapshot`.
        """
        self._time_s = saved[0]
        self._slow, self._shown, self._out_until_s = (a.copy() for a in saved[1:])
