"""Keys of liquid cooling: sizing from the design approach, what is refused, and that every key acts."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from twin_kernels.cdu import cdu_exchange_w_k
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import CDU_PARAMS, COLD_PLATE_PARAMS, DOOR_PARAMS, IMMERSION_PARAMS
from twin_kernels.rear_door import door_effectiveness

from twin.errors import ScenarioError
from twin.facility.liquid import (
    cdu_params,
    cold_plate_params,
    door_params,
    heat_reuse_params,
    immersion_params,
    reuse_demand_w,
)
from twin.scenario.liquid import Cdu, HeatReuse, Liquid, RearDoor

IT_KW = 26_000.0


def liquid(kind: str = "cold_plate", unit: dict | None = None, **keys: object) -> Liquid:
    """25 units as Frontier has them, with some keys changed."""
    return Liquid.model_validate({"kind": kind, "cdu": {"row": {"count": 25, **(unit or {})}}, **keys})


def test_sizing_by_hand() -> None:
    """26 MW of IT, 75 % captured, 25 units: 780 kW each; 10 K both ways and 4 K of approach: N = 2.5, Z = 1."""
    p = cdu_params(liquid(), IT_KW)
    assert p.dtype == CDU_PARAMS
    assert len(p) == 25
    assert p["rated_w"][0] == pytest.approx(780e3)
    assert p["technology_rated_kg_s"][0] == pytest.approx(78e3 / CP_WATER)
    assert p["facility_rated_kg_s"][0] == pytest.approx(78e3 / CP_WATER)
    assert p["ua_w_k"][0] == pytest.approx(2.5 * 78e3)
    assert p["pump_rated_w"][0] == pytest.approx(0.008 * 780e3)
    assert p["capacity_j_k"][0] == pytest.approx(780 * 0.996 * 4186)


@pytest.mark.parametrize("rises", [(10.0, 10.0), (10.0, 6.0), (8.0, 11.0)])
@pytest.mark.parametrize("kind", ["cold_plate", "immersion"])
def test_the_rating_comes_back(kind: str, rises: tuple[float, float]) -> None:
    case = liquid(kind, {"approach_k": 4.0, "facility_rise_k": rises[1], "rated_kw": 500.0}, technology_rise_k=rises[0])
    p = cdu_params(case, IT_KW)[0]
    k = cdu_exchange_w_k(p, p["technology_rated_kg_s"], p["facility_rated_kg_s"])
    assert k * (rises[0] + 4.0) == pytest.approx(500e3, rel=1e-9)


def test_impossible_approaches_are_refused_all_at_once() -> None:
    case = liquid(cdu={
        "a": {"approach_k": 1.0, "facility_rise_k": 12.0}, "b": {"approach_k": 0.1}, "c": {"approach_k": 4.0},
    })  # fmt: skip
    with pytest.raises(ScenarioError) as error:
        cdu_params(case, IT_KW)
    first, second = error.value.problems
    assert first.where == "hall.liquid.cdu.a.approach_k = 1"
    assert "above 2.24 K or a rise below 10.78 K" in first.what  # 12 / 0.98 - 10; 0.98 * 11
    assert second.where == "hall.liquid.cdu.b.approach_k = 0.1"
    assert "above 0.20 K" in second.what


def test_what_the_bound_says_is_enough() -> None:
    cdu_params(liquid(unit={"approach_k": 2.25, "facility_rise_k": 12.0}), IT_KW)
    cdu_params(liquid(unit={"approach_k": 1.0, "facility_rise_k": 10.77}), IT_KW)


CHANGES = {
    "count": (24, None), "rated_kw": (900.0, "rated_w"), "approach_k": (3.0, "ua_w_k"),
    "facility_rise_k": (8.0, "facility_rated_kg_s"), "technology_conductance_frac": (0.4, "ua_secondary_frac"),
    "pump": ("constant", "pump_variable"), "pump_frac": (0.01, "pump_rated_w"),
    "pump_heat_frac": (0.5, "pump_heat_frac"), "pump_min_frac": (0.4, "pump_min_frac"),
    "pump_exponent": (3.0, "pump_exponent"), "loop_l_per_kw": (2.0, "capacity_j_k"),
    "dew_guard_k": (3.0, "dew_guard_k"),
}  # fmt: skip


@pytest.mark.parametrize("name", Cdu.model_fields)
def test_every_key_of_a_unit_acts(name: str) -> None:
    value, field = CHANGES[name]
    before, after = cdu_params(liquid(), IT_KW), cdu_params(liquid(unit={name: value}), IT_KW)
    assert len(after) == 24 if field is None else after[field][0] != before[field][0]


def test_plates_and_tanks() -> None:
    plates = cold_plate_params(liquid(cold_plate={"chip_w": 700.0, "capture_frac": 0.9}))
    assert plates.dtype == COLD_PLATE_PARAMS
    assert plates["flow_rated_kg_s"][0] == pytest.approx(700.0 / (4186.0 * 10.0))
    assert plates["capture_frac"][0] == 0.9
    tanks = immersion_params(liquid("immersion", immersion={"area_m2": 0.2}))
    assert tanks.dtype == IMMERSION_PARAMS
    assert tanks["area_m2"][0] == 0.2
    # all the heat, and a tank of 13 L/kW of oil (its loop included) for 1040 kW
    p = cdu_params(liquid("immersion"), IT_KW)[0]
    assert p["rated_w"] == pytest.approx(IT_KW * 1e3 / 25)
    assert p["capacity_j_k"] / p["rated_w"] == pytest.approx(13e-6 * 813.4 * p["technology_heat_j_kgk"], rel=1e-6)


def test_a_table_that_would_not_act_is_refused() -> None:
    with pytest.raises(ValidationError, match="immersion is given but kind"):
        liquid("cold_plate", immersion={})
    with pytest.raises(ValidationError, match="cold_plate is given but kind"):
        liquid("immersion", cold_plate={})
    with pytest.raises(ValidationError, match="throttle_end_c must be above"):
        liquid(cold_plate={"throttle_start_c": 95.0, "throttle_end_c": 90.0})


def test_doors() -> None:
    air = np.array([2.0, 2.0, 1.5])
    p = door_params(RearDoor(), air)
    assert p.dtype == DOOR_PARAMS
    for row, kg_s in zip(p, air, strict=True):
        assert door_effectiveness(row, kg_s, 0.7) == pytest.approx(0.75, rel=1e-9)
    assert p["ua_w_k"][2] < p["ua_w_k"][0]
    with pytest.raises(ScenarioError, match=r"hall\.rear_door\.effectiveness_frac = 0\.75"):
        door_params(RearDoor(water_kg_s=0.3), air)


def test_reuse() -> None:
    reuse = HeatReuse(demand_kw=500.0, months=[1, 12], hourly_frac=[0.0] * 6 + [1.0] * 12 + [0.5] * 6)
    demand = reuse_demand_w(reuse)
    assert demand.shape == (12, 24)
    assert demand[0, 6] == demand[11, 17] == 500e3
    assert demand[0, 23] == 250e3
    assert demand[5].sum() == demand[0, 0] == 0.0
    p = heat_reuse_params(reuse)[0]
    assert (p["delivery_c"], p["return_c"], p["approach_k"]) == (30.0, 20.0, 3.0)
    with pytest.raises(ValidationError, match="must be below delivery_c"):
        HeatReuse(demand_kw=1.0, delivery_c=30.0, return_c=30.0)
    with pytest.raises(ValidationError, match="twice"):
        HeatReuse(demand_kw=1.0, months=[1, 1])
