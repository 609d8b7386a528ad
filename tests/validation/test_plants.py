"""Suite ``plants``: a recorded plant through the whole engine, its weather, and that the rows can fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin.scenario.read import load_scenario
from twin.validation import plants
from twin.validation.smooth_weather import read_columns, smooth_day

FOLDER = Path(plants.__file__).with_name("wse_denver")
PLACE = {"latitude_deg": 39.76, "longitude_deg": -104.86, "utc_offset_h": -7.0, "altitude_m": 0.0}


def test_every_row_passes() -> None:
    rows = plants.rows()
    assert len(rows) == len({row.reference.id for row in rows}) > 15
    assert [(row.reference.id, row.reason) for row in rows if row.status != "pass"] == []


@pytest.mark.parametrize(("key", "value", "row"), [
    ("plant.water_economiser.effectiveness", 0.75, "wse.window.power"),
    ("plant.water_economiser.fc_to_pmc_k", 0.2, "wse.mode.partial"),
    ("plant.water_economiser.wait_s", 4800.0, "wse.mode.off"),
    ("plant.staging.load", "hall", "wse.window.power"),
    ("plant.tower.york.approach_k", 6.5, "wse.window.tower"),
    ("plant.chiller.york.outside_box", "clamp", "wse.window.driven"),
    ("plant.chiller.york.outside_box", "extend", "wse.point.chiller_kw"),
    ("hall.crah.unit.coil.air_conductance_frac", 0.1, "wse.point.chilled_return_c"),
])
def test_another_plant_is_short(monkeypatch: pytest.MonkeyPatch, key: str, value: object, row: str) -> None:
    monkeypatch.setattr(plants, "load_scenario", lambda path: load_scenario(path, {key: value}))
    assert next(found for found in plants.rows() if found.reference.id == row).status == "short"


def test_weather_stands_at_the_end_of_its_hour() -> None:
    day = smooth_day(FOLDER / "weather.csv", PLACE, 101325.0)
    columns = read_columns(FOLDER / "weather.csv")
    for hour in (2, 14, 18):
        block = day.block(3600 * hour - 1, 1, 2)  # its middle is the end of the hour
        assert block["dry_bulb_c"][0] == pytest.approx(columns["dry_bulb_c"][hour - 1], abs=1e-9)
        assert block["humidity_ratio"][0] == pytest.approx(day.humidity_ratio[hour - 1], rel=1e-9)
    assert (day.block(0, 48, 1800)["pressure_pa"] == 101325.0).all()
    dry_c = day.block(0, 1440, 60)["dry_bulb_c"]
    assert np.abs(np.diff(dry_c)).max() < 0.1  # no jump, also before the first hour


def test_the_load_is_a_ramp() -> None:
    load = read_columns(FOLDER / "load.csv")
    ramp = load["time_s"] < 36000.0
    assert load["utilisation_frac"][ramp] == pytest.approx((load["time_s"][ramp] + 30.0) / 36000.0, abs=1e-6)
    assert (load["utilisation_frac"][~ramp] == 1.0).all()
