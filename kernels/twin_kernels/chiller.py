"""Electric chiller by performance curves (the EIR model), with an extension beyond its fitted box.

Catalogue curves are fitted to leaving water of at most about 13 °C, while data centres run at 15–24 °C.
Outside its box a polynomial says whatever it likes, so the curves are read at the nearest point of the
box and carried on by the second law: the ratio of electricity to cooling moves with the Carnot ratio.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import KELVIN
from twin_kernels.curves import biquadratic, clip, polynomial
from twin_kernels.jit import kernel

__all__ = ["EXTRAPOLATE", "MIN_CAPACITY_FRAC", "MIN_LIFT_K", "carnot_cop", "chiller_capacity_w", "chiller_power_w"]

#: ``CHILLER_PARAMS["extend"]`` of a machine whose polynomials are read wherever they are asked, box or no box.
EXTRAPOLATE = 2
#: Smallest refrigerant lift that the extension and the Carnot bound see, K. Below it a compressor no longer
#: drives oil return and expansion, so colder condenser water brings nothing more. Source: assumed.
MIN_LIFT_K = 5.0
#: Floor of the available capacity as a share of rated: keeps a poor curve set from turning negative. Source: assumed.
MIN_CAPACITY_FRAC = 0.05
#: Tolerance of "outside the box", K: a setpoint that equals the box's edge but for rounding is inside.
_EDGE_K = 1e-6


@kernel
def carnot_cop(p: Any, leaving_c: float, entering_c: float) -> float:
    """Carnot COP between refrigerant temperatures, with a floor on the lift.

    ``T_evap / max(T_cond - T_evap, MIN_LIFT_K)`` with ``T_evap = leaving - evaporator_lift_k`` and
    ``T_cond = entering + condenser_lift_k``, in kelvin.

    Parameters
    ----------
    p : CHILLER_PARAMS record
        ``evaporator_lift_k`` and ``condenser_lift_k`` are read.
    leaving_c : float
        Chilled water leaving the evaporator [°C], -10 … 40.
    entering_c : float
        Water (or air) entering the condenser [°C], -20 … 60.

    Returns
    -------
    float
        Carnot coefficient of performance [-], positive.
    """
    evaporating_k = leaving_c - p["evaporator_lift_k"] + KELVIN
    lift_k = entering_c + p["condenser_lift_k"] + KELVIN - evaporating_k
    return evaporating_k / max(lift_k, MIN_LIFT_K)


@kernel
def _inside(p: Any, leaving_c: float, entering_c: float) -> tuple[float, float, int]:
    """Where the curves are read: the nearest point of their box; and 1 if the asked point lies outside it."""
    leaving_in_c = clip(leaving_c, p["leaving_min_c"], p["leaving_max_c"])
    entering_in_c = clip(entering_c, p["condenser_min_c"], p["condenser_max_c"])
    outside = 0
    if abs(leaving_in_c - leaving_c) > _EDGE_K or abs(entering_in_c - entering_c) > _EDGE_K:
        outside = 1
    if p["extend"] == EXTRAPOLATE:
        return leaving_c, entering_c, outside
    return leaving_in_c, entering_in_c, outside


@kernel
def chiller_capacity_w(p: Any, leaving_c: float, entering_c: float) -> tuple[float, int]:
    """Cooling capacity at full load.

    ``rated_w * CapFT(leaving, entering)``, read at the nearest point of the curves' box, never less than
    ``MIN_CAPACITY_FRAC`` of rated; with ``dispatch_cap = 1`` never more than ``plr_max * rated_w``.

    Parameters
    ----------
    p : CHILLER_PARAMS record
        One chiller.
    leaving_c : float
        Chilled water leaving the evaporator [°C].
    entering_c : float
        Water (or air) entering the condenser [°C].

    Returns
    -------
    capacity_w : float
        Largest load the chiller can carry [W].
    outside_box : int
        1 if the point lies outside the curves' box.

    Notes
    -----
    Outside the box the capacity keeps its value at the box's edge, with ``extend`` as without. Warmer leaving
    water raises suction density and with it real capacity, but motor, drive and heat exchangers limit it and
    no catalogue says where: to hold it is on the safe side. Above the condenser limit it is slightly
    optimistic; those hours are counted.

    References
    ----------
    EnergyPlus 25.2, ``Chiller:Electric:EIR`` (form of the law; its plant manager never dispatches more than the
    rated capacity times the maximum part-load ratio, which ``dispatch_cap`` reproduces).
    """
    leaving_in_c, entering_in_c, outside = _inside(p, leaving_c, entering_c)
    capacity_w = p["rated_w"] * max(biquadratic(p["capft"], leaving_in_c, entering_in_c), MIN_CAPACITY_FRAC)
    if p["dispatch_cap"] == 1:
        capacity_w = min(capacity_w, p["plr_max"] * p["rated_w"])
    return capacity_w, outside


@kernel
def chiller_power_w(p: Any, load_w: float, leaving_c: float, entering_c: float) -> tuple[float, float, int]:
    """Electric power of a chiller that carries a load.

    ``P = Q_av / COP * EIRFT * EIRFPLR(max(PLR, plr_unload)) * min(1, PLR / plr_min)`` with ``PLR = load / Q_av``
    and ``Q_av = rated_w * CapFT`` (before the dispatch cap). With ``extend = 1`` EIRFT outside the box is its
    value at the nearest point of the box times the ratio of the Carnot COPs there and here, and ``load / P`` is
    at most ``carnot_max_frac`` of Carnot everywhere. With ``extend = 0`` the curves are clamped to their box, as
    EnergyPlus takes them, with ``extend = 2`` read outside it too, as Modelica Buildings does; both bounded by Carnot
    itself.

    Parameters
    ----------
    p : CHILLER_PARAMS record
        One chiller.
    load_w : float
        Heat taken from the chilled water [W]; 0 … capacity (the caller limits it).
    leaving_c : float
        Chilled water leaving the evaporator [°C].
    entering_c : float
        Water (or air) entering the condenser [°C].

    Returns
    -------
    power_w : float
        Electric power [W]; 0 at no load.
    plr : float
        Part-load ratio ``load / Q_av`` [-].
    outside_box : int
        1 if the point lies outside the curves' box.

    Notes
    -----
    Below ``plr_min`` the machine cycles; between ``plr_min`` and ``plr_unload`` it keeps the power of ``plr_unload``
    (hot-gas bypass). The bypassed heat stays inside the machine: evaporator and condenser see the load only,
    and the condenser the load plus the power. Start-up losses are not modelled. With ``extend`` condenser water
    colder than gives ``MIN_LIFT_K`` counts as if it gave just that, so that it never raises the power.

    References
    ----------
    EnergyPlus 25.2, ``Chiller:Electric:EIR``; Modelica Buildings, ``Fluid.Chillers.ElectricEIR``.
    """
    leaving_in_c, entering_in_c, outside = _inside(p, leaving_c, entering_c)
    if load_w <= 0.0:
        return 0.0, 0.0, outside
    available_w = p["rated_w"] * max(biquadratic(p["capft"], leaving_in_c, entering_in_c), MIN_CAPACITY_FRAC)
    plr = load_w / available_w
    running_frac = 1.0
    if plr < p["plr_min"]:
        running_frac = plr / p["plr_min"]
    carnot = carnot_cop(p, leaving_c, entering_c)
    if p["extend"] == 1:
        entering_c = max(entering_c, leaving_c - p["evaporator_lift_k"] - p["condenser_lift_k"] + MIN_LIFT_K)
        entering_in_c = clip(entering_c, p["condenser_min_c"], p["condenser_max_c"])
    eirft = biquadratic(p["eirft"], leaving_in_c, entering_in_c)
    if p["extend"] == 1:
        eirft *= carnot_cop(p, leaving_in_c, entering_in_c) / carnot
    eirfplr = polynomial(p["eirfplr"], max(plr, p["plr_unload"]))
    power_w = available_w / p["cop"] * eirft * eirfplr * running_frac
    best = p["carnot_max_frac"] * carnot if p["extend"] == 1 else carnot
    return max(power_w, load_w / best), plr, outside
