"""Conservation and the second law over plants that nobody drew: every component, every connection, every breakdown."""

from __future__ import annotations

import pytest
from random_plants import Drawn, random_plant_run

#: Halls in all; each runs 50 steps, and every step is audited.
HALLS = 160
GROUPS = 16


@pytest.fixture(scope="module")
def seen() -> dict[str, int]:
    """How many halls did what, filled by the groups below."""
    return {}


def _count(drawn: Drawn, seen: dict[str, int]) -> None:
    for name, value in drawn.seen.items():
        seen[name] = seen.get(name, 0) + int(value > 1e-4)
    seen[drawn.broken] = seen.get(drawn.broken, 0) + 1


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_plants_close(group: int, seen: dict[str, int]) -> None:
    for seed in range(group * HALLS // GROUPS, (group + 1) * HALLS // GROUPS):
        try:
            rig, drawn = random_plant_run(seed)
        except AssertionError as error:
            raise AssertionError(f"random plant {seed}: {error}") from error
        assert rig.worst_energy <= 1e-9
        assert rig.worst_water <= 1e-9
        _count(drawn, seen)


def test_between_them_everything_happened(seen: dict[str, int]) -> None:
    """Unless each path was taken by several plants the above would say little."""
    if sum(seen.values()) == 0:
        pytest.skip("needs the plants of this file")
    for name in (
        "reuse_w", "thermosyphon_w", "wse_w", "evaporator_w", "air_w", "stored", "charged", "door", "liquid", "starved",
        "wetted", "off", "slow", "facility", "basin", "pumps", "condenser pumps", "units", "heat rejection", "chillers",
    ):
        assert seen.get(name, 0) >= 4, (name, seen)
