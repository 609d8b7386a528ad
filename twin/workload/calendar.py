"""The hall's calendar: gains, infiltration, thermostat and fans by the hour, written into the inputs of steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.scenario.hall import Hall
from twin.workload.background import is_weekend

__all__ = ["HallCalendar"]

_HOUR_S = 3600
_DAY_H = 24


class HallCalendar:
    """What changes in a hall by the hour of the day, beside the load of its racks.

    Parameters
    ----------
    hall : Hall
    first_weekday : str
        Weekday of 1 January, in lower case.
    """

    def __init__(self, hall: Hall, first_weekday: str) -> None:
        self._first_weekday = first_weekday
        infiltration = hall.infiltration
        volume_m3 = hall.total_length_m * hall.width_m * hall.height_m
        leak_m3_s = infiltration.m3_s + infiltration.air_changes_per_h * volume_m3 / _HOUR_S
        self._by_hour: dict[str, NDArray[np.float64]] = {
            "gain_sensible_w": 1e3 * hall.gains.sensible_kw * np.array(hall.gains.sensible_frac),
            "gain_latent_w": 1e3 * hall.gains.latent_kw * np.array(hall.gains.latent_frac),
            "infiltration_m3_s": leak_m3_s * np.array(infiltration.frac),
        }
        if hall.thermostat is not None:
            self._by_hour["return_shift_k"] = np.array(hall.thermostat.by_hour_c) - hall.return_air_temp_c
        if hall.fan.weekday_on is not None:
            on = np.array([hall.fan.weekday_on, hall.fan.weekend_on or hall.fan.weekday_on], dtype=np.float64)
            self._by_hour["units_off_frac"] = 1.0 - on
        self._by_hour = {name: hours for name, hours in self._by_hour.items() if hours.any()}

    def fill(self, inputs: NDArray[np.void], start_s: int, step_s: int) -> None:
        """Write the calendar into the inputs of steps.

        Parameters
        ----------
        inputs : ndarray of WEATHER
            One record a step; the calendar's fields are overwritten.
        start_s : int
            Start of the first step, seconds since 1 January 00:00.
        step_s : int
            Length of a step, s; divides the hour.
        """
        if not self._by_hour:
            return
        hour = (start_s + step_s * np.arange(len(inputs), dtype=np.int64) + step_s // 2) // _HOUR_S
        weekend = is_weekend(hour // _DAY_H, self._first_weekday).astype(np.int64)
        for name, by_hour in self._by_hour.items():
            inputs[name] = by_hour[weekend, hour % _DAY_H]
