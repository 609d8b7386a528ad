"""Policies by name, as a scenario chooses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.policies.air_rules import AirSettings
from twin.policies.contract import Policy
from twin.policies.facts import Facts
from twin.policies.fixed import Fixed
from twin.policies.iec_reset import IecReset
from twin.policies.rule_based import RuleBased
from twin.policies.supervisor import SafetyLimits, Supervisor
from twin.policies.trim_respond import TrimRespond
from twin.policies.water_rules import WaterSettings

__all__ = ["make_policy"]

_SHARED = ("inlet_target_c", "supply_min_c", "supply_max_c", "trim_k", "respond_k")
_RESET = ("reset_approach_k", "reset_rate_k")
_AIR = (
    *_SHARED, *_RESET, "respond_max_k", "period_s", "ignored_requests", "margin_min_frac", "margin_max_frac",
    "fan_min_frac", "cold_while_free",
)
_WATER = (
    "period_s", "chilled_min_c", "chilled_max_c", "pump_dp_min_frac", "condenser_base_k", "condenser_plr_k",
    "condenser_wet_bulb_frac", "trim_k", "respond_k", "chip_target_c", "facility_max_c",
)
#: Change of inlets within a quarter of an hour and within an hour, K, with and without tape. Source: ASHRAE TC 9.9.
_TAPE_RISE_K, _RISE_K = (5.0, 5.0), (5.0, 20.0)


def make_policy(name: str, settings: Mapping[str, Any], start_c: float, facts: Facts | None = None) -> Policy:
    """A policy of the library, with its supervisor where the settings ask for one.

    Parameters
    ----------
    name : str
        ``fixed``, ``trim_respond``, ``iec_reset`` or ``rule_based``.
    settings : mapping
        The keys of the scenario's ``[policy]``.
    start_c : float
        Supply-air setpoint of the scenario, °C.
    facts : Facts or None
        Kind of hall and setpoints of the scenario; None: chilled water, and the supply air only.

    Returns
    -------
    Policy
    """
    known = Facts({"supply_air_c": start_c}) if facts is None else facts
    policy = _bare(name, settings, start_c, known)
    wanted = settings.get("supervisor")
    if wanted is None:
        wanted = name == "rule_based"
    if not wanted:
        return policy
    quarter_k, hour_k = _TAPE_RISE_K if settings["tape"] else _RISE_K
    limits = SafetyLimits(
        inlet_c=settings["inlet_limit_c"], dew_point_min_c=settings["dew_point_min_c"],
        dew_point_max_c=settings["dew_point_max_c"], rise_quarter_k=quarter_k, rise_hour_k=hour_k,
        stale_s=settings["stale_s"], hold_s=settings["hold_s"],
    )
    return Supervisor(policy, limits, known)


def _bare(name: str, settings: Mapping[str, Any], start_c: float, facts: Facts) -> Policy:
    """The policy alone."""
    if name == "fixed":
        return Fixed()
    if name == "rule_based":
        air = AirSettings(**{key: settings[key] for key in _AIR})
        return RuleBased(air, WaterSettings(**{key: settings[key] for key in _WATER}), facts)
    shared = {key: settings[key] for key in _SHARED}
    if name == "trim_respond":
        return TrimRespond(**shared, start_c=start_c)
    return IecReset(**shared, **{key: settings[key] for key in _RESET}, start_c=start_c)
