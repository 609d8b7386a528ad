"""Chillers, loops and the power chain as arrays. The one place where kW becomes W."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from twin_kernels.chiller import EXTRAPOLATE, REFORMULATED
from twin_kernels.constants import CP_WATER
from twin_kernels.layout import CHILLER_PARAMS

from twin.scenario.library import ChillerPart, chiller_part
from twin.scenario.plant import Plant, Power

__all__ = ["chiller_params", "fill_machine", "fill_power"]

#: ``plant.chiller.NAME.outside_box`` as the kernels know it.
_OUTSIDE_BOX = {"clamp": 0, "extend": 1, "extrapolate": EXTRAPOLATE}


def chiller_params(plant: Plant) -> NDArray[np.void]:
    """Parameters of every chiller; curves from the part library.

    Parameters
    ----------
    plant : Plant

    Returns
    -------
    ndarray of CHILLER_PARAMS
    """
    groups = []
    for chiller in plant.chiller.values():
        p = np.zeros(chiller.count, CHILLER_PARAMS)
        fill_machine(p, chiller_part(chiller.part), chiller.rated_kw, chiller.cop)
        for field in ("plr_min", "plr_unload", "plr_max"):
            p[field] = getattr(chiller, field)
        p["dispatch_cap"] = int(chiller.dispatch_cap)
        p["extend"] = _OUTSIDE_BOX[chiller.outside_box]
        groups.append(p)
    pump = plant.condenser_water_pump
    if pump is not None:  # a common pump is shared by all: each condenser has at least this
        share = 1 if plant.condenser_pumps == "per_chiller" else sum(len(p) for p in groups)
        for p in groups:
            p["condenser_w_k"] = pump.rated_kg_s * CP_WATER / share
    return np.concatenate(groups) if groups else np.zeros(0, CHILLER_PARAMS)


def fill_machine(p: NDArray[np.void], part: ChillerPart, rated_kw: float | None, cop: float | None) -> None:
    """Write curves and ratings of a part of the library into machines.

    Parameters
    ----------
    p : ndarray of CHILLER_PARAMS
        Written; they come out available.
    part : ChillerPart
    rated_kw, cop : float or None
        Ratings of the scenario; the part's own where None.
    """
    p["rated_w"] = (rated_kw or part.rated_kw) * 1e3
    p["cop"] = cop or part.cop
    for field in (
        "leaving_min_c", "leaving_max_c", "condenser_min_c", "condenser_max_c",
        "evaporator_lift_k", "condenser_lift_k", "carnot_max_frac",
    ):
        p[field] = getattr(part, field)
    p["capft"] = np.array(part.capft)
    p["eirft"] = np.array(part.eirft)
    if part.model == "reformulated":
        p["model"] = REFORMULATED
        p["eirfplr_bicubic"] = np.array(part.eirfplr)
    else:
        p["eirfplr"] = np.array(part.eirfplr)
    p["condenser_w_k"] = part.condenser_kg_s * CP_WATER * (rated_kw or part.rated_kw) / part.rated_kw
    p["air_cooled"] = int(part.cooling == "air")
    p["available"] = 1


def fill_power(f: NDArray[np.void], power: Power, it_rated_kw: float, facility_kw: float) -> None:
    """Write the power chain into the facility record.

    Parameters
    ----------
    f : ndarray of one FACILITY_PARAMS
    power : Power
    it_rated_kw, facility_kw : float
        Ratings used where a stage gives none, kW.
    """
    stage = power.conversion
    f["ups_rated_w"] = (stage.rated_kw or it_rated_kw) * 1e3
    f["ups_units"] = stage.units
    f["ups_loss"] = np.array(stage.loss)
    f["ups_to_room_frac"] = stage.to_hall_frac
    f["mains_frac"] = power.hvdc.mains_frac if power.hvdc is not None else 0.0
    f["pdu_rated_w"] = (power.pdu.rated_kw or it_rated_kw) * 1e3
    f["pdu_loss"] = np.array(power.pdu.loss)
    f["pdu_to_room_frac"] = power.pdu.to_hall_frac
    f["transformer_rated_w"] = (power.transformer.rated_kw or facility_kw) * 1e3
    f["transformer_loss"] = np.array(power.transformer.loss)
