"""Several comparisons at once: Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["holm"]


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted so that all together err as rarely as one: p̃₍ₖ₎ = max over j ≤ k of min(1, (m − j + 1) p₍ⱼ₎).

    Parameters
    ----------
    p_values : sequence of float
        0 … 1, in any order.

    Returns
    -------
    list of float
        In the same order; each is to be compared with the level of one test.

    References
    ----------
    Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
    65–70.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    reached = 0.0
    for place, i in enumerate(order):
        reached = max(reached, min(1.0, (len(p_values) - place) * p_values[i]))
        adjusted[i] = reached
    return adjusted
