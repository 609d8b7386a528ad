"""Racks: power, air demand and temperatures of all of them, as columns in vector registers.

Between blocks of steps racks are records (:data:`twin_kernels.layout.RACK_STATE`); inside a block they
are columns (``State.columns``), copied in and out once a block, because a loop over columns costs a
sixth of a loop over records.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.conduit import reaching_j_kg
from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, H_VAPOUR_0, KELVIN, R_DRY_AIR
from twin_kernels.jit import kernel
from twin_kernels.layout import (
    C_AIR_KG_S,
    C_CPU_W,
    C_DUCTED,
    C_FAN_W,
    C_FLOW_WORK,
    C_GAMMA_J_KG,
    C_HEAT_W,
    C_INLET_C,
    C_INLET_W,
    C_JOB,
    C_KAPPA,
    C_LIQUID_ON,
    C_LIQUID_SPEED,
    C_LIQUID_W,
    C_LOST,
    C_MASS_C,
    C_OUTLET_C,
    C_OWN,
    C_OWN_FACTOR,
    C_PER_REST,
    C_PER_W,
    C_POWER_W,
    C_RATED_W,
    C_RECIRCULATION,
    C_SPEED,
    C_UTIL,
    C_WORK,
)
from twin_kernels.server import (
    SHUTDOWN_START_K,
    processor_power,
    server_air,
    shutdown_share,
    throttle_speed,
    work_done,
)

#: Air through a rack whose servers are off, as a share of what they drew. Source: assumed.
_LEAST_AIR_FRAC = 0.1

__all__ = ["columns_to_racks", "rack_loads", "rack_temperatures", "racks_to_columns"]


@kernel
def racks_to_columns(c: Any, racks: Any, p: Any) -> None:
    """Copy records to columns at the start of a block.

    Parameters
    ----------
    c : ndarray, shape (RACK_COLUMNS, racks)
    racks, p : arrays of RACK_STATE, RACK_PARAMS
    """
    for i in range(racks.shape[0]):
        r = racks[i]
        q = p[i]
        c[C_JOB, i] = r["job_util_frac"]
        c[C_LOST, i] = r["lost_s"]
        c[C_INLET_C, i] = r["inlet_c"]
        c[C_INLET_W, i] = r["inlet_w"]
        c[C_MASS_C, i] = r["mass_c"]
        c[C_RATED_W, i] = q["rated_w"]
        c[C_RECIRCULATION, i] = q["recirculation_frac"]
        c[C_OWN, i] = q["self_recirculation_frac"]
        c[C_DUCTED, i] = q["ducted_frac"]
        c[C_PER_W, i] = 1.0 / q["rated_w"]
        c[C_PER_REST, i] = 1.0 / (1.0 - q["self_recirculation_frac"])
        c[C_LIQUID_SPEED, i] = c[C_LIQUID_ON, i] = 1.0


@kernel
def columns_to_racks(racks: Any, c: Any) -> None:
    """Copy columns to records at the end of a block.

    Parameters
    ----------
    racks : array of RACK_STATE
    c : ndarray, shape (RACK_COLUMNS, racks)
    """
    for i in range(racks.shape[0]):
        r = racks[i]
        r["job_util_frac"] = c[C_JOB, i]
        r["lost_s"] = c[C_LOST, i]
        r["inlet_c"] = c[C_INLET_C, i]
        r["inlet_w"] = c[C_INLET_W, i]
        r["outlet_c"] = c[C_OUTLET_C, i]
        r["mass_c"] = c[C_MASS_C, i]
        r["util_frac"] = c[C_UTIL, i]
        r["cpu_w"] = c[C_CPU_W, i]
        r["fan_w"] = c[C_FAN_W, i]
        r["power_w"] = c[C_POWER_W, i]
        r["air_kg_s"] = c[C_AIR_KG_S, i]
        r["heat_to_air_w"] = c[C_HEAT_W, i]


@kernel
def rack_loads(c: Any, kinds: Any, f: Any, s: Any, x: Any, background_frac: float, dt_s: float) -> None:
    """Power, air demand and exchange coefficients of every rack, and their sums.

    A rack is a thermal mass C in an air stream: ``C dT/dt = P − q``, ``q = G (T − T_in)``,
    ``G = ε m c_p``; backward Euler gives ``q = α − β T_in`` with ``g = G / (C/dt + G)``,
    ``α = g (P + C T_old/dt)``, ``β = g C/dt``, or in enthalpy ``h_out = h_in (1 − κ) + γ`` with
    ``κ = β / (m c_p)`` and ``γ = (α + β w h_v0 / c_p) / m``.
    C = 0 gives q = P.

    Parameters
    ----------
    c : ndarray, shape (RACK_COLUMNS, racks)
        Written: utilisation, powers, heat to a coolant, air flow, κ, γ; speeds that coolants allow are read.
    kinds : array of RACK_KIND
        Each with its range of racks.
    f, s : records of FACILITY_PARAMS, FACILITY_STATE
        Site pressure; humidity of the supply in the last step.
    x : record of SOLUTION
        ``liquid_off`` is read; written: the sums.
    background_frac : float
        Utilisation common to all racks, 0 … 1; jobs come on top.
    dt_s : float
        Step, s.

    Notes
    -----
    Server fans, leakage and throttling answer to the inlet temperature of the last step (fan
    controllers and chips lag by about a minute). Server air is drawn by volume at standard site
    pressure and inlet temperature, as EnergyPlus does.

    References
    ----------
    VanGilder, Healey, Condor, Tian and Menusier, A compact server model for transient data center
    simulations, ASHRAE Transactions 119 (2013).
    """
    density_k = f["pressure_std_pa"] / (R_DRY_AIR * (1.0 + 1.607858 * s["supply_w"]))
    for j in range(kinds.shape[0]):
        kind = kinds[j]
        _work(c, kind, background_frac, dt_s)
        _power_and_air(c, kind, density_k)
        if s["inlet_max_c"] > kind["throttle_end_c"] + SHUTDOWN_START_K:
            _shut_down(c, kind, dt_s)
        if x["liquid_off"] == 1:
            _switch_off(c, kind, dt_s)
        _exchange(c, kind, 1.0 / dt_s)
    _sum_loads(c, x)


@kernel
def _work(c: Any, kind: Any, background_frac: float, dt_s: float) -> None:
    """Utilisation, throttling, and the work that power follows."""
    a, b = kind["first"], kind["stop"]
    job, inlet, lost = c[C_JOB][a:b], c[C_INLET_C][a:b], c[C_LOST][a:b]
    utils, speeds, works, flow_works = c[C_UTIL][a:b], c[C_SPEED][a:b], c[C_WORK][a:b], c[C_FLOW_WORK][a:b]
    coolant = c[C_LIQUID_SPEED][a:b]
    for i in range(job.shape[0]):
        util = min(max(job[i] + background_frac, 0.0), 1.0)
        speed = throttle_speed(kind, inlet[i]) * coolant[i]
        utils[i] = util
        speeds[i] = speed
        lost[i] += (1.0 - speed) * dt_s
        works[i] = flow_works[i] = util * speed
    if kind["exponent"] != 1.0:
        for i in range(job.shape[0]):
            works[i] = work_done(kind, utils[i], speeds[i])


@kernel
def _power_and_air(c: Any, kind: Any, density_k: float) -> None:
    """Power and air of every rack; no branches and few arrays, so that it runs in vector registers."""
    a, b = kind["first"], kind["stop"]  # slices count from 0: an index that might be negative costs the vectors
    inlet, rated, work, flow_work = c[C_INLET_C][a:b], c[C_RATED_W][a:b], c[C_WORK][a:b], c[C_FLOW_WORK][a:b]
    cpu, fan, power, air = c[C_CPU_W][a:b], c[C_FAN_W][a:b], c[C_POWER_W][a:b], c[C_AIR_KG_S][a:b]
    liquid = c[C_LIQUID_W][a:b]
    constant = kind["constant_w"]
    captured, captured_rest = kind["liquid_frac"], kind["liquid_rest_frac"] * constant
    for i in range(inlet.shape[0]):
        processors = rated[i] * processor_power(kind, work[i], inlet[i])
        _, volume, fans = server_air(kind, flow_work[i], inlet[i])
        fans *= rated[i]
        cpu[i] = processors
        fan[i] = fans
        power[i] = processors + fans + rated[i] * constant
        liquid[i] = captured * processors + captured_rest * rated[i]
        air[i] = volume * rated[i] * density_k / (inlet[i] + KELVIN)


@kernel
def _shut_down(c: Any, kind: Any, dt_s: float) -> None:
    """Take the power of servers that tripped away; their air still passes, at a tenth at least."""
    for i in range(kind["first"], kind["stop"]):
        _turn_down(c, i, shutdown_share(kind, c[C_INLET_C, i]), dt_s)


@kernel
def _switch_off(c: Any, kind: Any, dt_s: float) -> None:
    """The same for servers whose chips their coolant no longer cools."""
    for i in range(kind["first"], kind["stop"]):
        if c[C_LIQUID_ON, i] < 1.0:
            _turn_down(c, i, c[C_LIQUID_ON, i], dt_s)


@kernel
def _turn_down(c: Any, i: int, on: float, dt_s: float) -> None:
    """Leave a share of a rack's servers on."""
    c[C_LOST, i] += c[C_SPEED, i] * (1.0 - on) * dt_s
    c[C_SPEED, i] *= on
    c[C_CPU_W, i] *= on
    c[C_FAN_W, i] *= on
    c[C_POWER_W, i] *= on
    c[C_LIQUID_W, i] *= on
    c[C_AIR_KG_S, i] *= max(on, _LEAST_AIR_FRAC)


@kernel
def _exchange(c: Any, kind: Any, per_dt: float) -> None:
    """Exchange coefficients κ and γ of every rack."""
    a, b = kind["first"], kind["stop"]
    rated, air, humidity, power = c[C_RATED_W][a:b], c[C_AIR_KG_S][a:b], c[C_INLET_W][a:b], c[C_POWER_W][a:b]
    mass, own, kappas, gammas = c[C_MASS_C][a:b], c[C_OWN][a:b], c[C_KAPPA][a:b], c[C_GAMMA_J_KG][a:b]
    factors, liquid = c[C_OWN_FACTOR][a:b], c[C_LIQUID_W][a:b]
    per_rated = kind["heat_capacity_j_k"] * per_dt
    effectiveness = kind["effectiveness"]
    for i in range(rated.shape[0]):
        heat_cp = CP_DRY_AIR + CP_VAPOUR * humidity[i]
        inertia = per_rated * rated[i]
        share = effectiveness / (inertia + effectiveness * air[i] * heat_cp)
        kappa = share * inertia
        kappas[i] = kappa
        gammas[i] = share * ((power[i] - liquid[i] + inertia * mass[i]) * heat_cp + inertia * humidity[i] * H_VAPOUR_0)
        factors[i] = 1.0 / (1.0 - own[i] * (1.0 - kappa))


@kernel(sums=True)
def _sum_loads(c: Any, x: Any) -> None:
    """Fold the racks into the sums that the room is solved with."""
    air = want = exhaust = ducted = ducted_want = 0.0
    e_room = e_supply = e_heat = d_room = d_supply = d_heat = 0.0
    it_w = cpu_w = fan_w = asked = lost = 0.0
    for i in range(c.shape[1]):
        m = c[C_AIR_KG_S, i]
        own = c[C_OWN, i]
        gamma = c[C_GAMMA_J_KG, i]
        share = 1.0 - own - c[C_RECIRCULATION, i]
        out = m * (1.0 - own)
        passed = out * (1.0 - c[C_KAPPA, i]) * c[C_OWN_FACTOR, i]
        heat = out * gamma + passed * own * gamma
        air += m
        want += share * m
        exhaust += out
        e_room += passed * (1.0 - own)
        e_supply += passed * share
        e_heat += heat
        contained = c[C_DUCTED, i]
        ducted += contained * out
        ducted_want += contained * share * m
        d_room += contained * passed * (1.0 - own)
        d_supply += contained * passed * share
        d_heat += contained * heat
        it_w += c[C_POWER_W, i]
        cpu_w += c[C_CPU_W, i]
        fan_w += c[C_FAN_W, i]
        asked += c[C_UTIL, i]
        lost += c[C_UTIL, i] * (1.0 - c[C_SPEED, i])
    x["air_kg_s"] = air
    x["want_kg_s"] = want
    x["exhaust_kg_s"] = exhaust
    x["ducted_kg_s"] = ducted
    x["ducted_want_kg_s"] = ducted_want
    x["exhaust_room_kg_s"] = e_room
    x["exhaust_supply_kg_s"] = e_supply
    x["exhaust_w"] = e_heat
    x["duct_room_kg_s"] = d_room
    x["duct_supply_kg_s"] = d_supply
    x["duct_w"] = d_heat
    x["it_w"] = it_w
    x["cpu_w"] = cpu_w
    x["server_fan_w"] = fan_w
    x["asked_frac"] = asked
    x["lost_frac"] = lost


@kernel(sums=True)
def rack_temperatures(c: Any, kinds: Any, x: Any, dt_s: float) -> tuple[float, float, float]:
    """Unfold the solved air to every rack: inlet, outlet, heat given off, and the mass it came from.

    Parameters
    ----------
    c : ndarray, shape (RACK_COLUMNS, racks)
        Written: inlet, outlet, mass, heat to air.
    kinds : array of RACK_KIND
    x : record of SOLUTION
        Supply and room, shares.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Sum of inlet temperatures (°C), sum of flow x outlet temperature (kg °C/s), and the rate of
        storage from the temperatures of the masses themselves, ``Σ C ΔT / dt`` (W).
    """
    _inlets(c, x)
    sum_in = sum_out = stored = 0.0
    for j in range(kinds.shape[0]):
        part_in, part_out, part_stored = _outlets(c, kinds[j], dt_s)
        sum_in += part_in
        sum_out += part_out
        stored += part_stored
    return sum_in, sum_out, stored


@kernel
def _inlets(c: Any, x: Any) -> None:
    """Mix every rack's inlet from supply, room and its own outlet; outlet temperature follows."""
    own, recirculation, factors, per_rest = c[C_OWN], c[C_RECIRCULATION], c[C_OWN_FACTOR], c[C_PER_REST]
    kappas, gammas = c[C_KAPPA], c[C_GAMMA_J_KG]
    inlet, outlet, humidity = c[C_INLET_C], c[C_OUTLET_C], c[C_INLET_W]
    taken = x["share"]
    supply_h = reaching_j_kg(x, x["supply_kg_s"], x["supply_j_kg"])
    room_h = x["room_j_kg"]
    supply_w = x["supply_w"]
    room_w = x["room_w"]
    for i in range(own.shape[0]):
        from_supply = taken * (1.0 - own[i] - recirculation[i])
        from_room = 1.0 - own[i] - from_supply
        h_in = (from_supply * supply_h + from_room * room_h + own[i] * gammas[i]) * factors[i]
        w = (from_supply * supply_w + from_room * room_w) * per_rest[i]
        per_cp = 1.0 / (CP_DRY_AIR + CP_VAPOUR * w)
        gained = gammas[i] - kappas[i] * h_in
        gammas[i] = gained  # from here on: what the air gains in the rack, J/kg
        inlet[i] = (h_in - w * H_VAPOUR_0) * per_cp
        outlet[i] = inlet[i] + gained * per_cp
        humidity[i] = w


@kernel(sums=True)
def _outlets(c: Any, kind: Any, dt_s: float) -> tuple[float, float, float]:
    """Heat to the air and the masses it came from."""
    a, b = kind["first"], kind["stop"]
    air, gained, rated, power = c[C_AIR_KG_S][a:b], c[C_GAMMA_J_KG][a:b], c[C_RATED_W][a:b], c[C_POWER_W][a:b]
    inlet, outlet, heats, mass = c[C_INLET_C][a:b], c[C_OUTLET_C][a:b], c[C_HEAT_W][a:b], c[C_MASS_C][a:b]
    sum_in = sum_out = stored = 0.0
    per_rated = kind["heat_capacity_j_k"]
    if per_rated > 0.0:
        per_w, liquid = c[C_PER_W][a:b], c[C_LIQUID_W][a:b]
        per_capacity = dt_s / per_rated
        for i in range(air.shape[0]):
            heat = air[i] * gained[i]
            capacity = per_rated * rated[i]
            old = mass[i]
            new = old + (power[i] - liquid[i] - heat) * per_capacity * per_w[i]
            stored += capacity * (new - old)
            heats[i] = heat
            mass[i] = new
            sum_in += inlet[i]
            sum_out += air[i] * outlet[i]
    else:
        for i in range(air.shape[0]):
            heats[i] = air[i] * gained[i]
            mass[i] = outlet[i]  # a body without mass is shown at the temperature of the air that leaves it
            sum_in += inlet[i]
            sum_out += air[i] * outlet[i]
    return sum_in, sum_out, stored / dt_s
