"""Every kind of event on every shipped plant: books close, numbers stay finite, and each does what it says."""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pytest
from halls import Days

from twin.channels import channels_of
from twin.engine.simulation import Simulation
from twin.scenario.features import features_of
from twin.scenario.read import load_scenario
from twin.scenario.shipped import shipped_names
from twin.scenario.targets import equipment_targets, filter_targets, fouling_targets, trip_targets
from twin.simulate import build_simulation

HOURS = 5.0
#: Events begin between steps and last this long.
AT_H, LASTS_H = 1.0 + 17.0 / 3600.0, 1.5
SENSORS = ("hall.supply_c", "hall.return_c", "plant.chilled_supply_c", "plant.condenser_supply_c", "it.power_kw",
           "liquid.technology_supply_c", "plant.facility_supply_c", "iec.exchanger_kw", "dx.load_kw")
#: Targets that mean all units of a kind, or all of a part of them.
ROOMS = {"hall.crah", "hall.iec", "hall.iec.spray", "hall.iec.dx", "hall.dx", "hall.dx.compressor", "hall.liquid.cdu",
         "plant.chiller", "plant.tower", "plant.dry_cooler"}


def run(name: str, events: list[dict[str, Any]], hours: float = HOURS, **keys: Any) -> tuple[Simulation, Any]:
    """A short summer run of a shipped scenario, and its rows."""
    changes = {
        "run.duration_days": hours / 24.0, "run.start_day": 200.0, "run.step_s": 60,
        **{key.replace("__", "."): value for key, value in keys.items()},
    }
    recorder = Days()
    simulation = build_simulation(load_scenario(name, {**changes, "events": events}), None, recorder)
    simulation.run()
    return simulation, np.concatenate([day[1] for day in recorder.days])


@functools.cache
def calm(name: str) -> Any:
    """Rows of the same run without events."""
    return run(name, [])[1]


def timed(kind: str, **keys: Any) -> dict[str, Any]:
    return {"kind": kind, "at_h": AT_H, "duration_h": LASTS_H, **keys}


def events_of(name: str) -> dict[str, list[dict[str, Any]]]:
    """A case for every kind of event and every kind of equipment that a plant has."""
    scenario = load_scenario(name)
    hall, plant = scenario.hall, scenario.plant
    cases: dict[str, list[dict[str, Any]]] = {}
    singles = set(fouling_targets(hall, plant))
    for target, units in trip_targets(hall, plant).items():
        later = re.search(r"-([2-9]|\d\d+)(\.|$)", target)  # one unit of a group stands for all
        group = units[0] != target and target not in ROOMS
        if not later and not group:
            cases[f"trip {target}"] = [timed("trip", target=target)]
    for kind, targets in equipment_targets(hall, plant).items():
        singles -= set(targets)
        if targets:
            cases[f"fouling {kind}"] = [timed("fouling", target=kind, remaining_frac=0.6, ramp_h=1.0)]
    for target in sorted(singles):
        cases[f"fouling {target}"] = [timed("fouling", target=target, remaining_frac=0.6)]
    for kind in sorted(ROOMS & set(filter_targets(hall, plant))):
        cases[f"filter {kind}"] = [timed("filter", target=kind, pressure_factor=2.0, ramp_h=0.5)]
    recorded = {channel.name for channel in channels_of(features_of(hall, plant))}
    for channel in (sensor for sensor in SENSORS if sensor in recorded):
        cases[f"bias {channel}"] = [timed("sensor", target=channel, bias=-1.5)]
        cases[f"dropout {channel}"] = [timed("sensor", target=channel, dropout=True)]
    row = next(iter(hall.rows))
    cases["load up"] = [timed("load_step", delta_frac=0.5)]
    cases["load down"] = [timed("load_step", target=f"hall.rows.{row}", delta_frac=-1.0)]
    held = "hall.return_air_temp_c" if hall.holds_return else "plant.supply_air_temp_c"
    cases["setpoint"] = [timed("setpoint", target=held, value=24.5)]
    if hall.liquid is not None:
        warmer_c = hall.liquid.technology_water_temp_c + 4.0
        cases["coolant"] = [timed("setpoint", target="hall.liquid.technology_water_temp_c", value=warmer_c)]
        cases["facility water"] = [timed("setpoint", target="plant.facility_water.supply_temp_c", value=33.0)]
        cases["outage, coolant stops"] = [timed("grid_outage", cdus_on_ups=False, generator_start_s=600.0)]
    cases["outage"] = [timed("grid_outage")]
    cases["outage, fans stop"] = [timed("grid_outage", fans_on_ups=False, pumps_on_ups=True, generator_start_s=200.0)]
    cases["outage, no generator"] = [timed("grid_outage", generator=False, battery_s=1200.0)]
    cases["outage, no battery"] = [timed("grid_outage", generator=False, battery_s=0.0, pumps_on_ups=True)]
    return cases


CASES = [(name, case) for name in shipped_names() for case in events_of(name)]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case}" for name, case in CASES])
def test_every_event_on_every_plant(name: str, case: str) -> None:
    simulation, rows = run(name, events_of(name)[case])
    f = simulation.state.facility[0]
    assert f["closure_rel_max"] <= 1e-9
    assert f["water_rel_max"] <= 1e-9
    for field in rows.dtype.names:
        assert np.isfinite(rows[field]).all(), field
    assert len(rows) == round(HOURS * 60)
    before = round(AT_H * 3600) // 60
    for field in rows.dtype.names:  # nothing of it is felt before it happens
        np.testing.assert_array_equal(rows[field][:before], calm(name)[field][:before], err_msg=field)
    (entry,) = simulation.events.record(simulation.end_s)
    assert entry["start_s"] == simulation.start_s + round(AT_H * 3600)
    assert entry["end_s"] == entry["start_s"] + round(LASTS_H * 3600)
    assert "19 Jul" in entry["text"] or "20 Jul" in entry["text"]
