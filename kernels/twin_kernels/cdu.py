"""Coolant distribution unit: pump, loop and counterflow exchanger between servers' coolant and facility water.

The loop is one mixed volume behind the exchanger at the supply temperature. Heat of the servers and of the pump warms
the coolant on its way back; what facility water does not take is stored. The exchanger passes heat one way only, from
the technology loop to facility water: where that would turn round, the valve shuts.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.exchanger import effectiveness_counterflow
from twin_kernels.jit import kernel
from twin_kernels.movers import pump_power_w

__all__ = ["cdu_exchange_w_k", "cdu_at", "cdu_pump", "cdu_step", "cdu_units"]

#: Film conductance on either side of a plate exchanger follows flow to this power. Chevron plates: 0.70 … 0.78
#: (Muley and Manglik, J. Heat Transfer 121, 1999); 0.74 between them is assumed.
PLATE_EXPONENT = 0.74
#: The valve is found to this, relative to the heat; energy closes whatever it is.
_VALVE_TOLERANCE = 1e-10
_MAX_STEPS = 80


@kernel
def cdu_exchange_w_k(p: Any, technology_kg_s: float, facility_kg_s: float) -> float:
    """Heat per kelvin between the two entering streams: ``K = ε(N, Z) C_min``, ``Q = K (T_return − T_facility)``.

    ``N = UA / C_min`` with two films in series, ``UA = UA₀ / (f r_t^−n + (1 − f) r_f^−n)`` at flow ratios r.

    Parameters
    ----------
    p : record of CDU_PARAMS
        ``ua_w_k``, ``ua_secondary_frac`` (1 − f: share of the technology film in both conductances),
        ``technology_rated_kg_s``, ``technology_heat_j_kgk``, ``facility_rated_kg_s``.
    technology_kg_s, facility_kg_s : float
        Flows, kg/s; ≥ 0. Valid for 0.2 … 1.5 times rated.

    Returns
    -------
    float
        W/K; 0 without either flow, never more than the smaller heat-capacity flow.

    Notes
    -----
    Ignores the wall, fouling and the films' dependence on temperature; laminar flow below a fifth of rated.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3; exponent as :data:`PLATE_EXPONENT`.
    """
    if technology_kg_s <= 0.0 or facility_kg_s <= 0.0:
        return 0.0
    technology_film = (technology_kg_s / p["technology_rated_kg_s"]) ** PLATE_EXPONENT
    facility_film = (facility_kg_s / p["facility_rated_kg_s"]) ** PLATE_EXPONENT
    share = p["ua_secondary_frac"]
    ua_w_k = p["ua_w_k"] / ((1.0 - share) / technology_film + share / facility_film)
    technology_w_k = technology_kg_s * p["technology_heat_j_kgk"]
    facility_w_k = facility_kg_s * CP_WATER
    least_w_k = min(technology_w_k, facility_w_k)
    return effectiveness_counterflow(ua_w_k / least_w_k, least_w_k / max(technology_w_k, facility_w_k)) * least_w_k


@kernel
def cdu_pump(p: Any, heat_w: float) -> tuple[float, float]:
    """Coolant flow and pump power: rated, or for a variable pump ``r = clip(Q / Q_rated, r_min, 1)``, ``P = P₀ r^n``.

    Parameters
    ----------
    p : record of CDU_PARAMS
        ``rated_w``, ``technology_rated_kg_s``, ``pump_*``, ``available``.
    heat_w : float
        Heat of the servers into the loop, W.

    Returns
    -------
    tuple of float
        Flow kg/s, electric power W; both 0 after a trip.

    Notes
    -----
    A variable pump keeps the coolant's rise at its rated value (the servers' valves and a differential pressure do
    that in truth). A constant one also runs without load.

    References
    ----------
    Sources of :func:`twin_kernels.movers.pump_power_w`.
    """
    if p["available"] == 0:
        return 0.0, 0.0
    if p["pump_variable"] == 0:
        return p["technology_rated_kg_s"], p["pump_rated_w"]
    share = min(max(heat_w / p["rated_w"], p["pump_min_frac"]), 1.0)
    return share * p["technology_rated_kg_s"], pump_power_w(p["pump_rated_w"], share, p["pump_exponent"], 0.0)


@kernel
def _least_water_kg_s(p: Any, technology_kg_s: float, wanted_w_k: float, limit_kg_s: float, guess_kg_s: float) -> float:
    """Least facility water with ``cdu_exchange_w_k = wanted_w_k``, which the limit is known to reach.

    1/K is nearly linear in the inverse of the flow: a bracketed secant (Illinois) in those two.
    """
    wanted = 1.0 / wanted_w_k
    near, far = 1.0, max(limit_kg_s * CP_WATER / wanted_w_k, 1.0)  # water cannot take more than its own capacity
    at_near = 1.0 / cdu_exchange_w_k(p, technology_kg_s, limit_kg_s) - wanted
    at_far = 1.0 / cdu_exchange_w_k(p, technology_kg_s, limit_kg_s / far) - wanted
    if at_near >= 0.0:
        return limit_kg_s
    if at_far <= 0.0:
        return limit_kg_s / far
    z = limit_kg_s / guess_kg_s if guess_kg_s > 0.0 else 0.0
    if not near < z < far:
        z = (near * at_far - far * at_near) / (at_far - at_near)
    side = 0
    for _ in range(_MAX_STEPS):
        miss = 1.0 / cdu_exchange_w_k(p, technology_kg_s, limit_kg_s / z) - wanted
        if abs(miss) <= _VALVE_TOLERANCE * wanted or far - near <= 1e-13 * far:
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
        z = (near * at_far - far * at_near) / (at_far - at_near)
    return limit_kg_s / z


@kernel
def cdu_at(
    c: Any, p: Any, heat_w: float, facility_c: float, facility_limit_kg_s: float, setpoint_c: float,
    dew_point_c: float, dt_s: float,
) -> tuple[float, float]:
    """A unit at the end of a step that began at ``old_c``: the least facility water that holds its supply temperature.

    ``C (T_new − T_old) / dt = Q + Q_pump − K (T_new + (Q + Q_pump) / (m c) − T_facility)``, backward Euler, with K of
    :func:`cdu_exchange_w_k`. The supply is held at ``max(setpoint, dew point + guard)``; it floats above that where
    the open valve is not enough, and below it where the valve is shut.

    Parameters
    ----------
    c : record of CDU_STATE
        ``old_c``, the supply at the start of the step, and ``starved_frac`` are read, ``facility_kg_s`` is the first
        guess; the rest is written, so that a step can be tried again.
    p : record of CDU_PARAMS
        ``capacity_j_k`` must be above 0.
    heat_w : float
        Heat of the servers into the loop, mean of the step, W; negative where a tank loses more to the room.
    facility_c : float
        Facility water entering, °C.
    facility_limit_kg_s : float
        Facility water there is for this unit, kg/s; also limited by the unit's own rated flow. 0: none flows.
    setpoint_c : float
        Wanted supply of the technology loop, °C.
    dew_point_c : float
        Of the room, °C.
    dt_s : float
        Step, s; > 0.

    Returns
    -------
    tuple of float
        Heat to facility water W, ≥ 0; facility water kg/s.

    Notes
    -----
    Closed to rounding: ``exchanged = heat + pump heat − C (T_new − T_old) / dt``. After a trip (``available`` 0) the
    heat stays in the loop. The valve is ideal; on the setpoint its flow is found to 1e-10 of the heat.

    References
    ----------
    Sources of :func:`cdu_exchange_w_k`; the loop of ASHRAE TC 9.9, Water-Cooled Servers (2019): technology cooling
    system, facility water system, and supply above the room's dew point.
    """
    target_c = max(setpoint_c, dew_point_c + p["dew_guard_k"])
    flow_kg_s, pump_w = cdu_pump(p, heat_w)
    loop_w = heat_w + p["pump_heat_frac"] * pump_w
    rise_k = loop_w / (flow_kg_s * p["technology_heat_j_kgk"]) if flow_kg_s > 0.0 else 0.0
    storing_w_k = p["capacity_j_k"] / dt_s
    old_c = c["old_c"]
    limit_kg_s = min(max(facility_limit_kg_s, 0.0), (1.0 - c["starved_frac"]) * p["facility_rated_kg_s"])
    most_w_k = cdu_exchange_w_k(p, flow_kg_s, limit_kg_s)
    wanted_w = loop_w - storing_w_k * (target_c - old_c)
    span_k = target_c + rise_k - facility_c
    water_kg_s = exchanged_w = 0.0
    if wanted_w > 0.0 and most_w_k * span_k >= wanted_w:
        new_c = target_c
        exchanged_w = wanted_w
        water_kg_s = _least_water_kg_s(p, flow_kg_s, wanted_w / span_k, limit_kg_s, c["facility_kg_s"])
    else:
        new_c = old_c + loop_w / storing_w_k
        if wanted_w > 0.0 and most_w_k > 0.0 and new_c + rise_k > facility_c:
            new_c = (storing_w_k * old_c + loop_w + most_w_k * (facility_c - rise_k)) / (storing_w_k + most_w_k)
            exchanged_w = max(loop_w - storing_w_k * (new_c - old_c), 0.0)
            water_kg_s = limit_kg_s
    c["supply_c"] = new_c
    c["return_c"] = new_c + rise_k
    c["technology_kg_s"] = flow_kg_s
    c["facility_kg_s"] = water_kg_s
    c["facility_out_c"] = facility_c
    if water_kg_s > 0.0:
        c["facility_out_c"] = facility_c + exchanged_w / (water_kg_s * CP_WATER)
    c["heat_w"] = heat_w
    c["exchanged_w"] = exchanged_w
    c["pump_w"] = pump_w
    c["valve_frac"] = water_kg_s / p["facility_rated_kg_s"]
    c["saturated"] = 1.0 if new_c > target_c else 0.0
    c["setpoint_c"] = target_c
    return exchanged_w, water_kg_s


@kernel
def cdu_step(
    c: Any, p: Any, heat_w: float, facility_c: float, facility_limit_kg_s: float, setpoint_c: float,
    dew_point_c: float, dt_s: float,
) -> tuple[float, float]:
    """:func:`cdu_at` from where the unit stands now.

    Parameters
    ----------
    c, p, heat_w, facility_c, facility_limit_kg_s, setpoint_c, dew_point_c, dt_s
        As there.

    Returns
    -------
    tuple of float
        As there.

    References
    ----------
    Those of :func:`cdu_at`.
    """
    c["old_c"] = c["supply_c"]
    return cdu_at(c, p, heat_w, facility_c, facility_limit_kg_s, setpoint_c, dew_point_c, dt_s)


@kernel
def cdu_units(
    cs: Any, ps: Any, heat_w: Any, facility_c: float, facility_limit_kg_s: float, setpoint_c: float,
    dew_point_c: float, dt_s: float,
) -> tuple[float, float, float]:
    """:func:`cdu_at` of every unit; one like its neighbour takes its neighbour's answer: ``Σ Q``, ``Σ m``, ``Σ P``.

    Parameters
    ----------
    cs, ps : arrays of CDU_STATE, CDU_PARAMS
    heat_w : array
        Heat of the servers into each loop, W.
    facility_c, facility_limit_kg_s, setpoint_c, dew_point_c, dt_s
        As there; the limit is that of one unit.

    Returns
    -------
    tuple of float
        Heat to facility water W, facility water kg/s, pump power W, of all units.

    References
    ----------
    Those of :func:`cdu_at`.
    """
    exchanged_w = water_kg_s = pump_w = 0.0
    before_c = before_kg_s = 0.0
    for i in range(cs.shape[0]):
        old_c, old_kg_s = cs[i]["old_c"], cs[i]["facility_kg_s"]
        same = i > 0 and old_c == before_c and old_kg_s == before_kg_s and heat_w[i] == heat_w[i - 1]
        if same and ps[i]["group"] == ps[i - 1]["group"] and _untouched(ps[i], ps[i - 1]):
            _copy(cs[i], cs[i - 1])
        else:
            cdu_at(
                cs[i], ps[i], heat_w[i], facility_c, facility_limit_kg_s, setpoint_c, dew_point_c, dt_s
            )
        before_c, before_kg_s = old_c, old_kg_s
        exchanged_w += cs[i]["exchanged_w"]
        water_kg_s += cs[i]["facility_kg_s"]
        pump_w += cs[i]["pump_w"]
    return exchanged_w, water_kg_s, pump_w


@kernel
def _untouched(p: Any, q: Any) -> bool:
    """Whether two units of one group agree in everything that an event may change (trips, fouling)."""
    return p["available"] == q["available"] and p["ua_w_k"] == q["ua_w_k"]


@kernel
def _copy(c: Any, d: Any) -> None:
    """Take over a neighbour's step, all but its chips."""
    c["supply_c"], c["return_c"] = d["supply_c"], d["return_c"]
    c["technology_kg_s"], c["facility_kg_s"] = d["technology_kg_s"], d["facility_kg_s"]
    c["facility_out_c"], c["heat_w"], c["exchanged_w"] = d["facility_out_c"], d["heat_w"], d["exchanged_w"]
    c["pump_w"], c["valve_frac"] = d["pump_w"], d["valve_frac"]
    c["saturated"], c["setpoint_c"] = d["saturated"], d["setpoint_c"]
