"""[hall.dx.*]: computer-room air conditioners with direct expansion (their own compressors)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.base import NonNegative, Part, Positive, TempC, key
from twin.scenario.presets import FanCurve

__all__ = ["Dx", "DxCurves"]

_ARI = "AHRI 210/240: 26.7 °C dry bulb, 19.4 °C wet bulb, 35 °C outdoors"
_E = "EnergyPlus, Coil:Cooling:DX:SingleSpeed"

Six = Annotated[list[float], Field(min_length=6, max_length=6)]
Cubic = Annotated[list[float], Field(min_length=2, max_length=4)]


class DxCurves(Part):
    """Curves of a DX coil with compressor and condenser, and the box they are valid in."""

    capft: Six = key(text="capacity over rated: 1, x, x², y, y², xy; x entering wet bulb, y outdoor dry bulb in °C")
    eirft: Six = key(text="electricity per heat over rated, the same terms")
    capff: Cubic = key([1.0, 0.0], text="capacity over rated: polynomial in flow over rated flow", source="flow does not matter")
    eirff: Cubic = key([1.0, 0.0], text="electricity per heat over rated: polynomial in flow over rated flow", source="flow does not matter")
    plf: Cubic = key(
        [0.771, 0.229], text="part-load fraction: polynomial in the part-load ratio; run time = ratio / fraction",
        source="ANSI/ASHRAE Standard 140: 1 - 0.229 (1 - PLR)",
    )
    wet_bulb_min_c: TempC = key(12.8, unit="°C", text="valid box: entering wet bulb", source="assumed: range of usual catalogues")
    wet_bulb_max_c: TempC = key(23.9, unit="°C", text="valid box: entering wet bulb", source="assumed: range of usual catalogues")
    outdoor_min_c: TempC = key(18.0, unit="°C", text="valid box: air at the condenser", source="assumed: range of usual catalogues")
    outdoor_max_c: TempC = key(46.1, unit="°C", text="valid box: air at the condenser", source="assumed: range of usual catalogues")
    flow_min_frac: float = key(0.5, text="valid box: flow over rated flow", source="assumed", gt=0.0, le=1.0)
    flow_max_frac: float = key(1.5, text="valid box: flow over rated flow", source="assumed", ge=1.0, le=5.0)

    @model_validator(mode="after")
    def _sound(self) -> DxCurves:
        for low, high in (("wet_bulb_min_c", "wet_bulb_max_c"), ("outdoor_min_c", "outdoor_max_c")):
            if not getattr(self, low) < getattr(self, high):
                raise ValueError(f"{low} = {getattr(self, low):g} must be below {high} = {getattr(self, high):g}")
        for name in ("plf", "capff", "eirff"):
            at_full = sum(getattr(self, name))
            if not 0.9 <= at_full <= 1.1:
                raise ValueError(f"{name} gives {at_full:.3g} at 1; must lie in 0.9 … 1.1: the rating point has no correction")
        return self


class Dx(Part):
    """A group of equal DX units; count = 2 in group 'crac' makes crac-1 and crac-2."""

    count: int = key(1, text="number of units (in each module of the hall)", source="1", ge=1, le=1000)
    part: str | None = key(None, text="name in 'twin parts dx'; or give curves", min_length=1)
    curves: DxCurves | None = key(None, text="own curves instead of a part")
    rated_kw: Annotated[float, Field(gt=0.0, le=1e5)] | None = key(
        None, unit="kW", text="gross total capacity of one unit at rating; the part's own if left out"
    )
    cop: Annotated[float, Field(gt=0.5, le=20.0)] | None = key(
        None, text="gross capacity over electricity at rating, without the hall-air fan; the part's own if left out"
    )
    shr_frac: Annotated[float, Field(ge=0.3, le=1.0)] | None = key(
        None, text="sensible share of the capacity at rating; the part's own if left out"
    )
    rated_air_c: TempC = key(26.7, unit="°C", text="entering dry bulb at rating", source=_ARI)
    rated_wet_bulb_c: TempC = key(19.4, unit="°C", text="entering wet bulb at rating", source=_ARI)
    air_m3_s: Positive = key(text="rated hall air of one unit at standard site density", unit="m³/s", le=1000.0)
    pressure_pa: float = key(300.0, unit="Pa", text="total pressure rise at rated flow", source="assumed: filter, coil and raised floor", ge=0.0, le=5000.0)
    fan_efficiency_frac: float = key(0.55, text="total efficiency of the hall-air fan, wire to air", source="assumed", gt=0.05, le=1.0)
    fan_kw: Annotated[float, Field(ge=0.0, le=1e4)] | None = key(
        None, unit="kW", text="electric power of the hall-air fan at rated flow; from pressure and efficiency if left out"
    )
    fan_curve: FanCurve = key(
        [0.0, 0.0, 0.0, 1.0, 0.0], text="power fraction = sum c_i (flow fraction)^i: five numbers, or a name in 'twin parts fans'", source="affinity laws (cube)"
    )
    min_speed_frac: float = key(0.5, text="lowest speed of the hall-air fan", source="assumed: a coil needs air", ge=0.0, le=1.0)
    condenser_fan_kw: NonNegative = key(
        0.0, unit="kW", text="condenser fan of one unit, running with its compressor; 0 where the COP includes it",
        source="the COP includes it", le=1e4,
    )
    supply_air_temp_c: float | None = key(
        None, unit="°C", text="supply setpoint of this group; plant.supply_air_temp_c if left out", ge=5.0, le=35.0
    )
    control: Literal["supply_air", "return_air"] = key(
        "supply_air",
        text="supply_air: each unit holds its supply temperature; return_air: thermostats hold hall.return_air_temp_c, all units alike",
        source="usual in halls with raised floors",
    )
    fan: Literal["continuous", "cycling"] = key(
        "continuous", text="cycling (with control = return_air): the fan runs with the compressor only", source="usual in data centres"
    )
    compressor: Literal["cycling", "inverter"] = key(
        "cycling", text="at part load the compressor cycles, or turns slower and dries less", source="single-speed machines"
    )
    surface_min_c: float = key(
        0.0, unit="°C", text="the machine unloads before its coil is colder", source="assumed: no frost", ge=-20.0, le=20.0
    )
    evaporator_lift_k: float = key(
        2.0, unit="K", text="refrigerant below the coil's surface, for the Carnot bound", source="assumed", ge=0.0, le=20.0
    )
    condenser_lift_k: float = key(
        8.0, unit="K", text="refrigerant above the air at the condenser, for the Carnot bound", source="assumed", ge=0.0, le=30.0
    )
    carnot_max_frac: float = key(
        0.7, text="efficiency over Carnot's is never above this", source="assumed: scroll machines reach 0.5 … 0.6", gt=0.1, le=1.0
    )

    @model_validator(mode="after")
    def _one_machine(self) -> Dx:
        if (self.part is None) == (self.curves is None):
            raise ValueError("give either part (a name in 'twin parts dx') or curves of your own")
        if self.curves is not None:
            for name in ("rated_kw", "cop", "shr_frac"):
                if getattr(self, name) is None:
                    raise ValueError(f"{name} is missing: curves of your own need the rating they belong to")
        if not self.rated_wet_bulb_c < self.rated_air_c:
            raise ValueError(f"rated_wet_bulb_c = {self.rated_wet_bulb_c:g} must be below rated_air_c = {self.rated_air_c:g}")
        if self.fan == "cycling" and self.control != "return_air":
            raise ValueError("fan = 'cycling' needs control = 'return_air': a standing fan holds no supply temperature")
        if self.fan == "cycling" and self.compressor == "inverter":
            raise ValueError("fan = 'cycling' needs compressor = 'cycling': an inverter runs on at part load, and its fan with it")
        return self

    @property
    def fan_rated_kw(self) -> float:
        """Electric power of the hall-air fan at rated flow, kW."""
        if self.fan_kw is not None:
            return self.fan_kw
        return self.air_m3_s * self.pressure_pa / self.fan_efficiency_frac / 1e3
