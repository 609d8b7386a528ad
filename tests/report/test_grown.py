"""Timeline, lists, water, table, psychrometric chart, evaporative halls: right numbers, no words on words."""

from __future__ import annotations

import re
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.text import Annotation

from twin.channels import MODES
from twin.report import canvas, happenings, psychrometric, timeline, water
from twin.report.answer import answer
from twin.report.data import ReportData
from twin.report.days import days_in_detail
from twin.report.liquid import liquid_temperatures
from twin.report.modes import cooling_modes
from twin.report.period_table import period_table
from twin.report.plan import rack_plan
from twin.report.pue import pue_wet_bulb

YEAR_OF_UNITS = {"step_s": 600, "evaporative": True, "happenings": 40}


@pytest.fixture
def data(make_result):
    """``data(hours=24.0, …)``: what a report reads of a made-up run."""
    with mpl.rc_context(canvas.STYLE):
        yield lambda **wishes: ReportData(make_result(**wishes))


def _cells(table: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", table)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def _no_words_overlap(figure) -> None:
    """No two annotations of a figure lie on each other."""
    figure.draw_without_rendering()
    words = [text for axes in figure.axes for text in axes.texts
             if isinstance(text, Annotation) and text.get_text() not in ("", "■")]
    assert words
    boxes = [(text.get_text(), text.get_window_extent().shrunk(0.98, 0.9)) for text in words]
    overlapping = [(one, other) for (one, box), (other, second) in combinations(boxes, 2) if box.overlaps(second)]
    assert overlapping == []


# --- timeline -----------------------------------------------------------------------------------------------------


def test_an_event_of_an_hour_is_seen_in_a_year(data):
    figure = timeline.timeline(data(**YEAR_OF_UNITS)).figure
    events = figure.axes[1]
    figure.draw_without_rendering()
    widths_px = [path.get_extents().width * events.get_window_extent().width / (365 * 86400)
                 for drawn in events.collections if isinstance(drawn, PatchCollection) for path in drawn.get_paths()]
    assert len(widths_px) == 41
    assert min(widths_px) >= 0.005 * events.get_window_extent().width


@pytest.mark.parametrize("wishes", [
    YEAR_OF_UNITS, {"hours": 240.0, "start_day": 200.0, "happenings": 3}, {"hours": 1.0, "happenings": 1},
    {"hours": 5 * 8760.0, "step_s": 3600, "rows": 1, "happenings": 200}], ids=["year", "days", "hour", "five years"])
def test_words_of_a_timeline_do_not_overlap(data, wishes):
    _no_words_overlap(timeline.timeline(data(**wishes)).figure)


def test_the_timeline_says_how_often(data):
    message = timeline.timeline(data(hours=240.0, start_day=200.0, happenings=3)).message
    assert message == "Over 10 days: 4 events; 1 alarm and 3 warnings"


def test_no_mode_is_the_usual_one_of_a_run_that_two_share(data):
    run = data(**YEAR_OF_UNITS)
    run.mode_fracs = np.array([0.0, 0.0, 0.0, 0.0, 0.48, 0.5, 0.02, 0.0])
    assert timeline.timeline(run).message.startswith("Over the year: wet 50 % and dry 48 %; 41 events")
    run.mode_fracs = np.array([0.0, 0.0, 0.0, 0.0, 0.38, 0.6, 0.02, 0.0])
    assert timeline.timeline(run).message.startswith("Over the year: mostly wet; 41 events")


def test_both_dashed_lines_of_the_liquid_figure_are_named(data):
    figure = liquid_temperatures(data(hours=24.0, start_day=200.0, liquid=True)).figure
    assert {"setpoint", "slow down"} <= {text.get_text() for text in figure.axes[0].texts}
    _no_words_overlap(figure)


def test_days_of_the_timeline_are_full_and_right(data):
    year = data(**YEAR_OF_UNITS)
    axes = timeline.timeline(year).figure.axes[0]
    bands = [drawn for drawn in axes.collections if isinstance(drawn, PatchCollection)]
    areas = [sum(path.get_extents().width * path.get_extents().height for path in band.get_paths()) for band in bands]
    whole = 100.0 * year.clock.duration_s
    assert sum(areas) == pytest.approx(whole, rel=1e-6)
    expected = [frac for frac in year.mode_fracs[[4, 5, 6, 7]] if frac > 0.0]
    np.testing.assert_allclose(np.array(areas) / whole, expected, rtol=1e-6)


def test_one_mode_without_events_has_no_timeline(data):
    assert timeline.timeline(data(hours=168.0, start_day=200.0)) is None


def test_many_targets_are_told_together(data):
    groups = happenings.event_groups(data(**YEAR_OF_UNITS))
    assert [group.label for group in groups] == [
        "Chillers: trip, 3 times", "Towers: trip, 3 times", "Air handlers: trip, 34 times",
        "Sensor fault: hall.supply_c"]
    assert sum(group.count for group in groups) == 41


def test_what_has_no_end_lasts_to_the_end(data):
    run = data(hours=240.0, start_day=200.0, happenings=3)
    sensor = next(group for group in happenings.event_groups(run) if group.label.startswith("Sensor"))
    assert sensor.spans_s == ((run.clock.start_s + 120 * 3600, run.clock.end_s),)


# --- lists --------------------------------------------------------------------------------------------------------


def test_alarms_are_listed_worst_first_with_counts(data):
    groups = happenings.alarm_groups(data(hours=240.0, start_day=200.0, happenings=3))
    assert [group.label for group in groups] == [
        "Inlets above allowable: alarm, once, 30 min, at worst 33.1 °C (limit 32)", "Trip: alarm, once, 30 min",
        "Inlets above recommended: warning, 3 times, 2.0 h, at worst 33.1 °C (limit 27)"]
    assert len(groups[2].spans_s) == 3


def test_no_alarm_is_said_with_the_limits_that_were_watched(data):
    text = happenings.alarm_list(data(hours=24.0, start_day=20.0))
    assert "<p>No alarm.</p>" in text
    assert "recommended 18 … 27 °C, allowable 15 … 32 °C" in text
    assert happenings.event_list(data(hours=24.0, start_day=20.0)) == ""


def test_long_lists_are_folded_and_complete(data):
    text = happenings.event_list(data(**YEAR_OF_UNITS))
    assert text.count("<li>") == 41
    assert "<summary>33 more</summary>" in text
    assert "North-1 tripped &amp; returned after 1 h." in text
    assert "Hall.supply" not in text


# --- water and table ----------------------------------------------------------------------------------------------


def test_water_of_the_periods_adds_up(data):
    run = data(hours=168.0, start_day=85.0, humidifier=True)
    parts = water.period_water_l(run)
    assert list(parts) == ["evaporation", "blow-down and drift", "humidifier"]
    assert sum(litres.sum() for litres in parts.values()) == pytest.approx(run.summary["water_l"], rel=1e-5)
    np.testing.assert_allclose(parts["evaporation"], 3.0 * parts["blow-down and drift"], rtol=1e-5)


def test_a_dry_run_has_no_water(data):
    run = data(hours=168.0, start_day=10.0, evaporative=True)
    assert water.water_by_period(run) is None
    assert "Water" not in period_table(run)


def test_words_of_the_water_figure_do_not_overlap(data):
    picture = water.water_by_period(data(**YEAR_OF_UNITS))
    _no_words_overlap(picture.figure)
    assert picture.message.endswith("of water, 75 % of it evaporated; most in Jul, least in Jan")


def test_the_monthly_table_has_every_column_and_its_rows_add_up(data):
    run = data(**YEAR_OF_UNITS)
    head, *rows = _cells(period_table(run))
    assert head == ["Month", "IT [MWh]", "Facility [MWh]", "PUE", "Cooling [MWh]", "Peak [kW]", "Water [m³]",
                    "WUE [L/kWh]", "Mean inlet [°C]", "Hottest inlet [°C]", "Wet bulb [°C]", "dry [h]", "wet [h]",
                    "wet + DX [h]"]
    assert len(rows) == 13
    numbers = np.array([[float(cell.replace(",", "").replace("−", "-")) for cell in row[1:]] for row in rows])
    summed = [head.index(name) - 1 for name in ("IT [MWh]", "Facility [MWh]", "Cooling [MWh]", "Water [m³]", "wet [h]")]
    np.testing.assert_allclose(numbers[:-1, summed].sum(axis=0), numbers[-1, summed], atol=7.0)
    assert numbers[-1, 2] == pytest.approx(run.metrics["pue"], abs=5e-4)
    assert numbers[-1, 3] * 1e3 == pytest.approx(run.metrics["cooling_energy_kwh"], rel=1e-3)
    assert numbers[-1, -3:].sum() == pytest.approx(8760.0, abs=12.0)


def test_a_short_run_is_told_in_small_units(data):
    table = period_table(data(hours=1 / 6, evaporative=True))
    assert "IT [kWh]" in table
    assert "MWh" not in table


# --- psychrometric chart ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wishes", [
    YEAR_OF_UNITS, {"hours": 480.0, "step_s": 900, "economiser": False, "losses": False}, {"step_s": 300}],
    ids=["units", "one mode", "economiser"])
def test_words_of_the_chart_do_not_overlap(data, wishes):
    _no_words_overlap(psychrometric.psychrometric_chart(data(**wishes)).figure)


def test_the_chart_counts_every_hour_and_names_hours_by_mode(data):
    run = data(**YEAR_OF_UNITS)
    picture = psychrometric.psychrometric_chart(run)
    axes = picture.figure.axes[0]
    assert max(len(drawn.get_offsets()) for drawn in axes.collections) == 8760
    hours = [int(re.sub(r"\D", "", text.get_text())) for text in axes.get_legend().get_texts()]
    assert sum(hours) == pytest.approx(8760, abs=6)
    first, last = map(int, re.findall(r"(\d+) °C", picture.message))
    assert (first, last) == (7, 18)  # the made-up units spray from 8 °C and compress from 18 °C wet bulb


def test_the_recommended_envelope_is_that_of_the_guideline(data):
    temps, humidity = psychrometric._envelope(data(**YEAR_OF_UNITS), "recommended", 101_325.0)
    assert (temps.min(), temps.max()) == (18.0, 27.0)
    assert humidity.min() == pytest.approx(1.74, abs=0.05)  # dew point -9 °C at sea level
    assert humidity.max() == pytest.approx(10.69, abs=0.05)  # dew point 15 °C


# --- evaporative halls and small flaws ----------------------------------------------------------------------------


def test_an_evaporative_hall_is_told_in_its_own_words(data):
    run = data(**YEAR_OF_UNITS)
    free = run.mode_fracs[[4, 5]].sum()
    assert f"outdoor air and spray water alone carried {100 * free:.0f} % of the year" in answer(run)
    said = [picture.message for picture in (pue_wet_bulb(run), cooling_modes(run), *days_in_detail(run))]
    assert not re.search("chiller", " ".join(said))
    assert "the DX units mostly rest" in said[0]
    assert all(f"{MODES[number]} {100 * run.mode_fracs[number]:.0f} %" in said[1] for number in (4, 5, 6))


def test_racks_that_tie_are_said_together(data, make_result):
    run = ReportData(make_result(hours=24.0, start_day=20.0))
    racks = run.manifest["racks"]
    ends = {rack["name"] for rack in racks if int(rack["name"][2:]) in (1, 2, 19, 20)}
    run.rack_inlets = {rack["name"]: (23.2 if rack["name"] in ends else 22.7, 23.5) for rack in racks}
    assert rack_plan(run).message == ("40 racks at row ends are warmest at 23.2 °C on average, 0.5 K above the others; "
                                      "the highest inlet anywhere is 23.5 °C")


def test_both_panels_of_a_rack_plan_are_labelled(data):
    figure = rack_plan(data(hours=24.0, start_day=20.0, rows=4)).figure
    assert [axes.get_xlabel() for axes in figure.axes[:2]] == ["x [m]", "x [m]"]


def test_band_labels_have_the_colour_of_their_band(data):
    from twin.report.palette import USE_COLOURS, USE_NAMES

    figure = days_in_detail(data(hours=24.0, start_day=20.0))[0].figure
    squares = [text.get_color() for text in figure.axes[1].texts if text.get_text() == "■"]
    names = [text.get_text() for text in figure.axes[1].texts if text.get_text() != "■"]
    assert squares == [USE_COLOURS[next(use for use, words in USE_NAMES.items() if words == name)] for name in names]


def test_years_stand_beside_months_only_where_they_change():
    assert canvas.tick_labels(["Nov y1", "Dec y1", "Jan y2", "Feb y2"]) == ["Nov", "Dec", "Jan y2", "Feb"]
    assert canvas.tick_labels(["Jan", "Feb"]) == ["Jan", "Feb"]
    assert canvas.tick_labels(["31 Dec", "1 Jan", "00:00"]) == ["31 Dec", "1 Jan", "00:00"]


def test_months_of_two_years_do_not_lie_on_each_other(data):
    figure = cooling_modes(data(step_s=3600, evaporative=True, hours=2.0 * 8760.0)).figure
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert len(boxes) >= 6
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_units_without_spray_and_trim_claim_neither(data):
    run = data(**YEAR_OF_UNITS)
    run.scenario = {"hall": {"iec": {"cooling": {}}}}
    assert "carried" not in answer(run)
    assert not any("DX" in picture.message for picture in days_in_detail(run))
    run.scenario = {"hall": {"iec": {"cooling": {"dx": {}}}}}
    run.summary["water_l"] = 0.0
    assert "outdoor air alone carried" in answer(run)


def test_a_long_hall_is_drawn_deep_enough_to_be_seen(data):
    run = data(hours=24.0, start_day=20.0)
    for place, rack in enumerate(run.manifest["racks"]):
        rack["x_m"], rack["y_m"] = 4.0 * (place // 2), 2.0 * (place % 2)
    picture = rack_plan(run)
    picture.figure.draw_without_rendering()
    assert all(axes.get_window_extent().height > 60.0 for axes in picture.figure.axes[:2])
    assert "Not to scale" in picture.note


@pytest.mark.parametrize(("target", "coarse", "says"), [
    ("hall.iec", False, "All evaporative units: trip"), ("hall.iec", True, "Evaporative units: trip"),
    ("hall.crah", False, "All air handlers: trip"), ("plant.chiller", False, "All chillers: trip"),
    ("plant.chilled_water_pump", False, "Chilled water pump: trip"),
    ("hall.iec.cooling-1", False, "Evaporative unit cooling-1: trip"),
    ("hall.humidity", False, "Humidity: trip"),
])
def test_rows_of_events_are_named_in_words(target, coarse, says):
    assert happenings._event_words("trip", target, coarse=coarse) == says


def test_minutes_without_power_are_no_free_cooling(data):
    run = data(**YEAR_OF_UNITS)
    run.mode_fracs = np.array([0.0, 0.0, 0.0, 0.0, 0.002, 0.0, 0.998, 0.0])
    assert "the DX units hardly rested" in answer(run)
    run.mode_fracs = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    assert "the DX units never rested" in answer(run)
