"""Crossflow plates cell by cell, in NumPy: what the equivalent-fluid law is held against.

Nothing of the kernels is used. Temperatures of both airs, the humidity of the secondary air and the water film are
solved in each cell; heat and mass films are in the proportion of Lewis (h / (g c_p) = 1); cells are marched along
anti-diagonals, midpoint values inside a cell (second order).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CELLS = 60
Field = NDArray[np.float64]


class Case(NamedTuple):
    """Both streams at the inlet and the conductances of both films, W/K."""

    return_c: float
    primary_w_k: float
    primary_film_w_k: float
    outdoor_c: float
    outdoor_w: float
    secondary_kg_s: float
    secondary_film_w_k: float
    pressure_pa: float


def saturated(temp_c: Field, pressure_pa: float) -> tuple[Field, Field]:
    """Humidity ratio of saturated air over water and its slope (ASHRAE 2021 ch. 1, eqs. 6 and 21)."""
    t = temp_c + 273.15
    pa = np.exp(
        -5.8002206e3 / t + 1.3914993 - 4.8640239e-2 * t + 4.1764768e-5 * t**2 - 1.4452093e-8 * t**3
        + 6.5459673 * np.log(t)
    )
    rate = 5.8002206e3 / t**2 - 4.8640239e-2 + 8.3529536e-5 * t - 4.3356279e-8 * t**2 + 6.5459673 / t
    w = 0.621945 * pa / (pressure_pa - pa)
    return w, w * rate * pressure_pa / (pressure_pa - pa)


def dry(case: Case) -> float:
    """Heat through dry plates, W: the two temperatures, linear in each cell."""
    humid = 1006.0 + 1860.0 * case.outdoor_w
    strip_p, strip_s = case.primary_w_k / CELLS, case.secondary_kg_s * humid / CELLS
    ua = 1.0 / (1.0 / case.primary_film_w_k + 1.0 / case.secondary_film_w_k) / CELLS**2
    hot, cold = np.full(CELLS, case.return_c), case.outdoor_c
    total = 0.0
    for _ in range(CELLS):  # along the primary air; the secondary air crosses from cell to cell
        air = cold
        for j in range(CELLS):
            heat = ua * (hot[j] - air) / (1.0 + 0.5 * ua / strip_p + 0.5 * ua / strip_s)
            hot[j] -= heat / strip_p
            air += heat / strip_s
            total += heat
    return total


def wet(case: Case) -> tuple[float, float, float, float]:
    """Heat through sprayed plates W, water evaporated kg/s, mean exhaust °C and kg/kg."""
    n = CELLS
    film_p, film_s = case.primary_film_w_k / n**2, case.secondary_film_w_k / n**2
    strip_p, strip_s = case.primary_w_k / n, case.secondary_kg_s / n
    mass = film_s / (1006.0 + 1860.0 * case.outdoor_w)
    hot = np.full((n + 1, n), case.return_c)
    air = np.full((n, n + 1), case.outdoor_c)
    humidity = np.full((n, n + 1), case.outdoor_w)
    total = evaporated = 0.0
    for diagonal in range(2 * n - 1):
        i = np.arange(max(0, diagonal - n + 1), min(n, diagonal + 1))
        j = diagonal - i
        t_p, t_s, w_s = hot[i, j], air[i, j], humidity[i, j]
        film_c = 0.5 * (t_p + t_s)
        heat, warmer, moister = np.zeros(i.size), np.zeros(i.size), np.zeros(i.size)
        for _ in range(25):
            w_film, slope = saturated(film_c, case.pressure_pa)
            latent = 2.501e6 - 2326.0 * film_c  # of water at the film's temperature
            mid_p, mid_s, mid_w = t_p - 0.5 * heat / strip_p, t_s + 0.5 * warmer, w_s + 0.5 * moister
            given = film_p * (mid_p - film_c)
            taken = film_s * (film_c - mid_s) + mass * (w_film - mid_w) * latent
            film_c = film_c + (given - taken) / (film_p + film_s + mass * (slope * latent - 2326.0 * (w_film - mid_w)))
            heat = film_p * (mid_p - film_c)
            moister = mass * (w_film - mid_w) / strip_s
            warmer = (film_s * (film_c - mid_s) / strip_s + 1860.0 * moister * (film_c - mid_s)) / (
                1006.0 + 1860.0 * mid_w
            )
        hot[i + 1, j] = t_p - heat / strip_p
        air[i, j + 1], humidity[i, j + 1] = t_s + warmer, w_s + moister
        total += float(heat.sum())
        evaporated += float(moister.sum() * strip_s)
    return total, evaporated, float(air[:, -1].mean()), float(humidity[:, -1].mean())
