"""Variable-speed pumps in parallel: head, speed, efficiency and power; and where their water mixes.

Head follows a quadratic at full speed and the affinity laws below it; efficiency follows the Euler number, which
both leave as it is along a curve of equal ``Δp/V²``.
"""

from __future__ import annotations

from math import ceil, log10, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin_kernels.jit import kernel
from twin_kernels.movers import euler_efficiency_frac

__all__ = [
    "met_flow_frac", "mixed_return_c", "pump_for_flow", "pump_head_pa", "pump_most_kg_s", "pump_power",
    "pump_speed_frac", "pumps_needed",
]

#: Speed at which ``drive_low_frac`` holds; between it and 1 the drive's efficiency is linear.
_DRIVE_LOW_SPEED = 0.2
#: A flow this much above what so many pumps carry is rounding, not a reason for another.
_STAGE_EDGE = 1e-9


@kernel
def met_flow_frac(head: NDArray[np.float64], static_ratio: float, system_ratio: float) -> float:
    """Flow at which a pump's curve meets a system's: ``h0 + h1 r + h2 r² = static_ratio + system_ratio r²``.

    Parameters
    ----------
    head : array of 3
        Head over rated, from the constant upwards, in flow over rated.
    static_ratio : float
        Part of the system's pressure that does not depend on flow, over rated head.
    system_ratio : float
        Part that goes with its square, over rated head; ≥ 0.

    Returns
    -------
    float
        Flow over rated; 0 where the pump does not reach the static part.

    References
    ----------
    The positive root of a quadratic.
    """
    a = system_ratio - head[2]
    reach = head[0] - static_ratio
    if reach <= 0.0:
        return 0.0
    root = sqrt(head[1] * head[1] + 4.0 * a * reach) if a > 0.0 else abs(head[1])
    return 2.0 * reach / (root - head[1]) if root > head[1] else 0.0


@kernel
def pump_head_pa(p: Any, flow_kg_s: float, speed_frac: float) -> float:
    """Head of one pump: ``Δp = Δp_rated s² h(r/s)``, ``h(x) = h0 + h1 x + h2 x²``.

    Parameters
    ----------
    p : record of PUMP_PARAMS
    flow_kg_s : float
        Flow of one pump, kg/s; ≥ 0.
    speed_frac : float
        Speed s, 0 … 1.

    Returns
    -------
    float
        Head, Pa; negative beyond the end of the curve.

    References
    ----------
    Affinity laws, ASHRAE Handbook – HVAC Systems and Equipment 2020, ch. 44.
    """
    h = p["head_rel"]
    r = flow_kg_s / p["rated_kg_s"]
    return p["rated_pa"] * (h[0] * speed_frac * speed_frac + h[1] * r * speed_frac + h[2] * r * r)


@kernel
def pump_speed_frac(p: Any, flow_kg_s: float, head_pa: float) -> float:
    """Speed at which one pump gives a flow at a head: the inverse of :func:`pump_head_pa`.

    Parameters
    ----------
    p : record of PUMP_PARAMS
    flow_kg_s : float
        Flow of one pump, kg/s; ≥ 0.
    head_pa : float
        Head, Pa; ≥ 0.

    Returns
    -------
    float
        Speed; above 1 the pump is too small for the point.

    References
    ----------
    Those of :func:`pump_head_pa`.
    """
    h = p["head_rel"]
    r = flow_kg_s / p["rated_kg_s"]
    over = head_pa / p["rated_pa"] - h[2] * r * r
    inside = h[1] * h[1] * r * r + 4.0 * h[0] * over
    return (sqrt(inside) - h[1] * r) / (2.0 * h[0]) if inside > 0.0 else 0.0


@kernel
def pump_power(p: Any, flow_kg_s: float, head_pa: float, speed_frac: float) -> tuple[float, float]:
    """Electric power of one pump at a working point, and the heat that the water takes up.

    ``P_shaft = V Δp / (η_peak f(x))``, ``x = log10((Δp/V²)/(Δp/V²)_best)``, ``P = P_shaft/(η_motor η_drive)``;
    all shaft power ends as heat of the water, in the pump or by friction in the loop.

    Parameters
    ----------
    p : record of PUMP_PARAMS
    flow_kg_s : float
        Flow of one pump, kg/s; ≥ 0.
    head_pa : float
        Head, Pa; > 0.
    speed_frac : float
        Speed: the drive's efficiency is linear from ``drive_low_frac`` at 0.2 to ``drive_frac`` at 1.

    Returns
    -------
    tuple of float
        Electric power, W; heat into the water, W: shaft power and ``wet_motor_frac`` of the losses before it.

    Notes
    -----
    The motor's efficiency is constant; a motor far below a third of its rating loses more.

    References
    ----------
    :func:`twin_kernels.movers.euler_efficiency_frac` and its sources.
    """
    if flow_kg_s <= 0.0 or head_pa <= 0.0:
        return 0.0, 0.0
    r = flow_kg_s / p["rated_kg_s"]
    efficiency = p["peak_frac"] * euler_efficiency_frac(log10(head_pa / p["rated_pa"] / (r * r)))
    shaft_w = flow_kg_s / p["density_kg_m3"] * head_pa / efficiency
    slow = min(max((1.0 - speed_frac) / (1.0 - _DRIVE_LOW_SPEED), 0.0), 1.0)
    drive = p["drive_frac"] + slow * (p["drive_low_frac"] - p["drive_frac"])
    power_w = shaft_w / (p["motor_frac"] * drive)
    return power_w, shaft_w + p["wet_motor_frac"] * (power_w - shaft_w)


@kernel
def pumps_needed(p: Any, flow_kg_s: float) -> int:
    """Pumps that run for a flow: the least number that carries it at ``stage_frac`` of rated each.

    Parameters
    ----------
    p : record of PUMP_PARAMS
    flow_kg_s : float
        Flow of all together, kg/s.

    Returns
    -------
    int
        0 at no flow, else 1 … ``count``.

    References
    ----------
    Staging by flow as in ASHRAE Guideline 36-2021, 5.20.6 (form; without its waiting times).
    """
    if flow_kg_s <= 0.0 or p["count"] < 1:
        return 0
    return min(max(ceil(flow_kg_s / (p["stage_frac"] * p["rated_kg_s"]) - _STAGE_EDGE), 1), p["count"])


@kernel
def pump_for_flow(p: Any, flow_kg_s: float, dp_setpoint_frac: float) -> tuple[float, float, float, float]:
    """Power of the pumps that bring a flow to the coils while a differential pressure is held at the far one.

    ``Δp = Δp_rated (held max(d, r²) + (1 - held) r²)``, ``r = m/m_rated`` of all pumps, d the reset of the setpoint:
    the far coil and its open valve need ``r²`` of the design setpoint themselves. Speed from head and flow of each
    running pump, power from both.

    Parameters
    ----------
    p : record of PUMP_PARAMS
    flow_kg_s : float
        Flow that coils and valves take, all pumps together, kg/s; ≥ 0.
    dp_setpoint_frac : float
        Setpoint in force over the design setpoint, 0 … 1 (0: the valves stand wide open, all is friction).

    Returns
    -------
    tuple of float
        Electric power of all, W; heat into the water, W; speed (above 1: the pumps cannot, see
        :func:`pump_most_kg_s`); head, Pa.

    Notes
    -----
    A running pump moves at least ``min_flow_frac`` of its rated flow: the surplus goes round a bypass at the plant, so
    the coils' main sees the asked flow only. It turns at least at ``min_speed_frac``: valves then throttle the surplus
    head, and it takes more power than the system needs.

    References
    ----------
    ASHRAE Handbook – HVAC Systems and Equipment 2020, ch. 44 (control curve of a held differential pressure).
    """
    number = pumps_needed(p, flow_kg_s)
    if number == 0:
        return 0.0, 0.0, 0.0, 0.0
    ratio = flow_kg_s / (p["count"] * p["rated_kg_s"])
    held = p["held_frac"] * max(dp_setpoint_frac, ratio * ratio)
    head_pa = p["rated_pa"] * (held + (1.0 - p["held_frac"]) * ratio * ratio)
    each_kg_s = max(flow_kg_s / number, p["min_flow_frac"] * p["rated_kg_s"])
    speed = pump_speed_frac(p, each_kg_s, head_pa)
    if speed < p["min_speed_frac"]:
        speed = p["min_speed_frac"]
        head_pa = max(pump_head_pa(p, each_kg_s, speed), head_pa)
    power_w, heat_w = pump_power(p, each_kg_s, head_pa, speed)
    return number * power_w, number * heat_w, speed, head_pa


@kernel
def pump_most_kg_s(p: Any, dp_setpoint_frac: float) -> float:
    """Most flow that all pumps bring at full speed while they hold the differential pressure.

    Parameters
    ----------
    p : record of PUMP_PARAMS
    dp_setpoint_frac : float
        Setpoint in force over the design setpoint, 0 … 1.

    Returns
    -------
    float
        Flow of all pumps, kg/s; 0 where none is in service.

    References
    ----------
    The curve of :func:`pump_head_pa` met by that of :func:`pump_for_flow`.
    """
    held = p["held_frac"]
    ratio = met_flow_frac(p["head_rel"], held * dp_setpoint_frac, 1.0 - held)
    if ratio * ratio > dp_setpoint_frac:
        ratio = met_flow_frac(p["head_rel"], 0.0, 1.0)
    return p["count"] * p["rated_kg_s"] * ratio


@kernel
def mixed_return_c(
    plant_kg_s: float, plant_c: float, load_kg_s: float, return_c: float
) -> tuple[float, float, float]:
    """Decoupler of a primary-secondary loop, or bypass for the pumps' least flow: what mixes where flows differ.

    More plant than load flow: the surplus of cold water joins the return, ``T = (m_l T_r + (m_p - m_l) T_s)/m_p``,
    and the chillers see a small temperature difference. More load than plant flow: return joins the supply,
    ``T = (m_p T_s + (m_l - m_p) T_r)/m_l``, and the coils see water warmer than the plant makes.

    Parameters
    ----------
    plant_kg_s, load_kg_s : float
        Flow through the chillers and through the coils, kg/s; ≥ 0.
    plant_c : float
        Water leaving the plant, °C.
    return_c : float
        Water leaving the coils, °C.

    Returns
    -------
    tuple of float
        Water to the coils °C, water back to the plant °C, flow through the bypass kg/s (> 0 from supply to return).
        ``m_l (T_return - T_coils) = m_p (T_plant,in - T_plant)`` holds to rounding.

    References
    ----------
    Taylor, Degrading chilled water plant delta-T: causes and mitigation, ASHRAE Transactions 108(1), 2002.
    """
    surplus_kg_s = plant_kg_s - load_kg_s
    if surplus_kg_s > 0.0:
        return plant_c, return_c + surplus_kg_s / plant_kg_s * (plant_c - return_c), surplus_kg_s
    if surplus_kg_s < 0.0:
        return plant_c - surplus_kg_s / load_kg_s * (return_c - plant_c), return_c, surplus_kg_s
    return plant_c, return_c, 0.0
