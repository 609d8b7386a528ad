"""Local control with memory: loops, hysteresis, staging of chillers, modes of the water-side economiser.

Local control is plant physics: it runs inside the step with its state in the arrays, the same in one twin and
in thousands. Every function here takes its memory as arguments and returns it; none keeps any.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.jit import kernel

__all__ = [
    "FREE_COOLING", "FULL_MECHANICAL", "OFF", "PARTIAL_MECHANICAL", "dwell_elapsed", "hysteresis", "lead_machine",
    "parallel_mode", "pi_step", "stage_chillers", "wse_mode",
]

# Modes of the water-side economiser, as in ``WATER_STATE["mode"]``.
OFF = 0
FREE_COOLING = 1
PARTIAL_MECHANICAL = 2
FULL_MECHANICAL = 3


@kernel
def pi_step(
    error: float, k: float, ti_s: float, dt_s: float, integral: float, lo: float, hi: float
) -> tuple[float, float]:
    """One step of a PI controller with back-calculation against wind-up.

    ``u = k error + I``, ``I += dt / ti (k error)`` before the output and ``I += (u_limited - u) dt / ti`` after it
    (tracking time equal to the integral time).

    Parameters
    ----------
    error : float
        Setpoint minus measurement, or the reverse for a cooling loop; any unit.
    k : float
        Gain, output per unit of error.
    ti_s : float
        Integral time [s]; ≤ 0 switches the integral off.
    dt_s : float
        Step [s], at most a quarter of ``ti_s`` for a faithful loop.
    integral : float
        Integral part after the last step, in units of the output.
    lo, hi : float
        Limits of the output.

    Returns
    -------
    output : float
        Limited output.
    integral : float
        Integral part to keep for the next step.

    References
    ----------
    Åström, K. J. and Hägglund, T. (2006), Advanced PID Control, ISA, section 3.5.
    """
    share = 0.0
    if ti_s > 0.0:
        share = min(dt_s / ti_s, 1.0)
        integral += k * error * dt_s / ti_s
    wanted = k * error + integral
    output = min(max(wanted, lo), hi)
    return output, integral + (output - wanted) * share


@kernel
def hysteresis(on: int, value: float, on_above: float, off_below: float) -> int:
    """Switch with a dead band: on above one value, off below another, else as it was.

    Parameters
    ----------
    on : int
        State before, 0 or 1.
    value, on_above, off_below : float
        Any one unit; ``off_below`` ≤ ``on_above``.

    Returns
    -------
    int
        State after, 0 or 1.
    """
    if value > on_above:
        return 1
    if value < off_below:
        return 0
    return on


@kernel
def dwell_elapsed(time_s: float, changed_s: float, wait_s: float) -> bool:
    """Whether a state has lasted at least its waiting time.

    Parameters
    ----------
    time_s, changed_s, wait_s : float
        Now, last change and waiting time [s].

    Returns
    -------
    bool
        True from ``changed_s + wait_s`` on.
    """
    return time_s - changed_s >= wait_s


@kernel
def stage_chillers(
    stages: int,
    n_available: int,
    load_w: float,
    capacity_each_w: float,
    supply_error_k: float,
    time_s: float,
    changed_s: float,
    p: Any,
    lift_k: float = 0.0,
) -> tuple[int, float]:
    """How many chillers to run: one more or one fewer at a time, with dwell and minimum on and off times.

    One more when the load exceeds ``stage_up_frac`` of what runs, or the supply is warmer than its setpoint by
    more than ``stage_up_k``; one fewer when the load would stay below ``stage_down_frac`` of what would then run.

    Parameters
    ----------
    stages : int
        Chillers asked for until now.
    n_available : int
        Chillers that can run; a trip lowers ``stages`` to it at once.
    load_w : float
        Load on the chillers [W]; ≤ 0 means nothing to cool.
    capacity_each_w : float
        Capacity of one chiller at present water temperatures [W].
    supply_error_k : float
        Chilled-water supply minus its setpoint [K].
    time_s, changed_s : float
        Now and the last change of ``stages`` [s]; before the first change give something far in the past.
    p : WATER_PARAMS record
        ``stage_up_frac``, ``stage_up_k``, ``stage_down_frac``, ``stage_lift_per_k``, ``stage_lift_k``,
        ``stage_wait_s``, ``min_on_s``, ``min_off_s`` are read.
    lift_k : float
        Condenser water entering less chilled-water setpoint [K]: machines with variable speed carry little load best
        at low lift, so both part loads move by ``stage_lift_per_k`` for each kelvin above ``stage_lift_k`` (at most
        to 0.3 … 1.2).

    Returns
    -------
    stages : int
        Chillers asked for from now.
    changed_s : float
        Last change [s].

    Notes
    -----
    A stop is at least ``min_on_s`` after any change and a start at least ``min_off_s`` after any change, both at
    least ``stage_wait_s``: so whichever machine is picked has been on, or off, for that long. The last machine
    stops only when there is no load.
    """
    if stages > n_available:
        return n_available, time_s
    running_w = stages * capacity_each_w
    lasted_s = time_s - changed_s
    up_frac, down_frac = p["stage_up_frac"], p["stage_down_frac"]
    if p["stage_lift_per_k"] != 0.0:
        shift = p["stage_lift_per_k"] * (lift_k - p["stage_lift_k"])
        up_frac = min(max(up_frac + shift, 0.3), 1.2)
        down_frac = up_frac * p["stage_down_frac"] / p["stage_up_frac"]
    wants_more = load_w > up_frac * running_w
    if load_w > 0.0 and supply_error_k > p["stage_up_k"]:
        wants_more = True
    if wants_more:
        if stages < n_available and lasted_s >= max(p["stage_wait_s"], p["min_off_s"]):
            return stages + 1, time_s
        return stages, changed_s
    fits = load_w <= 0.0
    if stages > 1 and load_w < down_frac * (running_w - capacity_each_w):
        fits = True
    if fits and stages > 0 and lasted_s >= max(p["stage_wait_s"], p["min_on_s"]):
        return stages - 1, time_s
    return stages, changed_s


@kernel
def wse_mode(
    mode: int,
    has_load: bool,
    t_wse_out_c: float,
    t_chw_set_c: float,
    t_return_c: float,
    t_wet_bulb_c: float,
    time_s: float,
    changed_s: float,
    p: Any,
) -> tuple[int, float]:
    """Mode of an integrated water-side economiser: off, free, partial mechanical or full mechanical cooling.

    ======== ======== ==============================================================
    from     to       when (held for ``wse_wait_s`` without a break)
    ======== ======== ==============================================================
    free     partial  economiser outlet > setpoint + ``wse_fc_to_pmc_k``
    partial  full     return < economiser outlet + ``wse_pmc_to_fmc_k``
    partial  free     economiser outlet ≤ setpoint + ``wse_pmc_to_fc_k``
    full     partial  return > wet bulb + ``wse_approach_k`` + ``wse_fmc_to_pmc_k``
    any      off      no load (at once)
    off      free     load, and wet bulb + ``wse_approach_k`` ≤ setpoint (at once)
    off      partial  load, neither of the other two (at once)
    off      full     load, and return ≤ wet bulb + approach + ``wse_fmc_to_pmc_k`` (at once)
    ======== ======== ==============================================================

    Parameters
    ----------
    mode : int
        0 off, 1 free, 2 partial mechanical, 3 full mechanical.
    has_load : bool
        Whether there is anything to cool.
    t_wse_out_c : float
        Chilled water leaving the economiser [°C].
    t_chw_set_c : float
        Setpoint of the chilled-water supply [°C].
    t_return_c : float
        Chilled water entering the economiser [°C].
    t_wet_bulb_c : float
        Outdoor wet bulb [°C].
    time_s, changed_s : float
        Now, and since when the condition to leave the mode has held [s]: give back what the last call returned.
    p : WATER_PARAMS record
        The ``wse_*`` thresholds [K] and ``wse_wait_s`` [s] are read.

    Returns
    -------
    mode : int
        Mode from now.
    changed_s : float
        The last time at which the mode changed or no condition to leave it held [s].

    Notes
    -----
    The wait belongs to the condition, as a timed transition of a state graph: a threshold that is crossed for less
    than ``wse_wait_s`` changes nothing, and a mode lasts at least that long. Partial mode has two ways out and one
    wait for both; "full" is asked before "free". The start picks the mode that the weather calls for, so that a summer
    start does not wait warm through two dwell times.

    References
    ----------
    Modelica Buildings, ``Applications.DataCenters.ChillerCooled.Controls.CoolingMode`` (the six inner transitions).
    """
    if not has_load:
        if mode == OFF:
            return OFF, changed_s
        return OFF, time_s
    reachable_c = t_wet_bulb_c + p["wse_approach_k"]
    if mode == OFF:
        if reachable_c <= t_chw_set_c:
            return FREE_COOLING, time_s
        if t_return_c > reachable_c + p["wse_fmc_to_pmc_k"]:
            return PARTIAL_MECHANICAL, time_s
        return FULL_MECHANICAL, time_s
    after = mode
    if mode == FREE_COOLING:
        if t_wse_out_c > t_chw_set_c + p["wse_fc_to_pmc_k"]:
            after = PARTIAL_MECHANICAL
    elif mode == PARTIAL_MECHANICAL:
        if t_return_c < t_wse_out_c + p["wse_pmc_to_fmc_k"]:
            after = FULL_MECHANICAL
        elif t_wse_out_c <= t_chw_set_c + p["wse_pmc_to_fc_k"]:
            after = FREE_COOLING
    elif t_return_c > reachable_c + p["wse_fmc_to_pmc_k"]:
        after = PARTIAL_MECHANICAL
    if after == mode:
        return mode, time_s  # the wait begins anew
    if time_s - changed_s < p["wse_wait_s"]:
        return mode, changed_s
    return after, time_s


@kernel
def parallel_mode(
    mode: int, has_load: bool, t_chw_c: float, t_chw_set_c: float, t_wet_bulb_c: float, time_s: float,
    changed_s: float, p: Any,
) -> tuple[int, float]:
    """Mode of an economiser that is not integrated: it carries the load alone, or the chillers do.

    ===== ===== =================================================================
    from  to    when (after ``wse_wait_s`` in the mode)
    ===== ===== =================================================================
    free  full  cooling water > setpoint + ``wse_fc_to_pmc_k``
    full  free  wet bulb + ``wse_approach_k`` ≤ setpoint - ``wse_pmc_to_fc_k``
    any   off   no load (at once); from off: free where full → free says so, else full
    ===== ===== =================================================================

    Parameters
    ----------
    mode : int
        0 off, 1 free, 3 full mechanical.
    has_load : bool
        Whether there is anything to cool.
    t_chw_c, t_chw_set_c : float
        Cooling water supplied and its setpoint [°C].
    t_wet_bulb_c : float
        Outdoor wet bulb (dry bulb where dry coolers reject) [°C].
    time_s, changed_s : float
        Now and the last change of mode [s].
    p : WATER_PARAMS record
        ``wse_approach_k``, ``wse_fc_to_pmc_k``, ``wse_pmc_to_fc_k`` [K] and ``wse_wait_s`` [s] are read.

    Returns
    -------
    mode : int
        Mode from now.
    changed_s : float
        Last change [s].

    References
    ----------
    Stein, J. (2009), Waterside economizing in data centers: design and control considerations, ASHRAE Transactions
    115(2) (integrated and non-integrated arrangements).
    """
    if not has_load:
        return OFF, changed_s if mode == OFF else time_s
    reachable = t_wet_bulb_c + p["wse_approach_k"] <= t_chw_set_c - p["wse_pmc_to_fc_k"]
    if mode == OFF:
        return FREE_COOLING if reachable else FULL_MECHANICAL, time_s
    if time_s - changed_s < p["wse_wait_s"]:
        return mode, changed_s
    if mode == FREE_COOLING and t_chw_c > t_chw_set_c + p["wse_fc_to_pmc_k"]:
        return FULL_MECHANICAL, time_s
    if mode != FREE_COOLING and reachable:
        return FREE_COOLING, time_s
    return mode, changed_s


@kernel
def lead_machine(time_s: float, rotate_s: float, count: int) -> int:
    """Machine that starts first: the lead changes to the next one every ``rotate_s``, so that all wear alike.

    Parameters
    ----------
    time_s : float
        Now [s].
    rotate_s : float
        Time between changes of the lead [s]; ≤ 0: the first machine always leads.
    count : int
        Machines.

    Returns
    -------
    int
        Index of the lead machine, 0 … ``count - 1``.
    """
    if rotate_s <= 0.0 or count < 2:
        return 0
    return int(max(time_s, 0.0) / rotate_s) % count
