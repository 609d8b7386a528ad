"""Energy, moist air and tower water close at every step and over the run, whatever the hall."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from random_halls import random_run
from rig import PROMISE, Rig, greensboro_scenario, laid_over, small_scenario, steady_weather, stored_j
from twin_kernels.psychrometrics import dry_air_density_kg_m3, enthalpy_j_kg, saturation_humidity_ratio

from twin.weather.year import WeatherYear

DAY_S = 86400
#: Days that between them see every mode, wet coils and the humidifier.
DAYS = {"winter": 14, "summer": 190, "mode changes in spring": 69, "mode changes in May": 131}


@pytest.fixture(scope="module")
def days(greensboro: WeatherYear) -> dict[str, tuple[Rig, set[int], dict[str, float]]]:
    """A day of the Greensboro hall in each season, audited every minute; what it went through."""
    out = {}
    for name, day in DAYS.items():
        weather = greensboro.block(day * DAY_S, 1440, 60)
        rig = Rig(greensboro_scenario(), weather, greensboro.altitude_m, day * DAY_S)
        before = sum(stored_j(rig.state, rig.params).values())
        loads = 0.5 + 0.3 * np.sin(np.arange(1440) / 229.0) + 0.1 * (np.arange(1440) % 97 < 9)
        modes: set[int] = set()
        most = dict.fromkeys(("condensate_kg_s", "humidifier_kg_s", "envelope_in_w", "evaporated_kg_s"), 0.0)
        for record, load in zip(weather, loads, strict=True):
            rig.audited_step(record, float(load), 60.0)
            modes.add(int(rig.f["mode"]))
            for field in most:
                most[field] = max(most[field], float(rig.ledger[field]))
        most["stored_j"] = sum(stored_j(rig.state, rig.params).values()) - before
        out[name] = (rig, modes, most)
    return out


def test_greensboro_days_go_through_everything(days: dict[str, tuple[Rig, set[int], dict[str, float]]]) -> None:
    assert set().union(*(modes for _, modes, _ in days.values())) >= {1, 2, 3}
    assert days["summer"][2]["condensate_kg_s"] > 1e-4
    assert days["winter"][2]["humidifier_kg_s"] > 1e-4
    assert days["summer"][2]["envelope_in_w"] > 0.0
    assert all(rig.worst_energy < 1e-12 and rig.worst_water < 1e-12 for rig, _, _ in days.values())


@pytest.mark.parametrize("name", DAYS)
def test_greensboro_closes_over_the_run(name: str, days: dict[str, tuple[Rig, set[int], dict[str, float]]]) -> None:
    rig, _, seen = days[name]
    m = rig.state.meters[0]
    assert abs(m["in_j"] - m["out_j"] - m["stored_j"]) <= PROMISE * m["in_j"]
    assert m["stored_j"] == pytest.approx(seen["stored_j"], abs=1e-10 * m["in_j"])
    vapour = m["vapour_in_kg"] + m["humidifier_kg"] - m["vapour_out_kg"] - m["condensate_kg"] - m["vapour_stored_kg"]
    assert abs(vapour) <= PROMISE * (m["vapour_in_kg"] + m["humidifier_kg"])
    towers = m["makeup_kg"] - m["evaporated_kg"] - m["drift_kg"] - m["blowdown_kg"]
    assert abs(towers) <= PROMISE * m["makeup_kg"]
    electric = sum(float(m[k]) for k in m.dtype.names if k in ELECTRICITY)
    assert electric == pytest.approx(sum_of_electricity(rig, m), rel=1e-12)


ELECTRICITY = (
    "it_j", "crah_fan_j", "chiller_j", "chw_pump_j", "cw_pump_j", "heat_rejection_fan_j", "humidifier_j",
    "ups_loss_j", "distribution_loss_j", "lighting_j",
)


def sum_of_electricity(rig: Rig, m: np.void) -> float:
    """Electricity from the balance of all other boundary fluxes of the run."""
    air_and_sun = float(m["in_j"]) - sum(float(m[k]) for k in ELECTRICITY)
    return float(m["out_j"] + m["stored_j"]) - air_and_sun


@pytest.mark.parametrize("first", range(0, 240, 20))
def test_random_halls_close(first: int) -> None:
    """Every step of each run is audited; see the rig."""
    for seed in range(first, first + 20):
        random_run(seed)


def test_random_halls_are_extreme() -> None:
    """The draw reaches what it promises: shortage, lost equipment, zero masses and volumes, every step length."""
    short = broken = massless = dry_loop = 0
    steps = set()
    for seed in range(60):
        rig, about = random_run(seed, steps=6)
        steps.add(about["dt_s"])
        short += bool(rig.state.meters["shortfall_s"][0] > 0.0)
        broken += bool(about["broken"])
        massless += about["changes"]["hall"]["server"]["heat_capacity_kj_k_per_kw"] == 0.0
        dry_loop += about["changes"]["plant"]["chilled_water_volume_m3"] == 0.0
    assert min(short, broken, massless, dry_loop) >= 5
    assert steps == {10.0, 30.0, 60.0, 300.0, 900.0}


ALL_ZERO = {
    "hall": {"server": {"heat_capacity_kj_k_per_kw": 0.0}},
    "plant": {"chilled_water_volume_m3": 0.0, "condenser_water_volume_m3": 0.0},
    "envelope": {"roof": {"outer_capacity_kj_m2k": 0.0, "inner_capacity_kj_m2k": 0.0}},
}


@pytest.mark.parametrize("dt_s", [1.0, 60.0, 900.0])
@pytest.mark.parametrize("dry_bulb_c", [-10.0, 12.0, 32.0])
def test_zero_capacity_is_legal(dt_s: float, dry_bulb_c: float) -> None:
    weather = steady_weather(dry_bulb_c, steps=40)
    enough = {"plant": {"chilled_water_pump": {"rated_kg_s": 4.5}}}  # for all coils wide open
    rig = Rig(small_scenario(laid_over(ALL_ZERO, enough)), weather)
    rig.run(weather, np.linspace(0.1, 1.0, 40), dt_s)
    assert rig.ledger["stored_racks_w"] == rig.ledger["stored_chw_w"] == rig.ledger["stored_cw_w"] == 0.0
    if dt_s == 900.0:  # staging and modes have had their time
        assert rig.f["supply_c"] == pytest.approx(22.0, abs=1e-3)


SHORT = {
    "chillers": {"plant": {"chiller": {"c": {"rated_kw": 10.0}}, "water_economiser": None}},
    "coils": {"hall": {"crah": {"n": {"coil": {"water_kg_s": 1.2, "air_in_c": 26.0}}}}},
    "chilled water": {"plant": {"chilled_water_temp_c": 21.5}},
}


@pytest.mark.parametrize("what", SHORT)
@pytest.mark.parametrize("volume_m3", [0.0, 1.0])
def test_a_plant_that_is_too_small_runs_hot_and_says_so(what: str, volume_m3: float) -> None:
    changes = {**SHORT[what], "plant": {**SHORT[what].get("plant", {}), "chilled_water_volume_m3": volume_m3}}
    weather = steady_weather(32.0, 0.6, steps=600)
    rig = Rig(small_scenario(changes), weather)
    rig.run(weather, 0.9, 60.0)
    assert rig.f["supply_c"] > 23.0
    assert rig.state.meters["shortfall_s"][0] > 3600.0
    assert rig.f["shortfall_w"] > 1000.0
    inlet_c, hours = float(rig.f["inlet_max_c"]), rig.f["time_s"]
    rig.run(weather[:60], 0.9, 60.0)
    assert rig.f["inlet_max_c"] == pytest.approx(inlet_c, abs=0.5), f"still drifting after {hours} s"
    assert rig.f["inlet_max_c"] < 80.0


def heat_over_what_air_can_carry(rig: Rig, weather: np.void) -> float:
    """Second law: the air through the towers leaves no hotter and damper than saturated at the entering water."""
    air_m3_s = float((rig.state.towers["speed_frac"] * rig.params.towers["air_rated_m3_s"]).sum())
    dry_bulb_c, w, pressure_pa = weather["dry_bulb_c"], weather["humidity_ratio"], weather["pressure_pa"]
    entering_c = float(rig.loop["cw_return_c"])
    best_j_kg = enthalpy_j_kg(entering_c, saturation_humidity_ratio(entering_c, pressure_pa))
    air_kg_s = air_m3_s * dry_air_density_kg_m3(dry_bulb_c, w, pressure_pa)
    return float(rig.water["tower_w"]) / (air_kg_s * (best_j_kg - enthalpy_j_kg(dry_bulb_c, w)))


def test_towers_that_are_too_small_cost_compressor_power() -> None:
    power_w, condenser_c = [], []
    for size in (1.0, 0.1):
        tower = {"water_kg_s": 3.0 * size, "air_m3_s": 2.2 * size, "fan_kw": 0.8 * size}
        weather = steady_weather(32.0, 0.6, steps=300)
        rig = Rig(small_scenario({"plant": {"tower": {"t": tower}}}), weather)
        rig.run(weather, 0.9, 60.0)
        power_w.append(float(rig.water["compressor_w"]))
        condenser_c.append(float(rig.loop["cw_supply_c"]))
        assert (rig.state.towers["speed_frac"] == 1.0).all() == (size < 1.0)
        assert heat_over_what_air_can_carry(rig, weather[0]) < 1.0
    assert condenser_c[1] > condenser_c[0] + 10.0
    assert power_w[1] > 1.5 * power_w[0]
    assert rig.state.meters["outside_box_s"][0] > 3600.0


def test_more_capacity_is_never_hotter() -> None:
    supply_c = []
    for rated_kw in (10.0, 20.0, 30.0, 40.0, 60.0):
        changes = {"plant": {"chiller": {"c": {"rated_kw": rated_kw}}, "water_economiser": None}}
        weather = steady_weather(30.0, steps=400)
        rig = Rig(small_scenario(changes), weather)
        rig.run(weather, 0.9, 60.0)
        supply_c.append(float(rig.f["supply_c"]))
    assert all(b <= a + 1e-3 for a, b in pairwise(supply_c))
    assert supply_c[0] > supply_c[-1] + 5.0
