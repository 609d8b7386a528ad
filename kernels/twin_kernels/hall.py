"""The hall: racks, the conserving flow matrix between them and the supply, and the room node.

Air is carried as dry-air mass flow with specific enthalpy h (J/kg dry air) and humidity ratio w, in
which mixing is exactly linear. Every rack draws from the supply, from its own outlet and from the
room; its exhaust goes to the room or, where contained, to the return. Each row of the flow matrix
sums to its destination's flow and each column to its source's, so enthalpy, vapour and air are all
conserved. When supply is short every rack gets the same share of what it wants and the rest comes
from the room: recirculation rises by itself.

Because the exchange is linear, 200 racks are folded into eleven sums (:func:`rack_loads`) and the room
is solved in closed form (:func:`solve_room`); the racks are then unfolded (:func:`rack_temperatures`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, H_VAPOUR_0, KELVIN, R_DRY_AIR
from twin_kernels.jit import kernel
from twin_kernels.server import server_air, server_power, throttle_speed

__all__ = ["flow_matrix", "rack_loads", "rack_temperatures", "solve_moisture", "solve_room"]


@kernel
def rack_loads(
    racks: Any, p: Any, kinds: Any, f: Any, s: Any, x: Any, background_frac: float, dt_s: float
) -> None:
    """Power, air demand and exchange coefficients of every rack, and their sums.

    A rack is a thermal mass C in an air stream: ``C dT/dt = P − q``, ``q = G (T − T_in)``,
    ``G = ε m c_p``; backward Euler gives ``q = α − β T_in`` with ``g = G / (C/dt + G)``,
    ``α = g (P + C T_old/dt)``, ``β = g C/dt``, or in enthalpy ``h_out = h_in (1 − κ) + γ``.
    C = 0 gives q = P.

    Parameters
    ----------
    racks : array of RACK_STATE
        Written: powers, air flow, κ, γ.
    p : array of RACK_PARAMS
    kinds : array of RACK_KIND
    f, s : records of FACILITY_PARAMS, FACILITY_STATE
        Site pressure; humidity of supply and room of the last step.
    x : record of SOLUTION
        Written: the sums.
    background_frac : float
        Utilisation common to all racks, 0 … 1; jobs come on top.
    dt_s : float
        Step, s.

    Notes
    -----
    Server fans, leakage and throttling answer to the inlet temperature of the last step (fan
    controllers and chips lag by about a minute). Server air is drawn by volume at standard site
    pressure and inlet temperature, as EnergyPlus does. Divisions are the cost of this loop, so
    reciprocals are shared.

    References
    ----------
    VanGilder, Healey, Condor, Tian and Menusier, A compact server model for transient data center
    simulations, ASHRAE Transactions 119 (2013).
    """
    air = want = exhaust = ducted = ducted_want = 0.0
    e_room = e_supply = e_heat = d_room = d_supply = d_heat = 0.0
    it_w = cpu_w = fan_w = asked = lost = 0.0
    density_k = f["pressure_std_pa"] / (R_DRY_AIR * (1.0 + 1.607858 * s["supply_w"]))
    per_dt = 1.0 / dt_s
    for i in range(racks.shape[0]):
        r = racks[i]
        q = p[i]
        k = kinds[q["kind"]]
        rated = q["rated_w"]
        inlet_c = r["inlet_c"]
        util = min(max(r["job_util_frac"] + background_frac, 0.0), 1.0)
        speed = throttle_speed(k, inlet_c)
        cpu = rated * server_power(k, util, inlet_c, speed)
        _, volume, fan = server_air(k, util * speed, inlet_c)
        fan *= rated
        power = cpu + fan + rated * k["constant_w"]
        kelvin = inlet_c + KELVIN
        density_volume = volume * rated * density_k
        shared = 1.0 / (kelvin * density_volume)
        m = density_volume * density_volume * shared
        per_m = kelvin * kelvin * shared
        heat_cp = CP_DRY_AIR + CP_VAPOUR * r["inlet_w"]
        inertia = k["heat_capacity_j_k"] * rated * per_dt
        conductance = k["effectiveness"] * m * heat_cp
        total = inertia + conductance
        shared = 1.0 / (total * heat_cp)
        per_cp = shared * total
        g = conductance * shared * heat_cp
        beta = g * inertia
        kappa = beta * per_m * per_cp
        gamma = (g * power + beta * (r["mass_c"] + r["inlet_w"] * H_VAPOUR_0 * per_cp)) * per_m
        own = q["self_recirculation_frac"]
        factor = 1.0
        if own > 0.0:
            factor = 1.0 / (1.0 - own * (1.0 - kappa))
        r["util_frac"] = util
        r["lost_s"] += (1.0 - speed) * dt_s
        r["cpu_w"] = cpu
        r["fan_w"] = fan
        r["power_w"] = power
        r["air_kg_s"] = m
        r["kappa"] = kappa
        r["gamma_j_kg"] = gamma
        r["own_factor"] = factor
        share = 1.0 - own - q["recirculation_frac"]
        wanted = share * m
        out = m * (1.0 - own)
        passed = out * (1.0 - kappa) * factor
        heat = out * gamma + passed * own * gamma
        air += m
        want += wanted
        exhaust += out
        e_room += passed * (1.0 - own)
        e_supply += passed * share
        e_heat += heat
        c = q["ducted_frac"]
        ducted += c * out
        ducted_want += c * wanted
        d_room += c * passed * (1.0 - own)
        d_supply += c * passed * share
        d_heat += c * heat
        it_w += power
        cpu_w += cpu
        fan_w += fan
        asked += util
        lost += util * (1.0 - speed)
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


@kernel
def _shares(x: Any, f: Any, supply_kg_s: float) -> tuple[float, float]:
    """Share of the wanted supply air that racks get, and of the ducted exhaust that the return takes."""
    available = supply_kg_s * (1.0 - f["leakage_frac"])
    share = 1.0 if x["want_kg_s"] <= available else available / x["want_kg_s"]
    ducted = 1.0 if x["ducted_kg_s"] <= supply_kg_s else supply_kg_s / x["ducted_kg_s"]
    return share, ducted


@kernel
def solve_room(
    x: Any, f: Any, supply_kg_s: float, supply_j_kg: float, room_old_j_kg: float, dt_s: float
) -> tuple[float, float, float, float]:
    """Enthalpy of the room and of the return air for a given supply.

    Backward Euler on the room node, every flow of the matrix included::

        M (h − h_old)/dt = (S − s W) h_s + X − φ X_d + Q + m_v h_o − (ΣD − s W + S − φ D_d + m_v) h

    with S the supply, W the supply air that racks want, s the share they get, X the exhaust
    (X_d its ducted part, of which the return takes φ), m_v ventilation.

    Parameters
    ----------
    x, f : records of SOLUTION, FACILITY_PARAMS
        Sums of :func:`rack_loads`; room heat ``source_w`` W, outdoor enthalpy.
    supply_kg_s : float
        Supply air, kg/s.
    supply_j_kg : float
        Its enthalpy, J/kg.
    room_old_j_kg : float
        Enthalpy of the room before the step, J/kg.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Room enthalpy, return enthalpy (J/kg), share s, ducted share φ.
    """
    share, ducted = _shares(x, f, supply_kg_s)
    inertia = f["room_air_kg"] / dt_s
    vent = f["ventilation_kg_s"]
    from_room = supply_kg_s - ducted * x["ducted_kg_s"]
    exhaust_supply = share * x["exhaust_supply_kg_s"]
    duct_supply = share * x["duct_supply_kg_s"]
    gain = (
        inertia
        + x["exhaust_kg_s"] - share * x["want_kg_s"] + from_room + vent
        - (x["exhaust_room_kg_s"] - exhaust_supply)
        + ducted * (x["duct_room_kg_s"] - duct_supply)
    )
    drive = (
        inertia * room_old_j_kg
        + (supply_kg_s - share * x["want_kg_s"] + exhaust_supply - ducted * duct_supply) * supply_j_kg
        + x["exhaust_w"] - ducted * x["duct_w"] + x["source_w"] + vent * x["outdoor_j_kg"]
    )
    room = drive / gain
    returned = room
    if supply_kg_s > 0.0:
        ducted_w = x["duct_room_kg_s"] * room + duct_supply * (supply_j_kg - room) + x["duct_w"]
        returned = (ducted * ducted_w + from_room * room) / supply_kg_s
    return room, returned, share, ducted


@kernel
def solve_moisture(
    x: Any, f: Any, supply_kg_s: float, room_old_w: float, dt_s: float
) -> tuple[float, float, float]:
    """Humidity of room, return and supply air, consistent with the same flow matrix.

    With dry coils (``x["wet"] == 0``) the supply has the humidity of the mixed air, which itself
    depends on the room: solved together. With a wet coil the supply humidity is given in
    ``x["supply_w"]``.

    Parameters
    ----------
    x, f : records of SOLUTION, FACILITY_PARAMS
        ``vapour_source_kg_s``: humidifier.
    supply_kg_s : float
        Supply air, kg/s.
    room_old_w : float
        Humidity ratio of the room before the step.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Humidity ratio of room, return and supply air, kg/kg.
    """
    share, ducted = _shares(x, f, supply_kg_s)
    inertia = f["room_air_kg"] / dt_s
    vent = f["ventilation_kg_s"]
    taken = share * (x["want_kg_s"] - ducted * x["ducted_want_kg_s"])  # supply vapour reaching the room through racks
    from_supply = supply_kg_s - share * x["want_kg_s"] + taken  # ... and directly
    drive = inertia * room_old_w + x["vapour_source_kg_s"] + vent * x["outdoor_w"]
    loss = inertia + vent + from_supply  # by air balance what leaves the room equals what enters it
    outdoor = x["outdoor_frac"]
    through = 0.0  # share of the return's vapour that came straight from the supply
    if supply_kg_s > 0.0:
        through = ducted * share * x["ducted_want_kg_s"] / supply_kg_s
    if x["wet"] == 1 or supply_kg_s <= 0.0:
        supply = x["supply_w"]
        room = (drive + from_supply * supply) / loss
    else:  # supply = o w_o + (1 - o) (through supply + (1 - through) room)
        inner = 1.0 - (1.0 - outdoor) * through
        fixed = outdoor * x["outdoor_w"] / inner
        slope = (1.0 - outdoor) * (1.0 - through) / inner
        room = (drive + from_supply * fixed) / (loss - from_supply * slope)
        supply = fixed + slope * room
    returned = through * supply + (1.0 - through) * room
    return room, returned, supply


@kernel
def rack_temperatures(racks: Any, p: Any, kinds: Any, x: Any, dt_s: float) -> tuple[float, float, float]:
    """Unfold the solved air to every rack: inlet, outlet, heat given off, and the mass it came from.

    Parameters
    ----------
    racks : array of RACK_STATE
        Written: inlet, outlet, mass, heat to air.
    p, kinds : arrays of RACK_PARAMS, RACK_KIND
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
    sum_in = sum_out = stored = 0.0
    share = x["share"]
    supply_h = x["supply_j_kg"]
    room_h = x["room_j_kg"]
    supply_w = x["supply_w"]
    room_w = x["room_w"]
    per_dt = 1.0 / dt_s
    for i in range(racks.shape[0]):
        r = racks[i]
        q = p[i]
        m = r["air_kg_s"]
        own = q["self_recirculation_frac"]
        from_supply = share * (1.0 - own - q["recirculation_frac"])
        from_room = 1.0 - own - from_supply
        gamma = r["gamma_j_kg"]
        h_in = (from_supply * supply_h + from_room * room_h + own * gamma) * r["own_factor"]
        gained = gamma - r["kappa"] * h_in
        mixed_w = from_supply * supply_w + from_room * room_w
        w = mixed_w / (1.0 - own) if own > 0.0 else mixed_w
        per_cp = 1.0 / (CP_DRY_AIR + CP_VAPOUR * w)
        inlet_c = (h_in - w * H_VAPOUR_0) * per_cp
        outlet_c = inlet_c + gained * per_cp
        heat = m * gained
        r["inlet_c"] = inlet_c
        r["outlet_c"] = outlet_c
        r["inlet_w"] = w
        r["heat_to_air_w"] = heat
        capacity = kinds[q["kind"]]["heat_capacity_j_k"] * q["rated_w"]
        if capacity > 0.0:
            old = r["mass_c"]
            new = old + (r["power_w"] - heat) * dt_s / capacity
            r["mass_c"] = new
            stored += capacity * (new - old) * per_dt
        else:  # a body without mass is shown at the temperature of the air that leaves it
            r["mass_c"] = outlet_c
        sum_in += inlet_c
        sum_out += m * outlet_c
    return sum_in, sum_out, stored


@kernel
def flow_matrix(racks: Any, p: Any, f: Any, x: Any) -> Any:
    """The mass-flow matrix of a solved step.

    Parameters
    ----------
    racks, p : arrays of RACK_STATE, RACK_PARAMS
    f, x : records of FACILITY_PARAMS, SOLUTION

    Returns
    -------
    ndarray, shape (racks + 2, racks + 2)
        Flow from source (column) to destination (row), kg/s of dry air. Sources: rack outlets, supply
        (which the return feeds), room; destinations: rack inlets, return, room. Row i sums to what
        destination i takes in, column i to what source i gives.
    """
    n = racks.shape[0]
    flows = np.zeros((n + 2, n + 2))
    share, ducted = _shares(x, f, x["supply_kg_s"])
    vent = f["ventilation_kg_s"]
    for i in range(n):
        m = racks[i]["air_kg_s"]
        own = p[i]["self_recirculation_frac"]
        supply = share * (1.0 - own - p[i]["recirculation_frac"])
        flows[i, i] = own * m
        flows[i, n] = supply * m
        flows[i, n + 1] = (1.0 - own - supply) * m
        contained = ducted * p[i]["ducted_frac"] * (1.0 - own) * m
        flows[n, i] = contained
        flows[n + 1, i] = (1.0 - own) * m - contained
    flows[n, n + 1] = x["supply_kg_s"] - ducted * x["ducted_kg_s"]
    flows[n + 1, n] = x["supply_kg_s"] - share * x["want_kg_s"]
    flows[n + 1, n + 1] = vent  # outdoor air in, the same mass out
    return flows
