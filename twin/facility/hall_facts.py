"""What policies of the library may know of a hall before the run."""

from __future__ import annotations

from twin.facility.build import Facility, setpoint_record
from twin.policies.facts import Facts
from twin.scenario.schema import Scenario

__all__ = ["hall_facts"]


def hall_facts(scenario: Scenario, facility: Facility) -> Facts:
    """Kind of hall, its fan loop, and the scenario's own setpoints.

    Parameters
    ----------
    scenario : Scenario
    facility : Facility
        Built from it.

    Returns
    -------
    Facts
    """
    record = setpoint_record(scenario)
    return Facts(
        start={name: float(record[name][0]) for name in record.dtype.names or ()},
        fan_mode=scenario.hall.fan.mode,
        cooling="iec" if scenario.hall.iec else "water",
        pressure_pa=float(facility.params.facility["pressure_std_pa"][0]),
    )
