"""What planning policies have in common: which setpoints they move, between which bounds, and what a plan costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.policies.contract import Setpoints
from twin.policies.facts import Facts

__all__ = ["PlanSettings", "action_bounds", "bounded_setpoints", "plan_settings"]

#: Setpoint of the fans by ``hall.fan.mode``.
_FANS = {"demand": "demand_margin_frac", "fixed": "fan_speed_frac", "return_temperature": "return_air_c"}
#: How far the return air may leave the scenario's, K, and least and most condenser approach, K. Source: assumed.
_RETURN_K, _APPROACH_K = 4.0, (2.5, 10.0)
#: Facility water of a hall without any stands at its bound, °C.
_NO_FACILITY_C = 60.0
#: Coils need water colder than the air they make, K. Source: assumed: as the rule-based baseline.
_COIL_K = 1.0


@dataclass(frozen=True)
class PlanSettings:
    """Numbers of a plan; meanings in ``[policy.planning]``."""

    horizon_s: int
    replan_s: float
    inlet_max_c: float
    chip_max_c: float
    penalty_kw: float
    identify_s: int
    identify_every_s: float
    candidates: int
    elite: int
    rounds: int
    blocks: int


def plan_settings(settings: Mapping[str, Any], facts: Facts) -> PlanSettings:
    """Numbers of a plan from the scenario's keys.

    Parameters
    ----------
    settings : mapping
        The keys of ``[policy]``.
    facts : Facts
        For the control interval and the rated power.

    Returns
    -------
    PlanSettings
    """
    keys, each = settings["planning"], facts.interval_s
    return PlanSettings(
        horizon_s=max(round(keys["horizon_h"] * 3600.0 / each), keys["blocks"]) * each, replan_s=keys["replan_s"],
        inlet_max_c=keys["inlet_max_c"], chip_max_c=settings["chip_target_c"],
        penalty_kw=keys["penalty_kw_per_k"] * facts.it_rated_kw,
        identify_s=round(keys["identify_h"] * 3600.0 / each) * each, identify_every_s=keys["identify_every_h"] * 3600.0,
        candidates=keys["candidates"], elite=keys["elite"], rounds=keys["rounds"], blocks=keys["blocks"],
    )


def action_bounds(settings: Mapping[str, Any], facts: Facts, *, liquid: bool = False) -> dict[str, tuple[float, float]]:
    """Setpoints that a planning policy moves, and between which bounds; it never leaves them, also while exploring.

    Parameters
    ----------
    settings : mapping
        The keys of ``[policy]``.
    facts : Facts
        Kind of hall, and its setpoints.
    liquid : bool
        Whether the policy knows about chips, and may move the facility water of liquid-cooled halls.

    Returns
    -------
    dict
        Setpoint → lowest, highest.
    """
    start = facts.start
    found = {"supply_air_c": (settings["supply_min_c"], settings["supply_max_c"])}
    fan = _FANS[facts.fan_mode]
    if fan == "return_air_c" and fan in start:
        found[fan] = (start[fan] - _RETURN_K, start[fan] + _RETURN_K)
    elif fan == "demand_margin_frac":
        found[fan] = (settings["margin_min_frac"], settings["margin_max_frac"])
    elif fan in start:
        found[fan] = (settings["fan_min_frac"], 1.0)
    if facts.cooling == "water" and "chilled_water_c" in start:
        low_c = settings["chilled_min_c"] if settings["chilled_min_c"] is not None else start["chilled_water_c"]
        found["chilled_water_c"] = (low_c, max(settings["chilled_max_c"], low_c))
        found["condenser_approach_k"] = _APPROACH_K
    facility_c = start.get("facility_water_c", _NO_FACILITY_C)
    if liquid and facility_c < min(settings["facility_max_c"], _NO_FACILITY_C):
        found["facility_water_c"] = (facility_c, settings["facility_max_c"])
    return found


def bounded_setpoints(names: tuple[str, ...], values: NDArray[np.float64]) -> Setpoints:
    """Setpoints of a plan; chilled water stays a kelvin below the supply air.

    Parameters
    ----------
    names : tuple of str
    values : ndarray
        In the same order.

    Returns
    -------
    Setpoints
    """
    asked = dict(zip(names, (float(v) for v in values), strict=True))
    if "chilled_water_c" in asked:
        asked["chilled_water_c"] = min(asked["chilled_water_c"], asked["supply_air_c"] - _COIL_K)
    return Setpoints(**asked)
