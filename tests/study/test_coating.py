"""Coatings of a small hut in July: nothing is nothing, physics sets the order, claims and errors are said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from study_rig import days_of

import twin
from twin.errors import InputError
from twin.report.coating_figures import draw_climates
from twin.scenario.coatings import find_coating
from twin.scenario.read import load_scenario
from twin.study.cases import World
from twin.study.coating import Coatings, coating
from twin.study.coating_gain import Prices, changes_of, distinct
from twin.study.coating_plan import SHIFT, CoatingRequest, site_plan
from twin.study.coating_site import BELOW_ERROR
from twin.study.coating_sky import claim_lines, read_claims, site_sky
from twin.study.coating_views import site_views
from twin.study.one_run import Run

HUT = "edge-hall"
JULY: dict[str, Any] = {
    "days": 2, "start_day": 195, "seeds": 1, "draws": 0, "jobs": 1,
    "overrides": {"run.step_s": 300, "run.control_interval_s": 1800},
}
PRICES = Prices(0.1, 10.0, 3.0)


ASKED: dict[str, Any] = {
    **JULY, "coatings": ["baso4-paint", "white-cool-roof", "black-membrane", "bare"], "ages_years": [0.0, 3.0],
    "baseline": "bare", "claims": ["paint=150", 400], "draws": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("july")


@pytest.fixture(scope="module")
def july(folder: Path) -> Coatings:
    """Four surfaces on the hut, new and three years old, beside warmer supply air."""
    return twin.coating(HUT, out=folder, **ASKED)


def by_label(found: Coatings) -> dict[str, Any]:
    return {gain.label: gain for gain in found.sites[0].gains}


def test_bare_against_bare_is_exactly_zero(july: Coatings) -> None:
    gain = by_label(july)["bare"]
    assert gain.word == "identical"
    for name, change in gain.changes.items():
        assert change.value == 0.0, name
        assert change.low in {0.0, None}
        assert change.high in {0.0, None}
    assert "exactly as the baseline" in gain.sentence


def test_order_follows_physics(july: Coatings) -> None:
    """The more sun a clean roof reflects, the less energy; dirt takes some of it away; black costs."""
    kwh = {label: gain.changes["kwh"].value for label, gain in by_label(july).items()}
    assert kwh["baso4-paint (new)"] < kwh["white-cool-roof (new)"] < 0.0 < kwh["black-membrane (new)"]
    assert kwh["baso4-paint (new)"] < kwh["baso4-paint (3 years)"] < 0.0
    gains = july.sites[0].gains
    assert [gain.changes["kwh"].value for gain in gains] == sorted(kwh.values())
    assert gains[0].label == "baso4-paint (new)"
    assert gains[0].word == "saves"
    assert by_label(july)["plant.supply_air_temp_c=23.0"].treatment.kind == "setpoint"
    for gain in gains:  # carbon is energy times a factor; a hut with DX units takes no water
        assert gain.changes["carbon_kg"].value == pytest.approx(0.386 * gain.changes["kwh"].value, abs=1e-9)
        assert gain.changes["water_l"].value == 0.0
    assert gains[0].changes["peak_kw"].value < 0.0


def test_change_of_pue_is_that_of_the_two_runs(july: Coatings) -> None:
    site = july.sites[0]
    place = next(i for i, side in enumerate(site.site.plan.sides) if side.label == "baso4-paint (new)")
    base, own = site.runs[0].days, site.runs[place].days
    direct = own.total("total_kwh") / own.total("it_kwh") - base.total("total_kwh") / base.total("it_kwh")
    gain = by_label(july)["baso4-paint (new)"]
    assert gain.changes["pue"].value == pytest.approx(direct, rel=1e-9)
    assert len(gain.changes["pue"].band) == 1
    assert gain.changes["pue"].low <= direct <= gain.changes["pue"].high
    scenario = site.site.plan.sides[place].scenarios[0]
    result = twin.run(scenario)
    assert own.total("total_kwh") / (own.total("it_kwh") - own.total("server_fan_kwh")) == pytest.approx(
        result.summary["metrics"]["tue"], rel=1e-6)


def test_claims_above_the_bound_are_flagged(july: Coatings) -> None:
    paint, wild = july.sites[0].claims
    assert "paint is claimed to cool by 150 W/m²" in paint
    assert "As a mean it is impossible" in paint
    assert wild.startswith("CLAIM ABOVE THE BOUND: A coating is claimed to cool by 400 W/m²")
    sky = site_sky(load_scenario(HUT))
    (line,) = claim_lines(sky, read_claims(["10"])[0])
    assert line.startswith("Claim within the bound")
    for name in ("baso4-paint", "hafnia-silica-mirror", "glass-polymer-silver"):
        power = sky.power_w_m2(find_coating(name, {}).new_optics())
        assert np.all(power <= sky.bound_w_m2 + 1e-9)


def test_read_again(july: Coatings, folder: Path) -> None:
    """What is stored is read and gives the same to the last digit; the report stands beside it."""
    site = july.sites[0]
    again = coating(HUT, out=folder, resume=True, **ASKED)
    assert all(run.reread for run in again.sites[0].runs)
    assert again.sites[0].data == site.data
    page = again.to_html(folder).read_text("utf-8")
    for name in ("coating_ranking_1", "coating_power_1", "coating_day_1"):
        assert f'id="{name}"' in page
        assert (folder / "figures" / f"{name}.png").stat().st_size > 5000
    view = site_views(site.site, site.runs, site.gains, site.notes, site.claims)
    assert view.design_day is not None
    roof = view.design_day.lines
    assert roof["baso4-paint (new)"].max() < roof["bare"].max() - 5.0
    (climates,) = draw_climates([view, view])
    assert climates[0].name == "coating_climates"
    with pytest.raises(InputError, match="is not empty"):
        coating(HUT, out=folder, **ASKED)


def test_a_dense_hall_gains_nothing_that_can_be_claimed() -> None:
    found = coating("tblock-qingyuan-coated", coatings=["baso4-paint"], ages_years=[0.0], vary=(), **JULY)
    (gain,) = found.sites[0].gains
    assert gain.word == "below model error"
    assert BELOW_ERROR in found.verdict
    assert BELOW_ERROR == "below the model's own error: no effect can be claimed"
    assert found.sites[0].site.surfaces == ("roof", "wall")
    assert found.sites[0].site.plan.sides[0].label == "bare"


# --- plans and figures without a run ------------------------------------------------------------------


def test_baseline_and_surfaces_follow_the_scenario() -> None:
    hut = site_plan(HUT, CoatingRequest(days=2))
    assert hut.plan.sides[0].label == "galvanised-steel (3 years)"
    assert hut.surfaces == ("roof", "wall")
    assert hut.area_m2 == pytest.approx(9 * 4 + 2 * (9 + 4) * 3)
    hall = site_plan("chilled-water-greensboro", CoatingRequest(days=2))
    assert (hall.plan.sides[0].label, hall.surfaces) == ("bare", ("roof",))
    assert [t.kind for t in hall.treatments].count("coating") == 12
    assert len({world.year for world in hall.plan.worlds if world.draw == 0}) == 10  # ten seeds, ten years of weather


def test_only_what_is_painted_counts() -> None:
    """Of the roof of 600 m² under 350 m² of panels, 250 m²; all of it where they stand beside the hall."""
    assert site_plan("sky-panels", CoatingRequest(days=2)).area_m2 == pytest.approx(250.0)
    beside = site_plan("sky-panels", CoatingRequest(days=2, overrides=["plant.sky_panels.on_roof=false"]))
    assert beside.area_m2 == pytest.approx(600.0)


def test_reflectance_is_drawn_for_coatings_alone() -> None:
    site = site_plan(HUT, CoatingRequest(["white-cool-roof"], [1.0], days=2, draws=2))
    assert site.plan.uncertain[0].key == SHIFT
    base, own = site.plan.sides[:2]
    for number, draw in enumerate(site.plan.draws, 1):
        assert base.scenarios[number].envelope.coatings == {}
        changed = own.scenarios[number].envelope.coatings["white-cool-roof"]
        library = find_coating("white-cool-roof", {})
        assert changed.solar_reflectance_frac == pytest.approx(library.solar_reflectance_frac + draw[SHIFT])
        for side in (base, own):
            assert side.scenarios[number].envelope.roof.r_m2k_w == draw["envelope.roof.r_m2k_w"]


def made_up(kwh: list[float]) -> Run:
    count = len(kwh)
    days = days_of({"total_kwh": kwh, "it_kwh": np.full(count, 100.0), "server_fan_kwh": np.full(count, 5.0)})
    days.traces.update({name: np.zeros(0, np.float32) for name in ("weather.dry_bulb_c", "power.facility_kw")})
    return Run({"status": "done", "message": "", "fell_back": [], "counts": {}, "cpu_s": 0.0}, days)


def test_repeated_worlds_count_once() -> None:
    base, own = made_up([150.0, 152.0, 149.0]), made_up([149.0, 150.0, 149.0])
    one = [(World("s1-y1", 1, None, 0), base, own)]
    assert len(distinct(one * 5)) == 1
    assert changes_of(one * 5, PRICES)["kwh"] == changes_of(one, PRICES)["kwh"]
    found = changes_of(one, PRICES)
    assert found["kwh"].value == pytest.approx(-3.0)
    assert found["pue"].value == pytest.approx(-0.01)
    assert found["tue"].value == pytest.approx(-3.0 / 285.0)
    assert found["money"].value == pytest.approx(-0.3)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"coatings": ["baso4-pant"]}, "did you mean 'baso4-paint'?"),
        ({"coatings": ["zzz"]}, "known: "),
        ({"baseline": "zzz"}, "--baseline zzz"),
        ({"ages_years": [-1.0]}, "must lie in 0 … 30 years outdoors"),
        ({"ages_years": []}, "is empty"),
        ({"surface": "floor"}, "must be roof, wall, both or outdoors"),
        ({"vary": ["plant.supply_air_temp_c"]}, "is not a list of values"),
        ({"vary": ["plant.supply_air_temp_k=3"]}, "plant.supply_air_temp_k"),
        ({"claims": ["much"]}, "is not a power"),
        ({"claims": [-5]}, "must lie in 0 … 1000"),
        ({"cost_per_m2": -1.0}, "must lie in 0 … 1000000"),
        ({"days": 1}, "an interval needs two days"),
        ({"seeds": 0}, "--seeds 0"),
        ({"uncertain": ["a=1"], "draws": 2}, "is not a range"),
        ({"uncertain": ["coating.reflectance_shift=-2:0"]}, "both ends must lie in -1 … 1"),
        ({"uncertain": ["coating.reflectance_shift=0:2"]}, "both ends must lie in -1 … 1"),
        ({"uncertain": ["envelope.roof.r_m2k_w=-1:1"]}, "envelope.roof.r_m2k_w=-1:1   its low end, -1: must"),
        ({"uncertain": ["envelope.roof.r_m2k_w=1:1000"]}, "envelope.roof.r_m2k_w=1:1000   its high end, 1000: must"),
        ({"uncertain": ["run.seed=1:9"]}, "use --seeds N"),
        ({"vary": ["run.start_day=10,20"]}, "--vary run.start_day"),
        ({"start_day": 365.0}, "--start-day 365"),
        ({"uncertain": ["envelope.roof.nonsense=1:2"]}, "envelope.roof.nonsense"),
    ],
)
def test_wrong_requests(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match="twin coating: ") as caught:
        coating(HUT, **{**JULY, **asked})
    assert says in str(caught.value)
    with pytest.raises(InputError, match="is there twice"):
        coating(HUT, HUT, **JULY)
