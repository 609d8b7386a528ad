"""What is reported of racks: spread of inlet temperatures, rack cooling index, hourly sums."""

from __future__ import annotations

from typing import Any

from twin_kernels.jit import kernel
from twin_kernels.layout import C_INLET_C, C_OUTLET_C, C_POWER_W, C_UTIL

__all__ = ["add_rack_hour", "inlet_statistics"]


@kernel
def inlet_statistics(c: Any, order: Any, s: Any, f: Any, m: Any, dt_s: float) -> None:
    """Minimum, 95th percentile and maximum of inlets, and the sums of the rack cooling index.

    The racks' order by temperature is kept from step to step and mended by insertion, which costs
    little because it hardly changes. The percentile interpolates linearly, as NumPy's default.

    Parameters
    ----------
    c : ndarray, shape (RACK_COLUMNS, racks)
    order : ndarray of int64
        Racks from cold to hot; mended.
    s, f, m : records of FACILITY_STATE, FACILITY_PARAMS, METERS
    dt_s : float
        Step, s.
    """
    n = order.shape[0]
    before = order[0]
    for i in range(1, n):
        j = order[i]
        value = c[C_INLET_C, j]
        if value < c[C_INLET_C, before]:
            k = i - 1
            while k >= 0 and c[C_INLET_C, order[k]] > value:
                order[k + 1] = order[k]
                k -= 1
            order[k + 1] = j
        before = order[i]
    s["inlet_min_c"] = c[C_INLET_C, order[0]]
    s["inlet_max_c"] = c[C_INLET_C, order[n - 1]]
    place = 0.95 * (n - 1)
    low = int(place)
    high = min(low + 1, n - 1)
    at_low = c[C_INLET_C, order[low]]
    s["inlet_p95_c"] = at_low + (place - low) * (c[C_INLET_C, order[high]] - at_low)
    if s["inlet_max_c"] > f["recommended_max_c"]:
        for i in range(n):
            over_k = c[C_INLET_C, i] - f["recommended_max_c"]
            if over_k > 0.0:
                m["rci_hi_k_s"] += over_k * dt_s
                m["over_rack_s"] += dt_s
    if s["inlet_min_c"] < f["recommended_min_c"]:
        for i in range(n):
            m["rci_lo_k_s"] += max(f["recommended_min_c"] - c[C_INLET_C, i], 0.0) * dt_s


@kernel
def add_rack_hour(hour: Any, c: Any, dt_s: float) -> None:
    """Add a step to the hour's sums of every rack.

    Parameters
    ----------
    hour : ndarray, shape (len(RACK_HOURLY), racks)
    c : ndarray, shape (RACK_COLUMNS, racks)
    dt_s : float
        Step, s.
    """
    inlet_sum, inlet_max, outlet_sum, power_sum, util_sum = hour[0], hour[1], hour[2], hour[3], hour[4]
    inlet, outlet, power, util = c[C_INLET_C], c[C_OUTLET_C], c[C_POWER_W], c[C_UTIL]
    for i in range(inlet.shape[0]):
        inlet_sum[i] += inlet[i] * dt_s
        inlet_max[i] = max(inlet_max[i], inlet[i])
        outlet_sum[i] += outlet[i] * dt_s
        power_sum[i] += power[i] * dt_s
        util_sum[i] += util[i] * dt_s
