"""One site's coatings, judged: what is above the model's own error, in what order, and when it pays back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from twin.study.analysis import Pairing, pairings
from twin.study.coating_gain import Change, Prices, as_data, changes_of, distinct
from twin.study.coating_plan import SitePlan, Treatment
from twin.study.one_run import Run
from twin.study.verdict import MODEL_ERROR_FRAC, judge

__all__ = ["BELOW_ERROR", "PUE_ERROR", "Gain", "judged_site", "seeds_that_count"]

#: Error of a change of PUE by a roof. Source: 'twin validate coatings': the DH1 hall's coated roof beside EnergyPlus's,
#: which is asked to agree within ±0.0001 (it does within 0.00001; what energy fails to close is nothing beside that).
#: One hall, one program: beside a real roof it is larger.
PUE_ERROR = 1e-4
BELOW_ERROR = "below the model's own error: no effect can be claimed"
#: Shortest run of which a year's money is made, days.
_YEAR_DAYS = 365.0


@dataclass(frozen=True)
class Gain:
    """A side against the baseline.

    Attributes
    ----------
    treatment : Treatment
    changes : dict of str to Change
        By measure; empty if nothing could be compared.
    pairing : Pairing
        Warmth of racks.
    word : str
        failed, identical, below model error, no difference, sign open (draws of parameters are on both sides of zero),
        saves, costs; of a setpoint that of ``twin compare``, with
        too warm and undecided.
    rank : int
        1 is best; sides that the model cannot tell apart share one.
    error : float
        Change of PUE that is too small to be claimed; of a setpoint, change of energy as a share of IT.
    cost, payback_years : float or None
        Of the coating; years until it is paid back: value, and None where it never is or no cost is given.
    payback_span : tuple of float or None
        From the interval of money saved; None stands for never.
    """

    treatment: Treatment
    changes: dict[str, Change]
    pairing: Pairing
    word: str
    rank: int
    error: float
    cost: float | None = None
    payback_years: float | None = None
    payback_span: tuple[float | None, float | None] = (None, None)

    @property
    def label(self) -> str:
        """Name of the side."""
        return self.treatment.label

    @property
    def sentence(self) -> str:
        """What came out, in words."""
        if self.word == "failed" or not self.changes:
            return f"{self.label}: no verdict, since {self.pairing.finding.failed or 'no day could be compared'}"
        if self.word == "identical":
            return f"{self.label}: exactly as the baseline, every day is the same"
        what = self._of_setpoint if self.treatment.kind == "setpoint" else self._of_coating
        return f"{self.label}: {what()}"

    def _of_coating(self) -> str:
        """By PUE."""
        pue, kwh = self.changes["pue"], self.changes["kwh"]
        span = f"ΔPUE {_signed(pue.value, 5)} ({_span(pue, 5)})"
        if self.word == "below model error":
            return f"{span}, {BELOW_ERROR} (±{self.error:.4f})"
        if self.word == "no difference":
            return f"{span}, the interval holds zero: no effect can be claimed"
        verb = "saves" if kwh.value < 0.0 else "costs"
        drawn = _drawn(pue)
        if self.word == "sign open":
            return f"{span}, but {drawn}: the doubt about parameters leaves the sign open"
        doubt = f"; {drawn}" if drawn else ""
        return f"{verb} {_amount(kwh.value)} kWh a run, {span}{doubt}"

    def _of_setpoint(self) -> str:
        """By energy and warmth: warmer air moves energy into servers, and PUE then falsely gains."""
        pue, kwh, finding = self.changes["pue"], self.changes["kwh"], self.pairing.finding
        span = f"ΔkWh {_signed(kwh.value, 1)} ({_span(kwh, 1)})"
        gains = pue.high is not None and pue.high < 0.0
        falsely = f"; PUE falls by {abs(pue.value):.5f}, as servers in warmer air draw more" if gains else ""
        if self.word == "below model error":
            return f"{span}, {BELOW_ERROR} (±{self.error:.4f} of IT energy){falsely}"
        if self.word == "no difference":
            return f"{span}, no difference in energy can be told{falsely}"
        warm = f"{_signed(finding.excess_k_h, 1)} K·h over the inlet limit, margin {finding.margin_k_h:.3g}"
        if self.word in {"too warm", "undecided"}:
            return f"{span}, but {'is' if self.word == 'too warm' else 'may be'} too warm: {warm}"
        return f"{'saves' if kwh.value < 0.0 else 'costs'} {_amount(kwh.value)} kWh a run, {span}; {warm}"

    @property
    def row(self) -> dict[str, Any]:
        """Plain data."""
        finding = self.pairing.finding
        found: dict[str, Any] = {
            "side": self.label, "kind": self.treatment.kind, "coating": self.treatment.name,
            "age_years": self.treatment.age_years, "rank": self.rank, "verdict": self.word, "says": self.sentence,
            "model_error_pue": self.error, "changes": as_data(self.changes), "excess_k_h": finding.excess_k_h,
        }
        if self.cost is not None:
            found |= {"cost": self.cost, "payback_years": self.payback_years,
                      "payback_low_years": self.payback_span[0], "payback_high_years": self.payback_span[1]}
        return found


def judged_site(site: SitePlan, runs: Sequence[Run], cost_per_m2: float | None) -> list[Gain]:
    """Every side against the baseline, the least energy first.

    Parameters
    ----------
    site : SitePlan
    runs : sequence of Run
        Of ``site.plan.tasks``.
    cost_per_m2 : float or None
        Of a coating, in the tariff's currency.

    Returns
    -------
    list of Gain
    """
    tariff = site.scenario.site.tariff
    prices = Prices(tariff.energy_per_kwh, tariff.demand_per_kw_month, tariff.water_per_m3)
    count = len(site.plan.sides)
    found = []
    for place, pair in enumerate(pairings(site.plan, runs, "recommended", None), 1):
        trios = [(world, runs[i * count], runs[i * count + place]) for i, world in enumerate(site.plan.worlds)]
        treatment = site.treatments[place]
        changes = changes_of(trios, prices)
        error = PUE_ERROR if treatment.kind == "coating" else _setpoint_error(pair)
        word = _word(treatment, changes, pair, error)
        found.append(Gain(treatment, changes, pair, word, 0, error, *_payback(site, treatment, changes, cost_per_m2)))
    found.sort(key=lambda gain: gain.changes["kwh"].value if gain.changes else math.inf)
    base = [runs[i * count].days.total("it_kwh") for i, world in enumerate(site.plan.worlds) if world.draw == 0]
    return _ranked(found, PUE_ERROR * sum(base) / len(base))


def seeds_that_count(site: SitePlan, runs: Sequence[Run]) -> tuple[int, int]:
    """How many worlds there are, and how many of them differ from each other.

    Parameters
    ----------
    site : SitePlan
    runs : sequence of Run

    Returns
    -------
    worlds, distinct : int
    """
    count = len(site.plan.sides)
    trios = [(w, runs[i * count], runs[i * count]) for i, w in enumerate(site.plan.worlds) if w.draw == 0]
    return len(trios), len(distinct(trios))


def _setpoint_error(pair: Pairing) -> float:
    """Error of energy that is not IT, as a share of IT: as in ``twin compare``."""
    overhead = pair.finding.overhead_frac
    return MODEL_ERROR_FRAC * overhead / (1.0 - overhead) if overhead < 1.0 else MODEL_ERROR_FRAC


def _word(treatment: Treatment, changes: dict[str, Change], pair: Pairing, error: float) -> str:
    finding = pair.finding  # for one side at a time: p values here are not corrected for the number of coatings
    warm = judge(replace(finding, p_energy=pair.saving.p_zero(), p_thermal=pair.excess.p_not_below(finding.margin_k_h)))
    if warm in {"failed", "identical"} or not changes:
        return warm if warm in {"failed", "identical"} else "failed"
    if treatment.kind == "setpoint":
        return warm
    return _of_coating(changes, error)


def _of_coating(changes: dict[str, Change], error: float) -> str:
    """By PUE: size, then chance, then doubt about parameters."""
    change = changes["pue"]
    if abs(change.value) < error:
        return "below model error"
    if change.low is not None and change.high is not None and change.low <= 0.0 <= change.high:
        return "no difference"
    if any(end * change.value <= 0.0 for end in change.band):
        return "sign open"
    return "saves" if change.value < 0.0 else "costs"


def _ranked(gains: list[Gain], error_kwh: float) -> list[Gain]:
    """Ranks, shared by sides whose energies differ by less than the model's error."""
    found: list[Gain] = []
    rank, leader = 0, -math.inf
    for i, gain in enumerate(gains, 1):
        value = gain.changes["kwh"].value if gain.changes else math.inf
        if value - leader >= error_kwh or not found:
            rank, leader = i, value
        found.append(replace(gain, rank=rank))
    return found


def _payback(
    site: SitePlan, treatment: Treatment, changes: dict[str, Change], cost_per_m2: float | None
) -> tuple[float | None, float | None, tuple[float | None, float | None]]:
    """Cost, years until it is paid back, and their span; years only from runs of a year or more."""
    if cost_per_m2 is None or treatment.kind != "coating" or treatment.name == "bare":
        return None, None, (None, None)
    cost = cost_per_m2 * site.area_m2
    days = site.scenario.run.duration_days
    if days < _YEAR_DAYS or "money" not in changes:
        return cost, None, (None, None)
    money = changes["money"]
    a_year = _YEAR_DAYS / days

    def years(change: float | None) -> float | None:
        return None if change is None or change >= 0.0 else cost / (-change * a_year)

    return cost, years(money.value), (years(money.low), years(money.high))


def _drawn(change: Change) -> str:
    """Where the draws of parameters end; a single one has no range."""
    if not change.band:
        return ""
    if len(change.band) == 1:
        return f"in the one draw of parameters {_signed(change.band[0], 5)}"
    return f"over the draws of parameters {_signed(min(change.band), 5)} to {_signed(max(change.band), 5)}"


def _amount(value: float) -> str:
    """Size of an energy: a tenth where whole numbers would say 0."""
    return f"{abs(value):,.{0 if abs(value) >= 9.95 else 1}f}"


def _signed(value: float, digits: int) -> str:
    text = f"{value:+.{digits}f}"
    return "0" if float(text) == 0.0 else text.replace("-", "−")


def _span(change: Change, digits: int) -> str:
    if change.low is None or change.high is None:
        return "no interval"
    return f"{_signed(change.low, digits)} … {_signed(change.high, digits)}"
