"""Rear-door heat exchanger: water in the rack's door cools its exhaust before it reaches the hall.

Passive: the servers' own fans push the air through. Dry: the water is kept above the room's dew point.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, CP_WATER
from twin_kernels.exchanger import effectiveness_crossflow_unmixed, overall_conductance
from twin_kernels.jit import kernel

__all__ = ["DOOR_AIR_J_KGK", "door_effectiveness", "door_fan_factor", "door_valve", "door_water_c"]

#: Heat capacity of the exhaust for its effectiveness, J per kg dry air and K, at 8 g/kg (4 … 15 g/kg moves it by
#: 1 %). Source: assumed humidity of a hall.
DOOR_AIR_J_KGK = CP_DRY_AIR + CP_VAPOUR * 0.008
#: The valve is found to this, relative to the drop of air temperature.
_VALVE_TOLERANCE = 1e-10
_MAX_STEPS = 80


@kernel
def door_effectiveness(p: Any, air_kg_s: float, water_kg_s: float) -> float:
    """Effectiveness on the air: ``T_out = T_in − e (T_in − T_water)``, ``e = ε(N, Z) C_min / C_air``.

    Crossflow, both streams unmixed, ``N = UA / C_min``, ``UA`` with both films' flows
    (:func:`twin_kernels.exchanger.overall_conductance`).

    Parameters
    ----------
    p : record of DOOR_PARAMS
        ``ua_w_k``, ``ua_air_frac``, ``air_rated_kg_s``, ``water_rated_kg_s``.
    air_kg_s : float
        Exhaust, dry air kg/s; ≥ 0.
    water_kg_s : float
        Water through the door, kg/s; ≥ 0.

    Returns
    -------
    float
        0 … 1; 0 without either flow, ``C_water / C_air`` at most.

    Notes
    -----
    Sensible heat only. Valid for 0.2 … 1.5 times rated flows. Air that leaks round the door's edge lowers the rated
    effectiveness of a data sheet and is in its ``ua_w_k``.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    if air_kg_s <= 0.0 or water_kg_s <= 0.0:
        return 0.0
    air_w_k = air_kg_s * DOOR_AIR_J_KGK
    water_w_k = water_kg_s * CP_WATER
    ua_w_k = overall_conductance(
        p["ua_w_k"], water_kg_s / p["water_rated_kg_s"], air_kg_s / p["air_rated_kg_s"], p["ua_air_frac"]
    )
    least_w_k = min(air_w_k, water_w_k)
    taken = effectiveness_crossflow_unmixed(ua_w_k / least_w_k, least_w_k / max(air_w_k, water_w_k))
    return taken * least_w_k / air_w_k


@kernel
def door_water_c(p: Any, water_c: float, dew_point_c: float) -> float:
    """Water that enters the door: ``max(T_water, T_dew + guard)``, mixed from what has left it where need be.

    Parameters
    ----------
    p : record of DOOR_PARAMS
        ``guard_k`` K.
    water_c : float
        Water offered, °C.
    dew_point_c : float
        Of the room, °C.

    Returns
    -------
    float
        °C.

    Notes
    -----
    Mixing changes neither heat nor the temperature of what leaves; less is then drawn from the source.

    References
    ----------
    ASHRAE TC 9.9, Water-Cooled Servers (2019): supply above the room's dew point.
    """
    return max(water_c, dew_point_c + p["guard_k"])


@kernel
def door_valve(
    p: Any, air_kg_s: float, air_c: float, water_c: float, starved_frac: float = 0.0
) -> tuple[float, float, float]:
    """Ideal valve: the least water that brings the exhaust to ``target_c``.

    The drop rises with the water ratio x and 1/drop is nearly linear in 1/x: a bracketed secant in those two.

    Parameters
    ----------
    p : record of DOOR_PARAMS
    air_kg_s : float
        Exhaust, dry air kg/s; ≥ 0.
    air_c : float
        Exhaust before the door, °C.
    water_c : float
        Water entering the door (:func:`door_water_c`), °C.
    starved_frac : float
        Share of its rated water that pumps at their limit do not bring, 0 … 1.

    Returns
    -------
    tuple of float
        Water kg/s; effectiveness on the air (so that the caller takes heat with its own heat capacity, once); 1 where
        the open valve does not reach the target or the water is no colder than the exhaust, else 0.

    Notes
    -----
    Never heats. On the target within 1e-10 of the drop.

    References
    ----------
    Sources of :func:`door_effectiveness`.
    """
    drop_k = air_c - p["target_c"]
    if drop_k <= 0.0 or air_kg_s <= 0.0:
        return 0.0, 0.0, 0.0
    span_k = air_c - water_c
    most_kg_s = (1.0 - starved_frac) * p["water_rated_kg_s"]
    if span_k <= 0.0 or most_kg_s <= 0.0:
        return 0.0, 0.0, 1.0
    wanted = drop_k / span_k
    most = door_effectiveness(p, air_kg_s, most_kg_s)
    if most <= wanted:
        return most_kg_s, most, 1.0 if most < wanted else 0.0
    # effectiveness cannot pass C_water / C_air: beyond `far` there is too little water whatever the door
    far = max(most_kg_s * CP_WATER / (air_kg_s * DOOR_AIR_J_KGK * wanted), 1.0)
    near = 1.0
    at_near = 1.0 / most - 1.0 / wanted
    at_far = 1.0 / door_effectiveness(p, air_kg_s, most_kg_s / far) - 1.0 / wanted
    if at_far <= 0.0:
        return most_kg_s / far, wanted, 0.0
    z = far
    side = 0
    for _ in range(_MAX_STEPS):
        z = (near * at_far - far * at_near) / (at_far - at_near)
        miss = 1.0 / door_effectiveness(p, air_kg_s, most_kg_s / z) - 1.0 / wanted
        if abs(miss) * wanted <= _VALVE_TOLERANCE or far - near <= 1e-13 * far:
            break
        if miss > 0.0:
            far, at_far = z, miss
            if side == 1:
                at_near *= 0.5
            side = 1
        else:
            near, at_near = z, miss
            if side == -1:
                at_far *= 0.5
            side = -1
    return most_kg_s / z, wanted, 0.0


@kernel
def door_fan_factor(p: Any) -> float:
    """Server-fan power with the door over that without: ``1 + penalty``.

    Parameters
    ----------
    p : record of DOOR_PARAMS
        ``fan_penalty_frac``, ≥ 0.

    Returns
    -------
    float
        1 or more.

    Notes
    -----
    Pressure over the door and inside the servers both go with the square of flow, so the share of the door is the
    same at any speed; servers are taken to keep their flow by running faster.

    References
    ----------
    Affinity laws of fans, ASHRAE Handbook – HVAC Systems and Equipment 2020, ch. 21.
    """
    return 1.0 + p["fan_penalty_frac"]
