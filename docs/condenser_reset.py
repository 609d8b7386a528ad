"""Condenser water at the least power of chillers and towers: the grid search behind the defaults of `rule_based`.

    python docs/condenser_reset.py               prints the fits of every kind of water-cooled hall that ships

At each point of the grid (outdoor wet bulb, load of one running chiller, chilled-water setpoint) the setpoint of the
water leaving the towers is tried in steps of a quarter of a kelvin; the power of compressor and tower fans decides.
Two forms are fitted to the points of least power: Taylor's, ``return - chilled supply = A * part load + B``, and an
approach to the wet bulb that is linear in part load and wet bulb. Points whose optimum is a bound of the setpoint, or
beyond the towers' reach, say nothing about the form and are left out of the fit, but not of what it loses.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from twin_kernels.constants import CP_WATER
from twin_kernels.plant import remove_heat
from twin_kernels.water_layout import CHILLED

from twin.facility.build import build_facility, fresh_state, setpoint_record
from twin.scenario.read import load_scenario
from twin.simulate import site_weather

HALLS = ("chilled-water-greensboro", "dh1-b20", "dh1-none")
WET_BULBS_C = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0)
LOADS_FRAC = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
WATERS_C = (8.0, 12.0, 16.0, 20.0)
STEP_K = 0.25
HIGHEST_K = 20.0
COMMON_K = 4.0
#: A tower that ends warmer than asked for by more than this has not reached the setpoint, K.
REACHED_K = 0.05


@dataclass(frozen=True)
class Point:
    """One trial: condenser water as it became, and what it cost."""

    supply_c: float
    return_c: float
    plr: float
    power_w: float
    reached: bool


@dataclass(frozen=True)
class Case:
    """A point of the grid: what the weather and the load are, the trial of least power, and whether it is no bound."""

    wet_bulb_c: float
    load_frac: float
    chilled_c: float
    best: Point
    inside: bool


class Plant:
    """A shipped plant with its loops at rest and one chiller running."""

    def __init__(self, name: str) -> None:
        scenario = load_scenario(name)
        weather = site_weather(scenario)
        self.facility = build_facility(scenario, weather.altitude_m)
        self.state = fresh_state(self.facility, scenario, weather.block(0, 1, scenario.run.step_s), 0)
        self.setpoints = setpoint_record(scenario)
        self.low_c, self.high_c = scenario.plant.condenser_water_min_c, scenario.plant.condenser_water_max_c
        self.setpoints["condenser_min_c"], self.setpoints["condenser_max_c"] = -50.0, 100.0
        water = self.facility.params.water
        water["cw_capacity_j_k"] = water["chw_capacity_j_k"] = 0.0

    def bounds_k(self, wet_bulb_c: float) -> tuple[float, float]:
        """Least and largest approach between the plant's bounds."""
        low_k = max(self.low_c - wet_bulb_c, STEP_K)
        return low_k, min(self.high_c - wet_bulb_c, max(HIGHEST_K, low_k + STEP_K))

    def at(self, wet_bulb_c: float, load_frac: float, chilled_c: float, approach_k: float) -> Point:
        """The plant at rest with this setpoint."""
        params, state = self.facility.params, self.state
        h, y = params.water[CHILLED], state.plant[CHILLED]
        self.setpoints["condenser_approach_k"] = approach_k
        y["wet_bulb_c"] = y["outdoor_c"] = wet_bulb_c
        y["mode"], y["stages"], y["lead"], y["flat_out"] = 3, 1, 0, 0
        y["cw_old_c"] = wet_bulb_c + approach_k
        y["chw_kg_s"] = h["chw_rated_kg_s"] / max(len(params.chillers), 1)
        need_w = load_frac * params.chillers[0]["rated_w"]
        y["reference_c"] = wet_bulb_c
        y["outdoor_w"], y["outdoor_pa"] = 0.005, 101325.0  # York's law asks for the wet bulb only
        args: Any = (state, params, self.setpoints[0], CHILLED)
        remove_heat(*args, chilled_c, need_w, 3600.0)
        supply_c = float(y["cw_supply_c"])
        reached = supply_c <= wet_bulb_c + approach_k + REACHED_K and y["removed_w"] >= 0.999 * need_w
        rise_k = float(y["tower_w"]) / (float(y["cw_kg_s"]) * CP_WATER)
        power_w = float(y["compressor_w"] + y["tower_fan_w"])
        return Point(supply_c, supply_c + rise_k, float(y["plr"]), power_w, bool(reached))


def trials(plant: Plant, wet_bulb_c: float, load_frac: float, chilled_c: float) -> list[Point]:
    """Every setpoint between the plant's bounds that the towers reach, coldest first."""
    low_k, high_k = plant.bounds_k(wet_bulb_c)
    if high_k <= low_k:
        return []
    approaches_k = np.arange(low_k, high_k + 1e-9, STEP_K)
    points = (plant.at(wet_bulb_c, load_frac, chilled_c, float(k)) for k in approaches_k)
    return [point for point in points if point.reached]


def grid(plant: Plant) -> Iterator[Case]:
    """Least power at every point of the grid that the plant can carry."""
    for wet_bulb_c in WET_BULBS_C:
        for load_frac in LOADS_FRAC:
            for chilled_c in WATERS_C:
                points = trials(plant, wet_bulb_c, load_frac, chilled_c)
                if len(points) > 1:
                    best = min(points, key=lambda p: p.power_w)
                    yield Case(wet_bulb_c, load_frac, chilled_c, best, best not in (points[0], points[-1]))


def lost_frac(plant: Plant, cases: list[Case], rule: Callable[[Case], float]) -> tuple[float, float]:
    """Power above the least if the approach follows a rule: over all cases, and of the worst one."""
    total = lost = worst = 0.0
    for case in cases:
        low_k, high_k = plant.bounds_k(case.wet_bulb_c)
        approach_k = min(max(rule(case), low_k), high_k)
        point = plant.at(case.wet_bulb_c, case.load_frac, case.chilled_c, approach_k)
        total += case.best.power_w
        lost += point.power_w - case.best.power_w
        worst = max(worst, point.power_w / case.best.power_w - 1.0)
    return lost / total, worst


def fit(cases: list[Case]) -> tuple[tuple[float, float], tuple[float, float, float]]:
    """Coefficients of both forms: A, B in K; base in K, K a part load, K a kelvin of wet bulb."""
    inner = [case for case in cases if case.inside]
    plr = np.array([case.best.plr for case in inner])
    lift_k = np.array([case.best.return_c - case.chilled_c for case in inner])
    a_k, b_k = np.polyfit(plr, lift_k, 1)
    wet = np.array([case.wet_bulb_c for case in inner])
    approach_k = np.array([case.best.supply_c - case.wet_bulb_c for case in inner])
    found, *_ = np.linalg.lstsq(np.column_stack((np.ones_like(plr), plr, wet)), approach_k, rcond=None)
    return (float(a_k), float(b_k)), (float(found[0]), float(found[1]), float(found[2]))


def fitted(plant: Plant) -> Iterator[str]:
    """Both forms with their coefficients, and what they and a constant lose, a line each."""
    cases = list(grid(plant))
    yield f"{len(cases)} points, {sum(case.inside for case in cases)} with an optimum inside the bounds"
    (a_k, b_k), (base_k, plr_k, wet_frac) = fit(cases)

    def taylor(case: Case) -> float:
        return a_k * case.best.plr + b_k + case.chilled_c - (case.best.return_c - case.best.supply_c) - case.wet_bulb_c

    def linear(case: Case) -> float:
        return base_k + plr_k * case.best.plr + wet_frac * case.wet_bulb_c

    rules: dict[str, Callable[[Case], float]] = {
        f"return - chilled supply = {a_k:.1f} K * plr + {b_k:.1f} K": taylor,
        f"approach = {base_k:.2f} K + {plr_k:.2f} K * plr + {wet_frac:.3f} * wet bulb": linear,
        f"approach = {COMMON_K:g} K": lambda _: COMMON_K,
    }
    for words, rule in rules.items():
        mean, worst = lost_frac(plant, cases, rule)
        yield f"{words}: {mean:.2%} above the least power, {worst:.1%} at worst"


def main() -> None:
    """Print the fits."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    for name in HALLS:
        print(name)
        for line in fitted(Plant(name)):
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
