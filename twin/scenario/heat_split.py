"""Where the heat of a hall goes at full load: into coolant, into rear doors, or with the air to the air handlers.

For ``twin check``; the simulation works all of it out step by step.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.scenario.hall import Hall
from twin.scenario.plant import Plant

__all__ = ["AIR_J_M3K", "HeatSplit", "air_wanted_m3_s", "heat_split", "supplied_m3_s"]

#: Heat capacity of air by volume, good enough for a sizing check.
AIR_J_M3K = 1.2 * 1006.0
#: Air through immersed servers over that through air-cooled ones, as the facility has it.
_IMMERSED_AIR_FRAC = 0.02
#: Servers at full load are taken to draw their air at this inlet, °C.
_INLET_C = 22.0


@dataclass(frozen=True)
class HeatSplit:
    """Where the heat of a hall goes at full load, kW.

    Attributes
    ----------
    liquid_kw : float
        From servers into their coolant.
    door_kw : float
        From exhaust into rear doors.
    air_kw : float
        What is left for the air handlers.
    """

    liquid_kw: float
    door_kw: float
    air_kw: float

    @property
    def total_kw(self) -> float:
        """All of it."""
        return self.liquid_kw + self.door_kw + self.air_kw


def heat_split(heat_kw: float, hall: Hall, plant: Plant) -> HeatSplit:
    """Split the heat of a hall.

    Parameters
    ----------
    heat_kw : float
        All heat at rated IT power, kW, fans of liquid-cooled servers as those of air-cooled ones.
    hall : Hall
    plant : Plant

    Returns
    -------
    HeatSplit
    """
    liquid_kw, saved_kw = _liquid_kw(hall)
    air_kw = heat_kw - liquid_kw - saved_kw
    door_kw = _door_kw(air_kw, hall, plant)
    return HeatSplit(liquid_kw, door_kw, air_kw - door_kw)


def _liquid_share(hall: Hall) -> float:
    """Share of the rated IT power that stands in liquid-cooled rows."""
    if hall.liquid is None:
        return 0.0
    weights = {name: row.racks * row.weight for name, row in hall.rows.items()}
    return sum(weight for name, weight in weights.items() if hall.rows[name].liquid) / sum(weights.values())


def _liquid_kw(hall: Hall) -> tuple[float, float]:
    """Heat into coolant, and power of server fans that liquid-cooled servers do without, kW."""
    liquid, server = hall.liquid, hall.server
    if liquid is None:
        return 0.0, 0.0
    rated_kw = hall.it_kw * _liquid_share(hall)
    fans_kw = rated_kw * server.fan_share_frac
    if liquid.kind == "immersion":
        return rated_kw - fans_kw, fans_kw
    processors_kw = rated_kw * (1.0 - server.storage_network_frac) - fans_kw
    return processors_kw * liquid.plates.capture_frac, fans_kw * (1.0 - liquid.plates.air_frac)


def _door_kw(air_kw: float, hall: Hall, plant: Plant) -> float:
    """What rear doors take: the exhaust down to their target, or as far as their effectiveness reaches."""
    door = hall.rear_door
    air_w_k = air_wanted_m3_s(hall) * AIR_J_M3K
    if door is None or air_w_k <= 0.0:
        return 0.0
    exhaust_c = plant.supply_air_temp_c + 1e3 * air_kw / air_w_k
    drop_k = min(
        exhaust_c - door.leaving_air_temp_c, door.effectiveness_frac * (exhaust_c - plant.chilled_water_temp_c)
    )
    return min(max(drop_k, 0.0) * air_w_k / 1e3, air_kw)


def air_wanted_m3_s(hall: Hall) -> float:
    """Air that servers draw at full load, recirculation left out, m³/s.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    float
    """
    server, share, less = hall.server, _liquid_share(hall), 1.0
    if hall.liquid is not None:
        less = _IMMERSED_AIR_FRAC if hall.liquid.kind == "immersion" else hall.liquid.plates.air_frac
    flow = min(
        max(server.flow_base_frac + server.flow_per_util + server.flow_per_k * _INLET_C, server.flow_min_frac),
        server.flow_max_frac,
    )
    drawn = hall.it_kw * server.air_m3_s_per_kw * flow * (1.0 - hall.air.recirculation_frac)
    return drawn * (1.0 - share + share * less)


def supplied_m3_s(hall: Hall) -> float:
    """Air of all units at full speed, m³/s.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    float
    """
    return hall.modules * sum(u.count * u.air_m3_s for u in hall.units)
