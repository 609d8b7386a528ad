"""Trim and respond: slowly up, quickly down, within its bounds."""

from __future__ import annotations

import pytest

from twin.policies.contract import Observation
from twin.policies.trim_respond import TrimRespond


def policy(start_c: float = 20.0) -> TrimRespond:
    return TrimRespond(
        inlet_target_c=26.0, supply_min_c=15.0, supply_max_c=21.0, trim_k=0.1, respond_k=0.5, start_c=start_c
    )


def answers(own: TrimRespond, inlets_c: list[float]) -> list[float | None]:
    return [own.decide(Observation(0, {"hall.rack_inlet_p95_c": inlet_c})).supply_air_c for inlet_c in inlets_c]


def test_trims_up_below_the_target() -> None:
    assert answers(policy(), [20.0, 25.9, 25.0]) == pytest.approx([20.1, 20.2, 20.3])


def test_responds_by_how_far_above() -> None:
    assert answers(policy(), [27.0, 28.0]) == pytest.approx([19.5, 18.5])
    assert answers(policy(), [26.0]) == pytest.approx([19.95])  # at the target: a small step down
    assert answers(policy(), [60.0]) == pytest.approx([15.0])


def test_stays_within_its_bounds() -> None:
    assert answers(policy(20.95), [20.0, 20.0]) == [21.0, 21.0]
    assert answers(policy(15.1), [40.0, 40.0]) == [15.0, 15.0]


def test_snapshot_and_reset() -> None:
    own = policy()
    first = answers(own, [20.0, 20.0])
    saved = own.snapshot()
    onward = answers(own, [30.0, 20.0])
    own.restore(saved)
    assert answers(own, [30.0, 20.0]) == onward
    own.reset(1)
    assert answers(own, [20.0, 20.0]) == first
