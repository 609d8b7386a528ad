"""Servers: electric power, air flow and fans of a rack, and throttling when it is too hot.

All take a record of :data:`twin_kernels.layout.RACK_KIND`.
"""

from __future__ import annotations

import numpy as np

from twin_kernels.jit import kernel

__all__ = [
    "SHUTDOWN_START_K", "processor_power", "server_air", "server_power", "shutdown_share", "throttle_speed",
    "work_done",
]

#: A ramp without width is a step: it counts as this wide, K.
_STEP_K = 1e-30
#: Servers switch themselves off this far above the temperature at which they are slowest: first ones, last ones, K.
#: Source: assumed (thermal trip some 10 K above the limit of operation).
SHUTDOWN_START_K = 5.0
SHUTDOWN_END_K = 15.0


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
    return processor_power(p, work_done(p, util_frac, speed_frac), inlet_c)


@kernel
def work_done(p: np.void, util_frac: float, speed_frac: float) -> float:
    """What power follows: ``(u s)^γ``.

    Parameters
    ----------
    p : record of RACK_KIND
        ``exponent`` γ.
    util_frac, speed_frac : float
        Utilisation asked for and speed after throttling, 0 … 1.

    Returns
    -------
    float
        0 … 1.
    """
    work = util_frac * speed_frac
    if p["exponent"] != 1.0:  # a power costs several times the rest of the law
        work = work ** p["exponent"] if work > 0.0 else 0.0
    return work


@kernel
def processor_power(p: np.void, work_frac: float, inlet_c: float) -> float:
    """Power of processors that do a given work, without a branch (:func:`server_power` says the law).

    Parameters
    ----------
    p : record of RACK_KIND
    work_frac : float
        From :func:`work_done`, 0 … 1.
    inlet_c : float
        Air inlet temperature, °C.

    Returns
    -------
    float
        W; never negative.
    """
    share = p["idle_frac"] + (1.0 - p["idle_frac"]) * work_frac
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
    per_k = 1.0 / max(p["ramp_end_c"] - p["ramp_start_c"], _STEP_K)  # no branches: this runs in vector registers
    ramp = min(max((inlet_c - p["ramp_start_c"]) * per_k, 0.0), 1.0)
    asked = (
        p["flow_base_frac"] + p["flow_per_util"] * util_frac + p["flow_per_k"] * inlet_c + p["ramp_gain_frac"] * ramp
    )
    flow = min(max(asked, p["flow_min_frac"]), p["flow_max_frac"])
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
    per_k = 1.0 / max(p["throttle_end_c"] - p["throttle_start_c"], _STEP_K)
    return 1.0 - (1.0 - p["throttle_min_frac"]) * min(max((inlet_c - p["throttle_start_c"]) * per_k, 0.0), 1.0)


@kernel
def shutdown_share(p: np.void, inlet_c: float) -> float:
    """Share of a rack's equipment that is still on: servers trip one after another when they get too hot.

    Parameters
    ----------
    p : record of RACK_KIND
        ``throttle_end_c`` °C.
    inlet_c : float
        Air inlet temperature, °C.

    Returns
    -------
    float
        1 up to ``SHUTDOWN_START_K`` above ``throttle_end_c``, 0 from ``SHUTDOWN_END_K`` on, linear between.

    Notes
    -----
    What keeps a hall that has lost its cooling from heating up for ever. They start again as they cool down.
    """
    over_k = inlet_c - p["throttle_end_c"] - SHUTDOWN_START_K
    return 1.0 - min(max(over_k / (SHUTDOWN_END_K - SHUTDOWN_START_K), 0.0), 1.0)
