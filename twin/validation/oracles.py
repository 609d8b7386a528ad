"""Suite ``oracles``: our laws beside independent libraries, and the closure of our own ledger."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from twin_kernels import exchanger
from twin_kernels import psychrometrics as moist

from twin.validation.rows import Reference, Row, judge, not_run, short

__all__ = ["SUITE", "rows"]

SUITE = "oracles"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("oracles.toml").read_text(encoding="utf-8"))


def rows() -> list[Row]:
    """Every row of the suite.

    Returns
    -------
    list of Row
    """
    return [_worst(reference, values) for reference, values in [*_psychrometrics(), *_exchangers()]] + _closure()


Pairs = Callable[[], Iterator[float]]


def _worst(reference: Reference, differences: Pairs) -> Row:
    """The largest difference over the grid; what is not installed is not run."""
    try:
        return judge(reference, max(differences()))
    except ImportError as error:
        return not_run(reference, f"{error.name} is not installed; pip install {error.name}")
    except Exception as error:  # a check that breaks is short and says why
        return short(reference, f"{type(error).__name__}: {error}")


def _psychrometrics() -> list[tuple[Reference, Pairs]]:
    data = _data()["psychrometrics"]

    def states() -> Iterator[tuple[Any, float, float, float]]:
        import psychrolib  # lazy: an oracle of the extra [test]

        psychrolib.SetUnitSystem(psychrolib.SI)
        for pressure_pa in data["pressure_pa"]:
            for temp_c in data["temp_c"]:
                for rh_frac in data["rh_frac"]:
                    yield psychrolib, temp_c, rh_frac, pressure_pa

    def wet_bulb() -> Iterator[float]:
        for library, temp_c, rh_frac, pressure_pa in states():
            w = library.GetHumRatioFromRelHum(temp_c, rh_frac, pressure_pa)
            theirs = library.GetTWetBulbFromHumRatio(temp_c, w, pressure_pa)
            if data["ambiguous_min_c"] <= theirs <= data["ambiguous_max_c"]:
                continue
            yield abs(moist.wet_bulb_c(temp_c, w, pressure_pa, temp_c) - theirs)

    def humidity() -> Iterator[float]:
        for library, temp_c, rh_frac, pressure_pa in states():
            theirs = library.GetHumRatioFromRelHum(temp_c, rh_frac, pressure_pa)
            yield abs(moist.humidity_ratio(temp_c, rh_frac, pressure_pa) / theirs - 1.0)

    def enthalpy() -> Iterator[float]:
        for library, temp_c, rh_frac, pressure_pa in states():
            w = library.GetHumRatioFromRelHum(temp_c, rh_frac, pressure_pa)
            theirs = library.GetMoistAirEnthalpy(temp_c, w)
            yield abs(moist.enthalpy_j_kg(temp_c, w) - theirs) / max(abs(theirs), 1e4)

    def row(name: str, quantity: str, tolerance: str, basis: str) -> Reference:
        return Reference(f"psychrometrics.{name}", SUITE, data["source"], quantity, 0.0, data[tolerance], data[basis])

    return [
        (row("wet_bulb", "largest difference of wet bulb, not at 0 °C [K]", "wet_bulb_k", "wet_bulb_basis"), wet_bulb),
        (row("humidity", "largest relative difference of humidity ratio", "humidity_frac", "humidity_basis"), humidity),
        (row("enthalpy", "largest relative difference of enthalpy", "enthalpy_frac", "enthalpy_basis"), enthalpy),
    ]


def _exchangers() -> list[tuple[Reference, Pairs]]:
    data = _data()["exchanger"]
    kinds = {"counterflow": exchanger.effectiveness_counterflow, "parallel": exchanger.effectiveness_parallel}

    def differences(kind: str) -> Pairs:
        def pairs() -> Iterator[float]:
            from ht import effectiveness_from_NTU  # lazy: an oracle of the extra [test]

            for ntu in data["ntu"]:
                for ratio in data["ratio"]:
                    yield abs(kinds[kind](ntu, ratio) - effectiveness_from_NTU(ntu, Cr=ratio, subtype=kind))
        return pairs

    return [(Reference(f"exchanger.{kind}", SUITE, data["source"], f"largest difference of effectiveness, {kind}", 0.0,
                       data["tolerance"], data["basis"]), differences(kind)) for kind in kinds]


def _closure() -> list[Row]:
    data = _data()["closure"]
    found = []
    for scenario in data["scenarios"]:
        references = {f"{what}_rel": Reference(
            f"closure.{scenario}.{what}", SUITE, data["source"], f"{scenario}: {what} residual", 0.0, data["tolerance"],
            data["basis"]) for what in ("energy", "water")}
        try:
            from twin.simulate import run  # lazy: compiles or loads every kernel

            closure = run(scenario, overrides={
                "run.duration_days": data["days"], "site.weather": data["weather"]}).summary["closure"]
            found += [judge(reference, float(closure[name])) for name, reference in references.items()]
        except Exception as error:  # a run that breaks is short and says why
            found += [short(reference, f"{type(error).__name__}: {error}") for reference in references.values()]
    return found
