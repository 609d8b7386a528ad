"""EnergyPlus itself, where its wheel is installed: our input gives the published answers."""

from __future__ import annotations

import pytest

from twin.errors import InputError, SimulationError
from twin.scenario.read import load_scenario
from twin.validation.energyplus.engine import run_energyplus, weather_path, wheel_folder
from twin.validation.energyplus.model import build_epjson

needs_wheel = pytest.mark.skipif(wheel_folder() is None, reason="pyenergyplus-lbnl is not installed")


def run(name, steps_per_hour, **overrides):
    scenario = load_scenario(name, overrides)
    return run_energyplus(build_epjson(scenario, steps_per_hour), weather_path(scenario.site.weather))


@needs_wheel
def test_one_step_an_hour_is_close_already():
    """Coarse steps move EnergyPlus's own answer by less than 0.002 (0.003 … 0.005 where the tower saturates)."""
    year = run("dh1-none", 1)
    assert year.pue == pytest.approx(1.28076, abs=0.002)
    assert len(year.hourly["room_c"]) == 8760
    assert year.hourly["room_c"].mean() == pytest.approx(33.0, abs=0.01)
    assert year.cpu_s > 0.1


@needs_wheel
def test_energyplus_says_why_it_stops():
    scenario = load_scenario("dh1-none")
    objects = build_epjson(scenario, 1)
    del objects["Curve:Cubic"]["server fan power"]
    with pytest.raises(SimulationError, match=r"(?i)server fan power"):
        run_energyplus(objects, weather_path(scenario.site.weather))


def test_only_epw_weather_is_taken(tmp_path):
    path = tmp_path / "weather.csv"
    path.write_text("x", encoding="utf-8")
    for weather in (str(path), str(tmp_path / "absent.epw")):
        with pytest.raises(InputError):
            weather_path(weather)


@needs_wheel
@pytest.mark.slow
@pytest.mark.parametrize(("name", "pue", "chiller_kwh", "tower_kwh"), [
    ("dh1-none", 1.28076, 1011058.3, 55585.4),
    ("dh1-air", 1.17019, 423354.3, 44763.6),
    ("dh1-const", 1.2768, 1269388.2, 68707.5),
    ("dh1-b20", 1.25115, 772373.5, 92298.1),
])
def test_the_published_year_comes_out_again(name, pue, chiller_kwh, tower_kwh):
    """Published to five digits and 0.1 kWh; our input must give it to 0.00002 and 0.1 %."""
    year = run(name, 60)
    assert year.pue == pytest.approx(pue, abs=2e-5)
    assert year.energy_kwh("chiller_kw") == pytest.approx(chiller_kwh, rel=1e-3)
    assert year.energy_kwh("tower_fan_kw") == pytest.approx(tower_kwh, rel=1e-3)
