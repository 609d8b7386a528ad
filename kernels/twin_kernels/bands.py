"""The long-wave spectrum in three bands: the atmospheric window (8 … 13.3 µm), 17.2 … 25 µm, and the rest.

The sky is nearly opaque outside the window, half open in 17.2 … 25 µm when the air is very dry, and as open in the
window as the air is dry. A coating that radiates in the window only sees a colder sky than a grey one.
"""

from __future__ import annotations

import math

from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.jit import kernel
from twin_kernels.sky import altitude_correction_frac, cloudy_emissivity

__all__ = [
    "band_emissivities", "band_sky_w_m2", "black_w_m2", "closed_sky_w_m2", "far_frac", "hemispherical_emissivity_frac",
    "window_frac",
]

#: Range of the polynomials of the Planck fractions, K; a colder or hotter surface counts as at the nearest end.
COLDEST_K = 220.0
HOTTEST_K = 390.0
#: Planck fractions at 294.2 K, the surface of the spectral model: window, 17.2 … 25 µm, 7.1 … 8 µm.
_WINDOW_REFERENCE = 0.33407
_FAR_REFERENCE = 0.18602
_EDGE_REFERENCE = 0.04960
#: Emissivity of the sky in 7.1 … 8 µm, the flank of the water band.
_EDGE_EMISSIVITY = 0.95
#: Contributions of the bands beyond 25 µm and of 4 … 7.1 µm.
_BEYOND, _SHORT = 0.1725, 0.0811
_REFERENCE_PA = 101325.0


@kernel
def _within(x: float, low: float, high: float) -> float:
    """``x`` limited to ``low … high``."""
    return min(max(x, low), high)


@kernel
def window_frac(temp_k: float) -> float:
    """Share of a black body's radiation in 8 … 13.3 µm.

    ``Σ c_k x^k`` with ``x = (T - 305) / 85``: a fit to ``(15/π⁴) Σ e^{-nx}(x³/n + 3x²/n² + 6x/n³ + 6/n⁴)``.

    Parameters
    ----------
    temp_k : float
        Temperature of the body [K]; 220 … 390, clipped.

    Returns
    -------
    float
        Fraction [-], within 4e-5 of the series.

    References
    ----------
    Planck's law; series in Chang, S. L., Rhee, K. T. (1984), Int. Commun. Heat Mass Transf. 11, 451–455.
    """
    x = (_within(temp_k, COLDEST_K, HOTTEST_K) - 305.0) / 85.0
    return 0.342438 + x * (0.0585035 + x * (-0.0562979 + x * (0.010695 + x * (0.00274736 - 0.00195185 * x))))


@kernel
def far_frac(temp_k: float) -> float:
    """Share of a black body's radiation in 17.2 … 25 µm, ``Σ c_k x^k`` as :func:`window_frac`.

    Parameters
    ----------
    temp_k : float
        Temperature of the body [K]; 220 … 390, clipped.

    Returns
    -------
    float
        Fraction [-], within 3e-5 of the series.

    References
    ----------
    As :func:`window_frac`.
    """
    x = (_within(temp_k, COLDEST_K, HOTTEST_K) - 305.0) / 85.0
    return 0.176953 + x * (-0.0699674 + x * (0.0107557 + x * (0.00268623 + x * (-0.00310492 + 0.00124801 * x))))


@kernel
def black_w_m2(temp_c: float) -> float:
    """Radiation of a black body, ``sigma T⁴``.

    Parameters
    ----------
    temp_c : float
        Temperature [°C].

    Returns
    -------
    float
        Exitance [W/m²].

    References
    ----------
    Stefan–Boltzmann law.
    """
    temp_k = temp_c + KELVIN
    return STEFAN_BOLTZMANN * temp_k * temp_k * temp_k * temp_k


@kernel
def hemispherical_emissivity_frac(zenith_transmittance_frac: float) -> float:
    """Emissivity of a layered sky towards a horizontal surface: ``1 - 2 ∫ t^(1/µ) µ dµ``.

    Parameters
    ----------
    zenith_transmittance_frac : float
        Transmittance straight up [-], 0 … 1.

    Returns
    -------
    float
        Hemispherical emissivity [-], 0 … 1.

    Notes
    -----
    Midpoint rule on 64 points (1e-4). Plane layers of one temperature; the fall of temperature with height makes real
    skies a little colder.

    References
    ----------
    Granqvist, C. G., Hjortsberg, A. (1981), J. Appl. Phys. 52, 4205–4220.
    """
    if zenith_transmittance_frac <= 0.0:
        return 1.0
    depth = -math.log(min(zenith_transmittance_frac, 1.0))
    through = 0.0
    for k in range(64):
        cosine = (k + 0.5) / 64.0
        through += 2.0 * cosine * math.exp(-depth / cosine)
    return 1.0 - through / 64.0


@kernel
def band_emissivities(vapour_pa: float, altitude_m: float) -> tuple[float, float, float]:
    """Emissivity of the clear sky in the window, in 17.2 … 25 µm and in the rest.

    Parameters
    ----------
    vapour_pa : float
        Water-vapour pressure of the outdoor air [Pa], 0 … 4500.
    altitude_m : float
        Altitude of the site [m].

    Returns
    -------
    window, far, other : float
        Hemispherical emissivities [-], 0 … 1.

    Notes
    -----
    The published fits give what each band contributes to the broadband emissivity for a surface of 294.2 K; divided
    by that surface's Planck fraction they are the band's own emissivity (this step, and 0.95 in 7.1 … 8 µm, are
    ours). The altitude correction is spread over the two open bands as they are transparent.

    References
    ----------
    Li, M., Coimbra, C. F. M. (2019), Int. J. Heat Mass Transf. 135, 1053: coefficients of the band contributions;
    Matsunobu, L. M., Coimbra, C. F. M. (2024), J. Geophys. Res. Atmos. (doi 10.1029/2023JD039798): altitude.
    """
    pw = max(vapour_pa, 0.0) / _REFERENCE_PA
    edge = _EDGE_EMISSIVITY * _EDGE_REFERENCE
    window = _within((0.1057 + 5.8689 * pw**0.9633 - edge) / _WINDOW_REFERENCE, 0.0, 1.0)
    far = _within((0.117 + 0.0662 * math.tanh(270.47 * pw)) / _FAR_REFERENCE, 0.0, 1.0)
    carbon_dioxide = 0.1457 + 0.0417 * pw**0.0992
    other = _within((_BEYOND + carbon_dioxide + edge + _SHORT) / (1.0 - _WINDOW_REFERENCE - _FAR_REFERENCE), 0.0, 1.0)
    if altitude_m != 0.0:
        open_frac = (1.0 - window) * _WINDOW_REFERENCE + (1.0 - far) * _FAR_REFERENCE
        if open_frac > 0.0:
            per_open = altitude_correction_frac(altitude_m) / open_frac
            window = _within(window + per_open * (1.0 - window), 0.0, 1.0)
            far = _within(far + per_open * (1.0 - far), 0.0, 1.0)
    return window, far, other


@kernel
def band_sky_w_m2(
    temp_c: float, vapour_pa: float, altitude_m: float, cloud_tenths: float
) -> tuple[float, float, float]:
    """Radiation of the sky on a horizontal surface in the three bands, ``e_b f_b(T_a) sigma T_a⁴``.

    Parameters
    ----------
    temp_c : float
        Outdoor dry bulb [°C].
    vapour_pa : float
        Water-vapour pressure of the outdoor air [Pa].
    altitude_m : float
        Altitude of the site [m].
    cloud_tenths : float
        Opaque sky cover [tenths]; thick and low (emissivity 1, base at 1 km).

    Returns
    -------
    window, far, other : float
        Downwelling irradiance in each band [W/m²]; never more than that of a black sky at air temperature.

    References
    ----------
    As :func:`band_emissivities` and :func:`twin_kernels.sky.cloudy_emissivity`.
    """
    window, far, other = band_emissivities(vapour_pa, altitude_m)
    if cloud_tenths > 0.0:
        window = cloudy_emissivity(window, cloud_tenths, 1.0, 1000.0)
        far = cloudy_emissivity(far, cloud_tenths, 1.0, 1000.0)
        other = cloudy_emissivity(other, cloud_tenths, 1.0, 1000.0)
    black = black_w_m2(temp_c)
    in_window = window_frac(temp_c + KELVIN)
    in_far = far_frac(temp_c + KELVIN)
    return window * in_window * black, far * in_far * black, other * (1.0 - in_window - in_far) * black


@kernel
def closed_sky_w_m2(
    infrared_w_m2: float, temp_c: float, vapour_pa: float, altitude_m: float
) -> tuple[float, float, float]:
    """Three bands that sum to the horizontal long-wave of a weather file: the window takes up what is missing.

    Parameters
    ----------
    infrared_w_m2 : float
        Long-wave irradiance on a horizontal surface [W/m²], measured or modelled, cloud included.
    temp_c : float
        Outdoor dry bulb [°C].
    vapour_pa : float
        Water-vapour pressure of the outdoor air [Pa].
    altitude_m : float
        Altitude of the site [m].

    Returns
    -------
    window, far, other : float
        Irradiance in each band [W/m²]; their sum is ``infrared_w_m2`` whatever it is.

    Notes
    -----
    The window lies between nothing and a black window at air temperature; what it cannot take up is shared by the
    others in proportion.

    References
    ----------
    As :func:`band_emissivities`.
    """
    _, far, other = band_sky_w_m2(temp_c, vapour_pa, altitude_m, 0.0)
    opaque = far + other
    window = _within(infrared_w_m2 - opaque, 0.0, window_frac(temp_c + KELVIN) * black_w_m2(temp_c))
    if opaque > 0.0:
        far = (infrared_w_m2 - window) * far / opaque
    return window, far, infrared_w_m2 - window - far
