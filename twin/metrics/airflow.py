"""Airflow indices: how well the air that is cooled reaches the racks.

All come from sums the step law keeps (``twin_kernels.layout.METERS``), so that they are exact over
every rack and step.
"""

from __future__ import annotations

from twin.metrics.energy import Meters

__all__ = ["rci", "rti", "shi"]


def rci(excess_k_s: float, rack_s: float, margin_k: float) -> float | None:
    """Rack cooling index, RCI = 1 - sum of excess / (n (T_allowable - T_recommended)).

    RCI_HI sums (T - T_recommended,max) over racks above the recommended range, RCI_LO
    (T_recommended,min - T) over those below; here also over time.

    Parameters
    ----------
    excess_k_s : float
        Sum over racks and steps of the excess times the step, K s.
    rack_s : float
        Racks times time, s.
    margin_k : float
        Width between recommended and allowable limit, K.

    Returns
    -------
    float or None
        1 when no rack leaves the recommended range, 0 when all are at the allowable limit, below 0
        beyond it; None where the limits coincide or nothing was measured.

    References
    ----------
    Herrlin (2005), Rack cooling effectiveness in data centers and telecom central offices: the rack
    cooling index, ASHRAE Transactions 111(2).
    """
    if rack_s <= 0.0 or margin_k <= 0.0:
        return None
    return 1.0 - excess_k_s / (rack_s * margin_k)


def rti(meters: Meters) -> float | None:
    """Return temperature index, RTI = rise over air handlers / rise over servers (flow weighted).

    Parameters
    ----------
    meters : mapping or record
        ``METERS`` of the run.

    Returns
    -------
    float or None
        1 when the flows balance, below 1 by-pass, above 1 recirculation; None without air flow or
        server heat.

    References
    ----------
    Herrlin (2008), Airflow and cooling performance of data centers: two performance metrics, ASHRAE
    Transactions 114(2).
    """
    crah_kg, it_kg = float(meters["rti_crah_kg"]), float(meters["rti_it_kg"])
    if crah_kg <= 0.0 or it_kg <= 0.0:
        return None
    rise_it_k = float(meters["rti_it_k_kg"]) / it_kg
    if rise_it_k <= 0.0:
        return None
    return float(meters["rti_crah_k_kg"]) / crah_kg / rise_it_k


def shi(meters: Meters) -> float | None:
    """Supply heat index, SHI = sum m (h_in - h_supply) / sum m (h_out - h_supply).

    Parameters
    ----------
    meters : mapping or record
        ``METERS`` of the run.

    Returns
    -------
    float or None
        Share of the air's heat that was picked up before the racks: 0 without recirculation, 1 at
        worst; None without server heat. Its complement is the return heat index, RHI = 1 - SHI.

    References
    ----------
    Sharma, Bash, Patel (2002), Dimensionless parameters for evaluation of thermal design and
    performance of large-scale data centers, AIAA-2002-3091.
    """
    total = float(meters["shi_total_j"])
    return float(meters["shi_rise_j"]) / total if total > 0.0 else None
