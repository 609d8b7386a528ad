"""What must rise and what must fall: second law, wet bulb, climate, fan laws, evaporation, PUE against TUE."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from rig import Rig, small_scenario, steady_weather
from twin_kernels.chiller import chiller_capacity_w, chiller_power_w
from twin_kernels.movers import fan_power_w
from typer.testing import CliRunner

from twin.cli import app
from twin.errors import InputError
from twin.facility.plant import chiller_params
from twin.record.result import Result
from twin.scenario.library import chiller_part, list_parts
from twin.simulate import run
from twin.weather.read import load_weather

#: Wider than any catalogue: chilled and condenser water of a data centre's year, °C.
LEAVING_C = np.arange(5.0, 30.1, 1.0)
CONDENSER_C = np.arange(4.0, 40.1, 1.0)


def power_per_heat(
    part: str, plr: float, outside_box: str, leaving: np.ndarray = LEAVING_C, condenser: np.ndarray = CONDENSER_C
) -> np.ndarray:
    """Compressor power over heat at one part load, by leaving water (rows) and condenser water (columns)."""
    changes = {"plant": {"chiller": {"c": {"part": part, "count": 1, "rated_kw": 60.0, "outside_box": outside_box}}}}
    p = chiller_params(small_scenario(changes).plant)[0]
    out = np.empty((len(leaving), len(condenser)))
    for i, leaving_c in enumerate(leaving):
        for j, condenser_c in enumerate(condenser):
            capacity_w, _ = chiller_capacity_w(p, leaving_c, condenser_c)
            power_w, _, _ = chiller_power_w(p, plr * capacity_w, leaving_c, condenser_c)
            out[i, j] = power_w / (plr * capacity_w)
    return out


@pytest.mark.parametrize("plr", [0.05, 0.15, 0.3, 0.6, 1.0])
def test_constant_second_law_never_needs_more_with_less_lift(plr: float) -> None:
    eir = power_per_heat("constant-second-law", plr, "extend")
    assert (np.diff(eir, axis=0) <= 1e-12).all(), "warmer leaving water raised compressor power"
    assert (np.diff(eir, axis=1) >= -1e-12).all(), "cooler condenser water raised compressor power"
    assert eir[0, -1] > 2.0 * eir[-1, 0]


def test_violations_of_catalogue_sets_are_counted() -> None:
    counts = {part.name: sum(part.monotonicity_violations()) for part in list_parts("chillers")}
    assert counts["constant-second-law"] == 0
    assert sum(count > 0 for count in counts.values()) >= 1, "catalogue sets are known to contradict the second law"
    lines = CliRunner().invoke(app, ["parts", "chillers"]).output.splitlines()  # ... and reported
    for name, count in counts.items():
        (line,) = (line for line in lines if line.startswith(f"{name} "))
        assert (f"{count} points of its box contradict the second law" in line) == (count > 0)


@pytest.mark.parametrize("name", ["energyplus-centrifugal", "york-yt-1055"])
def test_inside_the_box_the_kernel_violates_where_the_set_does(name: str) -> None:
    """Neither more nor less: the kernel reads the set as it is fitted."""
    part = chiller_part(name)
    x = np.linspace(part.leaving_min_c, part.leaving_max_c, 21)
    y = np.linspace(part.condenser_min_c, part.condenser_max_c, 21)
    eir = power_per_heat(name, 1.0, "clamp", x, y)
    found = int((np.diff(eir, axis=0) > 1e-12).sum() + (np.diff(eir, axis=1) < -1e-12).sum())
    assert found == sum(part.monotonicity_violations())


def cooling_w(rig: Rig) -> float:
    """Electricity of everything that cools."""
    y = rig.water
    return float(y["compressor_w"] + y["chw_pump_w"] + y["cw_pump_w"] + y["tower_fan_w"])


@pytest.mark.parametrize("dry_bulb_c", [10.0, 22.0, 34.0])
@pytest.mark.parametrize("economiser", [True, False])
def test_wet_bulb_costs_energy(dry_bulb_c: float, economiser: bool) -> None:
    """Same dry bulb, damper air: a plant that rejects heat by evaporation never needs less."""
    powers = []
    for damp in (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0):
        weather = steady_weather(dry_bulb_c, damp, steps=240)
        plant = {} if economiser else {"water_economiser": None}
        changes = {"plant": plant, "hall": {"air": {"ventilation_kg_s": 0.0}, "humidity": {"min_dew_point_c": None}}}
        rig = Rig(small_scenario(changes), weather)
        rig.rows(weather, 0.6, 60.0)
        powers.append(cooling_w(rig))
    assert all(b >= a - 1e-6 * a for a, b in pairwise(powers)), powers
    assert powers[-1] > 1.02 * powers[0]


def year_weeks(scenario: str, weather: str) -> tuple[float, float]:
    """Facility and IT energy of one week in each season, kWh, at a coarse step."""
    total = it = 0.0
    for day in (14, 105, 196, 287):
        what = {"run.start_day": day, "run.duration_days": 7, "run.step_s": 900, "run.control_interval_s": 900}
        result = run(scenario, overrides=what, weather=weather)
        total += result.energy_kwh["total"]
        it += result.energy_kwh["it"]
    return total, it


@pytest.mark.parametrize("scenario", ["dh1-none", "chilled-water-greensboro"])
def test_phoenix_needs_more_than_san_francisco(scenario: str) -> None:
    try:
        for climate in ("phoenix-epw", "san-francisco-epw"):
            load_weather(climate)
    except InputError as error:
        pytest.skip(f"weather files of the pyenergyplus-lbnl wheel are not here: {error}")
    hot, hot_it = year_weeks(scenario, "phoenix-epw")
    mild, mild_it = year_weeks(scenario, "san-francisco-epw")
    assert hot_it == pytest.approx(mild_it, rel=0.01)
    assert hot - hot_it > 1.02 * (mild - mild_it)


def test_fans_follow_their_curve() -> None:
    """At every step the power of each fan is its curve at the speed it reports."""
    curve = [0.05, 0.1, 0.15, 0.6, 0.1]
    changes = {"hall": {"crah": {"n": {"fan_curve": curve}}}, "plant": {"tower": {"t": {"fan_exponent": 2.7}}}}
    weather = steady_weather(30.0, 0.5, steps=60)
    weather["dry_bulb_c"] = np.linspace(2.0, 38.0, 60)
    rig = Rig(small_scenario(changes), weather)
    speeds, cell_speeds = set(), set()
    for record, load in zip(weather, np.linspace(0.05, 1.0, 60), strict=True):
        rig.step(record, float(load), 60.0)
        for unit, p in zip(rig.state.crahs, rig.params.crahs, strict=True):
            expected = p["fan_rated_w"] * np.polynomial.polynomial.polyval(unit["speed_frac"], curve)
            assert unit["fan_w"] == pytest.approx(expected, rel=1e-12)
            assert unit["fan_w"] == pytest.approx(fan_power_w(p["fan_rated_w"], p["fan_curve"], unit["speed_frac"]))
            speeds.add(round(float(unit["speed_frac"]), 2))
        for cell, p in zip(rig.state.towers, rig.params.towers, strict=True):
            speed, least = cell["speed_frac"], p["air_min_frac"]
            expected = p["fan_rated_w"] * (speed**2.7 if speed >= least else least**2.7 * speed / least)
            assert cell["fan_w"] == pytest.approx(expected, rel=1e-9, abs=1e-9)
            cell_speeds.add(round(float(speed), 2))
    assert len(speeds) > 10
    assert len(cell_speeds) > 5


def test_evaporation_follows_rejected_heat() -> None:
    heat, water = [], []
    for load in np.linspace(0.1, 1.0, 10):
        weather = steady_weather(30.0, 0.5, steps=60)
        rig = Rig(small_scenario({"plant": {"water_economiser": None}}), weather)
        rig.rows(weather, float(load), 60.0)
        heat.append(float(rig.ledger["tower_out_w"]))
        water.append(float(rig.ledger["evaporated_kg_s"]))
    assert all(b > a for a, b in pairwise(heat))
    assert all(b > a for a, b in pairwise(water))
    share = np.array(water) * 2.45e6 / np.array(heat)
    assert ((share > 0.8) & (share < 1.3)).all(), "nearly all heat of a warm tower leaves as vapour"


def test_cold_towers_evaporate_less_of_their_heat() -> None:
    share = []
    for dry_bulb_c in (30.0, 10.0, -10.0):
        weather = steady_weather(dry_bulb_c, 0.6, steps=120)
        rig = Rig(small_scenario(), weather)
        rig.rows(weather, 0.7, 60.0)
        share.append(float(rig.ledger["evaporated_kg_s"] * 2.45e6 / rig.ledger["tower_out_w"]))
    assert share[0] > share[1] > share[2] > 0.0


def supply_at(supply_c: float) -> Result:
    """Two July days of the shipped hall at a supply temperature; servers speed their fans up from 25 °C on."""
    return run("chilled-water-greensboro", overrides={
        "run.start_day": 190, "run.duration_days": 2, "plant.supply_air_temp_c": supply_c,
        "hall.return_air_temp_c": supply_c + 12.0,
    })


def test_pue_can_fall_while_the_hall_needs_more_and_tue_tells() -> None:
    """Warmer supply air moves energy from cooling into server fans and leakage, which PUE counts as useful."""
    cool, warm = supply_at(24.0), supply_at(27.0)
    assert warm.metrics.pue < cool.metrics.pue - 0.01
    assert warm.energy_kwh["total"] > 1.01 * cool.energy_kwh["total"]
    assert warm.metrics.tue > cool.metrics.tue + 0.01
