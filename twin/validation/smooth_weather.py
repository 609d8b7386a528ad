"""Outdoor air of one typed day as other programs see it: a smooth curve through the hours instead of straight lines."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from twin_kernels.psychrometrics import humidity_ratio

from twin.weather.year import WeatherYear

__all__ = ["SmoothDay", "read_columns", "smooth_day"]

_HOURS = 8760


def read_columns(path: Path) -> dict[str, NDArray[np.float64]]:
    """Columns of a small data file whose first lines, beginning with ``#``, say where it comes from.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to ndarray of float64
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@dataclass(frozen=True, eq=False)
class SmoothDay(WeatherYear):
    """A weather year of one day repeated, whose first day has smooth dry bulb and relative humidity.

    Attributes
    ----------
    knots : mapping of str to ndarray of float64
        ``time_s``, ``dry_bulb_c``, ``rh_frac``: what the curves go through.
    """

    knots: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def block(self, start_s: int, steps: int, step_s: int) -> NDArray[np.void]:
        """Weather in the middle of each step, dry bulb and humidity from Akima's curves.

        Parameters
        ----------
        start_s : int
            Seconds since the start of the day, ≥ 0; before the first knot its value holds.
        steps, step_s : int
            Number of steps, and the length of one, s.

        Returns
        -------
        ndarray of ``twin_kernels.layout.WEATHER``
            One record a step.

        References
        ----------
        Akima, H. (1970), A new method of interpolation and smooth curve fitting based on local procedures, Journal of
        the ACM 17(4), 589-602 ("continuous derivative" of the Modelica Standard Library's tables).
        """
        from scipy.interpolate import Akima1DInterpolator  # lazy: scipy.interpolate takes long to import

        out = super().block(start_s, steps, step_s)
        time_s = self.knots["time_s"]
        middle_s = np.clip((np.arange(steps) + 0.5) * step_s + start_s, time_s[0], time_s[-1])
        out["dry_bulb_c"] = Akima1DInterpolator(time_s, self.knots["dry_bulb_c"])(middle_s)
        rh_frac = np.clip(Akima1DInterpolator(time_s, self.knots["rh_frac"])(middle_s), 0.0, 1.0)
        states = zip(out["dry_bulb_c"].tolist(), rh_frac.tolist(), out["pressure_pa"].tolist(), strict=True)
        out["humidity_ratio"] = [humidity_ratio(*state) for state in states]
        return out


def smooth_day(path: Path, place: Mapping[str, float], pressure_pa: float) -> SmoothDay:
    """Weather of a typed day.

    Parameters
    ----------
    path : Path
        Columns ``hour`` (row *h* is the value at the end of hour *h*; at least 24), ``dry_bulb_c``, ``dew_point_c``,
        ``rh_frac``, ``infrared_w_m2``, ``ghi_w_m2``, ``dni_w_m2``, ``dhi_w_m2`` (means over the hour), ``wind_m_s``.
    place : mapping of str to float
        ``latitude_deg``, ``longitude_deg``, ``utc_offset_h``, ``altitude_m``.
    pressure_pa : float
        Air pressure, all day.

    Returns
    -------
    SmoothDay
    """
    columns = read_columns(path)

    def year(values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
        return np.resize(np.asarray(values[:24], dtype=np.float64), _HOURS)

    dry_c, rh_frac = columns["dry_bulb_c"], columns["rh_frac"]
    ratios = [humidity_ratio(dry, rh, pressure_pa) for dry, rh in zip(dry_c.tolist(), rh_frac.tolist(), strict=True)]
    names = ("dry_bulb_c", "dew_point_c", "wind_m_s", "ghi_w_m2", "dni_w_m2", "dhi_w_m2", "infrared_w_m2")
    return SmoothDay(
        name=path.parent.name, source=str(path), path=path, sha256="", hours=_HOURS,
        pressure_pa=np.full(_HOURS, pressure_pa), humidity_ratio=year(ratios),
        knots={"time_s": 3600.0 * columns["hour"], "dry_bulb_c": dry_c, "rh_frac": rh_frac},
        **{name: year(columns[name]) for name in names}, **place,  # type: ignore[arg-type]
    )
