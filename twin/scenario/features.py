"""What a facility has, as far as it decides which channels, alarms and uses of energy it has."""

from __future__ import annotations

from twin.channels import Channel, channels_of
from twin.scenario.connections import heat_paths
from twin.scenario.hall import Hall
from twin.scenario.plant import Plant

__all__ = ["facility_channels", "features_of"]


def features_of(hall: Hall, plant: Plant) -> frozenset[str]:
    """Features of a facility.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    frozenset of str
        Of ``twin.channels.FEATURES``.
    """
    paths = heat_paths(hall, plant)
    there = {
        "water": paths.chilled_used,
        "iec": bool(hall.iec),
        "dx": bool(hall.dx),
        "liquid": hall.liquid is not None,
        "facility": paths.facility_used,
        "store": plant.tank is not None or plant.ice is not None,
        "door": hall.rear_door is not None,
        "thermosyphon": paths.thermosyphon >= 0,
        "panels": paths.panels >= 0,
        "sky_tank": paths.panels >= 0 and plant.sky_panels is not None and plant.sky_panels.tank is not None,
        "reuse": paths.reuse >= 0,
        "pipes": bool(plant.outdoor_pipe),
        "ducts": bool(plant.outdoor_duct),
    }
    return frozenset(name for name, is_there in there.items() if is_there)


def facility_channels(hall: Hall, plant: Plant) -> tuple[Channel, ...]:
    """Channels of a facility.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    tuple of Channel
        In the order of ``twin.channels.CHANNELS``.
    """
    return channels_of(features_of(hall, plant))
