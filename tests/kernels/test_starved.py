"""Loads whose pumps are at their limit: valves stand open and pass their share, whatever they remember."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels import rear_door as doors
from twin_kernels.cdu import cdu_step
from twin_kernels.coil import unit_valve
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment import CRAH_PARAMS, CRAH_STATE
from twin_kernels.equipment_liquid import CDU_PARAMS, CDU_STATE, DOOR_PARAMS
from twin_kernels.psychrometrics import enthalpy_j_kg, temperature_from_enthalpy_c

W = 0.006
MW = 1e6
AIR_KG_S = 2.0


def unit() -> np.void:
    p = np.zeros(1, CDU_PARAMS)[0]
    p["rated_w"], p["ua_w_k"], p["ua_secondary_frac"] = MW, 250_000.0, 0.5
    p["technology_heat_j_kgk"], p["capacity_j_k"], p["available"] = CP_WATER, 1000.0 * CP_WATER, 1
    p["technology_rated_kg_s"] = p["facility_rated_kg_s"] = MW / (10.0 * CP_WATER)
    return p


def at(supply_c: float) -> np.void:
    c = np.zeros(1, CDU_STATE)[0]
    c["supply_c"] = supply_c
    return c


def door() -> np.void:
    p = np.zeros(1, DOOR_PARAMS)[0]
    p["ua_w_k"], p["ua_air_frac"], p["target_c"] = 4000.0, 1.0 / 3.0, 24.0
    p["air_rated_kg_s"], p["water_rated_kg_s"] = AIR_KG_S, 0.8
    return p


@pytest.mark.parametrize("missing", [0.0, 0.3, 0.8])
def test_a_unit_gets_its_share(missing: float) -> None:
    """As with a limit of that flow from outside."""
    p = unit()
    starved, limited = at(32.0), at(32.0)
    starved["starved_frac"] = missing
    both = [
        cdu_step(c, p, 1.2 * MW, 28.0, limit, 32.0, 10.0, 60.0)
        for c, limit in ((starved, 1e9), (limited, (1.0 - missing) * p["facility_rated_kg_s"]))
    ]
    assert both[0] == both[1]
    assert both[0][1] == pytest.approx((1.0 - missing) * p["facility_rated_kg_s"])
    assert starved["supply_c"] == limited["supply_c"] > 32.0


@pytest.mark.parametrize("missing", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("guess_kg_s", [0.0, 0.5, 4.0])
def test_a_coil_gets_its_share_whatever_its_valve_remembers(missing: float, guess_kg_s: float) -> None:
    p, c = np.zeros(1, CRAH_PARAMS)[0], np.zeros(1, CRAH_STATE)[0]
    p["ua_w_k"], p["ua_air_frac"], p["water_rated_kg_s"], p["air_rated_m3_s"] = 4000.0, 1 / 3, 1.0, 4.0
    c["starved_frac"], c["water_kg_s"] = missing, guess_kg_s
    water, heat_w, out_j, out_w, short = unit_valve(
        c, 15.0, enthalpy_j_kg(35.0, W), W, 4.8, 12.0, p, 1.0, 101325.0
    )
    assert water == pytest.approx(1.0 - missing, rel=1e-12)
    assert short == 1.0
    assert heat_w <= (1.0 - missing) * 4186.0 * (35.0 - 12.0)  # water leaves no warmer than the air came
    assert temperature_from_enthalpy_c(out_j, out_w) > 15.0


def test_a_coil_that_needs_less_than_its_share_notices_nothing() -> None:
    p = np.zeros(1, CRAH_PARAMS)[0]
    p["ua_w_k"], p["ua_air_frac"], p["water_rated_kg_s"], p["air_rated_m3_s"] = 9000.0, 1 / 3, 4.0, 4.0
    answers = []
    for missing in (0.0, 0.3):
        c = np.zeros(1, CRAH_STATE)[0]
        c["starved_frac"] = missing
        answers.append(unit_valve(c, 30.0, enthalpy_j_kg(35.0, W), W, 4.8, 12.0, p, 1.0, 101325.0))
    assert answers[0][0] == pytest.approx(answers[1][0], rel=1e-6)
    assert answers[0][1] == pytest.approx(answers[1][1], rel=1e-9)


def test_a_door_gets_its_share() -> None:
    water, taken, short = doors.door_valve(door(), AIR_KG_S, 45.0, 20.0, 0.5)
    assert water == pytest.approx(0.4)
    assert taken == pytest.approx(doors.door_effectiveness(door(), AIR_KG_S, 0.4))
    assert short == 1.0
    assert doors.door_valve(door(), AIR_KG_S, 26.0, 20.0, 0.1) == pytest.approx(
        doors.door_valve(door(), AIR_KG_S, 26.0, 20.0), rel=1e-9
    )
