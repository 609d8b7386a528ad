"""The sky over a site, hour by hour, without a hall: what a coating can lose there, what any can, and claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from twin_kernels.bands import closed_sky_w_m2
from twin_kernels.coating import cooling_bound_w_m2, net_power_w_m2
from twin_kernels.saturation import saturation_pressure_pa

from twin.errors import Problem
from twin.metrics.months import DAY_S, month_parts
from twin.scenario.coatings import Optics
from twin.scenario.schema import Scenario
from twin.simulate import site_weather

__all__ = ["Claim", "SiteSky", "claim_lines", "read_claims", "site_sky"]

Floats = NDArray[np.float64]

#: Higher than the radiation of any black body that lies outdoors, W/m²: a larger claim is a typing error.
_MOST_W_M2 = 1000.0


@dataclass(frozen=True)
class Claim:
    """What somebody says a coating does.

    Attributes
    ----------
    name : str
        Whose; may be empty.
    power_w_m2 : float
        Cooling power below or at air temperature.
    """

    name: str
    power_w_m2: float


@dataclass(frozen=True)
class SiteSky:
    """A year of sky over a site.

    Attributes
    ----------
    bands_w_m2 : ndarray, shape (hours, 3)
        Long-wave radiation in window, 17.2 … 25 µm and the rest.
    air_c, sun_w_m2 : ndarray, shape (hours,)
    bound_w_m2 : ndarray, shape (hours,)
        What the best possible coating without sun loses at air temperature.
    month, hour : ndarray of int, shape (hours,)
        Month 0 … 11 and hour of the day 0 … 23.
    """

    bands_w_m2: Floats
    air_c: Floats
    sun_w_m2: Floats
    bound_w_m2: Floats
    month: NDArray[np.int64]
    hour: NDArray[np.int64]

    def power_w_m2(self, optics: Optics) -> Floats:
        """Net power of a flat surface at air temperature, hour by hour: no convection then.

        Parameters
        ----------
        optics : Optics

        Returns
        -------
        ndarray, shape (hours,)
            W/m²; > 0 cools.
        """
        own = (optics.absorptance_frac, optics.window_frac, optics.far_frac, optics.other_frac)
        hours = zip(self.bands_w_m2.tolist(), self.air_c.tolist(), self.sun_w_m2.tolist(), strict=True)
        return np.array([net_power_w_m2(own, tuple(sky), air, air, sun, 0.0, 0.0) for sky, air, sun in hours])

    def by_month(self, values: Floats) -> Floats:
        """Means by hour of the day and month.

        Parameters
        ----------
        values : ndarray, shape (hours,)

        Returns
        -------
        ndarray, shape (24, 12)
        """
        total, count = np.zeros((24, 12)), np.zeros((24, 12))
        np.add.at(total, (self.hour, self.month), values)
        np.add.at(count, (self.hour, self.month), 1.0)
        return total / np.maximum(count, 1.0)


def site_sky(scenario: Scenario) -> SiteSky:
    """The sky of a scenario's weather, as the hall sees it.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    SiteSky
        Of a whole year, however short the run. Values at the ends of hours are averaged over the hour, as sun is.
    """
    weather = site_weather(scenario)
    air, dew, infrared = (_middle(v) for v in (weather.dry_bulb_c, weather.dew_point_c, weather.infrared_w_m2))
    bands = []
    bound = []
    for air_c, dew_c, long_wave in zip(air.tolist(), dew.tolist(), infrared.tolist(), strict=True):
        vapour_pa = saturation_pressure_pa(min(dew_c, air_c))
        sky = closed_sky_w_m2(long_wave, air_c, vapour_pa, weather.altitude_m)
        bands.append(sky)
        bound.append(cooling_bound_w_m2(sky, air_c))
    month = np.zeros(weather.hours, np.int64)
    for part in month_parts(0, weather.hours * 3600, weather.hours):
        month[part.start_s // 3600: part.end_s // 3600] = part.month % 12
    hour = np.arange(weather.hours) * 3600 % DAY_S // 3600
    return SiteSky(np.array(bands), air, np.maximum(weather.ghi_w_m2, 0.0), np.array(bound), month, hour)


def _middle(ends: Floats) -> Floats:
    """Means of hours from values at their ends."""
    return 0.5 * (ends + np.roll(ends, 1))


def read_claims(texts: Sequence[object]) -> tuple[list[Claim], list[Problem]]:
    """Read ``150`` or ``NAME=150``.

    Parameters
    ----------
    texts : sequence

    Returns
    -------
    list of Claim
    list of Problem
    """
    found, problems = [], []
    for text in texts:
        match = re.fullmatch(r"(?:(.*)=)?([^=]*)", str(text).strip())
        try:
            name, power = (match[1] or "").strip() if match else "", float(match[2] if match else "")
        except ValueError:
            problems.append(Problem(f"--claim {str(text)[:60]}", "is not a power; write W_M2 or NAME=W_M2, e.g. "
                                                                 "paint=120"))
            continue
        if not 0.0 < power <= _MOST_W_M2:
            problems.append(Problem(f"--claim {str(text)[:60]}", f"must lie in 0 … {_MOST_W_M2:g} W/m², 0 not "
                                                                 "included"))
        else:
            found.append(Claim(name, power))
    return found, problems


def claim_lines(sky: SiteSky, claims: Sequence[Claim]) -> list[str]:
    """What the bound of the site says of each claim.

    Parameters
    ----------
    sky : SiteSky
    claims : sequence of Claim

    Returns
    -------
    list of str
    """
    bound = sky.bound_w_m2
    most, mean = float(bound.max()), float(bound.mean())
    found = []
    for claim in claims:
        who = f"{claim.name} is claimed" if claim.name else "A coating is claimed"
        head = f"to cool by {claim.power_w_m2:g} W/m². A black body without sun at air temperature"
        if claim.power_w_m2 > most:
            found.append(f"CLAIM ABOVE THE BOUND: {who} {head} loses at most {most:.0f} W/m² here in the best "
                         "hour of the "
                         f"year, {mean:.0f} in the mean: no coating can do this in the air of this site.")
        elif claim.power_w_m2 > mean:
            share = 100.0 * float(np.mean(bound >= claim.power_w_m2))
            found.append(f"CLAIM ABOVE THE BOUND OF MOST HOURS: {who} {head} loses {mean:.0f} W/m² in the mean "
                         "here; as much as "
                         f"claimed is possible in {share:.0f} % of the hours, and only without sun. As a mean "
                         "it is impossible.")
        else:
            found.append(f"Claim within the bound: {who} {head} loses {mean:.0f} W/m² in the mean here. That "
                         "does not prove it.")
    return found
