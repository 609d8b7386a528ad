"""One palette for the whole product: cooling modes, energy uses and temperatures keep their colours.

Colours are those of Okabe and Ito, and tints of them, so that they stay apart for colour-blind
readers. Grey is context: IT power, ranges, limits.

References
----------
Okabe, Ito (2008), Color universal design: how to make figures and presentations that are friendly
to colorblind people.
"""

from __future__ import annotations

__all__ = [
    "ALARM_COLOURS", "CONTEXT", "DENSITY_MAP", "ENVELOPE", "EVENT", "FIELD_MAP", "INK", "LIMIT", "LINE", "MAIN",
    "MODE_COLOURS", "MUTED", "SINK_COLOURS", "SUN", "TAKER_COLOURS", "TEMPERATURE_COLOURS", "TEMPERATURE_NAMES",
    "USE_COLOURS", "USE_NAMES", "WATER_COLOURS", "legible", "text_on",
]

_BLUE, _SKY, _GREEN, _YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
_ORANGE, _VERMILLION, _PURPLE = "#E69F00", "#D55E00", "#CC79A7"

#: Text, secondary text, context areas, thin lines, limit lines.
INK, MUTED, CONTEXT, LINE, LIMIT = "#1f2933", "#5f6c78", "#c9d0d6", "#e3e7ea", "#3b4650"

#: The main line of a figure that shows one quantity.
MAIN = _BLUE

#: Perceptually uniform map for temperature fields.
FIELD_MAP = "cividis"

#: The same for counts: white is none.
DENSITY_MAP = "Blues"

#: By mode name of ``twin.channels.MODES``. Plants with towers and evaporative units share no mode but *off*.
MODE_COLOURS: dict[str, str] = {
    "off": "#9aa5b1", "free cooling": _GREEN, "partial mechanical": _ORANGE, "full mechanical": _VERMILLION,
    "dry": _SKY, "wet": _BLUE, "wet + DX": _PURPLE, "dry + DX": "#882255",
}

#: Alarms by level, and what happens to the facility from outside: none of them a mode's colour.
ALARM_COLOURS: dict[str, str] = {"alarm": "#a50026", "warning": "#c7a500"}
EVENT = "#3d4b8f"

#: Sun on the ground; heat through the envelope.
SUN, ENVELOPE = "#e8c547", _ORANGE

#: Where the water goes.
WATER_COLOURS: dict[str, str] = {"evaporation": _BLUE, "blow-down and drift": _SKY, "humidifier": _GREEN}

#: What takes heat from the hall, and what takes it from the plant.
TAKER_COLOURS: dict[str, str] = {"coolant": _PURPLE, "rear doors": "#44AA99", "air handlers": _SKY}
SINK_COLOURS: dict[str, str] = {
    "towers": _BLUE, "dry coolers": _ORANGE, "thermosyphon": _GREEN, "sky panels": _SKY, "used again": _VERMILLION,
    "night tank": "#225555",
}

#: By key of ``energy_kwh``.
USE_COLOURS: dict[str, str] = {
    "it": CONTEXT, "chiller": _BLUE, "crah_fan": _SKY, "pump": _PURPLE, "heat_rejection_fan": _GREEN,
    "humidifier": "#80CFB9", "evaporative": "#44AA99", "dx": _VERMILLION, "dehumidifier": "#332288",
    "basin_heater": "#882255",
    "ups_loss": _ORANGE, "distribution_loss": "#F3CF80", "lighting": _YELLOW,
}
USE_NAMES: dict[str, str] = {
    "it": "IT", "chiller": "Chillers", "crah_fan": "Air-handler fans", "pump": "Pumps",
    "heat_rejection_fan": "Fans of heat rejection", "basin_heater": "Basin heaters",
    "humidifier": "Humidifier", "evaporative": "Secondary fans, spray",
    "dx": "DX cooling", "dehumidifier": "Dehumidifier", "ups_loss": "UPS losses",
    "distribution_loss": "Distribution losses", "lighting": "Lighting",
}

#: By channel name.
TEMPERATURE_COLOURS: dict[str, str] = {
    "weather.dry_bulb_c": _VERMILLION, "weather.wet_bulb_c": _GREEN, "plant.chilled_supply_c": _BLUE,
    "hall.supply_c": _SKY, "hall.rack_inlet_min_c": "#7f9fb8", "hall.rack_inlet_mean_c": _ORANGE,
    "hall.rack_inlet_p95_c": "#9c6b00", "hall.rack_inlet_max_c": _PURPLE,
    "plant.facility_supply_c": "#332288", "liquid.technology_supply_c": "#44AA99",
    "liquid.technology_return_c": "#999933", "liquid.chip_max_c": "#882255",
    "envelope.roof_outer_c": "#4b3f99", "weather.sky_c": "#7d8fa0", "plant.chilled_return_c": "#3f9fd0",
    "plant.sky_tank_c": "#225555",
}
TEMPERATURE_NAMES: dict[str, str] = {
    "weather.dry_bulb_c": "dry bulb", "weather.wet_bulb_c": "wet bulb", "plant.chilled_supply_c": "chilled water",
    "plant.facility_supply_c": "facility water", "liquid.technology_supply_c": "coolant",
    "hall.supply_c": "supply air", "hall.rack_inlet_mean_c": "inlets, mean", "hall.rack_inlet_max_c": "hottest inlet",
}

# Contrast that WCAG 2.1 asks of text (success criterion 1.4.3), and its luminance.
_LEAST_CONTRAST = 4.5
_CHANNEL_WEIGHTS = (0.2126, 0.7152, 0.0722)


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 … 1."""
    parts = (int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip(_CHANNEL_WEIGHTS, linear, strict=True))


def legible(colour: str) -> str:
    """The colour, ``#rrggbb``, darkened until text in it has a contrast of 4.5 or more against white."""
    while 1.05 / (_luminance(colour) + 0.05) < _LEAST_CONTRAST:
        darker = (int(0.97 * int(colour[place:place + 2], 16)) for place in (1, 3, 5))
        colour = "#" + "".join(f"{part:02x}" for part in darker)
    return colour


def text_on(colour: str) -> str:
    """White or ink, whichever reads better on the colour, ``#rrggbb``."""
    here = _luminance(colour) + 0.05
    return "#ffffff" if 1.05 / here >= here / (_luminance(INK) + 0.05) else INK
