"""[hall.gains], [hall.infiltration], [hall.thermostat]: what goes on in a hall by the hour beside its racks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.scenario.base import Frac, NonNegative, Part, key

__all__ = ["Gains", "Infiltration", "Thermostat"]

Day = Annotated[list[Frac], Field(min_length=24, max_length=24)]
DayC = Annotated[list[Annotated[float, Field(ge=5.0, le=60.0)]], Field(min_length=24, max_length=24)]
_WHOLE_DAY = [1.0] * 24


class Gains(Part):
    """Other internal gains: people, equipment outside racks. They are heat and vapour, not metered as electricity."""

    sensible_kw: NonNegative = key(0.0, unit="kW", text="heat to the air", source="none", le=1e5)
    latent_kw: NonNegative = key(
        0.0, unit="kW", text="vapour at room temperature, given as its enthalpy (2501 kJ/kg + 1.86 kJ/(kg K) of the room)", source="none", le=1e5
    )
    weekday: Day = key(_WHOLE_DAY, text="share of sensible_kw in each hour of a weekday", source="all day")
    weekend: Day | None = key(None, text="the same at weekends; as weekday if left out")
    latent_weekday: Day | None = key(None, text="share of latent_kw in each hour of a weekday; as weekday if left out")
    latent_weekend: Day | None = key(None, text="the same at weekends; as latent_weekday, then weekend, if left out")

    @property
    def sensible_frac(self) -> tuple[list[float], list[float]]:
        """Shares of the sensible gain by hour: weekday, weekend."""
        return self.weekday, self.weekend or self.weekday

    @property
    def latent_frac(self) -> tuple[list[float], list[float]]:
        """Shares of the latent gain by hour: weekday, weekend."""
        weekend = self.latent_weekend or self.latent_weekday or self.weekend or self.weekday
        return self.latent_weekday or self.weekday, weekend


class Infiltration(Part):
    """Outdoor air that leaks in (the same mass of room air leaves), by volume at outdoor density."""

    air_changes_per_h: NonNegative = key(0.0, unit="1/h", text="room volumes an hour", source="none", le=100.0)
    m3_s: NonNegative = key(0.0, unit="m³/s", text="flow, beside air_changes_per_h", source="none", le=1000.0)
    weekday: Day = key(_WHOLE_DAY, text="share of it in each hour of a weekday", source="all day")
    weekend: Day | None = key(None, text="the same at weekends; as weekday if left out")

    @property
    def frac(self) -> tuple[list[float], list[float]]:
        """Shares by hour: weekday, weekend."""
        return self.weekday, self.weekend or self.weekday


class Thermostat(Part):
    """Return-air setpoint by the hour (set-up at night); policies and events move it by as much as they move hall.return_air_temp_c."""

    weekday_c: DayC = key(text="return-air setpoint in each hour of a weekday", unit="°C")
    weekend_c: DayC | None = key(None, unit="°C", text="the same at weekends; as weekday_c if left out")

    @property
    def by_hour_c(self) -> tuple[list[float], list[float]]:
        """Setpoints by hour: weekday, weekend, °C."""
        return self.weekday_c, self.weekend_c or self.weekday_c
