"""Modes of indirect evaporative units in the hall: ramps, frost, trips and returns, steps, climates."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rig import Rig, copy_state, iec_scenario, steady_weather

from twin.weather.read import load_weather

DRY, WET, WET_DX, DRY_DX = 4, 5, 6, 7
DAY_S = 86400


def ramp(low_c: float, high_c: float, steps: int, humidity: float = 0.009) -> NDArray[np.void]:
    """Outdoor air that warms and cools again at constant humidity."""
    out = steady_weather(steps=steps)
    out["dry_bulb_c"] = low_c + (high_c - low_c) * (1.0 - np.abs(np.linspace(-1.0, 1.0, steps)))
    out["humidity_ratio"] = humidity
    return out


def modes_of(rig: Rig, weather: NDArray[np.void], load: float, dt_s: float) -> list[int]:
    """Modes of the first unit in order, each once."""
    seen = []
    for record in weather:
        rig.audited_step(record, load, dt_s)
        seen.append(int(rig.state.iecs["mode"][0]))
        assert (rig.state.iecs["mode"] == seen[-1]).all()
        assert rig.f["mode"] == seen[-1]
    return [mode for mode, _ in groupby(seen)]


@pytest.mark.parametrize("dt_s", [30.0, 60.0, 300.0, 900.0])
def test_a_slow_day_switches_each_mode_once_up_and_once_down(dt_s: float) -> None:
    weather = ramp(14.0, 44.0, int(DAY_S / dt_s), 0.011)
    rig = Rig(iec_scenario(), weather)
    assert modes_of(rig, weather, 0.8, dt_s) == [DRY, WET, WET_DX, WET, DRY]


@pytest.mark.parametrize("lost", ["spray", "trims", "both"])
def test_a_slow_day_without_spray_or_without_trim(lost: str) -> None:
    weather = ramp(14.0, 44.0, 1440, 0.011)
    rig = Rig(iec_scenario(), weather)
    if lost != "trims":
        rig.params.iecs["spray_available"] = 0
    if lost != "spray":
        rig.params.trims["available"] = 0
    ways = {"spray": [DRY, DRY_DX, DRY], "trims": [DRY, WET, DRY], "both": [DRY]}
    assert modes_of(rig, weather, 0.8, 60.0) == ways[lost]
    assert rig.state.meters["shortfall_s"][0] > 3600.0  # runs warm, and says so
    assert rig.air["dx_w"] == 0.0


def test_steady_air_never_hunts() -> None:
    """Whatever the weather and the load: once the first half hour is over a mode stays."""
    for dry_bulb_c in np.arange(15.0, 40.0, 0.8):
        weather = steady_weather(float(dry_bulb_c), 0.5, steps=150)
        rig = Rig(iec_scenario(), weather)
        rig.rows(weather[:60], 0.7, 60.0)
        changed_s = rig.state.iecs["changed_s"].copy()
        rows = rig.rows(weather, 0.7, 60.0)
        assert (rig.state.iecs["changed_s"] == changed_s).all(), dry_bulb_c
        moves = np.diff(rows["dx_w"][60:].astype(float))  # slab and skin still warm up: one way, slowly
        assert np.abs(moves).max() < 5.0, dry_bulb_c
        assert (np.sign(moves[np.abs(moves) > 0.1]) == np.sign(moves.sum())).all(), dry_bulb_c


def test_shortest_time_in_a_mode() -> None:
    """Outdoor air that swings every seven minutes: a mode lasts its ten minutes."""
    weather = steady_weather(14.0, 0.5, steps=600)
    weather["dry_bulb_c"] += 12.0 * (np.arange(600) // 7 % 2)
    rig = Rig(iec_scenario(), weather)
    seen = np.empty(600)
    for i, record in enumerate(weather):
        rig.step(record, 0.7, 60.0)
        seen[i] = rig.state.iecs["mode"][0]
    changes = np.flatnonzero(np.diff(seen))
    assert len(changes) > 10
    assert np.diff(changes).min() >= 10


def test_what_is_not_worked_out_would_not_have_changed_a_mode() -> None:
    """A fan below full speed says that the next mode is not called for; with a threshold below 0 it is not asked."""
    weather = ramp(16.0, 40.0, 1440, 0.010)
    weather["dry_bulb_c"] += 1.5 * np.sin(np.arange(1440) / 9.0)
    seen = []
    for up_k in (0.0, -1e-9):
        rig = Rig(iec_scenario({"hall": {"iec": {"n": {"modes": {"up_k": up_k}}}}}), weather)
        modes = np.empty(1440)
        for i, record in enumerate(weather):
            rig.step(record, 0.6 + 0.2 * (i % 200 > 100), 60.0)
            modes[i] = rig.state.iecs["mode"][0]
        seen.append(modes)
    assert len(set(seen[0])) == 3
    assert np.count_nonzero(seen[0] != seen[1]) == 0


def test_no_spray_in_frost() -> None:
    """Below freeze_c no pump runs whatever the hall asks for, and it stays off until it is a kelvin warmer."""
    weather = steady_weather(steps=400)
    weather["dry_bulb_c"] = 3.0 + 3.0 * np.sin(np.arange(400) / 40.0)
    weather["humidity_ratio"] = 0.003
    rig = Rig(iec_scenario(), weather)
    rig.setpoints["supply_air_c"] = 8.0
    wet = 0
    sprayed = False
    for record in weather:
        rig.audited_step(record, 1.0, 60.0)
        sprays = bool((rig.state.iecs["pump_w"] > 0.0).any())
        if record["dry_bulb_c"] < 3.0:
            assert not sprays
            assert rig.ledger["makeup_kg_s"] == 0.0
            assert (rig.state.iecs["mode"] >= DRY).all()
        if sprays and not sprayed:
            assert record["dry_bulb_c"] > 4.0
        sprayed = sprays
        wet += sprays
    assert wet > 50


def test_supply_setpoint_that_falls_calls_the_trim() -> None:
    weather = steady_weather(25.0, 0.5, steps=60)
    rig = Rig(iec_scenario(), weather)
    rig.run(weather, 0.7, 60.0)
    assert (rig.state.iecs["mode"] == WET).all()
    rig.setpoints["supply_air_c"] -= 4.0
    rig.run(weather[:15], 0.7, 60.0)
    assert (rig.state.iecs["mode"] == WET_DX).all()
    assert rig.f["supply_c"] == pytest.approx(20.0, abs=1e-3)


# --- trips ----------------------------------------------------------------------------------------------------

HOT = {"dry_bulb_c": 36.0, "relative_humidity": 0.35}


def hot_hall(changes: dict[str, Any] | None = None) -> tuple[Rig, NDArray[np.void]]:
    """The small hall settled on a hot day, sprayed and trimmed."""
    weather = steady_weather(steps=120, **HOT)
    rig = Rig(iec_scenario(changes), weather)
    rig.run(weather, 0.8, 60.0)
    assert (rig.state.iecs["mode"] == WET_DX).all()
    return rig, weather


@pytest.mark.parametrize(("kind", "field", "off", "mode"), [
    ("iecs", "spray_available", 0, DRY_DX), ("trims", "available", 0, WET), ("iecs", "ua_w_k", 0.0, DRY_DX),
])
def test_what_trips_is_replaced_at_once_and_comes_back(kind: str, field: str, off: float, mode: int) -> None:
    """Spray: dry plates and more DX; DX: sprayed plates alone, warm, and it says so; plates (their fan): DX alone."""
    rig, weather = hot_hall()
    array = getattr(rig.params, kind)
    usual, dx_w = array[field].copy(), float(rig.air["dx_w"])
    array[field] = off
    rig.audited_step(weather[0], 0.8, 60.0)
    if field != "ua_w_k":  # lost plates are seen by what they reach, after the shortest time
        assert (rig.state.iecs["mode"] == mode).all()
    rig.run(weather[:60], 0.8, 60.0)
    assert (rig.state.iecs["mode"] == mode).all() or field == "ua_w_k"
    if kind == "trims":
        assert rig.f["supply_c"] > 24.2
        assert rig.f["shortfall_w"] > 100.0
    else:
        assert rig.air["dx_w"] > 2.0 * dx_w
    if field == "ua_w_k":
        assert rig.air["iec_w"] == pytest.approx(0.0, abs=1.0)
        assert (rig.state.iecs["secondary_fan_w"] == 0.0).all()
    array[field] = usual
    rig.run(weather, 0.8, 60.0)
    assert (rig.state.iecs["mode"] == WET_DX).all()
    assert rig.f["supply_c"] == pytest.approx(24.0, abs=1e-3)
    assert rig.air["dx_w"] == pytest.approx(dx_w, rel=0.01)


def test_plates_lost_on_a_mild_day_start_the_trim() -> None:
    """Dry and below full speed, then no outdoor air passes any more: the fan that stands is no sign of plenty."""
    weather = steady_weather(12.0, 0.5, steps=60)
    rig = Rig(iec_scenario(), weather)
    rig.run(weather, 0.7, 60.0)
    assert (rig.state.iecs["mode"] == DRY).all()
    rig.params.iecs["ua_w_k"] = 0.0
    rig.run(weather[:20], 0.7, 60.0)
    assert (rig.state.iecs["mode"] == DRY_DX).all()
    assert rig.f["supply_c"] == pytest.approx(24.0, abs=1e-3)


def test_one_unit_less_leaves_the_others_to_it() -> None:
    rig, weather = hot_hall()
    speed = float(rig.state.iecs["speed_frac"][0])
    rig.params.iecs["available"][0] = 0  # the first: the others must not copy from it
    rig.run(weather, 0.8, 60.0)
    units, trims = rig.state.iecs, rig.state.trims
    for field in ("mode", "air_kg_s", "fan_w", "secondary_fan_w", "pump_w", "exchanger_w", "evaporated_kg_s"):
        assert units[field][0] == 0.0, field
        assert units[field][1] == units[field][2] > 0.0, field
    assert trims["load_w"][0] == trims["power_w"][0] == 0.0
    assert units["speed_frac"][1] == pytest.approx(1.5 * speed, rel=0.05)
    assert units["changed_s"][0] > units["changed_s"][1]
    assert rig.f["supply_c"] == pytest.approx(24.0, abs=1e-3)
    away_s = float(units["changed_s"][0])
    rig.params.iecs["available"][0] = 1
    rig.audited_step(weather[0], 0.8, 60.0)
    assert units["mode"][0] >= DRY
    assert units["changed_s"][0] > away_s
    assert units["changed_s"][1] < away_s  # each unit keeps its own
    rig.run(weather, 0.8, 60.0)
    assert units["speed_frac"][0] == pytest.approx(speed, rel=0.01)


def test_each_unit_trips_for_itself() -> None:
    """A spray pump here, a compressor there: unit by unit as if each stood alone, whatever its neighbours do."""
    rig, weather = hot_hall({"hall": {"iec": {"n": {"count": 4}}}})
    rig.params.iecs["spray_available"][1] = 0
    rig.params.trims["available"][2] = 0
    rig.run(weather, 0.8, 60.0)
    units, trims = rig.state.iecs, rig.state.trims
    assert units["mode"].tolist() == [WET_DX, DRY_DX, WET, WET_DX]
    assert units["pump_w"].tolist() == [250.0, 0.0, 250.0, 250.0]
    assert units["evaporated_kg_s"][1] == 0.0
    assert trims["load_w"][2] == trims["power_w"][2] == 0.0
    assert trims["power_w"][1] > 1.5 * trims["power_w"][0]
    assert trims["power_w"][0] == pytest.approx(float(trims["power_w"][3]), rel=1e-9)
    assert rig.f["mode"] == WET_DX  # as most of the air is cooled, not as the one unit


def test_units_that_differ_in_little_are_not_taken_for_equal() -> None:
    """Groups alike in size but not in fan curve, spray pump, water or trim: each has its own numbers."""
    other = {"count": 1, "air_m3_s": 2.5, "secondary_air_m3_s": 2.9, "fan_curve": [0.1, 0.0, 0.0, 0.9, 0.0],
             "secondary_curve": [0.2, 0.0, 0.0, 0.8, 0.0], "spray": {"pump_kw": 0.5, "water_kg_s": 2.0},
             "dx": {"rated_kw": 25.0, "bypass_frac": 0.3, "plr_unload": 0.7}}
    rig, _ = hot_hall({"hall": {"iec": {"m": other}}})
    units, trims = rig.state.iecs, rig.state.trims
    assert len(units) == 4
    speed, secondary = float(units["speed_frac"][0]), float(units["secondary_frac"][3])
    p = rig.params.iecs[3]
    assert units["fan_w"][3] == pytest.approx(p["fan_rated_w"] * (0.1 + 0.9 * speed**3))
    assert units["secondary_fan_w"][3] == pytest.approx(p["secondary_fan_w"] * (0.2 + 0.8 * secondary**3))
    assert units["pump_w"].tolist() == [250.0, 250.0, 250.0, 500.0]
    assert units["drift_kg_s"][3] == pytest.approx(2.5 * units["drift_kg_s"][0])
    assert trims["power_w"][3] > 1.2 * trims["power_w"][0]


def test_all_units_lost_and_back() -> None:
    """The hall heats up, nothing is moved or booked, and afterwards it is as it was without hunting."""
    rig, weather = hot_hall()
    usual_c = float(rig.f["inlet_max_c"])
    rig.params.iecs["available"] = 0
    rig.run(weather[:15], 0.8, 60.0)
    assert rig.f["inlet_max_c"] > usual_c + 5.0
    assert rig.f["mode"] == 0
    assert rig.f["supply_kg_s"] == 0.0
    for field in ("exhaust_out_w", "crah_fan_electric_w", "iec_fan_electric_w", "dx_electric_w", "makeup_kg_s"):
        assert rig.ledger[field] == 0.0, field
    rig.params.iecs["available"] = 1
    changes = 0
    mode = 0
    for record in weather:
        rig.audited_step(record, 0.8, 60.0)
        changes += int(rig.state.iecs["mode"][0] != mode)
        mode = int(rig.state.iecs["mode"][0])
    assert changes <= 2
    assert mode == WET_DX
    assert rig.f["inlet_max_c"] == pytest.approx(usual_c, abs=0.1)


# --- steps and climates ---------------------------------------------------------------------------------------

END_USES = ("it_j", "crah_fan_j", "iec_fan_j", "iec_pump_j", "dx_j", "ups_loss_j", "distribution_loss_j", "makeup_kg")


def three_days(dt_s: int) -> np.void:
    """Meters of three warm days in Guiyang in which all modes but one come by."""
    weather = load_weather("guiyang").block(196 * DAY_S, 3 * DAY_S // dt_s, dt_s)
    rig = Rig(iec_scenario(), weather, 1200.0, 196 * DAY_S)
    hours = (np.arange(len(weather)) * dt_s) % DAY_S / 3600.0
    rig.rows(weather, 0.6 + 0.25 * np.sin((hours - 9.0) / 24.0 * 2.0 * np.pi), float(dt_s))
    return rig.state.meters[0]


def test_half_the_step_gives_the_same_energy() -> None:
    coarse, fine = three_days(60), three_days(30)
    for name in END_USES:
        assert fine[name] > 0.0
        assert coarse[name] == pytest.approx(fine[name], rel=0.002), name


@pytest.mark.parametrize(("climate", "day", "wanted"), [
    ("singapore", 150, {WET_DX}), ("huailai", 15, {DRY}), ("qingyuan", 72, {DRY, WET}),
])
def test_climates_call_for_their_modes(climate: str, day: int, wanted: set[int]) -> None:
    """A day of the shipped years with the small hall: hot and humid, cold and dry, spring in the south."""
    year = load_weather(climate)
    weather = year.block(day * DAY_S, 1440, 60)
    rig = Rig(iec_scenario(), weather, year.altitude_m, day * DAY_S)
    modes = {*modes_of(rig, weather, 0.7, 60.0)}
    assert modes == wanted
    assert rig.f["supply_c"] == pytest.approx(24.0, abs=1e-3)
    if wanted == {WET_DX}:
        assert rig.state.meters["makeup_kg"][0] > 100.0
    if wanted == {DRY}:
        assert rig.state.meters["makeup_kg"][0] == rig.state.meters["dx_j"][0] == 0.0


def test_a_snapshot_holds_all_memory_of_the_units() -> None:
    weather = ramp(20.0, 42.0, 200, 0.011)
    rig = Rig(iec_scenario(), weather)
    rig.rows(weather[:100], 0.7, 60.0)
    saved = copy_state(rig.state)
    first = rig.rows(weather[100:], 0.7, 60.0)
    rig.state = saved
    second = rig.rows(weather[100:], 0.7, 60.0)
    assert first.tobytes() == second.tobytes()
