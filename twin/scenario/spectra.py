"""Spectra of coatings: a CSV file, checked, and integrated to solar reflectance and emissivity in three bands."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spectrum", "SpectrumError", "read_spectrum"]

Array = NDArray[np.float64]

#: What a spectrum must cover, µm: the sun, and thermal radiation. Between 2.5 and 4 µm there is little of either.
SOLAR_UM = (0.3, 2.5)
THERMAL_UM = (4.0, 20.0)
#: Neighbouring points may be this far apart, as a ratio of wavelengths, before it is a gap.
WIDEST_STEP_RATIO = 1.2
#: Temperature at which emissivity is weighted, K.
SURFACE_K = 300.0
#: Second radiation constant, µm K. CODATA 2018.
C2_UM_K = 14387.768775
_LONGEST_UM = 60.0
_POINTS = 4000
_MAX_BYTES = 5_000_000
_HEADER = "the first line must be wavelength_um,emissivity_frac or wavelength_um,reflectance_frac"


class SpectrumError(ValueError):
    """A spectrum that cannot be used, and why."""


@dataclass(frozen=True)
class Spectrum:
    """Spectral emissivity of an opaque surface.

    Attributes
    ----------
    wavelength_um : ndarray
        Rising.
    emissivity_frac : ndarray
        One less reflectance, if that was given.
    """

    wavelength_um: Array
    emissivity_frac: Array

    def bands(self) -> tuple[float, float, float, float]:
        """Solar reflectance (ASTM G173 global, 0.3 … 2.5 µm) and emissivity in window, 17.2 … 25 µm and the rest.

        Returns
        -------
        tuple of float
            Emissivities weighted by Planck's law at 300 K from 4 µm on; beyond the last point its value is held.
        """
        sun_um, sun = _sunlight()
        absorbed = np.interp(sun_um, self.wavelength_um, self.emissivity_frac)
        reflectance = 1.0 - float(np.trapezoid(sun * absorbed, sun_um) / np.trapezoid(sun, sun_um))
        um = np.geomspace(THERMAL_UM[0], _LONGEST_UM, _POINTS)
        emissivity = np.interp(um, self.wavelength_um, self.emissivity_frac)
        weight = np.gradient(um) / (um**5 * np.expm1(C2_UM_K / (um * SURFACE_K)))
        window, far = (um >= 8.0) & (um < 13.3), (um >= 17.2) & (um < 25.0)
        rest = ~(window | far)
        means = [float((weight * emissivity)[band].sum() / weight[band].sum()) for band in (window, far, rest)]
        return reflectance, means[0], means[1], means[2]


def _sunlight() -> tuple[Array, Array]:
    """ASTM G173 global spectrum: wavelength in µm, and irradiance."""
    # lazily: pvlib takes half a second and only spectra need it
    from pvlib.spectrum import get_reference_spectra

    table = get_reference_spectra()
    um = table.index.to_numpy(dtype=float) * 1e-3
    inside = (um >= SOLAR_UM[0]) & (um <= SOLAR_UM[1])
    return um[inside], table["global"].to_numpy(dtype=float)[inside]


def read_spectrum(path: Path) -> Spectrum:
    """Read and check a spectrum.

    Parameters
    ----------
    path : Path
        CSV.

    Returns
    -------
    Spectrum

    Raises
    ------
    SpectrumError
        Not a table, wrong units, wavelengths out of order, values outside 0 … 1, or gaps.
    """
    header, rows = _table(path)
    if len(header) != 2 or header[0] != "wavelength_um" or header[1] not in ("emissivity_frac", "reflectance_frac"):
        if header and header[0] in ("wavelength_nm", "wavelength_cm-1", "wavelength"):
            raise SpectrumError(f"column {header[0]!r}: wavelengths must be in micrometres, named wavelength_um")
        raise SpectrumError(_HEADER)
    um, values = rows[:, 0], rows[:, 1]
    if not np.isfinite(rows).all() or (um <= 0.0).any():
        raise SpectrumError("wavelengths must be above 0 and everything a finite number")
    if (np.diff(um) <= 0.0).any():
        raise SpectrumError("wavelengths must rise from line to line")
    if um[0] > 100.0:
        raise SpectrumError(f"wavelengths begin at {um[0]:g}: these look like nanometres; divide by 1000")
    if values.max() > 1.5:
        raise SpectrumError(f"values reach {values.max():g}: these look like percent; divide by 100")
    if values.min() < 0.0 or values.max() > 1.0:
        worst = values.min() if values.min() < 0.0 else values.max()
        raise SpectrumError(f"{header[1]} = {worst:g} must lie in 0 … 1")
    for low, high in (SOLAR_UM, THERMAL_UM):
        _no_gap(um, low, high)
    return Spectrum(um, values if header[1] == "emissivity_frac" else 1.0 - values)


def _table(path: Path) -> tuple[list[str], Array]:
    if not path.name.strip():
        raise SpectrumError("is empty: name a CSV file")
    if path.is_dir():
        raise SpectrumError(f"{path.name or path}: is a folder, not a CSV file")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SpectrumError(f"is larger than {_MAX_BYTES // 1_000_000} MB: is it the right file?")
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        if isinstance(error, SpectrumError):
            raise
        why = getattr(error, "strerror", None) or type(error).__name__
        raise SpectrumError(f"{path.name}: cannot be read ({why})") from None
    lines = [line for line in lines if line and not line[0].startswith("#")]
    if len(lines) < 3:
        raise SpectrumError(_HEADER + ", then one point a line")
    points = [_point(line) for line in lines[1:]]
    return [cell.strip() for cell in lines[0]], np.array(points)


def _point(line: list[str]) -> tuple[float, float]:
    """Two numbers."""
    text = ",".join(line)[:60]
    if len(line) != 2:
        raise SpectrumError(f"the line '{text}' does not hold two numbers: every line must")
    try:
        return float(line[0]), float(line[1])
    except ValueError:
        raise SpectrumError(f"the line '{text}' holds something that is not a number") from None


def _no_gap(um: Array, low_um: float, high_um: float) -> None:
    """Refuse a spectrum that leaves out part of a range it must cover."""
    inside = um[(um > low_um) & (um < high_um)]
    before, after = um[um <= low_um], um[um >= high_um]
    if not before.size or not after.size:
        raise SpectrumError(
            f"covers {um[0]:g} … {um[-1]:g} µm; it must cover 0.3 … 2.5 µm (sun) and 4 … 20 µm (thermal radiation)")
    points = np.concatenate([[max(before[-1], low_um)], inside, [min(after[0], high_um)]])
    steps = points[1:] / points[:-1]
    if steps.max() > WIDEST_STEP_RATIO:
        k = int(steps.argmax())
        gap = f"{points[k]:g} to {points[k + 1]:g} µm"
        raise SpectrumError(f"has a gap from {gap}; neighbouring points may be a fifth apart at most")
