"""Direct evaporative pad: air cooled towards its wet bulb, the effectiveness of a wetted pad, and its water."""

from __future__ import annotations

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, CP_WATER, H_VAPOUR_0
from twin_kernels.curves import clip
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import saturation_humidity_ratio

__all__ = ["pad_air", "pad_effectiveness", "pad_water_kg_s"]

# Range in which the fit of the pad is read. Source: assumed, from common pads; the fit itself states none.
DEPTH_MIN_M, DEPTH_MAX_M = 0.05, 0.6
VELOCITY_MIN_M_S, VELOCITY_MAX_M_S = 0.5, 4.0


@kernel
def pad_effectiveness(depth_m: float, velocity_m_s: float) -> float:
    """Effectiveness of a rigid cellulose pad (CelDek): a polynomial of eleven terms in depth and face velocity.

    Parameters
    ----------
    depth_m : float
        Depth of the pad [m]; read inside 0.05 … 0.6.
    velocity_m_s : float
        Air over the face of the pad [m/s]; read inside 0.5 … 4.

    Returns
    -------
    float
        (dry bulb in − out) / (dry bulb in − wet bulb) [-], 0 … 1.

    Notes
    -----
    A fit: clean, fully wetted pad; ignores scale and dry spots.

    References
    ----------
    EnergyPlus Engineering Reference, "Direct Evaporative Cooler" (EvaporativeCooler:Direct:CelDekPad).
    """
    d = clip(depth_m, DEPTH_MIN_M, DEPTH_MAX_M)
    v = clip(velocity_m_s, VELOCITY_MIN_M_S, VELOCITY_MAX_M_S)
    v2, v3, d2, d3 = v * v, v * v * v, d * d, d * d * d
    found = 0.792714 + 0.958569 * d - 0.25193 * v - 1.03215 * d2 + 0.0262659 * v2 + 0.914869 * d * v
    found += -1.48241 * v * d2 - 0.0189919 * v3 * d + 1.13137 * d3 * v + 0.0327622 * v3 * d2 - 0.145384 * d3 * v2
    return clip(found, 0.0, 1.0)


@kernel
def pad_air(dry_bulb_c: float, w: float, wet_bulb_c: float, pressure_pa: float, effectiveness: float) -> tuple[
        float, float]:
    """Air that leaves a wetted pad: ``T = T_db − ε (T_db − T_wb)`` along the line of constant wet bulb.

    Parameters
    ----------
    dry_bulb_c, w, wet_bulb_c, pressure_pa : float
        Air entering: dry bulb [°C], humidity ratio [kg/kg], wet bulb [°C, > 0], pressure [Pa].
    effectiveness : float
        Of the pad [-], 0 … 1.

    Returns
    -------
    dry_bulb_c : float
        Air leaving [°C].
    w : float
        Humidity ratio leaving [kg/kg], ≥ that of the entering air.

    Notes
    -----
    The water is taken to evaporate at the wet bulb: the air gains the enthalpy of that liquid and nothing else.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1, eq. 33 (wet-bulb balance), solved for the humidity ratio.
    """
    out_c = dry_bulb_c - clip(effectiveness, 0.0, 1.0) * max(dry_bulb_c - wet_bulb_c, 0.0)
    latent_j_kg = (H_VAPOUR_0 - (CP_WATER - CP_VAPOUR) * wet_bulb_c) * saturation_humidity_ratio(
        wet_bulb_c, pressure_pa
    )
    out_w = (latent_j_kg - CP_DRY_AIR * (out_c - wet_bulb_c)) / (H_VAPOUR_0 + CP_VAPOUR * out_c - CP_WATER * wet_bulb_c)
    return out_c, max(out_w, w)


@kernel
def pad_water_kg_s(air_kg_s: float, in_w: float, out_w: float, cycles: float) -> tuple[float, float]:
    """Water a pad evaporates and bleeds: ``ṁ_a (w_out − w_in)`` and ``evaporated / (cycles − 1)``.

    Parameters
    ----------
    air_kg_s : float
        Dry air through the pad [kg/s], ≥ 0.
    in_w, out_w : float
        Humidity ratio before and after [kg/kg].
    cycles : float
        Cycles of concentration [-]; nothing is bled at 1 or below.

    Returns
    -------
    evaporated_kg_s, blowdown_kg_s : float
        Water [kg/s]; make-up is their sum.

    References
    ----------
    EnergyPlus Engineering Reference, "Evaporative Cooler Water Consumption" (blowdown by concentration ratio).
    """
    evaporated = max(air_kg_s * (out_w - in_w), 0.0)
    if cycles > 1.0:
        return evaporated, evaporated / (cycles - 1.0)
    return evaporated, 0.0
