"""What is refused before anything runs, all at once and in words of the options."""

from __future__ import annotations

from typing import Any

import own_policies
import pytest
from halls import SCENARIO

from twin.errors import InputError
from twin.study.compare import compare


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError) as caught:
        compare(
            SCENARIO, "chilled-water-greensbro", policies=["fixd", "nowhere.py:Mine", own_policies.Steady, object()],
            vary=["plant.chilled_water_temp_c"], uncertain=["a=1", "b=3:2"], seeds=0, limit="warm", margin_k_h=-1.0,
            jobs=0, resume=True,
        )
    text = str(caught.value)
    for part in (
        "--seeds 0", "did you mean 'fixed'", "no such file as nowhere.py", "is a class; give an object",
        "lacks reset()", "--vary 'plant.chilled_water_temp_c'", "is not a range", "low end must be below",
        "--limit warm", "--margin-kh -1", "--jobs 0", "need a folder", "chilled-water-greensbro",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"days": 3}, "nothing to compare it with"),
        ({"policies": ["fixed", "trim_respond"], "days": 1}, "an interval needs two days"),
        ({"policies": ["fixed", "trim_respond"], "days": 3, "baseline": "mpc9"}, "is none of the sides: 'fixed', "),
        ({"vary": {"run.duration_days": [3, 4]}}, "cover different days; use --days"),
        ({"vary": ["run.seed=0,1"]}, "--vary run.seed   every side gets the same seeds; use --seeds N"),
        ({"vary": ["run.start_day=0,100"], "start_day": 3.0}, "use --start-day D"),
        ({"vary": ["policy.name=fixed,rule_based"], "policies": ["fixed", "trim_respond"]}, "give these as --policy"),
        ({"vary": ["site.weather=tianjin@1,tianjin@2"], "years": 2}, "--years sets the year of every side"),
        ({"policies": ["fixed", "trim_respond"], "start_day": 365.0}, "--start-day 365   the weather year of"),
        ({"policies": ["fixed", "trim_respond"], "start_day": [10.0, 365.5]}, "--start-day 365.5   the weather"),
        ({"policies": ["fixed", "trim_respond"], "overrides": {"site.weather": "no/such.epw"}}, "no/such.epw"),
        # the range passes the bound of 30 °C by so little that no draw does
        ({"policies": ["fixed", "fixed"], "uncertain": ["plant.chilled_water_temp_c=6:30.001"]},
         "--uncertain plant.chilled_water_temp_c=6:30.001   its high end, 30.001: must lie in 1 … 30"),
        ({"policies": ["fixed", "fixed"], "uncertain": ["run.seed=0:3"]}, "--uncertain run.seed   every side gets"),
        ({"policies": ["fixed", "fixed"], "uncertain": ["hall.crah.north.count=4:6"]}, "takes whole numbers"),
        ({"policies": ["fixed", "fixed"], "uncertain": ["plant.nope=4:6"]}, "plant.nope: unknown key"),
        ({"policies": ["fixed", "fixed"], "uncertain": {"plant.chilled_water_temp_c": (10.0, 90.0)}}, "must lie in"),
    ],
)
def test_wrong_requests(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match="twin compare: ") as caught:
        compare(SCENARIO, jobs=1, **asked)
    assert says in str(caught.value)

