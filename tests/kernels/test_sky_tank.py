"""Night tank of sky-radiator panels: when it is charged, how cold, and when it is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_water import PANEL_PARAMS, PANEL_STATE, TANK_PARAMS, TANK_STATE
from twin_kernels.layout import WEATHER
from twin_kernels.panel import panel_heat_w, panel_weather
from twin_kernels.saturation import humidity_ratio_from_vapour_pressure, saturation_pressure_pa
from twin_kernels.sky_tank import charge_heat_w, sky_tank_call

NIGHT, NOON = 23.0, 12.0


def panels(area_m2: float = 100.0, **changes: float) -> np.void:
    p = np.zeros(1, PANEL_PARAMS)[0]
    p["area_m2"], p["solar_absorptance_frac"], p["fin_frac"] = area_m2, 0.03, 0.95
    p["window_emissivity_frac"] = p["far_emissivity_frac"] = p["emissivity_frac"] = 0.93
    p["film_base_w_m2k"], p["water_rated_kg_s"], p["pump_w"] = 6.0, 2.0, 300.0
    p["dew_margin_k"], p["least_cop"], p["available"] = 1.0, 5.0, 1
    p["charge_margin_k"], p["draw_margin_k"] = 3.0, 1.0
    for name, value in changes.items():
        p[name] = value
    return p


def a_tank(temp_c: float = 18.0, **changes: float) -> tuple[np.void, np.void]:
    tank = np.zeros(1, TANK_PARAMS)[0]
    tank["water_kg"], tank["height_m"], tank["area_m2"], tank["rated_kg_s"] = 2e4, 4.0, 5.0, 1.0
    tank["charge_c"], tank["available"] = 5.0, 1
    tank["charge_first_hour"], tank["charge_last_hour"] = 20.0, 8.0
    tank["discharge_first_hour"], tank["discharge_last_hour"] = 8.0, 20.0
    for name, value in changes.items():
        tank[name] = value
    t = np.zeros(1, TANK_STATE)[0]
    t["layer_c"] = t["outlet_c"] = temp_c
    t["top_frac"] = 0.5
    return t, tank


def weather(air_c: float, rh_frac: float, infrared_w_m2: float, solar_w_m2: float = 0.0) -> np.void:
    w = np.zeros(1, WEATHER)[0]
    w["dry_bulb_c"], w["pressure_pa"], w["ghi_w_m2"], w["infrared_w_m2"] = air_c, 101325.0, solar_w_m2, infrared_w_m2
    w["humidity_ratio"] = humidity_ratio_from_vapour_pressure(rh_frac * saturation_pressure_pa(air_c), 101325.0)
    s = np.zeros(1, PANEL_STATE)[0]
    panel_weather(panels(), s, w, 0.0)
    return s


def clear_night() -> np.void:
    return weather(8.0, 0.4, 250.0)


def test_water_is_never_colder_than_it_may_be() -> None:
    s = weather(-15.0, 0.4, 170.0)
    assert s["rest_c"] < -15.0
    _, tank = a_tank()
    endless = panels(1e6)
    assert charge_heat_w(endless, s, tank, 18.0, 1.0) == pytest.approx(13.0 * CP_WATER)
    assert charge_heat_w(endless, s, tank, 5.0, 1.0) == 0.0
    assert charge_heat_w(endless, s, tank, 4.0, 1.0) == 0.0
    small = panels(10.0)
    assert charge_heat_w(small, s, tank, 18.0, 1.0) == panel_heat_w(small, s, 18.0, 1.0)
    damp = weather(12.0, 0.95, 260.0)  # dew point 11.2 °C: the plate stays dry
    leaving_c = 18.0 - charge_heat_w(endless, damp, tank, 18.0, 1.0) / CP_WATER
    assert leaving_c == pytest.approx(damp["dew_c"] + 1.0, abs=1e-9)


def test_clock_and_sky_decide() -> None:
    p, s = panels(), clear_night()
    t, tank = a_tank()
    assert sky_tank_call(p, s, t, tank, NIGHT) == -1
    assert sky_tank_call(p, s, t, tank, NOON) == 1
    assert sky_tank_call(p, s, t, a_tank(charge_last_hour=22.0)[1], NIGHT) == 0
    cloudy_warm = weather(20.0, 0.8, 400.0)
    assert cloudy_warm["rest_c"] > 18.0
    assert sky_tank_call(p, cloudy_warm, t, tank, NIGHT) == 0
    # the margin: 3 K between rest and the warm end, whatever lies below
    for above_k, call in ((2.9, 0), (3.1, -1)):
        t, _ = a_tank(float(s["rest_c"]) - 1.0)
        t["layer_c"][:5] = s["rest_c"] + above_k
        assert sky_tank_call(panels(least_cop=0.0, dew_margin_k=-50.0), s, t, a_tank(charge_c=-50.0)[1], NIGHT) == call


def test_left_alone() -> None:
    p, s = panels(), clear_night()
    t, tank = a_tank()
    assert sky_tank_call(p, s, t, a_tank(water_kg=0.0)[1], NIGHT) == 0
    assert sky_tank_call(p, s, t, a_tank(water_kg=0.0)[1], NOON) == 0
    assert sky_tank_call(p, s, t, a_tank(available=0)[1], NIGHT) == 0
    assert sky_tank_call(p, s, t, a_tank(available=0)[1], NOON) == 0
    assert sky_tank_call(panels(available=0), s, t, tank, NIGHT) == 0
    assert sky_tank_call(panels(available=0), s, t, tank, NOON) == 1  # what it holds can still be used
    assert sky_tank_call(panels(least_cop=1e6), s, t, tank, NIGHT) == 0
    assert sky_tank_call(p, s, a_tank(5.0)[0], tank, NIGHT) == 0


def test_kernels_equal_their_py_func() -> None:
    p, s = panels(), clear_night()
    t, tank = a_tank()
    plain = getattr(charge_heat_w, "py_func", charge_heat_w)
    assert plain(p, s, tank, 18.0, 1.0) == pytest.approx(charge_heat_w(p, s, tank, 18.0, 1.0), rel=1e-12)
    plain_call = getattr(sky_tank_call, "py_func", sky_tank_call)
    assert plain_call(p, s, t, tank, NIGHT) == sky_tank_call(p, s, t, tank, NIGHT)
