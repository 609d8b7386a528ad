"""What the authority test steps, by how much, what each actuator should move, and when it has nothing to do.

Actuators are the setpoints of ``twin.policies.contract.Setpoints``, whatever they are, and one unit of every group of
equipment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from numpy.typing import NDArray
from twin_kernels.layout import SETPOINTS, STEP_OUT_FIELDS

from twin.facility.build import Facility
from twin.policies.check import BOUNDS
from twin.policies.contract import Setpoints
from twin.scenario.connections import heat_paths
from twin.scenario.features import features_of
from twin.scenario.library import chiller_part
from twin.scenario.schema import Scenario
from twin.scenario.targets import equipment_targets

__all__ = ["Actuator", "actuators", "asked_for", "held_within", "spare_units", "why_not_in_use"]

#: Setpoint → step, and the field of STEP_OUT, in the setpoint's unit, that should follow it; empty where nothing does
#: one to one and any effect counts. Steps are of the size that operators move setpoints
#: by; far larger than any threshold, small enough to stay in one regime. Source: assumed.
_STEPS: dict[str, tuple[float, str]] = {
    "supply_air_c": (1.0, "supply_c"),
    "return_air_c": (1.0, "return_c"),
    "fan_speed_frac": (0.1, "crah_speed_frac"),
    "demand_margin_frac": (0.05, ""),
    "chilled_water_c": (1.0, "chw_supply_c"),
    "facility_water_c": (1.0, "facility_supply_c"),
    "technology_water_c": (1.0, "technology_supply_c"),
    "pump_dp_frac": (0.1, ""),
    "condenser_min_c": (2.0, "cw_supply_c"),
    "condenser_max_c": (2.0, "cw_supply_c"),
    "condenser_approach_k": (1.0, "cw_supply_c"),
}
#: Share of its bounds by which a setpoint that is not in the table is stepped. Source: assumed.
_OTHER_STEP = 0.05
#: A setpoint this close to what was asked for is held, K: ten times the display of a plant's sensors. Source: assumed.
_HELD_K = 0.1
#: As above for a fraction: a percent of fan speed. Source: assumed.
_HELD_FRAC = 0.01
#: Towers that are a little too small warm their water by a fraction of a kelvin (see ``twin.scenario.outline``).
_TOWER_HELD_K = 0.5
_FREE, _PARTIAL, _FULL = 1, 2, 3


@dataclass(frozen=True)
class Actuator:
    """A setpoint that is stepped.

    Attributes
    ----------
    name : str
        As in ``Setpoints``.
    step : float
        By how much, in the unit of the setpoint.
    target : str
        Field of STEP_OUT that should follow; empty if none is known: then any effect counts.
    low, high : float
        Bounds of the setpoint.
    """

    name: str
    step: float
    target: str
    low: float
    high: float


def actuators() -> list[Actuator]:
    """Every setpoint that a policy can move, in the order of the contract.

    Returns
    -------
    list of Actuator
        One that is not in the table of steps gets 5 % of its bounds and no target.
    """
    found = []
    for name in (field.name for field in fields(Setpoints) if field.name in (SETPOINTS.names or ())):
        low, high = BOUNDS[name]
        step, target = _STEPS.get(name, (_OTHER_STEP * (high - low), ""))
        found.append(Actuator(name, step, target if target in STEP_OUT_FIELDS else "", low, high))
    return found


def spare_units(scenario: Scenario) -> list[tuple[str, str]]:
    """One unit of every group of equipment, to be switched off.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of (str, str)
        Path of the group and path of its first unit.
    """
    found = []
    for kind, targets in equipment_targets(scenario.hall, scenario.plant).items():
        groups = {name: units for name, units in targets.items() if name != kind and len(units) > 1}
        grouped = {unit for units in groups.values() for unit in units}
        found += [(name, units[0]) for name, units in targets.items()
                  if name != kind and (name in groups or name not in grouped)]
    return found


def asked_for(
    name: str, setpoints: NDArray[Any], seen: Mapping[str, float], scenario: Scenario, facility: Facility
) -> float | None:
    """What the target of a setpoint should be.

    Parameters
    ----------
    name : str
        Setpoint.
    setpoints : ndarray of one SETPOINTS
    seen : mapping
        Fields of STEP_OUT at rest.
    scenario : Scenario
    facility : Facility

    Returns
    -------
    float or None
        In the unit of the target; None where no loop holds one. The condenser water is asked to be
        ``clip(wet bulb + approach, min, max)``.
    """
    if not _STEPS.get(name, (0.0, ""))[1] or why_not_in_use(name, setpoints, seen, scenario):
        return None
    if name.startswith("condenser_"):
        return _condenser_c(setpoints, seen)[0]
    value = float(setpoints[name][0])
    if name == "supply_air_c":  # groups with a setpoint of their own mix in
        p = facility.params
        units = next((found for found in (p.crahs, p.iecs, p.dxs) if len(found)), p.crahs)
        if not len(units):
            return None
        value += float((units["supply_offset_k"] * units["air_rated_m3_s"]).sum() / units["air_rated_m3_s"].sum())
    return value


def held_within(name: str, seen: Mapping[str, float], scenario: Scenario) -> float:
    """How far from its setpoint a held quantity may be.

    Parameters
    ----------
    name : str
        Setpoint.
    seen : mapping
        Fields of STEP_OUT at rest.
    scenario : Scenario

    Returns
    -------
    float
        In the unit of the target. Free cooling may let chilled water drift by the threshold at which it ends.
    """
    if name.endswith("_frac"):
        return _HELD_FRAC
    if name.startswith("condenser_"):
        return _TOWER_HELD_K
    economiser = scenario.plant.water_economiser
    if name == "chilled_water_c" and economiser is not None and round(seen["mode"]) == _FREE:
        return max(_HELD_K, economiser.fc_to_pmc_k)
    return _HELD_K


def _condenser_c(setpoints: NDArray[Any], seen: Mapping[str, float]) -> tuple[float, str]:
    """Condenser water asked for while chillers reject to it, °C, and which of the three setpoints says so."""
    low, high = float(setpoints["condenser_min_c"][0]), float(setpoints["condenser_max_c"][0])
    wanted = seen["wet_bulb_c"] + float(setpoints["condenser_approach_k"][0])
    if max(min(wanted, high), low) == low:
        return low, "condenser_min_c"
    return (high, "condenser_max_c") if wanted > high else (wanted, "condenser_approach_k")


def why_not_in_use(name: str, setpoints: NDArray[Any], seen: Mapping[str, float], scenario: Scenario) -> str:
    """Why a setpoint has nothing to do, if that is known.

    Parameters
    ----------
    name : str
        Setpoint.
    setpoints : ndarray of one SETPOINTS
    seen : mapping
        Fields of STEP_OUT at rest.
    scenario : Scenario

    Returns
    -------
    str
        Empty if no reason is known.
    """
    fan = scenario.hall.fan.mode
    if name == "return_air_c" and fan != "return_temperature":
        return f'hall.fan.mode is "{fan}"'
    if name == "fan_speed_frac" and fan != "fixed":
        return f'hall.fan.mode is "{fan}"'
    if name == "demand_margin_frac" and fan != "demand":
        return f'hall.fan.mode is "{fan}"'
    features = features_of(scenario.hall, scenario.plant)
    if name == "facility_water_c" and "facility" not in features:
        return "no facility water"
    if name == "technology_water_c" and "liquid" not in features:
        return "no liquid cooling"
    if name == "pump_dp_frac" and not _curves(scenario):
        return "no pump given by its curve"
    if name == "chilled_water_c" or name.startswith("condenser_"):
        return _why_no_water(name, setpoints, seen, scenario)
    return ""


def _curves(scenario: Scenario) -> bool:
    """Whether some pump is given by its curve, and so by the pressure it holds."""
    plant = scenario.plant
    pumps = [plant.chilled_water_pump, plant.facility_water.pump if plant.facility_water is not None else None]
    return any(pump is not None and pump.curve is not None for pump in pumps)


def _why_no_water(name: str, setpoints: NDArray[Any], seen: Mapping[str, float], scenario: Scenario) -> str:
    """As above, for setpoints of the chilled-water plant."""
    if not scenario.hall.crah and scenario.hall.rear_door is None:
        units = "direct-expansion" if scenario.hall.dx else "indirect evaporative"
        return f"{units} units: no chilled water"
    if name.startswith("condenser_") and scenario.plant.condenser_water_pump is None:
        return "no condenser water"
    mode = round(seen["mode"])
    if seen["chw_flow_kg_s"] <= 0.0:
        return "outdoor air carries the heat" if mode == _FREE else "no chilled water is needed"
    if name == "chilled_water_c":
        return ""
    if not heat_paths(scenario.hall, scenario.plant).condenser:
        return "no tower or dry cooler serves the chilled water"
    if all(chiller_part(group.part).cooling == "air" for group in scenario.plant.chiller.values()) and mode == _FULL:
        return "chillers are air-cooled"
    if scenario.plant.water_economiser is not None and mode in (_FREE, _PARTIAL):
        return "free cooling sets the tower water" if mode == _FREE else "towers run flat out for the economiser"
    binding = _condenser_c(setpoints, seen)[1]
    said = {
        "condenser_min_c": "condenser_min_c is in force", "condenser_max_c": "condenser_max_c is in force",
        "condenser_approach_k": "wet bulb + approach is in force",
    }
    return "" if binding == name else said[binding]
