"""Sky-radiator panels: water under a plate that radiates to the sky, in series before the rest of the plant.

::

    dT/dx = -F' A q(T) / (m c_p),   q = U (T - T*)          =>   (T_out - T*) / (T_in - T*) = exp(-F' U A / (m c_p))

``T*`` is where the plate would come to rest in this weather (:func:`twin_kernels.coating.equilibrium_c`), ``U`` the
chord of the plate's balance from there to the entering water: convection and the fourth power are both in it.
"""

from __future__ import annotations

from math import exp
from typing import Any

from twin_kernels.bands import closed_sky_w_m2
from twin_kernels.coating import equilibrium_c, net_power_w_m2
from twin_kernels.constants import CP_WATER
from twin_kernels.jit import kernel
from twin_kernels.saturation import dew_point_c, vapour_pressure_pa

__all__ = ["panel_for_need", "panel_heat_w", "panel_weather"]

#: Water nearer to the resting temperature than this exchanges nothing worth solving, K.
_NEAR_K = 1e-6


@kernel
def panel_weather(p: Any, s: Any, weather: Any, altitude_m: float) -> None:
    """Sun, sky, film and resting temperature of the panels in this step, into their state.

    Parameters
    ----------
    p, s : records of PANEL_PARAMS, PANEL_STATE
        Panels lie flat.
    weather : record of WEATHER
        Middle of the step.
    altitude_m : float
        Altitude of the site [m].

    References
    ----------
    :func:`twin_kernels.bands.closed_sky_w_m2` (bands); :func:`twin_kernels.coating.equilibrium_c` (rest).
    """
    w, pressure_pa = weather["humidity_ratio"], weather["pressure_pa"]
    window, far, other = closed_sky_w_m2(
        weather["infrared_w_m2"], weather["dry_bulb_c"], vapour_pressure_pa(w, pressure_pa), altitude_m
    )
    s["sky_window_w_m2"], s["sky_far_w_m2"], s["sky_other_w_m2"] = window, far, other
    s["air_c"] = weather["dry_bulb_c"]
    s["dew_c"] = dew_point_c(w, pressure_pa)
    s["solar_w_m2"] = max(weather["ghi_w_m2"], 0.0)
    s["film_w_m2k"] = p["film_base_w_m2k"] + p["film_wind_w_s_m3k"] * weather["wind_m_s"]
    optics = (p["solar_absorptance_frac"], p["window_emissivity_frac"], p["far_emissivity_frac"], p["emissivity_frac"])
    s["rest_c"] = equilibrium_c(optics, (window, far, other), s["air_c"], 0.0, s["solar_w_m2"], s["film_w_m2k"], 0.0)


@kernel
def panel_heat_w(p: Any, s: Any, entering_c: float, water_kg_s: float) -> float:
    """Heat that the panels take from water that runs through all of them.

    Parameters
    ----------
    p, s : records of PANEL_PARAMS, PANEL_STATE
        Weather as :func:`panel_weather` left it.
    entering_c : float
        Water entering [°C].
    water_kg_s : float
        Water through the panels [kg/s].

    Returns
    -------
    float
        Heat [W]; 0 where the panels would warm the water, or where the leaving water would be nearer than
        ``dew_margin_k`` to the dew point (no more than keeps it there: the plate stays dry).

    Notes
    -----
    The plate is ``F'`` as good as one at water temperature all over (fin efficiency). Its back is insulated.

    References
    ----------
    Duffie, J. A., Beckman, W. A., Solar Engineering of Thermal Processes, ch. 6 (collector efficiency factor and
    flow); Goldstein, E. A., Raman, A. P., Fan, S. (2017), Nature Energy 2, 17143 (panels with this law's sign).
    """
    if water_kg_s <= 0.0 or entering_c - s["rest_c"] <= _NEAR_K:
        return 0.0
    optics = (p["solar_absorptance_frac"], p["window_emissivity_frac"], p["far_emissivity_frac"], p["emissivity_frac"])
    sky = (s["sky_window_w_m2"], s["sky_far_w_m2"], s["sky_other_w_m2"])
    flux = net_power_w_m2(optics, sky, entering_c, s["air_c"], s["solar_w_m2"], s["film_w_m2k"], 0.0)
    chord = max(flux, 0.0) / (entering_c - s["rest_c"])
    capacity = water_kg_s * CP_WATER
    reached = 1.0 - exp(-p["fin_frac"] * chord * p["area_m2"] / capacity)
    driest_k = entering_c - s["dew_c"] - p["dew_margin_k"]
    return capacity * max(min(reached * (entering_c - s["rest_c"]), driest_k), 0.0)


@kernel
def panel_for_need(
    p: Any, s: Any, entering_c: float, water_kg_s: float, need_w: float
) -> tuple[float, float, float]:
    """Heat taken when so much is wanted, pump power and open share of the step; else the water goes round the panels.

    Parameters
    ----------
    p, s : records of PANEL_PARAMS, PANEL_STATE
        As in :func:`panel_heat_w`.
    entering_c : float
        Water entering [°C].
    water_kg_s : float
        Water of the loop [kg/s]; what is above the panels' rated flow goes round them.
    need_w : float
        Heat wanted [W].

    Returns
    -------
    heat_w : float
        Heat [W], at most ``need_w``: the valve then opens a part of the time.
    pump_w : float
        Electricity of the panels' own pump [W], ``rated (m / m_rated)³``.
    open_frac : float
        Share of the step in which the valve is open, 0 … 1: a night tank may have the rest.

    Notes
    -----
    By-pass also where the panels would carry less than ``least_cop`` times their pump's power.

    References
    ----------
    Affinity laws (pump).
    """
    through = min(water_kg_s, p["water_rated_kg_s"])
    if p["available"] == 0 or need_w <= 0.0 or through <= 0.0:
        return 0.0, 0.0, 0.0
    full_w = panel_heat_w(p, s, entering_c, through)
    share = through / p["water_rated_kg_s"]
    pump_w = p["pump_w"] * share * share * share
    if full_w <= 0.0 or full_w < p["least_cop"] * pump_w:
        return 0.0, 0.0, 0.0
    open_frac = min(need_w / full_w, 1.0)
    return open_frac * full_w, open_frac * pump_w, open_frac
