"""Performance curves of manufacturers and of EnergyPlus: polynomials in one or two variables.

A curve knows nothing of its valid box: who evaluates it clips first and counts the hours outside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin_kernels.jit import kernel

__all__ = ["bicubic", "biquadratic", "clip", "polynomial"]

Coefficients = NDArray[np.float64]


@kernel
def clip(x: float, low: float, high: float) -> float:
    """Limit ``x`` to ``low … high`` (``high`` wins should they cross).

    Parameters
    ----------
    x, low, high : float
        Any one unit.

    Returns
    -------
    float
        The nearest value inside the bounds, same unit.
    """
    return min(max(x, low), high)


@kernel
def polynomial(coefs: Coefficients, x: float) -> float:
    """Polynomial in rising order, ``Σ c_i x^i``, by Horner's scheme.

    Parameters
    ----------
    coefs : array
        Coefficients from the constant upwards; any length ≥ 1.
    x : float
        The variable, in the unit that the curve was fitted in.

    Returns
    -------
    float
        The curve's value.
    """
    value = 0.0
    for i in range(len(coefs) - 1, -1, -1):
        value = value * x + coefs[i]
    return value


@kernel
def biquadratic(c: Coefficients, x: float, y: float) -> float:
    """``c0 + c1 x + c2 x² + c3 y + c4 y² + c5 x y``.

    Parameters
    ----------
    c : array of 6
        Coefficients in the order 1, x, x², y, y², xy.
    x, y : float
        The variables (for chillers: leaving chilled and entering condenser water, °C).

    Returns
    -------
    float
        The curve's value.

    References
    ----------
    EnergyPlus Input Output Reference, Curve:Biquadratic.
    """
    return c[0] + x * (c[1] + c[2] * x + c[5] * y) + y * (c[3] + c[4] * y)


@kernel
def bicubic(c: Coefficients, x: float, y: float) -> float:
    """``c0 + c1 x + c2 x² + c3 y + c4 y² + c5 xy + c6 x³ + c7 y³ + c8 x²y + c9 xy²``.

    Parameters
    ----------
    c : array of 10
        Coefficients in the order 1, x, x², y, y², xy, x³, y³, x²y, xy².
    x, y : float
        The variables.

    Returns
    -------
    float
        The curve's value.

    References
    ----------
    EnergyPlus Input Output Reference, Curve:Bicubic.
    """
    in_x = x * (c[1] + x * (c[2] + x * c[6]))
    in_y = y * (c[3] + y * (c[4] + y * c[7]))
    return c[0] + in_x + in_y + x * y * (c[5] + c[8] * x + c[9] * y)
