"""What a policy of the library is told about its hall before a run: the design, never the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Facts"]


@dataclass(frozen=True)
class Facts:
    """Kind of hall and plant, and the scenario's own setpoints.

    Attributes
    ----------
    start : mapping
        Setpoint → value that the scenario gives it: where rules begin, and what a supervisor falls back to.
    fan_mode : str
        ``hall.fan.mode``: "demand", "return_temperature" or "fixed".
    cooling : str
        "water" (chilled-water air handlers), "iec" (indirect evaporative units) or "dx" (direct expansion).
    doors : bool
        Whether racks have rear doors: then these cool the room, and air handlers do little.
    pressure_pa : float
        Standard pressure at the site, Pa: turns humidity ratios into dew points.
    allowable_c : float
        ``hall.limits.allowable_max_c``, °C.
    it_rated_kw : float
        Rated IT power, kW.
    interval_s : int
        ``run.control_interval_s``, s.
    water_kw_per_kg_s : float
        Power that costs as much as 1 kg/s of water.
    """

    start: Mapping[str, float] = field(default_factory=dict)
    fan_mode: str = "return_temperature"
    cooling: str = "water"
    doors: bool = False
    pressure_pa: float = 101325.0
    allowable_c: float = 32.0
    it_rated_kw: float = 1000.0
    interval_s: int = 300
    water_kw_per_kg_s: float = 0.0
