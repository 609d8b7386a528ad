"""From runs to findings: every candidate against the baseline, paired world by world and day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.study.bootstrap import Interval, paired_interval
from twin.study.cases import Plan, Side, World
from twin.study.daily import whole_days
from twin.study.holm import holm
from twin.study.one_run import Run
from twin.study.verdict import Finding, default_margin_k_h, judge

__all__ = ["Band", "Pairing", "limit_column", "pairings", "side_row"]

Floats = NDArray[np.float64]

#: Limits of rack inlets that degree-hours can be counted over → column of a day.
_LIMITS = {"recommended": "recommended_k_h", "allowable": "allowable_k_h"}


@dataclass(frozen=True)
class Band:
    """Savings under draws of uncertain parameters.

    Attributes
    ----------
    savings_frac : tuple of float
        One a draw, over the draw's worlds.
    excess_k_h : tuple of float
        Degree-hours more than the baseline, likewise.
    """

    savings_frac: tuple[float, ...]
    excess_k_h: tuple[float, ...]


@dataclass(frozen=True)
class Pairing:
    """A candidate and the baseline, world by world.

    Attributes
    ----------
    side : Side
    finding : Finding
    saving, excess : Interval
        Of facility energy (share) and of degree-hours (K h a run).
    by_world_frac : dict
        World → saving.
    band : Band or None
        None without uncertain parameters.
    runs : tuple of (World, Run, Run)
        World, baseline's run, candidate's; nominal parameters only.
    """

    side: Side
    finding: Finding
    saving: Interval
    excess: Interval
    by_world_frac: dict[str, float]
    band: Band | None
    runs: tuple[tuple[World, Run, Run], ...]


def limit_column(limit: str) -> str:
    """Column of a day that counts degree-hours over a limit.

    Parameters
    ----------
    limit : str
        "recommended" or "allowable".

    Returns
    -------
    str
    """
    return _LIMITS[limit]


def pairings(plan: Plan, runs: Sequence[Run], limit: str, margin_k_h: float | None) -> list[Pairing]:
    """Every candidate against the baseline; p values are corrected for their number.

    Parameters
    ----------
    plan : Plan
    runs : sequence of Run
        Of ``plan.tasks``, in that order.
    limit : str
        "recommended" or "allowable".
    margin_k_h : float or None
        Degree-hours a run that a candidate may be warmer by; None takes the default.

    Returns
    -------
    list of Pairing
    """
    count = len(plan.sides)
    grid = {(world.name, side.slug): runs[i * count + j]
            for i, world in enumerate(plan.worlds) for j, side in enumerate(plan.sides)}
    base = plan.sides[0]
    hours = base.scenarios[0].run.duration_days * 24.0
    margin = default_margin_k_h(hours) if margin_k_h is None else margin_k_h
    found = []
    for side in plan.sides[1:]:
        trios = [(w, grid[w.name, base.slug], grid[w.name, side.slug]) for w in plan.worlds]
        found.append(_pairing(side, trios, _LIMITS[limit], margin))
    judged = [pair for pair in found if not pair.finding.failed]
    energy = holm([pair.finding.p_energy for pair in judged])
    warmth = holm([pair.finding.p_thermal for pair in judged])
    corrected = {pair.side.slug: (e, t) for pair, e, t in zip(judged, energy, warmth, strict=True)}
    return [_corrected(pair, corrected.get(pair.side.slug, (1.0, 1.0)), len(judged)) for pair in found]


def _corrected(pair: Pairing, p_values: tuple[float, float], candidates: int) -> Pairing:
    """A pairing with its p values corrected; those of a candidate that failed count for nothing."""
    p_energy, p_thermal = p_values
    finding = replace(pair.finding, p_energy=p_energy, p_thermal=p_thermal, candidates=candidates)
    return replace(pair, finding=finding)


def _pairing(side: Side, trios: list[tuple[World, Run, Run]], column: str, margin_k_h: float) -> Pairing:
    nominal = tuple(trio for trio in trios if trio[0].draw == 0)
    usable = [trio for trio in nominal if min(len(trio[1].days), len(trio[2].days)) > 0]
    used = [_paired(a, b, "total_kwh") for _, a, b in usable] or [(np.zeros(1), np.zeros(1))]
    warm = [_paired(a, b, column) for _, a, b in usable] or [(np.zeros(1), np.zeros(1))]
    it = [_paired(a, b, "it_kwh") for _, a, b in usable] or [(np.zeros(1), np.zeros(1))]
    saving = paired_interval([a - b for a, b in used], [a for a, _ in used])
    excess = paired_interval([b - a for a, b in warm])
    total, it_total = sum(float(a.sum()) for a, _ in used), sum(float(a.sum()) for a, _ in it)
    it_own = sum(float(b.sum()) for _, b in it)
    finding = Finding(
        saving.value, saving.low, saving.high, saving.p_zero(), excess.value, excess.high,
        excess.p_not_below(margin_k_h), margin_k_h, (total - it_total) / total if total > 0.0 else 0.0,
        _failure(nominal), bool(usable) and all(_same(a, b) for _, a, b in usable),
        given_up=_given_up([own for _, _, own in nominal]),
        it_more_frac=it_own / it_total - 1.0 if it_total > 0.0 else 0.0,
    )
    by_world = {w.name: _saving(a, b) for w, a, b in usable}
    return Pairing(side, finding, saving, excess, by_world, _band(trios, column), nominal)


def _paired(first: Run, second: Run, column: str) -> tuple[Floats, Floats]:
    """A column of both by whole days, on those that both have."""
    count = min(len(first.days), len(second.days))
    hours = first.days.columns["hours"][:count]
    values = [run.days.columns[column][:count] for run in (first, second)]
    return whole_days(values[0], hours), whole_days(values[1], hours)


def _saving(first: Run, second: Run) -> float:
    a, b = _paired(first, second, "total_kwh")
    return float((a - b).sum() / a.sum()) if a.sum() > 0.0 else 0.0


def _failure(trios: Sequence[tuple[World, Run, Run]]) -> str:
    """Sentence of the first run that failed, and how many did."""
    failed = [run.facts["message"] for _, *pair in trios for run in pair if not run.is_done]
    if not failed:
        return ""
    many = f" ({len(failed)} of {2 * len(trios)} runs failed)" if len(failed) > 1 else ""
    return f"{failed[0]}{many}"


def _given_up(runs: Sequence[Run]) -> str:
    """When a guarded candidate was first given up, and in how many runs."""
    when = [run.facts["given_up"] for run in runs if run.facts.get("given_up")]
    if not when:
        return ""
    return f"on {when[0]}" + (f" (in {len(when)} of {len(runs)} runs)" if len(runs) > 1 else "")


def _same(first: Run, second: Run) -> bool:
    """Whether two runs are equal to the last bit of every day."""
    a, b = first.days, second.days
    return (
        a.columns.keys() == b.columns.keys()
        and all(np.array_equal(a.columns[name], b.columns[name]) for name in a.columns)
        and all(np.array_equal(a.traces[name], b.traces[name], equal_nan=True) for name in a.traces)
    )


def _band(trios: Sequence[tuple[World, Run, Run]], column: str) -> Band | None:
    draws = sorted({w.draw for w, _, _ in trios} - {0})
    if not draws:
        return None
    savings, excesses = [], []
    for draw in draws:
        used = [_paired(a, b, "total_kwh") for w, a, b in trios if w.draw == draw]
        warm = [_paired(a, b, column) for w, a, b in trios if w.draw == draw]
        base = sum(float(a.sum()) for a, _ in used)
        savings.append(sum(float((a - b).sum()) for a, b in used) / base if base > 0.0 else 0.0)
        excesses.append(sum(float((b - a).sum()) for a, b in warm) / len(warm))
    return Band(tuple(savings), tuple(excesses))


def side_row(plan: Plan, runs: Sequence[Run], side: Side, column: str, pairing: Pairing | None) -> dict[str, Any]:
    """A line of the table: means of a run over nominal worlds, and the finding.

    Parameters
    ----------
    plan : Plan
    runs : sequence of Run
        Of ``plan.tasks``.
    side : Side
    column : str
        Degree-hours that count.
    pairing : Pairing or None
        None for the baseline.

    Returns
    -------
    dict
        Plain data; a key that does not apply is absent.
    """
    place, count = plan.sides.index(side), len(plan.sides)
    own = [runs[i * count + place] for i, world in enumerate(plan.worlds) if world.draw == 0]

    def mean(name: str) -> float:
        return float(np.mean([run.days.total(name) for run in own]))

    it, total = mean("it_kwh"), mean("total_kwh")
    decisions = sum(run.facts["counts"].get("decisions", 0) for run in own)
    row: dict[str, Any] = {
        "side": side.label, "runs": len(own), "failed": sum(not run.is_done for run in own),
        "total_kwh": total, "it_kwh": it, "water_l": mean("water_l"), "carbon_kg": mean("carbon_kg"),
        "over_limit_k_h": mean(column), "over_allowable_k_h": mean("allowable_k_h"),
        "worst_rack_k_h": mean("worst_rack_recommended_k_h"), "chiller_starts": mean("chiller_starts"),
        "mode_changes": mean("mode_changes"), "fan_travel": mean("fan_travel_frac"),
        "tower_travel": mean("tower_travel_frac"), "supply_setpoint_travel_k": mean("supply_setpoint_travel_k"),
        "fell_back": sum(len(run.facts["fell_back"]) for run in own),
        "given_up": sum(bool(run.facts.get("given_up")) for run in own),
    }
    if it > 0.0:
        row["pue"] = total / it
    if decisions and any(run.facts["counts"].get("guarded") for run in own):
        row["veto_frac"] = sum(run.facts["counts"]["vetoes"] for run in own) / decisions
    if pairing is not None:
        found = pairing.finding
        row |= {
            "verdict": judge(found), "saving_frac": found.saving_frac, "saving_low_frac": found.low_frac,
            "saving_high_frac": found.high_frac, "p_energy": found.p_energy, "excess_k_h": found.excess_k_h,
            "excess_high_k_h": found.excess_high_k_h, "p_thermal": found.p_thermal, "margin_k_h": found.margin_k_h,
            "block_days": pairing.saving.days_per_block, "blocks": pairing.saving.blocks,
            "saving_by_world_frac": pairing.by_world_frac,
        }
        if pairing.band is not None:
            row["saving_band_frac"] = [min(pairing.band.savings_frac), max(pairing.band.savings_frac)]
            row["excess_band_k_h"] = [min(pairing.band.excess_k_h), max(pairing.band.excess_k_h)]
    return row
