"""A checker for policies that ships to users."""

from __future__ import annotations

import copy
import math
from numbers import Real
from typing import Any

from twin.channels import CHANNELS
from twin.policies.contract import Observation, Policy, Setpoints

__all__ = ["BOUNDS", "check_policy", "check_setpoints"]

#: Bounds that every setpoint must keep, the same as those of the scenario's keys.
BOUNDS: dict[str, tuple[float, float]] = {
    "supply_air_c": (5.0, 35.0),
    "return_air_c": (15.0, 60.0),
    "fan_speed_frac": (0.0, 1.0),
    "demand_margin_frac": (-0.5, 2.0),
    "chilled_water_c": (1.0, 30.0),
    "facility_water_c": (2.0, 60.0),
    "technology_water_c": (5.0, 65.0),
    "pump_dp_frac": (0.2, 1.0),
    "condenser_min_c": (2.0, 40.0),
    "condenser_max_c": (5.0, 50.0),
    "condenser_approach_k": (0.5, 30.0),
}


def check_setpoints(asked: Any) -> list[str]:
    """What is wrong with what a policy returned.

    Parameters
    ----------
    asked : object
        The return value of ``decide``.

    Returns
    -------
    list of str
        One sentence a problem; empty if all is well.
    """
    if not isinstance(asked, Setpoints):
        return [f"decide() must return Setpoints, not {type(asked).__name__}"]
    problems = []
    for name, value in asked.given().items():
        low, high = BOUNDS[name]
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            problems.append(f"{name} = {value!r} must be a finite number")
        elif not low <= value <= high:
            problems.append(f"{name} = {value:g} must lie in {low:g} … {high:g}")
    return problems


def check_policy(policy: Policy, seed: int = 0) -> list[str]:
    """Try a policy on plausible and extreme observations.

    Parameters
    ----------
    policy : Policy
        An instance.
    seed : int
        Passed to ``reset``.

    Returns
    -------
    list of str
        One sentence a problem; empty if the policy keeps the contract.
    """
    if isinstance(policy, type):
        return [f"{policy.__name__} is a class; give an object: {policy.__name__}()"]
    for method in ("reset", "decide", "snapshot", "restore"):
        if not callable(getattr(policy, method, None)):
            return [f"a policy needs a method {method}()"]
    problems: list[str] = []
    for level in (0.0, 20.0, 45.0):
        values = {c.name: min(max(level, c.low), c.high) for c in CHANNELS}
        try:
            policy.reset(seed)
            saved = copy.deepcopy(policy.snapshot())
            first = policy.decide(Observation(0, values))
            policy.restore(copy.deepcopy(saved))
            again = policy.decide(Observation(0, values))
        except (Exception, SystemExit) as error:  # the user's code: any failure is a finding, leaving the program too
            problems.append(f"with all channels at {level:g}: {type(error).__name__}: {error}")
            continue
        wrong = check_setpoints(first)
        problems += [f"with all channels at {level:g}: {text}" for text in wrong]
        if not wrong and first != again:
            problems.append(f"with all channels at {level:g}: restore() then decide() gave another answer than before")
    return problems
