"""Scenarios are read as written: names, paths, extends, overrides, and back to text."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from twin.scenario.explain import key_paths
from twin.scenario.outline import outline
from twin.scenario.read import load_scenario, schema_json
from twin.scenario.schema import Scenario
from twin.scenario.shipped import copy_of, shipped_names, shipped_path
from twin.scenario.toml import scenario_text

FIXED_PATHS = [
    "run.seed",
    "run.duration_days",
    "run.step_s",
    "run.control_interval_s",
    "run.first_weekday",
    "site.weather",
    "hall.it_rated_kw",
    "hall.return_air_temp_c",
    "plant.supply_air_temp_c",
    "plant.chilled_water_temp_c",
    "plant.condenser_water_min_c",
    "envelope.roof.r_m2k_w",
    "envelope.roof.solar_absorptance_frac",
    "envelope.roof.emissivity_frac",
    "envelope.wall.r_m2k_w",
]


#: Rated IT power of what ships, by name or by how the name begins; 1 MW otherwise.
RATED_KW = {
    "tblock": 1500.0, "air-economiser-dx": 500.0, "ashrae140": 0.001, "direct-liquid": 2000.0, "immersion": 2000.0,
    "thermosyphon-hybrid": 2000.0, "frontier-like": 26000.0,
}


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_are_sound(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.description
    assert scenario.hall.it_kw == RATED_KW.get(name, RATED_KW.get(name.partition("-")[0], 1000.0))
    summary = outline(scenario)
    assert len(summary.lines) > 8
    assert summary.warnings == (), summary.warnings


def test_greensboro_is_the_hall_it_says_it_is() -> None:
    s = load_scenario("chilled-water-greensboro")
    assert sum(row.racks for row in s.hall.rows.values()) == 200
    assert len(s.hall.rows) == 10
    assert sum(crah.count for crah in s.hall.crah.values()) == 12
    assert s.plant.chiller["main"].count == 2
    assert s.plant.water_economiser
    assert s.workload.jobs
    assert s.site.weather == "greensboro-tmy3"


def test_dh1_inputs() -> None:
    none, air, const, b20 = (load_scenario(f"dh1-{case}") for case in ("none", "air", "const", "b20"))
    assert none.hall.fan.ideal
    assert none.hall.server.heat_capacity_kj_k_per_kw == 0.0
    assert sum(c.count * c.air_m3_s for c in none.hall.crah.values()) == 75.0
    assert none.plant.chiller["main"].dispatch_cap
    assert none.plant.chiller["main"].outside_box == "clamp"
    for u, ups in ((0.5, 0.5), (1.0, 1.0)):  # loss polynomial against efficiency 0.94 (0.93 + 0.14 u - 0.07 u²)
        loss = sum(c * u**i for i, c in enumerate(none.power.ups.loss))
        assert loss == pytest.approx(ups * (1 - 0.94 * (0.93 + 0.14 * u - 0.07 * u * u)), abs=1e-12)
    assert air.plant.air_economiser
    assert air.plant.air_economiser.max_dew_point_c == 11.0
    assert const.workload.weekday == const.workload.weekend == [1.0] * 24
    assert b20.plant.condenser_water_min_c == 14.0
    assert b20.plant.chiller["main"].cop == 6.5
    # a variant differs in nothing else
    same = {"plant": none.plant, "name": none.name, "description": none.description}
    assert b20.model_copy(update=same) == none
    assert air.model_copy(update=same) == none


@pytest.mark.parametrize("path", FIXED_PATHS)
def test_fixed_paths_exist_and_act(path: str) -> None:
    values = {
        "run.first_weekday": "friday",
        "site.weather": "phoenix-epw",
        "run.duration_days": 2.0,
        "run.step_s": 30,
        "run.control_interval_s": 900,
        "run.seed": 99,
        "plant.supply_air_temp_c": 24.0,
    }
    value = values.get(path)
    node: object = load_scenario("dh1-none")
    for step in path.split("."):
        node = getattr(node, step)
    if value is None:
        assert isinstance(node, float)
        value = node * 0.9
    assert value != node
    changed: object = load_scenario("dh1-none", [f"{path}={json.dumps(value)}"])
    assert changed == load_scenario("dh1-none", {path: value})
    for step in path.split("."):
        changed = getattr(changed, step)
    assert changed == value


@pytest.mark.parametrize("name", shipped_names())
def test_text_reads_back_equal(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name, {"description": 'odd "text"\n\x7f\\ °C', "hall.rows.extra.racks": 3})
    text = scenario_text(scenario)
    assert load_scenario(tomllib.loads(text)) == scenario
    path = tmp_path / "again.toml"
    path.write_text(text, encoding="utf-8")
    assert load_scenario(path) == scenario
    assert load_scenario(scenario) == scenario


def test_extends_merges_tables_and_replaces_lists(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.toml").write_text(
        'extends = "chilled-water-greensboro"\nname = "base"\n[run]\nseed = 5\nstep_s = 30\n'
    )
    child = tmp_path / "child.toml"
    child.write_text('extends = "sub/base.toml"\n[run]\nseed = 6\n[power.ups]\nloss = [0.01, 0.0, 0.0, 0.0]\n')
    scenario = load_scenario(child, ["run.seed=7"])
    assert scenario.name == "child"  # a variant does not inherit the name of its base
    assert (scenario.run.seed, scenario.run.step_s) == (7, 30)
    assert scenario.power.ups.loss == [0.01, 0.0, 0.0, 0.0]
    assert scenario.power.ups.units == 2


def test_none_takes_a_table_or_number_out() -> None:
    scenario = load_scenario(
        "chilled-water-greensboro",
        ["plant.water_economiser=none", "workload.jobs=none", "hall.humidity.min_dew_point_c=none"],
    )
    assert scenario.plant.water_economiser is None
    assert scenario.workload.jobs is None
    assert scenario.hall.humidity.min_dew_point_c is None


def test_paths_start_where_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "load.csv").write_text("time_s,utilisation_frac\n0,0.5\n")
    (base / "year.epw").write_text("")
    (base / "base.toml").write_text(
        'extends = "dh1-none"\n[site]\nweather = "year.epw"\n[workload]\nkind = "trace"\ntrace = "load.csv"\n'
    )
    child = tmp_path / "child.toml"
    child.write_text('extends = "base/base.toml"\n')
    monkeypatch.chdir("/")
    scenario = load_scenario(child)
    assert scenario.workload.trace == str(base / "load.csv")
    assert scenario.site.weather == str(base / "year.epw")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.epw").write_text("")
    assert load_scenario(child, ["site.weather=here.epw"]).site.weather == str(tmp_path / "here.epw")
    assert load_scenario(child, ["site.weather=phoenix-epw"]).site.weather == "phoenix-epw"


def test_python_values_are_welcome() -> None:
    tables = {
        "extends": "dh1-none",
        "run": {"seed": np.int64(4), "duration_days": np.float64(2.0)},
        "workload": {"weekday": tuple([0.5] * 24), "weekend": np.full(24, 0.25)},
        "plant": {"water_economiser": None},
    }
    scenario = load_scenario(tables)
    assert scenario.run.seed == 4
    assert scenario.workload.weekend == [0.25] * 24


def test_overrides_take_toml_values_and_bare_words() -> None:
    scenario = load_scenario(
        "dh1-none",
        [
            "run.first_weekday=friday",
            'policy.name="trim_respond"',
            "hall.fan.ideal=false",
            "run.seed = 12",
            "power.pdu.loss=[0.01, 0, 0, 0]",
        ],
    )
    assert scenario.run.first_weekday == "friday"
    assert scenario.policy.name == "trim_respond"
    assert not scenario.hall.fan.ideal
    assert scenario.power.pdu.loss == [0.01, 0.0, 0.0, 0.0]


def test_undersized_plant_is_a_warning_not_an_error() -> None:
    scenario = load_scenario(
        "dh1-none",
        {
            "plant.chiller.main.rated_kw": 300.0,
            "plant.tower.main.water_kg_s": 10.0,
            "hall.crah.main.count": 4,
            "hall.crah.main.coil.water_kg_s": 18.0,
            "plant.chilled_water_pump.rated_kg_s": 9.0,
            "power.ups.rated_kw": 500.0,
        },
    )
    said = "\n".join(outline(scenario).warnings)
    for word in ("chillers carry", "coils are rated", "towers reject", "recirculate", "pumps", "UPS"):
        assert word in said


def test_keys_that_others_override_are_pointed_out() -> None:
    keys = {"hall.it_rated_kw": 900.0, "power.ups.units": 2}
    said = "\n".join(outline(load_scenario("tblock-qingyuan", keys)).warnings)
    assert "it_rated_kw = 900 is taken" in said
    assert "power.ups is not used" in said
    assert not outline(load_scenario("tblock-qingyuan")).warnings


def models(model: type[BaseModel] = Scenario) -> set[type[BaseModel]]:
    found = {model}
    stack = [field.annotation for field in model.model_fields.values()]
    while stack:
        item = stack.pop()
        stack.extend(getattr(item, "__args__", ()))
        if isinstance(item, type) and issubclass(item, BaseModel) and item not in found:
            found |= models(item)
    return found


def test_every_key_says_what_it_means_and_where_its_default_comes_from() -> None:
    silent, sourceless, unitless = [], [], []
    suffixes = ("_c", "_k", "_kw", "_kg_s", "_pa", "_s", "_h", "_m", "_m3_s", "_m2k_w", "_w_m2", "_days")
    for model in models():
        for name, field in model.model_fields.items():
            where = f"{model.__name__}.{name}"
            extra = field.json_schema_extra
            assert isinstance(extra, dict), where
            if not field.description:
                silent.append(where)
            is_value = not field.is_required() and field.default_factory is None and field.default not in (None, "")
            if is_value and not extra["source"]:
                sourceless.append(where)
            if name.endswith(suffixes) and "frac" not in name and not extra["unit"]:
                unitless.append(where)
    assert not silent
    assert not sourceless
    assert not unitless


def test_json_schema_names_every_key() -> None:
    text = json.dumps(schema_json())
    assert all(json.dumps(path.rsplit(".", 1)[-1]) in text for path in key_paths())
    assert "extends" in schema_json()["properties"]


def test_copies_stand_alone(tmp_path: Path) -> None:
    for name in shipped_names():
        path = tmp_path / "mine.toml"
        path.write_text(copy_of(name, "mine"), encoding="utf-8")
        scenario = load_scenario(path)
        assert scenario.name == "mine"
        original = shipped_path(name)
        assert original
        assert scenario == load_scenario(original).model_copy(update={"name": "mine"})
