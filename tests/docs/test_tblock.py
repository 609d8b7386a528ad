"""The command that writes the T-Block tables: what it runs, what it adds up, where it writes."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from twin.channels import MODES
from twin.scenario.read import load_scenario
from twin.weather.climate import climates

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tblock() -> ModuleType:
    """docs/tblock.py as a module (docs is no package)."""
    spec = importlib.util.spec_from_file_location("tblock", ROOT / "docs" / "tblock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tblock"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def year(module: ModuleType, climate: str, seed: int, pue: float, **changed: Any) -> Any:
    mode_h = [0.0] * len(MODES)
    mode_h[MODES.index("dry")], mode_h[MODES.index("wet + DX")] = 8000.0 + seed, 760.0 - seed
    values: dict[str, Any] = {
        "scenario": f"tblock-{climate}", "climate": climate, "seed": seed, "pue": pue,
        "facility_kwh": 1e6 * pue, "wue_l_per_kwh": 0.5,
        "it_load_frac": 0.6, "mode_h": tuple(mode_h), "mechanical_frac": 0.025, "over_recommended_h": 4.0 * seed,
        "inlet_max_c": 26.0 + seed, "uses": dict.fromkeys(module.USES, 0.0) | {"hall fans": pue - 1.0},
    }
    return module.Year(**(values | changed))


def test_every_climate_every_seed_and_every_variant(tblock: ModuleType) -> None:
    tables = tblock.to_do(tblock.arguments([]))
    assert len(set(tables["places"])) == 50
    assert {case.seed for case in tables["places"] if case.scenario == "tblock-tianjin"} == set(range(1, 11))
    assert [case.climate for case in tables["climates"]] == list(climates())
    assert len(set(tables["otherwise"])) == len(tblock.OTHERWISE)
    # The first seed of the same hall serves three tables.
    assert tables["otherwise"][0] == tables["places"][0]
    assert tables["otherwise"][0] in tables["climates"]
    quick = tblock.to_do(tblock.arguments(["--quick", "--scenario", "other", "--places", "tianjin", "--climates"]))
    assert [(case.scenario, case.seed) for case in quick["places"]] == [("other", 1), ("other", 2)]
    assert dict(quick["places"][0].changes)["run.duration_days"] == 2
    assert quick["climates"] == quick["otherwise"] == []


def test_every_variant_is_a_sound_scenario(tblock: ModuleType) -> None:
    base = load_scenario(tblock.SAME_HALL)
    for name, changes in tblock.OTHERWISE.items():
        assert (load_scenario(tblock.SAME_HALL, dict(changes)) == base) == (name == "as it ships")
    dry = load_scenario(tblock.SAME_HALL, dict(tblock.OTHERWISE["no spray water"]))
    assert dry.hall.iec["cooling"].spray is None


def test_variants_are_set_against_the_hall_as_it_ships(tblock: ModuleType) -> None:
    years = [year(tblock, "qingyuan", 1, 1.1 + 0.01 * i) for i in range(len(tblock.OTHERWISE))]
    rows = tblock.otherwise(years).splitlines()[2:]
    assert rows[0].startswith("| as it ships | 1.100 | – | 60% | 0.50 | 2.5% |")
    assert rows[2].startswith("| smaller plates: 0.55 dry, 0.65 wet | 1.120 | +0.020 |")


def test_places_with_their_spread(tblock: ModuleType) -> None:
    years = [year(tblock, "tianjin", 1, 1.10), year(tblock, "tianjin", 2, 1.14), year(tblock, "huailai", 1, 1.08)]
    head, _, *rows = tblock.by_place(years).splitlines()
    assert "h dry | h wet + DX |" in head
    assert "h wet |" not in head  # a mode that never occurs is no column
    spread = "1.1000 … 1.1400 | 0.0283"
    assert rows[0] == f"| tianjin | **1.120** | {spread} | 0.50 | 8,002 | 758 | 2.5% | 6 | 28.0 |"
    assert rows[1].startswith("| huailai | **1.080** | 1.0800 … 1.0800 | – |")
    assert "| tianjin | 1.120 | 1.1000 … 1.1400 | 0.50 | 2.5% |" in tblock.short(years)
    assert "| tianjin | 60% | 0.1200 | 0.0000 |" in tblock.by_use(years)


def test_climates_by_pue(tblock: ModuleType) -> None:
    years = [year(tblock, "singapore", 1, 1.25), year(tblock, "lulea", 1, 1.07)]
    assert [row.split("|")[1].strip() for row in tblock.by_climate(years).splitlines()[2:]] == ["lulea", "singapore"]


def test_a_section_is_replaced_and_nothing_else(tblock: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- a -->\nold\n<!-- /a -->\nbelow \\1\n", encoding="utf-8")
    tblock.fill(page, "a", "new \\1\n")
    assert page.read_text("utf-8") == "above\n<!-- a -->\nnew \\1\n<!-- /a -->\nbelow \\1\n"
    with pytest.raises(SystemExit, match=r"page\.md has no section b"):
        tblock.fill(page, "b", "new")


def test_the_pages_have_the_sections(tblock: ModuleType) -> None:
    page, readme = tblock.PAGE.read_text("utf-8"), tblock.README.read_text("utf-8")
    for name in ("places", "uses", "climates", "otherwise"):
        assert f"<!-- {name} -->" in page
        assert f"<!-- /{name} -->" in page
    assert "<!-- tblock -->" in readme


def test_only_the_whole_of_it_is_written(tblock: ModuleType) -> None:
    assert tblock.arguments([]).write
    for words in (["--quick"], ["--scenario", "x"], ["--places", "tianjin"], ["--climates"]):
        assert not tblock.arguments(words).write
    for words in (["--seeds", "-1"], ["--workers", "0"], ["--places", "atlantis"]):
        with pytest.raises(SystemExit):
            tblock.arguments(words)


def test_it_runs(
    tblock: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From runs to pages, with a hall that ships: days instead of years, but the same way."""
    for name in ("PAGE", "README", "RECORD"):
        monkeypatch.setattr(tblock, name, tmp_path / name)
    monkeypatch.setattr(tblock, "PLACES", ("guiyang",))
    monkeypatch.setattr(tblock, "QUICK", {"run.start_day": 120, "run.duration_days": 0.25, "run.step_s": 300})
    sections = "".join(f"<!-- {name} --><!-- /{name} -->" for name in ("places", "uses", "climates", "tblock"))
    tblock.PAGE.write_text(sections, encoding="utf-8")
    tblock.README.write_text(sections, encoding="utf-8")
    words = ["--scenario", "chilled-water-greensboro", "--quick", "--workers", "1", "--climates", "guiyang", "lulea"]
    given = tblock.arguments([*words, "--places", "guiyang"])
    given.write = True
    monkeypatch.setattr(tblock, "arguments", lambda _: given)
    tblock.main()
    years = json.loads(tblock.RECORD.read_text("utf-8"))
    assert [(y["climate"], y["seed"]) for y in years] == [("guiyang", 1), ("guiyang", 2), ("lulea", 1)]
    assert years[0]["pue"] != years[1]["pue"]  # another seed is another year
    for one in years:
        assert sum(one["uses"].values()) == pytest.approx(one["pue"] - 1.0, abs=1e-6)
        assert sum(one["mode_h"]) == pytest.approx(6.0)
        assert 0.0 <= one["mechanical_frac"] <= 1.0
    page = tblock.PAGE.read_text("utf-8")
    assert page.count("| guiyang |") == 3
    assert page.count("| lulea |") == 1
    assert "seeds 1 … 2" in page
    assert tblock.README.read_text("utf-8").count("| guiyang |") == 1
    assert capsys.readouterr().out.count("| guiyang |") == 3


def test_unknown_scenario_is_one_sentence(tblock: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no such file, nor a shipped scenario"):
        tblock.main(["--scenario", "atlantis", "--quick", "--workers", "1", "--places", "tianjin", "--climates"])
