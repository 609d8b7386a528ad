"""Direct-expansion units of a hall: what each can do to the air it draws, at which part load it runs, and its books.

Each unit blows return air, mixed with outdoor air where there is an economiser, through its coil; the coil comes
before the fan (draw-through). Condensers give all their heat to the outdoors.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_VAPOUR, H_VAPOUR_0
from twin_kernels.dx_coil import dx_full_load, dx_leaving, dx_run_frac
from twin_kernels.economiser import outdoor_share
from twin_kernels.jit import kernel
from twin_kernels.movers import fan_power_w
from twin_kernels.psychrometrics import enthalpy_j_kg, humid_heat_j_kgk, temperature_from_enthalpy_c

__all__ = ["ask_units", "book_units", "hold_supply", "stop_dx_units", "together"]

#: Part load of an inverter is found to this.
_PLR_TOLERANCE = 1e-10
#: Warmer supply than this above the target is a shortfall, K.
_HELD_K = 1e-3
#: Shares of outdoor air that differ by rounding only.
_ROUNDING = 1e-9


@kernel
def _alike(a: Any, b: Any) -> bool:
    """Whether two units are equal: of one group, and events have left them so."""
    return (
        a["group"] == b["group"] and a["available"] == b["available"] and a["rated_w"] == b["rated_w"]
        and a["compressor_available"] == b["compressor_available"] and a["cop"] == b["cop"]
        and a["air_rated_m3_s"] == b["air_rated_m3_s"] and a["fan_rated_w"] == b["fan_rated_w"]
        and a["bypass_kg_s"] == b["bypass_kg_s"] and a["supply_offset_k"] == b["supply_offset_k"]
    )


@kernel
def ask_units(dxs: Any, p: Any, x: Any, air: tuple[float, float], speed_frac: float, density_kg_m3: float) -> None:
    """What every unit would do to this air if its compressor ran all the time.

    Parameters
    ----------
    dxs, p : arrays of DX_STATE, DX_PARAMS
        ``air_kg_s``, ``fan_w``, ``capacity_w``, ``drop``, ``full_w`` and the surface are written.
    x : record of SOLUTION
        Outdoor air and pressure.
    air : tuple of float
        Air before the coils: °C and kg/kg.
    speed_frac : float
        Fan speed of every unit while it runs, 0 … 1.
    density_kg_m3 : float
        Dry air in a cubic metre of rated flow, kg/m³.
    """
    last = -1
    for i in range(dxs.shape[0]):
        c = dxs[i]
        q = p[i]
        if q["available"] == 0:
            _stop(c)
            continue
        if last >= 0 and _alike(q, p[last]):
            dxs[i] = dxs[last]
            continue
        last = i
        flow = speed_frac * q["air_rated_m3_s"] * density_kg_m3
        c["speed_frac"] = speed_frac
        c["air_kg_s"] = flow
        c["fan_w"] = fan_power_w(q["fan_rated_w"], q["fan_curve"], speed_frac)
        capacity, drop, surface_w, surface_c, wet, power, outside = dx_full_load(
            q, (flow, air[0], air[1]), x["outdoor_c"], x["pressure_pa"], (c["wet_bulb_c"], c["surface_c"])
        )
        running = 1.0 if q["compressor_available"] == 1 else 0.0
        c["capacity_w"] = running * capacity
        c["drop"] = running * drop
        c["full_w"] = running * power
        c["surface_w"] = surface_w
        c["surface_c"] = surface_c
        c["wet_bulb_c"] = wet
        c["outside_box"] = outside


@kernel
def together(
    dxs: Any, p: Any, plr: float, fan_frac: float, air: tuple[float, float], pressure_pa: float
) -> tuple[float, float, float, float, float]:
    """All units at one part load: flow, heat, fans, and the two sums that dry the air.

    The air's humidity falls by ``(a w - b) / m`` with ``a = Σ m β`` and ``b = Σ m β w_adp``, β the share of the air
    that meets a wet surface: linear, so that humidity can be solved with it.

    Parameters
    ----------
    dxs, p : arrays of DX_STATE, DX_PARAMS
        After :func:`ask_units`.
    plr : float
        Part-load ratio of every compressor, 0 … 1.
    fan_frac : float
        Share of the time that fans run; below 0: with their compressors.
    air : tuple of float
        Air that the units were asked about: °C and kg/kg.
    pressure_pa : float

    Returns
    -------
    tuple of float
        kg/s, heat W, fans W, a kg/s, b kg/s.
    """
    flow = heat = fans = dried = surface = 0.0
    for i in range(dxs.shape[0]):
        c = dxs[i]
        if p[i]["available"] == 0:
            continue
        share = fan_frac if fan_frac >= 0.0 else dx_run_frac(p[i], plr)
        flow += share * c["air_kg_s"]
        fans += share * c["fan_w"]
        heat += plr * c["capacity_w"]
        drop, surface_w = plr * c["drop"], c["surface_w"]
        if p[i]["inverter"] == 1:
            _, out_w, surface_w = dx_leaving(
                p[i], (c["air_kg_s"], air[0], air[1]), plr * c["capacity_w"], pressure_pa, c["surface_c"]
            )
            drop = air[1] - out_w
        if drop > 0.0 and air[1] > surface_w:
            beta = c["air_kg_s"] * drop / (air[1] - surface_w)
            dried += beta
            surface += beta * surface_w
    return flow, heat, fans, dried, surface


@kernel
def _part_load(c: Any, q: Any, air: tuple[float, float], target_c: float, pressure_pa: float) -> float:
    """Part load at which a unit's coil leaves the air at a target, 0 … 1."""
    if air[0] <= target_c or c["capacity_w"] <= 0.0:
        return 0.0
    flow = c["air_kg_s"]
    entering_j_kg = enthalpy_j_kg(air[0], air[1])
    if q["inverter"] == 0:  # a mean of on and off: linear in enthalpy and humidity
        vapour_j_kg = H_VAPOUR_0 + CP_VAPOUR * target_c
        need = entering_j_kg - enthalpy_j_kg(target_c, air[1])
        gives = c["capacity_w"] / flow - c["drop"] * vapour_j_kg
        return min(need / gives, 1.0) if gives > 0.0 else 1.0
    low, high = 0.0, 1.0
    error_low = air[0] - target_c
    out_h, out_w, _ = dx_leaving(q, (flow, air[0], air[1]), c["capacity_w"], pressure_pa, c["surface_c"])
    error_high = temperature_from_enthalpy_c(out_h, out_w) - target_c
    if error_high >= 0.0:
        return 1.0
    side = 0
    plr = 0.0
    for _ in range(60):
        plr = low + (high - low) * error_low / (error_low - error_high)
        out_h, out_w, _ = dx_leaving(q, (flow, air[0], air[1]), plr * c["capacity_w"], pressure_pa, c["surface_c"])
        error = temperature_from_enthalpy_c(out_h, out_w) - target_c
        if abs(error) < _PLR_TOLERANCE or high - low < _PLR_TOLERANCE:
            break
        if error > 0.0:
            low, error_low = plr, error
            if side == 1:
                error_high *= 0.5
            side = 1
        else:
            high, error_high = plr, error
            if side == -1:
                error_low *= 0.5
            side = -1
    return plr


@kernel
def hold_supply(
    dxs: Any, p: Any, f: Any, x: Any, setpoint_c: float, air: tuple[float, float]
) -> tuple[float, float, float, float, float, float, float]:
    """Every unit holds its own supply temperature: part loads, and the supply they make together.

    The supply is ``h_s = k h_m + c + g h(T, w_s)`` of the mixed air h_m: a share g holds its target temperature T
    whatever the mixed air, the others follow it. Humidity as in :func:`together`.

    Parameters
    ----------
    dxs, p : arrays of DX_STATE, DX_PARAMS
        After :func:`ask_units`; ``plr`` and ``saturated`` are written.
    f, x : records of FACILITY_PARAMS, SOLUTION
    setpoint_c : float
        Supply-air setpoint, °C.
    air : tuple of float
        Mixed air: °C and kg/kg.

    Returns
    -------
    tuple of float
        k, c (J/kg), g, T (°C), a / m and b / m, share of outdoor air that is wanted.
    """
    return_c = temperature_from_enthalpy_c(x["return_j_kg"], x["return_w"])
    total = x["supply_kg_s"]
    keeps = fixed = held = held_c = held_drop = drops = dried = surface = outdoor = 0.0
    for i in range(dxs.shape[0]):
        c = dxs[i]
        q = p[i]
        if q["available"] == 0:
            continue
        flow = c["air_kg_s"]
        fan_j_kg = c["fan_w"] / flow
        target_c = setpoint_c + q["supply_offset_k"] - fan_j_kg / humid_heat_j_kgk(air[1])
        wanted = outdoor_share(f, x, return_c, target_c)
        outdoor += flow * wanted
        dampers = f["econ_min_frac"] < wanted < 1.0  # they hold the target: the compressor stands
        plr = 0.0 if dampers else _part_load(c, q, air, target_c, x["pressure_pa"])
        drop, surface_w = plr * c["drop"], c["surface_w"]
        if q["inverter"] == 1 and plr > 0.0:
            _, out_w, surface_w = dx_leaving(
                q, (flow, air[0], air[1]), plr * c["capacity_w"], x["pressure_pa"], c["surface_c"]
            )
            drop = air[1] - out_w
        if drop > 0.0 and air[1] > surface_w:
            beta = flow * drop / (air[1] - surface_w)
            dried += beta
            surface += beta * surface_w
        drops += flow * drop
        c["plr"] = plr
        c["saturated"] = 0.0
        if dampers or 0.0 < plr < 1.0:
            held += flow
            held_c += flow * target_c
            held_drop += flow * drop
            fixed += c["fan_w"]
        else:
            keeps += flow
            fixed += c["fan_w"] - plr * c["capacity_w"]
            left_j_kg = enthalpy_j_kg(air[0], air[1]) - plr * c["capacity_w"] / flow
            if temperature_from_enthalpy_c(left_j_kg, air[1] - drop) > target_c + _HELD_K:
                c["saturated"] = 1.0
    held_c = held_c / held if held > 0.0 else setpoint_c
    # units that cool leave their air drier than the mean of all
    fixed += (held * drops / total - held_drop) * (H_VAPOUR_0 + CP_VAPOUR * held_c)
    outdoor /= total
    if abs(outdoor - f["econ_min_frac"]) < _ROUNDING:
        outdoor = f["econ_min_frac"]  # all dampers at their lowest: no more than that by rounding
    return keeps / total, fixed / total, held / total, held_c, dried / total, surface / total, outdoor


@kernel
def book_units(dxs: Any, p: Any, x: Any, air: tuple[float, float], fan_frac: float) -> None:
    """Write what every unit did over the step, from its part load, and their sums.

    Parameters
    ----------
    dxs, p : arrays of DX_STATE, DX_PARAMS
        ``plr`` is read; flows and fans become means over the step.
    x : record of SOLUTION
        ``fan_w``, ``dx_w``, ``dx_outside`` and ``saturated`` are written.
    air : tuple of float
        Mixed air: °C and kg/kg.
    fan_frac : float
        Share of the time that fans run; below 0: with their compressors.
    """
    fans = power = 0.0
    saturated = outside = 0
    entering_j_kg = enthalpy_j_kg(air[0], air[1])
    for i in range(dxs.shape[0]):
        c = dxs[i]
        q = p[i]
        if q["available"] == 0:
            continue
        run_frac = dx_run_frac(q, c["plr"])
        share = fan_frac if fan_frac >= 0.0 else run_frac
        flow = c["air_kg_s"]
        c["run_frac"] = run_frac
        c["load_w"] = c["plr"] * c["capacity_w"]
        c["condenser_fan_w"] = run_frac * q["condenser_fan_w"] if c["capacity_w"] > 0.0 else 0.0
        c["power_w"] = run_frac * c["full_w"] + c["condenser_fan_w"]
        c["supply_j_kg"] = entering_j_kg
        c["supply_w"] = air[1]
        if share > 0.0:  # while the fan runs
            taken_j_kg = c["load_w"] / (share * flow)
            drop = c["plr"] / share * c["drop"]
            if q["inverter"] == 1 and c["plr"] > 0.0:
                _, out_w, _ = dx_leaving(q, (flow, air[0], air[1]), c["load_w"], x["pressure_pa"], c["surface_c"])
                drop = air[1] - out_w
            c["supply_j_kg"] = entering_j_kg - taken_j_kg + c["fan_w"] / flow
            c["supply_w"] = air[1] - drop
        c["supply_c"] = temperature_from_enthalpy_c(c["supply_j_kg"], c["supply_w"])
        c["air_kg_s"] = share * flow
        c["fan_w"] = share * c["fan_w"]
        c["speed_frac"] = share * c["speed_frac"]
        fans += c["fan_w"]
        power += c["power_w"]
        if c["plr"] > 0.0:
            outside = max(outside, c["outside_box"])
        if c["saturated"] > 0.0:
            saturated = 1
    x["fan_w"] = fans
    x["dx_w"] = power
    x["dx_outside"] = outside
    x["saturated"] = saturated


@kernel
def _stop(c: Any) -> None:
    """A unit that does not run."""
    c["speed_frac"] = c["air_kg_s"] = c["fan_w"] = 0.0
    c["plr"] = c["run_frac"] = c["capacity_w"] = c["drop"] = c["full_w"] = 0.0
    c["load_w"] = c["power_w"] = c["condenser_fan_w"] = c["saturated"] = 0.0
    c["outside_box"] = 0


@kernel
def stop_dx_units(dxs: Any, x: Any) -> None:
    """No unit runs: none moves air or heat.

    Parameters
    ----------
    dxs : array of DX_STATE
    x : record of SOLUTION
    """
    for i in range(dxs.shape[0]):
        _stop(dxs[i])
    x["fan_w"] = x["dx_w"] = 0.0
    x["dx_outside"] = 0
