"""What the actuators of a facility can do: each is stepped at design and at part load, and the answer is marked.

Weather and load are held, the physics runs to rest, one actuator is stepped, the physics runs to rest again. Every
trial begins from a copy of the same state at rest; nothing is shared with a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import STEP_OUT_FIELDS, WEATHER, Params, State
from twin_kernels.psychrometrics import saturation_humidity_ratio, wet_bulb_c

from twin.engine.actuators import Actuator, actuators, asked_for, held_within, spare_units, why_not_in_use
from twin.engine.effects import apply_effects, own_params
from twin.engine.physics import DAY_S, Physics
from twin.engine.timeline import Effect
from twin.facility.build import Facility, fresh_state, setpoint_record
from twin.facility.envelope import longest_step_s
from twin.scenario.schema import Scenario
from twin.weather.year import WeatherYear

__all__ = ["Point", "Response", "control_authority"]

_HOUR_S = 3600
#: Six hours, then the slab (whose own time is weeks) takes the room's temperature, then six hours more: mode machines
#: and staging, which wait up to half an hour a move, have come to rest, and so have loops, racks and room.
_REST_S = 6 * _HOUR_S
#: Results are means over the last two hours; their change since the two hours before is how far from rest they are.
_WINDOW_S = 2 * _HOUR_S
#: The least that counts as an effect. Rows are float32: 2e-6 K and 1e-7 of the power can be told apart.
_EFFECT_K = 1e-3
_EFFECT_FRAC = 1e-4
#: Work that servers lose without a unit, share of it, from which the unit is missed. Source: assumed.
_LOST_FRAC = 1e-3
#: A target that follows by less than this share of the step is held by something else than its setpoint.
_FOLLOWS_FRAC = 0.5
#: Shortfall that counts, over rated IT power: as in the meters of a run.
_SHORT_FRAC = 1e-3
#: The hottest 0.4 % of hours are warmer: the annual cooling design condition of ASHRAE Fundamentals 2021, ch. 14.
_DESIGN_RANK = 0.996
_STEP_S = 60

#: Fields of STEP_OUT, means over the window.
Seen = dict[str, float]


@dataclass(frozen=True)
class Response:
    """What one step of one actuator did.

    Attributes
    ----------
    actuator : str
        Setpoint, or path of the group of which a unit is off.
    before, after : float or None
        Value of the setpoint; None for a unit that is off.
    inlet_k, supply_k : float
        Change of the hottest rack inlet and of the supply air, K.
    target : str
        Field of STEP_OUT that should follow; empty if none.
    moved, share : float or None
        Change of the target in its own unit, and over the change asked for.
    facility_kw, facility_frac, cooling_kw : float
        Change of the facility's power, of that over the power before, and of the power that is not IT, power chain
        or light.
    mark : str
        A word of ``twin.engine.authority_table.WORDS``.
    why : str
        Reason, where one is known.
    """

    actuator: str
    before: float | None
    after: float | None
    inlet_k: float
    supply_k: float
    target: str
    moved: float | None
    share: float | None
    facility_kw: float
    facility_frac: float
    cooling_kw: float
    mark: str
    why: str = ""


@dataclass(frozen=True)
class Point:
    """An operating point and what its actuators did there.

    Attributes
    ----------
    name : str
    when : str
        Hour of the weather year.
    utilisation_frac : float
    base : dict
        Fields of STEP_OUT at rest before any step.
    cooling_kw : float
        Power that is not IT, power chain or light, kW.
    at_rest : bool
        Whether the base changes by less than 0.01 K and 0.1 % of the power from two hours to the next.
    responses : tuple of Response
    """

    name: str
    when: str
    utilisation_frac: float
    base: Seen
    cooling_kw: float
    at_rest: bool
    responses: tuple[Response, ...]


@dataclass(frozen=True)
class _Held:
    """One value, held for as long as anybody asks."""

    value: NDArray[np.generic]

    def block(self, start_s: int, steps: int, step_s: int) -> NDArray[np.generic]:  # noqa: ARG002 - as Blocks asks
        """The value, once a step."""
        return np.repeat(self.value, steps)


@dataclass(frozen=True)
class _Trial:
    """Physics at rest: state, means of the last window, and how much they still change."""

    state: State
    seen: Seen
    drift_k: float
    drift_frac: float


class _Rig:
    """A facility under held weather and load."""

    def __init__(
        self, scenario: Scenario, facility: Facility, weather: WeatherYear, hour: int, utilisation_frac: float
    ) -> None:
        self.scenario, self.facility = scenario, facility
        self.utilisation_frac = utilisation_frac
        # the value of an hour stands at its end
        self._weather = _Held(weather.block(hour * _HOUR_S + _HOUR_S // 2, 1, _HOUR_S))
        self._load = _Held(np.array([utilisation_frac]))
        self.setpoints = setpoint_record(scenario)
        p = facility.params
        most_s = longest_step_s(
            p.surfaces, float(p.facility["room_air_kg"][0]), len(p.cdus) * float(p.baths["loss_w_k"].sum())
        )
        self._step_s = _STEP_S if scenario.run.step_s < _STEP_S <= most_s else scenario.run.step_s
        state = fresh_state(facility, scenario, self._weather.block(0, 1, 1).astype(WEATHER), 0)
        self.base = self._to_rest(own_params(p), state, self.setpoints, 0)

    def trial(self, setpoints: NDArray[np.void] | None = None, params: Params | None = None) -> _Trial:
        """From the base to rest with other setpoints or other parameters."""
        state = State(*(array.copy() for array in self.base.state))
        params = own_params(self.facility.params) if params is None else params
        return self._to_rest(params, state, self.setpoints if setpoints is None else setpoints, 2 * _REST_S)

    def _to_rest(self, params: Params, state: State, setpoints: NDArray[np.void], start_s: int) -> _Trial:
        params.sky_tanks["available"] = 0  # it lasts for hours: with it nothing comes to rest
        physics = Physics(
            params, state, setpoints.copy(), self._weather, self._load, self._step_s, (start_s, start_s + DAY_S)
        )
        physics.wind_frac = self.scenario.site.terrain_wind_frac
        if start_s == 0:
            physics.settle()
        physics.open_day()
        physics.close_until(start_s + _REST_S, None)
        state.surfaces["slab_c"] = state.facility["room_c"][:, None]  # as in Physics.settle
        physics.close_until(start_s + 2 * _REST_S, None)
        rows = physics.filled()[0]
        window = _WINDOW_S // self._step_s
        seen, earlier = _means(rows[-window:]), _means(rows[-2 * window:-window])
        targets = {a.target for a in actuators() if a.target}
        drift_k = max(abs(seen[name] - earlier[name]) for name in {"rack_inlet_max_c", "supply_c", *targets})
        return _Trial(state, seen, drift_k, abs(seen["total_w"] - earlier["total_w"]) / max(seen["total_w"], 1.0))


def _means(rows: NDArray[np.void]) -> Seen:
    """Means of every field; the mode is that of the end."""
    found = {name: float(rows[name].mean(dtype=np.float64)) for name in STEP_OUT_FIELDS}
    return found | {"mode": float(rows["mode"][-1])}


def control_authority(scenario: Scenario, facility: Facility, weather: WeatherYear) -> tuple[Point, ...]:
    """Step every actuator at design and at part load.

    Parameters
    ----------
    scenario : Scenario
        Its policy, jobs and events are left out: setpoints are the scenario's but for the one that is stepped.
    facility : Facility
    weather : WeatherYear

    Returns
    -------
    tuple of Point
        Design: all servers at 100 %, the hour of the 99.6th percentile of the outdoor wet bulb (dry bulb, where
        nothing evaporates water). Part load: 50 %, the hour of the median.
    """
    hours = _hours_by_heat(facility, weather)
    ranks = (("design", 1.0, _DESIGN_RANK), ("part load", 0.5, 0.5))
    points = []
    for name, utilisation_frac, rank in ranks:
        hour = int(hours[math.ceil(rank * len(hours)) - 1])
        rig = _Rig(scenario, facility, weather, hour, utilisation_frac)
        responses = (*_setpoint_responses(rig), *_unit_responses(rig))
        base = rig.base
        at_rest = base.drift_k < 10.0 * _EFFECT_K and base.drift_frac < 10.0 * _EFFECT_FRAC
        when = _hour_text(hour, weather.hours)
        points.append(Point(name, when, utilisation_frac, base.seen, _cooling_kw(base.seen), at_rest, responses))
    return tuple(points)


def _hours_by_heat(facility: Facility, weather: WeatherYear) -> NDArray[np.int64]:
    """Hours of the year from the coldest to the hottest, by what the plant rejects its heat to."""
    p = facility.params
    heat = weather.dry_bulb_c
    if len(p.towers) or bool((p.iecs["spray_available"] == 1).any()):
        columns = (weather.dry_bulb_c, weather.humidity_ratio, weather.pressure_pa)
        heat = np.array([_wet_bulb_c(*values) for values in zip(*(c.tolist() for c in columns), strict=True)])
    return np.argsort(heat, kind="stable")


def _wet_bulb_c(dry_bulb_c: float, humidity_ratio: float, pressure_pa: float) -> float:
    moist = min(humidity_ratio, saturation_humidity_ratio(dry_bulb_c, pressure_pa))
    return float(wet_bulb_c(dry_bulb_c, moist, pressure_pa, dry_bulb_c))


def _hour_text(hour: int, hours: int) -> str:
    """``12 July 15:00``: the value of an hour stands at its end."""
    end = datetime(2024 if hours == 8784 else 2023, 1, 1, tzinfo=UTC) + timedelta(hours=hour + 1)
    return f"{end.day} {end:%B %H:%M}"


def _cooling_kw(seen: Seen) -> float:
    other_w = sum(seen[name] for name in ("it_w", "ups_loss_w", "distribution_loss_w", "lighting_w"))
    return (seen["total_w"] - other_w) / 1e3


# --- setpoints -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stand:
    """How a setpoint stands before it is stepped."""

    value: float
    off: float  # the target above what was asked for; 0 where it is held, or none is known
    unit: str
    word: str  # what it is called where it is not held
    why_idle: str


def _stand(rig: _Rig, actuator: Actuator) -> _Stand:
    """See :class:`_Stand`."""
    seen, scenario = rig.base.seen, rig.scenario
    value = float(rig.setpoints[actuator.name][0])
    why = why_not_in_use(actuator.name, rig.setpoints, seen, scenario)
    asked = asked_for(actuator.name, rig.setpoints, seen, scenario, rig.facility)
    off = 0.0 if asked is None or not actuator.target else seen[actuator.target] - asked
    short = actuator.name == "supply_air_c" and off > 0.0 and _is_short(rig, seen)
    if abs(off) <= held_within(actuator.name, seen, scenario) and not short:
        off = 0.0
    small = off > 0.0 and (rig.utilisation_frac == 1.0 or _is_short(rig, seen))
    unit = "" if actuator.name.endswith("_frac") else " K"
    return _Stand(value, off, unit, "undersized" if small else "saturated", why)


def _is_short(rig: _Rig, seen: Seen) -> bool:
    return not seen["shortfall_w"] <= _SHORT_FRAC * float(rig.facility.params.facility["it_rated_w"][0])


def _setpoint_responses(rig: _Rig) -> Iterator[Response]:
    """Every setpoint up and down."""
    for actuator in actuators():
        stand = _stand(rig, actuator)
        tried = [_step(rig, actuator, stand, sign) for sign in (1.0, -1.0)]
        found = [response for response in tried if response is not None]
        answered = any(response.mark not in ("ignored", "not in use") for response in found)
        # where bounds leave no step beyond what was reached, nobody can tell: it is taken as listening
        answered |= stand.off != 0.0 and not actuator.low < stand.value + stand.off < actuator.high
        for response in found:  # what answers to one direction is not ignored: something is at its limit
            limited = answered and response.mark == "ignored"
            yield replace(response, mark=stand.word, why=_off_text(stand)) if limited else response


def _step(rig: _Rig, actuator: Actuator, stand: _Stand, sign: float) -> Response | None:
    """One step to rest; None if the bounds leave no room for it."""
    beyond = stand.off if stand.off * sign > 0.0 else 0.0  # from what was reached, not from what was asked for
    value = min(max(stand.value + beyond + sign * actuator.step, actuator.low), actuator.high)
    asked = value - stand.value - beyond
    if asked * sign < 1e-9:
        return None
    setpoints = rig.setpoints.copy()
    setpoints[actuator.name] = value
    trial = rig.trial(setpoints)
    response = _compare(rig, trial, Response(
        actuator.name, stand.value, value, 0.0, 0.0, actuator.target, None, None, 0.0, 0.0, 0.0, "acts"
    ))
    if response.moved is not None:
        response = replace(response, share=response.moved / asked)
    if not _has_effect(rig, trial, replace(response, moved=None) if stand.why_idle else response):
        return replace(response, mark="not in use" if stand.why_idle else "ignored", why=stand.why_idle)
    if stand.off > 0.0:
        return replace(response, mark=stand.word, why=_off_text(stand))
    if response.share is not None and response.share < _FOLLOWS_FRAC and not stand.why_idle:
        return replace(response, mark="saturated")
    return response


def _off_text(stand: _Stand) -> str:
    """How far from its setpoint the target is; empty where it is held."""
    if stand.off == 0.0:
        return ""
    return f"{abs(stand.off):.2f}{stand.unit} {'above' if stand.off > 0.0 else 'below'} its setpoint before the step"


def _compare(rig: _Rig, trial: _Trial, response: Response) -> Response:
    """Fill in the changes from the base."""
    before, after = rig.base.seen, trial.seen
    change = {name: after[name] - before[name] for name in after}
    return replace(
        response, inlet_k=change["rack_inlet_max_c"], supply_k=change["supply_c"],
        moved=change[response.target] if response.target else None, facility_kw=change["total_w"] / 1e3,
        facility_frac=change["total_w"] / max(before["total_w"], 1.0),
        cooling_kw=_cooling_kw(after) - _cooling_kw(before),
    )


def _has_effect(rig: _Rig, trial: _Trial, response: Response) -> bool:
    """Whether anything moved by more than a threshold, and by more than it still moves of its own."""
    least_k = max(_EFFECT_K, 2.0 * max(rig.base.drift_k, trial.drift_k))
    least_frac = max(_EFFECT_FRAC, 2.0 * max(rig.base.drift_frac, trial.drift_frac))
    moved = response.moved if response.moved is not None else max(response.inlet_k, response.supply_k, key=abs)
    return not (abs(moved) <= least_k and abs(response.facility_frac) <= least_frac)


# --- units -----------------------------------------------------------------------------------


def _unit_responses(rig: _Rig) -> Iterator[Response]:
    """One unit of every group off."""
    facility = rig.facility
    for group, unit in spare_units(rig.scenario):
        params = own_params(facility.params)
        apply_effects(params, facility.params, facility, [Effect(0, DAY_S, "trip", unit)])
        trial = rig.trial(params=params)
        response = _compare(rig, trial, Response(
            group, None, None, 0.0, 0.0, "", None, None, 0.0, 0.0, 0.0, "covered"
        ))
        if _is_short(rig, trial.seen):
            hottest_c = trial.seen["rack_inlet_max_c"]
            response = replace(response, mark="not covered", why=f"hottest inlet {hottest_c:.1f} °C without it")
        elif trial.seen["throttled_frac"] > rig.base.seen["throttled_frac"] + _LOST_FRAC:
            lost = f"{100.0 * trial.seen['throttled_frac']:.0f} %"
            response = replace(response, mark="not covered", why=f"servers lose {lost} of their work")
        elif not _has_effect(rig, trial, response):
            if group.startswith("hall."):  # air handlers all run; machines and cells of the plant are staged
                response = replace(response, mark="ignored")
            else:
                response = replace(response, mark="not in use", why="it stood still, or another took its place")
        yield response
