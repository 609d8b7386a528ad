"""Stratified chilled-water tank: layers that move with the water, conduction between them, loss, mixing.

Cold water lies below. Discharging draws it from the bottom while warm return enters at the top; charging goes the
other way. The layers move with the flow, so that a front stays as sharp as it was, at any step.
"""

from __future__ import annotations

from math import ceil, expm1
from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_water import TANK_NODES
from twin_kernels.jit import kernel

__all__ = [
    "storage_call", "tank_charge_frac", "tank_outlet_c", "tank_preview_c", "tank_step", "tank_stored_j",
]

#: Index of the lowest layer.
_LAST = TANK_NODES
#: A layer this much colder than the one below it has turned over, K: less is rounding.
_INVERSION_K = 1e-9
#: Layers that pass between two stirrings of the inlet: a tank of 5 h moves that in 4 minutes.
_STIRRED_LAYERS = 0.25


@kernel
def storage_call(p: Any, hour: float) -> int:
    """What the clock asks of a store: charge, rest or discharge.

    Parameters
    ----------
    p : record of TANK_PARAMS or ICE_PARAMS
        Hours of charging and of discharging, and ``available``, are read.
    hour : float
        Hour of the day, 0 … 24.

    Returns
    -------
    int
        -1 to charge, 1 to discharge, 0 to rest.

    Notes
    -----
    A window holds its first hour and ends before its last; first after last passes midnight; first equal to last is an
    empty window. Where both windows hold the hour, discharging wins: a store charges when nothing else is asked of it.

    References
    ----------
    ASHRAE Handbook – HVAC Applications 2019, ch. 51 (full and partial storage by the clock).
    """
    if p["available"] != 1:
        return 0
    if _within(p["discharge_first_hour"], p["discharge_last_hour"], hour):
        return 1
    if _within(p["charge_first_hour"], p["charge_last_hour"], hour):
        return -1
    return 0


@kernel
def _within(first: float, last: float, hour: float) -> bool:
    """Whether an hour lies in a window of the day that may pass midnight."""
    if first <= last:
        return first <= hour < last
    return hour >= first or hour < last


@kernel
def _held(t: Any, i: int) -> float:
    """Water of a layer in units of a whole layer."""
    if i == 0:
        return t["top_frac"]
    if i == _LAST:
        return 1.0 - t["top_frac"]
    return 1.0


@kernel
def tank_stored_j(t: Any, p: Any) -> float:
    """Heat in the water over water at 0 °C: ``E = c_p Σ m_i T_i``.

    Parameters
    ----------
    t, p : records of TANK_STATE, TANK_PARAMS

    Returns
    -------
    float
        Stored heat, J; less when the tank holds more cold.

    References
    ----------
    Energy of an incompressible liquid of constant heat capacity.
    """
    total_c = 0.0
    for i in range(_LAST + 1):
        total_c += _held(t, i) * t["layer_c"][i]
    return p["water_kg"] / TANK_NODES * CP_WATER * total_c


@kernel
def tank_charge_frac(t: Any, p: Any, cold_c: float, warm_c: float) -> float:
    """State of charge: cold in the tank over that of a tank full of water at ``cold_c``.

    ``(T_warm - T_mean) / (T_warm - T_cold)``.

    Parameters
    ----------
    t, p : records of TANK_STATE, TANK_PARAMS
    cold_c, warm_c : float
        Temperatures of a full and of an empty tank, °C.

    Returns
    -------
    float
        Charge, 0 … 1 between the two temperatures; 0 where ``warm_c`` is not above ``cold_c``.

    References
    ----------
    ASHRAE Handbook – HVAC Applications 2019, ch. 51.
    """
    if warm_c <= cold_c:
        return 0.0
    mean_c = tank_stored_j(t, p) / (p["water_kg"] * CP_WATER)
    return (warm_c - mean_c) / (warm_c - cold_c)


@kernel
def tank_outlet_c(t: Any, p: Any, discharging: int) -> float:
    """Water at the outlet at the start of the step.

    Parameters
    ----------
    t, p : records of TANK_STATE, TANK_PARAMS
    discharging : int
        1: the outlet is the bottom; else the top.

    Returns
    -------
    float
        Temperature there, °C.

    References
    ----------
    The layer next to the outlet.
    """
    if p["water_kg"] <= 0.0:
        return t["outlet_c"]
    if discharging == 1:
        return t["layer_c"][_LAST] if t["top_frac"] < 1.0 else t["layer_c"][_LAST - 1]
    return t["layer_c"][0] if t["top_frac"] > 0.0 else t["layer_c"][1]


@kernel
def tank_preview_c(t: Any, p: Any, flow_kg_s: float, inlet_c: float, dt_s: float) -> float:
    """Mean temperature of the water that leaves in a step, without changing the tank.

    The displaced mass ``m dt`` is read off the layers from the outlet inwards.

    Parameters
    ----------
    t, p : records of TANK_STATE, TANK_PARAMS
    flow_kg_s : float
        Flow, kg/s; > 0 discharges (out at the bottom), < 0 charges (out at the top).
    inlet_c : float
        Water that enters, °C: it only matters if the step displaces more than the tank holds.
    dt_s : float
        Step, s; any length.

    Returns
    -------
    float
        Mean outlet temperature, °C: exactly what :func:`tank_step` will use. At no flow the water at the bottom.

    Notes
    -----
    What leaves in a step stood in the tank before it, so that the inlet need not be known: a caller asks for the
    outlet, passes it to the load, and hands the return that comes of it to :func:`tank_step`.

    References
    ----------
    Plug flow of an incompressible liquid.
    """
    moved = abs(flow_kg_s) * dt_s / (p["water_kg"] / TANK_NODES) if p["water_kg"] > 0.0 else 0.0
    if moved <= 0.0:
        return tank_outlet_c(t, p, 1 if flow_kg_s >= 0.0 else 0)
    left = moved
    total_c = 0.0
    for k in range(_LAST + 1):
        i = _LAST - k if flow_kg_s > 0.0 else k
        taken = min(left, _held(t, i))
        total_c += taken * t["layer_c"][i]
        left -= taken
        if left <= 0.0:
            return total_c / moved
    return (total_c + left * inlet_c) / moved


@kernel
def tank_step(
    t: Any, p: Any, flow_kg_s: float, inlet_c: float, ambient_c: float, dt_s: float
) -> tuple[float, float, float]:
    """One step of the tank: water moves, then the inlet stirs, the shell leaks, heat conducts, inversions turn over.

    ``ΔE = m c_p (T_in - T_out) dt + Q_loss dt``.

    Parameters
    ----------
    t, p : records of TANK_STATE, TANK_PARAMS
        The state is written.
    flow_kg_s : float
        Flow, kg/s; > 0 discharges (in at the top), < 0 charges (in at the bottom).
    inlet_c : float
        Water that enters, °C, 4 … 40 (below 4 °C water turns over the other way, which is ignored).
    ambient_c : float
        Air or soil around the tank, °C.
    dt_s : float
        Step, s; > 0, any length: no part of the scheme has a limit.

    Returns
    -------
    tuple of float
        Mean temperature of the water that left, °C (:func:`tank_preview_c` of the same step); heat that the water
        carried in ``m c_p (T_in - T_out)``, W (> 0 when cold is drawn); heat gained through the shell, W.

    Notes
    -----
    The layers move with the water: only the one at the inlet mixes, with what enters it, so that a front is spread over
    at most one twentieth of the tank, however long it travels. What spreads it in a real tank is the diffuser, which
    stirs the layers that begin within ``mixed_frac`` of the inlet, and conduction through water and wall, for which
    ``conductivity_w_mk`` stands (neighbours exchange in turn, exactly and without a limit). Loss follows each layer's
    own temperature exactly and is shared by mass, ends included. Layers colder than those below them mix with them at
    once. Ignored: heat in the wall, and the change of density, so that flow in equals flow out. A step that displaces
    several layers stirs them as many short ones would, unless it displaces nearly all the tank: then it stirs once.

    References
    ----------
    Kleinbach, Beckman and Klein, Performance study of one-dimensional models for stratified thermal storage tanks,
    Solar Energy 50(2), 1993, 155–166 (plug-flow model). Musser and Bahnfleth, ASHRAE Transactions 104(2), 1998 (figure
    of merit).
    """
    outlet_c = tank_preview_c(t, p, flow_kg_s, inlet_c, dt_s)
    heat_w = loss_w = 0.0
    if p["water_kg"] > 0.0:
        if flow_kg_s != 0.0:
            heat_w = abs(flow_kg_s) * CP_WATER * (inlet_c - outlet_c)
            moved = flow_kg_s * dt_s / (p["water_kg"] / TANK_NODES)
            if abs(moved) > TANK_NODES - 1:
                _refill(t, p, heat_w * dt_s)
            else:
                _move(t, moved, inlet_c, p["mixed_frac"] * TANK_NODES)
        loss_w = _leak(t, p, ambient_c, dt_s)
        _conduct(t, p, dt_s)
        _turn_over(t)
    t["outlet_c"] = outlet_c
    t["heat_w"] = heat_w
    t["loss_w"] = loss_w
    return outlet_c, heat_w, loss_w


@kernel
def _move(t: Any, moved: float, inlet_c: float, depth: float) -> None:
    """Displace and stir in turn, by a quarter of a layer at a time where nothing stirred can leave in this step."""
    times = 1
    if depth > 0.0 and abs(moved) + depth + 1.0 < TANK_NODES:
        times = ceil(abs(moved) / _STIRRED_LAYERS)
    for _ in range(times):
        _displace(t, moved / times, inlet_c)
        _stir(t, moved > 0.0, depth)


@kernel
def _refill(t: Any, p: Any, heat_j: float) -> None:
    """A step that displaces all layers but one, or more: what is left mixes with what came, and energy is kept."""
    t["layer_c"][:] = (tank_stored_j(t, p) + heat_j) / (p["water_kg"] * CP_WATER)


@kernel
def _displace(t: Any, moved: float, inlet_c: float) -> None:
    """Move the layers by a signed number of them: > 0 down, < 0 up."""
    left = abs(moved)
    down = moved > 0.0
    while left > 0.0:
        room = 1.0 - t["top_frac"] if down else t["top_frac"]
        place = 0 if down else _LAST
        held = _held(t, place)
        taken = min(left, room)
        if taken > 0.0:
            t["layer_c"][place] += taken / (held + taken) * (inlet_c - t["layer_c"][place])
        left -= taken
        if taken < room:
            t["top_frac"] += taken if down else -taken
        elif down:  # the lowest layer is gone, a new one begins at the top
            for i in range(_LAST, 0, -1):
                t["layer_c"][i] = t["layer_c"][i - 1]
            t["layer_c"][0] = inlet_c
            t["top_frac"] = 0.0
        else:
            for i in range(_LAST):
                t["layer_c"][i] = t["layer_c"][i + 1]
            t["layer_c"][_LAST] = inlet_c
            t["top_frac"] = 1.0


@kernel
def _stir(t: Any, from_top: bool, depth: float) -> None:
    """Mix the layers that begin within so many layers of the inlet."""
    before = 0.0
    count = 0
    total_c = 0.0
    while count <= _LAST and before < depth:
        i = count if from_top else _LAST - count
        held = _held(t, i)
        before += held
        total_c += held * t["layer_c"][i]
        count += 1
    if before > 0.0:
        mean_c = total_c / before
        for k in range(count):
            t["layer_c"][k if from_top else _LAST - k] = mean_c


@kernel
def _leak(t: Any, p: Any, ambient_c: float, dt_s: float) -> float:
    """Every layer approaches ambient by the same share; returns the heat gained, W."""
    layer_j_k = p["water_kg"] / TANK_NODES * CP_WATER
    share = -expm1(-p["loss_w_k"] * dt_s / (layer_j_k * TANK_NODES))
    gained_j = 0.0
    for i in range(_LAST + 1):
        rise_k = share * (ambient_c - t["layer_c"][i])
        t["layer_c"][i] += rise_k
        gained_j += _held(t, i) * layer_j_k * rise_k
    return gained_j / dt_s


@kernel
def _exchange(t: Any, i: int, number: float) -> None:
    """Let layers i and i + 1 conduct for a Fourier number: their difference decays exactly, their heat stays."""
    above = _held(t, i)
    below = _held(t, i + 1)
    product = above * below
    if product <= 0.0:
        return
    both = above + below
    # the conductance is over the distance between their middles, (above + below) / 2
    share = -expm1(-number * 2.0 / product)
    gap_k = share * (t["layer_c"][i + 1] - t["layer_c"][i])
    t["layer_c"][i] += gap_k * below / both
    t["layer_c"][i + 1] -= gap_k * above / both


@kernel
def _conduct(t: Any, p: Any, dt_s: float) -> None:
    """Conduction: every pair of neighbours in turn for half a step, from the top down and back up (Strang)."""
    layer_m = p["height_m"] / TANK_NODES
    if p["conductivity_w_mk"] <= 0.0 or layer_m <= 0.0:
        return
    layer_j_k = p["water_kg"] / TANK_NODES * CP_WATER
    half = 0.5 * p["conductivity_w_mk"] * p["area_m2"] / layer_m * dt_s / layer_j_k
    for i in range(_LAST):
        _exchange(t, i, half)
    for k in range(_LAST):
        _exchange(t, _LAST - 1 - k, half)


@kernel
def _turn_over(t: Any) -> None:
    """Mix layers that lie colder above warmer, and whatever their mixture then lies colder above."""
    for last in range(1, _LAST + 1):
        first = last
        mass = _held(t, last)
        mean_c = t["layer_c"][last]
        while first > 0 and t["layer_c"][first - 1] < mean_c - _INVERSION_K:
            first -= 1
            held = _held(t, first)
            if mass + held > 0.0:
                mean_c += held / (mass + held) * (t["layer_c"][first] - mean_c)
            mass += held
        for i in range(first, last):
            t["layer_c"][i] = mean_c
        if first < last:
            t["layer_c"][last] = mean_c
