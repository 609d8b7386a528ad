"""Suite ``coatings``: sky, coated surfaces and materials beside published numbers, and a coated roof beside EnergyPlus.

Field tests state too little of their weather. Each is drawn many times over the ranges its place and season allow; the
published value stands beside our median, with p5 … p95 of the draws in the name of the quantity.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels import bands, coating, radiation
from twin_kernels.constants import KELVIN
from twin_kernels.envelope import surface_step
from twin_kernels.layout import SURFACE_STATE
from twin_kernels.saturation import saturation_pressure_pa

from twin.errors import InputError
from twin.facility.envelope import surface_params
from twin.scenario.read import load_scenario
from twin.validation.rows import Reference, Row, judge, not_run, short
from twin.validation.years import OurYear, Task, run_tasks
from twin.weather.read import load_weather

__all__ = ["SUITE", "draw_field_test", "rows"]

SUITE = "coatings"

Array = NDArray[np.float64]
#: The coating of the EnergyPlus case as a user would give it.
GREY = {"solar_reflectance_frac": 0.95, "window_emissivity_frac": 0.95, "other_emissivity_frac": 0.95}
#: What is drawn, in this order.
_RANGES = ("air_c", "rh_frac", "solar_w_m2", "reflectance_frac", "window_frac", "other_frac", "film_w_m2k")
_C2_UM_K = 14387.768775


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("coatings.toml").read_text(encoding="utf-8"))


def rows() -> list[Row]:
    """Every row of the suite.

    Returns
    -------
    list of Row
    """
    found = [_judged(reference, ours) for reference, ours in (*_sky(), *_surfaces(), *_spectra())]
    return [*found, *(_field_row(name) for name in _data()["field"]["case"]), _null_row(), *_roof()]


def _judged(reference: Reference, ours: Callable[[], float]) -> Row:
    try:
        return judge(reference, ours())
    except Exception as error:  # a check that breaks is short and says why
        return short(reference, f"{type(error).__name__}: {error}")


Check = tuple[Reference, Callable[[], float]]


def _sky() -> Iterator[Check]:
    data = _data()["clark_allen"]

    def emissivity() -> float:
        return float(radiation.sky_emissivity_clark_allen(data["dew_point_c"]))

    def infrared() -> float:
        return float(emissivity() * bands.black_w_m2(data["dry_bulb_c"]))

    for name, quantity, theirs, tolerance, ours in (
        ("emissivity", "Clark-Allen: emissivity", data["emissivity"], 1e-3 * data["emissivity"], emissivity),
        ("infrared", "Clark-Allen: infrared [W/m²]", data["infrared_w_m2"], 1e-3 * data["infrared_w_m2"], infrared),
        ("printed", "Clark-Allen as printed [W/m²]", data["printed_w_m2"], 3e-3 * data["printed_w_m2"], infrared),
    ):
        yield Reference(f"clark-allen.{name}", SUITE, data["source"], quantity, theirs, tolerance, data["basis"]), ours
    yield Reference("planck", SUITE, "Planck's law, by its series", "largest error of a band's share, 220 … 390 K", 0.0,
                    1e-4, "set with the task"), _planck_error


def _planck_error() -> float:
    def below(um: float, temp_k: float) -> float:
        x = _C2_UM_K / (um * temp_k)
        terms = (math.exp(-n * x) * (((x / n + 3.0 / n**2) * x + 6.0 / n**3) * x + 6.0 / n**4) for n in range(1, 120))
        return 15.0 / math.pi**4 * sum(terms)

    worst = 0.0
    for temp_k in np.linspace(220.0, 390.0, 35):
        worst = max(worst, abs(bands.window_frac(temp_k) - below(13.3, temp_k) + below(8.0, temp_k)))
        worst = max(worst, abs(bands.far_frac(temp_k) - below(25.0, temp_k) + below(17.2, temp_k)))
    return worst


def _surfaces() -> Iterator[Check]:
    data = _data()["astm"]
    sky = coating.grey_sky_w_m2(300.0 - KELVIN)
    for colour, absorptance in (("black", 0.95), ("white", 0.20)):
        for film, theirs in zip(data["film_w_m2k"], data[f"{colour}_c"], strict=True):
            reference = Reference(f"astm-e1980.{colour}.{film:g}", SUITE, data["source"],
                                  f"{colour} surface, film {film:g} W/m²K [°C]", theirs, data["tolerance_k"],
                                  data["basis"])

            def ours(a: float = absorptance, h: float = film) -> float:
                return float(coating.equilibrium_c((a, 0.9, 0.9, 0.9), sky, 310.0 - KELVIN, 0.0, 1000.0, h, 0.0))

            yield reference, ours


def _spectra() -> Iterator[Check]:
    data = _data()["spectral"]
    surfaces = {"black": (0.0, 1.0, 1.0, 1.0), "selective": (0.0, 1.0, 0.0, 0.0), "paint": (0.05, 0.95, 0.90, 0.90)}
    for name, optics in surfaces.items():
        for temp_k, theirs in zip(data["temp_k"], data[f"{name}_w_m2"], strict=True):
            reference = Reference(f"spectral.{name}.{temp_k:g}", SUITE, data["source"],
                                  f"{name} surface at {temp_k:g} K: net power at air temperature [W/m²]", theirs,
                                  data["tolerance_w_m2"], data["basis"])

            def ours(o: tuple[float, ...] = optics, temp_c: float = temp_k - KELVIN) -> float:
                sky = bands.band_sky_w_m2(temp_c, data["vapour_pa"], 0.0, 0.0)
                return float(coating.net_power_w_m2(o, sky, temp_c, temp_c, 0.0, 0.0, 0.0))

            yield reference, ours
    reference = Reference("spectral.window", SUITE, data["source"], "emissivity of the sky in 8 … 13.3 µm",
                          data["window_emissivity"], 0.02, "0.02, set with the band model")
    yield reference, lambda: bands.band_emissivities(data["vapour_pa"], 0.0)[0]


# --- field tests --------------------------------------------------------------------------------


def draw_field_test(case: dict[str, Any], draws: int, seed: int) -> tuple[Array, Array]:
    """A published field test, drawn over the ranges of its conditions.

    Parameters
    ----------
    case : dict
        Ranges as in ``coatings.toml``; with ``film_w_m2k`` a temperature is asked for, else a power.
    draws : int
    seed : int

    Returns
    -------
    ours, bound : ndarray
        Surface below air, K, or cooling power at air temperature, W/m²; and the power that no coating can exceed.
    """
    random = np.random.default_rng(seed)
    columns = [
        random.uniform(case[name][0], case[name][1], draws) if name in case else np.zeros(draws) for name in _RANGES
    ]
    ours, bound = np.empty(draws), np.empty(draws)
    for k, (air_c, rh, sun, reflectance, window, other, film) in enumerate(zip(*columns, strict=True)):
        sky = bands.band_sky_w_m2(air_c, rh * saturation_pressure_pa(air_c), case.get("altitude_m", 0.0), 0.0)
        optics = (1.0 - reflectance, window, other, other)
        bound[k] = coating.cooling_bound_w_m2(sky, air_c)
        if "film_w_m2k" in case:
            ours[k] = air_c - coating.equilibrium_c(optics, sky, air_c, 0.0, sun, film, 0.0)
        else:
            ours[k] = coating.net_power_w_m2(optics, sky, air_c, air_c, sun, 0.0, 0.0)
    return ours, bound


def _field_row(name: str) -> Row:
    field = _data()["field"]
    case = field["case"][name]
    kelvin = "film_w_m2k" in case
    reference = Reference(f"field.{name}", SUITE, case["source"], case["quantity"], case["published"],
                          field["within_k"] if kelvin else field["above_w_m2"],
                          field["basis_k"] if kelvin else field["basis_w_m2"])
    try:
        ours, bound = draw_field_test(case, field["draws"], field["seed"])
    except Exception as error:  # as above
        return short(reference, f"{type(error).__name__}: {error}")
    low, middle, high = (float(v) for v in np.percentile(ours, [5.0, 50.0, 95.0]))
    digits = 1 if kelvin else 0
    quantity = f"{case['quantity']}; ours p5 … p95: {low:.{digits}f} … {high:.{digits}f}"
    tolerance = reference.tolerance
    if not kelvin:  # the margin beyond our range, measured from the median
        above = case["published"] >= middle
        tolerance = high - middle + field["above_w_m2"] if above else middle - low + field["below_w_m2"]
    row = judge(Reference(reference.id, SUITE, case["source"], quantity, case["published"], tolerance,
                          reference.basis), middle)
    most = float(np.percentile(bound, 95.0))
    if row.status == "short" and not kelvin and case["published"] > most:
        why = f"; no coating can exceed {most:.0f} W/m² (p95) in this air, sun left out"
        return Row(row.reference, row.ours, "short", row.reason + why)
    return row


def _null_row() -> Row:
    """One-sided: our median must not be below the air where the paper found nothing below it."""
    field = _data()["field"]
    case = field["null"]
    reference = Reference("field.mumbai", SUITE, case["source"], case["quantity"], case["published"],
                          case["tolerance"], case["basis"])
    try:
        above_k = -draw_field_test(case, field["draws"], field["seed"])[0]
    except Exception as error:  # as above
        return short(reference, f"{type(error).__name__}: {error}")
    low, middle, high = (float(v) for v in np.percentile(above_k, [5.0, 50.0, 95.0]))
    quantity = f"{case['quantity']}; ours above it: {middle:.1f}, p5 … p95: {low:.1f} … {high:.1f}"
    return judge(Reference(reference.id, SUITE, case["source"], quantity, case["published"], case["tolerance"],
                           case["basis"]), max(-middle, 0.0))


# --- a roof beside EnergyPlus -------------------------------------------------------------------


def _overrides(coated: bool) -> dict[str, object]:
    data = _data()["roof"]
    chosen: dict[str, object] = {"site.weather": data["weather"]}
    if coated:
        chosen |= {f"envelope.coatings.grey.{name}": value for name, value in GREY.items()}
        chosen["envelope.roof.coating"] = "grey"
    return chosen


def _roof() -> list[Row]:
    data = _data()["roof"]
    references = [
        Reference(f"roof.{name}", SUITE, data["source"], f"{title}: heat conducted in through the roof [kWh]",
                  data[f"{name}_kwh"], data["heat_frac"] * abs(data[f"{name}_kwh"]), data["basis"])
        for name, title in (("bare", "bare roof"), ("coated", "white roof"))
    ]
    change = Reference("roof.pue_change", SUITE, data["source"], "white roof instead of bare: change of PUE",
                       data["pue_change"], data["pue_tolerance"], data["pue_basis"])
    try:
        load_weather(data["weather"])
    except InputError as error:
        return [not_run(reference, error.problems[0].what) for reference in (*references, change)]
    found = [
        _judged(reference, lambda coated=coated: _roof_kwh(coated))  # type: ignore[misc]
        for reference, coated in zip(references, (False, True), strict=True)
    ]
    return [*found, _judged(change, _pue_change)]


def _pue_change() -> float:
    data = _data()["roof"]
    tasks = [Task("twin", data["scenario"], tuple(_overrides(coated).items())) for coated in (False, True)]
    years = run_tasks(tasks)
    pue = []
    for task in tasks:
        year = years[task]
        if not isinstance(year, OurYear):
            raise RuntimeError(f"our run failed: {year}")
        pue.append(year.metrics["pue"])
    return next(after - before for before, after in pairwise(pue))


def _roof_kwh(coated: bool) -> float:
    """Conduction through the roof of DH1 in a year whose hall is held at its temperature, kWh."""
    data = _data()["roof"]
    scenario = load_scenario(data["scenario"], _overrides(coated))
    year = load_weather(data["weather"])
    p = surface_params(scenario.hall, scenario.envelope)
    s = np.zeros(len(p), SURFACE_STATE)
    room_c, step_s = data["room_c"], 600
    for name in ("outer_c", "top_c", "inner_c", "slab_c"):
        s[name] = room_c
    joules = 0.0
    for day in range(365):
        for w in year.block(day * 86400, 86400 // step_s, step_s):
            _sun_and_sky(p, s, w, year.altitude_m)
            surface_step(p, s, room_c, w["dry_bulb_c"], w["wind_m_s"], w["infrared_w_m2"], float(step_s))
            joules += s[0]["conduction_w"] * step_s
    return joules / 3.6e6


def _sun_and_sky(p: NDArray[np.void], s: NDArray[np.void], w: Any, altitude_m: float) -> None:
    """Sun on every surface, as the facility's step sets it, and the bands of the sky."""
    cosine = p["normal_east"] * w["sun_east"] + p["normal_north"] * w["sun_north"] + p["normal_up"] * w["sun_up"]
    diffuse = w["dhi_w_m2"] * 0.5 * (1.0 + p["normal_up"]) + w["ghi_w_m2"] * 0.2 * 0.5 * (1.0 - p["normal_up"])
    s["solar_w_m2"] = w["dni_w_m2"] * np.maximum(cosine, 0.0) + diffuse
    vapour_pa = w["humidity_ratio"] / (0.621945 + w["humidity_ratio"]) * w["pressure_pa"]
    window, far, _ = bands.closed_sky_w_m2(w["infrared_w_m2"], w["dry_bulb_c"], vapour_pa, altitude_m)
    s["sky_window_w_m2"], s["sky_far_w_m2"] = window, far
