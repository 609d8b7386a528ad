"""What a coating study says in words: effects too small for the model share one sentence, cells are short."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from twin.report.coating_figures import _mean_words
from twin.study.coating_gain import Change
from twin.study.coating_plan import Treatment
from twin.study.coating_site import Gain, _amount, _of_coating
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
    assert _band_notes([_gain("c", "saves", 0.0, band=(-4e-4,))]) == [
        "c: ΔPUE −0.00040 in the one draw, which is no range."]


def test_the_finding_stands_beside_the_side_and_energy_before_the_rest() -> None:
    head, rows = cells([_gain("a", "saves", -2e-5)], is_a_year=False)
    assert head == ["rank", "side", "finding", "ΔkWh", "ΔPUE", "ΔTUE"]
    assert rows == [["1", "a", "saves", "−2.0 [−2.0, +3.0]", "−0.00002 [−0.00003, −0.00001]", "−0.00002"]]
    assert _cell(Change(1e-7, -2e-7, 2e-7), "pue") == "0"


def _said(band: tuple[float, ...]) -> str:
    """Sentence of a coating that saves 0.0003 of PUE for sure, but for its draws."""
    treatment = Treatment("coating", "galvanised-steel", 1.0)
    finding = SimpleNamespace(failed="", identical=False, margin_k_h=1.0, excess_k_h=0.0, overhead_frac=0.3)
    pair: Any = SimpleNamespace(finding=finding)
    changes = {"pue": Change(-3e-4, -4e-4, -2e-4, band), "kwh": Change(-20.0, -30.0, -10.0)}
    word = _of_coating(changes, 1e-4)
    return Gain(treatment, changes, pair, word, 1, 1e-4).sentence


def test_draws_on_both_sides_of_zero_leave_the_sign_open() -> None:
    head = "galvanised-steel (1 year): "
    span = "ΔPUE −0.00030 (−0.00040 … −0.00020)"
    doubt = "the doubt about parameters leaves the sign open"
    assert _said((-4.7e-4, 7e-5)) == (
        f"{head}{span}, but over the draws of parameters −0.00047 to +0.00007: {doubt}")
    assert _said((-4.7e-4, -7e-5)) == (
        f"{head}saves 20 kWh a run, {span}; over the draws of parameters −0.00047 to −0.00007")
    assert _said((-4.7e-4,)) == f"{head}saves 20 kWh a run, {span}; in the one draw of parameters −0.00047"
    assert _said((7e-5,)).endswith(f"but in the one draw of parameters +0.00007: {doubt}")
    assert _said(()) == f"{head}saves 20 kWh a run, {span}"


def test_a_surface_that_takes_up_heat_gains() -> None:
    site: Any = SimpleNamespace(power={"paint": np.full((24, 12), 18.0), "bare": np.full((24, 12), -66.0)})
    assert _mean_words("paint", site) == "paint loses 18 W/m²"
    assert _mean_words("bare", site) == "bare gains 66 W/m²"


def test_a_small_saving_is_not_said_to_be_nothing() -> None:
    assert [_amount(kwh) for kwh in (-0.12, 9.94, -9.96, 1567.3)] == ["0.1", "9.9", "10", "1,567"]
