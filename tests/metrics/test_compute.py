"""All metrics of a run: house keys, finite numbers, absent where they do not apply."""

from __future__ import annotations

import math

import numpy as np
import pytest
from twin_kernels.layout import METERS

from twin.metrics import METRICS, RunFacts, compute_metrics
from twin.scenario.hall import Limits
from twin.scenario.run import Tariff

HOUSE_KEYS = {
    "pue", "pue_category", "ppue_cooling", "tue", "wue_l_per_kwh", "cue_kg_per_kwh", "rci_hi_frac", "rci_lo_frac",
    "rti_frac", "shi_frac", "mlc", "x_factor", "inlet_over_recommended_h", "inlet_over_allowable_h",
    "inlet_rate_exceeded_h", "peak_facility_kw", "cost", "carbon_kg", "curve_outside_box_h",
}


def year_meters() -> dict[str, float]:
    """A plausible year of a 1 MW hall."""
    hour_s, kwh, racks = 3600.0, 3.6e6, 200
    found = dict.fromkeys(METERS.names, 0.0)
    found |= {f"{name}_j": value * kwh for name, value in {
        "it": 6.2e6, "server_fan": 0.3e6, "cpu": 5.4e6, "crah_fan": 0.25e6, "chiller": 0.55e6, "chw_pump": 0.06e6,
        "cw_pump": 0.12e6, "heat_rejection_fan": 0.05e6, "ups_loss": 0.24e6, "distribution_loss": 0.12e6,
        "lighting": 0.03e6, "coil": 6.6e6, "chiller_load": 3.6e6, "wse": 3.0e6, "shortfall": 1.0}.items()}
    found |= {"makeup_kg": 9.6e6, "rack_s": racks * 8760 * hour_s, "rci_hi_k_s": 3600.0, "over_recommended_s": 7200.0,
              "outside_box_s": 36_000.0, "mode_s_1": 4000 * hour_s, "mode_s_2": 1000 * hour_s,
              "mode_s_3": 3760 * hour_s, "shi_rise_j": 0.1, "shi_total_j": 1.0, "rti_crah_kg": 1.1,
              "rti_crah_k_kg": 12.0, "rti_it_kg": 1.0, "rti_it_k_kg": 12.0, "work_asked_s": 1e9}
    return found


IEC = ("it", "crah_fan", "evaporative", "dx", "dehumidifier")


def iec_meters() -> dict[str, float]:
    """The same hall with indirect evaporative units."""
    hour_s, kwh = 3600.0, 3.6e6
    found = year_meters() | dict.fromkeys(
        ("chiller_j", "chiller_load_j", "chw_pump_j", "cw_pump_j", "heat_rejection_fan_j", "wse_j",
         "distribution_loss_j", "lighting_j", "mode_s_1", "mode_s_2", "mode_s_3"), 0.0)
    return found | {
        "iec_fan_j": 0.1e6 * kwh, "iec_pump_j": 0.03e6 * kwh, "dx_j": 0.2e6 * kwh, "dx_load_j": 1e6 * kwh,
        "dehumidifier_j": 0.01e6 * kwh, "mode_s_4": 4000 * hour_s, "mode_s_5": 3000 * hour_s,
        "mode_s_6": 1700 * hour_s, "mode_s_7": 60 * hour_s,
    }


def liquid_meters() -> dict[str, float]:
    """The same hall with three quarters of the heat in coolant, a thermosyphon, sky panels, dry coolers and a user."""
    kwh = 3.6e6
    return year_meters() | {f"{name}_j": value * kwh for name, value in {
        "coil": 1.6e6, "liquid": 4.6e6, "door": 0.3e6, "cdu_pump": 0.02e6, "facility_water": 4.6e6, "reuse": 0.5e6,
        "thermosyphon": 1.0e6, "panel": 0.2e6, "tower_heat": 7.0e6, "dry_heat": 2.0e6, "basin_heater": 0.01e6,
        "wse": 4.0e6, "pipe_gain": 6e3, "duct_gain": -2e3}.items()}


def run_facts(hours: float = 8760.0, **changes: object) -> RunFacts:
    jobs = {"arrived": 900.0, "wait_mean_h": 0.1, "wait_p95_h": 0.4, "deferred": 20.0, "late": 1.0}
    given = {"duration_s": hours * 3600.0, "step_s": 60, "start_s": 0, "it_rated_kw": 1000.0, "jobs": jobs}
    return RunFacts(**{**given, **changes})


def series(steps: int) -> dict[str, np.ndarray]:
    day = np.sin(np.arange(steps) * 2 * np.pi / 1440)
    return {"power.facility_kw": (870 + 60 * day).astype(np.float32),
            "hall.rack_inlet_max_c": (25 + day).astype(np.float32),
            "hall.rack_inlet_mean_c": (23 + day).astype(np.float32)}


def compute(meters=None, steps=1440 * 7, **changes):
    return compute_metrics(meters or year_meters(), run=run_facts(**changes), limits=Limits(), tariff=Tariff(),
                           series=series(steps), racks=np.full((168, 20), 20.0, np.float32))


def test_house_keys_are_all_there_and_finite():
    metrics, energy_kwh, water_l = compute()
    assert set(metrics) >= HOUSE_KEYS
    assert all(math.isfinite(value) for value in metrics.values())
    assert metrics["pue_category"] == 2
    assert metrics["pue"] == energy_kwh["total"] / energy_kwh["it"]
    assert metrics["tue"] == pytest.approx(metrics["pue"] * metrics["itue"])
    assert metrics["cost"] == pytest.approx(metrics["cost_energy"] + metrics["cost_demand"] + metrics["cost_water"])
    assert metrics["x_factor"] == pytest.approx(1.0)
    assert metrics["wue_l_per_kwh"] == pytest.approx(water_l / energy_kwh["it"])
    assert metrics["peak_facility_kw"] <= metrics["peak_step_kw"]
    assert metrics["free_cooling_h"] == pytest.approx(4000.0)


def test_heat_into_pipes_and_ducts_has_its_sign():
    metrics, _, _ = compute(liquid_meters(), has_reuse=True)
    assert metrics["pipe_gain_kwh"] == pytest.approx(6e3)
    assert metrics["duct_gain_kwh"] == pytest.approx(-2e3)
    assert "pipe_gain_kwh" not in compute()[0]


def test_every_key_is_in_the_catalogue_and_the_other_way_round():
    metrics, _, _ = compute()
    of_iec, _, _ = compute(iec_meters(), has_iec=True, has_economiser=False, present_uses=IEC)
    of_liquid, _, _ = compute(liquid_meters(), has_reuse=True)
    assert set(metrics) | set(of_iec) | set(of_liquid) == {metric.key for metric in METRICS}
    water_only = {"chiller_cop", "free_cooling_h", "partial_free_cooling_h", "mechanical_cooling_h",
                  "economiser_heat_frac", "tower_outside_box_h"}
    assert set(metrics) - set(of_iec) == water_only
    assert set(of_iec) - set(metrics) == {"dx_cop", "dry_h", "wet_h", "hybrid_h"}
    assert set(metrics) - set(of_liquid) == {"economiser_heat_frac"}
    assert set(of_liquid) - set(metrics) == {
        "liquid_heat_frac", "door_heat_frac", "free_heat_frac", "heat_tower_frac", "heat_dry_frac",
        "heat_thermosyphon_frac", "heat_panel_frac", "heat_reuse_frac", "ere", "erf", "reused_kwh",
            "pipe_gain_kwh", "duct_gain_kwh"}


def test_a_hall_with_liquid_cooling_and_a_user_of_its_heat():
    metrics, energy_kwh, _ = compute(liquid_meters(), has_reuse=True)
    assert energy_kwh["pump"] == pytest.approx(0.06e6 + 0.12e6 + 0.02e6)
    assert energy_kwh["basin_heater"] == pytest.approx(0.01e6)
    assert energy_kwh["total"] == sum(kwh for use, kwh in energy_kwh.items() if use != "total")
    assert metrics["liquid_heat_frac"] == pytest.approx(4.6 / 6.2)
    assert metrics["door_heat_frac"] == pytest.approx(0.3 / 6.2)
    assert metrics["free_heat_frac"] == pytest.approx((4.0 + 1.0 + 0.2 + 0.5) / 6.5)
    sinks = [metrics[f"heat_{name}_frac"] for name in ("tower", "dry", "thermosyphon", "panel", "reuse")]
    assert sinks == pytest.approx([3.8 / 7.5, 2.0 / 7.5, 1.0 / 7.5, 0.2 / 7.5, 0.5 / 7.5])
    assert metrics["erf"] == pytest.approx(0.5e6 / energy_kwh["total"])
    assert metrics["ere"] == pytest.approx(metrics["pue"] * (1.0 - metrics["erf"]))  # The Green Grid, WP 29
    assert metrics["plant_cop"] == pytest.approx(6.5 / (0.55 + 0.06 + 0.12 + 0.02 + 0.05 + 0.01))
    assert metrics["mlc"] == pytest.approx((0.25 + 0.55 + 0.20 + 0.05 + 0.01) / 6.2)


def test_a_user_who_never_took_heat_gives_an_ere_that_is_the_pue():
    metrics, _, _ = compute(has_reuse=True)
    assert metrics["ere"] == metrics["pue"]
    assert metrics["erf"] == 0.0


def test_a_hall_with_evaporative_units():
    metrics, energy_kwh, _ = compute(iec_meters(), has_iec=True, has_economiser=False, present_uses=IEC)
    assert list(energy_kwh) == ["it", "crah_fan", "evaporative", "dx", "dehumidifier", "ups_loss", "total"]
    assert energy_kwh["evaporative"] == pytest.approx(0.13e6)
    assert metrics["plant_cop"] == pytest.approx(6.6 / 0.33)
    assert metrics["dx_cop"] == pytest.approx(5.0)
    assert metrics["ppue_cooling"] == pytest.approx(1.0 + (0.25 + 0.13 + 0.2 + 0.01) / 6.2)
    assert (metrics["dry_h"], metrics["wet_h"], metrics["hybrid_h"]) == (4000.0, 3000.0, 1760.0)


def test_an_idle_run_has_no_ratios_and_no_nan():
    metrics, energy_kwh, water_l = compute(dict.fromkeys(METERS.names, 0.0), steps=60, hours=1.0)
    assert "pue" not in metrics
    assert "rci_hi_frac" not in metrics
    assert all(math.isfinite(value) for value in metrics.values())
    assert energy_kwh["total"] == 0.0
    assert water_l == 0.0


def test_no_economiser_no_free_cooling():
    metrics, _, _ = compute(has_economiser=False)
    assert "free_cooling_h" not in metrics
    assert "economiser_heat_frac" not in metrics


def test_series_by_function_and_without_racks():
    table = series(1440)
    metrics, _, _ = compute_metrics(year_meters(), run=run_facts(24.0), limits=Limits(), tariff=Tariff(),
                                    series=table.__getitem__, racks=None)
    assert 1.0 < metrics["x_factor"] < 1.24

