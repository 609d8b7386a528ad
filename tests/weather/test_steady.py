"""Steady air from the scenario: the humidity that was asked for, no sun, the same in every step."""

from __future__ import annotations

import pytest
from twin_kernels.psychrometrics import dew_point_c, relative_humidity_frac, standard_pressure_pa, wet_bulb_c

from twin.scenario.run import SteadyAir
from twin.weather.steady import steady_year


@pytest.mark.parametrize("given", [{"wet_bulb_c": 19.4}, {"rh_frac": 0.4}, {"dew_point_c": 12.0}])
@pytest.mark.parametrize("altitude_m", [0.0, 1600.0])
def test_humidity_is_that_of_the_scenario(given: dict[str, float], altitude_m: float) -> None:
    record = steady_year(SteadyAir(dry_bulb_c=26.7, altitude_m=altitude_m, **given)).block(0, 1, 60)[0]
    w, pressure_pa = float(record["humidity_ratio"]), float(record["pressure_pa"])
    assert pressure_pa == pytest.approx(standard_pressure_pa(altitude_m))
    found = {
        "wet_bulb_c": wet_bulb_c(26.7, w, pressure_pa, 19.0), "rh_frac": relative_humidity_frac(26.7, w, pressure_pa),
        "dew_point_c": dew_point_c(w, pressure_pa)}
    for name, value in given.items():
        assert found[name] == pytest.approx(value, abs=1e-6)


def test_every_step_is_alike_and_dark() -> None:
    year = steady_year(SteadyAir(dry_bulb_c=35.0, rh_frac=0.3, pressure_pa=98000.0, wind_m_s=2.0))
    block = year.block(12 * 3600, 3000, 900)
    for name in ("dry_bulb_c", "humidity_ratio", "pressure_pa", "wind_m_s", "infrared_w_m2"):
        assert (block[name] == block[name][0]).all()
    assert block["ghi_w_m2"].sum() == block["dni_w_m2"].sum() == 0.0
    assert block["infrared_w_m2"][0] == pytest.approx(5.670374419e-8 * 308.15**4)
    assert block["pressure_pa"][0] == 98000.0
