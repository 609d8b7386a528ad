"""Policies by name, as a scenario chooses them."""

from __future__ import annotations

from twin.policies.contract import Policy
from twin.policies.fixed import Fixed
from twin.policies.iec_reset import IecReset
from twin.policies.trim_respond import TrimRespond

__all__ = ["make_policy"]


def make_policy(name: str, settings: dict[str, float], start_c: float) -> Policy:
    """A policy of the library.

    Parameters
    ----------
    name : str
        ``fixed``, ``trim_respond`` or ``iec_reset``.
    settings : dict
        The numeric keys of the scenario's ``[policy]``.
    start_c : float
        Supply-air setpoint of the scenario, °C.

    Returns
    -------
    Policy
    """
    if name == "fixed":
        return Fixed()
    keys = ("inlet_target_c", "supply_min_c", "supply_max_c", "trim_k", "respond_k")
    shared = {key: settings[key] for key in keys}
    if name == "trim_respond":
        return TrimRespond(**shared, start_c=start_c)
    own = {key: settings[key] for key in ("reset_approach_k", "reset_rate_k")}
    return IecReset(**shared, **own, start_c=start_c)
