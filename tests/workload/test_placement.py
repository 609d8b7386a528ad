"""Each placement rule against the sentence that defines it."""

from __future__ import annotations

import numpy as np
import pytest

from twin.workload.placement import Placement, placement


def plain(rule: str, free: list[int], inlet_c: np.ndarray, servers: int) -> list[tuple[int, int]]:
    """The rule in the slowest and plainest way: sort all racks again for every rack taken."""
    free, shares = list(free), []
    while servers:
        order = {
            "packed": lambda rack: (0, rack),
            "spread": lambda rack: (-free[rack], rack),
            "coolest": lambda rack: (inlet_c[rack], rack),
        }[rule]
        rack = min((rack for rack in range(len(free)) if free[rack]), key=order)
        taken = min(free[rack], servers)
        shares.append((rack, taken))
        free[rack] -= taken
        servers -= taken
    return shares


@pytest.mark.parametrize("rule", ["packed", "spread", "coolest"])
@pytest.mark.parametrize("seed", range(3))
def test_rule_equals_its_plain_definition(rule: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    slots = rng.integers(0, 7, 12)
    inlet_c = np.round(20.0 + 3.0 * rng.random(12), 1)  # rounded, so that some are equal
    racks: Placement = placement(rule, slots.tolist(), int(slots.max()), inlet_c)
    held: list[tuple[int, int]] = []
    for _ in range(800):
        if rng.random() < 0.1:
            inlet_c = np.round(20.0 + 3.0 * rng.random(12), 1)
            racks.see(inlet_c)
        if rng.random() < 0.1:  # a placement rebuilt from its state goes on the same way
            racks = placement(rule, racks.free, int(slots.max()), inlet_c)
        open_servers = sum(racks.free)
        if held and (not open_servers or rng.random() < 0.48):
            racks.give(*held.pop(int(rng.integers(len(held)))))
            continue
        servers = int(rng.integers(1, min(open_servers, 9) + 1))
        expected = plain(rule, racks.free, inlet_c, servers)
        before = list(racks.free)
        whole = racks.take_whole(servers)
        if len(expected) > 1:
            assert whole == -1
            assert racks.free == before
        else:
            assert ((whole, servers),) == tuple(expected)
            racks.give(whole, servers)
        shares = racks.take(servers)
        assert list(shares) == expected
        held += shares
        busy = np.zeros(12, dtype=int)
        for rack, count in held:
            busy[rack] += count
        assert racks.free == (slots - busy).tolist()


def test_packed_fills_in_order_and_spills_over() -> None:
    racks = placement("packed", [4, 4, 4], 4, np.zeros(3))
    assert racks.take(3) == ((0, 3),)
    assert racks.take(3) == ((0, 1), (1, 2))
    racks.give(0, 1)
    assert racks.take(2) == ((0, 1), (1, 1))


def test_spread_goes_to_the_emptiest() -> None:
    racks = placement("spread", [4, 4, 4], 4, np.zeros(3))
    assert [racks.take(1)[0][0] for _ in range(6)] == [0, 1, 2, 0, 1, 2]
    racks.give(2, 2)
    assert racks.take(2) == ((2, 2),)


def test_coolest_follows_temperature_and_survives_nonsense() -> None:
    racks = placement("coolest", [2, 2, 2], 2, np.array([24.0, 22.0, 23.0]))
    assert racks.take(3) == ((1, 2), (2, 1))
    racks.see(np.array([20.0, 18.0, 23.0]))
    assert racks.take(1) == ((0, 1),)
    racks.give(1, 1)
    assert racks.take(1) == ((1, 1),)
    racks.give(1, 1)
    for nonsense in (np.inf, -np.inf, np.nan):
        racks.see(np.array([nonsense, 22.0, nonsense]))
        assert racks.take(3) == ((1, 1), (0, 1), (2, 1))
        racks.see(np.full(3, nonsense))
        racks.give(2, 1)
        racks.give(1, 1)
        assert racks.take(2) == ((1, 1), (2, 1))
        for rack in range(3):
            racks.give(rack, 1)


def test_unknown_rule_is_named() -> None:
    with pytest.raises(ValueError, match="known are packed, spread, coolest"):
        placement("hottest", [1], 1, np.zeros(1))
