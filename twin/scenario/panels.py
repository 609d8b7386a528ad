"""[plant.sky_panels] and [plant.intake]: water under the sky, and outdoor air that comes over the roof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from twin.errors import Problem
from twin.scenario.base import Frac, NonNegative, Part, Positive, key
from twin.scenario.hall import Envelope, Hall
from twin.scenario.water import Tank

__all__ = ["Intake", "SkyPanels", "SkyTank", "panel_problems", "roof_share_frac"]


class SkyTank(Tank):
    """A stratified tank that the panels cool at night, top to bottom, and that cools the return by day."""

    charge_first_hour: float = key(20.0, unit="h", text="charging begins, hour of the day; the sky decides within the window", source="assumed: evening", ge=0.0, le=24.0)
    charge_last_hour: float = key(8.0, unit="h", text="charging ends, hour of the day", source="assumed: morning", ge=0.0, le=24.0)
    discharge_first_hour: float = key(8.0, unit="h", text="discharging begins, hour of the day", source="assumed: morning", ge=0.0, le=24.0)
    discharge_last_hour: float = key(20.0, unit="h", text="discharging ends, hour of the day", source="assumed: evening", ge=0.0, le=24.0)
    rated_kg_s: Positive = key(text="most flow through the diffusers, either way; the panels pass no more than water_kg_s", unit="kg/s", le=1e5)
    charge_c: float = key(5.0, unit="°C", text="coldest water that the panels make: it does not freeze in them", source="assumed: a margin to 0 °C; tanks layer above 4 °C", ge=4.0, le=25.0)
    start_c: float = key(15.0, unit="°C", text="water in the tank at the start", source="assumed", ge=4.0, le=40.0)
    charge_margin_k: Positive = key(3.0, unit="K", text="charged while the plate would rest this far below the tank's warm end", source="assumed", le=50.0)
    draw_margin_k: float = key(1.0, unit="K", text="discharged while its outlet is this far below the return", source="assumed", ge=0.2, le=50.0)
    first: Literal["return", "tank"] = key(
        "return", text="what the panels serve in hours of charging: the return, and the tank in the time that is left; or the tank "
        "(the return only where the plant is at its limit or the tank wants nothing)",
        source="assumed: the return is warmer than the tank, and the panels carry more",
    )


class SkyPanels(Part):
    """Flat panels in series with the return water: what they take, economiser and chillers need not."""

    area_m2: Positive = key(unit="m²", text="plate area", le=1e6)
    coating: str = key(
        "glass-polymer-silver", text="coating of the plate, one of 'twin parts coatings' or of envelope.coatings",
        source="the film of the published panels", min_length=1, max_length=60,
    )
    coating_age_years: NonNegative = key(0.0, text="as envelope.roof.coating_age_years", source="0: new", le=30.0)
    water_kg_s: Positive = key(unit="kg/s", text="most water through the panels; the rest goes round them", le=1e4)
    pump_kw: NonNegative = key(unit="kW", text="electricity of their own pump at that flow (affinity law below)", le=1e4)
    fin_frac: float = key(
        0.9, text="heat over that of a plate at water temperature all over", source="assumed: collectors with narrow tubes 0.85 … 0.97",
        gt=0.1, le=1.0,
    )
    film_w_m2k: Positive = key(5.7, unit="W/(m² K)", text="convection at calm", source="McAdams 1954", le=200.0)
    film_wind_w_s_m3k: NonNegative = key(3.8, unit="W s/(m³ K)", text="convection per m/s of wind; 0 under a wind cover", source="McAdams 1954", le=50.0)
    dew_margin_k: float = key(1.0, unit="K", text="leaving water stays this far above the dew point", source="assumed", ge=-50.0, le=20.0)
    least_cop: NonNegative = key(10.0, text="by-pass where heat over pump power is less", source="assumed: worse than dry coolers", le=1000.0)
    on_roof: bool = key(True, text="whether they stand on the hall's roof, share its area and shade it", source="the usual place")
    tank: SkyTank | None = key(None, text="night tank beside them; none if left out")


class Intake(Part):
    """Outdoor air of the plant that has passed over the roof: it arrives warmer, or colder, as the roof is."""

    share_frac: Frac = key(text="share of the air's heat exchange with the roof that ends up in the intake: 0 none, 0.1 … 0.5 typical, uncertain")
    air_m3_s: Positive = key(unit="m³/s", text="outdoor air that the plant draws in", le=1e6)
    roof_m2: Positive | None = key(None, unit="m²", text="roof that it passes over; the hall's if left out")


def roof_share_frac(panels: SkyPanels | None, hall: Hall) -> float:
    """Share of the roof that panels cover.

    Parameters
    ----------
    panels : SkyPanels or None
    hall : Hall

    Returns
    -------
    float
        0 without panels or where they stand elsewhere; may exceed 1 in an unsound scenario.
    """
    if panels is None or not panels.on_roof:
        return 0.0
    return panels.area_m2 / (hall.total_length_m * hall.width_m)


#: Most of a roof that can be built on: edges, paths and machines take the rest.
USABLE_ROOF_FRAC: Frac = 0.7


def panel_problems(panels: SkyPanels, hall: Hall | None, envelope: Envelope | None) -> Iterator[Problem]:
    """Panels that find no room on the roof; a night tank that is never charged or never used.

    Parameters
    ----------
    panels : SkyPanels
    hall : Hall or None
    envelope : Envelope or None
        None where it is unsound.

    Yields
    ------
    Problem
    """
    if panels.tank is not None:
        yield from _tank_problems(panels.tank)
    if hall is None or envelope is None:
        return
    share = roof_share_frac(panels, hall)
    if share > USABLE_ROOF_FRAC:
        roof_m2 = hall.total_length_m * hall.width_m
        most = USABLE_ROOF_FRAC * roof_m2
        yield Problem(
            f"plant.sky_panels.area_m2 = {panels.area_m2}",
            f"finds no room: the roof has {roof_m2:.0f} m², at most {most:.0f} m² of it can be built on; "
            "on_roof = false puts them elsewhere",
        )


def _tank_problems(tank: SkyTank) -> Iterator[Problem]:
    """Windows of no hours, and water that is cold enough from the start."""
    for word, first, last in (
        ("charge", tank.charge_first_hour, tank.charge_last_hour),
        ("discharge", tank.discharge_first_hour, tank.discharge_last_hour),
    ):
        if first % 24.0 == last % 24.0 and abs(last - first) < 24.0:
            yield Problem(
                f"plant.sky_panels.tank.{word}_first_hour = {first:g}",
                f"is also {word}_last_hour: the tank is never {word}d; give a window, or leave the tank out",
            )
