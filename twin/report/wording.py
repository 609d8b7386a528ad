"""Numbers in words: rounded to what is known, with units people use."""

from __future__ import annotations

__all__ = ["energy_text", "hours_text", "mass_text", "number_text", "share_text", "water_text"]


def number_text(value: float, digits: int = 0) -> str:
    """``12,345.6``, with a true minus sign, and none on a zero."""
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0.0 else text.replace("-", "−")


def _scaled(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """Three figures in the largest unit that keeps the number at 1 or more."""
    size, unit = next(((size, unit) for size, unit in units if abs(value) >= size), units[-1])
    shown = value / size
    digits = 0 if abs(shown) >= 99.95 else 1 if abs(shown) >= 9.995 else 2
    return f"{number_text(shown, digits)} {unit}"


def energy_text(kwh: float) -> str:
    """Energy in kWh, MWh or GWh: ``6.61 GWh``."""
    return _scaled(kwh, ((1e6, "GWh"), (1e3, "MWh"), (1.0, "kWh")))


def water_text(litres: float) -> str:
    """Water in L or m³: ``9,480 m³``."""
    return _scaled(litres, ((1e3, "m³"), (1.0, "L")))


def mass_text(kg: float) -> str:
    """Mass in kg or t: ``3,050 t``."""
    return _scaled(kg, ((1e3, "t"), (1.0, "kg")))


def share_text(frac: float) -> str:
    """``61 %``; one decimal below 10 %, and never 0 % or 100 % for a part."""
    percent = frac * 100.0
    if 0.0 < percent < 0.05:
        return "< 0.1 %"
    if 99.95 < percent < 100.0:
        return "> 99.9 %"
    if percent in (0.0, 100.0):
        return f"{percent:.0f} %"
    return f"{percent:.1f} %" if percent < 9.95 or percent > 99.0 else f"{percent:.0f} %"


def hours_text(hours: float) -> str:
    """``12 h``, ``2.5 h``, ``18 min``, ``none``."""
    if hours <= 0.0:
        return "none"
    if hours < 1.0:
        return f"{max(1.0, hours * 60.0):.0f} min"
    return f"{number_text(hours, 0 if hours >= 9.95 else 1)} h"
