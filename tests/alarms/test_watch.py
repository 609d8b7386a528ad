"""Alarms: each condition on made-up rows, and what short real runs say. A false alarm is a defect."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from twin_kernels.layout import STEP_OUT

from twin.alarms.watch import MOST, Alarms, worst_alarm
from twin.facility.build import build_facility
from twin.scenario.read import load_scenario

SCENARIO = "chilled-water-greensboro"
DAY = 1440
#: A quiet step.
SOUND = {
    "it_w": 7e5, "utilisation_frac": 0.5, "rack_inlet_min_c": 22.5, "rack_inlet_max_c": 23.0, "supply_c": 22.0,
    "supply_setpoint_c": 22.0, "supply_w": 0.008, "supply_kg_s": 60.0, "it_air_kg_s": 55.0, "chw_supply_c": 16.0,
    "chw_flow_kg_s": 25.0, "total_w": 9e5, "mode": 2.0,
}
FACILITY = build_facility(load_scenario(SCENARIO), 273.0)


def watch(**changes: object) -> Alarms:
    keys = {name.replace("__", "."): value for name, value in changes.items()}
    return Alarms(load_scenario(SCENARIO, keys), FACILITY.params, 0, 8760)  # type: ignore[arg-type]


def rows(steps: int = DAY, **spans: tuple[int, int, float]) -> NDArray[np.void]:
    """Sound steps, but for ``field=(first, stop, value)``."""
    made = np.zeros(steps, STEP_OUT)
    for name, value in SOUND.items():
        made[name] = value
    for name, (first, stop, value) in spans.items():
        made[name][first:stop] = value
    return made


def after(
    made: NDArray[np.void], queued: float = 0.0, cuts: tuple[int, ...] = (), alarms: Alarms | None = None
) -> Alarms:
    """Alarms that saw the rows, in parts."""
    seen = watch() if alarms is None else alarms
    jobs = np.full((len(made), 2), queued, np.float32)
    edges = [0, *cuts, len(made)]
    for low, high in pairwise(edges):
        seen.add_day(low * 60, made[low:high], jobs[low:high])
    return seen


def only(name: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in found if entry["name"] == name]


def named(found: list[dict[str, Any]]) -> list[str]:
    return [entry["name"] for entry in found]


def test_sound_rows_raise_nothing() -> None:
    assert after(rows()).record() == []
    assert watch().record() == []


@pytest.mark.parametrize(
    ("spans", "name", "level", "worst"),
    [
        ({"rack_inlet_max_c": (600, 700, 29.0)}, "inlet_over_recommended", "warning", 29.0),
        ({"rack_inlet_max_c": (600, 700, 34.2)}, "inlet_over_allowable", "alarm", 34.2),
        ({"rack_inlet_min_c": (600, 700, 12.5)}, "inlet_under_allowable", "alarm", 12.5),
        ({"rack_inlet_max_c": (690, DAY, 29.0)}, "inlet_change_quarter_hour", "warning", 6.0),
        ({"rack_inlet_max_c": (640, DAY, 43.5)}, "inlet_change_hour", "alarm", 20.5),
        ({"supply_kg_s": (600, 700, 0.0)}, "no_air", "alarm", 0.0),
        ({"it_w": (600, 700, 0.0)}, "it_off", "alarm", 0.0),
        ({"shortfall_w": (600, 700, 181080.0)}, "supply_not_held", "warning", 3.0),
        ({"supply_w": (600, 700, 0.0115)}, "supply_humid", "warning", 15.6),
        ({"supply_w": (600, 700, 0.0150)}, "supply_too_humid", "alarm", 19.8),
        ({"supply_w": (600, 700, 0.0015)}, "supply_dry", "warning", -11.3),
        ({"supply_w": (600, 700, 0.0010)}, "supply_too_dry", "alarm", -15.7),
        ({"supply_w": (600, 700, 0.0160)}, "inlet_too_humid", "alarm", 90.0),
        ({"supply_w": (600, 700, 0.0171)}, "supply_fog", "warning", 99.1),
        ({"chw_supply_c": (600, 700, 19.0)}, "chilled_water_warm", "warning", 3.0),
        ({"it_w": (600, 700, 3.0e6)}, "ups_overloaded", "alarm", 143.0),
        ({"total_w": (600, 700, 1.9e6)}, "transformer_overloaded", "alarm", 1900.0),
    ],
)
def test_every_condition(spans: dict[str, tuple[int, int, float]], name: str, level: str, worst: float) -> None:
    (entry,) = only(name, after(rows(**spans)).record())
    assert entry["level"] == level
    assert entry["worst"] == pytest.approx(worst, rel=0.02, abs=0.15)
    assert entry["end_s"] >= 700 * 60
    assert entry["count"] == 1
    assert re.search(r"from 1 Jan 1\d:\d\d", entry["text"])
    assert entry["text"].endswith(".")


def test_the_sentence_says_what_when_how_long_and_how_bad() -> None:
    (entry,) = only("inlet_over_allowable", after(rows(rack_inlet_max_c=(850, 945, 36.4))).record())
    assert entry["text"] == (
        "Rack inlets were above the allowable 32 °C for 1 h 35 min from 1 Jan 14:10, at worst 36.4 °C "
        "on 1 Jan 14:11."
    )
    assert (entry["start_s"], entry["end_s"], entry["limit"], entry["unit"]) == (51000, 56700, 32.0, "°C")


def test_a_summer_of_hot_days_is_one_line() -> None:
    day = rows(rack_inlet_max_c=(800, 860, 28.0))
    made = np.concatenate([day] * 70)
    made["rack_inlet_max_c"][40 * DAY + 830] = 30.5
    (entry,) = only("inlet_over_recommended", after(made).record())
    assert entry["count"] == 70
    assert entry["over_s"] == 70 * 3600
    assert len(entry["spans_s"]) <= 60
    assert entry["text"] == (
        "Rack inlets were above the recommended 27 °C 70 times between 1 Jan 13:20 and 11 Mar 14:20, for 70 h in "
        "all (4 % of the run), at worst 30.5 °C on 10 Feb 13:51."
    )


def test_a_trip_in_january_and_one_in_june_are_two() -> None:
    made = np.concatenate(
        [rows(DAY, rack_inlet_max_c=(800, 860, 34.0)), rows(150 * DAY), rows(DAY, rack_inlet_max_c=(0, 60, 34.0))]
    )
    found = only("inlet_over_allowable", after(made).record())
    assert [e["count"] for e in found] == [1, 1]
    assert "1 Jun 00:00" in found[1]["text"]


def test_over_midnight_it_is_one() -> None:
    made = rows(2 * DAY, rack_inlet_max_c=(DAY - 60, DAY + 60, 34.0))
    (entry,) = only("inlet_over_allowable", after(made, cuts=(DAY,)).record())
    assert (entry["start_s"], entry["end_s"], entry["count"]) == (86400 - 3600, 86400 + 3600, 1)


def test_an_alarm_that_lasts_says_so() -> None:
    seen = after(rows(rack_inlet_max_c=(1200, DAY, 34.0)))
    (entry,) = only("inlet_over_allowable", seen.record())
    assert entry["text"].endswith("; it was still so at the end of the run.")
    assert seen.record() == seen.record()


def test_short_excursions_do_not_count() -> None:
    found = named(after(rows(
        rack_inlet_max_c=(600, 610, 27.4), shortfall_w=(600, 604, 9e5), chw_supply_c=(600, 609, 20.0),
        supply_w=(600, 614, 0.0125), total_w=(600, 609, 2e6),
    )).record())
    assert found == []


def test_work_lost_to_heat_and_work_lost_without_power() -> None:
    hot = after(rows(rack_inlet_max_c=(600, 700, 45.0), throttled_frac=(600, 700, 0.25))).record()
    (entry,) = [e for e in hot if e["name"] == "servers_slowed"]
    assert entry["worst"] == 25.0
    assert "losing at worst 25.00 % of the work" in entry["text"]
    dark = named(after(rows(it_w=(600, 700, 0.0), throttled_frac=(599, 701, 1.0))).record())
    assert dark == ["it_off"]
    assert named(after(rows(it_w=(600, 700, 0.0), utilisation_frac=(600, 700, 0.0))).record()) == []


def test_without_supply_air_its_humidity_is_no_matter() -> None:
    assert named(after(rows(supply_kg_s=(600, 700, 0.0), supply_w=(600, 700, 0.0))).record()) == ["no_air"]


def test_chilled_water_follows_a_setpoint_that_moves() -> None:
    warm = rows(chw_supply_c=(0, DAY, 19.0))
    seen = watch()
    seen.see_setpoint(0, "chilled_water_c", 19.0)
    seen.see_setpoint(600 * 60, "chilled_water_c", 16.5)
    seen.see_setpoint(660 * 60, "chilled_water_c", 19.0)
    (entry,) = after(warm, alarms=seen).record()
    assert entry["name"] == "chilled_water_warm"
    assert (entry["start_s"], entry["end_s"], entry["worst"]) == (36000, 39600, 2.5)
    assert named(after(rows(chw_supply_c=(0, DAY, 25.0), chw_flow_kg_s=(0, DAY, 0.0))).record()) == []


LIQUID = "direct-liquid"
#: A quiet step of a liquid-cooled hall.
QUIET = {
    "technology_supply_c": 32.0, "technology_return_c": 42.0, "chip_max_c": 70.0, "cdu_valve_max_frac": 0.6,
    "facility_supply_c": 28.0, "facility_flow_kg_s": 30.0, "room_w": 0.008, "chw_supply_c": 17.0, "it_w": 1.4e6,
    "total_w": 1.6e6,
}


def of_liquid(**spans: tuple[int, int, float]) -> Alarms:
    """Alarms of a liquid-cooled hall that saw quiet steps, but for what is given."""
    scenario = load_scenario(LIQUID)
    facility = build_facility(scenario, 273.0)
    made = rows(**{name: (0, DAY, value) for name, value in QUIET.items()})
    for name, (first, stop, value) in spans.items():
        made[name][first:stop] = value
    return after(made, alarms=Alarms(scenario, facility.params, 0, 8760))


@pytest.mark.parametrize(("spans", "name", "level", "worst"), [
    ({"technology_supply_c": (600, 700, 35.0)}, "technology_water_warm", "warning", 3.0),
    ({"facility_supply_c": (600, 700, 31.5)}, "facility_water_warm", "warning", 3.5),
    ({"chip_max_c": (600, 700, 88.0)}, "chips_hot", "alarm", 88.0),
    ({"cdu_valve_max_frac": (600, 700, 1.0)}, "cdu_valve_open", "warning", 100.0),
])
def test_conditions_of_liquid_cooling(
    spans: dict[str, tuple[int, int, float]], name: str, level: str, worst: float
) -> None:
    (entry,) = of_liquid(**spans).record()
    assert (entry["name"], entry["level"], entry["worst"]) == (name, level, worst)
    assert (entry["start_s"], entry["over_s"]) == (36000, 6000)


def test_what_is_no_alarm_in_a_liquid_cooled_hall() -> None:
    assert of_liquid().record() == []
    assert of_liquid(facility_supply_c=(0, DAY, 33.0), facility_flow_kg_s=(0, DAY, 0.0)).record() == []
    assert of_liquid(cdu_valve_max_frac=(600, 625, 1.0)).record() == []  # shorter than half an hour
    # coolant that the dew point keeps 3 K above its setpoint: 33 °C saturated at this altitude is about 0.0335 kg/kg
    guarded = of_liquid(technology_supply_c=(0, DAY, 35.0), room_w=(0, DAY, 0.0335)).record()
    assert named(guarded) == []


def test_chips_that_are_too_hot_slow_servers_down() -> None:
    found = of_liquid(chip_max_c=(600, 700, 90.0), throttled_frac=(600, 700, 0.2)).record()
    assert set(named(found)) == {"chips_hot", "servers_slowed"}
    assert worst_alarm(found)["name"] == "servers_slowed"


def test_modes_that_change_all_the_time() -> None:
    made = rows()
    made["mode"][600:660] = np.tile([1.0] * 5 + [2.0] * 5, 6)
    (entry,) = after(made).record()
    assert (entry["name"], entry["worst"]) == ("mode_hunting", 12.0)
    made["mode"][600:660] = np.tile([1.0] * 30 + [2.0] * 30, 1)
    assert after(made).record() == []


def test_jobs_that_wait_a_day() -> None:
    assert named(after(rows(2 * DAY), queued=3.0).record()) == ["jobs_waiting"]
    assert named(after(rows(DAY - 1), queued=3.0).record()) == []


@pytest.mark.parametrize("cuts", [(1,), (605,), (659, 660, 661), tuple(range(7, 2000, 131))])
def test_cuts_and_snapshots_leave_no_trace(cuts: tuple[int, ...]) -> None:
    made = rows(2000, rack_inlet_max_c=(600, 660, 47.0), supply_w=(900, 1700, 0.016), chw_supply_c=(1000, 1100, 20.0))
    made["mode"][600:660] = np.tile([1.0] * 5 + [2.0] * 5, 6)
    whole = after(made).record()
    assert len(whole) >= 7
    assert after(made, cuts=cuts).record() == whole
    seen, low = watch(), 0
    for high in (*cuts, len(made)):
        seen.add_day(low * 60, made[low:high], np.zeros((high - low, 2), np.float32))
        saved = seen.snapshot()
        seen = watch()
        seen.restore(saved)
        low = high
    assert seen.record() == whole


def events(
    count: int, target: str = "plant.chiller.main-{}", gap_h: int = 2000, kind: str = "trip"
) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "target": target.format(i % 60), "start_s": i * gap_h * 3600, "end_s": (i * gap_h + 4) * 3600,
         "text": "it tripped"}
        for i in range(count)
    ]


def test_faults_are_alarms_and_changes_are_none() -> None:
    made = rows()
    trip = events(1, gap_h=1)[0]
    (entry,) = after(made).record([trip, {**trip, "kind": "setpoint"}, {**trip, "kind": "load_step"}])
    assert (entry["name"], entry["level"], entry["start_s"], entry["end_s"]) == ("trip", "alarm", 0, 14400)
    assert entry["text"] == "Chiller main-0 tripped and stood still for 4 h from 1 Jan 00:00."
    (entry,) = after(made).record([{**trip, "end_s": None}])
    assert entry["end_s"] == 86400
    assert entry["text"].endswith("; it was still so at the end of the run.")
    assert after(made).record([{**trip, "start_s": 90000}]) == []


def test_the_longest_of_short_faults_is_told_in_seconds() -> None:
    both = [{**events(1)[0], "start_s": at_s, "end_s": at_s + 7} for at_s in (0, 7200)]
    (entry,) = after(rows()).record(both)
    assert "the longest 7 s on" in entry["text"]


def test_time_of_faults_that_overlap_counts_once() -> None:
    both = [{**events(1)[0], "target": f"hall.crah.north-{i}", "start_s": i * 600} for i in range(1, 9)]
    (entry,) = after(rows()).record(both)
    assert (entry["count"], entry["over_s"]) == (8, 14400 - 600)


def test_many_targets_are_told_together() -> None:
    found = after(rows()).record(events(60, gap_h=0))
    assert [entry["count"] for entry in found] == [60]
    assert found[0]["text"].startswith("60 units tripped and stood still 60 times between 1 Jan 00:00 and ")


def test_the_list_stays_short_and_counts_everything() -> None:
    seen = watch()
    seen.add_day(0, rows(1), np.zeros((1, 2), np.float32))
    kinds = ("trip", "filter", "sensor", "fouling", "grid_outage")
    seen._seen_s = 10**9
    listed = [e for kind in kinds for e in events(72, target="plant.chiller.main-1", gap_h=24 * 31, kind=kind)]
    found = seen.record(listed)
    assert len(found) <= MOST
    assert sum(entry["count"] for entry in found) == 5 * 72
    starts = [entry["start_s"] for entry in found]
    assert starts == sorted(starts)
