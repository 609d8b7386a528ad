"""[sensors] and [forecast]: how well a policy sees the hall, and what it is told of the hours ahead."""

from __future__ import annotations

from pydantic import model_validator

from twin.channels import CHANNELS
from twin.scenario.base import Frac, NonNegative, Part, Positive, key

__all__ = ["Forecast", "Sensors"]

_IDEAL = "0: ideal sensor"


class Sensors(Part):
    """Sensors between the hall and the policy. Local loops and meters keep their own; events may add faults."""

    temperature_noise_k: NonNegative = key(
        0.0, unit="K", text="standard deviation of every reading in °C", source=_IDEAL, le=10.0
    )
    flow_noise_frac: Frac = key(0.0, text="standard deviation of flows, over the reading", source=_IDEAL)
    power_noise_frac: Frac = key(0.0, text="standard deviation of powers, over the reading", source=_IDEAL)
    humidity_noise_frac: Frac = key(0.0, text="standard deviation of humidity ratios, over the reading", source=_IDEAL)
    temperature_bias_k: NonNegative = key(
        0.0,
        unit="K",
        text="standard deviation of the constant error of temperature sensors, drawn once a sensor",
        source=_IDEAL,
        le=10.0,
    )
    bias: dict[str, float] = key(
        default_factory=dict, text="channel and what its sensor always reads too high, in the channel's unit"
    )
    lag_s: NonNegative = key(
        0.0, unit="s", text="time constant of temperature sensors (first order)", source=_IDEAL, le=86400.0
    )
    dropouts_per_day: NonNegative = key(
        0.0, unit="1/d", text="how often a sensor drops out and keeps its last value", source="0: none", le=1000.0
    )
    dropout_mean_s: Positive = key(
        600.0, unit="s", text="mean time until it is back (exponential)", source="assumed", le=864000.0
    )

    @model_validator(mode="after")
    def _channels(self) -> Sensors:
        known = {c.name for c in CHANNELS}
        unknown = sorted(set(self.bias) - known)
        if unknown:
            raise ValueError(f"bias: no channel '{unknown[0][:60]}'; the channels stand in the reference")
        if any(abs(value) > 1e6 for value in self.bias.values()):
            raise ValueError("bias: values must lie in -1e6 … 1e6")
        return self


class Forecast(Part):
    """Forecasts of weather and load, made from what has been: the day before, moved by today's difference to it."""

    horizon_h: Positive = key(24.0, unit="h", text="how far ahead policies are told", source="day ahead", le=168.0)
    interval_s: int = key(
        3600, unit="s", text="one value for so long", source="hourly, as weather services", ge=60, le=86400
    )
    decay_h: Positive = key(
        12.0,
        unit="h",
        text="difference between now and the same time yesterday fades with this time constant",
        source="assumed: air masses pass within a day or two",
        le=240.0,
    )
    weather_error_k: NonNegative = key(
        0.0,
        unit="K",
        text="standard deviation, far ahead, of a further random error of dry bulb; it grows from nothing with decay_h",
        source="0: the day before errs enough",
        le=20.0,
    )
    load_error_frac: Frac = key(
        0.0,
        text="the same for the utilisation of background work",
        source="0: the day before errs enough",
    )
