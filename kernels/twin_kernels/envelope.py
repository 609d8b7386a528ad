"""Envelope of the hall: sun, long-wave and convection outside, conduction, and a radiant star inside.

The network of one step (backward Euler, all surfaces at once)::

    sun, sky, air ── outer node ──1/R── inner node ──h_in── room air
                                            └── g_i ── star ── g_j ── inner node of surface j

A coated surface exchanges long-wave in three bands (:mod:`twin_kernels.coating`). Under a shell, the shell stands in
the weather and passes on to the outer node what comes through by radiation and by the air between them. A massive
slab has cell-centred nodes behind its inner node instead of an outer node, and no heat leaves below.
The star (mean radiant) node has no capacity: with conductances ``g_i = 4 sigma T³ / (1/F_i + (1 - eps_i)/eps_i)``
it passes on what it takes up. ``F_i`` are Carroll's factors, so that two large parallel surfaces exchange as such.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin_kernels.coating import absorbed_w_m2, emitted_w_m2
from twin_kernels.constants import KELVIN, STEFAN_BOLTZMANN
from twin_kernels.jit import kernel
from twin_kernels.layout import SLAB_NODES
from twin_kernels.radiation import sky_exchange_frac

__all__ = ["sky_exchange_frac", "surface_step"]

#: Least resistance between outer and inner node, m²K/W: a bare metal sheet has less, but then both are one.
MIN_R_M2K_W = 1e-3
#: The T⁴ of the outer node is relinearised until its temperature moves by less, K (error then below 1e-5 K).
NEWTON_K = 0.02
#: At most so many linearisations; two suffice even after a jump of 30 K.
NEWTON_MAX = 4

# Columns of the scratch array.
_G, _P, _Q, _D, _S, _OUTER, _INNER, _TOP, _TOP_P, _TOP_Q, _SLAB = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10


@kernel
def _star_conductances(p: Any, s: Any, work: NDArray[np.float64]) -> None:
    """Radiative conductance of every surface to the star node, W/(m² K), into ``work``.

    Carroll's factors ``F_i = 1 / (1 - A_i F_i / sum A F)`` by three rounds; a share is at most one half, because
    a plane surface faces at least its equal.
    """
    n = len(p)
    area = 0.0
    mean_c = 0.0
    for i in range(n):
        work[i, _G] = 1.0
        area += p[i]["area_m2"]
        mean_c += p[i]["area_m2"] * s[i]["inner_c"]
    if area <= 0.0:
        return
    mean_k = mean_c / area + KELVIN
    total = area
    for _ in range(3):
        after = 0.0
        for i in range(n):
            work[i, _G] = 1.0 / (1.0 - min(p[i]["area_m2"] * work[i, _G] / total, 0.5))
            after += p[i]["area_m2"] * work[i, _G]
        total = after
    black = 4.0 * STEFAN_BOLTZMANN * mean_k * mean_k * mean_k
    for i in range(n):
        emissivity = p[i]["inner_emissivity_frac"]
        if emissivity > 0.0:
            work[i, _G] = black / (1.0 / work[i, _G] + (1.0 - emissivity) / emissivity)
        else:
            work[i, _G] = 0.0


@kernel
def _eliminate_outer(
    p: Any, s: Any, guess_c: float, dry_bulb_c: float, h_out: float, long_wave_w_m2: float, dt_s: float
) -> tuple[float, float]:
    """Outer node as ``P + Q * inner``: its balance, linearised at ``guess_c``."""
    guess_k = guess_c + KELVIN
    emitted = p["emissivity_frac"] * STEFAN_BOLTZMANN * guess_k * guess_k * guess_k
    slope = 4.0 * emitted
    conductance = 1.0 / max(p["r_m2k_w"], MIN_R_M2K_W)
    inertia = p["outer_capacity_j_m2k"] / dt_s
    source = (p["solar_absorptance_frac"] * s["solar_w_m2"] + p["emissivity_frac"] * long_wave_w_m2
              - emitted * guess_k + slope * guess_c + h_out * dry_bulb_c + inertia * s["outer_c"])
    divisor = inertia + h_out + conductance + slope
    return source / divisor, conductance / divisor


@kernel
def _eliminate_coated(
    p: Any, s: Any, row: NDArray[np.float64], air: tuple[float, float], h_out: float, sky: float, dt_s: float
) -> tuple[float, float]:
    """Outer node of a coated surface as ``P + Q * inner``; a shell as ``P + Q * outer`` goes to ``row``.

    ``air`` is the dry bulb and the horizontal long-wave; the top's emission is linearised at ``row[_TOP]``.
    """
    dry_bulb_c, infrared_w_m2 = air
    optics = (
        p["solar_absorptance_frac"], p["window_emissivity_frac"], p["far_emissivity_frac"], p["emissivity_frac"]
    )
    bands = (s["sky_window_w_m2"], s["sky_far_w_m2"], infrared_w_m2 - s["sky_window_w_m2"] - s["sky_far_w_m2"])
    guess_c = row[_TOP]
    emitted = emitted_w_m2(optics, guess_c)
    slope = 4.0 * emitted / (guess_c + KELVIN)
    source = (p["solar_absorptance_frac"] * s["solar_w_m2"] + absorbed_w_m2(optics, bands, dry_bulb_c, sky)
              - emitted + slope * guess_c + h_out * dry_bulb_c)
    divisor = slope + h_out
    conductance = 1.0 / max(p["r_m2k_w"], MIN_R_M2K_W)
    inertia = p["outer_capacity_j_m2k"] / dt_s
    if p["shell"] == 1:
        vent = p["shell_vent_w_m2k"]
        mean_k = 0.5 * (guess_c + row[_OUTER]) + KELVIN
        gap = p["shell_gap_w_m2k"]
        gap += 4.0 * p["shell_emissivity_frac"] * STEFAN_BOLTZMANN * mean_k * mean_k * mean_k
        divisor += vent + gap
        row[_TOP_P] = (source + vent * dry_bulb_c) / divisor
        row[_TOP_Q] = gap / divisor
        source = gap * row[_TOP_P] + vent * dry_bulb_c
        divisor = gap * (1.0 - row[_TOP_Q]) + vent
    divisor += inertia + conductance
    return (source + inertia * s["outer_c"]) / divisor, conductance / divisor


@kernel
def _eliminate_slab(p: Any, s: Any, row: NDArray[np.float64], dt_s: float) -> tuple[float, float]:
    """Top node of the slab as ``P + Q * inner``; the coefficients of the nodes go to ``row``."""
    if p["slab_thickness_m"] <= 0.0:
        return 0.0, 0.0
    cell_m = p["slab_thickness_m"] / SLAB_NODES
    inertia = p["slab_density_kg_m3"] * p["slab_cp_j_kgk"] * cell_m / dt_s
    between = p["slab_conductivity_w_mk"] / cell_m
    offset, factor = 0.0, 0.0
    below = 0.0
    for k in range(SLAB_NODES - 1, -1, -1):
        above = between if k > 0 else 2.0 * between
        divisor = inertia + above + below * (1.0 - factor)
        offset = (inertia * s["slab_c"][k] + below * offset) / divisor
        factor = above / divisor
        row[_SLAB + 2 * k] = offset
        row[_SLAB + 2 * k + 1] = factor
        below = between
    return offset, factor


@kernel
def _first_guess(p: Any, s: Any, work: NDArray[np.float64], dt_s: float) -> None:
    """Outside temperatures of the last step, and the slabs, into ``work``."""
    for i in range(len(p)):
        work[i, _OUTER] = s[i]["outer_c"]
        work[i, _TOP] = s[i]["top_c"] if p[i]["shell"] == 1 else s[i]["outer_c"]
        work[i, _TOP_P], work[i, _TOP_Q] = 0.0, 1.0
        if p[i]["adiabatic"] == 1:
            work[i, _P], work[i, _Q] = _eliminate_slab(p[i], s[i], work[i], dt_s)


@kernel
def _solve(
    p: Any, s: Any, work: NDArray[np.float64], room_c: float, dry_bulb_c: float, wind_m_s: float,
    infrared_w_m2: float, dt_s: float,
) -> None:
    """Outer and inner temperatures at the end of the step, into ``work``."""
    n = len(p)
    air_k = dry_bulb_c + KELVIN
    air_w_m2 = STEFAN_BOLTZMANN * air_k * air_k * air_k * air_k
    _first_guess(p, s, work, dt_s)
    tilt_deg, sky = 0.0, 1.0
    for _ in range(NEWTON_MAX):
        star_g, star_gd, star_s = 0.0, 0.0, 0.0
        for i in range(n):
            q = p[i]
            if q["adiabatic"] == 1:
                conductance = 0.0
                if q["slab_thickness_m"] > 0.0:
                    conductance = 2.0 * q["slab_conductivity_w_mk"] * SLAB_NODES / q["slab_thickness_m"]
            else:
                if q["tilt_deg"] != tilt_deg:  # surfaces of one tilt mostly follow each other
                    tilt_deg = q["tilt_deg"]
                    sky = sky_exchange_frac(tilt_deg)
                h_out = q["h_out_base_w_m2k"] + q["h_out_wind_w_s_m3k"] * wind_m_s
                if q["coated"] == 1:
                    work[i, _P], work[i, _Q] = _eliminate_coated(
                        q, s[i], work[i], (dry_bulb_c, infrared_w_m2), h_out, sky, dt_s)
                else:
                    long_wave = sky * infrared_w_m2 + (1.0 - sky) * air_w_m2
                    work[i, _P], work[i, _Q] = _eliminate_outer(
                        q, s[i], work[i, _OUTER], dry_bulb_c, h_out, long_wave, dt_s)
                conductance = 1.0 / max(q["r_m2k_w"], MIN_R_M2K_W)
            g = work[i, _G]
            inertia = q["inner_capacity_j_m2k"] / dt_s
            divisor = max(inertia + conductance * (1.0 - work[i, _Q]) + q["h_in_w_m2k"] + g, 1e-12)
            source = inertia * s[i]["inner_c"] + conductance * work[i, _P] + q["h_in_w_m2k"] * room_c
            work[i, _D] = divisor
            work[i, _S] = source
            weight = q["area_m2"] * g
            star_g += weight
            star_gd += weight * g / divisor
            star_s += weight * source / divisor
        star_c = 0.0
        if star_g > star_gd:
            star_c = star_s / (star_g - star_gd)
        moved_k = 0.0
        for i in range(n):
            inner_c = (work[i, _S] + work[i, _G] * star_c) / work[i, _D]
            outer_c = work[i, _P] + work[i, _Q] * inner_c
            top_c = work[i, _TOP_P] + work[i, _TOP_Q] * outer_c
            if p[i]["adiabatic"] == 0:
                moved_k = max(moved_k, max(abs(outer_c - work[i, _OUTER]), abs(top_c - work[i, _TOP])))
            work[i, _INNER] = inner_c
            work[i, _OUTER] = outer_c
            work[i, _TOP] = top_c
        if moved_k < NEWTON_K:
            break


@kernel
def _store_slab(p: Any, s: Any, row: NDArray[np.float64], dt_s: float) -> float:
    """Move the slab's nodes to the end of the step; heat stored per area, W/m²."""
    if p["slab_thickness_m"] <= 0.0:
        return 0.0
    inertia = p["slab_density_kg_m3"] * p["slab_cp_j_kgk"] * p["slab_thickness_m"] / SLAB_NODES / dt_s
    above_c = row[_INNER]
    stored = 0.0
    for k in range(SLAB_NODES):
        node_c = row[_SLAB + 2 * k] + row[_SLAB + 2 * k + 1] * above_c
        stored += inertia * (node_c - s["slab_c"][k])
        s["slab_c"][k] = node_c
        above_c = node_c
    return stored


@kernel(allocates=True)
def surface_step(
    p: Any, s: Any, room_c: float, dry_bulb_c: float, wind_m_s: float, infrared_w_m2: float, dt_s: float
) -> float:
    """Advance all surfaces of the envelope by one step.

    Parameters
    ----------
    p : SURFACE_PARAMS array
        One record a surface.
    s : SURFACE_STATE array
        State, updated in place; ``solar_w_m2`` (incident sun) and, of coated surfaces, the sky's bands are read and
        have been set by the caller.
    room_c : float
        Room air over the step [°C].
    dry_bulb_c : float
        Outdoor air [°C]; also the temperature of ground and low sky.
    wind_m_s : float
        Wind speed for the outside film [m/s].
    infrared_w_m2 : float
        Long-wave radiation of the sky on a horizontal surface [W/m²].
    dt_s : float
        Step [s], > 0; any length is stable.

    Returns
    -------
    float
        Convective heat from all inner surfaces to the room air [W].

    Notes
    -----
    Conduction is computed once a surface, storage comes from the temperatures, and the flux at either face is what
    balances them: ``outside_w = gain_w + stored_w`` holds summed over the surfaces to rounding, whatever the
    tolerance of the solver and also at zero capacity. Radiative exchange inside is linear about the mean inner
    temperature (about 1 % of it at 10 K spread) and sums to zero. A shell stores nothing (1 mm of steel follows within
    two minutes); its own balance with sun, sky and air is outside the books, as the weather is. Not included: sun
    through windows, infiltration, heat to the ground, moisture.

    References
    ----------
    Carroll, J. A. (1980), An 'MRT method' of computing radiant energy exchange in rooms, Proc. 2nd Systems
    Simulation and Economic Analysis Conference, San Diego; EnergyPlus 25.2 Engineering Reference (outside balance).
    """
    n = len(p)
    if n == 0:
        return 0.0
    work = np.empty((n, _SLAB + 2 * SLAB_NODES))
    _star_conductances(p, s, work)
    _solve(p, s, work, room_c, dry_bulb_c, wind_m_s, infrared_w_m2, dt_s)
    weights, weighted = 0.0, 0.0
    for i in range(n):
        weights += p[i]["area_m2"] * work[i, _G]
        weighted += p[i]["area_m2"] * work[i, _G] * work[i, _INNER]
    star_c = weighted / max(weights, 1e-300)
    passed_w, gain_w = 0.0, 0.0
    for i in range(n):
        area = p[i]["area_m2"]
        radiant_w = area * work[i, _G] * (star_c - work[i, _INNER])
        if i == n - 1:
            radiant_w = -passed_w
        passed_w += radiant_w
        inner_w = area * p[i]["inner_capacity_j_m2k"] * (work[i, _INNER] - s[i]["inner_c"]) / dt_s
        conduction_w, outer_w = 0.0, 0.0
        if p[i]["adiabatic"] == 1:
            outer_w = area * _store_slab(p[i], s[i], work[i], dt_s)
            s[i]["gain_w"] = radiant_w - inner_w - outer_w
            s[i]["outer_c"] = s[i]["slab_c"][SLAB_NODES - 1]
            s[i]["outside_w"] = 0.0
        else:
            conduction_w = area * (work[i, _OUTER] - work[i, _INNER]) / max(p[i]["r_m2k_w"], MIN_R_M2K_W)
            outer_w = area * p[i]["outer_capacity_j_m2k"] * (work[i, _OUTER] - s[i]["outer_c"]) / dt_s
            s[i]["gain_w"] = conduction_w + radiant_w - inner_w
            s[i]["outer_c"] = work[i, _OUTER]
            s[i]["outside_w"] = conduction_w + outer_w
        s[i]["inner_c"] = work[i, _INNER]
        s[i]["top_c"] = work[i, _TOP]
        s[i]["conduction_w"] = conduction_w
        s[i]["stored_w"] = inner_w + outer_w
        gain_w += s[i]["gain_w"]
    return gain_w
