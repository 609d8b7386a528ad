"""The audit of a step's water: loads, both water systems, stores and heat rejection, unit by unit.

What the ledger books is held against the records of single machines, and no heat may flow against a difference of
temperatures. ``rig.Rig`` calls it after every step.
"""

from __future__ import annotations

import numpy as np
from twin_kernels.constants import CP_WATER, KELVIN
from twin_kernels.layout import Params, State
from twin_kernels.rejector import DRY, MERKEL, YORK
from twin_kernels.tank import tank_stored_j

#: Temperatures are solved to 1e-5 K at most (condenser loop); what is compared may be off by that much.
SLACK_K = 2e-5
#: Flow beyond what pumps bring that the solver leaves, as a share.
SLACK_FLOW = 3e-6


def stored_liquid_j(state: State, params: Params) -> dict[str, float]:
    """Heat in technology loops and stores, J, by the name of its field in the ledger; from temperatures alone."""
    stores = sum(float(tank_stored_j(t, p)) for t, p in zip(state.tanks, params.tanks, strict=True))
    stores += sum(float(tank_stored_j(t, p)) for t, p in zip(state.sky_tanks, params.sky_tanks, strict=True))
    stores -= float((state.ices["ice_frac"] * params.ices["latent_j"]).sum())
    return {
        "stored_cdu_w": float((params.cdus["capacity_j_k"] * state.cdus["supply_c"]).sum()),
        "stored_store_w": stores,
    }


def check_water(state: State, params: Params, tiny_w: float) -> None:
    """Everything about the water of a step."""
    _books(state, params, tiny_w)
    for k in range(len(params.water)):
        if params.water["active"][k] == 1:
            _system(state, params, k, tiny_w)
    _chillers(state, params)
    _rejection(state, params, tiny_w)
    _loads(state, params, tiny_w)


def _equal(one: float, other: float, scale: float) -> None:
    assert abs(one - other) <= 1e-9 * max(abs(one), abs(other), scale), (one, other)


def _books(state: State, params: Params, tiny_w: float) -> None:
    """Electricity and heat in the ledger are the sums over machines."""
    g, y, scale = state.ledger[0], state.plant, tiny_w * 1e9
    _equal(g["reuse_out_w"], y["reuse_w"].sum(), scale)
    _equal(g["basin_electric_w"], state.towers["basin_w"].sum(), scale)
    gained_w = state.tanks["loss_w"].sum() + state.ices["loss_w"].sum() + state.sky_tanks["loss_w"].sum()
    _equal(g["store_gain_in_w"], gained_w, scale)
    _equal(y["sky_tank_w"].sum() - y["sky_charge_w"].sum(), state.sky_tanks["heat_w"].sum(), scale)
    pipes_w = y["pipe_w"].sum() + y["cw_pipe_w"].sum()
    _equal(g["conduit_in_w"], pipes_w + state.solution["conduit_gain_w"][0], scale)
    pumps = y["chw_pump_w"].sum() + y["cw_pump_w"].sum() + state.thermosyphons["pump_w"].sum()
    pumps += y["panel_pump_w"].sum()
    _equal(g["pump_electric_w"], pumps + state.cdus["pump_w"].sum(), scale)
    fans = state.towers["fan_w"].sum() + state.thermosyphons["fan_w"].sum()
    _equal(g["tower_fan_electric_w"], fans, scale)
    _equal(y["thermosyphon_w"].sum(), state.thermosyphons["heat_w"].sum(), scale)
    air_w = (state.chillers["load_w"] + state.chillers["power_w"]).sum() if params.water["air_cooled"][0] == 1 else 0.0
    without_volume = (params.water["chw_capacity_j_k"] <= 0.0) & (params.water["active"] == 1)
    rest_w = float(y["rest_w"][without_volume].sum())
    dry_w = state.thermosyphons["heat_w"].sum() + y["panel_w"].sum() + y["sky_charge_w"].sum()
    _equal(g["tower_out_w"], y["tower_w"].sum() + air_w + dry_w + rest_w, scale)


def _system(state: State, params: Params, k: int, tiny_w: float) -> None:
    """One water system: signs, bounds, and the order in which heat leaves its water."""
    h, y, v = params.water[k], state.plant[k], state.water[k]
    towers = state.towers[h["tower_first"]:h["tower_stop"]]
    for name in (
        "chw_kg_s", "cw_kg_s", "need_w", "wse_w", "evaporator_w", "compressor_w", "tower_fan_w", "plr", "reuse_w",
        "thermosyphon_w", "thermosyphon_fan_w", "thermosyphon_pump_w", "basin_w", "air_w", "charge_w", "chw_pump_w",
        "panel_w", "panel_pump_w", "sky_tank_w", "sky_charge_w",
    ):
        assert y[name] >= 0.0, f"system {k}: {name} = {y[name]}"
    assert y["tower_w"] >= -tiny_w
    if len(towers) and y["cw_kg_s"] > 0.0:
        _equal(y["tower_w"], towers["heat_w"].sum(), tiny_w * 1e9)
        _equal(y["cw_kg_s"] if y["tower_w"] != 0.0 else 0.0, towers["water_kg_s"].sum() if y["tower_w"] else 0.0, 1e-6)
    removed = y["reuse_w"] + y["panel_w"] + y["thermosyphon_w"] + y["store_w"] + y["wse_w"] + y["evaporator_w"]
    removed += y["sky_tank_w"]
    _equal(y["removed_w"], removed, tiny_w * 1e9)
    if h["chw_tripped"] == 1:
        assert y["chw_kg_s"] == y["removed_w"] == 0.0
    else:
        most = max(float(y["most_kg_s"]), float(h["chw_rated_kg_s"]))
        assert y["chw_kg_s"] <= most * (1.0 + SLACK_FLOW), (y["chw_kg_s"], most)
        assert y["demand_kg_s"] <= y["most_kg_s"] * (1.0 + SLACK_FLOW)
    if h["cw_tripped"] == 1 and h["air_cooled"] == 0:
        assert y["evaporator_w"] == y["wse_w"] == y["tower_w"] == 0.0
    if y["wse_w"] > tiny_w and h["direct"] == 0:
        assert y["before_c"] >= y["cw_supply_c"] - SLACK_K
    if y["thermosyphon_w"] > tiny_w:
        assert state.thermosyphons["leaving_c"][0] >= y["outdoor_c"] - SLACK_K
    if y["reuse_w"] > tiny_w:
        p = params.reuse[0]
        assert y["return_c"] >= p["delivery_c"] + p["approach_k"] - SLACK_K
        assert y["return_c"] - y["reuse_w"] / (y["chw_kg_s"] * CP_WATER) >= p["return_c"] + p["approach_k"] - SLACK_K
    assert -60.0 < v["cw_supply_c"] < 300.0


def _chillers(state: State, params: Params) -> None:
    """No chiller beats Carnot between the waters (or air) that it sees; clamped curves may, as EnergyPlus lets them."""
    y, h = state.plant[0], params.water[0]
    leaving_c = min(y["supply_c"], y["charge_c"]) if y["charge_w"] > 0.0 else y["supply_c"]
    entering_c = y["outdoor_c"] if h["air_cooled"] == 1 else y["cw_supply_c"]
    for c, p in zip(state.chillers, params.chillers, strict=True):
        assert c["load_w"] >= 0.0
        assert c["power_w"] >= 0.0
        if p["extend"] == 1 and c["power_w"] > 0.0 and entering_c - leaving_c > 2.0:
            carnot = (leaving_c + KELVIN) / (entering_c - leaving_c)
            assert c["load_w"] / c["power_w"] < carnot, (c["load_w"] / c["power_w"], carnot)


def _rejection(state: State, params: Params, tiny_w: float) -> None:
    """Water leaves no machine colder than the air allows, and dry coolers take no water."""
    y = state.plant[0]
    wet_c, dry_c = float(state.facility["wet_bulb_c"][0]), float(y["outdoor_c"])
    for t, p in zip(state.towers, params.towers, strict=True):
        for name in ("evaporated_kg_s", "drift_kg_s", "blowdown_kg_s", "basin_w", "fan_w"):
            assert t[name] >= 0.0, name
        if t["heat_w"] <= tiny_w:
            continue
        least_c = dry_c if p["kind"] == DRY or (p["kind"] not in (YORK, MERKEL) and t["wetted"] == 0) else wet_c
        assert t["leaving_c"] >= least_c - SLACK_K, (int(p["kind"]), t["leaving_c"], least_c)
        if p["kind"] == DRY or (p["kind"] not in (YORK, MERKEL) and t["wetted"] == 0):
            assert t["evaporated_kg_s"] == t["blowdown_kg_s"] == t["drift_kg_s"] == 0.0


def _loads(state: State, params: Params, tiny_w: float) -> None:
    """Distribution units, doors and stores: no heat from cold to warm."""
    for k in range(len(params.water)):
        h, y = params.water[k], state.plant[k]
        for c, p in zip(
            state.cdus[h["cdu_first"]:h["cdu_stop"]], params.cdus[h["cdu_first"]:h["cdu_stop"]], strict=True
        ):
            assert c["exchanged_w"] >= 0.0
            assert 0.0 <= c["valve_frac"] <= 1.0 + 1e-9
            assert c["pump_w"] >= 0.0
            if c["exchanged_w"] > tiny_w:
                entering_c = c["facility_out_c"] - c["exchanged_w"] / (c["facility_kg_s"] * CP_WATER)
                assert entering_c - SLACK_K <= c["facility_out_c"] <= c["return_c"] + SLACK_K
            if p["available"] == 0:
                assert c["technology_kg_s"] == c["exchanged_w"] == c["pump_w"] == 0.0
        if h["cdu_stop"] > h["cdu_first"] and k == 1:
            _equal(y["taken_w"], state.cdus["exchanged_w"][h["cdu_first"]:h["cdu_stop"]].sum(), tiny_w * 1e9)
    assert ((state.cdus["speed_frac"] > 0.0) & (state.cdus["speed_frac"] <= 1.0)).all()
    if len(params.doors):
        x = state.solution[0]
        assert 0.0 <= x["door_frac"] <= 1.0
        assert x["door_kg_s"] >= 0.0
        assert x["door_kg_s"] <= params.doors["water_rated_kg_s"][0] * len(state.racks) * (1.0 + 1e-9)
    for t in (*state.tanks, *state.sky_tanks):
        assert (t["layer_c"] > 0.0).all()
        assert (np.diff(t["layer_c"]) <= 1e-9).all(), "colder water lies above warmer"
    assert ((state.ices["ice_frac"] >= 0.0) & (state.ices["ice_frac"] <= 1.0)).all()
