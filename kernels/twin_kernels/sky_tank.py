"""The night tank of sky-radiator panels: water that they cool while the sky is cold, for hours when it is not.

The panels' pump takes water from the tank's top through the panels to its bottom; by day the bottom gives it to the
return (:mod:`twin_kernels.precooling`). The tank itself is that of :mod:`twin_kernels.tank`, the heat that of
:mod:`twin_kernels.panel`: nothing is a law of its own here, only when water moves, and how much.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel
from twin_kernels.panel import panel_heat_w
from twin_kernels.tank import storage_call, tank_outlet_c, tank_preview_c, tank_step

__all__ = ["charge_heat_w", "charging_flow", "move_sky_tank", "sky_tank_call"]


@kernel
def charge_heat_w(p: Any, s: Any, tank: Any, entering_c: float, water_kg_s: float) -> float:
    """Heat that all panels take from the tank's water while it runs through them.

    ``min(Q_panels, m c_p (T_in - T_coldest))``

    Parameters
    ----------
    p, s : records of PANEL_PARAMS, PANEL_STATE
        Weather as :func:`twin_kernels.panel.panel_weather` left it.
    tank : record of TANK_PARAMS
        ``charge_c`` is the coldest water that the panels make: it keeps them from freezing.
    entering_c : float
        Water from the tank's top [°C].
    water_kg_s : float
        Water through the panels [kg/s].

    Returns
    -------
    float
        Heat [W], never below 0.

    References
    ----------
    :func:`twin_kernels.panel.panel_heat_w`, with its dew margin.
    """
    above_k = max(entering_c - tank["charge_c"], 0.0)
    return min(panel_heat_w(p, s, entering_c, water_kg_s), water_kg_s * CP_WATER * above_k)


@kernel
def sky_tank_call(p: Any, s: Any, t: Any, tank: Any, hour: float) -> int:
    """What clock and sky ask of the night tank in this step.

    Parameters
    ----------
    p, s : records of PANEL_PARAMS, PANEL_STATE
    t, tank : records of TANK_STATE, TANK_PARAMS
    hour : float
        Hour of the day, 0 … 24.

    Returns
    -------
    int
        -1 to charge, 1 to discharge, 0 to rest.

    Notes
    -----
    In the hours of charging water moves only while the plate would come to rest ``charge_margin_k`` below the tank's
    warm end, and the heat is ``least_cop`` times the pump's power. It is the warm end because that is the water that
    goes through the panels: a tank half used still has a cold bottom in the evening. What arrives warmer than the
    bottom mixes with it, which loses layers and no heat.

    References
    ----------
    :func:`twin_kernels.tank.storage_call` (clock); affinity laws (pump).
    """
    if tank["water_kg"] <= 0.0:
        return 0
    call = storage_call(tank, hour)
    if call >= 0:
        return call
    top_c = tank_outlet_c(t, tank, 0)
    through = min(p["water_rated_kg_s"], tank["rated_kg_s"])
    if p["available"] == 0 or through <= 0.0 or top_c - s["rest_c"] < p["charge_margin_k"]:
        return 0
    heat_w = charge_heat_w(p, s, tank, top_c, through)
    return -1 if heat_w > 0.0 and heat_w >= p["least_cop"] * _pump_w(p, through) else 0


@kernel
def _pump_w(p: Any, water_kg_s: float) -> float:
    """Power of the panels' pump at a flow."""
    share = water_kg_s / p["water_rated_kg_s"]
    return p["pump_w"] * share * share * share


@kernel
def charging_flow(p: Any, s: Any, t: Any, tank: Any, spare_frac: float, dt_s: float) -> tuple[float, float, float]:
    """Water through panels and tank in a step, how cold it comes back, and the pump's power.

    ``T_bottom = T_top - Q(T_top, m) / (m c_p)``

    Parameters
    ----------
    p, s : records of PANEL_PARAMS, PANEL_STATE
    t, tank : records of TANK_STATE, TANK_PARAMS
        Before the step.
    spare_frac : float
        Share of the step in which the panels serve the tank, 0 … 1.
    dt_s : float
        Step [s].

    Returns
    -------
    water_kg_s : float
        Mean over the step [kg/s]; no step moves more than the tank holds. 0 where the panels would take nothing.
    bottom_c : float
        Water that enters the tank's bottom [°C].
    pump_w : float
        Mean electricity of the panels' pump [W].

    Notes
    -----
    While they serve the tank the panels carry ``m``, the smaller of their own rated flow and that of the diffusers.

    References
    ----------
    :func:`charge_heat_w`; affinity laws (pump).
    """
    through = min(p["water_rated_kg_s"], tank["rated_kg_s"])
    share = min(spare_frac, tank["water_kg"] / (through * dt_s))
    if share <= 0.0:
        return 0.0, 0.0, 0.0
    entering_c = tank_preview_c(t, tank, -share * through, tank["charge_c"], dt_s)
    heat_w = charge_heat_w(p, s, tank, entering_c, through)
    if heat_w <= 0.0:
        return 0.0, 0.0, 0.0
    return share * through, entering_c - heat_w / (through * CP_WATER), share * _pump_w(p, through)


@kernel
def move_sky_tank(state: Any, params: Any, k: int, dt_s: float) -> None:
    """Move the night tank to the end of the step; what it exchanged is what loop, sky and books get.

    Parameters
    ----------
    state, params : State, Params
    k : int
        Water system that the panels precool. Of its PLANT_SOLUTION ``sky_call``, ``panel_open_frac`` and what was
        drawn are read; ``sky_tank_w``, ``sky_charge_w``, the panels' pump and the loop's balance are written, shell
        and storage are added to the ledger.
    dt_s : float
        Step, s.

    References
    ----------
    :func:`twin_kernels.tank.tank_step`.
    """
    y = state.plant[k]
    t, tank = state.sky_tanks[0], params.sky_tanks[0]
    flow = inlet_c = 0.0
    if y["sky_call"] > 0:
        flow, inlet_c = y["sky_tank_kg_s"], y["sky_tank_in_c"]
    elif y["sky_call"] < 0:
        spare_frac = 1.0 - y["panel_open_frac"]
        charged, inlet_c, pump_w = charging_flow(params.panels[0], state.panels[0], t, tank, spare_frac, dt_s)
        flow = -charged
        y["panel_pump_w"] += pump_w
    _, heat_w, gain_w = tank_step(t, tank, flow, inlet_c, state.solution[0]["outdoor_c"], dt_s)
    g = state.ledger[0]
    g["store_gain_in_w"] += gain_w
    g["stored_store_w"] += heat_w + gain_w
    y["sky_charge_w"] = -heat_w if flow < 0.0 else 0.0
    drawn_w = heat_w if flow > 0.0 else 0.0
    y["removed_w"] += drawn_w - y["sky_tank_w"]
    y["rest_w"] -= drawn_w - y["sky_tank_w"]
    y["sky_tank_w"] = drawn_w
