"""The verdict: warm racks first, energy second, and what is smaller than the model's error is said to be so.

1. **Thermal non-inferiority.** Degree-hours of the hottest inlet over the limit, candidate less baseline, must lie
   below a stated margin with their whole 95 % interval. A candidate that does not show this gets no credit for energy.
2. **Energy.** The interval of the saving decides: less, more, or not to be told apart.
3. **Size.** A saving below the model's own error is no finding, however narrow its interval: same seeds and weather on
   both sides take the noise out, not the model's faults.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["IT_ALIKE_FRAC", "MODEL_ERROR_FRAC", "Finding", "default_margin_k_h", "judge", "sentence"]

#: Error of the model in the energy that is not IT, as a share of it. Source: tolerance of chiller and fan energy beside
#: EnergyPlus in 'twin validate'. Beside a real hall it is larger; no measured hall is among the comparisons.
MODEL_ERROR_FRAC = 0.01
#: IT energies that differ by more are other loads or other halls. Source: assumed.
IT_ALIKE_FRAC = 0.01
#: Levels: two-sided for energy, one-sided for warmth, so that both agree with the 95 % intervals.
_ENERGY_LEVEL_FRAC, _THERMAL_LEVEL_FRAC = 0.05, 0.025
#: Margin: as much as 1 K over the limit in one hour of a hundred. Source: assumed.
_MARGIN_K = 1.0
_MARGIN_SHARE = 0.01


@dataclass(frozen=True)
class Finding:
    """What is known of a candidate against the baseline.

    Attributes
    ----------
    saving_frac, low_frac, high_frac : float
        Facility energy saved, share of the baseline's, and its 95 % interval.
    p_energy : float
        Of no difference, corrected for several candidates.
    excess_k_h, excess_high_k_h : float
        Degree-hours over the limit more than the baseline's in a run, and the upper end of their interval.
    p_thermal : float
        Of being worse by the margin or more, corrected.
    margin_k_h : float
    overhead_frac : float
        The baseline's energy that is not IT, share of its facility energy.
    failed : str
        Sentence of a run that failed; empty if all ended well.
    identical : bool
        Whether not one day differs in anything.
    given_up : str
        When the guard's watch gave the candidate up, and in how many runs; empty if it decided to the end.
    candidates : int
        So many were corrected for together.
    it_more_frac : float
        IT energy more than the baseline's, share of the latter.
    """

    saving_frac: float
    low_frac: float
    high_frac: float
    p_energy: float
    excess_k_h: float
    excess_high_k_h: float
    p_thermal: float
    margin_k_h: float
    overhead_frac: float
    failed: str = ""
    identical: bool = False
    given_up: str = ""
    candidates: int = 1
    it_more_frac: float = 0.0


def default_margin_k_h(hours: float) -> float:
    """Margin of degree-hours for a run: 1 K in one hour of a hundred.

    Parameters
    ----------
    hours : float
        Length of the run, h.

    Returns
    -------
    float
        K h; 87.6 for a year.
    """
    return _MARGIN_K * _MARGIN_SHARE * hours


def judge(finding: Finding) -> str:
    """One word for a finding.

    Parameters
    ----------
    finding : Finding

    Returns
    -------
    str
        failed, identical, too warm, undecided (thermally), saves, costs, below model error, or no difference.
    """
    if finding.failed:
        return "failed"
    if finding.identical:
        return "identical"
    if finding.p_thermal >= _THERMAL_LEVEL_FRAC or finding.excess_high_k_h > finding.margin_k_h:
        return "too warm" if finding.excess_k_h > finding.margin_k_h else "undecided"
    if finding.p_energy >= _ENERGY_LEVEL_FRAC or finding.low_frac <= 0.0 <= finding.high_frac:
        return "no difference"
    if abs(finding.saving_frac) < MODEL_ERROR_FRAC * finding.overhead_frac:
        return "below model error"
    return "saves" if finding.saving_frac > 0.0 else "costs"


def sentence(name: str, baseline: str, finding: Finding) -> str:
    """The verdict in one line.

    Parameters
    ----------
    name, baseline : str
        What is compared.
    finding : Finding

    Returns
    -------
    str
    """
    notes = [_compared(name, baseline, finding)]
    if finding.given_up:
        notes.append(f"{name} was given up {finding.given_up}; the scenario's setpoints ran the rest")
    if not finding.failed and abs(finding.it_more_frac) > IT_ALIKE_FRAC:
        notes.append(f"its IT energy is {_signed(100.0 * finding.it_more_frac)} % beside the baseline's: not like for "
                     "like")
    return "; ".join(notes)


def _compared(name: str, baseline: str, finding: Finding) -> str:
    """Warmth and energy in words."""
    word = judge(finding)
    if word == "failed":
        return f"{name}: no verdict, since {finding.failed}"
    if word == "identical" and finding.given_up:
        return f"{name} cannot be told from {baseline}: every day is the same"
    if word == "identical":
        return f"{name} does exactly what {baseline} does: every day is the same"
    warm = (f"{_signed(finding.excess_k_h)} K·h over the limit (up to {_signed(finding.excess_high_k_h)}, "
            f"margin {finding.margin_k_h:.3g})")
    much = f"{100.0 * abs(finding.saving_frac):.2f} %"
    low, high = 100.0 * finding.low_frac, 100.0 * finding.high_frac
    span = f"95 % interval of the saving {low:.2f} to {high:.2f} %".replace("-", "−")
    if word == "too warm":
        energy = f"that it saves {much} does not count" if finding.saving_frac > 0.0 else f"and it uses {much} more"
        return f"{name} is too warm beside {baseline}: {warm}; {energy}"
    if word == "undecided":
        only = finding.candidates > 1 and finding.excess_high_k_h <= finding.margin_k_h
        why = f" alone it would pass, corrected for {finding.candidates} candidates it is open;" if only else ""
        return f"{name} may be too warm beside {baseline}: {warm};{why} more seeds or years would decide"
    same = f"{name} keeps racks as cool as {baseline} within the margin"
    if word in {"saves", "costs"}:
        verb = "saves" if word == "saves" else "uses"
        many = f"{much} of facility energy against" if word == "saves" else f"{much} more facility energy than"
        return f"{name} {verb} {many} {baseline} ({span}) and racks stay within the margin: {warm}"
    return f"{same}; {_no_finding(finding, word, much, span)}"


def _no_finding(finding: Finding, word: str, much: str, span: str) -> str:
    """Why energy gives no verdict: the interval holds zero, several candidates, or the model's own error."""
    more = "less" if finding.saving_frac > 0.0 else "more"
    if word == "no difference" and not finding.low_frac <= 0.0 <= finding.high_frac:
        why = f"the correction for {finding.candidates} candidates" if finding.candidates > 1 else "the test"
        return (f"{much} {more} facility energy, which the interval of this pair alone bears out ({span}), but "
                f"{why} leaves open whether there is a difference (p {finding.p_energy:.3f})")
    if word == "no difference":
        return f"no difference in energy can be told ({span})"
    error = 100.0 * MODEL_ERROR_FRAC * finding.overhead_frac
    return (f"{much} {more} facility energy ({span}), which is smaller than the model's own error "
            f"({error:.2f} %): no finding")


def _signed(value: float) -> str:
    text = f"{value:+.3g}"
    return "0" if float(text) == 0.0 else text.replace("-", "−")
