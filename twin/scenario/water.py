"""Water-side storage and pumps: stratified tank, ice, and a pump as a machine with a curve."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, key

__all__ = ["Ice", "PumpCurve", "Storage", "Tank"]

_MB = "Modelica Buildings, Fluid.Storage"
_HANDBOOK = "ASHRAE Handbook – HVAC Applications 2019, ch. 51"
_HOUR_TEXT = "hour of the day"


class Storage(Part):
    """When a store is charged and discharged: two windows of the day, each [first, last), which may pass midnight."""

    charge_first_hour: float = key(
        22.0, unit="h", text=f"charging begins, {_HOUR_TEXT}", source="assumed: night", ge=0.0, le=24.0
    )
    charge_last_hour: float = key(
        6.0, unit="h", text=f"charging ends, {_HOUR_TEXT}", source="assumed: night", ge=0.0, le=24.0
    )
    discharge_first_hour: float = key(
        12.0, unit="h", text=f"discharging begins, {_HOUR_TEXT}", source="assumed: afternoon", ge=0.0, le=24.0
    )
    discharge_last_hour: float = key(
        18.0, unit="h", text=f"discharging ends, {_HOUR_TEXT}", source="assumed: afternoon", ge=0.0, le=24.0
    )

    @model_validator(mode="after")
    def _windows_apart(self) -> Storage:
        charging = _hours(self.charge_first_hour, self.charge_last_hour)
        discharging = _hours(self.discharge_first_hour, self.discharge_last_hour)
        if any(min(b, d) > max(a, c) for a, b in charging for c, d in discharging):
            raise ValueError(
                f"charging ({self.charge_first_hour:g} … {self.charge_last_hour:g} h) and discharging "
                f"({self.discharge_first_hour:g} … {self.discharge_last_hour:g} h) overlap; let them take turns"
            )
        return self


def _hours(first: float, last: float) -> list[tuple[float, float]]:
    """A window of the day as pieces that do not pass midnight."""
    return [(first, last)] if first <= last else [(first, 24.0), (0.0, last)]


class Tank(Storage):
    """A stratified chilled-water tank beside the plant (20 layers)."""

    volume_m3: Positive = key(text="water in the tank", unit="m³", le=1e5)
    height_m: Positive = key(8.0, unit="m", text="height of the water", source="assumed", le=40.0)
    rated_kg_s: Positive = key(text="most flow through the diffusers, either way", unit="kg/s", le=1e5)
    charge_c: float = key(6.0, unit="°C", text="chilled water while charging", source="assumed", ge=4.0, le=25.0)
    start_c: float = key(12.0, unit="°C", text="water in the tank at the start", source="assumed", ge=4.0, le=40.0)
    insulation_m: Positive = key(0.1, unit="m", text="thickness of the insulation", source="assumed", le=2.0)
    insulation_w_mk: Positive = key(0.04, unit="W/(m K)", text="conductivity of the insulation", source=_MB, le=5.0)
    conductivity_w_mk: NonNegative = key(
        0.6, unit="W/(m K)", text="vertical conductivity; more than water's stands for wall and disturbance",
        source="water at 10 … 20 °C is 0.58 … 0.60", le=100.0,
    )  # fmt: skip
    mixed_frac: float = key(
        0.1, text="share of the tank that the inlet stirs; 0 is an ideal diffuser",
        source=f"assumed: gives a figure of merit of 0.92, within the 0.85 … 0.95 in use ({_HANDBOOK})", ge=0.0, le=0.5,
    )  # fmt: skip


class Ice(Storage):
    """An ice tank with brine in its coils."""

    capacity_kwh: Positive = key(text="latent heat of all ice", unit="kWh", le=1e7)
    rated_kg_s: Positive = key(text="brine at full flow", unit="kg/s", le=1e5)
    charge_c: float = key(-4.0, unit="°C", text="brine while charging", source="assumed", ge=-15.0, lt=0.0)
    start_frac: Frac = key(0.0, text="ice at the start over all that can be ice", source="assumed: empty")
    brine_j_kgk: float = key(
        3800.0,
        unit="J/(kg K)",
        text="heat capacity of the brine",
        source="assumed: about 25 % ethylene glycol",
        ge=2500.0,
        le=4300.0,
    )
    loss_w_k: NonNegative = key(0.0, unit="W/K", text="conductance of the shell", source="EnergyPlus: no loss", le=1e5)
    discharge_curve: Literal["energyplus", "measured"] = key(
        "energyplus",
        text="melting: EnergyPlus's example curve, or the fit to a tank of 274 kWh measured at NIST",
        source="EnergyPlus example 5ZoneDetailedIceStorage",
    )


class PumpCurve(Part):
    """Pumps in parallel by head curve and efficiency, instead of by rated power; they share the rated flow."""

    count: int = key(1, text="number of pumps", source="1", ge=1, le=100)
    rated_kpa: Positive = key(text="head of one pump there, at full speed", unit="kPa", le=2000.0)
    held_kpa: NonNegative = key(
        text="differential pressure held at the far coil: its own drop and that of its open valve",
        unit="kPa",
        le=2000.0,
    )
    peak_frac: float = key(
        0.75, text="hydraulic efficiency at the best point", source="assumed: 0.7 … 0.85 by size", gt=0.1, le=0.95
    )
    motor_frac: float = key(0.93, text="efficiency of the motor", source="assumed: IE3 of 15 … 55 kW", gt=0.1, le=0.99)
    drive_frac: float = key(0.97, text="efficiency of the drive at full speed", source="assumed", gt=0.1, le=1.0)
    drive_low_frac: float = key(
        0.90, text="efficiency of the drive at a fifth of the speed", source="assumed", gt=0.1, le=1.0
    )
    wet_motor_frac: Frac = key(
        0.0, text="share of the losses of motor and drive that the water takes up; 0 is a dry motor", source="0"
    )
    min_flow_frac: Frac = key(
        0.2, text="lowest flow of a running pump; the surplus goes round a bypass", source="assumed"
    )
    min_speed_frac: Frac = key(0.2, text="lowest speed of a running pump", source="assumed")
    stage_frac: float = key(0.9, text="another pump starts above this flow of each", source="assumed", gt=0.1, le=1.2)

    @model_validator(mode="after")
    def _head_for_the_far_coil(self) -> PumpCurve:
        if self.held_kpa > self.rated_kpa:
            raise ValueError(f"held_kpa = {self.held_kpa:g} is more than the pump's rated_kpa = {self.rated_kpa:g}")
        return self
