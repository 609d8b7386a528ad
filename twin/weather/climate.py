"""Climates: what is known of a place by month, from which any number of years are generated.

``guangzhou`` is the first year of Guangzhou, ``guangzhou@7`` its seventh: the number is the seed.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from twin.scenario.base import Frac, Part, key

__all__ = ["CLIMATES", "DEFAULT_SEED", "Climate", "ClimateSource", "climate_name", "climates", "split_seed"]

#: The library of climates.
CLIMATES = Path(__file__).resolve().parents[1] / "parts" / "climates.toml"
#: Year that a climate's name alone stands for.
DEFAULT_SEED = 1

_SEED = re.compile(r"(.*)@(\d{1,9})", re.DOTALL)

Months = Annotated[list[float], Field(min_length=12, max_length=12)]
MonthsPositive = Annotated[list[Annotated[float, Field(ge=0.0)]], Field(min_length=12, max_length=12)]
MonthsFrac = Annotated[list[Frac], Field(min_length=12, max_length=12)]
MonthsTied = Annotated[list[Annotated[float, Field(ge=-1.0, le=1.0)]], Field(min_length=12, max_length=12)]


class ClimateSource(Part):
    """Where each number of a climate comes from; ``assumed`` says that nobody has checked it."""

    dry_bulb: str = key(text="monthly means", min_length=1)
    daily_range: str = key(text="of the dry bulb", min_length=1)
    humidity: str = key(text="monthly means", min_length=1)
    radiation: str = key(text="monthly means", min_length=1)
    spread: str = key(text="of daily means in a month", min_length=1)
    wind: str = key(text="mean wind", min_length=1)
    design_cold: str = key(text="99.6 % dry bulb", min_length=1)
    design_hot: str = key(text="0.4 % dry bulb", min_length=1)
    design_wet_bulb: str = key("none", text="0.4 % wet bulb", min_length=1)


class Climate(Part):
    """Monthly normals, design values and place. Lists run from January to December."""

    name: str = key(text="name in a scenario", min_length=1)
    place: str = key(text="what it is called in words", min_length=1)
    latitude_deg: float = key(unit="°", text="north positive", ge=-90.0, le=90.0)
    longitude_deg: float = key(unit="°", text="east positive", ge=-180.0, le=180.0)
    altitude_m: float = key(unit="m", text="above sea level", ge=-500.0, le=6000.0)
    utc_offset_h: float = key(unit="h", text="standard time minus universal time", ge=-12.0, le=14.0)
    dry_bulb_c: Months = key(unit="°C", text="mean of the month")
    daily_range_k: MonthsPositive = key(unit="K", text="highest less lowest hour of a day, mean of the month")
    dry_bulb_spread_k: MonthsPositive = key(unit="K", text="standard deviation of daily means inside the month")
    relative_humidity_frac: MonthsFrac = key(text="mean of the month's hours")
    ghi_kwh_m2_day: MonthsPositive = key(unit="kWh/m² a day", text="global radiation, mean of the month")
    wind_m_s: MonthsPositive = key(unit="m/s", text="mean of the month (one number: the same all year)")
    design_cold_c: float = key(unit="°C", text="dry bulb that 99.6 % of the hours exceed", ge=-60.0, le=40.0)
    design_hot_c: float = key(unit="°C", text="dry bulb that 0.4 % of the hours exceed", ge=-10.0, le=55.0)
    design_wet_bulb_c: float | None = key(
        None, unit="°C", text="wet bulb that 0.4 % of the hours exceed; left out: whatever the normals give",
        ge=-20.0, le=40.0,
    )
    dew_point_spread_k: MonthsPositive | None = key(
        None, unit="K", text="as dry_bulb_spread_k, of the dew point; left out: a rule", source="docs/physics/climates"
    )
    dew_point_tie: MonthsTied | None = key(
        None, text="correlation of daily dry bulb and dew point; left out: a rule", source="docs/physics/climates"
    )
    dew_point_wave_k: Months | None = key(
        None, unit="K", text="dew point at the warmest hour less that at the coolest; left out: a rule",
        source="docs/physics/climates",
    )
    source: ClimateSource

    @model_validator(mode="before")
    @classmethod
    def _one_wind(cls, data: Any) -> Any:
        """One mean wind stands for all months."""
        if isinstance(data, dict) and isinstance(data.get("wind_m_s"), int | float):
            return {**data, "wind_m_s": [float(data["wind_m_s"])] * 12}
        return data

    @model_validator(mode="after")
    def _in_order(self) -> Climate:
        """Design values lie outside the warmest and coldest month."""
        if not self.design_cold_c < min(self.dry_bulb_c) <= max(self.dry_bulb_c) < self.design_hot_c:
            raise ValueError("the 99.6 % dry bulb must lie below, the 0.4 % dry bulb above every month's mean")
        return self

    def dew_point_statistics(self) -> tuple[list[float], list[float], list[float]]:
        """How the dew point moves: given, or by rules fitted to 19 stations of TMY data, month by month.

        Returns
        -------
        spread_k : list of float
            Of daily means: by rule 1.15 times the dry bulb's, more in dry months.
        tie : list of float
            Correlation of daily means with the dry bulb: by rule ``tanh(-1.8 + 3.0 RH + 0.66 ln spread)`` (R² 0.45).
        wave_k : list of float
            Warmest less coolest hour: by rule ``-1.3 + 3.4 RH - 0.06 T`` (R² 0.34).
        """
        spreads, humid = self.dry_bulb_spread_k, self.relative_humidity_frac
        pairs = list(zip(spreads, humid, strict=True))
        spread = self.dew_point_spread_k or [1.15 * s * (1.0 + 2.5 * max(0.4 - rh, 0.0)) for s, rh in pairs]
        ties = [math.tanh(-1.8 + 3.0 * rh + 0.66 * math.log(max(s, 0.1))) for s, rh in pairs]
        waves = [-1.3 + 3.4 * rh - 0.06 * t for t, rh in zip(self.dry_bulb_c, humid, strict=True)]
        return spread, self.dew_point_tie or [min(max(t, 0.0), 0.95) for t in ties], self.dew_point_wave_k or waves


@cache
def climates() -> dict[str, Climate]:
    """The library of climates.

    Returns
    -------
    dict
        By name, in the order of the file.
    """
    tables = tomllib.loads(CLIMATES.read_text(encoding="utf-8"))
    return {name: Climate.model_validate({"name": name, **table}) for name, table in tables.items()}


def climate_name(text: str) -> str:
    """A name as the library writes it: ``The Dalles`` is ``the-dalles``, ``Luleå`` is ``lulea``.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\s_]+", "-", plain.strip().lower())


def split_seed(text: str) -> tuple[str, int | None]:
    """Name and seed of ``name@seed``.

    Parameters
    ----------
    text : str

    Returns
    -------
    name : str
    seed : int or None
        None when there is none.
    """
    found = _SEED.fullmatch(text.strip())
    return (found[1], int(found[2])) if found else (text, None)
