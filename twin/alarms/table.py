"""What raises an alarm: conditions on a day's rows, their limits, dead bands and least times.

Temperature limits are the scenario's (``hall.limits``); other limits are constants here, each with its
source. ``docs/physics/alarms.md`` holds the same table for reading.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from twin_kernels.layout import Params
from twin_kernels.psychrometrics import dew_point_c, saturation_humidity_ratio
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

from twin.alarms.condition import HOUR_S, MINUTE_S, Array, Condition, Day, Level
from twin.alarms.excursions import Rule
from twin.alarms.liquid import hottest_allowed_c, liquid_conditions, water_warm
from twin.metrics.compliance import RATE_LIMITS, sliding_range_k
from twin.scenario.schema import Scenario

__all__ = ["BEFORE_S", "conditions"]

#: How far back a condition may look, s.
BEFORE_S = 3600

_KELVIN_W_KG = 1006.0  # heat capacity of dry air, J/(kg K), as the kernels' shortfall counts it
#: ASHRAE TC 9.9 (2021): highest allowable inlet → class, highest allowable dew point °C, relative humidity.
_CLASSES = ((32.0, "A1", 17.0, 0.80), (35.0, "A2", 21.0, 0.80), (40.0, "A3", 24.0, 0.85), (99.0, "A4", 24.0, 0.90))
#: ASHRAE TC 9.9 (2021): recommended dew points, and the lowest allowable one, °C.
_DEW_RECOMMENDED_C = (-9.0, 15.0)
_DEW_ALLOWABLE_MIN_C = -12.0
_DEW_BAND_K = 0.5
#: Windows of ``RATE_LIMITS``: end of the name, words, level.
_RATES: dict[int, tuple[str, str, Level]] = {
    900: ("quarter_hour", "a quarter of an hour", "warning"), 3600: ("hour", "an hour", "alarm"),
}
#: Share of saturation of the supply air above which fog and wet surfaces are likely; assumed.
_FOG_FRAC = 0.98
#: A UPS may carry a little more than its rating, as distribution losses come on top of IT; assumed.
_UPS_OVER_FRAC = 1.05
#: Below this share of the servers' air the air handlers move none; below this share of rated power IT is off.
_NO_AIR_FRAC = 0.01
_IT_OFF_FRAC = 0.002
#: More changes of the cooling mode in an hour than mode waits of 15 minutes allow; assumed.
_HUNTING = 5.0
#: Jobs waiting without a break this long; assumed.
_QUEUE_S = 24 * HOUR_S


def conditions(scenario: Scenario, params: Params) -> list[Condition]:
    """Everything that is watched in a facility.

    Parameters
    ----------
    scenario : Scenario
    params : Params
        Of the facility as it was built.

    Returns
    -------
    list of Condition
    """
    f = params.facility[0]
    found = [*_inlets(scenario), *_air(scenario, float(f["it_rated_w"]))]
    found += _humidity(scenario, float(f["pressure_std_pa"]))
    if params.water["active"][CHILLED] == 1:
        found.append(water_warm("chilled_water_warm", "Chilled water", "chw", "chilled_water_c"))
    if params.water["active"][FACILITY_WATER] == 1:
        found.append(water_warm("facility_water_warm", "Facility water", "facility", "facility_water_c"))
    if scenario.hall.liquid is not None:
        found += liquid_conditions(scenario.hall.liquid, float(f["pressure_std_pa"]))
    found += _power(f)
    found.append(_hunting())
    if scenario.workload.jobs is not None:
        found.append(_queue())
    return found


def _celsius(value_c: float) -> str:
    return f"{value_c:g} °C".replace("-", "−")


def _where_air_moves(day: Day, values: Array) -> Array:
    """Values, far below any limit where there is no supply air to speak of."""
    supply_kg_s = day.rows["supply_kg_s"]
    return values if float(supply_kg_s.min()) > 0.0 else np.where(supply_kg_s > 0.0, values, -np.inf)


def _column(name: str, sign: float = 1.0) -> Callable[[Day], Array]:
    return (lambda day: day.rows[name]) if sign > 0.0 else (lambda day: -day.rows[name])


def _inlets(scenario: Scenario) -> list[Condition]:
    """Rack inlets against the limits of the scenario, and how fast they move."""
    limits = scenario.hall.limits
    warm_c, hot_c, cold_c = limits.recommended_max_c, limits.allowable_max_c, limits.allowable_min_c
    hottest, half_hour_s = _column("rack_inlet_max_c"), 30 * MINUTE_S
    found = [
        Condition(
            "inlet_over_recommended", "warning", f"Rack inlets were above the recommended {_celsius(warm_c)}",
            "°C", warm_c, Rule(warm_c, 0.5, 15 * MINUTE_S, half_hour_s), hottest,
        ),
        Condition(
            "inlet_over_allowable", "alarm", f"Rack inlets were above the allowable {_celsius(hot_c)}", "°C", hot_c,
            Rule(hot_c, 0.5, MINUTE_S, half_hour_s), hottest,
        ),
        Condition(
            "inlet_under_allowable", "alarm", f"Rack inlets were below the allowable {_celsius(cold_c)}", "°C", cold_c,
            Rule(-cold_c, 0.5, 5 * MINUTE_S, half_hour_s), _column("rack_inlet_min_c", -1.0), lambda value: -value,
        ),
    ]
    for window_s, limit_k in RATE_LIMITS:
        name, window, level = _RATES[window_s]
        found.append(Condition(
            f"inlet_change_{name}", level, f"The hottest rack inlet moved by more than {limit_k:g} K within {window}",
            "K", limit_k, Rule(limit_k, 0.1 * limit_k, 0, half_hour_s), _range_k(window_s, limit_k),
        ))
    return found


def _range_k(window_s: int, limit_k: float) -> Callable[[Day], Array | None]:
    """Range of the hottest inlet over the window that ends with each step."""

    def values(day: Day) -> Array | None:
        inlet_c = day.rows["rack_inlet_max_c"]
        before_c = day.inlet_before_c[max(len(day.inlet_before_c) - window_s // day.step_s, 0):]
        known_c = np.concatenate((before_c, inlet_c))
        if float(known_c.max()) - float(known_c.min()) <= 0.9 * limit_k:
            return None
        missing = window_s // day.step_s - len(before_c)  # the first hour of a run has less to look back at
        return sliding_range_k(np.concatenate((np.repeat(known_c[:1], missing), known_c)), window_s // day.step_s + 1)

    return values


def _air(scenario: Scenario, it_rated_w: float) -> list[Condition]:
    """Servers that slow down or are off, air that does not move, air that is not cooled enough."""
    slow_c = scenario.hall.server.throttle_start_c - 1.0  # servers answer to the inlet of the step before
    slow_chip_c = hottest_allowed_c(scenario.hall.liquid) - 1.0

    def slowed(day: Day) -> Array | None:
        # work that is lost without power is not lost to heat
        hot = (day.rows["rack_inlet_max_c"] >= slow_c) | (day.rows["chip_max_c"] >= slow_chip_c)
        return np.where(hot, day.rows["throttled_frac"], 0.0) if hot.any() else None

    def no_air(day: Day) -> Array | None:
        supply_kg_s = day.rows["supply_kg_s"]
        if float(supply_kg_s.min()) > 2.0 * _NO_AIR_FRAC * float(day.rows["it_air_kg_s"].max()):
            return None
        on = day.rows["it_w"] > _IT_OFF_FRAC * it_rated_w
        share: Array = np.where(on, supply_kg_s / np.maximum(day.rows["it_air_kg_s"], 1e-9), 1.0)
        return -share

    def off(day: Day) -> Array | None:
        it_w = day.rows["it_w"]
        if float(it_w.min()) > 2.0 * _IT_OFF_FRAC * it_rated_w:
            return None
        return np.where(day.rows["utilisation_frac"] > 0.0, -it_w / it_rated_w, -1.0)

    def warmer_k(day: Day) -> Array | None:
        lacking_w = day.rows["shortfall_w"]
        if not lacking_w.any():
            return None
        return lacking_w / np.maximum(day.rows["supply_kg_s"] * np.float32(_KELVIN_W_KG), np.float32(1e-3))

    return [
        Condition(
            "servers_slowed", "alarm", "Servers were too hot and slowed down", "%", 0.0,
            Rule(5e-5, 0.0, MINUTE_S, 30 * MINUTE_S), slowed, lambda value: 100.0 * value,
            "losing at worst {} of the work", 2,
        ),
        Condition(
            "it_off", "alarm", "All servers were off while there was work,", "%", 100.0 * _IT_OFF_FRAC,
            Rule(-_IT_OFF_FRAC, 0.0, 0, 30 * MINUTE_S), off, lambda value: -100.0 * value, "",
        ),
        Condition(
            "no_air", "alarm", "No air handler moved air", "%", 100.0 * _NO_AIR_FRAC,
            Rule(-_NO_AIR_FRAC, 0.0, MINUTE_S, 10 * MINUTE_S), no_air, lambda value: -100.0 * value, "",
        ),
        Condition(
            "supply_not_held", "warning", "Cooling was at its limit, and supply air more than 1 K above its setpoint,",
            "K", 1.0, Rule(1.0, 0.5, 5 * MINUTE_S, 30 * MINUTE_S), warmer_k,
        ),
    ]


def _humidity(scenario: Scenario, pressure_pa: float) -> list[Condition]:
    """Dew point of the supply air, relative humidity at the coldest inlet, and fog."""
    _, name, dew_max_c, humid_max_frac = next(c for c in _CLASSES if scenario.hall.limits.allowable_max_c <= c[0])
    temps_c = np.linspace(-20.0, 60.0, 321)
    saturated = np.array([saturation_humidity_ratio(t, pressure_pa) for t in temps_c])
    least_s, gap_s = 15 * MINUTE_S, HOUR_S

    def dew(suffix: str, level: Level, word: str, limit_c: float, sign: float) -> Condition:
        at = float(saturation_humidity_ratio(limit_c, pressure_pa))
        back = abs(at - float(saturation_humidity_ratio(limit_c - sign * _DEW_BAND_K, pressure_pa)))
        where = "above" if sign > 0.0 else "below"
        return Condition(
            f"supply_{suffix}", level, f"The dew point of the supply air was {where} the {word} {_celsius(limit_c)}",
            "°C", limit_c, Rule(sign * at, back, least_s, gap_s),
            lambda day: _where_air_moves(day, sign * day.rows["supply_w"]),
            lambda value: float(dew_point_c(max(sign * value, 1e-7), pressure_pa)),
        )

    def share(temp: str, least_frac: float) -> Callable[[Day], Array | None]:
        def values(day: Day) -> Array | None:
            w, temp_c = day.rows["supply_w"], day.rows[temp]
            if float(w.max()) < least_frac * np.interp(float(temp_c.min()), temps_c, saturated):
                return None
            return _where_air_moves(day, w / np.interp(temp_c, temps_c, saturated))

        return values

    allowed = f"allowable (class {name})"
    return [
        dew("humid", "warning", "recommended", _DEW_RECOMMENDED_C[1], 1.0),
        dew("too_humid", "alarm", allowed, dew_max_c, 1.0),
        dew("dry", "warning", "recommended", _DEW_RECOMMENDED_C[0], -1.0),
        dew("too_dry", "alarm", allowed, _DEW_ALLOWABLE_MIN_C, -1.0),
        Condition(
            "inlet_too_humid", "alarm",
            f"Relative humidity at the coldest rack inlet was above the {allowed} {100.0 * humid_max_frac:g} %",
            "%", 100.0 * humid_max_frac, Rule(humid_max_frac, 0.02, least_s, gap_s),
            share("rack_inlet_min_c", 0.95 * humid_max_frac), lambda value: 100.0 * value,
        ),
        Condition(
            "supply_fog", "warning", "Supply air was nearly saturated: fog and wet surfaces are likely", "%",
            100.0 * _FOG_FRAC, Rule(_FOG_FRAC, 0.01, 10 * MINUTE_S, gap_s), share("supply_c", 0.95 * _FOG_FRAC),
            lambda value: 100.0 * value, "at most {}",
        ),
    ]


def _power(f: np.void) -> list[Condition]:
    """UPS and transformer above their ratings."""
    ups_w = float(f["ups_rated_w"]) * int(f["ups_units"])
    pdu_w, transformer_w = float(f["pdu_rated_w"]), float(f["transformer_rated_w"])
    through_frac = 1.0 - (float(f["mains_frac"]) if "mains_frac" in (f.dtype.names or ()) else 0.0)
    loss = np.array(f["pdu_loss"][::-1], float)

    def ups(day: Day) -> Array | None:
        if ups_w <= 0.0:
            return None
        it_w = day.rows["it_w"].astype(float)
        return through_frac * (it_w + pdu_w * np.polyval(loss, it_w / max(pdu_w, 1.0))) / ups_w

    def transformer(day: Day) -> Array | None:
        total_w = day.rows["total_w"]
        return total_w / transformer_w if transformer_w > 0.0 else None

    least_s, gap_s = 10 * MINUTE_S, 30 * MINUTE_S
    return [
        Condition(
            "ups_overloaded", "alarm",
            f"The UPS carried more than {100.0 * _UPS_OVER_FRAC:g} % of its rated {ups_w / 1e3:g} kW",
            "%", 100.0 * _UPS_OVER_FRAC, Rule(_UPS_OVER_FRAC, 0.02, least_s, gap_s), ups, lambda value: 100.0 * value,
        ),
        Condition(
            "transformer_overloaded", "alarm",
            f"The facility drew more than the rated {transformer_w / 1e3:.0f} kW of its transformer",
            "kW", transformer_w / 1e3, Rule(1.0, 0.02, least_s, gap_s), transformer,
            lambda value: value * transformer_w / 1e3, "at most {}", 0,
        ),
    ]


def _hunting() -> Condition:
    """Modes that change all the time."""

    def values(day: Day) -> Array | None:
        modes = np.concatenate((day.mode_before, day.rows["mode"]))
        changed = modes[1:] != modes[:-1]
        if np.count_nonzero(changed) <= _HUNTING:
            return None
        window = HOUR_S // day.step_s
        so_far = np.concatenate((np.zeros(1), np.cumsum(changed, dtype=float)))
        last = np.arange(len(modes) - len(day.rows), len(modes))
        found: Array = so_far[last] - so_far[np.maximum(last - window, 0)]
        return found

    return Condition(
        "mode_hunting", "warning", f"The cooling mode changed more than {_HUNTING:g} times in an hour",
        "changes an hour", _HUNTING, Rule(_HUNTING, 1.0, 0, 2 * HOUR_S), values, float, "at most {}", 0,
    )


def _queue() -> Condition:
    """A queue that never empties."""
    return Condition(
        "jobs_waiting", "warning", "Jobs were waiting without a break", "jobs", 0.0,
        Rule(0.999, 0.0, _QUEUE_S, 0), lambda day: day.queued, float, "at most {}", 0,
    )
