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
    record, tariff = setpoint_record(scenario), scenario.site.tariff
    return Facts(
        start={name: float(record[name][0]) for name in record.dtype.names or ()},
        fan_mode=scenario.hall.fan.mode,
        cooling=scenario.hall.cooling,
        doors=scenario.hall.rear_door is not None,
        pressure_pa=float(facility.params.facility["pressure_std_pa"][0]),
        allowable_c=scenario.hall.limits.allowable_max_c,
        it_rated_kw=scenario.hall.it_kw,
        interval_s=scenario.run.control_interval_s,
        water_kw_per_kg_s=3.6 * tariff.water_per_m3 / tariff.energy_per_kwh if tariff.energy_per_kwh > 0.0 else 0.0,
    )
