"""Rear doors: crossflow limits, the valve, the dew-point guard, off-design flows."""

from __future__ import annotations

import ht
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twin_kernels import rear_door as doors
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_liquid import DOOR_PARAMS

AIR_KG_S = 2.0


def door(ua_w_k: float = 4000.0) -> np.void:
    p = np.zeros(1, DOOR_PARAMS)[0]
    p["ua_w_k"], p["ua_air_frac"] = ua_w_k, 1.0 / 3.0
    p["air_rated_kg_s"], p["water_rated_kg_s"] = AIR_KG_S, 0.8
    p["fan_penalty_frac"], p["guard_k"], p["target_c"] = 0.1, 2.0, 24.0
    return p


def test_rated_effectiveness_agrees_with_ht() -> None:
    air_w_k, water_w_k = AIR_KG_S * doors.DOOR_AIR_J_KGK, 0.8 * CP_WATER
    theirs = ht.effectiveness_from_NTU(4000.0 / air_w_k, air_w_k / water_w_k, subtype="crossflow approximate")
    assert doors.door_effectiveness(door(), AIR_KG_S, 0.8) == pytest.approx(theirs, rel=1e-12)


def test_films_follow_their_own_flow() -> None:
    """UA = 4000 W/K with the air film a third of both: films of 6000 (air) and 12000 W/K (water)."""
    for air, water in [(0.5, 1.0), (1.0, 0.3)]:
        ua = 1.0 / (1.0 / (6000.0 * air**0.8) + 1.0 / (12000.0 * water**0.85))
        air_w_k, water_w_k = air * AIR_KG_S * doors.DOOR_AIR_J_KGK, water * 0.8 * CP_WATER
        least, most = min(air_w_k, water_w_k), max(air_w_k, water_w_k)
        theirs = ht.effectiveness_from_NTU(ua / least, least / most, subtype="crossflow approximate") * least / air_w_k
        assert doors.door_effectiveness(door(), air * AIR_KG_S, water * 0.8) == pytest.approx(theirs, rel=1e-12)


def test_limits() -> None:
    assert doors.door_effectiveness(door(), 0.0, 0.8) == doors.door_effectiveness(door(), AIR_KG_S, 0.0) == 0.0
    assert doors.door_effectiveness(door(1e9), AIR_KG_S, 0.8) == pytest.approx(1.0, abs=1e-6)
    scarce = 0.1 * CP_WATER / (AIR_KG_S * doors.DOOR_AIR_J_KGK)  # little water: all of its capacity, no more
    assert doors.door_effectiveness(door(1e9), AIR_KG_S, 0.1) == pytest.approx(scarce, rel=1e-6)
    assert doors.door_effectiveness(door(1.0), AIR_KG_S, 0.8) == pytest.approx(1.0 / 2041.76, rel=0.01)  # N


@given(st.floats(0.4, 3.0), st.floats(0.1, 1.2))
def test_trends(air_kg_s: float, water_kg_s: float) -> None:
    p = door()
    e = doors.door_effectiveness(p, air_kg_s, water_kg_s)
    assert doors.door_effectiveness(p, air_kg_s, 1.1 * water_kg_s) > e
    assert doors.door_effectiveness(p, 1.1 * air_kg_s, water_kg_s) < e
    assert 1.1 * doors.door_effectiveness(p, 1.1 * air_kg_s, water_kg_s) > e  # yet more heat


@given(st.floats(0.4, 2.5), st.floats(20.0, 55.0), st.floats(10.0, 30.0))
def test_the_valve(air_kg_s: float, air_c: float, water_c: float) -> None:
    p = door()
    water, e, short = doors.door_valve(p, air_kg_s, air_c, water_c)
    out_c = air_c - e * (air_c - water_c)
    if air_c <= 24.0:
        assert (water, e, short) == (0.0, 0.0, 0.0)
    elif water_c >= air_c:
        assert (water, e, short) == (0.0, 0.0, 1.0)
    elif short:
        assert water == p["water_rated_kg_s"]
        assert out_c > 24.0
    else:
        assert out_c == pytest.approx(24.0, abs=1e-9)
        assert doors.door_effectiveness(p, air_kg_s, water) == pytest.approx(e, rel=2e-10)  # the valve's tolerance
        # water leaves no warmer than the air came
        assert e * air_kg_s * doors.DOOR_AIR_J_KGK <= water * CP_WATER * (1.0 + 1e-9)


def test_dew_point_guard_and_fans() -> None:
    assert doors.door_water_c(door(), 16.0, 17.0) == 19.0
    assert doors.door_water_c(door(), 22.0, 17.0) == 22.0
    assert doors.door_fan_factor(door()) == pytest.approx(1.1)


def test_compiled_equals_plain_python() -> None:
    plain = getattr(doors.door_valve, "py_func", doors.door_valve)
    for args in [(2.0, 38.0, 18.0), (1.0, 30.0, 18.0), (2.0, 45.0, 23.0), (2.0, 20.0, 18.0)]:
        assert doors.door_valve(door(), *args) == pytest.approx(plain(door(), *args), rel=1e-12)
