"""Results from memory and from a folder are the same; a folder that is none of ours is refused in words."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from halls import HOT, SCENARIO, of_results

from twin.channels import channels_of
from twin.errors import InputError
from twin.record.result import Metrics, Result
from twin.record.series import RACK_COLUMNS
from twin.simulate import run

#: Starts and ends inside a day.
KEYS = {**HOT, "run.start_day": 1.75, "run.duration_days": 1.53125}
HOURS = 36  # full ones of 36.75
CHANNELS = channels_of(["water"])


@pytest.fixture(scope="module")
def memory() -> Result:
    return run(SCENARIO, overrides=KEYS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("result") / "run"
    run(SCENARIO, overrides=KEYS, out=out)
    return out


def test_memory_and_folder_are_equal(memory: Result, folder: Path) -> None:
    loaded = Result.load(folder)
    assert of_results(memory, loaded) == []
    for table in ("series", "racks"):
        pd.testing.assert_frame_equal(getattr(memory, table), getattr(loaded, table), check_column_type=False)
    for channel in CHANNELS:
        assert np.array_equal(memory.column(channel.name), loaded.column(channel.name))
    assert np.array_equal(memory.column("time_s"), loaded.column("time_s"))
    assert np.array_equal(memory.rack_inlets(), loaded.rack_inlets())
    assert loaded.directory == folder
    assert memory.directory is None


def test_shape_of_the_tables(memory: Result) -> None:
    series, racks = memory.series, memory.racks
    assert list(series.columns) == [c.name for c in CHANNELS]
    assert series.index.name == "time_s"
    start_s = int(1.75 * 86400)
    assert np.array_equal(series.index, start_s + 60 * np.arange(1, 2206))  # the end of each step
    assert (series.dtypes == np.float32).all()
    names = [rack["name"] for rack in memory.manifest["racks"]]
    assert list(racks.columns) == ["time_s", "rack", *RACK_COLUMNS]
    assert list(racks["rack"].cat.categories) == names
    assert racks["rack"].tolist() == names * HOURS
    assert np.array_equal(racks["time_s"], np.repeat(start_s + 3600 * np.arange(1, HOURS + 1), len(names)))


def test_units_and_bounds(memory: Result) -> None:
    """Every channel lies within the bounds it claims, and power is in kW."""
    for channel in CHANNELS:
        values = memory.column(channel.name)
        assert np.isfinite(values).all()
        assert values.min() >= channel.low - 1e-6, channel.name
        assert values.max() <= channel.high, channel.name
    series = memory.series
    assert 100.0 < series["it.power_kw"].mean() < 1000.0
    parts = ["it.power_kw", "crah.fan_kw", "plant.chiller_kw", "plant.tower_fan_kw", "plant.chilled_pump_kw",
             "plant.condenser_pump_kw", "plant.humidifier_kw", "power.ups_loss_kw", "power.distribution_loss_kw",
             "power.lighting_kw"]
    assert np.allclose(series[parts].sum(axis=1), series["power.facility_kw"], rtol=1e-5)


def test_racks_agree_with_the_series(memory: Result) -> None:
    """Hourly rack tables and step rows are two views of the same run."""
    by_hour = memory.racks.groupby("time_s")
    steps = memory.series.iloc[: HOURS * 60]
    hour = (np.arange(len(steps)) // 60).astype(int)
    power = steps["it.power_kw"].groupby(hour).mean().to_numpy()
    assert np.allclose(by_hour["power_kw"].sum(), power, rtol=1e-5)
    assert np.allclose(by_hour["inlet_mean_c"].mean(), steps["hall.rack_inlet_mean_c"].groupby(hour).mean(), rtol=1e-5)
    assert np.allclose(by_hour["inlet_max_c"].max(), steps["hall.rack_inlet_max_c"].groupby(hour).max(), rtol=1e-6)
    use = steps["it.utilisation_frac"].groupby(hour).mean()
    assert np.allclose(by_hour["utilisation_frac"].mean(), use, rtol=1e-5)
    assert (memory.racks["outlet_mean_c"] > memory.racks["inlet_mean_c"]).all()


def test_short_run_has_no_rack_hours(tmp_path: Path) -> None:
    result = run(SCENARIO, overrides={"run.duration_days": 1.0 / 96.0}, out=tmp_path / "run")
    short = run(SCENARIO, overrides={"run.duration_days": 1.0 / 96.0})
    assert len(short.racks) == 0
    assert len(result.racks) == 0
    assert len(result.series) == 15
    assert of_results(result, short) == []


def test_racks_of_a_year_from_memory_are_quick(memory: Result) -> None:
    """As many hours as a year has; building a text for each row took half a minute."""
    recorder = memory._recorder
    assert recorder is not None
    days = list(recorder._days)
    times = 8760 // HOURS
    long = Result(memory.summary, memory.manifest, None, recorder)
    began = time.process_time()
    recorder._days, recorder.day_count = days * times, len(days) * times
    try:
        assert len(long.racks) == HOURS * times * len(memory.manifest["racks"])
    finally:
        recorder._days, recorder.day_count = days, len(days)
    assert time.process_time() - began < 5.0


# --- what is asked for in vain ------------------------------------------------------------------------


def test_metrics_by_name(memory: Result) -> None:
    metrics = memory.metrics
    assert metrics.pue == metrics["pue"] == memory.summary["metrics"]["pue"]
    assert len(metrics) == len(list(metrics)) == len(memory.summary["metrics"])
    with pytest.raises(AttributeError, match=r"no metric 'puh'; it has: .*pue"):
        _ = metrics.puh
    with pytest.raises(KeyError):
        metrics["puh"]
    assert not hasattr(Metrics({}), "__wrapped__")
    assert "pue=" in repr(memory)


def test_unknown_channels(memory: Result, folder: Path) -> None:
    for result in (memory, Result.load(folder)):
        with pytest.raises(KeyError, match=r"hall\.nothing"):
            result.column("hall.nothing")


@pytest.mark.parametrize("name", ["summary.json", "manifest.json", "series.parquet", "racks.parquet"])
def test_missing_file(name: str, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "run")
    (copy / name).unlink()
    with pytest.raises(InputError, match=f"{name} *not found"):
        Result.load(copy)


@pytest.mark.parametrize("name", ["summary.json", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"{}", b"\xff\xfe", b'{"metrics": {}}'])
def test_garbled_json(name: str, content: bytes, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "run")
    (copy / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name} *cannot be read"):
        Result.load(copy)


@pytest.mark.parametrize("name", ["series", "racks"])
def test_garbled_tables(name: str, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "run")
    path = copy / f"{name}.parquet"
    for content in (b"", b"PAR1", path.read_bytes()[:-1000]):
        path.write_bytes(content)
        with pytest.raises(InputError, match=rf"{name}\.parquet *cannot be read"):
            getattr(Result.load(copy), name)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="4 problems"):
        Result.load(tmp_path / "gone")


def test_opening_a_result_needs_neither_numba_nor_simpy(folder: Path) -> None:
    code = (
        "import sys, twin; r = twin.Result.load(sys.argv[1]); r.series; r.racks; r.metrics.pue; "
        "assert not {'numba', 'simpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)


def test_summary_in_memory_is_the_file(memory: Result, folder: Path) -> None:
    written = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert {**written, "wall_s": 0.0} == {**memory.summary, "wall_s": 0.0}
