"""Suite ``energyplus``: the reference hall DH1 beside EnergyPlus 25.2: published numbers, or a live run."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError
from twin.validation.energyplus.engine import EnergyPlusYear
from twin.validation.rows import Reference, Row, judge, not_run, short
from twin.validation.years import OurYear, Task, Year, run_tasks
from twin.weather.library import builtin_path

__all__ = ["SUITE", "Options", "rows"]

SUITE = "energyplus"
_LIVE = ("none", "const", "air", "b20")
_LABELS = {"it": "IT", "crah_fan": "CRAH fans", "chiller": "chiller", "heat_rejection_fan": "tower fan",
           "pump": "pumps", "ups_loss": "UPS loss", "coil": "coil heat", "room": "hall air", "supply": "supply air"}
_NOT_LIVE = "hour by hour needs EnergyPlus beside us: twin validate energyplus --live"


@dataclass(frozen=True)
class Options:
    """How the suite is run.

    Attributes
    ----------
    live : bool
        Run EnergyPlus too.
    weather : str or None
        With ``live``: another climate for all cases (built-in name or EPW file).
    overrides : tuple of (str, object)
        With ``live``: keys changed in both programs.
    echo : callable
        Takes one line of text.
    """

    live: bool = False
    weather: str | None = None
    overrides: tuple[tuple[str, object], ...] = ()
    echo: Callable[[str], None] = print

    @property
    def varied(self) -> bool:
        """Whether the published numbers do not apply."""
        return self.weather is not None or bool(self.overrides)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("dh1.toml").read_text(encoding="utf-8"))


def _task(program: str, name: str, options: Options) -> Task:
    case = _data()["case"][name]
    changes = {"site.weather": options.weather or case["weather"], **case.get("overrides", {})}
    changes |= dict(options.overrides)
    return Task(program, case["scenario"], tuple(changes.items()))


def rows(options: Options) -> list[Row]:
    """Every row of the suite.

    Parameters
    ----------
    options : Options

    Returns
    -------
    list of Row
    """
    cases = _data()["case"]
    names = list(_LIVE) if options.varied else list(cases)
    missing = _missing(options, names)
    years: dict[Task, Year | Exception] = {}
    if not missing:
        # EnergyPlus first: its years are the long ones
        tasks = [_task("energyplus", name, options) for name in _LIVE] if options.live else []
        years = run_tasks(tasks + [_task("twin", name, options) for name in names])
    found: list[Row] = []
    for name in names:
        ours = years.get(_task("twin", name, options))
        if not options.varied:
            found += _published(name, ours, missing)
            before = years.get(_task("twin", cases[name].get("pue_change_from", name), options))
            found += _change(name, ours, before, missing)
        if name in _LIVE:
            theirs = years.get(_task("energyplus", name, options))
            found += _live(name, ours, theirs, options, missing)
    return found


def _missing(options: Options, names: list[str]) -> str:
    try:
        for name in names:
            builtin_path(dict(_task("twin", name, options).overrides)["site.weather"])  # type: ignore[arg-type]
        if options.live:
            builtin_path("sterling-epw")
    except InputError as error:
        return "; ".join(problem.what for problem in error.problems)
    return ""


def _row(reference: Reference, ours: Year | Exception | None, value: Callable[[OurYear], float], missing: str) -> Row:
    if missing:
        return not_run(reference, missing)
    if not isinstance(ours, OurYear):
        return short(reference, f"our run failed: {ours}")
    try:
        return judge(reference, value(ours))
    except (KeyError, ValueError, IndexError) as error:
        return short(reference, f"our run did not give it: {type(error).__name__}: {error}")


def _published(name: str, ours: Year | Exception | None, missing: str) -> list[Row]:
    data = _data()
    case, limits = data["case"][name], data["tolerance"]
    base = Reference(f"{case['scenario']}.{name}.pue", SUITE, data["source"], f"{case['title']}: PUE", case["pue"],
                     case["pue_tolerance"], case["pue_basis"])
    found = [_row(base, ours, lambda year: year.metrics["pue"], missing)]
    for use, kwh in case.get("energy_kwh", {}).items():
        limit = limits[use]
        reference = replace(base, id=f"{case['scenario']}.{name}.{use}",
                            quantity=f"{case['title']}: {_LABELS[use]} [kWh]", theirs=kwh,
                            tolerance=limit["frac"] * kwh, basis=limit["source"])
        found.append(_row(reference, ours, _energy(use), missing))
    if "wue_l_per_kwh" in case:
        wue, limit = case["wue_l_per_kwh"], limits["wue"]
        reference = replace(base, id=f"{case['scenario']}.{name}.wue", quantity=f"{case['title']}: WUE [L/kWh]",
                            theirs=wue, tolerance=limit["frac"] * wue, basis=limit["source"])
        found.append(_row(reference, ours, lambda year: year.metrics["wue_l_per_kwh"], missing))
    return found


def _energy(use: str) -> Callable[[OurYear], float]:
    return lambda year: year.energy_kwh[use]


def _change(name: str, ours: Year | Exception | None, before: Year | Exception | None, missing: str) -> list[Row]:
    case = _data()["case"][name]
    if "pue_change" not in case:
        return []
    reference = Reference(f"{case['scenario']}.{name}.pue_change", SUITE, _data()["source"],
                          f"{case['title']}: change of PUE", case["pue_change"], case["pue_change_tolerance"],
                          case["pue_change_basis"])
    if not missing and not isinstance(before, OurYear):
        return [short(reference, f"our run failed: {before}")]
    return [_row(reference, ours, lambda year: year.metrics["pue"] - before.metrics["pue"], missing)]  # type: ignore[union-attr]


def _live(name: str, ours: Year | Exception | None, theirs: Year | Exception | None, options: Options,
          missing: str) -> list[Row]:
    data = _data()
    case = data["case"][name]
    source = "EnergyPlus 25.2 run now, on the same hall, 60 steps/h"
    annual = Reference(f"{case['scenario']}.{name}.live.pue", SUITE, source, f"{case['title']}: PUE", case["pue"],
                        case["pue_tolerance"], case["pue_basis"])
    hourly = _hourly_references(name, source)
    wanted = [annual, *(reference for reference, _, _ in hourly)]
    if missing or not options.live:
        return [not_run(reference, missing or _NOT_LIVE) for reference in wanted]
    if not isinstance(theirs, EnergyPlusYear):
        return [short(reference, f"EnergyPlus did not run: {theirs}") for reference in wanted]
    found = [_row(replace(annual, theirs=theirs.pue), ours, lambda year: year.metrics["pue"], "")]
    found += [_row(reference, ours, _deviation(what, kind, theirs), "") for reference, what, kind in hourly]
    if not options.varied:
        again = replace(annual, id=f"{case['scenario']}.{name}.again", theirs=case["pue"],
                        quantity=f"{case['title']}: PUE of this run (not ours) beside the published one",
                        tolerance=data["live"]["again_tolerance"], basis=data["live"]["again_basis"])
        found.append(judge(again, theirs.pue))
    if isinstance(ours, OurYear):
        options.echo(f"{case['scenario']}, a year: EnergyPlus {theirs.cpu_s:.1f} CPU-s, ours {ours.cpu_s:.1f} CPU-s "
                     "(each with its start-up, side by side)")
    return found


def _hourly_references(name: str, source: str) -> list[tuple[Reference, str, str]]:
    """What is compared hour by hour: the reference, our name of the series, and how its distance is measured."""
    hourly, case = _data()["hourly"].get(name), _data()["case"][name]
    if hourly is None:
        return []
    stem = f"{case['scenario']}.{name}.live"
    found = []
    for use, limit in hourly["cv"].items():
        quantity = f"{case['title']}: hourly CV(RMSE) of {_LABELS[use]}"
        reference = Reference(f"{stem}.{use}.cv", SUITE, source, quantity, 0.0, limit, hourly["cv_basis"])
        found.append((reference, use, "cv"))
    for place, limit in hourly["temperature_k"].items():
        quantity = f"{case['title']}: largest hourly difference of {_LABELS[place]} [K]"
        reference = Reference(f"{stem}.{place}.temperature", SUITE, source, quantity, 0.0, limit,
                              hourly["temperature_basis"])
        found.append((reference, place, "temperature"))
    return found


def _deviation(name: str, kind: str, theirs: EnergyPlusYear) -> Callable[[OurYear], float]:
    """Our distance from EnergyPlus over the year: CV(RMSE), or the largest difference."""

    def value(ours: OurYear) -> float:
        reference = _their_series(name, theirs)
        difference = ours.hourly[name] - reference
        if kind == "cv":
            return float(np.sqrt(np.mean(difference**2)) / reference.mean())
        return float(np.abs(difference).max())

    return value


def _their_series(name: str, theirs: EnergyPlusYear) -> NDArray[np.float64]:
    hourly = theirs.hourly
    if name == "it":
        return hourly["processor_kw"] + hourly["server_fan_kw"]
    return hourly[{"crah_fan": "crah_fan_kw", "coil": "coil_kw", "chiller": "chiller_kw", "room": "room_c",
                   "supply": "supply_c"}[name]]
