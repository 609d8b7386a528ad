"""Reports of long, short, steady and plain runs: complete, self-contained, and without a warning."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest

from twin.report import write_report

ALWAYS = {"energy_breakdown", "inlet_compliance", "rack_plan"}
DAY = {*ALWAYS, "pue_over_time", "pue_duration", "water", "psychrometric", "detail"}
SUMMER = {*DAY, "pue_wet_bulb", "hot_day", "cold_day"} - {"detail"}
YEAR = {*SUMMER, "cooling_modes", "timeline"}
HEAT = {"heat_balance", "heat_paths", "liquid_temperatures"}

# What a run is like, and the figures it gets.
RUNS = {
    "year": ({"step_s": 300}, YEAR),
    "three years": ({"hours": 3 * 8760.0, "step_s": 900, "rows": 1}, YEAR),
    "five years": ({"hours": 5 * 8760.0, "step_s": 3600, "rows": 1}, YEAR),
    "plain plant": ({"hours": 480.0, "step_s": 900, "economiser": False, "losses": False}, SUMMER),
    "evaporative": ({"step_s": 600, "evaporative": True, "happenings": 40}, YEAR),
    "evaporative winter week": ({"hours": 168.0, "start_day": 10.0, "evaporative": True},
                                SUMMER - {"water"}),
    "events": ({"hours": 240.0, "start_day": 200.0, "happenings": 3}, {*SUMMER, "timeline"}),
    "week": ({"hours": 168.0, "start_day": 85.0, "humidifier": True}, YEAR),
    "summer week": ({"hours": 168.0, "start_day": 200.0}, SUMMER),
    "day": ({"hours": 24.0, "start_day": 20.0}, DAY),
    "odd hours": ({"hours": 31.5, "start_day": 20.0 + 5 / 24, "happenings": 1}, {*DAY, "timeline"}),
    "hour": ({"hours": 1.0}, {*ALWAYS, "pue_over_time", "detail"}),
    "hour with an event": ({"hours": 1.0, "happenings": 1}, {*ALWAYS, "pue_over_time", "detail", "timeline"}),
    "ten minutes": ({"hours": 1 / 6, "evaporative": True}, {*ALWAYS, "pue_over_time", "detail"}),
    "one step": ({"hours": 1 / 60}, ALWAYS),
    "steady": ({"hours": 240.0, "constant": True, "economiser": False}, {*ALWAYS, "pue_over_time", "water", "detail"}),
    "one rack": ({"hours": 48.0, "rows": 1, "racks_per_row": 1},
                 {*DAY, "hot_day", "cold_day", "cooling_modes", "timeline"} - {"rack_plan", "detail"}),
    "no places": ({"hours": 30.0, "placed": False, "step_s": 900}, DAY),
    "liquid": ({"step_s": 600, "liquid": True}, {*YEAR, *HEAT}),
    "liquid day": ({"hours": 24.0, "start_day": 200.0, "liquid": True}, {*DAY, *HEAT}),
    "liquid step": ({"hours": 1 / 60, "liquid": True}, {*ALWAYS, *HEAT} - {"liquid_temperatures"}),
    "coated roof": ({"hours": 168.0, "start_day": 200.0, "roof": "coated"}, {*SUMMER, "roof_and_sky"}),
    "shell": ({"hours": 24.0, "start_day": 20.0, "roof": "shell"}, {*DAY, "roof_and_sky"}),
    "sky panels": ({"step_s": 600, "roof": "panels"}, {*YEAR, "roof_and_sky"}),
    "coated step": ({"hours": 1 / 60, "roof": "coated"}, ALWAYS),
    "over the new year": ({"hours": 240.0, "start_day": 360.0}, YEAR),
}


class Reader(HTMLParser):
    """Images, references and open tags of a page."""

    VOID = frozenset({"meta", "img", "br", "hr", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.references: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "img":
            self.images.append(found)
        self.references += [str(found[key]) for key in ("src", "href") if key in found]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("kind", RUNS)
def test_each_run_gets_its_figures_and_a_sound_page(kind, make_result, tmp_path):
    wishes, expected = RUNS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = write_report(make_result(**wishes), tmp_path)
    assert path == tmp_path / "report.html"
    text = path.read_text(encoding="utf-8")
    assert {file.stem for file in (tmp_path / "figures").iterdir()} == expected
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    assert len(reader.images) == len(expected)
    assert all(image["src"].startswith("data:image/png;base64,") and len(image["alt"]) > 40 for image in reader.images)
    assert all(reference.startswith("data:") for reference in reader.references)
    assert not re.search(r"\b(nan|inf)\b", re.sub(r"base64,[^\"]*", "", text), flags=re.IGNORECASE)
    assert not list(tmp_path.glob("*.part"))


@pytest.fixture(scope="module")
def year_page(make_result, tmp_path_factory):
    """Folder of the report of a year."""
    return write_report(make_result(step_s=300), tmp_path_factory.mktemp("year")).parent


@pytest.fixture(scope="module")
def hour_text(make_result, tmp_path_factory):
    """Text of the report of an hour."""
    return write_report(make_result(hours=1.0), tmp_path_factory.mktemp("hour")).read_text(encoding="utf-8")


def test_figures_show_something_and_are_sharp(year_page):
    from matplotlib.image import imread

    for file in (year_page / "figures").iterdir():
        pixels = imread(file)
        assert pixels.shape[1] >= 150 * 6
        coloured = np.ptp(pixels[..., :3], axis=2) > 0.2
        assert coloured.mean() > 0.001, file.name


def test_the_answer_opens_the_page(make_result, year_page):
    text = (year_page / "report.html").read_text(encoding="utf-8")
    heading = re.search(r"<h1>(.*?)</h1>", text).group(1)
    assert "27\u00a0°C" in heading  # never a line that begins with °C
    heading = heading.replace("\u00a0", " ")
    assert f"a PUE of {make_result(step_s=300).metrics['pue']:.3f}" in heading
    assert "no rack drew air above 27 °C" in heading
    assert len(re.findall(r'<span class="v">', text)) == 5


def test_warm_inlets_are_said(make_result, tmp_path):
    result = make_result(hours=168.0, start_day=85.0, warm=True)
    text = write_report(result, tmp_path).read_text(encoding="utf-8")
    assert "The hottest inlet is above the recommended 27 °C for 168 h" in text


def test_words_from_the_scenario_are_escaped(hour_text):
    assert "hall &lt;for tests&gt; &amp; looks" in hour_text
    assert "<for tests>" not in hour_text


def test_warnings_assumptions_closure_and_manifest_are_shown(hour_text):
    for words in ("outside their box for 41 h", "rack mass: assumed", "energy 3.1e-13", "interim values", "0" * 64,
                  "numpy " + np.__version__, "--seed 1"):
        assert words in hour_text


def test_a_path_to_a_file_is_taken_as_it_is(make_result, tmp_path):
    path = write_report(make_result(hours=1.0), tmp_path / "deep" / "mine.html")
    assert path.name == "mine.html"
    assert (tmp_path / "deep" / "figures").is_dir()


def test_equal_runs_give_equal_reports(make_result, tmp_path):
    result = make_result(hours=1.0)
    first, second = (write_report(result, tmp_path / name).read_bytes() for name in "ab")
    assert first == second


def test_a_folder_that_cannot_be_made_keeps_what_was_there(make_result, tmp_path):
    path = write_report(make_result(hours=1.0), tmp_path)
    before = path.read_bytes()
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(OSError, match="blocked"):
        write_report(make_result(hours=1.0), blocked)
    assert path.read_bytes() == before


def test_importing_the_room_does_not_import_matplotlib():
    code = "import sys, twin.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_liquid_cooled_year_says_where_its_heat_goes(make_result, tmp_path):
    text = write_report(make_result(step_s=600, liquid=True), tmp_path).read_text(encoding="utf-8")
    text = text.replace("\u00a0", " ")
    assert "87 % of the heat left without compressors" in text
    assert "of heat 63 % goes into coolant; 87 % of it needs no compressors" in text
    assert "How the heat leaves" in text
    assert "K below where it would slow down" in text
    assert "ERE 1.020" in text


def test_every_component_of_every_shipped_plant_has_a_place_of_its_own():
    from twin.report.heat_paths import component_places
    from twin.scenario.connections import heat_paths
    from twin.scenario.read import load_scenario
    from twin.scenario.shipped import shipped_names

    for name in shipped_names():
        scenario = load_scenario(name)
        arrows = {path: list(to) for path, to in heat_paths(scenario.hall, scenario.plant).arrows.items()}
        places = component_places(arrows)
        assert set(places) == set(arrows)
        assert len(set(places.values())) == len(places), name
        for path, targets in arrows.items():
            for target in targets:
                if target in places and path not in arrows[target]:
                    assert places[target][0] > places[path][0], (path, target)
        sinks = [places[path][1] for path, targets in arrows.items() if targets == ["outdoors"]]
        assert len(set(sinks)) == len(sinks), name  # arrows to outdoors meet no other sink
