"""Rows of suite ``plants``: a year of three sinks in series in Golden, beside the published split of its heat."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from twin_kernels.layout import STEP_OUT_FIELDS

from twin.engine.simulation import Simulation
from twin.errors import InputError
from twin.facility.build import build_facility
from twin.policies.fixed import Fixed
from twin.record.recorder import Recorder
from twin.scenario.features import facility_channels
from twin.scenario.read import load_scenario
from twin.simulate import site_weather
from twin.validation.rows import Reference, Row, judge, not_run

__all__ = ["rows"]

_SUITE = "plants"
_SCENARIO = Path(__file__).with_name("golden_hall") / "scenario.toml"
#: The same plant with no more than a tenth of a percent of a thermosyphon.
_WITHOUT = {"plant.thermosyphon.rated_kw": 0.888}
_QUANTITY = {
    "heat": "heat into facility water, mean of the year [kW]",
    "dry": "share of the year's heat that the thermosyphon takes [-]",
    "wue": "WUE without it [L/kWh]",
    "wue_dry": "WUE with it [L/kWh]",
    "saved": "share of the water saved over the share of the towers' heat that became dry [-]",
    "closure": "our ledger of both years: largest imbalance of a step [-]",
}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("golden_split.toml").read_text(encoding="utf-8"))


def rows() -> list[Row]:
    """Every row; "not run" without the weather of Golden.

    Returns
    -------
    list of Row
    """
    references = {name: _reference(name) for name in _QUANTITY}
    try:
        with_it, without = _year({}), _year(_WITHOUT)
    except InputError as error:
        return [not_run(reference, str(error)) for reference in references.values()]
    ours = {
        "heat": with_it["heat_kw"], "dry": with_it["dry_frac"], "wue": without["wue_l_per_kwh"],
        "wue_dry": with_it["wue_l_per_kwh"],
        "saved": _saved(without["wue_l_per_kwh"], with_it["wue_l_per_kwh"], with_it["dry_frac"], with_it["reuse_frac"]),
        "closure": max(with_it["closure"], without["closure"]),
    }
    return [_judged(references[name], value) for name, value in ours.items()]


def _saved(without_l_per_kwh: float, with_l_per_kwh: float, dry_frac: float, reuse_frac: float) -> float:
    """Water saved over water used without the thermosyphon, over the share that it takes of what the user leaves."""
    return (1.0 - with_l_per_kwh / without_l_per_kwh) / (dry_frac / (1.0 - reuse_frac))


def _judged(reference: Reference, value: float) -> Row:
    """A row; where the published number hangs on a size that is not published, ours is told but not judged."""
    unknown: dict[str, str] = _data()["unknown"]
    cause = unknown.get(reference.id.rsplit(".", 1)[-1])
    if cause is None:
        return judge(reference, value)
    return not_run(reference, f"cannot be judged: {cause}; with the rule stated for the size ours is {value:.3f}")


def _reference(name: str) -> Reference:
    data = _data()
    if name == "closure":
        theirs, tolerance, basis = 0.0, 1e-9, "set with the project"
    elif name == "saved":
        theirs = _saved(data["wue"]["theirs"], data["wue_dry"]["theirs"], data["dry"]["theirs"], data["reuse_frac"])
        tolerance, basis = data["saved"]["tolerance"], data["saved"]["basis"]
    elif name == "heat":
        theirs, tolerance = data["heat_kw"], data["heat_kw"] * data["heat"]["tolerance"]
        basis = data["heat"]["basis"]
    else:
        theirs, tolerance, basis = (data[name][key] for key in ("theirs", "tolerance", "basis"))
    return Reference(f"golden.{name}", _SUITE, data["source"], _QUANTITY[name], theirs, tolerance, basis)


def _year(changes: dict[str, float]) -> dict[str, float]:
    """Heat, where it went, and water, of one year of ours."""
    scenario = load_scenario(_SCENARIO, dict(changes))
    weather = site_weather(scenario)
    facility = build_facility(scenario, weather.altitude_m)
    recorder = Recorder(STEP_OUT_FIELDS, scenario.run.step_s, None, facility_channels(scenario.hall, scenario.plant))
    simulation = Simulation(scenario, facility, weather, Fixed(), recorder)
    simulation.run()
    meters = simulation.state.meters[0]
    heat_j, it_kwh = float(meters["facility_water_j"]), float(meters["it_j"]) / 3.6e6
    return {
        "heat_kw": 1e-3 * heat_j / (simulation.end_s - simulation.start_s),
        "dry_frac": float(meters["thermosyphon_j"]) / heat_j,
        "reuse_frac": float(meters["reuse_j"]) / heat_j,
        "wue_l_per_kwh": float(meters["makeup_kg"]) / it_kwh,
        "closure": float(simulation.state.facility["closure_rel_max"][0]),
    }
