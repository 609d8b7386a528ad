"""Warmth first, energy second, size third; and Holm's correction by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twin.study.holm import holm
from twin.study.verdict import Finding, default_margin_k_h, judge, sentence

#: Saves 5 ± 1 %, as warm as the baseline.
GOOD = Finding(0.05, 0.04, 0.06, 0.001, 0.0, 1.0, 0.001, 10.0, 0.3)


def test_holm_against_hand_calculation() -> None:
    """0.01, 0.04, 0.03 of three: 3 × 0.01; 2 × 0.03; max(0.06, 1 × 0.04)."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.5]) == pytest.approx([1.0, 1.0])
    assert holm([0.02]) == [0.02]
    assert holm([]) == []
    # Holm (1979), as in the textbook example of Aickin and Gensler (1996), table 1 worked by hand.
    assert holm([0.0001, 0.013, 0.0245, 0.049]) == pytest.approx([0.0004, 0.039, 0.049, 0.049])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "saves"),
        ({"saving_frac": -0.05, "low_frac": -0.06, "high_frac": -0.04}, "costs"),
        # energy does not count before warmth is shown
        ({"excess_k_h": 20.0, "excess_high_k_h": 25.0, "p_thermal": 1.0}, "too warm"),
        ({"excess_k_h": 8.0, "excess_high_k_h": 12.0, "p_thermal": 0.2}, "undecided"),
        ({"excess_k_h": 8.0, "excess_high_k_h": 9.9, "p_thermal": 0.03}, "undecided"),  # several candidates
        ({"excess_k_h": 8.0, "excess_high_k_h": 9.9, "p_thermal": 0.02}, "saves"),
        ({"excess_k_h": -50.0, "excess_high_k_h": -40.0}, "saves"),
        # intervals over zero, and p values that the correction lifted
        ({"low_frac": -0.01, "p_energy": 0.2}, "no difference"),
        ({"p_energy": 0.06}, "no difference"),
        # 1 % of the 30 % that is not IT
        ({"saving_frac": 0.002, "low_frac": 0.0019, "high_frac": 0.0021}, "below model error"),
        ({"saving_frac": 0.0031, "low_frac": 0.003, "high_frac": 0.0032}, "saves"),
        ({"saving_frac": -0.002, "low_frac": -0.0021, "high_frac": -0.0019}, "below model error"),
        ({"identical": True}, "identical"),
        ({"identical": True, "failed": "policy X failed"}, "failed"),
    ],
)
def test_judgement(change: dict[str, object], word: str) -> None:
    assert judge(replace(GOOD, **change)) == word  # type: ignore[arg-type]


def test_sentences_say_what_was_judged() -> None:
    assert sentence("b", "a", GOOD).startswith("b saves 5.00 % of facility energy against a (95 % interval")
    warm = replace(GOOD, excess_k_h=20.0, excess_high_k_h=25.0, p_thermal=1.0)
    assert "too warm" in sentence("b", "a", warm)
    assert "does not count" in sentence("b", "a", warm)
    assert sentence("b", "a", replace(warm, saving_frac=-0.05)).endswith("; and it uses 5.00 % more")
    small = replace(GOOD, saving_frac=0.002, low_frac=0.0019, high_frac=0.0021)
    assert "smaller than the model's own error (0.30 %): no finding" in sentence("b", "a", small)
    assert "every day is the same" in sentence("b", "a", replace(GOOD, identical=True))
    assert "no verdict, since policy X failed" in sentence("b", "a", replace(GOOD, failed="policy X failed"))
    for found in (GOOD, warm, small):
        assert "\n" not in sentence("b", "a", found)


def test_margin_of_a_year() -> None:
    assert default_margin_k_h(8760.0) == pytest.approx(87.6)
