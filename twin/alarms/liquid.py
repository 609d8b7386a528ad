"""What raises an alarm in waters and liquid cooling: supplies above their setpoints, hot chips, valves at their end."""

from __future__ import annotations

import math

import numpy as np
from twin_kernels.psychrometrics import saturation_humidity_ratio

from twin.alarms.condition import MINUTE_S, Array, Condition, Day
from twin.alarms.excursions import Rule
from twin.scenario.liquid import Liquid

__all__ = ["hottest_allowed_c", "liquid_conditions", "water_warm"]

#: Water or coolant this far above its setpoint is too warm, K; assumed, as for chilled water.
_WARM_K = 2.0
#: Share of full opening from which a valve counts as open, and below which it no longer does; assumed.
_OPEN_FRAC, _OPEN_BAND_FRAC = 0.999, 0.02
#: Dead band of the hottest chip, K; assumed.
_CHIP_BAND_K = 2.0


def hottest_allowed_c(liquid: Liquid | None) -> float:
    """Chip temperature above which processors slow down, °C; infinite without liquid cooling.

    Parameters
    ----------
    liquid : Liquid or None

    Returns
    -------
    float
    """
    if liquid is None:
        return math.inf
    return (liquid.tanks if liquid.kind == "immersion" else liquid.plates).throttle_start_c


def water_warm(name: str, what: str, loop: str, setpoint: str) -> Condition:
    """Water that the plant cannot keep cold, while it flows.

    Parameters
    ----------
    name : str
        Of the condition.
    what : str
        Of the water, in a sentence.
    loop : str
        Fields of STEP_OUT begin with it.
    setpoint : str
        Name of the setpoint.

    Returns
    -------
    Condition
    """

    def values(day: Day) -> Array | None:
        warmer_k: Array = day.rows[f"{loop}_supply_c"] - day.setpoints_c[setpoint]
        if float(warmer_k.max()) <= 0.5 * _WARM_K:
            return None
        return np.where(day.rows[f"{loop}_flow_kg_s"] > 0.0, warmer_k, 0.0)

    return Condition(
        name, "warning", f"{what} was more than {_WARM_K:g} K above its setpoint", "K", _WARM_K,
        Rule(_WARM_K, 0.5 * _WARM_K, 10 * MINUTE_S, 30 * MINUTE_S), values,
    )


def liquid_conditions(liquid: Liquid, pressure_pa: float) -> list[Condition]:
    """What is watched in a liquid-cooled hall.

    Parameters
    ----------
    liquid : Liquid
    pressure_pa : float
        Standard pressure of the site, Pa, for the dew point that the coolant is kept above.

    Returns
    -------
    list of Condition
    """
    hot_c = hottest_allowed_c(liquid)
    guard_k = max(unit.dew_guard_k for unit in liquid.cdu.values())
    temps_c = np.linspace(-20.0, 60.0, 321)
    saturated = np.array([saturation_humidity_ratio(t, pressure_pa) for t in temps_c])

    def warmer_k(day: Day) -> Array | None:
        supply_c = day.rows["technology_supply_c"]
        if float(supply_c.max()) <= float(np.min(day.setpoints_c["technology_water_c"])) + 0.5 * _WARM_K:
            return None
        dew_c = np.interp(day.rows["room_w"], saturated, temps_c)
        above: Array = supply_c - np.maximum(day.setpoints_c["technology_water_c"], dew_c + guard_k)
        return above

    def chips(day: Day) -> Array:
        hottest_c: Array = day.rows["chip_max_c"]
        return hottest_c

    def valve(day: Day) -> Array:
        widest: Array = day.rows["cdu_valve_max_frac"]
        return widest

    return [
        Condition(
            "chips_hot", "alarm", f"Chips were above {hot_c:g} °C, where they slow down,", "°C", hot_c,
            Rule(hot_c, _CHIP_BAND_K, MINUTE_S, 30 * MINUTE_S), chips,
        ),
        Condition(
            "technology_water_warm", "warning",
            f"Coolant to the servers was more than {_WARM_K:g} K above its setpoint", "K", _WARM_K,
            Rule(_WARM_K, 0.5 * _WARM_K, 5 * MINUTE_S, 30 * MINUTE_S), warmer_k,
        ),
        Condition(
            "cdu_valve_open", "warning", "The valve of a coolant distribution unit was fully open", "%",
            100.0, Rule(_OPEN_FRAC, _OPEN_BAND_FRAC, 30 * MINUTE_S, 60 * MINUTE_S), valve,
            lambda value: 100.0 * value, "",
        ),
    ]
