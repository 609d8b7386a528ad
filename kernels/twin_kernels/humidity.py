"""Humidifiers and dehumidifiers of the hall: ideal loops within their capacity."""

from __future__ import annotations

from typing import Any

from twin_kernels.hall import solve_moisture
from twin_kernels.jit import kernel

__all__ = ["humidity_control"]


@kernel
def humidity_control(f: Any, s: Any, x: Any, dt_s: float) -> None:
    """Vapour that brings the room into its band of humidity, within the machines' capacities (ideal loops).

    Parameters
    ----------
    f, s, x : records of FACILITY_PARAMS, FACILITY_STATE, SOLUTION
        Vapour source and the machines' flows and powers are written.
    dt_s : float
        Step, s.
    """
    s["humidifier_kg_s"] = 0.0
    x["vapour_source_kg_s"] = 0.0
    if f["humidify_below_w"] > 0.0:
        x["wet"] = 0
        x["outdoor_frac"] = s["outdoor_air_frac"]
        dry, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
        if dry < f["humidify_below_w"]:
            x["vapour_source_kg_s"] = 1e-3
            moist, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
            wanted = 1e-3 * (f["humidify_below_w"] - dry) / (moist - dry)
            x["vapour_source_kg_s"] = min(wanted, f["humidifier_kg_s"])
            s["humidifier_kg_s"] = x["vapour_source_kg_s"]
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
        x["vapour_source_kg_s"] = -1e-3
        drier, _, _ = solve_moisture(x, f, s["supply_kg_s"], s["room_w"], dt_s)
        wanted = 1e-3 * (moist - f["dehumidify_above_w"]) / (moist - drier)
        s["dehumidifier_kg_s"] = min(wanted, f["dehumidifier_kg_s"])
        x["vapour_source_kg_s"] = -s["dehumidifier_kg_s"]
    s["dehumidifier_w"] = s["dehumidifier_kg_s"] * f["dehumidifier_j_kg"]
