"""Racks: names, places and parameters, from rows and the server model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import RACK_KIND, RACK_PARAMS

from twin.scenario.hall import Hall

__all__ = ["RackPlace", "rack_params", "rack_places"]

#: Racks at each row end that get extra recirculation.
_ROW_END_RACKS = 2
#: Room air that drifts past a tank, as a share of what air-cooled servers would draw: it takes up no heat but that of
#: the tank's wall, which is booked apart. Source: assumed.
_IMMERSED_AIR_FRAC = 0.02


@dataclass(frozen=True)
class RackPlace:
    """Name, row, place in the plan (m) and rated power (kW) of a rack."""

    name: str
    row: str
    x_m: float
    y_m: float
    rated_kw: float
    row_end: bool


def rack_places(hall: Hall) -> list[RackPlace]:
    """All racks in order, rated so that they add up to the hall's rating, module by module.

    Parameters
    ----------
    hall : Hall

    Returns
    -------
    list of RackPlace
    """
    total_weight = hall.modules * sum(row.racks * row.weight for row in hall.rows.values())
    places = []
    for module in range(hall.modules):
        for name, row in hall.rows.items():
            here = name if hall.modules == 1 else f"m{module + 1}-{name}"
            rated_kw = hall.it_kw * row.weight / total_weight
            for i in range(row.racks):
                shift_m = i * row.pitch_m
                along_x = row.along == "x"
                end = min(i, row.racks - 1 - i) < _ROW_END_RACKS
                places.append(
                    RackPlace(
                        f"{here}-{i + 1:02d}", here,
                        module * hall.length_m + row.x_m + (shift_m if along_x else 0.0),
                        row.y_m + (0.0 if along_x else shift_m), rated_kw, end,
                    )
                )
    return places


def rack_params(hall: Hall, places: list[RackPlace], cdus: int = 0) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Parameters of every rack, and of the kinds they are: one, or two where some rows are liquid-cooled.

    Parameters
    ----------
    hall : Hall
    places : list of RackPlace
    cdus : int
        Distribution units; liquid-cooled racks are shared out over them in order.

    Returns
    -------
    tuple of ndarray
        RACK_PARAMS of every rack; RACK_KIND, per watt of rated power, one for every run of racks of a kind.
    """
    air = hall.air
    wet = np.array([hall.liquid is not None and hall.rows[_row_of(hall, place)].liquid for place in places])
    edges = [0, *(np.flatnonzero(np.diff(wet)) + 1), len(places)]
    kinds = np.zeros(len(edges) - 1, RACK_KIND)
    for kind, first, stop in zip(kinds, edges[:-1], edges[1:], strict=True):
        kind["first"], kind["stop"] = first, stop
        _fill_kind(kind, hall, bool(wet[first]))
    racks = np.zeros(len(places), RACK_PARAMS)
    racks["rated_w"] = np.array([place.rated_kw for place in places]) * 1e3
    racks["ducted_frac"] = air.containment_frac
    racks["self_recirculation_frac"] = air.self_recirculation_frac
    ends = np.array([place.row_end for place in places])
    racks["recirculation_frac"] = air.recirculation_frac + air.row_end_extra_frac * ends
    racks["cdu"] = -1
    racks["cdu"][wet] = np.arange(wet.sum()) * cdus // max(int(wet.sum()), 1)
    return racks, kinds


def _row_of(hall: Hall, place: RackPlace) -> str:
    """Key of a rack's row in the scenario."""
    return place.row if hall.modules == 1 else place.row.split("-", 1)[1]


def _fill_kind(kind: np.void, hall: Hall, wet: bool) -> None:
    """What is in a rack, per watt; liquid-cooled servers give heat to their coolant and need less air."""
    server = hall.server
    kind["constant_w"] = server.storage_network_frac
    kind["fan_rated_w"] = server.fan_share_frac
    kind["cpu_rated_w"] = 1.0 - server.storage_network_frac - server.fan_share_frac
    kind["air_rated_m3_s"] = server.air_m3_s_per_kw * 1e-3
    kind["heat_capacity_j_k"] = server.heat_capacity_kj_k_per_kw
    for field in (
        "idle_frac", "exponent", "leak_per_k", "leak_ref_c", "flow_base_frac", "flow_per_util", "flow_per_k",
        "ramp_start_c", "ramp_end_c", "ramp_gain_frac", "flow_min_frac", "flow_max_frac", "effectiveness",
        "throttle_start_c", "throttle_end_c", "throttle_min_frac",
    ):
        kind[field] = getattr(server, field)
    if hall.rear_door is not None:
        kind["fan_rated_w"] *= 1.0 + hall.rear_door.fan_penalty_frac
    if not wet or hall.liquid is None:
        return
    if hall.liquid.kind == "immersion":
        kind["liquid_frac"] = kind["liquid_rest_frac"] = 1.0
        kind["fan_rated_w"] = 0.0
        kind["air_rated_m3_s"] *= _IMMERSED_AIR_FRAC
    else:
        plates = hall.liquid.plates
        kind["liquid_frac"] = plates.capture_frac
        kind["fan_rated_w"] *= plates.air_frac
        kind["air_rated_m3_s"] *= plates.air_frac
