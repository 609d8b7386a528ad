"""Finished runs that never ran: plausible columns made by formula, so that reports are tested without the engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.channels import channels_of
from twin.metrics.energy import COOLING_USES
from twin.record.result import Result
from twin.record.series import write_racks, write_series

LIMITS = {"recommended_min_c": 18.0, "recommended_max_c": 27.0, "allowable_min_c": 15.0, "allowable_max_c": 32.0}


#: Channels of every use of energy; a plant has those of its kind.
USES = {
    "it": ("it.power_kw",), "crah_fan": ("crah.fan_kw",), "chiller": ("plant.chiller_kw",),
    "pump": ("plant.chilled_pump_kw", "plant.condenser_pump_kw", "plant.facility_pump_kw", "liquid.cdu_pump_kw"),
    "heat_rejection_fan": ("plant.tower_fan_kw",),
    "evaporative": ("iec.secondary_fan_kw", "iec.spray_pump_kw"), "dx": ("iec.dx_kw",),
    "humidifier": ("plant.humidifier_kw",), "ups_loss": ("power.ups_loss_kw",),
    "distribution_loss": ("power.distribution_loss_kw",), "lighting": ("power.lighting_kw",),
}
WATER_ONLY = ("plant.chiller_kw", "plant.chilled_pump_kw", "plant.condenser_pump_kw", "plant.tower_fan_kw",
              "plant.chilled_supply_c")
LIQUID = ("liquid", "facility", "thermosyphon")
#: Arrows of such a plant, with a store beside its chillers.
CONNECTIONS = {
    "hall.crah.wall": ["plant.chilled_water"], "hall.liquid.cdu.main": ["plant.facility_water"],
    "plant.chilled_water": ["plant.tank", "plant.water_economiser", "plant.chiller.main"],
    "plant.tank": ["plant.chilled_water"], "plant.water_economiser": ["plant.condenser_water"],
    "plant.chiller.main": ["plant.condenser_water"], "plant.condenser_water": ["plant.tower.cold"],
    "plant.facility_water": ["plant.thermosyphon", "plant.tower.warm"], "plant.thermosyphon": ["outdoors"],
    "plant.tower.cold": ["outdoors"], "plant.tower.warm": ["outdoors"],
}
PRESSURE_PA, ALTITUDE_M = 97_000.0, 365.0


@dataclass(frozen=True)
class Wanted:
    """What the made-up run is like."""

    hours: float = 8760.0
    step_s: int = 60
    start_day: float = 0.0
    economiser: bool = True
    constant: bool = False
    rows: int = 10
    racks_per_row: int = 20
    placed: bool = True
    warm: bool = False
    losses: bool = True
    evaporative: bool = False
    humidifier: bool = False
    happenings: int = 0
    liquid: bool = False
    roof: str = ""  # "coated", "shell", "panels", "tank" or "thin"


def _columns(wanted: Wanted) -> dict[str, np.ndarray]:
    steps = round(wanted.hours * 3600 / wanted.step_s)
    t = wanted.start_day * 86400 + (np.arange(steps) + 0.5) * wanted.step_s
    if wanted.constant:
        t = np.full(steps, 86400.0 * 200 + 3600 * 12)
    rng = np.random.default_rng(4)
    year, day = 2 * np.pi * (t / 86400 - 20) / 365, 2 * np.pi * (t / 3600 - 9) / 24
    spells_s = np.arange(0.0, t[-1] + 2e5, 1e5)
    noise = 0.0 if wanted.constant else np.interp(t, spells_s, rng.normal(0.0, 3.5, len(spells_s)))
    dry = 15 - 11 * np.cos(year) + 4.5 * np.sin(day) + noise
    wet = dry - 2.5 - 1.8 * np.sin(day) - 1.5
    it = 640 + 70 * np.sin(day) + 25 * np.sin(2 * np.pi * t / 604800)
    lift = np.clip((wet - 3) / 9, 0, 1) if wanted.economiser else np.ones(steps)
    chiller = np.where(lift > 0, it * (0.08 + 0.0035 * np.clip(wet, 5, 30)) * lift, 0.0)
    mode = np.where(lift <= 0, 1, np.where(lift < 1, 2, 3))
    tower_fan = 6 + 10 * np.clip(wet / 25, 0, 1)
    supply = 20.0 + 0.3 * np.sin(day) + (6.0 if wanted.warm else 0.0)
    made = {
        "weather.dry_bulb_c": dry, "weather.wet_bulb_c": wet, "it.power_kw": it, "it.server_fan_kw": 0.04 * it,
        "crah.fan_kw": 28 + it * 0.01, "plant.chiller_kw": chiller, "plant.chilled_pump_kw": np.full(steps, 7.0),
        "plant.condenser_pump_kw": np.where(lift > 0, 14.0, 9.0), "plant.tower_fan_kw": tower_fan,
        "power.ups_loss_kw": (18 + 0.012 * it) * wanted.losses,
        "power.distribution_loss_kw": (12 + 0.008 * it) * wanted.losses,
        "power.lighting_kw": np.full(steps, 4.0 * wanted.losses), "plant.mode": mode, "plant.makeup_kg_s": it * 0.0005,
        "plant.chilled_supply_c": 12 + 0.4 * np.sin(day), "hall.supply_c": supply,
        "hall.rack_inlet_min_c": supply + 0.1, "hall.rack_inlet_mean_c": supply + 1.6,
        "hall.rack_inlet_p95_c": supply + 3.0,
        "hall.rack_inlet_max_c": supply + 4.2 + 0.5 * np.sin(2 * day), "hall.return_c": supply + 12,
    }
    made |= _water_and_air(wanted, made)
    if wanted.evaporative:
        made |= _evaporative(made)
    if wanted.liquid:
        made |= _liquid(made)
    made |= _roof(wanted, t, dry, it)
    used = [name for names in USES.values() for name in names if name in made]
    made["power.facility_kw"] = np.sum([made[name] for name in used], axis=0)
    channels = channels_of(["iec" if wanted.evaporative else "water", *(LIQUID if wanted.liquid else ()),
                            *(["panels"] if wanted.roof in {"panels", "tank"} else []),
                            *(["sky_tank"] if wanted.roof == "tank" else [])])
    return {channel.name: np.asarray(made.get(channel.name, np.zeros(steps)), np.float32) for channel in channels}


def _roof(wanted: Wanted, t: np.ndarray, dry: np.ndarray, it: np.ndarray) -> dict[str, np.ndarray]:
    """A roof that the sun heats, one that a coating keeps below the air, panels; nothing recorded without wishes."""
    if not wanted.roof:
        return {}
    sun = np.maximum(0.0, 900.0 * np.sin(2 * np.pi * (t / 3600 - 6) / 24))
    coated = wanted.roof != "thin"
    roof = dry - 4.0 + 0.006 * sun if coated else dry - 2.0 + 0.04 * sun
    return {
        "weather.ghi_w_m2": sun, "weather.sky_c": dry - 12.0, "envelope.roof_outer_c": roof,
        "envelope.gain_kw": (1.0 if coated else 8.0) * (roof - 24.0), "plant.sky_panels_kw": 90.0 - 0.05 * sun,
        "plant.chilled_return_c": np.full(len(t), 18.5),
        "plant.sky_tank_c": np.full(len(t), 12.0), "plant.sky_charge_kw": np.full(len(t), 40.0),
        "plant.sky_tank_kw": np.full(len(t), 20.0),
    }


#: Scenarios of such roofs.
ROOFS = {
    "coated": '[envelope.roof]\ncoating = "baso4-paint"\n', "thin": "[envelope.roof]\nr_m2k_w = 0.1\n",
    "shell": '[envelope.shell]\ncovers = "roof"\n', "panels": "[plant.sky_panels]\narea_m2 = 350.0\n",
    "tank": "[plant.sky_panels]\narea_m2 = 350.0\n[plant.sky_panels.tank]\nvolume_m3 = 50.0\n",
}


def _liquid(made: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Two thirds of the heat in coolant, on facility water that is warm in summer; a thermosyphon in the cold."""
    it, dry = made["it.power_kw"], made["weather.dry_bulb_c"]
    facility = np.maximum(28.0, made["weather.wet_bulb_c"] + 6.0)
    return {
        "liquid.heat_kw": 0.65 * it, "crah.coil_kw": 0.38 * it, "liquid.technology_supply_c": facility + 4.0,
        "liquid.technology_return_c": facility + 14.0, "liquid.chip_max_c": facility + 38.0 + 0.01 * it,
        "liquid.cdu_pump_kw": 0.005 * it, "plant.facility_supply_c": facility,
        "plant.facility_return_c": facility + 9.0,
        "plant.facility_kg_s": it / 60.0, "plant.facility_pump_kw": np.full(len(it), 9.0),
        "plant.thermosyphon_kw": np.where(dry < 8.0, 0.4 * it, 0.0),
    }


def _water_and_air(wanted: Wanted, made: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Humidity of outdoor air from its wet bulb, of the supply air, and the water that evaporates."""
    dry, wet = made["weather.dry_bulb_c"], made["weather.wet_bulb_c"]
    saturated = 0.622 / (PRESSURE_PA / (611.2 * np.exp(17.62 * wet / (243.1 + wet))) - 1.0)
    outdoors = np.maximum(saturated - 4.0e-4 * (dry - wet), 2e-4)
    made_up = np.where(made["plant.mode"] == 4, 0.0, made["plant.makeup_kg_s"])
    cold = outdoors < 4e-3
    return {
        "weather.humidity_ratio": outdoors, "hall.supply_humidity_ratio": np.clip(outdoors, 4e-3, 9.5e-3),
        "plant.evaporated_kg_s": 0.75 * made_up, "plant.makeup_kg_s": made_up,
        "plant.humidifier_kw": np.where(cold, 1.5, 0.0) * wanted.humidifier,
    }


def _evaporative(made: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Dry below 8 °C wet bulb, wet up to 18 °C, then with compressors; a few hours with dry plates and compressors."""
    for name in WATER_ONLY:
        del made[name]
    wet = made["weather.wet_bulb_c"]
    mode = np.select([wet < 8.0, wet < 18.0], [4, 5], 6)
    mode[(made["weather.dry_bulb_c"] > 28.0) & (wet < 19.0)] = 7
    sprayed = np.isin(mode, (5, 6))
    it = made["it.power_kw"]
    return {
        "plant.mode": mode, "iec.secondary_fan_kw": it * np.clip(0.01 + 0.001 * wet, 0.005, 0.03),
        "iec.spray_pump_kw": np.where(sprayed, 6.0, 0.0), "iec.dx_kw": np.where(mode >= 6, 0.02 * it * (wet - 15), 0.0),
        "iec.dx_load_kw": np.where(mode >= 6, 0.1 * it * (wet - 15), 0.0),
        "plant.makeup_kg_s": np.where(sprayed, it * 0.0005, 0.0),
        "plant.evaporated_kg_s": np.where(sprayed, it * 0.000375, 0.0),
    }


def _happened(wanted: Wanted) -> dict[str, list[dict[str, object]]]:
    """Events and alarms as the engine lists them; ``happenings`` trips, spread over the run, and what follows."""
    if not wanted.happenings:
        return {}
    first, length = round(wanted.start_day * 86400), round(wanted.hours * 3600)
    units = ("plant.chiller.main-1", "plant.tower.main-2", *(f"hall.crah.north-{number}" for number in range(1, 13)))
    events: list[dict[str, object]] = []
    for number in range(wanted.happenings):
        start, unit = first + length * (2 * number + 1) // (2 * wanted.happenings + 1), units[number % len(units)]
        events.append({"kind": "trip", "target": unit, "start_s": start, "end_s": start + 3600,
                       "text": f"{unit.split('.')[-1]} tripped & returned after 1 h"})
    half = first + length // 2
    events.append({"kind": "sensor", "target": "hall.supply_c", "start_s": half, "end_s": None,
                   "text": "the sensor of hall.supply_c read 2 K too high to the end of the run"})
    alarms = [
        {"name": "inlet_over_recommended", "level": "warning", "start_s": first, "end_s": half, "worst": 33.1,
         "limit": 27.0, "unit": "°C", "text": "Rack inlets were above the recommended 27 °C 3 times.", "count": 3,
         "over_s": 7200, "spans_s": [[first, first + 3600], [half - 5400, half - 3600], [half - 1800, half]]},
        {"name": "inlet_over_allowable", "level": "alarm", "start_s": half - 1800, "end_s": half, "worst": 33.1,
         "limit": 32.0, "unit": "°C", "text": "Rack inlets were above the allowable 32 °C for 30 min."},
        {"name": "trip", "level": "alarm", "start_s": half - 1800, "end_s": half, "worst": 0.5, "limit": 0.0,
         "unit": "h", "text": "plant.chiller.main-1 was out of service for 30 min."}]
    return {"events": events, "alarms": alarms}


def _places(wanted: Wanted) -> list[dict[str, object]]:
    return [{"name": f"{chr(65 + row)}-{place + 1:02d}", "row": chr(65 + row), "rated_kw": 5.0,
             "x_m": 2.0 + 0.6 * place if wanted.placed else 0.0, "y_m": 1.5 + 2.4 * row if wanted.placed else 0.0}
            for row in range(wanted.rows) for place in range(wanted.racks_per_row)]


def _rack_days(wanted: Wanted) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Parts as the recorder gives them: ends of hours, (hours, racks, columns)."""
    hours, count = max(1, int(np.ceil(wanted.hours))), wanted.rows * wanted.racks_per_row
    row, place = np.divmod(np.arange(count), wanted.racks_per_row)
    mean = 20.0 + (6.0 if wanted.warm else 0.0) + 1.0 + 0.15 * place * row / wanted.rows
    day = np.stack([mean, mean + 0.4, mean + 12.0, np.full(count, 3.3), np.full(count, 0.5)], axis=1)
    for first in range(0, hours, 24):
        ends = round(wanted.start_day * 86400) + 3600 * np.arange(first + 1, min(first + 24, hours) + 1)
        yield ends, np.broadcast_to(day, (len(ends), *day.shape)).astype(np.float32)


def _summary(wanted: Wanted, columns: dict[str, np.ndarray]) -> dict[str, Any]:
    hours = len(columns["it.power_kw"]) * wanted.step_s / 3600
    mean = {name: float(np.mean(values, dtype=np.float64)) for name, values in columns.items()}
    present = {use: [name for name in names if name in mean] for use, names in USES.items()}
    energy = {use: hours * sum(mean[name] for name in names) for use, names in present.items() if names}
    energy = {use: kwh for use, kwh in energy.items() if kwh > 0.0 or use == "it"}
    energy["total"] = sum(energy.values())
    hottest = columns["hall.rack_inlet_max_c"]
    water_l = 3600.0 * hours * mean["plant.makeup_kg_s"] + 20.0 * energy.get("humidifier", 0.0)
    metrics = {
        "pue": energy["total"] / energy["it"], "pue_category": 2, "tue": energy["total"] / energy["it"] / 0.96,
        "cooling_energy_kwh": sum(energy.get(use, 0.0) for use in COOLING_USES),
        "wue_l_per_kwh": water_l / energy["it"], "peak_facility_kw": float(columns["power.facility_kw"].max()),
        "inlet_over_recommended_h": float(np.mean(hottest > 27.0)) * hours,
        "inlet_over_allowable_h": float(np.mean(hottest > 32.0)) * hours,
        "cost": 0.1 * energy["total"], "carbon_kg": 0.386 * energy["total"], "rci_hi_frac": 0.98,
        "mechanical_cooling_h": float(np.mean(columns["plant.mode"] == 3)) * hours,
    }
    if wanted.economiser:
        metrics["free_cooling_h"] = float(np.mean(columns["plant.mode"] == 1)) * hours
        metrics["partial_free_cooling_h"] = float(np.mean(columns["plant.mode"] == 2)) * hours
    if wanted.liquid:
        metrics |= {"free_heat_frac": 0.87, "heat_tower_frac": 0.7, "heat_thermosyphon_frac": 0.27,
                    "heat_reuse_frac": 0.03, "ere": 1.02, "erf": 0.03}
    return {"scenario": "made-up", "duration_h": hours, "steps": len(hottest), "metrics": metrics,
            "energy_kwh": energy, "water_l": water_l, **_happened(wanted),
            "closure": {"energy_rel": 3.1e-13, "water_rel": 2.0e-15},
            "warnings": ["chiller curves were outside their box for 41 h (extended)"],
            "assumptions": ["rack mass: assumed"]}


def write_made_up_run(folder: Path, wanted: Wanted) -> Result:
    """The files of a finished run, opened as a result."""
    columns, places = _columns(wanted), _places(wanted)
    text = ('description = "A made-up hall <for tests> & looks."\n[run]\n'
            f'start_day = {wanted.start_day}\nstep_s = {wanted.step_s}\n'
            '[site.tariff]\ncurrency = "USD"\n')
    if wanted.liquid:
        text += "[hall.liquid]\ntechnology_water_temp_c = 32.0\n[hall.liquid.cold_plate]\nthrottle_start_c = 85.0\n"
    text += ROOFS.get(wanted.roof, "")
    manifest = {"scenario": text, "scenario_name": "made-up", "limits": LIMITS, "racks": places, "crahs": ["north-1"],
                "iecs": ["cooling-1"] if wanted.evaporative else [],
                "connections": CONNECTIONS if wanted.liquid else {},
                "weather": {"name": "Nowhere", "hours": 8760, "altitude_m": ALTITUDE_M},
                "versions": {"cooling-twin": "0.1.0", "numpy": np.__version__}, "inputs": {"nowhere.epw": "0" * 64},
                "seed": 1, "wall_s": 2.0, "cpu_s": 2.0}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("summary.json", _summary(wanted, columns)), ("manifest.json", manifest)):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    times = round(wanted.start_day * 86400) + wanted.step_s * np.arange(1, len(columns["it.power_kw"]) + 1)
    write_series(folder / "series.parquet", list(columns), iter([(times, np.stack(list(columns.values())))]))
    write_racks(folder / "racks.parquet", [str(rack["name"]) for rack in places], _rack_days(wanted))
    return Result.load(folder)


@pytest.fixture(scope="session")
def make_result(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    """``make_result(hours=24.0, economiser=False, …)``: a finished run, made up once for equal wishes."""
    made: dict[Wanted, Result] = {}

    def make(**wishes: object) -> Result:
        wanted = Wanted(**wishes)
        if wanted not in made:
            made[wanted] = write_made_up_run(tmp_path_factory.mktemp("run"), wanted)
        return made[wanted]

    return make
