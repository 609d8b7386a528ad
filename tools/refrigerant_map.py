"""Capacity and electricity of a DX machine over temperature, from its refrigerant's cycle, as parts of the library.

A single-stage vapour-compression cycle: evaporation at its dew point, condensation at its bubble point, useful
superheat and subcooling, compression with an isentropic and a volumetric efficiency that follow the pressure ratio, and
exchangers of constant conductance: refrigerant is below (above) the air in proportion to the heat. Fitted by
biquadratics over a box.

    python tools/refrigerant_map.py dx          # tables for twin/parts/dx.toml: x is the air leaving the coil
    python tools/refrigerant_map.py dx_coils    # tables for twin/parts/dx_coils.toml: x is the entering wet bulb

Needs CoolProp (extra [test]); nothing of this is needed to run the twin.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import ceil

import numpy as np
from CoolProp.CoolProp import PropsSI
from numpy.typing import NDArray

__all__ = ["KINDS", "REFRIGERANTS", "Cycle", "Kind", "cycle", "fitted", "part_text", "surface"]

KELVIN = 273.15
#: Refrigerants, and their names in the library.
REFRIGERANTS = {"R134a": "r134a", "R410A": "r410a", "R32": "r32", "R1234ze(E)": "r1234ze", "R717": "r717"}
SUPERHEAT_K = 5.0
SUBCOOLING_K = 5.0
#: Isentropic efficiency, motor included: highest at a pressure ratio, falling with the square of the distance. Assumed:
#: scroll machines reach 0.65 ... 0.72 near their built-in ratio and lose about 0.1 at twice that.
ISENTROPIC_BEST, BEST_RATIO, ISENTROPIC_FALL = 0.70, 2.8, 0.02
#: Volumetric efficiency 1 - c (PR - 1). Assumed: scroll machines 0.95 at a pressure ratio of 3.5.
VOLUMETRIC_FALL = 0.02
#: Electricity of the condenser fan over heat rejected. Assumed: 15 ... 25 W/kW in data sheets of air-cooled units.
FAN_FRAC = 0.02


@dataclass(frozen=True)
class Cycle:
    """What a cycle gives.

    Attributes
    ----------
    cop : float
        Heat taken over electricity of the compressor [-].
    volumetric_j_m3 : float
        Heat taken over volume drawn in [J/m³].
    pressure_ratio : float
        Condensing over evaporating pressure [-].
    """

    cop: float
    volumetric_j_m3: float
    pressure_ratio: float


@dataclass(frozen=True)
class Kind:
    """A kind of part: its rating and its box.

    Attributes
    ----------
    x_c, y_c : float
        Rating: air on the evaporator's side (leaving air, or entering wet bulb) and outdoor air [°C].
    below_k, above_k : float
        Refrigerant below x and above y at rating [K].
    x_box_c, y_box_c : tuple of float
        Valid box [°C].
    """

    x_c: float
    y_c: float
    below_k: float
    above_k: float
    x_box_c: tuple[float, float]
    y_box_c: tuple[float, float]


KINDS = {
    "dx": Kind(24.0, 35.0, 8.0, 12.0, (14.0, 30.0), (20.0, 46.0)),
    "dx_coils": Kind(19.4, 35.0, 12.4, 12.0, (12.8, 23.9), (22.0, 46.0)),
}


@cache
def cycle(fluid: str, evaporating_c: float, condensing_c: float, isentropic_frac: float | None = None) -> Cycle:
    """One cycle: COP and volumetric capacity.

    Parameters
    ----------
    fluid : str
        CoolProp's name.
    evaporating_c, condensing_c : float
        Dew point of the evaporator, bubble point of the condenser [°C].
    isentropic_frac : float or None
        Isentropic efficiency; by the pressure ratio if None.

    Returns
    -------
    Cycle
    """
    low_pa = PropsSI("P", "T", evaporating_c + KELVIN, "Q", 1, fluid)
    high_pa = PropsSI("P", "T", condensing_c + KELVIN, "Q", 0, fluid)
    suction_k = evaporating_c + KELVIN + SUPERHEAT_K
    suction_j_kg, entropy, density = (PropsSI(what, "T", suction_k, "P", low_pa, fluid) for what in ("H", "S", "D"))
    liquid_j_kg = PropsSI("H", "T", condensing_c + KELVIN - SUBCOOLING_K, "P", high_pa, fluid)
    ideal_j_kg = PropsSI("H", "P", high_pa, "S", entropy, fluid) - suction_j_kg
    ratio = high_pa / low_pa
    if isentropic_frac is None:
        isentropic_frac = ISENTROPIC_BEST - ISENTROPIC_FALL * (ratio - BEST_RATIO) ** 2
    taken_j_kg = suction_j_kg - liquid_j_kg
    volumetric_frac = 1.0 - VOLUMETRIC_FALL * (ratio - 1.0)
    return Cycle(taken_j_kg * isentropic_frac / ideal_j_kg, volumetric_frac * density * taken_j_kg, ratio)


def surface(fluid: str, kind: Kind, x_c: float, y_c: float) -> tuple[float, float]:
    """Capacity over that at the rating, and electricity (fan included) over heat, at one pair of temperatures.

    Parameters
    ----------
    fluid : str
        CoolProp's name.
    kind : Kind
    x_c, y_c : float
        Air on the evaporator's side and outdoor air [°C].

    Returns
    -------
    tuple of float
        Capacity fraction, electricity over heat.
    """
    rated = cycle(fluid, kind.x_c - kind.below_k, kind.y_c + kind.above_k)
    rejected = 1.0 + 1.0 / rated.cop
    capacity, found = 1.0, rated
    for _ in range(60):
        share = capacity * (1.0 + 1.0 / found.cop) / rejected
        found = cycle(fluid, round(x_c - kind.below_k * capacity, 6), round(y_c + kind.above_k * share, 6))
        new = found.volumetric_j_m3 / rated.volumetric_j_m3
        moved, capacity = new - capacity, 0.5 * (new + capacity)
        if abs(moved) < 1e-7:
            break
    return capacity, 1.0 / found.cop + FAN_FRAC * (1.0 + 1.0 / found.cop)


def fitted(fluid: str, kind: Kind) -> tuple[float, NDArray[np.float64], NDArray[np.float64], float, float]:
    """Biquadratics in x and y over the box, 1 at the rating, by least squares of the relative error.

    Parameters
    ----------
    fluid : str
        CoolProp's name.
    kind : Kind

    Returns
    -------
    cop : float
        At the rating, fan included.
    capft, eirft : ndarray
        Coefficients of 1, x, x², y, y², xy.
    capft_error, eirft_error : float
        Largest relative miss over the grid.
    """
    grid = list(product(np.linspace(*kind.x_box_c, 7).tolist(), np.linspace(*kind.y_box_c, 7).tolist()))
    values = np.array([surface(fluid, kind, x, y) for x, y in grid])
    _, rated_eir = surface(fluid, kind, kind.x_c, kind.y_c)
    x, y = np.array(grid).T
    terms = np.stack([np.ones_like(x), x, x * x, y, y * y, x * y], axis=1)
    at_rating = np.array([1.0, kind.x_c, kind.x_c**2, kind.y_c, kind.y_c**2, kind.x_c * kind.y_c])
    found, errors = [], []
    for column in (values[:, 0], values[:, 1] / rated_eir):
        coefficients = np.linalg.lstsq(terms / column[:, None], np.ones(len(column)), rcond=None)[0]
        coefficients /= coefficients @ at_rating
        found.append(coefficients)
        errors.append(float(np.abs(terms @ coefficients / column - 1.0).max()))
    return 1.0 / rated_eir, found[0], found[1], errors[0], errors[1]


def _up(error_frac: float) -> float:
    """In percent, rounded up to a tenth."""
    return ceil(1e3 * error_frac) / 10.0


def part_text(fluid: str, where: str) -> str:
    """A table of the library.

    Parameters
    ----------
    fluid : str
        CoolProp's name.
    where : {"dx", "dx_coils"}
        File that it is for.

    Returns
    -------
    str
        TOML.
    """
    kind = KINDS[where]
    cop, capft, eirft, capft_error, eirft_error = fitted(fluid, kind)
    curves = "\n".join(f"{name} = [{', '.join(f'{c:.9g}' for c in values)}]"
                       for name, values in (("capft", capft), ("eirft", eirft)))
    rating = (
        f"rated_kw = 100.0\ncop = {cop:.4f}\nleaving_c = {kind.x_c}\nentering_c = {kind.y_c}\ncooling = \"air\"\n"
        f"leaving_min_c = {kind.x_box_c[0]}\nleaving_max_c = {kind.x_box_c[1]}\ncondenser_min_c = {kind.y_box_c[0]}\n"
        f"condenser_max_c = {kind.y_box_c[1]}\nevaporator_lift_k = {kind.below_k}\n"
        f"condenser_lift_k = {kind.above_k}\neirfplr = [0.06, 0.50, 0.44]\n"
        if where == "dx" else
        f"rated_kw = 50.0\ncop = {cop:.4f}\nshr_frac = 0.85\nair_m3_s = 3.3\nplf = [0.85, 0.15]\n"
        f"wet_bulb_min_c = {kind.x_box_c[0]}\nwet_bulb_max_c = {kind.x_box_c[1]}\noutdoor_min_c = {kind.y_box_c[0]}\n"
        f"outdoor_max_c = {kind.y_box_c[1]}\nflow_min_frac = 0.5\nflow_max_frac = 1.5\n")
    rest = ("full speed; part load of a variable-speed compressor: assumed" if where == "dx" else
            "sensible share, air, part-load fraction and flow box assumed, no effect of flow")
    source = (
        f"own cycle of {fluid} (tools/refrigerant_map.py, CoolProp 8.0): superheat and subcooling 5 K, refrigerant "
        f"{kind.below_k:g} K below and {kind.above_k:g} K above the air at rating and as the heat elsewhere; "
        "efficiencies by pressure ratio and a condenser fan of 2 % of the heat assumed; fit within "
        f"{_up(capft_error)} % of capacity "
        f"and {_up(eirft_error)} % of electricity; {rest}")
    name = f"{'cycle' if where == 'dx' else 'coil'}-{REFRIGERANTS[fluid]}"
    return f'[{name}]\n{rating}{curves}\nsource = "{source}"\n'


if __name__ == "__main__":
    print("\n".join(part_text(fluid, sys.argv[1]) for fluid in REFRIGERANTS))
