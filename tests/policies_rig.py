"""Short halls for tests of policies: a July day of the Greensboro hall, a reckless policy, what an inlet reached."""

from __future__ import annotations

from typing import Any

from twin.engine.simulation import Simulation
from twin.facility.build import build_facility
from twin.facility.hall_facts import hall_facts
from twin.policies.contract import Observation, Setpoints
from twin.policies.guard import Guard
from twin.policies.library import dress
from twin.record.result import Result
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation, run

SCENARIO = "chilled-water-greensboro"
#: Six hours of a July day.
SHORT: dict[str, object] = {"run.start_day": 190.0, "run.duration_days": 0.25}
INLET = "hall.rack_inlet_max_c"
#: All the least cooling that a setpoint can ask for.
RECKLESS = Setpoints(
    supply_air_c=35.0, return_air_c=60.0, fan_speed_frac=0.0, demand_margin_frac=-0.5, chilled_water_c=30.0,
    facility_water_c=60.0, pump_dp_frac=0.2, condenser_min_c=40.0, condenser_max_c=50.0, condenser_approach_k=30.0,
)


class Reckless:
    """Never cools more than it must."""

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.seed = seed

    def decide(self, observation: Observation) -> Setpoints:
        return RECKLESS

    def snapshot(self) -> Any:
        return None

    def restore(self, saved: Any) -> None:
        assert saved is None


def keys(**changed: object) -> dict[str, object]:
    """Overrides: keys are written with ``__`` for the dot."""
    return {**SHORT, **{name.replace("__", "."): value for name, value in changed.items()}}


def simulation(policy: Any = None, **changed: object) -> Simulation:
    """A simulation of the short hall."""
    return build_simulation(load_scenario(SCENARIO, keys(**changed)), policy)


def result(policy: Any = None, **changed: object) -> Result:
    """A run of it."""
    return run(load_scenario(SCENARIO, keys(**changed)), policy=policy)


def guarded(policy: Any, **changed: object) -> Guard:
    """The policy with the scenario's guard around it."""
    scenario = load_scenario(SCENARIO, {**keys(**changed), "policy.guard": True})
    found = dress(policy, scenario.policy.settings(), hall_facts(scenario, build_facility(scenario, 270.0)))
    assert isinstance(found, Guard)
    return found


def hottest_c(done: Result) -> float:
    """Hottest inlet of the run, °C."""
    return float(done.column(INLET).max())
