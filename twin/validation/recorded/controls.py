"""Recorded control logic (``controls.toml``, ``tower_speed.csv``, ``trim_respond.csv``)."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sin
from typing import Any

from twin_kernels.control import FREE_COOLING, FULL_MECHANICAL, PARTIAL_MECHANICAL, pi_step

from twin.policies.contract import Observation
from twin.policies.trim_respond import TrimRespond
from twin.validation.recorded.tables import about, column
from twin.validation.rows import Reference, Row, judge, not_run

__all__ = ["rows"]

_SUITE = "components"


def rows() -> list[Row]:
    """Tower fan, trim and respond; and what the records do not allow.

    Returns
    -------
    list of Row
    """
    data = about("controls")
    absent = [not_run(Reference(name, _SUITE, data[name]["source"], data[name]["quantity"], 0.0, 0.0, "exact"),
                      data[name]["reason"]) for name in ("cooling_mode", "chiller_stage")]
    return [*_tower_speed(data["tower_speed"]), *_trim_respond(data["trim_respond"]), *absent]


def _tower_speed(data: dict[str, Any]) -> list[Row]:
    times, theirs = column("tower_speed", "time_s"), column("tower_speed", "speed_frac")
    ours = _fan_speeds(data, times, [int(mode) for mode in column("tower_speed", "mode")])
    pairs = list(zip(ours, theirs, strict=True))
    wrong = sum(_state(a) != _state(b) for a, b in pairs)
    between = [abs(a - b) for a, b in pairs if 0.0 < b < 1.0]
    return [
        judge(Reference("tower_speed.states", _SUITE, data["source"],
                        f"recorded instants of {len(pairs)} at which the fan is in another state", 0.0, 0.5,
                        data["states_basis"]), float(wrong)),
        judge(Reference("tower_speed.between", _SUITE, data["source"],
                        f"speed at the {len(between)} instants between off and full, largest difference", 0.0,
                        data["between_frac"], data["between_basis"]), max(between)),
    ]


def _state(speed_frac: float) -> int:
    return 0 if speed_frac <= 0.0 else 2 if speed_frac >= 1.0 else 1


def _fan_speeds(data: dict[str, Any], times: list[float], modes: list[int]) -> list[float]:
    """Our PI loop at the recorded instants; the mode is the recorded one of the last instant."""
    speeds: list[float] = []
    integral, step = 0.0, 0
    for time_s, mode in zip(times, modes, strict=True):
        speed = 0.0
        while step * data["step_s"] <= time_s + 1e-9:
            now_s = step * data["step_s"]
            wave = sin(2.0 * pi * now_s / data["period_s"])
            error_k = data["chilled_c"] + data["chilled_swing_k"] * wave - data["chilled_set_c"]
            if _mode(now_s, data["period_s"]) == FULL_MECHANICAL:
                error_k = data["condenser_swing_k"] * wave
            speed, integral = pi_step(error_k, data["gain"], data["integral_s"], data["step_s"], integral, 0.0, 1.0)
            step += 1
        speeds.append(1.0 if mode == PARTIAL_MECHANICAL else speed)
    return speeds


def _mode(time_s: float, period_s: float) -> int:
    return int((FREE_COOLING, PARTIAL_MECHANICAL, FULL_MECHANICAL)[min(int(time_s / period_s), 2)])


#: Request signals of seconds: a pulse of 500 s that never falls below 0, and two sines.
_REQUESTS: dict[int, Callable[[float], float]] = {
    1: lambda time_s: 1.0 if time_s % 500.0 < 250.0 else 0.0,
    2: lambda time_s: 0.3 + sin(2.0 * pi * 0.001 * time_s),
    3: lambda time_s: 0.2 + sin(2.0 * pi * 0.002 * time_s),
}


def _trim_respond(data: dict[str, Any]) -> list[Row]:
    found = []
    for number, wave in _REQUESTS.items():
        policy = TrimRespond(inlet_target_c=0.0, supply_min_c=0.0, supply_max_c=1.0, trim_k=data["trim"],
                             respond_k=data["respond"], start_c=data["start"])
        output, sample, worst = 0.0, 0, 0.0
        pairs = zip(column("trim_respond", "time_s"), column("trim_respond", f"output_{number}"), strict=True)
        for time_s, theirs in pairs:
            # where a sample falls on a recorded instant, the record holds what was before it
            while sample == 0 or sample * data["interval_s"] < time_s - 1e-9:
                now_s = sample * data["interval_s"]
                request = 1.0 if wave(now_s) >= 0.0 else -1.0
                setpoints = policy.decide(Observation(int(now_s), {"hall.rack_inlet_p95_c": request}))
                output = 1.0 - float(setpoints.supply_air_c or 0.0)
                sample += 1
            worst = max(worst, abs(output - theirs))
        quantity = f"output, request signal {number}, largest difference of 101 instants"
        found.append(judge(Reference(f"trim_respond.{number}", _SUITE, data["source"], quantity, 0.0,
                                     data["tolerance"], data["basis"]), worst))
    return found
