"""[hall.iec.*]: indirect evaporative units, as they stand in modular halls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from twin.scenario.base import NonNegative, Part, Positive, key
from twin.scenario.presets import FanCurve

__all__ = ["Iec", "IecModes", "Plates", "Spray", "Trim"]

_RANGE = "assumed: data sheets of such units give 0.60 … 0.75 dry and 0.65 … 0.80 wet"
_FAN = "assumed: plates, filters and ducts of an air handler of this size"


class Plates(Part):
    """Plate exchanger between hall air and outdoor air (crossflow), rated dry and wet at rated flows."""

    dry_effectiveness_frac: float = key(
        0.65, text="(return - supply) / (return - outdoor dry bulb), dry, at rated flows", source=_RANGE, ge=0.2, le=0.85
    )
    wet_effectiveness_frac: float = key(
        0.75, text="(return - supply) / (return - outdoor wet bulb), sprayed, at rated flows", source=_RANGE, ge=0.2, le=0.95
    )
    return_c: float = key(36.0, unit="°C", text="return air at rating", source="assumed: contained hot aisle", ge=15.0, le=60.0)
    outdoor_c: float = key(35.0, unit="°C", text="outdoor dry bulb at the wet rating", source="assumed: summer design", ge=0.0, le=55.0)
    wet_bulb_c: float = key(24.0, unit="°C", text="outdoor wet bulb at the wet rating", source="assumed: summer design", ge=-5.0, le=35.0)
    primary_conductance_frac: float = key(
        0.5, text="(hA)_hall / ((hA)_hall + (hA)_outdoor), dry, at rated flows", source="assumed: alike on both sides", gt=0.05, lt=0.95
    )

    @model_validator(mode="after")
    def _rating(self) -> Plates:
        if not self.wet_bulb_c < self.outdoor_c:
            raise ValueError(f"wet_bulb_c = {self.wet_bulb_c} must be below outdoor_c = {self.outdoor_c}")
        if not self.wet_bulb_c < self.return_c - 1.0:
            raise ValueError(f"return_c = {self.return_c} must be at least 1 K above wet_bulb_c = {self.wet_bulb_c}")
        return self


class Spray(Part):
    """Spray water on the outdoor side of the plates."""

    pump_kw: NonNegative = key(1.0, unit="kW", text="electric power of one unit's spray pump", source="assumed: 0.5 … 1 % of the heat", le=1000.0)
    water_kg_s: Positive = key(3.0, unit="kg/s", text="water that one unit's pump circulates", source="assumed", le=1000.0)
    drift_frac: float = key(0.0002, text="drift over circulated water", source="assumed: common eliminators 0.005 … 0.02 %", ge=0.0, le=0.01)
    cycles: float = key(4.0, text="cycles of concentration", source="assumed: usual for towers 3 … 15", gt=1.0, le=100.0)
    freeze_c: float = key(3.0, unit="°C", text="no spray below this outdoor temperature", source="assumed: common frost protection", ge=0.0, le=15.0)


class Trim(Part):
    """DX trim: a compressor, its coil in the hall air behind the plates, its condenser in outdoor air."""

    part: str = key("constant-second-law-dx", text="name in 'twin parts dx'", source="constant share of Carnot's COP", min_length=1)
    rated_kw: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(None, unit="kW", text="capacity of one unit's compressor; the part's own if left out")
    cop: Annotated[float, Field(gt=0.5, le=20.0)] | None = key(None, text="COP at the part's reference point, condenser fan included; the part's own if left out")
    bypass_frac: float = key(0.1, text="share of the air that passes the coil untouched", source="assumed: bypass factor of a deep coil", ge=0.0, le=0.6)
    plr_min: float = key(0.1, text="below this part load the compressor cycles", source="assumed: variable speed", ge=0.0, le=0.9)
    plr_unload: float = key(0.2, text="below this part load it unloads no further", source="assumed: variable speed", ge=0.0, le=0.9)


class IecModes(Part):
    """When a unit changes between dry, wet and wet + DX."""

    up_k: float = key(0.0, unit="K", text="next mode when this one reaches no better than target plus", source="assumed", ge=-5.0, le=5.0)
    down_k: float = key(1.0, unit="K", text="back when the cheaper mode reaches target minus", source="assumed: hysteresis of 1 K", ge=0.0, le=10.0)
    wait_s: NonNegative = key(600.0, unit="s", text="shortest time in a mode (frost and trips act at once)", source="assumed: hysteresis of 10 min", le=86400.0)

    @model_validator(mode="after")
    def _gap(self) -> IecModes:
        if self.up_k + self.down_k <= 0.0:
            raise ValueError(f"up_k + down_k = {self.up_k + self.down_k:g} must be above 0, or units change mode without end")
        return self


class Iec(Part):
    """A group of equal indirect evaporative units; count = 2 in group 'cooling' makes cooling-1 and cooling-2."""

    count: int = key(1, text="number of units (in each module of the hall)", source="1", ge=1, le=1000)
    air_m3_s: Positive = key(text="rated hall air of one unit at standard site density", unit="m³/s", le=1000.0)
    pressure_pa: float = key(350.0, unit="Pa", text="total pressure rise of the hall-air fan at rated flow", source=_FAN, ge=0.0, le=5000.0)
    fan_efficiency_frac: float = key(0.65, text="total efficiency of the hall-air fan, wire to air", source="DH1 reference hall", gt=0.05, le=1.0)
    fan_curve: FanCurve = key(
        [0.0, 0.0, 0.0, 1.0, 0.0], text="power fraction = sum c_i (flow fraction)^i: five numbers, or a name in 'twin parts fans'", source="affinity laws (cube)"
    )
    min_speed_frac: float = key(0.3, text="lowest speed of the hall-air fan", source="assumed", ge=0.0, le=1.0)
    supply_air_temp_c: float | None = key(
        None, unit="°C", text="supply setpoint of this group; plant.supply_air_temp_c if left out", ge=5.0, le=35.0
    )
    secondary_air_m3_s: Positive = key(text="rated outdoor air of one unit at standard site density", unit="m³/s", le=1000.0)
    secondary_pressure_pa: float = key(250.0, unit="Pa", text="total pressure rise of the outdoor-air fan at rated flow", source=_FAN, ge=0.0, le=5000.0)
    secondary_efficiency_frac: float = key(0.6, text="total efficiency of the outdoor-air fan, wire to air", source="assumed", gt=0.05, le=1.0)
    secondary_curve: FanCurve = key(
        [0.0, 0.0, 0.0, 1.0, 0.0], text="power fraction = sum c_i (flow fraction)^i of the outdoor-air fan", source="affinity laws (cube)"
    )
    secondary_min_frac: float = key(0.1, text="lowest speed of the outdoor-air fan; below it dampers lead hall air past the plates", source="assumed", ge=0.02, le=1.0)
    plates: Plates = key(default_factory=Plates, text="plate exchanger")
    spray: Spray | None = key(None, text="spray water; none if left out")
    dx: Trim | None = key(None, text="DX trim; none if left out")
    modes: IecModes = key(default_factory=IecModes, text="mode switching")
