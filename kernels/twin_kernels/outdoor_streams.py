"""What the outdoor pipes, ducts and casings of a step come to, stream by stream.

Conduits that carry the same stream stand in series; their conductances add up, their resting temperatures are weighted
by them. What is carried has the temperature of the last step for the bend of the fourth power, and that of this step
for the heat itself.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.bands import closed_sky_w_m2
from twin_kernels.conduit import conduit_conductance_w_k, conduit_weather, duct_rise_j_kg, stream_gain_w
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_conduit import (
    CHILLED_RETURN,
    CHILLED_SUPPLY,
    CONDENSER_RETURN,
    CONDENSER_SUPPLY,
    FACILITY_RETURN,
    FACILITY_SUPPLY,
    OUTDOOR_AIR,
    RETURN_AIR,
    SUPPLY_AIR,
)
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import humid_heat_j_kgk
from twin_kernels.saturation import vapour_pressure_pa
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

__all__ = ["aim_conduits", "duct_gain_w", "intake_rise_k"]

#: Below this share of rated flow the loads see their water as warm as at it: the next flow is not known yet.
_LEAST_FLOW_FRAC = 0.1


@kernel
def _carried_c(state: Any, stream: int, air_c: float) -> float:
    """What runs in a stream at its entry, as the last step left it."""
    s = state.facility[0]
    if stream == SUPPLY_AIR:
        return s["supply_c"]
    if stream == RETURN_AIR:
        return s["return_c"]
    if stream == OUTDOOR_AIR:
        return air_c
    v = state.water[FACILITY_WATER] if stream in (FACILITY_SUPPLY, FACILITY_RETURN) else state.water[CHILLED]
    if stream in (CHILLED_SUPPLY, FACILITY_SUPPLY):
        return v["chw_supply_c"]
    if stream in (CHILLED_RETURN, FACILITY_RETURN):
        return v["chw_return_c"]
    return v["cw_supply_c"] if stream == CONDENSER_SUPPLY else v["cw_return_c"]


@kernel
def _stream(state: Any, params: Any, stream: int) -> tuple[float, float]:
    """Conductance (W/K) and mean resting temperature (°C) of all conduits of a stream."""
    conductance = weighted = 0.0
    for i in range(params.conduits.shape[0]):
        if params.conduits[i]["stream"] == stream:
            each = state.conduits[i]["conductance_w_k"]
            conductance += each
            weighted += each * state.conduits[i]["rest_c"]
    return conductance, weighted / conductance if conductance > 0.0 else 0.0


@kernel
def aim_conduits(state: Any, params: Any, weather: Any) -> None:
    """Conductance and resting temperature of every outdoor stream in this step, for water and air solutions.

    Parameters
    ----------
    state, params : State, Params
        Conduits are written, the ``pipe_*`` fields of ``plant`` and the ``*_conduit_*`` fields of ``solution``.
    weather : record of WEATHER
        Middle of the step.
    """
    f = params.facility[0]
    s = state.facility[0]
    x = state.solution[0]
    air_c = weather["dry_bulb_c"]
    vapour_pa = vapour_pressure_pa(weather["humidity_ratio"], weather["pressure_pa"])
    sky = closed_sky_w_m2(weather["infrared_w_m2"], air_c, vapour_pa, f["altitude_m"])
    for i in range(params.conduits.shape[0]):
        p, c = params.conduits[i], state.conduits[i]
        conduit_weather(p, c, weather, sky, f["ground_reflectance_frac"])
        c["above_k"] = c["rest_c"] - air_c
        carried_c = _carried_c(state, p["stream"], air_c)
        c["conductance_w_k"] = conduit_conductance_w_k(p, c, sky, air_c, carried_c)
    for k in range(params.water.shape[0]):
        _aim_pipes(state, params, k)
    x["conduit_j_kgk"] = humid_heat_j_kgk(s["supply_w"])
    x["supply_conduit_w_k"], rest_c = _stream(state, params, SUPPLY_AIR)
    x["supply_conduit_k"] = rest_c - s["supply_c"]
    x["return_conduit_w_k"], rest_c = _stream(state, params, RETURN_AIR)
    x["return_conduit_k"] = rest_c - (s["return_c"] - s["return_duct_k"])  # before the duct, in the last step


@kernel
def _aim_pipes(state: Any, params: Any, k: int) -> None:
    """Pipes of one water system: conductance and rest of supply and return, heat of the condenser water's."""
    h, v, y = params.water[k], state.water[k], state.plant[k]
    supply, back = (CHILLED_SUPPLY, CHILLED_RETURN) if k == CHILLED else (FACILITY_SUPPLY, FACILITY_RETURN)
    y["pipe_supply_w_k"], y["pipe_supply_c"] = _stream(state, params, supply)
    y["pipe_return_w_k"], y["pipe_return_c"] = _stream(state, params, back)
    rated = h["chw_rated_kg_s"]
    y["pipe_kg_s"] = max(v["chw_flow_kg_s"], _LEAST_FLOW_FRAC * rated) if v["chw_flow_kg_s"] > 0.0 else rated
    y["cw_pipe_asked_w"] = 0.0
    if k == CHILLED:
        flow_w_k = v["cw_flow_kg_s"] * CP_WATER
        conductance, rest_c = _stream(state, params, CONDENSER_SUPPLY)
        y["cw_pipe_asked_w"] = stream_gain_w(conductance, rest_c, v["cw_supply_c"], flow_w_k)
        conductance, rest_c = _stream(state, params, CONDENSER_RETURN)
        y["cw_pipe_asked_w"] += stream_gain_w(conductance, rest_c, v["cw_return_c"], flow_w_k)


@kernel
def duct_gain_w(x: Any) -> tuple[float, float]:
    """Heat that the air of the solved step took up in outdoor ducts.

    Parameters
    ----------
    x : record of SOLUTION

    Returns
    -------
    tuple of float
        All of it, W, and the rise of the return in its ducts, K.
    """
    flow = x["supply_kg_s"]
    out = duct_rise_j_kg(x["supply_conduit_w_k"], x["supply_conduit_k"], x["conduit_j_kgk"], flow)
    back = duct_rise_j_kg(x["return_conduit_w_k"], x["return_conduit_k"], x["conduit_j_kgk"], flow)
    return flow * (out + back), back / x["conduit_j_kgk"]


@kernel
def intake_rise_k(state: Any, params: Any) -> float:
    """Warming of the outdoor air in the casings that it is drawn through, by their surfaces of the last step.

    Parameters
    ----------
    state, params : State, Params

    Returns
    -------
    float
        K, mean over all of that air; < 0 under a clear night sky.

    Notes
    -----
    Casings stand side by side: each warms its own air, and what plant and hall take in is the mixture.
    """
    gain_w = flow_w_k = 0.0
    for i in range(params.conduits.shape[0]):
        p, c = params.conduits[i], state.conduits[i]
        if p["stream"] == OUTDOOR_AIR:
            gain_w += stream_gain_w(c["conductance_w_k"], c["above_k"], 0.0, p["flow_w_k"])
            flow_w_k += p["flow_w_k"]
    return gain_w / flow_w_k if flow_w_k > 0.0 else 0.0
