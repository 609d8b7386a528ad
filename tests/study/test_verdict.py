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


def test_what_the_correction_leaves_open_is_not_said_against_its_interval() -> None:
    """An interval of 27 to 90 % beside "no difference" contradicts itself: it is of one pair, p is of all."""
    found = replace(GOOD, saving_frac=-0.6, low_frac=-0.9, high_frac=-0.27, p_energy=0.053, candidates=3)
    text = sentence("b", "a", found)
    assert judge(found) == "no difference"
    assert "no difference in energy can be told" not in text
    assert "60.00 % more facility energy, which the interval of this pair alone bears out" in text
    assert "but the correction for 3 candidates leaves open whether there is a difference (p 0.053)" in text
    assert "no difference in energy can be told" in sentence("b", "a", replace(found, high_frac=0.01))
    warm = replace(GOOD, excess_k_h=8.0, excess_high_k_h=9.9, p_thermal=0.03, candidates=2)
    assert "alone it would pass, corrected for 2 candidates it is open" in sentence("b", "a", warm)
    assert "alone" not in sentence("b", "a", replace(warm, excess_high_k_h=12.0))


def test_a_policy_that_was_given_up_is_said_to_be() -> None:
    given_up = replace(GOOD, identical=True, given_up="on day 2, 10:00 (in 2 of 2 runs)")
    assert sentence("b", "a", given_up) == (
        "b cannot be told from a: every day is the same; b was given up on day 2, 10:00 (in 2 of 2 runs); the "
        "scenario's setpoints ran the rest")


def test_margin_of_a_year() -> None:
    assert default_margin_k_h(8760.0) == pytest.approx(87.6)
