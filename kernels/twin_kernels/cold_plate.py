"""Cold plates on processors: chip temperature over coolant temperature and flow, and what throttling makes of it."""

from __future__ import annotations

from typing import Any

from twin_kernels.jit import kernel

__all__ = [
    "captured_w", "chip_temperature_c", "chip_throttled", "coolant_resistance_k_w", "liquid_throttle_speed",
    "plate_resistance_k_w",
]

#: Flow below this share of rated counts as this much: coolant that stands still conducts and rises a little, and a
#: chip that has lost its flow gets hot, not infinitely hot. Source: assumed.
FLOW_FLOOR_FRAC = 0.01
#: A ramp without width is a step: it counts as this wide, K.
_STEP_K = 1e-6


@kernel
def captured_w(p: Any, processor_w: float) -> float:
    """Share of the processors' heat that the coolant takes: ``Q = f P``; the rest goes into the air.

    Parameters
    ----------
    p : record of COLD_PLATE_PARAMS
        ``capture_frac`` f, 0 … 1.
    processor_w : float
        Power of processors and boards, W; ≥ 0.

    Returns
    -------
    float
        Heat into the coolant, W.

    Notes
    -----
    A constant share. In truth it falls a few points as coolant gets warmer than the air in the server.

    References
    ----------
    Definition. Shares of 0.7 … 0.98 are published for direct liquid cooling (assumed, no single source).
    """
    return p["capture_frac"] * processor_w


@kernel
def plate_resistance_k_w(p: Any, flow_kg_s: float) -> float:
    """Resistance from chip to the coolant around the plate: ``R = R_inf + R_film (m / m_rated)^−n``.

    Parameters
    ----------
    p : record of COLD_PLATE_PARAMS
        ``r_inf_k_w``, ``r_film_k_w`` K/W; ``exponent`` n, about 0.8; ``flow_rated_kg_s``.
    flow_kg_s : float
        Coolant through one plate, kg/s; below 1 % of rated it counts as 1 %.

    Returns
    -------
    float
        K/W; ``R_inf + R_film`` at rated flow, ``R_inf`` at endless flow.

    Notes
    -----
    Valid for 0.2 … 2 times rated flow of one coolant. Ignores that warmer coolant is thinner, and spreading.

    References
    ----------
    Incropera et al., Fundamentals of Heat and Mass Transfer, eq. 8.60 (n = 0.8 in turbulent channel flow).
    """
    share = max(flow_kg_s / p["flow_rated_kg_s"], FLOW_FLOOR_FRAC)
    return p["r_inf_k_w"] + p["r_film_k_w"] * share ** -p["exponent"]


@kernel
def coolant_resistance_k_w(p: Any, flow_kg_s: float) -> float:
    """Chip over entering coolant, per watt: ``1 / (2 m c) + R(m)``, half the coolant's rise and the plate.

    Parameters
    ----------
    p : record of COLD_PLATE_PARAMS
        Also ``heat_j_kgk`` c, J/(kg K).
    flow_kg_s : float
        Coolant through one plate, kg/s; below 1 % of rated it counts as 1 %.

    Returns
    -------
    float
        K/W.

    References
    ----------
    Energy balance of the coolant, taken at its mean between inlet and outlet.
    """
    moved_kg_s = max(flow_kg_s, FLOW_FLOOR_FRAC * p["flow_rated_kg_s"])
    return 0.5 / (moved_kg_s * p["heat_j_kgk"]) + plate_resistance_k_w(p, flow_kg_s)


@kernel
def chip_temperature_c(p: Any, supply_c: float, power_w: float, flow_kg_s: float) -> float:
    """Temperature of a chip under its plate: ``T_j = T_w,in + P / (2 m c) + P R(m)``.

    Parameters
    ----------
    p : record of COLD_PLATE_PARAMS
    supply_c : float
        Coolant entering the plate, °C.
    power_w : float
        Heat of the chip into the plate, W; ≥ 0.
    flow_kg_s : float
        Coolant through the plate, kg/s; ≥ 0.

    Returns
    -------
    float
        °C, steady; the chip follows within seconds.

    Notes
    -----
    Plates side by side on the coolant, not one after another. All of one rack run alike.

    References
    ----------
    Sources of :func:`plate_resistance_k_w`; R of 0.02 … 0.05 K/W is usual (assumed, no single source).
    """
    return supply_c + power_w * coolant_resistance_k_w(p, flow_kg_s)


@kernel
def liquid_throttle_speed(p: Any, chip_c: float) -> float:
    """Speed of processors that protect themselves by their own temperature: 1, then linear down to a minimum.

    Parameters
    ----------
    p : record of COLD_PLATE_PARAMS or IMMERSION_PARAMS
        ``throttle_start_c``, ``throttle_end_c`` °C, ``throttle_min_frac``.
    chip_c : float
        Temperature of the chip, °C.

    Returns
    -------
    float
        Speed fraction, ``throttle_min_frac`` … 1.

    Notes
    -----
    A stand-in for the processors' own thermal control; a step when end is not above start.

    References
    ----------
    Definition, as :func:`twin_kernels.server.throttle_speed` for the air inlet.
    """
    width_k = max(p["throttle_end_c"] - p["throttle_start_c"], _STEP_K)
    over = min(max((chip_c - p["throttle_start_c"]) / width_k, 0.0), 1.0)
    return 1.0 - (1.0 - p["throttle_min_frac"]) * over


@kernel
def chip_throttled(
    p: Any, supply_c: float, idle_w: float, full_w: float, flow_kg_s: float
) -> tuple[float, float, float]:
    """Speed at which a chip's heat and its temperature agree, for power linear in speed.

    ``P = P_idle + (P_full − P_idle) s``, ``T = T_w + P R``, ``s = 1 − k (T − T_start)`` between its ends: one line
    each, so ``s = (1 − k (T_w + P_idle R − T_start)) / (1 + k R (P_full − P_idle))``, held to ``s_min`` … 1.

    Parameters
    ----------
    p : record of COLD_PLATE_PARAMS
    supply_c : float
        Coolant entering the plate, °C.
    idle_w, full_w : float
        Heat of the chip with nothing to do and with what is asked for, W; full ≥ idle ≥ 0.
    flow_kg_s : float
        Coolant through the plate, kg/s.

    Returns
    -------
    tuple of float
        Speed fraction, chip temperature °C, heat W.

    Notes
    -----
    To take the speed from the temperature of the step before would swing: a degree moves the speed by several
    percent and that the temperature by about a degree.

    References
    ----------
    Intersection of :func:`chip_temperature_c` and :func:`liquid_throttle_speed`.
    """
    per_w = coolant_resistance_k_w(p, flow_kg_s)
    slowest = p["throttle_min_frac"]
    per_k = (1.0 - slowest) / max(p["throttle_end_c"] - p["throttle_start_c"], _STEP_K)
    idle_c = supply_c + idle_w * per_w
    span_w = max(full_w - idle_w, 0.0)
    speed = (1.0 - per_k * (idle_c - p["throttle_start_c"])) / (1.0 + per_k * per_w * span_w)
    speed = min(max(speed, slowest), 1.0)
    power_w = idle_w + span_w * speed
    return speed, supply_c + power_w * per_w, power_w
