"""Heat take-off for a user outside, by an exchanger in the warm water on its way back; no heat pump."""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel

__all__ = ["heat_taken_w"]


@kernel
def heat_taken_w(p: Any, water_c: float, water_kg_s: float, demand_w: float) -> float:
    """Heat that a user takes from return water.

    ``Q = min(demand, m c (T_water − T_user,return − approach))`` if ``T_water ≥ T_delivery + approach``, else 0.

    Parameters
    ----------
    p : record of HEAT_REUSE_PARAMS
        ``delivery_c`` °C must be delivered, ``return_c`` °C comes back, ``approach_k`` K at the closer end.
    water_c : float
        Water before the take-off, °C.
    water_kg_s : float
        Its flow, kg/s; ≥ 0.
    demand_w : float
        Heat wanted, W; ≥ 0.

    Returns
    -------
    float
        W, ≥ 0; the water leaves ``Q / (m c)`` colder.

    Notes
    -----
    Counterflow between two streams of constant heat capacity: their closest point is an end, so both ends are all there
    is to check; the user's flow is what carries Q from return to delivery. All or nothing at the delivery temperature,
    as no heat pump lifts it.

    References
    ----------
    Pinch rule of a counterflow exchanger, Incropera et al., Fundamentals of Heat and Mass Transfer, ch. 11.
    """
    if water_kg_s <= 0.0 or demand_w <= 0.0 or water_c < p["delivery_c"] + p["approach_k"]:
        return 0.0
    most_w = water_kg_s * CP_WATER * (water_c - p["return_c"] - p["approach_k"])
    return max(min(demand_w, most_w), 0.0)
