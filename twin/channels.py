"""Everything that is recorded or can be observed: name, unit, meaning, bounds, and where it comes from.

Series columns, axis labels, the generated reference and the observations of policies all come from
this table. A channel with a ``field`` is a mean over the physics step, taken from the kernel's step
output (``twin_kernels.layout.STEP_OUT``) times ``scale``; one without is filled by the engine.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["CHANNELS", "FEATURES", "MODES", "Channel", "by_name", "channels_of"]

#: What a facility may have that decides which channels it records, in words.
FEATURES = {
    "water": "chilled water", "iec": "indirect evaporative units", "dx": "direct-expansion units",
    "liquid": "liquid cooling", "facility": "facility water", "store": "a store", "door": "rear doors",
    "thermosyphon": "a thermosyphon cooler", "panels": "sky-radiator panels", "reuse": "a user of its heat",
    "sky_tank": "a night tank of its sky panels",
    "pipes": "outdoor pipes", "ducts": "outdoor ducts",
}

#: Cooling modes by number, as recorded in ``plant.mode``.
MODES = (
    "off", "free cooling", "partial mechanical", "full mechanical", "dry", "wet", "wet + DX", "dry + DX",
)


@dataclass(frozen=True)
class Channel:
    """One recorded quantity.

    Attributes
    ----------
    name : str
        ``room.quantity_unit``.
    unit : str
        As shown on an axis.
    meaning : str
        One line.
    field : str or None
        Field of the kernel's step output; None if the engine fills it.
    scale : float
        Channel value = field value * scale.
    low, high : float
        Physical bounds (for observations and checks), not limits of operation.
    only : tuple of str
        Features (of ``FEATURES``), one of which a facility must have to have this channel; empty: all have it.
    """

    name: str
    unit: str
    meaning: str
    field: str | None = None
    scale: float = 1.0
    low: float = 0.0
    high: float = 1e9
    only: tuple[str, ...] = ()


def channels_of(features: Collection[str]) -> tuple[Channel, ...]:
    """Channels that a facility has.

    Parameters
    ----------
    features : collection of str
        What it has, of ``FEATURES``; ``twin.scenario.features`` says it of a scenario.

    Returns
    -------
    tuple of Channel
    """
    return tuple(c for c in CHANNELS if not c.only or any(name in features for name in c.only))


#: Features by what a name begins with, the first that fits; any other channel of a plant is that of its chilled water.
_OF_NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("plant.evaporated_", "plant.makeup_", "plant.humidifier_", "plant.dehumidifier_", "plant.shortfall_"), ()),
    (("iec.",), ("iec",)),
    (("dx.",), ("dx",)),
    (("liquid.",), ("liquid",)),
    (("plant.facility_",), ("facility",)),
    (("plant.thermosyphon_",), ("thermosyphon",)),
    (("plant.sky_panels_",), ("panels",)),
    (("plant.sky_tank_", "plant.sky_charge_"), ("sky_tank",)),
    (("plant.reuse_",), ("reuse",)),
    (("plant.pipe_gain_",), ("pipes",)),
    (("plant.duct_gain_",), ("ducts",)),
    (("plant.store_",), ("store",)),
    (("crah.door_",), ("door",)),
    (("plant.tower_fan_", "plant.tower_heat_"), ("water", "facility")),
    (("plant.",), ("water",)),
)


def _only(name: str) -> tuple[str, ...]:
    return next((features for starts, features in _OF_NAMES if name.startswith(starts)), ())


def _kw(name: str, field: str, meaning: str, low: float = 0.0) -> Channel:
    return Channel(name, "kW", meaning, field, 1e-3, low, 1e9, _only(name))


def _temp(name: str, field: str, meaning: str) -> Channel:
    return Channel(name, "°C", meaning, field, 1.0, -80.0, 150.0, _only(name))


def _flow(name: str, field: str, meaning: str) -> Channel:
    return Channel(name, "kg/s", meaning, field, only=_only(name))


def _frac(name: str, field: str, meaning: str, high: float = 1.0) -> Channel:
    return Channel(name, "–", meaning, field, 1.0, 0.0, high, _only(name))


CHANNELS: tuple[Channel, ...] = (
    _temp("weather.dry_bulb_c", "dry_bulb_c", "outdoor dry bulb"),
    _temp("weather.wet_bulb_c", "wet_bulb_c", "outdoor wet bulb"),
    Channel("weather.humidity_ratio", "kg/kg", "outdoor humidity ratio", "humidity_ratio", 1.0, 0.0, 0.1),
    Channel("weather.ghi_w_m2", "W/m²", "global horizontal irradiance", "ghi_w_m2", 1.0, 0.0, 2000.0),
    _temp("weather.sky_c", "sky_c", "effective sky temperature"),
    _kw("it.power_kw", "it_w", "IT power: processors, server fans, storage, network"),
    _kw("it.server_fan_kw", "server_fan_w", "server fans"),
    _kw("it.processor_kw", "cpu_w", "processors and boards"),
    _frac("it.utilisation_frac", "utilisation_frac", "mean utilisation asked for"),
    _frac("it.throttled_frac", "throttled_frac", "share of work lost to throttling"),
    Channel("jobs.running", "jobs", "jobs running", None, 1.0, 0.0, 1e9),
    Channel("jobs.queued", "jobs", "jobs waiting", None, 1.0, 0.0, 1e9),
    _temp("hall.rack_inlet_min_c", "rack_inlet_min_c", "coldest rack inlet"),
    _temp("hall.rack_inlet_mean_c", "rack_inlet_mean_c", "mean rack inlet"),
    _temp("hall.rack_inlet_p95_c", "rack_inlet_p95_c", "95th percentile of rack inlets"),
    _temp("hall.rack_inlet_max_c", "rack_inlet_max_c", "hottest rack inlet"),
    _temp("hall.rack_outlet_mean_c", "rack_outlet_mean_c", "mean rack outlet (flow weighted)"),
    _temp("hall.room_c", "room_c", "air of the room node"),
    Channel("hall.room_humidity_ratio", "kg/kg", "humidity ratio of the room node", "room_w", 1.0, 0.0, 0.1),
    _temp("hall.supply_c", "supply_c", "supply air, flow weighted"),
    Channel("hall.supply_humidity_ratio", "kg/kg", "humidity ratio of the supply air", "supply_w", 1.0, 0.0, 0.1),
    _temp("hall.return_c", "return_c", "return air"),
    _flow("hall.supply_kg_s", "supply_kg_s", "supply air (dry-air mass)"),
    _flow("hall.it_air_kg_s", "it_air_kg_s", "server air (dry-air mass)"),
    _frac("hall.recirculation_frac", "recirculation_frac", "share of server air that is room or own exhaust air"),
    _frac("hall.bypass_frac", "bypass_frac", "share of supply air that passes no rack"),
    _frac("hall.outdoor_air_frac", "outdoor_air_frac", "share of outdoor air in the air handlers"),
    _temp("hall.supply_setpoint_c", "supply_setpoint_c", "supply-air setpoint in force"),
    _frac("crah.speed_frac", "crah_speed_frac", "mean fan speed of running air handlers"),
    Channel("crah.valve_max_frac", "–", "widest valve: water over rated water of the coil that asks for most",
            "crah_valve_max_frac", 1.0, 0.0, 1.0, ("water",)),
    _kw("crah.fan_kw", "crah_fan_w", "air-handler fans (hall-air side)"),
    _kw("crah.coil_kw", "coil_w", "heat taken up by coils, total"),
    _kw("crah.latent_kw", "latent_w", "latent part of it"),
    _temp("plant.chilled_supply_c", "chw_supply_c", "chilled water to the coils"),
    _temp("plant.chilled_return_c", "chw_return_c", "chilled water from the coils"),
    _flow("plant.chilled_kg_s", "chw_flow_kg_s", "chilled-water flow"),
    _temp("plant.condenser_supply_c", "cw_supply_c", "water leaving the towers"),
    _temp("plant.condenser_return_c", "cw_return_c", "water to the towers"),
    _flow("plant.condenser_kg_s", "cw_flow_kg_s", "condenser-water flow"),
    _kw("plant.chiller_kw", "chiller_w", "chiller compressors"),
    _kw("plant.chiller_load_kw", "chiller_load_w", "heat taken up by evaporators"),
    Channel("plant.chillers_on", "–", "chillers running", "chillers_on", 1.0, 0.0, 1000.0, ("water",)),
    _frac("plant.chiller_plr", "chiller_plr", "part load of running chillers", 2.0),
    _kw("plant.economiser_kw", "wse_w", "heat through the water-side economiser"),
    _kw("plant.sky_panels_kw", "panel_w", "heat that sky-radiator panels take from the water"),
    _kw("plant.sky_charge_kw", "sky_charge_w", "heat that sky-radiator panels take from their night tank"),
    _kw("plant.sky_tank_kw", "sky_tank_w", "cooling of the water out of the night tank of the sky panels"),
    _temp("plant.sky_tank_c", "sky_tank_c", "water in that tank, mean of its layers"),
    _kw("plant.pipe_gain_kw", "pipe_gain_w", "heat that water takes up in outdoor pipes", -1e9),
    _kw("plant.duct_gain_kw", "duct_gain_w", "heat that supply and return air take up in outdoor ducts", -1e9),
    _kw("plant.tower_fan_kw", "tower_fan_w", "fans of towers, dry coolers and thermosyphon cooler"),
    _kw("plant.tower_heat_kw", "tower_heat_w", "heat rejected to outdoor air by the plant"),
    _frac("plant.tower_speed_frac", "tower_speed_frac", "tower-fan speed"),
    _flow("plant.evaporated_kg_s", "evaporated_kg_s", "water evaporated by towers, sprayed units and wet pads"),
    _flow("plant.makeup_kg_s", "makeup_kg_s", "make-up water of towers, sprayed units and wet pads"),
    _kw("plant.chilled_pump_kw", "chw_pump_w", "chilled-water pumps"),
    _kw("plant.condenser_pump_kw", "cw_pump_w", "condenser-water pumps"),
    _kw("crah.door_kw", "door_w", "heat taken up by rear doors", -1e9),
    _kw("liquid.heat_kw", "liquid_w", "heat of the servers into their coolant"),
    _temp("liquid.technology_supply_c", "technology_supply_c", "coolant to the servers"),
    _temp("liquid.technology_return_c", "technology_return_c", "coolant from the servers"),
    _temp("liquid.chip_max_c", "chip_max_c", "hottest liquid-cooled chip"),
    _frac("liquid.cdu_valve_max_frac", "cdu_valve_max_frac", "opening of the widest valve of the distribution units"),
    _kw("liquid.cdu_pump_kw", "cdu_pump_w", "coolant pumps of the distribution units"),
    _temp("plant.facility_supply_c", "facility_supply_c", "facility water to the distribution units"),
    _temp("plant.facility_return_c", "facility_return_c", "facility water from the distribution units"),
    _flow("plant.facility_kg_s", "facility_flow_kg_s", "facility-water flow"),
    _kw("plant.facility_pump_kw", "facility_pump_w", "facility-water pumps, those to its towers included"),
    _kw("plant.thermosyphon_kw", "thermosyphon_w", "heat rejected by the thermosyphon cooler"),
    _kw("plant.reuse_kw", "reuse_w", "heat handed to a user outside"),
    _kw("plant.store_kw", "store_w", "cooling out of the store; negative: it is being charged", -1e9),
    _frac("plant.store_frac", "store_frac", "charge of the store: ice made, or water between 10 K above its charging temperature and that"),
    _kw("plant.humidifier_kw", "humidifier_w", "humidifier"),
    _kw("plant.dehumidifier_kw", "dehumidifier_w", "dehumidifiers in the hall"),
    _kw("iec.exchanger_kw", "iec_w", "heat through the plates of indirect evaporative units"),
    _kw("iec.secondary_fan_kw", "iec_fan_w", "outdoor-air fans of indirect evaporative units"),
    _kw("iec.spray_pump_kw", "iec_pump_w", "spray pumps of indirect evaporative units"),
    _frac("iec.secondary_speed_frac", "iec_frac", "outdoor-air fan speed of running units, weighted by hall air"),
    _kw("iec.dx_kw", "dx_w", "DX trim compressors with their condenser fans"),
    _kw("iec.dx_load_kw", "dx_load_w", "heat taken up by DX trim coils"),
    _kw("dx.power_kw", "dx_w", "compressors of direct-expansion units with their condenser fans"),
    _kw("dx.load_kw", "dx_load_w", "heat taken up by coils of direct-expansion units"),
    _kw("dx.pad_pump_kw", "iec_pump_w", "pump of the economiser's wet pad"),
    _kw("plant.shortfall_kw", "shortfall_w", "cooling asked for but not available"),
    Channel("plant.mode", "–", "cooling mode by number", "mode", 1.0, 0.0, float(len(MODES) - 1)),
    _kw("power.ups_loss_kw", "ups_loss_w", "UPS losses"),
    _kw("power.distribution_loss_kw", "distribution_loss_w", "losses of distribution and transformer"),
    _kw("power.lighting_kw", "lighting_w", "lighting"),
    _kw("power.facility_kw", "total_w", "whole facility"),
    _temp("envelope.roof_outer_c", "roof_outer_c", "outer surface of the roof"),
    _kw("envelope.gain_kw", "envelope_w", "heat from the envelope into the hall air", -1e9),
    Channel("closure.energy_rel", "–", "energy residual of the step over max(heat flow, rated IT)", "closure_rel", 1.0, 0.0, 1.0),
)


def by_name(name: str) -> Channel:
    """Channel of that name.

    Parameters
    ----------
    name : str
        As in the table.

    Returns
    -------
    Channel

    Raises
    ------
    KeyError
        If there is none.
    """
    for channel in CHANNELS:
        if channel.name == name:
            return channel
    raise KeyError(name)
