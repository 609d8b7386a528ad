"""The state as a controller's twin knows it: that of the model, moved to what the sensors show.

What no sensor measures (walls, slab, how racks and layers of a store differ from their mean, valves, stages) comes from
the model, as in a twin that runs alongside. What is measured is believed as shown: with noise, bias, lag and dropouts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from twin_kernels.layout import Params, State
from twin_kernels.psychrometrics import enthalpy_j_kg, saturation_humidity_ratio
from twin_kernels.water_layout import CHILLED, FACILITY_WATER

__all__ = ["move_to_readings", "reading_errors"]

#: A charge of 1 of a stratified tank is 10 K of its mean (channel ``plant.store_frac``).
_TANK_SPAN_K = 10.0
#: Power readings further off than this say nothing of the load. Source: assumed.
_RATIO = (0.5, 2.0)
#: Below this the air that leaves a rack says too little of its mass. Source: assumed.
_LEAST_EFFECTIVENESS = 0.2
_ALL = slice(None)


class _Place(NamedTuple):
    """Which fields of the state a channel measures, and how they follow its reading."""

    channel: str
    array: str
    fields: tuple[str, ...]
    rows: slice = _ALL
    low: float = -80.0
    high: float = 150.0
    scale: float = 1.0     # change of the field for a change of the reading; 0: the field goes by the ratio


_CHILLED = slice(CHILLED, CHILLED + 1)
_FACILITY = slice(FACILITY_WATER, FACILITY_WATER + 1)
_MEASURED: tuple[_Place, ...] = (
    _Place("hall.rack_inlet_min_c", "facility", ("inlet_min_c",)),
    _Place("hall.rack_inlet_mean_c", "facility", ("inlet_mean_c",)),
    _Place("hall.rack_inlet_p95_c", "facility", ("inlet_p95_c",)),
    _Place("hall.rack_inlet_max_c", "facility", ("inlet_max_c",)),
    _Place("hall.rack_outlet_mean_c", "facility", ("outlet_mean_c",)),
    _Place("hall.rack_inlet_mean_c", "racks", ("inlet_c",)),
    _Place("hall.rack_outlet_mean_c", "racks", ("outlet_c",)),
    _Place("hall.room_humidity_ratio", "racks", ("inlet_w",), low=1e-5, high=0.1),
    _Place("it.power_kw", "racks", ("job_util_frac",), low=-1.0, high=1.0, scale=0.0),
    _Place("hall.room_c", "facility", ("room_c",)),
    _Place("hall.room_humidity_ratio", "facility", ("room_w", "supply_w", "return_w"), low=1e-5, high=0.1),
    _Place("hall.supply_c", "facility", ("supply_c",)),
    _Place("hall.return_c", "facility", ("return_c",)),
    _Place("plant.chilled_supply_c", "water", ("chw_supply_c",), _CHILLED, -40.0, 100.0),
    _Place("plant.chilled_return_c", "water", ("chw_return_c", "before_c", "wse_leaving_c"), _CHILLED, -40.0, 100.0),
    _Place("plant.condenser_supply_c", "water", ("cw_supply_c",), _CHILLED, -40.0, 100.0),
    _Place("plant.condenser_return_c", "water", ("cw_return_c",), _CHILLED, -40.0, 100.0),
    _Place("plant.facility_supply_c", "water", ("chw_supply_c",), _FACILITY, -40.0, 100.0),
    _Place("plant.facility_return_c", "water", ("chw_return_c", "before_c", "wse_leaving_c"), _FACILITY, -40.0, 100.0),
    _Place("liquid.technology_supply_c", "cdus", ("supply_c",)),
    _Place("liquid.technology_return_c", "cdus", ("return_c",)),
    _Place("plant.store_frac", "tanks", ("layer_c", "outlet_c"), low=0.0, high=100.0, scale=-_TANK_SPAN_K),
    _Place("plant.store_frac", "ices", ("ice_frac",), low=0.0, high=1.0),
    _Place("envelope.roof_outer_c", "surfaces", ("outer_c",), slice(0, 1)),
)


def reading_errors(shown: Mapping[str, float], true: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """What sensors show that is not so.

    Parameters
    ----------
    shown, true : mapping
        Channel → reading, and what is, in the channel's unit.

    Returns
    -------
    dict
        Channel → what it shows too high, and shown over true (1 where nothing is to be shared). Channels that read
        right, and readings that are no number, are left out: there the model is believed.
    """
    found = {}
    for name, value in true.items():
        error = shown.get(name, value) - value
        if error != 0.0 and math.isfinite(error):
            ratio = min(max(shown[name] / value, _RATIO[0]), _RATIO[1]) if value > 0.0 else 1.0
            found[name] = (error, ratio)
    return found


def move_to_readings(state: State, params: Params, errors: Mapping[str, tuple[float, float]]) -> None:
    """Move the measured fields of a state to what the sensors show.

    ``x̂ = clip(x + s (z − y))`` for temperatures, humidities and charges, ``x̂ = clip(x z / y)`` for the utilisation
    by jobs, with the reading z of the channel whose true value is y. Enthalpies follow. The masses of racks follow
    from air that leaves them: ``T_out = T_in + ε (T - T_in)``.

    Parameters
    ----------
    state : State
        Changed in place: a copy of the caller's own.
    params : Params
    errors : mapping
        From :func:`reading_errors`.

    Notes
    -----
    A channel that is a mean moves all units alike: how they differ from each other comes from the model. A field is
    never clipped unless its sensor errs, so a state read right stays as it is, to the last bit. The hall's moisture
    is remembered by the room alone: supply and return follow it, and a wrong supply hygrometer moves no state.
    """
    moved: set[str] = set()
    for place in _MEASURED:
        array = getattr(state, place.array)[place.rows]
        if place.channel not in errors or (place.array == "water" and params.water["active"][place.rows][0] == 0):
            continue
        error, ratio = errors[place.channel]
        for field in place.fields:
            value = array[field] * ratio if place.scale == 0.0 else array[field] + place.scale * error
            array[field] = np.clip(value, place.low, place.high)
            moved.add(f"{place.array}.{field}")
    inlet_k, outlet_k = (errors.get(f"hall.rack_{end}_mean_c", (0.0, 1.0))[0] for end in ("inlet", "outlet"))
    if inlet_k != 0.0 or outlet_k != 0.0:
        _move_masses(state, params, inlet_k, outlet_k)
    for air in ("room", "supply", "return"):
        if moved & {f"facility.{air}_c", f"facility.{air}_w"}:
            _keep_air(state.facility[0], air, float(params.facility["pressure_std_pa"][0]))


def _move_masses(state: State, params: Params, inlet_k: float, outlet_k: float) -> None:
    """Masses of racks at which the air that enters and leaves is as it is shown."""
    for kind in params.kinds:
        mass_c = state.racks["mass_c"][kind["first"]:kind["stop"]]
        shift_k = inlet_k + (outlet_k - inlet_k) / max(float(kind["effectiveness"]), _LEAST_EFFECTIVENESS)
        mass_c[:] = np.clip(mass_c + shift_k, -80.0, 150.0)


def _keep_air(s: Any, air: str, pressure_pa: float) -> None:
    """No air beyond saturation; its enthalpy that of its temperature and humidity."""
    temp_c = float(s[f"{air}_c"])
    w = min(float(s[f"{air}_w"]), float(saturation_humidity_ratio(temp_c, pressure_pa)))
    s[f"{air}_w"], s[f"{air}_j_kg"] = w, float(enthalpy_j_kg(temp_c, w))
