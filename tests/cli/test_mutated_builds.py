"""A scenario that is accepted can be built: mutated scenarios never end in anything but a facility or a clear error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.errors import InputError
from twin.facility.build import build_facility
from twin.scenario.explain import key_paths
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario

sys.path.insert(0, str(Path(__file__).parents[1] / "scenario"))
from wrong_inputs import BASE  # shared with the tests of the scenario room

UNITS = {"hall.rows.NAME": "a", "hall.crah.NAME": "north", "plant.chiller.NAME": "main", "plant.tower.NAME": "main"}


def real_path(path: str) -> str:
    for general, name in UNITS.items():
        path = path.replace(general, general.replace("NAME", name))
    return path


PATHS = sorted({real_path(path) for path in key_paths()} - {"site.weather", "workload.trace", "workload.jobs.trace"})
VALUES = st.one_of(
    st.sampled_from(
        [
            0,
            1,
            2,
            0.0,
            1e-6,
            0.5,
            0.98,
            1.0,
            5.0,
            30.0,
            100.0,
            1e3,
            1e6,
            -1.0,
            True,
            False,
            "clamp",
            "y",
            "demand",
            "none",
        ]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["york-yt-1055", "packed", "trim_respond", "common"]),
)


def built(overrides: dict[str, Any]) -> Scenario | InputError:
    try:
        scenario = load_scenario(BASE.split('"')[1], overrides)
        params = build_facility(scenario, 300.0).params
    except InputError as error:
        return error
    for array in params:
        for field in array.dtype.names or ():
            assert np.isfinite(array[field]).all(), field
    return scenario


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(PATHS), VALUES, min_size=1, max_size=4))
def test_what_is_accepted_can_be_built(overrides: dict[str, Any]) -> None:
    result = built(overrides)
    assert isinstance(result, Scenario) or (result.problems and "Traceback" not in str(result))
