"""Closures and limits of stores, pumps, pipes, towers, dry coolers and pads."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from twin_kernels.constants import CP_WATER, STANDARD_PRESSURE
from twin_kernels.direct_evaporative import pad_air, pad_water_kg_s
from twin_kernels.dry_cooler import dry_cooler_leaving_c
from twin_kernels.equipment_water import (
    BRANCH_PARAMS,
    ICE_PARAMS,
    ICE_STATE,
    PANEL_PARAMS,
    PANEL_STATE,
    PUMP_PARAMS,
    TANK_PARAMS,
    TANK_STATE,
)
from twin_kernels.ice import ice_heat, ice_step
from twin_kernels.layout import TOWER_PARAMS, WEATHER
from twin_kernels.network import least_head_pa, network_flows
from twin_kernels.panel import panel_weather
from twin_kernels.psychrometrics import (
    dry_air_density_kg_m3,
    enthalpy_j_kg,
    humid_heat_j_kgk,
    humidity_ratio,
    saturation_humidity_ratio,
    wet_bulb_c,
)
from twin_kernels.pumps import pump_head_pa, pump_power
from twin_kernels.rejector import ADIABATIC, DRY, MERKEL, YORK, rejector_leaving_c, rejector_water
from twin_kernels.sky_tank import charge_heat_w, charging_flow
from twin_kernels.tank import tank_step, tank_stored_j

from twin.validation.check import CLOSED_FORM, HOUSE_CLOSURE, Check, largest

__all__ = ["CHECKS"]

_AIR = tuple(product((5.0, 20.0, 35.0), (0.2, 0.5, 0.9)))


def _outdoor(dry_bulb_c: float, rh_frac: float) -> tuple[float, float, float, float]:
    w = humidity_ratio(dry_bulb_c, rh_frac, STANDARD_PRESSURE)
    return dry_bulb_c, w, wet_bulb_c(dry_bulb_c, w, STANDARD_PRESSURE, dry_bulb_c), STANDARD_PRESSURE


# --- stores -------------------------------------------------------------------------------------

def _tank() -> tuple[Any, Any]:
    """100 t of water at 5 °C: no shell, no diffuser, no conduction unless given."""
    t, p = np.zeros(1, TANK_STATE)[0], np.zeros(1, TANK_PARAMS)[0]
    p["water_kg"], p["height_m"], p["area_m2"], p["rated_kg_s"], p["available"] = 1e5, 10.0, 10.0, 50.0, 1
    t["layer_c"] = 5.0
    t["top_frac"] = 0.5
    return t, p


def _plug_flow_k() -> float:
    """How much warmer the water leaves before 95 % of the tank is drawn, K: not at all."""
    t, p = _tank()
    return largest(tank_step(t, p, 20.0, 15.0, 5.0, 50.0)[0] - 5.0 for _ in range(95))


def _emptied_k() -> float:
    """How far the tank is from the water that has passed through it twice, K."""
    t, p = _tank()
    for _ in range(200):
        tank_step(t, p, 20.0, 15.0, 5.0, 50.0)
    return largest(t["layer_c"] - 15.0)


def _tank_closure() -> float:
    """Change of stored heat less what water and shell brought, over the heat moved, with everything on."""
    t, p = _tank()
    p["conductivity_w_mk"], p["loss_w_k"], p["mixed_frac"] = 1.2, 80.0, 0.1
    first_j, brought_j, moved_j = tank_stored_j(t, p), 0.0, 0.0
    for step in range(200):
        flow = 35.0 * (1 if step % 50 < 25 else -1) * (step % 7) / 6.0
        _, heat_w, loss_w = tank_step(t, p, flow, 15.0 if flow > 0.0 else 4.0, 25.0, 300.0)
        brought_j += (heat_w + loss_w) * 300.0
        moved_j += abs(heat_w) * 300.0
    return float((tank_stored_j(t, p) - first_j - brought_j) / moved_j)


def _night(area_m2: float) -> tuple[Any, Any]:
    """Panels in a clear, dry night of 10 °C."""
    p, s, w = np.zeros(1, PANEL_PARAMS)[0], np.zeros(1, PANEL_STATE)[0], np.zeros(1, WEATHER)[0]
    p["area_m2"], p["fin_frac"], p["film_base_w_m2k"], p["water_rated_kg_s"] = area_m2, 1.0, 6.0, 10.0
    p["window_emissivity_frac"] = p["far_emissivity_frac"] = p["emissivity_frac"] = 0.9
    w["dry_bulb_c"], w["pressure_pa"], w["infrared_w_m2"] = 10.0, STANDARD_PRESSURE, 260.0
    w["humidity_ratio"] = humidity_ratio(10.0, 0.2, STANDARD_PRESSURE)
    panel_weather(p, s, w, 0.0)
    return p, s


def _night_rest_k() -> float:
    """How far a tank that has gone twice through panels without end is from where their plate comes to rest, K."""
    t, tank = _tank()
    t["layer_c"], tank["charge_c"] = 20.0, 0.0
    p, s = _night(1e9)
    for _ in range(80):
        flow, bottom_c, _ = charging_flow(p, s, t, tank, 0.5, 500.0)
        tank_step(t, tank, -flow, bottom_c, 5.0, 500.0)
    return largest(t["layer_c"] - s["rest_c"])


def _night_closure() -> float:
    """What the tank stores less what shell and panels brought, over what the panels took: by the panels' own law."""
    t, tank = _tank()
    t["layer_c"], tank["charge_c"] = 20.0, 5.0
    tank["conductivity_w_mk"], tank["loss_w_k"], tank["mixed_frac"] = 1.2, 80.0, 0.1
    p, s = _night(400.0)
    first_j, brought_j, taken_j = tank_stored_j(t, tank), 0.0, 0.0
    for step in range(60):
        flow, bottom_c, _ = charging_flow(p, s, t, tank, (step % 5) / 4.0, 600.0)
        out_c, _, loss_w = tank_step(t, tank, -flow, bottom_c, 10.0, 600.0)
        taken_w = charge_heat_w(p, s, tank, out_c, 10.0) * flow / 10.0
        brought_j += (loss_w - taken_w) * 600.0
        taken_j += taken_w * 600.0
    return float((tank_stored_j(t, tank) - first_j - brought_j) / taken_j)


def _ice() -> tuple[Any, Any]:
    t, p = np.zeros(1, ICE_STATE)[0], np.zeros(1, ICE_PARAMS)[0]
    p["latent_j"], p["brine_j_kgk"], p["loss_w_k"], p["available"] = 3.6e9, 3600.0, 30.0, 1
    p["charge_rel"] = p["discharge_rel"] = (0.0, 0.0, 0.0, 0.2, -0.1, -0.05)
    return t, p


def _ice_closure() -> float:
    """Latent heat of the ice that came and went less what brine and shell brought, over all of it."""
    t, p = _ice()
    t["ice_frac"] = 0.5
    brought_j = 0.0
    for step in range(120):
        inlet_c = -6.0 if step % 60 < 30 else 11.0
        heat_w, leaving_c = ice_heat(t, p, 15.0, inlet_c, 3.0, 600.0)
        brought_j += (heat_w + ice_step(t, p, heat_w, leaving_c, 20.0, 600.0)) * 600.0
    return float(((0.5 - t["ice_frac"]) * p["latent_j"] - brought_j) / p["latent_j"])


def _ice_melted() -> float:
    """Heat that brine brings until a full store without a shell is gone, over its latent heat."""
    t, p = _ice()
    p["loss_w_k"], t["ice_frac"] = 0.0, 1.0
    brought_j = 0.0
    for _ in range(2000):
        heat_w, leaving_c = ice_heat(t, p, 15.0, 12.0, 0.0, 600.0)
        ice_step(t, p, heat_w, leaving_c, 20.0, 600.0)
        brought_j += heat_w * 600.0
    return brought_j / float(p["latent_j"]) + float(t["ice_frac"])


# --- pumps and pipes ----------------------------------------------------------------------------

def _pump() -> Any:
    p = np.zeros(1, PUMP_PARAMS)[0]
    p["rated_kg_s"], p["rated_pa"], p["density_kg_m3"], p["peak_frac"] = 33.0, 200e3, 1000.0, 0.8
    p["motor_frac"] = p["drive_frac"] = p["drive_low_frac"] = p["stage_frac"] = 1.0
    p["head_rel"], p["count"] = (1.45, 0.05, -0.5), 1
    return p


def _affinity() -> float:
    p = _pump()
    apart = []
    for flow, speed in product((8.0, 20.0, 33.0), (0.3, 0.5, 0.8)):
        whole_pa, head_pa = pump_head_pa(p, flow, 1.0), pump_head_pa(p, flow * speed, speed)
        power_w, _ = pump_power(p, flow * speed, head_pa, speed)
        whole_w, _ = pump_power(p, flow, whole_pa, 1.0)
        apart += [head_pa / (whole_pa * speed**2) - 1.0, power_w / (whole_w * speed**3) - 1.0]
    return largest(apart)


def _branches() -> Any:
    """Three branches of 100 kPa at 10 kg/s; the mains' pieces drop 56, 23 and 21 kPa at 33, 21 and 10 kg/s."""
    b = np.zeros(3, BRANCH_PARAMS)
    b["rated_kg_s"], b["coil_pa"], b["valve_pa"], b["rangeability_ratio"] = 10.0, 60e3, 40e3, 50.0
    b["main_kg_s"], b["main_pa"] = (33.0, 21.0, 10.0), (56e3, 23e3, 21e3)
    return b


def _ladder_kg_s() -> float:
    flows = np.zeros(3)
    network_flows(_branches(), _pump(), np.ones(3), 1.0, 0.0, flows)
    return largest(flows - np.array([12.0, 11.0, 10.0]))


def _ladder_kpa() -> float:
    return 1e-3 * float(network_flows(_branches(), _pump(), np.ones(3), 1.0, 0.0, np.zeros(3))[1])


def _least_kpa() -> float:
    return 1e-3 * float(least_head_pa(_branches(), np.array([6.0, 11.0, 10.0]), np.zeros(3))[0])


# --- heat rejection -----------------------------------------------------------------------------

def _machine(kind: int) -> Any:
    """A tower or dry cooler without end: its water is the smaller stream."""
    p = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["water_rated_kg_s"], p["air_rated_m3_s"], p["ua_w_k"] = kind, 10.0, 60.0, 1e12
    p["wet_bulb_rated_c"], p["ua_air_frac"], p["pad_effectiveness"] = 20.0, 1.0 / 3.0, 0.8
    p["air_min_frac"], p["drift_frac"], p["cycles"], p["pad_above_c"] = 0.2, 1e-4, 4.0, 5.0
    return p


def _endless_k(kind: int) -> float:
    """Water of an endless machine over its limit: the wet bulb, the dry bulb, or the air behind a wet pad."""
    apart = []
    for dry_bulb_c, rh_frac in _AIR:
        outdoor = _outdoor(dry_bulb_c, rh_frac)
        limit_c = {MERKEL: outdoor[2], DRY: dry_bulb_c, ADIABATIC: dry_bulb_c - 0.8 * (dry_bulb_c - outdoor[2])}[kind]
        leaving_c, _ = rejector_leaving_c(_machine(kind), limit_c + 12.0, 1.0, outdoor, 10.0, 1)
        apart.append(leaving_c - limit_c)
    return largest(apart)


def _endless_air_frac() -> float:
    """The other way round: an endless dry cooler whose air is the smaller stream warms all of it to the water."""
    p, apart = _machine(DRY), []
    for dry_bulb_c, rh_frac in _AIR:
        outdoor = _outdoor(dry_bulb_c, rh_frac)
        air_w_k = 0.3 * 60.0 * dry_air_density_kg_m3(*outdoor[:2], STANDARD_PRESSURE) * humid_heat_j_kgk(outdoor[1])
        leaving_c = dry_cooler_leaving_c(p, dry_bulb_c + 20.0, 0.3, outdoor, 40.0, 0)
        apart.append((dry_bulb_c + 20.0 - leaving_c) * 40.0 * CP_WATER / (20.0 * air_w_k) - 1.0)
    return largest(apart)


def _water_balance(kind: int) -> float:
    """Vapour that the leaving air carries away over what the machine evaporates; and salts over cycles, less one."""
    p, apart = _machine(kind), []
    p["ua_w_k"] = 1e5
    for dry_bulb_c, rh_frac in _AIR:
        outdoor = _outdoor(dry_bulb_c, rh_frac)
        heat_w = 5e5
        evaporated, drift, blowdown, out_c = rejector_water(p, heat_w, 1.0, outdoor, 10.0, dry_bulb_c, 1)
        if kind == ADIABATIC:
            behind_c, out_w = pad_air(*outdoor, 0.8)
            air = 60.0 * dry_air_density_kg_m3(behind_c, out_w, STANDARD_PRESSURE)
            apart.append((behind_c + heat_w / (air * humid_heat_j_kgk(out_w)) - out_c) / 10.0)
        else:
            air = 60.0 * dry_air_density_kg_m3(*outdoor[:2], STANDARD_PRESSURE)
            out_w = saturation_humidity_ratio(out_c, STANDARD_PRESSURE)
        apart.append((air * (out_w - outdoor[1]) - evaporated) / max(evaporated, 1e-6))
        apart.append((evaporated + drift + blowdown) / (drift + blowdown) / 4.0 - 1.0)
    return largest(apart)


def _pad_to_wet_bulb() -> float:
    """Distance of a perfect pad's air from the wet bulb [K], and of its humidity from saturation [0.1 g/kg]."""
    apart = []
    for dry_bulb_c, rh_frac in _AIR:
        outdoor = _outdoor(dry_bulb_c, rh_frac)
        if outdoor[2] <= 0.1:
            continue
        out_c, out_w = pad_air(*outdoor, 1.0)
        apart += [out_c - outdoor[2], 1e4 * (out_w - saturation_humidity_ratio(out_c, STANDARD_PRESSURE))]
    return largest(apart)


def _pad_energy() -> float:
    """Enthalpy that air gains in a pad over that of the water it took up at the wet bulb, less one."""
    apart = []
    for (dry_bulb_c, rh_frac), effectiveness in product(_AIR, (0.3, 0.85)):
        outdoor = _outdoor(dry_bulb_c, rh_frac)
        if outdoor[2] <= 0.1:
            continue
        out_c, out_w = pad_air(*outdoor, effectiveness)
        evaporated, blowdown = pad_water_kg_s(2.0, outdoor[1], out_w, 4.0)
        gained_w = 2.0 * (enthalpy_j_kg(out_c, out_w) - enthalpy_j_kg(dry_bulb_c, outdoor[1]))
        apart += [(gained_w - evaporated * CP_WATER * outdoor[2]) / (evaporated * 2.5e6),
                  blowdown * 3.0 / evaporated - 1.0]
    return largest(apart)


_PLUG = "plug flow of a tank, and its balance"
_NIGHT = "night tank of sky panels: where the plate comes to rest, and the balance"
_ICE = "heat of fusion and the balance of a store of ice"
_AFFINITY = "affinity laws: head with the square, power with the cube of speed"
_LADDER = "three branches by hand: 100 kPa at 10 kg/s each; mains 56, 23, 21 kPa at 33, 21, 10 kg/s"
_ENDLESS = "limits of heat rejection: wet bulb, dry bulb, air behind a pad"
_WATER = "water: evaporation is what the air carries away; salts stay"
_SMALL = "1e12 W/K leaves less"

#: What is known without a computer.
CHECKS: tuple[Check, ...] = (
    Check("tank.plug_flow", _PLUG, "water leaving while 95 % of a cold tank is drawn, warmer by [K]", 0.0, 1e-9,
          CLOSED_FORM, _plug_flow_k),
    Check("tank.emptied", _PLUG, "tank twice flushed, from its inlet [K]", 0.0, 1e-6, "the mixing layer is flushed too",
          _emptied_k),
    Check("tank.closure", _PLUG, "stored less brought over heat moved, 200 steps with all losses", 0.0, 1e-9,
          HOUSE_CLOSURE, _tank_closure),
    Check("night_tank.rest", _NIGHT, "tank twice through endless panels, from their resting temperature [K]", 0.0, 1e-6,
          "the mixing layer is flushed too", _night_rest_k),
    Check("night_tank.closure", _NIGHT, "stored less shell and panels' law over heat taken, 60 steps", 0.0, 1e-9,
          HOUSE_CLOSURE, _night_closure),
    Check("ice.closure", _ICE, "ice made and melted less heat brought over its latent heat, 120 steps", 0.0, 1e-9,
          HOUSE_CLOSURE, _ice_closure),
    Check("ice.melted", _ICE, "heat to melt a full store over its latent heat", 1.0, 1e-9, HOUSE_CLOSURE, _ice_melted),
    Check("pump.affinity", _AFFINITY, "head and power at three speeds, relative", 0.0, 1e-12, CLOSED_FORM, _affinity),
    Check("network.flows", _LADDER, "flows from 12, 11 and 10 kg/s, pump 33 kg/s at 200 kPa [kg/s]", 0.0,
          1e-9, CLOSED_FORM, _ladder_kg_s),
    Check("network.head", _LADDER, "pump head [kPa]", 200.0, 1e-9, CLOSED_FORM, _ladder_kpa),
    Check("network.least", _LADDER, "least head for 6, 11 and 10 kg/s: 56 (27/33)² + 23 + 21 + 100 [kPa]",
          56.0 * (27.0 / 33.0) ** 2 + 144.0, 1e-9, CLOSED_FORM, _least_kpa),
    Check("merkel.wet_bulb", _ENDLESS, "endless Merkel tower, water from the wet bulb [K]", 0.0, 1e-3, _SMALL,
          lambda: _endless_k(MERKEL)),
    Check("dry_cooler.dry_bulb", _ENDLESS, "endless dry cooler, water from the dry bulb [K]", 0.0, 1e-3, _SMALL,
          lambda: _endless_k(DRY)),
    Check("dry_cooler.pad", _ENDLESS, "endless cooler behind a wet pad, water from its air [K]", 0.0, 1e-3, _SMALL,
          lambda: _endless_k(ADIABATIC)),
    Check("dry_cooler.air", _ENDLESS, "endless cooler with little air, heat from what warms it to the water", 0.0, 1e-6,
          _SMALL, _endless_air_frac),
    Check("pad.wet_bulb", _ENDLESS, "perfect pad, air from wet bulb [K], humidity from saturation [0.1 g/kg]", 0.0,
          1e-4, "wet bulb is found to 1e-9 K", _pad_to_wet_bulb),
    Check("pad.energy", _WATER, "enthalpy gained in a pad less its water's, over latent heat; bleed, from cycles", 0.0,
          1e-9, HOUSE_CLOSURE, _pad_energy),
    Check("york.water", _WATER, "York tower: vapour in the air and salts, relative", 0.0, 1e-9, HOUSE_CLOSURE,
          lambda: _water_balance(YORK)),
    Check("merkel.water", _WATER, "Merkel tower: the same", 0.0, 1e-9, HOUSE_CLOSURE, lambda: _water_balance(MERKEL)),
    Check("adiabatic.water", _WATER, "dry cooler behind a wet pad: the same, and its air's balance", 0.0, 1e-9,
          HOUSE_CLOSURE, lambda: _water_balance(ADIABATIC)),
)
