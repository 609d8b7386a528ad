"""What effects do to the parameters of a facility: always worked out from an untouched copy, so that they compose."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from twin_kernels.exchanger import AIR_EXPONENT
from twin_kernels.layout import Params
from twin_kernels.water_layout import CHILLED

from twin.engine.timeline import Effect
from twin.facility.build import Facility

__all__ = ["PARAMETER_ACTIONS", "apply_effects", "own_params"]

#: Servers without power behave as servers that a heat trip has switched off: limits that any inlet exceeds, °C.
_OFF_C = -300.0
#: Arrays that effects change.
_CHANGED = ("kinds", "crahs", "iecs", "trims", "dxs", "chillers", "towers", "water", "facility")


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
    room, kind, name = path.split(".")[:3]
    arrays = {
        "hall.crah": (own.crahs, facility.crahs), "hall.iec": (own.iecs, facility.iecs),
        "hall.dx": (own.dxs, facility.dxs),
        "plant.chiller": (own.chillers, facility.chillers), "plant.tower": (own.towers, facility.towers),
    }
    array, names = arrays[f"{room}.{kind}"]
    return array, names.index(name)


def _trip(own: Params, facility: Facility, effect: Effect) -> None:
    flags = {"plant.chilled_water_pump": "chw_tripped", "plant.condenser_water_pump": "cw_tripped",
             "plant.air_economiser": "econ_shut"}
    if effect.target in flags:
        own.water[flags[effect.target]][CHILLED] = 1
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
    own.facility["lighting_w"] = 0.0


def _it_off(own: Params, _facility: Facility, _effect: Effect) -> None:
    """No power and no work; a tenth of the idle air still drifts through the racks."""
    own.kinds["throttle_start_c"] = _OFF_C
    own.kinds["throttle_end_c"] = _OFF_C
    own.kinds["throttle_min_frac"] = 0.0


def _foul(own: Params, facility: Facility, effect: Effect) -> None:
    array, i = _unit(own, facility, effect.target)
    if effect.target.startswith(("plant.chiller.", "hall.dx.")):
        array["cop"][i] *= effect.value
    elif effect.target.startswith("plant.tower."):  # as a tower of that share of the size, with the same fan
        array["water_rated_kg_s"][i] *= effect.value
        array["air_rated_m3_s"][i] *= effect.value
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
