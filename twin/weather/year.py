"""A weather year in memory, and the weather of any step of it.

Hour *h* of a file is the value at the **end** of hour *h*; inside an hour everything but the sun's radiation is
linear. Hour 1 starts from hour 24 of the same first day (as EnergyPlus does), in later rounds of the same year from
its last hour. Radiation is the mean over hour *h*, so it stands at the middle of the hour; between middles it is
linear, zero while the sun is down, and each day is scaled so that it keeps the energy of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from twin_kernels.layout import WEATHER
from twin_kernels.psychrometrics import humidity_ratio_from_vapour_pressure, saturation_pressure_pa

from twin.weather.nodes import LEVELS, NODE_S, SOLAR, build_nodes
from twin.weather.sun import SECONDS_PER_DAY, sun_vector

__all__ = ["HOURLY", "WeatherYear", "humidity_ratio_at_dew_point"]

Array = NDArray[np.float64]

#: Hourly arrays of a weather year.
HOURLY = (
    "dry_bulb_c", "dew_point_c", "pressure_pa", "wind_m_s", "ghi_w_m2", "dni_w_m2", "dhi_w_m2", "infrared_w_m2",
    "humidity_ratio",
)

def humidity_ratio_at_dew_point(dew_point_c: Array, pressure_pa: Array) -> Array:
    """Humidity ratio of air with the given dew point.

    Parameters
    ----------
    dew_point_c : ndarray of float
        Dew point (frost point below 0 °C), °C; -100 … 60.
    pressure_pa : ndarray of float
        Pressure, Pa.

    Returns
    -------
    ndarray of float
        kg water per kg dry air.

    References
    ----------
    ASHRAE Handbook – Fundamentals 2021, ch. 1 (through ``twin_kernels.psychrometrics``).
    """
    pairs = zip(dew_point_c.tolist(), pressure_pa.tolist(), strict=True)
    values = (humidity_ratio_from_vapour_pressure(saturation_pressure_pa(t), p) for t, p in pairs)
    return np.fromiter(values, dtype=np.float64, count=dew_point_c.size)


@dataclass(frozen=True, eq=False)
class WeatherYear:
    """One year of hourly weather at one place, in local standard time (daylight saving is ignored).

    Attributes
    ----------
    name : str
        Station, as the file calls it; characters that cannot be printed are blanks.
    source : str
        What was asked for: built-in name or path.
    path : Path
        File the year was read from.
    sha256 : str
        Of that file.
    latitude_deg, longitude_deg : float
        North and east positive, -90 … 90 and -180 … 180.
    altitude_m : float
        Above sea level, m.
    utc_offset_h : float
        Standard time minus universal time, h.
    hours : int
        8760, or 8784 with 29 February.
    dry_bulb_c, dew_point_c, pressure_pa, wind_m_s, infrared_w_m2 : ndarray of float
        Element ``h - 1`` is the value at the end of hour ``h``; °C, °C, Pa, m/s, W/m² (horizontal, downwelling).
    ghi_w_m2, dni_w_m2, dhi_w_m2 : ndarray of float
        Element ``h - 1`` is the mean over hour ``h``, W/m².
    warnings : tuple of str
        What was repaired, and by how much.
    humidity_ratio : ndarray of float
        At the end of each hour, kg/kg dry air; from the dew point when left empty.
    """

    name: str
    source: str
    path: Path
    sha256: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    utc_offset_h: float
    hours: int
    dry_bulb_c: Array
    dew_point_c: Array
    pressure_pa: Array
    wind_m_s: Array
    ghi_w_m2: Array
    dni_w_m2: Array
    dhi_w_m2: Array
    infrared_w_m2: Array
    warnings: tuple[str, ...] = ()
    humidity_ratio: Array = field(default_factory=lambda: np.empty(0))
    _nodes: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Clean the name, and lay out the table of half-hour nodes that every block is read from."""
        shown = "".join(c if c.isprintable() else " " for c in self.name)  # it will stand in headings and terminals
        object.__setattr__(self, "name", " ".join(shown.split()))
        hourly = [getattr(self, name) for name in HOURLY if name != "humidity_ratio" or self.humidity_ratio.size]
        if self.hours not in (8760, 8784) or any(column.shape != (self.hours,) for column in hourly):
            raise ValueError(f"a weather year has 8760 or 8784 values in every column, not {self.hours} hours of "
                             f"{sorted({column.shape for column in hourly})}")
        if self.humidity_ratio.size == 0:
            object.__setattr__(self, "humidity_ratio", humidity_ratio_at_dew_point(self.dew_point_c, self.pressure_pa))
        levels = np.stack([getattr(self, name) for name in LEVELS], axis=1)
        solar = np.stack([getattr(self, name) for name in SOLAR], axis=1)
        place = (self.latitude_deg, self.longitude_deg, self.utc_offset_h)
        object.__setattr__(self, "_nodes", build_nodes(levels, solar, place))

    def block(self, start_s: int, steps: int, step_s: int) -> NDArray[np.void]:
        """Weather in the middle of each of ``steps`` steps from ``start_s`` on.

        Parameters
        ----------
        start_s : int
            Seconds since 1 January 00:00 of the weather year, ≥ 0; the year repeats after its last hour.
        steps : int
            Number of steps, ≥ 0.
        step_s : int
            Length of a step, s, > 0.

        Returns
        -------
        ndarray of ``twin_kernels.layout.WEATHER``
            One record a step.
        """
        if start_s < 0 or steps < 0 or step_s <= 0:
            raise ValueError(f"no weather for start_s = {start_s}, steps = {steps}, step_s = {step_s}")
        middles: Array = (np.arange(steps, dtype=np.float64) + 0.5) * step_s + start_s
        values = self._at(middles)
        out = np.zeros(steps, dtype=WEATHER)  # what the hall's calendar adds is not weather
        for name, column in values.items():
            out[name] = column
        return out

    def _at(self, time_s: Array) -> dict[str, Array]:
        """Every field of the weather record at the given times."""
        position = time_s * (1.0 / NODE_S)
        index = position.astype(np.int64)
        share = position - index
        round_nodes = self.hours * 3600 // NODE_S
        if index.size and index[-1] >= round_nodes + 2:
            index = np.where(index >= round_nodes + 2, (index - 2) % round_nodes + 2, index)
        low = self._nodes[index]
        rows = (low + (self._nodes[index + 1] - low) * share[:, None]).T
        values = dict(zip((*LEVELS, *SOLAR), rows, strict=False))
        sin_declination, cos_declination, solar_offset_rad = rows[-3:]
        hour_angle = (2.0 * np.pi / SECONDS_PER_DAY) * (time_s % SECONDS_PER_DAY) + solar_offset_rad
        east, north, up = sun_vector(sin_declination, cos_declination, hour_angle, self.latitude_deg)
        risen = up > 0.0
        for name in SOLAR:
            values[name] = values[name] * risen
        values["sun_east"], values["sun_north"], values["sun_up"] = east, north, up
        return values
