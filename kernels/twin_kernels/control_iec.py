"""Mode machine of an indirect evaporative unit: dry, sprayed, and either with its DX trim.

Like all of :mod:`twin_kernels.control`: memory comes in as arguments and goes out as results.
"""

from __future__ import annotations

from typing import Any

from twin_kernels.control import OFF
from twin_kernels.jit import kernel

__all__ = ["IEC_DRY", "IEC_DRY_DX", "IEC_WET", "IEC_WET_DX", "OFF", "iec_mode"]

IEC_DRY = 4
IEC_WET = 5
IEC_WET_DX = 6
IEC_DRY_DX = 7

#: Spray that frost has stopped may begin again this much above ``freeze_c``, K. Source: assumed.
FREEZE_BAND_K = 1.0


@kernel
def iec_mode(
    mode: int,
    dry_reach_c: float,
    wet_reach_c: float,
    target_c: float,
    outdoor_c: float,
    can_spray: bool,
    can_trim: bool,
    time_s: float,
    changed_s: float,
    q: Any,
) -> tuple[int, float]:
    """Mode of one indirect evaporative unit from what its plates can reach, frost and trips.

    ======== ======== =======================================================================================
    from     to       when
    ======== ======== =======================================================================================
    dry      wet      dry reach > target + ``up_k``; spray may begin
    dry      dry+DX   dry reach > target + ``up_k``; spray may not begin; DX is there
    wet      dry      dry reach < target - ``down_k``
    wet      wet+DX   wet reach > target + ``up_k``; DX is there
    wet+DX   wet      wet reach (or dry reach) < target - ``down_k``
    dry+DX   dry      dry reach < target - ``down_k``
    dry+DX   as off   not so, and spray may begin
    wet(+DX) as off   at once: spray is lost (trip, or outdoor < ``freeze_c``)
    …+DX     as off   at once: DX is lost
    off      dry      at once: dry reach ≤ target + ``up_k``, or neither spray nor DX is there
    off      wet      at once: not dry; spray there, and wet reach ≤ target + ``up_k`` or no DX
    off      wet+DX   at once: not dry; spray and DX there, wet reach > target + ``up_k``
    off      dry+DX   at once: not dry; DX there, no spray
    ======== ======== =======================================================================================

    All that is not "at once" waits until the mode has lasted ``wait_s``.

    Parameters
    ----------
    mode : int
        0 off, 4 dry, 5 wet, 6 wet + DX, 7 dry + DX.
    dry_reach_c, wet_reach_c : float
        Leaving air that full secondary speed gives, dry and sprayed [°C].
    target_c : float
        Wanted leaving air [°C].
    outdoor_c : float
        Outdoor dry bulb [°C].
    can_spray, can_trim : bool
        Whether spray pump and DX compressor are there (not tripped).
    time_s, changed_s : float
        Now and the last change of mode [s].
    q : IEC_PARAMS record
        ``up_k``, ``down_k`` [K], ``wait_s`` [s], ``freeze_c`` [°C] are read.

    Returns
    -------
    mode : int
        Mode from now.
    changed_s : float
        Last change [s].

    Notes
    -----
    Spray is lost below ``freeze_c`` and may begin only above ``freeze_c`` + ``FREEZE_BAND_K``, and where it makes the
    plates colder (poorly wetted plates in saturated air can be better dry). A unit that loses its spray or its DX
    enters what the weather then calls for, as from off, so that a trip in summer does not wait warm. With constant
    inputs and ``up_k + down_k`` > 0 at most two changes follow: no threshold is crossed both ways. Becoming off is
    the caller's.
    """
    sprays = mode in (IEC_WET, IEC_WET_DX)
    limit_c = q["freeze_c"] if sprays else q["freeze_c"] + FREEZE_BAND_K
    spray = can_spray and (outdoor_c >= limit_c if sprays else outdoor_c > limit_c and wet_reach_c < dry_reach_c)
    lost = (sprays and not spray) or (mode in (IEC_WET_DX, IEC_DRY_DX) and not can_trim)
    called = _called_for(dry_reach_c, wet_reach_c, target_c + q["up_k"], spray, can_trim)
    if mode < IEC_DRY or lost:
        return called, time_s
    if time_s - changed_s < q["wait_s"]:
        return mode, changed_s
    after = mode
    low_c = target_c - q["down_k"]
    if mode == IEC_DRY:
        if called != IEC_DRY:
            after = IEC_WET if spray else IEC_DRY_DX
    elif dry_reach_c < low_c and mode != IEC_WET_DX:
        after = IEC_DRY
    elif mode == IEC_WET:
        if can_trim and wet_reach_c > target_c + q["up_k"]:
            after = IEC_WET_DX
    elif mode == IEC_WET_DX:
        if min(dry_reach_c, wet_reach_c) < low_c:
            after = IEC_WET
    elif spray:
        after = called
    if after != mode:
        return after, time_s
    return mode, changed_s


@kernel
def _called_for(dry_reach_c: float, wet_reach_c: float, limit_c: float, spray: bool, can_trim: bool) -> int:
    """Mode that the weather calls for, without memory."""
    if dry_reach_c <= limit_c or not (spray or can_trim):
        return IEC_DRY
    if not spray:
        return IEC_DRY_DX
    if can_trim and wet_reach_c > limit_c:
        return IEC_WET_DX
    return IEC_WET
