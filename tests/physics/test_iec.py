"""Indirect evaporative halls: limits of the plates, the rated point, water, trims on damp air, energy of every part."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from random_halls import BREAKABLE_IEC, STEPS_S, random_iec_run
from rig import Rig, iec_scenario, steady_weather
from twin_kernels.evaporative import iec_leaving
from twin_kernels.psychrometrics import (
    dew_point_c,
    humid_heat_j_kgk,
    humidity_ratio,
    saturation_humidity_ratio,
    standard_pressure_pa,
    wet_bulb_c,
)

from twin.facility.air import air_density_kg_m3
from twin.scenario.read import load_scenario

DRY, WET, WET_DX, DRY_DX = 4, 5, 6, 7
#: Plates alone: no compressor helps.
NO_DX: dict[str, Any] = {"hall": {"iec": {"n": {"dx": None}}}}
#: No outdoor vapour and no machines for humidity: the hall keeps what it has.
DRY_HALL: dict[str, Any] = {
    "hall": {"air": {"ventilation_kg_s": 0.0}, "humidity": {"min_dew_point_c": None, "max_dew_point_c": None}}
}


def before_fan_c(rig: Rig, unit: int = 0) -> float:
    """Air that leaves plates and coil of a unit, before its fan warms it."""
    u = rig.state.iecs[unit]
    return float(u["supply_c"] - u["fan_w"] / (u["air_kg_s"] * humid_heat_j_kgk(u["supply_w"])))


# --- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sprays", [False, True])
@pytest.mark.parametrize("dry_bulb_c", [-20.0, 5.0, 15.0, 25.0, 33.0])
def test_plates_never_beat_outdoor_air(dry_bulb_c: float, sprays: bool) -> None:
    """Not colder than the outdoor dry bulb, sprayed not colder than its wet bulb, however low the setpoint."""
    for damp in (0.2, 0.6, 1.0):
        weather = steady_weather(dry_bulb_c, damp, steps=90)
        rig = Rig(iec_scenario(NO_DX), weather)
        rig.params.iecs["spray_available"] = int(sprays)
        rig.setpoints["supply_air_c"] = 5.0
        rig.run(weather, 0.6, 60.0)
        sprayed = rig.state.iecs["mode"][0] == WET
        if damp < 1.0 and dry_bulb_c != 5.0:  # in fog spray gains nothing; at 5 °C dry plates may do
            assert sprayed == (sprays and dry_bulb_c > 4.0)
        limit_c = float(rig.f["wet_bulb_c"] if sprayed else rig.air["outdoor_c"])
        assert before_fan_c(rig) > limit_c - 1e-6
        assert rig.f["supply_c"] > limit_c
        if dry_bulb_c >= 15.0:
            assert (rig.state.iecs["secondary_frac"] == 1.0).all()
            assert rig.f["shortfall_w"] > 0.0


@pytest.mark.parametrize("altitude_m", [0.0, 1500.0])
def test_the_rated_point_is_the_data_sheet(altitude_m: float) -> None:
    """Rated flows, return air and outdoor air give the two effectivenesses of the scenario."""
    plates = {"dry_effectiveness_frac": 0.62, "wet_effectiveness_frac": 0.78, "return_c": 38.0, "outdoor_c": 34.0,
              "wet_bulb_c": 22.0, "primary_conductance_frac": 0.4}
    rig = Rig(iec_scenario({"hall": {"iec": {"n": {"plates": plates}}}}), steady_weather(), altitude_m)
    q = rig.params.iecs[0]
    pressure_pa = standard_pressure_pa(0.0)
    lower, upper = 0.0, float(saturation_humidity_ratio(22.0, pressure_pa))
    for _ in range(60):
        w = 0.5 * (lower + upper)
        lower, upper = (lower, w) if wet_bulb_c(34.0, w, pressure_pa, 22.0) > 22.0 else (w, upper)
    density = air_density_kg_m3(altitude_m)
    outdoor = (34.0, w, 22.0, float(pressure_pa))
    flow = q["air_rated_m3_s"] * density
    dry_c, _, _ = iec_leaving(q, 0, flow, density, 38.0, 0.008, 1.0, outdoor, 30.0)
    wet_c, _, _ = iec_leaving(q, 1, flow, density, 38.0, 0.008, 1.0, outdoor, 30.0)
    assert (38.0 - dry_c) / (38.0 - 34.0) == pytest.approx(0.62, abs=1e-6)
    assert (38.0 - wet_c) / (38.0 - 22.0) == pytest.approx(0.78, abs=1e-6)


@pytest.mark.parametrize(("sprays", "rated"), [(False, 0.65), (True, 0.75)])
def test_a_hall_at_full_speed_reaches_the_rated_effectiveness(sprays: bool, rated: float) -> None:
    """All fans at rated flow and the return air near the rating's: the same number from the hall's own channels."""
    changes = {"hall": {"fan": {"mode": "fixed", "fixed_speed_frac": 1.0}, "iec": {"n": {"air_m3_s": 1.9, "dx": None,
               "secondary_air_m3_s": 2.2}}}}
    damp = humidity_ratio(35.0, 0.4, 101325.0)
    weather = steady_weather(35.0 if sprays else 20.0, steps=120)
    if sprays:
        weather["humidity_ratio"] = damp  # wet bulb near 24 °C, as rated
    rig = Rig(iec_scenario(changes), weather)
    rig.params.iecs["spray_available"] = int(sprays)
    rig.setpoints["supply_air_c"] = 10.0
    rig.run(weather, 0.8, 60.0)
    assert (rig.state.iecs["speed_frac"] == 1.0).all()
    assert (rig.state.iecs["secondary_frac"] == 1.0).all()
    start_c = float(rig.f["wet_bulb_c"] if sprays else rig.air["outdoor_c"])
    reached = (float(rig.f["return_c"]) - before_fan_c(rig)) / (float(rig.f["return_c"]) - start_c)
    # humidity and return air are not quite the rating's
    assert reached == pytest.approx(rated, abs=0.015 if sprays else 0.003)


def test_outdoor_air_warmer_than_the_return_is_not_blown_over_the_plates() -> None:
    weather = steady_weather(48.0, 0.1, steps=90)
    rig = Rig(iec_scenario(), weather)
    rig.params.iecs["spray_available"] = 0
    rig.run(weather, 0.5, 60.0)
    assert (rig.state.iecs["mode"] == DRY_DX).all()
    assert (rig.state.iecs["secondary_fan_w"] == 0.0).all()
    assert rig.air["iec_w"] == pytest.approx(0.0, abs=1.0)
    assert rig.f["supply_c"] == pytest.approx(24.0, abs=1e-3)


def test_a_setpoint_above_the_return_stops_outdoor_fans_and_spray() -> None:
    weather = steady_weather(28.0, 0.3, steps=60)
    rig = Rig(iec_scenario(), weather)
    rig.run(weather, 0.6, 60.0)
    assert (rig.state.iecs["pump_w"] > 0.0).all()
    rig.setpoints["supply_air_c"] = 60.0
    rig.audited_step(weather[0], 0.6, 60.0)
    for field in ("secondary_kg_s", "secondary_fan_w", "pump_w", "evaporated_kg_s", "drift_kg_s", "exchanger_w"):
        assert (rig.state.iecs[field] == 0.0).all(), field
    assert rig.air["dx_w"] == 0.0
    assert (rig.state.iecs["saturated"] == 0.0).all()


# --- water ----------------------------------------------------------------------------------------------------


def test_evaporation_takes_up_the_heat_of_the_plates() -> None:
    """Nearly all heat leaves as vapour; what drifts and what salts ask for follow from the data sheet."""
    for dry_bulb_c, damp in ((26.0, 0.5), (32.0, 0.3), (40.0, 0.1)):
        weather = steady_weather(dry_bulb_c, damp, steps=60)
        rig = Rig(iec_scenario(), weather)
        rig.run(weather, 0.8, 60.0)
        g, units, p = rig.ledger, rig.state.iecs, rig.params.iecs[0]
        share = 2.45e6 * float(g["evaporated_kg_s"]) / float(rig.air["iec_w"])
        warmer = (rig.air["outdoor_c"] - units["exhaust_c"][0]) * 1006.0 * units["secondary_kg_s"].sum()
        assert share - warmer / float(rig.air["iec_w"]) == pytest.approx(1.0, abs=0.05)
        assert g["drift_kg_s"] == pytest.approx(3 * 0.8 * p["drift_frac"])
        assert g["blowdown_kg_s"] == pytest.approx(g["evaporated_kg_s"] / (p["cycles"] - 1.0) - g["drift_kg_s"])
        assert g["makeup_kg_s"] == pytest.approx(g["evaporated_kg_s"] * p["cycles"] / (p["cycles"] - 1.0), rel=1e-9)


def test_a_pump_without_power_still_wets_the_plates() -> None:
    weather = steady_weather(30.0, 0.4, steps=60)
    water = []
    for pump_kw in (0.0, 0.25):
        rig = Rig(iec_scenario({"hall": {"iec": {"n": {"spray": {"pump_kw": pump_kw}}}}}), weather)
        rig.run(weather, 0.8, 60.0)
        water.append(float(rig.ledger["makeup_kg_s"]))
    assert water[0] == pytest.approx(water[1], rel=1e-9)
    assert water[0] > 0.01


def test_weather_pressure_moves_the_wet_side_too() -> None:
    """Spray and wet bulb refer to the same air: the exhaust carries what the hall lost, also in a deep low."""
    weather = steady_weather(30.0, 0.4, steps=60)
    weather["pressure_pa"] *= 0.96
    rig = Rig(iec_scenario(), weather)
    rig.run(weather, 0.8, 60.0)
    assert (rig.state.iecs["mode"] == WET).all()
    assert rig.worst_plates < 1e-9


# --- damp air -------------------------------------------------------------------------------------------------


def damp_hall(relative_humidity: float) -> Rig:
    """A hall that takes in much outdoor air of 30 °C, with no dehumidifier: what condenses does so on the trims."""
    changes = {"hall": {"air": {"ventilation_kg_s": 0.4}, "humidity": {"max_dew_point_c": None}}}
    weather = steady_weather(30.0, relative_humidity, steps=180)
    rig = Rig(iec_scenario(changes), weather)
    rig.setpoints["supply_air_c"] = 20.0
    rig.run(weather, 0.6, 60.0)
    return rig


def test_trims_take_water_from_damp_air() -> None:
    """More humid hall air condenses more, and the latent heat is part of the trims' load."""
    condensate, load_w, power_w = [], [], []
    for relative_humidity in (0.4, 0.6, 0.75, 0.9, 1.0):
        rig = damp_hall(relative_humidity)
        kg_s = float(rig.air["condensate_kg_s"])
        sensible_w = float(rig.air["coil_w"]) - kg_s * 2.45e6
        flow_w_k = rig.air["supply_kg_s"] * humid_heat_j_kgk(rig.air["return_w"])
        cooled_w = flow_w_k * (rig.f["return_c"] - rig.f["supply_c"]) + rig.air["fan_w"]
        assert cooled_w == pytest.approx(sensible_w, rel=0.02)
        assert abs(rig.air["iec_w"] - rig.state.iecs["exchanger_w"].sum()) < 10.0
        condensate.append(kg_s)
        load_w.append(float(rig.air["dx_load_w"]))
        power_w.append(float(rig.air["dx_w"]))
    assert condensate[0] == 0.0
    assert condensate[-1] > 1e-3
    for values in (condensate[1:], load_w, power_w):
        assert all(b > a for a, b in pairwise(values))


def test_on_the_brink_of_the_dew_point() -> None:
    """Humid air by fits and starts: coils only take water, and the load of the trims is this step's."""
    weather = steady_weather(29.0, 0.9, steps=480)
    weather["humidity_ratio"] *= 1.0 - 0.5 * (np.arange(480) // 7 % 2)
    changes = {"hall": {"air": {"ventilation_kg_s": 0.4}, "humidity": {"max_dew_point_c": None}}}
    rig = Rig(iec_scenario(changes), weather)
    rig.setpoints["supply_air_c"] = 20.0
    wet = []
    for record in weather:
        rig.audited_step(record, 0.6, 60.0)
        wet.append(rig.air["condensate_kg_s"] > 0.0)
    assert 0.05 < np.mean(wet) < 0.95
    assert rig.worst_plates < 1e-3


def test_dehumidifiers_hold_the_dew_point_and_do_not_fight_the_humidifier() -> None:
    """Both limits close together and outdoor air that jumps from bone dry to soaked: never both machines at once."""
    humidity = {"min_dew_point_c": 11.0, "rated_kg_s": 0.01, "max_dew_point_c": 12.0, "dehumidifier_kg_s": 0.01}
    weather = steady_weather(28.0, 0.9, steps=240)
    weather["humidity_ratio"][np.arange(240) // 40 % 2 == 1] = 0.002
    rig = Rig(iec_scenario({"hall": {"humidity": humidity, "air": {"ventilation_kg_s": 0.3}}}), weather)
    ran = np.zeros(2)
    for i, record in enumerate(weather):
        rig.audited_step(record, 0.6, 60.0)
        running = np.array([rig.f["humidifier_kg_s"], rig.f["dehumidifier_kg_s"]])
        assert not running.all()
        ran += running
        if i > 5:
            held_c = dew_point_c(rig.f["room_w"], rig.p["pressure_std_pa"])
            assert 11.0 - 0.1 < held_c < 12.0 + 0.1
    assert (ran > 0.01).all()


# --- random halls ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_random_evaporative_halls_close(first: int) -> None:
    """Every step of each run is audited; see the rig. What leaves through the plates is in their exhaust."""
    for seed in range(first, first + 20):
        rig, _ = random_iec_run(seed)
        assert rig.worst_plates < 0.01, seed


def test_random_evaporative_halls_are_extreme() -> None:
    short = wet_coils = 0
    steps, broken, modes = set(), set(), set()
    for seed in range(120):
        rig, about = random_iec_run(seed, steps=12)
        steps.add(about["dt_s"])
        broken.add(about["broken"])
        modes |= about["modes"]
        short += bool(rig.state.meters["shortfall_s"][0] > 0.0)
        wet_coils += bool(rig.state.meters["condensate_kg"][0] > 0.0)
    assert min(short, wet_coils) >= 5
    assert steps == set(STEPS_S)
    assert broken == {"", *BREAKABLE_IEC}
    assert modes == {0, DRY, WET, WET_DX, DRY_DX}


# --- energy by hand -------------------------------------------------------------------------------------------


def test_the_parts_of_a_step_by_hand() -> None:
    """One step of the shipped modular hall: fans, pumps, trim, rectifiers, wiring and transformer with a pencil."""
    scenario = load_scenario("tblock-qingyuan")
    weather = steady_weather(34.0, 0.55, steps=180)
    rig = Rig(scenario, weather, 30.0)
    rig.rows(weather[:-1], 0.5, 60.0)
    row = rig.rows(weather[-1:], 0.5, 60.0)[0]
    it_w, units, trims = float(rig.air["it_w"]), rig.state.iecs, rig.state.trims
    assert len(units) == 10
    assert (units["mode"] == WET_DX).all()
    fans_w = 10 * 12.0 * 320.0 / 0.65 * float(units["speed_frac"][0]) ** 3
    secondary_w = 10 * 14.0 * 240.0 / 0.6 * float(units["secondary_frac"][0]) ** 3
    pumps_w = 10 * 1100.0
    carnot = (rig.f["supply_c"] - 8.0 + 273.15) / (34.0 + 12.0 - rig.f["supply_c"] + 8.0)
    assert trims["load_w"].sum() / trims["power_w"].sum() == pytest.approx(0.48 * carnot, rel=0.35)  # part load aside
    dx_w = float(trims["power_w"].sum())
    lighting_w = 5 * 7.0 * 15.0 * 3.0
    pdu_w = 1.5e6 * 0.010 * (it_w / 1.5e6) ** 2
    through = (it_w + pdu_w) / 1.5e6
    hvdc_w = 1.5e6 * (0.006 + 0.009 * through + 0.020 * through**2)
    hall_w = it_w + pdu_w + hvdc_w + fans_w + secondary_w + pumps_w + dx_w + lighting_w + rig.f["dehumidifier_w"]
    rated_w = float(rig.p["transformer_rated_w"])
    transformer_w = rated_w * (0.002 + 0.008 * (hall_w / rated_w) ** 2)
    assert row["crah_fan_w"] == pytest.approx(fans_w, rel=1e-6)
    assert row["iec_fan_w"] == pytest.approx(secondary_w, rel=1e-6)
    assert row["iec_pump_w"] == pytest.approx(pumps_w, rel=1e-6)
    assert row["ups_loss_w"] == pytest.approx(hvdc_w, rel=1e-6)
    assert row["distribution_loss_w"] == pytest.approx(pdu_w + transformer_w, rel=1e-6)
    assert row["total_w"] == pytest.approx(hall_w + transformer_w, rel=1e-6)
    assert 1.05 < row["total_w"] / row["it_w"] < 1.4
