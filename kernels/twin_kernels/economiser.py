"""Air-side economiser: when outdoor air may come in, how much of it, and the wet pad that it may come through.

Lockouts by number (``economiser`` of FACILITY_PARAMS): 1 differential dry bulb, 2 dry bulb, 3 enthalpy, 4 differential
enthalpy, 5 dew point, 6 dry bulb and dew point, 7 always. A highest and a lowest outdoor dew point lock out beside
each of them. The lowest share of outdoor air comes in also when it is locked out; only smoke shuts it off.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.constants import CP_DRY_AIR, CP_VAPOUR, CP_WATER, H_VAPOUR_0
from twin_kernels.jit import kernel
from twin_kernels.psychrometrics import dew_point_c, enthalpy_j_kg, saturation_humidity_ratio

__all__ = ["decide_economiser", "economiser_open", "outdoor_share", "pad_air", "pad_water"]

_DIFFERENTIAL_DRY_BULB, _DRY_BULB, _ENTHALPY, _DIFFERENTIAL_ENTHALPY, _DEW_POINT, _COMBINED, _ALWAYS = range(1, 8)
#: A highest dew point above this is none, °C.
_NO_DEW_POINT_C = 60.0
#: Pads keep this clear of the highest dew point, K.
_CLEAR_K = 1e-6
_AS_IT_IS, _OPEN, _LOCKED, _SHUT = 0, 1, -1, -2


@kernel
def pad_air(temp_c: float, w: float, wet_c: float, effectiveness: float) -> tuple[float, float]:
    """Air behind a wet pad: ``T = T_db - ε (T_db - T_wb)`` along the line of constant wet bulb.

    The water enters at the wet bulb: ``h' = h + (w' - w) c_w T_wb``, so energy and vapour close exactly.

    Parameters
    ----------
    temp_c : float
        Dry bulb before the pad, °C; -20 … 60.
    w : float
        Humidity ratio before it, kg/kg.
    wet_c : float
        Its wet bulb, °C; 0 … 40.
    effectiveness : float
        Saturation effectiveness ε, 0 … 1; taken as constant.

    Returns
    -------
    tuple of float
        Dry bulb °C and humidity ratio kg/kg behind the pad.

    References
    ----------
    ASHRAE Handbook - HVAC Systems and Equipment 2020, ch. 41 (direct evaporative air coolers).
    """
    out_c = temp_c - effectiveness * (temp_c - wet_c)
    liquid_j_kg = CP_WATER * wet_c
    before = H_VAPOUR_0 + CP_VAPOUR * temp_c - liquid_j_kg
    after = H_VAPOUR_0 + CP_VAPOUR * out_c - liquid_j_kg
    return out_c, (CP_DRY_AIR * (temp_c - out_c) + w * before) / after


@kernel
def _damped_air(temp_c: float, w: float, wet_c: float, out_w: float) -> float:
    """Dry bulb of air that has taken up water along the line of constant wet bulb until it holds ``out_w``."""
    liquid_j_kg = CP_WATER * wet_c
    held_j_kg = CP_DRY_AIR * temp_c + w * (H_VAPOUR_0 + CP_VAPOUR * temp_c - liquid_j_kg)
    return (held_j_kg - out_w * (H_VAPOUR_0 - liquid_j_kg)) / (CP_DRY_AIR + out_w * CP_VAPOUR)


@kernel
def _locked(f: Any, x: Any, return_c: float, return_j_kg: float, margin_k: float) -> bool:
    """Whether the outdoor air (behind its pad) is locked out; ``margin_k`` below every limit it may come back.

    In enthalpy the margin is the heat of that many kelvin of dry air.
    """
    kind = f["economiser"]
    dew_c = x["fresh_dew_c"]
    if kind == _ALWAYS or dew_c > f["econ_dew_point_max_c"] - margin_k:
        return True
    if dew_c < f["econ_dew_point_min_c"] + margin_k:
        return True
    if kind == _DIFFERENTIAL_DRY_BULB:
        return bool(x["fresh_c"] >= return_c - margin_k)
    if kind in (_DRY_BULB, _COMBINED):
        return bool(x["fresh_c"] > f["econ_dry_bulb_max_c"] - margin_k)
    if kind == _ENTHALPY:
        return bool(x["fresh_j_kg"] > f["econ_enthalpy_max_j_kg"] - margin_k * CP_DRY_AIR)
    if kind == _DIFFERENTIAL_ENTHALPY:
        return bool(x["fresh_j_kg"] >= return_j_kg - margin_k * CP_DRY_AIR)
    return False


@kernel
def _past_the_pad(x: Any) -> None:
    """Outdoor air as it is."""
    x["fresh_j_kg"] = x["outdoor_j_kg"]
    x["fresh_w"] = x["outdoor_w"]
    x["fresh_c"] = x["outdoor_c"]
    x["fresh_dew_c"] = x["outdoor_dew_c"]
    x["pad_on"] = 0


@kernel
def decide_economiser(f: Any, s: Any, x: Any, supply_setpoint_c: float) -> None:
    """Outdoor air of the economiser for this step: through the pad or past it, open or locked out.

    Parameters
    ----------
    f, s : records of FACILITY_PARAMS, FACILITY_STATE
        ``econ_open`` and ``econ_changed_s`` are written.
    x : record of SOLUTION
        Outdoor air is read; ``fresh_*``, ``pad_on`` and ``econ_state`` are written.
    supply_setpoint_c : float
        The pad runs only while the outdoor air is warmer than this, °C.

    Notes
    -----
    With a dead band or a shortest time the decision is made here, from the return air of the last step, and holds
    for the step; without either it follows the return air of the step itself. Where the wet pad would bring the air
    above the highest dew point, only part of it is wetted.
    """
    _past_the_pad(x)
    x["econ_state"] = _AS_IT_IS
    if f["economiser"] == 0:
        return
    if f["econ_shut"] == 1:
        x["econ_state"] = _SHUT
        if s["econ_open"] == 1:
            s["econ_open"] = 0
            s["econ_changed_s"] = s["time_s"]
        return
    margin_k = 0.0 if s["econ_open"] == 1 else f["econ_dead_band_k"]
    wet = s["wet_bulb_c"]
    if f["pad_frac"] > 0.0 and x["outdoor_c"] > supply_setpoint_c and wet >= f["pad_freeze_c"]:
        out_c, out_w = pad_air(x["outdoor_c"], x["outdoor_w"], wet, f["pad_frac"])
        if f["econ_dew_point_max_c"] < _NO_DEW_POINT_C:  # part of the pad is wet, as much as the lockout allows
            highest_w = saturation_humidity_ratio(f["econ_dew_point_max_c"] - margin_k - _CLEAR_K, x["outdoor_pa"])
            if out_w > highest_w > x["outdoor_w"]:
                out_c, out_w = _damped_air(x["outdoor_c"], x["outdoor_w"], wet, highest_w), highest_w
        x["fresh_c"] = out_c
        x["fresh_w"] = out_w
        x["fresh_j_kg"] = enthalpy_j_kg(out_c, out_w)
        x["fresh_dew_c"] = dew_point_c(out_w, x["outdoor_pa"])
        x["pad_on"] = 1
        if _locked(f, x, s["return_c"], s["return_j_kg"], margin_k):
            _past_the_pad(x)
    if f["econ_dead_band_k"] <= 0.0 and f["econ_wait_s"] <= 0.0:
        return
    is_open = 0 if _locked(f, x, s["return_c"], s["return_j_kg"], margin_k) else 1
    if is_open != s["econ_open"] and s["time_s"] - s["econ_changed_s"] >= f["econ_wait_s"]:
        s["econ_open"] = is_open
        s["econ_changed_s"] = s["time_s"]
    x["econ_state"] = _OPEN if s["econ_open"] == 1 else _LOCKED
    if s["econ_open"] == 0:  # in its shortest time locked out: no use for wet air
        _past_the_pad(x)


@kernel
def economiser_open(f: Any, x: Any, return_c: float, return_j_kg: float) -> tuple[bool, float]:
    """Whether more than the lowest share of outdoor air may come in, and that share.

    Parameters
    ----------
    f, x : records of FACILITY_PARAMS, SOLUTION
        After :func:`decide_economiser`.
    return_c, return_j_kg : float
        Return air: °C and J/kg.

    Returns
    -------
    tuple
        Open or not; lowest share of outdoor air, 0 … 1.
    """
    if f["economiser"] == 0 or x["econ_state"] == _SHUT:
        return False, 0.0
    if x["econ_state"] != _AS_IT_IS:
        return x["econ_state"] == _OPEN, f["econ_min_frac"]
    return not _locked(f, x, return_c, return_j_kg, 0.0), f["econ_min_frac"]


@kernel
def outdoor_share(f: Any, x: Any, return_c: float, target_c: float) -> float:
    """Share of outdoor air that brings the mixed air to a target, as far as the lockout lets it.

    Mixing is linear in enthalpy and humidity, so the share that gives exactly the target temperature has a closed
    form; a share from temperatures alone would leave the coil a trace of load.

    Parameters
    ----------
    f, x : records of FACILITY_PARAMS, SOLUTION
        After :func:`decide_economiser`; ``return_j_kg`` and ``return_w`` of ``x`` are read.
    return_c : float
        Return air, °C.
    target_c : float
        Mixed air that is wanted, °C.

    Returns
    -------
    float
        0 … 1. Where outdoor air alone is too warm: all of it if the economiser is integrated (coils do the rest), else
        the lowest share.

    References
    ----------
    ASHRAE Guideline 36-2021, section 5.16 (air-side economisers).
    """
    may, least = economiser_open(f, x, return_c, x["return_j_kg"])
    if not may:
        return least
    if x["fresh_c"] >= target_c:
        return 1.0 if f["econ_integrated"] == 1 else least
    excess_return = x["return_j_kg"] - enthalpy_j_kg(target_c, x["return_w"])
    excess_outdoor = x["fresh_j_kg"] - enthalpy_j_kg(target_c, x["fresh_w"])
    share = excess_return / (excess_return - excess_outdoor)
    return min(max(share, least), 1.0)


@kernel
def pad_water(f: Any, x: Any) -> None:
    """Water and pump of the pad: it evaporates ``m (w' - w)`` (and blows down ``1 / (cycles - 1)`` of that).

    Parameters
    ----------
    f, x : records of FACILITY_PARAMS, SOLUTION
        After the step is solved; ``pad_kg_s`` (evaporated) and ``pad_w`` (pump) of ``x`` are written.

    References
    ----------
    ASHRAE Handbook - HVAC Systems and Equipment 2020, ch. 41.
    """
    x["pad_kg_s"] = x["pad_w"] = 0.0
    flow = x["supply_kg_s"] * x["outdoor_frac"]
    if x["pad_on"] == 1 and flow > 0.0:
        x["pad_w"] = f["pad_w"]
        x["pad_kg_s"] = flow * (x["fresh_w"] - x["outdoor_w"])
