"""Weather of the shipped hall, read once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from twin.weather.read import load_weather
from twin.weather.year import WeatherYear

sys.path.insert(0, str(Path(__file__).parent))  # the helpers of this room


@pytest.fixture(scope="session")
def greensboro() -> WeatherYear:
    return load_weather("greensboro-tmy3")
