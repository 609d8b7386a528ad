"""Policies by name, as a scenario chooses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.channels import CHANNELS
from twin.policies.air_rules import AirSettings
from twin.policies.arx_mpc import ArxMpc
from twin.policies.cem_mpc import CemMpc
from twin.policies.contract import Policy
from twin.policies.facts import Facts
from twin.policies.fixed import Fixed
from twin.policies.guard import Guard, GuardSettings
from twin.policies.iec_reset import IecReset
from twin.policies.planning import action_bounds, plan_settings
from twin.policies.rule_based import RuleBased
from twin.policies.supervisor import SafetyLimits, Supervisor
from twin.policies.trim_respond import TrimRespond
from twin.policies.water_rules import WaterSettings

__all__ = ["POLICY_NAMES", "dress", "make_policy"]

POLICY_NAMES = ("fixed", "trim_respond", "iec_reset", "rule_based", "arx_mpc", "cem_mpc", "oracle")

#: Channel without which nobody may move the facility water of liquid-cooled halls by a plan.
_CHIP = "liquid.chip_max_c"
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
    """A policy of the library, with its supervisor or guard where the settings ask for one.

    Parameters
    ----------
    name : str
        ``fixed``, ``trim_respond``, ``iec_reset``, ``rule_based``, ``arx_mpc``, ``cem_mpc`` or ``oracle``.
    settings : mapping
        The keys of the scenario's ``[policy]``, as ``PolicyChoice.settings`` gives them.
    start_c : float
        Supply-air setpoint of the scenario, °C.
    facts : Facts or None
        Kind of hall and setpoints of the scenario; None: chilled water, and the supply air only.

    Returns
    -------
    Policy
    """
    known = Facts({"supply_air_c": start_c}) if facts is None else facts
    return dress(_bare(name, settings, start_c, known), settings, known, supervised=name == "rule_based")


def dress(policy: Policy, settings: Mapping[str, Any], facts: Facts, *, supervised: bool = False) -> Policy:
    """A policy with the supervisor and the guard that the settings ask for around it.

    Parameters
    ----------
    policy : Policy
    settings : mapping
        The keys of the scenario's ``[policy]``.
    facts : Facts
    supervised : bool
        Whether it has a supervisor unless the settings say otherwise.

    Returns
    -------
    Policy
    """
    wanted = settings.get("supervisor")
    if supervised if wanted is None else wanted:
        policy = Supervisor(policy, _limits(settings), facts)
    if not settings.get("guard"):
        return policy
    keys = settings["guarding"]
    baseline = _bare(keys["baseline"], settings, facts.start.get("supply_air_c", 22.0), facts)
    return Guard(policy, baseline, GuardSettings(
        limit_c=facts.allowable_c - keys["margin_k"], no_worse_k=keys["no_worse_k"],
        horizon_s=round(keys["horizon_s"]), hold_s=keys["hold_s"],
        stale_s=keys["stale_s"], min_on_s=keys["min_on_s"], min_off_s=keys["min_off_s"],
        time_limit_s=settings["time_limit_s"], rates_per_h=settings["rates"],
    ), facts)


def _limits(settings: Mapping[str, Any]) -> SafetyLimits:
    quarter_k, hour_k = _TAPE_RISE_K if settings["tape"] else _RISE_K
    return SafetyLimits(
        inlet_c=settings["inlet_limit_c"], dew_point_min_c=settings["dew_point_min_c"],
        dew_point_max_c=settings["dew_point_max_c"], rise_quarter_k=quarter_k, rise_hour_k=hour_k,
        stale_s=settings["stale_s"], hold_s=settings["hold_s"],
    )


def _bare(name: str, settings: Mapping[str, Any], start_c: float, facts: Facts) -> Policy:
    """The policy alone."""
    if name == "fixed":
        return Fixed()
    if name == "rule_based":
        air = AirSettings(**{key: settings[key] for key in _AIR})
        return RuleBased(air, WaterSettings(**{key: settings[key] for key in _WATER}), facts)
    if name in {"arx_mpc", "cem_mpc", "oracle"}:
        plan = plan_settings(settings, facts)
        start, sees_chips = dict(facts.start), any(c.name == _CHIP for c in CHANNELS)
        bounds = action_bounds(settings, facts, liquid=sees_chips and name != "arx_mpc")
        if name == "arx_mpc":
            return ArxMpc(bounds, start, plan, facts.interval_s, settings["rates"])
        return CemMpc(bounds, start, plan, facts.water_kw_per_kg_s, foresight=name == "oracle")
    shared = {key: settings[key] for key in _SHARED}
    if name == "trim_respond":
        return TrimRespond(**shared, start_c=start_c)
    return IecReset(**shared, **{key: settings[key] for key in _RESET}, start_c=start_c)
