"""Losses of the power chain: UPS, distribution units, transformers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin_kernels.curves import polynomial
from twin_kernels.jit import kernel

__all__ = ["chain_loss_w"]


@kernel
def chain_loss_w(load_w: float, rated_w: float, coefs: NDArray[np.float64], units: int) -> float:
    """Loss of ``n`` equal units that share a load: ``n P_r (a + b u + c u² + d u³)``, ``u = P/(n P_r)``.

    Parameters
    ----------
    load_w : float
        Power delivered by all units together, W; ≥ 0.
    rated_w : float
        Rating of **one** unit, W.
    coefs : array of 4
        a (no-load), b, c, d: loss over rating; fitted for u of 0 … 1.
    units : int
        Units in service n.

    Returns
    -------
    float
        Loss of all units, W; zero when nothing is rated or in service.

    References
    ----------
    Form of the loss: no-load, proportional and resistive parts, as in Rasmussen, Electrical
    Efficiency Modeling for Data Centers, APC White Paper 113.
    """
    total_w = rated_w * units
    if total_w <= 0.0:
        return 0.0
    return total_w * polynomial(coefs, load_w / total_w)
