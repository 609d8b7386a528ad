"""Long-wave radiation of the sky: emissivity from vapour pressure or dew point, clouds, sky temperature."""

from __future__ import annotations

import math

from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.jit import kernel

__all__ = [
    "cloud_factor", "infrared_w_m2", "sky_emissivity_brunt", "sky_emissivity_clark_allen", "sky_exchange_frac",
    "sky_temperature_c",
]


@kernel
def sky_emissivity_brunt(vapour_hpa: float) -> float:
    """Emissivity of a clear sky from the vapour pressure at the ground: ``0.618 + 0.056 sqrt(e)``.

    Parameters
    ----------
    vapour_hpa : float
        Water-vapour pressure of the outdoor air [hPa], 0 … 45.

    Returns
    -------
    float
        Broadband emissivity of the clear sky [-], at most 1.

    References
    ----------
    Brunt, D. (1932), Q. J. R. Meteorol. Soc. 58, 389–420 (form); Li, M., Jiang, Y., Coimbra, C. F. M. (2017),
    Solar Energy 144, 40–48 (coefficients recalibrated on SURFRAD stations).
    """
    return min(0.618 + 0.056 * math.sqrt(max(vapour_hpa, 0.0)), 1.0)


@kernel
def sky_emissivity_clark_allen(dew_point_c: float) -> float:
    """Emissivity of a clear sky from the dew point: ``0.787 + 0.764 ln(T_dp / 273)``.

    Parameters
    ----------
    dew_point_c : float
        Dew point of the outdoor air [°C], -40 … 32.

    Returns
    -------
    float
        Broadband emissivity of the clear sky [-], 0 … 1.

    References
    ----------
    Clark, G., Allen, C. (1978), The estimation of atmospheric radiation for clear and cloudy skies, Proc. 2nd
    National Passive Solar Conference; EnergyPlus 25.2 Engineering Reference, "Sky Radiation Modeling".
    """
    emissivity = 0.787 + 0.764 * math.log((dew_point_c + KELVIN) / 273.0)
    return min(max(emissivity, 0.0), 1.0)


@kernel
def cloud_factor(cloud_tenths: float) -> float:
    """Rise of the sky's emissivity with opaque cloud: ``1 + 0.0224 N - 0.0035 N² + 0.00028 N³``.

    Parameters
    ----------
    cloud_tenths : float
        Opaque sky cover [tenths], 0 … 10.

    Returns
    -------
    float
        Factor on the clear-sky emissivity [-], 1 … 1.154.

    References
    ----------
    Walton, G. N. (1983), Thermal Analysis Research Program Reference Manual, NBSIR 83-2655; EnergyPlus 25.2
    Engineering Reference, "Sky Radiation Modeling".
    """
    n = min(max(cloud_tenths, 0.0), 10.0)
    return 1.0 + n * (0.0224 + n * (-0.0035 + n * 0.00028))


@kernel
def infrared_w_m2(temp_c: float, vapour_pa: float, cloud_tenths: float) -> float:
    """Long-wave radiation from the sky on a horizontal surface, where a weather file has none.

    ``min(1, eps_clear * cloud factor) * sigma * T⁴`` with Brunt's clear-sky emissivity.

    Parameters
    ----------
    temp_c : float
        Outdoor dry bulb [°C], -50 … 60.
    vapour_pa : float
        Water-vapour pressure of the outdoor air [Pa].
    cloud_tenths : float
        Opaque sky cover [tenths], 0 … 10.

    Returns
    -------
    float
        Downwelling long-wave irradiance [W/m²].

    Notes
    -----
    The emissivity is of the whole spectrum; the atmospheric window is not resolved here.
    """
    emissivity = min(sky_emissivity_brunt(0.01 * vapour_pa) * cloud_factor(cloud_tenths), 1.0)
    temp_k = temp_c + KELVIN
    return emissivity * STEFAN_BOLTZMANN * temp_k * temp_k * temp_k * temp_k


@kernel
def sky_temperature_c(infrared_w_m2: float) -> float:
    """Temperature of a black sky that sends the given long-wave radiation: ``(IR / sigma)^(1/4)``.

    Parameters
    ----------
    infrared_w_m2 : float
        Downwelling long-wave irradiance on a horizontal surface [W/m²], ≥ 0.

    Returns
    -------
    float
        Effective sky temperature [°C].
    """
    return math.sqrt(math.sqrt(max(infrared_w_m2, 0.0) / STEFAN_BOLTZMANN)) - KELVIN


@kernel
def sky_exchange_frac(tilt_deg: float) -> float:
    """Share of a surface's long-wave exchange that is with the sky at sky temperature.

    ``F_sky beta`` with ``F_sky = (1 + cos tilt) / 2`` and ``beta = sqrt(F_sky)``; the rest, low sky and
    ground, is taken at air temperature.

    Parameters
    ----------
    tilt_deg : float
        Tilt of the outward normal from the zenith [deg]: 0 a flat roof, 90 a wall.

    Returns
    -------
    float
        Share [-], 1 for a flat roof, 0.354 for a wall.

    References
    ----------
    Walton, G. N. (1983), NBSIR 83-2655; EnergyPlus 25.2 Engineering Reference, "External Longwave Radiation".
    """
    if tilt_deg == 0.0:
        return 1.0
    sky = 0.5 * (1.0 + math.cos(math.radians(tilt_deg)))
    return sky * math.sqrt(sky)
