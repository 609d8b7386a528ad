"""Suite ``analytic``: limits and closures of our laws, for what nobody else has recorded or computed.

A further check is one ``Check`` in ``CHECKS``: what is known without a computer, and a function that gives ours.
Those of liquid cooling and of the plant are in modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from math import exp
from types import SimpleNamespace
from typing import Any

import numpy as np
from twin_kernels import exchanger
from twin_kernels.chiller import carnot_cop, chiller_capacity_w, chiller_power_w, condenser_leaving_c
from twin_kernels.constants import KELVIN
from twin_kernels.dx_coil import dx_full_load
from twin_kernels.evaporative import iec_leaving
from twin_kernels.layout import CHILLER_PARAMS, IEC_PARAMS, TOWER_PARAMS
from twin_kernels.psychrometrics import dry_air_density_kg_m3, enthalpy_j_kg, humidity_ratio, wet_bulb_c
from twin_kernels.saturation import saturation_humidity_ratio
from twin_kernels.tower import tower_water

from twin.facility.dx import dx_params
from twin.facility.plant import fill_machine
from twin.scenario.dx import Dx
from twin.scenario.library import ChillerPart, DxCoilPart, list_parts
from twin.validation import closures_liquid, closures_plant
from twin.validation.check import CLOSED_FORM, HOUSE_CLOSURE, Check, largest
from twin.validation.rows import Reference, Row, judge, short

__all__ = ["CHECKS", "SUITE", "Check", "rows"]

SUITE = "analytic"
_SEA_LEVEL_PA = 101325.0
#: Hall air at which DX coils are tried: °C and relative humidity.
_HALL_AIR = ((18.0, 0.8), (24.0, 0.5), (27.0, 0.2), (35.0, 0.2), (35.0, 0.5))
_NTU = (0.1, 0.5, 1.0, 2.0, 5.0)
_RATIOS = (0.0, 0.1, 0.5, 0.9, 1.0)


def rows() -> list[Row]:
    """Every row of the suite.

    Returns
    -------
    list of Row
    """
    return [_row(check) for check in CHECKS]


def _row(check: Check) -> Row:
    reference = Reference(check.id, SUITE, check.source, check.quantity, check.theirs, check.tolerance, check.basis)
    try:
        return judge(reference, check.ours())
    except Exception as error:  # a check that breaks is short and says why
        return short(reference, f"{type(error).__name__}: {error}")


# --- heat exchangers ----------------------------------------------------------------------------

def _one_temperature() -> float:
    """With one stream of one temperature every arrangement is ``1 - exp(-N)``."""
    laws = (exchanger.effectiveness_counterflow, exchanger.effectiveness_parallel,
            exchanger.effectiveness_crossflow_unmixed, exchanger.effectiveness_crossflow_cmin_mixed,
            exchanger.effectiveness_crossflow_cmax_mixed)
    return largest(law(ntu, 0.0) - (1.0 - exp(-ntu)) for law in laws for ntu in _NTU)


def _balanced_counterflow() -> float:
    return largest(exchanger.effectiveness_counterflow(ntu, 1.0) - ntu / (1.0 + ntu) for ntu in _NTU)


def _endless_counterflow() -> float:
    return largest(exchanger.effectiveness_counterflow(1e4, ratio) - 1.0 for ratio in _RATIOS[:-1])


def _endless_parallel() -> float:
    return largest(exchanger.effectiveness_parallel(1e4, ratio) - 1.0 / (1.0 + ratio) for ratio in _RATIOS)


def _order() -> float:
    """How often an arrangement beats counterflow or falls behind parallel flow, which none can."""
    slack = {exchanger.effectiveness_crossflow_unmixed: 0.04,  # an approximation: see the suite oracles
             exchanger.effectiveness_crossflow_cmin_mixed: 1e-12, exchanger.effectiveness_crossflow_cmax_mixed: 1e-12}
    return float(sum(
        not exchanger.effectiveness_parallel(ntu, ratio) * (1.0 - slack[law]) <= law(ntu, ratio)
        <= exchanger.effectiveness_counterflow(ntu, ratio) * (1.0 + slack[law])
        for law, ntu, ratio in product(slack, _NTU, _RATIOS)))


# --- compressors --------------------------------------------------------------------------------

def _machines(kind: str) -> Iterator[tuple[Any, Any]]:
    for part in list_parts(kind):
        if not isinstance(part, ChillerPart):
            continue
        p = np.zeros(1, CHILLER_PARAMS)
        fill_machine(p, part, None, None)
        p["plr_min"], p["plr_unload"], p["plr_max"], p["extend"] = 0.1, 0.2, 1.0, 1
        yield part, p[0]


def _over_carnot(kind: str, model: str, cooling: str) -> float:
    """Largest excess of load over power above the machine's share of Carnot's COP, everywhere a plant may go."""
    worst, machines = -1.0, [(part, p) for part, p in _machines(kind) if (part.model, part.cooling) == (model, cooling)]
    for part, p in machines:
        for leaving_c, entering_c in product(np.arange(4.0, 31.0, 2.0), np.arange(0.0, 51.0, 2.5)):
            capacity_w, _ = chiller_capacity_w(p, leaving_c, entering_c)
            for plr in (0.05, 0.3, 0.7, 1.0):
                load_w = plr * capacity_w
                power_w, _, _ = chiller_power_w(p, load_w, leaving_c, entering_c)
                condenser_c = entering_c
                if part.model == "reformulated":
                    condenser_c = condenser_leaving_c(p, load_w, leaving_c, entering_c)
                bound = p["carnot_max_frac"] * carnot_cop(p, leaving_c, condenser_c)
                worst = max(worst, load_w / power_w / bound - 1.0)
    if not machines:
        raise ValueError("the library has no such machine")
    return max(worst, 0.0)


def _condenser_balance_k() -> float:
    """Largest miss of a reformulated machine's condenser water from the heat that its own power and load give."""
    worst = 0.0
    for part, p in _machines("chillers"):
        if part.model != "reformulated":
            continue
        for leaving_c, entering_c in product(np.arange(4.0, 25.0, 4.0), np.arange(5.0, 36.0, 5.0)):
            capacity_w, _ = chiller_capacity_w(p, leaving_c, entering_c)
            for plr in (0.05, 0.5, 1.0):
                load_w = plr * capacity_w
                power_w, _, _ = chiller_power_w(p, load_w, leaving_c, entering_c)
                leaves_c = entering_c + (load_w + power_w) / p["condenser_w_k"]
                worst = max(worst, abs(condenser_leaving_c(p, load_w, leaving_c, entering_c) - leaves_c))
    return worst


def _coils() -> Iterator[tuple[Any, tuple[float, float, float], float, tuple[float, ...]]]:
    """DX coils at work: parameters, entering air, outdoor air, and what ``dx_full_load`` gives."""
    for part in list_parts("dx"):
        if not isinstance(part, DxCoilPart):
            continue
        hall: Any = SimpleNamespace(dx={"unit": Dx(part=part.name, air_m3_s=part.air_m3_s)}, modules=1)
        p = dx_params(hall, 15.0, 1.2)[0]
        for (air_c, rh_frac), outdoor_c in product(_HALL_AIR, np.arange(0.0, 51.0, 5.0)):
            air = (float(p["air_rated_kg_s"]), air_c, humidity_ratio(air_c, rh_frac, _SEA_LEVEL_PA))
            yield p, air, outdoor_c, dx_full_load(p, air, outdoor_c, _SEA_LEVEL_PA, (air_c, air_c - 10.0))


def _coils_over_carnot() -> float:
    """Largest excess of a coil's capacity over power above its share of Carnot's COP."""
    worst = 0.0
    for p, _, outdoor_c, (capacity_w, _, _, surface_c, _, power_w, _) in _coils():
        cold_k = surface_c - p["evaporator_lift_k"] + KELVIN
        lift_k = max(outdoor_c + p["condenser_lift_k"] + KELVIN - cold_k, 5.0)
        worst = max(worst, capacity_w / power_w / (p["carnot_max_frac"] * cold_k / lift_k) - 1.0)
    return worst


def _coil_surface() -> float:
    """Largest miss of a wet coil's capacity from what air between its state and that of its surface gives up."""
    worst = 0.0
    for p, (flow, air_c, air_w), _, (capacity_w, drop, surface_w, surface_c, _, _, _) in _coils():
        if drop <= 0.0:  # a dry coil's surface is read in air that would just make it wet
            continue
        dried = 1.0 - exp(-p["bypass_kg_s"] / flow)
        given_j_kg = enthalpy_j_kg(air_c, air_w) - enthalpy_j_kg(surface_c, surface_w)
        worst = max(worst, abs(flow * dried * given_j_kg / capacity_w - 1.0), drop / max(air_w, 1e-9) - 1.0)
    return worst


# --- evaporation --------------------------------------------------------------------------------

def _endless_plates_k(wet: int) -> float:
    """How far endless plates, sprayed and wetted all over or dry, stay from the wet bulb or the dry bulb."""
    q = np.zeros(1, IEC_PARAMS)[0]
    q["air_rated_m3_s"], q["secondary_rated_m3_s"] = 4.0, 40.0
    q["ua_w_k"], q["ua_primary_frac"], q["wetting_frac"] = 1e10, 0.5, 1.0
    worst = 0.0
    for outdoor_c, rh_frac in product((10.0, 20.0, 30.0), (0.2, 0.5, 0.8)):
        w = humidity_ratio(outdoor_c, rh_frac, _SEA_LEVEL_PA)
        bulb_c = wet_bulb_c(outdoor_c, w, _SEA_LEVEL_PA, outdoor_c)
        outdoor = (outdoor_c, w, bulb_c, _SEA_LEVEL_PA)
        leaving_c, _, _ = iec_leaving(q, wet, 4.8, 1.2, 38.0, 0.008, 1.0, outdoor, bulb_c)
        worst = max(worst, abs(leaving_c - (bulb_c if wet else outdoor_c)))
    return worst


def _towers() -> Iterator[tuple[Any, float, float, float, tuple[float, float, float, float]]]:
    """Towers at work: parameters, heat, air, entering enthalpy, and what ``tower_water`` gives."""
    p = np.zeros(1, TOWER_PARAMS)[0]
    p["air_rated_m3_s"], p["drift_frac"], p["cycles"], p["water_rated_kg_s"] = 40.0, 1e-4, 4.0, 50.0
    for outdoor_c, rh_frac, air_frac in product((0.0, 15.0, 30.0), (0.2, 0.9), (0.4, 1.0)):
        w = humidity_ratio(outdoor_c, rh_frac, _SEA_LEVEL_PA)
        heat_w = 8e5 * air_frac
        found = tower_water(p, heat_w, air_frac, (outdoor_c, w, _SEA_LEVEL_PA), 50.0, outdoor_c)
        air_kg_s = air_frac * p["air_rated_m3_s"] * dry_air_density_kg_m3(outdoor_c, w, _SEA_LEVEL_PA)
        yield p, heat_w, air_kg_s, enthalpy_j_kg(outdoor_c, w), found


def _tower_heat() -> float:
    """Enthalpy that the leaving saturated air has taken up, over the heat rejected, less one."""
    def leaves(out_c: float) -> float:
        return float(enthalpy_j_kg(out_c, saturation_humidity_ratio(out_c, _SEA_LEVEL_PA)))

    return largest(air * (leaves(out_c) - enters) / heat_w - 1.0
                    for _, heat_w, air, enters, (_, _, _, out_c) in _towers())


def _tower_salts() -> float:
    """What enters with make-up over what leaves with drift and blowdown: the cycles of concentration."""
    return largest((evaporated + drift + blowdown) / (drift + blowdown) / p["cycles"] - 1.0
                    for p, _, _, _, (evaporated, drift, blowdown, _) in _towers())


_EXCHANGERS = "limits of effectiveness and NTU (Incropera et al., table 11.3)"
_BOUND = "the bound is applied to the power itself: rounding"
_SECOND_LAW = "second law: no machine beats Carnot between its refrigerant temperatures"
_EVAPORATION = "limits of evaporative cooling, and the balances of a tower's air and water"

#: What is known without a computer.
CHECKS: tuple[Check, ...] = (
    Check("ntu.one_temperature", _EXCHANGERS, "five arrangements at capacity ratio 0, from 1 - exp(-N)", 0.0, 1e-12,
          CLOSED_FORM, _one_temperature),
    Check("ntu.balanced", _EXCHANGERS, "counterflow at capacity ratio 1, from N / (1 + N)", 0.0, 1e-12, CLOSED_FORM,
          _balanced_counterflow),
    Check("ntu.endless_counterflow", _EXCHANGERS, "counterflow without end, from 1", 0.0, 1e-12, CLOSED_FORM,
          _endless_counterflow),
    Check("ntu.endless_parallel", _EXCHANGERS, "parallel flow without end, from 1 / (1 + Z)", 0.0, 1e-12, CLOSED_FORM,
          _endless_parallel),
    Check("ntu.order", _EXCHANGERS, "crossflow beyond parallel flow and counterflow, times", 0.0, 0.5, "none: a count",
          _order),
    *(Check(f"carnot.{name}", _SECOND_LAW, f"every {text} of the library, 4 … 30 / 0 … 50 °C, excess over its bound",
            0.0, 1e-9, _BOUND, partial(_over_carnot, kind, model, cooling))
      for name, text, kind, model, cooling in (
          ("chillers", "water-cooled chiller", "chillers", "eir", "water"),
          ("reformulated", "reformulated chiller", "chillers", "reformulated", "water"),
          ("air_cooled", "air-cooled chiller", "chillers", "eir", "air"),
          ("dx", "DX compressor", "dx", "eir", "air"))),
    Check("carnot.dx_coils", _SECOND_LAW, "every DX coil of the library, five airs, 0 … 50 °C outdoors, excess over "
          "its bound", 0.0, 1e-9, _BOUND, _coils_over_carnot),
    Check("dx_coil.surface", "bypass factor: h_in - h_adp = Q / (m (1 - BF))",
          "every wet DX coil, capacity from its surface's, relative", 0.0, 1e-6,
          "surface found to 1e-9 K", _coil_surface),
    Check("reformulated.balance", "first law on a condenser's water",
          "reformulated chillers, condenser water against load and power [K]", 0.0, 1e-7,
          "solved to 1e-8 K, ten times that", _condenser_balance_k),
    Check("plates.wet_bulb", _EVAPORATION, "endless sprayed plates, hall air from the wet bulb [K]", 0.0, 0.01,
          "plates of 1e10 W/K leave less", lambda: _endless_plates_k(1)),
    Check("plates.dry_bulb", _EVAPORATION, "endless dry plates, hall air from the dry bulb [K]", 0.0, 0.01,
          "plates of 1e10 W/K leave less", lambda: _endless_plates_k(0)),
    Check("tower.heat", _EVAPORATION, "heat in a tower's saturated air over heat rejected, from 1", 0.0, 1e-9,
          HOUSE_CLOSURE, _tower_heat),
    Check("tower.salts", _EVAPORATION, "make-up over drift and blowdown, from the cycles asked for", 0.0, 1e-12,
          CLOSED_FORM, _tower_salts),
    *closures_liquid.CHECKS,
    *closures_plant.CHECKS,
)
