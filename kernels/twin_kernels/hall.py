"""The hall: racks, the conserving flow matrix between them and the supply, and the room node.

Air is carried as dry-air mass flow with specific enthalpy h (J/kg dry air) and humidity ratio w, in
which mixing is exactly linear. Every rack draws from the supply, from its own outlet and from the
room; its exhaust goes to the room or, where contained, to the return. Each row of the flow matrix
sums to its destination's flow and each column to its source's, so enthalpy, vapour and air are all
conserved. When supply is short every rack gets the same share of what it wants and the rest comes
from the room: recirculation rises by itself.

Because the exchange is linear, 200 racks are folded into eleven sums (:func:`twin_kernels.racks.rack_loads`)
and the room is solved in closed form (:func:`solve_room`); the racks are then unfolded
(:func:`twin_kernels.racks.rack_temperatures`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin_kernels.conduit import duct_rise_j_kg, reaching_j_kg
from twin_kernels.jit import kernel

__all__ = ["air_shares", "flow_matrix", "solve_moisture", "solve_room"]


@kernel
def air_shares(x: Any, f: Any, supply_kg_s: float) -> tuple[float, float]:
    """Share of the wanted supply air that racks get, and of the ducted exhaust that the return takes.

    Parameters
    ----------
    x, f : records of SOLUTION, FACILITY_PARAMS
        Sums of ``rack_loads``; floor leakage.
    supply_kg_s : float
        Supply air, kg/s.

    Returns
    -------
    tuple of float
        Both 0 … 1.
    """
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
    (X_d its ducted part, of which the return takes φ), m_v ventilation and infiltration.

    Parameters
    ----------
    x, f : records of SOLUTION, FACILITY_PARAMS
        Sums of ``rack_loads``; room heat ``source_w`` W, outdoor enthalpy.
    supply_kg_s : float
        Supply air, kg/s.
    supply_j_kg : float
        Its enthalpy as it leaves the units, J/kg.
    room_old_j_kg : float
        Enthalpy of the room before the step, J/kg.
    dt_s : float
        Step, s.

    Returns
    -------
    tuple of float
        Room enthalpy, return enthalpy as it reaches the units (J/kg), share s, ducted share φ.
    """
    supply_j_kg = reaching_j_kg(x, supply_kg_s, supply_j_kg)
    share, ducted = air_shares(x, f, supply_kg_s)
    inertia = f["room_air_kg"] / dt_s
    vent = x["vent_kg_s"]
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
        if x["return_conduit_w_k"] > 0.0:
            returned += duct_rise_j_kg(
                x["return_conduit_w_k"], x["return_conduit_k"], x["conduit_j_kgk"], supply_kg_s)
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
    share, ducted = air_shares(x, f, supply_kg_s)
    inertia = f["room_air_kg"] / dt_s
    vent = x["vent_kg_s"]
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
        fixed = outdoor * x["fresh_w"] / inner
        slope = (1.0 - outdoor) * (1.0 - through) / inner
        room = (drive + from_supply * fixed) / (loss - from_supply * slope)
        supply = fixed + slope * room
    returned = through * supply + (1.0 - through) * room
    return room, returned, supply


@kernel(allocates=True)
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
    share, ducted = air_shares(x, f, x["supply_kg_s"])
    vent = x["vent_kg_s"]
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
