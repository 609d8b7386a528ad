"""The picture of roof and sky: where it stands, what it says, no words on words."""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.text import Annotation

from twin.report import canvas
from twin.report.data import ReportData
from twin.report.roof import roof_and_sky

WEEK = {"hours": 168.0, "start_day": 200.0}


@pytest.fixture
def drawn(make_result):
    """``drawn(hours=24.0, …)``: the run as a report reads it, and its picture."""
    with mpl.rc_context(canvas.STYLE):
        def draw(**wishes):
            data = ReportData(make_result(**wishes))
            return data, roof_and_sky(data)

        yield draw


def _words(axes) -> list[str]:
    return sorted(text.get_text() for text in axes.texts if text.get_text())


@pytest.mark.parametrize("wishes", [{}, {"roof": "coated", "hours": 1 / 60}])
def test_an_ordinary_tight_roof_and_a_single_step_have_none(drawn, wishes):
    assert drawn(**{**WEEK, **wishes})[1] is None


def test_a_coated_roof_is_beside_the_air_with_the_sign_of_its_heat(drawn):
    data, picture = drawn(roof="coated", **WEEK)
    upper, middle, lower = picture.figure.axes
    assert _words(upper) == ["outdoor air", "roof", "sky"]
    assert _words(lower) == ["into the hall"]
    labels = [axes.get_ylabel() for axes in (upper, middle, lower)]
    assert labels == ["temperature [°C]", "sun, level\n[W/m²]", "heat [kW]"]
    day = max(data.whole_days, key=lambda day: data.column("weather.dry_bulb_c")[day.first:day.last].mean())
    roof, air, gain = (data.column(name)[day.first:day.last] for name in
                       ("envelope.roof_outer_c", "weather.dry_bulb_c", "envelope.gain_kw"))
    assert gain.min() < 0.0 < gain.max() or gain.max() <= 0.0
    assert picture.message.startswith(f"Hottest day, {day.label}: the roof with baso4-paint reaches "
                                      f"{roof.max():.0f} °C in air of {air.max():.0f} °C; roof and walls let ")
    low, high = lower.get_ylim()
    assert low <= gain.min() < 0.0
    assert high >= max(0.0, gain.max())
    assert middle.get_ylim()[1] > 900.0


def test_panels_say_what_they_take_and_leave_the_roof_out(drawn):
    data, picture = drawn(roof="panels", hours=24.0, start_day=200.0)
    upper, _, lower = picture.figure.axes
    assert _words(upper) == ["outdoor air", "sky", "water to panels"]
    assert _words(lower) == ["off the water"]
    taken_kw = data.column("plant.sky_panels_kw")
    assert picture.message == (f"The run: sky panels take {taken_kw.mean() * 24.0 / 1e3:.2f} MWh from the water, up to "
                               f"{taken_kw.max():.0f} kW")


def test_a_night_tank_stands_beside_its_panels(drawn):
    picture = drawn(roof="tank", hours=24.0, start_day=200.0)[1]
    upper, _, lower = picture.figure.axes
    assert _words(upper) == ["night tank", "outdoor air", "sky", "water to panels"]
    assert _words(lower) == ["off the tank", "off the water", "water into tank"]
    assert "night tank" in picture.note


def test_a_roof_in_a_shell_is_named_so(drawn):
    picture = drawn(roof="shell", hours=24.0, start_day=200.0)[1]
    assert "roof in its shell" in _words(picture.figure.axes[0])
    assert "the shell's own temperature is not recorded" in picture.note


def test_a_thin_bare_roof_is_shown_where_it_matters(drawn):
    data, picture = drawn(roof="thin", hours=24.0, start_day=200.0)
    assert "the roof reaches" in picture.message
    share = np.abs(data.column("envelope.gain_kw")).mean() / data.column("it.power_kw").mean()
    assert share > 0.02
    assert "roof" in _words(picture.figure.axes[0])


@pytest.mark.parametrize("roof", ["coated", "shell", "panels", "thin"])
def test_no_words_lie_on_each_other(drawn, roof):
    figure = drawn(roof=roof, **WEEK)[1].figure
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in axes.texts if isinstance(text, Annotation) and text.get_text()]
    assert texts
    boxes = [text.get_window_extent().shrunk(0.98, 0.9) for text in texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(box.x1 <= figure.bbox.x1 for box in boxes)
