"""Another clear sky for a weather year: it acts, keeps clouds, never exceeds a black sky."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.bands import black_w_m2

from twin.errors import ScenarioError
from twin.scenario.read import load_scenario
from twin.weather.read import load_weather
from twin.weather.sky import SKY_MODELS, with_sky


def test_every_model_acts_and_stays_below_black() -> None:
    year = load_weather("qingyuan")
    black = np.array([black_w_m2(float(t)) for t in year.dry_bulb_c])
    means = {"weather": year.infrared_w_m2.mean()}
    for model in SKY_MODELS:
        other = with_sky(year, model)
        assert (other.infrared_w_m2 <= black * (1.0 + 1e-12)).all()
        assert (other.infrared_w_m2 > 100.0).all()
        assert any("clear sky of" in line for line in other.warnings)
        means[model] = other.infrared_w_m2.mean()
    # recalibrated correlations within 13 W/m² of each other in the mean, and no two alike
    assert abs(means["idso"] - means["brunt"]) < 13.0
    assert abs(means["berdahl_martin"] - means["brunt"]) < 13.0
    assert len({round(float(v), 3) for v in means.values()}) == len(means)


def test_the_weather_itself_is_left_alone() -> None:
    year = load_weather("phoenix")
    assert with_sky(year, "weather") is year


def test_unknown_model_and_steady_air_are_refused() -> None:
    with pytest.raises(ScenarioError, match="sky_model"):
        load_scenario("dh1-none", {"site.sky_model": "swinbank"})
    with pytest.raises(ScenarioError, match="as warm as its air"):
        load_scenario("ashrae140-ce100", {"site.sky_model": "idso"})
