"""Every wrong hall with direct-expansion units gives one message that names the key, the value and the remedy."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from twin.errors import ScenarioError
from twin.scenario.library import list_parts
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario

_spec = importlib.util.spec_from_file_location("wrong_dx", Path(__file__).with_name("wrong_dx.py"))
assert _spec
assert _spec.loader
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
BASE_DX, WRONG_DX = _module.BASE_DX, _module.WRONG_DX


@pytest.mark.parametrize("name", list(WRONG_DX))
def test_wrong_scenario(name: str, tmp_path: Path) -> None:
    text, expected = WRONG_DX[name]
    path = tmp_path / "hall.toml"
    path.write_text(BASE_DX + text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    said = str(caught.value)
    assert [part for part in expected if part not in said] == [], said
    assert "pydantic" not in said
    assert len(caught.value.problems) <= 2, said


def test_shipped_halls_are_sound() -> None:
    for name in ("air-economiser-dx", "ashrae140-ce100"):
        assert outline(load_scenario(name)).warnings == ()


def test_too_few_units_are_told() -> None:
    said = outline(load_scenario("air-economiser-dx", ["hall.dx.crac.count=4"])).warnings
    assert any("DX units carry" in text and "run hot" in text for text in said)


def test_steady_air_beside_a_year_is_told() -> None:
    said = outline(load_scenario("ashrae140-ce100", {"site.weather": "miami-tmy2"})).warnings
    assert any("site.steady is not used" in text and "miami-tmy2" in text for text in said)


def test_parts_are_listed_with_their_source() -> None:
    lines = [" ".join(part.listed(24)) for part in list_parts("dx")]
    assert any("ashrae140-ce100" in line and "ANSI/ASHRAE" in line for line in lines)
    assert any("energyplus-curve-i " in line for line in lines)
