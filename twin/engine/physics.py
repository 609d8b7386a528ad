"""Physics on the clock: closes the interval that just ended, in blocks of steps of one kernel call.

Steps lie on a fixed grid; an event between grid points splits the step. A day of rows is buffered and
handed to the recorder when the day is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import RACK_HOURLY, STEP_OUT, WEATHER, Params, State
from twin_kernels.system import advance_block

from twin.policies.check import BOUNDS

if TYPE_CHECKING:
    from twin.workload.calendar import HallCalendar

__all__ = ["DAY_S", "Blocks", "Physics"]

DAY_S = 86400
_HOUR_S = 3600
_SETTLE_S = 7200
_NO_CHANGES = np.zeros((0, 4))


class Blocks(Protocol):
    """What has a value for every step: a weather year, background work, or something that is held constant."""

    def block(self, start_s: int, steps: int, step_s: int) -> NDArray[Any]:
        """Values of ``steps`` steps of ``step_s`` from ``start_s`` on, in an array of the caller's own."""
        ...


class Physics:
    """State of a facility, moved forward in time.

    Parameters
    ----------
    params : Params
    state : State
        Owned and updated in place.
    setpoints : ndarray of one SETPOINTS
        Owned; policies write it.
    weather : Blocks
        WEATHER of a step.
    background : Blocks
        Utilisation common to all racks, 0 … 1.
    step_s : int
        Grid, s.
    span_s : tuple of int
        Start and end of the run, s.

    Attributes
    ----------
    now_s : int
        The state is that of this time, s.
    first_s : int
        When the open day was opened, s.
    rows, rack_rows : ndarray
        What has been recorded of the open day: a row a step, a row a full hour.
    wind_frac : float
        Share of the weather file's wind that reaches the building.
    calendar : HallCalendar or None
        What changes in the hall by the hour beside its racks.
    sensor_bias : ndarray of one SETPOINTS or None
        What the sensors of local loops read too high: a loop that is misled holds its setpoint less that.
    """

    def __init__(
        self, params: Params, state: State, setpoints: NDArray[np.void], weather: Blocks, background: Blocks,
        step_s: int, span_s: tuple[int, int],
    ) -> None:
        self.params = params
        self.state = state
        self.setpoints = setpoints
        self._weather = weather
        self.wind_frac = 1.0
        self.calendar: HallCalendar | None = None
        self.sensor_bias: NDArray[np.void] | None = None
        self._background = background
        self.step_s = step_s
        self.start_s, self.end_s = span_s
        self.now_s = self.start_s
        self.first_s = self.start_s
        self.rows: NDArray[np.void] = np.zeros(0, STEP_OUT)
        self.rack_rows: NDArray[np.float32] = np.zeros((0, 0, 0), np.float32)
        self._inputs: NDArray[np.void] = np.zeros(0, WEATHER)
        self._load: NDArray[np.float64] = np.zeros(0)

    def settle(self) -> None:
        """Let the hall come to rest under the first weather and load, so that a run does not begin with a jolt.

        Two hours, then the slab (whose own time is weeks) takes the room's temperature, then two hours more. What
        was metered in them is forgotten, and a store is again as full as the scenario says.
        """
        steps = -(-_SETTLE_S // self.step_s)
        stores = [(store, store.copy()) for store in (self.state.tanks, self.state.ices, self.state.sky_tanks)]
        state, facility = self.state, self.state.facility
        inputs = np.repeat(self._steps(self.start_s, 1), steps)
        load = np.repeat(self._background.block(self.start_s, 1, self.step_s), steps)
        rows = np.zeros(steps, STEP_OUT)
        rack_rows = np.zeros((_SETTLE_S // _HOUR_S + 2, len(self.params.racks), len(RACK_HOURLY)), np.float32)
        for _ in range(2):
            facility["time_s"] = self.start_s - steps * self.step_s
            facility["hours"] = 0
            advance_block(
                state, self.params, inputs, self.setpoints, load, _NO_CHANGES, float(self.step_s),
                float(self.step_s), rows, rack_rows,
            )
            state.surfaces["slab_c"] = facility["room_c"][:, None]
        for store, at_start in stores:  # the scenario says how full it is
            store[:] = at_start
        state.meters[:] = np.zeros(1, state.meters.dtype)
        state.racks["lost_s"] = 0.0
        state.rack_hour[:] = 0.0
        state.rack_hour[1] = -1e9
        for name in ("steps", "hours", "closure_rel_max", "water_rel_max"):
            facility[name] = 0
        facility["time_s"] = self.start_s

    def _steps(self, start_s: int, steps: int) -> NDArray[np.void]:
        """Inputs of ``steps`` steps from ``start_s`` on: weather at the building, and the hall's calendar."""
        inputs = self._weather.block(start_s, steps, self.step_s)
        inputs["wind_m_s"] *= self.wind_frac
        if self.calendar is not None:
            self.calendar.fill(inputs, start_s, self.step_s)
        return inputs

    def open_day(self) -> None:
        """Buffers and inputs from now to the end of this day (or of the run)."""
        self.first_s = self.now_s
        last_s = min((self.now_s // DAY_S + 1) * DAY_S, self.end_s)
        steps = -(-(last_s - self.first_s) // self.step_s)
        self.rows = np.zeros(steps, STEP_OUT)
        self.rack_rows = np.zeros((DAY_S // _HOUR_S + 1, len(self.params.racks), len(RACK_HOURLY)), np.float32)
        self.state.facility["hours"] = 0
        self._inputs = self._steps(self.first_s, steps)
        self._load = self._background.block(self.first_s, steps, self.step_s)

    def day_so_far(self) -> tuple[int, int, NDArray[np.void], NDArray[np.float32]]:
        """When the day was opened, the time now (s), and copies of what was recorded in between."""
        rows = -(-(self.now_s - self.first_s) // self.step_s)
        hours = int(self.state.facility["hours"][0])
        return self.first_s, self.now_s, self.rows[:rows].copy(), self.rack_rows[:hours].copy()

    def reopen_day(
        self, first_s: int, now_s: int, rows: NDArray[np.void], rack_rows: NDArray[np.float32]
    ) -> None:
        """Go on inside a day that was opened before; ``state`` is already that of ``now_s``.

        Parameters
        ----------
        first_s, now_s : int
        rows, rack_rows : ndarray
            From :meth:`day_so_far`.
        """
        self.now_s = first_s
        hours = self.state.facility["hours"][0]
        self.open_day()
        self.state.facility["hours"] = hours
        self.now_s = now_s
        self.rows[: len(rows)] = rows
        self.rack_rows[: len(rack_rows)] = rack_rows

    def grid_s(self, time_s: int) -> int:
        """End of the last whole step at or before a time, s.

        Parameters
        ----------
        time_s : int
            Inside the open day, s.

        Returns
        -------
        int
        """
        return self.first_s + (time_s - self.first_s) // self.step_s * self.step_s

    def close_until(
        self, time_s: int, changes: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]] | None
    ) -> None:
        """Advance to a time inside the open day.

        Parameters
        ----------
        time_s : int
            New time, s.
        changes : tuple of ndarray or None
            Job changes since the last call: time (s), rack, change of utilisation; in time order.
        """
        while self.now_s < time_s:
            row = (self.now_s - self.first_s) // self.step_s
            row_start_s = self.first_s + row * self.step_s
            if self.now_s > row_start_s or time_s < row_start_s + self.step_s:  # an event split this step
                until_s = min(time_s, row_start_s + self.step_s)
                self._block(row, 1, until_s - self.now_s, changes)
            else:
                count = (time_s - self.now_s) // self.step_s
                until_s = self.now_s + count * self.step_s
                self._block(row, count, self.step_s, changes)
            self.now_s = until_s

    def _block(
        self, row: int, count: int, dt_s: int,
        changes: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]] | None,
    ) -> None:
        """One kernel call: ``count`` steps of ``dt_s`` from now, into rows from ``row``."""
        listed = _NO_CHANGES
        if changes is not None and len(changes[0]):
            listed = self._in_steps(count, dt_s, changes)
        held, rows = self.setpoints, self.rows[row:row + count]
        if self.sensor_bias is not None:
            held = held.copy()
            for name in held.dtype.names or ():
                if self.sensor_bias[name][0] != 0.0:  # no loop holds what its setpoint could not be set to
                    held[name] = np.clip(held[name] - self.sensor_bias[name], *BOUNDS[name])
        advance_block(
            self.state, self.params, self._inputs[row:row + count], held, self._load[row:row + count],
            listed, float(dt_s), float(self.step_s), rows, self.rack_rows,
        )
        if self.sensor_bias is not None:  # the row shows what was asked for
            misled_k = self.setpoints["supply_air_c"] - held["supply_air_c"]
            rows["supply_setpoint_c"] += misled_k * dt_s / self.step_s

    def _in_steps(
        self, count: int, dt_s: int, changes: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Job changes of the block as (step, rack, change, share of that step after it)."""
        times, racks, deltas = changes
        low, high = np.searchsorted(times, (self.now_s, self.now_s + count * dt_s))
        since = times[low:high] - self.now_s
        steps = since // dt_s
        listed = np.empty((high - low, 4))
        listed[:, 0] = steps
        listed[:, 1] = racks[low:high]
        listed[:, 2] = deltas[low:high]
        listed[:, 3] = 1.0 - (since - steps * dt_s) / dt_s
        return listed

    def filled(self) -> tuple[NDArray[np.void], NDArray[np.float32]]:
        """Rows of steps and of rack hours recorded since the day was opened."""
        steps = (self.now_s - self.first_s) // self.step_s
        return self.rows[:steps], self.rack_rows[: int(self.state.facility["hours"][0])]

    @property
    def has_row(self) -> bool:
        """Whether a step of the open day is complete."""
        return self.now_s - self.first_s >= self.step_s

    def last_row(self) -> np.void:
        """A copy of the newest complete row; before the first step an empty one."""
        steps = (self.now_s - self.first_s) // self.step_s
        if steps == 0:
            empty: np.void = np.zeros(1, STEP_OUT)[0]
            return empty
        row: np.void = np.frombuffer(self.rows[steps - 1:steps].tobytes(), STEP_OUT)[0]  # a record copies slowly
        return row
