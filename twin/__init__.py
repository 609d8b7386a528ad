"""Open digital twin of a data centre's cooling.

Public names are loaded when they are first used, so that ``import twin`` costs nothing. A notebook
that only opens results never imports numba or simpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.errors import InputError, ScenarioError, SimulationError
    from twin.policies.check import check_policy
    from twin.policies.contract import Observation, Policy, Setpoints
    from twin.record.result import Result
    from twin.report import write_report
    from twin.scenario.read import load_scenario
    from twin.scenario.schema import Scenario
    from twin.simulate import build_simulation, run
    from twin.study.coating import coating
    from twin.study.compare import compare
    from twin.study.shadow import shadow

__all__ = [
    "InputError",
    "Observation",
    "Policy",
    "Result",
    "Scenario",
    "ScenarioError",
    "Setpoints",
    "SimulationError",
    "build_simulation",
    "check_policy",
    "coating",
    "compare",
    "load_scenario",
    "run",
    "shadow",
    "write_report",
]

_HOME = {
    "InputError": "twin.errors",
    "Observation": "twin.policies.contract",
    "Policy": "twin.policies.contract",
    "Result": "twin.record.result",
    "Scenario": "twin.scenario.schema",
    "ScenarioError": "twin.errors",
    "Setpoints": "twin.policies.contract",
    "SimulationError": "twin.errors",
    "build_simulation": "twin.simulate",
    "check_policy": "twin.policies.check",
    "coating": "twin.study.coating",
    "compare": "twin.study.compare",
    "load_scenario": "twin.scenario.read",
    "run": "twin.simulate",
    "shadow": "twin.study.shadow",
    "write_report": "twin.report",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'twin' has no attribute '{name}'; public names: {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Public names."""
    return list(__all__)
