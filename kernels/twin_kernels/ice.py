"""Ice tank with brine in coils: what it freezes and melts at a flow, an inlet and a state of charge."""

from __future__ import annotations

from math import exp, expm1
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin_kernels.constants import HOUR
from twin_kernels.jit import kernel

__all__ = ["FREEZING_C", "LATENT_J_KG", "ice_heat", "ice_rate_rel", "ice_step"]

#: Heat of fusion of water at 0 °C, J/kg. ASHRAE Handbook Fundamentals 2021 ch. 1 (saturated ice and liquid at 0 °C).
LATENT_J_KG = 333.55e3
#: Freezing point of the store, °C.
FREEZING_C = 0.0
#: Temperature difference that the curves are normalised with, K (18 °F).
_NOMINAL_K = 10.0
#: More transfer units than this bring the brine to the freezing point to machine precision.
_NTU_MAX = 40.0
#: Transfer units are solved to this share; energy closes whatever it is.
_NTU_TOLERANCE = 1e-10
_MAX_STEPS = 60


@kernel
def ice_rate_rel(c: NDArray[np.float64], x: float, mean_k: float) -> float:
    """Rate of an ice tank: ``q = c0 + c1 x + c2 x² + (c3 + c4 x + c5 x²) LMTD / 10 K``.

    Parameters
    ----------
    c : array of 6
        Coefficients, capacities an hour.
    x : float
        Share already frozen when charging, already melted when discharging; 0 … 1.
    mean_k : float
        Logarithmic mean difference between brine and freezing point, K; ≥ 0, curves are fitted to about 12.

    Returns
    -------
    float
        Share of the tank's latent heat that passes in an hour; negative values of the fit count as 0.

    References
    ----------
    EnergyPlus Engineering Reference, ThermalStorage:Ice:Detailed (quadratic-linear curve). Strand, Indirect ice storage
    system simulation, M.S. thesis, University of Illinois, 1992.
    """
    return max(c[0] + x * (c[1] + x * c[2]) + (c[3] + x * (c[4] + x * c[5])) * mean_k / _NOMINAL_K, 0.0)


@kernel
def _transfer_units(fixed: float, slope: float) -> float:
    """N of ``1 - e^{-N} = fixed + slope (1 - e^{-N})/N``, by Newton inside a bracket; 0 where nothing passes.

    Left: heat of the brine over its most; right: heat that the curve allows, with the log mean ``(1 - e^{-N})/N``
    of the entering difference. Exactly ``N = slope`` where ``fixed`` is 0.
    """
    if fixed + slope <= 0.0:
        return 0.0
    taken = -expm1(-_NTU_MAX)
    if taken - fixed - slope * taken / _NTU_MAX <= 0.0:
        return _NTU_MAX
    low = 0.0
    high = _NTU_MAX
    n = min(max(slope + fixed, 1e-9), 0.5 * _NTU_MAX)
    for _ in range(_MAX_STEPS):
        taken = -expm1(-n)
        miss = taken - fixed - slope * taken / n
        if miss > 0.0:
            high = n
        else:
            low = n
        rise = exp(-n) - slope * (n * exp(-n) - taken) / (n * n)
        new = n - miss / rise if rise > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - n) <= _NTU_TOLERANCE * n:
            return new
        n = new
    return n


@kernel
def ice_heat(t: Any, p: Any, flow_kg_s: float, inlet_c: float, target_c: float, dt_s: float) -> tuple[float, float]:
    """Heat from brine to ice in a step, and the brine that leaves, without changing the tank.

    The coil's heat is where ``m c (T_in - T_out) = Q_latent q(x, LMTD) / 1 h``; a three-way valve sends brine round the
    coil so that the mixture is not taken beyond ``target_c``. No step melts more ice than there is, nor freezes more
    water than there is.

    Parameters
    ----------
    t, p : records of ICE_STATE, ICE_PARAMS
    flow_kg_s : float
        Brine, coil and bypass together, kg/s; ≥ 0.
    inlet_c : float
        Brine entering, °C: above 0 °C melts, below freezes; -10 … 20.
    target_c : float
        Wanted temperature of the mixture, °C. Discharging: not colder than this. Charging is not throttled.
    dt_s : float
        Step, s; > 0.

    Returns
    -------
    tuple of float
        Heat that the brine carries in, W (> 0 melts, < 0 freezes), and the brine leaving, °C.

    Notes
    -----
    The state of charge is that of the start of the step (a step should be short beside the hours of a charge). The
    bypassed coil keeps the difference it has at full flow, as in the source: heat does not depend on how the flow is
    split. Sensible heat of water and ice, subcooling and the shape of the ice are not modelled.

    References
    ----------
    Those of :func:`ice_rate_rel`.
    """
    gap_k = inlet_c - FREEZING_C
    flow_w_k = flow_kg_s * p["brine_j_kgk"]
    if p["available"] != 1 or flow_w_k <= 0.0 or gap_k == 0.0 or p["latent_j"] <= 0.0:
        return 0.0, inlet_c
    melting = gap_k > 0.0
    x = 1.0 - t["ice_frac"] if melting else t["ice_frac"]
    c = p["discharge_rel"] if melting else p["charge_rel"]
    hourly_w = p["latent_j"] / HOUR
    most_w = flow_w_k * abs(gap_k)
    fixed = hourly_w / most_w * (c[0] + x * (c[1] + x * c[2]))
    slope = hourly_w / flow_w_k / _NOMINAL_K * (c[3] + x * (c[4] + x * c[5]))
    heat_w = most_w * -expm1(-_transfer_units(fixed, max(slope, 0.0)))
    heat_w = min(heat_w, (1.0 - x) * p["latent_j"] / dt_s)
    heat_w = min(heat_w, max(flow_w_k * (inlet_c - target_c), 0.0)) if melting else -heat_w
    return heat_w, inlet_c - heat_w / flow_w_k


@kernel
def ice_step(t: Any, p: Any, heat_w: float, leaving_c: float, ambient_c: float, dt_s: float) -> float:
    """Melt and freeze by the heat of a step and by the gain through the shell.

    ``d(ice) = -(Q_brine + Q_loss) dt / Q_latent``, ``Q_loss = UA (T_ambient - 0 °C)`` while there is ice to melt.

    Parameters
    ----------
    t, p : records of ICE_STATE, ICE_PARAMS
        The state is written.
    heat_w, leaving_c : float
        What :func:`ice_heat` gave, W and °C.
    ambient_c : float
        Air around the tank, °C.
    dt_s : float
        Step, s; > 0.

    Returns
    -------
    float
        Heat gained through the shell, W; 0 once the ice is gone (water in the tank is taken to stay at 0 °C).

    References
    ----------
    Energy of a tank at its melting point; heat of fusion :data:`LATENT_J_KG`.
    """
    loss_w = 0.0
    if p["latent_j"] > 0.0:
        after = t["ice_frac"] - heat_w * dt_s / p["latent_j"]
        loss_w = p["loss_w_k"] * (ambient_c - FREEZING_C)
        loss_w = min(max(loss_w, (after - 1.0) * p["latent_j"] / dt_s), max(after, 0.0) * p["latent_j"] / dt_s)
        t["ice_frac"] = min(max(after - loss_w * dt_s / p["latent_j"], 0.0), 1.0)
    t["heat_w"] = heat_w
    t["loss_w"] = loss_w
    t["leaving_c"] = leaving_c
    return loss_w
