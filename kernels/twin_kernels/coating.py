"""A coated surface under the sky: its radiation in three bands, net power, equilibrium temperature, dew, the bound.

::

    P = emitted(T_s) - absorbed from sky and surroundings - absorptance * sun + h (T_s - T_a)

``P`` is the heat that leaves, W/m²: what a heater would have to supply to hold the surface at ``T_s``. Optics are a
tuple: solar absorptance, then emissivity in the window (8 … 13.3 µm), in 17.2 … 25 µm and in the rest; a sky is the
three irradiances of :mod:`twin_kernels.bands`.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.bands import black_w_m2, far_frac, window_frac
from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, H_VAPOUR_0, KELVIN
from twin_kernels.jit import kernel
from twin_kernels.radiation import sky_exchange_frac
from twin_kernels.saturation import saturation_humidity_ratio

__all__ = [
    "ASTM_E1980", "ISO_6946", "MCADAMS", "SHIELDED", "absorbed_w_m2", "cooling_bound_w_m2", "dew_gain_w_m2",
    "emitted_w_m2", "equilibrium_c", "convection_w_m2k", "grey_sky_w_m2", "net_power_w_m2",
]

MCADAMS = 0
ASTM_E1980 = 1
ISO_6946 = 2
SHIELDED = 3

#: The equilibrium is met to this, K.
TOLERANCE_K = 1e-9
_MAX_ITERATIONS = 40
#: Step of the numerical derivative, K.
_STEP_K = 0.01
#: Surfaces lie between these, °C.
_COLDEST_C, _HOTTEST_C = -150.0, 400.0


@kernel
def emitted_w_m2(optics: Any, surface_c: float) -> float:
    """Radiation of the surface: ``sigma T⁴ Σ_b e_b f_b(T)``.

    Parameters
    ----------
    optics : tuple of float
        Solar absorptance; emissivity in the window, in 17.2 … 25 µm, in the rest [-].
    surface_c : float
        Surface temperature [°C], -53 … 117 (Planck fractions are clipped outside).

    Returns
    -------
    float
        Exitance [W/m²].

    References
    ----------
    Planck's law; Raman, A. P. et al. (2014), Nature 515, 540–544 (balance of a daytime radiative cooler).
    """
    window = window_frac(surface_c + KELVIN)
    far = far_frac(surface_c + KELVIN)
    mean = optics[1] * window + optics[2] * far + optics[3] * (1.0 - window - far)
    return mean * black_w_m2(surface_c)


@kernel
def absorbed_w_m2(optics: Any, sky: Any, air_c: float, sky_share_frac: float) -> float:
    """Long-wave radiation absorbed from the sky and, for a tilted surface, from surroundings at air temperature.

    Parameters
    ----------
    optics : tuple of float
        As :func:`emitted_w_m2`; absorptivity of a band is its emissivity (Kirchhoff).
    sky : tuple of float
        Irradiance on a horizontal surface in the three bands [W/m²].
    air_c : float
        Outdoor air, low sky and ground [°C].
    sky_share_frac : float
        Share of the exchange that is with the sky (:func:`twin_kernels.radiation.sky_exchange_frac`).

    Returns
    -------
    float
        W/m².

    References
    ----------
    Walton, G. N. (1983), NBSIR 83-2655 (share of the sky).
    """
    from_sky = optics[1] * sky[0] + optics[2] * sky[1] + optics[3] * sky[2]
    if sky_share_frac == 1.0:
        return from_sky
    return sky_share_frac * from_sky + (1.0 - sky_share_frac) * emitted_w_m2(optics, air_c)


@kernel
def grey_sky_w_m2(sky_c: float) -> tuple[float, float, float]:
    """A sky that is a black body of one temperature, in the three bands.

    Parameters
    ----------
    sky_c : float
        Temperature of the sky [°C].

    Returns
    -------
    window, far, other : float
        Irradiance [W/m²].

    References
    ----------
    Planck's law.
    """
    black = black_w_m2(sky_c)
    window = window_frac(sky_c + KELVIN)
    far = far_frac(sky_c + KELVIN)
    return window * black, far * black, (1.0 - window - far) * black


@kernel
def convection_w_m2k(choice: int, wind_m_s: float, shielded_w_m2k: float) -> float:
    """Outside convection by one of four choices.

    McAdams ``5.7 + 3.8 v``; ASTM E1980 5, 12 or 30 (wind 0 … 2, 2 … 6, above 6 m/s); ISO 6946 ``4 + 4 v``; or a
    constant, as under the film of a wind-shielded tester.

    Parameters
    ----------
    choice : int
        ``MCADAMS``, ``ASTM_E1980``, ``ISO_6946`` or ``SHIELDED``.
    wind_m_s : float
        Wind speed [m/s], ≥ 0.
    shielded_w_m2k : float
        The constant [W/(m² K)]; 3 … 10 for polyethylene-covered testers.

    Returns
    -------
    float
        Coefficient [W/(m² K)].

    References
    ----------
    McAdams, W. H. (1954), Heat Transmission, 3rd ed.; ASTM E1980-11; ISO 6946:2017, C.3.
    """
    if choice == SHIELDED:
        return shielded_w_m2k
    if choice == ASTM_E1980:
        return 5.0 if wind_m_s < 2.0 else (12.0 if wind_m_s <= 6.0 else 30.0)
    if choice == ISO_6946:
        return 4.0 + 4.0 * wind_m_s
    return 5.7 + 3.8 * wind_m_s


@kernel
def net_power_w_m2(
    optics: Any, sky: Any, surface_c: float, air_c: float, solar_w_m2: float, film_w_m2k: float, tilt_deg: float
) -> float:
    """Heat that leaves the surface, without dew.

    Parameters
    ----------
    optics, sky : tuple of float
        As :func:`absorbed_w_m2`.
    surface_c, air_c : float
        Surface and outdoor air [°C].
    solar_w_m2 : float
        Sun on the surface, direct and diffuse [W/m²].
    film_w_m2k : float
        Convection [W/(m² K)].
    tilt_deg : float
        Tilt of the surface [deg]: 0 faces the zenith.

    Returns
    -------
    float
        W/m²; > 0: the surface cools what is below it. At ``surface_c = air_c`` this is the "cooling power at ambient".

    References
    ----------
    Raman, A. P. et al. (2014), Nature 515, 540–544.
    """
    gained = optics[0] * solar_w_m2 + absorbed_w_m2(optics, sky, air_c, sky_exchange_frac(tilt_deg))
    return emitted_w_m2(optics, surface_c) - gained + film_w_m2k * (surface_c - air_c)


@kernel
def equilibrium_c(
    optics: Any, sky: Any, air_c: float, heat_w_m2: float, solar_w_m2: float, film_w_m2k: float, tilt_deg: float
) -> float:
    """Temperature at which the surface gives off as much as comes in from the sun, the sky and below.

    Parameters
    ----------
    optics, sky : tuple of float
        As :func:`absorbed_w_m2`.
    air_c : float
        Outdoor air [°C].
    heat_w_m2 : float
        Heat from below [W/m²]; 0 for an insulated back.
    solar_w_m2 : float
        Sun on the surface [W/m²].
    film_w_m2k : float
        Convection [W/(m² K)].
    tilt_deg : float
        Tilt of the surface [deg].

    Returns
    -------
    float
        Surface temperature [°C]; -150 … 400. A surface that neither radiates nor convects stays at air temperature.

    Notes
    -----
    Newton's method inside a bracket; the balance rises with the surface temperature.

    References
    ----------
    As :func:`net_power_w_m2`.
    """
    low_c, high_c = _COLDEST_C, _HOTTEST_C
    surface_c = air_c
    for _ in range(_MAX_ITERATIONS):
        excess = net_power_w_m2(optics, sky, surface_c, air_c, solar_w_m2, film_w_m2k, tilt_deg) - heat_w_m2
        if excess > 0.0:
            high_c = surface_c
        else:
            low_c = surface_c
        slope = (emitted_w_m2(optics, surface_c + _STEP_K) - emitted_w_m2(optics, surface_c)) / _STEP_K + film_w_m2k
        if slope <= 0.0:
            return surface_c
        after_c = surface_c - excess / slope
        if not low_c <= after_c <= high_c:
            after_c = 0.5 * (low_c + high_c)
        if abs(after_c - surface_c) < TOLERANCE_K:
            return after_c
        surface_c = after_c
    return surface_c


@kernel
def cooling_bound_w_m2(sky: Any, air_c: float) -> float:
    """Most that any coating can radiate away at air temperature: black where the sky is colder, no sun absorbed.

    Parameters
    ----------
    sky : tuple of float
        Irradiance on a horizontal surface in the three bands [W/m²].
    air_c : float
        Outdoor air [°C].

    Returns
    -------
    float
        Bound on ``net_power_w_m2`` at ``surface_c = air_c`` [W/m²]; a claim above it is wrong or of another sky.

    References
    ----------
    Second law, band by band; coatings that sort radiation by direction are not covered.
    """
    black = grey_sky_w_m2(air_c)
    return max(black[0] - sky[0], 0.0) + max(black[1] - sky[1], 0.0) + max(black[2] - sky[2], 0.0)


@kernel
def dew_gain_w_m2(surface_c: float, air_c: float, w: float, pressure_pa: float, film_w_m2k: float) -> float:
    """Latent heat of dew on a surface below the dew point: ``h / c_p (w_a - w_sat(T_s)) h_fg`` (Lewis factor 1).

    Parameters
    ----------
    surface_c, air_c : float
        Surface and outdoor air [°C].
    w : float
        Humidity ratio of the outdoor air [kg/kg].
    pressure_pa : float
        Air pressure [Pa].
    film_w_m2k : float
        Convection [W/(m² K)].

    Returns
    -------
    float
        Gain [W/m²]; 0 above the dew point. No dew evaporates again here.

    References
    ----------
    Lewis, W. K. (1922), Trans. ASME 44, 325–340; ASHRAE Handbook Fundamentals 2021 ch. 6.
    """
    excess = w - saturation_humidity_ratio(surface_c, pressure_pa)
    if surface_c >= air_c or excess <= 0.0:
        return 0.0
    return film_w_m2k / CP_DRY_AIR * excess * (H_VAPOUR_0 + CP_VAPOUR * air_c)
