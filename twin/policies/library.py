"""Policies by name, as a scenario chooses them."""

from __future__ import annotations

from twin.policies.contract import Policy
from twin.policies.fixed import Fixed
from twin.policies.trim_respond import TrimRespond

__all__ = ["make_policy"]


def make_policy(name: str, settings: dict[str, float], start_c: float) -> Policy:
    """A policy of the library.

    Parameters
    ----------
    name : str
        ``fixed`` or ``trim_respond``.
    settings : dict
        The numeric keys of the scenario's ``[policy]``.
    start_c : float
        Supply-air setpoint of the scenario, °C.

    Returns
    -------
    Policy
    """
    if name == "trim_respond":
        keys = ("inlet_target_c", "supply_min_c", "supply_max_c", "trim_k", "respond_k")
        return TrimRespond(**{key: settings[key] for key in keys}, start_c=start_c)
    return Fixed()
