"""Electric chiller by performance curves (EIR and reformulated EIR), with an extension beyond its fitted box.

The EIR model reads its curves at the fluid that enters the condenser (water, or outdoor air of an air-cooled
machine), the reformulated one at the water that leaves it, which depends on the power sought: that temperature is
solved first, then both models are one law.

Catalogue curves are fitted to leaving water of at most about 13 °C, while data centres run at 15–24 °C.
Outside its box a polynomial says whatever it likes, so the curves are read at the nearest point of the
box and carried on by the second law: the ratio of electricity to cooling moves with the Carnot ratio.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import KELVIN
from twin_kernels.curves import bicubic, biquadratic, clip, polynomial
from twin_kernels.jit import kernel

__all__ = [
    "EIR", "EXTRAPOLATE", "MIN_CAPACITY_FRAC", "MIN_LIFT_K", "REFORMULATED",
    "carnot_cop", "chiller_capacity_w", "chiller_power_w", "condenser_leaving_c", "curve_capacity_w", "curve_power_w",
]

#: Models, as in ``CHILLER_PARAMS["model"]``.
EIR = 0
REFORMULATED = 1

#: ``CHILLER_PARAMS["extend"]`` of a machine whose polynomials are read wherever they are asked, box or no box.
EXTRAPOLATE = 2
#: Smallest refrigerant lift that the extension and the Carnot bound see, K. Below it a compressor no longer
#: drives oil return and expansion, so colder condenser water brings nothing more. Source: assumed.
MIN_LIFT_K = 5.0
#: Floor of the available capacity as a share of rated: keeps a poor curve set from turning negative. Source: assumed.
MIN_CAPACITY_FRAC = 0.05
#: Tolerance of "outside the box", K: a setpoint that equals the box's edge but for rounding is inside.
_EDGE_K = 1e-6
#: Condenser leaving water is solved to this, K: power moves by about 3 % per kelvin, so by 3e-10 of itself.
_SOLVED_K = 1e-8
#: Largest rise of condenser water that the solve considers, K: at least six times that of any real machine.
_RISE_MAX_K = 40.0
_MAX_ITERATIONS = 60


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
        Water (or air) entering the condenser, or water leaving a reformulated machine [°C], -20 … 60.

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
def curve_capacity_w(p: Any, leaving_c: float, condenser_c: float) -> tuple[float, int]:
    """Capacity by CapFT alone, at a given temperature on the condenser's side and before the dispatch cap.

    ``rated_w * max(CapFT, MIN_CAPACITY_FRAC)`` at the nearest point of the curves' box.

    Parameters
    ----------
    p : CHILLER_PARAMS record
        One chiller.
    leaving_c : float
        Chilled water leaving the evaporator [°C].
    condenser_c : float
        What the curves read [°C]: fluid entering the condenser (EIR) or water leaving it (reformulated).

    Returns
    -------
    capacity_w : float
        Available capacity [W].
    outside_box : int
        1 if the point lies outside the curves' box.

    Notes
    -----
    Other programs let a poor curve set fall to nothing: EnergyPlus and Modelica Buildings hold CapFT at 0, or just
    above it. A machine that delivers nothing at full power is a fault of the fit and no chiller, so it is held at
    ``MIN_CAPACITY_FRAC`` here; wherever CapFT is above that the three agree.

    References
    ----------
    EnergyPlus 25.2, ``Chiller:Electric:EIR`` and ``Chiller:Electric:ReformulatedEIR``.
    """
    leaving_in_c, condenser_in_c, outside = _inside(p, leaving_c, condenser_c)
    return p["rated_w"] * max(biquadratic(p["capft"], leaving_in_c, condenser_in_c), MIN_CAPACITY_FRAC), outside


@kernel
def _terms(
    p: Any, load_w: float, leaving_c: float, condenser_c: float
) -> tuple[float, float, float, float, float, int]:
    """Full-load power without the part-load curve, part-load ratio, least power, condenser as read, ratio, flag."""
    leaving_in_c, condenser_in_c, outside = _inside(p, leaving_c, condenser_c)
    available_w = p["rated_w"] * max(biquadratic(p["capft"], leaving_in_c, condenser_in_c), MIN_CAPACITY_FRAC)
    plr = load_w / available_w
    running_frac = 1.0
    if plr < p["plr_min"]:
        running_frac = plr / p["plr_min"]
    carnot = carnot_cop(p, leaving_c, condenser_c)
    if p["extend"] == 1:
        condenser_c = max(condenser_c, leaving_c - p["evaporator_lift_k"] - p["condenser_lift_k"] + MIN_LIFT_K)
        condenser_in_c = clip(condenser_c, p["condenser_min_c"], p["condenser_max_c"])
    eirft = biquadratic(p["eirft"], leaving_in_c, condenser_in_c)
    if p["extend"] == 1:
        eirft *= carnot_cop(p, leaving_in_c, condenser_in_c) / carnot
    best = p["carnot_max_frac"] * carnot if p["extend"] == 1 else carnot
    return available_w / p["cop"] * eirft, plr, load_w / best, condenser_in_c, running_frac, outside


@kernel
def _reformulated_w(p: Any, load_w: float, leaving_c: float, condenser_c: float) -> tuple[float, float, int]:
    """Power, part-load ratio and flag of a reformulated machine at its leaving condenser water."""
    full_w, plr, least_w, condenser_in_c, running_frac, outside = _terms(p, load_w, leaving_c, condenser_c)
    read = min(max(plr, p["plr_unload"]), max(p["plr_max"], 1.0))
    return max(full_w * bicubic(p["eirfplr_bicubic"], condenser_in_c, read) * running_frac, least_w), plr, outside


@kernel
def _eir_w(p: Any, load_w: float, leaving_c: float, condenser_c: float) -> tuple[float, float, int]:
    """Power, part-load ratio and flag of an EIR machine."""
    full_w, plr, least_w, _, running_frac, outside = _terms(p, load_w, leaving_c, condenser_c)
    return max(full_w * polynomial(p["eirfplr"], max(plr, p["plr_unload"])) * running_frac, least_w), plr, outside


@kernel
def curve_power_w(p: Any, load_w: float, leaving_c: float, condenser_c: float) -> tuple[float, float, int]:
    """Electric power at a given temperature on the condenser's side: the law of :func:`chiller_power_w`.

    Parameters
    ----------
    p : CHILLER_PARAMS record
        One chiller.
    load_w : float
        Heat taken from the chilled water [W].
    leaving_c : float
        Chilled water leaving the evaporator [°C].
    condenser_c : float
        What the curves read [°C]: fluid entering the condenser (EIR) or water leaving it (reformulated).

    Returns
    -------
    power_w, plr : float
        Electric power [W] and part-load ratio [-]; 0 at no load.
    outside_box : int
        1 if the point lies outside the curves' box.

    Notes
    -----
    The reformulated part-load curve is bicubic in the condenser's leaving water and the part-load ratio; both are
    read inside their ranges (the ratio up to the larger of 1 and ``plr_max``).

    References
    ----------
    As :func:`chiller_power_w`.
    """
    if load_w <= 0.0:
        return 0.0, 0.0, _inside(p, leaving_c, condenser_c)[2]
    if p["model"] == REFORMULATED:
        return _reformulated_w(p, load_w, leaving_c, condenser_c)
    return _eir_w(p, load_w, leaving_c, condenser_c)


@kernel
def _condenser_excess_k(p: Any, load_w: float, leaving_c: float, entering_c: float, guess_c: float) -> float:
    """How much warmer the guess is than the water that its own power and load would make; load < 0: full load."""
    if load_w < 0.0:
        load_w, _ = curve_capacity_w(p, leaving_c, guess_c)
    power_w, _, _ = _reformulated_w(p, load_w, leaving_c, guess_c)
    return guess_c - entering_c - (load_w + power_w) / p["condenser_w_k"]


@kernel
def condenser_leaving_c(p: Any, load_w: float, leaving_c: float, entering_c: float) -> float:
    """Condenser water leaving a reformulated machine: the root of its own heat balance.

    ``T - entering = (load + P(load, leaving, T)) / C`` with C the water's heat-capacity flow, by false position with
    the Illinois rule in a bracket that always holds a root.

    Parameters
    ----------
    p : CHILLER_PARAMS record
        One chiller; ``condenser_w_k`` is C.
    load_w : float
        Heat taken from the chilled water [W]; negative stands for full load, whatever that is at T.
    leaving_c : float
        Chilled water leaving the evaporator [°C].
    entering_c : float
        Water entering the condenser [°C].

    Returns
    -------
    float
        Water leaving the condenser [°C], within 1e-8 K; ``entering_c`` at no load; at most 40 K above it (a machine
        with almost no condenser water).

    References
    ----------
    Hydeman, M. et al. (2002), Development and testing of a reformulated regression-based electric chiller model,
    ASHRAE Transactions 108 (2): the model is implicit in this temperature; EnergyPlus iterates likewise.
    """
    if load_w == 0.0 or p["condenser_w_k"] <= 0.0:
        return entering_c
    low_c = entering_c
    low_k = _condenser_excess_k(p, load_w, leaving_c, entering_c, low_c)
    high_c = entering_c + min(-1.5 * low_k, _RISE_MAX_K)
    high_k = _condenser_excess_k(p, load_w, leaving_c, entering_c, high_c)
    if high_k < 0.0:
        low_c, low_k = high_c, high_k
        high_c = entering_c + _RISE_MAX_K
        high_k = _condenser_excess_k(p, load_w, leaving_c, entering_c, high_c)
    if high_k <= 0.0:
        return high_c
    side = 0
    previous_c = low_c
    middle_c = high_c
    for _ in range(_MAX_ITERATIONS):
        middle_c = high_c - high_k * (high_c - low_c) / (high_k - low_k)
        if abs(middle_c - previous_c) < _SOLVED_K:
            break
        previous_c = middle_c
        middle_k = _condenser_excess_k(p, load_w, leaving_c, entering_c, middle_c)
        if middle_k < 0.0:
            low_c, low_k = middle_c, middle_k
            if side == -1:
                high_k *= 0.5
            side = -1
        else:
            high_c, high_k = middle_c, middle_k
            if side == 1:
                low_k *= 0.5
            side = 1
    return middle_c


@kernel
def chiller_capacity_w(p: Any, leaving_c: float, entering_c: float) -> tuple[float, int]:
    """Cooling capacity at full load.

    ``rated_w * CapFT(leaving, condenser)``, read at the nearest point of the curves' box, never less than
    ``MIN_CAPACITY_FRAC`` of rated; with ``dispatch_cap = 1`` never more than ``plr_max * rated_w``. On the
    condenser's side an EIR set reads what enters, a reformulated one the water that leaves at full load.

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
    condenser_c = entering_c
    if p["model"] == REFORMULATED:
        condenser_c = condenser_leaving_c(p, -1.0, leaving_c, entering_c)
    capacity_w, outside = curve_capacity_w(p, leaving_c, condenser_c)
    if p["dispatch_cap"] == 1:
        capacity_w = min(capacity_w, p["plr_max"] * p["rated_w"])
    return capacity_w, outside


@kernel
def chiller_power_w(p: Any, load_w: float, leaving_c: float, entering_c: float) -> tuple[float, float, int]:
    """Electric power of a chiller that carries a load.

    ``P = Q_av / COP * EIRFT * EIRFPLR(max(PLR, plr_unload)) * min(1, PLR / plr_min)`` with ``PLR = load / Q_av``
    and ``Q_av = rated_w * CapFT`` (before the dispatch cap). CapFT and EIRFT read the leaving chilled water and, on
    the condenser's side, what enters (EIR) or the water that leaves (reformulated, whose EIRFPLR reads it too).
    With ``extend = 1`` EIRFT outside the box is its value at the nearest point of the box times the ratio of the
    Carnot COPs there and here, and ``load / P`` is at most ``carnot_max_frac`` of Carnot everywhere. With
    ``extend = 0`` the curves are clamped to their box, as EnergyPlus takes them, with ``extend = 2`` read outside it
    too, as Modelica Buildings does; both bounded by Carnot itself.

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
    EnergyPlus 25.2, ``Chiller:Electric:EIR`` and ``Chiller:Electric:ReformulatedEIR``; Modelica Buildings,
    ``Fluid.Chillers.ElectricEIR`` and ``ElectricReformulatedEIR``; Hydeman, M. et al. (2002), ASHRAE Transactions
    108 (2).
    """
    if load_w <= 0.0:
        return 0.0, 0.0, _inside(p, leaving_c, entering_c)[2]
    if p["model"] == REFORMULATED:
        return _reformulated_w(p, load_w, leaving_c, condenser_leaving_c(p, load_w, leaving_c, entering_c))
    return _eir_w(p, load_w, leaving_c, entering_c)
