"""Every wrong evaporative hall gives one message that names the key, the value, the bound and the remedy."""

from __future__ import annotations

import importlib.util
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from twin.cli import app
from twin.errors import ScenarioError
from twin.facility.build import build_facility
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario

_spec = importlib.util.spec_from_file_location("wrong_iec", Path(__file__).with_name("wrong_iec.py"))
assert _spec
assert _spec.loader
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
BASE_IEC, WRONG_IEC = _module.BASE_IEC, _module.WRONG_IEC


@pytest.mark.parametrize("name", list(WRONG_IEC))
def test_wrong_scenario(name: str, tmp_path: Path) -> None:
    text, expected = WRONG_IEC[name]
    path = tmp_path / "hall.toml"
    path.write_text(BASE_IEC + text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    said = str(caught.value)
    assert [part for part in expected if part not in said] == [], said
    assert "pydantic" not in said
    if not name.endswith("sizes"):
        assert len(caught.value.problems) <= 2, said


@pytest.mark.parametrize("name", ["both kinds of units", "unknown dx part", "no modules"])
def test_the_command_says_so_and_ends_with_2(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hall.toml"
    path.write_text(BASE_IEC + WRONG_IEC[name][0], encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(path)])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


@pytest.mark.parametrize("missing", ["chiller", "tower", "chilled_water_pump", "condenser_water_pump"])
def test_coils_need_a_plant(missing: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("chilled-water-greensboro", [f"plant.{missing}=none", "plant.water_economiser=none"])
    assert f"plant.{missing}" in str(caught.value)
    assert "the coils of hall.crah need chilled water" in str(caught.value)
    assert len(caught.value.problems) == 1


def test_no_racks_without_rated_power() -> None:
    with pytest.raises(ScenarioError, match="it_rated_kw is missing"):
        load_scenario("chilled-water-greensboro", ["hall.it_rated_kw=none"])


@pytest.mark.parametrize(("wet", "dry"), [(0.95, 0.65), (0.45, 0.85)])
def test_ratings_that_no_plates_have_are_refused_when_built(wet: float, dry: float) -> None:
    """The message says what these plates reach; what it says is accepted."""
    plates = "hall.iec.cooling.plates"
    keys = [f"{plates}.dry_effectiveness_frac={dry}", "hall.iec.cooling.secondary_air_m3_s=16.0"]
    with pytest.raises(ScenarioError) as caught:
        build_facility(load_scenario("tblock-qingyuan", [*keys, f"{plates}.wet_effectiveness_frac={wet}"]), 30.0)
    (problem,) = caught.value.problems
    assert f"wet_effectiveness_frac = {wet:g}" in problem.where
    low, high = (float(word) for word in problem.what.split("must lie in ")[1].split(" with")[0].split(" … "))
    assert not low <= wet <= high
    for possible in (max(low, 0.5 * dry) + 0.01, min(high - 0.01, 0.95)):
        build_facility(load_scenario("tblock-qingyuan", [*keys, f"{plates}.wet_effectiveness_frac={possible}"]), 30.0)


def models(model: type[BaseModel], found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """All tables of the scenario."""

    def visit(annotation: object) -> None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
            models(annotation, found)
        for inner in typing.get_args(annotation):
            visit(inner)

    found.add(model)
    for field in model.model_fields.values():
        visit(field.annotation)
    return found


def test_no_key_has_the_same_bound_twice() -> None:
    """Of two bounds of a kind, the one of a type (as TempC) would win over the key's own, whichever is narrower."""
    tables = models(Scenario, set())
    assert len(tables) > 30
    for table in tables:
        for name, field in table.model_fields.items():
            kinds = [type(bound).__name__ for bound in field.metadata]
            assert len(kinds) == len(set(kinds)), f"{table.__name__}.{name}: {field.metadata}"


def test_none_takes_out_spray_and_trim() -> None:
    scenario = load_scenario("tblock-qingyuan", ["hall.iec.cooling.spray=none", "hall.iec.cooling.dx=none"])
    facility = build_facility(scenario, 30.0)
    assert (facility.params.iecs["spray_available"] == 0).all()
    assert (facility.params.trims["rated_w"] == 0.0).all()


def test_modules_multiply_what_stands_in_one() -> None:
    """Racks, units, room and rated power of the hall; a rated power that is given stands."""
    for modules in (1, 3):
        scenario = load_scenario("tblock-qingyuan", [f"hall.modules={modules}"])
        facility = build_facility(scenario, 30.0)
        assert len(facility.racks) == 30 * modules
        assert len(set(facility.iecs)) == len(facility.params.iecs) == 2 * modules
        assert facility.params.facility["it_rated_w"][0] == 300e3 * modules
        assert facility.params.facility["lighting_w"][0] == pytest.approx(3.0 * 7.0 * 15.0 * modules)
    given = load_scenario("tblock-qingyuan", ["hall.it_rated_kw=1200"])
    assert build_facility(given, 30.0).params.racks["rated_w"].sum() == pytest.approx(1.2e6)
