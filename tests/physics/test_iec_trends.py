"""What must rise and fall in an evaporative hall: wet bulb, setpoint, units, modules."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from rig import Rig, iec_scenario, laid_over, steady_weather

#: Nothing but the servers' heat, of constant power and air, comes into the hall.
PLAIN: dict[str, Any] = {
    "hall": {
        "server": {"leak_per_k": 0.0, "ramp_gain_frac": 0.0, "flow_per_k": 0.0},
        "air": {"ventilation_kg_s": 0.0}, "humidity": {"min_dew_point_c": None, "max_dew_point_c": None},
        "fan": {"mode": "demand", "demand_margin_frac": 0.1},
    },
    "envelope": {"inside_film_w_m2k": 1e-6, "inner_emissivity_frac": 0.0},
    "power": {"ups": {"to_hall_frac": 0.0}},
}
#: Dry enough that no trim condenses.
HALL_HUMIDITY = 0.006


def settled(
    changes: dict[str, Any], dry_bulb_c: float, damp: float, load: float = 0.7, supply_c: float | None = None
) -> Rig:
    """A plain hall at rest under constant weather."""
    weather = steady_weather(dry_bulb_c, damp, steps=240)
    rig = Rig(iec_scenario(laid_over(PLAIN, changes)), weather)
    for field in ("room_w", "return_w", "supply_w"):
        rig.state.facility[field] = HALL_HUMIDITY
    if supply_c is not None:
        rig.setpoints["supply_air_c"] = supply_c
    rig.rows(weather, load, 60.0)
    return rig


@pytest.mark.parametrize("dry_bulb_c", [22.0, 30.0, 38.0])
def test_a_lower_wet_bulb_never_needs_more_trim(dry_bulb_c: float) -> None:
    """Same dry bulb, drier air: colder plates, less for the compressors, and not a warmer hall."""
    dx_w, heat_w, wet_bulb_c = [], [], []
    for damp in (0.95, 0.8, 0.65, 0.5, 0.35, 0.2, 0.05):
        rig = settled({}, dry_bulb_c, damp)
        dx_w.append(float(rig.air["dx_w"]))
        heat_w.append(float(rig.air["iec_w"]))
        wet_bulb_c.append(float(rig.f["wet_bulb_c"]))
        assert rig.f["supply_c"] == pytest.approx(24.0, abs=1e-3)
    assert all(b < a for a, b in pairwise(wet_bulb_c))
    assert all(b <= a + 1e-6 for a, b in pairwise(dx_w))
    assert all(b >= a - 1e-3 for a, b in pairwise(heat_w))
    assert (dx_w[0] > 100.0) == (dry_bulb_c > 25.0)


@pytest.mark.parametrize("sprays", [True, False])
def test_a_warmer_setpoint_never_needs_more_trim(sprays: bool) -> None:
    """Constant servers: the plates take more of the heat, and the compressor lifts what is left over less."""
    dx_w = []
    for supply_c in np.arange(18.0, 30.0, 1.0):
        rig = settled({} if sprays else {"hall": {"iec": {"n": {"spray": {"freeze_c": 15.0}}}}}, 33.0, 0.6,
                      supply_c=float(supply_c))
        if not sprays:
            rig.params.iecs["spray_available"] = 0
            rig.rows(steady_weather(33.0, 0.6, steps=240), 0.7, 60.0)
        dx_w.append(float(rig.air["dx_w"]))
    assert all(b <= a + 1e-6 for a, b in pairwise(dx_w))
    assert dx_w[0] > 2.0 * dx_w[-1]


def test_warmer_outdoor_air_never_needs_less() -> None:
    """At constant humidity: DX, heat that the trims take, and the sum of all that cools."""
    totals, dx_w = [], []
    for dry_bulb_c in np.arange(18.0, 46.0, 2.0):
        weather = steady_weather(float(dry_bulb_c), 0.5, steps=240)
        weather["humidity_ratio"] = 0.010
        rig = Rig(iec_scenario(PLAIN), weather)
        rig.rows(weather, 0.7, 60.0)
        x = rig.air
        dx_w.append(float(x["dx_w"]))
        totals.append(float(x["dx_w"] + x["iec_fan_w"] + x["iec_pump_w"]))
    assert all(b >= a - 1e-6 for a, b in pairwise(dx_w))
    assert totals[-1] > 3.0 * totals[0]


def test_more_units_are_never_hotter() -> None:
    """Without DX on a damp day: the same air over more plates comes closer to the wet bulb, and fans need less."""
    supply_c, fans_w = [], []
    for count in (2, 3, 4, 6, 10):
        rig = settled({"hall": {"iec": {"n": {"count": count, "dx": None, "min_speed_frac": 0.0}}}}, 33.0, 0.7)
        supply_c.append(float(rig.f["supply_c"]))
        fans_w.append(float(rig.air["fan_w"]))
        assert supply_c[-1] > rig.f["wet_bulb_c"]
    assert all(b < a for a, b in pairwise(supply_c))
    assert all(b < a for a, b in pairwise(fans_w))


@pytest.mark.parametrize("modules", [2, 5])
def test_modules_add_up(modules: int) -> None:
    """Sealed modules side by side: every rack as in one of them, every heat and power as many times."""
    one = settled({}, 34.0, 0.5)
    many = settled({"hall": {"it_rated_kw": 80.0 * modules, "modules": modules}}, 34.0, 0.5)
    racks = len(one.state.racks)
    assert len(many.state.racks) == modules * racks
    assert len(many.state.iecs) == modules * len(one.state.iecs)
    for module in range(modules):
        own = many.state.racks[module * racks : (module + 1) * racks]
        for field in ("inlet_c", "outlet_c", "power_w"):
            np.testing.assert_allclose(own[field], one.state.racks[field], rtol=1e-6)
    assert one.air["dx_w"] > 100.0
    for field in ("it_w", "fan_w", "iec_w", "iec_fan_w", "iec_pump_w", "dx_w", "supply_kg_s"):
        assert many.air[field] == pytest.approx(modules * float(one.air[field]), rel=1e-5), field
    for field in ("ups_loss_electric_w", "distribution_loss_electric_w", "makeup_kg_s", "exhaust_out_w"):
        assert many.ledger[field] == pytest.approx(modules * float(one.ledger[field]), rel=1e-5), field


def test_a_supply_offset_of_one_group_is_its_own() -> None:
    """A group with its own setpoint makes that, the other the common one; the mean is what racks get."""
    other = {"count": 3, "air_m3_s": 2.5, "secondary_air_m3_s": 2.9, "supply_air_temp_c": 22.0}
    rig = settled({"hall": {"iec": {"m": other}}}, 12.0, 0.6)
    made_c = rig.state.iecs["supply_c"]
    np.testing.assert_allclose(made_c, [24.0, 24.0, 24.0, 22.0, 22.0, 22.0], atol=1e-3)
    assert rig.f["supply_c"] == pytest.approx(23.0, abs=1e-3)
