"""Forecasts of weather and load, made from what has been; and the truth, for ``oracle`` only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.engine.physics import DAY_S, Blocks
from twin.engine.seeds import moment_stream
from twin.policies.contract import Forecast
from twin.scenario.run import Tariff
from twin.scenario.seen import Forecast as ForecastKeys

if TYPE_CHECKING:
    from twin.workload.calendar import HallCalendar

__all__ = ["Ahead", "Forecaster"]

#: Weather of each step (WEATHER records) and background utilisation of each step.
Ahead = tuple[NDArray[np.void], NDArray[np.float64]]
_SHIFTED = ("dry_bulb_c", "humidity_ratio", "infrared_w_m2")
_HOUR_S = 3600.0


class Forecaster:
    """Looks ahead from a moment, by the day before.

    ``f(t + h) = x(t + h - 24 h) + (x(t) - x(t - 24 h)) exp(-h / decay) + e(h)``, beyond a day the day before again.
    With φ = exp(-Δt / decay), ``e(h + Δt) = φ e(h) + σ sqrt(1 - φ²) ξ`` from ``e(0) = 0``: an error that grows with
    lead time to ``weather_error_k`` (dry bulb) and ``load_error_frac``. Before a day has passed, things stay as they
    are.

    Parameters
    ----------
    keys : ForecastKeys
        The section of the scenario.
    sources : tuple of Blocks
        Weather and background work. Only what lies before the present is asked of them, but for the truth.
    run : tuple of int
        Seed, start of the run (s) and step (s).
    wind_frac : float
        Share of the wind that reaches the building.
    calendar : HallCalendar or None
        What the hall does by the hour; known.
    """

    def __init__(
        self, keys: ForecastKeys, sources: tuple[Blocks, Blocks], run: tuple[int, int, int], wind_frac: float,
        calendar: HallCalendar | None,
    ) -> None:
        self._keys = keys
        self._weather, self._background = sources
        self._seed, self._start_s, self._step_s = run
        self._wind_frac, self._calendar = wind_frac, calendar

    def expected(self, now_s: int, steps: int) -> Ahead:
        """What is expected of the next steps.

        Parameters
        ----------
        now_s : int
            On a step of the grid, s.
        steps : int
            How many.

        Returns
        -------
        tuple of ndarray
            WEATHER records as the building meets them, and background utilisation 0 … 1.
        """
        step_s = self._step_s
        lead_s = step_s * (np.arange(steps) + 0.5)
        fade = np.exp(-lead_s / (self._keys.decay_h * _HOUR_S))
        last_s = max(now_s - step_s, 0)
        weather = self._before(self._weather, now_s, steps, 0)
        present = self._weather.block(last_s, 1, step_s)
        if now_s >= DAY_S + step_s:
            yesterday = self._weather.block(last_s - DAY_S, 1, step_s)
            for name in _SHIFTED:
                weather[name] += (present[name] - yesterday[name]) * fade
        load = self._before(self._background, now_s, steps, self._start_s)
        if now_s >= self._start_s + DAY_S + step_s:
            now_frac, then_frac = (self._background.block(t, 1, step_s) for t in (last_s, last_s - DAY_S))
            load = load + (now_frac - then_frac) * fade
        self._err(now_s, weather, load)
        weather["humidity_ratio"] = np.clip(weather["humidity_ratio"], 1e-5, 0.1)
        weather["infrared_w_m2"] = np.maximum(weather["infrared_w_m2"], 50.0)
        return self._at_building(now_s, weather), np.clip(load, 0.0, 1.0)

    def truth(self, now_s: int, steps: int, end_s: int) -> Ahead:
        """What the next steps will be; what lies after the end of the run is as at its end.

        Parameters
        ----------
        now_s, steps : int
            As for :meth:`expected`.
        end_s : int
            End of the run, s.

        Returns
        -------
        tuple of ndarray
        """
        known = min(steps, (end_s - now_s) // self._step_s)
        if known > 0:
            load = self._background.block(now_s, known, self._step_s)
        else:
            known, load = 1, self._background.block(now_s - self._step_s, 1, self._step_s)
        load = np.concatenate((load, np.full(steps - known, load[-1])))
        return self._at_building(now_s, self._weather.block(now_s, steps, self._step_s)), load

    def shown(self, now_s: int, tariff: Tariff, *, truth_until_s: int | None = None) -> Forecast:
        """The forecast as a policy gets it: means of intervals.

        Parameters
        ----------
        now_s : int
            Engine time, s.
        tariff : Tariff
            Prices and carbon, known and constant.
        truth_until_s : int or None
            End of the run for a forecast that is the truth; None: what is expected.

        Returns
        -------
        Forecast
        """
        each = max(self._keys.interval_s // self._step_s, 1)
        count = max(math.ceil(self._keys.horizon_h * _HOUR_S / (each * self._step_s)), 1)
        if truth_until_s is None:
            weather, load = self.expected(now_s, each * count)
        else:
            weather, load = self.truth(now_s, each * count, truth_until_s)

        def means(values: NDArray[np.float64]) -> tuple[float, ...]:
            return tuple(values.reshape(count, each).mean(axis=1).tolist())

        values = {
            "weather.dry_bulb_c": means(weather["dry_bulb_c"]),
            "weather.humidity_ratio": means(weather["humidity_ratio"]),
            "it.background_frac": means(load), "price_per_kwh": (tariff.energy_per_kwh,) * count,
            "carbon_kg_per_kwh": (tariff.carbon_kg_per_kwh,) * count,
        }
        times = tuple(now_s + each * self._step_s * i for i in range(count))
        return Forecast(times, values, truth_until_s is not None)

    def _before(self, source: Blocks, now_s: int, steps: int, known_from_s: int) -> NDArray[Any]:
        """The day before, as often as need be; the last step, where there is no day before."""
        day = DAY_S // self._step_s
        if now_s - DAY_S < known_from_s:
            last = source.block(max(now_s - self._step_s, known_from_s), 1, self._step_s)
            return np.repeat(last, steps)
        past = source.block(now_s - DAY_S, min(steps, day), self._step_s)
        return past if steps <= day else np.resize(past, steps)

    def _err(self, now_s: int, weather: NDArray[np.void], load: NDArray[np.float64]) -> None:
        """The random error beyond that of the day before."""
        keys = self._keys
        if keys.weather_error_k == 0.0 and keys.load_error_frac == 0.0:
            return
        rng = moment_stream(self._seed, "forecast", now_s)
        phi = math.exp(-self._step_s / (keys.decay_h * _HOUR_S))
        shocks = rng.standard_normal((len(load), 2)) * math.sqrt(1.0 - phi * phi)
        error = np.zeros(2)
        paths = np.empty((len(load), 2))
        for i in range(len(load)):
            error = phi * error + shocks[i]
            paths[i] = error
        weather["dry_bulb_c"] += keys.weather_error_k * paths[:, 0]
        load += keys.load_error_frac * paths[:, 1]

    def _at_building(self, now_s: int, weather: NDArray[np.void]) -> NDArray[np.void]:
        weather["wind_m_s"] *= self._wind_frac
        if self._calendar is not None:
            self._calendar.fill(weather, now_s, self._step_s)
        return weather
