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

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, H_VAPOUR_0, KELVIN, R_DRY_AIR
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import temperature_from_enthalpy_c
from twin_kernels.server import server_air, server_power, throttle_speed

__all__ = ["rack_loads", "rack_temperatures", "solve_moisture", "solve_room", "store_rack_heat"]


@kernel
def rack_loads(racks: Any, p: Any, f: Any, s: Any, x: Any, background_frac: float, dt_s: float) -> None:
    """Power, air demand and exchange coefficients of every rack, and their sums.

    A rack is a thermal mass C in an air stream: ``C dT/dt = P − q``, ``q = G (T − T_in)``,
    ``G = ε m c_p``; backward Euler gives ``q = α − β T_in`` with ``g = G / (C/dt + G)``,
    ``α = g (P + C T_old/dt)``, ``β = g C/dt``. C = 0 gives q = P.

    Parameters
    ----------
    racks : array of RACK_STATE
        Written: powers, air flow, α, β, throttled speed.
    p : array of RACK_PARAMS
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
    pressure and inlet temperature, as EnergyPlus does.

    References
    ----------
    VanGilder, Healey, Condor, Tian and Menusier, A compact server model for transient data center
    simulations, ASHRAE Transactions 119 (2013).
    """
    air = want = exhaust = ducted = ducted_want = 0.0
    e_room = e_supply = e_heat = d_room = d_supply = d_heat = 0.0
    it_w = cpu_w = fan_w = asked = lost = 0.0
    density_k = f["pressure_std_pa"] / (R_DRY_AIR * (1.0 + 1.607858 * s["supply_w"]))
    for i in range(racks.shape[0]):
        r = racks[i]
        q = p[i]
        inlet_c = r["inlet_c"]
        util = min(max(r["job_util_frac"] + background_frac, 0.0), 1.0)
        speed = throttle_speed(q, inlet_c)
        cpu = server_power(q, util, inlet_c, speed)
        _, volume, fan = server_air(q, util * speed, inlet_c)
        power = cpu + fan + q["constant_w"]
        m = volume * density_k / (inlet_c + KELVIN)
        heat_cp = CP_DRY_AIR + CP_VAPOUR * r["inlet_w"]
        inertia = q["heat_capacity_j_k"] / dt_s
        conductance = q["effectiveness"] * m * heat_cp
        g = conductance / (inertia + conductance)
        alpha = g * (power + inertia * r["mass_c"])
        beta = g * inertia
        r["util_frac"] = util
        r["speed_frac"] = speed
        r["lost_s"] += (1.0 - speed) * dt_s
        r["cpu_w"] = cpu
        r["fan_w"] = fan
        r["power_w"] = power
        r["air_kg_s"] = m
        r["alpha_w"] = alpha
        r["beta_w_k"] = beta
        # outlet = inlet (1 - kappa) + gamma, in enthalpy
        kappa = beta / (m * heat_cp)
        gamma = (alpha + beta * r["inlet_w"] * H_VAPOUR_0 / heat_cp) / m
        own = q["self_recirculation_frac"]
        wanted = (1.0 - own - q["recirculation_frac"]) * m
        out = m * (1.0 - own)
        passed = out * (1.0 - kappa) / (1.0 - own * (1.0 - kappa))
        heat = out * gamma + passed * own * gamma
        air += m
        want += wanted
        exhaust += out
        e_room += passed * (1.0 - own)
        e_supply += passed * wanted / m
        e_heat += heat
        c = q["ducted_frac"]
        ducted += c * out
        ducted_want += c * wanted
        d_room += c * passed * (1.0 - own)
        d_supply += c * passed * wanted / m
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
def rack_temperatures(racks: Any, p: Any, x: Any) -> tuple[float, float, float]:
    """Inlet, outlet and mass temperature of every rack from the solved air.

    Parameters
    ----------
    racks : array of RACK_STATE
        Written: inlet, outlet, mass, heat to air, origins of the air.
    p : array of RACK_PARAMS
    x : record of SOLUTION
        Supply and room, shares.

    Returns
    -------
    tuple of float
        Sum of inlet temperatures (°C), sum of flow x outlet temperature (kg °C/s), heat to air (W).
    """
    sum_in = sum_out = heat_total = 0.0
    share = x["share"]
    supply_h = x["supply_j_kg"]
    room_h = x["room_j_kg"]
    supply_w = x["supply_w"]
    room_w = x["room_w"]
    for i in range(racks.shape[0]):
        r = racks[i]
        q = p[i]
        m = r["air_kg_s"]
        own = q["self_recirculation_frac"]
        from_supply = share * (1.0 - own - q["recirculation_frac"])
        from_room = 1.0 - own - from_supply
        old_cp = CP_DRY_AIR + CP_VAPOUR * r["inlet_w"]
        kappa = r["beta_w_k"] / (m * old_cp)
        gamma = (r["alpha_w"] + r["beta_w_k"] * r["inlet_w"] * H_VAPOUR_0 / old_cp) / m
        h_in = (from_supply * supply_h + from_room * room_h + own * gamma) / (1.0 - own * (1.0 - kappa))
        heat = m * (gamma - kappa * h_in)
        h_out = h_in + heat / m
        w = (from_supply * supply_w + from_room * room_w) / (1.0 - own)
        inlet_c = temperature_from_enthalpy_c(h_in, w)
        outlet_c = temperature_from_enthalpy_c(h_out, w)
        heat_capacity = q["heat_capacity_j_k"]
        conductance = q["effectiveness"] * m * old_cp
        r["supply_kg_s"] = from_supply * m
        r["room_kg_s"] = from_room * m
        r["self_kg_s"] = own * m
        r["inlet_c"] = inlet_c
        r["outlet_c"] = outlet_c
        r["inlet_j_kg"] = h_in
        r["outlet_j_kg"] = h_out
        r["inlet_w"] = w
        r["heat_to_air_w"] = heat
        if heat_capacity == 0.0:  # a body without mass: shown at the temperature that gives off its heat
            r["mass_c"] = inlet_c + heat / conductance
        sum_in += inlet_c
        sum_out += m * outlet_c
        heat_total += heat
    return sum_in, sum_out, heat_total


@kernel
def store_rack_heat(racks: Any, p: Any, dt_s: float) -> float:
    """Advance the thermal mass of every rack: ``T += (P − q) dt / C``.

    Parameters
    ----------
    racks, p : arrays of RACK_STATE, RACK_PARAMS
    dt_s : float
        Step, s.

    Returns
    -------
    float
        Rate of storage from the temperatures themselves, ``Σ C ΔT / dt``, W.
    """
    stored = 0.0
    for i in range(racks.shape[0]):
        heat_capacity = p[i]["heat_capacity_j_k"]
        if heat_capacity > 0.0:
            r = racks[i]
            old = r["mass_c"]
            new = old + (r["power_w"] - r["heat_to_air_w"]) * dt_s / heat_capacity
            r["mass_c"] = new
            stored += heat_capacity * (new - old) / dt_s
    return stored
