"""The way of the heat: plain names, kW in every box that channels tell, waters that pass on what they get."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from twin.report import canvas
from twin.report.data import ReportData
from twin.report.heat import heat_balance
from twin.report.heat_paths import heat_path_diagram

DAY = {"hours": 24.0, "start_day": 200.0, "liquid": True}


@pytest.fixture
def run(make_result):
    """A liquid-cooled day as a report reads it; channels are those of this test only."""
    with mpl.rc_context(canvas.STYLE):
        data = ReportData(make_result(**DAY))
        made = {"crah.coil_kw": 300.0, "liquid.heat_kw": 500.0, "plant.economiser_kw": 100.0, "plant.chiller_kw": 40.0,
                "plant.chiller_load_kw": 190.0, "plant.thermosyphon_kw": 120.0, "plant.store_kw": 10.0}
        read = data.column
        data.column = lambda name: read(name) * 0.0 + made[name] if name in made else read(name)
        yield data


def test_boxes_have_plain_names_and_kilowatts(run):
    picture = heat_path_diagram(run)
    figure = picture.figure
    words = {text.get_text().replace("\n", " ") for text in figure.axes[0].texts}
    assert {"air handlers", "coolant units", "chilled water", "water-side economiser", "chillers", "water tank",
            "towers cold", "towers warm", "outdoors"} <= words
    assert not any("_" in text or "." in text or "crah" in text for text in words)
    for said in ("air handlers (300 kW)", "chilled water (300 kW)", "water-side economiser (100 kW)",
                 "chillers (190 kW) to condenser water", "water tank (10 kW)", "facility water (500 kW)",
                 "condenser water (330 kW)", "towers: cold (330 kW) to outdoors", "towers: warm (380 kW) to outdoors"):
        assert said in picture.alt
    assert picture.message == ("On average 800 kW of heat go from the hall outdoors, by towers (warm), towers (cold) "
                               "and thermosyphon cooler")


def test_groups_that_stand_alike_are_one_box(run):
    run.manifest["connections"] = {
        "hall.crah.north": ["plant.chilled_water"], "hall.crah.south": ["plant.chilled_water"],
        "plant.chilled_water": ["plant.chiller.a", "plant.chiller.b"], "plant.chiller.a": ["outdoors"],
        "plant.chiller.b": ["outdoors"]}
    picture = heat_path_diagram(run)
    assert "air handlers (300 kW) to chilled water; chilled water (300 kW) to chillers; chillers (190" in picture.alt
    assert "north" not in picture.alt


def test_a_split_that_no_channel_tells_has_no_number(run):
    run.manifest["connections"] = {
        "hall.liquid.cdu.a": ["plant.facility_water"], "hall.liquid.cdu.b": ["plant.chilled_water"],
        "plant.facility_water": ["plant.tower.warm"], "plant.tower.warm": ["outdoors"],
        "plant.chilled_water": ["plant.chiller.main"], "plant.chiller.main": ["outdoors"]}
    picture = heat_path_diagram(run)
    assert "coolant units: a to facility water" in picture.alt
    assert "chillers (190 kW)" in picture.alt
    assert picture.message.startswith("From the hall to outdoors: 6 kinds")


def test_panels_count_what_their_tank_takes_from_the_water(run):
    run.manifest["connections"] = {
        "hall.crah.a": ["plant.chilled_water"], "plant.chilled_water": ["plant.sky_panels", "plant.chiller.a"],
        "plant.sky_panels": ["outdoors"], "plant.chiller.a": ["outdoors"]}
    read, has = run.column, run.has
    made = {"plant.sky_panels_kw": 60.0, "plant.sky_tank_kw": 25.0}
    run.column = lambda name: read("crah.coil_kw") * 0.0 + made[name] if name in made else read(name)
    run.has = lambda name: name in made or has(name)
    picture = heat_path_diagram(run)
    assert "sky panels with tank (85 kW) to outdoors" in picture.alt
    run.has = has
    made["plant.sky_tank_kw"] = 0.0
    run.has = lambda name: name == "plant.sky_panels_kw" or has(name)
    assert "sky panels (60 kW) to outdoors" in heat_path_diagram(run).alt


def test_names_stay_inside_their_boxes(run):
    figure = heat_path_diagram(run).figure
    figure.draw_without_rendering()
    axes = figure.axes[0]
    boxes = [patch.get_window_extent() for patch in axes.patches]
    for text in axes.texts:
        if text.get_text():
            extent = text.get_window_extent()
            assert any(box.x0 <= extent.x0 and extent.x1 <= box.x1 and box.y0 <= extent.y0 and extent.y1 <= box.y1
                       for box in boxes), text.get_text()


def test_the_balance_says_whose_heat_and_what_compressors_have_to_do_with_it(run):
    assert heat_balance(run).message == ("Of the hall's 19.2 MWh of heat 62 % goes into coolant; 87 % of it needs no "
                                         "compressors")
