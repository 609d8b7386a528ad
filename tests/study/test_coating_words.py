"""What a coating study says in words: effects too small for the model share one sentence, cells are short."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from twin.report.coating_figures import _mean_words
from twin.study.coating_gain import Change
from twin.study.coating_site import _amount
from twin.study.coating_table import _band_notes, _cell, cells, findings


def _gain(label: str, word: str, pue: float, *, kind: str = "coating", band: tuple[float, ...] = ()) -> Any:
    changes = {"pue": Change(pue, pue - 1e-5, pue + 1e-5, band), "kwh": Change(1e5 * pue, -2.0, 3.0),
               "tue": Change(pue, None, None)}
    return SimpleNamespace(label=label, word=word, changes=changes, treatment=SimpleNamespace(kind=kind), error=1e-4,
                           sentence=f"{label}: {word}", rank=1, cost=None)


def test_coatings_below_the_model_error_share_a_sentence() -> None:
    small = [_gain("a", "below model error", -2e-5), _gain("b", "below model error", 1e-5)]
    warm = _gain("warmer", "saves", -3e-3, kind="setpoint")
    assert findings([small[0], warm, small[1]]) == [
        "All 2 coatings: ΔPUE −0.00002 to +0.00001, below the model's own error: no effect can be claimed (±0.0001)",
        "warmer: saves"]
    best = _gain("c", "saves", -4e-4)
    assert findings([best, *small])[0] == "c: saves"
    assert findings([best, *small])[1].startswith("2 of 3 coatings: ")
    assert findings([best, small[0]]) == ["c: saves", "a: below model error"]


def test_draws_that_do_not_matter_are_said_once() -> None:
    bands = [_gain("a", "saves", 0.0, band=(-2e-5, 1e-5)), _gain("b", "saves", 0.0, band=(0.0, 3e-5))]
    assert _band_notes(bands) == ["Over the draws ΔPUE of every side stays within −0.00002 … +0.00003."]
    wide = [*bands, _gain("c", "saves", 0.0, band=(-4e-4, -2e-4))]
    assert _band_notes(wide)[2] == "c: ΔPUE −0.00040 to −0.00020 over the draws."


def test_the_finding_stands_beside_the_side_and_energy_before_the_rest() -> None:
    head, rows = cells([_gain("a", "saves", -2e-5)], is_a_year=False)
    assert head == ["rank", "side", "finding", "ΔkWh", "ΔPUE", "ΔTUE"]
    assert rows == [["1", "a", "saves", "−2.0 [−2.0, +3.0]", "−0.00002 [−0.00003, −0.00001]", "−0.00002"]]
    assert _cell(Change(1e-7, -2e-7, 2e-7), "pue") == "0"


def test_a_surface_that_takes_up_heat_gains() -> None:
    site: Any = SimpleNamespace(power={"paint": np.full((24, 12), 18.0), "bare": np.full((24, 12), -66.0)})
    assert _mean_words("paint", site) == "paint loses 18 W/m²"
    assert _mean_words("bare", site) == "bare gains 66 W/m²"


def test_a_small_saving_is_not_said_to_be_nothing() -> None:
    assert [_amount(kwh) for kwh in (-0.12, 9.94, -9.96, 1567.3)] == ["0.1", "9.9", "10", "1,567"]
