"""Loss of cooling and of the grid: how fast a hall warms up, what the batteries carry, and how it comes back."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from halls import DAY_S, Days
from rig import rack_capacity_j_k, small_scenario, stored_j
from twin_kernels.psychrometrics import humid_heat_j_kgk

from twin.engine.account import meters_of
from twin.engine.simulation import Simulation
from twin.scenario.read import load_scenario
from twin.simulate import build_simulation

#: No heat and no vapour pass the walls; servers draw constant power and constant air; nothing cools but the units.
SEALED: dict[str, Any] = {
    "run": {"duration_days": 0.25, "start_day": 200.0},
    "hall": {
        "server": {"leak_per_k": 0.0, "ramp_gain_frac": 0.0, "flow_per_k": 0.0, "flow_per_util": 0.0,
                   "flow_base_frac": 0.8, "throttle_start_c": 70.0, "throttle_end_c": 80.0},
        "air": {"recirculation_frac": 0.0, "row_end_extra_frac": 0.0, "self_recirculation_frac": 0.0,
                "containment_frac": 0.0, "floor_leakage_frac": 0.0, "ventilation_kg_s": 0.0},
        "humidity": {"min_dew_point_c": None},
    },
    "envelope": {"inside_film_w_m2k": 1e-6, "inner_emissivity_frac": 0.0},
    "power": {"ups": {"to_hall_frac": 0.0}},
    "workload": {"weekday": [0.5] * 24, "weekend": [0.5] * 24},
}
HOUR_S = 3600
LOST_S = 200 * DAY_S + HOUR_S


def begin(scenario: Any, recorder: Days | None = None) -> Simulation:
    return build_simulation(scenario, None, recorder)


@pytest.mark.parametrize("step_s", [5, 20])
def test_a_sealed_hall_without_cooling_warms_as_two_lumps_do(step_s: int) -> None:
    """Racks C_r with power P and room air C_a, exchanging G = ε m c_p: ``C_r T_r' = P - G (T_r - T_a)``,
    ``C_a T_a' = G (T_r - T_a)``. The mean rises by P t / (C_r + C_a), the gap settles to P/C_r / (G (1/C_r + 1/C_a)).
    """
    trip = {"kind": "trip", "target": "hall.crah", "at_h": 1.0}
    sim = begin(small_scenario({**SEALED, "run": {**SEALED["run"], "step_s": step_s}, "events": [trip]}))
    sim.run(LOST_S)
    state, params = sim.state, sim.physics.params
    capacity_j_k = rack_capacity_j_k(params)
    racks_j_k, humid = float(capacity_j_k.sum()), humid_heat_j_kgk(float(state.facility["room_w"][0]))
    air_j_k = float(params.facility["room_air_kg"][0]) * humid

    def temperatures() -> tuple[float, float]:
        return float((capacity_j_k * state.racks["mass_c"]).sum()) / racks_j_k, float(state.facility["room_c"][0])

    rack_c, room_c = temperatures()
    stored = sum(stored_j(state, params).values())
    for minutes in (2, 5, 10):
        sim.run(LOST_S + 60 * minutes)
        power_w = float(state.solution["it_w"][0])
        gap_w_k = float(params.kinds["effectiveness"][0]) * float(state.racks["air_kg_s"].sum()) * humid
        rate = gap_w_k * (1.0 / racks_j_k + 1.0 / air_j_k)
        settled_k = power_w / racks_j_k / rate
        gap_k = settled_k + (rack_c - room_c - settled_k) * math.exp(-rate * 60.0 * minutes)
        mean_c = (racks_j_k * rack_c + air_j_k * room_c + power_w * 60.0 * minutes) / (racks_j_k + air_j_k)
        now_rack_c, now_room_c = temperatures()
        below_k, above_k = (gap_k * part / (racks_j_k + air_j_k) for part in (racks_j_k, air_j_k))
        assert now_room_c - room_c == pytest.approx(mean_c - below_k - room_c, rel=0.02)
        assert now_rack_c - rack_c == pytest.approx(mean_c + above_k - rack_c, rel=0.02)
        gained = sum(stored_j(state, params).values()) - stored
        assert gained == pytest.approx(power_w * 60.0 * minutes, rel=1e-6)
    assert now_room_c - room_c > 20.0


def test_the_trip_of_a_group_is_the_loss_of_all_its_units() -> None:
    ends = []
    for targets in (("n-1", "n-2", "n-3"), ("n",)):
        events = [{"kind": "trip", "target": f"hall.crah.{name}", "at_h": 1.0, "duration_h": 0.1} for name in targets]
        sim = begin(small_scenario({**SEALED, "events": events}))
        sim.run()
        ends.append(sim.state)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(*ends, strict=True))


# --- the grid ---------------------------------------------------------------------------------------


def outage(**keys: Any) -> tuple[Simulation, Any]:
    """A summer outage from 1 h to 2 h after the start of a run of 4 h."""
    event = {"kind": "grid_outage", "at_h": 1.0, "duration_h": 1.0, **keys}
    recorder = Days()
    changes = {"run.duration_days": 4.0 / 24.0, "run.start_day": 200.0, "events": [event]}
    sim = begin(load_scenario("chilled-water-greensboro", changes), recorder)
    sim.run()
    return sim, np.concatenate([day[1] for day in recorder.days])


def test_what_runs_when() -> None:
    """Step by step: dark for a minute but for the fans, then everything but compressors, then all."""
    _, rows = outage()
    dark, before, waiting, after = 60, slice(0, 60), slice(61, 64), slice(64, 240)
    assert (rows["chiller_w"][before] > 0.0).all()
    for name in ("chiller_w", "tower_fan_w", "chw_pump_w", "cw_pump_w", "lighting_w"):
        assert rows[name][dark] == 0.0, name
    assert (rows["crah_fan_w"] > 0.0).all()
    assert (rows["it_w"] > 0.0).all()
    assert (rows["chiller_w"][waiting] == 0.0).all()
    assert (rows["chw_pump_w"][waiting] > 0.0).all()
    assert (rows["chiller_w"][after] > 0.0).all()
    assert (rows["throttled_frac"] == 0.0).all()


def test_fans_that_are_not_on_the_ups_stop() -> None:
    _, rows = outage(fans_on_ups=False)
    assert rows["crah_fan_w"][60] == 0.0
    assert rows["supply_kg_s"][60] == 0.0
    assert rows["rack_inlet_max_c"][60] > rows["rack_inlet_max_c"][59] + 1.0
    assert (rows["crah_fan_w"][61:] > 0.0).all()


def test_pumps_on_the_ups_use_what_the_loop_has_stored() -> None:
    """Without a generator the chilled water goes on cooling until it is warm; without pumps nothing cools."""
    held = {pumps: outage(generator=False, battery_s=7200.0, pumps_on_ups=pumps)[1] for pumps in (True, False)}
    assert held[True]["chw_pump_w"][60] > 0.0
    assert held[True]["coil_w"][60] > 0.5 * held[True]["coil_w"][59]
    assert held[False]["coil_w"][60] == pytest.approx(0.0, abs=1.0)
    assert held[True]["rack_inlet_max_c"][63] < held[False]["rack_inlet_max_c"][63] - 1.0


def test_batteries_run_empty_and_jobs_wait() -> None:
    sim, rows = outage(generator=False, battery_s=120.0, restart_delay_s=0.0)
    off = slice(62, 120)
    assert (rows["it_w"][:62] > 0.9 * rows["it_w"][59]).all()
    for name in ("it_w", "crah_fan_w", "coil_w"):
        assert (rows[name][off] == 0.0).all(), name
    assert (rows["throttled_frac"][off] == 1.0).all()
    assert (rows["it_w"][120:] > 0.0).all()
    assert (rows["throttled_frac"][120:] == 0.0).all()
    meters = meters_of(sim)
    assert meters["work_lost_s"] == pytest.approx(float(rows["utilisation_frac"][off].sum()) * 60.0 * 200, rel=1e-5)
    assert sim.jobs is not None
    assert sim.jobs.lost_server_h > 0.0
    assert float(sim.state.racks["lost_s"].min()) == pytest.approx(58 * 60.0)
    assert float(sim.state.facility["closure_rel_max"][0]) <= 1e-9


@pytest.mark.parametrize(
    ("submit_s", "duration_s", "end_s"), [(100, 7200, 10840), (100, 3550, 3650), (5000, 600, 7800)]
)
def test_a_job_ends_later_by_the_time_without_power(submit_s: int, duration_s: int, end_s: int, tmp_path: Path) -> None:
    """Servers are without power from 3660 s to 7200 s; what was finished before is not touched."""
    trace = tmp_path / "jobs.csv"
    trace.write_text(f"submit_s,servers,duration_s\n{submit_s},5,{duration_s}\n")
    event = {
        "kind": "grid_outage", "at_h": 1.0, "duration_h": 1.0, "generator": False, "battery_s": 60.0,
        "restart_delay_s": 0.0,
    }
    recorder = Days()
    begin(load_scenario("chilled-water-greensboro", {
        "run.duration_days": 0.25, "events": [event], "workload.jobs.trace": str(trace),
    }), recorder).run()
    running = np.concatenate([day[2] for day in recorder.days])[:, 0]
    assert set(running.tolist()) == {0.0, 1.0}
    last_s = 60 * (int(np.flatnonzero(running)[-1]) + 1)  # the end of the last step that saw it running
    assert last_s < end_s + 60
    assert last_s + 60 >= end_s


# --- coming back ------------------------------------------------------------------------------------

#: Chosen before looking: a loop may cross its setpoint by more than this twice, and then stays within the wider band.
CROSS_K, SETTLED_K, SETTLED_MIN = 0.1, 0.5, 30


def crossings(error_k: Any) -> int:
    """How often a signal goes from one side of a dead band to the other."""
    sides = np.sign(error_k[np.abs(error_k) > CROSS_K])
    return int((sides[1:] != sides[:-1]).sum())


def turns(power_w: Any, undisturbed_w: Any) -> int:
    """How often fans turn from speeding up to slowing down or back, beside what the load of the day makes them do."""
    moves = np.diff(power_w.astype(float) - undisturbed_w)
    moves = moves[np.abs(moves) > 0.01 * power_w.max()]
    return int((np.sign(moves[1:]) != np.sign(moves[:-1])).sum())


@functools.cache
def undisturbed(name: str, step_s: int) -> Any:
    """Rows of the run without events."""
    return restarts(name, step_s, None)[1]


def restarts(name: str, step_s: int, event: dict[str, Any] | None) -> tuple[Simulation, Any, int]:
    """A run with an event at 1 h, its rows, and the first row in which everything may run again."""
    recorder = Days()
    keys: dict[str, Any] = {"run.duration_days": 4.0 / 24.0, "run.start_day": 200.0, "run.step_s": step_s}
    events = [] if event is None else [{"at_h": 1.0, "duration_h": 0.25, **event}]
    sim = begin(load_scenario(name, {**keys, "events": events}), recorder)
    sim.run()
    event = event or {"kind": ""}
    running_s = round((1.0 + event.get("duration_h", 0.25)) * HOUR_S)
    if event["kind"] == "grid_outage":
        running_s = HOUR_S + round(event.get("generator_start_s", 60.0) + event.get("restart_delay_s", 180.0))
    return sim, np.concatenate([day[1] for day in recorder.days]), running_s // step_s


@pytest.mark.parametrize("name", ["chilled-water-greensboro", "dh1-none", "dh1-b20"])
@pytest.mark.parametrize("step_s", [10, 60])
@pytest.mark.parametrize("event", [
    {"kind": "grid_outage"}, {"kind": "grid_outage", "fans_on_ups": False, "generator_start_s": 300.0},
    {"kind": "grid_outage", "pumps_on_ups": True, "restart_delay_s": 900.0},
    {"kind": "trip", "target": "plant.chiller"},
    {"kind": "trip", "target": "hall.crah", "duration_h": 0.1},
    {"kind": "trip", "target": "plant.chilled_water_pump"},
])  # fmt: skip
def test_restart_recovers_without_hunting(name: str, step_s: int, event: dict[str, Any]) -> None:
    sim, rows, first = restarts(name, step_s, event)
    settled = first + SETTLED_MIN * 60 // step_s
    for channel, setpoint_c in (("supply_c", sim.scenario.plant.supply_air_temp_c),
                                ("chw_supply_c", sim.scenario.plant.chilled_water_temp_c)):
        error_k = rows[channel].astype(float) - setpoint_c
        assert crossings(error_k[first:]) <= 2, channel
        assert np.abs(error_k[settled:]).max() < SETTLED_K, channel
    stages = np.diff(np.ceil(rows["chillers_on"][first:].astype(float)))
    assert (stages != 0.0).sum() <= 3
    assert turns(rows["crah_fan_w"][settled:], undisturbed(name, step_s)["crah_fan_w"][settled:]) <= 2


@pytest.mark.parametrize("name", ["tblock-qingyuan", "tblock-singapore"])
@pytest.mark.parametrize("step_s", [10, 60])
@pytest.mark.parametrize("event", [
    {"kind": "grid_outage"}, {"kind": "grid_outage", "fans_on_ups": False, "generator_start_s": 300.0},
    {"kind": "trip", "target": "hall.iec", "duration_h": 0.1}, {"kind": "trip", "target": "hall.iec.spray"},
    {"kind": "trip", "target": "hall.iec.dx"},
])  # fmt: skip
def test_indirect_evaporative_units_recover_without_hunting(name: str, step_s: int, event: dict[str, Any]) -> None:
    """Supply as above; units go back to the mode of the day and stay there (each mode lasts ten minutes at least)."""
    _, rows, first = restarts(name, step_s, event)
    settled = first + SETTLED_MIN * 60 // step_s
    error_k = rows["supply_c"].astype(float) - rows["supply_setpoint_c"]  # which the policy moves with the weather
    assert crossings(error_k[first:]) <= 2
    assert error_k[settled:].max() < SETTLED_K
    assert (np.diff(rows["mode"][first:]) != 0.0).sum() <= 4
    assert turns(rows["crah_fan_w"][settled:], undisturbed(name, step_s)["crah_fan_w"][settled:]) <= 2
