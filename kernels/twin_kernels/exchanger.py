"""Heat exchangers by effectiveness and number of transfer units (NTU), and their off-design conductance.

``effectiveness = Q / (C_min (T_hot,in − T_cold,in))``, ``ntu = UA / C_min``, ``ratio = C_min / C_max``
with ``C`` the heat-capacity flow, W/K. All laws are dimensionless and have their exact limits at
``ratio`` 0 and 1.
"""

from __future__ import annotations

from math import expm1, log1p

from twin_kernels.jit import kernel

__all__ = [
    "effectiveness_counterflow", "effectiveness_crossflow_cmax_mixed", "effectiveness_crossflow_cmin_mixed",
    "effectiveness_crossflow_unmixed", "effectiveness_parallel", "ntu_from_effectiveness_counterflow",
    "overall_conductance",
]

#: Below this capacity ratio the other stream is isothermal to machine precision.
_ISOTHERMAL_RATIO = 1e-13
#: Water-side and air-side film conductance follow flow to these powers (Modelica Buildings Library,
#: DryCooler UACorrection; the water exponent is that of turbulent flow inside tubes).
WATER_EXPONENT = 0.85
AIR_EXPONENT = 0.8


@kernel
def effectiveness_counterflow(ntu: float, ratio: float) -> float:
    """Counterflow: ``ε = (1 − e^{−N(1−Z)}) / (1 − Z e^{−N(1−Z)})``; ``N/(1+N)`` at ``Z = 1``.

    Parameters
    ----------
    ntu : float
        Number of transfer units of the smaller stream, ≥ 0.
    ratio : float
        Capacity ratio Z, 0 … 1.

    Returns
    -------
    float
        Effectiveness, 0 … 1.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    gap = 1.0 - ratio
    if gap <= 0.0:
        return ntu / (1.0 + ntu)
    # expm1 keeps all digits as ratio approaches 1, where both terms of the fraction vanish
    taken = -expm1(-ntu * gap)
    return taken / (taken + gap * (1.0 - taken)) if taken > 0.0 else 0.0


@kernel
def effectiveness_parallel(ntu: float, ratio: float) -> float:
    """Parallel flow: ``ε = (1 − e^{−N(1+Z)}) / (1 + Z)``.

    Parameters
    ----------
    ntu : float
        Number of transfer units of the smaller stream, ≥ 0.
    ratio : float
        Capacity ratio Z, 0 … 1.

    Returns
    -------
    float
        Effectiveness, 0 … 1/(1+Z).

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    return -expm1(-ntu * (1.0 + ratio)) / (1.0 + ratio)


@kernel
def effectiveness_crossflow_unmixed(ntu: float, ratio: float) -> float:
    """Crossflow, both streams unmixed: ``ε = 1 − exp[(N^0.22 / Z)(e^{−Z N^0.78} − 1)]``.

    Parameters
    ----------
    ntu : float
        Number of transfer units of the smaller stream, ≥ 0.
    ratio : float
        Capacity ratio Z, 0 … 1.

    Returns
    -------
    float
        Effectiveness, 0 … 1.

    Notes
    -----
    The usual closed approximation of the exact series: within 1.6 % of it for N of 1 … 8, up to 4 % low for N below
    0.5 at Z near 1.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    if ntu <= 0.0:
        return 0.0
    if ratio < _ISOTHERMAL_RATIO:
        return -expm1(-ntu)
    return -expm1(ntu**0.22 / ratio * expm1(-ratio * ntu**0.78))


@kernel
def effectiveness_crossflow_cmax_mixed(ntu: float, ratio: float) -> float:
    """Crossflow, larger stream mixed: ``ε = (1 − exp[−Z (1 − e^{−N})]) / Z``.

    Parameters
    ----------
    ntu : float
        Number of transfer units of the smaller stream, ≥ 0.
    ratio : float
        Capacity ratio Z, 0 … 1.

    Returns
    -------
    float
        Effectiveness, 0 … 1.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    if ratio < _ISOTHERMAL_RATIO:
        return -expm1(-ntu)
    return -expm1(ratio * expm1(-ntu)) / ratio


@kernel
def effectiveness_crossflow_cmin_mixed(ntu: float, ratio: float) -> float:
    """Crossflow, smaller stream mixed: ``ε = 1 − exp[−(1 − e^{−Z N}) / Z]``.

    Parameters
    ----------
    ntu : float
        Number of transfer units of the smaller stream, ≥ 0.
    ratio : float
        Capacity ratio Z, 0 … 1.

    Returns
    -------
    float
        Effectiveness, 0 … 1.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.3.
    """
    if ratio < _ISOTHERMAL_RATIO:
        return -expm1(-ntu)
    return -expm1(expm1(-ratio * ntu) / ratio)


@kernel
def ntu_from_effectiveness_counterflow(effectiveness: float, ratio: float) -> float:
    """Inverse of :func:`effectiveness_counterflow`: ``N = ln[(1 − εZ)/(1 − ε)] / (1 − Z)``.

    Parameters
    ----------
    effectiveness : float
        Effectiveness, 0 … below 1 (limited to 1 − 1e-15).
    ratio : float
        Capacity ratio Z, 0 … 1.

    Returns
    -------
    float
        Number of transfer units of the smaller stream.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.4.
    """
    eff = min(max(effectiveness, 0.0), 1.0 - 1e-15)
    gap = 1.0 - ratio
    if gap <= 0.0:
        return eff / (1.0 - eff)
    return log1p(eff * gap / (1.0 - eff)) / gap


@kernel
def overall_conductance(ua_rated: float, water_ratio: float, air_ratio: float, air_frac: float) -> float:
    """Conductance of a water-to-air coil away from its rated flows.

    Two films in series, ``1/UA = 1/(hA)_w + 1/(hA)_a``, with ``(hA)_w ∝ r_w^0.85`` and
    ``(hA)_a ∝ r_a^0.8``; with ``f = (hA)_a / ((hA)_a + (hA)_w)`` at rated flows this is
    ``UA = UA₀ / (f r_w^−0.85 + (1 − f) r_a^−0.8)``.

    Parameters
    ----------
    ua_rated : float
        Conductance at rated flows, W/K.
    water_ratio, air_ratio : float
        Flow over rated flow, ≥ 0.
    air_frac : float
        f, share of the air film in the sum of both film conductances, 0 … 1 (1/3 for the
        usual (hA)_a/(hA)_w = 0.5).

    Returns
    -------
    float
        Conductance, W/K; ``ua_rated`` at ratios of 1, zero without flow.

    Notes
    -----
    Ignores the walls' resistance, fouling and the films' dependence on temperature.

    References
    ----------
    Modelica Buildings Library, Fluid.HeatExchangers dry-cooler UA correction (exponents, default f).
    """
    if water_ratio <= 0.0 or air_ratio <= 0.0:
        return 0.0
    water_film = water_ratio**WATER_EXPONENT
    air_film = air_ratio**AIR_EXPONENT
    return ua_rated / (air_frac / water_film + (1.0 - air_frac) / air_film)
