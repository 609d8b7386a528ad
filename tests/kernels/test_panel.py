"""Sky-radiator panels: the published panel test, the exponential law, by-pass, dew, pump."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.coating import net_power_w_m2
from twin_kernels.constants import CP_WATER
from twin_kernels.equipment_water import PANEL_PARAMS, PANEL_STATE
from twin_kernels.layout import WEATHER
from twin_kernels.panel import panel_for_need, panel_heat_w, panel_weather
from twin_kernels.saturation import humidity_ratio_from_vapour_pressure, saturation_pressure_pa


def panels(area_m2: float = 100.0, **changes: float) -> np.void:
    p = np.zeros(1, PANEL_PARAMS)[0]
    p["area_m2"], p["solar_absorptance_frac"], p["fin_frac"] = area_m2, 0.03, 0.95
    p["window_emissivity_frac"] = p["far_emissivity_frac"] = p["emissivity_frac"] = 0.93
    p["film_base_w_m2k"], p["film_wind_w_s_m3k"] = 6.0, 0.0
    p["water_rated_kg_s"], p["pump_w"], p["dew_margin_k"], p["least_cop"], p["available"] = 2.0, 300.0, 1.0, 5.0, 1
    for name, value in changes.items():
        p[name] = value
    return p


def weather_at(p: np.void, air_c: float, rh_frac: float, solar_w_m2: float, infrared_w_m2: float) -> np.void:
    w = np.zeros(1, WEATHER)[0]
    w["dry_bulb_c"], w["pressure_pa"], w["ghi_w_m2"], w["infrared_w_m2"] = air_c, 101325.0, solar_w_m2, infrared_w_m2
    w["humidity_ratio"] = humidity_ratio_from_vapour_pressure(rh_frac * saturation_pressure_pa(air_c), 101325.0)
    s = np.zeros(1, PANEL_STATE)[0]
    panel_weather(p, s, w, 0.0)
    return s


def test_published_panels_in_dry_air() -> None:
    # Goldstein et al. 2017: 3 … 5 K below air at 0.2 L/(min m²), that is up to 70 W/m²
    p = panels(1.0, film_base_w_m2k=3.0, water_rated_kg_s=1.0)  # under a wind cover
    s = weather_at(p, 27.0, 0.25, 800.0, 365.0)
    heat_w = panel_heat_w(p, s, 27.0, 0.2 / 60.0)
    cooled_k = heat_w / (0.2 / 60.0 * CP_WATER)
    assert 2.5 < cooled_k < 6.0
    assert 35.0 < heat_w < 85.0


def test_exponential_law_against_many_small_panels() -> None:
    whole, p = panels(100.0), panels(0.1)
    s = weather_at(whole, 15.0, 0.3, 0.0, 280.0)
    water_c = 24.0
    for _ in range(1000):
        optics = (p["solar_absorptance_frac"], 0.93, 0.93, 0.93)
        sky = (s["sky_window_w_m2"], s["sky_far_w_m2"], s["sky_other_w_m2"])
        water_c -= 0.95 * 0.1 * net_power_w_m2(optics, sky, water_c, 15.0, 0.0, 6.0, 0.0) / (0.5 * CP_WATER)
    by_steps_w = 0.5 * CP_WATER * (24.0 - water_c)
    # one chord for the whole panel: 2 % of a fourth power's bend over 10 K
    assert panel_heat_w(whole, s, 24.0, 0.5) == pytest.approx(by_steps_w, rel=0.02)


def test_trends() -> None:
    p = panels()
    s = weather_at(p, 20.0, 0.3, 0.0, 310.0)
    assert (np.diff([panel_heat_w(p, s, t, 1.0) for t in (18.0, 22.0, 28.0, 35.0)]) > 0.0).all()
    assert (np.diff([panel_heat_w(p, s, 25.0, m) for m in (0.1, 0.5, 1.0, 5.0)]) > 0.0).all()
    sun = [panel_heat_w(p, weather_at(p, 20.0, 0.3, g, 310.0), 25.0, 1.0) for g in (0.0, 400.0, 900.0)]
    assert (np.diff(sun) < 0.0).all()
    # never colder than where the plate rests, whatever its size
    big = panels(1e7)
    leaving_c = 25.0 - panel_heat_w(big, s, 25.0, 1.0) / CP_WATER
    assert leaving_c >= s["rest_c"] - 1e-9


def test_by_pass_when_it_would_warm() -> None:
    p = panels(solar_absorptance_frac=0.5)
    s = weather_at(p, 35.0, 0.3, 900.0, 400.0)
    assert s["rest_c"] > 35.0
    assert panel_for_need(p, s, 25.0, 1.0, 1e5) == (0.0, 0.0, 0.0)
    assert panel_for_need(panels(available=0), weather_at(p, 5.0, 0.3, 0.0, 250.0), 25.0, 1.0, 1e5) == (0.0, 0.0, 0.0)


def test_plate_stays_dry() -> None:
    p = panels(1e5)
    s = weather_at(p, 20.0, 0.85, 0.0, 360.0)
    heat_w = panel_heat_w(p, s, 22.0, 1.0)
    assert 22.0 - heat_w / CP_WATER == pytest.approx(max(s["dew_c"] + 1.0, s["rest_c"]), abs=1e-6)
    assert panel_heat_w(p, s, float(s["dew_c"]) + 0.5, 1.0) == 0.0


def test_pump_and_need() -> None:
    p = panels()
    s = weather_at(p, 10.0, 0.4, 0.0, 250.0)
    full_w, pump_w, open_frac = panel_for_need(p, s, 24.0, 2.0, 1e9)
    assert pump_w == pytest.approx(300.0)
    assert open_frac == 1.0
    assert panel_for_need(p, s, 24.0, 2.0, 0.25 * full_w) == pytest.approx((0.25 * full_w, 75.0, 0.25))
    assert panel_for_need(p, s, 24.0, 1.0, 1e9)[1] == pytest.approx(300.0 / 8.0)
    assert panel_for_need(p, s, 24.0, 50.0, 1e9) == (full_w, pump_w, 1.0)  # the rest goes round
    assert panel_for_need(panels(least_cop=1e6), s, 24.0, 2.0, 1e9) == (0.0, 0.0, 0.0)


def test_kernel_equals_its_py_func() -> None:
    p = panels()
    s = weather_at(p, 10.0, 0.4, 0.0, 250.0)
    plain = getattr(panel_for_need, "py_func", panel_for_need)
    assert plain(p, s, 24.0, 2.0, 5e3) == pytest.approx(panel_for_need(p, s, 24.0, 2.0, 5e3), rel=1e-12)
