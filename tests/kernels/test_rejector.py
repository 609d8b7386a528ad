"""One call for every kind of heat rejection: York unchanged, least effort, pad, water, basin heater."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.constants import CP_WATER, STANDARD_PRESSURE
from twin_kernels.dry_cooler import dry_cooler_rated_ua_w_k
from twin_kernels.equipment import TOWER_PARAMS
from twin_kernels.merkel import merkel_rated_air_kg_s, merkel_rated_ua_w_k
from twin_kernels.psychrometrics import enthalpy_j_kg, humidity_ratio, wet_bulb_c
from twin_kernels.rejector import (
    ADIABATIC,
    DRY,
    MERKEL,
    YORK,
    basin_heat_w,
    pad_allowed,
    rejector_for_heat,
    rejector_leaving_c,
    rejector_reference_c,
    rejector_water,
)
from twin_kernels.tower import tower_fan_w, tower_for_heat, tower_leaving_c, tower_water, york_water_ratio_rated

WATER_KG_S = 54.89
HEAT_W = 9e5


def machine(kind: int) -> np.void:
    """A megawatt cell or cooler of one kind."""
    p = np.zeros(1, TOWER_PARAMS)[0]
    p["kind"], p["available"] = kind, 1
    p["water_rated_kg_s"], p["air_rated_m3_s"], p["fan_rated_w"] = WATER_KG_S, 40.0, 15e3
    p["air_min_frac"], p["free_convection_frac"], p["fan_exponent"] = 0.2, 0.125, 3.0
    p["drift_frac"], p["cycles"] = 8e-5, 3.0
    p["water_ratio_rated"] = york_water_ratio_rated(25.6, 3.9, 5.6)
    p["wet_bulb_rated_c"] = 25.6
    p["basin_heater_w_k"], p["basin_heater_c"] = 500.0, 2.0
    if kind == MERKEL:
        air_kg_s = merkel_rated_air_kg_s(35.0, 25.6, 40.0, STANDARD_PRESSURE)
        p["ua_w_k"] = merkel_rated_ua_w_k(25.6, 3.9, 5.6, WATER_KG_S, air_kg_s, STANDARD_PRESSURE)
    if kind >= DRY:
        p["air_rated_m3_s"] = 180.0
        p["ua_w_k"] = dry_cooler_rated_ua_w_k(1.2e6, 12.0, WATER_KG_S * CP_WATER, 180.0 * 1.15 * 1006.0)
        p["ua_air_frac"], p["pad_effectiveness"], p["pad_above_c"] = 1.0 / 3.0, 0.85, 15.0
    return p


def outdoor(dry_bulb_c: float, rh_frac: float) -> tuple[float, float, float, float]:
    """Outdoor air at sea level."""
    w = humidity_ratio(dry_bulb_c, rh_frac, STANDARD_PRESSURE)
    return dry_bulb_c, w, wet_bulb_c(dry_bulb_c, w, STANDARD_PRESSURE, 10.0), STANDARD_PRESSURE


def test_york_is_untouched_to_the_last_bit() -> None:
    p = machine(YORK)
    for dry_bulb_c, heat_w in [(-10.0, 2e5), (5.0, 9e5), (15.0, 4e4), (30.0, 1.1e6), (20.0, 0.0)]:
        air = outdoor(dry_bulb_c, 0.6)
        ours = rejector_for_heat(p, heat_w, 21.0, air, WATER_KG_S)
        assert ours == (*tower_for_heat(p, heat_w, 21.0, air[2], WATER_KG_S), 0)
        same = tower_water(p, heat_w, ours[0], (air[0], air[1], air[3]), WATER_KG_S, 20.0)
        assert rejector_water(p, heat_w, ours[0], air, WATER_KG_S, 20.0, 0) == same
        assert rejector_leaving_c(p, 30.0, 0.6, air, WATER_KG_S, 0) == tower_leaving_c(p, 30.0, air[2], 1.0, 0.6)


@pytest.mark.parametrize("kind", [MERKEL, DRY, ADIABATIC])
def test_given_entering_agrees_with_given_heat(kind: int) -> None:
    """What the search for the air says is what the law gives at that air."""
    p = machine(kind)
    regimes = set()
    for dry_bulb_c in (-25.0, -5.0, 5.0, 15.0, 20.0, 24.0, 34.0):
        for heat_w in (1e5, 3e5, 9e5, 1.3e6):
            air = outdoor(dry_bulb_c, 0.5)
            air_frac, fan_w, leaving_c, _, wetted = rejector_for_heat(p, heat_w, 25.0, air, WATER_KG_S)
            entering_c = leaving_c + heat_w / (WATER_KG_S * CP_WATER)
            at_least, _ = rejector_leaving_c(p, entering_c, air_frac, air, WATER_KG_S, wetted)
            assert leaving_c >= 25.0 - 1e-9
            assert 0.0 <= fan_w <= p["fan_rated_w"]
            if air_frac == 0.0:
                assert at_least <= leaving_c + 1e-6  # a bypass mixes up to the target
            else:
                assert at_least == pytest.approx(leaving_c, abs=1e-4)
            if 0.0 < air_frac < 1.0:
                assert leaving_c == 25.0
            regimes.add("off" if air_frac == 0 else "cycles" if air_frac < 0.2 else "runs" if air_frac < 1 else "full")
            if p["air_min_frac"] < air_frac:
                assert fan_w == pytest.approx(tower_fan_w(p, air_frac))
    assert regimes >= {"off", "cycles", "runs", "full"}


@pytest.mark.parametrize("kind", [MERKEL, DRY])
def test_no_jump_between_regimes(kind: int) -> None:
    p, air = machine(kind), outdoor(2.0, 0.6)
    states = [rejector_for_heat(p, heat_kw * 1e3, 22.0, air, WATER_KG_S) for heat_kw in range(10, 5000, 10)]
    flow, leaving = np.array([s[0] for s in states]), np.array([s[2] for s in states])
    assert (np.diff(flow) >= -1e-9).all()
    assert (np.diff(flow)).max() < 0.03
    assert (flow == 0.0).sum() > 3
    assert (flow == 1.0).sum() > 3
    assert (np.diff(leaving) >= -1e-9).all()
    assert np.diff(leaving).max() < 0.2


@pytest.mark.parametrize("kind", [YORK, MERKEL, DRY, ADIABATIC])
def test_nothing_to_reject(kind: int) -> None:
    p, air = machine(kind), outdoor(10.0, 0.5)
    assert rejector_for_heat(p, 0.0, 21.0, air, WATER_KG_S) == (0.0, 0.0, 21.0, 0, 0)
    assert rejector_for_heat(p, 1e5, 21.0, air, 0.0) == (0.0, 0.0, 21.0, 0, 0)
    warm = outdoor(30.0, 0.5)
    assert rejector_for_heat(p, 0.0, 15.0, warm, WATER_KG_S)[2] == rejector_reference_c(p, warm)
    assert rejector_reference_c(p, warm) == (warm[0] if kind >= DRY else warm[2])


def test_merkel_and_york_agree_near_their_common_design() -> None:
    # both rated 25.6 / 3.9 / 5.6: near the design they must say the same; 0.3 K for two different fits, 2 K off it
    for wet_c in (24.0, 25.6):
        air = (30.0, 0.018, wet_c, STANDARD_PRESSURE)
        heat_w = WATER_KG_S * CP_WATER * 5.6
        york = rejector_for_heat(machine(YORK), heat_w, 20.0, air, WATER_KG_S)[2]
        assert rejector_for_heat(machine(MERKEL), heat_w, 20.0, air, WATER_KG_S)[2] == pytest.approx(york, abs=0.3)


def test_merkel_says_when_it_is_outside() -> None:
    p = machine(MERKEL)
    assert rejector_for_heat(p, HEAT_W, 21.0, outdoor(15.0, 0.5), WATER_KG_S)[3] == 0
    assert rejector_for_heat(p, HEAT_W, 21.0, outdoor(-10.0, 0.5), WATER_KG_S)[3] == 1
    assert rejector_for_heat(p, 1e5, 21.0, outdoor(15.0, 0.5), 0.2 * WATER_KG_S)[3] == 1


def test_pad_is_wet_above_its_dry_bulb() -> None:
    p = machine(ADIABATIC)
    cold, mild, hot = outdoor(10.0, 0.5), outdoor(15.0, 0.5), outdoor(30.0, 0.3)
    assert [pad_allowed(p, air) for air in (cold, mild, hot)] == [0, 0, 1]
    assert pad_allowed(machine(DRY), hot) == 0
    p["pad_above_c"] = -40.0
    assert pad_allowed(p, outdoor(-5.0, 0.5)) == 0  # frost
    p["pad_above_c"] = 15.0
    dry = rejector_for_heat(machine(DRY), HEAT_W, 36.0, hot, WATER_KG_S)
    wet = rejector_for_heat(p, HEAT_W, 36.0, hot, WATER_KG_S)
    assert (dry[4], wet[4]) == (0, 1)
    assert wet[1] < 0.5 * dry[1]


def test_pad_only_when_dry_air_does_not_reach() -> None:
    p = machine(ADIABATIC)
    p["pad_when_needed"] = 1
    hot = outdoor(32.0, 0.3)
    easy = rejector_for_heat(p, HEAT_W, 45.0, hot, WATER_KG_S)
    hard = rejector_for_heat(p, HEAT_W, 33.0, hot, WATER_KG_S)
    assert easy == rejector_for_heat(machine(DRY), HEAT_W, 45.0, hot, WATER_KG_S)
    assert hard[4] == 1
    assert hard[2] == 33.0
    assert rejector_for_heat(machine(DRY), HEAT_W, 33.0, hot, WATER_KG_S)[2] > 34.0
    # no more water than with the pad always wet, and never with a pad that may not be wet
    p["pad_above_c"] = 40.0
    assert rejector_for_heat(p, HEAT_W, 33.0, hot, WATER_KG_S)[4] == 0


def test_water_of_dry_and_adiabatic_coolers() -> None:
    hot = outdoor(32.0, 0.3)
    assert rejector_water(machine(DRY), HEAT_W, 0.7, hot, WATER_KG_S, 20.0, 1)[:3] == (0.0, 0.0, 0.0)
    p = machine(ADIABATIC)
    assert rejector_water(p, HEAT_W, 0.7, hot, WATER_KG_S, 20.0, 0)[:3] == (0.0, 0.0, 0.0)
    assert rejector_water(p, 0.0, 0.7, hot, WATER_KG_S, 20.0, 1) == (0.0, 0.0, 0.0, 20.0)
    evaporated, drift, blowdown, out_c = rejector_water(p, HEAT_W, 0.7, hot, WATER_KG_S, 20.0, 1)
    assert drift == 0.0
    assert (evaporated + blowdown) / blowdown == pytest.approx(3.0)
    # energy of the air: heat and the enthalpy of the water taken up at the wet bulb are what the air carries away
    in_c = hot[0] - 0.85 * (hot[0] - hot[2])
    out_w = hot[1]
    for _ in range(20):
        air_kg_s = 0.7 * 180.0 * STANDARD_PRESSURE / (287.042 * (in_c + 273.15) * (1.0 + out_w / 0.621945))
        out_w = hot[1] + evaporated / air_kg_s
    carried_w = air_kg_s * (enthalpy_j_kg(out_c, out_w) - enthalpy_j_kg(hot[0], hot[1]))
    assert carried_w == pytest.approx(HEAT_W + evaporated * CP_WATER * hot[2], rel=1e-6)


def test_merkel_evaporates_like_any_tower() -> None:
    p, air = machine(MERKEL), outdoor(20.0, 0.5)
    evaporated, drift, blowdown, out_c = rejector_water(p, HEAT_W, 0.7, air, WATER_KG_S, 20.0, 0)
    assert drift == pytest.approx(8e-5 * WATER_KG_S)
    assert 0.3 * HEAT_W / 2.45e6 < evaporated < 1.1 * HEAT_W / 2.45e6
    assert blowdown + drift == pytest.approx(evaporated / 2.0)
    assert air[2] < out_c < 40.0


def test_basin_heater() -> None:
    p = machine(YORK)
    assert basin_heat_w(p, -8.0, 0) == pytest.approx(5000.0)
    assert basin_heat_w(p, -8.0, 1) == 0.0
    assert basin_heat_w(p, 2.0, 0) == 0.0
    assert basin_heat_w(p, 20.0, 0) == 0.0


@pytest.mark.parametrize("kind", [YORK, MERKEL, DRY, ADIABATIC])
def test_compiled_equals_plain(kind: int) -> None:
    p = machine(kind)
    plain = getattr(rejector_for_heat, "py_func", rejector_for_heat)
    plain_water = getattr(rejector_water, "py_func", rejector_water)
    for dry_bulb_c in (-15.0, 8.0, 18.0, 33.0):
        air = outdoor(dry_bulb_c, 0.4)
        ours = rejector_for_heat(p, HEAT_W, 25.0, air, WATER_KG_S)
        assert ours == pytest.approx(plain(p, HEAT_W, 25.0, air, WATER_KG_S), rel=1e-9, abs=1e-9)
        water = rejector_water(p, HEAT_W, ours[0], air, WATER_KG_S, 20.0, ours[4])
        assert water == pytest.approx(plain_water(p, HEAT_W, ours[0], air, WATER_KG_S, 20.0, ours[4]), rel=1e-9)
