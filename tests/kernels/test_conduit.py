"""Outdoor pipes, ducts and casings: a case by hand, limits, the exponential law, sun on shapes, trends."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from twin_kernels.bands import closed_sky_w_m2
from twin_kernels.coating import net_power_w_m2
from twin_kernels.conduit import (
    arriving_c,
    conduit_conductance_w_k,
    conduit_sun_w_m2,
    conduit_weather,
    duct_rise_j_kg,
    pipe_gain_w,
    stream_gain_w,
)
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_conduit import BODY, BOX, CONDUIT_PARAMS, CONDUIT_STATE, ROUND
from twin_kernels.layout import WEATHER
from twin_kernels.radiation import sky_exchange_frac
from twin_kernels.saturation import humidity_ratio_from_vapour_pressure, saturation_pressure_pa, vapour_pressure_pa
from twin_kernels.water_layout import PLANT_SOLUTION

#: A plane with the share 4/(3 pi) of a free lying cylinder's exchange with the sky.
TILT_DEG = math.degrees(math.acos(2.0 * (4.0 / (3.0 * math.pi)) ** (2.0 / 3.0) - 1.0))


def pipe(**changes: float) -> np.void:
    """100 m of DN 200 in 30 mm of foam, running east-west, painted grey."""
    p = np.zeros(1, CONDUIT_PARAMS)[0]
    p["area_m2"] = math.pi * 0.279 * 100.0
    p["resistance_k_w"] = math.log(0.279 / 0.219) / (2.0 * math.pi * 0.036 * 100.0)
    p["solar_absorptance_frac"] = 0.65
    p["window_emissivity_frac"] = p["far_emissivity_frac"] = p["emissivity_frac"] = 0.9
    p["film_base_w_m2k"], p["film_wind_w_s_m3k"] = 5.7, 3.8
    p["sky_view_frac"], p["sunlit_frac"], p["axis_east"], p["tilt_deg"] = 0.5, 1.0, 1.0, TILT_DEG
    for name, value in changes.items():
        p[name] = value
    return p


def weather(**changes: float) -> np.void:
    """A summer noon: 30 °C, sun 60° high in the south, 2 m/s."""
    w = np.zeros(1, WEATHER)[0]
    w["dry_bulb_c"], w["pressure_pa"], w["wind_m_s"], w["infrared_w_m2"] = 30.0, 101325.0, 2.0, 400.0
    w["dni_w_m2"], w["dhi_w_m2"], w["ghi_w_m2"] = 800.0, 120.0, 800.0 * math.sin(math.radians(60.0)) + 120.0
    w["sun_up"], w["sun_north"] = math.sin(math.radians(60.0)), -math.cos(math.radians(60.0))
    w["humidity_ratio"] = humidity_ratio_from_vapour_pressure(0.5 * saturation_pressure_pa(30.0), 101325.0)
    for name, value in changes.items():
        w[name] = value
    return w


def met(p: np.void, w: np.void) -> tuple[np.void, tuple[float, float, float]]:
    """The conduit in this weather, and its sky."""
    vapour_pa = vapour_pressure_pa(w["humidity_ratio"], w["pressure_pa"])
    sky = closed_sky_w_m2(w["infrared_w_m2"], w["dry_bulb_c"], vapour_pa, 0.0)
    s = np.zeros(1, CONDUIT_STATE)[0]
    conduit_weather(p, s, w, sky, 0.2)
    return s, sky


def gain(p: np.void, w: np.void, water_c: float = 16.0, kg_s: float = 20.0) -> float:
    s, sky = met(p, w)
    conductance = conduit_conductance_w_k(p, s, sky, float(w["dry_bulb_c"]), water_c)
    return stream_gain_w(conductance, s["rest_c"], water_c, kg_s * CP_WATER)


def test_a_pipe_by_hand() -> None:
    # No radiation, 10 W/m2K of film: rest = 30 + 0.65 G/10. Sun: the beam is square to the pipe: 800/pi direct, half of
    # 120 diffuse, half of 0.2 * 812.82 from the ground: 395.93 W/m2, rest 55.735 C. R = ln(279/219)/(2 pi 3.6)
    # = 0.010705 K/W, 1/(hA) = 1/876.50 = 0.0011409 K/W: U = 84.418 W/K. Of 20 kg/s: 83720 (1 - exp(-84.418/83720))
    # * 39.735 K = 3352.7 W.
    p = pipe(emissivity_frac=0.0, window_emissivity_frac=0.0, far_emissivity_frac=0.0,
             film_base_w_m2k=10.0, film_wind_w_s_m3k=0.0)
    s, sky = met(p, weather())
    assert s["solar_w_m2"] == pytest.approx(395.93, abs=0.01)
    assert s["rest_c"] == pytest.approx(55.735, abs=1e-3)
    assert conduit_conductance_w_k(p, s, sky, 30.0, 16.0) == pytest.approx(84.418, abs=5e-3)
    assert gain(p, weather()) == pytest.approx(3352.7, abs=0.5)


def test_limits() -> None:
    assert gain(pipe(resistance_k_w=1e12), weather()) == pytest.approx(0.0, abs=1e-6)
    assert gain(pipe(), weather(), kg_s=0.0) == 0.0
    # nothing acts: night, sky as warm as the air, water as warm as the air
    even = weather(dni_w_m2=0.0, dhi_w_m2=0.0, ghi_w_m2=0.0, dry_bulb_c=20.0, infrared_w_m2=5.670374e-8 * 293.15**4)
    assert gain(pipe(), even, water_c=20.0) == pytest.approx(0.0, abs=0.5)  # 0.01 K of rounding in the sky's bands
    # a very long bare pipe: the water comes to where the surface rests
    long = pipe(resistance_k_w=0.0, area_m2=1e6)
    s, _ = met(long, weather())
    assert 16.0 + gain(long, weather(), 16.0, 20.0) / (20.0 * CP_WATER) == pytest.approx(float(s["rest_c"]), abs=1e-6)


def test_bare_metal_is_the_surface_itself() -> None:
    p = pipe(resistance_k_w=0.0)
    s, sky = met(p, weather())
    optics = (0.65, 0.9, 0.9, 0.9)
    lost = net_power_w_m2(optics, sky, 16.0, 30.0, float(s["solar_w_m2"]), float(s["film_w_m2k"]), TILT_DEG)
    conductance = conduit_conductance_w_k(p, s, sky, 30.0, 16.0)
    assert conductance * (s["rest_c"] - 16.0) == pytest.approx(-lost * float(p["area_m2"]), rel=1e-12)


@pytest.mark.parametrize("insulation_k_w", [1e-4, 1e-3, 0.0107])
def test_heat_through_insulation_is_that_of_the_surface(insulation_k_w: float) -> None:
    p = pipe(resistance_k_w=insulation_k_w)
    s, sky = met(p, weather())
    heat_w = conduit_conductance_w_k(p, s, sky, 30.0, 16.0) * (s["rest_c"] - 16.0)
    surface_c = 16.0 + heat_w * insulation_k_w
    lost = net_power_w_m2((0.65, 0.9, 0.9, 0.9), sky, surface_c, 30.0, float(s["solar_w_m2"]), float(s["film_w_m2k"]),
                          TILT_DEG)
    # four passes leave 1e-4 of the bend of the fourth power, which is a tenth of the heat
    assert -lost * float(p["area_m2"]) == pytest.approx(heat_w, rel=1e-4)


def test_exponential_law_against_many_short_pipes() -> None:
    whole, short = pipe(resistance_k_w=0.0, area_m2=500.0), pipe(resistance_k_w=0.0, area_m2=0.5)
    water_c = 16.0
    for _ in range(1000):
        water_c += gain(short, weather(), water_c, 5.0) / (5.0 * CP_WATER)
    # one chord for the whole length: 3 % of a fourth power's bend over 15 K
    assert gain(whole, weather(), 16.0, 5.0) == pytest.approx(5.0 * CP_WATER * (water_c - 16.0), rel=0.03)


def test_sun_on_shapes() -> None:
    beam = {"dhi_w_m2": 0.0, "ghi_w_m2": 0.0, "dni_w_m2": 1000.0}
    along = weather(**beam, sun_up=0.0001, sun_north=0.0, sun_east=1.0)
    assert conduit_sun_w_m2(pipe(), along, 0.2) == pytest.approx(0.0, abs=0.1)  # the sun looks at its end
    overhead = weather(**beam, sun_up=1.0, sun_north=0.0)
    assert conduit_sun_w_m2(pipe(shape=ROUND), overhead, 0.2) == pytest.approx(1000.0 / math.pi)
    assert conduit_sun_w_m2(pipe(shape=BOX, width_m=2.0, height_m=1.0), overhead, 0.2) == pytest.approx(1000.0 / 3.0)
    assert conduit_sun_w_m2(pipe(shape=BODY), overhead, 0.2) == pytest.approx(250.0)
    assert conduit_sun_w_m2(pipe(sunlit_frac=0.25), overhead, 0.2) == pytest.approx(250.0 / math.pi)
    below = weather(**beam, sun_up=-0.1, sun_north=-1.0)
    assert conduit_sun_w_m2(pipe(), below, 0.2) == 0.0


def test_share_of_the_sky_round_a_cylinder() -> None:
    # mean of F sqrt(F) round a lying cylinder, by numbers: 4/(3 pi)
    degrees = np.linspace(0.0, 180.0, 18001)
    mean = float(np.mean([sky_exchange_frac(float(d)) for d in degrees[1:]]))
    assert sky_exchange_frac(TILT_DEG) == pytest.approx(mean, abs=1e-4)


def falls(values: list[float]) -> bool:
    return all(a > b for a, b in pairwise(values))


def test_trends() -> None:
    noon = weather()
    assert falls([gain(pipe(solar_absorptance_frac=a), noon) for a in (0.9, 0.6, 0.3, 0.05)])
    assert falls([gain(pipe(resistance_k_w=r), noon) for r in (0.0, 0.002, 0.01, 0.05)])
    assert falls([gain(pipe(), noon, water_c=t) for t in (6.0, 12.0, 18.0, 24.0)])
    assert falls([gain(pipe(sunlit_frac=f), noon) for f in (1.0, 0.5, 0.0)])
    night = weather(dni_w_m2=0.0, dhi_w_m2=0.0, ghi_w_m2=0.0, dry_bulb_c=18.0, infrared_w_m2=300.0, wind_m_s=0.5)
    assert falls([gain(pipe(sky_view_frac=v, tilt_deg=tilt), night, 18.0)
                  for v, tilt in ((0.3, 105.0), (0.5, TILT_DEG), (0.6, 70.0))])
    assert gain(pipe(), weather(dry_bulb_c=-5.0, dni_w_m2=0.0, dhi_w_m2=0.0, ghi_w_m2=0.0, infrared_w_m2=230.0)) < 0.0


def test_supply_and_return_of_a_system() -> None:
    y = np.zeros(1, PLANT_SOLUTION)[0]
    y["chw_kg_s"] = y["pipe_kg_s"] = 20.0
    y["taken_w"], y["chw_pump_heat_w"] = 500e3, 5e3
    y["pipe_supply_w_k"], y["pipe_supply_c"], y["pipe_return_w_k"], y["pipe_return_c"] = 2000.0, 50.0, 1000.0, 45.0
    flow_w_k = 20.0 * CP_WATER
    at_loads_c = arriving_c(y, 16.0)
    assert at_loads_c == pytest.approx(50.0 - 34.0 * math.exp(-2000.0 / flow_w_k))
    from_loads_c = at_loads_c + 500e3 / flow_w_k
    back_c = 45.0 - (45.0 - from_loads_c) * math.exp(-1000.0 / flow_w_k)
    assert pipe_gain_w(y, 16.0, 0) == pytest.approx(flow_w_k * (back_c - 16.0) - 500e3)
    y["pipe_supply_c"] = y["pipe_return_c"] = -1000.0  # more loss than heat: a loop without volume keeps none
    assert pipe_gain_w(y, 16.0, 1) == -505e3
    assert pipe_gain_w(y, 16.0, 0) < -505e3
    y["chw_kg_s"] = 0.0
    assert pipe_gain_w(y, 16.0, 0) == 0.0


def test_duct_rise() -> None:
    assert duct_rise_j_kg(100.0, 20.0, 1020.0, 0.0) == 0.0
    by_hand = 1020.0 * 20.0 * (1.0 - math.exp(-100.0 / 10200.0))
    assert duct_rise_j_kg(100.0, 20.0, 1020.0, 10.0) == pytest.approx(by_hand)


@pytest.mark.parametrize("law", [stream_gain_w, duct_rise_j_kg])
def test_compiled_equals_plain(law: object) -> None:
    plain = getattr(law, "py_func", law)
    assert law(84.4, 55.7, 16.0, 83720.0) == pytest.approx(plain(84.4, 55.7, 16.0, 83720.0), rel=1e-14)  # type: ignore[operator]
