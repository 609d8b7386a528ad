"""Humidifier and dehumidifier of the hall: ideal loops around the room's humidity, within their capacities."""

from __future__ import annotations

from typing import Any

from twin_kernels.hall import solve_moisture
from twin_kernels.jit import kernel

__all__ = ["control_humidity"]


@kernel
def control_humidity(f: Any, s: Any, x: Any, dt_s: float) -> None:
    """Vapour that brings the room to its lowest or highest humidity, within the machines' capacity (ideal loops).

    Parameters
    ----------
    f, s : records of FACILITY_PARAMS, FACILITY_STATE
        Flows and powers of humidifier and dehumidifier are written.
    x : record of SOLUTION
        ``vapour_source_kg_s`` is written: what they and the other internal gains give the room.
    dt_s : float
        Step, s.
    """
    gain = x["gain_kg_s"]
    s["humidifier_kg_s"] = 0.0
    x["vapour_source_kg_s"] = gain
    if f["humidify_below_w"] > 0.0:
        x["wet"] = 0
        x["outdoor_frac"] = s["outdoor_air_frac"]
        dry, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
        if dry < f["humidify_below_w"]:
            x["vapour_source_kg_s"] = gain + 1e-3
            moist, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
            wanted = 1e-3 * (f["humidify_below_w"] - dry) / (moist - dry)
            s["humidifier_kg_s"] = min(wanted, f["humidifier_kg_s"])
            x["vapour_source_kg_s"] = gain + s["humidifier_kg_s"]
    s["humidifier_w"] = s["humidifier_kg_s"] * f["humidifier_j_kg"]
    s["dehumidifier_kg_s"] = 0.0
    if f["dehumidify_above_w"] > 0.0:
        _dehumidifier(f, s, x, dt_s)


@kernel
def _dehumidifier(f: Any, s: Any, x: Any, dt_s: float) -> None:
    """Vapour taken out to keep the room at its highest humidity, within capacity (ideal loop).

    A self-contained machine in the hall: its electricity and the heat of condensation stay in the hall, the
    condensate leaves with its enthalpy.
    """
    x["wet"] = s["coil_wet"]
    x["supply_w"] = s["supply_w"]
    x["outdoor_frac"] = s["outdoor_air_frac"]
    moist, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
    if moist > f["dehumidify_above_w"] and s["humidifier_kg_s"] <= 0.0:
        x["vapour_source_kg_s"] = x["gain_kg_s"] - 1e-3
        drier, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
        wanted = 1e-3 * (moist - f["dehumidify_above_w"]) / (moist - drier)
        s["dehumidifier_kg_s"] = min(wanted, f["dehumidifier_kg_s"])
        x["vapour_source_kg_s"] = x["gain_kg_s"] - s["dehumidifier_kg_s"]
    s["dehumidifier_w"] = s["dehumidifier_kg_s"] * f["dehumidifier_j_kg"]
