"""Emissivity of the clear sky by seven published correlations, its altitude correction and two cloud laws.

All are broadband: the power from the whole sky over that of a black body at the air temperature near the ground.
"""

from __future__ import annotations

import math

from twin_kernels.constants import KELVIN
from twin_kernels.jit import kernel
from twin_kernels.radiation import sky_emissivity_brunt, sky_emissivity_clark_allen

__all__ = [
    "BERDAHL_FROMBERG", "BERDAHL_MARTIN", "BERDAHL_MARTIN_1984", "BRUNT", "CLARK_ALLEN", "IDSO", "LI_COIMBRA",
    "altitude_correction_frac", "clear_sky_emissivity", "cloudy_emissivity", "sky_emissivity_berdahl_fromberg",
    "sky_emissivity_berdahl_martin", "sky_emissivity_berdahl_martin_1984", "sky_emissivity_idso",
    "sky_emissivity_li_coimbra",
]

BRUNT = 0
CLARK_ALLEN = 1
BERDAHL_MARTIN = 2
BERDAHL_MARTIN_1984 = 3
IDSO = 4
BERDAHL_FROMBERG = 5
LI_COIMBRA = 6

#: Pressure that vapour is related to in the spectral model, hPa.
REFERENCE_HPA = 1013.25
#: Height over which the altitude correction falls, m.
ALTITUDE_SCALE_M = 8500.0
#: Height over which the effect of a cloud falls with its base, m.
CLOUD_SCALE_M = 8200.0


@kernel
def sky_emissivity_berdahl_martin(dew_point_c: float) -> float:
    """Clear sky from the dew point, recalibrated: ``0.758 + 0.521 (T_dp/100) + 0.625 (T_dp/100)²``.

    Parameters
    ----------
    dew_point_c : float
        Dew point of the outdoor air [°C], -20 … 30.

    Returns
    -------
    float
        Broadband emissivity of the clear sky [-], 0 … 1.

    Notes
    -----
    Below its lowest point, at -42 °C, the parabola is held.

    References
    ----------
    Berdahl, P., Martin, M. (1984), Solar Energy 32, 663–664 (form); Li, M., Jiang, Y., Coimbra, C. F. M. (2017),
    Solar Energy 144, 40–48 (coefficients); EnergyPlus 25.2 Engineering Reference, "Sky Radiation Modeling".
    """
    x = max(0.01 * dew_point_c, -0.5 * 0.521 / 0.625)
    return min(max(0.758 + x * (0.521 + 0.625 * x), 0.0), 1.0)


@kernel
def sky_emissivity_berdahl_martin_1984(dew_point_c: float, hour: float, pressure_hpa: float) -> float:
    """Clear sky from dew point, hour and pressure: Berdahl and Martin as published.

    ``0.711 + 0.56 (T_dp/100) + 0.73 (T_dp/100)² + 0.013 cos(2 pi t / 24) + 0.00012 (P - 1000)``

    Parameters
    ----------
    dew_point_c : float
        Dew point of the outdoor air [°C], -13 … 24.
    hour : float
        Solar time [h], 0 … 24; the sky is warmest beside the air at midnight.
    pressure_hpa : float
        Air pressure at the site [hPa].

    Returns
    -------
    float
        Broadband emissivity of the clear sky [-], 0 … 1.

    Notes
    -----
    Below its lowest point, at -38 °C, the parabola is held.

    References
    ----------
    Berdahl, P., Martin, M. (1984), Emissivity of clear skies, Solar Energy 32, 663–664.
    """
    x = max(0.01 * dew_point_c, -0.5 * 0.56 / 0.73)
    emissivity = 0.711 + x * (0.56 + 0.73 * x)
    emissivity += 0.013 * math.cos(2.0 * math.pi * hour / 24.0) + 0.00012 * (pressure_hpa - 1000.0)
    return min(max(emissivity, 0.0), 1.0)


@kernel
def sky_emissivity_idso(vapour_hpa: float, temp_c: float) -> float:
    """Clear sky from vapour pressure and air temperature: ``0.685 + 3.2e-5 e exp(1699 / T_a)``.

    Parameters
    ----------
    vapour_hpa : float
        Water-vapour pressure of the outdoor air [hPa], 0 … 45.
    temp_c : float
        Outdoor dry bulb [°C].

    Returns
    -------
    float
        Broadband emissivity of the clear sky [-], at most 1.

    References
    ----------
    Idso, S. B. (1981), Water Resour. Res. 17, 295–304 (form); Li, M., Jiang, Y., Coimbra, C. F. M. (2017), Solar
    Energy 144, 40–48 (coefficients).
    """
    return min(0.685 + 3.2e-5 * max(vapour_hpa, 0.0) * math.exp(1699.0 / (temp_c + KELVIN)), 1.0)


@kernel
def sky_emissivity_berdahl_fromberg(dew_point_c: float, day: bool) -> float:
    """Clear sky from the dew point: by day ``0.727 + 0.0060 T_dp``, at night ``0.741 + 0.0062 T_dp``.

    Parameters
    ----------
    dew_point_c : float
        Dew point of the outdoor air [°C], -20 … 25.
    day : bool
        Whether the sun is up.

    Returns
    -------
    float
        Broadband emissivity of the clear sky [-], 0 … 1.

    References
    ----------
    Berdahl, P., Fromberg, R. (1982), The thermal radiance of clear skies, Solar Energy 29, 299–314.
    """
    emissivity = 0.727 + 0.0060 * dew_point_c if day else 0.741 + 0.0062 * dew_point_c
    return min(max(emissivity, 0.0), 1.0)


@kernel
def sky_emissivity_li_coimbra(vapour_hpa: float) -> float:
    """Clear sky from the vapour pressure, fitted to line-by-line spectra: ``0.6173 + 1.6940 (e/P_0)^0.5035``.

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
    Li, M., Coimbra, C. F. M. (2019), Int. J. Heat Mass Transf. 135, 1053–1069
    (doi 10.1016/j.ijheatmasstransfer.2019.02.040).
    """
    return min(0.6173 + 1.6940 * (max(vapour_hpa, 0.0) / REFERENCE_HPA) ** 0.5035, 1.0)


@kernel
def altitude_correction_frac(altitude_m: float) -> float:
    """What a site above the sea adds to the emissivity of the clear sky: ``0.15 (exp(-z / 8500) - 1)``.

    Parameters
    ----------
    altitude_m : float
        Altitude of the site [m], -400 … 4000.

    Returns
    -------
    float
        Correction [-]: 0 at the sea, -0.038 at 2500 m.

    References
    ----------
    Matsunobu, L. M., Coimbra, C. F. M. (2024), J. Geophys. Res. Atmos. (doi 10.1029/2023JD039798).
    """
    return 0.15 * (math.exp(-altitude_m / ALTITUDE_SCALE_M) - 1.0)


@kernel
def clear_sky_emissivity(
    model: int, temp_c: float, vapour_hpa: float, dew_point_c: float, hour: float, altitude_m: float
) -> float:
    """Emissivity of the clear sky by one of the correlations, corrected for altitude.

    Parameters
    ----------
    model : int
        ``BRUNT`` … ``LI_COIMBRA``.
    temp_c : float
        Outdoor dry bulb [°C].
    vapour_hpa, dew_point_c : float
        Vapour pressure [hPa] and dew point [°C] of the outdoor air.
    hour : float
        Solar time [h]; 6 … 18 counts as day.
    altitude_m : float
        Altitude of the site [m].

    Returns
    -------
    float
        Broadband emissivity [-], 0 … 1.

    Notes
    -----
    Berdahl and Martin's own law has the pressure in it and is not corrected again. A correlation is off by about
    13 W/m² (RMSE, recalibrated ones against SURFRAD stations), Clark and Allen's by about 40.

    References
    ----------
    As the functions it chooses from.
    """
    if model == BERDAHL_MARTIN_1984:
        pressure_hpa = REFERENCE_HPA * math.exp(-altitude_m / ALTITUDE_SCALE_M)
        return sky_emissivity_berdahl_martin_1984(dew_point_c, hour, pressure_hpa)
    if model == CLARK_ALLEN:
        emissivity = sky_emissivity_clark_allen(dew_point_c)
    elif model == BERDAHL_MARTIN:
        emissivity = sky_emissivity_berdahl_martin(dew_point_c)
    elif model == IDSO:
        emissivity = sky_emissivity_idso(vapour_hpa, temp_c)
    elif model == BERDAHL_FROMBERG:
        emissivity = sky_emissivity_berdahl_fromberg(dew_point_c, 6.0 <= hour < 18.0)
    elif model == LI_COIMBRA:
        emissivity = sky_emissivity_li_coimbra(vapour_hpa)
    else:
        emissivity = sky_emissivity_brunt(vapour_hpa)
    return min(max(emissivity + altitude_correction_frac(altitude_m), 0.0), 1.0)


@kernel
def cloudy_emissivity(clear_frac: float, cloud_tenths: float, cloud_emissivity_frac: float, base_m: float) -> float:
    """Emissivity under cloud: ``e + (1 - e) n e_c exp(-h / 8.2 km)``; holds for the whole spectrum or one band.

    Parameters
    ----------
    clear_frac : float
        Emissivity of the clear sky, or of one band of it [-].
    cloud_tenths : float
        Opaque sky cover [tenths], 0 … 10.
    cloud_emissivity_frac : float
        Emissivity of the cloud [-], 1 for thick low cloud. Programs disagree: TRNSYS lumps emissivity and height
        into 0.9, CSE into 0.784.
    base_m : float
        Height of its base [m], 0 … 10000.

    Returns
    -------
    float
        Emissivity of the sky [-], 0 … 1.

    References
    ----------
    Martin, M., Berdahl, P. (1984), Characteristics of infrared sky radiation in the United States, Solar Energy 33,
    321–336.
    """
    cover = 0.1 * min(max(cloud_tenths, 0.0), 10.0)
    closed = cover * cloud_emissivity_frac * math.exp(-base_m / CLOUD_SCALE_M)
    return clear_frac + (1.0 - clear_frac) * min(closed, 1.0)
