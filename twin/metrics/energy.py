"""Energy by use, and the ratios that are made of it.

Boundary: ISO/IEC 30134-2 category 2. The facility is everything behind its transformer, the loss of
the transformer included; IT is measured at the output of the distribution units (PDU) and includes
server fans, storage and network. Every ratio is of energies, never a mean of ratios.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

__all__ = [
    "COOLING_USES", "DX_USES", "IEC_USES", "MECHANICAL_USES", "PUE_CATEGORY", "WATER_USES", "Meters", "chiller_cop",
    "dx_cop", "energy_by_use", "ere", "erf", "heat_by_sink", "mlc", "plant_cop", "ppue_cooling", "pue", "taken_j",
    "tue",
]

#: A record of ``twin_kernels.layout.METERS``, or a mapping with its field names.
Meters = Mapping[str, float] | np.void

_J_PER_KWH = 3.6e6

#: Measuring point of IT energy in ISO/IEC 30134-2: 1 UPS output, 2 PDU output, 3 IT input.
PUE_CATEGORY = 2

#: Uses that count as cooling, fans, pumps and heat rejection in ASHRAE 90.4.
MECHANICAL_USES = ("crah_fan", "chiller", "pump", "heat_rejection_fan", "basin_heater", "evaporative", "dx")
#: Everything that makes up cooling and air treatment: the mechanical uses, humidifier and dehumidifier.
COOLING_USES = (*MECHANICAL_USES, "humidifier", "dehumidifier")

#: Uses that a hall with a chilled-water plant, with indirect evaporative units, or with DX units always has.
WATER_USES = ("it", "crah_fan", "chiller", "pump", "heat_rejection_fan")
IEC_USES = ("it", "crah_fan", "evaporative")
DX_USES = ("it", "crah_fan", "dx")

#: Use → meters that add up to it, in the order of the summary.
_METERS = {
    "it": ("it_j",),
    "crah_fan": ("crah_fan_j",),
    "chiller": ("chiller_j",),
    "pump": ("chw_pump_j", "cw_pump_j", "cdu_pump_j"),
    "heat_rejection_fan": ("heat_rejection_fan_j",),
    "basin_heater": ("basin_heater_j",),
    "evaporative": ("iec_fan_j", "iec_pump_j"),
    "dx": ("dx_j",),
    "humidifier": ("humidifier_j",),
    "dehumidifier": ("dehumidifier_j",),
    "ups_loss": ("ups_loss_j",),
    "distribution_loss": ("distribution_loss_j",),
    "lighting": ("lighting_j",),
}


#: Electricity of the plant without the fans that move hall air.
_PLANT_METERS = (
    "chiller_j", "chw_pump_j", "cw_pump_j", "cdu_pump_j", "heat_rejection_fan_j", "basin_heater_j", "iec_fan_j",
    "iec_pump_j", "dx_j",
)
#: Heat that cooling takes from air, from rear doors and from liquid-cooled servers.
_TAKEN_METERS = ("coil_j", "door_j", "liquid_j")


def energy_by_use(meters: Meters, present: Collection[str] = WATER_USES) -> dict[str, float]:
    """Electricity by use over the run.

    Parameters
    ----------
    meters : mapping or record
        ``METERS`` of the run, energies in J.
    present : collection of str
        Uses that the facility has: they are listed when they are zero as well, which says "did not run".

    Returns
    -------
    dict
        kWh by use; ``total`` is exactly the sum of the other entries in their order. A use that the
        facility does not have is absent.
    """
    energy = {}
    for use, names in _METERS.items():
        kwh = sum(float(meters[name]) for name in names) / _J_PER_KWH
        if use in present or kwh > 0.0:
            energy[use] = kwh
    energy["total"] = sum(energy.values())
    return energy


def _sum_of(energy_kwh: Mapping[str, float], uses: tuple[str, ...]) -> float:
    return sum(energy_kwh.get(use, 0.0) for use in uses)


def pue(energy_kwh: Mapping[str, float]) -> float | None:
    """Power usage effectiveness, PUE = E_total / E_IT.

    Parameters
    ----------
    energy_kwh : mapping
        Energy by use, kWh.

    Returns
    -------
    float or None
        PUE [-], 1 or more; None without IT energy.

    Notes
    -----
    The standard's PUE covers twelve months; a shorter run gives an interim PUE (iPUE).

    References
    ----------
    ISO/IEC 30134-2:2016, Power usage effectiveness.
    """
    it = energy_kwh["it"]
    return energy_kwh["total"] / it if it > 0.0 else None


def erf(energy_kwh: Mapping[str, float], reused_kwh: float) -> float | None:
    """Energy reuse factor, ERF = E_reuse / E_total.

    Parameters
    ----------
    energy_kwh : mapping
        Energy by use, kWh.
    reused_kwh : float
        Heat handed over to a user outside the data centre, kWh; 0 or more.

    Returns
    -------
    float or None
        ERF [-], 0 … 1 (heat out is at most electricity in, but for sun and storage); None without energy.

    References
    ----------
    ISO/IEC 30134-6:2021, Energy reuse factor.
    """
    total = energy_kwh["total"]
    return reused_kwh / total if total > 0.0 else None


def ere(energy_kwh: Mapping[str, float], reused_kwh: float) -> float | None:
    """Energy reuse effectiveness, ERE = (E_total - E_reuse) / E_IT = PUE (1 - ERF).

    Parameters
    ----------
    energy_kwh : mapping
        Energy by use, kWh.
    reused_kwh : float
        Heat handed over to a user outside the data centre, kWh; 0 or more.

    Returns
    -------
    float or None
        ERE [-]; the PUE without reuse, below 1 with much of it; None without IT energy.

    References
    ----------
    The Green Grid, White Paper 29 (2010), ERE: a metric for measuring the benefit of reuse energy from a data center.
    """
    it = energy_kwh["it"]
    return (energy_kwh["total"] - reused_kwh) / it if it > 0.0 else None


def ppue_cooling(energy_kwh: Mapping[str, float]) -> float | None:
    """Partial PUE of the cooling zone, pPUE = (E_cooling + E_IT) / E_IT.

    Parameters
    ----------
    energy_kwh : mapping
        Energy by use, kWh; cooling is ``COOLING_USES``.

    Returns
    -------
    float or None
        pPUE [-], 1 or more; None without IT energy.

    References
    ----------
    The Green Grid, White Paper 49 (2012), section on partial PUE; ISO/IEC 30134-2:2016, annex.
    """
    it = energy_kwh["it"]
    return (_sum_of(energy_kwh, COOLING_USES) + it) / it if it > 0.0 else None


def tue(energy_kwh: Mapping[str, float], server_fan_kwh: float) -> tuple[float, float] | None:
    """Total-power usage effectiveness, TUE = ITUE PUE = E_total / E_compute.

    ITUE = E_IT / E_compute is the same ratio one level down: IT energy over the energy that reaches
    computing parts. Compute energy here is IT energy less server fans; losses of server power
    supplies are not modelled apart and stay in it, as do storage and network.

    Parameters
    ----------
    energy_kwh : mapping
        Energy by use, kWh.
    server_fan_kwh : float
        Energy of server fans, kWh, part of ``it``.

    Returns
    -------
    (float, float) or None
        TUE and ITUE [-], each 1 or more; None without compute energy.

    Notes
    -----
    PUE counts server fans as IT, so it falls when warmer air moves energy from cooling into server
    fans; TUE does not.

    References
    ----------
    Patterson et al. (2013), TUE, a new energy-efficiency metric applied at ORNL's Jaguar, ISC 2013.
    """
    compute = energy_kwh["it"] - server_fan_kwh
    if compute <= 0.0:
        return None
    return energy_kwh["total"] / compute, energy_kwh["it"] / compute


def mlc(energy_kwh: Mapping[str, float]) -> float | None:
    """Mechanical load component, MLC = (cooling + fans + pumps + heat rejection) / IT.

    Parameters
    ----------
    energy_kwh : mapping
        Energy by use, kWh; humidification is not part of it.

    Returns
    -------
    float or None
        Annualised MLC [-] at the load that was run; None without IT energy.

    Notes
    -----
    The standard evaluates it at 100 % and 50 % of design IT load over a year; compare only runs
    made so with its limits.

    References
    ----------
    ANSI/ASHRAE Standard 90.4-2019, section 6.
    """
    it = energy_kwh["it"]
    return _sum_of(energy_kwh, MECHANICAL_USES) / it if it > 0.0 else None


def chiller_cop(meters: Meters) -> float | None:
    """Mean chiller COP over the run: evaporator heat / compressor energy.

    Parameters
    ----------
    meters : Meters
        Energies of the run, J.

    Returns
    -------
    float or None
        [-]; None if no chiller ran.
    """
    work = float(meters["chiller_j"])
    return float(meters["chiller_load_j"]) / work if work > 0.0 else None


def dx_cop(meters: Meters) -> float | None:
    """Mean COP of the DX trim over the run: heat taken from hall air / energy of compressors and their condenser fans.

    Parameters
    ----------
    meters : Meters
        Energies of the run, J.

    Returns
    -------
    float or None
        [-]; None if no compressor ran.
    """
    work = float(meters["dx_j"])
    return float(meters["dx_load_j"]) / work if work > 0.0 else None


def plant_cop(meters: Meters) -> float | None:
    """Mean plant COP: heat taken from the hall / electricity of everything that takes it outdoors.

    Heat is what coils and rear doors take from air and coolant takes from servers. Electricity is that of chillers,
    pumps (those of distribution units too), tower fans and basin heaters, or of outdoor-air fans, spray pumps and DX
    trim of indirect evaporative units; the fans that move hall air are no part of it.

    Parameters
    ----------
    meters : Meters
        Energies of the run, J.

    Returns
    -------
    float or None
        [-]; None if the plant used no electricity.
    """
    work = sum(float(meters[name]) for name in _PLANT_METERS)
    return taken_j(meters) / work if work > 0.0 else None


def taken_j(meters: Meters) -> float:
    """Heat taken from the hall by coils, rear doors and coolant.

    Parameters
    ----------
    meters : Meters
        Energies of the run, J.

    Returns
    -------
    float
        J.
    """
    return sum(float(meters[name]) for name in _TAKEN_METERS)


def heat_by_sink(meters: Meters) -> dict[str, float]:
    """Where the heat of a water plant goes.

    Parameters
    ----------
    meters : Meters
        Energies of the run, J.

    Returns
    -------
    dict
        Shares, 0 … 1, that add up to 1: ``tower``, ``dry`` (dry coolers and air-cooled condensers), ``thermosyphon``,
        ``panel`` (sky radiators), ``reuse``; sinks without heat are absent, all of them in a run that rejected none.

    Notes
    -----
    Compressors and pumps are in it: it is the heat that leaves, not the heat of the hall.
    """
    rejected = float(meters["tower_heat_j"])
    dry, thermosyphon = float(meters["dry_heat_j"]), float(meters["thermosyphon_j"])
    panel = float(meters["panel_j"]) + float(meters["sky_charge_j"])
    sinks = {
        "tower": rejected - dry - thermosyphon - panel, "dry": dry, "thermosyphon": thermosyphon, "panel": panel,
        "reuse": float(meters["reuse_j"]),
    }
    kept = {name: heat for name, heat in sinks.items() if heat > 1e-6 * max(rejected, 1.0)}
    total = sum(kept.values())
    return {name: heat / total for name, heat in kept.items()}
