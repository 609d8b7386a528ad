"""Water used at the site, and its ratio to IT energy."""

from __future__ import annotations

from twin.metrics.energy import Meters

__all__ = ["site_water_l", "wue"]

# 1 kg of cold water is 1.000 … 1.003 L; the difference is below what any water meter shows.
_L_PER_KG = 1.0


def site_water_l(meters: Meters) -> float:
    """Water drawn at the site: make-up of towers and evaporative units (evaporation, drift, blow-down), and humidifier.

    Parameters
    ----------
    meters : mapping or record
        ``METERS`` of the run, masses in kg.

    Returns
    -------
    float
        Water, L.
    """
    return (float(meters["makeup_kg"]) + float(meters["humidifier_kg"])) * _L_PER_KG


def wue(water_l: float, it_kwh: float) -> float | None:
    """Water usage effectiveness of the site, WUE = water / E_IT.

    Parameters
    ----------
    water_l : float
        Site water, L; water used by power stations is not in it.
    it_kwh : float
        IT energy, kWh.

    Returns
    -------
    float or None
        WUE, L/kWh; None without IT energy.

    References
    ----------
    ISO/IEC 30134-9:2022, Water usage effectiveness (category 1: site).
    """
    return water_l / it_kwh if it_kwh > 0.0 else None
