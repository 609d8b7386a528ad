"""Halls with direct-expansion units: books, thermostats, economisers by table, pad, gains, calendar, trends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from random_dx import random_dx_run
from rig import PROMISE, Rig, dx_scenario, steady_weather

from twin.errors import ScenarioError
from twin.workload.calendar import HallCalendar

RETURN = {"hall": {"dx": {"n": {"control": "return_air"}}, "fan": {"mode": "fixed"}, "return_air_temp_c": 28.0}}
CYCLING = {"hall": {"dx": {"n": {"control": "return_air", "fan": "cycling"}}, "fan": {"mode": "fixed"},
                    "return_air_temp_c": 28.0}}
#: Coils are solved to 1e-3 J/kg of air; a fan loop that jumps between limits may leave more in single steps.
COILS = 1e-6


def settled(changes: dict[str, Any], outdoor: tuple[float, float] = (35.0, 0.3), steps: int = 90, load: float = 0.6,
            **fields: float) -> Rig:
    """A hall at rest under steady outdoor air (dry bulb °C, relative humidity)."""
    weather = steady_weather(*outdoor, steps=steps, **fields)
    rig = Rig(dx_scenario(changes), weather)
    rig.run(weather, load, 60.0)
    return rig


def econ(**keys: Any) -> dict[str, Any]:
    """The small hall with an air-side economiser."""
    return {"plant": {"air_economiser": keys}}


@pytest.mark.parametrize("seed", range(24))
def test_books_close_in_any_hall(seed: int) -> None:
    rig, _ = random_dx_run(seed, steps=24)
    assert rig.worst_energy <= PROMISE
    assert rig.worst_water <= PROMISE


def test_units_take_what_the_air_gives() -> None:
    gaps = np.array([random_dx_run(seed, steps=16)[0].worst_coils for seed in range(100, 130)])
    assert np.median(gaps) <= 1e-9
    assert (gaps <= COILS).mean() >= 0.9
    assert gaps.max() <= 0.02


@pytest.mark.parametrize("changes", [RETURN, CYCLING])
def test_thermostats_hold_the_return_air(changes: dict[str, Any]) -> None:
    rig = settled(changes)
    assert rig.f["return_c"] == pytest.approx(28.0, abs=1e-6)
    assert 0.0 < rig.state.dxs["plr"][0] < 1.0
    assert rig.worst_coils <= COILS
    shifted = settled(changes, return_shift_k=2.0)
    assert shifted.f["return_c"] == pytest.approx(30.0, abs=1e-6)
    assert shifted.state.dxs["power_w"].sum() < rig.state.dxs["power_w"].sum()


def test_units_hold_their_supply_air_and_their_own_setpoints() -> None:
    rig = settled({})
    assert rig.f["supply_c"] == pytest.approx(22.0, abs=1e-3)
    two = settled({"hall": {"dx": {"m": {"part": "energyplus-curve-i", "rated_kw": 45.0, "air_m3_s": 2.5,
                                         "supply_air_temp_c": 19.0}}}})
    assert two.state.dxs["supply_c"][:3] == pytest.approx(22.0, abs=1e-3)
    assert two.state.dxs["supply_c"][3] == pytest.approx(19.0, abs=1e-3)


def test_cycling_fans_run_with_their_compressors() -> None:
    always, cycling = settled(RETURN), settled(CYCLING)
    unit = cycling.state.dxs[0]
    rated_w = cycling.params.dxs[0]["fan_rated_w"]
    plf = 0.85 + 0.15 * unit["plr"]
    assert unit["run_frac"] == pytest.approx(unit["plr"] / plf, rel=1e-9)
    assert unit["fan_w"] == pytest.approx(unit["run_frac"] * rated_w, rel=1e-9)
    assert always.state.dxs[0]["fan_w"] == pytest.approx(rated_w, rel=1e-9)
    assert cycling.air["supply_kg_s"] == pytest.approx(unit["run_frac"] * always.air["supply_kg_s"], rel=1e-9)


def test_too_little_capacity_is_a_shortfall() -> None:
    rig = settled({"hall": {"dx": {"n": {"rated_kw": 8.0, "control": "return_air"}}, "fan": {"mode": "fixed"},
                            "return_air_temp_c": 28.0}}, load=1.0)
    assert (rig.state.dxs["plr"] == 1.0).all()
    assert rig.f["return_c"] > 29.0
    assert rig.f["shortfall_w"] > 0.0


#: lockout and its keys, outdoor air (°C, relative humidity), whether it comes in. The return air is about 34 °C.
TABLE = [
    ({"lockout": "differential_dry_bulb", "max_dew_point_c": 60.0}, (25.0, 0.5), True),
    ({"lockout": "differential_dry_bulb", "max_dew_point_c": 60.0}, (45.0, 0.1), False),
    ({"lockout": "differential_dry_bulb"}, (18.0, 0.9), False),  # dew point 16.3 °C, 11 °C at most
    ({"lockout": "differential_dry_bulb"}, (18.0, 0.5), True),
    ({"lockout": "dry_bulb", "max_dry_bulb_c": 20.0}, (19.0, 0.9), True),
    ({"lockout": "dry_bulb", "max_dry_bulb_c": 20.0}, (21.0, 0.2), False),
    ({"lockout": "enthalpy", "max_enthalpy_kj_kg": 47.0}, (20.0, 0.5), True),  # 38.5 kJ/kg
    ({"lockout": "enthalpy", "max_enthalpy_kj_kg": 47.0}, (20.0, 0.85), False),  # 51.7 kJ/kg
    ({"lockout": "differential_enthalpy"}, (24.0, 0.3), True),
    ({"lockout": "differential_enthalpy"}, (33.0, 0.9), False),
    ({"lockout": "dew_point", "max_dew_point_c": 12.0}, (36.0, 0.2), True),
    ({"lockout": "dew_point", "max_dew_point_c": 12.0}, (16.0, 0.9), False),
    ({"lockout": "dry_bulb_and_dew_point", "max_dry_bulb_c": 22.0, "max_dew_point_c": 12.0}, (21.0, 0.5), True),
    ({"lockout": "dry_bulb_and_dew_point", "max_dry_bulb_c": 22.0, "max_dew_point_c": 12.0}, (23.0, 0.3), False),
    ({"lockout": "dry_bulb_and_dew_point", "max_dry_bulb_c": 22.0, "max_dew_point_c": 12.0}, (18.0, 0.9), False),
    ({"lockout": "dry_bulb", "min_dew_point_c": 0.0}, (15.0, 0.2), False),  # dew point -7 °C
    ({"lockout": "always"}, (10.0, 0.4), False),
]


@pytest.mark.parametrize(("keys", "outdoor", "comes_in"), TABLE)
@pytest.mark.parametrize("held", [{}, RETURN], ids=["supply", "return"])
def test_lockouts(keys: dict[str, Any], outdoor: tuple[float, float], comes_in: bool, held: dict[str, Any]) -> None:
    rig = settled({**held, **econ(min_outdoor_frac=0.1, **keys)}, outdoor, steps=30)
    share = rig.air["outdoor_frac"]
    assert share > 0.1001 if comes_in else share == pytest.approx(0.1, abs=1e-12)


@pytest.mark.parametrize("held", [{}, RETURN, CYCLING], ids=["supply", "return", "cycling"])
def test_not_integrated_is_outdoor_air_or_compressors(held: dict[str, Any]) -> None:
    keys = {"lockout": "dry_bulb", "max_dry_bulb_c": 30.0, "min_outdoor_frac": 0.05}
    for outdoor_c in (5.0, 12.0, 18.0, 23.5, 26.0):  # colder than the return air: it always helps
        both = settled({**held, **econ(**keys)}, (outdoor_c, 0.4), steps=40)
        either = settled({**held, **econ(integrated=False, **keys)}, (outdoor_c, 0.4), steps=40)
        runs, comes_in = either.air["dx_w"] > 0.0, either.air["outdoor_frac"] > 0.05 + 1e-9
        assert not (runs and comes_in)
        assert either.air["dx_w"] >= both.air["dx_w"] - 1e-6
        if not runs:
            assert both.air["outdoor_frac"] == pytest.approx(either.air["outdoor_frac"], abs=1e-6)


def test_dead_band_and_shortest_time() -> None:
    keys = {"lockout": "dry_bulb", "max_dry_bulb_c": 20.0, "dead_band_k": 1.0, "wait_s": 600.0}
    outdoor_c = np.concatenate([np.full(20, 18.0), np.full(20, 20.2), np.full(20, 19.5), np.full(20, 18.8),
                                np.full(3, 21.0), np.full(3, 18.0), np.full(20, 21.0)])
    weather = steady_weather(18.0, 0.4, steps=len(outdoor_c))
    weather["dry_bulb_c"] = outdoor_c
    rig = Rig(dx_scenario(econ(**keys)), weather)
    is_open = []
    for record in weather:
        rig.audited_step(record, 0.5, 60.0)
        is_open.append(int(rig.f["econ_open"]))
    assert is_open[:20] == [1] * 20
    assert is_open[20:40] == [0] * 20
    assert is_open[40:60] == [0] * 20  # below the limit, but not by the dead band
    assert is_open[60:80] == [1] * 20
    assert is_open[80:86] == [0] * 6  # back below for three minutes: too soon after the last change
    assert is_open[-1] == 0


def test_smoke_shuts_all_outdoor_air_off() -> None:
    weather = steady_weather(15.0, 0.4, steps=40)
    rig = Rig(dx_scenario(econ(lockout="dry_bulb", min_outdoor_frac=0.2)), weather)
    rig.run(weather, 0.6, 60.0)
    assert rig.air["outdoor_frac"] > 0.2
    rig.params.facility["econ_shut"] = 1
    rig.run(weather, 0.6, 60.0)
    assert rig.air["outdoor_frac"] == 0.0
    assert rig.air["dx_w"] > 0.0


def test_wet_pad_saves_compressors_and_pays_with_water() -> None:
    keys = {"lockout": "differential_dry_bulb", "max_dew_point_c": 18.0}
    pad = {"effectiveness_frac": 0.85, "pump_kw": 0.3, "cycles": 4.0}
    hot_dry = (33.0, 0.15)
    without, wet = settled(econ(**keys), hot_dry), settled(econ(pad=pad, **keys), hot_dry)
    assert wet.air["dx_w"] < 0.5 * without.air["dx_w"]
    assert wet.air["pad_w"] == 300.0
    g = wet.ledger
    assert g["evaporated_kg_s"] == pytest.approx(
        wet.air["supply_kg_s"] * wet.air["outdoor_frac"] * (wet.air["fresh_w"] - wet.air["outdoor_w"]), rel=1e-12)
    assert g["makeup_kg_s"] == pytest.approx(g["evaporated_kg_s"] * 4.0 / 3.0, rel=1e-12)
    assert settled(econ(pad=pad, **keys), (15.0, 0.4)).air["pad_w"] == 0.0  # cold enough without
    part = settled(econ(pad=pad, lockout="differential_dry_bulb", max_dew_point_c=8.0), hot_dry)
    assert part.air["fresh_dew_c"] == pytest.approx(8.0, abs=1e-4)  # only part of the pad is wet
    assert wet.air["fresh_c"] < part.air["fresh_c"] < 33.0
    damp = settled(econ(pad=pad, lockout="differential_dry_bulb", max_dew_point_c=2.0), hot_dry)
    assert damp.air["pad_w"] == damp.air["pad_kg_s"] == 0.0


def test_gains_and_infiltration_act() -> None:
    base = settled(RETURN, (35.0, 0.5))
    warm = settled(RETURN, (35.0, 0.5), gain_sensible_w=5000.0)
    extra_w = (warm.air["coil_w"] + warm.air["condensate_w"]) - (base.air["coil_w"] + base.air["condensate_w"])
    assert extra_w == pytest.approx(5000.0, rel=0.05)  # the room around the contained aisle warms; walls take the rest
    damp = settled(RETURN, (35.0, 0.5), gain_latent_w=5000.0)
    per_kg_s = 5000.0 / (2.501e6 + 1860.0 * 28.0)
    assert damp.air["condensate_kg_s"] - base.air["condensate_kg_s"] == pytest.approx(per_kg_s, rel=0.05)
    assert damp.ledger["gain_in_w"] == 5000.0
    leaky = settled(RETURN, (35.0, 0.5), infiltration_m3_s=0.2)
    assert leaky.air["vent_kg_s"] - base.air["vent_kg_s"] == pytest.approx(0.2 * 1.12, rel=0.02)
    assert leaky.air["coil_w"] > base.air["coil_w"]
    assert leaky.air["condensate_kg_s"] > base.air["condensate_kg_s"]


def test_units_that_the_calendar_stops_stand() -> None:
    weather = steady_weather(25.0, 0.4, steps=8)
    weather["units_off_frac"][3:] = 1.0
    rig = Rig(dx_scenario(RETURN), weather)
    rig.run(weather, 0.2, 60.0)
    assert rig.air["supply_kg_s"] == rig.air["fan_w"] == rig.air["dx_w"] == 0.0
    assert rig.f["return_c"] > 28.0


def test_a_compressor_lost_leaves_its_fan() -> None:
    weather = steady_weather(30.0, 0.4, steps=60)
    rig = Rig(dx_scenario(), weather)
    rig.run(weather, 0.5, 60.0)
    before_kg_s = float(rig.air["supply_kg_s"])
    rig.params.dxs["compressor_available"][0] = 0
    rig.run(weather, 0.5, 60.0)
    assert rig.state.dxs["power_w"][0] == 0.0
    assert rig.state.dxs["air_kg_s"][0] > 0.0
    assert rig.state.dxs["supply_c"][0] > 25.0
    assert rig.air["supply_kg_s"] >= before_kg_s


def test_trends() -> None:
    powers = [settled({}, (outdoor_c, 0.2), steps=40).air["dx_w"] for outdoor_c in (20.0, 28.0, 36.0, 44.0)]
    assert powers == sorted(powers)
    humid = [settled(RETURN, (30.0, 0.5), steps=60, gain_latent_w=latent_w).air["dx_w"] for latent_w in (0.0, 3e3, 9e3)]
    assert humid == sorted(humid)
    single = settled({"hall": {"dx": {"n": {"compressor": "cycling"}}}}, gain_latent_w=6e3)
    inverter = settled({"hall": {"dx": {"n": {"compressor": "inverter"}}}}, gain_latent_w=6e3)
    assert inverter.f["room_w"] > single.f["room_w"]  # a slow compressor dries less


def test_calendar_by_hour_and_weekend() -> None:
    day = [1.0] * 8 + [0.5] * 16
    scenario = dx_scenario({"hall": {
        **RETURN["hall"], "gains": {"sensible_kw": 4.0, "latent_kw": 1.0, "weekday": day, "weekend": [0.0] * 24},
        "infiltration": {"air_changes_per_h": 0.5, "m3_s": 0.1},
        "thermostat": {"weekday_c": [28.0] * 20 + [33.0] * 4},
        "fan": {"mode": "fixed", "weekday_on": [1] * 22 + [0] * 2, "weekend_on": [0] * 24}}})
    inputs = steady_weather(steps=7 * 24 * 4)
    HallCalendar(scenario.hall, "monday").fill(inputs, 0, 900)
    hours = inputs[::4]
    assert hours["gain_sensible_w"][[0, 7, 8, 23, 24 * 5]] == pytest.approx([4000.0, 4000.0, 2000.0, 2000.0, 0.0])
    assert hours["gain_latent_w"][[0, 8, 24 * 5]] == pytest.approx([1000.0, 500.0, 0.0])
    assert hours["infiltration_m3_s"] == pytest.approx(0.1 + 0.5 * 8.0 * 6.0 * 4.0 / 3600.0)
    assert hours["return_shift_k"][[0, 19, 20, 23]] == pytest.approx([0.0, 0.0, 5.0, 5.0])
    assert hours["units_off_frac"][[0, 21, 22, 24 * 5 + 3]] == pytest.approx([0.0, 0.0, 1.0, 1.0])
    plain = steady_weather(steps=2)
    HallCalendar(dx_scenario().hall, "monday").fill(plain, 0, 900)
    assert plain["gain_sensible_w"].sum() == plain["units_off_frac"].sum() == 0.0


def test_no_coil_for_an_impossible_rating() -> None:
    with pytest.raises(ScenarioError, match="no coil can do this"):
        Rig(dx_scenario({"hall": {"dx": {"n": {"shr_frac": 0.3}}}}), steady_weather())


def test_own_curves_equal_the_part() -> None:
    curves = {
        "capft": [0.942587793, 0.009543347, 0.00068377, -0.011042676, 5.249e-6, -9.72e-6],
        "eirft": [0.342414409, 0.034885008, -0.0006237, 0.004977216, 0.000437951, -0.000728028],
        "capff": [0.8, 0.2], "eirff": [1.1552, -0.1808, 0.0256], "plf": [0.85, 0.15], "wet_bulb_min_c": 12.77778,
        "wet_bulb_max_c": 23.88889, "outdoor_min_c": 18.0, "outdoor_max_c": 46.11111, "flow_min_frac": 0.6,
        "flow_max_frac": 1.8}
    part = {"part": "energyplus-curve-i", "rated_kw": 50.0, "air_m3_s": 3.3}
    own = {"part": None, "curves": curves, "rated_kw": 50.0, "cop": 3.2, "shr_frac": 0.85, "air_m3_s": 3.3}
    theirs, ours = (settled({"hall": {"dx": {"n": unit}}}, steps=10) for unit in (part, own))
    assert theirs.params.dxs["bypass_kg_s"] == pytest.approx(ours.params.dxs["bypass_kg_s"], rel=1e-12)
    assert theirs.air["dx_w"] == pytest.approx(ours.air["dx_w"], rel=1e-12)
