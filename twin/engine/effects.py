"""What effects do to the parameters of a facility: always worked out from an untouched copy, so that they compose."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from twin_kernels.exchanger import AIR_EXPONENT
from twin_kernels.layout import Params
from twin_kernels.rejector import DRY, MERKEL
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

from twin.engine.timeline import Effect
from twin.facility.build import Facility

__all__ = ["PARAMETER_ACTIONS", "apply_effects", "own_params"]

#: Servers without power behave as servers that a heat trip has switched off: limits that any inlet exceeds, °C.
_OFF_C = -300.0
#: Arrays that effects change.
_CHANGED = (
    "kinds", "crahs", "iecs", "trims", "dxs", "chillers", "towers", "water", "cdus", "doors", "reuse", "thermosyphons",
    "tanks", "ices", "panels", "sky_tanks", "facility",
)
#: Pumps: path → water system and flag.
_PUMPS = {
    "plant.chilled_water_pump": (CHILLED, "chw_tripped"), "plant.condenser_water_pump": (CHILLED, "cw_tripped"),
    "plant.facility_water.pump": (FACILITY_WATER, "chw_tripped"),
    "plant.facility_water.exchanger.pump": (FACILITY_WATER, "cw_tripped"),
}
#: Other single things: path → array, and the field that is 0 after a trip.
_SINGLES = {
    "plant.thermosyphon": ("thermosyphons", "available"), "plant.tank": ("tanks", "available"),
    "plant.sky_panels": ("panels", "available"), "plant.sky_panels.tank": ("sky_tanks", "available"),
    "plant.ice": ("ices", "available"), "hall.rear_door": ("doors", "water_rated_kg_s"),
    "hall.liquid.reuse": ("reuse", "demand_w"),
}
#: What fouls of single things: path → array, record, field.
_FOULED = {
    "plant.thermosyphon": ("thermosyphons", 0, "condenser_w_k"), "hall.rear_door": ("doors", 0, "ua_w_k"),
    "plant.water_economiser": ("water", CHILLED, "wse_effectiveness"),
    "plant.facility_water.exchanger": ("water", FACILITY_WATER, "wse_effectiveness"),
}


def own_params(base: Params) -> Params:
    """Parameters that effects may change, shared with nobody.

    Parameters
    ----------
    base : Params

    Returns
    -------
    Params
    """
    return base._replace(**{name: getattr(base, name).copy() for name in _CHANGED})


def apply_effects(own: Params, base: Params, facility: Facility, effects: Iterable[Effect]) -> None:
    """Make parameters what they are under some effects.

    Parameters
    ----------
    own : Params
        From :func:`own_params`; overwritten.
    base : Params
        Without any effect.
    facility : Facility
        For the names of units.
    effects : iterable of Effect
        All that are in force; others than those of ``PARAMETER_ACTIONS`` are passed over.
    """
    for name in _CHANGED:
        getattr(own, name)[...] = getattr(base, name)
    for effect in effects:
        act = PARAMETER_ACTIONS.get(effect.action)
        if act is not None:
            act(own, facility, effect)


def _unit(own: Params, facility: Facility, path: str) -> tuple[NDArray[np.void], int]:
    """Array and index of a unit by its path."""
    arrays = {
        "hall.crah": (own.crahs, facility.crahs), "hall.iec": (own.iecs, facility.iecs),
        "hall.dx": (own.dxs, facility.dxs),
        "hall.liquid.cdu": (own.cdus, facility.cdus), "plant.chiller": (own.chillers, facility.chillers),
        "plant.tower": (own.towers, facility.towers), "plant.dry_cooler": (own.towers, facility.towers),
    }
    room = next(start for start in arrays if path.startswith(f"{start}."))
    array, names = arrays[room]
    name = path.removeprefix(f"{room}.").split(".")[0]
    of_kind = [i for i, other in enumerate(names) if other == name]
    if array is own.towers:  # a tower and a dry cooler may have the same name
        of_kind = [i for i in of_kind if (array["kind"][i] >= DRY) == (room == "plant.dry_cooler")]
    return array, of_kind[0]


def _trip(own: Params, facility: Facility, effect: Effect) -> None:
    if effect.target in _PUMPS:
        system, flag = _PUMPS[effect.target]
        own.water[flag][system] = 1
    elif effect.target in _SINGLES:
        name, field = _SINGLES[effect.target]
        getattr(own, name)[field] = 0
    elif effect.target == "plant.air_economiser":
        own.facility["econ_shut"] = 1
    elif effect.target == "hall.humidity":
        own.facility["humidifier_kg_s"] = 0.0
        own.facility["dehumidifier_kg_s"] = 0.0
    elif effect.target.endswith(".spray"):
        array, i = _unit(own, facility, effect.target)
        array["spray_available"][i] = 0
    elif effect.target.startswith("hall.dx.") and effect.target.endswith(".compressor"):
        array, i = _unit(own, facility, effect.target)
        array["compressor_available"][i] = 0
    elif effect.target.startswith("hall.iec.") and effect.target.endswith(".dx"):
        _, i = _unit(own, facility, effect.target)
        own.trims["available"][i] = 0
    else:
        array, i = _unit(own, facility, effect.target)
        array["available"][i] = 0


def _secondary(own: Params, facility: Facility, effect: Effect) -> None:
    """Without its fan no outdoor air passes the plates: as good as no plates, and the fan stands."""
    array, i = _unit(own, facility, effect.target)
    array["ua_w_k"][i] = 0.0


def _lights(own: Params, _facility: Facility, _effect: Effect) -> None:
    """No lights, and no basin heaters."""
    own.facility["lighting_w"] = 0.0
    own.towers["basin_heater_w_k"] = 0.0


def _it_off(own: Params, _facility: Facility, _effect: Effect) -> None:
    """No power and no work; a tenth of the idle air still drifts through the racks."""
    own.kinds["throttle_start_c"] = _OFF_C
    own.kinds["throttle_end_c"] = _OFF_C
    own.kinds["throttle_min_frac"] = 0.0


def _foul(own: Params, facility: Facility, effect: Effect) -> None:
    if effect.target in _FOULED:
        name, i, field = _FOULED[effect.target]
        getattr(own, name)[field][i] *= effect.value
        return
    array, i = _unit(own, facility, effect.target)
    if effect.target.startswith(("plant.chiller.", "hall.dx.")):
        array["cop"][i] *= effect.value
    elif effect.target.startswith("plant.tower."):  # as a tower of that share of the size, with the same fan
        array["water_rated_kg_s"][i] *= effect.value
        array["air_rated_m3_s"][i] *= effect.value
        if array["kind"][i] == MERKEL:
            array["ua_w_k"][i] *= effect.value
    else:
        array["ua_w_k"][i] *= effect.value


def _clog(own: Params, facility: Facility, effect: Effect) -> None:
    """Pressure k times at equal flow: power k times, and at the fan's highest pressure √k less flow.

    The part-flow curve is rewritten for the lower rated flow: ``c_i' = k k^(-i/2) c_i``. Conductance is given at rated
    flows, so that of the air film moves with them.
    """
    array, i = _unit(own, facility, effect.target)
    unit = array[i]
    shrink = effect.value**-0.5
    unit["air_rated_m3_s"] *= shrink
    unit["fan_curve"] = unit["fan_curve"] * effect.value * shrink ** np.arange(len(unit["fan_curve"]))
    if effect.target.startswith("hall.dx."):
        return
    share = "ua_air_frac" if effect.target.startswith("hall.crah.") else "ua_primary_frac"
    if unit["ua_w_k"] > 0.0:
        air_w_k = unit["ua_w_k"] / (1.0 - unit[share]) * shrink**AIR_EXPONENT
        other_w_k = unit["ua_w_k"] / unit[share]
        unit["ua_w_k"] = 1.0 / (1.0 / air_w_k + 1.0 / other_w_k)
        unit[share] = air_w_k / (air_w_k + other_w_k)


#: Actions that change parameters.
PARAMETER_ACTIONS: dict[str, Callable[[Params, Facility, Effect], None]] = {
    "trip": _trip, "secondary": _secondary, "lights": _lights, "it_off": _it_off, "foul": _foul, "clog": _clog,
}
