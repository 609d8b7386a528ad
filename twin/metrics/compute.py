"""All metrics of a run at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.metrics import airflow, compliance, cost, energy, reliability, water
from twin.metrics.energy import Meters

__all__ = ["LimitsLike", "RunFacts", "SeriesAccess", "compute_metrics"]

#: Column by channel name: a function or a mapping.
SeriesAccess = Callable[[str], NDArray[np.floating]] | Mapping[str, NDArray[np.floating]]


class LimitsLike(Protocol):
    """Inlet temperature limits, °C; ``twin.scenario.hall.Limits`` is one."""

    @property
    def recommended_min_c(self) -> float:
        """Recommended, low."""

    @property
    def recommended_max_c(self) -> float:
        """Recommended, high."""

    @property
    def allowable_min_c(self) -> float:
        """Allowable, low."""

    @property
    def allowable_max_c(self) -> float:
        """Allowable, high."""


@dataclass(frozen=True)
class RunFacts:
    """What the metrics must know about a run beside its meters and series.

    Attributes
    ----------
    duration_s : float
        Length of the run, s.
    step_s : int
        Physics step, s.
    start_s : int
        Start, s since 1 January 00:00 of the weather year.
    it_rated_kw : float
        Rated IT power, kW.
    has_economiser : bool
        Whether the plant can cool without chillers; if not, hours of free cooling do not apply.
    has_iec : bool
        Whether indirect evaporative units cool the hall, not chilled water.
    has_reuse : bool
        Whether a user outside can take heat: only then ERE and ERF apply.
    present_uses : tuple of str
        Uses of energy the facility has; see ``twin.metrics.energy.energy_by_use``.
    year_h : int
        Hours of the weather year, 8760 or 8784.
    jobs : mapping of str to float
        ``wait_mean_h``, ``wait_p95_h``, ``deferred`` and ``late`` of a run with jobs; empty without.
    """

    duration_s: float
    step_s: int
    start_s: int
    it_rated_kw: float
    has_economiser: bool = True
    year_h: int = 8760
    has_iec: bool = False
    has_reuse: bool = False
    present_uses: tuple[str, ...] = energy.WATER_USES
    jobs: Mapping[str, float] = field(default_factory=dict)


def _energy_metrics(meters: Meters, energy_kwh: dict[str, float], run: RunFacts) -> dict[str, float | None]:
    """Ratios of energies."""
    total_use = energy.tue(energy_kwh, float(meters["server_fan_j"]) / 3.6e6)
    hours = run.duration_s / 3600.0
    rated_kwh = run.it_rated_kw * hours
    return {
        "pue": energy.pue(energy_kwh),
        "pue_category": energy.PUE_CATEGORY,
        "ppue_cooling": energy.ppue_cooling(energy_kwh),
        "tue": total_use[0] if total_use else None,
        "itue": total_use[1] if total_use else None,
        "mlc": energy.mlc(energy_kwh),
        "chiller_cop": energy.chiller_cop(meters),
        "dx_cop": energy.dx_cop(meters),
        "plant_cop": energy.plant_cop(meters),
        "cooling_energy_kwh": sum(energy_kwh.get(use, 0.0) for use in energy.COOLING_USES),
        "it_load_frac": energy_kwh["it"] / rated_kwh if rated_kwh > 0.0 else None,
    }


#: Heat that is gained outdoors, by its meter.
_CONDUITS = {"pipe_gain_kwh": "pipe_gain_j", "duct_gain_kwh": "duct_gain_j"}


def _heat_metrics(meters: Meters, energy_kwh: dict[str, float], run: RunFacts) -> dict[str, float | None]:
    """Heat into coolant and doors, where the heat goes, and what of it is used again."""
    found: dict[str, float | None] = {
        name: float(meters[meter]) / 3.6e6 for name, meter in _CONDUITS.items() if float(meters[meter]) != 0.0
    }
    if run.has_iec:
        return found
    it, taken = float(meters["it_j"]), energy.taken_j(meters)
    liquid, door = float(meters["liquid_j"]), float(meters["door_j"])
    sinks = energy.heat_by_sink(meters)
    before = float(meters["thermosyphon_j"]) + float(meters["panel_j"]) + float(meters["reuse_j"])
    before += float(meters["sky_tank_j"])
    beside = liquid + door + before > 0.0
    free = float(meters["wse_j"]) + before
    found |= {
        "liquid_heat_frac": liquid / it if liquid > 0.0 and it > 0.0 else None,
        "door_heat_frac": door / it if door > 0.0 and it > 0.0 else None,
        "free_heat_frac": free / taken if beside and taken > 0.0 else None,
    }
    if len(sinks) > 1:
        found |= {f"heat_{name}_frac": share for name, share in sinks.items()}
    if run.has_reuse:
        reused_kwh = float(meters["reuse_j"]) / 3.6e6
        found |= {"ere": energy.ere(energy_kwh, reused_kwh), "erf": energy.erf(energy_kwh, reused_kwh),
                  "reused_kwh": reused_kwh}
    return found


def _hall_metrics(meters: Meters, limits: LimitsLike, hottest_c: NDArray[np.floating],
                  inlets_c: NDArray[np.floating], step_s: int) -> dict[str, float | None]:
    """Airflow, compliance and reliability."""
    rack_s = float(meters["rack_s"])
    hours = 1.0 / 3600.0
    return {
        "rci_hi_frac": airflow.rci(float(meters["rci_hi_k_s"]), rack_s,
                                   limits.allowable_max_c - limits.recommended_max_c),
        "rci_lo_frac": airflow.rci(float(meters["rci_lo_k_s"]), rack_s,
                                   limits.recommended_min_c - limits.allowable_min_c),
        "rti_frac": airflow.rti(meters),
        "shi_frac": airflow.shi(meters),
        "x_factor": reliability.net_x_factor(inlets_c),
        "inlet_over_recommended_h": float(meters["over_recommended_s"]) * hours,
        "inlet_over_allowable_h": float(meters["over_allowable_s"]) * hours,
        "inlet_over_recommended_rack_h": float(meters["over_rack_s"]) * hours,
        "inlet_rate_exceeded_h": compliance.rate_exceeded_h(hottest_c, step_s),
        "inlet_max_c": float(hottest_c.max()) if len(hottest_c) else None,
    }


def _operation_metrics(meters: Meters, run: RunFacts) -> dict[str, float | None]:
    """Hours by mode, shortfalls, lost work, and hours outside the curves' box."""
    asked, taken = float(meters["work_asked_s"]), energy.taken_j(meters)
    found: dict[str, float | None] = {
        "curve_outside_box_h": float(meters["outside_box_s"]) / 3600.0,
        "shortfall_h": float(meters["shortfall_s"]) / 3600.0,
        "shortfall_kwh": float(meters["shortfall_j"]) / 3.6e6,
        "throttled_rack_h": float(meters["throttled_rack_s"]) / 3600.0,
        "lost_work_frac": float(meters["work_lost_s"]) / asked if asked > 0.0 else None,
    }
    if run.has_iec:
        found["dry_h"] = float(meters["mode_s_4"]) / 3600.0
        found["wet_h"] = float(meters["mode_s_5"]) / 3600.0
        found["hybrid_h"] = (float(meters["mode_s_6"]) + float(meters["mode_s_7"])) / 3600.0
        return found
    if "heat_rejection_fan" in run.present_uses:
        found["tower_outside_box_h"] = float(meters["tower_outside_box_s"]) / 3600.0
    found["mechanical_cooling_h"] = float(meters["mode_s_3"]) / 3600.0
    if run.has_economiser:
        found["free_cooling_h"] = float(meters["mode_s_1"]) / 3600.0
        found["partial_free_cooling_h"] = float(meters["mode_s_2"]) / 3600.0
        if float(meters["wse_j"]) > 0.0 and taken > 0.0 and float(meters["facility_water_j"]) == 0.0:
            found["economiser_heat_frac"] = float(meters["wse_j"]) / taken
    return found


_JOB_METRICS = (
    ("job_wait_mean_h", "wait_mean_h"), ("job_wait_p95_h", "wait_p95_h"), ("jobs_deferred", "deferred"),
    ("jobs_late", "late"),
)


def _column(series: SeriesAccess, name: str) -> NDArray[np.floating]:
    return series(name) if callable(series) else series[name]


def compute_metrics(meters: Meters, *, run: RunFacts, limits: LimitsLike, tariff: cost.TariffLike,
                    series: SeriesAccess, racks: NDArray[np.floating] | None,
                    ) -> tuple[dict[str, float], dict[str, float], float]:
    """Every metric of a run.

    Parameters
    ----------
    meters : mapping or record
        ``twin_kernels.layout.METERS`` at the end of the run.
    run : RunFacts
        Length, step, start, rated IT power.
    limits : LimitsLike
        Inlet limits, °C.
    tariff : TariffLike
        Prices and grid factor.
    series : callable or mapping
        Columns by channel; read are ``power.facility_kw``, ``hall.rack_inlet_max_c`` and, without
        ``racks``, ``hall.rack_inlet_mean_c``. Equal steps of ``run.step_s``.
    racks : ndarray or None
        Hourly mean inlet of every rack, °C, any shape.

    Returns
    -------
    metrics : dict
        Finite numbers by key; a key that does not apply is absent. ``twin.metrics.catalogue`` says
        what each means.
    energy_kwh : dict
        Electricity by use, kWh, with ``total``.
    water_l : float
        Site water, L.
    """
    energy_kwh = energy.energy_by_use(meters, run.present_uses)
    water_l = water.site_water_l(meters)
    facility_kw = _column(series, "power.facility_kw")
    inlets_c = _column(series, "hall.rack_inlet_mean_c") if racks is None else racks
    carbon = cost.carbon_kg(energy_kwh["total"], tariff)
    paid = cost.cost_of(
        energy_kwh["total"],
        cost.demand_charge(facility_kw, run.step_s, run.start_s, tariff.demand_per_kw_month, run.year_h),
        water_l, tariff)
    found: dict[str, float | None] = {
        **_energy_metrics(meters, energy_kwh, run),
        **_heat_metrics(meters, energy_kwh, run),
        "wue_l_per_kwh": water.wue(water_l, energy_kwh["it"]),
        "cue_kg_per_kwh": cost.cue(carbon, energy_kwh["it"]),
        **_hall_metrics(meters, limits, _column(series, "hall.rack_inlet_max_c"), inlets_c, run.step_s),
        "peak_facility_kw": cost.peak_demand_kw(facility_kw, run.step_s),
        "peak_step_kw": float(facility_kw.max()) if len(facility_kw) else None,
        "cost": sum(paid),
        "cost_energy": paid.energy,
        "cost_demand": paid.demand,
        "cost_water": paid.water,
        "carbon_kg": carbon,
        **_operation_metrics(meters, run),
        **{key: run.jobs.get(source) for key, source in _JOB_METRICS},
    }
    metrics = {key: value for key, value in found.items() if value is not None and np.isfinite(value)}
    return metrics, energy_kwh, water_l
