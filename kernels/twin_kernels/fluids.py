"""Liquid water: density and heat capacity at atmospheric pressure."""

from __future__ import annotations

from twin_kernels.jit import kernel

__all__ = ["water_density_kg_m3", "water_heat_j_kgk"]


@kernel
def water_density_kg_m3(temp_c: float) -> float:
    """Density of air-free water at 101 325 Pa (rational polynomial of Kell).

    Parameters
    ----------
    temp_c : float
        Temperature, °C; 0 … 100.

    Returns
    -------
    float
        Density, kg/m³; within 2e-5 of IAPWS-95.

    References
    ----------
    Kell, Density, thermal expansivity, and compressibility of liquid water from 0 to 150 °C,
    J. Chem. Eng. Data 20 (1), 1975, 97–105.
    """
    t = temp_c
    above = 999.83952 + t * (
        16.945176 + t * (-7.9870401e-3 + t * (-46.170461e-6 + t * (105.56302e-9 - t * 280.54253e-12)))
    )
    return above / (1.0 + 16.879850e-3 * t)


@kernel
def water_heat_j_kgk(temp_c: float) -> float:
    """Heat capacity of water at 101 325 Pa.

    Parameters
    ----------
    temp_c : float
        Temperature, °C; 0 … 100.

    Returns
    -------
    float
        Specific heat, J/(kg K); within 1.2e-4 of IAPWS-95.

    Notes
    -----
    The hydronic loops carry heat with the constant :data:`twin_kernels.constants.CP_WATER`, so that
    enthalpy is exactly linear in temperature and energy closes; this law is for sizing.

    References
    ----------
    Least-squares polynomial through 200 points of IAPWS-95 (Wagner and Pruß, J. Phys. Chem. Ref.
    Data 31, 2002), made for this project.
    """
    t = temp_c
    return 4218.943 + t * (-3.195802 + t * (0.096557 + t * (-0.001420901 + t * (1.101232e-5 - t * 3.298688e-8))))
