"""Outdoor pipes, ducts and casings: what sun, sky and air do to what runs in them.

::

    Q = m c_p (1 - exp(-U / (m c_p))) (T* - T_in),   1/U = R + 1/(h A)

``T*`` is where the outer surface would come to rest in this weather (:func:`twin_kernels.coating.equilibrium_c`), ``h``
the chord of the surface's balance from there to where it really is, ``R`` the insulation.
"""

from __future__ import annotations

from math import exp, pi, sqrt
from typing import Any

from twin_kernels.coating import equilibrium_c, net_power_w_m2
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_conduit import BODY, ROUND
from twin_kernels.jit import kernel

__all__ = [
    "arriving_c", "conduit_conductance_w_k", "conduit_sun_w_m2", "conduit_weather", "duct_rise_j_kg", "pipe_gain_w",
    "reaching_j_kg", "stream_gain_w",
]

#: The chord of the surface's balance is taken over this at least, K.
_CHORD_K = 0.01
#: Repetitions for the surface temperature: each brings it nearer by the share that radiation bends over its distance
#: from rest, about 0.1 at 40 K, so that four leave 1e-4 of it.
_PASSES = 4


@kernel
def conduit_sun_w_m2(p: Any, weather: Any, ground_reflectance_frac: float) -> float:
    """Sun on the whole outer surface, mean round it: direct, diffuse, and back from the ground.

    ::

        cylinder  DNI sqrt(up² + across²) / pi;   box  DNI (W up + H across) / (2 (W + H));   convex body  DNI / 4

    Parameters
    ----------
    p : record of CONDUIT_PARAMS
    weather : record of WEATHER
        ``up`` is the sun's height, ``across`` its horizontal part square to the axis.
    ground_reflectance_frac : float
        Of the ground [-], 0 … 1.

    Returns
    -------
    float
        W/m² of outer surface, ends not counted.

    References
    ----------
    Duffie, J. A., Beckman, W. A., Solar Engineering of Thermal Processes, ch. 2 (isotropic sky); Cauchy, A. (1841): the
    mean shadow of a convex body is a quarter of its surface.
    """
    seen = 0.0
    up = weather["sun_up"]
    if up > 0.0 and weather["dni_w_m2"] > 0.0:
        across = abs(weather["sun_east"] * p["axis_north"] - weather["sun_north"] * p["axis_east"])
        if p["shape"] == BODY:
            seen = 0.25
        elif p["shape"] == ROUND:
            seen = sqrt(up * up + across * across) / pi
        else:
            seen = 0.5 * (p["width_m"] * up + p["height_m"] * across) / (p["width_m"] + p["height_m"])
    view = p["sky_view_frac"]
    diffuse = view * max(weather["dhi_w_m2"], 0.0)
    diffuse += (1.0 - view) * ground_reflectance_frac * max(weather["ghi_w_m2"], 0.0)
    return p["sunlit_frac"] * seen * weather["dni_w_m2"] + diffuse


@kernel
def conduit_weather(p: Any, s: Any, weather: Any, sky: Any, ground_reflectance_frac: float) -> None:
    """Sun, film and resting temperature of a conduit's surface in this step, into its state.

    Parameters
    ----------
    p, s : records of CONDUIT_PARAMS, CONDUIT_STATE
    weather : record of WEATHER
        Middle of the step.
    sky : tuple of float
        Irradiance of the sky in the three bands [W/m²].
    ground_reflectance_frac : float
        Of the ground [-].

    References
    ----------
    As :func:`twin_kernels.coating.equilibrium_c`.
    """
    optics = (p["solar_absorptance_frac"], p["window_emissivity_frac"], p["far_emissivity_frac"], p["emissivity_frac"])
    s["solar_w_m2"] = conduit_sun_w_m2(p, weather, ground_reflectance_frac)
    s["film_w_m2k"] = p["film_base_w_m2k"] + p["film_wind_w_s_m3k"] * weather["wind_m_s"]
    s["rest_c"] = equilibrium_c(
        optics, sky, weather["dry_bulb_c"], 0.0, s["solar_w_m2"], s["film_w_m2k"], p["tilt_deg"]
    )


@kernel
def conduit_conductance_w_k(p: Any, s: Any, sky: Any, air_c: float, fluid_c: float) -> float:
    """Conductance between what runs in a conduit and its resting temperature: ``1/U = R + 1/(h A)``.

    Parameters
    ----------
    p, s : records of CONDUIT_PARAMS, CONDUIT_STATE
        Weather as :func:`conduit_weather` left it.
    sky : tuple of float
        Irradiance of the sky in the three bands [W/m²].
    air_c : float
        Outdoor air [°C].
    fluid_c : float
        Water or air in it [°C].

    Returns
    -------
    float
        W/K, ≥ 0; ``U (rest - fluid)`` is the balance of the surface itself, radiation's fourth power included.

    Notes
    -----
    One surface temperature for the whole length. Films inside pipes, walls of pipes, supports and dew are left out.

    References
    ----------
    ISO 12241:2022 (insulated pipes: resistances in series); the outer film is the coating's balance.
    """
    optics = (p["solar_absorptance_frac"], p["window_emissivity_frac"], p["far_emissivity_frac"], p["emissivity_frac"])
    surface_c = fluid_c
    outer_w_k = 0.0
    for _ in range(_PASSES):
        probe_c = surface_c if abs(surface_c - s["rest_c"]) > _CHORD_K else s["rest_c"] + _CHORD_K
        lost_w_m2 = net_power_w_m2(optics, sky, probe_c, air_c, s["solar_w_m2"], s["film_w_m2k"], p["tilt_deg"])
        outer_w_k = max(p["area_m2"] * lost_w_m2 / (probe_c - s["rest_c"]), 0.0)
        surface_c = s["rest_c"] + (fluid_c - s["rest_c"]) / (1.0 + p["resistance_k_w"] * outer_w_k)
    return outer_w_k / (1.0 + p["resistance_k_w"] * outer_w_k)


@kernel
def stream_gain_w(conductance_w_k: float, rest_c: float, entering_c: float, flow_w_k: float) -> float:
    """Heat that a stream takes up on its way: ``m c_p (1 - exp(-U / (m c_p))) (T* - T_in)``.

    Parameters
    ----------
    conductance_w_k : float
        To the resting temperature, of the whole length [W/K].
    rest_c : float
        Resting temperature of the surface [°C].
    entering_c : float
        Stream entering [°C].
    flow_w_k : float
        Its heat capacity flow [W/K]; 0: what stands takes up nothing here.

    Returns
    -------
    float
        W; > 0 warms the stream.

    References
    ----------
    Incropera, F. P. et al., Fundamentals of Heat and Mass Transfer, 7th ed., sec. 8.3 (constant outside temperature).
    """
    if flow_w_k <= 0.0 or conductance_w_k <= 0.0:
        return 0.0
    return flow_w_k * (1.0 - exp(-conductance_w_k / flow_w_k)) * (rest_c - entering_c)


@kernel
def arriving_c(y: Any, water_c: float) -> float:
    """Water at the loads: that of the plant, after its outdoor supply pipes.

    Parameters
    ----------
    y : record of PLANT_SOLUTION
        ``pipe_*`` of the supply; the flow is that of the last step, because loads choose theirs by this temperature.
    water_c : float
        Water leaving the plant [°C].

    Returns
    -------
    float
        °C.

    References
    ----------
    As :func:`stream_gain_w`.
    """
    flow_w_k = y["pipe_kg_s"] * CP_WATER
    if flow_w_k <= 0.0:
        return water_c
    return water_c + stream_gain_w(y["pipe_supply_w_k"], y["pipe_supply_c"], water_c, flow_w_k) / flow_w_k


@kernel
def pipe_gain_w(y: Any, water_c: float, must_keep: int) -> float:
    """Heat that a system's cooling water takes up in its outdoor pipes, supply and return, at this step's flow.

    Parameters
    ----------
    y : record of PLANT_SOLUTION
        Flow, heat of the loads and of the pumps, and the ``pipe_*`` fields.
    water_c : float
        Water leaving the plant [°C].
    must_keep : int
        1: the loop has no volume, and cannot lose more heat than it was given.

    Returns
    -------
    float
        W.

    References
    ----------
    As :func:`stream_gain_w`.
    """
    flow_w_k = y["chw_kg_s"] * CP_WATER
    if flow_w_k <= 0.0:
        return 0.0
    out_w = stream_gain_w(y["pipe_supply_w_k"], y["pipe_supply_c"], water_c, flow_w_k)
    leaving_c = water_c + (out_w + y["taken_w"]) / flow_w_k
    gain_w = out_w + stream_gain_w(y["pipe_return_w_k"], y["pipe_return_c"], leaving_c, flow_w_k)
    if must_keep == 1:
        return max(gain_w, -max(y["taken_w"] + y["chw_pump_heat_w"], 0.0))
    return gain_w


@kernel
def duct_rise_j_kg(conductance_w_k: float, drive_k: float, air_j_kgk: float, supply_kg_s: float) -> float:
    """Rise of the enthalpy of air in outdoor ducts.

    Parameters
    ----------
    conductance_w_k : float
        To the resting temperature [W/K].
    drive_k : float
        Resting temperature less that of the entering air [K].
    air_j_kgk : float
        Heat capacity of the air, its vapour included [J/(kg K)].
    supply_kg_s : float
        Dry air [kg/s].

    Returns
    -------
    float
        J/kg of dry air; the humidity stays.

    References
    ----------
    As :func:`stream_gain_w`.
    """
    if supply_kg_s <= 0.0:
        return 0.0
    return stream_gain_w(conductance_w_k, drive_k, 0.0, supply_kg_s * air_j_kgk) / supply_kg_s


@kernel
def reaching_j_kg(x: Any, supply_kg_s: float, supply_j_kg: float) -> float:
    """Enthalpy of the supply air where it reaches the hall: that of the units, after outdoor supply ducts.

    Parameters
    ----------
    x : record of SOLUTION
        ``supply_conduit_*``.
    supply_kg_s : float
        Supply air [kg/s].
    supply_j_kg : float
        As it leaves the units [J/kg].

    Returns
    -------
    float
        J/kg.

    References
    ----------
    As :func:`stream_gain_w`.
    """
    if x["supply_conduit_w_k"] <= 0.0:
        return supply_j_kg
    return supply_j_kg + duct_rise_j_kg(
        x["supply_conduit_w_k"], x["supply_conduit_k"], x["conduit_j_kgk"], supply_kg_s)
