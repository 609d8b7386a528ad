"""Mode machine of an indirect evaporative unit: its table row by row, frost, trips, and that it settles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from twin_kernels.control_iec import FREEZE_BAND_K, IEC_DRY, IEC_DRY_DX, IEC_WET, IEC_WET_DX, OFF, iec_mode
from twin_kernels.layout import IEC_PARAMS

TARGET_C = 24.0
LONG = 1e6


def thresholds() -> np.void:
    """The defaults of a scenario."""
    q = np.zeros(1, IEC_PARAMS)[0]
    q["up_k"], q["down_k"], q["wait_s"], q["freeze_c"] = 0.0, 1.0, 600.0, 3.0
    return q


def after(
    mode: int, dry_c: float, wet_c: float, *, outdoor_c: float = 15.0, spray: bool = True, trim: bool = True,
    waited_s: float = LONG,
) -> int:
    """Next mode; the time of the change must be told exactly when there is one."""
    now_s = 5e6
    new, changed_s = iec_mode(
        mode, dry_c, wet_c, TARGET_C, outdoor_c, spray, trim, now_s, now_s - waited_s, thresholds()
    )
    assert changed_s == (now_s if new != mode else now_s - waited_s)
    return new


@pytest.mark.parametrize(
    ("mode", "dry_c", "wet_c", "spray", "trim", "expected"),
    [
        (IEC_DRY, 24.1, 20.0, True, True, IEC_WET),
        (IEC_DRY, 24.0, 20.0, True, True, IEC_DRY),
        (IEC_DRY, 24.1, 20.0, False, True, IEC_DRY_DX),
        (IEC_DRY, 24.1, 20.0, False, False, IEC_DRY),
        (IEC_DRY, 24.1, 24.2, True, True, IEC_DRY_DX),    # spray would make it worse
        (IEC_DRY, 30.0, 26.0, True, True, IEC_WET),       # one step at a time
        (IEC_WET, 22.9, 20.0, True, True, IEC_DRY),
        (IEC_WET, 23.0, 20.0, True, True, IEC_WET),
        (IEC_WET, 30.0, 24.1, True, True, IEC_WET_DX),
        (IEC_WET, 30.0, 24.1, True, False, IEC_WET),
        (IEC_WET_DX, 30.0, 22.9, True, True, IEC_WET),
        (IEC_WET_DX, 30.0, 23.0, True, True, IEC_WET_DX),
        (IEC_WET_DX, 22.9, 23.5, True, True, IEC_WET),
        (IEC_DRY_DX, 22.9, 20.0, False, True, IEC_DRY),
        (IEC_DRY_DX, 23.0, 20.0, False, True, IEC_DRY_DX),
        (IEC_DRY_DX, 27.0, 20.0, True, True, IEC_WET),    # spray is back
        (IEC_DRY_DX, 30.0, 26.0, True, True, IEC_WET_DX),
    ],
)
def test_changes_that_wait(mode: int, dry_c: float, wet_c: float, spray: bool, trim: bool, expected: int) -> None:
    assert after(mode, dry_c, wet_c, spray=spray, trim=trim) == expected
    assert after(mode, dry_c, wet_c, spray=spray, trim=trim, waited_s=600.0) == expected
    assert after(mode, dry_c, wet_c, spray=spray, trim=trim, waited_s=599.0) == mode


@pytest.mark.parametrize(
    ("mode", "dry_c", "wet_c", "outdoor_c", "spray", "trim", "expected"),
    [
        (OFF, 24.0, 20.0, 15.0, True, True, IEC_DRY),
        (OFF, 24.1, 20.0, 15.0, True, True, IEC_WET),
        (OFF, 30.0, 24.1, 15.0, True, True, IEC_WET_DX),
        (OFF, 30.0, 24.1, 15.0, True, False, IEC_WET),
        (OFF, 30.0, 24.1, 15.0, False, True, IEC_DRY_DX),
        (OFF, 30.0, 24.1, 15.0, False, False, IEC_DRY),
        (IEC_WET, 20.0, 10.0, 2.9, True, True, IEC_DRY),      # frost
        (IEC_WET_DX, 26.0, 25.0, 2.9, True, True, IEC_DRY_DX),
        (IEC_WET_DX, 20.0, 25.0, 2.9, True, True, IEC_DRY),
        (IEC_WET, 30.0, 22.0, 30.0, False, True, IEC_DRY_DX),  # pump trips in summer
        (IEC_WET, 30.0, 22.0, 30.0, False, False, IEC_DRY),
        (IEC_WET_DX, 30.0, 25.0, 30.0, True, False, IEC_WET),  # compressor trips
        (IEC_WET_DX, 30.0, 25.0, 30.0, False, False, IEC_DRY),
        (IEC_DRY_DX, 30.0, 25.0, 2.0, True, False, IEC_DRY),
        (IEC_DRY_DX, 30.0, 25.0, 30.0, True, False, IEC_WET),
    ],
)
def test_changes_at_once(
    mode: int, dry_c: float, wet_c: float, outdoor_c: float, spray: bool, trim: bool, expected: int
) -> None:
    assert after(mode, dry_c, wet_c, outdoor_c=outdoor_c, spray=spray, trim=trim, waited_s=0.0) == expected


def test_frost_has_a_dead_band() -> None:
    limit_c = 3.0
    assert after(IEC_WET, 25.0, 20.0, outdoor_c=limit_c) == IEC_WET
    assert after(IEC_WET, 25.0, 20.0, outdoor_c=limit_c - 1e-6) == IEC_DRY_DX
    assert after(IEC_DRY, 25.0, 20.0, outdoor_c=limit_c + FREEZE_BAND_K) == IEC_DRY_DX
    assert after(IEC_DRY, 25.0, 20.0, outdoor_c=limit_c + FREEZE_BAND_K + 1e-6) == IEC_WET
    assert after(IEC_DRY, 25.0, 20.0, outdoor_c=limit_c, trim=False) == IEC_DRY


def run(outdoor: np.ndarray, mode: int = IEC_DRY, *, spray: bool = True, trim: bool = True) -> list[int]:
    """Modes minute by minute; dry plates reach 8 K above the outdoor air, sprayed ones half of it and 11 more."""
    changed_s, modes = -LONG, [mode]
    for i, outdoor_c in enumerate(outdoor):
        mode, changed_s = iec_mode(
            mode, outdoor_c + 8.0, 0.5 * outdoor_c + 11.0, TARGET_C, outdoor_c, spray, trim, 60.0 * i, changed_s,
            thresholds(),
        )
        modes.append(mode)
    return modes


def changes(modes: list[int]) -> list[tuple[int, int]]:
    """Each change as (from, to)."""
    return [(a, b) for a, b in itertools.pairwise(modes) if a != b]


def test_constant_weather_settles() -> None:
    q, reaches = thresholds(), np.linspace(21.0, 27.0, 13)
    starts, yes_no = (OFF, IEC_DRY, IEC_WET, IEC_WET_DX, IEC_DRY_DX), (True, False)
    for start, dry_c, wet_c, outdoor_c, spray, trim in itertools.product(
        starts, reaches, reaches, (2.0, 3.5, 20.0), yes_no, yes_no
    ):
        modes, changed_s = [start], -LONG
        for step in range(6):
            mode, changed_s = iec_mode(
                modes[-1], dry_c, wet_c, TARGET_C, outdoor_c, spray, trim, 600.0 * step, changed_s, q
            )
            modes.append(mode)
        assert len(changes(modes)) <= 2
        assert modes[-3] == modes[-2] == modes[-1]


def test_slow_ramps_switch_once_each_way() -> None:
    up = np.linspace(5.0, 35.0, 4000)
    assert changes(run(up)) == [(IEC_DRY, IEC_WET), (IEC_WET, IEC_WET_DX)]
    assert changes(run(up[::-1], IEC_WET_DX)) == [(IEC_WET_DX, IEC_WET), (IEC_WET, IEC_DRY)]
    assert changes(run(up, spray=False)) == [(IEC_DRY, IEC_DRY_DX)]
    assert changes(run(up[::-1], IEC_DRY_DX, spray=False)) == [(IEC_DRY_DX, IEC_DRY)]


def test_noise_around_a_threshold_does_not_chatter() -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.2, 3000)
    assert len(changes(run(16.0 + noise))) == 1  # dry reaches the target at 16 °C; noise stays within the dead band
    assert len(changes(run(26.0 + noise, IEC_WET))) == 1
    wild = np.flatnonzero(np.diff(run(16.0 + 4.0 * noise)))
    assert wild.size > 3
    assert np.diff(wild).min() >= 10


@pytest.mark.skipif(not hasattr(iec_mode, "py_func"), reason="kernels run as plain Python")
def test_compiled_equals_plain() -> None:
    for mode, dry_c, wet_c, outdoor_c, spray, trim, waited_s in itertools.product(
        (0, 4, 5, 6, 7), (22.0, 23.5, 25.0), (22.0, 23.5, 25.0), (2.0, 3.5, 20.0), (True, False), (True, False),
        (0.0, 1e3),
    ):
        given = (mode, dry_c, wet_c, TARGET_C, outdoor_c, spray, trim, 1e4, 1e4 - waited_s, thresholds())
        assert iec_mode(*given) == iec_mode.py_func(*given)
