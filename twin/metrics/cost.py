"""Demand, cost and carbon."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.metrics.months import month_parts

__all__ = ["Cost", "TariffLike", "carbon_kg", "cost_of", "cue", "demand_charge", "peak_demand_kw", "quarter_hour_kw"]

_DEMAND_WINDOW_S = 900


class TariffLike(Protocol):
    """Prices and grid factor; ``twin.scenario.run.Tariff`` is one."""

    @property
    def energy_per_kwh(self) -> float:
        """Energy charge, currency/kWh."""

    @property
    def demand_per_kw_month(self) -> float:
        """Demand charge, currency/(kW month)."""

    @property
    def water_per_m3(self) -> float:
        """Water and sewage, currency/m³."""

    @property
    def carbon_kg_per_kwh(self) -> float:
        """Grid carbon factor, kg CO2/kWh."""


class Cost(NamedTuple):
    """Cost of the run by what is paid for, in the tariff's currency."""

    energy: float
    demand: float
    water: float


def quarter_hour_kw(power_kw: NDArray[np.floating], step_s: int) -> NDArray[np.float64]:
    """Means over successive 15 minutes, as a demand meter takes them.

    Parameters
    ----------
    power_kw : ndarray
        Mean power of every step, kW, from a full quarter of an hour on.
    step_s : int
        Length of a step, s; the window is the nearest whole number of steps.

    Returns
    -------
    ndarray
        Means, kW. An incomplete last window is left out, unless it is the only one.
    """
    width = max(1, round(_DEMAND_WINDOW_S / step_s))
    whole = len(power_kw) // width
    if whole == 0:
        return np.asarray([np.mean(power_kw, dtype=np.float64)]) if len(power_kw) else np.zeros(0)
    blocks: NDArray[np.float64] = np.mean(power_kw[: whole * width].reshape(whole, width), axis=1, dtype=np.float64)
    return blocks


def peak_demand_kw(power_kw: NDArray[np.floating], step_s: int) -> float | None:
    """Highest 15-minute mean power.

    Parameters
    ----------
    power_kw : ndarray
        Mean power of every step, kW.
    step_s : int
        Length of a step, s.

    Returns
    -------
    float or None
        kW; None for an empty series.
    """
    blocks = quarter_hour_kw(power_kw, step_s)
    return float(blocks.max()) if len(blocks) else None


def demand_charge(power_kw: NDArray[np.floating], step_s: int, start_s: int, price_per_kw_month: float,
                  year_h: int = 8760) -> float:
    """Demand charge: each month's highest 15-minute mean times the price of a kW and month.

    Parameters
    ----------
    power_kw : ndarray
        Mean facility power of every step, kW.
    step_s, start_s : int
        Length of a step and start of the run, s since 1 January 00:00.
    price_per_kw_month : float
        Price, currency/(kW month).
    year_h : int
        Hours of the weather year.

    Returns
    -------
    float
        Charge, currency. A month that the run covers in part pays its share of the month.
    """
    charge = 0.0
    for part in month_parts(start_s, start_s + len(power_kw) * step_s, year_h):
        steps = slice((part.start_s - start_s) // step_s, (part.end_s - start_s) // step_s)
        peak = peak_demand_kw(power_kw[steps], step_s)
        charge += (peak or 0.0) * price_per_kw_month * part.covered_frac
    return charge


def cost_of(total_kwh: float, demand: float, water_l: float, tariff: TariffLike) -> Cost:
    """Cost of energy, demand and water.

    Parameters
    ----------
    total_kwh : float
        Energy of the facility, kWh.
    demand : float
        Demand charge, currency.
    water_l : float
        Site water, L.
    tariff : TariffLike
        Prices.

    Returns
    -------
    Cost
        In the tariff's currency.
    """
    return Cost(total_kwh * tariff.energy_per_kwh, demand, water_l / 1000.0 * tariff.water_per_m3)


def carbon_kg(total_kwh: float, tariff: TariffLike) -> float:
    """Carbon of the electricity used (operation only): energy times the grid factor.

    Parameters
    ----------
    total_kwh : float
        Facility energy, kWh.
    tariff : TariffLike
        Carries the grid factor, kg CO2/kWh.

    Returns
    -------
    float
        kg CO2.
    """
    return total_kwh * tariff.carbon_kg_per_kwh


def cue(carbon: float, it_kwh: float) -> float | None:
    """Carbon usage effectiveness, CUE = CO2 / E_IT.

    Parameters
    ----------
    carbon : float
        Carbon, kg CO2.
    it_kwh : float
        IT energy, kWh.

    Returns
    -------
    float or None
        kg CO2/kWh; None without IT energy.

    References
    ----------
    ISO/IEC 30134-8:2022, Carbon usage effectiveness.
    """
    return carbon / it_kwh if it_kwh > 0.0 else None
