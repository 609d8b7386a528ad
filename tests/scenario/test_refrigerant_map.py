"""DX maps from a refrigerant's cycle: published COPs, what the shipped parts are, and the second law."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from twin.scenario.library import ChillerPart, DxCoilPart, dx_coil_part, dx_part, list_parts

pytest.importorskip("CoolProp")

NAMES = ("r134a", "r410a", "r32", "r1234ze", "r717")


def _load() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "tools" / "refrigerant_map.py"
    spec = importlib.util.spec_from_file_location("refrigerant_map", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


tool = _load()


@pytest.mark.parametrize(("evaporating_c", "condensing_c", "published"), [
    (5.0, 40.0, (4.825, 4.494, 4.580, 4.835, 4.862)),
    (10.0, 45.0, (4.867, 4.480, 4.593, 4.883, 4.942)),
])
def test_published_cops(evaporating_c: float, condensing_c: float, published: tuple[float, ...]) -> None:
    """CoolProp 8.0 at an isentropic efficiency of 0.7: superheat 5 K that counts, subcooling 5 K; tolerance 0.5 %."""
    found = [tool.cycle(fluid, evaporating_c, condensing_c, 0.7).cop for fluid in tool.REFRIGERANTS]
    assert found == pytest.approx(published, rel=5e-3)


def test_pressure_ratio_is_that_of_saturation_tables() -> None:
    """R134a at 40 and 5 °C: 1016.6 and 349.66 kPa (ASHRAE Handbook - Fundamentals 2021, ch. 30)."""
    assert tool.cycle("R134a", 5.0, 40.0, 0.7).pressure_ratio == pytest.approx(1016.6 / 349.66, rel=1e-3)


@pytest.mark.parametrize(("fluid", "name"), list(zip(tool.REFRIGERANTS, NAMES, strict=True))[::2])
def test_the_shipped_parts_are_the_tools(fluid: str, name: str) -> None:
    """To what versions of CoolProp differ by."""
    for part, kind in ((dx_part(f"cycle-{name}"), "dx"), (dx_coil_part(f"coil-{name}"), "dx_coils")):
        cop, capft, eirft, capft_error, eirft_error = tool.fitted(fluid, tool.KINDS[kind])
        assert part.cop == pytest.approx(cop, rel=1e-3)
        assert part.capft == pytest.approx(capft.tolist(), rel=1e-2, abs=1e-6)
        assert part.eirft == pytest.approx(eirft.tolist(), rel=1e-2, abs=1e-6)
        assert capft_error < 0.01
        assert eirft_error < 0.04  # of the electricity at the least lift of the box, where there is little


@pytest.mark.parametrize("name", NAMES)
def test_one_at_the_rating_and_second_law(name: str) -> None:
    part, coil = dx_part(f"cycle-{name}"), dx_coil_part(f"coil-{name}")
    assert part.capacity_frac(24.0, 35.0) == pytest.approx(1.0, abs=1e-6)
    assert part.eir_frac(24.0, 35.0) == pytest.approx(1.0, abs=1e-6)
    x, y = np.meshgrid(np.linspace(12.8, 23.9, 14), np.linspace(22.0, 46.0, 14), indexing="ij")
    terms = np.stack([np.ones_like(x), x, x * x, y, y * y, x * y])
    capacity, eir = (np.tensordot(np.array(c), terms, 1) for c in (coil.capft, coil.eirft))
    assert (np.diff(capacity, axis=0) > 0.0).all()  # warmer air in, more capacity
    assert (np.diff(capacity, axis=1) < 0.0).all()  # warmer outdoors, less
    assert (np.diff(eir, axis=1) > 0.0).all()  # and more electricity for each heat
    carnot = (x - 12.4 + 273.15) / (y + 12.0 - (x - 12.4))
    assert (coil.cop / eir < 0.7 * carnot).all()


def test_every_refrigerant_has_both_parts() -> None:
    machines = {part.name for part in list_parts("dx") if isinstance(part, ChillerPart)}
    coils = {part.name for part in list_parts("dx") if isinstance(part, DxCoilPart)}
    assert {f"cycle-{name}" for name in NAMES} <= machines
    assert {f"coil-{name}" for name in NAMES} <= coils
