"""Servers: electric power, air flow and fans of a rack, and throttling when it is too hot.

All take a record of :data:`twin_kernels.layout.RACK_KIND`.
"""

from __future__ import annotations

import numpy as np

from twin_kernels.curves import clip
from twin_kernels.jit import kernel

__all__ = ["server_air", "server_power", "throttle_speed"]


@kernel
def server_power(p: np.void, util_frac: float, inlet_c: float, speed_frac: float) -> float:
    """Power of processors and boards of a rack.

    ``P = P_rated (idle + (1 − idle) (u s)^γ) (1 + k (T_in − T_ref))``.

    Parameters
    ----------
    p : record of RACK_KIND
        ``cpu_rated_w`` W, ``idle_frac``, ``exponent`` γ, ``leak_per_k`` k in 1/K, ``leak_ref_c``.
    util_frac : float
        Utilisation asked for u, 0 … 1.
    inlet_c : float
        Air inlet temperature, °C.
    speed_frac : float
        Speed after throttling s, 0 … 1.

    Returns
    -------
    float
        Electric power, W; never negative. Without fans and without the constant part.

    Notes
    -----
    Leakage is linear in the inlet temperature and acts on the whole processor power.

    References
    ----------
    Fan, Weber and Barroso, Power provisioning for a warehouse-sized computer, ISCA 2007 (linear and
    power-law form in utilisation); leakage 0.3 … 0.6 %/K is an assumption of the rack part.
    """
    work = util_frac * speed_frac
    if p["exponent"] != 1.0:  # a power costs several times the rest of this law
        work = work ** p["exponent"] if work > 0.0 else 0.0
    share = p["idle_frac"] + (1.0 - p["idle_frac"]) * work
    leakage = 1.0 + p["leak_per_k"] * (inlet_c - p["leak_ref_c"])
    return p["cpu_rated_w"] * share * max(leakage, 0.0)


@kernel
def server_air(p: np.void, util_frac: float, inlet_c: float) -> tuple[float, float, float]:
    """Air that the server fans of a rack draw, and their power.

    ``r = clip(base + a u + b T + g clip((T − T1)/(T2 − T1), 0, 1), min, max)``,
    ``V = V_rated r``, ``P = P_rated r³``.

    Parameters
    ----------
    p : record of RACK_KIND
        ``flow_*`` and ``ramp_*`` fields, ``air_rated_m3_s`` m³/s, ``fan_rated_w`` W.
    util_frac : float
        Utilisation, 0 … 1.
    inlet_c : float
        Air inlet temperature, °C.

    Returns
    -------
    tuple of float
        Flow fraction, air flow m³/s, fan power W.

    References
    ----------
    Fan affinity law; thermostat of the fans as in ASHRAE TC 9.9 (2011), Thermal Guidelines; linear
    form as in EnergyPlus ElectricEquipment:ITE:AirCooled.
    """
    ramp = 0.0
    if inlet_c > p["ramp_start_c"]:  # most racks, most of the time, are below: spare them the division
        span = p["ramp_end_c"] - p["ramp_start_c"]
        ramp = min((inlet_c - p["ramp_start_c"]) / span, 1.0) if span > 0.0 else 1.0
    asked = (
        p["flow_base_frac"] + p["flow_per_util"] * util_frac + p["flow_per_k"] * inlet_c + p["ramp_gain_frac"] * ramp
    )
    flow = clip(asked, p["flow_min_frac"], p["flow_max_frac"])
    return flow, p["air_rated_m3_s"] * flow, p["fan_rated_w"] * flow * flow * flow


@kernel
def throttle_speed(p: np.void, inlet_c: float) -> float:
    """Speed of processors that protect themselves from heat: 1, then linear down to a minimum.

    Parameters
    ----------
    p : record of RACK_KIND
        ``throttle_start_c``, ``throttle_end_c`` °C, ``throttle_min_frac``.
    inlet_c : float
        Air inlet temperature, °C.

    Returns
    -------
    float
        Speed fraction, ``throttle_min_frac`` … 1.

    Notes
    -----
    A stand-in for the processors' own thermal control; a step when end is not above start.
    """
    if inlet_c <= p["throttle_start_c"]:
        return 1.0
    span = p["throttle_end_c"] - p["throttle_start_c"]
    if span <= 0.0 or inlet_c >= p["throttle_end_c"]:
        return p["throttle_min_frac"]
    return 1.0 - (1.0 - p["throttle_min_frac"]) * (inlet_c - p["throttle_start_c"]) / span
