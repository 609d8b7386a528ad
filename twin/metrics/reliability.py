"""The x-factor: relative failure rate of servers at their inlet temperatures."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["X_FACTOR_C", "X_FACTOR_LOWER", "X_FACTOR_MEAN", "X_FACTOR_UPPER", "net_x_factor"]

#: Inlet dry bulb, °C, relative failure rate against continuous 20 °C (average and bounds).
#: Source: ASHRAE TC 9.9 (2011), Thermal guidelines for data processing environments: expanded data
#: center classes and usage guidance, white paper, appendix C (volume servers).
X_FACTOR_C: tuple[float, ...] = (15.0, 17.5, 20.0, 22.5, 25.0, 27.5, 30.0, 32.5, 35.0, 37.5, 40.0, 42.5, 45.0)
X_FACTOR_LOWER: tuple[float, ...] = (0.72, 0.80, 0.88, 0.96, 1.04, 1.12, 1.19, 1.27, 1.35, 1.43, 1.51, 1.59, 1.67)
X_FACTOR_MEAN: tuple[float, ...] = (0.72, 0.87, 1.00, 1.13, 1.24, 1.34, 1.42, 1.48, 1.55, 1.61, 1.66, 1.71, 1.76)
X_FACTOR_UPPER: tuple[float, ...] = (0.72, 0.95, 1.14, 1.31, 1.43, 1.54, 1.63, 1.69, 1.74, 1.78, 1.81, 1.83, 1.84)


def net_x_factor(inlet_c: ArrayLike, table: tuple[float, ...] = X_FACTOR_MEAN) -> float | None:
    """Net x-factor: mean over equal spans of time (and racks) of the failure rate at the inlet.

    Linear between the table's points; held at its ends below 15 °C and above 45 °C.

    Parameters
    ----------
    inlet_c : array_like
        Inlet temperatures, °C, one for each equal span of time (and rack).
    table : tuple of float
        Relative failure rates at ``X_FACTOR_C``.

    Returns
    -------
    float or None
        Failure rate relative to a year at 20 °C [-]; None for no temperatures.

    References
    ----------
    ASHRAE TC 9.9 (2011), white paper, appendix C: the net value is the time-weighted mean.
    """
    inlet: NDArray[np.float64] = np.asarray(inlet_c, dtype=np.float64).ravel()
    if inlet.size == 0:
        return None
    return float(np.mean(np.interp(inlet, X_FACTOR_C, table)))
