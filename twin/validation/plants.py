"""Suite ``plants``: a whole plant of another program, run by our engine from a scenario file, beside its record."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.chiller import chiller_power_w
from twin_kernels.constants import CP_WATER
from twin_kernels.layout import STEP_OUT_FIELDS

from twin.engine.simulation import Simulation
from twin.facility.build import build_facility
from twin.policies.fixed import Fixed
from twin.record.recorder import Recorder
from twin.scenario.features import facility_channels
from twin.scenario.read import load_scenario
from twin.validation.rows import Reference, Row, judge
from twin.validation.smooth_weather import read_columns, smooth_day

__all__ = ["SUITE", "rows"]

SUITE = "plants"

_FOLDER = Path(__file__).with_name("wse_denver")
#: Columns of the record and our channels.
_CHANNEL = {
    "mode": "plant.mode", "tower_out_c": "plant.condenser_supply_c", "tower_in_c": "plant.condenser_return_c",
    "chilled_supply_c": "plant.chilled_supply_c", "chilled_return_c": "plant.chilled_return_c",
    "economiser_kw": "plant.economiser_kw", "chiller_kw": "plant.chiller_kw",
    "chiller_load_kw": "plant.chiller_load_kw", "coil_kw": "crah.coil_kw",
}
_QUANTITY = {
    "tower_out_c": "tower outlet", "tower_in_c": "water to the towers", "chilled_return_c": "chilled-water return",
    "economiser_kw": "economiser", "chiller_load_kw": "chiller load", "chiller_kw": "chiller power", "coil_kw": "coil",
}
_FREE, _PARTIAL = 1, 2

Columns = dict[str, NDArray[np.float64]]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("plants.toml").read_text(encoding="utf-8"))


@cache
def _record() -> Columns:
    return read_columns(_FOLDER / "record.csv")


def rows() -> list[Row]:
    """Every row of the suite.

    Returns
    -------
    list of Row
    """
    ours, simulation = _run()
    return [*_modes(ours), *_window(ours, simulation), *_points(ours), *_secondary(ours), _closure(simulation)]


def _run() -> tuple[Columns, Simulation]:
    """Our day, at the times of the record's samples."""
    data = _data()
    scenario = load_scenario(_FOLDER / "scenario.toml")
    weather = smooth_day(_FOLDER / "weather.csv", data["air"]["place"], data["air"]["pressure_pa"])
    facility = build_facility(scenario, weather.altitude_m)
    recorder = Recorder(STEP_OUT_FIELDS, scenario.run.step_s, None, facility_channels(scenario.hall, scenario.plant))
    simulation = Simulation(scenario, facility, weather, Fixed(), recorder)
    simulation.run()
    steps = len(recorder.column(_CHANNEL["mode"]))
    step = np.ceil(_record()["time_s"] / scenario.run.step_s).astype(np.int64) - 1  # the step that the time lies in
    step = np.clip(step, 0, steps - 1)
    return {name: recorder.column(channel)[step].astype(np.float64) for name, channel in _CHANNEL.items()}, simulation


def _reference(name: str, quantity: str, theirs: float, tolerance: float, basis: str) -> Reference:
    return Reference(f"wse.{name}", SUITE, _data()["source"], quantity, theirs, tolerance, basis)


def _first(mode: NDArray[np.float64], wanted: int, after: int = 0) -> int:
    """Sample at which a mode begins; the number of samples if it never does."""
    found = np.flatnonzero(mode[after:] == wanted)
    return int(found[0]) + after if found.size else len(mode)


def _modes(ours: Columns) -> list[Row]:
    data, theirs = _data(), _record()["mode"]
    start = int(np.searchsorted(_record()["time_s"], data["settled_s"], side="right"))
    tolerance, basis = data["modes"]["tolerance"], data["modes"]["basis"]

    def switches(mode: NDArray[np.float64]) -> tuple[int, int]:
        partial = _first(mode, _PARTIAL, start)
        return partial, _first(mode, _FREE, partial)

    off = sum(theirs[i] not in ours["mode"][i - 1 : i + 2] for i in range(start, len(theirs)))
    found = [
        judge(_reference(f"mode.{name}", f"{text} begins [sample of 864 s]", float(at), tolerance, basis), float(own))
        for name, text, at, own in zip(
            ("partial", "free"), ("partial mechanical cooling", "free cooling again"), switches(theirs),
            switches(ours["mode"]), strict=True)
    ]
    text = "samples after the first hour in another mode by more than one sample"
    return [*found, judge(_reference("mode.off", text, 0.0, 0.0, basis), float(off))]


def _window(ours: Columns, simulation: Simulation) -> list[Row]:
    data, record = _data(), _record()
    first_s, last_s = data["window_s"]
    inside = (record["time_s"] >= first_s) & (record["time_s"] <= last_s)
    apart_k = np.abs(ours["tower_out_c"] - record["tower_out_c"])[inside].max()

    def apart_frac(power_kw: NDArray[np.float64]) -> float:
        return float(np.abs(power_kw / record["chiller_kw"][inside] - 1.0).max())

    tower, power, driven = data["tower"], data["power"], data["driven"]
    at = {name: column[inside] for name, column in record.items()}
    own = {**at, **{name: ours[name][inside] for name in ("coil_kw", "chilled_supply_c", "chilled_return_c")}}
    text = "chiller power driven by the recorded tower outlet with {}: largest difference, 10 to 16 h [-]"
    return [
        judge(_reference("window.tower", "tower outlet: largest difference, 10 to 16 h [K]", 0.0, tower["tolerance"],
                         tower["basis"]), float(apart_k)),
        judge(_reference("window.power", "chiller power: largest difference, 10 to 16 h [-]", 0.0,
                         power["tolerance_frac"], power["basis"]), apart_frac(ours["chiller_kw"][inside])),
        *(judge(_reference(f"window.{name}", text.format(whose), 0.0, driven["tolerance_frac"], driven["basis"]),
                apart_frac(_driven_kw(simulation, water)))
          for name, whose, water in (("driven", "the recorded coil heat and water", at),
                                     ("driven_own", "our run's coil heat and water", own))),
    ]


def _driven_kw(simulation: Simulation, water: Columns) -> NDArray[np.float64]:
    """Power of one chiller of our plant behind the economiser, for a tower outlet, coil heat and chilled water."""
    data = _data()
    machine = simulation.facility.params.chillers[0]
    flow_kg_s = 1e3 * water["coil_kw"] / (CP_WATER * (water["chilled_return_c"] - water["chilled_supply_c"]))
    span_k = water["chilled_return_c"] - water["tower_out_c"]
    economiser_kw = 1e-3 * data["effectiveness"] * flow_kg_s * CP_WATER * span_k
    loads = zip((water["coil_kw"] - economiser_kw).tolist(), water["tower_out_c"].tolist(), strict=True)
    return np.array([1e-3 * chiller_power_w(machine, 1e3 * kw, data["chilled_c"], tower_c)[0] for kw, tower_c in loads])


def _points(ours: Columns) -> list[Row]:
    data, record = _data(), _record()
    found = []
    at = int(np.flatnonzero(record["time_s"] == data["point_s"])[0])
    for name, text in _QUANTITY.items():
        theirs = float(record[name][at])
        kind, unit = ("tower", "°C") if name.endswith("_c") else ("heat", "kW")
        if name in ("chiller_kw", "chiller_load_kw"):
            kind = "power"
        tolerance = data[kind].get("tolerance", abs(theirs) * data[kind].get("tolerance_frac", 0.0))
        reference = _reference(f"point.{name}", f"{text} at 14 h [{unit}]", theirs, tolerance, data[kind]["basis"])
        found.append(judge(reference, float(ours[name][at])))
    end = int(np.flatnonzero(record["time_s"] == data["end_s"])[0])
    reheat_kw = float(record["coil_kw"][end]) - data["it_kw"]
    economiser_kw = float(record["economiser_kw"][end]) - reheat_kw
    tower, heat = data["tower"], data["heat"]
    text = f"economiser at 24 h, less the {reheat_kw:.1f} kW of the record's reheater [kW]"
    return [
        *found,
        judge(_reference("end.tower_out_c", "tower outlet at 24 h [°C]", float(record["tower_out_c"][end]),
                         tower["tolerance"], tower["basis"]), float(ours["tower_out_c"][end])),
        judge(_reference("end.economiser_kw", text, economiser_kw, heat["tolerance_frac"] * economiser_kw,
                         heat["basis"]), float(ours["economiser_kw"][end])),
        judge(_reference("end.chiller_kw", "chiller power at 24 h [kW]", float(record["chiller_kw"][end]), 0.0,
                         "off is off"), float(ours["chiller_kw"][end])),
    ]


def _secondary(ours: Columns) -> list[Row]:
    data, theirs = _data(), _data()["secondary"]
    at = int(np.flatnonzero(_record()["time_s"] == data["point_s"])[0])
    found = []
    for name, kind in (("tower_out_c", "tower"), ("economiser_kw", "heat"), ("chiller_load_kw", "power"),
                       ("chiller_kw", "power")):
        tolerance = data[kind].get("tolerance", theirs[name] * data[kind].get("tolerance_frac", 0.0))
        unit = "°C" if name.endswith("_c") else "kW"
        reference = Reference(f"secondary.{name}", SUITE, theirs["source"], f"{_QUANTITY[name]} at 14 h [{unit}]",
                              theirs[name], tolerance, data[kind]["basis"])
        found.append(judge(reference, float(ours[name][at])))
    return found


def _closure(simulation: Simulation) -> Row:
    closure = _data()["closure"]
    reference = _reference("closure", "our ledger of this day: largest imbalance of a step [-]", 0.0,
                           closure["tolerance"], closure["basis"])
    return judge(reference, float(simulation.state.facility["closure_rel_max"][0]))
