"""Many twins in lockstep are the same twins one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from rig import Rig, copy_state, iec_scenario, liquid_scenario, small_scenario, steady_weather
from twin_kernels.layout import Params, State
from twin_kernels.system import advance_many

from twin.scenario.schema import Scenario


def night_scenario(changes: dict[str, object]) -> Scenario:
    """The small hall with sky panels that charge their night tank."""
    tank = {"volume_m3": 5.0, "rated_kg_s": 1.5, "height_m": 2.0, "first": "tank"}
    panels = {"area_m2": 100.0, "water_kg_s": 3.0, "pump_kw": 0.2, "on_roof": False, "tank": tank}
    return small_scenario({**changes, "plant": {"sky_panels": panels}})


def outdoor_scenario(changes: dict[str, object]) -> Scenario:
    """The small hall with pipes and ducts outdoors."""
    pipe = {"length_m": 30.0, "outer_diameter_m": 0.1, "insulation_m": 0.0}
    duct = {"length_m": 10.0, "width_m": 1.2, "height_m": 0.8, "insulation_m": 0.0}
    ways = ("supply", "return")
    return small_scenario({**changes, "plant": {
        "outdoor_pipe": {way: {"carries": f"chilled_{way}", **pipe} for way in ways},
        "outdoor_duct": {way: {"carries": f"{way}_air", **duct} for way in ways}}})


@pytest.mark.parametrize(
    "scenario", [small_scenario, iec_scenario, liquid_scenario, night_scenario, outdoor_scenario],
    ids=["chilled water", "evaporative", "liquid", "night tank", "outdoor pipes and ducts"],
)
@pytest.mark.parametrize("lanes", [1, 5])
def test_lanes_equal_single_twins(lanes: int, scenario: Callable[[dict[str, object]], Scenario]) -> None:
    """Different weather, load, setpoints and parameters in every lane; equal to the last bit."""
    rigs = []
    for lane in range(lanes):
        rig = Rig(scenario({"hall": {"return_air_temp_c": 36.0 + 0.5 * lane}}), steady_weather(5.0 * lane))
        rig.params.chillers["cop"] += 0.1 * lane
        rig.params.trims["cop"] += 0.1 * lane
        rig.setpoints["supply_air_c"] += 0.2 * lane
        rigs.append(rig)
    states = State(*(np.stack(arrays) for arrays in zip(*(copy_state(r.state) for r in rigs), strict=True)))
    params = Params(*(np.stack(arrays) for arrays in zip(*(r.params for r in rigs), strict=True)))
    setpoints = np.stack([r.setpoints for r in rigs])
    for step in range(30):
        weather = np.concatenate([steady_weather(5.0 * lane + 0.1 * step) for lane in range(lanes)])
        loads = np.array([0.2 + 0.02 * step + 0.01 * lane for lane in range(lanes)])
        advance_many(states, params, weather, setpoints, loads, 60.0)
        for lane, rig in enumerate(rigs):
            rig.step(weather[lane], float(loads[lane]), 60.0)
    for lane, rig in enumerate(rigs):
        for name, array in zip(State._fields, rig.state, strict=True):
            assert array.tobytes() == getattr(states, name)[lane].tobytes(), f"lane {lane} differs in {name}"
    assert rigs[0].f["steps"] == 30
