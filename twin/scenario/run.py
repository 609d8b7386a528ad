"""[run] and [site]: how long, how fine, where, and what energy costs there."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from twin.scenario.base import Frac, Part, key

__all__ = ["Run", "Site", "SteadyAir", "Tariff", "WEEKDAYS"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Run(Part):
    """Clock, seed and length of the run."""

    duration_days: float = key(365.0, unit="d", text="length of the run", source="one year", gt=0.0, le=3660.0)
    start_day: float = key(
        0.0,
        unit="d",
        text="days after 1 January 00:00 at which the run starts",
        source="calendar year",
        ge=0.0,
        lt=366.0,
    )
    step_s: int = key(60, unit="s", text="physics step", source="one minute: fans and room air settle within it", ge=1, le=900)
    control_interval_s: int = key(
        300, unit="s", text="supervisory interval: how often the policy decides", source="assumed", ge=1, le=86400
    )
    seed: int = key(1, text="root of all random streams", source="any number", ge=0, le=2**63 - 1)
    first_weekday: Weekday = key(
        "monday", text="weekday of 1 January, whatever the weather file says", source="EnergyPlus default run period"
    )

    @model_validator(mode="after")
    def _steps_fit(self) -> Run:
        if 3600 % self.step_s:
            raise ValueError(f"step_s = {self.step_s} must divide an hour (60, 30, 10 … 900 s)")
        if self.control_interval_s % self.step_s:
            raise ValueError(
                f"control_interval_s = {self.control_interval_s} must be a multiple of step_s = {self.step_s}"
            )
        if abs(self.duration_days * 86400 / self.step_s - round(self.duration_days * 86400 / self.step_s)) > 1e-6:
            raise ValueError(f"duration_days = {self.duration_days} must be a whole number of steps of {self.step_s} s")
        if abs(self.start_day * 24 - round(self.start_day * 24)) > 1e-9:
            raise ValueError(f"start_day = {self.start_day} must fall on a full hour")
        return self


class Tariff(Part):
    """Prices and grid factors."""

    energy_per_kwh: float = key(
        0.08, unit="currency/kWh", text="energy charge", source="assumed: typical US industrial price", ge=0.0, le=10.0
    )
    demand_per_kw_month: float = key(
        10.0,
        unit="currency/(kW month)",
        text="demand charge on the month's highest 15 minutes",
        source="assumed",
        ge=0.0,
        le=1000.0,
    )
    water_per_m3: float = key(3.0, unit="currency/m³", text="water and sewage", source="assumed", ge=0.0, le=1000.0)
    currency: str = key("USD", text="currency of all prices", source="assumed", min_length=1, max_length=8)
    carbon_kg_per_kwh: float = key(
        0.386,
        unit="kg CO2/kWh",
        text="grid carbon factor",
        source="US EPA eGRID2022, US average 852 lb/MWh",
        ge=0.0,
        le=3.0,
    )


class SteadyAir(Part):
    """Outdoor air that never changes, for ``weather = "steady"``: no sun, sky as warm as the air."""

    dry_bulb_c: float = key(text="dry bulb", unit="°C", ge=-60.0, le=60.0)
    wet_bulb_c: float | None = key(None, unit="°C", text="wet bulb; give one of wet_bulb_c, dew_point_c and rh_frac", ge=-60.0, le=60.0)
    dew_point_c: float | None = key(None, unit="°C", text="dew point", ge=-90.0, le=60.0)
    rh_frac: float | None = key(None, text="relative humidity", ge=0.0, le=1.0)
    altitude_m: float = key(0.0, unit="m", text="above sea level", source="sea level", ge=-500.0, le=6000.0)
    pressure_pa: float | None = key(None, unit="Pa", text="air pressure; that of the altitude if left out", ge=40000.0, le=110000.0)
    wind_m_s: float = key(0.0, unit="m/s", text="wind", source="calm", ge=0.0, le=60.0)

    @model_validator(mode="after")
    def _one_humidity(self) -> SteadyAir:
        given = [name for name in ("wet_bulb_c", "dew_point_c", "rh_frac") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of wet_bulb_c, dew_point_c and rh_frac, not {len(given)}")
        for name in ("wet_bulb_c", "dew_point_c"):
            value = getattr(self, name)
            if value is not None and value > self.dry_bulb_c:
                raise ValueError(f"{name} = {value:g} must not be above dry_bulb_c = {self.dry_bulb_c:g}")
        return self


class Site(Part):
    """Weather and place. Latitude, longitude, altitude and time zone come from the weather file."""

    weather: str = key(
        text="a built-in weather (see 'twin parts weather'), the path of an EPW, TMY3 or TMY2 file, or \"steady\"", min_length=1
    )
    steady: SteadyAir | None = key(None, text="the air of weather = \"steady\"; not used with any other weather")
    terrain_wind_frac: Frac = key(
        1.0, text="share of the file's wind speed that reaches the building", source="open site"
    )
    ground_reflectance_frac: Frac = key(0.2, text="reflectance of the ground", source="EnergyPlus default")
    tariff: Tariff = key(default_factory=Tariff, text="prices and grid carbon")

    @model_validator(mode="after")
    def _steady(self) -> Site:
        if self.weather == "steady" and self.steady is None:
            raise ValueError("steady is missing: weather = \"steady\" needs [site.steady] with dry_bulb_c and a humidity")
        return self
