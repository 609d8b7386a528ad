"""Fans and pumps: electric power against flow, and efficiency away from the best point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin_kernels.curves import polynomial
from twin_kernels.jit import kernel

__all__ = ["euler_efficiency_frac", "fan_power_w", "pump_power_w"]

#: The efficiency ratio never falls below this, so that a division by it stays finite (source as the law's).
_EFFICIENCY_FLOOR = 0.001


@kernel
def fan_power_w(rated_w: float, curve: NDArray[np.float64], flow_frac: float) -> float:
    """Electric power of a fan from its part-flow curve: ``P = P_rated Σ c_i r^i``; zero when off.

    Parameters
    ----------
    rated_w : float
        Electric power at rated flow, W; ≥ 0.
    curve : array
        Power fraction as a polynomial in the flow fraction, from the constant upwards.
    flow_frac : float
        Flow over rated flow r, 0 … 1 (a little above is extrapolation).

    Returns
    -------
    float
        Electric power, W; never negative.

    References
    ----------
    ANSI/ASHRAE/IES 90.1 appendix G, part-load fan power of variable-speed fans (form of the curve).
    """
    if flow_frac <= 0.0:
        return 0.0
    return rated_w * max(polynomial(curve, flow_frac), 0.0)


@kernel
def pump_power_w(rated_w: float, flow_frac: float, exponent: float, min_frac: float) -> float:
    """Electric power of a variable-speed pump: ``P = P_rated max(r, r_min)^n``; zero when off.

    Parameters
    ----------
    rated_w : float
        Electric power at rated flow, W; ≥ 0.
    flow_frac : float
        Flow over rated flow r, ≥ 0.
    exponent : float
        n: 3 for a system of pure friction, less with a held differential pressure (1.5 … 2.5).
    min_frac : float
        Lowest flow fraction of the drive; below it the surplus goes round a bypass.

    Returns
    -------
    float
        Electric power, W.

    References
    ----------
    Affinity laws of centrifugal pumps, ASHRAE Handbook – HVAC Systems and Equipment 2020, ch. 44.
    """
    if flow_frac <= 0.0:
        return 0.0
    moved = max(flow_frac, min_frac)
    if exponent == 3.0:  # exact and several times faster than a power
        return rated_w * moved * moved * moved
    return rated_w * moved**exponent


@kernel
def euler_efficiency_frac(log10_ratio: float) -> float:
    """Efficiency relative to the best point, against the Euler number relative to its value there.

    ``η/η_p = f(x) / 1.01545`` with ``x = log10(Eu/Eu_p)``, ``Eu ∝ Δp/V²`` and three cubics that
    join at ``x = ±0.5``.

    Parameters
    ----------
    log10_ratio : float
        x, dimensionless; the cubics fade out at about −3.2 and 5.8 and are held at 0.001 beyond.

    Returns
    -------
    float
        η/η_p, 0.001 … 1.

    References
    ----------
    EnergyPlus Engineering Reference, Fan:ComponentModel; coefficients as in the Modelica Buildings
    Library, Fluid.Movers.BaseClasses.Euler.correlation.
    """
    x = log10_ratio
    if x < -0.5:
        value = 1.407887300933 + x * (1.433531254001 + x * (0.493231336746 + x * 0.056873227))
    elif x > 0.5:
        value = 1.1399300301 + x * (-0.65997315029 + x * (0.12957001502 - x * 0.0085494313567))
    else:
        value = 1.014265 + x * (-0.060615 + x * (-0.759885 + x * 0.378246))
    return max(value / 1.01545, _EFFICIENCY_FLOOR)
