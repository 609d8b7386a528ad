"""Suite ``oracles``: our laws beside independent libraries, and the closure of our own ledger."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from twin_kernels import exchanger
from twin_kernels import psychrometrics as moist
from twin_kernels.constants import KELVIN

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
    laws = [*_psychrometrics(), *_real_air(), *_exchangers()]
    return [_worst(reference, values) for reference, values in laws] + _closure()


Pairs = Callable[[], Iterator[float]]


def _worst(reference: Reference, differences: Pairs) -> Row:
    """The largest difference over the grid; what is not installed is not run."""
    try:
        return judge(reference, max(differences()))
    except ImportError as error:
        return not_run(reference, f"{error.name} is not installed; pip install {error.name}")
    except Exception as error:  # a check that breaks is short and says why
        return short(reference, f"{type(error).__name__}: {error}")


State = tuple[float, float, float]


def _states(data: dict[str, Any]) -> Iterator[State]:
    """Dry bulb °C, humidity ratio kg/kg by psychrolib, pressure Pa, over the grid."""
    library = _psychrolib()
    for pressure_pa, temp_c, rh_frac in product(data["pressure_pa"], data["temp_c"], data["rh_frac"]):
        yield temp_c, library.GetHumRatioFromRelHum(temp_c, rh_frac, pressure_pa), pressure_pa


@cache
def _psychrolib() -> Any:
    """The library, its unit system set once: each time it compiles all of itself anew."""
    import psychrolib  # lazy: an oracle of the extra [test]

    psychrolib.SetUnitSystem(psychrolib.SI)
    return psychrolib


def _psychrometrics() -> list[tuple[Reference, Pairs]]:
    """Equation by equation; the wet bulb also by its own solver's answer."""
    data = _data()["psychrometrics"]
    laws: dict[str, tuple[str, Callable[[Any, State], float]]] = {
        "saturation": ("saturation pressure, relative", _saturation),
        "humidity": ("humidity ratio of saturated air, relative", _humidity),
        "enthalpy": ("enthalpy, relative", _enthalpy),
        "density": ("dry air in a cubic metre, relative", _density),
        "dew_point": ("its vapour pressure at our dew point, relative", _dew_point),
        "wet_bulb_equation": ("its humidity ratio at our wet bulb, relative", _wet_bulb_equation),
    }

    def over_grid(law: Callable[[Any, State], float]) -> Pairs:
        return lambda: (law(_psychrolib(), state) for state in _states(data))

    def row(name: str, quantity: str, tolerance: str, basis: str) -> Reference:
        return Reference(f"psychrometrics.{name}", SUITE, data["source"], f"largest difference of {quantity}", 0.0,
                         data[tolerance], data[basis])

    def wet_bulb() -> Iterator[float]:
        for temp_c, w, pressure_pa in _states(data):
            theirs = _psychrolib().GetTWetBulbFromHumRatio(temp_c, w, pressure_pa)
            if not data["ambiguous_min_c"] <= theirs <= data["ambiguous_max_c"]:
                yield abs(moist.wet_bulb_c(temp_c, w, pressure_pa, temp_c) - theirs)

    found = [(row(name, quantity, "equation_frac", "equation_basis"), over_grid(law))
             for name, (quantity, law) in laws.items()]
    found.append((row("wet_bulb", "wet bulb by its solver, not at 0 °C [K]", "wet_bulb_k", "wet_bulb_basis"), wet_bulb))
    return found


def _saturation(library: Any, state: State) -> float:
    return float(abs(moist.saturation_pressure_pa(state[0]) / library.GetSatVapPres(state[0]) - 1.0))


def _humidity(library: Any, state: State) -> float:
    temp_c, _, pressure_pa = state
    theirs = library.GetSatHumRatio(temp_c, pressure_pa)
    return float(abs(moist.saturation_humidity_ratio(temp_c, pressure_pa) / theirs - 1.0))


def _enthalpy(library: Any, state: State) -> float:
    temp_c, w, _ = state
    theirs = library.GetMoistAirEnthalpy(temp_c, w)
    least_j_kg = _data()["psychrometrics"]["least_j_kg"]
    return float(abs(moist.enthalpy_j_kg(temp_c, w) - theirs) / max(abs(theirs), least_j_kg))


def _density(library: Any, state: State) -> float:
    temp_c, w, pressure_pa = state
    return float(abs(moist.dry_air_density_kg_m3(temp_c, w, pressure_pa)
                     * library.GetMoistAirVolume(temp_c, w, pressure_pa) - 1.0))


def _dew_point(library: Any, state: State) -> float:
    _, w, pressure_pa = state
    theirs = library.GetVapPresFromHumRatio(w, pressure_pa)
    return float(abs(library.GetSatVapPres(moist.dew_point_c(w, pressure_pa)) / theirs - 1.0))


def _wet_bulb_equation(library: Any, state: State) -> float:
    temp_c, w, pressure_pa = state
    ours_c = moist.wet_bulb_c(temp_c, w, pressure_pa, temp_c)
    theirs = library.GetHumRatioFromTWetBulb(temp_c, min(ours_c, temp_c), pressure_pa)
    return float(abs(theirs - w) / max(w, _data()["psychrometrics"]["least_humidity"]))


def _real_air() -> list[tuple[Reference, Pairs]]:
    data = _data()["coolprop"]

    def wet_bulb() -> Iterator[float]:
        from CoolProp.HumidAirProp import HAPropsSI  # lazy: an oracle of the extra [test]

        pressure_pa = data["pressure_pa"]
        for temp_c, rh_frac in product(data["temp_c"], data["rh_frac"]):
            theirs = HAPropsSI("B", "T", temp_c + KELVIN, "P", pressure_pa, "R", rh_frac) - KELVIN
            w = moist.humidity_ratio(temp_c, rh_frac, pressure_pa)
            yield abs(moist.wet_bulb_c(temp_c, w, pressure_pa, temp_c) - theirs)

    return [(Reference("coolprop.wet_bulb", SUITE, data["source"], "largest difference of wet bulb [K]", 0.0,
                       data["wet_bulb_k"], data["wet_bulb_basis"]), wet_bulb)]


#: Arrangements by our name: our law, and the library's name for it.
_ARRANGEMENTS: dict[str, tuple[Callable[[float, float], float], str]] = {
    "counterflow": (exchanger.effectiveness_counterflow, "counterflow"),
    "parallel": (exchanger.effectiveness_parallel, "parallel"),
    "crossflow unmixed": (exchanger.effectiveness_crossflow_unmixed, "crossflow approximate"),
    "crossflow, smaller stream mixed": (exchanger.effectiveness_crossflow_cmin_mixed, "crossflow, mixed Cmin"),
    "crossflow, larger stream mixed": (exchanger.effectiveness_crossflow_cmax_mixed, "crossflow, mixed Cmax"),
}


def _exchangers() -> list[tuple[Reference, Pairs]]:
    data = _data()["exchanger"]

    def differences(ours: Callable[[float, float], float], subtype: str) -> Pairs:
        def pairs() -> Iterator[float]:
            from ht import effectiveness_from_NTU  # lazy: an oracle of the extra [test]

            ratios = data["ratio_crossflow" if subtype.startswith("crossflow") else "ratio"]
            for ntu, ratio in product(data["ntu"], ratios):
                yield abs(ours(ntu, ratio) - effectiveness_from_NTU(ntu, Cr=ratio, subtype=subtype))
        return pairs

    def reference(kind: str, quantity: str, tolerance: float, basis: str) -> Reference:
        return Reference(f"exchanger.{kind.replace(', ', '.').replace(' ', '_')}", SUITE, data["source"], quantity, 0.0,
                         tolerance, basis)

    found = [(reference(kind, f"largest difference of effectiveness, {kind}", data["tolerance"], data["basis"]),
              differences(ours, subtype)) for kind, (ours, subtype) in _ARRANGEMENTS.items()]

    def from_series() -> Iterator[float]:
        from ht import effectiveness_from_NTU  # lazy: an oracle of the extra [test]

        for ntu, ratio in product(data["series_ntu"], data["ratio_crossflow"]):
            exact = effectiveness_from_NTU(ntu, Cr=ratio, subtype="crossflow")
            yield abs(exchanger.effectiveness_crossflow_unmixed(ntu, ratio) / exact - 1.0)

    found.append((reference("crossflow series", "largest relative difference, crossflow unmixed from the exact series",
                            data["series_frac"], data["series_basis"]), from_series))
    return found


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
