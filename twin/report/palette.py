"""One palette for the whole product: cooling modes, energy uses and temperatures keep their colours.

Colours are those of Okabe and Ito, and tints of them, so that they stay apart for colour-blind
readers. Grey is context: IT power, ranges, limits.

References
----------
Okabe, Ito (2008), Color universal design: how to make figures and presentations that are friendly
to colorblind people.
"""

from __future__ import annotations

from twin.channels import MODES

__all__ = [
    "CONTEXT", "FIELD_MAP", "INK", "LIMIT", "LINE", "MAIN", "MODE_COLOURS", "MUTED", "TEMPERATURE_COLOURS",
    "TEMPERATURE_NAMES", "USE_COLOURS", "USE_NAMES",
]

_BLUE, _SKY, _GREEN, _YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
_ORANGE, _VERMILLION, _PURPLE = "#E69F00", "#D55E00", "#CC79A7"

#: Text, secondary text, context areas, thin lines, limit lines.
INK, MUTED, CONTEXT, LINE, LIMIT = "#1f2933", "#5f6c78", "#c9d0d6", "#e3e7ea", "#3b4650"

#: The main line of a figure that shows one quantity.
MAIN = _BLUE

#: Perceptually uniform map for temperature fields.
FIELD_MAP = "cividis"

#: By mode name of ``twin.channels.MODES``.
MODE_COLOURS: dict[str, str] = dict(zip(MODES, ("#9aa5b1", _GREEN, _ORANGE, _VERMILLION), strict=True))

#: By key of ``energy_kwh``.
USE_COLOURS: dict[str, str] = {
    "it": CONTEXT, "chiller": _BLUE, "crah_fan": _SKY, "pump": _PURPLE, "heat_rejection_fan": _GREEN,
    "humidifier": "#80CFB9", "evaporative": "#44AA99", "dx": _VERMILLION, "ups_loss": _ORANGE,
    "distribution_loss": "#F3CF80", "lighting": _YELLOW,
}
USE_NAMES: dict[str, str] = {
    "it": "IT", "chiller": "Chillers", "crah_fan": "Air-handler fans", "pump": "Pumps",
    "heat_rejection_fan": "Tower fans", "humidifier": "Humidifier", "evaporative": "Evaporative cooling",
    "dx": "DX cooling", "ups_loss": "UPS losses", "distribution_loss": "Distribution losses", "lighting": "Lighting",
}

#: By channel name.
TEMPERATURE_COLOURS: dict[str, str] = {
    "weather.dry_bulb_c": _VERMILLION, "weather.wet_bulb_c": _GREEN, "plant.chilled_supply_c": _BLUE,
    "hall.supply_c": _SKY, "hall.rack_inlet_mean_c": _ORANGE, "hall.rack_inlet_max_c": _PURPLE,
}
TEMPERATURE_NAMES: dict[str, str] = {
    "weather.dry_bulb_c": "dry bulb", "weather.wet_bulb_c": "wet bulb", "plant.chilled_supply_c": "chilled water",
    "hall.supply_c": "supply air", "hall.rack_inlet_mean_c": "inlets, mean", "hall.rack_inlet_max_c": "hottest inlet",
}
