"""Numbers in words, the clock, and the palette."""

from __future__ import annotations

import numpy as np
import pytest

from twin.channels import CHANNELS, MODES
from twin.metrics.energy import COOLING_USES
from twin.report import canvas, palette
from twin.report.clock import Clock
from twin.report.data import OVERHEAD_CHANNELS
from twin.report.wording import energy_text, hours_text, number_text, share_text, water_text


@pytest.mark.parametrize(("value", "words"), [
    (0.0, "0 %"), (1.0, "100 %"), (0.0003, "< 0.1 %"), (0.99999, "> 99.9 %"), (0.613, "61 %"), (0.062, "6.2 %"),
    (0.996, "99.6 %")])
def test_shares_never_round_a_part_to_none_or_all(value, words):
    assert share_text(value) == words


def test_energies_and_water_keep_three_figures():
    assert energy_text(6_612_345.0) == "6.61 GWh"
    assert energy_text(99_960.0) == "100 MWh"
    assert energy_text(0.5) == "0.50 kWh"
    assert water_text(9_484_000.0) == "9,484 m³"


def test_signs_and_hours():
    assert number_text(-0.04, 1) == "0.0"
    assert number_text(-3.2) == "−3"
    assert [hours_text(hours) for hours in (0.0, 0.001, 0.25, 2.5, 1234.4)] == [
        "none", "1 min", "15 min", "2.5 h", "1,234 h"]


@pytest.mark.parametrize(("steps", "words"), [
    (525_600, "year"), (10_080, "7 days"), (1440, "24 hours"), (60, "1 hour"), (90, "1.5 hours"), (5, "5 minutes")])
def test_length_in_words(steps, words):
    assert Clock(0, 60, steps).length() == words


def test_dates_of_common_and_leap_years():
    day = 86_400
    assert Clock(0, 60, 1).date(59 * day) == "1 Mar"
    assert Clock(0, 60, 1, 8784).date(59 * day) == "29 Feb"
    assert Clock(0, 60, 1).date_time(200 * day + 14 * 3600 + 120) == "20 Jul 14:02"
    assert Clock(0, 60, 1).date(365 * day) == "1 Jan"


def test_everything_that_is_drawn_has_its_own_colour():
    assert set(palette.MODE_COLOURS) == set(MODES)
    assert set(palette.USE_NAMES) == set(palette.USE_COLOURS) >= {"it", *COOLING_USES, *OVERHEAD_CHANNELS}
    for colours in (palette.MODE_COLOURS | palette.ALARM_COLOURS | {"event": palette.EVENT}, palette.USE_COLOURS,
                    palette.TEMPERATURE_COLOURS, palette.WATER_COLOURS):
        assert len(set(colours.values())) == len(colours)


def test_channels_that_are_drawn_exist():
    known = {channel.name for channel in CHANNELS}
    assert set(palette.TEMPERATURE_COLOURS) <= known
    assert {name for names in OVERHEAD_CHANNELS.values() for name in names} <= known


@pytest.mark.parametrize("colour", [*palette.USE_COLOURS.values(), *palette.TEMPERATURE_COLOURS.values(), "#ffffff"])
def test_words_in_colour_can_be_read_on_white(colour):
    parts = np.array([int(palette.legible(colour)[place:place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05) >= 4.5


def test_words_on_a_colour_are_dark_on_light_and_light_on_dark():
    assert palette.text_on("#F0E442") == palette.INK
    assert palette.text_on("#0072B2") == "#ffffff"


def test_a_number_and_its_unit_stay_on_one_line():
    figure, _ = canvas.new_figure(3.0)
    canvas.title(figure, "40 racks at row ends are warmest at 23.2 °C on average, 0.5 K above the others")
    assert "0.5\u00a0K" in figure.get_suptitle()
