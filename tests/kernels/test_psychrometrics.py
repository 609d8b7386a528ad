"""Moist air against psychrolib (same equations) and CoolProp (an independent real-gas source)."""

from __future__ import annotations

import numpy as np
import psychrolib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twin_kernels import psychrometrics as air
from twin_kernels import saturation

psychrolib.SetUnitSystem(psychrolib.SI)

P0 = 101325.0
TEMPS = st.floats(-40.0, 60.0)
RELATIVE = st.floats(0.02, 1.0)
PRESSURES = st.floats(70_000.0, 105_000.0)
#: Same equations, double precision: what is left is rounding and the psychrolib constants' last digit.
SAME_EQUATIONS = 1e-6


@pytest.mark.parametrize("temp_c", [-99.0, -40.0, -5.0, 0.0, 0.005, 0.02, 5.0, 20.0, 45.0, 99.0, 180.0])
def test_saturation_pressure_is_the_handbook_fit(temp_c: float) -> None:
    assert air.saturation_pressure_pa(temp_c) == pytest.approx(psychrolib.GetSatVapPres(temp_c), rel=1e-12)


@pytest.mark.parametrize(
    ("temp_c", "published_pa"), [(-20.0, 103.24), (0.01, 611.66), (25.0, 3169.8), (100.0, 101420.0)]
)
def test_saturation_pressure_against_steam_tables(temp_c: float, published_pa: float) -> None:
    """IAPWS values as printed in steam tables; the Hyland–Wexler fit agrees to 0.1 %."""
    assert air.saturation_pressure_pa(temp_c) == pytest.approx(published_pa, rel=1e-3)


@settings(max_examples=150, deadline=None)
@given(temp_c=TEMPS, rh_frac=RELATIVE, pressure_pa=PRESSURES)
def test_states_agree_with_psychrolib(temp_c: float, rh_frac: float, pressure_pa: float) -> None:
    w = air.humidity_ratio(temp_c, rh_frac, pressure_pa)
    if w < 2e-7:  # psychrolib never reports less than 1e-7
        return
    approx = lambda value: pytest.approx(value, rel=SAME_EQUATIONS)  # noqa: E731
    assert w == approx(psychrolib.GetHumRatioFromRelHum(temp_c, rh_frac, pressure_pa))
    assert air.vapour_pressure_pa(w, pressure_pa) == approx(psychrolib.GetVapPresFromHumRatio(w, pressure_pa))
    assert air.humidity_ratio_from_vapour_pressure(air.vapour_pressure_pa(w, pressure_pa), pressure_pa) == approx(w)
    assert air.saturation_humidity_ratio(temp_c, pressure_pa) == approx(psychrolib.GetSatHumRatio(temp_c, pressure_pa))
    assert air.relative_humidity_frac(temp_c, w, pressure_pa) == approx(rh_frac)
    assert 1.0 / air.dry_air_density_kg_m3(temp_c, w, pressure_pa) == approx(
        psychrolib.GetMoistAirVolume(temp_c, w, pressure_pa)
    )
    enthalpy = air.enthalpy_j_kg(temp_c, w)
    assert enthalpy == pytest.approx(psychrolib.GetMoistAirEnthalpy(temp_c, w), rel=SAME_EQUATIONS, abs=1e-3)
    assert air.temperature_from_enthalpy_c(enthalpy, w) == pytest.approx(temp_c, abs=1e-10)


@settings(max_examples=150, deadline=None)
@given(temp_c=TEMPS, rh_frac=RELATIVE, pressure_pa=PRESSURES)
def test_dew_point_inverts_saturation(temp_c: float, rh_frac: float, pressure_pa: float) -> None:
    w = air.humidity_ratio(temp_c, rh_frac, pressure_pa)
    dew_c = air.dew_point_c(w, pressure_pa)
    assert dew_c <= temp_c + 1e-6  # the two fits meet at the triple point to 1e-7 K
    assert air.saturation_humidity_ratio(dew_c, pressure_pa) == pytest.approx(w, rel=1e-8)


def test_dew_point_is_psychrolibs() -> None:
    """psychrolib stops its iteration at 0.001 K."""
    for temp_c, rh_frac in [(25.0, 0.5), (35.0, 0.2), (5.0, 0.4), (-10.0, 0.7)]:
        theirs = psychrolib.GetTDewPointFromRelHum(temp_c, rh_frac)
        assert air.dew_point_c(air.humidity_ratio(temp_c, rh_frac, P0), P0) == pytest.approx(theirs, abs=2e-3)


def test_dry_air_has_the_lowest_dew_point_of_the_fit() -> None:
    assert air.dew_point_c(0.0, P0) == -100.0


@settings(max_examples=200, deadline=None)
@given(temp_c=st.floats(-30.0, 60.0), rh_frac=RELATIVE, pressure_pa=PRESSURES, guess_c=st.floats(-60.0, 90.0))
def test_wet_bulb_solves_the_handbook_balance(
    temp_c: float, rh_frac: float, pressure_pa: float, guess_c: float
) -> None:
    w = air.humidity_ratio(temp_c, rh_frac, pressure_pa)
    wet_c = air.wet_bulb_c(temp_c, w, pressure_pa, guess_c)
    assert wet_c <= temp_c
    assert wet_c >= air.dew_point_c(w, pressure_pa) - 1e-6
    back = psychrolib.GetHumRatioFromTWetBulb(temp_c, min(wet_c, temp_c), pressure_pa)
    # psychrolib cuts at 1e-7; an error of 1e-9 K in the wet bulb is about 1e-12 in the humidity ratio
    assert back == pytest.approx(max(w, 1e-7), rel=SAME_EQUATIONS, abs=1e-9)
    assert air.wet_bulb_c(temp_c, w, pressure_pa, temp_c) == pytest.approx(wet_c, abs=1e-8)


@pytest.mark.parametrize(("temp_c", "rh_frac"), [(35.0, 0.4), (25.0, 0.5), (10.0, 0.8), (-5.0, 0.6), (42.0, 0.08)])
def test_wet_bulb_is_psychrolibs(temp_c: float, rh_frac: float) -> None:
    """psychrolib bisects to 0.001 K."""
    w = air.humidity_ratio(temp_c, rh_frac, P0)
    theirs = psychrolib.GetTWetBulbFromRelHum(temp_c, rh_frac, P0)
    assert air.wet_bulb_c(temp_c, w, P0, 10.0) == pytest.approx(theirs, abs=2e-3)


def test_wet_bulb_of_saturated_and_supersaturated_air_is_the_dry_bulb() -> None:
    w = air.saturation_humidity_ratio(18.0, P0)
    assert air.wet_bulb_c(18.0, w, P0, 5.0) == pytest.approx(18.0, abs=1e-9)
    assert air.wet_bulb_c(18.0, 1.2 * w, P0, 5.0) == 18.0
    assert air.wet_bulb_c(-8.0, 1.2 * air.saturation_humidity_ratio(-8.0, P0), P0, 5.0) == -8.0


def test_wet_bulb_rises_with_humidity_on_either_side_of_freezing() -> None:
    for temp_c in (-10.0, 2.0, 20.0, 40.0):
        ratios = np.linspace(0.0, air.saturation_humidity_ratio(temp_c, P0), 60)
        wet = [air.wet_bulb_c(temp_c, w, P0, 0.0) for w in ratios]
        assert np.all(np.diff(wet) > 0.0)


def test_wet_bulb_against_coolprop() -> None:
    """Within 0.03 K of an independent real-gas formulation, −10 … 45 °C and 5 … 100 %.

    States whose wet bulb lies within 1 K of freezing are left out: there a bare and a frozen wick
    both solve the balance and the two sources may choose differently.
    """
    from CoolProp.HumidAirProp import HAPropsSI  # heavy: only this test needs it

    compared = 0
    for temp_c in (-10.0, -4.0, 3.0, 9.0, 15.0, 21.0, 27.0, 33.0, 39.0, 45.0):
        for rh_frac in (0.05, 0.2, 0.4, 0.6, 0.8, 1.0):
            theirs = HAPropsSI("B", "T", temp_c + 273.15, "R", rh_frac, "P", P0) - 273.15
            if abs(theirs) < 1.0:
                continue
            # the same dry bulb and relative humidity on both sides
            ours = air.wet_bulb_c(temp_c, air.humidity_ratio(temp_c, rh_frac, P0), P0, 10.0)
            assert ours == pytest.approx(theirs, abs=0.03), (temp_c, rh_frac)
            compared += 1
    assert compared >= 50


@settings(max_examples=100, deadline=None)
@given(temp_c=st.floats(-40.0, 60.0), pressure_pa=PRESSURES, guess_c=st.floats(-200.0, 200.0))
def test_saturated_air_at_enthalpy_inverts(temp_c: float, pressure_pa: float, guess_c: float) -> None:
    enthalpy = air.enthalpy_j_kg(temp_c, air.saturation_humidity_ratio(temp_c, pressure_pa))
    found_c = air.saturated_air_at_enthalpy_c(enthalpy, pressure_pa, guess_c)
    assert found_c == pytest.approx(temp_c, abs=1e-7)  # the fits of ice and water meet to that


@pytest.mark.parametrize("altitude_m", [-200.0, 0.0, 270.0, 1655.0, 3000.0])
def test_standard_pressure(altitude_m: float) -> None:
    theirs = psychrolib.GetStandardAtmPressure(altitude_m)
    assert air.standard_pressure_pa(altitude_m) == pytest.approx(theirs, rel=1e-12)


def test_humid_heat_is_the_slope_of_enthalpy() -> None:
    slope = air.enthalpy_j_kg(21.0, 0.01) - air.enthalpy_j_kg(20.0, 0.01)
    assert air.humid_heat_j_kgk(0.01) == pytest.approx(slope, rel=1e-9)


def test_compiled_equals_plain_python() -> None:
    for temp_c in (-15.0, 0.005, 12.0, 38.0):
        for rh_frac in (0.0, 0.3, 1.0):
            w = air.humidity_ratio(temp_c, rh_frac, P0)
            calls = [
                (air.saturation_pressure_pa, (temp_c,)),
                (air.humidity_ratio, (temp_c, rh_frac, P0)),
                (air.dew_point_c, (w, P0)),
                (air.wet_bulb_c, (temp_c, w, P0, 3.0)),
                (air.liquid_wet_bulb_c, (temp_c, w, P0, air.wet_bulb_c(temp_c, w, P0, 3.0))),
                (air.enthalpy_j_kg, (temp_c, w)),
                (air.dry_air_density_kg_m3, (temp_c, w, P0)),
                (air.saturated_air_at_enthalpy_c, (air.enthalpy_j_kg(temp_c, w), P0, 5.0)),
            ]
            for law, arguments in calls:
                plain = getattr(law, "py_func", law)  # with the JIT off the law is plain already
                assert law(*arguments) == pytest.approx(plain(*arguments), rel=1e-12, abs=1e-12)


# --- liquid water below 0 °C --------------------------------------------------------------------


@pytest.mark.parametrize(("temp_c", "published_pa"), [(-5.0, 421.76), (-10.0, 286.45), (-20.0, 125.5), (-30.0, 50.94)])
def test_saturation_over_supercooled_water(temp_c: float, published_pa: float) -> None:
    """Murphy and Koop (2005), eq. 10, evaluated; the extrapolated fit stays within the 0.3 % that its notes allow."""
    w, _, _ = saturation.supercooled_bend(temp_c, P0)
    assert air.vapour_pressure_pa(w, P0) == pytest.approx(published_pa, rel=3e-3)


@settings(max_examples=100, deadline=None)
@given(temp_c=st.floats(-40.0, 30.0), rh_frac=st.floats(0.02, 1.0), pressure_pa=PRESSURES)
def test_liquid_wet_bulb(temp_c: float, rh_frac: float, pressure_pa: float) -> None:
    """The water's balance holds, near the wet bulb of ice, and above 0 °C nothing changes."""
    w = air.humidity_ratio(temp_c, rh_frac, pressure_pa)
    thermodynamic_c = air.wet_bulb_c(temp_c, w, pressure_pa, temp_c)
    liquid_c = air.liquid_wet_bulb_c(temp_c, w, pressure_pa, thermodynamic_c)
    if thermodynamic_c >= 0.0:
        assert liquid_c == thermodynamic_c
        return
    assert liquid_c <= temp_c
    assert abs(liquid_c - thermodynamic_c) < 1.0  # (L_ice - L) (w_s - w) over the slope of the balance
    w_s, _, _ = saturation.supercooled_bend(liquid_c, pressure_pa)
    latent_j_kg = (2501e3 - 2326.0 * liquid_c) * w_s  # eq. 33
    back = (latent_j_kg - 1006.0 * (temp_c - liquid_c)) / (2501e3 + 1860.0 * temp_c - 4186.0 * liquid_c)
    assert back == pytest.approx(w, abs=2e-6)  # eq. 33 as printed: 4186, our water 4184 J/(kg K)


def test_liquid_wet_bulb_has_no_step_at_freezing() -> None:
    """Where the wet bulb of ice jumps, that of water does not."""
    temps = np.linspace(4.0, 6.0, 401)
    found = []
    for temp_c in temps.tolist():
        w = air.humidity_ratio(temp_c, 0.3, P0)
        found.append(air.liquid_wet_bulb_c(temp_c, w, P0, air.wet_bulb_c(temp_c, w, P0, temp_c)))
    assert min(found) < 0.0 < max(found)
    assert np.abs(np.diff(found)).max() < 0.01  # 0.005 K of dry bulb a step, slope below 1
