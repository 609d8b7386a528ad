"""York's correlation of a cooling tower's approach, inside its validity.

The approach is a polynomial of 27 terms in range, wet bulb and the ratio of water to air (L/G). With wet bulb
folded in it is quadratic in each of the other two, so the air flow that meets an approach is found in closed
form and the range by a few steps of regula falsi.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin_kernels.curves import clip
from twin_kernels.jit import kernel

__all__ = [
    "folded_approach_k", "gas_liquid_for_approach", "liquid_gas_ratio", "outside_validity", "york_approach_k",
    "york_fold", "york_polynomial_k", "york_range_k", "york_water_ratio_rated",
]

#: Coefficients of the approach: {1, L/G, L/G^2} x {1, range, range^2} x {1, wet bulb, wet bulb^2}, the last fastest.
#: Source: York International's YorkCalc correlation as printed in EnergyPlus 25.2, ``CoolingTower:VariableSpeed``.
YORK = np.array([
    -0.359741205, -0.055053608, 0.0023850432, 0.173926877, -0.0248473764, 0.00048430224,
    -0.005589849456, 0.0005770079712, -1.342427256e-05,
    2.84765801111111, -0.121765149, 0.0014599242, 1.680428651, -0.0166920786, -0.0007190532,
    -0.025485194448, 4.87491696e-05, 2.719234152e-05,
    -0.0653766255555556, -0.002278167, 0.0002500254, -0.0910565458, 0.00318176316, 3.8621772e-05,
    -0.0034285382352, 8.56589904e-06, -1.516821552e-06,
])

# Validity of the correlation (EnergyPlus 25.2, YorkCalc defaults; the same in Modelica Buildings).
WET_BULB_MIN_C, WET_BULB_MAX_C = -34.4, 26.7
RANGE_MIN_K, RANGE_MAX_K = 1.1, 22.2
APPROACH_MIN_K, APPROACH_MAX_K = 1.1, 40.0
WATER_RATIO_MIN, WATER_RATIO_MAX = 0.75, 1.25
LIQUID_GAS_MAX = 8.0

Folded = tuple[float, float, float, float, float, float, float, float, float]


@kernel
def _fold(wet_bulb_c: float) -> Folded:
    """York's polynomial at any one wet bulb."""
    t = wet_bulb_c
    u = t * t
    y = YORK
    return (
        y[0] + y[1] * t + y[2] * u, y[3] + y[4] * t + y[5] * u, y[6] + y[7] * t + y[8] * u,
        y[9] + y[10] * t + y[11] * u, y[12] + y[13] * t + y[14] * u, y[15] + y[16] * t + y[17] * u,
        y[18] + y[19] * t + y[20] * u, y[21] + y[22] * t + y[23] * u, y[24] + y[25] * t + y[26] * u,
    )


@kernel
def york_fold(wet_bulb_c: float) -> Folded:
    """York's polynomial at one wet bulb, read inside its validity.

    Parameters
    ----------
    wet_bulb_c : float
        Wet bulb of the entering air [°C]; read inside -34.4 … 26.7.

    Returns
    -------
    tuple of nine floats
        Coefficients of {1, L/G, L/G²} x {1, range, range²}, the last fastest, for the other laws of this page.
    """
    return _fold(clip(wet_bulb_c, WET_BULB_MIN_C, WET_BULB_MAX_C))


@kernel
def _quadratic(q: Any, range_k: float) -> tuple[float, float, float]:
    """Approach as a quadratic in L/G at one range."""
    r = clip(range_k, RANGE_MIN_K, RANGE_MAX_K)
    return q[0] + r * (q[1] + r * q[2]), q[3] + r * (q[4] + r * q[5]), q[6] + r * (q[7] + r * q[8])


@kernel
def folded_approach_k(q: Any, range_k: float, liquid_gas: float) -> float:
    """Approach inside its validity, never falling with L/G.

    Beyond the vertex of the quadratic (only where the approach is far above 30 K) more water on less air would
    bring colder water; there the value at the vertex is held.

    Parameters
    ----------
    q : tuple
        Of ``york_fold``.
    range_k : float
        Water entering minus leaving [K]; read inside 1.1 … 22.2.
    liquid_gas : float
        Of ``liquid_gas_ratio`` [-].

    Returns
    -------
    float
        Leaving water minus wet bulb [K], 1.1 … 40.
    """
    a, b, c = _quadratic(q, range_k)
    x = liquid_gas
    if c < 0.0:
        x = min(x, max(-0.5 * b / c, 0.0))
    return clip(a + x * (b + x * c), APPROACH_MIN_K, APPROACH_MAX_K)


@kernel
def liquid_gas_ratio(water_ratio: float, air_ratio: float) -> float:
    """L/G of York's law with the validity clamps on water and on L/G itself.

    Parameters
    ----------
    water_ratio : float
        York's water flow ratio [-]; read inside 0.75 … 1.25.
    air_ratio : float
        Air flow over rated air flow [-], ≥ 0.

    Returns
    -------
    float
        Water flow ratio over air flow ratio [-], at most 8.
    """
    water = clip(water_ratio, WATER_RATIO_MIN, WATER_RATIO_MAX)
    return water / max(air_ratio, water / LIQUID_GAS_MAX)


@kernel
def outside_validity(range_k: float, wet_bulb_c: float, approach_k: float, water_ratio: float) -> int:
    """1 if a working point lies outside the validity of the correlation.

    Parameters
    ----------
    range_k, wet_bulb_c, approach_k, water_ratio : float
        The working point as it is, before any clamp [K, °C, K, -].

    Returns
    -------
    int
        1 outside, 0 inside.
    """
    if wet_bulb_c < WET_BULB_MIN_C or wet_bulb_c > WET_BULB_MAX_C or range_k < RANGE_MIN_K or range_k > RANGE_MAX_K:
        return 1
    if approach_k < APPROACH_MIN_K or approach_k > APPROACH_MAX_K:
        return 1
    if water_ratio < WATER_RATIO_MIN - 1e-9 or water_ratio > WATER_RATIO_MAX + 1e-9:
        return 1
    return 0


@kernel
def york_polynomial_k(range_k: float, wet_bulb_c: float, liquid_gas: float) -> float:
    """York's approach polynomial as published, without any clamp.

    Parameters
    ----------
    range_k : float
        Water entering minus leaving [K], 1.1 … 22.2.
    wet_bulb_c : float
        Wet bulb of the entering air [°C], -34.4 … 26.7.
    liquid_gas : float
        Water flow ratio over air flow ratio [-], at most 8.

    Returns
    -------
    float
        Leaving water minus wet bulb [K].

    References
    ----------
    EnergyPlus 25.2, ``CoolingTower:VariableSpeed`` (YorkCalc); Modelica Buildings, ``Correlations.yorkCalc``.
    """
    q = _fold(wet_bulb_c)
    r = range_k
    x = liquid_gas
    return (q[0] + r * (q[1] + r * q[2]) + x * (q[3] + r * (q[4] + r * q[5]))
            + x * x * (q[6] + r * (q[7] + r * q[8])))


@kernel
def york_approach_k(range_k: float, wet_bulb_c: float, water_ratio: float, air_ratio: float) -> tuple[float, int]:
    """Approach of the tower, inside the validity of York's correlation.

    Parameters
    ----------
    range_k : float
        Water entering minus leaving [K]; read inside 1.1 … 22.2.
    wet_bulb_c : float
        Wet bulb of the entering air [°C]; read inside -34.4 … 26.7.
    water_ratio : float
        York's water flow ratio [-]; read inside 0.75 … 1.25.
    air_ratio : float
        Air flow over rated air flow [-]; L/G is read up to 8.

    Returns
    -------
    approach_k : float
        Leaving water minus wet bulb [K], 1.1 … 40.
    outside : int
        1 if an input or the approach itself was clamped.
    """
    q = york_fold(wet_bulb_c)
    a, b, c = _quadratic(q, range_k)
    x = liquid_gas_ratio(water_ratio, air_ratio)
    outside = outside_validity(range_k, wet_bulb_c, a + x * (b + x * c), water_ratio)
    if water_ratio > LIQUID_GAS_MAX * air_ratio:
        outside = 1
    return folded_approach_k(q, range_k, x), outside


@kernel
def york_water_ratio_rated(wet_bulb_c: float, approach_k: float, range_k: float) -> float:
    """York's water flow ratio at rated water flow, so that the design approach is met with full air.

    Parameters
    ----------
    wet_bulb_c, approach_k, range_k : float
        Design point: wet bulb [°C], approach [K] and range [K].

    Returns
    -------
    float
        Water flow ratio [-], 0.75 … 1.25; at an edge the design point is out of the correlation's reach
        (compare ``york_approach_k`` with the approach asked for).
    """
    low, high = WATER_RATIO_MIN, WATER_RATIO_MAX
    for _ in range(60):
        middle = 0.5 * (low + high)
        if york_polynomial_k(range_k, wet_bulb_c, middle) < approach_k:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def york_range_k(q: Any, excess_k: float, liquid_gas: float, least_k: float) -> float:
    """Range that solves ``range + approach(range) = excess`` (entering water minus wet bulb).

    Regula falsi with Illinois weights on ``[least, excess]``; the sum rises with the range, and where it starts
    above ``excess`` the tower gives no cooling and ``least`` is returned.

    Parameters
    ----------
    q : tuple
        Of ``york_fold``.
    excess_k : float
        Entering water minus wet bulb [K].
    liquid_gas : float
        Of ``liquid_gas_ratio`` [-].
    least_k : float
        Lower end of the search [K], ≥ 0.

    Returns
    -------
    float
        Water entering minus leaving [K].
    """
    low, high = least_k, max(excess_k, least_k)
    f_low = low + folded_approach_k(q, low, liquid_gas) - excess_k
    if f_low >= 0.0:
        return least_k
    f_high = high + folded_approach_k(q, high, liquid_gas) - excess_k
    side = 0
    x = high
    for _ in range(40):
        x = (low * f_high - high * f_low) / (f_high - f_low)
        f = x + folded_approach_k(q, x, liquid_gas) - excess_k
        if abs(f) < 1e-7:
            break
        if f > 0.0:
            high, f_high = x, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = x, f
            if side == -1:
                f_high *= 0.5
            side = -1
    return x


@kernel
def gas_liquid_for_approach(q: Any, range_k: float, target_k: float, full: float, slow: float) -> float:
    """Air flow at which the approach equals a target, as 1 / (L/G).

    Parameters
    ----------
    q : tuple
        Of ``york_fold``.
    range_k, target_k : float
        Range and approach asked for [K].
    full, slow : float
        L/G at full and at least air, which enclose the answer.

    Returns
    -------
    float
        1 / (L/G) [-]; times ``full`` it is the air flow over rated.
    """
    a, b, c = _quadratic(q, range_k)
    root = math.sqrt(max(b * b - 4.0 * c * (a - target_k), 0.0))
    # The rising branch of the quadratic in L/G, in the form that does not cancel for small c.
    divisor = b + root
    liquid_gas = slow
    if divisor > 0.0:
        liquid_gas = 2.0 * (target_k - a) / divisor
    return 1.0 / clip(liquid_gas, full, slow)
